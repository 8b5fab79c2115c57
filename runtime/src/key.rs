//! Cache keys: one canonical text for every value, so that all writers and readers agree on the key of a row.
//!
//! ```text
//! {prefix}:{schema}.{table}:{layout}:{index}:{value}[:{value}…]
//! ```
//!
//! Every value is percent-encoded: bytes of its UTF-8 other than `A-Z a-z 0-9 - . _ ~` become `%XX` in upper case. No
//! value has a `:` in it then, so that different values never make the same key.
//!
//! | SQL type                  | Text before encoding                                                      |
//! |---------------------------|---------------------------------------------------------------------------|
//! | whole numbers             | `-42`                                                                     |
//! | booleans                  | `true`, `false`                                                           |
//! | decimal numbers           | plain, without zeros at the end of the fraction: `1.5`, `100`, `0`        |
//! | floating point numbers    | the shortest plain text that reads back the same: `0.1`; `NaN`, `Infinity`, `-Infinity`; `0` for -0 |
//! | text                      | as it is; [`folded`] and [`unpadded`] for types that compare otherwise     |
//! | bytes                     | lower-case hexadecimal                                                    |
//! | dates                     | `2026-01-02`; years of other than four digits have a sign: `-0044-03-15`  |
//! | times                     | `03:04:05.123`, without zeros at the end of the fraction                  |
//! | timestamps                | `2026-01-02T03:04:05.123`                                                 |
//! | timestamps with time zone | in UTC: `2026-01-02T03:04:05.123Z`                                        |
//! | intervals                 | the microseconds that they compare by: `2592000000000` for one month      |
//! | UUIDs                     | lower case with hyphens                                                   |
//! | IP addresses              | with the prefix: `10.0.0.1/32`; without it where the type has none        |
//! | hardware addresses        | lower case with colons                                                    |
//! | strings of bits           | `0101`                                                                    |
//! | enumerations              | the label                                                                 |
//! | sets                      | the labels in declared order, with commas                                 |
//! | arrays, ranges            | `{a,b}`, `[a,b)`, `empty` with every element encoded by itself first      |

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use ipnetwork::IpNetwork;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::enumeration::SqlEnum;
use crate::param::{Param, ToSql};
use crate::table::{Relation, Table};
use crate::types::{Array, BitString, Bytes, Dimension, Interval, MacAddr, Range, SqliteValue};
use crate::value::Numeric;

/// A value that can be part of a cache key.
pub trait KeyPart {
    /// Appends the canonical text of the value.
    fn write_key(&self, out: &mut KeyWriter);
}

/// Writes the text of values, percent-encoded. It is a [`fmt::Write`], so that `write!` encodes as well.
#[derive(Clone, Debug, Default)]
pub struct KeyWriter(String);

impl KeyWriter {
    /// Appends a text.
    pub fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => self.0.push(byte as char),
                _ => self.escape(byte),
            }
        }
    }

    /// Appends the text of a value.
    pub fn display(&mut self, value: impl fmt::Display) {
        // Writing to a string does not fail, and neither do the values that are written.
        let _ = write!(self, "{value}");
    }

    /// Appends the colon before a value.
    pub(crate) fn separate(&mut self) {
        self.0.push(':');
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }

    fn escape(&mut self, byte: u8) {
        const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
        self.0.push('%');
        self.0.push(DIGITS[usize::from(byte >> 4)] as char);
        self.0.push(DIGITS[usize::from(byte & 15)] as char);
    }

    /// Appends a name in which a point does not separate anything.
    fn name(&mut self, name: &str) {
        for (index, part) in name.split('.').enumerate() {
            if index > 0 {
                self.escape(b'.');
            }
            self.text(part);
        }
    }
}

impl Write for KeyWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// A cache key in the making.
///
/// ```
/// use tablature_runtime::CacheKey;
///
/// let key = CacheKey::new("shop", "book", "9f3c2a1b", "pk").part(&42).finish();
/// assert_eq!(key, "shop:book:9f3c2a1b:pk:42");
/// let key = CacheKey::new("shop", "book", "9f3c2a1b", "title").part("50 % of: α").finish();
/// assert_eq!(key, "shop:book:9f3c2a1b:title:50%20%25%20of%3A%20%CE%B1");
/// ```
#[derive(Clone, Debug)]
pub struct CacheKey(KeyWriter);

