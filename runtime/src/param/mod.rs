//! Values on their way to the database: what a Rust value is bound as, whichever engine it goes to.
//!
//! [`ToSql`] is the other direction of [`FromSql`](crate::FromSql). It gives a [`Param`], which says what kind of SQL value
//! it is, and each engine's driver is given its own form of that in [`bind`](self). A Rust type always gives the same
//! [`Kind`], NULL included, since PostgreSQL infers the meaning of a statement from the types of its parameters.

#[cfg(feature = "database")]
mod bind;
mod scalars;
pub(crate) mod special;
pub(crate) mod text;
#[cfg(feature = "time")]
mod time;

use std::borrow::Cow;
use std::fmt;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::types::{BitString, Interval};

#[cfg(feature = "database")]
pub(crate) use bind::Arguments;
#[cfg(feature = "database")]
pub(crate) use special::array;
pub use special::composite;

/// A Rust value that can be bound to a parameter of a statement.
///
/// ```
/// use tablature_runtime::{Param, ToSql};
///
/// struct Cents(i64);
///
/// impl ToSql for Cents {
///     fn to_sql(&self) -> Param {
///         self.0.to_sql()
///     }
///
///     fn null() -> Param {
///         i64::null()
///     }
/// }
///
/// assert_eq!(Cents(999).to_sql(), Param::BigInt(999));
/// ```
pub trait ToSql: Sync {
    /// What is bound.
    fn to_sql(&self) -> Param;

    /// What is bound for NULL where a value of this type could be.
    fn null() -> Param
    where
        Self: Sized;

    /// Whether there is no value at all: an insert leaves the column to the database then. An `Option` that is `None` is
    /// absent; `Some(None)`, where a column can be NULL and has a default, is not.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A value that is never NULL: one that a column can be compared with. `Option` is not, since nothing is equal to NULL;
/// [`Col::is_null`](crate::Col) asks for it.
#[diagnostic::on_unimplemented(
    message = "a column cannot be compared with `{Self}`",
    label = "this may be NULL, or is no value of SQL",
    note = "ask for NULL with `is_null` and `is_not_null`",
    note = "a type of your own that is never NULL implements `tablature_runtime::NotNull`"
)]
pub trait NotNull: ToSql {}

/// A value that is bound to a parameter.
///
/// Its `Debug` output gives the kind and not the value: parameters hold secrets, and debug output ends up in logs.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Param {
    /// NULL, where a value of that kind could be.
    Null(Kind),
    /// A boolean.
    Bool(bool),
    /// A whole number of 16 bits.
    SmallInt(i16),
    /// A whole number of 32 bits.
    Int(i32),
    /// A whole number of 64 bits.
    BigInt(i64),
    /// A whole number of 64 bits without a sign.
    BigUnsigned(u64),
    /// A binary floating point number of 32 bits.
    Real(f32),
    /// A binary floating point number of 64 bits.
    Double(f64),
    /// A decimal number.
    Decimal(Decimal),
    /// A decimal number of any size.
    BigDecimal(Box<BigDecimal>),
    /// Text.
    Text(String),
    /// The label of an enumerated type: text whose type the server infers.
    Label(Cow<'static, str>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A date and time without a zone.
    Timestamp(NaiveDateTime),
    /// An instant.
    Instant(DateTime<Utc>),
    /// A UUID.
    Uuid(Uuid),
    /// A JSON document, as text.
    Json(String),
    /// A span of time.
    Interval(Interval),
    /// A string of bits.
    Bits(BitString),
    /// A value in the text form of the SQL type of that name, which is cast to it.
    Literal {
        /// The text form.
        text: String,
        /// The type's name in SQL, as it can stand in a cast.
        sql_type: Cow<'static, str>,
    },
    /// Several values, for `IN (:list)`.
    List(Vec<Param>),
}

/// What kind of SQL value a parameter is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A boolean.
    Bool,
    /// A whole number of 16 bits.
    SmallInt,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    BigInt,
    /// A whole number of 64 bits without a sign.
    BigUnsigned,
    /// A binary floating point number of 32 bits.
    Real,
    /// A binary floating point number of 64 bits.
    Double,
    /// A decimal number.
    Decimal,
    /// Text.
    Text,
    /// The label of an enumerated type.
    Label,
    /// Bytes.
    Bytes,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date and time without a zone.
    Timestamp,
    /// An instant.
    Instant,
    /// A UUID.
    Uuid,
    /// A JSON document.
    Json,
    /// A span of time.
    Interval,
    /// A string of bits.
    Bits,
    /// A value of the SQL type of that name.
    Literal(Cow<'static, str>),
    /// Several values.
    List,
}

impl Param {
    /// The kind; that of NULL is the one of the value that could be there.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => kind.clone(),
            Self::Bool(_) => Kind::Bool,
            Self::SmallInt(_) => Kind::SmallInt,
            Self::Int(_) => Kind::Int,
            Self::BigInt(_) => Kind::BigInt,
            Self::BigUnsigned(_) => Kind::BigUnsigned,
            Self::Real(_) => Kind::Real,
            Self::Double(_) => Kind::Double,
            Self::Decimal(_) | Self::BigDecimal(_) => Kind::Decimal,
            Self::Text(_) => Kind::Text,
            Self::Label(_) => Kind::Label,
            Self::Bytes(_) => Kind::Bytes,
            Self::Date(_) => Kind::Date,
            Self::Time(_) => Kind::Time,
            Self::Timestamp(_) => Kind::Timestamp,
            Self::Instant(_) => Kind::Instant,
            Self::Uuid(_) => Kind::Uuid,
            Self::Json(_) => Kind::Json,
            Self::Interval(_) => Kind::Interval,
            Self::Bits(_) => Kind::Bits,
            Self::Literal { sql_type, .. } => Kind::Literal(sql_type.clone()),
            Self::List(_) => Kind::List,
        }
    }

    /// Whether another one has the same kind. Nearly always both are of one variant, and no kind has to be made.
    #[cfg(feature = "database")]
    pub(crate) fn is_kind_of(&self, other: &Self) -> bool {
        let plain = !matches!(self, Self::Null(_) | Self::Literal { .. });
        (plain && std::mem::discriminant(self) == std::mem::discriminant(other)) || self.kind() == other.kind()
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }
}

impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Param({:?}{})", self.kind(), if self.is_null() { ", NULL" } else { "" })
    }
}

#[cfg(all(test, feature = "database"))]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_compared_as_they_are() {
        let literal = |sql_type: &'static str| Param::Literal { text: "1".into(), sql_type: sql_type.into() };
        let params = [
            Param::Null(Kind::Text),
            Param::Text("a".into()),
            Param::Null(Kind::Int),
            Param::Int(1),
            Param::Decimal(Decimal::ONE),
            Param::BigDecimal(Box::default()),
            literal("inet"),
            literal("money"),
            Param::Null(Kind::Literal("inet".into())),
        ];
        for (a, b) in params.iter().flat_map(|a| params.iter().map(move |b| (a, b))) {
            assert_eq!(a.is_kind_of(b), a.kind() == b.kind(), "{a:?} and {b:?}");
        }
    }
}
