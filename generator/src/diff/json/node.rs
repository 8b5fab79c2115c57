//! Two schemas of one thing, down to what they are made of.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::keywords::{self, Bound};

/// Something that differs, and what it means for documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Where in a document.
    pub path: String,
    pub message: String,
    /// Whether a document that was valid may not be so any more.
    pub refuses: bool,
    /// Whether a document may be valid that was not so before.
    pub admits: bool,
}

/// Two documents that are compared, and what was found.
pub(super) struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    /// The references that are being followed, for a type may hold itself.
    following: BTreeSet<(String, String)>,
    notes: Vec<Note>,
}

impl<'a> Comparison<'a> {
    /// What differs between the schemas that two documents have in one place.
    pub(super) fn of(old: &'a Value, new: &'a Value, reference: &str) -> Vec<Note> {
        let mut comparison = Self { old, new, following: BTreeSet::new(), notes: Vec::new() };
        let node = serde_json::json!({ "$ref": reference });
        comparison.nodes("", &node, &node);
        comparison.notes
    }

    pub(super) fn note(&mut self, path: &str, message: impl Into<String>, refuses: bool, admits: bool) {
        self.notes.push(Note { path: path.to_owned(), message: message.into(), refuses, admits });
    }

    /// Two schemas; `path` is where in a document they speak of.
    pub(super) fn nodes(&mut self, path: &str, old: &Value, new: &Value) {
        let reference = |node: &Value| node.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        let pair = (reference(old), reference(new));
        let is_reference = pair != (String::new(), String::new());
        if is_reference && !self.following.insert(pair.clone()) {
            return;
        }
        let (before, after) = (Plain::of(self.old, old), Plain::of(self.new, new));
        if before != after {
            self.plain(path, &before, &after);
        }
        if is_reference {
            self.following.remove(&pair);
        }
    }

    fn plain(&mut self, path: &str, old: &Plain, new: &Plain) {
        if old.nullable != new.nullable {
            let message = if new.nullable { "null is taken now" } else { "null is refused now" };
            self.note(path, message, old.nullable, new.nullable);
        }
        let kind = |node: &Plain| node.keywords.get("type").cloned();
        if kind(old) != kind(new) {
            let (was, is) = (keywords::shown(kind(old).as_ref()), keywords::shown(kind(new).as_ref()));
            // Whole numbers are numbers; else nothing of one type is of the other.
            let (refuses, admits) = match (was.as_str(), is.as_str()) {
                ("integer", "number") | (_, "anything") => (false, true),
                ("number", "integer") | ("anything", _) => (true, false),
                _ => (true, true),
            };
            self.note(path, format!("the type changed from {was} to {is}"), refuses, admits);
            return;
        }
        for bound in &keywords::BOUNDS {
            if let Some((message, refuses, admits)) = bound.change(&old.keywords, &new.keywords) {
                self.note(path, message, refuses, admits);
            }
        }
        let names: BTreeSet<&String> = old.keywords.keys().chain(new.keywords.keys()).collect();
        for name in names {
            let (was, is) = (old.keywords.get(name), new.keywords.get(name));
            match name.as_str() {
                "properties" => self.properties(path, old, new),
                // They were looked at together.
                name if Bound::is(name) => {}
                // They are looked at with the properties.
                "required" | "additionalProperties" if old.is_object() || new.is_object() => {}
                "items" => match (was, is) {
                    (Some(was), Some(is)) => self.nodes(&format!("{path}[]"), was, is),
                    _ => self.keyword(path, name, was, is),
                },
                "anyOf" | "oneOf" | "allOf" => self.alternatives(path, name, was, is),
                _ => self.keyword(path, name, was, is),
            }
        }
    }

    fn keyword(&mut self, path: &str, name: &str, old: Option<&Value>, new: Option<&Value>) {
        if old == new {
            return;
        }
        let (refuses, admits) = keywords::effect(name, old, new);
        self.note(path, keywords::message(name, old, new), refuses, admits);
    }

    fn alternatives(&mut self, path: &str, name: &str, old: Option<&Value>, new: Option<&Value>) {
        match (old.and_then(Value::as_array), new.and_then(Value::as_array)) {
            (Some(old), Some(new)) if old.len() == new.len() && name != "oneOf" => {
                for (old, new) in old.iter().zip(new) {
                    self.nodes(path, old, new);
                }
            }
            _ => self.keyword(path, name, old, new),
        }
    }

