//! JSON Schemas of a relation's shapes.

use serde_json::{Map, Number, Value, json};

use super::expression::{Literal, Rule, literal};
use super::keys::TextEquality;
use super::scalar::Scalar;
use super::types::{Mapped, pointer};
use crate::catalog::{Action, Check, Engine, ForeignKey, Relation, SqlType};

/// The dialect of all schemas.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A column as the schemas see it.
pub(super) struct JsonColumn<'a> {
    pub name: &'a str,
    /// The schema of its value, NULL and annotations included.
    pub node: Value,
    pub in_insert: bool,
    pub insert_requires: bool,
    pub in_patch: bool,
}

/// What a column's type says about the rules that hold for its value as JSON has it.
#[derive(Clone, Copy)]
pub(super) struct Texts {
    /// Whether equal texts are the same text; see [`TextEquality`].
    are_exact: bool,
    /// Whether blanks are put behind a value up to this length, which CHECKs do not see.
    padded_to: Option<u32>,
}

impl Texts {
    /// For values of a type, between which the database tells as `equality` says.
    pub(super) fn of(engine: Engine, ty: &SqlType, equality: TextEquality) -> Self {
        let padded_to = match ty {
            SqlType::Char { length } if engine == Engine::Postgres => Some(length.unwrap_or(1)),
            _ => None,
        };
        Self { are_exact: equality == TextEquality::Exact, padded_to }
    }
}

/// Adds what a CHECK demands to a value's schema. Returns whether the schema now says all of the rule.
pub(super) fn apply_rule(node: &mut Value, mapped: &Mapped, texts: Texts, rule: &Rule) -> bool {
    let Value::Object(map) = node else { return false };
    let (number, text) = match mapped.scalar {
        Some(scalar) if !mapped.is_text_cast => (is_number(scalar), scalar == Scalar::String),
        _ => (false, false),
    };
    let is_decimal = matches!(mapped.scalar, Some(Scalar::Decimal | Scalar::BigDecimal));
    let number = number || (is_decimal && map.get("type").is_some_and(|ty| ty == "number"));
    let is_array = map.get("type").is_some_and(|ty| ty == "array");
    // What a CHECK sees of a padded text is not what is read.
    let plain_text = text && texts.padded_to.is_none();
    match rule {
        Rule::Minimum { value, exclusive } if number => bound(map, &LOWER, value, *exclusive),
        Rule::Maximum { value, exclusive } if number => bound(map, &UPPER, value, *exclusive),
        // A decimal is a text in JSON; of its bounds a pattern can express the sign.
        Rule::Minimum { value, exclusive } if is_decimal && is_zero(value) => {
            if let Some(Value::String(pattern)) = map.get_mut("pattern") {
                *pattern = pattern.replacen("^-?", "^", 1);
                if *exclusive {
                    map.insert("not".into(), json!({"type": "string", "pattern": "^0+(\\.0+)?$"}));
                }
                return true;
            }
            false
        }
        Rule::OneOf(values) if mapped.scalar == Some(Scalar::Bool) => {
            let truths: Option<Vec<bool>> = values.iter().map(truth).collect();
            match truths.as_deref() {
                // What a boolean is stored as says nothing more about it.
                Some(truths) if truths.contains(&true) && truths.contains(&false) => true,
                Some([truth, ..]) => {
                    map.insert("const".into(), json!(truth));
                    true
                }
                _ => false,
            }
        }
        Rule::IsJson => mapped.scalar == Some(Scalar::Json),
        Rule::OneOf(values) if number => one_of(map, values, true),
        Rule::OneOf(values) if text => {
            let fits = |value: &Literal| match (value, texts.padded_to) {
                (Literal::Text(text), Some(length)) => text.chars().count() == length as usize,
                _ => true,
            };
            texts.are_exact && values.iter().all(fits) && one_of(map, values, false)
        }
        // An enumeration of its own has its labels listed already.
        Rule::OneOf(values) if map.contains_key("enum") => one_of(map, values, false),
        Rule::MinLength(n) if plain_text => tighten(map, "minLength", *n, u64::max),
        Rule::MaxLength(n) if plain_text => tighten(map, "maxLength", *n, u64::min),
        Rule::MinItems(n) if is_array => tighten(map, "minItems", *n, u64::max),
        Rule::MaxItems(n) if is_array => tighten(map, "maxItems", *n, u64::min),
        Rule::Pattern(pattern) if plain_text && texts.are_exact => {
            if map.contains_key("pattern") {
                let all = map.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    all.push(json!({"pattern": pattern}));
                }
            } else {
                map.insert("pattern".into(), json!(pattern));
            }
            true
        }
        _ => false,
    }
}

/// A boolean as the engines write it.
fn truth(value: &Literal) -> Option<bool> {
    match value {
        Literal::Boolean(truth) => Some(*truth),
        Literal::Number(bit) if bit == "1" => Some(true),
        Literal::Number(bit) if bit == "0" => Some(false),
        _ => None,
    }
}

