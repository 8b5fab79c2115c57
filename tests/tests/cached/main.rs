//! Rows read through a cache over the database: whatever is written through the runtime, no reader is given what was
//! before, on every engine, with a cache in the process and in Redis.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod keys;
mod outages;
mod support;
mod writes;
