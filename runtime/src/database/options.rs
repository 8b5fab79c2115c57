//! How a database is connected to.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::pool::PoolOptions;

use super::error::Error;
use super::pool::Pool;
use super::session::{Database, Losses, Shared};
use super::url::DatabaseUrl;
use crate::table::Dialect;

/// Options of a [`Database`]. What they are without being set is safe for a service: nothing waits for ever, foreign keys
/// hold, and what leaves the machine is encrypted.
///
/// ```no_run
/// # async fn run() -> Result<(), tablature_runtime::Error> {
/// use std::time::Duration;
/// use tablature_runtime::Database;
///
/// let db = Database::options("postgres://ann@localhost/shop")?
///     .max_connections(20)
///     .statement_timeout(Duration::from_secs(5))
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DatabaseOptions {
    url: DatabaseUrl,
    max_connections: u32,
    min_connections: u32,
    acquire_timeout: Duration,
    idle_timeout: Duration,
    max_lifetime: Duration,
    statement_timeout: Option<Duration>,
    idle_in_transaction_timeout: Option<Duration>,
    busy_timeout: Duration,
    read_only: bool,
    create_if_missing: bool,
    application_name: Option<String>,
}

impl DatabaseOptions {
    pub(super) fn new(url: &str) -> Result<Self, Error> {
        Ok(Self {
            url: DatabaseUrl::parse(url)?,
            max_connections: 10,
            min_connections: 0,
            acquire_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(600),
            max_lifetime: Duration::from_secs(1800),
            statement_timeout: Some(Duration::from_secs(30)),
            idle_in_transaction_timeout: Some(Duration::from_secs(60)),
            busy_timeout: Duration::from_secs(5),
            read_only: false,
            create_if_missing: false,
            application_name: None,
        })
    }

    /// The most connections that are open at a time: 10 if it is not set. An SQLite database in memory has one.
    pub fn max_connections(mut self, count: u32) -> Self {
        self.max_connections = count.max(1);
        self
    }

    /// The connections that are kept open while nobody asks for them: none if it is not set.
    pub fn min_connections(mut self, count: u32) -> Self {
        self.min_connections = count;
        self
    }

