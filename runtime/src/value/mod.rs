//! A value of whichever engine, and the trait of the types that can be read from one.
//!
//! Every engine's decoder is a file of the same functions, one per family of Rust types: [`postgres`] decodes the
//! server's binary format by itself, since the driver's own decoders panic on `infinity` and refuse arrays with NULLs or
//! with several dimensions; [`mysql`] takes over from the driver where that knows numbers from text, and [`sqlite`] goes
//! by the storage class of each value. [`text`] has the parsers for values that arrive as text.

mod fields;
mod json;
#[cfg(test)]
mod malformed;
mod mysql;
mod numeric;
mod pg_text;
pub(crate) mod pg_type;
mod postgres;
mod scalars;
mod sqlite;
pub(crate) mod text;
#[cfg(feature = "time")]
pub(crate) mod time;

pub use fields::{Elements, Fields};
pub use mysql::{MysqlData, MysqlValue};
pub use numeric::Numeric;
pub use postgres::{PgFormat, PgValue};
pub use sqlite::SqliteData;

pub(crate) use numeric::{canonical, plain};

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ipnetwork::IpNetwork;
use uuid::Uuid;

use crate::error::ValueError;
use crate::types::{BitString, Interval, MacAddr, Range};

/// A Rust type that can be read from a value.
///
/// A conversion is exact or an error: an `i16` reads a `bigint` of 7, and refuses one of 40,000; a decimal keeps its
/// trailing zeros; `infinity`, zero dates and 24:00 are refused by types that do not hold them.
///
/// ```
/// use tablature_runtime::{FromSql, SqliteData, Value, ValueError};
///
/// struct Cents(i64);
///
/// impl FromSql for Cents {
///     fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
///         i64::from_sql(value).map(Self)
///     }
/// }
///
/// assert_eq!(Cents::from_sql(Value::Sqlite(SqliteData::Integer(999)))?.0, 999);
/// # Ok::<(), ValueError>(())
/// ```
pub trait FromSql: Sized {
    /// Reads a value that is not NULL.
    ///
    /// # Errors
    /// Where the type is not read from values of that SQL type, or does not hold this one.
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError>;

    /// What NULL is read as; `None` where the type has no NULL.
    fn from_null() -> Option<Self> {
        None
    }
}

/// A value that is not NULL, borrowed from a row.
///
/// Its methods read the families of types that all engines share. They are what implementations of [`FromSql`] for
/// types of one's own are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'r> {
    /// A value of PostgreSQL.
    Postgres(PgValue<'r>),
    /// A value of MySQL or MariaDB.
    Mysql(MysqlValue<'r>),
    /// A value of SQLite.
    Sqlite(SqliteData<'r>),
}

macro_rules! by_engine {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty;)+) => {
        impl<'r> Value<'r> {
            $(
                $(#[doc = $doc])+
                ///
                /// # Errors
                /// Where the value is of another type, is malformed, or is not held.
                pub fn $name(self) -> Result<$type, ValueError> {
                    match self {
                        Self::Postgres(value) => postgres::$name(value),
                        Self::Mysql(value) => mysql::$name(value),
                        Self::Sqlite(value) => sqlite::$name(value),
                    }
                }
            )+
        }
    };
}

by_engine! {
    /// A boolean.
    boolean: bool;
    /// A whole number of any width.
    integer: i128;
    /// A binary floating point number. Whole numbers are read where they are exact.
    float: f64;
    /// A decimal number, with its scale.
    numeric: Numeric;
    /// Text, and the labels of enumerated types.
    text: Cow<'r, str>;
    /// Bytes.
    bytes: Cow<'r, [u8]>;
    /// A date.
    date: NaiveDate;
    /// A time of day.
    time: NaiveTime;
    /// A date and time without a zone.
    timestamp: NaiveDateTime;
    /// An instant.
    instant: DateTime<Utc>;
    /// A span of time.
    interval: Interval;
    /// A UUID.
    uuid: Uuid;
    /// A JSON document.
    json: serde_json::Value;
    /// An IP address with the length of its network's prefix.
    network: IpNetwork;
    /// A hardware address.
    mac_address: MacAddr;
    /// A string of bits.
    bits: BitString;
    /// Names with texts (PostgreSQL's `hstore`, or a JSON object).
    pairs: BTreeMap<String, Option<String>>;
    /// The fields of a composite value (PostgreSQL).
    fields: Fields<'r>;
    /// The elements of an array (PostgreSQL).
    elements: Elements<'r>;
    /// The bounds of a range (PostgreSQL).
    range: Range<Value<'r>>;
    /// The ranges of a multirange (PostgreSQL).
    ranges: Vec<Range<Value<'r>>>;
}

impl Value<'_> {
    /// What the engine calls the value's type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Postgres(value) => value.type_name(),
            Self::Mysql(value) => value.type_name,
            Self::Sqlite(value) => value.storage_class(),
        }
    }
}

/// The error for a type that an engine does not have.
fn foreign<T>(found: &str) -> Result<T, ValueError> {
    Err(ValueError::mismatch(found.to_owned()))
}
