//! Whether a column of an SQL type can be read into a Rust type, and written from it.
//!
//! The answer is the drivers': what sqlx, SeaORM and diesel refuse is wrong, and what they take is right, whatever this
//! tablature would have made of it. What is in no table here is neither.

use super::Dialect;
use super::kind::Kind;
use crate::catalog::{Affinity, Catalog, Engine, SqlType};

/// Whether two types go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    /// One of them is not understood.
    Unknown,
}

fn fit(is_right: bool) -> Fit {
    if is_right { Fit::Yes } else { Fit::No }
}

/// Whether values of a column are read into a kind of type by a library.
pub(super) fn fits(catalog: &Catalog, dialect: Dialect, ty: &SqlType, kind: &Kind<'_>) -> Fit {
    let ty = base(catalog, ty);
    match kind {
        Kind::Unknown => return Fit::Unknown,
        Kind::Converted => return Fit::Yes,
        Kind::Named(name) => return named(name, ty),
        // A structure may be a composite type, or read itself from whatever it likes.
        Kind::Struct => {
            let is_document = matches!(ty, SqlType::Json { .. } | SqlType::Composite { .. });
            return if is_document && dialect == Dialect::Serde { Fit::Yes } else { Fit::Unknown };
        }
        _ => {}
    }
    match (dialect, catalog.engine) {
        (Dialect::Serde, engine) => of_serde(catalog, engine, ty, kind),
        (_, Engine::Sqlite) => of_sqlite(ty, kind),
        (_, Engine::Mysql | Engine::Mariadb) => of_mysql(dialect, ty, kind),
        (_, Engine::Postgres) => of_postgres(catalog, dialect, ty, kind),
    }
}

/// The type below domains.
pub(super) fn base<'c>(catalog: &'c Catalog, mut ty: &'c SqlType) -> &'c SqlType {
    while let SqlType::Domain { name } = ty {
        match catalog.domain(name) {
            Some(domain) => ty = &domain.ty,
            None => break,
        }
    }
    ty
}

/// A type of the database's own that a model calls by its name.
fn named(name: &str, ty: &SqlType) -> Fit {
    let is = |other: &str| other.eq_ignore_ascii_case(name.rsplit('.').next().unwrap_or(name).trim_matches('"'));
    match ty {
        SqlType::Enum { name } | SqlType::Composite { name } | SqlType::Range { name, .. } => fit(is(&name.name)),
        SqlType::InlineEnum { .. } => fit(is("enum")),
        SqlType::Set { .. } => fit(is("set")),
        SqlType::Builtin { name } | SqlType::Extension { name, .. } if is(name) => Fit::Yes,
        _ => Fit::Unknown,
    }
}

fn is_text(ty: &SqlType) -> bool {
    match ty {
        SqlType::Char { .. } | SqlType::Varchar { .. } | SqlType::Text { .. } | SqlType::CiText | SqlType::Xml => true,
        SqlType::Affinity { affinity } => *affinity == Affinity::Text,
        SqlType::Builtin { name } => name == "name",
        _ => false,
    }
}

fn is_bytes(ty: &SqlType) -> bool {
    matches!(ty, SqlType::Binary { .. } | SqlType::Varbinary { .. } | SqlType::Blob { .. })
}

