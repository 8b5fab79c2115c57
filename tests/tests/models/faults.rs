//! Faults, planted one at a time in models that are right: each is found, where it stands, and nothing else is.

use tablature::findings::{Severity, Status};
use tablature_tests::Engine;

use super::{Bookshop, told, written};
use Severity::{Error, Info, Warning};
use Status::{
    EnumMismatch, GeneratedMismatch, IdentityMismatch, KeyMismatch, MissingInDatabase, MissingInModel,
    NullabilityMismatch, TypeMismatch,
};

/// A fault: the file, what stands there behind an anchor, and what is put in its place.
struct Fault {
    file: &'static str,
    /// The text behind which the change is, such as the name of a structure.
    behind: &'static str,
    right: &'static str,
    wrong: &'static str,
    status: Status,
    severity: Severity,
    place: &'static str,
    /// What the line has in it that is told, where it is another one than that of the change.
    at: &'static str,
    mend: &'static str,
}

const fn fault(
    file: &'static str,
    behind: &'static str,
    right: &'static str,
    wrong: &'static str,
    (status, severity): (Status, Severity),
    place: &'static str,
    mend: &'static str,
) -> Fault {
    Fault { file, behind, right, wrong, status, severity, place, mend, at: "" }
}

/// The same, told at another line.
const fn at(at: &'static str, fault: Fault) -> Fault {
    Fault { at, ..fault }
}

const ROWS: &str = "rows.rs";
const ENTITIES: &str = "entities.rs";
const SCHEMA: &str = "schema.rs";
const QUERIES: &str = "queries.rs";
const API: &str = "api.rs";

