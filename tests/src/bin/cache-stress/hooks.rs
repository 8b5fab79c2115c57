//! Points inside of the runtime's commit at which a writer stands still to be killed. The runtime's spans show them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata};

/// Where a writer dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Phase {
    /// Its statements are done, and nothing is announced.
    BeforeBarrier,
    /// The announcement is on its way.
    Announcing,
    /// Between the announcement and the commit.
    Announced,
    /// The commit is on its way.
    Committing,
    /// Between the commit and the end of the announcement.
    Committed,
    /// The end of the announcement is on its way.
    Releasing,
    /// Anywhere: the clock decides.
    Anywhere,
}

impl Phase {
    pub(crate) const ALL: [Self; 7] = [
        Self::BeforeBarrier,
        Self::Announcing,
        Self::Announced,
        Self::Committing,
        Self::Committed,
        Self::Releasing,
        Self::Anywhere,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BeforeBarrier => "before-barrier",
            Self::Announcing => "announcing",
            Self::Announced => "announced",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::Releasing => "releasing",
            Self::Anywhere => "anywhere",
        }
    }
}

static VICTIM: OnceLock<Phase> = OnceLock::new();

/// From here on, the process stands still when it comes to this point.
pub(crate) fn die_at(phase: Phase) {
    let _ = VICTIM.set(phase);
}

/// Says that the point is reached, and waits to be killed there.
pub(crate) fn reached(phase: Phase) {
    if VICTIM.get() == Some(&phase) {
        say(&format!("K {}", phase.name()));
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

/// Writes a line to whoever started the process.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody listens any more where this fails.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Watches the spans.
#[derive(Default)]
pub(crate) struct Watcher {
    next: AtomicU64,
    /// For each open span its name and the number of handles to it.
    open: Mutex<BTreeMap<u64, (&'static str, usize)>>,
}

impl Watcher {
    fn name(&self, id: &Id) -> &'static str {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&id.into_u64()).map_or("", |(name, _)| name)
    }
}

impl tracing::Subscriber for Watcher {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span()
            && ["cache.begin_write", "transaction.commit", "cache.finish_write"].contains(&metadata.name())
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(number, (span.metadata().name(), 1));
        Id::from_u64(number)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    /// A future that is left before it is done has sent what it had to send.
    fn exit(&self, id: &Id) {
        match self.name(id) {
            "cache.begin_write" => reached(Phase::Announcing),
            "transaction.commit" => reached(Phase::Committing),
            "cache.finish_write" => reached(Phase::Releasing),
            _ => {}
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, handles)) = open.get_mut(&id.into_u64()) {
            *handles += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((name, handles)) = open.get_mut(&id.into_u64()) else { return false };
        *handles -= 1;
        if *handles > 0 {
            return false;
        }
        let name = *name;
        open.remove(&id.into_u64());
        drop(open);
        match name {
            "cache.begin_write" => reached(Phase::Announced),
            "transaction.commit" => reached(Phase::Committed),
            _ => {}
        }
        true
    }
}
