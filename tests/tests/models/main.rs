//! Models that people have written, held to real databases: those that are right give silence, and every fault is found
//! alone, in its place.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod commands;
mod faults;
mod shapes;

use std::fs;
use std::path::{Path, PathBuf};

use tablature::catalog::Catalog;
use tablature::config::{Origin, Source};
use tablature::findings::Finding;
use tablature::models::{Compared, compare_models};
use tablature::reflect::{self, DatabaseUrl, Options};
use tablature_tests::{Engine, ScratchDatabase};

const ENGINES: [Engine; 3] = [Engine::Postgres, Engine::Mysql, Engine::Sqlite];

/// The bookshop's schema as a database says it, and a source that it comes from.
struct Bookshop {
    catalog: Catalog,
    source: Source,
}

impl Bookshop {
    fn new(engine: Engine) -> Self {
        let scratch = ScratchDatabase::create(engine).unwrap();
        let case = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("cases/bookshop/{engine}/schema.sql"));
        // SQLite's is made of the migrations.
        if case.exists() {
            scratch.load_file(case).unwrap();
        } else {
            scratch.load_folder(engine.migrations()).unwrap();
        }
        Self::of(&scratch)
    }

    fn of(scratch: &ScratchDatabase) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = DatabaseUrl::parse(scratch.url()).unwrap();
        let reflected = runtime.block_on(reflect::reflect(&url, &Options::default())).unwrap();
        Self { catalog: reflected.catalog, source: Source::new("shop", Origin::Snapshot, "generated") }
    }

    /// What is said of some files.
    fn compared(&self, files: &[(&str, &str)]) -> Compared {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let paths = [folder.path().to_owned()];
        compare_models(&paths, &self.catalog, &[], &self.source, 1 << 20).unwrap()
    }

    fn findings(&self, files: &[(&str, &str)]) -> Vec<Finding> {
        self.compared(files).findings
    }
}

/// A file of models that are right for an engine.
fn written(engine: Engine, name: &str) -> String {
    fs::read_to_string(folder().join(engine.folder()).join(name)).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models/written")
}

/// What is told, in short.
fn told(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let location = finding.location.clone().unwrap();
        let file = location.path.rsplit('/').next().unwrap_or_default().to_owned();
        let line = location.line.unwrap_or_default();
        format!("{file}:{line} {} {} {}: {}", finding.severity, finding.status, finding.place, finding.message)
    };
    findings.iter().map(line).collect()
}
