//! `cargo xtask bench`: what the runtime costs, what making a crate costs, and what compiling it costs.

mod codegen;
mod compile;
mod contestants;
mod process;
mod report;
mod runtime;
mod subject;

use tablature_tests::HarnessError;

use crate::outcome::{FINE, Failure};

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
    /// Compiling a generated crate, with each choice of its features.
    Compile(compile::Arguments),
    /// Runs one program and says what it took.
    #[command(hide = true)]
    Process(process::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    match &arguments.subject {
        Subject::Runtime => runtime::run(),
        Subject::Codegen(arguments) => codegen::run(arguments),
        Subject::Compile(arguments) => compile::run(arguments).map(|()| FINE),
        Subject::Process(arguments) => process::run(arguments),
    }
}

fn harness(error: HarnessError) -> Failure {
    Failure(error.to_string())
}
