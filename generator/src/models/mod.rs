//! Holds models that people have written to a catalog: sqlx's rows, SeaORM's entities, diesel's tables and structures, and
//! what serde alone makes of a row.
//!
//! `read` makes `claim`s of the declarations in the sources, `target` finds the relation that each is about, and
//! `compare` says what does not agree. One law stands over all rules here, as over those for SQL in source: a model that
//! works is never called wrong. What is not understood is told as unverifiable.

mod case;
pub(crate) mod claim;
mod column_type;
mod compare;
mod fit;
mod kind;
pub(crate) mod labels;
mod mend;
pub(crate) mod read;
pub(crate) mod target;
pub(crate) mod types;

use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Diagnostic};
use crate::config::Source;
use crate::findings::stale::shown;
use crate::findings::{Finding, Location, Place, Status};
use crate::output::is_marked;
use crate::parallel;
use crate::rust_source::RustFile;
use crate::validate::files;
use crate::validate::{Note, ValidateError};

/// The library that a model is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// sqlx, and whatever derives a `FromRow`.
    Sqlx,
    SeaOrm,
    Diesel,
    /// serde alone.
    Serde,
}

/// What is said of models.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// What does not agree, and what cannot be told.
    pub findings: Vec<Finding>,
    /// The figures.
    pub counts: Counts,
}

/// How many models are how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that were read.
    pub files: usize,
    /// Models that were held to a relation.
    pub models: usize,
    /// Relations that they are about.
    pub relations: usize,
    /// Models, fields and files of which it cannot be told whether they are right.
    pub unverifiable: usize,
    /// Structures that have nothing to do with the database, as far as anybody said.
    pub left_alone: usize,
}

/// Reads the Rust in files and folders; what cannot be read is noted. Files that tablature has written are left out.
///
/// # Errors
/// Where a path leads nowhere.
pub(crate) fn sources(
    paths: &[PathBuf],
    max_file_size: u64,
    notes: &mut Vec<Note>,
) -> Result<Vec<RustFile>, ValidateError> {
    for path in paths {
        path.metadata().map_err(|source| ValidateError::Path { path: path.clone(), source })?;
    }
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    let mut out = Vec::new();
    for path in files::walk(paths, max_file_size, is_rust, notes) {
        let read = files::read(&path).and_then(|text| {
            if is_marked(text.lines().next().unwrap_or_default()) {
                Ok(None)
            } else {
                RustFile::parse(path.clone(), text).map(Some)
            }
        });
        match read {
            Ok(file) => out.extend(file),
            Err(message) => notes.push(Note { file: path, message }),
        }
    }
    Ok(out)
}

/// Finds the models in the files at or below some paths, and holds them to a catalog. `unread` is what could not be read of
/// the database. Findings have the severities that the source sets.
///
/// # Errors
/// Where a path leads nowhere.
pub fn compare_models(
    paths: &[PathBuf],
    catalog: &Catalog,
    unread: &[Diagnostic],
    source: &Source,
    max_file_size: u64,
) -> Result<Compared, ValidateError> {
    let work = || compare_all(paths, catalog, unread, source, max_file_size);
    parallel::deep(work).map_err(ValidateError::Thread)?
}

fn compare_all(
    paths: &[PathBuf],
    catalog: &Catalog,
    unread: &[Diagnostic],
    source: &Source,
    max_file_size: u64,
) -> Result<Compared, ValidateError> {
    let mut notes = Vec::new();
    let files = sources(paths, max_file_size, &mut notes)?;
    let mut compared = compare::compare(&files, catalog, unread, source);
    for note in notes {
        let mut finding = Finding::new(Status::Unverifiable, Place::default(), note.message);
        finding.location = Some(Location::of_file(shown(&note.file)));
        finding.severity = source.check.of(finding.status, &finding.place, &catalog.default_schema);
        compared.findings.push(finding);
        compared.counts.unverifiable += 1;
    }
    compared.counts.files = files.len();
    Ok(compared)
}
