//! What is SQLite's alone: transactions that it ends by itself, and migrations on a connection of the pool.

use std::time::Duration;

use tablature_runtime::migrate::{Migrations, Mode};
use tablature_runtime::{Database, Error, ViolationKind};

/// Steps of the virtual machine that take a moment.
const SLOW: &str = "INSERT INTO made SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
                    WHERE i < 2000000) SELECT i FROM n);";

async fn memory() -> Database {
    Database::connect("sqlite::memory:").await.unwrap()
}

async fn execute(db: &tablature_runtime::Session, sql: &str) -> Result<(), Error> {
    db.query(sql).execute().await.map(|_| ())
}

#[tokio::test]
async fn what_rolls_back_the_whole_transaction_ends_it() {
    let db = memory().await;
    execute(&db, "CREATE TABLE item (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)").await.unwrap();
    let outcome: Result<(), Error> = db
        .transaction(async |tx| {
            execute(&tx, "INSERT INTO item VALUES (1)").await?;
            execute(&tx, "INSERT INTO item VALUES (1)").await.unwrap_err();
            // It would stand alone, outside of any transaction.
            execute(&tx, "INSERT INTO item VALUES (2)").await.unwrap_err();
            Ok(())
        })
        .await;
    outcome.unwrap_err();
    let count: i64 = db.query("SELECT count(*) FROM item").fetch_one().await.unwrap();
    assert_eq!(count, 0);
    // An error that takes back its own statement alone leaves the transaction as it was.
    execute(&db, "CREATE TABLE other (id INTEGER PRIMARY KEY)").await.unwrap();
    db.transaction(async |tx| {
        execute(&tx, "INSERT INTO other VALUES (1)").await?;
        execute(&tx, "INSERT INTO other VALUES (1)").await.unwrap_err();
        execute(&tx, "INSERT INTO other VALUES (2)").await
    })
    .await
    .unwrap();
    let count: i64 = db.query("SELECT count(*) FROM other").fetch_one().await.unwrap();
    assert_eq!(count, 2);
}

#[tokio::test]
async fn what_a_trigger_says_is_no_foreign_key() {
    let db = memory().await;
    for sql in [
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE RESTRICT)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (1, 1)",
        "CREATE TRIGGER closed BEFORE UPDATE ON child BEGIN SELECT RAISE(ABORT, 'the books are closed'); END",
    ] {
        execute(&db, sql).await.unwrap();
    }
    let error = execute(&db, "UPDATE child SET id = 2").await.unwrap_err();
    assert!(error.violation().is_none() && error.to_string().contains("the books are closed"), "{error}");
    let error = execute(&db, "DELETE FROM parent").await.unwrap_err();
    assert_eq!(error.violation().unwrap().kind, ViolationKind::ForeignKey);
}

fn slow() -> Migrations {
    Migrations::embedded(&[("sqlite/V001__slow.sql", SLOW)]).unwrap()
}

#[tokio::test]
async fn a_migration_may_run_for_longer_than_a_statement() {
    let options = Database::options("sqlite::memory:").unwrap();
    let db = options.statement_timeout(Duration::from_millis(200)).connect().await.unwrap();
    execute(&db, "CREATE TABLE made (n)").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let report = db.migrate(&slow(), Mode::Migrate).await.unwrap();
    assert_eq!(report.applied, [1]);
}

#[tokio::test]
async fn a_migration_that_nobody_waits_for_leaves_no_transaction_open() {
    let db = memory().await;
    execute(&db, "CREATE TABLE made (n)").await.unwrap();
    let migrations = slow();
    let run = db.migrate(&migrations, Mode::Migrate);
    tokio::time::timeout(Duration::from_millis(20), run).await.unwrap_err();
    // It could not begin inside of another one.
    db.transaction(async |tx| execute(&tx, "INSERT INTO made VALUES (7)").await).await.unwrap();
    let count: i64 = db.query("SELECT count(*) FROM made WHERE n = 7").fetch_one().await.unwrap();
    assert_eq!(count, 1);
}
