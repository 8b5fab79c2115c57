//! One writer at a time.

use std::fs::File;
use std::io;
use std::path::Path;

/// A lock on a folder, held while the value lives. The operating system lets it go when the process dies, and nothing is
/// left behind in the folder.
#[derive(Debug)]
pub(super) struct Lock {
    _folder: Option<File>,
}

impl Lock {
    /// Waits for the lock. Where folders cannot be locked (on Windows, on some network file systems) there is none.
    pub(super) fn take(folder: &Path) -> io::Result<Self> {
        let Ok(file) = File::open(folder) else { return Ok(Self { _folder: None }) };
        match file.lock() {
            Ok(()) => Ok(Self { _folder: Some(file) }),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Self { _folder: None }),
            Err(error) => Err(error),
        }
    }
}
