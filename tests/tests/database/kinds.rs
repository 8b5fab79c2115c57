//! Every kind of parameter, written to a table and read back.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Bound;

use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{
    Array, BigDecimal, BitString, Bytes, Database, Decimal, Dimension, Error, FromSql, Interval, IpNetwork, Json,
    MacAddr, Multirange, Param, Range, SqliteValue, ToSql, Uuid, composite,
};
use tablature_tests::Engine;

use super::open;

/// Writes each value into a column of that type and reads it back, and NULL as well.
async fn trip<T: ToSql + FromSql + Clone + PartialEq + Debug + Send>(db: &Database, column: &str, values: Vec<T>) {
    cast_trip(db, column, ":value", "value", values).await;
}

/// As `trip`, with the expressions that the parameter is written by and the column is read by.
async fn cast_trip<T: ToSql + FromSql + Clone + PartialEq + Debug + Send>(
    db: &Database,
    column: &str,
    expression: &str,
    read_as: &str,
    values: Vec<T>,
) {
    let engine = db.dialect();
    db.query("DROP TABLE IF EXISTS trip").execute().await.unwrap();
    let create = format!("CREATE TABLE trip (id bigint, value {column} NULL)");
    db.query(&create).execute().await.unwrap_or_else(|error| panic!("{create}: {error}"));
    let insert = format!("INSERT INTO trip (id, value) VALUES (:id, {expression})");
    let update = format!("UPDATE trip SET value = {expression} WHERE id = :id");
    for (id, value) in (0_i64..).zip(values) {
        let outcome = db.query(&insert).bind("id", id).bind("value", &value).execute().await;
        outcome.unwrap_or_else(|error| panic!("{engine:?}, {column}: {value:?}: {error}"));
        let read = async || {
            let query = format!("SELECT {read_as} FROM trip WHERE id = :id");
            db.query(&query).bind("id", id).fetch_one::<(Option<T>,)>().await
        };
        let found = read().await.unwrap_or_else(|error| panic!("{engine:?}, {column}: {value:?}: {error}")).0;
        assert_eq!(found, Some(value.clone()), "{engine:?}, {column}");
        let null: Option<T> = None;
        let outcome = db.query(&update).bind("id", id).bind("value", null).execute().await;
        outcome.unwrap_or_else(|error| panic!("{engine:?}, {column}: NULL: {error}"));
        assert_eq!(read().await.unwrap().0, None, "{engine:?}, {column}");
        let outcome = db.query(&update).bind("id", id).bind("value", Some(value.clone())).execute().await;
        assert_eq!(outcome.unwrap().rows_affected, 1);
        assert_eq!(read().await.unwrap().0, Some(value), "{engine:?}, {column}");
    }
}

fn bounds<T>(lower: Bound<T>, upper: Bound<T>) -> Range<T> {
    Range::Span { lower, upper }
}

async fn refused(db: &Database, column: &str, value: impl ToSql) -> Error {
    db.query("DROP TABLE IF EXISTS trip").execute().await.unwrap();
    db.query(&format!("CREATE TABLE trip (value {column})")).execute().await.unwrap();
    db.query("INSERT INTO trip (value) VALUES (:value)").bind("value", value).execute().await.unwrap_err()
}

