//! The statements that read PostgreSQL's catalog, and the rows that they answer with.
//!
//! Each statement reads one part of the catalog for all relations at once. They read `pg_catalog` alone, which shows the
//! same to every role, and qualify every relation, function and operator of it, so that nothing a database brings along
//! can take their place. To run one in psql, put a list of schema oids such as `'{2200}'::pg_catalog.oid[]` for
//! `{schemas}` and one of the two forms in [`FRAGMENTS`] for every other name in braces.
//!
//! Lists travel as JSON text: the text form of an array cannot be told from NULL where an element is called `NULL`.

use serde::Deserialize;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::catalog::QName;

/// The number of an object in this database; it never reaches the catalog.
pub(super) type Oid = u32;

/// A statement that reads a part of the catalog.
pub(super) struct Statement {
    /// What it reads, for messages.
    pub(super) what: &'static str,
    sql: &'static str,
}

/// Text that stands for a name in braces, by the version that the server must at least have.
struct Fragment {
    name: &'static str,
    since: u32,
    then: &'static str,
    before: &'static str,
}

/// What differs between the versions of the server, or is wanted in several statements.
const FRAGMENTS: &[Fragment] = &[
    Fragment { name: "{multirange}", since: 140_000, then: "r.rngmultitypid", before: "NULL::oid" },
    Fragment { name: "{multirange_of}", since: 140_000, then: "m.rngmultitypid", before: "NULL::oid" },
    Fragment { name: "{nulls_not_distinct}", since: 150_000, then: "i.indnullsnotdistinct", before: "false" },
    Fragment { name: "{set_columns}", since: 150_000, then: "k.confdelsetcols", before: "NULL::int2[]" },
    Fragment { name: "{period}", since: 180_000, then: "k.conperiod", before: "false" },
    Fragment { name: "{enforced}", since: 180_000, then: "k.conenforced", before: "true" },
    // A NOT NULL that was left NOT VALID says nothing about the rows from before it.
    Fragment {
        name: "{not_null}",
        since: 180_000,
        then: "(a.attnotnull AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint k
            WHERE k.conrelid OPERATOR(pg_catalog.=) a.attrelid AND k.contype OPERATOR(pg_catalog.=) 'n'
                AND k.conkey[1] OPERATOR(pg_catalog.=) a.attnum AND NOT k.convalidated))",
        before: "a.attnotnull",
    },
    // The relations that are listed: partitions are folded into the table that they are parts of.
    Fragment {
        name: "{listed}",
        since: 0,
        then: r#"c.relnamespace OPERATOR(pg_catalog.=) ANY ({schemas})
        AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f,v,m}'::"char"[]) AND NOT c.relispartition
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
                AND e.objid OPERATOR(pg_catalog.=) c.oid AND e.objsubid OPERATOR(pg_catalog.=) 0
                AND e.deptype OPERATOR(pg_catalog.=) 'e')"#,
        before: "",
    },
    Fragment {
        name: "{collation}",
        since: 0,
        then: "CASE
            WHEN l.oid IS NULL THEN NULL
            WHEN ln.nspname OPERATOR(pg_catalog.=) 'pg_catalog' THEN l.collname::text
            ELSE pg_catalog.concat(ln.nspname, '.', l.collname)
        END",
        before: "",
    },
];

impl Statement {
    /// The text for a server of that version, for those schemas.
    pub(super) fn text(&self, version: u32, schemas: &[Oid]) -> String {
        let text = FRAGMENTS.iter().fold(self.sql.to_owned(), |text, fragment| {
            text.replace(fragment.name, if version >= fragment.since { fragment.then } else { fragment.before })
        });
        // Nothing but numbers is ever put into a statement.
        let schemas = schemas.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        text.replace("{schemas}", &format!("'{{{schemas}}}'::pg_catalog.oid[]"))
    }
}

