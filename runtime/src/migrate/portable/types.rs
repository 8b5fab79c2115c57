//! Column types: what may be written, and what each engine is given.

use sqlparser::ast::{CharacterLength, DataType, ExactNumberInfo, TimezoneInfo};

use super::{Place, Refused};
use crate::table::Dialect;

/// A type of the subset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    SmallInt,
    Integer,
    BigInt,
    Boolean,
    /// A text of exactly so many characters.
    Char(u64),
    Varchar(u64),
    Text,
    Decimal(u64, i64),
    Real,
    Double,
    Date,
    Time,
    Timestamp,
    TimestampWithZone,
    Uuid,
    Json,
    Bytes,
}

/// How a value of a type is written down as a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    Number,
    Boolean,
    Text,
    /// Texts on PostgreSQL and SQLite; MySQL takes none as a plain default.
    LongText,
    Bytes,
}

/// The collation by which MySQL compares texts by code point, as the other engines do, and minds blanks at their end. Each
/// server reads its half: MariaDB passes over what MySQL 8 reads, and the other way round.
const EXACT: &str = "/*M!100200 utf8mb4_nopad_bin *//*!80017 utf8mb4_0900_bin */";

/// MySQL's rows hold 65,535 bytes, and a character takes up to four of them.
const LONGEST_VARCHAR: u64 = 16_383;
/// What an index of InnoDB holds, in bytes.
pub(super) const KEY_BYTES: u64 = 3_072;
/// What a row of MySQL holds, in bytes.
pub(super) const ROW_BYTES: u64 = 65_535;

impl Type {
    pub(super) fn of(data_type: &DataType, place: Place) -> Refused<Self> {
        use TimezoneInfo::{None as NoZone, Tz, WithTimeZone, WithoutTimeZone};
        let refuse = |message: String| Err(place.says(message));
        Ok(match data_type {
            DataType::SmallInt(None) => Self::SmallInt,
            DataType::Int(None) | DataType::Integer(None) => Self::Integer,
            DataType::BigInt(None) => Self::BigInt,
            DataType::Boolean | DataType::Bool => Self::Boolean,
            DataType::Char(Some(length)) | DataType::Character(Some(length)) => Self::Char(characters(length, place)?),
            DataType::Varchar(Some(length)) | DataType::CharacterVarying(Some(length)) => {
                Self::Varchar(characters(length, place)?)
            }
            DataType::Varchar(None) | DataType::CharacterVarying(None) => {
                return refuse("MySQL has no varchar without a length: write varchar(n), or text".to_owned());
            }
            DataType::Text => Self::Text,
            DataType::Decimal(info) | DataType::Numeric(info) => match *info {
                ExactNumberInfo::Precision(precision) => decimal(precision, 0, place)?,
                ExactNumberInfo::PrecisionAndScale(precision, scale) => decimal(precision, scale, place)?,
                ExactNumberInfo::None => {
                    return refuse(
                        "a decimal without precision is another type on each engine: write decimal(p,s)".to_owned(),
                    );
                }
            },
            DataType::Real => Self::Real,
            DataType::DoublePrecision | DataType::Double(ExactNumberInfo::None) => Self::Double,
            DataType::Date => Self::Date,
            DataType::Time(None, NoZone | WithoutTimeZone) => Self::Time,
            DataType::Timestamp(None, NoZone | WithoutTimeZone) => Self::Timestamp,
            DataType::Timestamp(None, WithTimeZone | Tz) => Self::TimestampWithZone,
            DataType::Uuid => Self::Uuid,
            DataType::JSON => Self::Json,
            DataType::Blob(None) | DataType::Bytea => Self::Bytes,
            other => {
                return refuse(format!(
                    "the type {other} is not among the portable ones: choose one of those in docs/migrations.md, or put \
                     this into the engines' folders"
                ));
            }
        })
    }

    /// The type as an engine's CREATE TABLE has it.
    pub(super) fn sql(self, dialect: Dialect) -> String {
        let sql = self.words(dialect);
        // SQLite itself tells the names that it knows in capitals.
        if dialect == Dialect::Sqlite { sql.to_uppercase() } else { sql }
    }

