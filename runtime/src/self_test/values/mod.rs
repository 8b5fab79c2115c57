//! Values of a column, made from its JSON Schema and, where that does not say enough, from its SQL type.
//!
//! They are made in the form in which the database gives them back (a decimal with all digits of its scale, a range with
//! the bounds that the server prefers), so that what is read can be demanded to be what was written.

mod kind;
mod make;
mod pattern;
mod samples;
mod texts;

pub(super) use kind::{Kind, Setting, base as base_of};
pub(super) use texts::Alphabet;
