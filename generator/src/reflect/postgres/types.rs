//! Types: rows of `pg_type` become [`SqlType`]s.
//!
//! A column names its type by oid, with a modifier that means something else for every type. sea-schema's parser tells
//! the scalar types by the names that the server prints; everything that has parts or parameters is told by oid and
//! modifier, which lose nothing: its attributes stop at 65 535 and know neither negative scales nor element types.

use std::collections::{BTreeMap, HashMap};
use std::panic::catch_unwind;

use sea_schema::postgres::def::Type;
use sea_schema::postgres::parser::parse_column_type;
use sea_schema::postgres::query::ColumnQueryResult;

use crate::catalog::{QName, SqlType};

use super::queries::{Oid, TypeRow};

/// The modifier of a type that was given no parameters.
const UNMODIFIED: i32 = -1;

/// All types of a database, by oid.
pub(super) struct TypeTable {
    rows: BTreeMap<Oid, TypeRow>,
    /// What the scalar types of `pg_catalog` are without parameters. The parser is asked once for each of them.
    builtins: BTreeMap<Oid, SqlType>,
}

impl TypeTable {
    /// A table of those types.
    pub(super) fn new(rows: Vec<TypeRow>) -> Self {
        let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.oid, row)).collect();
        let builtins = rows
            .values()
            .filter(|row| row.schema == "pg_catalog" && row.kind == "b" && row.element.is_none())
            .map(|row| (row.oid, builtin(row)))
            .collect();
        Self { rows, builtins }
    }

    /// The row of a type.
    pub(super) fn row(&self, oid: Oid) -> Option<&TypeRow> {
        self.rows.get(&oid)
    }

    /// All rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = &TypeRow> {
        self.rows.values()
    }

    /// The type of that oid with that modifier. `dimensions` are those that were declared, if it is an array; `raw` is
    /// what the server prints, for a type that is not known.
    pub(super) fn resolve(&self, oid: Oid, modifier: i32, dimensions: i32, raw: &str) -> SqlType {
        let other = || SqlType::Other { raw: raw.to_owned() };
        let Some(row) = self.row(oid) else { return other() };
        if let Some(element) = row.element {
            let printed = self.row(element).map_or(raw, |element| &element.printed);
            return SqlType::Array {
                element: Box::new(self.resolve(element, modifier, 0, printed)),
                dimensions: u32::try_from(dimensions).unwrap_or_default().max(1),
            };
        }
        if let Some(extension) = &row.extension {
            return extension_type(extension, &row.name, modifier);
        }
        let name = QName::new(&row.schema, &row.name);
        match row.kind.as_str() {
            "b" => self.builtins.get(&oid).map_or_else(other, |plain| modified(plain, modifier)),
            "e" => SqlType::Enum { name },
            "d" => SqlType::Domain { name },
            "c" => SqlType::Composite { name },
            "r" => self.range(row, name, false).unwrap_or_else(other),
            "m" => row.multirange_of.and_then(|range| self.range(self.row(range)?, name, true)).unwrap_or_else(other),
            _ => other(),
        }
    }

    fn range(&self, row: &TypeRow, name: QName, multi: bool) -> Option<SqlType> {
        let subtype = row.subtype?;
        let printed = &self.row(subtype)?.printed;
        Some(SqlType::Range { subtype: Box::new(self.resolve(subtype, UNMODIFIED, 0, printed)), name, multi })
    }

    /// Whether the type itself refuses NULL: a domain that does so, or one over such a domain.
    pub(super) fn refuses_null(&self, oid: Oid) -> bool {
        let mut at = self.row(oid);
        while let Some(row) = at {
            if row.not_null {
                return true;
            }
            at = row.base.and_then(|base| self.row(base));
        }
        false
    }
}

/// A type that an extension brought.
fn extension_type(extension: &str, name: &str, modifier: i32) -> SqlType {
    match (extension, name) {
        ("citext", "citext") => SqlType::CiText,
        ("vector", "vector") => SqlType::Vector { dimensions: positive(modifier) },
        _ => SqlType::Extension { extension: extension.to_owned(), name: name.to_owned() },
    }
}

