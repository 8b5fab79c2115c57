//! A row of whichever engine, read by the names of its columns.

use std::any::type_name;

use crate::error::{RowError, ValueError};
use crate::table::{Relation, Table};
use crate::value::{FromSql, Value};

/// A model that can be read from a row. The columns are found by name, so their order in the row does not matter and
/// further columns do no harm.
pub trait FromRow: Sized {
    /// Reads the model.
    ///
    /// # Errors
    /// Where a column is missing, or holds what its Rust type does not.
    fn from_row(row: &Row<'_>) -> Result<Self, RowError>;
}

/// Lets a model be read by plain sqlx as well: `sqlx::query_as::<_, Book>(…)`, for every engine that is a feature.
#[macro_export]
macro_rules! impl_from_row {
    ($($model:ty),+ $(,)?) => {
        $(
            $crate::__impl_from_row_postgres!($model);
            $crate::__impl_from_row_mysql!($model);
            $crate::__impl_from_row_sqlite!($model);
        )+
    };
}

#[cfg(feature = "postgres")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row_postgres {
    ($model:ty) => {
        impl<'r> $crate::sqlx::FromRow<'r, $crate::sqlx::postgres::PgRow> for $model {
            fn from_row(row: &'r $crate::sqlx::postgres::PgRow) -> ::core::result::Result<Self, $crate::sqlx::Error> {
                $crate::Row::from(row).read().map_err($crate::__private::decode)
            }
        }
    };
}

#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row_postgres {
    ($model:ty) => {};
}

#[cfg(feature = "mysql")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row_mysql {
    ($model:ty) => {
        impl<'r> $crate::sqlx::FromRow<'r, $crate::sqlx::mysql::MySqlRow> for $model {
            fn from_row(row: &'r $crate::sqlx::mysql::MySqlRow) -> ::core::result::Result<Self, $crate::sqlx::Error> {
                $crate::Row::from(row).read().map_err($crate::__private::decode)
            }
        }
    };
}

#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row_mysql {
    ($model:ty) => {};
}

#[cfg(feature = "sqlite")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row_sqlite {
    ($model:ty) => {
        impl<'r> $crate::sqlx::FromRow<'r, $crate::sqlx::sqlite::SqliteRow> for $model {
            fn from_row(row: &'r $crate::sqlx::sqlite::SqliteRow) -> ::core::result::Result<Self, $crate::sqlx::Error> {
                $crate::Row::from(row).read().map_err($crate::__private::decode)
            }
        }
    };
}

#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_from_row_sqlite {
    ($model:ty) => {};
}

/// A row of a result, borrowed from the driver. `Row::from` makes one of a reference to sqlx's rows.
///
/// Without a feature for an engine there is no way to make one.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    engine: Engine<'r>,
    /// What errors say that it was read from.
    relation: Option<&'static Relation>,
}

#[derive(Clone, Copy)]
enum Engine<'r> {
    #[cfg(feature = "postgres")]
    Postgres(&'r sqlx::postgres::PgRow),
    #[cfg(feature = "mysql")]
    Mysql(&'r sqlx::mysql::MySqlRow),
    #[cfg(feature = "sqlite")]
    Sqlite(&'r sqlx::sqlite::SqliteRow),
    // It uses the lifetime where there is no engine.
    #[allow(dead_code)]
    None(std::convert::Infallible, std::marker::PhantomData<&'r ()>),
}

#[cfg(feature = "postgres")]
impl<'r> From<&'r sqlx::postgres::PgRow> for Row<'r> {
    fn from(row: &'r sqlx::postgres::PgRow) -> Self {
        Self { engine: Engine::Postgres(row), relation: None }
    }
}

#[cfg(feature = "mysql")]
impl<'r> From<&'r sqlx::mysql::MySqlRow> for Row<'r> {
    fn from(row: &'r sqlx::mysql::MySqlRow) -> Self {
        Self { engine: Engine::Mysql(row), relation: None }
    }
}

#[cfg(feature = "sqlite")]
impl<'r> From<&'r sqlx::sqlite::SqliteRow> for Row<'r> {
    fn from(row: &'r sqlx::sqlite::SqliteRow) -> Self {
        Self { engine: Engine::Sqlite(row), relation: None }
    }
}

