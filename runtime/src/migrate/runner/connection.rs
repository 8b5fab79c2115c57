//! One connection of a run, whichever engine it speaks to, and the statements that each engine keeps the books with.

use std::str::FromStr;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Either, Row};

use super::super::error::MigrateError;
use super::super::plan::Applied;
use super::super::{HISTORY, portable};
use crate::database::on;
use crate::table::Dialect;

/// The lock's number on PostgreSQL: the same for every application, whatever it is made with.
const LOCK: i64 = 0x7461_626c_6d69_6772;
/// How long one attempt to get a lock waits, in seconds.
const ATTEMPT: f64 = 0.1;

/// A connection for one run.
#[derive(Debug)]
pub(super) struct Connection {
    inner: Inner,
    /// The table of the history, qualified and quoted, so that no setting that a script leaves can hide it.
    history: String,
    /// The schema, or on MySQL the database, that it is in.
    schema: String,
    holds_lock: bool,
}

#[derive(Debug)]
enum Inner {
    #[cfg(feature = "postgres")]
    Postgres(Box<sqlx::PgConnection>),
    #[cfg(feature = "mysql")]
    Mysql(Box<sqlx::MySqlConnection>),
    #[cfg(feature = "sqlite")]
    Sqlite(Sqlite),
}

/// A connection to an SQLite file, or one out of a pool: a database in memory is in one connection alone.
#[cfg(feature = "sqlite")]
#[derive(Debug)]
enum Sqlite {
    Own(Box<sqlx::SqliteConnection>),
    Pooled(sqlx::pool::PoolConnection<sqlx::Sqlite>),
}

#[cfg(feature = "sqlite")]
impl std::ops::Deref for Sqlite {
    type Target = sqlx::SqliteConnection;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Own(connection) => connection,
            Self::Pooled(connection) => connection,
        }
    }
}

#[cfg(feature = "sqlite")]
impl std::ops::DerefMut for Sqlite {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Own(connection) => connection,
            Self::Pooled(connection) => connection,
        }
    }
}

#[cfg(feature = "sqlite")]
impl Sqlite {
    /// A connection out of a pool goes back to it.
    async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Own(connection) => connection.close().await,
            Self::Pooled(connection) => {
                drop(connection);
                Ok(())
            }
        }
    }
}

/// Why a script failed.
#[derive(Debug)]
pub(super) struct ScriptError {
    /// How many of its statements came to an end before.
    pub(super) done: usize,
    /// Where in the script the mistake is, in bytes, where the server says it.
    pub(super) offset: Option<usize>,
    pub(super) message: String,
}

/// The engine that a URL is of.
pub(super) fn dialect_of(url: &str) -> Result<Dialect, MigrateError> {
    let scheme = url.split(':').next().unwrap_or_default();
    let (dialect, is_compiled) = match scheme {
        "postgres" | "postgresql" => (Dialect::Postgres, cfg!(feature = "postgres")),
        "mysql" | "mariadb" => (Dialect::Mysql, cfg!(feature = "mysql")),
        "sqlite" => (Dialect::Sqlite, cfg!(feature = "sqlite")),
        _ => {
            return Err(MigrateError::Url("it starts with none of postgres:, mysql:, mariadb: and sqlite:".to_owned()));
        }
    };
    if !is_compiled {
        return Err(MigrateError::Url(format!("the feature for {scheme} of tablature-runtime is not turned on")));
    }
    Ok(dialect)
}

impl Connection {
    /// Connects. `wait` is how long SQLite waits for others' transactions.
    pub(super) async fn open(url: &str, dialect: Dialect, wait: Duration) -> Result<Self, MigrateError> {
        let _ = wait;
        let bad_url = |error: sqlx::Error| MigrateError::Url(error.to_string());
        let refused = |error: sqlx::Error| MigrateError::Connect(message(&error));
        let inner = match dialect {
            #[cfg(feature = "postgres")]
            Dialect::Postgres => {
                let options = sqlx::postgres::PgConnectOptions::from_str(url).map_err(bad_url)?;
                Inner::Postgres(Box::new(options.disable_statement_logging().connect().await.map_err(refused)?))
            }
            #[cfg(feature = "mysql")]
            Dialect::Mysql => {
                let options = sqlx::mysql::MySqlConnectOptions::from_str(url).map_err(bad_url)?;
                // Files are read as the server's own shell would read them.
                let options = options.pipes_as_concat(false).no_engine_substitution(false);
                Inner::Mysql(Box::new(options.disable_statement_logging().connect().await.map_err(refused)?))
            }
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => {
                let options = sqlx::sqlite::SqliteConnectOptions::from_str(url).map_err(bad_url)?.busy_timeout(wait);
                let connection = options.disable_statement_logging().connect().await.map_err(refused)?;
                Inner::Sqlite(Sqlite::Own(Box::new(connection)))
            }
            #[allow(unreachable_patterns, reason = "all engines are compiled in")]
            _ => return Err(MigrateError::Url("the engine's feature is not turned on".to_owned())),
        };
        Self::of(inner).await
    }

