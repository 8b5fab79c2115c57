//! What end-to-end tests stand on: real servers, databases of their own, and a network that can be watched and
//! broken.
//!
//! - [`servers`] finds or starts PostgreSQL, MySQL or MariaDB, and Redis. `cargo xtask test` does so once and hands the
//!   URLs to every test binary in `TABLATURE_TEST_POSTGRES_URL`, `TABLATURE_TEST_MYSQL_URL` and
//!   `TABLATURE_TEST_REDIS_URL`. Under a plain `cargo test`, servers on the usual loopback ports are taken.
//! - [`ScratchDatabase`] is a database for one test, dropped when the test ends, however it ends.
//! - [`CountingProxy`] stands between a client and a server, counts round trips, and can be slow or cut the line.
//! - [`mutation`] changes live schemas in every way, and holds what `tablature check` finds to it.
//! - [`corpus`] generates crates from a folder of schemas and holds them to what the databases say themselves.
//!
//! Everything here blocks, and may be called with or without an asynchronous runtime around it.

mod blocking;
pub mod corpus;
mod engine;
mod error;
pub mod mutation;
mod proxy;
mod scratch;
pub mod servers;

pub use engine::Engine;
pub use error::{HarnessError, redact};
pub use proxy::{CountingProxy, ProxyCounts};
pub use scratch::ScratchDatabase;
pub use servers::{Service, server_url};
