//! A folder to run the program in, and what there is to say about a run.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tablature_tests::{Engine, ScratchDatabase};
use tempfile::TempDir;
use url::Url;

/// The password of every user that a test makes. No run may print it.
pub(crate) const SECRET: &str = "tr0ub4dor-and-3";

/// A small schema with a key, a foreign key, a check and an enumeration, in SQL that every engine reads.
pub(crate) const SHELVES: &str = "
    CREATE TABLE shelf (id integer NOT NULL PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, state varchar(9) NOT NULL
        DEFAULT 'open' CHECK (state IN ('open', 'full')));
    CREATE TABLE book (id integer NOT NULL PRIMARY KEY, shelf_id integer NOT NULL, title varchar(80) NOT NULL,
        price numeric(10, 2), added timestamp NULL, FOREIGN KEY (shelf_id) REFERENCES shelf (id));
";

/// A MySQL with [`SHELVES`], of which a login may read `shelf` and knows nothing else: the login's URL and its user.
pub(crate) fn mysql_with_one_readable_table() -> (ScratchDatabase, String, String) {
    let mysql = ScratchDatabase::create(Engine::Mysql).unwrap();
    mysql.load(SHELVES).unwrap();
    let reader = mysql.select_only_role().unwrap();
    let (name, user) = (mysql.name(), Url::parse(&reader).unwrap().username().to_owned());
    mysql.load(&format!("REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{user}'@'%'")).unwrap();
    mysql.load(&format!("GRANT SELECT ON {name}.shelf TO '{user}'@'%'")).unwrap();
    (mysql, reader, user)
}

/// The program, built together with these tests.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tablature-under-test");

/// What stands at a path: its kind, its bytes or where it leads to, and when it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) mode: u32,
    pub(crate) modified: (i64, i64),
}

/// Everything below a folder by its path, and nothing outside of it.
pub(crate) type Tree = BTreeMap<String, Entry>;

/// All that stands below a folder.
pub(crate) fn tree(folder: &Path) -> Tree {
    fn walk(at: &Path, prefix: &str, out: &mut Tree) {
        for entry in fs::read_dir(at).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let metadata = entry.metadata().unwrap();
            let mut found = Entry { bytes: None, mode: metadata.mode(), modified: (0, 0) };
            if metadata.is_file() {
                found.bytes = Some(fs::read(entry.path()).unwrap());
                found.modified = (metadata.mtime(), metadata.mtime_nsec());
            } else if metadata.is_symlink() {
                found.bytes = Some(fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes());
            } else {
                walk(&entry.path(), &format!("{path}/"), out);
            }
            out.insert(path, found);
        }
    }
    let mut out = Tree::new();
    walk(folder, "", &mut out);
    out
}

/// The texts of the files below a folder, whenever they were written.
pub(crate) fn texts(folder: &Path) -> BTreeMap<String, String> {
    let files = tree(folder).into_iter().filter_map(|(path, entry)| Some((path, entry.bytes?)));
    files.map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

/// How a run ended and what it said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Reads what a program left; it must not have printed [`SECRET`], nor panicked.
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        let run = Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!run.out.contains(SECRET) && !run.err.contains(SECRET), "a password was printed: {run:?}");
        assert!(!run.err.contains("panicked"), "{}", run.err);
        run
    }

    /// Requires an end without an error.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }

    /// Requires an error, by the exit code, that says all of these.
    #[track_caller]
    pub(crate) fn fails(self, says: &[&str]) -> Self {
        assert_eq!(self.code, Some(2), "{}\n{}", self.out, self.err);
        assert!(self.err.starts_with("error: "), "{}", self.err);
        assert_eq!(self.out, "", "an error belongs on the other stream");
        self.says(says)
    }

    /// Requires all of these among what was said.
    #[track_caller]
    pub(crate) fn says(self, says: &[&str]) -> Self {
        for part in says {
            assert!(self.err.contains(part), "{part:?} is not said:\n{}", self.err);
        }
        self
    }

    /// Requires that nothing was said.
    #[track_caller]
    pub(crate) fn says_nothing(self) -> Self {
        assert_eq!((self.out.as_str(), self.err.as_str()), ("", ""));
        self
    }
}

/// A folder to run the program in. Its own tablature.toml, if there is one, is what the runs go by.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
    /// Where the program remembers its last run.
    memory: TempDir,
}

impl Place {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let folder = || tempfile::Builder::new().prefix("tablature_test_").tempdir().unwrap();
        Self { folder: folder(), memory: folder() }
    }

    /// One with a crate in `generated`, made from [`SHELVES`] in `shelves.db`.
    pub(crate) fn with_crate() -> Self {
        let place = Self::new();
        place.sqlite("shelves.db", SHELVES);
        place.codegen(&["--url", "sqlite:shelves.db"]).succeeds();
        place
    }

    /// A path below it.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Makes an SQLite file, in place of one that is there.
    pub(crate) fn sqlite(&self, path: &str, sql: &str) {
        let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
        database.load(sql).unwrap();
        fs::copy(database.url().trim_start_matches("sqlite:"), self.path(path)).unwrap();
    }

    /// The program, to be run here.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        self.command_of(PROGRAM, arguments)
    }

    /// Another program, to be run here.
    pub(crate) fn command_of<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("TABLATURE_CACHE_DIR", self.memory.path());
        for variable in ["DATABASE_URL", "PGPASSWORD", "PGSSLMODE", "PGOPTIONS"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs the program here.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Runs `tablature codegen`.
    pub(crate) fn codegen(&self, arguments: &[&str]) -> Run {
        self.run(&[&["codegen"], arguments].concat())
    }

    /// Begins to run `tablature codegen`.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(&[&["codegen"], arguments].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// All that stands here.
    pub(crate) fn tree(&self) -> Tree {
        tree(self.folder.path())
    }

    /// Runs `tablature codegen`, which must fail with these words and leave everything here as it was.
    #[track_caller]
    pub(crate) fn refuses(&self, arguments: &[&str], says: &[&str]) -> Run {
        let before = self.tree();
        let run = self.codegen(arguments).fails(says);
        self.is_as(&before);
        run
    }

    /// Requires that everything here is as it was.
    #[track_caller]
    pub(crate) fn is_as(&self, before: &Tree) {
        let after = self.tree();
        let differ = |path: &&String| before.get(*path) != after.get(*path);
        let differences: Vec<&String> = before.keys().chain(after.keys()).filter(differ).collect();
        assert!(differences.is_empty(), "these changed: {differences:?}");
    }
}
