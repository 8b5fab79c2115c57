//! Constraints and indexes.

use serde::{Deserialize, Serialize};

use super::QName;
use super::sql_type::is_false;

/// When a deferrable constraint is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deferrable {
    /// At the end of each statement, unless a transaction asks for later.
    InitiallyImmediate,
    /// At commit, unless a transaction asks for earlier.
    InitiallyDeferred,
}

/// A primary key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// The constraint's name; absent on MySQL, where it is always `PRIMARY`, and where SQLite was given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns in key order, which need not be the table's.
    pub columns: Vec<String>,
    /// Columns that the index carries besides (`INCLUDE`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Lengths of the prefixes that are indexed, by column; empty where all columns are whole (MySQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<Option<u32>>,
    /// Whether and when the check can be put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Whether the last column is a range that must not overlap (`WITHOUT OVERLAPS`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_overlaps: bool,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A unique constraint over whole columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UniqueKey {
    /// The constraint's name; absent where SQLite was given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns in key order.
    pub columns: Vec<String>,
    /// Columns that the index carries besides (`INCLUDE`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether two NULLs count as equal (`NULLS NOT DISTINCT`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// Whether and when the check can be put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Whether the last column is a range that must not overlap (`WITHOUT OVERLAPS`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_overlaps: bool,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What happens to a row when the row that it refers to goes or gets another key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The statement fails, at the end of it or at commit.
    #[default]
    NoAction,
    /// The statement fails at once.
    Restrict,
    /// The row goes along.
    Cascade,
    /// The columns become NULL.
    SetNull,
    /// The columns get their defaults.
    SetDefault,
}

impl Action {
    /// The action that SQL calls so, such as `SET NULL`.
    pub fn from_sql(name: &str) -> Option<Self> {
        const NAMES: &[(&str, Action)] = &[
            ("NO ACTION", Action::NoAction),
            ("RESTRICT", Action::Restrict),
            ("CASCADE", Action::Cascade),
            ("SET NULL", Action::SetNull),
            ("SET DEFAULT", Action::SetDefault),
        ];
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, action)| action)
    }
}

/// How a foreign key of several columns treats NULLs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchType {
    /// One NULL among the columns, and nothing is checked.
    #[default]
    Simple,
    /// All or none of the columns are NULL.
    Full,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name; absent where SQLite was given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns in key order.
    pub columns: Vec<String>,
    /// The relation that is referred to; it need not exist on SQLite and MySQL.
    pub references: QName,
    /// Its columns, in the order of `columns`; empty where the relation does not exist and none were named.
    pub referenced_columns: Vec<String>,
    /// On an update of the key.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_update: Action,
    /// On a deletion.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_delete: Action,
    /// The columns that `ON DELETE SET NULL | DEFAULT` touches; empty means all of them (PostgreSQL 15).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_columns: Vec<String>,
    /// How NULLs are treated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub match_type: MatchType,
    /// Whether and when the check can be put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// Whether rows from before the constraint were left unchecked (`NOT VALID`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_valid: bool,
    /// Whether nothing is checked at all (`NOT ENFORCED`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_enforced: bool,
    /// Whether the last column is a range, matched by containment (`PERIOD`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub period: bool,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// The constraint's name; absent where SQLite was given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The condition, without `CHECK` and without one pair of parentheses around the whole, as the server prints it.
    pub expression: String,
    /// Whether rows from before the constraint were left unchecked (`NOT VALID`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_valid: bool,
    /// Whether nothing is checked at all (`NOT ENFORCED`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_enforced: bool,
    /// Whether inheriting tables go without it (`NO INHERIT`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_inherit: bool,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An exclusion constraint (PostgreSQL).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The constraint's name.
    pub name: String,
    /// The constraint as the server prints it, from `EXCLUDE` on.
    pub definition: String,
    /// Whether and when the check can be put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An index that no constraint stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Whether it refuses duplicates.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// The access method in lower case, such as `btree`, `gin`, `fulltext`; absent for the engine's only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The parts in key order.
    pub parts: Vec<IndexPart>,
    /// Columns that it carries besides (`INCLUDE`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// The condition of a partial index, an SQL expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// Whether two NULLs count as equal (`NULLS NOT DISTINCT`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// Whether the planner may not use it: not yet built, or made invisible.
    #[serde(default, skip_serializing_if = "is_false")]
    pub invalid: bool,
    /// The comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A part of an index: a column or an expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IndexPart {
    /// The column; absent for an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The expression; absent for a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The length of the prefix that is indexed (MySQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<u32>,
    /// Whether it is sorted downwards.
    #[serde(default, skip_serializing_if = "is_false")]
    pub descending: bool,
    /// Whether NULLs come at the end that is not the usual one for the direction.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nulls_reversed: bool,
    /// The operator class, where it is not the type's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
    /// The collation, where it is not the column's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
