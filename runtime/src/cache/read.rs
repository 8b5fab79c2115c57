//! One read, from the look at the key to the answer. Nothing here is generic: the database is a future that is polled at
//! most once, and not before the read has the right to store what comes of it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use super::entry::{Entry, Held, Value};
use super::flight::{Boarding, Landing, Leader, Mark, Ride};
use super::observe::Event;
use super::store::{Acquired, Lease, Wish};
use super::{Filled, Request, Shared};

/// How often a read begins anew, because what it waited for was of no use to it, until it stops taking part.
const ROUNDS: usize = 4;

/// The first and the longest pause between two looks at a key that somebody else is about to fill, in milliseconds.
const PAUSES: (f64, f64) = (5.0, 50.0);

/// The read of the database. `None` where it failed: the caller has the error.
pub(super) type Database<'a> = Pin<&'a mut (dyn Future<Output = Option<Filled>> + Send)>;

/// The database failed.
pub(super) struct Failed;

type Answer = Result<Option<Value>, Failed>;

/// What a look at the cache comes to.
enum Sight {
    Answer(Option<Value>),
    /// There is no answer. Fill this key.
    Miss {
        slot: Slot,
        discard: bool,
    },
    /// Do not take part.
    Bypass,
}

/// The key that a read may fill: the one that was asked for, or the one to which it points.
enum Slot {
    Asked,
    Target(Arc<str>),
}

/// What a leader comes to.
enum Led {
    Answer(Answer),
    /// Something stands at the key by now that is no answer by itself.
    Again,
}

impl Shared {
    /// Answers a request from the cache, or from the database.
    pub(super) async fn read(self: &Arc<Self>, request: &Request<'_>, mut database: Database<'_>) -> Answer {
        let began = Instant::now();
        let answer = self.rounds(request, &mut database).await;
        self.observer.read_took(began.elapsed());
        answer
    }

    async fn rounds(self: &Arc<Self>, request: &Request<'_>, database: &mut Database<'_>) -> Answer {
        let key = request.key;
        for round in 0..ROUNDS {
            let distrust = request.discard && round == 0;
            if self.store.is_pending(key) {
                return self.bypass(database).await;
            }
            let (slot, discard) = if distrust {
                (Slot::Asked, true)
            } else {
                if let Some(seat) = self.flights.join(key) {
                    match seat.ride().await {
                        Ride::Answer(answer) => return Ok(self.joined(answer)),
                        Ride::Failed => return self.direct(database).await,
                        Ride::Again => continue,
                    }
                }
                match self.look(key).await {
                    Sight::Answer(answer) => return Ok(self.hit(answer)),
                    Sight::Bypass => return self.bypass(database).await,
                    Sight::Miss { slot, discard } => (slot, discard),
                }
            };
            if round == 0 {
                self.observer.count(Event::Miss);
            }
            let place = match &slot {
                Slot::Asked => key,
                Slot::Target(target) => target,
            };
            match self.flights.board(place) {
                Boarding::Leader(leader) => match self.lead(leader, request, &slot, discard, database).await {
                    Led::Answer(answer) => return answer,
                    Led::Again => {}
                },
                // Who leads may find just what this caller could not decode.
                Boarding::Seat(_) if distrust => return self.bypass(database).await,
                Boarding::Seat(seat) => match seat.ride().await {
                    Ride::Answer(answer) => {
                        // What stands at the target is an answer for this key only if the row says so.
                        if let Some(answer) = accept(answer.map_or(Entry::Absent, Entry::Value), &slot, key) {
                            return Ok(self.joined(answer));
                        }
                    }
                    Ride::Failed => return self.direct(database).await,
                    Ride::Again => {}
                },
            }
        }
        self.bypass(database).await
    }

    /// Looks at a key, and at the key to which it points.
    async fn look(&self, key: &str) -> Sight {
        let miss = |slot, discard| Sight::Miss { slot, discard };
        let target = match self.get(key).await {
            None => return Sight::Bypass,
            Some(Held::Entry(Entry::Value(value))) => return Sight::Answer(Some(value)),
            Some(Held::Entry(Entry::Absent)) => return Sight::Answer(None),
            Some(Held::Entry(Entry::Pointer(target))) => target,
            Some(Held::Nothing | Held::Lease | Held::Barrier) => return miss(Slot::Asked, false),
            Some(Held::Garbage) => return miss(Slot::Asked, true),
        };
        match self.get(&target).await {
            None => Sight::Bypass,
            // The row says itself by which keys it is found. A pointer is only a guess: nobody need take it away when the
            // row changes its other key.
            Some(Held::Entry(Entry::Value(value))) if value.answers_to(key) => Sight::Answer(Some(value)),
            Some(Held::Entry(Entry::Value(_) | Entry::Absent)) => miss(Slot::Asked, true),
            Some(Held::Nothing | Held::Lease | Held::Barrier) => miss(Slot::Target(target), false),
            Some(Held::Garbage | Held::Entry(Entry::Pointer(_))) => miss(Slot::Target(target), true),
        }
    }

