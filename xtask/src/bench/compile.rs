//! `cargo xtask bench compile`: what a generated crate costs everybody who builds it.
//!
//! The crate is generated from a database, and compiled alone: its dependencies are built before the clock starts, for each
//! choice of features into a folder of its own. Processor time counts, since wall time says more about the machine's other work.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tablature_tests::servers::{Choice, Servers};
use url::Url;

use super::harness;
use super::process::{Took, measured};
use super::subject::Subject;
use crate::outcome::{Failure, cargo, root, succeeds};

/// Feature sets that are measured, in the words of the table.
const CHOICES: &[(&str, &str)] = &[
    ("rows of one engine", ""),
    ("and columns for sea-query", "query"),
    ("and JSON Schemas", "query,json-schema"),
    ("and rows of all engines", "query,json-schema,mysql,postgres,sqlite"),
];

/// What to generate from, and what to put beside it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The database to generate from.
    #[arg(long, conflicts_with = "schema", required_unless_present = "schema")]
    url: Option<Url>,

    /// A schema to generate from, read into a scratch database; the engine is what its folder is called: postgres or mysql.
    #[arg(long)]
    schema: Option<PathBuf>,

    /// A crate that another generator made of the same schema, to be measured beside; may be repeated.
    #[arg(long)]
    peer: Vec<PathBuf>,

    /// Where to work: crates and what they are compiled to, which stay there.
    #[arg(long, default_value = "target/bench-compile")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = root().join(&arguments.folder);
    let at = |error: std::io::Error| Failure(format!("cannot work in {}: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(at)?;
    let krate = folder.join("crate");
    let subject = match (&arguments.url, &arguments.schema) {
        (Some(url), _) => Subject::at(url.clone())?,
        (None, Some(file)) => Subject::of_file(file, Some(&Servers::resolve(Choice::Any).map_err(harness)?))?,
        (None, None) => return Err(Failure("give --url or --schema".into())),
    };
    generate(subject.url.as_str(), &krate)?;
    println!("| what | `check` | memory | `build` | memory |\n|---|---|---|---|---|");
    for (name, features) in CHOICES {
        let features = format!("{},{features}", subject.engine.folder());
        row(name, &krate, Some(&features), &folder)?;
    }
    for peer in &arguments.peer {
        row(&peer.display().to_string(), peer, None, &folder)?;
    }
    Ok(())
}

/// Generates the crate as a workspace of its own.
fn generate(url: &str, krate: &Path) -> Result<(), Failure> {
    let mut command = cargo();
    command.args(["run", "--quiet", "--package", "tablature", "--", "codegen", "--quiet", "--name", "measured"]);
    command.args(["--url", "${TABLATURE_BENCH_URL}"]).env("TABLATURE_BENCH_URL", url);
    command.arg("--output").arg(krate).arg("--runtime-path").arg(root().join("runtime"));
    if !succeeds(&mut command)? {
        return Err(Failure("the crate could not be generated; tablature says why above".into()));
    }
    let manifest = krate.join("Cargo.toml");
    let at = |error: std::io::Error| Failure(format!("cannot write {}: {error}", manifest.display()));
    let text = fs::read_to_string(&manifest).map_err(at)?;
    fs::write(&manifest, format!("{text}\n[workspace]\n")).map_err(at)?;
    // The versions that the project itself is built with.
    fs::copy(root().join("Cargo.lock"), krate.join("Cargo.lock")).map_err(at)?;
    Ok(())
}

fn row(name: &str, krate: &Path, features: Option<&str>, folder: &Path) -> Result<(), Failure> {
    let check = measure("check", krate, features, folder)?;
    let build = measure("build", krate, features, folder)?;
    let cells = [check, build].map(|took| format!("{:.1} s | {} MB", took.cpu, took.peak / 1_000_000));
    println!("| {name} | {} |", cells.join(" | "));
    Ok(())
}

/// Compiles the crate twice, with its dependencies and alone, and says what the second time took.
fn measure(subcommand: &str, krate: &Path, features: Option<&str>, folder: &Path) -> Result<Took, Failure> {
    let mut command: Vec<OsString> = vec![cargo().get_program().to_owned()];
    command.extend([subcommand, "--quiet", "--target-dir"].map(OsString::from));
    command.push(folder.join("target").into_os_string());
    command.extend(["--manifest-path".into(), krate.join("Cargo.toml").into_os_string()]);
    if let Some(features) = features {
        command.extend(["--no-default-features", "--features", features].map(OsString::from));
    }
    let compile = || {
        // A first compilation has nothing to go on from, and would only write for the next one.
        let (took, said) = measured(&command, &[("CARGO_INCREMENTAL", "0".into())], folder)?;
        match took.well {
            true => Ok(took),
            false => Err(Failure(format!("{} does not compile: {}", krate.display(), said.trim()))),
        }
    };
    compile()?;
    let source = krate.join("src/lib.rs");
    let touched = File::options().append(true).open(&source).and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|error| Failure(format!("cannot touch {}: {error}", source.display())))?;
    compile()
}
