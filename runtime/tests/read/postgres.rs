//! PostgreSQL.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Bound;

use sqlx::PgConnection;
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{
    Array, BigDecimal, BitString, Bytes, Decimal, Dimension, FromSql, Interval, IpNetwork, Json, MacAddr, Multirange,
    Range, SqlEnum, SqliteValue, Uuid, Value, ValueError, impl_enum, impl_key,
};

super::session!(PgConnection);

async fn session() -> Session {
    Session(super::connect_postgres().await)
}

#[tokio::test]
async fn numbers() {
    let mut pg = session().await;
    pg.is("true", true).await;
    pg.is("false", false).await;
    pg.is("(-32768)::int2", i16::MIN).await;
    pg.is("(-32768)::int2", i64::from(i16::MIN)).await;
    pg.is("2147483647", i32::MAX).await;
    pg.is("(-9223372036854775808)::int8", i64::MIN).await;
    pg.is("255::int8", u8::MAX).await;
    pg.is("127::int2", i8::MAX).await;
    pg.is("4294967295::oid", u32::MAX).await;
    pg.is("4294967295::oid", i64::from(u32::MAX)).await;
    pg.is("'18446744073709551615'::xid8", u64::MAX).await;
    pg.is("12::numeric(10,0)", 12_i64).await;
    pg.refuses::<i16>("32768", "(INT4) cannot be read as i16: it does not hold 32768").await;
    pg.refuses::<u8>("-1", "cannot be read as u8: it does not hold -1").await;
    pg.refuses::<i8>("128", "it does not hold 128").await;
    pg.refuses::<i64>("12.5::numeric", "it does not hold a fraction").await;
    pg.refuses::<i64>("'1'::text", "(TEXT) cannot be read as i64: it is not read from text").await;
    pg.refuses::<i64>("1.0::float8", "it is not read from double precision").await;
    pg.refuses::<bool>("1", "it is not read from integer").await;

    pg.is("0.1::float4", 0.1_f32).await;
    pg.is("0.1::float8", 0.1_f64).await;
    pg.is("0.5::float4", 0.5_f64).await;
    pg.is("0.5::float8", 0.5_f32).await;
    pg.is("'-Infinity'::float8", f64::NEG_INFINITY).await;
    pg.is("'Infinity'::float4", f32::INFINITY).await;
    assert!(pg.read::<f64>("'NaN'::float4").await.unwrap().is_nan());
    assert!(pg.read::<f32>("'NaN'::float8").await.unwrap().is_nan());
    pg.is("9007199254740992::int8", 9_007_199_254_740_992_f64).await;
    pg.refuses::<f64>("9007199254740993::int8", "so precise a number").await;
    pg.refuses::<f32>("0.1::float8", "so precise a number").await;
    pg.refuses::<f32>("1e300::float8", "so precise a number").await;
    pg.refuses::<f64>("0.5::numeric", "it is not read from numeric").await;
}

#[tokio::test]
async fn decimals() {
    let mut pg = session().await;
    for text in [
        "0",
        "0.00",
        "1.50",
        "-1.50",
        "10000",
        "10000.0000",
        "0.0001",
        "0.00000001",
        "99999999.99999999",
        "123456789012345678901234567.8",
        "-79228162514264337593543950335",
        "1.0000000000000000000000000000",
    ] {
        let decimal = pg.read::<Decimal>(&format!("'{text}'::numeric")).await.unwrap();
        assert_eq!(decimal.to_string(), text);
        let big = pg.read::<BigDecimal>(&format!("'{text}'::numeric")).await.unwrap();
        assert_eq!(big.as_bigint_and_exponent(), text.parse::<BigDecimal>().unwrap().as_bigint_and_exponent());
    }
    pg.is("1.5::numeric(40,30)", "1.5".parse::<Decimal>().unwrap()).await;
    pg.is("7::int8", Decimal::from(7)).await;
    pg.is("7::int2", BigDecimal::from(7)).await;
    let huge = format!("-{}.{}", "9".repeat(131_072), "1".repeat(16_383));
    pg.is(&format!("'{huge}'::numeric"), huge.parse::<BigDecimal>().unwrap()).await;
    let tiny = format!("0.{}1", "0".repeat(16_382));
    pg.is(&format!("'{tiny}'::numeric"), tiny.parse::<BigDecimal>().unwrap()).await;
    pg.refuses::<Decimal>("79228162514264337593543950336::numeric", "more than 96 bits").await;
    pg.refuses::<Decimal>("1e-29::numeric", "28 digits after the point").await;
    pg.refuses::<Decimal>("'NaN'::numeric", "(NUMERIC) cannot be read as Decimal: it does not hold NaN").await;
    pg.refuses::<BigDecimal>("'NaN'::numeric", "it does not hold NaN").await;
    pg.refuses::<BigDecimal>("'Infinity'::numeric", "it does not hold infinity").await;
    pg.refuses::<Decimal>("'-Infinity'::numeric", "it does not hold -infinity").await;
    pg.refuses::<Decimal>("0.5::float8", "it is not read from double precision").await;
}

