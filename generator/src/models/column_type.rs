//! SeaORM's `column_type`, which says an SQL type in Rust: `Decimal(Some((10, 2)))`, `String(StringLen::N(300))`.

use super::fit::base;
use crate::catalog::{Catalog, Engine, SqlType};

/// Whether a column is of the type that a model says; where that cannot be told, it is taken to be.
pub(super) fn agrees(catalog: &Catalog, ty: &SqlType, said: &str) -> bool {
    // SQLite knows types by what they are made of, and MySQL has fewer of them.
    if catalog.engine != Engine::Postgres {
        return true;
    }
    let ty = base(catalog, ty);
    let said: String = said.chars().filter(|c| !c.is_whitespace()).collect();
    let said = said.trim_start_matches("ColumnType::");
    let (name, arguments) = said.split_once('(').unwrap_or((said, ""));
    let numbers: Vec<u32> =
        arguments.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    let length = numbers.first().copied();
    let has_length = |found: Option<u32>| length.is_none() || length == found;
    match name {
        "Text" => matches!(ty, SqlType::Text { .. } | SqlType::CiText | SqlType::Varchar { length: None }),
        "String" => match ty {
            SqlType::Varchar { length } => has_length(*length),
            SqlType::Text { .. } | SqlType::CiText => length.is_none(),
            _ => false,
        },
        "Char" => match ty {
            SqlType::Char { length } => has_length(Some(length.unwrap_or(1))),
            _ => false,
        },
        "SmallInteger" => matches!(ty, SqlType::Integer { bits: 16, .. }),
        "Integer" => matches!(ty, SqlType::Integer { bits: 32, .. }),
        "BigInteger" => matches!(ty, SqlType::Integer { bits: 64, .. }),
        "Float" => matches!(ty, SqlType::Float { bits: 32, .. }),
        "Double" => matches!(ty, SqlType::Float { bits: 64, .. }),
        "Boolean" => matches!(ty, SqlType::Boolean),
        "Decimal" => match ty {
            SqlType::Decimal { precision, scale, .. } => match numbers.as_slice() {
                [said_precision, said_scale] => {
                    *precision == Some(*said_precision)
                        && scale.map(i64::from).unwrap_or_default() == i64::from(*said_scale)
                }
                _ => true,
            },
            _ => false,
        },
        "Date" => matches!(ty, SqlType::Date),
        "Time" => matches!(ty, SqlType::Time { .. }),
        "DateTime" | "Timestamp" => matches!(ty, SqlType::Timestamp { zone: false, .. }),
        "TimestampWithTimeZone" => matches!(ty, SqlType::Timestamp { zone: true, .. }),
        "Uuid" => matches!(ty, SqlType::Uuid),
        "Json" => matches!(ty, SqlType::Json { .. }),
        "JsonBinary" => matches!(ty, SqlType::Json { binary: true }),
        "Binary" | "VarBinary" | "Blob" => matches!(ty, SqlType::Blob { .. }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_held_to_what_is_there() {
        let catalog = Catalog::empty(Engine::Postgres);
        let decimal = SqlType::Decimal { precision: Some(10), scale: Some(2), unsigned: false };
        let varchar = SqlType::Varchar { length: Some(300) };
        let cases = [
            (&decimal, "Decimal(Some((10, 2)))", true),
            (&decimal, "Decimal(Some((12, 2)))", false),
            (&decimal, "Decimal(None)", true),
            (&decimal, "Double", false),
            (&varchar, "String(StringLen::N(300))", true),
            (&varchar, "ColumnType::String(StringLen::N(30))", false),
            (&varchar, "String(StringLen::None)", true),
            (&varchar, "custom(\"citext\")", true),
            (&varchar, "Text", false),
        ];
        for (ty, said, right) in cases {
            assert_eq!(agrees(&catalog, ty, said), right, "{said}");
        }
    }
}
