//! The SQL that `tablature check` offers makes the database what the snapshot says, and loses nothing.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::sync::atomic::AtomicBool;

use tablature::check::{Reach, check};
use tablature::codegen::codegen;
use tablature::config::{Origin, Source};
use tablature::findings::{Finding, Format, Options, Report, format::render};
use tablature::output::Mode;
use tablature_tests::{Engine, ScratchDatabase};

/// A database, and the crate of what it was.
struct Place {
    database: ScratchDatabase,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(engine: Engine, schema: &str) -> Self {
        let database = ScratchDatabase::create(engine).unwrap();
        let place = Self { database, folder: tempfile::tempdir().unwrap() };
        place.load(schema);
        codegen(&place.source(), Mode::Write, &AtomicBool::new(false), |_| {}).unwrap();
        place
    }

    fn source(&self) -> Source {
        Source::new("shop", Origin::Url(self.database.url().to_owned()), self.folder.path().join("generated"))
    }

    fn findings(&self) -> Vec<Finding> {
        check(&self.source(), Reach::Origin, "mend", &AtomicBool::new(false)).unwrap()
    }

    fn load(&self, sql: &str) {
        self.database.load(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

/// What is offered for a change, which must mend it.
fn mended(engine: Engine, schema: &str, change: &str) -> Vec<String> {
    let place = Place::new(engine, schema);
    place.load(change);
    let findings = place.findings();
    assert!(!findings.is_empty(), "{engine}: {change} is not found");
    let mut statements: Vec<String> = findings.iter().filter_map(|finding| finding.sql.clone()).collect();
    statements.dedup();
    assert!(!statements.is_empty(), "{engine}: nothing is offered for {change}: {findings:#?}");
    for statement in &statements {
        place.load(statement);
    }
    assert_eq!(place.findings(), [], "{engine}: {change} is not mended by {statements:?}");
    statements
}

/// Nothing is offered for a change.
fn left(engine: Engine, schema: &str, change: &str) {
    let place = Place::new(engine, schema);
    place.load(change);
    let findings = place.findings();
    assert!(!findings.is_empty(), "{engine}: {change} is not found");
    let offered: Vec<&String> = findings.iter().filter_map(|finding| finding.sql.as_ref()).collect();
    assert!(offered.is_empty(), "{engine}: {change}: {offered:?}");
}

#[test]
fn postgres_is_mended() {
    let schema = "CREATE SCHEMA \"s h\"; CREATE TYPE mood AS ENUM ('a', 'it''s', 'c');
        CREATE TABLE \"s h\".\"b\"\"k\" (id bigint PRIMARY KEY, \"ti tle\" varchar(80) NOT NULL, n integer DEFAULT 7,
            price numeric(8,2) CHECK (price > 0), at timestamptz DEFAULT now(), mood mood, last text DEFAULT 'it''s' NOT NULL);
        COMMENT ON TABLE \"s h\".\"b\"\"k\" IS 'it''s'; COMMENT ON COLUMN \"s h\".\"b\"\"k\".last IS E'a\\\\b';
        CREATE VIEW v AS SELECT 1 AS x;";
    let table = "ALTER TABLE \"s h\".\"b\"\"k\"";
    let is = |change: &str| mended(Engine::Postgres, schema, change);
    for change in [
        "ALTER COLUMN \"ti tle\" DROP NOT NULL",
        "ALTER COLUMN n SET NOT NULL",
        "ALTER COLUMN n DROP DEFAULT",
        "ALTER COLUMN at SET DEFAULT '2000-01-01'",
        "ALTER COLUMN mood SET DEFAULT 'a'",
        "ALTER COLUMN \"ti tle\" TYPE varchar(40)",
        "ALTER COLUMN n TYPE smallint",
        "ALTER COLUMN price TYPE numeric(6,2)",
        "DROP COLUMN last",
        "RENAME COLUMN \"ti tle\" TO title",
        "ADD CONSTRAINT \"e x\" UNIQUE (n)",
        "ADD CONSTRAINT ex CHECK (n > 1)",
        "ADD CONSTRAINT ex FOREIGN KEY (n) REFERENCES \"s h\".\"b\"\"k\" (id)",
        "DROP CONSTRAINT \"b\"\"k_price_check\"",
        "RENAME TO books",
    ] {
        is(&format!("{table} {change}"));
    }
    is("CREATE INDEX \"i\"\"x\" ON \"s h\".\"b\"\"k\" (n)");
    is("COMMENT ON TABLE \"s h\".\"b\"\"k\" IS NULL; COMMENT ON COLUMN \"s h\".\"b\"\"k\".last IS 'x'");
    is("COMMENT ON VIEW v IS 'x'; COMMENT ON COLUMN v.x IS 'y'");
    let labels = "CREATE TABLE t (m mood); CREATE TYPE mood AS ENUM ('a', 'it''s', 'c')";
    let labels: Vec<&str> = labels.split("; ").collect();
    let (types, uses) = (labels[1], labels[0]);
    let place = Place::new(Engine::Postgres, &format!("{types}; {uses}"));
    place.load("DROP TABLE t; DROP TYPE mood; CREATE TYPE mood AS ENUM ('a', 'c'); CREATE TABLE t (m mood)");
    let findings = place.findings();
    assert_eq!(findings[0].sql.as_deref(), Some("ALTER TYPE \"public\".\"mood\" ADD VALUE 'it''s' AFTER 'a';"));
    place.load(findings[0].sql.as_ref().unwrap());
    assert_eq!(place.findings(), []);
}

#[test]
fn mysql_is_mended() {
    let schema = "CREATE TABLE `b``k` (id bigint PRIMARY KEY, `ti tle` varchar(80) NOT NULL, n int DEFAULT 7,
            at datetime DEFAULT current_timestamp(), note text COMMENT 'it''s \\\\ so', last varchar(9) NOT NULL DEFAULT 'it''s',
            CONSTRAINT positive CHECK (n > 0)) COMMENT 'it''s \\\\ so'";
    let is = |change: &str| mended(Engine::Mysql, schema, change);
    for change in [
        "ALTER COLUMN n DROP DEFAULT",
        "ALTER COLUMN n SET DEFAULT 8",
        "ALTER COLUMN last DROP DEFAULT",
        "MODIFY at datetime",
        "DROP COLUMN last",
        "DROP COLUMN note",
        "DROP COLUMN at",
        "RENAME COLUMN `ti tle` TO title",
        "ADD CONSTRAINT `e x` UNIQUE (n)",
        "ADD CONSTRAINT ex CHECK (n > 1)",
        "DROP CONSTRAINT positive",
        "COMMENT 'x'",
        "RENAME TO books",
    ] {
        is(&format!("ALTER TABLE `b``k` {change}"));
    }
    is("CREATE INDEX `i``x` ON `b``k` (n)");
}

#[test]
fn sqlite_is_mended() {
    let schema = "CREATE TABLE \"b\"\"k\" (id INTEGER PRIMARY KEY, \"ti tle\" TEXT NOT NULL, n INT, \"la st\" TEXT DEFAULT 'it''s' NOT NULL)";
    let is = |change: &str| mended(Engine::Sqlite, schema, change);
    is("CREATE INDEX \"i\"\"x\" ON \"b\"\"k\" (n)");
    is("ALTER TABLE \"b\"\"k\" DROP COLUMN \"la st\"");
    is("ALTER TABLE \"b\"\"k\" RENAME COLUMN \"ti tle\" TO title");
    is("ALTER TABLE \"b\"\"k\" RENAME TO books");
}

#[test]
fn nothing_is_offered_that_could_lose_something_or_would_not_mend() {
    let schema = "CREATE TABLE b (id bigint PRIMARY KEY, a text, n bigint, m text NOT NULL)";
    left(Engine::Postgres, schema, "ALTER TABLE b ADD COLUMN extra int");
    left(Engine::Postgres, schema, "CREATE TABLE extra (id int)");
    left(Engine::Postgres, schema, "CREATE VIEW extra AS SELECT 1 AS x");
    // A column comes last, and needs a value where there are rows.
    left(Engine::Postgres, schema, "ALTER TABLE b DROP COLUMN a");
    left(Engine::Postgres, schema, "ALTER TABLE b DROP COLUMN m");
    // Values may not fit into what the snapshot says.
    left(Engine::Postgres, schema, "ALTER TABLE b ALTER COLUMN n TYPE numeric");
    left(Engine::Postgres, schema, "ALTER TABLE b ALTER COLUMN a TYPE varchar(9) COLLATE \"C\"");
    left(Engine::Sqlite, schema, "ALTER TABLE b DROP COLUMN n");
    let schema = "CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, n bigint)";
    left(Engine::Mysql, schema, "ALTER TABLE b ADD CONSTRAINT ex FOREIGN KEY (n) REFERENCES a (id)");
    left(Engine::Mysql, schema, "ALTER TABLE b MODIFY n bigint NOT NULL");
}

#[test]
fn what_is_offered_is_told_beside_the_command() {
    let place = Place::new(Engine::Sqlite, "CREATE TABLE b (id INTEGER PRIMARY KEY, n INT)");
    place.load("CREATE INDEX i ON b (n)");
    let report = Report::new(place.findings(), false);
    let of = |format| render(&report, format, Options::default());
    let human = of(Format::Human);
    assert!(human.ends_with("this SQL loses nothing:\n\n    DROP INDEX \"i\";\n"), "{human}");
    assert!(of(Format::Markdown).ends_with("- <code>DROP INDEX &#34;i&#34;;</code>\n"));
    let json: serde_json::Value = serde_json::from_str(&of(Format::Json)).unwrap();
    assert_eq!(json["findings"][0]["sql"], "DROP INDEX \"i\";");
    assert_eq!(json["findings"][0]["mend"], "mend");
}
