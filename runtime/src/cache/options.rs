//! How a cache behaves: times, sizes, and what writers do without a server.

use std::time::Duration;

use super::error::CacheError;

/// What a write does when it cannot be announced, because the server is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outage {
    /// Beginning the write is an error, and nothing should be committed: no reader ever sees a row from before a commit.
    #[default]
    FailWrites,
    /// The write goes on. This process reads such rows from the database until the server was told, which happens as soon
    /// as it is back. Until then **other processes may be given the row from before the write**, for up to the time to
    /// live, if they still reach the server, or reach it before this process does.
    Commit,
}

/// Options of a [`Cache`](super::Cache). All processes that share a server should have the same: `grace` and
/// `barrier_ttl` are agreements between them.
#[derive(Clone, Debug)]
pub struct CacheOptions {
    pub(crate) ttl: Duration,
    pub(crate) negative_ttl: Duration,
    pub(crate) jitter: f64,
    pub(crate) max_value_bytes: u32,
    pub(crate) capacity_bytes: u64,
    pub(crate) lease_ttl: Duration,
    pub(crate) wait_limit: Duration,
    pub(crate) barrier_ttl: Duration,
    pub(crate) grace: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) response_timeout: Duration,
    pub(crate) outage: Outage,
    pub(crate) max_pending: usize,
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(300),
            negative_ttl: Duration::from_secs(30),
            jitter: 0.1,
            max_value_bytes: 512 * 1024,
            capacity_bytes: 64 * 1024 * 1024,
            lease_ttl: Duration::from_secs(5),
            wait_limit: Duration::from_secs(1),
            barrier_ttl: Duration::from_secs(10),
            grace: Duration::from_secs(3),
            connect_timeout: Duration::from_millis(250),
            response_timeout: Duration::from_millis(250),
            outage: Outage::FailWrites,
            max_pending: 10_000,
        }
    }
}

macro_rules! setters {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty)+) => {
        impl CacheOptions {
            $(
                $(#[doc = $doc])+
                #[must_use]
                pub fn $name(mut self, $name: $type) -> Self {
                    self.$name = $name;
                    self
                }
            )+
        }
    };
}

setters! {
    /// How long a row is kept. Default: 5 minutes.
    ttl: Duration
    /// How long the fact that there is no such row is kept. Default: 30 seconds.
    negative_ttl: Duration
    /// By which part of itself a time to live may differ, up or down, so that what was stored together does not vanish
    /// together; 0 to 0.5. Default: 0.1.
    jitter: f64
    /// The largest row that is stored, in bytes as the layer above encodes it. Default: 512 KiB.
    max_value_bytes: u32
    /// How many bytes a cache in this process may hold, keys included. Default: 64 MiB.
    capacity_bytes: u64
    /// How long a reader has to read the row that it wants to store; what takes longer is not stored. Default: 5 seconds.
    lease_ttl: Duration
    /// How long a reader waits for another process to store the row, before it asks the database itself. Default: 1
    /// second.
    wait_limit: Duration
    /// How long readers go past the cache after a writer died between the announcement and the end of its write. It must
    /// be longer than a database may take to complete the commit of a client that is gone; at most an hour. A living
    /// writer renews it. Default: 10 seconds.
    barrier_ttl: Duration
    /// How long processes with a new layout of a table do not store its rows, so that all writers come to know that
    /// layout first. At least ten times the response timeout. Default: 3 seconds.
    grace: Duration
    /// How long connecting to a server may take. Default: 250 milliseconds.
    connect_timeout: Duration
    /// How long a server may take to answer. Default: 250 milliseconds.
    response_timeout: Duration
    /// How many keys of writes that the server was not told of are remembered, with [`Outage::Commit`]. Beyond that, writes
    /// fail as with [`Outage::FailWrites`]. Default: 10 000.
    max_pending: usize
}

impl CacheOptions {
    /// What a write does when it cannot be announced. Default: [`Outage::FailWrites`].
    #[must_use]
    pub fn on_outage(mut self, outage: Outage) -> Self {
        self.outage = outage;
        self
    }

    /// Says which options contradict each other, or would make waiting endless.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        let hour = Duration::from_secs(3600);
        let short = Duration::from_millis(30);
        let wrong = if !(0.0..=0.5).contains(&self.jitter) {
            "`jitter` must be between 0 and 0.5"
        } else if self.barrier_ttl < short || self.barrier_ttl > hour {
            "`barrier_ttl` must be between 30 milliseconds and an hour"
        } else if self.lease_ttl.is_zero() || self.lease_ttl > hour {
            "`lease_ttl` must be more than nothing and at most an hour"
        } else if self.ttl < Duration::from_millis(1) || self.negative_ttl < Duration::from_millis(1) {
            "`ttl` and `negative_ttl` must be at least a millisecond"
        } else if self.connect_timeout.is_zero() || self.response_timeout.is_zero() {
            "`connect_timeout` and `response_timeout` must be more than nothing"
        } else if self.grace < self.response_timeout * 10 {
            "`grace` must be at least ten times `response_timeout`"
        } else {
            return Ok(());
        };
        Err(CacheError::Options(wrong))
    }

    /// A time to live, a little longer or shorter than the usual one.
    pub(crate) fn ttl_of(&self, negative: bool) -> Duration {
        let ttl = if negative { self.negative_ttl } else { self.ttl };
        ttl.mul_f64(1.0 + self.jitter * (2.0 * fastrand::f64() - 1.0)).max(Duration::from_millis(1))
    }

    /// How long a layout stays in the registry after it was last seen: longer than anything that is stored under it.
    #[cfg(feature = "redis")]
    pub(crate) fn layout_ttl(&self) -> Duration {
        (self.ttl.max(self.negative_ttl).mul_f64(1.0 + self.jitter) + self.lease_ttl) * 2 + Duration::from_secs(60)
    }

    /// How often a write under way is renewed, and looks for layouts that are new.
    pub(crate) fn renewal(&self) -> Duration {
        (self.barrier_ttl / 3).min(self.grace / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_live_fill_their_range_and_stay_in_it() {
        let options = CacheOptions::default();
        for (negative, low, high) in [(false, 270.0, 330.0), (true, 27.0, 33.0)] {
            let times: Vec<f64> = (0..2000).map(|_| options.ttl_of(negative).as_secs_f64()).collect();
            let (least, most) = times.iter().fold((f64::MAX, 0_f64), |(l, m), &t| (l.min(t), m.max(t)));
            assert!(least >= low && most <= high, "{least} to {most}");
            assert!(most - least > (high - low) * 0.9, "the times hardly differ: {least} to {most}");
        }
    }

    #[test]
    fn contradictions_are_told() {
        assert!(CacheOptions::default().check().is_ok());
        let second = Duration::from_secs(1);
        for options in [
            CacheOptions::default().jitter(0.6),
            CacheOptions::default().jitter(f64::NAN),
            CacheOptions::default().barrier_ttl(Duration::ZERO),
            CacheOptions::default().lease_ttl(Duration::ZERO),
            CacheOptions::default().ttl(Duration::ZERO),
            CacheOptions::default().response_timeout(second),
        ] {
            assert!(matches!(options.check(), Err(CacheError::Options(_))));
        }
    }
}
