//! Schemas that cannot be read whole: parts are missing, hidden, or change under the reader. What is left out is named.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tablature_tests::{CountingProxy, Engine, ScratchDatabase};
use url::Url;

use crate::support::{Place, Run, SHELVES, mysql_with_one_readable_table};

/// The catalog of a database as `tablature reflect` prints it.
fn reflected(place: &Place, url: &str) -> String {
    place.run(&["reflect", "--url", url]).succeeds().out
}

#[test]
fn a_role_that_may_read_some_columns() {
    let place = Place::new();
    let (mysql, reader, user) = mysql_with_one_readable_table();
    let name = mysql.name();
    // The server does not show the others, which may stand in the middle or at the end.
    for columns in ["id, title", "id, shelf_id, title"] {
        mysql.load(&format!("GRANT SELECT ({columns}) ON {name}.book TO '{user}'@'%'")).unwrap();
        let run = place.codegen(&["--url", &reader]).succeeds();
        run.says(&["unreadable-relation", "  book: the role has the SELECT privilege on some of its columns only"]);
        assert!(place.path("generated/src/shelf.rs").exists() && !place.path("generated/src/book.rs").exists());
        mysql.load(&format!("REVOKE SELECT (id, title) ON {name}.book FROM '{user}'@'%'")).unwrap();
    }
    // Who may read the whole table is not kept from it by what was granted before.
    mysql.load(&format!("GRANT SELECT ON {name}.book TO '{user}'@'%'")).unwrap();
    let run = place.codegen(&["--url", &reader]).succeeds().says(&["2 relations,"]);
    assert!(!run.err.contains("unreadable-relation"), "{}", run.err);

    // PostgreSQL's catalog is open to everybody: it is whole.
    let postgres = ScratchDatabase::create(Engine::Postgres).unwrap();
    postgres.load(SHELVES).unwrap();
    let reader = postgres.select_only_role().unwrap();
    let role = Url::parse(&reader).unwrap().username().to_owned();
    postgres.load(&format!("REVOKE SELECT ON book FROM {role}; GRANT SELECT (id) ON book TO {role}")).unwrap();
    assert_eq!(reflected(&place, &reader), reflected(&place, postgres.url()));
}

#[test]
fn a_merge_table_whose_parts_are_gone() {
    let place = Place::new();
    let mysql = ScratchDatabase::create(Engine::Mysql).unwrap();
    mysql
        .load(
            "CREATE TABLE one (id integer PRIMARY KEY) ENGINE = MyISAM; CREATE TABLE two LIKE one;
             CREATE TABLE both_of_them (id integer PRIMARY KEY) ENGINE = MERGE UNION = (one, two); DROP TABLE two;",
        )
        .unwrap();
    let run = place.codegen(&["--url", mysql.url()]).succeeds();
    run.says(&["missing-provider", "  both_of_them: the server cannot open it: ", "1 relation,"]);
    place.refuses(&["--url", mysql.url(), "--strict"], &["missing-provider", "both_of_them"]);
}

#[test]
fn a_virtual_table_whose_module_is_missing() {
    let place = Place::new();
    place.sqlite(
        "x.db",
        "CREATE TABLE here (id integer PRIMARY KEY);
         PRAGMA writable_schema = ON;
         INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)
             VALUES ('table', 'there', 'there', 0, 'CREATE VIRTUAL TABLE there USING nowhere(a, b)');",
    );
    let run = place.codegen(&["--url", "sqlite:x.db"]).succeeds();
    run.says(&["missing-provider", "  there: ", "no such module: nowhere", "1 relation,"]);
}

#[test]
fn extensions_out_of_the_path() {
    let place = Place::new();
    let postgres = ScratchDatabase::create(Engine::Postgres).unwrap();
    // The operators of `intarray` make those of arrays ambiguous.
    postgres
        .load(
            "CREATE SCHEMA ext; CREATE EXTENSION hstore SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
             CREATE EXTENSION ltree SCHEMA ext; CREATE EXTENSION intarray;
             CREATE TABLE kept (id integer PRIMARY KEY, pairs ext.hstore, name ext.citext NOT NULL UNIQUE,
                 path ext.ltree, names ext.citext[], numbers integer[] CHECK (numbers @> ARRAY[1]));",
        )
        .unwrap();
    let run = place.codegen(&["--url", postgres.url()]).succeeds();
    run.says(&["text-cast", "  public.kept.path: ext.ltree", "public.@>", "1 relation,"]);
    let source = place.read("generated/src/kept.rs");
    for column in [
        "Column::new(\"pairs\", \"ext.hstore\")",
        "Column::new(\"name\", \"ext.citext\")",
        "Column::new(\"names\", \"ext.citext[]\")",
        "CAST(CAST({} AS text) AS ext.ltree)",
    ] {
        assert!(source.contains(column), "{column} in\n{source}");
    }
}

