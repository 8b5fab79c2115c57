//! Asks a live database what it holds. The only stage that opens a connection.
//!
//! Every engine is asked with a constant number of bulk statements on one connection, in one read-only snapshot, and
//! nothing is written. sea-schema's parsers read the type grammar where they can; its own discovery, which sends
//! statements for every table, is not used.

mod error;
mod lineage;
mod mysql;
mod postgres;
mod prepare;
mod sqlite;
#[cfg(feature = "cli")]
pub(crate) mod watch;

pub(crate) use sqlite::statements as sqlite_statements;

pub use error::{ConnectProblem, ReflectError};
pub use prepare::{Answer, prepare};
pub use tablature_runtime::{DatabaseUrl, Dialect, UrlError};

use globset::GlobMatcher;
use sha2::{Digest as _, Sha256};

use crate::catalog::{Catalog, Diagnostic};
use crate::hex::hex;

/// What to ask for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only schemas whose names match one of these globs. Empty means: every schema that is not the system's own on
    /// PostgreSQL, the database in the URL on MySQL (every one that is not the system's own if the URL names none).
    pub schemas: Vec<GlobMatcher>,
}

impl Options {
    /// Whether a schema of that name was asked for, by a glob or by there being none.
    fn wants_schema(&self, name: &str) -> bool {
        self.schemas.is_empty() || self.schemas.iter().any(|glob| glob.is_match(name))
    }
}

/// What a database answered.
#[derive(Clone, Debug)]
pub struct Reflection {
    /// Its schema, normalised.
    pub catalog: Catalog,
    /// What could not be read, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// How many statements were sent, those around the transaction included.
    pub statements: u32,
    /// What to give to [`reflect_if_changed`] the next time; absent from what [`reflect`] gives.
    pub fingerprint: Option<String>,
}

/// What became of [`reflect_if_changed`].
#[derive(Clone, Debug)]
pub enum Answered {
    /// The database would answer as it did when it had that fingerprint.
    Unchanged {
        /// How many statements were sent to learn that.
        statements: u32,
    },
    /// It answers something else, or had no fingerprint.
    Changed(Box<Reflection>),
}

/// What is asked about the fingerprint.
#[derive(Clone, Copy, Debug)]
enum Probe<'a> {
    /// Nothing.
    Off,
    /// What it is.
    Learn,
    /// Whether it is still this one.
    Known(&'a str),
}

/// Reflects the database that `url` names.
///
/// # Errors
/// Where the database cannot be reached, refuses the login, or refuses to show its catalog. A single relation that cannot
/// be read is a diagnostic, not an error.
pub async fn reflect(url: &DatabaseUrl, options: &Options) -> Result<Reflection, ReflectError> {
    match probed(url, options, Probe::Off).await? {
        Answered::Changed(reflection) => Ok(*reflection),
        Answered::Unchanged { .. } => unreachable!("nothing was known that could be the same"),
    }
}

/// [`reflect`], unless the database would answer as it did when it had the fingerprint `known`.
///
/// PostgreSQL works a fingerprint of its catalogs out in a fraction of the time; other databases are reflected, and what
/// comes of it is compared. With the same `options`, an unchanged fingerprint means that a reflection would give the same.
///
/// # Errors
/// As [`reflect`].
pub async fn reflect_if_changed(
    url: &DatabaseUrl,
    options: &Options,
    known: Option<&str>,
) -> Result<Answered, ReflectError> {
    probed(url, options, known.map_or(Probe::Learn, Probe::Known)).await
}

async fn probed(url: &DatabaseUrl, options: &Options, probe: Probe<'_>) -> Result<Answered, ReflectError> {
    let answered = match url.dialect() {
        Dialect::Postgres => postgres::reflect(url, options, probe).await?,
        Dialect::Mysql => Answered::Changed(Box::new(mysql::reflect(url, options).await?)),
        Dialect::Sqlite => Answered::Changed(Box::new(sqlite::reflect(url, options).await?)),
    };
    let Answered::Changed(mut reflection) = answered else { return Ok(answered) };
    reflection.catalog.normalize();
    reflection.diagnostics.sort();
    reflection.diagnostics.dedup();
    if reflection.fingerprint.is_none() && !matches!(probe, Probe::Off) {
        let fingerprint = reflection.digest();
        if matches!(probe, Probe::Known(known) if *known == fingerprint) {
            return Ok(Answered::Unchanged { statements: reflection.statements });
        }
        reflection.fingerprint = Some(fingerprint);
    }
    Ok(Answered::Changed(reflection))
}

impl Reflection {
    /// A digest of all that was found.
    fn digest(&self) -> String {
        let found = (&self.catalog, &self.diagnostics);
        let text = serde_json::to_vec(&found).expect("plain data with string keys always serialises");
        hex(Sha256::digest(text))
    }
}

/// [`reflect`] on a runtime of its own, for callers that have none.
///
/// # Errors
/// As [`reflect`].
pub fn reflect_blocking(url: &DatabaseUrl, options: &Options) -> Result<Reflection, ReflectError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ReflectError::Runtime)?
        .block_on(reflect(url, options))
}
