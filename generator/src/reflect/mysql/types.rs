//! The text of `COLUMN_TYPE` to [`SqlType`].
//!
//! sea-schema's parser reads the grammar. What it does not know, and what it could not be stopped in the middle of, is
//! sorted out before it is called; whatever is left is [`SqlType::Other`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use sea_schema::mysql::def::{NumericAttr, StringAttr, SystemInfo, TimeAttr, Type};
use sea_schema::mysql::query::ColumnQueryResult;

use crate::catalog::SqlType;

/// Reads a column's type.
///
/// `srid` is the spatial reference system that the column prescribes, which the type's text does not say.
pub(super) fn read(column_type: &str, srid: Option<u32>, system: &SystemInfo) -> SqlType {
    let other = || SqlType::Other { raw: column_type.to_owned() };
    let (name, arguments) = split(column_type);
    match name.as_str() {
        "uuid" => return SqlType::Uuid,
        "year" if arguments.is_some_and(|digits| digits.trim() == "2") => return SqlType::TwoDigitYear,
        "inet4" => return SqlType::Inet { version: Some(4) },
        "inet6" => return SqlType::Inet { version: Some(6) },
        "vector" => return SqlType::Vector { dimensions: arguments.and_then(|text| text.trim().parse().ok()) },
        // MySQL 8's name for it.
        "geomcollection" => return SqlType::Geometry { shape: "geometrycollection".into(), srid },
        // A list that is not closed would keep the parser busy for ever.
        "enum" | "set" if !is_label_list(column_type[name.len()..].trim_start()) => return other(),
        _ => {}
    }
    parse(column_type, system).and_then(|parsed| lower(parsed, srid)).unwrap_or_else(other)
}

/// The type's name in lower case, and what stands in the parentheses that follow it.
fn split(column_type: &str) -> (String, Option<&str>) {
    let end = column_type.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(column_type.len());
    let (name, rest) = column_type.split_at(end);
    let arguments = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(inside, _)| inside);
    (name.to_ascii_lowercase(), arguments)
}

/// Whether it is `('label','label',…)`, with quotes doubled or escaped in the labels, whatever may follow it.
fn is_label_list(text: &str) -> bool {
    let mut chars = text.chars();
    if chars.next() != Some('(') {
        return false;
    }
    loop {
        if chars.next() != Some('\'') {
            return false;
        }
        // The character behind the closing quote is what decides that it was one.
        let behind = loop {
            match chars.next() {
                Some('\\') => drop(chars.next()),
                Some('\'') => match chars.next() {
                    Some('\'') => {}
                    behind => break behind,
                },
                Some(_) => {}
                None => return false,
            }
        };
        match behind {
            Some(',') => {}
            Some(')') => return true,
            _ => return false,
        }
    }
}

/// Calls sea-schema's parser, the one place where that is done. Only the type is asked of it: its defaults go through
/// floating point numbers and lose empty strings.
fn parse(column_type: &str, system: &SystemInfo) -> Option<Type> {
    let row = ColumnQueryResult { column_type: column_type.to_owned(), ..ColumnQueryResult::default() };
    catch_unwind(AssertUnwindSafe(|| row.parse(system).col_type)).ok()
}

