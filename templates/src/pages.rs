//! Views of pages for people.

use askama::Template;

/// The README of the generated crate.
#[derive(Clone, Debug, Template)]
#[template(path = "README.md.askama", escape = "none")]
pub struct Readme {
    /// The name of the crate.
    pub name: String,
    /// The engine's name for people.
    pub engine: &'static str,
    /// The command that makes the crate again.
    pub command: String,
    /// The feature of the engine that was reflected.
    pub engine_feature: &'static str,
    /// One line for each schema.
    pub schemas: Vec<SchemaSummary>,
    /// What could not be expressed, by class.
    pub diagnostics: Vec<DiagnosticGroup>,
    /// How many more there are, of classes that the configuration silences.
    pub silenced: usize,
}

/// A schema in figures.
#[derive(Clone, Debug)]
pub struct SchemaSummary {
    /// The module's path.
    pub path: String,
    /// Tables of any sort.
    pub tables: usize,
    /// Views of any sort.
    pub views: usize,
    /// Columns.
    pub columns: usize,
    /// Types that the schema defines.
    pub types: usize,
}

/// Diagnostics of one class.
#[derive(Clone, Debug)]
pub struct DiagnosticGroup {
    /// The class.
    pub kind: &'static str,
    /// What it means.
    pub explanation: String,
    /// Paths and messages, both made safe for Markdown.
    pub items: Vec<(String, String)>,
}

/// The page of the cache layout.
#[derive(Clone, Debug, Template)]
#[template(path = "cache-layout.md.askama", escape = "none")]
pub struct CacheLayoutPage {
    /// The start of every key.
    pub prefix: String,
    /// The relations.
    pub relations: Vec<CacheRelation>,
}

/// How rows of one relation are cached.
#[derive(Clone, Debug)]
pub struct CacheRelation {
    /// Its SQL name, made safe for Markdown.
    pub name: String,
    /// The fingerprint.
    pub layout: String,
    /// Earlier fingerprints.
    pub previous: Vec<String>,
    /// The keys.
    pub keys: Vec<CacheKeyLine>,
}

/// A key's form.
#[derive(Clone, Debug)]
pub struct CacheKeyLine {
    /// The key with `{column}` where values stand.
    pub form: String,
    /// What is kept under it.
    pub holds: &'static str,
}

/// The page that lists all types.
#[derive(Clone, Debug, Template)]
#[template(path = "types.md.askama", escape = "none")]
pub struct TypesPage {
    /// Engines, each with its types.
    pub engines: Vec<(&'static str, Vec<TypeLine>)>,
}

/// A type on the page, its parts made safe for a Markdown table.
#[derive(Clone, Debug)]
pub struct TypeLine {
    /// The SQL type.
    pub sql: String,
    /// The Rust type.
    pub rust: String,
    /// The JSON Schema.
    pub json: String,
    /// What a reader should know.
    pub note: String,
}

/// The triggers that tell of every row that is written (PostgreSQL).
#[derive(Clone, Debug, Template)]
#[template(path = "cache-notify.sql.askama", escape = "none")]
pub struct CacheNotify {
    /// The channel.
    pub channel: &'static str,
    /// The tables whose rows are cached.
    pub tables: Vec<NotifiedTable>,
}

/// A table with such a trigger. All texts are SQL.
#[derive(Clone, Debug)]
pub struct NotifiedTable {
    /// The name of the trigger's function.
    pub function: String,
    /// The quotes around the function's body, which no name in it has by accident.
    pub tag: String,
    /// The table's name.
    pub relation: String,
    /// Its schema, as a string.
    pub schema_literal: String,
    /// Its own name, as a string.
    pub name_literal: String,
    /// The key columns of the row before, as text.
    pub old: Vec<String>,
    /// The key columns of the row after, as text.
    pub new: Vec<String>,
}
