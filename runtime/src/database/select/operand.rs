//! What a column can be compared with.

use crate::param::{NotNull, Param};
use crate::types::Bytes;

/// A value that a column whose Rust type is `V` can be compared with: a value of that type, or of what is within its
/// `Option`; a reference to one; `&str` for text. It is never NULL.
#[diagnostic::on_unimplemented(
    message = "a column of `{V}` cannot be compared with `{Self}`",
    note = "nothing is equal to NULL: ask for it with `is_null` and `is_not_null`",
    note = "a type of your own that is never NULL implements `tablature_runtime::NotNull`"
)]
pub trait Operand<V> {
    /// What is bound.
    fn into_param(self) -> Param;
}

impl<V: NotNull> Operand<V> for V {
    fn into_param(self) -> Param {
        self.to_sql()
    }
}

impl<V: NotNull> Operand<Option<V>> for V {
    fn into_param(self) -> Param {
        self.to_sql()
    }
}

impl<V: NotNull> Operand<V> for &V {
    fn into_param(self) -> Param {
        self.to_sql()
    }
}

impl<V: NotNull> Operand<Option<V>> for &V {
    fn into_param(self) -> Param {
        self.to_sql()
    }
}

macro_rules! borrowed {
    ($($from:ty => $to:ty, $value:ident: $param:expr;)+) => {
        $(
            impl Operand<$to> for $from {
                fn into_param(self) -> Param {
                    let $value = self;
                    $param
                }
            }

            impl Operand<Option<$to>> for $from {
                fn into_param(self) -> Param {
                    Operand::<$to>::into_param(self)
                }
            }
        )+
    };
}

borrowed! {
    &str => String, text: Param::Text(text.to_owned());
    &[u8] => Bytes, bytes: Param::Bytes(bytes.to_vec());
}

/// The Rust type of a column whose text can be searched.
pub trait TextValue {}

impl TextValue for String {}

impl TextValue for Option<String> {}
