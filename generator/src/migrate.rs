//! Migrations as the source of a schema: files are applied to a fresh SQLite file, which is then reflected.
//!
//! A folder of migrations holds `V001__create_books.sql`, `V002__…`, numbered from 1 without a gap. Where one application
//! speaks to several engines, `migrations/sqlite`, `migrations/postgres` and `migrations/mysql` hold the same steps in
//! each dialect; [`engine_folder`] chooses.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, SqliteConnection};
use tempfile::TempDir;
use thiserror::Error;

use crate::catalog::Engine;
use crate::reflect::{DatabaseUrl, UrlError, sqlite_statements};

/// A migration: one file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The number behind the `V`, from 1 on.
    pub version: u32,
    /// What stands between the two underscores and `.sql`.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
}

/// Why migrations could not be found or applied. Every one names the file or folder.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The folder cannot be listed.
    #[error("cannot list the migrations in {}: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder has no migration in it.
    #[error("there is no migration in {}: write V001__name.sql", .path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// An SQL file is not named as migrations are.
    #[error("{} is not named like a migration: V, a number from 1 on, two underscores, a name and .sql, as in V001__name.sql", .path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// Two files have one number.
    #[error("{} and {} are both migration {version}: give one of them another number", .first.display(), .second.display())]
    Duplicate {
        /// The number.
        version: u32,
        /// The file whose name comes first.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
    /// A number is left out.
    #[error("migration {version} is missing before {}: the numbers go up from 1 without a gap", .before.display())]
    Missing {
        /// The first number that is left out.
        version: u32,
        /// The file that follows the gap.
        before: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read the migration {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A statement failed.
    #[error(
        "{}{}: {message}{}",
        .path.display(),
        .line.map(|line| format!(":{line}")).unwrap_or_default(),
        .statement.as_ref().map(|statement| format!(", in the statement that starts with {statement:?}")).unwrap_or_default()
    )]
    Sql {
        /// The file.
        path: PathBuf,
        /// The line on which the statement starts, from 1 on, where it can be told.
        line: Option<usize>,
        /// How the statement starts, where it can be told.
        statement: Option<String>,
        /// What SQLite says.
        message: String,
    },
    /// A file begins a transaction and does not end it.
    #[error("{} begins a transaction that it does not end: add COMMIT", .path.display())]
    OpenTransaction {
        /// The file.
        path: PathBuf,
    },
    /// There is no place for a scratch database.
    #[error("cannot make a scratch database: {0}")]
    Scratch(String),
    /// The operating system would not give what an asynchronous runtime needs.
    #[error("cannot start an asynchronous runtime: {0}")]
    Runtime(io::Error),
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

/// The folder with one engine's migrations: the sub-folder of that name if there is one, else the folder itself.
///
/// MariaDB's migrations are MySQL's unless it has a sub-folder of its own.
pub fn engine_folder(folder: &Path, engine_name: &str) -> PathBuf {
    let fallback = (engine_name == Engine::Mariadb.name()).then_some(Engine::Mysql.name());
    std::iter::once(engine_name)
        .chain(fallback)
        .map(|name| folder.join(name))
        .find(|path| path.is_dir())
        .unwrap_or_else(|| folder.to_owned())
}

/// The migrations in a folder, in the order in which they apply.
///
/// Only files that end in `.sql` count, so that a README can stand beside them. Files whose names start with a dot and
/// sub-folders are passed over.
///
/// # Errors
/// Where the folder cannot be listed or holds no migration, where an SQL file is not named as migrations are, and where
/// the numbers are not 1, 2, 3, … each of them once.
pub fn migration_files(folder: &Path) -> Result<Vec<Migration>, MigrationError> {
    let cannot_list = |source| MigrationError::Folder { path: folder.to_owned(), source };
    let mut migrations = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_list)? {
        let path = entry.map_err(cannot_list)?.path();
        let is_sql = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"));
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_sql && !is_hidden && !path.is_dir() {
            migrations.push(Migration::of(path)?);
        }
    }
    migrations.sort_by(|a, b| (a.version, &a.path).cmp(&(b.version, &b.path)));
    if migrations.is_empty() {
        return Err(MigrationError::Empty { path: folder.to_owned() });
    }
    if let Some([first, second]) = migrations.array_windows().find(|[a, b]| a.version == b.version) {
        return Err(MigrationError::Duplicate {
            version: first.version,
            first: first.path.clone(),
            second: second.path.clone(),
        });
    }
    match (1..).zip(&migrations).find(|(expected, migration)| *expected != migration.version) {
        Some((version, migration)) => Err(MigrationError::Missing { version, before: migration.path.clone() }),
        None => Ok(migrations),
    }
}

