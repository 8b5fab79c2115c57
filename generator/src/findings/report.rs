//! All findings of a run, sorted and counted.

use serde::Serialize;

use super::{Baseline, Finding, Severity};

/// All findings of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was found, sorted by crate, place and file.
    pub findings: Vec<Finding>,
    /// How many more there are that the baseline knows.
    pub baselined: usize,
    /// Whether warnings fail too.
    pub strict: bool,
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Those that fail.
    pub error: usize,
    /// Those that fail where the configuration is strict.
    pub warning: usize,
    /// Those that never fail.
    pub info: usize,
    /// Those that the baseline knows, which are in none of the other figures.
    pub baselined: usize,
}

impl Report {
    /// A report of findings in any order.
    pub fn new(mut findings: Vec<Finding>, strict: bool) -> Self {
        let key = |finding: &Finding| {
            let Finding { status, severity, source, place, location, expected, found, message, hint: _, mend: _ } =
                finding.clone();
            (source, place, location, severity, status, expected, found, message)
        };
        findings.sort_by_cached_key(key);
        Self { findings, baselined: 0, strict }
    }

    /// Takes out what a baseline knows.
    pub fn without(&mut self, baseline: &Baseline) {
        let before = self.findings.len();
        self.findings.retain(|finding| !baseline.knows(finding));
        self.baselined += before - self.findings.len();
    }

    /// The figures.
    pub fn summary(&self) -> Summary {
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        Summary {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            info: count(Severity::Info),
            baselined: self.baselined,
        }
    }

    /// Whether anything in it fails the check.
    pub fn fails(&self) -> bool {
        let gravest = if self.strict { Severity::Warning } else { Severity::Error };
        self.findings.iter().any(|finding| finding.severity <= gravest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Place, Status};

    #[test]
    fn only_what_is_grave_enough_fails() {
        let report = |statuses: &[Status], strict| {
            let findings = statuses.iter().map(|status| Finding::new(*status, Place::default(), "is so"));
            Report::new(findings.collect(), strict)
        };
        let of_all = report(&[Status::Unverifiable, Status::IndexMismatch, Status::KeyMismatch], false);
        assert_eq!(of_all.summary(), Summary { error: 1, warning: 1, info: 1, baselined: 0 });
        assert!(of_all.fails());
        assert!(!report(&[Status::Unverifiable, Status::IndexMismatch], false).fails());
        assert!(report(&[Status::Unverifiable, Status::IndexMismatch], true).fails());
        assert!(!report(&[Status::Unverifiable], true).fails());
    }
}
