//! Ranges and multiranges of PostgreSQL's in text format.
//!
//! The driver cannot prepare a statement that gives a multirange, so that these are read through a cast to text. Their
//! bounds are values in text format then, whose types are not known and are taken for what is asked for.

use std::ops::Bound;

use super::Value;
use super::postgres::{PgFormat, PgValue};
use crate::error::ValueError;
use crate::types::Range;

fn malformed() -> ValueError {
    ValueError::malformed("it is not a range in text format")
}

/// `[1,10)`, `(,"2026-01-02 00:00:00"]`, `empty`.
pub(super) fn range(text: &str) -> Result<Range<Value<'_>>, ValueError> {
    match split_range(text)? {
        (range, "") => Ok(range),
        _ => Err(malformed()),
    }
}

/// `{[1,3),[5,8)}`.
pub(super) fn ranges(text: &str) -> Result<Vec<Range<Value<'_>>>, ValueError> {
    let mut rest = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).ok_or_else(malformed)?;
    let mut ranges = Vec::new();
    while !rest.is_empty() {
        if !ranges.is_empty() {
            rest = rest.strip_prefix(',').ok_or_else(malformed)?;
        }
        let (range, after) = split_range(rest)?;
        ranges.push(range);
        rest = after;
    }
    Ok(ranges)
}

/// A range, and what comes after it.
fn split_range(text: &str) -> Result<(Range<Value<'_>>, &str), ValueError> {
    if let Some(rest) = text.strip_prefix("empty") {
        return Ok((Range::Empty, rest));
    }
    let inclusive = text.starts_with('[');
    let rest = text.strip_prefix(['[', '(']).ok_or_else(malformed)?;
    let (lower, rest) = split_bound(rest)?;
    let lower = bound(lower, inclusive);
    let (upper, rest) = split_bound(rest.strip_prefix(',').ok_or_else(malformed)?)?;
    let upper = bound(upper, rest.starts_with(']'));
    let rest = rest.strip_prefix([']', ')']).ok_or_else(malformed)?;
    Ok((Range::Span { lower, upper }, rest))
}

/// The text of a bound, absent where there is none, and what comes after it.
fn split_bound(text: &str) -> Result<(Option<&str>, &str), ValueError> {
    let (bound, rest) = match text.strip_prefix('"') {
        Some(quoted) => {
            let (bound, rest) = quoted.split_once('"').ok_or_else(malformed)?;
            if rest.starts_with('"') {
                return Err(escaped());
            }
            (Some(bound), rest)
        }
        None => {
            let end = text.find([',', ')', ']']).ok_or_else(malformed)?;
            let (bound, rest) = text.split_at(end);
            (Some(bound).filter(|bound| !bound.is_empty()), rest)
        }
    };
    if bound.is_some_and(|bound| bound.contains('\\')) {
        return Err(escaped());
    }
    Ok((bound, rest))
}

fn escaped() -> ValueError {
    ValueError::malformed("a bound in text format has quotes or backslashes in it")
}

fn bound(text: Option<&str>, inclusive: bool) -> Bound<Value<'_>> {
    let Some(text) = text else { return Bound::Unbounded };
    let value = Value::Postgres(PgValue { bytes: text.as_bytes(), oid: 0, format: PgFormat::Text, type_name: "" });
    if inclusive { Bound::Included(value) } else { Bound::Excluded(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Multirange;
    use crate::value::FromSql;

    fn read<T: FromSql>(text: &str) -> Result<T, ValueError> {
        // A text, as a cast gives it.
        T::from_sql(Value::Postgres(PgValue::binary(25, text.as_bytes())))
    }

    #[test]
    fn texts_of_ranges_are_read() {
        assert_eq!(read("[1,10)"), Ok(Range::from(1..10)));
        assert_eq!(read("empty"), Ok(Range::<i32>::Empty));
        assert_eq!(read("(,)"), Ok(Range::<i32>::unbounded()));
        assert_eq!(read("[\"\",\"a b\"]"), Ok(Range::from(String::new()..="a b".to_owned())));
        assert_eq!(read("{}"), Ok(Multirange::<i32>::default()));
        assert_eq!(read("{[1,3),[5,8)}"), Ok(Multirange(vec![Range::from(1..3), Range::from(5..8)])));
        for text in ["", "[", "[1", "[1,", "[1,2", "1,2", "[1,2)x", "{[1,2)}", "[\"1,2)", "[1;2)", "[1,2,3)"] {
            assert!(read::<Range<i32>>(text).is_err(), "{text}");
        }
        for text in ["", "{", "}", "{1}", "{[1,2)", "{[1,2)[3,4)}", "{[1,2),}x", "[1,2)", "{,}"] {
            assert!(read::<Multirange<i32>>(text).is_err(), "{text}");
        }
        for text in [r#"["a""b",)"#, r#"["a\\",)"#, r#"["a\"b",)"#] {
            assert!(read::<Range<String>>(text).is_err(), "{text}");
        }
    }
}
