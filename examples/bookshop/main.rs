//! A bookshop's morning: what an application does with a generated crate and the runtime.
//!
//!     cargo run --example bookshop
//!
//! Without further ado it works on an SQLite file that goes when the program ends, and caches in its own memory. With
//! `DATABASE_URL` (`postgres://…`, `mysql://…`, `sqlite:…`) and `REDIS_URL` it works on what they name, any number of times.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it tells a story")]

use std::env;
use std::process::ExitCode;

use bookshop::{
    Book, BookFormat, BookId, BookPatch, Category, NewBook, NewCategory, NewPublisher, NewStockLevel, Publisher,
    StockLevel, StockLevelPatch, book, category, publisher, stock_level,
};
use tablature_runtime::cache::Cache;
use tablature_runtime::migrate::{Migrations, Mode};
use tablature_runtime::{Cached, Database, Decimal, Error, Session};

/// A program that is shipped without its sources compiles them in instead: see `Migrations::embedded`.
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");

const WAREHOUSE: &str = "Bergen";
const ISLANDS: &str = "9780000000019";
const HARBOURS: &str = "9780000000026";
const LIGHTHOUSES: &str = "9780000000033";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = match env::var("DATABASE_URL") {
        Ok(url) => url,
        Err(_) => format!("sqlite:{}?mode=rwc", folder.path().join("bookshop.db").display()),
    };
    let cache = match env::var("REDIS_URL") {
        Ok(url) => Cache::redis(&url).await?,
        Err(_) => Cache::in_process()?,
    };

    // Who writes through this database takes cached rows back from the cache with each commit.
    let db = Database::connect(&url).await?.with_cache(&cache);
    // The tables are as the migrations say, each applied once; and they are as the code expects them, or this is the end.
    let report = db.migrate(&Migrations::from_folder(MIGRATIONS)?, Mode::Migrate).await?;
    println!("Migrations: {} in all, {} applied just now.", report.entries.len(), report.applied.len());
    db.verified(&bookshop::SCHEMA).await?;
    println!("{:?} is what the code was generated for.", db.dialect());

    let (publisher, shelf) = open_shop(&db).await?;
    let books = buy_books(&db, &publisher, &shelf).await?;
    follow_keys(&db, &books, &publisher).await?;
    turn_pages(&db, &publisher).await?;
    ask_in_sql(&db).await?;
    read_cached(&db, &cache, books[0].id).await?;
    refuse_a_second_copy(&db, &books[0]).await?;
    reserve_too_many(&db, &books).await?;
    db.close().await;
    Ok(())
}

/// Rows that are there already, from an earlier morning, are updated.
async fn open_shop(db: &Session) -> Result<(Publisher, Category), Error> {
    let publisher = NewPublisher {
        id: None,
        name: "Harbour Press".to_owned(),
        country: "NO".to_owned(),
        website: Some("https://harbour.example".to_owned()),
    };
    let publisher = db.upsert_on(publisher::constraints::NAME_KEY, &publisher).await?;
    let shelf =
        NewCategory { id: None, parent_id: None, slug: "travel".to_owned(), name: "Travel".to_owned(), position: None };
    let shelf = db.upsert_on(category::constraints::SLUG_KEY, &shelf).await?;
    println!("{} of {} goes on the shelf {:?}.", publisher.name, publisher.country, shelf.name);
    Ok((publisher, shelf))
}

/// Deletes by a key, inserts many rows and one, and reads them in order.
async fn buy_books(db: &Session, publisher: &Publisher, shelf: &Category) -> Result<Vec<Book>, Error> {
    for isbn in [ISLANDS, HARBOURS, LIGHTHOUSES] {
        db.delete(book::keys::isbn(isbn)).await?;
    }
    let edition = |isbn: &str, title: &str, cents: i64| NewBook {
        id: None,
        isbn: isbn.to_owned(),
        title: title.to_owned(),
        subtitle: None,
        format: BookFormat::Paperback,
        publisher_id: publisher.id,
        category_id: shelf.id,
        series_id: None,
        volume: None,
        // What is `None` from here on, the database fills in.
        language: None,
        page_count: Some(320),
        published_on: None,
        price: Decimal::new(cents, 2),
        available: None,
        tags: None,
        attributes: None,
        created_at: None,
        updated_at: None,
        reorder_level: None,
    };
    let lighthouses = db.insert(&edition(LIGHTHOUSES, "Lighthouses", 24_00)).await?;
    println!(
        "Bought {:?}, which the database calls {} and says is in {:?}.",
        lighthouses.title, lighthouses.id.0, lighthouses.language
    );
    db.insert_many(&[edition(ISLANDS, "Islands", 18_50), edition(HARBOURS, "Harbours", 31_00)]).await?;

    let books = db
        .select::<Book>()
        .filter(book::columns::PUBLISHER_ID.eq(publisher.id) & book::columns::PRICE.lt(Decimal::new(30_00, 2)))
        .order_by(book::columns::PRICE.asc())
        .fetch_all()
        .await?;
    for book in &books {
        println!("  {} for {:.2} euros", book.title, book.price);
    }
    Ok(books)
}

