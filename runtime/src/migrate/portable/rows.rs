//! INSERT of constants, and simple UPDATE and DELETE.

use sqlparser::ast::{
    AssignmentTarget, Delete, Expr, FromTable, Insert, Query, SetExpr, Spanned, TableFactor, TableObject,
    TableWithJoins, UnaryOperator, Update, Values,
};

use super::expression::{self, Expressions};
use super::{Place, Refused, Source, literal, object, without_case};

pub(super) fn insert(insert: &Insert, source: Source<'_>) -> Refused<String> {
    let Source { dialect, place, .. } = source;
    let (TableObject::TableName(name), Some(query)) = (&insert.table, &insert.source) else {
        return Err(place.says(INSERT_PLAINLY));
    };
    let listed: Vec<String> = insert.columns.iter().map(ToString::to_string).collect();
    let understood = format!("INSERT INTO {name} ({}) {query}", listed.join(", "));
    if understood != insert.to_string() || listed.is_empty() {
        return Err(place.says(INSERT_PLAINLY));
    }
    let rows = rows(query).ok_or_else(|| place.says(INSERT_PLAINLY))?;
    let columns = insert.columns.iter().map(|column| object(column, place)).collect::<Refused<Vec<_>>>()?;
    let expressions = Expressions { dialect, aggregates: false, place };
    let mut texts = Vec::new();
    for row in rows {
        if row.len() != columns.len() {
            return Err(place.says(format!("a row has {} values, and {} columns are named", row.len(), columns.len())));
        }
        for value in row.iter() {
            let constant = match value {
                Expr::UnaryOp { op: UnaryOperator::Minus, expr } => expr,
                value => value,
            };
            if !matches!(constant, Expr::Value(_)) {
                let place = Place::of(value.span()).unwrap_or(place);
                return Err(place.says(format!("`{value}` is no constant: a portable INSERT has those only")));
            }
        }
        let values = row.iter().map(|value| expressions.sql(value)).collect::<Refused<Vec<_>>>()?;
        texts.push(format!("({})", values.join(", ")));
    }
    let table = literal::name(dialect, &object(name, place)?);
    Ok(format!("INSERT INTO {table} ({}) VALUES {}", literal::names(dialect, &columns), texts.join(", ")))
}

const INSERT_PLAINLY: &str =
    "a portable INSERT is INSERT INTO table (columns) VALUES (constants), …: put this into the engines' folders";

fn rows(query: &Query) -> Option<&[sqlparser::ast::Parens<Vec<Expr>>]> {
    match &*query.body {
        SetExpr::Values(Values { rows, .. }) if query.body.to_string() == query.to_string() => Some(rows),
        _ => None,
    }
}

pub(super) fn update(update: &Update, source: Source<'_>) -> Refused<String> {
    let Source { dialect, place, .. } = source;
    let table = lone_table(&update.table, place)?;
    let listed: Vec<String> = update.assignments.iter().map(ToString::to_string).collect();
    let mut understood = format!("UPDATE {} SET {}", update.table, listed.join(", "));
    if let Some(condition) = &update.selection {
        understood.push_str(&format!(" WHERE {condition}"));
    }
    if without_case(&understood) != without_case(&update.to_string()) {
        return Err(place.says("a portable UPDATE is UPDATE table SET … WHERE …: put this into the engines' folders"));
    }
    let expressions = Expressions { dialect, aggregates: false, place };
    let mut assigned: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    for assignment in &update.assignments {
        let AssignmentTarget::ColumnName(column) = &assignment.target else {
            return Err(place.says("a portable UPDATE sets one column at a time"));
        };
        let mut read = Vec::new();
        expression::columns(&assignment.value, &mut read);
        if let Some(column) = read.iter().find(|column| assigned.contains(column)) {
            return Err(place.says(format!(
                "MySQL would read the new {column} here, and the other engines the old one: write two statements"
            )));
        }
        let column = object(column, place)?;
        texts.push(format!("{} = {}", literal::name(dialect, &column), expressions.sql(&assignment.value)?));
        assigned.push(column);
    }
    let mut sql = format!("UPDATE {} SET {}", literal::name(dialect, &table), texts.join(", "));
    if let Some(condition) = &update.selection {
        sql.push_str(&format!(" WHERE {}", expressions.sql(condition)?));
    }
    Ok(sql)
}

pub(super) fn delete(delete: &Delete, source: Source<'_>) -> Refused<String> {
    const PLAINLY: &str = "a portable DELETE is DELETE FROM table WHERE …: put this into the engines' folders";
    let Source { dialect, place, .. } = source;
    let FromTable::WithFromKeyword(tables) = &delete.from else { return Err(place.says(PLAINLY)) };
    let [table] = &tables[..] else { return Err(place.says(PLAINLY)) };
    let mut understood = format!("DELETE FROM {table}");
    if let Some(condition) = &delete.selection {
        understood.push_str(&format!(" WHERE {condition}"));
    }
    if without_case(&understood) != without_case(&delete.to_string()) {
        return Err(place.says(PLAINLY));
    }
    let mut sql = format!("DELETE FROM {}", literal::name(dialect, &lone_table(table, place)?));
    if let Some(condition) = &delete.selection {
        let expressions = Expressions { dialect, aggregates: false, place };
        sql.push_str(&format!(" WHERE {}", expressions.sql(condition)?));
    }
    Ok(sql)
}

/// A table's name, with nothing about it.
fn lone_table(table: &TableWithJoins, place: Place) -> Refused<String> {
    match &table.relation {
        TableFactor::Table { name, .. } if table.to_string() == name.to_string() => object(name, place),
        _ => Err(place.says("a portable UPDATE or DELETE names one table, without an alias")),
    }
}
