//! What a change of a single keyword means for documents.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

/// Whether a document is held to a keyword. The others describe.
pub(super) fn holds(name: &str) -> bool {
    const DESCRIBE: &[&str] = &[
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "default",
        "deprecated",
        "description",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    ];
    !name.starts_with("x-") && !DESCRIBE.contains(&name)
}

/// Whether there are schemas among the keywords.
pub(super) fn has_schemas(keywords: &Map<String, Value>) -> bool {
    const SCHEMAS: &[&str] =
        &["additionalProperties", "allOf", "anyOf", "if", "items", "not", "oneOf", "prefixItems", "properties"];
    keywords.keys().any(|name| SCHEMAS.contains(&name.as_str()))
}

/// What a value of a keyword is called.
pub(super) fn shown(value: Option<&Value>) -> String {
    match value {
        None => "anything".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A change in words.
pub(super) fn message(name: &str, old: Option<&Value>, new: Option<&Value>) -> String {
    match (name, old, new) {
        ("enum", Some(Value::Array(old)), Some(Value::Array(new))) => {
            let only = |one: &[Value], other: &[Value]| -> String {
                one.iter().filter(|value| !other.contains(value)).map(Value::to_string).collect::<Vec<_>>().join(", ")
            };
            let (added, removed) = (only(new, old), only(old, new));
            match (added.is_empty(), removed.is_empty()) {
                (true, true) => "the values have another order".to_owned(),
                (false, true) => format!("values added: {added}"),
                (true, false) => format!("values removed: {removed}"),
                (false, false) => format!("values added: {added}; removed: {removed}"),
            }
        }
        (_, Some(old), Some(new)) => format!("{name} changed from {old} to {new}"),
        (_, None, Some(new)) => format!("{name} added: {new}"),
        (_, Some(old), None) => format!("{name} removed, it was {old}"),
        (_, None, None) => String::new(),
    }
}

/// Whether documents that were valid may be refused, and whether others are let in.
pub(super) fn effect(name: &str, old: Option<&Value>, new: Option<&Value>) -> (bool, bool) {
    const UPPER: &[&str] = &["exclusiveMaximum", "maxItems", "maxLength", "maxProperties", "maximum"];
    const LOWER: &[&str] = &["exclusiveMinimum", "minItems", "minLength", "minProperties", "minimum"];
    match (name, old, new) {
        // A demand that was not there refuses; one that is gone lets in.
        (_, None, _) => (true, false),
        (_, _, None) => (false, true),
        ("enum", Some(Value::Array(old)), Some(Value::Array(new))) => {
            let lacks = |one: &[Value], other: &[Value]| one.iter().any(|value| !other.contains(value));
            (lacks(old, new), lacks(new, old))
        }
        (_, Some(Value::Number(old)), Some(Value::Number(new))) if UPPER.contains(&name) => {
            (is_less(new, old), is_less(old, new))
        }
        (_, Some(Value::Number(old)), Some(Value::Number(new))) if LOWER.contains(&name) => {
            (is_less(old, new), is_less(new, old))
        }
        ("uniqueItems", Some(Value::Bool(old)), Some(Value::Bool(new))) => (*new && !old, *old && !new),
        ("pattern", Some(Value::String(old)), Some(Value::String(new))) => {
            (!repeats_more(old, new), !repeats_more(new, old))
        }
        _ => (true, true),
    }
}

fn is_less(a: &Number, b: &Number) -> bool {
    let order = match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64().zip(b.as_f64()).and_then(|(a, b)| a.partial_cmp(&b)),
    };
    order == Some(Ordering::Less)
}

/// Whether a pattern takes all that another one takes: they are the same but for how often something is repeated, and it says
/// so with wider bounds. Without anything that looks ahead or back, more repetitions only ever let more in.
fn repeats_more(old: &str, new: &str) -> bool {
    let (Some((rest, old)), Some((same, new))) = (repetitions(old), repetitions(new)) else { return false };
    rest == same && old.iter().zip(&new).all(|(old, new)| new.0 <= old.0 && new.1 >= old.1)
}

/// A pattern without its repetitions, and the bounds of those; none for one that looks ahead or back.
fn repetitions(pattern: &str) -> Option<(String, Vec<(u64, u64)>)> {
    if pattern.contains("(?") {
        return None;
    }
    let (mut out, mut bounds) = (String::new(), Vec::new());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}')?;
        let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
        let most = if most.is_empty() { u64::MAX } else { most.parse().ok()? };
        bounds.push((least.parse().ok()?, most));
        out.push_str(before);
        out.push_str("{}");
        rest = after;
    }
    out.push_str(rest);
    Some((out, bounds))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(name: &str, old: Value, new: Value) -> (bool, bool) {
        effect(name, Some(&old), Some(&new))
    }

    #[test]
    fn bounds_that_give_way_refuse_nothing() {
        assert_eq!(told("maxLength", json!(80), json!(90)), (false, true));
        assert_eq!(told("maxLength", json!(90), json!(80)), (true, false));
        assert_eq!(told("minimum", json!(0), json!(-1)), (false, true));
        assert_eq!(
            told("maximum", json!(9_223_372_036_854_775_807_u64), json!(9_223_372_036_854_775_806_u64)),
            (true, false)
        );
        assert_eq!(effect("minLength", None, Some(&json!(1))), (true, false));
        assert_eq!(effect("minLength", Some(&json!(1)), None), (false, true));
        assert_eq!(told("enum", json!(["a", "b"]), json!(["b", "a", "c"])), (false, true));
        assert_eq!(told("format", json!("date"), json!("date-time")), (true, true));
    }

    #[test]
    fn patterns_that_repeat_more_take_more() {
        let decimal = |whole: u32, after: u32| json!(format!("^[0-9]{{1,{whole}}}(\\.[0-9]{{1,{after}}})?$"));
        assert_eq!(told("pattern", decimal(8, 2), decimal(10, 2)), (false, true));
        assert_eq!(told("pattern", decimal(8, 2), decimal(6, 4)), (true, true));
        assert_eq!(told("pattern", json!("^a{2}$"), json!("^a{1,}$")), (false, true));
        assert_eq!(told("pattern", json!("^(?!a{1,2}).$"), json!("^(?!a{1,3}).$")), (true, true));
        assert_eq!(told("pattern", json!("^a$"), json!("^b$")), (true, true));
    }
}
