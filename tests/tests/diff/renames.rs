//! Renames are suggested where something looks like one, with SQL that makes it one; and nowhere else.

use serde_json::Value;
use tablature_tests::Engine;

use super::{between, database, tablature, text, told};

/// What is suggested: from, to and SQL.
fn rename(rename: &Value) -> (String, String) {
    (format!("{} → {}", text(&rename["old_name"]), text(&rename["new_name"])), text(&rename["sql"]).to_owned())
}

/// Renames something, demands that it is suggested, makes the suggestion true in the older database, and demands silence.
#[track_caller]
fn suggested(engine: Engine, schema: &str, change: &str, expected: &str) {
    let (old, new) = (database(engine, schema), database(engine, &format!("{schema};{change}")));
    let folder = tempfile::tempdir().unwrap();
    let diff = || tablature(folder.path(), &["diff", old.url(), new.url(), "--format", "json"]).json();
    let difference = diff();
    let renames: Vec<(String, String)> = difference["renames"].as_array().unwrap().iter().map(rename).collect();
    let names: Vec<&str> = renames.iter().map(|rename| rename.0.as_str()).collect();
    assert_eq!(names, [expected], "{engine}: {change}: {difference:#}");
    assert!(difference["database"].as_array().unwrap().len() > 1, "it is told as dropped and added all the same");
    old.load(&renames[0].1).unwrap_or_else(|error| panic!("{engine}: {}: {error}", renames[0].1));
    let after = diff();
    assert_eq!(after["verdict"], "none", "{engine}: after {}: {after:#}", renames[0].1);
}

#[test]
fn what_was_renamed_is_suggested_with_the_sql_that_did_it() {
    let tables = "CREATE TABLE \"my book\" (id bigint PRIMARY KEY, \"ti\"\"tle\" varchar(80) NOT NULL, price int, n int, note text)";
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let book = |change: &str| format!("ALTER TABLE \"my book\" {change}");
        suggested(engine, tables, &book("RENAME COLUMN \"ti\"\"tle\" TO \"he ad\"\"line\""), "ti\"tle → he ad\"line");
        suggested(engine, tables, &book("RENAME COLUMN note TO notes"), "note → notes");
        suggested(engine, tables, &book("RENAME TO \"my books\""), "my book → my books");
    }
    let tables =
        "CREATE TABLE `my book` (id bigint PRIMARY KEY, `ti``tle` varchar(80) NOT NULL, price int, n int, note text)";
    suggested(
        Engine::Mysql,
        tables,
        "ALTER TABLE `my book` RENAME COLUMN `ti``tle` TO `he ad``line`",
        "ti`tle → he ad`line",
    );
    suggested(Engine::Mysql, tables, "RENAME TABLE `my book` TO `my books`", "my book → my books");
}

#[test]
fn what_postgres_has_besides_is_suggested_too() {
    let is = |schema: &str, change: &str, expected: &str| suggested(Engine::Postgres, schema, change, expected);
    let mood = "CREATE TYPE mood AS ENUM ('happy', 'it''s', 'sad'); CREATE TABLE t (mood mood)";
    is(mood, "ALTER TYPE mood RENAME VALUE 'it''s' TO 'that''s'", "it's → that's");
    is(mood, "ALTER TYPE mood RENAME TO \"Feeling\"", "mood → Feeling");
    let pair = "CREATE TYPE pair AS (a int, b text); CREATE TABLE t (p pair)";
    is(pair, "ALTER TYPE pair RENAME ATTRIBUTE a TO x", "a → x");
    is(
        "CREATE DOMAIN code AS text CHECK (VALUE <> ''); CREATE TABLE t (c code)",
        "ALTER DOMAIN code RENAME TO sign",
        "code → sign",
    );
    let table = "CREATE SCHEMA shop; CREATE TABLE book (id int, title text, price int, isbn text)";
    is(table, "ALTER TABLE book SET SCHEMA shop", "book → shop.book");
    is(
        "CREATE TABLE t (a int, b int, c int); CREATE VIEW v AS SELECT a, b, c FROM t",
        "ALTER VIEW v RENAME TO vs",
        "v → vs",
    );
    is(
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW v AS SELECT a FROM t",
        "ALTER MATERIALIZED VIEW v RENAME COLUMN a TO aa",
        "a → aa",
    );
}

#[test]
fn what_is_only_dropped_and_added_is_not_called_renamed() {
    let none = |engine: Engine, old: &str, new: &str| {
        let difference = between(engine, old, new);
        assert!(!difference["database"].as_array().unwrap().is_empty());
        assert_eq!(told(&difference, "renames", |rename| rename.to_string()), [""; 0], "{old} → {new}");
    };
    // Another type, another place and name, another sort of relation, tables of one pattern, another engine's labels.
    none(Engine::Sqlite, "CREATE TABLE t (a INT, b TEXT)", "CREATE TABLE t (a INT, c BLOB)");
    none(Engine::Sqlite, "CREATE TABLE t (width INT, a TEXT, b TEXT)", "CREATE TABLE t (a TEXT, b TEXT, y INT)");
    none(
        Engine::Sqlite,
        "CREATE TABLE t (a INT, b INT, c INT); CREATE TABLE u (a INT, b INT, c INT)",
        "CREATE TABLE t (a INT, b INT, c INT); CREATE VIEW us AS SELECT a, b, c FROM t",
    );
    none(
        Engine::Sqlite,
        "CREATE TABLE t (a INT); CREATE TABLE country (id INT, name TEXT)",
        "CREATE TABLE t (a INT); CREATE TABLE shelf (id INT, name TEXT)",
    );
    none(
        Engine::Postgres,
        "CREATE TYPE m AS ENUM ('a', 'b'); CREATE TABLE t (m m)",
        "CREATE TYPE m AS ENUM ('b', 'zebra', 'x'); CREATE TABLE t (m m)",
    );
}

#[test]
fn each_thing_is_renamed_to_one_other() {
    let difference = between(
        Engine::Sqlite,
        "CREATE TABLE t (id INT, first_name TEXT, last_name TEXT)",
        "CREATE TABLE t (id INT, forename_first TEXT, surname_last TEXT)",
    );
    let names = told(&difference, "renames", |r| rename(r).0);
    assert_eq!(names, ["first_name → forename_first", "last_name → surname_last"]);
}
