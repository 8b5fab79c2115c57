//! What names mean, engine by engine: statements that are right, and ones with a slip.

use super::*;
use crate::catalog::{Column as CatalogColumn, SqlType};
use crate::config::Origin;

/// A small shop. On PostgreSQL some of it is in another schema, and some of it has capitals in its name.
fn shop(engine: Engine) -> Catalog {
    let mut catalog = Catalog::empty(engine);
    let schema = catalog.default_schema.clone();
    let mut add = |schema: &str, name: &str, kind, columns: &[&str]| {
        let mut relation = Relation::new(QName::new(schema, name), kind);
        relation.columns = columns.iter().map(|name| CatalogColumn::new(*name, SqlType::Boolean, "")).collect();
        catalog.relations.push(relation);
    };
    add(&schema, "book", RelationKind::Table, &["id", "title", "price", "publisher_id", "tags"]);
    add(&schema, "publisher", RelationKind::Table, &["id", "name", "country"]);
    add(&schema, "line", RelationKind::Table, &["order_id", "book_id", "quantity"]);
    add(&schema, "stock", RelationKind::View, &["book_id", "on_hand"]);
    add(&schema, "Legacy", RelationKind::Table, &["Id", "fullName"]);
    add(&schema, "reading", RelationKind::PartitionedTable, &["id", "taken_at"]);
    if engine == Engine::Postgres {
        add("audit", "entry", RelationKind::Table, &["id", "actor"]);
    }
    catalog.normalize();
    catalog
}

fn check(engine: Engine, sql: &str) -> Judgement {
    let catalog = shop(engine);
    let source = Source::new("shop", Origin::Snapshot, "");
    let names = Names::new(&catalog, &source, &[]);
    names.check(&names.parse(sql, false), &BTreeSet::new())
}

#[track_caller]
fn right(engine: Engine, statements: &[&str]) {
    let judged = statements.iter().map(|sql| (*sql, check(engine, sql)));
    let alarms: Vec<_> = judged.filter(|(_, judgement)| *judgement != Judgement::default()).collect();
    assert!(alarms.is_empty(), "{engine}: {alarms:#?}");
}

/// Statements with one slip each: the name, and what was meant.
#[track_caller]
fn wrong(engine: Engine, statements: &[(&str, &str, Option<&str>)]) {
    for (sql, name, suggestion) in statements {
        let faults = check(engine, sql).faults;
        let found: Vec<_> = faults.iter().map(|f| (f.name.as_str(), f.suggestion.as_deref())).collect();
        assert_eq!(found, [(*name, *suggestion)], "{engine}: {sql}: {faults:?}");
        let at = &sql[faults[0].byte..].trim_start_matches(['"', '`', '[']);
        assert!(at.starts_with(name), "{engine}: {sql}: {at}");
    }
}

#[track_caller]
fn doubtful(engine: Engine, statements: &[&str]) {
    for sql in statements {
        let judgement = check(engine, sql);
        assert!(judgement.faults.is_empty() && judgement.doubt.is_some(), "{engine}: {sql}: {judgement:?}");
    }
}

const ALL: [Engine; 4] = [Engine::Postgres, Engine::Mysql, Engine::Mariadb, Engine::Sqlite];

#[test]
fn what_all_engines_have_in_common_is_right() {
    for engine in ALL {
        right(
            engine,
            &[
                "SELECT 1",
                "SELECT id, b.title, book.price FROM book AS b, book WHERE book.id = :id",
                "SELECT * FROM book b JOIN publisher p ON p.id = b.publisher_id WHERE p.name LIKE 'x%'",
                "SELECT title t, count(*) AS n FROM book GROUP BY t ORDER BY n DESC, price",
                "SELECT b.title FROM book b WHERE EXISTS (SELECT 1 FROM line l WHERE l.book_id = b.id AND quantity > price)",
                "SELECT (SELECT max(quantity) FROM line WHERE book_id = book.id) AS most FROM book ORDER BY most",
                "WITH dear AS (SELECT id AS dear_id, price FROM book WHERE price > 10) SELECT dear_id, d.price FROM dear d",
                "WITH a(x, y) AS (SELECT id, title FROM book), b AS (SELECT x AS z FROM a) SELECT y, z FROM a, b",
                "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
                "SELECT x.total FROM (SELECT sum(price) AS total, publisher_id FROM book GROUP BY publisher_id) x WHERE x.publisher_id = 1",
                "SELECT id FROM book UNION SELECT book_id FROM line ORDER BY id LIMIT 3",
                "SELECT title, row_number() OVER (PARTITION BY publisher_id ORDER BY price DESC) AS place FROM book ORDER BY place",
                "SELECT title, sum(price) OVER w FROM book WINDOW w AS (ORDER BY id)",
                "SELECT CASE WHEN price IS NULL THEN 0 ELSE price END AS p, cast(title AS char(5)) FROM book",
                "SELECT name FROM publisher WHERE id IN (SELECT publisher_id FROM book WHERE title = name)",
                "INSERT INTO publisher (id, name) VALUES (1, 'x')",
                "INSERT INTO publisher (id, name) SELECT id, title FROM book WHERE price > 1",
                "UPDATE book SET title = 'x', price = price + 1 WHERE id = 1",
                "UPDATE book SET price = (SELECT max(quantity) FROM line WHERE line.book_id = book.id)",
                "DELETE FROM line WHERE book_id IN (SELECT id FROM book WHERE price < 1)",
                "SELECT on_hand FROM stock s LEFT JOIN book b ON b.id = s.book_id",
                "SELECT order_id FROM line JOIN stock USING (book_id)",
            ],
        );
    }
}

