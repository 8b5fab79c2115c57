//! What statements are run on: a database, or a transaction on it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tokio::sync::{MutexGuard, OnceCell};
use tracing::Instrument;

use super::error::Error;
use super::options::DatabaseOptions;
use super::pool::{Connection, Done, Pool, RowStream};
use super::query::Query;
use super::statement::{Prepared, Signatures};
use super::transaction::Held;
use super::url::DatabaseUrl;
use crate::cache::Cache;
use crate::param::{Arguments, Param};
use crate::row::{FromRow, Row};
use crate::sql::TemplateCache;
use crate::table::Dialect;

/// A database: a pool of connections to PostgreSQL, MySQL, MariaDB or SQLite. It is cheap to clone, and all clones share
/// the connections.
///
/// What can be done with it is what can be done with a [`Session`].
///
/// ```no_run
/// # async fn run() -> Result<(), tablature_runtime::Error> {
/// use tablature_runtime::Database;
///
/// let db = Database::connect("sqlite:shop.db").await?;
/// let titles: Vec<(i64, String)> = db
///     .query("SELECT id, title FROM book WHERE price < :limit AND language IN (:languages)")
///     .bind("limit", 20)
///     .bind("languages", ["en", "de"])
///     .fetch_all()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Database(Session);

/// What statements are run on: a [`Database`], where each of them gets a connection of its own, or a
/// [`Transaction`](crate::Transaction). Functions that take `&Session` work with both.
#[derive(Clone)]
pub struct Session {
    link: Link,
    shared: Arc<Shared>,
    cache: Option<Cache>,
}

#[derive(Clone)]
enum Link {
    Pool(Pool),
    /// With the number of the transaction or savepoint that the handle is for.
    Transaction(Arc<Held>, u64),
}

/// What all sessions of a database share.
pub(crate) struct Shared {
    pub(crate) url: DatabaseUrl,
    pub(crate) acquire_timeout: Duration,
    pub(crate) templates: TemplateCache,
    pub(crate) signatures: Signatures,
    /// Whether a server that speaks MySQL's protocol is MariaDB.
    pub(crate) mariadb: OnceCell<bool>,
    losses: Arc<Losses>,
}

impl Shared {
    pub(super) fn new(url: DatabaseUrl, acquire_timeout: Duration, losses: Arc<Losses>) -> Self {
        let templates = TemplateCache::new(url.dialect());
        Self { url, acquire_timeout, templates, signatures: Signatures::default(), mariadb: OnceCell::new(), losses }
    }

    /// Takes note of an error that says something about all connections.
    pub(super) fn note(&self, error: &Error) {
        if matches!(error, Error::ConnectionLost(_)) {
            self.losses.note();
        }
    }
}

/// When a connection was lost last: where one is, others mostly are as well.
#[derive(Debug)]
pub(super) struct Losses {
    start: Instant,
    /// Milliseconds since the start, and 0 for never.
    last: AtomicU64,
}

impl Losses {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    fn note(&self) {
        self.last.store(self.now(), Ordering::Relaxed);
    }

    /// Whether one was lost within that time.
    pub(super) fn any_within(&self, time: Duration) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        last != 0 && u128::from(self.now().saturating_sub(last)) <= time.as_millis() + 1
    }
}

