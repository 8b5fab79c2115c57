//! `tablature validate` as people run it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tablature::findings::Format;
use tablature_tests::Engine;
use tempfile::TempDir;

use super::bookshop;

/// The program, built together with these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tablature-under-test");

const RIGHT: &str = "async fn f(db: &Session) { db.query(\"SELECT title FROM book\").fetch_all().await; }\n";
const WRONG: &str = "async fn f(db: &Session) {\n    db.query(\"SELECT titel FROM book\").fetch_all().await;\n}\n";

/// A folder with the bookshop's snapshot in `generated`, and files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/schema.json");
    fs::create_dir(folder.path().join("generated")).unwrap();
    fs::copy(snapshot, folder.path().join("generated/schema.json")).unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// How a run ended: its code, and what it printed and said.
#[track_caller]
fn run(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(PROGRAM)
        .arg("validate")
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    (output.status.code().unwrap(), out, err)
}

#[test]
fn the_exit_code_says_how_it_is() {
    let folder = project(&[("src/right.rs", RIGHT)]);
    let (code, out, err) = run(&folder, &["--output", "generated", "src"]);
    let silence = "no differences; SQL in 1 file: 1 verified, 0 unverifiable, 0 wrong\n";
    assert_eq!((code, out.as_str()), (0, silence), "{err}");

    fs::write(folder.path().join("src/wrong.rs"), WRONG).unwrap();
    let (code, out, _) = run(&folder, &["--output", "generated", "src"]);
    let told = "src/wrong.rs\n  error  unknown_name_in_source  2:22  book has no column titel; did you mean title?\n\n\
                1 error, 0 warnings, 0 pieces of information; SQL in 2 files: 1 verified, 0 unverifiable, 1 wrong\n";
    assert_eq!((code, out.as_str()), (1, told));

    let (code, _, err) = run(&folder, &["--output", "generated", "nowhere"]);
    assert!(code == 2 && err.contains("nowhere"), "{err}");
    let (code, _, err) = run(&folder, &["--output", "elsewhere", "src"]);
    assert!(code == 2 && err.contains("schema.json"), "{err}");
    let (code, _, err) = run(&folder, &["--output", "generated"]);
    assert!(code == 2 && err.contains("`sql` in the [[source]]"), "{err}");
}

#[test]
fn the_document_for_programs_says_the_same() {
    let built = "fn f(db: &Session, x: &str) { db.query(x); }\n";
    let folder = project(&[("src/wrong.rs", WRONG), ("src/built.rs", built), ("src/broken.rs", "fn f( {")]);
    let arguments = ["--output", "generated", "--format", "json", "src"];
    let (code, out, _) = run(&folder, &arguments);
    assert_eq!(code, 1);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["statements"], json!({ "files": 3, "verified": 0, "unverifiable": 2, "wrong": 1 }));
    let findings = document["findings"].as_array().unwrap();
    // The file that cannot be read is always told; the statement that cannot be seen is where it is asked for.
    let [unread, wrong] = findings.as_slice() else { panic!("{out}") };
    assert_eq!((&unread["status"], &unread["location"]["path"]), (&json!("unverifiable"), &json!("src/broken.rs")));
    let expected = json!({
        "identity": wrong["identity"], "path": "book.titel", "status": "unknown_name_in_source", "severity": "error",
        "source": "generated", "place": { "schema": "", "relation": "book", "column": "titel" },
        "location": { "path": "src/wrong.rs", "line": 2, "column": 22 }, "expected": "title", "found": "titel",
        "message": "book has no column titel; did you mean title?",
    });
    assert_eq!(*wrong, expected);

    let (_, out, _) = run(&folder, &[&arguments[..], &["--verbose"]].concat());
    let document: Value = serde_json::from_str(&out).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let built = findings.iter().find(|finding| finding["location"]["path"] == "src/built.rs").unwrap();
    assert_eq!((&built["status"], &built["severity"]), (&json!("unverifiable"), &json!("info")));
    assert_eq!(built["location"], json!({ "path": "src/built.rs", "line": 1, "column": 40 }));
}

/// What is told in one form is told in all of them, and a baseline knows it.
#[test]
fn every_form_of_a_report_tells_of_sql() {
    let folder = project(&[("src/wrong.rs", WRONG)]);
    for format in Format::ALL {
        let (code, out, err) = run(&folder, &["--output", "generated", "--format", format.name(), "src"]);
        assert_eq!(code, 1, "{err}");
        assert!(out.contains("src/wrong.rs") || out.contains("src&#47;wrong.rs"), "{}: {out}", format.name());
        assert!(out.contains("titel"), "{}: {out}", format.name());
    }
    let with_baseline = ["--output", "generated", "--baseline", "known.json", "src"];
    assert_eq!(run(&folder, &[&with_baseline[..], &["--write-baseline"]].concat()).0, 0);
    // It stays known on another line, and a second slip is news.
    fs::write(folder.path().join("src/wrong.rs"), format!("\n\n{WRONG}")).unwrap();
    let (code, out, _) = run(&folder, &with_baseline);
    assert!(code == 0 && out.contains("1 more in the baseline"), "{out}");
    fs::write(folder.path().join("src/wrong.rs"), WRONG.replace("titel", "prise")).unwrap();
    assert_eq!(run(&folder, &with_baseline).0, 1);
}

