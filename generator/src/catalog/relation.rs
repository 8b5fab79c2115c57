//! Relations and their columns.

use serde::{Deserialize, Serialize};

use super::sql_type::is_false;
use super::{Check, Exclusion, ForeignKey, Index, PrimaryKey, QName, SqlType, UniqueKey};

/// What sort of relation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// An ordinary table.
    Table,
    /// A table whose rows live in partitions; the partitions themselves are not listed.
    PartitionedTable,
    /// A table that a foreign data wrapper serves (PostgreSQL).
    ForeignTable,
    /// A table that a module serves (SQLite); its shadow tables are not listed.
    VirtualTable,
    /// A view.
    View,
    /// A view whose rows are stored (PostgreSQL).
    MaterializedView,
}

impl RelationKind {
    /// Whether rows can only be read from it.
    pub fn is_view(self) -> bool {
        matches!(self, Self::View | Self::MaterializedView)
    }

    /// The kind in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::PartitionedTable => "partitioned table",
            Self::ForeignTable => "foreign table",
            Self::VirtualTable => "virtual table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
        }
    }
}

/// A table, a view, or something else that has columns and rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// Its name.
    #[serde(flatten)]
    pub name: QName,
    /// What sort of relation it is.
    pub kind: RelationKind,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The columns in the order of the table; dropped ones are left out.
    pub columns: Vec<Column>,
    /// The primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints, and MySQL's unique indexes over whole columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique_keys: Vec<UniqueKey>,
    /// Foreign keys; those that the engine cloned onto partitions are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// CHECK constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Exclusion constraints (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// Indexes that no constraint listed above stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The partition key as the server prints it, such as `RANGE (taken_at)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    /// The tables that it inherits columns from, in order (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inherits: Vec<QName>,
    /// A view's query as the server prints it. MySQL shows it only to a role with SHOW VIEW; there it is absent, so
    /// that the catalog does not depend on who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The server of a foreign table, the module of a virtual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Whether it has no rowid (SQLite).
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_rowid: bool,
    /// Whether its types are enforced (SQLite).
    #[serde(default, skip_serializing_if = "is_false")]
    pub strict: bool,
    /// Whether the engine keeps all former versions of its rows (MariaDB).
    #[serde(default, skip_serializing_if = "is_false")]
    pub system_versioned: bool,
}

impl Relation {
    /// A relation that has a name and nothing else yet.
    pub fn new(name: QName, kind: RelationKind) -> Self {
        Self {
            name,
            kind,
            comment: None,
            columns: Vec::new(),
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            indexes: Vec::new(),
            partition_key: None,
            inherits: Vec::new(),
            definition: None,
            provider: None,
            without_rowid: false,
            strict: false,
            system_versioned: false,
        }
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    pub(super) fn normalize(&mut self) {
        self.unique_keys.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
        self.foreign_keys.sort_by(|a, b| {
            (&a.name, &a.columns, &a.references, &a.referenced_columns).cmp(&(
                &b.name,
                &b.columns,
                &b.references,
                &b.referenced_columns,
            ))
        });
        self.checks.sort_by(|a, b| (&a.name, &a.expression).cmp(&(&b.name, &b.expression)));
        self.exclusions.sort_by(|a, b| (&a.name, &a.definition).cmp(&(&b.name, &b.definition)));
        self.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: SqlType,
    /// The type as the server prints it (SQLite: as it was declared, empty where nothing was).
    pub raw: String,
    /// Whether it can hold NULL. False also where a domain or a primary key refuses NULL, and in a view where the query lets
    /// none through.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// The default, an SQL expression; a text literal is quoted on every engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How the engine numbers rows by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// How it is computed from other columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// What an update of the row sets it to, an SQL expression (MySQL's `ON UPDATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<String>,
    /// The collation, where it is not the database's or type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether `SELECT *` leaves it out (MySQL's INVISIBLE, SQLite's hidden columns of virtual tables).
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// The table's column that a view's column is, through whatever joins and views; every value of it is one of that
    /// column's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A table's column, as the origin of a view's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The table.
    #[serde(flatten)]
    pub relation: QName,
    /// The column's name.
    pub column: String,
}

impl Column {
    /// A column that holds NULL and has a name and a type and nothing else yet.
    pub fn new(name: impl Into<String>, ty: SqlType, raw: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ty,
            raw: raw.into(),
            nullable: true,
            default: None,
            identity: None,
            generated: None,
            on_update: None,
            collation: None,
            comment: None,
            hidden: false,
            origin: None,
        }
    }
}

/// How the engine numbers rows by a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// `GENERATED ALWAYS AS IDENTITY`: an insert may not name it.
    Always,
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    ByDefault,
    /// A default from a sequence that the column owns (`serial`).
    Serial,
    /// `AUTO_INCREMENT` of MySQL, `AUTOINCREMENT` of SQLite.
    AutoIncrement,
    /// `INTEGER PRIMARY KEY`: another name of the rowid (SQLite).
    RowId,
}

/// How a column is computed from other columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// The expression as the server prints it; absent where the role may not see it. The row start and row end
    /// columns of a system-versioned table have `ROW START` and `ROW END` (MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Whether the result is stored; else it is computed on reading.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stored: bool,
}