    /// What stands at a key; `None` where it cannot be known.
    async fn get(&self, key: &str) -> Option<Held> {
        if self.store.is_pending(key) {
            return None;
        }
        match self.store.get(key).await {
            Ok(held) => {
                if matches!(held, Held::Garbage) {
                    self.observer.count(Event::Garbage);
                }
                Some(held)
            }
            Err(error) => {
                tracing::debug!(%error, "the cache did not answer");
                None
            }
        }
    }

    /// Reads the database for all who joined, and stores what comes of it.
    async fn lead(
        self: &Arc<Self>,
        mut leader: Leader<'_>,
        request: &Request<'_>,
        slot: &Slot,
        mut discard: bool,
        database: &mut Database<'_>,
    ) -> Led {
        let place = match slot {
            Slot::Asked => request.key,
            Slot::Target(target) => target,
        };
        let token = self.nonce.next();
        let wish =
            |discard| Wish { key: place, token: &token, discard, registry: request.registry, layout: request.layout };
        let limit = Instant::now() + self.options.wait_limit.min(self.options.lease_ttl);
        let mut pause = PAUSES.0;
        let epoch = loop {
            let mut mark = leader.mark();
            let found = match self.store.acquire(&wish(discard)).await {
                Ok(Acquired::Fill { epoch }) => break epoch,
                Ok(Acquired::Entry(entry)) => Held::Entry(entry),
                Ok(Acquired::Wait) => match self.wait(&leader, place, &mut pause, limit, &mut mark).await {
                    Some(held) => held,
                    None => return Led::Answer(self.lead_past(leader, slot, database).await),
                },
                Ok(Acquired::Bypass) => return Led::Answer(self.lead_past(leader, slot, database).await),
                Err(error) => {
                    tracing::debug!(%error, "the cache did not answer");
                    return Led::Answer(self.lead_past(leader, slot, database).await);
                }
            };
            match found {
                Held::Entry(entry) => {
                    let shared = match &entry {
                        Entry::Value(value) => Some(Some(value.clone())),
                        Entry::Absent => Some(None),
                        Entry::Pointer(_) => None,
                    };
                    if let Some(shared) = shared {
                        leader.land(Landing::Answer(shared, mark));
                    }
                    return match accept(entry, slot, request.key) {
                        Some(answer) => Led::Answer(Ok(self.hit(answer))),
                        None => Led::Again,
                    };
                }
                Held::Garbage => discard = true,
                Held::Nothing | Held::Lease | Held::Barrier => discard = false,
            }
        };
        let mut lease = LeaseGuard::new(self, Lease { key: place.to_owned(), token: token.clone(), epoch });
        let begun = leader.mark();
        let Some(filled) = database.as_mut().await else {
            leader.land(Landing::Failed);
            lease.give_back().await;
            return Led::Answer(Err(Failed));
        };
        let fact = self.fact(&filled, place, slot);
        let answer = filled.into_value();
        let Some(entry) = fact else {
            if let Slot::Target(target) = slot {
                // The row is not where the pointer says. Who comes next finds that out anew, and may store it.
                let _ = self.store.forget_pointer(request.key, target).await;
                leader.land(Landing::Answer(None, Mark::default()));
            } else {
                leader.land(Landing::Answer(answer.clone(), begun));
            }
            lease.give_back().await;
            return Led::Answer(Ok(answer));
        };
        let sent = leader.close();
        let ttl = self.options.ttl_of(matches!(entry, Entry::Absent));
        let direct = !matches!(entry, Entry::Pointer(_));
        if request.discard
            && let Entry::Pointer(target) = &entry
        {
            self.clear(request, target).await;
        }
        lease.disarm();
        let stored = self.store.fill(&lease.lease, entry, ttl).await.unwrap_or(false);
        self.observer.count(if stored { Event::Fill } else { Event::RefusedFill });
        // That a pointer was stored says that the key still leads to the row, and not that the row is the same.
        leader.land(Landing::Answer(answer.clone(), if stored && direct { sent } else { begun }));
        Led::Answer(Ok(answer))
    }

