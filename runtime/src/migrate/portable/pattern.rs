//! Patterns of LIKE and SIMILAR TO, in the form in which each engine says the same.

use crate::table::Dialect;

/// A piece of a SIMILAR TO pattern: a set of characters, as it stands between brackets, and how often one of them comes.
#[derive(Debug, PartialEq)]
struct Piece {
    class: Class,
    count: Count,
}

#[derive(Debug, PartialEq)]
enum Class {
    One(char),
    /// The text between the brackets.
    Set(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Count {
    Exactly(usize),
    AtLeastOne,
    Any,
}

/// LIKE as a condition on `subject`, which is rendered already. `Err` says what is not portable in the pattern.
pub(super) fn like(dialect: Dialect, subject: &str, pattern: &str, negated: bool) -> Result<String, &'static str> {
    if pattern.contains('\\') {
        return Err("a backslash in a LIKE pattern is an escape on some engines only");
    }
    let not = if negated { "NOT " } else { "" };
    // SQLite's LIKE does not tell `a` from `A`; its GLOB does.
    if dialect == Dialect::Sqlite && pattern.chars().any(|c| c.is_ascii_alphabetic()) {
        let glob: String = pattern
            .chars()
            .map(|c| match c {
                '%' => "*".to_owned(),
                '_' => "?".to_owned(),
                c => glob_literal(c),
            })
            .collect();
        return Ok(format!("{subject} {not}GLOB {}", super::literal::text(dialect, &glob)));
    }
    Ok(format!("{subject} {not}LIKE {}", super::literal::text(dialect, pattern)))
}

/// SIMILAR TO as a condition on `subject`.
pub(super) fn similar(dialect: Dialect, subject: &str, pattern: &str, negated: bool) -> Result<String, &'static str> {
    let pieces = pieces(pattern).ok_or(
        "portable patterns of SIMILAR TO are made of letters, digits and sets such as [a-z0-9-], each of them once or \
         {n} times; or they are one set with + or *",
    )?;
    let expression: String = pieces.iter().map(Piece::regular_expression).collect();
    let quoted = super::literal::text(dialect, &format!("^{expression}$"));
    let condition = match dialect {
        Dialect::Postgres => {
            return Ok(format!("{subject} {}~ {quoted}", if negated { "!" } else { "" }));
        }
        // The expression alone would let a line break follow.
        Dialect::Mysql => {
            let end = match &pieces[..] {
                [Piece { class, count: Count::AtLeastOne | Count::Any }] => {
                    let outside = super::literal::text(dialect, &format!("[^{}]", class.set()));
                    format!("NOT ({subject} REGEXP {outside})")
                }
                pieces => {
                    let length: usize = pieces.iter().map(Piece::length).sum();
                    format!("char_length({subject}) = {length}")
                }
            };
            format!("{subject} REGEXP {quoted} AND {end}")
        }
        Dialect::Sqlite => match &pieces[..] {
            [Piece { class, count: count @ (Count::AtLeastOne | Count::Any) }] => {
                let outside = super::literal::text(dialect, &format!("*[^{}]*", class.set()));
                let some = if *count == Count::AtLeastOne { format!("{subject} <> '' AND ") } else { String::new() };
                format!("{some}{subject} NOT GLOB {outside}")
            }
            pieces => {
                let glob: String = pieces.iter().map(Piece::glob).collect();
                format!("{subject} GLOB {}", super::literal::text(dialect, &glob))
            }
        },
    };
    Ok(if negated { format!("NOT ({condition})") } else { condition })
}

impl Class {
    fn set(&self) -> String {
        match self {
            Self::One(c) => c.to_string(),
            Self::Set(set) => set.clone(),
        }
    }
}

impl Piece {
    fn regular_expression(&self) -> String {
        let class = match &self.class {
            Class::One(c) if c.is_alphanumeric() || matches!(c, '-' | ' ' | '@' | ':' | '/' | ',') => c.to_string(),
            class => format!("[{}]", class.set()),
        };
        match self.count {
            Count::Exactly(1) => class,
            Count::Exactly(count) => format!("{class}{{{count}}}"),
            Count::AtLeastOne => format!("{class}+"),
            Count::Any => format!("{class}*"),
        }
    }

    fn glob(&self) -> String {
        let class = match &self.class {
            Class::One(c) => glob_literal(*c),
            Class::Set(set) => format!("[{set}]"),
        };
        class.repeat(self.length())
    }

    fn length(&self) -> usize {
        match self.count {
            Count::Exactly(count) => count,
            Count::AtLeastOne | Count::Any => 1,
        }
    }
}

/// A character that stands for itself in GLOB.
fn glob_literal(c: char) -> String {
    if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() }
}

fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let mut rest = pattern.chars().peekable();
    let mut pieces = Vec::new();
    while let Some(c) = rest.next() {
        let class = match c {
            '[' => {
                let set: String = std::iter::from_fn(|| rest.next_if(|&c| c != ']')).collect();
                rest.next()?;
                // Whatever has a meaning of its own in a set of some engine stays out of it.
                let is_plain =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ' ' | '/' | '+');
                (!set.is_empty() && set.chars().all(is_plain) && !set.starts_with('-')).then_some(Class::Set(set))?
            }
            c if c.is_alphanumeric() || matches!(c, '-' | ' ' | '@' | ':' | '/' | ',' | '.') => Class::One(c),
            _ => return None,
        };
        let count = match rest.peek() {
            Some('{') => {
                rest.next();
                let digits: String = std::iter::from_fn(|| rest.next_if(char::is_ascii_digit)).collect();
                let count = digits.parse().ok().filter(|count| (1..=100).contains(count))?;
                (rest.next()? == '}').then_some(Count::Exactly(count))?
            }
            Some('+') => {
                rest.next();
                Count::AtLeastOne
            }
            Some('*') => {
                rest.next();
                Count::Any
            }
            _ => Count::Exactly(1),
        };
        pieces.push(Piece { class, count });
    }
    let is_fixed = pieces.iter().all(|piece| matches!(piece.count, Count::Exactly(_)));
    (pieces.len() == 1 || (is_fixed && !pieces.is_empty())).then_some(pieces)
}