    /// Takes a connection out of a pool.
    #[cfg(feature = "sqlite")]
    pub(super) async fn pooled(mut connection: sqlx::pool::PoolConnection<sqlx::Sqlite>) -> Result<Self, MigrateError> {
        // The time that the last statement had on it is not a migration's.
        let mut handle = connection.lock_handle().await.map_err(|error| MigrateError::Connect(error.to_string()))?;
        handle.remove_progress_handler();
        drop(handle);
        Self::of(Inner::Sqlite(Sqlite::Pooled(connection))).await
    }

    async fn of(inner: Inner) -> Result<Self, MigrateError> {
        let mut connection = Self { inner, history: String::new(), schema: String::new(), holds_lock: false };
        connection.find_history().await?;
        Ok(connection)
    }

    async fn find_history(&mut self) -> Result<(), MigrateError> {
        let dialect = self.dialect();
        let (sql, missing) = match dialect {
            Dialect::Postgres => {
                ("SELECT current_schema()", "the connection's search_path names no schema that is there")
            }
            Dialect::Mysql => ("SELECT DATABASE()", "it names no database: write mysql://host/database"),
            Dialect::Sqlite => ("SELECT 'main'", ""),
        };
        let schema = self.texts(sql).await.map_err(history_error)?.into_iter().flatten().next().flatten();
        let schema = schema.ok_or_else(|| MigrateError::Url(missing.to_owned()))?;
        dialect.quote(&schema, &mut self.history);
        self.history.push('.');
        dialect.quote(HISTORY, &mut self.history);
        self.schema = schema;
        Ok(())
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self.inner {
            #[cfg(feature = "postgres")]
            Inner::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Inner::Mysql(_) => Dialect::Mysql,
            #[cfg(feature = "sqlite")]
            Inner::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Gives back the lock, if there is one, and says goodbye. A server that hears nothing does both by itself.
    pub(super) async fn close(mut self) {
        self.unlock().await;
        // Nothing can be done about it.
        let _ = on!(Inner, self.inner, connection => connection.close().await);
    }

    /// Runs a script of any number of statements.
    pub(super) async fn script(&mut self, sql: &str) -> Result<(), ScriptError> {
        on!(Inner, &mut self.inner, connection => {
            let mut done = 0;
            let mut results = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(&mut **connection);
            loop {
                match results.try_next().await {
                    Ok(Some(Either::Left(_))) => done += 1,
                    Ok(Some(Either::Right(_))) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(ScriptError { done, offset: offset(&error, sql), message: message(&error) }),
                }
            }
        })
    }

    /// A statement of our own.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<(), MigrateError> {
        self.script(sql).await.map_err(|error| history_message(error.message))
    }

    /// Rows of texts.
    async fn texts(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        on!(Inner, &mut self.inner, connection => {
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut **connection).await?;
            rows.iter()
                .map(|row| (0..row.len()).map(|column| row.try_get_unchecked::<Option<String>, _>(column)).collect())
                .collect()
        })
    }

    async fn text(&mut self, sql: &str) -> Result<Option<String>, MigrateError> {
        let rows = self.texts(sql).await.map_err(history_error)?;
        Ok(rows.into_iter().flatten().next().flatten())
    }

    /// Waits for the lock that keeps other processes from migrating this database.
    ///
    /// It is asked for again and again and not waited for in the server: there, a statement that waits would stand in the
    /// way of a CREATE INDEX CONCURRENTLY of the process that has the lock. SQLite's lock is its transaction.
    pub(super) async fn lock(&mut self, wait: Duration) -> Result<(), MigrateError> {
        let (attempt, pause) = match self.dialect() {
            Dialect::Sqlite => return Ok(()),
            Dialect::Postgres => (
                format!("SELECT CASE WHEN pg_catalog.pg_try_advisory_lock({LOCK}) THEN 1 END::text"),
                Some(format!("SELECT pg_catalog.pg_sleep({ATTEMPT})::text")),
            ),
            Dialect::Mysql => (
                // The lock is the server's, and so it is named after the database.
                "SELECT NULLIF(GET_LOCK(CONCAT('tablature_', MD5(DATABASE())), 1), 0)".to_owned(),
                None,
            ),
        };
        let start = Instant::now();
        while self.text(&attempt).await?.is_none() {
            if start.elapsed() >= wait {
                return Err(MigrateError::Locked(wait));
            }
            if let Some(pause) = &pause {
                self.texts(pause).await.map_err(history_error)?;
            }
        }
        self.holds_lock = true;
        Ok(())
    }

