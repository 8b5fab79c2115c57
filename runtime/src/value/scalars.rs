//! [`FromSql`] for the types of the standard library and of the crates that are re-exported.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ipnetwork::IpNetwork;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{FromSql, Value, text as parse_text};
use crate::error::ValueError;

macro_rules! integers {
    ($($type:ty)+) => {
        $(
            impl FromSql for $type {
                fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
                    let number = value.integer()?;
                    Self::try_from(number).map_err(|_| out_of_range(number))
                }
            }
        )+
    };
}

integers! { i8 i16 i32 i64 i128 u8 u16 u32 u64 }

#[cold]
fn out_of_range(number: i128) -> ValueError {
    ValueError::unheld(format!("{number}"))
}

macro_rules! families {
    ($($type:ty: $family:ident;)+) => {
        $(
            impl FromSql for $type {
                fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
                    value.$family()
                }
            }
        )+
    };
}

families! {
    bool: boolean;
    f64: float;
    NaiveDate: date;
    NaiveTime: time;
    NaiveDateTime: timestamp;
    DateTime<Utc>: instant;
    Uuid: uuid;
    IpNetwork: network;
    serde_json::Value: json;
    crate::types::Interval: interval;
    crate::types::MacAddr: mac_address;
    crate::types::BitString: bits;
    BTreeMap<String, Option<String>>: pairs;
}

impl FromSql for f32 {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let wide = value.float()?;
        let narrow = wide as f32;
        if f64::from(narrow) == wide || wide.is_nan() {
            Ok(narrow)
        } else {
            Err(ValueError::unheld("so precise a number"))
        }
    }
}

impl FromSql for Decimal {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        value.numeric()?.to_decimal()
    }
}

impl FromSql for BigDecimal {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        Ok(value.numeric()?.to_big_decimal())
    }
}

impl FromSql for String {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        Ok(value.text()?.into_owned())
    }
}

impl FromSql for Ipv4Addr {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        match host(value.network()?)? {
            IpAddr::V4(address) => Ok(address),
            IpAddr::V6(_) => Err(ValueError::unheld("an IPv6 address")),
        }
    }
}

impl FromSql for Ipv6Addr {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        match host(value.network()?)? {
            IpAddr::V6(address) => Ok(address),
            IpAddr::V4(_) => Err(ValueError::unheld("an IPv4 address")),
        }
    }
}

impl FromSql for IpAddr {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        host(value.network()?)
    }
}

/// NULL is `None`.
impl<T: FromSql> FromSql for Option<T> {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        T::from_sql(value).map(Some)
    }

    fn from_null() -> Option<Self> {
        Some(None)
    }
}

/// An array of one dimension. Elements that are NULL need an `Option`.
impl<T: FromSql> FromSql for Vec<T> {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let elements = value.elements()?;
        if elements.dimensions().len() > 1 {
            return Err(ValueError::unheld("an array of several dimensions"));
        }
        elements.read()
    }
}

fn host(network: IpNetwork) -> Result<IpAddr, ValueError> {
    let whole = if network.is_ipv4() { 32 } else { 128 };
    if network.prefix() == whole { Ok(network.ip()) } else { Err(ValueError::unheld("a network")) }
}

/// 0 and 1.
pub(super) fn boolean_of(number: i128) -> Result<bool, ValueError> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(out_of_range(number)),
    }
}

/// A whole number as a floating point number, where that is exact.
pub(super) fn exact_float(number: i128) -> Result<f64, ValueError> {
    let float = number as f64;
    if float as i128 == number { Ok(float) } else { Err(ValueError::unheld("so precise a number")) }
}

/// A date and time as a date, where it is midnight.
pub(super) fn whole_day(time: NaiveDateTime) -> Result<NaiveDate, ValueError> {
    if time.time() == NaiveTime::MIN { Ok(time.date()) } else { Err(ValueError::unheld("a time of day")) }
}

/// An address, with or without the length of a prefix.
pub(super) fn parse_network(text: &str) -> Result<IpNetwork, ValueError> {
    text.trim_end_matches(' ').parse().map_err(|_| ValueError::malformed("it is not an IP address"))
}

/// One of this crate's own types from its text.
pub(super) fn parse<T: FromStr<Err = crate::types::ParseError>>(text: &str) -> Result<T, ValueError> {
    text.parse().map_err(|error: T::Err| ValueError::malformed(error.to_string()))
}

/// A JSON object of texts and nulls.
pub(super) fn parse_pairs(document: &[u8]) -> Result<BTreeMap<String, Option<String>>, ValueError> {
    parse_text::utf8(document)?;
    serde_json::from_slice(document).map_err(|_| ValueError::malformed("it is not a JSON object of texts"))
}