fn texts() -> Vec<String> {
    let mut texts: Vec<String> =
        ["", "a", "it's \"quoted\" \\ back", "Grüße 🦀 \u{10FFFF}", "?:name $1 %s;--", " \n\r\t ", "NULL"]
            .map(str::to_owned)
            .into();
    texts.push("x".repeat(70_000));
    texts
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn at(date: NaiveDate, micros: u32) -> NaiveDateTime {
    date.and_hms_micro_opt(23, 59, 59, micros).unwrap()
}

fn decimals(texts: &[&str]) -> Vec<BigDecimal> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn uuids() -> Vec<Uuid> {
    vec![Uuid::nil(), Uuid::max(), "0191e4a3-7c1b-7000-8000-000000000001".parse().unwrap()]
}

fn documents() -> Vec<Json> {
    vec![
        serde_json::json!({"b": [1, 2.5, null, true], "a": {"": "it's \"q\" \\ 🦀"}}),
        serde_json::json!([]),
        serde_json::json!("text"),
        serde_json::json!(9_007_199_254_740_993_i64),
        Json::Null,
    ]
}

/// What all engines have.
async fn common(db: &Database, engine: Engine) {
    let [small, int, double, text, blob] = match engine {
        Engine::Postgres => ["smallint", "integer", "double precision", "text", "bytea"],
        Engine::Mysql => ["smallint", "integer", "double", "longtext CHARACTER SET utf8mb4", "longblob"],
        Engine::Sqlite => ["smallint", "integer", "double", "text", "blob"],
    };
    trip(db, "boolean", vec![true, false]).await;
    trip(db, small, vec![i16::MIN, -1, 0, i16::MAX]).await;
    trip(db, small, vec![i8::MIN, i8::MAX]).await;
    trip(db, small, vec![u8::MIN, u8::MAX]).await;
    trip(db, int, vec![i32::MIN, -1, 0, i32::MAX]).await;
    trip(db, int, vec![u16::MIN, u16::MAX]).await;
    trip(db, "bigint", vec![i64::MIN, -1, 0, i64::MAX]).await;
    trip(db, "bigint", vec![u32::MIN, u32::MAX]).await;
    trip(db, double, vec![0.0, -0.0, 0.1, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 1e-300, 123_456_789.123_456_79]).await;
    trip(db, text, texts()).await;
    let bytes = [vec![], vec![0], vec![0, 1, 254, 255], b"text'\"\\".to_vec(), vec![7; 70_000]];
    trip(db, blob, bytes.map(|bytes| Bytes::from(&bytes[..])).into()).await;
    trip(db, "date", vec![date(2024, 2, 29), date(1000, 1, 1), date(9999, 12, 31), date(1969, 12, 31)]).await;
}

#[tokio::test]
async fn every_kind_comes_back_from_postgres() {
    let (scratch, db) = open(Engine::Postgres).await;
    let db = &db;
    common(db, Engine::Postgres).await;
    trip(db, "real", vec![0.1_f32, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY, f32::NEG_INFINITY]).await;
    trip(db, "double precision", vec![f64::INFINITY, f64::NEG_INFINITY]).await;
    trip(db, "numeric(20, 0)", vec![u64::MAX, 0, i64::MAX as u64 + 1]).await;
    let wide =
        [Decimal::MAX, Decimal::MIN, "0.0000000000000000000000000001".parse().unwrap(), "12.500".parse().unwrap()];
    trip(db, "numeric", wide.into()).await;
    let digits = format!("{}.{}", "9".repeat(300), "123456789".repeat(20));
    trip(db, "numeric", decimals(&[&digits, "-0.00000000000000000000000000000000000000001", "1e40", "0", "100.00"]))
        .await;
    trip(db, "numeric", vec![i128::from(i64::MAX) * 1000, -1]).await;
    trip(db, "date", vec![date(1, 1, 1), date(0, 12, 31), date(-4712, 1, 1), date(200_000, 1, 1)]).await;
    let times = [NaiveTime::MIN, NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()];
    trip(db, "time", times.into()).await;
    let stamps = vec![at(date(2024, 2, 29), 999_999), at(date(-4000, 1, 1), 1), at(date(200_000, 1, 1), 0)];
    trip(db, "timestamp", stamps.clone()).await;
    let instants: Vec<DateTime<Utc>> = stamps.iter().map(NaiveDateTime::and_utc).collect();
    trip(db, "timestamptz", instants.clone()).await;
    trip(db, "uuid", uuids()).await;
    trip(db, "jsonb", documents()).await;
    trip(db, "json", documents()).await;
    let intervals = vec![
        Interval { months: 14, days: -3, microseconds: 4_000_001 },
        Interval { months: i32::MIN, days: i32::MAX, microseconds: i64::MIN + 1 },
        Interval::default(),
    ];
    trip(db, "interval", intervals.clone()).await;
    let bits: Vec<BitString> =
        ["", "1", "010011100", &"10".repeat(100)].iter().map(|bits| bits.parse().unwrap()).collect();
    trip(db, "varbit", bits.clone()).await;
    trip(db, "bit(3)", vec!["101".parse::<BitString>().unwrap()]).await;
    trip(
        db,
        "inet",
        ["10.0.0.1/32", "10.0.0.0/8", "::1/128", "fe80::/10"].map(|net| net.parse::<IpNetwork>().unwrap()).into(),
    )
    .await;
    trip(db, "inet", vec!["10.0.0.1".parse::<std::net::IpAddr>().unwrap(), "::1".parse().unwrap()]).await;
    trip(db, "macaddr", vec!["08:00:2b:01:02:03".parse::<MacAddr>().unwrap()]).await;

    let array = |elements: Vec<Option<i64>>| Array::from_elements(elements);
    let grid = [Dimension { length: 2, lower: -1 }, Dimension { length: 2, lower: 1 }];
    let grid = Array::new(vec![Some(1_i64), None, Some(i64::MIN), Some(4)], grid.into()).unwrap();
    trip(db, "bigint[]", vec![array(vec![]), array(vec![None]), array(vec![Some(1), None, Some(i64::MAX)]), grid])
        .await;
    let words: Vec<Option<String>> = texts().into_iter().map(Some).chain([None]).collect();
    trip(db, "text[]", vec![Array::from_elements(words)]).await;
    trip(db, "boolean[]", vec![Array::from_elements(vec![Some(true), None, Some(false)])]).await;
    trip(
        db,
        "double precision[]",
        vec![Array::from_elements(vec![Some(0.1), Some(f64::INFINITY), Some(1e300), Some(-0.0)])],
    )
    .await;
    trip(db, "numeric[]", vec![Array::from_elements(decimals(&[&digits, "1e40"]).into_iter().map(Some).collect())])
        .await;
    trip(db, "bytea[]", vec![Array::from_elements(vec![Some(Bytes::from(&[0, 1, 255, b'\\'][..])), None])]).await;
    trip(db, "date[]", vec![Array::from_elements(vec![Some(date(-4712, 1, 1)), Some(date(200_000, 1, 1))])]).await;
    trip(db, "timestamp[]", vec![Array::from_elements(stamps.iter().copied().map(Some).collect())]).await;
    trip(db, "timestamptz[]", vec![Array::from_elements(instants.into_iter().map(Some).collect())]).await;
    trip(db, "time[]", vec![Array::from_elements(times.into_iter().map(Some).collect())]).await;
    trip(db, "uuid[]", vec![Array::from_elements(uuids().into_iter().map(Some).collect())]).await;
    trip(db, "jsonb[]", vec![Array::from_elements(documents().into_iter().map(Some).collect())]).await;
    trip(db, "interval[]", vec![Array::from_elements(intervals.into_iter().map(Some).collect())]).await;
    trip(db, "varbit[]", vec![Array::from_elements(bits.into_iter().map(Some).collect())]).await;

    trip(
        db,
        "int8range",
        vec![
            Range::Empty,
            bounds(Bound::Included(1_i64), Bound::Excluded(5)),
            bounds(Bound::Unbounded, Bound::Excluded(-5)),
            bounds(Bound::Unbounded, Bound::Unbounded),
        ],
    )
    .await;
    trip(db, "int4range", vec![bounds(Bound::Included(i32::MIN), Bound::Excluded(i32::MAX))]).await;
    let point = |text: &str| text.parse::<Decimal>().unwrap();
    trip(db, "numrange", vec![bounds(Bound::Excluded(point("1.50")), Bound::Included(point("2")))]).await;
    trip(db, "daterange", vec![bounds(Bound::Included(date(-10, 1, 1)), Bound::Excluded(date(2024, 1, 1)))]).await;
    trip(db, "tsrange", vec![bounds(Bound::Included(stamps[1]), Bound::Excluded(stamps[0]))]).await;
    trip(db, "tstzrange", vec![bounds(Bound::Excluded(stamps[1].and_utc()), Bound::Unbounded)]).await;
    let parts: Vec<Multirange<i64>> = vec![vec![].into(), vec![Range::from(1..3), Range::from(5..9)].into()];
    // The driver does not know multiranges in results.
    cast_trip(db, "int8multirange", ":value", "CAST(value AS text)", parts).await;
    let error = db.query("SELECT value FROM trip").fetch_all::<Multirange<i64>>().await.unwrap_err();
    assert!(error.to_string().contains("cast it to text"), "{error}");

    scratch
        .load(
            "CREATE TYPE mood AS ENUM ('sad', 'it''s \"ok\"'); CREATE EXTENSION hstore;
             CREATE TYPE address AS (street text, number integer, moved date);",
        )
        .unwrap();
    trip(db, "mood", vec![Label("sad".to_owned()), Label("it's \"ok\"".to_owned())]).await;
    let pairs: BTreeMap<String, Option<String>> = [("a", Some("it's \"q\" \\")), ("b=>c, ", None), ("", Some(""))]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.map(str::to_owned)))
        .collect();
    cast_trip(db, "hstore", "CAST(:value AS hstore)", "value", vec![BTreeMap::new(), pairs]).await;
    trip(
        db,
        "address",
        vec![
            Address { street: Some("E\"l\\m, (7)".to_owned()), number: Some(7), moved: None },
            Address { street: Some(String::new()), number: None, moved: Some(date(2024, 1, 1)) },
            Address { street: None, number: None, moved: None },
        ],
    )
    .await;

    let error = refused(db, "text", "a\0b").await;
    assert!(error.to_string().contains("NUL"), "{error}");
    let nan: (f64, f32) = db
        .query("SELECT CAST(:double AS double precision), CAST(:real AS real)")
        .bind("double", f64::NAN)
        .bind("real", f32::NAN)
        .fetch_one()
        .await
        .unwrap();
    assert!(nan.0.is_nan() && nan.1.is_nan());
}

