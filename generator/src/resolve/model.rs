//! What resolution decides: every name and type of the generated crate. After it nothing is decided any more.
//!
//! Templates are given this, shaped as they need it. All Rust text in here is final.

use serde::Serialize;
use serde_json::Value;

use crate::catalog::{Action, Diagnostic, Engine, QName, RelationKind};

/// The generated crate before it is text.
#[derive(Clone, Debug, Serialize)]
pub struct Model {
    /// The name of the crate.
    pub crate_name: String,
    /// The engine that was reflected.
    pub engine: Engine,
    /// The start of every cache key.
    pub cache_prefix: String,
    /// The root module first, then a module for every other schema, in order of their names.
    pub modules: Vec<Module>,
    /// Whether any identifier has letters beyond ASCII, which rustc would remark upon.
    pub unicode_names: bool,
    /// Whether the code names serde's crate, which is a dependency only then.
    pub names_serde: bool,
    /// Names that are not the plain ones, by path; for the snapshot.
    pub renamed: std::collections::BTreeMap<String, String>,
    /// What could not be expressed: reflection's and resolution's, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// The way from the module of a relation, or of a schema's types, to the one that holds all of them. It never leads over the
/// crate's own root, which may be somebody else's: the sources can also be a module of another crate.
pub fn way_to_root(in_schema: bool) -> &'static str {
    if in_schema { "super::super" } else { "super" }
}

/// A schema.
#[derive(Clone, Debug, Serialize)]
pub struct Module {
    /// The schema's SQL name; empty for SQLite and MySQL's selected database.
    pub schema: String,
    /// The module's name; absent for the root.
    pub name: Option<String>,
    /// Its documentation, in lines.
    pub doc: Vec<String>,
    /// Its relations.
    pub entities: Vec<Entity>,
    /// The types that it defines.
    pub types: Vec<TypeItem>,
    /// The imports of the file that holds the types.
    pub type_imports: Vec<String>,
}

/// A type that a schema defines.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TypeItem {
    /// An enumeration.
    Enum(EnumItem),
    /// A composite type.
    Struct(StructItem),
    /// A domain, as another name of its base type.
    Alias(AliasItem),
}

impl TypeItem {
    /// The Rust name.
    pub fn name(&self) -> &str {
        match self {
            Self::Enum(item) => &item.name,
            Self::Struct(item) => &item.name,
            Self::Alias(item) => &item.name,
        }
    }
}

/// An enumeration.
#[derive(Clone, Debug, Serialize)]
pub struct EnumItem {
    /// The Rust name.
    pub name: String,
    /// The SQL type, or the column whose type it is.
    pub sql: String,
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes and derives that the configuration adds.
    pub extra: Extra,
    /// The variants in the order in which the labels compare.
    pub variants: Vec<Variant>,
    /// Whether it is an enumerated type of the database, and not what a CHECK or a column lists.
    pub is_type: bool,
}

/// A variant and the label that it stands for.
#[derive(Clone, Debug, Serialize)]
pub struct Variant {
    /// The Rust name.
    pub name: String,
    /// The exact label.
    pub label: String,
}

/// A composite type.
#[derive(Clone, Debug, Serialize)]
pub struct StructItem {
    /// The Rust name.
    pub name: String,
    /// The SQL type.
    pub sql: String,
    /// The SQL type as it stands in a cast.
    pub sql_type: String,
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes and derives that the configuration adds.
    pub extra: Extra,
    /// serde's rule for the names of the fields.
    pub rename_all: Option<&'static str>,
    /// The fields in order.
    pub fields: Vec<Field>,
}

/// A domain.
#[derive(Clone, Debug, Serialize)]
pub struct AliasItem {
    /// The Rust name.
    pub name: String,
    /// The SQL type.
    pub sql: String,
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// The type that it is another name of.
    pub target: String,
}

/// Attributes and derives that the configuration adds to an item.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Extra {
    /// Paths of derive macros.
    pub derives: Vec<String>,
    /// Whole attributes, without `#[` and `]`.
    pub attributes: Vec<String>,
}

