//! Servers that go away, are late, or let nobody in.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use tablature_runtime::{Database, Error, Session};
use tablature_tests::{Engine, ScratchDatabase};

use super::{count, items, put, scratch};

/// The number by which the server knows the connection.
async fn backend(session: &Session) -> i64 {
    let sql = match session.dialect() {
        tablature_runtime::Dialect::Postgres => "SELECT CAST(pg_backend_pid() AS bigint)",
        _ => "SELECT CAST(connection_id() AS signed)",
    };
    session.query(sql).fetch_one().await.unwrap()
}

async fn kill(other: &Database, backend: i64) {
    match other.dialect() {
        tablature_runtime::Dialect::Postgres => {
            let sql = "SELECT pg_terminate_backend(:backend)";
            other.query(sql).bind("backend", i32::try_from(backend).unwrap()).fetch_one::<bool>().await.unwrap();
        }
        _ => drop(other.query(&format!("KILL {backend}")).execute().await.unwrap()),
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
}

const SERVERS: [Engine; 2] = [Engine::Postgres, Engine::Mysql];

fn sleep(engine: Engine, seconds: u32) -> String {
    match engine {
        Engine::Postgres => format!("SELECT 1 FROM pg_sleep({seconds})"),
        _ => format!("SELECT SLEEP({seconds})"),
    }
}

#[tokio::test]
async fn a_connection_killed_under_a_statement_is_an_error_and_the_next_one_works() {
    for engine in SERVERS {
        let (scratch, db) = items(engine, 1).await;
        let other = Database::connect(scratch.url()).await.unwrap();
        let victim = backend(&db).await;
        let asleep = sleep(engine, 20);
        let (outcome, ()) = tokio::join!(db.query(&asleep).execute(), async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            kill(&other, victim).await;
        });
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::ConnectionLost(_)), "{engine}: {error:?}");
        put(&db, 1).await.unwrap_or_else(|error| panic!("{engine}: {error}"));
    }
}

#[tokio::test]
async fn a_connection_killed_in_a_transaction_takes_it_back() {
    for engine in SERVERS {
        let (scratch, db) = items(engine, 1).await;
        let other = Database::connect(scratch.url()).await.unwrap();
        let outcome = db
            .transaction(async |tx| {
                put(&tx, 1).await?;
                kill(&other, backend(&tx).await).await;
                put(&tx, 2).await
            })
            .await;
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::ConnectionLost(_)), "{engine}: {error:?}");
        // Swallowed, it is no success, and nothing is written outside of the transaction.
        let outcome = db
            .transaction(async |tx| {
                put(&tx, 1).await?;
                kill(&other, backend(&tx).await).await;
                put(&tx, 2).await.unwrap_err();
                let error = put(&tx, 3).await.unwrap_err();
                assert!(matches!(error, Error::TransactionEnded), "{engine}: {error:?}");
                Ok::<_, Error>(())
            })
            .await;
        assert!(matches!(outcome, Err(Error::TransactionEnded)), "{engine}: {outcome:?}");
        // Lost before COMMIT.
        let outcome = db
            .transaction(async |tx| {
                put(&tx, 1).await?;
                kill(&other, backend(&tx).await).await;
                Ok::<_, Error>(())
            })
            .await;
        assert!(matches!(outcome, Err(Error::ConnectionLost(_))), "{engine}: {outcome:?}");
        assert_eq!(count(&db).await, 0, "{engine}");
    }
}

#[tokio::test]
async fn a_connection_killed_while_nobody_used_it_is_noticed() {
    for engine in SERVERS {
        let (scratch, db) = items(engine, 3).await;
        let other = Database::connect(scratch.url()).await.unwrap();
        // At rest for longer than a second: it is asked before it is used.
        let victim = backend(&db).await;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        kill(&other, victim).await;
        put(&db, 1).await.unwrap_or_else(|error| panic!("{engine}: {error}"));
        // A transaction begins anew on another connection.
        let victims = tokio::join!(backend(&db), backend(&db), backend(&db));
        tokio::time::sleep(Duration::from_millis(50)).await;
        for victim in std::collections::BTreeSet::from([victims.0, victims.1, victims.2]) {
            kill(&other, victim).await;
        }
        db.transaction(async |tx| put(&tx, 2).await).await.unwrap_or_else(|error| panic!("{engine}: {error}"));
        // One statement outside of transactions may have to be told, since nobody knows whether it took effect; the others,
        // on connections that were lost with it, are not.
        let victims = tokio::join!(backend(&db), backend(&db), backend(&db));
        tokio::time::sleep(Duration::from_millis(50)).await;
        for victim in std::collections::BTreeSet::from([victims.0, victims.1, victims.2]) {
            kill(&other, victim).await;
        }
        let mut lost = 0;
        for id in 10..20 {
            match put(&db, id).await {
                Ok(()) => {}
                Err(Error::ConnectionLost(_)) => lost += 1,
                Err(error) => panic!("{engine}: {error}"),
            }
        }
        assert!(lost <= 1, "{engine}: {lost} statements were lost");
        assert_eq!(count(&db).await, 2 + 10 - lost, "{engine}");
    }
}

