//! A process that writes hot rows until it is killed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use fastrand::Rng;
use tablature_runtime::{Database, Dialect, Error, Transaction};

use crate::hooks::{Phase, Watcher, die_at, reached, say};
use crate::model::{HotBook, HotBookPatch, HotReview, book, isbn, isbn_text, isbns, review};
use crate::{Break, Failure, World};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    world: World,
    /// Where to stand still and wait to be killed.
    #[arg(long)]
    die: Phase,
    /// How many transactions come before that.
    #[arg(long)]
    after: u32,
    /// Nobody dies as long as there is no such file.
    #[arg(long)]
    permit: PathBuf,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    tracing::subscriber::set_global_default(Watcher::default())?;
    let world = &arguments.world;
    let (plain, cache) = world.open().await?;
    let cached = plain.with_cache(&cache);
    let mut writer =
        Writer { rng: Rng::with_seed(world.seed), books: world.books, server: plain.dialect() != Dialect::Sqlite };
    let mut armed = false;
    for number in 0_u32.. {
        if !armed && number >= arguments.after && arguments.permit.exists() {
            armed = true;
            if arguments.die == Phase::Anywhere {
                say("K anywhere");
            } else {
                die_at(arguments.die);
            }
        }
        let outcome = match world.breach {
            None => writer.transaction(&cached).await,
            Some(Break::NoBarrier) => writer.late(&plain, &cached).await,
        };
        match outcome {
            Ok(()) => say("T"),
            Err(Error::Cache(_)) => say("E not announced"),
            Err(Error::Deadlock(_) | Error::Serialization(_)) => say("E conflict"),
            Err(error) => say(&format!("X {error}")),
        }
    }
    Ok(())
}

/// What the book-keeping says of a key.
struct State {
    version: i64,
    row: Option<String>,
}

type States = BTreeMap<String, State>;

/// The keys that a transaction has written to.
#[derive(Default)]
struct Written {
    books: Vec<i64>,
    isbns: Vec<String>,
}

struct Writer {
    rng: Rng,
    books: i64,
    /// Whether rows can be locked one by one.
    server: bool,
}

impl Writer {
    async fn transaction(&mut self, db: &Database) -> Result<(), Error> {
        db.transaction(async |tx| {
            self.work(&tx).await?;
            reached(Phase::BeforeBarrier);
            Ok(())
        })
        .await
    }

    /// The protocol broken: the cache is told after the commit alone.
    async fn late(&mut self, plain: &Database, cached: &Database) -> Result<(), Error> {
        let written = plain.transaction(async |tx| self.work(&tx).await).await?;
        reached(Phase::Committed);
        cached
            .transaction(async |tx| {
                for id in &written.books {
                    tx.touch(HotBook::by_id(*id)).await?;
                    tx.touch(HotReview::of(*id)).await?;
                }
                for isbn in &written.isbns {
                    tx.touch(HotBook::by_isbn(isbn)).await?;
                }
                Ok(())
            })
            .await
    }

    async fn work(&mut self, tx: &Transaction) -> Result<Written, Error> {
        let (a, b) = (self.rng.i64(1..=self.books), self.rng.i64(1..=self.books));
        let mut states = self.lock(tx, &[book(a), book(b), review(a), review(b)]).await?;
        let target = isbn_text(self.rng.i64(0..isbns(self.books)));
        let (row, other) = (tx.find(HotBook::by_id(a)).await?, tx.find(HotBook::by_id(b)).await?);
        let held = row.iter().chain(&other).map(|book| isbn(&book.isbn));
        let names: Vec<String> = held.chain([isbn(&target)]).collect();
        states.append(&mut self.lock(tx, &names).await?);
        let mut written = Written { books: vec![a, b], isbns: vec![target.clone()] };
        written.isbns.extend(row.iter().chain(&other).map(|book| book.isbn.clone()));
        let mut work = Work { tx, states };
        let free = work.states.get(&isbn(&target)).is_some_and(|state| state.row.is_none());
        match (row, other) {
            (None, _) if free => self.insert(&mut work, a, &target).await?,
            (None, _) => {}
            (Some(row), Some(other)) if a != b && self.rng.u8(0..8) == 0 => swap(&mut work, &row, &other).await?,
            (Some(row), _) => self.change(&mut work, row, free.then_some(target)).await?,
        }
        Ok(written)
    }

    async fn insert(&mut self, work: &mut Work<'_>, id: i64, text: &str) -> Result<(), Error> {
        let new = HotBook { id, isbn: text.to_owned(), version: work.next(&book(id)), note: "new".to_owned() };
        match self.rng.u8(0..4) {
            0 => drop(work.tx.insert(&new).await?),
            1 => drop(work.tx.insert_many(std::slice::from_ref(&new)).await?),
            2 => work.tx.append(&new).await?,
            _ => drop(work.tx.upsert(&new).await?),
        }
        work.enter(&book(id), Some((&book(id), new.version))).await?;
        work.enter(&isbn(text), Some((&book(id), new.version))).await?;
        if self.rng.bool() { self.review(work, id).await } else { Ok(()) }
    }

    /// Changes the review of a book, or makes one.
    async fn review(&mut self, work: &mut Work<'_>, id: i64) -> Result<(), Error> {
        let new = HotReview { book_id: id, number: 1, version: work.next(&review(id)) };
        work.tx.upsert(&new).await?;
        work.enter(&review(id), Some((&review(id), new.version))).await
    }

