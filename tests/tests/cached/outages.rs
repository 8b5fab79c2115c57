//! A Redis that is not there, commits of which nobody knows what became, and many readers at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bookshop::{Book, BookFormat, BookId, BookPatch, CategoryId, NewBook, PublisherId, book};
use tablature_runtime::cache::Cache;
use tablature_runtime::{Cached, Database, Error};
use tablature_tests::{Engine, ScratchDatabase};
use tracing::span::{Attributes, Id, Record};

use crate::support::{Shelf, ShelfPatch, Store, World, coded, shelf};

fn hasty() -> tablature_runtime::cache::CacheOptions {
    let short = Duration::from_millis(100);
    Cache::options().connect_timeout(short).response_timeout(short)
}

#[tokio::test]
async fn without_redis_reads_go_on_and_writes_are_refused() {
    for engine in Engine::ALL {
        let mut world = World::with(engine, Store::Redis, hasty()).await;
        world.writer.insert(&Shelf::new(1, "a")).await.unwrap();
        world.check_all("insert").await;
        world.node.as_mut().unwrap().kill().unwrap();
        world.check_all("the end of the Redis").await;
        let refused = world.writer.insert(&Shelf::new(2, "b")).await;
        assert!(matches!(refused, Err(Error::Cache(_))), "{engine}: {refused:?}");
        let refused = world.writer.patch(shelf(1), &ShelfPatch { code: Some("c".into()), ..Default::default() }).await;
        assert!(matches!(refused, Err(Error::Cache(_))), "{engine}: {refused:?}");
        assert!(world.db.find(shelf(2)).await.unwrap().is_none(), "{engine}: what was refused is there");
        assert!(world.db.find(coded("a")).await.unwrap().is_some(), "{engine}: what was refused has changed");
        // Who writes to tables that are not cached needs no cache, and neither do transactions that write nothing.
        world.writer.append(&crate::support::Log { note: None }).await.unwrap();
        world.writer.transaction(async |tx| tx.find(shelf(1)).await.map(|_| ())).await.unwrap();
        world.node.as_mut().unwrap().restart().unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        while world.writer.upsert(&Shelf::new(2, "b")).await.is_err() {
            assert!(tokio::time::Instant::now() < deadline, "{engine}: the writer does not find back to the Redis");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        world.check_all("the return of the Redis").await;
    }
}

/// The connection breaks while COMMIT is on its way: the row changes, or not, and readers see which.
#[tokio::test]
async fn a_commit_of_unknown_outcome_keeps_readers_away_from_the_cache() {
    let barrier = Duration::from_secs(2);
    let world = World::with(Engine::Postgres, Store::Redis, hasty().barrier_ttl(barrier)).await;
    world.writer.insert(&Shelf::new(1, "a")).await.unwrap();
    world.check_all("insert").await;
    // A deferred trigger ends the connection from within the commit.
    world.run("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$").await;
    world.run("CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON shelf DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()").await;
    let outcome =
        world.writer.patch(shelf(1), &ShelfPatch { note: Some(Some("lost".into())), ..Default::default() }).await;
    assert!(matches!(outcome, Err(Error::ConnectionLost(_) | Error::Driver(_))), "{outcome:?}");
    let bypasses = world.reader.stats().bypasses;
    world.check(&shelf(1), "a commit of unknown outcome").await;
    assert!(world.reader.stats().bypasses > bypasses, "the cache was asked behind a commit of unknown outcome");
    tokio::time::sleep(barrier + Duration::from_millis(200)).await;
    let hits = world.reader.stats().hits;
    world.check(&shelf(1), "the time after it").await;
    assert!(world.reader.stats().hits > hits, "the announcement does not run out");
}

/// Counts statements.
#[derive(Clone, Default)]
struct Statements(Arc<(AtomicUsize, AtomicU64)>);

impl tracing::Subscriber for Statements {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name() == "statement"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.0.0.fetch_add(1, Ordering::SeqCst);
        Id::from_u64(self.0.1.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_hundred_readers_of_a_cold_row_ask_the_database_once() {
    for world in World::each().await {
        world.db.insert(&Shelf::new(1, "a")).await.unwrap();
        for key in [shelf(1), coded("b")] {
            let statements = Statements::default();
            let guard = tracing::subscriber::set_default(statements.clone());
            let reads = (0..100).map(|_| Shelf::cached(&world.reader, &world.db, &key));
            let rows = futures_util::future::try_join_all(reads).await.unwrap();
            drop(guard);
            assert!(rows.iter().all(|row| *row == rows[0]), "{} {:?}", world.engine, world.store);
            assert_eq!(statements.0.0.load(Ordering::SeqCst), 1, "{} {:?}", world.engine, world.store);
        }
    }
}

/// The example application's own models, as they were generated.
#[tokio::test]
async fn generated_models_are_cached_by_all_their_keys() {
    let scratch = ScratchDatabase::create(Engine::Sqlite).unwrap();
    scratch.load_folder(Engine::Sqlite.migrations()).unwrap();
    scratch
        .load(
            "INSERT INTO publisher (name, country) VALUES ('North Quay Press', 'GB');
             INSERT INTO category (slug, name) VALUES ('fiction', 'Fiction');",
        )
        .unwrap();
    let cache = Cache::in_process().unwrap();
    let db = Database::connect(scratch.url()).await.unwrap().with_cache(&cache);
    assert_eq!(Book::cached(&cache, &db, book::keys::isbn("9780000000017")).await.unwrap(), None);
    let new = NewBook {
        id: None,
        isbn: "9780000000017".into(),
        title: "Low Tide".into(),
        subtitle: None,
        format: BookFormat::Paperback,
        publisher_id: PublisherId(1),
        category_id: CategoryId(1),
        series_id: None,
        volume: None,
        language: None,
        page_count: None,
        published_on: None,
        price: "12.50".parse().unwrap(),
        available: None,
        tags: None,
        attributes: None,
        created_at: None,
        updated_at: None,
        reorder_level: None,
    };
    let row = db.insert(&new).await.unwrap();
    for _ in 0..2 {
        assert_eq!(Book::cached(&cache, &db, BookId(1)).await.unwrap().as_ref(), Some(&row));
        assert_eq!(db.cached::<Book>(book::keys::isbn("9780000000017")).await.unwrap().as_ref(), Some(&row));
    }
    assert!(cache.stats().hits > 0);
    let patch = BookPatch { isbn: Some("9780000000024".into()), ..Default::default() };
    let row = db.patch(BookId(1), &patch).await.unwrap();
    assert_eq!(db.cached::<Book>(book::keys::isbn("9780000000017")).await.unwrap(), None);
    assert_eq!(db.cached::<Book>(book::keys::isbn("9780000000024")).await.unwrap(), row);
    assert_eq!(db.cached::<Book>(BookId(1)).await.unwrap(), row);
    assert!(db.delete(BookId(1)).await.unwrap());
    assert_eq!(db.cached::<Book>(BookId(1)).await.unwrap(), None);
}
