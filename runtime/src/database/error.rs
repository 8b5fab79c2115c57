//! What can go wrong with a database.

use std::time::Duration;

use super::url::{DatabaseUrl, UrlError};
use super::verify::{Difference, drift};
use super::violation::Violation;
use crate::error::RowError;
use crate::param::Kind;
use crate::sql::SqlError;
use crate::table::{Dialect, Relation};

/// What can go wrong with a database. One sentence, and of [`Drift`](Self::Drift) one for each difference, without
/// passwords and without values of rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL is not one of a database.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The text of a statement and what is bound to it do not fit.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// The engine's feature is off.
    #[error("this program is built without support for {0:?}: turn on the feature {feature:?} of tablature-runtime", feature = feature(*.0))]
    NoEngine(Dialect),
    /// No connection could be opened.
    #[error("cannot connect to {url}: {cause}")]
    Connect {
        /// The URL, without the password.
        url: String,
        /// What the driver said.
        cause: sqlx::Error,
    },
    /// All connections were in use for as long as a statement waits for one.
    #[error(
        "no connection to {url} was free within {} s: all {size} are in use, of which some may be held by \
         transactions that never end; max_connections and acquire_timeout set how many there are and how long to wait",
        waited.as_secs_f32()
    )]
    PoolExhausted {
        /// The URL, without the password.
        url: String,
        /// How long it waited.
        waited: Duration,
        /// The connections that are open.
        size: u32,
    },
    /// The database was closed by this program.
    #[error("the database was closed")]
    Closed,
    /// The connection broke. Whether the statement took effect is unknown, which is why it is not run again by itself.
    ///
    /// A connection that was not in use for a second, or since another one was lost, is asked whether it still stands before
    /// it is used, and a transaction begins anew on another connection where BEGIN does not come through: what a server closes
    /// while nobody uses it is noticed there, as a rule.
    #[error("the connection to the database was lost: {0}")]
    ConnectionLost(String),
    /// A statement was stopped before its end, mostly since it ran for longer than statements may.
    #[error("the statement was stopped before its end: {0}")]
    Timeout(String),
    /// The transaction could not be put in line with others that ran beside it: running it again may succeed.
    #[error("the transaction conflicts with another one: {0}")]
    Serialization(String),
    /// The transaction and another one waited for each other: running it again may succeed.
    #[error("the transaction was part of a deadlock: {0}")]
    Deadlock(String),
    /// The statement was prepared before its table was changed. It has been forgotten, and running it again succeeds; outside
    /// of transactions that is done already.
    #[error("the statement was prepared before its table was changed: {0}")]
    Outdated(String),
    /// A constraint is violated.
    #[error(transparent)]
    Violation(Box<Violation>),
    /// The database refused a statement for another reason.
    #[error("the database refused the statement: {message}{}", code.as_ref().map_or(String::new(), |code| format!(" ({code})")))]
    Database {
        /// What the database says.
        message: String,
        /// Its code: an SQLSTATE, or SQLite's number.
        code: Option<String>,
    },
    /// A row could not be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Exactly one row was asked for, and there was none.
    #[error("{0} found no row")]
    NoRow(String),
    /// A typed statement asks for what the relation or the engine has not.
    #[error("the statement on {relation} cannot be built: {why}")]
    Statement {
        /// The relation.
        relation: String,
        /// Why, and the way out.
        why: String,
    },
    /// A cursor is damaged, or belongs to other pages than those that it was given to.
    #[error("the cursor {0}")]
    Cursor(&'static str),
    /// A value cannot be bound.
    #[error("parameter {number} ({kind:?}) cannot be bound: {cause}")]
    Unbindable {
        /// The number, from 1.
        number: usize,
        /// The kind of the value.
        kind: Kind,
        /// Why.
        cause: String,
    },
    /// The cache could not be told of a write, which was taken back therefore.
    #[error(transparent)]
    Cache(#[from] crate::cache::CacheError),
    /// A row cannot be written as JSON, or read from it.
    #[error("a row of {relation} has no JSON form: {cause}")]
    Json {
        /// The relation.
        relation: String,
        /// Why.
        cause: String,
    },
    /// An operation cannot be done with that relation, or with what was given.
    #[error("{relation} cannot be used so: {why}")]
    Unsuitable {
        /// The relation.
        relation: String,
        /// Why.
        why: String,
    },
    /// The transaction is over: it was committed or rolled back, or an error in it left the engine no other choice, or a
    /// statement of MySQL's was no longer waited for, whose answer would be taken for another one's.
    #[error(
        "the transaction is over: it had ended before, or an error or an abandoned statement in it left no other \
         choice than to roll it back"
    )]
    TransactionEnded,
    /// The transaction's connection did not become free: something on it waits for its own end.
    #[error(
        "the transaction was in use for {} s: a stream of its rows was still open, or a transaction inside of it, whose \
         own handle is the one to use there",
        .0.as_secs_f32()
    )]
    TransactionBusy(Duration),
    /// A statement failed in the transaction, whose error the closure did not return: the server rolled everything back.
    /// What is to fail alone is put into a transaction of its own inside of the other.
    #[error("the transaction was rolled back, since a statement in it had failed: {0}")]
    TransactionFailed(String),
    /// The database is not as the code was generated. There is at least one difference.
    #[error("{}", drift(.0))]
    Drift(Vec<Difference>),
    /// There is no tokio runtime to work on.
    #[error("a database is opened and used within a tokio runtime, and this thread has none")]
    NoRuntime,
    /// Something else that the driver reports.
    #[error("{0}")]
    Driver(sqlx::Error),
}

