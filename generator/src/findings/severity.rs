//! How much a finding matters.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Place, Status};
use crate::config::PathPattern;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The check fails.
    Error,
    /// It is listed; the check fails where the configuration is strict.
    Warning,
    /// It is listed.
    Info,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The name in configuration and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The severities that the configuration sets.
#[derive(Clone, Debug, Default)]
pub struct Severities {
    /// For all findings of a status.
    pub by_status: BTreeMap<Status, Severity>,
    /// For those in some places, in the order of the file; later ones win.
    pub by_path: Vec<(PathPattern, BTreeMap<Status, Severity>)>,
}

impl Severities {
    /// How much a finding matters. A pattern for a relation speaks for its columns and constraints too.
    pub fn of(&self, status: Status, place: &Place, default_schema: &str) -> Severity {
        self.set(status, place, default_schema).unwrap_or(status.severity())
    }

    /// How much the configuration says that a finding matters, if it says so.
    pub fn set(&self, status: Status, place: &Place, default_schema: &str) -> Option<Severity> {
        let of_path = self.by_path.iter().rev().filter(|(pattern, _)| place.is_matched(pattern, default_schema));
        let mut set = of_path.filter_map(|(_, set)| set.get(&status)).chain(self.by_status.get(&status));
        set.next().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::PartKind;

    #[test]
    fn paths_win_over_statuses_and_later_paths_over_earlier_ones() {
        let path = |pattern: &str, severity| {
            (PathPattern::new(pattern).unwrap(), BTreeMap::from([(Status::TypeMismatch, severity)]))
        };
        let severities = Severities {
            by_status: BTreeMap::from([(Status::TypeMismatch, Severity::Warning)]),
            by_path: vec![path("audit_*", Severity::Info), path("*.audit_log.payload", Severity::Error)],
        };
        let of = |schema: &str, relation: &str, column: &str| {
            let place = Place::relation(schema, relation).part(PartKind::Column, column);
            severities.of(Status::TypeMismatch, &place, "public")
        };
        assert_eq!(of("public", "book", "title"), Severity::Warning);
        assert_eq!(of("public", "audit_log", "actor"), Severity::Info);
        assert_eq!(of("public", "audit_log", "payload"), Severity::Error);
        assert_eq!(of("shop", "audit_log", "actor"), Severity::Warning, "no schema means the default one");
        assert_eq!(
            severities.of(Status::KeyMismatch, &Place::relation("public", "audit_log"), "public"),
            Severity::Error
        );
        assert_eq!(severities.of(Status::TypeMismatch, &Place::default(), "public"), Severity::Warning);
    }
}
