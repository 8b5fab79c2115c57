//! Transactions as asynchronous closures.
//!
//! A transaction owns its connection from before BEGIN is sent until after the answer to COMMIT or ROLLBACK has come. If it
//! is dropped in between, by a panic or because nobody waits for it any more, the connection does not go back to the pool
//! before ROLLBACK has been answered on it, whatever the driver believes of its state. That holds while BEGIN is on its way
//! as well, where the driver itself would hand out a connection with an open transaction.
//!
//! Statements on one transaction run one after the other, and only on the innermost of its savepoints: what is asked of an
//! outer handle meanwhile waits for the inner one's end. Otherwise rolling back the inner one would take the outer one's
//! statements with it.

use std::fmt;
use std::ops::Deref;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as BlockingMutex, MutexGuard as BlockingGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Mutex, MutexGuard, Notify};
use tracing::Instrument;

use super::error::Error;
use super::invalidation::Touched;
use super::pool::Connection;
use super::session::Session;
use crate::table::Dialect;

/// A transaction, or a savepoint inside of one: a [`Session`] whose statements all take effect, or none of them.
pub struct Transaction(Session);

impl Deref for Transaction {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transaction({:?})", self.0)
    }
}

/// How far a transaction is shielded from others that run beside it. SQLite has but one level, which is the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// It sees what others have committed, from statement to statement.
    ReadCommitted,
    /// It sees the database as it was when it began.
    RepeatableRead,
    /// It takes effect as if it ran alone.
    Serializable,
}

/// How a transaction runs.
///
/// ```no_run
/// # async fn run(db: tablature_runtime::Database) -> Result<(), tablature_runtime::Error> {
/// use tablature_runtime::{Isolation, TransactionOptions};
///
/// let options = TransactionOptions::new().isolation(Isolation::Serializable).retry(5);
/// db.transaction_with(&options, async |tx| {
///     tx.query("UPDATE stock_level SET reserved = reserved + 1 WHERE book_id = :book").bind("book", 7).execute().await
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TransactionOptions {
    isolation: Option<Isolation>,
    read_only: bool,
    retries: u32,
    backoff: Option<Duration>,
}

impl TransactionOptions {
    /// The server's own isolation, reading and writing, without another try.
    pub fn new() -> Self {
        Self::default()
    }

    /// How far it is shielded from others.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// Statements that write are refused.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// How often it is run again after a serialization failure or a deadlock. The closure must not do anything that cannot
    /// be done twice.
    pub fn retry(mut self, times: u32) -> Self {
        self.retries = times;
        self
    }

    /// How long to wait before the second try: 10 milliseconds if it is not set. It doubles from try to try up to a
    /// hundredfold, and a random part of it is left out, so that two transactions do not meet again.
    pub fn backoff(mut self, backoff: Duration) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// The statements that begin a transaction, in their order.
    fn begin(&self, dialect: Dialect) -> Vec<String> {
        let level = self.isolation.map(|isolation| match isolation {
            Isolation::ReadCommitted => "READ COMMITTED",
            Isolation::RepeatableRead => "REPEATABLE READ",
            Isolation::Serializable => "SERIALIZABLE",
        });
        match dialect {
            Dialect::Postgres => {
                let level = level.map_or(String::new(), |level| format!(" ISOLATION LEVEL {level}"));
                vec![format!("BEGIN{level}{}", if self.read_only { " READ ONLY" } else { "" })]
            }
            Dialect::Mysql => level
                .map(|level| format!("SET TRANSACTION ISOLATION LEVEL {level}"))
                .into_iter()
                .chain([format!("START TRANSACTION{}", if self.read_only { " READ ONLY" } else { "" })])
                .collect(),
            // A transaction that is going to write takes the lock at once: two that have both read cannot both get it.
            Dialect::Sqlite if self.read_only => vec!["BEGIN".to_owned(), "PRAGMA query_only = ON".to_owned()],
            Dialect::Sqlite => vec!["BEGIN IMMEDIATE".to_owned()],
        }
    }