    /// How long a statement waits for a connection, opening one included: 10 seconds if it is not set. After that it is
    /// [`Error::PoolExhausted`].
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long a connection stays open that nobody asks for: 10 minutes if it is not set.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long a connection is used at all: 30 minutes if it is not set.
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// How long a statement may run: 30 seconds if it is not set, and `None` for ever. After that it is
    /// [`Error::Timeout`]. PostgreSQL and MariaDB stop any statement, Oracle's MySQL stops statements that read, SQLite
    /// stops between two steps of its virtual machine.
    pub fn statement_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.statement_timeout = timeout.into();
        self
    }

    /// How long a transaction may stand open with nothing to do before the server ends it: 60 seconds if it is not set, and
    /// `None` for ever. PostgreSQL and MariaDB know it.
    pub fn idle_in_transaction_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.idle_in_transaction_timeout = timeout.into();
        self
    }

    /// How long a statement waits for another connection's lock on an SQLite file: 5 seconds if it is not set.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// Whether every statement is refused that writes.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Whether an SQLite file is created that does not exist. It is not, if it is not set, unless the URL has `mode=rwc`.
    pub fn create_if_missing(mut self, create: bool) -> Self {
        self.create_if_missing = create;
        self
    }

    /// The name under which PostgreSQL lists the connections.
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = Some(name.into());
        self
    }

    /// Opens the database and asks it for one connection, so that a wrong URL is an error here and not later.
    ///
    /// # Errors
    /// [`Error::Connect`], where nobody answers, the login is refused or the database is not there.
    pub async fn connect(self) -> Result<Database, Error> {
        let database = self.connect_lazy()?;
        database.ping().await?;
        Ok(database)
    }

    /// As [`connect`](Self::connect), without asking for a connection: the first statement does.
    ///
    /// # Errors
    /// [`Error::Connect`], where the URL has parameters that are not understood.
    pub fn connect_lazy(self) -> Result<Database, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::NoRuntime);
        }
        let losses = Arc::new(Losses::new());
        let pool = match self.url.dialect() {
            #[cfg(feature = "postgres")]
            Dialect::Postgres => {
                Pool::Postgres(self.pool(&losses).connect_lazy_with(self.postgres()?.disable_statement_logging()))
            }
            #[cfg(feature = "mysql")]
            Dialect::Mysql => self.mysql(self.pool(&losses))?,
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => self.sqlite(self.pool(&losses))?,
            #[allow(unreachable_patterns)]
            other => return Err(Error::NoEngine(other)),
        };
        Ok(Database::new(pool, Shared::new(self.url, self.acquire_timeout, losses)))
    }

    fn pool<DB: sqlx::Database>(&self, losses: &Arc<Losses>) -> PoolOptions<DB> {
        let losses = Arc::clone(losses);
        PoolOptions::new()
            .max_connections(self.max_connections)
            .min_connections(self.min_connections.min(self.max_connections))
            .acquire_timeout(self.acquire_timeout)
            .idle_timeout(self.idle_timeout)
            .max_lifetime(self.max_lifetime)
            // A connection that was in use a moment ago is not asked whether it still stands, which would double the
            // round trips of every statement.
            .test_before_acquire(false)
            .before_acquire(move |connection, metadata| {
                let doubtful = metadata.idle_for > RESTED || losses.any_within(metadata.idle_for);
                Box::pin(async move {
                    if doubtful {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
    }

    #[cfg(feature = "postgres")]
    fn postgres(&self) -> Result<sqlx::postgres::PgConnectOptions, Error> {
        use sqlx::postgres::{PgConnectOptions, PgSslMode};

        let mut options = PgConnectOptions::from_str(self.url.secret()).map_err(|error| self.refused(error))?;
        let local = options.get_socket().is_some() || is_local(options.get_host());
        if !local && matches!(options.get_ssl_mode(), PgSslMode::Prefer) && !self.says("sslmode") {
            options = options.ssl_mode(PgSslMode::Require);
        }
        if let Some(name) = &self.application_name {
            options = options.application_name(name);
        }
        let milliseconds = |timeout: Option<Duration>| timeout.map(|timeout| timeout.as_millis().max(1).to_string());
        let read_only = self.read_only.then(|| "on".to_owned());
        let settings = [
            ("statement_timeout", milliseconds(self.statement_timeout)),
            ("idle_in_transaction_session_timeout", milliseconds(self.idle_in_transaction_timeout)),
            ("default_transaction_read_only", read_only),
        ];
        // What the URL sets itself counts.
        let settings = settings.into_iter().filter(|(name, _)| !self.url.secret().contains(name));
        Ok(options.options(settings.filter_map(|(name, value)| Some((name, value?)))))
    }

    #[cfg(feature = "mysql")]
    fn mysql(&self, pool: PoolOptions<sqlx::MySql>) -> Result<Pool, Error> {
        use sqlx::Executor as _;

        let settings = MysqlSettings {
            statement_timeout: self.statement_timeout,
            idle_in_transaction_timeout: self.idle_in_transaction_timeout,
            read_only: self.read_only,
        };
        let pool = pool.after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in settings.statements(connection).await? {
                    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement))).await?;
                }
                Ok(())
            })
        });
        Ok(Pool::Mysql(pool.connect_lazy_with(self.mysql_options()?.disable_statement_logging())))
    }

    #[cfg(feature = "mysql")]
    fn mysql_options(&self) -> Result<sqlx::mysql::MySqlConnectOptions, Error> {
        use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

        // The driver knows one of the two schemes.
        let rest = self.url.secret().split_once(':').map_or("", |(_, rest)| rest);
        let mut options =
            MySqlConnectOptions::from_str(&format!("mysql:{rest}")).map_err(|error| self.refused(error))?;
        let local = options.get_socket().is_some() || is_local(options.get_host());
        if !local && matches!(options.get_ssl_mode(), MySqlSslMode::Preferred) && !self.says("ssl") {
            options = options.ssl_mode(MySqlSslMode::Required);
        }
        Ok(options)
    }

    #[cfg(feature = "sqlite")]
    fn sqlite(&self, mut pool: PoolOptions<sqlx::Sqlite>) -> Result<Pool, Error> {
        use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

        // The driver knows the scheme in lower case only.
        let rest = self.url.secret().split_once(':').map_or("", |(_, rest)| rest);
        let mut options = SqliteConnectOptions::from_str(&format!("sqlite:{rest}"))
            .map_err(|error| self.refused(error))?
            .foreign_keys(true)
            .busy_timeout(self.busy_timeout);
        let in_memory = rest.contains(":memory:") || rest.contains("mode=memory");
        let read_only = self.read_only || rest.contains("mode=ro");
        if read_only {
            options = options.read_only(true);
        }
        if !in_memory && !read_only && !rest.contains("immutable") {
            // With a write-ahead log, readers do not wait for the writer, and syncing at checkpoints loses nothing but
            // the last transactions in a power failure, and never the file.
            options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
        }
        if self.create_if_missing && !read_only {
            options = options.create_if_missing(true);
        }
        if in_memory {
            // Every connection has a memory of its own, and loses it when it is closed.
            pool = pool.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
        }
        Ok(Pool::Sqlite(pool.connect_lazy_with(options.disable_statement_logging()), self.statement_timeout))
    }

    fn refused(&self, error: sqlx::Error) -> Error {
        Error::connect(&self.url, error)
    }

    /// Whether the URL has a parameter whose name starts so.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn says(&self, parameter: &str) -> bool {
        let (_, parameters) = self.url.secret().split_once('?').unwrap_or_default();
        parameters.split('&').any(|pair| pair.starts_with(parameter))
    }
}