#[test]
fn slips_are_found_on_every_engine() {
    for engine in ALL {
        wrong(
            engine,
            &[
                ("SELECT titel FROM book", "titel", Some("title")),
                ("SELECT b.titel FROM book b", "titel", Some("title")),
                ("SELECT 1 FROM boook", "boook", Some("book")),
                ("SELECT book.id FROM book b", "book", Some("b")),
                ("SELECT x.id FROM book b", "x", Some("b")),
                ("SELECT id FROM book WHERE\n  prise > 1", "prise", Some("price")),
                (
                    "SELECT b.id FROM book b JOIN publisher p ON p.id = b.publsher_id",
                    "publsher_id",
                    Some("publisher_id"),
                ),
                ("WITH d AS (SELECT id AS did FROM book) SELECT dit FROM d", "dit", Some("did")),
                ("WITH d AS (SELECT idd FROM book) SELECT 1 FROM d", "idd", Some("id")),
                ("SELECT x.titel FROM (SELECT title FROM book) x", "titel", Some("title")),
                ("SELECT 1 FROM book b WHERE EXISTS (SELECT 1 FROM line WHERE book_id = b.idd)", "idd", Some("id")),
                ("SELECT title FROM book ORDER BY titles", "titles", Some("title")),
                ("SELECT title FROM book GROUP BY ttle", "ttle", Some("title")),
                ("INSERT INTO publisher (id, nmae) VALUES (1, 'x')", "nmae", Some("name")),
                ("INSERT INTO publisher (id) VALUES (idd)", "idd", None),
                ("INSERT INTO publishers (id) VALUES (1)", "publishers", Some("publisher")),
                ("UPDATE book SET tittle = 'x'", "tittle", Some("title")),
                ("UPDATE book SET title = 'x' WHERE idx = 1", "idx", Some("id")),
                ("DELETE FROM line WHERE quanity > 1", "quanity", Some("quantity")),
                ("SELECT id FROM book UNION SELECT bookid FROM line", "bookid", Some("book_id")),
                ("SELECT sum(quantty) FROM line", "quantty", Some("quantity")),
                ("SELECT rank() OVER (ORDER BY qty) FROM line", "qty", None),
                // Both sides lack it, and it is one slip.
                ("SELECT order_id FROM line JOIN stock USING (book_di)", "book_di", Some("book_id")),
            ],
        );
    }
}

