//! Keys of rows: values that find at most one row of a table, in the database and in a cache.

use std::fmt;
use std::marker::PhantomData;

use crate::error::ValueError;
use crate::key::{CacheKey, KeyPart, KeyWriter, folded, unpadded};
use crate::param::{Param, ToSql};
use crate::row::read;
use crate::table::Table;
use crate::value::{FromSql, Value};

/// What finds at most one row of a table: values for its primary key, or for another key that is unique without exception.
///
/// The functions in the generated `keys` modules make them, and so do values of the primary key's own type:
///
/// ```text
/// db.find(BookId(1)).await?
/// db.find(book::keys::isbn("9780140449136")).await?
/// ```
pub struct Key<T> {
    pub(crate) columns: &'static [&'static str],
    pub(crate) params: Vec<Param>,
    /// The position among the relation's cache keys, and the texts of the values, each behind a colon.
    pub(crate) cached: Option<(usize, String)>,
    table: PhantomData<fn() -> T>,
}

/// A value of a key that rows are cached under.
pub trait KeyValue: KeyPart + ToSql {}

impl<T: KeyPart + ToSql> KeyValue for T {}

impl<T: Table> Key<T> {
    /// A key of the relation's [`cache_keys`](crate::Relation::cache_keys), by its position among them.
    pub fn cached(position: usize, values: &[&dyn KeyValue]) -> Self {
        let mut texts = KeyWriter::default();
        for value in values {
            texts.separate();
            value.write_key(&mut texts);
        }
        Self {
            columns: T::RELATION.cache_keys[position].columns,
            params: values.iter().map(|value| value.to_sql()).collect(),
            cached: Some((position, texts.finish())),
            table: PhantomData,
        }
    }

    /// A key that rows are not cached under.
    pub fn uncached(columns: &'static [&'static str], values: &[&dyn ToSql]) -> Self {
        Self { columns, params: values.iter().map(|value| value.to_sql()).collect(), cached: None, table: PhantomData }
    }

    /// The key under which the row is cached; `None` where no text stands for exactly one value, as under a collation
    /// that takes several texts for equal.
    pub fn cache_key(&self) -> Option<String> {
        self.cache_key_of(T::RELATION.layout)
    }

    /// As [`cache_key`](Self::cache_key), under another layout.
    pub(crate) fn cache_key_of(&self, layout: &str) -> Option<String> {
        let (position, texts) = self.cached.as_ref()?;
        let index = T::RELATION.cache_keys[*position].name;
        let mut key = CacheKey::of_layout(T::schema().cache_prefix, T::RELATION, layout, index).finish();
        key.push_str(texts);
        Some(key)
    }

    /// The columns, in key order.
    pub fn columns(&self) -> &'static [&'static str] {
        self.columns
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        Self { columns: self.columns, params: self.params.clone(), cached: self.cached.clone(), table: PhantomData }
    }
}

/// The columns, and not the values, which may be secret.
impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// What stands for a key of `T`: a [`Key`], or a value of the primary key's type.
pub trait IntoKey<T> {
    /// The key.
    fn into_key(self) -> Key<T>;
}

impl<T> IntoKey<T> for Key<T> {
    fn into_key(self) -> Key<T> {
        self
    }
}

impl<T> IntoKey<T> for &Key<T> {
    fn into_key(self) -> Key<T> {
        self.clone()
    }
}

/// Appends the texts of a cache key's values, as they were read from a row.
pub type KeyText = fn(CacheKey, &[Option<Value<'_>>]) -> Result<CacheKey, ValueError>;

/// The [`KeyText`] of columns of these Rust types.
///
/// # Errors
/// Where a value is NULL, or the Rust type does not hold it.
pub fn text<C: KeyColumns>(key: CacheKey, values: &[Option<Value<'_>>]) -> Result<CacheKey, ValueError> {
    C::write(key, &mut values.iter().copied())
}

/// The Rust types of the columns of a key: a tuple of them, or of such tuples.
pub trait KeyColumns {
    /// Appends the texts of the next values.
    ///
    /// # Errors
    /// Where a value is NULL, or its Rust type does not hold it.
    fn write(key: CacheKey, values: &mut dyn Iterator<Item = Option<Value<'_>>>) -> Result<CacheKey, ValueError>;
}

/// One column.
pub struct One<T>(PhantomData<T>);

impl<T: FromSql + KeyPart> KeyColumns for One<T> {
    fn write(key: CacheKey, values: &mut dyn Iterator<Item = Option<Value<'_>>>) -> Result<CacheKey, ValueError> {
        Ok(key.part(&read::<T>(values.next().flatten())?))
    }
}

/// A column, and those after it.
pub struct And<T, R>(PhantomData<(T, R)>);

impl<T: FromSql + KeyPart, R: KeyColumns> KeyColumns for And<T, R> {
    fn write(key: CacheKey, values: &mut dyn Iterator<Item = Option<Value<'_>>>) -> Result<CacheKey, ValueError> {
        let key = key.part(&read::<T>(values.next().flatten())?);
        R::write(key, values)
    }
}

/// The [`KeyText`] of columns of the given types: `key_text!(BookId, String)`.
#[macro_export]
macro_rules! key_text {
    (@columns $type:ty) => { $crate::__private::One<$type> };
    (@columns $type:ty, $($rest:ty),+) => {
        $crate::__private::And<$type, $crate::key_text!(@columns $($rest),+)>
    };
    ($($type:ty),+ $(,)?) => { $crate::__private::text::<$crate::key_text!(@columns $($type),+)> };
}

/// Text of a column that compares without regard to case; see [`folded`].
pub struct Fold(String);

/// Text of a column that is padded with blanks; see [`unpadded`].
pub struct Unpad(String);

macro_rules! written_as {
    ($($type:ident: $function:ident;)+) => {
        $(
            impl FromSql for $type {
                fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
                    String::from_sql(value).map(Self)
                }
            }

            impl KeyPart for $type {
                fn write_key(&self, out: &mut KeyWriter) {
                    $function(&self.0).write_key(out);
                }
            }
        )+
    };
}

written_as! {
    Fold: folded;
    Unpad: unpadded;
}
