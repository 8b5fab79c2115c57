//! What `use` brings into a file.

use std::ops::Range;

use proc_macro2::Delimiter;

use super::token::{Kind, Tree, split_at_commas};

/// A name that `use` brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Import {
    /// The whole path, part by part; `*` is the last one where all is brought.
    pub path: Vec<String>,
    /// The name that it goes by here; `_` for none.
    pub name: String,
    /// The whole line, from `use` to the semicolon, with attributes and visibility.
    pub item: Range<usize>,
    /// The part that stands for this name alone: `a::b` in `use x::{a::b, c};`.
    pub part: Range<usize>,
    /// What stands before the path in the line, such as `pub use `.
    pub visibility: String,
    /// The modules of the file that it stands in.
    pub modules: Vec<String>,
}

/// The names that a tree of `use` brings.
pub(super) fn imports(trees: &[Tree], item: &Range<usize>, visibility: &str, modules: &[String]) -> Vec<Import> {
    let mut out = Vec::new();
    walk(trees, &mut Vec::new(), &mut out);
    let named = out.into_iter().map(|(path, name, part)| Import {
        path,
        name,
        item: item.clone(),
        part,
        visibility: visibility.to_owned(),
        modules: modules.to_vec(),
    });
    named.collect()
}

type Named = (Vec<String>, String, Range<usize>);

fn walk(trees: &[Tree], before: &mut Vec<String>, out: &mut Vec<Named>) {
    let depth = before.len();
    let start = trees.first().map_or(0, |tree| tree.range.start);
    let mut renamed = None;
    let mut end = start;
    let mut at = 0;
    let mut is_group = false;
    while let Some(tree) = trees.get(at) {
        end = tree.range.end;
        match &tree.kind {
            Kind::Word(word) if word == "as" => {
                renamed = trees.get(at + 1).map(|tree| tree.word().unwrap_or("_").to_owned());
                end = trees.get(at + 1).map_or(end, |tree| tree.range.end);
                break;
            }
            Kind::Word(_) => before.push(tree.word().unwrap_or_default().to_owned()),
            Kind::Mark('*') => before.push("*".to_owned()),
            Kind::Group(Delimiter::Brace, inner) => {
                is_group = true;
                for part in split_at_commas(inner) {
                    walk(part, before, out);
                }
            }
            _ => {}
        }
        at += 1;
    }
    if !is_group && before.len() > depth {
        let mut path = before.clone();
        // `use a::b::{self}` brings `b`.
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let last = path.last().cloned().unwrap_or_default();
        out.push((path, renamed.unwrap_or(last), start..end));
    }
    before.truncate(depth);
}