#[tokio::test]
async fn text_and_bytes() {
    let mut pg = session().await;
    for expression in ["'aä\u{1F600}'::text", "'aä\u{1F600}'::varchar(9)", "'aä\u{1F600}'::name", "'aä\u{1F600}'"] {
        pg.is(expression, "aä\u{1F600}".to_owned()).await;
    }
    pg.is("'ab'::char(4)", "ab  ".to_owned()).await;
    pg.is("'x'::\"char\"", "x".to_owned()).await;
    pg.is("''::\"char\"", String::new()).await;
    pg.is("'<a/>'::xml", "<a/>".to_owned()).await;
    pg.is("'{\"a\": 1}'::json", "{\"a\": 1}".to_owned()).await;
    pg.is("'{\"a\":1}'::jsonb", "{\"a\": 1}".to_owned()).await;
    pg.is("''::text", String::new()).await;
    pg.refuses::<String>("point(1,2)", "(POINT) cannot be read as String").await;
    pg.refuses::<String>("1", "it is not read from integer").await;
    pg.refuses::<String>("'\\x00'::bytea", "it is not read from bytea").await;
    pg.refuses::<String>("NULL::text", "column \"value\" is NULL and cannot be read as String").await;
    pg.is("NULL::text", None::<String>).await;
    pg.is("'a'", Some("a".to_owned())).await;
    pg.is("'\\x00ff'::bytea", Bytes::from([0, 255])).await;
    pg.is("''::bytea", Bytes::default()).await;
    pg.refuses::<Bytes>("'a'::text", "it is not read from text").await;

    pg.is("'{\"a\":[1,null,\"x\"]}'::json", serde_json::json!({"a": [1, null, "x"]})).await;
    pg.is("'{\"a\":[1,null,\"x\"]}'::jsonb", serde_json::json!({"a": [1, null, "x"]})).await;
    pg.is("'null'::jsonb", Json::Null).await;
    pg.is("NULL::jsonb", None::<Json>).await;
    pg.refuses::<Json>("'1e400'::jsonb", "not JSON that can be read").await;
    pg.is("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", Uuid::from_u128(0xa0eebc99_9c0b_4ef8_bb6d_6bb9bd380a11))
        .await;
    pg.is("'a0eebc999c0b4ef8bb6d6bb9bd380a11'::text", Uuid::from_u128(0xa0eebc99_9c0b_4ef8_bb6d_6bb9bd380a11)).await;
    pg.refuses::<Uuid>("'x'::text", "it is not a UUID").await;
    pg.is("B'0101'", "0101".parse::<BitString>().unwrap()).await;
    pg.is("B'000000001'::varbit", "000000001".parse::<BitString>().unwrap()).await;
    pg.is("''::varbit", BitString::default()).await;
}

