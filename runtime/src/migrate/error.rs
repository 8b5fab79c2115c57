//! Why migrations could not be read, planned or applied.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::portable::PortableError;
use crate::table::Dialect;

/// Why migrations could not be read, planned or applied. Every one names the file or folder, and the way out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The folder cannot be listed.
    #[error("cannot list the migrations in {}: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is a folder of SQL files beside those of the engines.
    #[error("{} holds SQL files and is no engine's folder: call it postgres, mysql or sqlite, or move it elsewhere", .path.display())]
    UnknownFolder {
        /// The folder.
        path: PathBuf,
    },
    /// There is no migration for an engine.
    #[error("there is no migration for {engine} in {folder}: write V001__name.sql, or {}/V001__name.sql", folder_of(*.engine))]
    Empty {
        /// Where migrations were looked for.
        folder: String,
        /// The engine.
        engine: Engine,
    },
    /// An SQL file is not named as migrations are.
    #[error(
        "{file} is not named like a migration: V, a number from 1 on, two underscores, a name and .sql, as in V001__name.sql"
    )]
    Name {
        /// The file.
        file: String,
    },
    /// Two files have one number.
    #[error("{first} and {second} are both migration {version}: give one of them another number")]
    Duplicate {
        /// The number.
        version: u32,
        /// The file whose name comes first.
        first: String,
        /// The other one.
        second: String,
    },
    /// A migration is there for every engine and for one alone.
    #[error(
        "{portable} is for every engine and {own} for one: a migration is either portable or written for each engine, so move one of them to another number"
    )]
    Both {
        /// The portable file.
        portable: String,
        /// The engine's file.
        own: String,
    },
    /// A number is left out.
    #[error("migration {version} is missing before {before}: the numbers go up from 1 without a gap")]
    Gap {
        /// The first number that is left out.
        version: u32,
        /// The file that follows the gap.
        before: String,
    },
    /// A migration is there for other engines only.
    #[error(
        "there is {other}, and no migration {version} for {engine}: write {}/V{version:03}__….sql, which may hold nothing but \
         a comment that says why",
        folder_of(*.engine)
    )]
    MissingForEngine {
        /// The number.
        version: u32,
        /// The engine.
        engine: Engine,
        /// Another engine's file of that number.
        other: String,
    },
    /// A file cannot be read.
    #[error("cannot read the migration {file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The first line tells Tablature something that it does not know.
    #[error("{file}:1: `{line}` is unknown: the one line of this sort is `-- tablature: no transaction`")]
    Directive {
        /// The file.
        file: String,
        /// The line.
        line: String,
    },
    /// A portable file is not portable.
    #[error(transparent)]
    Portable(#[from] PortableError),
    /// A file was changed after it was applied.
    #[error(
        "{file} was changed after it was applied: put it back as it was and write what is new into a new migration; where \
         the change means nothing to the database, accept it by a repair"
    )]
    Changed {
        /// The file.
        file: String,
    },
    /// A file was renamed after it was applied.
    #[error(
        "migration {version} was applied as {applied_as:?}, and is now {file}: give it its old name back, or accept the new one by a repair"
    )]
    Renamed {
        /// The number.
        version: u32,
        /// The name that the database knows.
        applied_as: String,
        /// The file.
        file: String,
    },
    /// A migration was applied whose file is not there.
    #[error(
        "migration {version} ({name}) was applied to this database, and its file is missing: put it back; where a newer \
         version of the application made the database, deploy that one"
    )]
    Missing {
        /// The number.
        version: u32,
        /// The name that the database knows.
        name: String,
    },
    /// A file came to be below those that were applied.
    #[error("{file} is new, and migration {highest} was applied already: give it a number above {highest}")]
    OutOfOrder {
        /// The file.
        file: String,
        /// The highest number that was applied.
        highest: u32,
    },
    /// A migration was begun and not ended.
    #[error(
        "migration {version} ({name}) was begun and did not end, so that a part of it may be in the database: look, undo that \
         part or complete it by hand, and then say which by a repair (`Undone` or `Completed`)"
    )]
    Dirty {
        /// The number.
        version: u32,
        /// Its name.
        name: String,
    },
    /// There is nothing that a repair could be about.
    #[error("there is nothing to repair about migration {version}: {reason}")]
    NothingToRepair {
        /// The number.
        version: u32,
        /// Why.
        reason: &'static str,
    },
    /// The URL is of no engine that is compiled in, or leaves something out.
    #[error("the database's URL cannot be used: {0}")]
    Url(String),
    /// The database is not reached, or lets nobody in.
    #[error("cannot connect to the database: {0}")]
    Connect(String),
    /// Another process did not come to an end.
    #[error("another process has been migrating this database for {} s: see what it waits for, or wait longer", .0.as_secs())]
    Locked(Duration),
    /// The table of what was applied cannot be read or written.
    #[error("cannot keep the history of migrations (table {table}): {message}")]
    History {
        /// The table.
        table: &'static str,
        /// What the database says.
        message: String,
    },
    /// A statement failed.
    #[error(
        "{file}{}: {message}{}; {}",
        .line.map(|line| format!(":{line}")).unwrap_or_default(),
        .statement.map(|number| format!(", in statement {number} of the file")).unwrap_or_default(),
        consequence(*.left)
    )]
    Failed {
        /// The file.
        file: String,
        /// The line on which the statement starts or the mistake is, where it can be told.
        line: Option<u64>,
        /// Which statement of the file it was, from 1 on, where it can be told and the line cannot.
        statement: Option<usize>,
        /// What the database says, without the values of rows.
        message: String,
        /// What is in the database now.
        left: Left,
    },
    /// A file ends the transaction that is around it.
    #[error(
        "{file} ends the transaction that is around every migration, so that it can neither be undone nor be known to be \
         whole: take COMMIT and ROLLBACK out, or write `-- tablature: no transaction` into its first line; the migration is \
         now marked as begun, and a repair says what became of it"
    )]
    EndsTransaction {
        /// The file.
        file: String,
    },
}

/// An engine, as it is called in sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine(pub Dialect);

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Dialect::Postgres => "PostgreSQL",
            Dialect::Mysql => "MySQL",
            Dialect::Sqlite => "SQLite",
        })
    }
}

/// What a migration that failed left in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: it can be mended and applied again.
    Nothing,
    /// What its statements did up to the one that failed. It is marked as dirty.
    APart,
}

fn consequence(left: Left) -> &'static str {
    match left {
        Left::Nothing => "nothing of the migration is in the database, and it can be applied again once it is mended",
        Left::APart => {
            "what stands before it stays in the database: undo that or complete it by hand, and then say which by a repair"
        }
    }
}

fn folder_of(engine: Engine) -> &'static str {
    super::files::folder_name(engine.0)
}