    async fn unlock(&mut self) {
        if !std::mem::take(&mut self.holds_lock) {
            return;
        }
        let sql = match self.dialect() {
            Dialect::Sqlite => return,
            Dialect::Postgres => format!("SELECT pg_catalog.pg_advisory_unlock({LOCK})::text"),
            // A script may have chosen another database; all of them are ours.
            Dialect::Mysql => "DO RELEASE_ALL_LOCKS()".to_owned(),
        };
        // Closing the connection does it as well.
        let _ = self.script(&sql).await;
    }

    /// Begins a transaction; on SQLite one that no other can write beside.
    pub(super) async fn begin(&mut self, wait: Duration) -> Result<(), MigrateError> {
        let sql = if self.dialect() == Dialect::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.script(sql).await.map_err(|error| {
            if error.message.contains("database is locked") {
                MigrateError::Locked(wait)
            } else {
                history_message(error.message)
            }
        })
    }

    pub(super) async fn commit(&mut self) -> Result<(), MigrateError> {
        self.execute("COMMIT").await
    }

    /// Ends a transaction, if there is one, as if it had never been.
    pub(super) async fn roll_back(&mut self) {
        // SQLite complains where there is none.
        let _ = self.script("ROLLBACK").await;
    }

    /// Undoes what an earlier script set for the session, and settles how portable statements are read.
    pub(super) async fn reset(&mut self, portable: bool) -> Result<(), MigrateError> {
        let sql = match (self.dialect(), portable) {
            (Dialect::Sqlite, _) => return Ok(()),
            (Dialect::Postgres, false) => "RESET ALL; RESET ROLE",
            (Dialect::Postgres, true) => "RESET ALL; RESET ROLE; SET standard_conforming_strings = on",
            (Dialect::Mysql, false) => {
                "SET SESSION sql_mode = DEFAULT, SESSION foreign_key_checks = DEFAULT, SESSION unique_checks = DEFAULT"
            }
            (Dialect::Mysql, true) => {
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
                 NO_ENGINE_SUBSTITUTION', SESSION foreign_key_checks = DEFAULT, SESSION unique_checks = DEFAULT"
            }
        };
        self.execute(sql).await
    }

    /// Makes the table of the history, unless it is there.
    pub(super) async fn create_history(&mut self) -> Result<(), MigrateError> {
        if self.has_history().await? {
            return Ok(());
        }
        let history = &self.history;
        let sql = match self.dialect() {
            Dialect::Postgres => format!(
                "CREATE TABLE {history} (version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, \
                 applied_at timestamp with time zone NOT NULL, execution_ms bigint NOT NULL, \
                 state text NOT NULL CHECK (state IN ('ok', 'dirty')))"
            ),
            Dialect::Mysql => format!(
                "CREATE TABLE {history} (version bigint PRIMARY KEY, name varchar(200) NOT NULL, checksum char(64) NOT NULL, \
                 applied_at datetime(6) NOT NULL, execution_ms bigint NOT NULL, \
                 state varchar(10) NOT NULL CHECK (state IN ('ok', 'dirty'))) \
                 ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"
            ),
            Dialect::Sqlite => format!(
                "CREATE TABLE {history} (version int NOT NULL PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, \
                 applied_at datetime NOT NULL, execution_ms bigint NOT NULL, \
                 state text NOT NULL CHECK (state IN ('ok', 'dirty')))"
            ),
        };
        self.execute(&sql).await
    }

    async fn has_history(&mut self) -> Result<bool, MigrateError> {
        let dialect = self.dialect();
        let table = portable::text(dialect, HISTORY);
        let sql = match dialect {
            Dialect::Postgres => {
                format!("SELECT pg_catalog.to_regclass({})::text", portable::text(dialect, &self.history))
            }
            Dialect::Mysql => format!(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = {} AND table_name = {table}",
                portable::text(dialect, &self.schema)
            ),
            Dialect::Sqlite => format!("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = {table}"),
        };
        Ok(self.text(&sql).await?.is_some())
    }

