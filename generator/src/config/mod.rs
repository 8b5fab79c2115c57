//! Settings: what `tablature.toml` says, resolved against the command line and the environment.
//!
//! [`file`] reads the text as it stands; this module holds what the rest of the program is given: paths that are
//! absolute or relative to the working directory, patterns that are compiled, defaults filled in.

mod command;
mod file;
mod pattern;
mod validation;

pub(crate) use command::{mending, shown};
#[cfg(feature = "live")]
pub(crate) use file::expand;
pub use file::{CommandLine, ConfigError, load, load_validation};
#[cfg(all(feature = "cli", feature = "live"))]
pub(crate) use file::{default_name, has_default_file, only};
#[cfg(feature = "validate")]
pub(crate) use file::{nearest, relative};
#[cfg(feature = "live")]
pub(crate) use pattern::glob;
pub use pattern::{PathPattern, PatternError};
pub use validation::{Language, Target, TargetKind, Validation};

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::catalog::DiagnosticKind;
use crate::findings::Severities;

/// The library that dates and times are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeLibrary {
    /// `chrono`.
    #[default]
    Chrono,
    /// `time`.
    Time,
}

/// The type that holds decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecimalType {
    /// `Decimal` where 28 digits are enough, else `BigDecimal`.
    #[default]
    Auto,
    /// `Decimal` everywhere; a value with more digits is an error when it is read.
    Decimal,
    /// `BigDecimal` everywhere.
    BigDecimal,
}

/// How decimals are written in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonDecimal {
    /// As strings, which keep every digit everywhere.
    #[default]
    String,
    /// As numbers; one that a double does not keep exactly is an error when it is written.
    Number,
}

/// How SQL types become Rust types, where there is a choice.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeOptions {
    /// The library that dates and times are taken from.
    pub time: TimeLibrary,
    /// The type that holds decimals.
    pub decimal: DecimalType,
    /// How decimals are written in JSON.
    pub json_decimal: JsonDecimal,
    /// Whether `tinyint(1)` is a boolean (MySQL).
    pub tinyint1_is_bool: bool,
    /// Whether `bit(1)` is a boolean (MySQL).
    pub bit1_is_bool: bool,
    /// Whether a text column with a `json_valid` check is JSON (MariaDB).
    pub json_checks: bool,
    /// Whether primary keys get types of their own.
    pub key_types: bool,
    /// Whether a CHECK that lists texts makes an enumeration.
    pub check_enums: bool,
}

impl Default for TypeOptions {
    fn default() -> Self {
        Self {
            time: TimeLibrary::Chrono,
            decimal: DecimalType::Auto,
            json_decimal: JsonDecimal::String,
            tinyint1_is_bool: true,
            bit1_is_bool: true,
            json_checks: true,
            key_types: true,
            check_enums: true,
        }
    }
}

/// How much a class of diagnostics matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is written into `schema.json` and nowhere else.
    Silent,
    /// It is listed.
    Warning,
    /// It is listed, and nothing is written.
    Error,
}

/// Where a schema comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// A live database; the URL as it was given, with its password.
    Url(String),
    /// Migrations, to be applied to a scratch database.
    Migrations(PathBuf),
    /// The snapshot in the output folder.
    Snapshot,
}

impl Origin {
    /// The live database, if it is one; with its password.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Url(url) => Some(url),
            Self::Migrations(_) | Self::Snapshot => None,
        }
    }
}

/// What the generated crate's dependency on the runtime looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum RuntimeDependency {
    /// The version that belongs to this generator.
    Version,
    /// A path, relative to the generated crate's folder.
    Path(String),
}

