//! Any type that serde deserializes, from a row.
//!
//! The type says what it wants, and the value of the column is asked for that: a whole number for an `i64`, the text form
//! for what is read from text, such as decimals, UUIDs, dates and times. What a type asks for without saying is decided by
//! the kind of the value. Errors hold no values, as everywhere: what serde's own messages quote is left out.

mod cell;
mod error;

use std::any::type_name;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::error::RowError;
use crate::row::{FromRow, Row};
use cell::Cell;
use error::DeError;

/// A row as any type that serde deserializes: `fetch_all::<De<Sale>>()`, or shorter `fetch_all_as::<Sale>()`.
///
/// A struct or a map is read from the columns by their names, a tuple or a sequence from the columns in their order, and
/// anything else from the first column. Columns may hold JSON documents for nested types, arrays (PostgreSQL) for sequences,
/// and labels for enumerations without data. What a struct does not have is left out.
///
/// Generated models and types that implement [`FromSql`](crate::FromSql) are read directly; this is for all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct De<T>(pub T);

impl<T: DeserializeOwned> FromRow for De<T> {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        T::deserialize(Columns(*row)).map(De).map_err(|error| row.error(error.into_row_error(type_name::<T>())))
    }
}

/// The columns of a row.
#[derive(Clone, Copy)]
struct Columns<'r>(Row<'r>);

impl<'r> Columns<'r> {
    /// Hands over the value of one column; errors name the column.
    fn read<T>(
        self,
        index: usize,
        expected: &str,
        read: impl FnOnce(Cell<'r>) -> Result<T, DeError>,
    ) -> Result<T, DeError> {
        let found = self.0.find_at(index, expected)?;
        let sql_type = found.sql_type;
        read(Cell { value: found.value, sql_type })
            .map_err(|error| error.in_column(self.0.name(index), expected, Some(sql_type)))
    }
}

/// Methods that read the first column.
macro_rules! from_first_column {
    ($($method:ident)+) => {
        $(
            fn $method<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
                self.read(0, type_name::<V::Value>(), |cell| cell.$method(visitor))
            }
        )+
    };
}

impl<'r> Deserializer<'r> for Columns<'r> {
    type Error = DeError;

    from_first_column! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char
        deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.read(0, type_name::<V::Value>(), |cell| cell.deserialize_option(visitor))
    }

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'r>>(self, _: &'static str, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(self, _: &'static str, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_seq(Walk { columns: self, next: 0 })
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, _: usize, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_map(Walk { columns: self, next: 0 })
    }

    fn deserialize_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.read(0, name, |cell| cell.deserialize_enum(name, variants, visitor))
    }

    fn deserialize_ignored_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }
}

/// The columns one after the other.
struct Walk<'r> {
    columns: Columns<'r>,
    next: usize,
}

impl<'r> Walk<'r> {
    fn value<S: DeserializeSeed<'r>>(&mut self, seed: S) -> Result<S::Value, DeError> {
        let index = self.next;
        self.next += 1;
        self.columns.read(index, type_name::<S::Value>(), |cell| seed.deserialize(cell))
    }
}

impl<'r> SeqAccess<'r> for Walk<'r> {
    type Error = DeError;

    fn next_element_seed<S: DeserializeSeed<'r>>(&mut self, seed: S) -> Result<Option<S::Value>, DeError> {
        if self.next == self.columns.0.len() { Ok(None) } else { self.value(seed).map(Some) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.columns.0.len() - self.next)
    }
}

impl<'r> MapAccess<'r> for Walk<'r> {
    type Error = DeError;

    fn next_key_seed<S: DeserializeSeed<'r>>(&mut self, seed: S) -> Result<Option<S::Value>, DeError> {
        if self.next == self.columns.0.len() {
            return Ok(None);
        }
        seed.deserialize(BorrowedStrDeserializer::new(self.columns.0.name(self.next))).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'r>>(&mut self, seed: S) -> Result<S::Value, DeError> {
        self.value(seed)
    }
}

/// A label as an enumeration without data.
struct Label<'r>(std::borrow::Cow<'r, str>);

impl<'de> Deserializer<'de> for Label<'de> {
    type Error = DeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.0 {
            std::borrow::Cow::Borrowed(label) => visitor.visit_borrowed_str(label),
            std::borrow::Cow::Owned(label) => visitor.visit_string(label),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
