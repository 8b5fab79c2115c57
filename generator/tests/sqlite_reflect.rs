//! Reflection of SQLite files, from statements to catalog.
#![cfg(feature = "live")]

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tablature::catalog::{
    Action, Affinity, Deferrable, DiagnosticKind, Generated, Identity, Index, Relation, RelationKind, SqlType,
};
use tablature::reflect::{ConnectProblem, DatabaseUrl, Options, ReflectError, Reflection, reflect_blocking};
use tempfile::TempDir;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn open(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
    options.connect().await.expect("a file can be made")
}

/// A fresh file that some statements were run on.
fn database(sql: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    run(async {
        let mut connection = open(&path).await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("good statements");
        connection.close().await.expect("a file can be closed");
    });
    folder
}

fn reflect_path(path: &Path) -> Result<Reflection, ReflectError> {
    let url = DatabaseUrl::parse(&format!("sqlite:{}", path.display())).expect("a known scheme");
    reflect_blocking(&url, &Options::default())
}

fn reflect(sql: &str) -> Reflection {
    reflect_path(&database(sql).path().join("test.db")).expect("a good file")
}

fn relation<'a>(reflection: &'a Reflection, name: &str) -> &'a Relation {
    let found = reflection.catalog.relations.iter().find(|relation| relation.name.name == name);
    found.unwrap_or_else(|| panic!("{name:?} is not there"))
}

fn index<'a>(relation: &'a Relation, name: &str) -> &'a Index {
    relation.indexes.iter().find(|index| index.name == name).unwrap_or_else(|| panic!("{name:?} is not there"))
}

/// The columns that can hold NULL.
fn nullable(relation: &Relation) -> Vec<&str> {
    relation.columns.iter().filter(|column| column.nullable).map(|column| column.name.as_str()).collect()
}

fn diagnostics(reflection: &Reflection) -> Vec<(DiagnosticKind, &str)> {
    reflection.diagnostics.iter().map(|diagnostic| (diagnostic.kind, diagnostic.path.as_str())).collect()
}

fn problem(path: &Path) -> ConnectProblem {
    match reflect_path(path) {
        Err(ReflectError::Connect { problem, .. }) => problem,
        other => panic!("no connection error: {other:?}"),
    }
}

#[test]
fn names_stay_what_they_are() {
    let names = [
        "plain",
        "with space",
        "qu\"ote",
        "apo'strophe",
        "",
        "select",
        "a.b",
        "../../etc/passwd",
        "--",
        "/*",
        "]",
        "new\nline",
        "名前",
        "🎉",
        "%s",
        "?1",
        "sqlite",
    ];
    let statements: Vec<_> = names
        .iter()
        .map(|name| {
            let quoted = name.replace('"', "\"\"");
            format!(
                "CREATE TABLE \"{quoted}\" (\"{quoted}\" INTEGER PRIMARY KEY, v TEXT, w INT REFERENCES \"{quoted}\");
                 CREATE INDEX \"index of {quoted}\" ON \"{quoted}\" (v);
                 CREATE VIEW \"view of {quoted}\" AS SELECT * FROM \"{quoted}\";"
            )
        })
        .collect();
    let reflection = reflect(&statements.concat());
    assert_eq!(reflection.catalog.relations.len(), 2 * names.len());
    assert_eq!(reflection.diagnostics, []);
    for name in names {
        let table = relation(&reflection, name);
        assert_eq!(table.columns[0].name, name);
        assert_eq!(table.primary_key.as_ref().expect("a key").columns, [name]);
        assert_eq!(table.foreign_keys[0].references.name, name);
        assert_eq!(table.foreign_keys[0].referenced_columns, [name]);
        assert_eq!(table.indexes[0].name, format!("index of {name}"));
        assert_eq!(relation(&reflection, &format!("view of {name}")).columns.len(), 3);
    }
}

#[test]
fn names_in_the_quotes_of_other_engines_are_names() {
    let reflection = reflect(
        "CREATE TABLE [a b] ([c d] INTEGER CHECK ([c d] > 0)); CREATE TABLE `e``f` (`g` INT);
         CREATE TABLE 'h''i' ('j' TEXT COLLATE 'nocase', CONSTRAINT 'k' UNIQUE ('j'));",
    );
    assert_eq!(relation(&reflection, "a b").checks[0].expression, "[c d] > 0");
    assert_eq!(relation(&reflection, "e`f").columns[0].name, "g");
    let table = relation(&reflection, "h'i");
    assert_eq!(table.columns[0].collation.as_deref(), Some("NOCASE"));
    assert_eq!(table.unique_keys[0].name.as_deref(), Some("k"));
}

