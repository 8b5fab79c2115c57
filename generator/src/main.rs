//! The `tablature` binary; see the crate's [`cli`](tablature::cli).

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A crate's sources are millions of small pieces before they are text, and the system's allocator takes a third of the time
/// that it takes to make them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    tablature::cli::main()
}
