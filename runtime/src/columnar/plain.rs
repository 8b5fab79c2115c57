//! Records that are printed for people, and compared.

use std::convert::Infallible;
use std::fmt;

use super::{Columnar, FieldList, FieldRef, Visit};

/// Prints a record as a derive of `Debug` does, with the names of its columns.
///
/// # Errors
/// Those of the formatter.
pub fn debug<R: Columnar>(name: &str, record: &R, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut printer = Printer { names: R::NAMES.iter(), out: f.debug_struct(name) };
    let Ok(()) = record.fields().each(&mut printer);
    printer.out.finish()
}

struct Printer<'p, 'f> {
    names: std::slice::Iter<'static, &'static str>,
    out: fmt::DebugStruct<'p, 'f>,
}

impl<'a> Visit<'a> for Printer<'_, '_> {
    type Error = Infallible;

    fn field<F: FieldRef<'a>>(&mut self, field: F) -> Result<(), Infallible> {
        self.out.field(self.names.next().copied().unwrap_or_default(), field.debug());
        Ok(())
    }
}

/// Implements `Debug` and `PartialEq` for a struct that is [`Columnar`], and with `, serde` also serde's traits, all by the
/// columns and their names.
#[macro_export]
macro_rules! impl_record {
    ($record:ident) => {
        // Lints are to take these as they take a derive, beside which `Eq` and `Hash` may be derived.
        #[automatically_derived]
        impl ::core::fmt::Debug for $record {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::__private::debug(::core::stringify!($record), self, f)
            }
        }

        #[automatically_derived]
        impl ::core::cmp::PartialEq for $record {
            fn eq(&self, other: &Self) -> bool {
                $crate::FieldList::equal($crate::Columnar::fields(self), $crate::Columnar::fields(other))
            }
        }
    };
    ($record:ident, serde) => {
        $crate::impl_record!($record);
        $crate::impl_serde!($record);
    };
}
