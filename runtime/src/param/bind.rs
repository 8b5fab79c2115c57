//! Parameters as arguments of each engine's driver.

#[cfg(feature = "sqlite")]
use std::str::FromStr;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
use bigdecimal::BigDecimal;
#[cfg(any(feature = "mysql", feature = "postgres"))]
use chrono::NaiveDate;
#[cfg(feature = "postgres")]
use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use sqlx::Arguments as _;
#[cfg(feature = "postgres")]
use uuid::Uuid;

use super::{Kind, Param, text};
use crate::database::Error;
use crate::table::Dialect;

/// The arguments of one statement. Each engine's form of a parameter is decided here, and nowhere else.
#[derive(Clone)]
pub(crate) enum Arguments {
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgArguments),
    #[cfg(feature = "mysql")]
    Mysql(sqlx::mysql::MySqlArguments),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteArguments),
}

impl Arguments {
    /// Encodes parameters for an engine.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub(crate) fn encode<'a>(dialect: Dialect, params: impl IntoIterator<Item = &'a Param>) -> Result<Self, Error> {
        let params = params.into_iter();
        let mut arguments = Self::with_room(dialect, params.size_hint().0)?;
        for param in params {
            arguments.add(param)?;
        }
        Ok(arguments)
    }

    /// No arguments, and room for so many.
    pub(crate) fn with_room(dialect: Dialect, count: usize) -> Result<Self, Error> {
        /// Few values take more than this many bytes.
        const SIZE: usize = 16;
        let mut arguments = match dialect {
            #[cfg(feature = "postgres")]
            Dialect::Postgres => Self::Postgres(Default::default()),
            #[cfg(feature = "mysql")]
            Dialect::Mysql => Self::Mysql(Default::default()),
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Self::Sqlite(Default::default()),
            #[allow(unreachable_patterns)]
            other => return Err(Error::no_engine(other)),
        };
        match &mut arguments {
            #[cfg(feature = "postgres")]
            Self::Postgres(arguments) => arguments.reserve(count, count * SIZE),
            #[cfg(feature = "mysql")]
            Self::Mysql(arguments) => arguments.reserve(count, count * SIZE),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(arguments) => arguments.reserve(count, count * SIZE),
        }
        Ok(arguments)
    }

    /// Adds the argument of the next placeholder.
    ///
    /// # Errors
    /// Where the engine has no form of the value. The error gives the number of the parameter, from 1.
    pub(crate) fn add(&mut self, param: &Param) -> Result<(), Error> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(arguments) => postgres(arguments, param),
            #[cfg(feature = "mysql")]
            Self::Mysql(arguments) => mysql(arguments, param),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(arguments) => sqlite(arguments, param),
        }
        .map_err(|cause| Error::unbindable(self.len() + 1, param.kind(), cause))
    }

    /// As [`add`](Self::add). SQLite's driver keeps texts and bytes, which are moved there; the others write them into
    /// their messages.
    pub(crate) fn push(&mut self, param: Param) -> Result<(), Error> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(arguments) => {
                let moved = match param {
                    Param::Text(text) | Param::Json(text) | Param::Literal { text, .. } => arguments.add(text),
                    Param::Bytes(bytes) => arguments.add(bytes),
                    param => return self.add(&param),
                };
                moved.map_err(|cause| Error::unbindable(self.len() + 1, Kind::Text, cause))
            }
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            _ => self.add(&param),
        }
    }

    fn len(&self) -> usize {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(arguments) => arguments.len(),
            #[cfg(feature = "mysql")]
            Self::Mysql(arguments) => arguments.len(),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(arguments) => arguments.len(),
        }
    }
}

type Outcome = Result<(), sqlx::error::BoxDynError>;

/// The refusal of a value that an engine has no form of.
fn refuse(why: &str) -> Outcome {
    Err(why.to_owned().into())
}