impl Database {
    /// Opens a database with the options that are safe for a service; see [`DatabaseOptions`] for what they are.
    ///
    /// # Errors
    /// [`Error::Connect`], where nobody answers, the login is refused or the database is not there.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Self::options(url)?.connect().await
    }

    /// Options for a database, to be changed before it is connected to.
    ///
    /// # Errors
    /// Where the URL's scheme is none of `postgres`, `postgresql`, `mysql`, `mariadb` and `sqlite`.
    pub fn options(url: &str) -> Result<DatabaseOptions, Error> {
        DatabaseOptions::new(url)
    }

    pub(super) fn new(pool: Pool, shared: Shared) -> Self {
        Self(Session { link: Link::Pool(pool), shared: Arc::new(shared), cache: None })
    }

    /// The same database with a cache: what is written through it is taken back from the cache, and
    /// [`Session::cached`] reads from it. Every program that writes to tables whose rows are cached needs it, with a cache
    /// on the same server.
    #[must_use]
    pub fn with_cache(&self, cache: &Cache) -> Self {
        let Session { link, shared, .. } = self.0.clone();
        Self(Session { link, shared, cache: Some(cache.clone()) })
    }

    /// Asks for a connection, and whether it stands.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn ping(&self) -> Result<(), Error> {
        let answer = self.lease().await?.connection()?.batch("SELECT 1").await.map_err(Error::from);
        answer.inspect_err(|error| self.shared.note(error))
    }

    /// The pool, if the database is SQLite.
    #[cfg(all(feature = "sqlite", feature = "migrate"))]
    pub(crate) fn sqlite_pool(&self) -> Option<&sqlx::SqlitePool> {
        match &self.0.link {
            Link::Pool(Pool::Sqlite(pool, ..)) => Some(pool),
            _ => None,
        }
    }

    /// The pool, if the database is PostgreSQL.
    #[cfg(feature = "postgres")]
    pub(super) fn postgres_pool(&self) -> Option<&sqlx::PgPool> {
        match &self.0.link {
            Link::Pool(Pool::Postgres(pool)) => Some(pool),
            _ => None,
        }
    }

    /// Closes all connections, and waits for those that are in use. Every clone is closed with it.
    pub async fn close(&self) {
        if let Link::Pool(pool) = &self.0.link {
            pool.close().await;
        }
    }

    /// The connections that are open, and how many of them nobody uses.
    pub fn connections(&self) -> (u32, usize) {
        match &self.0.link {
            Link::Pool(pool) => {
                let (size, idle) = pool.size();
                (size, idle.min(size as usize))
            }
            Link::Transaction(..) => (1, 0),
        }
    }
}

impl Deref for Database {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.0.shared.url)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.shared.url)
    }
}

/// A connection for one statement: out of the pool, or the transaction's.
pub(crate) enum Lease<'a> {
    Own(&'a Shared, Connection),
    Held(&'a Held, MutexGuard<'a, Option<Connection>>),
}

impl Lease<'_> {
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, Error> {
        match self {
            Self::Own(_, connection) => Ok(connection),
            Self::Held(_, connection) => connection.as_mut().ok_or(Error::TransactionEnded),
        }
    }

    /// Takes note of an error that changes the state of the transaction, or of the connection.
    pub(super) fn note(&self, error: &Error) {
        match self {
            Self::Own(shared, _) => shared.note(error),
            Self::Held(held, _) => held.note(error),
        }
    }

    /// Makes the best of an error: whether the statement is to be run again on the same connection.
    ///
    /// A statement that was prepared before the table changed is refused before anything is executed. In a transaction, the
    /// refusal counts like any other.
    pub(super) async fn recover(&mut self, error: &Error) -> bool {
        self.note(error);
        if let Self::Held(held, slot) = self {
            held.look(slot, error).await;
        }
        if !matches!(error, Error::Outdated(_)) {
            return false;
        }
        let forgotten = match self.connection() {
            Ok(connection) => connection.forget_statements().await.is_ok(),
            Err(_) => false,
        };
        forgotten && self.may_recover()
    }

    /// Whether a statement may have to be run again, and its arguments are to be kept until then.
    fn may_recover(&self) -> bool {
        matches!(self, Self::Own(..))
    }
}

impl Session {
    /// A handle of a transaction.
    pub(super) fn in_transaction(&self, held: Arc<Held>, number: u64) -> Self {
        Self { link: Link::Transaction(held, number), shared: Arc::clone(&self.shared), cache: self.cache.clone() }
    }

