//! What this process knows of the layouts in use, and how fresh that knowledge is.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Default)]
pub(super) struct Layouts {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By registry: when it was asked for, and what it said.
    known: HashMap<String, (Instant, Vec<String>)>,
    /// By registry and layout: until when nothing is stored.
    grace: HashMap<(String, String), Instant>,
}

impl Layouts {
    /// When the registry of a table was last asked.
    pub(super) fn asked(&self, registry: &str) -> Option<Instant> {
        self.inner().known.get(registry).map(|(asked, _)| *asked)
    }

    /// The layouts of a table, however old that knowledge is.
    pub(super) fn known(&self, registry: &str) -> Vec<String> {
        self.inner().known.get(registry).map(|(_, layouts)| layouts.clone()).unwrap_or_default()
    }

    /// Takes in the layouts of a table. `asked` is a moment before the registry was read.
    pub(super) fn learn(&self, registry: &str, asked: Instant, layouts: Vec<String>) {
        let mut inner = self.inner();
        let known = inner.known.entry(registry.to_owned()).or_insert_with(|| (asked, Vec::new()));
        if asked >= known.0 {
            *known = (asked, layouts);
        }
    }

    /// Whether nothing is stored under this layout for the moment.
    pub(super) fn in_grace(&self, registry: &str, layout: &str) -> bool {
        let mut inner = self.inner();
        if inner.grace.is_empty() {
            return false;
        }
        let place = (registry.to_owned(), layout.to_owned());
        match inner.grace.get(&place) {
            Some(until) if *until > Instant::now() => true,
            Some(_) => {
                inner.grace.remove(&place);
                false
            }
            None => false,
        }
    }

    /// Stores nothing under this layout for a while.
    pub(super) fn begin_grace(&self, registry: &str, layout: &str, rest: Duration) {
        self.inner().grace.insert((registry.to_owned(), layout.to_owned()), Instant::now() + rest);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics under this lock, so that a poisoned one is as good as any.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
