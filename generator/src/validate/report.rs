//! A verdict as findings.

use std::path::Path;

use super::{Issue, IssueKind, Outcome, Statement, Verdict};
use crate::findings::{Finding, Location, Place, Status, stale};

impl Verdict {
    /// All that is wrong, and what could not be read; on request the statements that are unverifiable, too.
    pub fn findings(&self, with_unverifiable: bool) -> Vec<Finding> {
        let wrong = self.issues().map(of_issue);
        let unread = self.notes.iter().map(|note| {
            let location = Location::of_file(stale::shown(&note.file));
            Finding { location: Some(location), ..unverifiable(&note.message) }
        });
        let unseen = self.statements.iter().filter(|found| with_unverifiable && found.outcome == Outcome::Unverifiable);
        wrong.chain(unread).chain(unseen.map(of_unverifiable)).collect()
    }
}

fn of_issue(issue: &Issue) -> Finding {
    let Issue { file, line, column, kind, place, name, suggestion, message } = issue;
    let status = match kind {
        IssueKind::UnknownSchema | IssueKind::UnknownTable | IssueKind::UnknownColumn | IssueKind::UnknownQualifier => {
            Status::UnknownNameInSource
        }
        IssueKind::Refused => Status::RefusedInSource,
    };
    let hint = suggestion.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    let finding = Finding::new(status, place.clone(), format!("{message}{hint}"));
    Finding { location: Some(at(file, *line, *column)), ..finding.with_sides(suggestion.clone(), Some(name.clone())) }
}

fn of_unverifiable(statement: &Statement) -> Finding {
    let location = at(&statement.file, statement.line, statement.column);
    let reason = statement.reason.as_deref().unwrap_or_default();
    let finding = unverifiable(&format!("what {} is given cannot be verified: {reason}", statement.call));
    Finding { location: Some(location), ..finding.with_sides(None, statement.text.clone()) }
}

fn unverifiable(message: &str) -> Finding {
    Finding::new(Status::Unverifiable, Place::default(), message)
}

fn at(file: &Path, line: usize, column: usize) -> Location {
    // No file that is read has so many lines.
    let number = |n: usize| Some(u32::try_from(n).unwrap_or(u32::MAX));
    Location { path: stale::shown(file), line: number(line), column: number(column) }
}
