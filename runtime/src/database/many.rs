//! Inserts of many rows: few statements, which are written once for all that have the same text.
//!
//! The values of a row are taken out of it when it is its turn to be sent, and move into the driver's arguments: no second
//! copy of all rows is made.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::Error;
use super::expression::column_param;
use super::invalidation::write_key_columns;
use super::operate::{Target, Values, writable, write_inserted};
use super::session::Session;
use super::statement::Prepared;
use crate::param::{Arguments, Param, ToSql};
use crate::row::Row;
use crate::table::{Dialect, NewRow};

/// Rows that are to be inserted, without their type, so that what is done with them is compiled once.
#[derive(Clone, Copy)]
struct Rows<'r> {
    on: Target,
    count: usize,
    /// What [`NewRow::values`] gives for the row of that number.
    values: &'r (dyn Fn(usize) -> Vec<&'r dyn ToSql> + Sync),
}

/// Rows that give the same columns.
struct Group {
    columns: Vec<Place>,
    /// The numbers of the rows.
    rows: Vec<usize>,
}

/// Where a value is found, and where it goes.
struct Place {
    /// Among the values of a row.
    value: usize,
    /// Among the columns of the relation.
    column: usize,
}

/// The text of an INSERT of so many rows, for values of the kinds that the first row of the group has.
struct Text {
    rows: usize,
    sql: Arc<str>,
}

impl<'r> Rows<'r> {
    /// The rows by the columns that they give, in the order in which the first row of each kind came.
    ///
    /// A column that the database has no default for is NULL where a row does not give it, so that rows give the same
    /// columns where they can. It is left out where no row gives it: nobody needs the right to write what is not given.
    fn groups(&self) -> Vec<Group> {
        let relation = self.on.relation;
        let columns: Vec<usize> = writable(relation).collect();
        let is_null_without =
            |column: usize| relation.columns[column].nullable && !relation.columns[column].has_default;
        let mut used = vec![false; columns.len()];
        let mut known: HashMap<Vec<bool>, usize> = HashMap::new();
        let mut groups: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
        let mut shape = Vec::with_capacity(columns.len());
        for number in 0..self.count {
            shape.clear();
            for ((value, column), used) in (self.values)(number).into_iter().zip(&columns).zip(&mut used) {
                let given = !value.is_absent();
                *used |= given;
                shape.push(given || is_null_without(*column));
            }
            if let Some(group) = known.get(&shape) {
                groups[*group].1.push(number);
            } else {
                known.insert(shape.clone(), groups.len());
                groups.push((shape.clone(), vec![number]));
            }
        }
        let with_columns = |(shape, rows): (Vec<bool>, Vec<usize>)| {
            let given = |value: &usize| shape[*value] && used[*value];
            let place = |value| Place { value, column: columns[value] };
            Group { columns: (0..shape.len()).filter(given).map(place).collect(), rows }
        };
        groups.into_iter().map(with_columns).collect()
    }

    /// What is bound for a row, in the order of the group's columns.
    fn params(&self, group: &Group, number: usize) -> impl Iterator<Item = Param> {
        let values = (self.values)(number);
        group.columns.iter().map(move |place| column_param(values[place.value].to_sql()))
    }

    /// The columns and values of a row.
    fn row(&self, group: &Group, number: usize) -> Values {
        group.columns.iter().map(|place| place.column).zip(self.params(group, number)).collect()
    }
}

