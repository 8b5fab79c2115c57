//! Arrays of any number of dimensions.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

use crate::error::ValueError;
use crate::value::{FromSql, Value};

/// An array of PostgreSQL's: any number of dimensions, each with a lower bound, and elements that may be NULL. PostgreSQL
/// holds no column to the number of dimensions that it was declared with, nor its elements to being NOT NULL.
///
/// It is a slice of its elements, row by row. In JSON it is a list of lists, with `null` for NULL; lower bounds other than
/// 1 are not written. On input, a list that is itself a value of `T`, as all are where `T` is [`Json`](crate::Json), is
/// taken for an element.
///
/// ```
/// use tablature_runtime::Array;
///
/// let tags = Array::from(vec!["a", "b"]);
/// assert_eq!(tags.len(), 2);
/// assert_eq!(tags.clone().try_into_vec()?, ["a", "b"]);
///
/// let matrix: Array<i32> = serde_json::from_str("[[1,2],[3,null]]").unwrap();
/// assert_eq!(matrix.dimensions().len(), 2);
/// assert_eq!(matrix[3], None);
/// # Ok::<(), tablature_runtime::NullElement>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Array<T> {
    elements: Vec<Option<T>>,
    dimensions: Vec<Dimension>,
}

/// A dimension of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimension {
    /// The number of elements, or of rows of the next dimension.
    pub length: usize,
    /// The subscript of the first one, which SQL lets be any number.
    pub lower: i32,
}

/// An array has an element that is NULL, where none was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("element {index} of the array is NULL")]
pub struct NullElement {
    /// The position of the first such element, counted from 0.
    pub index: usize,
}

impl<T> Array<T> {
    /// An array of these dimensions; `None` if the number of elements is not their product, or a dimension is empty. No
    /// dimensions make an empty array.
    pub fn new(elements: Vec<Option<T>>, dimensions: Vec<Dimension>) -> Option<Self> {
        let start = usize::from(!dimensions.is_empty());
        let count = dimensions.iter().try_fold(start, |count, dimension| count.checked_mul(dimension.length));
        let has_empty = dimensions.iter().any(|dimension| dimension.length == 0);
        (count == Some(elements.len()) && !has_empty).then_some(Self { elements, dimensions })
    }

    /// An array of one dimension, of elements that may be NULL.
    pub fn from_elements(elements: Vec<Option<T>>) -> Self {
        let dimensions = match elements.len() {
            0 => Vec::new(),
            length => vec![Dimension { length, lower: 1 }],
        };
        Self { elements, dimensions }
    }

    /// The dimensions, the outermost first; none for an empty array.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The elements row by row, without the dimensions.
    ///
    /// # Errors
    /// Where one of them is NULL.
    pub fn try_into_vec(self) -> Result<Vec<T>, NullElement> {
        self.elements.into_iter().enumerate().map(|(index, element)| element.ok_or(NullElement { index })).collect()
    }

    /// The elements row by row, without the dimensions.
    pub fn into_elements(self) -> Vec<Option<T>> {
        self.elements
    }

    /// The same array, its elements borrowed.
    pub fn as_ref(&self) -> Array<&T> {
        Array { elements: self.elements.iter().map(Option::as_ref).collect(), dimensions: self.dimensions.clone() }
    }

    /// The array with every element that is not NULL converted.
    pub fn map<U>(self, mut convert: impl FnMut(T) -> U) -> Array<U> {
        let elements = self.elements.into_iter().map(|element| element.map(&mut convert)).collect();
        Array { elements, dimensions: self.dimensions }
    }
}

/// The empty array.
impl<T> Default for Array<T> {
    fn default() -> Self {
        Self { elements: Vec::new(), dimensions: Vec::new() }
    }
}

impl<T> Deref for Array<T> {
    type Target = [Option<T>];

    fn deref(&self) -> &[Option<T>] {
        &self.elements
    }
}

impl<T> DerefMut for Array<T> {
    fn deref_mut(&mut self) -> &mut [Option<T>] {
        &mut self.elements
    }
}