    fn pause(&self, attempt: u32) -> Duration {
        let backoff = self.backoff.unwrap_or(Duration::from_millis(10));
        let longest = backoff.saturating_mul(1 << attempt.min(6)).min(backoff.saturating_mul(100));
        // The clock's nanoseconds are random enough to part two transactions.
        let nanos = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.subsec_nanos());
        longest.mul_f64(0.5 + f64::from(nanos % 1000) / 2000.0)
    }
}

/// The connection of a transaction, and what is known of its state.
pub(crate) struct Held {
    pub(super) dialect: Dialect,
    connection: Mutex<Option<Connection>>,
    state: BlockingMutex<State>,
    /// Told when a savepoint is no longer open.
    closed: Notify,
    next: AtomicU64,
    /// How long a statement waits for the others.
    patience: Duration,
    /// It has to be made possible again to write on the connection (SQLite).
    query_only: bool,
    /// Rows whose cached copies are taken back with the commit.
    pub(super) touched: Touched,
}

#[derive(Default)]
struct State {
    /// The numbers of the transaction and of its savepoints that are open, from the outside to the inside.
    open: Vec<u64>,
    /// The savepoint that was left without an end. The next statement rolls back to it first.
    abandoned: Option<u64>,
    /// What made the server refuse everything up to the end of the transaction or savepoint, which is given by its depth.
    failed: Option<(usize, String)>,
    /// The engine has ended the whole transaction by itself.
    gone: bool,
    /// Running it again may succeed.
    transient: bool,
}

impl State {
    /// Leaves a savepoint and all inside of it.
    fn leave(&mut self, number: u64) {
        if let Some(depth) = self.open.iter().position(|open| *open == number) {
            self.open.truncate(depth);
        }
    }

    /// Takes note that everything inside of the innermost one that is open has been rolled back.
    fn undone(&mut self) {
        self.abandoned = None;
        let depth = self.open.len();
        self.failed.take_if(|(at, _)| *at > depth);
    }
}

pub(super) type Slot<'a> = MutexGuard<'a, Option<Connection>>;