const POSTGRES: &[Fault] = &[
    // sqlx
    fault(
        ROWS,
        "struct Book ",
        "title: String",
        "titel: String",
        (MissingInDatabase, Error),
        "public.book.titel",
        "pub title: String,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "title: String,",
        "title: String,\n    pub shelf_mark: String,",
        (MissingInDatabase, Warning),
        "public.book.shelf_mark",
        "",
    ),
    fault(
        ROWS,
        "struct Book ",
        "title: String",
        "title: i32",
        (TypeMismatch, Error),
        "public.book.title",
        "pub title: String,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "subtitle: Option<String>",
        "subtitle: String",
        (NullabilityMismatch, Error),
        "public.book.subtitle",
        "pub subtitle: Option<String>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "title: String",
        "title: Option<String>",
        (NullabilityMismatch, Info),
        "public.book.title",
        "pub title: String,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "price: rust_decimal::Decimal",
        "price: f64",
        (TypeMismatch, Error),
        "public.book.price",
        "pub price: rust_decimal::Decimal,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "volume: Option<i16>",
        "volume: Option<i32>",
        (TypeMismatch, Error),
        "public.book.volume",
        "pub volume: Option<i16>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "published_on: Option<chrono::NaiveDate>",
        "published_on: Option<chrono::NaiveDateTime>",
        (TypeMismatch, Error),
        "public.book.published_on",
        "pub published_on: Option<chrono::NaiveDate>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "created_at: chrono::DateTime<chrono::Utc>",
        "created_at: chrono::NaiveDateTime",
        (TypeMismatch, Error),
        "public.book.created_at",
        "pub created_at: chrono::DateTime<chrono::Utc>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "tags: Vec<String>",
        "tags: Vec<i64>",
        (TypeMismatch, Error),
        "public.book.tags",
        "pub tags: Vec<String>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "tags: Vec<String>",
        "tags: String",
        (TypeMismatch, Error),
        "public.book.tags",
        "pub tags: Vec<String>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "attributes: serde_json::Value",
        "attributes: String",
        (TypeMismatch, Error),
        "public.book.attributes",
        "pub attributes: serde_json::Value,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "format: BookFormat",
        "format: String",
        (TypeMismatch, Error),
        "public.book.format",
        "pub format: BookFormat,",
    ),
    fault(
        ROWS,
        "struct Customer ",
        "public_id: uuid::Uuid",
        "public_id: String",
        (TypeMismatch, Error),
        "public.customer.public_id",
        "pub public_id: uuid::Uuid,",
    ),
    fault(
        ROWS,
        "struct CustomerProfile ",
        "avatar: Option<Vec<u8>>",
        "avatar: Option<String>",
        (TypeMismatch, Error),
        "public.customer_profile.avatar",
        "pub avatar: Option<Vec<u8>>,",
    ),
    fault(
        ROWS,
        "struct Book ",
        "available: bool",
        "available: i16",
        (TypeMismatch, Error),
        "public.book.available",
        "pub available: bool,",
    ),
    fault(ROWS, "struct Book ", "    pub subtitle: Option<String>,\n", "", (MissingInModel, Info), "public.book", ""),
    fault(ROWS, "enum BookFormat", "    Ebook,\n", "", (EnumMismatch, Error), "public.book_format.ebook", ""),
    fault(ROWS, "enum BookFormat", "Ebook", "EBok", (EnumMismatch, Error), "public.book_format.ebok", ""),
    fault(
        ROWS,
        "enum BookFormat",
        "    Audiobook,",
        "    Audiobook,\n    Scroll,",
        (EnumMismatch, Error),
        "public.book_format.scroll",
        "",
    ),
    at(
        "enum BookAuthorRole",
        fault(
            ROWS,
            "AuditLog",
            "\n#[derive(Clone, Copy, Debug, sqlx::Type)]\n#[sqlx(type_name = \"varchar\", rename_all = \"snake_case\")]\npub enum BookAuthorRole {\n    Author,\n",
            "\n#[derive(Clone, Copy, Debug, sqlx::Type)]\n#[sqlx(type_name = \"varchar\", rename_all = \"snake_case\")]\npub enum BookAuthorRole {\n",
            (EnumMismatch, Error),
            "public.book_author.role",
            "",
        ),
    ),
    at(
        "format: BookFormat",
        fault(
            ROWS,
            "sqlx::Type",
            "\"book_format\"",
            "\"format_of_book\"",
            (TypeMismatch, Error),
            "public.book.format",
            "",
        ),
    ),
    // SeaORM
    fault(
        ENTITIES,
        "mod book ",
        "table_name = \"book\"",
        "table_name = \"boook\"",
        (MissingInDatabase, Error),
        "public.boook",
        "#[sea_orm(table_name = \"book\")]",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "        pub subtitle: Option<String>,\n",
        "",
        (MissingInModel, Error),
        "public.book.subtitle",
        "pub subtitle: Option<String>,",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "pub subtitle:",
        "pub sub_title:",
        (MissingInDatabase, Error),
        "public.book.sub_title",
        "pub subtitle: Option<String>,",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "pub title: String,",
        "pub title: String,\n        pub shelf_mark: String,",
        (MissingInDatabase, Error),
        "public.book.shelf_mark",
        "",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "Decimal(Some((10, 2)))",
        "Decimal(Some((12, 2)))",
        (TypeMismatch, Error),
        "public.book.price",
        "",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "page_count: Option<i32>",
        "page_count: Option<i64>",
        (TypeMismatch, Error),
        "public.book.page_count",
        "pub page_count: Option<i32>,",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "page_count: Option<i32>",
        "page_count: i32",
        (NullabilityMismatch, Error),
        "public.book.page_count",
        "pub page_count: Option<i32>,",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "title: String",
        "title: Option<String>",
        (NullabilityMismatch, Warning),
        "public.book.title",
        "pub title: String,",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "created_at: DateTimeWithTimeZone",
        "created_at: DateTime",
        (TypeMismatch, Error),
        "public.book.created_at",
        "pub created_at: DateTimeWithTimeZone,",
    ),
    at(
        "pub struct Model ",
        fault(
            ENTITIES,
            "mod stock_level ",
            "        #[sea_orm(primary_key, auto_increment = false)]\n        pub warehouse",
            "        pub warehouse",
            (KeyMismatch, Error),
            "public.stock_level",
            "#[sea_orm(primary_key)] pub warehouse: String,",
        ),
    ),
    fault(
        ENTITIES,
        "mod book ",
        "        pub title: String",
        "        #[sea_orm(unique)]\n        pub title: String",
        (KeyMismatch, Warning),
        "public.book.title",
        "",
    ),
    fault(
        ENTITIES,
        "enum BookFormat",
        "string_value = \"ebook\"",
        "string_value = \"e-book\"",
        (EnumMismatch, Error),
        "public.book_format.e-book",
        "",
    ),
    at(
        "format: BookFormat",
        fault(ENTITIES, "enum_name", "book_format", "format_of_book", (TypeMismatch, Error), "public.book.format", ""),
    ),
    // diesel
    fault(
        SCHEMA,
        "    book (id) ",
        "page_count -> Nullable<Int4>",
        "page_count -> Nullable<Int8>",
        (TypeMismatch, Error),
        "public.book.page_count",
        "page_count -> Nullable<Integer>,",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "page_count -> Nullable<Int4>",
        "page_count -> Int4",
        (NullabilityMismatch, Error),
        "public.book.page_count",
        "page_count -> Nullable<Int4>,",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "available -> Bool",
        "available -> Nullable<Bool>",
        (NullabilityMismatch, Warning),
        "public.book.available",
        "available -> Bool,",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "        available -> Bool,\n",
        "",
        (MissingInModel, Error),
        "public.book.available",
        "available -> Bool,",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "        available -> Bool,\n",
        "        available -> Bool,\n        shelf_mark -> Text,\n",
        (MissingInDatabase, Error),
        "public.book.shelf_mark",
        "",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "max_length = 13]",
        "max_length = 10]",
        (TypeMismatch, Error),
        "public.book.isbn",
        "",
    ),
    fault(
        SCHEMA,
        "stock_level",
        " (book_id, warehouse)",
        " (book_id)",
        (KeyMismatch, Error),
        "public.stock_level",
        "stock_level (book_id, warehouse) {",
    ),
    at(
        "format -> BookFormat",
        fault(
            SCHEMA,
            "pub mod sql_types",
            "name = \"book_format\"",
            "name = \"book_form\"",
            (TypeMismatch, Error),
            "public.book.format",
            "format -> BookFormat,",
        ),
    ),
    fault(
        SCHEMA,
        "diesel::table! {\n    ca",
        "tegory (id)",
        "tegoryy (id)",
        (MissingInDatabase, Error),
        "public.categoryy",
        "",
    ),
    at(
        "type_ -> Varchar",
        fault(
            SCHEMA,
            "    address (id)",
            "#[sql_name = \"type\"]",
            "#[sql_name = \"typ\"]",
            (MissingInDatabase, Error),
            "public.address.typ",
            "#[sql_name = \"type\"] type_ -> Varchar,",
        ),
    ),
    fault(
        QUERIES,
        "struct Book ",
        "price: BigDecimal",
        "price: f64",
        (TypeMismatch, Error),
        "public.book.price",
        "pub price: bigdecimal::BigDecimal,",
    ),
    fault(
        QUERIES,
        "struct Book ",
        "volume: Option<i16>",
        "volume: i16",
        (NullabilityMismatch, Error),
        "public.book.volume",
        "pub volume: Option<i16>,",
    ),
    fault(
        QUERIES,
        "struct NewBook ",
        "title: String",
        "titel: String",
        (MissingInDatabase, Error),
        "public.book.titel",
        "pub title: String,",
    ),
    fault(QUERIES, "struct NewBook ", "    pub isbn: String,\n", "", (MissingInModel, Info), "public.book", ""),
    fault(
        QUERIES,
        "struct NewBook ",
        "title: String",
        "title: Option<String>",
        (NullabilityMismatch, Warning),
        "public.book.title",
        "pub title: String,",
    ),
    fault(
        QUERIES,
        "struct NewBook ",
        "    pub isbn: String,\n",
        "    pub isbn: String,\n    pub id: i64,\n",
        (IdentityMismatch, Error),
        "public.book.id",
        "",
    ),
    fault(
        QUERIES,
        "struct NewAuthor ",
        "    pub family_name: String,\n",
        "    pub family_name: String,\n    pub sort_name: String,\n",
        (GeneratedMismatch, Error),
        "public.author.sort_name",
        "",
    ),
    fault(
        QUERIES,
        "struct BookChanges ",
        "price: Option<BigDecimal>",
        "price: Option<bool>",
        (TypeMismatch, Error),
        "public.book.price",
        "pub price: bigdecimal::BigDecimal,",
    ),
    fault(QUERIES, "enum BookFormat", "    Ebook,\n", "", (EnumMismatch, Error), "public.book_format.ebook", ""),
    // serde
    fault(
        API,
        "struct Book ",
        "pub title: String",
        "pub titel: String",
        (MissingInDatabase, Warning),
        "public.book.titel",
        "pub title: String,",
    ),
    fault(
        API,
        "struct Book ",
        "pub title: String",
        "pub title: bool",
        (TypeMismatch, Warning),
        "public.book.title",
        "pub title: String,",
    ),
    fault(
        API,
        "struct Book ",
        "pub subtitle: Option<String>",
        "pub subtitle: String",
        (NullabilityMismatch, Warning),
        "public.book.subtitle",
        "pub subtitle: Option<String>,",
    ),
    fault(API, "enum Format", "    Ebook,\n", "", (EnumMismatch, Warning), "public.book_format.ebook", ""),
];

