//! The names in single values.

use std::ops::ControlFlow;

use sqlparser::ast::{
    AccessExpr, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, Query, Visit,
    Visitor,
};

use super::scope::{Column, Scope, Table};
use super::{Checker, column_of, idents, known, last};
use crate::catalog::Engine;
use crate::findings::Place;
use crate::validate::IssueKind;

/// Goes over the expressions of some syntax, and stops at queries, which have names of their own.
struct Walk<'w, 'c> {
    checker: &'w Checker<'c>,
    scope: &'w Scope<'w>,
    /// For each level that is open, whether it is within something that was looked at as a whole.
    passed_over: Vec<bool>,
}

impl Checker<'_> {
    /// Looks up all names in some expressions.
    pub(super) fn expressions(&self, syntax: &impl Visit, scope: &Scope<'_>) {
        let mut walk = Walk { checker: self, scope, passed_over: Vec::new() };
        let _: ControlFlow<()> = syntax.visit(&mut walk);
    }

    /// A column that is named alone.
    fn bare(&self, ident: &Ident, scope: &Scope<'_>) {
        let engine = self.engine();
        let key = Column::of_ident(engine, ident);
        if ident.quote_style.is_none() && (ident.value.starts_with('@') || known::is_bare_value(engine, &key)) {
            return;
        }
        let mut open = None;
        for at in scope.chain() {
            if at.aliases.iter().any(|alias| alias.key == key) {
                return;
            }
            for table in at.frame {
                let is_system = table.relation.is_some() && known::is_system_column(engine, &key);
                // PostgreSQL takes the name of a table for a whole row of it.
                let is_row = engine == Engine::Postgres && table.name.as_ref() == Some(&self.key(ident));
                if table.columns.has(&key) || is_system || is_row {
                    return;
                }
                if table.columns.is_open {
                    open.get_or_insert(&table.shown);
                }
            }
        }
        if let Some(shown) = open {
            self.doubt(format!("{} may be a column of {shown}, whose columns are not known", ident.value));
        } else if engine == Engine::Sqlite && ident.quote_style == Some('"') {
            self.doubt(format!("SQLite takes \"{}\" for a text where there is no such column", ident.value));
        } else if !self.has_table.get() {
            self.doubt(format!("it names {} and no table, and may be no SQL", ident.value));
        } else {
            let aliases = scope.aliases.iter().map(|alias| alias.shown.as_str());
            let known = scope.tables().flat_map(|table| table.columns.shown()).chain(aliases);
            let tables: Vec<&str> = scope.frame.iter().map(|table| table.shown.as_str()).collect();
            let message = match tables.as_slice() {
                [] => format!("there is no column {} here, for there is no table", ident.value),
                [table] => format!("{table} has no column {}", ident.value),
                tables => format!("none of {} has a column {}", tables.join(", "), ident.value),
            };
            let place = column_of(scope.frame, &ident.value);
            self.fault(ident, IssueKind::UnknownColumn, place, message, known);
        }
    }

    /// A column behind the name of a table.
    fn qualified(&self, path: &[&Ident], scope: &Scope<'_>) {
        match path {
            [column] => self.bare(column, scope),
            [table, column] => {
                let Some(found) = self.qualifier(None, table, scope) else { return };
                let engine = self.engine();
                let is_function = engine == Engine::Postgres
                    && self.names.catalog.routines.iter().any(|routine| routine.name.name == self.key(column));
                if is_function && !found.columns.has(&Column::of_ident(engine, column)) {
                    self.doubt(format!("{} may be a function of a row", column.value));
                } else {
                    self.column_of(column, found);
                }
            }
            [schema, table, column] => {
                if let Some(found) = self.qualifier(Some(schema), table, scope) {
                    self.column_of(column, found);
                }
            }
            _ => self.doubt("a name has more parts than are understood"),
        }
    }

    /// What goes by the name before a dot.
    pub(super) fn qualifier<'s>(
        &self,
        schema: Option<&Ident>,
        ident: &Ident,
        scope: &'s Scope<'s>,
    ) -> Option<&'s Table> {
        let key = super::table_key(self.engine(), &self.key(ident));
        let schema = schema.map(|schema| self.key(schema));
        // What a MySQL database is called belongs to the deployment.
        let is_in = |table: &Table| match &schema {
            Some(schema) if self.engine() == Engine::Postgres => table.schema.as_ref() == Some(schema),
            _ => true,
        };
        if let Some(table) = scope.tables().find(|table| table.name.as_ref() == Some(&key) && is_in(table)) {
            return Some(table);
        }
        if scope.tables().any(|table| table.name.is_none() && table.columns.is_open) {
            self.doubt(format!("what {} is called by is not known", ident.value));
            return None;
        }
        let hidden = scope.tables().find(|table| table.own.as_ref() == Some(&key));
        if let Some(alias) = hidden.and_then(|table| table.name.as_ref()) {
            // Whatever the alias looks like, it is what is meant.
            let message = format!("{} goes by its alias {alias} here", ident.value);
            let meant = Some(self.names.shown(alias));
            self.fault_with(ident, IssueKind::UnknownQualifier, Place::default(), message, meant);
            return None;
        }
        let names = scope.tables().filter_map(|table| table.name.as_deref());
        let message = format!("nothing in the statement goes by the name {}", ident.value);
        self.fault(ident, IssueKind::UnknownQualifier, Place::default(), message, names);
        None
    }
}

