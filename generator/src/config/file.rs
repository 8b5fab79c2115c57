//! `tablature.toml` as it is written, and its way to [`Source`]s.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use thiserror::Error;

use super::{
    DecimalType, JsonDecimal, Origin, Override, PathPattern, PatternError, RuntimeDependency, Severity, Source,
    TimeLibrary, TypeOptions, Validation,
};
use crate::catalog::DiagnosticKind;
use crate::findings::{self, Severities, Status};

/// Why the settings are of no use.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// It is not TOML, or not a configuration.
    #[error("{}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// The place and what is wrong there, with a suggestion if there is one.
        message: String,
    },
    /// A variable of the environment is missing.
    #[error("{key} wants the environment variable {variable}, which is not set; set it, or give --url")]
    Variable {
        /// The key that names it.
        key: String,
        /// The variable.
        variable: String,
    },
    /// A pattern is not one.
    #[error("{key}: {source}")]
    Pattern {
        /// The key that holds it.
        key: String,
        /// What is wrong with it.
        source: PatternError,
    },
    /// Settings that do not go together.
    #[error("{0}")]
    Usage(String),
}

/// What the command line says about the crates to make. It wins over the file.
// The comments of the fields are the help that people read.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct CommandLine {
    /// The configuration; tablature.toml in the working directory unless given.
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub config: Option<PathBuf>,
    /// The database: postgres://…, mysql://…, mariadb://… or sqlite:FILE; ${NAME} stands for an environment variable.
    #[cfg_attr(feature = "cli", arg(long, value_name = "URL"))]
    pub url: Option<String>,
    /// Migrations to apply to a scratch SQLite database, which is then reflected.
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR", conflicts_with = "url"))]
    pub migrations: Option<PathBuf>,
    /// The server on which migrations are applied to a scratch database, instead of to a scratch SQLite database.
    #[cfg_attr(feature = "cli", arg(long, value_name = "URL", conflicts_with = "url"))]
    pub scratch_url: Option<String>,
    /// The folder of the crate; `generated` unless given.
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR"))]
    pub output: Option<PathBuf>,
    /// The name of the crate, or of the configured source to work on.
    #[cfg_attr(feature = "cli", arg(long, value_name = "CRATE"))]
    pub name: Option<String>,
    /// Reflect only schemas that match; may be repeated.
    #[cfg_attr(feature = "cli", arg(long = "schema", value_name = "GLOB"))]
    pub schemas: Vec<String>,
    /// Generate only relations that match, as relation or schema.relation; may be repeated.
    #[cfg_attr(feature = "cli", arg(long, value_name = "GLOB"))]
    pub include: Vec<String>,
    /// Leave out relations that match; may be repeated.
    #[cfg_attr(feature = "cli", arg(long, value_name = "GLOB"))]
    pub exclude: Vec<String>,
    /// Make the crate depend on the runtime in this folder rather than on a published version.
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR"))]
    pub runtime_path: Option<PathBuf>,
    /// Use the snapshot in the output folder instead of a database.
    #[cfg_attr(feature = "cli", arg(long, conflicts_with_all = ["url", "migrations"]))]
    pub offline: bool,
    /// Write tests/self_test.rs, which proves the crate on a scratch database.
    #[cfg_attr(feature = "cli", arg(long))]
    pub self_test: bool,
    /// Treat every warning as an error.
    #[cfg_attr(feature = "cli", arg(long))]
    pub strict: bool,
    /// Whether a configured database is left alone, and the snapshot stands for it.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub no_database: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    source: Vec<RawSource>,
    #[serde(default)]
    types: RawTypes,
    #[serde(default)]
    overrides: InOrder<Override>,
    #[serde(default)]
    diagnostics: BTreeMap<Class, Severity>,
    #[serde(default)]
    validate: Validation,
    #[serde(default)]
    check: RawCheck,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    name: Option<String>,
    url: Option<String>,
    migrations: Option<PathBuf>,
    scratch_url: Option<String>,
    output: Option<PathBuf>,
    #[serde(default)]
    sql: Vec<PathBuf>,
    #[serde(default)]
    schemas: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    root_schema: Option<String>,
    runtime_path: Option<PathBuf>,
    cache_prefix: Option<String>,
    #[serde(default)]
    cache_notify: bool,
    #[serde(default)]
    self_test: bool,
    schema_id: Option<String>,
    command: Option<String>,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    types: RawTypes,
    #[serde(default)]
    overrides: InOrder<Override>,
    #[serde(default)]
    diagnostics: BTreeMap<Class, Severity>,
    #[serde(default)]
    check: RawCheck,
    #[serde(default)]
    dependencies: toml::Table,
}

