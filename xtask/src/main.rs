//! The project's own commands: `cargo xtask help` lists them.
//!
//! Exit codes: 0 where all is well, 1 where something was found wrong, 2 where a command could not run.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program speaks through these")]

mod bench;
mod codegen;
mod corpus;
mod docs;
mod mutations;
mod outcome;
mod stress;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Measure what the runtime costs beside the same work written by hand, and what making a crate costs beside other tools.
    Bench(bench::Arguments),
    /// Make the crate in generated/ from migrations/; takes the options of `tablature codegen`.
    Codegen(codegen::Arguments),
    /// Make crates from a folder of schemas, hold them to what the databases say themselves, and compile them.
    Corpus(corpus::Arguments),
    /// Write the pages of docs/ that are made from the code, or with --check say whether they are fresh.
    Docs(docs::Arguments),
    /// Change real schemas in every way, and hold what `tablature check` finds to it.
    Mutations(mutations::Arguments),
    /// Look for what goes wrong once in a long time.
    Stress(stress::Arguments),
    /// Run all tests, on servers that are found or started for the run.
    Test(test::Arguments),
    /// Check formatting, lints, dependencies and the house rules.
    Tidy(tidy::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Task::Codegen(arguments) => return codegen::run(arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Corpus(arguments) => corpus::run(&arguments),
        Task::Docs(arguments) => docs::run(&arguments),
        Task::Mutations(arguments) => mutations::run(&arguments),
        Task::Stress(arguments) => stress::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Tidy(arguments) => tidy::run(&arguments),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(outcome::COULD_NOT_RUN)
        }
    }
}
