//! Migrations applied to a scratch database on a server, for those that are written for it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection, PgConnection};
use tablature_runtime::Dialect;
use tablature_runtime::migrate::{Migrations, Mode, run};

use super::MigrationError;
use crate::reflect::DatabaseUrl;

/// What the names of scratch databases begin with, so that whoever finds one after a crash knows what it was.
const PREFIX: &str = "tablature_scratch_";

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
        // Each state is seeded by the operating system's chance.
        let name = format!("{PREFIX}{:016x}", RandomState::new().build_hasher().finish());
        let database = with_database(server, &name).ok_or_else(|| cannot_make("the URL names no host".into()))?;
        let database = DatabaseUrl::parse(&database).map_err(|error| MigrationError::Scratch(error.to_string()))?;
        let scratch = Self { server: url, url: database, name };
        // Names of this kind need no quotes. What is in no template is nobody's.
        let template = if scratch.server.dialect() == Dialect::Postgres { " TEMPLATE template0" } else { "" };
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
}
