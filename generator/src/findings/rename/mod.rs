//! What may have been renamed: of what one side dropped and the other added, what is alike.
//!
//! Nothing tells a rename from a drop and an addition but the wish of whoever made it. So these are suggestions with their
//! reasons, and with the SQL that would have been a rename; nothing else depends on them.

mod relations;
mod types;

use std::collections::HashSet;

use serde::Serialize;

use super::{Finding, Place, Status};
use crate::catalog::{Catalog, QName};
use relations::{columns, relations};
use types::types;

/// Something that may have been renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rename {
    /// What stood in the older schema, and does not in the newer.
    pub from: Place,
    /// What stands in the newer schema, and did not in the older.
    pub to: Place,
    /// The older name.
    pub old_name: String,
    /// The newer name.
    pub new_name: String,
    /// Why it looks like it, in words.
    pub why: String,
    /// The SQL that renames it, where the engine has some that loses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// The line below `[overrides]` in `tablature.toml` that keeps the name in Rust, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
}

impl Rename {
    /// The suggestion in a clause.
    pub fn message(&self) -> String {
        format!("perhaps {} was renamed {} ({})", self.old_name, self.new_name, self.why)
    }

    /// Whether it is about what a finding says. The truth is the newer schema, and what is held to it the older.
    fn explains(&self, finding: &Finding) -> bool {
        let Finding { status, place, expected, found, .. } = finding;
        match status {
            Status::MissingInDatabase => *place == self.from,
            Status::MissingInModel => *place == self.to,
            // The labels of a column's own enumeration have no places of their own.
            Status::EnumMismatch => {
                (*place == self.from && found.as_ref() == Some(&self.old_name))
                    || (*place == self.to && expected.as_ref() == Some(&self.new_name))
            }
            _ => false,
        }
    }
}

/// How alike two things are, and why.
struct Likeness {
    score: f64,
    why: Vec<&'static str>,
}

impl Likeness {
    fn reasons(&self) -> String {
        self.why.join(", ")
    }
}

/// From where on two names are similar.
const SIMILAR: f64 = 0.6;

/// What may have been renamed between two schemas: relations, columns, types, fields and labels, in this order and by name.
pub fn suggestions(old: &Catalog, new: &Catalog) -> Vec<Rename> {
    // What another engine has is not what this one had under another name.
    if old.engine != new.engine {
        return Vec::new();
    }
    let mut out = relations(old, new);
    for after in &new.relations {
        if let Some(before) = old.relation(&after.name) {
            columns(new.engine, before, after, &mut out);
        }
    }
    types(old, new, &mut out);
    out
}

/// Says beside findings what may be behind them: that what one side lacks is there under another name. `held` is what was
/// compared with the truth.
pub fn explain(findings: &mut [Finding], truth: &Catalog, held: &Catalog) {
    if findings.is_empty() {
        return;
    }
    let renames = suggestions(held, truth);
    for finding in findings {
        finding.hint = renames.iter().find(|rename| rename.explains(finding)).map(Rename::message);
    }
}

/// Pairs of the most alike, each thing in one of them at most.
fn matched<'a, T>(
    old: &[&'a T],
    new: &[&'a T],
    like: impl Fn(&T, &T) -> Option<Likeness>,
) -> Vec<(&'a T, &'a T, Likeness)> {
    let mut all: Vec<(usize, usize, Likeness)> = Vec::new();
    for (at, before) in old.iter().enumerate() {
        for (to, after) in new.iter().enumerate() {
            all.extend(like(before, after).map(|likeness| (at, to, likeness)));
        }
    }
    all.sort_by(|a, b| b.2.score.total_cmp(&a.2.score).then((a.0, a.1).cmp(&(b.0, b.1))));
    let (mut of_old, mut of_new) = (HashSet::new(), HashSet::new());
    all.retain(|(at, to, _)| {
        let is_free = !of_old.contains(at) && !of_new.contains(to);
        if is_free {
            of_old.insert(*at);
            of_new.insert(*to);
        }
        is_free
    });
    all.sort_by_key(|(at, ..)| *at);
    all.into_iter().map(|(at, to, likeness)| (old[at], new[to], likeness)).collect()
}

/// What only the first list has, and what only the second has.
fn apart<'a, T>(old: &'a [T], new: &'a [T], is_same: impl Fn(&T, &T) -> bool) -> (Vec<&'a T>, Vec<&'a T>) {
    let only = |one: &'a [T], other: &[T]| one.iter().filter(|a| !other.iter().any(|b| is_same(a, b))).collect();
    (only(old, new), only(new, old))
}

/// How similar two names are, from 0 to 1. A name that is a word of the other counts as similar.
fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let has_word = |long: &str, short: &str| short.len() > 2 && long.split(['_', '-', ' ']).any(|word| word == short);
    let words = if has_word(&a, &b) || has_word(&b, &a) { 0.7 } else { 0.0 };
    strsim::normalized_damerau_levenshtein(&a, &b).max(words)
}

/// A newer name, with its schema if that is another one.
fn told(from: &QName, to: &QName) -> String {
    if from.schema == to.schema { to.name.clone() } else { to.to_string() }
}