/// From books to their publishers, and from the publisher to its books: one statement each, however many rows.
async fn follow_keys(db: &Session, books: &[Book], publisher: &Publisher) -> Result<(), Error> {
    for (book, publisher) in books.iter().zip(db.parents(books, book::references::PUBLISHER).await?) {
        println!("{} is published by {}.", book.title, publisher.map_or("nobody".to_owned(), |found| found.name));
    }
    let published = db.children(publisher, book::references::PUBLISHER).await?;
    println!("{} has published {} books.", publisher.name, published.len());
    Ok(())
}

/// Pages that begin behind the last row of the page before, so that no row is skipped or read twice.
async fn turn_pages(db: &Session, publisher: &Publisher) -> Result<(), Error> {
    let mut cursor = None;
    for number in 1.. {
        let of_publisher = db.select::<Book>().filter(book::columns::PUBLISHER_ID.eq(publisher.id));
        let page = of_publisher.order_by(book::columns::TITLE.asc()).page_size(2).after(&cursor).fetch().await?;
        let titles: Vec<&str> = page.rows.iter().map(|book| book.title.as_str()).collect();
        println!("Page {number}: {}", titles.join(", "));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(())
}

/// SQL of one's own, the same on every engine: `:name` is a parameter, and a list stands for its values.
async fn ask_in_sql(db: &Session) -> Result<(), Error> {
    let (count, dearest): (i64, Decimal) = db
        .query("SELECT count(*), max(price) FROM book WHERE price <= :most AND isbn IN (:isbns)")
        .bind("most", Decimal::new(25_00, 2))
        .bind("isbns", [ISLANDS, HARBOURS, LIGHTHOUSES])
        .fetch_one()
        .await?;
    println!("{count} books cost 25 euros at most, the dearest of them {dearest:.2}.");
    Ok(())
}

/// A row out of the cache is never older than the last commit.
async fn read_cached(db: &Session, cache: &Cache, id: BookId) -> Result<(), Error> {
    for _ in 0..3 {
        Book::cached(cache, db, id).await?;
    }
    let dearer = BookPatch { price: Some(Decimal::new(19_90, 2)), ..BookPatch::default() };
    db.patch(id, &dearer).await?;
    if let Some(book) = Book::cached(cache, db, id).await? {
        println!("{} now costs {:.2}, read through the cache.", book.title, book.price);
    }
    Ok(())
}

/// What a constraint refuses is told apart by the generated constants.
async fn refuse_a_second_copy(db: &Session, book: &Book) -> Result<(), Error> {
    let copy = NewBook {
        id: None,
        isbn: book.isbn.clone(),
        title: "Islands, again".to_owned(),
        subtitle: None,
        format: BookFormat::Ebook,
        publisher_id: book.publisher_id,
        category_id: book.category_id,
        series_id: None,
        volume: None,
        language: None,
        page_count: None,
        published_on: None,
        price: book.price,
        available: None,
        tags: None,
        attributes: None,
        created_at: None,
        updated_at: None,
        reorder_level: None,
    };
    match db.insert(&copy).await {
        Err(error) if error.violation().is_some_and(|found| found.is(&book::constraints::ISBN_KEY)) => {
            println!("There is a book with the ISBN {} already.", copy.isbn);
            Ok(())
        }
        outcome => outcome.map(|_| ()),
    }
}

/// A transaction that fails half way leaves nothing behind.
async fn reserve_too_many(db: &Session, books: &[Book]) -> Result<(), Error> {
    let level = |book: &Book| stock_level::keys::pk(book.id, WAREHOUSE);
    for book in books {
        let stock = NewStockLevel {
            book_id: book.id,
            warehouse: WAREHOUSE.to_owned(),
            on_hand: Some(3),
            reserved: Some(0),
            shelf: None,
            counted_at: None,
        };
        db.upsert(&stock).await?;
    }
    // There are copies enough of the first book, and not of the second.
    let reserved: Result<(), Error> = db
        .transaction(async |tx| {
            for (book, copies) in books.iter().zip([1, 4]) {
                let stock = tx
                    .select::<StockLevel>()
                    .filter(stock_level::columns::BOOK_ID.eq(book.id) & stock_level::columns::WAREHOUSE.eq(WAREHOUSE))
                    .for_update()
                    .fetch_one()
                    .await?;
                let more = StockLevelPatch { reserved: Some(stock.reserved + copies), ..StockLevelPatch::default() };
                tx.patch(level(book), &more).await?;
            }
            Ok(())
        })
        .await;
    match reserved {
        Err(error) if error.violation().is_some_and(|found| found.is(&stock_level::constraints::RESERVED_RANGE)) => {
            println!("Four copies of {} cannot be reserved: there are three.", books[1].title);
        }
        outcome => return outcome,
    }
    for book in books {
        let reserved = db.find(level(book)).await?.map_or(0, |stock| stock.reserved);
        println!("  {reserved} copies of {} are reserved.", book.title);
    }
    Ok(())
}
