//! Finds installed programs.

use std::env;
use std::path::{Path, PathBuf};

/// Folders that hold servers and are often not on `PATH`.
const FOLDERS: &[&str] = &[
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/usr/libexec",
    "/usr/local/mysql/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/sbin",
];

/// Folders whose children are named after versions and have a `bin`.
const VERSIONED: &[&str] = &["/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt"];

/// The program of that name: on `PATH`, in a well-known folder, or in the newest version that is installed.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let plain = env::split_paths(&path).chain(FOLDERS.iter().map(PathBuf::from)).map(|folder| folder.join(name));
    plain.chain(versioned(name)).find(|candidate| candidate.is_file())
}

/// Programs in versioned folders, the highest version first.
fn versioned(name: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = VERSIONED
        .iter()
        .filter_map(|folder| Path::new(folder).read_dir().ok())
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| (version(&entry.file_name().to_string_lossy()), entry.path().join("bin").join(name)))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

/// The number in a folder's name, such as 15 in `15` and 17 in `postgresql@17`; 0 where there is none.
fn version(folder: &str) -> u32 {
    let digits = folder.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(["9.6", "15", "postgresql@17", "mysql"].map(version), [9, 15, 17, 0]);
    }

    #[test]
    fn what_is_not_installed_is_not_found() {
        assert!(find("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(find("tablature-test-no-such-program"), None);
    }
}
