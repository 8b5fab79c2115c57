//! Migrations: numbered SQL files that bring a database's tables up to date.
//!
//! `V001__name.sql` in a folder is portable: [`translate`] writes it out for each engine. What one engine alone can do
//! stands in `postgres/V002__name.sql`, `mysql/V002__name.sql` and `sqlite/V002__name.sql`. [`Migrations`] reads them,
//! from a folder or compiled in, and `run` applies them: in strict order, each once, with a lock against other processes
//! and a history in the table [`HISTORY`]. What is portable, and how the history is repaired, is told in
//! `docs/migrations.md`.

mod error;
mod files;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
mod plan;
mod portable;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
mod runner;
mod script;

pub use error::{Engine, Left, MigrateError};
pub use files::{Migration, Migrations, Statement};
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
pub use plan::State;
pub use portable::{PortableError, translate};
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
pub use runner::{Entry, Mode, Repair, Report, run};

/// The table in which a database keeps which migrations were applied to it. It stands in the schema or database that the
/// connection chooses.
pub const HISTORY: &str = "tablature_migrations";
