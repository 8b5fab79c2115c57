//! The tests that generated crates bring with them, run as their users run them.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::path::Path;
use std::process::{Command, Output};

use tablature_tests::{Engine, ScratchDatabase};

const URL: &str = "TABLATURE_SELF_TEST_URL";

/// A scratch database with the schema that a crate was made from.
fn scratch(engine: Engine, schema: &str) -> ScratchDatabase {
    let database = ScratchDatabase::create(engine).unwrap();
    database.load_file(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases").join(schema)).unwrap();
    database
}

fn run(program: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(program);
    for name in [URL, "TABLATURE_SELF_TEST_SEED", "TABLATURE_SELF_TEST_ROWS", "TABLATURE_SELF_TEST_OCCUPIED"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The crate proves itself, with other values too, and nothing of it stays.
fn proves(program: &str, database: &ScratchDatabase, tables: &str) {
    for seed in ["1", "2"] {
        let output = run(program, &[(URL, database.url()), ("TABLATURE_SELF_TEST_SEED", seed)]);
        let report = text(&output);
        assert!(output.status.success(), "{report}");
        assert!(report.contains(tables) && report.contains(&format!("SEED={seed}")), "{report}");
    }
}

#[test]
fn types_of_postgres() {
    let database = scratch(Engine::Postgres, "types/postgres/schema.sql");
    proves(env!("CARGO_BIN_EXE_self-test-types-postgres"), &database, "13 tables written");
}

#[test]
fn types_of_mysql() {
    let database = scratch(Engine::Mysql, "types/mysql/schema.sql");
    proves(env!("CARGO_BIN_EXE_self-test-types-mysql"), &database, "7 tables written");
}

#[test]
fn types_of_sqlite() {
    let database = scratch(Engine::Sqlite, "types/sqlite/schema.sql");
    proves(env!("CARGO_BIN_EXE_self-test-types-sqlite"), &database, "8 tables written");
}

#[test]
fn bookshop_of_postgres() {
    let database = scratch(Engine::Postgres, "bookshop/postgres/schema.sql");
    proves(env!("CARGO_BIN_EXE_self-test-bookshop-postgres"), &database, "16 tables written");
}

#[test]
fn bookshop_of_mysql() {
    let database = scratch(Engine::Mysql, "bookshop/mysql/schema.sql");
    proves(env!("CARGO_BIN_EXE_self-test-bookshop-mysql"), &database, "18 relations");
}

#[test]
fn bookshop_of_sqlite() {
    let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
    database.load_folder(Engine::Sqlite.migrations()).unwrap();
    proves(env!("CARGO_BIN_EXE_self-test-bookshop"), &database, "18 relations");
}

/// A crate that is wrong about three of its columns says so of each of them, and of no other.
#[test]
fn mistakes_are_found() {
    let database = scratch(Engine::Sqlite, "mistakes/sqlite/schema.sql");
    let output = run(env!("CARGO_BIN_EXE_self-test-mistakes"), &[(URL, database.url())]);
    let report = text(&output);
    assert_eq!(output.status.code(), Some(1), "{report}");
    for found in [
        "measure: what the schema lets in is no insert",
        "measure.name (TEXT): \"a\" was written, and \"A\" was read",
        "measure.label: a row is not as its schema says",
    ] {
        assert!(report.contains(found), "{found} is not in {report}");
    }
    assert!(!report.contains("right_one ("), "{report}");
}

#[test]
fn without_a_database_it_says_what_it_wants() {
    let output = run(env!("CARGO_BIN_EXE_self-test-mistakes"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("TABLATURE_SELF_TEST_URL is not set"), "{}", text(&output));
}

#[test]
fn rows_that_are_there_are_not_run_over_in_silence() {
    let program = env!("CARGO_BIN_EXE_self-test-types-sqlite");
    let database = scratch(Engine::Sqlite, "types/sqlite/schema.sql");
    database.load("INSERT INTO documents (id, other, document) VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{}');").unwrap();
    let output = run(program, &[(URL, database.url())]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("has rows, in documents"), "{}", text(&output));
    let output = run(program, &[(URL, database.url()), ("TABLATURE_SELF_TEST_OCCUPIED", "1")]);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn another_schema_is_told_apart() {
    let database = scratch(Engine::Sqlite, "mistakes/sqlite/schema.sql");
    let output = run(env!("CARGO_BIN_EXE_self-test-types-sqlite"), &[(URL, database.url())]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("another schema"), "{}", text(&output));
}
