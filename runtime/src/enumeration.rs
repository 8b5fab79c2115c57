//! Enumerations: Rust enums whose variants stand for SQL labels.

use std::fmt;

use serde::de::{self, Deserializer};

use crate::error::ValueError;

/// The position of a variant among its enum's, from 0. [`impl_enum!`](crate::impl_enum) implements it.
pub trait Ordinal {
    /// The position.
    fn ordinal(self) -> usize;
}

/// A Rust enum whose variants stand for SQL labels, in their order.
///
/// ```
/// use tablature_runtime::{SqlEnum, impl_enum};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// pub enum BookFormat {
///     Hardcover,
///     MassMarket,
/// }
///
/// impl SqlEnum for BookFormat {
///     const NAME: &'static str = "shop.book_format";
///     const LABELS: &'static [(Self, &'static str)] =
///         &[(Self::Hardcover, "hardcover"), (Self::MassMarket, "mass market")];
/// }
///
/// impl_enum!(BookFormat);
///
/// assert_eq!(BookFormat::MassMarket.label(), "mass market");
/// assert_eq!("hardcover".parse(), Ok(BookFormat::Hardcover));
/// assert_eq!(serde_json::to_string(&BookFormat::MassMarket)?, r#""mass market""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait SqlEnum: Ordinal + Copy + Eq + 'static {
    /// The type's name in SQL, or the column's where it has none.
    const NAME: &'static str;

    /// Every variant with its label, in the order in which they are declared.
    const LABELS: &'static [(Self, &'static str)];

    /// The label of a variant.
    fn label(self) -> &'static str {
        Self::LABELS[self.ordinal()].1
    }

    /// The variant of a label; upper and lower case count.
    fn from_label(label: &str) -> Option<Self> {
        Self::LABELS.iter().find(|(_, known)| *known == label).map(|(variant, _)| *variant)
    }
}

/// An enumerated type of the database, as the generated enum has it.
#[derive(Clone, Copy)]
pub struct EnumType {
    /// The name in SQL, behind that of the schema.
    pub name: &'static str,
    label: fn(usize) -> Option<&'static str>,
}

impl EnumType {
    /// The type that an enum stands for.
    pub const fn of<E: SqlEnum>() -> Self {
        Self { name: E::NAME, label: |index| E::LABELS.get(index).map(|label| label.1) }
    }

    /// The labels in their order.
    pub fn labels(self) -> impl Iterator<Item = &'static str> {
        (0..).map_while(self.label)
    }
}

impl fmt::Debug for EnumType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<_> = self.labels().collect();
        f.debug_struct("EnumType").field("name", &self.name).field("labels", &labels).finish()
    }
}

