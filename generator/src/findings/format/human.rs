//! For people at a terminal.

use super::escape::visible;
use super::ink::{BOLD, CYAN, FAINT, Ink, RED, YELLOW};
use super::{figures, mends};
use crate::findings::{Finding, Report, Severity};

fn colour_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Info => CYAN,
    }
}

/// A line: severity, status, part and message.
struct Line {
    cells: [String; 3],
    severity: Severity,
    message: String,
}

impl Line {
    fn of(finding: &Finding) -> Self {
        let part = finding.place.part.as_ref().map(|part| format!("{} {}", part.kind.name(), visible(&part.name)));
        let cells = [finding.severity.name().to_owned(), finding.status.name().to_owned(), part.unwrap_or_default()];
        Self { cells, severity: finding.severity, message: visible(&finding.told()) }
    }
}

/// What a finding stands under: the crate if there are several, and the relation or the file.
fn heading(finding: &Finding, names_source: bool) -> String {
    let whole = finding.place.whole().to_string();
    let file = finding.location.as_ref().map(|location| location.path.clone());
    let what = if finding.place.is_empty() { file.unwrap_or_default() } else { whole };
    let source = if names_source { format!("{}: ", finding.source) } else { String::new() };
    visible(&format!("{source}{what}"))
}

pub(super) fn text(report: &Report, colour: bool) -> String {
    let ink = Ink { colour };
    let first_source = report.findings.first().map(|finding| &finding.source);
    let names_source = report.findings.iter().any(|finding| Some(&finding.source) != first_source);
    let mut groups: Vec<(String, Vec<Line>)> = Vec::new();
    for finding in &report.findings {
        let heading = heading(finding, names_source);
        match groups.last_mut() {
            Some((same, lines)) if *same == heading => lines.push(Line::of(finding)),
            _ => groups.push((heading, vec![Line::of(finding)])),
        }
    }
    let mut out = String::new();
    for (heading, lines) in &groups {
        out.push_str(&ink.paint(BOLD, heading));
        out.push('\n');
        let width = |at: usize| lines.iter().map(|line| line.cells[at].chars().count()).max().unwrap_or_default();
        let widths = [0, 1, 2].map(width);
        for line in lines {
            let cell = |at: usize, code: &str| {
                let text = &line.cells[at];
                let blanks = widths[at] - text.chars().count();
                format!("{}{}", ink.paint(code, text), " ".repeat(blanks))
            };
            let cells = [cell(0, colour_of(line.severity)), cell(1, FAINT), cell(2, BOLD)];
            let cells: Vec<String> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
            out.push_str(&format!("  {}  {}\n", cells.join("  "), line.message));
        }
        out.push('\n');
    }
    out.push_str(&figures(report));
    out.push('\n');
    let mends = mends(report);
    if !mends.is_empty() {
        out.push_str("To mend it, run\n\n");
        for mend in mends {
            out.push_str(&format!("    {}\n", visible(mend)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    #[test]
    fn findings_are_grouped_and_aligned() {
        let expected = "\
generated/src/book.rs
  error  stale_output  the file is not what the snapshot says, from line 12 on

public.book
  error    type_mismatch   column price      the type is numeric(12,2) in the database, and numeric(10,2) in the snapshot
  warning  index_mismatch  index book_title  the index is in the database, and not in the snapshot

2 errors, 1 warning, 0 pieces of information; 2 more in the baseline
To mend it, run

    tablature codegen
";
        assert_eq!(text(&usual(), false), expected);
        assert_eq!(text(&Report::default(), true), "no differences\n");
    }

    #[test]
    fn colours_change_nothing_else() {
        let coloured = text(&usual(), true);
        assert!(coloured.contains("\u{1b}[31merror\u{1b}[0m"), "{coloured:?}");
        let mut plain = coloured;
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[33m", "\u{1b}[36m"] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text(&usual(), false));
    }

    #[test]
    fn hostile_names_neither_end_lines_nor_move_the_cursor() {
        let text = text(&hostile(), false);
        assert!(!text.chars().any(|c| c != '\n' && super::super::escape::is_invisible(c)), "{text:?}");
        // A heading, a line and an empty line for each, then the figures and a way to mend each.
        assert_eq!(text.lines().count(), HOSTILE.len() * 3 + 3 + HOSTILE.len(), "{text}");
    }
}
