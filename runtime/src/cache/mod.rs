//! Rows that need not be read from the database again, in this process or in Redis.
//!
//! This is the part that knows keys and bytes, and nothing of SQL. A read gives the cached row, or reads the database and
//! stores what it finds; a write is announced before its commit and ended after it. **No read that begins after a write
//! has ended is answered with a row from before that write.** Where that cannot be had from the cache, the database is
//! asked: a cache that is down, slow, emptied or full of garbage makes reads slower, and neither wrong nor fail.
//!
//! ```
//! use tablature_runtime::cache::{Cache, Filled, KeyPattern, Request, TableWrite};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let cache = Cache::in_process()?;
//! let request = Request::new("shop:book:9f3c2a1b:pk:42", "shop:book:layouts", "9f3c2a1b");
//! let read = || async { Ok::<_, std::io::Error>(Filled::row(request.key(), [], b"Dune")) };
//! let row = cache.read(&request, read).await.unwrap();
//! assert_eq!(row.as_deref(), Some(&b"Dune"[..]));
//!
//! let write = cache
//!     .begin_write(vec![TableWrite {
//!         registry: "shop:book:layouts".into(),
//!         layouts: vec!["9f3c2a1b".into()],
//!         keys: vec![KeyPattern::new("shop:book:", ":pk:42")],
//!     }])
//!     .await?;
//! // Commit here.
//! write.finish().await;
//! # Ok::<_, tablature_runtime::cache::CacheError>(())
//! # }).unwrap();
//! ```
//!
//! # What stands at a key
//!
//! | | meaning | put there by |
//! |---|---|---|
//! | value | the row, and the keys that it answers to | a reader with the lease |
//! | negative | there is no such row | a reader with the lease |
//! | pointer | the row stands at another key, if it still answers to this one | a reader with the lease |
//! | lease | a reader is about to store something | a reader, where there was nothing |
//! | barrier | writes are under way, by these writers | a writer, in place of anything |
//!
//! A reader that finds no fact takes a lease, reads the database, and stores what it found if its lease still stands. A
//! writer puts a barrier in place of whatever is there right before its commit, so that leases from before it are broken
//! and nobody gets new ones, and takes it away after the commit. A writer that dies in between leaves its barrier, which
//! runs out after [`CacheOptions::barrier_ttl`]; until then, readers ask the database. Every step is one command or one
//! script on one key, so that it is atomic on Redis Cluster as well.
//!
//! A unique key leads to a row by way of a pointer to its primary key. The pointer is never trusted: the row itself lists
//! the keys that it answers to. A writer must announce the keys by which a row is found, becomes found, or ceases to be
//! found.
//!
//! # Layouts
//!
//! Rows of different layouts of a table stand at different keys. During a deploy, processes with different layouts run
//! side by side, and a writer must announce its write under all layouts in use. So each reader that is about to store
//! something enters its layout into the table's registry, and stores nothing during the first seconds after the layout was
//! entered ([`CacheOptions::grace`]); each writer reads the registry, at most a third of that time ago.
//!
//! # What is promised, and what is not
//!
//! - A process may be killed at any moment, and may stop for as long as it likes outside of a commit. A commit that the
//!   database completes only after the barrier of its killed (or suspended) writer ran out may leave rows from before it,
//!   for up to the time to live.
//! - Redis may lose all data at any moment, as when it restarts without persistence, and may be unreachable or suspended.
//!   A write that is under way while its barrier is lost is made good at its end; in between its commit and its end, rows
//!   from before it may be given, and if the writer is killed right then, for up to the time to live.
//! - A single Redis may come back with old data from a disk, or a replica that lags behind may take its place: entries
//!   carry a mark of the server's run, and those of another run count as garbage, as long as the server tells its
//!   `run_id` in `INFO`. With Redis Cluster they carry none, since a client does not know which node answers: turn
//!   persistence off there. After a fail-over in a cluster, rows that the new master has not heard the invalidation of
//!   may be given for up to the time to live.
//! - Eviction may take values and leases at any moment. It should not take barriers and registries: give the cache a Redis
//!   of its own, with `maxmemory-policy volatile-lru` (registries never expire, and so are not touched) and memory enough
//!   for seconds of writes. A Redis that is full and evicts nothing refuses barriers: see [`Outage`].
//! - The database that readers ask must be the one that writers commit to, not a replica that lags behind, and reads must
//!   not be part of a transaction that began earlier.
//!
//! Connections to `rediss://` servers use rustls with the system's certificates. Where the program has not chosen a
//! cryptography provider for rustls, ring becomes the one of the process at the first such connection.

