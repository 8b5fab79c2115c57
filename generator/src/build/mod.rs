//! Crates made or checked by a build script.
//!
//! ```no_run
//! // build.rs
//! tablature::build::from_config("tablature.toml").run();
//! ```
//!
//! A build script asks no configured database: migrations are applied to a scratch SQLite file, and of a source with a `url` the
//! checked-in snapshot is taken. Cargo is told what the script depends on, and one that is called although nothing has changed
//! looks at the times of the files and is done.
//!
//! | | |
//! |---|---|
//! | [`Build::into_out_dir`] (the default) | The sources go into `OUT_DIR`, to be included as a module. |
//! | [`Build::check`] | Nothing is written; the build fails where the checked-in crate is not what it should be, and names the command that mends it. |
//! | [`Build::in_place`] | The checked-in crate is brought up to date. |
//!
//! In a package that somebody else unpacked (from a registry, by `cargo vendor`, on docs.rs) the last two do nothing: a crate is
//! held to its schema where it is worked on.

mod cargo;
mod place;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use thiserror::Error;

use crate::codegen::{CodegenError, Outcome, codegen};
use crate::config::{self, CommandLine, ConfigError, Origin, Source, mending};
use crate::output::Mode;
use cargo::Directives;
use place::Place;

/// What a build script is to do.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `run`"]
pub struct Build {
    command: CommandLine,
    destination: Destination,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination {
    OutDir,
    InPlace,
    Check,
}

/// What became of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The name of the source.
    pub name: String,
    /// The file to include, where the sources went into `OUT_DIR`.
    pub include: Option<PathBuf>,
    /// How many files were written or removed.
    pub changed: usize,
    /// Whether nothing had changed since the last run, so that nothing was done.
    pub was_known: bool,
}

/// Why a build cannot go on.
#[derive(Debug, Error)]
pub enum BuildError {
    /// This is no build script.
    #[error("{0} is not set: this is for a build script, which cargo runs")]
    Environment(&'static str),
    /// The configuration is no good.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The drivers are not there.
    #[error(
        "{name} is made from migrations, which are applied to a scratch SQLite database: give the build dependency `tablature` its \
         feature `live`, or take the checked-in snapshot with `.offline()`"
    )]
    NotLive {
        /// The source.
        name: String,
    },
    /// The crate could not be made.
    #[error("{name}: {source}")]
    Codegen {
        /// The source.
        name: String,
        /// Why.
        source: CodegenError,
    },
    /// The checked-in crate is not what it should be.
    #[error(transparent)]
    Stale(Box<Stale>),
    /// The checked-in crate was not what it should be, and now is.
    #[error(
        "{} was brought up to date, where {files}. Cargo looked at it before this script ran and may have compiled it as it was: build again",
        output.display()
    )]
    Written {
        /// The folder of the crate.
        output: PathBuf,
        /// How many files were written, and the first of them.
        files: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
}

/// A checked-in crate that is not what it should be.
#[derive(Debug, Error)]
#[error(
    "{} is not what {truth} of {name} {}: {files}. In {}, run\n    {command}",
    output.display(),
    if *truth == SNAPSHOT { "makes" } else { "make" },
    folder.display()
)]
pub struct Stale {
    /// The source.
    pub name: String,
    /// What the crate is made from.
    pub truth: &'static str,
    /// The folder of the crate.
    pub output: PathBuf,
    /// How many files differ, and the first of them.
    pub files: String,
    /// The folder of the package whose build script this is.
    pub folder: PathBuf,
    /// What mends it.
    pub command: String,
}

/// Makes what a `tablature.toml` configures. The path is relative to the package, as all paths are that a build script is given.
pub fn from_config(path: impl Into<PathBuf>) -> Build {
    Build::new(CommandLine { config: Some(path.into()), no_database: true, ..CommandLine::default() })
}

/// Makes a crate from a folder of migrations, with no configuration but the defaults.
pub fn from_migrations(folder: impl Into<PathBuf>) -> Build {
    Build::new(CommandLine {
        migrations: Some(folder.into()),
        output: Some("generated".into()),
        ..CommandLine::default()
    })
}

/// Makes a crate from the snapshot, `schema.json`, in the folder of a checked-in one.
pub fn from_snapshot(folder: impl Into<PathBuf>) -> Build {
    Build::new(CommandLine { output: Some(folder.into()), offline: true, ..CommandLine::default() })
}

impl Build {
    fn new(command: CommandLine) -> Self {
        Self { command, destination: Destination::OutDir }
    }