    /// The transaction that this is a handle of, and its number.
    pub(super) fn held(&self) -> Option<(&Arc<Held>, u64)> {
        match &self.link {
            Link::Pool(_) => None,
            Link::Transaction(held, number) => Some((held, *number)),
        }
    }

    /// The cache that writes are taken back from.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        match &self.link {
            Link::Pool(pool) => pool.dialect(),
            Link::Transaction(held, _) => held.dialect,
        }
    }

    /// Whether it is a transaction.
    pub fn is_transaction(&self) -> bool {
        matches!(self.link, Link::Transaction(..))
    }

    /// A statement in SQL, with parameters by name: `:name`. The same text runs on all three engines.
    ///
    /// A parameter that is bound to a list stands for its values, as in `IN (:ids)`.
    pub fn query<'a>(&'a self, sql: &'a str) -> Query<'a> {
        Query::new(self, sql)
    }

    /// A connection for one statement.
    pub(crate) async fn lease(&self) -> Result<Lease<'_>, Error> {
        match &self.link {
            Link::Pool(pool) => self.acquire(pool).await.map(|connection| Lease::Own(&self.shared, connection)),
            Link::Transaction(held, number) => Ok(Lease::Held(held, held.lock(*number).await?)),
        }
    }

    /// A connection out of the pool, for a transaction.
    pub(super) async fn acquire_for_transaction(&self) -> Result<Connection, Error> {
        match &self.link {
            Link::Pool(pool) => self.acquire(pool).await,
            Link::Transaction(..) => Err(Error::TransactionEnded),
        }
    }

    async fn acquire(&self, pool: &Pool) -> Result<Connection, Error> {
        let start = Instant::now();
        let connection = pool.acquire().await;
        metrics::histogram!("tablature_pool_wait_seconds").record(start.elapsed().as_secs_f64());
        let (size, idle) = pool.size();
        metrics::gauge!("tablature_pool_connections").set(f64::from(size));
        metrics::gauge!("tablature_pool_idle_connections").set(idle.min(size as usize) as f64);
        match connection {
            Ok(connection) => Ok(connection),
            Err(sqlx::Error::PoolTimedOut) => {
                metrics::counter!("tablature_pool_timeouts_total").increment(1);
                let waited = self.shared.acquire_timeout;
                if size >= pool.max_connections() {
                    return Err(Error::PoolExhausted { url: self.shared.url.to_string(), waited, size });
                }
                Err(Error::connect(&self.shared.url, why_not(pool, waited).await))
            }
            Err(sqlx::Error::PoolClosed) => Err(Error::Closed),
            Err(error) => Err(Error::connect(&self.shared.url, error)),
        }
    }

    /// Binds parameters to a statement in the engine's own placeholders.
    pub(crate) fn prepare(&self, sql: Arc<str>, params: &[&Param]) -> Result<Prepared, Error> {
        let sql = self.distinguished(sql, params.iter().copied());
        Ok(Prepared { sql, arguments: Arguments::encode(self.dialect(), params.iter().copied())? })
    }

    /// The text under which a statement with these parameters is sent.
    pub(super) fn distinguished<'p>(&self, sql: Arc<str>, params: impl IntoIterator<Item = &'p Param>) -> Arc<str> {
        let mut params = params.into_iter().peekable();
        match self.dialect() {
            Dialect::Postgres if params.peek().is_some() => self.shared.signatures.distinguish(sql, params),
            _ => sql,
        }
    }

    /// Runs a statement and hands over its rows one by one, until `visit` has enough, which it says by `false`.
    pub(crate) async fn visit(
        &self,
        statement: Prepared,
        visit: &mut (dyn FnMut(Row<'_>) -> Result<bool, Error> + Send),
    ) -> Result<(), Error> {
        let mut observed = Observed::start(self, &statement);
        let span = observed.span.clone();
        let outcome = async {
            let mut lease = self.lease().await?;
            let mut visit = |row: Row<'_>| {
                observed.rows += 1;
                visit(row)
            };
            let again = lease.may_recover().then(|| statement.clone());
            match (lease.connection()?.visit(statement, &mut visit).await, again) {
                (Err(error), again) if lease.recover(&error).await => match again {
                    Some(statement) => lease.connection()?.visit(statement, &mut visit).await,
                    None => Err(error),
                },
                (outcome, _) => outcome,
            }
        }
        .instrument(span)
        .await;
        outcome.inspect_err(|error| observed.failed(error))
    }

    /// Runs a statement and hands over its rows as they arrive. Nothing is sent before the first one is asked for.
    pub(super) fn stream_rows<'a, T: FromRow + Send + 'a>(
        &'a self,
        statement: Result<Prepared, Error>,
    ) -> RowStream<'a, T> {
        async_stream::try_stream! {
            let statement = statement?;
            let mut observed = Observed::start(self, &statement);
            let mut lease = self.lease().await.inspect_err(|error| observed.failed(error))?;
            let mut refused = None;
            {
                let mut rows = lease.connection()?.stream::<T>(statement).await?;
                while let Some(row) = rows.next().await {
                    match row {
                        Ok(row) => {
                            observed.rows += 1;
                            yield row;
                        }
                        Err(error) => {
                            refused = Some(error);
                            break;
                        }
                    }
                }
            }
            if let Some(error) = refused {
                observed.failed(&error);
                lease.recover(&error).await;
                Err(error)?;
            }
        }
        .boxed()
    }

    /// Runs a statement and counts the rows that it changed.
    pub(crate) async fn run(&self, statement: Prepared) -> Result<Done, Error> {
        let mut observed = Observed::start(self, &statement);
        let span = observed.span.clone();
        let outcome = async {
            let mut lease = self.lease().await?;
            let again = lease.may_recover().then(|| statement.clone());
            match (lease.connection()?.execute(statement).await, again) {
                (Err(error), again) if lease.recover(&error).await => match again {
                    Some(statement) => lease.connection()?.execute(statement).await,
                    None => Err(error),
                },
                (outcome, _) => outcome,
            }
        }
        .instrument(span)
        .await;
        observed.rows = outcome.as_ref().map_or(0, |done| done.rows_affected);
        outcome.inspect_err(|error| observed.failed(error))
    }
}