    async fn change(&mut self, work: &mut Work<'_>, row: HotBook, free: Option<String>) -> Result<(), Error> {
        let (tx, id) = (work.tx, row.id);
        let version = work.next(&book(id));
        let note = Some(format!("note {}", self.rng.u32(..)));
        match (self.rng.u8(0..10), free) {
            (0..=1, _) => {
                let patch = HotBookPatch { version: Some(version), note, ..Default::default() };
                tx.patch(HotBook::by_isbn(&row.isbn), &patch).await?;
                work.enter(&book(id), Some((&book(id), version))).await
            }
            (2..=4, Some(text)) => {
                let patch = HotBookPatch { isbn: Some(text.clone()), version: Some(version), note };
                tx.patch(HotBook::by_id(id), &patch).await?;
                work.enter(&book(id), Some((&book(id), version))).await?;
                work.enter(&isbn(&row.isbn), None).await?;
                work.enter(&isbn(&text), Some((&book(id), version))).await
            }
            (5, _) => {
                tx.delete(HotBook::by_id(id)).await?;
                work.enter(&book(id), None).await?;
                work.enter(&isbn(&row.isbn), None).await?;
                if work.states.get(&review(id)).is_some_and(|state| state.row.is_some()) {
                    work.enter(&review(id), None).await?;
                }
                Ok(())
            }
            (6, _) => {
                tx.delete(HotBook::by_isbn(&row.isbn)).await?;
                tx.insert(&HotBook { version, note: "again".to_owned(), ..row }).await?;
                work.enter(&book(id), Some((&book(id), version))).await?;
                if work.states.get(&review(id)).is_some_and(|state| state.row.is_some()) {
                    work.enter(&review(id), None).await?;
                }
                Ok(())
            }
            (7, _) => {
                tx.upsert(&HotBook { version, note: "upserted".to_owned(), ..row }).await?;
                work.enter(&book(id), Some((&book(id), version))).await
            }
            (8, _) if work.states.get(&review(id)).is_some_and(|state| state.row.is_some()) => {
                tx.delete(HotReview::of(id)).await?;
                work.enter(&review(id), None).await
            }
            (8, _) => self.review(work, id).await,
            _ => {
                let patch = HotBookPatch { version: Some(version), note, ..Default::default() };
                tx.patch(HotBook::by_id(id), &patch).await?;
                work.enter(&book(id), Some((&book(id), version))).await
            }
        }
    }

    /// Reads what is known of keys, and keeps others from changing that.
    async fn lock(&self, tx: &Transaction, names: &[String]) -> Result<States, Error> {
        let lock = if self.server { " FOR UPDATE" } else { "" };
        let sql = format!("SELECT name, version, row_name FROM hot_state WHERE name IN (:names) ORDER BY name{lock}");
        let rows: Vec<(String, i64, Option<String>)> = tx.query(&sql).bind("names", names).fetch_all().await?;
        Ok(rows.into_iter().map(|(name, version, row)| (name, State { version, row })).collect())
    }
}

/// Two books change their ISBNs.
async fn swap(work: &mut Work<'_>, a: &HotBook, b: &HotBook) -> Result<(), Error> {
    let (va, vb) = (work.next(&book(a.id)), work.next(&book(b.id)));
    let away = HotBookPatch { isbn: Some(format!("away {}", a.id)), ..Default::default() };
    work.tx.patch(HotBook::by_id(a.id), &away).await?;
    let patch = |isbn: &str, version| HotBookPatch { isbn: Some(isbn.to_owned()), version: Some(version), note: None };
    work.tx.patch(HotBook::by_id(b.id), &patch(&a.isbn, vb)).await?;
    work.tx.patch(HotBook::by_id(a.id), &patch(&b.isbn, va)).await?;
    work.enter(&book(a.id), Some((&book(a.id), va))).await?;
    work.enter(&book(b.id), Some((&book(b.id), vb))).await?;
    work.enter(&isbn(&a.isbn), Some((&book(b.id), vb))).await?;
    work.enter(&isbn(&b.isbn), Some((&book(a.id), va))).await
}

/// A transaction, and the keys that it has locked.
struct Work<'a> {
    tx: &'a Transaction,
    states: States,
}

impl Work<'_> {
    /// The version that comes next.
    fn next(&self, name: &str) -> i64 {
        self.states.get(name).map_or(0, |state| state.version) + 1
    }

    /// Enters into the books which row a key leads to from now on, and that row's version.
    async fn enter(&mut self, name: &str, row: Option<(&str, i64)>) -> Result<(), Error> {
        let version = self.next(name);
        let row_name = row.map(|(name, _)| name.to_owned());
        self.tx
            .query("UPDATE hot_state SET version = :version, row_name = :row WHERE name = :name")
            .bind("version", version)
            .bind("row", row_name.clone())
            .bind("name", name)
            .execute()
            .await?;
        self.tx
            .query(
                "INSERT INTO hot_history (name, version, row_name, row_version) \
                 VALUES (:name, :version, :row, :row_version)",
            )
            .bind("name", name)
            .bind("version", version)
            .bind("row", row_name.clone())
            .bind("row_version", row.map_or(0, |(_, version)| version))
            .execute()
            .await?;
        self.states.insert(name.to_owned(), State { version, row: row_name });
        Ok(())
    }
}
