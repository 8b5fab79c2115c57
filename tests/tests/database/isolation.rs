//! What transactions see of each other, and what happens where they get in each other's way.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tablature_runtime::{Database, Error, Isolation, Session, TransactionOptions};
use tablature_tests::Engine;
use tokio::sync::Barrier;

use super::{count, items, put};

#[tokio::test]
async fn isolation_levels_are_in_force() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let (_scratch, db) = items(engine, 2).await;
        for (number, isolation, sees) in [
            (1, Isolation::ReadCommitted, true),
            (2, Isolation::RepeatableRead, false),
            (3, Isolation::Serializable, false),
            (4, Isolation::ReadCommitted, true),
        ] {
            let options = TransactionOptions::new().isolation(isolation);
            let seen = db
                .transaction_with(&options, async |tx| {
                    let before = count(&tx).await;
                    // MySQL's serializable transactions lock what they read.
                    if !(engine == Engine::Mysql && isolation == Isolation::Serializable) {
                        put(&db, number).await?;
                    }
                    Ok::<_, Error>(count(&tx).await - before == 1)
                })
                .await;
            assert_eq!(seen.unwrap(), sees, "{engine}, {isolation:?}");
        }
        let shown = async |session: &Session| {
            let sql = match engine {
                Engine::Postgres => "SELECT current_setting('transaction_isolation')",
                _ => "SELECT @@session.transaction_isolation",
            };
            session.query(sql).fetch_one::<String>().await
        };
        if engine == Engine::Postgres {
            let options = TransactionOptions::new().isolation(Isolation::Serializable);
            let level = db.transaction_with(&options, async |tx| shown(&tx).await).await.unwrap();
            assert_eq!(level, "serializable");
            assert_eq!(shown(&db).await.unwrap(), "read committed");
        }
    }
}

#[tokio::test]
async fn what_is_read_only_refuses_writes_and_what_follows_does_not() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        let options = TransactionOptions::new().read_only();
        for round in 0..3 {
            let outcome = db
                .transaction_with(&options, async |tx| {
                    count(&tx).await;
                    put(&tx, 99).await
                })
                .await;
            let error = outcome.unwrap_err();
            assert!(error.to_string().to_lowercase().replace('-', "").contains("read"), "{engine}: {error}");
            let read = db.transaction_with(&options, async |tx| Ok::<_, Error>(count(&tx).await)).await;
            assert_eq!(read.unwrap(), round, "{engine}");
            put(&db, round).await.unwrap_or_else(|error| panic!("{engine}: {error}"));
        }
    }
}

/// Two transactions that each read what the other writes, so that one has to give way.
async fn write_skew(db: &Database, retries: u32) -> (Vec<Result<(), Error>>, u32) {
    let options = TransactionOptions::new().isolation(Isolation::Serializable).retry(retries);
    let barrier = Barrier::new(2);
    let tries = AtomicU32::new(0);
    let run = async |id: i64| {
        db.transaction_with(&options, async |tx| {
            let first = tries.fetch_add(1, Ordering::SeqCst) < 2;
            count(&tx).await;
            if first {
                barrier.wait().await;
            }
            put(&tx, id).await
        })
        .await
    };
    let (left, right) = tokio::join!(run(1), run(2));
    (vec![left, right], tries.into_inner())
}

#[tokio::test]
async fn a_serialization_failure_is_retried_where_that_is_asked_for() {
    let (_scratch, db) = items(Engine::Postgres, 2).await;
    let (outcomes, tries) = write_skew(&db, 0).await;
    let failed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(matches!(failed[..], [Error::Serialization(_)]) && tries == 2, "{failed:?} in {tries}");
    assert_eq!(count(&db).await, 1);
    db.query("DELETE FROM item").execute().await.unwrap();
    let (outcomes, tries) = write_skew(&db, 3).await;
    assert!(outcomes.iter().all(Result::is_ok) && tries >= 3, "{outcomes:?} in {tries}");
    assert_eq!(count(&db).await, 2);
}

