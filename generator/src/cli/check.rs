//! `tablature check`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::codegen::{mending, plural};
use super::{Failure, print_document, say};
use crate::check::{Reach, look};
use crate::config::{self, CommandLine, Source};
use crate::findings::format::render;
use crate::findings::{Baseline, Finding, Format, Options, Report};
use crate::last_run;
use crate::models::{Counts, compare_models};

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
    /// Hold models that people have written to the database, too: Rust for sqlx, SeaORM, diesel or serde, in files and
    /// folders; may be repeated.
    #[arg(long, value_name = "PATH")]
    models: Vec<PathBuf>,
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
    models_of_one(&mut sources, args)?;
    let mut findings = Vec::new();
    for source in &sources {
        let found = findings_of(source, reach, &mending(source, &command), args, interrupted);
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

/// Adds the models of the command line to the source that they are about, of which there can be but one.
fn models_of_one(sources: &mut [Source], args: &Args) -> Result<(), Failure> {
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    match sources {
        _ if args.models.is_empty() => Ok(()),
        [source] => {
            source.models.clone_from(&args.models);
            Ok(())
        }
        _ => Err(format!(
            "the configuration names several sources; say with --name which one the models are about: {}",
            names.join(", ")
        )
        .into()),
    }
}

/// All that does not agree with a source, its models among it.
fn findings_of(
    source: &Source,
    reach: Reach,
    mend: &str,
    args: &Args,
    interrupted: &AtomicBool,
) -> Result<Vec<Finding>, Failure> {
    let mut looked = look(source, reach, mend, interrupted)?;
    if source.models.is_empty() {
        return Ok(looked.findings);
    }
    let mut findings = std::mem::take(&mut looked.findings);
    let schema = looked.schema(source, interrupted)?;
    let max_file_size = config::load_validation(args.command.config.as_deref())?.max_file_size;
    let compared = compare_models(&source.models, &schema.catalog, &schema.diagnostics, source, max_file_size)?;
    let Counts { files, models, relations, unverifiable, left_alone } = compared.counts;
    say(format!(
        "{} of {} in {}, {unverifiable} unverifiable, {left_alone} left alone\n",
        plural(models, "model"),
        plural(relations, "relation"),
        plural(files, "file"),
    ));
    findings.extend(compared.findings.into_iter().map(|finding| Finding { source: source.name.clone(), ..finding }));
    Ok(findings)
}

/// Whether standard output is a terminal with colours, of somebody who wants them. See <https://no-color.org>.
fn sees_colour() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}
