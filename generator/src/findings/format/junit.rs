//! JUnit's XML: a suite for each crate, and a test case for each finding.

use super::escape::{is_invisible, replaced};
use crate::findings::{Finding, Report, Severity};

/// A text in an attribute or between tags. What XML cannot hold, and what would be made into a blank, stands as Rust would
/// write it.
fn escaped(text: &str) -> String {
    replaced(text, |c| match c {
        '&' => Some("&amp;".to_owned()),
        '<' => Some("&lt;".to_owned()),
        '>' => Some("&gt;".to_owned()),
        '"' => Some("&quot;".to_owned()),
        '\'' => Some("&#39;".to_owned()),
        c if is_invisible(c) => Some(c.escape_default().collect()),
        _ => None,
    })
}

fn case(finding: &Finding, strict: bool) -> String {
    let file = finding.location.as_ref().map(|location| location.path.as_str());
    let place = finding.place.to_string();
    let name = if finding.place.is_empty() { file.unwrap_or_default() } else { &place };
    let attributes = format!(
        "classname=\"{}\" name=\"{}\"{}",
        escaped(finding.status.name()),
        escaped(name),
        file.map(|file| format!(" file=\"{}\"", escaped(file))).unwrap_or_default()
    );
    let mend = finding.mend.as_ref().map(|mend| format!("; to mend it: {mend}")).unwrap_or_default();
    let text = escaped(&format!("{}{mend}", finding.told()));
    let fails = fails(finding, strict);
    let inner = if fails {
        let kind = escaped(finding.severity.name());
        format!("<failure type=\"{kind}\" message=\"{}\">{text}</failure>", escaped(&finding.told()))
    } else {
        format!("<system-out>{}: {text}</system-out>", escaped(finding.severity.name()))
    };
    format!("    <testcase {attributes}>\n      {inner}\n    </testcase>\n")
}

fn fails(finding: &Finding, strict: bool) -> bool {
    finding.severity == Severity::Error || (strict && finding.severity == Severity::Warning)
}

pub(super) fn text(report: &Report) -> String {
    let findings = &report.findings;
    let figures = |findings: &[Finding]| {
        let failures = findings.iter().filter(|finding| fails(finding, report.strict)).count();
        format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", findings.len())
    };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tablature check\" {}>\n",
        figures(findings)
    );
    for suite in findings.chunk_by(|a, b| a.source == b.source) {
        let cases: String = suite.iter().map(|finding| case(finding, report.strict)).collect();
        let name = escaped(&suite[0].source);
        out.push_str(&format!("  <testsuite name=\"{name}\" {}>\n{cases}  </testsuite>\n", figures(suite)));
    }
    out.push_str("</testsuites>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    /// The tags of a document and the texts between them; a small reader that takes nothing that is not well formed.
    fn read(xml: &str) -> Vec<(String, String)> {
        let mut rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
        assert!(!xml.chars().any(|c| c != '\n' && c.is_control()), "XML has no such character");
        let (mut open, mut found) = (Vec::new(), Vec::new());
        while let Some((text, after)) = rest.split_once('<') {
            assert!(!text.contains('>') && has_only_entities(text), "{text:?}");
            let (tag, after) = after.split_once('>').expect("a tag ends");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name), "tags are closed in turn");
            } else {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                assert!(attributes.split('"').count() % 2 == 1 && has_only_entities(attributes), "{tag:?}");
                open.push(name.to_owned());
            }
            found.push((tag.to_owned(), text.trim().to_owned()));
            rest = after;
        }
        assert!(open.is_empty() && rest == "\n", "{open:?} {rest:?}");
        found
    }

    fn has_only_entities(text: &str) -> bool {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        text.split('&').skip(1).all(|rest| known.iter().any(|entity| rest.starts_with(entity)))
    }

    #[test]
    fn findings_that_fail_are_failures() {
        let text = text(&usual());
        let tags = read(&text);
        assert!(
            text.contains("<testsuites name=\"tablature check\" tests=\"3\" failures=\"2\" errors=\"0\">"),
            "{text}"
        );
        assert!(text.contains("<testcase classname=\"type_mismatch\" name=\"public.book.price\""), "{text}");
        assert_eq!(tags.iter().filter(|(tag, _)| tag.starts_with("failure")).count(), 2);
        read(&super::text(&Report::default()));
    }

    #[test]
    fn hostile_names_are_text() {
        let tags = read(&text(&hostile()));
        assert_eq!(tags.iter().filter(|(tag, _)| tag.starts_with("testcase ")).count(), HOSTILE.len());
        assert!(!tags.iter().any(|(tag, _)| tag.starts_with("script")));
    }
}
