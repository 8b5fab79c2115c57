//! `tablature check --models` as people run it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tablature_tests::{Engine, ScratchDatabase};
use tempfile::TempDir;

use super::written;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tablature-under-test");

/// A folder with the bookshop's crate in `generated`, made from a database, and files.
struct Project {
    folder: TempDir,
    database: ScratchDatabase,
}

impl Project {
    fn new(configuration: &str) -> Self {
        let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
        database.load_folder(Engine::Sqlite.migrations()).unwrap();
        let project = Self { folder: TempDir::new().unwrap(), database };
        let source =
            format!("[[source]]\nname = \"shop\"\nurl = {:?}\noutput = \"generated\"\n", project.database.url());
        project.write("tablature.toml", &(source + configuration));
        let (code, _, err) = project.run(&["codegen"]);
        assert_eq!(code, 0, "{err}");
        project
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path()).env_remove("DATABASE_URL");
        let output = command.env("TABLATURE_CACHE_DIR", self.folder.path().join("memory")).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        (output.status.code().unwrap(), out, err)
    }

    fn check(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run(&[&["check"], arguments].concat())
    }
}

const WRONG: &str = "#[derive(sqlx::FromRow)]\nstruct Publisher {\n    id: i64,\n    pub name: i64,\n    country: String,\n    \
                     website: Option<String>,\n}\n";

#[test]
fn the_exit_code_and_the_report_say_how_it_is() {
    let project = Project::new("");
    project.write("src/rows.rs", written(Engine::Sqlite, "rows.rs"));
    let (code, out, err) = project.check(&["--models", "src"]);
    assert_eq!((code, out.as_str()), (0, "no differences\n"), "{err}");
    assert!(err.contains("16 models of 16 relations in 1 file, 0 unverifiable, 0 left alone"), "{err}");

    project.write("src/wrong.rs", WRONG);
    for live in [&[][..], &["--live"], &["--live", "--no-probe"]] {
        let (code, out, _) = project.check(&[&["--models", "src"], live].concat());
        let expected = "src/wrong.rs\n  error  type_mismatch  4:9  name is VARCHAR(200), and Publisher has i64; Publisher is taken for publisher, for it is called like it\n      pub name: String,\n\n\
                        1 error, 0 warnings, 0 pieces of information\n";
        assert_eq!((code, out.as_str()), (1, expected));
    }
    let (code, out, _) = project.check(&["--models", "src/wrong.rs", "--format", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    let finding = &document["findings"][0];
    assert_eq!(code, 1);
    assert_eq!(finding["location"], serde_json::json!({ "path": "src/wrong.rs", "line": 4, "column": 9 }));
    assert_eq!((&finding["mend"], &finding["source"]), (&"pub name: String,".into(), &"shop".into()));

    // Only the database has changed, and the model is what the snapshot says.
    fs::remove_file(project.folder.path().join("src/wrong.rs")).unwrap();
    project.database.load("ALTER TABLE publisher ADD COLUMN founded INTEGER").unwrap();
    project.write(
        "src/tables.rs",
        "table! { publisher (id) { id -> BigInt, name -> Text, country -> Text, website -> Nullable<Text>, } }",
    );
    let (code, out, _) = project.check(&["--models", "src/tables.rs"]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = project.check(&["--models", "src/tables.rs", "--live"]);
    assert!(code == 1 && out.contains("founded -> Nullable<BigInt>,"), "{out}");
}

#[test]
fn a_baseline_and_severities_go_for_models_too() {
    let project = Project::new("[check]\nmodels = [\"src\"]\n");
    project.write("src/wrong.rs", WRONG);
    assert_eq!(project.check(&[]).0, 1);
    assert_eq!(project.check(&["--baseline", "known.json", "--write-baseline"]).0, 0);
    // The line is no part of what a finding is known by.
    project.write("src/wrong.rs", format!("// A comment.\n{WRONG}"));
    let (code, out, _) = project.check(&["--baseline", "known.json"]);
    assert_eq!((code, out.as_str()), (0, "no differences; 1 more in the baseline\n"));

    let file = fs::read_to_string(project.folder.path().join("tablature.toml")).unwrap();
    project
        .write("tablature.toml", format!("{file}[check.paths]\n\"publisher.name\" = {{ type_mismatch = \"info\" }}\n"));
    assert_eq!(project.check(&[]).0, 0);
    assert_eq!(project.check(&["--models", "nowhere"]).0, 2);
}

#[test]
fn what_cannot_be_read_is_told_and_harms_nothing() {
    let project = Project::new("[validate]\nmax_file_size = 100000\n");
    project.write("src/broken.rs", "struct Book {");
    project.write("src/binary.rs", [0xff, 0xfe, 0x00]);
    project.write("src/huge.rs", "// nothing\n".repeat(10_000));
    project.write("src/notes.txt", WRONG);
    project.write("src/deep.rs", format!("fn f() {{ {}0{}; }}", "(".repeat(900), ")".repeat(900)));
    project.write(".gitignore", "ignored/\n");
    project.write("src/ignored/wrong.rs", WRONG);
    std::os::unix::fs::symlink(project.folder.path(), project.folder.path().join("src/loop")).unwrap();
    let (code, out, err) = project.check(&["--models", "src", "--models", "generated"]);
    assert_eq!(code, 0, "{out}{err}");
    for file in ["src/broken.rs", "src/binary.rs", "src/huge.rs"] {
        assert!(out.contains(&format!("{file}\n  info  unverifiable")), "{out}");
    }
    assert!(out.contains("0 errors, 0 warnings, 3 pieces of information"), "{out}");
    assert!(err.contains("3 unverifiable"), "{err}");
}

#[test]
fn what_is_left_out_is_not_missed() {
    let project = Project::new("exclude = [\"audit_*\"]\n");
    let tables = "table! { audit_log (actor) { actor -> Text, } }\ntable! { other.thing (id) { id -> Integer, } }";
    project.write("src/tables.rs", tables);
    let (code, out, _) = project.check(&["--models", "src"]);
    // SQLite has no schemas: what stands before the dot is no part of a name there.
    assert!(code == 1 && out.contains("the configuration leaves it out") && out.contains("thing"), "{out}");
    assert!(!out.contains("error    unverifiable") && out.contains("1 error, "), "{out}");
}

#[test]
fn several_sources_want_a_name() {
    let project = Project::new("");
    let file = fs::read_to_string(project.folder.path().join("tablature.toml")).unwrap();
    project
        .write("tablature.toml", format!("{file}[[source]]\nname = \"other\"\nmigrations = \"m\"\noutput = \"o\"\n"));
    project.write("src/wrong.rs", WRONG);
    let (code, _, err) = project.check(&["--models", "src"]);
    assert!(code == 2 && err.contains("--name") && err.contains("shop, other"), "{err}");
    assert_eq!(project.check(&["--models", "src", "--name", "shop"]).0, 1);
    assert!(Path::new(PROGRAM).exists());
}
