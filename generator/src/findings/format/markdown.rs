//! Markdown, for a comment on a pull request.

use super::escape::{replaced, visible};
use super::{figures, mends};
use crate::findings::{Finding, Report, Severity};

/// Says to a workflow which of its comments is this one.
const MARK: &str = "<!-- tablature check -->";

/// How many bytes the list of findings may have. A comment has a limit of 65,536 characters.
const LISTED: usize = 50_000;

/// How many ways to mend findings are listed; there are hardly ever two.
const MENDS: usize = 5;

/// How long a name or a message may be, in characters.
const LONGEST: usize = 240;

/// A text as code. Whatever could mean something to Markdown or HTML stands as a reference to the character, which never
/// does; in code, names are no mentions of people and figures no issues either.
pub(crate) fn code(text: &str) -> String {
    let text = visible(text);
    let mut cut: String = text.chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        cut.push('…');
    }
    let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || " .,-()=;".contains(c);
    let safe = replaced(&cut, |c| (!plain(c)).then(|| format!("&#{};", u32::from(c))));
    format!("<code>{safe}</code>")
}

fn row(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "❌ error",
        Severity::Warning => "⚠️ warning",
        Severity::Info => "ℹ️ info",
    };
    let file = finding.location.as_ref().map(|location| match location.line {
        Some(line) => format!("{}:{line}", location.path),
        None => location.path.clone(),
    });
    let place = if finding.place.is_empty() { file.unwrap_or_default() } else { finding.place.to_string() };
    format!("| {severity} | {} | {} | {} |\n", code(finding.status.name()), code(&place), code(&finding.told()))
}

pub(super) fn text(report: &Report) -> String {
    let title = if report.fails() { "tablature check failed" } else { "tablature check" };
    let mut out = format!("{MARK}\n### {title}: {}\n", figures(report));
    let mut rows = report.findings.iter().map(row).peekable();
    if rows.peek().is_some() {
        out.push_str("\n| | status | place | what is the matter |\n|---|---|---|---|\n");
    }
    let end = out.len() + LISTED;
    while let Some(row) = rows.next_if(|row| out.len() + row.len() <= end) {
        out.push_str(&row);
    }
    let left = rows.len();
    if left > 0 {
        out.push_str(&format!("\n… and {left} more.\n"));
    }
    let mends = mends(report);
    if !mends.is_empty() {
        out.push_str("\nTo mend it:\n\n");
        for mend in mends.into_iter().take(MENDS) {
            out.push_str(&format!("- {}\n", code(mend)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    /// What a reader sees of code.
    fn seen(code: &str) -> String {
        let mut rest = code.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
        let mut out = String::new();
        while let Some((before, after)) = rest.split_once("&#") {
            let (number, after) = after.split_once(';').unwrap();
            out.push_str(before);
            out.push(char::from_u32(number.parse().unwrap()).unwrap());
            rest = after;
        }
        out + rest
    }

    #[test]
    fn findings_are_rows_of_a_table() {
        let text = text(&usual());
        assert!(
            text.starts_with("<!-- tablature check -->\n### tablature check failed: 2 errors, 1 warning"),
            "{text}"
        );
        let row = "| ❌ error | <code>stale&#95;output</code> | <code>generated&#47;src&#47;book.rs&#58;12</code> | ";
        assert!(text.contains(row), "{text}");
        assert!(text.ends_with("\nTo mend it:\n\n- <code>tablature codegen</code>\n"), "{text}");
    }

    #[test]
    fn hostile_names_are_text_in_their_cells() {
        let report = hostile();
        let text = text(&report);
        let rows: Vec<&str> = text.lines().filter(|line| line.contains("<code>the name is ")).collect();
        assert_eq!(rows.len(), HOSTILE.len());
        for (row, finding) in rows.iter().zip(&report.findings) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            assert_eq!(cells.len(), 6, "{row}");
            assert_eq!(seen(cells[3]), visible(&finding.place.to_string()));
            assert_eq!(seen(cells[4]), visible(&finding.told()));
            for cell in &cells[2..5] {
                let inner = cell.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
                assert!(!inner.contains(['<', '>', '`', '*', '_', '[', '@', '\\', '~']), "{cell}");
                assert!(inner.split('#').count() == inner.split("&#").count(), "{cell}");
            }
        }
    }

    #[test]
    fn a_comment_has_room_for_what_is_listed() {
        let finding = hostile().findings.remove(0);
        let mend = Some("|".repeat(10_000));
        let long = |n: usize| Finding { message: "|".repeat(10_000 + n), mend: mend.clone(), ..finding.clone() };
        let report = Report::new((0..1000).map(long).collect(), false);
        let text = text(&report);
        let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains("&#124;&#124;")).count();
        assert!(rows > 20 && text.contains(&format!("… and {} more.", 1000 - rows)), "{rows}");
        assert!(text.len() < 65_536, "{}", text.len());
    }
}
