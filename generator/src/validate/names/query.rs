//! Queries: SELECT, VALUES, and what combines them.

use std::cell::RefCell;

use sqlparser::ast::{
    Cte, Distinct, Expr, OrderBy, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Values, With,
};

use super::from::Beside;
use super::scope::{Column, Columns, Ctes, Frame, Scope};
use super::{Checker, idents};
use crate::catalog::Engine;
use crate::sql::is_ordinary;

impl Checker<'_> {
    /// Looks at a query, and gives its columns.
    pub(super) fn query(&self, query: &Query, ctes: &Ctes<'_>, outer: Option<&Scope<'_>>) -> Columns {
        let columns = self.deeper(|| {
            if !query.pipe_operators.is_empty() || query.for_clause.is_some() || query.settings.is_some() {
                self.doubt("it has a clause of another engine");
            }
            let tables = RefCell::default();
            let own = Ctes { outer: Some(ctes), tables: Some(&tables) };
            if let Some(with) = &query.with {
                self.with(with, &own, &tables, outer);
            }
            self.body(&query.body, query.order_by.as_ref(), &own, outer)
        });
        columns.unwrap_or_else(Columns::open)
    }

    /// Adds the common table expressions of a WITH.
    fn with(&self, with: &With, ctes: &Ctes<'_>, tables: &RefCell<Vec<(String, Columns)>>, outer: Option<&Scope<'_>>) {
        let sees_all = with.recursive || self.engine() == Engine::Sqlite;
        if sees_all {
            // One may name itself, and others: what its first part gives is what it gives.
            let all = with.cte_tables.iter().map(|cte| (self.cte_key(cte), Columns::open()));
            tables.borrow_mut().extend(all);
            let start = tables.borrow().len() - with.cte_tables.len();
            for (at, cte) in with.cte_tables.iter().enumerate() {
                let columns = self.silently(|| self.cte(cte, ctes, outer));
                tables.borrow_mut()[start + at].1 = columns;
            }
            for (at, cte) in with.cte_tables.iter().enumerate() {
                let columns = self.cte(cte, ctes, outer);
                tables.borrow_mut()[start + at].1 = columns;
            }
        } else {
            for cte in &with.cte_tables {
                let columns = self.cte(cte, ctes, outer);
                tables.borrow_mut().push((self.cte_key(cte), columns));
            }
        }
    }

    fn cte_key(&self, cte: &Cte) -> String {
        super::table_key(self.engine(), &self.key(&cte.alias.name))
    }

    fn cte(&self, cte: &Cte, ctes: &Ctes<'_>, outer: Option<&Scope<'_>>) -> Columns {
        let columns = self.query(&cte.query, ctes, outer);
        let names: Vec<Column> =
            cte.alias.columns.iter().map(|column| Column::named(self.engine(), &column.name)).collect();
        // All columns are named, or none.
        if names.is_empty() { columns } else { Columns { known: names, is_open: false } }
    }

    fn body(&self, body: &SetExpr, order_by: Option<&OrderBy>, ctes: &Ctes<'_>, outer: Option<&Scope<'_>>) -> Columns {
        let columns = self.deeper(|| match body {
            SetExpr::Select(select) => self.select(select, order_by, ctes, outer),
            SetExpr::Query(query) => {
                let columns = self.query(query, ctes, outer);
                self.order_by(order_by, &columns, ctes, outer);
                columns
            }
            SetExpr::SetOperation { left, right, .. } => {
                let columns = self.body(left, None, ctes, outer);
                let others = self.body(right, None, ctes, outer);
                let mut named = columns.clone();
                if self.engine() == Engine::Sqlite {
                    // There, ORDER BY may name what any of the SELECTs calls its columns.
                    named.known.extend(others.known);
                    named.is_open |= others.is_open;
                }
                self.order_by(order_by, &named, ctes, outer);
                columns
            }
            SetExpr::Values(values) => {
                let columns = self.values(values, ctes, outer);
                self.order_by(order_by, &columns, ctes, outer);
                columns
            }
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => self.write(statement, ctes),
            SetExpr::Table(_) => {
                self.doubt("it has TABLE for SELECT * FROM");
                Columns::open()
            }
        });
        columns.unwrap_or_else(Columns::open)
    }

    fn values(&self, values: &Values, ctes: &Ctes<'_>, outer: Option<&Scope<'_>>) -> Columns {
        let scope = Scope { frame: &[], aliases: &[], ctes, outer };
        for row in &values.rows {
            self.expressions(&row.content, &scope);
        }
        let engine = self.engine();
        if engine == Engine::Mariadb {
            // Columns go by what the first row looks like.
            return Columns::open();
        }
        let count = values.rows.first().map_or(0, |row| row.content.len());
        let name =
            |at: usize| if engine == Engine::Mysql { format!("column_{at}") } else { format!("column{}", at + 1) };
        Columns { known: (0..count).map(|at| Column::new(engine, &name(at))).collect(), is_open: false }
    }

    /// An ORDER BY that stands behind several SELECTs, and names their columns.
    fn order_by(&self, order_by: Option<&OrderBy>, columns: &Columns, ctes: &Ctes<'_>, outer: Option<&Scope<'_>>) {
        if let Some(order_by) = order_by {
            let aliases = if columns.is_open { return } else { &columns.known };
            self.expressions(order_by, &Scope { frame: &[], aliases, ctes, outer });
        }
    }

    fn select(
        &self,
        select: &Select,
        order_by: Option<&OrderBy>,
        ctes: &Ctes<'_>,
        outer: Option<&Scope<'_>>,
    ) -> Columns {
        if !is_ordinary(select) {
            self.doubt("it has a clause of another engine");
        }
        let beside = Beside { ctes, outer };
        let mut frame = Frame::new();
        self.from(&select.from, &mut frame, &beside);
        let plain = beside.scope(&frame);
        let columns = self.projection(&select.projection, &plain);
        let aliased = Scope { aliases: &columns.known, ..plain };
        let engine = self.engine();
        let with_aliases = |is_so: bool| if is_so { &aliased } else { &plain };
        // Where the SELECT's own names can be named differs between the engines.
        let everywhere = with_aliases(engine == Engine::Sqlite);
        let having = with_aliases(engine != Engine::Postgres);
        self.expressions(&select.selection, everywhere);
        self.expressions(&select.group_by, &aliased);
        self.expressions(&select.having, having);
        self.expressions(&select.named_window, everywhere);
        if let Some(Distinct::On(expressions)) = &select.distinct {
            self.expressions(expressions, &aliased);
        }
        if let Some(order_by) = order_by {
            self.expressions(order_by, &aliased);
        }
        columns
    }

    /// What stands behind SELECT or RETURNING, and the columns that it gives.
    pub(super) fn projection(&self, items: &[SelectItem], scope: &Scope<'_>) -> Columns {
        let mut columns = Columns::default();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    self.expressions(expr, scope);
                    match self.implied_name(expr) {
                        Some(name) => columns.known.push(name),
                        None => columns.is_open |= !is_never_named(self.engine(), expr),
                    }
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    self.expressions(expr, scope);
                    columns.known.push(Column::named(self.engine(), alias));
                }
                SelectItem::ExprWithAliases { expr, aliases } => {
                    self.expressions(expr, scope);
                    columns.known.extend(aliases.iter().map(|alias| Column::named(self.engine(), alias)));
                }
                SelectItem::Wildcard(_) => {
                    for table in scope.frame {
                        columns.known.extend(table.columns.known.iter().cloned());
                        columns.is_open |= table.columns.is_open;
                    }
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    let path = idents(name).unwrap_or_default();
                    let found = path
                        .last()
                        .and_then(|table| self.qualifier(path.len().checked_sub(2).map(|at| path[at]), table, scope));
                    match found {
                        Some(table) => {
                            columns.known.extend(table.columns.known.iter().cloned());
                            columns.is_open |= table.columns.is_open;
                        }
                        None => columns.is_open = true,
                    }
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), _) => {
                    self.expressions(expr, scope);
                    columns.is_open = true;
                }
            }
        }
        columns
    }

    /// The name of a column that has none of its own, as far as the engine takes one from the expression.
    fn implied_name(&self, expr: &Expr) -> Option<Column> {
        let named = |ident| Column::named(self.engine(), ident);
        match expr {
            Expr::Identifier(name) => Some(named(name)),
            Expr::CompoundIdentifier(path) => path.last().map(named),
            Expr::Function(call) if self.engine() == Engine::Postgres => super::last(&call.name).map(named),
            _ => None,
        }
    }
}

/// Whether a column cannot be named outside of the query by any plain name.
fn is_never_named(engine: Engine, expr: &Expr) -> bool {
    match engine {
        Engine::Postgres => matches!(expr, Expr::Value(_) | Expr::BinaryOp { .. } | Expr::UnaryOp { .. }),
        // The name is the text of the expression, and that is no plain name.
        _ => matches!(expr, Expr::BinaryOp { .. } | Expr::Function(_) | Expr::Case { .. } | Expr::Cast { .. }),
    }
}
