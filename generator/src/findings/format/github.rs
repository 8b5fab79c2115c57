//! Annotations of a GitHub workflow: commands that its runner reads from what a step prints.

use super::escape::replaced;
use super::figures;
use crate::findings::{Finding, Report, Severity};

/// The text of a command, of which the runner turns these back.
fn data(text: &str) -> String {
    replaced(text, |c| match c {
        '%' => Some("%25".to_owned()),
        '\r' => Some("%0D".to_owned()),
        '\n' => Some("%0A".to_owned()),
        _ => None,
    })
}

/// The value of a command's property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    replaced(&data(text), |c| match c {
        ':' => Some("%3A".to_owned()),
        ',' => Some("%2C".to_owned()),
        _ => None,
    })
}

fn command(finding: &Finding) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(location) = &finding.location {
        properties.push(format!("file={}", property(&location.path)));
        properties.extend(location.line.map(|line| format!("line={line}")));
        properties.extend(location.column.map(|column| format!("col={column}")));
    }
    properties.push(format!("title={}", property(finding.status.name())));
    let place = if finding.place.is_empty() { String::new() } else { format!("{}: ", finding.place) };
    let mend = finding.mend.as_ref().map(|mend| format!("; to mend it: {mend}")).unwrap_or_default();
    format!("::{name} {}::{}\n", properties.join(","), data(&format!("{place}{}{mend}", finding.told())))
}

pub(super) fn text(report: &Report) -> String {
    let commands: String = report.findings.iter().map(command).collect();
    format!("{commands}{}\n", figures(report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    /// Reads a command as the runner does.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        let back = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        let property = |text: &str| {
            let (key, value) = text.split_once('=').unwrap();
            (key.to_owned(), back(&value.replace("%3A", ":").replace("%2C", ",")))
        };
        (name.to_owned(), properties.split(',').map(property).collect(), back(message))
    }

    #[test]
    fn a_finding_is_a_command() {
        let text = text(&usual());
        let line = text.lines().next().unwrap();
        assert_eq!(
            line,
            "::error file=generated/src/book.rs,line=12,title=stale_output::the file is not what the snapshot says, \
             from line 12 on; to mend it: tablature codegen"
        );
        assert_eq!(text.lines().count(), 4);
    }

    #[test]
    fn hostile_names_are_no_commands() {
        let report = hostile();
        let text = text(&report);
        assert_eq!(text.split('\n').count(), HOSTILE.len() + 2);
        for (line, finding) in text.split('\n').zip(&report.findings) {
            let (_, properties, message) = read(line);
            let location = finding.location.as_ref().unwrap();
            let expected = [
                ("file".to_owned(), location.path.clone()),
                ("line".to_owned(), "7".to_owned()),
                ("col".to_owned(), "3".to_owned()),
                ("title".to_owned(), finding.status.name().to_owned()),
            ];
            assert_eq!(properties, expected);
            let mend = finding.mend.as_deref().unwrap();
            assert_eq!(message, format!("{}: {}; to mend it: {mend}", finding.place, finding.told()));
        }
    }
}
