//! The files of migrations: their names, what is in them, and which of them an engine gets.
//!
//! `V001__create_books.sql` at the top of the folder is portable and translated for each engine. A version that cannot be
//! portable stands in `postgres/`, `mysql/` and `sqlite/` instead, once for each engine that the application runs on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::{Engine, MigrateError};
use super::portable;
use crate::table::Dialect;

/// Every engine, in the order in which folders are looked through.
const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite];

/// The first line of a file that is not to be put into a transaction.
const NO_TRANSACTION: &str = "-- tablature: no transaction";

/// The name of an engine's folder.
pub(super) fn folder_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "postgres",
        Dialect::Mysql => "mysql",
        Dialect::Sqlite => "sqlite",
    }
}

/// A set of migrations, for one engine or for several.
#[derive(Clone, Debug)]
pub struct Migrations {
    /// In the order of their versions.
    files: Vec<File>,
    /// Where they come from, for errors.
    origin: String,
}

#[derive(Clone, Debug)]
struct File {
    /// Nothing for portable files.
    dialect: Option<Dialect>,
    version: u32,
    name: String,
    /// For errors: the path.
    file: String,
    /// Without a byte order mark, and with `\n` at the ends of lines.
    text: String,
}

/// A migration as one engine is given it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The number behind the `V`, from 1 on.
    pub version: u32,
    /// What stands between the two underscores and `.sql`.
    pub name: String,
    /// The path of the file.
    pub file: String,
    /// The SHA-256 of the file's text, in hexadecimal digits. Ends of lines and a byte order mark do not count.
    pub checksum: String,
    /// Whether a transaction is to be around it, where the engine can.
    pub transaction: bool,
    /// Whether the file was translated. Then each statement stands alone; elsewhere there is one text with all of them.
    pub portable: bool,
    /// What to run.
    pub statements: Vec<Statement>,
}

/// SQL to run, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The line of the file on which it starts, from 1 on.
    pub line: u64,
    /// The statement, or the script.
    pub sql: String,
}

impl Migrations {
    /// Reads the migrations in a folder and in its sub-folders `postgres`, `mysql` and `sqlite`.
    ///
    /// Only files that end in `.sql` count, so that a README can stand beside them. Files whose names start with a dot
    /// are passed over.
    ///
    /// # Errors
    /// Where the folder or a file cannot be read, where an SQL file is not named as migrations are, where a version is
    /// there twice, or for every engine and for one, and where versions are missing for an engine that has a sub-folder.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, MigrateError> {
        let folder = folder.as_ref();
        let mut files = Vec::new();
        let mut engines = Vec::new();
        for path in entries(folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if !path.is_dir() {
                files.extend(read(&path, None)?);
            } else if let Some(dialect) = DIALECTS.into_iter().find(|&dialect| folder_name(dialect) == name) {
                engines.push(dialect);
                for path in entries(&path)?.into_iter().filter(|path| !path.is_dir()) {
                    files.extend(read(&path, Some(dialect))?);
                }
            } else if entries(&path)?.iter().any(|path| is_sql(path)) {
                return Err(MigrateError::UnknownFolder { path });
            }
        }
        let migrations = Self::of(files, folder.display().to_string())?;
        engines.iter().try_for_each(|&dialect| migrations.chosen(dialect).map(drop))?;
        Ok(migrations)
    }

    /// Migrations that are compiled into the application: names such as `V001__books.sql` and
    /// `postgres/V002__search.sql`, each with the text of the file. The macro [`migrations!`](crate::migrations) writes
    /// the list.
    ///
    /// # Errors
    /// As [`Migrations::from_folder`], as far as files are concerned.
    pub fn embedded(files: &[(&'static str, &'static str)]) -> Result<Self, MigrateError> {
        let read = |&(path, text): &(&str, &str)| {
            let (dialect, name) = match path.rsplit_once('/') {
                None => (None, path),
                Some((folder, name)) => {
                    let dialect = DIALECTS.into_iter().find(|&dialect| folder_name(dialect) == folder);
                    let dialect = dialect.ok_or_else(|| MigrateError::UnknownFolder { path: folder.into() })?;
                    (Some(dialect), name)
                }
            };
            let (version, name) = parsed(name).ok_or_else(|| MigrateError::Name { file: path.to_owned() })?;
            Ok(File { dialect, version, name, file: path.to_owned(), text: normalized(text) })
        };
        let files = files.iter().map(read).collect::<Result<_, MigrateError>>()?;
        Self::of(files, "the embedded migrations".to_owned())
    }

    fn of(mut files: Vec<File>, origin: String) -> Result<Self, MigrateError> {
        files.sort_by(|a, b| (a.version, place(a), &a.file).cmp(&(b.version, place(b), &b.file)));
        for [first, second] in files.array_windows().filter(|[a, b]| a.version == b.version) {
            if first.dialect == second.dialect {
                return Err(MigrateError::Duplicate {
                    version: first.version,
                    first: first.file.clone(),
                    second: second.file.clone(),
                });
            }
            if first.dialect.is_none() {
                return Err(MigrateError::Both { portable: first.file.clone(), own: second.file.clone() });
            }
        }
        Ok(Self { files, origin })
    }

    /// The migrations as an engine is given them, in the order in which they apply. Portable ones are translated.
    ///
    /// # Errors
    /// Where there is none, where versions are left out, where one is there for other engines only, and where a portable
    /// file is not portable.
    pub fn for_dialect(&self, dialect: Dialect) -> Result<Vec<Migration>, MigrateError> {
        self.chosen(dialect)?.into_iter().map(|file| file.for_dialect(dialect)).collect()
    }

    /// The files that an engine gets, in their order: 1, 2, 3, … each of them once.
    fn chosen(&self, dialect: Dialect) -> Result<Vec<&File>, MigrateError> {
        let engine = Engine(dialect);
        let is_its = |file: &&File| file.dialect.is_none_or(|own| own == dialect);
        let chosen: BTreeMap<u32, &File> = self.files.iter().filter(is_its).map(|file| (file.version, file)).collect();
        if chosen.is_empty() {
            return Err(MigrateError::Empty { folder: self.origin.clone(), engine });
        }
        let mut expected = 1;
        for file in &self.files {
            if file.version > expected {
                return Err(MigrateError::Gap { version: expected, before: file.file.clone() });
            }
            if !chosen.contains_key(&file.version) {
                return Err(MigrateError::MissingForEngine { version: file.version, engine, other: file.file.clone() });
            }
            expected = file.version.saturating_add(1);
        }
        Ok(chosen.into_values().collect())
    }
}

