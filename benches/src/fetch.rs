//! Reading many rows.

use std::hint::black_box;
use std::time::Instant;

use bookshop::Book;
use tablature_runtime::Database;

use crate::hand::Hand;
use crate::measure::{Table, side_by_side};
use crate::{Outcome, ROWS};

const ROUNDS: usize = 41;

const SQL: &str = "SELECT id, isbn, title, subtitle, format, publisher_id, category_id, series_id, volume, language, \
                   page_count, published_on, price, available, tags, attributes, created_at, updated_at, reorder_level \
                   FROM book";

pub(crate) async fn measure(table: &mut Table, engine: &str, db: &Database, hand: &Hand) -> Outcome<()> {
    let by_hand = async || {
        let start = Instant::now();
        let rows = black_box(hand.fetch(SQL).await?);
        assert_eq!(rows.len(), ROWS);
        Ok(start.elapsed())
    };
    let query = async || {
        let start = Instant::now();
        let rows: Vec<Book> = black_box(db.query(SQL).fetch_all().await?);
        assert_eq!(rows.len(), ROWS);
        Ok(start.elapsed())
    };
    let select = async || {
        let start = Instant::now();
        let rows = black_box(db.select::<Book>().fetch_all().await?);
        assert_eq!(rows.len(), ROWS);
        Ok(start.elapsed())
    };
    let pair = side_by_side(ROUNDS, query, by_hand).await?;
    table.compare("10,000 rows by `query`", engine, pair, 1.10);
    let pair = side_by_side(ROUNDS, select, by_hand).await?;
    table.compare("10,000 rows by `select`", engine, pair, 1.10);
    Ok(())
}
