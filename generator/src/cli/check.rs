//! `tablature check`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::codegen::plural;
use super::{Failure, print_document, say};
use crate::check::{Reach, check};
use crate::config::{self, CommandLine, mending};
use crate::findings::format::render;
use crate::findings::{Baseline, Format, Options, Report};
use crate::last_run;

/// Finds what does not agree: of the snapshot and the crate made from it and, with --url or --live, of the database and the
/// snapshot. Exits with 1 if an error is found, with 2 if it could not be told.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    command: CommandLine,
    /// Compare the snapshot with the database or the migrations that the configuration names, too; --url and --migrations
    /// name others, and imply it.
    #[arg(long, conflicts_with = "offline")]
    live: bool,
    /// The form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// A file of findings that are known, and do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all that is found to the baseline, and exit with 0.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Do all the work, even where nothing has changed since the last run of `tablature codegen`.
    #[arg(long)]
    no_probe: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let baseline = match &args.baseline {
        Some(path) if !args.write_baseline => Some(Baseline::read(path)?),
        _ => None,
    };
    let is_live = args.live || args.command.url.is_some() || args.command.migrations.is_some();
    let reach = if is_live { Reach::Origin } else { Reach::Snapshot };
    // Warnings that fail are those among the findings; how a crate is made does not depend on it.
    let mut command = CommandLine { strict: false, ..args.command.clone() };
    // A check that does not ask a database does not need to know where it is.
    command.offline |= reach == Reach::Snapshot;
    let mut sources = config::load(&command)?;
    for source in &mut sources {
        source.memory = if args.no_probe { None } else { last_run::folder() };
    }
    let mut findings = Vec::new();
    for source in &sources {
        let found = check(source, reach, &mending(source, &command), interrupted);
        findings.extend(found.map_err(|error| match sources.len() {
            1 => error.to_string(),
            _ => format!("{}: {error}", source.name),
        })?);
    }
    let strict = args.command.strict || sources.iter().any(|source| source.strict);
    let mut report = Report::new(findings, strict);
    if let Some(path) = args.baseline.as_ref().filter(|_| args.write_baseline) {
        Baseline::write(&report, path)?;
        say(format!("wrote {} with {}\n", path.display(), plural(report.findings.len(), "finding")));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(baseline) = &baseline {
        report.without(baseline);
    }
    print_document(&render(&report, args.format, Options { colour: sees_colour() }))?;
    Ok(if report.fails() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Whether standard output is a terminal with colours, of somebody who wants them. See <https://no-color.org>.
pub(super) fn sees_colour() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}