/// Lets only these values through, of those that were let through before.
fn one_of(map: &mut Map<String, Value>, values: &[Literal], as_number: bool) -> bool {
    let Some(mut values) = values.iter().map(|value| constant(value, as_number)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    if let Some(Value::Array(present)) = map.get("enum") {
        values.retain(|value| present.contains(value));
    }
    if let Some(present) = map.get("const") {
        values.retain(|value| value == present);
    }
    map.shift_remove("const");
    map.shift_remove("enum");
    match values.as_slice() {
        [one] => map.insert("const".into(), one.clone()),
        _ => map.insert("enum".into(), Value::Array(values)),
    };
    true
}

fn is_number(scalar: Scalar) -> bool {
    matches!(
        scalar,
        Scalar::I8
            | Scalar::I16
            | Scalar::I32
            | Scalar::I64
            | Scalar::U8
            | Scalar::U16
            | Scalar::U32
            | Scalar::U64
            | Scalar::F32
            | Scalar::F64
    )
}

fn is_zero(value: &str) -> bool {
    value.bytes().all(|b| b == b'0' || b == b'.' || b == b'-')
}

/// One end of what numbers may be.
struct End {
    inclusive: &'static str,
    exclusive: &'static str,
    /// The words for numbers beyond it, which JSON has no number for. NaN is greater than all else to PostgreSQL.
    beyond: &'static [&'static str],
    /// Whether a number is further in than another.
    is_tighter: fn(f64, f64) -> bool,
}

const LOWER: End =
    End { inclusive: "minimum", exclusive: "exclusiveMinimum", beyond: &["-Infinity"], is_tighter: |a, b| a > b };
const UPPER: End =
    End { inclusive: "maximum", exclusive: "exclusiveMaximum", beyond: &["NaN", "Infinity"], is_tighter: |a, b| a < b };

/// Sets a bound, unless a tighter one is there already; one that says less goes.
fn bound(map: &mut Map<String, Value>, end: &End, value: &str, is_exclusive: bool) -> bool {
    let Some(number) = number(value) else { return false };
    let new = number.as_f64().unwrap_or(f64::NAN);
    let present = |map: &Map<String, Value>, key: &str| map.get(key).and_then(Value::as_f64);
    let says_more = |key: &str, key_is_exclusive: bool| {
        present(map, key)
            .is_some_and(|old| (end.is_tighter)(old, new) || (old == new && (key_is_exclusive || !is_exclusive)))
    };
    if !says_more(end.inclusive, false) && !says_more(end.exclusive, true) {
        map.shift_remove(end.inclusive);
        map.shift_remove(end.exclusive);
        let key = if is_exclusive { end.exclusive } else { end.inclusive };
        map.insert(key.into(), Value::Number(number));
    }
    if let Some(options) = map.get_mut("anyOf").and_then(Value::as_array_mut) {
        for option in options.iter_mut() {
            if let Some(words) = option.get_mut("enum").and_then(Value::as_array_mut) {
                words.retain(|word| !end.beyond.iter().any(|beyond| word == beyond));
            }
        }
        options.retain(|option| option["enum"].as_array().is_none_or(|words| !words.is_empty()));
    }
    true
}

fn tighten(map: &mut Map<String, Value>, key: &str, n: u64, pick: fn(u64, u64) -> u64) -> bool {
    let present = map.get(key).and_then(Value::as_u64);
    map.insert(key.into(), json!(present.map_or(n, |p| pick(p, n))));
    true
}

/// A number that JSON can hold exactly, or as exactly as a double can.
fn number(text: &str) -> Option<Number> {
    if let Ok(n) = text.parse::<i64>() {
        return Some(n.into());
    }
    if let Ok(n) = text.parse::<u64>() {
        return Some(n.into());
    }
    text.contains('.').then(|| text.parse().ok().and_then(Number::from_f64))?
}

fn constant(value: &Literal, as_number: bool) -> Option<Value> {
    match (value, as_number) {
        (Literal::Number(text), true) => number(text).map(Value::Number),
        (Literal::Text(text), false) => Some(json!(text)),
        _ => None,
    }
}

/// Annotates a column's schema with its default: as a value if it is a literal, else as SQL.
pub(super) fn add_default(engine: Engine, node: &mut Value, mapped: &Mapped, default: &str) {
    let Value::Object(map) = node else { return };
    let value = literal(engine, default).and_then(|literal| default_value(mapped, &literal));
    match value {
        Some(value) => map.insert("default".into(), value),
        None => map.insert("x-default-sql".into(), json!(default)),
    };
}

fn default_value(mapped: &Mapped, literal: &Literal) -> Option<Value> {
    if mapped.is_text_cast {
        return None;
    }
    match (mapped.scalar, literal) {
        (_, Literal::Null) => Some(Value::Null),
        (Some(Scalar::Bool), Literal::Boolean(truth)) => Some(json!(truth)),
        (Some(Scalar::Bool), Literal::Number(digit)) => match digit.as_str() {
            "0" => Some(json!(false)),
            "1" => Some(json!(true)),
            _ => None,
        },
        (Some(Scalar::Decimal | Scalar::BigDecimal), Literal::Number(digits)) if mapped.json["type"] == "string" => {
            Some(json!(digits))
        }
        (Some(Scalar::Decimal | Scalar::BigDecimal), Literal::Number(digits)) => number(digits).map(Value::Number),
        (Some(scalar), Literal::Number(digits)) if is_number(scalar) => number(digits).map(Value::Number),
        // An enumeration has no scalar; its label is its value.
        (Some(Scalar::String | Scalar::Uuid) | None, Literal::Text(text)) if mapped.copy || mapped.scalar.is_some() => {
            Some(json!(text))
        }
        _ => None,
    }
}

