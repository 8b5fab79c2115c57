//! A difference in the form that each reader wants.

mod human;
mod json;
mod markdown;

use super::Difference;
use crate::findings::Options;
pub(super) use crate::findings::format::{counted, visible};
pub use json::FORMAT_VERSION;

/// A form of a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people: in sections, grouped by relation, in colour on a terminal
    #[default]
    Human,
    /// For programs
    Json,
    /// Markdown, for a comment on a pull request
    Markdown,
}

/// What the two sides are called, without passwords.
#[derive(Clone, Debug)]
pub struct Names {
    /// The older side.
    pub from: String,
    /// The newer side.
    pub to: String,
}

/// A difference as a text that ends with a newline.
pub fn render(difference: &Difference, names: &Names, format: Format, options: Options) -> String {
    match format {
        Format::Human => human::text(difference, names, options.colour),
        Format::Json => json::text(difference, names),
        Format::Markdown => markdown::text(difference, names),
    }
}

/// What is said of documents.
fn documents(stay_valid: bool, were_valid: bool) -> &'static str {
    match (stay_valid, were_valid) {
        (true, true) => "takes the same documents",
        (true, false) => "takes all documents of before, and more",
        (false, true) => "may refuse documents of before",
        (false, false) => "may refuse documents of before, and takes others",
    }
}
