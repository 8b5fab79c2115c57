//! A verdict as people and as programs read it.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Counts, Issue, Note, Outcome, Statement, Verdict};

/// The document that programs read.
#[derive(Serialize)]
struct Document<'v> {
    /// The version of this form.
    format: u32,
    summary: Counts,
    issues: Vec<&'v Issue>,
    unverifiable: Vec<&'v Statement>,
    notes: &'v [Note],
}

impl Verdict {
    /// The verdict as JSON.
    ///
    /// # Errors
    /// Where a path is no text.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let document = Document {
            format: 1,
            summary: self.counts(),
            issues: self.issues().collect(),
            unverifiable: self.unverifiable().collect(),
            notes: &self.notes,
        };
        Ok(format!("{}\n", serde_json::to_string_pretty(&document)?))
    }

    /// A line for everything that is wrong, and on request for everything that is unverifiable.
    pub fn to_text(&self, with_unverifiable: bool) -> String {
        let mut text = String::new();
        for issue in self.issues() {
            let (file, Issue { line, column, message, .. }) = (issue.file.display(), issue);
            let hint = issue.suggestion.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default();
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{file}:{line}:{column}: {message}{hint}");
        }
        if with_unverifiable {
            for statement in self.unverifiable() {
                let (file, reason) = (statement.file.display(), statement.reason.as_deref().unwrap_or_default());
                let _ = writeln!(text, "{file}:{}:{}: unverifiable: {reason}", statement.line, statement.column);
            }
        }
        for note in &self.notes {
            let _ = writeln!(text, "{}: unverifiable: {}", note.file.display(), note.message);
        }
        text
    }

    fn unverifiable(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.outcome == Outcome::Unverifiable)
    }
}
