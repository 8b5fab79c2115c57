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

/// A name put together of parts that fold into each other.
fn odd_name(random: &mut fastrand::Rng) -> String {
    const PARTS: &[&str] =
        &["user", "User", "USER", "_", " ", "-", "name", "new", "Patch", "1", "type", "é", "e\u{301}"];
    (0..random.usize(1..4)).map(|_| PARTS[random.usize(..PARTS.len())]).collect()
}

/// The names of the files and of what is public in them, by the relation that a file says it is made from.
fn public_names(output: &Path) -> std::collections::BTreeMap<String, (String, Vec<String>)> {
    let files = fs::read_dir(output.join("src")).unwrap().map(|entry| entry.unwrap().path());
    let named = files.filter_map(|path| {
        let text = read(&path);
        let relation = text.lines().next()?.strip_prefix("// @generated by tablature from `")?.to_owned();
        let names = text.lines().filter(|line| line.trim_start().starts_with("pub ")).map(str::to_owned).collect();
        Some((relation, (path.display().to_string(), names)))
    });
    named.collect()
}

#[test]
fn no_newcomer_of_any_name_renames_another() {
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..8 {
        let place = Place::new("CREATE TABLE anchor (id INTEGER PRIMARY KEY);");
        // SQLite's own names are equal where only ASCII letters differ in case.
        let mut taken = std::collections::BTreeSet::from(["anchor".to_owned()]);
        place.run();
        for _ in 0..8 {
            let name = odd_name(&mut random);
            if !taken.insert(name.to_ascii_lowercase()) {
                continue;
            }
            let before = public_names(&place.output());
            let quoted = name.replace('"', "\"\"");
            place
                .database
                .load(&format!("CREATE TABLE \"{quoted}\" (id INTEGER PRIMARY KEY, \"{quoted}\" TEXT);"))
                .unwrap();
            place.run();
            let after = public_names(&place.output());
            assert_eq!(after.len(), before.len() + 1, "round {round}: {name:?}");
            for (relation, names) in &before {
                assert_eq!(after.get(relation), Some(names), "round {round}: {name:?} came to {relation}");
            }
        }
        // Without what the earlier runs left, names do not depend on the order in which the tables came.
        let fresh = |tables: &mut dyn Iterator<Item = &String>| {
            let tables: String = tables.map(|t| format!("CREATE TABLE \"{t}\" (id INTEGER PRIMARY KEY);")).collect();
            let place = Place::new(&tables);
            place.run();
            let names = public_names(&place.output());
            names.into_iter().map(|(relation, (_, names))| (relation, names)).collect::<Vec<_>>()
        };
        assert_eq!(fresh(&mut taken.iter()), fresh(&mut taken.iter().rev()), "round {round}");
    }
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
