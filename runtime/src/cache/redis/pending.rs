//! Writes that the server was not told of, and the keys that this process does not trust until it was.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::cache::write::Write;

#[derive(Default)]
pub(super) struct Pending {
    /// Whether there is anything. Readers need not look otherwise.
    any: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The keys that are not trusted, and by how many writes.
    keys: HashMap<String, usize>,
    /// The writes that are held, and the keys that each of them holds.
    held: HashMap<String, Vec<String>>,
    /// The writes that have ended, and from when on the server may be told.
    ended: Vec<(Instant, Arc<Write>)>,
}

impl Pending {
    /// Whether this process must not trust what stands at a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.any.load(Ordering::Acquire) && self.inner().keys.contains_key(key)
    }

    /// Holds the keys of a write, as far as they are known. Says no where there would be more than `limit` keys.
    pub(super) fn hold(&self, write: &Write, limit: usize) -> bool {
        let keys: Vec<String> = write.keys().iter().cloned().collect();
        let mut inner = self.inner();
        if inner.held.contains_key(write.id()) {
            return true;
        }
        if inner.keys.len() + keys.len() > limit {
            return false;
        }
        for key in &keys {
            *inner.keys.entry(key.clone()).or_default() += 1;
        }
        inner.held.insert(write.id().to_owned(), keys);
        self.any.store(true, Ordering::Release);
        true
    }

    /// Whether a write is held.
    pub(super) fn holds(&self, write: &Write) -> bool {
        self.any.load(Ordering::Acquire) && self.inner().held.contains_key(write.id())
    }

    /// The write has ended, or will count as ended at that time.
    pub(super) fn end(&self, write: &Arc<Write>, when: Instant) {
        self.inner().ended.push((when, Arc::clone(write)));
    }

    /// The server was told: the keys are trusted again.
    pub(super) fn settle(&self, write: &Write) {
        let mut inner = self.inner();
        for key in inner.held.remove(write.id()).unwrap_or_default() {
            if let Some(count) = inner.keys.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    inner.keys.remove(&key);
                }
            }
        }
        if inner.held.is_empty() {
            self.any.store(false, Ordering::Release);
        }
    }

    /// Takes out the writes of which the server may be told by now.
    pub(super) fn take_due(&self) -> Vec<Arc<Write>> {
        let now = Instant::now();
        self.inner().ended.extract_if(.., |(when, _)| *when <= now).map(|(_, write)| write).collect()
    }

    /// Whether there are writes to tell of, now or later.
    pub(super) fn is_waiting(&self) -> bool {
        !self.inner().ended.is_empty()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics under this lock, so that a poisoned one is as good as any.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{KeyPattern, TableWrite};

    fn write(id: &str, suffixes: &[&str]) -> Arc<Write> {
        let keys = suffixes.iter().map(|suffix| KeyPattern::new("t:", *suffix)).collect();
        let table = TableWrite { registry: "r".into(), layouts: vec!["l".into()], keys };
        let write = Write::new(id.to_owned(), vec![table]);
        drop(write.learn_own());
        Arc::new(write)
    }

    #[test]
    fn a_key_is_trusted_when_the_last_write_of_it_is_settled() {
        let pending = Pending::default();
        let (one, two) = (write("one", &[":a", ":b"]), write("two", &[":b"]));
        assert!(pending.hold(&one, 10) && pending.hold(&two, 10));
        assert!(pending.hold(&one, 10), "a second hold of the same write");
        pending.settle(&one);
        assert!(!pending.has("t:l:a") && pending.has("t:l:b"));
        pending.settle(&two);
        assert!(!pending.has("t:l:b") && !pending.any.load(Ordering::Relaxed));
    }

    #[test]
    fn no_more_keys_are_held_than_may_be() {
        let pending = Pending::default();
        assert!(pending.hold(&write("one", &[":a", ":b"]), 2));
        assert!(!pending.hold(&write("two", &[":c"]), 2));
        assert!(!pending.has("t:l:c"));
    }

    #[test]
    fn writes_are_due_in_time() {
        let pending = Pending::default();
        pending.end(&write("now", &[":a"]), Instant::now());
        pending.end(&write("later", &[":a"]), Instant::now() + std::time::Duration::from_secs(60));
        let due: Vec<_> = pending.take_due().iter().map(|write| write.id().to_owned()).collect();
        assert_eq!(due, ["now"]);
        assert!(pending.is_waiting());
    }
}
