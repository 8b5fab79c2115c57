//! Decimal numbers as strings.

use std::fmt;

use bigdecimal::BigDecimal;
use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Unexpected};
use serde::ser::{Error as _, Serializer};

use super::{DecimalForm, JsonAs};
use crate::value::{Numeric, plain};

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = Numeric;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number as a string, such as \"1.50\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Numeric, E> {
        Numeric::parse(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Numeric, E> {
        Ok(Numeric::integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Numeric, E> {
        Ok(Numeric::integer(number.into()))
    }
}

impl JsonAs<DecimalForm> for Decimal {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)?.to_decimal().map_err(de::Error::custom)
    }
}

impl JsonAs<DecimalForm> for BigDecimal {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match plain(self) {
            Some(text) => serializer.serialize_str(&text),
            None => Err(S::Error::custom("a decimal number has more than 131072 digits before or after the point")),
        }
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(deserializer.deserialize_any(Visitor)?.to_big_decimal())
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::types::{Array, Multirange, Range};

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Row {
        #[serde(with = "crate::json::decimal")]
        small: Decimal,
        #[serde(with = "crate::json::decimal")]
        large: BigDecimal,
        #[serde(default, with = "crate::json::decimal")]
        none: Option<Decimal>,
        #[serde(with = "crate::json::decimal")]
        list: Vec<Option<Decimal>>,
        #[serde(with = "crate::json::decimal")]
        array: Array<BigDecimal>,
        #[serde(with = "crate::json::decimal")]
        range: Option<Range<Decimal>>,
        #[serde(with = "crate::json::decimal")]
        ranges: Multirange<BigDecimal>,
    }

    #[test]
    fn strings_are_plain_and_exact() {
        let json = concat!(
            r#"{"small":"1.50","large":"0.00000000000000000000000000000000000000010","none":null,"list":["-1",null],"#,
            r#""array":[["1.0",null],["2","3"]],"range":{"lower":"1.0","upper":null,"bounds":"[)"},"ranges":[{"empty":true}]}"#
        );
        let row: Row = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&row).unwrap(), json);
        assert_eq!(row.array.dimensions().len(), 2);
        let value = BigDecimal::new(15.into(), -30);
        assert_eq!(value.serialize_as(serde_json::value::Serializer).unwrap(), format!("15{}", "0".repeat(30)));
        assert!(BigDecimal::new(1.into(), i64::MIN).serialize_as(serde_json::value::Serializer).is_err());
    }

    #[test]
    fn other_forms_are_refused() {
        for json in ["1.5", r#""x""#, r#""1e999999999""#, "true", "null", r#"["1"]"#] {
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            assert!(<BigDecimal as JsonAs<DecimalForm>>::deserialize_as(&value).is_err(), "{json}");
        }
        let value: serde_json::Value = serde_json::from_str("18446744073709551615").unwrap();
        assert_eq!(Decimal::deserialize_as(&value).unwrap().to_string(), "18446744073709551615");
        let value = serde_json::Value::from("79228162514264337593543950336");
        assert!(Decimal::deserialize_as(&value).is_err());
    }
}
