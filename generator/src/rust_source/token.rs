//! Tokens and where they stand.

use std::ops::Range;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A token with the bytes that it takes, or tokens in brackets.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// From its first byte to behind its last one.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A name or keyword; a raw one has its `r#`.
    Word(String),
    /// A sign.
    Mark(char),
    /// A text, number or character, as it is written.
    Literal(String),
    /// A comment that documents something.
    Doc,
    /// What stands in brackets.
    Group(Delimiter, Vec<Tree>),
}

impl Tree {
    /// The name, without `r#`.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word.strip_prefix("r#").unwrap_or(word)),
            _ => None,
        }
    }

    /// Whether it is this keyword; a raw name is none.
    pub(crate) fn is_word(&self, wanted: &str) -> bool {
        matches!(&self.kind, Kind::Word(word) if word == wanted)
    }

    pub(crate) fn is_mark(&self, wanted: char) -> bool {
        matches!(self.kind, Kind::Mark(mark) if mark == wanted)
    }

    /// What stands in brackets of one kind.
    pub(crate) fn group(&self, wanted: Delimiter) -> Option<&[Tree]> {
        match &self.kind {
            Kind::Group(delimiter, inner) if *delimiter == wanted => Some(inner),
            _ => None,
        }
    }
}

/// The bytes from the first to the last of some tokens.
pub(crate) fn range_of(trees: &[Tree]) -> Option<Range<usize>> {
    Some(trees.first()?.range.start..trees.last()?.range.end)
}

/// The trees between commas that stand in no angle brackets.
pub(crate) fn split_at_commas(trees: &[Tree]) -> Vec<&[Tree]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, tree) in trees.iter().enumerate() {
        let is_arrow = at > 0 && trees[at - 1].is_mark('-') && trees[at - 1].range.end == tree.range.start;
        match tree.kind {
            Kind::Mark('<') => depth += 1,
            Kind::Mark('>') if !is_arrow => depth -= 1,
            Kind::Mark(',') if depth <= 0 => {
                parts.push(&trees[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&trees[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Takes a text apart.
///
/// # Errors
/// What is wrong with it, where it is no Rust.
pub(crate) fn trees(text: &str) -> Result<Vec<Tree>, String> {
    let mut cursor = Cursor { text, at: 0 };
    if text.starts_with('\u{feff}') {
        cursor.at = '\u{feff}'.len_utf8();
    }
    // A line that names an interpreter is no Rust.
    let rest = cursor.rest();
    if rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[') {
        cursor.at += rest.find('\n').unwrap_or(rest.len());
    }
    let tokens = TokenStream::from_str(cursor.rest()).map_err(|error| format!("it is not Rust: {error}"))?;
    syn::parse2::<syn::File>(tokens.clone()).map_err(|error| format!("it is not Rust: {error}"))?;
    place(tokens, &mut cursor).ok_or_else(|| format!("it cannot be read from byte {} on", cursor.at))
}

/// A way through a text.
struct Cursor<'s> {
    text: &'s str,
    at: usize,
}

/// Finds the places of tokens, which stand in the text in their order with nothing but blanks and comments between them.
fn place(tokens: TokenStream, cursor: &mut Cursor<'_>) -> Option<Vec<Tree>> {
    let mut trees = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        cursor.skip_blanks();
        let start = cursor.at;
        let kind = if let Some(is_inner) = cursor.skip_documentation() {
            // The parser has made an attribute of it: `#`, `!` for an inner one, and brackets.
            let more = if is_inner { 2 } else { 1 };
            for _ in 0..more {
                tokens.next()?;
            }
            Kind::Doc
        } else {
            match token {
                TokenTree::Group(group) => {
                    cursor.at += 1;
                    let inner = place(group.stream(), cursor)?;
                    cursor.skip_blanks();
                    cursor.at += 1;
                    Kind::Group(group.delimiter(), inner)
                }
                TokenTree::Ident(word) => Kind::Word(cursor.take(word.to_string())?),
                TokenTree::Literal(literal) => Kind::Literal(cursor.take(literal.to_string())?),
                TokenTree::Punct(mark) => {
                    cursor.take(mark.as_char().to_string())?;
                    Kind::Mark(mark.as_char())
                }
            }
        };
        trees.push(Tree { range: start..cursor.at, kind });
    }
    Some(trees)
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, token: String) -> Option<String> {
        self.rest().starts_with(&token).then(|| {
            self.at += token.len();
            token
        })
    }

    /// Over blanks, and over comments that document nothing.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start().len();
            let is_documentation = is_documentation(rest);
            if blanks > 0 {
                self.at += blanks;
            } else if rest.starts_with("//") && is_documentation.is_none() {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") && is_documentation.is_none() {
                self.at += block_comment(rest);
            } else {
                return;
            }
        }
    }

    /// Over a comment that documents something; whether it documents what it stands in.
    fn skip_documentation(&mut self) -> Option<bool> {
        let rest = self.rest();
        let is_inner = is_documentation(rest)?;
        if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            self.at += rest[..end].trim_end_matches('\r').len();
        } else {
            self.at += block_comment(rest);
        }
        Some(is_inner)
    }
}

