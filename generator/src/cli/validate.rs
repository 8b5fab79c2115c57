//! `tablature validate`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::{Failure, print_document, say};
use crate::codegen::find;
use crate::config::{self, CommandLine, Origin};
use crate::reflect::DatabaseUrl;
use crate::validate::{prepare, validate};

/// Holds the SQL in source files to the snapshot: every table and column that a statement names must be there.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders to read; what git ignores is left out.
    #[arg(required = true, value_name = "PATH")]
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
    /// Print a document for programs.
    #[arg(long)]
    json: bool,
    /// Also list what is unverifiable, and why.
    #[arg(long, short, conflicts_with = "json")]
    verbose: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
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
    let catalog = find(source, interrupted)?.catalog;
    let mut verdict = validate(&args.paths, &catalog, source, &options)?;
    if let Origin::Url(url) = &source.origin {
        let url = DatabaseUrl::parse(url)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(prepare(&url, &mut verdict))?;
    }
    if args.json {
        print_document(&verdict.to_json()?)?;
    } else {
        print_document(&verdict.to_text(args.verbose))?;
    }
    let counts = verdict.counts();
    say(format!(
        "{} verified, {} unverifiable, {} wrong, in {} files\n",
        counts.verified, counts.unverifiable, counts.wrong, counts.files
    ));
    Ok(if counts.wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
