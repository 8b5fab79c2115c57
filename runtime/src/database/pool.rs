//! The three engines' pools and connections, as one of each.

#[cfg(feature = "sqlite")]
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection as _, Either, Executor as _};
use tokio::runtime::Handle;

use super::error::Error;
use super::statement::Prepared;
use crate::param::Arguments;
use crate::row::{FromRow, Row};
use crate::table::Dialect;

/// What goes before a statement of SQLite's that returns rows, which is prepared anew each time. Its driver takes the
/// columns from what was prepared, and its thread dies where a row has more: so the schema has to be looked at first.
#[cfg(feature = "sqlite")]
const FRESH: &str = "SELECT 1 FROM sqlite_master LIMIT 0; ";

/// A pool of connections.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
    #[cfg(feature = "mysql")]
    Mysql(sqlx::MySqlPool),
    /// With the time that a statement may run, which the connection has to watch itself.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::SqlitePool, Option<Duration>),
}

/// A connection out of a pool, which gets it back when this is dropped, wherever that is.
pub(crate) struct Connection {
    /// Absent only while it is being dropped.
    driver: Option<Driver>,
    /// A statement was sent and nothing of its answer has been read.
    unanswered: bool,
    /// The driver did not understand the answer, or lost the server.
    broken: bool,
    /// The driver hands connections back in a task, for which it needs a runtime.
    runtime: Handle,
}

enum Driver {
    #[cfg(feature = "postgres")]
    Postgres(PoolConnection<sqlx::Postgres>),
    #[cfg(feature = "mysql")]
    Mysql(PoolConnection<sqlx::MySql>),
    #[cfg(feature = "sqlite")]
    Sqlite(PoolConnection<sqlx::Sqlite>, Option<Duration>),
}

/// What a statement did that returns no rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// The rows that were inserted, updated or deleted. On MySQL, a row that an update left as it was counts too.
    pub rows_affected: u64,
    /// The number that the last inserted row got from `AUTO_INCREMENT` (MySQL), or its rowid (SQLite).
    pub(crate) last_insert_id: Option<i64>,
}

/// Does the same with whichever engine's variant of an enum it is: `on!(Driver, driver, connection => …)`.
macro_rules! on {
    ($enum:ident, $value:expr, $inner:ident => $body:expr) => {
        match $value {
            #[cfg(feature = "postgres")]
            $enum::Postgres($inner) => $body,
            #[cfg(feature = "mysql")]
            $enum::Mysql($inner) => $body,
            #[cfg(feature = "sqlite")]
            $enum::Sqlite($inner, ..) => $body,
        }
    };
}
#[cfg(feature = "migrate")]
pub(crate) use on;

/// Hands the connection and the statement to the macro `$rows`, with the number of ends that an answer has at least.
macro_rules! on_rows {
    ($driver:expr, $sql:expr, $arguments:expr, $rows:ident) => {
        match ($driver, $arguments) {
            #[cfg(feature = "postgres")]
            (Some(Driver::Postgres(connection)), Arguments::Postgres(arguments)) => {
                $rows!(connection, sqlx::query_with(AssertSqlSafe($sql), arguments), 0)
            }
            #[cfg(feature = "mysql")]
            (Some(Driver::Mysql(connection)), Arguments::Mysql(arguments)) => {
                $rows!(connection, sqlx::query_with(AssertSqlSafe($sql), arguments), 0)
            }
            // The driver's thread tells nobody that it died.
            #[cfg(feature = "sqlite")]
            (Some(Driver::Sqlite(connection, _)), Arguments::Sqlite(arguments)) => {
                let sql = format!("{FRESH}{}", $sql);
                $rows!(connection, sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false), 2)
            }
            #[allow(unreachable_patterns)]
            _ => return Err(Error::mixed_engines()),
        }
    };
}

