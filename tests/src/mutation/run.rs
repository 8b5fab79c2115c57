//! The course of changes.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use tablature::check::{Reach, check};
use tablature::codegen::codegen;
use tablature::config::{Origin, Source};
use tablature::findings::Status;
use tablature::output::Mode;
use tempfile::TempDir;

use super::{Change, Kind, mysql, postgres, sqlite};
use crate::engine::Engine;
use crate::error::HarnessError;
use crate::scratch::ScratchDatabase;

/// How often a kind of change is tried, each time on something else, where the database refuses it.
const TRIES: usize = 100;

/// What came of a course.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The kinds of changes that were made, found alone and in their place, and undone.
    pub found: Vec<&'static str>,
    /// The kinds that nothing in the schema could be changed in.
    pub not_made: Vec<&'static str>,
    /// What went wrong: a change that was not found, something else that was, or something that was found after it was undone.
    pub faults: Vec<String>,
}

/// A database, a crate that was made from it, and what `tablature check` finds.
struct Watch<'d> {
    database: &'d ScratchDatabase,
    folder: TempDir,
}

impl Watch<'_> {
    fn source(&self) -> Source {
        let output: PathBuf = self.folder.path().join("watched");
        Source::new("watched", Origin::Url(self.database.url().to_owned()), output)
    }

    fn look(&self) -> Result<Vec<(Status, String)>, HarnessError> {
        let found = check(&self.source(), Reach::Origin, "mend", &AtomicBool::new(false));
        let found = found.map_err(HarnessError::doing("check the database"))?;
        let mut told: Vec<_> = found.iter().map(|found| (found.status, found.place.to_string())).collect();
        told.sort();
        Ok(told)
    }
}

/// Makes every kind of change on a database with a schema in it, and undoes each. What the schema lacks is added to it first.
///
/// # Errors
/// Where the database cannot be read, or a change cannot be undone.
pub fn run(database: &ScratchDatabase) -> Result<Course, HarnessError> {
    database.load(match database.engine() {
        Engine::Postgres => postgres::CARRIERS,
        Engine::Mysql => mysql::CARRIERS,
        Engine::Sqlite => sqlite::CARRIERS,
    })?;
    let kinds = match database.engine() {
        Engine::Postgres => postgres::kinds(&postgres::ground(database)?),
        Engine::Mysql => mysql::kinds(&mysql::ground(database)?),
        Engine::Sqlite => sqlite::kinds(&sqlite::ground(database)?),
    };
    let folder = TempDir::new().map_err(HarnessError::doing("make a temporary folder"))?;
    let watch = Watch { database, folder };
    let made = codegen(&watch.source(), Mode::Write, &AtomicBool::new(false), |_| {});
    made.map_err(HarnessError::doing("make a crate"))?;
    let mut course = Course::default();
    let told = watch.look()?;
    if !told.is_empty() {
        course.faults.push(format!("a fresh crate: found {told:?}"));
    }
    for kind in &kinds.all {
        make(&watch, kind, &mut course)?;
    }
    Ok(course)
}

/// Makes one kind of change, on the first object that the database lets it be made on.
fn make(watch: &Watch<'_>, kind: &Kind, course: &mut Course) -> Result<(), HarnessError> {
    for Change { change, undo, expected } in kind.candidates.iter().take(TRIES) {
        if watch.database.load(change).is_err() {
            continue;
        }
        let mut expected = expected.clone();
        expected.sort();
        let told = watch.look()?;
        let is_found = told == expected;
        if !is_found {
            course.faults.push(format!("{}: {change}\n  found {told:?}\n  and not {expected:?}", kind.name));
        }
        watch
            .database
            .load(undo)
            .map_err(|error| HarnessError::new(format!("cannot undo {change}: {undo}: {error}")))?;
        let left = watch.look()?;
        if !left.is_empty() {
            // What follows would be measured against it.
            return Err(HarnessError::new(format!("after {change} and {undo}, {left:?} is left")));
        }
        if is_found {
            course.found.push(kind.name);
        }
        return Ok(());
    }
    course.not_made.push(kind.name);
    Ok(())
}
