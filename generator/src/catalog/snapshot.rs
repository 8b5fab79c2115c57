//! The catalog on disk: `schema.json` in the generated crate.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Catalog, Diagnostic};

/// The version of the snapshot's form. It rises when an older tablature could misread what a newer one writes.
pub const FORMAT_VERSION: u32 = 1;

/// What `schema.json` holds: enough to render the crate again without a database.
///
/// The bytes are canonical: the same snapshot is always written in the same bytes, and there is no timestamp, server
/// version or tool version in them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The schema.
    pub catalog: Catalog,
    /// Names that would have collided, and the Rust names that they got, by path. They are read back when the crate is
    /// made again, so that a new relation never takes an older one's name away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed: BTreeMap<String, String>,
    /// What could not be expressed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a snapshot could not be read.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Another version of the form.
    #[error(
        "the snapshot has format version {found}, this tablature reads version {FORMAT_VERSION}: {}",
        if *.found > u64::from(FORMAT_VERSION) { "install a newer tablature" } else { "make it again from the database, without --offline" }
    )]
    Version {
        /// The version in the file.
        found: u64,
    },
    /// Not a snapshot, or a damaged one.
    #[error(
        "the snapshot cannot be read: {0}; restore it from version control, or make it again from the database, without --offline"
    )]
    Damaged(#[from] serde_json::Error),
}

impl Snapshot {
    /// A snapshot of a catalog.
    pub fn new(catalog: Catalog, renamed: BTreeMap<String, String>, diagnostics: Vec<Diagnostic>) -> Self {
        Self { format_version: FORMAT_VERSION, catalog, renamed, diagnostics }
    }

    /// Reads `schema.json`.
    ///
    /// # Errors
    /// Where the text is of another format version, cut short, or not a snapshot at all.
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        // The version is looked at first: a newer form need not parse as this one.
        #[derive(Deserialize)]
        struct Probe {
            format_version: u64,
        }
        let Probe { format_version: found } = serde_json::from_str(text)?;
        if found != u64::from(FORMAT_VERSION) {
            return Err(SnapshotError::Version { found });
        }
        let mut snapshot: Self = serde_json::from_str(text)?;
        // Somebody may have merged it by hand; lookups rely on the order.
        snapshot.catalog.normalize();
        snapshot.diagnostics.sort();
        Ok(snapshot)
    }

    /// The canonical text, with a newline at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data with string keys always serialises");
        text.push('\n');
        text
    }
}
