//! PostgreSQL's binary format, and the text format for values that have a plain one.
//!
//! A type that is a user's own, such as a domain, an enumeration or an extension's type, is decoded as what is asked
//! for: its identifier differs from database to database. A built-in type is held to its identifier.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Bound;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use ipnetwork::IpNetwork;
use uuid::Uuid;

use super::fields::{Elements, Fields};
use super::json;
use super::numeric::Numeric;
use super::pg_type as oid;
use super::{Value, text as parse};
use crate::error::ValueError;
use crate::types::{BitString, Interval, MacAddr, Range};

/// How a value is written on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PgFormat {
    /// As text, which is what statements that were not prepared give.
    Text,
    /// In the type's binary format.
    Binary,
}

/// A value of PostgreSQL that is not NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PgValue<'r> {
    /// The value, in the format of its type.
    pub bytes: &'r [u8],
    /// The identifier of its type; 0 where that is not known.
    pub oid: u32,
    /// How it is written.
    pub format: PgFormat,
    /// What the driver calls its type; empty where that is not known.
    pub type_name: &'r str,
}

impl<'r> PgValue<'r> {
    /// A value in binary format, of the type with that identifier.
    pub fn binary(oid: u32, bytes: &'r [u8]) -> Self {
        Self { bytes, oid, format: PgFormat::Binary, type_name: "" }
    }

    /// What the server or the driver calls the value's type.
    pub fn type_name(&self) -> &'r str {
        match oid::name(self.oid) {
            Some(name) => name,
            None if self.type_name.is_empty() => "a user-defined type",
            None => self.type_name,
        }
    }

    fn is_text(&self) -> bool {
        self.format == PgFormat::Text
    }

    fn is_unknown(&self) -> bool {
        oid::is_unknown(self.oid)
    }

    fn mismatch<T>(&self) -> Result<T, ValueError> {
        match oid::name(self.oid) {
            Some(name) => Err(ValueError::mismatch(name)),
            None if self.type_name.is_empty() => {
                Err(ValueError::mismatch(format!("the type with the identifier {}", self.oid)))
            }
            None => Err(ValueError::mismatch(self.type_name.to_owned())),
        }
    }

    fn malformed(&self) -> ValueError {
        match oid::name(self.oid) {
            Some(name) => ValueError::malformed(format!("it is not a binary {name} value")),
            None => ValueError::malformed(format!("{} bytes are not what was expected", self.bytes.len())),
        }
    }

    /// The bytes as an array of exactly that length.
    fn array<const N: usize>(&self) -> Result<[u8; N], ValueError> {
        self.bytes.try_into().map_err(|_| self.malformed())
    }

    fn utf8(&self) -> Result<&'r str, ValueError> {
        parse::utf8(self.bytes)
    }

    /// Refuses the text format, and the built-in types other than these.
    fn expect(&self, types: &[u32]) -> Result<(), ValueError> {
        if !self.is_unknown() && !types.contains(&self.oid) {
            return self.mismatch();
        }
        if self.is_text() {
            return Err(ValueError::malformed("it came as text; a prepared statement brings it in binary format"));
        }
        Ok(())
    }
}

/// A reader of a value's bytes.
pub(super) struct Reader<'r>(pub(super) &'r [u8]);

impl<'r> Reader<'r> {
    fn short() -> ValueError {
        ValueError::malformed("it ends too early")
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'r [u8], ValueError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(Self::short)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn i32(&mut self) -> Result<i32, ValueError> {
        self.take(4)?.try_into().map(i32::from_be_bytes).map_err(|_| Self::short())
    }

    pub(super) fn u32(&mut self) -> Result<u32, ValueError> {
        self.i32().map(i32::cast_unsigned)
    }

    fn u8(&mut self) -> Result<u8, ValueError> {
        self.take(1).map(|taken| taken[0])
    }

    /// A count, which is never more than what the bytes that are left could hold.
    fn count(&mut self, least_bytes_each: usize) -> Result<usize, ValueError> {
        let count = usize::try_from(self.i32()?).map_err(|_| ValueError::malformed("a count is negative"))?;
        if count > self.0.len() / least_bytes_each { Err(Self::short()) } else { Ok(count) }
    }

    /// Bytes after their length; `None` for NULL, whose length is -1.
    pub(super) fn sized(&mut self) -> Result<Option<&'r [u8]>, ValueError> {
        match self.i32()? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| ValueError::malformed("a length is negative"))?;
                self.take(length).map(Some)
            }
        }
    }

    /// Bytes after their length, where there is no NULL.
    fn sized_not_null(&mut self) -> Result<&'r [u8], ValueError> {
        self.sized()?.ok_or_else(|| ValueError::malformed("a part of it is NULL"))
    }

    pub(super) fn end(&self) -> Result<(), ValueError> {
        if self.0.is_empty() { Ok(()) } else { Err(ValueError::malformed("it goes on after its end")) }
    }
}

