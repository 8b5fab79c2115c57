//! Why a value or a row could not be read.

use std::borrow::Cow;
use std::fmt;

/// Why one value could not be read as one Rust type.
///
/// Only the shape of a value is told, and not the text in it: rows hold secrets, and errors end up in logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The value is NULL, and the Rust type has no NULL.
    Null,
    /// The Rust type is not read from values of that SQL type.
    Mismatch {
        /// The SQL type.
        found: Cow<'static, str>,
    },
    /// The SQL type is right, but the Rust type does not hold this value, such as `infinity`. Says what it does not hold.
    Unheld(Cow<'static, str>),
    /// The bytes are not what the type's format prescribes, or the text is not a form of the type. Says what is wrong.
    Malformed(Cow<'static, str>),
    /// A part of the value could not be read: an element of an array, a field of a composite type, a bound of a range.
    Within {
        /// The part, such as `field "street"`.
        place: String,
        /// Why.
        error: Box<ValueError>,
    },
}

impl ValueError {
    /// The Rust type is not read from values of that SQL type.
    pub fn mismatch(found: impl Into<Cow<'static, str>>) -> Self {
        Self::Mismatch { found: found.into() }
    }

    /// The Rust type does not hold `what`.
    pub fn unheld(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Unheld(what.into())
    }

    /// The bytes or the text are wrong, as `what` says.
    pub fn malformed(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed(what.into())
    }

    /// The same, inside of a larger value.
    pub fn within(self, place: impl Into<String>) -> Self {
        Self::Within { place: place.into(), error: Box::new(self) }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("it does not hold NULL"),
            Self::Mismatch { found } => write!(f, "it is not read from {found}"),
            Self::Unheld(what) => write!(f, "it does not hold {what}"),
            Self::Malformed(what) => write!(f, "the value is malformed: {what}"),
            Self::Within { place, error } => write!(f, "in {place}, {error}"),
        }
    }
}

impl std::error::Error for ValueError {}

/// Why a column of a row could not be read. One sentence that names the column, the types and the cause.
///
/// ```text
/// column "price" of shop.book (NUMERIC) cannot be read as Decimal: it does not hold NaN
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    relation: Option<(String, String)>,
    column: String,
    expected: String,
    found: Option<String>,
    cause: Option<ValueError>,
}

impl RowError {
    /// The value of a column could not be read. `expected` is as [`std::any::type_name`] gives it.
    #[cold]
    pub(crate) fn value(column: &str, expected: &str, found: Option<&str>, cause: ValueError) -> Self {
        Self(Box::new(Inner {
            relation: None,
            column: column.to_owned(),
            expected: short_type_name(expected),
            found: found.map(str::to_owned),
            cause: Some(cause),
        }))
    }

    /// The row has no such column.
    #[cold]
    pub(crate) fn missing(column: &str, expected: &str) -> Self {
        Self(Box::new(Inner {
            relation: None,
            column: column.to_owned(),
            expected: short_type_name(expected),
            found: None,
            cause: None,
        }))
    }

    /// The same error, with the relation that the row was read from. The first one that is told counts.
    #[must_use]
    pub fn in_relation(mut self, schema: &str, name: &str) -> Self {
        self.0.relation.get_or_insert_with(|| (schema.to_owned(), name.to_owned()));
        self
    }

    /// The schema and the name of the relation, where they are known. The schema is empty on engines without one.
    pub fn relation(&self) -> Option<(&str, &str)> {
        self.0.relation.as_ref().map(|(schema, name)| (schema.as_str(), name.as_str()))
    }

    /// The column: its name, or its position where it was asked for by position.
    pub fn column(&self) -> &str {
        &self.0.column
    }

    /// The Rust type that was to be read, without the paths of its modules.
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// The SQL type of the value, as the driver names it; absent where the column is.
    pub fn found(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// Why the value could not be read; absent where the row has no such column.
    pub fn cause(&self) -> Option<&ValueError> {
        self.0.cause.as_ref()
    }

    /// Whether the row has no such column.
    pub fn is_missing_column(&self) -> bool {
        self.0.cause.is_none()
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { relation, column, expected, found, cause } = &*self.0;
        if cause.is_none() {
            write!(f, "the row has no column {column:?}")?;
        } else {
            write!(f, "column {column:?}")?;
        }
        match relation {
            Some((schema, name)) if schema.is_empty() => write!(f, " of {name}")?,
            Some((schema, name)) => write!(f, " of {schema}.{name}")?,
            None => {}
        }
        match cause {
            None => write!(f, ", which was to be read as {expected}"),
            Some(ValueError::Null) => write!(f, " is NULL and cannot be read as {expected}"),
            Some(cause) => {
                if let Some(found) = found {
                    write!(f, " ({found})")?;
                }
                write!(f, " cannot be read as {expected}: {cause}")
            }
        }
    }
}

impl std::error::Error for RowError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause as _)
    }
}

/// A type's name without the paths of modules: `Option<BookId>` for `core::option::Option<shop::book::BookId>`.
fn short_type_name(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut word = 0;
    for character in name.chars() {
        match character {
            ':' => short.truncate(word),
            _ => {
                short.push(character);
                if !(character.is_alphanumeric() || character == '_') {
                    word = short.len();
                }
            }
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_lose_their_paths() {
        for (name, short) in [
            ("i64", "i64"),
            ("core::option::Option<shop::book::BookId>", "Option<BookId>"),
            (
                "alloc::collections::btree::map::BTreeMap<alloc::string::String, core::option::Option<a::B>>",
                "BTreeMap<String, Option<B>>",
            ),
            ("(a::B, c::D)", "(B, D)"),
        ] {
            assert_eq!(short_type_name(name), short);
        }
    }

    #[test]
    fn errors_are_sentences() {
        let unheld = RowError::value("price", "rust_decimal::Decimal", Some("NUMERIC"), ValueError::unheld("NaN"));
        assert_eq!(
            unheld.clone().in_relation("shop", "book").in_relation("x", "y").to_string(),
            r#"column "price" of shop.book (NUMERIC) cannot be read as Decimal: it does not hold NaN"#
        );
        assert_eq!(unheld.to_string(), r#"column "price" (NUMERIC) cannot be read as Decimal: it does not hold NaN"#);
        assert_eq!(
            RowError::missing("price", "i64").in_relation("", "book").to_string(),
            r#"the row has no column "price" of book, which was to be read as i64"#
        );
        assert_eq!(
            RowError::value("price", "i64", Some("INT8"), ValueError::Null).to_string(),
            r#"column "price" is NULL and cannot be read as i64"#
        );
        assert_eq!(
            ValueError::mismatch("text").within("field \"street\"").to_string(),
            r#"in field "street", it is not read from text"#
        );
    }
}
