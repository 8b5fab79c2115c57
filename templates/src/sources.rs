//! Views of Rust sources.

use askama::Template;

/// The crate's root.
#[derive(Clone, Debug, Template)]
#[template(path = "lib.rs.askama", escape = "none")]
pub struct LibFile {
    /// The crate's documentation, in lines.
    pub doc: Vec<String>,
    /// The start of every cache key, as a Rust literal.
    pub cache_prefix: String,
    /// Whether identifiers have letters beyond ASCII.
    pub unicode_names: bool,
    /// What the root module holds.
    pub module: ModuleView,
    /// The modules of the other schemas.
    pub schemas: Vec<String>,
}

/// What a schema's module holds.
#[derive(Clone, Debug, Default)]
pub struct ModuleView {
    /// Modules of relations, each with the names that are re-exported from it.
    pub relations: Vec<(String, Vec<String>)>,
    /// Names that are re-exported from the module of types; none means that there is no such module.
    pub types: Vec<String>,
}

/// The module of a schema that is not the root's.
#[derive(Clone, Debug, Template)]
#[template(path = "schema.rs.askama", escape = "none")]
pub struct SchemaFile {
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// What the module holds.
    pub module: ModuleView,
}

/// The module of the types that a schema defines.
#[derive(Clone, Debug, Template)]
#[template(path = "types.rs.askama", escape = "none")]
pub struct TypesFile {
    /// `use` lines.
    pub imports: Vec<String>,
    /// Enumerations.
    pub enums: Vec<EnumView>,
    /// Composite types.
    pub structs: Vec<StructView>,
    /// Domains: documentation, name and target.
    pub aliases: Vec<(Vec<String>, String, String)>,
}

/// The module of a relation.
#[derive(Clone, Debug, Template)]
#[template(path = "relation.rs.askama", escape = "none")]
pub struct RelationFile {
    /// The relation's SQL name.
    pub sql: String,
    /// `use` lines.
    pub imports: Vec<String>,
    /// The newtype of the primary key.
    pub key_type: Option<KeyTypeView>,
    /// Enumerations that columns declare for themselves.
    pub enums: Vec<EnumView>,
    /// The row.
    pub row: StructView,
    /// The insert form.
    pub insert: Option<StructView>,
    /// The patch form.
    pub patch: Option<StructView>,
    /// The data of the relation.
    pub table: TableView,
    /// The type that lists the columns.
    pub columns_name: String,
    /// Its variants, each with the column's name as a Rust literal.
    pub columns: Vec<VariantView>,
    /// Cache key functions.
    pub keys: Vec<KeyFunction>,
    /// The way to the JSON Schema from this file, as a Rust literal.
    pub schema_path: String,
}

/// A newtype of a primary key.
#[derive(Clone, Debug)]
pub struct KeyTypeView {
    /// Its name.
    pub name: String,
    /// The type inside.
    pub inner: String,
    /// Whether values are copied.
    pub copy: bool,
    /// The module that writes it in JSON, where serde's own form will not do.
    pub form: Option<String>,
    /// The column that it is the type of.
    pub column: String,
}

/// An enumeration.
#[derive(Clone, Debug)]
pub struct EnumView {
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes, whole.
    pub attributes: Vec<String>,
    /// Further derives.
    pub derives: Vec<String>,
    /// Its name.
    pub name: String,
    /// The SQL name, as a Rust literal.
    pub sql: String,
    /// The variants.
    pub variants: Vec<VariantView>,
}

/// A variant and what it stands for.
#[derive(Clone, Debug)]
pub struct VariantView {
    /// Its name.
    pub name: String,
    /// What it stands for, as a Rust literal.
    pub literal: String,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct StructView {
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes, whole.
    pub attributes: Vec<String>,
    /// Further derives.
    pub derives: Vec<String>,
    /// Its name.
    pub name: String,
    /// Whether it can be made without giving any field.
    pub has_default: bool,
    /// The fields.
    pub fields: Vec<FieldView>,
}

/// A field.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes, whole.
    pub attributes: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: String,
    /// The SQL name, as a Rust literal.
    pub sql: String,
}

/// The data of a relation.
#[derive(Clone, Debug)]
pub struct TableView {
    /// The schema, as a Rust literal.
    pub schema: String,
    /// The name, as a Rust literal.
    pub name: String,
    /// A variant of `RelationKind`.
    pub kind: &'static str,
    /// Expressions, one for each column.
    pub columns: Vec<String>,
    /// Rust literals of the primary key's columns.
    pub primary_key: Vec<String>,
    /// Expressions, one for each unique key.
    pub unique_keys: Vec<String>,
    /// Expressions, one for each foreign key.
    pub foreign_keys: Vec<String>,
    /// The layout's fingerprint, as a Rust literal.
    pub layout: String,
    /// Earlier fingerprints, as Rust literals.
    pub previous_layouts: Vec<String>,
}

/// A function that makes a cache key.
#[derive(Clone, Debug)]
pub struct KeyFunction {
    /// Its name.
    pub name: String,
    /// What finds the row: the columns, for the documentation.
    pub columns: String,
    /// The index in the key, as a Rust literal.
    pub index: String,
    /// `name: Type` of every argument.
    pub arguments: Vec<String>,
    /// Expressions, one for each part.
    pub parts: Vec<String>,
}
