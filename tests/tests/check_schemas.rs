//! `tablature check` on schemas that were made for other things: every kind of change is found alone and in its place, and
//! nothing is found once it is undone.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::path::Path;

use tablature_tests::{Engine, ScratchDatabase, mutation};

/// Runs the course on the bookshop and on two other schemas.
#[track_caller]
fn every_kind_is_found(engine: Engine, schemas: [&str; 2]) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(engine.folder());
    for schema in [None, Some(schemas[0]), Some(schemas[1])] {
        let database = ScratchDatabase::create(engine).unwrap();
        let name = schema.unwrap_or("bookshop");
        match schema {
            None => database.load_folder(engine.migrations()).unwrap(),
            Some(name) => database.load_file(corpus.join(format!("{name}.sql"))).unwrap(),
        }
        let course = mutation::run(&database).unwrap_or_else(|error| panic!("{engine}, {name}: {error}"));
        assert!(course.faults.is_empty(), "{engine}, {name}:\n{}", course.faults.join("\n"));
        let (found, missed) = (course.found.len(), &course.not_made);
        assert!(found >= 60 && missed.is_empty(), "{engine}, {name}: {found} kinds, and not {missed:?}");
    }
}

#[test]
fn every_kind_of_change_of_postgres_is_found_anywhere() {
    every_kind_is_found(Engine::Postgres, ["ferries", "clinic"]);
}

#[test]
fn every_kind_of_change_of_mysql_is_found_anywhere() {
    every_kind_is_found(Engine::Mysql, ["ferries", "clinic"]);
}

#[test]
fn every_kind_of_change_of_sqlite_is_found_anywhere() {
    every_kind_is_found(Engine::Sqlite, ["ferries", "notes"]);
}
