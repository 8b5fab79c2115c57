//! Options of databases.

use std::time::Duration;

use tablature_runtime::{Database, Error};
use tablature_tests::Engine;

use super::{count, items, put, scratch};

#[tokio::test]
async fn what_is_opened_read_only_refuses_writes() {
    for engine in Engine::ALL {
        let (scratch, db) = items(engine, 1).await;
        put(&db, 1).await.unwrap();
        let reader = Database::options(scratch.url()).unwrap().read_only(true).connect().await.unwrap();
        assert_eq!(count(&reader).await, 1, "{engine}");
        let error = put(&reader, 2).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains("read"), "{engine}: {error}");
        let error = reader.transaction(async |tx| put(&tx, 2).await).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains("read"), "{engine}: {error}");
        assert_eq!(count(&reader).await, 1, "{engine}");
    }
}

#[tokio::test]
async fn sqlite_holds_foreign_keys_and_keeps_a_log() {
    let (scratch, db) = items(Engine::Sqlite, 2).await;
    scratch.load("CREATE TABLE part (item bigint REFERENCES item (id));").unwrap();
    let error = db.query("INSERT INTO part VALUES (99)").execute().await.unwrap_err();
    assert!(error.violation().is_some(), "{error}");
    assert_eq!(db.query("PRAGMA journal_mode").fetch_one::<String>().await.unwrap(), "wal");
    assert_eq!(db.query("PRAGMA synchronous").fetch_one::<i64>().await.unwrap(), 1);
}

#[tokio::test]
async fn sqlite_waits_for_a_locked_file_as_long_as_it_is_told() {
    let (scratch, db) = items(Engine::Sqlite, 1).await;
    let other = |patience: u64| Database::options(scratch.url()).unwrap().busy_timeout(Duration::from_millis(patience));
    let (hasty, patient) = (other(50).connect().await.unwrap(), other(5000).connect().await.unwrap());
    let (held, hurried, waited) = tokio::join!(
        db.transaction(async |tx| {
            put(&tx, 1).await?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            Ok::<_, Error>(())
        }),
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            put(&hasty, 2).await
        },
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            put(&patient, 3).await
        }
    );
    held.and(waited).unwrap();
    let error = hurried.unwrap_err();
    assert!(matches!(error, Error::Deadlock(_)) && error.to_string().contains("locked"), "{error}");
    assert_eq!(count(&db).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_in_memory_keeps_what_it_holds() {
    for url in ["sqlite::memory:", "sqlite://:memory:"] {
        let db = Database::options(url).unwrap().max_connections(8).connect().await.unwrap();
        db.query("CREATE TABLE item (id integer PRIMARY KEY, label text UNIQUE)").execute().await.unwrap();
        let tasks: Vec<_> = (0..20_i64)
            .map(|id| {
                let db = db.clone();
                tokio::spawn(async move { db.transaction(async |tx| put(&tx, id).await).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        // Neither what fails nor what is dropped nor what is stopped costs the memory.
        put(&db, 1).await.unwrap_err();
        // How far it came depends on the moment.
        drop(super::at_most(3, db.transaction(async |tx| put(&tx, 100).await)).await);
        db.query("DELETE FROM item WHERE id = 100").execute().await.unwrap();
        let _ = db.transaction(async |tx| put(&tx, 1).await).await.unwrap_err();
        let rolled_back = db.transaction(async |tx| {
            tx.query("ROLLBACK").execute().await?;
            Err::<(), _>(Error::TransactionEnded)
        });
        rolled_back.await.unwrap_err();
        assert_eq!(count(&db).await, 20, "{url}");
    }
}

#[tokio::test]
async fn a_file_that_is_missing_is_created_only_if_that_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("new.db").display());
    let error = Database::connect(&url).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");
    let db = Database::options(&url).unwrap().create_if_missing(true).connect().await.unwrap();
    assert_eq!(db.query("SELECT 1").fetch_one::<i64>().await.unwrap(), 1);
    db.close().await;
    let error = db.query("SELECT 1").fetch_one::<i64>().await.unwrap_err();
    assert!(matches!(error, Error::Closed), "{error}");
    Database::connect(&url).await.unwrap();
}

#[tokio::test]
async fn limits_of_time_reach_the_server_and_the_url_has_the_last_word() {
    let (scratch, options) = scratch(Engine::Postgres);
    let shown = async |db: &Database, name: &str| {
        db.query("SELECT current_setting(:name)").bind("name", name).fetch_one::<String>().await.unwrap()
    };
    let db = options.application_name("the shop").connect().await.unwrap();
    assert_eq!(shown(&db, "statement_timeout").await, "30s");
    assert_eq!(shown(&db, "idle_in_transaction_session_timeout").await, "1min");
    assert_eq!(shown(&db, "application_name").await, "the shop");
    assert_eq!(shown(&db, "timezone").await, "UTC");
    let url = format!("{}?options=-c%20statement_timeout=7s", scratch.url());
    let db = Database::connect(&url).await.unwrap();
    assert_eq!(shown(&db, "statement_timeout").await, "7s");
    let db = Database::options(scratch.url()).unwrap().statement_timeout(None).connect().await.unwrap();
    assert_eq!(shown(&db, "statement_timeout").await, "0");
}

#[tokio::test]
async fn a_transaction_that_stands_idle_is_ended_by_the_server() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let (scratch, _) = items(engine, 1).await;
        let options = Database::options(scratch.url()).unwrap().max_connections(1);
        let db = options.idle_in_transaction_timeout(Duration::from_secs(1)).connect().await.unwrap();
        let outcome = db
            .transaction(async |tx| {
                put(&tx, 1).await?;
                tokio::time::sleep(Duration::from_millis(1800)).await;
                put(&tx, 2).await
            })
            .await;
        assert!(matches!(outcome, Err(Error::ConnectionLost(_))), "{engine}: {outcome:?}");
        assert_eq!(count(&db).await, 0, "{engine}");
    }
}
