//! The order of rows.

use std::marker::PhantomData;

use crate::columns::Col;

/// The order of rows by one column: `columns::TITLE.asc()`.
///
/// NULL counts as larger than everything else, on every engine: it comes last in ascending order and first in descending
/// order, unless [`nulls_first`](Self::nulls_first) or [`nulls_last`](Self::nulls_last) say otherwise. (On MySQL, such a
/// column is ordered by `column IS NULL` first, for which an index is of no use, unless NULLs are asked for where the
/// engine has them by itself: first in ascending order, last in descending order.)
#[must_use]
pub struct Order<T> {
    pub(super) term: Term,
    of: PhantomData<fn() -> T>,
}

/// The order by one column, whichever relation it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(super) column: usize,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
}

impl Term {
    pub(super) fn new(column: usize, descending: bool) -> Self {
        Self { column, descending, nulls_first: descending }
    }

    /// The other way round.
    pub(super) fn reversed(self) -> Self {
        Self { column: self.column, descending: !self.descending, nulls_first: !self.nulls_first }
    }
}

impl<T> Order<T> {
    fn new(term: Term) -> Self {
        Self { term, of: PhantomData }
    }

    /// NULLs come first.
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls_first = true;
        self
    }

    /// NULLs come last.
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls_first = false;
        self
    }
}

impl<T> Clone for Order<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Order<T> {}

impl<T> std::fmt::Debug for Order<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Order").field(&self.term).finish()
    }
}

impl<T, V> Col<T, V> {
    /// From the smallest to the largest.
    pub fn asc(self) -> Order<T> {
        Order::new(Term::new(self.index(), false))
    }

    /// From the largest to the smallest.
    pub fn desc(self) -> Order<T> {
        Order::new(Term::new(self.index(), true))
    }
}
