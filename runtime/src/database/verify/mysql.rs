//! MySQL and MariaDB, from `information_schema`, which shows a role what it has some privilege on.
//!
//! Everything is asked for by the names of databases, which are parameters, and cast to text, because the servers disagree
//! on which of their columns are text. The tables are picked here: the catalog compares names without regard to case.

use std::collections::{BTreeMap, BTreeSet};

use super::{Actions, Answer, EXPRESSION, Error, Live, LiveColumn, LiveForeignKey, LiveKey, PREFIX, action};
use crate::database::session::Session;
use crate::error::RowError;
use crate::row::{FromRow, Row};
use crate::table::{Identity, RelationKind, Schema};

const SERVER: &str = "SELECT CAST(DATABASE() AS CHAR) AS `current`, CAST(VERSION() AS CHAR) AS `version`,
    CAST(@@lower_case_table_names AS CHAR) AS `case`";

const TABLES: &str = "SELECT CAST(TABLE_SCHEMA AS CHAR) AS `schema`, CAST(TABLE_NAME AS CHAR) AS `table`,
    CAST(TABLE_TYPE AS CHAR) AS `kind`
FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (:schemas)";

const COLUMNS: &str = "SELECT CAST(TABLE_SCHEMA AS CHAR) AS `schema`, CAST(TABLE_NAME AS CHAR) AS `table`,
    CAST(COLUMN_NAME AS CHAR) AS `name`, CAST(COLUMN_TYPE AS CHAR) AS `type`, CAST(IS_NULLABLE AS CHAR) AS `nullable`,
    CAST(COLUMN_DEFAULT AS CHAR) AS `default`, CAST(EXTRA AS CHAR) AS `extra`
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA IN (:schemas)";

const KEYS: &str = "SELECT CAST(TABLE_SCHEMA AS CHAR) AS `schema`, CAST(TABLE_NAME AS CHAR) AS `table`,
    CAST(INDEX_NAME AS CHAR) AS `name`, CAST(COLUMN_NAME AS CHAR) AS `column`, CAST(SUB_PART AS CHAR) AS `prefix`
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA IN (:schemas) AND NON_UNIQUE = 0
ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";

/// MariaDB hides the actions, and not the keys, from a role that may only read.
const FOREIGN_KEYS: &str = "SELECT CAST(k.TABLE_SCHEMA AS CHAR) AS `schema`, CAST(k.TABLE_NAME AS CHAR) AS `table`,
    CAST(k.CONSTRAINT_NAME AS CHAR) AS `name`, CAST(k.COLUMN_NAME AS CHAR) AS `column`,
    CAST(k.REFERENCED_TABLE_SCHEMA AS CHAR) AS `target_schema`, CAST(k.REFERENCED_TABLE_NAME AS CHAR) AS `target`,
    CAST(k.REFERENCED_COLUMN_NAME AS CHAR) AS `target_column`,
    CAST(r.DELETE_RULE AS CHAR) AS `on_delete`, CAST(r.UPDATE_RULE AS CHAR) AS `on_update`
FROM information_schema.KEY_COLUMN_USAGE k
LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r
    ON r.CONSTRAINT_SCHEMA = k.TABLE_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
    AND r.CONSTRAINT_SCHEMA IN (:schemas)
WHERE k.TABLE_SCHEMA IN (:schemas) AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";

