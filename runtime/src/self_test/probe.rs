//! Values that no insert form can bring and the database can hold all the same: they are put there by SQL. Reading one is
//! an error that names the column, or gives the very value: written back, it has the same text.

use super::values::base_of;
use crate::table::{Column, Dialect};

type Literals = (&'static [&'static str], &'static [&'static str]);

const POSTGRES: &[Literals] = &[
    (&["numeric"], &["'NaN'", "'Infinity'", "'-Infinity'", "1e-100", "1e100"]),
    (&["real", "double precision"], &["'NaN'", "'Infinity'", "'-Infinity'", "'-0'"]),
    (&["date"], &["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'", "'0001-01-01'"]),
    (
        &["timestamp without time zone", "timestamp with time zone"],
        &[
            "'infinity'",
            "'-infinity'",
            "'4713-01-01 00:00:00 BC'",
            "'294276-12-31 23:59:59.999999'",
            "'10000-01-01 00:00:00'",
        ],
    ),
    (&["time without time zone"], &["'24:00:00'", "'23:59:59.999999'"]),
    (&["interval"], &["'-178000000 years -2147483648 days'", "'1 mon -1 day 00:00:00.000001'"]),
    (&["json", "jsonb"], &["'1e400'", "'18446744073709551615'", "'36893488147419103233'", "'null'"]),
    (&["integer[]", "bigint[]", "smallint[]"], &["'{}'", "'{NULL}'", "'{{1,2},{3,NULL}}'", "'[0:1]={1,2}'"]),
    (&["text[]", "character varying[]"], &["'{}'", "'{NULL,\"NULL\",\"\"}'", "'[-1:0]={a,b}'", "'{{a,b},{c,d}}'"]),
    (&["int4range", "int8range", "numrange"], &["'empty'", "'(,)'", "'(,5)'", "'[5,)'"]),
    (&["daterange"], &["'[infinity,)'", "'(,-infinity]'"]),
    (&["hstore"], &["'a=>NULL'", "'NULL=>\"NULL\"'"]),
    (&["bit varying"], &["''"]),
    (&["bytea"], &["''", "'\\x00'"]),
    (&["inet"], &["'10.1.2.3/8'", "'::ffff:1.2.3.4/128'"]),
];

const MYSQL: &[Literals] = &[
    (&["date"], &["'0000-00-00'", "'2026-00-00'", "'0001-01-01'"]),
    (&["datetime", "timestamp"], &["'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'"]),
    (&["time"], &["'838:59:59'", "'-838:59:59'", "'24:00:00'", "'23:59:59'"]),
    (&["year"], &["0", "1901", "2155"]),
    (&["float", "double"], &["1e-45", "-0e0", "1e38"]),
    (&["json"], &["'1e400'", "'18446744073709551615'", "'36893488147419103233'", "'null'"]),
    (&["tinyint"], &["2", "-1", "127"]),
];

/// SQLite holds values to no type, unless the table is STRICT.
const SQLITE: &[&str] =
    &["'abc'", "''", "x'00ff'", "1.5", "2", "-9223372036854775808", "9e999", "'12345678901234567890123'"];

/// What is put into a column: SQL that the engine understands for its type.
pub(super) fn literals(dialect: Dialect, column: &Column) -> &'static [&'static str] {
    let base = base_of(column.sql_type);
    let brackets = if column.sql_type.ends_with("[]") { "[]" } else { "" };
    let name = format!("{base}{brackets}");
    let table = match dialect {
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
        Dialect::Sqlite => return SQLITE,
    };
    table.iter().find(|(names, _)| names.contains(&name.as_str())).map_or(&[], |(_, literals)| literals)
}
