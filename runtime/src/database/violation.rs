//! Constraints that a write violates, by the names that they were generated under.

use std::fmt;

use super::error::Error;
use crate::table::{Constraint, ConstraintKind, Relation, Schema};

/// A constraint that a write violates.
///
/// PostgreSQL and MySQL name the constraint themselves. SQLite names the columns of a key, the name of a check, and
/// nothing of a foreign key: the rest is found out by the operation that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// What the constraint demands.
    pub kind: ViolationKind,
    /// The schema and the name of the relation, as far as the database tells. The schema is empty on engines without one.
    pub relation: Option<(String, String)>,
    /// The name of the constraint, as far as the database tells.
    pub constraint: Option<String>,
    /// The columns, as far as the database tells.
    pub columns: Vec<String>,
    /// Constraints of that relation that it can be, where the database does not tell which.
    pub(crate) known: Option<Constraint>,
}

/// What a violated constraint demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// That no two rows agree in the key's columns: a primary key, a unique constraint, a unique index.
    Unique,
    /// That the row that is referred to exists, or that none refers to the one that goes.
    ForeignKey,
    /// That a condition holds.
    Check,
    /// That a column is not NULL.
    NotNull,
    /// That no two rows overlap (PostgreSQL).
    Exclusion,
}

impl Violation {
    /// Whether it is that constraint which is violated.
    pub fn is(&self, constraint: &Constraint) -> bool {
        if let Some(known) = &self.known {
            return known == constraint;
        }
        self.suits(constraint) && (self.is_called(constraint) || self.is_over(constraint))
    }

    /// Whether the name is that of a constraint. MySQL calls every primary key the same.
    fn is_called(&self, constraint: &Constraint) -> bool {
        let Some(name) = self.constraint.as_deref() else { return false };
        name == constraint.name && !name.is_empty()
            || name == "PRIMARY" && constraint.kind == ConstraintKind::PrimaryKey
    }

    /// Whether the columns are those of a constraint. A primary key may have another name, or none, in another engine's
    /// database than the one that the code was generated from.
    fn is_over(&self, constraint: &Constraint) -> bool {
        !self.columns.is_empty() && self.columns.iter().map(String::as_str).eq(constraint.columns.iter().copied())
    }

    /// Whether the kind and the relation are those of a constraint.
    fn suits(&self, constraint: &Constraint) -> bool {
        let kind = match constraint.kind {
            ConstraintKind::PrimaryKey | ConstraintKind::Unique => ViolationKind::Unique,
            ConstraintKind::ForeignKey => ViolationKind::ForeignKey,
            ConstraintKind::Check => ViolationKind::Check,
            ConstraintKind::Exclusion => ViolationKind::Exclusion,
        };
        let (schema, name) = constraint.relation;
        kind == self.kind
            && self
                .relation
                .as_ref()
                .is_none_or(|(found_schema, found)| found == name && (found_schema == schema || schema.is_empty()))
    }

    /// Looks for the generated constraint that it is, now that the relation is known which was written to. A foreign key
    /// can be another relation's.
    pub(crate) fn recognise(&mut self, schema: &Schema, written: &'static Relation) {
        if self.known.is_some() {
            return;
        }
        let relation = match &self.relation {
            Some((_, name)) if name == written.name => Some(written),
            Some((found, name)) => schema.relation(found, name),
            None => Some(written),
        };
        let Some(relation) = relation else { return };
        let candidates = relation.constraints.iter().filter(|constraint| self.suits(constraint));
        let found = (candidates.clone().find(|constraint| self.is_called(constraint)))
            .or_else(|| candidates.clone().find(|constraint| self.is_over(constraint)))
            .copied();
        self.settle(found);
    }

    /// Whether it is the key of these columns.
    pub(crate) fn is_key(&self, columns: &[&str]) -> bool {
        self.kind == ViolationKind::Unique && self.columns.iter().map(String::as_str).eq(columns.iter().copied())
    }

    /// Takes over what is known of a constraint.
    pub(crate) fn settle(&mut self, found: Option<Constraint>) {
        let Some(constraint) = found else { return };
        // For a row that others refer to, PostgreSQL tells the columns of that row, and not those of the constraint.
        if !constraint.columns.is_empty() {
            self.columns = constraint.columns.iter().map(|&column| column.to_owned()).collect();
        }
        if !constraint.name.is_empty() {
            self.constraint = Some(constraint.name.to_owned());
        }
        self.relation.get_or_insert_with(|| (constraint.relation.0.to_owned(), constraint.relation.1.to_owned()));
        self.known = Some(constraint);
    }

    fn new(kind: ViolationKind, constraint: Option<String>) -> Self {
        Self { kind, relation: None, constraint, columns: Vec::new(), known: None }
    }

    #[cfg(feature = "postgres")]
    pub(super) fn of_postgres(error: &dyn sqlx::error::DatabaseError, code: &str) -> Option<Error> {
        let error = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()?;
        let kind = match code {
            "23505" => ViolationKind::Unique,
            "23503" | "23001" => ViolationKind::ForeignKey,
            "23514" => ViolationKind::Check,
            "23502" => ViolationKind::NotNull,
            "23P01" => ViolationKind::Exclusion,
            _ => return None,
        };
        let mut violation = Self::new(kind, error.constraint().map(str::to_owned));
        violation.relation =
            error.table().map(|table| (error.schema().unwrap_or_default().to_owned(), table.to_owned()));
        violation.columns.extend(error.column().map(str::to_owned));
        // Key (a, b)=(1, 2) already exists. What follows the columns are values of the row.
        let detail = error.detail().and_then(|detail| detail.strip_prefix("Key (")?.split_once(")="));
        if let (ViolationKind::Unique | ViolationKind::ForeignKey, Some((columns, _))) = (kind, detail) {
            violation.columns.extend(columns.split(", ").map(|column| column.trim_matches('"').to_owned()));
        }
        Some(Error::Violation(Box::new(violation)))
    }