mod entry;
mod error;
mod flight;
mod memory;
mod observe;
mod options;
mod read;
#[cfg(feature = "redis")]
mod redis;
mod store;
mod write;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::Instrument;

pub use entry::Value;
pub use error::{CacheError, Unavailable};
pub use observe::CacheStats;
pub use options::{CacheOptions, Outage};
pub use write::{KeyPattern, TableWrite, WriteGuard};

use flight::Flights;
use memory::Memory;
use observe::Observer;
use store::Store;

/// Cached rows. Cheap to clone; all clones are the same cache.
#[derive(Clone)]
pub struct Cache {
    shared: Arc<Shared>,
}

/// What the clones of a cache share.
pub(crate) struct Shared {
    store: Store,
    flights: Flights,
    options: CacheOptions,
    observer: Arc<Observer>,
    nonce: Nonce,
}

/// What to read.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    key: &'a str,
    registry: &'a str,
    layout: &'a str,
    discard: bool,
}

/// What the database has.
#[derive(Clone, Debug)]
pub enum Filled {
    /// No such row.
    Absent,
    /// A row.
    Row {
        /// The key at which the row stands: that of its primary key. A read by another key stores a pointer to this one.
        key: String,
        /// The row.
        value: Value,
    },
}

impl Filled {
    /// A row, encoded. `key` is the cache key of its primary key, `others` are its other cache keys, by which it may be
    /// read too.
    pub fn row(key: impl Into<String>, others: impl IntoIterator<Item = String>, row: &[u8]) -> Self {
        let others: Vec<String> = others.into_iter().collect();
        Self::Row { key: key.into(), value: Value::new(row, &others) }
    }

    fn into_value(self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Row { value, .. } => Some(value),
        }
    }
}

impl<'a> Request<'a> {
    /// A read of a cache key. `registry` is the key under which processes tell which layouts of the table they use, such
    /// as `shop:book:layouts`; `layout` is the layout in `key`.
    pub fn new(key: &'a str, registry: &'a str, layout: &'a str) -> Self {
        Self { key, registry, layout, discard: false }
    }

    /// The cache key.
    pub fn key(&self) -> &'a str {
        self.key
    }

    /// The same read, with what stands at the key replaced: for callers who cannot decode what they were given.
    #[must_use]
    pub fn discarding(mut self) -> Self {
        self.discard = true;
        self
    }
}

impl fmt::Debug for Request<'_> {
    /// Without the key, which has values in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({}, {})", self.registry, self.layout)
    }
}

impl Cache {
    /// A cache in this process, with the usual options. It sees the writes of this process alone: with several processes,
    /// the others' rows may be stale for up to the time to live.
    ///
    /// # Errors
    /// None with the usual options.
    pub fn in_process() -> Result<Self, CacheError> {
        CacheOptions::default().in_process()
    }

    /// A cache in the Redis at `redis://…` or `rediss://…`, with the usual options. See [`CacheOptions::redis`].
    ///
    /// # Errors
    /// Where the URL cannot be used.
    #[cfg(feature = "redis")]
    pub async fn redis(url: &str) -> Result<Self, CacheError> {
        CacheOptions::default().redis(url).await
    }

    /// A cache in a Redis Cluster, some nodes of which are at these URLs, with the usual options. See
    /// [`CacheOptions::redis`].
    ///
    /// # Errors
    /// Where the URLs cannot be used.
    #[cfg(feature = "redis")]
    pub async fn redis_cluster<U: AsRef<str>>(urls: &[U]) -> Result<Self, CacheError> {
        CacheOptions::default().redis_cluster(urls).await
    }

    /// The usual options, to change and make a cache of.
    pub fn options() -> CacheOptions {
        CacheOptions::default()
    }

