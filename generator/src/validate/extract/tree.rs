//! What the readers of syntax trees share.

use std::collections::BTreeMap;

use tree_sitter::{Language as Syntax, Node, Parser, Tree};

use super::{Argument, Callee, Extract, Found, Text, note};
use crate::config::Target;

/// How far a name is followed to what it stands for, and an expression into its parts.
pub(super) const DEPTH: usize = 64;

/// What is particular to a language.
pub(super) trait Reading {
    /// What a node calls, and the arguments that it hands over.
    fn call<'t>(&self, node: Node<'t>, source: &str) -> Option<(Callee, Vec<Node<'t>>)>;

    /// The name that a node gives to an expression.
    fn named<'t>(&self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)>;

    /// The text that an expression is, if it is one as it stands.
    fn text(&self, node: Node<'_>, reader: &Reader<'_, '_>, depth: usize) -> Option<Text>;
}

/// A file's tree, and what its names stand for.
pub(super) struct Reader<'r, 't> {
    pub(super) source: &'r str,
    reading: &'r dyn Reading,
    /// What is given a name; nothing for a name that is given to several things.
    named: BTreeMap<&'r str, Option<Node<'t>>>,
}

impl<'r> Reader<'r, '_> {
    pub(super) fn written(&self, node: Node<'_>) -> &'r str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    /// The text that an expression is; a name is followed to what it stands for.
    pub(super) fn text(&self, node: Node<'_>, depth: usize) -> Option<Text> {
        let depth = depth.checked_sub(1)?;
        if node.kind() == "identifier" {
            let named = self.named.get(self.written(node)).copied().flatten()?;
            return self.text(named, depth);
        }
        self.reading.text(node, self, depth)
    }

    /// Two texts, the one behind the other.
    pub(super) fn joined(&self, left: Option<Node<'_>>, right: Option<Node<'_>>, depth: usize) -> Option<Text> {
        let mut text = self.text(left?, depth)?;
        text.append(self.text(right?, depth)?);
        Some(text)
    }
}

/// Reads a file.
pub(super) fn extract(source: &str, syntax: &Syntax, reading: &dyn Reading, targets: &[&Target]) -> Extract {
    let unread = |why: &str| Extract { found: Vec::new(), unread: Some(why.to_owned()) };
    let mut parser = Parser::new();
    if parser.set_language(syntax).is_err() {
        return unread("there is no parser for it");
    }
    let Some(tree) = parser.parse(source, None) else { return unread("the parser gave up") };
    let mut reader = Reader { source, reading, named: BTreeMap::new() };
    each(&tree, |node| {
        if let Some((name, value)) = reading.named(node) {
            let name = source.get(name.byte_range()).unwrap_or_default();
            reader.named.entry(name).and_modify(|known| *known = None).or_insert(Some(value));
        }
    });
    let mut found: Vec<Found> = Vec::new();
    let is_target = |node| reading.call(node, source).is_some_and(|(callee, _)| !callee.targets(targets).is_empty());
    each(&tree, |node| {
        let Some((callee, arguments)) = reading.call(node, source) else { return };
        for target in callee.targets(targets) {
            let Some(argument) = arguments.get(target.argument) else { continue };
            let seen = if is_target(*argument) {
                Argument::Target
            } else {
                reader.text(*argument, DEPTH).map_or(Argument::Built, Argument::Text)
            };
            note(&mut found, target, &callee, argument.start_byte(), seen);
        }
    });
    let mut first_error = None;
    if tree.root_node().has_error() {
        each(&tree, |node| {
            if (node.is_error() || node.is_missing()) && first_error.is_none() {
                first_error = Some(node.start_position().row + 1);
            }
        });
    }
    let unread = first_error.map(|line| format!("it is not understood from line {line} on, as far as that goes"));
    Extract { found, unread }
}

/// Goes over all nodes, each before those within it.
fn each<'t>(tree: &'t Tree, mut visit: impl FnMut(Node<'t>)) {
    let mut cursor = tree.walk();
    loop {
        visit(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// The children of a node that are no punctuation and no comments.
pub(super) fn parts<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}
