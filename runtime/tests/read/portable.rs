//! One model, read from all three engines.

use tablature_runtime::chrono::{DateTime, NaiveDate, Utc};
use tablature_runtime::{
    Bytes, Column, Decimal, FromRow, Json, Relation, Row, RowError, Schema, Table, ToSql, Uuid, impl_key,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct BookId(i64);

impl_key!(BookId, i64);

#[derive(Clone, Debug, PartialEq)]
struct Book {
    id: BookId,
    title: String,
    price: Decimal,
    in_print: bool,
    cover: Option<Bytes>,
    published: NaiveDate,
    created_at: DateTime<Utc>,
    uuid: Uuid,
    details: Json,
}

impl FromRow for Book {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            id: row.get("id")?,
            title: row.get("title")?,
            price: row.get("price")?,
            in_print: row.get("in_print")?,
            cover: row.get("cover")?,
            published: row.get("published")?,
            created_at: row.get("created_at")?,
            uuid: row.get("uuid")?,
            details: row.get("details")?,
        })
    }
}

impl Table for Book {
    const RELATION: &'static Relation = &Relation {
        name: "tablature_runtime_book",
        columns: &[
            Column::new("id", "bigint").identity(),
            Column::new("title", "varchar(40)"),
            Column::new("price", "numeric(10,2)"),
            Column::new("in_print", "boolean"),
            Column::new("cover", "bytea").nullable(),
            Column::new("published", "date"),
            Column::new("created_at", "timestamptz").default(),
            Column::new("uuid", "uuid"),
            Column::new("details", "jsonb"),
        ],
        primary_key: &["id"],
        layout: "9f3c2a1b",
        ..Relation::EMPTY
    };

    fn schema() -> &'static Schema {
        &SCHEMA
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        vec![
            &self.id,
            &self.title,
            &self.price,
            &self.in_print,
            &self.cover,
            &self.published,
            &self.created_at,
            &self.uuid,
            &self.details,
        ]
    }
}

static SCHEMA: Schema =
    Schema { cache_prefix: "", dialect: tablature_runtime::Dialect::Sqlite, relations: &[Book::RELATION], enums: &[] };

const UUID: &str = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

fn expected() -> Book {
    Book {
        id: BookId(42),
        title: "Ähre".into(),
        price: "9.50".parse().unwrap(),
        in_print: true,
        cover: Some([0, 255].into()),
        published: NaiveDate::from_ymd_opt(2026, 1, 2).unwrap(),
        created_at: NaiveDate::from_ymd_opt(2026, 1, 2).unwrap().and_hms_milli_opt(3, 4, 5, 500).unwrap().and_utc(),
        uuid: UUID.parse().unwrap(),
        details: serde_json::json!({"pages": 7}),
    }
}

/// Fills a temporary table and reads it; then breaks a row, and expects an error that names it.
macro_rules! case {
    ($name:ident, $connect:path, $dialect:ident, $columns:expr, $bytes:expr) => {
        #[tokio::test]
        async fn $name() {
            let mut connection = $connect().await;
            let table = Book::RELATION.name;
            for sql in [
                format!("CREATE TEMPORARY TABLE {table} ({})", $columns),
                format!(
                    "INSERT INTO {table} VALUES (42, 'Ähre', '9.50', true, {}, '2026-01-02', '2026-01-02 03:04:05.5', \
                     '{UUID}', '{{\"pages\":7}}')",
                    $bytes
                ),
            ] {
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            }
            let select = Book::RELATION.select_sql(tablature_runtime::Dialect::$dialect);
            let row = sqlx::query(sqlx::AssertSqlSafe(select)).fetch_one(&mut connection).await.unwrap();
            let book: Book = Row::from(&row).read().unwrap();
            assert_eq!(book, expected());

            let sql = format!("SELECT id, NULL AS title FROM {table}");
            let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
            assert_eq!(
                Row::from(&row).read::<Book>().unwrap_err().to_string(),
                r#"column "title" of tablature_runtime_book is NULL and cannot be read as String"#
            );
            let sql = format!("SELECT id, title, price FROM {table}");
            let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
            assert_eq!(
                Row::from(&row).read::<Book>().unwrap_err().to_string(),
                r#"the row has no column "in_print" of tablature_runtime_book, which was to be read as bool"#
            );
        }
    };
}

case!(
    postgres,
    super::connect_postgres,
    Postgres,
    "id bigint, title varchar(40), price numeric(10,2), in_print boolean, cover bytea, published date,
     created_at timestamptz, uuid uuid, details jsonb",
    "'\\x00ff'"
);

case!(
    mysql,
    super::connect_mysql,
    Mysql,
    "id bigint, title varchar(40), price decimal(10,2), in_print boolean, cover blob, published date,
     created_at datetime(6), uuid char(36), details json",
    "x'00ff'"
);

case!(
    sqlite,
    super::connect_sqlite,
    Sqlite,
    "id integer primary key, title varchar(40), price text, in_print boolean, cover blob, published date,
     created_at datetime, uuid text, details text",
    "x'00ff'"
);
