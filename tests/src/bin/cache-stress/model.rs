//! The tables that are hot, and the book-keeping from which stale answers are told.
//!
//! Each row of `hot_book` and `hot_review` carries a version that only grows, also when the row is deleted and comes
//! again. `hot_state` says for every key (`b:7` the book 7, `r:7` its review, `i:…` the book of that ISBN) which row it
//! leads to, and `hot_history` keeps all that it ever said. They are written in the transactions of the rows.

use serde::{Deserialize, Serialize};
use tablature_runtime::{
    CacheIndex, Column, Dialect, ForeignKey, FromRow, Key, Keyed, NewRow, Patch, Relation, Row, RowError, Schema,
    Table, ToSql, UniqueKey, Writable, key_text,
};

/// Statements that make the tables, for every engine.
pub(crate) const TABLES: &str = "
    CREATE TABLE hot_book (
      id BIGINT NOT NULL PRIMARY KEY,
      isbn VARCHAR(40) /*! CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */ NOT NULL,
      version BIGINT NOT NULL,
      note VARCHAR(200) NOT NULL,
      CONSTRAINT hot_book_isbn_key UNIQUE (isbn)
    );
    CREATE TABLE hot_review (
      book_id BIGINT NOT NULL,
      number BIGINT NOT NULL,
      version BIGINT NOT NULL,
      PRIMARY KEY (book_id, number),
      CONSTRAINT hot_review_book_fkey FOREIGN KEY (book_id) REFERENCES hot_book (id) ON DELETE CASCADE
    );
    CREATE TABLE hot_state (
      name VARCHAR(60) NOT NULL PRIMARY KEY,
      version BIGINT NOT NULL,
      row_name VARCHAR(60)
    );
    CREATE TABLE hot_history (
      name VARCHAR(60) NOT NULL,
      version BIGINT NOT NULL,
      row_name VARCHAR(60),
      row_version BIGINT NOT NULL,
      PRIMARY KEY (name, version)
    );
";

/// The start of every cache key.
pub(crate) const PREFIX: &str = "stress";

static SCHEMA: Schema = Schema {
    cache_prefix: PREFIX,
    dialect: Dialect::Mysql,
    relations: &[HotBook::RELATION, HotReview::RELATION],
    enums: &[],
};

/// A book.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct HotBook {
    pub(crate) id: i64,
    pub(crate) isbn: String,
    pub(crate) version: i64,
    pub(crate) note: String,
}

impl HotBook {
    pub(crate) fn by_id(id: i64) -> Key<Self> {
        Key::cached(0, &[&id])
    }

    pub(crate) fn by_isbn(isbn: &str) -> Key<Self> {
        Key::cached(1, &[&isbn])
    }
}

impl FromRow for HotBook {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self { id: row.get("id")?, isbn: row.get("isbn")?, version: row.get("version")?, note: row.get("note")? })
    }
}

impl Table for HotBook {
    const RELATION: &'static Relation = &Relation {
        name: "hot_book",
        columns: &[
            Column::new("id", "bigint"),
            Column::new("isbn", "varchar"),
            Column::new("version", "bigint"),
            Column::new("note", "varchar"),
        ],
        primary_key: &["id"],
        unique_keys: &[UniqueKey::new("hot_book_isbn_key", &["isbn"])],
        cache_keys: &[
            CacheIndex::new("pk", &["id"], key_text!(i64)),
            CacheIndex::new("isbn", &["isbn"], key_text!(String)),
        ],
        layout: "5e5e0001",
        ..Relation::EMPTY
    };

    fn schema() -> &'static Schema {
        &SCHEMA
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        vec![&self.id, &self.isbn, &self.version, &self.note]
    }
}

impl Writable for HotBook {}

impl Keyed for HotBook {
    fn key(&self) -> Key<Self> {
        Self::by_id(self.id)
    }
}

impl NewRow for HotBook {
    type Table = Self;

    fn values(&self) -> Vec<&dyn ToSql> {
        Table::values(self)
    }
}

/// Changes of a book.
#[derive(Default)]
pub(crate) struct HotBookPatch {
    pub(crate) isbn: Option<String>,
    pub(crate) version: Option<i64>,
    pub(crate) note: Option<String>,
}

impl Patch for HotBookPatch {
    type Table = HotBook;

    fn values(&self) -> Vec<&dyn ToSql> {
        vec![&None::<i64>, &self.isbn, &self.version, &self.note]
    }
}

/// A review, which goes with its book.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct HotReview {
    pub(crate) book_id: i64,
    pub(crate) number: i64,
    pub(crate) version: i64,
}

impl HotReview {
    pub(crate) fn of(book: i64) -> Key<Self> {
        Key::cached(0, &[&book, &1_i64])
    }
}

impl FromRow for HotReview {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self { book_id: row.get("book_id")?, number: row.get("number")?, version: row.get("version")? })
    }
}

impl Table for HotReview {
    const RELATION: &'static Relation = &Relation {
        name: "hot_review",
        columns: &[Column::new("book_id", "bigint"), Column::new("number", "bigint"), Column::new("version", "bigint")],
        primary_key: &["book_id", "number"],
        foreign_keys: &[
            ForeignKey::new("hot_review_book_fkey", &["book_id"], ("", "hot_book"), &["id"]).on_delete_cascade()
        ],
        cache_keys: &[CacheIndex::new("pk", &["book_id", "number"], key_text!(i64, i64))],
        layout: "5e5e0002",
        ..Relation::EMPTY
    };

    fn schema() -> &'static Schema {
        &SCHEMA
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        vec![&self.book_id, &self.number, &self.version]
    }
}

impl Writable for HotReview {}

impl Keyed for HotReview {
    fn key(&self) -> Key<Self> {
        Self::of(self.book_id)
    }
}

impl NewRow for HotReview {
    type Table = Self;

    fn values(&self) -> Vec<&dyn ToSql> {
        Table::values(self)
    }
}

/// Names in the book-keeping.
pub(crate) fn book(id: i64) -> String {
    format!("b:{id}")
}

pub(crate) fn review(id: i64) -> String {
    format!("r:{id}")
}

pub(crate) fn isbn(isbn: &str) -> String {
    format!("i:{isbn}")
}

/// The ISBNs: more than there are books, so that some are always free.
pub(crate) fn isbn_text(number: i64) -> String {
    // Characters that have to be encoded in a key belong to it.
    format!("97:8%{number} é")
}

/// How many ISBNs there are for so many books.
pub(crate) fn isbns(books: i64) -> i64 {
    books + books / 2
}
