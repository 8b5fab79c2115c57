//! `cargo xtask corpus DIR`: whether crates made from real schemas are what their databases say, and compile.

use std::env;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;

use tablature_tests::corpus::{Options, run as look_at};
use tablature_tests::servers::{Choice, Server};
use tablature_tests::{Engine, HarnessError};

use crate::outcome::{COULD_NOT_RUN, FINE, FOUND, Failure, root};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder with `postgres/NAME.sql`, `mysql/NAME.sql` and `sqlite/NAME.sql`.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Only schemas that match one of these globs over `engine/name`, such as `mysql/*`.
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    only: Vec<String>,
    /// Generate and compare, and compile nothing.
    #[arg(long)]
    no_compile: bool,
}

/// Ends with 1 where a crate differs from its database, does not compile or fails its own test, and with 2 where a schema
/// could not be looked at.
pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let options = Options {
        folder: arguments.folder.clone(),
        only: arguments.only.clone(),
        compile: !arguments.no_compile,
        workspace: target.join("corpus"),
        target,
    };
    // Kept until the end: those that were started for this run stop when they are dropped.
    let mut servers: Vec<Server> = Vec::new();
    let report = look_at(
        &options,
        |engine| url(&mut servers, engine),
        |stage| {
            if std::io::stderr().is_terminal() || env::var_os("CI").is_some() {
                drop(writeln!(std::io::stderr(), "{stage}"));
            }
        },
    );
    let report = report.map_err(|error| Failure(error.to_string()))?;
    if arguments.json {
        print!("{}", report.to_json().map_err(|error| Failure(error.to_string()))?);
    } else {
        print!("{}", report.to_text());
    }
    Ok(match (report.has_run(), report.is_fine()) {
        (false, _) => COULD_NOT_RUN,
        (true, false) => FOUND,
        (true, true) => FINE,
    })
}

/// The server of an engine, which is found or started when it is first asked for.
fn url(servers: &mut Vec<Server>, engine: Engine) -> Result<String, HarnessError> {
    let service = engine.service().ok_or_else(|| HarnessError::new(format!("{engine} has no server")))?;
    if let Some(known) = servers.iter().find(|server| server.service() == service) {
        return Ok(known.url().to_owned());
    }
    let server = Server::resolve(service, Choice::Any)?;
    let url = server.url().to_owned();
    servers.push(server);
    Ok(url)
}
