//! What sort of values a column takes, as its JSON Schema and its SQL type say.

use regex_syntax::hir::Hir;
use serde_json::{Map, Value};

use super::super::shapes::Shapes;
use super::texts::{Alphabet, Texts};
use super::{pattern, samples};
use crate::table::Dialect;

/// A sort of values.
#[derive(Debug)]
pub(in crate::self_test) enum Kind {
    /// One of these.
    OneOf(Vec<Value>),
    /// Any of these sorts.
    AnyOf(Vec<Kind>),
    Bool,
    Integer {
        least: i128,
        most: i128,
    },
    Number {
        least: Option<f64>,
        most: Option<f64>,
        /// Whether it has 32 bits.
        single: bool,
        /// Digits before and after the point, where they are limited.
        digits: Option<(u32, u32)>,
    },
    Decimal(Digits),
    /// A decimal that is a number in JSON, so that a double has to hold it.
    DecimalNumber(Digits),
    Text(Texts),
    Pattern {
        hir: Box<Hir>,
        texts: Texts,
    },
    Date(Calendar),
    Time {
        digits: usize,
    },
    Local {
        digits: usize,
        calendar: Calendar,
    },
    Instant {
        digits: usize,
        calendar: Calendar,
    },
    Uuid,
    Bytes {
        least: usize,
        most: usize,
    },
    Bits {
        least: usize,
        most: usize,
    },
    Json,
    Array {
        item: Box<Kind>,
        nulls: bool,
        least: usize,
        most: usize,
    },
    /// Members of an enumeration, each at most once and in its order.
    Set(Vec<Value>),
    Range {
        item: Box<Kind>,
        /// Whether the server writes every range with an inclusive lower and an exclusive upper bound.
        discrete: bool,
    },
    Multirange {
        item: Box<Kind>,
    },
    Map,
    Record(Vec<(String, Kind)>),
    /// Any value of SQLite's.
    Any,
}

/// The digits of a decimal.
#[derive(Clone, Copy, Debug)]
pub(in crate::self_test) struct Digits {
    pub(super) precision: usize,
    pub(super) scale: i32,
    pub(super) signed: bool,
}

/// The days that an engine's type holds, and Rust's with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::self_test) enum Calendar {
    /// The years from 1 to 9999.
    FourDigits,
    /// Those, and years before and after them.
    Wide,
    /// The years from 1000 to 9999.
    Mysql,
    /// The seconds of 1970 to 2038.
    Epoch,
}

/// What a column's values depend on beside its own schema.
#[derive(Clone, Copy)]
pub(in crate::self_test) struct Setting<'a> {
    pub(in crate::self_test) shapes: &'a Shapes,
    pub(in crate::self_test) dialect: Dialect,
    pub(in crate::self_test) alphabet: Alphabet,
}

/// The most items that are made.
const ITEMS: usize = 4;

/// The longest bytes that are made.
const BYTES: usize = 200;

