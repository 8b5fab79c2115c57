//! Which cached rows a write makes stale: by every key of the rows as they were and as they will be, and of the rows that
//! follow them by foreign keys.
//!
//! The keys are taken from rows that are read in the transaction itself, before and after the write, so that they are what
//! the database has, and not what somebody believes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::error::Error;
use super::operate::Target;
use super::session::Session;
use super::transaction::Held;
use crate::cache::{KeyPattern, TableWrite};
use crate::key::{CacheKey, before_layout};
use crate::param::Param;
use crate::row::Row;
use crate::table::{CacheIndex, Column, Dialect, ForeignKey, ReferentialAction, Relation, Schema};
use crate::value::Value;

/// The rows that a transaction has changed, by the keys under which they may be cached.
#[derive(Default)]
pub(crate) struct Touched(Mutex<BTreeMap<String, Table>>);

struct Table {
    relation: &'static Relation,
    /// What follows the layout in the keys, from its colon on.
    keys: BTreeSet<String>,
}

impl Touched {
    pub(super) fn add(&self, prefix: &str, relation: &'static Relation, keys: impl IntoIterator<Item = String>) {
        let before = before_layout(prefix, relation);
        let length = before.len() + relation.layout.len();
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let table = tables.entry(before).or_insert_with(|| Table { relation, keys: BTreeSet::new() });
        table.keys.extend(keys.into_iter().map(|key| key[length..].to_owned()));
    }

    /// What the cache is told.
    pub(super) fn writes(&self) -> Vec<TableWrite> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables
            .iter()
            .map(|(before, table)| TableWrite {
                registry: registry(before),
                layouts: std::iter::once(&table.relation.layout)
                    .chain(table.relation.previous_layouts)
                    .map(|&layout| layout.to_owned())
                    .collect(),
                keys: table.keys.iter().map(|after| KeyPattern::new(before.as_str(), after.as_str())).collect(),
            })
            .collect()
    }
}

/// The key under which processes tell which layouts of a table they use.
pub(super) fn registry(before_layout: &str) -> String {
    format!("{before_layout}layouts")
}

/// The keys under which a row is cached, in the order of the relation's cache keys. A value that its Rust type does not
/// hold makes no key: nobody can ask for the row by it.
pub(super) fn keys_of(prefix: &str, relation: &Relation, row: &Row<'_>) -> Vec<Option<String>> {
    keys_of_values(prefix, relation, &mut |column| Ok(row.value(column)?))
}

/// As [`keys_of`], where the values of columns come from elsewhere.
pub(super) fn keys_of_values<'r>(prefix: &str, relation: &Relation, value: ValueOf<'_, 'r>) -> Vec<Option<String>> {
    relation.cache_keys.iter().map(|index| key_of(prefix, relation, index, value)).collect()
}

/// Gives the value of a column, absent for NULL.
type ValueOf<'f, 'r> = &'f mut dyn FnMut(&str) -> Result<Option<Value<'r>>, Error>;

fn key_of(prefix: &str, relation: &Relation, index: &CacheIndex, value: ValueOf<'_, '_>) -> Option<String> {
    let values = index.columns.iter().map(|column| value(column)).collect::<Result<Vec<_>, _>>().ok()?;
    let key = CacheKey::of(prefix, relation, index.name);
    (index.text)(key, &values).ok().map(CacheKey::finish)
}

/// A key without the blanks at the end of its values, if it has any.
fn without_padding(key: &str) -> Option<String> {
    const BLANK: &str = "%20";
    let unpadded = || key.split(':').map(|part| part.trim_end_matches(BLANK)).collect::<Vec<_>>().join(":");
    (key.ends_with(BLANK) || key.contains("%20:")).then(unpadded)
}

/// What happens to the rows that others refer to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    /// They are deleted.
    Delete,
    /// Their keys change.
    Update,
}

impl Happening {
    fn action(self, foreign_key: &ForeignKey) -> ReferentialAction {
        match self {
            Self::Delete => foreign_key.on_delete,
            Self::Update => foreign_key.on_update,
        }
    }
}

/// The foreign keys by which rows follow those of a relation.
pub(super) fn followers(
    schema: &'static Schema,
    relation: &'static Relation,
    happening: Happening,
) -> impl Iterator<Item = (&'static Relation, &'static ForeignKey)> {
    let children = schema.relations.iter().flat_map(|child| child.foreign_keys.iter().map(move |key| (*child, key)));
    children.filter(move |(_, foreign_key)| {
        foreign_key.references == (relation.schema, relation.name)
            && happening.action(foreign_key) != ReferentialAction::Refuse
    })
}

