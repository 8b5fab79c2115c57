//! Texts as they are written in source, read with the place of every byte.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::{Grammar, Text};

/// What stands between the quotes, read as the language reads it; `None` where an escape is none.
pub(super) fn escaped(source: &str, range: Range<usize>, grammar: Grammar) -> Option<Text> {
    let mut text = Text::default();
    let start = range.start;
    let mut chars = source.get(range)?.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            escape(&mut text, start + at, &mut chars, grammar)?;
        } else {
            text.push(c, start + at);
        }
    }
    Some(text)
}

/// What stands between quotes where nothing is escaped.
pub(super) fn raw(source: &str, range: Range<usize>) -> Option<Text> {
    let mut text = Text::default();
    for (at, c) in source.get(range.clone())?.char_indices() {
        text.push(c, range.start + at);
    }
    Some(text)
}

fn escape(text: &mut Text, at: usize, chars: &mut Peekable<CharIndices<'_>>, grammar: Grammar) -> Option<()> {
    let (_, c) = chars.next()?;
    let is_python = grammar == Grammar::Python;
    let plain = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\\' | '\'' | '"' => c,
        '\n' if grammar == Grammar::Rust => {
            while chars.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
            return Some(());
        }
        '\n' => return Some(()),
        'x' => hexadecimal(chars, 2)?,
        'u' if chars.next_if(|(_, c)| *c == '{').is_some() => {
            let mut digits = String::new();
            loop {
                match chars.next()?.1 {
                    '}' => break,
                    '_' => {}
                    digit => digits.push(digit),
                }
            }
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
        }
        'u' => hexadecimal(chars, 4)?,
        'U' if is_python => hexadecimal(chars, 8)?,
        'N' if is_python => return None,
        'a' if is_python => '\u{7}',
        'b' if grammar != Grammar::Rust => '\u{8}',
        'f' if grammar != Grammar::Rust => '\u{c}',
        'v' if grammar != Grammar::Rust => '\u{b}',
        '0'..='7' => {
            let mut value = c.to_digit(8)?;
            while is_python && value < 0o100 {
                let Some((_, digit)) = chars.next_if(|(_, c)| c.is_digit(8)) else { break };
                value = value * 8 + digit.to_digit(8)?;
            }
            char::from_u32(value)?
        }
        // Python leaves what it does not know as it is.
        other if is_python => {
            text.push('\\', at);
            other
        }
        other => other,
    };
    text.push(plain, at);
    Some(())
}

fn hexadecimal(chars: &mut Peekable<CharIndices<'_>>, digits: usize) -> Option<char> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + chars.next()?.1.to_digit(16)?;
    }
    char::from_u32(value)
}
