//! [`ToSql`] for the types of the `time` crate, through those of chrono that stand for the same.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{NotNull, Param, ToSql};

/// A calendar value that chrono cannot hold is sent as text, which the server then judges.
fn or_text<T: ToSql>(value: Option<T>, text: impl std::fmt::Display) -> Param {
    value.map_or_else(|| Param::Text(text.to_string()), |value| value.to_sql())
}

fn date(value: Date) -> Option<NaiveDate> {
    NaiveDate::from_yo_opt(value.year(), value.ordinal().into())
}

fn time(value: Time) -> Option<NaiveTime> {
    let (hour, minute, second, nanos) = value.as_hms_nano();
    NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanos)
}

macro_rules! through_chrono {
    ($($type:ty => $target:ty, $value:ident: $convert:expr;)+) => {
        $(
            impl ToSql for $type {
                fn to_sql(&self) -> Param {
                    let $value = *self;
                    let converted: Option<$target> = $convert;
                    or_text(converted, $value)
                }

                fn null() -> Param {
                    <$target>::null()
                }
            }

            impl NotNull for $type {}
        )+
    };
}

through_chrono! {
    Date => NaiveDate, value: date(value);
    Time => NaiveTime, value: time(value);
    PrimitiveDateTime => NaiveDateTime, value: date(value.date()).zip(time(value.time())).map(|(date, time)| date.and_time(time));
    OffsetDateTime => DateTime<Utc>, value: DateTime::from_timestamp(value.unix_timestamp(), value.nanosecond());
}