#[tokio::test]
async fn dates_and_times() {
    let mut pg = session().await;
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    pg.is("'2026-01-02'::date", date(2026, 1, 2)).await;
    pg.is("'0001-01-01 BC'::date", date(0, 1, 1)).await;
    pg.is("'4713-01-01 BC'::date", date(-4712, 1, 1)).await;
    pg.is("'12026-01-02'::date", date(12026, 1, 2)).await;
    pg.refuses::<NaiveDate>("'infinity'::date", "(DATE) cannot be read as NaiveDate: it does not hold infinity").await;
    pg.refuses::<NaiveDate>("'-infinity'::date", "it does not hold -infinity").await;
    pg.refuses::<NaiveDate>("'5874897-12-31'::date", "a year so far away").await;

    let time = |nanos| NaiveTime::from_hms_nano_opt(3, 4, 5, nanos).unwrap();
    pg.is("'03:04:05.123456'::time", time(123_456_000)).await;
    pg.is("'23:59:59.999999'::time", NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()).await;
    pg.refuses::<NaiveTime>("'24:00:00'::time", "a time outside of 00:00:00 to 23:59:59.999999").await;
    pg.refuses::<NaiveTime>("'03:04:05+01'::timetz", "it is not read from time with time zone").await;

    let timestamp = date(2026, 1, 2).and_time(time(123_456_000));
    pg.is("'2026-01-02 03:04:05.123456'::timestamp", timestamp).await;
    pg.is(
        "'1999-12-31 23:59:59.999999'::timestamp",
        date(1999, 12, 31).and_hms_micro_opt(23, 59, 59, 999_999).unwrap(),
    )
    .await;
    pg.is("'4713-01-01 00:00:00 BC'::timestamp", date(-4712, 1, 1).and_time(NaiveTime::MIN)).await;
    pg.is("'2026-01-02 04:04:05.123456+01'::timestamptz", timestamp.and_utc()).await;
    for end in ["infinity", "-infinity"] {
        let words = format!("it does not hold {end}");
        pg.refuses::<NaiveDateTime>(&format!("'{end}'::timestamp"), &words).await;
        pg.refuses::<DateTime<Utc>>(&format!("'{end}'::timestamptz"), &words).await;
    }
    pg.refuses::<NaiveDateTime>("'294276-12-31 23:59:59'::timestamp", "a year so far away").await;
    pg.refuses::<NaiveDateTime>("'2026-01-02'::timestamptz", "it is not read from timestamp with time zone").await;
    pg.refuses::<DateTime<Utc>>("'2026-01-02'::timestamp", "it is not read from timestamp").await;

    pg.is(
        "'1 year 2 mons -3 days 04:05:06.789'::interval",
        Interval { months: 14, days: -3, microseconds: 14_706_789_000 },
    )
    .await;
    pg.is("'0'::interval", Interval::default()).await;
    pg.is("'-178956970 years -8 mons'::interval", Interval { months: i32::MIN, ..Interval::default() }).await;
}

#[tokio::test]
async fn intervals_are_written_as_the_server_does() {
    let mut pg = session().await;
    pg.execute("SET intervalstyle = iso_8601").await;
    for interval in [
        "0",
        "1 year",
        "-1 year -2 mons",
        "14 mons -3 days +04:05:06.789",
        "-00:00:00.000001",
        "-1 mons 1 day -25:00:00",
        "00:00:59.999999",
        "-00:01:00.5",
    ] {
        let text = pg.read::<String>(&format!("'{interval}'::interval::text")).await.unwrap();
        let value = pg.read::<Interval>(&format!("'{interval}'::interval")).await.unwrap();
        assert_eq!(value.to_string(), text);
        assert_eq!(text.parse(), Ok(value));
    }
}

