//! `cargo xtask mutations DIR`: whether `tablature check` finds every kind of change of real schemas, and nothing else.

use std::path::PathBuf;
use std::time::Instant;

use tablature_tests::corpus::{Schema, schemas};
use tablature_tests::mutation::{self, Course};
use tablature_tests::servers::{Choice, Server};
use tablature_tests::{HarnessError, ScratchDatabase};

use crate::outcome::{FINE, FOUND, Failure};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A folder with `postgres/NAME.sql`, `mysql/NAME.sql` and `sqlite/NAME.sql`.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Only schemas that match one of these globs over `engine/name`, such as `mysql/*`.
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    only: Vec<String>,
}

/// Ends with 1 where a change was not found alone and in its place, or something was found after it was undone.
pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let failure = |error: HarnessError| Failure(error.to_string());
    let schemas = schemas(&arguments.folder, &arguments.only).map_err(failure)?;
    // Kept until the end: those that were started for this run stop when they are dropped.
    let mut servers: Vec<Server> = Vec::new();
    let mut is_fine = true;
    for schema in &schemas {
        let started = Instant::now();
        let course = look(schema, &mut servers).map_err(|error| Failure(format!("{}: {error}", schema.title())))?;
        let (found, faults, not_made) = (course.found.len(), course.faults.len(), course.not_made.len());
        let seconds = started.elapsed().as_secs();
        println!(
            "{:40} {found:3} kinds found, {faults} faults, {not_made} kinds not made, {seconds} s",
            schema.title()
        );
        for fault in &course.faults {
            println!("  {fault}");
        }
        if not_made > 0 {
            println!("  not made: {}", course.not_made.join(", "));
        }
        is_fine &= faults == 0;
    }
    Ok(if is_fine { FINE } else { FOUND })
}

fn look(schema: &Schema, servers: &mut Vec<Server>) -> Result<Course, HarnessError> {
    let database = match schema.engine.service() {
        None => ScratchDatabase::create(schema.engine)?,
        Some(service) => {
            if !servers.iter().any(|server| server.service() == service) {
                servers.push(Server::resolve(service, Choice::Any)?);
            }
            let server = servers.iter().find(|server| server.service() == service);
            ScratchDatabase::create_on(schema.engine, server.map(Server::url).unwrap_or_default())?
        }
    };
    database.load_file(&schema.file)?;
    mutation::run(&database)
}
