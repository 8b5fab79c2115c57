//! Sources with some of their items and imports changed, and every other byte as it was.

use std::ops::Range;

use super::cargo::Packages;
use super::decide::MovedItem;
use crate::rust_source::RustFile;
use crate::rust_source::imports::Import;
use crate::rust_source::token::{Kind, Tree};

/// A change of some bytes.
type Edit = (Range<usize>, String);

/// A file as it is when some items of all files have moved.
pub(super) fn edited(
    number: usize,
    file: &RustFile,
    files: &[RustFile],
    packages: &Packages,
    moved: &[MovedItem],
) -> String {
    let mut edits: Vec<Edit> =
        moved.iter().filter(|item| item.file == number).map(|item| replaced(file, item)).collect();
    let gone: Vec<Range<usize>> = edits.iter().map(|(range, _)| range.clone()).collect();
    edits.extend(imports(number, file, files, packages, moved, &gone));
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = file.text.clone();
    for (range, with) in edits.into_iter().rev() {
        text.replace_range(range, &with);
    }
    text
}

/// The bytes of an item behind the documentation that it begins with, which stays.
fn definition(file: &RustFile, item: &MovedItem) -> Range<usize> {
    let range = &item.head.range;
    let mut start = range.start;
    let tokens = flat(&file.trees);
    for tree in tokens.iter().filter(|tree| tree.range.start >= range.start && tree.range.end <= range.end) {
        if !matches!(tree.kind, Kind::Doc) {
            start = tree.range.start;
            break;
        }
    }
    start..range.end
}

/// How many comments stand within a definition, and go with it.
pub(super) fn comments_within(file: &RustFile, item: &MovedItem) -> usize {
    let range = definition(file, item);
    let tokens = flat(&file.trees);
    let docs = tokens.iter().filter(|tree| matches!(tree.kind, Kind::Doc) && range.contains(&tree.range.start)).count();
    // What stands between tokens and is no blank is a comment.
    let within: Vec<&&Tree> = tokens
        .iter()
        .filter(|tree| {
            !matches!(tree.kind, Kind::Group(..)) && range.start <= tree.range.start && tree.range.end <= range.end
        })
        .collect();
    let between = within.windows(2).filter_map(|pair| file.text.get(pair[0].range.end..pair[1].range.start));
    docs + between.filter(|text| text.contains("//") || text.contains("/*")).count()
}

/// `pub use krate::Name as Own;` in place of an item.
fn replaced(file: &RustFile, item: &MovedItem) -> Edit {
    (definition(file, item), line(&item.head.visibility, &item.target, &item.head.name))
}

fn line(visibility: &str, target: &str, name: &str) -> String {
    let before = if visibility.is_empty() { String::new() } else { format!("{visibility} ") };
    let own = target.rsplit("::").next().unwrap_or_default();
    let renamed = if own == name { String::new() } else { format!(" as {name}") };
    format!("{before}use {target}{renamed};")
}

/// What becomes of a name that `use` brings.
enum Fate {
    Stays,
    /// It is brought from the crate.
    Moves(String),
    /// Nothing in the file speaks of it any more.
    Goes,
}

fn imports(
    number: usize,
    file: &RustFile,
    files: &[RustFile],
    packages: &Packages,
    moved: &[MovedItem],
    gone: &[Range<usize>],
) -> Vec<Edit> {
    let all = &file.declared.imports;
    let mut items: Vec<Range<usize>> = all.iter().map(|import| import.item.clone()).collect();
    items.dedup();
    let mut edits = Vec::new();
    for item in items {
        let names: Vec<&Import> = all.iter().filter(|import| import.item == item).collect();
        // What stands under an attribute, or is no import of its own, is left as it is.
        if file.text[item.clone()].starts_with('#') || names.iter().any(|import| import.path.is_empty()) {
            continue;
        }
        let fates: Vec<Fate> = names
            .iter()
            .map(|import| match target(number, import, files, packages, moved) {
                Some(target) => Fate::Moves(target),
                None if is_idle(file, import, gone) => Fate::Goes,
                None => Fate::Stays,
            })
            .collect();
        if fates.iter().all(|fate| matches!(fate, Fate::Stays)) {
            continue;
        }
        edits.push(rewritten(file, &item, &names, &fates));
    }
    edits
}

