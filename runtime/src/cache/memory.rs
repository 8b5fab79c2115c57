//! The store in this process: facts that may be evicted at any time, and leases and barriers that may not.
//!
//! A fact is put at a key, and taken away from it, only under the lock of that key's guards. A hit needs no such lock: a
//! write takes the fact away before it announces itself as begun.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter};

use super::entry::{Entry, Held};
use super::error::CacheError;
use super::observe::{Event, Observer};
use super::options::CacheOptions;
use super::store::Acquired;

const SHARDS: usize = 32;

/// Guards in a shard at which those that ran out are first looked for.
const CROWD: usize = 256;

pub(crate) struct Memory {
    facts: Cache<Arc<str>, Fact, Weigh, DefaultHashBuilder, CountEvictions>,
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    lease_ttl: Duration,
    barrier_ttl: Duration,
}

#[derive(Clone)]
struct Fact {
    entry: Entry,
    due: Instant,
}

/// What keeps facts away from keys.
struct Shard {
    guards: HashMap<String, Guard>,
    /// How many guards there may be until those that ran out are looked for.
    crowd: usize,
}

enum Guard {
    Lease {
        token: String,
        due: Instant,
    },
    /// The writers, and when each has run out.
    Barrier(Vec<(String, Instant)>),
}

impl Guard {
    fn is_live(&self, now: Instant) -> bool {
        match self {
            Self::Lease { due, .. } => *due > now,
            Self::Barrier(writers) => writers.iter().any(|(_, due)| *due > now),
        }
    }
}

#[derive(Clone)]
struct Weigh;

impl Weighter<Arc<str>, Fact> for Weigh {
    fn weight(&self, key: &Arc<str>, fact: &Fact) -> u64 {
        let body = match &fact.entry {
            Entry::Value(value) => value.weight(),
            Entry::Absent => 0,
            Entry::Pointer(target) => target.len(),
        };
        (size_of::<Fact>() + 2 * size_of::<usize>() + key.len() + body) as u64
    }
}

#[derive(Clone)]
struct CountEvictions(Arc<Observer>);

impl Lifecycle<Arc<str>, Fact> for CountEvictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _: Arc<str>, _: Fact) {
        self.0.count(Event::Eviction);
    }
}

impl Memory {
    pub(crate) fn new(options: &CacheOptions, observer: Arc<Observer>) -> Result<Self, CacheError> {
        // An estimate that only sizes tables: rows of half a kilobyte.
        let items = usize::try_from(options.capacity_bytes / 512).unwrap_or(usize::MAX).clamp(16, 1 << 20);
        let sizes =
            OptionsBuilder::new().estimated_items_capacity(items).weight_capacity(options.capacity_bytes).build();
        let sizes = sizes.map_err(|_| CacheError::Options("`capacity_bytes` cannot be used"))?;
        Ok(Self {
            facts: Cache::with_options(sizes, Weigh, DefaultHashBuilder::default(), CountEvictions(observer)),
            shards: std::array::from_fn(|_| Mutex::new(Shard { guards: HashMap::new(), crowd: CROWD })),
            hasher: RandomState::new(),
            lease_ttl: options.lease_ttl,
            barrier_ttl: options.barrier_ttl,
        })
    }

    pub(crate) fn get(&self, key: &str) -> Held {
        match self.fact(key) {
            Some(entry) => Held::Entry(entry),
            None => Held::Nothing,
        }
    }

    pub(crate) fn acquire(&self, key: &str, token: &str, discard: bool) -> Acquired {
        let mut shard = self.shard(key);
        let now = Instant::now();
        match shard.guards.get(key) {
            Some(Guard::Barrier(_)) if shard.is_held(key, now) => return Acquired::Bypass,
            Some(Guard::Lease { .. }) if shard.is_held(key, now) => return Acquired::Wait,
            _ => {}
        }
        if discard {
            self.facts.remove(key);
        } else if let Some(entry) = self.fact(key) {
            return Acquired::Entry(entry);
        }
        shard.put(key, Guard::Lease { token: token.to_owned(), due: now + self.lease_ttl });
        Acquired::Fill { epoch: 0 }
    }

    pub(crate) fn fill(&self, key: &str, token: &str, entry: Entry, ttl: Duration) -> bool {
        let mut shard = self.shard(key);
        let now = Instant::now();
        if !shard.is_leased(key, token) || !shard.is_held(key, now) {
            return false;
        }
        shard.guards.remove(key);
        self.facts.insert(key.into(), Fact { entry, due: now + ttl });
        true
    }

    pub(crate) fn abandon(&self, key: &str, token: &str) {
        let mut shard = self.shard(key);
        if shard.is_leased(key, token) {
            shard.guards.remove(key);
        }
    }

    pub(crate) fn forget_pointer(&self, key: &str, target: &str) {
        let _shard = self.shard(key);
        if matches!(self.facts.get(key), Some(Fact { entry: Entry::Pointer(held), .. }) if &*held == target) {
            self.facts.remove(key);
        }
    }

