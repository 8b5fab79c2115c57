//! Reading rows of one relation: conditions, orders, pages.

mod condition;
mod cursor;
mod keyset;
mod operand;
mod order;
mod statement;

use std::fmt;
use std::marker::PhantomData;

use futures_util::StreamExt;
use sea_query::LockBehavior;

use super::error::Error;
use super::pool::RowStream;
use super::session::Session;
use super::statement::Prepared;
use crate::row::Row;
use crate::table::{Dialect, Keyed, Table};

pub(crate) use condition::{Node, both};
pub(crate) use statement::{Built, Lock, Plan, Wanted};

pub use condition::Condition;
pub use cursor::Cursor;
pub use keyset::{Page, Pages};
pub use operand::{Operand, TextValue};
pub use order::Order;

impl Session {
    /// Rows of one table or view, by conditions and orders that name only what exists.
    ///
    /// ```text
    /// let cheap = db
    ///     .select::<Book>()
    ///     .filter(columns::PRICE.lt(price) & columns::SUBTITLE.is_not_null())
    ///     .order_by(columns::TITLE.asc())
    ///     .limit(20)
    ///     .fetch_all()
    ///     .await?;
    /// ```
    pub fn select<T: Table>(&self) -> Select<'_, T> {
        Select { session: self, plan: Plan::new(T::RELATION, T::schema().dialect), of: PhantomData }
    }

    /// Binds a statement of a plan.
    pub(crate) fn prepare_plan(&self, plan: &Plan, wanted: Wanted) -> Result<Prepared, Error> {
        if plan.lock.is_some() && wanted == Wanted::Rows && self.dialect() != Dialect::Sqlite && !self.is_transaction()
        {
            let why = "outside of a transaction, the locks would be gone with the statement; use db.transaction";
            return Err(Error::statement(plan.relation, why));
        }
        let Built { sql, params } = plan.build(wanted, &self.shared().templates)?;
        self.prepare(sql, &params.iter().collect::<Vec<_>>())
    }

    /// Runs the statement of a plan and hands over its rows one by one, until `visit` has enough.
    pub(crate) async fn visit_plan(
        &self,
        plan: &Plan,
        wanted: Wanted,
        visit: &mut (dyn FnMut(Row<'_>) -> Result<bool, Error> + Send),
    ) -> Result<(), Error> {
        self.visit(self.prepare_plan(plan, wanted)?, visit).await
    }

    async fn count_plan(&self, plan: &Plan) -> Result<u64, Error> {
        let mut count = 0_i64;
        self.visit_plan(plan, Wanted::Count, &mut |row| {
            count = row.get_at(0)?;
            Ok(false)
        })
        .await?;
        Ok(count.unsigned_abs())
    }

    async fn plan_finds(&self, plan: &Plan) -> Result<bool, Error> {
        let mut found = false;
        self.visit_plan(plan, Wanted::One, &mut |_| {
            found = true;
            Ok(false)
        })
        .await?;
        Ok(found)
    }
}

/// Rows of one relation that are to be read. [`Session::select`] makes one.
#[must_use = "a select does nothing until it is fetched"]
pub struct Select<'a, T> {
    pub(super) session: &'a Session,
    pub(super) plan: Plan,
    of: PhantomData<fn() -> T>,
}

/// The relation, and no values.
impl<T> fmt::Debug for Select<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("from", &self.plan.relation.name).finish_non_exhaustive()
    }
}

impl<'a, T: Table> Select<'a, T> {
    /// Only rows for which the condition holds, and those of earlier calls.
    pub fn filter(mut self, condition: Condition<T>) -> Self {
        let before = std::mem::replace(&mut self.plan.filter, Node::All(Vec::new()));
        self.plan.filter = both(before, condition.node);
        self
    }

    /// The order of the rows; a second call adds what orders the rows that are equal up to there.
    pub fn order_by(mut self, order: Order<T>) -> Self {
        self.plan.order.push(order.term);
        self
    }

    /// As [`order_by`](Self::order_by), for those who like to read it so.
    pub fn then_by(self, order: Order<T>) -> Self {
        self.order_by(order)
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.plan.limit = Some(rows);
        self
    }