pub(super) fn boolean(value: PgValue<'_>) -> Result<bool, ValueError> {
    if value.is_text() && (value.is_unknown() || value.oid == oid::BOOL) {
        return parse::boolean(value.utf8()?);
    }
    value.expect(&[oid::BOOL])?;
    match value.bytes {
        [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(value.malformed()),
    }
}

pub(super) fn integer(value: PgValue<'_>) -> Result<i128, ValueError> {
    const SIGNED: [u32; 3] = [oid::INT2, oid::INT4, oid::INT8];
    const UNSIGNED: [u32; 5] = [oid::OID, oid::XID, oid::CID, oid::XID8, oid::REGPROC];
    let is_signed = SIGNED.contains(&value.oid);
    let is_unsigned = UNSIGNED.contains(&value.oid);
    if value.oid == oid::NUMERIC {
        return numeric(value)?.to_integer();
    }
    if !is_signed && !is_unsigned && !value.is_unknown() {
        return value.mismatch();
    }
    if value.is_text() {
        return parse::integer(value.utf8()?);
    }
    match *value.bytes {
        [a, b] => Ok(i16::from_be_bytes([a, b]).into()),
        [a, b, c, d] if is_unsigned => Ok(u32::from_be_bytes([a, b, c, d]).into()),
        [a, b, c, d] => Ok(i32::from_be_bytes([a, b, c, d]).into()),
        [..] if value.bytes.len() == 8 && is_unsigned => Ok(u64::from_be_bytes(value.array()?).into()),
        [..] if value.bytes.len() == 8 => Ok(i64::from_be_bytes(value.array()?).into()),
        _ => Err(value.malformed()),
    }
}

pub(super) fn float(value: PgValue<'_>) -> Result<f64, ValueError> {
    if matches!(value.oid, oid::INT2 | oid::INT4 | oid::INT8) {
        return super::scalars::exact_float(integer(value)?);
    }
    if value.is_text() && (value.is_unknown() || matches!(value.oid, oid::FLOAT4 | oid::FLOAT8)) {
        // The shortest text of a real is not that of the double next to it.
        return match value.oid {
            oid::FLOAT4 => value.utf8()?.parse::<f32>().map(f64::from).map_err(|_| value.malformed()),
            _ => parse::float(value.utf8()?),
        };
    }
    value.expect(&[oid::FLOAT4, oid::FLOAT8])?;
    match value.bytes.len() {
        4 => Ok(f32::from_be_bytes(value.array()?).into()),
        8 => Ok(f64::from_be_bytes(value.array()?)),
        _ => Err(value.malformed()),
    }
}

pub(super) fn numeric(value: PgValue<'_>) -> Result<Numeric, ValueError> {
    if matches!(value.oid, oid::INT2 | oid::INT4 | oid::INT8 | oid::OID) {
        return integer(value).map(Numeric::integer);
    }
    if value.is_text() && (value.is_unknown() || value.oid == oid::NUMERIC) {
        return match value.utf8()? {
            "NaN" => Err(ValueError::unheld("NaN")),
            "Infinity" | "-Infinity" => Err(ValueError::unheld("infinity")),
            text => Numeric::parse(text),
        };
    }
    value.expect(&[oid::NUMERIC])?;
    Numeric::from_pg(value.bytes)
}

pub(super) fn text(value: PgValue<'_>) -> Result<Cow<'_, str>, ValueError> {
    match value.oid {
        oid::TEXT
        | oid::VARCHAR
        | oid::BPCHAR
        | oid::NAME
        | oid::UNKNOWN
        | oid::XML
        | oid::JSON
        | oid::CSTRING
        | oid::REFCURSOR => value.utf8().map(Cow::Borrowed),
        // One byte, which is zero for the empty string.
        oid::CHAR => value.utf8().map(|text| Cow::Borrowed(text.trim_end_matches('\0'))),
        oid::JSONB => Ok(Cow::Borrowed(parse::utf8(jsonb(value)?)?)),
        _ if !value.is_unknown() => value.mismatch(),
        // This one is sent as its text, whatever that begins with.
        _ if unqualified(value.type_name) == "citext" => value.utf8().map(Cow::Borrowed),
        // Extensions' types whose binary format is their text after a version.
        _ if matches!(unqualified(value.type_name), "ltree" | "lquery" | "ltxtquery") && !value.is_text() => {
            match value.bytes {
                [1, rest @ ..] => parse::utf8(rest).map(Cow::Borrowed),
                _ => Err(value.malformed()),
            }
        }
        // The labels of enumerations are sent as their text. Text has no NUL in it, and a
        // binary format almost always has; one that starts with 1 has a version in front.
        _ if value.bytes.contains(&0) || value.bytes.first() == Some(&1) => {
            Err(ValueError::malformed("it is a binary format; a cast to text in the query makes it readable"))
        }
        _ => value.utf8().map(Cow::Borrowed),
    }
}

/// The name of a type without its schema.
fn unqualified(type_name: &str) -> &str {
    type_name.rsplit_once('.').map_or(type_name, |(_, name)| name)
}

pub(super) fn bytes(value: PgValue<'_>) -> Result<Cow<'_, [u8]>, ValueError> {
    if value.is_text() && (value.is_unknown() || value.oid == oid::BYTEA) {
        return match value.utf8()?.strip_prefix("\\x") {
            Some(digits) => parse::hex(digits).map(Cow::Owned),
            None => Err(ValueError::malformed("it is not a bytea in hexadecimal output")),
        };
    }
    value.expect(&[oid::BYTEA])?;
    Ok(Cow::Borrowed(value.bytes))
}

/// The day that dates and timestamps are counted from.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

fn far_year() -> ValueError {
    ValueError::unheld("a year so far away")
}

fn not_finite(text: &str) -> Result<&str, ValueError> {
    match text {
        "infinity" | "-infinity" => Err(ValueError::unheld(text.to_owned())),
        _ if text.ends_with(" BC") => {
            Err(ValueError::malformed("a year BC came as text; a prepared statement reads it"))
        }
        _ => Ok(text),
    }
}

pub(super) fn date(value: PgValue<'_>) -> Result<NaiveDate, ValueError> {
    if value.is_text() && (value.is_unknown() || value.oid == oid::DATE) {
        return parse::date(not_finite(value.utf8()?)?);
    }
    value.expect(&[oid::DATE])?;
    match i32::from_be_bytes(value.array()?) {
        i32::MAX => Err(ValueError::unheld("infinity")),
        i32::MIN => Err(ValueError::unheld("-infinity")),
        days => EPOCH.checked_add_signed(TimeDelta::days(days.into())).ok_or_else(far_year),
    }
}

pub(super) fn time(value: PgValue<'_>) -> Result<NaiveTime, ValueError> {
    if value.is_text() && (value.is_unknown() || value.oid == oid::TIME) {
        return parse::time(value.utf8()?);
    }
    value.expect(&[oid::TIME])?;
    let micros = i64::from_be_bytes(value.array()?);
    let outside = || ValueError::unheld(parse::OUTSIDE_OF_A_DAY);
    let seconds = u32::try_from(micros.div_euclid(1_000_000)).map_err(|_| outside())?;
    let nanos = micros.rem_euclid(1_000_000) as u32 * 1_000;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos).ok_or_else(outside)
}

fn micros(value: PgValue<'_>) -> Result<NaiveDateTime, ValueError> {
    match i64::from_be_bytes(value.array()?) {
        i64::MAX => Err(ValueError::unheld("infinity")),
        i64::MIN => Err(ValueError::unheld("-infinity")),
        micros => {
            EPOCH.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::microseconds(micros)).ok_or_else(far_year)
        }
    }
}

pub(super) fn timestamp(value: PgValue<'_>) -> Result<NaiveDateTime, ValueError> {
    if value.is_text() && (value.is_unknown() || value.oid == oid::TIMESTAMP) {
        return parse::timestamp(not_finite(value.utf8()?)?);
    }
    value.expect(&[oid::TIMESTAMP])?;
    micros(value)
}

pub(super) fn instant(value: PgValue<'_>) -> Result<DateTime<Utc>, ValueError> {
    if value.is_text() && (value.is_unknown() || value.oid == oid::TIMESTAMPTZ) {
        return parse::instant(not_finite(value.utf8()?)?);
    }
    value.expect(&[oid::TIMESTAMPTZ])?;
    micros(value).map(|time| time.and_utc())
}

pub(super) fn interval(value: PgValue<'_>) -> Result<Interval, ValueError> {
    value.expect(&[oid::INTERVAL])?;
    let mut reader = Reader(value.bytes);
    let high = reader.u32()?;
    let low = reader.u32()?;
    let microseconds = (u64::from(high) << 32 | u64::from(low)).cast_signed();
    let days = reader.i32()?;
    let months = reader.i32()?;
    reader.end()?;
    match (months, days, microseconds) {
        (i32::MAX, i32::MAX, i64::MAX) => Err(ValueError::unheld("infinity")),
        (i32::MIN, i32::MIN, i64::MIN) => Err(ValueError::unheld("-infinity")),
        _ => Ok(Interval { months, days, microseconds }),
    }
}

pub(super) fn uuid(value: PgValue<'_>) -> Result<Uuid, ValueError> {
    let textual = matches!(value.oid, oid::TEXT | oid::VARCHAR | oid::BPCHAR);
    if textual || value.is_text() && (value.is_unknown() || value.oid == oid::UUID) {
        return parse::uuid(value.utf8()?);
    }
    value.expect(&[oid::UUID])?;
    value.array().map(Uuid::from_bytes)
}

/// The text of a jsonb value, which follows its version.
fn jsonb(value: PgValue<'_>) -> Result<&[u8], ValueError> {
    match value.bytes {
        bytes if value.is_text() => Ok(bytes),
        [1, text @ ..] => Ok(text),
        _ => Err(value.malformed()),
    }
}

pub(super) fn json(value: PgValue<'_>) -> Result<serde_json::Value, ValueError> {
    match value.oid {
        oid::JSON | oid::TEXT | oid::VARCHAR => json::document(value.bytes),
        oid::JSONB => json::document(jsonb(value)?),
        _ if !value.is_unknown() => value.mismatch(),
        // A domain over json or over jsonb; no JSON text starts with a 1 as a byte.
        _ if value.bytes.first() == Some(&1) => json::document(&value.bytes[1..]),
        _ => json::document(value.bytes),
    }
}

pub(super) fn network(value: PgValue<'_>) -> Result<IpNetwork, ValueError> {
    let textual = matches!(value.oid, oid::TEXT | oid::VARCHAR | oid::BPCHAR);
    if textual || value.is_text() && (value.is_unknown() || matches!(value.oid, oid::INET | oid::CIDR)) {
        return super::scalars::parse_network(value.utf8()?);
    }
    value.expect(&[oid::INET, oid::CIDR])?;
    let mut reader = Reader(value.bytes);
    let (family, prefix, _is_cidr, length) = (reader.u8()?, reader.u8()?, reader.u8()?, reader.u8()?);
    let address = reader.take(length.into())?;
    reader.end()?;
    let address = match (family, address.len()) {
        (2, 4) => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(address).map_err(|_| value.malformed())?)),
        (3, 16) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(address).map_err(|_| value.malformed())?)),
        _ => return Err(value.malformed()),
    };
    IpNetwork::new(address, prefix).map_err(|_| value.malformed())
}