/// Gives an enum that implements [`SqlEnum`](crate::SqlEnum) the rest: it can be read from rows, is its label as text, in
/// JSON and in cache keys, and is parsed from it.
///
/// It does not compile where the variants have fields, or where `LABELS` does not list all that are before the last
/// listed one in their order.
#[macro_export]
macro_rules! impl_enum {
    ($name:ident) => {
        const _: () = {
            let labels = <$name as $crate::SqlEnum>::LABELS;
            let mut index = 0;
            while index < labels.len() {
                assert!(labels[index].0 as usize == index, "LABELS is in the order of the variants");
                index += 1;
            }
        };

        impl $crate::Ordinal for $name {
            fn ordinal(self) -> usize {
                self as usize
            }
        }

        impl $crate::FromSql for $name {
            fn from_sql(value: $crate::Value<'_>) -> ::core::result::Result<Self, $crate::ValueError> {
                let label = value.text()?;
                <Self as $crate::SqlEnum>::from_label(&label)
                    .ok_or_else(|| $crate::__private::unknown_label(<Self as $crate::SqlEnum>::NAME))
            }
        }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> ::core::result::Result<Self, $crate::RowError> {
                row.get_at(0)
            }
        }

        impl $crate::ToSql for $name {
            fn to_sql(&self) -> $crate::Param {
                $crate::Param::Label(::std::borrow::Cow::Borrowed($crate::SqlEnum::label(*self)))
            }

            fn null() -> $crate::Param {
                $crate::Param::Null($crate::Kind::Label)
            }
        }

        impl $crate::NotNull for $name {}

        impl $crate::KeyPart for $name {
            fn write_key(&self, out: &mut $crate::KeyWriter) {
                out.text($crate::SqlEnum::label(*self));
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad($crate::SqlEnum::label(*self))
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::ValueError;

            fn from_str(label: &str) -> ::core::result::Result<Self, $crate::ValueError> {
                <Self as $crate::SqlEnum>::from_label(label)
                    .ok_or_else(|| $crate::__private::unknown_label(<Self as $crate::SqlEnum>::NAME))
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error>
            where
                S: $crate::__private::serde::Serializer,
            {
                serializer.serialize_str($crate::SqlEnum::label(*self))
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: $crate::__private::serde::Deserializer<'de>,
            {
                let labels = <Self as $crate::SqlEnum>::LABELS;
                let index =
                    $crate::__private::deserialize_label(deserializer, <Self as $crate::SqlEnum>::NAME, &|index| {
                        labels.get(index).map(|label| label.1)
                    })?;
                ::core::result::Result::Ok(labels[index].0)
            }
        }
    };
}

/// The error for a label that an enumeration has not.
#[cold]
pub fn unknown_label(name: &str) -> ValueError {
    ValueError::unheld(format!("a label that {name} did not have when the code was generated"))
}

/// Reads a label and finds its position. `label` gives the label at a position, and none past the last.
pub fn deserialize_label<'de, D: Deserializer<'de>>(
    deserializer: D,
    name: &str,
    label: &dyn Fn(usize) -> Option<&'static str>,
) -> Result<usize, D::Error> {
    deserializer.deserialize_str(LabelVisitor { name, label })
}

struct LabelVisitor<'a> {
    name: &'a str,
    label: &'a dyn Fn(usize) -> Option<&'static str>,
}

impl LabelVisitor<'_> {
    fn labels(&self) -> impl Iterator<Item = &'static str> {
        (0..).map_while(self.label)
    }
}

impl de::Visitor<'_> for LabelVisitor<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a label of {}:", self.name)?;
        for (index, label) in self.labels().enumerate() {
            let separator = if index > 0 { "," } else { "" };
            write!(f, "{separator} {label:?}")?;
        }
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<usize, E> {
        self.labels().position(|label| label == text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::value::{FromSql, SqliteData, Value};

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    enum Mood {
        Sad,
        Ok,
        Empty,
    }

    impl SqlEnum for Mood {
        const NAME: &'static str = "s.mood";
        const LABELS: &'static [(Self, &'static str)] = &[(Self::Sad, "sad"), (Self::Ok, "o\"k"), (Self::Empty, "")];
    }

    crate::impl_enum!(Mood);

    fn text(text: &str) -> Value<'_> {
        Value::Sqlite(SqliteData::Text(text.as_bytes()))
    }

    #[test]
    fn labels_are_exact() {
        for (mood, label) in Mood::LABELS {
            assert_eq!(mood.label(), *label);
            assert_eq!(mood.to_string(), *label);
            assert_eq!(label.parse(), Ok(*mood));
            assert_eq!(Mood::from_sql(text(label)), Ok(*mood));
            let json = serde_json::to_string(mood).unwrap();
            assert_eq!(serde_json::from_str::<Mood>(&json).unwrap(), *mood);
        }
        let error = serde_json::from_str::<Mood>(r#""Sad""#).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(r#"invalid value: string "Sad", expected a label of s.mood: "sad", "o\"k", """#),
            "{error}"
        );
        assert!("Sad".parse::<Mood>().is_err());
        assert_eq!(
            Mood::from_sql(text("glad")).unwrap_err().to_string(),
            "it does not hold a label that s.mood did not have when the code was generated"
        );
    }

    #[test]
    fn types_list_their_labels() {
        const MOOD: EnumType = EnumType::of::<Mood>();
        assert_eq!(format!("{MOOD:?}"), r#"EnumType { name: "s.mood", labels: ["sad", "o\"k", ""] }"#);
    }

    #[test]
    fn sets_are_lists_of_labels() {
        assert_eq!(BTreeSet::<Mood>::from_sql(text("")), Ok(BTreeSet::new()));
        assert_eq!(BTreeSet::from_sql(text("o\"k,sad")), Ok(BTreeSet::from([Mood::Sad, Mood::Ok])));
        assert!(BTreeSet::<Mood>::from_sql(text("sad,glad")).is_err());
    }
}