impl CacheKey {
    /// The key of an index, without the values. The index is taken as it is: generated code has it encoded. The prefix, which tells applications apart, is taken as it is, so that it
    /// can have braces for Redis Cluster in it; an empty one is left out together with its colon. The table is
    /// percent-encoded like a value; [`CacheKey::of`] knows how to put a schema in front of it.
    pub fn new(prefix: &str, table: &str, layout: &str, index: &str) -> Self {
        let mut key = Self::start(prefix);
        key.0.text(table);
        key.layout(layout, index)
    }

    /// The key of an index of a relation: its table is `schema.name`, or the name alone without a schema. A point inside
    /// of either is encoded as `%2E`.
    pub fn of(prefix: &str, relation: &Relation, index: &str) -> Self {
        Self::of_layout(prefix, relation, relation.layout, index)
    }

    /// As [`of`](Self::of), under an earlier layout of the relation: what writers delete beside the present one.
    pub fn of_layout(prefix: &str, relation: &Relation, layout: &str, index: &str) -> Self {
        Self::table(prefix, relation).layout(layout, index)
    }

    /// What the keys of all layouts and indexes of a relation begin with, up to the colon before the layout.
    fn table(prefix: &str, relation: &Relation) -> Self {
        let mut key = Self::start(prefix);
        if !relation.schema.is_empty() {
            key.0.name(relation.schema);
            key.0.0.push('.');
        }
        key.0.name(relation.name);
        key
    }

    fn start(prefix: &str) -> Self {
        let mut text = String::with_capacity(64);
        text.push_str(prefix);
        if !prefix.is_empty() {
            text.push(':');
        }
        Self(KeyWriter(text))
    }

    fn layout(mut self, layout: &str, index: &str) -> Self {
        for part in [layout, index] {
            self.0.0.push(':');
            self.0.0.push_str(part);
        }
        self
    }

    /// Appends a value.
    #[must_use]
    pub fn part<T: KeyPart + ?Sized>(mut self, value: &T) -> Self {
        self.0.separate();
        value.write_key(&mut self.0);
        self
    }

    /// The key.
    pub fn finish(self) -> String {
        self.0.0
    }
}

/// The key of an index of a model's relation, without the values.
pub fn of<T: Table>(prefix: &str, index: &str) -> CacheKey {
    CacheKey::of(prefix, T::RELATION, index)
}

/// What stands before the layout in all keys of a relation: `shop:book:`.
#[cfg(feature = "database")]
pub(crate) fn before_layout(prefix: &str, relation: &Relation) -> String {
    let mut text = CacheKey::table(prefix, relation).finish();
    text.push(':');
    text
}

/// The key of a row by one of its indexes.
pub fn cache_key(prefix: &str, relation: &Relation, index: &str, parts: &[&dyn KeyPart]) -> String {
    parts.iter().fold(CacheKey::of(prefix, relation, index), |key, part| key.part(*part)).finish()
}

/// Text of a column that compares without regard to case, such as `citext`: all in lower case.
///
/// ```
/// use tablature_runtime::{CacheKey, key};
///
/// let key = CacheKey::new("shop", "user", "9f3c2a1b", "email").part(&key::folded("Ada@Example.org")).finish();
/// assert_eq!(key, "shop:user:9f3c2a1b:email:ada%40example.org");
/// ```
pub fn folded(text: &str) -> Folded<'_> {
    Folded(text)
}

/// Text of a column that is padded with blanks, such as `char(n)`: without the blanks at its end.
pub fn unpadded(text: &str) -> Unpadded<'_> {
    Unpadded(text)
}

/// Text in lower case. See [`folded`].
#[derive(Clone, Copy, Debug)]
pub struct Folded<'a>(&'a str);

/// Text without blanks at its end. See [`unpadded`].
#[derive(Clone, Copy, Debug)]
pub struct Unpadded<'a>(&'a str);

impl ToSql for Folded<'_> {
    fn to_sql(&self) -> Param {
        self.0.to_sql()
    }

    fn null() -> Param {
        String::null()
    }
}

impl ToSql for Unpadded<'_> {
    fn to_sql(&self) -> Param {
        self.0.to_sql()
    }

    fn null() -> Param {
        String::null()
    }
}

