//! One value, by what serde asks for.

use std::borrow::Cow;

use chrono::SecondsFormat;
use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, SeqAccess, VariantAccess, Visitor};

use super::Label;
use super::error::DeError;
use crate::error::ValueError;
use crate::value::{Elements, Fields, MysqlData, SqliteData, Value, pg_type};

/// A value or NULL.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r> {
    pub(super) value: Option<Value<'r>>,
    pub(super) sql_type: &'r str,
}

/// What kind of value it is, for types that do not say what they want.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Integer,
    Float,
    Numeric,
    Date,
    Time,
    Timestamp,
    Instant,
    Interval,
    Uuid,
    Json,
    Bytes,
    Network,
    MacAddr,
    Bits,
    Array,
    Record,
    /// Text, and all that has no other form.
    Text,
}

impl<'r> Cell<'r> {
    fn value(&self) -> Result<Value<'r>, DeError> {
        self.value.ok_or(DeError::Value(ValueError::Null))
    }

    fn kind(&self, value: &Value<'_>) -> Kind {
        match value {
            Value::Postgres(value) if value.type_name.ends_with("[]") => Kind::Array,
            Value::Postgres(value) => postgres_kind(value.oid),
            Value::Mysql(value) => match value.data {
                MysqlData::Int(_) | MysqlData::UInt(_) if value.type_name == "BOOLEAN" => Kind::Bool,
                MysqlData::Int(_) | MysqlData::UInt(_) => Kind::Integer,
                MysqlData::Float(_) | MysqlData::Double(_) => Kind::Float,
                MysqlData::Bit(_) => Kind::Integer,
                MysqlData::Decimal(_) => Kind::Numeric,
                MysqlData::Date(_) => Kind::Date,
                MysqlData::Time(_) => Kind::Time,
                MysqlData::DateTime(_) if value.type_name == "TIMESTAMP" => Kind::Instant,
                MysqlData::DateTime(_) => Kind::Timestamp,
                MysqlData::Bytes(_) => match value.type_name {
                    "JSON" => Kind::Json,
                    "BLOB" | "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" | "BINARY" | "VARBINARY" | "GEOMETRY" => {
                        Kind::Bytes
                    }
                    _ => Kind::Text,
                },
            },
            Value::Sqlite(SqliteData::Integer(_)) => Kind::Integer,
            Value::Sqlite(SqliteData::Real(_)) => Kind::Float,
            Value::Sqlite(SqliteData::Text(_)) => Kind::Text,
            Value::Sqlite(SqliteData::Blob(_)) => Kind::Bytes,
        }
    }

    /// The text form, of whatever has one that types are read from.
    fn text(&self) -> Result<Cow<'r, str>, DeError> {
        let value = self.value()?;
        Ok(match self.kind(&value) {
            Kind::Numeric => Cow::Owned(value.numeric()?.to_big_decimal().to_plain_string()),
            // Each of these is a text in serde, and in the form that chrono's types are read from.
            Kind::Date => Cow::Owned(value.date()?.to_string()),
            Kind::Time => Cow::Owned(value.time()?.to_string()),
            Kind::Timestamp => Cow::Owned(value.timestamp()?.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
            Kind::Instant => Cow::Owned(value.instant()?.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Kind::Interval => Cow::Owned(value.interval()?.to_string()),
            Kind::Uuid => Cow::Owned(value.uuid()?.to_string()),
            Kind::Network => Cow::Owned(value.network()?.to_string()),
            Kind::MacAddr => Cow::Owned(value.mac_address()?.to_string()),
            Kind::Bits => Cow::Owned(value.bits()?.to_string()),
            Kind::Json => match value.json()? {
                serde_json::Value::String(text) => Cow::Owned(text),
                _ => return Err(self.mismatch()),
            },
            _ => value.text()?,
        })
    }

    fn mismatch(&self) -> DeError {
        DeError::Value(ValueError::mismatch(self.sql_type.to_owned()))
    }

    /// A document; the text of one where the value is text.
    fn json(&self) -> Result<serde_json::Value, DeError> {
        let value = self.value()?;
        match self.kind(&value) {
            Kind::Json => Ok(value.json()?),
            Kind::Text => {
                let text = value.text()?;
                serde_json::from_str(&text).map_err(|_| ValueError::malformed("it is not a JSON document").into())
            }
            _ => Err(self.mismatch()),
        }
    }
}