impl Held {
    fn state(&self) -> BlockingGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, for the handle of that number.
    pub(super) async fn lock(&self, number: u64) -> Result<Slot<'_>, Error> {
        let turn = tokio::time::timeout(self.patience, self.turn(number)).await;
        let mut slot = turn.unwrap_or(Err(Error::TransactionBusy(self.patience)))?;
        self.undo_abandoned(&mut slot).await?;
        Ok(slot)
    }

    /// Waits until nobody else uses the connection and nothing is open inside of the savepoint of that number.
    async fn turn(&self, number: u64) -> Result<Slot<'_>, Error> {
        loop {
            let mut closed = pin!(self.closed.notified());
            closed.as_mut().enable();
            let slot = self.connection.lock().await;
            {
                let mut state = self.state();
                state.gone |= slot.as_ref().is_none_or(Connection::is_out_of_step);
                if state.gone || !state.open.contains(&number) {
                    return Err(Error::TransactionEnded);
                }
                if state.open.last() == Some(&number) {
                    return Ok(slot);
                }
            }
            drop(slot);
            closed.await;
        }
    }

    /// Rolls back to a savepoint that was left without an end. It counts as abandoned until the answer is there.
    async fn undo_abandoned(&self, slot: &mut Slot<'_>) -> Result<(), Error> {
        let Some(number) = self.state().abandoned else { return Ok(()) };
        let connection = slot.as_mut().ok_or(Error::TransactionEnded)?;
        match insist(connection, &format!("ROLLBACK TO SAVEPOINT {}", name(number))).await {
            Ok(()) => {
                self.state().undone();
                Ok(())
            }
            Err(error) => {
                // What is left of it cannot be told from what came before.
                self.state().gone = true;
                Err(error.into())
            }
        }
    }

    /// Takes note of an error that changes the state of the transaction.
    pub(super) fn note(&self, error: &Error) {
        let mut state = self.state();
        state.transient |= error.is_transient();
        let depth = state.open.len();
        match (self.dialect, error) {
            (_, Error::ConnectionLost(_) | Error::Driver(_)) => state.gone = true,
            // The whole transaction is rolled back, and what follows would run outside of any.
            (Dialect::Mysql, Error::Deadlock(_) | Error::Serialization(_)) => state.gone = true,
            (Dialect::Sqlite, Error::Timeout(_)) => state.gone = true,
            (Dialect::Sqlite, Error::Database { code: Some(code), .. }) => {
                // NOMEM, IOERR, CORRUPT and FULL end a transaction: "Transaction", section 2.6 of SQLite's manual.
                let primary = code.parse::<i32>().map_or(0, |code| code & 0xff);
                state.gone |= matches!(primary, 7 | 10 | 11 | 13);
            }
            (
                Dialect::Postgres,
                Error::Serialization(_)
                | Error::Deadlock(_)
                | Error::Timeout(_)
                | Error::Violation(_)
                | Error::Outdated(_)
                | Error::Database { .. },
            ) => {
                state.failed.get_or_insert_with(|| (depth, error.to_string()));
            }
            _ => {}
        }
    }

    /// Looks whether SQLite has ended the transaction, which `ON CONFLICT ROLLBACK` and `RAISE(ROLLBACK, …)` do without
    /// telling: what follows would run outside of any. There is no transaction within a transaction, so that BEGIN is
    /// refused while there is one.
    pub(super) async fn look(&self, slot: &mut Slot<'_>, error: &Error) {
        if self.dialect != Dialect::Sqlite || !matches!(error, Error::Violation(_) | Error::Database { .. }) {
            return;
        }
        let Some(connection) = slot.as_mut() else { return };
        // It counts as ended until the refusal is there, for nobody may wait for the answer. What was begun here in its
        // place is rolled back as it would have been.
        let gone = std::mem::replace(&mut self.state().gone, true);
        if let Err(sqlx::Error::Database(_)) = connection.batch("BEGIN").await {
            self.state().gone = gone;
        }
    }

    /// The transaction, or the savepoint that is open, can only be rolled back.
    pub(super) fn fail(&self, cause: &str) {
        let mut state = self.state();
        let depth = state.open.len();
        state.failed.get_or_insert_with(|| (depth, cause.to_owned()));
    }

    /// Whether it can be committed at all.
    fn verdict(&self) -> Result<(), Error> {
        let state = self.state();
        match &state.failed {
            Some((_, cause)) => Err(Error::TransactionFailed(cause.clone())),
            None if state.gone => Err(Error::TransactionEnded),
            None => Ok(()),
        }
    }

    /// Whether a savepoint can be kept.
    fn verdict_inside(&self, number: u64) -> Result<(), Error> {
        let state = self.state();
        let depth = state.open.iter().position(|open| *open == number);
        match (&state.failed, depth) {
            (Some((at, cause)), Some(depth)) if *at > depth => Err(Error::TransactionFailed(cause.clone())),
            _ => Ok(()),
        }
    }

    async fn roll_back(&self, connection: &mut Connection) -> bool {
        if connection.is_out_of_step() {
            return false;
        }
        let clean = match insist(connection, "ROLLBACK").await {
            Ok(()) => true,
            // SQLite says so where it has rolled back by itself, or BEGIN had not come to it.
            Err(sqlx::Error::Database(error)) => error.message().contains("no transaction is active"),
            Err(_) => false,
        };
        clean && (!self.query_only || connection.batch("PRAGMA query_only = OFF").await.is_ok())
    }
}

/// Runs what can be run twice. The first answer may be the refusal of a statement that nobody waited for.
async fn insist(connection: &mut Connection, sql: &str) -> Result<(), sqlx::Error> {
    match connection.batch(sql).await {
        Err(sqlx::Error::Database(_)) => connection.batch(sql).await,
        outcome => outcome,
    }
}

