//! What can differ, and how it is said.

use std::fmt;

use crate::table::{Column, Identity, ReferentialAction, RelationKind};

/// A way in which the database is not as the code has it. Displayed, it is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The relation's name, behind that of its schema where it has one.
    pub relation: String,
    /// The column, where the difference is in one.
    pub column: Option<String>,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs. What is expected is what the code has; what is found, the database has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// There is no relation of that name, or none that the role may see.
    RelationMissing {
        /// What the code has.
        expected: RelationKind,
    },
    /// It is a table in the one and a view in the other, or something else of the sort.
    RelationKind {
        /// What the code has.
        expected: RelationKind,
        /// What the database has.
        found: RelationKind,
    },
    /// The relation cannot be queried: a view of what is not there any more.
    RelationBroken {
        /// Why, as the database says.
        why: String,
    },
    /// The code has the column, and the database has not.
    ColumnMissing {
        /// The type of the column in the code.
        expected: String,
    },
    /// The database has the column, and the code has not.
    ColumnUnknown {
        /// The type of the column.
        found: String,
        /// Whether a row that brings no value for it is refused: it is NOT NULL and nothing fills it.
        refuses_inserts: bool,
    },
    /// The types differ.
    ColumnType {
        /// What the code has.
        expected: String,
        /// What the database has.
        found: String,
    },
    /// One of them lets NULL in.
    ColumnNullability {
        /// Whether the database lets NULL in, and the code does not.
        found_nullable: bool,
    },
    /// What a row gets that brings no value.
    ColumnFilling {
        /// What the code has.
        expected: Filling,
        /// What the database has.
        found: Filling,
    },
    /// The primary keys differ.
    PrimaryKey {
        /// The columns in the code; none if there is no key.
        expected: Vec<String>,
        /// The columns in the database; none if there is no key.
        found: Vec<String>,
        /// Why the key in the database does not find at most one row any more, although it has the same columns.
        flaw: Option<&'static str>,
    },
    /// A key that found at most one row for every value does so no longer.
    UniqueKey {
        /// Its name in the code; empty if it has none.
        name: String,
        /// Its columns.
        columns: Vec<String>,
        /// Why the key that is there does not count; absent if there is none.
        flaw: Option<&'static str>,
    },
    /// The labels of an enumerated type differ. The relation is the type's name.
    EnumLabels {
        /// What the code has, in order.
        expected: Vec<String>,
        /// What the database has, in order; absent if there is no such type.
        found: Option<Vec<String>>,
    },
    /// A foreign key is missing or another one.
    ForeignKey {
        /// Its name in the code; empty if it has none.
        name: String,
        /// What the code has.
        expected: ForeignKeyShape,
        /// What the database has under that name or for those columns.
        found: Option<ForeignKeyShape>,
    },
}

/// What a row gets that brings no value for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filling {
    /// NULL, or a refusal.
    Nothing,
    /// The default.
    Default,
    /// The next number.
    Number,
    /// The next number, and no row can bring one.
    AlwaysNumber,
    /// What is computed from other columns, and no row can bring a value.
    Computed,
}

impl Filling {
    pub(super) fn of(generated: bool, identity: Option<Identity>, has_default: bool) -> Self {
        match (generated, identity) {
            (true, _) => Self::Computed,
            (_, Some(Identity::Always)) => Self::AlwaysNumber,
            (_, Some(Identity::ByDefault)) => Self::Number,
            _ if has_default => Self::Default,
            _ => Self::Nothing,
        }
    }

    pub(super) fn expected(column: &Column) -> Self {
        Self::of(column.generated, column.identity, column.has_default)
    }
}

impl fmt::Display for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "has no default",
            Self::Default => "has a default",
            Self::Number => "is numbered where a row brings no value",
            Self::AlwaysNumber => "is always numbered by the database",
            Self::Computed => "is computed from other columns",
        })
    }
}

/// A foreign key, but for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKeyShape {
    /// The columns in key order.
    pub columns: Vec<String>,
    /// The relation that is referred to, behind its schema where that is not the connection's own.
    pub references: String,
    /// Its columns, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// What a deletion of the row that is referred to does.
    pub on_delete: ReferentialAction,
    /// What a change of its key does.
    pub on_update: ReferentialAction,
}

impl fmt::Display for ForeignKeyShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { columns, references, referenced_columns, .. } = self;
        write!(f, "({}) to {references} ({})", columns.join(", "), referenced_columns.join(", "))?;
        for (event, action) in [("DELETE", self.on_delete), ("UPDATE", self.on_update)] {
            match action {
                ReferentialAction::Refuse => {}
                ReferentialAction::Cascade => write!(f, " ON {event} CASCADE")?,
                ReferentialAction::Reset => write!(f, " ON {event} SET NULL or SET DEFAULT")?,
            }
        }
        Ok(())
    }
}

