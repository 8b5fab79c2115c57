//! How findings are told: what commands that find differences have in common.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
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
    /// Write the report in this form to a file, too; may be repeated. A file that is there is removed first, so that a run that
    /// fails leaves no old one.
    #[arg(long = "write", value_name = "FORMAT=FILE", value_parser = copy)]
    copies: Vec<Copy>,
    /// A file of findings that are known, and do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all that is found to the baseline, and exit with 0.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
}

/// A report that goes to a file.
#[derive(Clone, Debug)]
struct Copy {
    format: Format,
    path: PathBuf,
}

fn copy(text: &str) -> Result<Copy, String> {
    let (name, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or("it is not FORMAT=FILE")?;
    let format = Format::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("{name:?} is none of the forms {}", names.join(", "))
    })?;
    Ok(Copy { format, path: path.into() })
}

impl Reporting {
    /// Clears away what an earlier run wrote, and reads what is known already: to be done before anything is looked for.
    pub(super) fn known(&self) -> Result<Option<Baseline>, Failure> {
        for Copy { path, .. } in &self.copies {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(not_written(path, &error)),
                _ => {}
            }
        }
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
        for Copy { format, path } in &self.copies {
            let text = render(&report, *format, Options { colour: false });
            fs::write(path, text).map_err(|error| not_written(path, &error))?;
        }
        print_document(&render(&report, self.format, Options { colour: sees_colour() }))?;
        Ok(if report.fails() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    format!("cannot write {}: {error}", path.display()).into()
}

/// Whether standard output is a terminal with colours, of somebody who wants them. See <https://no-color.org>.
pub(super) fn sees_colour() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb
}
