//! The line of source that is right.

use super::Dialect;
use super::claim::FieldClaim;
use super::fit::base;
use super::labels::{Labels, labels};
use super::types::Types;
use crate::catalog::{Affinity, Catalog, Column, Engine, SqlType};
use crate::config::TimeLibrary;

/// What lines are written by.
pub(super) struct Mender<'s> {
    pub catalog: &'s Catalog,
    pub types: &'s Types<'s>,
    pub time: TimeLibrary,
}

impl Mender<'_> {
    /// A line for a column that a model lacks; `is_table` for one of `table!`.
    pub(super) fn line(&self, column: &Column, dialect: Dialect, is_table: bool, labels: Option<&[String]>) -> String {
        let name = match field_name(&column.name) {
            // diesel's tables have no raw names.
            name if is_table => name.strip_prefix("r#").map_or(name.clone(), |name| format!("{name}_")),
            name => name,
        };
        let rename = if name.trim_start_matches("r#") == column.name {
            String::new()
        } else {
            let sql = &column.name;
            match (dialect, is_table) {
                (_, true) => format!("#[sql_name = {sql:?}] "),
                (Dialect::Sqlx, _) => format!("#[sqlx(rename = {sql:?})] "),
                (Dialect::SeaOrm, _) => format!("#[sea_orm(column_name = {sql:?})] "),
                (Dialect::Diesel, _) => format!("#[diesel(column_name = {name})] "),
                (Dialect::Serde, _) => format!("#[serde(rename = {sql:?})] "),
            }
        };
        let ty = self.ty(column, dialect, is_table, labels);
        if is_table { format!("{rename}{name} -> {ty},") } else { format!("{rename}pub {name}: {ty},") }
    }

    /// The same line with another type.
    pub(super) fn with_type(
        &self,
        field: &FieldClaim<'_>,
        column: &Column,
        dialect: Dialect,
        labels: Option<&[String]>,
    ) -> String {
        line(field, &self.ty(column, dialect, field.written.is_table, labels))
    }

    /// The type of a column's field with what NULL asks for.
    fn ty(&self, column: &Column, dialect: Dialect, is_table: bool, labels: Option<&[String]>) -> String {
        let ty = base(self.catalog, &column.ty);
        let plain = if is_table {
            self.diesel(ty)
        } else {
            let own = labels.and_then(|labels| self.enumeration(labels, dialect));
            own.unwrap_or_else(|| self.rust(ty, dialect))
        };
        match (column.nullable, is_table) {
            (false, _) => plain,
            (true, true) => format!("Nullable<{plain}>"),
            (true, false) => format!("Option<{plain}>"),
        }
    }

    /// The enumeration of the sources that has these labels.
    fn enumeration(&self, wanted: &[String], dialect: Dialect) -> Option<String> {
        let has_all = |found: &Labels| match found {
            Labels::Texts(found) => {
                found.len() == wanted.len() && found.iter().all(|(label, _)| wanted.contains(label))
            }
            _ => false,
        };
        let item = self.types.enums().find(|item| has_all(&labels(item, dialect)))?;
        Some(item.head.name.clone())
    }

    fn rust(&self, ty: &SqlType, dialect: Dialect) -> String {
        let is_sea_orm = dialect == Dialect::SeaOrm;
        let is_sqlite = self.catalog.engine == Engine::Sqlite;
        let of = |sea_orm: &str, chrono: &str, time: &str| match (is_sea_orm, self.time) {
            (true, _) => sea_orm.to_owned(),
            (_, TimeLibrary::Chrono) => chrono.to_owned(),
            (_, TimeLibrary::Time) => time.to_owned(),
        };
        match ty {
            SqlType::Boolean | SqlType::Integer { bits: 8, width: Some(1), .. } => "bool".to_owned(),
            SqlType::Integer { bits, unsigned, .. } => {
                let sign = if *unsigned { 'u' } else { 'i' };
                format!("{sign}{}", bits.next_power_of_two())
            }
            SqlType::Affinity { affinity: Affinity::Integer } => "i64".to_owned(),
            SqlType::Float { bits: 32, .. } => "f32".to_owned(),
            SqlType::Float { .. } | SqlType::Affinity { affinity: Affinity::Real | Affinity::Numeric } => {
                "f64".to_owned()
            }
            // sqlx and diesel read no decimals from SQLite, which has none.
            SqlType::Decimal { .. } if is_sqlite && !is_sea_orm => "f64".to_owned(),
            SqlType::Decimal { .. } if is_sea_orm => "Decimal".to_owned(),
            SqlType::Decimal { .. } if dialect == Dialect::Diesel => "bigdecimal::BigDecimal".to_owned(),
            SqlType::Decimal { .. } => "rust_decimal::Decimal".to_owned(),
            SqlType::Binary { .. }
            | SqlType::Varbinary { .. }
            | SqlType::Blob { .. }
            | SqlType::Affinity { affinity: Affinity::Blob } => "Vec<u8>".to_owned(),
            SqlType::Date => of("Date", "chrono::NaiveDate", "time::Date"),
            SqlType::Time { .. } => of("Time", "chrono::NaiveTime", "time::Time"),
            SqlType::Timestamp { zone: false, .. } => {
                of("DateTime", "chrono::NaiveDateTime", "time::PrimitiveDateTime")
            }
            SqlType::Timestamp { zone: true, .. } => {
                of("DateTimeWithTimeZone", "chrono::DateTime<chrono::Utc>", "time::OffsetDateTime")
            }
            SqlType::Uuid if is_sea_orm => "Uuid".to_owned(),
            SqlType::Uuid => "uuid::Uuid".to_owned(),
            SqlType::Json { .. } if is_sea_orm => "Json".to_owned(),
            SqlType::Json { .. } => "serde_json::Value".to_owned(),
            SqlType::Inet { .. } | SqlType::Cidr => "ipnetwork::IpNetwork".to_owned(),
            SqlType::Array { element, .. } => format!("Vec<{}>", self.rust(base(self.catalog, element), dialect)),
            _ => "String".to_owned(),
        }
    }

    fn diesel(&self, ty: &SqlType) -> String {
        let name = match ty {
            SqlType::Boolean | SqlType::Integer { bits: 8, width: Some(1), .. } => "Bool",
            SqlType::Integer { bits, unsigned: true, width } => {
                let signed = SqlType::Integer { bits: *bits, unsigned: false, width: *width };
                return format!("Unsigned<{}>", self.diesel(&signed));
            }
            SqlType::Integer { bits: 8, .. } => "TinyInt",
            SqlType::Integer { bits: 16, .. } => "SmallInt",
            SqlType::Integer { bits: 24 | 32, .. } => "Integer",
            SqlType::Integer { .. } | SqlType::Affinity { affinity: Affinity::Integer } => "BigInt",
            SqlType::Float { bits: 32, .. } => "Float",
            SqlType::Float { .. } | SqlType::Affinity { affinity: Affinity::Real | Affinity::Numeric } => "Double",
            SqlType::Decimal { .. } if self.catalog.engine == Engine::Sqlite => "Double",
            SqlType::Decimal { .. } => "Numeric",
            SqlType::Varchar { .. } => "Varchar",
            SqlType::Char { .. } => "Bpchar",
            SqlType::Binary { .. }
            | SqlType::Varbinary { .. }
            | SqlType::Blob { .. }
            | SqlType::Affinity { affinity: Affinity::Blob } => "Binary",
            SqlType::Date => "Date",
            SqlType::Time { .. } => "Time",
            SqlType::Timestamp { zone: true, .. } if !self.catalog.engine.is_mysql_family() => "Timestamptz",
            SqlType::Timestamp { .. } => "Timestamp",
            SqlType::Interval { .. } => "Interval",
            SqlType::Uuid => "Uuid",
            SqlType::Json { binary: true } => "Jsonb",
            SqlType::Json { .. } => "Json",
            SqlType::Inet { .. } => "Inet",
            SqlType::Cidr => "Cidr",
            SqlType::Array { element, .. } => {
                return format!("Array<Nullable<{}>>", self.diesel(base(self.catalog, element)));
            }
            SqlType::Enum { name } => return heck::ToUpperCamelCase::to_upper_camel_case(name.name.as_str()),
            _ => "Text",
        };
        name.to_owned()
    }
}

/// A field's line with another type.
pub(super) fn line(field: &FieldClaim<'_>, ty: &str) -> String {
    let written = &field.written;
    let visibility = if written.visibility.is_empty() { String::new() } else { format!("{} ", written.visibility) };
    let arrow = if written.is_table { " ->" } else { ":" };
    format!("{visibility}{}{arrow} {ty},", written.name)
}

/// A field's line whose type takes NULL, or does not.
pub(super) fn with_nullability(field: &FieldClaim<'_>, nullable: bool) -> String {
    let ty = field.written.ty.trim();
    let wrapper = if field.written.is_table { "Nullable" } else { "Option" };
    if nullable {
        return line(field, &format!("{wrapper}<{ty}>"));
    }
    let inner = ty.split_once('<').and_then(|(_, inner)| inner.strip_suffix('>'));
    line(field, inner.map_or(ty, str::trim))
}

/// A field that a column's name makes.
fn field_name(column: &str) -> String {
    let name = heck::ToSnakeCase::to_snake_case(column);
    let name =
        if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() { format!("_{name}") } else { name };
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("r#{name}") }
}
