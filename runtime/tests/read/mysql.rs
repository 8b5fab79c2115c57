//! MySQL and MariaDB.

use std::collections::BTreeSet;

use sqlx::MySqlConnection;
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{
    BigDecimal, BitString, Bytes, Decimal, Interval, IpNetwork, Json, Row, SqlEnum, SqliteValue, Uuid, impl_enum,
};

super::session!(MySqlConnection);

async fn session() -> Session {
    Session(super::connect_mysql().await)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Size {
    Small,
    Large,
}

impl SqlEnum for Size {
    const NAME: &'static str = "size";
    const LABELS: &'static [(Self, &'static str)] = &[(Self::Small, "small"), (Self::Large, "x'l")];
}

impl_enum!(Size);

impl Session {
    /// A temporary table `t` of one column `c`, with one row.
    async fn table(&mut self, sql_type: &str, literal: &str) {
        self.execute("DROP TEMPORARY TABLE IF EXISTS t").await;
        self.execute(&format!("CREATE TEMPORARY TABLE t (c {sql_type})")).await;
        self.execute(&format!("INSERT INTO t VALUES ({literal})")).await;
    }

    async fn holds<T>(&mut self, sql_type: &str, literal: &str, expected: T)
    where
        T: tablature_runtime::FromSql + PartialEq + std::fmt::Debug,
    {
        self.table(sql_type, literal).await;
        self.is("(SELECT c FROM t)", expected).await;
    }
}

/// The type of a column is told by a column alone: a subquery has another.
macro_rules! column {
    ($session:expr, $sql_type:expr, $literal:expr, $type:ty) => {{
        $session.table($sql_type, $literal).await;
        let row = sqlx::query("SELECT c AS value FROM t").fetch_one(&mut $session.0).await.unwrap();
        Row::from(&row).get::<$type>("value")
    }};
}

#[tokio::test]
async fn numbers() {
    let mut my = session().await;
    my.holds("tinyint", "-128", i8::MIN).await;
    my.holds("smallint", "-32768", i16::MIN).await;
    my.holds("mediumint", "-8388608", -8_388_608_i32).await;
    my.holds("mediumint unsigned", "16777215", 16_777_215_u32).await;
    my.holds("int unsigned", "4294967295", u32::MAX).await;
    my.holds("bigint", "-9223372036854775808", i64::MIN).await;
    my.holds("bigint unsigned", "18446744073709551615", u64::MAX).await;
    assert_eq!(column!(my, "tinyint(1) unsigned", "200", u8), Ok(200));
    assert_eq!(column!(my, "tinyint(1)", "-1", i8), Ok(-1));
    assert_eq!(column!(my, "tinyint(1)", "1", bool), Ok(true));
    assert_eq!(column!(my, "tinyint", "0", bool), Ok(false));
    assert_eq!(column!(my, "bit(1)", "b'1'", bool), Ok(true));
    assert_eq!(column!(my, "bit(64)", "18446744073709551615", u64), Ok(u64::MAX));
    assert_eq!(column!(my, "bit(9)", "b'100000001'", u16), Ok(257));
    assert_eq!(column!(my, "year", "2155", u16), Ok(2155));
    assert_eq!(column!(my, "year", "0", i32), Ok(0));
    assert_eq!(column!(my, "int(6) zerofill", "7", u32), Ok(7));
    assert!(column!(my, "tinyint(1)", "2", bool).unwrap_err().to_string().contains("it does not hold 2"));
    assert!(
        column!(my, "int", "-1", u32)
            .unwrap_err()
            .to_string()
            .contains("(INT) cannot be read as u32: it does not hold -1")
    );
    assert!(column!(my, "bigint unsigned", "9223372036854775808", i64).is_err());
    assert!(column!(my, "varchar(9)", "'1'", i64).unwrap_err().to_string().contains("it is not read from VARCHAR"));
    assert!(column!(my, "bit(4)", "b'0101'", BitString).is_err());

    assert_eq!(column!(my, "float", "0.1", f32), Ok(0.1));
    assert_eq!(column!(my, "double", "0.1", f64), Ok(0.1));
    assert_eq!(column!(my, "float", "0.5", f64), Ok(0.5));
    assert!(column!(my, "double", "0.1", f32).is_err());
    assert!(column!(my, "decimal(3,1)", "0.5", f64).is_err());
    for (sql_type, text) in [
        ("decimal(10,2)", "1.50"),
        ("decimal(10,2)", "-0.05"),
        ("decimal(28,28)", "0.0000000000000000000000000001"),
        ("decimal(10,0)", "-12"),
    ] {
        assert_eq!(column!(my, sql_type, text, Decimal).unwrap().to_string(), text);
        assert_eq!(column!(my, sql_type, text, BigDecimal).unwrap(), text.parse::<BigDecimal>().unwrap());
    }
    let long = format!("{}.{}", "9".repeat(35), "1".repeat(30));
    assert_eq!(column!(my, "decimal(65,30)", &long, BigDecimal).unwrap(), long.parse::<BigDecimal>().unwrap());
    assert!(column!(my, "decimal(65,30)", &long, Decimal).unwrap_err().to_string().contains("more than 96 bits"));
    my.is("SUM(3)", 3_i64).await;
    my.is("18446744073709551615", u64::MAX).await;
}

