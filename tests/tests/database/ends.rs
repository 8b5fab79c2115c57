//! Transactions that nobody waits for any more. Whatever the moment, all of it took effect or nothing, and the pool's only
//! connection is fit for the next one.

use std::time::Duration;

use futures_util::StreamExt;
use tablature_runtime::{Database, Error, Session, TransactionOptions, sqlx};
use tablature_tests::{Engine, ScratchDatabase};

use super::{at_most, count, items, put};

/// What is written on the pool's connection is seen from outside at once, which it is not if a transaction stands open.
async fn assert_fit(db: &Database, outside: &Database, id: i64, when: &str) {
    let written = tokio::time::timeout(Duration::from_secs(20), put(db, id)).await;
    written.unwrap_or_else(|_| panic!("{when}: the pool is stuck")).unwrap_or_else(|error| panic!("{when}: {error}"));
    let found = outside.query("SELECT count(*) FROM item WHERE id = :id").bind("id", id).fetch_one::<i64>().await;
    assert_eq!(found.unwrap(), 1, "{when}: the connection was in a transaction");
    // Its answers are those to its own questions.
    for number in 0..3_i64 {
        let answer = db.query("SELECT :number + 0 AS answer").bind("number", number).fetch_one::<i64>().await;
        assert_eq!(answer.unwrap(), number, "{when}");
    }
}

/// Cancels a transaction that writes `expected` rows from `first` on, after ever more polls, until it is through.
async fn cancel_everywhere(
    engine: Engine,
    expected: i64,
    work: impl AsyncFn(&Database, i64) -> Result<(), Error>,
) -> usize {
    let (scratch, db) = items(engine, 1).await;
    let outside = Database::connect(scratch.url()).await.unwrap();
    let mut through = 0;
    let mut polls = 0;
    while through < 3 {
        let first = 1000 * polls as i64;
        let outcome = at_most(polls, work(&db, first)).await;
        let when = format!("{engine}, dropped after {polls} polls");
        assert_fit(&db, &outside, first + 999, &when).await;
        let found = outside
            .query("SELECT count(*) FROM item WHERE id >= :first AND id < :last")
            .bind("first", first)
            .bind("last", first + 900)
            .fetch_one::<i64>()
            .await
            .unwrap();
        match outcome {
            Some(outcome) => {
                outcome.unwrap_or_else(|error| panic!("{when}: {error}"));
                assert_eq!(found, expected, "{when}");
                through += 1;
            }
            None => {
                assert!(found == 0 || found == expected, "{when}: {found} rows of {expected}");
                through = 0;
            }
        }
        polls += 1;
        assert!(polls < 200, "{engine} is never through");
    }
    polls
}

async fn two(session: &Session, first: i64) -> Result<(), Error> {
    put(session, first).await?;
    put(session, first + 1).await
}

#[tokio::test]
async fn a_transaction_dropped_at_any_point_is_all_or_nothing() {
    for engine in Engine::ALL {
        let polls = cancel_everywhere(engine, 2, async |db, first| {
            db.transaction(async |tx| {
                two(&tx, first).await?;
                count(&tx).await;
                Ok(())
            })
            .await
        })
        .await;
        // The last three are through. How often an answer is there before it is asked for depends on who else is busy.
        assert!(polls > 3, "{engine}: nothing was ever dropped under way");
    }
}

#[tokio::test]
async fn statements_dropped_at_any_point_leave_the_connection_in_step() {
    for engine in Engine::ALL {
        cancel_everywhere(engine, 1, async |db, first| put(db, first).await).await;
        // A text of its own each time, so that it is prepared anew.
        cancel_everywhere(engine, 0, async |db, first| {
            let sql =
                format!("SELECT id, label, {first} AS first FROM item WHERE id > :id AND label <> :label LIMIT 3");
            let query = db.query(&sql).bind("id", -1).bind("label", "x");
            query.stream::<(i64, String, i64)>().for_each(|row| async { drop(row.unwrap()) }).await;
            Ok(())
        })
        .await;
    }
}

