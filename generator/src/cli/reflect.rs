//! `tablature reflect`.

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use super::{Failure, print_document, say};
use crate::catalog::Snapshot;
use crate::codegen::find;
use crate::config::{Origin, Source, expand};

/// Prints what a database holds, as the canonical JSON that schema.json has too.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database: postgres://…, mysql://…, mariadb://… or sqlite:FILE; ${NAME} stands for an environment variable.
    #[arg(long, value_name = "URL")]
    url: String,
    /// Reflect only schemas that match; may be repeated.
    #[arg(long = "schema", value_name = "GLOB")]
    schemas: Vec<String>,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let mut source = Source::new("reflect", Origin::Url(expand("--url", &args.url)?), "");
    source.schemas.clone_from(&args.schemas);
    let found = find(&source, interrupted)?;
    for diagnostic in &found.diagnostics {
        say(format!("warning: {}: {}: {}\n", diagnostic.kind, diagnostic.path, diagnostic.message));
    }
    print_document(&Snapshot::new(found.catalog, Default::default(), found.diagnostics).to_json())?;
    Ok(ExitCode::SUCCESS)
}
