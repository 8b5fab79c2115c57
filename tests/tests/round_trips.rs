//! What the runtime's operations cost in round trips: numbers that do not depend on the machine. The first run of a
//! statement on a connection prepares it and is not counted.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::time::Duration;

use bookshop::{Book, BookFormat, BookPatch, CategoryId, NewBook, NewCategory, NewPublisher, PublisherId, book};
use tablature_runtime::cache::Cache;
use tablature_runtime::migrate::{self, Migrations, Mode};
use tablature_runtime::{Cached, Database, Decimal, Error};
use tablature_tests::{CountingProxy, Engine, ScratchDatabase, Service, server_url};

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");

fn new_book(number: usize) -> NewBook {
    NewBook {
        id: None,
        isbn: format!("978{number:010}"),
        title: format!("Book {number}"),
        // Not in every row: NULL is sent in its place, so that one statement suits all.
        subtitle: number.is_multiple_of(2).then(|| "With Maps".to_owned()),
        format: BookFormat::Ebook,
        publisher_id: PublisherId(1),
        category_id: CategoryId(1),
        series_id: None,
        volume: None,
        language: None,
        page_count: None,
        published_on: None,
        price: Decimal::new(999, 2),
        available: None,
        tags: None,
        attributes: None,
        created_at: None,
        updated_at: None,
        reorder_level: None,
    }
}

async fn fill(db: &Database) {
    let (name, country) = ("Harbour Press".to_owned(), "NO".to_owned());
    db.insert(&NewPublisher { id: Some(PublisherId(1)), name, country, website: None }).await.unwrap();
    let (slug, name) = ("travel".to_owned(), "Travel".to_owned());
    let category = NewCategory { id: Some(CategoryId(1)), parent_id: None, slug, name, position: None };
    db.insert(&category).await.unwrap();
}

/// The round trips of something that was done once before on the same connection. It is told which time it is.
async fn trips(proxy: &CountingProxy, mut work: impl AsyncFnMut(usize) -> Result<(), Error>) -> u64 {
    work(0).await.unwrap();
    proxy.reset();
    work(1).await.unwrap();
    proxy.counts().round_trips
}

async fn operations(engine: Engine) {
    let database = ScratchDatabase::create(engine).unwrap();
    migrate::run(database.url(), &Migrations::from_folder(MIGRATIONS).unwrap(), Mode::Migrate).await.unwrap();
    let proxy = CountingProxy::start(database.url()).unwrap();
    let db = Database::options(proxy.url()).unwrap().max_connections(1).connect().await.unwrap();
    fill(&db).await;
    let is_mysql = engine == Engine::Mysql;

    // Even numbers, so that all rows give the same columns: others make another statement.
    let key = |time: usize| book::keys::isbn(&new_book(2 * time).isbn);
    // In one transaction: whenever a connection goes back to its pool, the driver asks whether it still stands.
    let done = db.transaction(async |db| {
        let insert = trips(&proxy, async |time| db.insert(&new_book(2 * time)).await.map(drop)).await;
        assert_eq!(insert, 1);
        let find = trips(&proxy, async |time| db.find(key(time)).await.map(drop)).await;
        assert_eq!(find, 1);
        let patch = BookPatch { available: Some(false), ..BookPatch::default() };
        // MariaDB's UPDATE returns no row, which is read again.
        let patch = trips(&proxy, async |time| db.patch(key(time), &patch).await.map(drop)).await;
        assert_eq!(patch, if is_mysql { 2 } else { 1 });
        let delete = trips(&proxy, async |time| db.delete(key(time)).await.map(drop)).await;
        assert_eq!(delete, 1);
        let savepoint = trips(&proxy, async |time| {
            db.transaction(async |tx| tx.insert(&new_book(100 + 2 * time)).await.map(drop)).await
        });
        assert_eq!(savepoint.await, 3, "SAVEPOINT, INSERT, RELEASE");

        // One statement for a thousand rows.
        let many =
            |time: usize, count: usize| (0..count).map(|row| new_book((time + 1) * 10_000 + row)).collect::<Vec<_>>();
        let thousand = trips(&proxy, async |time| db.insert_many(&many(time, 1_000)).await.map(drop)).await;
        assert_eq!(thousand, 1);
        let query = trips(&proxy, async |_| {
            let books: Vec<Book> =
                db.query("SELECT * FROM book WHERE price > :price").bind("price", 1).fetch_all().await?;
            assert_eq!(books.len(), 2_002);
            Ok(())
        });
        assert_eq!(query.await, 1);
        Ok::<_, Error>(())
    });
    done.await.unwrap();

    let redis = CountingProxy::start(server_url(Service::Redis).unwrap()).unwrap();
    let cache = Cache::redis(redis.url()).await.unwrap();
    let id = db.find(key(50)).await.unwrap().unwrap().id;
    while cache.stats().hits == 0 {
        Book::cached(&cache, &db, id).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Until no connection is on its way back to the pool any more.
    tokio::time::sleep(Duration::from_millis(200)).await;
    proxy.reset();
    redis.reset();
    Book::cached(&cache, &db, id).await.unwrap().unwrap();
    assert_eq!((proxy.counts().round_trips, redis.counts().round_trips), (0, 1));
}

#[tokio::test]
async fn of_operations_on_postgres() {
    operations(Engine::Postgres).await;
}

#[tokio::test]
async fn of_operations_on_mysql() {
    operations(Engine::Mysql).await;
}
