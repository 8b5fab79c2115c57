//! Columns as values of a type, so that queries can only name columns that exist.

/// The columns of one relation: a type without fields, whose variants are in the order of [`ColumnName::NAMES`].
///
/// [`impl_columns!`](crate::impl_columns) adds `name`, [`std::fmt::Display`] and, with the feature `query`, sea-query's
/// `Iden`.
///
/// ```
/// use tablature_runtime::ColumnName;
///
/// #[derive(Clone, Copy, Debug)]
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
