//! `cargo xtask stress`: what takes minutes and goes on until something breaks.

use tablature_tests::servers::{Choice, Servers};

use crate::outcome::{COULD_NOT_RUN, Failure, cargo};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Kill writers in the middle of their commits, break the Redis, and see that no reader gets what is stale.
    ///
    /// Options: --engine postgres|mysql|sqlite, --reads, --kills, --seed, --minutes, --writers, --books, --calm (leave the
    /// Redis alone), --break no-barrier (tell the cache after the commits alone, which has to be found).
    Cache {
        /// What the program is given; see above.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
        rest: Vec<String>,
    },
}

/// Ends as the program ends: with 1 where something stale was read.
pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let What::Cache { rest } = &arguments.what;
    let servers = Servers::resolve(Choice::Any).map_err(|error| Failure(error.to_string()))?;
    let mut command = cargo();
    command.args(["run", "--locked", "--quiet", "-p", "tablature-tests", "--bin", "cache-stress", "--", "run"]);
    command.args(rest).envs(servers.iter().map(|server| (server.service().variable(), server.url())));
    let status = command.status().map_err(|error| Failure(format!("cannot run cargo: {error}")))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(COULD_NOT_RUN))
}