/// The most fields that the runtime takes as one tuple. More of them are nested `FieldPair`s.
pub const GROUP: usize = 24;

/// A relation.
#[derive(Clone, Debug, Serialize)]
pub struct Entity {
    /// The SQL name.
    pub relation: QName,
    /// What sort of relation it is.
    pub kind: RelationKind,
    /// The module, and so the file.
    pub module: String,
    /// The row's type.
    pub name: String,
    /// The insert form's type; absent where nothing can be inserted.
    pub insert: Option<String>,
    /// The patch form's type; absent where nothing can be updated.
    pub patch: Option<String>,
    /// The type that lists the columns.
    pub columns_name: String,
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes and derives that the configuration adds to the row.
    pub extra: Extra,
    /// The columns that the configuration leaves out.
    pub left_out: Vec<String>,
    /// `use` lines of the file.
    pub imports: Vec<String>,
    /// The newtype of the primary key.
    pub key_type: Option<KeyType>,
    /// Enumerations that columns declare for themselves.
    pub enums: Vec<EnumItem>,
    /// serde's rule for the names of the fields.
    pub rename_all: Option<&'static str>,
    /// Whether serde's own derives make the serde forms: where the configuration speaks of serde, or derives what may read
    /// its attributes.
    pub derives_serde: bool,
    /// The columns.
    pub fields: Vec<Field>,
    /// The primary key's columns in key order.
    pub primary_key: Vec<String>,
    /// Unique constraints and unique indexes that hold for every row.
    pub unique_keys: Vec<UniqueItem>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignItem>,
    /// Every constraint that a write can violate, in the order of the SQL names.
    pub constraints: Vec<ConstraintItem>,
    /// The keys that find at most one row: the primary key first, then unique keys.
    pub keys: Vec<KeyItem>,
    /// How rows are kept in a cache.
    pub cache: CacheItem,
    /// The JSON Schemas of the row and of the forms.
    pub json: JsonShapes,
}

/// The newtype of a primary key.
#[derive(Clone, Debug, Serialize)]
pub struct KeyType {
    /// The Rust name.
    pub name: String,
    /// The column.
    pub column: String,
    /// The type inside.
    pub inner: String,
    /// Whether values are copied.
    pub copy: bool,
    /// The module that writes it in JSON, where serde's own form will not do.
    pub form: Option<String>,
}

/// A column, or a field of a composite type.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// The SQL name.
    pub sql: String,
    /// The Rust name.
    pub name: String,
    /// The variant that stands for it among the columns.
    pub variant: String,
    /// The constant that stands for it.
    pub constant: String,
    /// Documentation, in lines.
    pub doc: Vec<String>,
    /// Attributes that the configuration adds.
    pub attributes: Vec<String>,
    /// The SQL type as the server prints it.
    pub sql_type: String,
    /// The row's type.
    pub row_type: String,
    /// The type without the `Option` that NULL asks for.
    pub value_type: String,
    /// serde attributes in the row, without `serde(` and `)`.
    pub row_serde: Vec<String>,
    /// The field in the insert form; absent where an insert may not name the column.
    pub insert: Option<FormField>,
    /// The field in the patch form; absent where an update may not name the column.
    pub patch: Option<FormField>,
    /// Whether the column can hold NULL.
    pub nullable: bool,
    /// Whether the engine fills it when an insert does not name it.
    pub has_default: bool,
    /// Whether the engine numbers rows by it.
    pub identity: bool,
    /// Whether an insert may not name it because of its identity.
    pub identity_always: bool,
    /// Whether it is computed.
    pub generated: bool,
    /// How it is read and written, where not plainly.
    pub cast: Option<Cast>,
}

/// A field of an insert or patch form.
#[derive(Clone, Debug, Serialize)]
pub struct FormField {
    /// The Rust type.
    pub ty: String,
    /// serde attributes, without `serde(` and `)`.
    pub serde: Vec<String>,
}

/// SQL around a column, with `{}` where it, or the parameter, stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cast {
    /// For reading.
    pub read: String,
    /// For writing.
    pub write: String,
}

