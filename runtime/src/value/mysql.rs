//! Values of MySQL and MariaDB, as the driver tells numbers from the rest.
//!
//! Dates and times are decoded here, in the text format and in the binary one, which are told apart by their first byte:
//! the binary format starts with a length of at most 12, and text with a digit or a sign. What the driver takes for NULL,
//! the zero date `0000-00-00`, is an error.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ipnetwork::IpNetwork;
use uuid::Uuid;

use super::fields::{Elements, Fields};
use super::json;
use super::numeric::Numeric;
use super::{Value, foreign, text as parse};
use crate::error::ValueError;
use crate::types::{BitString, Interval, MacAddr, Range};

/// A value of MySQL or MariaDB that is not NULL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MysqlValue<'r> {
    /// The value.
    pub data: MysqlData<'r>,
    /// What the driver calls its type.
    pub type_name: &'r str,
}

/// What a value of MySQL or MariaDB consists of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MysqlData<'r> {
    /// A whole number of a type with a sign.
    Int(i64),
    /// A whole number of a type without one, or a year.
    UInt(u64),
    /// A `float`.
    Float(f32),
    /// A `double`.
    Double(f64),
    /// A `bit(n)`: the bytes that hold its bits, the most significant first.
    Bit(&'r [u8]),
    /// A `decimal`, as text.
    Decimal(&'r [u8]),
    /// A `date`, as text or in binary format.
    Date(&'r [u8]),
    /// A `time`, as text or in binary format.
    Time(&'r [u8]),
    /// A `datetime` or `timestamp`, as text or in binary format.
    DateTime(&'r [u8]),
    /// Anything else: text, bytes, JSON, enumerations, sets, geometries.
    Bytes(&'r [u8]),
}

use MysqlData as Data;

impl<'r> MysqlValue<'r> {
    fn mismatch<T>(&self) -> Result<T, ValueError> {
        foreign(self.type_name)
    }

    fn raw(&self) -> Result<&'r [u8], ValueError> {
        match self.data {
            Data::Bytes(bytes) => Ok(bytes),
            _ => self.mismatch(),
        }
    }

    fn utf8(&self) -> Result<&'r str, ValueError> {
        parse::utf8(self.raw()?)
    }
}

pub(super) fn boolean(value: MysqlValue<'_>) -> Result<bool, ValueError> {
    let number = match value.data {
        Data::Int(number) => i128::from(number),
        Data::UInt(number) => number.into(),
        Data::Bit(bits) => i128::from(bit_number(bits)?),
        _ => return value.mismatch(),
    };
    super::scalars::boolean_of(number)
}

fn bit_number(bits: &[u8]) -> Result<u64, ValueError> {
    if bits.len() > 8 {
        return Err(ValueError::malformed("a bit field has more than 64 bits"));
    }
    Ok(bits.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

pub(super) fn integer(value: MysqlValue<'_>) -> Result<i128, ValueError> {
    match value.data {
        Data::Int(number) => Ok(number.into()),
        Data::UInt(number) => Ok(number.into()),
        Data::Bit(bits) => bit_number(bits).map(i128::from),
        Data::Decimal(text) => Numeric::parse(parse::utf8(text)?)?.to_integer(),
        _ => value.mismatch(),
    }
}

pub(super) fn float(value: MysqlValue<'_>) -> Result<f64, ValueError> {
    match value.data {
        Data::Float(number) => Ok(number.into()),
        Data::Double(number) => Ok(number),
        Data::Int(number) => super::scalars::exact_float(number.into()),
        Data::UInt(number) => super::scalars::exact_float(number.into()),
        _ => value.mismatch(),
    }
}

pub(super) fn numeric(value: MysqlValue<'_>) -> Result<Numeric, ValueError> {
    match value.data {
        Data::Decimal(text) => Numeric::parse(parse::utf8(text)?),
        Data::Int(number) => Ok(Numeric::integer(number.into())),
        Data::UInt(number) => Ok(Numeric::integer(number.into())),
        _ => value.mismatch(),
    }
}

pub(super) fn text(value: MysqlValue<'_>) -> Result<Cow<'_, str>, ValueError> {
    value.utf8().map(Cow::Borrowed)
}

pub(super) fn bytes(value: MysqlValue<'_>) -> Result<Cow<'_, [u8]>, ValueError> {
    match value.data {
        Data::Bytes(bytes) | Data::Bit(bytes) => Ok(Cow::Borrowed(bytes)),
        _ => value.mismatch(),
    }
}

/// Splits a value in binary format from its length; `None` if it is text.
fn binary(bytes: &[u8]) -> Result<Option<&[u8]>, ValueError> {
    match bytes {
        [length @ 0..=12, rest @ ..] if rest.len() == usize::from(*length) => Ok(Some(rest)),
        [0..=12, ..] | [] => Err(ValueError::malformed("it is not a binary date or time")),
        _ => Ok(None),
    }
}

fn zero_date() -> ValueError {
    ValueError::unheld("the date 0000-00-00")
}

fn calendar(bytes: [u8; 4]) -> Result<NaiveDate, ValueError> {
    let [low, high, month, day] = bytes;
    if bytes == [0; 4] {
        return Err(zero_date());
    }
    NaiveDate::from_ymd_opt(u16::from_le_bytes([low, high]).into(), month.into(), day.into())
        .ok_or_else(|| ValueError::unheld("a date that is not in the calendar, such as 2026-01-00"))
}

fn clock(bytes: &[u8]) -> Result<NaiveTime, ValueError> {
    let outside = || ValueError::unheld(parse::OUTSIDE_OF_A_DAY);
    match *bytes {
        [] => Ok(NaiveTime::MIN),
        [hour, minute, second] => {
            NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into()).ok_or_else(outside)
        }
        [hour, minute, second, a, b, c, d] => NaiveTime::from_hms_micro_opt(
            hour.into(),
            minute.into(),
            second.into(),
            Some(u32::from_le_bytes([a, b, c, d])).filter(|micros| *micros < 1_000_000).ok_or_else(outside)?,
        )
        .ok_or_else(outside),
        _ => Err(ValueError::malformed("it is not a binary time")),
    }
}

fn date_and_time(bytes: &[u8]) -> Result<NaiveDateTime, ValueError> {
    match binary(bytes)? {
        None => parse::timestamp(parse::utf8(bytes)?),
        Some([]) => Err(zero_date()),
        Some([a, b, c, d, rest @ ..]) => Ok(calendar([*a, *b, *c, *d])?.and_time(clock(rest)?)),
        Some(_) => Err(ValueError::malformed("it is not a binary date")),
    }
}

pub(super) fn date(value: MysqlValue<'_>) -> Result<NaiveDate, ValueError> {
    match value.data {
        Data::Date(bytes) => super::scalars::whole_day(date_and_time(bytes)?),
        Data::DateTime(bytes) => super::scalars::whole_day(date_and_time(bytes)?),
        _ => value.mismatch(),
    }
}

/// A `time`, which is a span of time: whether it is negative, and its microseconds.
fn span(bytes: &[u8]) -> Result<i64, ValueError> {
    let malformed = || ValueError::malformed("it is not a time");
    let Some(binary) = binary(bytes)? else { return text_span(parse::utf8(bytes)?).ok_or_else(malformed) };
    let (negative, days, clock) = match binary {
        [] => return Ok(0),
        [negative, a, b, c, d, clock @ ..] => (*negative != 0, u32::from_le_bytes([*a, *b, *c, *d]), clock),
        _ => return Err(malformed()),
    };
    let (hour, minute, second, micros) = match *clock {
        [hour, minute, second] => (hour, minute, second, 0),
        [hour, minute, second, a, b, c, d] => (hour, minute, second, u32::from_le_bytes([a, b, c, d])),
        _ => return Err(malformed()),
    };
    let seconds = i64::from(days) * 86_400 + i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    let span = total(seconds, micros).ok_or_else(malformed)?;
    Ok(if negative { -span } else { span })
}

fn total(seconds: i64, micros: u32) -> Option<i64> {
    seconds.checked_mul(1_000_000)?.checked_add(micros.into())
}

/// `-838:59:59.000000`.
fn text_span(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let mut parts = text.splitn(3, ':');
    let hours: u32 = parts.next()?.parse().ok()?;
    let minutes: u32 = parts.next()?.parse().ok()?;
    let (seconds, fraction) = {
        let seconds = parts.next()?;
        seconds.split_once('.').unwrap_or((seconds, ""))
    };
    let seconds: u32 = seconds.parse().ok()?;
    if fraction.len() > 6 {
        return None;
    }
    let micros: u32 = format!("{fraction:0<6}").parse().ok()?;
    let seconds = i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds);
    Some(sign * total(seconds, micros)?)
}

pub(super) fn time(value: MysqlValue<'_>) -> Result<NaiveTime, ValueError> {
    let Data::Time(bytes) = value.data else { return value.mismatch() };
    let micros = span(bytes)?;
    u32::try_from(micros.div_euclid(1_000_000))
        .ok()
        .and_then(|seconds| {
            let nanos = micros.rem_euclid(1_000_000) as u32 * 1_000;
            NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)
        })
        .ok_or_else(|| ValueError::unheld(parse::OUTSIDE_OF_A_DAY))
}

pub(super) fn timestamp(value: MysqlValue<'_>) -> Result<NaiveDateTime, ValueError> {
    match value.data {
        Data::DateTime(bytes) | Data::Date(bytes) => date_and_time(bytes),
        _ => value.mismatch(),
    }
}

/// The driver sets the session's time zone to UTC, in which a `timestamp` is then sent. A `datetime` has no zone, and is
/// taken to be in UTC too: it is where instants beyond 2038 are kept.
pub(super) fn instant(value: MysqlValue<'_>) -> Result<DateTime<Utc>, ValueError> {
    match value.data {
        Data::DateTime(bytes) => date_and_time(bytes).map(|time| time.and_utc()),
        _ => value.mismatch(),
    }
}

pub(super) fn interval(value: MysqlValue<'_>) -> Result<Interval, ValueError> {
    match value.data {
        Data::Time(bytes) => span(bytes).map(|microseconds| Interval { microseconds, ..Interval::default() }),
        _ => super::scalars::parse(value.utf8()?),
    }
}

pub(super) fn uuid(value: MysqlValue<'_>) -> Result<Uuid, ValueError> {
    let raw = value.raw()?;
    match <[u8; 16]>::try_from(raw) {
        Ok(bytes) => Ok(Uuid::from_bytes(bytes)),
        Err(_) => parse::uuid(parse::utf8(raw)?),
    }
}

pub(super) fn json(value: MysqlValue<'_>) -> Result<serde_json::Value, ValueError> {
    json::document(value.raw()?)
}

pub(super) fn network(value: MysqlValue<'_>) -> Result<IpNetwork, ValueError> {
    super::scalars::parse_network(value.utf8()?)
}

pub(super) fn mac_address(value: MysqlValue<'_>) -> Result<MacAddr, ValueError> {
    super::scalars::parse(value.utf8()?)
}

/// A `bit(n)` does not say how many bits it has, so that it is read as a number and not as a string of bits.
pub(super) fn bits(value: MysqlValue<'_>) -> Result<BitString, ValueError> {
    super::scalars::parse(value.utf8()?)
}

pub(super) fn pairs(value: MysqlValue<'_>) -> Result<BTreeMap<String, Option<String>>, ValueError> {
    super::scalars::parse_pairs(value.raw()?)
}

pub(super) fn fields(value: MysqlValue<'_>) -> Result<Fields<'_>, ValueError> {
    value.mismatch()
}

pub(super) fn elements(value: MysqlValue<'_>) -> Result<Elements<'_>, ValueError> {
    value.mismatch()
}

pub(super) fn range(value: MysqlValue<'_>) -> Result<Range<Value<'_>>, ValueError> {
    value.mismatch()
}

pub(super) fn ranges(value: MysqlValue<'_>) -> Result<Vec<Range<Value<'_>>>, ValueError> {
    value.mismatch()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(data: MysqlData<'_>) -> MysqlValue<'_> {
        MysqlValue { data, type_name: "T" }
    }

    #[test]
    fn times_are_spans() {
        for (bytes, micros) in [
            (&b"\0"[..], 0),
            (b"\x08\x00\0\0\0\0\x01\x02\x03", 3_723_000_000),
            (b"\x08\x01\x22\0\0\0\x16\x3b\x3b", -3_020_399_000_000),
            (b"\x0c\x00\0\0\0\0\x00\x00\x01\x01\0\0\0", 1_000_001),
            (b"838:59:59", 3_020_399_000_000),
            (b"-00:00:00.5", -500_000),
        ] {
            assert_eq!(span(bytes), Ok(micros));
        }
        for bytes in [&b""[..], b"\x08", b"\x05\0\0\0\0\0", b"\x03\0\0\0", b"1:2", b"a:b:c", b"1:2:3.1234567"] {
            assert!(span(bytes).is_err(), "{bytes:?}");
        }
        assert!(time(value(Data::Time(b"\x08\x01\0\0\0\0\x01\0\0"))).is_err());
        assert!(time(value(Data::Time(b"\x08\0\x01\0\0\0\0\0\0"))).is_err());
        assert!(time(value(Data::Time(b"\x08\0\0\0\0\0\x17\x3b\x3b"))).is_ok());
    }

    #[test]
    fn dates_that_are_none_are_errors() {
        for bytes in [
            &b"\0"[..],
            b"\x04\0\0\0\0",
            b"\x04\xea\x07\0\0",
            b"\x04\xea\x07\x02\x1e",
            b"\x02\xea\x07",
            b"\x04\xea\x07\x02",
            b"",
            b"0000-00-00",
            b"2026-00-00",
            b"\x07\0\0\0\0\x01\x02\x03",
            b"\x07\xea\x07\x01\x01\x18\0\0",
            b"\x0b\xea\x07\x01\x01\0\0\0\x40\x42\x0f\0",
        ] {
            assert!(timestamp(value(Data::DateTime(bytes))).is_err(), "{bytes:?}");
        }
        let date = date(value(Data::Date(b"\x04\xea\x07\x01\x02"))).unwrap();
        assert_eq!(date.to_string(), "2026-01-02");
    }

    #[test]
    fn bits_are_numbers() {
        assert_eq!(integer(value(Data::Bit(&[1, 0]))), Ok(256));
        assert_eq!(integer(value(Data::Bit(&[0xFF; 8]))), Ok(u64::MAX.into()));
        assert!(integer(value(Data::Bit(&[0; 9]))).is_err());
        assert_eq!(boolean(value(Data::Bit(&[1]))), Ok(true));
        assert!(boolean(value(Data::UInt(2))).is_err());
    }
}
