//! Runs SQL text as the engines' own shells would.
//!
//! Dumps are written for `psql` and `mysql`: rows after `COPY … FROM stdin`, meta-commands, `DELIMITER` lines. No
//! driver knows these, so the shells are used where there is one and where it matters.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

use crate::blocking::block_on;
use crate::error::{HarnessError, decoded, redact};
use crate::servers::find_program;

/// How `psql` is told what a URL says: the parameter of the URL, and the environment variable, which unlike an
/// argument is not seen by other users of the machine.
const PSQL_VARIABLES: &[(&str, &str)] = &[
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
];

pub(super) fn postgres(url: &str, sql: &str) -> Result<(), HarnessError> {
    if let Some(psql) = find_program("psql") {
        let mut command = Command::new(psql);
        command.args(["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]);
        command.env("PGOPTIONS", "--client-min-messages=warning").env("PGCLIENTENCODING", "UTF8");
        let parts = Parts::of(url)?;
        command.env("PGDATABASE", parts.database);
        for (name, variable) in PSQL_VARIABLES {
            if let Some((_, value)) = parts.settings.iter().find(|(key, _)| key == name) {
                command.env(variable, value);
            }
        }
        return feed(command, "psql", sql);
    }
    if sql.lines().any(is_copy) {
        return Err(HarnessError::new(
            "the SQL has rows after COPY … FROM stdin, which only psql can load: install it",
        ));
    }
    block_on(async {
        let connection = PgConnection::connect(url).await;
        let mut connection = connection.map_err(HarnessError::doing(format!("connect to {}", redact(url))))?;
        let result = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await;
        result.map(drop).map_err(HarnessError::doing("run the SQL"))
    })
}

pub(super) fn mysql(url: &str, sql: &str) -> Result<(), HarnessError> {
    if sql.lines().any(is_delimiter) {
        let Some(client) = find_program("mariadb").or_else(|| find_program("mysql")) else {
            return Err(HarnessError::new(
                "the SQL has DELIMITER lines, which only the mysql client knows: install it",
            ));
        };
        let parts = Parts::of(url)?;
        let mut command = Command::new(client);
        command.args(["--no-defaults", "--default-character-set=utf8mb4", "--protocol=tcp"]);
        for (key, value) in &parts.settings {
            match key.as_str() {
                "host" | "port" | "user" => drop(command.arg(format!("--{key}={value}"))),
                "password" => drop(command.env("MYSQL_PWD", value)),
                _ => {}
            }
        }
        command.arg(format!("--database={}", parts.database));
        return feed(command, "the mysql client", sql);
    }
    block_on(async {
        let mut connection = super::mysql::connect(url).await?;
        let result = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await;
        result.map(drop).map_err(HarnessError::doing("run the SQL"))
    })
}

/// A URL taken apart. Later settings of the same name do not count.
struct Parts {
    database: String,
    settings: Vec<(String, String)>,
}

impl Parts {
    fn of(url: &str) -> Result<Self, HarnessError> {
        let url = Url::parse(url).map_err(HarnessError::doing("read a database's URL"))?;
        let mut settings: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut add = |key: &str, value: &str| settings.push((key.to_owned(), decoded(value)));
        if let Some(host) = url.host_str().filter(|host| !host.is_empty()) {
            add("host", host.trim_matches(['[', ']']));
        }
        if let Some(port) = url.port() {
            add("port", &port.to_string());
        }
        if !url.username().is_empty() {
            add("user", url.username());
        }
        if let Some(password) = url.password() {
            add("password", password);
        }
        Ok(Self { database: decoded(url.path().trim_start_matches('/')), settings })
    }
}

/// Runs a shell with the SQL as its standard input.
fn feed(mut command: Command, name: &str, sql: &str) -> Result<(), HarnessError> {
    // A file and not a pipe: a shell that stops at an error would leave the rest of the text unread.
    let mut file = tempfile::NamedTempFile::new().map_err(HarnessError::doing("make a temporary file"))?;
    file.write_all(sql.as_bytes()).map_err(HarnessError::doing("write a temporary file"))?;
    let input = fs::File::open(file.path()).map_err(HarnessError::doing("read a temporary file"))?;
    let command = command.stdin(input).stdout(Stdio::null()).stderr(Stdio::piped());
    let output = command.output().map_err(HarnessError::doing(format!("run {name}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(HarnessError::new(format!("{name} stopped: {}", said.trim())))
}

/// Whether a line is followed by rows instead of SQL.
fn is_copy(line: &str) -> bool {
    let line = line.trim().to_ascii_lowercase();
    line.starts_with("copy ") && line.ends_with("from stdin;")
}

/// Whether a line changes what ends a statement.
fn is_delimiter(line: &str) -> bool {
    line.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("delimiter "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let parts = Parts::of("postgres://ann:a%2Fb+c@db:5433/shop?sslmode=require").expect("a URL");
        assert_eq!(parts.database, "shop");
        let expected =
            [("sslmode", "require"), ("host", "db"), ("port", "5433"), ("user", "ann"), ("password", "a/b+c")];
        assert_eq!(parts.settings, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_only_shells_know_is_recognised() {
        assert!(is_copy("COPY public.book (id, title) FROM stdin;"));
        assert!(!is_copy("-- COPY to the shelf"));
        assert!(is_delimiter("DELIMITER ;;"));
        assert!(!is_delimiter("delimiters are fun"));
    }
}
