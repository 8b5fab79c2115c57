//! What happens to files: a folder of migrations, or the file of a database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

/// Somebody who is told of what happens in and around a path. Where the system cannot tell, nothing is told; whoever waits
/// looks by himself from time to time.
pub(super) struct Files {
    path: PathBuf,
    watcher: Option<RecommendedWatcher>,
    happened: Arc<Notify>,
}

impl Files {
    /// Watches a folder with all that is in it, or a file with those beside it that have its name and more.
    pub(super) fn watch(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut files = Self { path, watcher: None, happened: Arc::new(Notify::new()) };
        files.again();
        files
    }

    /// Begins anew: a folder that was removed and made again is another one to the system.
    pub(super) fn again(&mut self) {
        let (happened, path) = (Arc::clone(&self.happened), self.path.clone());
        // What the system calls the path, if it goes by a link.
        let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        let of_interest = move |found: &Path| [&path, &real].iter().any(|path| concerns(path, found));
        let told = move |event: notify::Result<notify::Event>| {
            let matters = match event {
                // Reading changes nothing, and would be heard by who reads.
                Ok(event) if matches!(event.kind, EventKind::Access(_)) => false,
                Ok(event) => event.need_rescan() || event.paths.iter().any(|path| of_interest(path)),
                Err(_) => true,
            };
            if matters {
                happened.notify_one();
            }
        };
        self.watcher = notify::recommended_watcher(told).ok();
        let Some(watcher) = &mut self.watcher else { return };
        // The folder above tells of a path that comes or goes, or whose place another one takes.
        if let Some(above) = self.path.parent() {
            let _ = watcher.watch(above, RecursiveMode::NonRecursive);
        }
        if self.path.is_dir() {
            let _ = watcher.watch(&self.path, RecursiveMode::Recursive);
        }
        if let Ok(real) = std::fs::canonicalize(&self.path)
            && real != self.path
        {
            let _ = watcher.watch(real.parent().unwrap_or(&real), RecursiveMode::NonRecursive);
        }
    }

    /// Waits until something happens.
    pub(super) async fn happened(&self) {
        self.happened.notified().await;
    }
}

/// Whether what happened to `found` may concern `path`: it is the path, is in it, or is a file beside it that begins with its name,
/// as the log of a database does. The index of that log is none of them, which readers write.
fn concerns(path: &Path, found: &Path) -> bool {
    if found.starts_with(path) {
        return true;
    }
    let (Some(own), Some(name)) = (path.file_name(), found.file_name()) else { return false };
    let is_index = name.as_encoded_bytes().ends_with(b"-shm");
    path.parent() == found.parent() && !is_index && name.as_encoded_bytes().starts_with(own.as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beside_a_path_is_of_no_concern() {
        let path = Path::new("/db/shop.db");
        for (found, concern) in [
            ("/db/shop.db", true),
            ("/db/shop.db-wal", true),
            ("/db/shop.db-journal", true),
            ("/db/shop.db-shm", false),
            ("/db/shop.db/V001.sql", true),
            ("/db/other.db", false),
            ("/shop.db", false),
            ("/db", false),
        ] {
            assert_eq!(concerns(path, Path::new(found)), concern, "{found}");
        }
    }
}
