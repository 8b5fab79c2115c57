//! Operations on one row, or on many of them: find, insert, upsert, patch, delete.
//!
//! The generic methods only take values out of models; everything else is done once, with a [`Relation`] and parameters.
//! sea-query arranges the statements. What the database filled in comes back by RETURNING where the engine has it, else
//! by reading the row again by its key.

use std::collections::BTreeSet;

use sea_query::{
    DeleteStatement, Expr, InsertStatement, MysqlQueryBuilder, OnConflict, PostgresQueryBuilder, SqliteQueryBuilder,
    UpdateStatement,
};

use super::error::Error;
use super::expression::{column_param, iden, table, write_value};
use super::invalidation::{Happening, changing, followers, meet};
use super::pool::Done;
use super::session::Session;
use super::statement::Prepared;
use crate::lookup::{IntoKey, Key};
use crate::param::Param;
use crate::row::{FromRow, Row};
use crate::table::{
    Column, Constraint, ConstraintKind, Dialect, Identity, Keyed, NewRow, Patch, Relation, RelationKind, Schema, Table,
    Writable,
};

/// Values for columns, which are given by their positions in the relation.
pub(crate) type Values = Vec<(usize, Param)>;

/// What is operated on.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) schema: &'static Schema,
    pub(crate) relation: &'static Relation,
}

impl Target {
    pub(super) fn of<T: Table>() -> Self {
        Self { schema: T::schema(), relation: T::RELATION }
    }
}

/// A statement in the making: its text, and the parameters in the order of their placeholders.
pub(super) struct Draft<'a> {
    pub(super) sql: String,
    params: Vec<&'a Param>,
}

macro_rules! build {
    ($dialect:expr, $statement:expr) => {
        match $dialect {
            Dialect::Postgres => $statement.to_string(PostgresQueryBuilder),
            Dialect::Mysql => $statement.to_string(MysqlQueryBuilder),
            Dialect::Sqlite => $statement.to_string(SqliteQueryBuilder),
        }
    };
}

impl Session {
    /// The row of a key; `None` if there is none.
    ///
    /// # Errors
    /// Where the database refuses the statement, or the row cannot be read.
    pub async fn find<T: Table>(&self, key: impl IntoKey<T>) -> Result<Option<T>, Error> {
        let key = key.into_key();
        let mut found = None;
        self.read_by_key(Target::of::<T>(), key.columns, &key.params, &mut keep(&mut found)).await?;
        Ok(found)
    }

    /// Inserts a row and returns it with what the database filled in.
    ///
    /// Where the engine cannot return the row (Oracle's MySQL), it is read again by its primary key, which therefore is
    /// given, or numbered by `AUTO_INCREMENT`.
    ///
    /// # Errors
    /// [`Error::Violation`] where a constraint does not hold, and whatever else the database refuses.
    pub async fn insert<N>(&self, new: &N) -> Result<N::Table, Error>
    where
        N: NewRow,
        N::Table: Keyed,
    {
        let mut found = None;
        self.insert_row(Target::of::<N::Table>(), given(new), &mut keep(&mut found)).await?;
        found.ok_or_else(|| no_row(N::Table::RELATION))
    }

    /// Inserts a row, or updates the one with the same primary key by the columns that are given; returns the row as it is
    /// then.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), and [`Error::Unsuitable`] where the primary key is not given.
    pub async fn upsert<N>(&self, new: &N) -> Result<N::Table, Error>
    where
        N: NewRow,
        N::Table: Keyed,
    {
        let mut found = None;
        let on = Target::of::<N::Table>();
        self.upsert_row(on, on.relation.primary_key, given(new), &mut keep(&mut found)).await?;
        found.ok_or_else(|| no_row(N::Table::RELATION))
    }

