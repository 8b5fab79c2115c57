//! CREATE TABLE and CREATE INDEX.
//!
//! Columns are written by sea-query; constraints beside it, since it has no form for named ones on every engine.

use std::collections::{BTreeMap, BTreeSet};

use sea_query::{
    Alias, ColumnDef, ColumnType, Expr as Cust, Index, IndexOrder, Keyword, MysqlQueryBuilder, PostgresQueryBuilder,
    SqliteQueryBuilder, Table,
};
use sqlparser::ast::{
    ColumnDef as Definition, ColumnOption, CreateIndex, CreateTable, Expr, ForeignKeyConstraint, Ident, IndexColumn,
    ReferentialAction, Spanned, TableConstraint, UnaryOperator, Value,
};

use super::comments::parts;
use super::expression::{self, Expressions};
use super::types::{KEY_BYTES, ROW_BYTES, Spelling, Type};
use super::{Known, Place, Refused, Source, literal, name_of, object};
use crate::table::Dialect;

/// A column, as far as it is not a constraint.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) ty: Type,
    pub(super) nullable: bool,
    /// As SQL of the engine.
    pub(super) default: Option<String>,
    pub(super) identity: bool,
    pub(super) generated: Option<String>,
    /// Whether a CHECK lists its texts, and so holds it to its length.
    pub(super) listed: bool,
    pub(super) comment: Option<String>,
}

/// A constraint of a column or of a table.
#[derive(Debug)]
pub(super) struct Constraint {
    pub(super) name: Option<String>,
    pub(super) place: Place,
    pub(super) columns: Vec<String>,
    pub(super) rule: Rule,
}

#[derive(Debug)]
pub(super) enum Rule {
    Primary,
    Unique,
    Foreign {
        table: String,
        columns: Vec<String>,
        on_delete: Action,
        on_update: Action,
    },
    /// The condition as SQL of the engine; its columns are those that it names.
    Check(String),
}

/// What becomes of rows that refer to one that goes or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Nothing,
    Restrict,
    Cascade,
    SetNull,
}

pub(super) fn create(create: &CreateTable, source: Source<'_>, known: &mut Known) -> Refused<Vec<String>> {
    let Source { dialect, place, comments, .. } = source;
    let body: Vec<String> = create
        .columns
        .iter()
        .map(ToString::to_string)
        .chain(create.constraints.iter().map(ToString::to_string))
        .collect();
    if format!("CREATE TABLE {} ({})", create.name, body.join(", ")) != create.to_string() || create.columns.is_empty()
    {
        return Err(place.says(
            "a portable CREATE TABLE is its name, columns and constraints, without IF NOT EXISTS and options: take the \
             rest out, or put this into the engines' folders",
        ));
    }
    let table = object(&create.name, place)?;
    let lines = parts(source.tokens);
    let mut columns = Vec::new();
    let mut constraints = Vec::new();
    for definition in &create.columns {
        let (mut column, its_constraints) = column(definition, &table, source)?;
        let start = (column.place.line, column.place.column);
        column.comment = lines.get(&start).and_then(|&lines| comments.of_part(lines));
        columns.push(column);
        constraints.extend(its_constraints);
    }
    for constraint in &create.constraints {
        constraints.push(table_constraint(constraint, source)?);
        if let TableConstraint::Check(check) = constraint {
            columns.iter_mut().for_each(|column| column.listed |= lists(&check.expr, &column.name, column.ty));
        }
    }
    let first_line = place.line;
    let opening = lines.values().map(|lines| lines.first).min().unwrap_or(first_line);
    let mut texts = comments.above(first_line).into_iter().collect::<Vec<_>>();
    if opening > first_line {
        texts.extend(comments.behind(first_line));
    }
    let comment = (!texts.is_empty()).then(|| texts.join(" "));
    settle(&table, &mut columns, &mut constraints)?;
    check_for_mysql(&columns, &constraints, known, &table, place)?;
    known.insert(table.clone(), columns.iter().map(|column| (column.name.clone(), column.ty)).collect());
    Ok(write(dialect, &table, &columns, &constraints, comment.as_deref()))
}

