//! What happens in a cache, counted: for [`Cache::stats`](super::Cache::stats), and for the `metrics` facade.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{counter, gauge, histogram};

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $event:ident $field:ident)+) => {
        /// Something that is counted.
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Event {
            $($event,)+
        }

        /// Names of the counters.
        const NAMES: &[&str] = &[$(concat!("tablature_cache_", stringify!($field), "_total"),)+];

        /// How often what happened since the cache was made, in this process. The counters of the `metrics` facade are
        /// called the same, as in `tablature_cache_hits_total`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct CacheStats {
            $($(#[doc = $doc])+ pub $field: u64,)+
        }

        impl Observer {
            /// The counts up to now.
            pub(crate) fn stats(&self) -> CacheStats {
                let count = |event: Event| self.counts[event as usize].load(Ordering::Relaxed);
                CacheStats { $($field: count(Event::$event),)+ }
            }
        }
    };
}

events! {
    /// Reads that were answered with a cached row.
    Hit hits
    /// Reads that were answered with the cached fact that there is no such row.
    NegativeHit negative_hits
    /// Reads that found no fact at their key.
    Miss misses
    /// Reads that shared the answer of a concurrent read in this process.
    Joined joined
    /// Facts that were stored.
    Fill fills
    /// Facts that were not stored, because a write or a loss of data came in between.
    RefusedFill refused_fills
    /// Rows that were not stored, because they are larger than the limit.
    Oversized oversized
    /// Reads that went to the database without the intent to store what they find.
    Bypass bypasses
    /// Reads that waited for another process to store what they look for.
    Wait waits
    /// Commands that the server did not answer as it should.
    Error errors
    /// Keys at which something stood that this cache did not write.
    Garbage garbage
    /// Entries that made room for others in this process.
    Eviction evictions
    /// Writes that were announced.
    Write writes
    /// Barriers that were gone when their write ended: they took longer than their time, or the server lost data.
    LostBarrier lost_barriers
}

/// Counts for one cache.
#[derive(Debug)]
pub(crate) struct Observer {
    counts: [AtomicU64; NAMES.len()],
    /// The label of the kind of store.
    store: &'static str,
}

impl Observer {
    pub(crate) fn new(store: &'static str) -> Self {
        Self { counts: [const { AtomicU64::new(0) }; NAMES.len()], store }
    }

    /// Counts one more.
    pub(crate) fn count(&self, event: Event) {
        self.counts[event as usize].fetch_add(1, Ordering::Relaxed);
        counter!(NAMES[event as usize], "store" => self.store).increment(1);
    }

    /// Records how long a read took, the database included.
    pub(crate) fn read_took(&self, time: Duration) {
        histogram!("tablature_cache_read_seconds", "store" => self.store).record(time.as_secs_f64());
    }

    /// Records whether the circuit is open: 1, and the server is left alone, or 0.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "there is nothing to be cut off from"))]
    pub(crate) fn circuit(&self, open: bool) {
        gauge!("tablature_cache_circuit_open", "store" => self.store).set(if open { 1.0 } else { 0.0 });
    }
}
