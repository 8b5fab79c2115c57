//! What generated code says about a relation: names, columns and keys, as data.

use crate::enumeration::EnumType;
use crate::lookup::KeyText;
use crate::param::ToSql;
use crate::row::FromRow;

/// A model that stands for the rows of one relation.
///
/// ```
/// use tablature_runtime::{Column, Dialect, FromRow, Relation, Row, RowError, Schema, Table, ToSql};
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
///         columns: &[Column::new("id", "bigint").identity(), Column::new("title", "text").nullable()],
///         primary_key: &["id"],
///         layout: "9f3c2a1b",
///         ..Relation::EMPTY
///     };
///
///     fn schema() -> &'static Schema {
///         &SCHEMA
///     }
///
///     fn values(&self) -> Vec<&dyn ToSql> {
///         vec![&self.id, &self.title]
///     }
/// }
///
/// static SCHEMA: Schema = Schema {
///     cache_prefix: "shop",
///     dialect: Dialect::Postgres,
///     relations: &[Book::RELATION],
///     enums: &[],
/// };
///
/// assert!(Book::RELATION.column("title").is_some_and(|title| title.nullable));
/// ```
pub trait Table: FromRow + Send + Sync + 'static {
    /// The relation.
    const RELATION: &'static Relation;

    /// The schema that it belongs to.
    fn schema() -> &'static Schema;

    /// The values of the columns, in the order of [`Relation::columns`].
    fn values(&self) -> Vec<&dyn ToSql>;
}

/// A table that rows can be written to, and not a view.
pub trait Writable: Table {}

/// A table with a primary key, so that a row can be found again.
pub trait Keyed: Writable {
    /// The primary key of the row.
    fn key(&self) -> crate::Key<Self>;
}

/// What an insert gives: the generated `New…`.
pub trait NewRow: Send + Sync {
    /// The model of the rows that are inserted.
    type Table: Writable;

    /// The values of the columns that can be written, in the order of [`Relation::columns`];
    /// [absent](ToSql::is_absent) where a column is left to the database.
    fn values(&self) -> Vec<&dyn ToSql>;
}

/// What an update changes: the generated `…Patch`.
pub trait Patch: Send + Sync {
    /// The model of the rows that are updated.
    type Table: Writable;

    /// The values of the columns that can be written, in the order of [`Relation::columns`];
    /// [absent](ToSql::is_absent) where a column stays as it is. A field that can be NULL is an `Option<Option<_>>`:
    /// `Some(None)` sets it to NULL.
    fn values(&self) -> Vec<&dyn ToSql>;
}

/// All relations that were generated together.
#[derive(Debug)]
pub struct Schema {
    /// The start of every cache key.
    pub cache_prefix: &'static str,
    /// The engine that the code was generated from.
    pub dialect: Dialect,
    /// The relations, by schema and name.
    pub relations: &'static [&'static Relation],
    /// The enumerated types that have a name of their own (PostgreSQL), by schema and name.
    pub enums: &'static [EnumType],
}

impl Schema {
    /// The relation of that schema and name.
    pub fn relation(&self, schema: &str, name: &str) -> Option<&'static Relation> {
        self.relations.iter().find(|relation| relation.schema == schema && relation.name == name).copied()
    }
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

impl Dialect {
    /// The most parameters that a statement takes. PostgreSQL and MySQL count them in 16 bits; SQLite's limit is the one
    /// that it is built with by default since 3.32.
    pub const fn parameter_limit(self) -> usize {
        match self {
            Self::Postgres | Self::Mysql => 65_535,
            Self::Sqlite => 32_766,
        }
    }

    /// Appends the placeholder of a statement's parameter, numbered from 1.
    pub fn placeholder(self, number: usize, out: &mut String) {
        match self {
            Self::Postgres => {
                out.push('$');
                push_number(number, out);
            }
            Self::Mysql => out.push('?'),
            Self::Sqlite => {
                out.push('?');
                push_number(number, out);
            }
        }
    }
}

