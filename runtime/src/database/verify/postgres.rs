//! PostgreSQL, from `pg_catalog`, which shows the same to every role.
//!
//! The path is emptied first, for this transaction alone: types are printed as they were at generation, and no function,
//! operator or type that the database brings along can take the place of the server's own. The names that are wanted
//! travel as one JSON text.

use super::{Actions, Answer, EXPRESSION, Error, Live, LiveColumn, LiveForeignKey, LiveKey, PARTIAL, names};
use crate::database::session::Session;
use crate::error::RowError;
use crate::row::{FromRow, Row};
use crate::table::{Identity, ReferentialAction, RelationKind, Schema};

/// The schema that names without one are looked for in, before the path is emptied.
const SETTINGS: &str = "SELECT CAST(pg_catalog.current_schema() AS pg_catalog.text) AS current,
    pg_catalog.set_config('search_path', '', true) AS path";

/// The relations that are wanted, with their places, and what is found of them.
macro_rules! found {
    () => {
        "wanted AS (
    SELECT (w.place - 1)::int8 AS place, w.item ->> 0 AS schema, w.item ->> 1 AS name
    FROM pg_catalog.json_array_elements(:relations::json) WITH ORDINALITY w (item, place)
), found AS (
    SELECT w.place, c.oid, c.relkind, c.relnamespace
    FROM wanted w
    JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
)"
    };
}

/// The columns; a relation without any has one row. A domain gives its columns what the domains have that it narrows.
const COLUMNS: &str = concat!(
    "WITH RECURSIVE ",
    found!(),
    ", domains (type, base, refuses_null, has_default) AS (
    SELECT t.oid, t.typbasetype, t.typnotnull, t.typdefaultbin IS NOT NULL
    FROM pg_catalog.pg_type t WHERE t.typtype = 'd'
    UNION ALL
    SELECT d.type, t.typbasetype, t.typnotnull, t.typdefaultbin IS NOT NULL
    FROM domains d JOIN pg_catalog.pg_type t ON t.oid = d.base AND t.typtype = 'd'
)
SELECT f.place, f.relkind::text AS kind, a.attname::text AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS printed,
    (a.attnotnull AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey[1] = a.attnum AND NOT k.convalidated
    )) OR EXISTS (SELECT FROM domains d WHERE d.type = a.atttypid AND d.refuses_null) AS refuses_null,
    v.oid IS NOT NULL OR EXISTS (SELECT FROM domains d WHERE d.type = a.atttypid AND d.has_default) AS has_default,
    a.attidentity::text AS identity, a.attgenerated <> '' AS generated
FROM found f
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef v ON v.adrelid = a.attrelid AND v.adnum = a.attnum
ORDER BY f.place, a.attnum"
);

/// Unique indexes, those behind constraints included, and foreign keys, without those that the server cloned because of
/// partitions. Tables that inherit show their rows through the one that they inherit from, and are no part of its keys.
const KEYS: &str = concat!(
    "WITH ",
    found!(),
    "
SELECT f.place, CASE WHEN i.indisprimary THEN 'primary' ELSE 'unique' END AS kind, x.relname::text AS name,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY u (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number
        WHERE u.place <= i.indnkeyatts
    )::text AS columns,
    CASE
        WHEN i.indexprs IS NOT NULL THEN 'expression'
        WHEN i.indpred IS NOT NULL THEN 'partial'
        WHEN NOT i.indimmediate THEN 'deferrable'
        WHEN i.indisexclusion THEN 'overlaps'
        WHEN NOT (i.indisvalid AND i.indisready) THEN 'invalid'
        WHEN EXISTS (
            SELECT FROM pg_catalog.pg_inherits h
            JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
            WHERE h.inhparent = f.oid AND NOT c.relispartition
                AND c.relnamespace IN (SELECT found.relnamespace FROM found)
        ) THEN 'inherited'
    END AS flaw,
    NULL::text AS target_schema, NULL::text AS target, NULL::text AS target_columns,
    NULL::text AS on_delete, NULL::text AS on_update
FROM found f
JOIN pg_catalog.pg_index i ON i.indrelid = f.oid AND i.indislive AND (i.indisunique OR i.indisprimary)
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
UNION ALL
SELECT f.place, 'foreign', k.conname::text,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
    )::text,
    NULL, n.nspname::text, r.relname::text,
    (
        SELECT pg_catalog.json_agg(a.attname ORDER BY u.place)
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number
    )::text,
    k.confdeltype::text, k.confupdtype::text
FROM found f
JOIN pg_catalog.pg_constraint k ON k.conrelid = f.oid AND k.contype = 'f' AND k.conparentid = 0
JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
ORDER BY 1, 3"
);

/// The labels of enumerated types, in their order.
const ENUMS: &str = "SELECT (w.place - 1)::int8 AS place,
    (
        SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
    )::text AS labels
FROM pg_catalog.json_array_elements_text(:enums::json) WITH ORDINALITY w (name, place)
JOIN pg_catalog.pg_namespace n ON pg_catalog.starts_with(w.name, pg_catalog.concat(n.nspname, '.'))
JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typtype = 'e'
    AND w.name = pg_catalog.concat(n.nspname, '.', t.typname)";

