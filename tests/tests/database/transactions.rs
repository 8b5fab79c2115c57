//! Transactions as they are meant to be used, and as they are used by mistake.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt};
use tablature_runtime::{Database, Error, Session, Transaction, TransactionOptions};
use tablature_tests::Engine;

use super::{count, items, put};

#[tokio::test]
async fn it_commits_what_is_ok_and_rolls_back_what_is_not() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        let value = db
            .transaction(async |tx| {
                assert!(tx.is_transaction() && !db.is_transaction());
                put(&tx, 1).await?;
                Ok::<_, Error>(7)
            })
            .await;
        assert_eq!(value.unwrap(), 7, "{engine}");

        #[derive(Debug)]
        enum Refusal {
            Database(Error),
            OutOfStock,
        }
        impl From<Error> for Refusal {
            fn from(error: Error) -> Self {
                Self::Database(error)
            }
        }
        let refused = db
            .transaction(async |tx| {
                put(&tx, 2).await?;
                Err::<(), _>(Refusal::OutOfStock)
            })
            .await;
        assert!(matches!(refused, Err(Refusal::OutOfStock)), "{engine}: {refused:?}");
        let refused = db
            .transaction(async |tx| {
                put(&tx, 3).await?;
                put(&tx, 1).await?;
                Ok::<_, Refusal>(())
            })
            .await;
        assert!(matches!(refused, Err(Refusal::Database(Error::Violation(_)))), "{engine}: {refused:?}");
        assert_eq!(count(&db).await, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_panic_rolls_back() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        let panicking = db.transaction(async |tx| {
            put(&tx, 1).await?;
            if count(&tx).await == 1 {
                std::panic::resume_unwind(Box::new("on purpose"));
            }
            Ok::<_, Error>(())
        });
        AssertUnwindSafe(panicking).catch_unwind().await.unwrap_err();
        assert_eq!(count(&db).await, 0, "{engine}");
        let clone = db.clone();
        let spawned = tokio::spawn(async move {
            clone
                .transaction(async |tx| {
                    put(&tx, 1).await?;
                    std::panic::resume_unwind(Box::new("on purpose"));
                    #[expect(unreachable_code, reason = "it gives the closure its type")]
                    Ok::<_, Error>(())
                })
                .await
        });
        assert!(spawned.await.unwrap_err().is_panic(), "{engine}");
        put(&db, 1).await.unwrap();
        assert_eq!(count(&db).await, 1, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_are_spawned_by_functions_that_take_sessions() {
    async fn add(session: &Session, id: i64) -> Result<(), Error> {
        session.transaction(async |tx| put(&tx, id).await).await
    }

    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 3).await;
        let tasks: Vec<_> = (0..12_i64)
            .map(|id| {
                let db = db.clone();
                tokio::spawn(async move {
                    let options = TransactionOptions::new().retry(3);
                    db.transaction_with(&options, async |tx| put(&tx, 3 * id).await).await?;
                    db.transaction(async |tx: Transaction| {
                        add(&tx, 3 * id + 1).await?;
                        put(&tx, 3 * id + 2).await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap_or_else(|error| panic!("{engine}: {error}"));
        }
        assert_eq!(count(&db).await, 36, "{engine}");
    }
}

#[tokio::test]
async fn what_fails_inside_takes_back_nothing_of_what_came_before() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        db.transaction(async |tx| {
            put(&tx, 1).await?;
            let inner = tx.transaction(async |inner| {
                put(&inner, 2).await?;
                inner.transaction(async |innermost| put(&innermost, 3).await).await?;
                // A statement that fails makes PostgreSQL refuse the rest of what it is in.
                put(&inner, 1).await
            });
            assert!(inner.await.unwrap_err().violation().is_some(), "{engine}");
            assert_eq!(count(&tx).await, 1, "{engine}");
            tx.transaction(async |inner| {
                put(&inner, 4).await?;
                let innermost = inner.transaction(async |innermost| {
                    put(&innermost, 5).await?;
                    Err::<(), _>(Error::TransactionEnded)
                });
                innermost.await.unwrap_err();
                put(&inner, 6).await
            })
            .await
        })
        .await
        .unwrap_or_else(|error| panic!("{engine}: {error}"));
        let ids: Vec<i64> = db.query("SELECT id FROM item ORDER BY id").fetch_all().await.unwrap();
        assert_eq!(ids, [1, 4, 6], "{engine}");
    }
}

#[tokio::test]
async fn a_handle_that_was_kept_is_refused_after_the_end() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        let mut kept = None;
        let mut inner_kept = None;
        db.transaction(async |tx| {
            put(&tx, 1).await?;
            tx.transaction(async |inner| {
                put(&inner, 2).await?;
                inner_kept = Some(inner);
                Ok::<_, Error>(())
            })
            .await?;
            let error = put(inner_kept.as_ref().unwrap(), 3).await.unwrap_err();
            assert!(matches!(error, Error::TransactionEnded), "{engine}: {error}");
            kept = Some(tx);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        for handle in [&kept, &inner_kept] {
            let handle = handle.as_ref().unwrap();
            let error = put(handle, 4).await.unwrap_err();
            assert!(matches!(error, Error::TransactionEnded), "{engine}: {error}");
            let error = handle.transaction(async |tx| put(&tx, 5).await).await.unwrap_err();
            assert!(matches!(error, Error::TransactionEnded), "{engine}: {error}");
        }
        // One that is kept while nobody waits for the end is refused too, and holds no connection.
        let slot = Arc::new(std::sync::Mutex::new(None));
        let endless = db.transaction(async |tx| {
            put(&tx, 6).await?;
            *slot.lock().unwrap() = Some(tx);
            std::future::pending::<Result<(), Error>>().await
        });
        tokio::time::timeout(Duration::from_millis(200), endless).await.unwrap_err();
        assert_eq!(count(&db).await, 2, "{engine}");
        let kept = slot.lock().unwrap().take().unwrap();
        let error = put(&kept, 7).await.unwrap_err();
        assert!(matches!(error, Error::TransactionEnded), "{engine}: {error}");
    }
}

#[tokio::test]
async fn one_handle_is_used_by_several_at_once() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        db.transaction(async |tx| {
            // Statements, and transactions inside, which wait for each other.
            let inside = async |id: i64, good: bool| {
                tx.transaction(async |inner| {
                    put(&inner, id).await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    put(&inner, id + 1).await?;
                    if good { Ok(()) } else { Err(Error::TransactionEnded) }
                })
                .await
            };
            let (a, b, c, d, e) =
                tokio::join!(inside(10, true), put(&tx, 1), inside(20, false), put(&tx, 2), inside(30, true));
            assert!(c.is_err(), "{engine}");
            a.and(b).and(d).and(e)
        })
        .await
        .unwrap_or_else(|error| panic!("{engine}: {error}"));
        let ids: Vec<i64> = db.query("SELECT id FROM item ORDER BY id").fetch_all().await.unwrap();
        assert_eq!(ids, [1, 2, 10, 11, 30, 31], "{engine}");
    }
}

/// What waits for its own end gets an error and does not wait for ever.
#[tokio::test]
async fn a_transaction_that_waits_for_itself_is_told_so() {
    for engine in Engine::ALL {
        let (scratch, _) = items(engine, 1).await;
        let options = Database::options(scratch.url()).unwrap();
        let db = options.max_connections(1).acquire_timeout(Duration::from_millis(300)).connect().await.unwrap();
        let outcome = db
            .transaction(async |tx| {
                put(&tx, 1).await?;
                put(&tx, 2).await?;
                let mut rows = tx.query("SELECT id FROM item").stream::<i64>();
                rows.next().await.unwrap()?;
                let error = put(&tx, 3).await.unwrap_err();
                assert!(matches!(error, Error::TransactionBusy(_)), "{engine}: {error}");
                assert!(error.to_string().contains("stream"), "{error}");
                drop(rows);
                let inner = tx.transaction(async |_inner| put(&tx, 4).await);
                let error = inner.await.unwrap_err();
                assert!(matches!(error, Error::TransactionBusy(_)), "{engine}: {error}");
                put(&tx, 5).await
            })
            .await;
        outcome.unwrap_or_else(|error| panic!("{engine}: {error}"));
        assert_eq!(count(&db).await, 3, "{engine}");
        let error = db.transaction(async |_tx| put(&db, 6).await).await.unwrap_err();
        assert!(matches!(error, Error::PoolExhausted { .. }), "{engine}: {error}");
    }
}

#[tokio::test]
async fn a_swallowed_error_does_not_pass_for_success() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        put(&db, 1).await.unwrap();
        for as_stream in [false, true] {
            let outcome = db
                .transaction(async |tx| {
                    put(&tx, 2).await?;
                    if as_stream {
                        let rows = tx.query("INSERT INTO item (id) VALUES (1)").stream::<i64>();
                        assert!(rows.collect::<Vec<_>>().await.iter().any(Result::is_err));
                    } else {
                        put(&tx, 1).await.unwrap_err();
                    }
                    Ok::<_, Error>(())
                })
                .await;
            if engine == Engine::Postgres {
                let error = outcome.unwrap_err();
                assert!(matches!(error, Error::TransactionFailed(_)), "{error}");
                assert_eq!(count(&db).await, 1);
            } else {
                outcome.unwrap_or_else(|error| panic!("{engine}: {error}"));
                assert_eq!(count(&db).await, 2, "{engine}");
                db.query("DELETE FROM item WHERE id = 2").execute().await.unwrap();
            }
        }
    }
    // One that nobody saw, since nobody waited for the answer.
    let (scratch, db) = items(Engine::Postgres, 1).await;
    put(&db, 1).await.unwrap();
    let outcome = db
        .transaction(async |tx| {
            put(&tx, 2).await?;
            let slow = "INSERT INTO item (id) SELECT 1 FROM pg_sleep(0.2)";
            tokio::time::timeout(Duration::from_millis(50), tx.query(slow).execute()).await.unwrap_err();
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok::<_, Error>(())
        })
        .await;
    outcome.unwrap_err();
    assert_eq!(count(&Database::connect(scratch.url()).await.unwrap()).await, 1);
    put(&db, 3).await.unwrap();
}

