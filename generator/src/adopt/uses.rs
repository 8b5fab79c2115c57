//! What the sources do with a type, as far as its tokens show.

use crate::rust_source::RustFile;
use crate::rust_source::token::{Kind, Tree};

/// Whether values of a key or an enumeration, or of a field that holds one, are handed to a driver: the crate's own types are
/// parameters of the runtime, and none of sqlx. `fields` are the names of such fields.
pub(super) fn is_bound(files: &[RustFile], name: &str, fields: &[String]) -> bool {
    let variables: Vec<String> = files.iter().flat_map(|file| variables_of(&file.trees, name)).collect();
    let is_one = |word: &str| word == name || [fields, &variables].iter().any(|list| list.iter().any(|f| f == word));
    files.iter().any(|file| {
        any_call(&file.trees, &["bind", "push_bind", "add"], &|arguments| {
            // `.bind(id.0)` hands on what is inside.
            let last = arguments.iter().rev().find(|tree| !tree.is_mark(','));
            let takes_inside = matches!(last.map(|tree| &tree.kind), Some(Kind::Literal(number)) if number == "0");
            !takes_inside && words(arguments).iter().any(|word| is_one(word))
        })
    })
}

/// Whether a type is what a query of sqlx's gives by itself, as in `query_scalar::<_, BookId>`.
pub(super) fn is_read_alone(files: &[RustFile], name: &str) -> bool {
    files.iter().any(|file| after_query(&file.trees, name))
}

/// Whether a macro of sqlx's makes a row, as in `query_as!(Book, …)`: it makes every field of what the column is by itself.
pub(super) fn is_made_by_macro(files: &[RustFile], name: &str) -> bool {
    files.iter().any(|file| {
        any_call(&file.trees, &["query_as", "query_as_unchecked", "query_file_as"], &|arguments| {
            arguments.iter().take_while(|tree| !tree.is_mark(',')).any(|tree| tree.word() == Some(name))
        })
    })
}

/// Whether a trait of that name is declared in the sources.
pub(super) fn is_own_trait(files: &[RustFile], name: &str) -> bool {
    fn declares(trees: &[Tree], name: &str) -> bool {
        let here = trees.windows(2).any(|pair| pair[0].is_word("trait") && pair[1].word() == Some(name));
        here || trees.iter().any(|tree| matches!(&tree.kind, Kind::Group(_, inner) if declares(inner, name)))
    }
    files.iter().any(|file| declares(&file.trees, name))
}

/// Names that are declared to be of a type: `id: BookId`, also behind a reference.
fn variables_of(trees: &[Tree], name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        if let Kind::Group(_, inner) = &tree.kind {
            out.extend(variables_of(inner, name));
        }
        let (Some(word), Some(colon)) = (tree.word(), trees.get(at + 1)) else { continue };
        let is_path = trees.get(at + 2).is_some_and(|next| next.is_mark(':'));
        if colon.is_mark(':') && !is_path {
            let rest = trees[at + 2..].iter().take_while(|tree| !tree.is_mark(',') && !tree.is_mark('='));
            if rest.take(8).any(|tree| tree.word() == Some(name)) {
                out.push(word.to_owned());
            }
        }
    }
    out
}

/// Whether there is a call, or a macro, of one of some names whose arguments are as asked.
fn any_call(trees: &[Tree], names: &[&str], is_meant: &dyn Fn(&[Tree]) -> bool) -> bool {
    trees.iter().enumerate().any(|(at, tree)| {
        let Kind::Group(_, inner) = &tree.kind else { return false };
        let before = at.checked_sub(1).and_then(|at| trees.get(at));
        let before = match before {
            Some(mark) if mark.is_mark('!') => at.checked_sub(2).and_then(|at| trees.get(at)),
            before => before,
        };
        let is_called = before.and_then(Tree::word).is_some_and(|word| names.contains(&word));
        is_called && is_meant(inner) || any_call(inner, names, is_meant)
    })
}

fn after_query(trees: &[Tree], name: &str) -> bool {
    trees.iter().enumerate().any(|(at, tree)| match &tree.kind {
        Kind::Group(_, inner) => after_query(inner, name),
        Kind::Word(word) if word.starts_with("query_scalar") || word == "try_get" || word == "get" => {
            let turbofish = trees[at + 1..].iter().take_while(|tree| !matches!(tree.kind, Kind::Group(..)));
            turbofish.into_iter().any(|tree| tree.word() == Some(name))
        }
        _ => false,
    })
}

fn words(trees: &[Tree]) -> Vec<String> {
    let mut out = Vec::new();
    for tree in trees {
        match &tree.kind {
            Kind::Word(_) => out.extend(tree.word().map(str::to_owned)),
            Kind::Group(_, inner) => out.extend(words(inner)),
            _ => {}
        }
    }
    out
}