/// Opens the snapshot. Sent together with [`SETTINGS`].
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Settles, for this transaction alone, all that changes what the server prints or how long it works: a role or a
/// database may have its own settings. With an empty path, everything outside `pg_catalog` is printed qualified.
///
/// Printing a view locks what it reads, as any use of it would; the wait for a lock is short, so that a migration that
/// runs meanwhile is reported and not waited for without end.
pub(super) const SETTINGS: &str = "SELECT pg_catalog.current_setting('server_version_num') AS number,
    pg_catalog.version() AS version,
    pg_catalog.set_config('search_path', '', true),
    pg_catalog.set_config('jit', 'off', true),
    pg_catalog.set_config('statement_timeout', '300s', true),
    pg_catalog.set_config('lock_timeout', '30s', true),
    pg_catalog.set_config('quote_all_identifiers', 'off', true),
    pg_catalog.set_config('standard_conforming_strings', 'on', true),
    pg_catalog.set_config('extra_float_digits', '1', true),
    pg_catalog.set_config('bytea_output', 'hex', true),
    pg_catalog.set_config('datestyle', 'ISO', true),
    pg_catalog.set_config('intervalstyle', 'postgres', true),
    pg_catalog.set_config('timezone', 'UTC', true)";

/// Names the snapshot for another connection.
pub(super) const EXPORT: Statement =
    Statement { what: "the snapshot's name", sql: "SELECT pg_catalog.pg_export_snapshot() AS snapshot" };

/// Takes over the snapshot of that name, which is the server's own; what it never has in it would have no business there.
pub(super) fn join(snapshot: &str) -> String {
    format!("SET TRANSACTION SNAPSHOT '{}'", snapshot.replace(['\'', '\\'], ""))
}

/// Closes the snapshot.
pub(super) const END: &str = "ROLLBACK";

/// All schemas that are not the system's own.
pub(super) const NAMESPACES: Statement = Statement {
    what: "the schemas",
    sql: "SELECT n.oid, n.nspname::text AS name, d.description AS comment,
    EXISTS (
        SELECT FROM pg_catalog.pg_depend e
        WHERE e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::regclass
            AND e.objid OPERATOR(pg_catalog.=) n.oid AND e.deptype OPERATOR(pg_catalog.=) 'e'
    ) AS of_extension
FROM pg_catalog.pg_namespace n
LEFT JOIN pg_catalog.pg_description d
    ON d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::regclass
    AND d.objoid OPERATOR(pg_catalog.=) n.oid AND d.objsubid OPERATOR(pg_catalog.=) 0
WHERE NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
    AND n.nspname OPERATOR(pg_catalog.<>) ALL ('{information_schema,tablature_watch}'::name[])",
};

/// All types, of all schemas: columns refer to them by oid. The row types of the system's own relations are left out.
pub(super) const TYPES: Statement = Statement {
    what: "the types",
    sql: r#"SELECT t.oid, n.nspname::text AS schema, t.typname::text AS name, t.typtype::text AS kind,
    pg_catalog.format_type(t.oid, NULL) AS printed,
    CASE WHEN e.typarray OPERATOR(pg_catalog.=) t.oid THEN e.oid END AS element,
    b.oid AS base, t.typtypmod AS base_modifier, t.typndims AS base_dimensions,
    CASE WHEN b.oid IS NOT NULL THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS base_raw,
    t.typnotnull AS not_null, pg_catalog.pg_get_expr(t.typdefaultbin, 0::oid) AS "default",
    {collation} AS collation,
    c.oid AS relation, c.relkind::text AS relation_kind,
    CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'e' THEN (
        SELECT pg_catalog.json_agg(v.enumlabel ORDER BY v.enumsortorder)
        FROM pg_catalog.pg_enum v WHERE v.enumtypid OPERATOR(pg_catalog.=) t.oid
    )::text END AS labels,
    r.rngsubtype AS subtype, {multirange} AS multirange, m.rngtypid AS multirange_of,
    x.extname::text AS extension, d.description AS comment
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
LEFT JOIN pg_catalog.pg_type e ON e.oid OPERATOR(pg_catalog.=) t.typelem
LEFT JOIN pg_catalog.pg_type b ON b.oid OPERATOR(pg_catalog.=) t.typbasetype
LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
LEFT JOIN pg_catalog.pg_collation l
    ON l.oid OPERATOR(pg_catalog.=) t.typcollation AND b.typcollation OPERATOR(pg_catalog.<>) t.typcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid OPERATOR(pg_catalog.=) l.collnamespace
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid OPERATOR(pg_catalog.=) t.oid
LEFT JOIN pg_catalog.pg_range m ON {multirange_of} OPERATOR(pg_catalog.=) t.oid
LEFT JOIN pg_catalog.pg_depend dx
    ON dx.deptype OPERATOR(pg_catalog.=) 'e'
    AND dx.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::regclass AND dx.objid OPERATOR(pg_catalog.=) t.oid
LEFT JOIN pg_catalog.pg_extension x ON x.oid OPERATOR(pg_catalog.=) dx.refobjid
LEFT JOIN pg_catalog.pg_description d
    ON d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::regclass
    AND d.objoid OPERATOR(pg_catalog.=) t.oid AND d.objsubid OPERATOR(pg_catalog.=) 0
WHERE NOT (
    n.nspname OPERATOR(pg_catalog.=) ANY ('{pg_catalog,information_schema,pg_toast}'::name[])
    AND (c.oid IS NOT NULL OR COALESCE(e.typrelid, 0::oid) OPERATOR(pg_catalog.<>) 0::oid))"#,
};

