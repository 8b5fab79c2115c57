//! When two values of a column are the same.

use super::values::base_of;
use crate::param::{Param, text};
use crate::table::{Column, Dialect};

/// Whether a value that was read is the one that was written.
pub(super) fn is_same(column: &Column, dialect: Dialect, written: &Param, read: &Param) -> bool {
    match (written, read) {
        (Param::Null(_), Param::Null(_)) => true,
        (Param::Real(a), Param::Real(b)) => is_same_float((*a).into(), (*b).into(), dialect),
        (Param::Double(a), Param::Double(b)) => is_same_float(*a, *b, dialect),
        // A key's text is padded by PostgreSQL, and the one that it refers to may not be.
        (Param::Text(a), Param::Text(b)) if is_padded(column, dialect) => {
            a.trim_end_matches(' ') == b.trim_end_matches(' ')
        }
        (a, b) => a == b,
    }
}

/// NaN is NaN here. Only PostgreSQL keeps the sign of a zero.
fn is_same_float(a: f64, b: f64, dialect: Dialect) -> bool {
    let is_zero = a == 0.0 && b == 0.0 && dialect != Dialect::Postgres;
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()) || is_zero
}

fn is_padded(column: &Column, dialect: Dialect) -> bool {
    dialect == Dialect::Postgres && matches!(base_of(column.sql_type).as_str(), "character" | "char" | "bpchar")
}

/// Whether two JSON texts are the same document.
pub(super) fn is_same_json(a: &str, b: &str) -> bool {
    // Floats are told apart by their texts, of which serde_json has one for each.
    a == b
}

/// A value for people. The database is a scratch one, and its values were made up.
pub(super) fn shown(param: &Param) -> String {
    if param.is_null() { "NULL".to_owned() } else { format!("{:?}", text::of(param)) }
}
