//! The JSON forms of types whose own serde form loses something, as modules for `#[serde(with = "…")]`.
//!
//! | Module      | For                                             | Form                                              |
//! |-------------|-------------------------------------------------|---------------------------------------------------|
//! | [`decimal`] | `Decimal`, `BigDecimal`                         | a string: plain, exact, with all its zeros        |
//! | [`decimal_number`] | the same                                 | a number, where a double keeps it exactly         |
//! | [`float`]   | `f32`, `f64`                                    | a number, or `"NaN"`, `"Infinity"`, `"-Infinity"` |
//! | `iso`       | the types of the `time` crate (feature `time`)  | ISO 8601                                          |
//! | [`nullable`]| `Option<Option<T>>` of anything else            | absent, `null`, or the value                      |
//! | [`present`] | `Option<Json>` of a column that is never NULL   | absent, or the value, which may be `null`         |
//!
//! The forms go through `Option`, `Vec`, [`Array`], [`Range`] and [`Multirange`], in any nesting: `json::decimal` is right
//! for a `Vec<Option<Decimal>>` and for a `Range<BigDecimal>`. serde takes an `Option` with a `with` for required, so that
//! it needs `default` beside it.
//!
//! A column of a patch is left as it is where it is absent, and set to NULL where it is null. For that, every form has a
//! module `nullable`:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use tablature_runtime::Decimal;
//!
//! #[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
//! struct BookPatch {
//!     #[serde(default, skip_serializing_if = "Option::is_none")]
//!     title: Option<String>,
//!     #[serde(default, with = "tablature_runtime::json::nullable", skip_serializing_if = "Option::is_none")]
//!     subtitle: Option<Option<String>>,
//!     #[serde(default, with = "tablature_runtime::json::decimal::nullable", skip_serializing_if = "Option::is_none")]
//!     price: Option<Option<Decimal>>,
//! }
//!
//! let patch: BookPatch = serde_json::from_str(r#"{"subtitle":null,"price":"9.50"}"#)?;
//! assert_eq!(patch, BookPatch { title: None, subtitle: Some(None), price: Some(Some(Decimal::new(950, 2))) });
//! assert_eq!(serde_json::to_string(&patch)?, r#"{"subtitle":null,"price":"9.50"}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod calendar;
mod decimals;
mod field;
mod floats;

pub(crate) use calendar::{write_date, write_time};
pub(crate) use floats::{not_finite, parse_not_finite};

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::types::{Array, Multirange, Range};

/// A type that has the JSON form `F`.
pub trait JsonAs<F>: Sized {
    /// Writes the value in that form.
    ///
    /// # Errors
    /// Those of the serializer, and where the value has no such form.
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads a value in that form.
    ///
    /// # Errors
    /// Where it is not of that form.
    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// The form of decimal numbers. See [`decimal`].
#[derive(Clone, Copy, Debug)]
pub struct DecimalForm;

/// The form of decimal numbers as JSON numbers. See [`decimal_number`].
#[derive(Clone, Copy, Debug)]
pub struct DecimalNumberForm;

/// The form of floating point numbers. See [`float`].
#[derive(Clone, Copy, Debug)]
pub struct FloatForm;

/// The form of dates and times. See `iso`.
#[cfg(feature = "time")]
#[derive(Clone, Copy, Debug)]
pub struct IsoForm;

/// A value to be written in a form.
struct Ref<'a, F, T>(&'a T, PhantomData<F>);

impl<'a, F, T> Ref<'a, F, T> {
    fn new(value: &'a T) -> Self {
        Self(value, PhantomData)
    }
}

impl<F, T: JsonAs<F>> Serialize for Ref<'_, F, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_as(serializer)
    }
}

/// A value that was read in a form.
struct Owned<F, T>(T, PhantomData<F>);

impl<'de, F, T: JsonAs<F>> Deserialize<'de> for Owned<F, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize_as(deserializer).map(|value| Self(value, PhantomData))
    }
}

impl<F, T: JsonAs<F>> JsonAs<F> for Option<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Ref::<F, T>::new).serialize(serializer)
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Owned<F, T>>::deserialize(deserializer)?.map(|owned| owned.0))
    }
}

impl<F, T: JsonAs<F>> JsonAs<F> for Vec<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Ref::<F, T>::new))
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Owned<F, T>>::deserialize(deserializer)?.into_iter().map(|owned| owned.0).collect())
    }
}

impl<F, T: JsonAs<F>> JsonAs<F> for Array<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Ref::<F, T>::new).serialize(serializer)
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Array::<Owned<F, T>>::deserialize(deserializer)?.map(|owned| owned.0))
    }
}

