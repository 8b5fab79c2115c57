//! What stands at a key, and the bytes that say so.
//!
//! ```text
//! "T1" kind  checksum (4 bytes)  body          V value, N no such row, P pointer
//! "T1" kind                      body          L lease: its token; B barrier: {writer}:{deadline};…
//! ```
//!
//! The body of a value is a list of the key texts that the row answers to, and the row. Numbers are 32 bits, big-endian.
//! Whatever does not read as one of these is garbage, and counts as nothing.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What the bytes of a lease begin with.
#[cfg(feature = "redis")]
pub(crate) const LEASE: &[u8] = b"T1L";
/// What the bytes of a barrier begin with.
#[cfg(feature = "redis")]
pub(crate) const BARRIER: &[u8] = b"T1B";

/// Bytes before the body of an entry.
const HEADER: usize = 7;

/// The bytes of a cached row. Cheap to clone; derefs to the bytes that [`Filled::Row`](super::Filled) had.
#[derive(Clone)]
pub struct Value(Arc<Packed>);

struct Packed {
    /// The whole entry. The checksum in it is right only if the entry was decoded.
    bytes: Vec<u8>,
    /// Where the row begins.
    start: usize,
}

/// A fact about a key.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// The row.
    Value(Value),
    /// There is no such row.
    Absent,
    /// The row stands at another key.
    Pointer(Arc<str>),
}

/// What a look at a key finds. A store in this process tells of facts alone.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "only servers have the others"))]
pub(crate) enum Held {
    /// Nothing.
    Nothing,
    /// A fact.
    Entry(Entry),
    /// Somebody reads the row at this moment in order to put it here.
    Lease,
    /// A write of the row is under way.
    Barrier,
    /// Something that nobody here wrote.
    Garbage,
}

impl Value {
    /// A row that answers to these keys.
    pub(crate) fn new(row: &[u8], answers: &[String]) -> Self {
        let listed: usize = answers.iter().map(|key| key.len() + 4).sum();
        let mut bytes = Vec::with_capacity(HEADER + 4 + listed + row.len());
        bytes.extend_from_slice(b"T1V\0\0\0\0");
        push_length(&mut bytes, answers.len());
        for key in answers {
            push_length(&mut bytes, key.len());
            bytes.extend_from_slice(key.as_bytes());
        }
        let start = bytes.len();
        bytes.extend_from_slice(row);
        Self(Arc::new(Packed { bytes, start }))
    }

    /// Whether the row answers to the key.
    pub(crate) fn answers_to(&self, key: &str) -> bool {
        Answers(&self.0.bytes[HEADER + 4..self.0.start]).any(|answer| answer == key.as_bytes())
    }

    /// Bytes of memory that the value takes up.
    pub(crate) fn weight(&self) -> usize {
        self.0.bytes.len() + size_of::<Packed>()
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes[self.0.start..]
    }
}

impl fmt::Debug for Value {
    /// The length alone: rows hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} bytes)", self.len())
    }
}

fn push_length(bytes: &mut Vec<u8>, length: usize) {
    // Nothing of four gigabytes becomes an entry: the limit on values is a `u32`, and keys are sent to servers.
    bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

/// Walks a list of keys, and ends where it is broken.
struct Answers<'a>(&'a [u8]);

impl<'a> Iterator for Answers<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = split_length(self.0)?;
        let (key, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(key)
    }
}

fn split_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_be_bytes(*length)).ok()?, rest))
}

#[cfg(feature = "redis")]
mod wire {
    use super::*;

    impl Entry {
        /// The bytes of the entry at a key. The checksum covers the key and the epoch of the server, so that an entry
        /// that was copied to another key, or that a server brought back from its disk, is garbage.
        pub(crate) fn encode(&self, key: &str, epoch: u64) -> Vec<u8> {
            let mut bytes = match self {
                Self::Value(value) => value.0.bytes.clone(),
                Self::Absent => b"T1N\0\0\0\0".to_vec(),
                Self::Pointer(target) => [b"T1P\0\0\0\0", target.as_bytes()].concat(),
            };
            let sum = checksum(key, epoch, bytes[2], &bytes[HEADER..]);
            bytes[3..HEADER].copy_from_slice(&sum);
            bytes
        }
    }

