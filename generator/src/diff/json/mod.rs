//! What a change of the schema does to JSON documents.
//!
//! Of every relation's JSON Schema the three shapes are compared, row, insert and patch, with the definitions that they refer to.
//! A change is told with what it means for documents: whether those that were valid still are, and whether those that are valid
//! now were so before. Where that cannot be told, it is said to be neither.

mod keywords;
mod node;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::resolve::Model;
use node::Comparison;

/// A change of the JSON Schema of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaChange {
    /// The relation, as `schema.name`.
    pub relation: String,
    /// What became of the schema.
    pub kind: Kind,
    /// Whether every document that was valid still is.
    pub old_documents_stay_valid: bool,
    /// Whether every document that is valid now was so before.
    pub new_documents_were_valid: bool,
    /// What changed in it.
    pub changes: Vec<ShapeChange>,
}

/// What became of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It says something else.
    Changed,
}

/// A change in one or more of the shapes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShapeChange {
    /// The shapes that have it: `row`, `insert`, `patch`.
    pub shapes: Vec<&'static str>,
    /// The property, with `[]` for the items of an array and dots before the fields of an object; absent for the shape itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// The change in words.
    pub message: String,
    /// Whether every document that was valid still is, as far as this goes.
    pub old_documents_stay_valid: bool,
    /// Whether every document that is valid now was so before, as far as this goes.
    pub new_documents_were_valid: bool,
}

/// The shapes of a relation.
const SHAPES: [&str; 3] = ["row", "insert", "patch"];

/// The changes from one model to the other, by relation.
pub(super) fn changes(old: &Model, new: &Model) -> Vec<SchemaChange> {
    let (before, after) = (documents(old), documents(new));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let change = |name: &String| match (before.get(name), after.get(name)) {
        (Some(old), Some(new)) => changed(name, old, new),
        (Some(_), None) => Some(whole(name, Kind::Removed)),
        (None, Some(_)) => Some(whole(name, Kind::Added)),
        (None, None) => None,
    };
    names.into_iter().filter_map(change).collect()
}

fn documents(model: &Model) -> BTreeMap<String, &Value> {
    let entities = model.modules.iter().flat_map(|module| &module.entities);
    entities.map(|entity| (entity.relation.to_string(), &entity.json.document)).collect()
}

fn whole(relation: &str, kind: Kind) -> SchemaChange {
    SchemaChange {
        relation: relation.to_owned(),
        kind,
        old_documents_stay_valid: kind != Kind::Removed,
        new_documents_were_valid: kind != Kind::Added,
        changes: Vec::new(),
    }
}

fn changed(relation: &str, old: &Value, new: &Value) -> Option<SchemaChange> {
    if old == new {
        return None;
    }
    let mut changes: Vec<ShapeChange> = Vec::new();
    for shape in SHAPES {
        for note in of_shape(old, new, shape) {
            let same = changes.iter_mut().find(|known| {
                (&known.property, &known.message) == (&note.property, &note.message)
                    && known.old_documents_stay_valid == note.old_documents_stay_valid
                    && known.new_documents_were_valid == note.new_documents_were_valid
            });
            match same {
                Some(known) => known.shapes.push(shape),
                None => changes.push(note),
            }
        }
    }
    // What differs besides is said for people: descriptions, and what no document is held to.
    if changes.is_empty() {
        return None;
    }
    Some(SchemaChange {
        relation: relation.to_owned(),
        kind: Kind::Changed,
        old_documents_stay_valid: changes.iter().all(|change| change.old_documents_stay_valid),
        new_documents_were_valid: changes.iter().all(|change| change.new_documents_were_valid),
        changes,
    })
}

fn of_shape(old: &Value, new: &Value, shape: &'static str) -> Vec<ShapeChange> {
    let of = |document: &Value| document["$defs"].get(shape).is_some();
    let whole = |message: &str, stay: bool, were: bool| {
        vec![ShapeChange {
            shapes: vec![shape],
            property: None,
            message: message.to_owned(),
            old_documents_stay_valid: stay,
            new_documents_were_valid: were,
        }]
    };
    match (of(old), of(new)) {
        (false, false) => Vec::new(),
        (true, false) => whole("the shape is gone", false, true),
        (false, true) => whole("the shape is new", true, false),
        (true, true) => {
            let notes = Comparison::of(old, new, &format!("#/$defs/{shape}"));
            let told = notes.into_iter().map(|note| ShapeChange {
                shapes: vec![shape],
                property: (!note.path.is_empty()).then_some(note.path),
                message: note.message,
                old_documents_stay_valid: !note.refuses,
                new_documents_were_valid: !note.admits,
            });
            told.collect()
        }
    }
}
