//! What changed in a database, in words, on every engine; and what that does to the cache.

use serde_json::Value;
use tablature_tests::Engine;

use super::{between, database, tablature, text, told};

/// A place and what is said of it.
fn change(change: &Value) -> String {
    let place = &change["place"];
    let part = ["column", "constraint", "index", "field", "label"].iter().find_map(|part| place[*part].as_str());
    let object = ["relation", "type", "routine"].iter().find_map(|kind| place[*kind].as_str()).unwrap_or_default();
    let part = part.map(|part| format!(".{part}")).unwrap_or_default();
    format!("{object}{part}: {}", text(&change["message"]))
}

#[track_caller]
fn is(engine: Engine, old: &str, new: &str, expected: &[&str]) {
    assert_eq!(told(&between(engine, old, new), "database", change), expected, "{engine}: {new}");
}

const POSTGRES: &str = "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE book (id bigint PRIMARY KEY, \
                        title varchar(80) NOT NULL, price numeric(8,2) DEFAULT 1 CHECK (price > 0), mood mood);";

#[test]
fn changes_of_postgres_are_told_as_changes() {
    let is = |new: &str, expected: &[&str]| is(Engine::Postgres, POSTGRES, &format!("{POSTGRES}{new}"), expected);
    is("", &[]);
    is("ALTER TABLE book ADD n int", &["book.n: column added: integer"]);
    is("ALTER TABLE book DROP title", &["book.title: column dropped: character varying(80)"]);
    is("ALTER TABLE book ALTER title TYPE text", &["book.title: type changed from character varying(80) to text"]);
    is("ALTER TABLE book ALTER title DROP NOT NULL", &["book.title: column takes NULL now, and before is NOT NULL"]);
    is("ALTER TABLE book ALTER price DROP DEFAULT", &["book.price: default changed from 1 to none"]);
    is("COMMENT ON TABLE book IS 'x'", &["book: comment changed from none to \"x\""]);
    is("CREATE INDEX i ON book (title)", &["book.i: index added: INDEX USING btree (title)"]);
    is(
        "ALTER TABLE book DROP CONSTRAINT book_price_check",
        &["book.book_price_check: check dropped: CHECK (price > (0)::numeric)"],
    );
    is("ALTER TYPE mood ADD VALUE 'c'", &["mood.c: label \"c\" added"]);
    is("CREATE TABLE t (a int, b int)", &["t: table added with 2 columns"]);
    is("CREATE VIEW v AS SELECT id FROM book", &["v: view added with 1 column"]);
    is(
        "DROP TABLE book; CREATE TABLE t (a int)",
        &["book: table dropped with 4 columns", "t: table added with 1 column"],
    );
}

#[test]
fn changes_of_mysql_are_told_as_changes() {
    const OLD: &str = "CREATE TABLE book (id bigint PRIMARY KEY, title varchar(80) NOT NULL, mood enum('a', 'b'));";
    let is = |new: &str, expected: &[&str]| is(Engine::Mysql, OLD, &format!("{OLD}{new}"), expected);
    is("", &[]);
    is("ALTER TABLE book ADD n int", &["book.n: column added: int(11)"]);
    is(
        "ALTER TABLE book MODIFY title varchar(90) NOT NULL",
        &["book.title: type changed from varchar(80) to varchar(90)"],
    );
    is("ALTER TABLE book MODIFY title varchar(80)", &["book.title: column takes NULL now, and before is NOT NULL"]);
    is("ALTER TABLE book MODIFY mood enum('a', 'b', 'c')", &["book.mood: label \"c\" added"]);
    is("ALTER TABLE book ADD UNIQUE k (title)", &["book.k: unique key added: UNIQUE (title)"]);
    is(
        "DROP TABLE book; CREATE TABLE b (id int)",
        &["b: table added with 1 column", "book: table dropped with 3 columns"],
    );
}

#[test]
fn changes_of_sqlite_are_told_as_changes() {
    const OLD: &str = "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, n INT DEFAULT 1);";
    is(Engine::Sqlite, OLD, OLD, &[]);
    let swapped = "CREATE TABLE book (id INTEGER PRIMARY KEY, n INT DEFAULT 2, title TEXT);";
    is(
        Engine::Sqlite,
        OLD,
        swapped,
        &[
            "book: order of the columns changed from id, title, n to id, n, title",
            "book.n: default changed from 1 to 2",
            "book.title: column takes NULL now, and before is NOT NULL",
        ],
    );
}

