//! Migrates a database, as an application would at its start: `migrate-under-test URL FOLDER`. Prints the versions that it
//! applied, one on each line; ends with 1 and the error where that fails.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program speaks through these")]

use std::process::ExitCode;

use tablature_runtime::migrate::{MigrateError, Migrations, Mode, Report, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, folder] = &arguments[..] else {
        eprintln!("a URL and a folder are wanted");
        return ExitCode::from(2);
    };
    match migrate(url, folder).await {
        Ok(report) => {
            for version in report.applied {
                println!("{version}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn migrate(url: &str, folder: &str) -> Result<Report, MigrateError> {
    run(url, &Migrations::from_folder(folder)?, Mode::Migrate).await
}
