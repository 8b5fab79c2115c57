//! The parts of composite values and of arrays (PostgreSQL).

use super::postgres::{PgValue, Reader};
use super::{FromSql, Value};
use crate::error::ValueError;
use crate::row::read;
use crate::types::Dimension;

/// The fields of a composite value, in the order of its type.
///
/// ```
/// use tablature_runtime::{FromSql, Value, ValueError};
///
/// struct Address {
///     street: Option<String>,
///     number: Option<i32>,
/// }
///
/// impl FromSql for Address {
///     fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
///         let mut fields = value.fields()?;
///         Ok(Self { street: fields.next("street")?, number: fields.next("number")? })
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Fields<'r> {
    rest: &'r [u8],
    left: usize,
}

impl<'r> Fields<'r> {
    pub(super) fn new(rest: &'r [u8], count: usize) -> Self {
        Self { rest, left: count }
    }

    /// Reads the next field. The name is for errors: the value itself knows its fields by position.
    ///
    /// # Errors
    /// Where there is no further field, or it holds what `T` does not.
    pub fn next<T: FromSql>(&mut self, name: &str) -> Result<T, ValueError> {
        self.advance().and_then(read).map_err(|error| in_field(error, name))
    }

    /// How many fields have not been read.
    pub fn len(&self) -> usize {
        self.left
    }

    /// Whether all fields have been read.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    pub(crate) fn advance(&mut self) -> Result<Option<Value<'r>>, ValueError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| ValueError::malformed("it has fewer fields"))?;
        let mut reader = Reader(self.rest);
        let oid = reader.u32()?;
        let bytes = reader.sized()?;
        self.rest = reader.0;
        if self.left == 0 {
            reader.end()?;
        }
        Ok(bytes.map(|bytes| Value::Postgres(PgValue::binary(oid, bytes))))
    }
}

#[cold]
fn in_field(error: ValueError, name: &str) -> ValueError {
    error.within(format!("field {name:?}"))
}

/// The elements of an array, row by row where it has several dimensions.
#[derive(Clone, Debug)]
pub struct Elements<'r> {
    rest: &'r [u8],
    oid: u32,
    /// What the driver calls the elements' type; empty where it does not.
    type_name: &'r str,
    count: usize,
    done: usize,
    dimensions: Vec<Dimension>,
}

impl<'r> Elements<'r> {
    /// `count` is at most a quarter of the bytes that are left.
    pub(super) fn new(rest: &'r [u8], oid: u32, type_name: &'r str, count: usize, dimensions: Vec<Dimension>) -> Self {
        Self { rest, oid, type_name, count, done: 0, dimensions }
    }

    /// The dimensions, the outermost first; none for an empty array.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Reads all that is left.
    ///
    /// # Errors
    /// Where an element holds what `T` does not.
    pub fn read<T: FromSql>(mut self) -> Result<Vec<T>, ValueError> {
        // No more at first than a malformed value could make one pay for.
        let mut elements = Vec::with_capacity((self.count - self.done).min(1024));
        while let Some(element) = self.advance() {
            elements.push(element.and_then(read).map_err(|error| self.in_element(error))?);
        }
        Ok(elements)
    }

    pub(crate) fn advance(&mut self) -> Option<Result<Option<Value<'r>>, ValueError>> {
        if self.done == self.count {
            return None;
        }
        self.done += 1;
        let mut reader = Reader(self.rest);
        let element = reader.sized();
        self.rest = reader.0;
        if self.done == self.count
            && let Err(error) = reader.end()
        {
            return Some(Err(error));
        }
        let value = |bytes| PgValue { type_name: self.type_name, ..PgValue::binary(self.oid, bytes) };
        Some(element.map(|bytes| bytes.map(|bytes| Value::Postgres(value(bytes)))))
    }

    #[cold]
    fn in_element(&self, error: ValueError) -> ValueError {
        error.within(format!("element {} of the array", self.done))
    }
}
