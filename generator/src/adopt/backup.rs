//! Old files, kept before the first one changes, and the way back to them.
//!
//! A backup is a folder with a copy of every file and, written last, a manifest with the digests of what was there and of what
//! was to come. From then on a run may end anywhere: each file is what it was or what it was to be, and the manifest tells
//! which. What is neither was changed by somebody since.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use thiserror::Error;

use super::FileChange;
use crate::findings::stale::shown;
use crate::hex::hex;
use crate::output::Lock;

/// The folder of all backups, in the working directory.
const FOLDER: &str = ".tablature";

/// What the folder of a backup is called, before its date.
const PREFIX: &str = "adopt-";

/// What makes a folder a backup.
const MANIFEST: &str = "manifest.json";

/// What says that a backup was put back.
const DONE: &str = "rolled-back";

/// What files are called that wait beside others to replace them: their beginning and their end.
const WAITING: [&str; 2] = [".tablature-adopt-", ".part"];

/// The version of the manifest's form.
const FORMAT: u32 = 1;

/// Why nothing was adopted, or put back.
#[derive(Debug, Error)]
pub enum AdoptError {
    /// The sources cannot be read.
    #[error("{0}")]
    Sources(String),
    /// A package's manifest is of no use, or a source would be none any more.
    #[error("{path}: {reason}; nothing was changed")]
    Manifest {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be written or read, and nothing was changed.
    #[error("cannot {action} {path}: {source}; nothing was changed")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file has become another one.
    #[error("{0} has changed since it was read; nothing was changed. Run the command again")]
    Moved(String),
    /// Some files were changed, and others not.
    #[error("{path} cannot be replaced ({source}), {done} of {all} files are; `{mend}` puts them back")]
    Halfway {
        /// The file.
        path: String,
        /// What the operating system says.
        source: io::Error,
        /// How many files were replaced.
        done: usize,
        /// How many were to be.
        all: usize,
        /// The command that puts them back.
        mend: String,
    },
    /// The user asked to stop.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// There is no backup.
    #[error("there is no backup in {0} that was not put back already; nothing was changed")]
    NoBackup(String),
    /// A backup is of no use.
    #[error("{path}: {reason}; nothing was changed")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Files were changed since.
    #[error(
        "{} changed since, and would be lost: {}; nothing was changed. With --force they are put back all the same",
        if .0.len() == 1 { "a file was" } else { "files were" },
        .0.join(", ")
    )]
    Changed(Vec<String>),
}

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    files: Vec<Entry>,
}

/// A file in a backup.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// Where it belongs: relative to the folder that the backups are in, if it is below.
    path: PathBuf,
    /// The copy, relative to the backup.
    copy: PathBuf,
    /// The digest of what was there.
    before: String,
    /// The digest of what was to come.
    after: String,
}

