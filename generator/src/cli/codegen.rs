//! `tablature codegen`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::progress::Progress;
use super::{Failure, print_document, say};
use crate::codegen::{Outcome, codegen};
use crate::config::{self, CommandLine, Severity, Source, mending};
use crate::last_run;
use crate::output::{ChangeKind, Mode};

/// Writes the crate of every configured source, or of the one that the options name.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    command: CommandLine,
    /// Write nothing; show what differs, and exit with 1 if anything does.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; list the files that would be written.
    #[arg(long)]
    dry_run: bool,
    /// Print errors and differences only.
    #[arg(long, short)]
    quiet: bool,
    /// Do all the work, even where nothing has changed since the last run.
    #[arg(long)]
    no_probe: bool,
    /// How many threads to use; as many as there are cores unless given. The crate is the same for any.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let mode = match (args.check, args.dry_run) {
        (true, _) => Mode::Check,
        (_, true) => Mode::DryRun,
        _ => Mode::Write,
    };
    let mut differs = false;
    let mut sources = config::load(&args.command)?;
    for source in &mut sources {
        source.threads = args.threads;
        source.memory = if args.no_probe { None } else { last_run::folder() };
    }
    for source in &sources {
        let outcome = {
            let progress = Progress::new(&source.name, args.quiet);
            codegen(source, mode, interrupted, |stage| progress.step(stage))
        };
        let outcome = outcome.map_err(|error| match sources.len() {
            1 => error.to_string(),
            _ => format!("{}: {error}", source.name),
        })?;
        let stale = !outcome.files.changes.is_empty();
        match mode {
            Mode::Check if stale => print_document(&differences(source, &outcome, &mending(source, &args.command)))?,
            Mode::DryRun => print_document(&list(&outcome))?,
            _ => {}
        }
        if !args.quiet {
            say(summary(source, &outcome, mode));
        }
        differs |= stale;
    }
    Ok(if differs && mode == Mode::Check { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn differences(source: &Source, outcome: &Outcome, command: &str) -> String {
    let mut text = String::new();
    for change in &outcome.files.changes {
        match &change.diff {
            Some(diff) => text.push_str(diff),
            None => text.push_str(&format!("--- a/{}\n+++ /dev/null\n(no longer generated)\n", change.path)),
        }
    }
    text.push_str(&format!(
        "\n{} is not what the schema says: {} of its files differ. To mend it, run\n\n    {command}\n\n",
        source.output.display(),
        outcome.files.changes.len()
    ));
    text
}

fn list(outcome: &Outcome) -> String {
    let lines = outcome.files.changes.iter().map(|change| {
        let sign = match change.kind {
            ChangeKind::Added => "add",
            ChangeKind::Changed => "change",
            ChangeKind::Removed => "remove",
        };
        format!("{sign:6} {}\n", change.path)
    });
    lines.collect()
}

/// How many diagnostics of a class are listed; the crate's README has them all.
const LISTED: usize = 5;

fn summary(source: &Source, outcome: &Outcome, mode: Mode) -> String {
    let mut text = String::new();
    let mut by_kind: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (_, diagnostic) in outcome.diagnostics.iter().filter(|(severity, _)| *severity == Severity::Warning) {
        by_kind.entry(diagnostic.kind).or_default().push(diagnostic);
    }
    for (kind, list) in &by_kind {
        text.push_str(&format!("warning: {kind}: {}\n", kind.explanation().trim()));
        for diagnostic in list.iter().take(LISTED) {
            text.push_str(&format!("  {}: {}\n", diagnostic.path, diagnostic.message));
        }
        if list.len() > LISTED {
            let readme = source.output.join("README.md");
            text.push_str(&format!("  … and {} more, listed in {}\n", list.len() - LISTED, readme.display()));
        }
    }
    let counts = outcome.counts;
    let warnings: usize = by_kind.values().map(Vec::len).sum();
    let (written, removed) = (
        outcome.files.count(ChangeKind::Added) + outcome.files.count(ChangeKind::Changed),
        outcome.files.count(ChangeKind::Removed),
    );
    let times: Vec<String> =
        outcome.times.iter().map(|(stage, time)| format!("{} {}", stage.name(), millis(*time))).collect();
    text.push_str(&format!(
        "{}: {}, {}, {}, {}; {}\n",
        source.name,
        plural(counts.relations, "relation"),
        plural(counts.columns, "column"),
        plural(counts.keys, "key"),
        plural(counts.types, "type"),
        plural(warnings, "diagnostic"),
    ));
    let known = if outcome.was_known { ", nothing changed since the last run" } else { "" };
    let would = if mode == Mode::Write { "" } else { "to be " };
    text.push_str(&format!(
        "  {}: {written} {would}written, {} unchanged, {removed} {would}removed{known}; {} ({})\n",
        source.output.display(),
        outcome.files.unchanged,
        times.join(", "),
        plural(outcome.statements as usize, "statement"),
    ));
    text
}

pub(super) fn plural(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn millis(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1000.0)
}