    /// Leaves out so many rows at the start. The server reads them all the same; [`page_size`](Self::page_size) has a way
    /// that does not.
    pub fn offset(mut self, rows: u64) -> Self {
        self.plan.offset = Some(rows);
        self
    }

    /// Locks the rows up to the end of the transaction, against those who change them or lock them.
    ///
    /// SQLite knows no such locks and needs none: a transaction that may write has the whole database for itself. There
    /// it does nothing, and neither do [`skip_locked`](Self::skip_locked) and [`no_wait`](Self::no_wait). Elsewhere it is
    /// an error outside of a transaction.
    pub fn for_update(mut self) -> Self {
        self.plan.lock = Some(Lock { shared: false, behavior: self.plan.lock.and_then(|lock| lock.behavior) });
        self
    }

    /// As [`for_update`](Self::for_update), but others may lock the rows in the same way.
    pub fn for_share(mut self) -> Self {
        self.plan.lock = Some(Lock { shared: true, behavior: self.plan.lock.and_then(|lock| lock.behavior) });
        self
    }

    /// Leaves out the rows that others have locked; locks the rest, for an update if nothing else was said.
    pub fn skip_locked(self) -> Self {
        self.behaving(LockBehavior::SkipLocked)
    }

    /// Fails where others have locked a row, instead of waiting for them; locks, for an update if nothing else was said.
    pub fn no_wait(self) -> Self {
        self.behaving(LockBehavior::Nowait)
    }

    fn behaving(mut self, behavior: LockBehavior) -> Self {
        let shared = self.plan.lock.is_some_and(|lock| lock.shared);
        self.plan.lock = Some(Lock { shared, behavior: Some(behavior) });
        self
    }

    /// All rows.
    ///
    /// # Errors
    /// Where the database refuses the statement, or a row cannot be read.
    pub async fn fetch_all(self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.session
            .visit_plan(&self.plan, Wanted::Rows, &mut |row| {
                rows.push(row.read::<T>()?);
                Ok(true)
            })
            .await?;
        Ok(rows)
    }

    /// The first row, or `None` if there is none.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub async fn fetch_optional(mut self) -> Result<Option<T>, Error> {
        self.plan.limit = Some(self.plan.limit.map_or(1, |limit| limit.min(1)));
        let mut found = None;
        self.session
            .visit_plan(&self.plan, Wanted::Rows, &mut |row| {
                found = Some(row.read::<T>()?);
                Ok(false)
            })
            .await?;
        Ok(found)
    }

    /// The first row.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all), and [`Error::NoRow`] if there is none.
    pub async fn fetch_one(self) -> Result<T, Error> {
        self.fetch_optional().await?.ok_or_else(|| Error::no_row_of(T::RELATION))
    }

    /// The rows as they arrive, for results that do not fit into memory. The connection is kept until the stream is dropped.
    pub fn stream(self) -> RowStream<'a, T> {
        let rows = self.session.stream_rows(self.session.prepare_plan(&self.plan, Wanted::Rows));
        rows.map(|row| {
            row.map_err(|error| match error {
                Error::Row(error) => Error::Row(error.in_relation(T::RELATION.schema, T::RELATION.name)),
                error => error,
            })
        })
        .boxed()
    }

    /// The number of rows, within limit and offset.
    ///
    /// # Errors
    /// Where the database refuses the statement.
    pub async fn count(self) -> Result<u64, Error> {
        self.session.count_plan(&self.plan).await
    }

    /// Whether there is a row, within limit and offset.
    ///
    /// # Errors
    /// Where the database refuses the statement.
    pub async fn exists(self) -> Result<bool, Error> {
        self.session.plan_finds(&self.plan).await
    }
}

impl<'a, T: Keyed> Select<'a, T> {
    /// The rows page by page, with so many to a page: each one continues behind a row and not behind a number of rows, so
    /// that the last page takes no longer than the first one, and rows that come and go elsewhere neither repeat nor hide
    /// others. The primary key is the last of the orders, so that every row has a place of its own.
    pub fn page_size(self, rows: u32) -> Pages<'a, T> {
        Pages::new(self, rows)
    }
}
