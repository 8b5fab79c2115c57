//! Names that nobody else has, and that say when they were made.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the names of everything made by tests begin with.
pub(super) const PREFIX: &str = "tablature_test_";

/// After this time a run is over, and what is left of it may be dropped.
const LIFETIME: Duration = Duration::from_secs(3600);

/// `tablature_test_{seconds}_{chance}`, both to the base 36: 30 characters, of which MySQL takes 32 in the name of a
/// user.
pub(super) fn unique() -> String {
    made(Duration::ZERO)
}

/// A name as it would have been made some time ago.
pub(super) fn made(ago: Duration) -> String {
    format!("{PREFIX}{}_{}", base36(now().saturating_sub(ago).as_secs()), &secret()[..8])
}

/// Twelve characters that nobody guesses before the test is over.
pub(super) fn secret() -> String {
    // Each state is seeded by the operating system's chance.
    let chance = RandomState::new().build_hasher().finish();
    let digits = base36(chance);
    format!("{digits:0>12}")[..12].to_owned()
}

/// Whether a name is one of ours, and of a run that is long over.
pub(super) fn is_left_behind(name: &str) -> bool {
    age(name).is_some_and(|age| age > LIFETIME)
}

/// How long ago a name was made; `None` where it is not one of ours.
fn age(name: &str) -> Option<Duration> {
    let (seconds, _) = name.strip_prefix(PREFIX)?.split_once('_')?;
    let made = Duration::from_secs(u64::from_str_radix(seconds, 36).ok()?);
    now().checked_sub(made)
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(number % 36) as usize]));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_differ_and_fit() {
        let names: BTreeSet<String> = (0..1000).map(|_| unique()).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| name.len() <= 32 && !is_left_behind(name)), "{names:?}");
    }

    #[test]
    fn only_old_names_of_ours_are_left_behind() {
        assert!(is_left_behind(&made(Duration::from_secs(3700))));
        assert!(!is_left_behind(&made(Duration::from_secs(3500))));
        for name in
            ["shop", "tablature_test_", "tablature_test_shop", "tablature_test_?_a", "tablature_test_zzzzzzzz_a"]
        {
            assert!(!is_left_behind(name), "{name}");
        }
    }
}
