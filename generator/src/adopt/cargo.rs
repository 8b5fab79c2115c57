//! The packages that files belong to, and their dependency on the generated crate.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use super::{AdoptError, FileChange};
use crate::config::{Source, relative};
use crate::findings::stale::shown;
use crate::rust_source::RustFile;

/// The file that makes a folder a package.
const MANIFEST: &str = "Cargo.toml";

/// A package.
pub(super) struct Package {
    pub manifest: PathBuf,
    text: String,
    document: DocumentMut,
    /// The name in paths.
    pub name: String,
}

/// The packages of files.
pub(super) struct Packages {
    list: Vec<Package>,
    /// For each file its package and its module, from the crate's root.
    files: Vec<(Option<usize>, Option<Vec<String>>)>,
}

impl Packages {
    pub(super) fn of(&self, file: usize) -> Option<&Package> {
        self.list.get(self.files.get(file)?.0?)
    }

    /// The module that a file is, from its crate's root on; nothing for files beside `src`.
    pub(super) fn module(&self, file: usize) -> Option<&[String]> {
        self.files.get(file)?.1.as_deref()
    }

    /// Whether a file belongs to a package that has a library.
    pub(super) fn is_library(&self, file: usize) -> bool {
        self.of(file).is_some_and(|package| {
            let folder = package.manifest.parent().unwrap_or(Path::new(""));
            package.document.contains_key("lib") || folder.join("src/lib.rs").is_file()
        })
    }

    /// Whether two files are of one package.
    pub(super) fn are_together(&self, a: usize, b: usize) -> bool {
        let of = |file: usize| self.files.get(file).and_then(|(package, _)| *package);
        of(a).is_some() && of(a) == of(b)
    }
}

impl Package {
    /// The version of a dependency that the manifest asks for, where it stands there.
    pub(super) fn version(&self, dependency: &str) -> Option<&str> {
        let entry = self.document.get("dependencies")?.get(dependency)?;
        entry.as_str().or_else(|| entry.get("version")?.as_str())
    }
}

/// Finds the packages of some files.
///
/// # Errors
/// Where a manifest cannot be read.
pub(super) fn packages(files: &[RustFile], source: &Source) -> Result<Packages, AdoptError> {
    let own = fs::canonicalize(source.output.join(MANIFEST)).ok();
    let mut packages = Packages { list: Vec::new(), files: Vec::new() };
    for file in files {
        let path = fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
        let manifest = path.ancestors().skip(1).map(|folder| folder.join(MANIFEST)).find(|path| path.is_file());
        let manifest = manifest.filter(|path| Some(path) != own.as_ref());
        let package = match manifest {
            Some(manifest) => match packages.list.iter().position(|package| package.manifest == manifest) {
                Some(known) => Some(known),
                None => read(&manifest)?.map(|package| {
                    packages.list.push(package);
                    packages.list.len() - 1
                }),
            },
            None => None,
        };
        let folder = package.and_then(|at| packages.list[at].manifest.parent()).map(|folder| folder.join("src"));
        let module = folder.and_then(|folder| module(path.strip_prefix(folder).ok()?));
        packages.files.push((package, module));
    }
    Ok(packages)
}

/// A package, or nothing for a workspace without one.
fn read(manifest: &Path) -> Result<Option<Package>, AdoptError> {
    let failed = |reason: String| AdoptError::Manifest { path: shown(manifest), reason };
    let text = fs::read_to_string(manifest).map_err(|error| failed(error.to_string()))?;
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| failed(error.to_string()))?;
    let name = document.get("package").and_then(|package| package.get("name")).and_then(Item::as_str);
    let Some(name) = name.map(|name| name.replace('-', "_")) else { return Ok(None) };
    Ok(Some(Package { manifest: manifest.to_owned(), text, document, name }))
}

/// The module of a file below `src`: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module(path: &Path) -> Option<Vec<String>> {
    let path = path.with_extension("");
    let mut parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let last = parts.last()?.clone();
    // A program of its own is its own root.
    if parts.len() == 2 && parts[0] == "bin" || parts.len() == 1 && ["lib", "main"].contains(&last.as_str()) {
        return Some(Vec::new());
    }
    if last == "mod" {
        parts.pop();
    }
    Some(parts)
}

/// The manifests with a dependency on the generated crate, of the packages that changed files belong to; and what else there
/// is to say.
///
/// # Errors
/// Where there is no way from a package to the crate.
pub(super) fn dependencies(
    packages: &Packages,
    changed: &[&Path],
    files: &[RustFile],
    source: &Source,
) -> Result<(Vec<FileChange>, Vec<String>), AdoptError> {
    let (mut changes, mut notes, mut done) = (Vec::new(), Vec::new(), Vec::new());
    for (number, file) in files.iter().enumerate().filter(|(_, file)| changed.contains(&file.path.as_path())) {
        let Some(package) = packages.of(number) else {
            let file = shown(&file.path);
            notes.push(format!("{file} is in no package; add a dependency on {} where it is compiled", source.name));
            continue;
        };
        if done.contains(&&package.manifest) {
            continue;
        }
        done.push(&package.manifest);
        let after = with_dependency(package, source)?;
        if after != package.text {
            let path = package.manifest.clone();
            changes.push(FileChange { path, before: package.text.clone(), after });
        }
    }
    Ok((changes, notes))
}

fn with_dependency(package: &Package, source: &Source) -> Result<String, AdoptError> {
    let folder = package.manifest.parent().unwrap_or(Path::new(""));
    let output = fs::canonicalize(&source.output).unwrap_or_else(|_| source.output.clone());
    let failed = |reason: String| AdoptError::Manifest { path: shown(&package.manifest), reason };
    let way = relative(&output, folder).map_err(|error| failed(error.to_string()))?;
    let mut document = package.document.clone();
    let dependencies = document.entry("dependencies").or_insert(Item::Table(Table::new()));
    let dependencies =
        dependencies.as_table_like_mut().ok_or_else(|| failed("`dependencies` is no table".to_owned()))?;
    if !dependencies.contains_key(&source.name) {
        let mut entry = InlineTable::new();
        entry.insert("path", Value::from(way));
        dependencies.insert(&source.name, Item::Value(Value::InlineTable(entry)));
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_module() {
        let of = |path: &str| module(Path::new(path)).map(|module| module.join("::"));
        assert_eq!(of("lib.rs").as_deref(), Some(""));
        assert_eq!(of("main.rs").as_deref(), Some(""));
        assert_eq!(of("bin/tool.rs").as_deref(), Some(""));
        assert_eq!(of("models.rs").as_deref(), Some("models"));
        assert_eq!(of("models/mod.rs").as_deref(), Some("models"));
        assert_eq!(of("models/book.rs").as_deref(), Some("models::book"));
    }
}