/// Rows of a relation to which something happens, by the condition that finds them.
struct Found {
    relation: &'static Relation,
    condition: String,
    happening: Happening,
    /// The columns that change, where the rows are not deleted.
    changed: Vec<&'static str>,
    depth: usize,
}

/// Foreign keys that follow each other deeper than this are not followed: the condition grows with every step, and SQLite
/// takes no expressions of more than a thousand levels, of which every step has some twenty.
const DEEPEST: usize = 40;

/// The columns that change when some do: the generated ones may depend on any of them.
pub(super) fn changing(
    relation: &'static Relation,
    columns: impl IntoIterator<Item = &'static str>,
) -> Vec<&'static str> {
    let generated = relation.columns.iter().filter(|column| column.generated).map(|column| column.name);
    columns.into_iter().chain(generated).collect()
}

pub(super) fn meet(columns: &[&str], others: &[&str]) -> bool {
    columns.iter().any(|column| others.contains(column))
}

/// A write after which keys are still to be noted. Where it is dropped before that, because nobody waits for the write any
/// more, it may have taken effect all the same: the transaction, or the savepoint, can only be rolled back then.
#[must_use]
pub(super) struct Unfinished<'a>(Option<&'a Held>);

impl Unfinished<'_> {
    pub(super) fn finish(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(held) = self.0 {
            held.fail("a write was given up before it was known which cached rows it makes stale");
        }
    }
}

impl Session {
    /// Begins a write whose keys are noted after it.
    pub(super) fn unfinished(&self, on: Target) -> Unfinished<'_> {
        let held = self.held().filter(|_| self.invalidates(on, Some(Happening::Update)));
        Unfinished(held.map(|(held, _)| &**held))
    }

    /// Whether cached rows may become stale by a write to a relation, so that it has to be part of a transaction.
    pub(super) fn invalidates(&self, on: Target, happening: Option<Happening>) -> bool {
        self.cache().is_some()
            && (!on.relation.cache_keys.is_empty()
                || happening.is_some_and(|happening| followers(on.schema, on.relation, happening).next().is_some()))
    }

    /// Takes note of a row that is written in this transaction.
    pub(super) fn touch_row(&self, on: Target, row: &Row<'_>) {
        self.touch_keys(on, keys_of(on.schema.cache_prefix, on.relation, row).into_iter().flatten());
    }

    /// Takes note of keys under which a row, or that there is none, may be cached.
    pub(super) fn touch_keys(&self, on: Target, keys: impl IntoIterator<Item = String>) {
        if let (Some(_), Some((held, _))) = (self.cache(), self.held()) {
            let keys: Vec<String> = keys.into_iter().collect();
            // To MySQL, a text is the same without the blanks at its end, and readers ask for it so.
            if self.dialect() == Dialect::Mysql {
                held.touched.add(
                    on.schema.cache_prefix,
                    on.relation,
                    keys.iter().filter_map(|key| without_padding(key)),
                );
            }
            held.touched.add(on.schema.cache_prefix, on.relation, keys);
        }
    }

    /// Takes note of the rows that a condition finds, and keeps others from changing them until the end of the transaction.
    /// Says how many there are that have not been `seen` before, and enters them there.
    pub(super) async fn touch_found(
        &self,
        on: Target,
        condition: &str,
        params: &[Param],
        seen: &mut BTreeSet<String>,
    ) -> Result<u64, Error> {
        let dialect = self.dialect();
        let mut sql = String::from("SELECT ");
        write_key_columns(on.relation, dialect, &mut sql);
        sql.push_str(" FROM ");
        on.relation.write_name(dialect, &mut sql);
        sql.push_str(" WHERE ");
        sql.push_str(condition);
        // A transaction of SQLite's that writes is alone from its beginning.
        if dialect != Dialect::Sqlite {
            sql.push_str(" FOR UPDATE");
        }
        let statement = self.prepare(sql.into(), &params.iter().collect::<Vec<_>>())?;
        let mut found = 0;
        self.visit(statement, &mut |row| {
            let mut keys = keys_of(on.schema.cache_prefix, on.relation, &row).into_iter();
            // Rows without a primary key cannot be told apart.
            let primary = keys.next().flatten();
            found += u64::from(primary.as_ref().is_none_or(|key| seen.insert(key.clone())));
            self.touch_keys(on, primary.into_iter().chain(keys.flatten()));
            Ok(true)
        })
        .await?;
        Ok(found)
    }

    /// Takes note of the rows that follow others by foreign keys, when those are deleted or some of their columns change.
    pub(super) async fn touch_followers(
        &self,
        on: Target,
        happening: Happening,
        changed: Vec<&'static str>,
        condition: &str,
        params: &[Param],
    ) -> Result<(), Error> {
        let dialect = self.dialect();
        let mut seen = BTreeSet::new();
        let mut next =
            vec![Found { relation: on.relation, condition: condition.to_owned(), happening, changed, depth: 0 }];
        while let Some(parent) = next.pop() {
            if parent.depth > DEEPEST {
                return Err(Error::unsuitable(
                    on.relation,
                    format!(
                        "more than {DEEPEST} rows follow each other by foreign keys, and all may be cached: write them \
                         from the innermost on"
                    ),
                ));
            }
            for (child, foreign_key) in followers(on.schema, parent.relation, parent.happening) {
                if parent.happening == Happening::Update && !meet(foreign_key.referenced_columns, &parent.changed) {
                    continue;
                }
                let condition = following(&parent, foreign_key, dialect);
                let child_of = Target { schema: on.schema, relation: child };
                if self.touch_found(child_of, &condition, params, &mut seen).await? == 0 {
                    continue;
                }
                let action = parent.happening.action(foreign_key);
                if action == ReferentialAction::Reset {
                    refuse_defaults(child, foreign_key)?;
                }
                // What is not deleted changes in the columns of the foreign key, and others may refer to these.
                let deleted = (parent.happening, action) == (Happening::Delete, ReferentialAction::Cascade);
                let happening = if deleted { Happening::Delete } else { Happening::Update };
                let changed = changing(child, foreign_key.columns.iter().copied());
                next.push(Found { relation: child, condition, happening, changed, depth: parent.depth + 1 });
            }
        }
        Ok(())
    }
}

