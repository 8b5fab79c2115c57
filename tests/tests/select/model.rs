// Included once for each engine: the model, as it is generated.

use tablature_runtime::{
    Col, Column, Condition, Cursor, Database, Decimal, Dialect, Error, ForeignKey, FromRow, Key, Keyed, Reference,
    ReferentialAction, Relation, RelationKind, Row, RowError, Schema, SqlEnum, Table, ToSql, Writable, impl_enum,
    impl_key,
};
use tablature_tests::ScratchDatabase;

static MODEL: Schema = Schema {
    cache_prefix: "select",
    // The engines' own names of types differ, and none of them is asked for.
    dialect: Dialect::Postgres,
    enums: &[],
    relations: &[Book::RELATION, Cheap::RELATION, Copy::RELATION, Publisher::RELATION, Shelf::RELATION],
};

macro_rules! model {
    ($name:ident { $($field:ident: $type:ty = $column:literal,)+ } $relation:expr) => {
        #[derive(Clone, Debug, PartialEq)]
        struct $name {
            $($field: $type,)+
        }

        impl FromRow for $name {
            fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
                Ok(Self { $($field: row.get($column)?,)+ })
            }
        }

        impl Table for $name {
            const RELATION: &'static Relation = &$relation;

            fn schema() -> &'static Schema {
                &MODEL
            }

            fn values(&self) -> Vec<&dyn ToSql> {
                vec![$(&self.$field),+]
            }
        }
    };
}

const fn foreign_key(
    name: &'static str,
    columns: &'static [&'static str],
    target: &'static str,
    referenced_columns: &'static [&'static str],
) -> ForeignKey {
    let refuse = ReferentialAction::Refuse;
    ForeignKey { name, columns, references: ("", target), referenced_columns, on_delete: refuse, on_update: refuse }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct BookId(i64);

impl_key!(BookId, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Format {
    Paper,
    Ebook,
    Audio,
}

impl SqlEnum for Format {
    const NAME: &'static str = "book_format";
    const LABELS: &'static [(Self, &'static str)] =
        &[(Self::Paper, "paper"), (Self::Ebook, "e'book"), (Self::Audio, "audio")];
}

impl_enum!(Format);

model! {
    Publisher { country: String = "coun\"try`", code: String = "select", name: String = "name", }
    Relation {
        name: "pub\"lish`er ü",
        columns: &[Column::new("coun\"try`", COUNTRY_TYPE), Column::new("select", WORD_TYPE), Column::new("name", "text")],
        primary_key: &["coun\"try`", "select"],
        ..Relation::EMPTY
    }
}

model! {
    Book {
        id: BookId = "id",
        title: String = "title",
        subtitle: Option<String> = "subtitle",
        country: Option<String> = "country",
        publisher: Option<String> = "publisher",
        sequel_of: Option<BookId> = "sequel_of",
        format: Format = "format",
        price: Decimal = "price",
        rating: Option<f64> = "rating",
    }
    Relation {
        name: "book",
        columns: &[
            Column::new("id", "bigint"),
            Column::new("title", WORD_TYPE),
            Column::new("subtitle", "text").nullable(),
            Column::new("country", COUNTRY_TYPE).nullable(),
            Column::new("publisher", WORD_TYPE).nullable(),
            Column::new("sequel_of", "bigint").nullable(),
            Column::new("format", FORMAT_TYPE),
            Column::new("price", "numeric(8,2)"),
            Column::new("rating", "double precision").nullable(),
        ],
        primary_key: &["id"],
        foreign_keys: &[
            foreign_key("book_publisher", &["country", "publisher"], "pub\"lish`er ü", &["coun\"try`", "select"]),
            foreign_key("book_sequel", &["sequel_of"], "book", &["id"]),
        ],
        ..Relation::EMPTY
    }
}

model! {
    Shelf { code: String = "code", }
    Relation {
        name: "shelf",
        columns: &[Column::new("code", if matches!(ENGINE, Engine::Postgres) { "public.citext" } else { WORD_TYPE })],
        primary_key: &["code"],
        ..Relation::EMPTY
    }
}

model! {
    Copy { id: i64 = "id", shelf_code: String = "shelf_code", }
    Relation {
        name: "copy",
        columns: &[
            Column::new("id", "bigint"),
            Column::new("shelf_code", if matches!(ENGINE, Engine::Postgres) { "public.citext" } else { WORD_TYPE }),
        ],
        primary_key: &["id"],
        foreign_keys: &[foreign_key("copy_shelf", &["shelf_code"], "shelf", &["code"])],
        ..Relation::EMPTY
    }
}

model! {
    Cheap { id: Option<i64> = "id", title: Option<String> = "title", }
    Relation {
        name: "cheap",
        kind: RelationKind::View,
        columns: &[Column::new("id", "bigint").nullable(), Column::new("title", WORD_TYPE).nullable()],
        ..Relation::EMPTY
    }
}

impl Writable for Book {}

impl Keyed for Book {
    fn key(&self) -> Key<Self> {
        Key::uncached(&["id"], &[&self.id])
    }
}

impl Writable for Publisher {}

impl Keyed for Publisher {
    fn key(&self) -> Key<Self> {
        Key::uncached(&["coun\"try`", "select"], &[&self.country, &self.code])
    }
}

mod columns {
    use super::*;

    pub(super) const ID: Col<Book, BookId> = Col::new(0);
    pub(super) const TITLE: Col<Book, String> = Col::new(1);
    pub(super) const SUBTITLE: Col<Book, Option<String>> = Col::new(2);
    pub(super) const COUNTRY: Col<Book, Option<String>> = Col::new(3);
    pub(super) const PUBLISHER: Col<Book, Option<String>> = Col::new(4);
    pub(super) const FORMAT: Col<Book, Format> = Col::new(6);
    pub(super) const PRICE: Col<Book, Decimal> = Col::new(7);
    pub(super) const RATING: Col<Book, Option<f64>> = Col::new(8);
    pub(super) const PUBLISHER_COUNTRY: Col<Publisher, String> = Col::new(0);
    pub(super) const PUBLISHER_NAME: Col<Publisher, String> = Col::new(2);
}

mod references {
    use super::*;

    pub(super) const PUBLISHER: Reference<Book, Publisher> = Reference::new(0);
    pub(super) const SEQUEL: Reference<Book, Book> = Reference::new(1);
    pub(super) const SHELF: Reference<Copy, Shelf> = Reference::new(0);
}