fn digest(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> AdoptError {
    let path = shown(path);
    move |source| AdoptError::Io { action, path, source }
}

/// Backs files up, and then changes them: all of them are written beside the old ones before the first one is replaced. Gives
/// the backup's folder.
///
/// # Errors
/// Where a file cannot be written, or is no longer what the plan was made from; all but [`AdoptError::Halfway`] leave
/// everything as it was.
pub fn apply(changes: &[FileChange], root: &Path, interrupted: &AtomicBool) -> Result<PathBuf, AdoptError> {
    let _lock = lock(root, interrupted)?;
    // A link stays one, and what it leads to is changed.
    let paths = changes.iter().map(|change| {
        let path = fs::canonicalize(&change.path).map_err(failed("find", &change.path))?;
        let now = fs::read(&path).map_err(failed("read", &path))?;
        if now == change.before.as_bytes() { Ok(path) } else { Err(AdoptError::Moved(change.shown())) }
    });
    let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    sweep(&paths);
    let mut staged = Vec::new();
    for (path, change) in paths.iter().zip(changes) {
        staged.push(stage(path, change.after.as_bytes())?);
    }
    if interrupted.load(Ordering::Relaxed) {
        return Err(AdoptError::Interrupted);
    }
    let backup = back_up(&paths, changes, root)?;
    replace(staged, &paths, &format!("tablature adopt --rollback {}", shown(&backup)))?;
    Ok(backup)
}

/// One run at a time in a folder.
fn lock(root: &Path, interrupted: &AtomicBool) -> Result<Lock, AdoptError> {
    Lock::take(root, interrupted).map_err(failed("lock", root))?.ok_or(AdoptError::Interrupted)
}

/// Clears up what a run that was killed left beside files.
fn sweep(paths: &[PathBuf]) {
    let folders: BTreeSet<&Path> = paths.iter().filter_map(|path| path.parent()).collect();
    for entry in folders.into_iter().flat_map(fs::read_dir).flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(WAITING[0]) && name.ends_with(WAITING[1]) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A file beside others that is to replace one of them.
fn waiting(folder: &Path) -> Result<NamedTempFile, AdoptError> {
    let file = tempfile::Builder::new().prefix(WAITING[0]).suffix(WAITING[1]).tempfile_in(folder);
    file.map_err(failed("write in", folder))
}

/// What is to stand in a file, in one beside it.
fn stage(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, AdoptError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let permissions = fs::metadata(path).map_err(failed("read", path))?.permissions();
    // A file that nobody may write is not to be replaced by the back door.
    if permissions.readonly() {
        return Err(failed("write", path)(io::Error::from(io::ErrorKind::PermissionDenied)));
    }
    let mut file = waiting(folder)?;
    let written = file.write_all(bytes).and_then(|()| file.as_file().set_permissions(permissions));
    written.and_then(|()| file.as_file().sync_all()).map_err(failed("write in", folder))?;
    Ok(file)
}

fn replace(staged: Vec<NamedTempFile>, paths: &[PathBuf], mend: &str) -> Result<(), AdoptError> {
    let all = staged.len();
    for (done, (file, path)) in staged.into_iter().zip(paths).enumerate() {
        file.persist(path).map_err(|error| AdoptError::Halfway {
            path: shown(path),
            source: error.error,
            done,
            all,
            mend: mend.to_owned(),
        })?;
    }
    Ok(())
}

/// Copies of files, and last of all the manifest.
fn back_up(paths: &[PathBuf], changes: &[FileChange], root: &Path) -> Result<PathBuf, AdoptError> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(failed("make", &folder))?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(&ignore, "*\n").map_err(failed("write", &ignore))?;
    }
    let backup = new_folder(&folder)?;
    let written = fill(&backup, paths, changes, root);
    if written.is_err() {
        // Without a manifest it is no backup; what is left of it is of no use to anybody.
        let _ = fs::remove_dir_all(&backup);
    }
    written.map(|()| backup)
}

fn new_folder(folder: &Path) -> Result<PathBuf, AdoptError> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let date = i64::try_from(seconds).ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    let date = date.map_or_else(|| seconds.to_string(), |date| date.format("%Y-%m-%dT%H-%M-%SZ").to_string());
    for number in 1..1000 {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{PREFIX}{date}{more}"));
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => return result.map(|()| path.clone()).map_err(failed("make", &path)),
        }
    }
    Err(failed("make", folder)(io::Error::from(io::ErrorKind::AlreadyExists)))
}

fn fill(backup: &Path, paths: &[PathBuf], changes: &[FileChange], root: &Path) -> Result<(), AdoptError> {
    let root = fs::canonicalize(root).map_err(failed("find", root))?;
    let mut manifest = Manifest { format: FORMAT, files: Vec::new() };
    for (number, (path, change)) in paths.iter().zip(changes).enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let copy = PathBuf::from(format!("{number:03}-{name}"));
        write_through(&backup.join(&copy), change.before.as_bytes())?;
        manifest.files.push(Entry {
            path: path.strip_prefix(&root).unwrap_or(path).to_owned(),
            copy,
            before: digest(change.before.as_bytes()),
            after: digest(change.after.as_bytes()),
        });
    }
    let text = serde_json::to_string_pretty(&manifest).expect("plain data with string keys always serialises");
    let unfinished = backup.join("manifest.part");
    write_through(&unfinished, text.as_bytes())?;
    let path = backup.join(MANIFEST);
    fs::rename(&unfinished, &path).map_err(failed("write", &path))?;
    // The names have to outlive a loss of power, too, where a folder can be told so.
    if cfg!(unix) {
        let folder = fs::File::open(backup).and_then(|folder| folder.sync_all());
        folder.map_err(failed("write", backup))?;
    }
    Ok(())
}

