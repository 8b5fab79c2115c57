//! Inserting many rows.

use std::time::Instant;

use tablature_runtime::Database;

use crate::hand::Hand;
use crate::measure::{Table, side_by_side};
use crate::{Outcome, ROWS, rows};

const ROUNDS: usize = 15;

pub(crate) async fn measure(table: &mut Table, engine: &str, db: &Database, hand: &Hand) -> Outcome<()> {
    let books = rows::books(ROWS);
    let ours = async || {
        hand.clear().await?;
        let start = Instant::now();
        db.insert_many(&books).await?;
        Ok(start.elapsed())
    };
    let by_hand = async || {
        hand.clear().await?;
        let start = Instant::now();
        hand.insert(&books).await?;
        Ok(start.elapsed())
    };
    let pair = side_by_side(ROUNDS, ours, by_hand).await?;
    table.compare("10,000 rows by `insert_many`", engine, pair, 1.25);
    hand.clear().await
}