#[tokio::test]
async fn text_and_bytes() {
    let mut my = session().await;
    let smile = "aä\u{1F600}";
    for sql_type in [
        "varchar(9) CHARACTER SET utf8mb4",
        "char(9) CHARACTER SET utf8mb4",
        "text CHARACTER SET utf8mb4",
        "longtext CHARACTER SET utf8mb4",
        "varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "varbinary(20)",
    ] {
        assert_eq!(column!(my, sql_type, &format!("'{smile}'"), String).unwrap(), smile, "{sql_type}");
    }
    assert_eq!(column!(my, "varchar(9) CHARACTER SET latin1", "'ä'", String).unwrap(), "ä");
    assert_eq!(column!(my, "blob", "x'00ff'", Bytes), Ok(Bytes::from([0, 255])));
    assert_eq!(column!(my, "binary(3)", "x'01'", Bytes), Ok(Bytes::from([1, 0, 0])));
    assert_eq!(column!(my, "blob", "''", Bytes), Ok(Bytes::default()));
    assert!(column!(my, "blob", "x'ff'", String).unwrap_err().to_string().contains("it is not UTF-8"));
    assert!(column!(my, "int", "1", String).unwrap_err().to_string().contains("it is not read from INT"));
    assert_eq!(column!(my, "enum('small','x''l')", "'x''l'", Size), Ok(Size::Large));
    assert_eq!(column!(my, "enum('small','x''l')", "'x''l'", String).unwrap(), "x'l");
    assert_eq!(
        column!(my, "set('small','x''l')", "'x''l,small'", BTreeSet<Size>),
        Ok(BTreeSet::from([Size::Small, Size::Large]))
    );
    assert_eq!(column!(my, "set('small','x''l')", "''", BTreeSet<Size>), Ok(BTreeSet::new()));
    assert!(column!(my, "enum('small','huge')", "'huge'", Size).is_err());
    assert_eq!(column!(my, "json", "'{\"a\":[1,null]}'", Json), Ok(serde_json::json!({"a": [1, null]})));
    assert_eq!(column!(my, "longtext", "'[true]'", Json), Ok(serde_json::json!([true])));
    assert!(column!(my, "longtext", "'secret'", Json).is_err_and(|error| !error.to_string().contains("secret")));
    let uuid = Uuid::from_u128(0xa0eebc99_9c0b_4ef8_bb6d_6bb9bd380a11);
    for (sql_type, literal) in [
        ("char(36)", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"),
        ("binary(16)", "x'a0eebc999c0b4ef8bb6d6bb9bd380a11'"),
        ("varchar(40)", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'"),
    ] {
        assert_eq!(column!(my, sql_type, literal, Uuid), Ok(uuid), "{sql_type}");
    }
    let version = my.read::<String>("VERSION()").await.unwrap();
    if version.contains("MariaDB") {
        assert_eq!(column!(my, "uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", Uuid), Ok(uuid));
        assert_eq!(column!(my, "inet4", "'10.0.0.1'", std::net::Ipv4Addr).unwrap().to_string(), "10.0.0.1");
        assert_eq!(column!(my, "inet6", "'::1'", std::net::Ipv6Addr).unwrap().to_string(), "::1");
        assert_eq!(column!(my, "inet6", "'2001:db8::1'", IpNetwork).unwrap().to_string(), "2001:db8::1/128");
    }
    my.is("NULL", None::<String>).await;
    my.refuses::<String>("NULL", "is NULL and cannot be read as String").await;
}

#[tokio::test]
async fn dates_and_times() {
    let mut my = session().await;
    my.execute("SET sql_mode = 'ALLOW_INVALID_DATES'").await;
    let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
    let moment = day.and_hms_micro_opt(3, 4, 5, 123_456).unwrap();
    assert_eq!(column!(my, "date", "'2026-01-02'", NaiveDate), Ok(day));
    assert_eq!(column!(my, "date", "'9999-12-31'", NaiveDate).unwrap().to_string(), "9999-12-31");
    assert_eq!(column!(my, "datetime(6)", "'2026-01-02 03:04:05.123456'", NaiveDateTime), Ok(moment));
    assert_eq!(column!(my, "datetime", "'2026-01-02'", NaiveDateTime), Ok(day.and_time(NaiveTime::MIN)));
    assert_eq!(column!(my, "timestamp(6) NULL", "'2026-01-02 03:04:05.123456'", DateTime<Utc>), Ok(moment.and_utc()));
    assert_eq!(column!(my, "datetime(6)", "'2026-01-02 03:04:05.123456'", DateTime<Utc>), Ok(moment.and_utc()));
    assert_eq!(column!(my, "time(6)", "'03:04:05.123456'", NaiveTime), Ok(moment.time()));
    assert_eq!(column!(my, "time", "'00:00:00'", NaiveTime), Ok(NaiveTime::MIN));
    assert_eq!(
        column!(my, "time", "'-838:59:59'", Interval),
        Ok(Interval { microseconds: -3_020_399_000_000, ..Interval::default() })
    );
    for (sql_type, literal) in [("time", "'24:00:00'"), ("time", "'-00:00:01'"), ("time", "'838:59:59'")] {
        let error = column!(my, sql_type, literal, NaiveTime).unwrap_err().to_string();
        assert!(error.contains("a time outside of 00:00:00 to 23:59:59.999999"), "{error}");
    }
    for (sql_type, literal) in
        [("date", "'0000-00-00'"), ("datetime", "'0000-00-00 00:00:00'"), ("timestamp NULL", "'0000-00-00 00:00:00'")]
    {
        let error = column!(my, sql_type, literal, Option<NaiveDateTime>).unwrap_err().to_string();
        assert!(error.contains("it does not hold the date 0000-00-00"), "{error}");
        assert_eq!(column!(my, sql_type, "NULL", Option<NaiveDateTime>), Ok(None));
    }
    for literal in ["'2026-02-31'", "'2026-00-00'"] {
        let error = column!(my, "date", literal, NaiveDate).unwrap_err().to_string();
        assert!(error.contains("a date that is not in the calendar"), "{error}");
    }
    assert!(column!(my, "datetime", "'2026-01-02 03:04:05'", NaiveDate).is_err());
    assert!(column!(my, "varchar(20)", "'2026-01-02'", NaiveDate).is_err());
}

#[cfg(feature = "time")]
#[tokio::test]
async fn dates_of_the_other_calendar() {
    use tablature_runtime::time::macros::{date, datetime, time};
    use tablature_runtime::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
    let mut my = session().await;
    assert_eq!(column!(my, "date", "'2026-01-02'", Date), Ok(date!(2026 - 01 - 02)));
    assert_eq!(column!(my, "time(1)", "'03:04:05.5'", Time), Ok(time!(03:04:05.5)));
    assert_eq!(column!(my, "datetime", "'2026-01-02 03:04:05'", PrimitiveDateTime), Ok(datetime!(2026-01-02 03:04:05)));
    assert_eq!(
        column!(my, "timestamp NULL", "'2026-01-02 03:04:05'", OffsetDateTime),
        Ok(datetime!(2026-01-02 03:04:05 UTC))
    );
}

#[tokio::test]
async fn values_of_any_type() {
    let mut my = session().await;
    assert_eq!(column!(my, "int", "7", SqliteValue), Ok(SqliteValue::Integer(7)));
    assert_eq!(column!(my, "double", "0.5", SqliteValue), Ok(SqliteValue::Real(0.5)));
    assert_eq!(column!(my, "text", "'a'", SqliteValue), Ok(SqliteValue::Text("a".into())));
    assert_eq!(column!(my, "blob", "x'ff'", SqliteValue), Ok(SqliteValue::Blob([255].into())));
    assert_eq!(column!(my, "int", "NULL", SqliteValue), Ok(SqliteValue::Null));
}

/// Statements that were not prepared give text.
#[tokio::test]
async fn the_text_protocol() {
    let mut my = session().await;
    my.execute(
        "CREATE TEMPORARY TABLE t (a tinyint(1) unsigned, b bit(9), c decimal(9,2), d date, e time(1), f datetime(6), g year,
                                   h double, i timestamp NULL, j date)",
    )
    .await;
    my.execute("SET sql_mode = ''").await;
    my.execute(
        "INSERT INTO t VALUES (200, b'100000001', 1.5, '2026-01-02', '-01:00:00.5', '2026-01-02 03:04:05.123456', 2026, 0.1,
                               '2026-01-02 03:04:05', '0000-00-00')",
    )
    .await;
    let row = sqlx::raw_sql("SELECT * FROM t").fetch_one(&mut my.0).await.unwrap();
    let row = Row::from(&row);
    assert_eq!(row.get::<u8>("a"), Ok(200));
    assert_eq!(row.get::<u16>("b"), Ok(257));
    assert_eq!(row.get::<Decimal>("c").unwrap().to_string(), "1.50");
    assert_eq!(row.get::<NaiveDate>("d").unwrap().to_string(), "2026-01-02");
    assert_eq!(row.get::<Interval>("e").unwrap().to_string(), "PT-1H-0.5S");
    assert_eq!(row.get::<NaiveDateTime>("f").unwrap().to_string(), "2026-01-02 03:04:05.123456");
    assert_eq!(row.get::<u16>("g"), Ok(2026));
    assert_eq!(row.get::<f64>("h"), Ok(0.1));
    assert_eq!(row.get::<DateTime<Utc>>("i").unwrap().to_string(), "2026-01-02 03:04:05 UTC");
    assert!(row.get::<NaiveDate>("j").unwrap_err().to_string().contains("0000-00-00"));
}
