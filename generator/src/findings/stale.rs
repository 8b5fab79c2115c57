//! Files of a crate that are not what its snapshot says.

use std::path::Path;

use super::{Finding, Location, Place, Status};
use crate::output::{Change, ChangeKind};

/// What is found by comparing a crate's files, which stand in `folder`, with what they are to be.
pub fn findings(folder: &Path, changes: &[Change]) -> Vec<Finding> {
    changes.iter().map(|change| finding(folder, change)).collect()
}

fn finding(folder: &Path, change: &Change) -> Finding {
    let line = change.diff.as_deref().and_then(first_changed_line);
    let place = line.map(|line| format!(", from line {line} on")).unwrap_or_default();
    let (message, expected, found) = match change.kind {
        ChangeKind::Added => ("the file is missing".to_owned(), Some("a file"), None),
        ChangeKind::Changed => (
            format!("the file is not what the snapshot says{place}"),
            Some("what the snapshot says"),
            Some("other content"),
        ),
        ChangeKind::Removed => ("the file is no longer generated".to_owned(), None, Some("a file")),
    };
    let path = shown(&folder.join(&change.path));
    let mut finding = Finding::new(Status::StaleOutput, Place::default(), message)
        .with_sides(expected.map(str::to_owned), found.map(str::to_owned));
    let line = if change.kind == ChangeKind::Changed { line } else { None };
    finding.location = Some(Location { path, line, column: None });
    finding
}

/// A path as reports have it: relative to the working directory if it is below, with `/` between its parts.
pub fn shown(path: &Path) -> String {
    let below = std::env::current_dir().ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    let path = below.as_deref().unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
        .replacen("//", "/", 1)
}

/// The number of the first line of the old text that a unified difference takes away, or before which it adds one.
fn first_changed_line(diff: &str) -> Option<u32> {
    let mut lines = diff.lines().skip_while(|line| !line.starts_with("@@ -"));
    let header = lines.next()?.strip_prefix("@@ -")?;
    let start: u32 = header.split([',', ' ']).next()?.parse().ok()?;
    let unchanged = lines.take_while(|line| line.starts_with(' ')).count();
    Some((start + u32::try_from(unchanged).ok()?).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_is_told_with_the_first_line_that_differs() {
        let diff = "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -4,7 +4,7 @@\n a\n b\n c\n-d\n+D\n e\n";
        let change = Change { path: "src/a.rs".into(), kind: ChangeKind::Changed, diff: Some(diff.into()) };
        let found = finding(Path::new("./generated"), &change);
        assert_eq!(found.location, Some(Location { path: "generated/src/a.rs".into(), line: Some(7), column: None }));
        assert_eq!(found.message, "the file is not what the snapshot says, from line 7 on");
        assert_eq!(first_changed_line("--- a\n+++ b\n@@ -0,0 +1,2 @@\n+a\n+b\n"), Some(1));
    }

    #[test]
    fn paths_below_the_working_directory_are_relative() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(shown(&here.join("generated/src/a.rs")), "generated/src/a.rs");
        assert_eq!(shown(Path::new("/nowhere/a.rs")), "/nowhere/a.rs");
        assert_eq!(shown(Path::new("../a.rs")), "../a.rs");
    }
}