impl Pool {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => Dialect::Mysql,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(..) => Dialect::Sqlite,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Connection, sqlx::Error> {
        let driver = match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => Driver::Postgres(pool.acquire().await?),
            #[cfg(feature = "mysql")]
            Self::Mysql(pool) => Driver::Mysql(pool.acquire().await?),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool, timeout) => Driver::Sqlite(pool.acquire().await?, *timeout),
        };
        Ok(Connection { driver: Some(driver), unanswered: false, broken: false, runtime: Handle::current() })
    }

    /// Why no connection can be opened, which the pool does not tell: it tries again until the time is up.
    pub(crate) async fn probe(&self) -> Result<(), sqlx::Error> {
        on!(Pool, self, pool => {
            let connection = sqlx::ConnectOptions::connect(&*pool.connect_options()).await?;
            connection.close().await
        })
    }

    /// The most connections that there can be.
    pub(crate) fn max_connections(&self) -> u32 {
        on!(Pool, self, pool => pool.options().get_max_connections())
    }

    pub(crate) async fn close(&self) {
        on!(Pool, self, pool => pool.close().await);
    }

    /// The connections that are open, and those among them that nobody uses.
    pub(crate) fn size(&self) -> (u32, usize) {
        on!(Pool, self, pool => (pool.size(), pool.num_idle()))
    }
}

