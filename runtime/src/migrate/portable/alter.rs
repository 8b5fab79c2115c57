//! ALTER TABLE, as far as SQLite has it.

use sea_query::{Alias, MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder, Table, TableAlterStatement};
use sqlparser::ast::{AlterTable, AlterTableOperation, ColumnDef, RenameTableNameKind};

use super::comments::Lines;
use super::table::{self, Rule};
use super::{Known, Refused, Source, literal, name_of, object};
use crate::table::Dialect;

pub(super) fn table(change: &AlterTable, source: Source<'_>, known: &mut Known) -> Refused<Vec<String>> {
    let Source { dialect, place, .. } = source;
    let [operation] = &change.operations[..] else {
        return Err(place.says("SQLite changes one thing in an ALTER TABLE: write several statements"));
    };
    if format!("ALTER TABLE {} {operation}", change.name) != change.to_string() {
        return Err(
            place.says("a portable ALTER TABLE has no IF EXISTS and no options: a migration knows what is there")
        );
    }
    let table = object(&change.name, place)?;
    let alias = Alias::new(&table);
    match operation {
        AlterTableOperation::AddColumn { column_def, if_not_exists: false, column_position: None, .. } => {
            add(&table, column_def, source, known)
        }
        AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
            let (old, new) = (name_of(old_column_name)?, name_of(new_column_name)?);
            if let Some(columns) = known.get_mut(&table)
                && let Some(ty) = columns.remove(&old)
            {
                columns.insert(new.clone(), ty);
            }
            let mut statement = Table::alter();
            statement.table(alias).rename_column(Alias::new(&old), Alias::new(&new));
            Ok(vec![altered(dialect, &statement)])
        }
        AlterTableOperation::RenameTable { table_name: RenameTableNameKind::To(new) } => {
            let new = object(new, place)?;
            if let Some(columns) = known.remove(&table) {
                known.insert(new.clone(), columns);
            }
            let mut statement = Table::rename();
            statement.table(alias, Alias::new(&new));
            Ok(vec![match dialect {
                Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
                Dialect::Mysql => statement.to_string(MysqlQueryBuilder),
                Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
            }])
        }
        AlterTableOperation::DropColumn { column_names, if_exists: false, drop_behavior: None, .. } => {
            let [column] = &column_names[..] else {
                return Err(place.says("SQLite drops one column in an ALTER TABLE: write several statements"));
            };
            let column = name_of(column)?;
            if let Some(columns) = known.get_mut(&table) {
                columns.remove(&column);
            }
            let mut statement = Table::alter();
            statement.table(alias).drop_column(Alias::new(&column));
            Ok(vec![altered(dialect, &statement)])
        }
        AlterTableOperation::AddConstraint { .. } | AlterTableOperation::DropConstraint { .. } => Err(place.says(
            "SQLite changes no constraint of a table that is there; only a unique one can come as CREATE UNIQUE INDEX: put \
             this into the engines' folders",
        )),
        AlterTableOperation::AlterColumn { .. } => {
            Err(place.says("SQLite changes no column that is there: put this into the engines' folders"))
        }
        _ => Err(place.says(
            "a portable ALTER TABLE is ADD COLUMN, RENAME COLUMN, RENAME TO or DROP COLUMN: put this into the engines' \
             folders",
        )),
    }
}

fn altered(dialect: Dialect, statement: &TableAlterStatement) -> String {
    match dialect {
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
        Dialect::Mysql => statement.to_string(MysqlQueryBuilder),
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
    }
}

/// Adds a column, within what SQLite can add to a table that has rows.
fn add(table: &str, definition: &ColumnDef, source: Source<'_>, known: &mut Known) -> Refused<Vec<String>> {
    let Source { dialect, place, comments, tokens } = source;
    let (mut column, mut constraints) = table::column(definition, table, source)?;
    let refuse = |message: &str| Err(column.place.says(message));
    if column.identity || column.generated.is_some() {
        return refuse(
            "SQLite adds no column that is computed and stored or numbers itself: put this into the engines' folders",
        );
    }
    if !column.nullable && column.default.is_none() {
        return refuse("rows that are there need a value: give the column a default, or let it be NULL");
    }
    if table::is_computed_default(definition) {
        return refuse("SQLite adds no column whose default is computed: add it without one, and fill it by UPDATE");
    }
    table::name_constraints(table, &mut constraints)?;
    for constraint in &constraints {
        match &constraint.rule {
            Rule::Primary => return refuse("a primary key comes with its table: put this into the engines' folders"),
            Rule::Unique => return refuse("SQLite adds no UNIQUE column: write CREATE UNIQUE INDEX after it"),
            Rule::Foreign { .. } if column.default.is_some() => {
                return refuse("SQLite adds a column that refers to others only where its default is NULL");
            }
            Rule::Check(_) if constraint.columns != [column.name.clone()] => {
                return refuse(
                    "the CHECK of an added column speaks of that column alone: put this into the engines' folders",
                );
            }
            Rule::Foreign { .. } | Rule::Check(_) => {}
        }
    }
    let last = tokens.last().map_or(place.line, |token| token.span.end.line);
    column.comment = comments.of_part(Lines { first: place.line, last, shares_last: false });
    if let Some(columns) = known.get_mut(table) {
        columns.insert(column.name.clone(), column.ty);
    }
    let quoted = literal::name(dialect, table);
    let mut sql = format!("ALTER TABLE {quoted} ADD COLUMN {}", table::column_sql(dialect, table, &column));
    for constraint in &constraints {
        match dialect {
            Dialect::Mysql => sql.push_str(&format!(", ADD {}", table::constraint_sql(dialect, constraint))),
            Dialect::Postgres | Dialect::Sqlite => {
                let name = literal::name(dialect, constraint.name.as_deref().unwrap_or_default());
                let rule = match &constraint.rule {
                    Rule::Check(condition) => format!("CHECK ({condition})"),
                    rule => table::references_sql(dialect, rule),
                };
                sql.push_str(&format!(" CONSTRAINT {name} {rule}"));
            }
        }
    }
    let mut statements = Vec::new();
    match dialect {
        Dialect::Sqlite => {
            // SQLite keeps the text of the column, and so what stands before its end.
            if let Some(comment) = &column.comment {
                let name = literal::name(dialect, &column.name);
                let start = format!("ADD COLUMN {name}");
                sql = sql.replacen(&start, &format!("{start}{}\n ", table::sqlite_comment(comment)), 1);
            }
            statements.push(sql);
        }
        Dialect::Mysql => statements.push(sql),
        Dialect::Postgres => {
            statements.push(sql);
            statements.extend(table::column_comment(table, &column));
        }
    }
    Ok(statements)
}