fn of_postgres(catalog: &Catalog, dialect: Dialect, ty: &SqlType, kind: &Kind<'_>) -> Fit {
    let is_diesel = dialect == Dialect::Diesel;
    match ty {
        ty if is_text(ty) => fit(matches!(kind, Kind::Text | Kind::Enum(_))),
        ty if is_bytes(ty) => fit(matches!(kind, Kind::Bytes)),
        SqlType::Boolean => fit(matches!(kind, Kind::Bool)),
        SqlType::Integer { bits, .. } => match kind {
            Kind::Int { bits: found, signed } => fit(found == bits && *signed),
            // An enumeration may stand for numbers.
            Kind::Enum(_) => Fit::Yes,
            _ => Fit::No,
        },
        SqlType::Float { bits, .. } => fit(matches!(kind, Kind::Float { bits: found } if found == bits)),
        SqlType::Decimal { .. } => fit(matches!(kind, Kind::Decimal)),
        SqlType::Money => match kind {
            Kind::Money | Kind::Int { bits: 64, .. } => Fit::Yes,
            Kind::Bool | Kind::Text | Kind::Float { .. } => Fit::No,
            _ => Fit::Unknown,
        },
        SqlType::Bit { .. } => fit(matches!(kind, Kind::Bits)),
        SqlType::Date => fit(matches!(kind, Kind::Date)),
        SqlType::Time { zone: false, .. } => fit(matches!(kind, Kind::Time)),
        SqlType::Time { zone: true, .. } => fit(matches!(kind, Kind::TimeWithOffset)),
        SqlType::Timestamp { zone: false, .. } => fit(matches!(kind, Kind::Local | Kind::Moment)),
        SqlType::Timestamp { zone: true, .. } => {
            fit(matches!(kind, Kind::Instant | Kind::Moment) || is_diesel && matches!(kind, Kind::Local))
        }
        SqlType::Interval { .. } => fit(matches!(kind, Kind::Interval)),
        SqlType::Uuid => fit(matches!(kind, Kind::Uuid)),
        SqlType::Json { .. } => match kind {
            Kind::Json | Kind::JsonOf => Fit::Yes,
            // Libraries build documents of them, in ways that do not show here.
            Kind::Map | Kind::Enum(_) | Kind::List(_) => Fit::Unknown,
            _ => Fit::No,
        },
        SqlType::Inet { .. } | SqlType::Cidr => fit(matches!(kind, Kind::Net)),
        SqlType::MacAddr { .. } => match kind {
            Kind::Mac => Fit::Yes,
            Kind::Bytes => Fit::Unknown,
            _ => Fit::No,
        },
        SqlType::Enum { .. } => fit(matches!(kind, Kind::Enum(_))),
        SqlType::Array { element, .. } => match kind {
            Kind::List(inner) => fits(catalog, dialect, element, inner),
            _ => Fit::No,
        },
        SqlType::Range { subtype, name, .. } => match kind {
            Kind::Range(inner) => fits(catalog, dialect, subtype, inner),
            Kind::RangeOf(of) => fit(name.name.starts_with(*of)),
            _ => Fit::No,
        },
        SqlType::Extension { extension, .. } if extension == "hstore" && matches!(kind, Kind::Map) => Fit::Yes,
        SqlType::Builtin { name } if name == "oid" => {
            fit(matches!(kind, Kind::Oid | Kind::Int { bits: 32, signed: false }))
        }
        _ => Fit::Unknown,
    }
}

fn of_mysql(dialect: Dialect, ty: &SqlType, kind: &Kind<'_>) -> Fit {
    match ty {
        // Their texts and bytes are one on the wire.
        ty if is_text(ty) => {
            fit(matches!(kind, Kind::Text | Kind::Enum(_) | Kind::Bytes | Kind::Json | Kind::JsonOf | Kind::Uuid))
        }
        SqlType::Binary { .. } => fit(matches!(kind, Kind::Bytes | Kind::Uuid)),
        ty if is_bytes(ty) => fit(matches!(kind, Kind::Bytes | Kind::Json | Kind::JsonOf)),
        SqlType::Boolean => fit(matches!(kind, Kind::Bool | Kind::Int { .. })),
        SqlType::Integer { bits, unsigned, .. } => match kind {
            Kind::Bool => fit(*bits == 8 || dialect == Dialect::Sqlx),
            Kind::Int { bits: found, signed } if dialect == Dialect::Diesel => {
                fit(*found == bits.next_power_of_two() && *signed != *unsigned)
            }
            Kind::Int { bits: found, signed } => fit(*found >= *bits && *signed != *unsigned),
            Kind::Enum(_) => Fit::Yes,
            _ => Fit::No,
        },
        SqlType::Float { .. } => fit(matches!(kind, Kind::Float { .. })),
        SqlType::Decimal { .. } => fit(matches!(kind, Kind::Decimal)),
        SqlType::Bit { length, .. } => match kind {
            Kind::Bool => fit(length.unwrap_or(1) == 1),
            Kind::Int { .. } | Kind::Bytes => Fit::Yes,
            _ => Fit::No,
        },
        SqlType::Date => fit(matches!(kind, Kind::Date)),
        SqlType::Time { .. } => fit(matches!(kind, Kind::Time | Kind::Interval)),
        SqlType::Timestamp { .. } => fit(matches!(kind, Kind::Local | Kind::Instant | Kind::Moment)),
        SqlType::Year | SqlType::TwoDigitYear => fit(matches!(kind, Kind::Int { .. })),
        SqlType::Json { .. } => match kind {
            Kind::Json | Kind::JsonOf | Kind::Text => Fit::Yes,
            Kind::Map | Kind::Enum(_) | Kind::List(_) => Fit::Unknown,
            _ => Fit::No,
        },
        SqlType::Uuid => fit(matches!(kind, Kind::Uuid | Kind::Text | Kind::Bytes)),
        SqlType::Inet { .. } => fit(matches!(kind, Kind::Net | Kind::Text)),
        SqlType::InlineEnum { .. } => fit(matches!(kind, Kind::Enum(_) | Kind::Text)),
        SqlType::Set { .. } => fit(matches!(kind, Kind::Text)),
        _ => Fit::Unknown,
    }
}

