//! Reading a row that is in Redis.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bookshop::{Book, BookId, book};
use redis::AsyncCommands;
use tablature_runtime::cache::Cache;
use tablature_runtime::{Cached, Database};

use crate::Outcome;
use crate::measure::{Table, side_by_side};

const ROUNDS: usize = 21;
/// The reads of one turn.
const READS: u32 = 2_000;

pub(crate) async fn measure(table: &mut Table, engine: &str, db: &Database, url: &str, id: BookId) -> Outcome<()> {
    let cache = Cache::redis(url).await?;
    let key = book::keys::pk(id).cache_key().ok_or("a number is always a key")?;
    let mut connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    let _: () = connection.del(&key).await?;
    // Nothing is stored during the first seconds of a layout.
    while cache.stats().hits == 0 {
        Book::cached(&cache, db, id).await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let cached = async || {
        let start = Instant::now();
        for _ in 0..READS {
            black_box(Book::cached(&cache, db, id).await?);
        }
        Ok(start.elapsed() / READS)
    };
    // The same bytes, and nothing done with them.
    let get = async || {
        let mut connection = connection.clone();
        let start = Instant::now();
        for _ in 0..READS {
            black_box(connection.get::<_, Vec<u8>>(&key).await?);
        }
        Ok(start.elapsed() / READS)
    };
    let pair = side_by_side(ROUNDS, cached, get).await?;
    table.compare("a cached row, beside `GET`", engine, pair, 1.25);
    let _: () = connection.del(&key).await?;
    Ok(())
}