#[tokio::test]
async fn savepoints_dropped_at_any_point_are_all_or_nothing() {
    for engine in Engine::ALL {
        cancel_everywhere(engine, 4, async |db, first| {
            db.transaction(async |tx| {
                put(&tx, first).await?;
                tx.transaction(async |inner| two(&inner, first + 1).await).await?;
                put(&tx, first + 3).await
            })
            .await
        })
        .await;
    }
}

/// The transaction lives on after something inside of it was dropped, at any point: the inside of the savepoint is all
/// there or not at all, and what stands around it is there.
#[tokio::test]
async fn a_savepoint_dropped_at_any_point_takes_nothing_else_with_it() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        let mut through = 0;
        for polls in 0..100_i64 {
            let first = 1000 * polls;
            let when = format!("{engine}, dropped after {polls} polls");
            let mut ready = false;
            let outcome = db
                .transaction(async |tx| {
                    put(&tx, first).await?;
                    let inner = tx.transaction(async |inner| {
                        two(&inner, first + 1).await?;
                        inner.transaction(async |innermost| put(&innermost, first + 3).await).await
                    });
                    ready = at_most(polls as usize, inner).await.is_some();
                    put(&tx, first + 4).await
                })
                .await;
            let found: Vec<i64> = db
                .query("SELECT id - :first AS n FROM item WHERE id >= :first ORDER BY id")
                .bind("first", first)
                .fetch_all()
                .await
                .unwrap();
            match outcome {
                Ok(()) if ready => assert_eq!(found, [0, 1, 2, 3, 4], "{when}"),
                Ok(()) => assert!(matches!(found[..], [0, 4] | [0, 1, 2, 3, 4]), "{when}: {found:?}"),
                // MySQL's connection is given up where a statement of its own was dropped.
                Err(error) => {
                    assert!(engine == Engine::Mysql && matches!(error, Error::TransactionEnded), "{when}: {error}");
                    assert_eq!(found, [0_i64; 0], "{when}");
                }
            }
            through = if ready { through + 1 } else { 0 };
            if through == 3 {
                break;
            }
        }
        assert_eq!(through, 3, "{engine} is never through");
    }
}

#[tokio::test]
async fn nothing_is_committed_of_a_savepoint_that_timed_out_last() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        db.transaction(async |tx| {
            put(&tx, 1).await?;
            let inner = tx.transaction(async |inner| {
                put(&inner, 2).await?;
                std::future::pending::<Result<(), Error>>().await
            });
            tokio::time::timeout(Duration::from_millis(100), inner).await.unwrap_err();
            // The closure ends without another statement.
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        let ids: Vec<i64> = db.query("SELECT id FROM item").fetch_all().await.unwrap();
        assert_eq!(ids, [1], "{engine}");
    }
}

#[tokio::test]
async fn read_only_on_sqlite_ends_with_the_transaction_wherever_it_is_dropped() {
    let options = TransactionOptions::new().read_only();
    cancel_everywhere(Engine::Sqlite, 0, async |db, _| {
        db.transaction_with(&options, async |tx| {
            count(&tx).await;
            Ok(())
        })
        .await
    })
    .await;
}

/// Shows that the cases above would notice: the driver's own transactions do leave the connection as it was.
#[tokio::test]
async fn the_drivers_own_transactions_are_not_that_safe() {
    let scratch = ScratchDatabase::create(Engine::Postgres).unwrap();
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(scratch.url()).await.unwrap();
    let mut poisoned = 0;
    for polls in 0..6 {
        drop(at_most(polls, pool.begin()).await);
        let sql = "SELECT now() <> statement_timestamp()";
        tokio::time::sleep(Duration::from_millis(5)).await;
        let _: bool = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let in_transaction: bool = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        poisoned += usize::from(in_transaction);
        if in_transaction {
            sqlx::raw_sql("ROLLBACK").execute(&pool).await.unwrap();
        }
    }
    assert!(poisoned > 0, "plain transactions have become safe, which is good news: take this test away");
}