    /// The row at a key: from the cache, or from the database, which `fill` reads and nobody else does. `fill` is called
    /// at most once, and the read of the database must begin in it, outside of any transaction that began earlier.
    ///
    /// # Errors
    /// Those of `fill`. The cache has none of its own.
    pub async fn read<E, F>(&self, request: &Request<'_>, fill: impl FnOnce() -> F + Send) -> Result<Option<Value>, E>
    where
        E: Send,
        F: Future<Output = Result<Filled, E>> + Send,
    {
        let mut error = None;
        let answer = {
            let database = pin!(async {
                match fill().await {
                    Ok(filled) => Some(filled),
                    Err(failure) => {
                        error = Some(failure);
                        None
                    }
                }
            });
            let span = tracing::debug_span!("cache.read", table = request.registry);
            self.shared.read(request, database).instrument(span).await
        };
        match (answer, error) {
            (Ok(answer), _) => Ok(answer),
            (Err(read::Failed), Some(error)) => Err(error),
            (Err(read::Failed), None) => unreachable!("a read of the database failed without an error"),
        }
    }

    /// Announces a write, right before its commit: from here to [`WriteGuard::finish`], readers of all processes read such
    /// rows from the database. Tables may be named more than once.
    ///
    /// # Errors
    /// Where the server cannot be told, and the options do not allow for that: do not commit then. See [`Outage`].
    pub async fn begin_write(&self, tables: Vec<TableWrite>) -> Result<WriteGuard, CacheError> {
        let span = tracing::debug_span!("cache.begin_write", tables = tables.len());
        WriteGuard::begin(&self.shared, tables).instrument(span).await
    }

    /// What happened up to now, in this process.
    pub fn stats(&self) -> CacheStats {
        self.shared.observer.stats()
    }

    fn with(options: CacheOptions, observer: Arc<Observer>, store: Store) -> Self {
        let shared = Shared { store, flights: Flights::new(), options, observer, nonce: Nonce::new() };
        Self { shared: Arc::new(shared) }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shared.store {
            Store::Memory(_) => f.write_str("Cache(in process)"),
            #[cfg(feature = "redis")]
            Store::Redis(redis) => write!(f, "Cache({redis:?})"),
        }
    }
}

impl CacheOptions {
    /// A cache in this process.
    ///
    /// # Errors
    /// Where the options contradict each other.
    pub fn in_process(self) -> Result<Cache, CacheError> {
        self.check()?;
        let observer = Arc::new(Observer::new("in_process"));
        let memory = Memory::new(&self, Arc::clone(&observer))?;
        Ok(Cache::with(self, observer, Store::Memory(Box::new(memory))))
    }

    /// A cache in the Redis at `redis://…` or `rediss://…`. A server that is not there is no error: a warning is logged,
    /// reads go to the database, and the cache is used as soon as the server is there.
    ///
    /// # Errors
    /// Where the URL cannot be used, or the options contradict each other.
    #[cfg(feature = "redis")]
    pub async fn redis(self, url: &str) -> Result<Cache, CacheError> {
        let cache = self.redis_lazy(url)?;
        cache.greet().await;
        Ok(cache)
    }

    /// As [`redis`](Self::redis), but connects when it is first used.
    ///
    /// # Errors
    /// As [`redis`](Self::redis).
    #[cfg(feature = "redis")]
    pub fn redis_lazy(self, url: &str) -> Result<Cache, CacheError> {
        self.remote(redis::Address::single(url)?)
    }

    /// A cache in a Redis Cluster, some nodes of which are at these URLs. As [`redis`](Self::redis) otherwise.
    ///
    /// # Errors
    /// As [`redis`](Self::redis).
    #[cfg(feature = "redis")]
    pub async fn redis_cluster<U: AsRef<str>>(self, urls: &[U]) -> Result<Cache, CacheError> {
        let urls: Vec<&str> = urls.iter().map(AsRef::as_ref).collect();
        let address = redis::Address::cluster(&urls, &self)?;
        let cache = self.remote(address)?;
        cache.greet().await;
        Ok(cache)
    }

    #[cfg(feature = "redis")]
    fn remote(self, address: redis::Address) -> Result<Cache, CacheError> {
        self.check()?;
        let observer = Arc::new(Observer::new("redis"));
        let redis = redis::Redis::new(address, &self, Arc::clone(&observer));
        Ok(Cache::with(self, observer, Store::Redis(redis)))
    }
}

#[cfg(feature = "redis")]
impl Cache {
    /// Connects, and warns where that fails.
    async fn greet(&self) {
        if let Store::Redis(redis) = &self.shared.store
            && let Err(error) = redis.greet().await
        {
            tracing::warn!(%error, "the cache cannot be used for the moment");
        }
    }
}

/// Texts that no other process ever makes.
struct Nonce {
    prefix: String,
    counter: AtomicU64,
}

impl Nonce {
    fn new() -> Self {
        // The keys of the hashers come from the system's source of randomness.
        let random = |salt: u8| RandomState::new().hash_one((salt, std::process::id(), std::time::SystemTime::now()));
        Self { prefix: format!("{:016x}{:016x}", random(0), random(1)), counter: AtomicU64::new(0) }
    }

    /// A text of letters, digits and a hyphen.
    fn next(&self) -> String {
        format!("{}-{:x}", self.prefix, self.counter.fetch_add(1, Ordering::Relaxed))
    }
}
