//! A fingerprint of everything that reflection's answers are made of, which the server works out in a fraction of the time.
//!
//! What the other statements answer is a function of the rows of the system's catalogs, of settings, of privileges and of
//! the server's version. The fingerprint is made of these themselves, by their content: row by row, with every column that
//! means something. It cannot miss a change of the answers, for where all of that is the same, they are. It may differ
//! where they do not, as after a dump is restored, for it has the numbers of objects in it.
//!
//! Numbers of transactions would be cheaper to look at, and wrong: a file system's snapshot of a database that goes two
//! ways has the same numbers with other rows behind them.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::queries::FingerprintRow;
use crate::hex::hex;

/// A catalog and what of it counts.
struct Part {
    catalog: &'static str,
    /// Its columns; empty for all of them.
    columns: &'static str,
    /// Which of its rows; empty for all of them.
    rows: &'static str,
}

impl Part {
    const fn all(catalog: &'static str) -> Self {
        Self { catalog, columns: "", rows: "" }
    }
}

/// The catalogs that the statements read, and those that the server reads to print expressions and definitions.
///
/// Roles are not among them, which all databases of a server share: the server refuses a constant that is a role.
/// Columns are left out that VACUUM, ANALYZE and the planner write, or that nobody prints, such as the bodies of functions.
const PARTS: &[Part] = &[
    Part::all("pg_aggregate"),
    Part::all("pg_am"),
    Part::all("pg_attrdef"),
    Part {
        catalog: "pg_attribute",
        columns: "x.attrelid, x.attname, x.atttypid, x.attnum, x.atttypmod, x.attndims, x.attnotnull, x.attidentity,
            x.attgenerated, x.attisdropped, x.attcollation, x.attoptions",
        rows: "x.attnum OPERATOR(pg_catalog.>) 0::int2",
    },
    Part::all("pg_cast"),
    Part {
        catalog: "pg_class",
        columns: "x.oid, x.relname, x.relnamespace, x.reltype, x.reloftype, x.relam, x.relkind, x.relpersistence,
            x.relispartition, x.reloptions, x.relpartbound",
        rows: "",
    },
    Part::all("pg_collation"),
    Part::all("pg_constraint"),
    // What belongs to an extension, to a column, or to another object's insides; the rest says what an object needs, which
    // the object itself says.
    Part {
        catalog: "pg_depend",
        columns: "",
        rows: r#"x.deptype OPERATOR(pg_catalog.=) ANY ('{e,a,i,x}'::"char"[])
            OR x.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::regclass"#,
    },
    // Nobody reads what the system says about its own functions and operators, which is most of it.
    Part {
        catalog: "pg_description",
        columns: "",
        rows: "x.classoid OPERATOR(pg_catalog.=) ANY (
            '{pg_catalog.pg_class,pg_catalog.pg_constraint,pg_catalog.pg_namespace,pg_catalog.pg_type}'::regclass[]::oid[])",
    },
    Part::all("pg_enum"),
    Part::all("pg_extension"),
    Part::all("pg_foreign_server"),
    Part::all("pg_foreign_table"),
    Part::all("pg_index"),
    Part::all("pg_inherits"),
    Part::all("pg_language"),
    // What `tablature watch` installs is as good as not there.
    Part { catalog: "pg_namespace", columns: "", rows: "x.nspname OPERATOR(pg_catalog.<>) 'tablature_watch'::name" },
    Part::all("pg_opclass"),
    // Functions by their numbers: to print their names the server looks each of them up.
    Part {
        catalog: "pg_operator",
        columns: "x.oid, x.oprname, x.oprnamespace, x.oprkind, x.oprleft, x.oprright, x.oprresult, x.oprcode::oid",
        rows: "",
    },
    Part::all("pg_opfamily"),
    Part::all("pg_partitioned_table"),
    Part {
        catalog: "pg_proc",
        columns:
            "x.oid, x.proname, x.pronamespace, x.prokind, x.provariadic, x.proretset, x.pronargs, x.pronargdefaults,
            x.prorettype, x.proargtypes, x.proallargtypes, x.proargmodes, x.proargnames, x.proargdefaults",
        rows: "x.pronamespace OPERATOR(pg_catalog.<>) ALL (
            SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) 'tablature_watch'::name)",
    },
    Part::all("pg_range"),
    // Numbers below are the system's own, whose views are never listed.
    Part { catalog: "pg_rewrite", columns: "", rows: "x.ev_class OPERATOR(pg_catalog.>) 16383::oid" },
    // How constants are printed, as far as reflection does not say it itself.
    Part {
        catalog: "pg_settings",
        columns: "x.name, x.setting",
        rows: "x.name OPERATOR(pg_catalog.=) ANY ('{lc_monetary,lc_numeric,lc_time,server_encoding,xmlbinary}'::text[])",
    },
    Part::all("pg_ts_config"),
    Part::all("pg_ts_dict"),
    Part::all("pg_type"),
    // What this role may read. The statements ask that of no relation of the system's own.
    Part {
        catalog: "pg_class",
        columns: "x.oid, pg_catalog.has_schema_privilege(x.relnamespace, 'USAGE'),
            pg_catalog.has_any_column_privilege(x.oid, 'SELECT')",
        rows: r#"x.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f,v,m}'::"char"[])
            AND x.relnamespace OPERATOR(pg_catalog.<>) ALL (
                '{pg_catalog,pg_toast,information_schema}'::regnamespace[]::oid[])"#,
    },
];

/// The statement. Rows of a catalog are hashed one by one and added up, which depends on no order; the sum of their 64 bits
/// is the same for other rows once in 2⁶⁴ times.
///
/// `concat` prints a row by the type's own function, where a cast to text could be somebody's.
pub(super) fn statement() -> String {
    let mut text = String::new();
    for (at, Part { catalog, columns, rows }) in PARTS.iter().enumerate() {
        let row = if columns.is_empty() { "x".to_owned() } else { format!("ROW({columns})") };
        let union = if at == 0 { "" } else { "\nUNION ALL " };
        let filter = if rows.is_empty() { String::new() } else { format!(" WHERE {rows}") };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{union}SELECT {at} AS part, pg_catalog.count(x)::text AS rows,
    pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.concat({row}), 0))::text AS digest
FROM pg_catalog.{catalog} x{filter}"
        );
    }
    text
}

/// One text for all that the statement answered, and for the server's version.
pub(super) fn of(version: &str, mut rows: Vec<FingerprintRow>) -> String {
    rows.sort_by_key(|row| row.part);
    let mut hash = Sha256::new();
    hash.update(version);
    for FingerprintRow { part, rows, digest } in rows {
        hash.update(format!("\n{part} {rows} {}", digest.unwrap_or_default()));
    }
    hex(hash.finalize())
}