const MYSQL: &[Fault] = &[
    fault(
        ROWS,
        "struct Book ",
        "format: BookFormat",
        "format: i32",
        (TypeMismatch, Error),
        "book.format",
        "pub format: BookFormat,",
    ),
    fault(ROWS, "struct Book ", "id: i64", "id: u64", (TypeMismatch, Error), "book.id", "pub id: i64,"),
    fault(ROWS, "struct Book ", "id: i64", "id: i32", (TypeMismatch, Error), "book.id", "pub id: i64,"),
    fault(ROWS, "enum BookFormat", "    Ebook,\n", "", (EnumMismatch, Error), "book.format", ""),
    fault(
        ENTITIES,
        "mod book ",
        "pub subtitle: Option<String>",
        "pub subtitle: String",
        (NullabilityMismatch, Error),
        "book.subtitle",
        "pub subtitle: Option<String>,",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "price -> Decimal",
        "price -> Double",
        (TypeMismatch, Error),
        "book.price",
        "price -> Numeric,",
    ),
    fault(
        QUERIES,
        "struct NewBook ",
        "created_at: Option<NaiveDateTime>",
        "created_at: Option<NaiveDate>",
        (TypeMismatch, Error),
        "book.created_at",
        "pub created_at: chrono::NaiveDateTime,",
    ),
];