impl Kind {
    /// Whether values are texts of any kind.
    pub(in crate::self_test) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Pattern { .. })
    }

    /// The sort of a node's values; the SQL type counts where the node does not say a better one.
    ///
    /// # Errors
    /// What is not known.
    pub(in crate::self_test) fn of(node: &Value, sql_type: &str, setting: Setting<'_>) -> Result<Self, String> {
        let map = setting.shapes.resolved(node);
        let sql_type = map.get("x-sql-type").and_then(Value::as_str).unwrap_or(sql_type).to_owned();
        Self::of_map(&map, &sql_type, setting)
    }

    fn of_map(map: &Map<String, Value>, sql_type: &str, setting: Setting<'_>) -> Result<Self, String> {
        if let Some(values) = map.get("enum").and_then(Value::as_array) {
            return Ok(Self::OneOf(values.iter().filter(|value| !value.is_null()).cloned().collect()));
        }
        if let Some(value) = map.get("const") {
            return Ok(Self::OneOf(vec![value.clone()]));
        }
        if let Some(branches) = map.get("anyOf").and_then(Value::as_array) {
            return Self::of_branches(map, branches, sql_type, setting);
        }
        let base = base(sql_type);
        match type_of(map) {
            Some("boolean") => Ok(Self::Bool),
            Some("integer") => Ok(integer(map)),
            Some("number") => Ok(number(map, &base, sql_type, setting)),
            Some("string") => string(map, &base, sql_type, setting),
            Some("array") => Self::of_array(map, sql_type, setting),
            Some("object") => Self::of_object(map, &base, setting),
            None => Ok(Self::Json),
            Some(other) => Err(format!("no values are known of the JSON type {other:?}")),
        }
    }

    fn of_branches(
        map: &Map<String, Value>,
        branches: &[Value],
        sql_type: &str,
        setting: Setting<'_>,
    ) -> Result<Self, String> {
        let mut around = map.clone();
        around.shift_remove("anyOf");
        if branches.iter().any(|branch| !branch["properties"]["$bytes"].is_null()) {
            return Ok(Self::Any);
        }
        if let Some(item) = branches.iter().find_map(|branch| branch["properties"].get("lower")) {
            return Self::range(item, sql_type, setting);
        }
        let mut kinds = Vec::new();
        for branch in branches {
            let mut whole = setting.shapes.resolved(branch);
            if whole.get("type").is_some_and(|name| name == "null") || whole.get("const").is_some_and(Value::is_null) {
                continue;
            }
            let inner = whole.get("x-sql-type").and_then(Value::as_str).unwrap_or(sql_type).to_owned();
            for (key, value) in &around {
                if !whole.contains_key(key) {
                    whole.insert(key.clone(), value.clone());
                }
            }
            // A bound of a number is one of its special values as well: infinity is more than anything.
            let bounded = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
            if whole.contains_key("enum") && bounded.iter().any(|key| around.contains_key(*key)) {
                continue;
            }
            // SQLite keeps NaN as NULL.
            if setting.dialect == Dialect::Sqlite && whole.contains_key("enum") {
                let infinite = ["Infinity", "-Infinity"].map(Value::from);
                if whole["enum"].as_array().is_some_and(|values| values.contains(&infinite[0])) {
                    kinds.push(Self::OneOf(infinite.to_vec()));
                    continue;
                }
            }
            kinds.push(Self::of_map(&whole, &inner, setting)?);
        }
        match kinds.len() {
            0 => Err("its schema lets nothing in".to_owned()),
            1 => Ok(kinds.swap_remove(0)),
            _ => Ok(Self::AnyOf(kinds)),
        }
    }

    fn range(item: &Value, sql_type: &str, setting: Setting<'_>) -> Result<Self, String> {
        let base = base(sql_type);
        let (item_type, discrete) = match base.as_str() {
            "int4range" | "int4multirange" => ("integer", true),
            "int8range" | "int8multirange" => ("bigint", true),
            "daterange" | "datemultirange" => ("date", true),
            "numrange" | "nummultirange" => ("numeric", false),
            "tsrange" | "tsmultirange" => ("timestamp without time zone", false),
            "tstzrange" | "tstzmultirange" => ("timestamp with time zone", false),
            // Of a type of the database's own; nobody says what it prefers, and these are what most prefer.
            _ => ("", true),
        };
        Ok(Self::Range { item: Box::new(Self::of(item, item_type, setting)?), discrete })
    }

    fn of_array(map: &Map<String, Value>, sql_type: &str, setting: Setting<'_>) -> Result<Self, String> {
        let items = map.get("items").ok_or("its schema says nothing of the items")?;
        let whole = setting.shapes.resolved(items);
        if map.get("uniqueItems").is_some_and(|unique| unique == true) {
            let members = whole.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
            return Ok(Self::Set(members));
        }
        let inner = sql_type.strip_suffix("[]").unwrap_or(sql_type);
        // Of a vector's parts the type says nothing.
        let inner = if base(sql_type) == "vector" { "real" } else { inner };
        match Self::of(items, inner, setting)? {
            Self::Range { item, .. } if base(sql_type).contains("multirange") => Ok(Self::Multirange { item }),
            item => {
                let limit = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
                let least = limit("minItems").unwrap_or(0);
                let most = limit("maxItems").unwrap_or(ITEMS).min(ITEMS.max(least));
                Ok(Self::Array { item: Box::new(item), nulls: admits_null(&whole), least, most })
            }
        }
    }

    fn of_object(map: &Map<String, Value>, base: &str, setting: Setting<'_>) -> Result<Self, String> {
        let Some(properties) = map.get("properties").and_then(Value::as_object) else {
            return Ok(Self::Map);
        };
        let _ = base;
        let fields = properties.iter().map(|(name, node)| Ok((name.clone(), Self::of(node, "", setting)?)));
        fields.collect::<Result<_, String>>().map(Self::Record)
    }
}

