//! When to do a thing again.

use std::time::Duration;

/// What takes a time is done again after so many times that time, so that a server is busy with it for three parts in a hundred.
const REST: u32 = 33;

/// How long to wait until something is done again that took `cost` the last time.
pub(super) fn after(interval: Duration, cost: Duration) -> Duration {
    interval.max(cost.saturating_mul(REST))
}

/// Waits that become longer with each failure, by chance, so that many who lost a server do not come back at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The shortest wait.
    const FIRST: Duration = Duration::from_millis(250);
    /// The longest one.
    const LONGEST: Duration = Duration::from_secs(30);

    /// How long to wait after one more failure.
    pub(super) fn next(&mut self) -> Duration {
        let whole = Self::FIRST.saturating_mul(1 << self.failures.min(10)).min(Self::LONGEST);
        self.failures += 1;
        whole.mul_f64(0.5 + chance() / 2.0)
    }
}

/// A number from 0 to 1, another one for each process and call: the standard library seeds its maps by chance.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_slow_is_done_more_seldom() {
        let second = Duration::from_secs(1);
        assert_eq!(after(second, Duration::from_millis(1)), second);
        assert_eq!(after(second, second), second * 33);
    }

    #[test]
    fn waits_grow_and_have_an_end() {
        let mut backoff = Backoff::default();
        for whole in [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] {
            let wait = backoff.next();
            assert!(wait >= Duration::from_millis(whole / 2) && wait <= Duration::from_millis(whole), "{wait:?}");
        }
        for _ in 0..100 {
            assert!(backoff.next() <= Backoff::LONGEST);
        }
    }
}
