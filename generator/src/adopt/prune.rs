//! Names that were brought from the crate, and that nobody wants.

use std::ops::Range;

use super::cargo::Packages;
use super::edit::{Edit, Fate, flat, rewritten};
use crate::rust_source::RustFile;
use crate::rust_source::imports::Import;
use crate::rust_source::token::{Kind, Tree};

/// A file without the names of the crate that it brings for nobody. `edited` are all files as they are now, and `original` is
/// this one as it was: what it brought itself is not touched.
pub(super) fn pruned(
    number: usize,
    edited: &[RustFile],
    original: &RustFile,
    packages: &Packages,
    targets: &[&str],
) -> Option<String> {
    let file = &edited[number];
    let imports = &file.declared.imports;
    let is_new = |import: &Import| {
        let path = import.path.join("::");
        targets.contains(&path.as_str()) && !original.declared.imports.iter().any(|own| own.path == import.path)
    };
    let mut items: Vec<Range<usize>> = imports.iter().map(|import| import.item.clone()).collect();
    items.dedup();
    let mut edits: Vec<Edit> = Vec::new();
    for item in items {
        let names: Vec<&Import> = imports.iter().filter(|import| import.item == item).collect();
        let fates: Vec<Fate> = names
            .iter()
            .map(|import| match is_new(import) && !is_wanted(number, import, edited, packages) {
                true => Fate::Goes,
                false => Fate::Stays,
            })
            .collect();
        if !fates.iter().all(|fate| matches!(fate, Fate::Stays)) {
            edits.push(rewritten(file, &item, &names, &fates));
        }
    }
    if edits.is_empty() {
        return None;
    }
    let mut text = file.text.clone();
    for (range, with) in edits.into_iter().rev() {
        text.replace_range(range, &with);
    }
    Some(text)
}

/// Whether anybody may speak of a name that a file brings: the file itself, a path through its module, or whoever takes all
/// that the module has.
fn is_wanted(number: usize, import: &Import, files: &[RustFile], packages: &Packages) -> bool {
    if import.visibility == "pub" && packages.is_library(number) && is_public(number, import, files, packages) {
        return true;
    }
    let file = &files[number];
    let in_use = |at: usize| file.declared.imports.iter().any(|import| import.item.contains(&at));
    let names_it = |tree: &&Tree| tree.word() == Some(import.name.as_str());
    if flat(&file.trees).into_iter().filter(names_it).any(|tree| !in_use(tree.range.start)) {
        return true;
    }
    let Some(module) = packages.module(number) else { return true };
    let module = module.iter().chain(&import.modules).last().map_or("crate", String::as_str);
    let leads_here = |before: Option<&str>| before.is_none_or(|before| [module, "self", "super"].contains(&before));
    files.iter().enumerate().filter(|(other, _)| packages.are_together(*other, number)).any(|(other, file)| {
        let by_import = file.declared.imports.iter().any(|brought| {
            let (last, before) = brought
                .path
                .split_last()
                .map_or((None, None), |(last, before)| (Some(last.as_str()), before.last().map(String::as_str)));
            let is_itself = other == number && brought.item == import.item;
            // A child module's `super::*` takes what its parent has.
            !is_itself && (last == Some("*") || last == Some(import.name.as_str())) && leads_here(before)
        });
        by_import || has_path(&file.trees, module, &import.name)
    })
}

/// Whether the module that an import stands in can be named from other crates: by `pub mod` all the way, as far as the files
/// are there that would say so.
fn is_public(number: usize, import: &Import, files: &[RustFile], packages: &Packages) -> bool {
    let Some(module) = packages.module(number) else { return true };
    let says_so = |file: &RustFile, name: &str| {
        let mut declared =
            file.trees.windows(3).filter(|words| words[1].is_word("mod") && words[2].word() == Some(name));
        declared.any(|words| words[0].is_word("pub"))
    };
    let is_public = (0..module.len()).all(|depth| {
        let parents = files.iter().enumerate().filter(|(other, _)| {
            packages.are_together(*other, number) && packages.module(*other) == Some(&module[..depth])
        });
        let parents: Vec<&RustFile> = parents.map(|(_, file)| file).collect();
        parents.is_empty() || parents.iter().any(|file| says_so(file, &module[depth]))
    });
    is_public && import.modules.is_empty()
}

/// Whether a path in an expression or a type goes through a module to a name.
fn has_path(trees: &[Tree], module: &str, name: &str) -> bool {
    let here = trees.windows(4).any(|path| {
        let leads_here = [module, "self", "super"].iter().any(|before| path[0].word() == Some(before));
        leads_here && path[1].is_mark(':') && path[2].is_mark(':') && path[3].word() == Some(name)
    });
    here || trees.iter().any(|tree| matches!(&tree.kind, Kind::Group(_, inner) if has_path(inner, module, name)))
}
