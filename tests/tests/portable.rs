//! Portable migrations: `docs/migrations.md` says what becomes of them, and the engines agree about what they mean.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::path::{Path, PathBuf};

use tablature_runtime::Dialect;
use tablature_runtime::migrate::translate;
use tablature_tests::{Engine, ScratchDatabase};

/// In the order of the page's columns.
const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite];

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/migrations.md")
}

/// What a row of one of the page's tables is about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Column,
    Condition,
    Statement,
}

/// The rows of the page: the line's number, what it is about, and what is written.
fn rows(text: &str) -> Vec<(usize, Kind, String)> {
    let mut kind = None;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate() {
        kind = match line.split(' ').nth(1) {
            _ if !line.starts_with('|') => None,
            Some("column") => Some(Kind::Column),
            Some("condition") => Some(Kind::Condition),
            Some("statement") => Some(Kind::Statement),
            _ => kind,
        };
        if let (Some(kind), Some(rest)) = (kind, line.strip_prefix("| `")) {
            let written = rest.split_once("` |").unwrap().0;
            rows.push((number, kind, written.replace("\\|", "|")));
        }
    }
    rows
}

fn whole(kind: Kind, written: &str) -> String {
    match kind {
        Kind::Column => format!("CREATE TABLE t (c {written})"),
        Kind::Condition => format!("DELETE FROM t WHERE {written}"),
        Kind::Statement => written.to_owned(),
    }
}

/// A cell that shows SQL. Backticks in it call for longer ones around it.
fn cell(sql: &str) -> String {
    let sql = sql.replace('|', "\\|");
    if sql.contains('`') { format!("`` {sql} ``") } else { format!("`{sql}`") }
}

fn row(kind: Kind, written: &str) -> String {
    let cells = DIALECTS.map(|dialect| {
        let sql = translate(&whole(kind, written), "the page", dialect).unwrap();
        cell(&match kind {
            Kind::Column => {
                let column = sql[0].lines().nth(1).unwrap().trim().trim_end_matches(',');
                column.split_once(' ').unwrap().1.to_owned()
            }
            Kind::Condition => sql[0].split_once("WHERE ").unwrap().1.to_owned(),
            Kind::Statement => sql.join("; ").split_whitespace().collect::<Vec<_>>().join(" "),
        })
    });
    format!("| {} | {} |", cell(written), cells.join(" | "))
}

/// Set `BLESS=1` to have the page written.
#[test]
fn the_page_says_what_is_so() {
    let text = fs::read_to_string(page()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let rows = rows(&text);
    assert!(rows.len() > 45);
    for (number, kind, written) in rows {
        lines[number] = row(kind, &written);
    }
    let fresh = lines.join("\n") + "\n";
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::write(page(), &fresh).unwrap();
    }
    let stale: Vec<(&str, &str)> = text.lines().zip(fresh.lines()).filter(|(a, b)| a != b).collect();
    assert!(stale.is_empty() || std::env::var_os("BLESS").is_some(), "docs/migrations.md is not so: {stale:#?}");
}

fn load(database: &ScratchDatabase, engine: Engine, sql: &str) -> Result<(), String> {
    let statements = translate(sql, "the test", engine.dialect()).map_err(|error| error.to_string())?;
    let script: String = statements.iter().map(|statement| format!("{statement};\n")).collect();
    database.load(&script).map_err(|error| format!("{engine}: {error}\n{script}"))
}

#[test]
fn the_engines_take_every_row_of_the_page() {
    let text = fs::read_to_string(page()).unwrap();
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        for (_, kind, written) in rows(&text) {
            let sql = match kind {
                Kind::Column => format!("{}; DROP TABLE t", whole(kind, &written)),
                Kind::Condition => {
                    format!("CREATE TABLE t (a varchar(9), b varchar(9)); {}; DROP TABLE t", whole(kind, &written))
                }
                Kind::Statement => written.clone(),
            };
            load(&database, engine, &sql).unwrap_or_else(|error| panic!("{written}\n{error}"));
        }
    }
}

