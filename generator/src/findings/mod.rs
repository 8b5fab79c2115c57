//! What does not agree: found, weighed, and told in the form that each reader wants.
//!
//! A [`Finding`] says what differs, where, how much it matters and what mends it. [`compare`] finds the differences of two
//! catalogs and [`stale`] those of a crate's files; a [`Report`] sorts and counts them, without what a [`Baseline`] knows
//! already; [`format`] writes it down. Nothing here opens a connection or writes a file of a crate.

mod baseline;
pub mod compare;
pub mod format;
mod place;
pub mod rename;
mod report;
mod severity;
pub mod stale;
mod status;

pub use baseline::{Baseline, BaselineError};
pub use format::{Format, Options};
pub use place::{Object, ObjectKind, Part, PartKind, Place};
pub use report::{Report, Summary};
pub use severity::{Severities, Severity};
pub use status::Status;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// Something that does not agree with what it is held to.
///
/// One side is the truth, such as the database; the other is held to it, such as the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What sort of difference it is.
    pub status: Status,
    /// How much it matters.
    pub severity: Severity,
    /// The crate that it is about.
    pub source: String,
    /// What of the database it is about; empty for a file as a whole.
    pub place: Place,
    /// The file that is to be mended, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What the truth says, in short; absent where it has nothing there.
    pub expected: Option<String>,
    /// What is said by what is held to it, in short; absent where that has nothing there.
    pub found: Option<String>,
    /// What is the matter, in a sentence without a full stop.
    pub message: String,
    /// What may be behind it, in a clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The command or the SQL that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// The path, with `/` between its parts; relative to the working directory for files below it.
    pub path: String,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl Location {
    /// A file as a whole.
    pub fn of_file(path: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, column: None }
    }
}

impl Finding {
    /// A finding with the severity that its status usually has, and nothing more.
    pub fn new(status: Status, place: Place, message: impl Into<String>) -> Self {
        Self {
            status,
            severity: status.severity(),
            source: String::new(),
            place,
            location: None,
            expected: None,
            found: None,
            message: message.into(),
            hint: None,
            mend: None,
        }
    }

    /// What is the matter, and what may be behind it.
    pub fn told(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        format!("{}{hint}", self.message)
    }

    /// The same with what both sides say.
    #[must_use]
    pub fn with_sides(mut self, expected: Option<String>, found: Option<String>) -> Self {
        (self.expected, self.found) = (expected, found);
        self
    }

    /// What the finding is known by from one run to the next: it stays while the same two things differ in the same way, on
    /// whatever line of a file, however much it matters and in whatever words it is told.
    pub fn identity(&self) -> String {
        let path = self.location.as_ref().map(|location| &location.path);
        let all = (&self.source, self.status, &self.place, path, &self.expected, &self.found);
        hex(Sha256::digest(serde_json::to_vec(&all).expect("plain data with string keys always serialises")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_stays_until_the_difference_is_another() {
        let place = Place::relation("public", "book").part(PartKind::Column, "price");
        let mut finding = Finding::new(Status::TypeMismatch, place, "the type is another");
        finding = finding.with_sides(Some("numeric(12,2)".into()), Some("numeric(10,2)".into()));
        finding.location = Some(Location { path: "src/book.rs".into(), line: Some(7), column: Some(3) });
        let known = finding.identity();

        let mut same = finding.clone();
        same.location = Some(Location { path: "src/book.rs".into(), line: Some(70), column: None });
        (same.message, same.severity, same.mend) = ("in other words".into(), Severity::Info, Some("a command".into()));
        assert_eq!(same.identity(), known);

        let others: [&dyn Fn(&mut Finding); 6] = [
            &|other| other.status = Status::DefaultMismatch,
            &|other| other.source = "another".into(),
            &|other| other.place = Place::relation("public", "book"),
            &|other| other.location = Some(Location::of_file("src/other.rs")),
            &|other| other.expected = None,
            &|other| other.found = Some("text".into()),
        ];
        for change in others {
            let mut other = finding.clone();
            change(&mut other);
            assert_ne!(other.identity(), known, "{other:?}");
        }
    }
}