fn postgres_kind(oid: u32) -> Kind {
    match oid {
        pg_type::BOOL => Kind::Bool,
        pg_type::INT2 | pg_type::INT4 | pg_type::INT8 | pg_type::OID => Kind::Integer,
        pg_type::FLOAT4 | pg_type::FLOAT8 => Kind::Float,
        pg_type::NUMERIC => Kind::Numeric,
        pg_type::DATE => Kind::Date,
        pg_type::TIME => Kind::Time,
        pg_type::TIMESTAMP => Kind::Timestamp,
        pg_type::TIMESTAMPTZ => Kind::Instant,
        pg_type::INTERVAL => Kind::Interval,
        pg_type::UUID => Kind::Uuid,
        pg_type::JSON | pg_type::JSONB => Kind::Json,
        pg_type::BYTEA => Kind::Bytes,
        pg_type::INET | pg_type::CIDR => Kind::Network,
        pg_type::MACADDR | pg_type::MACADDR8 => Kind::MacAddr,
        pg_type::BIT | pg_type::VARBIT => Kind::Bits,
        pg_type::RECORD => Kind::Record,
        // Inside of another value, nothing but the identifier is known, and arrays have built-in ones without a name here.
        _ if pg_type::name(oid).is_none() && !pg_type::is_unknown(oid) => Kind::Array,
        _ => Kind::Text,
    }
}

/// What a document is not read as. serde_json's own words quote what is in it.
fn unfit(error: serde_json::Error) -> DeError {
    let error = error.to_string();
    let why = match error.split_once("missing field `").and_then(|(_, rest)| rest.split_once('`')) {
        Some((field, _)) => format!("the document has no field {field:?}"),
        None => "the document is not of the type's form".to_owned(),
    };
    ValueError::malformed(why).into()
}

/// Methods that read numbers of one family.
macro_rules! numbers {
    ($($method:ident: $visit:ident($type:ty);)+) => {
        $(
            fn $method<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
                match self.json_scalar()? {
                    Some(document) => document.$method(visitor).map_err(unfit),
                    None => visitor.$visit(<$type as crate::FromSql>::from_sql(self.value()?)?),
                }
            }
        )+
    };
}

impl Cell<'_> {
    /// The document, where the value is JSON.
    fn json_scalar(&self) -> Result<Option<serde_json::Value>, DeError> {
        let value = self.value()?;
        if self.kind(&value) == Kind::Json { Ok(Some(value.json()?)) } else { Ok(None) }
    }
}

