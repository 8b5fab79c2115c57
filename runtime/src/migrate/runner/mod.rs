//! Applies migrations.
//!
//! | engine | lock | a migration that fails or is cut off leaves |
//! |---|---|---|
//! | PostgreSQL | an advisory lock of the session | nothing, for DDL is part of the transaction |
//! | SQLite | `BEGIN IMMEDIATE`, for each migration | nothing |
//! | MySQL | `GET_LOCK` of the session | what was done so far, and a row that says `dirty` |
//!
//! A file whose first line is `-- tablature: no transaction` is like one of MySQL's on every engine.

mod connection;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use self::connection::{Connection, ScriptError, dialect_of};
use super::error::{Left, MigrateError};
use super::files::{Migration, Migrations, Statement};
use super::plan::{Applied, State, pending, states};
use crate::database::Database;
use crate::table::Dialect;

/// How long to wait for another process that migrates the same database.
const WAIT: Duration = Duration::from_secs(600);

/// What to do about a database's migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Apply what was not applied. Where another process does so, wait for it.
    Migrate,
    /// Say how it is with each of them; write nothing.
    Status,
    /// Say what [`Mode::Migrate`] would run, or fail as it would; write nothing.
    DryRun,
    /// Say about a migration what only a person can know.
    Repair {
        /// Its number.
        version: u32,
        /// What is so.
        repair: Repair,
    },
}

/// What a person says about a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// It was begun, and what it had done is undone: it will be applied anew.
    Undone,
    /// It was begun, and was completed by hand: it counts as applied.
    Completed,
    /// Its file was changed or renamed after it was applied, in a way that means nothing to the database.
    Accepted,
}

/// What is known about a database's migrations after a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The engine.
    pub dialect: Dialect,
    /// Every migration that there is or was, in the order of their versions.
    pub entries: Vec<Entry>,
    /// The versions that this run applied.
    pub applied: Vec<u32>,
}

/// A migration, as it is in a database.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number.
    pub version: u32,
    /// Its name, from the file where there is one.
    pub name: String,
    /// Its file, where there is one.
    pub file: Option<String>,
    /// How it is with it.
    pub state: State,
    /// When it was applied, or begun.
    pub applied_at: Option<DateTime<Utc>>,
    /// How long it took.
    pub took: Option<Duration>,
    /// What is to be run, where it is pending.
    pub sql: Vec<String>,
}

/// Does something about the migrations of the database at `url`, over a connection of its own.
///
/// Before anything is done, every file is read, and translated where it is portable.
///
/// # Errors
/// Where the files are not good migrations, the database is not reached, the history and the files do not agree, another
/// process takes longer than ten minutes, or a migration fails. What then is in the database, the error says.
///
/// # Examples
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use tablature_runtime::migrate::{Migrations, Mode, run};
///
/// let migrations = Migrations::from_folder("migrations")?;
/// let report = run("sqlite:shop.db?mode=rwc", &migrations, Mode::Migrate).await?;
/// for entry in report.entries {
///     println!("{} {}: {:?}", entry.version, entry.name, entry.state);
/// }
/// # Ok(())
/// # }
/// ```
pub async fn run(url: &str, migrations: &Migrations, mode: Mode) -> Result<Report, MigrateError> {
    let dialect = dialect_of(url)?;
    let files = migrations.for_dialect(dialect)?;
    let mut connection = Connection::open(url, dialect, WAIT).await?;
    let result = run_on(&mut connection, &files, mode).await;
    connection.close().await;
    result
}