pub(super) async fn ask(session: &Session, schema: &'static Schema) -> Result<Answer, Error> {
    let (current, version, case): (Option<String>, String, String) = session.query(SERVER).fetch_one().await?;
    let current = current.unwrap_or_default();
    let folds_names = case != "0";
    let is_mariadb = version.to_ascii_lowercase().contains("mariadb");
    let fold = |name: &str| if folds_names { name.to_lowercase() } else { name.to_owned() };
    let mut places = BTreeMap::new();
    for (place, relation) in schema.relations.iter().enumerate() {
        let database = if relation.schema.is_empty() { &*current } else { relation.schema };
        places.insert((fold(database), fold(relation.name)), place);
    }
    let wanted = Wanted { session, schemas: distinct(places.keys().map(|(schema, _)| schema.as_str())) };
    let tables: Vec<Of<TableRow>> = wanted.fetch(TABLES).await?;
    let columns: Vec<Of<ColumnRow>> = wanted.fetch(COLUMNS).await?;
    let keys: Vec<Of<KeyRow>> = wanted.fetch(KEYS).await?;
    let foreign_keys: Vec<Of<ForeignKeyRow>> = wanted.fetch(FOREIGN_KEYS).await?;

    let mut relations: Vec<Option<Live>> = Vec::new();
    relations.resize_with(schema.relations.len(), || None);
    let place = |of: &(String, String)| places.get(&(fold(&of.0), fold(&of.1))).copied();
    for row in tables {
        // Sequences and temporary tables are no relations.
        let kind = match row.inner.0.to_ascii_uppercase() {
            kind if kind.contains("SEQUENCE") || kind.contains("TEMPORARY") => continue,
            kind if kind.contains("VIEW") => RelationKind::View,
            _ => RelationKind::Table,
        };
        if let Some(place) = place(&row.of) {
            relations[place] = Some(Live::new(kind));
        }
    }
    for row in columns {
        if let Some(live) = place(&row.of).and_then(|place| relations[place].as_mut()) {
            live.columns.push(row.inner.column(is_mariadb));
        }
    }
    for rows in keys.chunk_by(|a, b| a.of == b.of && a.inner.name == b.inner.name) {
        let Some(live) = place(&rows[0].of).and_then(|place| relations[place].as_mut()) else { continue };
        let mut key = LiveKey::default();
        for Of { inner: row, .. } in rows {
            match &row.column {
                Some(column) => key.columns.push(column.clone()),
                None => key.flaw = Some(EXPRESSION),
            }
            if row.prefix.is_some() {
                key.flaw = Some(PREFIX);
            }
        }
        match &*rows[0].inner.name {
            "PRIMARY" => live.primary_key = Some(key),
            _ => live.unique_keys.push(key),
        }
    }
    for rows in foreign_keys.chunk_by(|a, b| a.of == b.of && a.inner.name == b.inner.name) {
        let Some(live) = place(&rows[0].of).and_then(|place| relations[place].as_mut()) else { continue };
        let first = &rows[0].inner;
        live.foreign_keys.push(LiveForeignKey {
            name: first.name.clone(),
            columns: rows.iter().map(|row| row.inner.column.clone()).collect(),
            references: (first.target_schema.clone(), first.target.clone()),
            referenced_columns: rows.iter().filter_map(|row| row.inner.target_column.clone()).collect(),
            actions: first.actions,
        });
    }
    for live in relations.iter_mut().flatten() {
        if live.kind.is_view() && live.columns.is_empty() {
            let why = "it refers to tables, columns or functions that are not there, or that its definer may not use";
            live.broken = Some(why.to_owned());
        }
    }
    Ok(Answer { current, folds_names, relations, enums: Vec::new() })
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is asked for.
struct Wanted<'a> {
    session: &'a Session,
    schemas: Vec<&'a str>,
}

impl Wanted<'_> {
    async fn fetch<T: FromRow + Send>(&self, sql: &str) -> Result<Vec<T>, Error> {
        self.session.query(sql).bind("schemas", &self.schemas[..]).fetch_all().await
    }
}

/// A row, and the database and the table that it speaks of.
struct Of<T> {
    of: (String, String),
    inner: T,
}

impl<T: FromRow> FromRow for Of<T> {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self { of: (row.get("schema")?, row.get("table")?), inner: T::from_row(row)? })
    }
}

/// A row of [`TABLES`].
struct TableRow(String);

impl FromRow for TableRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self(row.get("kind")?))
    }
}

/// A row of [`COLUMNS`].
struct ColumnRow {
    name: String,
    sql_type: String,
    nullable: String,
    default: Option<String>,
    extra: String,
}

