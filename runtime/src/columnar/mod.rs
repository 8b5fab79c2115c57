//! Structs whose fields are columns: rows, and what inserts and updates give.
//!
//! A generated struct says once how it is [made of its fields](Columnar::read), and once [what they are](Columnar::fields).
//! Reading rows, serde in both directions, the values of statements, `Debug` and `PartialEq` are the runtime's, and the same
//! for all structs: a derive of serde's writes some twenty times as much code for each of them, all of which everybody
//! compiles.

mod group;
mod plain;
mod read;
mod serde;
#[cfg(test)]
mod tests;

use std::fmt::Debug;

use ::serde::de::{self, DeserializeOwned, Deserializer};
use ::serde::ser::{Serialize, SerializeStruct};

use crate::param::ToSql;
use crate::value::FromSql;

pub use group::{FieldPair, Group};
pub use plain::debug;
pub use read::from_row;
pub use serde::{deserialize, serialize};

/// A struct whose fields are columns of a relation, in their order: all of them, or those that can be written.
///
/// ```
/// use tablature_runtime::{Column, Dialect, FieldList, Columnar, Relation, Schema, FieldSource, Table, ToSql};
///
/// #[derive(Clone)]
/// struct Book {
///     id: i64,
///     title: Option<String>,
/// }
///
/// impl Columnar for Book {
///     const NAMES: &'static [&'static str] = &["id", "title"];
///
///     fn read<S: FieldSource>(source: S) -> Result<Self, S::Error> {
///         let (id, title) = source.read()?;
///         Ok(Self { id, title })
///     }
///
///     fn fields(&self) -> impl FieldList<'_> {
///         (&self.id, &self.title)
///     }
/// }
///
/// tablature_runtime::impl_record!(Book, serde);
/// tablature_runtime::impl_row!(Book);
///
/// impl Table for Book {
///     const RELATION: &'static Relation = &Relation {
///         name: "book",
///         columns: &[Column::new("id", "bigint"), Column::new("title", "text").nullable()],
///         ..Relation::EMPTY
///     };
///
///     fn schema() -> &'static Schema {
///         &SCHEMA
///     }
///
///     fn values(&self) -> Vec<&dyn ToSql> {
///         self.fields().list()
///     }
/// }
///
/// static SCHEMA: Schema =
///     Schema { cache_prefix: "shop", dialect: Dialect::Postgres, relations: &[Book::RELATION], enums: &[] };
///
/// let book: Book = serde_json::from_str(r#"{"title":"Odyssey","id":1}"#)?;
/// assert_eq!(book, Book { id: 1, title: Some("Odyssey".into()) });
/// assert_eq!(serde_json::to_string(&book)?, r#"{"id":1,"title":"Odyssey"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Columnar: Sized {
    /// The names of the columns.
    const NAMES: &'static [&'static str];

    /// Whether it is what an insert or an update gives: it has only the columns that can be written, writes no field that is
    /// [absent](ToSql::is_absent), and refuses names that it does not know.
    const IS_FORM: bool = false;

    /// Makes one of what the source has for each field.
    ///
    /// # Errors
    /// Where a field cannot be read.
    fn read<S: FieldSource>(source: S) -> Result<Self, S::Error>;

    /// The fields.
    fn fields(&self) -> impl FieldList<'_>;
}

/// Where a record is read from: a row, or what serde deserializes.
pub trait FieldSource {
    /// Why a field could not be read.
    type Error;

    /// Reads all fields: a tuple of at most 24, or [`FieldPair`] of such tuples.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    fn read<G: Group>(self) -> Result<G, Self::Error>;
}

/// A type that a field of a record can have: one that rows hold and serde knows, or one in a form of [`json`](crate::json).
pub trait Field: Sized {
    /// What rows hold.
    type Value: FromSql;

    /// The field, of what a row held.
    fn from_value(value: Self::Value) -> Self;

    /// Reads it with serde.
    ///
    /// # Errors
    /// Those of the deserializer.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// What it is where its name is missing.
    ///
    /// # Errors
    /// Where it must not be.
    fn missing<E: de::Error>(name: &'static str, is_form: bool) -> Result<Self, E>;
}

impl<T: FromSql + DeserializeOwned> Field for T {
    type Value = T;

    fn from_value(value: T) -> Self {
        value
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer)
    }

    fn missing<E: de::Error>(name: &'static str, _is_form: bool) -> Result<Self, E> {
        serde::missing(name)
    }
}

/// A field of a record that is written: a reference to its value, or one in a form of [`json`](crate::json).
pub trait FieldRef<'a>: Copy {
    /// The value for the database.
    fn value(self) -> &'a dyn ToSql;

    /// Writes it with serde.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: SerializeStruct>(self, name: &'static str, out: &mut S) -> Result<(), S::Error>;

    /// Whether the other one is equal.
    fn equals(self, other: Self) -> bool;

    /// The value for people who look for a fault.
    fn debug(self) -> &'a dyn Debug;
}

impl<'a, T: ToSql + Serialize + PartialEq + Debug> FieldRef<'a> for &'a T {
    fn value(self) -> &'a dyn ToSql {
        self
    }

    fn write<S: SerializeStruct>(self, name: &'static str, out: &mut S) -> Result<(), S::Error> {
        out.serialize_field(name, self)
    }

    fn equals(self, other: Self) -> bool {
        self == other
    }

    fn debug(self) -> &'a dyn Debug {
        self
    }
}

/// The fields of a record: a tuple of at most 24 references, or [`FieldPair`] of such tuples.
pub trait FieldList<'a>: Sized {
    /// How many there are.
    const LEN: usize;

    /// Shows the fields one by one.
    ///
    /// # Errors
    /// Those of the visitor, at the first of which it ends.
    fn each<V: Visit<'a>>(self, visitor: &mut V) -> Result<(), V::Error>;

    /// Whether all fields of the other record are equal to these.
    fn equal(self, others: Self) -> bool;

    /// The values for the database.
    fn list(self) -> Vec<&'a dyn ToSql> {
        let mut list = Vec::with_capacity(Self::LEN);
        let Ok(()) = self.each(&mut list);
        list
    }
}

/// What is done with every field.
pub trait Visit<'a> {
    /// Why it stops.
    type Error;

    /// Takes the next field.
    ///
    /// # Errors
    /// Where there is no use in going on.
    fn field<F: FieldRef<'a>>(&mut self, field: F) -> Result<(), Self::Error>;
}

impl<'a> Visit<'a> for Vec<&'a dyn ToSql> {
    type Error = std::convert::Infallible;

    fn field<F: FieldRef<'a>>(&mut self, field: F) -> Result<(), Self::Error> {
        self.push(field.value());
        Ok(())
    }
}
