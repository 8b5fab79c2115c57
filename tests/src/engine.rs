//! The engines that cases run on.

use std::fmt;
use std::path::{Path, PathBuf};

use tablature_runtime::Dialect;

use crate::servers::Service;

/// What a scratch database is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// A PostgreSQL server.
    Postgres,
    /// A MySQL or MariaDB server, whichever the tests were given.
    Mysql,
    /// A file.
    Sqlite,
}

impl Engine {
    /// Every engine, in the order of their names.
    pub const ALL: [Self; 3] = [Self::Mysql, Self::Postgres, Self::Sqlite];

    /// The name of the engine's folders: `mysql`, `postgres` or `sqlite`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The server behind it; none for a file.
    pub fn service(self) -> Option<Service> {
        match self {
            Self::Mysql => Some(Service::Mysql),
            Self::Postgres => Some(Service::Postgres),
            Self::Sqlite => None,
        }
    }

    /// What the runtime calls it.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Mysql => Dialect::Mysql,
            Self::Postgres => Dialect::Postgres,
            Self::Sqlite => Dialect::Sqlite,
        }
    }

    /// Where the example application's migrations are: those for every engine, and a folder with this one's own.
    pub fn migrations(self) -> PathBuf {
        repository().join("migrations")
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder())
    }
}

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