fn feature(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "postgres",
        Dialect::Mysql => "mysql",
        Dialect::Sqlite => "sqlite",
    }
}

/// The name of a relation as it is printed.
impl Error {
    #[allow(dead_code, reason = "with all engines there is none that is off")]
    pub(crate) fn no_engine(dialect: Dialect) -> Self {
        Self::NoEngine(dialect)
    }

    pub(crate) fn unbindable(number: usize, kind: Kind, cause: sqlx::error::BoxDynError) -> Self {
        Self::Unbindable { number, kind, cause: cause.to_string() }
    }

    pub(crate) fn connect(url: &DatabaseUrl, cause: sqlx::Error) -> Self {
        Self::Connect { url: url.to_string(), cause }
    }

    #[allow(dead_code, reason = "with one engine nothing can be mixed")]
    pub(crate) fn mixed_engines() -> Self {
        Self::Driver(sqlx::Error::Protocol("a statement was prepared for another engine".to_owned()))
    }

    pub(crate) fn statement(relation: &Relation, why: impl Into<String>) -> Self {
        Self::Statement { relation: relation.title(), why: why.into() }
    }

    pub(crate) fn unsuitable(relation: &Relation, why: impl Into<String>) -> Self {
        Self::Unsuitable { relation: relation.title(), why: why.into() }
    }

    pub(crate) fn no_row_of(relation: &Relation) -> Self {
        Self::NoRow(format!("a SELECT from {}", relation.title()))
    }

