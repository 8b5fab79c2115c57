//! Differences for people.

use similar::TextDiff;

/// A unified diff with three lines of context, cut after `most` lines.
pub(crate) fn unified(path: &str, old: &str, new: &str, most: usize) -> String {
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    let total = text.lines().count();
    if total <= most {
        return text;
    }
    let mut cut: String = text.lines().take(most).map(|line| format!("{line}\n")).collect();
    cut.push_str(&format!("… and {} more lines\n", total - most));
    cut
}
