//! The program in the README, word for word; a test compares them.
#![expect(clippy::print_stdout, reason = "it is a program")]

use bookshop::{Book, BookPatch, book};
use tablature_runtime::cache::Cache;
use tablature_runtime::migrate::{Migrations, Mode};
use tablature_runtime::{Cached, Database, Decimal, Error};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // postgres://…, mysql://… or sqlite:…
    let url = std::env::var("DATABASE_URL")?;
    let cache = Cache::in_process()?;
    let db = Database::connect(&url).await?.with_cache(&cache);
    db.migrate(&Migrations::from_folder("migrations")?, Mode::Migrate).await?;
    // An error with every difference, where the tables are not those that the code was generated from.
    db.verified(&bookshop::SCHEMA).await?;

    let cheap: Vec<Book> = db
        .query("SELECT * FROM book WHERE price < :most AND language IN (:languages)")
        .bind("most", Decimal::new(20_00, 2))
        .bind("languages", ["en", "de"])
        .fetch_all()
        .await?;
    for (book, publisher) in cheap.iter().zip(db.parents(&cheap, book::references::PUBLISHER).await?) {
        println!("{}, {:?}", book.title, publisher.map(|publisher| publisher.name));
    }

    // All of them, or none.
    let reduced: Result<(), Error> = db
        .transaction(async |tx| {
            for book in &cheap {
                let patch = BookPatch { price: Some(book.price - Decimal::TEN), ..BookPatch::default() };
                tx.patch(book.id, &patch).await?;
            }
            Ok(())
        })
        .await;
    match reduced {
        Err(error) if error.violation().is_some_and(|found| found.is(&book::constraints::PRICE_NOT_NEGATIVE)) => {
            println!("Nothing is reduced: a book costs less than ten euros.");
        }
        outcome => outcome?,
    }

    for book in cheap {
        // Never as it was before the last commit.
        println!("{:?}", Book::cached(&cache, &db, book.id).await?);
    }
    Ok(())
}