fn write_through(path: &Path, bytes: &[u8]) -> Result<(), AdoptError> {
    let written = fs::File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(failed("write", path))
}

/// The newest backup that was not put back.
///
/// # Errors
/// Where there is none.
pub fn newest(root: &Path) -> Result<PathBuf, AdoptError> {
    let folder = root.join(FOLDER);
    let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let is_open = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(PREFIX) && path.join(MANIFEST).is_file() && !path.join(DONE).exists()
    };
    let mut open: Vec<PathBuf> = entries.filter(is_open).collect();
    // A date sorts by itself; of the same second, the later one has a number that may have more digits.
    open.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (date, number) =
            name.split_once("Z-").map_or((name.as_str(), 1), |(date, number)| (date, number.parse().unwrap_or(1_u32)));
        (date.trim_end_matches('Z').to_owned(), number)
    });
    open.pop().ok_or_else(|| AdoptError::NoBackup(shown(&folder)))
}

/// What a rollback did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Files that were put back.
    pub restored: Vec<String>,
    /// How many were as they had been.
    pub unchanged: usize,
}

/// Puts every byte of a backup's files back. Files that somebody has changed since are an error, unless it is forced.
///
/// # Errors
/// Where the backup is damaged, a file was changed since, or cannot be written.
pub fn rollback(backup: &Path, root: &Path, force: bool, interrupted: &AtomicBool) -> Result<Restored, AdoptError> {
    let _lock = lock(root, interrupted)?;
    let path = backup.join(MANIFEST);
    let damaged = |path: &Path, reason: String| AdoptError::Damaged { path: shown(path), reason };
    let text = fs::read_to_string(&path).map_err(|error| damaged(&path, format!("it is no backup ({error})")))?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| damaged(&path, format!("it cannot be read ({error})")))?;
    if manifest.format != FORMAT {
        return Err(damaged(&path, format!("its form is {}, and this tablature knows {FORMAT}", manifest.format)));
    }
    let mut out = Restored::default();
    let (mut changed, mut back) = (Vec::new(), Vec::new());
    for entry in &manifest.files {
        let copy = backup.join(&entry.copy);
        let bytes = fs::read(&copy).map_err(|error| damaged(&copy, error.to_string()))?;
        if digest(&bytes) != entry.before {
            return Err(damaged(&copy, "it is not what was backed up".to_owned()));
        }
        let target = root.join(&entry.path);
        let now = fs::read(&target).ok().map(|bytes| digest(&bytes));
        if now.as_ref() == Some(&entry.before) {
            out.unchanged += 1;
            continue;
        }
        if now.as_ref() != Some(&entry.after) {
            changed.push(shown(&target));
        }
        back.push((target, bytes));
    }
    if !changed.is_empty() && !force {
        return Err(AdoptError::Changed(changed));
    }
    sweep(&manifest.files.iter().map(|entry| root.join(&entry.path)).collect::<Vec<_>>());
    let mut staged = Vec::new();
    for (target, bytes) in &back {
        staged.push(restage(target, bytes)?);
    }
    let paths: Vec<PathBuf> = back.iter().map(|(target, _)| target.clone()).collect();
    replace(staged, &paths, &format!("tablature adopt --rollback {}", shown(backup)))?;
    out.restored = paths.iter().map(|path| shown(path)).collect();
    let done = backup.join(DONE);
    fs::write(&done, "").map_err(failed("write", &done))?;
    Ok(out)
}

/// As [`stage`], for a file that may be gone.
fn restage(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, AdoptError> {
    if path.exists() {
        return stage(path, bytes);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed("make", folder))?;
    let mut file = waiting(folder)?;
    file.write_all(bytes).map_err(failed("write in", folder))?;
    Ok(file)
}