    /// What was applied, none where nothing ever was.
    pub(super) async fn applied(&mut self) -> Result<Vec<Applied>, MigrateError> {
        if !self.has_history().await? {
            return Ok(Vec::new());
        }
        let at = match self.dialect() {
            Dialect::Postgres => "to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
            Dialect::Mysql => "date_format(applied_at, '%Y-%m-%dT%H:%i:%s.%fZ')",
            Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%fZ', applied_at)",
        };
        let sql =
            format!("SELECT version, name, checksum, {at}, execution_ms, state FROM {} ORDER BY version", self.history);
        let rows = self.texts(&sql).await.map_err(history_error)?;
        rows.into_iter()
            .map(|row| applied(row).ok_or_else(|| history_message("a row in it is not as it was written".to_owned())))
            .collect()
    }

    /// Notes a migration as begun or as done.
    pub(super) async fn note(&mut self, row: &Applied) -> Result<(), MigrateError> {
        let dialect = self.dialect();
        let now = match dialect {
            Dialect::Postgres => "now()",
            Dialect::Mysql => "utc_timestamp(6)",
            Dialect::Sqlite => "strftime('%Y-%m-%d %H:%M:%f', 'now')",
        };
        let sql = format!(
            "INSERT INTO {} (version, name, checksum, applied_at, execution_ms, state) VALUES ({}, {}, {}, {now}, {}, {})",
            self.history,
            row.version,
            portable::text(dialect, &row.name),
            portable::text(dialect, &row.checksum),
            row.took.as_millis(),
            portable::text(dialect, state(row.dirty)),
        );
        self.execute(&sql).await
    }

    /// Changes what was noted about a migration.
    pub(super) async fn renote(&mut self, row: &Applied) -> Result<(), MigrateError> {
        let dialect = self.dialect();
        let sql = format!(
            "UPDATE {} SET name = {}, checksum = {}, execution_ms = {}, state = {} WHERE version = {}",
            self.history,
            portable::text(dialect, &row.name),
            portable::text(dialect, &row.checksum),
            row.took.as_millis(),
            portable::text(dialect, state(row.dirty)),
            row.version,
        );
        self.execute(&sql).await
    }

    /// Forgets that a migration was begun.
    pub(super) async fn forget(&mut self, version: u32) -> Result<(), MigrateError> {
        let sql = format!("DELETE FROM {} WHERE version = {version}", self.history);
        self.execute(&sql).await
    }
}

fn state(dirty: bool) -> &'static str {
    if dirty { "dirty" } else { "ok" }
}

fn applied(row: Vec<Option<String>>) -> Option<Applied> {
    let [version, name, checksum, at, took, state] = <[Option<String>; 6]>::try_from(row).ok()?;
    Some(Applied {
        version: version?.parse().ok()?,
        name: name?,
        checksum: checksum?,
        at: at?.parse::<DateTime<Utc>>().ok()?,
        took: Duration::from_millis(took?.parse().ok()?),
        dirty: state? != "ok",
    })
}

fn history_error(error: sqlx::Error) -> MigrateError {
    history_message(message(&error))
}

fn history_message(message: String) -> MigrateError {
    MigrateError::History { table: HISTORY, message }
}

/// What the database says, without the values that some messages quote.
fn message(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(error) = error else { return error.to_string() };
    let text = error.message();
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        // Duplicate entries, and values that are wrong for their column.
        return if matches!(error.number(), 1062 | 1292 | 1366 | 1367 | 1411) {
            without_value(text)
        } else {
            text.to_owned()
        };
    }
    match error.code() {
        // PostgreSQL's data exceptions end in the value: `invalid input syntax for type integer: "x"`.
        Some(code) if code.len() == 5 && code.starts_with("22") => {
            text.split_once(": \"").map_or(text, |(start, _)| start).to_owned()
        }
        _ => text.to_owned(),
    }
}

/// The message with the first quoted text taken out: `Duplicate entry '…' for key 'book_isbn_key'`.
#[cfg(feature = "mysql")]
fn without_value(text: &str) -> String {
    let end = ["' for key '", "' for column ", "' for function "].iter().filter_map(|end| text.rfind(end)).max();
    match (text.find('\''), end) {
        (Some(start), Some(end)) if start < end => format!("{}…{}", &text[..=start], &text[end..]),
        (Some(start), _) => text[..start].trim_end().to_owned(),
        (None, _) => text.to_owned(),
    }
}

/// Where PostgreSQL found the mistake, in bytes of what it was sent.
fn offset(error: &sqlx::Error, sql: &str) -> Option<usize> {
    #[cfg(feature = "postgres")]
    if let sqlx::Error::Database(error) = error
        && let Some(error) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        && let Some(sqlx::postgres::PgErrorPosition::Original(position)) = error.position()
    {
        return sql.char_indices().nth(position.checked_sub(1)?).map(|(at, _)| at);
    }
    let _ = (error, sql);
    None
}
