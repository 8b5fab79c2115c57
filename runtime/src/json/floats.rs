//! Floating point numbers as numbers, or as the names of those that JSON has not.

use std::fmt;

use serde::de::{self, Deserializer, Unexpected};
use serde::ser::Serializer;

use super::{FloatForm, JsonAs};

/// The name of a number that is not finite.
pub(crate) fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// The number of a name.
pub(crate) fn parse_not_finite(name: &str) -> Option<f64> {
    match name {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_i64<E>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_u64<E>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<f64, E> {
        parse_not_finite(name).ok_or_else(|| E::invalid_value(Unexpected::Str(name), &self))
    }
}

impl JsonAs<FloatForm> for f64 {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_finite() { serializer.serialize_f64(*self) } else { serializer.serialize_str(not_finite(*self)) }
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonAs<FloatForm> for f32 {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_finite() {
            serializer.serialize_f32(*self)
        } else {
            serializer.serialize_str(not_finite((*self).into()))
        }
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wide = deserializer.deserialize_any(Visitor)?;
        let narrow = wide as f32;
        // Digits beyond the type's precision are rounded, as everywhere; a number beyond its range is refused.
        if narrow.is_infinite() && wide.is_finite() {
            return Err(de::Error::invalid_value(Unexpected::Float(wide), &"a number of 32 bits"));
        }
        Ok(narrow)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use crate::types::Array;

    #[derive(Deserialize, Serialize)]
    struct Row {
        #[serde(with = "crate::json::float")]
        wide: f64,
        #[serde(with = "crate::json::float")]
        narrow: f32,
        #[serde(default, with = "crate::json::float")]
        maybe: Option<f64>,
        #[serde(with = "crate::json::float")]
        list: Vec<f32>,
        #[serde(with = "crate::json::float")]
        array: Array<f64>,
        #[serde(default, with = "crate::json::float::nullable", skip_serializing_if = "Option::is_none")]
        patch: Option<Option<f64>>,
    }

    #[test]
    fn all_numbers_round_trip() {
        for json in [
            r#"{"wide":0.1,"narrow":0.1,"maybe":null,"list":[1.5],"array":[[1.0,null]]}"#,
            r#"{"wide":"NaN","narrow":"-Infinity","maybe":"Infinity","list":["NaN"],"array":["NaN",null],"patch":null}"#,
            r#"{"wide":1.7976931348623157e+308,"narrow":3.4028235e+38,"maybe":5e-324,"list":[],"array":[],"patch":"NaN"}"#,
        ] {
            let row: Row = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&row).unwrap(), json);
        }
    }

    #[test]
    fn the_last_bit_survives() {
        for number in [2.638344616030823e-256_f64, 31.245270191439438, 121.48791951161945, f64::MIN_POSITIVE] {
            assert_eq!(serde_json::from_str::<f64>(&number.to_string()).unwrap(), number);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let of = |wide: &str, narrow: &str| format!(r#"{{"wide":{wide},"narrow":{narrow},"list":[],"array":[]}}"#);
        assert_eq!(serde_json::from_str::<Row>(&of("1", "1")).map(|row| (row.wide, row.maybe)).unwrap(), (1.0, None));
        for (wide, narrow) in
            [("\"nan\"", "1"), ("\"1\"", "1"), ("null", "1"), ("1", "1e39"), ("1e400", "1"), ("true", "1")]
        {
            assert!(serde_json::from_str::<Row>(&of(wide, narrow)).is_err(), "{wide} {narrow}");
        }
    }
}
