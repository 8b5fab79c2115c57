//! The store in Redis, or in a Redis Cluster, for all processes that use it.

mod layouts;
mod line;
mod pending;
mod scripts;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use redis::{ErrorKind, Value, from_redis_value};

use super::entry::{self, Entry, Held};
use super::error::Unavailable;
use super::observe::Observer;
use super::options::{CacheOptions, Outage};
use super::store::{Acquired, Lease, Wish};
use super::write::Write;
use layouts::Layouts;
pub(crate) use line::Address;
use line::Line;
use pending::Pending;
use scripts::Source;

/// Commands that are on their way at the same time, of one write.
const WIDTH: usize = 1024;

/// How long the pauses are between two attempts to reach a server that is away: the first, and the longest.
const PROBES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

pub(crate) struct Redis {
    line: Line,
    layouts: Layouts,
    pending: Pending,
    /// Whether a task looks after a server that is away.
    probing: AtomicBool,
    options: CacheOptions,
    this: Weak<Self>,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line.address().fmt(f)
    }
}

/// Reading and storing.
impl Redis {
    pub(crate) fn new(address: Address, options: &CacheOptions, observer: Arc<Observer>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            line: Line::new(address, options, observer),
            layouts: Layouts::default(),
            pending: Pending::default(),
            probing: AtomicBool::new(false),
            options: options.clone(),
            this: Weak::clone(this),
        })
    }

    /// Connects.
    pub(crate) async fn greet(&self) -> Result<(), Unavailable> {
        let greeted = self.ping().await;
        self.watch();
        greeted
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Held, Unavailable> {
        self.usable()?;
        let mut get = redis::cmd("GET");
        get.arg(key);
        let (reply, epoch) = self.watched(self.line.send(&get).await)?;
        match reply {
            Ok(Value::Nil) => Ok(Held::Nothing),
            Ok(Value::BulkString(bytes)) => Ok(Held::decode(key, epoch, bytes)),
            Ok(_) => Err(self.line.nonsense()),
            // A list, a hash.
            Err(error) if error.code() == Some("WRONGTYPE") => Ok(Held::Garbage),
            Err(error) => Err(self.line.refused(&error)),
        }
    }

    /// Asks for a lease, and enters the layout into the registry on the way.
    pub(crate) async fn acquire(&self, wish: &Wish<'_>) -> Result<Acquired, Unavailable> {
        self.usable()?;
        if self.layouts.in_grace(wish.registry, wish.layout) {
            return Ok(Acquired::Bypass);
        }
        let lease_ttl = millis(self.options.lease_ttl);
        let layout_ttl = millis(self.options.layout_ttl());
        let discard: &[u8] = if wish.discard { b"1" } else { b"0" };
        let acquire = [wish.token.as_bytes(), lease_ttl.as_bytes(), discard];
        let register = [wish.layout.as_bytes(), layout_ttl.as_bytes()];
        let asked = Instant::now();
        let (acquired, registered) = tokio::join!(
            self.run(&scripts::ACQUIRE, wish.key, &acquire),
            self.run(&scripts::REGISTER, wish.registry, &register),
        );
        let (Value::BulkString(reply), epoch) = acquired? else { return Err(self.line.nonsense()) };
        let acquired = match &reply[..] {
            b"F" => Acquired::Fill { epoch },
            b"L" => return Ok(Acquired::Wait),
            b"B" => return Ok(Acquired::Bypass),
            _ => {
                return Ok(match Held::decode(wish.key, epoch, reply) {
                    Held::Entry(entry) => Acquired::Entry(entry),
                    // Who comes next finds the garbage, and throws it away.
                    _ => Acquired::Bypass,
                });
            }
        };
        // Whoever cannot say what became of the registration stores nothing.
        let age = match registered {
            Ok((Value::Int(age), registered)) if registered == epoch => u64::try_from(age).unwrap_or(0),
            Ok(_) => 0,
            Err(error) => {
                self.abandon(&Lease { key: wish.key.to_owned(), token: wish.token.to_owned(), epoch }).await?;
                return Err(error);
            }
        };
        let rest = self.options.grace.saturating_sub(Duration::from_millis(age));
        if rest.is_zero() {
            return Ok(acquired);
        }
        tracing::debug!(registry = wish.registry, "the layout is new, so that nothing is stored for a moment");
        self.layouts.begin_grace(wish.registry, wish.layout, rest + asked.elapsed());
        self.abandon(&Lease { key: wish.key.to_owned(), token: wish.token.to_owned(), epoch }).await?;
        Ok(Acquired::Bypass)
    }

    pub(crate) async fn fill(&self, lease: &Lease, entry: &Entry, ttl: Duration) -> Result<bool, Unavailable> {
        self.usable()?;
        if self.line.epoch().await? != lease.epoch {
            // The server has started again since. If it still knows the lease, it may have forgotten a write.
            return Ok(false);
        }
        let bytes = entry.encode(&lease.key, lease.epoch);
        let ttl = millis(ttl);
        let arguments = [lease.token.as_bytes(), &bytes, ttl.as_bytes()];
        match self.run(&scripts::FILL, &lease.key, &arguments).await? {
            (Value::Int(stored), epoch) => Ok(stored == 1 && epoch == lease.epoch),
            _ => Err(self.line.nonsense()),
        }
    }

    pub(crate) async fn abandon(&self, lease: &Lease) -> Result<(), Unavailable> {
        self.usable()?;
        let held = [entry::LEASE, lease.token.as_bytes()].concat();
        self.run(&scripts::TAKE_AWAY, &lease.key, &[&held]).await.map(drop)
    }

    pub(crate) async fn forget_pointer(&self, key: &str, target: &Arc<str>) -> Result<(), Unavailable> {
        self.usable()?;
        let held = Entry::Pointer(Arc::clone(target)).encode(key, self.line.epoch().await?);
        self.run(&scripts::TAKE_AWAY, key, &[&held]).await.map(drop)
    }

    pub(crate) fn is_pending(&self, key: &str) -> bool {
        self.pending.has(key)
    }
}

