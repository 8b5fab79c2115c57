//! What models say of relations, whatever library they are written for.

use super::Dialect;
use super::kind::Kind;

/// A structure, or a table of diesel's, that is to be like a relation.
#[derive(Debug)]
pub(crate) struct Claim<'s> {
    /// Its name in Rust.
    pub name: String,
    /// The file, by its number.
    pub file: usize,
    /// Where the name stands.
    pub at: usize,
    pub dialect: Dialect,
    pub target: Target,
    pub role: Role,
    pub fields: Vec<FieldClaim<'s>>,
    /// The primary key's columns, where it is said.
    pub key: Option<Vec<String>>,
    /// Whether it has more columns than can be seen.
    pub is_open: bool,
}

/// The relation that a model says it is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// One that it names.
    Named { schema: Option<String>, name: String },
    /// One that is called like it.
    ByName,
}

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It lists the relation's columns, all of them.
    Whole,
    /// Rows are read into it; they may have fewer columns.
    Row,
    /// Rows are made of it.
    Insert,
    /// Rows are changed by it: what is absent stays as it is.
    Change,
}

/// A field that is to be like a column.
#[derive(Debug)]
pub(crate) struct FieldClaim<'s> {
    /// The column.
    pub column: String,
    /// Other names that will do.
    pub others: Vec<String>,
    /// Where the field stands.
    pub at: usize,
    pub kind: Kind<'s>,
    /// How many `Option`s, or `Nullable`s, are around it.
    pub options: u8,
    /// Whether it is filled in some other way where the column is absent.
    pub may_be_absent: bool,
    /// What the model says besides about the column's SQL type.
    pub sql: SqlClaim,
    /// Whether the model says that the column is unique by itself.
    pub is_unique: bool,
    /// How it is written, for the line that mends it.
    pub written: Written,
}

/// What a model says in attributes about a column's SQL type.
#[derive(Debug, Default)]
pub(crate) struct SqlClaim {
    /// SeaORM's `column_type`.
    pub column_type: Option<String>,
    /// diesel's `max_length`.
    pub max_length: Option<u32>,
    /// The name of the enumerated type, of sqlx's `type_name` or SeaORM's `enum_name`.
    pub enum_name: Option<String>,
}

/// How a field is written.
#[derive(Debug)]
pub(crate) struct Written {
    pub visibility: String,
    pub name: String,
    pub ty: String,
    /// Whether it is a column of `table!`, which is written with an arrow.
    pub is_table: bool,
}
