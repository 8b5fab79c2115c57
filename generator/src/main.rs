//! The `tablature` binary; see the crate's [`cli`](tablature::cli).

use std::process::ExitCode;

fn main() -> ExitCode {
    tablature::cli::main()
}
