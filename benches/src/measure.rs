//! Times of two sides that take turns, and the table of their medians.

use std::fmt;
use std::time::Duration;

use crate::Outcome;

/// The medians of the runtime's side and of the other one.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    ours: Duration,
    theirs: Duration,
}

/// Runs both sides by turns, and each of them once before that. They measure themselves, so that what they have to prepare
/// does not count.
pub(crate) async fn side_by_side(
    rounds: usize,
    mut ours: impl AsyncFnMut() -> Outcome<Duration>,
    mut theirs: impl AsyncFnMut() -> Outcome<Duration>,
) -> Outcome<Pair> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    ours().await?;
    theirs().await?;
    for round in 0..rounds {
        // Neither always comes second.
        if round % 2 == 0 {
            left.push(ours().await?);
            right.push(theirs().await?);
        } else {
            right.push(theirs().await?);
            left.push(ours().await?);
        }
    }
    Ok(Pair { ours: median(left), theirs: median(right) })
}

/// The median of some times.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// What was measured, in the form of the tables in `docs/benchmarks.md`.
#[derive(Default)]
pub(crate) struct Table(Vec<Line>);

struct Line {
    what: String,
    engine: String,
    ours: Duration,
    theirs: Option<Duration>,
    target: String,
    met: bool,
}

impl Table {
    /// Adds a comparison: the runtime should take at most `most` times as long.
    pub(crate) fn compare(&mut self, what: &str, engine: &str, pair: Pair, most: f64) {
        self.0.push(Line {
            what: what.to_owned(),
            engine: engine.to_owned(),
            ours: pair.ours,
            theirs: Some(pair.theirs),
            target: format!("≤ {most:.2}"),
            met: ratio(pair.ours, pair.theirs) <= most,
        });
    }

    /// Adds a time that should be below `most`, if there is such a limit.
    pub(crate) fn time(&mut self, what: &str, time: Duration, most: Option<Duration>) {
        self.0.push(Line {
            what: what.to_owned(),
            engine: String::new(),
            ours: time,
            theirs: None,
            target: most.map(|most| format!("< {most:?}")).unwrap_or_default(),
            met: most.is_none_or(|most| time < most),
        });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | engine | runtime | by hand | ratio | target | |")?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for Line { what, engine, ours, theirs, target, met } in &self.0 {
            let hand = theirs.map(short).unwrap_or_default();
            let ratio = theirs.map(|theirs| format!("{:.2}", ratio(*ours, theirs))).unwrap_or_default();
            let verdict = if *met { "" } else { "missed" };
            writeln!(f, "| {what} | {engine} | {} | {hand} | {ratio} | {target} | {verdict} |", short(*ours))?;
        }
        Ok(())
    }
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}

/// A time with three digits.
fn short(time: Duration) -> String {
    let nanos = time.as_secs_f64() * 1e9;
    let (value, unit) = match nanos {
        _ if nanos < 1e3 => (nanos, "ns"),
        _ if nanos < 1e6 => (nanos / 1e3, "µs"),
        _ => (nanos / 1e6, "ms"),
    };
    match value {
        _ if value < 10.0 => format!("{value:.2} {unit}"),
        _ if value < 100.0 => format!("{value:.1} {unit}"),
        _ => format!("{value:.0} {unit}"),
    }
}