/// A key of columns that finds at most one row.
#[derive(Clone, Debug, Serialize)]
pub struct UniqueItem {
    /// The constraint's or index's name; empty where it has none.
    pub name: String,
    /// The columns in key order.
    pub columns: Vec<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Serialize)]
pub struct ForeignItem {
    /// The constraint's name; empty where it has none.
    pub name: String,
    /// The columns in key order.
    pub columns: Vec<String>,
    /// The relation that is referred to.
    pub references: QName,
    /// Its columns.
    pub referenced_columns: Vec<String>,
    /// What a deletion of the row that is referred to does.
    pub on_delete: Action,
    /// What a change of its key does.
    pub on_update: Action,
    /// The constant that stands for it; absent where the model that it leads to is not in the crate.
    pub reference: Option<ReferenceItem>,
}

/// A foreign key's constant.
#[derive(Clone, Debug, Serialize)]
pub struct ReferenceItem {
    /// The constant's name.
    pub name: String,
    /// The model that it leads to.
    pub target: String,
}

/// A constraint that a write can violate.
#[derive(Clone, Debug, Serialize)]
pub struct ConstraintItem {
    /// The constant's name.
    pub name: String,
    /// The constraint's or index's name; the condition of a CHECK without a name, and empty for others without one.
    pub sql: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// The columns in key order; empty for what is not about whole columns.
    pub columns: Vec<String>,
    /// The condition, the expressions, or the relation that is referred to; empty where there is nothing but columns.
    pub expression: String,
    /// The condition under which a partial key holds; empty for all others.
    pub condition: String,
}

/// What a constraint demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// That the primary key finds one row.
    PrimaryKey,
    /// That no two rows agree in its columns.
    Unique,
    /// That the row that is referred to exists.
    ForeignKey,
    /// That a condition holds.
    Check,
    /// That no two rows overlap.
    Exclusion,
}

/// A key that finds at most one row, and the function that makes one of values.
#[derive(Clone, Debug, Serialize)]
pub struct KeyItem {
    /// The function's name.
    pub function: String,
    /// Whether it is the primary key's.
    pub is_primary: bool,
    /// The position among the cache keys, or why rows are not cached under it.
    pub cached: Result<usize, String>,
    /// The columns in key order.
    pub parts: Vec<KeyPart>,
}

/// A column in a key.
#[derive(Clone, Debug, Serialize)]
pub struct KeyPart {
    /// The SQL name.
    pub column: String,
    /// The field's name, and the argument's.
    pub field: String,
    /// The type of a value that is owned.
    pub owned: String,
    /// The argument's type: by value if it is copied, else borrowed.
    pub ty: String,
    /// Whether the argument is borrowed.
    pub is_borrowed: bool,
    /// Whether the row's field can be NULL, which no key finds.
    pub nullable: bool,
    /// The expression for the part, such as `&id` or `&tablature_runtime::key::folded(name)`.
    pub expression: String,
}

/// How rows of a relation are kept in a cache.
#[derive(Clone, Debug, Serialize)]
pub struct CacheItem {
    /// Eight hexadecimal digits that change whenever rows would be decoded in another way.
    pub layout: String,
    /// The fingerprints that earlier versions of the crate had, newest first.
    pub previous: Vec<String>,
    /// The relation in keys: `schema.name`, each part encoded, or the name alone.
    pub relation: String,
    /// The keys: the primary key first, then unique keys.
    pub keys: Vec<CacheKey>,
}

/// A cache key's layout.
#[derive(Clone, Debug, Serialize)]
pub struct CacheKey {
    /// Whether it is the primary key's: rows are kept under it, and pointers to it under the others.
    pub is_primary: bool,
    /// The text in the key, encoded: `pk`, or the columns.
    pub index: String,
    /// The columns in key order.
    pub columns: Vec<String>,
    /// The Rust types that their texts are made with.
    pub texts: Vec<String>,
}

/// The JSON Schemas of a relation.
#[derive(Clone, Debug, Serialize)]
pub struct JsonShapes {
    /// The whole file: `$defs` with `row`, `insert` and `patch`, and the types that they use.
    pub document: Value,
}
