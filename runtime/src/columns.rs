//! Columns and foreign keys as values of a type, so that queries can only name what exists.

use std::fmt;
use std::marker::PhantomData;

use crate::table::{Column, ForeignKey, Table};

/// The columns of one relation: a type without fields, whose variants are in the order of [`ColumnName::NAMES`].
///
/// [`impl_columns!`](crate::impl_columns) adds `name`, [`std::fmt::Display`] and, with the feature `query`, sea-query's
/// `Iden`.
///
/// ```
/// use tablature_runtime::ColumnName;
///
/// #[derive(Clone, Copy)]
/// enum BookColumn {
///     Id,
///     Isbn13,
/// }
///
/// impl ColumnName for BookColumn {
///     const NAMES: &'static [&'static str] = &["id", "isbn-13"];
/// }
///
/// tablature_runtime::impl_columns!(BookColumn);
///
/// assert_eq!(BookColumn::Isbn13.name(), "isbn-13");
/// assert_eq!(BookColumn::Id.to_string(), "id");
/// ```
pub trait ColumnName: Copy {
    /// The SQL names, in the order of the variants.
    const NAMES: &'static [&'static str];
}

/// Implements what every list of columns has; see [`ColumnName`].
#[macro_export]
macro_rules! impl_columns {
    ($columns:ty) => {
        impl $columns {
            /// The SQL name.
            pub const fn name(self) -> &'static str {
                <Self as $crate::ColumnName>::NAMES[self as usize]
            }
        }

        impl ::std::fmt::Debug for $columns {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl ::std::fmt::Display for $columns {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }

        $crate::__impl_iden!($columns);
    };
}

#[cfg(feature = "query")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_iden {
    ($columns:ty) => {
        impl $crate::sea_query::Iden for $columns {
            fn unquoted(&self) -> &str {
                self.name()
            }
        }
    };
}

#[cfg(not(feature = "query"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_iden {
    ($columns:ty) => {};
}

/// A column of a model, with the Rust type of its values: what conditions and orders are made of.
///
/// The generated `columns` modules have a constant for every column.
pub struct Col<T, V> {
    index: usize,
    of: PhantomData<fn() -> (T, V)>,
}

impl<T, V> Col<T, V> {
    /// The column at that position among the relation's, counted from 0.
    pub const fn new(index: usize) -> Self {
        Self { index, of: PhantomData }
    }

    /// The position among the relation's columns, counted from 0.
    pub const fn index(self) -> usize {
        self.index
    }
}

impl<T: Table, V> Col<T, V> {
    /// The column.
    pub fn column(self) -> &'static Column {
        &T::RELATION.columns[self.index]
    }
}

impl<T, V> Clone for Col<T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Col<T, V> {}

impl<T, V> fmt::Debug for Col<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Col").field(&self.index).finish()
    }
}

/// A foreign key from rows of `C` to rows of `P`.
///
/// The generated `references` modules have a constant for every foreign key whose target was generated too.
pub struct Reference<C, P> {
    index: usize,
    of: PhantomData<fn() -> (C, P)>,
}

impl<C, P> Reference<C, P> {
    /// The foreign key at that position among the relation's, counted from 0.
    pub const fn new(index: usize) -> Self {
        Self { index, of: PhantomData }
    }
}

impl<C: Table, P: Table> Reference<C, P> {
    /// The foreign key.
    pub fn foreign_key(self) -> &'static ForeignKey {
        &C::RELATION.foreign_keys[self.index]
    }
}

impl<C, P> Clone for Reference<C, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, P> Copy for Reference<C, P> {}

impl<C, P> fmt::Debug for Reference<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.index).finish()
    }
}
