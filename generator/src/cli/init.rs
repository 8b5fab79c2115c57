//! `tablature init`.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use tablature_templates::{InitFile, Template as _};

use super::{Failure, say};
use crate::catalog::{DiagnosticKind, Engine};
use crate::codegen::{decide, find};
use crate::config::{Origin, Source, default_name, expand};
use crate::findings::Status;
use crate::reflect::DatabaseUrl;

/// Writes a commented tablature.toml for a database, after looking at it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database: postgres://…, mysql://…, mariadb://… or sqlite:FILE; ${NAME} stands for an environment variable.
    #[arg(long, value_name = "URL")]
    url: String,
    /// The file to write; it must not exist yet.
    #[arg(long, value_name = "FILE", default_value = "tablature.toml")]
    config: PathBuf,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    if args.config.exists() {
        return Err(
            format!("{} exists already; move it, or give another file with --config", args.config.display()).into()
        );
    }
    let url = expand("--url", &args.url)?;
    let source = Source::new("init", Origin::Url(url.clone()), "generated");
    let found = find(&source, interrupted)?;
    let model = decide(&found, &source)?;
    let catalog = &found.catalog;
    let has_secret = DatabaseUrl::shown(&args.url) != args.url;
    let schemas: std::collections::BTreeSet<&str> =
        catalog.relations.iter().map(|relation| relation.name.schema.as_str()).filter(|s| !s.is_empty()).collect();
    let example = catalog.relations.iter().find(|relation| !relation.columns.is_empty());
    let example_relation = example.map_or_else(|| "audit_*".to_owned(), |relation| relation.name.to_string());
    let example_column = example
        .and_then(|relation| relation.columns.last())
        .map_or_else(|| "book.price".to_owned(), |column| format!("{example_relation}.{}", column.name));
    let columns: usize = catalog.relations.iter().map(|relation| relation.columns.len()).sum();
    let file = InitFile {
        name: format!("{:?}", default_name(std::path::Path::new(&crate_name(&url)))),
        url: format!("{:?}", if has_secret { "${DATABASE_URL}" } else { &args.url }),
        url_is_secret: has_secret,
        findings: vec![format!(
            "{} with {} relations and {columns} columns.",
            catalog.engine.title(),
            catalog.relations.len()
        )],
        schemas: schemas.into_iter().map(|schema| format!("{schema:?}")).collect(),
        // Both stand in a TOML string.
        example_column: example_column.replace(['"', '\\', '\n'], "?"),
        example_relation: example_relation.replace(['"', '\\', '\n'], "?"),
        is_postgres: catalog.engine == Engine::Postgres,
        is_mysql: catalog.engine.is_mysql_family(),
        classes: DiagnosticKind::ALL
            .iter()
            .map(|kind| {
                let found = model.diagnostics.iter().filter(|diagnostic| diagnostic.kind == *kind).count();
                (kind.name(), kind.explanation().trim().to_owned(), found)
            })
            .collect(),
        statuses: Status::ALL
            .iter()
            .map(|status| (status.name(), status.explanation(), status.severity().name()))
            .collect(),
    };
    let mut out = fs::File::create_new(&args.config)
        .map_err(|error| format!("cannot write {}: {error}", args.config.display()))?;
    out.write_all(file.render()?.as_bytes())?;
    say(format!("wrote {}; next: tablature codegen\n", args.config.display()));
    Ok(ExitCode::SUCCESS)
}

/// A name for the crate, from the last part of a URL: the database, or the file without its ending.
fn crate_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let last = path.rsplit(['/', ':']).next().unwrap_or(path);
    last.split('.').next().filter(|name| !name.is_empty()).unwrap_or("database").to_owned()
}