/// A transaction that is under way. If nobody waits for its end, it is rolled back in the background, whoever keeps a handle
/// of it.
struct Running {
    held: Arc<Held>,
    runtime: Handle,
    ended: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.held.state().open.clear();
        self.held.closed.notify_waiters();
        let held = Arc::clone(&self.held);
        self.runtime.spawn(async move {
            /// A server that does not answer for so long will not answer at all.
            const PATIENCE: Duration = Duration::from_secs(10);
            let Some(mut connection) = held.connection.lock().await.take() else { return };
            let clean = tokio::time::timeout(PATIENCE, held.roll_back(&mut connection)).await;
            if !clean.unwrap_or(false) {
                connection.close_on_drop();
            }
        });
    }
}

fn name(savepoint: u64) -> String {
    format!("tablature_{savepoint}")
}

/// A savepoint that is abandoned unless it is ended.
struct Savepoint<'a> {
    held: &'a Held,
    number: u64,
    /// The server has answered, so that there may be something inside of it.
    begun: bool,
    ended: bool,
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let mut state = self.held.state();
            // After the end of the whole transaction there is nothing to roll back to.
            if self.begun && state.open.contains(&self.number) {
                state.abandoned = Some(self.number);
            }
            state.leave(self.number);
        }
        self.held.closed.notify_waiters();
    }
}

/// A transaction or a savepoint that is rolled back in the end, so that no setting outlives it. Without a closure, what
/// reads in it can be sent to another thread, whatever it borrows.
pub(super) struct Reading<'a> {
    pub(super) session: Transaction,
    within: Within<'a>,
}

/// What a [`Reading`] has to end.
enum Within<'a> {
    Transaction(Running),
    Savepoint(Savepoint<'a>),
}

impl Reading<'_> {
    pub(super) async fn close(self) -> Result<(), Error> {
        match self.within {
            Within::Transaction(mut running) => {
                running.roll_back().await;
                Ok(())
            }
            Within::Savepoint(mut savepoint) => self.session.end_savepoint(&mut savepoint, false).await,
        }
    }
}

impl Session {
    /// Runs a closure in a transaction: commits if it returns `Ok`, and rolls back if it returns `Err`, panics, or is no
    /// longer waited for.
    ///
    /// Inside of a transaction it is a savepoint: what fails in it takes back nothing of what came before.
    ///
    /// ```no_run
    /// # async fn run(db: tablature_runtime::Database) -> Result<(), tablature_runtime::Error> {
    /// db.transaction(async |tx| {
    ///     tx.query("UPDATE account SET cents = cents - :cents WHERE id = 1").bind("cents", 500).execute().await?;
    ///     tx.query("UPDATE account SET cents = cents + :cents WHERE id = 2").bind("cents", 500).execute().await
    /// })
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the closure returns, or what beginning or committing the transaction fails with. If the connection is lost
    /// while the commit is on its way, [`Error::ConnectionLost`] does not tell whether it took effect.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(Transaction) -> Result<T, E>,
    {
        match self.held() {
            Some((held, _)) => self.savepoint(held, work).await,
            None => {
                let mut running = self.begin(&TransactionOptions::new()).await?;
                self.finish(&mut running, work).await
            }
        }
    }

