//! Migrations as the source of a schema: files are applied to a fresh SQLite file, or to a fresh database on a server that is
//! given for it ([`server`]), which is then reflected.
//!
//! The files are those that applications migrate by: [`Migrations`] reads them, and translates for SQLite what is portable.

mod server;

pub use server::ServerScratch;

use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, SqliteConnection};
use tablature_runtime::Dialect;
use tablature_runtime::migrate::{MigrateError, Migration, Migrations, Statement};
use tempfile::TempDir;
use thiserror::Error;

use crate::reflect::{DatabaseUrl, UrlError, sqlite_statements};

/// Why migrations could not be found or applied. Every one names the file or folder.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The files are not good migrations, or a portable one is not portable.
    #[error(transparent)]
    Files(#[from] MigrateError),
    /// A statement failed.
    #[error(
        "{file}{}: {message}{}",
        .line.map(|line| format!(":{line}")).unwrap_or_default(),
        .statement.as_ref().map(|statement| format!(", in the statement that starts with {statement:?}")).unwrap_or_default()
    )]
    Sql {
        /// The file.
        file: String,
        /// The line on which the statement starts, from 1 on, where it can be told.
        line: Option<u64>,
        /// How the statement starts, where it can be told.
        statement: Option<String>,
        /// What SQLite says.
        message: String,
    },
    /// A file begins a transaction and does not end it.
    #[error("{file} begins a transaction that it does not end: add COMMIT")]
    OpenTransaction {
        /// The file.
        file: String,
    },
    /// There is no place for a scratch database.
    #[error("cannot make a scratch database: {0}")]
    Scratch(String),
    /// The operating system would not give what an asynchronous runtime needs.
    #[error("cannot start an asynchronous runtime: {0}")]
    Runtime(std::io::Error),
}

/// A database that lives as long as this guard does.
#[derive(Debug)]
pub struct Scratch {
    url: DatabaseUrl,
    // Dropping it removes the folder with the file in it.
    _folder: TempDir,
}

impl Scratch {
    /// Where the database is. The URL leads nowhere once the guard is gone.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }
}

/// Applies the migrations in a folder, as SQLite is given them, to a fresh SQLite file.
///
/// # Errors
/// Where the folder holds no good migrations for SQLite, and where a statement fails.
///
/// # Examples
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let scratch = tablature::migrate::scratch_sqlite("migrations".as_ref()).await?;
/// let reflection = tablature::reflect::reflect(scratch.url(), &Default::default()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn scratch_sqlite(migrations: &Path) -> Result<Scratch, MigrationError> {
    let files = Migrations::from_folder(migrations)?.for_dialect(Dialect::Sqlite)?;
    let cannot_make = |error: &dyn std::fmt::Display| MigrationError::Scratch(error.to_string());
    let folder = tempfile::Builder::new().prefix("tablature-").tempdir().map_err(|error| cannot_make(&error))?;
    let path = folder.path().join("scratch.db");
    let url = url_of(&path).map_err(|error| cannot_make(&error))?;
    // Nobody needs the file after a crash.
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(|error| cannot_make(&error))?;
    let mut applied = Ok(());
    for migration in &files {
        applied = apply(&mut connection, migration).await;
        if applied.is_err() {
            break;
        }
    }
    // The file must be whole and closed before anyone reads it, and before its folder can go.
    let closed = connection.close().await;
    applied?;
    closed.map_err(|error| cannot_make(&error))?;
    Ok(Scratch { url, _folder: folder })
}

/// [`scratch_sqlite`] on a runtime of its own, for callers that have none.
///
/// # Errors
/// As [`scratch_sqlite`].
pub fn scratch_sqlite_blocking(migrations: &Path) -> Result<Scratch, MigrationError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(MigrationError::Runtime)?
        .block_on(scratch_sqlite(migrations))
}

async fn apply(connection: &mut SqliteConnection, migration: &Migration) -> Result<(), MigrationError> {
    for statement in &migration.statements {
        run(connection, migration, statement).await?;
    }
    // A transaction cannot begin within another.
    if sqlx::raw_sql("BEGIN").execute(&mut *connection).await.is_err() {
        return Err(MigrationError::OpenTransaction { file: migration.file.clone() });
    }
    let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
    Ok(())
}

/// Runs a statement, or a script of several.
async fn run(
    connection: &mut SqliteConnection,
    migration: &Migration,
    script: &Statement,
) -> Result<(), MigrationError> {
    let sql = script.sql.as_str();
    let mut done = 0;
    let outcome = {
        let mut results = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_many(&mut *connection);
        loop {
            match results.try_next().await {
                Ok(Some(Either::Left(_))) => done += 1,
                Ok(Some(Either::Right(_))) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        }
    };
    let Err(error) = outcome else { return Ok(()) };
    let message = match &error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    };
    let failed = sqlite_statements(sql).get(done).copied();
    // The lines of a translated statement are not those of the file.
    let line = match failed {
        Some(start) if !migration.portable => Some(script.line + sql[..start].matches('\n').count() as u64),
        _ => migration.portable.then_some(script.line),
    };
    let statement = failed.map(|start| beginning(&sql[start..]));
    Err(MigrationError::Sql { file: migration.file.clone(), line, statement, message })
}