/// Writing.
impl Redis {
    pub(crate) async fn begin(&self, write: &Arc<Write>) -> Result<(), Unavailable> {
        drop(write.learn_own());
        let Err(error) = self.announce(write).await else { return Ok(()) };
        if self.options.outage == Outage::FailWrites {
            return Err(error);
        }
        write.keys().extend(write.tables().iter().flat_map(|table| {
            let layouts = self.layouts.known(&table.registry);
            table.under(&layouts).collect::<Vec<_>>()
        }));
        if !self.pending.hold(write, self.options.max_pending) {
            return Err(Unavailable(format!("{error}, and too many writes wait for it already")));
        }
        tracing::warn!(%error, "a write goes on without the cache");
        self.cut();
        Ok(())
    }

    /// Puts the barriers up, under all layouts in use.
    async fn announce(&self, write: &Write) -> Result<(), Unavailable> {
        self.usable()?;
        for _ in 0..3 {
            let asked = self.learn(write, self.options.grace / 3).await?;
            let keys: Vec<String> = write.keys().iter().cloned().collect();
            self.bar(&keys, write.id()).await?;
            // This process may have been suspended in between.
            if asked.elapsed() <= self.options.grace / 2 {
                return Ok(());
            }
        }
        Err(Unavailable(format!("{:?} takes too long for a write of this size", self.line.address())))
    }

    pub(crate) async fn renew(&self, write: &Write) -> Result<(), Unavailable> {
        self.usable()?;
        self.learn(write, Duration::ZERO).await?;
        let keys: Vec<String> = write.keys().iter().cloned().collect();
        self.bar(&keys, write.id()).await
    }

    pub(crate) async fn finish(&self, write: &Arc<Write>) -> usize {
        if !self.line.is_open()
            && let Ok(lost) = self.release(write).await
        {
            self.pending.settle(write);
            return lost;
        }
        // What cannot be held runs out by itself, unless the server has lost its data.
        self.pending.hold(write, self.options.max_pending);
        self.pending.end(write, Instant::now());
        self.cut();
        0
    }

    /// The writer is gone. If this process does not trust the keys of the write, it will when the barrier would have run
    /// out, for by then the database has decided.
    pub(crate) fn give_up(&self, write: &Arc<Write>) {
        if self.pending.holds(write) {
            self.pending.end(write, Instant::now() + self.options.barrier_ttl);
            self.watch();
        }
    }

    /// Takes the barriers away under all layouts, those that came into use during the write included. How many were gone
    /// already.
    async fn release(&self, write: &Write) -> Result<usize, Unavailable> {
        let known: BTreeSet<String> = write.keys().clone();
        let keys: Vec<String> = known.iter().cloned().collect();
        let writer = [write.id().as_bytes()];
        let (lost, learned) =
            tokio::join!(self.each(&scripts::RELEASE, &keys, &writer), self.learn(write, Duration::ZERO));
        let lost = lost?.into_iter().filter(|found| *found == 0).count();
        learned?;
        let new: Vec<String> = write.keys().difference(&known).cloned().collect();
        self.each(&scripts::RELEASE, &new, &writer).await?;
        Ok(lost)
    }

    async fn bar(&self, keys: &[String], writer: &str) -> Result<(), Unavailable> {
        let ttl = millis(self.options.barrier_ttl);
        self.each(&scripts::BAR, keys, &[writer.as_bytes(), ttl.as_bytes()]).await.map(drop)
    }

