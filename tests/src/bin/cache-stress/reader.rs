//! A process that compares what the cache answers with what the database had before it was asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use tablature_runtime::cache::Cache;
use tablature_runtime::{Database, Error};

use crate::hooks::say;
use crate::model::{HotBook, HotReview, book, isbn, isbn_text, isbns, review};
use crate::{Failure, World};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    world: World,
    /// How many read at the same time.
    #[arg(long)]
    tasks: u64,
}

/// How many keys are looked up at once before they are read.
const BATCH: usize = 4;

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let world = &arguments.world;
    let (db, cache) = world.open().await?;
    let done = Arc::new(AtomicBool::new(false));
    let reads = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..arguments.tasks)
        .map(|task| {
            let reader = Reader {
                db: db.clone(),
                cache: cache.clone(),
                rng: Rng::with_seed(world.seed.wrapping_mul(1000).wrapping_add(task)),
                books: world.books,
                reads: Arc::clone(&reads),
            };
            tokio::spawn(reader.read_until(Arc::clone(&done)))
        })
        .collect();
    // The other end is closed when the run is over, or whoever started it is gone.
    let told = Arc::clone(&done);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        told.store(true, Ordering::SeqCst);
    });
    while !done.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(200)).await;
        report(&reads, &cache);
    }
    for task in tasks {
        task.await?;
    }
    report(&reads, &cache);
    Ok(())
}

fn report(reads: &AtomicU64, cache: &Cache) {
    let stats = cache.stats();
    let counts = [
        reads.load(Ordering::SeqCst),
        stats.hits,
        stats.negative_hits,
        stats.joined,
        stats.bypasses,
        stats.fills,
        stats.refused_fills,
        stats.garbage,
        stats.errors,
    ];
    say(&format!("R {}", counts.map(|count| count.to_string()).join(" ")));
}

struct Reader {
    db: Database,
    cache: Cache,
    rng: Rng,
    books: i64,
    reads: Arc<AtomicU64>,
}

/// What to read.
#[derive(Clone)]
enum Wanted {
    Book(i64),
    Isbn(String),
    Review(i64),
}

impl Wanted {
    fn name(&self) -> String {
        match self {
            Self::Book(id) => book(*id),
            Self::Isbn(text) => isbn(text),
            Self::Review(id) => review(*id),
        }
    }
}

/// What the database had before the cache was asked: the version of the key, and the row that it led to.
type Known = (String, i64, Option<String>, Option<i64>);

impl Reader {
    async fn read_until(mut self, done: Arc<AtomicBool>) {
        while !done.load(Ordering::SeqCst) {
            if let Err(error) = self.batch().await {
                say(&format!("X a reader failed: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    async fn batch(&mut self) -> Result<(), Error> {
        let wanted: Vec<Wanted> = (0..BATCH)
            .map(|_| match self.rng.u8(0..5) {
                0..=1 => Wanted::Book(self.rng.i64(1..=self.books)),
                2..=3 => Wanted::Isbn(isbn_text(self.rng.i64(0..isbns(self.books)))),
                _ => Wanted::Review(self.rng.i64(1..=self.books)),
            })
            .collect();
        let names: Vec<String> = wanted.iter().map(Wanted::name).collect();
        let began = milliseconds();
        let known: Vec<Known> = self
            .db
            .query(
                "SELECT s.name, s.version, s.row_name, r.version FROM hot_state s \
                 LEFT JOIN hot_state r ON r.name = s.row_name WHERE s.name IN (:names)",
            )
            .bind("names", names)
            .fetch_all()
            .await?;
        for wanted in wanted {
            let name = wanted.name();
            let Some(known) = known.iter().find(|known| known.0 == name) else {
                say(&format!("X the books do not know {name}"));
                continue;
            };
            self.check(&wanted, known, began).await?;
        }
        Ok(())
    }

    async fn check(&self, wanted: &Wanted, known: &Known, began: u128) -> Result<(), Error> {
        let answer: Option<(String, i64)> = match wanted {
            Wanted::Book(id) => {
                let row = self.db.with_cache(&self.cache).cached(HotBook::by_id(*id)).await?;
                row.map(|row| (book(row.id), row.version))
            }
            Wanted::Isbn(text) => {
                let row = self.db.with_cache(&self.cache).cached(HotBook::by_isbn(text)).await?;
                if row.as_ref().is_some_and(|row| row.isbn != *text) {
                    say(&format!("S {began} {} {} answered with another one's row", milliseconds(), known.0));
                }
                row.map(|row| (book(row.id), row.version))
            }
            Wanted::Review(id) => {
                let row = self.db.with_cache(&self.cache).cached(HotReview::of(*id)).await?;
                row.map(|row| (review(row.book_id), row.version))
            }
        };
        self.reads.fetch_add(1, Ordering::SeqCst);
        let fresh = match (&answer, &known.2, known.3) {
            (Some((name, version)), Some(row), Some(least)) => name == row && *version >= least,
            (None, None, _) => true,
            _ => false,
        };
        if fresh || self.became(&answer, known).await? {
            return Ok(());
        }
        let said = answer.map_or("no row".to_owned(), |(name, version)| format!("{name} version {version}"));
        let was = match (&known.2, known.3) {
            (Some(row), Some(version)) => format!("{row} version {version}"),
            _ => "no row".to_owned(),
        };
        say(&format!(
            "S {began} {} {}: the cache said {said}, and before it was asked the database had {was} (state {})",
            milliseconds(),
            known.0,
            known.1
        ));
        Ok(())
    }

    /// Whether the answer is of a state that came after the one that was known.
    async fn became(&self, answer: &Option<(String, i64)>, known: &Known) -> Result<bool, Error> {
        let later: Vec<(Option<String>, i64)> = self
            .db
            .query("SELECT row_name, row_version FROM hot_history WHERE name = :name AND version > :version")
            .bind("name", known.0.as_str())
            .bind("version", known.1)
            .fetch_all()
            .await?;
        Ok(later.iter().any(|(row, least)| match (row, answer) {
            (None, None) => true,
            (Some(row), Some((name, version))) => row == name && version >= least,
            _ => false,
        }))
    }
}

fn milliseconds() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_millis())
}