/// A row that cannot be read, as sqlx's own error.
#[cfg(feature = "database")]
#[doc(hidden)]
#[cold]
pub fn decode(error: RowError) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A column that was found: its value, absent for NULL, and what the driver calls its type.
pub(crate) struct Found<'r> {
    pub(crate) value: Option<Value<'r>>,
    pub(crate) sql_type: &'r str,
}

impl<'r> Row<'r> {
    /// The same row, as one of that relation: errors name it.
    #[must_use]
    pub fn of(self, relation: &'static Relation) -> Self {
        Self { relation: Some(relation), ..self }
    }

    /// An error of this row, with the relation if it is known.
    #[cold]
    pub(crate) fn error(&self, error: RowError) -> RowError {
        match self.relation {
            Some(relation) => error.in_relation(relation.schema, relation.name),
            None => error,
        }
    }

    /// Reads the column of that name. Names count as the server gives them, with upper and lower case.
    ///
    /// # Errors
    /// Where there is no such column, or it holds what `T` does not.
    pub fn get<T: FromSql>(&self, column: &str) -> Result<T, RowError> {
        let found = self.find(column, type_name::<T>())?;
        read(found.value)
            .map_err(|cause| self.error(RowError::value(column, type_name::<T>(), Some(found.sql_type), cause)))
    }

    /// Reads the column at that position, counted from 0.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_at<T: FromSql>(&self, index: usize) -> Result<T, RowError> {
        let found = self.find_at(index, type_name::<T>())?;
        read(found.value).map_err(|cause| {
            self.error(RowError::value(&index.to_string(), type_name::<T>(), Some(found.sql_type), cause))
        })
    }

    /// The value of a column, absent for NULL.
    #[cfg(feature = "database")]
    pub(crate) fn value(&self, column: &str) -> Result<Option<Value<'r>>, RowError> {
        Ok(self.find(column, "a part of a key")?.value)
    }

    /// Reads a model; errors name its relation.
    ///
    /// # Errors
    /// As [`FromRow::from_row`].
    pub fn read<T: Table>(&self) -> Result<T, RowError> {
        T::from_row(self).map_err(|error| error.in_relation(T::RELATION.schema, T::RELATION.name))
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        #[cfg(feature = "database")]
        use sqlx::Row as _;
        match self.engine {
            #[cfg(feature = "postgres")]
            Engine::Postgres(row) => row.len(),
            #[cfg(feature = "mysql")]
            Engine::Mysql(row) => row.len(),
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(row) => row.len(),
            Engine::None(never, _) => match never {},
        }
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of the column of that name.
    fn position(&self, column: &str) -> Option<usize> {
        #[cfg(feature = "database")]
        use sqlx::ColumnIndex;
        match self.engine {
            #[cfg(feature = "postgres")]
            Engine::Postgres(row) => column.index(row).ok(),
            #[cfg(feature = "mysql")]
            Engine::Mysql(row) => column.index(row).ok(),
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(row) => column.index(row).ok(),
            Engine::None(never, _) => {
                let _ = column;
                match never {}
            }
        }
    }

    /// The name of the column at a position that exists.
    #[cfg(feature = "database")]
    pub(crate) fn name(&self, index: usize) -> &'r str {
        use sqlx::{Column as _, Row as _};
        match self.engine {
            #[cfg(feature = "postgres")]
            Engine::Postgres(row) => row.column(index).name(),
            #[cfg(feature = "mysql")]
            Engine::Mysql(row) => row.column(index).name(),
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(row) => row.column(index).name(),
            Engine::None(never, _) => match never {},
        }
    }

    fn find(&self, column: &str, expected: &str) -> Result<Found<'r>, RowError> {
        let index = self.position(column).ok_or_else(|| self.error(RowError::missing(column, expected)))?;
        self.load(index).map_err(|cause| self.error(RowError::value(column, expected, None, cause)))
    }

    pub(crate) fn find_at(&self, index: usize, expected: &str) -> Result<Found<'r>, RowError> {
        if index >= self.len() {
            return Err(self.error(RowError::missing(&index.to_string(), expected)));
        }
        self.load(index).map_err(|cause| self.error(RowError::value(&index.to_string(), expected, None, cause)))
    }

    /// The value at a position that exists.
    fn load(&self, index: usize) -> Result<Found<'r>, ValueError> {
        match self.engine {
            #[cfg(feature = "postgres")]
            Engine::Postgres(row) => postgres(row, index),
            #[cfg(feature = "mysql")]
            Engine::Mysql(row) => mysql(row, index),
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(row) => sqlite(row, index),
            Engine::None(never, _) => {
                let _ = index;
                match never {}
            }
        }
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values are left out: rows hold secrets.
        f.debug_struct("Row").field("columns", &self.len()).finish_non_exhaustive()
    }
}