/// How much findings of `tablature check` matter: by status, and for some places by path pattern.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    #[serde(default)]
    severity: BTreeMap<Status, findings::Severity>,
    #[serde(default)]
    paths: InOrder<BTreeMap<Status, findings::Severity>>,
    #[serde(default)]
    models: Vec<PathBuf>,
}

impl RawCheck {
    /// What the file's common part says, and then this.
    fn resolve(&self, common: &Self) -> Result<Severities, ConfigError> {
        let by_path = common.paths.0.iter().chain(&self.paths.0).map(|(path, set)| {
            let key = || format!("check.paths.{path:?}");
            let pattern = PathPattern::new(path).map_err(|source| ConfigError::Pattern { key: key(), source })?;
            Ok((pattern, set.clone()))
        });
        let by_status = common.severity.iter().chain(&self.severity).map(|(status, set)| (*status, *set));
        Ok(Severities { by_status: by_status.collect(), by_path: by_path.collect::<Result<_, _>>()? })
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTypes {
    time: Option<TimeLibrary>,
    decimal: Option<DecimalType>,
    json_decimal: Option<JsonDecimal>,
    tinyint1_is_bool: Option<bool>,
    bit1_is_bool: Option<bool>,
    json_checks: Option<bool>,
    key_types: Option<bool>,
    check_enums: Option<bool>,
}

impl RawTypes {
    /// Fills in what the file's common part, then the defaults, say.
    fn resolve(&self, common: &Self) -> TypeOptions {
        let default = TypeOptions::default();
        TypeOptions {
            time: self.time.or(common.time).unwrap_or(default.time),
            decimal: self.decimal.or(common.decimal).unwrap_or(default.decimal),
            json_decimal: self.json_decimal.or(common.json_decimal).unwrap_or(default.json_decimal),
            tinyint1_is_bool: self.tinyint1_is_bool.or(common.tinyint1_is_bool).unwrap_or(default.tinyint1_is_bool),
            bit1_is_bool: self.bit1_is_bool.or(common.bit1_is_bool).unwrap_or(default.bit1_is_bool),
            json_checks: self.json_checks.or(common.json_checks).unwrap_or(default.json_checks),
            key_types: self.key_types.or(common.key_types).unwrap_or(default.key_types),
            check_enums: self.check_enums.or(common.check_enums).unwrap_or(default.check_enums),
        }
    }
}

/// The command that makes crates.
pub(crate) const COMMAND: &str = "tablature codegen";

/// What stands behind the command where no configuration says it.
pub(crate) const WITHOUT_CONFIG: &str = " --url URL --output DIR";

/// Reads the settings: from the file that the command line names, which must exist; else from `tablature.toml` in the working directory, if there is one;
/// unless the command line says both where the schema comes from and where the crate goes; else from the command line alone.
///
/// # Errors
/// Where the file cannot be read or understood, or does not say enough.
pub fn load(command: &CommandLine) -> Result<Vec<Source>, ConfigError> {
    // A command that says where from and where to stands for itself: a configuration that happens to be here is about
    // another crate.
    let says_all = (command.url.is_some() || command.migrations.is_some()) && command.output.is_some();
    let path = command.config.as_deref().or_else(|| if says_all { None } else { default_file() });
    let raw = read(path)?;
    let base = path.and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let chosen = choose(raw.source, command, path)?;
    let common = Common { types: raw.types, overrides: raw.overrides, diagnostics: raw.diagnostics, check: raw.check };
    // Part of the generated README, which must not depend on the folder that somebody stands in.
    let invocation = match path.map(|path| path.file_name().unwrap_or_default().to_string_lossy()) {
        Some(name) if name == "tablature.toml" => COMMAND.to_owned(),
        Some(name) => format!("{COMMAND} --config {}", shell_word(&name)),
        None => format!("{COMMAND}{WITHOUT_CONFIG}"),
    };
    let sources: Vec<Source> = chosen
        .into_iter()
        .map(|source| resolve(source, &common, &base, command, &invocation))
        .collect::<Result<_, _>>()?;
    told_apart(&sources)?;
    Ok(sources)
}

/// The only one of the sources that were loaded.
///
/// # Errors
/// Where there are several, which are named.
#[cfg(all(feature = "cli", feature = "live"))]
pub(crate) fn only(mut sources: Vec<Source>) -> Result<Source, ConfigError> {
    if sources.len() == 1 {
        return Ok(sources.remove(0));
    }
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    Err(ConfigError::Usage(format!(
        "the configuration names several sources; say with --name which one: {}",
        names.join(", ")
    )))
}

/// Whether there is a file that is read where none is named.
#[cfg(all(feature = "cli", feature = "live"))]
pub(crate) fn has_default_file() -> bool {
    default_file().is_some()
}

/// Reads how SQL in source is looked for: from the file that is named, which must exist; else from `tablature.toml` in the
/// working directory, if there is one; else the defaults.
///
/// # Errors
/// Where the file cannot be read or understood.
pub fn load_validation(path: Option<&Path>) -> Result<Validation, ConfigError> {
    let validation = read(path.or(default_file()))?.validate;
    for target in &validation.targets {
        target.check().map_err(|complaint| ConfigError::Usage(format!("validate.targets: {complaint}")))?;
    }
    Ok(validation)
}

/// The file that is read where none is named.
fn default_file() -> Option<&'static Path> {
    Some(Path::new("tablature.toml")).filter(|path| path.is_file())
}

fn read(path: Option<&Path>) -> Result<RawFile, ConfigError> {
    let Some(path) = path else { return Ok(RawFile::default()) };
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    parse(path, &text)
}

/// Sources must not write over each other.
fn told_apart(sources: &[Source]) -> Result<(), ConfigError> {
    let folder = |source: &Source| std::path::absolute(&source.output).map(|path| clean(&path)).ok();
    for (at, b) in sources.iter().enumerate() {
        for a in &sources[..at] {
            if a.name == b.name {
                let name = &a.name;
                return Err(ConfigError::Usage(format!("two sources are called {name:?}; give each its own `name`")));
            }
            if folder(a) == folder(b) {
                return Err(ConfigError::Usage(format!(
                    "the sources {} and {} have the same folder, {}; give each its own `output`",
                    a.name,
                    b.name,
                    a.output.display()
                )));
            }
        }
    }
    Ok(())
}

/// Picks the sources that the command line is about.
fn choose(sources: Vec<RawSource>, command: &CommandLine, path: Option<&Path>) -> Result<Vec<RawSource>, ConfigError> {
    if sources.is_empty() {
        if command.url.is_none() && command.migrations.is_none() && !(command.offline && command.output.is_some()) {
            let seen = match path {
                Some(path) => format!("{} names no [[source]]", path.display()),
                None => "there is no tablature.toml here".to_owned(),
            };
            return Err(ConfigError::Usage(format!(
                "{seen}; give --url or --migrations, or let `tablature init --url URL` write a configuration"
            )));
        }
        return Ok(vec![RawSource::default()]);
    }
    if sources.len() == 1 {
        return Ok(sources);
    }
    if let Some(name) = &command.name {
        let names: Vec<String> = sources.iter().filter_map(|s| s.name.clone()).collect();
        let found: Vec<RawSource> = sources.into_iter().filter(|s| s.name.as_ref() == Some(name)).collect();
        if found.is_empty() {
            return Err(ConfigError::Usage(format!(
                "--name {name} is none of the configured sources: {}",
                names.join(", ")
            )));
        }
        return Ok(found);
    }
    if command.url.is_some()
        || command.migrations.is_some()
        || command.output.is_some()
        || !command.schemas.is_empty()
        || !command.include.is_empty()
        || !command.exclude.is_empty()
    {
        return Err(ConfigError::Usage(
            "the configuration names several sources; say with --name which one the other options are for".into(),
        ));
    }
    Ok(sources)
}

/// What the file says for all of its sources.
struct Common {
    types: RawTypes,
    overrides: InOrder<Override>,
    diagnostics: BTreeMap<Class, Severity>,
    check: RawCheck,
}

fn resolve(
    raw: RawSource,
    common: &Common,
    base: &Path,
    command: &CommandLine,
    invocation: &str,
) -> Result<Source, ConfigError> {
    let output = match (&command.output, &raw.output) {
        (Some(output), _) => output.clone(),
        (None, Some(output)) => base.join(output),
        (None, None) => base.join("generated"),
    };
    let origin = origin(&raw, base, command)?;
    let name = match command.name.clone().or(raw.name) {
        Some(name) => name,
        // `.` and `..` have no names themselves.
        None => default_name(&std::path::absolute(&output).map_or_else(|_| output.clone(), |path| clean(&path))),
    };
    if !is_crate_name(&name) {
        return Err(ConfigError::Usage(format!(
            "{name:?} cannot be the name of a crate: it takes ASCII letters, digits, - and _, begins with a letter, and is no keyword; \
             give another with --name or `name` in the configuration"
        )));
    }
    let patterns = |key: &str, given: &[String], configured: &[String]| {
        let list = if given.is_empty() { configured } else { given };
        list.iter()
            .map(|text| PathPattern::new(text).map_err(|source| ConfigError::Pattern { key: key.to_owned(), source }))
            .collect::<Result<Vec<_>, _>>()
    };
    let overrides = common.overrides.0.iter().chain(&raw.overrides.0).map(checked).collect::<Result<_, _>>()?;
    let severities = common.diagnostics.iter().chain(&raw.diagnostics).map(|(class, set)| (class.0, *set)).collect();
    let runtime = match (&command.runtime_path, &raw.runtime_path) {
        (Some(path), _) => RuntimeDependency::Path(relative(path, &output)?),
        (None, Some(path)) => RuntimeDependency::Path(relative(&base.join(path), &output)?),
        (None, None) => RuntimeDependency::Version,
    };
    let scratch_url = command.scratch_url.clone().or(raw.scratch_url);
    if scratch_url.is_some() && matches!(origin, Origin::Url(_)) {
        return Err(ConfigError::Usage(
            "scratch_url goes with `migrations`: a database that is live needs none".into(),
        ));
    }
    Ok(Source {
        origin,
        scratch_url,
        schemas: if command.schemas.is_empty() { raw.schemas } else { command.schemas.clone() },
        include: patterns("include", &command.include, &raw.include)?,
        exclude: patterns("exclude", &command.exclude, &raw.exclude)?,
        root_schema: raw.root_schema,
        runtime,
        cache_prefix: raw.cache_prefix.unwrap_or_else(|| name.clone()),
        cache_notify: raw.cache_notify,
        self_test: raw.self_test || command.self_test,
        schema_id: raw.schema_id.unwrap_or_else(|| format!("urn:tablature:{name}:")),
        types: raw.types.resolve(&common.types),
        overrides,
        severities,
        models: common.check.models.iter().chain(&raw.check.models).map(|path| base.join(path)).collect(),
        check: raw.check.resolve(&common.check)?,
        sql: raw.sql.iter().map(|path| base.join(path)).collect(),
        strict: raw.strict || command.strict,
        dependencies: dependencies(&raw.dependencies)?,
        command: raw.command.unwrap_or_else(|| invocation.to_owned()),
        name,
        output,
        threads: None,
        history: None,
        by_times: false,
        memory: None,
    })
}

fn origin(raw: &RawSource, base: &Path, command: &CommandLine) -> Result<Origin, ConfigError> {
    if command.offline {
        return Ok(Origin::Snapshot);
    }
    match (&command.url, &command.migrations, &raw.url, &raw.migrations) {
        (Some(_), Some(_), _, _) => Err(ConfigError::Usage("give --url or --migrations, not both".into())),
        (Some(url), None, _, _) => Ok(Origin::Url(expand("--url", url)?)),
        (None, Some(folder), _, _) => Ok(Origin::Migrations(folder.clone())),
        (None, None, Some(_), Some(_)) => {
            Err(ConfigError::Usage("a [[source]] has `url` or `migrations`, not both".into()))
        }
        (None, None, Some(_), None) if command.no_database => Ok(Origin::Snapshot),
        (None, None, Some(url), None) => Ok(Origin::Url(expand("url", url)?)),
        (None, None, None, Some(folder)) => Ok(Origin::Migrations(base.join(folder))),
        (None, None, None, None) => Err(ConfigError::Usage(
            "nothing says where the schema comes from; give --url, --migrations or --offline, or set `url` or `migrations` \
             in the [[source]]"
                .into(),
        )),
    }
}

/// A word as a shell takes it.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Puts variables of the environment where `${NAME}` stands.
pub(crate) fn expand(key: &str, text: &str) -> Result<String, ConfigError> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else {
            return Err(ConfigError::Usage(format!("{key}: a ${{ has no closing brace")));
        };
        let value = std::env::var(variable)
            .map_err(|_| ConfigError::Variable { key: key.to_owned(), variable: variable.to_owned() })?;
        out.push_str(before);
        out.push_str(&value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Entries by path, in the order of the file.
#[derive(Debug)]
struct InOrder<T>(Vec<(String, T)>);

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Paths<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Paths<T> {
            type Value = InOrder<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of paths")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    list.push(entry);
                }
                Ok(InOrder(list))
            }
        }
        deserializer.deserialize_map(Paths(PhantomData))
    }
}