impl Database {
    /// Does something about the migrations of this database, over one connection: [`Mode::Migrate`] applies what was not
    /// applied. Safe under several processes at once: the others wait.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn migrate(&self, migrations: &Migrations, mode: Mode) -> Result<Report, MigrateError> {
        #[cfg(feature = "sqlite")]
        if let Some(pool) = self.sqlite_pool() {
            // A file may not have been there before the pool created it, and a database in memory is the pool's alone.
            let files = migrations.for_dialect(Dialect::Sqlite)?;
            let connection = pool.acquire().await.map_err(|error| MigrateError::Connect(error.to_string()))?;
            // In a task, so that it comes to its end though nobody may wait for it any more: the pool must not get back a
            // connection whose transaction is open, and one to a database in memory cannot be closed instead.
            let run = tokio::spawn(async move {
                let mut connection = Connection::pooled(connection).await?;
                let result = run_on(&mut connection, &files, mode).await;
                connection.close().await;
                result
            });
            return match run.await {
                Ok(result) => result,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(error) => Err(MigrateError::Connect(error.to_string())),
            };
        }
        run(self.shared().url.secret(), migrations, mode).await
    }
}

async fn run_on(connection: &mut Connection, files: &[Migration], mode: Mode) -> Result<Report, MigrateError> {
    let mut applied = Vec::new();
    match mode {
        Mode::Status => {}
        Mode::DryRun => drop(pending(files, &connection.applied().await?)?),
        Mode::Migrate => {
            // Where there is nothing to do, no lock is needed to see it, and no right to write. Whatever else is seen without
            // the lock may be another process's work half done, so that it is looked at again with it.
            let history = connection.applied().await?;
            if !pending(files, &history).is_ok_and(|pending| pending.is_empty()) {
                connection.lock(WAIT).await?;
                applied = migrate(connection, files).await?;
            }
        }
        Mode::Repair { version, repair } => {
            connection.lock(WAIT).await?;
            amend(connection, files, version, repair).await?;
        }
    }
    let history = connection.applied().await?;
    Ok(Report { dialect: connection.dialect(), entries: entries(files, &history), applied })
}

fn entries(files: &[Migration], history: &[Applied]) -> Vec<Entry> {
    let entry = |(state, file, row): (State, Option<&Migration>, Option<&Applied>)| Entry {
        version: file.map(|file| file.version).or(row.map(|row| row.version)).unwrap_or_default(),
        name: file.map(|file| &file.name).or(row.map(|row| &row.name)).cloned().unwrap_or_default(),
        file: file.map(|file| file.file.clone()),
        state,
        applied_at: row.map(|row| row.at),
        took: row.map(|row| row.took),
        sql: match (state, file) {
            (State::Pending, Some(file)) => file.statements.iter().map(|statement| statement.sql.clone()).collect(),
            _ => Vec::new(),
        },
    };
    states(files, history).into_iter().map(entry).collect()
}

/// Applies what is pending. The lock is held; on SQLite each migration takes its own, so the history is read each time.
async fn migrate(connection: &mut Connection, files: &[Migration]) -> Result<Vec<u32>, MigrateError> {
    let mut versions = Vec::new();
    loop {
        connection.begin(WAIT).await?;
        let next = match next(connection, files).await {
            Ok(next) => next,
            Err(error) => {
                connection.roll_back().await;
                return Err(error);
            }
        };
        let Some(migration) = next else {
            connection.commit().await?;
            return Ok(versions);
        };
        if migration.transaction && connection.dialect() != Dialect::Mysql {
            let result = apply_whole(connection, migration).await;
            if result.is_err() {
                connection.roll_back().await;
            }
            if let Err(MigrateError::EndsTransaction { .. }) = &result {
                let row = row(migration, Duration::ZERO, true);
                connection.reset(migration.portable).await?;
                connection.note(&row).await?;
            }
            result?;
        } else {
            apply_in_parts(connection, migration).await?;
        }
        versions.push(migration.version);
    }
}

async fn next<'a>(connection: &mut Connection, files: &'a [Migration]) -> Result<Option<&'a Migration>, MigrateError> {
    connection.create_history().await?;
    let history = connection.applied().await?;
    Ok(pending(files, &history)?.first().copied())
}

