//! Every way to write a row.

use std::time::Duration;

use tablature_runtime::{Cached, Col, Constraint, Error, Key, Transaction};
use tablature_tests::Engine;

use crate::support::{
    self, Deep, Item, Log, Mark, NewShelf, NewShelfPatch, Odd, OddText, Shelf, ShelfPatch, Store, World, coded, deep,
    item, mark, shelf,
};

fn note(text: &str) -> ShelfPatch {
    ShelfPatch { note: Some(Some(text.to_owned())), ..Default::default() }
}

fn code(text: &str) -> ShelfPatch {
    ShelfPatch { code: Some(text.to_owned()), ..Default::default() }
}

#[tokio::test]
async fn rows_come_change_and_go() {
    for world in World::each().await {
        let db = &world.writer;
        world.check_all("nothing").await;
        db.insert(&Shelf::new(1, "a")).await.unwrap();
        world.check_all("insert").await;
        db.insert_many(&[Shelf::new(2, "b"), Shelf { note: Some("two".into()), ..Shelf::new(3, "c") }]).await.unwrap();
        world.check_all("insert_many").await;
        db.append(&Shelf::new(4, "d")).await.unwrap();
        world.check_all("append").await;
        db.upsert(&Shelf::new(5, "e")).await.unwrap();
        world.check_all("upsert of a new row").await;
        db.upsert(&Shelf { note: Some("five".into()), ..Shelf::new(5, "x") }).await.unwrap();
        world.check_all("upsert of a row that was there").await;
        let by_code = Constraint::unique(("", "shelf"), "shelf_code_key", &["code"]);
        db.upsert_on(by_code, &Shelf { note: Some("by code".into()), ..Shelf::new(60, "x") }).await.unwrap();
        world.check_all("upsert by a unique key").await;
        db.patch(shelf(1), &note("one")).await.unwrap();
        world.check_all("patch").await;
        db.patch(coded("b"), &note("two")).await.unwrap();
        world.check_all("patch by a unique key").await;
        db.patch(shelf(1), &code("y")).await.unwrap();
        world.check_all("another unique value").await;
        db.patch(coded("y"), &code("a")).await.unwrap();
        world.check_all("the old unique value again").await;
        db.patch(shelf(99), &note("nobody")).await.unwrap();
        assert!(!db.delete(shelf(99)).await.unwrap());
        assert!(db.delete(coded("d")).await.unwrap());
        world.check_all("delete by a unique key").await;
        db.insert(&Shelf::new(6, "d")).await.unwrap();
        world.check_all("another row with a freed unique value").await;
        swap(&world).await;
        savepoints(&world).await;
        sql(&world).await;
        by_condition(&world).await;
        let stats = world.reader.stats();
        assert!(stats.hits > 100 && stats.negative_hits > 100, "nothing is cached: {stats:?}");
    }
}

async fn swap(world: &World) {
    let swapped = world.writer.transaction(async |tx| {
        tx.patch(shelf(1), &code("away")).await?;
        tx.patch(shelf(2), &code("a")).await?;
        tx.patch(shelf(1), &code("b")).await?;
        Ok::<_, Error>(())
    });
    swapped.await.unwrap();
    world.check_all("a swap of unique values").await;
    let again = world.writer.transaction(async |tx| {
        tx.delete(shelf(1)).await?;
        tx.insert(&Shelf { note: Some("again".into()), ..Shelf::new(1, "f") }).await?;
        Ok::<_, Error>(())
    });
    again.await.unwrap();
    world.check_all("delete and insert in one transaction").await;
}

async fn savepoints(world: &World) {
    let kept = world.writer.transaction(async |tx| {
        tx.patch(shelf(1), &note("kept")).await?;
        let lost: Result<(), Error> = tx
            .transaction(async |tx| {
                tx.patch(shelf(2), &code("y")).await?;
                tx.insert(&Shelf::new(7, "g")).await?;
                Err(Error::Closed)
            })
            .await;
        assert!(lost.is_err());
        tx.transaction(async |tx| tx.insert(&Shelf::new(8, "h")).await).await?;
        // A reader in a transaction sees what the transaction has done.
        let own = Shelf::cached(&world.reader, &tx, shelf(8)).await?;
        assert!(own.is_some() && tx.cached(shelf(7)).await?.is_none());
        Ok::<_, Error>(())
    });
    kept.await.unwrap();
    world.check_all("a savepoint that was rolled back, and one that was not").await;
    let lost: Result<(), Error> = world
        .writer
        .transaction(async |tx| {
            tx.delete(shelf(8)).await?;
            tx.patch(shelf(1), &code("lost")).await?;
            Err(Error::Closed)
        })
        .await;
    assert!(lost.is_err());
    world.check_all("a rollback").await;
}