/// An override with its pattern. What stands in it for Rust is Rust, and what stands for SQL has a place for the column.
fn checked((path, set): &(String, Override)) -> Result<(PathPattern, Override), ConfigError> {
    let key = format!("overrides.{path:?}");
    let pattern = PathPattern::new(path).map_err(|source| ConfigError::Pattern { key: key.clone(), source })?;
    match complaint(set) {
        Some(complaint) => Err(ConfigError::Usage(format!("{key}: {complaint}"))),
        None => Ok((pattern, set.clone())),
    }
}

/// What is wrong with an override, if anything is.
fn complaint(set: &Override) -> Option<String> {
    fn rust<T: syn::parse::Parse>(key: &str, what: &str, text: &str) -> Option<String> {
        let error = syn::parse_str::<T>(text).err()?;
        Some(format!("{key} = {text:?} is not {what}: {error}"))
    }
    let paths = |key, what, list: &[String]| list.iter().find_map(|text| rust::<syn::Path>(key, what, text));
    let sql = |key: &str, text: &Option<String>| {
        let text = text.as_ref().filter(|text| !text.contains("{}"))?;
        Some(format!("{key} = {text:?} has no {{}} for where the column stands"))
    };
    let attribute = |text: &String| rust::<syn::Meta>("attributes", "an attribute without `#[` and `]`", text);
    let schema = set.json_schema.as_ref().filter(|schema| !schema.is_object());
    set.ty
        .as_ref()
        .and_then(|text| rust::<syn::Type>("type", "a Rust type", text))
        .or_else(|| paths("serde_with", "the path of a module", set.serde_with.as_slice()))
        .or_else(|| paths("derive", "the path of a derive macro", &set.derive))
        .or_else(|| set.attributes.iter().find_map(attribute))
        .or_else(|| set.rename.as_ref().filter(|name| name.trim().is_empty()).map(|_| "rename is empty".to_owned()))
        .or_else(|| sql("read", &set.read))
        .or_else(|| sql("write", &set.write))
        .or_else(|| schema.map(|schema| format!("json_schema = {schema} is not a schema, which is an object")))
}

