//! Writers that are killed in the middle of their commits, and readers that look out for rows from before them.
//!
//! `run` starts a Redis and a scratch database, writers and readers as processes of their own, kills the writers, and
//! restarts, pauses and litters the Redis meanwhile. It exits with 1 if any reader was given what was stale.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program speaks through these")]

mod driver;
mod hooks;
mod model;
mod reader;
mod writer;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tablature_runtime::Database;
use tablature_runtime::cache::Cache;

/// What keeps a process from its work.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    role: Role,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Run all of it.
    Run(driver::Arguments),
    /// Write until killed.
    #[command(hide = true)]
    Write(writer::Arguments),
    /// Read until standard input is closed.
    #[command(hide = true)]
    Read(reader::Arguments),
}

/// What all processes of a run agree on.
#[derive(Clone, Debug, clap::Args)]
struct World {
    #[arg(long)]
    database: String,
    #[arg(long)]
    redis: String,
    #[arg(long)]
    seed: u64,
    #[arg(long)]
    books: i64,
    #[arg(long = "break")]
    breach: Option<Break>,
}

/// Ways to break the protocol on purpose, to see that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Break {
    /// Writers tell the cache after their commits, and announce nothing before.
    NoBarrier,
}

/// How long readers go past the cache after the death of a writer: short, so that there is something to read from it.
const BARRIER: Duration = Duration::from_secs(3);

impl World {
    async fn open(&self) -> Result<(Database, Cache), Failure> {
        let db = Database::options(&self.database)?.max_connections(4).connect().await?;
        let options = Cache::options()
            .barrier_ttl(BARRIER)
            .lease_ttl(Duration::from_secs(2))
            .negative_ttl(Duration::from_secs(300));
        Ok((db, options.redis(&self.redis).await?))
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let outcome = match &arguments.role {
        Role::Run(arguments) => driver::run(arguments, &runtime),
        Role::Write(arguments) => runtime.block_on(writer::run(arguments)).map(|()| true),
        Role::Read(arguments) => runtime.block_on(reader::run(arguments)).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
