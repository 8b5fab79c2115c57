//! Pages that continue behind a row.

use std::fmt;

use super::condition::{Node, Operator, both};
use super::cursor::Cursor;
use super::order::Term;
use super::statement::{Plan, Wanted};
use super::{Select, Session};
use crate::database::error::Error;
use crate::database::expression::column_param;
use crate::param::{Param, ToSql};
use crate::row::Row;
use crate::table::{Dialect, Keyed, Relation};
use crate::types::SqliteValue;

/// The rows of a select page by page. [`Select::page_size`] makes one.
#[must_use = "pages are nothing until one is fetched"]
pub struct Pages<'a, T> {
    select: Select<'a, T>,
    size: u32,
    after: Option<Cursor>,
    before: Option<Cursor>,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows in their order.
    pub rows: Vec<T>,
    /// Where the next page begins: for [`Pages::after`]. `None` where there was no further row when this was read.
    pub next: Option<Cursor>,
    /// Where the previous page ends: for [`Pages::before`]. `None` on the first page.
    pub previous: Option<Cursor>,
}

impl<T> fmt::Debug for Pages<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("select", &self.select).field("size", &self.size).finish_non_exhaustive()
    }
}

impl<'a, T: Keyed> Pages<'a, T> {
    pub(super) fn new(select: Select<'a, T>, size: u32) -> Self {
        Self { select, size, after: None, before: None }
    }

    /// The page that begins behind that place; the first page for `None`.
    pub fn after<'c>(mut self, cursor: impl Into<Option<&'c Cursor>>) -> Self {
        self.after = cursor.into().cloned();
        self
    }

    /// The page that ends before that place; `None` changes nothing. With both, it is the last page between them.
    pub fn before<'c>(mut self, cursor: impl Into<Option<&'c Cursor>>) -> Self {
        self.before = cursor.into().cloned();
        self
    }

    /// Reads the page.
    ///
    /// # Errors
    /// [`Error::Cursor`] for a cursor of another relation or another order; [`Error::Statement`] where the select has a
    /// limit or an offset of its own; else as [`Select::fetch_all`].
    pub async fn fetch(self) -> Result<Page<T>, Error> {
        let Self { select, size, after, before } = self;
        let session = select.session;
        let mut walk = Walk::new(session, select.plan, size, after.as_ref(), before.as_ref())?;
        let mut rows: Vec<T> = Vec::new();
        let plan = walk.plan.clone();
        session
            .visit_plan(&plan, Wanted::Rows, &mut |row| {
                if !walk.wants() {
                    return Ok(false);
                }
                let model = row.read::<T>()?;
                walk.visit(&row, &model.values())?;
                rows.push(model);
                Ok(true)
            })
            .await?;
        if walk.backwards {
            rows.reverse();
        }
        let (next, previous) = walk.ends();
        Ok(Page { rows, next, previous })
    }
}

/// What is known of a page while it is read. It has nothing to do with the rows' Rust type.
struct Walk {
    dialect: Dialect,
    relation: &'static Relation,
    /// The order that the page is in.
    order: Vec<Term>,
    plan: Plan,
    size: usize,
    backwards: bool,
    /// Whether the page begins behind a row.
    continued: bool,
    read: usize,
    more: bool,
    first: Option<Cursor>,
    last: Option<Cursor>,
}

impl Walk {
    fn new(
        session: &Session,
        mut plan: Plan,
        size: u32,
        after: Option<&Cursor>,
        before: Option<&Cursor>,
    ) -> Result<Self, Error> {
        let relation = plan.relation;
        if plan.limit.is_some() || plan.offset.is_some() {
            return Err(Error::statement(relation, "pages have neither a limit nor an offset beside their size"));
        }
        let dialect = session.dialect();
        let order = total_order(relation, &plan.order)?;
        for (cursor, reversed) in [(after, false), (before, true)] {
            let Some(cursor) = cursor else { continue };
            let values = cursor.values_in(relation, &order)?;
            let order = if reversed { order.iter().copied().map(Term::reversed).collect() } else { order.clone() };
            plan.filter = both(plan.filter, behind(dialect, relation, &order, values));
        }
        let backwards = before.is_some();
        plan.order = if backwards { order.iter().copied().map(Term::reversed).collect() } else { order.clone() };
        plan.limit = Some(u64::from(size) + 1);
        Ok(Self {
            dialect,
            relation,
            order,
            plan,
            size: size as usize,
            backwards,
            continued: after.is_some(),
            read: 0,
            more: false,
            first: None,
            last: None,
        })
    }

    /// Whether the next row belongs to the page. One that does not shows that there is another page.
    fn wants(&mut self) -> bool {
        self.more = self.read >= self.size;
        !self.more
    }