pub(super) async fn ask(session: &Session, schema: &'static Schema) -> Result<Answer, Error> {
    let current = session.query(SETTINGS).fetch_one::<Option<String>>().await?.unwrap_or_default();
    let wanted: Vec<(&str, &str)> = schema
        .relations
        .iter()
        .map(|relation| (if relation.schema.is_empty() { &*current } else { relation.schema }, relation.name))
        .collect();
    let wanted = serde_json::Value::from_iter(wanted.iter().map(|(schema, name)| vec![*schema, *name])).to_string();
    let columns: Vec<ColumnRow> = session.query(COLUMNS).bind("relations", &*wanted).fetch_all().await?;
    let keys: Vec<KeyRow> = session.query(KEYS).bind("relations", &*wanted).fetch_all().await?;

    let mut enums = vec![None; schema.enums.len()];
    if !enums.is_empty() {
        let wanted = serde_json::Value::from_iter(schema.enums.iter().map(|wanted| wanted.name)).to_string();
        let found: Vec<(i64, Option<String>)> = session.query(ENUMS).bind("enums", &*wanted).fetch_all().await?;
        for (place, labels) in found {
            if let Some(place) = usize::try_from(place).ok().and_then(|place| enums.get_mut(place)) {
                *place = Some(names(labels));
            }
        }
    }

    let mut relations: Vec<Option<Live>> = Vec::new();
    relations.resize_with(schema.relations.len(), || None);
    for row in columns {
        let Some(live) = usize::try_from(row.place).ok().and_then(|place| relations.get_mut(place)) else { continue };
        let live = live.get_or_insert_with(|| Live::new(kind(&row.kind)));
        live.columns.extend(row.column);
    }
    for row in keys {
        let Some(Some(live)) = usize::try_from(row.place).ok().and_then(|place| relations.get_mut(place)) else {
            continue;
        };
        match row.key {
            Key::Primary(key) => live.primary_key = Some(key),
            Key::Unique(key) => live.unique_keys.push(key),
            Key::Foreign(key) => live.foreign_keys.push(key),
        }
    }
    Ok(Answer { current, folds_names: false, relations, enums })
}

fn kind(relkind: &str) -> RelationKind {
    match relkind {
        "p" => RelationKind::PartitionedTable,
        "f" => RelationKind::ForeignTable,
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        _ => RelationKind::Table,
    }
}

/// A row of [`COLUMNS`].
struct ColumnRow {
    place: i64,
    kind: String,
    column: Option<LiveColumn>,
}

impl FromRow for ColumnRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        let name: Option<String> = row.get("name")?;
        let column = match name {
            None => None,
            Some(name) => {
                let identity = match &*row.get::<String>("identity")? {
                    "a" => Some(Identity::Always),
                    "d" => Some(Identity::ByDefault),
                    _ => None,
                };
                let generated: bool = row.get("generated")?;
                Some(LiveColumn {
                    name,
                    sql_type: row.get("printed")?,
                    nullable: !row.get::<bool>("refuses_null")?,
                    has_default: identity.is_some() || (!generated && row.get::<bool>("has_default")?),
                    identity,
                    generated,
                    is_argument: false,
                })
            }
        };
        Ok(Self { place: row.get("place")?, kind: row.get("kind")?, column })
    }
}

/// A row of [`KEYS`].
struct KeyRow {
    place: i64,
    key: Key,
}

enum Key {
    Primary(LiveKey),
    Unique(LiveKey),
    Foreign(LiveForeignKey),
}

impl FromRow for KeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        let columns = names(row.get("columns")?);
        let flaw = row.get::<Option<String>>("flaw")?.map(|flaw| match &*flaw {
            "expression" => EXPRESSION,
            "partial" => PARTIAL,
            "deferrable" => "it is deferrable, so that two rows may share a value for a while",
            "overlaps" => "it forbids overlaps, not equal values",
            "invalid" => "it is not valid",
            _ => "other tables inherit from the relation, and their rows are seen through it",
        });
        let action = |column| row.get::<String>(column).map(|code| action(&code));
        let key = match &*row.get::<String>("kind")? {
            "primary" => Key::Primary(LiveKey { columns, flaw }),
            "unique" => Key::Unique(LiveKey { columns, flaw }),
            _ => Key::Foreign(LiveForeignKey {
                name: row.get("name")?,
                columns,
                references: (row.get("target_schema")?, row.get("target")?),
                referenced_columns: names(row.get("target_columns")?),
                actions: Some(Actions { on_delete: action("on_delete")?, on_update: action("on_update")? }),
            }),
        };
        Ok(Self { place: row.get("place")?, key })
    }
}

fn action(code: &str) -> ReferentialAction {
    match code {
        "c" => ReferentialAction::Cascade,
        "n" | "d" => ReferentialAction::Reset,
        _ => ReferentialAction::Refuse,
    }
}
