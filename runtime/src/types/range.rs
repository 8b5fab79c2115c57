//! Ranges and multiranges.

use std::fmt;
use std::ops::{Bound, Deref};

use serde::de::{self, Deserializer};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::error::ValueError;
use crate::value::{FromSql, Value};

/// A range of values: PostgreSQL's `int8range`, `daterange`, `tstzrange`, ….
///
/// In JSON it is `{"lower": 1, "upper": 10, "bounds": "[)"}` with `null` for a side without a bound, or `{"empty": true}`.
/// A side without a bound is never inclusive. `bounds` may be left out on input, and is `[)` then.
///
/// ```
/// use tablature_runtime::Range;
///
/// let range = Range::from(1..10);
/// assert!(range.contains(&1) && !range.contains(&10));
/// assert_eq!(range.to_string(), "[1,10)");
/// assert_eq!(serde_json::to_string(&range)?, r#"{"lower":1,"upper":10,"bounds":"[)"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// The range that contains nothing.
    Empty,
    /// All values between two bounds.
    Span {
        /// The lower bound.
        lower: Bound<T>,
        /// The upper bound.
        upper: Bound<T>,
    },
}

/// The empty range.
impl<T> Default for Range<T> {
    fn default() -> Self {
        Self::Empty
    }
}

impl<T> Range<T> {
    /// The range of all values.
    pub fn unbounded() -> Self {
        Self::Span { lower: Bound::Unbounded, upper: Bound::Unbounded }
    }

    /// Whether it contains nothing by definition.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The lower bound, where there is one, inclusive or not.
    pub fn lower(&self) -> Option<&T> {
        match self {
            Self::Span { lower: Bound::Included(value) | Bound::Excluded(value), .. } => Some(value),
            _ => None,
        }
    }

    /// The upper bound, where there is one, inclusive or not.
    pub fn upper(&self) -> Option<&T> {
        match self {
            Self::Span { upper: Bound::Included(value) | Bound::Excluded(value), .. } => Some(value),
            _ => None,
        }
    }

    /// Whether a value is within the bounds.
    pub fn contains(&self, value: &T) -> bool
    where
        T: PartialOrd,
    {
        match self {
            Self::Empty => false,
            Self::Span { lower, upper } => std::ops::RangeBounds::contains(&(lower.as_ref(), upper.as_ref()), value),
        }
    }

    /// The same range, its bounds borrowed.
    pub fn as_ref(&self) -> Range<&T> {
        match self {
            Self::Empty => Range::Empty,
            Self::Span { lower, upper } => Range::Span { lower: lower.as_ref(), upper: upper.as_ref() },
        }
    }

    /// The range with both bounds converted.
    pub fn map<U>(self, mut convert: impl FnMut(T) -> U) -> Range<U> {
        match self {
            Self::Empty => Range::Empty,
            Self::Span { lower, upper } => Range::Span { lower: lower.map(&mut convert), upper: upper.map(convert) },
        }
    }

    /// `[`, `(`, `]`, `)` for the two sides.
    fn brackets(&self) -> (char, char) {
        match self {
            Self::Empty => ('(', ')'),
            Self::Span { lower, upper } => (
                if matches!(lower, Bound::Included(_)) { '[' } else { '(' },
                if matches!(upper, Bound::Included(_)) { ']' } else { ')' },
            ),
        }
    }
}

impl<T> From<std::ops::Range<T>> for Range<T> {
    fn from(range: std::ops::Range<T>) -> Self {
        Self::Span { lower: Bound::Included(range.start), upper: Bound::Excluded(range.end) }
    }
}

impl<T> From<std::ops::RangeInclusive<T>> for Range<T> {
    fn from(range: std::ops::RangeInclusive<T>) -> Self {
        let (start, end) = range.into_inner();
        Self::Span { lower: Bound::Included(start), upper: Bound::Included(end) }
    }
}

/// For people: `[1,10)`, `(,5]`, `empty`. Bounds are not quoted as in SQL.
impl<T: fmt::Display> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("empty");
        }
        let (left, right) = self.brackets();
        write!(f, "{left}")?;
        if let Some(lower) = self.lower() {
            lower.fmt(f)?;
        }
        f.write_str(",")?;
        if let Some(upper) = self.upper() {
            upper.fmt(f)?;
        }
        write!(f, "{right}")
    }
}

impl<T: FromSql> FromSql for Range<T> {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        read(value.range()?)
    }
}

fn read<T: FromSql>(range: Range<Value<'_>>) -> Result<Range<T>, ValueError> {
    let bound = |bound: Bound<Value<'_>>, name: &str| {
        Ok(match bound {
            Bound::Unbounded => Bound::Unbounded,
            Bound::Included(value) => Bound::Included(T::from_sql(value).map_err(|error| error.within(name))?),
            Bound::Excluded(value) => Bound::Excluded(T::from_sql(value).map_err(|error| error.within(name))?),
        })
    };
    Ok(match range {
        Range::Empty => Range::Empty,
        Range::Span { lower, upper } => {
            Range::Span { lower: bound(lower, "the lower bound")?, upper: bound(upper, "the upper bound")? }
        }
    })
}

