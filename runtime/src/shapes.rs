//! [`FromRow`] for what is no model: single values, which are read from the first column, and tuples, which are read from
//! the columns in their order.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bigdecimal::BigDecimal;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ipnetwork::IpNetwork;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::RowError;
use crate::row::{FromRow, Row};
use crate::types::{Array, BitString, Bytes, Interval, MacAddr, Multirange, Range, SqliteValue};
use crate::value::FromSql;

macro_rules! first_column {
    ($($type:ty)+) => {
        $(
            impl FromRow for $type {
                fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
                    row.get_at(0)
                }
            }
        )+
    };
}

first_column! {
    bool i8 i16 i32 i64 i128 u8 u16 u32 u64 f32 f64 String Decimal BigDecimal NaiveDate NaiveTime NaiveDateTime
    DateTime<Utc> Uuid serde_json::Value Interval MacAddr BitString Bytes IpNetwork IpAddr Ipv4Addr Ipv6Addr SqliteValue
    BTreeMap<String, Option<String>>
}

macro_rules! generic_first_column {
    ($($type:ident)+) => {
        $(
            impl<T: FromSql> FromRow for $type<T> {
                fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
                    row.get_at(0)
                }
            }
        )+
    };
}

generic_first_column! { Option Array Range Multirange }

macro_rules! tuples {
    ($($($name:ident $index:literal),+;)+) => {
        $(
            impl<$($name: FromSql),+> FromRow for ($($name,)+) {
                fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
                    Ok(($(row.get_at::<$name>($index)?,)+))
                }
            }
        )+
    };
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}
