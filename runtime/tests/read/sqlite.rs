//! SQLite.

use sqlx::SqliteConnection;
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{
    BigDecimal, BitString, Bytes, Decimal, Interval, IpNetwork, Json, MacAddr, Row, SqliteValue, Uuid,
};

super::session!(SqliteConnection);

async fn session() -> Session {
    Session(super::connect_sqlite().await)
}

#[tokio::test]
async fn numbers() {
    let mut lite = session().await;
    lite.is("-9223372036854775808", i64::MIN).await;
    lite.is("255", u8::MAX).await;
    lite.is("3.0", 3_i32).await;
    lite.is("1", true).await;
    lite.is("0", false).await;
    lite.is("'true'", true).await;
    lite.is("'F'", false).await;
    lite.refuses::<bool>("2", "it does not hold 2").await;
    lite.refuses::<bool>("'yes'", "it is not a boolean").await;
    lite.refuses::<u8>("256", "(INTEGER) cannot be read as u8: it does not hold 256").await;
    lite.refuses::<i64>("3.5", "it does not hold a fraction").await;
    lite.refuses::<i64>("1e300", "it does not hold a number so large").await;
    lite.refuses::<i64>("'1'", "(TEXT) cannot be read as i64: it is not read from TEXT").await;
    lite.refuses::<i64>("NULL", "is NULL and cannot be read as i64").await;
    lite.is("0.1", 0.1_f64).await;
    lite.is("1", 1.0_f64).await;
    lite.is("9e999", f64::INFINITY).await;
    lite.is("0.5", 0.5_f32).await;
    lite.refuses::<f32>("0.1", "so precise a number").await;
    lite.refuses::<f64>("9007199254740993", "so precise a number").await;
    for (expression, text) in [
        ("'1.50'", "1.50"),
        ("7", "7"),
        ("9.99", "9.99"),
        ("-0.1", "-0.1"),
        ("1e-7", "0.0000001"),
        ("'1e3'", "1000"),
        ("1e20", "100000000000000000000"),
    ] {
        assert_eq!(lite.read::<Decimal>(expression).await.unwrap().to_string(), text);
        lite.is(expression, text.parse::<BigDecimal>().unwrap()).await;
    }
    lite.refuses::<Decimal>("1e300", "more than 96 bits").await;
    lite.refuses::<Decimal>("9e999", "NaN and infinity").await;
    lite.refuses::<Decimal>("'x'", "it is not a decimal number").await;
    lite.refuses::<Decimal>("x'31'", "it is not read from BLOB").await;
}

#[tokio::test]
async fn text_and_bytes() {
    let mut lite = session().await;
    lite.is("'aä\u{1F600}'", "aä\u{1F600}".to_owned()).await;
    lite.is("''", String::new()).await;
    lite.is("'a' || char(0) || 'b'", "a\0b".to_owned()).await;
    lite.is("7", "7".to_owned()).await;
    lite.is("NULL", None::<String>).await;
    lite.is("''", Some(String::new())).await;
    lite.refuses::<String>("NULL", "is NULL and cannot be read as String").await;
    lite.refuses::<String>("x'61'", "it is not read from BLOB").await;
    lite.refuses::<String>("CAST(x'ff' AS TEXT)", "it is not UTF-8").await;
    lite.is("x'00ff'", Bytes::from([0, 255])).await;
    lite.is("x''", Bytes::default()).await;
    lite.is("'a'", Bytes::from([b'a'])).await;
    lite.refuses::<Bytes>("1", "it is not read from INTEGER").await;
    lite.is("'{\"a\":1}'", serde_json::json!({"a": 1})).await;
    lite.is("5", serde_json::json!(5)).await;
    lite.is("1.5", serde_json::json!(1.5)).await;
    lite.refuses::<Json>("'{'", "not JSON that can be read").await;
    let uuid = Uuid::from_u128(0xa0eebc99_9c0b_4ef8_bb6d_6bb9bd380a11);
    lite.is("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", uuid).await;
    lite.is("x'a0eebc999c0b4ef8bb6d6bb9bd380a11'", uuid).await;
    lite.refuses::<Uuid>("x'a0'", "a UUID in a BLOB has 16 bytes").await;
    lite.is("'0101'", "0101".parse::<BitString>().unwrap()).await;
    lite.is("'P1DT1H'", "P1DT1H".parse::<Interval>().unwrap()).await;
    lite.is("'08:00:2b:01:02:03'", "08:00:2b:01:02:03".parse::<MacAddr>().unwrap()).await;
    lite.is("'10.0.0.0/8'", "10.0.0.0/8".parse::<IpNetwork>().unwrap()).await;
}