/// Two transactions that take two locks in opposite order.
async fn deadlock(db: &Database, retries: u32) -> (Vec<Result<(), Error>>, u32) {
    let options = TransactionOptions::new().retry(retries);
    let barrier = Barrier::new(2);
    let tries = AtomicU32::new(0);
    let touch = async |session: &Session, id: i64, by: i64| {
        let query = "UPDATE item SET label = :label WHERE id = :id";
        session.query(query).bind("id", id).bind("label", format!("{id} by {by}")).execute().await
    };
    let run = async |first: i64, second: i64| {
        db.transaction_with(&options, async |tx| {
            let meets = tries.fetch_add(1, Ordering::SeqCst) < 2;
            touch(&tx, first, first).await?;
            if meets {
                barrier.wait().await;
            }
            touch(&tx, second, first).await.map(|_| ())
        })
        .await
    };
    let (left, right) = tokio::join!(run(1, 2), run(2, 1));
    (vec![left, right], tries.into_inner())
}

#[tokio::test]
async fn a_deadlock_is_retried_where_that_is_asked_for() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let (_scratch, db) = items(engine, 2).await;
        put(&db, 1).await.unwrap();
        put(&db, 2).await.unwrap();
        let (outcomes, tries) = deadlock(&db, 0).await;
        let failed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
        assert!(matches!(failed[..], [Error::Deadlock(_)]) && tries == 2, "{engine}: {failed:?} in {tries}");
        let (outcomes, tries) = deadlock(&db, 5).await;
        assert!(outcomes.iter().all(Result::is_ok) && tries >= 3, "{engine}: {outcomes:?} in {tries}");
        // One after the other: both rows are by the same.
        let by: Vec<String> = db.query("SELECT label FROM item ORDER BY id").fetch_all().await.unwrap();
        assert_eq!(by[0].split_once(" by ").unwrap().1, by[1].split_once(" by ").unwrap().1, "{engine}: {by:?}");
    }
}

/// MySQL rolls the whole transaction back; whoever goes on in it would write outside of any.
#[tokio::test]
async fn after_a_deadlock_on_mysql_the_transaction_is_over() {
    let (_scratch, db) = items(Engine::Mysql, 2).await;
    put(&db, 1).await.unwrap();
    put(&db, 2).await.unwrap();
    let barrier = Barrier::new(2);
    let run = async |first: i64, second: i64| {
        db.transaction(async |tx| {
            let query = "UPDATE item SET label = :label WHERE id = :id";
            put(&tx, 10 * first).await?;
            tx.query(query).bind("id", first).bind("label", format!("{first}")).execute().await?;
            barrier.wait().await;
            let outcome = tx.query(query).bind("id", second).bind("label", format!("x{first}")).execute().await;
            if let Err(error) = outcome {
                assert!(matches!(error, Error::Deadlock(_)), "{error}");
                let error = put(&tx, 100 * first).await.unwrap_err();
                assert!(matches!(error, Error::TransactionEnded), "{error}");
            }
            Ok::<_, Error>(())
        })
        .await
    };
    let (left, right) = tokio::join!(run(1, 2), run(2, 1));
    let failed: Vec<_> = [left, right].into_iter().filter_map(Result::err).collect();
    assert!(matches!(failed[..], [Error::TransactionEnded]), "{failed:?}");
    assert_eq!(count(&db).await, 3);
}

#[tokio::test]
async fn a_busy_sqlite_is_retried_where_that_is_asked_for() {
    let (scratch, _) = items(Engine::Sqlite, 1).await;
    let options = || Database::options(scratch.url()).unwrap().busy_timeout(Duration::from_millis(20));
    let (one, other) = (options().connect().await.unwrap(), options().connect().await.unwrap());
    let run = async |retries: u32| {
        let options = TransactionOptions::new().retry(retries).backoff(Duration::from_millis(50));
        one.transaction(async |tx| {
            put(&tx, i64::from(retries)).await?;
            let waiting = other.transaction_with(&options, async |tx| put(&tx, 100 + i64::from(retries)).await);
            let hold = tokio::time::sleep(Duration::from_millis(300));
            Ok::<_, Error>((tokio::select! { outcome = waiting => Some(outcome), () = hold => None }, retries))
        })
        .await
        .unwrap()
        .0
    };
    let error = run(0).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Deadlock(_)) && error.is_transient(), "{error}");
    assert!(run(50).await.is_none(), "it gave up while the lock was held");
    let options = TransactionOptions::new().retry(50);
    let (held, waited) = tokio::join!(
        one.transaction(async |tx| {
            put(&tx, 1000).await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok::<_, Error>(())
        }),
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            other.transaction_with(&options, async |tx| put(&tx, 1001).await).await
        }
    );
    held.and(waited).unwrap();
}
