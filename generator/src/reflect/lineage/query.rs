//! Queries: SELECT, VALUES, and what combines them.

use sqlparser::ast::{
    Expr, GroupByExpr, Ident, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator,
    SetQuantifier, WildcardAdditionalOptions, With,
};

use super::Tracer;
use super::aggregate::{may_aggregate, may_aggregate_in};
use super::expression::Place;
use super::from::Beside;
use super::scope::{Output, Scope, Side, Value};
use crate::catalog::Engine;
use crate::sql::is_ordinary;

/// The common table expressions that can be named at a place, the nearest first.
#[derive(Clone, Copy, Default)]
pub(super) struct Ctes<'c> {
    outer: Option<&'c Ctes<'c>>,
    tables: &'c [(String, Option<Vec<Output>>)],
}

impl Ctes<'_> {
    /// The columns of the one of that name; the inner `None` means that they are not known.
    pub(super) fn get(&self, name: &str) -> Option<Option<Vec<Output>>> {
        let mut at = Some(self);
        while let Some(ctes) = at {
            if let Some((_, outputs)) = ctes.tables.iter().rev().find(|(known, _)| known == name) {
                return Some(outputs.clone());
            }
            at = ctes.outer;
        }
        None
    }
}

/// What becomes of the rows of a SELECT before its columns are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Groups {
    /// Nothing; or one row is made of all of them, which may be none.
    None,
    /// One row is made of every group, in which there is one row at least.
    Plain,
    /// Groups of several sorts: what does not group the rows of one is NULL.
    Sets,
}

impl Tracer<'_> {
    /// The columns that a query gives, if it is understood.
    pub(super) fn query(&self, query: &Query, ctes: &Ctes<'_>, outer: Option<&Scope<'_>>) -> Option<Vec<Output>> {
        self.deeper(|| {
            if !query.pipe_operators.is_empty() || query.for_clause.is_some() || query.settings.is_some() {
                return None;
            }
            let mut tables = Vec::new();
            if let Some(with) = &query.with {
                self.with(with, ctes, outer, &mut tables);
            }
            let ctes = Ctes { outer: Some(ctes), tables: &tables };
            // SQLite takes an aggregate in ORDER BY for one of the SELECT.
            let is_ordered = query.order_by.as_ref().is_some_and(may_aggregate_in);
            self.body(&query.body, &ctes, outer, is_ordered)
        })?
    }

    /// Adds the common table expressions of a WITH.
    fn with(
        &self,
        with: &With,
        outer_ctes: &Ctes<'_>,
        outer: Option<&Scope<'_>>,
        tables: &mut Vec<(String, Option<Vec<Output>>)>,
    ) {
        // SQLite, and PostgreSQL where RECURSIVE is said, let one name the others, later ones too.
        let sees_all = with.recursive || self.is_sqlite();
        if sees_all {
            tables.extend(with.cte_tables.iter().map(|cte| (self.name(&cte.alias.name), None)));
        }
        for (at, cte) in with.cte_tables.iter().enumerate() {
            let name = self.name(&cte.alias.name);
            let names: Vec<&Ident> = cte.alias.columns.iter().map(|column| &column.name).collect();
            let mut outputs = self.query(&cte.query, &Ctes { outer: Some(outer_ctes), tables }, outer);
            if sees_all && is_recursive(&cte.query) {
                // What holds of the first rows, and of every row that comes of such rows, holds of all.
                let first = leftmost(&cte.query.body);
                let mut assumed = self.body(first, &Ctes { outer: Some(outer_ctes), tables }, outer, false);
                while let Some(before) = assumed.clone() {
                    tables[at].1 = Some(self.renamed(before.clone(), &names));
                    let after = self.query(&cte.query, &Ctes { outer: Some(outer_ctes), tables }, outer);
                    let after = after.filter(|after| after.len() == before.len());
                    let meet = after.map(|after| meet(before.clone(), after));
                    let is_stable = meet.as_ref() == Some(&before);
                    assumed = meet;
                    if is_stable {
                        break;
                    }
                }
                outputs = assumed;
            }
            let outputs = outputs.map(|outputs| self.renamed(outputs, &names));
            if sees_all {
                tables[at].1 = outputs;
            } else {
                tables.push((name, outputs));
            }
        }
    }

    /// Gives the first columns other names.
    pub(super) fn renamed(&self, mut outputs: Vec<Output>, names: &[&Ident]) -> Vec<Output> {
        for (output, name) in outputs.iter_mut().zip(names) {
            output.name = Some(self.name(name));
        }
        outputs
    }

    fn body(
        &self,
        body: &SetExpr,
        ctes: &Ctes<'_>,
        outer: Option<&Scope<'_>>,
        is_ordered: bool,
    ) -> Option<Vec<Output>> {
        self.deeper(|| match body {
            SetExpr::Select(select) => self.select(select, ctes, outer, is_ordered),
            SetExpr::Query(query) => self.query(query, ctes, outer),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                if !matches!(set_quantifier, SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None) {
                    return None;
                }
                let left = self.body(left, ctes, outer, false)?;
                let right = self.body(right, ctes, outer, false);
                let right = match right {
                    Some(right) if right.len() == left.len() => right,
                    Some(_) => return None,
                    None => {
                        left.iter().map(|_| Output { name: None, value: Value::unknown(), hidden: false }).collect()
                    }
                };
                match op {
                    SetOperator::Union => Some(meet(left, right)),
                    SetOperator::Intersect => {
                        // A row is in both, and NULLs count as equal.
                        let not_null: Vec<bool> =
                            left.iter().zip(&right).map(|(l, r)| l.value.not_null || r.value.not_null).collect();
                        let mut both = meet(left, right);
                        for (output, not_null) in both.iter_mut().zip(not_null) {
                            output.value.not_null = not_null;
                        }
                        Some(both)
                    }
                    SetOperator::Except => Some(left),
                    SetOperator::Minus => None,
                }
            }
            SetExpr::Values(values) => {
                let nothing = Side::default();
                let scope = Scope { side: &nothing, outer };
                let place = Place { scope: &scope, ctes, groups: Groups::None };
                let mut rows = values.rows.iter().map(|row| {
                    let values = row.content.iter().map(|value| self.value(value, place));
                    values.map(|value| Output { name: None, value, hidden: false }).collect::<Vec<_>>()
                });
                let first = rows.next()?;
                let names = (1..=first.len()).map(|number| Some(format!("column{number}")));
                let first = first.into_iter().zip(names).map(|(output, name)| Output { name, ..output }).collect();
                rows.try_fold(first, |all: Vec<Output>, row| (all.len() == row.len()).then(|| meet(all, row)))
            }
            _ => None,
        })?
    }

    fn select(
        &self,
        select: &Select,
        ctes: &Ctes<'_>,
        outer: Option<&Scope<'_>>,
        is_ordered: bool,
    ) -> Option<Vec<Output>> {
        if select.into.is_some() || !is_ordinary(select) {
            return None;
        }
        let mut side = self.from(&select.from, Beside { ctes, outer, left: None })?;
        if let Some(condition) = &select.selection {
            self.hold(&mut side, condition);
        }
        let groups = groups(&select.group_by)?;
        if let Some(condition) = &select.having
            && self.engine == Engine::Postgres
            && groups == Groups::Plain
        {
            // A column that stands there by itself is the same in all rows of the group.
            self.hold(&mut side, condition);
        }
        if self.is_sqlite() && groups == Groups::None {
            let is_one_row = is_ordered
                || select.having.is_some()
                || select.projection.iter().any(|item| match item {
                    SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => may_aggregate(expr),
                    _ => false,
                });
            // An aggregate makes a row even of none, and then there is none to read the other columns from.
            if is_one_row {
                for column in &mut side.columns {
                    column.value.not_null = false;
                }
            }
        }
        let scope = Scope { side: &side, outer };
        let place = Place { scope: &scope, ctes, groups };
        let mut outputs = Vec::new();
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    outputs.push(Output {
                        name: self.implied_name(expr),
                        value: self.value(expr, place),
                        hidden: false,
                    });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    outputs.push(Output {
                        name: Some(self.name(alias)),
                        value: self.value(expr, place),
                        hidden: false,
                    });
                }
                SelectItem::Wildcard(options) if is_plain(options) && self.is_sqlite() => outputs.extend(side.star()?),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
                    if is_plain(options) && self.is_sqlite() =>
                {
                    outputs.extend(side.star_of(self.names(name)?.last()?)?);
                }
                // PostgreSQL writes columns out; a star is something else there.
                _ => return None,
            }
        }
        Some(outputs)
    }

    /// The name of a column that is nothing else.
    fn implied_name(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Identifier(name) => Some(self.name(name)),
            Expr::CompoundIdentifier(path) => path.last().map(|name| self.name(name)),
            _ => None,
        }
    }
}