/// Appends the digits of a number. A statement may have thousands, and formatting takes several times as long.
fn push_number(number: usize, out: &mut String) {
    if number >= 10 {
        push_number(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
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
#[derive(Clone, Copy, Debug)]
pub struct Relation {
    /// The schema; empty where the engine has none, or where the connection's own database is meant.
    pub schema: &'static str,
    /// The name.
    pub name: &'static str,
    /// What sort of relation it is.
    pub kind: RelationKind,
    /// The columns in the order of the relation.
    pub columns: &'static [Column],
    /// The columns that the code leaves out on purpose.
    pub left_out: &'static [&'static str],
    /// The primary key's columns in key order; empty where there is none, or where one of them is left out.
    pub primary_key: &'static [&'static str],
    /// The keys that find at most one row for every value, in the order of their names.
    pub unique_keys: &'static [UniqueKey],
    /// The foreign keys, in the order of their names.
    pub foreign_keys: &'static [ForeignKey],
    /// Every constraint that a write can violate, foreign keys included, in the order of their names.
    pub constraints: &'static [Constraint],
    /// The keys under which rows are cached; the first one is that of the primary key.
    pub cache_keys: &'static [CacheIndex],
    /// The fingerprint of all that changes how a row is decoded: eight hexadecimal digits.
    pub layout: &'static str,
    /// The fingerprints of earlier shapes, under which other processes may still have rows cached.
    pub previous_layouts: &'static [&'static str],
}

impl Relation {
    /// A table without a name and without columns: what literals of other relations take the rest from.
    pub const EMPTY: Self = Self {
        schema: "",
        name: "",
        kind: RelationKind::Table,
        columns: &[],
        left_out: &[],
        primary_key: &[],
        unique_keys: &[],
        foreign_keys: &[],
        constraints: &[],
        cache_keys: &[],
        layout: "00000000",
        previous_layouts: &[],
    };

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The position of the column of that name, counted from 0.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
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
    /// use tablature_runtime::{Column, Dialect, Relation};
    ///
    /// const STORE: Relation = Relation {
    ///     schema: "shop",
    ///     name: "store",
    ///     columns: &[
    ///         Column::new("id", "bigint"),
    ///         Column::new("location", "point").cast("CAST({} AS text)", "CAST({} AS point)"),
    ///     ],
    ///     primary_key: &["id"],
    ///     ..Relation::EMPTY
    /// };
    /// assert_eq!(
    ///     STORE.select_sql(Dialect::Postgres),
    ///     r#"SELECT "id", CAST("location" AS text) AS "location" FROM "shop"."store""#
    /// );
    /// ```
    pub fn select_sql(&self, dialect: Dialect) -> String {
        let mut sql = String::from("SELECT ");
        self.write_columns(dialect, &mut sql);
        sql.push_str(" FROM ");
        self.write_name(dialect, &mut sql);
        sql
    }

    /// Appends every column as it is read, for SELECT and RETURNING.
    pub fn write_columns(&self, dialect: Dialect, out: &mut String) {
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            column.write_read(dialect, out);
        }
        if self.columns.is_empty() && dialect != Dialect::Postgres {
            // Only PostgreSQL has relations, and rows, without columns.
            out.push_str("NULL");
        }
    }

    /// The name for people: `schema.name`, or the name alone where there is no schema.
    pub fn title(&self) -> String {
        if self.schema.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.schema, self.name) }
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

impl UniqueKey {
    /// A key of these columns.
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns }
    }
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
    /// What becomes of a row when the one that it refers to is deleted.
    pub on_delete: ReferentialAction,
    /// What becomes of a row when the key of the one that it refers to is changed.
    pub on_update: ReferentialAction,
}