#[cfg(feature = "postgres")]
fn postgres(arguments: &mut sqlx::postgres::PgArguments, param: &Param) -> Outcome {
    match param {
        Param::Null(kind) => postgres_null(arguments, kind),
        Param::Bool(value) => arguments.add(*value),
        Param::SmallInt(value) => arguments.add(*value),
        Param::Int(value) => arguments.add(*value),
        Param::BigInt(value) => arguments.add(*value),
        Param::BigUnsigned(value) => arguments.add(BigDecimal::from(*value)),
        Param::Real(value) => arguments.add(*value),
        Param::Double(value) => arguments.add(*value),
        Param::Decimal(value) => arguments.add(*value),
        Param::BigDecimal(value) => arguments.add(&**value),
        Param::Text(value) if value.contains('\0') => refuse("text in PostgreSQL holds no NUL character"),
        Param::Text(value) => arguments.add(value.as_str()),
        Param::Label(value) => arguments.add(Inferred(Some(value))),
        Param::Bytes(value) => arguments.add(value.as_slice()),
        Param::Date(value) => arguments.add(*value),
        Param::Time(value) => arguments.add(*value),
        Param::Timestamp(value) => arguments.add(*value),
        Param::Instant(value) => arguments.add(*value),
        Param::Uuid(value) => arguments.add(*value),
        Param::Json(text) => arguments.add(JsonText(text)),
        Param::Interval(value) => arguments.add(sqlx::postgres::types::PgInterval {
            months: value.months,
            days: value.days,
            microseconds: value.microseconds,
        }),
        // These are cast from text where they stand.
        Param::Bits(_) | Param::Literal { .. } => arguments.add(&*text::of(param)),
        Param::List(_) => refuse(A_LIST),
    }
}

#[cfg(feature = "postgres")]
fn postgres_null(arguments: &mut sqlx::postgres::PgArguments, kind: &Kind) -> Outcome {
    match kind {
        Kind::Bool => arguments.add(None::<bool>),
        Kind::SmallInt => arguments.add(None::<i16>),
        Kind::Int => arguments.add(None::<i32>),
        Kind::BigInt => arguments.add(None::<i64>),
        Kind::BigUnsigned | Kind::Decimal => arguments.add(None::<BigDecimal>),
        Kind::Real => arguments.add(None::<f32>),
        Kind::Double => arguments.add(None::<f64>),
        Kind::Text | Kind::Bits | Kind::Literal(_) => arguments.add(None::<&str>),
        Kind::Label => arguments.add(Inferred(None)),
        Kind::Bytes => arguments.add(None::<Vec<u8>>),
        Kind::Date => arguments.add(None::<NaiveDate>),
        Kind::Time => arguments.add(None::<NaiveTime>),
        Kind::Timestamp => arguments.add(None::<NaiveDateTime>),
        Kind::Instant => arguments.add(None::<DateTime<Utc>>),
        Kind::Uuid => arguments.add(None::<Uuid>),
        Kind::Json => arguments.add(None::<serde_json::Value>),
        Kind::Interval => arguments.add(None::<sqlx::postgres::types::PgInterval>),
        Kind::List => refuse(A_LIST),
    }
}

/// A JSON document that is text already.
#[cfg(feature = "postgres")]
struct JsonText<'a>(&'a str);

#[cfg(feature = "postgres")]
impl sqlx::Type<sqlx::Postgres> for JsonText<'_> {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        <serde_json::Value as sqlx::Type<sqlx::Postgres>>::type_info()
    }
}

#[cfg(feature = "postgres")]
impl<'q> sqlx::Encode<'q, sqlx::Postgres> for JsonText<'q> {
    fn encode_by_ref(
        &self,
        buffer: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        /// What the binary form of `jsonb` begins with: its version.
        const VERSION: u8 = 1;
        buffer.push(VERSION);
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(sqlx::encode::IsNull::No)
    }
}

const A_LIST: &str = "a list stands in for several values only, as in `IN (:list)`";

/// Text whose type the server infers from where it stands: enumerated types, and text, receive it as it is.
#[cfg(feature = "postgres")]
struct Inferred<'a>(Option<&'a str>);

#[cfg(feature = "postgres")]
impl sqlx::Type<sqlx::Postgres> for Inferred<'_> {
    fn type_info() -> sqlx::postgres::PgTypeInfo {
        // The pseudo-type `unknown`.
        sqlx::postgres::PgTypeInfo::with_oid(sqlx::postgres::types::Oid(705))
    }
}

#[cfg(feature = "postgres")]
impl<'q> sqlx::Encode<'q, sqlx::Postgres> for Inferred<'q> {
    fn encode_by_ref(
        &self,
        buffer: &mut sqlx::postgres::PgArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        match self.0 {
            Some(text) => sqlx::Encode::<sqlx::Postgres>::encode_by_ref(&text, buffer),
            None => Ok(sqlx::encode::IsNull::Yes),
        }
    }
}