impl Session {
    /// Inserts a row into any table, also one without a primary key, and returns nothing of it.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub async fn append<N: NewRow>(&self, new: &N) -> Result<(), Error> {
        self.insert_many(std::slice::from_ref(new)).await.map(|_| ())
    }

    /// Inserts rows, all or none, and returns how many. They are sent in few statements; rows that leave other columns to
    /// their defaults go into other ones.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub async fn insert_many<N: NewRow>(&self, rows: &[N]) -> Result<u64, Error> {
        let values = |number: usize| rows[number].values();
        self.insert_rows(Rows { on: Target::of::<N::Table>(), count: rows.len(), values: &values }).await
    }

    async fn insert_rows(&self, rows: Rows<'_>) -> Result<u64, Error> {
        let groups = rows.groups();
        let is_one_statement = match &groups[..] {
            [] => return Ok(0),
            [group] => group.rows.len() <= self.rows_per_statement(group.columns.len()),
            _ => false,
        };
        // Where rows are cached, they may have to be inserted one by one on MySQL.
        let is_atomic = !self.invalidates(rows.on, None) || (self.is_transaction() && self.dialect() != Dialect::Mysql);
        if is_one_statement && is_atomic {
            return self.insert_groups(rows, &groups).await;
        }
        // Within a transaction it is a savepoint, so that it is all or none there too.
        self.transaction(async |tx| tx.insert_groups(rows, &groups).await).await
    }

    /// How many rows of so many columns one statement takes.
    fn rows_per_statement(&self, columns: usize) -> usize {
        // Without columns there is but the form of one row.
        if columns == 0 {
            return 1;
        }
        /// More rows in a statement make it no faster, and its text is kept for every number of rows.
        const ENOUGH: usize = 1_000;
        (self.dialect().parameter_limit() / columns).clamp(1, ENOUGH)
    }

    async fn insert_groups(&self, rows: Rows<'_>, groups: &[Group]) -> Result<u64, Error> {
        let mut inserted = 0;
        for group in groups {
            let mut last = None;
            for chunk in group.rows.chunks(self.rows_per_statement(group.columns.len())) {
                let mut outcome = self.insert_chunk(rows, group, chunk, &mut last).await;
                // Which row it was is not told: the first one counts of which it can be true.
                for &number in chunk {
                    let violation = outcome.as_ref().err().and_then(Error::violation);
                    if violation.is_none_or(|violation| violation.known.is_some()) {
                        break;
                    }
                    outcome = self.explained(rows.on, outcome, &[], &rows.row(group, number)).await;
                }
                inserted += outcome?;
            }
        }
        Ok(inserted)
    }

    /// Inserts rows in one statement. Where rows are cached, their keys have to become known: somebody may have cached
    /// that there is no such row.
    async fn insert_chunk(
        &self,
        rows: Rows<'_>,
        group: &Group,
        chunk: &[usize],
        last: &mut Option<Text>,
    ) -> Result<u64, Error> {
        let on = rows.on;
        if !self.invalidates(on, None) {
            return Ok(self.run(self.prepare_chunk(rows, group, chunk, last)?).await?.rows_affected);
        }
        let mut inserted = 0;
        if !self.returns_rows().await? {
            for &number in chunk {
                self.insert_here(on, rows.row(group, number), &mut |_| Ok(false)).await?;
                inserted += 1;
            }
            return Ok(inserted);
        }
        let statement = self.prepare_chunk(rows, group, chunk, last)?;
        let unfinished = self.unfinished(on);
        let mut visit = |row: Row<'_>| {
            inserted += 1;
            self.touch_row(on, &row);
            Ok(true)
        };
        let outcome = self.visit(statement, &mut visit).await;
        unfinished.finish();
        outcome.map(|()| inserted)
    }

    /// An INSERT of rows that all give the same columns. The chunks of a long list mostly have the same text: that of the
    /// `last` one is taken again where it suits.
    fn prepare_chunk(
        &self,
        rows: Rows<'_>,
        group: &Group,
        chunk: &[usize],
        last: &mut Option<Text>,
    ) -> Result<Prepared, Error> {
        let Some(&first) = chunk.first() else { return Err(Error::unsuitable(rows.on.relation, "there are no rows")) };
        let first = rows.row(group, first);
        let mut arguments = Arguments::with_room(self.dialect(), chunk.len() * group.columns.len())?;
        // The text depends on the values by their kinds alone, which nearly always are those of the first row.
        let mut are_alike = true;
        for &number in chunk {
            for (param, (_, like)) in rows.params(group, number).zip(&first) {
                are_alike &= param.is_kind_of(like);
                arguments.push(param)?;
            }
        }
        if !are_alike {
            let rows_of: Vec<Values> = chunk.iter().map(|&number| rows.row(group, number)).collect();
            let sql = self.text_of_many(rows.on, rows_of.iter())?;
            return Ok(Prepared { sql, arguments });
        }
        let sql = match last {
            Some(text) if text.rows == chunk.len() => Arc::clone(&text.sql),
            _ => {
                let sql = self.text_of_many(rows.on, std::iter::repeat_n(&first, chunk.len()))?;
                *last = Some(Text { rows: chunk.len(), sql: Arc::clone(&sql) });
                sql
            }
        };
        Ok(Prepared { sql, arguments })
    }

    /// The text of an INSERT of rows that all give the same columns. The first one is arranged as for a single row, and the
    /// text of the others is appended: they may have tens of thousands of values.
    fn text_of_many<'v>(&self, on: Target, rows: impl Iterator<Item = &'v Values> + Clone) -> Result<Arc<str>, Error> {
        let dialect = self.dialect();
        let mut others = rows.clone();
        let first = others.next().ok_or_else(|| Error::unsuitable(on.relation, "there are no rows"))?;
        let mut sql = self.draft_insert(on, first, None)?.sql;
        let mut number = first.len();
        for row in others {
            sql.push_str(", (");
            for (index, (column, param)) in row.iter().enumerate() {
                sql.push_str(if index > 0 { ", " } else { "" });
                number += 1;
                write_inserted(on, dialect, &on.relation.columns[*column], param, number, &mut sql);
            }
            sql.push(')');
        }
        if self.invalidates(on, None) {
            sql.push_str(" RETURNING ");
            write_key_columns(on.relation, dialect, &mut sql);
        }
        Ok(self.distinguished(sql.into(), rows.flatten().map(|(_, param)| param)))
    }
}
