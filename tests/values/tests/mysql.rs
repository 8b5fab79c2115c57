//! MariaDB's values: typical ones, the limits of every type, and what Rust's types cannot hold.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::{Connection, MySqlConnection};
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{BigDecimal, Bytes, Decimal};
use tablature_values::parse;
use types_mysql::*;

tablature_values::server!(Mysql, sqlx::MySqlConnection, include_str!("../../cases/types/mysql/schema.sql"));

/// A server that lets through what it otherwise would not; `None` where it is not MariaDB, which alone knows all of the types.
async fn start(rows: &str) -> Option<Server> {
    let url = tablature_tests::server_url(tablature_tests::Service::Mysql).expect("a server");
    let mut connection = MySqlConnection::connect(url).await.expect("a connection");
    let version: String = sqlx::query_scalar("SELECT version()").fetch_one(&mut connection).await.expect("a version");
    if !version.to_lowercase().contains("mariadb") {
        return None;
    }
    let mut server = Server::start(rows).await;
    server.run("SET SESSION sql_mode = ''").await;
    Some(server)
}

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
    let Some(mut server) = start(
        "INSERT INTO numbers VALUES
         (1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 7, 1, 1, 1, 1, 1.5, 1.5, 1.5, 1.5, 0.1, 0.1, 0.1, 12.5, 12.5, 0.125, 42, 0.125, 1.5, 0,
          b'1', b'0', b'10000001', b'101', b'0'),
         (2, 127, NULL, 255, TRUE, NULL, 1, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 4294967295,
          9223372036854775807, NULL, 18446744073709551615, NULL, 3.40282e38, NULL, 9999.999, 3.40282e38, 1.7976931348623157e308, NULL,
          1.7976931348623157e308, 99999999.99, NULL, 999.999, 9999999999, 0.999,
          99999999999999999999999999999999999.999999999999999999999999999999, NULL, b'1', NULL, b'11111111', ~0, NULL),
         (3, -128, -128, 0, FALSE, FALSE, 0, -32768, 0, -8388608, 0, -2147483648, 0, 0, -9223372036854775808, -9223372036854775808, 0, 0,
          -1.17549e-38, -0.0, -9999.999, 0, -2.2250738585072014e-308, -0.0, 0, -99999999.99, -0.01, 0, -9999999999, -0.999,
          -99999999999999999999999999999999999.999999999999999999999999999999, 0.000000000000000000000000000001, b'0', b'1', b'0', 0,
          18446744073709551615)",
    )
    .await
    else {
        return;
    };
    let decimal = parse::<Decimal>;
    let big = parse::<BigDecimal>;
    let zeros = "0".repeat(30);
    let rows = [
        Numbers {
            id: NumbersId(1),
            tiny: 1,
            tiny_null: Some(1),
            tiny_unsigned: 1,
            flag: true,
            flag_null: Some(false),
            flag_unsigned: true,
            small: 1,
            small_unsigned: 1,
            medium: 1,
            medium_unsigned: 1,
            plain: 1,
            plain_unsigned: 1,
            filled: 7,
            big: 1,
            big_null: Some(1),
            big_unsigned: 1,
            big_unsigned_null: Some(1),
            single: 1.5,
            single_null: Some(1.5),
            single_rounded: 1.5,
            single_unsigned: 1.5,
            twice: 0.1,
            twice_null: Some(0.1),
            twice_unsigned: 0.1,
            exact: decimal("12.50"),
            exact_null: Some(decimal("12.50")),
            exact_unsigned: decimal("0.125"),
            whole: decimal("42"),
            fraction: decimal("0.125"),
            wide: big(&format!("1.5{}", "0".repeat(29))),
            wide_null: Some(big(&format!("0.{zeros}"))),
            bit_one: true,
            bit_one_null: Some(false),
            bit_eight: 0x81,
            bit_sixty_four: 5,
            bit_sixty_four_null: Some(0),
        },
        Numbers {
            id: NumbersId(2),
            tiny: i8::MAX,
            tiny_null: None,
            tiny_unsigned: u8::MAX,
            flag: true,
            flag_null: None,
            flag_unsigned: true,
            small: i16::MAX,
            small_unsigned: u16::MAX,
            medium: 8_388_607,
            medium_unsigned: 16_777_215,
            plain: i32::MAX,
            plain_unsigned: u32::MAX,
            filled: u32::MAX,
            big: i64::MAX,
            big_null: None,
            big_unsigned: u64::MAX,
            big_unsigned_null: None,
            single: 3.40282e38,
            single_null: None,
            single_rounded: 9999.999,
            single_unsigned: 3.40282e38,
            twice: f64::MAX,
            twice_null: None,
            twice_unsigned: f64::MAX,
            exact: decimal("99999999.99"),
            exact_null: None,
            exact_unsigned: decimal("999.999"),
            whole: decimal("9999999999"),
            fraction: decimal("0.999"),
            wide: big(&format!("{}.{}", "9".repeat(35), "9".repeat(30))),
            wide_null: None,
            bit_one: true,
            bit_one_null: None,
            bit_eight: 255,
            bit_sixty_four: u64::MAX,
            bit_sixty_four_null: None,
        },
        Numbers {
            id: NumbersId(3),
            tiny: i8::MIN,
            tiny_null: Some(i8::MIN),
            tiny_unsigned: 0,
            flag: false,
            flag_null: Some(false),
            flag_unsigned: false,
            small: i16::MIN,
            small_unsigned: 0,
            medium: -8_388_608,
            medium_unsigned: 0,
            plain: i32::MIN,
            plain_unsigned: 0,
            filled: 0,
            big: i64::MIN,
            big_null: Some(i64::MIN),
            big_unsigned: 0,
            big_unsigned_null: Some(0),
            single: -1.17549e-38,
            single_null: Some(0.0),
            single_rounded: -9999.999,
            single_unsigned: 0.0,
            twice: -2.2250738585072014e-308,
            twice_null: Some(0.0),
            twice_unsigned: 0.0,
            exact: decimal("-99999999.99"),
            exact_null: Some(decimal("-0.01")),
            exact_unsigned: decimal("0.000"),
            whole: decimal("-9999999999"),
            fraction: decimal("-0.999"),
            wide: big(&format!("-{}.{}", "9".repeat(35), "9".repeat(30))),
            wide_null: Some(big(&format!("0.{}1", "0".repeat(29)))),
            bit_one: false,
            bit_one_null: Some(true),
            bit_eight: 0,
            bit_sixty_four: 0,
            bit_sixty_four_null: Some(u64::MAX),
        },
    ];
    server.prove::<Numbers, NewNumbers, NumbersPatch>(numbers::JSON_SCHEMA, &rows).await;
    // `tinyint(1)` is a boolean by the usual convention, and what is beyond it is not true.
    server.refuse::<Numbers>(&[("flag", "2"), ("flag_null", "-1"), ("flag_unsigned", "255")]).await;
}

