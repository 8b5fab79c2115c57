//! One writer at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How long to wait before asking again for a lock that somebody else has.
const PAUSE: Duration = Duration::from_millis(20);

/// A lock on a folder, held while the value lives. The operating system lets it go when the process dies, and nothing is
/// left behind in the folder.
#[derive(Debug)]
pub(crate) struct Lock {
    _folder: Option<File>,
}

impl Lock {
    /// Waits for the lock; `None` where the wait was interrupted. Where folders cannot be locked (on Windows, on some
    /// network file systems) there is no lock, and nothing to wait for.
    pub(crate) fn take(folder: &Path, interrupted: &AtomicBool) -> io::Result<Option<Self>> {
        let Ok(file) = File::open(folder) else { return Ok(Some(Self { _folder: None })) };
        // Asked again and again, for a wait within the operating system would not see that the user wants to stop.
        while !interrupted.load(Ordering::Relaxed) {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _folder: Some(file) })),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Some(Self { _folder: None }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }
}
