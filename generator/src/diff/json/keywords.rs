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
    const UPPER: &[&str] = &["maxItems", "maxLength", "maxProperties"];
    const LOWER: &[&str] = &["minItems", "minLength", "minProperties"];
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

/// An end of the range of a number, which two keywords set: with the value itself, and without.
pub(super) struct Bound {
    /// What it is called.
    what: &'static str,
    /// The keywords, with the signs for them.
    with: (&'static str, &'static str),
    without: (&'static str, &'static str),
    is_upper: bool,
}

/// A value, and whether it is itself left out.
type End = Option<(Number, bool)>;

/// Both ends.
pub(super) const BOUNDS: [Bound; 2] = [
    Bound { what: "the least value", with: ("minimum", "≥"), without: ("exclusiveMinimum", ">"), is_upper: false },
    Bound { what: "the greatest value", with: ("maximum", "≤"), without: ("exclusiveMaximum", "<"), is_upper: true },
];

impl Bound {
    /// Whether a keyword sets one of them.
    pub(super) fn is(name: &str) -> bool {
        BOUNDS.iter().any(|bound| [bound.with.0, bound.without.0].contains(&name))
    }

    /// The change of the bound in words, and what it means as in [`effect`]; none where it is the same.
    pub(super) fn change(&self, old: &Map<String, Value>, new: &Map<String, Value>) -> Option<(String, bool, bool)> {
        let (was, is) = (self.of(old), self.of(new));
        let shown = |end: &End| match end {
            None => "none".to_owned(),
            Some((value, excludes)) => format!("{} {value}", if *excludes { self.without.1 } else { self.with.1 }),
        };
        let (refuses, admits) = (self.is_tighter(&is, &was), self.is_tighter(&was, &is));
        let message = || format!("{} changed from {} to {}", self.what, shown(&was), shown(&is));
        (refuses || admits).then(|| (message(), refuses, admits))
    }

    /// The bound that holds.
    fn of(&self, keywords: &Map<String, Value>) -> End {
        let number = |name: &str| keywords.get(name).and_then(Value::as_number).cloned();
        let (with, without) = (number(self.with.0).map(|n| (n, false)), number(self.without.0).map(|n| (n, true)));
        if self.is_tighter(&with, &without) { with } else { without }
    }

    fn is_tighter(&self, a: &End, b: &End) -> bool {
        match (a, b) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some((a, a_excludes)), Some((b, b_excludes))) => {
                let (less, more) = if self.is_upper { (a, b) } else { (b, a) };
                is_less(less, more) || (!is_less(more, less) && *a_excludes && !b_excludes)
            }
        }
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
        assert_eq!(effect("minLength", None, Some(&json!(1))), (true, false));
        assert_eq!(effect("minLength", Some(&json!(1)), None), (false, true));
        assert_eq!(told("enum", json!(["a", "b"]), json!(["b", "a", "c"])), (false, true));
        assert_eq!(told("format", json!("date"), json!("date-time")), (true, true));
    }

    #[test]
    fn both_keywords_of_a_bound_are_one() {
        let change = |at: usize, old: Value, new: Value| {
            let change = BOUNDS[at].change(old.as_object().unwrap(), new.as_object().unwrap());
            change.map(|(_, refuses, admits)| (refuses, admits))
        };
        assert_eq!(change(0, json!({ "minimum": -5 }), json!({ "exclusiveMinimum": 5 })), Some((true, false)));
        assert_eq!(change(0, json!({ "minimum": 5 }), json!({ "exclusiveMinimum": 5 })), Some((true, false)));
        assert_eq!(change(0, json!({ "exclusiveMinimum": 0 }), json!({ "minimum": -1 })), Some((false, true)));
        assert_eq!(change(1, json!({ "maximum": u64::MAX }), json!({ "maximum": u64::MAX - 1 })), Some((true, false)));
        assert_eq!(change(1, json!({ "maximum": 1 }), json!({})), Some((false, true)));
        assert_eq!(change(1, json!({ "maximum": 1, "exclusiveMaximum": 9 }), json!({ "maximum": 1 })), None);
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
