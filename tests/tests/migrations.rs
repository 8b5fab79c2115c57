//! The example application's migrations: they load on every engine, mean the same there, and hold the same rules.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection, Row, SqliteConnection};
use tablature::codegen::codegen;
use tablature::config::{Origin, Source};
use tablature::output::Mode;
use tablature_runtime::migrate::Migrations;
use tablature_tests::{Engine, ScratchDatabase};

/// One order for one book by one customer, in SQL that every engine reads. Ids are given out by the engines, from 1.
const ROWS: &str = "
    INSERT INTO publisher (name, country) VALUES ('North Quay Press', 'GB');
    INSERT INTO author (given_name, family_name) VALUES ('Ada', 'Quill'), (NULL, 'Mononym');
    INSERT INTO series (title) VALUES ('The Harbour Books');
    INSERT INTO category (parent_id, slug, name) VALUES (NULL, 'fiction', 'Fiction'), (1, 'sea-stories', 'Sea stories');
    INSERT INTO book (isbn, title, format, publisher_id, category_id, series_id, volume, price)
        VALUES ('9780000000017', 'Low Tide', 'paperback', 1, 2, 1, 1, 12.50),
               ('9780000000024', 'Sums', 'hardcover', 1, 1, NULL, NULL, 30);
    INSERT INTO book_author (book_id, author_id) VALUES (1, 1);
    INSERT INTO book_author (book_id, author_id, role) VALUES (1, 1, 'narrator'), (1, 2, 'editor');
    INSERT INTO customer (email, full_name) VALUES ('ann@example.org', 'Ann Reader'), ('bob@example.org', 'Bob Reader');
    INSERT INTO customer_profile (customer_id) VALUES (1);
    INSERT INTO address (customer_id, recipient, street, postcode, city, country, is_default)
        VALUES (1, 'Ann Reader', '1 Quay', 'AB1 2CD', 'Port', 'GB', true);
    INSERT INTO customer_order (order_number, customer_id, billing_address_id, shipping_address_id, status, placed_at)
        VALUES ('2026-000001', 1, 1, 1, 'paid', '2026-01-02 03:04:05');
    INSERT INTO order_line (order_id, line_no, book_id, quantity, unit_price) VALUES (1, 1, 1, 3, 12.50);
    INSERT INTO shipment (order_id, carrier) VALUES (1, 'Gull');
    INSERT INTO shipment_line (shipment_id, order_id, line_no, quantity) VALUES (1, 1, 1, 2);
    INSERT INTO review (book_id, customer_id, rating, body) VALUES (1, 1, 5, 'Salty.');
    INSERT INTO stock_level (book_id, warehouse, on_hand, reserved) VALUES (1, 'north', 10, 1);
    INSERT INTO audit_log (actor, action, entity, entity_key) VALUES ('ann', 'insert', 'review', '1');
";

/// Statements that every engine must refuse after [`ROWS`], and the constraint that they break.
const BREACHES: &[(&str, &str)] = &[
    ("book_isbn_is_thirteen_digits", "UPDATE book SET isbn = '978000000001x' WHERE id = 1"),
    ("book_isbn_key", "UPDATE book SET isbn = '9780000000024' WHERE id = 1"),
    ("book_price_not_negative", "UPDATE book SET price = -0.01 WHERE id = 1"),
    ("book_format_known", "UPDATE book SET format = 'scroll' WHERE id = 1"),
    ("book_title_length", "UPDATE book SET title = '' WHERE id = 1"),
    ("book_volume_needs_series", "UPDATE book SET volume = 1 WHERE id = 2"),
    ("book_series_volume_key", "UPDATE book SET series_id = 1, volume = 1 WHERE id = 2"),
    ("book_reorder_level_not_negative", "UPDATE book SET reorder_level = -1 WHERE id = 1"),
    ("category_slug_form", "UPDATE category SET slug = 'Sea Stories' WHERE id = 2"),
    ("category_parent_id_fkey", "UPDATE category SET parent_id = 99 WHERE id = 2"),
    ("publisher_country_code", "UPDATE publisher SET country = 'gb' WHERE id = 1"),
    ("book_author_role_known", "UPDATE book_author SET role = 'muse' WHERE author_id = 2"),
    ("book_author_pkey", "INSERT INTO book_author (book_id, author_id) VALUES (1, 1)"),
    ("customer_status_known", "UPDATE customer SET status = 'asleep' WHERE id = 1"),
    ("customer_email_key", "UPDATE customer SET email = 'ann@example.org' WHERE id = 2"),
    ("customer_profile_pkey", "INSERT INTO customer_profile (customer_id) VALUES (1)"),
    ("address_type_known", "UPDATE address SET type = 'moon' WHERE id = 1"),
    ("customer_order_discount_rate_range", "UPDATE customer_order SET discount_rate = 1 WHERE id = 1"),
    ("customer_order_placed_unless_draft", "UPDATE customer_order SET placed_at = NULL WHERE id = 1"),
    ("customer_order_shipping_address_id_fkey", "UPDATE customer_order SET shipping_address_id = 99 WHERE id = 1"),
    ("order_line_quantity_range", "UPDATE order_line SET quantity = 1000 WHERE order_id = 1"),
    ("shipment_line_order_line_fkey", "UPDATE shipment_line SET line_no = 2 WHERE order_id = 1"),
    ("shipment_weight_kg_range", "UPDATE shipment SET weight_kg = 31.6 WHERE id = 1"),
    ("review_rating_range", "UPDATE review SET rating = 6 WHERE id = 1"),
    ("review_book_id_customer_id_key", "INSERT INTO review (book_id, customer_id, rating) VALUES (1, 1, 1)"),
    ("stock_level_reserved_range", "UPDATE stock_level SET reserved = 11 WHERE book_id = 1"),
    ("audit_log_action_known", "UPDATE audit_log SET action = 'wish'"),
    // The order's line is in a parcel.
    ("shipment_line_order_line_fkey", "DELETE FROM order_line WHERE order_id = 1"),
];

