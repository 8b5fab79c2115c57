//! Spans of time as SQL counts them.

use std::fmt;
use std::str::FromStr;

use super::{ParseError, serde_as_text};

/// A span of time: PostgreSQL's `interval`. Months, days and microseconds are counted apart, since months differ in days
/// and days in hours.
///
/// Its text, in JSON too, is an ISO 8601 duration in which every component has a sign of its own, as PostgreSQL's
/// `intervalstyle = iso_8601` writes it. Reading it back gives the same three numbers.
///
/// ```
/// use tablature_runtime::Interval;
///
/// let interval: Interval = "P1Y2M3DT4H5M6.789S".parse()?;
/// assert_eq!(interval, Interval { months: 14, days: 3, microseconds: 14_706_789_000 });
/// assert_eq!(interval.to_string(), "P1Y2M3DT4H5M6.789S");
/// assert_eq!(Interval { months: -1, days: 1, microseconds: -1 }.to_string(), "P-1M1DT-0.000001S");
/// assert_eq!(Interval::default().to_string(), "PT0S");
/// # Ok::<(), tablature_runtime::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Months, years included.
    pub months: i32,
    /// Days, weeks included.
    pub days: i32,
    /// Microseconds, hours included.
    pub microseconds: i64,
}

impl Interval {
    /// The microseconds that it is compared by in SQL, where a month counts as 30 days and a day as 24 hours.
    pub fn comparable(&self) -> i128 {
        const DAY: i128 = 86_400_000_000;
        (i128::from(self.months) * 30 + i128::from(self.days)) * DAY + i128::from(self.microseconds)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return f.write_str("PT0S");
        }
        f.write_str("P")?;
        for (number, unit) in [(self.months / 12, 'Y'), (self.months % 12, 'M'), (self.days, 'D')] {
            if number != 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        if self.microseconds == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        let seconds = self.microseconds / 1_000_000;
        for (number, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
            if number != 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        let micros = (self.microseconds % 60_000_000).unsigned_abs();
        if micros != 0 {
            let sign = if self.microseconds < 0 { "-" } else { "" };
            write!(f, "{sign}{}", micros / 1_000_000)?;
            if !micros.is_multiple_of(1_000_000) {
                let fraction = format!("{:06}", micros % 1_000_000);
                write!(f, ".{}", fraction.trim_end_matches('0'))?;
            }
            f.write_str("S")?;
        }
        Ok(())
    }
}

impl FromStr for Interval {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse(text).ok_or(ParseError("an ISO 8601 duration such as P1Y2M3DT4H5M6.789S"))
    }
}

/// Every unit at most once and in order; a fraction on seconds alone.
fn parse(text: &str) -> Option<Interval> {
    /// Name, whether it comes after the T, and its factor to the part that it is counted in.
    const UNITS: [(u8, bool, i64); 7] = [
        (b'Y', false, 12),
        (b'M', false, 1),
        (b'W', false, 7),
        (b'D', false, 1),
        (b'H', true, 3_600_000_000),
        (b'M', true, 60_000_000),
        (b'S', true, 1_000_000),
    ];
    let mut rest = text.strip_prefix('P')?;
    let mut after_t = false;
    let mut units = UNITS.iter().enumerate();
    let (mut months, mut days, mut microseconds) = (0_i64, 0_i64, 0_i64);
    let mut is_empty = true;
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T') {
            if after_t || time.is_empty() {
                return None;
            }
            after_t = true;
            rest = time;
        }
        let length = rest.find(|character: char| character.is_ascii_uppercase())?;
        let (number, unit) = (&rest[..length], rest.as_bytes()[length]);
        rest = &rest[length + 1..];
        let (index, (_, _, factor)) = units.find(|(_, (name, time, _))| (*name, *time) == (unit, after_t))?;
        let (negative, digits) = match number.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) {
            return None;
        }
        let sign = if negative { -1 } else { 1 };
        // The sign goes in first: the least number has no positive counterpart.
        let mut value = whole.parse::<i128>().ok()?.checked_mul(sign)?.checked_mul(i128::from(*factor))?;
        if let Some(fraction) = fraction {
            let kept = fraction.trim_end_matches('0');
            if unit != b'S' || !is_number(fraction) || kept.len() > 6 {
                return None;
            }
            value += sign * format!("{kept:0<6}").parse::<i128>().ok()?;
        }
        let part = match index {
            0 | 1 => &mut months,
            2 | 3 => &mut days,
            _ => &mut microseconds,
        };
        // The parts of the least time only fit together.
        *part = i64::try_from(i128::from(*part) + value).ok()?;
        is_empty = false;
    }
    (!is_empty).then_some(Interval { months: months.try_into().ok()?, days: days.try_into().ok()?, microseconds })
}

serde_as_text!(Interval, "an ISO 8601 duration such as P1Y2M3DT4H5M6.789S");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_exact() {
        for (months, days, microseconds, text) in [
            (0, 0, 0, "PT0S"),
            (14, 3, 14_706_789_000, "P1Y2M3DT4H5M6.789S"),
            (-14, 0, 0, "P-1Y-2M"),
            (12, -1, 0, "P1Y-1D"),
            (0, 0, 1, "PT0.000001S"),
            (0, 0, -1, "PT-0.000001S"),
            (0, 0, -60_500_000, "PT-1M-0.5S"),
            (0, 0, 3_600_000_000, "PT1H"),
            (0, 1, 90_000_000_000, "P1DT25H"),
            (i32::MAX, i32::MAX, i64::MAX, "P178956970Y7M2147483647DT2562047788H54.775807S"),
            (i32::MIN, i32::MIN, i64::MIN, "P-178956970Y-8M-2147483648DT-2562047788H-54.775808S"),
        ] {
            let interval = Interval { months, days, microseconds };
            assert_eq!(interval.to_string(), text);
            assert_eq!(text.parse(), Ok(interval));
            let json = serde_json::to_string(&interval).unwrap();
            assert_eq!(serde_json::from_str::<Interval>(&json).unwrap(), interval);
        }
        assert_eq!("P2W1D".parse(), Ok(Interval { days: 15, ..Interval::default() }));
        assert_eq!("P+1M".parse(), Ok(Interval { months: 1, ..Interval::default() }));
        assert_eq!("PT1.5000000000S".parse(), Ok(Interval { microseconds: 1_500_000, ..Interval::default() }));
    }

    #[test]
    fn other_texts_are_no_intervals() {
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1D",
            "P1DT",
            "P1D1Y",
            "P1Y1Y",
            "PT1Y",
            "P1H",
            "P1.5D",
            "PT1.S",
            "PT.5S",
            "PT1.1234567S",
            "P--1D",
            "P1D ",
            "p1d",
            "P2147483648D",
            "PT9223372036854.775808S",
            "PTT1S",
            "P1DT1HT1S",
            "PéD",
            "P٣D",
        ] {
            assert!(text.parse::<Interval>().is_err(), "{text}");
        }
    }
}
