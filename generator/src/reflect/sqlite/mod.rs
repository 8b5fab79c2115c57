//! Reflects an SQLite file.
//!
//! What the pragmas tell is taken from them; the rest stands only in the texts of the CREATE statements, and is read
//! from there with a tokenizer of SQLite's grammar. The file is opened for reading alone and never created.

mod ddl;
mod lower;
mod queries;
mod tokens;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions, Connection, Executor, FromRow, SqlSafeStr, SqliteConnection, Statement,
    TypeInfo,
};

pub(crate) use self::tokens::statements;

use self::lower::{Answers, lower};
use self::queries::ColumnRow;
use super::prepare::{Answer, answer};
use super::{ConnectProblem, DatabaseUrl, Options, ReflectError, Reflection};
use crate::catalog::Engine;

/// The only schema of a file that is not attached to another.
const SCHEMA: &str = "main";

/// Reflects the file that `url` names.
pub(super) async fn reflect(url: &DatabaseUrl, options: &Options) -> Result<Reflection, ReflectError> {
    if !options.wants_schema(SCHEMA) {
        let asked: Vec<_> = options.schemas.iter().map(|glob| glob.glob().glob()).collect();
        return Err(ReflectError::NoSchema { url: url.to_string(), asked: asked.join(", "), found: SCHEMA.to_owned() });
    }
    let connect = connect_options(url)?;
    let path = connect.get_filename().to_owned();
    if let Some(before) = Resting::look(&path) {
        let reflection = Session::run(url, &connect.clone().immutable(true)).await;
        if Resting::look(&path) == Some(before) {
            return reflection;
        }
    }
    Session::run(url, &connect).await
}

/// Prepares statements and says what SQLite answers.
pub(super) async fn prepare(url: &DatabaseUrl, statements: &[String]) -> Result<Vec<Answer>, ReflectError> {
    let options = connect_options(url)?;
    let path = options.get_filename().to_owned();
    // A resting file that changes meanwhile is as good as one that changes afterwards.
    let options = if Resting::look(&path).is_some() { options.immutable(true) } else { options };
    let mut connection = options.connect().await.map_err(|error| cannot_open(url, &path, error))?;
    let mut answers = Vec::with_capacity(statements.len());
    for statement in statements {
        let prepared = (&mut connection).prepare(AssertSqlSafe(statement.as_str()).into_sql_str()).await;
        answers.push(answer(prepared).map_err(|error| ReflectError::query(url, "what it says to a statement", error))?);
    }
    let _ = connection.close().await;
    Ok(answers)
}

/// The version of the schema, which SQLite raises with every change of it.
#[cfg(feature = "cli")]
pub(super) async fn schema_version(url: &DatabaseUrl) -> Result<i64, ReflectError> {
    let options = connect_options(url)?;
    let path = options.get_filename().to_owned();
    let options = if Resting::look(&path).is_some() { options.immutable(true) } else { options };
    let mut connection = options.connect().await.map_err(|error| cannot_open(url, &path, error))?;
    let version = sqlx::query_scalar("PRAGMA schema_version").fetch_one(&mut connection).await;
    let _ = connection.close().await;
    version.map_err(|error| ReflectError::query(url, "the version of the schema", error))
}

/// How the file is opened: for reading alone, whatever the URL says.
pub(super) fn connect_options(url: &DatabaseUrl) -> Result<SqliteConnectOptions, ReflectError> {
    // The driver knows the scheme in lower case only.
    let rest = url.secret().split_once(':').map_or("", |(_, rest)| rest);
    let options: SqliteConnectOptions =
        format!("sqlite:{rest}").parse().map_err(|error| ReflectError::connect(url, error))?;
    if options.get_filename().as_os_str().is_empty() && !rest.contains("mode=memory") {
        let error = sqlx::Error::Configuration("it names no file".into());
        return Err(ReflectError::connect(url, error));
    }
    Ok(options.create_if_missing(false).read_only(true).pragma("query_only", "ON").disable_statement_logging())
}

/// A file in WAL mode that nobody has open: its log is absent.
///
/// Opening such a file as usual creates the log and its index beside it, which litters a folder that can be written and
/// fails in one that cannot. It is read as an immutable one instead, and looked at again afterwards: if it changed
/// meanwhile, it is read once more as usual.
#[derive(PartialEq, Eq)]
struct Resting {
    length: u64,
    modified: Option<SystemTime>,
}

impl Resting {
    fn look(path: &Path) -> Option<Self> {
        // The format versions in the header; 2 is WAL. Source: "Database File Format", section 1.3.
        const FORMAT_VERSIONS: std::ops::Range<usize> = 18..20;
        let mut header = [0; 20];
        File::open(path).ok()?.read_exact(&mut header).ok()?;
        // SQLite keeps the log beside the file that a link leads to.
        let path = fs::canonicalize(path).ok()?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        if header[FORMAT_VERSIONS] != [2, 2] || PathBuf::from(log).exists() {
            return None;
        }
        let metadata = fs::metadata(path).ok()?;
        Some(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }
}

/// A connection, and how many statements went over it.
struct Session<'a> {
    url: &'a DatabaseUrl,
    path: &'a Path,
    connection: SqliteConnection,
    statements: u32,
}

