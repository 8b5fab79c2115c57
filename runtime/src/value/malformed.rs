//! Bytes that no server sends: errors, and never a panic or an allocation that the bytes do not pay for.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ipnetwork::IpNetwork;
use uuid::Uuid;

use super::{FromSql, MysqlData, MysqlValue, PgFormat, PgValue, SqliteData, Value};
use crate::error::ValueError;
use crate::types::{Array, BitString, Bytes, Interval, MacAddr, Multirange, Range, SqliteValue};
use crate::{BigDecimal, Decimal};

fn int(value: i32) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

/// A binary array of `int4`.
fn array(dimensions: &[(i32, i32)], elements: &[&[u8]]) -> Vec<u8> {
    let mut bytes = [int(dimensions.len() as i32), int(0), int(23)].concat();
    for (length, lower) in dimensions {
        bytes.extend([int(*length), int(*lower)].concat());
    }
    bytes.extend(elements.concat());
    bytes
}

/// A value after its length.
fn sized(bytes: &[u8]) -> Vec<u8> {
    [int(bytes.len() as i32), bytes.to_vec()].concat()
}

fn read<T: FromSql>(oid: u32, bytes: &[u8]) -> Result<T, ValueError> {
    T::from_sql(Value::Postgres(PgValue::binary(oid, bytes)))
}

#[derive(Debug, PartialEq)]
struct Pair(Option<i32>, Option<String>);

impl FromSql for Pair {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let mut fields = value.fields()?;
        Ok(Self(fields.next("a")?, fields.next("b")?))
    }
}

#[test]
fn arrays() {
    let one = sized(&int(7));
    assert_eq!(read::<Vec<i32>>(1007, &array(&[(1, 1)], &[&one])), Ok(vec![7]));
    assert_eq!(read::<Vec<i32>>(1007, &array(&[], &[])), Ok(vec![]));
    assert_eq!(read::<Array<i32>>(1007, &array(&[(0, 1), (5, 1)], &[])), Ok(Array::default()));
    for (bytes, what) in [
        (array(&[(2, 1)], &[&one]), "an element is missing"),
        (array(&[(1, 1)], &[&one, &one]), "an element too many"),
        (array(&[(0, 1)], &[&one]), "an element of an empty array"),
        (array(&[], &[&one]), "an element without a dimension"),
        (array(&[(-1, 1)], &[&one]), "a negative dimension"),
        (array(&[(i32::MAX, 1)], &[&one]), "a huge dimension"),
        (array(&[(i32::MAX, 1); 6], &[&one]), "a huge product"),
        (array(&[(1, 1); 7], &[&one]), "too many dimensions"),
        (array(&[(1, 1)], &[&int(-2), &[0; 8]]), "a negative length"),
        (array(&[(1, 1)], &[&int(i32::MAX), &[0; 8]]), "a huge length"),
        (array(&[(1, 1)], &[&sized(&[1, 2, 3])]), "an integer of three bytes"),
        ([int(-1), int(0), int(23)].concat(), "a negative number of dimensions"),
        ([int(i32::MAX), int(0), int(23)].concat(), "a huge number of dimensions"),
        ([int(0), int(2), int(23)].concat(), "flags that there are not"),
    ] {
        assert!(read::<Array<i32>>(1007, &bytes).is_err(), "{what}");
    }
}

#[test]
fn records() {
    let field = |oid: i32, bytes: &[u8]| [int(oid), sized(bytes)].concat();
    let whole = [int(2), field(23, &int(7)), field(25, b"x")].concat();
    assert_eq!(read::<Pair>(2249, &whole), Ok(Pair(Some(7), Some("x".into()))));
    let nulls = [int(2), int(23), int(-1), int(25), int(-1)].concat();
    assert_eq!(read::<Pair>(0, &nulls), Ok(Pair(None, None)));
    for bytes in [
        [int(1), field(23, &int(7))].concat(),
        [int(-1), field(23, &int(7))].concat(),
        [int(i32::MAX), field(23, &int(7))].concat(),
        [int(2), int(23), int(-2), int(25), int(-1)].concat(),
        [whole.clone(), vec![0]].concat(),
    ] {
        assert!(read::<Pair>(2249, &bytes).is_err());
    }
}

#[test]
fn ranges_and_pairs() {
    let range = |flags: u8, bounds: &[&[u8]]| [vec![flags], bounds.concat()].concat();
    let seven = sized(&int(7));
    assert_eq!(read::<Range<i32>>(3904, &range(0x01, &[])), Ok(Range::Empty));
    assert!(read::<Range<i32>>(3904, &range(0x02, &[&seven, &seven])).is_ok());
    for bytes in [
        range(0x01, &[&seven]),
        range(0x02, &[&seven]),
        range(0x18, &[&seven]),
        range(0x02, &[&int(-1), &seven]),
        vec![],
    ] {
        assert!(read::<Range<i32>>(3904, &bytes).is_err());
    }
    for bytes in [int(-1), int(1), int(i32::MAX), [int(1), int(-1)].concat(), [int(0), vec![0]].concat()] {
        assert!(read::<Multirange<i32>>(4451, &bytes).is_err());
        assert!(read::<BTreeMap<String, Option<String>>>(0, &bytes).is_err());
    }
}

