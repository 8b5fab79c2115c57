//! Database URLs: which engine they mean, and how to print them without the password.

use std::fmt;

use thiserror::Error;

/// What speaks to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// PostgreSQL's protocol.
    Postgres,
    /// The protocol of MySQL and MariaDB.
    Mysql,
    /// An SQLite file.
    Sqlite,
}

/// A database URL. [`fmt::Display`] and [`fmt::Debug`] leave the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    driver: Driver,
    text: String,
}

/// Why a text is not a database URL.
#[derive(Debug, Error)]
#[error(
    "{redacted:?} is not a database URL that tablature knows: write postgres://user:password@host:5432/database, \
     mysql://user:password@host:3306/database, mariadb://… or sqlite:path/to/file.db"
)]
pub struct UrlError {
    redacted: String,
}

const SCHEMES: &[(&str, Driver)] = &[
    ("postgres:", Driver::Postgres),
    ("postgresql:", Driver::Postgres),
    ("mysql:", Driver::Mysql),
    ("mariadb:", Driver::Mysql),
    ("sqlite:", Driver::Sqlite),
];

impl DatabaseUrl {
    /// Reads a URL; its scheme says which engine is meant.
    ///
    /// # Errors
    /// Where the scheme is none of `postgres`, `postgresql`, `mysql`, `mariadb` and `sqlite`.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        SCHEMES
            .iter()
            .find(|(scheme, _)| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
            .map(|&(_, driver)| Self { driver, text: text.to_owned() })
            .ok_or_else(|| UrlError { redacted: redact(text) })
    }

    /// What speaks to this database.
    pub fn driver(&self) -> Driver {
        self.driver
    }

    /// The whole URL, with the password: for connecting, never for printing.
    pub fn secret(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.text))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Takes passwords out of a URL: what stands between the user's name and the last `@` of the authority, and every
/// parameter whose name speaks of a password.
fn redact(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    // A password may hold an unescaped slash; the last `@` ends the user's part in any case.
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => rest.to_owned(),
    };
    let query = query.map(|query| {
        let hidden = query.split('&').map(|pair| match pair.split_once('=') {
            Some((key, _)) if key.to_ascii_lowercase().contains("pass") => format!("{key}=***"),
            _ => pair.to_owned(),
        });
        format!("?{}", hidden.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{rest}{}", query.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_password_is_printed() {
        for (url, printed) in [
            ("postgres://ann:s3cret@db/shop", "postgres://ann:***@db/shop"),
            ("postgres://ann:s3/cr@et@db/shop", "postgres://ann:***@db/shop"),
            ("mysql://root@127.0.0.1/shop", "mysql://root@127.0.0.1/shop"),
            ("postgres://db/shop?user=ann&password=s3cret", "postgres://db/shop?user=ann&password=***"),
            ("sqlite:shop.db", "sqlite:shop.db"),
            ("sqlite://shop.db?mode=ro", "sqlite://shop.db?mode=ro"),
        ] {
            let url = DatabaseUrl::parse(url).expect("a known scheme");
            assert_eq!(url.to_string(), printed);
            assert!(!format!("{url:?}").contains("s3"));
        }
    }

    #[test]
    fn an_unknown_scheme_is_named_without_its_password() {
        let error = DatabaseUrl::parse("oracle://ann:s3cret@db/shop").expect_err("an unknown scheme").to_string();
        assert!(error.contains("oracle://ann:***@db/shop") && !error.contains("s3cret"), "{error}");
    }
}
