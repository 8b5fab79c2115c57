//! What SQLite says.

use std::collections::BTreeMap;
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Row, SqliteConnection};
use tablature::catalog::{QName, RelationKind};

use super::not_understood;
use crate::corpus::facts::{ColumnFacts, Facts, ForeignFacts, Part, RelationFacts, UniqueFacts, action_at};
use crate::error::HarnessError;

/// Shadow tables are a module's own affair.
const RELATIONS: &str = "
SELECT name, type, wr FROM temp.pragma_table_list
WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND substr(name, 1, 7) <> 'sqlite_'
ORDER BY name";

const COLUMNS: &str = "SELECT name, \"notnull\", pk, hidden FROM temp.pragma_table_xinfo(?1, 'main') ORDER BY cid";

const INDEXES: &str =
    "SELECT name, origin, partial FROM temp.pragma_index_list(?1, 'main') WHERE \"unique\" ORDER BY seq";

const INDEX_PARTS: &str = "SELECT name FROM temp.pragma_index_xinfo(?1, 'main') WHERE key ORDER BY seqno";

const FOREIGN_KEYS: &str = "
SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM temp.pragma_foreign_key_list(?1, 'main')
ORDER BY id DESC, seq";

pub(super) async fn facts(url: &str) -> Result<Facts, HarnessError> {
    let options = SqliteConnectOptions::from_str(url).map_err(HarnessError::doing("read a URL"))?;
    let mut connection = options.connect().await.map_err(HarnessError::doing("open the file"))?;
    let mut facts = Facts::default();
    for row in sqlx::query(RELATIONS).fetch_all(&mut connection).await.map_err(asking)? {
        let (name, kind) = (text(&row, "name")?, text(&row, "type")?);
        let kind = match kind.as_str() {
            "table" => RelationKind::Table,
            "view" => RelationKind::View,
            "virtual" => RelationKind::VirtualTable,
            _ => return Err(not_understood(&kind)),
        };
        match relation(&mut connection, &name, kind, number(&row, "wr")? != 0).await {
            Ok(relation) => drop(facts.relations.insert(QName::new("", name), relation)),
            Err(sqlx::Error::Database(error)) if kind != RelationKind::Table => {
                facts.unreadable.insert(QName::new("", name), error.message().to_owned());
            }
            Err(error) => return Err(asking(error)),
        }
    }
    let names: Vec<QName> = facts.relations.keys().cloned().collect();
    for name in names {
        let keys = foreign_keys(&mut connection, &name.name, &facts.relations).await?;
        if let Some(relation) = facts.relations.get_mut(&name) {
            relation.foreign_keys = keys;
        }
    }
    Ok(facts)
}

/// All of a relation but its foreign keys.
async fn relation(
    connection: &mut SqliteConnection,
    name: &str,
    kind: RelationKind,
    without_rowid: bool,
) -> sqlx::Result<RelationFacts> {
    let mut relation = RelationFacts::new(kind);
    let mut has_key_index = false;
    for row in sqlx::query(INDEXES).bind(name).fetch_all(&mut *connection).await? {
        let (index, origin): (String, String) = (row.try_get("name")?, row.try_get("origin")?);
        has_key_index |= origin == "pk";
        if origin == "pk" {
            continue;
        }
        let rows = sqlx::query(INDEX_PARTS).bind(&index).fetch_all(&mut *connection).await?;
        let parts = rows.iter().map(|row| {
            let column: Option<String> = row.try_get("name")?;
            Ok(column.map_or(Part::Expression, Part::Column))
        });
        relation.unique_keys.push(UniqueFacts {
            // A constraint's index has a name that nobody gave it.
            name: if origin == "u" { String::new() } else { index },
            parts: parts.collect::<sqlx::Result<_>>()?,
            is_whole: row.try_get::<i64, _>("partial")? == 0,
        });
    }
    let mut key: BTreeMap<i64, String> = BTreeMap::new();
    for row in sqlx::query(COLUMNS).bind(name).fetch_all(connection).await? {
        let column: String = row.try_get("name")?;
        let place: i64 = row.try_get("pk")?;
        // The key of an ordinary table may be NULL, unless it is the rowid, for which no index is kept.
        let is_certain = place > 0 && (without_rowid || !has_key_index);
        let nullable = row.try_get::<i64, _>("notnull")? == 0 && !is_certain;
        if place > 0 {
            key.insert(place, column.clone());
        }
        relation.columns.push(ColumnFacts {
            name: column,
            nullable: (kind != RelationKind::View).then_some(nullable),
            is_argument: kind == RelationKind::VirtualTable && row.try_get::<i64, _>("hidden")? == 1,
        });
    }
    relation.primary_key = key.into_values().collect();
    Ok(relation)
}

/// SQLite keeps the names of what a foreign key refers to as they were written, and compares them without regard to case.
async fn foreign_keys(
    connection: &mut SqliteConnection,
    name: &str,
    relations: &BTreeMap<QName, RelationFacts>,
) -> Result<Vec<ForeignFacts>, HarnessError> {
    let mut keys: Vec<(i64, ForeignFacts)> = Vec::new();
    for row in sqlx::query(FOREIGN_KEYS).bind(name).fetch_all(connection).await.map_err(asking)? {
        let (id, written) = (number(&row, "id")?, text(&row, "table")?);
        let found = relations.iter().find(|(other, _)| other.name.eq_ignore_ascii_case(&written));
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let action = |column: &str| {
                let text = text(&row, column)?;
                action_at(&text).map(|(action, _)| action).ok_or_else(|| not_understood(&text))
            };
            let key = ForeignFacts {
                name: String::new(),
                columns: Vec::new(),
                references: found.map_or_else(|| QName::new("", &written), |(name, _)| name.clone()),
                referenced_columns: Vec::new(),
                on_update: action("on_update")?,
                on_delete: action("on_delete")?,
            };
            keys.push((id, key));
        }
        let Some((_, key)) = keys.last_mut() else { continue };
        let to: Option<String> = row.try_get("to").map_err(asking)?;
        let to = match (to, found) {
            (Some(to), Some((_, target))) => {
                let column = target.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&to));
                Some(column.map_or(to, |column| column.name.clone()))
            }
            (Some(to), None) => Some(to),
            (None, _) => None,
        };
        key.columns.push(text(&row, "from")?);
        key.referenced_columns.extend(to);
    }
    for (_, key) in keys.iter_mut().filter(|(_, key)| key.referenced_columns.is_empty()) {
        // The primary key is meant. If it has another number of columns, the foreign key leads nowhere.
        let target = relations.get(&key.references).map(|target| &target.primary_key);
        let target = target.filter(|columns| columns.len() == key.columns.len());
        key.referenced_columns = target.cloned().unwrap_or_default();
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

fn asking(error: sqlx::Error) -> HarnessError {
    HarnessError::doing("ask the database")(error)
}

fn text(row: &SqliteRow, column: &str) -> Result<String, HarnessError> {
    row.try_get(column).map_err(asking)
}

fn number(row: &SqliteRow, column: &str) -> Result<i64, HarnessError> {
    row.try_get(column).map_err(asking)
}
