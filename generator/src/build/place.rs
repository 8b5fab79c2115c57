//! Where a build script runs.

use std::env;
use std::path::{Path, PathBuf};

use super::BuildError;

/// What cargo says about where it runs the script.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder of the package.
    pub(super) package: PathBuf,
    /// The folder for what the script makes.
    pub(super) out_dir: PathBuf,
    /// Whether the package was unpacked here to be compiled, and not to be worked on.
    pub(super) is_unpacked: bool,
}

impl Place {
    pub(super) fn of_environment() -> Result<Self, BuildError> {
        let folder = |name: &'static str| env::var_os(name).map(PathBuf::from).ok_or(BuildError::Environment(name));
        let package = folder("CARGO_MANIFEST_DIR")?;
        let is_unpacked = env::var_os("DOCS_RS").is_some() || is_unpacked(&package);
        Ok(Self { out_dir: folder("OUT_DIR")?, is_unpacked, package })
    }
}

/// Cargo writes `Cargo.toml.orig` into every package that it packs, `.cargo-checksum.json` beside those that it vendors, and
/// `.cargo-ok` at the top of what it took from a registry or a repository.
fn is_unpacked(package: &Path) -> bool {
    ["Cargo.toml.orig", ".cargo-checksum.json"].iter().any(|name| package.join(name).exists())
        || package.ancestors().any(|folder| folder.join(".cargo-ok").exists())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::is_unpacked;

    #[test]
    fn what_cargo_unpacked_is_known() {
        for mark in ["Cargo.toml.orig", ".cargo-checksum.json", ".cargo-ok", "../.cargo-ok"] {
            let folder = tempfile::tempdir().expect("a folder");
            let package = folder.path().join("package");
            fs::create_dir(&package).expect("a folder");
            assert!(!is_unpacked(&package), "{mark}");
            fs::write(package.join(mark), "").expect("a file");
            assert!(is_unpacked(&package), "{mark}");
        }
    }
}
