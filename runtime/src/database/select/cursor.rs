//! Places between two rows, as text.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::order::Term;
use crate::database::error::Error;
use crate::param::{Kind, Param};
use crate::table::Relation;
use crate::types::{BitString, Bytes, Interval};

/// A place between two rows of an ordered relation, where a page begins or ends.
///
/// As text (`Display`, `FromStr`, JSON) it is made of letters, digits, `-` and `_`, so that it can stand in a URL. It is for
/// the relation and the order that it came from, and refused for any other. It holds the values of the row that the
/// order's columns and the primary key have there; whoever gets it can read them, and may change them to reach another
/// place, but nothing else. What else the rows are filtered by is not in it.
#[derive(Clone, PartialEq)]
pub struct Cursor {
    /// The fingerprint of relation and order.
    order: u64,
    values: Vec<Param>,
}

/// The version of the form that cursors have as text.
const VERSION: u8 = 1;

/// A text of a megabyte is no cursor.
const LONGEST: usize = 1 << 20;

impl Cursor {
    /// The place of a row with these values in the columns of the order.
    pub(super) fn new(relation: &Relation, order: &[Term], values: Vec<Param>) -> Self {
        Self { order: fingerprint(relation, order), values }
    }

    /// The values, if it is a place in that order.
    pub(super) fn values_in(&self, relation: &Relation, order: &[Term]) -> Result<&[Param], Error> {
        if self.order != fingerprint(relation, order) || self.values.len() != order.len() {
            return Err(Error::Cursor("is of another relation or another order"));
        }
        Ok(&self.values)
    }
}

/// FNV-1a over all that gives the values of a cursor their meaning. It has to be the same in every process and every
/// release, for cursors travel.
fn fingerprint(relation: &Relation, order: &[Term]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |text: &str| {
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(relation.schema);
    add(relation.name);
    for term in order {
        let column = relation.columns.get(term.column);
        add(column.map_or("", |column| column.name));
        add(column.map_or("", |column| column.sql_type));
        add(if term.descending { "desc" } else { "asc" });
        add(if term.nulls_first { "first" } else { "last" });
    }
    hash
}

/// A value within a cursor. Nothing in it ever becomes part of a statement's text: types are those of the columns.
#[derive(Serialize, Deserialize)]
enum Wire {
    #[serde(rename = "n")]
    Null,
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "s")]
    SmallInt(i16),
    #[serde(rename = "i")]
    Int(i32),
    #[serde(rename = "l")]
    BigInt(i64),
    #[serde(rename = "u")]
    BigUnsigned(u64),
    #[serde(rename = "f")]
    Real(u32),
    #[serde(rename = "d")]
    Double(u64),
    #[serde(rename = "m")]
    Decimal(String),
    #[serde(rename = "M")]
    BigDecimal(String),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "e")]
    Label(String),
    #[serde(rename = "y")]
    Bytes(Bytes),
    #[serde(rename = "D")]
    Date(NaiveDate),
    #[serde(rename = "h")]
    Time(NaiveTime),
    #[serde(rename = "S")]
    Timestamp(NaiveDateTime),
    #[serde(rename = "z")]
    Instant(DateTime<Utc>),
    #[serde(rename = "U")]
    Uuid(Uuid),
    #[serde(rename = "j")]
    Json(String),
    #[serde(rename = "v")]
    Interval(i32, i32, i64),
    #[serde(rename = "B")]
    Bits(String),
    #[serde(rename = "x")]
    Literal(String),
}

impl From<&Param> for Wire {
    fn from(param: &Param) -> Self {
        match param {
            Param::Null(_) | Param::List(_) => Self::Null,
            Param::Bool(value) => Self::Bool(*value),
            Param::SmallInt(value) => Self::SmallInt(*value),
            Param::Int(value) => Self::Int(*value),
            Param::BigInt(value) => Self::BigInt(*value),
            Param::BigUnsigned(value) => Self::BigUnsigned(*value),
            Param::Real(value) => Self::Real(value.to_bits()),
            Param::Double(value) => Self::Double(value.to_bits()),
            Param::Decimal(value) => Self::Decimal(value.to_string()),
            Param::BigDecimal(value) => Self::BigDecimal(value.to_string()),
            Param::Text(value) => Self::Text(value.clone()),
            Param::Label(value) => Self::Label(value.clone().into_owned()),
            Param::Bytes(value) => Self::Bytes(value.as_slice().into()),
            Param::Date(value) => Self::Date(*value),
            Param::Time(value) => Self::Time(*value),
            Param::Timestamp(value) => Self::Timestamp(*value),
            Param::Instant(value) => Self::Instant(*value),
            Param::Uuid(value) => Self::Uuid(*value),
            Param::Json(value) => Self::Json(value.clone()),
            Param::Interval(value) => Self::Interval(value.months, value.days, value.microseconds),
            Param::Bits(value) => Self::Bits(value.to_string()),
            Param::Literal { text, .. } => Self::Literal(text.clone()),
        }
    }
}