/// The relations that are listed.
pub(super) const RELATIONS: Statement = Statement {
    what: "the relations",
    sql: r#"SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
    d.description AS comment,
    CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
    CASE WHEN c.relkind OPERATOR(pg_catalog.=) ANY ('{v,m}'::"char"[])
        THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition,
    s.srvname::text AS provider,
    (
        SELECT pg_catalog.json_agg(
            pg_catalog.json_build_object('schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
        FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class p ON p.oid OPERATOR(pg_catalog.=) i.inhparent
        JOIN pg_catalog.pg_namespace pn ON pn.oid OPERATOR(pg_catalog.=) p.relnamespace
        WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid
    )::text AS inherits,
    COALESCE(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT'), true) AS readable
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
LEFT JOIN pg_catalog.pg_foreign_table f ON f.ftrelid OPERATOR(pg_catalog.=) c.oid
LEFT JOIN pg_catalog.pg_foreign_server s ON s.oid OPERATOR(pg_catalog.=) f.ftserver
LEFT JOIN pg_catalog.pg_description d
    ON d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
    AND d.objoid OPERATOR(pg_catalog.=) c.oid AND d.objsubid OPERATOR(pg_catalog.=) 0
WHERE {listed}"#,
};

/// The columns of the relations that are listed, the fields of composite types, and those of other relations whose row
/// type something refers to. The three ways to refer to one are a column, a domain and a range; an array of it counts.
///
/// A default refers to no column, so that it is printed without its relation, whose columns the server would otherwise
/// give names to for every one of them.
pub(super) const COLUMNS: Statement = Statement {
    what: "the columns",
    sql: r#"WITH used AS (
    SELECT a.atttypid AS type
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
    WHERE a.attnum OPERATOR(pg_catalog.>) 0::int2 AND NOT a.attisdropped
        AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f,v,m,c}'::"char"[])
    UNION
    SELECT t.typbasetype FROM pg_catalog.pg_type t WHERE t.typtype OPERATOR(pg_catalog.=) 'd'
    UNION
    SELECT r.rngsubtype FROM pg_catalog.pg_range r
), rows AS (
    SELECT COALESCE(e.typrelid, t.typrelid) AS relation
    FROM used
    JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) used.type
    LEFT JOIN pg_catalog.pg_type e
        ON e.oid OPERATOR(pg_catalog.=) t.typelem AND e.typarray OPERATOR(pg_catalog.=) t.oid
)
SELECT a.attrelid AS relation, a.attname::text AS name, a.atttypid AS type_id, a.atttypmod AS modifier,
    a.attndims::int4 AS dimensions, pg_catalog.format_type(a.atttypid, a.atttypmod) AS raw,
    {not_null} AS not_null,
    pg_catalog.pg_get_expr(
        v.adbin, CASE WHEN a.attgenerated OPERATOR(pg_catalog.<>) '' THEN v.adrelid ELSE 0::oid END
    ) AS expression,
    a.attidentity::text AS identity, a.attgenerated::text AS generated,
    v.oid IS NOT NULL AND EXISTS (
        SELECT FROM pg_catalog.pg_depend o
        JOIN pg_catalog.pg_depend u ON u.refobjid OPERATOR(pg_catalog.=) o.objid
        WHERE o.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
            AND o.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
            AND o.refobjid OPERATOR(pg_catalog.=) a.attrelid
            AND o.refobjsubid OPERATOR(pg_catalog.=) a.attnum::int4
            AND o.deptype OPERATOR(pg_catalog.=) 'a'
            AND u.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::regclass
            AND u.objid OPERATOR(pg_catalog.=) v.oid
            AND u.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
    ) AS owns_sequence,
    {collation} AS collation, d.description AS comment
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
LEFT JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
LEFT JOIN pg_catalog.pg_attrdef v
    ON v.adrelid OPERATOR(pg_catalog.=) a.attrelid AND v.adnum OPERATOR(pg_catalog.=) a.attnum
LEFT JOIN pg_catalog.pg_collation l
    ON l.oid OPERATOR(pg_catalog.=) a.attcollation AND t.typcollation OPERATOR(pg_catalog.<>) a.attcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid OPERATOR(pg_catalog.=) l.collnamespace
LEFT JOIN pg_catalog.pg_description d
    ON d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
    AND d.objoid OPERATOR(pg_catalog.=) a.attrelid AND d.objsubid OPERATOR(pg_catalog.=) a.attnum::int4
WHERE a.attnum OPERATOR(pg_catalog.>) 0::int2 AND NOT a.attisdropped
    AND (c.relkind OPERATOR(pg_catalog.=) 'c'
        OR c.oid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT rows.relation FROM rows))
        OR ({listed}))