#[test]
fn postgres_has_rules_of_its_own() {
    right(
        Engine::Postgres,
        &[
            "SELECT ctid, b.xmin, tableoid::regclass FROM book b",
            "SELECT row_to_json(b), count(p) FROM book b, publisher p",
            "SELECT ID, Title FROM BOOK",
            "SELECT \"Id\", \"fullName\" FROM \"Legacy\"",
            "SELECT a.actor FROM audit.entry a",
            "SELECT audit.entry.actor, entry.id FROM audit.entry",
            "SELECT public.book.title FROM public.book",
            "SELECT b.id, t.n FROM book b, LATERAL (SELECT count(*) AS n FROM line WHERE book_id = b.id) t",
            "SELECT b.id, tag FROM book b CROSS JOIN unnest(b.tags) AS t(tag)",
            "SELECT n, g.n FROM generate_series(1, 3) AS g(n)",
            "SELECT d FROM generate_series(1, 3) AS d",
            "SELECT key, value FROM json_each('{}')",
            "SELECT x.a FROM json_to_recordset('[]') AS x(a int, b text)",
            "INSERT INTO publisher AS p (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE p.name <> excluded.name RETURNING id, p.name",
            "UPDATE book b SET price = p.id FROM publisher p WHERE p.id = b.publisher_id RETURNING b.id, p.name",
            "UPDATE book SET (title, price) = (SELECT name, id FROM publisher LIMIT 1)",
            "DELETE FROM line l USING book b WHERE b.id = l.book_id RETURNING l.*, b.title",
            "WITH gone AS (DELETE FROM line RETURNING book_id) SELECT title FROM book JOIN gone ON gone.book_id = book.id",
            "WITH n AS (SELECT 1 AS id) INSERT INTO publisher (id) SELECT id FROM n",
            "SELECT DISTINCT ON (p) price AS p FROM book ORDER BY p",
            "SELECT current_user, current_date, localtime",
            "SELECT make_interval(days => 3), tags[1:2] FROM book",
            "SELECT id FROM book WHERE id = ANY(:ids) AND price > $1",
            "SELECT (x).a FROM (SELECT ROW(1) AS x) y",
            "VALUES (1), (2) ORDER BY column1",
            "SELECT column1 FROM (VALUES (1)) v",
            "SELECT max FROM (SELECT max(price) FROM book) m",
            "MERGE INTO publisher p USING book b ON b.publisher_id = p.id WHEN MATCHED THEN UPDATE SET name = b.title WHEN NOT MATCHED THEN INSERT (id, name) VALUES (b.id, b.title)",
            "SELECT b.* FROM book b FOR UPDATE",
            "TRUNCATE line",
            "EXPLAIN SELECT id FROM book",
        ],
    );
    wrong(
        Engine::Postgres,
        &[
            ("SELECT \"Title\" FROM book", "Title", Some("title")),
            ("SELECT fullName FROM \"Legacy\"", "fullName", Some("\"fullName\"")),
            ("SELECT 1 FROM Legacy", "Legacy", Some("\"Legacy\"")),
            ("SELECT 1 FROM audit.entri", "entri", Some("entry")),
            ("SELECT 1 FROM audut.entry", "audut", Some("audit")),
            ("INSERT INTO publisher (id) VALUES (1) ON CONFLICT (idd) DO NOTHING", "idd", Some("id")),
            (
                "INSERT INTO publisher (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.nam",
                "nam",
                Some("name"),
            ),
            ("UPDATE book b SET price = p.idd FROM publisher p", "idd", Some("id")),
            ("DELETE FROM line l USING book b WHERE b.bok = 1", "bok", None),
            ("DELETE FROM line RETURNING quantit", "quantit", Some("quantity")),
            ("SELECT b.id, t.m FROM book b, LATERAL (SELECT count(*) AS n FROM line) t", "m", Some("n")),
            ("SELECT nn FROM generate_series(1, 3) AS g(n)", "nn", Some("n")),
            ("SELECT title AS heading FROM book WHERE heading = ''", "heading", None),
        ],
    );
    doubtful(
        Engine::Postgres,
        &[
            "SELECT relname FROM pg_class UNION SELECT table_name FROM information_schema.tables",
            "SELECT actor FROM entry",
            "SELECT 1 FROM elsewhere.thing",
            "SELECT 1 FROM reading_2024",
            "SELECT last_value FROM book_id_seq",
            "SELECT x FROM some_function(1)",
            "this is no SQL",
            "Select a book",
            "CREATE TABLE x (id int)",
            "",
        ],
    );
}

#[test]
fn mysql_has_rules_of_its_own() {
    for engine in [Engine::Mysql, Engine::Mariadb] {
        right(
            engine,
            &[
                "SELECT ID, `Title` FROM book",
                "SELECT title AS t FROM book HAVING t <> ''",
                "INSERT INTO publisher (id, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)",
                "INSERT INTO publisher SET id = 1, name = 'x'",
                "REPLACE INTO publisher (id, name) VALUES (1, 'x')",
                "UPDATE book b JOIN publisher p ON p.id = b.publisher_id SET b.price = 1, p.name = b.title",
                "DELETE b FROM book b JOIN publisher p ON p.id = b.publisher_id WHERE p.name = ''",
                "DELETE FROM book WHERE id = 1 ORDER BY price LIMIT 1",
                "SELECT timestampdiff(SECOND, now(), id), date_add(now(), INTERVAL id DAY) FROM book",
                "SELECT @total, @@version, 1 FROM dual",
                "SELECT group_concat(title ORDER BY price SEPARATOR ', ') FROM book",
                "SELECT \"a text\" FROM book",
            ],
        );
        wrong(
            engine,
            &[
                ("UPDATE book b JOIN publisher p ON p.id = b.publisher_id SET b.prise = 1", "prise", Some("price")),
                ("SELECT `titel` FROM book", "titel", Some("title")),
                ("INSERT INTO publisher (id) VALUES (1) ON DUPLICATE KEY UPDATE nam = 'x'", "nam", Some("name")),
                (
                    "INSERT INTO publisher (id) VALUES (1) ON DUPLICATE KEY UPDATE name = VALUES(nam)",
                    "nam",
                    Some("name"),
                ),
            ],
        );
        doubtful(
            engine,
            &[
                "SELECT table_name FROM information_schema.tables",
                "SELECT id FROM other.book",
                "SELECT id FROM BOOK",
                "SELECT x FROM other.thing",
            ],
        );
    }
    right(
        Engine::Mysql,
        &["INSERT INTO publisher (id, name) VALUES (1, 'x') AS new ON DUPLICATE KEY UPDATE name = new.name"],
    );
}