impl FromRow for ColumnRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            name: row.get("name")?,
            sql_type: row.get("type")?,
            nullable: row.get("nullable")?,
            default: row.get("default")?,
            extra: row.get::<Option<String>>("extra")?.unwrap_or_default(),
        })
    }
}

impl ColumnRow {
    fn column(self, is_mariadb: bool) -> LiveColumn {
        let says = |word: &str| self.extra.split([' ', ',']).any(|found| found.eq_ignore_ascii_case(word));
        let generated = ["GENERATED", "VIRTUAL", "PERSISTENT"].iter().any(|word| says(word));
        let is_numbered = says("auto_increment");
        // MariaDB prints an expression, and be it NULL.
        let has_default = self.default.is_some_and(|default| !is_mariadb || default != "NULL");
        LiveColumn {
            nullable: self.nullable.eq_ignore_ascii_case("YES"),
            has_default: !generated && (has_default || is_numbered),
            identity: is_numbered.then_some(Identity::ByDefault),
            generated,
            is_argument: false,
            name: self.name,
            sql_type: self.sql_type,
        }
    }
}

/// A row of [`KEYS`].
struct KeyRow {
    name: String,
    /// Absent for an expression.
    column: Option<String>,
    prefix: Option<String>,
}

impl FromRow for KeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self { name: row.get("name")?, column: row.get("column")?, prefix: row.get("prefix")? })
    }
}

/// A row of [`FOREIGN_KEYS`].
struct ForeignKeyRow {
    name: String,
    column: String,
    target_schema: String,
    target: String,
    target_column: Option<String>,
    actions: Option<Actions>,
}

impl FromRow for ForeignKeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        let on_delete: Option<String> = row.get("on_delete")?;
        let on_update: Option<String> = row.get("on_update")?;
        Ok(Self {
            name: row.get("name")?,
            column: row.get("column")?,
            target_schema: row.get("target_schema")?,
            target: row.get("target")?,
            target_column: row.get("target_column")?,
            actions: on_delete
                .zip(on_update)
                .map(|(delete, update)| Actions { on_delete: action(&delete), on_update: action(&update) }),
        })
    }
}

/// A type as both servers would print it. MySQL 8 leaves out the widths that integers are shown with, except in
/// `tinyint(1)` and with `zerofill`; MariaDB's JSON is a `longtext`.
pub(super) fn plain_type(printed: &str) -> String {
    let printed = printed.split(" /* mariadb-5.3 */").next().unwrap_or_default();
    let end = printed.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(printed.len());
    let (name, rest) = printed.split_at(end);
    let name = name.to_ascii_lowercase();
    let width_end = if rest.starts_with('(') { rest.find(')').map(|at| at + 1) } else { None };
    let (width, behind) = rest.split_at(width_end.unwrap_or(0));
    match &*name {
        "tinyint" if width == "(1)" && behind.is_empty() => "tinyint(1)".to_owned(),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" if !behind.contains("zerofill") => {
            name + behind
        }
        "json" => "longtext".to_owned(),
        "geomcollection" => "geometrycollection".to_owned(),
        _ => name + rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_servers_print_is_one_type() {
        for (mariadb, mysql) in [
            ("int(11)", "int"),
            ("bigint(20) unsigned", "bigint unsigned"),
            ("tinyint(1) unsigned", "tinyint unsigned"),
            ("year(4)", "year"),
            ("longtext", "json"),
            ("geometrycollection", "geomcollection"),
            ("datetime /* mariadb-5.3 */", "datetime"),
        ] {
            assert_eq!(plain_type(mariadb), plain_type(mysql));
        }
    }

    #[test]
    fn what_tells_types_apart_is_kept() {
        for (one, other) in [
            ("tinyint(1)", "tinyint(4)"),
            ("int(6) unsigned zerofill", "int(10) unsigned zerofill"),
            ("varchar(12)", "varchar(13)"),
            ("enum('a')", "enum('A')"),
            ("decimal(10,2)", "decimal(10,3)"),
            ("int(11)", "int(11) unsigned"),
        ] {
            assert_ne!(plain_type(one), plain_type(other));
        }
    }
}
