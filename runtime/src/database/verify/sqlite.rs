//! SQLite, from its pragmas.
//!
//! Their table-valued functions are asked for in `temp`, where no table of the database can hide them, and the names that
//! are wanted travel as one JSON text. Names differ in more than the case of ASCII letters.

use std::collections::BTreeMap;

use super::{Actions, Answer, EXPRESSION, Error, Live, LiveColumn, LiveForeignKey, LiveKey, PARTIAL, action};
use crate::database::session::Session;
use crate::error::RowError;
use crate::row::{FromRow, Row};
use crate::table::{Identity, RelationKind, Schema};

/// The only schema of a file that is not attached to another.
const MAIN: &str = "main";

/// A relation is told by its name in lower case.
const RELATIONS: &str = "SELECT lower(l.name) AS relation, l.type AS kind, l.wr AS without_rowid, l.strict AS strict
FROM temp.pragma_table_list AS l
WHERE l.schema = 'main' AND lower(l.name) IN (SELECT lower(w.value) FROM temp.json_each(:relations) AS w)";

/// One that is broken makes the whole statement fail.
const COLUMNS: &str = "SELECT lower(l.name) AS relation, c.name AS name, c.type AS type, c.\"notnull\" AS not_null,
    c.dflt_value AS \"default\", c.pk AS place, c.hidden AS hidden
FROM main.sqlite_schema AS l CROSS JOIN temp.pragma_table_xinfo(l.name, 'main') AS c
WHERE l.type IN ('table', 'view') AND lower(l.name) IN (SELECT lower(w.value) FROM temp.json_each(:relations) AS w)
ORDER BY l.name, c.cid";

const KEYS: &str = "SELECT lower(l.name) AS relation, i.name AS name, i.origin AS origin,
    i.partial AS partial, x.cid AS number, x.name AS \"column\"
FROM main.sqlite_schema AS l CROSS JOIN temp.pragma_index_list(l.name, 'main') AS i
    CROSS JOIN temp.pragma_index_xinfo(i.name, 'main') AS x
WHERE l.type = 'table' AND l.rootpage > 0 AND i.\"unique\" AND x.key
    AND lower(l.name) IN (SELECT lower(w.value) FROM temp.json_each(:relations) AS w)
ORDER BY l.name, i.name, x.seqno";

/// A key that names no columns means the primary key of what it refers to.
const FOREIGN_KEYS: &str =
    "SELECT lower(l.name) AS relation, f.id AS id, f.\"table\" AS target, f.\"from\" AS \"column\",
    coalesce(f.\"to\", (
        SELECT c.name FROM temp.pragma_table_xinfo(f.\"table\", 'main') AS c WHERE c.pk = f.seq + 1
    )) AS target_column,
    f.on_delete AS on_delete, f.on_update AS on_update
FROM main.sqlite_schema AS l CROSS JOIN temp.pragma_foreign_key_list(l.name, 'main') AS f
WHERE l.type = 'table' AND l.rootpage > 0
    AND lower(l.name) IN (SELECT lower(w.value) FROM temp.json_each(:relations) AS w)
ORDER BY l.name, f.id DESC, f.seq";

pub(super) async fn ask(session: &Session, schema: &'static Schema) -> Result<Answer, Error> {
    let mut places = BTreeMap::new();
    for (place, relation) in schema.relations.iter().enumerate() {
        if relation.schema.is_empty() || relation.schema.eq_ignore_ascii_case(MAIN) {
            places.insert(relation.name.to_ascii_lowercase(), place);
        }
    }
    let wanted = json(places.keys());
    let found: Vec<RelationRow> = session.query(RELATIONS).bind("relations", &*wanted).fetch_all().await?;
    let found: Vec<RelationRow> = found.into_iter().filter(|row| row.kind().is_some()).collect();
    let (columns, broken) = columns(session, &wanted, &found).await?;
    let keys: Vec<KeyRow> = session.query(KEYS).bind("relations", &*wanted).fetch_all().await?;
    let foreign_keys: Vec<ForeignKeyRow> = session.query(FOREIGN_KEYS).bind("relations", &*wanted).fetch_all().await?;

    let columns = by_relation(&columns, |row| &row.relation);
    let keys = by_relation(&keys, |row| &row.relation);
    let foreign_keys = by_relation(&foreign_keys, |row| &row.relation);
    let mut relations: Vec<Option<Live>> = Vec::new();
    relations.resize_with(schema.relations.len(), || None);
    for row in &found {
        let (Some(kind), Some(place)) = (row.kind(), places.get(&row.relation)) else { continue };
        let mut live = Live::new(kind);
        live.broken = broken.get(&row.relation).cloned();
        let name = row.relation.as_str();
        live.columns = columns.get(name).into_iter().copied().flatten().map(|row| row.column(kind)).collect();
        let columns = columns.get(name).copied().unwrap_or_default();
        primary_key(&mut live, row, columns, keys.get(name).copied().unwrap_or_default());
        live.foreign_keys = foreign_keys.get(name).map(|rows| lower_foreign_keys(rows)).unwrap_or_default();
        relations[*place] = Some(live);
    }
    Ok(Answer { current: MAIN.to_owned(), folds_names: true, relations, enums: Vec::new() })
}