/// How long the comment in `/*` and `*/` is that a text begins with, with those within it; to the end where it is not closed.
pub(crate) fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += c.len_utf8();
        }
    }
    at
}

/// Whether a comment that a text begins with documents something, and then, whether that is what it stands in. See "Comments"
/// in the Rust Reference.
fn is_documentation(text: &str) -> Option<bool> {
    let is_outer = text.starts_with("///") && !text.starts_with("////")
        || text.starts_with("/**") && !text.starts_with("/***") && !text.starts_with("/**/");
    let is_inner = text.starts_with("//!") || text.starts_with("/*!");
    (is_outer || is_inner).then_some(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<'t>(text: &'t str, trees: &[Tree], out: &mut Vec<&'t str>) {
        for tree in trees {
            match &tree.kind {
                Kind::Group(_, inner) => {
                    out.push(&text[tree.range.start..=tree.range.start]);
                    written(text, inner, out);
                    out.push(&text[tree.range.end - 1..tree.range.end]);
                }
                _ => out.push(&text[tree.range.clone()]),
            }
        }
    }

    #[test]
    fn every_token_has_its_bytes() {
        let text = "\u{feff}#!/usr/bin/env run\n//! Inner.\r\n/* a /* b */ */ /// Outer \"ü\".\n#[a(b = \"x\\\"y\")] // no\n\
                    pub struct S<'a> { /** Block. */ r#type: &'a str, //// no\n n: [u8; 0x1F] }\n\
                    fn f() { /*! in */ let x = -1.5e3; r##\"raw \"# \"##; b'\\''; /**/ '\\u{41}'; c\"z\"; x..=x }\n// end";
        let trees = trees(text).unwrap();
        let mut out = Vec::new();
        written(text, &trees, &mut out);
        let expected = [
            "//! Inner.",
            "/// Outer \"ü\".",
            "#",
            "[",
            "a",
            "(",
            "b",
            "=",
            "\"x\\\"y\"",
            ")",
            "]",
            "pub",
            "struct",
            "S",
            "<",
            "'",
            "a",
            ">",
            "{",
            "/** Block. */",
            "r#type",
            ":",
            "&",
            "'",
            "a",
            "str",
            ",",
            "n",
            ":",
            "[",
            "u8",
            ";",
            "0x1F",
            "]",
            "}",
            "fn",
            "f",
            "(",
            ")",
            "{",
            "/*! in */",
            "let",
            "x",
            "=",
            "-",
            "1.5e3",
            ";",
            "r##\"raw \"# \"##",
            ";",
            "b'\\''",
            ";",
            "'\\u{41}'",
            ";",
            "c\"z\"",
            ";",
            "x",
            ".",
            ".",
            "=",
            "x",
            "}",
        ];
        assert_eq!(out, expected);
    }

    #[test]
    fn what_is_no_rust_is_told() {
        for text in ["fn f( {", "struct", "\"open", "/* open", "fn f() { ] }"] {
            assert!(trees(text).unwrap_err().starts_with("it is not Rust: "), "{text}");
        }
        assert!(trees("").unwrap().is_empty() && trees("#!/bin/sh").unwrap().is_empty());
    }
}
