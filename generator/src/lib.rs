//! Tablature writes a live database's tables down as Rust.
//!
//! Data flows one way: [`reflect`] asks a database and fills a [`catalog::Catalog`]; [`resolve`] decides every name and
//! type and gives a [`resolve::Model`]; [`render`] turns that into files in memory; [`output`] writes, compares or lists
//! them. Each stage is a plain function between plain structs; [`codegen`] calls one after the other.

#[cfg(feature = "validate")]
pub mod adopt;
pub mod build;
pub mod catalog;
pub mod check;
#[cfg(all(feature = "cli", feature = "live"))]
pub mod cli;
pub mod codegen;
pub mod config;
pub mod diff;
pub mod findings;
mod hex;
mod last_run;
#[cfg(feature = "live")]
pub mod locate;
#[cfg(feature = "live")]
pub mod migrate;
#[cfg(feature = "validate")]
pub mod models;
pub mod output;
mod parallel;
#[cfg(feature = "live")]
pub mod reflect;
pub mod render;
pub mod resolve;
#[cfg(feature = "validate")]
mod rust_source;
#[cfg(any(feature = "live", feature = "validate"))]
mod sql;
#[cfg(feature = "validate")]
pub mod validate;
#[cfg(all(feature = "cli", feature = "live"))]
mod watch;
