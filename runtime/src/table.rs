//! What generated code says about a relation: names, columns and keys, as data.

use crate::row::FromRow;

/// A model that stands for the rows of one relation.
///
/// ```
/// use tablature_runtime::{Column, FromRow, Relation, RelationKind, Row, RowError, Table};
///
/// struct Book {
///     id: i64,
///     title: Option<String>,
/// }
///
/// impl FromRow for Book {
///     fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
///         Ok(Self { id: row.get("id")?, title: row.get("title")? })
///     }
/// }
///
/// impl Table for Book {
///     const RELATION: &'static Relation = &Relation {
///         schema: "shop",
///         name: "book",
///         kind: RelationKind::Table,
///         columns: &[Column::new("id", "bigint").identity(), Column::new("title", "text").nullable()],
///         primary_key: &["id"],
///         unique_keys: &[],
///         foreign_keys: &[],
///         layout: "9f3c2a1b",
///         previous_layouts: &[],
///     };
/// }
///
/// assert!(Book::RELATION.column("title").is_some_and(|title| title.nullable));
/// ```
pub trait Table: FromRow {
    /// The relation.
    const RELATION: &'static Relation;
}

/// A database engine, as far as its SQL differs from the others'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// Appends a quoted name. Every name is quoted, whatever it looks like, and quote characters in it are doubled.
    pub fn quote(self, name: &str, out: &mut String) {
        let mark = match self {
            Self::Mysql => '`',
            Self::Postgres | Self::Sqlite => '"',
        };
        out.push(mark);
        for character in name.chars() {
            if character == mark {
                out.push(mark);
            }
            out.push(character);
        }
        out.push(mark);
    }
}

/// What sort of relation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// An ordinary table.
    Table,
    /// A table whose rows live in partitions.
    PartitionedTable,
    /// A table that a foreign data wrapper serves (PostgreSQL).
    ForeignTable,
    /// A table that a module serves (SQLite).
    VirtualTable,
    /// A view.
    View,
    /// A view whose rows are stored (PostgreSQL).
    MaterializedView,
}

impl RelationKind {
    /// Whether rows can only be read from it.
    pub const fn is_view(self) -> bool {
        matches!(self, Self::View | Self::MaterializedView)
    }
}

/// A table or a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The schema; empty where the engine has none, or where the connection's own database is meant.
    pub schema: &'static str,
    /// The name.
    pub name: &'static str,
    /// What sort of relation it is.
    pub kind: RelationKind,
    /// The columns in the order of the relation.
    pub columns: &'static [Column],
    /// The primary key's columns in key order; empty where there is none.
    pub primary_key: &'static [&'static str],
    /// The keys that find at most one row for every value, in the order of their names.
    pub unique_keys: &'static [UniqueKey],
    /// The foreign keys, in the order of their names.
    pub foreign_keys: &'static [ForeignKey],
    /// The fingerprint of all that changes how a row is decoded: eight hexadecimal digits.
    pub layout: &'static str,
    /// The fingerprints of earlier shapes, under which other processes may still have rows cached.
    pub previous_layouts: &'static [&'static str],
}

impl Relation {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Appends the quoted, qualified name.
    pub fn write_name(&self, dialect: Dialect, out: &mut String) {
        if !self.schema.is_empty() {
            dialect.quote(self.schema, out);
            out.push('.');
        }
        dialect.quote(self.name, out);
    }

    /// The statement that reads all rows, with every column by name; a condition can be put behind it.
    ///
    /// ```
    /// use tablature_runtime::{Column, Dialect, Relation, RelationKind};
    ///
    /// const STORE: Relation = Relation {
    ///     schema: "shop",
    ///     name: "store",
    ///     kind: RelationKind::Table,
    ///     columns: &[
    ///         Column::new("id", "bigint"),
    ///         Column::new("location", "point").cast("CAST({} AS text)", "CAST({} AS point)"),
    ///     ],
    ///     primary_key: &["id"],
    ///     unique_keys: &[],
    ///     foreign_keys: &[],
    ///     layout: "00000000",
    ///     previous_layouts: &[],
    /// };
    /// assert_eq!(
    ///     STORE.select_sql(Dialect::Postgres),
    ///     r#"SELECT "id", CAST("location" AS text) AS "location" FROM "shop"."store""#
    /// );
    /// ```
    pub fn select_sql(&self, dialect: Dialect) -> String {
        let mut sql = String::from("SELECT ");
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                sql.push_str(", ");
            }
            column.write_read(dialect, &mut sql);
        }
        if self.columns.is_empty() && dialect != Dialect::Postgres {
            // Only PostgreSQL has relations, and rows, without columns.
            sql.push_str("NULL");
        }
        sql.push_str(" FROM ");
        self.write_name(dialect, &mut sql);
        sql
    }
}

/// How the values of an identity column come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Identity {
    /// A row that brings none is numbered: `GENERATED BY DEFAULT`, `AUTO_INCREMENT`, a rowid.
    ByDefault,
    /// No row can bring one: `GENERATED ALWAYS`.
    Always,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name.
    pub name: &'static str,
    /// The type as the server prints it.
    pub sql_type: &'static str,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Whether a row that brings no value gets one, and be it by numbering.
    pub has_default: bool,
    /// Whether and how rows are numbered.
    pub identity: Option<Identity>,
    /// Whether the value is computed from other columns.
    pub generated: bool,
    /// The expression that reads it, with `{}` for the column; empty where that is the column itself.
    pub read: &'static str,
    /// The expression that writes it, with `{}` for the value; empty where that is the value itself.
    pub write: &'static str,
}