    /// As [`upsert`](Self::upsert), where the row is told by another key that is unique without exception, such as
    /// `book::constraints::ISBN_KEY`.
    ///
    /// # Errors
    /// As [`upsert`](Self::upsert), and [`Error::Unsuitable`] where the constraint is no such key of the table.
    pub async fn upsert_on<N>(&self, constraint: Constraint, new: &N) -> Result<N::Table, Error>
    where
        N: NewRow,
        N::Table: Keyed,
    {
        let relation = N::Table::RELATION;
        let suits = constraint.relation == (relation.schema, relation.name)
            && match constraint.kind {
                ConstraintKind::PrimaryKey => true,
                _ => relation.unique_keys.iter().any(|key| key.columns == constraint.columns),
            };
        if !suits {
            let name = constraint.name;
            return Err(Error::unsuitable(
                relation,
                format!("{name:?} is not a key of it that is unique without exception"),
            ));
        }
        let mut found = None;
        self.upsert_row(Target::of::<N::Table>(), constraint.columns, given(new), &mut keep(&mut found)).await?;
        found.ok_or_else(|| no_row(relation))
    }

    /// Changes the row of a key and returns it as it is then; `None` if there is none. A patch without changes only reads.
    ///
    /// # Errors
    /// [`Error::Violation`] where a constraint does not hold, and whatever else the database refuses.
    pub async fn patch<P: Patch>(&self, key: impl IntoKey<P::Table>, patch: &P) -> Result<Option<P::Table>, Error> {
        let key: Key<P::Table> = key.into_key();
        let mut found = None;
        let on = Target::of::<P::Table>();
        self.patch_row(on, key.columns, &key.params, changed(patch), &mut keep(&mut found)).await?;
        Ok(found)
    }

    /// Deletes the row of a key; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Violation`] where rows refer to it that keep it from going, and whatever else the database refuses.
    pub async fn delete<T: Writable>(&self, key: impl IntoKey<T>) -> Result<bool, Error> {
        let key: Key<T> = key.into_key();
        self.delete_row(Target::of::<T>(), key.columns, &key.params).await
    }
}