/// Whether a resolved node lets NULL in.
pub(super) fn admits_null(map: &Map<String, Value>) -> bool {
    let is_null = |value: &Value| value.get("type").is_some_and(|name| name == "null");
    match map.get("type") {
        Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
        Some(_) => false,
        None => map.get("anyOf").and_then(Value::as_array).is_some_and(|branches| branches.iter().any(is_null)),
    }
}

/// The type of a node's values that are not NULL.
fn type_of(map: &Map<String, Value>) -> Option<&str> {
    match map.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    }
}

fn integer(map: &Map<String, Value>) -> Kind {
    let bound = |key: &str| map.get(key).and_then(|value| value.to_string().parse::<f64>().ok().map(|f| (value, f)));
    let exact = |(value, float): (&Value, f64)| value.to_string().parse().unwrap_or(float as i128);
    let least = bound("minimum").map_or(i128::from(i64::MIN), exact);
    let most = bound("maximum").map_or(i128::from(i64::MAX), exact);
    let least = bound("exclusiveMinimum").map_or(least, |bound| least.max(exact(bound) + 1));
    let most = bound("exclusiveMaximum").map_or(most, |bound| most.min(exact(bound) - 1));
    Kind::Integer { least, most: most.max(least) }
}

fn number(map: &Map<String, Value>, base: &str, sql_type: &str, setting: Setting<'_>) -> Kind {
    if matches!(base, "numeric" | "decimal" | "money") && setting.dialect != Dialect::Sqlite {
        return Kind::DecimalNumber(digits(sql_type, true, 15));
    }
    let bound = |keys: [&str; 2]| keys.iter().find_map(|key| map.get(*key)).and_then(Value::as_f64);
    let modifiers = modifiers(sql_type);
    let digits = match (setting.dialect, &modifiers[..]) {
        (Dialect::Mysql, [precision, scale]) => {
            let scale = scale.unsigned_abs();
            Some((precision.unsigned_abs().saturating_sub(scale), scale))
        }
        _ => None,
    };
    Kind::Number {
        least: bound(["minimum", "exclusiveMinimum"]),
        most: bound(["maximum", "exclusiveMaximum"]),
        single: matches!(base, "real" | "float4" | "float") && setting.dialect != Dialect::Sqlite,
        digits,
    }
}

/// The digits of a decimal type; `most` of them where the type has no limit.
fn digits(sql_type: &str, signed: bool, most: usize) -> Digits {
    match (base(sql_type).as_str(), &modifiers(sql_type)[..]) {
        (_, [precision, scale]) => {
            Digits { precision: (precision.unsigned_abs() as usize).min(most), scale: *scale, signed }
        }
        (_, [precision]) => Digits { precision: (precision.unsigned_abs() as usize).min(most), scale: 0, signed },
        ("money", _) => Digits { precision: 16.min(most), scale: 2, signed },
        _ => Digits { precision: most, scale: i32::try_from(most / 3).unwrap_or(0), signed },
    }
}

/// The digits that a decimal's pattern lets in: `^-?[0-9]{1,8}(\\.[0-9]{1,2})?$`.
fn in_pattern(pattern: &str) -> Option<Digits> {
    let mut limits = pattern.split("[0-9]{1,").skip(1).map(|rest| rest.split('}').next()?.parse::<usize>().ok());
    let whole = limits.next()??;
    let scale = limits.next().flatten().unwrap_or(0);
    Some(Digits { precision: whole + scale, scale: i32::try_from(scale).ok()?, signed: pattern.starts_with("^-?") })
}