/// Applies a migration within the transaction that was begun, and ends it.
async fn apply_whole(connection: &mut Connection, migration: &Migration) -> Result<(), MigrateError> {
    let start = Instant::now();
    connection.reset(migration.portable).await?;
    connection.execute("SAVEPOINT tablature_migration").await?;
    for statement in &migration.statements {
        let ran = connection.script(&statement.sql).await;
        ran.map_err(|error| failed(migration, statement, error, Left::Nothing))?;
    }
    // The savepoint is gone where the script ended the transaction.
    if connection.execute("RELEASE SAVEPOINT tablature_migration").await.is_err() {
        return Err(MigrateError::EndsTransaction { file: migration.file.clone() });
    }
    connection.reset(false).await?;
    connection.note(&row(migration, start.elapsed(), false)).await?;
    connection.commit().await
}

/// Applies a migration that nothing can undo: it is noted before, and noted as done after.
async fn apply_in_parts(connection: &mut Connection, migration: &Migration) -> Result<(), MigrateError> {
    let start = Instant::now();
    connection.note(&row(migration, Duration::ZERO, true)).await?;
    connection.commit().await?;
    connection.reset(migration.portable).await?;
    let mut done = 0;
    for statement in &migration.statements {
        if let Err(error) = connection.script(&statement.sql).await {
            done += error.done;
            // A transaction that the script began is not for the history's rows.
            connection.roll_back().await;
            // One statement of MySQL is done or not, and where none is, the migration was as good as never begun.
            let is_clean = done == 0 && migration.transaction;
            if is_clean {
                // Where even this fails, the row stays, and says no more than is true.
                let _ = connection.forget(migration.version).await;
            }
            return Err(failed(migration, statement, error, if is_clean { Left::Nothing } else { Left::APart }));
        }
        done += 1;
    }
    // Where the script left a transaction open, its rows are meant to stay.
    let _ = connection.script("COMMIT").await;
    connection.reset(false).await?;
    connection.renote(&row(migration, start.elapsed(), false)).await
}

fn row(migration: &Migration, took: Duration, dirty: bool) -> Applied {
    Applied {
        version: migration.version,
        name: migration.name.clone(),
        checksum: migration.checksum.clone(),
        at: DateTime::UNIX_EPOCH,
        took,
        dirty,
    }
}

fn failed(migration: &Migration, statement: &Statement, error: ScriptError, left: Left) -> MigrateError {
    let is_alone = migration.portable || migration.statements.len() > 1;
    let line = match error.offset.and_then(|offset| statement.sql.get(..offset)) {
        // Within a translated statement, the lines are not those of the file.
        Some(before) if !migration.portable => Some(statement.line + before.matches('\n').count() as u64),
        _ => is_alone.then_some(statement.line),
    };
    MigrateError::Failed {
        file: migration.file.clone(),
        line,
        statement: line.is_none().then_some(error.done + 1),
        message: error.message,
        left,
    }
}

async fn amend(
    connection: &mut Connection,
    files: &[Migration],
    version: u32,
    repair: Repair,
) -> Result<(), MigrateError> {
    let history = connection.applied().await?;
    let refuse = |reason| Err(MigrateError::NothingToRepair { version, reason });
    let Some(noted) = history.iter().find(|row| row.version == version) else {
        return refuse("it was neither applied nor begun");
    };
    let file = files.iter().find(|file| file.version == version);
    match repair {
        Repair::Undone | Repair::Completed if !noted.dirty => refuse("it was applied, and came to its end"),
        Repair::Undone => connection.forget(version).await,
        Repair::Completed => {
            let name = file.map_or(&noted.name, |file| &file.name).clone();
            let checksum = file.map_or(&noted.checksum, |file| &file.checksum).clone();
            connection.renote(&Applied { name, checksum, dirty: false, ..noted.clone() }).await
        }
        Repair::Accepted => match file {
            _ if noted.dirty => refuse("it was begun and did not end: say whether it was undone or completed"),
            None => refuse("its file is not there: put it back"),
            Some(file) if file.checksum == noted.checksum && file.name == noted.name => {
                refuse("its file has not changed")
            }
            Some(file) => {
                let (name, checksum) = (file.name.clone(), file.checksum.clone());
                connection.renote(&Applied { name, checksum, ..noted.clone() }).await
            }
        },
    }
}
