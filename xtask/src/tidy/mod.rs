//! `cargo xtask tidy`: what a reviewer should not have to look for.

mod dependencies;
mod licences;
mod sources;
mod tools;

use crate::outcome::{FINE, FOUND, Failure};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Leave out rustfmt and clippy, which take the most time.
    #[arg(long)]
    quick: bool,
}

/// One check: its name, and what it found, a sentence each.
struct Check {
    name: &'static str,
    is_quick: bool,
    run: fn() -> Result<Vec<String>, Failure>,
}

const CHECKS: &[Check] = &[
    Check { name: "sources keep the house rules", is_quick: true, run: sources::check },
    Check { name: "licences are stated", is_quick: true, run: licences::check },
    Check { name: "rendering needs no database driver", is_quick: true, run: dependencies::check },
    Check { name: "rustfmt has nothing to change", is_quick: false, run: tools::rustfmt },
    Check { name: "clippy has nothing to say", is_quick: false, run: tools::clippy },
];

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let mut code = FINE;
    for check in CHECKS.iter().filter(|check| check.is_quick || !arguments.quick) {
        let found = (check.run)()?;
        println!("{} {}", if found.is_empty() { "ok  " } else { "FAIL" }, check.name);
        for finding in &found {
            println!("     {finding}");
            code = FOUND;
        }
    }
    Ok(code)
}
