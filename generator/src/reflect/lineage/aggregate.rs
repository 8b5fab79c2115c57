//! Which SELECTs make one row of all.
//!
//! SQLite lets columns stand beside aggregates; where there is no row at all, they are NULL. Anything that could be an
//! aggregate counts as one, an application's own functions included. An aggregate in a subquery that reads nothing of the
//! subquery's own belongs to the query around it.

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, OrderBy, OrderByKind, Query, Select,
    SelectItem, SetExpr, TableFactor,
};

/// The functions that make one value of many rows.
const AGGREGATES: &[&str] = &["avg", "count", "group_concat", "max", "min", "string_agg", "sum", "total"];

/// Functions of one row. `max` and `min` are too, if they have several arguments.
const SCALARS: &[&str] = &[
    "abs",
    "ceil",
    "char",
    "coalesce",
    "concat",
    "date",
    "datetime",
    "floor",
    "format",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_extract",
    "json_object",
    "julianday",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "nullif",
    "printf",
    "quote",
    "replace",
    "round",
    "rtrim",
    "sign",
    "strftime",
    "substr",
    "substring",
    "time",
    "trim",
    "typeof",
    "unixepoch",
    "upper",
];

/// Whether an expression may hold an aggregate of the query that it stands in.
pub(super) fn may_aggregate(expr: &Expr) -> bool {
    !is_plain(expr)
}

/// Whether an ORDER BY may make one row of all.
pub(super) fn may_aggregate_in(order_by: &OrderBy) -> bool {
    match &order_by.kind {
        OrderByKind::Expressions(parts) => parts.iter().any(|part| may_aggregate(&part.expr)),
        OrderByKind::All(_) => true,
    }
}

/// Whether an expression certainly holds no aggregate of the query that it stands in.
fn is_plain(expr: &Expr) -> bool {
    let both = |left: &Expr, right: &Expr| is_plain(left) && is_plain(right);
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::TypedString(_) => true,
        Expr::Nested(inner)
        | Expr::Cast { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::Ceil { expr: inner, .. }
        | Expr::Floor { expr: inner, .. } => is_plain(inner),
        Expr::BinaryOp { left, right, .. }
        | Expr::IsDistinctFrom(left, right)
        | Expr::IsNotDistinctFrom(left, right) => both(left, right),
        Expr::Like { expr, pattern, .. } => both(expr, pattern),
        Expr::InList { expr, list, .. } => is_plain(expr) && list.iter().all(is_plain),
        Expr::Between { expr, low, high, .. } => is_plain(expr) && both(low, high),
        Expr::Trim { expr, trim_what, .. } => is_plain(expr) && trim_what.as_deref().is_none_or(is_plain),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            is_plain(expr) && [substring_from, substring_for].into_iter().flatten().all(|part| is_plain(part))
        }
        Expr::Case { operand, conditions, else_result, .. } => {
            operand.iter().chain(else_result).all(|part| is_plain(part))
                && conditions.iter().all(|when| both(&when.condition, &when.result))
        }
        Expr::Exists { subquery, .. } | Expr::Subquery(subquery) => is_closed(subquery),
        Expr::InSubquery { expr, subquery, .. } => is_plain(expr) && is_closed(subquery),
        Expr::Function(call) => is_plain_call(call),
        _ => false,
    }
}

fn is_plain_call(call: &Function) -> bool {
    let name = call.name.to_string().to_ascii_lowercase();
    let arguments = match &call.args {
        // `CURRENT_TIMESTAMP` and the like.
        FunctionArguments::None => return true,
        FunctionArguments::List(list) => &list.args,
        FunctionArguments::Subquery(_) => return false,
    };
    let plain = arguments.iter().all(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => is_plain(expr),
        FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => call.over.is_some(),
        _ => false,
    });
    let is_of_row = SCALARS.contains(&name.as_str())
        && !(AGGREGATES.contains(&name.as_str()) && arguments.len() < 2)
        && call.filter.is_none();
    plain && (is_of_row || call.over.is_some())
}

/// Whether a subquery certainly has no aggregate that belongs to the query around it.
fn is_closed(query: &Query) -> bool {
    let SetExpr::Select(select) = &*query.body else { return false };
    let GroupByExpr::Expressions(groups, _) = &select.group_by else { return false };
    query.with.is_none()
        && query.order_by.as_ref().is_none_or(|order_by| !may_aggregate_in(order_by))
        && select.selection.as_ref().is_none_or(is_plain)
        && select.having.is_none()
        && groups.iter().all(is_plain)
        && select.projection.iter().all(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                is_plain(expr) || is_own_aggregate(expr, select)
            }
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => true,
            SelectItem::ExprWithAliases { .. } => false,
        })
}

/// Whether an expression is an aggregate of that SELECT: one of rows as such, or of a column of a table that it names.
fn is_own_aggregate(expr: &Expr, select: &Select) -> bool {
    let Expr::Function(call) = expr else { return false };
    let name = call.name.to_string().to_ascii_lowercase();
    let FunctionArguments::List(list) = &call.args else { return false };
    if !AGGREGATES.contains(&name.as_str()) || call.over.is_some() || call.filter.is_some() {
        return false;
    }
    let is_named = |table: &str| {
        let factors = select
            .from
            .iter()
            .flat_map(|item| std::iter::once(&item.relation).chain(item.joins.iter().map(|j| &j.relation)));
        let mut names = factors.filter_map(|factor| match factor {
            TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
                Some(alias.name.value.clone())
            }
            TableFactor::Table { name, .. } => name.0.last()?.as_ident().map(|ident| ident.value.clone()),
            _ => None,
        });
        names.any(|name| name.eq_ignore_ascii_case(table))
    };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)] => true,
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::CompoundIdentifier(path)))] => {
            matches!(path.as_slice(), [table, _] if is_named(&table.value))
        }
        _ => false,
    }
}

/// Whether a subquery gives exactly one row, whatever there is: an aggregate of its own makes it, and nothing takes it
/// away.
pub(super) fn gives_one_row(query: &Query) -> bool {
    let SetExpr::Select(select) = &*query.body else { return false };
    let GroupByExpr::Expressions(groups, modifiers) = &select.group_by else { return false };
    let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] = select.projection.as_slice() else {
        return false;
    };
    groups.is_empty()
        && modifiers.is_empty()
        && select.having.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && is_own_aggregate(expr, select)
}
