//! From the text of a declared type to a [`SqlType`].
//!
//! SQLite takes any words for a type and stores any value under most of them. Well-known names say what the writer of
//! the schema meant, and drivers go by them; everything else is known by its affinity alone. No width and no padding is
//! enforced: every whole number has 64 bits, and `char(n)` is `varchar(n)`.

use crate::catalog::{Affinity, SqlType};

use super::tokens::{Token, tokenize};

/// Makes a type from the numbers in its parentheses.
type Make = fn(&Arguments) -> SqlType;

/// The one or two numbers in parentheses; negative ones, which SQLite lets in, mean nothing.
type Arguments = [Option<u32>; 2];

/// Words around a name that change nothing, for no number is unsigned.
const MODIFIERS: &[&str] = &["UNSIGNED", "SIGNED", "ZEROFILL"];

const INTEGER: Make = |_| SqlType::integer(64);
const FLOAT: Make = |_| SqlType::Float { bits: 64, unsigned: false };
const DECIMAL: Make =
    |&[precision, scale]| SqlType::Decimal { precision, scale: scale.and_then(|s| s.try_into().ok()), unsigned: false };
const VARCHAR: Make = |&[length, _]| SqlType::Varchar { length };
const TEXT: Make = |_| SqlType::Text { max_bytes: None };
const VARBINARY: Make = |&[length, _]| SqlType::Varbinary { length };
const BLOB: Make = |_| SqlType::Blob { max_bytes: None };
const TIME: Make = |&[precision, _]| SqlType::Time { precision, zone: false };
const TIME_ZONE: Make = |&[precision, _]| SqlType::Time { precision, zone: true };
const TIMESTAMP: Make = |&[precision, _]| SqlType::Timestamp { precision, zone: false };
const TIMESTAMP_ZONE: Make = |&[precision, _]| SqlType::Timestamp { precision, zone: true };

/// The names that are known, in upper case, with one blank between words.
const NAMES: &[(&str, Make)] = &[
    ("INTEGER", INTEGER),
    ("INT", INTEGER),
    ("TINYINT", INTEGER),
    ("SMALLINT", INTEGER),
    ("MEDIUMINT", INTEGER),
    ("BIGINT", INTEGER),
    ("BIG INT", INTEGER),
    ("INT2", INTEGER),
    ("INT4", INTEGER),
    ("INT8", INTEGER),
    ("BOOLEAN", |_| SqlType::Boolean),
    ("BOOL", |_| SqlType::Boolean),
    ("REAL", FLOAT),
    ("DOUBLE", FLOAT),
    ("DOUBLE PRECISION", FLOAT),
    ("FLOAT", FLOAT),
    ("FLOAT4", FLOAT),
    ("FLOAT8", FLOAT),
    ("NUMERIC", DECIMAL),
    ("DECIMAL", DECIMAL),
    ("DEC", DECIMAL),
    ("NUMBER", DECIMAL),
    ("CHAR", VARCHAR),
    ("CHARACTER", VARCHAR),
    ("NCHAR", VARCHAR),
    ("NATIVE CHARACTER", VARCHAR),
    ("VARCHAR", VARCHAR),
    ("VARCHAR2", VARCHAR),
    ("NVARCHAR", VARCHAR),
    ("NVARCHAR2", VARCHAR),
    ("CHAR VARYING", VARCHAR),
    ("CHARACTER VARYING", VARCHAR),
    ("VARYING CHARACTER", VARCHAR),
    ("TEXT", TEXT),
    ("CLOB", TEXT),
    ("NCLOB", TEXT),
    ("NTEXT", TEXT),
    ("TINYTEXT", TEXT),
    ("MEDIUMTEXT", TEXT),
    ("LONGTEXT", TEXT),
    ("LONGVARCHAR", TEXT),
    ("BLOB", BLOB),
    ("TINYBLOB", BLOB),
    ("MEDIUMBLOB", BLOB),
    ("LONGBLOB", BLOB),
    ("BYTEA", BLOB),
    ("BINARY", VARBINARY),
    ("VARBINARY", VARBINARY),
    ("DATE", |_| SqlType::Date),
    ("TIME", TIME),
    ("TIME WITHOUT TIME ZONE", TIME),
    ("TIMETZ", TIME_ZONE),
    ("TIME WITH TIME ZONE", TIME_ZONE),
    ("DATETIME", TIMESTAMP),
    ("DATETIME2", TIMESTAMP),
    ("TIMESTAMP", TIMESTAMP),
    ("TIMESTAMP WITHOUT TIME ZONE", TIMESTAMP),
    ("TIMESTAMPTZ", TIMESTAMP_ZONE),
    ("TIMESTAMP WITH TIME ZONE", TIMESTAMP_ZONE),
    ("DATETIMEOFFSET", TIMESTAMP_ZONE),
    ("UUID", |_| SqlType::Uuid),
    ("GUID", |_| SqlType::Uuid),
    ("UNIQUEIDENTIFIER", |_| SqlType::Uuid),
    ("JSON", |_| SqlType::Json { binary: false }),
    ("JSONB", |_| SqlType::Json { binary: true }),
    ("XML", |_| SqlType::Xml),
];

/// The type of a column that was declared as `raw`.
///
/// `keeps_any` says whether `ANY` lets every value keep the type it came with: in STRICT tables and in what is computed
/// from them. Elsewhere it is a word like any other.
pub(super) fn sql_type(raw: &str, keeps_any: bool) -> SqlType {
    let Some((name, arguments)) = declared(raw) else { return SqlType::Affinity { affinity: affinity(raw) } };
    if name.is_empty() || (keeps_any && name == "ANY") {
        return SqlType::Untyped;
    }
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, make)) => make(&arguments),
        None => SqlType::Affinity { affinity: affinity(raw) },
    }
}

