//! Golden cases: a schema in, a whole crate out, from a real server.
//!
//! A case is a folder, `tests/cases/<case>/<engine>`, with `schema.sql`, if it needs options a `source.toml` of the form
//! of `tablature.toml`, and the crate that must come out in `expected/`. `BLESS=1` writes what comes out there instead
//! of comparing. The expected crates are members of the workspace, so that each of them compiles.
//!
//! Every case is also generated again over itself, from its snapshot once the database is gone, and for a role that may
//! do nothing but read: none of these may change a byte.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use similar::TextDiff;
use tablature::codegen::{Outcome, codegen};
use tablature::config::{CommandLine, Origin, RuntimeDependency, Source, load};
use tablature::output::Mode;
use tablature_tests::{Engine, ScratchDatabase};

/// How to write what comes out into `expected/`.
const BLESS: &str = "BLESS=1 cargo test -p tablature-tests --test cases";

/// From an expected crate's folder to the runtime's.
const RUNTIME: &str = "../../../../../runtime";

/// The most lines of differences that are printed.
const MOST_LINES: usize = 400;

/// A test for each case and engine, and the list of them.
macro_rules! cases {
    ($($case:ident: $($engine:ident),+;)+) => {
        $(mod $case {
            $(#[test]
            fn $engine() {
                super::run(stringify!($case), stringify!($engine));
            })+
        })+

        const LISTED: &[(&str, &[&str])] = &[$((stringify!($case), &[$(stringify!($engine)),+])),+];
    };
}

cases! {
    bookshop: mysql, postgres;
    checks: mysql, postgres, sqlite;
    comments: mysql, postgres;
    keys: mysql, postgres, sqlite;
    mistakes: sqlite;
    names: mysql, postgres, sqlite;
    options: postgres;
    types: mysql, postgres, sqlite;
}

/// A folder's files by path, with what they hold and when they were written.
type Tree = BTreeMap<String, (String, SystemTime)>;

fn run(case: &str, engine: &str) {
    let engine = Engine::ALL.into_iter().find(|known| known.folder() == engine).unwrap();
    let folder = cases_folder().join(case).join(engine.folder());
    let database = ScratchDatabase::create(engine).unwrap();
    database.load_file(folder.join("schema.sql")).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let output = temporary.path().join("crate");
    let name = format!("{case}_{}", engine.folder());
    let source = |origin: Origin| {
        let settings = folder.join("source.toml");
        let mut source = if settings.is_file() {
            let command = CommandLine {
                config: Some(settings),
                url: Some("sqlite:replaced".to_owned()),
                output: Some(output.clone()),
                name: Some(name.clone()),
                ..CommandLine::default()
            };
            load(&command).unwrap().remove(0)
        } else {
            Source::new(&name, Origin::Snapshot, &output)
        };
        source.origin = origin;
        source.runtime = RuntimeDependency::Path(RUNTIME.to_owned());
        source.command = "tablature codegen".to_owned();
        source
    };

    generate(&source(Origin::Url(database.url().to_owned())));
    let made = tree(&output);
    if engine == Engine::Mysql && !made["schema.json"].0.contains("\"engine\": \"mariadb\"") {
        drop(writeln!(
            std::io::stderr(),
            "{name}: not compared, for the goldens are MariaDB's, and this is another server"
        ));
    } else {
        compare(&name, &folder.join("expected"), &made);
    }

    let again = generate(&source(Origin::Url(database.url().to_owned())));
    assert!(again.files.changes.is_empty(), "{name}: the second run changed {:?}", again.files.changes);
    assert!(tree(&output) == made, "{name}: the second run touched files:\n{}", differences(&made, &tree(&output)));

    if engine != Engine::Sqlite {
        generate(&source(Origin::Url(database.select_only_role().unwrap())));
        same(&name, "a role that may only read", &made, &tree(&output));
        // What was written in between goes, so that nothing of it can be mistaken for the snapshot's own work.
        fs::remove_dir_all(&output).unwrap();
        generate(&source(Origin::Url(database.url().to_owned())));
    }

    database.remove().unwrap();
    generate(&source(Origin::Snapshot));
    same(&name, "the snapshot", &made, &tree(&output));
    // Also where nothing is there but the snapshot.
    fs::remove_dir_all(&output).unwrap();
    fs::create_dir(&output).unwrap();
    fs::write(output.join("schema.json"), &made["schema.json"].0).unwrap();
    generate(&source(Origin::Snapshot));
    same(&name, "the snapshot alone", &made, &tree(&output));
}