impl ForeignKey {
    /// A key that keeps the rows that it refers to from going away.
    pub const fn new(
        name: &'static str,
        columns: &'static [&'static str],
        references: (&'static str, &'static str),
        referenced_columns: &'static [&'static str],
    ) -> Self {
        let refuse = ReferentialAction::Refuse;
        Self { name, columns, references, referenced_columns, on_delete: refuse, on_update: refuse }
    }

    /// … by which rows are deleted with the one that they refer to.
    #[must_use]
    pub const fn on_delete_cascade(mut self) -> Self {
        self.on_delete = ReferentialAction::Cascade;
        self
    }

    /// … whose columns become NULL, or get their defaults, when the row that they refer to is deleted.
    #[must_use]
    pub const fn on_delete_reset(mut self) -> Self {
        self.on_delete = ReferentialAction::Reset;
        self
    }

    /// … whose columns follow a change of the key that they refer to.
    #[must_use]
    pub const fn on_update_cascade(mut self) -> Self {
        self.on_update = ReferentialAction::Cascade;
        self
    }

    /// … whose columns become NULL, or get their defaults, when the key that they refer to is changed.
    #[must_use]
    pub const fn on_update_reset(mut self) -> Self {
        self.on_update = ReferentialAction::Reset;
        self
    }
}

/// What becomes of the rows that refer to one that goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferentialAction {
    /// They keep it from going: `NO ACTION`, `RESTRICT`.
    Refuse,
    /// They follow it.
    Cascade,
    /// Their columns become NULL, or get their defaults.
    Reset,
}

/// A constraint that a write can violate. Generated code has one constant for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// The schema and the name of the relation.
    pub relation: (&'static str, &'static str),
    /// The name; empty where it has none, as with most primary keys of SQLite. A CHECK without a name has its condition
    /// here, as SQLite reports it.
    pub name: &'static str,
    /// What it demands.
    pub kind: ConstraintKind,
    /// The columns in key order; empty for checks, and for keys over expressions.
    pub columns: &'static [&'static str],
}

impl Constraint {
    /// A primary key of the relation of that schema and name.
    pub const fn primary_key(
        relation: (&'static str, &'static str),
        name: &'static str,
        columns: &'static [&'static str],
    ) -> Self {
        Self { relation, name, kind: ConstraintKind::PrimaryKey, columns }
    }

    /// A unique constraint or index; without columns where it is over expressions.
    pub const fn unique(
        relation: (&'static str, &'static str),
        name: &'static str,
        columns: &'static [&'static str],
    ) -> Self {
        Self { relation, name, kind: ConstraintKind::Unique, columns }
    }

    /// A foreign key.
    pub const fn foreign_key(
        relation: (&'static str, &'static str),
        name: &'static str,
        columns: &'static [&'static str],
    ) -> Self {
        Self { relation, name, kind: ConstraintKind::ForeignKey, columns }
    }

    /// A CHECK.
    pub const fn check(relation: (&'static str, &'static str), name: &'static str) -> Self {
        Self { relation, name, kind: ConstraintKind::Check, columns: &[] }
    }

    /// An exclusion constraint.
    pub const fn exclusion(relation: (&'static str, &'static str), name: &'static str) -> Self {
        Self { relation, name, kind: ConstraintKind::Exclusion, columns: &[] }
    }
}

/// What a constraint demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// That the primary key finds one row.
    PrimaryKey,
    /// That no two rows agree in its columns: a constraint or an index.
    Unique,
    /// That the row that is referred to exists.
    ForeignKey,
    /// That a condition holds.
    Check,
    /// That no two rows overlap in a sense of its own (PostgreSQL).
    Exclusion,
}

/// A key under which rows are cached.
#[derive(Clone, Copy, Debug)]
pub struct CacheIndex {
    /// The name of the index in the key, as it stands there.
    pub name: &'static str,
    /// The columns in key order.
    pub columns: &'static [&'static str],
    /// Appends the texts of the columns' values, as they were read from a row.
    pub text: KeyText,
}

impl CacheIndex {
    /// An index of these columns; [`key_text!`](crate::key_text) of their Rust types gives the text.
    pub const fn new(name: &'static str, columns: &'static [&'static str], text: KeyText) -> Self {
        Self { name, columns, text }
    }
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
        ..Relation::EMPTY
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