    /// As [`transaction`](Self::transaction), with options. Inside of a transaction they are not asked, and it is a
    /// savepoint.
    ///
    /// The closure can be called several times, so that it borrows what it needs, or clones it each time.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction): those of the last try.
    // With `AsyncFn` as the bound, the compiler does not see that the future can be sent to another thread.
    #[expect(clippy::redundant_closure, reason = "only the closures are asynchronous functions to the compiler")]
    pub async fn transaction_with<T, E, F, R>(&self, options: &TransactionOptions, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: Fn(Transaction) -> R,
        R: Future<Output = Result<T, E>>,
    {
        if let Some((held, _)) = self.held() {
            return self.savepoint(held, |tx| work(tx)).await;
        }
        let mut attempt = 0;
        loop {
            let (outcome, transient) = match self.begin(options).await {
                Ok(mut running) => {
                    let outcome = self.finish(&mut running, |tx| work(tx)).await;
                    let transient = running.held.state().transient;
                    (outcome, transient)
                }
                // SQLite waits for the lock at the beginning.
                Err(error) => {
                    let transient = error.is_transient();
                    (Err(error.into()), transient)
                }
            };
            if outcome.is_ok() || !transient || attempt >= options.retries {
                return outcome;
            }
            metrics::counter!("tablature_transaction_retries_total").increment(1);
            tokio::time::sleep(options.pause(attempt)).await;
            attempt += 1;
        }
    }

    async fn begin(&self, options: &TransactionOptions) -> Result<Running, Error> {
        /// The connections that are tried where the server has closed them while they were not in use.
        const TRIES: u32 = 3;
        let mut tries = 1;
        loop {
            match self.begin_once(options).await {
                // Nothing has been done in the transaction.
                Err(Error::ConnectionLost(_)) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn begin_once(&self, options: &TransactionOptions) -> Result<Running, Error> {
        let connection = self.acquire_for_transaction().await?;
        let held = Arc::new(Held {
            dialect: self.dialect(),
            connection: Mutex::new(Some(connection)),
            state: BlockingMutex::new(State { open: vec![0], ..State::default() }),
            closed: Notify::new(),
            next: AtomicU64::new(1),
            patience: self.shared().acquire_timeout,
            query_only: options.read_only && self.dialect() == Dialect::Sqlite,
            touched: Touched::default(),
        });
        // From here on, whatever happens, dropping this rolls back.
        let running = Running { held, runtime: Handle::current(), ended: false };
        let mut slot = running.held.lock(0).await?;
        for statement in options.begin(running.held.dialect) {
            let begun = slot.as_mut().ok_or(Error::TransactionEnded)?.batch(&statement).await.map_err(Error::from);
            if let Err(error) = begun {
                self.shared().note(&error);
                return Err(error);
            }
        }
        drop(slot);
        Ok(running)
    }

    /// Runs the closure, and commits or rolls back.
    async fn finish<T, E, F>(&self, running: &mut Running, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(Transaction) -> Result<T, E>,
    {
        let handle = Transaction(self.in_transaction(Arc::clone(&running.held), 0));
        match work(handle).await {
            Ok(value) => {
                self.commit(running).await?;
                Ok(value)
            }
            Err(error) => {
                // The closure's error says what went wrong. Where rolling back fails too, the connection is closed, and
                // the server rolls back by itself.
                running.roll_back().await;
                Err(error)
            }
        }
    }

    async fn commit(&self, running: &mut Running) -> Result<(), Error> {
        let held = Arc::clone(&running.held);
        let mut announced = None;
        // The connection stays where it is until the answer is there, so that being dropped meanwhile rolls back.
        let outcome = match held.lock(0).await {
            Ok(mut slot) => match (held.verdict(), slot.as_mut()) {
                (Ok(()), Some(connection)) => {
                    held.state().open.clear();
                    let answer = async {
                        // Readers go past the cache from here until the outcome is known.
                        if let Some(cache) = self.cache() {
                            announced = Some(cache.begin_write(held.touched.writes()).await?);
                        }
                        let committing = connection.batch(commit(held.dialect));
                        committing.instrument(tracing::debug_span!("transaction.commit")).await.map_err(Error::from)
                    };
                    let answer = answer.await;
                    if answer.is_ok() && !held.query_only {
                        running.ended = true;
                        drop(slot.take());
                    }
                    answer.inspect_err(|error| held.note(error))
                }
                (verdict, _) => verdict,
            },
            Err(error) => Err(error),
        };
        if let Err(error) = &outcome {
            self.shared().note(error);
        }
        if !running.ended {
            // SQLite keeps a transaction open whose commit was refused, for a deferred foreign key or a lock; and what the
            // others do is not to be relied on, where the refusal may be that of an earlier statement.
            running.roll_back().await;
        }
        // Where nobody knows whether the commit took effect, or when it will, readers stay away until the announcement
        // runs out by itself.
        if outcome.as_ref().err().is_none_or(Error::is_refusal)
            && let Some(write) = announced
        {
            write.finish().instrument(tracing::debug_span!("cache.finish_write")).await;
        }
        // PostgreSQL answers so where a statement had failed whose error nobody has seen.
        match outcome {
            Err(Error::Database { code: Some(code), message }) if code == "25P02" => {
                Err(Error::TransactionFailed(message))
            }
            outcome => outcome,
        }
    }

    /// Begins to read what belongs together: in a read-only transaction, or in a savepoint where this is a transaction.
    pub(super) async fn reading(&self) -> Result<Reading<'_>, Error> {
        match self.held() {
            Some((held, _)) => {
                let savepoint = self.begin_savepoint(held).await?;
                let session = Transaction(self.in_transaction(Arc::clone(held), savepoint.number));
                Ok(Reading { session, within: Within::Savepoint(savepoint) })
            }
            None => {
                let options = TransactionOptions::new().isolation(Isolation::RepeatableRead).read_only();
                let running = self.begin(&options).await?;
                let session = Transaction(self.in_transaction(Arc::clone(&running.held), 0));
                Ok(Reading { session, within: Within::Transaction(running) })
            }
        }
    }

    async fn savepoint<T, E, F>(&self, held: &Arc<Held>, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(Transaction) -> Result<T, E>,
    {
        let mut savepoint = self.begin_savepoint(held).await?;
        let number = savepoint.number;
        let outcome = work(Transaction(self.in_transaction(Arc::clone(held), number))).await;
        let ended = self.end_savepoint(&mut savepoint, outcome.is_ok()).await;
        match outcome {
            Ok(value) => ended.map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        }
    }

    async fn begin_savepoint<'a>(&self, held: &'a Held) -> Result<Savepoint<'a>, Error> {
        let number = held.next.fetch_add(1, Ordering::Relaxed);
        let mut lease = self.lease().await?;
        let mut savepoint = Savepoint { held, number, begun: false, ended: false };
        held.state().open.push(number);
        let begun = lease.connection()?.batch(&format!("SAVEPOINT {}", name(number))).await.map_err(Error::from);
        if let Err(error) = begun {
            savepoint.ended = true;
            held.state().leave(number);
            lease.note(&error);
            return Err(error);
        }
        savepoint.begun = true;
        Ok(savepoint)
    }

    async fn end_savepoint(&self, savepoint: &mut Savepoint<'_>, keep: bool) -> Result<(), Error> {
        let Savepoint { held, number, .. } = *savepoint;
        let mut slot = held.lock(number).await?;
        let connection = slot.as_mut().ok_or(Error::TransactionEnded)?;
        let verdict = held.verdict_inside(number);
        let undo = !keep || verdict.is_err();
        if undo {
            insist(connection, &format!("ROLLBACK TO SAVEPOINT {}", name(number))).await?;
        }
        // It is decided: what it did is part of what it is in, or undone.
        savepoint.ended = true;
        {
            let mut state = held.state();
            state.leave(number);
            if undo {
                state.undone();
            }
        }
        if let Err(error) = connection.batch(&format!("RELEASE SAVEPOINT {}", name(number))).await.map_err(Error::from)
        {
            held.note(&error);
            return Err(error);
        }
        verdict
    }
}

impl Running {
    /// Rolls back, and gives the connection back or closes it.
    async fn roll_back(&mut self) {
        let held = Arc::clone(&self.held);
        held.state().open.clear();
        held.closed.notify_waiters();
        // Who has the connection for so long keeps a stream of rows, and it is taken in the background as soon as possible.
        let Ok(mut slot) = tokio::time::timeout(held.patience, held.connection.lock()).await else { return };
        if let Some(connection) = slot.as_mut()
            && !held.roll_back(connection).await
        {
            connection.close_on_drop();
        }
        self.ended = true;
        drop(slot.take());
    }
}

/// What commits. PostgreSQL answers to the COMMIT of a transaction in which a statement has failed as if nothing was wrong,
/// and rolls back; with a statement in front, it refuses both.
fn commit(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "SELECT WHERE FALSE; COMMIT",
        Dialect::Mysql | Dialect::Sqlite => "COMMIT",
    }
}