/// A class of diagnostics by its name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Class(DiagnosticKind);

impl<'de> Deserialize<'de> for Class {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        DiagnosticKind::ALL.iter().find(|kind| kind.name() == name).map(|kind| Self(*kind)).ok_or_else(|| {
            let names: Vec<&str> = DiagnosticKind::ALL.iter().map(|kind| kind.name()).collect();
            D::Error::custom(format!("there is no class {name:?} of diagnostics{}", did_you_mean(&name, &names)))
        })
    }
}

/// Lines of a `[dependencies]` table. The crate's own dependencies are not for it to change.
fn dependencies(table: &toml::Table) -> Result<Vec<String>, ConfigError> {
    if let Some(own) = ["serde", "tablature-runtime"].into_iter().find(|own| table.contains_key(*own)) {
        return Err(ConfigError::Usage(format!(
            "dependencies: {own} is not for the configuration to list; the crate has it where its code names it"
        )));
    }
    Ok(table.iter().map(|(name, value)| format!("{name} = {value}")).collect())
}

pub(crate) fn default_name(output: &Path) -> String {
    let folder = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = folder.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("db_{name}") }
}

fn is_crate_name(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(&name.replace('-', "_")).is_ok()
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The way from the folder `to` to `path`, for a manifest that can be checked in.
pub(crate) fn relative(path: &Path, to: &Path) -> Result<String, ConfigError> {
    let absolute =
        |path: &Path| std::path::absolute(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source });
    let (path, to) = (clean(&absolute(path)?), clean(&absolute(to)?));
    let shared = path.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = to.components().skip(shared).map(|_| PathBuf::from(".."));
    let down = path.components().skip(shared).map(|part| PathBuf::from(part.as_os_str()));
    let parts: Vec<String> = up.chain(down).map(|part| part.to_string_lossy().into_owned()).collect();
    Ok(if parts.is_empty() { ".".into() } else { parts.join("/") })
}