ORDER BY a.attrelid, a.attnum"#,
};

/// The constraints of the relations that are listed, without those that the server cloned from another because of
/// partitions, and the checks of all domains. `OFFSET 0` has the server look the columns of a key up one by one; it would
/// read all columns of the relation for each of its keys. What stands behind `CASE WHEN` is not looked for where there can be
/// none, which is most of the server's work.
pub(super) const CONSTRAINTS: Statement = Statement {
    what: "the constraints",
    sql: r#"SELECT k.conrelid AS relation, k.contypid AS domain, k.conname::text AS name, k.contype::text AS kind,
    CASE WHEN k.contype OPERATOR(pg_catalog.<>) 'c' THEN (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u (number, place)
        CROSS JOIN LATERAL (
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) k.conrelid AND a.attnum OPERATOR(pg_catalog.=) u.number OFFSET 0) a
    )::text END AS columns,
    CASE WHEN i.indnatts OPERATOR(pg_catalog.>) i.indnkeyatts THEN (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY u (number, place)
        CROSS JOIN LATERAL (
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) k.conrelid AND a.attnum OPERATOR(pg_catalog.=) u.number OFFSET 0) a
        WHERE u.place OPERATOR(pg_catalog.>) i.indnkeyatts::int8
    )::text END AS include,
    rn.nspname::text AS referenced_schema, r.relname::text AS referenced_name,
    CASE WHEN k.contype OPERATOR(pg_catalog.=) 'f' THEN (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u (number, place)
        CROSS JOIN LATERAL (
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) k.confrelid AND a.attnum OPERATOR(pg_catalog.=) u.number OFFSET 0) a
    )::text END AS referenced_columns,
    CASE WHEN {set_columns} IS NOT NULL THEN (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest({set_columns}) WITH ORDINALITY u (number, place)
        CROSS JOIN LATERAL (
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid OPERATOR(pg_catalog.=) k.conrelid AND a.attnum OPERATOR(pg_catalog.=) u.number OFFSET 0) a
    )::text END AS set_columns,
    k.confupdtype::text AS on_update, k.confdeltype::text AS on_delete, k.confmatchtype::text AS match_type,
    k.condeferrable AS is_deferrable, k.condeferred AS deferred, k.convalidated AS validated,
    {enforced} AS enforced, {period} AS period, k.connoinherit AS no_inherit,
    COALESCE({nulls_not_distinct}, false) AS nulls_not_distinct,
    pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression,
    CASE WHEN k.contype OPERATOR(pg_catalog.=) 'x' THEN pg_catalog.pg_get_constraintdef(k.oid) END AS definition,
    d.description AS comment
