//! `cargo xtask bench`: what the runtime costs, and what making a crate costs.

mod codegen;
mod contestants;
mod process;
mod report;
mod runtime;

use crate::outcome::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, clap::Subcommand)]
enum Subject {
    /// Reading and inserting rows, cached rows, statements with named parameters; each beside the drivers alone.
    Runtime,
    /// Making a crate from schemas that are given or made up, beside what other tools take for theirs.
    Codegen(codegen::Arguments),
    /// Runs one program and says what it took.
    #[command(hide = true)]
    Process(process::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    match &arguments.subject {
        Subject::Runtime => runtime::run(),
        Subject::Codegen(arguments) => codegen::run(arguments),
        Subject::Process(arguments) => process::run(arguments),
    }
}