/// Why a pool could not open a connection in time.
async fn why_not(pool: &Pool, waited: Duration) -> sqlx::Error {
    /// The pool has waited long enough already.
    const PATIENCE: Duration = Duration::from_secs(1);
    match tokio::time::timeout(PATIENCE.min(waited), pool.probe()).await {
        Ok(Err(error)) => error,
        _ => {
            let message = format!("it did not let anybody in within {} s", waited.as_secs_f32());
            sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, message))
        }
    }
}

/// A statement as those who watch the cost see it: its text and the number of rows, and never a value. What is known when
/// this is dropped is told then, which is also when nobody waits for the statement any more.
pub(super) struct Observed {
    pub(super) span: tracing::Span,
    start: Instant,
    /// The rows that were read or changed.
    pub(super) rows: u64,
}

impl Observed {
    pub(super) fn start(session: &Session, statement: &Prepared) -> Self {
        let span = tracing::debug_span!(
            "statement",
            db.system = system(session.dialect()),
            db.statement = &*statement.sql,
            rows = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        Self { span, start: Instant::now(), rows: 0 }
    }

    pub(super) fn failed(&self, error: &Error) {
        metrics::counter!("tablature_statement_errors_total", "kind" => error.kind()).increment(1);
        self.span.record("error", error.kind());
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.span.record("rows", self.rows);
        metrics::counter!("tablature_statements_total").increment(1);
        metrics::histogram!("tablature_statement_seconds").record(self.start.elapsed().as_secs_f64());
    }
}

/// The names of OpenTelemetry's conventions for `db.system`.
fn system(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "postgresql",
        Dialect::Mysql => "mysql",
        Dialect::Sqlite => "sqlite",
    }
}