impl Connection {
    /// Runs a statement without parameters and without preparing it: what opens and ends transactions.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        let driver = self.driver.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        on!(Driver, driver, connection => connection.execute(sqlx::raw_sql(sql)).await.map(|_| ()))
    }

    /// The connection is closed instead of being given back to the pool.
    pub(crate) fn close_on_drop(&mut self) {
        if let Some(driver) = &mut self.driver {
            on!(Driver, driver, connection => connection.close_on_drop());
        }
    }

    /// Whether nobody knows what comes next on the connection, so that it must not be used again.
    ///
    /// MySQL's driver keeps count of the answers that it has not read, with the exception of the one to preparing a
    /// statement: it takes what follows for the answer to the next statement.
    pub(crate) fn is_out_of_step(&self) -> bool {
        match &self.driver {
            #[cfg(feature = "mysql")]
            Some(Driver::Mysql(_)) => self.unanswered || self.broken,
            // Nothing is sent to anybody, and closing one that is in memory would lose it.
            #[cfg(feature = "sqlite")]
            Some(Driver::Sqlite(..)) => false,
            _ => self.broken,
        }
    }

    /// Forgets the statements that were prepared on it.
    pub(crate) async fn forget_statements(&mut self) -> Result<(), sqlx::Error> {
        let driver = self.driver.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        on!(Driver, driver, connection => connection.clear_cached_statements().await)
    }

    /// Runs a statement and hands over its rows one by one, until `visit` has enough, which it says by `false`.
    ///
    /// The answer is read to its end in any case: what fails last, such as a deferred constraint, fails the statement.
    pub(crate) async fn visit(
        &mut self,
        statement: Prepared,
        visit: &mut (dyn FnMut(Row<'_>) -> Result<bool, Error> + Send),
    ) -> Result<(), Error> {
        self.watch().await?;
        let sql = statement.sql;
        self.unanswered = true;
        let Self { driver, unanswered, broken, .. } = self;
        let mut outcome = Ok(true);
        macro_rules! rows {
            ($connection:expr, $query:expr, $ends:literal) => {{
                let mut steps = (&mut **$connection).fetch_many($query);
                let mut ends = 0;
                while let Some(step) = steps.next().await {
                    *unanswered = false;
                    *broken |= step.as_ref().err().is_some_and(breaks);
                    match step? {
                        Either::Left(_) => ends += 1,
                        Either::Right(row) if matches!(outcome, Ok(true)) => outcome = visit(Row::from(&row)),
                        Either::Right(_) => {}
                    }
                }
                *unanswered = false;
                if ends < $ends {
                    return Err(sqlx::Error::WorkerCrashed.into());
                }
            }};
        }
        on_rows!(driver, sql, statement.arguments, rows);
        outcome.map(|_| ())
    }

    /// Runs a statement and decodes its rows as they arrive.
    pub(crate) async fn stream<'a, T: FromRow + Send + 'a>(
        &'a mut self,
        statement: Prepared,
    ) -> Result<RowStream<'a, T>, Error> {
        self.watch().await?;
        let sql = statement.sql;
        self.unanswered = true;
        let Self { driver, unanswered, broken, .. } = self;
        macro_rules! rows {
            ($connection:expr, $query:expr, $ends:literal) => {{
                let mut steps = (&mut **$connection).fetch_many($query);
                async_stream::try_stream! {
                    let mut ends = 0;
                    while let Some(step) = steps.next().await {
                        *unanswered = false;
                        *broken |= step.as_ref().err().is_some_and(breaks);
                        match step? {
                            Either::Left(_) => ends += 1,
                            Either::Right(row) => yield T::from_row(&Row::from(&row))?,
                        }
                    }
                    *unanswered = false;
                    if ends < $ends {
                        Err(sqlx::Error::WorkerCrashed)?;
                    }
                }
                .boxed()
            }};
        }
        Ok(on_rows!(driver, sql, statement.arguments, rows))
    }

    /// Runs a statement and counts the rows that it changed.
    pub(crate) async fn execute(&mut self, statement: Prepared) -> Result<Done, Error> {
        self.watch().await?;
        let sql = AssertSqlSafe(statement.sql);
        self.unanswered = true;
        let done = match (&mut self.driver, statement.arguments) {
            #[cfg(feature = "postgres")]
            (Some(Driver::Postgres(connection)), Arguments::Postgres(arguments)) => {
                let done = sqlx::query_with(sql, arguments).execute(&mut **connection).await;
                done.map(|done| Done { rows_affected: done.rows_affected(), last_insert_id: None })
            }
            #[cfg(feature = "mysql")]
            (Some(Driver::Mysql(connection)), Arguments::Mysql(arguments)) => {
                let done = sqlx::query_with(sql, arguments).execute(&mut **connection).await;
                done.map(|done| {
                    // The number is that of an unsigned column where it exceeds the other half.
                    let id = Some(done.last_insert_id()).filter(|id| *id != 0).map(|id| id.cast_signed());
                    Done { rows_affected: done.rows_affected(), last_insert_id: id }
                })
            }
            #[cfg(feature = "sqlite")]
            (Some(Driver::Sqlite(connection, _)), Arguments::Sqlite(arguments)) => {
                let mut steps = (&mut **connection).fetch_many(sqlx::query_with(sql, arguments));
                let mut done = None;
                loop {
                    match steps.next().await {
                        Some(Ok(Either::Left(step))) => {
                            let Done { rows_affected, .. } = done.unwrap_or_default();
                            done = Some(Done {
                                rows_affected: rows_affected + step.rows_affected(),
                                last_insert_id: Some(step.last_insert_rowid()),
                            });
                        }
                        Some(Ok(Either::Right(_))) => {}
                        Some(Err(error)) => break Err(error),
                        None => break done.ok_or(sqlx::Error::WorkerCrashed),
                    }
                }
            }
            #[allow(unreachable_patterns)]
            _ => return Err(Error::mixed_engines()),
        };
        self.unanswered = false;
        self.broken |= done.as_ref().err().is_some_and(breaks);
        Ok(done?)
    }

    /// Makes SQLite look at the clock from time to time, where statements may not run for ever.
    async fn watch(&mut self) -> Result<(), Error> {
        #[cfg(feature = "sqlite")]
        if let Some(Driver::Sqlite(connection, Some(timeout))) = &mut self.driver {
            /// Steps of the virtual machine between two looks at the clock: some hundred microseconds.
            const STEPS: i32 = 20_000;
            let deadline = std::time::Instant::now() + *timeout;
            let mut handle = connection.lock_handle().await?;
            handle.set_progress_handler(STEPS, move || std::time::Instant::now() < deadline);
        }
        Ok(())
    }
}

/// Whether an error leaves a connection behind of which nobody knows what comes next.
fn breaks(error: &sqlx::Error) -> bool {
    !matches!(error, sqlx::Error::Database(_))
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_out_of_step() {
            self.close_on_drop();
        }
        let _entered = self.runtime.enter();
        drop(self.driver.take());
    }
}

/// Rows that are decoded as they arrive.
pub type RowStream<'a, T> = BoxStream<'a, Result<T, Error>>;
