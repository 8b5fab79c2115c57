//! The page that lists all types: made by mapping one column of each, so that it cannot say anything else than what is done.

use serde_json::Value;

use super::checks::Checks;
use super::imports::Imports;
use super::types::{TypeContext, TypeNames};
use crate::catalog::{Affinity, Catalog, Engine, SqlType};
use crate::config::TypeOptions;

/// One SQL type and what becomes of it.
#[derive(Clone, Debug)]
pub struct TypeRow {
    /// The type, as it is written in SQL.
    pub sql: &'static str,
    /// The Rust type.
    pub rust: String,
    /// The JSON Schema of a value that is not NULL.
    pub json: Value,
    /// The expression by which it is read, where that is not the column itself.
    pub read: Option<String>,
    /// What a reader should know.
    pub note: &'static str,
}

/// The types of an engine, as they are mapped under `options`.
pub fn type_rows(engine: Engine, options: &TypeOptions) -> Vec<TypeRow> {
    let catalog = Catalog::empty(engine);
    let names = TypeNames::default();
    let checks = Checks::default();
    let context = TypeContext { catalog: &catalog, options, names: &names, checks: &checks };
    let examples = match engine {
        Engine::Postgres => postgres(),
        Engine::Mysql | Engine::Mariadb => mysql(),
        Engine::Sqlite => sqlite(),
    };
    let modules = std::collections::BTreeMap::new();
    examples
        .into_iter()
        .map(|(sql, ty, note)| {
            let mapped = context.map(&ty, sql);
            let rust = Imports::new("", &modules, []).text(&mapped.expr);
            TypeRow { sql, rust, json: mapped.json, read: mapped.cast.map(|cast| cast.read), note }
        })
        .collect()
}

type Example = (&'static str, SqlType, &'static str);

fn decimal(precision: impl Into<Option<u32>>, scale: impl Into<Option<i32>>) -> SqlType {
    SqlType::Decimal { precision: precision.into(), scale: scale.into(), unsigned: false }
}

fn timestamp(zone: bool) -> SqlType {
    SqlType::Timestamp { precision: None, zone }
}

fn time(zone: bool) -> SqlType {
    SqlType::Time { precision: None, zone }
}

fn range(subtype: SqlType, name: &str, multi: bool) -> SqlType {
    let name = crate::catalog::QName::new("pg_catalog", name);
    SqlType::Range { subtype: Box::new(subtype), name, multi }
}

fn array(element: SqlType, dimensions: u32) -> SqlType {
    SqlType::Array { element: Box::new(element), dimensions }
}

/// What people should know of the numbers in a document.
const JSON_NUMBERS: &str = "A number in it is a 64-bit integer or a double: of a fraction, a double's digits are kept; to read a whole number that neither holds is an error.";

const INFINITE: &str = "`infinity` and `-infinity` are an error when they are read.";
const TEXT: SqlType = SqlType::Text { max_bytes: None };

fn postgres() -> Vec<Example> {
    let shape = |shape: &str| SqlType::Geometric { shape: shape.into() };
    vec![
        ("boolean", SqlType::Boolean, ""),
        ("smallint", SqlType::integer(16), ""),
        ("integer", SqlType::integer(32), ""),
        ("bigint", SqlType::integer(64), ""),
        ("real", SqlType::Float { bits: 32, unsigned: false }, ""),
        ("double precision", SqlType::Float { bits: 64, unsigned: false }, ""),
        ("numeric(10,2)", decimal(10, 2), "`NaN` is an error when it is read."),
        (
            "numeric(40,2)",
            decimal(40, 2),
            "More than 28 digits take a `BigDecimal`. `NaN` is an error when it is read.",
        ),
        ("numeric", decimal(None, None), "`NaN` and the infinities are an error when they are read."),
        ("numeric(5,-2)", decimal(5, -2), ""),
        ("money", SqlType::Money, "The server's `lc_monetary` sets the digits."),
        ("char(10)", SqlType::Char { length: Some(10) }, "Padded with blanks; a cache key has none."),
        ("varchar(40)", SqlType::Varchar { length: Some(40) }, ""),
        ("text", TEXT, ""),
        ("citext", SqlType::CiText, "A cache key is in lower case."),
        ("name", SqlType::builtin("name"), ""),
        ("bytea", SqlType::Blob { max_bytes: None }, ""),
        ("bit(8)", SqlType::Bit { length: Some(8), varying: false }, ""),
        ("bit varying(8)", SqlType::Bit { length: Some(8), varying: true }, ""),
        ("date", SqlType::Date, INFINITE),
        ("time", time(false), "`24:00:00` is an error when it is read."),
        ("time with time zone", time(true), ""),
        ("timestamp", timestamp(false), INFINITE),
        ("timestamp with time zone", timestamp(true), INFINITE),
        ("interval", SqlType::Interval { fields: None, precision: None }, "Months, days and microseconds, each exact."),
        ("uuid", SqlType::Uuid, ""),
        ("json", SqlType::Json { binary: false }, JSON_NUMBERS),
        ("jsonb", SqlType::Json { binary: true }, JSON_NUMBERS),
        ("xml", SqlType::Xml, ""),
        ("inet", SqlType::Inet { version: None }, ""),
        ("cidr", SqlType::Cidr, ""),
        ("macaddr", SqlType::MacAddr { bytes: 6 }, ""),
        ("macaddr8", SqlType::MacAddr { bytes: 8 }, ""),
        ("oid", SqlType::builtin("oid"), ""),
        ("point", shape("point"), "So are `line`, `lseg`, `box`, `path`, `polygon` and `circle`."),
        ("tsvector", SqlType::builtin("tsvector"), "So is every other type of `pg_catalog` that is not listed."),
        (
            "integer[]",
            array(SqlType::integer(32), 1),
            "Any number of dimensions is read; the schema says the declared one.",
        ),
        ("text[][]", array(TEXT, 2), ""),
        ("point[]", array(shape("point"), 1), ""),
        ("int4range", range(SqlType::integer(32), "int4range", false), "So are ranges that users create."),
        ("int4multirange", range(SqlType::integer(32), "int4multirange", true), ""),
        ("hstore", SqlType::Extension { extension: "hstore".into(), name: "hstore".into() }, ""),
        ("vector(3)", SqlType::Vector { dimensions: Some(3) }, "Of pgvector."),
        (
            "ltree",
            SqlType::Extension { extension: "ltree".into(), name: "ltree".into() },
            "So are the types of all other extensions.",
        ),
    ]
}

