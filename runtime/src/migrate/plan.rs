//! What was applied against what there is: which migrations are next, and whether any may be.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::error::MigrateError;
use super::files::Migration;

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    pub(super) version: u32,
    pub(super) name: String,
    pub(super) checksum: String,
    pub(super) at: DateTime<Utc>,
    pub(super) took: Duration,
    pub(super) dirty: bool,
}

/// How it is with a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was applied.
    Applied,
    /// It is to be applied.
    Pending,
    /// It was begun and not ended.
    Dirty,
    /// It was applied, and its file has changed.
    Changed,
    /// It was applied under another name.
    Renamed,
    /// It was applied, and its file is not there.
    Missing,
    /// It is not applied, and a later one is.
    OutOfOrder,
}

/// The state of every migration that there is or was, in the order of their versions.
pub(super) fn states<'f, 'r>(
    files: &'f [Migration],
    applied: &'r [Applied],
) -> Vec<(State, Option<&'f Migration>, Option<&'r Applied>)> {
    let highest = applied.iter().map(|row| row.version).max().unwrap_or(0);
    let mut states: Vec<_> = files
        .iter()
        .map(|file| {
            let row = applied.iter().find(|row| row.version == file.version);
            let state = match row {
                None if file.version < highest => State::OutOfOrder,
                None => State::Pending,
                Some(row) if row.dirty => State::Dirty,
                Some(row) if row.checksum != file.checksum => State::Changed,
                Some(row) if row.name != file.name => State::Renamed,
                Some(_) => State::Applied,
            };
            (file.version, state, Some(file), row)
        })
        .collect();
    for row in applied.iter().filter(|row| files.iter().all(|file| file.version != row.version)) {
        let state = if row.dirty { State::Dirty } else { State::Missing };
        states.push((row.version, state, None, Some(row)));
    }
    states.sort_by_key(|&(version, ..)| version);
    states.into_iter().map(|(_, state, file, row)| (state, file, row)).collect()
}

/// The migrations that are to be applied, in their order.
///
/// # Errors
/// Where the history and the files do not agree, for the first version of which that is so.
pub(super) fn pending<'a>(files: &'a [Migration], applied: &[Applied]) -> Result<Vec<&'a Migration>, MigrateError> {
    let highest = applied.iter().map(|row| row.version).max().unwrap_or(0);
    let mut pending = Vec::new();
    for (state, file, row) in states(files, applied) {
        let (version, name) = row.map(|row| (row.version, row.name.clone())).unwrap_or_default();
        let path = file.map(|file| file.file.clone()).unwrap_or_default();
        match state {
            State::Applied => {}
            State::Pending => pending.extend(file),
            State::Dirty => return Err(MigrateError::Dirty { version, name }),
            State::Changed => return Err(MigrateError::Changed { file: path }),
            State::Renamed => return Err(MigrateError::Renamed { version, applied_as: name, file: path }),
            State::Missing => return Err(MigrateError::Missing { version, name }),
            State::OutOfOrder => return Err(MigrateError::OutOfOrder { file: path, highest }),
        }
    }
    Ok(pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u32, checksum: &str) -> Migration {
        Migration {
            version,
            name: format!("m{version}"),
            file: format!("V{version}__m{version}.sql"),
            checksum: checksum.to_owned(),
            transaction: true,
            portable: true,
            statements: Vec::new(),
        }
    }

    fn row(version: u32, checksum: &str) -> Applied {
        Applied {
            version,
            name: format!("m{version}"),
            checksum: checksum.to_owned(),
            at: DateTime::UNIX_EPOCH,
            took: Duration::ZERO,
            dirty: false,
        }
    }

    #[test]
    fn only_a_history_that_agrees_goes_on() {
        let files = [file(1, "a"), file(2, "b"), file(3, "c")];
        let versions = |applied: &[Applied]| {
            pending(&files, applied).map(|p| p.iter().map(|m| m.version).collect::<Vec<_>>()).map_err(|e| e.to_string())
        };
        assert_eq!(versions(&[]), Ok(vec![1, 2, 3]));
        assert_eq!(versions(&[row(1, "a"), row(2, "b")]), Ok(vec![3]));
        assert_eq!(versions(&[row(1, "a"), row(2, "b"), row(3, "c")]), Ok(vec![]));
        let says = |applied: &[Applied], words: &str| {
            let error = versions(applied).expect_err("a history that does not agree");
            assert!(error.contains(words), "{error}");
        };
        says(&[row(1, "x")], "V1__m1.sql was changed after");
        says(&[row(2, "b")], "V1__m1.sql is new, and migration 2 was applied");
        says(
            &[row(1, "a"), row(2, "b"), row(3, "c"), row(4, "d")],
            "migration 4 (m4) was applied to this database, and its",
        );
        says(&[row(1, "a"), Applied { dirty: true, ..row(2, "b") }], "migration 2 (m2) was begun and did not end");
        says(&[Applied { name: "old".to_owned(), ..row(1, "a") }], "applied as \"old\", and is now V1__m1.sql");
    }
}
