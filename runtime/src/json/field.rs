//! Fields of records in the forms of the modules beside this one.

/// Gives a module with a `serialize` and a `deserialize` the field that goes through them.
macro_rules! field_as {
    ($param:ident: [$($read:tt)+], [$($write:tt)+] => $of:ty) => {
        /// A field of a [`Columnar`](crate::Columnar) in this form: `As(price)` where it is read, `As(&self.price)` where it is
        /// written.
        #[derive(Clone, Copy, Debug)]
        pub struct As<T>(pub T);

        impl<$param: $crate::FromSql + $($read)+> $crate::Field for As<$of> {
            type Value = $of;

            fn from_value(value: $of) -> Self {
                Self(value)
            }

            fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize(deserializer).map(Self)
            }

            fn missing<E: serde::de::Error>(name: &'static str, is_form: bool) -> Result<Self, E> {
                let absent = if is_form { <$of as $crate::FromSql>::from_null() } else { None };
                absent.map(Self).ok_or_else(|| E::missing_field(name))
            }
        }

        impl<'a, $param: $crate::ToSql + $($write)+ + PartialEq + std::fmt::Debug> $crate::FieldRef<'a> for As<&'a $of> {
            fn value(self) -> &'a dyn $crate::ToSql {
                self.0
            }

            fn write<S: serde::ser::SerializeStruct>(self, name: &'static str, out: &mut S) -> Result<(), S::Error> {
                out.serialize_field(name, &Written(self.0))
            }

            fn equals(self, other: Self) -> bool {
                self.0 == other.0
            }

            fn debug(self) -> &'a dyn std::fmt::Debug {
                self.0
            }
        }

        struct Written<'a, T>(&'a T);

        impl<$param: $($write)+> serde::Serialize for Written<'_, $of> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize(self.0, serializer)
            }
        }
    };
}

pub(super) use field_as;
