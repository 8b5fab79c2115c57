//! Findings that a project knows about, so that only new ones count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Finding, Report};

/// The version of the file's form.
const FORMAT_VERSION: u32 = 1;

/// Findings that are known. They go by their [identities](Finding::identity), so that they stay known when files move about
/// within.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    identities: BTreeSet<String>,
}

/// Why a baseline could not be read or written.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// There is none.
    #[error("there is no baseline at {}; give --write-baseline too, to write one of what is found now", .0.display())]
    Missing(PathBuf),
    /// It could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It is no baseline, or a damaged one.
    #[error("{} is no baseline: {reason}; restore it from version control, or write it anew with --write-baseline", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(rename = "$comment")]
    comment: String,
    format_version: u32,
    /// What each finding is about, for those who read the difference of two baselines, by identity.
    findings: BTreeMap<String, String>,
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// Where there is none, or it is no baseline of this version.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        let text = fs::read_to_string(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => BaselineError::Missing(path.to_owned()),
            _ => BaselineError::Read { path: path.to_owned(), source },
        })?;
        let damaged = |reason| BaselineError::Damaged { path: path.to_owned(), reason };
        let file: File = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if file.format_version != FORMAT_VERSION {
            let found = file.format_version;
            return Err(damaged(format!("it has format version {found}, and this tablature reads {FORMAT_VERSION}")));
        }
        Ok(Self { identities: file.findings.into_keys().collect() })
    }

    /// Whether a finding is among those that are known.
    pub fn knows(&self, finding: &Finding) -> bool {
        self.identities.contains(&finding.identity())
    }

    /// Writes all findings of a report down as known, in place of a file that is there.
    ///
    /// # Errors
    /// Where the file cannot be written; then it is as it was.
    pub fn write(report: &Report, path: &Path) -> Result<(), BaselineError> {
        let about = |finding: &Finding| {
            let file = finding.location.as_ref().map(|location| location.path.clone());
            let place = if finding.place.is_empty() { file.unwrap_or_default() } else { finding.place.to_string() };
            format!("{} {place}: {}", finding.status, finding.message)
        };
        let file = File {
            comment: "Findings that tablature check knows and does not count. Written by --write-baseline.".to_owned(),
            format_version: FORMAT_VERSION,
            findings: report.findings.iter().map(|finding| (finding.identity(), about(finding))).collect(),
        };
        let mut text = serde_json::to_string_pretty(&file).expect("plain data with string keys always serialises");
        text.push('\n');
        replace(path, &text).map_err(|source| BaselineError::Write { path: path.to_owned(), source })
    }
}

/// Replaces a file in one step: whoever reads it meanwhile gets the old or the new.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    // A file of this kind is for everybody who works on the project; a temporary one is its owner's alone.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Place, Status, Summary};

    fn finding(relation: &str) -> Finding {
        Finding::new(Status::MissingInModel, Place::relation("", relation), "is not there")
    }

    #[test]
    fn what_a_baseline_knows_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        assert!(matches!(Baseline::read(&path), Err(BaselineError::Missing(_))));
        let known = Report::new(vec![finding("a"), finding("b")], false);
        Baseline::write(&known, &path).unwrap();
        let mut report = Report::new(vec![finding("b"), finding("c")], false);
        report.without(&Baseline::read(&path).unwrap());
        assert_eq!(report.findings, [finding("c")]);
        assert_eq!(report.summary(), Summary { error: 1, warning: 0, info: 0, baselined: 1 });

        let again = fs::read(&path).unwrap();
        Baseline::write(&known, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), again, "the same findings are the same bytes");
    }

    #[test]
    fn another_file_is_no_baseline() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baseline.json");
        for text in ["", "[]", "{\"$comment\": \"\", \"format_version\": 2, \"findings\": {}}"] {
            fs::write(&path, text).unwrap();
            let error = Baseline::read(&path).unwrap_err().to_string();
            assert!(error.contains("--write-baseline") && error.contains("baseline.json"), "{error}");
        }
    }
}
