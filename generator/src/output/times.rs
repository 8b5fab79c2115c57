//! A crate on disk by the times, lengths and numbers of its files, which takes a small part of the time that reading them takes.

use std::fmt::Write as _;
use std::fs::{self, Metadata};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::sync::{GENERATED_FOLDERS, is_unfinished};
use crate::hex::hex;

/// What tells a file from what was there before or comes after. A file that takes another's place has another number or
/// another time of its own, even if it has the same length. Absent where the system tells no times.
pub(crate) fn traits(metadata: &Metadata) -> Option<String> {
    let modified = metadata.modified().ok()?;
    #[cfg(unix)]
    let place = {
        use std::os::unix::fs::MetadataExt as _;
        (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    #[cfg(not(unix))]
    let place = metadata.created().ok();
    Some(format!("{} {modified:?} {place:?}", metadata.len()))
}

/// The digest of what the file system says of the files in a folder among which generated ones are. Absent if it does not say
/// it of all of them, or if a run was killed that left something to clear up.
pub(crate) fn times_of(folder: &Path) -> Option<String> {
    let folder = &fs::canonicalize(folder).ok()?;
    if is_unfinished(folder) {
        return None;
    }
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name();
        let metadata = entry.metadata().ok()?;
        if metadata.is_file() {
            lines.push(line(&entry.path(), &metadata)?);
        } else if metadata.is_dir() && GENERATED_FOLDERS.iter().any(|generated| name == *generated) {
            walk(&entry.path(), &mut lines)?;
        }
    }
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
    }
    Some(hex(hash.finalize()))
}

fn walk(folder: &Path, lines: &mut Vec<String>) -> Option<()> {
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        let metadata = entry.metadata().ok()?;
        if metadata.is_dir() {
            walk(&entry.path(), lines)?;
        } else {
            lines.push(line(&entry.path(), &metadata)?);
        }
    }
    Some(())
}

fn line(path: &Path, metadata: &Metadata) -> Option<String> {
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(line, "{:?} {}", path.as_os_str(), traits(metadata)?);
    Some(line)
}