/// A scalar type of `pg_catalog`, without parameters.
fn builtin(row: &TypeRow) -> SqlType {
    let geometric = || SqlType::Geometric { shape: row.name.clone() };
    match parse(&row.printed) {
        Some(Type::SmallInt) => SqlType::integer(16),
        Some(Type::Integer) => SqlType::integer(32),
        Some(Type::BigInt) => SqlType::integer(64),
        Some(Type::Real) => SqlType::Float { bits: 32, unsigned: false },
        Some(Type::DoublePrecision) => SqlType::Float { bits: 64, unsigned: false },
        Some(Type::Decimal(_) | Type::Numeric(_)) => SqlType::Decimal { precision: None, scale: None, unsigned: false },
        Some(Type::Money) => SqlType::Money,
        Some(Type::Varchar(_)) => SqlType::Varchar { length: None },
        Some(Type::Char(_)) => SqlType::Char { length: None },
        Some(Type::Text) => SqlType::Text { max_bytes: None },
        Some(Type::Bytea) => SqlType::Blob { max_bytes: None },
        Some(Type::Timestamp(_)) => SqlType::Timestamp { precision: None, zone: false },
        Some(Type::TimestampWithTimeZone(_)) => SqlType::Timestamp { precision: None, zone: true },
        Some(Type::Date) => SqlType::Date,
        Some(Type::Time(_)) => SqlType::Time { precision: None, zone: false },
        Some(Type::TimeWithTimeZone(_)) => SqlType::Time { precision: None, zone: true },
        Some(Type::Interval(_)) => SqlType::Interval { fields: None, precision: None },
        Some(Type::Boolean) => SqlType::Boolean,
        Some(Type::Point | Type::Line | Type::Lseg | Type::Box | Type::Path | Type::Polygon | Type::Circle) => {
            geometric()
        }
        Some(Type::Cidr) => SqlType::Cidr,
        Some(Type::Inet) => SqlType::Inet { version: None },
        Some(Type::MacAddr) => SqlType::MacAddr { bytes: 6 },
        Some(Type::MacAddr8) => SqlType::MacAddr { bytes: 8 },
        Some(Type::Bit(_)) => SqlType::Bit { length: None, varying: false },
        Some(Type::VarBit(_)) => SqlType::Bit { length: None, varying: true },
        Some(Type::Uuid) => SqlType::Uuid,
        Some(Type::Xml) => SqlType::Xml,
        Some(Type::Json) => SqlType::Json { binary: false },
        Some(Type::JsonBinary) => SqlType::Json { binary: true },
        _ => SqlType::builtin(&row.name),
    }
}

/// What sea-schema takes the name of a type for. A panic of its parser is a name that it does not know.
fn parse(printed: &str) -> Option<Type> {
    let column = ColumnQueryResult { column_type: printed.to_owned(), ..ColumnQueryResult::default() };
    catch_unwind(|| parse_column_type(&column, &HashMap::new())).ok()
}

/// A scalar type with the parameters that a modifier holds. Source: the `typmodin` functions of the types.
fn modified(plain: &SqlType, modifier: i32) -> SqlType {
    if modifier < 0 {
        return plain.clone();
    }
    match plain {
        SqlType::Varchar { .. } => SqlType::Varchar { length: positive(modifier - HEADER) },
        SqlType::Char { .. } => SqlType::Char { length: positive(modifier - HEADER) },
        SqlType::Bit { varying, .. } => SqlType::Bit { length: positive(modifier), varying: *varying },
        SqlType::Timestamp { zone, .. } => SqlType::Timestamp { precision: u32::try_from(modifier).ok(), zone: *zone },
        SqlType::Time { zone, .. } => SqlType::Time { precision: u32::try_from(modifier).ok(), zone: *zone },
        SqlType::Decimal { .. } if modifier >= HEADER => {
            let packed = modifier - HEADER;
            // The scale is a signed number of 11 bits.
            let scale = ((packed & 0x7ff) ^ 0x400) - 0x400;
            SqlType::Decimal { precision: positive(packed >> 16), scale: Some(scale), unsigned: false }
        }
        SqlType::Interval { .. } => {
            let precision = modifier & 0xffff;
            SqlType::Interval {
                fields: interval_fields(modifier >> 16).map(str::to_owned),
                precision: if precision == 0xffff { None } else { u32::try_from(precision).ok() },
            }
        }
        _ => plain.clone(),
    }
}

/// What a length in a modifier has on top: the size of the header that a value of varying length begins with.
const HEADER: i32 = 4;

fn positive(number: i32) -> Option<u32> {
    u32::try_from(number).ok().filter(|&number| number > 0)
}

