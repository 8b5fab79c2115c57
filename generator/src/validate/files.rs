//! The files that are read: all below a folder that git would not ignore.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::Note;

/// The files of a known language at or below some paths, in the order of their names, each once. What is not read is noted.
pub(crate) fn walk(
    paths: &[PathBuf],
    max_size: u64,
    is_known: impl Fn(&Path) -> bool,
    notes: &mut Vec<Note>,
) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let Some((first, others)) = paths.split_first() else { return files };
    let mut walk = WalkBuilder::new(first);
    for path in others {
        walk.add(path);
    }
    // A link may lead out of the project, or round in a circle; what it leads to within is read where it stands.
    walk.follow_links(false).require_git(false);
    for entry in walk.build() {
        match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                // A link that is named on the command line is meant.
                let is_meant_link = entry.depth() == 0 && entry.path_is_symlink() && entry.path().is_file();
                if !(is_file || is_meant_link) {
                    continue;
                }
                if !is_known(entry.path()) {
                    if entry.depth() == 0 {
                        let message = "it is not read, for it is in no language that is known here".to_owned();
                        notes.push(Note { file: entry.into_path(), message });
                    }
                    continue;
                }
                let size = entry.path().metadata().map_or(0, |metadata| metadata.len());
                if size > max_size {
                    let message = format!(
                        "it is not read, for it has {size} bytes and {max_size} is the limit; `max_file_size` in [validate] raises it"
                    );
                    notes.push(Note { file: entry.into_path(), message });
                } else {
                    files.insert(entry.into_path());
                }
            }
            Err(error) => {
                let file = path_of(&error).unwrap_or(first).to_owned();
                notes.push(Note { file, message: format!("it is not read: {error}") });
            }
        }
    }
    files
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// A file's text.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
}
