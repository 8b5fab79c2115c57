//! The command line: one file for each subcommand.
//!
//! Exit codes: 0 fine, 1 differences found, 2 could not run.

mod adopt;
mod check;
mod codegen;
mod diff;
mod dump;
mod init;
mod migrate;
mod progress;
mod reflect;
mod reporting;
mod validate;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};

/// Writes a live database's tables down as Rust: models, JSON Schemas and cache key layouts.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Codegen(codegen::Args),
    Check(check::Args),
    Adopt(adopt::Args),
    Diff(diff::Args),
    Reflect(reflect::Args),
    Dump(dump::Args),
    Init(init::Args),
    Migrate(migrate::Args),
    Validate(validate::Args),
    Watch(watch::Args),
}

/// What stands between a command and its end: an error for people, with its causes in it.
type Failure = Box<dyn std::error::Error>;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A reader that has gone away has no use for an error about it.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    // Without a handler an interrupt ends the process at once, which leaves the old crate all the same.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    let result = match cli.command {
        Command::Codegen(args) => codegen::run(&args, &interrupted),
        Command::Check(args) => check::run(&args, &interrupted),
        Command::Adopt(args) => adopt::run(&args, &interrupted),
        Command::Diff(args) => diff::run(&args, &interrupted),
        Command::Reflect(args) => reflect::run(&args, &interrupted),
        Command::Dump(args) => dump::run(&args, &interrupted),
        Command::Init(args) => init::run(&args, &interrupted),
        Command::Migrate(args) => migrate::run(&args),
        Command::Validate(args) => validate::run(&args, &interrupted),
        Command::Watch(args) => watch::run(&args, &interrupted),
    };
    result.unwrap_or_else(|error| {
        say(format!("error: {error}\n"));
        ExitCode::from(2)
    })
}

/// Says something to the person on standard error. Where nobody listens any more there is nobody to tell that either.
fn say(text: String) {
    use std::io::Write as _;
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Writes a document to standard output. A reader that stops early, such as `head`, is no error.
fn print_document(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