FROM pg_catalog.pg_constraint k
LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) k.conrelid
LEFT JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) k.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid OPERATOR(pg_catalog.=) r.relnamespace
LEFT JOIN pg_catalog.pg_index i
    ON i.indexrelid OPERATOR(pg_catalog.=) k.conindid
    AND k.contype OPERATOR(pg_catalog.=) ANY ('{p,u}'::"char"[])
LEFT JOIN pg_catalog.pg_description d
    ON d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::regclass
    AND d.objoid OPERATOR(pg_catalog.=) k.oid AND d.objsubid OPERATOR(pg_catalog.=) 0
WHERE k.contype OPERATOR(pg_catalog.=) ANY ('{p,u,f,c,x}'::"char"[])
    AND k.conparentid OPERATOR(pg_catalog.=) 0::oid
    AND (k.contypid OPERATOR(pg_catalog.<>) 0::oid OR ({listed}))"#,
};

/// The indexes of the relations that are listed, without those behind constraints. An operator class is named where it
/// is not what the server would take by itself, a collation where it is not the column's; 100 is the
/// oid of the database's own collation on every server.
pub(super) const INDEXES: Statement = Statement {
    what: "the indexes",
    sql: r#"SELECT i.indrelid AS relation, x.relname::text AS name, m.amname::text AS method, i.indisunique AS is_unique,
    {nulls_not_distinct} AS nulls_not_distinct, i.indisvalid AND i.indisready AS valid,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate, d.description AS comment, p.parts::text AS parts
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indrelid
JOIN pg_catalog.pg_class x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid OPERATOR(pg_catalog.=) x.relam
LEFT JOIN pg_catalog.pg_description d
    ON d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::regclass
    AND d.objoid OPERATOR(pg_catalog.=) i.indexrelid AND d.objsubid OPERATOR(pg_catalog.=) 0
CROSS JOIN LATERAL (
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
        'column', a.attname,
        'expression', CASE WHEN a.attname IS NULL
            THEN pg_catalog.pg_get_indexdef(i.indexrelid, u.place::int4, true) END,
        'key', u.place OPERATOR(pg_catalog.<=) i.indnkeyatts::int8,
        'options', u.options,
        'operator_class', o.opcname,
        'collation', CASE
            WHEN u.collation_id OPERATOR(pg_catalog.<>) COALESCE(a.attcollation, 100::oid) THEN (
                SELECT {collation}
                FROM pg_catalog.pg_collation l
                JOIN pg_catalog.pg_namespace ln ON ln.oid OPERATOR(pg_catalog.=) l.collnamespace
                WHERE l.oid OPERATOR(pg_catalog.=) u.collation_id)
        END
    ) ORDER BY u.place) AS parts
    FROM unnest(i.indkey, i.indclass, i.indcollation, i.indoption) WITH ORDINALITY
        u (number, class_id, collation_id, options, place)
    LEFT JOIN LATERAL (
        SELECT a.attname, a.atttypid, a.attcollation FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) u.number OFFSET 0) a
        ON true
    LEFT JOIN pg_catalog.pg_opclass o
        ON o.oid OPERATOR(pg_catalog.=) u.class_id
        AND (NOT o.opcdefault
            OR o.opcintype OPERATOR(pg_catalog.<>) a.atttypid AND EXISTS (
                SELECT FROM pg_catalog.pg_opclass own
                WHERE own.opcmethod OPERATOR(pg_catalog.=) o.opcmethod AND own.opcdefault
                    AND own.opcintype OPERATOR(pg_catalog.=) a.atttypid))
) p
WHERE i.indislive AND {listed}
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conrelid OPERATOR(pg_catalog.=) i.indrelid AND k.conindid OPERATOR(pg_catalog.=) i.indexrelid
            AND k.contype OPERATOR(pg_catalog.=) ANY ('{p,u,x}'::"char"[]))"#,
};