impl KeyPart for Folded<'_> {
    fn write_key(&self, out: &mut KeyWriter) {
        // One by one, as databases fold: what a letter becomes does not depend on where in a word it stands.
        out.text(&self.0.chars().flat_map(char::to_lowercase).collect::<String>());
    }
}

impl KeyPart for Unpadded<'_> {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text(self.0.trim_end_matches(' '));
    }
}

impl<T: KeyPart + ?Sized> KeyPart for &T {
    fn write_key(&self, out: &mut KeyWriter) {
        (**self).write_key(out);
    }
}

macro_rules! displayed {
    ($($type:ty)+) => {
        $(
            impl KeyPart for $type {
                fn write_key(&self, out: &mut KeyWriter) {
                    out.display(self);
                }
            }
        )+
    };
}

displayed! {
    bool i8 i16 i32 i64 i128 u8 u16 u32 u64 Uuid IpNetwork IpAddr Ipv4Addr Ipv6Addr MacAddr BitString Bytes
}

impl KeyPart for str {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text(self);
    }
}

impl KeyPart for String {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text(self);
    }
}

impl KeyPart for f64 {
    fn write_key(&self, out: &mut KeyWriter) {
        float(*self == 0.0, self.is_infinite().then_some(*self > 0.0), self, out);
    }
}

impl KeyPart for f32 {
    fn write_key(&self, out: &mut KeyWriter) {
        float(*self == 0.0, self.is_infinite().then_some(*self > 0.0), self, out);
    }
}

/// `infinite` says whether an infinity is the positive one.
fn float(zero: bool, infinite: Option<bool>, value: &dyn fmt::Display, out: &mut KeyWriter) {
    match infinite {
        Some(positive) => out.text(if positive { "Infinity" } else { "-Infinity" }),
        None if zero => out.text("0"),
        // Rust writes neither an exponent nor zeros after the point, and `NaN` for all of them.
        None => out.display(value),
    }
}

impl KeyPart for Decimal {
    fn write_key(&self, out: &mut KeyWriter) {
        out.text(crate::value::canonical(&self.to_string()));
    }
}

impl KeyPart for BigDecimal {
    fn write_key(&self, out: &mut KeyWriter) {
        match crate::value::plain(self) {
            Some(text) => out.text(crate::value::canonical(&text)),
            // More digits than any column holds: no key of a row is like this.
            None => out.display(self),
        }
    }
}

impl KeyPart for Numeric {
    fn write_key(&self, out: &mut KeyWriter) {
        self.to_big_decimal().write_key(out);
    }
}

impl KeyPart for NaiveDate {
    fn write_key(&self, out: &mut KeyWriter) {
        crate::json::write_date(out, self.year(), self.month(), self.day());
    }
}

impl KeyPart for NaiveTime {
    fn write_key(&self, out: &mut KeyWriter) {
        crate::json::write_time(out, self.hour(), self.minute(), self.second(), self.nanosecond());
    }
}

impl KeyPart for NaiveDateTime {
    fn write_key(&self, out: &mut KeyWriter) {
        self.date().write_key(out);
        out.text("T");
        self.time().write_key(out);
    }
}

impl KeyPart for DateTime<Utc> {
    fn write_key(&self, out: &mut KeyWriter) {
        self.naive_utc().write_key(out);
        out.text("Z");
    }
}

impl KeyPart for Interval {
    fn write_key(&self, out: &mut KeyWriter) {
        out.display(self.comparable());
    }
}

impl<E: SqlEnum> KeyPart for BTreeSet<E> {
    fn write_key(&self, out: &mut KeyWriter) {
        let labels = E::LABELS.iter().filter(|(variant, _)| self.iter().any(|member| member == variant));
        for (index, (_, label)) in labels.enumerate() {
            if index > 0 {
                out.text(",");
            }
            out.text(label);
        }
    }
}

/// As an SQL literal, since `1` and `'1'` are different values.
impl KeyPart for SqliteValue {
    fn write_key(&self, out: &mut KeyWriter) {
        match self {
            Self::Null => out.text("NULL"),
            Self::Integer(number) => number.write_key(out),
            // A whole number is equal to the integer, and has its text.
            Self::Real(number) => number.write_key(out),
            Self::Text(text) => out.display(format_args!("'{text}'")),
            Self::Blob(bytes) => out.display(format_args!("x'{bytes}'")),
        }
    }
}

