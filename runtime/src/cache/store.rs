//! The places where facts can stand, behind one face.

use std::sync::Arc;
use std::time::Duration;

use super::entry::{Entry, Held};
use super::error::Unavailable;
use super::memory::Memory;
#[cfg(feature = "redis")]
use super::redis::Redis;
use super::write::Write;

/// Where the facts of a cache are.
pub(crate) enum Store {
    Memory(Box<Memory>),
    #[cfg(feature = "redis")]
    Redis(Arc<Redis>),
}

/// What came of the wish to store something at a key.
#[derive(Debug)]
pub(crate) enum Acquired {
    /// There is a lease now: read the database, then fill. `epoch` is that of the server.
    Fill { epoch: u64 },
    /// Somebody else has a lease.
    Wait,
    /// A write is under way, or the layout is too new: read the database, and store nothing.
    Bypass,
    /// There is a fact by now.
    Entry(Entry),
}

/// The right to store something at a key.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub(crate) key: String,
    pub(crate) token: String,
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "a process has one life"))]
    pub(crate) epoch: u64,
}

/// Who wants to store something, and where.
pub(crate) struct Wish<'a> {
    pub(crate) key: &'a str,
    pub(crate) token: &'a str,
    /// Whether a fact that stands at the key is known to be no good.
    pub(crate) discard: bool,
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "one process has one layout"))]
    pub(crate) registry: &'a str,
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "one process has one layout"))]
    pub(crate) layout: &'a str,
}

/// Tells each store's way of doing a thing. A store in this process neither waits nor fails.
macro_rules! each {
    ($self:ident, $memory:ident => $plain:expr, $redis:ident => $remote:expr) => {
        match $self {
            Self::Memory($memory) => Ok($plain),
            #[cfg(feature = "redis")]
            Self::Redis($redis) => $remote,
        }
    };
}

#[cfg_attr(not(feature = "redis"), expect(clippy::unused_async, reason = "servers answer later"))]
impl Store {
    /// Looks at a key.
    pub(crate) async fn get(&self, key: &str) -> Result<Held, Unavailable> {
        each!(self, memory => memory.get(key), redis => redis.get(key).await)
    }

    /// Asks for a lease.
    pub(crate) async fn acquire(&self, wish: &Wish<'_>) -> Result<Acquired, Unavailable> {
        each!(self, memory => memory.acquire(wish.key, wish.token, wish.discard), redis => redis.acquire(wish).await)
    }

    /// Stores an entry if the lease still stands. Says whether it did.
    pub(crate) async fn fill(&self, lease: &Lease, entry: Entry, ttl: Duration) -> Result<bool, Unavailable> {
        each!(
            self,
            memory => memory.fill(&lease.key, &lease.token, entry, ttl),
            redis => redis.fill(lease, &entry, ttl).await
        )
    }

    /// Gives a lease back.
    pub(crate) async fn abandon(&self, lease: &Lease) -> Result<(), Unavailable> {
        each!(self, memory => memory.abandon(&lease.key, &lease.token), redis => redis.abandon(lease).await)
    }

    /// Takes a pointer away, if it still points there.
    pub(crate) async fn forget_pointer(&self, key: &str, target: &Arc<str>) -> Result<(), Unavailable> {
        each!(self, memory => memory.forget_pointer(key, target), redis => redis.forget_pointer(key, target).await)
    }

    /// Whether this process must not trust what stands at a key, because the server was not told of a write.
    pub(crate) fn is_pending(&self, key: &str) -> bool {
        match self {
            Self::Memory(_) => {
                let _ = key;
                false
            }
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.is_pending(key),
        }
    }

    /// Announces a write. After this no reader stores what it read before, or reads while the write is under way.
    pub(crate) async fn begin(&self, write: &Arc<Write>) -> Result<(), Unavailable> {
        each!(
            self,
            memory => memory.bar(write.learn_own().iter(), write.id()),
            redis => redis.begin(write).await
        )
    }

    /// Says that a write is still under way.
    pub(crate) async fn renew(&self, write: &Arc<Write>) -> Result<(), Unavailable> {
        each!(self, memory => memory.bar(write.keys().iter(), write.id()), redis => redis.renew(write).await)
    }

    /// Says that a write has ended, and how many of its barriers had gone by themselves. Cannot fail: what the server
    /// does not take is kept until it does.
    pub(crate) async fn finish(&self, write: &Arc<Write>) -> usize {
        match self {
            Self::Memory(memory) => memory.release(write.keys().iter(), write.id()),
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.finish(write).await,
        }
    }

    /// The writer went away; nobody knows what became of its write.
    pub(crate) fn give_up(&self, write: &Arc<Write>) {
        match self {
            Self::Memory(_) => {
                let _ = write;
            }
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.give_up(write),
        }
    }
}
