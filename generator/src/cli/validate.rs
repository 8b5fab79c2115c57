//! `tablature validate`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::Failure;
use super::reporting::Reporting;
use crate::codegen::find;
use crate::config::{self, CommandLine, Source, Validation};
use crate::findings::{Finding, Report, Statements};
use crate::reflect::DatabaseUrl;
use crate::validate::{prepare, validate};

/// Holds the SQL in source files to the snapshot: every table and column that a statement names must be there. Exits with 1 if
/// one is not, with 2 if it could not be told.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders to read, without what git ignores; those that the configuration names unless given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The configuration; tablature.toml in the working directory unless given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use this database instead of the snapshot, and let it prepare every statement: postgres://…, mysql://…, mariadb://… or
    /// sqlite:FILE; ${NAME} stands for an environment variable.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The folder of the crate, in which the snapshot is.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The configured source to use, where there are several.
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    #[command(flatten)]
    reporting: Reporting,
    /// Also list the statements that are unverifiable, and why.
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let known = args.reporting.known()?;
    let options = config::load_validation(args.config.as_deref())?;
    let command = CommandLine {
        config: args.config.clone(),
        url: args.url.clone(),
        output: args.output.clone(),
        name: args.name.clone(),
        offline: args.url.is_none(),
        ..CommandLine::default()
    };
    let source = &config::only(config::load(&command)?)?;
    let paths = if args.paths.is_empty() { &source.sql } else { &args.paths };
    if paths.is_empty() {
        return Err("nothing says where the source is; name files or folders, or set `sql` in the [[source]]".into());
    }
    let search = Search { paths, options: &options, with_unverifiable: args.verbose };
    let (findings, statements) = search.run(source, source.origin.url(), interrupted)?;
    let report = Report { statements: Some(statements), ..Report::new(findings, source.strict) };
    args.reporting.tell(report, known.as_ref())
}

/// A search for SQL in source.
pub(super) struct Search<'a> {
    /// Files and folders.
    pub(super) paths: &'a [PathBuf],
    /// What to look for.
    pub(super) options: &'a Validation,
    /// Whether statements that are unverifiable are findings.
    pub(super) with_unverifiable: bool,
}

impl Search<'_> {
    /// Holds the SQL to the catalog of a source, and lets a server prepare it. The findings are weighed as the source says.
    pub(super) fn run(
        &self,
        source: &Source,
        server: Option<&str>,
        interrupted: &AtomicBool,
    ) -> Result<(Vec<Finding>, Statements), Failure> {
        let catalog = find(source, interrupted)?.catalog;
        let mut verdict = validate(self.paths, &catalog, source, self.options)?;
        if let Some(url) = server {
            let url = DatabaseUrl::parse(url)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(prepare(&url, &mut verdict))?;
        }
        let mut findings = verdict.findings(self.with_unverifiable);
        for finding in &mut findings {
            finding.source.clone_from(&source.name);
            finding.severity = source.check.of(finding.status, &finding.place, &catalog.default_schema);
        }
        Ok((findings, verdict.counts()))
    }
}
