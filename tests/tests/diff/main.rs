//! `tablature diff`: what changed between two schemas, wherever they are, and what that does to code, caches and documents.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod api;
mod database;
mod documents;
mod forms;
mod renames;
mod sides;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use tablature::codegen::codegen;
use tablature::config::{Origin, RuntimeDependency, Source};
use tablature::output::Mode;
use tablature_tests::{Engine, ScratchDatabase};

/// How a run of the program ended and what it said.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }
}

/// Runs the program in a folder.
fn tablature(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
    command.args(arguments).current_dir(folder).env_remove("DATABASE_URL").env("NO_COLOR", "1");
    command.env("TABLATURE_CACHE_DIR", folder.join("memory"));
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A database with what some SQL makes.
fn database(engine: Engine, sql: &str) -> ScratchDatabase {
    let database = ScratchDatabase::create(engine).unwrap();
    database.load(sql).unwrap_or_else(|error| panic!("{engine}: {sql}: {error}"));
    database
}

/// Two databases, and what the program says of them as JSON.
#[track_caller]
fn between(engine: Engine, old: &str, new: &str) -> Value {
    let (old, new) = (database(engine, old), database(engine, new));
    let folder = tempfile::tempdir().unwrap();
    tablature(folder.path(), &["diff", old.url(), new.url(), "--format", "json"]).json()
}

/// The entries of a section, each as some of its texts.
fn told<'a>(difference: &'a Value, section: &str, of: impl Fn(&'a Value) -> String) -> Vec<String> {
    difference[section].as_array().unwrap().iter().map(of).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Writes the crate of a database into a folder.
fn generate(database: &ScratchDatabase, name: &str, folder: &Path, settings: impl Fn(&mut Source)) -> Source {
    fs::create_dir_all(folder).unwrap();
    let mut source = Source::new(name, Origin::Url(database.url().to_owned()), folder);
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime").canonicalize().unwrap();
    source.runtime = RuntimeDependency::Path(runtime.display().to_string());
    settings(&mut source);
    codegen(&source, Mode::Write, &AtomicBool::new(false), |_| {}).unwrap();
    source
}