impl Wire {
    fn into_param(self) -> Option<Param> {
        Some(match self {
            Self::Null => Param::Null(Kind::Text),
            Self::Bool(value) => Param::Bool(value),
            Self::SmallInt(value) => Param::SmallInt(value),
            Self::Int(value) => Param::Int(value),
            Self::BigInt(value) => Param::BigInt(value),
            Self::BigUnsigned(value) => Param::BigUnsigned(value),
            Self::Real(value) => Param::Real(f32::from_bits(value)),
            Self::Double(value) => Param::Double(f64::from_bits(value)),
            Self::Decimal(value) => Param::Decimal(Decimal::from_str_exact(&value).ok()?),
            Self::BigDecimal(value) => Param::BigDecimal(Box::new(value.parse().ok()?)),
            Self::Text(value) => Param::Text(value),
            Self::Label(value) => Param::Label(value.into()),
            Self::Bytes(value) => Param::Bytes(value.0),
            Self::Date(value) => Param::Date(value),
            Self::Time(value) => Param::Time(value),
            Self::Timestamp(value) => Param::Timestamp(value),
            Self::Instant(value) => Param::Instant(value),
            Self::Uuid(value) => Param::Uuid(value),
            Self::Json(value) => Param::Json(value),
            Self::Interval(months, days, microseconds) => Param::Interval(Interval { months, days, microseconds }),
            Self::Bits(value) => Param::Bits(value.parse::<BitString>().ok()?),
            // The column says what type the text is of.
            Self::Literal(text) => Param::Literal { text, sql_type: "".into() },
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(self.order.to_be_bytes());
        let values: Vec<Wire> = self.values.iter().map(Wire::from).collect();
        serde_json::to_writer(&mut bytes, &values).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// # Errors
/// [`Error::Cursor`] for a text that [`Display`](fmt::Display) did not write, and for one of another version.
impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        const DAMAGED: Error = Error::Cursor("is damaged");
        if text.len() > LONGEST {
            return Err(DAMAGED);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| DAMAGED)?;
        match bytes.first() {
            Some(&VERSION) => {}
            Some(_) => return Err(Error::Cursor("is of another version of this program, or damaged")),
            None => return Err(DAMAGED),
        }
        let (order, values) = bytes[1..].split_first_chunk::<8>().ok_or(DAMAGED)?;
        let values: Vec<Wire> = serde_json::from_slice(values).map_err(|_| DAMAGED)?;
        let values: Option<Vec<Param>> = values.into_iter().map(Wire::into_param).collect();
        Ok(Self { order: u64::from_be_bytes(*order), values: values.ok_or(DAMAGED)? })
    }
}

/// Without the values, which may be secret.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::ToSql;
    use crate::table::Column;

    const BOOK: Relation = Relation {
        schema: "shop",
        name: "book",
        columns: &[Column::new("id", "bigint"), Column::new("title", "text").nullable()],
        ..Relation::EMPTY
    };

    fn order() -> Vec<Term> {
        vec![Term::new(1, false), Term::new(0, false)]
    }

    #[test]
    fn every_value_comes_back() {
        let values: Vec<Param> = vec![
            Param::Null(Kind::Text),
            true.to_sql(),
            1_i16.to_sql(),
            (-2_i32).to_sql(),
            i64::MIN.to_sql(),
            u64::MAX.to_sql(),
            0.1_f32.to_sql(),
            f64::NEG_INFINITY.to_sql(),
            "12.340".parse::<Decimal>().unwrap().to_sql(),
            "123456789012345678901234567890.5".parse::<crate::BigDecimal>().unwrap().to_sql(),
            "ü'\"; DROP TABLE x".to_sql(),
            Param::Label("l".into()),
            Bytes::from([0, 255]).to_sql(),
            NaiveDate::from_ymd_opt(-44, 3, 15).unwrap().to_sql(),
            NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap().to_sql(),
            NaiveDate::MIN.and_hms_opt(1, 2, 3).unwrap().to_sql(),
            DateTime::from_timestamp(1_700_000_000, 123_456_000).unwrap().to_sql(),
            Uuid::from_u128(7).to_sql(),
            serde_json::json!({"a": [1, null]}).to_sql(),
            Interval { months: 1, days: -2, microseconds: 3 }.to_sql(),
            "101".parse::<BitString>().unwrap().to_sql(),
        ];
        let cursor = Cursor { order: 7, values };
        let text = cursor.to_string();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(text.parse::<Cursor>().unwrap(), cursor);
        assert_eq!(serde_json::from_str::<Cursor>(&serde_json::to_string(&cursor).unwrap()).unwrap(), cursor);
    }

    #[test]
    fn a_type_never_travels() {
        let literal = Param::Literal { text: "1".into(), sql_type: "int) --".into() };
        let cursor: Cursor = Cursor { order: 7, values: vec![literal] }.to_string().parse().unwrap();
        assert_eq!(cursor.values, [Param::Literal { text: "1".into(), sql_type: "".into() }]);
    }

    #[test]
    fn a_cursor_is_for_its_order_alone() {
        let cursor = Cursor::new(&BOOK, &order(), vec![Param::Text("a".into()), Param::BigInt(1)]);
        assert_eq!(cursor.values_in(&BOOK, &order()).unwrap().len(), 2);
        let other = Relation { name: "author", ..BOOK };
        let reversed: Vec<Term> = order().into_iter().map(Term::reversed).collect();
        let last = vec![Term { nulls_first: true, ..order()[0] }, order()[1]];
        for (relation, order) in [(&other, order()), (&BOOK, reversed), (&BOOK, last), (&BOOK, vec![order()[0]])] {
            cursor.values_in(relation, &order).unwrap_err();
        }
        // The text is the same in every process and every release.
        assert_eq!(cursor.to_string(), "Afmfd8LJJechW3sidCI6ImEifSx7ImwiOjF9XQ");
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let good = Cursor::new(&BOOK, &order(), vec![Param::Text("a".into()), Param::BigInt(1)]).to_string();
        for length in 0..good.len() {
            good[..length].parse::<Cursor>().unwrap_err();
        }
        for text in ["=", "AAAA", "AgAAAAAAAAAAW10", "AQAAAAAAAAAAe30", "ü"] {
            let error = text.parse::<Cursor>().unwrap_err().to_string();
            assert!(error.starts_with("the cursor is "), "{error}");
        }
        assert!(!format!("{:?}", good.parse::<Cursor>().unwrap()).contains('a'.to_string().repeat(2).as_str()));
    }
}
