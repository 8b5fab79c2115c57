//! `tablature codegen`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::Failure;
use super::progress::Progress;
use crate::codegen::{Outcome, codegen};
use crate::config::{self, CommandLine, Severity, Source};
use crate::output::{ChangeKind, Mode};

/// Writes the crate of every configured source, or of the one that the options name.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration; tablature.toml in the working directory unless given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database: postgres://…, mysql://…, mariadb://… or sqlite:FILE; ${NAME} stands for an environment variable.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Migrations to apply to a scratch SQLite database, which is then reflected.
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    migrations: Option<PathBuf>,
    /// The folder of the crate; `generated` unless given.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The name of the crate, or of the configured source to work on.
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    /// Reflect only schemas that match; may be repeated.
    #[arg(long = "schema", value_name = "GLOB")]
    schemas: Vec<String>,
    /// Generate only relations that match, as relation or schema.relation; may be repeated.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out relations that match; may be repeated.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Make the crate depend on the runtime in this folder rather than on a published version.
    #[arg(long, value_name = "DIR")]
    runtime_path: Option<PathBuf>,
    /// Write nothing; show what differs, and exit with 1 if anything does.
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; list the files that would be written.
    #[arg(long)]
    dry_run: bool,
    /// Use the snapshot in the output folder instead of a database.
    #[arg(long, conflicts_with_all = ["url", "migrations"])]
    offline: bool,
    /// Treat every warning as an error.
    #[arg(long)]
    strict: bool,
    /// Print errors and differences only.
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let command = CommandLine {
        url: args.url.clone(),
        migrations: args.migrations.clone(),
        output: args.output.clone(),
        name: args.name.clone(),
        schemas: args.schemas.clone(),
        include: args.include.clone(),
        exclude: args.exclude.clone(),
        runtime_path: args.runtime_path.clone(),
        offline: args.offline,
        strict: args.strict,
    };
    let mode = match (args.check, args.dry_run) {
        (true, _) => Mode::Check,
        (_, true) => Mode::DryRun,
        _ => Mode::Write,
    };
    let mut differs = false;
    let sources = config::load(args.config.as_deref(), &command)?;
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
            Mode::Check if stale => print_differences(source, &outcome, &mending(source, args)),
            Mode::DryRun => print_list(&outcome),
            _ => {}
        }
        if !args.quiet {
            print_summary(source, &outcome, mode);
        }
        differs |= stale;
    }
    Ok(if differs && mode == Mode::Check { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print_differences(source: &Source, outcome: &Outcome, command: &str) {
    for change in &outcome.files.changes {
        match &change.diff {
            Some(diff) => print!("{diff}"),
            None => println!("--- a/{}\n+++ /dev/null\n(no longer generated)", change.path),
        }
    }
    println!(
        "\n{} is not what the schema says: {} of its files differ. To mend it, run\n\n    {command}\n",
        source.output.display(),
        outcome.files.changes.len()
    );
}

fn print_list(outcome: &Outcome) {
    for change in &outcome.files.changes {
        let sign = match change.kind {
            ChangeKind::Added => "add",
            ChangeKind::Changed => "change",
            ChangeKind::Removed => "remove",
        };
        println!("{sign:6} {}", change.path);
    }
}

/// The command that mends what `--check` found: the same one without `--check`, and without a password.
fn mending(source: &Source, args: &Args) -> String {
    let mut words = vec![source.command.trim_end_matches(config::WITHOUT_CONFIG).to_owned()];
    let mut add = |flag: &str, value: String| words.push(format!("{flag} {}", quoted(&value)));
    if let Some(url) = &args.url {
        let url = crate::reflect::DatabaseUrl::parse(url).map_or_else(|_| "URL".to_owned(), |url| url.to_string());
        add("--url", url);
    }
    for (flag, path) in
        [("--migrations", &args.migrations), ("--output", &args.output), ("--runtime-path", &args.runtime_path)]
    {
        if let Some(path) = path {
            add(flag, path.display().to_string());
        }
    }
    if let Some(name) = &args.name {
        add("--name", name.clone());
    }
    for (flag, globs) in [("--schema", &args.schemas), ("--include", &args.include), ("--exclude", &args.exclude)] {
        for glob in globs {
            add(flag, glob.clone());
        }
    }
    if args.offline {
        words.push("--offline".to_owned());
    }
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// How many diagnostics of a class are listed; the crate's README has them all.
const LISTED: usize = 5;

fn print_summary(source: &Source, outcome: &Outcome, mode: Mode) {
    let mut by_kind: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (_, diagnostic) in outcome.diagnostics.iter().filter(|(severity, _)| *severity == Severity::Warning) {
        by_kind.entry(diagnostic.kind).or_default().push(diagnostic);
    }
    for (kind, list) in &by_kind {
        eprintln!("warning: {kind}: {}", kind.explanation().trim());
        for diagnostic in list.iter().take(LISTED) {
            eprintln!("  {}: {}", diagnostic.path, diagnostic.message);
        }
        if list.len() > LISTED {
            eprintln!("  … and {} more, listed in {}", list.len() - LISTED, source.output.join("README.md").display());
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
    eprintln!(
        "{}: {}, {}, {}, {}; {}",
        source.name,
        plural(counts.relations, "relation"),
        plural(counts.columns, "column"),
        plural(counts.keys, "key"),
        plural(counts.types, "type"),
        plural(warnings, "diagnostic"),
    );
    let would = if mode == Mode::Write { "" } else { "to be " };
    eprintln!(
        "  {}: {written} {would}written, {} unchanged, {removed} {would}removed; {} ({})",
        source.output.display(),
        outcome.files.unchanged,
        times.join(", "),
        plural(outcome.statements as usize, "statement"),
    );
}

fn plural(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn millis(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1000.0)
}