fn string(map: &Map<String, Value>, base: &str, sql_type: &str, setting: Setting<'_>) -> Result<Kind, String> {
    let dialect = setting.dialect;
    let modifiers = modifiers(sql_type);
    // The fractions of a second: microseconds with PostgreSQL, and none with MySQL, unless the type says so.
    let fraction = match (dialect, modifiers.first()) {
        (_, Some(digits)) => usize::try_from(*digits).unwrap_or(0).min(6),
        (Dialect::Mysql, None) => 0,
        (_, None) => 6,
    };
    match map.get("format").and_then(Value::as_str) {
        Some("date") => {
            return Ok(Kind::Date(if dialect == Dialect::Mysql { Calendar::Mysql } else { Calendar::FourDigits }));
        }
        Some("date-time") => {
            let calendar = if dialect == Dialect::Mysql { Calendar::Epoch } else { Calendar::FourDigits };
            return Ok(Kind::Instant { digits: fraction, calendar });
        }
        Some("uuid") => return Ok(Kind::Uuid),
        Some("ipv4") => return Ok(known(&["0.0.0.0", "10.0.0.1", "255.255.255.255"])),
        Some("ipv6") => return Ok(known(&["::", "::1", "2001:db8::ff00:42:8329"])),
        _ => {}
    }
    let limit = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    if map.contains_key("contentEncoding") {
        let declared = modifiers.first().and_then(|length| usize::try_from(*length).ok());
        let most = match base {
            "tinyblob" => 255,
            _ => declared.or_else(|| limit("maxLength").map(|length| length / 4 * 3)).unwrap_or(BYTES),
        };
        let is_fixed = dialect == Dialect::Mysql && base == "binary";
        return Ok(Kind::Bytes {
            least: if is_fixed { most } else { 0 },
            most: if is_fixed { most } else { most.min(BYTES) },
        });
    }
    let pattern = map.get("pattern").and_then(Value::as_str).unwrap_or_default();
    if pattern.starts_with("^[01]{") || pattern.starts_with("^[01]*") {
        let length = modifiers.first().and_then(|length| usize::try_from(*length).ok()).unwrap_or(1);
        return Ok(match base {
            "bit" => Kind::Bits { least: length, most: length },
            _ if modifiers.is_empty() => Kind::Bits { least: 0, most: 70 },
            _ => Kind::Bits { least: 0, most: length },
        });
    }
    if pattern.contains("T([01][0-9]|2[0-3]):") {
        let calendar = match dialect {
            Dialect::Postgres => Calendar::Wide,
            Dialect::Mysql => Calendar::Mysql,
            Dialect::Sqlite => Calendar::FourDigits,
        };
        return Ok(Kind::Local { digits: fraction, calendar });
    }
    if pattern.starts_with("^([01][0-9]|2[0-3]):") {
        return Ok(Kind::Time { digits: fraction });
    }
    if pattern.starts_with("^P(") {
        return Ok(interval(sql_type));
    }
    let is_decimal =
        pattern.trim_start_matches("^").trim_start_matches("-?").starts_with("[0-9]") && pattern.contains("(\\.[0-9]");
    if is_decimal || matches!(base, "numeric" | "decimal" | "money") {
        let signed = pattern.starts_with("^-?");
        // SQLite keeps 15 digits of a fraction.
        return Ok(Kind::Decimal(match dialect {
            Dialect::Sqlite => Digits { precision: 12, scale: 4, signed },
            // A part of a composite value says it in its pattern alone.
            _ if modifiers.is_empty() && base != "money" => {
                in_pattern(pattern).unwrap_or_else(|| digits(sql_type, signed, 60))
            }
            _ => digits(sql_type, signed, 60),
        }));
    }
    let is_text = is_text(base, dialect);
    if !is_text && let Some(texts) = samples::of(base, dialect == Dialect::Mysql) {
        return Ok(known(texts));
    }
    let texts = texts(map, base, sql_type, setting);
    if !pattern.is_empty() {
        let hir = pattern::parse(pattern).ok_or_else(|| format!("the pattern {pattern:?} is not understood"))?;
        return Ok(Kind::Pattern { hir: Box::new(hir), texts });
    }
    if !is_text && !sql_type.is_empty() {
        return Err(format!("no values are known of the type {sql_type}"));
    }
    Ok(Kind::Text(texts))
}