async fn by_condition(world: &World) {
    const CODE: Col<Shelf, String> = Col::new(1);
    let db = &world.writer;
    assert_eq!(db.update_where(CODE.eq("x2"), &note("by condition")).await.unwrap(), 1);
    world.check_all("an update by condition").await;
    let moved = db.update_where(CODE.eq("x2"), &code("y")).await;
    // The engine does not say what has become of the rows.
    let refused = matches!(moved, Err(Error::Unsuitable { .. }));
    assert!(moved.is_ok() != (world.engine == Engine::Mysql) && moved.is_ok() != refused, "{} {moved:?}", world.engine);
    world.check_all("new keys by condition").await;
    let new_id = ShelfPatch { id: Some(60), ..Default::default() };
    assert!(matches!(db.update_where(CODE.eq("y"), &new_id).await, Err(Error::Unsuitable { .. })), "{}", world.engine);
    assert_eq!(db.delete_where(CODE.eq(if refused { "x2" } else { "y" })).await.unwrap(), 1);
    world.check_all("a delete by condition").await;
}

async fn sql(world: &World) {
    let written = world.writer.transaction(async |tx| {
        tx.touch(shelf(1)).await?;
        tx.query("UPDATE shelf SET code = 'x2', note = 'by SQL' WHERE id = 1").execute().await?;
        tx.touch(shelf(1)).await?;
        Ok::<_, Error>(())
    });
    written.await.unwrap();
    world.check_all("SQL in a transaction").await;
    world.run("UPDATE shelf SET note = 'once more' WHERE id = 2").await;
    world.writer.touch(shelf(2)).await.unwrap();
    world.check_all("SQL that was told of later").await;
}

/// Shelves in shelves, with items, marks and what hangs on items.
async fn plant(world: &World) {
    let db = &world.writer;
    let within = |id, code: &str, parent| Shelf { parent_id: Some(parent), ..Shelf::new(id, code) };
    for row in [Shelf::new(1, "a"), within(2, "b", 1), within(3, "c", 2), Shelf::new(4, "d")] {
        db.insert(&row).await.unwrap();
    }
    for id in 1..=4 {
        db.insert(&Item { shelf_id: id, number: 1, note: None }).await.unwrap();
        db.insert(&Deep { item_shelf: id, item_number: 1, id: 1 }).await.unwrap();
        db.insert(&Mark { id, shelf_id: Some(id) }).await.unwrap();
    }
    world.check_all("planting").await;
}

#[tokio::test]
async fn rows_that_follow_others_are_taken_back_too() {
    for world in World::each().await {
        let db = &world.writer;
        plant(&world).await;
        db.patch(shelf(3), &ShelfPatch { id: Some(30), ..Default::default() }).await.unwrap();
        world.check_all("a new primary key, with what follows it").await;
        assert!(db.find(deep(30, 1, 1)).await.unwrap().is_some());
        db.patch(coded("d"), &ShelfPatch { id: Some(60), code: Some("e".into()), ..Default::default() }).await.unwrap();
        world.check_all("new keys of every kind").await;
        assert_eq!(db.find(mark(4)).await.unwrap().unwrap().shelf_id, Some(60));
        assert!(db.delete(shelf(1)).await.unwrap());
        world.check_all("a delete with three levels of shelves, and what is in them").await;
        assert!(db.find(item(30, 1)).await.unwrap().is_none());
        assert_eq!(db.find(mark(2)).await.unwrap().unwrap().shelf_id, None);
        // A shelf that stands in itself, two that stand in each other, and a long chain.
        db.insert(&Shelf { parent_id: Some(5), ..Shelf::new(5, "f") }).await.unwrap();
        world.check_all("a shelf in itself").await;
        assert!(db.delete(shelf(5)).await.unwrap());
        world.check_all("the end of a shelf in itself").await;
        db.insert(&Shelf::new(6, "g")).await.unwrap();
        db.insert(&Shelf { parent_id: Some(6), ..Shelf::new(7, "h") }).await.unwrap();
        db.patch(shelf(6), &ShelfPatch { parent_id: Some(Some(7)), ..Default::default() }).await.unwrap();
        world.check_all("two shelves in each other").await;
        assert!(db.delete(shelf(6)).await.unwrap());
        world.check_all("the end of two shelves in each other").await;
        // InnoDB follows fifteen levels.
        let levels = if world.engine == Engine::Mysql { 14 } else { 40 };
        for level in 0..levels {
            let parent_id = (level > 0).then(|| 999 + level);
            db.insert(&Shelf { parent_id, ..Shelf::new(1000 + level, &format!("level {level}")) }).await.unwrap();
            world.check(&shelf(1000 + level), "a level").await;
        }
        assert!(db.delete(shelf(1000)).await.unwrap());
        for level in 0..levels {
            world.check(&shelf(1000 + level), "the end of a chain").await;
            world.check(&coded(&format!("level {level}")), "the end of a chain").await;
        }
        if world.engine != Engine::Mysql {
            for level in 0..45 {
                let parent_id = (level > 0).then(|| 1999 + level);
                db.insert(&Shelf { parent_id, ..Shelf::new(2000 + level, &format!("deeper {level}")) }).await.unwrap();
            }
            let refused = db.delete(shelf(2000)).await;
            assert!(matches!(refused, Err(Error::Unsuitable { .. })), "{} {refused:?}", world.engine);
            assert!(db.find(shelf(2000)).await.unwrap().is_some(), "{}: what was refused is done", world.engine);
        }
    }
}

