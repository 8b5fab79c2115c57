//! What MySQL and MariaDB say.

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, MySqlConnection, Row};
use tablature::catalog::{QName, RelationKind};

use super::definition::{Reader, items};
use super::not_understood;
use crate::corpus::facts::{ColumnFacts, Facts, Part, RelationFacts, UniqueFacts};
use crate::error::HarnessError;
use crate::scratch::connect_mysql;

/// Sequences are tables to MariaDB and to nobody else.
const RELATIONS: &str = "
SELECT CAST(table_name AS char) AS name, CAST(table_type AS char) AS kind,
    CAST(COALESCE(create_options, '') AS char) AS options
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type NOT LIKE '%SEQUENCE%' AND table_type NOT LIKE '%TEMPORARY%'
ORDER BY table_name";

const COLUMNS: &str = "
SELECT CAST(table_name AS char) AS relation, CAST(column_name AS char) AS name, CAST(is_nullable AS char) AS nullable,
    CAST(column_type AS char) AS type
FROM information_schema.columns
WHERE table_schema = DATABASE()
ORDER BY table_name, ordinal_position";

pub(super) async fn facts(url: &str) -> Result<Facts, HarnessError> {
    let mut connection = connect_mysql(url).await?;
    let mut facts = Facts::default();
    for row in fetch(&mut connection, RELATIONS).await? {
        let (name, kind) = (QName::new("", text(&row, "name")?), text(&row, "kind")?);
        let is_view = kind.contains("VIEW");
        // A view is broken when it is asked for something, a table when it is printed.
        let answer = if is_view {
            ask(&mut connection, format!("SELECT * FROM {} LIMIT 0", quoted(&name.name))).await.map(|_| String::new())
        } else {
            let rows = ask(&mut connection, format!("SHOW CREATE TABLE {}", quoted(&name.name))).await;
            rows.and_then(|rows| {
                // The default of a binary column is printed as it is.
                let bytes: Vec<u8> = rows.first().map_or(Ok(Vec::new()), |row| row.try_get_unchecked(1))?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            })
        };
        match answer {
            Ok(statement) => {
                let kind = match is_view {
                    true => RelationKind::View,
                    false if text(&row, "options")?.contains("partitioned") => RelationKind::PartitionedTable,
                    false => RelationKind::Table,
                };
                let mut relation = RelationFacts::new(kind);
                if !is_view {
                    keys(&statement, &mut relation).ok_or_else(|| not_understood(&statement))?;
                }
                facts.relations.insert(name, relation);
            }
            Err(sqlx::Error::Database(error)) => drop(facts.unreadable.insert(name, error.message().to_owned())),
            Err(error) => return Err(HarnessError::doing("ask the database")(error)),
        }
    }
    for row in fetch(&mut connection, COLUMNS).await? {
        let relation = QName::new("", text(&row, "relation")?);
        let Some(of) = facts.relations.get_mut(&relation) else { continue };
        let (name, ty) = (text(&row, "name")?, text(&row, "type")?);
        let nullable = (!of.kind.is_view()).then_some(text(&row, "nullable")?.eq_ignore_ascii_case("YES"));
        of.columns.push(ColumnFacts { name: name.clone(), nullable, is_argument: false });
        if let Some(list) = ty.strip_prefix("enum(").or_else(|| ty.strip_prefix("set(")) {
            let list = list.strip_suffix(')').ok_or_else(|| not_understood(&ty))?;
            let column = (quoted(&relation.name), quoted(&name), ty.starts_with("set("));
            let labels = labels(&mut connection, column, list).await.map_err(HarnessError::doing("read labels"))?;
            facts.enums.insert(format!("{relation}.{name}"), labels);
        }
    }
    Ok(facts)
}

/// The labels of a column's type, of which the server prints a list.
async fn labels(
    connection: &mut MySqlConnection,
    (table, column, is_set): (String, String, bool),
    list: &str,
) -> sqlx::Result<Vec<String>> {
    // The server reads its own text best.
    let rows = ask(connection, format!("SELECT {list}")).await?;
    let printed: Vec<String> =
        rows.iter().flat_map(|row| (0..row.len()).map(|at| row.try_get(at))).collect::<sqlx::Result<_>>()?;
    if !list.contains('?') {
        return Ok(printed);
    }
    // It prints question marks for characters beyond the basic plane, but not in values.
    let numbers =
        (0..printed.len()).map(|at| if is_set { format!("({})", 1u64 << at) } else { format!("({})", at + 1) });
    let numbers = numbers.collect::<Vec<_>>().join(", ");
    ask(connection, format!("CREATE TEMPORARY TABLE corpus_labels AS SELECT {column} AS label FROM {table} LIMIT 0"))
        .await?;
    ask(connection, format!("INSERT INTO corpus_labels VALUES {numbers}")).await?;
    let rows = ask(connection, "SELECT label FROM corpus_labels ORDER BY label + 0".to_owned()).await?;
    ask(connection, "DROP TEMPORARY TABLE corpus_labels".to_owned()).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// Reads the keys of a table as the server prints it. A key that looks at the beginnings of columns is none of whole
/// columns.
fn keys(statement: &str, relation: &mut RelationFacts) -> Option<()> {
    let items = items(statement)?;
    for item in &items {
        let mut reader = Reader::new(item, '`');
        if reader.skip("PRIMARY KEY") {
            let parts = reader.parts()?;
            relation.primary_key = parts.into_iter().filter_map(Part::into_column).collect();
        } else if reader.skip("UNIQUE KEY") {
            let (name, mut parts) = (reader.name()?, reader.parts()?);
            if let Some([from, to]) = parts.last().and_then(|part| period(&items, part)) {
                parts.pop();
                parts.extend([to, from].map(Part::Column));
            }
            relation.unique_keys.push(UniqueFacts { name, parts, is_whole: true });
        } else if reader.skip("CONSTRAINT") {
            let name = reader.name()?;
            // Otherwise it is a CHECK.
            if item.contains("FOREIGN KEY")
                && let Some(key) = reader.foreign_key(name)
            {
                relation.foreign_keys.push(key);
            }
        }
    }
    Some(())
}

/// The columns of the period that a part of a key is the name of (MariaDB). In the key it stands for both: its end first.
fn period(items: &[&str], part: &Part) -> Option<[String; 2]> {
    let Part::Partly(name) = part else { return None };
    items.iter().find_map(|item| {
        let mut reader = Reader::new(item, '`');
        let is_it = reader.skip("PERIOD FOR") && reader.name().as_ref() == Some(name);
        let columns = reader.parts().filter(|_| is_it)?;
        columns.into_iter().filter_map(Part::into_column).collect::<Vec<_>>().try_into().ok()
    })
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

async fn ask(connection: &mut MySqlConnection, sql: String) -> sqlx::Result<Vec<MySqlRow>> {
    sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await
}

async fn fetch(connection: &mut MySqlConnection, sql: &'static str) -> Result<Vec<MySqlRow>, HarnessError> {
    sqlx::query(sql).fetch_all(connection).await.map_err(HarnessError::doing("ask the database"))
}

fn text(row: &MySqlRow, column: &str) -> Result<String, HarnessError> {
    row.try_get(column).map_err(HarnessError::doing("read what the database answers"))
}
