//! Schemas by the names that people give them on a command line: a database's URL, a snapshot's file, a revision of git, or
//! a folder of migrations.

mod git;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use thiserror::Error;

use crate::catalog::{Snapshot, SnapshotError};
use crate::codegen::{CodegenError, find_whatever_is_configured, selected};
use crate::config::{ConfigError, Origin, Source, expand};
use crate::diff::Side;
use crate::reflect::DatabaseUrl;
use crate::render::SNAPSHOT_FILE;
use git::{GitError, Repository};

/// Where a schema is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A live database.
    Url(String),
    /// A snapshot.
    Snapshot(PathBuf),
    /// Migrations.
    Migrations(PathBuf),
    /// A snapshot as it was checked in.
    Revision {
        /// The revision.
        revision: String,
        /// The file, from the root of the repository or, with `./`, from the working directory; absent for the crate's own.
        path: Option<String>,
    },
}

/// Why a name leads to no schema.
#[derive(Debug, Error)]
pub enum LocateError {
    /// It may mean two things.
    #[error(
        "{name:?} is both a revision of git and {what} here: write git:{name} for the one, file:{name} for the other"
    )]
    Ambiguous {
        /// The name.
        name: String,
        /// What is here.
        what: &'static str,
    },
    /// It means nothing.
    #[error(
        "{name:?} is neither a file or folder here, nor a revision of git ({reason}), nor the URL of a database (postgres://…, \
         mysql://…, mariadb://… or sqlite:FILE)"
    )]
    Unknown {
        /// The name.
        name: String,
        /// What git says.
        reason: String,
    },
    /// There is no such file.
    #[error("there is no file or folder {}", .0.display())]
    NoFile(PathBuf),
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A snapshot is of no use.
    #[error("{name}: {source}")]
    Snapshot {
        /// Where it is.
        name: String,
        /// What is wrong with it.
        source: SnapshotError,
    },
    /// Git does not give it.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A variable of the environment is missing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The schema could not be read.
    #[error("{name}: {source}")]
    Schema {
        /// Where it is.
        name: String,
        /// What is the matter.
        source: Box<CodegenError>,
    },
}

/// How URLs begin, without what follows.
const SCHEMES: &[&str] = &["postgres:", "postgresql:", "mysql:", "mariadb:", "sqlite:"];

impl Place {
    /// What a name means. `git:` and `file:` before it say which of two things is meant.
    ///
    /// # Errors
    /// Where it means nothing, or may mean two things.
    pub fn parse(name: &str, source: &Source) -> Result<Self, LocateError> {
        if let Some(rest) = name.strip_prefix("git:") {
            return Ok(Self::revision(rest));
        }
        if let Some(path) = name.strip_prefix("file:") {
            return Self::of_path(Path::new(path));
        }
        if name.starts_with("${") || SCHEMES.iter().any(|scheme| name.starts_with(scheme)) {
            return Ok(Self::Url(expand("the URL", name)?));
        }
        let path = Path::new(name);
        let revision = Self::revision(name);
        let known = Repository::of(&source.output).and_then(|repository| match &revision {
            Self::Revision { revision, .. } => repository.commit(revision),
            _ => unreachable!("a revision was asked for"),
        });
        match (path.exists(), known) {
            (true, Ok(_)) => {
                let what = if path.is_dir() { "a folder" } else { "a file" };
                Err(LocateError::Ambiguous { name: name.to_owned(), what })
            }
            (true, Err(_)) => Self::of_path(path),
            (false, Ok(_)) => Ok(revision),
            (false, Err(error)) => {
                // A URL of some other kind may have a password in it.
                let name = DatabaseUrl::shown(name);
                Err(LocateError::Unknown { name, reason: error.to_string() })
            }
        }
    }

    /// The snapshot of a source's crate.
    pub fn of_crate(source: &Source) -> Self {
        Self::Snapshot(source.output.join(SNAPSHOT_FILE))
    }

    /// The snapshot that is checked in at a revision.
    pub fn checked_in(revision: &str) -> Self {
        Self::Revision { revision: revision.to_owned(), path: None }
    }

    fn revision(name: &str) -> Self {
        let (revision, path) = match name.split_once(':') {
            Some((revision, path)) => (revision, Some(path.to_owned())),
            None => (name, None),
        };
        Self::Revision { revision: revision.to_owned(), path }
    }

    /// A file is a snapshot; a folder is a crate if it has a snapshot, else it holds migrations.
    fn of_path(path: &Path) -> Result<Self, LocateError> {
        match path {
            path if path.join(SNAPSHOT_FILE).is_file() => Ok(Self::Snapshot(path.join(SNAPSHOT_FILE))),
            path if path.is_dir() => Ok(Self::Migrations(path.to_owned())),
            path if path.exists() => Ok(Self::Snapshot(path.to_owned())),
            path => Err(LocateError::NoFile(path.to_owned())),
        }
    }

    /// Reads the schema, and keeps what the configuration wants.
    ///
    /// # Errors
    /// Where it cannot be read, or has nothing in it.
    pub fn read(&self, source: &Source, interrupted: &AtomicBool) -> Result<Side, LocateError> {
        let live = |origin: Origin| {
            let found = find_whatever_is_configured(&Source { origin, ..source.clone() }, interrupted);
            found
                .map(Side::from)
                .map_err(|error| LocateError::Schema { name: self.to_string(), source: Box::new(error) })
        };
        match self {
            Self::Url(url) => live(Origin::Url(url.clone())),
            Self::Migrations(folder) => live(Origin::Migrations(folder.clone())),
            Self::Snapshot(path) => {
                let text =
                    std::fs::read(path).map_err(|error| LocateError::Read { path: path.clone(), source: error })?;
                self.snapshot(&String::from_utf8_lossy(&text), source)
            }
            Self::Revision { revision, path } => {
                let repository = Repository::of(&source.output)?;
                let text = match path {
                    Some(path) => repository.file(revision, path)?,
                    None => repository.file_of_tree(revision, &source.output.join(SNAPSHOT_FILE))?,
                };
                self.snapshot(&text, source)
            }
        }
    }

    fn snapshot(&self, text: &str, source: &Source) -> Result<Side, LocateError> {
        let named = |error| LocateError::Snapshot { name: self.to_string(), source: error };
        let mut side = Side::from(Snapshot::from_json(text).map_err(named)?);
        let kept = selected(side.catalog, side.unread, source);
        let kept = kept.map_err(|error| LocateError::Schema { name: self.to_string(), source: Box::new(error) })?;
        (side.catalog, side.unread) = (kept.catalog, kept.diagnostics);
        Ok(side)
    }
}

/// The name for people, without a password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(&DatabaseUrl::shown(url)),
            Self::Snapshot(path) => write!(f, "{}", path.display()),
            Self::Migrations(folder) => write!(f, "the migrations in {}", folder.display()),
            Self::Revision { revision, path: None } => write!(f, "the snapshot at {revision}"),
            Self::Revision { revision, path: Some(path) } => write!(f, "{path} at {revision}"),
        }
    }
}