/// What a relation's schema file is made of.
pub(super) struct Shapes<'a> {
    pub relation: &'a Relation,
    /// The file's `$id`.
    pub id: &'a str,
    pub columns: &'a [JsonColumn<'a>],
    /// CHECKs that the columns' schemas do not wholly say.
    pub kept_checks: &'a [&'a Check],
    /// The columns of every unique key that holds for all rows.
    pub unique: &'a [Vec<String>],
    /// The schemas of the types that columns refer to, by name.
    pub types: Vec<(String, Value)>,
    pub has_insert: bool,
    pub has_patch: bool,
}

/// The schema file of a relation.
pub(super) fn document(shapes: &Shapes<'_>) -> Value {
    let Shapes { relation, columns, .. } = shapes;
    let mut root = Map::new();
    root.insert("$schema".into(), json!(DRAFT));
    root.insert("$id".into(), json!(shapes.id));
    root.insert("$comment".into(), json!(format!("@generated by tablature from `{}`. Do not edit.", relation.name)));
    root.insert("title".into(), json!(relation.name.to_string()));
    if let Some(comment) = &relation.comment {
        root.insert("description".into(), json!(comment));
    }
    root.insert("$ref".into(), json!("#/$defs/row"));
    if let Some(key) = &relation.primary_key {
        root.insert("x-primary-key".into(), json!(key.columns));
    }
    if !shapes.unique.is_empty() {
        root.insert("x-unique".into(), json!(shapes.unique));
    }
    if !relation.foreign_keys.is_empty() {
        let keys: Vec<Value> = relation.foreign_keys.iter().map(reference).collect();
        root.insert("x-references".into(), Value::Array(keys));
    }
    if !shapes.kept_checks.is_empty() {
        let checks: Vec<Value> = shapes.kept_checks.iter().map(|check| described(check)).collect();
        root.insert("x-checks".into(), Value::Array(checks));
    }
    let mut defs = Map::new();
    defs.insert("row".into(), row(columns));
    let in_row = |column: &JsonColumn<'_>| json!({"$ref": format!("#/$defs/row/properties/{}", pointer(column.name))});
    if shapes.has_insert {
        let properties = columns.iter().filter(|c| c.in_insert).map(|c| (c.name.to_owned(), in_row(c)));
        let required: Vec<&str> = columns.iter().filter(|c| c.insert_requires).map(|c| c.name).collect();
        defs.insert("insert".into(), object(properties.collect(), &required));
    }
    if shapes.has_patch {
        let properties = columns.iter().filter(|c| c.in_patch).map(|c| (c.name.to_owned(), in_row(c)));
        let mut patch = object(properties.collect(), &[]);
        patch["minProperties"] = json!(1);
        defs.insert("patch".into(), patch);
    }
    defs.extend(shapes.types.iter().cloned());
    root.insert("$defs".into(), Value::Object(defs));
    Value::Object(root)
}

fn row(columns: &[JsonColumn<'_>]) -> Value {
    let properties = columns.iter().map(|column| (column.name.to_owned(), column.node.clone()));
    let required: Vec<&str> = columns.iter().map(|column| column.name).collect();
    object(properties.collect(), &required)
}

/// An object's schema that lets no other properties in.
pub(super) fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut map = Map::new();
    map.insert("type".into(), json!("object"));
    map.insert("properties".into(), Value::Object(properties));
    if !required.is_empty() {
        map.insert("required".into(), json!(required));
    }
    map.insert("additionalProperties".into(), json!(false));
    Value::Object(map)
}

/// A CHECK as an annotation.
pub(super) fn described(check: &Check) -> Value {
    match &check.name {
        Some(name) => json!({"name": name, "sql": check.expression}),
        None => json!({"sql": check.expression}),
    }
}

fn reference(key: &ForeignKey) -> Value {
    let mut map = Map::new();
    map.insert("columns".into(), json!(key.columns));
    map.insert("relation".into(), json!(key.references.to_string()));
    map.insert("referencedColumns".into(), json!(key.referenced_columns));
    for (name, action) in [("onUpdate", key.on_update), ("onDelete", key.on_delete)] {
        if action != Action::NoAction {
            map.insert(name.into(), json!(action));
        }
    }
    Value::Object(map)
}

/// The labels of a type that is an enumeration by itself, as a schema.
pub(super) fn labels(labels: &[String]) -> Value {
    json!({"type": "string", "enum": labels})
}

/// Whether a value is any number of labels.
pub(super) fn is_set(ty: &SqlType) -> bool {
    matches!(ty, SqlType::Set { .. })
}
