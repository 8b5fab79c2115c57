//! What a build script tells cargo.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::catalog::{Diagnostic, DiagnosticKind};
use crate::config::{Origin, Severity, Source};
use crate::output::GENERATED_FOLDERS;
use crate::render::{CACHE_LAYOUT_FILE, SNAPSHOT_FILE};

/// The features of a generated crate, which are those of the package that its sources are a module of.
const FEATURES: &str = r#"cfg(feature, values("json-schema", "mysql", "postgres", "query", "sqlite"))"#;

/// Lines for cargo.
#[derive(Debug)]
pub(super) struct Directives {
    lines: Vec<String>,
}

impl Directives {
    pub(super) fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// The script is run again when a file changes, or anything in a folder. One that does not exist would have it run every
    /// time, and is left out: its folder changes when it comes.
    pub(super) fn file(&mut self, path: &Path) -> &mut Self {
        if path.exists() {
            self.lines.push(format!("cargo::rerun-if-changed={}", path.display()));
        }
        self
    }

    /// What a source is made from.
    pub(super) fn inputs(&mut self, source: &Source) -> &mut Self {
        if let Origin::Migrations(folder) = &source.origin {
            self.tree(folder);
        }
        // Where the server is, is known when it is needed.
        for variable in source.scratch_url.iter().flat_map(|url| url.split("${").skip(1)) {
            let name = variable.split('}').next().unwrap_or_default();
            self.lines.push(format!("cargo::rerun-if-env-changed={name}"));
        }
        let history = source.history();
        self.file(&history.join(SNAPSHOT_FILE)).file(&history.join(CACHE_LAYOUT_FILE))
    }

    /// The files of a crate, and the folders in which more of them could appear. The folder of the crate itself is none of them:
    /// it may have a `target` in it.
    pub(super) fn generated(&mut self, crate_folder: &Path) -> &mut Self {
        for name in GENERATED_FOLDERS {
            self.tree(&crate_folder.join(name));
        }
        for entry in fs::read_dir(crate_folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                self.file(&entry.path());
            }
        }
        self
    }

    /// A folder and everything in it.
    fn tree(&mut self, folder: &Path) {
        self.file(folder);
        let mut entries: Vec<_> =
            fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                self.tree(&entry);
            } else {
                self.file(&entry);
            }
        }
    }

    /// The features that included sources speak of are no misspellings, whichever of them the package has.
    pub(super) fn features(&mut self) -> &mut Self {
        self.lines.push(format!("cargo::rustc-check-cfg={FEATURES}"));
        self
    }

    /// What could not be expressed, a line for each class: nobody reads the README of a crate in `OUT_DIR`.
    pub(super) fn diagnostics(&mut self, source: &str, all: &[(Severity, Diagnostic)]) -> &mut Self {
        for kind in DiagnosticKind::ALL {
            let of_kind = |(severity, diagnostic): &&(Severity, Diagnostic)| {
                *severity == Severity::Warning && diagnostic.kind == *kind
            };
            let mut found = all.iter().filter(of_kind);
            let Some((_, first)) = found.next() else { continue };
            let more = match found.count() {
                0 => String::new(),
                n => format!(", and {n} more"),
            };
            let explanation = kind.explanation().trim();
            self.say("warning", &format!("{source}: {kind}: {}: {}{more}. {explanation}", first.path, first.message));
        }
        self
    }

    /// Something that fails the build.
    pub(super) fn error(&mut self, message: &str) -> &mut Self {
        self.say("error", message);
        self
    }

    /// Cargo reads line by line.
    fn say(&mut self, what: &str, message: &str) {
        for line in message.lines() {
            self.lines.push(format!("cargo::{what}={line}"));
        }
    }

    pub(super) fn print(&self) {
        let text: String = self.lines.iter().map(|line| format!("{line}\n")).collect();
        // Where cargo does not listen any more there is nobody to tell.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
}
