//! Calls in TypeScript and JavaScript.

use tree_sitter::Node;

use super::tree::{self, Reader, Reading, parts};
use super::{Callee, Extract, Grammar, Text, literal};
use crate::config::Target;

pub(super) fn extract(source: &str, has_elements: bool, targets: &[&Target]) -> Extract {
    let syntax =
        if has_elements { tree_sitter_typescript::LANGUAGE_TSX } else { tree_sitter_typescript::LANGUAGE_TYPESCRIPT };
    tree::extract(source, &syntax.into(), &Typescript, targets)
}

struct Typescript;

impl Reading for Typescript {
    fn call<'t>(&self, node: Node<'t>, source: &str) -> Option<(Callee, Vec<Node<'t>>)> {
        if node.kind() != "call_expression" {
            return None;
        }
        let mut function = node.child_by_field_name("function")?;
        // `await f<T>(x)` is read as a call of `await f`.
        while matches!(function.kind(), "await_expression" | "instantiation_expression" | "non_null_expression") {
            function = *parts(function).first()?;
        }
        let is_method = function.kind() == "member_expression";
        let path = path(function, source)?;
        let arguments = node.child_by_field_name("arguments")?;
        // A template behind a name is handed to the function of that name.
        let arguments = if arguments.kind() == "template_string" { vec![arguments] } else { parts(arguments) };
        Some((Callee { path, is_method, is_macro: false }, arguments))
    }

    fn named<'t>(&self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        if node.kind() != "variable_declarator" {
            return None;
        }
        let name = node.child_by_field_name("name").filter(|name| name.kind() == "identifier")?;
        Some((name, node.child_by_field_name("value")?))
    }

    fn text(&self, node: Node<'_>, reader: &Reader<'_, '_>, depth: usize) -> Option<Text> {
        match node.kind() {
            "template_string" if parts(node).iter().any(|part| part.kind() == "template_substitution") => None,
            "string" | "template_string" => {
                literal::escaped(reader.source, node.start_byte() + 1..node.end_byte() - 1, Grammar::Typescript)
            }
            "parenthesized_expression" | "as_expression" | "satisfies_expression" | "non_null_expression" => {
                reader.text(*parts(node).first()?, depth)
            }
            "binary_expression" if node.child_by_field_name("operator")?.kind() == "+" => {
                reader.joined(node.child_by_field_name("left"), node.child_by_field_name("right"), depth)
            }
            _ => None,
        }
    }
}

/// The names of `a.b.c`; of what is computed, only the last ones.
fn path(node: Node<'_>, source: &str) -> Option<Vec<String>> {
    let mut path = Vec::new();
    let mut at = node;
    loop {
        let is_member = at.kind() == "member_expression";
        let name = if is_member { at.child_by_field_name("property")? } else { at };
        if !matches!(name.kind(), "identifier" | "property_identifier" | "private_property_identifier" | "this") {
            break;
        }
        path.insert(0, source.get(name.byte_range())?.to_owned());
        if !is_member {
            break;
        }
        at = at.child_by_field_name("object")?;
    }
    (!path.is_empty()).then_some(path)
}
