//! Lets a database judge statements, by preparing each of them and executing none.

use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

use super::{DatabaseUrl, Dialect, ReflectError, mysql, postgres, sqlite};

/// What a database says to a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It can be run.
    Prepared,
    /// It cannot.
    Refused {
        /// Why.
        message: String,
        /// The character of the statement where the trouble is, from 0, if the database tells.
        at: Option<usize>,
    },
    /// It cannot be prepared, and may run all the same: the program says the types of parameters, or the protocol has no way
    /// to prepare statements of its kind.
    Undecided {
        /// Why.
        message: String,
    },
}

/// Prepares statements, each for itself, in a read-only transaction that is rolled back. The answers are in the order of the
/// statements.
///
/// # Errors
/// Where the database cannot be reached, or the connection is lost.
pub async fn prepare(url: &DatabaseUrl, statements: &[String]) -> Result<Vec<Answer>, ReflectError> {
    match url.dialect() {
        Dialect::Postgres => postgres::prepare(url, statements).await,
        Dialect::Mysql => mysql::prepare(url, statements).await,
        Dialect::Sqlite => sqlite::prepare(url, statements).await,
    }
}

/// Codes of PostgreSQL's errors that say nothing against a statement: it could not tell the type of a parameter, or was told
/// two in one.
const UNDECIDED: &[&str] = &["42P08", "42P18"];

/// Numbers of MySQL's errors that say nothing against a statement: the user may not use a table or column as it does, or there
/// is no way to prepare such a statement.
const UNDECIDED_NUMBERS: &[u16] = &[1142, 1143, 1295];

/// What an attempt to prepare a statement says about it; the error itself where it says nothing, for the connection is lost.
pub(super) fn answer<T>(prepared: Result<T, sqlx::Error>) -> Result<Answer, sqlx::Error> {
    let error = match prepared {
        Ok(_) => return Ok(Answer::Prepared),
        Err(sqlx::Error::Database(error)) => error,
        // The server has taken it, and the driver does not know a type of what it gives.
        Err(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::TypeNotFound { .. }) => {
            return Ok(Answer::Prepared);
        }
        Err(error) => return Err(error),
    };
    let message = error.message().to_owned();
    if is_undecided(&*error) {
        return Ok(Answer::Undecided { message });
    }
    let at = error.try_downcast_ref::<PgDatabaseError>().and_then(|error| match error.position() {
        Some(PgErrorPosition::Original(position)) => position.checked_sub(1),
        _ => None,
    });
    Ok(Answer::Refused { message, at })
}

fn is_undecided(error: &dyn DatabaseError) -> bool {
    match number(error) {
        Some(number) => UNDECIDED_NUMBERS.contains(&number),
        None => error.code().is_some_and(|code| UNDECIDED.contains(&&*code)),
    }
}

/// The number of an error of MySQL's or MariaDB's.
pub(super) fn number(error: &dyn DatabaseError) -> Option<u16> {
    error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}