impl<'a> Session<'a> {
    /// Opens the file, reads everything in one transaction, and closes it.
    async fn run(url: &'a DatabaseUrl, options: &'a SqliteConnectOptions) -> Result<Reflection, ReflectError> {
        let path = options.get_filename();
        let connection = options.connect().await.map_err(|error| cannot_open(url, path, error))?;
        let mut session = Self { url, path, connection, statements: 0 };
        session.execute("BEGIN DEFERRED").await?;
        let answers = session.read().await;
        let ended = session.execute("ROLLBACK").await;
        let Self { connection, statements, .. } = session;
        // Nothing was written, so that nothing can be lost by a failure to close.
        let _ = connection.close().await;
        let (catalog, diagnostics) = lower(&answers?);
        ended?;
        Ok(Reflection { catalog, diagnostics, statements, fingerprint: None })
    }

    async fn read(&mut self) -> Result<Answers, ReflectError> {
        let objects = self.fetch("the schema", queries::OBJECTS).await?;
        let relations: Vec<queries::RelationRow> = self.fetch("the relations", queries::RELATIONS).await?;
        let mut columns: Vec<ColumnRow> = self.fetch("the columns", queries::TABLE_COLUMNS).await?;
        let derived =
            relations.iter().filter(|row| matches!(row.kind.as_str(), "view" | "virtual")).map(|row| row.name.as_str());
        let (mut derived_columns, broken) = self.derived_columns(derived).await;
        let views = relations.iter().filter(|row| row.kind == "view").map(|row| row.name.as_str()).collect();
        self.tell_typeless_from_blob(&mut derived_columns, &views).await;
        columns.extend(derived_columns);
        let index_parts = self.fetch("the indexes", queries::INDEX_PARTS).await?;
        let foreign_keys = self.fetch("the foreign keys", queries::FOREIGN_KEY_COLUMNS).await?;
        Ok(Answers { objects, relations, columns, index_parts, foreign_keys, broken })
    }

    /// The columns of views and virtual tables, and why those have none that have none. All are asked for at once;
    /// only if one of them is broken are they asked one by one.
    async fn derived_columns<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
    ) -> (Vec<ColumnRow>, BTreeMap<String, String>) {
        if let Ok(columns) = self.fetch("the columns of views", queries::DERIVED_COLUMNS).await {
            return (columns, BTreeMap::new());
        }
        let mut columns = Vec::new();
        let mut broken = BTreeMap::new();
        for name in names.collect::<BTreeSet<_>>() {
            self.statements += 1;
            let query = sqlx::query_as(queries::COLUMNS_OF).bind(name);
            match query.fetch_all(&mut self.connection).await {
                Ok(rows) => columns.extend::<Vec<ColumnRow>>(rows),
                Err(sqlx::Error::Database(error)) => {
                    broken.insert(name.to_owned(), error.message().to_owned());
                }
                Err(error) => {
                    broken.insert(name.to_owned(), error.to_string());
                }
            }
        }
        (columns, broken)
    }

    /// Takes the type from columns of views that show a column without one: the pragma calls them BLOB, for that is the
    /// affinity of no type. The statement's metadata knows better, so that all of them are put in one statement, which is
    /// prepared and never run. Those that are in doubt have no type either, for then they can be read whatever they hold.
    async fn tell_typeless_from_blob(&mut self, columns: &mut [ColumnRow], views: &BTreeSet<&str>) {
        /// Below what SQLite lets into one statement.
        const CHUNK: usize = 500;
        let mut doubtful: Vec<_> =
            columns.iter_mut().filter(|row| row.ty == "BLOB" && views.contains(row.relation.as_str())).collect();
        for chunk in doubtful.chunks_mut(CHUNK) {
            let selects = chunk.iter().map(|row| {
                let (column, view) = (Engine::Sqlite.quoted(&row.name), Engine::Sqlite.quoted(&row.relation));
                format!("(SELECT v.{column} FROM main.{view} AS v)")
            });
            let sql = format!("SELECT {}", selects.collect::<Vec<_>>().join(", "));
            self.statements += 1;
            let prepared = (&mut self.connection).prepare(AssertSqlSafe(sql).into_sql_str()).await;
            let types = prepared.as_ref().map(|statement| statement.columns()).unwrap_or_default();
            for (at, row) in chunk.iter_mut().enumerate() {
                if types.get(at).is_none_or(|column| column.type_info().name() != "BLOB") {
                    row.ty.clear();
                }
            }
        }
    }

    async fn fetch<T>(&mut self, what: &'static str, sql: &'static str) -> Result<Vec<T>, ReflectError>
    where
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        self.statements += 1;
        sqlx::query_as(sql).fetch_all(&mut self.connection).await.map_err(|error| self.cannot_read(what, error))
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), ReflectError> {
        self.statements += 1;
        match sqlx::query(sql).execute(&mut self.connection).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.cannot_read("the schema", error)),
        }
    }

    /// SQLite looks into a file only when it is first read: what is wrong with the file itself comes to light here.
    fn cannot_read(&self, what: &'static str, error: sqlx::Error) -> ReflectError {
        match primary_code(&error) {
            Some(READONLY | IOERR | CANTOPEN | NOTADB) => cannot_open(self.url, self.path, error),
            _ => ReflectError::query(self.url, what, error),
        }
    }
}

const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

/// SQLite's result code without what extends it.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// A file that cannot be opened is missing, or something is in the way.
fn cannot_open(url: &DatabaseUrl, path: &Path, error: sqlx::Error) -> ReflectError {
    let problem = match primary_code(&error) {
        Some(CANTOPEN) if !path.exists() => ConnectProblem::NoDatabase,
        Some(READONLY | CANTOPEN) => ConnectProblem::Unreadable,
        Some(IOERR) if path.is_dir() => ConnectProblem::Unreadable,
        Some(NOTADB) => ConnectProblem::NotADatabase,
        _ => return ReflectError::connect(url, error),
    };
    ReflectError::Connect { url: url.to_string(), problem, source: Box::new(error) }
}