/// Names what has no name, by PostgreSQL's rule, and sees to it that columns are what constraints make of them.
fn settle(table: &str, columns: &mut [Column], constraints: &mut [Constraint]) -> Refused<()> {
    let mut names = BTreeSet::new();
    for column in &*columns {
        if !names.insert(column.name.clone()) {
            return Err(column.place.says(format!("{table} has two columns named {}", column.name)));
        }
    }
    for constraint in &*constraints {
        for column in &constraint.columns {
            if !names.contains(column) {
                return Err(constraint.place.says(format!("{table} has no column {column}")));
            }
        }
    }
    let keys: Vec<&Constraint> = constraints.iter().filter(|c| matches!(c.rule, Rule::Primary)).collect();
    if let [_, second, ..] = keys[..] {
        return Err(second.place.says(format!("{table} has two primary keys")));
    }
    let key: Vec<String> = keys.first().map(|key| key.columns.clone()).unwrap_or_default();
    for column in columns.iter_mut() {
        if key.contains(&column.name) {
            column.nullable = false;
        }
        if column.identity && key != [column.name.clone()] {
            return Err(column.place.says(format!(
                "{} numbers itself, which MySQL and SQLite know of a lone primary key only: make it PRIMARY KEY",
                column.name
            )));
        }
    }
    name_constraints(table, constraints)
}

/// Names by PostgreSQL's rule, with a number behind where one is taken.
pub(super) fn name_constraints(table: &str, constraints: &mut [Constraint]) -> Refused<()> {
    let mut taken = BTreeSet::new();
    for constraint in constraints.iter().filter(|constraint| constraint.name.is_some()) {
        if !taken.insert(constraint.name.clone().unwrap_or_default()) {
            return Err(constraint.place.says("two constraints have this name: give one of them another"));
        }
    }
    for constraint in constraints.iter_mut().filter(|constraint| constraint.name.is_none()) {
        let columns = constraint.columns.join("_");
        let name = match &constraint.rule {
            Rule::Primary => format!("{table}_pkey"),
            Rule::Unique => format!("{table}_{columns}_key"),
            Rule::Foreign { .. } => format!("{table}_{columns}_fkey"),
            Rule::Check(_) if constraint.columns.len() == 1 => format!("{table}_{columns}_check"),
            Rule::Check(_) => format!("{table}_check"),
        };
        let mut candidates = std::iter::once(name.clone()).chain((1_u32..).map(|n| format!("{name}{n}")));
        let name = candidates.find(|name| !taken.contains(name)).unwrap_or_default();
        if name.len() > 63 {
            return Err(constraint.place.says(
                "the name that this constraint would get is longer than the 63 bytes that PostgreSQL keeps: give it one",
            ));
        }
        taken.insert(name.clone());
        constraint.name = Some(name);
    }
    Ok(())
}