impl Migration {
    fn of(path: PathBuf) -> Result<Self, MigrationError> {
        let parsed = path.file_name().and_then(|name| name.to_str()).and_then(|file| {
            let (version, name) = file.strip_suffix(".sql")?.strip_prefix('V')?.split_once("__")?;
            // A number's parser would let a sign in.
            let is_number = version.bytes().all(|b| b.is_ascii_digit());
            let version = version.parse().ok().filter(|&version| is_number && version > 0)?;
            (!name.is_empty()).then(|| (version, name.to_owned()))
        });
        match parsed {
            Some((version, name)) => Ok(Self { version, name, path }),
            None => Err(MigrationError::Name { path }),
        }
    }
}

/// Applies the migrations in a folder, or in its sub-folder `sqlite`, to a fresh SQLite file.
///
/// # Errors
/// As [`migration_files`], and where a file cannot be read or a statement in it fails.
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
    let files = migration_files(&engine_folder(migrations, Engine::Sqlite.name()))?;
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
    let path = &migration.path;
    let unreadable = |source| MigrationError::Unreadable { path: path.clone(), source };
    let sql = fs::read_to_string(path).map_err(unreadable)?;
    if sql.contains('\0') {
        // SQLite would stop there without a word.
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidData, "it holds a zero byte")));
    }
    let mut done = 0;
    let outcome = {
        let mut results = sqlx::raw_sql(AssertSqlSafe(sql.as_str())).fetch_many(&mut *connection);
        loop {
            match results.try_next().await {
                Ok(Some(Either::Left(_))) => done += 1,
                Ok(Some(Either::Right(_))) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        }
    };
    if let Err(error) = outcome {
        let message = match &error {
            sqlx::Error::Database(error) => error.message().to_owned(),
            error => error.to_string(),
        };
        let failed = sqlite_statements(&sql).get(done).copied();
        return Err(MigrationError::Sql {
            path: path.clone(),
            line: failed.map(|start| 1 + sql[..start].matches('\n').count()),
            statement: failed.map(|start| beginning(&sql[start..])),
            message,
        });
    }
    // A transaction cannot begin within another.
    if sqlx::raw_sql("BEGIN").execute(&mut *connection).await.is_err() {
        return Err(MigrationError::OpenTransaction { path: path.clone() });
    }
    let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
    Ok(())
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
            ("V001__first.sql", "CREATE TABLE book (id INTEGER PRIMARY KEY);\nINSERT INTO book VALUES (1);"),
            ("README.md", "not a migration"),
            (".V003__swap.sql", "not a migration"),
        ]);
        for version in 3..10 {
            fs::write(folder.path().join(format!("V{version:03}__more.sql")), "-- nothing")
                .expect("a file can be written");
        }
        let versions: Vec<_> =
            migration_files(folder.path()).expect("good migrations").into_iter().map(|m| m.version).collect();
        assert_eq!(versions, (1..=10).collect::<Vec<_>>());
        let scratch = scratch_sqlite_blocking(folder.path()).expect("good migrations");
        let reflection = crate::reflect::reflect_blocking(scratch.url(), &Default::default()).expect("a database");
        assert_eq!(reflection.catalog.relations[0].columns.len(), 2);
    }

    #[test]
    fn the_database_goes_with_its_guard() {
        let folder =
            folder(&[("V001__first.sql", "PRAGMA journal_mode = WAL; CREATE TABLE book (id INTEGER PRIMARY KEY)")]);
        let scratch = scratch_sqlite_blocking(folder.path()).expect("good migrations");
        let path = scratch._folder.path().to_owned();
        let names: Vec<_> = fs::read_dir(&path).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
        assert_eq!(names, ["scratch.db"]);
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn an_engine_has_a_folder_of_its_own_or_shares_one() {
        let shared = folder(&[("V001__a.sql", "")]);
        assert_eq!(engine_folder(shared.path(), "sqlite"), shared.path());
        let split = folder(&[("sqlite/V001__a.sql", "CREATE TABLE t (a)"), ("mysql/V001__a.sql", "nonsense")]);
        assert_eq!(engine_folder(split.path(), "sqlite"), split.path().join("sqlite"));
        assert_eq!(engine_folder(split.path(), "mariadb"), split.path().join("mysql"));
        assert_eq!(engine_folder(split.path(), "postgres"), split.path());
        scratch_sqlite_blocking(split.path()).expect("good migrations");
    }

    #[test]
    fn bad_folders_are_told_by_name() {
        assert!(error(&[]).starts_with("there is no migration in "));
        assert!(error(&[("postgres/V001__a.sql", "")]).starts_with("there is no migration in "));
        for name in [
            "a.sql",
            "V__a.sql",
            "V1_a.sql",
            "V1__.sql",
            "V+1__a.sql",
            "v1__a.sql",
            "V0__a.sql",
            "V1__a.SQL",
            "V99999999999__a.sql",
        ] {
            assert!(error(&[(name, "")]).starts_with(&format!("{name} is not named like a migration")), "{name}");
        }
        assert_eq!(
            error(&[("V1__a.sql", ""), ("V001__b.sql", "")]),
            "V001__b.sql and V1__a.sql are both migration 1: give one of them another number"
        );
        assert!(
            error(&[("V001__a.sql", ""), ("V003__c.sql", "")]).starts_with("migration 2 is missing before V003__c.sql")
        );
        assert!(error(&[("V002__b.sql", "")]).starts_with("migration 1 is missing before V002__b.sql"));
        let missing = scratch_sqlite_blocking("no/such/folder".as_ref()).expect_err("no folder").to_string();
        assert!(missing.starts_with("cannot list the migrations in no/such/folder: "), "{missing}");
    }

    #[test]
    fn a_failing_statement_is_told_by_its_place() {
        assert_eq!(
            error(&[(
                "V001__a.sql",
                "-- one; two\nCREATE TABLE t (a);\nCREATE TRIGGER g AFTER INSERT ON t BEGIN\n  SELECT 1; SELECT 2;\nEND;\n\
                 SELECT ';' FROM t;\n\n/* ; */ CREATE TABLE\n  t (b); SELECT 1;"
            )]),
            "V001__a.sql:8: table t already exists, in the statement that starts with \"CREATE TABLE t (b)\""
        );
        assert_eq!(
            error(&[("V001__a.sql", "CREATE TABLE t (a);"), ("V002__b.sql", "\nCREATE TABL u (a)")]),
            "V002__b.sql:2: near \"TABL\": syntax error, in the statement that starts with \"CREATE TABL u (a)\""
        );
        let open = error(&[("V001__a.sql", "SELECT 1;\nSELECT 'open")]);
        assert!(open.starts_with("V001__a.sql: unrecognized token"), "{open}");
        assert!(error(&[("V001__a.sql", "BEGIN; CREATE TABLE t (a)")]).starts_with("V001__a.sql begins a transaction"));
        assert!(error(&[("V001__a.sql", "SELECT 1;\0")]).contains("zero byte"));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_no_panic() {
        let folder = folder(&[]);
        fs::write(folder.path().join("V001__a.sql"), b"SELECT '\xff'").expect("a file can be written");
        let error = scratch_sqlite_blocking(folder.path()).expect_err("a bad file").to_string();
        assert!(error.starts_with("cannot read the migration "), "{error}");
    }
}