#[test]
fn tables_named_like_the_functions_that_are_asked_change_nothing() {
    let reflection = reflect(
        "CREATE TABLE pragma_table_list (a INTEGER PRIMARY KEY); CREATE TABLE pragma_table_xinfo (a TEXT UNIQUE);
         CREATE TABLE pragma_index_list (a); CREATE TABLE pragma_index_xinfo (a);
         CREATE VIEW pragma_foreign_key_list AS SELECT 1 AS a;",
    );
    assert_eq!(reflection.catalog.relations.len(), 5);
    assert_eq!(relation(&reflection, "pragma_table_xinfo").unique_keys[0].columns, ["a"]);
}

#[test]
fn null_is_let_in_where_sqlite_lets_it_in() {
    let reflection = reflect(
        "CREATE TABLE alias (id INTEGER PRIMARY KEY, v);
         CREATE TABLE alias_below (v, id integer, PRIMARY KEY (id));
         CREATE TABLE short (id INT PRIMARY KEY);
         CREATE TABLE downwards (id INTEGER PRIMARY KEY DESC);
         CREATE TABLE text_key (k TEXT PRIMARY KEY, v NOT NULL);
         CREATE TABLE pair (a INTEGER, b INTEGER NOT NULL, PRIMARY KEY (a, b));
         CREATE TABLE no_rowid (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
         CREATE TABLE strict (k TEXT PRIMARY KEY, v ANY) STRICT;",
    );
    let cases: &[(&str, &[&str], Option<Identity>)] = &[
        ("alias", &["v"], Some(Identity::RowId)),
        ("alias_below", &["v"], Some(Identity::RowId)),
        ("short", &["id"], None),
        ("downwards", &["id"], None),
        ("text_key", &["k"], None),
        ("pair", &["a"], None),
        ("no_rowid", &["v"], None),
        ("strict", &["v"], None),
    ];
    for (name, expected, identity) in cases {
        let table = relation(&reflection, name);
        assert_eq!(nullable(table), *expected, "{name}");
        assert_eq!(table.columns.iter().find_map(|column| column.identity), *identity, "{name}");
    }
    assert!(relation(&reflection, "no_rowid").without_rowid && !relation(&reflection, "strict").without_rowid);
    let strict = relation(&reflection, "strict");
    assert!(strict.strict && strict.columns[1].ty == SqlType::Untyped && strict.columns[1].raw == "ANY");
}

#[test]
fn autoincrement_is_not_guessed_from_names() {
    let reflection = reflect(
        "CREATE TABLE yes (id INTEGER PRIMARY KEY /* AUTO */ AUTOINCREMENT);
         CREATE TABLE also (id INTEGER, PRIMARY KEY (id AUTOINCREMENT));
         CREATE TABLE no (id INTEGER PRIMARY KEY, \"AUTOINCREMENT\" INT, is_autoincrement INT DEFAULT 'AUTOINCREMENT' -- AUTOINCREMENT
         );",
    );
    for (name, identity) in
        [("yes", Identity::AutoIncrement), ("also", Identity::AutoIncrement), ("no", Identity::RowId)]
    {
        assert_eq!(relation(&reflection, name).columns[0].identity, Some(identity), "{name}");
    }
    // The engine's own tables are not the user's.
    assert_eq!(reflection.catalog.relations.len(), 3);
}

#[test]
fn keys_keep_their_own_order() {
    let reflection = reflect(
        "CREATE TABLE t (a INT, b TEXT, c BLOB, CONSTRAINT pk PRIMARY KEY (c, a), CONSTRAINT u UNIQUE (c, b), UNIQUE (b));",
    );
    let table = relation(&reflection, "t");
    let key = table.primary_key.as_ref().expect("a key");
    assert_eq!((key.name.as_deref(), key.columns.join(",")), (Some("pk"), "c,a".into()));
    let keys: Vec<_> = table.unique_keys.iter().map(|key| (key.name.as_deref(), key.columns.join(","))).collect();
    assert_eq!(keys, [(None, "b".into()), (Some("u"), "c,b".into())]);
}

#[test]
fn a_unique_constraint_with_a_collation_of_its_own_is_no_key() {
    let reflection =
        reflect("CREATE TABLE t (a TEXT COLLATE NOCASE, CONSTRAINT exact UNIQUE (a COLLATE BINARY), UNIQUE (a));");
    let table = relation(&reflection, "t");
    assert_eq!(table.unique_keys.len(), 1);
    let exact = index(table, "exact");
    assert!(exact.unique && exact.parts[0].collation.as_deref() == Some("BINARY"));
}

#[test]
fn indexes_are_partial_sorted_and_made_of_expressions() {
    let reflection = reflect(
        "CREATE TABLE t (a INT, b TEXT, c TEXT COLLATE RTRIM);
         CREATE UNIQUE INDEX partial ON t (a) WHERE b IS NOT NULL AND c <> 'WHERE';
         CREATE UNIQUE INDEX expressions ON t (lower(b), coalesce(a, 1) + 1 COLLATE NOCASE DESC, c);
         CREATE INDEX sorted ON t (a DESC, b COLLATE nocase, c COLLATE BINARY);
         CREATE INDEX whole ON t (b, a);",
    );
    let table = relation(&reflection, "t");
    let partial = index(table, "partial");
    assert!(partial.unique && partial.predicate.as_deref() == Some("b IS NOT NULL AND c <> 'WHERE'"));
    let parts = |name| -> Vec<_> {
        index(table, name)
            .parts
            .iter()
            .map(|part| {
                let what = part.column.as_deref().or(part.expression.as_deref()).unwrap_or_default();
                (what, part.column.is_some(), part.descending, part.collation.as_deref())
            })
            .collect()
    };
    assert_eq!(
        parts("expressions"),
        [
            ("lower(b)", false, false, None),
            ("coalesce(a, 1) + 1", false, true, Some("NOCASE")),
            ("c", true, false, None)
        ]
    );
    assert_eq!(
        parts("sorted"),
        [("a", true, true, None), ("b", true, false, Some("NOCASE")), ("c", true, false, Some("BINARY"))]
    );
    assert_eq!(parts("whole")[0], ("b", true, false, None));
    assert!(index(table, "whole").predicate.is_none() && !index(table, "whole").unique);
}

#[test]
fn foreign_keys_find_what_they_mean() {
    let reflection = reflect(
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, Code TEXT UNIQUE);
         CREATE TABLE pair (a INT, b INT, PRIMARY KEY (b, a));
         CREATE TABLE child (
            id INTEGER PRIMARY KEY,
            x INT CONSTRAINT to_parent REFERENCES PARENT ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
            y TEXT REFERENCES parent (CODE),
            p INT, q INT,
            gone INT REFERENCES nowhere, gone_too INT REFERENCES nowhere (n),
            no_column INT REFERENCES parent (missing),
            too_few INT REFERENCES pair,
            no_key INT REFERENCES keyless,
            CONSTRAINT to_pair FOREIGN KEY (q, p) REFERENCES pair ON DELETE RESTRICT
         );
         CREATE TABLE keyless (a);",
    );
    let child = relation(&reflection, "child");
    let key = |columns: &[&str]| child.foreign_keys.iter().find(|key| key.columns == columns).expect("a foreign key");
    let to_parent = key(&["x"]);
    assert_eq!((to_parent.name.as_deref(), to_parent.references.name.as_str()), (Some("to_parent"), "Parent"));
    assert_eq!(to_parent.referenced_columns, ["Id"]);
    assert_eq!((to_parent.on_delete, to_parent.on_update), (Action::SetNull, Action::Cascade));
    assert_eq!(to_parent.deferrable, Some(Deferrable::InitiallyDeferred));
    assert_eq!(key(&["y"]).referenced_columns, ["Code"]);
    assert_eq!((key(&["y"]).name.as_deref(), key(&["y"]).deferrable), (None, None));
    let to_pair = key(&["q", "p"]);
    assert_eq!((to_pair.name.as_deref(), to_pair.on_delete), (Some("to_pair"), Action::Restrict));
    assert_eq!(to_pair.referenced_columns, ["b", "a"]);
    assert_eq!(key(&["gone"]).referenced_columns, [""; 0]);
    assert_eq!(key(&["gone_too"]).referenced_columns, ["n"]);
    let expected = ["gone", "gone_too", "no_column", "no_key", "too_few"].map(|column| format!("child.{column}"));
    let found: Vec<_> = diagnostics(&reflection)
        .into_iter()
        .map(|(kind, path)| {
            assert_eq!(kind, DiagnosticKind::DanglingForeignKey);
            path.to_owned()
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn checks_defaults_and_generated_columns_are_expressions() {
    let reflection = reflect(
        "CREATE TABLE t (
            a INT DEFAULT (1 + 2) CONSTRAINT small CHECK ((a > 0) AND a < 10), -- CHECK (a = 3)
            b TEXT NOT NULL DEFAULT 'it''s' CHECK (b IN ('x)', \"a\", /* ( */ 'y')),
            c TEXT DEFAULT NULL, d TEXT DEFAULT bare, e DEFAULT \"double\", f DEFAULT CURRENT_TIMESTAMP,
            g INT AS (a * 2), h TEXT GENERATED ALWAYS AS (b || ')') STORED,
            CHECK (length(c) BETWEEN 1 AND 5)
         );
         ALTER TABLE t ADD COLUMN i TEXT DEFAULT 'new' CHECK (i <> '') COLLATE NOCASE;",
    );
    let table = relation(&reflection, "t");
    let checks: Vec<_> = table.checks.iter().map(|check| (check.name.as_deref(), check.expression.as_str())).collect();
    assert_eq!(
        checks,
        [
            (None, "b IN ('x)', \"a\", /* ( */ 'y')"),
            (None, "i <> ''"),
            (None, "length(c) BETWEEN 1 AND 5"),
            (Some("small"), "(a > 0) AND a < 10"),
        ]
    );
    let defaults: Vec<_> = table.columns.iter().filter_map(|column| column.default.as_deref()).collect();
    assert_eq!(defaults, ["1 + 2", "'it''s'", "'bare'", "'double'", "CURRENT_TIMESTAMP", "'new'"]);
    let generated: Vec<_> = table.columns.iter().filter_map(|column| column.generated.clone()).collect();
    let expression = |text: &str, stored| Generated { expression: Some(text.into()), stored };
    assert_eq!(generated, [expression("a * 2", false), expression("b || ')'", true)]);
    assert_eq!(table.column("i").expect("an added column").collation.as_deref(), Some("NOCASE"));
}

#[test]
fn types_are_read_by_name_and_else_by_affinity() {
    let reflection = reflect(
        "CREATE TABLE t (a TINYINT(1), b DECIMAL(10,2), c NVARCHAR(20), d FLOATING POINT, e STRING, f, g \"uniqueidentifier\", h [date]);
         CREATE TABLE made AS SELECT a, 'x' AS x, 1.5 AS y FROM t;",
    );
    let types: Vec<_> = relation(&reflection, "t").columns.iter().map(|column| column.ty.clone()).collect();
    assert_eq!(
        types,
        [
            SqlType::integer(64),
            SqlType::Decimal { precision: Some(10), scale: Some(2), unsigned: false },
            SqlType::Varchar { length: Some(20) },
            SqlType::Affinity { affinity: Affinity::Integer },
            SqlType::Affinity { affinity: Affinity::Numeric },
            SqlType::Untyped,
            SqlType::Uuid,
            SqlType::Date,
        ]
    );
    assert_eq!(relation(&reflection, "made").columns.len(), 3);
}

#[test]
fn views_have_their_query_and_the_types_behind_it() {
    let reflection = reflect(
        "CREATE TABLE t (typeless, b BLOB, c VARCHAR(5));
         CREATE VIEW v (x, \"y z\", c, d) AS -- why
            SELECT typeless, b, c, 1 FROM t -- and so on
         ;
         CREATE VIEW w AS SELECT * FROM v UNION ALL SELECT * FROM v;",
    );
    for name in ["v", "w"] {
        let view = relation(&reflection, name);
        assert_eq!(view.kind, RelationKind::View);
        let types: Vec<_> = view.columns.iter().map(|column| column.ty.clone()).collect();
        let blob = SqlType::Blob { max_bytes: None };
        assert_eq!(types, [SqlType::Untyped, blob, SqlType::Varchar { length: Some(5) }, SqlType::Untyped], "{name}");
        // A number that stands in the query is never NULL.
        assert_eq!(nullable(view), ["x", "y z", "c"]);
    }
    assert_eq!(relation(&reflection, "v").definition.as_deref(), Some("SELECT typeless, b, c, 1 FROM t"));
}

#[test]
fn a_broken_view_takes_nobody_with_it() {
    let whole = "CREATE TABLE t (a INTEGER PRIMARY KEY); CREATE VIEW good AS SELECT a FROM t;";
    let statements = reflect(whole).statements;
    let reflection =
        reflect(&format!("{whole} CREATE VIEW bad AS SELECT b FROM nowhere; CREATE VIEW worse AS SELECT * FROM bad;"));
    assert_eq!(reflection.catalog, reflect(whole).catalog);
    assert_eq!(diagnostics(&reflection), [(DiagnosticKind::BrokenView, "bad"), (DiagnosticKind::BrokenView, "worse")]);
    assert!(reflection.diagnostics[0].message.contains("no such table: main.nowhere"));
    assert_eq!(reflection.statements, statements + 3, "one more for each view");
}

#[test]
fn virtual_tables_have_a_module_and_no_shadows() {
    let reflection = reflect(
        "CREATE VIRTUAL TABLE words USING fts5(title, body); CREATE VIRTUAL TABLE boxes USING rtree(id, low, high);
         CREATE TABLE words_of_mine (a);",
    );
    let names: Vec<_> = reflection.catalog.relations.iter().map(|relation| relation.name.name.as_str()).collect();
    assert_eq!(names, ["boxes", "words", "words_of_mine"]);
    let words = relation(&reflection, "words");
    assert_eq!((words.kind, words.provider.as_deref()), (RelationKind::VirtualTable, Some("fts5")));
    let hidden: Vec<_> =
        words.columns.iter().filter(|column| column.hidden).map(|column| column.name.as_str()).collect();
    assert_eq!(hidden, ["words", "rank"]);
}

#[test]
fn a_missing_module_takes_nobody_with_it() {
    let reflection = reflect(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, v INT REFERENCES vectors); CREATE VIRTUAL TABLE words USING fts5(body);
         PRAGMA writable_schema = ON;
         INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)
            VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0(v float[3])');
         PRAGMA writable_schema = OFF;",
    );
    assert_eq!(reflection.catalog.relations.len(), 2);
    assert_eq!(
        diagnostics(&reflection),
        [(DiagnosticKind::MissingProvider, "vectors"), (DiagnosticKind::DanglingForeignKey, "t.v")]
    );
    assert!(reflection.diagnostics[0].message.contains("no such module: vec0"));
    assert_eq!(relation(&reflection, "t").foreign_keys[0].references.name, "vectors");
}

#[test]
fn the_number_of_statements_does_not_grow_with_the_number_of_tables() {
    let tables = |count: usize| -> String {
        (0..count)
            .map(|n| format!("CREATE TABLE t{n} (a INTEGER PRIMARY KEY, b INT REFERENCES t0 UNIQUE); CREATE INDEX i{n} ON t{n} (b); CREATE VIEW v{n} AS SELECT * FROM t{n};"))
            .collect()
    };
    assert_eq!(reflect(&tables(1)).statements, reflect(&tables(200)).statements);
}

#[test]
fn the_text_encoding_of_the_file_does_not_matter() {
    let sql = "CREATE TABLE \"naïve 🎉\" (é TEXT DEFAULT 'ß' CHECK (é <> 'ü'));";
    let utf8 = reflect(sql);
    for encoding in ["UTF-16le", "UTF-16be"] {
        assert_eq!(reflect(&format!("PRAGMA encoding = '{encoding}'; {sql}")).catalog, utf8.catalog, "{encoding}");
    }
}

#[test]
fn bytes_that_are_not_utf8_hide_nothing_else() {
    let reflection = reflect(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b INT CHECK (b > 0));
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = CAST(CAST('CREATE TABLE t (a INTEGER PRIMARY KEY, -- caf' AS BLOB) || x'e9' ||
            CAST(char(10) || 'b INT CHECK (b > 0))' AS BLOB) AS TEXT);
         PRAGMA writable_schema = OFF;",
    );
    assert_eq!(relation(&reflection, "t").checks[0].expression, "b > 0");
}

#[test]
fn files_that_are_none_are_told_apart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = folder.path().join("missing.db");
    assert_eq!(problem(&missing), ConnectProblem::NoDatabase);
    assert!(!missing.exists(), "nothing is created");
    let junk = folder.path().join("junk.db");
    fs::write(&junk, "no database, but long enough to have a header ".repeat(40)).expect("a file can be written");
    assert_eq!(problem(&junk), ConnectProblem::NotADatabase);
    assert_eq!(problem(folder.path()), ConnectProblem::Unreadable);
    assert_eq!(problem(Path::new("")), ConnectProblem::BadUrl);
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").expect("a file can be written");
    assert_eq!(reflect_path(&empty).expect("an empty database").catalog.relations, []);
}

#[test]
fn every_form_of_url_leads_to_the_file() {
    let folder = database("CREATE TABLE t (a)");
    let path = folder.path().join("test.db");
    let odd = folder.path().join("50% of? it.db");
    fs::copy(&path, &odd).expect("a file can be copied");
    let path = path.display();
    let folder = folder.path().display();
    for url in [
        format!("sqlite:{path}"),
        format!("sqlite://{path}"),
        format!("SQLite:{path}"),
        format!("sqlite:{path}?mode=ro"),
        format!("sqlite:{path}?mode=rwc"),
        format!("sqlite:{folder}/50%25%20of%3f it.db"),
    ] {
        let parsed = DatabaseUrl::parse(&url).expect("a known scheme");
        let reflection =
            reflect_blocking(&parsed, &Options::default()).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(reflection.catalog.relations.len(), 1, "{url}");
    }
    let memory = DatabaseUrl::parse("sqlite::memory:").expect("a known scheme");
    assert_eq!(reflect_blocking(&memory, &Options::default()).expect("an empty database").catalog.relations, []);
}

#[test]
fn a_schema_that_is_not_there_is_an_error() {
    let folder = database("CREATE TABLE t (a)");
    let url =
        DatabaseUrl::parse(&format!("sqlite:{}", folder.path().join("test.db").display())).expect("a known scheme");
    let only = |glob: &str| Options { schemas: vec![globset::Glob::new(glob).expect("a glob").compile_matcher()] };
    assert!(reflect_blocking(&url, &only("main")).is_ok());
    let error = reflect_blocking(&url, &only("shop*")).expect_err("no such schema").to_string();
    assert!(error.ends_with("matches shop*; it has main"), "{error}");
}

#[test]
fn a_log_is_read_and_none_is_left_behind() {
    let folder = database("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    let path = folder.path().join("test.db");
    let files = || fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(reflect_path(&path).expect("a good file").catalog.relations.len(), 1);
    assert_eq!(files(), 1);
    run(async {
        // A writer that holds the file open, and what it wrote only in the log.
        let mut writer = open(&path).await;
        sqlx::raw_sql("CREATE TABLE u (a)").execute(&mut writer).await.expect("a good statement");
        let url = DatabaseUrl::parse(&format!("sqlite:{}", path.display())).expect("a known scheme");
        let reflection = tablature::reflect::reflect(&url, &Options::default()).await.expect("a good file");
        assert_eq!(reflection.catalog.relations.len(), 2);
        writer.close().await.expect("a file can be closed");
    });
}

#[test]
fn two_reflections_are_the_same_bytes() {
    let folder = database(
        "CREATE TABLE b (x INT UNIQUE CHECK (x > 1) CHECK (x < 9), y INT REFERENCES a); CREATE TABLE a (z INTEGER PRIMARY KEY);
         CREATE INDEX j ON b (y); CREATE INDEX i ON b (x, y); CREATE VIEW v AS SELECT 1;",
    );
    let text = || {
        let reflection = reflect_path(&folder.path().join("test.db")).expect("a good file");
        tablature::catalog::Snapshot::new(reflection.catalog, Default::default(), reflection.diagnostics).to_json()
    };
    assert_eq!(text(), text());
}
