//! Rows that are read through a cache.

use std::collections::BTreeSet;

use chrono::Timelike;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::invalidation::{keys_of, registry};
use super::operate::Target;
use super::session::Session;
use crate::cache::{Cache, Filled, Request, Value};
use crate::key::before_layout;
use crate::lookup::{IntoKey, Key};
use crate::param::Param;
use crate::row::Row;
use crate::table::{Dialect, Keyed, Writable};

/// Models whose rows can be cached: those of tables with a primary key.
///
/// A row is cached in its JSON form, under the keys of the generated layout. A key that no text stands for (see
/// [`Key::cache_key`]) is looked up in the database every time.
///
/// What the runtime cannot see has to be told it by [`Session::touch`]: rows that are written by statements in SQL, by
/// triggers, or through foreign keys of tables that are left out of the generated crate. Connections must not read what is
/// not committed, as at MySQL's level `READ UNCOMMITTED`.
pub trait Cached: Keyed + Serialize + DeserializeOwned {
    /// The row of a key, from the cache, or from the database, whose answer the cache then keeps.
    ///
    /// What is written through a [`Database::with_cache`](crate::Database::with_cache) is never read as it was before.
    /// Inside of a transaction the cache is not asked, since the transaction has a view of its own.
    ///
    /// # Errors
    /// Where the database refuses the statement, or the row cannot be read. The cache has no errors for readers: where it
    /// fails, the database answers.
    fn cached(
        cache: &Cache,
        session: &Session,
        key: impl IntoKey<Self> + Send,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send {
        let key = key.into_key();
        async move { if session.is_transaction() { session.find(key).await } else { read(cache, session, key).await } }
    }
}

impl<T: Keyed + Serialize + DeserializeOwned> Cached for T {}

impl Session {
    /// The row of a key, from the cache that the database was given by
    /// [`Database::with_cache`](crate::Database::with_cache); from the database if it was given none. See [`Cached`].
    ///
    /// # Errors
    /// As [`Cached::cached`].
    pub async fn cached<T: Cached>(&self, key: impl IntoKey<T>) -> Result<Option<T>, Error> {
        let key = key.into_key();
        match self.cache() {
            Some(cache) if !self.is_transaction() => read(cache, self, key).await,
            _ => self.find(key).await,
        }
    }

    /// Says that a row was written, or will be in this transaction, by a statement in SQL, which the runtime does not
    /// look into. Its cached copy is taken back with the commit; outside of a transaction, at once.
    ///
    /// In a transaction, call it before the statement for the row as it is, and after it if it has changed a key.
    ///
    /// # Errors
    /// Where the database or the cache cannot be told.
    pub async fn touch<T: Writable>(&self, key: impl IntoKey<T>) -> Result<(), Error> {
        let key: Key<T> = key.into_key();
        if self.cache().is_none() || T::RELATION.cache_keys.is_empty() {
            return Ok(());
        }
        if self.is_transaction() {
            return self.touch_by_key(&key).await;
        }
        self.transaction(async |tx| tx.touch_by_key(&key).await).await
    }

    async fn touch_by_key<T: Writable>(&self, key: &Key<T>) -> Result<(), Error> {
        let on = Target::of::<T>();
        self.touch_keys(on, key.cache_key());
        let mut condition = String::new();
        self.write_key(on, key.columns, &key.params, 1, &mut condition)?;
        self.touch_found(on, &condition, &key.params, &mut BTreeSet::new()).await.map(|_| ())
    }
}

/// Reads through a cache.
async fn read<T: Cached>(cache: &Cache, session: &Session, key: Key<T>) -> Result<Option<T>, Error> {
    let Some(text) = key.cache_key().filter(|_| is_exact(session.dialect(), T::schema().dialect, &key.params)) else {
        return session.find(key).await;
    };
    let registry = registry(&before_layout(T::schema().cache_prefix, T::RELATION));
    let request = Request::new(&text, &registry, T::RELATION.layout);
    // Who has read the row itself needs it not from its JSON form.
    let mut own = None;
    match cache.read(&request, || fill(session, &key, &mut own)).await {
        Ok(None) => Ok(None),
        // No row of this layout: somebody else has written there, or its type reads not what it writes.
        Ok(Some(value)) if own.is_none() => match decode(&value) {
            Ok(row) => Ok(Some(row)),
            Err(_) => match cache.read(&request.discarding(), || fill(session, &key, &mut own)).await {
                Ok(_) if own.is_some() => Ok(own),
                Ok(Some(value)) => match decode(&value) {
                    Ok(row) => Ok(Some(row)),
                    Err(_) => session.find(key).await,
                },
                Ok(None) => Ok(None),
                Err(unfilled) => unfilled.settle(own),
            },
        },
        Ok(Some(_)) => Ok(own),
        Err(unfilled) => unfilled.settle(own),
    }
}

fn decode<T: Cached>(value: &Value) -> Result<T, serde_json::Error> {
    serde_json::from_slice(value)
}

/// Whether rows with equal values have the same key text. Else a writer would not know every key under which somebody has
/// cached that there is no such row.
fn is_exact(dialect: Dialect, generated: Dialect, params: &[Param]) -> bool {
    // The engines keep microseconds, and the drivers leave out what is beyond.
    let whole = |nanoseconds: u32| nanoseconds.is_multiple_of(1000);
    params.iter().all(|param| match param {
        Param::Time(time) => whole(time.nanosecond()),
        Param::Timestamp(time) => whole(time.nanosecond()),
        Param::Instant(time) => whole(time.nanosecond()),
        // Most collations of MySQL's take no notice of blanks at the end, the binary ones among them; and of upper and lower
        // case, which code that was generated from another engine knows nothing of.
        Param::Text(text) if dialect == Dialect::Mysql => generated == Dialect::Mysql && !text.ends_with(' '),
        _ => true,
    })
}

/// Why a read of the database gives the cache nothing to keep.
enum Unfilled {
    /// The database failed.
    Failed(Error),
    /// The row has no JSON form, or no text that stands for its key. The reader has it all the same.
    NotKept,
}

impl Unfilled {
    fn settle<T>(self, own: Option<T>) -> Result<Option<T>, Error> {
        match self {
            Self::Failed(error) => Err(error),
            Self::NotKept => Ok(own),
        }
    }
}

/// Reads the row for the cache, with all keys that it answers to.
async fn fill<T: Cached>(session: &Session, key: &Key<T>, own: &mut Option<T>) -> Result<Filled, Unfilled> {
    let mut filled = Ok(Filled::Absent);
    let mut visit = |row: Row<'_>| {
        let model = T::from_row(&row)?;
        let keys: Option<Vec<String>> = keys_of(T::schema().cache_prefix, T::RELATION, &row).into_iter().collect();
        let mut keys = keys.unwrap_or_default().into_iter();
        filled = match (keys.next(), serde_json::to_vec(&model)) {
            (Some(primary), Ok(bytes)) => Ok(Filled::row(primary, keys, &bytes)),
            _ => Err(Unfilled::NotKept),
        };
        *own = Some(model);
        Ok(false)
    };
    let outcome = session.read_by_key(Target::of::<T>(), key.columns, &key.params, &mut visit).await;
    outcome.map_err(Unfilled::Failed)?;
    filled
}