#[test]
fn what_git_ignores_and_what_cannot_be_read_harms_nothing() {
    let folder = project(&[
        (".gitignore", "ignored/\n"),
        ("src/right.rs", RIGHT),
        ("ignored/wrong.rs", WRONG),
        (".hidden/wrong.rs", WRONG),
        ("src/broken.py", "def f(:\n"),
        ("src/notes.txt", "db.query(\"SELECT titel FROM book\")"),
        ("src/huge.ts", &"// nothing\n".repeat(600_000)),
    ]);
    fs::write(folder.path().join("src/binary.rs"), [0xff, 0xfe, 0x00]).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("src/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("src/dangling.rs")).unwrap();
    let (code, out, err) = run(&folder, &["--output", "generated", "."]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("1 verified, 3 unverifiable, 0 wrong"), "{out}{err}");
    for file in ["src/broken.py", "src/huge.ts", "src/binary.rs"] {
        assert!(out.contains(&format!("{file}\n  info  unverifiable  ")), "{file}: {out}");
    }
    assert!(out.contains("max_file_size"), "{out}");

    // What is named is meant, ignored or not; a link is followed where it is named, and what nobody here reads is told.
    std::os::unix::fs::symlink("src", folder.path().join("link")).unwrap();
    let (code, out, _) = run(&folder, &["--output", "generated", "ignored/wrong.rs", "link", "src/notes.txt"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("ignored/wrong.rs\n  error  unknown_name_in_source  2:22  "), "{out}");
    assert!(out.contains("link/broken.py\n  info  unverifiable  "), "{out}");
    assert!(out.contains("src/notes.txt\n  info  unverifiable  "), "{out}");
}

#[test]
fn the_configuration_says_what_else_is_looked_for() {
    let source = "fn f() { run_sql(1, \"SELECT titel FROM book\"); column(\"prise\"); db.table(\"boook\"); other(\"SELECT x\"); }\n";
    let file = "[[source]]\nmigrations = \"migrations\"\n[validate]\nmax_file_size = 1000\n\
                [[validate.targets]]\nlanguage = \"rust\"\ncall = \"run_sql\"\nargument = 1\n\
                [[validate.targets]]\nlanguage = \"rust\"\ncall = \"column\"\nkind = \"column\"\n";
    let folder = project(&[("tablature.toml", file), ("src/a.rs", source)]);
    let (code, out, err) = run(&folder, &["src"]);
    assert_eq!(code, 1, "{err}");
    for (name, meant) in [("titel", "title"), ("prise", "price"), ("boook", "book")] {
        assert!(out.contains(&format!("{name}; did you mean {meant}?")), "{out}");
    }
    fs::write(folder.path().join("tablature.toml"), format!("{file}call = \"a b\"\n")).unwrap();
    assert_eq!(run(&folder, &["src"]).0, 2);
    fs::write(folder.path().join("tablature.toml"), file.replace("run_sql", "run sql")).unwrap();
    let (code, _, err) = run(&folder, &["src"]);
    assert!(code == 2 && err.contains("run sql"), "{err}");
    fs::write(folder.path().join("tablature.toml"), file.replace("targets", "tragets")).unwrap();
    let (code, _, err) = run(&folder, &["src"]);
    assert!(code == 2 && err.contains("did you mean \"targets\"?"), "{err}");
}

#[test]
fn a_server_has_the_last_word() {
    for engine in [Engine::Postgres, Engine::Mysql, Engine::Sqlite] {
        let scratch = bookshop(engine);
        // What names alone do not show: a type that does not fit, a function that is not there, and a table of the session.
        let source = "fn f(db: &Session) {
            db.query(\"SELECT title FROM book WHERE id = :id\");
            db.query(\"SELECT no_such_function(title) FROM book\");
            db.query(\"SELECT titel FROM book\");
            db.query(\"CREATE TEMPORARY TABLE scratch (x integer)\");
            db.query(\"SELECT x FROM scratch\");
            db.query(\"DELETE FROM book\");
        }";
        let folder = project(&[("src/a.rs", source)]);
        scratch.load("INSERT INTO publisher (name, country) VALUES ('Harbour', 'NO')").unwrap();
        let (code, out, err) = run(&folder, &["--url", scratch.url(), "src"]);
        assert_eq!(code, 1, "{engine}: {out}{err}");
        assert!(out.contains("4:30  book has no column titel; did you mean title?"), "{engine}: {out}");
        // MySQL and MariaDB look for functions only when a statement is run.
        let is_refused = out.contains("no_such_function");
        assert!(is_refused || engine == Engine::Mysql, "{engine}: {out}");
        assert!(!out.contains("scratch"), "{engine}: {out}");
        // Nothing was executed.
        scratch.load("UPDATE publisher SET country = 'SE' WHERE name = 'Harbour'").unwrap();
    }
    let folder = project(&[("src/right.rs", RIGHT)]);
    let (code, _, err) = run(&folder, &["--url", "postgres://127.0.0.1:1/nothing", "src"]);
    assert!(code == 2 && err.contains("cannot connect"), "{err}");
}
