//! Gives the names in a file their short forms, and writes the `use` lines for them.

use std::collections::{BTreeMap, BTreeSet};

use super::model::way_to_root;
use super::names;
use super::types::{LocalType, TypeExpr};

/// Where a name comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Crate(&'static str),
    Local(LocalType),
}

/// The names that a file uses and does not define.
#[derive(Debug)]
pub(super) struct Imports<'a> {
    /// The schema whose module the file is in.
    schema: &'a str,
    /// Modules by schema; `None` is the root.
    modules: &'a BTreeMap<String, Option<String>>,
    /// Names that the file defines.
    own: BTreeSet<String>,
    /// What each short name stands for.
    short: BTreeMap<String, Origin>,
}

impl<'a> Imports<'a> {
    /// For a file in `schema`'s module that defines the names in `own`.
    pub(super) fn new(
        schema: &'a str,
        modules: &'a BTreeMap<String, Option<String>>,
        own: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { schema, modules, own: own.into_iter().collect(), short: BTreeMap::new() }
    }

    /// Imports a name of a crate, whatever else is written.
    pub(super) fn add(&mut self, from: &'static str, name: &'static str) {
        self.short.insert(name.to_owned(), Origin::Crate(from));
    }

    /// The text of a type, with what it names imported.
    pub(super) fn text(&mut self, expr: &TypeExpr) -> String {
        match expr {
            TypeExpr::Named { from: None, name } => (*name).to_owned(),
            TypeExpr::Named { from: Some(from), name } => {
                self.add(from, name);
                (*name).to_owned()
            }
            TypeExpr::Local(local) => self.local(local),
            TypeExpr::Apply(base, arguments) => {
                let base = self.text(base);
                let arguments: Vec<String> = arguments.iter().map(|argument| self.text(argument)).collect();
                format!("{base}<{}>", arguments.join(", "))
            }
            TypeExpr::Raw(text) => text.clone(),
        }
    }

    fn local(&mut self, local: &LocalType) -> String {
        if local.schema == self.schema && self.own.contains(&local.name) {
            return local.name.clone();
        }
        let origin = Origin::Local(local.clone());
        // Another schema's type of the same name is told apart by its schema.
        let schema = if local.schema.is_empty() { "Root".to_owned() } else { names::type_name(&local.schema) };
        let mut name = local.name.clone();
        while self.own.contains(&name) || self.short.get(&name).is_some_and(|taken| *taken != origin) {
            name = format!("{schema}{name}");
        }
        self.short.insert(name.clone(), origin);
        name
    }

    /// The `use` lines: crates first, then this crate, one line for each path. Those lead up from the file, so that the crate
    /// can also be a module of another.
    pub(super) fn lines(self) -> Vec<String> {
        let root = way_to_root(self.modules.get(self.schema).is_some_and(Option::is_some));
        let mut by_path: BTreeMap<(bool, String), BTreeSet<String>> = BTreeMap::new();
        for (short, origin) in &self.short {
            let (path, name) = match origin {
                Origin::Crate(path) => ((false, (*path).to_owned()), short.clone()),
                Origin::Local(local) => {
                    let path = if local.schema == self.schema {
                        "super".to_owned()
                    } else {
                        match self.modules.get(&local.schema) {
                            Some(Some(module)) => format!("{root}::{module}"),
                            _ => root.to_owned(),
                        }
                    };
                    let name = if *short == local.name { short.clone() } else { format!("{} as {short}", local.name) };
                    ((true, path), name)
                }
            };
            by_path.entry(path).or_default().insert(name);
        }
        by_path
            .into_iter()
            .map(|((_, path), names)| {
                let names: Vec<String> = names.into_iter().collect();
                match names.as_slice() {
                    [one] => format!("use {path}::{one};"),
                    _ => format!("use {path}::{{{}}};", names.join(", ")),
                }
            })
            .collect()
    }
}
