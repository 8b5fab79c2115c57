//! Values of SQLite, by the storage class of each: a column's declared type does not bind its values.

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

/// A value of SQLite that is not NULL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SqliteData<'r> {
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text, which SQLite does not hold to being UTF-8.
    Text(&'r [u8]),
    /// Bytes.
    Blob(&'r [u8]),
}

use SqliteData as Data;

impl<'r> SqliteData<'r> {
    /// The name of the storage class.
    pub fn storage_class(&self) -> &'static str {
        match self {
            Self::Integer(_) => "INTEGER",
            Self::Real(_) => "REAL",
            Self::Text(_) => "TEXT",
            Self::Blob(_) => "BLOB",
        }
    }

    fn mismatch<T>(&self) -> Result<T, ValueError> {
        foreign(self.storage_class())
    }

    fn utf8(&self) -> Result<&'r str, ValueError> {
        match self {
            Self::Text(text) => parse::utf8(text),
            _ => self.mismatch(),
        }
    }
}

pub(super) fn boolean(value: Data<'_>) -> Result<bool, ValueError> {
    match value {
        Data::Integer(number) => super::scalars::boolean_of(number.into()),
        Data::Text(text) => parse::boolean(parse::utf8(text)?),
        _ => value.mismatch(),
    }
}

pub(super) fn integer(value: Data<'_>) -> Result<i128, ValueError> {
    match value {
        Data::Integer(number) => Ok(number.into()),
        Data::Real(number) => Numeric::shortest(number)?.to_integer(),
        _ => value.mismatch(),
    }
}

pub(super) fn float(value: Data<'_>) -> Result<f64, ValueError> {
    match value {
        Data::Real(number) => Ok(number),
        Data::Integer(number) => super::scalars::exact_float(number.into()),
        _ => value.mismatch(),
    }
}

pub(super) fn numeric(value: Data<'_>) -> Result<Numeric, ValueError> {
    match value {
        Data::Integer(number) => Ok(Numeric::integer(number.into())),
        Data::Real(number) => Numeric::shortest(number),
        Data::Text(text) => Numeric::parse(parse::utf8(text)?),
        Data::Blob(_) => value.mismatch(),
    }
}

/// A column that is declared as `STRING` or so prefers numbers, so that text of digits comes back as one.
pub(super) fn text(value: Data<'_>) -> Result<Cow<'_, str>, ValueError> {
    match value {
        Data::Text(text) => parse::utf8(text).map(Cow::Borrowed),
        Data::Integer(number) => Ok(Cow::Owned(number.to_string())),
        _ => value.mismatch(),
    }
}

pub(super) fn bytes(value: Data<'_>) -> Result<Cow<'_, [u8]>, ValueError> {
    match value {
        Data::Blob(bytes) | Data::Text(bytes) => Ok(Cow::Borrowed(bytes)),
        _ => value.mismatch(),
    }
}

pub(super) fn date(value: Data<'_>) -> Result<NaiveDate, ValueError> {
    super::scalars::whole_day(timestamp(value)?)
}

pub(super) fn time(value: Data<'_>) -> Result<NaiveTime, ValueError> {
    parse::time(value.utf8()?)
}

/// Midnight of 1970-01-01 as a Julian day.
const UNIX_EPOCH: f64 = 2_440_587.5;
const MILLISECONDS_OF_A_DAY: f64 = 86_400_000.0;

/// The three forms that SQLite's own functions read: ISO 8601 text, seconds since 1970, and Julian days, which SQLite
/// counts to the millisecond.
pub(super) fn timestamp(value: Data<'_>) -> Result<NaiveDateTime, ValueError> {
    let far_year = || ValueError::unheld("a year so far away");
    let time = match value {
        Data::Text(text) => return parse::timestamp(parse::utf8(text)?),
        Data::Integer(seconds) => DateTime::from_timestamp(seconds, 0),
        Data::Real(days) => {
            let milliseconds = ((days - UNIX_EPOCH) * MILLISECONDS_OF_A_DAY).round();
            // Far more than a calendar holds, and far less than what 64 bits do.
            if milliseconds.is_nan() || milliseconds.abs() > 1e16 {
                return Err(far_year());
            }
            DateTime::from_timestamp_millis(milliseconds as i64)
        }
        Data::Blob(_) => return value.mismatch(),
    };
    time.map(|time| time.naive_utc()).ok_or_else(far_year)
}

pub(super) fn instant(value: Data<'_>) -> Result<DateTime<Utc>, ValueError> {
    timestamp(value).map(|time| time.and_utc())
}

pub(super) fn interval(value: Data<'_>) -> Result<Interval, ValueError> {
    super::scalars::parse(value.utf8()?)
}

pub(super) fn uuid(value: Data<'_>) -> Result<Uuid, ValueError> {
    match value {
        Data::Blob(bytes) => {
            Uuid::from_slice(bytes).map_err(|_| ValueError::malformed("a UUID in a BLOB has 16 bytes"))
        }
        _ => parse::uuid(value.utf8()?),
    }
}

/// A column that is declared as `JSON` prefers numbers, so that a document of one number comes back as one.
pub(super) fn json(value: Data<'_>) -> Result<serde_json::Value, ValueError> {
    match value {
        Data::Text(text) => json::document(text),
        Data::Integer(number) => Ok(number.into()),
        Data::Real(number) => serde_json::Number::from_f64(number)
            .map(serde_json::Value::Number)
            .ok_or_else(|| ValueError::unheld("NaN and infinity")),
        Data::Blob(_) => value.mismatch(),
    }
}

pub(super) fn network(value: Data<'_>) -> Result<IpNetwork, ValueError> {
    super::scalars::parse_network(value.utf8()?)
}

pub(super) fn mac_address(value: Data<'_>) -> Result<MacAddr, ValueError> {
    super::scalars::parse(value.utf8()?)
}

pub(super) fn bits(value: Data<'_>) -> Result<BitString, ValueError> {
    super::scalars::parse(value.utf8()?)
}

pub(super) fn pairs(value: Data<'_>) -> Result<BTreeMap<String, Option<String>>, ValueError> {
    super::scalars::parse_pairs(value.utf8()?.as_bytes())
}

pub(super) fn fields(value: Data<'_>) -> Result<Fields<'_>, ValueError> {
    value.mismatch()
}

pub(super) fn elements(value: Data<'_>) -> Result<Elements<'_>, ValueError> {
    value.mismatch()
}

pub(super) fn range(value: Data<'_>) -> Result<Range<Value<'_>>, ValueError> {
    value.mismatch()
}

pub(super) fn ranges(value: Data<'_>) -> Result<Vec<Range<Value<'_>>>, ValueError> {
    value.mismatch()
}