/// The fields of an interval, from the bits of its modifier. Absent where all are kept.
fn interval_fields(bits: i32) -> Option<&'static str> {
    const MONTH: i32 = 1 << 1;
    const YEAR: i32 = 1 << 2;
    const DAY: i32 = 1 << 3;
    const HOUR: i32 = 1 << 10;
    const MINUTE: i32 = 1 << 11;
    const SECOND: i32 = 1 << 12;
    const FIELDS: &[(i32, &str)] = &[
        (YEAR, "year"),
        (MONTH, "month"),
        (DAY, "day"),
        (HOUR, "hour"),
        (MINUTE, "minute"),
        (SECOND, "second"),
        (YEAR | MONTH, "year to month"),
        (DAY | HOUR, "day to hour"),
        (DAY | HOUR | MINUTE, "day to minute"),
        (DAY | HOUR | MINUTE | SECOND, "day to second"),
        (HOUR | MINUTE, "hour to minute"),
        (HOUR | MINUTE | SECOND, "hour to second"),
        (MINUTE | SECOND, "minute to second"),
    ];
    FIELDS.iter().find(|(mask, _)| *mask == bits).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as the server gives them, of a few types.
    fn table() -> TypeTable {
        let base = |oid, name: &str, printed: &str| TypeRow {
            oid,
            schema: "pg_catalog".into(),
            name: name.into(),
            kind: "b".into(),
            printed: printed.into(),
            ..TypeRow::default()
        };
        let user = |oid, kind: &str, name: &str| TypeRow {
            oid,
            schema: "shop".into(),
            name: name.into(),
            kind: kind.into(),
            printed: format!("shop.{name}"),
            ..TypeRow::default()
        };
        TypeTable::new(vec![
            base(18, "char", "\"char\""),
            base(21, "int2", "smallint"),
            base(23, "int4", "integer"),
            base(25, "text", "text"),
            base(30, "oidvector", "oidvector"),
            base(600, "point", "point"),
            base(829, "macaddr", "macaddr"),
            base(1042, "bpchar", "character"),
            base(1043, "varchar", "character varying"),
            TypeRow { element: Some(1043), ..base(1015, "_varchar", "character varying[]") },
            base(1082, "date", "date"),
            base(1114, "timestamp", "timestamp without time zone"),
            base(1184, "timestamptz", "timestamp with time zone"),
            base(1186, "interval", "interval"),
            base(1266, "timetz", "time with time zone"),
            base(1560, "bit", "bit"),
            base(1562, "varbit", "bit varying"),
            base(1700, "numeric", "numeric"),
            base(3802, "jsonb", "jsonb"),
            TypeRow { kind: "r".into(), subtype: Some(23), ..base(3904, "int4range", "int4range") },
            TypeRow { kind: "m".into(), multirange_of: Some(3904), ..base(4451, "int4multirange", "int4multirange") },
            TypeRow { kind: "p".into(), ..base(2277, "anyarray", "anyarray") },
            user(9000, "e", "format"),
            TypeRow { element: Some(9000), ..user(9001, "b", "_format") },
            TypeRow { base: Some(25), not_null: true, ..user(9002, "d", "name") },
            TypeRow { base: Some(9002), ..user(9003, "d", "title") },
            user(9004, "c", "address"),
            user(9005, "b", "hand_made"),
            TypeRow { extension: Some("citext".into()), ..user(9006, "b", "citext") },
            TypeRow { extension: Some("vector".into()), ..user(9007, "b", "vector") },
            TypeRow { extension: Some("vector".into()), ..user(9008, "b", "halfvec") },
            TypeRow { subtype: Some(9002), ..user(9009, "r", "name_range") },
        ])
    }

    fn name(name: &str) -> QName {
        QName::new("shop", name)
    }

    #[test]
    fn parameters_are_read_from_the_modifier() {
        let decimal =
            |precision, scale| SqlType::Decimal { precision: Some(precision), scale: Some(scale), unsigned: false };
        let interval =
            |fields: Option<&str>, precision| SqlType::Interval { fields: fields.map(str::to_owned), precision };
        for (oid, modifier, expected) in [
            (1043, -1, SqlType::Varchar { length: None }),
            (1043, 104, SqlType::Varchar { length: Some(100) }),
            (1043, 10_485_764, SqlType::Varchar { length: Some(10_485_760) }),
            (1042, 5, SqlType::Char { length: Some(1) }),
            (1042, -1, SqlType::Char { length: None }),
            (1700, -1, SqlType::Decimal { precision: None, scale: None, unsigned: false }),
            (1700, (10 << 16 | 2) + 4, decimal(10, 2)),
            (1700, (1000 << 16 | 1000) + 4, decimal(1000, 1000)),
            (1700, (5 << 16 | (-2 & 0x7ff)) + 4, decimal(5, -2)),
            (1700, (3 << 16 | 5) + 4, decimal(3, 5)),
            (1560, 1, SqlType::Bit { length: Some(1), varying: false }),
            (1560, 80_000, SqlType::Bit { length: Some(80_000), varying: false }),
            (1562, -1, SqlType::Bit { length: None, varying: true }),
            (1114, 0, SqlType::Timestamp { precision: Some(0), zone: false }),
            (1184, -1, SqlType::Timestamp { precision: None, zone: true }),
            (1266, 3, SqlType::Time { precision: Some(3), zone: true }),
            (1186, -1, interval(None, None)),
            (1186, 0x7fff_0003, interval(None, Some(3))),
            (1186, 0x0006_ffff, interval(Some("year to month"), None)),
            (1186, 0x1c08_0002, interval(Some("day to second"), Some(2))),
        ] {
            assert_eq!(table().resolve(oid, modifier, 0, ""), expected, "type {oid}, modifier {modifier}");
        }
    }

    #[test]
    fn a_modifier_that_no_server_gives_sets_no_bound() {
        for oid in [18, 1042, 1043, 1560, 1700, 1186, 3802, 9007] {
            for modifier in [i32::MIN, -2, 0, 1, 3, 4, i32::MAX] {
                table().resolve(oid, modifier, i32::MIN, "");
            }
        }
        assert_eq!(table().resolve(1043, 2, 0, ""), SqlType::Varchar { length: None });
    }

    #[test]
    fn arrays_keep_the_parameters_of_their_elements_and_have_a_dimension() {
        let array = |element, dimensions| SqlType::Array { element: Box::new(element), dimensions };
        assert_eq!(table().resolve(1015, 14, 0, ""), array(SqlType::Varchar { length: Some(10) }, 1));
        assert_eq!(table().resolve(1015, -1, 3, ""), array(SqlType::Varchar { length: None }, 3));
        assert_eq!(table().resolve(9001, -1, 1, ""), array(SqlType::Enum { name: name("format") }, 1));
    }

    #[test]
    fn a_type_is_told_by_its_oid_and_not_by_its_bare_name() {
        for (oid, expected) in [
            (18, SqlType::builtin("char")),
            (21, SqlType::integer(16)),
            (30, SqlType::builtin("oidvector")),
            (600, SqlType::Geometric { shape: "point".into() }),
            (829, SqlType::MacAddr { bytes: 6 }),
            (3802, SqlType::Json { binary: true }),
            (9002, SqlType::Domain { name: name("name") }),
            (9004, SqlType::Composite { name: name("address") }),
            (9006, SqlType::CiText),
            (9007, SqlType::Vector { dimensions: None }),
            (9008, SqlType::Extension { extension: "vector".into(), name: "halfvec".into() }),
        ] {
            assert_eq!(table().resolve(oid, -1, 0, ""), expected, "type {oid}");
        }
        assert_eq!(table().resolve(9007, 3, 0, ""), SqlType::Vector { dimensions: Some(3) });
    }

    #[test]
    fn ranges_know_their_subtype() {
        let int4 = Box::new(SqlType::integer(32));
        let builtin = |name| QName::new("pg_catalog", name);
        assert_eq!(
            table().resolve(3904, -1, 0, ""),
            SqlType::Range { subtype: int4.clone(), name: builtin("int4range"), multi: false }
        );
        assert_eq!(
            table().resolve(4451, -1, 0, ""),
            SqlType::Range { subtype: int4, name: builtin("int4multirange"), multi: true }
        );
        assert_eq!(
            table().resolve(9009, -1, 0, ""),
            SqlType::Range {
                subtype: Box::new(SqlType::Domain { name: name("name") }),
                name: name("name_range"),
                multi: false
            }
        );
    }

    #[test]
    fn what_is_not_known_keeps_its_text() {
        for oid in [0, 2277, 9005, 77_777] {
            assert_eq!(table().resolve(oid, 7, 0, "shop.it(3)"), SqlType::Other { raw: "shop.it(3)".into() });
        }
    }

    #[test]
    fn not_null_is_found_through_a_chain_of_domains() {
        assert!(table().refuses_null(9002));
        assert!(table().refuses_null(9003));
        assert!(!table().refuses_null(25));
        assert!(!table().refuses_null(77_777));
    }
}