/// The columns of all, and why those have none that have none. Only if one of them is broken are views and virtual tables
/// asked one by one.
async fn columns(
    session: &Session,
    wanted: &str,
    found: &[RelationRow],
) -> Result<(Vec<ColumnRow>, BTreeMap<String, String>), Error> {
    let mut broken = BTreeMap::new();
    match columns_of(session, wanted).await {
        Err(Error::Database { .. }) => {}
        columns => return Ok((columns?, broken)),
    }
    let (tables, derived): (Vec<_>, Vec<_>) =
        found.iter().partition(|row| matches!(row.kind(), Some(RelationKind::Table)));
    let mut columns = columns_of(session, &json(tables.iter().map(|row| &row.relation))).await?;
    for row in derived {
        match columns_of(session, &json([&row.relation])).await {
            Err(Error::Database { message, .. }) => drop(broken.insert(row.relation.clone(), message)),
            rows => columns.extend(rows?),
        }
    }
    columns.sort_by(|a, b| a.relation.cmp(&b.relation));
    Ok((columns, broken))
}

async fn columns_of(session: &Session, wanted: &str) -> Result<Vec<ColumnRow>, Error> {
    session.query(COLUMNS).bind("relations", wanted).fetch_all().await
}

fn json<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    serde_json::Value::from_iter(names.into_iter().map(String::as_str)).to_string()
}

/// Cuts rows that are sorted by relation where the relation changes.
fn by_relation<T>(rows: &[T], relation: impl Fn(&T) -> &str) -> BTreeMap<&str, &[T]> {
    rows.chunk_by(|a, b| relation(a) == relation(b)).map(|chunk| (relation(&chunk[0]), chunk)).collect()
}

/// The primary key and the unique keys. A primary key that is the rowid is the only one without an index behind it. Any
/// other one of a table with rowids lets NULL in unless NOT NULL is written, or the table is STRICT.
fn primary_key(live: &mut Live, row: &RelationRow, columns: &[ColumnRow], keys: &[KeyRow]) {
    let mut key: Vec<&ColumnRow> = columns.iter().filter(|column| column.place > 0).collect();
    key.sort_by_key(|column| column.place);
    let is_rowid = live.kind == RelationKind::Table
        && !row.without_rowid
        && key.len() == 1
        && !keys.iter().any(|part| part.origin == "pk");
    for column in live.columns.iter_mut().filter(|column| key.iter().any(|part| part.name == column.name)) {
        if is_rowid {
            column.identity = Some(Identity::ByDefault);
            column.has_default = true;
        }
        if is_rowid || row.without_rowid || row.strict {
            column.nullable = false;
        }
    }
    if !key.is_empty() {
        let columns = key.into_iter().map(|column| column.name.clone()).collect();
        live.primary_key = Some(LiveKey { columns, flaw: None });
    }
    for parts in keys.chunk_by(|a, b| a.name == b.name).filter(|parts| parts[0].origin != "pk") {
        let flaw = if parts[0].partial {
            Some(PARTIAL)
        } else {
            parts.iter().any(|part| part.number < 0).then_some(EXPRESSION)
        };
        let columns = parts.iter().filter_map(|part| part.column.clone()).collect();
        live.unique_keys.push(LiveKey { columns, flaw });
    }
}

