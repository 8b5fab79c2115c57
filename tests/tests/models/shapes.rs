//! Models that are right: as the libraries' own tools write them, and as people do.

use super::{Bookshop, ENGINES, told, written};

/// Files that belong together, of which each engine has its own.
const PROJECTS: &[&[&str]] = &[&["rows.rs"], &["entities.rs"], &["schema.rs", "queries.rs"], &["api.rs"]];

#[test]
fn what_is_right_gives_silence() {
    for engine in ENGINES {
        let bookshop = Bookshop::new(engine);
        for project in PROJECTS {
            let texts: Vec<String> = project.iter().map(|name| written(engine, name)).collect();
            let files: Vec<(&str, &str)> = project.iter().copied().zip(texts.iter().map(String::as_str)).collect();
            let compared = bookshop.compared(&files);
            assert_eq!(told(&compared.findings), Vec::<String>::new(), "{engine}");
            let at_least = if *project == ["api.rs"] { 4 } else { 14 };
            assert!(compared.counts.models >= at_least, "{engine}: {:?}", compared.counts);
            assert_eq!((compared.counts.files, compared.counts.unverifiable), (project.len(), 0), "{engine}");
        }
    }
}

/// What people write besides: each of these is right on PostgreSQL.
const ODD: &[&str] = &[
    // Another name for a type, newtypes, wrappers, and names in other cases.
    "use std::{borrow::Cow, sync::Arc};\n\
     type Text = String;\n#[derive(sqlx::Type)]\n#[sqlx(transparent)]\nstruct BookId(i64);\nstruct Price(rust_decimal::Decimal);\n\
     #[derive(FromRow)]\n#[sqlx(rename_all = \"snake_case\")]\n\
     struct BookRow<'a> { id: BookId, isbn: Cow<'a, str>, title: Box<str>, subtitle: Option<Text>, r#format: Format, publisherId: i64,\n\
       category_id: i32, series_id: Option<i64>, volume: Option<std::num::NonZeroI16>, language: Arc<str>, page_count: Option<i32>,\n\
       published_on: Option<time::Date>, price: Price, available: bool, tags: Vec<Text>, attributes: sqlx::types::Json<Attributes>,\n\
       created_at: time::OffsetDateTime, updated_at: jiff::Timestamp, reorder_level: i32, #[sqlx(skip)] cached: bool, #[sqlx(default)] more: i32 }\n\
     struct Attributes { pages: i32 }\n\
     #[derive(sqlx::Type)]\n#[sqlx(type_name = \"book_format\")]\nenum Format { #[sqlx(rename = \"hardcover\")] A, #[sqlx(rename = \"paperback\")] B,\n\
       #[sqlx(rename = \"ebook\")] C, #[sqlx(rename = \"audiobook\")] D }",
    // Rows within rows, and what is converted by hand.
    "#[derive(sqlx::FromRow)]\nstruct Customer { #[sqlx(flatten)] who: Who, #[sqlx(try_from = \"String\")] status: Status, created_at: chrono::DateTime<chrono::Local>,\nupdated_at: chrono::DateTime<chrono::FixedOffset> }\n#[derive(sqlx::FromRow)]\nstruct Who { id: i64, public_id: uuid::Uuid, email: String, full_name: String }\n\
     enum Status { Active, Other(String) }",
    // What is none of the database's business: parameters, other services' documents, tests, macros.
    "#[derive(serde::Deserialize)]\nstruct CreateBook { title: String }\n#[derive(serde::Serialize)]\nstruct Book { kind: String, etag: String, volume_info: Info, id: bool }\n\
     #[derive(serde::Serialize)]\nstruct Info { x: u8 }\n#[cfg(test)]\nmod tests { #[derive(sqlx::FromRow)]\nstruct Book { id: bool } }\n\
     macro_rules! rows { () => { #[derive(FromRow)] struct Book { id: bool } } }\nstruct Review { id: bool }",
    // SeaORM with its macros written out, and relations among the fields.
    "pub mod order_line {\n#[derive(Copy, Clone, Default, Debug, DeriveEntity)]\npub struct Entity;\nimpl EntityName for Entity { fn schema_name(&self) -> Option<&str> { Some(\"public\") } fn table_name(&self) -> &str { \"order_line\" } }\n\
     #[derive(Clone, Debug, PartialEq, DeriveModel, DeriveActiveModel)]\npub struct Model { pub order_id: i64, pub line_no: i16, pub book_id: i64, pub quantity: i32, pub price_each: Decimal,\n\
       pub line_total: Decimal, pub gift_wrap: bool }\n#[derive(EnumIter, DeriveColumn)]\npub enum Column { OrderId, LineNo, BookId, Quantity, #[sea_orm(column_name = \"unit_price\")] PriceEach, LineTotal, GiftWrap }\n\
     #[derive(EnumIter, DerivePrimaryKey)]\npub enum PrimaryKey { OrderId, LineNo } }",
    "#[sea_orm::model]\n#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]\n#[sea_orm(table_name = \"series\", rename_all = \"snake_case\")]\npub struct Model { #[sea_orm(primary_key)] pub id: i64, pub title: String,\n\
       pub planned_volumes: Option<i16>, #[sea_orm(has_many)] pub books: HasMany<super::book::Entity>, #[sea_orm(ignore)] pub note: String }",
    // diesel: positions, parts, and names of columns; older attributes.
    "mod schema { table! { series (id) { id -> BigInt, title -> VarChar, planned_volumes -> Nullable<SmallInt>, } } }\n\
     #[derive(Queryable)]\nstruct Series(i64, String, Option<i16>);\n#[derive(Insertable, AsChangeset)]\n#[table_name = \"series\"]\nstruct Form<'a> { title: &'a str, planned_volumes: Option<Option<i16>> }\n\
     #[derive(Queryable, Selectable)]\n#[diesel(table_name = schema::series, check_for_backend(diesel::pg::Pg))]\nstruct Part { #[diesel(column_name = planned_volumes)] volumes: Option<i16>, #[diesel(select_expression = x)] n: i64, id: i64, title: String }",
    // Names in JSON, and what JSON makes of exact values.
    "#[derive(serde::Serialize, serde::Deserialize)]\n#[serde(rename_all(serialize = \"camelCase\", deserialize = \"camelCase\"))]\npub struct StockLevel { book_id: u64, #[serde(rename = \"warehouse\")] house: String, on_hand: u32,\n\
       reserved: i64, shelf: Option<String>, #[serde(with = \"stamp\")] counted_at: Stamp }\nstruct Stamp;",
];

