//! A statement that is ready to be sent: its text in the engine's own placeholders, and its arguments.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use crate::param::{Arguments, Param};

/// A text and its arguments.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) sql: Arc<str>,
    pub(crate) arguments: Arguments,
}

/// Which types of parameters a statement's text was first sent with.
///
/// PostgreSQL's driver remembers prepared statements by their text alone, and the server has inferred the meaning of one
/// from the types of its first parameters. The same text with other types has to be another statement then: it gets a
/// comment that tells it apart.
#[derive(Default)]
pub(crate) struct Signatures(Mutex<HashMap<u64, u64>>);

impl Signatures {
    /// The texts that are remembered. Beyond them, every text that has parameters gets the comment.
    const LIMIT: usize = 20_000;

    /// The text under which a statement with these parameters is sent.
    pub(crate) fn distinguish<'a>(&self, sql: Arc<str>, params: impl IntoIterator<Item = &'a Param>) -> Arc<str> {
        // The same in every process, since the signature becomes part of the statement.
        let hashing = foldhash::quality::FixedState::default();
        let mut hasher = hashing.build_hasher();
        for param in params {
            param.kind().hash(&mut hasher);
        }
        let signature = hasher.finish();
        let text = hashing.hash_one(&sql);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = known.len() >= Self::LIMIT;
        let first = match known.entry(text) {
            Entry::Occupied(entry) => *entry.get() == signature,
            Entry::Vacant(_) if full => false,
            Entry::Vacant(entry) => {
                entry.insert(signature);
                true
            }
        };
        if first { sql } else { format!("{sql} /* {signature:016x} */").into() }
    }
}
