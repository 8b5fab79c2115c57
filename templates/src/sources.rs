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
    /// The engine, as the runtime's `Dialect` has it.
    pub dialect: &'static str,
    /// Whether identifiers have letters beyond ASCII.
    pub unicode_names: bool,
    /// What the root module holds.
    pub module: ModuleView,
    /// The modules of the other schemas.
    pub schemas: Vec<String>,
    /// The models of all relations, by the relations' schemas and names.
    pub models: Vec<String>,
    /// The enums that stand for enumerated types of the database, by their schemas and names.
    pub enum_types: Vec<String>,
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
    /// Composite types, each with its name as it stands in SQL, a Rust literal.
    pub structs: Vec<(String, StructView)>,
    /// Domains: documentation, name and target.
    pub aliases: Vec<(Vec<String>, String, String)>,
}

/// The test that proves the crate on a scratch database.
#[derive(Clone, Debug, Template)]
#[template(path = "self_test.rs.askama", escape = "none")]
pub struct SelfTestFile {
    /// The name of the package.
    pub package: String,
    /// The name of the crate.
    pub name: String,
    /// An example of a URL.
    pub url: &'static str,
    /// Whether a name has letters beyond ASCII.
    pub unicode_names: bool,
    /// The relations, in the order of the models.
    pub subjects: Vec<SubjectView>,
}

/// A relation that is proved. All names are as the root has them.
#[derive(Clone, Debug)]
pub struct SubjectView {
    /// The row's type.
    pub row: String,
    /// The module of the relation.
    pub module: String,
    /// Whether it has a primary key.
    pub keyed: bool,
    /// The insert form.
    pub insert: Option<String>,
    /// The patch form.
    pub patch: Option<String>,
}

/// The module of a relation.
#[derive(Clone, Debug, Template)]
#[template(path = "relation.rs.askama", escape = "none")]
pub struct RelationFile {
    /// The relation's SQL name.
    pub sql: String,
    /// The way from this file's module to the module that holds all of them.
    pub root: &'static str,
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
    /// The data of the relation: fields of `Relation` and expressions, without what an empty one has.
    pub table: Vec<(&'static str, String)>,
    /// Whether anything was left out of it.
    pub table_has_rest: bool,
    /// Whether rows can be written.
    pub is_writable: bool,
    /// The expression of a row's own key.
    pub own_key: Option<String>,
    /// The types that stand for the primary key.
    pub into_keys: Vec<IntoKeyView>,
    /// The type that lists the columns.
    pub columns_name: String,
    /// Its variants, each with the column's name as a Rust literal.
    pub columns: Vec<VariantView>,
    /// Constants of columns.
    pub column_constants: Vec<ConstantView>,
    /// Functions that make keys.
    pub keys: Vec<KeyFunction>,
    /// Constants of foreign keys.
    pub references: Vec<ConstantView>,
    /// Constants of constraints.
    pub constraints: Vec<ConstantView>,
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
#[derive(Clone, Debug, Default)]
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
    /// Whether it is what an insert or an update gives.
    pub is_form: bool,
    /// Whether serde's own derives make its serde forms, and not the runtime.
    pub derives_serde: bool,
    /// The names of its columns, an expression.
    pub names: String,
    /// Its fields as a pattern, in the groups in which they are read.
    pub pattern: String,
    /// References to its fields, in the same groups.
    pub references: String,
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

/// A constant.
#[derive(Clone, Debug)]
pub struct ConstantView {
    /// Documentation of one line; empty for none.
    pub doc: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: String,
    /// Its value, an expression.
    pub value: String,
}

/// A type whose values stand for a key.
#[derive(Clone, Debug)]
pub struct IntoKeyView {
    /// The type.
    pub ty: String,
    /// The arguments that are made of a value of it.
    pub arguments: Vec<String>,
}

/// A function that makes a key.
#[derive(Clone, Debug)]
pub struct KeyFunction {
    /// Its name.
    pub name: String,
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// `name: Type` of every argument.
    pub arguments: Vec<String>,
    /// The expression of the key.
    pub value: String,
}