impl Column {
    /// A column that is NOT NULL and has nothing special about it.
    pub const fn new(name: &'static str, sql_type: &'static str) -> Self {
        Self {
            name,
            sql_type,
            nullable: false,
            has_default: false,
            identity: None,
            generated: false,
            read: "",
            write: "",
        }
    }

    /// … that can be NULL.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// … that has a default.
    #[must_use]
    pub const fn default(mut self) -> Self {
        self.has_default = true;
        self
    }

    /// … that is numbered where a row brings no value.
    #[must_use]
    pub const fn identity(mut self) -> Self {
        self.identity = Some(Identity::ByDefault);
        self.has_default = true;
        self
    }

    /// … that is always numbered, so that it is never inserted or updated.
    #[must_use]
    pub const fn identity_always(mut self) -> Self {
        self.identity = Some(Identity::Always);
        self.has_default = true;
        self
    }

    /// … that is computed, so that it is never inserted or updated.
    #[must_use]
    pub const fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    /// … that travels through casts. Each of them has one `{}` for what is cast.
    #[must_use]
    pub const fn cast(mut self, read: &'static str, write: &'static str) -> Self {
        self.read = read;
        self.write = write;
        self
    }

    /// Whether an INSERT or an UPDATE can bring a value for it.
    pub const fn is_writable(&self) -> bool {
        !self.generated && !matches!(self.identity, Some(Identity::Always))
    }

    /// Whether an INSERT has to bring a value for it.
    pub const fn is_required(&self) -> bool {
        self.is_writable() && !self.nullable && !self.has_default
    }

    /// Appends what a SELECT asks for: the column, or the expression that reads it under the column's name.
    pub fn write_read(&self, dialect: Dialect, out: &mut String) {
        match self.read.split_once("{}") {
            None => dialect.quote(self.name, out),
            Some((before, after)) => {
                out.push_str(before);
                dialect.quote(self.name, out);
                out.push_str(after);
                out.push_str(" AS ");
                dialect.quote(self.name, out);
            }
        }
    }

    /// Appends what an INSERT or an UPDATE writes: the parameter, or the expression around it.
    pub fn write_parameter(&self, parameter: &str, out: &mut String) {
        match self.write.split_once("{}") {
            None => out.push_str(parameter),
            Some((before, after)) => {
                out.push_str(before);
                out.push_str(parameter);
                out.push_str(after);
            }
        }
    }
}

/// A key, beside the primary one, that finds at most one row for every value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UniqueKey {
    /// The name of the constraint or the index.
    pub name: &'static str,
    /// The columns in key order.
    pub columns: &'static [&'static str],
}

/// A foreign key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The name of the constraint.
    pub name: &'static str,
    /// The columns in key order.
    pub columns: &'static [&'static str],
    /// The schema and the name of the relation that is referred to.
    pub references: (&'static str, &'static str),
    /// Its columns, in the order of `columns`.
    pub referenced_columns: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::*;

    const ODD: Relation = Relation {
        schema: "",
        name: "we\"ird`",
        kind: RelationKind::View,
        columns: &[
            Column::new("a\"b", "int").nullable(),
            Column::new("c`d", "point").cast("ST_AsText({})", "ST_GeomFromText({})"),
        ],
        primary_key: &[],
        unique_keys: &[],
        foreign_keys: &[],
        layout: "00000000",
        previous_layouts: &[],
    };

    #[test]
    fn select_quotes_every_name() {
        assert_eq!(
            ODD.select_sql(Dialect::Postgres),
            "SELECT \"a\"\"b\", ST_AsText(\"c`d\") AS \"c`d\" FROM \"we\"\"ird`\""
        );
        assert_eq!(ODD.select_sql(Dialect::Mysql), "SELECT `a\"b`, ST_AsText(`c``d`) AS `c``d` FROM `we\"ird```");
        assert_eq!(ODD.select_sql(Dialect::Sqlite), ODD.select_sql(Dialect::Postgres));
    }

    #[test]
    fn relations_without_columns_can_be_selected_from() {
        let empty = Relation { schema: "s", name: "t", columns: &[], ..ODD };
        assert_eq!(empty.select_sql(Dialect::Postgres), r#"SELECT  FROM "s"."t""#);
    }

    #[test]
    fn columns_know_what_can_be_written() {
        let column = Column::new("c", "int");
        assert!(column.is_writable() && column.is_required());
        assert!(column.identity().is_writable() && !column.identity().is_required());
        assert!(!column.identity_always().is_writable() && !column.generated().is_required());
        assert!(!column.nullable().is_required() && !column.default().is_required());
        let mut sql = String::new();
        ODD.columns[1].write_parameter("$1", &mut sql);
        ODD.columns[0].write_parameter(", $2", &mut sql);
        assert_eq!(sql, "ST_GeomFromText($1), $2");
    }
}