    /// Of several configured sources, the one to work on; else the name of the crate.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.command.name = Some(name.into());
        self
    }

    /// The folder of the checked-in crate; `generated` unless given or configured.
    pub fn output(mut self, folder: impl Into<PathBuf>) -> Self {
        self.command.output = Some(folder.into());
        self
    }

    /// Takes the checked-in snapshot instead of migrations, so that no SQL is run at all.
    pub fn offline(mut self) -> Self {
        self.command.offline = true;
        self
    }

    /// Applies migrations to a scratch database on this server instead of a scratch SQLite file, as its engine is given them.
    /// `${NAME}` stands for variables of the environment. It is asked when a migration has changed, and not before.
    pub fn scratch_url(mut self, url: impl Into<String>) -> Self {
        self.command.scratch_url = Some(url.into());
        self
    }

    /// Treats every warning as an error.
    pub fn strict(mut self) -> Self {
        self.command.strict = true;
        self
    }

    /// Writes the sources into `OUT_DIR`, which is the default. They are a module of the package then:
    ///
    /// ```ignore
    /// include!(concat!(env!("OUT_DIR"), "/shop.rs")); // pub mod shop
    /// ```
    pub fn into_out_dir(mut self) -> Self {
        self.destination = Destination::OutDir;
        self
    }

    /// Brings the checked-in crate up to date. Cargo has looked at it by the time that a build script runs, and may compile it
    /// as it was; so a build that changed anything ends with a message that asks for another one.
    pub fn in_place(mut self) -> Self {
        self.destination = Destination::InPlace;
        self
    }

    /// Writes nothing; a checked-in crate that is not what it should be fails the build, with the command that mends it.
    pub fn check(mut self) -> Self {
        self.destination = Destination::Check;
        self
    }

    /// Does it, and has cargo print what went wrong.
    pub fn run(self) {
        if let Err(error) = self.try_run() {
            // Cargo fails the build for it, and prints nothing else of what the script said, as it would if it failed.
            Directives::new().error(&error.to_string()).print();
        }
    }

    /// Does it. Cargo is told what the script depends on in any case.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn try_run(&self) -> Result<Vec<Built>, BuildError> {
        let place = Place::of_environment()?;
        let mut directives = Directives::new();
        if place.is_unpacked && self.destination != Destination::OutDir {
            directives.file(Path::new("build.rs")).print();
            return Ok(Vec::new());
        }
        directives.file(self.command.config.as_deref().unwrap_or(Path::new("build.rs")));
        let loaded = config::load(&self.command);
        for source in loaded.iter().flatten() {
            match self.destination {
                Destination::OutDir => directives.inputs(source).features(),
                Destination::InPlace | Destination::Check => directives.inputs(source).generated(&source.output),
            };
        }
        // Said before anything is done, so that whatever fails is tried again when it is mended.
        directives.print();
        loaded?.into_iter().map(|source| self.make(source, &place)).collect()
    }

    fn make(&self, mut source: Source, place: &Place) -> Result<Built, BuildError> {
        if cfg!(not(feature = "live")) && matches!(source.origin, Origin::Migrations(_)) {
            return Err(BuildError::NotLive { name: source.name });
        }
        let checked_in = source.output.clone();
        source.memory = Some(place.out_dir.join("tablature"));
        source.by_times = true;
        let mode = match self.destination {
            Destination::Check => Mode::Check,
            Destination::InPlace | Destination::OutDir => Mode::Write,
        };
        if self.destination == Destination::OutDir {
            source.output = place.out_dir.join(module(&source.name));
            // What another build left here decides nothing, for the next machine does not have it.
            source.history = Some(checked_in.clone());
        }
        let outcome = codegen(&source, mode, &AtomicBool::new(false), |_| {});
        let outcome = outcome.map_err(|error| BuildError::Codegen { name: source.name.clone(), source: error })?;
        let changed = outcome.files.changes.len();
        let built = |include| Built { name: source.name.clone(), include, changed, was_known: outcome.was_known };
        match self.destination {
            Destination::OutDir => {
                let include = include(&source.name, &place.out_dir)?;
                Directives::new().diagnostics(&source.name, &outcome.diagnostics).print();
                Ok(built(Some(include)))
            }
            _ if changed == 0 => Ok(built(None)),
            Destination::InPlace => Err(BuildError::Written { output: checked_in, files: listed(&outcome) }),
            Destination::Check => Err(BuildError::Stale(Box::new(Stale {
                truth: if source.origin == Origin::Snapshot { SNAPSHOT } else { MIGRATIONS },
                output: checked_in,
                files: listed(&outcome),
                folder: place.package.clone(),
                command: mending(&source, &self.command),
                name: source.name,
            }))),
        }
    }
}

/// What crates are made from.
const SNAPSHOT: &str = "the snapshot";
const MIGRATIONS: &str = "the migrations";

/// How many files changed, and what the first of them are called: sources before all others, for people know them best.
fn listed(outcome: &Outcome) -> String {
    const LISTED: usize = 4;
    let mut paths: Vec<&str> = outcome.files.changes.iter().map(|change| change.path.as_str()).collect();
    paths.sort_by_key(|path| !path.starts_with("src/"));
    let (shown, more) = paths.split_at(paths.len().min(LISTED));
    let differ = if paths.len() == 1 { "file differs" } else { "files differ" };
    let more = if more.is_empty() { "" } else { ", …" };
    format!("{} {differ} ({}{more})", paths.len(), shown.join(", "))
}

/// The name of a crate as one of a module.
fn module(name: &str) -> String {
    name.replace('-', "_")
}

/// The file that makes a module of the sources beside it. Those have attributes of their own, which a file cannot have that is
/// included itself.
fn include(name: &str, out_dir: &Path) -> Result<PathBuf, BuildError> {
    let module = module(name);
    let path = out_dir.join(format!("{module}.rs"));
    let text = format!(
        "// @generated by tablature. Do not edit.\n#[allow(dead_code, unreachable_pub, unused_imports)]\n\
         #[path = \"{module}/src/lib.rs\"]\npub mod {module};\n"
    );
    if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
        return Ok(path);
    }
    match std::fs::write(&path, text) {
        Ok(()) => Ok(path),
        Err(source) => Err(BuildError::Write { path, source }),
    }
}
