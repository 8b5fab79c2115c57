//! Constants and names as each engine reads them.

use crate::table::Dialect;

/// A text between quotes.
pub(in crate::migrate) fn text(dialect: Dialect, value: &str) -> String {
    let value = value.replace('\'', "''");
    match dialect {
        // A backslash is an escape there, unless a session says otherwise; the runner sees to it that none does.
        Dialect::Mysql => format!("'{}'", value.replace('\\', "\\\\")),
        Dialect::Postgres | Dialect::Sqlite => format!("'{value}'"),
    }
}

/// Bytes, from their hexadecimal digits.
pub(super) fn bytes(dialect: Dialect, digits: &str) -> String {
    match dialect {
        Dialect::Postgres => format!("'\\x{digits}'::bytea"),
        Dialect::Mysql | Dialect::Sqlite => format!("X'{digits}'"),
    }
}

/// A quoted name.
pub(super) fn name(dialect: Dialect, name: &str) -> String {
    let mut quoted = String::new();
    dialect.quote(name, &mut quoted);
    quoted
}

/// Quoted names with commas between them.
pub(super) fn names(dialect: Dialect, names: &[String]) -> String {
    names.iter().map(|n| name(dialect, n)).collect::<Vec<_>>().join(", ")
}
