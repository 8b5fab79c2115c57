//! Markdown, for a comment on a pull request.

use super::{Names, documents};
use crate::diff::database::Kind;
use crate::diff::{Breaks, Difference, json};
use crate::findings::format::code;

/// Says to a workflow which of its comments is this one.
const MARK: &str = "<!-- tablature diff -->";

/// How many bytes each of the lists may have. A comment has a limit of 65,536 characters.
const LISTED: usize = 12_000;

/// A section with a table, of which as many rows are listed as there is room for.
fn section(out: &mut String, title: &str, columns: &[&str], rows: impl ExactSizeIterator<Item = Vec<String>>) {
    let n = rows.len();
    if n == 0 {
        return;
    }
    out.push_str(&format!("\n#### {title}\n\n| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len())));
    let end = out.len() + LISTED;
    for (at, row) in rows.enumerate() {
        let row = format!("| {} |\n", row.join(" | "));
        if out.len() + row.len() > end {
            out.push_str(&format!("\n… and {} more.\n", n - at));
            break;
        }
        out.push_str(&row);
    }
}

pub(super) fn text(difference: &Difference, names: &Names) -> String {
    let mut out = format!(
        "{MARK}\n### tablature diff: {}\n\nFrom {} to {}.\n",
        difference.summary(),
        code(&names.from),
        code(&names.to)
    );
    section(
        &mut out,
        "Database",
        &["", "place", "change"],
        difference.database.iter().map(|change| {
            let sign = match change.kind {
                Kind::Added => "➕",
                Kind::Dropped => "➖",
                Kind::Changed => "✏️",
                Kind::Unseen => "❔",
            };
            vec![sign.to_owned(), code(&change.place.to_string()), code(&change.message)]
        }),
    );
    section(
        &mut out,
        "Perhaps renamed, which nothing here assumes",
        &["before", "after", "why", "SQL"],
        difference.renames.iter().map(|rename| {
            let sql = rename.sql.as_deref().map(code).unwrap_or_default();
            vec![code(&rename.from.to_string()), code(&rename.new_name), rename.why.clone(), sql]
        }),
    );
    section(
        &mut out,
        "Generated API",
        &["", "item", "change", "why"],
        difference.api.iter().map(|change| {
            let sign = match change.breaks {
                Breaks::Uses => "❌ breaking",
                Breaks::Listings => "⚠️ exhaustive",
                Breaks::Nothing => "✅ compatible",
            };
            vec![sign.to_owned(), code(&change.path), code(&change.message), code(change.why)]
        }),
    );
    section(
        &mut out,
        "Cache",
        &["relation", "rows"],
        difference.cache.iter().map(|change| vec![code(&change.relation), code(&change.message)]),
    );
    section(
        &mut out,
        "JSON Schemas",
        &["", "relation", "change"],
        difference.schemas.iter().map(|change| {
            let sign = if change.old_documents_stay_valid { "✅" } else { "⚠️" };
            let what = match change.kind {
                json::Kind::Added => "the schema is new".to_owned(),
                json::Kind::Removed => "the schema is gone".to_owned(),
                json::Kind::Changed => {
                    let all = change.changes.iter().map(|one| match &one.property {
                        Some(property) => format!("{property}: {}", one.message),
                        None => one.message.clone(),
                    });
                    let said = documents(change.old_documents_stay_valid, change.new_documents_were_valid);
                    format!("{said} ({})", all.collect::<Vec<_>>().join("; "))
                }
            };
            vec![sign.to_owned(), code(&change.relation), code(&what)]
        }),
    );
    out
}