fn texts(map: &Map<String, Value>, base: &str, sql_type: &str, setting: Setting<'_>) -> Texts {
    let limit = |key: &str| map.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let most = limit("maxLength").unwrap_or(usize::MAX);
    let least = limit("minLength").unwrap_or(0);
    // MySQL's short texts, and PostgreSQL's names, are limited in bytes.
    let (most, alphabet) = match base {
        "tinytext" => (most.min(63), setting.alphabet),
        "name" => (most, Alphabet::Ascii),
        _ => (most, setting.alphabet),
    };
    // PostgreSQL pads these.
    let is_padded = setting.dialect == Dialect::Postgres && matches!(base, "character" | "char" | "bpchar");
    let declared = modifiers(sql_type).first().and_then(|length| usize::try_from(*length).ok());
    let least =
        if is_padded { declared.or(limit("maxLength")).map_or(least, |length| length.min(most)) } else { least };
    let trims = is_padded || setting.dialect == Dialect::Mysql;
    Texts { least: least.min(most), most, alphabet, trims }
}

fn known(texts: &[&str]) -> Kind {
    Kind::OneOf(texts.iter().map(|text| Value::from(*text)).collect())
}

/// Intervals that the fields of the type let through as they are.
fn interval(sql_type: &str) -> Kind {
    let fields = sql_type.strip_prefix("interval").unwrap_or_default();
    known(if fields.contains("month") || fields.contains("year") {
        if fields.trim() == "year" { &["P1Y", "P-100Y"] } else { &["P1Y2M", "P-100Y"] }
    } else if fields.trim().is_empty() {
        &[
            "PT0S",
            "P1Y2M3DT4H5M6.789012S",
            "P-1Y-2M-3DT-4H-5M-6.789012S",
            "PT-0.000001S",
            "P178000000Y2147483647DT2562047788H54.775807S",
            "P-178000000Y-2147483648D",
        ]
    } else if fields.trim() == "day" {
        &["P3D", "P-400D"]
    } else {
        &["PT0S", "P3D", "PT4H"]
    })
}

/// Whether a type holds any text.
fn is_text(base: &str, dialect: Dialect) -> bool {
    const TEXTS: &[&str] = &[
        "text",
        "character varying",
        "varchar",
        "character",
        "bpchar",
        "citext",
        "name",
        "tinytext",
        "mediumtext",
        "longtext",
        "enum",
        "set",
        "nvarchar",
        "national varchar",
        "clob",
    ];
    // SQLite holds no text to a grammar, whatever the type is called.
    dialect == Dialect::Sqlite || TEXTS.contains(&base) || (base == "char" && dialect == Dialect::Mysql)
}

/// A type's name without the schema, the modifiers and the brackets of arrays, in lower case.
pub(in crate::self_test) fn base(sql_type: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for character in sql_type.trim_end_matches("[]").chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '.' if depth == 0 => out.clear(),
            other if depth == 0 => out.extend(other.to_lowercase()),
            _ => {}
        }
    }
    let out = out.replace(" unsigned", "").replace(" zerofill", "");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The numbers in a type's parentheses.
fn modifiers(sql_type: &str) -> Vec<i32> {
    let inside = sql_type.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    inside.map_or(Vec::new(), |(inside, _)| inside.split(',').filter_map(|part| part.trim().parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_apart() {
        for (sql_type, name, numbers) in [
            ("character varying(300)", "character varying", vec![300]),
            ("timestamp(3) without time zone", "timestamp without time zone", vec![3]),
            ("numeric(5,-2)[]", "numeric", vec![5, -2]),
            ("public.ltree", "ltree", vec![]),
            ("int(10) unsigned zerofill", "int", vec![10]),
            ("\"char\"", "\"char\"", vec![]),
        ] {
            assert_eq!((base(sql_type).as_str(), modifiers(sql_type)), (name, numbers));
        }
    }
}