    /// Whether running the whole transaction again may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Serialization(_) | Self::Deadlock(_) | Self::Outdated(_))
    }

    /// Whether the database has said of a commit that it did not take effect.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::Violation(_) | Self::Serialization(_) | Self::Deadlock(_) => true,
            // "connection exception", "statement completion unknown" and "system error" tell nothing of what became of it.
            Self::Database { code: Some(code), .. } => {
                !(code.starts_with("08") || code.starts_with("58") || code.starts_with("XX") || code == "40003")
            }
            _ => false,
        }
    }

    /// A word for the kind of error, for metrics.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::NoEngine(_) | Self::NoRuntime | Self::Connect { .. } => "connect",
            Self::Sql(_) | Self::Unbindable { .. } | Self::Statement { .. } => "statement",
            Self::Cursor(_) => "cursor",
            Self::PoolExhausted { .. } => "pool_exhausted",
            Self::Closed => "closed",
            Self::ConnectionLost(_) => "connection_lost",
            Self::Timeout(_) => "timeout",
            Self::Serialization(_) => "serialization",
            Self::Deadlock(_) => "deadlock",
            Self::Violation(_) => "violation",
            Self::Database { .. } => "database",
            Self::Row(_) => "row",
            Self::NoRow(_) => "no_row",
            Self::Unsuitable { .. } => "unsuitable",
            Self::Cache(_) | Self::Json { .. } => "cache",
            Self::Drift(_) => "drift",
            Self::Outdated(_) => "outdated",
            Self::TransactionEnded | Self::TransactionFailed(_) | Self::TransactionBusy(_) => "transaction",
            Self::Driver(_) => "driver",
        }
    }

    /// The constraint that is violated.
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Violation(violation) => Some(violation),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => Self::from_database(&*error),
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::Io(error) => Self::ConnectionLost(error.to_string()),
            // The driver looks up the types of a result in the catalogue, where it stumbles over the kind `m`.
            sqlx::Error::ColumnDecode { index, .. } if index == "\"typtype\"" || index == "typtype" => Self::Database {
                message:
                    "the result has a column of a multirange type, which the driver does not know: cast it to text"
                        .to_owned(),
                code: None,
            },
            sqlx::Error::WorkerCrashed => Self::ConnectionLost("its thread is gone".to_owned()),
            other => Self::Driver(other),
        }
    }
}

impl Error {
    /// Sorts what a server refused by its code.
    ///
    /// SQLSTATEs are of PostgreSQL's manual, appendix A; MySQL's numbers of its error reference; SQLite's of "Result and
    /// Error Codes".
    fn from_database(error: &dyn sqlx::error::DatabaseError) -> Self {
        let message = error.message().to_owned();
        #[cfg(feature = "mysql")]
        if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
            return match error.number() {
                1205 | 1213 => Self::Deadlock(message),
                1020 => Self::Serialization(message),
                // Oracle's MySQL, MariaDB.
                3024 | 1969 => Self::Timeout(message),
                1053 | 1927 | 4031 => Self::ConnectionLost(message),
                number => Violation::of_mysql(error).unwrap_or_else(|| Self::Database {
                    message: without_values_mysql(&message),
                    code: Some(number.to_string()),
                }),
            };
        }
        #[cfg(feature = "sqlite")]
        if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
            let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
            return match code & 0xff {
                9 => Self::Timeout(message),
                5 | 6 => Self::Deadlock(message),
                19 => Violation::of_sqlite(code, &message)
                    .unwrap_or_else(|| Self::Database { message, code: Some(code.to_string()) }),
                _ => Self::Database { message, code: Some(code.to_string()) },
            };
        }
        let code = error.code().map(|code| code.into_owned());
        match code.as_deref() {
            Some("40001") => Self::Serialization(message),
            Some("40P01" | "55P03") => Self::Deadlock(message),
            Some("57014") => Self::Timeout(message),
            // Idle sessions are ended by 57P05, and idle transactions by 25P03.
            Some("57P01" | "57P02" | "57P03" | "57P05" | "25P03") => Self::ConnectionLost(message),
            // One that is not there was taken away by DISCARD, or is another server's behind the same pooler.
            Some("26000") => Self::Outdated(message),
            #[cfg(feature = "postgres")]
            Some("0A000") if is_plan_of_before(error) => Self::Outdated(message),
            // Data exceptions quote what they refuse.
            Some(code) if code.starts_with("22") => {
                Self::Database { message: without_values_postgres(&message), code: Some(code.to_owned()) }
            }
            #[cfg(feature = "postgres")]
            Some(code) if code.starts_with("23") => Violation::of_postgres(error, code)
                .unwrap_or_else(|| Self::Database { message, code: Some(code.to_owned()) }),
            #[cfg(feature = "postgres")]
            _ if is_elsewhere(error) => Self::Database { message: format!("{message}{ELSEWHERE}"), code },
            _ => Self::Database { message, code },
        }
    }
}

