//! Database URLs: which engine they mean, and how to print them without the password.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::table::Dialect;

/// A database URL. [`fmt::Display`] and [`fmt::Debug`] leave the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    dialect: Dialect,
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

/// A `connect_timeout` that is none.
#[derive(Debug, Error)]
#[error("connect_timeout={0} is not a number of seconds")]
pub struct BadTimeout(String);

/// How long a server may take to let somebody in where the URL does not say.
const PATIENCE: Duration = Duration::from_secs(30);

const SCHEMES: &[(&str, Dialect)] = &[
    ("postgres:", Dialect::Postgres),
    ("postgresql:", Dialect::Postgres),
    ("mysql:", Dialect::Mysql),
    ("mariadb:", Dialect::Mysql),
    ("sqlite:", Dialect::Sqlite),
];

impl DatabaseUrl {
    /// Reads a URL; its scheme says which engine is meant.
    ///
    /// # Errors
    /// Where the scheme is none of `postgres`, `postgresql`, `mysql`, `mariadb` and `sqlite`, or no `//` follows that of a
    /// server.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        SCHEMES
            .iter()
            .find(|(scheme, _)| starts_with(text, scheme))
            .filter(|(scheme, dialect)| *dialect == Dialect::Sqlite || text[scheme.len()..].starts_with("//"))
            .map(|&(_, dialect)| Self { dialect, text: text.to_owned() })
            .ok_or_else(|| UrlError { redacted: redact(text) })
    }

    /// A URL as it was typed, fit for printing, whether or not it is one: without its password. Variables of the
    /// environment stay as they are.
    pub fn shown(text: &str) -> String {
        redact(text)
    }

    /// The engine of this database.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How long a server may take to let somebody in: what `connect_timeout` says in seconds, else 30 seconds.
    ///
    /// # Errors
    /// Where it says something else than a number above zero.
    pub fn patience(&self) -> Result<Duration, BadTimeout> {
        let (_, parameters) = self.text.split_once('?').unwrap_or_default();
        let mut pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
        match pairs.rfind(|(key, _)| matches!(*key, "connect_timeout" | "connect-timeout")) {
            None => Ok(PATIENCE),
            Some((_, text)) => {
                let seconds = text.parse().ok().filter(|&seconds: &u32| seconds > 0);
                seconds.map(|seconds| Duration::from_secs(seconds.into())).ok_or_else(|| BadTimeout(text.to_owned()))
            }
        }
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
/// parameter whose name speaks of a password. `${NAME}` is not one, but says where to find it.
///
/// A text need not be a URL to hold a password: what comes before an `@` without `://` is left out as a whole.
fn redact(text: &str) -> String {
    let is_file = SCHEMES.iter().any(|&(scheme, dialect)| dialect == Dialect::Sqlite && starts_with(text, scheme));
    let Some((scheme, rest)) = text.split_once("://") else {
        return match text.rsplit_once('@') {
            Some((_, host)) if !is_file => format!("***@{}", redact_query(host)),
            _ => redact_query(text),
        };
    };
    let before_query = rest.find('?').unwrap_or(rest.len());
    // A password may hold an unescaped slash or question mark; the last `@` ends the user's part in any case.
    let at = rest[..before_query].rfind('@').or_else(|| {
        let has_password = rest[..before_query].contains(':');
        rest.rfind('@').filter(|_| has_password)
    });
    let rest = match at.map(|at| (&rest[..at], &rest[at + 1..])) {
        Some((user, host)) => match user.split_once(':') {
            Some((user, password)) if is_variable(password) => format!("{user}:{password}@{}", redact_query(host)),
            Some((user, _)) => format!("{user}:***@{}", redact_query(host)),
            None => format!("{user}@{}", redact_query(host)),
        },
        None => redact_query(rest),
    };
    format!("{scheme}://{rest}")
}

/// Takes out the values of parameters whose names speak of a password.
fn redact_query(text: &str) -> String {
    let Some((rest, query)) = text.split_once('?') else { return text.to_owned() };
    let hidden = query.split('&').map(|pair| match pair.split_once('=') {
        Some((key, value)) if speaks_of_password(key) && !is_variable(value) => format!("{key}=***"),
        _ => pair.to_owned(),
    });
    format!("{rest}?{}", hidden.collect::<Vec<_>>().join("&"))
}

fn speaks_of_password(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.contains("pass") || key.contains("pwd")
}

/// Whether a text is `${NAME}`, a variable of the environment.
fn is_variable(text: &str) -> bool {
    let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    name.is_some_and(|name| !name.contains(['$', '{', '}']))
}

fn starts_with(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
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
            ("postgres://ann:s3?cr@db/shop?sslmode=disable", "postgres://ann:***@db/shop?sslmode=disable"),
            ("mysql://db:3306/shop?pwd=s3cret&x=a", "mysql://db:3306/shop?pwd=***&x=a"),
            ("postgres://ann:${PW}@db/shop", "postgres://ann:${PW}@db/shop"),
            ("sqlite:shop.db", "sqlite:shop.db"),
            ("sqlite:b@ckup/shop.db", "sqlite:b@ckup/shop.db"),
            ("sqlite://shop.db?mode=ro", "sqlite://shop.db?mode=ro"),
        ] {
            let url = DatabaseUrl::parse(url).expect("a known scheme");
            assert_eq!(url.to_string(), printed);
            assert!(!format!("{url:?}").contains("s3"));
        }
    }

    #[test]
    fn an_unknown_scheme_is_named_without_its_password() {
        for (url, printed) in [
            ("oracle://ann:s3cret@db/shop", "oracle://ann:***@db/shop"),
            ("ann:s3cret@db/shop", "***@db/shop"),
            ("postgres:ann:s3cret@db/shop", "***@db/shop"),
        ] {
            let error = DatabaseUrl::parse(url).expect_err("an unknown scheme").to_string();
            assert!(error.contains(printed) && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn the_url_says_how_long_to_wait() {
        let patience = |url: &str| DatabaseUrl::parse(url).expect("a known scheme").patience();
        assert_eq!(patience("postgres://db/shop").expect("the default"), PATIENCE);
        assert_eq!(patience("mysql://db/shop?a=b&connect_timeout=7").expect("a number"), Duration::from_secs(7));
        for text in ["0", "soon", "", "-1"] {
            patience(&format!("mysql://db/shop?connect-timeout={text}")).expect_err("no number");
        }
    }
}
