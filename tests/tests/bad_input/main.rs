//! What happens when something is wrong: the program says what and what to do about it, and no file is touched.
//!
//! Every case runs the real program in a folder of its own, most of them over a crate that was generated before.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod commands;
mod configuration;
mod connections;
mod endings;
mod folder;
mod options;
mod schemas;
mod support;
mod texts;
