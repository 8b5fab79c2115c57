//! SQLite files and folders of migrations.

use std::fs;

use tablature_tests::{Engine, ScratchDatabase};

use crate::support::{Place, Watcher, file_of};

#[test]
fn a_file_tells_of_its_schema_and_not_of_its_rows() {
    for mode in ["DELETE", "WAL"] {
        let (database, place) = (ScratchDatabase::create(Engine::Sqlite).unwrap(), Place::new());
        database.load(&format!("PRAGMA journal_mode = {mode}; CREATE TABLE book (id INTEGER PRIMARY KEY)")).unwrap();
        // An interval at which nothing would be found by asking.
        let watcher = place.watch(database.url(), &["--interval", "600"]);
        database.load("INSERT INTO book (id) VALUES (1), (2)").unwrap();
        database.load("ALTER TABLE book ADD COLUMN pages INTEGER").unwrap();
        place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i64>");
        database.load("DELETE FROM book; CREATE VIEW titles AS SELECT id FROM book").unwrap();
        place.until_generated(&watcher, "src/lib.rs", "pub mod titles;");
        watcher.leave(&place);
    }
}

#[test]
fn another_file_may_take_its_place() {
    let (database, place) = (ScratchDatabase::create(Engine::Sqlite).unwrap(), Place::new());
    let other = ScratchDatabase::create(Engine::Sqlite).unwrap();
    database.load("CREATE TABLE book (id INTEGER PRIMARY KEY)").unwrap();
    // As many changes of the schema, so that its version is the same.
    other.load("CREATE TABLE author (id INTEGER PRIMARY KEY)").unwrap();
    let watcher = place.watch(database.url(), &["--interval", "600"]);
    let (to, new) = (file_of(database.url()), file_of(database.url()).with_extension("new"));
    fs::copy(file_of(other.url()), &new).unwrap();
    fs::rename(&new, to).unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod author;");

    fs::remove_file(to).unwrap();
    watcher.until("there is no such database");
    other.load("ALTER TABLE author ADD COLUMN name TEXT").unwrap();
    fs::copy(file_of(other.url()), to).unwrap();
    place.until_generated(&watcher, "src/author.rs", "pub name: Option<String>");
    watcher.leave(&place);
}

/// Watches a folder of migrations, and waits until the crate is there.
fn migrations(place: &Place, interval: &str) -> Watcher {
    fs::create_dir(place.path("migrations")).unwrap();
    fs::write(place.path("migrations/V001__book.sql"), "CREATE TABLE book (id bigint PRIMARY KEY);").unwrap();
    let arguments =
        ["watch", "--migrations", "migrations", "--output", "crate", "--name", "shop", "--interval", interval];
    let watcher = Watcher::start(place.command(&arguments));
    watcher.until("files written");
    watcher
}

#[test]
fn migrations_are_seen_as_they_are_written() {
    let place = Place::new();
    // An interval at which nothing would be found by looking.
    let watcher = migrations(&place, "600");
    fs::write(place.path("migrations/V002__pages.sql"), "ALTER TABLE book ADD COLUMN pages integer;").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i64>");
    // What an editor does: another file, and then the other name.
    fs::write(place.path("migrations/.V002__pages.sql.swp"), "ALTER TABLE book ADD COLUMN leaves integer;").unwrap();
    fs::rename(place.path("migrations/.V002__pages.sql.swp"), place.path("migrations/V002__pages.sql")).unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub leaves: Option<i64>");
    // A folder that was not there before.
    fs::create_dir(place.path("migrations/sqlite")).unwrap();
    fs::write(place.path("migrations/sqlite/V003__author.sql"), "CREATE TABLE author (id INTEGER PRIMARY KEY);")
        .unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod author;");

    let before = place.generated("schema.json");
    fs::write(place.path("migrations/V002__pages.sql"), "ALTER TABLE book ADD COLUMN pages integer;\nCREATE TABL x;")
        .unwrap();
    watcher.until("migrations/V002__pages.sql:2:");
    assert_eq!(place.generated("schema.json"), before);
    fs::write(place.path("migrations/V002__pages.sql"), "ALTER TABLE book ADD COLUMN sheets integer;").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub sheets: Option<i64>");
    watcher.leave(&place);
}

#[test]
fn a_folder_may_be_deleted_and_made_again() {
    let place = Place::new();
    let watcher = migrations(&place, "600");
    let before = place.generated("schema.json");
    fs::remove_dir_all(place.path("migrations")).unwrap();
    watcher.until("cannot list the migrations in migrations");
    assert_eq!(place.generated("schema.json"), before);
    fs::create_dir(place.path("migrations")).unwrap();
    fs::write(place.path("migrations/V001__book.sql"), "CREATE TABLE book (id bigint PRIMARY KEY, pages integer);")
        .unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i64>");
    fs::write(place.path("migrations/V002__more.sql"), "ALTER TABLE book ADD COLUMN weight integer;").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub weight: Option<i64>");
    watcher.leave(&place);
}
