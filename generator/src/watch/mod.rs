//! Regenerates a crate whenever its schema changes.
//!
//! Two threads for each source. One watches (`signals`): it holds a connection that is told of changes or asks for them, sees
//! what happens to files (`files`), and comes back when the connection is lost. The other one works (`work`): it waits until it is
//! quiet, looks at the schema, and makes the crate. They have a channel between them, so that whatever happens
//! while a crate is made is looked at thereafter.

mod files;
mod pace;
mod signals;
mod work;

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::codegen::CodegenError;
use crate::config::{Origin, Source};
use crate::reflect::{DatabaseUrl, UrlError};

/// How to watch.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// How long to wait between two probes, at the least.
    pub(crate) interval: Duration,
    /// Whether to end after a change was written.
    pub(crate) once: bool,
    /// A command for the shell, to be run after each change that was written.
    pub(crate) exec: Option<String>,
}

/// Why nothing can be watched.
#[derive(Debug, Error)]
pub(crate) enum WatchError {
    /// A snapshot is made by ourselves.
    #[error("{0} is made from its snapshot (--offline), which nobody but tablature changes: there is nothing to watch")]
    Snapshot(String),
    /// The URL is of no known kind.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The database cannot be reached at the beginning, when its URL is most likely wrong.
    #[error(transparent)]
    Codegen(#[from] CodegenError),
    /// The operating system would not give what an asynchronous runtime needs.
    #[error("cannot start an asynchronous runtime: {0}")]
    Runtime(std::io::Error),
}

/// What is watched.
#[derive(Clone, Debug)]
enum Target {
    Database(DatabaseUrl),
    Migrations(std::path::PathBuf),
}

impl Target {
    fn of(source: &Source) -> Result<Self, WatchError> {
        match &source.origin {
            Origin::Url(url) => Ok(Self::Database(DatabaseUrl::parse(url)?)),
            Origin::Migrations(folder) => Ok(Self::Migrations(folder.clone())),
            Origin::Snapshot => Err(WatchError::Snapshot(source.name.clone())),
        }
    }
}

/// That the schema may have changed: when that came to light.
type Signal = Instant;

/// What the two threads of a source share.
struct Shared<'a> {
    source: &'a Source,
    options: &'a Options,
    /// Says something to the person who watches, with the source's name before it.
    say: &'a (dyn Fn(&str) + Sync),
    /// Set when the user wants to stop, or when there is nothing more to do.
    stop: &'a AtomicBool,
    /// How long the last look at the schema took, in microseconds.
    cost: AtomicU64,
}

/// Watches until `stop` is set, or, if it is to be done once, until something was written.
///
/// # Errors
/// Where the database cannot be reached at the beginning. Later failures are told, and it goes on.
pub(crate) fn watch(
    source: &Source,
    options: &Options,
    stop: &AtomicBool,
    say: &(dyn Fn(&str) + Sync),
) -> Result<(), WatchError> {
    let target = Target::of(source)?;
    let shared = Shared { source, options, say, stop, cost: AtomicU64::new(0) };
    let (sender, receiver) = mpsc::channel::<Signal>();
    thread::scope(|scope| {
        let watching = scope.spawn(|| signals::run(&shared, &target, &sender));
        let worked = work::run(&shared, &receiver, || watching.is_finished());
        // The other thread ends when this one has, and the other way round.
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let watched = watching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        watched.and(worked)
    })
}
