//! rustfmt and clippy. They print their findings themselves.

use crate::outcome::{Failure, cargo, succeeds};

pub(super) fn rustfmt() -> Result<Vec<String>, Failure> {
    let fine = succeeds(cargo().args(["fmt", "--all", "--check"]))?;
    Ok(if fine { vec![] } else { vec!["the differences are above; `cargo fmt --all` mends them".to_owned()] })
}

/// Warnings are errors on the command line only: in `RUSTFLAGS` they would make cargo build every dependency once
/// more.
pub(super) fn clippy() -> Result<Vec<String>, Failure> {
    let all = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
    let fine = succeeds(cargo().args(all))?;
    Ok(if fine { vec![] } else { vec!["the lints are above".to_owned()] })
}