impl Walk<'_, '_> {
    /// Looks at the parts of an expression that are expressions in spite of their looks, and at no other.
    fn function(&mut self, call: &Function) {
        let name = last(&call.name).map(|name| name.value.to_ascii_lowercase()).unwrap_or_default();
        let words = known::words_of_function(self.checker.engine(), &name);
        for arguments in [&call.parameters, &call.args] {
            match arguments {
                FunctionArguments::None => {}
                FunctionArguments::Subquery(query) => self.look_at(&**query),
                FunctionArguments::List(list) => {
                    for argument in list.args.iter().skip(words) {
                        self.argument(argument);
                    }
                    for clause in &list.clauses {
                        self.look_at(clause);
                    }
                }
            }
        }
        self.look_at(&call.within_group);
        self.look_at(&call.filter);
        self.look_at(&call.over);
    }

    fn argument(&mut self, argument: &FunctionArg) {
        let value = match argument {
            FunctionArg::Named { arg, .. } | FunctionArg::Unnamed(arg) => arg,
            FunctionArg::ExprNamed { name, arg, .. } => {
                // `f(name => 1)` names a parameter; anything else is a value, as a key of `json_object` is.
                if !matches!(name, Expr::Identifier(_)) {
                    self.look_at(name);
                }
                arg
            }
        };
        match value {
            FunctionArgExpr::Expr(expr) => self.look_at(expr),
            FunctionArgExpr::QualifiedWildcard(name) => self.checker.wildcard_of(name, self.scope),
            FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => {}
        }
    }

    fn look_at(&mut self, syntax: &impl Visit) {
        let _: ControlFlow<()> = syntax.visit(self);
    }

    /// `a.b[1].c`: the names up to the first that is no name are a column, and what follows is within its value.
    fn access(&mut self, root: &Expr, chain: &[AccessExpr]) {
        let mut rest = chain;
        if let Expr::Identifier(first) = root {
            let mut path = vec![first];
            while let [AccessExpr::Dot(Expr::Identifier(next)), further @ ..] = rest {
                path.push(next);
                rest = further;
            }
            self.checker.qualified(&path, self.scope);
        } else {
            self.look_at(root);
        }
        for access in rest {
            if let AccessExpr::Subscript(subscript) = access {
                self.look_at(subscript);
            }
        }
    }
}

impl Walk<'_, '_> {
    fn is_passing(&self) -> bool {
        self.passed_over.last().is_some_and(|passed| *passed)
    }

    /// Looks at an expression: whether that was all there is to look at.
    fn expression(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Identifier(ident) => self.checker.bare(ident, self.scope),
            Expr::CompoundIdentifier(path) => {
                self.checker.qualified(&path.iter().collect::<Vec<_>>(), self.scope);
            }
            Expr::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain),
            Expr::Function(call) => self.function(call),
            Expr::QualifiedWildcard(name, _) => self.checker.wildcard_of(name, self.scope),
            Expr::Lambda(_) | Expr::Dictionary(_) | Expr::Struct { .. } => {
                self.checker.doubt("it has an expression of another engine");
            }
            Expr::MatchAgainst { columns, .. } => {
                for column in columns.iter().filter_map(idents) {
                    self.checker.qualified(&column, self.scope);
                }
            }
            _ => return false,
        }
        true
    }
}

impl Visitor for Walk<'_, '_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if !self.is_passing() {
            self.checker.query(query, self.scope.ctes, Some(self.scope));
        }
        self.passed_over.push(true);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.passed_over.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        let is_done = self.is_passing() || self.expression(expr);
        self.passed_over.push(is_done);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _expr: &Expr) -> ControlFlow<()> {
        self.passed_over.pop();
        ControlFlow::Continue(())
    }
}

impl Checker<'_> {
    /// `table.*`.
    pub(super) fn wildcard_of(&self, name: &ObjectName, scope: &Scope<'_>) {
        if let Some(path) = idents(name)
            && let [.., table] = path.as_slice()
        {
            let schema = path.len().checked_sub(2).map(|at| path[at]);
            self.qualifier(schema, table, scope);
        }
    }
}