/// Of one dimension.
impl<T> From<Vec<T>> for Array<T> {
    fn from(elements: Vec<T>) -> Self {
        elements.into_iter().collect()
    }
}

/// Of one dimension.
impl<T> FromIterator<T> for Array<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::from_elements(elements.into_iter().map(Some).collect())
    }
}

impl<T> IntoIterator for Array<T> {
    type Item = Option<T>;
    type IntoIter = std::vec::IntoIter<Option<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Array<T> {
    type Item = &'a Option<T>;
    type IntoIter = std::slice::Iter<'a, Option<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.elements.iter()
    }
}

impl<T: FromSql> FromSql for Array<T> {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let elements = value.elements()?;
        let dimensions = elements.dimensions().to_vec();
        Ok(Self { elements: elements.read()?, dimensions })
    }
}

impl<T: Serialize> Serialize for Array<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.dimensions.len() <= 1 {
            return serializer.collect_seq(&self.elements);
        }
        Nested { elements: &self.elements, dimensions: &self.dimensions }.serialize(serializer)
    }
}

/// The part of an array that is below some of its subscripts.
struct Nested<'a, T> {
    elements: &'a [Option<T>],
    dimensions: &'a [Dimension],
}

impl<T: Serialize> Serialize for Nested<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some((outer, inner)) = self.dimensions.split_first().filter(|(_, inner)| !inner.is_empty()) else {
            return serializer.collect_seq(self.elements);
        };
        let mut list = serializer.serialize_seq(Some(outer.length))?;
        for elements in self.elements.chunks((self.elements.len() / outer.length.max(1)).max(1)) {
            list.serialize_element(&Nested { elements, dimensions: inner })?;
        }
        list.end()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Array<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<serde_json::Value>::deserialize(deserializer)?;
        let mut elements = Vec::with_capacity(list.len());
        let mut lengths = Vec::new();
        flatten(
            list,
            0,
            &mut lengths,
            &mut |value| {
                elements.push(serde_json::from_value::<Option<T>>(value).map_err(|error| error.to_string())?);
                Ok(())
            },
            &|value| T::deserialize(value).is_ok(),
        )
        .map_err(de::Error::custom)?;
        if elements.is_empty() {
            return Ok(Self::default());
        }
        let dimensions = lengths.into_iter().map(|length| Dimension { length, lower: 1 }).collect();
        Self::new(elements, dimensions).ok_or_else(|| de::Error::custom(RAGGED))
    }
}

/// The most dimensions that PostgreSQL has.
const MAX_DIMENSIONS: usize = 6;
const RAGGED: &str = "the lists of an array differ in length or depth";

/// Hands over the elements of nested lists, and notes the length of every dimension.
fn flatten(
    list: Vec<serde_json::Value>,
    depth: usize,
    lengths: &mut Vec<usize>,
    push: &mut dyn FnMut(serde_json::Value) -> Result<(), String>,
    is_element: &dyn Fn(&serde_json::Value) -> bool,
) -> Result<(), String> {
    if depth == MAX_DIMENSIONS {
        return Err("an array has more than six dimensions".to_owned());
    }
    let is_first = lengths.len() == depth;
    if is_first {
        lengths.push(list.len());
    } else if lengths[depth] != list.len() {
        return Err(RAGGED.to_owned());
    }
    // The first item tells whether this is the innermost dimension.
    let has_lists = list.first().is_some_and(|item| item.is_array() && !is_element(item));
    if !has_lists && !is_first && lengths.len() > depth + 1 {
        return Err(RAGGED.to_owned());
    }
    if has_lists && !is_first && lengths.len() == depth + 1 {
        return Err(RAGGED.to_owned());
    }
    for item in list {
        match item {
            serde_json::Value::Array(inner) if has_lists => flatten(inner, depth + 1, lengths, push, is_element)?,
            _ if has_lists => return Err(RAGGED.to_owned()),
            item => push(item)?,
        }
    }
    Ok(())
}

