//! Moves a project with models that people have written onto the generated crate.
//!
//! [`plan`] decides what can be moved and why the rest cannot, and makes the new files in memory; nothing is written. [`apply`]
//! backs the old files up before it changes the first one, and [`rollback`] puts every byte of them back, from wherever a run
//! ended. What is moved is what compiles afterwards, as far as that can be seen in the sources: a structure with anything that
//! the crate's own type lacks stays as it is, and the plan says why.

mod backup;
mod cargo;
mod decide;
mod edit;
mod generated;
mod prune;
mod same;
mod uses;

use std::path::{Path, PathBuf};

pub use backup::{AdoptError, Restored, apply, newest, rollback};

use crate::catalog::{Catalog, Diagnostic};
use crate::config::Source;
use crate::findings::stale::shown;
use crate::models::sources;
use crate::parallel;
use crate::resolve::Model;
use crate::rust_source::RustFile;

/// What adopting would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is moved, by file and place.
    pub moved: Vec<Moved>,
    /// What stays as it is, and why.
    pub left: Vec<Left>,
    /// The files that change.
    pub changes: Vec<FileChange>,
    /// What else the user should know.
    pub notes: Vec<String>,
}

/// A type of the project that becomes one of the crate's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The name in the project.
    pub name: String,
    /// The path in the crate.
    pub target: String,
    /// How many comments within its definition go with it.
    pub comments: usize,
}

/// A type that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The name in the project.
    pub name: String,
    /// The path in the crate, where it is known.
    pub target: Option<String>,
    /// Why.
    pub reasons: Vec<String>,
}

/// A file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file.
    pub path: PathBuf,
    /// What stands in it.
    pub before: String,
    /// What is to stand in it.
    pub after: String,
}

impl FileChange {
    /// The path as reports have it.
    pub fn shown(&self) -> String {
        shown(&self.path)
    }

    /// A unified diff.
    pub fn diff(&self) -> String {
        crate::output::unified(&self.shown(), &self.before, &self.after, usize::MAX)
    }
}

/// Decides what of the models in the files at or below some paths can be moved to the crate that `model` is made of.
///
/// # Errors
/// Where a path leads nowhere, or a manifest of a package cannot be read.
pub fn plan(
    paths: &[PathBuf],
    catalog: &Catalog,
    unread: &[Diagnostic],
    model: &Model,
    source: &Source,
    max_file_size: u64,
) -> Result<Plan, AdoptError> {
    let work = || plan_all(paths, catalog, unread, model, source, max_file_size);
    parallel::deep(work).map_err(|error| AdoptError::Sources(error.to_string()))?
}

fn plan_all(
    paths: &[PathBuf],
    catalog: &Catalog,
    unread: &[Diagnostic],
    model: &Model,
    source: &Source,
    max_file_size: u64,
) -> Result<Plan, AdoptError> {
    let mut notes = Vec::new();
    let files = sources(paths, max_file_size, &mut notes).map_err(|error| AdoptError::Sources(error.to_string()))?;
    let packages = cargo::packages(&files, source)?;
    let generated = generated::Generated::new(model);
    let decision = decide::decide(&files, &packages, catalog, unread, &generated, source);
    let mut plan = Plan { left: decision.left, moved: Vec::new(), changes: Vec::new(), notes: Vec::new() };
    plan.notes.extend(notes.iter().map(|note| format!("{}: {}", shown(&note.file), note.message)));
    for moved in &decision.moved {
        let file = &files[moved.file];
        plan.moved.push(Moved {
            file: shown(&file.path),
            line: file.place(moved.head.at).0,
            name: moved.head.name.clone(),
            target: moved.target.clone(),
            comments: edit::comments_within(file, moved),
        });
    }
    for (file, after) in files.iter().zip(new_texts(&files, &packages, &decision.moved)?) {
        if after != file.text {
            plan.changes.push(FileChange { path: file.path.clone(), before: file.text.clone(), after });
        }
    }
    let changed: Vec<&Path> = plan.changes.iter().map(|change| change.path.as_path()).collect();
    let (manifests, more) = cargo::dependencies(&packages, &changed, &files, source)?;
    plan.changes.extend(manifests);
    plan.notes.extend(more);
    plan.moved.sort();
    plan.left.sort();
    Ok(plan)
}

/// The texts of all files when some items have moved.
fn new_texts(
    files: &[RustFile],
    packages: &cargo::Packages,
    moved: &[decide::MovedItem],
) -> Result<Vec<String>, AdoptError> {
    let parsed = |file: &RustFile, text: String| {
        RustFile::parse(file.path.clone(), text)
            .map_err(|reason| AdoptError::Manifest { path: shown(&file.path), reason })
    };
    let edited =
        files.iter().enumerate().map(|(number, file)| parsed(file, edit::edited(number, file, files, packages, moved)));
    let mut edited: Vec<RustFile> = edited.collect::<Result<_, _>>()?;
    let targets: Vec<&str> = moved.iter().map(|item| item.target.as_str()).collect();
    // What goes may have been all that wanted something else.
    loop {
        let mut has_changed = false;
        for (number, original) in files.iter().enumerate() {
            if let Some(text) = prune::pruned(number, &edited, original, packages, &targets) {
                edited[number] = parsed(original, text)?;
                has_changed = true;
            }
        }
        if !has_changed {
            return Ok(edited.into_iter().map(|file| file.text).collect());
        }
    }
}