    fn properties(&mut self, path: &str, old: &Plain, new: &Plain) {
        let none = Map::new();
        let of = |node: &Plain| node.keywords.get("properties").and_then(Value::as_object).unwrap_or(&none).clone();
        let is_closed = |node: &Plain| node.keywords.get("additionalProperties") == Some(&Value::Bool(false));
        let required = |node: &Plain, name: &str| {
            let list = node.keywords.get("required").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|required| required == name))
        };
        let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let (before, after) = (of(old), of(new));
        for (name, was) in &before {
            let Some(is) = after.get(name) else {
                let was_required = required(old, name);
                self.note(&at(name), "the property is gone", is_closed(new), was_required || !is_closed(new));
                continue;
            };
            match (required(old, name), required(new, name)) {
                (false, true) => self.note(&at(name), "the property is required now", true, false),
                (true, false) => self.note(&at(name), "the property is no longer required", false, true),
                _ => {}
            }
            self.nodes(&at(name), was, is);
        }
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            let is_required = required(new, name);
            let message = if is_required { "a required property is new" } else { "an optional property is new" };
            self.note(&at(name), message, is_required || !is_closed(old), is_closed(old));
        }
        if is_closed(old) != is_closed(new) {
            let message =
                if is_closed(new) { "other properties are refused now" } else { "other properties are taken now" };
            self.note(path, message, is_closed(new), is_closed(old));
        }
    }
}

/// A schema without references, and without what no document is held to.
#[derive(Clone, Debug, PartialEq)]
struct Plain {
    keywords: Map<String, Value>,
    nullable: bool,
    /// What it referred to, for what is inside may differ where the reference does not.
    inner: Vec<Value>,
}

impl Plain {
    fn of(document: &Value, node: &Value) -> Self {
        let mut keywords = Map::new();
        resolve(document, node, &mut keywords, 0);
        keywords.retain(|name, _| keywords::holds(name));
        let mut nullable = false;
        // A reference that may be null stands beside it.
        let alternatives = keywords.get("anyOf").and_then(Value::as_array).cloned().unwrap_or_default();
        let others: Vec<&Value> = alternatives.iter().filter(|one| one.get("type") != Some(&"null".into())).collect();
        if keywords.len() == 1 && alternatives.len() == 2 && others.len() == 1 {
            let inner = Self::of(document, others[0]);
            return Self { nullable: true, ..inner };
        }
        if let Some(Value::Array(types)) = keywords.get_mut("type") {
            let before = types.len();
            types.retain(|name| name != "null");
            nullable = types.len() != before;
            if let [one] = types.as_slice() {
                let one = one.clone();
                keywords.insert("type".to_owned(), one);
            }
        }
        if nullable && let Some(Value::Array(list)) = keywords.get_mut("enum") {
            list.retain(|value| !value.is_null());
        }
        let inner = if keywords::has_schemas(&keywords) { expanded(document, &keywords) } else { Vec::new() };
        Self { keywords, nullable, inner }
    }

    fn is_object(&self) -> bool {
        self.keywords.contains_key("properties")
    }
}

/// Takes over what a schema says, and before it what it refers to.
fn resolve(document: &Value, node: &Value, out: &mut Map<String, Value>, depth: usize) {
    const DEEPEST: usize = 32;
    let Some(node) = node.as_object() else { return };
    let target = node.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    if let Some(target) = target.and_then(|pointer| document.pointer(pointer)).filter(|_| depth < DEEPEST) {
        resolve(document, target, out, depth + 1);
    }
    out.extend(node.iter().filter(|(name, _)| *name != "$ref").map(|(name, value)| (name.clone(), value.clone())));
}

/// All definitions that a schema leads to, so that two which say the same by reference are known to be the same.
fn expanded(document: &Value, keywords: &Map<String, Value>) -> Vec<Value> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut queue: Vec<&Value> = keywords.values().collect();
    let mut out = Vec::new();
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(map) => {
                let target = map.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
                if let Some(pointer) = target.filter(|pointer| seen.insert(pointer))
                    && let Some(found) = document.pointer(pointer)
                {
                    out.push(found.clone());
                    queue.push(found);
                }
                queue.extend(map.values());
            }
            Value::Array(list) => queue.extend(list),
            _ => {}
        }
    }
    out
}
