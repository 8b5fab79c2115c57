//! What happens to a watcher whose database goes away.

use tablature_tests::servers::PrivateServer;
use tablature_tests::{CountingProxy, Engine, ScratchDatabase, Service};

use crate::support::Place;

const LOST: &str = "trying again until it answers";
const WATCHING: &str = "watching ";

#[test]
fn what_happened_while_the_connection_was_lost_is_seen() {
    for install in [true, false] {
        let (database, place) = (ScratchDatabase::create(Engine::Postgres).unwrap(), Place::new());
        database.load("CREATE TABLE book (id integer PRIMARY KEY)").unwrap();
        if install {
            place.done(&["watch", "--url", database.url(), "--install"]);
        }
        let proxy = CountingProxy::start(database.url()).unwrap();
        let watcher = place.watch(proxy.url(), if install { &["--interval", "600"] } else { &[] });
        proxy.cut_after_received(0);
        proxy.cut_now();
        watcher.until(LOST);
        database.load("ALTER TABLE book ADD COLUMN pages integer").unwrap();
        proxy.heal();
        watcher.until_again(WATCHING, 1);
        place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
        // And it goes on as before.
        database.load("ALTER TABLE book ADD COLUMN weight integer").unwrap();
        place.until_generated(&watcher, "src/book.rs", "pub weight: Option<i32>");
        watcher.leave(&place);
    }
}

#[test]
fn a_server_may_restart() {
    let server = PrivateServer::start(Service::Postgres).unwrap();
    let database = ScratchDatabase::create_on(Engine::Postgres, server.url()).unwrap();
    let place = Place::new();
    database.load("CREATE TABLE book (id integer PRIMARY KEY)").unwrap();
    place.done(&["watch", "--url", database.url(), "--install"]);
    let watcher = place.watch(database.url(), &["--interval", "600"]);
    // The server of a test does not write its log at once, and would forget what it is about to be asked for.
    database.load("CHECKPOINT").unwrap();
    // A session that is killed has the server end all others and start anew.
    let _ = database.load("COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'");
    watcher.until(LOST);
    watcher.until_again(WATCHING, 1);
    database.load("ALTER TABLE book ADD COLUMN pages integer").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
    watcher.leave(&place);
}

#[test]
fn a_database_may_be_dropped_and_made_again() {
    let (database, place) = (ScratchDatabase::create(Engine::Postgres).unwrap(), Place::new());
    let elsewhere = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load("CREATE TABLE book (id integer PRIMARY KEY)").unwrap();
    place.done(&["watch", "--url", database.url(), "--install"]);
    let watcher = place.watch(database.url(), &[]);
    let crate_before = place.generated("schema.json");
    elsewhere.load(&format!("DROP DATABASE {} WITH (FORCE)", database.name())).unwrap();
    watcher.until("there is no such database");
    elsewhere.load(&format!("CREATE DATABASE {}", database.name())).unwrap();
    // An empty database is no schema: the crate stays.
    watcher.until("has no tables or views that can be read");
    assert_eq!(place.generated("schema.json"), crate_before);
    // The event triggers went with it.
    watcher.until("asking for a fingerprint");
    database.load("CREATE TABLE author (id integer PRIMARY KEY)").unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod author;");
    assert!(!place.generated("src/lib.rs").contains("pub mod book;"));
    watcher.leave(&place);
}
