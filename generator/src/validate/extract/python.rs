//! Calls in Python.

use tree_sitter::Node;

use super::tree::{self, Reader, Reading, parts};
use super::{Callee, Extract, Grammar, Text, literal};
use crate::config::Target;

pub(super) fn extract(source: &str, targets: &[&Target]) -> Extract {
    tree::extract(source, &tree_sitter_python::LANGUAGE.into(), &Python, targets)
}

struct Python;

impl Reading for Python {
    fn call<'t>(&self, node: Node<'t>, source: &str) -> Option<(Callee, Vec<Node<'t>>)> {
        if node.kind() != "call" {
            return None;
        }
        let function = node.child_by_field_name("function")?;
        let is_method = function.kind() == "attribute";
        let path = path(function, source)?;
        let arguments = node.child_by_field_name("arguments")?;
        // What is handed over by name has no position.
        let arguments = parts(arguments).into_iter().filter(|argument| argument.kind() != "keyword_argument").collect();
        Some((Callee { path, is_method, is_macro: false }, arguments))
    }

    fn named<'t>(&self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        if node.kind() != "assignment" {
            return None;
        }
        let name = node.child_by_field_name("left").filter(|name| name.kind() == "identifier")?;
        Some((name, node.child_by_field_name("right")?))
    }

    fn text(&self, node: Node<'_>, reader: &Reader<'_, '_>, depth: usize) -> Option<Text> {
        match node.kind() {
            "string" => string(node, reader),
            "concatenated_string" => {
                let mut text = Text::default();
                for part in parts(node) {
                    text.append(string(part, reader)?);
                }
                Some(text)
            }
            "parenthesized_expression" => reader.text(*parts(node).first()?, depth),
            "binary_operator" if node.child_by_field_name("operator")?.kind() == "+" => {
                reader.joined(node.child_by_field_name("left"), node.child_by_field_name("right"), depth)
            }
            // What libraries put a text into, to say that it is SQL.
            "call" => {
                let (callee, arguments) = self.call(node, reader.source)?;
                let wraps = callee.path.last().is_some_and(|name| ["SQL", "dedent", "text"].contains(&name.as_str()));
                match arguments.as_slice() {
                    [argument] if wraps => reader.text(*argument, depth),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The names of `a.b.c`; of what is computed, only the last one.
fn path(node: Node<'_>, source: &str) -> Option<Vec<String>> {
    let mut path = Vec::new();
    let mut at = node;
    loop {
        let name = if at.kind() == "attribute" { at.child_by_field_name("attribute")? } else { at };
        if name.kind() != "identifier" {
            break;
        }
        path.insert(0, source.get(name.byte_range())?.to_owned());
        if at.kind() != "attribute" {
            break;
        }
        at = at.child_by_field_name("object")?;
    }
    (!path.is_empty()).then_some(path)
}

/// A text in quotes, with nothing put into it.
fn string(node: Node<'_>, reader: &Reader<'_, '_>) -> Option<Text> {
    let children = (0..node.child_count()).filter_map(|at| node.child(at)).collect::<Vec<_>>();
    let (start, end) = (children.first()?, children.last()?);
    if children.iter().any(|child| child.kind() == "interpolation") {
        return None;
    }
    let opening = reader.written(*start).to_ascii_lowercase();
    let range = start.end_byte()..end.start_byte();
    let text = if opening.contains('b') {
        return None;
    } else if opening.contains('r') {
        literal::raw(reader.source, range)
    } else {
        literal::escaped(reader.source, range, Grammar::Python)
    }?;
    Some(if opening.contains('f') { without_doubled_braces(text) } else { text })
}

/// In a formatted text, a brace is written twice.
fn without_doubled_braces(text: Text) -> Text {
    let mut out = Text::default();
    let mut chars = text.value.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if matches!(c, '{' | '}') {
            chars.next_if(|(_, next)| *next == c);
        }
        out.push(c, text.offsets[at]);
    }
    out
}