    impl Held {
        /// Reads what a server has at a key.
        pub(crate) fn decode(key: &str, epoch: u64, bytes: Vec<u8>) -> Self {
            if bytes.starts_with(LEASE) {
                return Self::Lease;
            }
            if bytes.starts_with(BARRIER) {
                return Self::Barrier;
            }
            decode_entry(key, epoch, bytes).map_or(Self::Garbage, Self::Entry)
        }
    }

    fn decode_entry(key: &str, epoch: u64, bytes: Vec<u8>) -> Option<Entry> {
        let (header, body) = bytes.split_first_chunk::<HEADER>()?;
        if !header.starts_with(b"T1") || header[3..] != checksum(key, epoch, header[2], body) {
            return None;
        }
        match header[2] {
            b'V' => {
                let (count, list) = split_length(body)?;
                let mut answers = Answers(list);
                for _ in 0..count {
                    answers.next()?;
                }
                let start = bytes.len() - answers.0.len();
                Some(Entry::Value(Value(Arc::new(Packed { bytes, start }))))
            }
            b'N' => body.is_empty().then_some(Entry::Absent),
            b'P' => Some(Entry::Pointer(std::str::from_utf8(body).ok()?.into())),
            _ => None,
        }
    }

    fn checksum(key: &str, epoch: u64, kind: u8, body: &[u8]) -> [u8; 4] {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&epoch.to_be_bytes());
        hasher.update(key.as_bytes());
        hasher.update(&[0, kind]);
        hasher.update(body);
        hasher.finalize().to_be_bytes()
    }
}

#[cfg(all(test, feature = "redis"))]
mod tests {
    use super::*;

    fn samples() -> [Entry; 4] {
        let answers = ["a:pk:1".to_owned(), "a:isbn:%3A".to_owned()];
        [
            Entry::Value(Value::new(b"row", &answers)),
            Entry::Value(Value::new(b"", &[])),
            Entry::Absent,
            Entry::Pointer("a:pk:1".into()),
        ]
    }

    fn same(left: &Entry, right: &Entry) -> bool {
        match (left, right) {
            (Entry::Value(left), Entry::Value(right)) => left[..] == right[..],
            (Entry::Absent, Entry::Absent) => true,
            (Entry::Pointer(left), Entry::Pointer(right)) => left == right,
            _ => false,
        }
    }

    #[test]
    fn entries_read_back_as_they_were_written() {
        for entry in samples() {
            let Held::Entry(read) = Held::decode("k", 7, entry.encode("k", 7)) else { panic!("{entry:?} is lost") };
            assert!(same(&entry, &read), "{entry:?} became {read:?}");
        }
        let [Entry::Value(value), ..] = samples() else { unreachable!() };
        assert!(value.answers_to("a:pk:1") && value.answers_to("a:isbn:%3A"));
        assert!(!value.answers_to("a:pk:") && !value.answers_to("row"));
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_garbage() {
        for entry in samples() {
            let whole = entry.encode("k", 7);
            for length in 0..whole.len() {
                assert!(matches!(Held::decode("k", 7, whole[..length].to_vec()), Held::Garbage), "{entry:?} cut");
            }
            for index in 0..whole.len() {
                for bit in 0..8 {
                    let mut changed = whole.clone();
                    changed[index] ^= 1 << bit;
                    assert!(!matches!(Held::decode("k", 7, changed), Held::Entry(_)), "{entry:?} changed at {index}");
                }
            }
        }
    }

    #[test]
    fn entries_of_another_key_or_another_life_of_the_server_are_garbage() {
        for entry in samples() {
            assert!(matches!(Held::decode("other", 7, entry.encode("k", 7)), Held::Garbage));
            assert!(matches!(Held::decode("k", 8, entry.encode("k", 7)), Held::Garbage));
        }
    }

    #[test]
    fn nothing_of_a_row_is_printed() {
        assert_eq!(format!("{:?}", Value::new(b"secret", &["k".to_owned()])), "Value(6 bytes)");
    }
}
