//! `tablature check`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::codegen::plural;
use super::reporting::Reporting;
use super::validate::Search;
use super::{Failure, say};
use crate::check::{Reach, look};
use crate::codegen::Found;
use crate::config::{self, CommandLine, Origin, Source, Validation, mending};
use crate::findings::{Finding, Report, Statements};
use crate::last_run;
use crate::models::{Counts, compare_models};

/// Finds what does not agree: of the snapshot, the crate made from it and the SQL in source and, with --url or --live, of the
/// database and the snapshot. Exits with 1 if an error is found, with 2 if it could not be told.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    command: CommandLine,
    /// Compare the snapshot with the database or the migrations that the configuration names, too; --url and --migrations
    /// name others, and imply it.
    #[arg(long, conflicts_with = "offline")]
    live: bool,
    /// Files and folders with SQL in source, instead of those that the configuration names; may be repeated.
    #[arg(long, value_name = "PATH")]
    sql: Vec<PathBuf>,
    /// Hold models that people have written to the database, too: Rust for sqlx, SeaORM, diesel or serde, in files and
    /// folders; may be repeated.
    #[arg(long, value_name = "PATH")]
    models: Vec<PathBuf>,
    #[command(flatten)]
    reporting: Reporting,
    /// Do all the work, even where nothing has changed since the last run of `tablature codegen`.
    #[arg(long)]
    no_probe: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let known = args.reporting.known()?;
    let is_live = args.live || args.command.url.is_some() || args.command.migrations.is_some();
    let reach = if is_live { Reach::Origin } else { Reach::Snapshot };
    // Warnings that fail are those among the findings; how a crate is made does not depend on it.
    let mut command = CommandLine { strict: false, ..args.command.clone() };
    // A check that does not ask a database does not need to know where it is.
    command.offline |= reach == Reach::Snapshot;
    let validation = config::load_validation(args.command.config.as_deref())?;
    let mut sources = config::load(&command)?;
    for source in &mut sources {
        source.memory = if args.no_probe { None } else { last_run::folder() };
    }
    name_paths(&mut sources, args)?;
    let mut findings = Vec::new();
    let mut statements: Option<Statements> = None;
    for source in &sources {
        let of_source = |error: Failure| match sources.len() {
            1 => error.to_string(),
            _ => format!("{}: {error}", source.name),
        };
        let found = findings_of(source, reach, &mending(source, &command), &validation, interrupted);
        findings.extend(found.map_err(of_source)?);
        if !source.sql.is_empty() {
            // Whether the snapshot is what the database has was just told; what is left to tell is whether the SQL is right.
            let snapshot = Source { origin: Origin::Snapshot, memory: None, ..source.clone() };
            let search = Search { paths: &source.sql, options: &validation, with_unverifiable: false };
            let (found, counts) = search.run(&snapshot, source.origin.url(), interrupted).map_err(of_source)?;
            findings.extend(found);
            *statements.get_or_insert_default() += counts;
        }
    }
    let strict = args.command.strict || sources.iter().any(|source| source.strict);
    let report = Report { statements, ..Report::new(findings, strict) };
    args.reporting.tell(report, known.as_ref())
}

/// Puts the paths of the command line in place of those of the source that they are about, of which there can be but one.
fn name_paths(sources: &mut [Source], args: &Args) -> Result<(), Failure> {
    if args.models.is_empty() && args.sql.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let [source] = sources else {
        let names = names.join(", ");
        return Err(
            format!("the configuration names several sources; say with --name which one is meant: {names}").into()
        );
    };
    for (paths, named) in [(&mut source.models, &args.models), (&mut source.sql, &args.sql)] {
        if !named.is_empty() {
            paths.clone_from(named);
        }
    }
    Ok(())
}

/// All that does not agree with a source, its models among it.
fn findings_of(
    source: &Source,
    reach: Reach,
    mend: &str,
    validation: &Validation,
    interrupted: &AtomicBool,
) -> Result<Vec<Finding>, Failure> {
    let mut looked = look(source, reach, mend, interrupted)?;
    if source.models.is_empty() {
        return Ok(looked.findings);
    }
    let mut findings = std::mem::take(&mut looked.findings);
    let Found { catalog, diagnostics, .. } = looked.schema(source, interrupted)?;
    let compared = compare_models(&source.models, &catalog, &diagnostics, source, validation.max_file_size)?;
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