/// sea-schema's type to ours; absent where it knows none.
fn lower(parsed: Type, srid: Option<u32>) -> Option<SqlType> {
    let geometry = |shape: &str, own: Option<u32>| SqlType::Geometry { shape: shape.to_owned(), srid: own.or(srid) };
    Some(match parsed {
        Type::Serial => SqlType::Integer { bits: 64, unsigned: true, width: None },
        Type::Bool => SqlType::Integer { bits: 8, unsigned: false, width: Some(1) },
        Type::TinyInt(attr) => {
            SqlType::Integer { bits: 8, unsigned: unsigned(&attr), width: attr.maximum.filter(|&width| width == 1) }
        }
        Type::SmallInt(attr) => integer(16, &attr),
        Type::MediumInt(attr) => integer(24, &attr),
        Type::Int(attr) => integer(32, &attr),
        Type::BigInt(attr) => integer(64, &attr),
        Type::Float(attr) => SqlType::Float { bits: 32, unsigned: unsigned(&attr) },
        Type::Double(attr) => SqlType::Float { bits: 64, unsigned: unsigned(&attr) },
        Type::Decimal(attr) => SqlType::Decimal {
            precision: attr.maximum,
            scale: attr.decimal.and_then(|scale| i32::try_from(scale).ok()),
            unsigned: unsigned(&attr),
        },
        Type::Bit(attr) => SqlType::Bit { length: attr.maximum, varying: false },
        Type::Date => SqlType::Date,
        Type::Time(attr) => SqlType::Time { precision: fraction(&attr), zone: false },
        Type::DateTime(attr) => SqlType::Timestamp { precision: fraction(&attr), zone: false },
        Type::Timestamp(attr) => SqlType::Timestamp { precision: fraction(&attr), zone: true },
        Type::Year => SqlType::Year,
        Type::Char(attr) | Type::NChar(attr) => SqlType::Char { length: length(&attr) },
        Type::Varchar(attr) | Type::NVarchar(attr) => SqlType::Varchar { length: length(&attr) },
        Type::Binary(attr) => SqlType::Binary { length: length(&attr) },
        Type::Varbinary(attr) => SqlType::Varbinary { length: length(&attr) },
        Type::TinyText(_) => SqlType::Text { max_bytes: Some(0xff) },
        Type::Text(_) => SqlType::Text { max_bytes: Some(0xffff) },
        Type::MediumText(_) => SqlType::Text { max_bytes: Some(0xff_ffff) },
        Type::LongText(_) => SqlType::Text { max_bytes: Some(LONG) },
        Type::TinyBlob => SqlType::Blob { max_bytes: Some(0xff) },
        Type::Blob(_) => SqlType::Blob { max_bytes: Some(0xffff) },
        Type::MediumBlob => SqlType::Blob { max_bytes: Some(0xff_ffff) },
        Type::LongBlob => SqlType::Blob { max_bytes: Some(LONG) },
        Type::Enum(def) => SqlType::InlineEnum { labels: def.values },
        Type::Set(def) => SqlType::Set { labels: def.members },
        Type::Geometry(attr) => geometry("geometry", attr.srid),
        Type::Point(attr) => geometry("point", attr.srid),
        Type::LineString(attr) => geometry("linestring", attr.srid),
        Type::Polygon(attr) => geometry("polygon", attr.srid),
        Type::MultiPoint(attr) => geometry("multipoint", attr.srid),
        Type::MultiLineString(attr) => geometry("multilinestring", attr.srid),
        Type::MultiPolygon(attr) => geometry("multipolygon", attr.srid),
        Type::GeometryCollection(attr) => geometry("geometrycollection", attr.srid),
        Type::Json => SqlType::Json { binary: false },
        Type::Unknown(_) => return None,
    })
}

/// The most bytes that the longest types hold.
const LONG: u64 = 0xffff_ffff;

/// Whether the type is `longtext`, which is what MariaDB makes of `JSON`.
pub(super) fn is_long_text(ty: &SqlType) -> bool {
    *ty == SqlType::Text { max_bytes: Some(LONG) }
}

/// A display width says nothing about a value, except for `tinyint(1)`.
fn integer(bits: u8, attr: &NumericAttr) -> SqlType {
    SqlType::Integer { bits, unsigned: unsigned(attr), width: None }
}

fn unsigned(attr: &NumericAttr) -> bool {
    attr.unsigned == Some(true)
}

/// The digits of a second's fraction; none at all is the default, however it was written.
fn fraction(attr: &TimeAttr) -> Option<u32> {
    attr.fractional.filter(|&digits| digits > 0)
}

