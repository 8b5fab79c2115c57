//! [`ToSql`] for what SQL has and Rust has not: arrays, ranges, sets, hardware addresses, composite values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::scalars::literal;
use super::{Kind, NotNull, Param, ToSql, text};
use crate::enumeration::SqlEnum;
use crate::types::{Array, Dimension, MacAddr, Multirange, Range};

impl ToSql for MacAddr {
    fn to_sql(&self) -> Param {
        literal(
            self,
            match self {
                Self::Eui48(_) => "macaddr",
                Self::Eui64(_) => "macaddr8",
            },
        )
    }

    fn null() -> Param {
        Param::Null(Kind::Literal("macaddr".into()))
    }
}

impl NotNull for MacAddr {}

impl<E: SqlEnum + Ord + Sync> NotNull for BTreeSet<E> {}

impl NotNull for BTreeMap<String, Option<String>> {}

impl<T: ToSql> NotNull for Array<T> {}

impl<T: ToSql> NotNull for Range<T> {}

impl<T: ToSql> NotNull for Multirange<T> {}

/// The labels in the order of their declaration, with commas between them, as MySQL has them.
impl<E: SqlEnum + Ord + Sync> ToSql for BTreeSet<E> {
    fn to_sql(&self) -> Param {
        let labels = E::LABELS.iter().filter(|(variant, _)| self.contains(variant)).map(|(_, label)| *label);
        Param::Text(labels.collect::<Vec<_>>().join(","))
    }

    fn null() -> Param {
        String::null()
    }
}

/// The text form of `hstore`. Which schema that type is in is not known here: in a statement of one's own it is cast, as
/// in `CAST(:pairs AS extensions.hstore)`.
impl ToSql for BTreeMap<String, Option<String>> {
    fn to_sql(&self) -> Param {
        let mut pairs = String::new();
        for (key, value) in self {
            if !pairs.is_empty() {
                pairs.push(',');
            }
            text::quote(key, &mut pairs);
            pairs.push_str("=>");
            match value {
                Some(value) => text::quote(value, &mut pairs),
                None => pairs.push_str("NULL"),
            }
        }
        Param::Literal { text: pairs, sql_type: "".into() }
    }

    fn null() -> Param {
        Param::Null(Kind::Literal("".into()))
    }
}

/// The text form of an array.
impl<T: ToSql> ToSql for Array<T> {
    fn to_sql(&self) -> Param {
        let elements: Vec<Option<Param>> =
            self.iter().map(|element| element.as_ref().map(T::to_sql).filter(|param| !param.is_null())).collect();
        array(&elements, self.dimensions(), &T::null().kind())
    }

    fn null() -> Param {
        Param::Null(Kind::Literal(array_type(&T::null().kind())))
    }
}

/// The text form of a range.
impl<T: ToSql> ToSql for Range<T> {
    fn to_sql(&self) -> Param {
        let mut out = String::new();
        range(&self.as_ref().map(T::to_sql), &mut out);
        Param::Literal { text: out, sql_type: range_type(&T::null().kind(), "range") }
    }

    fn null() -> Param {
        Param::Null(Kind::Literal(range_type(&T::null().kind(), "range")))
    }
}

/// The text form of a multirange.
impl<T: ToSql> ToSql for Multirange<T> {
    fn to_sql(&self) -> Param {
        let mut out = String::from("{");
        for (index, part) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            range(&part.as_ref().map(T::to_sql), &mut out);
        }
        out.push('}');
        Param::Literal { text: out, sql_type: range_type(&T::null().kind(), "multirange") }
    }

    fn null() -> Param {
        Param::Null(Kind::Literal(range_type(&T::null().kind(), "multirange")))
    }
}

/// A value of a composite type, from its fields in their order.
pub fn composite(sql_type: &'static str, fields: &[&dyn ToSql]) -> Param {
    let mut out = String::from("(");
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let field = field.to_sql();
        if !field.is_null() {
            // A field that is quoted is never taken for NULL, and says the same as one that is not.
            text::quote_record(&text::of(&field), &mut out);
        }
    }
    out.push(')');
    Param::Literal { text: out, sql_type: sql_type.into() }
}

