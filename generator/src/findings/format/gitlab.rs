//! GitLab's code quality report: a list of issues, each with a fingerprint that stays.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::escape::visible;
use super::pretty;
use crate::findings::{Finding, Report, Severity};

/// Where an issue is shown that no file has.
const NO_FILE: &str = "tablature.toml";

fn issue(finding: &Finding, fingerprint: &str) -> Value {
    let severity = match finding.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    let location = finding.location.as_ref();
    let path = location.map_or(NO_FILE, |location| &location.path);
    let line = location.and_then(|location| location.line).unwrap_or(1);
    let place = if finding.place.is_empty() { String::new() } else { format!("{}: ", finding.place) };
    json!({
        "description": visible(&format!("{place}{}", finding.told())),
        "check_name": finding.status.name(),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": path, "lines": { "begin": line } },
    })
}

pub(super) fn text(report: &Report) -> String {
    let mut taken = BTreeSet::new();
    let issues = report.findings.iter().map(|finding| {
        // Of issues with one fingerprint, only one would be shown.
        let identity = finding.identity();
        let mut fingerprint = identity.clone();
        let mut n = 1;
        while !taken.insert(fingerprint.clone()) {
            n += 1;
            fingerprint = format!("{identity}-{n}");
        }
        issue(finding, &fingerprint)
    });
    pretty(&issues.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    fn issues(report: &Report) -> Vec<Value> {
        serde_json::from_str(&text(report)).unwrap()
    }

    #[test]
    fn an_issue_has_all_that_is_asked_for() {
        let all = issues(&usual());
        assert_eq!(all.len(), 3);
        assert_eq!(
            all[0],
            json!({
                "description": "the file is not what the snapshot says, from line 12 on",
                "check_name": "stale_output", "fingerprint": usual().findings[0].identity(), "severity": "major",
                "location": { "path": "generated/src/book.rs", "lines": { "begin": 12 } },
            })
        );
        assert_eq!(all[2]["location"], json!({ "path": "tablature.toml", "lines": { "begin": 1 } }));
    }

    #[test]
    fn fingerprints_stay_and_are_told_apart() {
        let mut report = usual();
        let before: Vec<Value> = issues(&report).iter().map(|issue| issue["fingerprint"].clone()).collect();
        for finding in &mut report.findings {
            finding.message.push_str(", in other words");
            if let Some(location) = &mut finding.location {
                location.line = Some(99);
            }
        }
        let after: Vec<Value> = issues(&report).iter().map(|issue| issue["fingerprint"].clone()).collect();
        assert_eq!(before, after);
        report.findings.push(report.findings[0].clone());
        let all = issues(&report);
        let distinct: BTreeSet<String> = all.iter().map(|issue| issue["fingerprint"].to_string()).collect();
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn hostile_names_are_text() {
        let all = issues(&hostile());
        assert_eq!(all.len(), HOSTILE.len());
        for issue in all {
            assert!(!issue["description"].as_str().unwrap().contains('\n'), "{issue}");
        }
    }
}
