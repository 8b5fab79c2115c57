//! The database of the runtime, on all three engines: what is asked, what is written and read back, transactions and how
//! they end, and what goes wrong with servers.

#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod asking;
mod ends;
mod faults;
mod isolation;
mod kinds;
mod observing;
mod opening;
mod serde_rows;
mod sqlite;
mod transactions;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use tablature_runtime::{Database, DatabaseOptions};
use tablature_tests::{Engine, ScratchDatabase};

/// A scratch database and options for it.
fn scratch(engine: Engine) -> (ScratchDatabase, DatabaseOptions) {
    let scratch = ScratchDatabase::create(engine).unwrap();
    let options = Database::options(scratch.url()).unwrap();
    (scratch, options)
}

/// A scratch database that is connected to.
async fn open(engine: Engine) -> (ScratchDatabase, Database) {
    let (scratch, options) = scratch(engine);
    let db = options.connect().await.unwrap();
    (scratch, db)
}

/// With a table `item (id, label)`, which has no rows, on a pool of so many connections.
async fn items(engine: Engine, connections: u32) -> (ScratchDatabase, Database) {
    let (scratch, options) = scratch(engine);
    scratch.load("CREATE TABLE item (id bigint NOT NULL PRIMARY KEY, label varchar(100) UNIQUE);").unwrap();
    let db = options.max_connections(connections).acquire_timeout(Duration::from_secs(5)).connect().await.unwrap();
    (scratch, db)
}

async fn put(session: &tablature_runtime::Session, id: i64) -> Result<(), tablature_runtime::Error> {
    session
        .query("INSERT INTO item (id, label) VALUES (:id, :label)")
        .bind("id", id)
        .bind("label", format!("{id}"))
        .execute()
        .await
        .map(|_| ())
}

async fn count(session: &tablature_runtime::Session) -> i64 {
    session.query("SELECT count(*) FROM item").fetch_one().await.unwrap()
}

/// Polls a future so many times at most, each time after it was woken, and drops it then: as one does who waits no longer.
/// Its output, if it was ready by then.
async fn at_most<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    struct Flag(AtomicBool);

    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    let mut future = pin!(future);
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&flag));
    for poll in 0..polls {
        if poll > 0 {
            while !flag.0.swap(false, Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_micros(100)).await;
            }
        }
        // The runtime's own timers and sockets want to be polled inside of it, which this is.
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
    }
    None
}
