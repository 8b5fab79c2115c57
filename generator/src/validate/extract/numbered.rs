//! Rust whose texts are numbered, so that they are known again when it is parsed.
//!
//! The parser could keep the place of every token, but that is a feature that the whole program would have to be built with,
//! and it makes the parsing of generated sources, which need none, take half as long again.

use std::ops::Range;

use super::{Grammar, Text, literal};
use crate::rust_source::token::block_comment;

/// A file of Rust with a number in place of each text.
pub(super) struct Numbered<'s> {
    source: &'s str,
    /// What the parser is given.
    pub(super) readable: String,
    /// Between the quotes of each text, and whether nothing is escaped there.
    texts: Vec<(Range<usize>, bool)>,
    /// The bytes behind the opening parentheses, in order.
    pub(super) parentheses: Vec<usize>,
}

/// What a numbered text begins with.
const MARK: char = '#';

impl<'s> Numbered<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let mut scan = Scan { source, at: 0 };
        let mut numbered = Self { source, readable: String::new(), texts: Vec::new(), parentheses: Vec::new() };
        // A byte order mark, and a line that names an interpreter, are no Rust.
        let has_interpreter = |text: &str| text.starts_with("#!") && !text[2..].trim_start().starts_with('[');
        scan.at = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if has_interpreter(scan.rest()) {
            scan.at += scan.rest().find('\n').unwrap_or(scan.rest().len());
        }
        while let Some(c) = scan.peek() {
            let start = scan.at;
            match scan.token(c) {
                Token::Text { inner, is_raw } => {
                    numbered.readable.push_str(&format!("\"{MARK}{}\"", numbered.texts.len()));
                    numbered.texts.push((inner, is_raw));
                }
                Token::Other => numbered.readable.push_str(&source[start..scan.at]),
            }
            if c == '(' {
                numbered.parentheses.push(scan.at);
            }
        }
        numbered
    }

    /// The text that the parser knows by its number.
    pub(super) fn text(&self, value: &str) -> Option<Text> {
        let number: usize = value.strip_prefix(MARK)?.parse().ok()?;
        let (range, is_raw) = self.texts.get(number)?.clone();
        if is_raw { literal::raw(self.source, range) } else { literal::escaped(self.source, range, Grammar::Rust) }
    }
}

enum Token {
    Text { inner: Range<usize>, is_raw: bool },
    Other,
}

/// A way through a source from token to token, as far as they can hold quotes and parentheses.
struct Scan<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Scan<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn token(&mut self, first: char) -> Token {
        let rest = self.rest();
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            self.at += block_comment(rest);
        } else if first == '"' {
            return Token::Text { inner: self.escaped(), is_raw: false };
        } else if first == '\'' {
            self.quote();
        } else if first.is_alphabetic() || first == '_' {
            return self.word();
        } else if first.is_ascii_digit() {
            // The letters of a number are no word.
            self.at += rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        } else {
            self.at += first.len_utf8();
        }
        Token::Other
    }

    /// Over a text in which characters are escaped, from its quote on; what stands between the quotes.
    fn escaped(&mut self) -> Range<usize> {
        self.at += 1;
        let start = self.at;
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            if c == '"' {
                return start..self.at - 1;
            }
            if c == '\\' {
                self.at += self.peek().map_or(0, char::len_utf8);
            }
        }
        start..self.at
    }

    /// Over a character or a lifetime.
    fn quote(&mut self) {
        self.at += 1;
        let mut chars = self.rest().chars();
        match (chars.next(), chars.next()) {
            (Some('\\'), Some(escaped)) => {
                self.at += 1 + escaped.len_utf8();
                self.at += self.rest().find('\'').map_or(0, |end| end + 1);
            }
            (Some(c), Some('\'')) => self.at += c.len_utf8() + 1,
            _ => {}
        }
    }

    /// Over a word, and over what it may be the prefix of.
    fn word(&mut self) -> Token {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let hashes = behind.bytes().take_while(|byte| *byte == b'#').count();
        let is_raw = matches!(word, "r" | "br" | "cr") && behind[hashes..].starts_with('"');
        if is_raw {
            let start = self.at + end + hashes + 1;
            let closing = format!("\"{}", "#".repeat(hashes));
            let length = self.source[start..].find(&closing).unwrap_or(self.source.len() - start);
            self.at = (start + length + closing.len()).min(self.source.len());
            if word == "r" {
                return Token::Text { inner: start..start + length, is_raw };
            }
        } else {
            self.at += end;
            match (word, behind.chars().next()) {
                ("b" | "c", Some('"')) => drop(self.escaped()),
                ("b", Some('\'')) => self.quote(),
                _ => {}
            }
        }
        Token::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_all_that_looks_like_them() {
        let source = "fn f<'a>(x: &'a str) { // \"no\"\n /* \"no\" /* \"no\" */ \"no\" */ g('\"', b'\"', '\\'', '\\u{41}', \"one\\\"\", \
                      r#\"two\"\"#, b\"no\", br##\"no\"#\"##, c\"no\", r#type, 1u8, \"drei ü\") }";
        let numbered = Numbered::new(source);
        let texts: Vec<_> = (0..numbered.texts.len())
            .map(|number| numbered.text(&format!("#{number}")).map(|text| text.value).unwrap_or_default())
            .collect();
        assert_eq!(texts, ["one\"", "two\"", "drei ü"]);
        assert!(numbered.readable.contains("\"#0\", \"#1\", b\"no\", br##\"no\"#\"##, c\"no\", r#type, 1u8, \"#2\")"));
        assert_eq!(numbered.parentheses.len(), 2);
        assert!(numbered.text("#3").is_none() && numbered.text("one").is_none());
    }

    #[test]
    fn what_does_not_end_ends_with_the_file() {
        for source in ["\"", "r#\"", "/*", "'", "b\"\\", "'\\", "\u{feff}#!x", "r", "(\"ü"] {
            Numbered::new(source);
        }
    }
}
