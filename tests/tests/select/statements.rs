//! Counts the statements that this thread sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Counts from when it is made to when it is dropped.
pub(crate) struct Statements {
    count: Arc<AtomicUsize>,
    _guard: DefaultGuard,
}

impl Statements {
    pub(crate) fn watch() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Counter { count: Arc::clone(&count), next: AtomicU64::new(1) };
        Self { count, _guard: tracing::subscriber::set_default(counter) }
    }

    /// The statements since the last call.
    pub(crate) fn take(&self) -> usize {
        self.count.swap(0, Ordering::SeqCst)
    }
}

struct Counter {
    count: Arc<AtomicUsize>,
    next: AtomicU64,
}

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name() == "statement"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.count.fetch_add(1, Ordering::SeqCst);
        Id::from_u64(self.next.fetch_add(1, Ordering::SeqCst))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