#[test]
fn what_people_write_besides_gives_silence_too() {
    let bookshop = Bookshop::new(tablature_tests::Engine::Postgres);
    for text in ODD {
        let told = told(&bookshop.findings(&[("odd.rs", text)]));
        assert_eq!(told, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_cannot_be_told_is_told_as_that() {
    let bookshop = Bookshop::new(tablature_tests::Engine::Postgres);
    let cases = [
        (
            "#[derive(FromRow)]\nstruct TitleAndCount { title: String, n: i64 }",
            "no relation is called like TitleAndCount",
        ),
        ("#[derive(FromRow)]\nstruct Book { n: i64, sum: f64 }", "most of its fields are no columns of it"),
        (
            "use elsewhere::Money;\n#[derive(FromRow)]\nstruct Series { id: i64, title: Money, planned_volumes: Option<i16> }",
            "it cannot be told whether Money holds what character varying(300) is",
        ),
        (
            "#[derive(DeriveEntityModel)]\n#[sea_orm(table_name = \"thing\", schema_name = \"elsewhere\")]\nstruct Model { #[sea_orm(primary_key)] id: i64 }",
            "the snapshot has nothing of the schema \"elsewhere\"",
        ),
        (
            "struct Mood(i64);\nimpl<'r> sqlx::Decode<'r, Postgres> for Mood { fn decode() {} }\n\
             #[derive(FromRow)]\nstruct Series { id: i64, title: Mood, planned_volumes: Option<i16> }",
            "it cannot be told whether Mood holds what",
        ),
    ];
    for (text, why) in cases {
        let compared = bookshop.compared(&[("odd.rs", text)]);
        let told = told(&compared.findings);
        assert!(told.len() == 1 && told[0].contains("info unverifiable") && told[0].contains(why), "{text}: {told:?}");
        assert_eq!(compared.counts.unverifiable, 1);
    }
}
