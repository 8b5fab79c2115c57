//! How commands end, and how they call other programs.

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fmt};

/// All is well.
pub(crate) const FINE: u8 = 0;
/// Something was found wrong.
pub(crate) const FOUND: u8 = 1;
/// The command could not do its work.
pub(crate) const COULD_NOT_RUN: u8 = 2;

/// Why a command could not run: a sentence.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The cargo that runs this, in the root of the repository.
pub(crate) fn cargo() -> Command {
    program(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
}

/// A program, in the root of the repository.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// Runs a program and keeps what it writes.
pub(crate) fn output(command: &mut Command) -> Result<Output, Failure> {
    command.output().map_err(|error| Failure(format!("cannot run {}: {error}", command.get_program().display())))
}

/// Runs a program that writes to the terminal; whether it ended well.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool, Failure> {
    let status = command.status();
    let status = status.map_err(|error| Failure(format!("cannot run {}: {error}", command.get_program().display())))?;
    Ok(status.success())
}
