//! What a process took: wall time, processor time, and the most memory that it had.
//!
//! The system tells a process of its children's memory only as the largest of them all, so that each measured program
//! gets a parent of its own: this very program, called once more.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::outcome::{FINE, Failure, output};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where to write what it took.
    report: PathBuf,
    /// Where to write what the program says.
    said: PathBuf,
    /// The program and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// What a run of a program took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Took {
    /// Seconds from its start to its end.
    pub(super) wall: f64,
    /// Seconds of processors, its children's included.
    pub(super) cpu: f64,
    /// The most memory that it or one of its children had at once, in bytes.
    pub(super) peak: u64,
    /// Whether it ended well.
    pub(super) well: bool,
}

/// Runs the program, which is this process's only child.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Failure(format!("cannot {what}: {error}"));
    let said = File::create(&arguments.said).map_err(|error| failed("write what it says", &error))?;
    let also = said.try_clone().map_err(|error| failed("write what it says", &error))?;
    let mut command = Command::new(&arguments.command[0]);
    command.args(&arguments.command[1..]).stdin(Stdio::null()).stdout(said).stderr(also);
    let start = Instant::now();
    let status = command.status().map_err(|error| failed("run it", &error))?;
    let wall = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| failed("ask what it took", &error))?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    // Linux counts kibibytes, macOS bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let took = Took {
        wall: wall.as_secs_f64(),
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        peak: u64::try_from(usage.max_rss()).unwrap_or_default() * unit,
        well: status.success(),
    };
    let text = serde_json::to_string(&took).map_err(|error| failed("say what it took", &error))?;
    std::fs::write(&arguments.report, text).map_err(|error| failed("say what it took", &error))?;
    Ok(FINE)
}

/// Runs a program in a folder, with these variables added to its environment. What it took, and what it said.
pub(super) fn measured(
    command: &[OsString],
    environment: &[(&str, OsString)],
    folder: &Path,
) -> Result<(Took, String), Failure> {
    let own = std::env::current_exe().map_err(|error| Failure(format!("cannot find this program: {error}")))?;
    let (report, said) = (folder.join("took.json"), folder.join("said.txt"));
    let mut parent = Command::new(own);
    parent.args(["bench", "process"]).arg(&report).arg(&said).arg("--").args(command);
    parent.envs(environment.iter().map(|(name, value)| (name, value))).current_dir(folder);
    let ran = output(&mut parent)?;
    if !ran.status.success() {
        return Err(Failure(String::from_utf8_lossy(&ran.stderr).trim().to_owned()));
    }
    let read =
        |path: &Path| std::fs::read(path).map_err(|error| Failure(format!("cannot read {}: {error}", path.display())));
    let took = serde_json::from_slice(&read(&report)?)
        .map_err(|error| Failure(format!("cannot read what it took: {error}")))?;
    Ok((took, String::from_utf8_lossy(&read(&said)?).into_owned()))
}

/// The middle of what several runs took, each figure by itself.
pub(super) fn median(runs: &[Took]) -> Option<Took> {
    let middle = |figure: &dyn Fn(&Took) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied()
    };
    Some(Took {
        wall: middle(&|took| took.wall)?,
        cpu: middle(&|took| took.cpu)?,
        peak: middle(&|took| took.peak as f64)? as u64,
        well: runs.iter().all(|took| took.well),
    })
}

/// Seconds, for people.
pub(super) fn seconds(time: f64) -> String {
    match Duration::from_secs_f64(time.max(0.0)) {
        time if time >= Duration::from_secs(10) => format!("{:.0} s", time.as_secs_f64()),
        time if time >= Duration::from_secs(1) => format!("{:.2} s", time.as_secs_f64()),
        time => format!("{:.0} ms", time.as_secs_f64() * 1000.0),
    }
}
