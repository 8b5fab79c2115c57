//! For programs.

use serde::Serialize;

use super::Names;
use crate::diff::Difference;
use crate::findings::format::pretty;

/// The version of the form. It rises when a reader of the older one could misread it.
pub const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    from: &'a str,
    to: &'a str,
    /// Whether code that compiled may no longer do so.
    breaking: bool,
    #[serde(flatten)]
    difference: &'a Difference,
}

pub(super) fn text(difference: &Difference, names: &Names) -> String {
    let Names { from, to } = names;
    pretty(&Document { format_version: FORMAT_VERSION, from, to, breaking: difference.breaks(), difference })
}
