//! What sort of values a Rust type holds.

use crate::rust_source::declared::Enum;

/// What sort of values a type holds, as far as that can be told from the source.
#[derive(Clone, Debug)]
pub(crate) enum Kind<'s> {
    Bool,
    Int {
        bits: u8,
        signed: bool,
    },
    Float {
        bits: u8,
    },
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    /// A time of day with an offset.
    TimeWithOffset,
    /// A date and time of day that does not say where.
    Local,
    /// An instant.
    Instant,
    /// What libraries take for either of the two.
    Moment,
    Interval,
    Uuid,
    /// Any JSON.
    Json,
    /// JSON of a certain form.
    JsonOf,
    /// Names with values.
    Map,
    Net,
    Mac,
    Bits,
    Money,
    Oid,
    List(Box<Kind<'s>>),
    Range(Box<Kind<'s>>),
    /// A range of whatever the type's own name says.
    RangeOf(&'static str),
    /// An enumeration that the sources declare.
    Enum(&'s Enum),
    /// A structure that the sources declare.
    Struct,
    /// A type of the database's own, by its name.
    Named(String),
    /// Whatever the author of the model converts by hand.
    Converted,
    Unknown,
}

const INT: &[(&str, u8, bool)] = &[
    ("i8", 8, true),
    ("i16", 16, true),
    ("i32", 32, true),
    ("i64", 64, true),
    ("isize", 64, true),
    ("u8", 8, false),
    ("u16", 16, false),
    ("u32", 32, false),
    ("u64", 64, false),
    ("usize", 64, false),
    ("NonZeroI8", 8, true),
    ("NonZeroI16", 16, true),
    ("NonZeroI32", 32, true),
    ("NonZeroI64", 64, true),
    ("NonZeroU8", 8, false),
    ("NonZeroU16", 16, false),
    ("NonZeroU32", 32, false),
    ("NonZeroU64", 64, false),
];

/// A type of the standard library or of a crate that is often seen in models, without arguments.
pub(super) fn well_known(name: &str) -> Kind<'static> {
    if let Some((_, bits, signed)) = INT.iter().find(|(known, ..)| *known == name) {
        return Kind::Int { bits: *bits, signed: *signed };
    }
    match name {
        "bool" => Kind::Bool,
        "f32" => Kind::Float { bits: 32 },
        "f64" => Kind::Float { bits: 64 },
        "Decimal" | "BigDecimal" | "PgNumeric" => Kind::Decimal,
        "String" | "str" | "char" | "PgCiText" | "SecretString" | "CompactString" | "SmolStr" => Kind::Text,
        "Bytes" | "BytesMut" => Kind::Bytes,
        "NaiveDate" | "Date" | "ChronoDate" | "TimeDate" => Kind::Date,
        "NaiveTime" | "Time" | "ChronoTime" | "TimeTime" => Kind::Time,
        "PgTimeTz" => Kind::TimeWithOffset,
        // SeaORM's `DateTime` has no zone; that of chrono has an argument.
        "NaiveDateTime" | "PrimitiveDateTime" | "DateTime" | "ChronoDateTime" | "TimeDateTime" => Kind::Local,
        "OffsetDateTime"
        | "UtcDateTime"
        | "Timestamp"
        | "Zoned"
        | "DateTimeUtc"
        | "DateTimeLocal"
        | "DateTimeWithTimeZone"
        | "ChronoDateTimeUtc"
        | "ChronoDateTimeLocal"
        | "ChronoDateTimeWithTimeZone"
        | "TimeDateTimeWithTimeZone" => Kind::Instant,
        "SystemTime" | "ChronoUnixTimestamp" | "TimeUnixTimestamp" => Kind::Moment,
        "PgInterval" | "Interval" | "Duration" | "TimeDelta" | "Span" | "SignedDuration" | "MySqlTime" => {
            Kind::Interval
        }
        "Uuid" | "Hyphenated" | "Simple" => Kind::Uuid,
        "Json" | "JsonValue" | "Value" | "RawValue" | "JsonRawValue" => Kind::Json,
        "Hstore" | "PgHstore" => Kind::Map,
        "IpNetwork" | "Ipv4Network" | "Ipv6Network" | "IpNet" | "Ipv4Net" | "Ipv6Net" | "IpAddr" | "Ipv4Addr"
        | "Ipv6Addr" | "IpInet" | "IpCidr" => Kind::Net,
        "MacAddress" | "MacAddr" | "MacAddr6" | "MacAddr8" => Kind::Mac,
        "BitVec" | "BitString" => Kind::Bits,
        "PgMoney" | "Cents" => Kind::Money,
        "Oid" => Kind::Oid,
        _ => Kind::Unknown,
    }
}

/// A well-known type with arguments, of which the kinds are given.
pub(super) fn well_known_of<'s>(name: &str, mut arguments: Vec<Kind<'s>>) -> Kind<'s> {
    let first = |arguments: &mut Vec<Kind<'s>>| {
        if arguments.is_empty() { Kind::Unknown } else { arguments.swap_remove(0) }
    };
    match name {
        "Box" | "Arc" | "Rc" | "Cow" | "Secret" | "SecretBox" | "Reverse" | "Wrapping" => first(&mut arguments),
        "Vec" | "VecDeque" | "Array" => match first(&mut arguments) {
            Kind::Int { bits: 8, signed: false } if name != "Array" => Kind::Bytes,
            inner => Kind::List(Box::new(inner)),
        },
        "Json" | "Jsonb" => Kind::JsonOf,
        "Text" => Kind::Text,
        "DateTime" | "Zoned" => Kind::Instant,
        "Date" => Kind::Date,
        "NonZero" => first(&mut arguments),
        "HashMap" | "BTreeMap" | "Map" | "IndexMap" => Kind::Map,
        "PgRange" | "Range" | "RangeInclusive" => Kind::Range(Box::new(first(&mut arguments))),
        "PgTimeTz" => Kind::TimeWithOffset,
        _ => Kind::Unknown,
    }
}