/// The text of a part by itself, for a place inside of a larger text.
fn inner<T: KeyPart>(value: &T) -> String {
    let mut writer = KeyWriter::default();
    value.write_key(&mut writer);
    writer.0
}

impl<T: KeyPart> KeyPart for Range<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        out.display(self.as_ref().map(inner));
    }
}

/// Arrays that differ in lower bounds alone are different keys, as they are in SQL.
impl<T: KeyPart> KeyPart for Array<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        if self.dimensions().iter().any(|dimension| dimension.lower != 1) {
            for Dimension { length, lower } in self.dimensions() {
                out.display(format_args!("[{lower}:{length}]"));
            }
        }
        // A NULL is not encoded, and a text that says so is in quotes.
        out.display(self.as_ref().map(|value| match inner(value) {
            text if text == "NULL" => "\"NULL\"".to_owned(),
            text => text,
        }));
    }
}

impl<T: KeyPart> KeyPart for Vec<T> {
    fn write_key(&self, out: &mut KeyWriter) {
        self.iter().collect::<Array<_>>().write_key(out);
    }
}

#[cfg(feature = "time")]
mod with_time {
    use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

    use super::{KeyPart, KeyWriter};

    impl KeyPart for Date {
        fn write_key(&self, out: &mut KeyWriter) {
            crate::json::write_date(out, self.year(), u8::from(self.month()).into(), self.day().into());
        }
    }

    impl KeyPart for Time {
        fn write_key(&self, out: &mut KeyWriter) {
            let (hour, minute, second, nanos) = self.as_hms_nano();
            crate::json::write_time(out, hour.into(), minute.into(), second.into(), nanos);
        }
    }

    impl KeyPart for PrimitiveDateTime {
        fn write_key(&self, out: &mut KeyWriter) {
            self.date().write_key(out);
            out.text("T");
            self.time().write_key(out);
        }
    }

    impl KeyPart for OffsetDateTime {
        fn write_key(&self, out: &mut KeyWriter) {
            match self.checked_to_offset(UtcOffset::UTC) {
                Some(utc) => PrimitiveDateTime::new(utc.date(), utc.time()).write_key(out),
                // Within a day of the ends of the calendar, where no other offset has the same instant.
                None => out.display(self),
            }
            out.text("Z");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enumeration::Ordinal;

    fn text(part: impl KeyPart) -> String {
        inner(&part)
    }

    fn big(text: &str) -> BigDecimal {
        text.parse().unwrap()
    }

    #[test]
    fn every_value_has_one_text() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let date = |year| NaiveDate::from_ymd_opt(year, 1, 2).unwrap();
        let time = |nanos| NaiveTime::from_hms_nano_opt(3, 4, 5, nanos).unwrap();
        for (actual, expected) in [
            (text(i64::MIN), "-9223372036854775808"),
            (text(u64::MAX), "18446744073709551615"),
            (text(true), "true"),
            (text(decimal("1.50")), "1.5"),
            (text(decimal("100")), "100"),
            (text(decimal("100.00")), "100"),
            (text(decimal("-0.00")), "0"),
            (text(decimal("-0")), "0"),
            (text(big("1.50")), "1.5"),
            (text(big("1.5e40")), "15000000000000000000000000000000000000000"),
            (text(big("1e-20")), "0.00000000000000000001"),
            (text(big("-0.0")), "0"),
            (text(0.1), "0.1"),
            (text(1e21), "1000000000000000000000"),
            (text(-0.0), "0"),
            (text(1.0), "1"),
            (text(0.1_f32), "0.1"),
            (text(f64::NAN), "NaN"),
            (text(-f64::NAN), "NaN"),
            (text(f64::NEG_INFINITY), "-Infinity"),
            (text(f32::INFINITY), "Infinity"),
            (text("a b:c%"), "a%20b%3Ac%25"),
            (text("ÅAz09-._~"), "%C3%85Az09-._~"),
            (text("\0\n"), "%00%0A"),
            (text(""), ""),
            (text(folded("ÅB")), "%C3%A5b"),
            (text(unpadded(" a  ")), "%20a"),
            (text(Bytes::from([0xAB, 0])), "ab00"),
            (text(date(2026)), "2026-01-02"),
            (text(date(12026)), "%2B12026-01-02"),
            (text(date(-44)), "-0044-01-02"),
            (text(time(0)), "03%3A04%3A05"),
            (text(time(120_000_000)), "03%3A04%3A05.12"),
            (text(time(1)), "03%3A04%3A05.000000001"),
            (text(date(2026).and_time(time(123_456_000))), "2026-01-02T03%3A04%3A05.123456"),
            (text(date(2026).and_time(time(123_456_000)).and_utc()), "2026-01-02T03%3A04%3A05.123456Z"),
            (text(Interval { months: 1, ..Interval::default() }), "2592000000000"),
            (text(Interval { days: 30, ..Interval::default() }), "2592000000000"),
            (
                text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11".parse::<Uuid>().unwrap()),
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            ),
            (text("10.0.0.1".parse::<IpNetwork>().unwrap()), "10.0.0.1%2F32"),
            (text("::1".parse::<Ipv6Addr>().unwrap()), "%3A%3A1"),
            (text("08:00:2B:01:02:03".parse::<MacAddr>().unwrap()), "08%3A00%3A2b%3A01%3A02%3A03"),
            (text("0101".parse::<BitString>().unwrap()), "0101"),
            (text(SqliteValue::Integer(1)), "1"),
            (text(SqliteValue::Real(1.0)), "1"),
            (text(SqliteValue::Text("1".into())), "%271%27"),
            (text(SqliteValue::Blob([1].into())), "x%2701%27"),
            (text(Range::from(1..10)), "%5B1%2C10%29"),
            (text(Range::<i32>::Empty), "empty"),
            (text(vec!["a,b", "NULL"]), "%7Ba%252Cb%2C%22NULL%22%7D"),
            (text(Array::from_elements(vec![Some("a"), None])), "%7Ba%2CNULL%7D"),
        ] {
            assert_eq!(actual, expected);
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Letter {
        B,
        A,
    }

    impl Ordinal for Letter {
        fn ordinal(self) -> usize {
            self as usize
        }
    }

    impl SqlEnum for Letter {
        const NAME: &'static str = "letter";
        const LABELS: &'static [(Self, &'static str)] = &[(Self::B, "b"), (Self::A, "a")];
    }

