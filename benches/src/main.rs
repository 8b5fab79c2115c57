//! `cargo xtask bench runtime`: what the runtime costs beside the same work written by hand with the drivers.
//!
//! The lines of `TABLATURE_BENCH_URLS` are URLs of databases that may be filled, and of a Redis. The two sides of a
//! comparison take turns in one run, so that whatever else the machine does falls on both.
#![expect(clippy::print_stdout, reason = "it is a program")]

mod cached;
mod fetch;
mod hand;
mod insert;
mod measure;
mod reading;
mod rows;

use std::error::Error;

use bookshop::Book;
use tablature_runtime::migrate::{self, Migrations, Mode};
use tablature_runtime::{Database, Dialect};

use crate::hand::Hand;
use crate::measure::Table;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many rows are read and inserted.
const ROWS: usize = 10_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    let urls = std::env::var("TABLATURE_BENCH_URLS")?;
    let (caches, databases): (Vec<&str>, Vec<&str>) = urls.lines().partition(|url| url.starts_with("redis"));
    let mut table = Table::default();
    reading::measure(&mut table)?;
    for url in databases {
        migrate::run(url, &Migrations::from_folder(MIGRATIONS)?, Mode::Migrate).await?;
        let db = Database::connect(url).await?;
        let engine = engine(&db).await?;
        let hand = Hand::connect(url).await?;
        rows::shelve(&db).await?;
        insert::measure(&mut table, &engine, &db, &hand).await?;
        db.insert_many(&rows::books(ROWS)).await?;
        fetch::measure(&mut table, &engine, &db, &hand).await?;
        for cache in &caches {
            let first = db.query("SELECT * FROM book ORDER BY id LIMIT 1").fetch_one::<Book>().await?;
            cached::measure(&mut table, &engine, &db, cache, first.id).await?;
        }
        hand.close().await;
        db.close().await;
    }
    println!("{table}");
    Ok(())
}

/// The engine and its version, as in `PostgreSQL 15.4`.
async fn engine(db: &Database) -> Outcome<String> {
    let (name, sql) = match db.dialect() {
        Dialect::Postgres => ("PostgreSQL", "SELECT split_part(current_setting('server_version'), ' ', 1)"),
        Dialect::Mysql => ("MySQL", "SELECT version()"),
        Dialect::Sqlite => ("SQLite", "SELECT sqlite_version()"),
    };
    let version: String = db.query(sql).fetch_one().await?;
    Ok(match version.split_once("-MariaDB") {
        Some((version, _)) => format!("MariaDB {version}"),
        None => format!("{name} {version}"),
    })
}

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