/// SQLite keeps what it is given, so that a type of the declaration's family is right.
fn of_sqlite(ty: &SqlType, kind: &Kind<'_>) -> Fit {
    let is_number = matches!(kind, Kind::Int { .. } | Kind::Float { .. });
    match ty {
        ty if is_text(ty) => fit(!(is_number || matches!(kind, Kind::Bool | Kind::Bytes | Kind::List(_)))),
        ty if is_bytes(ty) => fit(matches!(kind, Kind::Bytes | Kind::Uuid | Kind::Json | Kind::JsonOf)),
        SqlType::Affinity { affinity: Affinity::Blob } => fit(matches!(kind, Kind::Bytes | Kind::Uuid)),
        SqlType::Boolean => fit(matches!(kind, Kind::Bool | Kind::Int { .. })),
        SqlType::Integer { .. } | SqlType::Affinity { affinity: Affinity::Integer } => fit(matches!(
            kind,
            Kind::Int { .. } | Kind::Bool | Kind::Local | Kind::Instant | Kind::Moment | Kind::Interval | Kind::Enum(_)
        )),
        SqlType::Float { .. } | SqlType::Affinity { affinity: Affinity::Real } => {
            fit(matches!(kind, Kind::Float { .. } | Kind::Decimal | Kind::Interval))
        }
        SqlType::Decimal { .. } => fit(is_number || matches!(kind, Kind::Decimal | Kind::Text)),
        SqlType::Date => fit(matches!(kind, Kind::Date | Kind::Text)),
        SqlType::Time { .. } => fit(matches!(kind, Kind::Time | Kind::Text)),
        SqlType::Timestamp { .. } => {
            fit(matches!(kind, Kind::Local | Kind::Instant | Kind::Moment | Kind::Text | Kind::Int { bits: 64, .. }))
        }
        SqlType::Uuid => fit(matches!(kind, Kind::Uuid | Kind::Text | Kind::Bytes)),
        SqlType::Json { .. } => match kind {
            Kind::Json | Kind::JsonOf | Kind::Text | Kind::Bytes => Fit::Yes,
            Kind::Map | Kind::Enum(_) | Kind::List(_) => Fit::Unknown,
            _ => Fit::No,
        },
        // A column without a type holds anything.
        SqlType::Untyped | SqlType::Affinity { affinity: Affinity::Numeric } => Fit::Yes,
        _ => Fit::Unknown,
    }
}

/// JSON has texts, numbers, booleans and lists; all else is written as a text, or as a number.
fn of_serde(catalog: &Catalog, engine: Engine, ty: &SqlType, kind: &Kind<'_>) -> Fit {
    match kind {
        Kind::Json => return Fit::Yes,
        Kind::JsonOf | Kind::Map if !matches!(ty, SqlType::Json { .. }) => return Fit::Unknown,
        _ => {}
    }
    let is_number = matches!(kind, Kind::Int { .. } | Kind::Float { .. } | Kind::Decimal);
    let is_written_as_text = matches!(
        kind,
        Kind::Text
            | Kind::Enum(_)
            | Kind::Uuid
            | Kind::Date
            | Kind::Time
            | Kind::TimeWithOffset
            | Kind::Local
            | Kind::Instant
            | Kind::Decimal
            | Kind::Net
            | Kind::Mac
            | Kind::Interval
            | Kind::Bits
            | Kind::Money
    );
    match ty {
        ty if is_text(ty) => fit(is_written_as_text),
        SqlType::Boolean => fit(matches!(kind, Kind::Bool) || engine != Engine::Postgres && is_number),
        SqlType::Integer { bits, .. } => match kind {
            Kind::Int { .. } | Kind::Enum(_) | Kind::Moment => Fit::Yes,
            Kind::Text => fit(*bits == 64),
            Kind::Bool => fit(engine.is_mysql_family() && *bits == 8),
            _ => Fit::No,
        },
        SqlType::Float { .. } => fit(matches!(kind, Kind::Float { .. } | Kind::Decimal)),
        SqlType::Decimal { .. } => fit(is_number || matches!(kind, Kind::Text)),
        SqlType::Date => fit(matches!(kind, Kind::Date | Kind::Text)),
        SqlType::Time { .. } => fit(matches!(kind, Kind::Time | Kind::TimeWithOffset | Kind::Interval | Kind::Text)),
        SqlType::Timestamp { .. } => {
            fit(matches!(kind, Kind::Local | Kind::Instant | Kind::Moment | Kind::Text | Kind::Int { bits: 64, .. }))
        }
        SqlType::Uuid => fit(matches!(kind, Kind::Uuid | Kind::Text)),
        SqlType::Enum { .. } | SqlType::InlineEnum { .. } => fit(matches!(kind, Kind::Enum(_) | Kind::Text)),
        SqlType::Array { element, .. } => match kind {
            Kind::List(inner) => fits(catalog, Dialect::Serde, element, inner),
            _ => Fit::No,
        },
        SqlType::Json { .. } => Fit::Yes,
        ty if is_bytes(ty) => fit(matches!(kind, Kind::Bytes | Kind::Text | Kind::Uuid | Kind::List(_))),
        _ => Fit::Unknown,
    }
}