/// Tables that something happens to.
const PARTS: &str = "
    CREATE TABLE part (id integer NOT NULL PRIMARY KEY, size integer NOT NULL, CHECK (size > 0));
    CREATE TABLE other (id integer NOT NULL PRIMARY KEY, part_id integer, FOREIGN KEY (part_id) REFERENCES part (id));
    CREATE TABLE lone (id integer NOT NULL PRIMARY KEY, name varchar(9) UNIQUE);
";

/// Changes a database when a reading of it has made that many round trips: it must tell what was before or what is after,
/// or that it cannot be read.
#[track_caller]
fn changes_under_the_reader(place: &Place, database: &ScratchDatabase, change: &str, trips: u64) {
    let before = reflected(place, database.url());
    let proxy = CountingProxy::start(database.url()).unwrap();
    proxy.delay(Duration::from_millis(50));
    let child = begin_reflecting(place, proxy.url());
    let started = Instant::now();
    while proxy.counts().round_trips < trips && started.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(1));
    }
    database.load(change).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    if run.code == Some(2) {
        run.fails(&["cannot read "]);
        return;
    }
    let after = reflected(place, database.url());
    assert!(before != after, "{change} changes nothing that is read");
    assert!(run.out == before || run.out == after, "{}: {change} at {trips}: {}", database.engine(), run.out);
}

fn begin_reflecting(place: &Place, url: &str) -> Child {
    let mut command = place.command(&["reflect", "--url", url]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn tables_that_change_while_they_are_read() {
    let place = Place::new();
    for engine in [Engine::Postgres, Engine::Mysql] {
        for change in [
            "DROP TABLE lone",
            "ALTER TABLE lone RENAME TO loner",
            "ALTER TABLE part RENAME COLUMN size TO width",
            "ALTER TABLE other ADD COLUMN more integer UNIQUE",
        ] {
            for trips in [5, 8, 11] {
                let database = ScratchDatabase::create(engine).unwrap();
                database.load(PARTS).unwrap();
                changes_under_the_reader(&place, &database, change, trips);
            }
        }
    }
}

/// A view over [`PARTS`] that shows the columns of one table and of another one.
const VIEW: &str = "CREATE VIEW pairs AS SELECT p.id, o.id AS other_id FROM part p JOIN other o ON o.part_id = p.id;";

/// The same columns, of which the first comes from elsewhere and the second can be NULL.
const OTHER_VIEW: &str = "CREATE OR REPLACE VIEW pairs AS \
     SELECT l.id, o.id AS other_id FROM lone l LEFT JOIN other o ON o.part_id = l.id;";

#[test]
fn a_view_that_is_replaced_while_it_is_read() {
    let place = Place::new();
    for engine in [Engine::Postgres, Engine::Mysql] {
        for trips in [8, 12] {
            let database = ScratchDatabase::create(engine).unwrap();
            database.load(&format!("{PARTS}{VIEW}")).unwrap();
            changes_under_the_reader(&place, &database, OTHER_VIEW, trips);
        }
    }
}

/// A column of an enumeration, one with a label more, and how to come from the one to the other.
fn labels(engine: Engine) -> [&'static str; 2] {
    match engine {
        Engine::Postgres => [
            "CREATE TYPE colour AS ENUM ('red', 'green'); CREATE TABLE cup (id integer, colour colour, colours colour[]);",
            "ALTER TYPE colour ADD VALUE 'blue' BEFORE 'green'",
        ],
        _ => [
            "CREATE TABLE cup (id integer, colour ENUM ('red', 'green')); CREATE VIEW cups AS SELECT colour FROM cup;",
            "ALTER TABLE cup MODIFY colour ENUM ('red', 'blue', 'green')",
        ],
    }
}

#[test]
fn a_label_that_is_added_while_it_is_read() {
    let place = Place::new();
    for engine in [Engine::Postgres, Engine::Mysql] {
        let [table, change] = labels(engine);
        for trips in [8, 12] {
            let database = ScratchDatabase::create(engine).unwrap();
            database.load(&format!("{PARTS}{table}")).unwrap();
            changes_under_the_reader(&place, &database, change, trips);
        }
    }
}

#[test]
fn a_schema_that_never_stands_still() {
    let place = Place::new();
    for (engine, relation) in [(Engine::Postgres, "its schema"), (Engine::Mysql, "pairs")] {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(&format!("{PARTS}{VIEW}")).unwrap();
        let proxy = CountingProxy::start(database.url()).unwrap();
        proxy.delay(Duration::from_millis(200));
        let mut child = begin_reflecting(&place, proxy.url());
        let mut number = 0;
        while child.try_wait().unwrap().is_none() {
            number += 1;
            let view = "CREATE OR REPLACE VIEW pairs AS SELECT p.id, o.id AS other_id FROM part p, other o";
            database.load(&format!("{view} WHERE p.size > {number}")).unwrap();
        }
        let run = Run::of(child.wait_with_output().unwrap());
        run.fails(&[
            " changes while it is read: ",
            &format!("{relation} is not as it was"),
            "run again when nobody alters tables",
        ]);
    }
}
