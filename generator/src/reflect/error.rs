//! Why a database could not be reflected, and the way out.

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::PgDatabaseError;
use thiserror::Error;

use super::{DatabaseUrl, Dialect};

/// Why a database could not be reflected. No message holds a password.
#[derive(Debug, Error)]
pub enum ReflectError {
    /// No connection.
    #[error("cannot connect to {url}: {problem}: {}", Said(.source))]
    Connect {
        /// The database, without its password.
        url: String,
        /// What to do about it.
        problem: ConnectProblem,
        /// What the driver says.
        source: Box<sqlx::Error>,
    },
    /// A statement failed.
    #[error("cannot read {what} of {url}: {}{}", if is_lost(.source) { "the connection was lost: " } else { "" }, Said(.source))]
    Query {
        /// The database, without its password.
        url: String,
        /// What was being read, such as `the columns`.
        what: &'static str,
        /// What the driver says.
        source: Box<sqlx::Error>,
    },
    /// Tables were altered between the statements, time and again.
    #[error(
        "{url} changes while it is read: {} is not as it was a moment before; run again when nobody alters tables",
        table.as_deref().unwrap_or("its schema"),
    )]
    Changing {
        /// The database, without its password.
        url: String,
        /// A table or view that is not as it was, if it is known which.
        table: Option<String>,
    },
    /// The server is older than what tablature knows, or something else entirely.
    #[error("{url} runs {version}, which tablature does not read: it wants {wanted}")]
    Unsupported {
        /// The database, without its password.
        url: String,
        /// What the server says it is.
        version: String,
        /// What would do.
        wanted: &'static str,
    },
    /// No schema matched what was asked for.
    #[error("no schema of {url} matches {asked}; it has {found}")]
    NoSchema {
        /// The database, without its password.
        url: String,
        /// The globs.
        asked: String,
        /// The schemas that there are.
        found: String,
    },
    /// The operating system would not give what an asynchronous runtime needs.
    #[error("cannot start an asynchronous runtime: {0}")]
    Runtime(std::io::Error),
}

/// What stands in the way of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectProblem {
    /// Nobody listens there.
    Unreachable,
    /// Somebody listens there, and does not answer.
    Silent,
    /// Somebody answered, and was gone before the login was over.
    Lost,
    /// User or password were refused.
    Login,
    /// There is no such database, or no such file.
    NoDatabase,
    /// The user may not use the database. MySQL says so too of one that does not exist, to a user without any rights.
    NoRights,
    /// One side wants TLS and the other does not have it, or its certificate is not trusted.
    Tls,
    /// The URL says something that the driver does not understand.
    BadUrl,
    /// The file is there and cannot be read as it is.
    Unreadable,
    /// The file is not a database.
    NotADatabase,
    /// Something else.
    Other,
}

impl fmt::Display for ConnectProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "nobody answers there; is the server running, and are host and port right?",
            Self::Silent => {
                "is it a database server, and of this kind? connect_timeout=SECONDS in the URL says how long to wait"
            }
            Self::Lost => {
                "the connection was lost before the login was over; is it a server of this kind, and is it up?"
            }
            Self::Login => "user or password were refused",
            Self::NoDatabase => "there is no such database; create it, or mend the name in the URL",
            Self::NoRights => {
                "there is no database of that name that the user may use; grant SELECT on it, or mend the name"
            }
            Self::Tls => {
                "TLS could not be agreed on; sslmode (PostgreSQL) or ssl-mode (MySQL) in the URL says what is wanted, \
                 sslrootcert or ssl-ca names a certificate authority"
            }
            Self::BadUrl => "the URL is not understood",
            Self::Unreadable => {
                "it is there but cannot be read; is it a file, may this user read it and write the -shm file of a \
                 database in WAL mode, and did the last program that wrote it come to its end?"
            }
            Self::NotADatabase => "the file is not an SQLite database, or it is encrypted",
            Self::Other => "the connection failed",
        })
    }
}

impl ReflectError {
    /// An error of connecting; its problem is told from what the driver says.
    pub(super) fn connect(url: &DatabaseUrl, source: sqlx::Error) -> Self {
        Self::Connect { url: url.to_string(), problem: diagnose(url, &source), source: Box::new(source) }
    }

    /// Nobody answered in time.
    pub(super) fn silent(url: &DatabaseUrl, patience: Duration) -> Self {
        let seconds = patience.as_secs();
        let waited = format!("no answer for {seconds} second{}", if seconds == 1 { "" } else { "s" });
        Self::connect(url, std::io::Error::new(ErrorKind::TimedOut, waited).into())
    }

    /// An error of reading `what`.
    pub(super) fn query(url: &DatabaseUrl, what: &'static str, source: sqlx::Error) -> Self {
        Self::Query { url: url.to_string(), what, source: Box::new(source) }
    }
}

