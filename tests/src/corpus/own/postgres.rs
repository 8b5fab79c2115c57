//! What PostgreSQL says.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use sqlx::{Connection, Executor, PgConnection, Row};
use tablature::catalog::{QName, RelationKind};

use super::definition::Reader;
use super::not_understood;
use crate::corpus::facts::{ColumnFacts, Facts, Part, RelationFacts, UniqueFacts};
use crate::error::HarnessError;

/// Names are printed with their schemas, and no operator of the database's own stands in for the system's.
const SETTINGS: &str = "SET search_path = ''";

/// Partitions are parts of their parent; what an extension brought along is its own affair.
const RELATIONS: &str = r#"
SELECT c.oid::bigint AS id, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
    EXISTS (
        SELECT FROM pg_inherits i JOIN pg_class h ON h.oid = i.inhrelid
        WHERE i.inhparent = c.oid AND NOT h.relispartition
    ) AS has_heirs
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.deptype = 'e' AND (d.classid = 'pg_class'::regclass AND d.objid = c.oid
            OR d.classid = 'pg_namespace'::regclass AND d.objid = n.oid))"#;

/// A domain refuses NULL also where the domain that it narrows does.
const COLUMNS: &str = "
WITH RECURSIVE strict (type) AS (
    SELECT oid FROM pg_type WHERE typtype = 'd' AND typnotnull
    UNION
    SELECT t.oid FROM pg_type t JOIN strict ON t.typbasetype = strict.type
)
SELECT a.attrelid::bigint AS id, a.attname::text AS name,
    a.attnotnull OR a.atttypid IN (SELECT type FROM strict) AS not_null
FROM pg_attribute a
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum";

const UNIQUE_INDEXES: &str = "
SELECT i.indrelid::bigint AS id, x.relname::text AS name, i.indisprimary AS is_primary, i.indpred IS NOT NULL AS is_partial,
    i.indisvalid AND i.indimmediate AS is_whole, i.indisexclusion AS has_overlaps,
    ARRAY (
        SELECT pg_get_indexdef(i.indexrelid, part, false) FROM generate_series(1, i.indnkeyatts::int) part ORDER BY part
    ) AS parts
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indisunique
ORDER BY i.indrelid, x.relname";

/// Those with a parent were cloned because of partitions.
const FOREIGN_KEYS: &str = "
SELECT k.conrelid::bigint AS id, k.conname::text AS name, pg_get_constraintdef(k.oid) AS definition
FROM pg_constraint k
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid, k.conname";

/// Those of extensions are listed where a column of the database has their type.
const ENUMS: &str = "
SELECT n.nspname::text AS schema, t.typname::text AS name,
    ARRAY (SELECT v.enumlabel::text FROM pg_enum v WHERE v.enumtypid = t.oid ORDER BY v.enumsortorder) AS labels
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.classid = 'pg_type'::regclass AND d.objid = t.oid)";

pub(super) async fn facts(url: &str) -> Result<Facts, HarnessError> {
    let mut connection = PgConnection::connect(url).await.map_err(HarnessError::doing("connect"))?;
    connection.execute(SETTINGS).await.map_err(HarnessError::doing("ask the database"))?;
    let mut names: BTreeMap<i64, QName> = BTreeMap::new();
    let mut relations: BTreeMap<i64, RelationFacts> = BTreeMap::new();
    for row in fetch(&mut connection, RELATIONS).await? {
        let id = get(&row, "id")?;
        let kind: String = get(&row, "kind")?;
        names.insert(id, QName::new(get::<String>(&row, "schema")?, get::<String>(&row, "name")?));
        let kind = kind_of(&kind).ok_or_else(|| not_understood(&kind))?;
        relations.insert(id, RelationFacts { has_heirs: get(&row, "has_heirs")?, ..RelationFacts::new(kind) });
    }
    for row in fetch(&mut connection, COLUMNS).await? {
        let Some(relation) = relations.get_mut(&get(&row, "id")?) else { continue };
        let not_null: bool = get(&row, "not_null")?;
        let nullable = (!relation.kind.is_view()).then_some(!not_null);
        relation.columns.push(ColumnFacts { name: get(&row, "name")?, nullable, is_argument: false });
    }
    for row in fetch(&mut connection, UNIQUE_INDEXES).await? {
        let Some(relation) = relations.get_mut(&get(&row, "id")?) else { continue };
        let parts = parts(&row)?;
        if get(&row, "is_primary")? {
            relation.primary_key = parts.into_iter().filter_map(Part::into_column).collect();
        } else {
            let is_whole = get(&row, "is_whole")? && !get::<bool>(&row, "is_partial")?;
            relation.unique_keys.push(UniqueFacts { name: get(&row, "name")?, parts, is_whole });
        }
    }
    for row in fetch(&mut connection, FOREIGN_KEYS).await? {
        let Some(relation) = relations.get_mut(&get(&row, "id")?) else { continue };
        let definition: String = get(&row, "definition")?;
        let key = Reader::new(&definition, '"').foreign_key(get(&row, "name")?);
        relation.foreign_keys.push(key.ok_or_else(|| not_understood(&definition))?);
    }
    let mut facts = Facts::default();
    for row in fetch(&mut connection, ENUMS).await? {
        let name = QName::new(get::<String>(&row, "schema")?, get::<String>(&row, "name")?);
        facts.enums.insert(name.to_string(), get(&row, "labels")?);
    }
    facts.relations = relations.into_iter().filter_map(|(id, relation)| Some((names.remove(&id)?, relation))).collect();
    Ok(facts)
}

/// A part that is a name and nothing more is a column; functions have parentheses, all else stands in some.
fn parts(row: &PgRow) -> Result<Vec<Part>, HarnessError> {
    let texts: Vec<String> = get(row, "parts")?;
    let mut parts: Vec<Part> = texts.iter().map(|text| part(text)).collect();
    if get(row, "has_overlaps")?
        && let Some(Part::Column(last)) = parts.pop_if(|part| matches!(part, Part::Column(_)))
    {
        parts.push(Part::Partly(last));
    }
    Ok(parts)
}

fn part(text: &str) -> Part {
    let mut reader = Reader::new(text, '"');
    match reader.name() {
        Some(name) if reader.is_at_end() => Part::Column(name),
        _ => Part::Expression,
    }
}

fn kind_of(kind: &str) -> Option<RelationKind> {
    Some(match kind {
        "r" => RelationKind::Table,
        "p" => RelationKind::PartitionedTable,
        "f" => RelationKind::ForeignTable,
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        _ => return None,
    })
}

async fn fetch(connection: &mut PgConnection, sql: &'static str) -> Result<Vec<PgRow>, HarnessError> {
    sqlx::query(sql).fetch_all(connection).await.map_err(HarnessError::doing("ask the database"))
}

fn get<'r, T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(
    row: &'r PgRow,
    column: &str,
) -> Result<T, HarnessError> {
    row.try_get(column).map_err(HarnessError::doing("read what the database answers"))
}
