//! Databases and roles on a PostgreSQL server.
//!
//! Names come from [`super::name`] and need no quoting.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use url::Url;

use super::name::{PREFIX, is_left_behind};
use crate::error::{HarnessError, redact};

async fn connect(url: &Url) -> Result<PgConnection, HarnessError> {
    let connection = PgConnection::connect(url.as_str()).await;
    connection.map_err(HarnessError::doing(format!("connect to {}", redact(url.as_str()))))
}

async fn run(connection: &mut PgConnection, what: &str, sql: String) -> Result<(), HarnessError> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop).map_err(HarnessError::doing(what))
}

/// Made from `template0`, which nobody connects to and nobody has added to.
pub(super) async fn create(admin: &Url, name: &str) -> Result<(), HarnessError> {
    let mut connection = connect(admin).await?;
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
    run(&mut connection, "create a scratch database", sql).await
}

/// A role that may connect to the database that `url` names and read what is in it now.
pub(super) async fn create_reader(url: &Url, role: &str, password: &str) -> Result<(), HarnessError> {
    let mut connection = connect(url).await?;
    let sql = format!(
        r#"
        CREATE ROLE {role} LOGIN PASSWORD '{password}';
        DO $grant$
        DECLARE
            name text;
        BEGIN
            EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO {role}', pg_catalog.current_database());
            FOR name IN
                SELECT nspname FROM pg_catalog.pg_namespace
                WHERE nspname OPERATOR(pg_catalog.!~) '^pg_' AND nspname OPERATOR(pg_catalog.<>) 'information_schema'
            LOOP
                EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO {role}', name);
                EXECUTE pg_catalog.format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO {role}', name);
            END LOOP;
        END
        $grant$;
        "#
    );
    run(&mut connection, "create a role that only reads", sql).await
}

/// Drops databases, with the connections to them, and then roles, whose rights went with the databases.
pub(super) async fn remove(admin: &Url, databases: &[String], roles: &[String]) -> Result<(), HarnessError> {
    let mut connection = connect(admin).await?;
    for name in databases {
        run(&mut connection, &format!("drop {name}"), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    }
    for role in roles {
        run(&mut connection, &format!("drop {role}"), format!("DROP ROLE IF EXISTS {role}")).await?;
    }
    Ok(())
}

/// Drops what killed runs left behind and nobody is connected to.
pub(super) async fn sweep(admin: &Url) -> Result<(), HarnessError> {
    let databases = "SELECT datname::text FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, $1) \
                     AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = pg_database.oid)";
    let roles = "SELECT rolname::text FROM pg_catalog.pg_roles WHERE pg_catalog.starts_with(rolname::text, $1)";
    let mut connection = connect(admin).await?;
    let databases = left_behind(&mut connection, databases).await?;
    let roles = left_behind(&mut connection, roles).await?;
    remove(admin, &databases, &roles).await
}

async fn left_behind(connection: &mut PgConnection, sql: &'static str) -> Result<Vec<String>, HarnessError> {
    let rows = sqlx::query(sql).bind(PREFIX).fetch_all(connection).await;
    let rows = rows.map_err(HarnessError::doing("list what killed runs left behind"))?;
    let names = rows.iter().filter_map(|row| row.try_get::<String, _>(0).ok());
    Ok(names.filter(|name| is_left_behind(name)).collect())
}

/// Whether there is a database, and whether there is a login, of that name.
#[cfg(test)]
pub(super) async fn exists(admin: &Url, name: &str) -> Result<[bool; 2], HarnessError> {
    let mut connection = connect(admin).await?;
    let mut found = [false; 2];
    let questions = [
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)",
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)",
    ];
    for (found, question) in found.iter_mut().zip(questions) {
        let answer = sqlx::query_scalar(question).bind(name).fetch_one(&mut connection).await;
        *found = answer.map_err(HarnessError::doing("look for a name"))?;
    }
    Ok(found)
}