#[tokio::test]
async fn dates_and_times() {
    let mut lite = session().await;
    let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
    let moment = day.and_hms_milli_opt(3, 4, 5, 500).unwrap();
    for expression in [
        "'2026-01-02 03:04:05.5'",
        "'2026-01-02T03:04:05.500'",
        "'2026-01-02T03:04:05.5Z'",
        "'2026-01-02 04:04:05.5+01:00'",
        "julianday('2026-01-02 03:04:05.5')",
        "strftime('%Y-%m-%d %H:%M:%f', '2026-01-02 03:04:05.5')",
    ] {
        lite.is(expression, moment).await;
        lite.is(expression, moment.and_utc()).await;
    }
    lite.is("'2026-01-02'", day.and_time(NaiveTime::MIN)).await;
    lite.is("'2026-01-02 03:04'", day.and_hms_opt(3, 4, 0).unwrap()).await;
    lite.is("unixepoch('2026-01-02 03:04:05')", day.and_hms_opt(3, 4, 5).unwrap().and_utc()).await;
    lite.is("-1", NaiveDate::from_ymd_opt(1969, 12, 31).unwrap().and_hms_opt(23, 59, 59).unwrap()).await;
    lite.is("0.0", NaiveDate::from_ymd_opt(-4713, 11, 24).unwrap().and_hms_opt(12, 0, 0).unwrap()).await;
    lite.is("'2026-01-02'", day).await;
    lite.is("'2026-01-02 00:00:00'", day).await;
    lite.is("julianday('2026-01-02')", day).await;
    lite.is("unixepoch('2026-01-02')", day).await;
    lite.is("'03:04:05.5'", moment.time()).await;
    lite.is("'03:04'", NaiveTime::from_hms_opt(3, 4, 0).unwrap()).await;
    lite.refuses::<NaiveDate>("'2026-01-02 03:04:05'", "it does not hold a time of day").await;
    lite.refuses::<NaiveDate>("'2026-02-30'", "a date that is not in the calendar").await;
    lite.refuses::<NaiveDate>("'0000-00-00'", "the date 0000-00-00").await;
    lite.refuses::<NaiveDateTime>("'now'", "ISO 8601").await;
    lite.refuses::<NaiveDateTime>("9223372036854775807", "a year so far away").await;
    lite.refuses::<NaiveDateTime>("1e300", "a year so far away").await;
    lite.refuses::<DateTime<Utc>>("x'00'", "it is not read from BLOB").await;
    lite.refuses::<NaiveTime>("'24:00:00'", "a time outside").await;
    lite.refuses::<NaiveTime>("1", "it is not read from INTEGER").await;
}

#[tokio::test]
async fn columns_go_by_their_values() {
    let mut lite = session().await;
    lite.execute(
        "CREATE TABLE t (a BOOLEAN, b DATETIME, c STRING, d JSON, e, f DECIMAL(9,2));
         INSERT INTO t VALUES (1, '2026-01-02', '007', '5', x'01', '1.10'), ('true', 0, 'x', '[]', 1.5, 'x'),
                              (NULL, NULL, NULL, NULL, NULL, NULL);",
    )
    .await;
    let rows = sqlx::query("SELECT * FROM t").fetch_all(&mut lite.0).await.unwrap();
    let [first, second, third] = &rows[..] else { panic!("three rows") };
    let (first, second, third) = (Row::from(first), Row::from(second), Row::from(third));
    assert_eq!((first.get::<bool>("a"), second.get::<bool>("a")), (Ok(true), Ok(true)));
    assert_eq!(first.get::<NaiveDate>("b").unwrap().to_string(), "2026-01-02");
    assert_eq!(second.get::<NaiveDate>("b").unwrap().to_string(), "1970-01-01");
    assert_eq!(first.get::<String>("c").unwrap(), "7");
    assert_eq!(first.get::<Json>("d"), Ok(serde_json::json!(5)));
    assert_eq!(second.get::<Json>("d"), Ok(serde_json::json!([])));
    assert_eq!(first.get::<SqliteValue>("e"), Ok(SqliteValue::Blob([1].into())));
    assert_eq!(second.get::<SqliteValue>("e"), Ok(SqliteValue::Real(1.5)));
    assert_eq!(third.get::<SqliteValue>("e"), Ok(SqliteValue::Null));
    assert_eq!(third.get::<Option<SqliteValue>>("e"), Ok(None));
    assert_eq!(first.get::<Decimal>("f").unwrap().to_string(), "1.1");
    let error = second.get::<Decimal>("f").unwrap_err().in_relation("", "t").to_string();
    assert_eq!(
        error,
        r#"column "f" of t (TEXT) cannot be read as Decimal: the value is malformed: it is not a decimal number"#
    );
    assert_eq!(third.get::<Option<Decimal>>("f"), Ok(None));
    assert!(third.get::<Decimal>("f").is_err());
    assert_eq!(first.len(), 6);
    let missing = first.get::<i64>("A").unwrap_err();
    assert!(missing.is_missing_column());
    assert_eq!(missing.to_string(), r#"the row has no column "A", which was to be read as i64"#);
    assert!(first.get_at::<i64>(6).unwrap_err().is_missing_column());
}