fn mysql() -> Vec<Example> {
    let int = |bits, unsigned| SqlType::Integer { bits, unsigned, width: None };
    vec![
        (
            "tinyint(1)",
            SqlType::Integer { bits: 8, unsigned: false, width: Some(1) },
            "An integer with `tinyint1_is_bool = false`.",
        ),
        ("tinyint", int(8, false), ""),
        ("tinyint unsigned", int(8, true), ""),
        ("smallint", int(16, false), ""),
        ("smallint unsigned", int(16, true), ""),
        ("mediumint", int(24, false), ""),
        ("mediumint unsigned", int(24, true), ""),
        ("int", int(32, false), ""),
        ("int unsigned", int(32, true), ""),
        ("bigint", int(64, false), ""),
        ("bigint unsigned", int(64, true), ""),
        ("float", SqlType::Float { bits: 32, unsigned: false }, ""),
        ("double", SqlType::Float { bits: 64, unsigned: false }, ""),
        ("decimal(10,2)", decimal(10, 2), ""),
        ("decimal(40,2)", decimal(40, 2), "More than 28 digits take a `BigDecimal`."),
        ("bit(1)", SqlType::Bit { length: Some(1), varying: false }, "A number with `bit1_is_bool = false`."),
        ("bit(8)", SqlType::Bit { length: Some(8), varying: false }, ""),
        ("year", SqlType::Year, ""),
        (
            "year(2)",
            SqlType::TwoDigitYear,
            "As the server gives it: 70 to 99 are of the twentieth century, 0 to 69 of the next.",
        ),
        ("date", SqlType::Date, "`0000-00-00` is an error when it is read."),
        ("time", time(false), "More than a day, or less than none, is an error when it is read."),
        ("datetime", timestamp(false), "`0000-00-00 00:00:00` is an error when it is read."),
        ("timestamp", timestamp(true), "`0000-00-00 00:00:00` is an error when it is read."),
        ("char(10)", SqlType::Char { length: Some(10) }, ""),
        ("varchar(40)", SqlType::Varchar { length: Some(40) }, ""),
        ("tinytext", SqlType::Text { max_bytes: Some(255) }, ""),
        ("text", SqlType::Text { max_bytes: Some(65_535) }, "So are `mediumtext` and `longtext`."),
        ("binary(16)", SqlType::Binary { length: Some(16) }, ""),
        ("varbinary(16)", SqlType::Varbinary { length: Some(16) }, ""),
        ("blob", SqlType::Blob { max_bytes: Some(65_535) }, "So are `tinyblob`, `mediumblob` and `longblob`."),
        (
            "json",
            SqlType::Json { binary: false },
            "On MariaDB a text with a `json_valid` check; text with `json_checks = false`.",
        ),
        ("uuid", SqlType::Uuid, "MariaDB."),
        ("inet4", SqlType::Inet { version: Some(4) }, "MariaDB."),
        ("inet6", SqlType::Inet { version: Some(6) }, "MariaDB."),
        ("point", SqlType::Geometry { shape: "point".into(), srid: None }, "So are the other shapes."),
    ]
}

fn sqlite() -> Vec<Example> {
    let affinity = |affinity| SqlType::Affinity { affinity };
    vec![
        ("INTEGER", SqlType::integer(64), "So are INT, BIGINT, SMALLINT and the like: any of them holds 64 bits."),
        ("BOOLEAN", SqlType::Boolean, "0 and 1."),
        ("REAL", SqlType::Float { bits: 64, unsigned: false }, "So are DOUBLE and FLOAT."),
        ("DECIMAL(10,2)", decimal(10, 2), "SQLite keeps fractions in binary; the shortest decimal is read."),
        ("TEXT", TEXT, "So is CLOB."),
        (
            "VARCHAR(40)",
            SqlType::Varchar { length: Some(40) },
            "SQLite does not hold values to the length. So are CHAR, NVARCHAR and the like.",
        ),
        ("BLOB", SqlType::Blob { max_bytes: None }, ""),
        ("DATE", SqlType::Date, "From text."),
        ("TIME", time(false), "From text."),
        ("DATETIME", timestamp(false), "From ISO text, seconds since 1970, or a Julian day. So is TIMESTAMP."),
        ("TIMESTAMPTZ", timestamp(true), "As DATETIME, in UTC unless the text says otherwise."),
        ("UUID", SqlType::Uuid, "From text, or 16 bytes."),
        ("JSON", SqlType::Json { binary: false }, ""),
        ("any other name with INT", affinity(Affinity::Integer), ""),
        ("any other name with CHAR, CLOB or TEXT", affinity(Affinity::Text), ""),
        ("any other name with BLOB", affinity(Affinity::Blob), ""),
        ("any other name with REAL, FLOA or DOUB", affinity(Affinity::Real), ""),
        ("any other name", affinity(Affinity::Numeric), "An integer, a number or a text."),
        ("none", SqlType::Untyped, "Any value, as it was stored."),
    ]
}
