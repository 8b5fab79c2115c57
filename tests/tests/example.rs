//! The example program, as its users call it: on each engine, twice on the same database.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::path::Path;
use std::process::Command;

use tablature_tests::{Engine, ScratchDatabase, Service, server_url};

/// What it says, whichever engine it is on.
const STORY: &[&str] = &[
    "Harbour Press of NO goes on the shelf \"Travel\".",
    "\"Lighthouses\", which the database calls",
    "says is in \"en\"",
    "  Islands for 18.50 euros",
    "Islands is published by Harbour Press.",
    "Harbour Press has published 3 books.",
    "Page 1: Harbours, Islands\nPage 2: Lighthouses\n",
    "2 books cost 25 euros at most, the dearest of them 24.00.",
    "Islands now costs 19.90, read through the cache.",
    "There is a book with the ISBN 9780000000019 already.",
    "Four copies of Lighthouses cannot be reserved: there are three.",
    "  0 copies of Islands are reserved.\n  0 copies of Lighthouses are reserved.\n",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Runs an example and gives what it says.
fn output(example: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--locked", "--example", example]).current_dir(root());
    command.env_remove("DATABASE_URL").env_remove("REDIS_URL").envs(environment.iter().copied());
    let output = command.output().unwrap();
    let (said, complained) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{said}\n{complained}", output.status);
    said
}

/// Runs the bookshop and checks what it says.
fn run(environment: &[(&str, &str)]) -> String {
    let said = output("bookshop", environment);
    for line in STORY {
        assert!(said.contains(line), "it does not say {line:?}:\n{said}");
    }
    said
}

fn twice(engine: Engine) {
    let database = ScratchDatabase::create(engine).unwrap();
    let environment = [("DATABASE_URL", database.url()), ("REDIS_URL", server_url(Service::Redis).unwrap())];
    assert!(run(&environment).contains("Migrations: 7 in all, 7 applied just now."));
    assert!(run(&environment).contains("Migrations: 7 in all, 0 applied just now."));
}

#[test]
fn it_needs_no_server() {
    run(&[]);
}

#[test]
fn it_runs_on_sqlite() {
    twice(Engine::Sqlite);
}

#[test]
fn it_runs_on_postgres_and_redis() {
    twice(Engine::Postgres);
}

#[test]
fn it_runs_on_mysql_and_redis() {
    twice(Engine::Mysql);
}

#[test]
fn the_program_in_the_readme_runs_as_it_stands_there() {
    let program = std::fs::read_to_string(root().join("examples/readme.rs")).unwrap();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    // Without what says that it is an example.
    let shown = &program[program.find("use ").unwrap()..];
    assert!(readme.contains(shown), "README.md does not show examples/readme.rs as it is");

    let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
    run(&[("DATABASE_URL", database.url())]);
    let said = output("readme", &[("DATABASE_URL", database.url())]);
    assert!(said.starts_with("Islands, Some(\"Harbour Press\")\n"), "{said}");
    assert!(said.contains("title: \"Islands\"") && said.contains("price: 9.9"), "{said}");
}