#[cfg(feature = "time")]
#[tokio::test]
async fn dates_of_the_other_calendar() {
    use tablature_runtime::time::macros::{date, datetime, time};
    use tablature_runtime::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
    let mut pg = session().await;
    pg.is("'2026-01-02'::date", date!(2026 - 01 - 02)).await;
    pg.is("'0044-03-15 BC'::date", date!(-0043 - 03 - 15)).await;
    pg.is("'03:04:05.123456'::time", time!(03:04:05.123456)).await;
    pg.is("'2026-01-02 03:04:05.123456'::timestamp", datetime!(2026-01-02 03:04:05.123456)).await;
    pg.is("'2026-01-02 03:04:05+01'::timestamptz", datetime!(2026-01-02 02:04:05 UTC)).await;
    pg.refuses::<Date>("'infinity'::date", "it does not hold infinity").await;
    pg.refuses::<Date>("'10000-01-01'::date", "a year beyond 9999").await;
    pg.refuses::<Time>("'24:00'::time", "a time outside").await;
    pg.refuses::<PrimitiveDateTime>("'-infinity'::timestamp", "it does not hold -infinity").await;
    pg.refuses::<OffsetDateTime>("'infinity'::timestamptz", "it does not hold infinity").await;
}

#[tokio::test]
async fn addresses() {
    let mut pg = session().await;
    pg.is("'10.0.0.1'::inet", "10.0.0.1/32".parse::<IpNetwork>().unwrap()).await;
    pg.is("'10.0.0.1/8'::inet", "10.0.0.1/8".parse::<IpNetwork>().unwrap()).await;
    pg.is("'10.0.0.0/8'::cidr", "10.0.0.0/8".parse::<IpNetwork>().unwrap()).await;
    pg.is("'2001:db8::/32'::cidr", "2001:db8::/32".parse::<IpNetwork>().unwrap()).await;
    pg.is("'10.0.0.1'::inet", Ipv4Addr::new(10, 0, 0, 1)).await;
    pg.is("'::1'::inet", Ipv6Addr::LOCALHOST).await;
    pg.is("'::1'::inet", IpAddr::V6(Ipv6Addr::LOCALHOST)).await;
    pg.refuses::<Ipv4Addr>("'10.0.0.0/8'::inet", "it does not hold a network").await;
    pg.refuses::<Ipv4Addr>("'::1'::inet", "it does not hold an IPv6 address").await;
    pg.refuses::<Ipv6Addr>("'10.0.0.1'::inet", "it does not hold an IPv4 address").await;
    pg.is("'08:00:2b:01:02:03'::macaddr", "08:00:2b:01:02:03".parse::<MacAddr>().unwrap()).await;
    pg.is("'08:00:2b:01:02:03:04:05'::macaddr8", "08:00:2b:01:02:03:04:05".parse::<MacAddr>().unwrap()).await;
}

#[tokio::test]
async fn arrays() {
    let mut pg = session().await;
    pg.is("ARRAY[1,2,3]", vec![1, 2, 3]).await;
    pg.is("ARRAY[1,2,3]::int2[]", vec![1_i64, 2, 3]).await;
    pg.is("ARRAY[1,NULL]::int8[]", vec![Some(1_i64), None]).await;
    pg.is("'{}'::int4[]", Vec::<i32>::new()).await;
    pg.is("NULL::int4[]", None::<Vec<i32>>).await;
    pg.is("ARRAY['a','','NULL',NULL]", vec![Some("a".to_owned()), Some(String::new()), Some("NULL".to_owned()), None])
        .await;
    pg.is("ARRAY[1.50,2]::numeric[]", vec!["1.50".parse::<Decimal>().unwrap(), Decimal::from(2)]).await;
    pg.is(
        "'1 2'::int2vector",
        Array::new(vec![Some(1_i16), Some(2)], vec![Dimension { length: 2, lower: 0 }]).unwrap(),
    )
    .await;
    let two = |length, lower| Dimension { length, lower };
    pg.is(
        "ARRAY[[1,2,3],[4,NULL,6]]",
        Array::new(vec![Some(1), Some(2), Some(3), Some(4), None, Some(6)], vec![two(2, 1), two(3, 1)]).unwrap(),
    )
    .await;
    pg.is("'[-1:0]={7,8}'::int4[]", Array::new(vec![Some(7), Some(8)], vec![two(2, -1)]).unwrap()).await;
    pg.is("'{}'::text[]", Array::<String>::default()).await;
    pg.is("ARRAY[[[[[[1]]]]]]", Array::new(vec![Some(1)], vec![two(1, 1); 6]).unwrap()).await;
    pg.is(
        "ARRAY[ARRAY['{\"a\":[1]}'::jsonb]]",
        Array::new(vec![Some(serde_json::json!({"a": [1]}))], vec![two(1, 1); 2]).unwrap(),
    )
    .await;
    pg.refuses::<Vec<i32>>("ARRAY[[1],[2]]", "it does not hold an array of several dimensions").await;
    pg.refuses::<Vec<i32>>("ARRAY[1,NULL]", "in element 2 of the array, it does not hold NULL").await;
    pg.refuses::<Vec<i16>>("ARRAY[1,70000]", "in element 2 of the array, it does not hold 70000").await;
    pg.refuses::<Array<String>>("ARRAY[1]", "in element 1 of the array, it is not read from integer").await;
    pg.refuses::<Array<i32>>("1", "it is not read from integer").await;
    pg.refuses::<Array<DateTime<Utc>>>("ARRAY['infinity'::timestamptz]", "it does not hold infinity").await;
}