    /// Takes in the keys under the layouts that the registries name, which must not have been asked longer ago than `age`.
    /// Says when the one was asked that was asked first.
    async fn learn(&self, write: &Write, age: Duration) -> Result<Instant, Unavailable> {
        let registries: BTreeSet<&str> = write.tables().iter().map(|table| table.registry.as_str()).collect();
        let now = Instant::now();
        let old = |registry: &&&str| self.layouts.asked(registry).is_none_or(|asked| asked + age <= now);
        let unknown = registries.iter().filter(old);
        let mut questions = Vec::new();
        for registry in unknown {
            questions.push(self.ask_layouts(registry));
        }
        for answer in join_all(questions).await {
            answer?;
        }
        for table in write.tables() {
            let layouts = self.layouts.known(&table.registry);
            write.keys().extend(table.under(&layouts));
        }
        Ok(registries.iter().filter_map(|registry| self.layouts.asked(registry)).min().unwrap_or(now))
    }

    async fn ask_layouts(&self, registry: &str) -> Result<(), Unavailable> {
        let asked = Instant::now();
        let (reply, _) = self.run(&scripts::LAYOUTS, registry, &[]).await?;
        let layouts: Vec<Vec<u8>> = from_redis_value(reply).map_err(|_| self.line.nonsense())?;
        // What is not text is no layout of anybody's.
        let layouts = layouts.into_iter().filter_map(|layout| String::from_utf8(layout).ok()).collect();
        self.layouts.learn(registry, asked, layouts);
        Ok(())
    }

    /// Runs a script on each of the keys, all at once.
    async fn each(&self, script: &Source, keys: &[String], arguments: &[&[u8]]) -> Result<Vec<i64>, Unavailable> {
        let mut numbers = Vec::with_capacity(keys.len());
        for keys in keys.chunks(WIDTH) {
            let mut runs = Vec::with_capacity(keys.len());
            for key in keys {
                runs.push(self.run(script, key, arguments));
            }
            for reply in join_all(runs).await {
                match reply? {
                    (Value::Int(number), _) => numbers.push(number),
                    _ => return Err(self.line.nonsense()),
                }
            }
        }
        Ok(numbers)
    }
}

/// Being there.
impl Redis {
    async fn run(&self, script: &Source, key: &str, arguments: &[&[u8]]) -> Result<(Value, u64), Unavailable> {
        self.watched(self.line.run(script, key, arguments).await)
    }

    /// Says no at once while the server is left alone.
    fn usable(&self) -> Result<(), Unavailable> {
        if self.line.is_open() {
            self.watch();
            return Err(Unavailable(format!("{:?} did not answer a moment ago", self.line.address())));
        }
        Ok(())
    }

    fn watched<T>(&self, outcome: Result<T, Unavailable>) -> Result<T, Unavailable> {
        if outcome.is_err() {
            self.watch();
        }
        outcome
    }

    fn cut(&self) {
        self.line.cut();
        self.watch();
    }

    /// Sees to it that a task looks after a server that is away, and tells it of the writes that it missed.
    fn watch(&self) {
        if !self.line.is_open() && !self.pending.is_waiting() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.probing.swap(true, Ordering::AcqRel) {
            runtime.spawn(probe(ProbeGuard(Weak::clone(&self.this))));
        }
    }

    async fn ping(&self) -> Result<(), Unavailable> {
        match self.line.send(&redis::cmd("PING")).await?.0 {
            Ok(_) => Ok(()),
            // One that wants a password it was not given will not take anything else either.
            Err(error) if error.kind() == ErrorKind::AuthenticationFailed || error.code() == Some("NOAUTH") => {
                Err(self.line.refused(&error))
            }
            Err(_) => Ok(()),
        }
    }

    /// Tells the server of the writes that it missed. Says whether all is as it should be.
    async fn catch_up(&self) -> bool {
        if self.ping().await.is_err() {
            return false;
        }
        let mut due = self.pending.take_due().into_iter();
        while let Some(write) = due.next() {
            if self.release(&write).await.is_err() {
                for write in std::iter::once(write).chain(due) {
                    self.pending.end(&write, Instant::now());
                }
                return false;
            }
            self.pending.settle(&write);
        }
        true
    }
}

/// Lets another task look after the server when this one is gone, even where its runtime has ended.
struct ProbeGuard(Weak<Redis>);

impl Drop for ProbeGuard {
    fn drop(&mut self) {
        if let Some(redis) = self.0.upgrade() {
            redis.probing.store(false, Ordering::Release);
        }
    }
}

/// Tries to reach the server until it is there, and knows of all writes.
async fn probe(guard: ProbeGuard) {
    let mut pause = PROBES.0;
    loop {
        tokio::time::sleep(pause.mul_f64(0.75 + 0.5 * fastrand::f64())).await;
        let Some(redis) = guard.0.upgrade() else { return };
        if redis.catch_up().await {
            redis.line.mend();
            if !redis.pending.is_waiting() {
                drop(guard);
                // Somebody may have found this task at work a moment before.
                redis.watch();
                return;
            }
        }
        pause = (pause * 2).min(PROBES.1);
    }
}

fn millis(time: Duration) -> String {
    time.as_millis().max(1).to_string()
}