pub(super) fn mac_address(value: PgValue<'_>) -> Result<MacAddr, ValueError> {
    if value.is_text() && (value.is_unknown() || matches!(value.oid, oid::MACADDR | oid::MACADDR8)) {
        return value.utf8()?.parse().map_err(|_| value.malformed());
    }
    value.expect(&[oid::MACADDR, oid::MACADDR8])?;
    match value.bytes.len() {
        6 => value.array().map(MacAddr::Eui48),
        8 => value.array().map(MacAddr::Eui64),
        _ => Err(value.malformed()),
    }
}

pub(super) fn bits(value: PgValue<'_>) -> Result<BitString, ValueError> {
    if value.is_text() && (value.is_unknown() || matches!(value.oid, oid::BIT | oid::VARBIT)) {
        return value.utf8()?.parse().map_err(|_| value.malformed());
    }
    value.expect(&[oid::BIT, oid::VARBIT])?;
    let mut reader = Reader(value.bytes);
    let length = usize::try_from(reader.i32()?).map_err(|_| value.malformed())?;
    BitString::from_bytes(reader.0, length).ok_or_else(|| value.malformed())
}

pub(super) fn pairs(value: PgValue<'_>) -> Result<BTreeMap<String, Option<String>>, ValueError> {
    match value.oid {
        oid::JSON => return super::scalars::parse_pairs(value.bytes),
        oid::JSONB => return super::scalars::parse_pairs(jsonb(value)?),
        _ => value.expect(&[])?,
    }
    let mut reader = Reader(value.bytes);
    let count = reader.count(8)?;
    let mut pairs = BTreeMap::new();
    for _ in 0..count {
        let key = parse::utf8(reader.sized_not_null()?)?;
        let text = reader.sized()?.map(parse::utf8).transpose()?;
        pairs.insert(key.to_owned(), text.map(str::to_owned));
    }
    reader.end().map(|()| pairs)
}