    pub(crate) fn bar<'a>(&self, keys: impl Iterator<Item = &'a String>, writer: &str) {
        for key in keys {
            let mut shard = self.shard(key);
            let now = Instant::now();
            let mut writers = match shard.guards.remove(key) {
                Some(Guard::Barrier(writers)) => writers,
                _ => Vec::new(),
            };
            writers.retain(|(id, due)| id != writer && *due > now);
            writers.push((writer.to_owned(), now + self.barrier_ttl));
            shard.put(key, Guard::Barrier(writers));
            self.facts.remove(key.as_str());
        }
    }

    /// How many of the barriers were not there any more.
    pub(crate) fn release<'a>(&self, keys: impl Iterator<Item = &'a String>, writer: &str) -> usize {
        keys.filter(|key| !self.release_one(key, writer)).count()
    }

    fn release_one(&self, key: &str, writer: &str) -> bool {
        let mut shard = self.shard(key);
        let now = Instant::now();
        let Some(Guard::Barrier(writers)) = shard.guards.get_mut(key) else {
            // The barrier ran out. What came after it may have been read before the commit.
            shard.guards.remove(key);
            self.facts.remove(key);
            return false;
        };
        let found = writers.iter().any(|(id, due)| id == writer && *due > now);
        writers.retain(|(id, due)| id != writer && *due > now);
        if writers.is_empty() {
            shard.guards.remove(key);
        }
        found
    }

    fn fact(&self, key: &str) -> Option<Entry> {
        self.facts.get(key).filter(|fact| fact.due > Instant::now()).map(|fact| fact.entry)
    }

    fn shard(&self, key: &str) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(key);
        let shard = &self.shards[usize::try_from(hash % SHARDS as u64).unwrap_or(0)];
        // Nothing panics under these locks, so that a poisoned one is as good as any.
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn is_held(&self, key: &str, now: Instant) -> bool {
        self.guards.get(key).is_some_and(|guard| guard.is_live(now))
    }

    fn is_leased(&self, key: &str, token: &str) -> bool {
        matches!(self.guards.get(key), Some(Guard::Lease { token: held, .. }) if held == token)
    }

    fn put(&mut self, key: &str, guard: Guard) {
        if self.guards.len() >= self.crowd {
            // Guards of readers and writers that went away without a word stay until somebody asks for their key.
            let now = Instant::now();
            self.guards.retain(|_, guard| guard.is_live(now));
            self.crowd = (2 * self.guards.len()).max(CROWD);
        }
        self.guards.insert(key.to_owned(), guard);
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Value;
    use super::*;

    fn memory(options: &CacheOptions) -> (Memory, Arc<Observer>) {
        let observer = Arc::new(Observer::new("in_process"));
        (Memory::new(options, Arc::clone(&observer)).expect("usable options"), observer)
    }

    fn row(bytes: usize) -> Entry {
        Entry::Value(Value::new(&vec![7; bytes], &[]))
    }

    fn fill(memory: &Memory, key: &str, entry: Entry) -> bool {
        assert!(matches!(memory.acquire(key, "t", false), Acquired::Fill { .. }), "no lease on {key}");
        memory.fill(key, "t", entry, Duration::from_secs(60))
    }

    const TTL: Duration = Duration::from_secs(60);

    #[test]
    fn a_barrier_breaks_leases_and_takes_facts_away() {
        let (memory, _) = memory(&CacheOptions::default());
        let keys = ["leased".to_owned(), "filled".to_owned()];
        assert!(fill(&memory, "filled", row(3)));
        assert!(matches!(memory.acquire("leased", "a", false), Acquired::Fill { .. }));
        memory.bar(keys.iter(), "w");
        assert!(!memory.fill("leased", "a", row(3), TTL), "a broken lease was taken");
        assert!(matches!(memory.get("filled"), Held::Nothing));
        assert!(matches!(memory.acquire("filled", "b", false), Acquired::Bypass));
        assert_eq!(memory.release(keys.iter(), "w"), 0);
        assert!(!memory.fill("leased", "a", row(3), TTL), "a broken lease came back");
        assert!(fill(&memory, "filled", row(3)));
    }

    #[test]
    fn one_writers_end_leaves_the_others_barrier() {
        let (memory, _) = memory(&CacheOptions::default());
        let keys = ["k".to_owned()];
        memory.bar(keys.iter(), "one");
        memory.bar(keys.iter(), "two");
        memory.release(keys.iter(), "one");
        assert!(matches!(memory.acquire("k", "t", false), Acquired::Bypass));
        memory.release(keys.iter(), "two");
        assert!(matches!(memory.acquire("k", "t", false), Acquired::Fill { .. }));
    }

    #[test]
    fn a_barrier_that_ran_out_is_told_and_what_came_after_it_goes() {
        let (memory, _) = memory(&CacheOptions::default().barrier_ttl(Duration::from_millis(30)));
        let keys = ["k".to_owned()];
        memory.bar(keys.iter(), "w");
        std::thread::sleep(Duration::from_millis(40));
        assert!(fill(&memory, "k", row(3)));
        assert_eq!(memory.release(keys.iter(), "w"), 1);
        assert!(matches!(memory.get("k"), Held::Nothing));
    }

    #[test]
    fn facts_are_evicted_and_guards_are_not() {
        let (memory, observer) = memory(&CacheOptions::default().capacity_bytes(64 * 1024));
        let barred = ["barred".to_owned()];
        memory.bar(barred.iter(), "w");
        assert!(matches!(memory.acquire("leased", "a", false), Acquired::Fill { .. }));
        for number in 0..5000 {
            assert!(fill(&memory, &format!("k{number}"), row(1000)));
        }
        assert!(memory.facts.weight() <= 64 * 1024, "{} bytes are held", memory.facts.weight());
        assert!(observer.stats().evictions > 4000);
        assert!(matches!(memory.acquire("barred", "t", false), Acquired::Bypass));
        assert!(matches!(memory.acquire("leased", "t", false), Acquired::Wait));
    }

    #[test]
    fn guards_that_ran_out_do_not_pile_up() {
        let (memory, _) = memory(&CacheOptions::default().lease_ttl(Duration::from_millis(1)));
        for number in 0..100_000 {
            memory.acquire(&format!("k{number}"), "t", false);
            if number % 10_000 == 0 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let left: usize = (0..SHARDS).map(|n| memory.shards[n].lock().expect("a lock").guards.len()).sum();
        assert!(left < 60_000, "{left} guards are left");
    }
}
