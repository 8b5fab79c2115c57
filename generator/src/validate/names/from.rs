//! What a statement takes its rows from: tables, queries, functions, and joins of them.

use sqlparser::ast::{
    Expr, FunctionArg, Join, JoinConstraint, JoinOperator, JsonTableColumn, ObjectName, TableAlias, TableFactor,
    TableWithJoins,
};

use super::scope::{Column, Columns, Ctes, Frame, Scope, Table};
use super::{Checker, column_of, idents, known, last};
use crate::catalog::Engine;
use crate::validate::IssueKind;

/// The names that can be named where a part of FROM stands.
#[derive(Clone, Copy)]
pub(super) struct Beside<'b> {
    pub(super) ctes: &'b Ctes<'b>,
    /// The query around.
    pub(super) outer: Option<&'b Scope<'b>>,
}

impl<'b> Beside<'b> {
    /// What names mean beside some tables.
    pub(super) fn scope<'s>(&'s self, frame: &'s [Table]) -> Scope<'s>
    where
        'b: 's,
    {
        Scope { frame, aliases: &[], ctes: self.ctes, outer: self.outer }
    }
}

impl Checker<'_> {
    /// All of a FROM. Conditions of joins are looked at when all tables are there, for some of them may be named from further
    /// left than a rule of an engine says.
    pub(super) fn from(&self, from: &[TableWithJoins], frame: &mut Frame, beside: &Beside<'_>) {
        let mut conditions = Vec::new();
        for item in from {
            self.joined(item, frame, beside, &mut conditions);
        }
        let scope = beside.scope(frame);
        for condition in conditions {
            self.expressions(condition, &scope);
        }
    }

    fn joined<'q>(
        &self,
        item: &'q TableWithJoins,
        frame: &mut Frame,
        beside: &Beside<'_>,
        conditions: &mut Vec<&'q Expr>,
    ) {
        let start = frame.len();
        self.factor(&item.relation, frame, beside, conditions);
        for Join { relation, join_operator, .. } in &item.joins {
            let right = frame.len();
            self.factor(relation, frame, beside, conditions);
            let (JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint)
            | JoinOperator::CrossJoin(constraint)
            | JoinOperator::StraightJoin(constraint)) = join_operator
            else {
                self.doubt("it has a join of another engine");
                continue;
            };
            match constraint {
                JoinConstraint::On(condition) => conditions.push(condition),
                JoinConstraint::Using(columns) => {
                    for column in columns {
                        self.shared(column, &frame[start..right]);
                        self.shared(column, &frame[right..]);
                    }
                }
                JoinConstraint::Natural | JoinConstraint::None => {}
            }
        }
    }

    /// A column that USING wants on one side of a join.
    fn shared(&self, name: &ObjectName, side: &[Table]) {
        let Some(ident) = last(name) else { return };
        let key = Column::of_ident(self.engine(), ident);
        if side.iter().any(|table| table.columns.has(&key)) {
            return;
        }
        if let Some(open) = side.iter().find(|table| table.columns.is_open) {
            self.doubt(format!("the columns of {} are not known", open.shown));
            return;
        }
        let tables: Vec<&str> = side.iter().map(|table| table.shown.as_str()).collect();
        let message = format!("{} has no column {}", tables.join(", "), ident.value);
        let known = side.iter().flat_map(|table| table.columns.shown());
        let place = column_of(side, &ident.value);
        self.fault(ident, IssueKind::UnknownColumn, place, message, known);
    }

    /// One part of a FROM, which is added to those to its left.
    pub(super) fn factor<'q>(
        &self,
        factor: &'q TableFactor,
        frame: &mut Frame,
        beside: &Beside<'_>,
        conditions: &mut Vec<&'q Expr>,
    ) {
        self.has_table.set(true);
        let added = self.deeper(|| match factor {
            // `ONLY book` is read as a table with an alias.
            TableFactor::Table { name, alias: Some(alias), args: None, .. }
                if !alias.explicit && self.engine() == Engine::Postgres && is_only(name) =>
            {
                Some(self.table(&ObjectName::from(vec![alias.name.clone()]), beside.ctes))
            }
            TableFactor::Table { name, alias, args: None, .. } => {
                let table = self.table(name, beside.ctes);
                Some(self.aliased(table, alias.as_ref()))
            }
            TableFactor::Table { name, alias, args: Some(args), with_ordinality, .. } => {
                Some(self.called(name, &args.args, *with_ordinality, alias.as_ref(), &beside.scope(frame)))
            }
            TableFactor::Function { name, args, alias, with_ordinality, .. } => {
                Some(self.called(name, args, *with_ordinality, alias.as_ref(), &beside.scope(frame)))
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let scope = beside.scope(frame);
                let outer = if *lateral { Some(&scope) } else { beside.outer };
                let columns = self.query(subquery, beside.ctes, outer);
                let table = Table { columns, ..Table::open(None) };
                Some(self.aliased(Table { name: Some(String::new()), ..table }, alias.as_ref()))
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let start = frame.len();
                self.joined(table_with_joins, frame, beside, conditions);
                // An alias hides the names within, which conditions within may name all the same.
                let alias = alias.as_ref()?;
                let columns = Columns {
                    known: frame[start..].iter().flat_map(|table| table.columns.known.clone()).collect(),
                    is_open: frame[start..].iter().any(|table| table.columns.is_open),
                };
                Some(self.aliased(Table { columns, ..Table::open(None) }, Some(alias)))
            }
            TableFactor::UNNEST { alias, array_exprs, with_ordinality, .. } => {
                self.expressions(array_exprs, &beside.scope(frame));
                let table = Table::open(Some("unnest".to_owned()));
                // One column for each array, as long as none holds rows.
                let is_closed = alias
                    .as_ref()
                    .is_some_and(|alias| alias.columns.len() == array_exprs.len() + usize::from(*with_ordinality));
                let columns = Columns { known: Vec::new(), is_open: !is_closed };
                Some(self.aliased(Table { columns, ..table }, alias.as_ref()))
            }
            TableFactor::JsonTable { json_expr, columns, alias, .. } => {
                self.expressions(json_expr, &beside.scope(frame));
                let mut known = Vec::new();
                self.json_columns(columns, &mut known);
                let columns = Columns { known, is_open: false };
                Some(self.aliased(Table { columns, ..Table::open(Some("json_table".to_owned())) }, alias.as_ref()))
            }
            TableFactor::XmlTable { row_expression, alias, .. } => {
                self.expressions(row_expression, &beside.scope(frame));
                Some(self.aliased(Table::open(Some("xmltable".to_owned())), alias.as_ref()))
            }
            _ => {
                self.doubt("it has a table expression of another engine");
                Some(Table::open(None))
            }
        });
        frame.extend(added.flatten());
    }

    fn json_columns(&self, columns: &[JsonTableColumn], known: &mut Vec<Column>) {
        for column in columns {
            match column {
                JsonTableColumn::Named(column) => known.push(Column::named(self.engine(), &column.name)),
                JsonTableColumn::ForOrdinality(name) => known.push(Column::named(self.engine(), name)),
                JsonTableColumn::Nested(nested) => self.json_columns(&nested.columns, known),
            }
        }
    }

    /// A function that stands where a table does. Its arguments may name what stands to its left.
    fn called(
        &self,
        name: &ObjectName,
        arguments: &Vec<FunctionArg>,
        with_ordinality: bool,
        alias: Option<&TableAlias>,
        scope: &Scope<'_>,
    ) -> Table {
        self.expressions(arguments, scope);
        let engine = self.engine();
        let key = last(name).map(|name| name.value.to_ascii_lowercase()).unwrap_or_default();
        let columns = match known::columns_of_function(engine, &key) {
            // A function that gives one value is a column that goes by its name, or by its alias.
            Some([]) => {
                let name = alias.map_or_else(|| key.clone(), |alias| self.key(&alias.name));
                Columns { known: vec![Column { key: name.clone(), shown: name }], is_open: false }
            }
            Some(known) => {
                Columns { known: known.iter().map(|name| Column::new(engine, name)).collect(), is_open: false }
            }
            // `AS t(a int, b text)` says all columns of it.
            None => {
                let is_told = alias.is_some_and(|alias| {
                    !alias.columns.is_empty() && alias.columns.iter().all(|column| column.data_type.is_some())
                });
                Columns { known: Vec::new(), is_open: !is_told }
            }
        };
        let mut columns = columns;
        if with_ordinality {
            columns.known.push(Column::new(engine, "ordinality"));
        }
        self.aliased(Table { columns, ..Table::open(Some(key)) }, alias)
    }

    /// A table under its alias, if it has one.
    pub(super) fn aliased(&self, table: Table, alias: Option<&TableAlias>) -> Table {
        let Some(alias) = alias else { return table };
        let names = alias.columns.iter().map(|column| Column::named(self.engine(), &column.name)).collect();
        let name = super::table_key(self.engine(), &self.key(&alias.name));
        let shown = if table.relation.is_some() { table.shown } else { alias.name.value.clone() };
        let own = table.name.filter(|own| *own != name);
        Table { schema: None, name: Some(name), own, columns: table.columns.renamed(names), shown, ..table }
    }
}

/// Whether what stands for a name is PostgreSQL's word for a table without those that inherit from it.
fn is_only(name: &ObjectName) -> bool {
    matches!(idents(name).as_deref(), Some([word]) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("only"))
}
