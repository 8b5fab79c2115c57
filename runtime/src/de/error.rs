//! Errors on the way from serde's to [`RowError`].

use std::fmt;

use serde::de::{self, Unexpected};

use crate::error::{RowError, ValueError};

/// Why a row or a value could not be deserialized.
#[derive(Debug)]
pub(super) enum DeError {
    /// The column is known.
    Row(RowError),
    /// The value could not be read.
    Value(ValueError),
    /// No column has the name of a field.
    MissingField(&'static str),
}

impl DeError {
    /// The same error, of that column. The first one that is told counts.
    pub(super) fn in_column(self, column: &str, expected: &str, found: Option<&str>) -> Self {
        match self {
            Self::Value(cause) => Self::Row(RowError::value(column, expected, found, cause)),
            // A field of a document in the column.
            Self::MissingField(field) => {
                let cause = ValueError::malformed(format!("field {field:?} is missing"));
                Self::Row(RowError::value(column, expected, found, cause))
            }
            row => row,
        }
    }

    /// The error of a whole row that was to be read as `expected`.
    pub(super) fn into_row_error(self, expected: &str) -> RowError {
        match self {
            Self::Row(error) => error,
            Self::Value(cause) => RowError::value("*", expected, None, cause),
            Self::MissingField(field) => RowError::missing(field, &format!("a field of {expected}")),
        }
    }
}

impl From<RowError> for DeError {
    fn from(error: RowError) -> Self {
        Self::Row(error)
    }
}

impl From<ValueError> for DeError {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

/// What serde found, without the value itself.
fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "this whole number",
        Unexpected::Float(_) => "this floating point number",
        Unexpected::Char(_) | Unexpected::Str(_) => "this text",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "NULL",
        Unexpected::Seq => "a sequence",
        Unexpected::Map => "a map",
        _ => "such a value",
    }
}

impl de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value(ValueError::malformed(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::Value(ValueError::malformed(format!("{} where {expected} was expected", kind(&found))))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Value(ValueError::unheld(format!("another label than {}", expected.join(", "))))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::MissingField(field)
    }
}

impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(error) => error.fmt(f),
            Self::Value(error) => error.fmt(f),
            Self::MissingField(field) => write!(f, "no column has the name of the field {field:?}"),
        }
    }
}

impl std::error::Error for DeError {}
