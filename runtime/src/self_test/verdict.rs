//! Whether the database had a reason to refuse a row that no JSON Schema says.

use std::collections::BTreeSet;

use super::facts::{Facts, name_of};
use crate::database::{ELSEWHERE, Error, Violation, ViolationKind};
use crate::table::{Column, ConstraintKind, Dialect, Relation, RelationKind};

/// Why a row may be refused though its schema lets it in; `None` where it may not.
pub(super) fn excuse(error: &Error, relation: &Relation, unsaid: &BTreeSet<String>, facts: &Facts) -> Option<String> {
    let title = relation.title();
    let name = name_of(relation);
    let excuse = match error {
        Error::Violation(violation) => of_violation(violation, relation, unsaid),
        Error::Database { code: Some(code), message } => {
            let computes = facts.expressions.contains(&name)
                || relation.columns.iter().any(|column| column.generated)
                || relation.kind == RelationKind::PartitionedTable
                || !unsaid.is_empty();
            if message.ends_with(ELSEWHERE) {
                Some(format!("a function that {title} calls: {code}"))
            } else if is_about_data(code, message, facts) && computes {
                Some(format!("an expression of {title} cannot be computed"))
            } else if is_too_large(code, facts) {
                Some(format!("a row of {title} that is larger than a page"))
            } else if is_astray(message, relation) {
                Some(format!("a foreign key of or to {title} that leads nowhere"))
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
    // What a trigger says of a row may be different for each.
    let code = match error {
        Error::Violation(violation) => format!("{:?}", violation.kind),
        Error::Database { code, .. } => code.clone().unwrap_or_default(),
        _ => return None,
    };
    facts.triggers.contains(&name).then(|| format!("a trigger of {title}: {code}"))
}

/// Why a row is refused, or cannot be read, that leaves columns to their defaults; `None` where no default is the cause.
/// `is_omitted` tells whether a column was left to one.
pub(super) fn blame_default(
    error: &Error,
    relation: &Relation,
    is_omitted: impl Fn(&Column) -> bool,
) -> Option<String> {
    let title = relation.title();
    let is_omitted = |column: &Column| column.has_default && is_omitted(column);
    match error {
        Error::Row(error) => {
            let column = relation.column(error.column())?;
            let source = match column.generated {
                true => "the expression",
                false if is_omitted(column) => "the default",
                false => return None,
            };
            Some(format!("{source} of {title}.{} gives a value that its Rust type does not hold", column.name))
        }
        Error::Violation(violation) if violation.kind == ViolationKind::NotNull => {
            let named = |column: &&Column| violation.columns.iter().any(|name| name == column.name);
            let column = relation.columns.iter().find(|column| named(column) && is_omitted(column))?;
            Some(format!("the default of {title}.{} is NULL, which the column is not", column.name))
        }
        Error::Violation(violation) if violation.kind == ViolationKind::Check => {
            let column = relation.columns.iter().find(|column| is_omitted(column))?;
            let constraint = violation.constraint.as_deref().unwrap_or_default();
            Some(format!("the CHECK {constraint:?} of {title} beside a default, such as that of {:?}", column.name))
        }
        _ => None,
    }
}

/// Whether the data does not suit an expression: a class of its own with PostgreSQL, several numbers with MySQL, and a
/// text with SQLite.
fn is_about_data(code: &str, message: &str, facts: &Facts) -> bool {
    match facts.dialect {
        Dialect::Postgres => code.starts_with("22"),
        Dialect::Mysql => ["1264", "1292", "1365", "1366", "1406", "1690", "3140", "4038"].contains(&code),
        Dialect::Sqlite => {
            ["malformed JSON", "bad JSON path", "integer overflow"].iter().any(|text| message.contains(text))
        }
    }
}

/// Whether the columns hold their values, and a page does not hold all of them.
fn is_too_large(code: &str, facts: &Facts) -> bool {
    match facts.dialect {
        Dialect::Postgres => code == "54000",
        Dialect::Mysql => ["139", "1118"].contains(&code),
        Dialect::Sqlite => false,
    }
}

/// Whether SQLite misses what a foreign key refers to, which it looks for with the first row.
fn is_astray(message: &str, relation: &Relation) -> bool {
    let missing = message.strip_prefix("no such table: main.");
    message.starts_with("foreign key mismatch") || missing.is_some_and(|name| name != relation.name)
}

/// Whether texts of a type lose the blanks at their end, which another type's keep.
fn is_padded(sql_type: &str) -> bool {
    sql_type == "bpchar" || sql_type.starts_with("character(") || sql_type.starts_with("char(")
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
            let pads = |name: &&str| relation.column(name).is_some_and(|column| is_padded(column.sql_type));
            let key = relation.foreign_keys.iter().find(|key| key.name == constraint);
            if key.is_some_and(|key| key.columns.iter().any(pads)) {
                return Some(format!(
                    "the foreign key {constraint:?} of {title}, for which blanks at the end are nothing"
                ));
            }
            (!known).then(|| format!("the foreign key {constraint:?} of {title}, which the crate does not have"))
        }
        // No column is named where it is a field of a composite value, whose type is a domain without NULL.
        ViolationKind::NotNull if violation.columns.is_empty() => {
            Some(format!("a domain without NULL, within a value of {title}"))
        }
        ViolationKind::NotNull => {
            let generated = |name: &String| relation.column(name).is_some_and(|column| column.generated);
            violation.columns.iter().any(generated).then(|| format!("an expression of {title} gives NULL"))
        }
    }
}
