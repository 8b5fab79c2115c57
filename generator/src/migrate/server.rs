//! Migrations applied to a scratch database on a server, for those that are written for it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection, PgConnection, Row as _};
use tablature_runtime::Dialect;
use tablature_runtime::migrate::{Migrations, Mode, run};

use super::MigrationError;
use crate::reflect::DatabaseUrl;

/// What the names of scratch databases begin with, so that whoever finds one after a crash knows what it was. The time at which
/// it was made stands behind it.
const PREFIX: &str = "tablature_scratch_";

/// After how long a scratch database counts as left behind by a run that was killed.
const STALE: Duration = Duration::from_secs(3600);

/// An empty database on a server, which its maker has to [drop](ServerScratch::drop_database).
#[derive(Debug)]
pub struct ServerScratch {
    server: DatabaseUrl,
    url: DatabaseUrl,
    name: String,
}

impl ServerScratch {
    /// Makes a database with a name of its own. The URL is that of any database on the server, by a role that may create others.
    ///
    /// # Errors
    /// Where the URL is no server's, the server is not reached, or the role may not.
    pub async fn create(server: &str) -> Result<Self, MigrationError> {
        let shown = DatabaseUrl::shown(server);
        let cannot_make = |reason: String| MigrationError::Scratch(format!("on {shown}: {reason}"));
        let url = DatabaseUrl::parse(server).map_err(|error| MigrationError::Scratch(error.to_string()))?;
        if url.dialect() == Dialect::Sqlite {
            return Err(cannot_make(
                "it is no server; migrations are applied to a SQLite file unless one is given".into(),
            ));
        }
        let name = fresh_name();
        let database = with_database(server, &name).ok_or_else(|| cannot_make("the URL names no host".into()))?;
        let database = DatabaseUrl::parse(&database).map_err(|error| MigrationError::Scratch(error.to_string()))?;
        let scratch = Self { server: url, url: database, name };
        // Names of this kind need no quotes. What is in no template is nobody's.
        let template = if scratch.server.dialect() == Dialect::Postgres { " TEMPLATE template0" } else { "" };
        scratch.sweep().await.map_err(|error| cannot_make(said(&error)))?;
        let made = scratch.send(format!("CREATE DATABASE {}{template}", scratch.name)).await;
        made.map_err(|error| cannot_make(said(&error)))?;
        Ok(scratch)
    }

    /// Where the database is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Applies the migrations in a folder, as the engine is given them.
    ///
    /// # Errors
    /// Where the folder holds no good migrations for the engine, and where a statement fails.
    pub async fn apply(&self, folder: &std::path::Path) -> Result<(), MigrationError> {
        let migrations = Migrations::from_folder(folder)?;
        migrations.for_dialect(self.url.dialect())?;
        run(self.url.secret(), &migrations, Mode::Migrate).await?;
        Ok(())
    }

    /// Drops the database, with whatever is still connected to it.
    ///
    /// # Errors
    /// Where the server will not; the error says what is left.
    pub async fn drop_database(self) -> Result<(), MigrationError> {
        let name = &self.name;
        let dropped = match self.server.dialect() {
            // Connections can be closed by force from PostgreSQL 13 on.
            Dialect::Postgres => match self.send(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await {
                Err(_) => self.send(format!("DROP DATABASE IF EXISTS {name}")).await,
                done => done,
            },
            _ => self.send(format!("DROP DATABASE IF EXISTS {name}")).await,
        };
        dropped.map_err(|error| {
            let left = format!("on {}: the database {name} is left, for {}", self.server, said(&error));
            MigrationError::Scratch(left)
        })
    }

    /// Drops what killed runs have left. That somebody else does so at the same time is no reason to fail.
    async fn sweep(&self) -> Result<(), sqlx::Error> {
        let names: Vec<String> = match self.server.dialect() {
            Dialect::Postgres => {
                let mut connection = PgConnection::connect(self.server.secret()).await?;
                let rows = connection.fetch_all("SELECT datname::text FROM pg_catalog.pg_database").await?;
                connection.close().await?;
                rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?
            }
            _ => {
                let mut connection = MySqlConnection::connect(self.server.secret()).await?;
                let names = "SELECT CAST(SCHEMA_NAME AS CHAR) FROM information_schema.SCHEMATA";
                let rows = connection.fetch_all(names).await?;
                connection.close().await?;
                rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?
            }
        };
        for name in names.iter().filter(|name| is_stale(name, now())) {
            let _ = self.send(format!("DROP DATABASE IF EXISTS {name}")).await;
        }
        Ok(())
    }

    /// Sends a statement to the server.
    async fn send(&self, statement: String) -> Result<(), sqlx::Error> {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement));
        let url = self.server.secret();
        if self.server.dialect() == Dialect::Postgres {
            let mut connection = PgConnection::connect(url).await?;
            connection.execute(statement).await?;
            connection.close().await
        } else {
            let mut connection = MySqlConnection::connect(url).await?;
            connection.execute(statement).await?;
            connection.close().await
        }
    }
}

/// A name that nobody else gives, and that says when it was given.
fn fresh_name() -> String {
    // Each state is seeded by the operating system's chance.
    format!("{PREFIX}{}_{:016x}", now().as_secs(), RandomState::new().build_hasher().finish())
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Whether a database is a scratch database that somebody has left behind. Only digits and letters stand in such a name.
fn is_stale(name: &str, now: Duration) -> bool {
    let parts = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_'));
    let Some((made, chance)) = parts else { return false };
    let is_own = chance.len() == 16 && chance.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_own && made.parse().is_ok_and(|made| now.saturating_sub(Duration::from_secs(made)) > STALE)
}

fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    }
}

/// A server's URL with another database in it; none for one without a host.
fn with_database(url: &str, name: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let query = rest.find(['?', '#']).map_or("", |at| &rest[at..]);
    Some(format!("{scheme}://{authority}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_nothing_else() {
        let is = |url: &str, expected: &str| assert_eq!(with_database(url, "x").as_deref(), Some(expected));
        is("postgres://ann:p%2Fw@host:5432/shop?sslmode=require", "postgres://ann:p%2Fw@host:5432/x?sslmode=require");
        is("mysql://root@host", "mysql://root@host/x");
        is("mysql://root@host?ssl-mode=disabled", "mysql://root@host/x?ssl-mode=disabled");
    }

    #[test]
    fn only_what_was_left_behind_is_dropped() {
        let now = Duration::from_secs(1_000_000);
        assert!(is_stale("tablature_scratch_900000_0123456789abcdef", now));
        for name in [
            "tablature_scratch_999000_0123456789abcdef",
            "tablature_scratch_",
            "tablature_scratch_x_0123456789abcdef",
            "tablature_scratch_900000_x; DROP TABLE a",
            "shop",
            "tablature_scratch_900000",
        ] {
            assert!(!is_stale(name, now), "{name}");
        }
        assert!(!is_stale(&fresh_name(), super::now()));
    }
}