/// Tells from a driver's error what stands in the way. The codes are SQLSTATEs of PostgreSQL, and SQLite's result codes.
fn diagnose(url: &DatabaseUrl, error: &sqlx::Error) -> ConnectProblem {
    let driver = url.dialect();
    match error {
        sqlx::Error::Database(error) => {
            if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
                return diagnose_mysql(error.number());
            }
            let code = error.code().unwrap_or_default();
            match (driver, &*code) {
                (Dialect::Postgres, "3D000") => ConnectProblem::NoDatabase,
                // An entry of pg_hba.conf that wants TLS is only missed by who comes without it.
                (Dialect::Postgres, "28000")
                    if ["no encryption", "SSL off", "certificate"].iter().any(|why| error.message().contains(why)) =>
                {
                    ConnectProblem::Tls
                }
                // 42501 is said to a role that may not connect to the database.
                (Dialect::Postgres, "28000" | "28P01" | "42501") => ConnectProblem::Login,
                (Dialect::Sqlite, "14") => ConnectProblem::NoDatabase,
                (Dialect::Sqlite, "26") => ConnectProblem::NotADatabase,
                _ => ConnectProblem::Other,
            }
        }
        // What rustls says of a handshake or a certificate comes as invalid data.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => ConnectProblem::Tls,
        // A missing file is the server's socket, or one of those that the URL names for TLS.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::NotFound && names_tls_files(url) => ConnectProblem::Tls,
        sqlx::Error::Io(error) => match error.kind() {
            ErrorKind::TimedOut => ConnectProblem::Silent,
            kind if ENDINGS.contains(&kind) => ConnectProblem::Lost,
            _ => ConnectProblem::Unreachable,
        },
        sqlx::Error::Tls(_) => ConnectProblem::Tls,
        sqlx::Error::Configuration(_) => ConnectProblem::BadUrl,
        _ => ConnectProblem::Other,
    }
}

/// How the end of a connection looks that stood.
const ENDINGS: &[ErrorKind] = &[
    ErrorKind::BrokenPipe,
    ErrorKind::ConnectionAborted,
    ErrorKind::ConnectionReset,
    ErrorKind::NotConnected,
    ErrorKind::UnexpectedEof,
    ErrorKind::WriteZero,
];

/// The same from the numbers of MySQL and MariaDB, whose SQLSTATEs put what is missing and what is forbidden in one class.
fn diagnose_mysql(number: u16) -> ConnectProblem {
    match number {
        // ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR, ER_HOST_NOT_PRIVILEGED, ER_MUST_CHANGE_PASSWORD_LOGIN,
        // ER_ACCOUNT_HAS_BEEN_LOCKED of either engine.
        1045 | 1698 | 1130 | 1862 | 3118 | 4151 => ConnectProblem::Login,
        // ER_BAD_DB_ERROR
        1049 => ConnectProblem::NoDatabase,
        // ER_DBACCESS_DENIED_ERROR
        1044 => ConnectProblem::NoRights,
        // ER_SECURE_TRANSPORT_REQUIRED
        3159 => ConnectProblem::Tls,
        _ => ConnectProblem::Other,
    }
}

/// Whether a URL names certificates or keys.
fn names_tls_files(url: &DatabaseUrl) -> bool {
    let (_, parameters) = url.secret().split_once('?').unwrap_or_default();
    parameters.split('&').any(|pair| {
        let (key, _) = pair.split_once('=').unwrap_or_default();
        key.starts_with("ssl") && !key.ends_with("mode")
    })
}

/// What a driver says, for people: PostgreSQL's own display adds a line number of the server's source code.
struct Said<'a>(&'a sqlx::Error);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_postgres = match self.0 {
            sqlx::Error::Database(error) => error.try_downcast_ref::<PgDatabaseError>(),
            _ => None,
        };
        match of_postgres {
            Some(error) => {
                write!(f, "{} (SQLSTATE {})", error.message(), error.code())?;
                error.detail().map_or(Ok(()), |detail| write!(f, "; {detail}"))
            }
            None => self.0.fmt(f),
        }
    }
}

/// Whether a statement failed because the connection broke under it.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // PostgreSQL's class 57P is an administrator's doing: the server shuts down or ends the session. MySQL's 08S01 is the
        // same.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P") || code == "08S01"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn mysqls_numbers_are_told_apart() {
        for (number, problem) in [
            (1044, ConnectProblem::NoRights),
            (1045, ConnectProblem::Login),
            (1049, ConnectProblem::NoDatabase),
            (3159, ConnectProblem::Tls),
            (1040, ConnectProblem::Other),
        ] {
            assert_eq!(diagnose_mysql(number), problem, "{number}");
        }
    }

    fn problem(url: &str, kind: ErrorKind) -> ConnectProblem {
        let url = DatabaseUrl::parse(url).expect("a known scheme");
        diagnose(&url, &sqlx::Error::Io(io::Error::from(kind)))
    }

    #[test]
    fn a_missing_file_is_a_certificate_only_if_the_url_names_one() {
        let socket = "postgres:///shop?host=/run/postgresql";
        assert_eq!(problem(socket, ErrorKind::NotFound), ConnectProblem::Unreachable);
        let mode = "postgres://db/shop?sslmode=require";
        assert_eq!(problem(mode, ErrorKind::NotFound), ConnectProblem::Unreachable);
        let certificate = "postgres://db/shop?sslmode=verify-full&sslrootcert=/no.pem";
        assert_eq!(problem(certificate, ErrorKind::NotFound), ConnectProblem::Tls);
    }

    #[test]
    fn a_certificate_that_is_not_trusted_is_not_a_server_that_is_down() {
        let url = "postgres://db/shop?sslmode=verify-full";
        assert_eq!(problem(url, ErrorKind::InvalidData), ConnectProblem::Tls);
        assert_eq!(problem(url, ErrorKind::ConnectionRefused), ConnectProblem::Unreachable);
        assert_eq!(problem(url, ErrorKind::UnexpectedEof), ConnectProblem::Lost);
        assert_eq!(problem(url, ErrorKind::TimedOut), ConnectProblem::Silent);
    }
}
