//! The same work as one would write it by hand: sqlx, a pool of the engine's own, and a row that is read by name.

use std::str::FromStr;

use bookshop::NewBook;
use sqlx::mysql::{MySqlPool, MySqlRow};
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteRow, SqliteSynchronous};
use sqlx::{FromRow, QueryBuilder, Row};
use tablature_runtime::chrono::{NaiveDate, NaiveDateTime};
use tablature_runtime::{Decimal, Json, SqlEnum};

use crate::Outcome;

/// A pool of one engine.
pub(crate) enum Hand {
    Postgres(PgPool),
    Mysql(MySqlPool),
    Sqlite(SqlitePool),
}

/// A row of `book`, with the same Rust types as the generated one.
#[expect(dead_code, reason = "it is only filled")]
pub(crate) struct HandBook {
    id: i64,
    isbn: String,
    title: String,
    subtitle: Option<String>,
    format: HandFormat,
    publisher_id: i64,
    category_id: i64,
    series_id: Option<i64>,
    volume: Option<i64>,
    language: String,
    page_count: Option<i64>,
    published_on: Option<NaiveDate>,
    price: Decimal,
    available: bool,
    tags: Json,
    attributes: Json,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    reorder_level: i64,
}

pub(crate) enum HandFormat {
    Hardcover,
    Paperback,
    Ebook,
    Audiobook,
}

impl HandFormat {
    fn of(label: &str) -> Result<Self, sqlx::Error> {
        match label {
            "hardcover" => Ok(Self::Hardcover),
            "paperback" => Ok(Self::Paperback),
            "ebook" => Ok(Self::Ebook),
            "audiobook" => Ok(Self::Audiobook),
            _ => Err(sqlx::Error::Decode("no such format".into())),
        }
    }
}

/// Reads a row by name, where `integer` and `smallint` are the driver's types for columns of those names.
macro_rules! by_name {
    ($row:ty, $integer:ty, $smallint:ty, $price:expr) => {
        impl FromRow<'_, $row> for HandBook {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    id: row.try_get("id")?,
                    isbn: row.try_get("isbn")?,
                    title: row.try_get("title")?,
                    subtitle: row.try_get("subtitle")?,
                    format: HandFormat::of(row.try_get("format")?)?,
                    publisher_id: row.try_get("publisher_id")?,
                    category_id: row.try_get::<$integer, _>("category_id")?.into(),
                    series_id: row.try_get("series_id")?,
                    volume: row.try_get::<Option<$smallint>, _>("volume")?.map(Into::into),
                    language: row.try_get("language")?,
                    page_count: row.try_get::<Option<$integer>, _>("page_count")?.map(Into::into),
                    published_on: row.try_get("published_on")?,
                    price: $price(row)?,
                    available: row.try_get("available")?,
                    tags: row.try_get("tags")?,
                    attributes: row.try_get("attributes")?,
                    created_at: row.try_get("created_at")?,
                    updated_at: row.try_get("updated_at")?,
                    reorder_level: row.try_get::<$integer, _>("reorder_level")?.into(),
                })
            }
        }
    };
}

by_name!(PgRow, i32, i16, |row: &PgRow| row.try_get("price"));
by_name!(MySqlRow, i32, i16, |row: &MySqlRow| row.try_get("price"));
// SQLite has whole and floating point numbers in a column of decimals.
by_name!(SqliteRow, i64, i64, |row: &SqliteRow| {
    let price: f64 = row.try_get_unchecked("price")?;
    Decimal::try_from(price).map_err(|error| sqlx::Error::Decode(Box::new(error)))
});

/// Inserts rows in as few statements as the engine's limit of parameters allows. `$limit` is that number.
macro_rules! insert {
    ($pool:expr, $engine:ty, $limit:expr, $price:expr, $rows:expr) => {{
        let mut transaction = $pool.begin().await?;
        for chunk in $rows.chunks($limit / COLUMNS) {
            let mut statement: QueryBuilder<$engine> = QueryBuilder::new(INSERT);
            statement.push_values(chunk, |mut tuple, book| {
                tuple
                    .push_bind(&*book.isbn)
                    .push_bind(&*book.title)
                    .push_bind(book.subtitle.as_deref())
                    .push_bind(label(book))
                    .push_bind(book.publisher_id.0)
                    .push_bind(book.category_id.0)
                    .push_bind(book.language.as_deref())
                    .push_bind(book.page_count)
                    .push_bind(book.published_on)
                    .push_bind($price(book))
                    .push_bind(book.available)
                    .push_bind(&book.tags)
                    .push_bind(&book.attributes)
                    .push_bind(book.created_at)
                    .push_bind(book.updated_at)
                    .push_bind(book.reorder_level);
            });
            statement.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }};
}

const INSERT: &str = "INSERT INTO book (isbn, title, subtitle, format, publisher_id, category_id, language, page_count, \
                      published_on, price, available, tags, attributes, created_at, updated_at, reorder_level) ";

/// The columns of [`INSERT`].
const COLUMNS: usize = 16;

fn label(book: &NewBook) -> &'static str {
    book.format.label()
}

impl Hand {
    /// With the settings that the runtime makes for SQLite too; on the servers, with the driver's own.
    pub(crate) async fn connect(url: &str) -> Outcome<Self> {
        Ok(match url.split_once(':').map_or("", |(scheme, _)| scheme) {
            "postgres" | "postgresql" => Self::Postgres(PgPool::connect(url).await?),
            "mysql" | "mariadb" => Self::Mysql(MySqlPool::connect(url).await?),
            _ => {
                let options = SqliteConnectOptions::from_str(url)?
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal);
                Self::Sqlite(SqlitePool::connect_with(options).await?)
            }
        })
    }

    pub(crate) async fn fetch(&self, sql: &'static str) -> Outcome<Vec<HandBook>> {
        Ok(match self {
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
            Self::Mysql(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
        })
    }

    pub(crate) async fn insert(&self, rows: &[NewBook]) -> Outcome<()> {
        match self {
            Self::Postgres(pool) => insert!(pool, sqlx::Postgres, 65_535, |book: &NewBook| book.price, rows),
            Self::Mysql(pool) => insert!(pool, sqlx::MySql, 65_535, |book: &NewBook| book.price, rows),
            Self::Sqlite(pool) => {
                insert!(pool, sqlx::Sqlite, 32_766, |book: &NewBook| book.price.to_string(), rows)
            }
        }
    }

    /// Takes all books away, and what they leave behind in PostgreSQL.
    pub(crate) async fn clear(&self) -> Outcome<()> {
        match self {
            Self::Postgres(pool) => {
                sqlx::raw_sql("TRUNCATE book CASCADE").execute(pool).await?;
            }
            Self::Mysql(pool) => {
                sqlx::raw_sql("DELETE FROM book").execute(pool).await?;
            }
            Self::Sqlite(pool) => {
                sqlx::raw_sql("DELETE FROM book").execute(pool).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Mysql(pool) => pool.close().await,
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}
