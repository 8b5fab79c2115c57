//! What two schemas do differently: in the database, in the crate that is generated, in the cache, and in JSON.
//!
//! [`diff`] is a pure function of two [`Side`]s, the older and the newer, and of the settings, which are the same for both. It
//! compares the catalogs, decides both models as codegen would, and compares those. What may have been renamed is suggested
//! and never assumed: it is told as dropped and added all the same.

pub mod api;
pub mod cache;
pub mod database;
pub mod format;
pub mod json;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{Catalog, Diagnostic, Engine, Snapshot};
use crate::codegen::Found;
use crate::config::Source;
use crate::findings::rename::{self, Rename};
use crate::resolve::{Model, Previous, PreviousLayouts, previous_names, resolve};
pub use api::{ApiChange, Breaks};
pub use cache::CacheChange;
pub use database::Change;
pub use format::{Format, Names, render};
pub use json::{SchemaChange, ShapeChange};

/// A schema that is compared with another.
#[derive(Clone, Debug)]
pub struct Side {
    /// The schema.
    pub catalog: Catalog,
    /// What could not be read of it.
    pub unread: Vec<Diagnostic>,
    /// The names that a crate made of it has, which its snapshot remembers.
    pub renamed: Option<BTreeMap<String, String>>,
}

impl From<Snapshot> for Side {
    fn from(snapshot: Snapshot) -> Self {
        Self { catalog: snapshot.catalog, unread: snapshot.diagnostics, renamed: Some(snapshot.renamed) }
    }
}

impl From<Found> for Side {
    fn from(found: Found) -> Self {
        Self { catalog: found.catalog, unread: found.diagnostics, renamed: None }
    }
}

impl Side {
    /// What an earlier run called things, if there was one.
    fn previous(&self, source: &Source) -> Option<Previous> {
        let renamed = self.renamed.clone()?;
        Some(previous_names(Snapshot::new(self.catalog.clone(), renamed, Vec::new()), source))
    }
}

/// How much a crate's version would rise, by the rules that Cargo has for versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing differs.
    None,
    /// The API is the same.
    Patch,
    /// The API has more than before, and all that it had.
    Minor,
    /// Code that compiled may no longer do so.
    Major,
}

impl Verdict {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// All that two schemas do differently.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The engine of the newer side.
    #[serde(skip)]
    pub engine: Engine,
    /// What it comes to for the crate's version.
    pub verdict: Verdict,
    /// What changed in the database, by place.
    pub database: Vec<Change>,
    /// What may have been renamed: nothing of it is assumed.
    pub renames: Vec<Rename>,
    /// What that changes in the generated API.
    pub api: Vec<ApiChange>,
    /// What that changes about cached rows.
    pub cache: Vec<CacheChange>,
    /// What that changes in the JSON Schemas.
    pub schemas: Vec<SchemaChange>,
}

/// Compares two schemas, from which what the configuration leaves out has been [left out](crate::resolve::select).
pub fn diff(old: &Side, new: &Side, source: &Source) -> Difference {
    if old.catalog == new.catalog && (old.renamed == new.renamed || old.renamed.is_none() || new.renamed.is_none()) {
        return Difference::none(new.catalog.engine);
    }
    let database = database::changes(old, new);
    let renames = rename::suggestions(&old.catalog, &new.catalog);
    // A side that remembers no names gets those that a run after the other side's would give it.
    let (of_old, of_new) = (old.previous(source), new.previous(source));
    let nothing = Previous::default();
    let names = |own: &Option<Previous>, other: &Option<Previous>| -> Previous {
        own.as_ref().or(other.as_ref()).unwrap_or(&nothing).clone()
    };
    let decide = |side: &Side, previous: &Previous, layouts: &PreviousLayouts| -> Model {
        resolve(&side.catalog, &side.unread, source, previous, layouts)
    };
    let before = decide(old, &names(&of_old, &of_new), &PreviousLayouts::default());
    let after = decide(new, &names(&of_new, &of_old), &cache::layouts(&before));
    let api = api::changes(&before, &after);
    let cache = cache::changes(&before, &after);
    let schemas = json::changes(&before, &after);
    let differs = !(database.is_empty() && api.is_empty() && cache.is_empty() && schemas.is_empty());
    let verdict = match (differs, api.iter().any(ApiChange::is_breaking), api.is_empty()) {
        (false, ..) => Verdict::None,
        (_, true, _) => Verdict::Major,
        (_, _, false) => Verdict::Minor,
        (_, _, true) => Verdict::Patch,
    };
    Difference { engine: new.catalog.engine, verdict, database, renames, api, cache, schemas }
}

/// How many changes a short report lists.
const LISTED: usize = 8;

impl Difference {
    fn none(engine: Engine) -> Self {
        Self {
            engine,
            verdict: Verdict::None,
            database: Vec::new(),
            renames: Vec::new(),
            api: Vec::new(),
            cache: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.verdict == Verdict::None
    }

    /// Whether code that compiled may no longer do so.
    pub fn breaks(&self) -> bool {
        self.verdict == Verdict::Major
    }

    /// The difference in a few lines: what changed in the database, and what that means for the crate. It ends with a newline
    /// unless it is empty.
    pub fn brief(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut out = String::new();
        for change in self.database.iter().take(LISTED) {
            out.push_str(&format::visible(&format!("{}: {}", change.place, change.message)));
            out.push('\n');
        }
        if self.database.len() > LISTED {
            out.push_str(&format!("… and {} more\n", self.database.len() - LISTED));
        }
        out.push_str(&self.summary());
        out.push('\n');
        out
    }

    /// What it comes to, in a line.
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return "no differences".to_owned();
        }
        let breaking = self.api.iter().filter(|change| change.is_breaking()).count();
        let moved = self.cache.iter().filter(|change| change.is_move()).count();
        let invalid = self.schemas.iter().filter(|change| !change.old_documents_stay_valid).count();
        let schemas = format::counted(self.schemas.len(), "JSON Schema");
        let parts = [
            format!("{} in the database", format::counted(self.database.len(), "change")),
            format!("{} of the API, {breaking} breaking", format::counted(self.api.len(), "change")),
            format!("{} moved", format::counted(moved, "cache layout")),
            format!("{schemas} changed, {invalid} of them refusing documents of before"),
        ];
        format!("{}: {}", self.verdict.name(), parts.join("; "))
    }
}