/// The functions and procedures of the schemas asked for, without those of extensions and those that come with a type.
pub(super) const ROUTINES: Statement = Statement {
    what: "the routines",
    sql: "SELECT n.nspname::text AS schema, p.proname::text AS name, p.prokind::text AS kind,
    pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
    CASE WHEN p.prokind OPERATOR(pg_catalog.<>) 'p' THEN pg_catalog.pg_get_function_result(p.oid) END AS returns
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
WHERE p.pronamespace OPERATOR(pg_catalog.=) ANY ({schemas})
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend e
        WHERE e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
            AND e.objid OPERATOR(pg_catalog.=) p.oid
            AND e.deptype OPERATOR(pg_catalog.=) ANY ('{e,i}'::\"char\"[]))",
};

/// Which transactions wrote the rows that the other statements read, as one text: another one tells that somebody changed
/// the schemas between the two. It is compared within one run only, where no row can be another under the same number;
/// temporary tables, which some programs make all the time, are in schemas of their own. It is sent outside of the snapshot
/// too, where the path is whatever it is, and so its types are qualified as well.
pub(super) const MOMENT: Statement = Statement {
    what: "whether the schema stands still",
    sql: r#"WITH listed AS (
    SELECT c.oid, c.xmin AS by, c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f,v,m,c}'::pg_catalog."char"[]) AS has_columns
    FROM pg_catalog.pg_class c WHERE c.relnamespace OPERATOR(pg_catalog.=) ANY ({schemas})
), typed AS (
    SELECT t.oid, t.xmin AS by FROM pg_catalog.pg_type t WHERE t.typnamespace OPERATOR(pg_catalog.=) ANY ({schemas})
), written AS (
    SELECT listed.by FROM listed
    UNION ALL SELECT typed.by FROM typed
    UNION ALL SELECT a.xmin FROM listed JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) listed.oid
        WHERE listed.has_columns
    UNION ALL SELECT v.xmin FROM listed JOIN pg_catalog.pg_attrdef v ON v.adrelid OPERATOR(pg_catalog.=) listed.oid
    UNION ALL SELECT i.xmin FROM listed JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) listed.oid
    UNION ALL SELECT r.xmin FROM listed JOIN pg_catalog.pg_rewrite r ON r.ev_class OPERATOR(pg_catalog.=) listed.oid
    UNION ALL SELECT e.xmin FROM typed JOIN pg_catalog.pg_enum e ON e.enumtypid OPERATOR(pg_catalog.=) typed.oid
    UNION ALL SELECT k.xmin FROM pg_catalog.pg_constraint k WHERE k.connamespace OPERATOR(pg_catalog.=) ANY ({schemas})
    UNION ALL SELECT p.xmin FROM pg_catalog.pg_proc p WHERE p.pronamespace OPERATOR(pg_catalog.=) ANY ({schemas})
), counted AS (
    SELECT written.by, pg_catalog.count(written.by) AS rows FROM written GROUP BY written.by
)
SELECT pg_catalog.concat(pg_catalog.sum(counted.rows), ' ',
    pg_catalog.sum(pg_catalog.int8mul(counted.rows, counted.by::pg_catalog.text::pg_catalog.int8))) AS moment
FROM counted"#,
};

/// A value that a column of an answer can hold.
trait Cell: Sized {
    fn read(row: &PgRow, column: &str) -> Result<Self, sqlx::Error>;
}

/// Values that the driver decodes.
macro_rules! plain_cells {
    ($($ty:ty),+) => {
        $(impl Cell for $ty {
            fn read(row: &PgRow, column: &str) -> Result<Self, sqlx::Error> {
                row.try_get(column)
            }
        })+
    };
}

/// Lists that travel as JSON; the aggregate of no rows is NULL.
macro_rules! json_cells {
    ($($ty:ty),+) => {
        $(impl Cell for $ty {
            fn read(row: &PgRow, column: &str) -> Result<Self, sqlx::Error> {
                let text: Option<String> = row.try_get(column)?;
                text.map_or_else(|| Ok(Self::default()), |text| serde_json::from_str(&text)).map_err(|error| {
                    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) }
                })
            }
        })+
    };
}

