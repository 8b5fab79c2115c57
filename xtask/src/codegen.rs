//! `cargo xtask codegen`: the same code as `tablature codegen`, run in the project's folder.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::outcome::{COULD_NOT_RUN, root};

/// What is passed on.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Options of `tablature codegen`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

pub(crate) fn run(arguments: Arguments) -> ExitCode {
    // The configuration stands at the root of the project, wherever the command is called from.
    if let Err(error) = std::env::set_current_dir(root()) {
        eprintln!("error: cannot go to {}: {error}", root().display());
        return ExitCode::from(COULD_NOT_RUN);
    }
    tablature::cli::run(["tablature", "codegen"].into_iter().map(OsString::from).chain(arguments.options))
}