/// The first words of a statement, on one line.
fn beginning(statement: &str) -> String {
    const LENGTH: usize = 60;
    let statement = statement.split_once(';').map_or(statement, |(first, _)| first);
    let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The URL of a file. The driver decodes percent signs and cuts at a question mark.
fn url_of(path: &Path) -> Result<DatabaseUrl, UrlOfError> {
    let path = path.to_str().ok_or_else(|| UrlOfError::Path(path.to_owned()))?;
    Ok(DatabaseUrl::parse(&format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3f")))?)
}

#[derive(Debug, Error)]
enum UrlOfError {
    #[error("{} is not UTF-8", .0.display())]
    Path(PathBuf),
    #[error(transparent)]
    Url(#[from] UrlError),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        folder
    }

    fn error(files: &[(&str, &str)]) -> String {
        let folder = folder(files);
        let error = scratch_sqlite_blocking(folder.path()).expect_err("bad migrations").to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    }

    #[test]
    fn files_apply_in_the_order_of_their_numbers() {
        let folder = folder(&[
            ("V2__second.sql", "ALTER TABLE book ADD COLUMN title TEXT;"),
            ("V010__tenth.sql", ""),
            ("V001__first.sql", "CREATE TABLE book (id INTEGER PRIMARY KEY);\nINSERT INTO book (id) VALUES (1);"),
            ("README.md", "not a migration"),
            (".V003__swap.sql", "not a migration"),
        ]);
        for version in 3..10 {
            fs::write(folder.path().join(format!("V{version:03}__more.sql")), "-- nothing")
                .expect("a file can be written");
        }
        let scratch = scratch_sqlite_blocking(folder.path()).expect("good migrations");
        let reflection = crate::reflect::reflect_blocking(scratch.url(), &Default::default()).expect("a database");
        assert_eq!(reflection.catalog.relations[0].columns.len(), 2);
    }

    #[test]
    fn the_database_goes_with_its_guard() {
        let folder = folder(&[(
            "sqlite/V001__first.sql",
            "PRAGMA journal_mode = WAL; CREATE TABLE book (id INTEGER PRIMARY KEY)",
        )]);
        let scratch = scratch_sqlite_blocking(folder.path()).expect("good migrations");
        let path = scratch._folder.path().to_owned();
        let names: Vec<_> = fs::read_dir(&path).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
        assert_eq!(names, ["scratch.db"]);
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn bad_folders_are_told_by_name() {
        assert!(error(&[]).starts_with("there is no migration for SQLite in "));
        assert!(error(&[("postgres/V001__a.sql", "")]).starts_with("there is no migration for SQLite in "));
        assert!(error(&[("V1_a.sql", "")]).starts_with("V1_a.sql is not named like a migration"));
        let missing = scratch_sqlite_blocking("no/such/folder".as_ref()).expect_err("no folder").to_string();
        assert!(missing.starts_with("cannot list the migrations in no/such/folder: "), "{missing}");
    }

    #[test]
    fn a_failing_statement_is_told_by_its_place() {
        assert_eq!(
            error(&[(
                "sqlite/V001__a.sql",
                "-- one; two\nCREATE TABLE t (a);\nCREATE TRIGGER g AFTER INSERT ON t BEGIN\n  SELECT 1; SELECT 2;\nEND;\n\
                 SELECT ';' FROM t;\n\n/* ; */ CREATE TABLE\n  t (b); SELECT 1;"
            )]),
            "sqlite/V001__a.sql:8: table t already exists, in the statement that starts with \"CREATE TABLE t (b)\""
        );
        assert_eq!(
            error(&[("V001__a.sql", "CREATE TABLE t (a int);"), ("sqlite/V002__b.sql", "\nCREATE TABL u (a)")]),
            "sqlite/V002__b.sql:2: near \"TABL\": syntax error, in the statement that starts with \"CREATE TABL u (a)\""
        );
        assert_eq!(
            error(&[("V001__a.sql", "CREATE TABLE t (a bigint);\nCREATE TABLE t (b bigint);")]),
            "V001__a.sql:2: table \"t\" already exists, in the statement that starts with \"CREATE TABLE \\\"t\\\" ( \\\"b\\\" BIGINT )\""
        );
        assert_eq!(error(&[("V001__a.sql", "CREATE TABLE t (a money);")]).split(": ").next(), Some("V001__a.sql:1:17"));
        let open = error(&[("sqlite/V001__a.sql", "SELECT 1;\nSELECT 'open")]);
        assert!(open.starts_with("sqlite/V001__a.sql: unrecognized token"), "{open}");
        let begun = error(&[("sqlite/V001__a.sql", "BEGIN; CREATE TABLE t (a)")]);
        assert!(begun.starts_with("sqlite/V001__a.sql begins a transaction"), "{begun}");
        assert!(error(&[("sqlite/V001__a.sql", "SELECT 1;\0")]).contains("zero byte"));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_no_panic() {
        let folder = folder(&[]);
        fs::write(folder.path().join("V001__a.sql"), b"SELECT '\xff'").expect("a file can be written");
        let error = scratch_sqlite_blocking(folder.path()).expect_err("a bad file").to_string();
        assert!(error.starts_with("cannot read the migration "), "{error}");
    }
}
