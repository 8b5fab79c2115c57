//! CREATE VIEW over portable queries.

use sqlparser::ast::{
    CreateView, Expr, GroupByExpr, JoinConstraint, JoinOperator, Query, Select, SelectItem, SetExpr, Spanned,
    TableAlias, TableFactor,
};

use super::expression::{Expressions, has_aggregate};
use super::table::sqlite_comment;
use super::{Place, Refused, Source, literal, name_of, object, without_case};
use crate::table::Dialect;

pub(super) fn create(create: &CreateView, source: Source<'_>) -> Refused<Vec<String>> {
    let Source { dialect, place, comments, .. } = source;
    if format!("CREATE VIEW {} AS {}", create.name, create.query) != create.to_string() {
        return Err(place.says(
            "a portable view is CREATE VIEW name AS SELECT …, without OR REPLACE, columns and options: drop it before it is \
             made anew",
        ));
    }
    let name = literal::name(dialect, &object(&create.name, place)?);
    let query = query(&create.query, source)?;
    let comment = comments.above(place.line);
    let mut sql = format!("CREATE VIEW {name} AS");
    if let Some(comment) = comment.as_deref().filter(|_| dialect == Dialect::Sqlite) {
        sql.push_str(&sqlite_comment(comment));
    }
    sql.push('\n');
    sql.push_str(&query);
    let mut statements = vec![sql];
    if let Some(comment) = comment.filter(|_| dialect == Dialect::Postgres) {
        statements.push(format!("COMMENT ON VIEW {name} IS {}", literal::text(dialect, &comment)));
    }
    Ok(statements)
}

fn query(query: &Query, source: Source<'_>) -> Refused<String> {
    let place = Place::of(query.span()).unwrap_or(source.place);
    if query.order_by.is_some() || query.limit_clause.is_some() || query.fetch.is_some() {
        return Err(place.says("the order and the number of rows are for the query that reads the view: take them out"));
    }
    match &*query.body {
        SetExpr::Select(inner) if inner.to_string() == query.to_string() => select(inner, source),
        _ => {
            Err(place.says("a portable view is one SELECT, without WITH and UNION: put this into the engines' folders"))
        }
    }
}

