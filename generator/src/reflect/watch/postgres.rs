//! PostgreSQL: notifications by event triggers where they are installed, and the fingerprint of the catalogs elsewhere.

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _};
use thiserror::Error;
use tokio::time::timeout;

use super::{ANSWER, Means, triggers};
use crate::reflect::postgres::{connect_options, fingerprint};
use crate::reflect::{DatabaseUrl, ReflectError};

/// A connection that listens.
pub(crate) struct Observer {
    url: DatabaseUrl,
    listener: PgListener,
    /// Whether the triggers are there.
    is_told: bool,
    /// The fingerprint when it was last asked for.
    known: String,
}

impl Observer {
    pub(super) async fn open(url: &DatabaseUrl) -> Result<Self, ReflectError> {
        let listener = listener(url).await?;
        let mut observer = Self { url: url.clone(), listener, is_told: false, known: String::new() };
        // A server that follows another one has no notifications; it is asked like one without triggers.
        let can_listen = observer.listener.listen(triggers::CHANNEL).await.is_ok();
        observer.look(can_listen).await?;
        Ok(observer)
    }

    pub(super) fn means(&self) -> Means {
        if self.is_told { Means::Notifications } else { Means::Fingerprint }
    }

    pub(super) async fn told(&mut self) -> Result<(), ReflectError> {
        let lost = |error| ReflectError::query(&self.url, "what it tells of changes", error);
        match self.listener.try_recv().await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(lost(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into())),
            Err(error) => Err(lost(error)),
        }
    }

    pub(super) async fn probe(&mut self) -> Result<bool, ReflectError> {
        let before = std::mem::take(&mut self.known);
        self.look(true).await?;
        Ok(self.known != before)
    }

    /// Learns whether the triggers are there, and the fingerprint. One who does not answer in time is gone: a connection may be dead
    /// without anybody having said so.
    async fn look(&mut self, can_listen: bool) -> Result<(), ReflectError> {
        let Self { url, listener, .. } = self;
        let asked = async {
            let row = listener.fetch_one(AssertSqlSafe(triggers::installed())).await;
            let row = row.and_then(|row| row.try_get::<bool, _>("installed"));
            let installed = row.map_err(|error| ReflectError::query(url, "the event triggers", error))?;
            let known = fingerprint(listener).await;
            Ok((installed, known.map_err(|error| ReflectError::query(url, "the fingerprint", error))?))
        };
        let (installed, known) = match timeout(ANSWER, asked).await {
            Ok(answer) => answer?,
            Err(_) => return Err(ReflectError::silent(url, ANSWER)),
        };
        (self.is_told, self.known) = (installed && can_listen, known);
        Ok(())
    }
}

/// A connection of its own, which does not come back by itself when it is lost: whoever listens wants to know.
async fn listener(url: &DatabaseUrl) -> Result<PgListener, ReflectError> {
    let failed = |error| ReflectError::connect(url, error);
    let patience = url.patience().map_err(|error| failed(sqlx::Error::Configuration(error.into())))?;
    let options = connect_options(url)?;
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(patience).idle_timeout(None).max_lifetime(None);
    let opened = timeout(patience, async {
        // A pool tries again until its time is up where nobody answers, and says no more then than that.
        options.connect().await?.close().await?;
        PgListener::connect_with(&pool.connect_with(options).await?).await
    });
    match opened.await {
        Ok(listener) => {
            let mut listener = listener.map_err(failed)?;
            listener.eager_reconnect(false);
            Ok(listener)
        }
        Err(_) => Err(ReflectError::silent(url, patience)),
    }
}

/// Why triggers were not installed, or not removed.
#[derive(Debug, Error)]
pub(crate) enum InstallError {
    /// No connection.
    #[error(transparent)]
    Reflect(#[from] ReflectError),
    /// The role may not do it.
    #[error(
        "{url}: the role may not do this ({said}). Without event triggers, `tablature watch` asks for a fingerprint of the \
         catalogs at an interval. To have them, let a superuser run this in that database:\n\n{sql};\n"
    )]
    NoRights {
        /// The database.
        url: String,
        /// What the server says.
        said: String,
        /// What is to be run.
        sql: String,
    },
    /// They would make somebody's transactions fail.
    #[error(
        "{url} lets transactions be prepared (max_prepared_transactions is {prepared}), and one that has notified cannot be: event \
         triggers that notify are of no use there, and nothing was installed. `tablature watch` asks for a fingerprint of the \
         catalogs at an interval"
    )]
    Prepared {
        /// The database.
        url: String,
        /// How many.
        prepared: String,
    },
    /// Somebody keeps something in the schema.
    #[error(
        "{url}: the schema {} holds what is not of `tablature watch` ({others}), and nothing was done; move it away first",
        triggers::SCHEMA
    )]
    Occupied {
        /// The database.
        url: String,
        /// What there is.
        others: String,
    },
    /// The server refuses.
    #[error("{url}: {said}; nothing was changed")]
    Refused {
        /// The database.
        url: String,
        /// What the server says.
        said: String,
    },
}

/// Installs the event triggers, in place of those of an earlier version.
///
/// # Errors
/// Where the role may not, or where they would do harm. Nothing was changed then.
pub(crate) async fn install(url: &DatabaseUrl) -> Result<(), InstallError> {
    run(url, triggers::install(), true).await
}

/// Removes the event triggers of all versions.
///
/// # Errors
/// Where the role may not. Nothing was changed then.
pub(crate) async fn uninstall(url: &DatabaseUrl) -> Result<(), InstallError> {
    run(url, triggers::uninstall(), false).await
}

async fn run(url: &DatabaseUrl, sql: String, notifies: bool) -> Result<(), InstallError> {
    let refused = |error: sqlx::Error| match error.as_database_error() {
        // Not allowed to the role; or no owner, which is the same to it.
        Some(error) if error.code().is_some_and(|code| code == "42501") => {
            InstallError::NoRights { url: url.to_string(), said: error.message().to_owned(), sql: sql.clone() }
        }
        Some(error) => InstallError::Refused { url: url.to_string(), said: error.message().to_owned() },
        None => InstallError::Reflect(ReflectError::query(url, "the event triggers", error)),
    };
    let patience =
        url.patience().map_err(|error| ReflectError::connect(url, sqlx::Error::Configuration(error.into())))?;
    let options = connect_options(url)?;
    let opened = timeout(patience, options.connect()).await.map_err(|_| ReflectError::silent(url, patience))?;
    let mut connection: PgConnection = opened.map_err(|error| ReflectError::connect(url, error))?;
    let row = connection.fetch_one(AssertSqlSafe(triggers::obstacles())).await.map_err(refused)?;
    let prepared: String = row.try_get("prepared").map_err(refused)?;
    if notifies && prepared != "0" {
        return Err(InstallError::Prepared { url: url.to_string(), prepared });
    }
    if let Some(others) = row.try_get("others").map_err(refused)? {
        return Err(InstallError::Occupied { url: url.to_string(), others });
    }
    // Several statements in one message are one transaction.
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut connection).await.map_err(refused)?;
    drop(connection.close().await);
    Ok(())
}
