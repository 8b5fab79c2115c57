//! Types that SQL has and Rust's own crates have not, or not without loss.

mod array;
mod bits;
mod bytes;
mod interval;
mod mac;
mod range;
mod set;
mod sqlite;

pub use array::{Array, Dimension, NullElement};
pub use bits::BitString;
pub use bytes::Bytes;
pub use interval::Interval;
pub use mac::MacAddr;
pub use range::{Multirange, Range};
pub use sqlite::SqliteValue;

/// A text that is not the form of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not {0}")]
pub struct ParseError(pub(crate) &'static str);

/// `Serialize` as the text of `Display`, `Deserialize` by `FromStr`.
macro_rules! serde_as_text {
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
                    }
                }

                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

use serde_as_text;