fn select(select: &Select, source: Source<'_>) -> Refused<String> {
    let dialect = source.dialect;
    let place = Place::of(select.span()).unwrap_or(source.place);
    let plain = Expressions { dialect, aggregates: false, place };
    let with_aggregates = Expressions { aggregates: true, ..plain };
    let GroupByExpr::Expressions(groups, modifiers) = &select.group_by else {
        return Err(place.says("GROUP BY names its columns"));
    };
    if !modifiers.is_empty() {
        return Err(place.says("GROUP BY has no ROLLUP, CUBE and the like on every engine"));
    }
    let distinct = match &select.distinct {
        None => "",
        Some(sqlparser::ast::Distinct::Distinct) => "DISTINCT ",
        Some(_) => return Err(place.says("only PostgreSQL has DISTINCT ON")),
    };
    // Whatever else a SELECT can have shows in its text.
    let list = |items: &[String]| items.join(", ");
    let texts = |items: &[Expr]| items.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut understood = format!(
        "SELECT {distinct}{} FROM {}",
        list(&select.projection.iter().map(ToString::to_string).collect::<Vec<_>>()),
        list(&select.from.iter().map(ToString::to_string).collect::<Vec<_>>()),
    );
    if let Some(condition) = &select.selection {
        understood.push_str(&format!(" WHERE {condition}"));
    }
    if !groups.is_empty() {
        understood.push_str(&format!(" GROUP BY {}", list(&texts(groups))));
    }
    if let Some(condition) = &select.having {
        understood.push_str(&format!(" HAVING {condition}"));
    }
    if without_case(&understood) != without_case(&select.to_string()) {
        return Err(place.says(
            "a portable SELECT has columns, FROM, WHERE, GROUP BY and HAVING: put this into the engines' folders",
        ));
    }
    let is_grouped =
        !groups.is_empty() || select.projection.iter().any(|item| item_expr(item).is_some_and(has_aggregate));
    let grouped = texts(groups);
    let mut items = Vec::new();
    for item in &select.projection {
        let (expr, alias) = match item {
            SelectItem::ExprWithAlias { expr, alias } => (expr, Some(name_of(alias)?)),
            SelectItem::UnnamedExpr(expr @ (Expr::Identifier(_) | Expr::CompoundIdentifier(_))) => (expr, None),
            SelectItem::UnnamedExpr(expr) => {
                let place = Place::of(expr.span()).unwrap_or(place);
                return Err(place.says("the engines name what has no name differently: write … AS name"));
            }
            _ => {
                return Err(place.says(
                    "a view with * has the columns of the day on some engines, and those of the hour on others: name them",
                ));
            }
        };
        if is_grouped && !has_aggregate(expr) && !grouped.contains(&expr.to_string()) && !matches!(expr, Expr::Value(_))
        {
            let place = Place::of(expr.span()).unwrap_or(place);
            return Err(place.says(format!("`{expr}` is neither grouped by nor in an aggregate: name it in GROUP BY")));
        }
        let sql = with_aggregates.sql(expr)?;
        items.push(match alias {
            Some(alias) => format!("{sql} AS {}", literal::name(dialect, &alias)),
            None => sql,
        });
    }
    let mut sql = format!("SELECT {distinct}{}\nFROM {}", items.join(", "), from(select, source)?);
    if let Some(condition) = &select.selection {
        sql.push_str(&format!("\nWHERE {}", plain.sql(condition)?));
    }
    if !groups.is_empty() {
        let groups = groups.iter().map(|group| plain.sql(group)).collect::<Refused<Vec<_>>>()?;
        sql.push_str(&format!("\nGROUP BY {}", groups.join(", ")));
    }
    if let Some(condition) = &select.having {
        sql.push_str(&format!("\nHAVING {}", with_aggregates.sql(condition)?));
    }
    Ok(sql)
}

fn item_expr(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::ExprWithAlias { expr, .. } | SelectItem::UnnamedExpr(expr) => Some(expr),
        _ => None,
    }
}

fn from(select: &Select, source: Source<'_>) -> Refused<String> {
    let place = Place::of(select.span()).unwrap_or(source.place);
    let [first] = &select.from[..] else {
        return Err(place.says("a portable FROM has one table and joins others to it by JOIN … ON"));
    };
    let mut sql = factor(&first.relation, source, place)?;
    for join in &first.joins {
        let relation = factor(&join.relation, source, place)?;
        let (words, constraint) = match &join.join_operator {
            JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => ("JOIN", constraint),
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => ("LEFT JOIN", constraint),
            _ => {
                return Err(
                    place.says("a portable view joins by JOIN and LEFT JOIN: put this into the engines' folders")
                );
            }
        };
        let JoinConstraint::On(condition) = constraint else {
            return Err(place.says("a portable join has ON and a condition"));
        };
        let condition = Expressions { dialect: source.dialect, aggregates: false, place }.sql(condition)?;
        sql.push_str(&format!("\n{words} {relation} ON {condition}"));
    }
    Ok(sql)
}

fn factor(factor: &TableFactor, source: Source<'_>, place: Place) -> Refused<String> {
    let TableFactor::Table { name, alias, .. } = factor else {
        return Err(place.says("a portable FROM names tables and views: put this into the engines' folders"));
    };
    let table = literal::name(source.dialect, &object(name, place)?);
    let (written, sql) = match alias {
        None => (name.to_string(), table),
        Some(alias @ TableAlias { name: short, .. }) => {
            let sql = format!("{table} AS {}", literal::name(source.dialect, &name_of(short)?));
            (format!("{name} {}", alias.name), sql)
        }
    };
    let text = factor.to_string().replace(" AS ", " ");
    if text != written {
        return Err(place.says(format!(
            "`{factor}` has more than a table's name and an alias: put this into the engines' folders"
        )));
    }
    Ok(sql)
}
