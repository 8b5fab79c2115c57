//! Records of rows.

use std::slice;

use super::group::{Group, InOrder};
use super::{Columnar, Field, FieldSource};
use crate::error::RowError;
use crate::row::Row;
use crate::table::{Column, Table};

/// Reads a model from a row: its columns by their names.
///
/// # Errors
/// Where a column is missing, or holds what its Rust type does not.
pub fn from_row<R: Columnar<Table = R> + Table>(row: &Row<'_>) -> Result<R, RowError> {
    R::read(RowSource { row: row.of(R::RELATION), columns: R::RELATION.columns.iter() })
}

struct RowSource<'r> {
    row: Row<'r>,
    columns: slice::Iter<'static, Column>,
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
        // A relation has a column for every field of its model; without a name it is told as missing.
        let name = self.columns.next().map_or("", |column| column.name);
        self.row.get(name).map(T::from_value)
    }
}
