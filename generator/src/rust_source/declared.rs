//! What a file declares, as far as models are made of it.

use std::ops::Range;

use super::attribute::Attributes;
use super::imports::Import;

/// What a file declares.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub structs: Vec<Struct>,
    pub enums: Vec<Enum>,
    pub aliases: Vec<Alias>,
    pub imports: Vec<Import>,
    pub impls: Vec<Impl>,
    pub tables: Vec<Table>,
}

/// What every item has.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Its name, without `r#`.
    pub name: String,
    /// Where the name stands.
    pub at: usize,
    /// The item with its documentation, attributes and visibility.
    pub range: Range<usize>,
    /// Its attributes.
    pub attributes: Attributes,
    /// The modules of the file that it stands in.
    pub modules: Vec<String>,
    /// `pub`, `pub(crate)` and the like; empty without.
    pub visibility: String,
    /// Whether it stands in a function.
    pub is_local: bool,
    /// Whether it, or what it stands in, is for tests.
    pub is_for_tests: bool,
}

/// A structure.
#[derive(Clone, Debug)]
pub(crate) struct Struct {
    pub head: Head,
    pub shape: Shape,
    /// Whether it has parameters of types or lifetimes.
    pub is_generic: bool,
    pub fields: Vec<Field>,
}

/// How the fields of a structure are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Named,
    Tuple,
    Unit,
}

/// A field of a structure.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name without `r#`, or its position.
    pub name: String,
    /// The name as it is written.
    pub written: String,
    /// Where the name stands, or the type of one without.
    pub at: usize,
    pub attributes: Attributes,
    pub visibility: String,
    /// The type as it is written.
    pub ty: String,
}

/// An enumeration.
#[derive(Clone, Debug)]
pub(crate) struct Enum {
    pub head: Head,
    pub variants: Vec<Variant>,
}

/// A variant of an enumeration.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub name: String,
    pub at: usize,
    pub attributes: Attributes,
    /// Whether it holds something.
    pub has_fields: bool,
}

/// `type Name = …;`
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub head: Head,
    pub is_generic: bool,
    /// The type as it is written.
    pub ty: String,
}

/// `impl Trait for Type { … }`, by the last parts of their paths.
#[derive(Clone, Debug)]
pub(crate) struct Impl {
    /// Absent where a type has functions of its own.
    pub of: Option<String>,
    pub ty: String,
    /// The modules of the file that it stands in.
    pub modules: Vec<String>,
    /// What functions without arguments but `self` give, where that is a text: `table_name` of an entity.
    pub texts: Vec<(String, String)>,
}

/// A table of diesel's macro `table!`.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// What Rust calls it.
    pub name: String,
    pub at: usize,
    pub schema: Option<String>,
    /// What the database calls it, where that is another name.
    pub sql_name: Option<String>,
    /// The columns of the primary key, as Rust calls them; nothing where they are not listed.
    pub key: Vec<String>,
    pub columns: Vec<TableColumn>,
    pub is_for_tests: bool,
}

/// A column of diesel's macro `table!`.
#[derive(Clone, Debug)]
pub(crate) struct TableColumn {
    pub name: String,
    pub at: usize,
    pub sql_name: Option<String>,
    pub max_length: Option<u32>,
    /// The type as it is written.
    pub ty: String,
}