/// Everything that one generated crate is made by.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name of the crate.
    pub name: String,
    /// Where the schema comes from.
    pub origin: Origin,
    /// The server on which migrations are applied to a scratch database; absent for a scratch SQLite file. `${NAME}` stands in it
    /// for variables of the environment, which are looked at when it is needed.
    pub scratch_url: Option<String>,
    /// The folder of the crate.
    pub output: PathBuf,
    /// Globs of the schemas to reflect; none means the engine's default.
    pub schemas: Vec<String>,
    /// Relations to generate; none means all.
    pub include: Vec<PathPattern>,
    /// Relations to leave out, whatever `include` says.
    pub exclude: Vec<PathPattern>,
    /// The schema whose relations stand at the root of the crate; absent means the engine's default.
    pub root_schema: Option<String>,
    /// The dependency on the runtime.
    pub runtime: RuntimeDependency,
    /// The start of every cache key.
    pub cache_prefix: String,
    /// Whether triggers are written that tell of every change of a cached row (PostgreSQL).
    pub cache_notify: bool,
    /// Whether a test is written that proves the crate on a scratch database.
    pub self_test: bool,
    /// The start of every JSON Schema's `$id`.
    pub schema_id: String,
    /// How SQL types become Rust types.
    pub types: TypeOptions,
    /// What is set for single relations and columns, in the order of the file; later ones win.
    pub overrides: Vec<(PathPattern, Override)>,
    /// Severities that are not the default.
    pub severities: BTreeMap<DiagnosticKind, Severity>,
    /// Severities of what `tablature check` finds that are not the default.
    pub check: Severities,
    /// Files and folders of source whose SQL is for this database.
    pub sql: Vec<PathBuf>,
    /// Files and folders with models that people have written.
    pub models: Vec<PathBuf>,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Further dependencies of the generated crate, as lines of its `Cargo.toml`.
    pub dependencies: Vec<String>,
    /// The command that makes the crate again, for its README and for messages.
    pub command: String,
    /// How many threads decide and render; absent means as many as there are cores. The crate is the same for any.
    pub threads: Option<NonZeroUsize>,
    /// The folder of the crate, if it is another one than `output`, whose snapshot and cache layout say what things were called
    /// before and which layouts may be in use.
    pub history: Option<PathBuf>,
    /// Whether a file is taken to be as it was where its time, length and number are: cargo does no more itself.
    pub by_times: bool,
    /// The folder in which a run leaves word for the next one, so that it can tell that nothing changed; absent means that
    /// every run does all of its work.
    pub memory: Option<PathBuf>,
}

impl Source {
    /// A source with defaults everywhere.
    pub fn new(name: impl Into<String>, origin: Origin, output: impl Into<PathBuf>) -> Self {
        let name = name.into();
        Self {
            cache_prefix: name.clone(),
            cache_notify: false,
            self_test: false,
            schema_id: format!("urn:tablature:{name}:"),
            name,
            origin,
            scratch_url: None,
            output: output.into(),
            schemas: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            root_schema: None,
            runtime: RuntimeDependency::Version,
            types: TypeOptions::default(),
            overrides: Vec::new(),
            severities: BTreeMap::new(),
            check: Severities::default(),
            sql: Vec::new(),
            models: Vec::new(),
            strict: false,
            dependencies: Vec::new(),
            command: "tablature codegen".into(),
            threads: None,
            history: None,
            by_times: false,
            memory: None,
        }
    }

    /// The folder whose snapshot and cache layout are read back.
    pub fn history(&self) -> &Path {
        self.history.as_deref().unwrap_or(&self.output)
    }

    /// How much a class of diagnostics matters to this source.
    pub fn severity(&self, kind: DiagnosticKind) -> Severity {
        let set = self.severities.get(&kind).copied().unwrap_or(Severity::Warning);
        if self.strict && set == Severity::Warning { Severity::Error } else { set }
    }
}

/// What the configuration sets for the relations or columns that a path pattern matches.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The Rust name.
    pub rename: Option<String>,
    /// Whether it is left out: a relation, or a column.
    pub exclude: Option<bool>,
    /// A column's Rust type, written as it is, without the `Option` that NULL asks for.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// A module for `#[serde(with = "…")]` on a column.
    pub serde_with: Option<String>,
    /// A column's JSON Schema, without the `null` that NULL asks for.
    pub json_schema: Option<serde_json::Value>,
    /// SQL around a column for reading it, with `{}` where it stands.
    pub read: Option<String>,
    /// SQL around a column's parameter for writing it, with `{}` where it stands.
    pub write: Option<String>,
    /// Derive macros for a relation's row.
    #[serde(default)]
    pub derive: Vec<String>,
    /// Attributes for a relation's row, or for a column's field, without `#[` and `]`.
    #[serde(default)]
    pub attributes: Vec<String>,
}
