//! Which entry of one list belongs to which of another.

use std::collections::BTreeMap;

/// An entry of two lists, or of one of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pair<'a, T> {
    /// Both have it, and not the same.
    Both(&'a T, &'a T),
    /// The truth alone has it.
    Truth(&'a T),
    /// What is held to the truth alone has it.
    Held(&'a T),
}

impl<'a, T> Pair<'a, T> {
    /// The truth's entry if there is one, else the other's.
    pub(super) fn either(&self) -> &'a T {
        match self {
            Self::Both(entry, _) | Self::Truth(entry) | Self::Held(entry) => entry,
        }
    }

    /// What each side has.
    pub(super) fn sides(&self) -> (Option<&'a T>, Option<&'a T>) {
        match self {
            Self::Both(truth, held) => (Some(truth), Some(held)),
            Self::Truth(truth) => (Some(truth), None),
            Self::Held(held) => (None, Some(held)),
        }
    }
}

/// The entries that are not the same in both lists, in the order of their keys. Several may have one key: then those that
/// are equal belong together, and the others in their order.
pub(super) fn pairs<'a, T: PartialEq, K: Ord>(
    truth: &'a [T],
    held: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> impl Iterator<Item = Pair<'a, T>> {
    let mut by_key: BTreeMap<K, (Vec<&T>, Vec<&T>)> = BTreeMap::new();
    for entry in truth {
        by_key.entry(key(entry)).or_default().0.push(entry);
    }
    for entry in held {
        let (truth, held) = by_key.entry(key(entry)).or_default();
        match truth.iter().position(|other| *other == entry) {
            Some(at) => drop(truth.remove(at)),
            None => held.push(entry),
        }
    }
    by_key.into_values().flat_map(|(truth, held)| {
        let both = truth.iter().zip(&held).map(|(truth, held)| Pair::Both(*truth, *held)).collect::<Vec<_>>();
        let n = both.len();
        let rest = truth.into_iter().skip(n).map(Pair::Truth).chain(held.into_iter().skip(n).map(Pair::Held));
        both.into_iter().chain(rest).collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_entries_are_left_out_and_others_meet_by_key() {
        let (truth, held) = ([("a", 1), ("b", 1), ("b", 2), ("c", 1)], [("b", 2), ("b", 3), ("c", 1), ("d", 1)]);
        let found: Vec<_> = pairs(&truth, &held, |entry| entry.0).collect();
        assert_eq!(found, [Pair::Truth(&("a", 1)), Pair::Both(&("b", 1), &("b", 3)), Pair::Held(&("d", 1))]);
    }
}