/// After this long without use, a connection is asked whether it still stands. Where statements come that seldom, another
/// round trip costs nobody anything.
const RESTED: Duration = Duration::from_secs(1);

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn is_local(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost"
        || host.starts_with('/')
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What every connection of MySQL's is told once.
#[cfg(feature = "mysql")]
#[derive(Clone, Copy)]
struct MysqlSettings {
    statement_timeout: Option<Duration>,
    idle_in_transaction_timeout: Option<Duration>,
    read_only: bool,
}

#[cfg(feature = "mysql")]
impl MysqlSettings {
    async fn statements(self, connection: &mut sqlx::MySqlConnection) -> Result<Vec<String>, sqlx::Error> {
        let version: String = sqlx::query_scalar("SELECT VERSION()").fetch_one(connection).await?;
        let mut settings = Vec::new();
        if version.contains("MariaDB") {
            settings.extend(
                self.statement_timeout.map(|timeout| format!("max_statement_time = {}", timeout.as_secs_f64())),
            );
            settings.extend(
                self.idle_in_transaction_timeout
                    .map(|timeout| format!("idle_transaction_timeout = {}", timeout.as_secs().max(1))),
            );
        } else {
            settings.extend(
                self.statement_timeout.map(|timeout| format!("max_execution_time = {}", timeout.as_millis().max(1))),
            );
        }
        // What a column does not hold is refused and not cut to fit, and a backslash means what the reader of statements
        // takes it for.
        settings.push(
            "sql_mode = CONCAT(REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), ',STRICT_ALL_TABLES')".to_owned(),
        );
        let mut statements = vec![format!("SET SESSION {}", settings.join(", "))];
        if self.read_only {
            statements.push("SET SESSION TRANSACTION READ ONLY".to_owned());
        }
        Ok(statements)
    }
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod tests {
    use sqlx::mysql::MySqlSslMode;
    use sqlx::postgres::PgSslMode;

    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_the_url_says_otherwise() {
        for (host, encrypted) in [
            ("db.example.org", true),
            ("10.0.0.7", true),
            ("localhost.example.org", true),
            ("localhost", false),
            ("127.0.0.1", false),
            ("127.1.2.3", false),
            ("[::1]", false),
        ] {
            let postgres = DatabaseOptions::new(&format!("postgres://ann:s@{host}/shop")).unwrap().postgres().unwrap();
            assert_eq!(matches!(postgres.get_ssl_mode(), PgSslMode::Require), encrypted, "{host}");
            for scheme in ["mysql", "mariadb"] {
                let mysql = DatabaseOptions::new(&format!("{scheme}://ann:s@{host}/shop")).unwrap();
                let mysql = mysql.mysql_options().unwrap();
                assert_eq!(matches!(mysql.get_ssl_mode(), MySqlSslMode::Required), encrypted, "{host}");
            }
        }
        let postgres =
            |parameters| DatabaseOptions::new(&format!("postgres://db/shop?{parameters}")).unwrap().postgres().unwrap();
        assert!(matches!(postgres("sslmode=disable").get_ssl_mode(), PgSslMode::Disable));
        assert!(matches!(postgres("sslmode=prefer").get_ssl_mode(), PgSslMode::Prefer));
        assert!(matches!(postgres("sslmode=verify-full").get_ssl_mode(), PgSslMode::VerifyFull));
        assert!(matches!(postgres("host=/run/postgresql").get_ssl_mode(), PgSslMode::Prefer));
        let mysql = DatabaseOptions::new("mysql://db/shop?ssl-mode=DISABLED").unwrap().mysql_options().unwrap();
        assert!(matches!(mysql.get_ssl_mode(), MySqlSslMode::Disabled));
    }
}
