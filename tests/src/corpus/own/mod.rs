//! What the database says itself, asked for here and not through the code under test.
//!
//! PostgreSQL prints its constraints and indexes as definitions, which are read as text; MySQL prints whole tables. The
//! rest comes from the catalogs, by statements that the generator does not share. What is asked for is small on purpose:
//! a second opinion is of use only if a reader can see at a glance that it is right.

mod definition;
mod mysql;
mod postgres;
mod sqlite;

use super::facts::Facts;
use crate::blocking::block_on;
use crate::engine::Engine;
use crate::error::HarnessError;
use crate::scratch::ScratchDatabase;

/// What the database promises.
///
/// # Errors
/// Where it is not reached, or what it prints is not understood.
pub fn facts(database: &ScratchDatabase) -> Result<Facts, HarnessError> {
    block_on(async {
        match database.engine() {
            Engine::Postgres => postgres::facts(database.url()).await,
            Engine::Mysql => mysql::facts(database.url()).await,
            Engine::Sqlite => sqlite::facts(database.url()).await,
        }
    })
}

fn not_understood(text: &str) -> HarnessError {
    HarnessError::new(format!("the database prints what is not understood here: {text}"))
}
