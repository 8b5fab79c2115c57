//! Updates and deletions of all rows that a condition finds.

use std::collections::BTreeSet;

use super::error::Error;
use super::expression::write_value;
use super::invalidation::{Happening, followers, meet, write_key_columns};
use super::operate::{Target, Values, changed, columns_of};
use super::select::{Condition, Plan, Wanted};
use super::session::Session;
use crate::param::Param;
use crate::row::Row;
use crate::table::{Dialect, Patch, RelationKind, Writable};

/// What stands behind WHERE, and its parameters, which are numbered from 1.
struct Where {
    sql: String,
    params: Vec<Param>,
}

impl Session {
    /// Changes all rows that a condition finds, in any table, also one without a primary key; says how many there were.
    ///
    /// # Errors
    /// [`Error::Violation`] where a constraint does not hold, and whatever else the database refuses.
    /// [`Error::Unsuitable`] where rows are cached and the patch changes a key of theirs, and the engine does not return
    /// the rows that it changes (MySQL), or others follow them by it: change such rows by their keys.
    /// [`Error::Serialization`] where rows are cached, and others made rows in between that the condition finds.
    pub async fn update_where<P: Patch>(&self, condition: Condition<P::Table>, patch: &P) -> Result<u64, Error> {
        let found = self.condition(condition)?;
        self.update_found(Target::of::<P::Table>(), &found, changed(patch)).await
    }

    /// Deletes all rows that a condition finds, in any table, also one without a primary key; says how many there were.
    ///
    /// # Errors
    /// [`Error::Violation`] where rows refer to them that keep them from going, and whatever else the database refuses.
    /// [`Error::Serialization`] where rows are cached, and others made rows in between that the condition finds.
    pub async fn delete_where<T: Writable>(&self, condition: Condition<T>) -> Result<u64, Error> {
        let found = self.condition(condition)?;
        self.delete_found(Target::of::<T>(), &found).await
    }

    /// A condition as it stands behind WHERE. A SELECT with it is the same as one without it up to there.
    fn condition<T: Writable>(&self, condition: Condition<T>) -> Result<Where, Error> {
        let templates = &self.shared().templates;
        let all = Plan::new(T::RELATION, T::schema().dialect);
        let before = all.build(Wanted::Count, templates)?.sql;
        let built = Plan { filter: condition.into_node(), ..all }.build(Wanted::Count, templates)?;
        let sql = built.sql[before.len()..].strip_prefix(" WHERE ").unwrap_or("1 = 1").to_owned();
        Ok(Where { sql, params: built.params })
    }

    async fn update_found(&self, on: Target, found: &Where, changes: Values) -> Result<u64, Error> {
        if changes.is_empty() {
            return Ok(0);
        }
        if !self.is_transaction() && self.invalidates(on, Some(Happening::Update)) {
            return self.transaction(async |tx| tx.update_here(on, found, changes).await).await;
        }
        self.update_here(on, found, changes).await
    }

    async fn update_here(&self, on: Target, found: &Where, changes: Values) -> Result<u64, Error> {
        let dialect = self.dialect();
        let invalidates = self.invalidates(on, Some(Happening::Update));
        let mut known = u64::MAX;
        if invalidates {
            let changing = columns_of(on.relation, &changes);
            let moves = on.relation.cache_keys.iter().any(|index| meet(index.columns, &changing));
            if moves && dialect == Dialect::Mysql {
                let why = "a key changes under which rows are cached, and the engine does not return the rows";
                return Err(by_key(on, why));
            }
            let mut followers = followers(on.schema, on.relation, Happening::Update);
            if followers.any(|(_, foreign_key)| meet(foreign_key.referenced_columns, &changing)) {
                return Err(by_key(on, "rows may be cached that follow these by foreign keys"));
            }
            known = self.touch_found(on, &found.sql, &found.params, &mut BTreeSet::new()).await?;
        }
        // Where placeholders have no numbers, parameters come in the order of the text.
        let first = if dialect == Dialect::Mysql { 1 } else { found.params.len() + 1 };
        let mut sql = String::from("UPDATE ");
        on.relation.write_name(dialect, &mut sql);
        sql.push_str(" SET ");
        for (index, (column, param)) in changes.iter().enumerate() {
            let column = &on.relation.columns[*column];
            sql.push_str(if index > 0 { ", " } else { "" });
            dialect.quote(column.name, &mut sql);
            sql.push_str(" = ");
            write_value(column, on.schema.dialect, dialect, param, first + index, &mut sql);
        }
        sql.push_str(" WHERE ");
        sql.push_str(&found.sql);
        let changed = changes.iter().map(|(_, param)| param);
        let params: Vec<&Param> = match dialect {
            Dialect::Mysql => changed.chain(&found.params).collect(),
            _ => found.params.iter().chain(changed).collect(),
        };
        let unfinished = self.unfinished(on);
        // A virtual table of SQLite's returns nothing.
        let returns = dialect != Dialect::Mysql && on.relation.kind != RelationKind::VirtualTable;
        let outcome = if invalidates && returns {
            sql.push_str(" RETURNING ");
            write_key_columns(on.relation, dialect, &mut sql);
            let mut count = 0;
            let mut visit = |row: Row<'_>| {
                count += 1;
                self.touch_row(on, &row);
                Ok(true)
            };
            let outcome = self.visit(self.prepare(sql.into(), &params)?, &mut visit).await;
            outcome.map(|()| count)
        } else {
            self.run(self.prepare(sql.into(), &params)?).await.map(|done| done.rows_affected)
        };
        unfinished.finish();
        let outcome = outcome.and_then(|count| self.only_known(count, known));
        self.explained(on, outcome, &[], &changes).await
    }

    /// Other programs may have made rows between the look at those that a condition finds and the statement that writes to
    /// them. Under which keys they are cached, and what follows them, is not known.
    fn only_known(&self, count: u64, known: u64) -> Result<u64, Error> {
        if count <= known {
            return Ok(count);
        }
        let error = Error::Serialization("rows came in between that the condition finds".to_owned());
        if let Some((held, _)) = self.held() {
            held.note(&error);
        }
        Err(error)
    }

    async fn delete_found(&self, on: Target, found: &Where) -> Result<u64, Error> {
        if !self.is_transaction() && self.invalidates(on, Some(Happening::Delete)) {
            return self.transaction(async |tx| tx.delete_found_here(on, found).await).await;
        }
        self.delete_found_here(on, found).await
    }

    async fn delete_found_here(&self, on: Target, found: &Where) -> Result<u64, Error> {
        let mut known = u64::MAX;
        if self.invalidates(on, Some(Happening::Delete)) {
            known = self.touch_found(on, &found.sql, &found.params, &mut BTreeSet::new()).await?;
            self.touch_followers(on, Happening::Delete, Vec::new(), &found.sql, &found.params).await?;
        }
        let mut sql = String::from("DELETE FROM ");
        on.relation.write_name(self.dialect(), &mut sql);
        sql.push_str(" WHERE ");
        sql.push_str(&found.sql);
        let outcome = self.run(self.prepare(sql.into(), &found.params.iter().collect::<Vec<_>>())?).await;
        let done = self.explained(on, outcome, &[], &Vec::new()).await?;
        self.only_known(done.rows_affected, known)
    }
}

fn by_key(on: Target, why: &str) -> Error {
    Error::unsuitable(on.relation, format!("{why}: change the rows by their keys"))
}