fn lower_foreign_keys(rows: &[ForeignKeyRow]) -> Vec<LiveForeignKey> {
    rows.chunk_by(|a, b| a.id == b.id)
        .map(|rows| LiveForeignKey {
            name: String::new(),
            columns: rows.iter().map(|row| row.column.clone()).collect(),
            references: (MAIN.to_owned(), rows[0].target.clone()),
            referenced_columns: rows.iter().filter_map(|row| row.target_column.clone()).collect(),
            actions: Some(Actions { on_delete: action(&rows[0].on_delete), on_update: action(&rows[0].on_update) }),
        })
        .collect()
}

/// Types are the same whatever their case and the spaces between their words. A view's column without a type is called a
/// BLOB, the affinity of no type.
pub(super) fn is_same_type(expected: &str, found: &str, is_view: bool) -> bool {
    let words = |sql_type: &str| {
        let plain = sql_type.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        if is_view && plain == "blob" { String::new() } else { plain }
    };
    words(expected) == words(found)
}

/// A row of [`RELATIONS`].
struct RelationRow {
    relation: String,
    kind: String,
    without_rowid: bool,
    strict: bool,
}

impl RelationRow {
    /// Absent for the shadow tables of a virtual one.
    fn kind(&self) -> Option<RelationKind> {
        match &*self.kind {
            "table" => Some(RelationKind::Table),
            "view" => Some(RelationKind::View),
            "virtual" => Some(RelationKind::VirtualTable),
            _ => None,
        }
    }
}

impl FromRow for RelationRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            relation: row.get("relation")?,
            kind: row.get("kind")?,
            without_rowid: row.get::<i64>("without_rowid")? != 0,
            strict: row.get::<i64>("strict")? != 0,
        })
    }
}

/// A row of [`COLUMNS`].
struct ColumnRow {
    relation: String,
    name: String,
    sql_type: String,
    not_null: bool,
    default: Option<String>,
    /// The place in the primary key, from 1 on, or 0.
    place: i64,
    /// 0 for an ordinary column, 1 for a hidden one, 2 and 3 for one that is generated.
    hidden: i64,
}

impl ColumnRow {
    fn column(&self, kind: RelationKind) -> LiveColumn {
        let generated = matches!(self.hidden, 2 | 3);
        LiveColumn {
            name: self.name.clone(),
            sql_type: self.sql_type.clone(),
            nullable: !self.not_null,
            has_default: !generated && self.default.as_deref().is_some_and(|default| !is_null(default)),
            identity: None,
            generated,
            is_argument: self.hidden == 1 && kind == RelationKind::VirtualTable,
        }
    }
}

/// Whether a default is NULL, which is as good as none.
fn is_null(default: &str) -> bool {
    let mut text = default.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    text.eq_ignore_ascii_case("NULL")
}

impl FromRow for ColumnRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            relation: row.get("relation")?,
            name: row.get("name")?,
            sql_type: row.get::<Option<String>>("type")?.unwrap_or_default(),
            not_null: row.get::<i64>("not_null")? != 0,
            default: row.get("default")?,
            place: row.get("place")?,
            hidden: row.get("hidden")?,
        })
    }
}

/// A row of [`KEYS`].
struct KeyRow {
    relation: String,
    name: String,
    /// `c` for CREATE INDEX, `u` for UNIQUE, `pk` for PRIMARY KEY.
    origin: String,
    partial: bool,
    /// Negative for an expression.
    number: i64,
    column: Option<String>,
}

impl FromRow for KeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            relation: row.get("relation")?,
            name: row.get("name")?,
            origin: row.get("origin")?,
            partial: row.get::<i64>("partial")? != 0,
            number: row.get("number")?,
            column: row.get("column")?,
        })
    }
}

/// A row of [`FOREIGN_KEYS`].
struct ForeignKeyRow {
    relation: String,
    id: i64,
    target: String,
    column: String,
    target_column: Option<String>,
    on_delete: String,
    on_update: String,
}

impl FromRow for ForeignKeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            relation: row.get("relation")?,
            id: row.get("id")?,
            target: row.get("target")?,
            column: row.get("column")?,
            target_column: row.get("target_column")?,
            on_delete: row.get("on_delete")?,
            on_update: row.get("on_update")?,
        })
    }
}
