//! [`FromSql`] for the types of the `time` crate, which hold the years from -9999 to 9999.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{FromSql, Value};
use crate::error::ValueError;

pub(crate) fn date(date: NaiveDate) -> Result<Date, ValueError> {
    Date::from_ordinal_date(date.year(), date.ordinal() as u16)
        .map_err(|_| ValueError::unheld("a year beyond 9999 or before -9999"))
}

pub(crate) fn clock(time: NaiveTime) -> Result<Time, ValueError> {
    Time::from_hms_nano(time.hour() as u8, time.minute() as u8, time.second() as u8, time.nanosecond())
        .map_err(|_| ValueError::unheld("a leap second"))
}

impl FromSql for Date {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        date(value.date()?)
    }
}

impl FromSql for Time {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        clock(value.time()?)
    }
}

impl FromSql for PrimitiveDateTime {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let timestamp = value.timestamp()?;
        Ok(Self::new(date(timestamp.date())?, clock(timestamp.time())?))
    }
}

/// The offset is always UTC: engines do not keep another.
impl FromSql for OffsetDateTime {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let timestamp = value.instant()?.naive_utc();
        Ok(PrimitiveDateTime::new(date(timestamp.date())?, clock(timestamp.time())?).assume_utc())
    }
}
