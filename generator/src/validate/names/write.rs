//! Statements that change rows.

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, FromTable, Ident, Insert, Merge, MergeAction,
    MergeInsertKind, MergeUpdateKind, ObjectName, OnConflictAction, OnInsert, SelectItem, Statement, TableObject,
    Update, UpdateTableFromKind,
};

use super::from::Beside;
use super::scope::{Column, Columns, Ctes, Frame, Scope, Table};
use super::{Checker, idents, last};
use crate::catalog::Engine;

impl Checker<'_> {
    /// Looks at a statement that changes rows, and gives the columns that it returns.
    pub(super) fn write(&self, statement: &Statement, ctes: &Ctes<'_>) -> Columns {
        let columns = self.deeper(|| match statement {
            Statement::Insert(insert) => self.insert(insert, ctes),
            Statement::Update(update) => self.update(update, ctes),
            Statement::Delete(delete) => self.delete(delete, ctes),
            Statement::Merge(merge) => self.merge(merge, ctes),
            _ => {
                self.doubt("it is a statement of a kind that is not looked into");
                Columns::open()
            }
        });
        columns.unwrap_or_else(Columns::open)
    }

    fn insert(&self, insert: &Insert, ctes: &Ctes<'_>) -> Columns {
        let TableObject::TableName(name) = &insert.table else {
            self.doubt("it inserts into something that is no table");
            return Columns::open();
        };
        let beside = Beside { ctes, outer: None };
        // What is inserted into is a table, whatever a common table expression is called.
        let mut table = self.table(name, &Ctes::default());
        for column in &insert.columns {
            if let Some(ident) = last(column) {
                self.column_of(ident, &table);
            }
        }
        if let Some(source) = &insert.source {
            self.query(source, ctes, None);
        }
        if let Some(alias) = &insert.table_alias {
            table.own = table.name.take();
            table.name = Some(super::table_key(self.engine(), &self.key(&alias.alias)));
        }
        let frame = vec![table.clone()];
        self.assignments(&insert.assignments, &table, &beside.scope(&frame));
        if let Some(on) = &insert.on {
            self.on_insert(on, insert, &table, &beside);
        }
        self.returning(insert.returning.as_ref(), &table, &frame, &beside)
    }

    fn on_insert(&self, on: &OnInsert, insert: &Insert, table: &Table, beside: &Beside<'_>) {
        let proposed = |name: &str| Table { schema: None, name: Some(name.to_owned()), own: None, ..table.clone() };
        match on {
            OnInsert::DuplicateKeyUpdate(assignments) => {
                let mut frame = vec![table.clone()];
                if let Some(alias) = &insert.insert_alias {
                    let name = last(&alias.row_alias).map(|name| name.value.to_lowercase()).unwrap_or_default();
                    let mut row = proposed(&name);
                    if let Some(columns) = alias.col_aliases.as_ref().filter(|columns| !columns.is_empty()) {
                        let known = columns.iter().map(|column| Column::named(self.engine(), column)).collect();
                        row.columns = Columns { known, is_open: false };
                    }
                    frame.push(row);
                }
                // The rows of a SELECT can be named as it names them.
                if insert.source.as_ref().is_some_and(|source| source.body.as_select().is_some()) {
                    frame.push(Table::open(None));
                }
                self.assignments(assignments, table, &beside.scope(&frame));
            }
            OnInsert::OnConflict(conflict) => {
                let own = vec![table.clone()];
                if let Some(ConflictTarget::Columns(columns)) = &conflict.conflict_target {
                    for column in columns {
                        self.column_of(column, table);
                    }
                }
                if let OnConflictAction::DoUpdate(update) = &conflict.action {
                    let frame = [own, vec![proposed("excluded")]].concat();
                    let scope = beside.scope(&frame);
                    self.assignments(&update.assignments, table, &scope);
                    self.expressions(&update.selection, &scope);
                }
            }
            _ => self.doubt("it has a clause of another engine"),
        }
    }

    fn update(&self, update: &Update, ctes: &Ctes<'_>) -> Columns {
        let beside = Beside { ctes, outer: None };
        let mut frame = Frame::new();
        // The table and its joins may be named by FROM, and FROM may come before SET.
        let (UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) =
            update.from.as_ref().unwrap_or(const { &UpdateTableFromKind::AfterSet(Vec::new()) });
        self.from(std::slice::from_ref(&update.table), &mut frame, &beside);
        let Some(table) = frame.first().cloned() else { return Columns::open() };
        let changed = frame.clone();
        self.from(from, &mut frame, &beside);
        let scope = beside.scope(&frame);
        if self.engine().is_mysql_family() {
            // Any of the joined tables may be changed.
            self.assignments_to_any(&update.assignments, &changed, &scope);
        } else {
            self.assignments(&update.assignments, &table, &scope);
        }
        self.expressions(&update.selection, &scope);
        self.expressions(&update.order_by, &scope);
        self.returning(update.returning.as_ref(), &table, &frame, &beside)
    }

    fn delete(&self, delete: &Delete, ctes: &Ctes<'_>) -> Columns {
        let beside = Beside { ctes, outer: None };
        let mut frame = Frame::new();
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        match (&delete.using, self.engine().is_mysql_family()) {
            // There, FROM lists names of tables that USING brings.
            (Some(using), true) => self.from(using, &mut frame, &beside),
            (using, _) => {
                self.from(from, &mut frame, &beside);
                self.from(using.as_deref().unwrap_or_default(), &mut frame, &beside);
            }
        }
        let scope = beside.scope(&frame);
        for name in &delete.tables {
            self.wildcard_of(name, &scope);
        }
        self.expressions(&delete.selection, &scope);
        self.expressions(&delete.order_by, &scope);
        let Some(table) = frame.first().cloned() else { return Columns::open() };
        self.returning(delete.returning.as_ref(), &table, &frame, &beside)
    }

    fn merge(&self, merge: &Merge, ctes: &Ctes<'_>) -> Columns {
        let beside = Beside { ctes, outer: None };
        let mut frame = Frame::new();
        let mut conditions = Vec::new();
        self.factor(&merge.table, &mut frame, &beside, &mut conditions);
        self.factor(&merge.source, &mut frame, &beside, &mut conditions);
        let scope = beside.scope(&frame);
        for condition in conditions {
            self.expressions(condition, &scope);
        }
        self.expressions(&*merge.on, &scope);
        let Some(table) = frame.first().cloned() else { return Columns::open() };
        for clause in &merge.clauses {
            self.expressions(&clause.predicate, &scope);
            match &clause.action {
                MergeAction::Insert(insert) => {
                    for column in insert.columns.iter().filter_map(last) {
                        self.column_of(column, &table);
                    }
                    if let MergeInsertKind::Values(values) = &insert.kind {
                        self.expressions(values, &scope);
                    }
                }
                MergeAction::Update(update) => match &update.kind {
                    MergeUpdateKind::Set(assignments) => self.assignments(assignments, &table, &scope),
                    _ => self.doubt("it has a clause of another engine"),
                },
                _ => {}
            }
        }
        if merge.output.is_some() {
            self.doubt("it has a clause of another engine");
        }
        Columns::open()
    }

    /// `SET a = …` where only columns of one table can be set.
    fn assignments(&self, assignments: &[Assignment], table: &Table, scope: &Scope<'_>) {
        for (target, path) in targets(assignments) {
            match path.as_slice() {
                // What follows in PostgreSQL is within the column's value; elsewhere the table may be named.
                [first, _, ..] if self.engine() == Engine::Postgres => self.column_of(first, table),
                [.., column] => self.column_of(column, table),
                [] => self.doubt(format!("{target} is not understood")),
            }
        }
        for assignment in assignments {
            self.expressions(&assignment.value, scope);
        }
    }

    /// `SET a = …` where columns of several tables can be set.
    fn assignments_to_any(&self, assignments: &[Assignment], changed: &[Table], scope: &Scope<'_>) {
        let targets_scope = Scope { frame: changed, aliases: &[], ctes: scope.ctes, outer: None };
        for (_, path) in targets(assignments) {
            let path: Vec<Ident> = path.into_iter().cloned().collect();
            self.expressions(&sqlparser::ast::Expr::CompoundIdentifier(path), &targets_scope);
        }
        for assignment in assignments {
            self.expressions(&assignment.value, scope);
        }
    }

    fn returning(
        &self,
        items: Option<&Vec<SelectItem>>,
        table: &Table,
        frame: &[Table],
        beside: &Beside<'_>,
    ) -> Columns {
        let Some(items) = items else { return Columns::open() };
        let mut frame = frame.to_vec();
        if self.engine() == Engine::Postgres {
            // The row before and after the change, since PostgreSQL 18. They bring no further columns for a star.
            let row = |name: &str| Table { schema: None, name: Some(name.to_owned()), own: None, ..table.clone() };
            frame.extend(["old", "new"].map(row));
        }
        self.projection(items, &beside.scope(&frame))
    }
}

/// The columns that are set, each by its path.
fn targets(assignments: &[Assignment]) -> impl Iterator<Item = (&ObjectName, Vec<&Ident>)> {
    let names = assignments.iter().flat_map(|assignment| match &assignment.target {
        AssignmentTarget::ColumnName(name) => std::slice::from_ref(name),
        AssignmentTarget::Tuple(names) => names.as_slice(),
    });
    names.map(|name| (name, idents(name).unwrap_or_default()))
}