#[test]
fn another_engine_is_a_change_like_others() {
    let (old, new) =
        (database(Engine::Sqlite, "CREATE TABLE a (id INTEGER)"), database(Engine::Mysql, "CREATE TABLE a (id int)"));
    let folder = tempfile::tempdir().unwrap();
    let run = tablature(folder.path(), &["diff", old.url(), new.url(), "--format", "json"]);
    let difference = run.json();
    assert_eq!(run.code, Some(1));
    assert!(told(&difference, "database", change)[0].contains("engine changed from SQLite to "), "{difference}");
    assert_eq!(told(&difference, "renames", |_| String::new()).len(), 0);
}

#[test]
fn what_a_role_may_not_read_is_neither_added_nor_dropped() {
    let open = database(Engine::Postgres, "CREATE TABLE a (id int); CREATE TABLE b (id int)");
    let reader = open.select_only_role().unwrap();
    let role = reader.split_once("//").unwrap().1.split_once(':').unwrap().0;
    open.load(&format!("REVOKE SELECT ON b FROM {role}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for sides in [[open.url(), reader.as_str()], [reader.as_str(), open.url()]] {
        let run = tablature(folder.path(), &["diff", sides[0], sides[1], "--format", "json"]);
        let difference = run.json();
        let changes = difference["database"].as_array().unwrap();
        assert_eq!(changes.len(), 1, "{difference}");
        assert_eq!(changes[0]["kind"], "unseen", "{difference}");
        assert!(text(&changes[0]["message"]).contains("the role may not"), "{difference}");
    }
}

/// A relation, what becomes of its rows, and the keys that are new and gone.
fn row(change: &Value) -> String {
    let keys = |name: &str| {
        let list = change[name].as_array().cloned().unwrap_or_default();
        list.iter().map(|key| text(key).to_owned()).collect::<String>()
    };
    format!(
        "{} {} +{} -{}",
        text(&change["relation"]),
        text(&change["effect"]),
        keys("keys_added"),
        keys("keys_removed")
    )
}

#[test]
fn cached_rows_move_where_they_are_decoded_in_another_way() {
    const OLD: &str = "CREATE TABLE book (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, t TEXT);";
    let is = |new: &str, expected: &[&str]| {
        let difference = between(Engine::Sqlite, OLD, new);
        assert_eq!(told(&difference, "cache", row), expected, "{new}: {}", difference["cache"]);
        difference["cache"].clone()
    };
    is(&format!("{OLD} CREATE INDEX i ON book (t);"), &[]);
    let moved = is("CREATE TABLE book (id INTEGER PRIMARY KEY, n INTEGER, t TEXT);", &["book moved + -"]);
    let layouts = (text(&moved[0]["from"]), text(&moved[0]["to"]));
    assert!(layouts.0.len() == 8 && layouts.1.len() == 8 && layouts.0 != layouts.1, "{moved}");
    is(&format!("{OLD} CREATE UNIQUE INDEX i ON book (n);"), &["book keys +(n) -"]);
    is("CREATE TABLE book (id INTEGER, n INTEGER NOT NULL, t TEXT);", &["book ends + -"]);
    is(&format!("{OLD} CREATE TABLE a (id INTEGER PRIMARY KEY);"), &["a begins +(id) -"]);

    // A key that is of another type in Rust is written as before, and one that is folded is not.
    let of = |column: &str, referred: &str| {
        format!(
            "CREATE EXTENSION citext; CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, \
             a bigint NOT NULL UNIQUE {referred}, t {column} NOT NULL UNIQUE);"
        )
    };
    let difference = between(Engine::Postgres, &of("text", "REFERENCES a"), &of("text", ""));
    assert_eq!(told(&difference, "cache", row), [""; 0], "{difference}");
    let difference = between(Engine::Postgres, &of("text", ""), &of("citext", ""));
    assert_eq!(told(&difference, "cache", row), ["public.b moved +(t) -(t)"], "{difference}");
}
