//! The JSON Schemas of a relation, ready to be asked.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The shapes of a relation's rows and forms.
pub(super) struct Shapes {
    pub(super) document: Value,
    pub(super) row: Validator,
    pub(super) insert: Option<Validator>,
    pub(super) patch: Option<Validator>,
    /// The names of the CHECKs that no schema says, those of domains included, and their conditions.
    pub(super) unsaid: BTreeSet<String>,
}

/// Where a value is not as its schema says: the column, and why.
pub(super) type Flaw = (Option<String>, String);

impl Shapes {
    /// Of the text of a relation's schema file. Formats are asserted.
    ///
    /// # Errors
    /// Where it is no JSON Schema.
    pub(super) fn of(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| format!("its schema is no JSON: {error}"))?;
        let shape = |name: &str| -> Result<Option<Validator>, String> {
            if document["$defs"].get(name).is_none() {
                return Ok(None);
            }
            let mut root = document.clone();
            root["$ref"] = json!(format!("#/$defs/{name}"));
            let built = jsonschema::options().should_validate_formats(true).build(&root);
            built.map(Some).map_err(|error| format!("its schema is no JSON Schema: {error}"))
        };
        let row = shape("row")?.ok_or("its schema has no rows")?;
        let (insert, patch) = (shape("insert")?, shape("patch")?);
        let mut unsaid = BTreeSet::new();
        collect_checks(&document, &mut unsaid);
        Ok(Self { row, insert, patch, unsaid, document })
    }

    /// The properties of a shape, by column.
    pub(super) fn properties(&self, shape: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.document["$defs"][shape]["properties"].as_object().into_iter().flatten()
    }

    /// Whether an insert has to have a column.
    pub(super) fn requires(&self, column: &str) -> bool {
        let required = self.document["$defs"]["insert"]["required"].as_array();
        required.into_iter().flatten().any(|name| name == column)
    }

    /// A node with what it refers to taken in. What it refers to knows the SQL type better: that of a domain is there.
    pub(super) fn resolved(&self, node: &Value) -> Map<String, Value> {
        let mut map = node.as_object().cloned().unwrap_or_default();
        let target = map.shift_remove("$ref");
        let target = target.as_ref().and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
        if let Some(target) = target.and_then(|path| self.document.pointer(&unescaped(path))) {
            for (key, value) in self.resolved(target) {
                if key == "x-sql-type" || !map.contains_key(&key) {
                    map.insert(key, value);
                }
            }
        }
        map
    }
}

/// A part of a URI without its percent signs.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a validator finds wrong, in its order.
pub(super) fn flaws(validator: &Validator, value: &Value) -> Vec<Flaw> {
    let column = |path: String| path.split('/').nth(1).map(|name| name.replace("~1", "/").replace("~0", "~"));
    validator.iter_errors(value).map(|error| (column(error.instance_path().to_string()), error.to_string())).collect()
}

fn collect_checks(node: &Value, out: &mut BTreeSet<String>) {
    match node {
        Value::Object(map) => {
            for check in map.get("x-checks").and_then(Value::as_array).into_iter().flatten() {
                out.extend(["name", "sql"].iter().filter_map(|key| check[key].as_str().map(str::to_owned)));
            }
            map.values().for_each(|value| collect_checks(value, out));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_checks(item, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_taken_back() {
        for (escaped, plain) in [("/a.Mood%3F/x", "/a.Mood?/x"), ("%E6%97%A5", "日"), ("50%", "50%"), ("%zz", "%zz")] {
            assert_eq!(unescaped(escaped), plain);
        }
    }
}
