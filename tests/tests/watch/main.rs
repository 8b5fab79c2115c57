//! `tablature watch`, as a process that is left alone with a database that changes.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod endings;
mod files;
mod mysql;
mod outages;
mod postgres;
mod support;