#[test]
fn sqlite_has_rules_of_its_own() {
    right(
        Engine::Sqlite,
        &[
            "SELECT rowid, b.oid, _rowid_ FROM book b",
            "SELECT TITLE FROM Book WHERE [price] > ?1 AND `id` = @id AND \"id\" = $id",
            "SELECT title AS t FROM book WHERE t <> ''",
            "SELECT main.book.title FROM main.book",
            "SELECT b.id, j.value FROM book b, json_each(b.tags) j",
            "INSERT INTO publisher (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id",
            "INSERT OR REPLACE INTO publisher (id) VALUES (1)",
            "UPDATE book SET price = p.id FROM publisher AS p WHERE p.id = publisher_id",
            "WITH a AS (SELECT n FROM b), b AS (SELECT 1 AS n) SELECT n FROM a",
        ],
    );
    wrong(
        Engine::Sqlite,
        &[
            ("SELECT [titel] FROM book", "titel", Some("title")),
            ("SELECT j.valu FROM book b, json_each(b.tags) j", "valu", Some("value")),
            ("SELECT 1 FROM main.bok", "bok", Some("book")),
        ],
    );
    doubtful(
        Engine::Sqlite,
        &[
            "SELECT name FROM sqlite_master UNION SELECT name FROM pragma_table_info('book')",
            "SELECT \"titel\" FROM book",
            "SELECT x FROM attached.book",
        ],
    );
}

#[test]
fn names_alone_are_held_to_the_catalog() {
    let catalog = shop(Engine::Postgres);
    let source = Source::new("shop", Origin::Snapshot, "");
    let names = Names::new(&catalog, &source, &[]);
    let check = |text, kind| names.check_name(text, kind, &BTreeSet::new());
    for (text, kind) in [
        ("book", TargetKind::Table),
        ("audit.entry", TargetKind::Table),
        ("Legacy", TargetKind::Table),
        ("title", TargetKind::Column),
        ("book.title", TargetKind::Column),
    ] {
        assert_eq!(check(text, kind), Judgement::default(), "{text}");
    }
    let suggestion = |text, kind| check(text, kind).faults.first().and_then(|fault| fault.suggestion.clone());
    assert_eq!(suggestion("boook", TargetKind::Table).as_deref(), Some("book"));
    assert_eq!(suggestion("audit.entri", TargetKind::Table).as_deref(), Some("entry"));
    assert_eq!(suggestion("titel", TargetKind::Column).as_deref(), Some("title"));
    assert_eq!(suggestion("book.titel", TargetKind::Column).as_deref(), Some("title"));
    assert_eq!(check("book.titel", TargetKind::Column).faults[0].byte, 5);
    assert!(check("a book", TargetKind::Table).doubt.is_some());
}

#[test]
fn what_the_search_path_and_the_source_say_is_heeded() {
    let catalog = shop(Engine::Postgres);
    let source = Source::new("shop", Origin::Snapshot, "");
    let path = ["audit".to_owned(), "public".to_owned()];
    let names = Names::new(&catalog, &source, &path);
    let check = |sql| names.check(&names.parse(sql, false), &BTreeSet::new());
    assert_eq!(check("SELECT actor, title FROM entry, book"), Judgement::default());
    // What the configuration leaves out is not in the catalog, and what the source makes is not there yet.
    assert!(check("SELECT 1 FROM tablature_migrations").faults.is_empty());
    let made = BTreeSet::from(["scratch".to_owned()]);
    let judgement = names.check(&names.parse("SELECT x FROM scratch", false), &made);
    assert!(judgement.faults.is_empty() && judgement.needs_what_source_makes);
}

#[test]
fn nothing_is_too_deep_or_too_long() {
    let deep = format!("SELECT {}id{} FROM book", "(".repeat(5000), ")".repeat(5000));
    let long = format!("SELECT id FROM book WHERE {}", "id = 1 OR ".repeat(40_000));
    let nested = format!("{}SELECT 1{}", "SELECT * FROM (".repeat(150), ") x".repeat(150));
    for sql in [deep, long, nested] {
        assert!(check(Engine::Postgres, &sql).faults.is_empty());
    }
}
