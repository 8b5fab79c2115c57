//! A scratch database on a server, for migrations that SQLite does not take.

use std::path::Path;
use std::str::FromStr as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _};
use tablature_runtime::Dialect;
use tablature_runtime::migrate::{Migrations, Mode, run};

use super::MigrationError;
use crate::hex::hex;
use crate::reflect::DatabaseUrl;

/// What every scratch database is called, with the time behind it at which it was made.
const PREFIX: &str = "tablature_scratch_";

/// After how long a scratch database counts as left behind by a run that was killed.
const STALE: Duration = Duration::from_secs(3600);

/// A database that was made for this process. It is to be removed; one that is not is removed by a later run.
#[derive(Debug)]
pub(crate) struct ServerScratch {
    server: DatabaseUrl,
    url: DatabaseUrl,
    name: String,
}

/// Makes a database on the server, and applies the migrations in a folder to it, as its engine is given them.
///
/// # Errors
/// Where the server is not reached or refuses, and where a migration is no good. Nothing is left then.
pub(crate) async fn scratch_on(server: &DatabaseUrl, folder: &Path) -> Result<ServerScratch, MigrationError> {
    // Files that are no good need no server.
    let migrations = Migrations::from_folder(folder)?;
    migrations.for_dialect(server.dialect())?;
    let name = fresh_name();
    let scratch = ServerScratch { server: server.clone(), url: with_database(server, &name)?, name };
    sweep(server).await?;
    execute(server, &format!("CREATE DATABASE {}", scratch.name)).await?;
    match run(scratch.url.secret(), &migrations, Mode::Migrate).await {
        Ok(_) => Ok(scratch),
        Err(error) => {
            // The error at hand says more than one of clearing up would.
            let _ = scratch.remove().await;
            Err(error.into())
        }
    }
}

impl ServerScratch {
    /// Where the database is.
    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Drops the database.
    ///
    /// # Errors
    /// Where the server does not.
    pub(crate) async fn remove(self) -> Result<(), MigrationError> {
        execute(&self.server, &format!("DROP DATABASE {}", self.name)).await
    }
}

/// A name that nobody else gives, and that says when it was given.
fn fresh_name() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    let chance = RandomState::new().hash_one(std::process::id());
    format!("{PREFIX}{}_{}", now().as_secs(), hex(chance.to_be_bytes()))
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Whether a database is a scratch database that somebody has left behind.
fn is_stale(name: &str, now: Duration) -> bool {
    let made = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).and_then(|(made, _)| made.parse().ok());
    made.is_some_and(|made| now.saturating_sub(Duration::from_secs(made)) > STALE)
}

/// The URL of another database on the same server.
fn with_database(server: &DatabaseUrl, name: &str) -> Result<DatabaseUrl, MigrationError> {
    let text = server.secret();
    let (before, query) = text.split_once('?').map_or((text, ""), |(before, query)| (before, query));
    let start = before.find("://").map_or(0, |at| at + 3);
    let end = before[start..].find('/').map_or(before.len(), |at| start + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    DatabaseUrl::parse(&format!("{}/{name}{query}", &before[..end])).map_err(|error| failed(server, &error))
}

fn failed(server: &DatabaseUrl, error: &dyn std::fmt::Display) -> MigrationError {
    MigrationError::Scratch(format!("on {server}: {error}"))
}

/// Drops what killed runs have left. That somebody else does so at the same time is no reason to fail.
async fn sweep(server: &DatabaseUrl) -> Result<(), MigrationError> {
    let sql = match server.dialect() {
        Dialect::Postgres => "SELECT datname::text FROM pg_catalog.pg_database",
        Dialect::Mysql | Dialect::Sqlite => "SELECT CAST(SCHEMA_NAME AS CHAR) FROM information_schema.SCHEMATA",
    };
    let now = now();
    for name in execute_for_names(server, sql).await? {
        if is_stale(&name, now) {
            let _ = execute(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
        }
    }
    Ok(())
}

async fn execute(server: &DatabaseUrl, sql: &str) -> Result<(), MigrationError> {
    execute_for_names(server, sql).await.map(drop)
}

/// Runs a statement on the server, and gives the texts that it answers.
async fn execute_for_names(server: &DatabaseUrl, sql: &str) -> Result<Vec<String>, MigrationError> {
    let statement = || sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    let done = async {
        match server.dialect() {
            Dialect::Postgres => {
                let options = PgConnectOptions::from_str(server.secret())?.disable_statement_logging();
                let mut connection = options.connect().await?;
                let rows = connection.fetch_all(statement()).await?;
                let names = rows.iter().map(|row| row.try_get(0)).collect();
                connection.close().await?;
                names
            }
            Dialect::Mysql => {
                let options = MySqlConnectOptions::from_str(server.secret())?.disable_statement_logging();
                let mut connection = options.connect().await?;
                let rows = connection.fetch_all(statement()).await?;
                let names = rows.iter().map(|row| row.try_get(0)).collect();
                connection.close().await?;
                names
            }
            Dialect::Sqlite => Err(sqlx::Error::Configuration("SQLite has no server: leave it out".into())),
        }
    };
    done.await.map_err(|error: sqlx::Error| match error.as_database_error() {
        Some(said) => failed(server, &said.message()),
        None => failed(server, &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_another_one() {
        for (server, scratch) in [
            ("postgres://ann:s3cret@db:5433/shop?sslmode=require", "postgres://ann:s3cret@db:5433/x?sslmode=require"),
            ("mysql://root@127.0.0.1", "mysql://root@127.0.0.1/x"),
            ("mysql://root@127.0.0.1/", "mysql://root@127.0.0.1/x"),
            ("postgres:///shop?host=/run/postgresql", "postgres:///x?host=/run/postgresql"),
        ] {
            let server = DatabaseUrl::parse(server).expect("a URL");
            assert_eq!(with_database(&server, "x").expect("a URL").secret(), scratch);
        }
    }

    #[test]
    fn only_what_was_left_behind_is_dropped() {
        let now = Duration::from_secs(1_000_000);
        assert!(is_stale("tablature_scratch_900000_ab", now));
        for name in [
            "tablature_scratch_999000_ab",
            "tablature_scratch_",
            "tablature_scratch_x_1",
            "shop",
            "tablature_scratch_900000",
        ] {
            assert!(!is_stale(name, now), "{name}");
        }
        assert!(!is_stale(&fresh_name(), super::now()));
    }
}