#[tokio::test]
async fn rows_of_a_snapshot_that_is_too_old_are_followed() {
    let world = World::new(Engine::Mysql, Store::InProcess).await;
    let done = world.writer.transaction(async |tx| {
        // The snapshot of the transaction begins here.
        assert!(tx.find(shelf(1)).await?.is_none());
        world.writer.insert(&Shelf::new(1, "a")).await?;
        world.writer.insert(&Item { shelf_id: 1, number: 1, note: None }).await?;
        world.writer.insert(&Deep { item_shelf: 1, item_number: 1, id: 1 }).await?;
        world.check_all("inserts").await;
        assert!(tx.delete(shelf(1)).await?);
        Ok::<_, Error>(())
    });
    done.await.unwrap();
    world.check_all("a delete of rows that the snapshot has not").await;
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_is_not_committed_unnoticed() {
    for world in World::each().await {
        world.writer.insert(&Shelf::new(1, "a")).await.unwrap();
        world.check_all("insert").await;
        // Given up after each number of polls: at every point where a write can be left.
        for polls in 1..12 {
            let text = format!("given up {polls}");
            let outcome = world.writer.transaction(async |tx| {
                given_up(&tx, &note(&text), polls).await;
                Ok::<_, Error>(())
            });
            let outcome = outcome.await;
            let known = matches!(outcome, Err(Error::TransactionFailed(_) | Error::TransactionEnded));
            assert!(outcome.is_ok() || known, "{} {outcome:?}", world.engine);
            world.check_all(&format!("a patch that was given up after {polls} polls")).await;
            // In a savepoint of its own it does no harm to the rest.
            let outcome = world.writer.transaction(async |tx| {
                let inner = tx.transaction(async |tx| {
                    given_up(&tx, &note(&format!("inner {polls}")), polls).await;
                    Ok::<_, Error>(())
                });
                let _ = inner.await;
                tx.patch(shelf(1), &ShelfPatch { note: Some(Some("outer".into())), ..Default::default() }).await?;
                Ok::<_, Error>(())
            });
            // A connection to MySQL cannot be used any more where a statement was left while it was prepared.
            let lost = |error: &Error| matches!(error, Error::TransactionEnded);
            let outcome = outcome.await;
            assert!(
                outcome.is_ok() || world.engine == Engine::Mysql && outcome.as_ref().is_err_and(lost),
                "{} {outcome:?}",
                world.engine
            );
            world.check_all(&format!("a savepoint with a patch that was given up after {polls} polls")).await;
        }
        if world.engine != Engine::Sqlite {
            given_up_for_certain(&world).await;
        }
    }
}

/// A patch that is given up while it waits for another transaction.
async fn given_up_for_certain(world: &World) {
    let blocker = world.db.transaction(async |tx| {
        tx.query("SELECT id FROM shelf WHERE id = 1 FOR UPDATE").fetch_one::<i64>().await?;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        Ok::<_, Error>(())
    });
    let blocked = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let outcome = world.writer.transaction(async |tx| {
            let patched = tokio::time::timeout(Duration::from_millis(300), tx.patch(shelf(1), &note("blocked"))).await;
            assert!(patched.is_err(), "nothing was in the way of the patch");
            Ok::<_, Error>(())
        });
        outcome.await
    };
    let (blocker, blocked) = tokio::join!(blocker, blocked);
    blocker.unwrap();
    assert!(blocked.is_err(), "{}: a patch that was given up was committed", world.engine);
    world.check_all("a patch that was given up while it waited").await;
}

