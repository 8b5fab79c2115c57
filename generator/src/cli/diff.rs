//! `tablature diff`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::thread;

use super::reporting::sees_colour;
use super::{Failure, print_document};
use crate::config::{self, CommandLine, Source};
use crate::diff::{Format, Names, diff, render};
use crate::findings::Options;
use crate::locate::Place;

/// Tells what changed from one schema to another: in the database, in the generated API, in the cache and in JSON.
///
/// A schema is a database's URL, a snapshot's file or its crate's folder, a revision of git (the snapshot that is checked in
/// there; REV:PATH names another file), or a folder of migrations. git:REV and file:PATH say which is meant where a name could
/// be both. With one of them, a revision is compared with the crate's snapshot, and the crate's snapshot with anything else;
/// with none, HEAD's snapshot with the one in the working tree. Exits with 1 if there are differences, with 2 if it could not
/// be told.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The older schema, or the only one that is named.
    #[arg(value_name = "FROM")]
    from: Option<String>,
    /// The newer schema.
    #[arg(value_name = "TO")]
    to: Option<String>,
    /// The configuration; tablature.toml in the working directory unless given. Both schemas are looked at with it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the crate, in which the snapshot is; `generated` unless given.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The configured source to use, where there are several.
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    /// A server on which migrations are applied, in a database that is made for it and dropped: postgres://…, mysql://… or
    /// mariadb://…; unless given, they are applied to a SQLite file.
    #[arg(long, value_name = "URL")]
    scratch_url: Option<String>,
    /// The form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Exit with 1 only if the generated API breaks.
    #[arg(long)]
    breaking: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let source = source(args)?;
    let named = |name: &Option<String>| name.as_ref().map(|name| Place::parse(name, &source)).transpose();
    let (from, to) = match (named(&args.from)?, named(&args.to)?) {
        (Some(from), Some(to)) => (from, to),
        // What was checked in comes before what is there now, and what is to come after it.
        (Some(from @ Place::Revision { .. }), None) => (from, Place::of_crate(&source)),
        (Some(to), None) => (Place::of_crate(&source), to),
        (None, _) => (Place::checked_in("HEAD"), Place::of_crate(&source)),
    };
    // Each may wait for a server.
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| from.read(&source, interrupted));
        let new = to.read(&source, interrupted);
        (old.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), new)
    });
    let (old, new) = (old?, new?);
    let is_file = |place: &Place| matches!(place, Place::Migrations(_)) && source.scratch_url.is_none();
    if old.catalog.engine != new.catalog.engine && (is_file(&from) || is_file(&to)) {
        let other = if is_file(&from) { new.catalog.engine } else { old.catalog.engine };
        let other = other.title();
        return Err(format!(
            "migrations are applied to SQLite, and the other schema is one of {other}: give --scratch-url with a server of {other}"
        )
        .into());
    }
    let difference = diff(&old, &new, &source);
    let names = Names { from: from.to_string(), to: to.to_string() };
    print_document(&render(&difference, &names, args.format, Options { colour: sees_colour() }))?;
    let fails = if args.breaking { difference.breaks() } else { !difference.is_empty() };
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The source by whose settings both schemas are looked at.
fn source(args: &Args) -> Result<Source, Failure> {
    let mut command = CommandLine {
        config: args.config.clone(),
        output: args.output.clone(),
        name: args.name.clone(),
        scratch_url: args.scratch_url.clone(),
        offline: true,
        ..CommandLine::default()
    };
    // Where both schemas are named, no configuration is needed.
    if command.config.is_none() && !config::has_default_file() {
        command.output = Some(args.output.clone().unwrap_or_else(|| PathBuf::from("generated")));
    }
    config::only(config::load(&command)?).map_err(Failure::from)
}