/// Reads the bytes as everything, for the sake of not panicking.
fn read_as_everything(value: Value<'_>) {
    fn one<T: FromSql>(value: Value<'_>) {
        let _ = T::from_sql(value);
    }
    one::<bool>(value);
    one::<i8>(value);
    one::<u64>(value);
    one::<f32>(value);
    one::<f64>(value);
    one::<Decimal>(value);
    one::<BigDecimal>(value);
    one::<String>(value);
    one::<Bytes>(value);
    one::<NaiveDate>(value);
    one::<NaiveTime>(value);
    one::<NaiveDateTime>(value);
    one::<DateTime<Utc>>(value);
    one::<Uuid>(value);
    one::<IpNetwork>(value);
    one::<serde_json::Value>(value);
    one::<Interval>(value);
    one::<MacAddr>(value);
    one::<BitString>(value);
    one::<Vec<i32>>(value);
    one::<Array<Array<String>>>(value);
    one::<Range<Decimal>>(value);
    one::<Multirange<NaiveDateTime>>(value);
    one::<BTreeMap<String, Option<String>>>(value);
    one::<SqliteValue>(value);
    one::<Pair>(value);
    #[cfg(feature = "time")]
    {
        one::<time::Date>(value);
        one::<time::Time>(value);
        one::<time::PrimitiveDateTime>(value);
        one::<time::OffsetDateTime>(value);
    }
}

fn read_everywhere(bytes: &[u8]) {
    for oid in 0..6000 {
        // Identifiers without a meaning all behave alike.
        if oid != 0 && super::pg_type::name(oid).is_none() {
            continue;
        }
        for format in [PgFormat::Binary, PgFormat::Text] {
            read_as_everything(Value::Postgres(PgValue { bytes, oid, format, type_name: "" }));
        }
    }
    for data in [
        MysqlData::Bit(bytes),
        MysqlData::Decimal(bytes),
        MysqlData::Date(bytes),
        MysqlData::Time(bytes),
        MysqlData::DateTime(bytes),
        MysqlData::Bytes(bytes),
    ] {
        read_as_everything(Value::Mysql(MysqlValue { data, type_name: "" }));
    }
    read_as_everything(Value::Sqlite(SqliteData::Text(bytes)));
    read_as_everything(Value::Sqlite(SqliteData::Blob(bytes)));
}

#[test]
fn nothing_panics() {
    let seeds: [&[u8]; 16] = [
        &array(&[(2, 1), (1, -5)], &[&sized(&int(7)), &int(-1)]),
        &[int(2), int(23), sized(&int(7)), int(25), sized(b"x")].concat(),
        &[vec![0x02], sized(&int(1)), sized(&int(2))].concat(),
        &[int(1), sized(&[vec![0x02], sized(&int(1)), sized(&int(2))].concat())].concat(),
        &[int(1), sized(b"key"), sized(b"value")].concat(),
        &[0, 2, 0, 0, 0x40, 0, 0, 2, 0, 1, 0x13, 0x88],
        &[0x7F; 16],
        &[0x80, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0x80, 0, 0, 0],
        &[2, 32, 0, 4, 10, 0, 0, 1],
        &[11, 0xEA, 7, 1, 2, 3, 4, 5, 0x40, 0x42, 0x0F, 0],
        &[12, 1, 34, 0, 0, 0, 22, 59, 59, 1, 2, 3, 0],
        b"2026-01-02T03:04:05.123456+01:30",
        b"{[1,3),[\"2026-01-02 00:00:00\",)}",
        b"P1Y2M3DT4H5M6.789S",
        b"-1234567890.0987654321e-12",
        "\u{1}{\"a\":[1,null,\"\u{E4}\"]}".as_bytes(),
    ];
    for seed in seeds {
        for end in 0..=seed.len() {
            read_everywhere(&seed[..end]);
        }
        let mut bytes = seed.to_vec();
        for index in 0..bytes.len() {
            let kept = bytes[index];
            for byte in [0, 1, 0x7F, 0x80, 0xFF, kept ^ 1] {
                bytes[index] = byte;
                read_everywhere(&bytes);
            }
            bytes[index] = kept;
        }
    }
    for number in [i64::MIN, -1, 0, 1, i64::MAX] {
        read_as_everything(Value::Sqlite(SqliteData::Integer(number)));
        read_as_everything(Value::Mysql(MysqlValue { data: MysqlData::Int(number), type_name: "" }));
        read_everywhere(&number.to_be_bytes());
        read_everywhere(&number.to_be_bytes()[..4]);
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, -0.0] {
        read_as_everything(Value::Sqlite(SqliteData::Real(number)));
        read_as_everything(Value::Mysql(MysqlValue { data: MysqlData::Double(number), type_name: "" }));
        read_everywhere(&number.to_be_bytes());
    }
}
