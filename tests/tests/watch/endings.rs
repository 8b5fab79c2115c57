//! How a watcher begins and ends, and what it does in between.

use std::fs;

use tablature_tests::{Engine, ScratchDatabase};

use crate::support::Place;

const BOOK: &str = "CREATE TABLE book (id integer PRIMARY KEY)";

#[test]
fn once_is_one_change() {
    let (database, place) = (ScratchDatabase::create(Engine::Postgres).unwrap(), Place::new());
    database.load(BOOK).unwrap();
    place.done(&["codegen", "--url", database.url(), "--output", "crate", "--name", "shop"]);
    let exec = "echo \"$TABLATURE_SOURCE\" > done";
    let watcher = place.begin(database.url(), &["--once", "--exec", exec]);
    watcher.until("watching ");
    database.load("ALTER TABLE book ADD COLUMN pages integer").unwrap();
    let status = watcher.end();
    assert!(status.success(), "{status}\n{}", watcher.said());
    assert!(place.generated("src/book.rs").contains("pub pages: Option<i32>"));
    assert_eq!(fs::read_to_string(place.path("done")).unwrap(), "shop\n");
}

#[test]
fn a_command_that_fails_or_does_not_end_is_no_end() {
    let (database, place) = (ScratchDatabase::create(Engine::Postgres).unwrap(), Place::new());
    database.load(BOOK).unwrap();
    let watcher = place.begin(database.url(), &["--exec", "test -e again && sleep 600; touch again; exit 3"]);
    watcher.until("exit status: 3");
    database.load("ALTER TABLE book ADD COLUMN pages integer").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
    watcher.leave(&place);
}

#[test]
fn two_at_once_are_no_more_than_one() {
    let (database, place) = (ScratchDatabase::create(Engine::Postgres).unwrap(), Place::new());
    database.load(BOOK).unwrap();
    let watchers = [place.begin(database.url(), &[]), place.begin(database.url(), &[])];
    for watcher in &watchers {
        watcher.until("watching ");
    }
    for at in 0..5 {
        database.load(&format!("ALTER TABLE book ADD COLUMN c{at} integer")).unwrap();
        place.until_generated(&watchers[0], "src/book.rs", &format!("pub c{at}: Option<i32>"));
    }
    for watcher in watchers {
        assert!(!watcher.said().contains("stays as it is"), "{}", watcher.said());
        watcher.leave(&place);
    }
    let output = place.run(&["codegen", "--check", "--url", database.url(), "--output", "crate", "--name", "shop"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn what_cannot_be_made_is_told_and_waited_for() {
    let (database, place) = (ScratchDatabase::create(Engine::Postgres).unwrap(), Place::new());
    database.load(BOOK).unwrap();
    let watcher = place.watch(database.url(), &["--include", "book"]);
    let before = place.generated("schema.json");
    database.load("ALTER TABLE book RENAME TO tome").unwrap();
    watcher.until("the configuration names what is not in the schema");
    watcher.until("the crate stays as it is");
    assert_eq!(place.generated("schema.json"), before);
    database.load("ALTER TABLE tome ADD COLUMN pages integer; ALTER TABLE tome RENAME TO book").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
    watcher.leave(&place);
}

#[test]
fn what_cannot_begin_says_why() {
    let place = Place::new();
    for (arguments, why) in [
        (&["--url", "postgres://ann:s3cret@127.0.0.1:1/shop", "--output", "shop"][..], "nobody answers there"),
        (&["--url", "sqlite:no.db", "--output", "shop"], "there is no such database"),
        (&["--offline", "--output", "shop"], "there is nothing to watch"),
        (&["--url", "sqlite:no.db", "--install"], "no source is a PostgreSQL database"),
        (&["--url", "sqlite:no.db", "--interval", "0"], "less than a hundredth"),
        (&[], "there is no tablature.toml here"),
    ] {
        let mut all = vec!["watch"];
        all.extend(arguments);
        let output = place.run(&all);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && !said.contains("s3cret"), "{said}");
        assert!(!place.path("shop").exists());
    }
}
