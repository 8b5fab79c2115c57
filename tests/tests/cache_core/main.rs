//! The cache under the typed reads: on the store of one process, on Redis, and on a Redis Cluster of three masters.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where it is not as it expects, and tells how far it got"
)]

mod model;
mod outages;
mod protocol;
mod registry;
mod support;
