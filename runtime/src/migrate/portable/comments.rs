//! `-- …` comments and what they stand by.
//!
//! A comment above a table, a view or a column, without an empty line between them, describes it; so does one behind a
//! column on the same line. All other comments, and those between `/*` and `*/`, are for the readers of the file.

use std::collections::BTreeMap;

use sqlparser::tokenizer::{Token, TokenWithSpan, Whitespace};

/// A comment's text and whether nothing but the comment stands on its line.
#[derive(Debug)]
struct Comment {
    text: String,
    is_alone: bool,
}

/// The comments of a file, by line.
#[derive(Debug, Default)]
pub(super) struct Comments {
    lines: BTreeMap<u64, Comment>,
}

/// The lines that a part of a statement goes over, from the first to the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    pub(super) first: u64,
    pub(super) last: u64,
    /// Whether another part starts on the last line, to which a comment behind it would belong.
    pub(super) shares_last: bool,
}

impl Comments {
    pub(super) fn of(tokens: &[TokenWithSpan]) -> Self {
        let mut lines = BTreeMap::new();
        let mut last_code = 0;
        for token in tokens {
            match &token.token {
                Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) => {
                    let line = token.span.start.line;
                    let text = comment.trim().to_owned();
                    if !text.starts_with("tablature:") {
                        lines.insert(line, Comment { text, is_alone: line != last_code });
                    }
                }
                Token::Whitespace(Whitespace::MultiLineComment(_)) => last_code = token.span.end.line,
                Token::Whitespace(_) => {}
                _ => last_code = token.span.end.line,
            }
        }
        Self { lines }
    }

    /// What stands directly above a line.
    pub(super) fn above(&self, line: u64) -> Option<String> {
        let mut texts = Vec::new();
        for line in (1..line).rev() {
            match self.lines.get(&line) {
                Some(comment) if comment.is_alone => texts.push(comment.text.as_str()),
                _ => break,
            }
        }
        texts.reverse();
        joined(texts)
    }

    /// What stands behind the code on a line.
    pub(super) fn behind(&self, line: u64) -> Option<String> {
        self.lines.get(&line).filter(|comment| !comment.is_alone).and_then(|comment| joined(vec![&comment.text]))
    }

    /// What describes a part of a statement.
    pub(super) fn of_part(&self, part: Lines) -> Option<String> {
        let behind = if part.shares_last { None } else { self.behind(part.last) };
        let texts: Vec<String> = self.above(part.first).into_iter().chain(behind).collect();
        joined(texts.iter().map(String::as_str).collect())
    }
}

/// The lines of each part of a list in parentheses, the outermost ones of a statement, by the place of its first token.
pub(super) fn parts(statement: &[TokenWithSpan]) -> BTreeMap<(u64, u64), Lines> {
    let mut parts: Vec<((u64, u64), Lines)> = Vec::new();
    let mut depth = 0_usize;
    let mut starts = false;
    for token in statement.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))) {
        let (start, end) = (token.span.start, token.span.end);
        match token.token {
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Comma if depth == 1 => starts = true,
            _ if depth >= 1 && (starts || parts.is_empty()) => {
                if let Some((_, before)) = parts.last_mut() {
                    before.shares_last = before.last == start.line;
                }
                let lines = Lines { first: start.line, last: end.line, shares_last: false };
                parts.push(((start.line, start.column), lines));
                starts = false;
            }
            _ => {}
        }
        if depth >= 1
            && let Some((_, lines)) = parts.last_mut()
        {
            lines.last = end.line;
        }
        if token.token == Token::LParen {
            depth += 1;
        }
    }
    parts.into_iter().collect()
}

/// One text from lines: an empty line parts two paragraphs.
fn joined(lines: Vec<&str>) -> Option<String> {
    let paragraphs: Vec<String> =
        lines.split(|line| line.is_empty()).filter(|p| !p.is_empty()).map(|p| p.join(" ")).collect();
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}
