//! Learns that a schema may have changed, without reading it time and again.
//!
//! An [`Observer`] holds a connection. It hears what the server tells of itself, and probes: asks for something cheap that is another
//! after a change. What it says is that there is something to look at; whether anything changed, and what, a reflection tells.

mod mysql;
mod postgres;
mod sqlite;
pub(crate) mod triggers;

pub(crate) use postgres::{install, uninstall};

use std::path::PathBuf;
use std::time::Duration;

use super::{DatabaseUrl, Dialect, ReflectError};

/// How long an answer to a probe may take until the connection counts as lost.
const ANSWER: Duration = Duration::from_secs(60);

/// How changes come to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// The server tells of them by its event triggers.
    Notifications,
    /// It is asked for the fingerprint of its catalogs, which is another after every change.
    Fingerprint,
    /// It is asked what tables there are and when they were made, which is another after most changes.
    Tables,
    /// The file is asked for its schema's version.
    SchemaVersion,
}

/// Somebody who watches a database.
pub(crate) enum Observer {
    /// PostgreSQL.
    Postgres(Box<postgres::Observer>),
    /// MySQL and MariaDB.
    Mysql(Box<mysql::Observer>),
    /// SQLite.
    Sqlite(sqlite::Observer),
}

impl Observer {
    /// Connects, and remembers how the schema is now.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, ReflectError> {
        Ok(match url.dialect() {
            Dialect::Postgres => Self::Postgres(Box::new(postgres::Observer::open(url).await?)),
            Dialect::Mysql => Self::Mysql(Box::new(mysql::Observer::open(url).await?)),
            Dialect::Sqlite => Self::Sqlite(sqlite::Observer::open(url).await?),
        })
    }

    /// How changes come to light at present.
    pub(crate) fn means(&self) -> Means {
        match self {
            Self::Postgres(observer) => observer.means(),
            Self::Mysql(_) => Means::Tables,
            Self::Sqlite(_) => Means::SchemaVersion,
        }
    }

    /// The file to watch besides.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(observer) => Some(observer.file().to_owned()),
            Self::Postgres(_) | Self::Mysql(_) => None,
        }
    }

    /// Waits until the server tells of a change; for ever where it does not do that.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub(crate) async fn told(&mut self) -> Result<(), ReflectError> {
        match self {
            Self::Postgres(observer) => observer.told().await,
            Self::Mysql(_) | Self::Sqlite(_) => std::future::pending().await,
        }
    }

    /// Whether the schema looks different from the last time that it was asked about, or may do so.
    ///
    /// # Errors
    /// Where the connection is lost.
    pub(crate) async fn probe(&mut self) -> Result<bool, ReflectError> {
        match self {
            Self::Postgres(observer) => observer.probe().await,
            Self::Mysql(observer) => observer.probe().await,
            Self::Sqlite(observer) => observer.probe().await,
        }
    }
}
