//! Attributes: `#[path]`, `#[path = value]`, `#[path(a, b = value, c(…))]`.

use std::ops::Range;

use proc_macro2::Delimiter;

use super::token::{Kind, Tree, range_of, split_at_commas};

/// What stands in an attribute, or among its arguments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Meta {
    /// The path, with `::` between its parts; empty for what is none.
    pub path: String,
    /// Behind `=`: what a text says, and anything else as it is written.
    pub value: Option<String>,
    /// In parentheses.
    pub arguments: Vec<Meta>,
    /// Its bytes.
    pub range: Range<usize>,
}

impl Meta {
    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or_default()
    }
}

/// The attributes of something, those behind a condition among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes(pub Vec<Meta>);

impl Attributes {
    /// Adds what stands in the brackets of an attribute.
    pub(super) fn add(&mut self, text: &str, trees: &[Tree]) {
        for meta in metas(text, trees) {
            self.add_meta(meta);
        }
    }

    fn add_meta(&mut self, meta: Meta) {
        if meta.path == "cfg_attr" {
            // What holds under a condition is taken to hold.
            meta.arguments.into_iter().skip(1).for_each(|meta| self.add_meta(meta));
        } else {
            self.0.push(meta);
        }
    }

    /// The attributes of one path.
    pub(crate) fn of<'a>(&'a self, path: &str) -> impl Iterator<Item = &'a Meta> {
        self.0.iter().filter(move |meta| meta.path == path)
    }

    /// An argument of the attributes of one path: `table_name` of `diesel`.
    pub(crate) fn argument<'a>(&'a self, path: &str, name: &str) -> Option<&'a Meta> {
        self.of(path).flat_map(|meta| &meta.arguments).find(|argument| argument.path == name)
    }

    /// The value of an argument.
    pub(crate) fn value<'a>(&'a self, path: &str, name: &str) -> Option<&'a str> {
        self.argument(path, name)?.value.as_deref()
    }

    /// Whether there is such an argument.
    pub(crate) fn has(&self, path: &str, name: &str) -> bool {
        self.argument(path, name).is_some()
    }

    /// The derive macros.
    pub(crate) fn derives(&self) -> impl Iterator<Item = &Meta> {
        self.of("derive").flat_map(|meta| &meta.arguments)
    }

    /// Whether a derive macro of that name is among them, by whatever path.
    pub(crate) fn derives_any(&self, names: &[&str]) -> bool {
        self.derives().any(|meta| names.contains(&meta.name()))
    }

    /// Whether it is compiled for tests alone.
    pub(crate) fn is_for_tests(&self) -> bool {
        self.of("cfg").any(|meta| meta.arguments.iter().any(|argument| argument.path == "test"))
    }
}

/// The parts between commas.
fn metas(text: &str, trees: &[Tree]) -> Vec<Meta> {
    split_at_commas(trees).into_iter().map(|part| meta(text, part)).collect()
}

fn meta(text: &str, trees: &[Tree]) -> Meta {
    let mut out = Meta { range: range_of(trees).unwrap_or_default(), ..Meta::default() };
    for (at, tree) in trees.iter().enumerate() {
        match &tree.kind {
            Kind::Word(_) => out.path.push_str(tree.word().unwrap_or_default()),
            Kind::Mark(':') => out.path.push(':'),
            Kind::Mark('=') => {
                out.value = value(text, &trees[at + 1..]);
                break;
            }
            Kind::Group(Delimiter::Parenthesis, inner) => {
                out.arguments = metas(text, inner);
                break;
            }
            _ => break,
        }
    }
    out
}

fn value(text: &str, trees: &[Tree]) -> Option<String> {
    if let [Tree { kind: Kind::Literal(literal), .. }] = trees
        && let Ok(literal) = syn::parse_str::<syn::LitStr>(literal)
    {
        return Some(literal.value());
    }
    Some(text.get(range_of(trees)?)?.to_owned())
}
