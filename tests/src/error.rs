//! Why the harness could not do what a test asked for, and how URLs are read and printed.

use std::fmt;

use url::Url;

/// A sentence that says what failed, on which server, and what to do about it.
///
/// [`fmt::Debug`] prints the same sentence, so that `unwrap` in a test reads well. No message holds a password.
pub struct HarnessError(String);

impl HarnessError {
    /// An error that says everything itself.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What was being done, and why it failed: for `map_err`.
    pub(crate) fn doing<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |cause| Self(format!("cannot {what}: {cause}"))
    }
}

impl fmt::Display for HarnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HarnessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HarnessError {}

/// A URL fit for printing: the password, and every parameter whose name speaks of one, is `***`.
///
/// A text that does not parse as a URL is not printed at all, for nobody can say where its password stands.
pub fn redact(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "(a URL that cannot be read)".to_owned() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return format!("{}://…", url.scheme());
    }
    if url.query().is_some() {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        url.query_pairs_mut().clear().extend_pairs(
            pairs.iter().map(|(key, value)| (key, if key.to_lowercase().contains("pass") { "***" } else { value })),
        );
    }
    url.into()
}

/// Undoes the percent-encoding of a part of a URL.
pub(crate) fn decoded(text: &str) -> String {
    // A query's value is decoded by the parser; `+` would be a space there, and is none elsewhere.
    let query = format!("v={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_printed() {
        for (url, printed) in [
            ("postgres://ann:s3cret@db:5433/shop", "postgres://ann:***@db:5433/shop"),
            ("mysql://root@127.0.0.1", "mysql://root@127.0.0.1"),
            ("redis://:s3cret@127.0.0.1/1", "redis://:***@127.0.0.1/1"),
            ("postgres://db/shop?user=ann&password=s3cret", "postgres://db/shop?user=ann&password=***"),
            ("s3cret", "(a URL that cannot be read)"),
        ] {
            assert_eq!(redact(url), printed);
        }
    }
}
