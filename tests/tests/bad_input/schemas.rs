//! Schemas that cannot be read whole: parts are missing, hidden, or change under the reader. What is left out is named.

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
        "CAST({} AS ext.ltree)",
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
                let before = reflected(&place, database.url());
                let proxy = CountingProxy::start(database.url()).unwrap();
                proxy.delay(Duration::from_millis(50));
                let mut command = place.command(&["reflect", "--url", proxy.url()]);
                let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn();
                let child = child.unwrap();
                let started = Instant::now();
                while proxy.counts().round_trips < trips && started.elapsed() < Duration::from_secs(30) {
                    thread::sleep(Duration::from_millis(1));
                }
                database.load(change).unwrap();
                let run = Run::of(child.wait_with_output().unwrap());
                if run.code == Some(2) {
                    run.fails(&["cannot read "]);
                    continue;
                }
                let after = reflected(&place, database.url());
                assert!(run.out == before || run.out == after, "{engine}: {change} at {trips}: {}", run.out);
            }
        }
    }
}