#[tokio::test]
async fn ranges() {
    let mut pg = session().await;
    pg.is("int8range(1,10)", Range::from(1_i64..10)).await;
    pg.is("int4range(1,10,'[]')", Range::from(1..11)).await;
    pg.is("int4range(5,5)", Range::<i32>::Empty).await;
    pg.is("int4range(NULL,NULL)", Range::<i32>::unbounded()).await;
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    pg.is(
        "numrange(1.5,2.50,'(]')",
        Range::Span { lower: Bound::Excluded(decimal("1.5")), upper: Bound::Included(decimal("2.50")) },
    )
    .await;
    let date = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    pg.is("daterange('2026-01-02','2026-01-05')", Range::from(date(2)..date(5))).await;
    pg.is(
        "tsrange('2026-01-02',NULL)",
        Range::Span { lower: Bound::Included(date(2).and_time(NaiveTime::MIN)), upper: Bound::Unbounded },
    )
    .await;
    pg.is("ARRAY[int4range(1,2), NULL]", vec![Some(Range::from(1..2)), None]).await;
    pg.is("CAST('{[1,3),[5,8)}'::int4multirange AS text)", Multirange(vec![Range::from(1..3), Range::from(5..8)]))
        .await;
    pg.is("CAST('{}'::nummultirange AS text)", Multirange::<Decimal>::default()).await;
    pg.refuses::<Range<DateTime<Utc>>>(
        "tstzrange('2026-01-02','infinity')",
        "in the upper bound, it does not hold infinity",
    )
    .await;
    pg.refuses::<Range<Decimal>>("numrange('NaN',NULL)", "in the lower bound, it does not hold NaN").await;
    pg.refuses::<Range<String>>("int4range(1,2)", "in the lower bound, it is not read from integer").await;
    pg.refuses::<Range<i32>>("1", "it is not read from integer").await;
    let moment = date(2).and_time(NaiveTime::MIN).and_utc();
    pg.is(
        "CAST('{[2026-01-02 01:00:00+01,)}'::tstzmultirange AS text)",
        Multirange(vec![Range::Span { lower: Bound::Included(moment), upper: Bound::Unbounded }]),
    )
    .await;
    pg.refuses::<Multirange<DateTime<Utc>>>(
        "CAST('{[-infinity,2026-01-02)}'::tstzmultirange AS text)",
        "in the lower bound, it does not hold -infinity",
    )
    .await;
    pg.refuses::<Multirange<i32>>("int4range(1,2)", "it is not read from int4range").await;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Mood {
    Sad,
    SoSo,
}

impl SqlEnum for Mood {
    const NAME: &'static str = "mood";
    const LABELS: &'static [(Self, &'static str)] = &[(Self::Sad, "sad"), (Self::SoSo, "so so")];
}

impl_enum!(Mood);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct BookId(i64);

impl_key!(BookId, i64);

#[derive(Debug, PartialEq)]
struct Address {
    street: Option<String>,
    number: Option<i16>,
    moods: Option<Vec<Option<Mood>>>,
}

