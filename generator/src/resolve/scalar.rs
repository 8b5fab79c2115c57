//! The mapping table: which Rust type holds a value of an SQL type, and how it is written in JSON.
//!
//! A [`Scalar`] is a Rust type that stands for itself. What has parts of its own (arrays, ranges, composites, enums) is
//! put together from scalars in [`super::types`].

use serde_json::{Value, json};

use crate::catalog::{Affinity, Engine, SqlType};
use crate::config::{DecimalType, JsonDecimal, TimeLibrary, TypeOptions};

/// A Rust type that stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Decimal,
    BigDecimal,
    String,
    Bytes,
    Date,
    Time,
    /// A date and time of day that does not say where.
    DateTime,
    /// An instant.
    Instant,
    Interval,
    Uuid,
    Json,
    IpNetwork,
    Ipv4,
    Ipv6,
    MacAddr,
    BitString,
    Hstore,
    SqliteValue,
    FloatVector,
}

/// How values of a type become one canonical text in a cache key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyText {
    /// They do not: no two writers would agree on it.
    None,
    /// By themselves.
    Plain,
    /// Folded to lower case, for what compares without regard to case.
    Folded,
    /// Without blanks at the end, for what compares without regard to them.
    Unpadded,
}

/// What generated code needs to know of a scalar.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScalarInfo {
    /// Where it is imported from; absent for what is always in scope.
    pub from: Option<&'static str>,
    /// Its name.
    pub name: &'static str,
    /// Whether values are copied.
    pub copy: bool,
    /// Whether values can be a key: they compare, hash and have a canonical text.
    pub key: bool,
    /// The module of `tablature_runtime::json` that writes it, where its own serde form will not do.
    pub serde_with: Option<&'static str>,
}

const RUNTIME: Option<&str> = Some("tablature_runtime");
const CHRONO: Option<&str> = Some("tablature_runtime::chrono");
const TIME: Option<&str> = Some("tablature_runtime::time");
const NET: Option<&str> = Some("std::net");

impl Scalar {
    /// Every scalar.
    #[cfg(test)]
    pub(super) const ALL: &'static [Self] = &[
        Self::Bool,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::F32,
        Self::F64,
        Self::Decimal,
        Self::BigDecimal,
        Self::String,
        Self::Bytes,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Instant,
        Self::Interval,
        Self::Uuid,
        Self::Json,
        Self::IpNetwork,
        Self::Ipv4,
        Self::Ipv6,
        Self::MacAddr,
        Self::BitString,
        Self::Hstore,
        Self::SqliteValue,
        Self::FloatVector,
    ];

    pub(super) fn info(self, time: TimeLibrary) -> ScalarInfo {
        use TimeLibrary::{Chrono, Time};
        let info = |from, name, copy, key, serde_with| ScalarInfo { from, name, copy, key, serde_with };
        match self {
            Self::Bool => info(None, "bool", true, true, None),
            Self::I8 => info(None, "i8", true, true, None),
            Self::I16 => info(None, "i16", true, true, None),
            Self::I32 => info(None, "i32", true, true, None),
            Self::I64 => info(None, "i64", true, true, None),
            Self::U8 => info(None, "u8", true, true, None),
            Self::U16 => info(None, "u16", true, true, None),
            Self::U32 => info(None, "u32", true, true, None),
            Self::U64 => info(None, "u64", true, true, None),
            // NaN and the infinities have no JSON number.
            Self::F32 => info(None, "f32", true, false, Some("float")),
            Self::F64 => info(None, "f64", true, false, Some("float")),
            Self::Decimal => info(RUNTIME, "Decimal", true, true, None),
            // Its own serde form has exponents.
            Self::BigDecimal => info(RUNTIME, "BigDecimal", false, true, Some("decimal")),
            Self::String => info(None, "String", false, true, None),
            Self::Bytes => info(RUNTIME, "Bytes", false, true, None),
            Self::Date if time == Chrono => info(CHRONO, "NaiveDate", true, true, None),
            Self::Time if time == Chrono => info(CHRONO, "NaiveTime", true, true, None),
            Self::DateTime if time == Chrono => info(CHRONO, "NaiveDateTime", true, true, None),
            Self::Instant if time == Chrono => info(CHRONO, "DateTime", true, true, None),
            Self::Date => info(TIME, "Date", true, true, Some("iso")),
            Self::Time => info(TIME, "Time", true, true, Some("iso")),
            Self::DateTime => info(TIME, "PrimitiveDateTime", true, true, Some("iso")),
            Self::Instant => {
                debug_assert_eq!(time, Time, "chrono's is above");
                info(TIME, "OffsetDateTime", true, true, Some("iso"))
            }
            Self::Interval => info(RUNTIME, "Interval", true, false, None),
            Self::Uuid => info(RUNTIME, "Uuid", true, true, None),
            Self::Json => info(RUNTIME, "Json", false, false, None),
            Self::IpNetwork => info(RUNTIME, "IpNetwork", true, true, None),
            Self::Ipv4 => info(NET, "Ipv4Addr", true, true, None),
            Self::Ipv6 => info(NET, "Ipv6Addr", true, true, None),
            Self::MacAddr => info(RUNTIME, "MacAddr", true, true, None),
            Self::BitString => info(RUNTIME, "BitString", false, true, None),
            Self::Hstore => info(Some("std::collections"), "BTreeMap", false, false, None),
            Self::SqliteValue => info(RUNTIME, "SqliteValue", false, false, None),
            Self::FloatVector => info(None, "Vec", false, false, None),
        }
    }

    /// A name for it that outlives its Rust name, for layout fingerprints.
    pub(super) fn form(self) -> String {
        format!("{self:?}")
    }
}

