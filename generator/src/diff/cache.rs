//! What a change of the schema does to cached rows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::resolve::model::{CacheKey, Entity};
use crate::resolve::{FOLDED, Model, PreviousLayouts, UNPADDED};

/// What becomes of the rows of a relation in a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Rows are kept under another fingerprint.
    Moved,
    /// Rows were not kept, and are now.
    Begins,
    /// Rows were kept, and are no more.
    Ends,
    /// Rows are found by other keys.
    Keys,
}

/// A change of a cache layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheChange {
    /// The relation, as `schema.name`.
    pub relation: String,
    /// What becomes of its rows.
    pub effect: Effect,
    /// The fingerprint of before; absent where nothing was cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The fingerprint of now; absent where nothing is cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The keys that are new, as columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys_added: Vec<String>,
    /// The keys that are gone, as columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys_removed: Vec<String>,
    /// What it means, in words.
    pub message: String,
}

impl CacheChange {
    /// Whether rows that are cached are not found any more.
    pub fn is_move(&self) -> bool {
        matches!(self.effect, Effect::Moved | Effect::Ends)
    }
}

/// The layouts that a model has, for the next one to go on invalidating.
pub(super) fn layouts(model: &Model) -> PreviousLayouts {
    let entities = model.modules.iter().flat_map(|module| &module.entities);
    let layouts = entities.map(|entity| (entity.cache.relation.clone(), vec![entity.cache.layout.clone()]));
    PreviousLayouts(layouts.collect())
}

/// What changes from one model to the other, by relation. Relations of which no rows are cached have nothing to move.
pub(super) fn changes(old: &Model, new: &Model) -> Vec<CacheChange> {
    let (before, after) = (cached(old), cached(new));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names.into_iter().filter_map(|name| change(before.get(name).copied(), after.get(name).copied())).collect()
}

/// The relations of which rows are cached, by their name in keys.
fn cached(model: &Model) -> BTreeMap<String, &Entity> {
    let entities = model.modules.iter().flat_map(|module| &module.entities);
    let cached = entities.filter(|entity| !entity.cache.keys.is_empty());
    cached.map(|entity| (entity.cache.relation.clone(), entity)).collect()
}

/// What a key's text depends on besides the types of its columns, which are part of the fingerprint: the columns, and which of
/// them are folded or lose their blanks.
fn written(key: &CacheKey) -> (&str, &[String], Vec<Option<&String>>) {
    let special = |text: &&String| [FOLDED, UNPADDED].contains(&text.as_str());
    (&key.index, &key.columns, key.texts.iter().map(|text| Some(text).filter(special)).collect())
}

fn change(old: Option<&Entity>, new: Option<&Entity>) -> Option<CacheChange> {
    let layout = |entity: Option<&Entity>| entity.map(|entity| entity.cache.layout.clone());
    let keys = |entity: Option<&Entity>| entity.map(|entity| entity.cache.keys.as_slice()).unwrap_or_default().to_vec();
    let (from, to) = (layout(old), layout(new));
    let only = |one: &[CacheKey], other: &[CacheKey]| -> Vec<String> {
        let is_in = |key: &CacheKey| other.iter().any(|other| written(other) == written(key));
        one.iter().filter(|key| !is_in(key)).map(|key| format!("({})", key.columns.join(", "))).collect()
    };
    let (was, is) = (keys(old), keys(new));
    let (keys_added, keys_removed) = (only(&is, &was), only(&was, &is));
    let list = |keys: &[String]| keys.join(", ");
    let of_keys = match (keys_added.is_empty(), keys_removed.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("found by {} too", list(&keys_added)),
        (true, false) => format!("no longer found by {}", list(&keys_removed)),
        (false, false) => format!("found by {} and no longer by {}", list(&keys_added), list(&keys_removed)),
    };
    let (effect, message) = match (&from, &to) {
        (Some(from), Some(to)) if from != to => {
            let keys = if of_keys.is_empty() { String::new() } else { format!("; rows are {of_keys}") };
            let message = format!(
                "rows move from {from} to {to}: those that are cached are not read by the new crate, which invalidates them \
                 all the same{keys}"
            );
            (Effect::Moved, message)
        }
        (Some(_), Some(_)) if of_keys.is_empty() => return None,
        (Some(_), Some(_)) => (Effect::Keys, format!("rows stay where they are, and are {of_keys}")),
        (None, Some(to)) => (Effect::Begins, format!("rows are cached under {to}, by {}", list(&keys_added))),
        (Some(_), None) => {
            (Effect::Ends, "rows are not cached any more; those that are there expire by themselves".to_owned())
        }
        (None, None) => return None,
    };
    let relation = new.or(old)?.relation.to_string();
    let (keys_added, keys_removed) = match effect {
        // All of them, which the message says already.
        Effect::Ends => (Vec::new(), Vec::new()),
        _ => (keys_added, keys_removed),
    };
    Some(CacheChange { relation, effect, from, to, keys_added, keys_removed, message })
}