#[tokio::test]
async fn texts_keep_every_character() {
    let Some(mut server) = start(
        r#"INSERT INTO texts VALUES
           (1, 'twelve chars', 'x', 'ab', 'abcd', 'c', 'tiny', 'plain', 'text', 'medium', 'long', 'café', 'Exact', '{"b": 1, "a": [null, 2.5]}', '[]'),
           (18446744073709551615, '', NULL, '', NULL, '', '', '', NULL, '', '', '', '', 'null', NULL),
           (3, '😀😀😀😀😀😀😀😀😀😀😀😀', ' x ', '日本語', '', '😀', 'a\n\t\\"''', 'naïve שלום', '', '😀', '\0', '', ' ', '"\\u00e9"', '{}')"#,
    )
    .await
    else {
        return;
    };
    let text = str::to_owned;
    let rows = [
        Texts {
            id: TextsId(1),
            bounded: text("twelve chars"),
            bounded_null: Some(text("x")),
            fixed: text("ab"),
            fixed_null: Some(text("abcd")),
            one: text("c"),
            tiny: text("tiny"),
            plain: text("plain"),
            plain_null: Some(text("text")),
            medium: text("medium"),
            big: text("long"),
            latin: text("café"),
            exact: text("Exact"),
            document: json!({"b": 1, "a": [null, 2.5]}),
            document_null: Some(json!([])),
        },
        Texts {
            id: TextsId(3),
            bounded: "😀".repeat(12),
            bounded_null: Some(text(" x ")),
            fixed: text("日本語"),
            fixed_null: Some(text("")),
            one: text("😀"),
            tiny: text("a\n\t\\\"'"),
            plain: text("naïve שלום"),
            plain_null: Some(text("")),
            medium: text("😀"),
            big: text("\0"),
            latin: text(""),
            exact: text(" "),
            document: json!("é"),
            document_null: Some(json!({})),
        },
        Texts {
            id: TextsId(u64::MAX),
            bounded: text(""),
            bounded_null: None,
            fixed: text(""),
            fixed_null: None,
            one: text(""),
            tiny: text(""),
            plain: text(""),
            plain_null: None,
            medium: text(""),
            big: text(""),
            latin: text(""),
            exact: text(""),
            document: json!(null),
            document_null: None,
        },
    ];
    server.prove::<Texts, NewTexts, TextsPatch>(texts::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn bytes_are_as_they_are() {
    let Some(mut server) = start(
        "INSERT INTO bytes VALUES
         (x'00000000000000000000000000000001', x'00ff', x'deadbeef', x'00', x'', x'fe', x'ff', x'01', x'02', x'03'),
         (x'ffffffffffffffffffffffffffffffff', '', NULL, '', NULL, '', '', NULL, '', '')",
    )
    .await
    else {
        return;
    };
    let bytes = |bytes: &[u8]| Bytes::from(bytes);
    let one = bytes(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let rows = [
        BytesRecord {
            id: BytesRecordId(one),
            fixed: bytes(&[0, 0xff, 0, 0]),
            fixed_null: Some(bytes(&[0xde, 0xad, 0xbe, 0xef])),
            bounded: bytes(&[0]),
            bounded_null: Some(bytes(&[])),
            tiny: bytes(&[0xfe]),
            plain: bytes(&[0xff]),
            plain_null: Some(bytes(&[1])),
            medium: bytes(&[2]),
            big: bytes(&[3]),
        },
        BytesRecord {
            id: BytesRecordId(bytes(&[0xff; 16])),
            fixed: bytes(&[0; 4]),
            fixed_null: None,
            bounded: bytes(&[]),
            bounded_null: None,
            tiny: bytes(&[]),
            plain: bytes(&[]),
            plain_null: None,
            medium: bytes(&[]),
            big: bytes(&[]),
        },
    ];
    server.prove::<BytesRecord, NewBytesRecord, BytesRecordPatch>(types_mysql::bytes::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn times_keep_microseconds_and_instants_their_place() {
    let Some(mut server) = start(
        "INSERT INTO times VALUES
         (1, '2026-01-02', '2024-02-29', '03:04:05', '00:00:00', '03:04:05.000006', '2026-01-02 03:04:05', '2026-01-02 03:04:05',
          '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05', '2026-01-02 03:04:05', '2026-01-02 03:04:05.678901', 2026, 0000),
         (2, '1000-01-01', NULL, '23:59:59', NULL, '23:59:59.999999', '1000-01-01 00:00:00', NULL, '1000-01-01 00:00:00',
          '1970-01-01 00:00:01', NULL, '1970-01-01 00:00:01', 1901, NULL),
         (3, '9999-12-31', '9999-12-31', '00:00:00', '12:00:00', '00:00:00', '9999-12-31 23:59:59', '9999-12-31 23:59:59',
          '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '2038-01-19 03:14:07', '2038-01-19 03:14:07.999999', 2155, 2155)",
    )
    .await
    else {
        return;
    };
    let rows = [
        Times {
            id: TimesId(1),
            day: date("2026-01-02"),
            day_null: Some(date("2024-02-29")),
            clock: time("03:04:05"),
            clock_null: Some(time("00:00:00")),
            clock_micros: time("03:04:05.000006"),
            local: local("2026-01-02T03:04:05"),
            local_null: Some(local("2026-01-02T03:04:05")),
            local_micros: local("2026-01-02T03:04:05.678901"),
            instant: instant("2026-01-02T03:04:05Z"),
            instant_null: Some(instant("2026-01-02T03:04:05Z")),
            instant_micros: instant("2026-01-02T03:04:05.678901Z"),
            annum: 2026,
            annum_null: Some(0),
        },
        Times {
            id: TimesId(2),
            day: date("1000-01-01"),
            day_null: None,
            clock: time("23:59:59"),
            clock_null: None,
            clock_micros: time("23:59:59.999999"),
            local: local("1000-01-01T00:00:00"),
            local_null: None,
            local_micros: local("1000-01-01T00:00:00"),
            instant: instant("1970-01-01T00:00:01Z"),
            instant_null: None,
            instant_micros: instant("1970-01-01T00:00:01Z"),
            annum: 1901,
            annum_null: None,
        },
        Times {
            id: TimesId(3),
            day: date("9999-12-31"),
            day_null: Some(date("9999-12-31")),
            clock: time("00:00:00"),
            clock_null: Some(time("12:00:00")),
            clock_micros: time("00:00:00"),
            local: local("9999-12-31T23:59:59"),
            local_null: Some(local("9999-12-31T23:59:59")),
            local_micros: local("9999-12-31T23:59:59.999999"),
            instant: instant("2038-01-19T03:14:07Z"),
            instant_null: Some(instant("2038-01-19T03:14:07Z")),
            instant_micros: instant("2038-01-19T03:14:07.999999Z"),
            annum: 2155,
            annum_null: Some(2155),
        },
    ];
    server.prove::<Times, NewTimes, TimesPatch>(times::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Times>(&[
            ("day", "'0000-00-00'"),
            ("day_null", "'0000-00-00'"),
            ("day_null", "'2026-00-00'"),
            ("day", "'2026-02-00'"),
            ("clock", "'24:00:00'"),
            ("clock", "'-00:00:01'"),
            ("clock_null", "'838:59:59'"),
            ("clock_micros", "'-838:59:59'"),
            ("local", "'0000-00-00 00:00:00'"),
            ("local_null", "'0000-00-00 00:00:00'"),
            ("local_micros", "'2026-01-00 00:00:00'"),
            ("instant", "'0000-00-00 00:00:00'"),
            ("instant_null", "'0000-00-00 00:00:00'"),
        ])
        .await;
}

#[tokio::test]
async fn choices_are_labels_in_their_order() {
    let Some(mut server) = start(
        "INSERT INTO choices VALUES (1, 'sad', 'ok', 'it''s rare,new', 'b'), (2, 'Very Happy!', NULL, '', NULL), (3, '', 'sad', 'used', '')",
    )
    .await
    else {
        return;
    };
    let rows = [
        Choices {
            id: ChoicesId(1),
            mood: ChoicesMood::Sad,
            mood_null: Some(ChoicesMoodNull::Ok),
            tags: BTreeSet::from([ChoicesTags::New, ChoicesTags::ItSRare]),
            tags_null: Some(BTreeSet::from([ChoicesTagsNull::B])),
        },
        Choices {
            id: ChoicesId(2),
            mood: ChoicesMood::VeryHappy,
            mood_null: None,
            tags: BTreeSet::new(),
            tags_null: None,
        },
        Choices {
            id: ChoicesId(3),
            mood: ChoicesMood::Empty,
            mood_null: Some(ChoicesMoodNull::Sad),
            tags: BTreeSet::from([ChoicesTags::Used]),
            tags_null: Some(BTreeSet::new()),
        },
    ];
    server.prove::<Choices, NewChoices, ChoicesPatch>(choices::JSON_SCHEMA, &rows).await;
    // What is not a label is stored as the error value, the empty text, where no label is empty.
    server.refuse::<Choices>(&[("mood_null", "'unheard of'")]).await;
}

#[tokio::test]
async fn figures_travel_as_text_and_addresses_as_they_are() {
    let Some(mut server) = start(
        "INSERT INTO figures VALUES (1, ST_GeomFromText('POINT(1 2)'), NULL, ST_GeomFromText('POINT(1.5 -2)'),
           ST_GeomFromText('LINESTRING(0 0,1 1)'), ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'), ST_GeomFromText('MULTIPOINT(0 0,1 1)'),
           ST_GeomFromText('MULTILINESTRING((0 0,1 1))'), ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))'),
           ST_GeomFromText('GEOMETRYCOLLECTION(POINT(0 0))'), ST_GeomFromText('POINT(8 47)', 4326));
         INSERT INTO networks VALUES
           ('00000000-0000-0000-0000-000000000001', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', NULL, '10.0.0.1', NULL, '::1', NULL),
           ('ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000', '12345678-1234-1234-1234-123456789abc',
            '255.255.255.255', '0.0.0.0', '::ffff:10.0.0.1', '2001:db8:0:0:1:0:0:1')",
    )
    .await
    else {
        return;
    };
    let text = str::to_owned;
    let rows = [Figures {
        id: FiguresId(1),
        shape: text("POINT(1 2)"),
        shape_null: None,
        at: text("POINT(1.5 -2)"),
        route: text("LINESTRING(0 0,1 1)"),
        area: text("POLYGON((0 0,1 0,1 1,0 0))"),
        points: text("MULTIPOINT(0 0,1 1)"),
        routes: Some(text("MULTILINESTRING((0 0,1 1))")),
        areas: Some(text("MULTIPOLYGON(((0 0,1 0,1 1,0 0)))")),
        mixed: Some(text("GEOMETRYCOLLECTION(POINT(0 0))")),
        world: Some(text("POINT(8 47)")),
    }];
    server.prove::<Figures, NewFigures, FiguresPatch>(figures::JSON_SCHEMA, &rows).await;
    let rows = [
        Networks {
            id: NetworksId(parse("00000000-0000-0000-0000-000000000001")),
            other: parse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            other_null: None,
            four: parse("10.0.0.1"),
            four_null: None,
            six: parse("::1"),
            six_null: None,
        },
        Networks {
            id: NetworksId(parse("ffffffff-ffff-ffff-ffff-ffffffffffff")),
            other: parse("00000000-0000-0000-0000-000000000000"),
            other_null: Some(parse("12345678-1234-1234-1234-123456789abc")),
            four: parse("255.255.255.255"),
            four_null: Some(parse("0.0.0.0")),
            six: parse("::ffff:10.0.0.1"),
            six_null: Some(parse("2001:db8::1:0:0:1")),
        },
    ];
    server.prove::<Networks, NewNetworks, NetworksPatch>(networks::JSON_SCHEMA, &rows).await;
}
