//! `tablature check`: silence where all agree, and every difference told where it is.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use tablature::check::{Reach, check};
use tablature::codegen::codegen;
use tablature::config::{Origin, Source};
use tablature::findings::{Finding, Format, Severity, Status};
use tablature::output::Mode;
use tablature_tests::{Engine, ScratchDatabase};

/// A database, and a folder with a crate that was made from it.
struct Place {
    database: ScratchDatabase,
    folder: tempfile::TempDir,
}

/// How a run of the program ended and what it said.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Place {
    /// The bookshop's database and crate.
    fn bookshop(engine: Engine) -> Self {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load_folder(engine.migrations()).unwrap();
        Self::of(database)
    }

    fn of(database: ScratchDatabase) -> Self {
        let place = Self { database, folder: tempfile::tempdir().unwrap() };
        place.configure("");
        codegen(&place.source(), Mode::Write, &AtomicBool::new(false), |_| {}).unwrap();
        place
    }

    /// Writes a configuration, with what is given at its end.
    fn configure(&self, more: &str) {
        let url = self.database.url();
        let source = format!("[[source]]\nname = \"shop\"\nurl = \"{url}\"\noutput = \"generated\"\n");
        fs::write(self.folder.path().join("tablature.toml"), source + more).unwrap();
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("generated")
    }

    fn source(&self) -> Source {
        Source::new("shop", Origin::Url(self.database.url().to_owned()), self.output())
    }

    /// What is found by looking at the database too.
    fn findings(&self) -> Vec<Finding> {
        check(&self.source(), Reach::Origin, "mend", &AtomicBool::new(false)).unwrap()
    }

    /// The same, as statuses and places.
    fn told(&self) -> Vec<(Status, String)> {
        self.findings().iter().map(|finding| (finding.status, finding.place.to_string())).collect()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("DATABASE_URL").env("NO_COLOR", "1");
        command.env("TABLATURE_CACHE_DIR", self.folder.path().join("memory"));
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs `tablature check`.
    fn check(&self, arguments: &[&str]) -> Run {
        self.run(&[&["check"], arguments].concat())
    }

    fn load(&self, sql: &str) {
        self.database.load(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

/// A change, how it is undone, and what is found meanwhile: statuses and places.
type Change = (&'static str, &'static str, &'static [(Status, &'static str)]);

/// Makes changes one after the other, each of which must be found, with nothing else, and be gone when it is undone.
fn each_is_found(engine: Engine, changes: &[Change]) {
    let place = Place::bookshop(engine);
    assert_eq!(place.told(), [], "{engine}: a fresh crate");
    for (change, undo, expected) in changes {
        place.load(change);
        let mut told = place.told();
        told.sort();
        let mut expected: Vec<_> = expected.iter().map(|(status, place)| (*status, (*place).to_owned())).collect();
        expected.sort();
        assert_eq!(told, expected, "{engine}: after {change}");
        place.load(undo);
        assert_eq!(place.findings(), [], "{engine}: after {undo}");
    }
}

#[test]
fn each_change_of_postgres_is_found() {
    each_is_found(
        Engine::Postgres,
        &[
            ("CREATE TABLE extra (id int)", "DROP TABLE extra", &[(Status::MissingInModel, "public.extra")]),
            (
                "ALTER TABLE stock_level RENAME TO gone",
                "ALTER TABLE gone RENAME TO stock_level",
                &[(Status::MissingInDatabase, "public.stock_level"), (Status::MissingInModel, "public.gone")],
            ),
            (
                "ALTER TABLE audit_log ADD COLUMN extra int",
                "ALTER TABLE audit_log DROP COLUMN extra",
                &[(Status::MissingInModel, "public.audit_log.extra")],
            ),
            (
                "ALTER TABLE audit_log ALTER COLUMN actor TYPE varchar(7) COLLATE \"C\"",
                "ALTER TABLE audit_log ALTER COLUMN actor TYPE varchar(120) COLLATE \"C\"",
                &[(Status::TypeMismatch, "public.audit_log.actor")],
            ),
            (
                "ALTER TABLE audit_log ALTER COLUMN actor DROP NOT NULL",
                "ALTER TABLE audit_log ALTER COLUMN actor SET NOT NULL",
                &[(Status::NullabilityMismatch, "public.audit_log.actor")],
            ),
            (
                "ALTER TABLE audit_log ALTER COLUMN actor SET DEFAULT 'me'",
                "ALTER TABLE audit_log ALTER COLUMN actor DROP DEFAULT",
                &[(Status::DefaultMismatch, "public.audit_log.actor")],
            ),
            (
                "ALTER TABLE review ADD CONSTRAINT extra UNIQUE (headline)",
                "ALTER TABLE review DROP CONSTRAINT extra",
                &[(Status::KeyMismatch, "public.review.extra")],
            ),
            (
                "ALTER TABLE review ADD CONSTRAINT extra CHECK (rating <> 9)",
                "ALTER TABLE review DROP CONSTRAINT extra",
                &[(Status::ConstraintMismatch, "public.review.extra")],
            ),
            (
                "ALTER TABLE review ADD CONSTRAINT extra FOREIGN KEY (book_id) REFERENCES book (id)",
                "ALTER TABLE review DROP CONSTRAINT extra",
                &[(Status::KeyMismatch, "public.review.extra")],
            ),
            (
                "CREATE INDEX extra ON review (headline)",
                "DROP INDEX extra",
                &[(Status::IndexMismatch, "public.review.extra")],
            ),
            (
                "COMMENT ON COLUMN review.headline IS 'said'",
                "COMMENT ON COLUMN review.headline IS NULL",
                &[(Status::CommentMismatch, "public.review.headline")],
            ),
            (
                "CREATE VIEW extra AS SELECT id FROM book",
                "DROP VIEW extra",
                &[(Status::MissingInModel, "public.extra")],
            ),
            ("CREATE TYPE extra AS ENUM ('a')", "DROP TYPE extra", &[(Status::MissingInModel, "public.extra")]),
            (
                "CREATE FUNCTION extra(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "DROP FUNCTION extra",
                &[(Status::MissingInModel, "public.extra(a integer)")],
            ),
        ],
    );
}

#[test]
fn each_change_of_mysql_is_found() {
    each_is_found(
        Engine::Mysql,
        &[
            ("CREATE TABLE extra (id int)", "DROP TABLE extra", &[(Status::MissingInModel, "extra")]),
            (
                "RENAME TABLE audit_log TO gone",
                "RENAME TABLE gone TO audit_log",
                &[(Status::MissingInDatabase, "audit_log"), (Status::MissingInModel, "gone")],
            ),
            (
                "ALTER TABLE audit_log ADD COLUMN extra int",
                "ALTER TABLE audit_log DROP COLUMN extra",
                &[(Status::MissingInModel, "audit_log.extra")],
            ),
            (
                "ALTER TABLE audit_log ADD COLUMN extra int FIRST",
                "ALTER TABLE audit_log DROP COLUMN extra",
                &[(Status::MissingInModel, "audit_log.extra")],
            ),
            (
                "ALTER TABLE audit_log ALTER COLUMN actor SET DEFAULT 'me'",
                "ALTER TABLE audit_log ALTER COLUMN actor DROP DEFAULT",
                &[(Status::DefaultMismatch, "audit_log.actor")],
            ),
            (
                "ALTER TABLE review ADD CONSTRAINT extra UNIQUE (headline)",
                "ALTER TABLE review DROP INDEX extra",
                &[(Status::KeyMismatch, "review.extra")],
            ),
            (
                "ALTER TABLE review ADD CONSTRAINT extra CHECK (rating <> 9)",
                "ALTER TABLE review DROP CONSTRAINT extra",
                &[(Status::ConstraintMismatch, "review.extra")],
            ),
            (
                "ALTER TABLE review ADD CONSTRAINT extra FOREIGN KEY (book_id) REFERENCES book (id)",
                "ALTER TABLE review DROP CONSTRAINT extra",
                &[(Status::KeyMismatch, "review.extra")],
            ),
            (
                "CREATE INDEX extra ON review (headline DESC)",
                "DROP INDEX extra ON review",
                &[(Status::IndexMismatch, "review.extra")],
            ),
            (
                "ALTER TABLE audit_log COMMENT 'said'",
                "ALTER TABLE audit_log COMMENT 'Who changed what. Rows are only ever added, and refer to nothing, so that they outlive what they tell of.'",
                &[(Status::CommentMismatch, "audit_log")],
            ),
            ("CREATE VIEW extra AS SELECT id FROM book", "DROP VIEW extra", &[(Status::MissingInModel, "extra")]),
            (
                "CREATE TABLE extra (mood enum('a', 'b') NOT NULL)",
                "DROP TABLE extra",
                &[(Status::MissingInModel, "extra")],
            ),
        ],
    );
}

#[test]
fn each_change_of_sqlite_is_found() {
    each_is_found(
        Engine::Sqlite,
        &[
            ("CREATE TABLE extra (id int)", "DROP TABLE extra", &[(Status::MissingInModel, "extra")]),
            (
                "ALTER TABLE audit_log RENAME TO gone",
                "ALTER TABLE gone RENAME TO audit_log",
                &[(Status::MissingInDatabase, "audit_log"), (Status::MissingInModel, "gone")],
            ),
            (
                "ALTER TABLE audit_log ADD COLUMN extra int",
                "ALTER TABLE audit_log DROP COLUMN extra",
                &[(Status::MissingInModel, "audit_log.extra")],
            ),
            (
                "ALTER TABLE audit_log RENAME COLUMN actor TO gone",
                "ALTER TABLE audit_log RENAME COLUMN gone TO actor",
                &[
                    (Status::MissingInDatabase, "audit_log.actor"),
                    (Status::MissingInModel, "audit_log.gone"),
                    (Status::ConstraintMismatch, "audit_log.audit_log_actor_type"),
                ],
            ),
            (
                "CREATE UNIQUE INDEX extra ON review (headline)",
                "DROP INDEX extra",
                &[(Status::IndexMismatch, "review.extra")],
            ),
            (
                "CREATE INDEX extra ON review (headline) WHERE rating > 3",
                "DROP INDEX extra",
                &[(Status::IndexMismatch, "review.extra")],
            ),
            ("CREATE VIEW extra AS SELECT id FROM book", "DROP VIEW extra", &[(Status::MissingInModel, "extra")]),
            (
                "CREATE TABLE extra (id INTEGER PRIMARY KEY, a TEXT) STRICT",
                "DROP TABLE extra",
                &[(Status::MissingInModel, "extra")],
            ),
        ],
    );
}

#[test]
fn the_properties_of_what_both_have_are_found_too() {
    // SQLite alters little; a database is made anew beside the crate of the first.
    const BEFORE: &str = "CREATE TABLE shelf (id INTEGER PRIMARY KEY);
        CREATE TABLE book (id INTEGER PRIMARY KEY, title VARCHAR(80) NOT NULL, price NUMERIC DEFAULT 1 CHECK (price > 0),
            shelf INTEGER REFERENCES shelf (id), code TEXT, CONSTRAINT code_key UNIQUE (code));";
    let changes = [
        ("VARCHAR(80)", "VARCHAR(90)", Status::TypeMismatch, "book.title"),
        ("VARCHAR(80) NOT NULL", "VARCHAR(80)", Status::NullabilityMismatch, "book.title"),
        ("DEFAULT 1", "DEFAULT 2", Status::DefaultMismatch, "book.price"),
        ("REFERENCES shelf (id)", "REFERENCES shelf (id) ON DELETE CASCADE", Status::KeyMismatch, ""),
        ("code TEXT", "code TEXT COLLATE NOCASE", Status::CollationMismatch, "book.code"),
        ("UNIQUE (code)", "UNIQUE (code, title)", Status::KeyMismatch, "book.code_key"),
        (
            "book (id INTEGER PRIMARY KEY",
            "book (id INTEGER PRIMARY KEY AUTOINCREMENT",
            Status::IdentityMismatch,
            "book.id",
        ),
        ("code TEXT", "code TEXT AS ('x') STORED", Status::GeneratedMismatch, "book.code"),
    ];
    let database = |schema: &str| {
        let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
        database.load(schema).unwrap();
        database
    };
    let mut place = Place::of(database(BEFORE));
    for (before, after, status, path) in changes {
        assert!(BEFORE.contains(before));
        place.database = database(&BEFORE.replacen(before, after, 1));
        let findings = place.findings();
        assert_eq!(findings.len(), 1, "{after}: {findings:#?}");
        assert_eq!(findings[0].status, status, "{after}");
        assert!(path.is_empty() || findings[0].place.to_string() == path, "{after}: {}", findings[0].place);
        assert_ne!(findings[0].expected, findings[0].found, "{after}");
    }
}

#[test]
fn the_same_schema_elsewhere_is_no_difference() {
    for engine in Engine::ALL {
        let mut place = Place::bookshop(engine);
        let silence = |url: String, why: &str| {
            let source = Source { origin: Origin::Url(url), ..place.source() };
            let findings = check(&source, Reach::Origin, "mend", &AtomicBool::new(false)).unwrap();
            assert!(findings.is_empty(), "{engine}: {why}: {findings:#?}");
        };
        silence(place.database.select_only_role().unwrap(), "by a role that may only read");
        if engine == Engine::Postgres {
            let separator = if place.database.url().contains('?') { '&' } else { '?' };
            let options = "options=-c%20search_path%3Dpg_catalog%20-c%20DateStyle%3DGerman";
            silence(format!("{}{separator}{options}", place.database.url()), "with another search_path");
        }
        let other = ScratchDatabase::create(engine).unwrap();
        other.load_folder(engine.migrations()).unwrap();
        place.database = other;
        assert_eq!(place.findings(), [], "{engine}: in a database of another name");
    }
}

#[test]
fn what_the_last_run_remembers_hides_nothing() {
    for engine in Engine::ALL {
        let place = Place::bookshop(engine);
        let codegen = |arguments: &[&str]| assert_eq!(place.run(&[&["codegen"], arguments].concat()).code, Some(0));
        codegen(&[]);
        let silence = || {
            for arguments in [&["--live"][..], &["--live", "--no-probe"], &[]] {
                let run = place.check(arguments);
                assert_eq!((run.code, run.out.as_str()), (Some(0), "no differences\n"), "{engine}: {}", run.err);
            }
        };
        silence();
        let lib = place.output().join("src/lib.rs");
        let text = fs::read_to_string(&lib).unwrap();
        fs::write(&lib, format!("{text}\n")).unwrap();
        assert!(place.check(&["--live"]).out.starts_with("generated/src/lib.rs\n  error  stale_output"), "{engine}");
        fs::write(&lib, text).unwrap();
        silence();
        place.load("CREATE TABLE extra (id int)");
        let run = place.check(&["--live"]);
        assert!(run.code == Some(1) && run.out.contains("missing_in_model"), "{engine}: {}{}", run.out, run.err);
        place.load("DROP TABLE extra");
        silence();
        // A crate that agrees with another configuration does not agree with this one.
        place.configure("cache_prefix = \"other\"\n");
        assert!(place.check(&["--live"]).out.contains("stale_output"), "{engine}");
    }
}

#[test]
fn edited_missing_and_left_over_files_are_stale() {
    let place = Place::bookshop(Engine::Sqlite);
    let fresh = place.check(&[]);
    assert_eq!((fresh.code, fresh.out.as_str()), (Some(0), "no differences\n"), "{}", fresh.err);

    let edited = place.output().join("src/book.rs");
    let before = fs::read_to_string(&edited).unwrap();
    let line = 1 + before.lines().position(|line| line.starts_with("pub struct Book ")).unwrap();
    fs::write(&edited, before.replace("pub struct Book ", "pub struct Buch ")).unwrap();
    fs::remove_file(place.output().join("schemas/author.json")).unwrap();
    fs::write(place.output().join("src/old.rs"), "// @generated by tablature from `old`. Do not edit.\n").unwrap();
    let run = place.check(&["--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["summary"], json!({ "error": 3, "warning": 0, "info": 0, "baselined": 0 }));
    let findings = report["findings"].as_array().unwrap();
    let files: Vec<&Value> = findings.iter().map(|finding| &finding["location"]).collect();
    assert_eq!(
        files,
        [
            &json!({ "path": "generated/schemas/author.json" }),
            &json!({ "path": "generated/src/book.rs", "line": line }),
            &json!({ "path": "generated/src/old.rs" }),
        ]
    );
    let mend = "tablature codegen --offline";
    assert!(findings.iter().all(|finding| finding["status"] == "stale_output" && finding["mend"] == mend), "{report}");
    assert_eq!(place.run(&mend.split(' ').skip(1).collect::<Vec<_>>()).code, Some(0));
    assert_eq!(place.check(&[]).code, Some(0));

    // A layout and a snapshot that were edited do not agree with what is made of them.
    for file in ["cache-layout.json", "schema.json", "schemas/book.json"] {
        let path = place.output().join(file);
        let before = fs::read_to_string(&path).unwrap();
        fs::write(&path, before.replacen("\"isbn\"", "\"isbm\"", 1)).unwrap();
        let run = place.check(&[]);
        assert_eq!(run.code, Some(1), "{file}: {}{}", run.out, run.err);
        fs::write(&path, before).unwrap();
        assert_eq!(place.check(&[]).code, Some(0), "{file}");
    }
}

#[test]
fn what_could_not_be_checked_is_no_success() {
    let place = Place::bookshop(Engine::Sqlite);
    let fails = |run: Run, says: &[&str]| {
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
        for part in says {
            assert!(run.err.contains(part), "{part:?} is not said: {}", run.err);
        }
    };
    let empty = ScratchDatabase::create(Engine::Sqlite).unwrap();
    fails(place.check(&["--url", empty.url()]), &["has no tables or views", "Is it the right database"]);
    fails(place.check(&["--url", "sqlite:nowhere.db"]), &["cannot connect", "nowhere.db"]);
    fails(place.check(&["--url", "postgres://ann:tr0ub4dor@127.0.0.1:1/x"]), &["cannot connect to postgres://ann"]);
    fails(place.check(&["--output", "nowhere"]), &["there is no snapshot at nowhere/schema.json"]);
    fails(place.check(&["--baseline", "nowhere.json"]), &["no baseline at nowhere.json", "--write-baseline"]);
    fails(place.check(&["--config", "none.toml"]), &["cannot read none.toml"]);

    let snapshot = place.output().join("schema.json");
    let text = fs::read_to_string(&snapshot).unwrap();
    fs::write(&snapshot, text.replacen("\"format_version\": 1", "\"format_version\": 99", 1)).unwrap();
    fails(place.check(&[]), &["format version 99", "install a newer tablature"]);
    fs::write(&snapshot, &text[..text.len() / 2]).unwrap();
    fails(place.check(&[]), &["schema.json", "cannot be read"]);
}

#[test]
fn a_password_is_not_told() {
    let place = Place::bookshop(Engine::Postgres);
    place.load("CREATE TABLE extra (id int)");
    let reader = place.database.select_only_role().unwrap();
    let (_, rest) = reader.split_once("//").unwrap();
    let (_, password) = rest.split_once('@').unwrap().0.split_once(':').unwrap();
    for format in Format::ALL {
        let run = place.check(&["--url", &reader, "--format", format.name()]);
        assert_eq!(run.code, Some(1), "{}", run.err);
        assert!(!run.out.contains(password) && !run.err.contains(password), "{}{}", run.out, run.err);
    }
}

#[test]
fn what_a_role_may_not_read_is_unverifiable() {
    let place = Place::bookshop(Engine::Postgres);
    let reader = place.database.select_only_role().unwrap();
    let role = reader.split_once("//").unwrap().1.split_once(':').unwrap().0;
    place.load(&format!("REVOKE SELECT ON audit_log FROM {role}"));
    let mut source = place.source();
    source.origin = Origin::Url(reader.clone());
    let findings = check(&source, Reach::Origin, "mend", &AtomicBool::new(false)).unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let (found, place) = (&findings[0], findings[0].place.to_string());
    assert_eq!(
        (found.status, found.severity, place.as_str()),
        (Status::Unverifiable, Severity::Info, "public.audit_log")
    );
}

#[test]
fn every_form_comes_out_of_the_program() {
    let place = Place::bookshop(Engine::Sqlite);
    place.load("CREATE TABLE \"]]>|`::%\n\" (id INTEGER PRIMARY KEY)");
    let run = |format: &str| {
        let run = place.check(&["--live", "--format", format]);
        assert_eq!(run.code, Some(1), "{format}: {}", run.err);
        run.out
    };
    assert!(run("human").contains("error  missing_in_model  the table is in the database, and not in the snapshot"));
    assert!(run("github").starts_with("::error file=generated/schema.json,title=missing_in_model::]]>|`::%25%0A: "));
    assert!(run("junit").contains("name=\"]]&gt;|`::%\\n\""));
    assert!(run("markdown").starts_with("<!-- tablature check -->\n### tablature check failed: 1 error"));
    let json = |format: &str| serde_json::from_str::<Value>(&run(format)).unwrap();
    assert_eq!(json("json")["findings"][0]["place"]["relation"], "]]>|`::%\n");
    assert_eq!(json("sarif")["runs"][0]["results"][0]["ruleId"], "missing_in_model");
    assert_eq!(json("gitlab")[0]["location"]["path"], "generated/schema.json");
}

#[test]
fn what_was_perhaps_renamed_is_said_beside_what_is_missing() {
    let hints = |engine: Engine, change: &str| -> Vec<(String, Option<String>)> {
        let place = Place::bookshop(engine);
        place.load(change);
        let mut found = place.findings();
        found.retain(|f| [Status::MissingInModel, Status::MissingInDatabase, Status::EnumMismatch].contains(&f.status));
        found.into_iter().map(|finding| (finding.place.to_string(), finding.hint)).collect()
    };
    let both = |old: &str, new: &str, hint: &str| {
        [(old.to_owned(), Some(hint.to_owned())), (new.to_owned(), Some(hint.to_owned()))]
    };
    let hint = "perhaps actor was renamed who (the same type, the same place)";
    for (engine, schema) in [(Engine::Postgres, "public."), (Engine::Mysql, ""), (Engine::Sqlite, "")] {
        let mut found = hints(engine, "ALTER TABLE audit_log RENAME COLUMN actor TO who");
        found.sort();
        assert_eq!(
            found,
            both(&format!("{schema}audit_log.actor"), &format!("{schema}audit_log.who"), hint),
            "{engine}"
        );
    }
    let hint = "perhaps stock_level was renamed stock_levels (the same columns, a similar name)";
    let found = hints(Engine::Sqlite, "ALTER TABLE stock_level RENAME TO stock_levels");
    assert_eq!(found, both("stock_level", "stock_levels", hint));
    // Labels, of a type and of a column that declares them for itself.
    let hint = "perhaps ebook was renamed e-book (the same place, a similar name)";
    let labels = [
        (
            Engine::Postgres,
            "CREATE TYPE f AS ENUM ('a', 'ebook'); CREATE TABLE t (f f)",
            "ALTER TYPE f RENAME VALUE 'ebook' TO 'e-book'",
        ),
        (Engine::Mysql, "CREATE TABLE t (f enum('a', 'ebook'))", "ALTER TABLE t MODIFY f enum('a', 'e-book')"),
    ];
    for (engine, schema, change) in labels {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(schema).unwrap();
        let place = Place::of(database);
        place.load(change);
        let hints: Vec<Option<String>> = place.findings().into_iter().map(|finding| finding.hint).collect();
        assert_eq!(hints, [Some(hint.to_owned()), Some(hint.to_owned())], "{engine}");
    }
    let found = hints(Engine::Sqlite, "CREATE TABLE stock (id INTEGER PRIMARY KEY)");
    assert_eq!(found, [("stock".to_owned(), None)]);

    let place = Place::bookshop(Engine::Sqlite);
    place.load("ALTER TABLE stock_level RENAME TO stock_levels");
    for format in Format::ALL {
        let run = place.check(&["--live", "--format", format.name()]);
        let text = run.out.replace("&#95;", "_");
        assert!(text.contains("perhaps stock_level was renamed stock_levels"), "{}", run.out);
    }
}

#[test]
fn a_baseline_leaves_new_differences() {
    let place = Place::bookshop(Engine::Sqlite);
    place.load("CREATE TABLE old (id int)");
    let written = place.check(&["--live", "--baseline", "known.json", "--write-baseline"]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    assert_eq!(written.err, "wrote known.json with 1 finding\n");
    let known = place.check(&["--live", "--baseline", "known.json"]);
    assert_eq!((known.code, known.out.as_str()), (Some(0), "no differences; 1 more in the baseline\n"));
    place.load("CREATE TABLE new (id int)");
    let new = place.check(&["--live", "--baseline", "known.json"]);
    assert_eq!(new.code, Some(1));
    assert!(new.out.starts_with("new\n  error  missing_in_model") && !new.out.contains("old"), "{}", new.out);
}

#[test]
fn the_configuration_sets_severities() {
    let place = Place::bookshop(Engine::Sqlite);
    place.load("CREATE INDEX odd ON review (headline); CREATE TABLE extra (id int)");
    fs::remove_file(place.output().join("src/book.rs")).unwrap();
    let configured = |check: &str, arguments: &[&str]| {
        place.configure(check);
        let run = place.check(&[&["--live", "--format", "json"], arguments].concat());
        let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        (run.code, report["summary"].clone())
    };
    let summary =
        |error: u8, warning: u8, info: u8| json!({ "error": error, "warning": warning, "info": info, "baselined": 0 });
    assert_eq!(configured("", &[]), (Some(1), summary(2, 1, 0)));
    let stale = "[check.severity]\nstale_output = \"info\"\n";
    let path = "[check.paths]\nextra = { missing_in_model = \"warning\" }\n";
    let all = configured(&format!("{stale}index_mismatch = \"info\"\n{path}"), &[]);
    assert_eq!(all, (Some(0), summary(0, 1, 2)));
    let all = configured(&format!("{stale}{path}"), &["--strict"]);
    assert_eq!(all, (Some(1), summary(0, 2, 1)));
}

#[test]
fn without_a_database_none_is_asked_for() {
    let place = Place::bookshop(Engine::Sqlite);
    let config = "[[source]]\nname = \"shop\"\nurl = \"${TABLATURE_NO_SUCH_VARIABLE}\"\noutput = \"generated\"\n";
    fs::write(place.folder.path().join("tablature.toml"), config).unwrap();
    let run = place.check(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "no differences\n"), "{}", run.err);
    let live = place.check(&["--live"]);
    assert_eq!(live.code, Some(2));
    assert!(live.err.contains("TABLATURE_NO_SUCH_VARIABLE"), "{}", live.err);
}

#[test]
fn the_documentation_lists_every_status_and_form() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let page = fs::read_to_string(path).unwrap();
    for status in Status::ALL {
        let line = format!("| `{}` | {} | {} |", status.name(), status.severity(), status.explanation());
        assert!(page.lines().any(|found| found == line), "docs/conformance.md lacks\n{line}");
    }
    for format in Format::ALL {
        let line = format!("| `{}` | {} |", format.name(), format.explanation());
        assert!(page.lines().any(|found| found.starts_with(&line)), "docs/conformance.md lacks\n{line}");
    }
}