impl<F, T: JsonAs<F>> JsonAs<F> for Range<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(Ref::<F, T>::new).serialize(serializer)
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Range::<Owned<F, T>>::deserialize(deserializer)?.map(|owned| owned.0))
    }
}

impl<F, T: JsonAs<F>> JsonAs<F> for Multirange<T> {
    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        JsonAs::<F>::serialize_as(&self.0, serializer)
    }

    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Vec<Range<T>> as JsonAs<F>>::deserialize_as(deserializer).map(Self)
    }
}

macro_rules! form {
    ($(#[$attribute:meta])* $name:ident: $form:ident) => {
        $(#[$attribute])*
        pub mod $name {
            use serde::{Deserializer, Serializer};

            use super::field::field_as;
            use super::{JsonAs, $form as Form};

            field_as!(T: [JsonAs<Form>], [JsonAs<Form>] => T);

            /// Writes a value in this form.
            ///
            /// # Errors
            /// Those of the serializer, and where the value has no such form.
            pub fn serialize<T: JsonAs<Form>, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
                value.serialize_as(serializer)
            }

            /// Reads a value in this form.
            ///
            /// # Errors
            /// Where it is not of this form.
            pub fn deserialize<'de, T: JsonAs<Form>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
                T::deserialize_as(deserializer)
            }

            pub mod nullable {
                //! The same for a patch of a column that can be NULL. `default` and
                //! `skip_serializing_if = "Option::is_none"` go with it.

                use serde::{Deserializer, Serializer};

                use super::{Form, JsonAs, field_as};

                field_as!(T: [JsonAs<Form>], [JsonAs<Form>] => Option<Option<T>>);

                /// Writes what the column is set to.
                ///
                /// # Errors
                /// As without NULL.
                pub fn serialize<T: JsonAs<Form>, S: Serializer>(
                    value: &Option<Option<T>>,
                    serializer: S,
                ) -> Result<S::Ok, S::Error> {
                    value.serialize_as(serializer)
                }

                /// Reads what the column is set to. It is never `None`, which is for serde's `default`.
                ///
                /// # Errors
                /// As without NULL.
                pub fn deserialize<'de, T: JsonAs<Form>, D: Deserializer<'de>>(
                    deserializer: D,
                ) -> Result<Option<Option<T>>, D::Error> {
                    Option::<T>::deserialize_as(deserializer).map(Some)
                }
            }
        }
    };
}

form! {
    /// Decimal numbers as strings in plain notation, never with an exponent, and with exactly their scale: `"1.50"`. Whole
    /// numbers are read as numbers too; a number with a fraction is refused, since it has been through a binary one.
    decimal: DecimalForm
}

form! {
    /// Decimal numbers as JSON numbers. Most programs read these as doubles, so that a number that a double does not keep
    /// exactly is an error rather than another number. Zeros at the end are not kept. Strings are read too.
    decimal_number: DecimalNumberForm
}

form! {
    /// Floating point numbers as numbers, and as `"NaN"`, `"Infinity"` and `"-Infinity"`, which JSON has not.
    float: FloatForm
}

#[cfg(feature = "time")]
form! {
    /// Dates and times in ISO 8601: `2026-01-02`, `03:04:05.123`, `2026-01-02T03:04:05.123`, and with an offset as RFC 3339
    /// has it: `2026-01-02T03:04:05.123Z`, `2026-01-02T03:04:05+01:00`.
    iso: IsoForm
}

pub mod present {
    //! A column that is never NULL, whose type has `null` for a value: a JSON document. Absent leaves it as it is, `null` is
    //! the document `null`. `default` and `skip_serializing_if = "Option::is_none"` go with it.

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::field::field_as;

    field_as!(T: [DeserializeOwned], [Serialize] => Option<T>);

    /// Writes the value.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    /// Reads the value. It is never `None`, which is for serde's `default`.
    ///
    /// # Errors
    /// Where it is not a value.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        T::deserialize(deserializer).map(Some)
    }
}

pub mod nullable {
    //! A patch of a column that can be NULL: absent leaves it, `null` sets it to NULL. `default` and
    //! `skip_serializing_if = "Option::is_none"` go with it.

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::field::field_as;

    field_as!(T: [DeserializeOwned], [Serialize] => Option<Option<T>>);

    /// Writes what the column is set to.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<Option<T>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    /// Reads what the column is set to. It is never `None`, which is for serde's `default`.
    ///
    /// # Errors
    /// Where it is neither null nor a value.
    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(deserializer).map(Some)
    }
}
