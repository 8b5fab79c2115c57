//! Schemas by all the names that they can have.

use std::fs;
use std::path::Path;
use std::process::Command;

use tablature_tests::{Engine, ScratchDatabase};

use super::{Run, database, tablature, text};

/// A repository with a crate that was made twice from growing migrations, and checked in each time.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        let config = "[[source]]\nname = \"shop\"\nmigrations = \"migrations\"\noutput = \"crates/shop\"\n";
        project.write("tablature.toml", config);
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project.migrate(1, "CREATE TABLE book (id bigint PRIMARY KEY, title varchar(80) NOT NULL);");
        project.git(&["tag", "v1"]);
        project.migrate(2, "ALTER TABLE book ADD COLUMN isbn varchar(13);");
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Adds a migration, makes the crate again and checks everything in.
    fn migrate(&self, version: u32, sql: &str) {
        self.write(&format!("migrations/V{version:03}__more.sql"), sql);
        let run = self.run(&["codegen", "--quiet"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        self.git(&["add", "--all", "crates", "migrations", "tablature.toml"]);
        self.git(&["commit", "--quiet", "--message", "more"]);
    }

    fn git(&self, arguments: &[&str]) {
        let who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(self.path()).args(who).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn run(&self, arguments: &[&str]) -> Run {
        tablature(self.path(), arguments)
    }

    fn diff(&self, arguments: &[&str]) -> Run {
        self.run(&[&["diff"], arguments].concat())
    }

    /// The paths of what changed in the database, and the names of the two sides.
    #[track_caller]
    fn changes(&self, arguments: &[&str]) -> (Vec<String>, String, String) {
        let run = self.diff(&[arguments, &["--format", "json"]].concat());
        let difference = run.json();
        let changes = difference["database"].as_array().unwrap();
        assert_eq!(run.code, Some(i32::from(!changes.is_empty())), "{arguments:?}: {}", run.err);
        let column = |change: &serde_json::Value| {
            let place = &change["place"];
            format!("{} {}", text(&change["kind"]), text(&place["column"]))
        };
        let is_column = |change: &&serde_json::Value| change["place"]["column"].is_string();
        let changes = changes.iter().filter(is_column).map(column).collect();
        (changes, text(&difference["from"]).to_owned(), text(&difference["to"]).to_owned())
    }
}

const ADDED: &str = "added isbn";

#[test]
fn a_schema_goes_by_many_names() {
    let project = Project::new();
    let told = |arguments: &[&str]| project.changes(arguments);
    let is = |arguments: &[&str], changes: &[&str], from: &str, to: &str| {
        let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
        assert_eq!(told(arguments), (changes, from.to_owned(), to.to_owned()), "{arguments:?}");
    };
    let own = "crates/shop/schema.json";
    is(&[], &[], "the snapshot at HEAD", own);
    is(&["v1"], &[ADDED], "the snapshot at v1", own);
    is(&["HEAD~1", "HEAD"], &[ADDED], "the snapshot at HEAD~1", "the snapshot at HEAD");
    is(&["main", "v1"], &["dropped isbn"], "the snapshot at main", "the snapshot at v1");
    let then = "crates/shop/schema.json at v1";
    is(&["v1:crates/shop/schema.json", "git:main"], &[ADDED], then, "the snapshot at main");
    is(&["v1:./crates/shop/schema.json"], &[ADDED], "./crates/shop/schema.json at v1", own);
    is(&["v1", "crates/shop"], &[ADDED], "the snapshot at v1", own);
    is(&["v1", own], &[ADDED], "the snapshot at v1", own);
    is(&["v1", "file:migrations"], &[ADDED], "the snapshot at v1", "the migrations in migrations");
    is(&["migrations"], &[], own, "the migrations in migrations");

    // What is not checked in yet, and what is not even in the crate yet.
    project.write("migrations/V003__price.sql", "ALTER TABLE book ADD COLUMN price integer;");
    is(&["migrations"], &["added price"], own, "the migrations in migrations");
    assert_eq!(project.run(&["codegen", "--quiet"]).code, Some(0));
    is(&[], &["added price"], "the snapshot at HEAD", own);

    // A database is what the snapshot is held to.
    let live = database(Engine::Sqlite, "CREATE TABLE book (id BIGINT PRIMARY KEY, title varchar(80) NOT NULL)");
    let (changes, from, to) = told(&[live.url()]);
    assert!(changes.contains(&"dropped isbn".to_owned()), "{changes:?}");
    assert_eq!((from.as_str(), to.as_str()), (own, live.url()));
}

#[test]
fn the_folder_that_one_stands_in_matters_to_paths_alone() {
    let project = Project::new();
    let below = project.path().join("crates");
    let run = tablature(&below, &["diff", "v1", "--config", "../tablature.toml"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.out.starts_with("from the snapshot at v1\n  to ../crates/shop/schema.json\n"), "{}", run.out);
    let run = tablature(&below, &["diff", "v1:./shop/schema.json", "v1", "--config", "../tablature.toml"]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

#[track_caller]
fn fails(run: &Run, says: &[&str]) {
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
    for part in says {
        assert!(run.err.contains(part), "{part:?} is not said: {}", run.err);
    }
}

#[test]
fn what_could_mean_two_things_is_an_error_that_says_how_to_write_it() {
    let project = Project::new();
    project.write("v1/V001__a.sql", "CREATE TABLE a (id bigint PRIMARY KEY);");
    fails(&project.diff(&["v1"]), &["\"v1\" is both a revision of git and a folder here", "git:v1", "file:v1"]);
    assert_eq!(project.changes(&["git:v1"]).0, [ADDED]);
    assert_eq!(project.diff(&["file:v1"]).code, Some(1));
    project.write("main", "");
    fails(&project.diff(&["main"]), &["a revision of git and a file here"]);
}

#[test]
fn what_leads_nowhere_is_told_with_the_way_out() {
    let project = Project::new();
    fails(&project.diff(&["nowhere"]), &["\"nowhere\" is neither a file", "git knows no revision \"nowhere\""]);
    fails(&project.diff(&["git:nowhere"]), &["git knows no revision \"nowhere\""]);
    fails(&project.diff(&["git:--output=x"]), &["git knows no revision"]);
    fails(&project.diff(&["git:"]), &["git knows no revision \"\""]);
    fails(&project.diff(&["file:nowhere"]), &["there is no file or folder nowhere"]);
    fails(&project.diff(&["v1:other.json"]), &["there is no other.json at v1", "write v1:PATH"]);
    fails(&project.diff(&["tablature.toml"]), &["tablature.toml: the snapshot cannot be read"]);
    fails(&project.diff(&["postgres://ann:tr0ub4dor@127.0.0.1:1/x"]), &["cannot connect to postgres://ann"]);
    let odd = project.diff(&["oracle://ann:tr0ub4dor@host/x"]);
    fails(&odd, &["neither a file"]);
    assert!(!odd.err.contains("tr0ub4dor"), "{}", odd.err);
    fails(&project.diff(&["${TABLATURE_NO_SUCH_VARIABLE}"]), &["TABLATURE_NO_SUCH_VARIABLE"]);
    fails(&project.diff(&["--config", "none.toml"]), &["cannot read none.toml"]);
    let empty = ScratchDatabase::create(Engine::Sqlite).unwrap();
    fails(&project.diff(&[empty.url()]), &["has no tables or views"]);

    // A crate that was not there yet, one that a newer tool made, and one that was cut short.
    project.git(&["mv", "crates", "parts"]);
    project.git(&["commit", "--quiet", "--message", "moved"]);
    project.write("tablature.toml", "[[source]]\nname = \"shop\"\nurl = \"sqlite:x\"\noutput = \"parts/shop\"\n");
    fails(&project.diff(&["v1"]), &["there is no parts/shop/schema.json at v1", "v1:PATH"]);
    assert_eq!(project.changes(&["v1:crates/shop/schema.json"]).0, [ADDED]);
    let snapshot = project.path().join("parts/shop/schema.json");
    let text = fs::read_to_string(&snapshot).unwrap();
    fs::write(&snapshot, text.replacen("\"format_version\": 1", "\"format_version\": 99", 1)).unwrap();
    fails(
        &project.diff(&[]),
        &["parts/shop/schema.json: the snapshot has format version 99", "install a newer tablature"],
    );
    fs::write(&snapshot, &text[..text.len() / 2]).unwrap();
    fails(&project.diff(&[]), &["parts/shop/schema.json", "cannot be read"]);
}

#[test]
fn native_migrations_are_applied_on_a_server_and_nothing_is_left_there() {
    for (engine, sql, count) in [
        (
            Engine::Postgres,
            "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE book (id uuid PRIMARY KEY, mood mood[]);",
            "SELECT count(*) FROM pg_catalog.pg_database WHERE starts_with(datname::text, 'tablature_scratch_')",
        ),
        (
            Engine::Mysql,
            "CREATE TABLE book (id int UNSIGNED PRIMARY KEY, mood enum('a', 'b'));",
            "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'tablature\\_scratch\\_%'",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db").join(engine.folder()).join("V001__book.sql");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, sql).unwrap();
        let live = database(engine, &format!("{sql} CREATE TABLE extra (id int);"));
        let diff = |arguments: &[&str]| {
            let all = [&["diff", "db", live.url(), "--format", "json"], arguments].concat();
            tablature(folder.path(), &all)
        };
        let run = diff(&["--scratch-url", live.url()]);
        let changes = run.json()["database"].clone();
        assert_eq!(changes.as_array().unwrap().len(), 1, "{engine}: {changes}");
        assert_eq!((text(&changes[0]["kind"]), text(&changes[0]["place"]["relation"])), ("added", "extra"));

        fs::write(&file, format!("{sql}\nCREATE TABLE book (id int);")).unwrap();
        fails(&diff(&["--scratch-url", live.url()]), &["the migrations in db", "V001__book.sql", "exists"]);
        assert_eq!(left(&live, count), 0, "{engine}");
    }
    let project = Project::new();
    fails(&project.diff(&["migrations", "--scratch-url", "sqlite:x"]), &["it is no server"]);
    let url = "postgres://ann:tr0ub4dor@127.0.0.1:1/x";
    let run = project.diff(&["migrations", "--scratch-url", url]);
    fails(&run, &["cannot make a scratch database: on postgres://ann"]);
    assert!(!run.err.contains("tr0ub4dor"), "{}", run.err);
    let live = database(Engine::Postgres, "CREATE TABLE book (id bigint PRIMARY KEY)");
    fails(
        &project.diff(&["migrations", live.url()]),
        &["applied to SQLite", "give --scratch-url with a server of PostgreSQL"],
    );
}

/// What a statement counts.
fn left(database: &ScratchDatabase, count: &'static str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let database = tablature_runtime::Database::connect(database.url()).await.unwrap();
        database.query(count).fetch_one::<i64>().await.unwrap()
    })
}

#[test]
fn without_a_repository_or_a_configuration_files_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::new();
    for (name, revision) in [("old.json", "v1"), ("new.json", "main")] {
        let shown = format!("{revision}:crates/shop/schema.json");
        let output = Command::new("git").current_dir(project.path()).args(["show", &shown]).output().unwrap();
        fs::write(folder.path().join(name), output.stdout).unwrap();
    }
    let run = tablature(folder.path(), &["diff", "old.json", "new.json"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.out.contains("column isbn") && run.out.contains("Book.isbn"), "{}", run.out);
    fails(&tablature(folder.path(), &["diff"]), &["is in no git repository"]);
    fails(&tablature(folder.path(), &["diff", "v1", "new.json"]), &["\"v1\" is neither", "no git repository"]);
}

#[test]
fn of_several_sources_one_is_named() {
    let project = Project::new();
    let config = "[[source]]\nname = \"shop\"\nmigrations = \"migrations\"\noutput = \"crates/shop\"\n\
                  [[source]]\nname = \"other\"\nmigrations = \"migrations\"\noutput = \"crates/other\"\n";
    project.write("tablature.toml", config);
    fails(&project.diff(&["v1"]), &["several sources", "--name", "shop, other"]);
    assert_eq!(project.changes(&["v1", "--name", "shop"]).0, [ADDED]);
    fails(&project.diff(&["v1", "--name", "other"]), &["crates/other/schema.json"]);
}

#[test]
fn the_exit_code_can_be_about_the_api_alone() {
    let project = Project::new();
    let folder = tempfile::tempdir().unwrap();
    let old = database(Engine::Sqlite, "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT)");
    let indexed = database(Engine::Sqlite, "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON a (b)");
    let code = |arguments: &[&str]| tablature(folder.path(), &[&["diff"], arguments].concat()).code;
    assert_eq!(code(&[old.url(), old.url()]), Some(0));
    assert_eq!(code(&[old.url(), indexed.url()]), Some(1));
    assert_eq!(code(&[old.url(), indexed.url(), "--breaking"]), Some(0));
    assert_eq!(project.diff(&["v1", "--breaking"]).code, Some(1));
    let verdict = |new: &str| {
        let new = database(Engine::Sqlite, new);
        let run = tablature(folder.path(), &["diff", old.url(), new.url(), "--format", "json"]);
        text(&run.json()["verdict"]).to_owned()
    };
    assert_eq!(verdict("CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT)"), "none");
    assert_eq!(verdict("CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON a (b)"), "patch");
    assert_eq!(verdict("CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT); CREATE TABLE c (id INTEGER)"), "minor");
    assert_eq!(verdict("CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT NOT NULL)"), "major");
}