/// Lets a struct that stands for a composite type be bound: its SQL type, as it can stand in a cast, and its fields in
/// their order.
///
/// ```
/// use tablature_runtime::{Kind, ToSql};
///
/// struct Size {
///     width: Option<i32>,
///     height: Option<i32>,
/// }
///
/// tablature_runtime::impl_composite!(Size, "shop.size", width, height);
///
/// let size = Size { width: Some(20), height: None };
/// assert_eq!(size.to_sql().kind(), Kind::Literal("shop.size".into()));
/// ```
#[macro_export]
macro_rules! impl_composite {
    ($name:ident, $sql_type:literal $(, $field:ident)* $(,)?) => {
        impl $crate::ToSql for $name {
            fn to_sql(&self) -> $crate::Param {
                $crate::composite($sql_type, &[$(&self.$field),*])
            }

            fn null() -> $crate::Param {
                $crate::Param::Null($crate::Kind::Literal(::std::borrow::Cow::Borrowed($sql_type)))
            }
        }

        impl $crate::NotNull for $name {}
    };
}

/// The text form of an array in the type of `elements`, of which none is NULL by itself.
pub(crate) fn array(elements: &[Option<Param>], dimensions: &[Dimension], kind: &Kind) -> Param {
    let mut out = String::new();
    if dimensions.iter().any(|dimension| dimension.lower != 1) {
        for Dimension { length, lower } in dimensions {
            let upper = i64::from(*lower) + i64::try_from(*length).unwrap_or(i64::MAX) - 1;
            out.push_str(&format!("[{lower}:{upper}]"));
        }
        out.push('=');
    }
    nested(elements, dimensions, &mut out);
    Param::Literal { text: out, sql_type: array_type(kind) }
}

fn nested(elements: &[Option<Param>], dimensions: &[Dimension], out: &mut String) {
    out.push('{');
    if let [outer, inner @ ..] = dimensions
        && !inner.is_empty()
    {
        let length = (elements.len() / outer.length.max(1)).max(1);
        for (index, part) in elements.chunks(length).enumerate() {
            if index > 0 {
                out.push(',');
            }
            nested(part, inner, out);
        }
    } else {
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            match element {
                Some(element) => text::quote(&text::of(element), out),
                None => out.push_str("NULL"),
            }
        }
    }
    out.push('}');
}

fn range(range: &Range<Param>, out: &mut String) {
    let quoted = range.as_ref().map(|bound| {
        let mut quoted = String::new();
        text::quote(&text::of(bound), &mut quoted);
        quoted
    });
    out.push_str(&quoted.to_string());
}

/// The type of arrays of that kind of element; empty where the kind does not tell.
pub(crate) fn array_type(kind: &Kind) -> Cow<'static, str> {
    match kind.postgres_type() {
        "" => "".into(),
        element => format!("{element}[]").into(),
    }
}

/// PostgreSQL's own range types.
fn range_type(kind: &Kind, suffix: &str) -> Cow<'static, str> {
    let prefix = match kind {
        Kind::Int => "int4",
        Kind::BigInt => "int8",
        Kind::Decimal => "num",
        Kind::Date => "date",
        Kind::Timestamp => "ts",
        Kind::Instant => "tstz",
        _ => return "".into(),
    };
    format!("{prefix}{suffix}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal_of(value: &dyn ToSql) -> (String, String) {
        match value.to_sql() {
            Param::Literal { text, sql_type } => (text, sql_type.into_owned()),
            other => panic!("{other:?} is no literal"),
        }
    }

    #[test]
    fn arrays_are_quoted() {
        let texts =
            Array::from_elements(vec![Some("a\"b\\c".to_owned()), None, Some("NULL".to_owned()), Some(String::new())]);
        assert_eq!(literal_of(&texts), (r#"{"a\"b\\c",NULL,"NULL",""}"#.to_owned(), "text[]".to_owned()));
        let matrix = Array::new(
            vec![Some(1_i64), Some(2), None, Some(4)],
            vec![Dimension { length: 2, lower: 0 }, Dimension { length: 2, lower: 1 }],
        )
        .unwrap();
        assert_eq!(literal_of(&matrix), (r#"[0:1][1:2]={{"1","2"},{NULL,"4"}}"#.to_owned(), "bigint[]".to_owned()));
        assert_eq!(literal_of(&Array::<i32>::default()), ("{}".to_owned(), "integer[]".to_owned()));
    }

    #[test]
    fn ranges_and_composites_are_quoted() {
        assert_eq!(literal_of(&Range::from(1..5)), (r#"["1","5")"#.to_owned(), "int4range".to_owned()));
        assert_eq!(literal_of(&Range::<i64>::Empty), ("empty".to_owned(), "int8range".to_owned()));
        let value = composite("public.address", &[&"a \"b\" \\", &Option::<i32>::None, &Some(7)]);
        assert_eq!(
            value,
            Param::Literal { text: r#"("a ""b"" \\",,"7")"#.to_owned(), sql_type: "public.address".into() }
        );
    }
}
