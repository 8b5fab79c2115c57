//! Records to and from serde: maps by the names of the columns, and sequences in their order.

use std::fmt;
use std::marker::PhantomData;

use ::serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use ::serde::forward_to_deserialize_any;
use ::serde::ser::{SerializeStruct, Serializer};

use super::group::{AnyOrder, Group, InOrder};
use super::{Columnar, Field, FieldList, FieldRef, FieldSource, Visit};

/// Writes a record; of an insert or an update only what is there.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<R: Columnar, S: Serializer>(name: &'static str, record: &R, serializer: S) -> Result<S::Ok, S::Error> {
    let mut present = R::NAMES.len();
    if R::IS_FORM {
        present -= record.fields().list().iter().filter(|value| value.is_absent()).count();
    }
    let mut out = serializer.serialize_struct(name, present)?;
    record.fields().each(&mut Writer { names: R::NAMES.iter(), is_form: R::IS_FORM, out: &mut out })?;
    out.end()
}

struct Writer<'w, S> {
    names: std::slice::Iter<'static, &'static str>,
    is_form: bool,
    out: &'w mut S,
}

impl<'a, S: SerializeStruct> Visit<'a> for Writer<'_, S> {
    type Error = S::Error;

    fn field<F: FieldRef<'a>>(&mut self, field: F) -> Result<(), S::Error> {
        let name = self.names.next().copied().unwrap_or_default();
        if self.is_form && field.value().is_absent() {
            return self.out.skip_field(name);
        }
        field.write(name, self.out)
    }
}

/// Reads a record.
///
/// # Errors
/// Where a field is missing that must not be, or cannot be read; of an insert or an update also where a name is unknown.
pub fn deserialize<'de, R: Columnar, D: Deserializer<'de>>(name: &'static str, deserializer: D) -> Result<R, D::Error> {
    let shape = Shape { name, names: R::NAMES, is_form: R::IS_FORM };
    deserializer.deserialize_struct(name, R::NAMES, RecordVisitor { shape, of: PhantomData })
}

/// What is known of a record, whatever its type.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    names: &'static [&'static str],
    is_form: bool,
}

struct RecordVisitor<R> {
    shape: Shape,
    of: PhantomData<R>,
}

impl<'de, R: Columnar> Visitor<'de> for RecordVisitor<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", self.shape.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        R::read(MapSource { map, shape: self.shape, of: PhantomData })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<R, A::Error> {
        R::read(SeqSource { seq, shape: self.shape, at: 0, of: PhantomData })
    }
}

struct MapSource<'de, A> {
    map: A,
    shape: Shape,
    of: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> FieldSource for MapSource<'de, A> {
    type Error = A::Error;

    fn read<G: Group>(mut self) -> Result<G, A::Error> {
        let Shape { names, is_form, .. } = self.shape;
        let mut slots = G::slots();
        let mut next = 0;
        while let Some(at) = self.map.next_key_seed(Name { shape: self.shape, next })? {
            match at {
                Some(at) => {
                    let name = names.get(at).copied().unwrap_or_default();
                    G::fill(&mut slots, at, MapValue { map: &mut self.map, name, of: PhantomData })?;
                    next = at + 1;
                }
                None => {
                    self.map.next_value::<IgnoredAny>()?;
                }
            }
        }
        G::finish(slots, names, is_form)
    }
}

struct MapValue<'m, 'de, A> {
    map: &'m mut A,
    name: &'static str,
    of: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> AnyOrder for MapValue<'_, 'de, A> {
    type Error = A::Error;

    fn read<T: Field>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        if slot.is_some() {
            return Err(de::Error::duplicate_field(self.name));
        }
        *slot = Some(self.map.next_value_seed(FieldSeed(PhantomData))?);
        Ok(())
    }
}

struct SeqSource<'de, A> {
    seq: A,
    shape: Shape,
    at: usize,
    of: PhantomData<&'de ()>,
}

impl<'de, A: SeqAccess<'de>> FieldSource for SeqSource<'de, A> {
    type Error = A::Error;

    fn read<G: Group>(mut self) -> Result<G, A::Error> {
        G::in_order(&mut self)
    }
}

impl<'de, A: SeqAccess<'de>> InOrder for SeqSource<'de, A> {
    type Error = A::Error;

    fn next<T: Field>(&mut self) -> Result<T, A::Error> {
        let at = self.at;
        self.at += 1;
        if let Some(field) = self.seq.next_element_seed(FieldSeed(PhantomData))? {
            return Ok(field);
        }
        let Shape { names, is_form, .. } = self.shape;
        let name = names.get(at).copied().unwrap_or_default();
        let missing = || de::Error::invalid_length(at, &self.shape);
        if is_form { T::missing::<A::Error>(name, is_form).map_err(|_| missing()) } else { Err(missing()) }
    }
}

/// What a sequence should have been.
impl de::Expected for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.names.len() == 1 { "" } else { "s" };
        write!(f, "struct {} with {} element{s}", self.name, self.names.len())
    }
}

/// Reads the value of a field.
struct FieldSeed<T>(PhantomData<T>);

impl<'de, T: Field> DeserializeSeed<'de> for FieldSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// Reads the name of a field, and finds its position; none for a name that the record does not know. What was written by
/// [`serialize`] comes in order, so that the next name is nearly always the right one.
struct Name {
    shape: Shape,
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_u64<E: de::Error>(self, at: u64) -> Result<Option<usize>, E> {
        let found = usize::try_from(at).ok().filter(|at| *at < self.shape.names.len());
        if found.is_none() && self.shape.is_form {
            let expected = format!("field index 0 <= i < {}", self.shape.names.len());
            return Err(E::invalid_value(de::Unexpected::Unsigned(at), &expected.as_str()));
        }
        Ok(found)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Option<usize>, E> {
        let Shape { names, is_form, .. } = self.shape;
        if names.get(self.next) == Some(&name) {
            return Ok(Some(self.next));
        }
        let found = names.iter().position(|known| *known == name);
        if found.is_none() && is_form {
            return Err(E::unknown_field(name, names));
        }
        Ok(found)
    }

    fn visit_bytes<E: de::Error>(self, name: &[u8]) -> Result<Option<usize>, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }
}

/// What a type is where its name is missing: nothing for an `Option`, and an error for others.
pub(super) fn missing<T: de::DeserializeOwned, E: de::Error>(name: &'static str) -> Result<T, E> {
    T::deserialize(Missing { name, error: PhantomData })
}

struct Missing<E> {
    name: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.name))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Implements the reading of rows, of every engine, for a model that is [`Columnar`].
#[macro_export]
macro_rules! impl_row {
    ($model:ident) => {
        impl $crate::FromRow for $model {
            fn from_row(row: &$crate::Row<'_>) -> ::core::result::Result<Self, $crate::RowError> {
                $crate::__private::from_row(row)
            }
        }

        $crate::impl_from_row!($model);
    };
}

/// Implements serde for a struct that is [`Columnar`], by the names of its columns.
#[macro_export]
macro_rules! impl_serde {
    ($record:ident) => {
        impl $crate::__private::serde::Serialize for $record {
            fn serialize<S>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error>
            where
                S: $crate::__private::serde::Serializer,
            {
                $crate::__private::serialize(::core::stringify!($record), self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $record {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: $crate::__private::serde::Deserializer<'de>,
            {
                $crate::__private::deserialize(::core::stringify!($record), deserializer)
            }
        }
    };
}