plain_cells!(bool, i32, String, Option<String>);
json_cells!(Vec<String>, Vec<QName>, Vec<PartRow>);

impl Cell for Oid {
    fn read(row: &PgRow, column: &str) -> Result<Self, sqlx::Error> {
        row.try_get(column).map(|sqlx::postgres::types::Oid(oid)| oid)
    }
}

impl Cell for Option<Oid> {
    fn read(row: &PgRow, column: &str) -> Result<Self, sqlx::Error> {
        row.try_get(column).map(|oid: Option<sqlx::postgres::types::Oid>| oid.map(|oid| oid.0))
    }
}

/// A row of an answer.
pub(super) trait Row: Sized {
    /// Reads it by the names of its columns.
    fn read(row: &PgRow) -> Result<Self, sqlx::Error>;
}

/// Declares rows whose fields are named like the columns of the answer.
macro_rules! rows {
    ($($(#[$doc:meta])+ $name:ident { $($field:ident: $ty:ty,)+ })+) => {
        $($(#[$doc])+
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(super) struct $name {
            $(pub(super) $field: $ty,)+
        }

        impl Row for $name {
            fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: Cell::read(row, stringify!($field))?,)+ })
            }
        })+
    };
}

rows! {
    /// A row of [`SETTINGS`]: what server it is.
    ServerRow {
        number: String,
        version: String,
    }

    /// A part of [`super::fingerprint`]: how many rows, and the sum of what they hash to.
    FingerprintRow {
        part: i32,
        rows: String,
        digest: Option<String>,
    }

    /// The row of [`MOMENT`].
    MomentRow {
        moment: String,
    }

    /// The row of [`EXPORT`].
    SnapshotRow {
        snapshot: String,
    }

    /// A row of [`NAMESPACES`].
    NamespaceRow {
        oid: Oid,
        name: String,
        comment: Option<String>,
        of_extension: bool,
    }

    /// A row of [`TYPES`].
    TypeRow {
        oid: Oid,
        schema: String,
        name: String,
        kind: String,
        printed: String,
        element: Option<Oid>,
        base: Option<Oid>,
        base_modifier: i32,
        base_dimensions: i32,
        base_raw: Option<String>,
        not_null: bool,
        default: Option<String>,
        collation: Option<String>,
        relation: Option<Oid>,
        relation_kind: Option<String>,
        labels: Vec<String>,
        subtype: Option<Oid>,
        multirange: Option<Oid>,
        multirange_of: Option<Oid>,
        extension: Option<String>,
        comment: Option<String>,
    }

    /// A row of [`RELATIONS`].
    RelationRow {
        oid: Oid,
        schema: String,
        name: String,
        kind: String,
        comment: Option<String>,
        partition_key: Option<String>,
        definition: Option<String>,
        provider: Option<String>,
        inherits: Vec<QName>,
        readable: bool,
    }

    /// A row of [`COLUMNS`].
    ColumnRow {
        relation: Oid,
        name: String,
        type_id: Oid,
        modifier: i32,
        dimensions: i32,
        raw: String,
        not_null: bool,
        expression: Option<String>,
        identity: String,
        generated: String,
        owns_sequence: bool,
        collation: Option<String>,
        comment: Option<String>,
    }

    /// A row of [`CONSTRAINTS`]: of a relation, or of a domain.
    ConstraintRow {
        relation: Oid,
        domain: Oid,
        name: String,
        kind: String,
        columns: Vec<String>,
        include: Vec<String>,
        referenced_schema: Option<String>,
        referenced_name: Option<String>,
        referenced_columns: Vec<String>,
        set_columns: Vec<String>,
        on_update: String,
        on_delete: String,
        match_type: String,
        is_deferrable: bool,
        deferred: bool,
        validated: bool,
        enforced: bool,
        period: bool,
        no_inherit: bool,
        nulls_not_distinct: bool,
        expression: Option<String>,
        definition: Option<String>,
        comment: Option<String>,
    }

    /// A row of [`INDEXES`].
    IndexRow {
        relation: Oid,
        name: String,
        method: String,
        is_unique: bool,
        nulls_not_distinct: bool,
        valid: bool,
        predicate: Option<String>,
        comment: Option<String>,
        parts: Vec<PartRow>,
    }

    /// A row of [`ROUTINES`].
    RoutineRow {
        schema: String,
        name: String,
        kind: String,
        arguments: Option<String>,
        returns: Option<String>,
    }
}

