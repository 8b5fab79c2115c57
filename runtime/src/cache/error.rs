//! Why a cache could not be made, or a write could not be announced to it.

use std::fmt;

/// An error of the cache. Reads have none: where the cache fails, the database answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CacheError {
    /// A URL of a server that cannot be used. Says why, without the URL, which may have a password in it.
    Url(String),
    /// The options contradict each other. Says which.
    Options(&'static str),
    /// The server did not take the announcement of a write. Committing now could leave other processes with rows from
    /// before the write, so roll back and try again, or choose [`Outage::Commit`](super::Outage::Commit).
    Unavailable(Unavailable),
}

/// What is known about a server that did not do what it was asked: its address is in it, passwords and keys are not.
#[derive(Clone, Debug)]
pub struct Unavailable(pub(crate) String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(why) => write!(f, "the URL of the cache cannot be used: {why}"),
            Self::Options(why) => write!(f, "the options of the cache cannot be used: {why}"),
            Self::Unavailable(why) => write!(f, "the write could not be announced to the cache: {why}"),
        }
    }
}

impl std::error::Error for CacheError {}
