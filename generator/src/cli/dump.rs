//! `tablature dump`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::{Failure, print_document};
use crate::codegen::{decide, find};
use crate::config::{self, CommandLine};

/// Prints what a stage saw, as JSON: the catalog that reflection filled, or the model in which everything is decided.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The stage.
    #[arg(long, value_enum)]
    stage: DumpStage,
    /// The configuration; tablature.toml in the working directory unless given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database, instead of the configured one.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Migrations to apply to a scratch database, instead of the configured origin.
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    migrations: Option<PathBuf>,
    /// The folder of the crate, whose memory of earlier names counts.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Which of several configured sources.
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    /// Use the snapshot in the output folder instead of a database.
    #[arg(long, conflicts_with_all = ["url", "migrations"])]
    offline: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DumpStage {
    /// What the database says.
    Catalog,
    /// What is decided.
    Model,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let command = CommandLine {
        url: args.url.clone(),
        migrations: args.migrations.clone(),
        output: args.output.clone(),
        name: args.name.clone(),
        offline: args.offline,
        ..CommandLine::default()
    };
    for source in config::load(args.config.as_deref(), &command)? {
        let found = find(&source, interrupted)?;
        let text = match args.stage {
            DumpStage::Catalog => serde_json::to_string_pretty(&found.catalog)?,
            DumpStage::Model => serde_json::to_string_pretty(&decide(&found, &source)?)?,
        };
        print_document(&format!("{text}\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
