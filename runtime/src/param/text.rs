//! Parameters as text: the forms that PostgreSQL reads, for values inside of arrays, ranges and composite values.

use std::borrow::Cow;
use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use super::{Kind, Param};
use crate::types::Bytes;

/// The text form of a value; that of NULL is empty.
pub(crate) fn of(param: &Param) -> Cow<'_, str> {
    match param {
        Param::Null(_) => "".into(),
        Param::Bool(true) => "t".into(),
        Param::Bool(false) => "f".into(),
        Param::SmallInt(number) => number.to_string().into(),
        Param::Int(number) => number.to_string().into(),
        Param::BigInt(number) => number.to_string().into(),
        Param::BigUnsigned(number) => number.to_string().into(),
        Param::Real(number) => float(f64::from(*number), &number.to_string()),
        Param::Double(number) => float(*number, &number.to_string()),
        Param::Decimal(number) => number.to_string().into(),
        Param::BigDecimal(number) => number.to_plain_string().into(),
        Param::Text(text) | Param::Json(text) | Param::Literal { text, .. } => text.into(),
        Param::Label(label) => (&**label).into(),
        Param::Bytes(bytes) => format!("\\x{}", Bytes::from(bytes.as_slice())).into(),
        Param::Date(date) => dated(*date, "").into(),
        Param::Time(time) => time.format("%H:%M:%S%.f").to_string().into(),
        Param::Timestamp(time) => dated(time.date(), &time.format(" %H:%M:%S%.f").to_string()).into(),
        Param::Instant(time) => dated(time.date_naive(), &time.format(" %H:%M:%S%.f+00").to_string()).into(),
        Param::Uuid(uuid) => uuid.to_string().into(),
        Param::Interval(interval) => interval.to_string().into(),
        Param::Bits(bits) => bits.to_string().into(),
        Param::List(items) => items.iter().map(of).collect::<Vec<_>>().join(",").into(),
    }
}

fn float(number: f64, text: &str) -> Cow<'static, str> {
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    text.to_owned().into()
}

/// A date, with `rest` between the day and the era. PostgreSQL has no year 0 and no negative years.
fn dated(date: NaiveDate, rest: &str) -> String {
    let (before, year) = if date.year() > 0 { (false, date.year()) } else { (true, 1 - date.year()) };
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(out, "{year:04}-{:02}-{:02}{rest}", date.month(), date.day());
    if before {
        out.push_str(" BC");
    }
    out
}

/// Appends a text in quotes, as arrays, ranges and `hstore` have it.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

/// Appends a text in quotes, as composite values have it.
pub(super) fn quote_record(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push(character);
        }
        out.push(character);
    }
    out.push('"');
}

impl Kind {
    /// The name of PostgreSQL's type; empty where the kind does not tell.
    pub(crate) fn postgres_type(&self) -> &str {
        match self {
            Self::Bool => "boolean",
            Self::SmallInt => "smallint",
            Self::Int => "integer",
            Self::BigInt => "bigint",
            Self::BigUnsigned | Self::Decimal => "numeric",
            Self::Real => "real",
            Self::Double => "double precision",
            Self::Text | Self::Label => "text",
            Self::Bytes => "bytea",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Instant => "timestamptz",
            Self::Uuid => "uuid",
            Self::Json => "jsonb",
            Self::Interval => "interval",
            Self::Bits => "varbit",
            Self::Literal(sql_type) => sql_type,
            Self::List => "",
        }
    }
}