    #[test]
    fn sets_are_in_declared_order() {
        assert_eq!(text(BTreeSet::from([Letter::A, Letter::B])), "b%2Ca");
    }

    #[test]
    fn tables_are_told_apart() {
        let relation = |schema, name| Relation {
            schema,
            name,
            layout: "9f3c2a1b",
            previous_layouts: &["00000000"],
            ..Relation::EMPTY
        };
        for (schema, name, key) in [
            ("", "book", "p:book:9f3c2a1b:pk:1"),
            ("shop", "book", "p:shop.book:9f3c2a1b:pk:1"),
            ("a.b", "c", "p:a%2Eb.c:9f3c2a1b:pk:1"),
            ("a", "b.c", "p:a.b%2Ec:9f3c2a1b:pk:1"),
            ("", "a.b", "p:a%2Eb:9f3c2a1b:pk:1"),
            ("Ü", "x:y", "p:%C3%9C.x%3Ay:9f3c2a1b:pk:1"),
        ] {
            assert_eq!(cache_key("p", &relation(schema, name), "pk", &[&1]), key);
        }
        let relation = relation("", "t");
        assert_eq!(cache_key("", &relation, "pk", &[&"a", &"b"]), "t:9f3c2a1b:pk:a:b");
        assert_ne!(cache_key("", &relation, "pk", &[&"a:b"]), cache_key("", &relation, "pk", &[&"a", &"b"]));
        assert_eq!(CacheKey::of_layout("", &relation, "00000000", "pk").finish(), "t:00000000:pk");
    }

    #[cfg(feature = "time")]
    #[test]
    fn both_calendars_agree() {
        use time::macros::{date, datetime, time};
        assert_eq!(text(date!(2026 - 01 - 02)), "2026-01-02");
        assert_eq!(text(date!(-0044 - 01 - 02)), "-0044-01-02");
        assert_eq!(text(time!(03:04:05.12)), "03%3A04%3A05.12");
        assert_eq!(text(datetime!(2026-01-02 03:04:05)), "2026-01-02T03%3A04%3A05");
        assert_eq!(text(datetime!(2026-01-02 03:04:05 +2)), "2026-01-02T01%3A04%3A05Z");
    }
}