/// What holds of columns that are filled from two sources.
fn meet(left: Vec<Output>, right: Vec<Output>) -> Vec<Output> {
    let both = left.into_iter().zip(right);
    both.map(|(left, right)| Output { value: left.value.either(right.value), ..left }).collect()
}

/// Whether a query may be one that names itself.
fn is_recursive(query: &Query) -> bool {
    matches!(&*query.body, SetExpr::SetOperation { .. })
}

fn leftmost(mut body: &SetExpr) -> &SetExpr {
    while let SetExpr::SetOperation { left, .. } = body {
        body = left;
    }
    body
}

/// How rows are grouped; nothing, if that is not understood.
fn groups(group_by: &GroupByExpr) -> Option<Groups> {
    let GroupByExpr::Expressions(expressions, modifiers) = group_by else { return None };
    if !modifiers.is_empty() {
        return Some(Groups::Sets);
    }
    let is_set = |expr: &Expr| match expr {
        Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => true,
        // `GROUP BY ()` makes one row even of none, as an aggregate does without it.
        Expr::Tuple(parts) => parts.is_empty(),
        Expr::Function(call) => {
            let name = call.name.to_string().to_ascii_lowercase();
            ["rollup", "cube", "grouping", "grouping sets"].contains(&name.as_str())
        }
        _ => false,
    };
    Some(match expressions.as_slice() {
        [] => Groups::None,
        expressions if expressions.iter().any(is_set) => Groups::Sets,
        _ => Groups::Plain,
    })
}

fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.opt_ilike.is_none()
        && options.opt_exclude.is_none()
        && options.opt_except.is_none()
        && options.opt_replace.is_none()
        && options.opt_rename.is_none()
        && options.opt_alias.is_none()
}