/// What must be true of exactly one row after [`ROWS`]: a relation and a condition.
const TRUTHS: &[(&str, &str)] = &[
    ("author", "id = 1 AND sort_name = 'Quill, Ada'"),
    ("author", "id = 2 AND sort_name = 'Mononym'"),
    ("order_line", "line_total = 37.50"),
    ("customer", "id = 1 AND char_length(CAST(public_id AS char(36))) = 36"),
    ("book", "id = 1 AND available AND language = 'en' AND created_at IS NOT NULL"),
    ("address", "type = 'home' AND is_default"),
    ("review", "status = 'pending' AND helpful_votes = 0"),
    ("order_summary", "customer_name = 'Ann Reader' AND line_count = 1 AND copies = 3 AND goods_total = 37.50"),
    ("bestseller", "title = 'Low Tide' AND copies_sold = 3 AND revenue = 37.50"),
    // The book that nobody bought is not in the list.
    ("bestseller", "copies_sold >= 0"),
];

fn bookshop(engine: Engine) -> ScratchDatabase {
    let database = ScratchDatabase::create(engine).unwrap();
    database.load_folder(engine.migrations()).unwrap();
    database
}

/// A connection that says what it is told in one language, whichever engine it speaks to.
enum Session {
    Mysql(MySqlConnection),
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// The same body for each kind of connection.
macro_rules! on {
    ($session:expr, $connection:ident => $body:expr) => {
        match $session {
            Session::Mysql($connection) => $body,
            Session::Postgres($connection) => $body,
            Session::Sqlite($connection) => $body,
        }
    };
}

impl Session {
    async fn open(database: &ScratchDatabase) -> Self {
        let url = database.url();
        match database.engine() {
            Engine::Mysql => Self::Mysql(MySqlConnection::connect(url).await.unwrap()),
            Engine::Postgres => Self::Postgres(PgConnection::connect(url).await.unwrap()),
            Engine::Sqlite => Self::Sqlite(SqliteConnection::connect(url).await.unwrap()),
        }
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(self, connection => sqlx::raw_sql(sql).execute(connection).await.map(drop))
    }