/// What is said of an error that is not in the statement itself.
#[cfg(any(feature = "postgres", feature = "self-test"))]
pub(crate) const ELSEWHERE: &str = ", in a function or trigger that the statement calls";

/// Whether what is wrong stands in a statement that the server made, or took from a function.
#[cfg(feature = "postgres")]
fn is_elsewhere(error: &dyn sqlx::error::DatabaseError) -> bool {
    use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

    let position = error.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::position);
    matches!(position, Some(PgErrorPosition::Internal { .. }))
}

/// Whether a prepared statement's columns are no longer those that it was prepared with. The message is in the server's
/// language, the name of the routine that refuses is not.
#[cfg(feature = "postgres")]
fn is_plan_of_before(error: &dyn sqlx::error::DatabaseError) -> bool {
    error
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some_and(|error| error.routine() == Some("RevalidateCachedQuery"))
}

/// A data exception of PostgreSQL's without what it quotes: the text that it could not read, which is somebody's data.
fn without_values_postgres(message: &str) -> String {
    // The marks are those of the server's language.
    let is_mark = |c: char| matches!(c, '"' | '«' | '»' | '„' | '“' | '”' | '‚' | '‘' | '’' | '「' | '」');
    let mut marks = message.char_indices().filter(|(_, c)| is_mark(*c));
    match (marks.next(), marks.next_back()) {
        (Some((first, _)), Some((last, mark))) if first < last => {
            format!("{}\"…\"{}", &message[..first], &message[last + mark.len_utf8()..])
        }
        _ => message.to_owned(),
    }
}

/// An error of MySQL's without the value that it quotes, as in "Incorrect integer value: '…' for column". Names of columns
/// stay.
#[cfg(feature = "mysql")]
fn without_values_mysql(message: &str) -> String {
    // The second one quotes an expression, in which bound values stand as if they had been written there.
    for mark in ["value: '", "out of range in '"] {
        if let Some((before, rest)) = message.split_once(mark) {
            let end = rest.rfind("' for column").or_else(|| rest.rfind('\'')).unwrap_or(rest.len());
            return format!("{before}{mark}…{}", &rest[end..]);
        }
    }
    match message.split_once("no partition for value ") {
        Some((before, _)) => format!("{before}no partition for value …"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_do_not_quote_values() {
        for (message, shown) in [
            (r#"invalid input syntax for type integer: "a "b" c""#, r#"invalid input syntax for type integer: "…""#),
            (r#"value "99" is out of range for type integer"#, r#"value "…" is out of range for type integer"#),
            ("division by zero", "division by zero"),
            ("ungültige Eingabesyntax für Typ integer: »s3«", "ungültige Eingabesyntax für Typ integer: \"…\""),
        ] {
            assert_eq!(without_values_postgres(message), shown);
        }
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn refusals_of_mysql_do_not_quote_values() {
        for (message, shown) in [
            (
                "Incorrect integer value: 'o'clock' for column `d`.`t`.`n` at row 1",
                "Incorrect integer value: '…' for column `d`.`t`.`n` at row 1",
            ),
            ("Incorrect date value: 's3' for column 'c' at row 1", "Incorrect date value: '…' for column 'c' at row 1"),
            ("Truncated incorrect DOUBLE value: 's3cret'", "Truncated incorrect DOUBLE value: '…'"),
            (
                "BIGINT UNSIGNED value is out of range in 'cast(1 as unsigned) - cast(987654 as unsigned)'",
                "BIGINT UNSIGNED value is out of range in '…'",
            ),
            ("Table has no partition for value 987654", "Table has no partition for value …"),
            ("Out of range value for column 'n' at row 1", "Out of range value for column 'n' at row 1"),
        ] {
            assert_eq!(without_values_mysql(message), shown);
        }
    }
}
