//! SQLite's values: typical ones, the limits, and what does not fit the type that a column declares and SQLite stores
//! all the same.

use serde_json::json;
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{Bytes, Decimal, SqliteValue};
use tablature_values::parse;
use types_sqlite::*;

tablature_values::server!(Sqlite, sqlx::SqliteConnection, include_str!("../../cases/types/sqlite/schema.sql"));

fn date(text: &str) -> NaiveDate {
    parse(text)
}

fn time(text: &str) -> NaiveTime {
    parse(text)
}

fn local(text: &str) -> NaiveDateTime {
    parse(text)
}

fn instant(text: &str) -> DateTime<Utc> {
    parse(text)
}

#[tokio::test]
async fn numbers_are_exact_up_to_their_limits() {
    let mut server = Server::start(
        "INSERT INTO numbers VALUES
         (-9223372036854775808, -9223372036854775808, NULL, -1, -1, -1, -1, -1, -1, -1, -1, -5e-324, NULL, -1.7976931348623157e308, -0.0, -9e999,
          '-0.00001', NULL, -1, 0, NULL, 0),
         (1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0.1, 1.5, 1, 2.5, 1e10, 12.5, '1.50', 42, 1, 0, 1),
         (9223372036854775807, 9223372036854775807, 9223372036854775807, 1, 1, 1, 1, 9223372036854775807, 1, 1, 1, 1.7976931348623157e308, 9e999,
          1, 1, 1, 99999.99999, 0, 9223372036854775807, TRUE, TRUE, FALSE)",
    )
    .await;
    let decimal = parse::<Decimal>;
    let rows = [
        Numbers {
            id: NumbersId(i64::MIN),
            whole: i64::MIN,
            whole_null: None,
            plain: -1,
            tiny: -1,
            small: -1,
            medium: -1,
            big: -1,
            big_unsigned: -1,
            two: -1,
            eight: -1,
            real: -f64::from_bits(1),
            real_null: None,
            twice: f64::MIN,
            // SQLite stores a real that is a whole number as that number.
            precise: 0.0,
            single: f64::NEG_INFINITY,
            exact: decimal("-0.00001"),
            exact_null: None,
            loose: decimal("-1"),
            flag: false,
            flag_null: None,
            flag_short: false,
        },
        Numbers {
            id: NumbersId(1),
            whole: 1,
            whole_null: Some(1),
            plain: 2,
            tiny: 3,
            small: 4,
            medium: 5,
            big: 6,
            big_unsigned: 7,
            two: 8,
            eight: 9,
            real: 0.1,
            real_null: Some(1.5),
            twice: 1.0,
            precise: 2.5,
            single: 1e10,
            exact: decimal("12.5"),
            exact_null: Some(decimal("1.5")),
            loose: decimal("42"),
            flag: true,
            flag_null: Some(false),
            flag_short: true,
        },
        Numbers {
            id: NumbersId(i64::MAX),
            whole: i64::MAX,
            whole_null: Some(i64::MAX),
            plain: 1,
            tiny: 1,
            small: 1,
            medium: 1,
            big: i64::MAX,
            big_unsigned: 1,
            two: 1,
            eight: 1,
            real: f64::MAX,
            real_null: Some(f64::INFINITY),
            twice: 1.0,
            precise: 1.0,
            single: 1.0,
            exact: decimal("99999.99999"),
            exact_null: Some(decimal("0")),
            loose: decimal("9223372036854775807"),
            flag: true,
            flag_null: Some(true),
            flag_short: false,
        },
    ];
    server.prove::<Numbers, NewNumbers, NumbersPatch>(numbers::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Numbers>(&[
            ("whole", "'text'"),
            ("whole", "1.5"),
            ("whole_null", "9223372036854775808"),
            ("real", "'text'"),
            ("exact", "'text'"),
            ("exact", "1e300"),
            ("exact_null", "9e999"),
            ("flag", "2"),
            ("flag", "'perhaps'"),
            ("big", "x'00'"),
        ])
        .await;
}

#[tokio::test]
async fn texts_and_bytes_are_as_they_are() {
    let mut server = Server::start(
        "INSERT INTO texts VALUES
         ('', '', NULL, '', '', NULL, NULL, NULL, NULL, NULL, NULL),
         ('😀', 'naïve 😀 日本語 שלום', '', 'more than twelve characters', 'ab', 'a', 'b', 'c', 'd', 'e' || char(0) || 'f', 'F');
         INSERT INTO bytes VALUES (x'', x'', NULL), (x'00ff', zeroblob(3), x'deadbeef')",
    )
    .await;
    let text = str::to_owned;
    let rows = [
        Texts {
            id: TextsId(text("")),
            unbounded: text(""),
            unbounded_null: None,
            bounded: text(""),
            fixed: text(""),
            varying: None,
            national: None,
            native: None,
            national_varying: None,
            large: None,
            folded: None,
        },
        Texts {
            id: TextsId(text("😀")),
            unbounded: text("naïve 😀 日本語 שלום"),
            unbounded_null: Some(text("")),
            bounded: text("more than twelve characters"),
            fixed: text("ab"),
            varying: Some(text("a")),
            national: Some(text("b")),
            native: Some(text("c")),
            national_varying: Some(text("d")),
            large: Some(text("e\0f")),
            folded: Some(text("F")),
        },
    ];
    server.prove::<Texts, NewTexts, TextsPatch>(texts::JSON_SCHEMA, &rows).await;
    server.refuse::<Texts>(&[("unbounded", "x'ff'"), ("unbounded_null", "CAST(x'ff' AS TEXT)")]).await;
    let rows = [
        BytesRecord { id: BytesRecordId(Bytes::default()), bytes: Bytes::default(), bytes_null: None },
        BytesRecord {
            id: BytesRecordId(Bytes::from([0, 0xff])),
            bytes: Bytes::from([0; 3]),
            bytes_null: Some(Bytes::from([0xde, 0xad, 0xbe, 0xef])),
        },
    ];
    server.prove::<BytesRecord, NewBytesRecord, BytesRecordPatch>(types_sqlite::bytes::JSON_SCHEMA, &rows).await;
    server.refuse::<BytesRecord>(&[("bytes", "1"), ("bytes_null", "1.5")]).await;
}

#[tokio::test]
async fn times_and_documents() {
    let mut server = Server::start(
        r#"INSERT INTO times VALUES
           (1, '2026-01-02', '2024-02-29', '03:04:05', '03:04', '2026-01-02 03:04:05', '2026-01-02T03:04:05.678901', '2026-01-02 03:04',
            '2026-01-02 03:04:05+02:00', '2026-01-02T03:04:05Z'),
           (2, '0001-01-01', NULL, '23:59:59.999999', NULL, '9999-12-31 23:59:59.999', NULL, '1969-12-31 23:59:59', '1970-01-01 00:00:00Z', NULL);
           INSERT INTO documents VALUES
           ('00000000-0000-0000-0000-000000000001', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', NULL, '{"b": 1, "a": [null, 2.5]}', '[]', '"x"'),
           ('ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000', x'00000000000000000000000000000001', 'null', NULL, NULL)"#,
    )
    .await;
    let rows = [
        Times {
            id: TimesId(1),
            day: date("2026-01-02"),
            day_null: Some(date("2024-02-29")),
            clock: time("03:04:05"),
            clock_null: Some(time("03:04:00")),
            local: local("2026-01-02T03:04:05"),
            local_null: Some(local("2026-01-02T03:04:05.678901")),
            stamp: local("2026-01-02T03:04:00"),
            instant: instant("2026-01-02T01:04:05Z"),
            instant_null: Some(instant("2026-01-02T03:04:05Z")),
        },
        Times {
            id: TimesId(2),
            day: date("0001-01-01"),
            day_null: None,
            clock: time("23:59:59.999999"),
            clock_null: None,
            local: local("9999-12-31T23:59:59.999"),
            local_null: None,
            stamp: local("1969-12-31T23:59:59"),
            instant: instant("1970-01-01T00:00:00Z"),
            instant_null: None,
        },
    ];
    server.prove::<Times, NewTimes, TimesPatch>(times::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Times>(&[
            ("day", "'tomorrow'"),
            ("day", "'2026-02-30'"),
            ("day_null", "'0000-00-00'"),
            ("clock", "'24:00:00'"),
            ("clock_null", "'25:00'"),
            ("local", "'2026-01-02 99:00:00'"),
            ("instant", "'never'"),
        ])
        .await;
    let rows = [
        Documents {
            id: DocumentsId(parse("00000000-0000-0000-0000-000000000001")),
            other: parse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            other_null: None,
            document: json!({"b": 1, "a": [null, 2.5]}),
            document_null: Some(json!([])),
            decomposed: Some(json!("x")),
        },
        Documents {
            id: DocumentsId(parse("ffffffff-ffff-ffff-ffff-ffffffffffff")),
            other: parse("00000000-0000-0000-0000-000000000000"),
            other_null: Some(parse("00000000-0000-0000-0000-000000000001")),
            document: json!(null),
            document_null: None,
            decomposed: None,
        },
    ];
    server.prove::<Documents, NewDocuments, DocumentsPatch>(documents::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Documents>(&[
            ("other", "'not a uuid'"),
            ("other_null", "x'00'"),
            ("document", "'{'"),
            ("document_null", "''"),
            // The binary form is SQLite's own affair; `json(…)` around the column makes a text of it.
            ("decomposed", "jsonb('[1]')"),
        ])
        .await;
}

#[tokio::test]
async fn columns_without_a_type_hold_anything() {
    let mut server = Server::start(
        "INSERT INTO affinities VALUES
         (1, 1, 1.5, 3, 'text', x'00', 1.5, 12.5, NULL, 1.50, 3, 'text', x'ff'),
         (2, NULL, 'text', -3, '', x'', 2, 0, '7.25', NULL, 'not a number', 4.25, NULL),
         (3, x'00ff', 9e999, 0, 'x', x'01', -9e999, -9223372036854775808, 0.1, -0.01, NULL, NULL, 1);
         INSERT INTO strict_types VALUES (1, 1, NULL, 1, 'text', x'00', 'any', NULL), (2, -1, 2, 0.5, '', x'', 1, x''), (3, 0, 0, 1e300, '😀', x'ff', 2.0, 'x');
         INSERT INTO without_rowid VALUES ('b', 1), ('a', 1), ('', -1)",
    )
    .await;
    let text = str::to_owned;
    let decimal = parse::<Decimal>;
    let blob = |bytes: &[u8]| SqliteValue::Blob(Bytes::from(bytes));
    let rows = [
        Affinities {
            id: AffinitiesId(1),
            untyped: Some(SqliteValue::Integer(1)),
            untyped_required: SqliteValue::Real(1.5),
            whole: 3,
            text_like: text("text"),
            blob_like: Bytes::from([0]),
            real_like: 1.5,
            numeric_like: decimal("12.5"),
            numeric_null: None,
            numeric_exact: Some(decimal("1.5")),
            money: Some(SqliteValue::Integer(3)),
            other: Some(SqliteValue::Text(text("text"))),
            any_type: Some(blob(&[0xff])),
        },
        Affinities {
            id: AffinitiesId(2),
            untyped: None,
            untyped_required: SqliteValue::Text(text("text")),
            whole: -3,
            text_like: text(""),
            blob_like: Bytes::default(),
            real_like: 2.0,
            numeric_like: decimal("0"),
            numeric_null: Some(decimal("7.25")),
            numeric_exact: None,
            money: Some(SqliteValue::Text(text("not a number"))),
            other: Some(SqliteValue::Real(4.25)),
            any_type: None,
        },
        Affinities {
            id: AffinitiesId(3),
            untyped: Some(blob(&[0, 0xff])),
            untyped_required: SqliteValue::Real(f64::INFINITY),
            whole: 0,
            text_like: text("x"),
            blob_like: Bytes::from([1]),
            real_like: f64::NEG_INFINITY,
            numeric_like: decimal("-9223372036854775808"),
            numeric_null: Some(decimal("0.1")),
            numeric_exact: Some(decimal("-0.01")),
            money: None,
            other: None,
            any_type: Some(SqliteValue::Integer(1)),
        },
    ];
    server.prove::<Affinities, NewAffinities, AffinitiesPatch>(affinities::JSON_SCHEMA, &rows).await;
    server.refuse::<Affinities>(&[("numeric_like", "'text'"), ("text_like", "x'00'"), ("whole", "0.5")]).await;
    let rows = [
        StrictTypes {
            id: StrictTypesId(1),
            whole: 1,
            whole_null: None,
            real: 1.0,
            text: text("text"),
            blob: Bytes::from([0]),
            anything: SqliteValue::Text(text("any")),
            anything_null: None,
        },
        StrictTypes {
            id: StrictTypesId(2),
            whole: -1,
            whole_null: Some(2),
            real: 0.5,
            text: text(""),
            blob: Bytes::default(),
            anything: SqliteValue::Integer(1),
            anything_null: Some(blob(&[])),
        },
        StrictTypes {
            id: StrictTypesId(3),
            whole: 0,
            whole_null: Some(0),
            real: 1e300,
            text: text("😀"),
            blob: Bytes::from([0xff]),
            anything: SqliteValue::Real(2.0),
            anything_null: Some(SqliteValue::Text(text("x"))),
        },
    ];
    server.prove::<StrictTypes, NewStrictTypes, StrictTypesPatch>(strict_types::JSON_SCHEMA, &rows).await;
    let rows = [("", -1), ("a", 1), ("b", 1)].map(|(code, number)| WithoutRowid { code: text(code), number });
    server.prove::<WithoutRowid, NewWithoutRowid, WithoutRowidPatch>(without_rowid::JSON_SCHEMA, &rows).await;
}
