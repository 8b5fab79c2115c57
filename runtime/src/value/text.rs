//! Parsers of textual forms: what SQLite keeps, what engines send outside of prepared statements, and what JSON has.
//!
//! They are strict. A text is one of the forms that are listed, or it is an error.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::error::ValueError;

/// A boolean: PostgreSQL's `t` and `f`, the words, or 1 and 0.
pub(crate) fn boolean(text: &str) -> Result<bool, ValueError> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ if text.eq_ignore_ascii_case("t") || text.eq_ignore_ascii_case("true") => Ok(true),
        _ if text.eq_ignore_ascii_case("f") || text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ValueError::malformed("it is not a boolean")),
    }
}

/// A whole number.
pub(crate) fn integer(text: &str) -> Result<i128, ValueError> {
    text.parse().map_err(|_| ValueError::malformed("it is not a whole number"))
}

/// A floating point number, or `NaN`, `Infinity`, `-Infinity`.
pub(crate) fn float(text: &str) -> Result<f64, ValueError> {
    text.parse().map_err(|_| ValueError::malformed("it is not a number"))
}

/// UTF-8.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(bytes).map_err(|_| ValueError::malformed("it is not UTF-8"))
}

/// A UUID in any of the usual forms.
pub(crate) fn uuid(text: &str) -> Result<Uuid, ValueError> {
    Uuid::try_parse(text.trim_end_matches(' ')).map_err(|_| ValueError::malformed("it is not a UUID"))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(text: &str) -> Result<Vec<u8>, ValueError> {
    let malformed = || ValueError::malformed("it is not hexadecimal");
    if !text.len().is_multiple_of(2) {
        return Err(malformed());
    }
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect::<Option<_>>()
        .ok_or_else(malformed)
}

/// A date: `2026-01-02`, and `+12026-01-02` or `-0044-03-15` for years of other than four digits.
pub(crate) fn date(text: &str) -> Result<NaiveDate, ValueError> {
    let mut cursor = Cursor(text.as_bytes());
    let date = cursor.date()?;
    cursor.end("a date").map(|()| date)
}

/// A time of day: `03:04`, `03:04:05`, `03:04:05.123456789`.
pub(crate) fn time(text: &str) -> Result<NaiveTime, ValueError> {
    let mut cursor = Cursor(text.as_bytes());
    let time = cursor.time()?;
    cursor.end("a time of day").map(|()| time)
}

/// A date and time, and the seconds that its clock is ahead of UTC where it says so.
///
/// The date is followed by `T` or a blank and the time; a date alone means midnight. The zone is `Z`, `+01`, `+01:00`,
/// `+0100` or `+01:00:00`.
pub(crate) fn zoned(text: &str) -> Result<(NaiveDateTime, Option<i32>), ValueError> {
    let mut cursor = Cursor(text.as_bytes());
    let date = cursor.date()?;
    if cursor.0.is_empty() {
        return Ok((date.and_time(NaiveTime::MIN), None));
    }
    if !(cursor.eat(b'T') || cursor.eat(b't') || cursor.eat(b' ')) {
        return Err(Cursor::malformed("a date and time"));
    }
    let time = cursor.time()?;
    let zone = cursor.zone()?;
    cursor.end("a date and time").map(|()| (date.and_time(time), zone))
}

/// A date and time in UTC. One that has a zone is converted, as SQLite's own functions do.
pub(crate) fn timestamp(text: &str) -> Result<NaiveDateTime, ValueError> {
    let (local, zone) = zoned(text)?;
    local
        .checked_sub_signed(TimeDelta::seconds(i64::from(zone.unwrap_or(0))))
        .ok_or_else(|| ValueError::unheld("a year so far away"))
}

/// An instant. One that has no zone is in UTC.
pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, ValueError> {
    timestamp(text).map(|time| time.and_utc())
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn malformed(what: &str) -> ValueError {
        ValueError::malformed(format!("it is not {what} in ISO 8601 form"))
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    fn end(&self, what: &str) -> Result<(), ValueError> {
        if self.0.is_empty() { Ok(()) } else { Err(Self::malformed(what)) }
    }

    /// Exactly so many digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let digits = self.0.get(..count)?;
        let mut value = 0;
        for digit in digits {
            value = value * 10 + (*digit as char).to_digit(10)?;
        }
        self.0 = &self.0[count..];
        Some(value)
    }

    fn date(&mut self) -> Result<NaiveDate, ValueError> {
        let malformed = || Self::malformed("a date");
        let sign = if self.eat(b'-') { -1 } else { i32::from(self.eat(b'+')) };
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length != 4 && (sign == 0 || !(4..=6).contains(&length)) {
            return Err(malformed());
        }
        let year = self.digits(length).ok_or_else(malformed)?.cast_signed() * if sign < 0 { -1 } else { 1 };
        let month = self.eat(b'-').then(|| self.digits(2)).flatten().ok_or_else(malformed)?;
        let day = self.eat(b'-').then(|| self.digits(2)).flatten().ok_or_else(malformed)?;
        if (year, month, day) == (0, 0, 0) {
            return Err(ValueError::unheld("the date 0000-00-00"));
        }
        NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| ValueError::unheld("a date that is not in the calendar"))
    }

    fn time(&mut self) -> Result<NaiveTime, ValueError> {
        let malformed = || Self::malformed("a time of day");
        let hour = self.digits(2).ok_or_else(malformed)?;
        let minute = self.eat(b':').then(|| self.digits(2)).flatten().ok_or_else(malformed)?;
        let mut second = 0;
        let mut nanos = 0;
        if self.eat(b':') {
            second = self.digits(2).ok_or_else(malformed)?;
            if self.eat(b'.') {
                nanos = self.fraction()?;
            }
        }
        NaiveTime::from_hms_nano_opt(hour, minute, second, nanos).ok_or_else(|| ValueError::unheld(OUTSIDE_OF_A_DAY))
    }

    /// The digits of a second's fraction, in nanoseconds.
    fn fraction(&mut self) -> Result<u32, ValueError> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            return Err(Self::malformed("a time of day"));
        }
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let (kept, beyond) = digits.split_at(length.min(9));
        if beyond.iter().any(|digit| *digit != b'0') {
            return Err(ValueError::unheld("a fraction of a nanosecond"));
        }
        let value = kept.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
        Ok(value * 10_u32.pow(9 - kept.len() as u32))
    }

    fn zone(&mut self) -> Result<Option<i32>, ValueError> {
        let malformed = || Self::malformed("a zone");
        while self.eat(b' ') {}
        if self.eat(b'Z') || self.eat(b'z') {
            return Ok(Some(0));
        }
        let sign = if self.eat(b'+') {
            1
        } else if self.eat(b'-') {
            -1
        } else {
            return Ok(None);
        };
        let hours = self.digits(2).ok_or_else(malformed)?;
        let mut seconds = hours * 3600;
        let colon = self.eat(b':');
        if colon || !self.0.is_empty() {
            let minutes = self.digits(2).filter(|minutes| *minutes < 60).ok_or_else(malformed)?;
            seconds += minutes * 60;
            if colon && self.eat(b':') {
                seconds += self.digits(2).filter(|seconds| *seconds < 60).ok_or_else(malformed)?;
            }
        }
        if seconds >= 86_400 {
            return Err(malformed());
        }
        Ok(Some(sign * seconds.cast_signed()))
    }
}