/// Reads a value, or NULL where it is absent.
pub(crate) fn read<T: FromSql>(value: Option<Value<'_>>) -> Result<T, ValueError> {
    match value {
        Some(value) => T::from_sql(value),
        None => T::from_null().ok_or(ValueError::Null),
    }
}

#[cfg(feature = "postgres")]
fn postgres(row: &sqlx::postgres::PgRow, index: usize) -> Result<Found<'_>, ValueError> {
    use sqlx::postgres::PgValueFormat;
    use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

    use crate::value::{PgFormat, PgValue};

    let column = row.try_column(index).map_err(driver)?;
    let type_info = column.type_info();
    let raw = row.try_get_raw(index).map_err(driver)?;
    let sql_type = type_info.name();
    if raw.is_null() {
        return Ok(Found { value: None, sql_type });
    }
    let value = PgValue {
        bytes: raw.as_bytes().map_err(driver)?,
        // A type that the driver knows by name only is decoded as what is asked for.
        oid: type_info.oid().map_or(0, |oid| oid.0),
        format: match raw.format() {
            PgValueFormat::Text => PgFormat::Text,
            PgValueFormat::Binary => PgFormat::Binary,
        },
        type_name: sql_type,
    };
    Ok(Found { value: Some(Value::Postgres(value)), sql_type })
}

#[cfg(feature = "mysql")]
fn mysql(row: &sqlx::mysql::MySqlRow, index: usize) -> Result<Found<'_>, ValueError> {
    use sqlx::decode::Decode;
    use sqlx::mysql::MySql;
    use sqlx::{Column as _, Row as _, TypeInfo as _};

    use crate::value::{MysqlData, MysqlValue};

    let column = row.try_column(index).map_err(driver)?;
    let type_info = column.type_info();
    let sql_type = type_info.name();
    let raw = row.try_get_raw(index).map_err(driver)?;
    // The driver takes a zero date for NULL, so that only the absence of bytes tells what NULL is.
    let Ok(bytes) = <&[u8] as Decode<MySql>>::decode(raw.clone()) else {
        return Ok(Found { value: None, sql_type });
    };
    let data = match MysqlFamily::of(sql_type) {
        MysqlFamily::Float => MysqlData::Float(Decode::<MySql>::decode(raw).map_err(driver)?),
        MysqlFamily::Double => MysqlData::Double(Decode::<MySql>::decode(raw).map_err(driver)?),
        MysqlFamily::Bit => MysqlData::Bit(bytes),
        MysqlFamily::Year => MysqlData::UInt(Decode::<MySql>::decode(raw).map_err(driver)?),
        MysqlFamily::Integer => {
            if <u64 as sqlx::Type<MySql>>::compatible(type_info) {
                MysqlData::UInt(Decode::<MySql>::decode(raw).map_err(driver)?)
            } else {
                MysqlData::Int(Decode::<MySql>::decode(raw).map_err(driver)?)
            }
        }
        MysqlFamily::Decimal => MysqlData::Decimal(bytes),
        MysqlFamily::Date => MysqlData::Date(bytes),
        MysqlFamily::Time => MysqlData::Time(bytes),
        MysqlFamily::DateTime => MysqlData::DateTime(bytes),
        MysqlFamily::Bytes => MysqlData::Bytes(bytes),
    };
    Ok(Found { value: Some(Value::Mysql(MysqlValue { data, type_name: sql_type })), sql_type })
}