/// A part of an index, or a column that it carries besides.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct PartRow {
    pub(super) column: Option<String>,
    pub(super) expression: Option<String>,
    pub(super) key: bool,
    /// Bit 0: downwards; bit 1: NULLs first. Absent for a column that is only carried.
    pub(super) options: Option<i32>,
    pub(super) operator_class: Option<String>,
    pub(super) collation: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::super::fingerprint;
    use super::*;

    const ALL: &[&Statement] = &[&NAMESPACES, &TYPES, &RELATIONS, &COLUMNS, &CONSTRAINTS, &INDEXES, &ROUTINES, &MOMENT];

    /// Every text that is sent to any version, without the literals in it.
    fn texts() -> impl Iterator<Item = (&'static str, String)> {
        let versions = [120_000, 130_000, 140_000, 150_000, 160_000, 170_000, 180_000];
        let texts = versions.into_iter().flat_map(|version| {
            ALL.iter().map(move |statement| (statement.what, statement.text(version, &[2200, 16_385])))
        });
        texts
            .chain([("the settings", SETTINGS.to_owned()), ("the fingerprint", fingerprint::statement())])
            .map(|(what, text)| (what, text.split('\'').step_by(2).collect::<Vec<_>>().join("''")))
    }

    #[test]
    fn nothing_is_left_to_be_put_in() {
        for statement in ALL {
            for version in [120_000, 150_000, 180_000] {
                let text = statement.text(version, &[]);
                for fragment in FRAGMENTS {
                    assert!(!text.contains(fragment.name), "{} in {}", fragment.name, statement.what);
                }
                assert!(!text.contains("{schemas}"), "{}", statement.what);
            }
        }
        assert!(ROUTINES.text(150_000, &[2200, 16_385]).contains("ANY ('{2200,16385}'::pg_catalog.oid[])"));
    }

    #[test]
    fn every_operator_is_that_of_pg_catalog() {
        for (what, mut text) in texts() {
            for operator in ["=", "<>", ">", "<="] {
                text = text.replace(&format!("OPERATOR(pg_catalog.{operator})"), "");
            }
            let bare: Vec<_> = text.lines().filter(|line| line.contains(|c| "=<>+-*/|~!@#%^&?".contains(c))).collect();
            assert!(bare.is_empty(), "{what}: {bare:?}");
        }
    }

    #[test]
    fn every_catalog_that_is_read_is_part_of_the_fingerprint() {
        let fingerprint = fingerprint::statement();
        let mut read = 0;
        for (what, text) in texts() {
            let words: Vec<_> = text.split_whitespace().collect();
            for pair in words.windows(2).filter(|pair| matches!(pair[0], "FROM" | "JOIN" | "(FROM")) {
                if pair[1].starts_with("pg_catalog.pg_") {
                    assert!(fingerprint.contains(&format!("FROM {} x", pair[1])), "{what}: {}", pair[1]);
                    read += 1;
                }
            }
        }
        assert!(read > 100);
    }

    #[test]
    fn every_relation_is_that_of_pg_catalog() {
        // What may follow FROM and JOIN besides: a function, a subquery, and the subqueries that have a name.
        const OTHERS: &[&str] =
            &["pg_catalog.", "unnest(i.indkey,", "LATERAL", "used", "rows", "listed", "typed", "written", "counted"];
        for (what, text) in texts() {
            let words: Vec<_> = text.split_whitespace().collect();
            for pair in words.windows(2).filter(|pair| matches!(pair[0], "FROM" | "JOIN" | "(FROM")) {
                assert!(OTHERS.iter().any(|other| pair[1].starts_with(other)), "{what}: {pair:?}");
            }
        }
    }
}
