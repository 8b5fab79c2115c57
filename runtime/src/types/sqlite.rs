//! Values of columns that hold whatever they are given (SQLite).

use serde::de::{self, MapAccess};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Bytes;
use crate::error::ValueError;
use crate::value::{FromSql, Value};

/// A value of a column without a declared type, with the storage class that it has.
///
/// In JSON it is `null`, a number, a string, or an object with one member: `{"$bytes": "<base64>"}` for bytes, and
/// `{"$real": "Infinity"}`, `-Infinity` or `NaN` for the numbers that JSON has not. A number with a fraction or an
/// exponent is a real, as SQLite has it: `1.0` stays one.
///
/// ```
/// use tablature_runtime::SqliteValue;
///
/// let values = [SqliteValue::Integer(1), SqliteValue::Real(1.0), SqliteValue::Blob([1].into()), SqliteValue::Null];
/// assert_eq!(serde_json::to_string(&values)?, r#"[1,1.0,{"$bytes":"AQ=="},null]"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, PartialOrd)]
pub enum SqliteValue {
    /// NULL.
    #[default]
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Bytes),
}

/// On other engines the family of the value's type decides: whole numbers, floating point numbers, text, bytes.
impl FromSql for SqliteValue {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        use crate::value::{MysqlData, SqliteData};
        match value {
            Value::Sqlite(SqliteData::Integer(number)) => Ok(Self::Integer(number)),
            Value::Sqlite(SqliteData::Real(number)) => Ok(Self::Real(number)),
            Value::Sqlite(SqliteData::Text(_)) => String::from_sql(value).map(Self::Text),
            Value::Sqlite(SqliteData::Blob(bytes)) => Ok(Self::Blob(bytes.into())),
            Value::Mysql(mysql) => match mysql.data {
                MysqlData::Int(_) | MysqlData::UInt(_) | MysqlData::Bit(_) => i64::from_sql(value).map(Self::Integer),
                MysqlData::Float(_) | MysqlData::Double(_) => f64::from_sql(value).map(Self::Real),
                MysqlData::Bytes(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => Ok(Self::Text(text.to_owned())),
                    Err(_) => Ok(Self::Blob(bytes.into())),
                },
                _ => Err(ValueError::mismatch(mysql.type_name.to_owned())),
            },
            Value::Postgres(_) => i64::from_sql(value)
                .map(Self::Integer)
                .or_else(|_| f64::from_sql(value).map(Self::Real))
                .or_else(|_| Bytes::from_sql(value).map(Self::Blob))
                .or_else(|_| String::from_sql(value).map(Self::Text)),
        }
    }

    fn from_null() -> Option<Self> {
        Some(Self::Null)
    }
}

const BYTES: &str = "$bytes";
const REAL: &str = "$real";

impl Serialize for SqliteValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Real(number) if number.is_finite() => serializer.serialize_f64(*number),
            Self::Real(number) => single(serializer, REAL, crate::json::not_finite(*number)),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => single(serializer, BYTES, bytes),
        }
    }
}

fn single<S: Serializer>(serializer: S, name: &str, value: impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, &value)?;
    map.end()
}

impl<'de> Deserialize<'de> for SqliteValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = SqliteValue;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("null, a number, a string, or an object with the one member $bytes or $real")
    }

    fn visit_unit<E>(self) -> Result<SqliteValue, E> {
        Ok(SqliteValue::Null)
    }

    fn visit_i64<E>(self, number: i64) -> Result<SqliteValue, E> {
        Ok(SqliteValue::Integer(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<SqliteValue, E> {
        i64::try_from(number)
            .map(SqliteValue::Integer)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &"a number of 64 bits with a sign"))
    }

    fn visit_f64<E>(self, number: f64) -> Result<SqliteValue, E> {
        Ok(SqliteValue::Real(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<SqliteValue, E> {
        Ok(SqliteValue::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SqliteValue, A::Error> {
        let key: Option<String> = map.next_key()?;
        let value = match key.as_deref() {
            Some(BYTES) => SqliteValue::Blob(map.next_value()?),
            Some(REAL) => {
                let text: String = map.next_value()?;
                let number = crate::json::parse_not_finite(&text)
                    .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &self))?;
                SqliteValue::Real(number)
            }
            _ => return Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        };
        match map.next_key::<String>()? {
            None => Ok(value),
            Some(_) => Err(de::Error::invalid_length(2, &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_the_storage_class() {
        for (value, json) in [
            (SqliteValue::Null, "null"),
            (SqliteValue::Integer(i64::MIN), "-9223372036854775808"),
            (SqliteValue::Real(1.0), "1.0"),
            (SqliteValue::Real(1e300), "1e+300"),
            (SqliteValue::Real(f64::NEG_INFINITY), r#"{"$real":"-Infinity"}"#),
            (SqliteValue::Text("1".into()), r#""1""#),
            (SqliteValue::Blob([1].into()), r#"{"$bytes":"AQ=="}"#),
        ] {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<SqliteValue>(json).unwrap(), value);
        }
        for json in ["true", "[]", "{}", r#"{"$bytes":"AQ==","x":1}"#, r#"{"$real":"1"}"#, "9223372036854775808"] {
            assert!(serde_json::from_str::<SqliteValue>(json).is_err(), "{json}");
        }
    }
}
