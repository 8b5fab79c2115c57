//! Writes: announced before the commit, ended after it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use super::Shared;
use super::error::CacheError;
use super::observe::Event;

/// The cached keys of one table that a write may change: those of the rows as they were and as they will be, by every
/// index that is cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableWrite {
    /// The key under which processes tell which layouts of the table they use, such as `shop:book:layouts`: the same
    /// text as in the [`Request`](super::Request)s of readers.
    pub registry: String,
    /// The layouts that are known without asking: the writer's own and the previous ones.
    pub layouts: Vec<String>,
    /// The keys, apart from their layout.
    pub keys: Vec<KeyPattern>,
}

/// A cache key without its layout, which stands between the two parts.
///
/// ```
/// use tablature_runtime::cache::KeyPattern;
///
/// let pattern = KeyPattern::new("shop:book:", ":pk:42");
/// assert_eq!(pattern.under("9f3c2a1b"), "shop:book:9f3c2a1b:pk:42");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPattern {
    before: Box<str>,
    after: Box<str>,
}

impl KeyPattern {
    /// The parts before and after the layout, with their colons.
    pub fn new(before: impl Into<Box<str>>, after: impl Into<Box<str>>) -> Self {
        Self { before: before.into(), after: after.into() }
    }

    /// The key under a layout.
    pub fn under(&self, layout: &str) -> String {
        [&self.before, layout, &self.after].concat()
    }
}

impl fmt::Debug for KeyPattern {
    /// Without the values in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPattern({}…)", self.before)
    }
}

impl TableWrite {
    /// The keys under some layouts.
    pub(crate) fn under<'a>(&self, layouts: &'a [String]) -> impl Iterator<Item = String> + use<'_, 'a> {
        layouts.iter().flat_map(|layout| self.keys.iter().map(move |key| key.under(layout)))
    }
}

/// A write under way, as the store knows it.
pub(crate) struct Write {
    id: String,
    tables: Vec<TableWrite>,
    /// The keys under all layouts that have become known.
    keys: Mutex<BTreeSet<String>>,
}

impl Write {
    pub(crate) fn new(id: String, tables: Vec<TableWrite>) -> Self {
        Self { id, tables, keys: Mutex::default() }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    #[cfg(feature = "redis")]
    pub(crate) fn tables(&self) -> &[TableWrite] {
        &self.tables
    }

    /// The keys under all layouts that have become known.
    pub(crate) fn keys(&self) -> MutexGuard<'_, BTreeSet<String>> {
        // Nothing panics under this lock, so that a poisoned one is as good as any.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in the keys under the layouts that are known without asking.
    pub(crate) fn learn_own(&self) -> MutexGuard<'_, BTreeSet<String>> {
        let mut keys = self.keys();
        keys.extend(self.tables.iter().flat_map(|table| table.under(&table.layouts)));
        keys
    }
}

/// A write that has been announced: readers go past the cache until it is finished.
///
/// Call [`finish`](Self::finish) after the commit and after the rollback. A guard that is dropped says nothing to the
/// server, for the commit may have happened or may still happen: readers go past the cache until the announcement has
/// run out ([`CacheOptions::barrier_ttl`](super::CacheOptions::barrier_ttl)). While the guard lives, it is renewed.
#[must_use = "a write that is dropped keeps readers away from the cache until it runs out"]
pub struct WriteGuard {
    shared: Arc<Shared>,
    /// None once the write has ended.
    write: Option<Arc<Write>>,
    renewal: Option<JoinHandle<()>>,
}

impl WriteGuard {
    /// Announces a write and keeps announcing it.
    pub(super) async fn begin(shared: &Arc<Shared>, tables: Vec<TableWrite>) -> Result<Self, CacheError> {
        let write = Arc::new(Write::new(shared.nonce.next(), tables));
        let mut guard = Self { shared: Arc::clone(shared), write: None, renewal: None };
        if write.tables.iter().all(|table| table.keys.is_empty()) {
            return Ok(guard);
        }
        shared.observer.count(Event::Write);
        shared.store.begin(&write).await.map_err(CacheError::Unavailable)?;
        guard.write = Some(Arc::clone(&write));
        guard.renewal = Some(tokio::spawn(renew(Arc::clone(shared), write)));
        Ok(guard)
    }

    /// Ends the write, whatever became of it. When this returns, no reader of any process is given a row from before the
    /// commit. If the server cannot be reached, it is told as soon as it can be, and this process goes past the cache
    /// until then.
    pub async fn finish(mut self) {
        let Some(write) = self.write.take() else { return };
        let renewal = self.renewal.take();
        // On a task of its own, so that a caller who goes away in the middle does not leave the write half ended.
        let shared = Arc::clone(&self.shared);
        let ending = tokio::spawn(async move {
            if let Some(renewal) = renewal {
                // A renewal that came in after the end would be a new announcement.
                renewal.abort();
                let _ = renewal.await;
            }
            for _ in 0..shared.store.finish(&write).await {
                shared.observer.count(Event::LostBarrier);
            }
        });
        // It neither panics nor is aborted, except where the whole runtime ends.
        let _ = ending.await;
    }
}

impl Drop for WriteGuard {
    fn drop(&mut self) {
        if let Some(renewal) = self.renewal.take() {
            renewal.abort();
        }
        if let Some(write) = self.write.take() {
            self.shared.store.give_up(&write);
        }
    }
}

impl fmt::Debug for WriteGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tables = self.write.as_deref().map(|write| &write.tables[..]).unwrap_or_default();
        f.debug_tuple("WriteGuard").field(&tables).finish()
    }
}

async fn renew(shared: Arc<Shared>, write: Arc<Write>) {
    let mut ticks = tokio::time::interval(shared.options.renewal());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if let Err(error) = shared.store.renew(&write).await {
            tracing::warn!(%error, "a write under way could not be announced again to the cache");
        }
    }
}