/// How values of a type of MySQL's are encoded.
#[cfg(feature = "mysql")]
enum MysqlFamily {
    Float,
    Double,
    Bit,
    Year,
    Integer,
    Decimal,
    Date,
    Time,
    DateTime,
    Bytes,
}

#[cfg(feature = "mysql")]
impl MysqlFamily {
    /// By the driver's name of the type, which is all that it tells. This is done for every value, so the first letter
    /// leaves but a few names to compare with.
    fn of(sql_type: &str) -> Self {
        match (sql_type.as_bytes().first(), sql_type) {
            (Some(b'D'), "DATETIME") | (Some(b'T'), "TIMESTAMP") => Self::DateTime,
            (Some(b'D'), "DATE") => Self::Date,
            (Some(b'D'), "DECIMAL") => Self::Decimal,
            (Some(b'D'), "DOUBLE") => Self::Double,
            (Some(b'B'), "BIGINT" | "BIGINT UNSIGNED") => Self::Integer,
            // The driver calls tinyint(1) so, whether it has a sign or not.
            (Some(b'B'), "BOOLEAN") => Self::Integer,
            (Some(b'B'), "BIT") => Self::Bit,
            (Some(b'F'), "FLOAT") => Self::Float,
            (Some(b'I'), "INT" | "INT UNSIGNED") => Self::Integer,
            (Some(b'M'), "MEDIUMINT" | "MEDIUMINT UNSIGNED") => Self::Integer,
            (Some(b'S'), "SMALLINT" | "SMALLINT UNSIGNED") => Self::Integer,
            (Some(b'T'), "TINYINT" | "TINYINT UNSIGNED") => Self::Integer,
            (Some(b'T'), "TIME") => Self::Time,
            (Some(b'Y'), "YEAR") => Self::Year,
            _ => Self::Bytes,
        }
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(row: &sqlx::sqlite::SqliteRow, index: usize) -> Result<Found<'_>, ValueError> {
    use sqlx::decode::Decode;
    use sqlx::sqlite::Sqlite;
    use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

    use crate::value::SqliteData;

    let raw = row.try_get_raw(index).map_err(driver)?;
    if raw.is_null() {
        return Ok(Found { value: None, sql_type: "NULL" });
    }
    // The value's own storage class, and not the column's declared type, which SQLite does not hold values to.
    let (data, sql_type) = match raw.type_info().name() {
        "INTEGER" => (SqliteData::Integer(Decode::<Sqlite>::decode(raw).map_err(driver)?), "INTEGER"),
        "REAL" => (SqliteData::Real(Decode::<Sqlite>::decode(raw).map_err(driver)?), "REAL"),
        "TEXT" => (SqliteData::Text(Decode::<Sqlite>::decode(raw).map_err(driver)?), "TEXT"),
        _ => (SqliteData::Blob(Decode::<Sqlite>::decode(raw).map_err(driver)?), "BLOB"),
    };
    Ok(Found { value: Some(Value::Sqlite(data)), sql_type })
}

#[cfg(feature = "database")]
fn driver(error: impl std::fmt::Display) -> ValueError {
    ValueError::malformed(error.to_string())
}
