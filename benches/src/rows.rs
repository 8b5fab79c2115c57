//! What the tables are filled with.

use bookshop::{BookFormat, CategoryId, NewBook, NewCategory, NewPublisher, PublisherId};
use tablature_runtime::chrono::NaiveDate;
use tablature_runtime::{Database, Decimal, serde_json};

use crate::Outcome;

/// Books of every format, some without a subtitle or a number of pages.
pub(crate) fn books(count: usize) -> Vec<NewBook> {
    const FORMATS: [BookFormat; 4] =
        [BookFormat::Hardcover, BookFormat::Paperback, BookFormat::Ebook, BookFormat::Audiobook];
    (0..count as i64)
        .map(|number| NewBook {
            id: None,
            isbn: format!("978{number:010}"),
            title: format!("The {number} Islands of the Northern Archipelago"),
            subtitle: (number % 3 != 0).then(|| format!("A Voyage in {number} Parts, with Maps")),
            format: FORMATS[(number % 4) as usize],
            publisher_id: PublisherId(1),
            category_id: CategoryId(1),
            series_id: None,
            volume: None,
            language: Some("en".to_owned()),
            page_count: (number % 5 != 0).then_some(100 + number % 900),
            published_on: NaiveDate::from_ymd_opt(1950 + (number % 70) as i32, 1 + (number % 12) as u32, 15),
            price: Decimal::new(499 + number % 5000, 2),
            available: Some(number % 7 != 0),
            tags: Some(serde_json::json!(["travel", "prize winner"])),
            attributes: Some(serde_json::json!({"binding": "cloth", "grams": 200 + number % 800})),
            created_at: NaiveDate::from_ymd_opt(2026, 1, 1)
                .and_then(|day| day.and_hms_opt(8, 30, (number % 60) as u32)),
            updated_at: NaiveDate::from_ymd_opt(2026, 2, 3)
                .and_then(|day| day.and_hms_opt(17, 5, (number % 60) as u32)),
            reorder_level: Some(number % 20),
        })
        .collect()
}

/// The publisher and the shelf of all books.
pub(crate) async fn shelve(db: &Database) -> Outcome<()> {
    let publisher = NewPublisher {
        id: Some(PublisherId(1)),
        name: "Harbour Press".to_owned(),
        country: "NO".to_owned(),
        website: None,
    };
    db.insert(&publisher).await?;
    let category = NewCategory {
        id: Some(CategoryId(1)),
        parent_id: None,
        slug: "travel".to_owned(),
        name: "Travel".to_owned(),
        position: None,
    };
    db.insert(&category).await?;
    Ok(())
}
