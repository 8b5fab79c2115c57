//! Lends a book, with models that the build script made.

use library::{Book, NewBook, book};
use tablature_runtime::Database;
use tablature_runtime::migrate::{Migrations, Mode};

// pub mod library
include!(concat!(env!("OUT_DIR"), "/library.rs"));

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let db = Database::connect(&url).await?;
    let migrations =
        Migrations::embedded(tablature_runtime::migrations!("../migrations": "V001__books.sql", "V002__members.sql"))?;
    db.migrate(&migrations, Mode::Migrate).await?;
    db.verified(&library::SCHEMA).await?;

    let isbn = "9780000000019".to_owned();
    db.insert(&NewBook { id: None, isbn: isbn.clone(), title: "Harbours".to_owned() }).await?;
    let found: Option<Book> = db.find(book::keys::isbn(&isbn)).await?;
    println!("{found:?}");
    Ok(())
}