/// A scalar type's mapping.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScalarMapping {
    pub scalar: Scalar,
    /// A type to cast to for reading, in whose terms the scalar is decoded; a cast to `text` is a loss.
    pub read_as: Option<&'static str>,
    pub key: KeyText,
    /// The JSON Schema of a value that is not NULL.
    pub json: Value,
}

/// The mapping of a scalar SQL type; `None` for what has parts, and for what has no Rust type.
pub(super) fn scalar(engine: Engine, ty: &SqlType, options: &TypeOptions) -> Option<ScalarMapping> {
    let plain = |scalar: Scalar, json: Value| {
        // SQLite keeps texts as they came, and equal values of these types may be different texts to it.
        let is_read_as_written =
            engine != Engine::Sqlite || matches!(scalar, Scalar::Bool | Scalar::I64 | Scalar::String | Scalar::Bytes);
        let key = if scalar.info(options.time).key && is_read_as_written { KeyText::Plain } else { KeyText::None };
        Some(ScalarMapping { scalar, read_as: None, key, json })
    };
    let cast = |scalar: Scalar, read_as: &'static str, json: Value| {
        Some(ScalarMapping { scalar, read_as: Some(read_as), key: KeyText::None, json })
    };
    let sqlite = engine == Engine::Sqlite;
    match ty {
        SqlType::Boolean => plain(Scalar::Bool, json!({"type": "boolean"})),
        SqlType::Integer { bits: 8, width: Some(1), .. } if options.tinyint1_is_bool => {
            plain(Scalar::Bool, json!({"type": "boolean"}))
        }
        SqlType::Integer { bits, unsigned, .. } => integer(*bits, *unsigned).and_then(|(s, json)| plain(s, json)),
        SqlType::Year => {
            plain(Scalar::U16, json!({"type": "integer", "anyOf": [{"const": 0}, {"minimum": 1901, "maximum": 2155}]}))
        }
        SqlType::TwoDigitYear => plain(Scalar::U8, json!({"type": "integer", "minimum": 0, "maximum": 99})),
        SqlType::Float { bits: 32, unsigned } => plain(Scalar::F32, float(engine, *unsigned)),
        SqlType::Float { unsigned, .. } => plain(Scalar::F64, float(engine, *unsigned)),
        SqlType::Decimal { precision, scale, unsigned } => {
            let fits = precision.is_some_and(|p| p <= 28) && scale.unwrap_or(0) <= 28;
            let scalar = match options.decimal {
                DecimalType::Auto if fits || sqlite => Scalar::Decimal,
                DecimalType::Decimal => Scalar::Decimal,
                DecimalType::Auto | DecimalType::BigDecimal => Scalar::BigDecimal,
            };
            // SQLite does not hold values to the declared digits.
            let node = if sqlite {
                decimal(None, None, false, options.json_decimal)
            } else {
                decimal(*precision, *scale, *unsigned, options.json_decimal)
            };
            plain(scalar, node)
        }
        SqlType::Money => cast(Scalar::Decimal, "numeric", decimal(None, None, false, options.json_decimal)),
        SqlType::Char { length } => {
            let mut mapping = plain(Scalar::String, string(length.filter(|_| !sqlite)))?;
            if !sqlite {
                mapping.key = KeyText::Unpadded;
            }
            Some(mapping)
        }
        SqlType::Varchar { length } => plain(Scalar::String, string(length.filter(|_| !sqlite))),
        SqlType::Text { max_bytes } => {
            // A character has at least one byte. Beyond 4 GiB nothing is worth saying.
            plain(Scalar::String, string(max_bytes.and_then(|n| u32::try_from(n).ok()).filter(|&n| n < u32::MAX)))
        }
        SqlType::CiText => {
            let mut mapping = plain(Scalar::String, string(None))?;
            mapping.key = KeyText::Folded;
            Some(mapping)
        }
        SqlType::Binary { length } | SqlType::Varbinary { length } => plain(Scalar::Bytes, bytes(*length)),
        SqlType::Blob { .. } => plain(Scalar::Bytes, bytes(None)),
        SqlType::Bit { length, varying } if !engine.is_mysql_family() => {
            let pattern = match (length, varying) {
                (Some(n), false) => format!("^[01]{{{n}}}$"),
                (Some(n), true) => format!("^[01]{{0,{n}}}$"),
                (None, _) => "^[01]*$".to_owned(),
            };
            plain(Scalar::BitString, json!({"type": "string", "pattern": pattern}))
        }
        SqlType::Bit { length: Some(1) | None, .. } if options.bit1_is_bool => {
            plain(Scalar::Bool, json!({"type": "boolean"}))
        }
        SqlType::Bit { length, .. } => {
            let maximum = u64::MAX >> (64 - length.unwrap_or(1).clamp(1, 64));
            plain(Scalar::U64, json!({"type": "integer", "minimum": 0, "maximum": maximum}))
        }
        SqlType::Date => plain(Scalar::Date, json!({"type": "string", "format": "date"})),
        SqlType::Time { zone: false, .. } => {
            plain(Scalar::Time, json!({"type": "string", "pattern": format!("^{TIME_OF_DAY}$")}))
        }
        SqlType::Timestamp { zone: false, .. } => {
            plain(Scalar::DateTime, json!({"type": "string", "pattern": format!("^{CALENDAR_DAY}T{TIME_OF_DAY}$")}))
        }
        SqlType::Timestamp { zone: true, .. } => {
            plain(Scalar::Instant, json!({"type": "string", "format": "date-time"}))
        }
        SqlType::Interval { .. } => plain(Scalar::Interval, json!({"type": "string", "pattern": interval_pattern()})),
        SqlType::Uuid => plain(Scalar::Uuid, json!({"type": "string", "format": "uuid"})),
        SqlType::Json { .. } => plain(Scalar::Json, json!({})),
        SqlType::Xml => plain(Scalar::String, string(None)).map(|m| ScalarMapping { key: KeyText::None, ..m }),
        SqlType::Inet { version: Some(4) } => plain(Scalar::Ipv4, json!({"type": "string", "format": "ipv4"})),
        SqlType::Inet { version: Some(6) } => plain(Scalar::Ipv6, json!({"type": "string", "format": "ipv6"})),
        SqlType::Inet { .. } | SqlType::Cidr => {
            plain(Scalar::IpNetwork, json!({"type": "string", "pattern": "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$"}))
        }
        SqlType::MacAddr { bytes } => {
            let pattern = format!("^[0-9a-f]{{2}}(:[0-9a-f]{{2}}){{{}}}$", bytes.saturating_sub(1));
            plain(Scalar::MacAddr, json!({"type": "string", "pattern": pattern}))
        }
        SqlType::Builtin { name } => match name.as_str() {
            "oid" => plain(Scalar::U32, json!({"type": "integer", "minimum": 0, "maximum": u32::MAX})),
            "name" => plain(Scalar::String, string(Some(63))),
            _ => None,
        },
        SqlType::Extension { extension, name } if extension == "hstore" && name == "hstore" => {
            plain(Scalar::Hstore, json!({"type": "object", "additionalProperties": {"type": ["string", "null"]}}))
        }
        SqlType::Vector { dimensions } if engine == Engine::Postgres => {
            let mut node = json!({"type": "array", "items": {"type": "number"}});
            if let Some(n) = dimensions {
                node["minItems"] = json!(n);
                node["maxItems"] = json!(n);
            }
            cast(Scalar::FloatVector, "real[]", node)
        }
        SqlType::Affinity { affinity } => match affinity {
            Affinity::Integer => integer(64, false).and_then(|(s, json)| plain(s, json)),
            Affinity::Text => plain(Scalar::String, string(None)),
            Affinity::Blob => plain(Scalar::Bytes, bytes(None)),
            Affinity::Real => plain(Scalar::F64, float(engine, false)),
            // NUMERIC affinity keeps integers, fractions and, if they do not look like a number, texts.
            Affinity::Numeric => plain(Scalar::SqliteValue, sqlite_value()),
        },
        SqlType::Untyped => plain(Scalar::SqliteValue, sqlite_value()),
        _ => None,
    }
}