/// What only MySQL refuses, so that it is refused before any engine is asked.
fn check_for_mysql(
    columns: &[Column],
    constraints: &[Constraint],
    known: &Known,
    table: &str,
    place: Place,
) -> Refused<()> {
    let types: BTreeMap<String, Type> = columns.iter().map(|column| (column.name.clone(), column.ty)).collect();
    let row: u64 = columns.iter().map(|column| column.ty.key_bytes().unwrap_or(12) + 2).sum();
    if row > ROW_BYTES {
        return Err(place.says(format!(
            "the columns take up {row} bytes, and a row of MySQL has {ROW_BYTES}: make the long ones text"
        )));
    }
    let checked: BTreeSet<&String> = constraints
        .iter()
        .filter(|constraint| matches!(constraint.rule, Rule::Check(_)))
        .flat_map(|constraint| &constraint.columns)
        .collect();
    for constraint in constraints {
        match &constraint.rule {
            Rule::Primary | Rule::Unique => key_fits(&constraint.columns, &types, constraint.place)?,
            Rule::Check(_) => {
                if let Some(column) = columns.iter().find(|c| c.identity && constraint.columns.contains(&c.name)) {
                    return Err(constraint.place.says(format!(
                        "MySQL has no CHECK on a column that numbers itself, such as {}: take it out",
                        column.name
                    )));
                }
            }
            Rule::Foreign { table: other, columns: theirs, on_delete, on_update } => {
                let changes = *on_delete == Action::SetNull || matches!(on_update, Action::SetNull | Action::Cascade);
                let is_checked = |column: &&String| {
                    checked.contains(column) || types.get(*column).is_some_and(|ty| matches!(ty, Type::Char(_)))
                };
                if let Some(column) = constraint.columns.iter().find(is_checked).filter(|_| changes) {
                    return Err(constraint.place.says(format!(
                        "MySQL lets no foreign key change {column}, which a CHECK speaks of: take one of the two out"
                    )));
                }
                let referred = if other == table { Some(&types) } else { known.get(other) };
                for (mine, theirs) in constraint.columns.iter().zip(theirs) {
                    let (mine_ty, their_ty) = (types.get(mine), referred.and_then(|types| types.get(theirs)));
                    if let (Some(mine_ty), Some(their_ty)) = (mine_ty, their_ty)
                        && mine_ty != their_ty
                        && !(mine_ty.is_text() && their_ty.is_text())
                    {
                        return Err(constraint.place.says(format!(
                            "{mine} and {other}.{theirs} are of different types, which MySQL does not compare in a foreign \
                             key: give them one type"
                        )));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Whether InnoDB can make an index over these columns, as far as their types are known.
fn key_fits(columns: &[String], types: &BTreeMap<String, Type>, place: Place) -> Refused<()> {
    let mut bytes = 0;
    for column in columns {
        let Some(ty) = types.get(column) else { continue };
        bytes += ty.key_bytes().ok_or_else(|| {
            place.says(format!("{column} cannot be in a key or an index on MySQL: make it varchar(n)"))
        })?;
    }
    if bytes > KEY_BYTES {
        return Err(place.says(format!(
            "a key or an index of MySQL holds {KEY_BYTES} bytes, four for each character, and this one has {bytes}: make its \
             texts shorter"
        )));
    }
    Ok(())
}

/// A column's definition, and the constraints in it.
pub(super) fn column(definition: &Definition, table: &str, source: Source<'_>) -> Refused<(Column, Vec<Constraint>)> {
    let place = Place::of(definition.name.span).unwrap_or(source.place);
    let name = name_of(&definition.name)?;
    let ty = Type::of(&definition.data_type, place)?;
    let mut column = Column {
        name: name.clone(),
        place,
        ty,
        nullable: true,
        default: None,
        identity: false,
        generated: None,
        listed: false,
        comment: None,
    };
    let expressions = Expressions { dialect: source.dialect, aggregates: false, place };
    let mut constraints = Vec::new();
    let mut says_null = false;
    for option in &definition.options {
        let given_name = option.name.as_ref();
        let is = |text: &str| option.option.to_string() == text;
        let mut constrain = |own: Option<&Ident>, columns: Vec<String>, rule: Rule| -> Refused<()> {
            let name = given_name.or(own).map(name_of).transpose()?;
            constraints.push(Constraint { name, place, columns, rule });
            Ok(())
        };
        match &option.option {
            ColumnOption::Null => says_null = true,
            ColumnOption::NotNull => column.nullable = false,
            ColumnOption::Default(value) => column.default = default(value, ty, source.dialect, expressions)?,
            ColumnOption::PrimaryKey(key) if is("PRIMARY KEY") => {
                constrain(key.name.as_ref(), vec![name.clone()], Rule::Primary)?;
            }
            ColumnOption::Unique(key) if is("UNIQUE") => {
                constrain(key.name.as_ref(), vec![name.clone()], Rule::Unique)?;
            }
            ColumnOption::Check(check) if is(&format!("CHECK ({})", check.expr)) || check.name.is_some() => {
                let condition = expressions.sql(&check.expr)?;
                column.listed |= lists(&check.expr, &name, ty);
                constrain(check.name.as_ref(), columns_of(&check.expr), Rule::Check(condition))?;
            }
            ColumnOption::ForeignKey(key) => {
                let rule = foreign(key, place)?;
                if !is(&references(key)) {
                    return Err(place.says(REFERENCES_PLAINLY));
                }
                constrain(key.name.as_ref(), vec![name.clone()], rule)?;
            }
            ColumnOption::Generated { generation_expr: None, .. } if is("GENERATED BY DEFAULT AS IDENTITY") => {
                if !ty.is_integer() {
                    return Err(place.says("a column that numbers itself is a smallint, an integer or a bigint"));
                }
                column.identity = true;
                column.nullable = false;
            }
            ColumnOption::Generated { generation_expr: None, .. } => {
                return Err(place.says(
                    "only GENERATED BY DEFAULT AS IDENTITY, without options, is portable: MySQL and SQLite take numbers \
                     that are given, whatever ALWAYS says",
                ));
            }
            ColumnOption::Generated { generation_expr: Some(value), .. }
                if is(&format!("GENERATED ALWAYS AS ({value}) STORED")) =>
            {
                column.generated = Some(expressions.sql(value)?);
            }
            ColumnOption::Generated { .. } => {
                return Err(place.says("a portable generated column is GENERATED ALWAYS AS (…) STORED"));
            }
            ColumnOption::Comment(_) => return Err(place.says("write the comment as -- text behind the column")),
            ColumnOption::Collation(_) => {
                return Err(place.says("portable texts compare by code point on every engine: take COLLATE out"));
            }
            other => {
                return Err(place.says(format!(
                    "`{other}` is not on every engine: take it out, or put this into the engines' folders"
                )));
            }
        }
    }
    if says_null && (!column.nullable || column.identity) {
        return Err(place.says(format!("{table}.{name} is both NULL and NOT NULL")));
    }
    if column.generated.is_some() && (column.default.is_some() || column.identity) {
        return Err(place.says(format!("{table}.{name} is computed, and so has no default and no numbers of its own")));
    }
    if column.identity && column.default.is_some() {
        return Err(place.says(format!("{table}.{name} numbers itself, and so has no default")));
    }
    Ok((column, constraints))
}

/// Whether a definition has a default that is computed for each row.
pub(super) fn is_computed_default(definition: &Definition) -> bool {
    definition.options.iter().any(|option| match &option.option {
        ColumnOption::Default(value) => matches!(value, Expr::Function(_) | Expr::Nested(_)),
        _ => false,
    })
}

/// A default as SQL of the engine; nothing for NULL.
fn default(value: &Expr, ty: Type, dialect: Dialect, expressions: Expressions) -> Refused<Option<String>> {
    let place = Place::of(value.span()).unwrap_or(expressions.place);
    let text = value.to_string().to_ascii_uppercase();
    match text.as_str() {
        "NULL" => return Ok(None),
        "CURRENT_TIMESTAMP" | "CURRENT_TIMESTAMP()" | "(CURRENT_TIMESTAMP)" => {
            let sql = match (ty, dialect) {
                (Type::Timestamp, Dialect::Postgres) => "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')",
                (Type::Timestamp, Dialect::Mysql) => "(utc_timestamp(6))",
                (Type::TimestampWithZone, Dialect::Mysql) => "CURRENT_TIMESTAMP(6)",
                (Type::Timestamp | Type::TimestampWithZone, _) => "CURRENT_TIMESTAMP",
                _ => return Err(place.says("CURRENT_TIMESTAMP is the default of a timestamp only")),
            };
            return Ok(Some(sql.to_owned()));
        }
        "GEN_RANDOM_UUID()" if ty == Type::Uuid => {
            let sql = match dialect {
                Dialect::Postgres => "gen_random_uuid()",
                Dialect::Mysql => "(uuid())",
                Dialect::Sqlite => {
                    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || \
                     '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
                }
            };
            return Ok(Some(sql.to_owned()));
        }
        _ => {}
    }
    let constant = match value {
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => expr,
        value => value,
    };
    let Expr::Value(constant) = constant else {
        return Err(place.says(
            "a portable default is a constant, CURRENT_TIMESTAMP, or gen_random_uuid() of a uuid: put this into the \
             engines' folders",
        ));
    };
    let fits = match (ty.spelling(), &constant.value) {
        (Spelling::Number, Value::Number(..)) => true,
        (Spelling::Boolean, Value::Boolean(_)) => true,
        (Spelling::Text | Spelling::LongText, Value::SingleQuotedString(_)) => true,
        (Spelling::Bytes, _) => return Err(place.says("MySQL has no defaults of bytes: take it out")),
        _ => false,
    };
    if !fits {
        return Err(place.says(format!("{value} is no constant of the column's type")));
    }
    let sql = expressions.sql(value)?;
    // MySQL takes a constant for a long text as an expression only.
    let is_long = ty.spelling() == Spelling::LongText && dialect == Dialect::Mysql;
    Ok(Some(if is_long { format!("({sql})") } else { sql }))
}

fn table_constraint(constraint: &TableConstraint, source: Source<'_>) -> Refused<Constraint> {
    let place = Place::of(constraint.span()).unwrap_or(source.place);
    let named = |name: &Option<Ident>| name.as_ref().map(|n| format!("CONSTRAINT {n} ")).unwrap_or_default();
    let listed = |columns: &[IndexColumn]| columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let is = |text: String| constraint.to_string() == text;
    let (name, columns, rule) = match constraint {
        TableConstraint::PrimaryKey(key)
            if is(format!("{}PRIMARY KEY ({})", named(&key.name), listed(&key.columns))) =>
        {
            (&key.name, key_columns(&key.columns, place)?, Rule::Primary)
        }
        TableConstraint::Unique(key) if is(format!("{}UNIQUE ({})", named(&key.name), listed(&key.columns))) => {
            (&key.name, key_columns(&key.columns, place)?, Rule::Unique)
        }
        TableConstraint::Check(check) if is(format!("{}CHECK ({})", named(&check.name), check.expr)) => {
            let expressions = Expressions { dialect: source.dialect, aggregates: false, place };
            let condition = expressions.sql(&check.expr)?;
            (&check.name, columns_of(&check.expr), Rule::Check(condition))
        }
        TableConstraint::ForeignKey(key) => {
            let columns: Vec<String> = key.columns.iter().map(ToString::to_string).collect();
            let written = format!("{}FOREIGN KEY ({}) {}", named(&key.name), columns.join(", "), references(key));
            // The display writes no blank between the parenthesis and what follows.
            if constraint.to_string().replace(' ', "") != written.replace(' ', "") {
                return Err(place.says(REFERENCES_PLAINLY));
            }
            let columns = key.columns.iter().map(name_of).collect::<Refused<Vec<_>>>()?;
            (&key.name, columns, foreign(key, place)?)
        }
        other => {
            return Err(place.says(format!(
                "`{other}` is not on every engine in this form: put it into the engines' folders, or an index into a \
                 CREATE INDEX of its own"
            )));
        }
    };
    Ok(Constraint { name: name.as_ref().map(name_of).transpose()?, place, columns, rule })
}

const REFERENCES_PLAINLY: &str = "a portable foreign key is REFERENCES table (columns), ON DELETE and ON UPDATE: MATCH and DEFERRABLE are not on every engine";

/// A REFERENCES clause, as far as it is understood, in the parser's spelling.
fn references(key: &ForeignKeyConstraint) -> String {
    let columns: Vec<String> = key.referred_columns.iter().map(ToString::to_string).collect();
    let mut text = format!("REFERENCES {} ({})", key.foreign_table, columns.join(", "));
    if let Some(action) = &key.on_delete {
        text.push_str(&format!(" ON DELETE {action}"));
    }
    if let Some(action) = &key.on_update {
        text.push_str(&format!(" ON UPDATE {action}"));
    }
    text
}

fn foreign(key: &ForeignKeyConstraint, place: Place) -> Refused<Rule> {
    if key.referred_columns.is_empty() {
        return Err(place.says("MySQL wants the columns that a foreign key refers to: write REFERENCES table (column)"));
    }
    let action = |action: &Option<ReferentialAction>| match action {
        None | Some(ReferentialAction::NoAction) => Ok(Action::Nothing),
        Some(ReferentialAction::Restrict) => Ok(Action::Restrict),
        Some(ReferentialAction::Cascade) => Ok(Action::Cascade),
        Some(ReferentialAction::SetNull) => Ok(Action::SetNull),
        Some(ReferentialAction::SetDefault) => Err(place.says("InnoDB has no SET DEFAULT: choose another action")),
    };
    Ok(Rule::Foreign {
        table: object(&key.foreign_table, place)?,
        columns: key.referred_columns.iter().map(name_of).collect::<Refused<_>>()?,
        on_delete: action(&key.on_delete)?,
        on_update: action(&key.on_update)?,
    })
}

/// Whether a condition is a list of the texts that a column can have, all of them as long as its type says.
fn lists(condition: &Expr, column: &str, ty: Type) -> bool {
    let Expr::InList { expr, list, negated: false } = condition else { return false };
    let is_it = matches!(&**expr, Expr::Identifier(name) if name_of(name).is_ok_and(|name| name == column));
    let fits = |text: &str| match ty {
        Type::Char(length) => text.chars().count() as u64 == length,
        Type::Varchar(length) => text.chars().count() as u64 <= length,
        _ => false,
    };
    is_it && list.iter().all(|item| expression::text_of(item).is_some_and(fits))
}

fn columns_of(expr: &Expr) -> Vec<String> {
    let mut columns = Vec::new();
    expression::columns(expr, &mut columns);
    let mut seen = BTreeSet::new();
    columns.retain(|column| seen.insert(column.clone()));
    columns
}

/// The columns of a key: names alone, in their order.
fn key_columns(columns: &[IndexColumn], place: Place) -> Refused<Vec<String>> {
    let name = |column: &IndexColumn| match &column.column.expr {
        Expr::Identifier(name) if column.to_string() == name.to_string() => name_of(name),
        _ => Err(place.says(format!("`{column}` is no plain column: a portable key is made of those"))),
    };
    columns.iter().map(name).collect()
}

pub(super) fn index(create: &CreateIndex, source: Source<'_>, known: &Known) -> Refused<Vec<String>> {
    let Source { dialect, place, .. } = source;
    let Some(name) = &create.name else {
        return Err(place.says("the engines name indexes differently: give this one a name"));
    };
    let listed: Vec<String> = create.columns.iter().map(ToString::to_string).collect();
    let unique = if create.unique { "UNIQUE " } else { "" };
    let plain = format!("CREATE {unique}INDEX {name} ON {}({})", create.table_name, listed.join(", "));
    if plain != create.to_string() {
        return Err(place.says(if create.predicate.is_some() {
            "MySQL has no indexes over a part of the rows: put this into the engines' folders"
        } else {
            "a portable CREATE INDEX has a name, a table and columns with ASC or DESC: put this into the engines' folders"
        }));
    }
    let table = object(&create.table_name, place)?;
    let mut index = Index::create();
    index.name(object(name, place)?).table(Alias::new(&table));
    let mut columns = Vec::new();
    for part in &create.columns {
        let Expr::Identifier(column) = &part.column.expr else {
            return Err(place.says(format!("`{part}` is no column, and not every engine has indexes over expressions")));
        };
        let written = |suffix: &str| part.to_string() == format!("{column}{suffix}");
        let column = name_of(column)?;
        if written("") || written(" ASC") {
            index.col(Alias::new(&column));
        } else if written(" DESC") {
            index.col((Alias::new(&column), IndexOrder::Desc));
        } else {
            return Err(place.says(format!("`{part}`: the columns of a portable index have ASC or DESC and no more")));
        }
        columns.push(column);
    }
    if create.unique {
        index.unique();
    }
    if let Some(types) = known.get(&table) {
        key_fits(&columns, types, place)?;
    }
    Ok(vec![match dialect {
        Dialect::Postgres => index.to_string(PostgresQueryBuilder),
        Dialect::Mysql => index.to_string(MysqlQueryBuilder),
        Dialect::Sqlite => index.to_string(SqliteQueryBuilder),
    }])
}

/// Writes a table, and for PostgreSQL its comments.
fn write(
    dialect: Dialect,
    table: &str,
    columns: &[Column],
    constraints: &[Constraint],
    comment: Option<&str>,
) -> Vec<String> {
    let quoted = literal::name(dialect, table);
    let mut parts: Vec<(String, Option<&str>)> = Vec::new();
    for column in columns {
        parts.push((column_sql(dialect, table, column), column.comment.as_deref()));
    }
    for constraint in constraints {
        // SQLite has the key in the column that numbers itself.
        let is_written = dialect == Dialect::Sqlite
            && matches!(constraint.rule, Rule::Primary)
            && columns.iter().any(|column| column.identity);
        if !is_written {
            parts.push((constraint_sql(dialect, constraint), None));
        }
    }
    for column in columns.iter().filter(|column| dialect == Dialect::Mysql && column.generated.is_some()) {
        // MariaDB knows no NOT NULL of a computed column.
        if !column.nullable {
            let name = literal::name(dialect, &format!("{table}_{}_not_null", column.name));
            parts.push((
                format!("CONSTRAINT {name} CHECK ({} IS NOT NULL)", literal::name(dialect, &column.name)),
                None,
            ));
        }
    }
    let mut sql = format!("CREATE TABLE {quoted} (");
    if let Some(comment) = comment.filter(|_| dialect == Dialect::Sqlite) {
        sql.push_str(&sqlite_comment(comment));
    }
    let last = parts.len() - 1;
    for (number, (part, comment)) in parts.iter().enumerate() {
        sql.push_str(&format!("\n  {part}{}", if number < last { "," } else { "" }));
        if let Some(comment) = comment.filter(|_| dialect == Dialect::Sqlite) {
            sql.push_str(&sqlite_comment(comment));
        }
    }
    sql.push_str("\n)");
    if dialect == Dialect::Mysql {
        sql.push_str(" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
        if let Some(comment) = comment {
            sql.push_str(&format!(" COMMENT={}", literal::text(dialect, comment)));
        }
    }
    let mut statements = vec![sql];
    if dialect == Dialect::Postgres {
        statements
            .extend(comment.map(|comment| format!("COMMENT ON TABLE {quoted} IS {}", literal::text(dialect, comment))));
        statements.extend(columns.iter().filter_map(|column| column_comment(table, column)));
    }
    statements
}

/// The statement that comments on a column, for PostgreSQL.
pub(super) fn column_comment(table: &str, column: &Column) -> Option<String> {
    let dialect = Dialect::Postgres;
    let (table, name) = (literal::name(dialect, table), literal::name(dialect, &column.name));
    let comment = literal::text(dialect, column.comment.as_deref()?);
    Some(format!("COMMENT ON COLUMN {table}.{name} IS {comment}"))
}

/// A comment in the text of a statement, which SQLite keeps.
pub(super) fn sqlite_comment(comment: &str) -> String {
    let lines: Vec<String> = comment.lines().map(|line| format!(" -- {line}").trim_end().to_owned()).collect();
    lines.join("\n  ")
}

/// A column as it stands in CREATE TABLE and behind ADD COLUMN.
pub(super) fn column_sql(dialect: Dialect, table: &str, column: &Column) -> String {
    let mut definition = ColumnDef::new(Alias::new(&column.name));
    if column.identity {
        let ty = match (column.ty, dialect) {
            (_, Dialect::Sqlite) | (Type::Integer, _) => ColumnType::Integer,
            (Type::SmallInt, _) => ColumnType::SmallInteger,
            _ => ColumnType::BigInteger,
        };
        definition = ColumnDef::new_with_type(Alias::new(&column.name), ty);
        definition.auto_increment();
        if dialect == Dialect::Sqlite {
            definition.primary_key();
        }
    } else {
        definition.custom(Alias::new(column.ty.sql(dialect)));
    }
    let is_computed_there = dialect == Dialect::Mysql && column.generated.is_some();
    if !column.nullable && !is_computed_there {
        definition.not_null();
    } else if column.ty == Type::TimestampWithZone && dialect == Dialect::Mysql && !is_computed_there {
        // Without it, some servers make the first one NOT NULL by themselves.
        definition.null();
    }
    if let Some(value) = &column.default {
        definition.default(Cust::Keyword(Keyword::Custom(Alias::new(value).into())));
    }
    if let Some(value) = &column.generated {
        definition.generated(Cust::cust(value.clone()), true);
    }
    let mut extra = Vec::new();
    // Before the CHECK, behind which MariaDB takes nothing more.
    if let Some(comment) = column.comment.as_deref().filter(|_| dialect == Dialect::Mysql) {
        extra.push(format!("COMMENT {}", literal::text(dialect, comment)));
    }
    let guard = column.ty.guard(dialect, &literal::name(dialect, &column.name));
    if let Some(guard) = guard.filter(|_| !column.identity && !column.listed) {
        // MariaDB names the CHECK of a column after it, and takes no other name.
        let name = match dialect {
            Dialect::Mysql => String::new(),
            _ => format!("CONSTRAINT {} ", literal::name(dialect, &format!("{table}_{}_type", column.name))),
        };
        extra.push(format!("{name}CHECK ({guard})"));
    }
    if !extra.is_empty() {
        definition.extra(extra.join(" "));
    }
    let mut statement = Table::create();
    statement.table(Alias::new("t")).col(&mut definition);
    let sql = match dialect {
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
        Dialect::Mysql => statement.to_string(MysqlQueryBuilder),
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
    };
    let (_, column) = sql.split_once(" ( ").unwrap_or_default();
    column.strip_suffix(" )").unwrap_or(column).to_owned()
}

/// A constraint with its name, as it stands in CREATE TABLE and behind ADD.
pub(super) fn constraint_sql(dialect: Dialect, constraint: &Constraint) -> String {
    let name = literal::name(dialect, constraint.name.as_deref().unwrap_or_default());
    let columns = literal::names(dialect, &constraint.columns);
    match &constraint.rule {
        // MySQL calls every primary key PRIMARY.
        Rule::Primary if dialect == Dialect::Mysql => format!("PRIMARY KEY ({columns})"),
        Rule::Primary => format!("CONSTRAINT {name} PRIMARY KEY ({columns})"),
        Rule::Unique => format!("CONSTRAINT {name} UNIQUE ({columns})"),
        Rule::Foreign { .. } => {
            format!("CONSTRAINT {name} FOREIGN KEY ({columns}) {}", references_sql(dialect, &constraint.rule))
        }
        Rule::Check(condition) => format!("CONSTRAINT {name} CHECK ({condition})"),
    }
}

/// The REFERENCES clause of a foreign key; empty for every other rule.
pub(super) fn references_sql(dialect: Dialect, rule: &Rule) -> String {
    let Rule::Foreign { table, columns, on_delete, on_update } = rule else { return String::new() };
    let mut sql = format!("REFERENCES {} ({})", literal::name(dialect, table), literal::names(dialect, columns));
    for (event, action) in [("DELETE", on_delete), ("UPDATE", on_update)] {
        let action = match action {
            Action::Nothing => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
        };
        sql.push_str(&format!(" ON {event} {action}"));
    }
    sql
}
