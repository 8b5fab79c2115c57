//! Key types: a Rust type of its own for the values of one key.

/// Gives a key type the rest: it can be read from rows, converted from and to what it wraps, and is written as that, as
/// text, in JSON and in cache keys.
///
/// Where JSON needs another form than serde gives to what is wrapped, the module of [`json`](crate::json) for it is the
/// third argument: `impl_key!(RateId, Decimal, tablature_runtime::json::decimal)`.
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
/// pub struct BookId(pub i64);
///
/// tablature_runtime::impl_key!(BookId, i64);
///
/// assert_eq!(BookId::from(42).to_string(), "42");
/// assert_eq!(serde_json::from_str::<BookId>("42")?, BookId(42));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! impl_key {
    ($name:ident, $inner:ty) => {
        $crate::impl_key!(@common $name, $inner);

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error>
            where
                S: $crate::__private::serde::Serializer,
            {
                $crate::__private::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: $crate::__private::serde::Deserializer<'de>,
            {
                <$inner as $crate::__private::serde::Deserialize>::deserialize(deserializer).map(Self)
            }
        }
    };
    ($name:ident, $inner:ty, $($form:ident)::+) => {
        $crate::impl_key!(@common $name, $inner);

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error>
            where
                S: $crate::__private::serde::Serializer,
            {
                $($form)::+::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: $crate::__private::serde::Deserializer<'de>,
            {
                $($form)::+::deserialize(deserializer).map(Self)
            }
        }
    };
    (@common $name:ident, $inner:ty) => {
        impl $crate::FromSql for $name {
            fn from_sql(value: $crate::Value<'_>) -> ::core::result::Result<Self, $crate::ValueError> {
                <$inner as $crate::FromSql>::from_sql(value).map(Self)
            }
        }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row<'_>) -> ::core::result::Result<Self, $crate::RowError> {
                row.get_at(0)
            }
        }

        impl $crate::ToSql for $name {
            fn to_sql(&self) -> $crate::Param {
                $crate::ToSql::to_sql(&self.0)
            }

            fn null() -> $crate::Param {
                <$inner as $crate::ToSql>::null()
            }
        }

        impl $crate::NotNull for $name {}

        impl $crate::KeyPart for $name {
            fn write_key(&self, out: &mut $crate::KeyWriter) {
                $crate::KeyPart::write_key(&self.0, out);
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::core::convert::From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl ::core::convert::From<$name> for $inner {
            fn from(key: $name) -> Self {
                key.0
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::value::{FromSql, SqliteData, Value};
    use crate::{Decimal, cache_key};

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Id(i64);
    crate::impl_key!(Id, i64);

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Code(String);
    crate::impl_key!(Code, String);

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Rate(Decimal);
    crate::impl_key!(Rate, Decimal, crate::json::decimal);

    #[test]
    fn keys_are_what_they_wrap() {
        assert_eq!(Id::from_sql(Value::Sqlite(SqliteData::Integer(7))), Ok(Id(7)));
        assert_eq!(i64::from(Id::from(7)), 7);
        assert_eq!(Code("a".into()).to_string(), "a");
        let json = serde_json::to_string(&(Id(7), Code("a".into()), Rate(Decimal::new(150, 2)))).unwrap();
        assert_eq!(json, r#"[7,"a","1.50"]"#);
        let (id, code, rate): (Id, Code, Rate) = serde_json::from_str(&json).unwrap();
        assert_eq!((id.0, code.0.as_str(), rate.0.scale()), (7, "a", 2));
        let relation = crate::Relation { schema: "s", name: "t", layout: "0a1b2c3d", ..crate::Relation::EMPTY };
        assert_eq!(cache_key("p", &relation, "pk", &[&id, &rate]), "p:s.t:0a1b2c3d:pk:7:1.5");
    }
}