#[cfg(feature = "mysql")]
fn mysql(arguments: &mut sqlx::mysql::MySqlArguments, param: &Param) -> Outcome {
    match param {
        // The server asks for no type of a NULL.
        Param::Null(Kind::List) => refuse(A_LIST),
        Param::Null(_) => arguments.add(None::<&str>),
        Param::Bool(value) => arguments.add(*value),
        Param::SmallInt(value) => arguments.add(*value),
        Param::Int(value) => arguments.add(*value),
        Param::BigInt(value) => arguments.add(*value),
        Param::BigUnsigned(value) => arguments.add(*value),
        Param::Real(value) if !value.is_finite() => refuse(NOT_FINITE),
        Param::Real(value) => arguments.add(*value),
        Param::Double(value) if !value.is_finite() => refuse(NOT_FINITE),
        Param::Double(value) => arguments.add(*value),
        Param::Decimal(value) => arguments.add(*value),
        Param::BigDecimal(value) => arguments.add(&**value),
        Param::Text(value) => arguments.add(value.as_str()),
        Param::Label(value) => arguments.add(&**value),
        Param::Bytes(value) => arguments.add(value.as_slice()),
        // The protocol has room for years that the server takes without a word, and does not hold.
        Param::Date(value) if is_far(*value) => refuse(FAR_YEAR),
        Param::Timestamp(value) if is_far(value.date()) => refuse(FAR_YEAR),
        Param::Instant(value) if is_far(value.date_naive()) => refuse(FAR_YEAR),
        Param::Date(value) => arguments.add(*value),
        Param::Time(value) => arguments.add(*value),
        Param::Timestamp(value) => arguments.add(*value),
        Param::Instant(value) => arguments.add(*value),
        // MariaDB's uuid, char(36) and text all take the text.
        Param::Uuid(_) | Param::Json(_) | Param::Interval(_) | Param::Literal { .. } => {
            arguments.add(&*text::of(param))
        }
        // The server aligns bits to the right, and these are aligned to the left.
        Param::Bits(value) if value.len() <= 64 => {
            arguments.add(value.iter().fold(0_u64, |number, bit| number << 1 | u64::from(bit)))
        }
        Param::Bits(_) => refuse("MySQL holds 64 bits at most"),
        Param::List(_) => refuse(A_LIST),
    }
}

#[cfg(feature = "mysql")]
const NOT_FINITE: &str = "MySQL holds neither infinities nor NaN";

#[cfg(feature = "mysql")]
const FAR_YEAR: &str = "MySQL holds the years 0 to 9999";

#[cfg(feature = "mysql")]
fn is_far(date: NaiveDate) -> bool {
    use chrono::Datelike;
    !(0..=9999).contains(&date.year())
}

#[cfg(feature = "sqlite")]
fn sqlite(arguments: &mut sqlx::sqlite::SqliteArguments, param: &Param) -> Outcome {
    match param {
        Param::Null(Kind::List) => refuse(A_LIST),
        Param::Null(_) => arguments.add(None::<i64>),
        Param::Bool(value) => arguments.add(*value),
        Param::SmallInt(value) => arguments.add(*value),
        Param::Int(value) => arguments.add(*value),
        Param::BigInt(value) => arguments.add(*value),
        Param::BigUnsigned(value) => match i64::try_from(*value) {
            Ok(value) => arguments.add(value),
            Err(_) => refuse("SQLite holds no whole number above 9223372036854775807"),
        },
        Param::Real(value) => arguments.add(f64::from(*value)),
        Param::Double(value) if value.is_nan() => refuse("SQLite takes NaN for NULL"),
        Param::Double(value) => arguments.add(*value),
        Param::Decimal(_) | Param::BigDecimal(_) => sqlite_decimal(arguments, &text::of(param)),
        Param::Text(value) => arguments.add(value.clone()),
        Param::Bytes(value) => arguments.add(value.clone()),
        // The form of `CURRENT_TIMESTAMP`, so that texts compare as the times do.
        Param::Timestamp(value) => arguments.add(value.to_string()),
        Param::Instant(value) => arguments.add(format!("{}+00:00", value.naive_utc())),
        Param::Date(value) => arguments.add(value.to_string()),
        Param::Label(_)
        | Param::Time(_)
        | Param::Uuid(_)
        | Param::Json(_)
        | Param::Interval(_)
        | Param::Bits(_)
        | Param::Literal { .. } => arguments.add(text::of(param).into_owned()),
        Param::List(_) => refuse(A_LIST),
    }
}

/// SQLite has no decimal numbers. One that its own numbers hold exactly, or as exactly as the text says, is bound as such,
/// so that it compares as a number wherever it stands; any other one as its text.
#[cfg(feature = "sqlite")]
fn sqlite_decimal(arguments: &mut sqlx::sqlite::SqliteArguments, text: &str) -> Outcome {
    if let Ok(whole) = text.parse::<i64>() {
        return arguments.add(whole);
    }
    let value = text.parse::<f64>()?;
    // 15 digits are what a double gives back as they were.
    let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    let same = || BigDecimal::from_str(&value.to_string()).ok() == BigDecimal::from_str(text).ok();
    if value.is_finite() && (digits <= 15 || same()) { arguments.add(value) } else { arguments.add(text.to_owned()) }
}
