//! Dates and times in ISO 8601, for JSON and for cache keys.

use std::fmt::{self, Write};

/// `2026-01-02`; a year of other than four digits has a sign.
pub(crate) fn write_date(out: &mut dyn Write, year: i32, month: u32, day: u32) {
    // Writing to a string does not fail.
    let _ = date(out, year, month, day);
}

/// `03:04:05.123`, without zeros at the end of the fraction.
pub(crate) fn write_time(out: &mut dyn Write, hour: u32, minute: u32, second: u32, nanos: u32) {
    let _ = time(out, hour, minute, second, nanos);
}

fn date(out: &mut dyn Write, year: i32, month: u32, day: u32) -> fmt::Result {
    let sign = match year {
        ..0 => "-",
        0..=9999 => "",
        _ => "+",
    };
    write!(out, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
}

fn time(out: &mut dyn Write, hour: u32, minute: u32, second: u32, nanos: u32) -> fmt::Result {
    // A leap second has more than a second's nanoseconds.
    let (second, nanos) = (second + nanos / 1_000_000_000, nanos % 1_000_000_000);
    write!(out, "{hour:02}:{minute:02}:{second:02}")?;
    if nanos > 0 {
        let digits = format!("{nanos:09}");
        write!(out, ".{}", digits.trim_end_matches('0'))?;
    }
    Ok(())
}

#[cfg(feature = "time")]
mod with_time {
    use std::fmt::{self, Write as _};

    use serde::de::{self, Deserializer, Unexpected};
    use serde::ser::Serializer;
    use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

    use super::super::{IsoForm, JsonAs};
    use super::{write_date, write_time};
    use crate::error::ValueError;
    use crate::value::{self, text as parse};

    /// A type, its text, and how it is read.
    trait Iso: Sized {
        const EXPECTED: &'static str;

        fn write(&self, out: &mut String);

        fn read(text: &str) -> Result<Self, ValueError>;
    }

    impl Iso for Date {
        const EXPECTED: &'static str = "a date such as 2026-01-02";

        fn write(&self, out: &mut String) {
            write_date(out, self.year(), u8::from(self.month()).into(), self.day().into());
        }

        fn read(text: &str) -> Result<Self, ValueError> {
            value::time::date(parse::date(text)?)
        }
    }

    impl Iso for Time {
        const EXPECTED: &'static str = "a time of day such as 03:04:05.123";

        fn write(&self, out: &mut String) {
            let (hour, minute, second, nanos) = self.as_hms_nano();
            write_time(out, hour.into(), minute.into(), second.into(), nanos);
        }

        fn read(text: &str) -> Result<Self, ValueError> {
            value::time::clock(parse::time(text)?)
        }
    }

    impl Iso for PrimitiveDateTime {
        const EXPECTED: &'static str = "a date and time without a zone, such as 2026-01-02T03:04:05.123";

        fn write(&self, out: &mut String) {
            self.date().write(out);
            out.push('T');
            self.time().write(out);
        }

        fn read(text: &str) -> Result<Self, ValueError> {
            match parse::zoned(text)? {
                (local, None) => Ok(Self::new(value::time::date(local.date())?, value::time::clock(local.time())?)),
                _ => Err(ValueError::unheld("a zone")),
            }
        }
    }

    impl Iso for OffsetDateTime {
        const EXPECTED: &'static str = "a date and time with a zone, such as 2026-01-02T03:04:05.123Z";

        fn write(&self, out: &mut String) {
            // RFC 3339 has no seconds in an offset.
            let whole = if self.offset().seconds_past_minute() == 0 { Some(*self) } else { None };
            let moment = whole.or_else(|| self.checked_to_offset(UtcOffset::UTC)).unwrap_or(*self);
            PrimitiveDateTime::new(moment.date(), moment.time()).write(out);
            if moment.offset().is_utc() {
                out.push('Z');
                return;
            }
            let (hours, minutes, _) = moment.offset().as_hms();
            let sign = if moment.offset().is_negative() { '-' } else { '+' };
            let _ = write!(out, "{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs());
        }

        fn read(text: &str) -> Result<Self, ValueError> {
            let (local, Some(zone)) = parse::zoned(text)? else { return Err(ValueError::malformed("it has no zone")) };
            let offset = UtcOffset::from_whole_seconds(zone).map_err(|_| ValueError::unheld("such an offset"))?;
            let local = PrimitiveDateTime::new(value::time::date(local.date())?, value::time::clock(local.time())?);
            Ok(local.assume_offset(offset))
        }
    }

    struct Visitor<T>(std::marker::PhantomData<T>);

    impl<T: Iso> de::Visitor<'_> for Visitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::EXPECTED)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            T::read(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
        }
    }

    macro_rules! iso {
        ($($type:ty)+) => {
            $(
                impl JsonAs<IsoForm> for $type {
                    fn serialize_as<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        let mut text = String::with_capacity(32);
                        self.write(&mut text);
                        serializer.serialize_str(&text)
                    }

                    fn deserialize_as<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                        deserializer.deserialize_str(Visitor(std::marker::PhantomData))
                    }
                }
            )+
        };
    }

    iso! { Date Time PrimitiveDateTime OffsetDateTime }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::types::Range;

        fn round_trip<T: JsonAs<IsoForm> + PartialEq + fmt::Debug>(value: T, json: &str) {
            let written = value.serialize_as(serde_json::value::Serializer).unwrap();
            assert_eq!(written, json);
            assert_eq!(T::deserialize_as(&written).unwrap(), value);
        }

        #[test]
        fn texts_are_iso_8601() {
            use time::macros::{date, datetime, time};
            round_trip(date!(2026 - 01 - 02), "2026-01-02");
            round_trip(date!(-0044 - 03 - 15), "-0044-03-15");
            round_trip(time!(03:04:05.123), "03:04:05.123");
            round_trip(time!(0:00), "00:00:00");
            round_trip(datetime!(2026-01-02 03:04:05.000000001), "2026-01-02T03:04:05.000000001");
            round_trip(datetime!(2026-01-02 03:04:05.123 UTC), "2026-01-02T03:04:05.123Z");
            round_trip(datetime!(2026-01-02 03:04:05 -5:30), "2026-01-02T03:04:05-05:30");
            round_trip(datetime!(2026-01-02 03:04:05 -0:30), "2026-01-02T03:04:05-00:30");
            let odd = datetime!(2026-01-02 03:04:05 +1:00:30);
            let written = odd.serialize_as(serde_json::value::Serializer).unwrap();
            assert_eq!(written, "2026-01-02T02:03:35Z");
            let range = Some(Range::from(date!(2026 - 01 - 02)..date!(2026 - 01 - 03)));
            let written = range.serialize_as(serde_json::value::Serializer).unwrap();
            assert_eq!(written["lower"], "2026-01-02");
            assert_eq!(<Option<Range<Date>> as JsonAs<IsoForm>>::deserialize_as(&written).unwrap(), range);
        }

        #[test]
        fn other_texts_are_refused() {
            fn refused<T: JsonAs<IsoForm>>(text: &str) {
                assert!(T::deserialize_as(&serde_json::Value::from(text)).is_err(), "{text}");
            }
            refused::<Date>("2026-02-30");
            refused::<Date>("2026-01-02T00:00:00");
            refused::<Date>("+12026-01-02");
            refused::<Time>("24:00:00");
            refused::<PrimitiveDateTime>("2026-01-02T03:04:05Z");
            refused::<OffsetDateTime>("2026-01-02T03:04:05");
        }
    }
}
