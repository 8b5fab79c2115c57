//! What the last run saw, so that the next one can tell that there is nothing to do.
//!
//! A run leaves a small file in the user's cache folder, one for each crate: a digest of everything that the crate depends
//! on, one of the crate itself, and what the run had to report. It is never needed, never checked in, and may be deleted at
//! any time. A run that finds all digests as they were reports the same again, and decides and renders nothing:
//!
//! - the tool is the same file, and the configuration says the same,
//! - the database has the same fingerprint, or the migrations the same bytes,
//! - the crate's files are, byte for byte, those that the last run wrote or found.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::catalog::Diagnostic;
use crate::codegen::Counts;
use crate::config::{Origin, Source, shown};
use crate::findings::Severities;
use crate::hex::hex;
use crate::output;
use crate::render::{CACHE_LAYOUT_FILE, SNAPSHOT_FILE};

/// What a run leaves for the next one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LastRun {
    /// A digest of the tool and the configuration.
    pub(crate) tool: String,
    /// The fingerprint of the schema, wherever it comes from.
    pub(crate) schema: String,
    /// A digest of the crate's files.
    pub(crate) files: String,
    /// A digest of their times and lengths, where that is to be trusted.
    pub(crate) times: Option<String>,
    /// How many files the crate has.
    pub(crate) count: usize,
    /// The figures that were reported.
    pub(crate) counts: Counts,
    /// What was reported besides.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Where a crate's file is, and what tool looks at it.
#[derive(Debug)]
pub(crate) struct Memory {
    file: PathBuf,
    tool: String,
}

impl Memory {
    /// The memory of a crate. Absent where nothing is to be remembered, or where it cannot be told what the tool is.
    pub(crate) fn of(source: &Source) -> Option<Self> {
        let folder = source.memory.as_deref()?;
        let output = std::path::absolute(&source.output).ok()?;
        // Two spellings of one folder may lead to two files, never two folders to one.
        let output = fs::canonicalize(&output).unwrap_or(output);
        let name = hex(Sha256::digest(output.as_os_str().as_encoded_bytes()));
        Some(Self { file: folder.join(format!("{name}.json")), tool: tool(source)? })
    }

    /// What the last run left, if it was by the same tool with the same configuration.
    pub(crate) fn recall(&self) -> Option<LastRun> {
        let last: LastRun = serde_json::from_slice(&fs::read(&self.file).ok()?).ok()?;
        (last.tool == self.tool).then_some(last)
    }

    /// Leaves word for the next run. Where that fails, it does all of its work.
    pub(crate) fn keep(&self, last: LastRun) {
        let _ = self.write(&LastRun { tool: self.tool.clone(), ..last });
    }

    /// Replaces the file in one step: a run beside this one reads the old or the new.
    fn write(&self, last: &LastRun) -> std::io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(last)?)?;
        file.persist(&self.file)?;
        Ok(())
    }
}

/// The folder that the environment gives for what can be made again; absent if it gives none.
#[cfg(feature = "cli")]
pub(crate) fn folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("TABLATURE_CACHE_DIR") {
        return Some(folder);
    }
    let caches = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")))
    };
    caches.map(|caches| caches.join("tablature"))
}

/// A digest of the tool and of all that it was told.
fn tool(source: &Source) -> Option<String> {
    let mut told = source.clone();
    // How it works, where it remembers and how findings are weighed change nothing; the password stays out of every file.
    told.threads = None;
    told.memory = None;
    told.check = Severities::default();
    told.scratch_url = told.scratch_url.as_deref().map(shown);
    if let Origin::Url(url) = &told.origin {
        told.origin = Origin::Url(shown(url));
    }
    let mut hash = Sha256::new();
    hash.update(format!("{}\n{told:?}", program()?));
    // The files that a crate reads back are its own, unless they stand elsewhere.
    if let Some(history) = &source.history {
        for file in [SNAPSHOT_FILE, CACHE_LAYOUT_FILE] {
            hash.update(Sha256::digest(fs::read(history.join(file)).unwrap_or_default()));
        }
    }
    Some(hex(hash.finalize()))
}

/// Which program this is. A program that takes another's place has another time of its own or another number, even if it
/// says the same version and has the same length.
fn program() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let traits = output::traits(&fs::metadata(&path).ok()?)?;
    Some(format!("{} {} {traits}", env!("CARGO_PKG_VERSION"), path.display()))
}

/// A digest of every file in a folder of migrations and in those within it.
#[cfg(feature = "live")]
pub(crate) fn of_folder(folder: &Path) -> std::io::Result<String> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            // As a link is followed when it is read, it is followed here.
            if fs::metadata(&path)?.is_dir() {
                walk(&path, files)?;
            } else {
                files.push(path);
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    files.sort();
    let mut hash = Sha256::new();
    for path in files {
        hash.update(Sha256::digest(path.as_os_str().as_encoded_bytes()));
        hash.update(Sha256::digest(fs::read(&path)?));
    }
    Ok(hex(hash.finalize()))
}