fn generate(source: &Source) -> Outcome {
    codegen(source, Mode::Write, &AtomicBool::new(false), |_| ())
        .unwrap_or_else(|error| panic!("{}: {error}", source.name))
}

/// Compares what came out with what was expected, or writes it down.
fn compare(name: &str, expected: &Path, made: &Tree) {
    if blesses() {
        write(expected, made);
        return;
    }
    let expected = if expected.is_dir() { tree(expected) } else { Tree::new() };
    let found = differences(&expected, made);
    assert!(found.is_empty(), "{name} is not as expected:\n{found}\nIf it should be: {BLESS}");
}

fn blesses() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

fn same(name: &str, what: &str, live: &Tree, made: &Tree) {
    let found = differences(live, made);
    assert!(found.is_empty(), "{name}: {what} gives something else than the live database:\n{found}");
}

/// Unified diffs of all files that differ.
fn differences(old: &Tree, new: &Tree) -> String {
    let mut out = String::new();
    for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let text = |tree: &Tree| tree.get(path).map_or_else(String::new, |(text, _)| text.clone());
        let (old, new) = (text(old), text(new));
        if old != new {
            let diff = TextDiff::from_lines(&old, &new);
            let diff = diff.unified_diff().context_radius(3).header(path, path).to_string();
            out.push_str(&diff);
        }
    }
    let lines = out.lines().count();
    if lines > MOST_LINES {
        out = out.lines().take(MOST_LINES).fold(String::new(), |text, line| text + line + "\n");
        out.push_str(&format!("… and {} more lines\n", lines - MOST_LINES));
    }
    out
}

/// Brings a folder in line with what came out. Files that are right already are not touched, so that cargo does not
/// compile them again.
fn write(folder: &Path, made: &Tree) {
    let old = if folder.is_dir() { tree(folder) } else { Tree::new() };
    for path in old.keys().filter(|path| !made.contains_key(*path)) {
        fs::remove_file(folder.join(path)).unwrap();
    }
    for (path, (text, _)) in made {
        if old.get(path).is_none_or(|(old, _)| old != text) {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
}

/// Every file below a folder.
fn tree(folder: &Path) -> Tree {
    let mut out = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            let written = path.metadata().unwrap().modified().unwrap();
            out.insert(relative, (fs::read_to_string(&path).unwrap(), written));
        }
    }
    out
}

fn cases_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// The names of the folders in a folder.
fn folders(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_folder_is_a_test() {
    let listed: Vec<(String, Vec<String>)> = LISTED
        .iter()
        .map(|(case, engines)| ((*case).to_owned(), engines.iter().map(|&engine| engine.to_owned()).collect()))
        .collect();
    let found: Vec<(String, Vec<String>)> =
        folders(&cases_folder()).into_iter().map(|case| (case.clone(), folders(&cases_folder().join(case)))).collect();
    assert_eq!(found, listed);
}

/// The example application's crate is SQLite's golden.
#[test]
fn the_example_is_what_its_migrations_make() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut source =
        load(&CommandLine { config: Some(root.join("tablature.toml")), ..CommandLine::default() }).unwrap().remove(0);
    source.command = "cargo xtask codegen".to_owned();
    assert_eq!(source.origin, Origin::Migrations(root.join("migrations")));
    let outcome = codegen(&source, Mode::Check, &AtomicBool::new(false), |_| ()).unwrap();
    let diffs: Vec<String> = outcome.files.changes.into_iter().filter_map(|change| change.diff).collect();
    assert!(diffs.is_empty(), "generated/ is not fresh; run `cargo xtask codegen`:\n{}", diffs.concat());
}

/// The expected crates compile with everything that can be switched on, and no warning is among what the compiler says.
#[test]
fn expected_crates_compile_without_warnings() {
    // They are being written.
    if blesses() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO"));
    // The workspace's own target folder and flags, so that little is compiled a second time. Cargo repeats the warnings of
    // what it does not compile again.
    command.current_dir(root).args(["check", "--all-features", "--message-format", "json-diagnostic-rendered-ansi"]);
    for (case, engines) in LISTED {
        for engine in *engines {
            command.args(["--package", &format!("{case}_{engine}")]);
        }
    }
    let output = command.output().unwrap();
    let messages: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-message")
        .filter_map(|message| message["message"]["rendered"].as_str().map(str::to_owned))
        .collect();
    assert!(messages.is_empty(), "{}", messages.concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