/// The path in the crate of what an import brings, if that is an item that moves.
fn target(
    number: usize,
    import: &Import,
    files: &[RustFile],
    packages: &Packages,
    moved: &[MovedItem],
) -> Option<String> {
    let module = packages.module(number)?;
    let here: Vec<String> = module.iter().chain(&import.modules).cloned().collect();
    let mut path = import.path.as_slice();
    let name = packages.of(number).map(|package| package.name.as_str());
    let mut base = match path.first()?.as_str() {
        "crate" => {
            path = &path[1..];
            Vec::new()
        }
        // The programs of a package see its library by its name.
        first if Some(first) == name => {
            path = &path[1..];
            Vec::new()
        }
        "self" => {
            path = &path[1..];
            here
        }
        _ => here,
    };
    while path.first().is_some_and(|part| part == "super") {
        base.pop()?;
        path = &path[1..];
    }
    base.extend(path.iter().cloned());
    let is_it = |item: &&MovedItem| {
        let Some(module) = packages.module(item.file) else { return false };
        let own = module.iter().chain(&item.head.modules).chain(std::iter::once(&item.head.name));
        !item.head.is_local && packages.are_together(item.file, number) && own.eq(base.iter())
    };
    debug_assert!(number < files.len());
    moved.iter().find(is_it).map(|item| item.target.clone())
}

/// Whether a name is spoken of only where something goes.
fn is_idle(file: &RustFile, import: &Import, gone: &[Range<usize>]) -> bool {
    if import.name == "*" || import.name == "_" || import.visibility.starts_with("pub") {
        return false;
    }
    let (mut within, mut elsewhere) = (false, false);
    for tree in flat(&file.trees).into_iter().filter(|tree| tree.word() == Some(import.name.as_str())) {
        let at = tree.range.start;
        if gone.iter().any(|range| range.contains(&at)) {
            within = true;
        } else if !file.declared.imports.iter().any(|import| import.item.contains(&at)) {
            elsewhere = true;
        }
    }
    within && !elsewhere
}

/// A line of `use` without what goes, and lines for what moves.
fn rewritten(file: &RustFile, item: &Range<usize>, names: &[&Import], fates: &[Fate]) -> Edit {
    let visibility = names.first().map(|import| import.visibility.as_str()).unwrap_or_default();
    let indent = indent_of(&file.text, item.start);
    let staying: Vec<&&Import> =
        names.iter().zip(fates).filter(|(_, fate)| matches!(fate, Fate::Stays)).map(|(import, _)| import).collect();
    let mut lines = Vec::new();
    if !staying.is_empty() {
        lines.push(without(file, item, names, fates).unwrap_or_else(|| {
            let each = staying.iter().map(|import| {
                let path = import.path.join("::");
                line(visibility, &path, if import.name == "*" { "*" } else { &import.name })
            });
            each.collect::<Vec<_>>().join(&format!("\n{indent}"))
        }));
    }
    for (import, fate) in names.iter().zip(fates) {
        if let Fate::Moves(target) = fate {
            lines.push(line(visibility, target, &import.name));
        }
    }
    if lines.is_empty() {
        return (with_line_break(&file.text, item), String::new());
    }
    (item.clone(), lines.join(&format!("\n{indent}")))
}

/// The line without some of its parts, where they stand between one pair of braces.
fn without(file: &RustFile, item: &Range<usize>, names: &[&Import], fates: &[Fate]) -> Option<String> {
    let text = &file.text[item.clone()];
    if text.matches('{').count() != 1 || text.contains("//") || text.contains("/*") {
        return None;
    }
    let mut out = text.to_owned();
    let leaving = names.iter().zip(fates).filter(|(_, fate)| !matches!(fate, Fate::Stays));
    let mut parts: Vec<Range<usize>> = leaving.map(|(import, _)| import.part.clone()).collect();
    parts.sort_by_key(|part| part.start);
    for part in parts.into_iter().rev() {
        let (mut start, mut end) = (part.start - item.start, part.end - item.start);
        let behind = &out[end..];
        let blanks = behind.len() - behind.trim_start().len();
        if behind[blanks..].starts_with(',') {
            end += blanks + 1;
            let rest = &out[end..];
            let is_last = rest.trim_start().starts_with('}');
            end += if is_last { 0 } else { rest.len() - rest.trim_start().len() };
        } else {
            let before = out[..start].trim_end();
            start = if before.ends_with(',') { before.len() - 1 } else { start };
        }
        out.replace_range(start..end, "");
    }
    Some(out)
}

/// The blanks at the beginning of a line.
fn indent_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..at];
    if line.trim().is_empty() { line } else { "" }
}

/// A whole line with its end, if nothing else stands on it.
fn with_line_break(text: &str, item: &Range<usize>) -> Range<usize> {
    let start = item.start - indent_of(text, item.start).len();
    let is_at_start = start == 0 || text[..start].ends_with('\n');
    let rest = &text[item.end..];
    let line_break = ["\r\n", "\n"].into_iter().find(|line_break| rest.starts_with(line_break));
    match line_break.filter(|_| is_at_start) {
        Some(line_break) => start..item.end + line_break.len(),
        None => item.clone(),
    }
}

/// All tokens, those in brackets behind their brackets.
fn flat(trees: &[Tree]) -> Vec<&Tree> {
    let mut out = Vec::new();
    for tree in trees {
        out.push(tree);
        if let Kind::Group(_, inner) = &tree.kind {
            out.extend(flat(inner));
        }
    }
    out
}