/// The affinity that a declared type implies. SQLite looks for these fragments anywhere in the text, in this order.
/// Source: "Datatypes In SQLite", section 3.1.
fn affinity(raw: &str) -> Affinity {
    const FRAGMENTS: &[(&str, Affinity)] = &[
        ("INT", Affinity::Integer),
        ("CHAR", Affinity::Text),
        ("CLOB", Affinity::Text),
        ("TEXT", Affinity::Text),
        ("BLOB", Affinity::Blob),
        ("REAL", Affinity::Real),
        ("FLOA", Affinity::Real),
        ("DOUB", Affinity::Real),
    ];
    let raw = raw.to_ascii_uppercase();
    FRAGMENTS.iter().find(|(fragment, _)| raw.contains(fragment)).map_or(Affinity::Numeric, |&(_, affinity)| affinity)
}

/// The name of a type in canonical form, and its arguments. Nothing, if the text has not the form of a type.
fn declared(raw: &str) -> Option<(String, Arguments)> {
    let tokens = tokenize(raw)?;
    let (words, numbers): (Vec<_>, _) = match tokens.iter().position(|token| token.is_symbol("(")) {
        None => (tokens.iter().collect(), None),
        Some(open) => {
            let close = open + tokens[open..].iter().position(|token| token.is_symbol(")"))?;
            // The name may go on behind the parentheses: `timestamp(3) with time zone`.
            (tokens[..open].iter().chain(&tokens[close + 1..]).collect(), Some(&tokens[open + 1..close]))
        }
    };
    let words: Vec<_> = words.into_iter().map(word).collect::<Option<_>>()?;
    let is_modifier = |word: &String| MODIFIERS.contains(&word.as_str());
    let name = if words.iter().all(is_modifier) {
        words.join(" ")
    } else {
        words.into_iter().filter(|word| !is_modifier(word)).collect::<Vec<_>>().join(" ")
    };
    Some((name, numbers.map_or(Some([None; 2]), arguments)?))
}

fn word(token: &Token<'_>) -> Option<String> {
    token.name().map(|name| name.to_ascii_uppercase())
}

/// Reads `n` or `n, m`.
fn arguments(tokens: &[Token<'_>]) -> Option<Arguments> {
    let mut numbers = tokens.split(|token| token.is_symbol(",")).map(|part| match part {
        [number] => Some(number.text.parse().ok()),
        [plus, number] if plus.is_symbol("+") => Some(number.text.parse().ok()),
        [minus, _] if minus.is_symbol("-") => Some(None),
        _ => None,
    });
    let first = numbers.next()??;
    let second = numbers.next().unwrap_or(Some(None))?;
    numbers.next().is_none().then_some([first, second])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_read_with_their_arguments() {
        let decimal = |precision, scale| SqlType::Decimal { precision, scale, unsigned: false };
        let timestamp = |precision, zone| SqlType::Timestamp { precision, zone };
        for (raw, expected) in [
            ("INTEGER", SqlType::integer(64)),
            ("tinyint(1)", SqlType::integer(64)),
            ("UNSIGNED  BIG\nINT", SqlType::integer(64)),
            ("int(11) unsigned", SqlType::integer(64)),
            ("Boolean", SqlType::Boolean),
            ("double precision", SqlType::Float { bits: 64, unsigned: false }),
            ("DECIMAL(10,5)", decimal(Some(10), Some(5))),
            ("DECIMAL(-3, +2)", decimal(None, Some(2))),
            ("NUMERIC", decimal(None, None)),
            ("NVARCHAR(100)", SqlType::Varchar { length: Some(100) }),
            ("CHAR(20)", SqlType::Varchar { length: Some(20) }),
            ("uniqueidentifier", SqlType::Uuid),
            ("double /* of */ [precision]", SqlType::Float { bits: 64, unsigned: false }),
            ("TIMESTAMP(3) WITH TIME ZONE", timestamp(Some(3), true)),
            ("DATETIME(6)", timestamp(Some(6), false)),
            ("TIMESTAMPTZ", timestamp(None, true)),
            ("jsonb", SqlType::Json { binary: true }),
            ("", SqlType::Untyped),
        ] {
            assert_eq!(sql_type(raw, false), expected, "{raw}");
        }
    }

    #[test]
    fn other_names_have_the_affinity_that_the_engine_gives_them() {
        for (raw, expected) in [
            ("FLOATING POINT", Affinity::Integer),
            ("CHARINT", Affinity::Integer),
            ("INTEGER_OR_TEXT", Affinity::Integer),
            ("CITEXT", Affinity::Text),
            ("BLOB SUB_TYPE TEXT", Affinity::Text),
            ("my blob", Affinity::Blob),
            ("REAL BLOB", Affinity::Blob),
            ("long double", Affinity::Real),
            ("STRING", Affinity::Numeric),
            ("ANY", Affinity::Numeric),
            ("UNSIGNED", Affinity::Numeric),
            ("ENUM('a','b')", Affinity::Numeric),
            ("var\"char(", Affinity::Text),
            ("varchar(1,2,3)", Affinity::Text),
            ("🎉", Affinity::Numeric),
        ] {
            assert_eq!(sql_type(raw, false), SqlType::Affinity { affinity: expected }, "{raw}");
        }
    }

    #[test]
    fn any_keeps_what_it_gets_in_strict_tables() {
        assert_eq!(sql_type("ANY", true), SqlType::Untyped);
        assert_eq!(sql_type("any", true), SqlType::Untyped);
    }
}