/// Resolves `.` and `..` by the text alone.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

fn parse(path: &Path, text: &str) -> Result<RawFile, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map(|span| {
            let before = &text[..span.start.min(text.len())];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
            format!("line {line}, column {column}: ")
        });
        ConfigError::Parse {
            path: path.to_owned(),
            message: format!("{}{}", place.unwrap_or_default(), suggest(error.message())),
        }
    })
}

/// Adds a suggestion to serde's message about an unknown key.
fn suggest(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let is_unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let Some(unknown) = quoted.next().filter(|_| is_unknown) else { return message.to_owned() };
    let known: Vec<&str> = quoted.collect();
    let near = did_you_mean(unknown, &known);
    // `book.price = …` is a table within a table.
    let is_path = near.is_empty() && known.contains(&"serde_with");
    let hint = if is_path { "; a path with dots is written in quotes, as \"book.price\"" } else { &near };
    format!("{message}{hint}")
}

/// `; did you mean "x"?`, where something comes close.
pub(crate) fn did_you_mean(unknown: &str, known: &[&str]) -> String {
    let near = nearest(unknown, known.iter().copied());
    near.map(|candidate| format!("; did you mean {candidate:?}?")).unwrap_or_default()
}

/// The one that comes closest to a word that is none of them, where any comes close.
pub(crate) fn nearest<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(unknown, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(Path::new("tablature.toml"), text).map(|_| ()).expect_err("a broken configuration").to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_a_suggestion() {
        let message = error("[[source]]\nouput = \"generated\"\n");
        assert!(message.starts_with("tablature.toml: line 2, column 1: "), "{message}");
        assert!(message.ends_with("did you mean \"output\"?"), "{message}");
    }

    #[test]
    fn variables_are_filled_in_or_named() {
        assert_eq!(expand("url", "no variable").unwrap(), "no variable");
        let missing = expand("url", "postgres://${TABLATURE_NO_SUCH_VARIABLE}/x").expect_err("unset").to_string();
        assert!(missing.contains("TABLATURE_NO_SUCH_VARIABLE"), "{missing}");
        let path = std::env::var("PATH").expect("every environment has a PATH");
        assert_eq!(expand("url", "a${PATH}b").unwrap(), format!("a{path}b"));
    }

    #[test]
    fn the_way_to_the_runtime_is_relative() {
        assert_eq!(relative(Path::new("/a/runtime"), Path::new("/a/generated")).unwrap(), "../runtime");
        assert_eq!(relative(Path::new("/a/x/../runtime"), Path::new("/a/b/c")).unwrap(), "../../runtime");
    }

    #[test]
    fn the_folder_gives_the_crate_its_name() {
        assert_eq!(default_name(Path::new("/x/book-shop")), "book-shop");
        assert_eq!(default_name(Path::new("../2nd db")), "db_2nd_db");
    }

    #[test]
    fn severities_of_findings_are_those_of_the_source_and_then_of_all() {
        let common = "[check.severity]\nindex_mismatch = \"info\"\ntype_mismatch = \"warning\"\n";
        let own = "[[source]]\n[source.check.severity]\ntype_mismatch = \"info\"\n\
                   [source.check.paths]\n\"audit_*\" = { key_mismatch = \"info\" }\n\"*.*.note\" = {}\n";
        let raw = parse(Path::new("t"), &format!("{own}{common}")).unwrap();
        let severities = raw.source[0].check.resolve(&raw.check).unwrap();
        let set = [(Status::TypeMismatch, findings::Severity::Info), (Status::IndexMismatch, findings::Severity::Info)];
        assert_eq!(severities.by_status, BTreeMap::from(set));
        let paths: Vec<String> = severities.by_path.iter().map(|(pattern, _)| pattern.to_string()).collect();
        assert_eq!(paths, ["audit_*", "*.*.note"]);

        let message = error("[check.severity]\ntype_mismtach = \"info\"\n");
        assert!(message.ends_with("did you mean \"type_mismatch\"?"), "{message}");
        let raw = parse(Path::new("t"), "[check.paths]\n\"a.b.c.d\" = {}\n").unwrap();
        let message = raw.check.resolve(&RawCheck::default()).expect_err("too many parts").to_string();
        assert!(message.starts_with("check.paths.\"a.b.c.d\": "), "{message}");
    }

    #[test]
    fn several_sources_want_a_name() {
        let raw = parse(Path::new("t"), "[[source]]\nname = \"a\"\n[[source]]\nname = \"b\"\n").unwrap();
        let command = CommandLine { url: Some("sqlite:x".into()), ..CommandLine::default() };
        assert!(choose(raw.source, &command, None).expect_err("ambiguous").to_string().contains("--name"));
    }
}
