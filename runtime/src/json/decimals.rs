//! Decimal numbers, as strings and as numbers.

use std::fmt;

use bigdecimal::BigDecimal;
use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Unexpected};
use serde::ser::{Error as _, Serializer};

use super::{DecimalForm, DecimalNumberForm, JsonAs};
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

/// Reads what [`Visitor`] reads, and fractions.
struct NumberVisitor;

impl de::Visitor<'_> for NumberVisitor {
    type Value = Numeric;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Numeric, E> {
        Visitor.visit_str(text)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Numeric, E> {
        Ok(Numeric::integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Numeric, E> {
        Ok(Numeric::integer(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Numeric, E> {
        Numeric::shortest(number).map_err(|_| E::invalid_value(Unexpected::Float(number), &self))
    }
}

/// Writes a decimal, given in plain notation, as a number.
fn serialize_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(whole) = text.parse::<i64>() {
        return serializer.serialize_i64(whole);
    }
    let shortest = |text: &str| {
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
        text.strip_prefix("-0").filter(|rest| rest.is_empty()).map_or_else(|| text.to_owned(), |_| "0".to_owned())
    };
    match text.parse::<f64>() {
        Ok(number) if shortest(&number.to_string()) == shortest(text) => serializer.serialize_f64(number),
        _ => Err(S::Error::custom(format!("{text} has more digits than a JSON number keeps; write it as a string"))),
    }
}

impl JsonAs<DecimalNumberForm> for Decimal {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_number(&self.to_string(), serializer)
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)?.to_decimal().map_err(de::Error::custom)
    }
}

impl JsonAs<DecimalNumberForm> for BigDecimal {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match plain(self) {
            Some(text) => serialize_number(&text, serializer),
            None => Err(S::Error::custom("a decimal number has more than 131072 digits before or after the point")),
        }
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(deserializer.deserialize_any(NumberVisitor)?.to_big_decimal())
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
        assert_eq!(
            JsonAs::<DecimalForm>::serialize_as(&value, serde_json::value::Serializer).unwrap(),
            format!("15{}", "0".repeat(30))
        );
        let huge = BigDecimal::new(1.into(), i64::MIN);
        assert!(JsonAs::<DecimalForm>::serialize_as(&huge, serde_json::value::Serializer).is_err());
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        #[derive(Debug, Deserialize, PartialEq, Serialize)]
        struct Price(#[serde(with = "crate::json::decimal_number")] Decimal);

        for (text, json) in [("12.50", "12.5"), ("-0.1", "-0.1"), ("42", "42"), ("0.000001", "1e-6"), ("0.00", "0.0")] {
            let price = Price(text.parse().unwrap());
            assert_eq!(serde_json::to_string(&price).unwrap(), json);
            assert_eq!(serde_json::from_str::<Price>(json).unwrap(), price);
        }
        let long = Price("1.2345678901234567890123".parse().unwrap());
        assert!(serde_json::to_string(&long).unwrap_err().to_string().contains("write it as a string"));
    }

    #[test]
    fn other_forms_are_refused() {
        for json in ["1.5", r#""x""#, r#""1e999999999""#, "true", "null", r#"["1"]"#] {
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            assert!(<BigDecimal as JsonAs<DecimalForm>>::deserialize_as(&value).is_err(), "{json}");
        }
        let value: serde_json::Value = serde_json::from_str("18446744073709551615").unwrap();
        assert_eq!(
            <Decimal as JsonAs<DecimalForm>>::deserialize_as(&value).unwrap().to_string(),
            "18446744073709551615"
        );
        let value = serde_json::Value::from("79228162514264337593543950336");
        assert!(<Decimal as JsonAs<DecimalForm>>::deserialize_as(&value).is_err());
    }
}
