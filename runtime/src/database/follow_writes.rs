//! Writes of other programs, as PostgreSQL's triggers tell them: what takes their rows back from a cache.

use std::fmt;

use serde::Deserialize;
use sqlx::postgres::{PgListener, PgNotification};
use tokio::task::JoinHandle;

use super::error::Error;
use super::invalidation::{Touched, keys_of_values};
use super::session::Database;
use crate::cache::Cache;
use crate::table::{Relation, Schema};
use crate::value::{PgFormat, PgValue, Value};

/// The channel that the triggers of `cache-notify.sql` write to.
pub const CACHE_CHANNEL: &str = "tablature_cache";

/// Takes rows back from a cache that other programs have changed, for as long as it lives.
///
/// [`Database::follow_writes`] makes one.
#[must_use = "rows are taken back for as long as this lives"]
pub struct WriteFollower(JoinHandle<()>);

impl Drop for WriteFollower {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for WriteFollower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteFollower")
    }
}

/// What a trigger tells of a row: its relation, and its key columns as text, in the order of the relation.
#[derive(Deserialize)]
struct Told {
    schema: String,
    table: String,
    row: Vec<Option<String>>,
}

impl Database {
    /// Listens, on a connection that it takes out of the pool for as long as it lives, to what the triggers of the generated `cache-notify.sql` tell of rows that any
    /// program writes, and takes them back from the cache. One process that listens is enough for a cache on Redis; a cache
    /// in the process needs it in every one.
    ///
    /// PostgreSQL tells after the commit, so that a reader may be given the row as it was for the milliseconds in between;
    /// what it tells while nobody listens, as when the connection is lost, is not told again: such rows may be stale for up
    /// to the time to live. Writes through [`with_cache`](Self::with_cache) need none of this.
    ///
    /// # Errors
    /// Where the database is not PostgreSQL, or cannot be listened to.
    pub async fn follow_writes(&self, cache: &Cache, schema: &'static Schema) -> Result<WriteFollower, Error> {
        let Some(pool) = self.postgres_pool() else {
            return Err(Error::Unsuitable {
                relation: format!("{self:?}"),
                why: "only PostgreSQL tells of writes; elsewhere the time to live is the limit".to_owned(),
            });
        };
        let mut listener =
            PgListener::connect_with(pool).await.map_err(|error| Error::connect(&self.shared().url, error))?;
        listener.listen(CACHE_CHANNEL).await.map_err(|error| Error::connect(&self.shared().url, error))?;
        let cache = cache.clone();
        Ok(WriteFollower(tokio::spawn(async move {
            loop {
                match listener.try_recv().await {
                    Ok(Some(notification)) => take_back(&cache, schema, &notification).await,
                    // The connection was lost, and is opened again by the next call.
                    Ok(None) => missed("the connection was lost"),
                    // The pool waits for this connection, and there is nothing more to come.
                    Err(sqlx::Error::PoolClosed) => return,
                    Err(error) => {
                        missed(&error.to_string());
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        })))
    }
}

/// Between two tries to listen again.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

fn missed(why: &str) {
    metrics::counter!("tablature_cache_follower_gaps_total").increment(1);
    tracing::warn!(why, "writes of other programs may have been missed");
}

async fn take_back(cache: &Cache, schema: &'static Schema, notification: &PgNotification) {
    let touched = Touched::default();
    let told = serde_json::from_str::<Told>(notification.payload()).map_err(|_| "it is not what the triggers write");
    let noted = told.and_then(|told| {
        // Code that was generated from an engine without schemas has its tables in none.
        let relation = schema.relation(&told.schema, &told.table).or_else(|| schema.relation("", &told.table));
        let relation = relation.ok_or("the code does not know the relation")?;
        let keys = keys_told(schema, relation, &told.row).ok_or("its keys cannot be read")?;
        touched.add(schema.cache_prefix, relation, keys);
        Ok(())
    });
    match noted {
        Ok(()) => {
            metrics::counter!("tablature_cache_followed_writes_total").increment(1);
            match cache.begin_write(touched.writes()).await {
                Ok(write) => write.finish().await,
                Err(error) => missed(&error.to_string()),
            }
        }
        // Another version's table, or another program's message.
        Err(why) => tracing::debug!(why, "a notification was passed over"),
    }
}

/// The cache keys of a row whose key columns came as text.
fn keys_told(schema: &Schema, relation: &'static Relation, row: &[Option<String>]) -> Option<Vec<String>> {
    let columns: Vec<&str> = super::invalidation::key_columns(relation).map(|column| column.name).collect();
    if columns.len() != row.len() {
        return None;
    }
    let value = |column: &str| {
        let position = columns.iter().position(|known| *known == column)?;
        row[position].as_deref().map(|text| {
            Value::Postgres(PgValue { bytes: text.as_bytes(), oid: 0, format: PgFormat::Text, type_name: "" })
        })
    };
    let keys = keys_of_values(schema.cache_prefix, relation, &mut |column| Ok(value(column)));
    let keys: Vec<String> = keys.into_iter().flatten().collect();
    (!keys.is_empty()).then_some(keys)
}