#[tokio::test]
async fn a_pool_without_a_free_connection_says_so_in_time() {
    for engine in Engine::ALL {
        let (scratch, _) = items(engine, 1).await;
        let options = Database::options(scratch.url()).unwrap();
        let db = options.max_connections(2).acquire_timeout(Duration::from_millis(400)).connect().await.unwrap();
        put(&db, 1).await.unwrap();
        let mut first = db.query("SELECT id FROM item").stream::<i64>();
        let mut second = db.query("SELECT id FROM item").stream::<i64>();
        assert!(first.next().await.is_some() && second.next().await.is_some());
        let start = Instant::now();
        let error = db.query("SELECT id FROM item").fetch_all::<i64>().await.unwrap_err();
        assert!(start.elapsed() < Duration::from_millis(800), "{engine}: {:?}", start.elapsed());
        assert!(matches!(error, Error::PoolExhausted { size: 2, .. }), "{engine}: {error:?}");
        assert!(error.to_string().contains("all 2") && error.to_string().contains("0.4 s"), "{error}");
        drop((first, second));
        assert_eq!(count(&db).await, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    for engine in Engine::ALL {
        let (_scratch, options) = scratch(engine);
        let options = options.max_connections(1).statement_timeout(Duration::from_millis(300));
        let db = options.connect().await.unwrap();
        let endless = match engine {
            Engine::Sqlite => {
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n".to_owned()
            }
            // SLEEP is cut short without an error.
            Engine::Mysql => {
                let many = "information_schema.collations";
                format!("SELECT sum(length(a.collation_name)) FROM {many} a, {many} b, {many} c, {many} d")
            }
            Engine::Postgres => sleep(engine, 10),
        };
        for _ in 0..2 {
            let start = Instant::now();
            let error = db.query(&endless).execute().await.unwrap_err();
            assert!(matches!(error, Error::Timeout(_)), "{engine}: {error:?}");
            assert!(start.elapsed() < Duration::from_secs(3), "{engine}: {:?}", start.elapsed());
            assert_eq!(db.query("SELECT 1 + 0").fetch_one::<i64>().await.unwrap(), 1, "{engine}");
            let error = db.transaction(async |tx| tx.query(&endless).execute().await).await.unwrap_err();
            assert!(matches!(error, Error::Timeout(_)), "{engine}: {error:?}");
        }
        assert_eq!(db.query("SELECT 1 + 0").fetch_one::<i64>().await.unwrap(), 1, "{engine}");
    }
}

#[tokio::test]
async fn who_cannot_get_in_is_told_why_without_the_password() {
    let patience = Duration::from_millis(700);
    for (url, words) in [
        ("postgres://ann:s3cret@127.0.0.1:1/shop", &["127.0.0.1:1", "refused"][..]),
        ("mysql://ann:s3cret@127.0.0.1:1/shop", &["127.0.0.1:1", "refused"]),
        ("sqlite:/nonexistent/folder/shop.db", &["/nonexistent/folder/shop.db"]),
        ("postgres://ann:s3cret@127.0.0.1:99999/shop", &["127.0.0.1:99999"]),
        ("mysql://ann:s3cret@127.0.0.1:x/shop", &["127.0.0.1:x"]),
        ("postgres://ann:s3cret@127.0.0.1/shop?sslmode=sometimes", &["sslmode"]),
    ] {
        let start = Instant::now();
        let options = Database::options(url).unwrap().acquire_timeout(patience);
        let error = options.connect().await.unwrap_err();
        assert!(matches!(error, Error::Connect { .. }), "{url}: {error:?}");
        let text = format!("{error} {error:?}");
        assert!(words.iter().all(|word| text.contains(word)) && !text.contains("s3cret"), "{url}: {text}");
        assert!(start.elapsed() < Duration::from_secs(3), "{url}: {:?}", start.elapsed());
    }
    let error = Database::connect("oracle://ann:s3cret@db/shop").await.unwrap_err();
    assert!(matches!(error, Error::Url(_)) && !error.to_string().contains("s3cret"), "{error}");
    for engine in SERVERS {
        let database = ScratchDatabase::create(engine).unwrap();
        let unknown = database.url().replace(database.name(), "tablature_test_unknown");
        let error = Database::connect(&unknown).await.unwrap_err();
        assert!(
            matches!(error, Error::Connect { .. }) && error.to_string().contains("tablature_test_unknown"),
            "{error}"
        );
    }
    // PostgreSQL trusts everybody here.
    let database = ScratchDatabase::create(Engine::Mysql).unwrap();
    let role = database.select_only_role().unwrap();
    let (before, host) = role.split_once('@').unwrap();
    let (user, password) = before.rsplit_once(':').unwrap();
    let error = Database::connect(&format!("{user}:wrong{password}@{host}")).await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }) && !format!("{error:?}").contains(password), "{error}");
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let error = Database::options("sqlite::memory:").unwrap().connect_lazy().unwrap_err();
    assert!(matches!(error, Error::NoRuntime), "{error}");
}