/// Polls a patch so often, and drops it.
async fn given_up(tx: &Transaction, patch: &ShelfPatch, polls: usize) {
    let mut patching = std::pin::pin!(tx.patch(shelf(1), patch));
    let mut left = polls;
    std::future::poll_fn(|context| {
        left -= 1;
        if left == 0 || patching.as_mut().poll(context).is_ready() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

#[tokio::test]
async fn a_savepoint_that_nobody_waits_for_is_not_committed() {
    for engine in Engine::ALL {
        let world = World::new(engine, Store::InProcess).await;
        world.writer.insert(&Shelf::new(1, "a")).await.unwrap();
        world.check_all("insert").await;
        let done = world.writer.transaction(async |tx| {
            let inner = tx.transaction(async |tx| {
                tx.patch(shelf(1), &note("lost")).await?;
                std::future::pending::<Result<(), Error>>().await
            });
            assert!(tokio::time::timeout(Duration::from_millis(300), inner).await.is_err());
            Ok::<_, Error>(())
        });
        done.await.unwrap();
        assert_eq!(world.db.find(shelf(1)).await.unwrap().unwrap().note, None, "{engine}");
        world.check_all("a savepoint that was given up").await;
    }
}

#[tokio::test]
async fn a_commit_that_fails_changes_nothing() {
    for engine in [Engine::Postgres, Engine::Sqlite] {
        for store in [Store::InProcess, Store::Redis] {
            let world = World::new(engine, store).await;
            world.writer.insert(&Shelf::new(1, "a")).await.unwrap();
            world.check_all("insert").await;
            let outcome = world.writer.transaction(async |tx| {
                tx.patch(shelf(1), &ShelfPatch { parent_id: Some(Some(77)), ..code("b") }).await?;
                tx.insert(&Shelf::new(2, "c")).await?;
                Ok::<_, Error>(())
            });
            let outcome = outcome.await;
            assert!(matches!(outcome, Err(Error::Violation(_))), "{engine}: {outcome:?}");
            let before = world.reader.stats().bypasses;
            world.check_all("a commit that failed").await;
            // It is known that it failed, so that nobody has to go past the cache.
            assert_eq!(world.reader.stats().bypasses, before, "{engine} {store:?}");
        }
    }
}

#[tokio::test]
async fn tables_without_keys_are_written_as_ever() {
    for world in World::each().await {
        world.writer.append(&Log { note: Some("one".into()) }).await.unwrap();
        world.writer.insert_many(&[Log { note: None }, Log { note: Some("two".into()) }]).await.unwrap();
        assert_eq!(world.db.query("SELECT count(*) FROM log").fetch_one::<i64>().await.unwrap(), 3);
        assert_eq!(world.reader.stats().writes, 0);
    }
}

#[tokio::test]
async fn rows_that_cannot_be_kept_are_read_all_the_same() {
    for engine in Engine::ALL {
        for store in [Store::InProcess, Store::Redis] {
            let world = World::with(engine, store, support::options().max_value_bytes(1000)).await;
            let key = |id: i64| Key::<Odd>::cached(0, &[&id]);
            let bodies = ["plain", "no JSON", "one way", &"large ".repeat(1000)];
            for (id, body) in (1..).zip(bodies) {
                world.check(&key(id), "nothing").await;
                world.writer.insert(&Odd { id, body: OddText(body.to_owned()) }).await.unwrap();
                world.check(&key(id), "insert").await;
                world.run(&format!("UPDATE odd SET body = 'changed' WHERE id = {id}")).await;
                world.writer.touch(key(id)).await.unwrap();
                world.check(&key(id), "change").await;
            }
        }
    }
}

#[tokio::test]
async fn programs_with_different_layouts_see_what_the_other_one_writes() {
    // A cache in the process has no other program to agree with.
    for engine in Engine::ALL {
        let world = World::new(engine, Store::Redis).await;
        let new = |id: i64| Key::<NewShelf>::cached(0, &[&id]);
        let new_coded = |code: &str| Key::<NewShelf>::cached(1, &[&code]);
        let both = async |what: &str| {
            for id in 1..=3 {
                world.check(&shelf(id), what).await;
                world.check(&new(id), what).await;
            }
            for code in ["a", "b", "c", "d"] {
                world.check(&coded(code), what).await;
                world.check(&new_coded(code), what).await;
            }
        };
        both("nothing").await;
        world.writer.insert(&Shelf::new(1, "a")).await.unwrap();
        both("an insert by the old program").await;
        world.writer.insert(&NewShelf { id: 2, code: "b".into(), note: None }).await.unwrap();
        both("an insert by the new program").await;
        world.writer.patch(shelf(2), &code("c")).await.unwrap();
        both("a patch by the old program").await;
        let patch = NewShelfPatch { code: Some("b".into()), note: Some(Some("new".into())), ..Default::default() };
        world.writer.patch(new(1), &patch).await.unwrap();
        both("a patch by the new program").await;
        world.writer.delete(shelf(1)).await.unwrap();
        both("a delete by the old program").await;
        world.writer.delete(new_coded("c")).await.unwrap();
        both("a delete by the new program").await;
        assert!(world.reader.stats().hits > 10);
    }
}
