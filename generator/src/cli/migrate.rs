//! `tablature migrate`.

use std::path::PathBuf;
use std::process::ExitCode;

use tablature_runtime::DatabaseUrl;
use tablature_runtime::migrate::{Migrations, Mode, Repair, Report, State, run as migrate};

use super::{Failure, print_document, say};

/// Brings a database up to date with a folder of migrations, or says how it is with them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The database: postgres://, mysql://, mariadb:// or sqlite:
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    url: String,
    /// The folder of V001__name.sql
    #[arg(long, value_name = "FOLDER", default_value = "migrations")]
    migrations: PathBuf,
    /// Only say how it is with each of them; exit with 1 if one is not applied or not as it was
    #[arg(long, conflicts_with = "dry_run")]
    status: bool,
    /// Only print the SQL that would be run
    #[arg(long)]
    dry_run: bool,
    /// Say of a version what only a person can know, instead of applying any
    #[arg(long, value_name = "VERSION", requires = "as", conflicts_with_all = ["status", "dry_run"])]
    repair: Option<u32>,
    /// What is so with the version to repair
    #[arg(long, value_enum, requires = "repair")]
    r#as: Option<As>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum As {
    /// It was begun, and what it had done is undone
    Undone,
    /// It was begun, and was completed by hand
    Completed,
    /// Its file was changed or renamed in a way that means nothing to the database
    Accepted,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mode = match (args.status, args.dry_run, args.repair, args.r#as) {
        (true, ..) => Mode::Status,
        (_, true, ..) => Mode::DryRun,
        (_, _, Some(version), Some(what)) => {
            let repair = match what {
                As::Undone => Repair::Undone,
                As::Completed => Repair::Completed,
                As::Accepted => Repair::Accepted,
            };
            Mode::Repair { version, repair }
        }
        _ => Mode::Migrate,
    };
    // A URL that is none is told without its password.
    let url = DatabaseUrl::parse(&args.url)?;
    let migrations = Migrations::from_folder(&args.migrations)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(migrate(url.secret(), &migrations, mode))?;
    if args.dry_run {
        print_document(&planned(&report))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(told(&report));
    let is_done = report.entries.iter().all(|entry| entry.state == State::Applied);
    Ok(if args.status && !is_done { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The SQL that would be run.
fn planned(report: &Report) -> String {
    let mut text = String::new();
    for entry in report.entries.iter().filter(|entry| entry.state == State::Pending) {
        text.push_str(&format!("-- {}\n", entry.file.as_deref().unwrap_or(&entry.name)));
        for statement in &entry.sql {
            text.push_str(statement.trim_end().trim_end_matches(';'));
            text.push_str(";\n");
        }
    }
    text
}

/// One line for each migration.
fn told(report: &Report) -> String {
    let mut text = String::new();
    for entry in &report.entries {
        let state = match entry.state {
            State::Applied if report.applied.contains(&entry.version) => "applied now",
            State::Applied => "applied",
            State::Pending => "pending",
            State::Dirty => "begun and not ended",
            State::Changed => "changed since it was applied",
            State::Renamed => "renamed since it was applied",
            State::Missing => "applied, and its file is missing",
            State::OutOfOrder => "older than one that is applied",
        };
        let when = entry.applied_at.map_or(String::new(), |at| format!(", {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
        text.push_str(&format!("V{:03} {}: {state}{when}\n", entry.version, entry.name));
    }
    text
}
