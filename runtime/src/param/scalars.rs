//! [`ToSql`] for the types of the standard library and of the crates that are re-exported.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ipnetwork::IpNetwork;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Kind, NotNull, Param, ToSql};
use crate::types::{BitString, Bytes, Interval, SqliteValue};

macro_rules! scalars {
    ($($type:ty: $kind:ident, $value:ident => $param:expr;)+) => {
        $(
            impl ToSql for $type {
                fn to_sql(&self) -> Param {
                    let $value = self;
                    $param
                }

                fn null() -> Param {
                    Param::Null(Kind::$kind)
                }
            }

            impl NotNull for $type {}
        )+
    };
}

scalars! {
    bool: Bool, value => Param::Bool(*value);
    i8: SmallInt, value => Param::SmallInt(i16::from(*value));
    i16: SmallInt, value => Param::SmallInt(*value);
    i32: Int, value => Param::Int(*value);
    i64: BigInt, value => Param::BigInt(*value);
    u8: SmallInt, value => Param::SmallInt(i16::from(*value));
    u16: Int, value => Param::Int(i32::from(*value));
    u32: BigInt, value => Param::BigInt(i64::from(*value));
    u64: BigUnsigned, value => Param::BigUnsigned(*value);
    i128: Decimal, value => Param::BigDecimal(Box::new(BigDecimal::from(*value)));
    f32: Real, value => Param::Real(*value);
    f64: Double, value => Param::Double(*value);
    Decimal: Decimal, value => Param::Decimal(*value);
    BigDecimal: Decimal, value => Param::BigDecimal(Box::new(value.clone()));
    String: Text, value => Param::Text(value.clone());
    Bytes: Bytes, value => Param::Bytes(value.0.clone());
    NaiveDate: Date, value => Param::Date(*value);
    NaiveTime: Time, value => Param::Time(*value);
    NaiveDateTime: Timestamp, value => Param::Timestamp(*value);
    DateTime<Utc>: Instant, value => Param::Instant(*value);
    DateTime<FixedOffset>: Instant, value => Param::Instant(value.to_utc());
    Uuid: Uuid, value => Param::Uuid(*value);
    serde_json::Value: Json, value => Param::Json(value.to_string());
    Interval: Interval, value => Param::Interval(*value);
    BitString: Bits, value => Param::Bits(value.clone());
}

/// Text behind a reference has no NULL of its own type, so that `Option<&str>` can be bound as well.
impl ToSql for &str {
    fn to_sql(&self) -> Param {
        Param::Text((*self).to_owned())
    }

    fn null() -> Param {
        String::null()
    }
}

impl ToSql for std::borrow::Cow<'_, str> {
    fn to_sql(&self) -> Param {
        Param::Text(self.clone().into_owned())
    }

    fn null() -> Param {
        String::null()
    }
}

/// `None` is NULL.
impl<T: ToSql> ToSql for Option<T> {
    fn to_sql(&self) -> Param {
        self.as_ref().map_or_else(T::null, T::to_sql)
    }

    fn null() -> Param {
        T::null()
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: ToSql> ToSql for &T {
    fn to_sql(&self) -> Param {
        (**self).to_sql()
    }

    fn null() -> Param {
        T::null()
    }
}

impl<T: ToSql> ToSql for Box<T> {
    fn to_sql(&self) -> Param {
        (**self).to_sql()
    }

    fn null() -> Param {
        T::null()
    }
}

/// Several values, for `IN (:list)`. An array of PostgreSQL's is an [`Array`](crate::Array).
impl<T: ToSql> ToSql for Vec<T> {
    fn to_sql(&self) -> Param {
        self.as_slice().to_sql()
    }

    fn null() -> Param {
        Param::Null(Kind::List)
    }
}

/// Several values, for `IN (:list)`.
impl<T: ToSql> ToSql for &[T] {
    fn to_sql(&self) -> Param {
        Param::List(self.iter().map(T::to_sql).collect())
    }

    fn null() -> Param {
        Param::Null(Kind::List)
    }
}

/// Several values, for `IN (:list)`.
impl<T: ToSql, const N: usize> ToSql for [T; N] {
    fn to_sql(&self) -> Param {
        self.as_slice().to_sql()
    }

    fn null() -> Param {
        Param::Null(Kind::List)
    }
}

impl<T: ToSql> NotNull for Vec<T> {}

impl NotNull for IpNetwork {}

impl NotNull for SqliteValue {}

/// An address with its prefix. Text, and cast to `inet`, on PostgreSQL.
impl ToSql for IpNetwork {
    fn to_sql(&self) -> Param {
        literal(self, "inet")
    }

    fn null() -> Param {
        Param::Null(Kind::Literal("inet".into()))
    }
}

macro_rules! addresses {
    ($($type:ty)+) => {
        $(
            impl ToSql for $type {
                fn to_sql(&self) -> Param {
                    literal(self, "inet")
                }

                fn null() -> Param {
                    IpNetwork::null()
                }
            }

            impl NotNull for $type {}
        )+
    };
}

addresses! { IpAddr Ipv4Addr Ipv6Addr }

impl ToSql for SqliteValue {
    fn to_sql(&self) -> Param {
        match self {
            Self::Null => Self::null(),
            Self::Integer(number) => Param::BigInt(*number),
            Self::Real(number) => Param::Double(*number),
            Self::Text(text) => Param::Text(text.clone()),
            Self::Blob(bytes) => Param::Bytes(bytes.0.clone()),
        }
    }

    fn null() -> Param {
        Param::Null(Kind::Text)
    }
}

/// A value in its text form.
pub(super) fn literal(value: &dyn std::fmt::Display, sql_type: &'static str) -> Param {
    Param::Literal { text: value.to_string(), sql_type: sql_type.into() }
}