pub(crate) type Visit<'v> = &'v mut (dyn FnMut(Row<'_>) -> Result<bool, Error> + Send);

/// Reads the one row that is expected.
fn keep<T: FromRow + Send>(found: &mut Option<T>) -> impl FnMut(Row<'_>) -> Result<bool, Error> + Send {
    move |row| {
        *found = Some(T::from_row(&row)?);
        Ok(false)
    }
}

/// The values that an insert gives; columns that are left to the database are not among them.
pub(crate) fn given<N: NewRow>(new: &N) -> Values {
    writable(N::Table::RELATION)
        .zip(new.values())
        .filter(|(_, value)| !value.is_absent())
        .map(|(column, value)| settled((column, value.to_sql())))
        .collect()
}

/// The values that an update changes.
pub(crate) fn changed<P: Patch>(patch: &P) -> Values {
    writable(P::Table::RELATION)
        .zip(patch.values())
        .filter(|(_, value)| !value.is_absent())
        .map(|(column, value)| settled((column, value.to_sql())))
        .collect()
}

fn settled((column, param): (usize, Param)) -> (usize, Param) {
    (column, column_param(param))
}

/// Appends the placeholder of a value that is inserted. SQLite's have no numbers there: it looks for the name of every
/// `?1` among all of them, which takes seconds where there are some ten thousand.
pub(super) fn write_inserted(
    on: Target,
    dialect: Dialect,
    column: &Column,
    param: &Param,
    number: usize,
    out: &mut String,
) {
    match dialect {
        Dialect::Sqlite => column.write_parameter("?", out),
        _ => write_value(column, on.schema.dialect, dialect, param, number, out),
    }
}

/// A value for a column: the placeholder of that number, from 1, with the casts that the column and the engine need.
fn value(on: Target, dialect: Dialect, column: &Column, param: &Param, number: usize) -> Expr {
    let mut sql = String::new();
    write_value(column, on.schema.dialect, dialect, param, number, &mut sql);
    Expr::cust(sql)
}

/// The positions of the columns that can be written.
pub(super) fn writable(relation: &'static Relation) -> impl Iterator<Item = usize> {
    relation.columns.iter().enumerate().filter(|(_, column)| column.is_writable()).map(|(index, _)| index)
}

/// The columns that a change changes.
pub(super) fn columns_of(relation: &'static Relation, changes: &Values) -> Vec<&'static str> {
    changing(relation, changes.iter().map(|(column, _)| relation.columns[*column].name))
}

/// The values of a key after a change, which it may be part of.
fn after(relation: &Relation, key: &[&str], params: &[Param], changes: &Values) -> Vec<Param> {
    let change = |name: &str| changes.iter().find(|(column, _)| Some(*column) == relation.position(name));
    key.iter().zip(params).map(|(name, before)| change(name).map_or(before, |(_, param)| param).clone()).collect()
}

fn no_row(relation: &Relation) -> Error {
    Error::NoRow(format!("reading the row of {} that was written", relation.title()))
}

impl Session {
    pub(crate) async fn read_by_key(
        &self,
        on: Target,
        columns: &[&str],
        params: &[Param],
        visit: Visit<'_>,
    ) -> Result<(), Error> {
        let mut sql = on.relation.select_sql(self.dialect());
        sql.push_str(" WHERE ");
        self.write_key(on, columns, params, 1, &mut sql)?;
        self.visit(self.prepare(sql.into(), &params.iter().collect::<Vec<_>>())?, visit).await
    }

    /// Appends the condition that finds the row of a key.
    pub(crate) fn write_key(
        &self,
        on: Target,
        columns: &[&str],
        params: &[Param],
        first: usize,
        out: &mut String,
    ) -> Result<(), Error> {
        let dialect = self.dialect();
        for (index, (column, param)) in columns.iter().zip(params).enumerate() {
            out.push_str(if index > 0 { " AND " } else { "" });
            dialect.quote(column, out);
            out.push_str(" = ");
            let known = on.relation.column(column);
            let column = known.ok_or_else(|| Error::unsuitable(on.relation, format!("it has no column {column:?}")))?;
            write_value(column, on.schema.dialect, dialect, param, first + index, out);
        }
        Ok(())
    }

    fn bind(&self, draft: Draft<'_>) -> Result<Prepared, Error> {
        self.prepare(draft.sql.into(), &draft.params)
    }

    async fn send(&self, draft: Draft<'_>) -> Result<Done, Error> {
        self.run(self.bind(draft)?).await
    }

    /// Sends a statement whose rows come back by RETURNING.
    async fn send_returning(&self, relation: &Relation, mut draft: Draft<'_>, visit: Visit<'_>) -> Result<(), Error> {
        draft.sql.push_str(" RETURNING ");
        relation.write_columns(self.dialect(), &mut draft.sql);
        if relation.columns.is_empty() && self.dialect() == Dialect::Postgres {
            // Unlike SELECT, RETURNING wants something.
            draft.sql.push_str("NULL");
        }
        self.visit(self.bind(draft)?, visit).await
    }

    /// An INSERT of a row, with what is to be done where it is there already.
    pub(super) fn draft_insert<'a>(
        &self,
        on: Target,
        row: &'a Values,
        conflict: Option<OnConflict>,
    ) -> Result<Draft<'a>, Error> {
        let relation = on.relation;
        let dialect = self.dialect();
        if relation.columns.is_empty() && dialect == Dialect::Postgres {
            // sea-query gives the first column its default, and here is none.
            let mut sql = String::from("INSERT INTO ");
            relation.write_name(dialect, &mut sql);
            sql.push_str(" DEFAULT VALUES");
            return Ok(Draft { sql, params: Vec::new() });
        }
        let mut statement = InsertStatement::new();
        statement.into_table(table(relation));
        if row.is_empty() {
            statement.or_default_values();
        }
        statement.columns(row.iter().map(|(column, _)| iden(relation.columns[*column].name)));
        if !row.is_empty() {
            let values = row.iter().zip(1..).map(|((column, param), number)| {
                let mut sql = String::new();
                write_inserted(on, dialect, &relation.columns[*column], param, number, &mut sql);
                Expr::cust(sql)
            });
            statement.values(values).map_err(|error| Error::unsuitable(relation, error.to_string()))?;
        }
        if let Some(conflict) = conflict {
            statement.on_conflict(conflict);
        }
        Ok(Draft { sql: build!(dialect, statement), params: row.iter().map(|(_, param)| param).collect() })
    }

    /// Whether a write has to be made a transaction, so that cached rows are taken back with its commit.
    fn needs_transaction(&self, on: Target, happening: Option<Happening>) -> bool {
        !self.is_transaction() && self.invalidates(on, happening)
    }

    pub(crate) async fn insert_row(&self, on: Target, values: Values, visit: Visit<'_>) -> Result<(), Error> {
        if self.needs_transaction(on, None) {
            return self.transaction(async |tx| tx.insert_here(on, values, visit).await).await;
        }
        self.insert_here(on, values, visit).await
    }

    pub(super) async fn insert_here(&self, on: Target, values: Values, visit: Visit<'_>) -> Result<(), Error> {
        let mut visited = false;
        let mut visit = |row: Row<'_>| {
            visited = true;
            self.touch_row(on, &row);
            visit(row)
        };
        let draft = self.draft_insert(on, &values, None)?;
        let returns = self.returns_rows().await?;
        let unfinished = self.unfinished(on);
        if returns {
            let outcome = self.send_returning(on.relation, draft, &mut visit).await;
            unfinished.finish();
            return self.explained(on, outcome, &[], &values).await;
        }
        let outcome = self.send(draft).await;
        if outcome.is_err() {
            unfinished.finish();
            return self.explained(on, outcome, &[], &values).await.map(|_| ());
        }
        let read = self.read_inserted(on, &values, outcome?, &mut visit).await;
        if visited {
            unfinished.finish();
        }
        read
    }

    /// Whether an INSERT can return rows: all but Oracle's MySQL can.
    pub(super) async fn returns_rows(&self) -> Result<bool, Error> {
        if self.dialect() != Dialect::Mysql {
            return Ok(true);
        }
        let mariadb = self.shared().mariadb.get_or_try_init(|| async {
            let version: String = self.query("SELECT VERSION()").fetch_one().await?;
            Ok::<_, Error>(version.contains("MariaDB"))
        });
        mariadb.await.copied()
    }

    /// Reads the row that was inserted where the engine does not return it.
    async fn read_inserted(&self, on: Target, values: &Values, done: Done, visit: Visit<'_>) -> Result<(), Error> {
        let relation = on.relation;
        let mut params = Vec::new();
        for name in relation.primary_key {
            let index = relation.position(name);
            let given = values.iter().find(|(column, _)| Some(*column) == index).map(|(_, param)| param.clone());
            let numbered = || {
                let column = relation.column(name)?;
                let id = done.last_insert_id.filter(|_| column.identity == Some(Identity::ByDefault))?;
                Some(if column.sql_type.contains("unsigned") {
                    Param::BigUnsigned(id.cast_unsigned())
                } else {
                    Param::BigInt(id)
                })
            };
            params.push(given.or_else(numbered).ok_or_else(|| {
                Error::unsuitable(
                    relation,
                    format!("the database made up {name:?} of the primary key and does not tell it: give it"),
                )
            })?);
        }
        self.read_by_key(on, relation.primary_key, &params, visit).await
    }

    async fn upsert_row(
        &self,
        on: Target,
        key: &'static [&'static str],
        values: Values,
        visit: Visit<'_>,
    ) -> Result<(), Error> {
        let relation = on.relation;
        let mut params = Vec::with_capacity(key.len());
        for name in key {
            let index = relation.position(name);
            let given = values.iter().find(|(column, _)| Some(*column) == index);
            let (_, param) =
                given.ok_or_else(|| Error::unsuitable(relation, format!("{name:?} of the key is not given")))?;
            params.push(param.clone());
        }
        // The row that is there keeps its primary key, whichever key told it.
        let is_key = |column: usize| {
            let name = relation.columns[column].name;
            key.contains(&name) || relation.primary_key.contains(&name)
        };
        let changes: Values = values.iter().filter(|(column, _)| !is_key(*column)).cloned().collect();
        if self.needs_transaction(on, Some(Happening::Update)) {
            return self.transaction(async |tx| tx.upsert_here(on, key, params, values, changes, visit).await).await;
        }
        self.upsert_here(on, key, params, values, changes, visit).await
    }

    async fn upsert_here(
        &self,
        on: Target,
        key: &'static [&'static str],
        params: Vec<Param>,
        values: Values,
        changes: Values,
        visit: Visit<'_>,
    ) -> Result<(), Error> {
        let relation = on.relation;
        if self.dialect() == Dialect::Mysql {
            return self.upsert_in_steps(on, key, params, values, changes, visit).await;
        }
        let followed = self.touch_before(on, key, &params, &changes).await?;
        let mut visit = |row: Row<'_>| {
            self.touch_row(on, &row);
            visit(row)
        };
        let mut conflict = OnConflict::columns(key.iter().map(|name| iden(name)));
        if changes.is_empty() {
            // Nothing changes, but the row comes back.
            conflict.update_columns(key.iter().map(|name| iden(name)));
        } else {
            conflict.update_columns(changes.iter().map(|(column, _)| iden(relation.columns[*column].name)));
        }
        let draft = self.draft_insert(on, &values, Some(conflict))?;
        let unfinished = self.unfinished(on);
        let outcome = self.send_returning(relation, draft, &mut visit).await;
        if outcome.is_ok() && followed {
            self.touch_after(on, key, &params, &changes).await?;
        }
        unfinished.finish();
        self.explained(on, outcome, &[], &values).await
    }

    /// MySQL's `ON DUPLICATE KEY UPDATE` takes any key for the one that is meant, and would change another row. So the row
    /// is updated if it is there, and inserted if it is not; if somebody else inserts it in between, it is there.
    async fn upsert_in_steps(
        &self,
        on: Target,
        key: &'static [&'static str],
        params: Vec<Param>,
        values: Values,
        changes: Values,
        visit: Visit<'_>,
    ) -> Result<(), Error> {
        self.transaction(async |tx| {
            for attempt in 0..2 {
                let mut found = false;
                let mut see = |row: Row<'_>| {
                    found = true;
                    visit(row)
                };
                tx.patch_here(on, key, &params, changes.clone(), &mut see).await?;
                if found {
                    return Ok(());
                }
                let inserted: Result<(), Error> =
                    tx.transaction(async |tx| tx.insert_here(on, values.clone(), visit).await).await;
                match inserted {
                    Err(Error::Violation(violation)) if attempt == 0 && violation.is_key(key) => {}
                    outcome => return outcome,
                }
            }
            Ok(())
        })
        .await
    }

    pub(crate) async fn patch_row(
        &self,
        on: Target,
        key: &[&str],
        params: &[Param],
        changes: Values,
        visit: Visit<'_>,
    ) -> Result<(), Error> {
        if changes.is_empty() {
            return self.read_by_key(on, key, params, visit).await;
        }
        // MySQL does not return the row: what is read after the update has to be what the update has made of it.
        let reads_again = self.dialect() == Dialect::Mysql && !self.is_transaction();
        if reads_again || self.needs_transaction(on, Some(Happening::Update)) {
            return self.transaction(async |tx| tx.patch_here(on, key, params, changes, visit).await).await;
        }
        self.patch_here(on, key, params, changes, visit).await
    }

    async fn patch_here(
        &self,
        on: Target,
        key: &[&str],
        params: &[Param],
        changes: Values,
        visit: Visit<'_>,
    ) -> Result<(), Error> {
        let relation = on.relation;
        let followed = self.touch_before(on, key, params, &changes).await?;
        let mut visited = false;
        let mut visit = |row: Row<'_>| {
            visited = true;
            self.touch_row(on, &row);
            visit(row)
        };
        if changes.is_empty() {
            return self.read_by_key(on, key, params, &mut visit).await;
        }
        let dialect = self.dialect();
        let mut statement = UpdateStatement::new();
        statement.table(table(relation));
        for (index, (column, param)) in changes.iter().enumerate() {
            let column = &relation.columns[*column];
            statement.value(iden(column.name), value(on, dialect, column, param, index + 1));
        }
        let mut sql = build!(dialect, statement);
        sql.push_str(" WHERE ");
        self.write_key(on, key, params, changes.len() + 1, &mut sql)?;
        let draft = Draft { sql, params: changes.iter().map(|(_, param)| param).chain(params).collect() };
        // A virtual table of SQLite's returns nothing.
        let returns = dialect != Dialect::Mysql && relation.kind != RelationKind::VirtualTable;
        let found: Vec<(&str, &Param)> = key.iter().copied().zip(params).collect();
        let after = after(relation, key, params, &changes);
        let unfinished = self.unfinished(on);
        if returns {
            let outcome = self.send_returning(relation, draft, &mut visit).await;
            if outcome.is_ok() && followed {
                self.touch_after(on, key, &after, &changes).await?;
            }
            unfinished.finish();
            return self.explained(on, outcome, &found, &changes).await;
        }
        let outcome = self.send(draft).await;
        if outcome.as_ref().map_or(true, |done| done.rows_affected == 0) {
            unfinished.finish();
            return self.explained(on, outcome, &found, &changes).await.map(|_| ());
        }
        self.read_by_key(on, key, &after, &mut visit).await?;
        if !visited {
            // The database has made another value of what was given, such as by rounding it.
            return Err(no_row(relation));
        }
        if followed {
            self.touch_after(on, key, &after, &changes).await?;
        }
        unfinished.finish();
        Ok(())
    }

    /// Takes note of the row of a key as it is, if a change takes it from under one of its keys, and of those that follow
    /// it. Says whether any may follow it.
    async fn touch_before(&self, on: Target, key: &[&str], params: &[Param], changes: &Values) -> Result<bool, Error> {
        if changes.is_empty() || !self.invalidates(on, Some(Happening::Update)) {
            return Ok(false);
        }
        let changed = columns_of(on.relation, changes);
        let followed = followers(on.schema, on.relation, Happening::Update)
            .any(|(_, foreign_key)| meet(foreign_key.referenced_columns, &changed));
        if !followed && !on.relation.cache_keys.iter().any(|index| meet(index.columns, &changed)) {
            // The row keeps all its keys, and they are taken from it when it comes back.
            return Ok(false);
        }
        let mut condition = String::new();
        self.write_key(on, key, params, 1, &mut condition)?;
        self.touch_found(on, &condition, params, &mut BTreeSet::new()).await?;
        if followed {
            self.touch_followers(on, Happening::Update, changed, &condition, params).await?;
        }
        Ok(followed)
    }

    /// Takes note of the rows that have followed a change: they may have been cached as missing where they are now.
    async fn touch_after(&self, on: Target, key: &[&str], params: &[Param], changes: &Values) -> Result<(), Error> {
        let mut condition = String::new();
        self.write_key(on, key, params, 1, &mut condition)?;
        let changed = columns_of(on.relation, changes);
        self.touch_followers(on, Happening::Update, changed, &condition, params).await
    }

    async fn delete_row(&self, on: Target, key: &[&str], params: &[Param]) -> Result<bool, Error> {
        if self.needs_transaction(on, Some(Happening::Delete)) {
            return self.transaction(async |tx| tx.delete_here(on, key, params).await).await;
        }
        self.delete_here(on, key, params).await
    }

    async fn delete_here(&self, on: Target, key: &[&str], params: &[Param]) -> Result<bool, Error> {
        if self.invalidates(on, Some(Happening::Delete)) {
            let mut condition = String::new();
            self.write_key(on, key, params, 1, &mut condition)?;
            if self.touch_found(on, &condition, params, &mut BTreeSet::new()).await? == 0 {
                return Ok(false);
            }
            self.touch_followers(on, Happening::Delete, Vec::new(), &condition, params).await?;
        }
        let mut statement = DeleteStatement::new();
        statement.from_table(table(on.relation));
        let mut sql = build!(self.dialect(), statement);
        sql.push_str(" WHERE ");
        self.write_key(on, key, params, 1, &mut sql)?;
        let outcome = self.send(Draft { sql, params: params.iter().collect() }).await;
        let found: Vec<(&str, &Param)> = key.iter().copied().zip(params).collect();
        Ok(self.explained(on, outcome, &found, &Vec::new()).await?.rows_affected > 0)
    }
}
