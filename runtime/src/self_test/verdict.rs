//! Whether the database had a reason to refuse a row that no JSON Schema says.

use std::collections::BTreeSet;

use super::facts::{Facts, name_of};
use crate::database::{Error, Violation, ViolationKind};
use crate::table::{ConstraintKind, Relation};

/// Why a row may be refused though its schema lets it in; `None` where it may not.
pub(super) fn excuse(error: &Error, relation: &Relation, unsaid: &BTreeSet<String>, facts: &Facts) -> Option<String> {
    let title = relation.title();
    let name = name_of(relation);
    let excuse = match error {
        Error::Violation(violation) => of_violation(violation, relation, unsaid),
        Error::Database { code: Some(code), message } => {
            let computes = facts.expressions.contains(&name)
                || relation.columns.iter().any(|column| column.generated)
                || !unsaid.is_empty();
            // The data does not suit an expression: 22 with PostgreSQL and MySQL.
            if code.starts_with("22") && computes {
                Some(format!("an expression of {title} cannot be computed"))
            } else if code == "23514" || message.contains("has no partition for value") {
                Some(format!("{title} has no partition for the row"))
            } else {
                None
            }
        }
        _ => None,
    };
    if excuse.is_some() {
        return excuse;
    }
    let by_database = matches!(error, Error::Violation(_) | Error::Database { .. });
    (by_database && facts.triggers.contains(&name)).then(|| format!("a trigger of {title}: {error}"))
}

fn of_violation(violation: &Violation, relation: &Relation, unsaid: &BTreeSet<String>) -> Option<String> {
    let title = relation.title();
    let constraint = violation.constraint.as_deref().unwrap_or_default();
    match violation.kind {
        ViolationKind::Check if unsaid.contains(constraint) => {
            Some(format!("the CHECK {constraint:?} of {title}, which no JSON Schema says"))
        }
        // PostgreSQL's CHECK violations without a name are about partitions, and those of views.
        ViolationKind::Check if constraint.is_empty() => Some(format!("{title} has no partition for the row")),
        ViolationKind::Check => None,
        ViolationKind::Unique => Some(format!("the key {constraint:?} of {title}")),
        ViolationKind::Exclusion => Some(format!("the exclusion {constraint:?} of {title}")),
        // Rows are taken from those that were read; what else a key can want is not known here.
        ViolationKind::ForeignKey => {
            let known =
                relation.constraints.iter().any(|key| key.kind == ConstraintKind::ForeignKey && key.name == constraint);
            (!known).then(|| format!("the foreign key {constraint:?} of {title}, which the crate does not have"))
        }
        ViolationKind::NotNull => None,
    }
}