impl FromSql for Address {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let mut fields = value.fields()?;
        Ok(Self { street: fields.next("street")?, number: fields.next("number")?, moods: fields.next("moods")? })
    }
}

#[derive(Debug, PartialEq)]
struct Person {
    name: Option<String>,
    home: Option<Address>,
}

impl FromSql for Person {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let mut fields = value.fields()?;
        Ok(Self { name: fields.next("name")?, home: fields.next("home")? })
    }
}

#[tokio::test]
async fn types_of_users() {
    let mut pg = session().await;
    pg.execute(
        "BEGIN;
         CREATE SCHEMA tablature_runtime_read; SET LOCAL search_path = tablature_runtime_read;
         CREATE TYPE mood AS ENUM ('sad', 'so so', 'new');
         CREATE DOMAIN cents AS int8 CHECK (VALUE >= 0);
         CREATE DOMAIN amount AS numeric(12,2);
         CREATE DOMAIN tag AS text;
         CREATE DOMAIN document AS jsonb;
         CREATE TYPE address AS (street text, number int4, moods mood[]);
         CREATE TYPE person AS (name tag, home address);
         CREATE TYPE floats AS RANGE (subtype = float8);",
    )
    .await;
    pg.is("'so so'::mood", Mood::SoSo).await;
    pg.is("'so so'::mood", "so so".to_owned()).await;
    pg.is("ARRAY['sad'::mood, NULL]", vec![Some(Mood::Sad), None]).await;
    pg.refuses::<Mood>("'new'::mood", "it does not hold a label that mood did not have").await;
    pg.is("7::cents", BookId(7)).await;
    pg.is("ARRAY[7::cents]", vec![BookId(7)]).await;
    pg.is("ARRAY[1.5::amount]", vec!["1.50".parse::<Decimal>().unwrap()]).await;
    pg.is("ARRAY['a'::tag]", vec!["a".to_owned()]).await;
    pg.is("ARRAY['[1]'::document]", vec![serde_json::json!([1])]).await;
    pg.is("'[0.5,1.5)'::floats", Range::from(0.5..1.5)).await;
    let home = Address { street: Some("a, (b)".into()), number: Some(7), moods: Some(vec![Some(Mood::Sad), None]) };
    pg.is("ROW('a, (b)', 7, ARRAY['sad', NULL]::mood[])::address", home).await;
    pg.is("ROW(NULL, NULL, NULL)::address", Address { street: None, number: None, moods: None }).await;
    pg.is(
        "ARRAY[ROW('x', ROW('y', NULL, '{}')::address)::person, NULL]",
        vec![
            Some(Person {
                name: Some("x".into()),
                home: Some(Address { street: Some("y".into()), number: None, moods: Some(vec![]) }),
            }),
            None,
        ],
    )
    .await;
    pg.refuses::<Person>(
        "ROW('x', ROW('y', 70000, NULL)::address)::person",
        r#"in field "home", in field "number", it does not hold 70000"#,
    )
    .await;
    pg.refuses::<Person>("ROW('x')", "in field \"home\", the value is malformed: it has fewer fields").await;
    pg.execute("ROLLBACK").await;
}