    fn words(self, dialect: Dialect) -> String {
        use Dialect::{Mysql, Postgres, Sqlite};
        // By code point, as the other engines compare their texts.
        let postgres_text = |name: String| format!("{name} COLLATE \"C\"");
        let mysql_text = |name: String| format!("{name} CHARACTER SET utf8mb4 COLLATE {EXACT}");
        match (self, dialect) {
            (Self::SmallInt, _) => "smallint".into(),
            // The exact word INTEGER would make a lone key column give out numbers by itself.
            (Self::Integer, Sqlite) => "int".into(),
            (Self::Integer, _) => "integer".into(),
            (Self::BigInt, _) => "bigint".into(),
            (Self::Boolean, _) => "boolean".into(),
            (Self::Char(length) | Self::Varchar(length), Postgres) => postgres_text(format!("varchar({length})")),
            (Self::Char(length), Sqlite) => format!("char({length})"),
            (Self::Varchar(length), Sqlite) => format!("varchar({length})"),
            (Self::Char(length) | Self::Varchar(length), Mysql) => mysql_text(format!("varchar({length})")),
            (Self::Text, Postgres) => postgres_text("text".into()),
            (Self::Text, Mysql) => mysql_text("longtext".into()),
            (Self::Text, Sqlite) => "text".into(),
            (Self::Decimal(precision, scale), _) => format!("decimal({precision},{scale})"),
            (Self::Real, Mysql) => "float".into(),
            (Self::Real, _) => "real".into(),
            (Self::Double, Mysql | Sqlite) => "double".into(),
            (Self::Double, Postgres) => "double precision".into(),
            (Self::Date, _) => "date".into(),
            (Self::Time, Mysql) => "time(6)".into(),
            (Self::Time, _) => "time".into(),
            (Self::Timestamp, Mysql) => "datetime(6)".into(),
            (Self::Timestamp, Postgres) => "timestamp".into(),
            (Self::Timestamp, Sqlite) => "datetime".into(),
            (Self::TimestampWithZone, Mysql) => "timestamp(6)".into(),
            (Self::TimestampWithZone, _) => "timestamp with time zone".into(),
            // Each server reads its half: MariaDB passes over what MySQL 8 reads, and the other way round.
            (Self::Uuid, Mysql) => {
                "/*M!100700 uuid *//*!80000 char(36) CHARACTER SET ascii COLLATE ascii_bin */".into()
            }
            (Self::Uuid, _) => "uuid".into(),
            (Self::Json, Postgres) => "jsonb".into(),
            (Self::Json, _) => "json".into(),
            (Self::Bytes, Postgres) => "bytea".into(),
            (Self::Bytes, Mysql) => "longblob".into(),
            (Self::Bytes, Sqlite) => "blob".into(),
        }
    }

    /// What holds a column to its type where the engine's own type does not: a condition on the quoted column.
    pub(super) fn guard(self, dialect: Dialect, column: &str) -> Option<String> {
        use Dialect::{Mysql, Postgres, Sqlite};
        match (self, dialect) {
            (Self::Boolean, Mysql | Sqlite) => Some(format!("{column} IN (0, 1)")),
            (Self::Char(length), Postgres | Mysql) => Some(format!("char_length({column}) = {length}")),
            (Self::Char(length), Sqlite) => Some(format!("length({column}) = {length}")),
            (Self::Varchar(length), Sqlite) => Some(format!("length({column}) <= {length}")),
            (Self::SmallInt, Sqlite) => Some(format!("{column} BETWEEN -32768 AND 32767")),
            (Self::Integer, Sqlite) => Some(format!("{column} BETWEEN -2147483648 AND 2147483647")),
            (Self::Json, Sqlite) => Some(format!("json_valid({column})")),
            // MySQL's times are spans of up to 838 hours.
            (Self::Time, Mysql) => Some(format!("{column} >= '00:00:00' AND {column} < '24:00:00'")),
            _ => None,
        }
    }

    pub(super) fn spelling(self) -> Spelling {
        match self {
            Self::SmallInt | Self::Integer | Self::BigInt | Self::Decimal(..) | Self::Real | Self::Double => {
                Spelling::Number
            }
            Self::Boolean => Spelling::Boolean,
            Self::Char(_) | Self::Varchar(_) | Self::Date | Self::Time | Self::Uuid => Spelling::Text,
            Self::Timestamp | Self::TimestampWithZone => Spelling::Text,
            Self::Text | Self::Json => Spelling::LongText,
            Self::Bytes => Spelling::Bytes,
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::SmallInt | Self::Integer | Self::BigInt)
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Char(_) | Self::Varchar(_) | Self::Text)
    }

    /// How many bytes MySQL reserves for it in a key; nothing for what cannot be in a key there.
    pub(super) fn key_bytes(self) -> Option<u64> {
        match self {
            Self::Char(length) | Self::Varchar(length) => Some(4 * length),
            Self::Text | Self::Json | Self::Bytes => None,
            Self::Uuid => Some(36),
            _ => Some(8),
        }
    }
}

fn characters(length: &CharacterLength, place: Place) -> Refused<u64> {
    match *length {
        CharacterLength::IntegerLength { length, unit: None } if (1..=LONGEST_VARCHAR).contains(&length) => Ok(length),
        CharacterLength::IntegerLength { unit: None, .. } => {
            Err(place
                .says(format!("a length is between 1 and {LONGEST_VARCHAR}, which is what MySQL holds: write text")))
        }
        _ => Err(place.says("a length is a number of characters, such as varchar(100)")),
    }
}

fn decimal(precision: u64, scale: i64, place: Place) -> Refused<Type> {
    if !(1..=15).contains(&precision) {
        return Err(place.says(
            "a decimal has 1 to 15 digits, for SQLite keeps no more of them exactly: put this into the engines' folders",
        ));
    }
    if u64::try_from(scale).map_or(true, |scale| scale > precision) {
        return Err(place.says("a decimal's scale is between 0 and its precision"));
    }
    Ok(Type::Decimal(precision, scale))
}