/// Where a file stands among those of its version: portable ones come first.
fn place(file: &File) -> Option<&'static str> {
    file.dialect.map(folder_name)
}

impl File {
    fn for_dialect(&self, dialect: Dialect) -> Result<Migration, MigrateError> {
        if self.text.contains('\0') {
            let reason = "it holds a zero byte".to_owned();
            return Err(MigrateError::Unreadable { file: self.file.clone(), reason });
        }
        let first_line = self.text.lines().next().unwrap_or_default().trim();
        let transaction = first_line != NO_TRANSACTION;
        if transaction && first_line.starts_with("-- tablature:") {
            return Err(MigrateError::Directive { file: self.file.clone(), line: first_line.to_owned() });
        }
        let statements = if self.dialect.is_none() {
            portable::statements(&self.text, &self.file, dialect)?
                .into_iter()
                .map(|translated| Statement { line: translated.line, sql: translated.sql })
                .collect()
        } else {
            super::script::parts(&self.text, dialect, transaction)
        };
        Ok(Migration {
            version: self.version,
            name: self.name.clone(),
            file: self.file.clone(),
            checksum: checksum(&self.text),
            transaction,
            portable: self.dialect.is_none(),
            statements,
        })
    }
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, MigrateError> {
    let cannot_list = |source| MigrateError::Folder { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(cannot_list)?;
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(cannot_list)?;
    paths.sort();
    Ok(paths)
}

fn is_sql(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    !is_hidden && !path.is_dir() && path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

/// Reads a file; nothing where it is no migration.
fn read(path: &Path, dialect: Option<Dialect>) -> Result<Option<File>, MigrateError> {
    if !is_sql(path) {
        return Ok(None);
    }
    let file = path.display().to_string();
    let Some((version, name)) = path.file_name().and_then(|name| name.to_str()).and_then(parsed) else {
        return Err(MigrateError::Name { file });
    };
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(File { dialect, version, name, file, text: normalized(&text) })),
        Err(error) => Err(MigrateError::Unreadable { file, reason: error.to_string() }),
    }
}

/// The number and the name in `V001__name.sql`.
fn parsed(file_name: &str) -> Option<(u32, String)> {
    let (version, name) = file_name.strip_suffix(".sql")?.strip_prefix('V')?.split_once("__")?;
    // A number's parser would let a sign in.
    let is_number = version.bytes().all(|b| b.is_ascii_digit());
    let version = version.parse().ok().filter(|&version| is_number && version > 0 && version < u32::MAX)?;
    (!name.is_empty() && name.len() <= 200).then(|| (version, name.to_owned()))
}

/// The text as every system would have it: editors add byte order marks and change the ends of lines.
fn normalized(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n")
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compiles migrations into the application: the folder, relative to the file that calls it, and the names in it.
///
/// ```text
/// let migrations = Migrations::embedded(tablature_runtime::migrations!("../migrations":
///     "V001__books.sql",
///     "postgres/V002__search.sql",
///     "sqlite/V002__search.sql",
/// ))?;
/// ```
#[macro_export]
macro_rules! migrations {
    ($folder:literal: $($file:literal),+ $(,)?) => {
        &[$(($file, ::core::include_str!(::core::concat!($folder, "/", $file)))),+]
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(files: &[(&'static str, &'static str)], dialect: Dialect) -> String {
        Migrations::embedded(files).and_then(|m| m.for_dialect(dialect)).expect_err("bad migrations").to_string()
    }

    #[test]
    fn an_engine_gets_what_is_portable_and_what_is_its_own() {
        let files = [
            ("V001__a.sql", "CREATE TABLE t (a int)"),
            ("postgres/V2__b.sql", "-- tablature: no transaction\nCREATE INDEX CONCURRENTLY i ON t (a); SELECT ';'"),
            ("sqlite/V002__c.sql", "\u{feff}CREATE INDEX i\r\nON t (a) WHERE a > 1;"),
        ];
        let migrations = Migrations::embedded(&files).expect("good migrations");
        let postgres = migrations.for_dialect(Dialect::Postgres).expect("good migrations");
        assert_eq!(postgres.iter().map(|m| (m.version, m.name.as_str())).collect::<Vec<_>>(), [(1, "a"), (2, "b")]);
        assert!(postgres[0].transaction && !postgres[1].transaction && postgres[0].portable && !postgres[1].portable);
        assert_eq!(postgres[1].statements.len(), 2);
        let sqlite = migrations.for_dialect(Dialect::Sqlite).expect("good migrations");
        assert_eq!(sqlite[1].statements[0].sql, "CREATE INDEX i\nON t (a) WHERE a > 1;");
        assert_eq!(sqlite[0].checksum, postgres[0].checksum);
        assert_eq!(
            error(&files, Dialect::Mysql),
            "there is postgres/V2__b.sql, and no migration 2 for MySQL: write mysql/V002__….sql, which may hold nothing but \
             a comment that says why"
        );
    }

    #[test]
    fn bad_names_and_numbers_are_told() {
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
            "V1__a",
        ] {
            let error = error(&[(name, "")], Dialect::Sqlite);
            assert!(error.starts_with(&format!("{name} is not named like a migration")), "{error}");
        }
        let sqlite = Dialect::Sqlite;
        assert!(error(&[("V1__a.sql", ""), ("V001__b.sql", "")], sqlite).contains("are both migration 1"));
        assert!(error(&[("V1__a.sql", ""), ("sqlite/V1__a.sql", "")], sqlite).contains("for every engine and"));
        assert!(
            error(&[("V1__a.sql", ""), ("V3__a.sql", "")], sqlite).contains("migration 2 is missing before V3__a.sql")
        );
        assert!(error(&[("V2__a.sql", "")], sqlite).contains("migration 1 is missing"));
        assert!(error(&[("postgres/V1__a.sql", "")], sqlite).contains("no migration for SQLite in the embedded"));
        assert!(error(&[("oracle/V1__a.sql", "")], sqlite).contains("oracle holds SQL files"));
        assert!(error(&[("V1__a.sql", "-- tablature: no transactions")], sqlite).contains("is unknown"));
        assert!(error(&[("sqlite/V1__a.sql", "SELECT 1;\0")], sqlite).contains("zero byte"));
        assert!(error(&[("V1__a.sql", "SELECT 1")], sqlite).starts_with("V1__a.sql:1:1: "));
    }

    #[test]
    fn a_checksum_does_not_see_the_ends_of_lines() {
        let sum = |text| {
            Migrations::embedded(&[("sqlite/V1__a.sql", text)])
                .and_then(|m| m.for_dialect(Dialect::Sqlite))
                .expect("good migrations")[0]
                .checksum
                .clone()
        };
        assert_eq!(sum("SELECT 1;\nSELECT 2;\n"), sum("\u{feff}SELECT 1;\r\nSELECT 2;\r\n"));
        assert_ne!(sum("SELECT 1;\n"), sum("SELECT 2;\n"));
        assert_eq!(sum(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