/// For people: `{{1,2},{3,NULL}}`. Elements are not quoted as in SQL.
impl<T: fmt::Display> fmt::Display for Array<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn part<T: fmt::Display>(
            f: &mut fmt::Formatter<'_>,
            elements: &[Option<T>],
            dimensions: &[Dimension],
        ) -> fmt::Result {
            f.write_str("{")?;
            match dimensions {
                [outer, inner @ ..] if !inner.is_empty() => {
                    let length = (elements.len() / outer.length.max(1)).max(1);
                    for (index, elements) in elements.chunks(length).enumerate() {
                        f.write_str(if index > 0 { "," } else { "" })?;
                        part(f, elements, inner)?;
                    }
                }
                _ => {
                    for (index, element) in elements.iter().enumerate() {
                        f.write_str(if index > 0 { "," } else { "" })?;
                        match element {
                            Some(element) => element.fmt(f)?,
                            None => f.write_str("NULL")?,
                        }
                    }
                }
            }
            f.write_str("}")
        }
        part(f, &self.elements, &self.dimensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Multirange;

    fn lengths<T>(array: &Array<T>) -> Vec<usize> {
        array.dimensions().iter().map(|dimension| dimension.length).collect()
    }

    #[test]
    fn json_is_nested_lists() {
        for (json, dimensions) in [
            ("[]", &[][..]),
            ("[1]", &[1]),
            ("[1,null,3]", &[3]),
            ("[[1,2],[3,null]]", &[2, 2]),
            ("[[[1],[2]],[[3],[4]],[[5],[6]]]", &[3, 2, 1]),
            ("[[[[[[1]]]]]]", &[1, 1, 1, 1, 1, 1]),
        ] {
            let array: Array<i32> = serde_json::from_str(json).unwrap();
            assert_eq!(lengths(&array), dimensions, "{json}");
            assert_eq!(serde_json::to_string(&array).unwrap(), json);
            assert_eq!(serde_json::from_str::<Array<i32>>(json).unwrap(), array);
        }
        for json in [
            "[[1],[2,3]]",
            "[[1],2]",
            "[1,[2]]",
            "[[1],null]",
            "[[[1]],[2]]",
            "[[1],[[2]]]",
            "[[[[[[[1]]]]]]]",
            "[\"a\"]",
            "null",
            "{}",
            "[[1,2],[[3],[4]]]",
        ] {
            assert!(serde_json::from_str::<Array<i32>>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn lists_can_be_elements() {
        let documents: Array<serde_json::Value> = serde_json::from_str("[[1],[2,[3]],null]").unwrap();
        assert_eq!(lengths(&documents), [3]);
        assert_eq!(documents[2], None);
        let json = r#"[[[{"lower":1,"upper":2,"bounds":"[)"}],[]]]"#;
        let ranges: Array<Multirange<i32>> = serde_json::from_str(json).unwrap();
        assert_eq!(lengths(&ranges), [1, 2]);
        assert_eq!(serde_json::to_string(&ranges).unwrap(), json);
    }

    #[test]
    fn dimensions_fit_the_elements() {
        let of = |lengths: &[usize]| lengths.iter().map(|length| Dimension { length: *length, lower: 1 }).collect();
        assert!(Array::new(vec![Some(1), Some(2)], of(&[2, 1])).is_some());
        assert!(Array::new(vec![Some(1), Some(2)], of(&[3])).is_none());
        assert!(Array::new(vec![Some(1)], of(&[])).is_none());
        assert!(Array::<i32>::new(vec![], of(&[])).is_some());
        assert!(Array::<i32>::new(vec![], of(&[0])).is_none());
        assert!(Array::<i32>::new(vec![], of(&[usize::MAX, 2])).is_none());
        assert_eq!(Array::from_elements(vec![Some(1), None]).try_into_vec(), Err(NullElement { index: 1 }));
        assert_eq!(Array::from(vec![1, 2]), Array::from_elements(vec![Some(1), Some(2)]));
        assert_eq!(Array::from(Vec::<i32>::new()), Array::default());
        let matrix: Array<i32> = serde_json::from_str("[[1,2],[3,null]]").unwrap();
        assert_eq!(matrix.to_string(), "{{1,2},{3,NULL}}");
    }
}
