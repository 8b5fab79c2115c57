//! Rows that other programs write are taken back from a cache, as the generated triggers tell (PostgreSQL).
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use bookshop::{NewPublisher, Publisher, SCHEMA, publisher};
use tablature::codegen::codegen;
use tablature::config::{Origin, Source};
use tablature::output::Mode;
use tablature_runtime::cache::Cache;
use tablature_runtime::{Database, Error};
use tablature_tests::{Engine, ScratchDatabase};

/// A bookshop on PostgreSQL with the triggers that are generated for it.
fn bookshop_with_triggers() -> ScratchDatabase {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load_folder(Engine::Postgres.migrations()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("crate");
    let mut source = Source::new("triggers", Origin::Url(database.url().to_owned()), &output);
    source.cache_notify = true;
    codegen(&source, Mode::Write, &AtomicBool::new(false), |_| {}).unwrap();
    // It can be run again.
    database.load_file(output.join("cache-notify.sql")).unwrap();
    database.load_file(output.join("cache-notify.sql")).unwrap();
    database
}

/// The row of a publisher through the cache, as soon as it is what is expected.
async fn expect(db: &Database, name: &str, expected: Option<&str>) {
    let limit = Instant::now() + Duration::from_secs(10);
    loop {
        let found = db.cached::<Publisher>(publisher::keys::name(name)).await.unwrap();
        let found = found.map(|row| row.country);
        if found.as_deref() == expected {
            return;
        }
        assert!(Instant::now() < limit, "{name:?} is still {found:?} in the cache, and not {expected:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_other_programs_write_is_taken_back() {
    // What generates code has a runtime of its own.
    let scratch = tokio::task::spawn_blocking(bookshop_with_triggers).await.unwrap();
    let plain = Database::connect(scratch.url()).await.unwrap();
    let cache = Cache::in_process().unwrap();
    let db = plain.with_cache(&cache);
    let _follower = db.follow_writes(&cache, &SCHEMA).await.unwrap();

    let hostile = "Söhne \"& Co\": 50 %\n\\";
    for name in ["Aldus", hostile] {
        expect(&db, name, None).await;
        // A statement that the runtime does not look into, over a database without a cache.
        plain
            .query("INSERT INTO publisher (name, country) VALUES (:name, 'AT')")
            .bind("name", name)
            .execute()
            .await
            .unwrap();
        expect(&db, name, Some("AT")).await;
        plain
            .query("UPDATE publisher SET country = 'IT' WHERE name = :name")
            .bind("name", name)
            .execute()
            .await
            .unwrap();
        expect(&db, name, Some("IT")).await;
        plain
            .query("UPDATE publisher SET name = :other WHERE name = :name")
            .bind("name", name)
            .bind("other", format!("{name}2"))
            .execute()
            .await
            .unwrap();
        expect(&db, name, None).await;
        expect(&db, &format!("{name}2"), Some("IT")).await;
        plain.query("DELETE FROM publisher WHERE country = 'IT'").execute().await.unwrap();
        expect(&db, &format!("{name}2"), None).await;
    }
}

#[tokio::test]
async fn a_row_too_long_to_tell_is_written_all_the_same() {
    // What generates code has a runtime of its own.
    let scratch = tokio::task::spawn_blocking(bookshop_with_triggers).await.unwrap();
    scratch.load("ALTER TABLE publisher ALTER COLUMN name TYPE text; ALTER TABLE publisher DROP CONSTRAINT IF EXISTS publisher_name_length;").unwrap();
    let db = Database::connect(scratch.url()).await.unwrap();
    // Beyond what PostgreSQL sends in a notification, and within what it indexes, since it is compressed there.
    let long = NewPublisher { name: "x".repeat(20_000), ..publisher("AT") };
    db.insert(&long).await.unwrap();
}

fn publisher(country: &str) -> NewPublisher {
    serde_json::from_value(serde_json::json!({ "name": "Aldus", "country": country })).unwrap()
}

#[tokio::test]
async fn only_postgres_tells() {
    let scratch = ScratchDatabase::create(Engine::Sqlite).unwrap();
    let db = Database::connect(scratch.url()).await.unwrap();
    let error = db.follow_writes(&Cache::in_process().unwrap(), &SCHEMA).await.unwrap_err();
    assert!(matches!(error, Error::Unsuitable { .. }) && error.to_string().contains("only PostgreSQL"), "{error}");
}

#[tokio::test]
async fn a_database_can_be_closed_that_is_followed() {
    let scratch = tokio::task::spawn_blocking(|| ScratchDatabase::create(Engine::Postgres).unwrap()).await.unwrap();
    let cache = Cache::in_process().unwrap();
    let db = Database::connect(scratch.url()).await.unwrap();
    let _follower = db.follow_writes(&cache, &SCHEMA).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), db.close()).await.unwrap();
}