fn title(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table => "table",
        RelationKind::PartitionedTable => "partitioned table",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::VirtualTable => "virtual table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
    }
}

/// The type for people; SQLite has columns without any.
fn typed(sql_type: &str) -> String {
    if sql_type.is_empty() { "no type".to_owned() } else { format!("the type {sql_type}") }
}

impl Difference {
    /// Whether code that was generated without it works all the same: a column more, which a row need not bring a value for.
    /// So it is while the database is ahead of the programs, during a deploy.
    pub fn is_harmless(&self) -> bool {
        matches!(self.kind, DifferenceKind::ColumnUnknown { refuses_inserts: false, .. })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relation = &self.relation;
        if let Some(column) = &self.column {
            write!(f, "column {column} of ")?;
        }
        match &self.kind {
            DifferenceKind::RelationMissing { expected } => {
                write!(
                    f,
                    "{relation} is missing: the code has a {}, and the database none that this role may see",
                    title(*expected)
                )
            }
            DifferenceKind::RelationKind { expected, found } => {
                write!(f, "{relation} is a {} in the database, and a {} in the code", title(*found), title(*expected))
            }
            DifferenceKind::RelationBroken { why } => write!(f, "{relation} cannot be queried in the database: {why}"),
            DifferenceKind::ColumnMissing { expected } => {
                write!(f, "{relation} is missing in the database, and has {} in the code", typed(expected))
            }
            DifferenceKind::ColumnUnknown { found, refuses_inserts } => {
                write!(f, "{relation} has {} in the database, and is unknown to the code", typed(found))?;
                if *refuses_inserts {
                    f.write_str(", whose inserts fail since it is NOT NULL without a default")?;
                }
                Ok(())
            }
            DifferenceKind::ColumnType { expected, found } => {
                write!(f, "{relation} has {} in the database, and {} in the code", typed(found), typed(expected))
            }
            DifferenceKind::ColumnNullability { found_nullable: true } => {
                write!(f, "{relation} can be NULL in the database, and is NOT NULL in the code")
            }
            DifferenceKind::ColumnNullability { found_nullable: false } => {
                write!(f, "{relation} is NOT NULL in the database, and can be NULL in the code")
            }
            DifferenceKind::ColumnFilling { expected, found } => {
                write!(f, "{relation} {found} in the database, and {expected} in the code")
            }
            DifferenceKind::PrimaryKey { expected, flaw: Some(flaw), .. } => write!(
                f,
                "the primary key ({}) of {relation} no longer finds at most one row in the database, since {flaw}",
                expected.join(", ")
            ),
            DifferenceKind::PrimaryKey { expected, found, flaw: None } => {
                let key = |columns: &[String]| match columns {
                    [] => "absent".to_owned(),
                    columns => format!("({})", columns.join(", ")),
                };
                write!(
                    f,
                    "the primary key of {relation} is {} in the database, and {} in the code",
                    key(found),
                    key(expected)
                )
            }
            DifferenceKind::UniqueKey { name, columns, flaw } => {
                let columns = columns.join(", ");
                f.write_str("the unique key ")?;
                if !name.is_empty() {
                    write!(f, "{name} ")?;
                }
                match flaw {
                    None => write!(f, "({columns}) of {relation} is missing in the database"),
                    Some(flaw) => {
                        write!(
                            f,
                            "({columns}) of {relation} no longer holds for every row in the database, since {flaw}"
                        )
                    }
                }?;
                f.write_str(", so that finding or caching one row by it is wrong")
            }
            DifferenceKind::EnumLabels { found: None, .. } => {
                write!(f, "the enumerated type {relation} is missing in the database")
            }
            DifferenceKind::EnumLabels { expected, found: Some(found) } => write!(
                f,
                "the labels of the enumerated type {relation} are {found:?} in the database, and {expected:?} in the code"
            ),
            DifferenceKind::ForeignKey { name, expected, found } => {
                f.write_str("the foreign key ")?;
                if !name.is_empty() {
                    write!(f, "{name} ")?;
                }
                match found {
                    None => write!(f, "of {relation} is missing in the database, and is {expected} in the code"),
                    Some(found) => write!(f, "of {relation} is {found} in the database, and {expected} in the code"),
                }
            }
        }
    }
}

/// All differences, one a line, and the way out.
pub(in crate::database) fn drift(differences: &[Difference]) -> String {
    let mut text = String::from("the database is not as the code was generated:");
    for difference in differences {
        text.push_str(&format!("\n- {difference}"));
    }
    text.push_str(
        "\nGenerate the code from this database anew, or migrate the database to what the code was generated from.",
    );
    text
}
