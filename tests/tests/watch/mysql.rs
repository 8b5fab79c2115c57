//! MySQL and MariaDB, which tell nothing by themselves.

use tablature_tests::{Engine, ScratchDatabase};

use crate::support::Place;

#[test]
fn changes_of_every_kind_are_found_by_asking() {
    let (database, place) = (ScratchDatabase::create(Engine::Mysql).unwrap(), Place::new());
    database
        .load("CREATE TABLE book (id int PRIMARY KEY, title varchar(100)); CREATE VIEW titles AS SELECT id, title FROM book")
        .unwrap();
    let watcher = place.watch(database.url(), &[]);
    watcher.until("asking what tables it has");
    database.load("ALTER TABLE book ADD COLUMN pages int").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
    // Neither of these is another table.
    database.load("ALTER TABLE book MODIFY COLUMN pages int COMMENT 'Without the cover.'").unwrap();
    place.until_generated(&watcher, "src/book.rs", "/// Without the cover.");
    database.load("CREATE OR REPLACE VIEW titles AS SELECT id, title, pages FROM book").unwrap();
    place.until_generated(&watcher, "src/titles.rs", "pub pages: Option<i32>");
    database.load("DROP VIEW titles").unwrap();
    watcher.until_so("the view is gone", || !place.generated("src/lib.rs").contains("titles"));
    watcher.leave(&place);
}

#[test]
fn a_session_that_is_ended_begins_anew() {
    let (database, place) = (ScratchDatabase::create(Engine::Mysql).unwrap(), Place::new());
    database.load("CREATE TABLE book (id int PRIMARY KEY)").unwrap();
    let proxy = tablature_tests::CountingProxy::start(database.url()).unwrap();
    let watcher = place.watch(proxy.url(), &[]);
    proxy.cut_after_received(0);
    proxy.cut_now();
    watcher.until("trying again until it answers");
    database.load("ALTER TABLE book ADD COLUMN pages int").unwrap();
    proxy.heal();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
    watcher.leave(&place);
}
