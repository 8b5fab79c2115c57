//! What an earlier run leaves for the next one: names that stay, layouts that are remembered, files that are not touched.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use tablature::codegen::{Outcome, codegen};
use tablature::config::{Origin, Source};
use tablature::output::Mode;
use tablature_tests::{Engine, ScratchDatabase};

/// A database and a crate made from it again and again.
struct Place {
    database: ScratchDatabase,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(schema: &str) -> Self {
        let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
        database.load(schema).unwrap();
        Self { database, folder: tempfile::tempdir().unwrap() }
    }

    fn output(&self) -> std::path::PathBuf {
        self.folder.path().join("crate")
    }

    fn run(&self) -> Outcome {
        let source = Source::new("again", Origin::Url(self.database.url().to_owned()), self.output());
        codegen(&source, Mode::Write, &AtomicBool::new(false), |_| {}).unwrap()
    }

    fn layout(&self, relation: &str) -> (String, Vec<String>) {
        let file: Value = serde_json::from_str(&read(&self.output().join("cache-layout.json"))).unwrap();
        let relations = file["relations"].as_array().unwrap();
        let found = relations.iter().find(|r| r["relation"] == relation).unwrap();
        let previous = found["previous"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned());
        (found["layout"].as_str().unwrap().to_owned(), previous.collect())
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

const BOOK: &str = "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL);";

#[test]
fn a_layout_changes_with_decoding_alone_and_the_earlier_ones_are_remembered() {
    let place = Place::new(BOOK);
    place.run();
    let (first, none) = place.layout("book");
    assert!(none.is_empty());

    place.database.load("CREATE INDEX book_title ON book (title);").unwrap();
    assert!(!place.run().files.changes.is_empty(), "the snapshot has the index");
    assert_eq!(place.layout("book"), (first.clone(), vec![]), "an index changes no decoding");

    place.database.load("ALTER TABLE book ADD COLUMN pages INTEGER;").unwrap();
    place.run();
    let (second, previous) = place.layout("book");
    assert_ne!(second, first);
    assert_eq!(previous, std::slice::from_ref(&first));
    assert!(read(&place.output().join("src/book.rs")).contains(&format!("previous_layouts: &[\"{first}\"]")));
    assert!(place.run().files.changes.is_empty(), "remembering is no change");

    place.database.load("ALTER TABLE book DROP COLUMN pages;").unwrap();
    place.run();
    assert_eq!(place.layout("book"), (first, vec![second]), "back to the first, and the second is still about");
}

#[test]
fn a_newcomer_takes_nobodys_name_and_touches_nobodys_file() {
    let place = Place::new(
        "CREATE TABLE \"UserName\" (id INTEGER PRIMARY KEY, \"eMail\" TEXT, state TEXT CHECK (state IN ('A')));",
    );
    place.run();
    let before = read(&place.output().join("src/user_name.rs"));
    assert!(before.contains("pub struct UserName {") && before.contains("pub enum UserNameState {"));

    // Each of these would have the plain name if all were made at once: they are written as SQL names usually are.
    place
        .database
        .load("CREATE TABLE user_name (id INTEGER PRIMARY KEY); CREATE TABLE user_name_state (id INTEGER PRIMARY KEY);")
        .unwrap();
    let outcome = place.run();
    assert_eq!(read(&place.output().join("src/user_name.rs")), before);
    let touched: Vec<&str> = outcome.files.changes.iter().map(|change| change.path.as_str()).collect();
    assert!(!touched.contains(&"src/user_name.rs") && !touched.contains(&"schemas/user_name.json"), "{touched:?}");
    let newcomer = touched.iter().find(|path| path.starts_with("src/user_name_x")).expect("a file of its own");
    assert!(read(&place.output().join(newcomer)).contains("pub struct UserNameX"));
    assert!(place.run().files.changes.is_empty(), "names are remembered, not decided again");
}

#[test]
fn keys_are_what_the_layout_file_says() {
    let file: Value = serde_json::from_str(include_str!("../../generated/cache-layout.json")).unwrap();
    let form = |relation: &str, index: &str| {
        let relations = file["relations"].as_array().unwrap();
        let found = relations.iter().find(|r| r["relation"] == relation).unwrap();
        let key = found["keys"].as_array().unwrap().iter().find(|key| key["index"] == index).unwrap();
        key["form"].as_str().unwrap().to_owned()
    };
    let book = bookshop::book::keys::pk(bookshop::BookId(42));
    assert_eq!(book.cache_key(), Some(form("book", "pk").replace("{id}", "42")));
    let book = bookshop::book::keys::isbn("97 8");
    assert_eq!(book.cache_key(), Some(form("book", "isbn").replace("{isbn}", "97%208")));
    let review = bookshop::review::keys::book_id_and_customer_id(bookshop::BookId(1), bookshop::CustomerId(2));
    let expected = form("review", "book_id+customer_id").replace("{book_id}", "1").replace("{customer_id}", "2");
    assert_eq!(review.cache_key(), Some(expected));
}
