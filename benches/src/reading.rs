//! Reading statements with named parameters.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use tablature_runtime::Dialect;
use tablature_runtime::sql::{Template, TemplateCache};

use crate::Outcome;
use crate::measure::{Table, median};

const ROUNDS: usize = 101;
const TIMES: u32 = 200;
const LENGTH: usize = 2_000;

pub(crate) fn measure(table: &mut Table) -> Outcome<()> {
    let sql = statement()?;
    for (dialect, name) in [(Dialect::Postgres, "PostgreSQL"), (Dialect::Mysql, "MySQL"), (Dialect::Sqlite, "SQLite")] {
        let parse = time(|| black_box(Template::parse(black_box(&sql), dialect)).is_ok());
        table.time(&format!("reading 2 kB of {name}'s SQL"), parse, Some(Duration::from_micros(5)));
    }
    let cache = TemplateCache::new(Dialect::Postgres);
    let known = time(|| black_box(cache.get(black_box(&sql))).is_ok());
    table.time("finding it again by its text", known, None);
    Ok(())
}

/// The median time of one call.
fn time(mut call: impl FnMut() -> bool) -> Duration {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..TIMES {
            assert!(call());
        }
        times.push(start.elapsed() / TIMES);
    }
    median(times)
}

/// A report as people write them: names, strings, comments, and a parameter in every other line.
fn statement() -> Outcome<String> {
    let mut sql =
        String::from("-- What sold, by shelf.\nSELECT b.id, b.title, sum(l.quantity) AS copies\nFROM book AS b\n");
    sql.push_str("JOIN order_line AS l ON l.book_id = b.id\nWHERE b.language = 'en' AND b.price >= :least\n");
    let mut number = 0;
    while sql.len() < LENGTH - 60 {
        writeln!(sql, "  AND (b.reorder_level <> {number} /* but */ OR b.title LIKE :title_{number})")?;
        number += 1;
    }
    sql.push_str("GROUP BY b.id, b.title\nORDER BY copies DESC\nLIMIT :limit");
    Ok(sql)
}