const SQLITE: &[Fault] = &[
    fault(
        ROWS,
        "struct Book ",
        "title: String",
        "title: i64",
        (TypeMismatch, Error),
        "book.title",
        "pub title: String,",
    ),
    fault(
        ROWS,
        "struct Customer ",
        "email: String",
        "emial: String",
        (MissingInDatabase, Error),
        "customer.emial",
        "pub email: String,",
    ),
    fault(
        ENTITIES,
        "mod book ",
        "pub published_on: Option<Date>",
        "pub published_on: Option<bool>",
        (TypeMismatch, Error),
        "book.published_on",
        "pub published_on: Option<Date>,",
    ),
    fault(
        SCHEMA,
        "    book (id) ",
        "subtitle -> Nullable<Text>",
        "subtitle -> Text",
        (NullabilityMismatch, Error),
        "book.subtitle",
        "subtitle -> Nullable<Text>,",
    ),
    fault(
        QUERIES,
        "struct Book ",
        "available: bool",
        "available: String",
        (TypeMismatch, Error),
        "book.available",
        "pub available: bool,",
    ),
    fault(ROWS, "enum AddressType", "    Work,\n", "", (EnumMismatch, Error), "address.type", ""),
];

fn each_is_found(engine: Engine, faults: &[Fault]) {
    let bookshop = Bookshop::new(engine);
    let mut wrong = Vec::new();
    for fault in faults {
        let what = format!("{engine}: {} {:?} for {:?}", fault.file, fault.wrong, fault.right);
        let right = written(engine, fault.file);
        let from = right.find(fault.behind).unwrap_or_else(|| panic!("{what}: no {:?}", fault.behind));
        let Some(at) = right[from..].find(fault.right).map(|at| from + at) else {
            wrong.push(format!("{what}: it is not there"));
            continue;
        };
        let text = format!("{}{}{}", &right[..at], fault.wrong, &right[at + fault.right.len()..]);
        let tables = if fault.file == QUERIES { written(engine, SCHEMA) } else { String::new() };
        let findings = bookshop.findings(&[(fault.file, &text), ("tables.rs", &tables)]);
        let [finding] = findings.as_slice() else {
            wrong.push(format!("{what}: {:#?}", told(&findings)));
            continue;
        };
        let said = (finding.status, finding.severity, finding.place.to_string());
        let location = finding.location.clone().unwrap();
        let line = location.line.unwrap() as usize;
        let source = text.lines().nth(line - 1).unwrap_or_default();
        // The line that was changed, or the one behind it, for attributes stand above what they are about; what lacks
        // something is told by its name.
        let first = text[..at].matches('\n').count() + 1;
        let last = first + fault.wrong.matches('\n').count() + 1;
        let is_there = match fault.at {
            "" if fault.wrong.is_empty() => source.contains(fault.behind.trim()) || source.contains("struct Model "),
            "" => (first..=last).contains(&line),
            at => source.contains(at),
        };
        if said != (fault.status, fault.severity, fault.place.to_owned())
            || finding.mend.as_deref().unwrap_or_default() != fault.mend
            || !is_there
            || !location.path.ends_with(fault.file)
        {
            wrong.push(format!("{what}: {:#?}, mended by {:?}, at {source:?}", told(&findings), finding.mend));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), faults.len(), wrong.join("\n"));
}

#[test]
fn each_fault_is_found_on_postgres() {
    each_is_found(Engine::Postgres, POSTGRES);
}

#[test]
fn each_fault_is_found_on_mysql() {
    each_is_found(Engine::Mysql, MYSQL);
}

#[test]
fn each_fault_is_found_on_sqlite() {
    each_is_found(Engine::Sqlite, SQLITE);
}
