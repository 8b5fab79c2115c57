//! The generated crates as one workspace, compiled one after the other.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::HarnessError;

/// Where a generated self-test finds the database that it may fill.
const SELF_TEST_URL: &str = "TABLATURE_SELF_TEST_URL";

/// Tells a generated self-test that there may be rows: a schema's file may bring some along.
const SELF_TEST_OCCUPIED: &str = "TABLATURE_SELF_TEST_OCCUPIED";

/// The self-test in a generated crate.
const SELF_TEST: &str = "tests/self_test.rs";

/// The crate that is compiled before all others.
const EMPTY: &str = "corpus_of_nothing";

/// The most lines of what a compiler or test says that are kept.
const MOST_LINES: usize = 60;

/// The dependencies are built as the project's own are, so that those which are there already are taken.
const PROFILE: &str = "[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n";

/// A folder with generated crates in `crates/`.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
    target: PathBuf,
    /// Held until the end, so that no other run clears the folder meanwhile.
    _lock: fs::File,
}

/// How something ended that cargo did.
#[derive(Debug)]
pub struct Ran {
    /// How long it took.
    pub time: Duration,
    /// What was said where all was not well: warnings count.
    pub complaint: Option<String>,
    /// What a test that succeeded said.
    pub said: String,
}

impl Workspace {
    /// Makes an empty one in place of whatever stood in the folder. Compiled code goes to `target`.
    ///
    /// # Errors
    /// Where files cannot be written.
    pub fn create(folder: &Path, target: &Path) -> Result<Self, HarnessError> {
        let writing = || HarnessError::doing(format!("make a workspace in {}", folder.display()));
        let crates = folder.join("crates");
        fs::create_dir_all(folder).map_err(writing())?;
        let lock = fs::File::create(folder.join("lock")).map_err(writing())?;
        if lock.try_lock().is_err() {
            let message = format!("another run is at work in {}; wait for its end", folder.display());
            return Err(HarnessError::new(message));
        }
        if crates.exists() {
            fs::remove_dir_all(&crates).map_err(writing())?;
        }
        fs::create_dir_all(&crates).map_err(writing())?;
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n{PROFILE}");
        fs::write(folder.join("Cargo.toml"), manifest).map_err(writing())?;
        // The same versions as everywhere in the project, none of which has to be looked for.
        fs::copy(crate::engine::repository().join("Cargo.lock"), folder.join("Cargo.lock")).map_err(writing())?;
        Ok(Self { folder: folder.to_owned(), target: target.to_owned(), _lock: lock })
    }

    /// Where a crate stands.
    pub fn crate_folder(&self, name: &str) -> PathBuf {
        self.folder.join("crates").join(name)
    }

    /// Compiles what crates depend on, so that the time of the first one is its own: a crate like `name` with nothing in it.
    ///
    /// # Errors
    /// Where files cannot be written, cargo cannot be run, or the dependencies do not compile.
    pub fn warm_up(&self, name: &str) -> Result<(), HarnessError> {
        let writing = || HarnessError::doing("make an empty crate");
        let manifest = fs::read_to_string(self.crate_folder(name).join("Cargo.toml")).map_err(writing())?;
        let empty = self.crate_folder(EMPTY);
        fs::create_dir_all(empty.join("src")).map_err(writing())?;
        fs::write(empty.join("Cargo.toml"), manifest.replace(name, EMPTY)).map_err(writing())?;
        fs::write(empty.join("src/lib.rs"), "//! Nothing.\n").map_err(writing())?;
        if self.crate_folder(name).join(SELF_TEST).is_file() {
            fs::create_dir_all(empty.join("tests")).map_err(writing())?;
            fs::write(empty.join(SELF_TEST), "//! Nothing.\n\nfn main() {}\n").map_err(writing())?;
        }
        let compiled = self.compile(EMPTY)?;
        let tested = self.self_test(&empty, "")?;
        match compiled.complaint.or(tested.and_then(|tested| tested.complaint)) {
            None => Ok(()),
            Some(said) => Err(HarnessError::new(format!("what generated crates depend on does not compile:\n{said}"))),
        }
    }

    /// Compiles a crate with all its features, as far as `cargo check` goes.
    ///
    /// # Errors
    /// Where cargo cannot be run.
    pub fn compile(&self, name: &str) -> Result<Ran, HarnessError> {
        let mut command = self.cargo();
        let arguments = ["check", "--package", name, "--all-features", "--jobs", "2", "--message-format", "json"];
        command.args(arguments);
        let started = Instant::now();
        let output = command.output().map_err(HarnessError::doing("run cargo"))?;
        let time = started.elapsed();
        // Warnings are found in what is said and not made errors by RUSTFLAGS, for which all dependencies would be built
        // once more. Cargo repeats those of what it does not compile again.
        let messages: Vec<String> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["reason"] == "compiler-message")
            .filter_map(|message| message["message"]["rendered"].as_str().map(str::to_owned))
            .collect();
        let complaint = match (output.status.success(), messages.is_empty()) {
            (true, true) => None,
            (_, false) => Some(messages.concat()),
            (false, true) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        };
        Ok(Ran { time, complaint: complaint.map(|text| shortened(&text)), said: String::new() })
    }

    fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.folder).arg("--quiet").env("CARGO_TARGET_DIR", &self.target);
        // What cannot be compiled in part again need not be remembered in parts.
        command.env("CARGO_INCREMENTAL", "0");
        command
    }

    /// Runs the test that a generated crate brings along for itself, on the database that it was made from. `None` where it
    /// brings none.
    ///
    /// # Errors
    /// Where cargo cannot be run.
    pub fn self_test(&self, crate_folder: &Path, url: &str) -> Result<Option<Ran>, HarnessError> {
        if !crate_folder.join(SELF_TEST).is_file() {
            return Ok(None);
        }
        let mut command = self.cargo();
        command.current_dir(crate_folder).args(["test", "--all-features", "--test", "self_test", "--jobs", "2"]);
        let started = Instant::now();
        command.env(SELF_TEST_URL, url).env(SELF_TEST_OCCUPIED, "1");
        let output = command.output().map_err(HarnessError::doing("run cargo"))?;
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        let complaint = (!output.status.success()).then(|| shortened(&said));
        Ok(Some(Ran { time: started.elapsed(), complaint, said: said.trim().to_owned() }))
    }
}

fn shortened(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let Some(rest) = lines.len().checked_sub(MOST_LINES).filter(|rest| *rest > 0) else { return lines.join("\n") };
    // What matters stands at the beginning with a compiler, and at the end with a test.
    let (first, last) = lines.split_at(MOST_LINES / 2);
    let last = &last[rest..];
    format!("{}\n… {rest} lines more …\n{}", first.join("\n"), last.join("\n"))
}
