//! For people at a terminal.

use std::collections::BTreeSet;

use super::{Names, documents, visible};
use crate::diff::api::{ApiChange, Rule};
use crate::diff::cache::Effect;
use crate::diff::database::{Change, Kind};
use crate::diff::{Breaks, Difference, SchemaChange, Verdict, json};
use crate::findings::format::ink::{BOLD, CYAN, FAINT, GREEN, Ink, RED, YELLOW};

/// A line of three columns: a sign, a name and a message.
struct Line {
    sign: &'static str,
    colour: &'static str,
    name: String,
    message: String,
    /// What is said in a fainter voice behind the message.
    aside: String,
}

/// Writes lines below a heading, with their names in a column.
fn group(out: &mut String, ink: Ink, heading: &str, lines: &[Line]) {
    out.push_str(&format!("  {}\n", ink.paint(BOLD, &visible(heading))));
    let width = |text: &str| text.chars().count();
    let widest = lines.iter().map(|line| width(&line.name)).max().unwrap_or_default();
    let widest_sign = lines.iter().map(|line| width(line.sign)).max().unwrap_or_default();
    for Line { sign, colour, name, message, aside } in lines {
        let blanks = |text: &str, widest: usize| " ".repeat(widest - width(text));
        let aside = if aside.is_empty() { String::new() } else { ink.paint(FAINT, &format!(" — {aside}")) };
        out.push_str(&format!(
            "    {}{}  {name}{}{}{}{aside}\n",
            ink.paint(colour, sign),
            blanks(sign, widest_sign),
            blanks(name, widest),
            if widest > 0 { "  " } else { "" },
            visible(message),
        ));
    }
}

/// Entries that have the same heading, one after the other.
fn grouped<T>(entries: &[T], heading: impl Fn(&T) -> String) -> Vec<(String, Vec<&T>)> {
    let mut groups: Vec<(String, Vec<&T>)> = Vec::new();
    for entry in entries {
        let heading = heading(entry);
        match groups.last_mut() {
            Some((same, list)) if *same == heading => list.push(entry),
            _ => groups.push((heading, vec![entry])),
        }
    }
    groups
}

pub(super) fn text(difference: &Difference, names: &Names, colour: bool) -> String {
    let ink = Ink { colour };
    let mut out = format!("from {}\n  to {}\n\n", visible(&names.from), visible(&names.to));
    let section = |out: &mut String, title: &str| out.push_str(&format!("{}\n", ink.paint(BOLD, title)));
    if !difference.database.is_empty() {
        section(&mut out, "Database");
        for (heading, changes) in grouped(&difference.database, |change| change.place.whole().to_string()) {
            let lines: Vec<Line> = changes.into_iter().map(database_line).collect();
            group(&mut out, ink, if heading.is_empty() { "the whole" } else { &heading }, &lines);
        }
        out.push('\n');
    }
    if !difference.renames.is_empty() {
        section(&mut out, "Perhaps renamed, which nothing here assumes");
        for rename in &difference.renames {
            let (from, to) = (visible(&rename.from.to_string()), visible(&rename.new_name));
            out.push_str(&format!("  {from} → {to}  {}\n", ink.paint(FAINT, &format!("({})", rename.why))));
            if let Some(sql) = &rename.sql {
                out.push_str(&format!("    as SQL: {}\n", visible(sql)));
            }
            if let Some(config) = &rename.config {
                out.push_str(&format!("    to keep the name in Rust, below [overrides]: {}\n", visible(config)));
            }
        }
        out.push('\n');
    }
    if !difference.api.is_empty() {
        section(&mut out, "Generated API");
        let mut explained = BTreeSet::new();
        for (heading, changes) in grouped(&difference.api, |change| change.about.clone()) {
            let lines = api_lines(&changes, &mut explained);
            group(&mut out, ink, if heading.is_empty() { "the whole" } else { &heading }, &lines);
        }
        out.push('\n');
    }
    if !difference.cache.is_empty() {
        section(&mut out, "Cache");
        for change in &difference.cache {
            let (sign, colour) = match change.effect {
                Effect::Moved => ("moves", YELLOW),
                Effect::Ends => ("ends", YELLOW),
                Effect::Begins => ("begins", GREEN),
                Effect::Keys => ("stays", GREEN),
            };
            let line =
                Line { sign, colour, name: String::new(), message: change.message.clone(), aside: String::new() };
            group(&mut out, ink, &change.relation, &[line]);
        }
        out.push('\n');
    }
    if !difference.schemas.is_empty() {
        section(&mut out, "JSON Schemas");
        for change in &difference.schemas {
            group(&mut out, ink, &format!("{} {}", change.relation, told(change)), &schema_lines(change));
        }
        out.push('\n');
    }
    let colour = match difference.verdict {
        Verdict::Major => RED,
        Verdict::Minor => YELLOW,
        Verdict::Patch | Verdict::None => GREEN,
    };
    out.push_str(&format!("{}\n", ink.paint(colour, &difference.summary())));
    out
}

