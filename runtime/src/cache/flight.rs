//! Concurrent readers of one key in one process: one of them reads the database, the others wait for it.
//!
//! An answer may only be shared with a reader who cannot have begun after a write that the answer does not show. So every
//! flight counts who joins it, and its leader notes that count (a *mark*) before each step whose result may be shared:
//! before it asks the server, before it begins to read the database, and before it stores what it read. Which mark
//! counts depends on what came out:
//!
//! - What the server said, or the database: those who had joined before the leader asked.
//! - What was stored: those who had joined before the leader sent it off, even while the database was being read. It was
//!   stored under a lease which any write would have broken, so that at that moment it was still true.
//!
//! The others begin anew. A flight that cannot have anything for newcomers any more is closed: nobody finds it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::entry::Value;

const SHARDS: usize = 16;

/// The open flights of a cache, by key.
#[derive(Debug)]
pub(super) struct Flights {
    shards: [Mutex<HashMap<String, Arc<Flight>>>; SHARDS],
    hasher: RandomState,
    /// How many are open. Where there are none, a reader need not look.
    open: AtomicUsize,
}

#[derive(Debug)]
struct Flight {
    /// How many have joined. Changes under the lock of the shard only.
    joined: AtomicUsize,
    landing: watch::Sender<Option<Landing>>,
}

/// What came out of a flight.
#[derive(Clone, Debug)]
pub(super) enum Landing {
    /// The answer, for those who joined before the mark.
    Answer(Option<Value>, Mark),
    /// The database failed. Each must ask it for an error of its own.
    Failed,
}

/// How many had joined at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(usize);

/// A seat in a flight that somebody else leads.
#[derive(Debug)]
pub(super) struct Seat {
    number: usize,
    landing: watch::Receiver<Option<Landing>>,
}

/// What a seat was good for.
#[derive(Debug)]
pub(super) enum Ride {
    /// The answer.
    Answer(Option<Value>),
    /// The database failed for the leader.
    Failed,
    /// Nothing: begin anew.
    Again,
}

/// A flight that the holder leads. Dropping it closes it and sends those who joined away to begin anew.
pub(super) struct Leader<'a> {
    flights: &'a Flights,
    key: String,
    flight: Arc<Flight>,
    open: bool,
}

/// A reader is either.
pub(super) enum Boarding<'a> {
    Leader(Leader<'a>),
    Seat(Seat),
}

impl Flights {
    pub(super) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
            open: AtomicUsize::new(0),
        }
    }

    /// Takes a seat, if there is a flight.
    pub(super) fn join(&self, key: &str) -> Option<Seat> {
        if self.open.load(Ordering::Acquire) == 0 {
            return None;
        }
        with(self.shard(key), |flights| flights.get(key).map(|flight| flight.seat()))
    }

    /// Takes a seat, or the lead where there is no flight.
    pub(super) fn board(&self, key: &str) -> Boarding<'_> {
        with(self.shard(key), |flights| {
            if let Some(flight) = flights.get(key) {
                return Boarding::Seat(flight.seat());
            }
            let flight = Arc::new(Flight { joined: AtomicUsize::new(0), landing: watch::Sender::new(None) });
            flights.insert(key.to_owned(), Arc::clone(&flight));
            self.open.fetch_add(1, Ordering::AcqRel);
            Boarding::Leader(Leader { flights: self, key: key.to_owned(), flight, open: true })
        })
    }

    fn shard(&self, key: &str) -> &Mutex<HashMap<String, Arc<Flight>>> {
        let hash = self.hasher.hash_one(key);
        &self.shards[usize::try_from(hash % SHARDS as u64).unwrap_or(0)]
    }
}

impl Flight {
    fn seat(&self) -> Seat {
        Seat { number: self.joined.fetch_add(1, Ordering::Relaxed), landing: self.landing.subscribe() }
    }
}

impl Seat {
    /// Waits for the flight to end.
    pub(super) async fn ride(mut self) -> Ride {
        match self.landing.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Landing::Answer(answer, mark))) if self.number < mark.0 => Ride::Answer(answer.clone()),
            Ok(Some(Landing::Failed)) => Ride::Failed,
            _ => Ride::Again,
        }
    }
}

impl Leader<'_> {
    /// Who has joined up to now.
    pub(super) fn mark(&self) -> Mark {
        with(self.flights.shard(&self.key), |_| Mark(self.flight.joined.load(Ordering::Relaxed)))
    }

    /// Nobody joins any more. Who has joined up to now.
    pub(super) fn close(&mut self) -> Mark {
        with(self.flights.shard(&self.key), |flights| {
            if std::mem::take(&mut self.open) {
                flights.remove(&self.key);
                self.flights.open.fetch_sub(1, Ordering::AcqRel);
            }
            Mark(self.flight.joined.load(Ordering::Relaxed))
        })
    }

    /// Ends the flight.
    pub(super) fn land(mut self, landing: Landing) {
        self.close();
        self.flight.landing.send_replace(Some(landing));
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.close();
        // A value must be there, for the sender lives as long as the last one who holds the flight.
        self.flight.landing.send_if_modified(|landing| {
            let undecided = landing.is_none();
            if undecided {
                *landing = Some(Landing::Answer(None, Mark(0)));
            }
            undecided
        });
    }
}

/// Nothing panics under these locks, so that a poisoned one is as good as any.
fn with<T, R>(lock: &Mutex<T>, work: impl FnOnce(&mut T) -> R) -> R {
    work(&mut lock.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(flights: &Flights) -> Leader<'_> {
        match flights.board("k") {
            Boarding::Leader(leader) => leader,
            Boarding::Seat(_) => panic!("somebody leads already"),
        }
    }

    #[tokio::test]
    async fn an_answer_is_shared_with_those_before_the_mark_only() {
        let flights = Flights::new();
        let leader = lead(&flights);
        let early = flights.join("k").expect("an open flight");
        let mark = leader.mark();
        let late = flights.join("k").expect("an open flight");
        leader.land(Landing::Answer(Some(Value::new(b"row", &[])), mark));
        assert!(matches!(early.ride().await, Ride::Answer(Some(value)) if &value[..] == b"row"));
        assert!(matches!(late.ride().await, Ride::Again));
        assert!(flights.join("k").is_none(), "the flight is still open");
    }

    #[tokio::test]
    async fn a_closed_flight_is_not_found_and_still_lands() {
        let flights = Flights::new();
        let mut leader = lead(&flights);
        let seat = flights.join("k").expect("an open flight");
        let mark = leader.close();
        assert!(flights.join("k").is_none());
        let second = lead(&flights);
        leader.land(Landing::Answer(None, mark));
        assert!(matches!(seat.ride().await, Ride::Answer(None)));
        assert!(flights.join("k").is_some(), "the end of the first flight closed the second");
        drop(second);
        assert_eq!(flights.open.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_leader_that_goes_away_keeps_nobody_waiting() {
        let flights = Flights::new();
        let leader = lead(&flights);
        let seat = flights.join("k").expect("an open flight");
        drop(leader);
        assert!(matches!(seat.ride().await, Ride::Again));
    }
}
