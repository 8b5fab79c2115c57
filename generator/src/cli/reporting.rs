//! How findings are told: what commands that find differences have in common.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use super::codegen::plural;
use super::{Failure, print_document, say};
use crate::findings::format::render;
use crate::findings::{Baseline, Format, Options, Report};

/// The options of a report.
#[derive(Debug, clap::Args)]
pub(super) struct Reporting {
    /// The form of the report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// A file of findings that are known, and do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all that is found to the baseline, and exit with 0.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
}

impl Reporting {
    /// What is known already; to be read before anything is looked for, for a baseline that cannot be read ends the run.
    pub(super) fn known(&self) -> Result<Option<Baseline>, Failure> {
        match &self.baseline {
            Some(path) if !self.write_baseline => Ok(Some(Baseline::read(path)?)),
            _ => Ok(None),
        }
    }

    /// Tells what was found, or writes it down as known.
    pub(super) fn tell(&self, mut report: Report, known: Option<&Baseline>) -> Result<ExitCode, Failure> {
        if let Some(path) = self.baseline.as_ref().filter(|_| self.write_baseline) {
            Baseline::write(&report, path)?;
            say(format!("wrote {} with {}\n", path.display(), plural(report.findings.len(), "finding")));
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(baseline) = known {
            report.without(baseline);
        }
        print_document(&render(&report, self.format, Options { colour: sees_colour() }))?;
        Ok(if report.fails() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Whether standard output is a terminal with colours, of somebody who wants them. See <https://no-color.org>.
fn sees_colour() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}
