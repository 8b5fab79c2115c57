//! Databases and users on a MySQL or MariaDB server.
//!
//! Names come from [`super::name`] and need no quoting.

use std::str::FromStr;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, MySqlConnection, Row};
use url::Url;

use super::name::{PREFIX, is_left_behind};
use crate::error::{HarnessError, redact};

/// Connects with the session that the server gives to everybody. The driver would change the SQL mode and the time
/// zone, and schemas would be loaded under other rules than their authors knew.
pub(crate) async fn connect(url: &str) -> Result<MySqlConnection, HarnessError> {
    let connecting = || HarnessError::doing(format!("connect to {}", redact(url)));
    let options = MySqlConnectOptions::from_str(url).map_err(connecting())?;
    let options = options.pipes_as_concat(false).no_engine_substitution(false).timezone(None);
    options.connect().await.map_err(connecting())
}

async fn run(connection: &mut MySqlConnection, what: &str, sql: String) -> Result<(), HarnessError> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop).map_err(HarnessError::doing(what))
}

pub(super) async fn create(admin: &Url, name: &str) -> Result<(), HarnessError> {
    let mut connection = connect(admin.as_str()).await?;
    let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
    run(&mut connection, "create a scratch database", sql).await
}

/// A user who may read the database, with the queries of its views, and nothing else.
pub(super) async fn create_reader(admin: &Url, database: &str, user: &str, password: &str) -> Result<(), HarnessError> {
    let mut connection = connect(admin.as_str()).await?;
    let what = "create a user who only reads";
    run(&mut connection, what, format!("CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'")).await?;
    // GRANT reads a database's name as a pattern, in which `_` stands for any character.
    let pattern = database.replace('_', "\\_");
    run(&mut connection, what, format!("GRANT SELECT, SHOW VIEW ON `{pattern}`.* TO '{user}'@'%'")).await
}

/// Drops databases, with the connections to them, and users.
pub(super) async fn remove(admin: &Url, databases: &[String], users: &[String]) -> Result<(), HarnessError> {
    let mut connection = connect(admin.as_str()).await?;
    for name in databases {
        // An open transaction on a table would make DROP DATABASE wait for its lock.
        let open = sqlx::query("SELECT id FROM information_schema.processlist WHERE db = ?").bind(name);
        let open = open.fetch_all(&mut connection).await.map_err(HarnessError::doing("list connections"))?;
        for row in open {
            // The type of the column differs between the servers; connections that end meanwhile are no loss.
            let id = row.try_get::<u64, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(i64::unsigned_abs));
            if let Ok(id) = id {
                drop(run(&mut connection, "end a connection", format!("KILL {id}")).await);
            }
        }
        run(&mut connection, &format!("drop {name}"), format!("DROP DATABASE IF EXISTS {name}")).await?;
    }
    for user in users {
        run(&mut connection, &format!("drop {user}"), format!("DROP USER IF EXISTS '{user}'@'%'")).await?;
    }
    Ok(())
}

/// Drops what killed runs left behind and nobody is connected to.
pub(super) async fn sweep(admin: &Url) -> Result<(), HarnessError> {
    let databases = "SELECT CAST(schema_name AS char) FROM information_schema.schemata WHERE schema_name LIKE ? \
                     AND schema_name NOT IN (SELECT db FROM information_schema.processlist WHERE db IS NOT NULL)";
    let users = "SELECT CAST(user AS char) FROM mysql.user WHERE user LIKE ?";
    let mut connection = connect(admin.as_str()).await?;
    let databases = left_behind(&mut connection, databases).await?;
    let users = left_behind(&mut connection, users).await?;
    remove(admin, &databases, &users).await
}

async fn left_behind(connection: &mut MySqlConnection, sql: &'static str) -> Result<Vec<String>, HarnessError> {
    let rows = sqlx::query(sql).bind(format!("{}%", PREFIX.replace('_', "\\_"))).fetch_all(connection).await;
    let rows = rows.map_err(HarnessError::doing("list what killed runs left behind"))?;
    let names = rows.iter().filter_map(|row| row.try_get::<String, _>(0).ok());
    Ok(names.filter(|name| is_left_behind(name)).collect())
}

/// Whether there is a database, and whether there is a login, of that name.
#[cfg(test)]
pub(super) async fn exists(admin: &Url, name: &str) -> Result<[bool; 2], HarnessError> {
    let mut connection = connect(admin.as_str()).await?;
    let mut found = [false; 2];
    let questions = [
        "SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = ?)",
        "SELECT EXISTS (SELECT 1 FROM mysql.user WHERE user = ?)",
    ];
    for (found, question) in found.iter_mut().zip(questions) {
        let answer = sqlx::query_scalar(question).bind(name).fetch_one(&mut connection).await;
        *found = answer.map_err(HarnessError::doing("look for a name"))?;
    }
    Ok(found)
}