#[derive(Clone, Debug, PartialEq)]
struct Label(String);

impl ToSql for Label {
    fn to_sql(&self) -> Param {
        Param::Label(self.0.clone().into())
    }

    fn null() -> Param {
        Param::Null(tablature_runtime::Kind::Label)
    }
}

impl FromSql for Label {
    fn from_sql(value: tablature_runtime::Value<'_>) -> Result<Self, tablature_runtime::ValueError> {
        String::from_sql(value).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Address {
    street: Option<String>,
    number: Option<i32>,
    moved: Option<NaiveDate>,
}

impl ToSql for Address {
    fn to_sql(&self) -> Param {
        composite("address", &[&self.street, &self.number, &self.moved])
    }

    fn null() -> Param {
        Param::Null(tablature_runtime::Kind::Literal("address".into()))
    }
}

impl FromSql for Address {
    fn from_sql(value: tablature_runtime::Value<'_>) -> Result<Self, tablature_runtime::ValueError> {
        let mut fields = value.fields()?;
        Ok(Self { street: fields.next("street")?, number: fields.next("number")?, moved: fields.next("moved")? })
    }
}

#[tokio::test]
async fn every_kind_comes_back_from_mysql() {
    let (_scratch, db) = open(Engine::Mysql).await;
    let db = &db;
    common(db, Engine::Mysql).await;
    trip(db, "longtext CHARACTER SET utf8mb4", vec!["a\0b".to_owned()]).await;
    trip(db, "bigint unsigned", vec![u64::MAX, 0, i64::MAX as u64 + 1]).await;
    trip(db, "float", vec![0.1_f32, 1.5e38, -0.25]).await;
    let wide = [Decimal::MAX, Decimal::MIN].map(|number| number.trunc());
    trip(db, "decimal(65, 0)", wide.into()).await;
    trip(db, "decimal(30, 28)", vec!["0.0000000000000000000000000001".parse::<Decimal>().unwrap()]).await;
    let digits = "9".repeat(65);
    trip(db, "decimal(65, 0)", decimals(&[&digits, &format!("-{digits}"), "1e40"])).await;
    trip(db, "decimal(65, 30)", decimals(&["1.000000000000000000000000000001"])).await;
    let times = vec![NaiveTime::MIN, NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap()];
    trip(db, "time(6)", times).await;
    trip(db, "datetime(6)", vec![at(date(2024, 2, 29), 999_999), at(date(1000, 1, 1), 1), at(date(9999, 12, 31), 0)])
        .await;
    trip(db, "timestamp(6)", vec![at(date(2024, 2, 29), 999_999).and_utc(), at(date(1970, 1, 2), 0).and_utc()]).await;
    trip(db, "char(36)", uuids()).await;
    trip(db, "json", documents()).await;
    trip(db, "enum('sad', 'it''s')", vec![Label("sad".to_owned()), Label("it's".to_owned())]).await;
    trip(db, "bit(9)", vec!["010011101".parse::<Bits>().unwrap()]).await;
    trip(db, "varchar(50)", vec![Interval { months: 14, days: -3, microseconds: 4_000_001 }]).await;
    for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let error = refused(db, "double", value).await;
        assert!(matches!(error, Error::Unbindable { .. }), "{error}");
    }
    // Years that the protocol has no room for, or that the server does not know.
    for value in [date(-1, 1, 1), date(10_000, 1, 1), date(100_000, 1, 1), date(65_536 + 2024, 1, 1)] {
        let error = refused(db, "date", value).await;
        assert!(!matches!(error, Error::ConnectionLost(_)), "{error:?}");
        let error = refused(db, "datetime", at(value, 0)).await;
        assert!(!matches!(error, Error::ConnectionLost(_)), "{error:?}");
    }
}

/// A bit field of MySQL's, which comes back in whole bytes.
#[derive(Clone, Debug, PartialEq)]
struct Bits(BitString);

impl std::str::FromStr for Bits {
    type Err = tablature_runtime::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl ToSql for Bits {
    fn to_sql(&self) -> Param {
        self.0.to_sql()
    }

    fn null() -> Param {
        BitString::null()
    }
}

impl FromSql for Bits {
    fn from_sql(value: tablature_runtime::Value<'_>) -> Result<Self, tablature_runtime::ValueError> {
        let number = u64::from_sql(value)?;
        Ok(format!("{number:09b}").parse().map(Self).unwrap())
    }
}

#[tokio::test]
async fn every_kind_comes_back_from_sqlite() {
    let (_scratch, db) = open(Engine::Sqlite).await;
    let db = &db;
    common(db, Engine::Sqlite).await;
    trip(db, "text", vec!["a\0b".to_owned()]).await;
    trip(db, "double", vec![f64::INFINITY, f64::NEG_INFINITY]).await;
    trip(db, "real", vec![0.1_f32, f32::MAX, f32::INFINITY]).await;
    trip(db, "bigint", vec![i64::MAX as u64, 0]).await;
    assert!(matches!(refused(db, "bigint", u64::MAX).await, Error::Unbindable { .. }));
    assert!(matches!(refused(db, "double", f64::NAN).await, Error::Unbindable { .. }));
    let digits = format!("{}.{}", "9".repeat(100), "123456789".repeat(5));
    trip(db, "text", decimals(&[&digits, "0.1", "12.5", "1e40", "7"])).await;
    trip(db, "", vec![Decimal::MAX, Decimal::MIN, "12.5".parse().unwrap(), "0.1".parse().unwrap()]).await;
    trip(db, "date", vec![date(1, 1, 1), date(2024, 2, 29)]).await;
    let times = vec![NaiveTime::MIN, NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).unwrap()];
    trip(db, "time", times).await;
    let stamps = [at(date(2024, 2, 29), 999_999), at(date(1, 1, 1), 0), at(date(9999, 12, 31), 1)];
    trip(db, "datetime", stamps.into()).await;
    trip(db, "timestamp", stamps.map(|at| at.and_utc()).into()).await;
    trip(db, "uuid", uuids()).await;
    trip(db, "text", documents()).await;
    trip(db, "text", vec![Interval { months: 14, days: -3, microseconds: 4_000_001 }]).await;
    trip(db, "text", vec!["10110".parse::<BitString>().unwrap()]).await;
    trip(db, "text", vec!["10.0.0.0/8".parse::<IpNetwork>().unwrap()]).await;
    let values = vec![
        SqliteValue::Integer(1),
        SqliteValue::Real(1.0),
        SqliteValue::Text("1".into()),
        SqliteValue::Blob([1].into()),
    ];
    trip(db, "", values).await;
    // Far years, which SQLite's own functions do not know, come back or are refused.
    for value in [date(-1, 1, 1), date(10_000, 1, 1), date(200_000, 1, 1)] {
        db.query("DROP TABLE IF EXISTS trip").execute().await.unwrap();
        db.query("CREATE TABLE trip (value date)").execute().await.unwrap();
        match db
            .query("INSERT INTO trip (value) VALUES (:value) RETURNING value")
            .bind("value", value)
            .fetch_one::<NaiveDate>()
            .await
        {
            Ok(found) => assert_eq!(found, value),
            Err(error) => assert!(matches!(error, Error::Unbindable { .. }), "{error}"),
        }
    }
}