impl<'r> Deserializer<'r> for Cell<'r> {
    type Error = DeError;

    numbers! {
        deserialize_bool: visit_bool(bool);
        deserialize_i8: visit_i8(i8);
        deserialize_i16: visit_i16(i16);
        deserialize_i32: visit_i32(i32);
        deserialize_i64: visit_i64(i64);
        deserialize_i128: visit_i128(i128);
        deserialize_u8: visit_u8(u8);
        deserialize_u16: visit_u16(u16);
        deserialize_u32: visit_u32(u32);
        deserialize_u64: visit_u64(u64);
        deserialize_f32: visit_f32(f32);
        deserialize_f64: visit_f64(f64);
    }

    fn deserialize_u128<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        let number = self.value()?.integer()?;
        visitor.visit_u128(u128::try_from(number).map_err(|_| ValueError::unheld(number.to_string()))?)
    }

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        let Some(value) = self.value else { return visitor.visit_unit() };
        match self.kind(&value) {
            Kind::Bool => self.deserialize_bool(visitor),
            Kind::Integer => match value.integer()? {
                number if i64::try_from(number).is_ok() => visitor.visit_i64(number as i64),
                number if u64::try_from(number).is_ok() => visitor.visit_u64(number as u64),
                number => visitor.visit_i128(number),
            },
            Kind::Float => visitor.visit_f64(value.float()?),
            Kind::Bytes => self.deserialize_bytes(visitor),
            Kind::Json => value.json()?.deserialize_any(visitor).map_err(unfit),
            Kind::Array | Kind::Record => self.deserialize_seq(visitor),
            _ => self.deserialize_string(visitor),
        }
    }

    fn deserialize_char<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    /// For types that are read from text, such as dates; `String` asks for [`deserialize_string`](Self::deserialize_string).
    fn deserialize_str<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        let text = self.text()?;
        // SQLite's own functions write a blank where ISO 8601, and chrono with it, has a T.
        let text = match (&self.value, text.as_bytes()) {
            (Some(Value::Sqlite(_)), [_, _, _, _, b'-', _, _, b'-', _, _, b' ', _, _, b':', ..]) => {
                Cow::Owned(text.replacen(' ', "T", 1))
            }
            _ => text,
        };
        Label(text).deserialize_any(visitor)
    }

    fn deserialize_string<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        Label(self.text()?).deserialize_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        let value = self.value()?;
        // A UUID asks for its bytes where a format is not for human readers; here it never does.
        match value.bytes()? {
            Cow::Borrowed(bytes) => visitor.visit_borrowed_bytes(bytes),
            Cow::Owned(bytes) => visitor.visit_byte_buf(bytes),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        match self.value {
            Some(_) => visitor.visit_some(self),
            None => visitor.visit_none(),
        }
    }

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        if self.value.is_none() { visitor.visit_unit() } else { Err(self.mismatch()) }
    }

    fn deserialize_unit_struct<V: Visitor<'r>>(self, _: &'static str, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(self, _: &'static str, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        let value = self.value()?;
        match self.kind(&value) {
            Kind::Array => {
                let elements = value.elements()?;
                if elements.dimensions().len() > 1 {
                    return Err(ValueError::unheld("an array of several dimensions").into());
                }
                visitor.visit_seq(Array(elements))
            }
            Kind::Record => visitor.visit_seq(Record(value.fields()?)),
            Kind::Bytes => {
                let bytes = value.bytes()?;
                visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied()))
            }
            // A user's own type says nothing of itself: its arrays and composite values are known by their form only.
            Kind::Text if matches!(value, Value::Postgres(value) if pg_type::is_unknown(value.oid)) => {
                match value.elements() {
                    Ok(elements) if elements.dimensions().len() <= 1 => visitor.visit_seq(Array(elements)),
                    _ => visitor.visit_seq(Record(value.fields()?)),
                }
            }
            _ => self.json()?.deserialize_seq(visitor).map_err(unfit),
        }
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, _: usize, visitor: V) -> Result<V::Value, DeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        let value = self.value()?;
        if let Value::Postgres(postgres) = value
            && pg_type::is_unknown(postgres.oid)
        {
            // hstore
            let pairs = value.pairs()?.into_iter().map(|(key, value)| (key, value.into()));
            return serde_json::Value::Object(pairs.collect()).deserialize_map(visitor).map_err(unfit);
        }
        self.json()?.deserialize_map(visitor).map_err(unfit)
    }

    fn deserialize_struct<V: Visitor<'r>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        let value = self.value()?;
        if let Value::Postgres(postgres) = value
            && (pg_type::is_unknown(postgres.oid) || postgres.oid == pg_type::RECORD)
        {
            // A composite value has its fields in the order of its type, as a derived struct reads a sequence.
            return visitor.visit_seq(Record(value.fields()?));
        }
        self.json()?.deserialize_struct(name, fields, visitor).map_err(unfit)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeError> {
        match self.json_scalar()? {
            Some(document) => document.deserialize_enum(name, variants, visitor).map_err(unfit),
            None => visitor.visit_enum(Label(self.text()?)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, DeError> {
        visitor.visit_unit()
    }
}

/// An element or a field, whose type PostgreSQL tells with the value.
fn part(value: Option<Value<'_>>) -> Cell<'_> {
    Cell { value, sql_type: "a part of it" }
}

struct Array<'r>(Elements<'r>);

impl<'r> SeqAccess<'r> for Array<'r> {
    type Error = DeError;

    fn next_element_seed<S: DeserializeSeed<'r>>(&mut self, seed: S) -> Result<Option<S::Value>, DeError> {
        let Some(element) = self.0.advance() else { return Ok(None) };
        seed.deserialize(part(element?)).map(Some)
    }
}

struct Record<'r>(Fields<'r>);

impl<'r> SeqAccess<'r> for Record<'r> {
    type Error = DeError;

    fn next_element_seed<S: DeserializeSeed<'r>>(&mut self, seed: S) -> Result<Option<S::Value>, DeError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        seed.deserialize(part(self.0.advance()?)).map(Some)
    }
}

impl<'r> EnumAccess<'r> for Label<'r> {
    type Error = DeError;
    type Variant = Unit;

    fn variant_seed<S: DeserializeSeed<'r>>(self, seed: S) -> Result<(S::Value, Unit), DeError> {
        Ok((seed.deserialize(self)?, Unit))
    }
}

/// The rest of a label.
pub(super) struct Unit;

impl Unit {
    fn refuse<T>() -> Result<T, DeError> {
        Err(DeError::custom("a label stands for a variant without data"))
    }
}

impl<'r> VariantAccess<'r> for Unit {
    type Error = DeError;

    fn unit_variant(self) -> Result<(), DeError> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'r>>(self, _: S) -> Result<S::Value, DeError> {
        Self::refuse()
    }

    fn tuple_variant<V: Visitor<'r>>(self, _: usize, _: V) -> Result<V::Value, DeError> {
        Self::refuse()
    }

    fn struct_variant<V: Visitor<'r>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, DeError> {
        Self::refuse()
    }
}
