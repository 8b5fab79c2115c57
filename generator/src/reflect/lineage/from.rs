//! What a query selects from: tables, queries, and joins of them.

use sqlparser::ast::{
    Ident, Join, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, TableAlias, TableFactor, TableWithJoins,
};

use super::Tracer;
use super::query::Ctes;
use super::scope::{Column, Find, Kind, Scope, Side, TableName, Value};

/// What can be named where a part of FROM stands.
#[derive(Clone, Copy)]
pub(super) struct Beside<'b> {
    pub(super) ctes: &'b Ctes<'b>,
    /// The query around.
    pub(super) outer: Option<&'b Scope<'b>>,
    /// What LATERAL sees: the parts to the left, and the query around.
    pub(super) left: Option<&'b Scope<'b>>,
}

/// Which sides of a join stay whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Neither,
    Left,
    Right,
    Both,
}

impl Tracer<'_> {
    /// All of a FROM.
    pub(super) fn from(&self, from: &[TableWithJoins], beside: Beside<'_>) -> Option<Side> {
        let mut all = Side::default();
        for item in from {
            let scope = Scope { side: &all, outer: beside.left.or(beside.outer) };
            if self.is_sqlite() {
                // A comma joins as CROSS JOIN does, so that a RIGHT JOIN behind it may miss what stands before it.
                let first = self.factor(&item.relation, Beside { left: Some(&scope), ..beside })?;
                all = self.joins(all.join(first), &item.joins, beside)?;
            } else {
                let side = self.joined(item, Beside { left: Some(&scope), ..beside })?;
                all = all.join(side);
            }
        }
        Some(all)
    }

    fn joined(&self, item: &TableWithJoins, beside: Beside<'_>) -> Option<Side> {
        let first = self.factor(&item.relation, beside)?;
        self.joins(first, &item.joins, beside)
    }

    fn joins(&self, first: Side, joins: &[Join], beside: Beside<'_>) -> Option<Side> {
        let mut side = first;
        for join in joins {
            let right = {
                let scope = Scope { side: &side, outer: beside.left.or(beside.outer) };
                self.factor(&join.relation, Beside { left: Some(&scope), ..beside })?
            };
            let (kept, constraint) = match &join.join_operator {
                JoinOperator::Join(on)
                | JoinOperator::Inner(on)
                | JoinOperator::CrossJoin(on)
                | JoinOperator::StraightJoin(on) => (Kept::Neither, on),
                JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (Kept::Left, on),
                JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (Kept::Right, on),
                JoinOperator::FullOuter(on) => (Kept::Both, on),
                _ => return None,
            };
            side = self.join(side, right, kept, constraint)?;
        }
        Some(side)
    }

    fn join(&self, mut left: Side, mut right: Side, kept: Kept, constraint: &JoinConstraint) -> Option<Side> {
        let shared = match constraint {
            JoinConstraint::Using(names) => {
                let names = names.iter().map(|name| self.names(name)?.pop());
                names.collect::<Option<Vec<_>>>()?
            }
            JoinConstraint::Natural => shared_names(&left, &right)?,
            JoinConstraint::On(_) | JoinConstraint::None => Vec::new(),
        };
        let pairs: Vec<(usize, usize)> = shared
            .iter()
            .map(|name| match (left.find(std::slice::from_ref(name)), right.find(std::slice::from_ref(name))) {
                (Find::One(left), Find::One(right)) => Some((left, right)),
                _ => None,
            })
            .collect::<Option<_>>()?;
        // A side of which only rows are seen that satisfy the condition.
        if let JoinConstraint::On(condition) = constraint {
            match kept {
                Kept::Left => self.hold(&mut right, condition),
                Kept::Right => self.hold(&mut left, condition),
                Kept::Neither | Kept::Both => {}
            }
        }
        let whole: Vec<(Value, Value)> =
            pairs.iter().map(|&(l, r)| (left.columns[l].known(), right.columns[r].known())).collect();
        if matches!(kept, Kept::Left | Kept::Both) {
            right.may_be_missing(self.next_join());
        }
        if matches!(kept, Kept::Right | Kept::Both) {
            left.may_be_missing(self.next_join());
        }
        let merged: Vec<Column> = pairs
            .iter()
            .zip(whole)
            .map(|(&(l, r), whole)| self.merged(&left.columns[l], &right.columns[r], whole, kept))
            .collect();
        for &(l, r) in &pairs {
            for column in [&mut left.columns[l], &mut right.columns[r]] {
                column.is_bare = false;
                column.in_star = false;
            }
        }
        let mut side = left.join(right);
        if self.is_sqlite() {
            // A merged column stands where the left one stood.
            let mut placed: Vec<(usize, Column)> = pairs.iter().map(|(l, _)| *l).zip(merged).collect();
            placed.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
            for (place, column) in placed {
                side.columns.insert(place, column);
            }
        } else {
            side.columns.splice(0..0, merged);
        }
        if let JoinConstraint::On(condition) = constraint
            && kept == Kept::Neither
        {
            self.hold(&mut side, condition);
        }
        Some(side)
    }

    /// The column that USING makes of two that are equal, or of the one that is there.
    fn merged(&self, left: &Column, right: &Column, whole: (Value, Value), kept: Kept) -> Column {
        let mut column = match kept {
            Kept::Neither | Kept::Left => left.clone(),
            Kept::Right => right.clone(),
            Kept::Both => {
                let mut column = left.clone();
                column.value = whole.0.either(whole.1);
                column.joins.clear();
                column
            }
        };
        if kept == Kept::Right && self.is_sqlite() && left.value.origin != right.value.origin {
            // SQLite gives the left one where it is there, which need only be equal.
            column.value.origin = None;
        }
        let is_comparable = |kind| self.is_sqlite() || kind != Kind::Opaque;
        if kept == Kept::Neither && is_comparable(left.value.kind) && is_comparable(right.value.kind) {
            // NULL is equal to nothing.
            column.value.not_null = true;
            column.joins.clear();
        }
        column.table = None;
        column.is_bare = true;
        column.in_star = true;
        column
    }

    fn factor(&self, factor: &TableFactor, beside: Beside<'_>) -> Option<Side> {
        self.deeper(|| match factor {
            TableFactor::Table { name, alias, args: None, with_ordinality: false, .. } => {
                let path = self.names(name)?;
                let outputs = match path.as_slice() {
                    [name] => match beside.ctes.get(name) {
                        Some(outputs) => outputs,
                        // PostgreSQL qualifies all relations but its own, and MySQL all.
                        None if self.is_sqlite() => self.relation("", name),
                        None => None,
                    },
                    [schema, name] => self.relation(schema, name),
                    _ => None,
                };
                let mut path = path;
                let own = path.pop().map(|name| TableName { schema: path.pop(), name });
                Some(self.aliased(own, outputs, alias.as_ref()))
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let scope = if *lateral { beside.left } else { beside.outer };
                let outputs = self.query(subquery, beside.ctes, scope);
                Some(self.aliased(None, outputs, alias.as_ref()))
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let side = self.joined(table_with_joins, beside)?;
                // An alias hides the names within.
                Some(match alias {
                    None => side,
                    Some(alias) => self.aliased(None, side.star(), Some(alias)),
                })
            }
            TableFactor::Table { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::UNNEST { alias, .. }
            | TableFactor::JsonTable { alias, .. }
            | TableFactor::XmlTable { alias, .. } => {
                // What has no alias is called by names that are not looked into.
                Some(self.aliased(None, None, alias.as_ref()))
            }
            _ => None,
        })?
    }

    /// A table under its alias, if it has one; open where its columns are not known.
    fn aliased(
        &self,
        own: Option<TableName>,
        outputs: Option<Vec<super::scope::Output>>,
        alias: Option<&TableAlias>,
    ) -> Side {
        let names: Vec<&Ident> = alias.iter().flat_map(|alias| &alias.columns).map(|column| &column.name).collect();
        let name = match alias {
            Some(alias) => Some(TableName { schema: None, name: self.name(&alias.name) }),
            None => own,
        };
        match outputs {
            Some(outputs) if names.len() <= outputs.len() => Side::table(name, self.renamed(outputs, &names)),
            _ => Side::open(name),
        }
    }

    /// The parts of a qualified name.
    pub(super) fn names(&self, name: &ObjectName) -> Option<Vec<String>> {
        let parts = name.0.iter().map(|part| match part {
            ObjectNamePart::Identifier(ident) => Some(self.name(ident)),
            ObjectNamePart::Function(_) => None,
        });
        parts.collect()
    }
}

/// The names that both sides of a NATURAL JOIN have; nothing where that is not certain.
fn shared_names(left: &Side, right: &Side) -> Option<Vec<String>> {
    let names = |side: &Side| -> Option<Vec<String>> {
        side.columns
            .iter()
            .filter(|column| column.is_bare && column.in_star)
            .map(|column| column.name.clone())
            .collect()
    };
    if left.is_open() || right.is_open() {
        return None;
    }
    let (left, right) = (names(left)?, names(right)?);
    Some(left.into_iter().filter(|name| right.contains(name)).collect())
}
