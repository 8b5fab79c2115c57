//! The view of a new configuration.

use askama::Template;

/// `tablature.toml` as `tablature init` writes it.
#[derive(Clone, Debug, Template)]
#[template(path = "tablature.toml.askama", escape = "none")]
pub struct InitFile {
    /// The name of the crate, as a TOML string.
    pub name: String,
    /// The URL, as a TOML string.
    pub url: String,
    /// Whether the URL stands in an environment variable because it has a password.
    pub url_is_secret: bool,
    /// What was found, in a few lines.
    pub findings: Vec<String>,
    /// The schemas that were found, as TOML strings.
    pub schemas: Vec<String>,
    /// An example of a path to a column, such as `shop.book.price`.
    pub example_column: String,
    /// An example of a path to a relation.
    pub example_relation: String,
    /// Whether the engine is PostgreSQL.
    pub is_postgres: bool,
    /// Whether the engine is MySQL or MariaDB.
    pub is_mysql: bool,
    /// The classes of diagnostics, each with what it means and how often it was found.
    pub classes: Vec<(&'static str, String, usize)>,
    /// The statuses of findings, each with what it means and its severity.
    pub statuses: Vec<(&'static str, &'static str, &'static str)>,
}