/// A column, a value, and whether every engine takes it.
const VALUES: &[(&str, &str, bool)] = &[
    ("smallint", "32767", true),
    ("smallint", "32768", false),
    ("integer", "-2147483648", true),
    ("integer", "2147483648", false),
    ("bigint", "9223372036854775807", true),
    ("boolean", "TRUE", true),
    ("boolean", "NULL", true),
    ("boolean NOT NULL", "NULL", false),
    ("char(2)", "'ab'", true),
    ("char(2)", "'a '", true),
    ("char(2)", "'a'", false),
    ("char(2)", "'abc'", false),
    ("char(2)", "'éé'", true),
    ("varchar(3)", "'ééé'", true),
    ("varchar(3)", "'éééé'", false),
    ("varchar(3)", "''", true),
    ("text", "'a\\''b'", true),
    ("decimal(5,2)", "123.45", true),
    ("date", "'2026-01-31'", true),
    ("time", "'23:59:59'", true),
    ("timestamp", "'2026-01-31 23:59:59.123456'", true),
    ("timestamp with time zone", "'2026-01-31 23:59:59'", true),
    ("uuid", "'01234567-89ab-4def-8123-456789abcdef'", true),
    ("json", "'{\"a\": [1]}'", true),
    ("json", "'{\"a\": '", false),
    ("bytea", "X'00ff'", true),
    ("varchar(9) CHECK (c SIMILAR TO '[A-Z]{2}')", "'AB'", true),
    ("varchar(9) CHECK (c SIMILAR TO '[A-Z]{2}')", "'Ab'", false),
    ("varchar(9) CHECK (c SIMILAR TO '[A-Z]{2}')", "'ABC'", false),
    ("varchar(9) CHECK (c SIMILAR TO '[A-Z]{2}')", "'AB\n'", false),
    ("varchar(9) CHECK (c SIMILAR TO '[a-z0-9-]+')", "'a-9'", true),
    ("varchar(9) CHECK (c SIMILAR TO '[a-z0-9-]+')", "''", false),
    ("varchar(9) CHECK (c SIMILAR TO '[a-z0-9-]+')", "'a\n'", false),
    ("varchar(9) CHECK (c SIMILAR TO '[a-z0-9-]+')", "'a_'", false),
    ("varchar(9) CHECK (c SIMILAR TO '[a-z0-9-]+')", "'A'", false),
    ("varchar(9) CHECK (c SIMILAR TO '[a-z]*')", "''", true),
    ("varchar(9) CHECK (c NOT SIMILAR TO '[a-z]+')", "'abc'", false),
    ("varchar(9) CHECK (c NOT SIMILAR TO '[a-z]+')", "'aBc'", true),
    ("varchar(9) CHECK (c SIMILAR TO 'a.b-[0-9]{3}')", "'a.b-123'", true),
    ("varchar(9) CHECK (c SIMILAR TO 'a.b-[0-9]{3}')", "'axb-123'", false),
    ("varchar(9) CHECK (c LIKE 'A%')", "'Ab'", true),
    ("varchar(9) CHECK (c LIKE 'A%')", "'ab'", false),
    ("varchar(9) CHECK (c NOT LIKE '%[x]%')", "'a[x]b'", false),
    ("varchar(9) CHECK (c NOT LIKE '%[x]%')", "'axb'", true),
    ("varchar(9) CHECK (c LIKE '%_@_%')", "'a@b'", true),
    ("varchar(9) CHECK (c LIKE '%_@_%')", "'@b'", false),
    ("varchar(9) CHECK (c = 'a')", "'A'", false),
    ("varchar(9) CHECK (c = 'a')", "'a '", false),
    ("varchar(9) CHECK (c IN ('a', 'b'))", "'a '", false),
    ("varchar(9) CHECK (c < 'a')", "'B'", true),
    ("varchar(9) CHECK (c < 'a')", "'b'", false),
    ("varchar(9) CHECK (c BETWEEN 'a' AND 'z')", "'é'", false),
    ("varchar(9) CHECK (c IN ('a', 'b'))", "'A'", false),
    ("varchar(9) CHECK (lower(c) = c)", "'A'", false),
    ("varchar(9) CHECK (c || 'x' = 'ax')", "'a'", true),
    ("integer CHECK (NOT c = 1 OR c = 2)", "1", false),
    ("integer CHECK (c - (1 - 2) = 4)", "3", true),
    ("integer CHECK (CASE WHEN c > 5 THEN c < 8 ELSE c = 1 END)", "9", false),
    ("integer CHECK (coalesce(c, 0) > 0)", "NULL", false),
    ("boolean CHECK (c)", "FALSE", false),
    ("boolean CHECK (c IS NOT NULL AND NOT c)", "FALSE", true),
];