/// What no time of day holds: 24:00:00, a leap second, MySQL's `-01:00:00`.
pub(crate) const OUTSIDE_OF_A_DAY: &str = "a time outside of 00:00:00 to 23:59:59.999999";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_in_the_forms_of_sqlite() {
        for (text, expected) in [
            ("2026-01-02", "2026-01-02T00:00:00Z"),
            ("2026-01-02 03:04", "2026-01-02T03:04:00Z"),
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.5", "2026-01-02T03:04:05.500Z"),
            ("2026-01-02T03:04:05.123456789", "2026-01-02T03:04:05.123456789Z"),
            ("2026-01-02T03:04:05.1234567890000", "2026-01-02T03:04:05.123456789Z"),
            ("2026-01-02 03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05 Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05+02:00", "2026-01-02T01:04:05Z"),
            ("2026-01-02 03:04-05:30", "2026-01-02T08:34:00Z"),
            ("2026-01-02 03:04:05+02", "2026-01-02T01:04:05Z"),
            ("2026-01-02 03:04:05+0230", "2026-01-02T00:34:05Z"),
            ("0000-01-01", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(instant(text).unwrap().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "now",
            "2026",
            "2026-1-2",
            "26-01-02",
            "12026-01-02",
            "2026-13-01",
            "2026-02-30",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "2026-01-02 24:00:00",
            "2026-01-02 03:04:60",
            "2026-01-02 03",
            "2026-01-02 03:04:05.",
            "2026-01-02 03:04:05.0000000001",
            "2026-01-02 03:04:05 ",
            "2026-01-02 03:04:05+24:00",
            "2026-01-02 03:04:05+1",
            "2026-01-02 03:04:05+01:60",
            "2026-01-02x03:04:05",
            "2026-01-02 03:04:05 BC",
            "infinity",
            "２026-01-02",
        ] {
            assert!(instant(text).is_err() || text.ends_with(' '), "{text}");
        }
    }

    #[test]
    fn far_years_have_a_sign() {
        assert_eq!(date("+12026-01-02").unwrap().to_string(), "+12026-01-02");
        assert_eq!(date("-0044-03-15").unwrap().to_string(), "-0044-03-15");
        assert!(date("+999999-01-01").is_err());
    }

    #[test]
    fn hexadecimal_is_strict() {
        assert_eq!(hex("00fFa0").unwrap(), [0, 255, 160]);
        for text in ["0", "0g", "+1", "é"] {
            assert!(hex(text).is_err(), "{text}");
        }
    }
}