/// A type of diesel's in `table!`, without `Nullable`, whose arguments are given.
pub(super) fn of_diesel<'s>(name: &str, mut arguments: Vec<Kind<'s>>) -> Kind<'s> {
    let mut first = || if arguments.is_empty() { Kind::Unknown } else { arguments.swap_remove(0) };
    match name {
        "Bool" => Kind::Bool,
        "TinyInt" | "Tinyint" => Kind::Int { bits: 8, signed: true },
        "SmallInt" | "Int2" | "Smallint" | "SmallSerial" | "Smallserial" => Kind::Int { bits: 16, signed: true },
        "Integer" | "Int4" | "Serial" => Kind::Int { bits: 32, signed: true },
        "BigInt" | "Int8" | "Bigint" | "BigSerial" | "Bigserial" => Kind::Int { bits: 64, signed: true },
        "Unsigned" => match first() {
            Kind::Int { bits, .. } => Kind::Int { bits, signed: false },
            other => other,
        },
        "Float" | "Float4" => Kind::Float { bits: 32 },
        "Double" | "Float8" => Kind::Float { bits: 64 },
        "Numeric" | "Decimal" => Kind::Decimal,
        "Text" | "VarChar" | "Varchar" | "Char" | "Bpchar" | "Citext" | "CiText" | "Tinytext" | "Mediumtext"
        | "Longtext" => Kind::Text,
        "Binary" | "Bytea" | "Blob" | "Tinyblob" | "Mediumblob" | "Longblob" | "Varbinary" => Kind::Bytes,
        "Date" => Kind::Date,
        "Time" => Kind::Time,
        "Timestamp" | "Datetime" => Kind::Local,
        "Timestamptz" | "TimestamptzSqlite" => Kind::Instant,
        "Interval" => Kind::Interval,
        "Uuid" => Kind::Uuid,
        "Json" | "Jsonb" => Kind::Json,
        "Inet" | "Cidr" => Kind::Net,
        "MacAddr" | "Macaddr" | "MacAddr8" | "Macaddr8" => Kind::Mac,
        "Money" => Kind::Money,
        "Oid" => Kind::Oid,
        "Array" => Kind::List(Box::new(first())),
        "Nullable" => first(),
        "Range" | "Multirange" => Kind::Range(Box::new(first())),
        "Int4range" | "Int4multirange" => Kind::RangeOf("int4"),
        "Int8range" | "Int8multirange" => Kind::RangeOf("int8"),
        "Numrange" | "Nummultirange" => Kind::RangeOf("num"),
        "Daterange" | "Datemultirange" => Kind::RangeOf("date"),
        "Tsrange" | "Tsmultirange" => Kind::RangeOf("ts"),
        "Tstzrange" | "Tstzmultirange" => Kind::RangeOf("tstz"),
        _ => Kind::Named(name.to_owned()),
    }
}