#[test]
fn the_engines_agree_about_values() {
    let mut wrong = Vec::new();
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        let tables = VALUES.iter().enumerate();
        let tables: String =
            tables.map(|(n, (column, ..))| format!("CREATE TABLE t{n} (k bigint PRIMARY KEY, c {column});")).collect();
        load(&database, engine, &tables).unwrap();
        for (n, (column, value, is_taken)) in VALUES.iter().enumerate() {
            let inserted = load(&database, engine, &format!("INSERT INTO t{n} (k, c) VALUES (1, {value})"));
            if inserted.is_ok() != *is_taken {
                wrong.push(format!("{engine}: {column} <- {value}: {inserted:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_engines_agree_about_tables() {
    const TABLES: &str = "
        CREATE TABLE a (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name varchar(9) NOT NULL UNIQUE,
            shout varchar(10) NOT NULL GENERATED ALWAYS AS (upper(name) || '!') STORED);
        CREATE TABLE b (id integer PRIMARY KEY, a_id bigint REFERENCES a (id) ON DELETE SET NULL);
        CREATE TABLE c (a_id bigint NOT NULL REFERENCES a (id) ON DELETE CASCADE, n smallint, PRIMARY KEY (a_id, n));
        INSERT INTO a (name) VALUES ('x'), ('X');
        INSERT INTO b (id, a_id) VALUES (7, 1);
        INSERT INTO c (a_id, n) VALUES (1, 1), (1, 2), (2, 1);
        CREATE VIEW v AS SELECT a.name, count(c.n) AS parts FROM a LEFT JOIN c ON c.a_id = a.id GROUP BY a.name;
    ";
    for (sql, is_taken) in [
        ("INSERT INTO a (name) VALUES ('x')", false),
        ("INSERT INTO a (name) VALUES ('x ')", true),
        // A lone integer key gives out no numbers.
        ("INSERT INTO b (a_id) VALUES (1)", false),
        ("INSERT INTO b (id, a_id) VALUES (8, 99)", false),
        ("INSERT INTO c (a_id, n) VALUES (1, NULL)", false),
        ("INSERT INTO c (a_id, n) VALUES (1, 2)", false),
        ("UPDATE a SET shout = 'y'", false),
        ("DELETE FROM a WHERE name = 'x'", true),
        ("ALTER TABLE b ADD COLUMN flag boolean NOT NULL DEFAULT false; UPDATE b SET flag = true", true),
        ("ALTER TABLE b ADD COLUMN code char(2) DEFAULT 'xx' CHECK (code <> 'no'); UPDATE b SET code = 'no'", false),
        ("ALTER TABLE b ADD COLUMN code char(2); UPDATE b SET code = 'yes'", false),
        ("ALTER TABLE b ADD COLUMN flag boolean; ALTER TABLE b DROP COLUMN flag", true),
        ("DROP TABLE b; DROP VIEW v; DROP TABLE c; DROP TABLE a", true),
    ] {
        for engine in Engine::ALL {
            let database = ScratchDatabase::create(engine).unwrap();
            load(&database, engine, TABLES).unwrap();
            // The harness loads with SQLite's foreign keys off, as its shell does.
            let script = if engine == Engine::Sqlite { "PRAGMA foreign_keys = on;\n" } else { "" };
            let statements = translate(sql, "the test", engine.dialect()).unwrap().join(";\n");
            let result = database.load(&format!("{script}{statements};"));
            assert_eq!(result.is_ok(), is_taken, "{engine}: {sql}: {result:?}");
        }
    }
}
