//! Asks a live database what it holds. The only stage that opens a connection.
//!
//! Every engine is asked with a constant number of bulk statements on one connection, in one read-only snapshot, and
//! nothing is written. sea-schema's parsers read the type grammar where they can; its own discovery, which sends
//! statements for every table, is not used.

mod error;
mod lineage;
mod mysql;
mod postgres;
mod sqlite;

pub(crate) use sqlite::statements as sqlite_statements;

pub use error::{ConnectProblem, ReflectError};
pub use tablature_runtime::{DatabaseUrl, Dialect, UrlError};

use globset::GlobMatcher;

use crate::catalog::{Catalog, Diagnostic};

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
}

/// Reflects the database that `url` names.
///
/// # Errors
/// Where the database cannot be reached, refuses the login, or refuses to show its catalog. A single relation that cannot
/// be read is a diagnostic, not an error.
pub async fn reflect(url: &DatabaseUrl, options: &Options) -> Result<Reflection, ReflectError> {
    let mut reflection = match url.dialect() {
        Dialect::Postgres => postgres::reflect(url, options).await?,
        Dialect::Mysql => mysql::reflect(url, options).await?,
        Dialect::Sqlite => sqlite::reflect(url, options).await?,
    };
    reflection.catalog.normalize();
    reflection.diagnostics.sort();
    reflection.diagnostics.dedup();
    Ok(reflection)
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
