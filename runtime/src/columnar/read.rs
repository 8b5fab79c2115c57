//! Records of rows.

use std::slice;

use super::group::{Group, InOrder};
use super::{Columnar, Field, FieldSource};
use crate::error::RowError;
use crate::row::Row;
use crate::table::Table;

/// Reads a model from a row: its columns by their names.
///
/// # Errors
/// Where a column is missing, or holds what its Rust type does not.
pub fn from_row<R: Columnar + Table>(row: &Row<'_>) -> Result<R, RowError> {
    R::read(RowSource { row: row.of(R::RELATION), names: R::NAMES.iter() })
}

struct RowSource<'r> {
    row: Row<'r>,
    names: slice::Iter<'static, &'static str>,
}

impl FieldSource for RowSource<'_> {
    type Error = RowError;

    fn read<G: Group>(mut self) -> Result<G, RowError> {
        G::in_order(&mut self)
    }
}

impl InOrder for RowSource<'_> {
    type Error = RowError;

    fn next<T: Field>(&mut self) -> Result<T, RowError> {
        // There is a name for every field; without one it is told as missing.
        let name = self.names.next().copied().unwrap_or_default();
        self.row.get(name).map(T::from_value)
    }
}