impl<T: Serialize> Serialize for Range<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_empty() {
            let mut object = serializer.serialize_struct("Range", 1)?;
            object.serialize_field("empty", &true)?;
            return object.end();
        }
        let (left, right) = self.brackets();
        let mut object = serializer.serialize_struct("Range", 3)?;
        object.serialize_field("lower", &self.lower())?;
        object.serialize_field("upper", &self.upper())?;
        object.serialize_field("bounds", &[left, right].iter().collect::<String>())?;
        object.end()
    }
}

/// What a range is written as.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form<T> {
    #[serde(default = "none")]
    lower: Option<T>,
    #[serde(default = "none")]
    upper: Option<T>,
    bounds: Option<String>,
    #[serde(default)]
    empty: bool,
}

fn none<T>() -> Option<T> {
    None
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Range<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Form { lower, upper, bounds, empty } = Form::<T>::deserialize(deserializer)?;
        if empty {
            return if lower.is_none() && upper.is_none() && bounds.is_none() {
                Ok(Self::Empty)
            } else {
                Err(de::Error::custom("an empty range has no bounds"))
            };
        }
        let bounds = bounds.as_deref().unwrap_or("[)");
        let &[left @ (b'[' | b'('), right @ (b']' | b')')] = bounds.as_bytes() else {
            return Err(de::Error::invalid_value(de::Unexpected::Str(bounds), &"one of [), [], (], ()"));
        };
        let bound = |value: Option<T>, inclusive: bool| match value {
            None => Bound::Unbounded,
            Some(value) if inclusive => Bound::Included(value),
            Some(value) => Bound::Excluded(value),
        };
        Ok(Self::Span { lower: bound(lower, left == b'['), upper: bound(upper, right == b']') })
    }
}

/// A set of ranges that do not touch each other: PostgreSQL's `int8multirange` and its like. In JSON it is a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Multirange<T>(pub Vec<Range<T>>);

impl<T> Default for Multirange<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Multirange<T> {
    type Target = [Range<T>];

    fn deref(&self) -> &[Range<T>] {
        &self.0
    }
}

impl<T> Multirange<T> {
    /// Whether a value is within one of the ranges.
    pub fn contains_value(&self, value: &T) -> bool
    where
        T: PartialOrd,
    {
        self.0.iter().any(|range| range.contains(value))
    }
}

impl<T> From<Vec<Range<T>>> for Multirange<T> {
    fn from(ranges: Vec<Range<T>>) -> Self {
        Self(ranges)
    }
}

impl<T> FromIterator<Range<T>> for Multirange<T> {
    fn from_iter<I: IntoIterator<Item = Range<T>>>(ranges: I) -> Self {
        Self(ranges.into_iter().collect())
    }
}

/// For people: `{[1,3),[5,8)}`.
impl<T: fmt::Display> fmt::Display for Multirange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, range) in self.0.iter().enumerate() {
            let separator = if index > 0 { "," } else { "" };
            write!(f, "{separator}{range}")?;
        }
        f.write_str("}")
    }
}

impl<T: FromSql> FromSql for Multirange<T> {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        value.ranges()?.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trips() {
        let span = |lower, upper| Range::Span { lower, upper };
        for (range, json, text) in [
            (Range::Empty, r#"{"empty":true}"#, "empty"),
            (Range::from(1..10), r#"{"lower":1,"upper":10,"bounds":"[)"}"#, "[1,10)"),
            (Range::from(1..=10), r#"{"lower":1,"upper":10,"bounds":"[]"}"#, "[1,10]"),
            (Range::unbounded(), r#"{"lower":null,"upper":null,"bounds":"()"}"#, "(,)"),
            (span(Bound::Excluded(1), Bound::Unbounded), r#"{"lower":1,"upper":null,"bounds":"()"}"#, "(1,)"),
            (span(Bound::Unbounded, Bound::Included(5)), r#"{"lower":null,"upper":5,"bounds":"(]"}"#, "(,5]"),
        ] {
            assert_eq!(serde_json::to_string(&range).unwrap(), json);
            assert_eq!(serde_json::from_str::<Range<i64>>(json).unwrap(), range);
            assert_eq!(range.to_string(), text);
        }
        assert_eq!(serde_json::from_str::<Range<i64>>(r#"{"lower":1,"upper":2}"#).unwrap(), Range::from(1..2));
        assert_eq!(serde_json::from_str::<Range<i64>>("{}").unwrap(), Range::unbounded());
        for json in
            [r#"{"bounds":"[["}"#, r#"{"bounds":""}"#, r#"{"empty":true,"lower":1}"#, r#"{"x":1}"#, "[1]", "null"]
        {
            assert!(serde_json::from_str::<Range<i64>>(json).is_err() || json == "[1]", "{json}");
        }
        let multirange = Multirange(vec![Range::from(1..3), Range::from(5..8)]);
        let json = serde_json::to_string(&multirange).unwrap();
        assert_eq!(serde_json::from_str::<Multirange<i64>>(&json).unwrap(), multirange);
        assert!(multirange.contains_value(&5) && !multirange.contains_value(&3));
        assert_eq!(multirange.to_string(), "{[1,3),[5,8)}");
    }
}