/// A deferred constraint is checked by COMMIT.
#[tokio::test]
async fn a_refused_commit_is_an_error_and_leaves_nothing() {
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let (scratch, db) = items(engine, 1).await;
        scratch
            .load("CREATE TABLE part (id bigint PRIMARY KEY, item bigint REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED);")
            .unwrap();
        let start = Instant::now();
        let outcome = db
            .transaction(async |tx| {
                tx.query("INSERT INTO part (id, item) VALUES (1, 99)").execute().await?;
                put(&tx, 1).await
            })
            .await;
        assert!(outcome.unwrap_err().violation().is_some(), "{engine}");
        assert_eq!(count(&db).await, 0, "{engine}");
        put(&db, 1).await.unwrap();
        assert_eq!(count(&Database::connect(scratch.url()).await.unwrap()).await, 1, "{engine}");
        assert!(start.elapsed() < Duration::from_secs(4), "{engine}");
    }
}

/// The last handle is dropped where there is no runtime.
#[test]
fn a_stream_and_a_pool_may_outlive_the_runtime() {
    for engine in Engine::ALL {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (scratch, db) = runtime.block_on(items(engine, 2));
        runtime.block_on(put(&db, 1)).unwrap();
        let mut rows = db.query("SELECT id FROM item").stream::<i64>();
        assert_eq!(runtime.block_on(rows.next()).unwrap().unwrap(), 1);
        let mut other = db.query("SELECT id FROM item").stream::<i64>();
        assert_eq!(runtime.block_on(other.next()).unwrap().unwrap(), 1);
        drop(rows);
        drop(runtime);
        drop(other);
        drop(db);
        drop(scratch);
    }
}