fn database_line(change: &Change) -> Line {
    let (sign, colour) = match change.kind {
        Kind::Added => ("+", GREEN),
        Kind::Dropped => ("-", RED),
        Kind::Changed => ("~", YELLOW),
        Kind::Unseen => ("?", CYAN),
    };
    let part = change.place.part.as_ref();
    let name = part.map(|part| visible(&format!("{} {}", part.kind.name(), part.name))).unwrap_or_default();
    Line { sign, colour, name, message: change.message.clone(), aside: String::new() }
}

/// A line for each change, but for those of forms that say the same of a field as the row says. Why something breaks is said
/// once, where it first comes up.
fn api_lines(changes: &[&ApiChange], explained: &mut BTreeSet<Rule>) -> Vec<Line> {
    let of_forms = |row: &ApiChange| -> Vec<&str> {
        let same = changes.iter().filter(|change| says_as_the_row(change, row));
        same.filter_map(|change| change.path.rsplit_once('.')).map(|(form, _)| form).collect()
    };
    let is_said = |change: &ApiChange| changes.iter().any(|row| says_as_the_row(change, row));
    let mut lines = Vec::new();
    for change in changes.iter().filter(|change| !is_said(change)) {
        let (sign, colour) = match change.breaks {
            Breaks::Uses => ("breaking", RED),
            Breaks::Listings => ("exhaustive", YELLOW),
            Breaks::Nothing => ("compatible", GREEN),
        };
        let forms = of_forms(change);
        let also = if forms.is_empty() { String::new() } else { format!(", and likewise in {}", forms.join(", ")) };
        let is_news = change.is_breaking() && explained.insert(change.rule);
        let aside = if is_news { change.why.to_owned() } else { String::new() };
        lines.push(Line {
            sign,
            colour,
            name: visible(&change.path),
            message: format!("{}{also}", change.message),
            aside,
        });
    }
    lines
}

/// Whether a change of a form says nothing but what one of the row says.
fn says_as_the_row(change: &ApiChange, row: &ApiChange) -> bool {
    const SAME: &[(Rule, Rule)] = &[
        (Rule::FieldRemoved, Rule::FieldRemoved),
        (Rule::TypeChanged, Rule::TypeChanged),
        (Rule::OptionalFieldAdded, Rule::FieldAdded),
        (Rule::PatchFieldAdded, Rule::FieldAdded),
    ];
    change.form.is_some()
        && row.form.is_none()
        && (change.field.is_some() && change.field == row.field)
        && SAME.contains(&(change.rule, row.rule))
}

/// What became of a schema as a whole, as the end of a sentence that begins with its name.
fn told(change: &SchemaChange) -> &'static str {
    match change.kind {
        json::Kind::Added => "is new",
        json::Kind::Removed => "is gone",
        json::Kind::Changed => documents(change.old_documents_stay_valid, change.new_documents_were_valid),
    }
}

fn schema_lines(change: &SchemaChange) -> Vec<Line> {
    let lines = change.changes.iter().map(|one| {
        let (sign, colour) = if one.old_documents_stay_valid { ("valid", GREEN) } else { ("refuses", YELLOW) };
        let name = visible(one.property.as_deref().unwrap_or("the whole"));
        let message = format!("{} ({})", one.message, one.shapes.join(", "));
        Line { sign, colour, name, message, aside: String::new() }
    });
    lines.collect()
}