    fn visit(&mut self, row: &Row<'_>, values: &[&dyn ToSql]) -> Result<(), Error> {
        self.read += 1;
        if self.read == 1 {
            self.first = Some(self.cursor(row, values)?);
        }
        if self.read == self.size {
            self.last = Some(self.cursor(row, values)?);
        }
        Ok(())
    }

    /// The place of a row.
    fn cursor(&self, row: &Row<'_>, values: &[&dyn ToSql]) -> Result<Cursor, Error> {
        let mut place = Vec::with_capacity(self.order.len());
        for term in &self.order {
            let name = self.relation.columns[term.column].name;
            place.push(match self.dialect {
                // A date can be stored in several forms there, which compare as texts: the stored one it has to be.
                Dialect::Sqlite => row.get::<Option<SqliteValue>>(name)?.unwrap_or_default().to_sql(),
                _ => column_param(values[term.column].to_sql()),
            });
        }
        Ok(Cursor::new(self.relation, &self.order, place))
    }

    /// Where the next page begins, and where the previous one ends.
    fn ends(self) -> (Option<Cursor>, Option<Cursor>) {
        let beyond = self.last.filter(|_| self.more);
        if self.backwards {
            // Behind this page there is the row that it ends before.
            (self.first, beyond)
        } else {
            (beyond, self.first.filter(|_| self.continued))
        }
    }
}

/// The order, with the primary key behind it, so that no two rows are equal in it.
fn total_order(relation: &'static Relation, order: &[Term]) -> Result<Vec<Term>, Error> {
    let mut total: Vec<Term> = Vec::with_capacity(order.len() + relation.primary_key.len());
    for term in order {
        if !total.iter().any(|known| known.column == term.column) {
            total.push(*term);
        }
    }
    // All in one direction, an index can be followed.
    let descending = total.last().is_some_and(|term| term.descending);
    for name in relation.primary_key {
        let missing = || Error::statement(relation, format!("column {name:?} of its primary key is not generated"));
        let position = relation.position(name).ok_or_else(missing)?;
        if !total.iter().any(|term| term.column == position) {
            total.push(Term::new(position, descending));
        }
    }
    if relation.primary_key.is_empty() {
        return Err(Error::statement(relation, "pages need a primary key"));
    }
    Ok(total)
}

/// That a row is behind the one that has these values.
fn behind(dialect: Dialect, relation: &Relation, order: &[Term], values: &[Param]) -> Node {
    let nullable = |term: &Term| relation.columns.get(term.column).is_none_or(|column| column.nullable);
    let plain = order.iter().all(|term| !nullable(term) && term.descending == order[0].descending)
        && values.iter().all(|value| !value.is_null());
    if plain && dialect != Dialect::Mysql && order.len() > 1 {
        // PostgreSQL and SQLite follow an index by such a comparison; MySQL does not.
        let operator = if order[0].descending { Operator::Lt } else { Operator::Gt };
        return Node::Row {
            columns: order.iter().map(|term| term.column).collect(),
            operator,
            values: values.to_vec(),
        };
    }
    let mut condition: Option<Node> = None;
    for (term, value) in order.iter().zip(values).rev() {
        let behind = behind_in(term, value, nullable(term));
        condition = match (behind, condition.take()) {
            (behind, None) => behind,
            (behind, Some(rest)) => {
                let equal = both(equal(term, value), rest);
                Some(match behind {
                    Some(behind) => Node::Any(vec![behind, equal]),
                    None => equal,
                })
            }
        };
    }
    let condition = condition.unwrap_or(Node::Any(Vec::new()));
    match (order.first(), values.first()) {
        // It follows from the rest, but an index can begin there.
        (Some(term), Some(value)) if order.len() > 1 && !value.is_null() && (!nullable(term) || term.nulls_first) => {
            let operator = if term.descending { Operator::Le } else { Operator::Ge };
            both(Node::Compare { column: term.column, operator, value: value.clone() }, condition)
        }
        _ => condition,
    }
}

fn equal(term: &Term, value: &Param) -> Node {
    let column = term.column;
    match value.is_null() {
        true => Node::Null { column, negated: false },
        false => Node::Compare { column, operator: Operator::Eq, value: value.clone() },
    }
}

/// That a row is behind a value in one column; `None` where none can be.
fn behind_in(term: &Term, value: &Param, nullable: bool) -> Option<Node> {
    let column = term.column;
    if value.is_null() {
        return term.nulls_first.then_some(Node::Null { column, negated: true });
    }
    let operator = if term.descending { Operator::Lt } else { Operator::Gt };
    let behind = Node::Compare { column, operator, value: value.clone() };
    if nullable && !term.nulls_first {
        return Some(Node::Any(vec![behind, Node::Null { column, negated: false }]));
    }
    Some(behind)
}