    /// From MySQL's and MariaDB's messages, which have names in quotes or backticks at their ends. Values of rows are in
    /// some of them, and are not taken over.
    #[cfg(feature = "mysql")]
    pub(super) fn of_mysql(error: &sqlx::mysql::MySqlDatabaseError) -> Option<Error> {
        let message = error.message();
        let violation = match error.number() {
            // Duplicate entry '…' for key 'table.key'; MariaDB leaves the table out.
            1062 | 1586 => {
                // In another language than English the key is still what is quoted last. The value must not be let through.
                let rest = message.trim_end_matches('\'');
                let named = rest.rsplit_once(" for key '").or_else(|| rest.rsplit_once('\''));
                let key = named.map(|(_, key)| key.rsplit('.').next().unwrap_or(key).to_owned());
                Self::new(ViolationKind::Unique, key)
            }
            // … (`database`.`table`, CONSTRAINT `name` FOREIGN KEY (…
            1216 | 1217 | 1451 | 1452 => {
                let mut violation = Self::new(ViolationKind::ForeignKey, None);
                if let Some((before, after)) = message.split_once(", CONSTRAINT `") {
                    violation.constraint = after.split_once("` FOREIGN KEY").map(|(name, _)| name.replace("``", "`"));
                    violation.relation = before
                        .rsplit_once("(`")
                        .and_then(|(_, names)| names.trim_end_matches('`').split_once("`.`"))
                        .map(|(_, table)| (String::new(), table.replace("``", "`")));
                }
                violation
            }
            // Check constraint 'name' is violated. MariaDB: CONSTRAINT `name` failed for `database`.`table`, where the name of
            // a check that was declared with its column is `table.column`.
            3819 | 4025 => {
                let name = match message.split_once("CONSTRAINT `") {
                    Some((_, rest)) => rest.split_once("` failed for").map(|(name, of)| {
                        let table = of.trim_end_matches('`').rsplit("`.`").next().unwrap_or_default();
                        name.strip_prefix(table).and_then(|column| column.strip_prefix('.')).unwrap_or(name)
                    }),
                    None => message.split('\'').nth(1),
                };
                Self::new(ViolationKind::Check, name.map(|name| name.rsplit("`.`").next().unwrap_or(name).to_owned()))
            }
            1048 | 1364 => {
                let mut violation = Self::new(ViolationKind::NotNull, None);
                violation.columns.extend(message.split('\'').nth(1).map(str::to_owned));
                violation
            }
            _ => return None,
        };
        Some(Error::Violation(Box::new(violation)))
    }

    /// From SQLite's extended code and message.
    #[cfg(feature = "sqlite")]
    pub(super) fn of_sqlite(code: i32, message: &str) -> Option<Error> {
        let kind = match code {
            275 => ViolationKind::Check,
            787 => ViolationKind::ForeignKey,
            // RESTRICT is a trigger to SQLite; any other one says what it was written to say.
            1811 if message.starts_with("FOREIGN KEY") => ViolationKind::ForeignKey,
            1299 => ViolationKind::NotNull,
            1555 | 2067 | 2579 => ViolationKind::Unique,
            _ => return None,
        };
        let mut violation = Self::new(kind, None);
        let detail = message.split_once("constraint failed: ").map(|(_, detail)| detail);
        match (kind, detail) {
            (ViolationKind::Check, Some(name)) => violation.constraint = Some(name.to_owned()),
            // An index over expressions is named, other keys are listed as `table.column, table.column`.
            (ViolationKind::Unique, Some(detail)) if detail.starts_with("index '") => {
                violation.constraint = Some(detail["index '".len()..].trim_end_matches('\'').to_owned());
            }
            (ViolationKind::Unique | ViolationKind::NotNull, Some(detail)) => {
                let columns = detail.split(", ").filter_map(|column| column.rsplit_once('.'));
                for (table, column) in columns {
                    violation.relation.get_or_insert_with(|| (String::new(), table.to_owned()));
                    violation.columns.push(column.to_owned());
                }
            }
            _ => {}
        }
        Some(Error::Violation(Box::new(violation)))
    }
}

/// One sentence. Values are left out: rows hold secrets.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ViolationKind::Unique => "another row has the same key",
            ViolationKind::ForeignKey => "a foreign key has no row to refer to, or rows refer to the one that goes",
            ViolationKind::Check => "a check does not hold",
            ViolationKind::NotNull => "a column is NULL that cannot be",
            ViolationKind::Exclusion => "another row overlaps with it",
        };
        f.write_str(what)?;
        match &self.relation {
            Some((schema, name)) if schema.is_empty() => write!(f, " in {name}")?,
            Some((schema, name)) => write!(f, " in {schema}.{name}")?,
            None => {}
        }
        if let Some(constraint) = &self.constraint {
            write!(f, ": constraint {constraint:?}")?;
        }
        if !self.columns.is_empty() {
            write!(f, " ({})", self.columns.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Violation {}