fn integer(bits: u8, unsigned: bool) -> Option<(Scalar, Value)> {
    let node = |minimum: i64, maximum: u64| json!({"type": "integer", "minimum": minimum, "maximum": maximum});
    Some(match (bits, unsigned) {
        (8, false) => (Scalar::I8, node(i8::MIN.into(), i8::MAX as u64)),
        (8, true) => (Scalar::U8, node(0, u8::MAX.into())),
        (16, false) => (Scalar::I16, node(i16::MIN.into(), i16::MAX as u64)),
        (16, true) => (Scalar::U16, node(0, u16::MAX.into())),
        (24, false) => (Scalar::I32, node(-(1 << 23), (1 << 23) - 1)),
        (24, true) => (Scalar::U32, node(0, (1 << 24) - 1)),
        (32, false) => (Scalar::I32, node(i32::MIN.into(), i32::MAX as u64)),
        (32, true) => (Scalar::U32, node(0, u32::MAX.into())),
        (64, false) => (Scalar::I64, node(i64::MIN, i64::MAX as u64)),
        (64, true) => (Scalar::U64, node(0, u64::MAX)),
        _ => return None,
    })
}

/// A floating point number. MySQL stores neither NaN nor the infinities; the others write them as these words.
fn float(engine: Engine, unsigned: bool) -> Value {
    let mut node = if engine.is_mysql_family() {
        json!({"type": "number"})
    } else {
        json!({"anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}]})
    };
    if unsigned {
        node["minimum"] = json!(0);
    }
    node
}

/// A value of any storage class: what JSON has no form for is an object of one member.
fn sqlite_value() -> Value {
    let object = |member: &str, node: Value| {
        let properties = json!({member: node});
        json!({"type": "object", "properties": properties, "required": [member], "additionalProperties": false})
    };
    json!({"anyOf": [
        {"type": ["number", "string"]},
        object("$bytes", json!({"type": "string", "contentEncoding": "base64"})),
        object("$real", json!({"enum": ["NaN", "Infinity", "-Infinity"]})),
    ]})
}

fn string(max_length: Option<u32>) -> Value {
    match max_length {
        Some(n) => json!({"type": "string", "maxLength": n}),
        None => json!({"type": "string"}),
    }
}

/// Six digits are what the engines keep; nine are what serde reads.
const TIME_OF_DAY: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?";

/// A day of some year; years beyond 9999 have a sign. How many days a month has is not said.
const CALENDAR_DAY: &str = "([0-9]{4}|[+-][0-9]{4,6})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";

/// An ISO 8601 duration in the form that PostgreSQL prints, with a sign for every part, and at least one part.
fn interval_pattern() -> String {
    let days = "(-?[0-9]+Y(-?[0-9]+M)?(-?[0-9]+D)?|-?[0-9]+M(-?[0-9]+D)?|-?[0-9]+D)";
    let seconds = "-?[0-9]+(\\.[0-9]{1,6})?S";
    let time = format!("T(-?[0-9]+H(-?[0-9]+M)?({seconds})?|-?[0-9]+M({seconds})?|{seconds})");
    format!("^P({days}({time})?|{time})$")
}

/// Bytes as standard base64.
fn bytes(length: Option<u32>) -> Value {
    let mut node = json!({
        "type": "string",
        "contentEncoding": "base64",
        "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    });
    if let Some(n) = length {
        node["maxLength"] = json!(u64::from(n).div_ceil(3) * 4);
    }
    node
}

/// A decimal, as a string or as a number.
fn decimal(precision: Option<u32>, scale: Option<i32>, unsigned: bool, form: JsonDecimal) -> Value {
    if form == JsonDecimal::String {
        return json!({"type": "string", "pattern": decimal_pattern(precision, scale, unsigned)});
    }
    let mut node = json!({"type": "number"});
    // Digits before the point; what a double can tell from the next power of ten.
    let whole = precision.map(|p| i64::from(p) - i64::from(scale.unwrap_or(0)));
    if let Some(limit) = whole.and_then(|n| u32::try_from(n).ok()).and_then(|n| 10_i64.checked_pow(n)) {
        node["exclusiveMinimum"] = json!(-limit);
        node["exclusiveMaximum"] = json!(limit);
    }
    if unsigned {
        node["minimum"] = json!(0);
        node.as_object_mut().map(|map| map.shift_remove("exclusiveMinimum"));
    }
    node
}

/// The texts that `numeric(precision, scale)` can hold, such as `^-?[0-9]{1,8}(\.[0-9]{1,2})?$` for `numeric(10,2)`.
pub(super) fn decimal_pattern(precision: Option<u32>, scale: Option<i32>, unsigned: bool) -> String {
    let sign = if unsigned { "" } else { "-?" };
    let Some(precision) = precision else { return format!("^{sign}[0-9]+(\\.[0-9]+)?$") };
    let scale = i64::from(scale.unwrap_or(0));
    let whole = i64::from(precision) - scale;
    let fraction = if scale > 0 { format!("(\\.[0-9]{{1,{scale}}})?") } else { String::new() };
    if whole > 0 {
        return format!("^{sign}[0-9]{{1,{whole}}}{fraction}$");
    }
    // `numeric(2,4)` has two zeros behind the point before its two digits.
    let zeros = if whole < 0 { "0".repeat(usize::try_from(-whole).unwrap_or(0)) } else { String::new() };
    format!("^{sign}0(\\.{zeros}[0-9]{{1,{precision}}})?$")
}