fn length(attr: &StringAttr) -> Option<u32> {
    attr.length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty(text: &str) -> SqlType {
        read(text, None, &SystemInfo { version: 101_119, system: "MariaDB".into(), suffix: Vec::new() })
    }

    fn labels(text: &str) -> Vec<String> {
        match ty(text) {
            SqlType::InlineEnum { labels } | SqlType::Set { labels } => labels,
            other => panic!("{text} is {other:?}"),
        }
    }

    #[test]
    fn types_of_both_engines() {
        let integer = |bits, unsigned, width| SqlType::Integer { bits, unsigned, width };
        for (text, expected) in [
            ("tinyint(1)", integer(8, false, Some(1))),
            ("tinyint(1) unsigned", integer(8, true, Some(1))),
            ("tinyint(4)", integer(8, false, None)),
            ("tinyint", integer(8, false, None)),
            ("smallint(5) unsigned zerofill", integer(16, true, None)),
            ("mediumint(9)", integer(24, false, None)),
            ("int unsigned", integer(32, true, None)),
            ("bigint(20) unsigned", integer(64, true, None)),
            ("float(7,3)", SqlType::Float { bits: 32, unsigned: false }),
            ("double unsigned", SqlType::Float { bits: 64, unsigned: true }),
            ("decimal(65,30)", SqlType::Decimal { precision: Some(65), scale: Some(30), unsigned: false }),
            ("decimal(10,0) unsigned", SqlType::Decimal { precision: Some(10), scale: Some(0), unsigned: true }),
            ("bit(64)", SqlType::Bit { length: Some(64), varying: false }),
            ("year(4)", SqlType::Year),
            ("year(2)", SqlType::TwoDigitYear),
            ("year", SqlType::Year),
            ("time(3)", SqlType::Time { precision: Some(3), zone: false }),
            ("datetime", SqlType::Timestamp { precision: None, zone: false }),
            ("datetime(0)", SqlType::Timestamp { precision: None, zone: false }),
            ("timestamp(6)", SqlType::Timestamp { precision: Some(6), zone: true }),
            ("timestamp /* mariadb-5.3 */", SqlType::Timestamp { precision: None, zone: true }),
            ("char(0)", SqlType::Char { length: Some(0) }),
            ("varchar(500) /*M!100301 COMPRESSED*/", SqlType::Varchar { length: Some(500) }),
            ("binary(16)", SqlType::Binary { length: Some(16) }),
            ("varbinary(255)", SqlType::Varbinary { length: Some(255) }),
            ("tinytext", SqlType::Text { max_bytes: Some(255) }),
            ("text /*M!100301 COMPRESSED*/", SqlType::Text { max_bytes: Some(65_535) }),
            ("longblob", SqlType::Blob { max_bytes: Some(4_294_967_295) }),
            ("json", SqlType::Json { binary: false }),
            ("uuid", SqlType::Uuid),
            ("inet4", SqlType::Inet { version: Some(4) }),
            ("inet6", SqlType::Inet { version: Some(6) }),
            ("vector(3)", SqlType::Vector { dimensions: Some(3) }),
            ("point", SqlType::Geometry { shape: "point".into(), srid: None }),
            ("geomcollection", SqlType::Geometry { shape: "geometrycollection".into(), srid: None }),
        ] {
            assert_eq!(ty(text), expected, "{text}");
        }
        let system = SystemInfo { version: 80_036, system: String::new(), suffix: Vec::new() };
        assert_eq!(
            read("geometry", Some(4326), &system),
            SqlType::Geometry { shape: "geometry".into(), srid: Some(4326) }
        );
    }

    #[test]
    fn nasty_labels_are_read() {
        assert_eq!(
            labels(
                r#"enum('it''s','"quoted"','back\\slash','new\nline','','*/','/*','-- ','`','a,b','(x)',')','日本')"#
            ),
            ["it's", "\"quoted\"", "back\\slash", "new\nline", "", "*/", "/*", "-- ", "`", "a,b", "(x)", ")", "日本"]
        );
        assert_eq!(labels(r"set('ends with \\','''','\\''')"), ["ends with \\", "'", "\\'"]);
        assert_eq!(labels("enum('x') CHARACTER SET utf8mb4"), ["x"]);
    }

    #[test]
    fn what_nobody_knows_is_kept_as_text() {
        for text in [
            "",
            "xmltype",
            "sys_refcursor",
            "enum",
            "enum(",
            "enum()",
            "enum('a'",
            "enum('a",
            "enum('a' 'b')",
            "enum(a)",
            "enum('a';)",
            "set('a\\",
            "(",
            "日本(5)",
            "point's",
        ] {
            let known = ty(text);
            // A known name with odd things behind it is still that type.
            let expected = if text == "point's" {
                SqlType::Geometry { shape: "point".into(), srid: None }
            } else {
                SqlType::Other { raw: text.to_owned() }
            };
            assert_eq!(known, expected, "{text}");
        }
    }
}
