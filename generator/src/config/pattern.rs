//! Path patterns: `schema.relation` and `schema.relation.column`, each part a glob.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use crate::catalog::QName;

/// A pattern such as `shop.book.price`, `*.*.*_json` or `audit_*`.
///
/// The schema may be left out for relations of the default schema; on SQLite and MySQL there is no other. A dot in a name
/// is written `[.]`, as are the glob's own signs.
#[derive(Clone)]
pub struct PathPattern {
    text: String,
    parts: Vec<GlobMatcher>,
}

/// Why a text is not a path pattern.
#[derive(Debug, Error)]
pub enum PatternError {
    /// A part is not a glob.
    #[error("{pattern:?} is not a path pattern: {reason}")]
    Glob {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Too many parts.
    #[error(
        "{0:?} has more than three parts; a path is schema.relation.column, and a dot within a name is written [.]"
    )]
    Parts(String),
}

impl PathPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Where a part is not a glob, or there are more than three.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let parts = split(text).iter().map(|part| glob(text, part)).collect::<Result<Vec<_>, _>>()?;
        if parts.len() > 3 {
            return Err(PatternError::Parts(text.to_owned()));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// Whether it matches a relation.
    pub fn matches_relation(&self, relation: &QName, default_schema: &str) -> bool {
        match self.parts.as_slice() {
            [name] => relation.schema == default_schema && name.is_match(&relation.name),
            [schema, name] => schema.is_match(&relation.schema) && name.is_match(&relation.name),
            _ => false,
        }
    }

    /// Whether it matches a column.
    pub fn matches_column(&self, relation: &QName, column: &str, default_schema: &str) -> bool {
        match self.parts.as_slice() {
            [name, col] => relation.schema == default_schema && name.is_match(&relation.name) && col.is_match(column),
            [schema, name, col] => {
                schema.is_match(&relation.schema) && name.is_match(&relation.name) && col.is_match(column)
            }
            _ => false,
        }
    }
}

/// The text alone, of which the rest is made: it says the same in every process.
impl fmt::Debug for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PathPattern").field(&self.text).finish()
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Compiles one part: a glob over a whole name.
pub(crate) fn glob(pattern: &str, part: &str) -> Result<GlobMatcher, PatternError> {
    GlobBuilder::new(part)
        .literal_separator(false)
        .backslash_escape(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| PatternError::Glob { pattern: pattern.to_owned(), reason: error.kind().to_string() })
}

/// Splits at dots that stand outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut in_class) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '[' => in_class = true,
            ']' => in_class = false,
            '.' if !in_class => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, schema: &str, relation: &str, column: &str, default: &str) -> (bool, bool) {
        let pattern = PathPattern::new(pattern).unwrap();
        let name = QName::new(schema, relation);
        (pattern.matches_relation(&name, default), pattern.matches_column(&name, column, default))
    }

    #[test]
    fn patterns_match_what_they_say() {
        assert_eq!(matches("shop.book.price", "shop", "book", "price", "public"), (false, true));
        assert_eq!(matches("*.*.*_json", "", "book", "meta_json", ""), (false, true));
        assert_eq!(matches("book.price", "", "book", "price", ""), (false, true));
        assert_eq!(matches("book.price", "shop", "book", "price", "public"), (false, false));
        assert_eq!(matches("audit_*", "public", "audit_log", "x", "public"), (true, false));
        assert_eq!(matches("shop.*", "shop", "book", "x", "public"), (true, false));
        assert_eq!(matches("a[.]b", "", "a.b", "x", ""), (true, false));
    }

    #[test]
    fn a_pattern_that_cannot_match_is_refused() {
        assert!(PathPattern::new("a.b.c.d").is_err());
        assert!(PathPattern::new("a[").is_err());
    }
}
