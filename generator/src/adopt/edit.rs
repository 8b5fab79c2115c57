//! Sources with some of their items and imports changed, and every other byte as it was.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cargo::Packages;
use super::decide::MovedItem;
use crate::rust_source::RustFile;
use crate::rust_source::imports::Import;
use crate::rust_source::token::{Kind, Tree};

/// A change of some bytes.
pub(super) type Edit = (Range<usize>, String);

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
pub(super) enum Fate {
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
    let origins = Origins { files, packages, moved };
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
            .map(|import| match origins.target(number, import, DEPTH) {
                // What a library hands on goes on being handed on from the same place.
                Some(_) if import.visibility.starts_with("pub") && packages.is_library(number) => Fate::Stays,
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

/// How often what is brought may have been brought to where it is brought from.
const DEPTH: usize = 8;

/// Finds what imports bring.
struct Origins<'a> {
    files: &'a [RustFile],
    packages: &'a Packages,
    moved: &'a [MovedItem],
}

impl Origins<'_> {
    /// The path in the crate of what an import of a file brings, if that is an item that moves, by whatever way.
    fn target(&self, number: usize, import: &Import, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let path = self.absolute(number, import)?;
        let is_it = |item: &&MovedItem| {
            let Some(module) = self.packages.module(item.file) else { return false };
            let own = module.iter().chain(&item.head.modules).chain(std::iter::once(&item.head.name));
            !item.head.is_local && self.packages.are_together(item.file, number) && own.eq(path.iter())
        };
        if let Some(item) = self.moved.iter().find(is_it) {
            return Some(item.target.clone());
        }
        let (name, module) = path.split_last()?;
        for (other, file) in self.files.iter().enumerate() {
            let Some(own) = self.packages.module(other).filter(|_| self.packages.are_together(other, number)) else {
                continue;
            };
            let brings =
                |brought: &&Import| brought.name == *name && own.iter().chain(&brought.modules).eq(module.iter());
            if let Some(brought) = file.declared.imports.iter().find(brings) {
                // What is another name there is what it is here.
                return self.target(other, brought, depth);
            }
        }
        None
    }

    /// The path of an import from the root of its crate on.
    fn absolute(&self, number: usize, import: &Import) -> Option<Vec<String>> {
        let module = self.packages.module(number)?;
        let here = || module.iter().chain(&import.modules).cloned().collect::<Vec<String>>();
        let name = self.packages.of(number).map(|package| package.name.as_str());
        let first = import.path.first()?.as_str();
        // The programs of a package see its library by its name.
        let (mut base, mut path) = match first {
            "crate" => (Vec::new(), &import.path[1..]),
            "self" => (here(), &import.path[1..]),
            first if Some(first) == name => (Vec::new(), &import.path[1..]),
            _ => (here(), import.path.as_slice()),
        };
        while path.first().is_some_and(|part| part == "super") {
            base.pop()?;
            path = &path[1..];
        }
        base.extend(path.iter().cloned());
        Some(base)
    }
}

/// Whether a name is spoken of only where something goes.
fn is_idle(file: &RustFile, import: &Import, gone: &[Range<usize>]) -> bool {
    if gone.is_empty() || ["*", "_"].contains(&import.name.as_str()) || import.visibility.starts_with("pub") {
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
pub(super) fn rewritten(file: &RustFile, item: &Range<usize>, names: &[&Import], fates: &[Fate]) -> Edit {
    let visibility = names.first().map(|import| import.visibility.as_str()).unwrap_or_default();
    let line_break = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
    let between = format!("{line_break}{}", indent_of(&file.text, item.start));
    let staying: Vec<&&Import> =
        names.iter().zip(fates).filter(|(_, fate)| matches!(fate, Fate::Stays)).map(|(import, _)| import).collect();
    let mut lines = Vec::new();
    let in_braces = if staying.len() > 1 { without(file, item, names, fates) } else { None };
    match in_braces {
        Some(line) => lines.push(line),
        None => lines.extend(staying.iter().map(|import| {
            line(visibility, &import.path.join("::"), if import.name == "*" { "*" } else { &import.name })
        })),
    }
    let mut moving: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (import, fate) in names.iter().zip(fates) {
        if let Fate::Moves(target) = fate {
            let (module, own) = target.rsplit_once("::").unwrap_or(("", target));
            let named = if own == import.name { own.to_owned() } else { format!("{own} as {}", import.name) };
            moving.entry(module).or_default().push(named);
        }
    }
    for (module, mut names) in moving {
        names.sort();
        let names = if names.len() == 1 { names.concat() } else { format!("{{{}}}", names.join(", ")) };
        let before = if visibility.is_empty() { String::new() } else { format!("{visibility} ") };
        lines.push(format!("{before}use {module}::{names};"));
    }
    if lines.is_empty() {
        return (with_line_break(&file.text, item), String::new());
    }
    (item.clone(), lines.join(&between))
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
    let Some(line_break) = line_break.filter(|_| is_at_start) else { return item.clone() };
    let mut end = item.end + line_break.len();
    // Of two blank lines that meet, one stays.
    let is_behind_blank = start == 0 || text[..start].ends_with(&line_break.repeat(2));
    if is_behind_blank && text[end..].starts_with(line_break) {
        end += line_break.len();
    }
    start..end
}

/// All tokens, those in brackets behind their brackets.
pub(super) fn flat(trees: &[Tree]) -> Vec<&Tree> {
    let mut out = Vec::new();
    for tree in trees {
        out.push(tree);
        if let Kind::Group(_, inner) = &tree.kind {
            out.extend(flat(inner));
        }
    }
    out
}
