//! SQL types as a tree, and the types that users of a database define.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Check, QName};

/// The type of a column, field or element.
///
/// One vocabulary serves all engines: MySQL's `int unsigned` and PostgreSQL's `integer` are both
/// [`SqlType::Integer`]. What is not known is [`SqlType::Other`], with the text that the server printed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SqlType {
    /// `boolean`.
    Boolean,
    /// A whole number of 8, 16, 24, 32 or 64 bits.
    Integer {
        /// Width in bits.
        bits: u8,
        /// Whether it holds no negative numbers (MySQL).
        #[serde(default, skip_serializing_if = "is_false")]
        unsigned: bool,
        /// The display width, kept for `tinyint(1)` alone, where clients take it for a boolean (MySQL).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<u32>,
    },
    /// A binary floating point number of 32 or 64 bits.
    Float {
        /// Width in bits.
        bits: u8,
        /// Whether it holds no negative numbers (MySQL).
        #[serde(default, skip_serializing_if = "is_false")]
        unsigned: bool,
    },
    /// `numeric(p,s)`.
    Decimal {
        /// The number of significant digits; absent where the type sets no bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
        /// The number of digits after the point; negative rounds to tens, hundreds, … (PostgreSQL 15).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<i32>,
        /// Whether it holds no negative numbers (MySQL).
        #[serde(default, skip_serializing_if = "is_false")]
        unsigned: bool,
    },
    /// `money`, a fixed point amount whose fraction the server's locale sets (PostgreSQL).
    Money,
    /// `char(n)`, padded with blanks.
    Char {
        /// Length in characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    },
    /// `varchar(n)`.
    Varchar {
        /// The most characters that fit; absent where the type sets no bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    },
    /// Text without a length in characters.
    Text {
        /// The most bytes that fit (MySQL: `tinytext` 255, `text` 65 535, …).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_bytes: Option<u64>,
    },
    /// Text that compares without regard to case (PostgreSQL's `citext`).
    CiText,
    /// `binary(n)`, padded with zero bytes (MySQL).
    Binary {
        /// Length in bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    },
    /// `varbinary(n)` (MySQL).
    Varbinary {
        /// The most bytes that fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    },
    /// Bytes without a declared length: `bytea`, `blob`.
    Blob {
        /// The most bytes that fit (MySQL: `tinyblob` 255, `blob` 65 535, …).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_bytes: Option<u64>,
    },
    /// `bit(n)` and, with `varying`, `bit varying(n)`.
    Bit {
        /// Length in bits; absent where the type sets no bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
        /// Whether shorter values keep their length.
        #[serde(default, skip_serializing_if = "is_false")]
        varying: bool,
    },
    /// `date`.
    Date,
    /// `time`; in MySQL a span of -838:59:59 to 838:59:59.
    Time {
        /// Digits of a second's fraction; absent means the engine's default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
        /// Whether an offset is kept (`time with time zone`).
        #[serde(default, skip_serializing_if = "is_false")]
        zone: bool,
    },
    /// `timestamp`; in MySQL `datetime` and, with `zone`, `timestamp`.
    Timestamp {
        /// Digits of a second's fraction; absent means the engine's default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
        /// Whether the value is an instant (`timestamp with time zone`).
        #[serde(default, skip_serializing_if = "is_false")]
        zone: bool,
    },
    /// `interval` (PostgreSQL).
    Interval {
        /// The fields that are kept, such as `year to month`; absent means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fields: Option<String>,
        /// Digits of a second's fraction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
    },
    /// `year` (MySQL): 0 and 1901 to 2155.
    Year,
    /// `year(2)` (MariaDB): the last two digits of the years from 1970 to 2069.
    TwoDigitYear,
    /// `uuid`.
    Uuid,
    /// JSON.
    Json {
        /// Whether the stored form is decomposed (`jsonb`).
        #[serde(default, skip_serializing_if = "is_false")]
        binary: bool,
    },
    /// `xml`.
    Xml,
    /// An IP address, with an optional prefix length on PostgreSQL.
    Inet {
        /// The only IP version that fits (MariaDB: `inet4`, `inet6`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u8>,
    },
    /// An IP network (PostgreSQL).
    Cidr,
    /// A hardware address of 6 or 8 bytes (PostgreSQL).
    MacAddr {
        /// Length in bytes.
        bytes: u8,
    },
    /// A plane figure of PostgreSQL's: `point`, `line`, `lseg`, `box`, `path`, `polygon`, `circle`.
    Geometric {
        /// The figure's name.
        shape: String,
    },
    /// A spatial value of MySQL's: `geometry`, `point`, `linestring`, ….
    Geometry {
        /// The shape's name in lower case.
        shape: String,
        /// The spatial reference system, where one is prescribed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        srid: Option<u32>,
    },
    /// A built-in type without parameters that has a name and nothing more: `oid`, `name`, `"char"`, `tsvector`,
    /// `pg_lsn`, `regclass`, `jsonpath`, `xid8`, … (PostgreSQL).
    Builtin {
        /// The name in `pg_catalog`.
        name: String,
    },
    /// An enumerated type with a name of its own.
    Enum {
        /// Where to find it in the catalog.
        name: QName,
    },
    /// An enumeration that a column declares for itself (MySQL's `enum`).
    InlineEnum {
        /// The labels in declared order.
        labels: Vec<String>,
    },
    /// Any number of labels out of a list (MySQL's `set`).
    Set {
        /// The labels in declared order.
        labels: Vec<String>,
    },
    /// A domain.
    Domain {
        /// Where to find it in the catalog.
        name: QName,
    },
    /// A composite type; a table's row type is one too.
    Composite {
        /// Where to find it: among the composites, else among the relations.
        name: QName,
    },
    /// An array. PostgreSQL does not hold values to the declared number of dimensions.
    Array {
        /// The type of the elements.
        element: Box<SqlType>,
        /// The declared number of dimensions, at least 1.
        dimensions: u32,
    },
    /// A range or, with `multi`, a multirange.
    Range {
        /// The type whose values it spans.
        subtype: Box<SqlType>,
        /// The type's own name: in `pg_catalog` for a built-in one.
        name: QName,
        /// Whether it is a set of disjoint ranges.
        #[serde(default, skip_serializing_if = "is_false")]
        multi: bool,
    },
    /// A vector of 32 bit numbers (pgvector, MariaDB 11.7, MySQL 9).
    Vector {
        /// The number of elements; absent where the type sets none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dimensions: Option<u32>,
    },
    /// A type that an extension brought and that is not one of the above.
    Extension {
        /// The extension.
        extension: String,
        /// The type's name; the schema it was installed into is the deployment's affair.
        name: String,
    },
    /// A declared type that the engine knows only by its affinity (SQLite).
    Affinity {
        /// The affinity that the declared type implies.
        affinity: Affinity,
    },
    /// No declared type: every value keeps the type it came with (SQLite).
    Untyped,
    /// Something else. It travels as text, and a diagnostic says so.
    Other {
        /// The type as the server prints it.
        raw: String,
    },
}

/// What SQLite prefers to store in a column. Source: "Datatypes In SQLite", section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Affinity {
    /// The declared type contains `INT`.
    Integer,
    /// … `CHAR`, `CLOB` or `TEXT`.
    Text,
    /// … `BLOB`.
    Blob,
    /// … `REAL`, `FLOA` or `DOUB`.
    Real,
    /// Anything else.
    Numeric,
}

impl SqlType {
    /// A signed whole number of that many bits.
    pub fn integer(bits: u8) -> Self {
        Self::Integer { bits, unsigned: false, width: None }
    }

    /// A type of `pg_catalog` that has a name and nothing more.
    pub fn builtin(name: impl Into<String>) -> Self {
        Self::Builtin { name: name.into() }
    }

    /// The types directly inside this one: an array's element, a range's subtype.
    pub fn inner(&self) -> Option<&SqlType> {
        match self {
            Self::Array { element, .. } => Some(element),
            Self::Range { subtype, .. } => Some(subtype),
            _ => None,
        }
    }
}

/// An enumerated type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnumType {
    /// Its name.
    #[serde(flatten)]
    pub name: QName,
    /// The labels in the order in which they compare.
    pub labels: Vec<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A domain: another type, narrowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Its name.
    #[serde(flatten)]
    pub name: QName,
    /// The type that it narrows, which may be a domain too.
    #[serde(rename = "type")]
    pub ty: SqlType,
    /// The base type as the server prints it.
    pub raw: String,
    /// Whether NULL is refused.
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_null: bool,
    /// The default, an SQL expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The checks; the value is called `VALUE` in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The collation, where it is not the base type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A composite type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompositeType {
    /// Its name.
    #[serde(flatten)]
    pub name: QName,
    /// The fields in order. Each of them may be NULL, whatever its type.
    pub fields: Vec<Field>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A field of a composite type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: SqlType,
    /// The type as the server prints it.
    pub raw: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A range type that a user created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RangeType {
    /// Its name.
    #[serde(flatten)]
    pub name: QName,
    /// The type whose values it spans.
    pub subtype: SqlType,
    /// The name of its multirange type (PostgreSQL 14).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multirange: Option<QName>,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl fmt::Display for Affinity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
            Self::Real => "REAL",
            Self::Numeric => "NUMERIC",
        })
    }
}

pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