#[tokio::test]
async fn types_of_extensions() {
    let mut pg = session().await;
    pg.execute(
        "BEGIN; CREATE SCHEMA tablature_runtime_read_ext; SET LOCAL search_path = tablature_runtime_read_ext;
         CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS ltree;",
    )
    .await;
    let pairs: BTreeMap<_, _> =
        [("a".to_owned(), Some("1".to_owned())), ("b".to_owned(), None), (String::new(), Some(String::new()))].into();
    pg.is(r#"'a=>1, b=>NULL, ""=>""'::hstore"#, pairs).await;
    pg.is("''::hstore", BTreeMap::<String, Option<String>>::new()).await;
    pg.is(
        "'{\"a\":\"1\",\"b\":null}'::jsonb",
        BTreeMap::from([("a".into(), Some("1".into())), ("b".to_owned(), None::<String>)]),
    )
    .await;
    pg.is("'AbC'::citext", "AbC".to_owned()).await;
    pg.is("ARRAY['AbC'::citext]", vec!["AbC".to_owned()]).await;
    pg.is("E'\\x01'::citext", "\u{1}".to_owned()).await;
    pg.is("ARRAY[E'\\x01'::citext]", vec!["\u{1}".to_owned()]).await;
    pg.is("'a.b'::ltree", "a.b".to_owned()).await;
    pg.is("ARRAY['a.b'::ltree]", vec!["a.b".to_owned()]).await;
    pg.refuses::<String>("'a=>1'::hstore", "a cast to text in the query makes it readable").await;
    pg.execute("ROLLBACK").await;
}

#[tokio::test]
async fn values_of_any_type() {
    let mut pg = session().await;
    pg.is("7", SqliteValue::Integer(7)).await;
    pg.is("0.5::float8", SqliteValue::Real(0.5)).await;
    pg.is("'a'::text", SqliteValue::Text("a".into())).await;
    pg.is("'\\x01'::bytea", SqliteValue::Blob([1].into())).await;
    pg.is("NULL::text", SqliteValue::Null).await;
}

/// Statements that were not prepared give text.
#[tokio::test]
async fn the_simple_protocol() {
    use tablature_runtime::Row;
    let mut pg = session().await;
    let row = sqlx::raw_sql(
        "SELECT true, -7, 0.1::float4, 0.1::float8, 1.50, 'ä', '\\x00ff'::bytea, '2026-01-02'::date, '03:04:05.5'::time,
                '2026-01-02 03:04:05.5'::timestamp, '2026-01-02 03:04:05+01'::timestamptz,
                'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, '{\"a\": 1}'::jsonb, '10.0.0.1'::inet, B'01',
                '08:00:2b:01:02:03'::macaddr, ARRAY[1], 'infinity'::timestamptz, 'NaN'::numeric, int4range(1,2)",
    )
    .fetch_one(&mut pg.0)
    .await
    .unwrap();
    let row = Row::from(&row);
    assert!(row.get_at::<bool>(0).unwrap());
    assert_eq!(row.get_at::<i16>(1), Ok(-7));
    assert_eq!(row.get_at::<f32>(2), Ok(0.1));
    assert_eq!(row.get_at::<f64>(3), Ok(0.1));
    assert_eq!(row.get_at::<Decimal>(4).unwrap().to_string(), "1.50");
    assert_eq!(row.get_at::<String>(5).unwrap(), "ä");
    assert_eq!(row.get_at::<Bytes>(6).unwrap(), Bytes::from([0, 255]));
    assert_eq!(row.get_at::<NaiveDate>(7).unwrap().to_string(), "2026-01-02");
    assert_eq!(row.get_at::<NaiveTime>(8).unwrap().to_string(), "03:04:05.500");
    assert_eq!(row.get_at::<NaiveDateTime>(9).unwrap().to_string(), "2026-01-02 03:04:05.500");
    assert_eq!(row.get_at::<DateTime<Utc>>(10).unwrap().to_string(), "2026-01-02 02:04:05 UTC");
    assert_eq!(row.get_at::<Uuid>(11).unwrap().to_string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    assert_eq!(row.get_at::<Json>(12).unwrap(), serde_json::json!({"a": 1}));
    assert_eq!(row.get_at::<Ipv4Addr>(13).unwrap().to_string(), "10.0.0.1");
    assert_eq!(row.get_at::<BitString>(14).unwrap().to_string(), "01");
    assert_eq!(row.get_at::<MacAddr>(15).unwrap().to_string(), "08:00:2b:01:02:03");
    assert_eq!(row.get_at::<Range<i32>>(19), Ok(Range::from(1..2)));
    for (error, words) in [
        (row.get_at::<Vec<i32>>(16).unwrap_err(), "a prepared statement brings it in binary format"),
        (row.get_at::<DateTime<Utc>>(17).unwrap_err(), "it does not hold infinity"),
        (row.get_at::<Decimal>(18).unwrap_err(), "it does not hold NaN"),
    ] {
        assert!(error.to_string().contains(words), "{error}");
    }
}