    /// Takes away whatever stands at the key of a row that was read by another key and could not be decoded.
    async fn clear(&self, request: &Request<'_>, target: &str) {
        let token = self.nonce.next();
        let Request { registry, layout, .. } = *request;
        let wish = Wish { key: target, token: &token, discard: true, registry, layout };
        if let Ok(Acquired::Fill { epoch }) = self.store.acquire(&wish).await {
            // What is not given back runs out.
            let _ = self.store.abandon(&Lease { key: target.to_owned(), token, epoch }).await;
        }
    }

    /// Waits until something else than a lease stands at the key. `None` when that takes too long, or cannot be known.
    async fn wait(
        &self,
        leader: &Leader<'_>,
        place: &str,
        pause: &mut f64,
        limit: Instant,
        mark: &mut Mark,
    ) -> Option<Held> {
        self.observer.count(Event::Wait);
        while Instant::now() < limit {
            // Not all at the same time: the pauses of different processes drift apart.
            let time = *pause * (0.75 + 0.5 * fastrand::f64());
            tokio::time::sleep(std::time::Duration::from_secs_f64(time / 1000.0)).await;
            *pause = (*pause * 2.0).min(PAUSES.1);
            *mark = leader.mark();
            match self.get(place).await? {
                Held::Lease => {}
                held => return Some(held),
            }
        }
        None
    }

    /// What to store at a place; nothing where the row is too large, or belongs elsewhere than the pointer says.
    fn fact(&self, filled: &Filled, place: &str, slot: &Slot) -> Option<Entry> {
        match (filled, slot) {
            (Filled::Absent, Slot::Asked) => Some(Entry::Absent),
            (Filled::Absent, Slot::Target(_)) => None,
            (Filled::Row { key, .. }, Slot::Asked) if key != place => Some(Entry::Pointer(key.as_str().into())),
            (Filled::Row { key, .. }, Slot::Target(_)) if key != place => None,
            (Filled::Row { value, .. }, _) => {
                let fits = value.len() <= self.options.max_value_bytes as usize;
                if !fits {
                    self.observer.count(Event::Oversized);
                }
                fits.then(|| Entry::Value(value.clone()))
            }
        }
    }

    /// Asks the database for all who have joined up to now, and stores nothing.
    async fn lead_past(&self, mut leader: Leader<'_>, slot: &Slot, database: &mut Database<'_>) -> Answer {
        // Newcomers would wait in vain: this answer is not for them.
        let begun = leader.close();
        let answer = self.bypass(database).await;
        match (&answer, slot) {
            (Ok(answer), Slot::Asked) => leader.land(Landing::Answer(answer.clone(), begun)),
            (Ok(_), Slot::Target(_)) => drop(leader),
            (Err(Failed), _) => leader.land(Landing::Failed),
        }
        answer
    }

    async fn bypass(&self, database: &mut Database<'_>) -> Answer {
        self.observer.count(Event::Bypass);
        self.direct(database).await
    }

    async fn direct(&self, database: &mut Database<'_>) -> Answer {
        database.as_mut().await.map(Filled::into_value).ok_or(Failed)
    }

    fn hit(&self, answer: Option<Value>) -> Option<Value> {
        self.observer.count(if answer.is_some() { Event::Hit } else { Event::NegativeHit });
        answer
    }

    fn joined(&self, answer: Option<Value>) -> Option<Value> {
        self.observer.count(Event::Joined);
        answer
    }
}

/// The answer for `key` in what stands at the slot, if there is one.
fn accept(entry: Entry, slot: &Slot, key: &str) -> Option<Option<Value>> {
    match (entry, slot) {
        (Entry::Value(value), Slot::Target(_)) if !value.answers_to(key) => None,
        (Entry::Value(value), _) => Some(Some(value)),
        (Entry::Absent, Slot::Asked) => Some(None),
        (Entry::Absent, Slot::Target(_)) | (Entry::Pointer(_), _) => None,
    }
}

/// A lease that is given back when the reader goes away, so that others need not wait for it to run out.
struct LeaseGuard<'a> {
    shared: &'a Arc<Shared>,
    lease: Lease,
    armed: bool,
}

impl<'a> LeaseGuard<'a> {
    fn new(shared: &'a Arc<Shared>, lease: Lease) -> Self {
        Self { shared, lease, armed: true }
    }

    fn disarm(&mut self) {
        self.armed = false;
    }

    async fn give_back(mut self) {
        self.armed = false;
        // What is not given back runs out.
        let _ = self.shared.store.abandon(&self.lease).await;
    }
}

impl Drop for LeaseGuard<'_> {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (shared, lease) = (Arc::clone(self.shared), self.lease.clone());
        runtime.spawn(async move {
            let _ = shared.store.abandon(&lease).await;
        });
    }
}
