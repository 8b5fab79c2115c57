//! Why a statement, or what was bound to it, is refused.

use std::fmt;

use thiserror::Error;

/// Where something is in a statement. It prints as `line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1; lines end with a line feed.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl Place {
    /// The place of the byte `at`, which is the first of a character.
    #[cold]
    pub(super) fn of(sql: &str, at: usize) -> Self {
        let before = sql.get(..at).unwrap_or(sql);
        let line = before.rsplit('\n').next().unwrap_or(before);
        Self { line: 1 + before.matches('\n').count(), column: 1 + line.chars().count() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Why a statement, or what was bound to it, is refused. Each prints as one sentence, and none holds a value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SqlError {
    /// A string, a comment or a quoted name has no end.
    #[error("the {what} that begins at {place} of the statement does not end")]
    Unterminated {
        /// What it is, such as `string`.
        what: &'static str,
        /// Where it begins.
        place: Place,
    },
    /// A parameter of the engine's own kind.
    #[error("`{text}` at {place} of the statement is no named parameter; write a colon and a name, such as :id")]
    Positional {
        /// As it is written.
        text: String,
        /// Where it is.
        place: Place,
    },
    /// A colon before a digit.
    #[error(
        "`{text}` at {place} of the statement is no parameter, for names begin with a letter or an underscore; \
         write a blank after a colon that is none of a parameter"
    )]
    NotAName {
        /// As it is written.
        text: String,
        /// Where it is.
        place: Place,
    },
    /// A parameter in a comment that only some servers execute.
    #[error("the parameter :{name} at {place} of the statement is in a comment that not every server executes")]
    InExecutableComment {
        /// The parameter.
        name: String,
        /// Where it is.
        place: Place,
    },
    /// The engines end the statement at a NUL, or refuse it.
    #[error("the statement has a NUL character at {place}")]
    Nul {
        /// Where it is.
        place: Place,
    },
    /// A list without elements where that means nothing.
    #[error(
        "the list that was bound to :{name} is empty, which only `IN (:{name})` and `NOT IN (:{name})` may be; \
         it stands at {place} of the statement"
    )]
    EmptyList {
        /// The parameter.
        name: String,
        /// Where it is.
        place: Place,
    },
    /// A parameter has no value.
    #[error("the statement has a parameter :{name}, which nothing was bound to")]
    Missing {
        /// The parameter.
        name: String,
    },
    /// A value has no parameter.
    #[error("nothing in the statement is called :{name}{hint}")]
    Unknown {
        /// The name that was bound.
        name: String,
        /// What may have been meant.
        hint: Hint,
    },
    /// Two values have the same parameter.
    #[error("the parameter :{name} was bound twice")]
    BoundTwice {
        /// The parameter.
        name: String,
    },
}

/// What may have been meant by a name that no parameter has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// Nobody knows.
    None,
    /// A parameter with a similar name, which nothing was bound to.
    Similar(String),
    /// The name stands after the colon of a slice.
    Slice(String),
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Similar(name) => write!(f, "; did you mean :{name}?"),
            Self::Slice(name) => write!(f, "; the colon before {name} in brackets is a slice's, so write [(:{name})]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let sql = "SÉLECT\n  'ü', ?";
        let place = |what: &str| Place::of(sql, sql.find(what).unwrap()).to_string();
        assert_eq!([place("S"), place("L"), place("'"), place("?")], ["1:1", "1:3", "2:3", "2:8"]);
    }
}
