//! `cargo xtask bench compile`: what a generated crate costs everybody who builds it.
//!
//! The crate is generated from a database, and compiled alone: its dependencies are built before the clock starts, for each
//! choice of features into a folder of its own. Processor time counts, since wall time says more about the machine's other work.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tablature_tests::servers::{Choice, Servers};
use tablature_tests::{Engine, ScratchDatabase};

use super::harness;
use crate::outcome::{Failure, cargo, output, program, root, succeeds};

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
    url: Option<String>,

    /// A file of SQL to generate from: `psql` loads it into a PostgreSQL database that is made for the run.
    #[arg(long)]
    schema: Option<PathBuf>,

    /// A crate that another generator made of the same schema, to be measured beside; may be repeated.
    #[arg(long)]
    peer: Vec<PathBuf>,

    /// Where to work: crates and what they are compiled to, which stay there.
    #[arg(long, default_value = "target/bench-compile")]
    folder: PathBuf,
}

/// What one compilation took.
struct Cost {
    /// Seconds of processor time.
    cpu: f64,
    /// Megabytes of memory at the peak.
    memory: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = root().join(&arguments.folder);
    let at = |error: std::io::Error| Failure(format!("cannot work in {}: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(at)?;
    let krate = folder.join("crate");
    let dialect = match (&arguments.url, &arguments.schema) {
        (Some(url), _) => generate(url, &krate)?,
        (None, Some(file)) => {
            let servers = Servers::resolve(Choice::Any).map_err(harness)?;
            let service = Engine::Postgres.service();
            let server = servers.iter().find(|server| Some(server.service()) == service);
            let server = server.ok_or_else(|| Failure("there is no PostgreSQL server to load the file into".into()))?;
            let database = ScratchDatabase::create_on(Engine::Postgres, server.url()).map_err(harness)?;
            let mut load = program("psql");
            load.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file"]);
            if !succeeds(load.arg(file).arg("--dbname").arg(database.url()))? {
                return Err(Failure(format!("{} cannot be loaded; psql says why above", file.display())));
            }
            generate(database.url(), &krate)?
        }
        (None, None) => return Err(Failure("give --url or --schema".into())),
    };
    println!("| what | `check` | memory | `build` | memory |\n|---|---|---|---|---|");
    for (name, features) in CHOICES {
        let features = format!("{dialect},{features}");
        row(name, &krate, Some(&features), &folder)?;
    }
    for peer in &arguments.peer {
        row(&peer.display().to_string(), peer, None, &folder)?;
    }
    Ok(())
}

/// Generates the crate as a workspace of its own, and says which of its features is the engine.
fn generate(url: &str, krate: &Path) -> Result<&'static str, Failure> {
    let dialect = match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("postgres" | "postgresql") => "postgres",
        Some("mysql" | "mariadb") => "mysql",
        Some("sqlite") => "sqlite",
        _ => return Err(Failure("the URL is neither postgres:, mysql:, mariadb: nor sqlite:".into())),
    };
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
    Ok(dialect)
}

fn row(name: &str, krate: &Path, features: Option<&str>, folder: &Path) -> Result<(), Failure> {
    let check = measure("check", krate, features, folder)?;
    let build = measure("build", krate, features, folder)?;
    println!("| {name} | {:.1} s | {:.0} MB | {:.1} s | {:.0} MB |", check.cpu, check.memory, build.cpu, build.memory);
    Ok(())
}

/// Compiles the crate twice, with its dependencies and alone, and says what the second time took.
fn measure(subcommand: &str, krate: &Path, features: Option<&str>, folder: &Path) -> Result<Cost, Failure> {
    let report = folder.join("time");
    let compile = |timed: bool| {
        let mut command = if timed { program("/usr/bin/time") } else { cargo() };
        if timed {
            command.args(["--format", "%U %S %M", "--output"]).arg(&report).arg(cargo().get_program());
        }
        command.args([subcommand, "--quiet", "--target-dir"]).arg(folder.join("target"));
        command.arg("--manifest-path").arg(krate.join("Cargo.toml"));
        if let Some(features) = features {
            command.args(["--no-default-features", "--features", features]);
        }
        // A first compilation has nothing to go on from, and would only write for the next one.
        command.env("CARGO_INCREMENTAL", "0");
        command
    };
    let failed = || Failure(format!("{} does not compile; cargo says why above", krate.display()));
    if !succeeds(&mut compile(false))? {
        return Err(failed());
    }
    let source = krate.join("src/lib.rs");
    let touched = File::options().append(true).open(&source).and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|error| Failure(format!("cannot touch {}: {error}", source.display())))?;
    let ended = output(&mut compile(true)).map_err(|error| Failure(format!("{error}; it wants GNU time")))?;
    if !ended.status.success() {
        return Err(failed());
    }
    let text = fs::read_to_string(&report).unwrap_or_default();
    let figures: Vec<f64> = text.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    match figures.as_slice() {
        [user, system, kilobytes] => Ok(Cost { cpu: user + system, memory: kilobytes / 1000.0 }),
        _ => Err(Failure(format!("time reported {text:?}; it wants GNU time"))),
    }
}