    /// The first column of every row, as trimmed text.
    async fn texts(&mut self, sql: &str) -> Vec<String> {
        on!(self, connection => {
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await.expect(sql);
            rows.iter().map(|row| row.get::<String, _>(0).trim().to_owned()).collect()
        })
    }
}

/// Every column of every table and view, as `table.column`, in order.
async fn columns(session: &mut Session) -> Vec<String> {
    let sql = match session {
        Session::Mysql(_) => {
            "SELECT CAST(concat(table_name, '.', column_name) AS char) FROM information_schema.columns \
             WHERE table_schema = database() ORDER BY table_name, ordinal_position"
        }
        Session::Postgres(_) => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
        Session::Sqlite(_) => {
            "SELECT m.name || '.' || c.name FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS c \
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid"
        }
    };
    session.texts(sql).await
}

#[tokio::test]
async fn the_engines_have_the_same_versions_tables_and_columns() {
    let mut seen = BTreeMap::new();
    for engine in Engine::ALL {
        let migrations = Migrations::from_folder(engine.migrations()).unwrap().for_dialect(engine.dialect()).unwrap();
        let names: Vec<String> = migrations.into_iter().map(|migration| migration.name).collect();
        let database = bookshop(engine);
        let columns = columns(&mut Session::open(&database).await).await;
        assert!(columns.len() > 100 && columns.contains(&"order_line.line_total".to_owned()), "{engine}: {columns:?}");
        seen.insert(engine, (names, columns));
    }
    assert_eq!(seen[&Engine::Mysql], seen[&Engine::Postgres]);
    assert_eq!(seen[&Engine::Sqlite], seen[&Engine::Postgres]);
}

#[tokio::test]
async fn the_engines_hold_the_same_rules() {
    for engine in Engine::ALL {
        let database = bookshop(engine);
        let mut session = Session::open(&database).await;
        session.run(ROWS).await.unwrap();
        for (relation, truth) in TRUTHS {
            // SQLite calls it length.
            let truth =
                if engine == Engine::Sqlite { truth.replace("char_length", "length") } else { (*truth).to_owned() };
            let sql = format!("SELECT 'yes' FROM {relation} WHERE {truth}");
            assert_eq!(session.texts(&sql).await, ["yes"], "{engine}: {sql}");
        }
        for (constraint, breach) in BREACHES {
            let error = session.run(breach).await.expect_err(breach);
            let error = error.as_database_error().expect("the engine's own refusal");
            assert!(!error.message().to_lowercase().contains("syntax"), "{engine}: {breach}: {error}");
            // Where the engine names constraints, it must be this one that was broken and not another by accident.
            if engine == Engine::Postgres {
                assert_eq!(error.constraint(), Some(*constraint), "{breach}");
            }
        }
    }
}

#[tokio::test]
async fn a_customer_has_one_default_address_where_the_engine_can_say_so() {
    const SECOND: &str = "INSERT INTO address (customer_id, recipient, street, postcode, city, country, is_default) \
                          VALUES (1, 'Ann Reader', '2 Quay', 'AB1 2CD', 'Port', 'GB', true)";
    for (engine, refused) in [(Engine::Mysql, false), (Engine::Postgres, true), (Engine::Sqlite, true)] {
        let database = bookshop(engine);
        let mut session = Session::open(&database).await;
        session.run(ROWS).await.unwrap();
        assert_eq!(session.run(SECOND).await.is_err(), refused, "{engine}");
    }
}

/// The fields of a crate's models and the labels of its enumerations, by file, type and name. Whole numbers are of one
/// width: SQLite knows no other.
fn model(folder: &Path) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for file in fs::read_dir(folder.join("src")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let mut ty = None;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")) {
                let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                ty = line.ends_with('{').then(|| name.to_owned());
                fields.insert(name.to_owned(), rest.replace("i16", "i64").replace("i32", "i64"));
            } else if line == "}" {
                ty = None;
            } else if let (Some(ty), Some(field)) = (&ty, line.strip_prefix("    "))
                && !field.starts_with(['/', '#', ' '])
            {
                let field = field.trim_end_matches(',').trim_start_matches("pub ");
                let (name, field_ty) = field.split_once(": ").unwrap_or((field, "label"));
                let field_ty = field_ty.replace("i16", "i64").replace("i32", "i64");
                fields.insert(format!("{ty}::{name}"), field_ty);
            }
        }
    }
    fields
}

/// What differs is written on the page. Set `BLESS=1` to have it written there.
#[test]
fn the_models_are_the_same_from_every_engine_but_for_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let models = [Engine::Postgres, Engine::Mysql, Engine::Sqlite].map(|engine| {
        let database = bookshop(engine);
        let output = folder.path().join(engine.folder());
        let source = Source::new("bookshop", Origin::Url(database.url().to_owned()), &output);
        codegen(&source, Mode::Write, &AtomicBool::new(false), |_| ()).unwrap();
        model(&output)
    });
    let names: BTreeSet<&String> = models.iter().flat_map(|model| model.keys()).collect();
    assert!(names.len() > 250, "{}", names.len());
    let mut differences = Vec::new();
    for name in names {
        let types = models.each_ref().map(|model| model.get(name).map_or("absent", String::as_str));
        if types[0] != types[1] || types[0] != types[2] {
            let [postgres, mysql, sqlite] = types;
            differences
                .push(format!("- `{name}`: `{postgres}` on PostgreSQL, `{mysql}` on MySQL, `{sqlite}` on SQLite."));
        }
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/migrations.md");
    let text = fs::read_to_string(&page).unwrap();
    let kept: Vec<&str> =
        text.lines().filter(|line| !(line.starts_with("- `") && line.ends_with(" on SQLite."))).collect();
    let fresh = format!("{}\n{}\n", kept.join("\n").trim_end(), differences.join("\n"));
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::write(&page, &fresh).unwrap();
    } else {
        assert!(text == fresh, "docs/migrations.md does not end in:\n{}", differences.join("\n"));
    }
}