pub(super) fn fields(value: PgValue<'_>) -> Result<Fields<'_>, ValueError> {
    value.expect(&[oid::RECORD])?;
    let mut reader = Reader(value.bytes);
    let count = reader.count(8)?;
    Ok(Fields::new(reader.0, count))
}

/// The most dimensions that an array has.
const MAX_DIMENSIONS: usize = 6;

pub(super) fn elements(value: PgValue<'_>) -> Result<Elements<'_>, ValueError> {
    if oid::name(value.oid).is_some() {
        return value.mismatch();
    }
    if value.is_text() {
        return Err(ValueError::malformed("an array came as text; a prepared statement brings it in binary format"));
    }
    let mut reader = Reader(value.bytes);
    let depth = usize::try_from(reader.i32()?).map_err(|_| value.malformed())?;
    let has_nulls = reader.i32()?;
    let element = reader.u32()?;
    if depth > MAX_DIMENSIONS || !matches!(has_nulls, 0 | 1) {
        return Err(ValueError::malformed("it is not a binary array"));
    }
    let mut dimensions = Vec::with_capacity(depth);
    let mut count = usize::from(depth > 0);
    for _ in 0..depth {
        let length = usize::try_from(reader.i32()?).map_err(|_| ValueError::malformed("a dimension is negative"))?;
        count = count.checked_mul(length).ok_or_else(Reader::short)?;
        dimensions.push(crate::types::Dimension { length, lower: reader.i32()? });
    }
    // Every element has a length, so that a malformed count can never be much larger than the value itself.
    if count > reader.0.len() / 4 {
        return Err(Reader::short());
    }
    if count == 0 {
        dimensions.clear();
        reader.end()?;
    }
    Ok(Elements::new(reader.0, element, value.type_name.trim_end_matches("[]"), count, dimensions))
}

mod flag {
    pub(super) const EMPTY: u8 = 0x01;
    pub(super) const LOWER_INCLUSIVE: u8 = 0x02;
    pub(super) const UPPER_INCLUSIVE: u8 = 0x04;
    pub(super) const LOWER_UNBOUNDED: u8 = 0x08;
    pub(super) const UPPER_UNBOUNDED: u8 = 0x10;
}

pub(super) fn range(value: PgValue<'_>) -> Result<Range<Value<'_>>, ValueError> {
    if value.is_text() || value.oid == oid::TEXT {
        return super::pg_text::range(value.utf8()?);
    }
    use oid::{DATERANGE, INT4RANGE, INT8RANGE, NUMRANGE, TSRANGE, TSTZRANGE};
    value.expect(&[INT4RANGE, INT8RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE])?;
    let mut reader = Reader(value.bytes);
    let flags = reader.u8()?;
    if flags & flag::EMPTY != 0 {
        return reader.end().map(|()| Range::Empty);
    }
    let mut bound = |unbounded: u8, inclusive: u8| -> Result<_, ValueError> {
        if flags & unbounded != 0 {
            return Ok(Bound::Unbounded);
        }
        let bytes = reader.sized_not_null()?;
        let bound = Value::Postgres(PgValue::binary(oid::subtype(value.oid), bytes));
        Ok(if flags & inclusive != 0 { Bound::Included(bound) } else { Bound::Excluded(bound) })
    };
    let lower = bound(flag::LOWER_UNBOUNDED, flag::LOWER_INCLUSIVE)?;
    let upper = bound(flag::UPPER_UNBOUNDED, flag::UPPER_INCLUSIVE)?;
    reader.end().map(|()| Range::Span { lower, upper })
}

pub(super) fn ranges(value: PgValue<'_>) -> Result<Vec<Range<Value<'_>>>, ValueError> {
    if value.is_text() || value.oid == oid::TEXT {
        return super::pg_text::ranges(value.utf8()?);
    }
    use oid::{DATEMULTIRANGE, INT4MULTIRANGE, INT8MULTIRANGE, NUMMULTIRANGE, TSMULTIRANGE, TSTZMULTIRANGE};
    value.expect(&[INT4MULTIRANGE, INT8MULTIRANGE, NUMMULTIRANGE, TSMULTIRANGE, TSTZMULTIRANGE, DATEMULTIRANGE])?;
    let mut reader = Reader(value.bytes);
    let count = reader.count(5)?;
    let part = oid::range_of(value.oid);
    let mut ranges = Vec::new();
    for _ in 0..count {
        ranges.push(range(PgValue::binary(part, reader.sized_not_null()?))?);
    }
    reader.end().map(|()| ranges)
}
