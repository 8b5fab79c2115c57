//! PostgreSQL's values: typical ones, the limits of every type, and what Rust's types cannot hold.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::json;
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{Array, BigDecimal, Bytes, Decimal, Dimension, Interval, Multirange, Range};
use tablature_values::parse;
use types_postgres::*;

tablature_values::server!(Postgres, sqlx::PgConnection, include_str!("../../cases/types/postgres/schema.sql"));

/// A server on which nothing of how values are printed is as usual.
async fn start(rows: &str) -> Server {
    let mut server = Server::start(rows).await;
    server.run("SET TimeZone = 'Asia/Kolkata'; SET IntervalStyle = 'sql_standard'; SET bytea_output = 'escape'").await;
    server
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

fn interval(months: i32, days: i32, microseconds: i64) -> Interval {
    Interval { months, days, microseconds }
}

fn span<T>(lower: Bound<T>, upper: Bound<T>) -> Range<T> {
    Range::Span { lower, upper }
}

#[tokio::test]
async fn numbers_are_exact_up_to_their_limits() {
    let mut server = start(
        "INSERT INTO numbers VALUES
         (1, 1, 1, 2, 2, 3, 3, 1.5, 1.5, 0.1, 0.1, 12.50, 12.5, 42, 0.125, 0.00012, 12000, 1.5, 0, 1.50, 0, 12.34, 0),
         (2, 32767, NULL, 2147483647, NULL, 9223372036854775807, NULL, '3.4028235e38', NULL, '1.7976931348623157e308', NULL,
          99999999.99, NULL, 9999999999999999999999999999, 0.999, 0.00099, 99999000,
          9999999999999999999999999999999999999999.99999999999999999999, NULL, 1e100, NULL, 92233720368547758.07, NULL),
         (3, -32768, -32768, -2147483648, -2147483648, -9223372036854775808, -9223372036854775808, '-1e-45', 'NaN', '-5e-324', 'NaN',
          -99999999.99, -0.01, -9999999999999999999999999999, -0.999, -0.00099, -99999000,
          -9999999999999999999999999999999999999999.99999999999999999999, 0.00000000000000000001, -1e-100, 0.000,
          '-92233720368547758.08', -0.01),
         (4, 0, 0, 0, 0, 0, 0, '-0', 'Infinity', '-Infinity', '-0', 0, 0.00, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0)",
    )
    .await;
    let decimal = parse::<Decimal>;
    let big = parse::<BigDecimal>;
    let rows = [
        Numbers {
            id: NumbersId(1),
            small: 1,
            small_null: Some(1),
            medium: 2,
            medium_null: Some(2),
            big: 3,
            big_null: Some(3),
            single: 1.5,
            single_null: Some(1.5),
            double: 0.1,
            double_null: Some(0.1),
            exact: decimal("12.50"),
            exact_null: Some(decimal("12.50")),
            whole: decimal("42"),
            fraction: decimal("0.125"),
            tiny: decimal("0.00012"),
            thousands: decimal("12000"),
            wide: big("1.50000000000000000000"),
            wide_null: Some(big("0.00000000000000000000")),
            unbounded: big("1.50"),
            unbounded_null: Some(big("0")),
            amount: decimal("12.34"),
            amount_null: Some(decimal("0.00")),
        },
        Numbers {
            id: NumbersId(2),
            small: i16::MAX,
            small_null: None,
            medium: i32::MAX,
            medium_null: None,
            big: i64::MAX,
            big_null: None,
            single: f32::MAX,
            single_null: None,
            double: f64::MAX,
            double_null: None,
            exact: decimal("99999999.99"),
            exact_null: None,
            whole: decimal("9999999999999999999999999999"),
            fraction: decimal("0.999"),
            tiny: decimal("0.00099"),
            thousands: decimal("99999000"),
            wide: big("9999999999999999999999999999999999999999.99999999999999999999"),
            wide_null: None,
            unbounded: big(&format!("1{}", "0".repeat(100))),
            unbounded_null: None,
            amount: decimal("92233720368547758.07"),
            amount_null: None,
        },
        Numbers {
            id: NumbersId(3),
            small: i16::MIN,
            small_null: Some(i16::MIN),
            medium: i32::MIN,
            medium_null: Some(i32::MIN),
            big: i64::MIN,
            big_null: Some(i64::MIN),
            single: -f32::from_bits(1),
            single_null: Some(f32::NAN),
            double: -f64::from_bits(1),
            double_null: Some(f64::NAN),
            exact: decimal("-99999999.99"),
            exact_null: Some(decimal("-0.01")),
            whole: decimal("-9999999999999999999999999999"),
            fraction: decimal("-0.999"),
            tiny: decimal("-0.00099"),
            thousands: decimal("-99999000"),
            wide: big("-9999999999999999999999999999999999999999.99999999999999999999"),
            wide_null: Some(big("0.00000000000000000001")),
            unbounded: big(&format!("-0.{}1", "0".repeat(99))),
            unbounded_null: Some(big("0.000")),
            amount: decimal("-92233720368547758.08"),
            amount_null: Some(decimal("-0.01")),
        },
        Numbers {
            id: NumbersId(4),
            small: 0,
            small_null: Some(0),
            medium: 0,
            medium_null: Some(0),
            big: 0,
            big_null: Some(0),
            single: -0.0,
            single_null: Some(f32::INFINITY),
            double: f64::NEG_INFINITY,
            double_null: Some(-0.0),
            exact: decimal("0.00"),
            exact_null: Some(decimal("0.00")),
            whole: decimal("0"),
            fraction: decimal("0.000"),
            tiny: decimal("0.00000"),
            thousands: decimal("0"),
            wide: big("0.00000000000000000000"),
            wide_null: Some(big("0.00000000000000000000")),
            unbounded: big("0"),
            unbounded_null: Some(big("100")),
            amount: decimal("0.00"),
            amount_null: Some(decimal("0.00")),
        },
    ];
    server.prove::<Numbers, NewNumbers, NumbersPatch>(numbers::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Numbers>(&[
            ("exact", "'NaN'"),
            ("exact_null", "'NaN'"),
            ("wide", "'NaN'"),
            ("unbounded", "'NaN'"),
            ("unbounded", "'Infinity'"),
            ("unbounded_null", "'-Infinity'"),
        ])
        .await;
}

#[tokio::test]
async fn serials_can_be_left_out() {
    let mut server = start("INSERT INTO serials DEFAULT VALUES; INSERT INTO serials VALUES (-1, 9, 7)").await;
    let rows = [
        Serials { small: -1, medium: SerialsMedium(9), big: 7 },
        Serials { small: 1, medium: SerialsMedium(1), big: 1 },
    ];
    server.prove::<Serials, NewSerials, SerialsPatch>(serials::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn texts_keep_every_character() {
    let mut server = start(
        r#"INSERT INTO texts VALUES
           (1, 'plain', 'x', 'twelve chars', '', 'any', 'ab', 'abcd', 'c', 'a name', 'A', NULL, '<a>b</a>', 'text'),
           (2, '', NULL, '', NULL, NULL, '', NULL, '', '', '', '', '', NULL),
           (3, E'naïve 😀 日本語 שלום \u202e \x01 \n\r\t " \\ ''', '', '😀😀😀😀😀😀😀😀😀😀😀😀', '日本語', '', '😀', '    ', '😀',
            repeat('x', 63)::name, '~', NULL, '<?xml version="1.0"?><é/>', '')"#,
    )
    .await;
    let text = str::to_owned;
    let rows = [
        Texts {
            id: TextsId(1),
            unbounded: text("plain"),
            unbounded_null: Some(text("x")),
            bounded: text("twelve chars"),
            bounded_null: Some(text("")),
            loose: Some(text("any")),
            fixed: text("ab  "),
            fixed_null: Some(text("abcd")),
            one: text("c"),
            identifier: text("a name"),
            byte: text("A"),
            byte_null: None,
            markup: text("<a>b</a>"),
            markup_null: Some(text("text")),
        },
        Texts {
            id: TextsId(2),
            unbounded: text(""),
            unbounded_null: None,
            bounded: text(""),
            bounded_null: None,
            loose: None,
            fixed: text("    "),
            fixed_null: None,
            one: text(" "),
            identifier: text(""),
            byte: text(""),
            byte_null: Some(text("")),
            markup: text(""),
            markup_null: None,
        },
        Texts {
            id: TextsId(3),
            unbounded: text("naïve 😀 日本語 שלום \u{202e} \u{1} \n\r\t \" \\ '"),
            unbounded_null: Some(text("")),
            bounded: "😀".repeat(12),
            bounded_null: Some(text("日本語")),
            loose: Some(text("")),
            fixed: text("😀   "),
            fixed_null: Some(text("    ")),
            one: text("😀"),
            identifier: "x".repeat(63),
            byte: text("~"),
            byte_null: None,
            markup: text("<é/>"),
            markup_null: Some(text("")),
        },
    ];
    server.prove::<Texts, NewTexts, TextsPatch>(texts::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn bytes_and_bits_are_as_they_are() {
    let mut server = start(
        r"INSERT INTO bytes VALUES
          (1, '\x00ff10', '\x', B'10101', B'00000', B'1', B'1', B''),
          (2, '', NULL, B'00000', NULL, B'0', B'', NULL),
          (3, decode(repeat('00', 1000), 'hex'), '\xdeadbeef', B'11111', B'00001', B'0', B'111111111111', B'1010101010101')",
    )
    .await;
    let rows = [
        BytesRecord {
            id: BytesRecordId(1),
            bytes: Bytes::from([0x00, 0xff, 0x10]),
            bytes_null: Some(Bytes::default()),
            bits: parse("10101"),
            bits_null: Some(parse("00000")),
            one: parse("1"),
            varying_bits: parse("1"),
            loose_bits: Some(parse("")),
        },
        BytesRecord {
            id: BytesRecordId(2),
            bytes: Bytes::default(),
            bytes_null: None,
            bits: parse("00000"),
            bits_null: None,
            one: parse("0"),
            varying_bits: parse(""),
            loose_bits: None,
        },
        BytesRecord {
            id: BytesRecordId(3),
            bytes: Bytes::from(vec![0; 1000]),
            bytes_null: Some(Bytes::from([0xde, 0xad, 0xbe, 0xef])),
            bits: parse("11111"),
            bits_null: Some(parse("00001")),
            one: parse("0"),
            varying_bits: parse("111111111111"),
            loose_bits: Some(parse("1010101010101")),
        },
    ];
    server.prove::<BytesRecord, NewBytesRecord, BytesRecordPatch>(bytes::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn times_keep_microseconds_and_instants_their_place() {
    let mut server = start(
        "INSERT INTO times VALUES
         (1, '2026-01-02', '2026-01-03', '03:04:05', '03:04:05.000001', '03:04:05.6', '03:04:05.5+02', '03:04:05.123456-11:30',
          '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05', '2026-01-02 03:04:05.6789', '2026-01-02 03:04:05.678901+02',
          '2026-01-02 03:04:05Z', '2026-01-02 03:04:05.9Z', '1 year 2 months 3 days 04:05:06.789012', '-1 second',
          '14 months', '1.23456 seconds', '3 days 4 hours'),
         (2, '0001-01-01', NULL, '00:00:00', NULL, '23:59:59.4', '00:00:00+00', NULL, '0001-01-01 00:00:00', NULL,
          '9999-12-31 23:59:59.999', '0001-01-01 00:00:00Z', NULL, '9999-12-31 23:59:59Z', '0', NULL, '0', '0', NULL),
         (3, '9999-12-31', '2024-02-29', '23:59:59.999999', '12:00:00', '12:00', '23:59:59.999999+15:59', '00:00-15:59',
          '9999-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999', '1970-01-01 00:00', '9999-12-31 23:59:59.999999Z',
          '1969-12-31 23:59:59.999999Z', '2000-01-01Z', '-178000000 years -2147483648 days -2562047788:00:54.775807',
          '178000000 years 2147483647 days 2562047788:00:54.775807', '-1 month', '-0.001 second', '-1 day +25 hours')",
    )
    .await;
    let rows = [
        Times {
            id: TimesId(1),
            day: date("2026-01-02"),
            day_null: Some(date("2026-01-03")),
            clock: time("03:04:05"),
            clock_null: Some(time("03:04:05.000001")),
            clock_seconds: time("03:04:06"),
            clock_zone: "03:04:05.5+02".to_owned(),
            clock_zone_null: Some("03:04:05.123-11:30".to_owned()),
            local: local("2026-01-02T03:04:05.678901"),
            local_null: Some(local("2026-01-02T03:04:05")),
            local_millis: local("2026-01-02T03:04:05.679"),
            instant: instant("2026-01-02T01:04:05.678901Z"),
            instant_null: Some(instant("2026-01-02T03:04:05Z")),
            instant_seconds: instant("2026-01-02T03:04:06Z"),
            span: interval(14, 3, 14_706_789_012),
            span_null: Some(interval(0, 0, -1_000_000)),
            span_years: interval(14, 0, 0),
            span_seconds: interval(0, 0, 1_235_000),
            span_days: Some(interval(0, 3, 14_400_000_000)),
        },
        Times {
            id: TimesId(2),
            day: date("0001-01-01"),
            day_null: None,
            clock: time("00:00:00"),
            clock_null: None,
            clock_seconds: time("23:59:59"),
            clock_zone: "00:00:00+00".to_owned(),
            clock_zone_null: None,
            local: local("0001-01-01T00:00:00"),
            local_null: None,
            local_millis: local("9999-12-31T23:59:59.999"),
            instant: instant("0001-01-01T00:00:00Z"),
            instant_null: None,
            instant_seconds: instant("9999-12-31T23:59:59Z"),
            span: Interval::default(),
            span_null: None,
            span_years: Interval::default(),
            span_seconds: Interval::default(),
            span_days: None,
        },
        Times {
            id: TimesId(3),
            day: date("9999-12-31"),
            day_null: Some(date("2024-02-29")),
            clock: time("23:59:59.999999"),
            clock_null: Some(time("12:00:00")),
            clock_seconds: time("12:00:00"),
            clock_zone: "23:59:59.999999+15:59".to_owned(),
            clock_zone_null: Some("00:00:00-15:59".to_owned()),
            local: local("9999-12-31T23:59:59.999999"),
            local_null: Some(local("1969-12-31T23:59:59.999999")),
            local_millis: local("1970-01-01T00:00:00"),
            instant: instant("9999-12-31T23:59:59.999999Z"),
            instant_null: Some(instant("1969-12-31T23:59:59.999999Z")),
            instant_seconds: instant("2000-01-01T00:00:00Z"),
            span: interval(-178_000_000 * 12, i32::MIN, -9_223_372_036_854_775_807),
            span_null: Some(interval(178_000_000 * 12, i32::MAX, 9_223_372_036_854_775_807)),
            span_years: interval(-1, 0, 0),
            span_seconds: interval(0, 0, -1_000),
            span_days: Some(interval(0, -1, 90_000_000_000)),
        },
    ];
    server.prove::<Times, NewTimes, TimesPatch>(times::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Times>(&[
            ("day", "'infinity'"),
            ("day_null", "'-infinity'"),
            ("day", "'5874897-12-31'"),
            ("clock", "'24:00:00'"),
            ("local", "'infinity'"),
            ("local_millis", "'-infinity'"),
            ("instant", "'infinity'"),
            ("instant_null", "'-infinity'"),
            ("instant", "'294276-12-31 23:59:59Z'"),
        ])
        .await;
}

#[tokio::test]
async fn documents_and_identifiers() {
    let mut server = start(
        r#"INSERT INTO documents VALUES
           ('00000000-0000-0000-0000-000000000001', true, false, '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}', NULL,
            '{"b": 1, "a": [1, 2.5, "x", null, true], "b": 2}', '[]', '{"b": 1, "a": {"c": []}}', '"text"', '$.a[*] ? (@ > 1)',
            'strict $', 'a fat cat', 'x:1A,2B y', 'fat & (rat | !cat:*)', ''),
           ('ffffffff-ffff-ffff-ffff-ffffffffffff', false, NULL, '00000000-0000-0000-0000-000000000000', NULL, 'null', NULL, 'null', NULL, '$', NULL, '', NULL, '', NULL)"#,
    )
    .await;
    let rows = [
        Documents {
            id: DocumentsId(parse("00000000-0000-0000-0000-000000000001")),
            flag: true,
            flag_null: Some(false),
            other: parse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            other_null: None,
            // Of two members of one name the last one counts, as in jsonb.
            plain: json!({"b": 2, "a": [1, 2.5, "x", null, true]}),
            plain_null: Some(json!([])),
            decomposed: json!({"a": {"c": []}, "b": 1}),
            decomposed_null: Some(json!("text")),
            path: "$.\"a\"[*]?(@ > 1)".to_owned(),
            path_null: Some("strict $".to_owned()),
            words: "'a' 'cat' 'fat'".to_owned(),
            words_null: Some("'x':1A,2B 'y'".to_owned()),
            query: "'fat' & ( 'rat' | !'cat':* )".to_owned(),
            query_null: Some(String::new()),
        },
        Documents {
            id: DocumentsId(parse("ffffffff-ffff-ffff-ffff-ffffffffffff")),
            flag: false,
            flag_null: None,
            other: parse("00000000-0000-0000-0000-000000000000"),
            other_null: None,
            plain: json!(null),
            plain_null: None,
            decomposed: json!(null),
            decomposed_null: None,
            path: "$".to_owned(),
            path_null: None,
            words: String::new(),
            words_null: None,
            query: String::new(),
            query_null: None,
        },
    ];
    server.prove::<Documents, NewDocuments, DocumentsPatch>(documents::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn network_addresses() {
    let mut server = start(
        "INSERT INTO networks VALUES
         ('10.0.0.1', '10.1.2.3/8', '::1', '10.0.0.0/8', '2001:db8::/32', '08-00-2B-01-02-03', NULL, '08:00:2b:01:02:03:04:05', NULL),
         ('2001:db8::1', '0.0.0.0/0', NULL, '::/0', NULL, 'ff:ff:ff:ff:ff:ff', '000000000000', 'ff:ff:ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00')",
    )
    .await;
    let rows = [
        Networks {
            id: NetworksId(parse("10.0.0.1/32")),
            host: parse("10.1.2.3/8"),
            host_null: Some(parse("::1/128")),
            net: parse("10.0.0.0/8"),
            net_null: Some(parse("2001:db8::/32")),
            mac: parse("08:00:2b:01:02:03"),
            mac_null: None,
            mac8: parse("08:00:2b:01:02:03:04:05"),
            mac8_null: None,
        },
        Networks {
            id: NetworksId(parse("2001:db8::1/128")),
            host: parse("0.0.0.0/0"),
            host_null: None,
            net: parse("::/0"),
            net_null: None,
            mac: parse("ff:ff:ff:ff:ff:ff"),
            mac_null: Some(parse("00:00:00:00:00:00")),
            mac8: parse("ff:ff:ff:ff:ff:ff:ff:ff"),
            mac8_null: Some(parse("00:00:00:ff:fe:00:00:00")),
        },
    ];
    server.prove::<Networks, NewNetworks, NetworksPatch>(networks::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn figures_and_system_types_travel_as_text() {
    let mut server = start(
        "INSERT INTO figures VALUES (1, '(1.5,-2)', NULL, '{1,2,3}', '[(0,0),(1,1)]', '(1,1),(0,0)', '[(0,0),(1,1)]',
           '((0,0),(1,0),(1,1))', '<(0,0),2>', ARRAY['((0,0),(1,1))', '[(0,0)]']::path[]),
          (2, '(1e300,Infinity)', '(0,0)', '{0,-1,0}', '[(0,0),(0,0)]', '(0,0),(0,0)', '((0,0))', '((0,0))', '<(0,0),0>', NULL);
         INSERT INTO system VALUES (4294967295, 0, NULL, 'numbers', NULL, 'integer', 'now()', 'public', NULL, '16/B374D848', 'FFFFFFFF/FFFFFFFF',
           '(4294967295,65535)', '4294967295', '18446744073709551615', '7', '10:20:10,14,15', '1 2', '-1 2')",
    )
    .await;
    let text = str::to_owned;
    let rows = [
        Figures {
            id: FiguresId(1),
            at: text("(1.5,-2)"),
            at_null: None,
            straight: text("{1,2,3}"),
            segment: text("[(0,0),(1,1)]"),
            frame: text("(1,1),(0,0)"),
            route: text("[(0,0),(1,1)]"),
            area: text("((0,0),(1,0),(1,1))"),
            round: text("<(0,0),2>"),
            routes: Some(Array::from(vec![text("((0,0),(1,1))"), text("[(0,0)]")])),
        },
        Figures {
            id: FiguresId(2),
            at: text("(1e+300,Infinity)"),
            at_null: Some(text("(0,0)")),
            straight: text("{0,-1,0}"),
            segment: text("[(0,0),(0,0)]"),
            frame: text("(0,0),(0,0)"),
            route: text("((0,0))"),
            area: text("((0,0))"),
            round: text("<(0,0),0>"),
            routes: None,
        },
    ];
    server.prove::<Figures, NewFigures, FiguresPatch>(figures::JSON_SCHEMA, &rows).await;
    let rows = [System {
        id: SystemId(u32::MAX),
        object: 0,
        object_null: None,
        class: text("numbers"),
        class_null: None,
        kind: text("integer"),
        function: text("now()"),
        namespace: text("public"),
        role: None,
        log: text("16/B374D848"),
        log_null: Some(text("FFFFFFFF/FFFFFFFF")),
        row: text("(4294967295,65535)"),
        transaction: text("4294967295"),
        transaction8: text("18446744073709551615"),
        command: text("7"),
        snapshot: text("10:20:10,14,15"),
        vector: Some(text("1 2")),
        vector2: Some(text("-1 2")),
    }];
    server.prove::<System, NewSystem, SystemPatch>(system::JSON_SCHEMA, &rows).await;
}

#[tokio::test]
async fn arrays_have_dimensions_and_nulls() {
    let mut server = start(
        r#"INSERT INTO arrays VALUES
           (1, '{1,NULL,-3}', '{}', '{{1,2},{3,NULL}}', '{{1,2,3},{4,5,6}}', '{a,NULL,"NULL","","x,y","{}","\"\\",😀}', '{abc}', '{a}', '{n}',
            '{t,f,NULL}', '{0.1,NaN,-Infinity,NULL}', '{1.50,-9999.99}', '{1.5,1e30,NULL}', '{12.34,NULL}', ARRAY['\x00ff', '']::bytea[],
            '{2026-01-02}', '{03:04:05.000006,NULL}', '{2026-01-02 03:04:05}', '{2026-01-02 03:04:05+02}', '{1 mon -1 day}',
            '{00000000-0000-0000-0000-000000000001,NULL}', ARRAY['{"a": 1}', '[1]', NULL]::jsonb[], '{10.0.0.1,::1/64}', '{101,000}',
            ARRAY[NULL, '(1,2)']::point[], ARRAY['<a/>', NULL]::xml[]),
           (2, '{}', NULL, '{}', NULL, '{}', '{}', NULL, NULL, '{}', '{}', '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL, NULL,
            NULL, NULL)"#,
    )
    .await;
    let text = str::to_owned;
    let dimensions =
        |lengths: &[usize]| lengths.iter().map(|&length| Dimension { length, lower: 1 }).collect::<Vec<_>>();
    let matrix =
        |elements: Vec<Option<i32>>, lengths: &[usize]| Array::new(elements, dimensions(lengths)).expect("it fits");
    let rows = [
        Arrays {
            id: ArraysId(1),
            numbers: Array::from_elements(vec![Some(1), None, Some(-3)]),
            numbers_null: Some(Array::default()),
            matrix: matrix(vec![Some(1), Some(2), Some(3), None], &[2, 2]),
            sized: Some(matrix((1..=6).map(Some).collect(), &[2, 3])),
            texts: Array::from_elements(vec![
                Some(text("a")),
                None,
                Some(text("NULL")),
                Some(text("")),
                Some(text("x,y")),
                Some(text("{}")),
                Some(text("\"\\")),
                Some(text("😀")),
            ]),
            codes: Array::from(vec![text("abc")]),
            padded: Some(Array::from(vec![text("a  ")])),
            names: Some(Array::from(vec![text("n")])),
            flags: Array::from_elements(vec![Some(true), Some(false), None]),
            doubles: Array::from_elements(vec![Some(0.1), Some(f64::NAN), Some(f64::NEG_INFINITY), None]),
            exacts: Array::from(vec![parse("1.50"), parse("-9999.99")]),
            unbounded: Some(Array::from_elements(vec![
                Some(parse("1.5")),
                Some(parse("1000000000000000000000000000000")),
                None,
            ])),
            amounts: Some(Array::from_elements(vec![Some(parse("12.34")), None])),
            bytes: Some(Array::from(vec![Bytes::from([0x00, 0xff]), Bytes::default()])),
            days: Some(Array::from(vec![date("2026-01-02")])),
            clocks: Some(Array::from_elements(vec![Some(time("03:04:05.000006")), None])),
            locals: Some(Array::from(vec![local("2026-01-02T03:04:05")])),
            instants: Some(Array::from(vec![instant("2026-01-02T01:04:05Z")])),
            spans: Some(Array::from(vec![interval(1, -1, 0)])),
            ids: Some(Array::from_elements(vec![Some(parse("00000000-0000-0000-0000-000000000001")), None])),
            documents: Some(Array::from_elements(vec![Some(json!({"a": 1})), Some(json!([1])), None])),
            hosts: Some(Array::from(vec![parse("10.0.0.1/32"), parse("::1/64")])),
            bits: Some(Array::from(vec![parse("101"), parse("000")])),
            points: Some(Array::from_elements(vec![None, Some(text("(1,2)"))])),
            lines: Some(Array::from_elements(vec![Some(text("<a/>")), None])),
        },
        Arrays {
            id: ArraysId(2),
            numbers: Array::default(),
            numbers_null: None,
            matrix: Array::default(),
            sized: None,
            texts: Array::default(),
            codes: Array::default(),
            padded: None,
            names: None,
            flags: Array::default(),
            doubles: Array::default(),
            exacts: Array::default(),
            unbounded: None,
            amounts: None,
            bytes: None,
            days: None,
            clocks: None,
            locals: None,
            instants: None,
            spans: None,
            ids: None,
            documents: Some(Array::default()),
            hosts: None,
            bits: None,
            points: None,
            lines: None,
        },
    ];
    server.prove::<Arrays, NewArrays, ArraysPatch>(arrays::JSON_SCHEMA, &rows).await;
    // The number of dimensions is a remark that PostgreSQL does not hold values to; they are read all the same.
    server.run("UPDATE arrays SET numbers = '[0:1][5:6]={{1,2},{3,4}}'").await;
    let row = server.read::<Arrays>().await.remove(0).expect("a row");
    let lower = [(2, 0), (2, 5)].map(|(length, lower)| Dimension { length, lower });
    assert_eq!(row.numbers.dimensions(), lower);
    server.run("UPDATE arrays SET numbers = '{1}'").await;
    server
        .refuse::<Arrays>(&[
            ("days", "'{2026-01-01,infinity}'"),
            ("exacts", "'{NaN}'"),
            ("unbounded", "'{1,-Infinity}'"),
            ("instants", "'{infinity}'"),
            ("clocks", "'{24:00}'"),
        ])
        .await;
}

#[tokio::test]
async fn types_with_names() {
    let mut server = start(
        r#"INSERT INTO named VALUES
           (1, 'sad', 'Very Happy!', '{ok,NULL,""}', 1, 100, 'x', '01234', 'low', NULL, 9.5, '(1,2)', '{1,NULL,100}', '{7}', 'happy',
            ROW('1 Quay "East", (rear)', 7, '2026-01-02'), NULL,
            ROW('Ann', ROW('Street', NULL, NULL), '{happy,""}', 12.5, 'high'),
            ARRAY[ROW(NULL, NULL, NULL, NULL, NULL), NULL, ROW('', ROW('', 0, 'epoch'), '{}', 0, 'low')]::person[], ROW(), ROW('here', '(0,0)')),
           (2, '', NULL, '{}', 2147483647, NULL, 'twenty characters ok', '99999', 'high', 'high', 999999.99, NULL, '{}', NULL, 'ok',
            ROW(NULL, NULL, NULL), ROW('', -2147483648, '0001-01-01'), ROW(NULL, NULL, NULL, NULL, NULL), NULL, NULL, NULL)"#,
    )
    .await;
    let text = str::to_owned;
    let person = Person { name: None, home: None, moods: None, worth: None, level: None };
    let rows = [
        Named {
            id: NamedId(1),
            mood: Mood::Sad,
            mood_null: Some(Mood::VeryHappy),
            moods: Array::from_elements(vec![Some(Mood::Ok), None, Some(Mood::Empty)]),
            positive: 1,
            score: Some(100),
            required: text("x"),
            postcode: text("01234"),
            level: Level::Low,
            level_null: None,
            price: parse("9.50"),
            spot: Some(text("(1,2)")),
            scores: Array::from_elements(vec![Some(1), None, Some(100)]),
            score_list: Some(Array::from(vec![7])),
            feeling: Mood::Happy,
            address: Address {
                street: Some(text("1 Quay \"East\", (rear)")),
                number: Some(7),
                since: Some(date("2026-01-02")),
            },
            address_null: None,
            person: Person {
                name: Some(text("Ann")),
                home: Some(Address { street: Some(text("Street")), number: None, since: None }),
                moods: Some(Array::from(vec![Mood::Happy, Mood::Empty])),
                worth: Some(parse("12.50")),
                level: Some(Level::High),
            },
            people: Some(Array::from_elements(vec![
                Some(person.clone()),
                None,
                Some(Person {
                    name: Some(text("")),
                    home: Some(Address { street: Some(text("")), number: Some(0), since: Some(date("1970-01-01")) }),
                    moods: Some(Array::default()),
                    worth: Some(parse("0.00")),
                    level: Some(Level::Low),
                }),
            ])),
            nothing: Some(Nothing {}),
            place: Some(text("(here,\"(0,0)\")")),
        },
        Named {
            id: NamedId(2),
            mood: Mood::Empty,
            mood_null: None,
            moods: Array::default(),
            positive: i32::MAX,
            score: None,
            required: text("twenty characters ok"),
            postcode: text("99999"),
            level: Level::High,
            level_null: Some(Level::High),
            price: parse("999999.99"),
            spot: None,
            scores: Array::default(),
            score_list: None,
            feeling: Mood::Ok,
            address: Address { street: None, number: None, since: None },
            address_null: Some(Address {
                street: Some(text("")),
                number: Some(i32::MIN),
                since: Some(date("0001-01-01")),
            }),
            person,
            people: None,
            nothing: None,
            place: None,
        },
    ];
    server.prove::<Named, NewNamed, NamedPatch>(named::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Named>(&[
            ("price", "'NaN'"),
            ("address", "ROW('', 1, 'infinity')"),
            ("person", "ROW('', NULL, NULL, 'NaN', NULL)"),
            ("people", "ARRAY[ROW('', ROW('', 1, '-infinity'), NULL, NULL, NULL)]::person[]"),
        ])
        .await;
    // A label that came later is not taken for another.
    server.run("ALTER TYPE mood ADD VALUE 'new' BEFORE 'ok'").await;
    server.refuse::<Named>(&[("mood", "'new'"), ("moods", "'{sad,new}'")]).await;
}

#[tokio::test]
async fn ranges_are_empty_unbounded_and_open() {
    let mut server = start(
        r#"INSERT INTO ranges VALUES
           (1, '[1,10]', '(,)', '(-5,5)', '(1.5,2.50]', '[2026-01-01 00:00,)', '[2026-01-01 00:00+02,2026-01-02 00:00+02)', '[2026-01-01,2026-01-31]',
            '[0,1)', '("a, b","b)"]', '{"[1,2)",empty,NULL}', '{[1,3),[5,8),[9,)}', '{}', '{(1.5,2]}', '{[2026-01-01 00:00Z,2026-01-02 00:00Z)}',
            '{[2026-01-01,2026-01-02]}', '{["a b","c,d"],(x,)}'),
           (2, 'empty', NULL, '[-9223372036854775808,9223372036854775807)', '(,1e40)', '(,2026-01-01 00:00]', 'empty', '(,)', NULL, '["",]', '{}',
            '{(,)}', NULL, NULL, NULL, NULL, '{}')"#,
    )
    .await;
    let text = str::to_owned;
    let utc = instant;
    let rows = [
        Ranges {
            id: RangesId(1),
            ints: Range::from(1..11),
            ints_null: Some(Range::unbounded()),
            bigs: Range::from(-4..5),
            nums: span(Bound::Excluded(parse("1.5")), Bound::Included(parse("2.50"))),
            locals: span(Bound::Included(local("2026-01-01T00:00:00")), Bound::Unbounded),
            instants: Range::from(utc("2025-12-31T22:00:00Z")..utc("2026-01-01T22:00:00Z")),
            days: Range::from(date("2026-01-01")..date("2026-02-01")),
            monies: Some(Range::from(parse("0")..parse("1"))),
            texts: Some(span(Bound::Excluded(text("a, b")), Bound::Included(text("b)")))),
            list: Some(Array::from_elements(vec![Some(Range::from(1..2)), Some(Range::Empty), None])),
            int_set: Multirange(vec![Range::from(1..3), Range::from(5..8), span(Bound::Included(9), Bound::Unbounded)]),
            int_set_null: Some(Multirange::default()),
            num_set: Some(Multirange(vec![span(Bound::Excluded(parse("1.5")), Bound::Included(parse("2")))])),
            instant_set: Some(Multirange(vec![Range::from(utc("2026-01-01T00:00:00Z")..utc("2026-01-02T00:00:00Z"))])),
            day_set: Some(Multirange(vec![Range::from(date("2026-01-01")..date("2026-01-03"))])),
            text_set: Some(Multirange(vec![
                Range::from(text("a b")..=text("c,d")),
                span(Bound::Excluded(text("x")), Bound::Unbounded),
            ])),
        },
        Ranges {
            id: RangesId(2),
            ints: Range::Empty,
            ints_null: None,
            bigs: Range::from(i64::MIN..i64::MAX),
            nums: span(Bound::Unbounded, Bound::Excluded(parse(&format!("1{}", "0".repeat(40))))),
            locals: span(Bound::Unbounded, Bound::Included(local("2026-01-01T00:00:00"))),
            instants: Range::Empty,
            days: Range::unbounded(),
            monies: None,
            texts: Some(span(Bound::Included(text("")), Bound::Unbounded)),
            list: Some(Array::default()),
            int_set: Multirange(vec![Range::unbounded()]),
            int_set_null: None,
            num_set: None,
            instant_set: None,
            day_set: None,
            text_set: Some(Multirange::default()),
        },
    ];
    server.prove::<Ranges, NewRanges, RangesPatch>(ranges::JSON_SCHEMA, &rows).await;
    server
        .refuse::<Ranges>(&[
            ("nums", "'[1,NaN]'"),
            ("days", "'[2026-01-01,infinity)'"),
            ("locals", "'[-infinity,2026-01-01]'"),
            ("instant_set", "'{[2026-01-01,infinity]}'"),
            ("num_set", "'{[1,Infinity)}'"),
            // Quotes within a multirange's bounds are not understood, and not guessed at either.
            ("text_set", r#"'{["a","b\""]}'"#),
        ])
        .await;
    // Multiranges are read from their text, which another style of dates makes unreadable, but never another date.
    server.run("SET DateStyle = 'SQL, DMY'").await;
    let error = server.read::<Ranges>().await.remove(0).expect_err("dates as no program reads them");
    assert_eq!(error.column(), "instant_set");
}

#[tokio::test]
async fn types_of_extensions() {
    let mut server = start(
        r#"INSERT INTO extension_types VALUES
           (1, 'Ada@Example.org', NULL, '{A,NULL}', '"a"=>"1", "b"=>NULL, ""=>"x \" =>"', NULL, 'Top.Science_1', NULL, '{A.B,NULL}', '*.b@{1,2}'),
           (2, '', '😀', NULL, '', 'a=>b', '', 'x', NULL, NULL)"#,
    )
    .await;
    let text = str::to_owned;
    let pair = |key: &str, value: Option<&str>| (text(key), value.map(text));
    let rows = [
        ExtensionTypes {
            id: ExtensionTypesId(1),
            folded: text("Ada@Example.org"),
            folded_null: None,
            folded_list: Some(Array::from_elements(vec![Some(text("A")), None])),
            pairs: BTreeMap::from([pair("a", Some("1")), pair("b", None), pair("", Some("x \" =>"))]),
            pairs_null: None,
            path: text("Top.Science_1"),
            path_null: None,
            paths: Some(Array::from_elements(vec![Some(text("A.B")), None])),
            pattern: Some(text("*.b@{1,2}")),
        },
        ExtensionTypes {
            id: ExtensionTypesId(2),
            folded: text(""),
            folded_null: Some(text("😀")),
            folded_list: None,
            pairs: BTreeMap::new(),
            pairs_null: Some(BTreeMap::from([pair("a", Some("b"))])),
            path: text(""),
            path_null: Some(text("x")),
            paths: None,
            pattern: None,
        },
    ];
    server.prove::<ExtensionTypes, NewExtensionTypes, ExtensionTypesPatch>(extension_types::JSON_SCHEMA, &rows).await;
}