/// The condition that finds the rows that refer to others.
fn following(parent: &Found, foreign_key: &ForeignKey, dialect: Dialect) -> String {
    let mut condition = String::new();
    write_list(foreign_key.columns, dialect, &mut condition);
    condition.push_str(" IN (SELECT ");
    write_names(foreign_key.referenced_columns, dialect, &mut condition);
    condition.push_str(" FROM ");
    parent.relation.write_name(dialect, &mut condition);
    condition.push_str(" WHERE ");
    condition.push_str(&parent.condition);
    // Without it, MySQL takes these from the snapshot of the transaction, which rows may be missing from.
    condition.push_str(if dialect == Dialect::Mysql { " FOR UPDATE)" } else { ")" });
    condition
}

/// Rows whose columns become NULL keep all keys that they are cached under, which have no columns that can be NULL. Rows
/// whose columns get their defaults may get another key, which nobody here knows.
fn refuse_defaults(relation: &Relation, foreign_key: &ForeignKey) -> Result<(), Error> {
    let is_fixed = |name: &str| relation.column(name).is_some_and(|column| !column.nullable);
    let resets_keys = relation.cache_keys.iter().any(|index| meet(index.columns, foreign_key.columns));
    if resets_keys && foreign_key.columns.iter().any(|name| is_fixed(name)) {
        let why =
            format!("a row of it would get a key by default through {:?}: change that row first", foreign_key.name);
        return Err(Error::unsuitable(relation, why));
    }
    Ok(())
}

/// The columns that cache keys are made of, in the order of the relation.
pub(super) fn key_columns(relation: &Relation) -> impl Iterator<Item = &'static Column> {
    let indexes = relation.cache_keys;
    let named = move |column: &&Column| indexes.iter().any(|index| index.columns.contains(&column.name));
    relation.columns.iter().filter(named)
}

/// Appends the columns that cache keys are made of, as they are read.
pub(super) fn write_key_columns(relation: &Relation, dialect: Dialect, out: &mut String) {
    let mut columns = key_columns(relation).peekable();
    if columns.peek().is_none() {
        out.push('1');
    }
    for (index, column) in columns.enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        column.write_read(dialect, out);
    }
}

fn write_names(names: &[&str], dialect: Dialect, out: &mut String) {
    for (index, name) in names.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        dialect.quote(name, out);
    }
}

/// Appends one name, or several as a row.
fn write_list(names: &[&str], dialect: Dialect, out: &mut String) {
    let several = names.len() > 1;
    out.push_str(if several { "(" } else { "" });
    write_names(names, dialect, out);
    out.push_str(if several { ")" } else { "" });
}
