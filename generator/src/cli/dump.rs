//! `tablature dump`.

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
    #[command(flatten)]
    command: CommandLine,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DumpStage {
    /// What the database says.
    Catalog,
    /// What is decided.
    Model,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    for source in config::load(&args.command)? {
        let found = find(&source, interrupted)?;
        let text = match args.stage {
            DumpStage::Catalog => serde_json::to_string_pretty(&found.catalog)?,
            DumpStage::Model => serde_json::to_string_pretty(&decide(&found, &source)?)?,
        };
        print_document(&format!("{text}\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
