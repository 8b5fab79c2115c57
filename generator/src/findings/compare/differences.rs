//! What differs, as it is found: without a word on which of the two sides is the older, the truer, or whose.

use serde::Serialize;

use super::{Sides, text};
use crate::findings::{Finding, Place, Status};

/// One thing that is not the same in two catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// What sort of difference it is.
    pub status: Status,
    /// Where it is.
    pub place: Place,
    /// How the two sides differ.
    pub how: How,
}

/// How two sides differ. Texts are in short words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Both have a word on it: `the type` is one thing here, and another there.
    Property {
        /// What it is about, such as `the type`.
        what: String,
        /// What the truth says.
        truth: String,
        /// What is said by what is held to it.
        held: String,
    },
    /// Something is so or not: `the column` takes NULL here, and is NOT NULL there.
    State {
        /// What it is about, such as `the column`.
        what: String,
        /// What it does in the truth.
        truth: String,
        /// What it does in what is held to it.
        held: String,
    },
    /// Only the truth has it.
    Truth {
        /// What it is, such as `column`.
        what: String,
        /// What it says.
        definition: String,
    },
    /// Only what is held to the truth has it.
    Held {
        /// What it is, such as `column`.
        what: String,
        /// What it says.
        definition: String,
    },
    /// The truth does not show it, and what is held to it has it.
    Unseen {
        /// What it is, such as `table`.
        what: String,
        /// Why it is not shown.
        why: String,
    },
    /// Both have the same entries in another order.
    Order {
        /// What has them, such as `the domain`.
        what: String,
    },
}

impl Discrepancy {
    /// A finding, with the names that the sides have.
    pub fn finding(self, sides: Sides) -> Finding {
        let Sides { truth, held } = sides;
        let Self { status, place, how } = self;
        let (message, of_truth, of_held) = match how {
            How::Property { what, truth: a, held: b } => {
                (format!("{what} is {a} in {truth}, and {b} in {held}"), Some(a), Some(b))
            }
            How::State { what, truth: a, held: b } => {
                (format!("{what} {a} in {truth}, and {b} in {held}"), Some(a), Some(b))
            }
            How::Truth { what, definition } => {
                (format!("the {what} is in {truth}, and not in {held}"), Some(definition), None)
            }
            How::Held { what, definition } => {
                (format!("the {what} is in {held}, and not in {truth}"), None, Some(definition))
            }
            How::Unseen { what, why } => {
                (format!("the {what} is in {held}, and cannot be compared with {truth}: {why}"), None, Some(what))
            }
            How::Order { what } => {
                (format!("{what} has the same entries in {truth} and in {held}, in another order"), None, None)
            }
        };
        Finding::new(status, place, message).with_sides(of_truth, of_held)
    }
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Differences {
    list: Vec<Discrepancy>,
}

impl Differences {
    pub(super) fn into_list(self) -> Vec<Discrepancy> {
        self.list
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    fn push(&mut self, status: Status, place: &Place, how: How) {
        self.list.push(Discrepancy { status, place: place.clone(), how });
    }

    /// Something that both sides have a word on. `what` is what it is about, such as `the type`.
    pub(super) fn property<T: PartialEq + Serialize>(
        &mut self,
        status: Status,
        place: &Place,
        what: &str,
        truth: &T,
        held: &T,
        say: impl Fn(&T) -> String,
    ) {
        if truth == held {
            return;
        }
        let (mut of_truth, mut of_held) = (say(truth), say(held));
        // What people would say can be the same of two things that differ.
        if of_truth == of_held {
            (of_truth, of_held) = (text::exactly(truth), text::exactly(held));
        }
        let (truth, held) = text::excerpts(&of_truth, &of_held);
        self.push(status, place, How::Property { what: what.to_owned(), truth, held });
    }

    /// Something that is so or not, in words such as `takes NULL`.
    pub(super) fn either(
        &mut self,
        status: Status,
        place: &Place,
        what: &str,
        truth: bool,
        held: bool,
        say: [&str; 2],
    ) {
        if truth == held {
            return;
        }
        let of = |is_so: bool| if is_so { say[0] } else { say[1] }.to_owned();
        self.push(status, place, How::State { what: what.to_owned(), truth: of(truth), held: of(held) });
    }

    /// Something that only the truth has. `what` is what it is, such as `column`, and `definition` what it says.
    pub(super) fn missing(&mut self, status: Status, place: &Place, what: &str, definition: &str) {
        self.push(status, place, How::Truth { what: what.to_owned(), definition: text::short(definition) });
    }

    /// Something that the truth does not have.
    pub(super) fn extra(&mut self, status: Status, place: &Place, what: &str, definition: &str) {
        self.push(status, place, How::Held { what: what.to_owned(), definition: text::short(definition) });
    }

    /// Something that the truth does not show.
    pub(super) fn unverifiable(&mut self, place: &Place, what: &str, why: &str) {
        self.push(Status::Unverifiable, place, How::Unseen { what: what.to_owned(), why: why.to_owned() });
    }

    /// What is left for two things that are not equal and of which nothing was found since there were `before` findings: the
    /// same entries stand in another order.
    pub(super) fn order(&mut self, before: usize, status: Status, place: &Place, what: &str) {
        if self.list.len() == before {
            self.push(status, place, How::Order { what: what.to_owned() });
        }
    }

    /// Names that both sides have and that stand in another order; `what` is what they are, such as `columns`.
    pub(super) fn sequence(&mut self, status: Status, place: &Place, what: &str, truth: &[&str], held: &[&str]) {
        let common = |one: &[&str], other: &[&str]| -> Vec<String> {
            one.iter().filter(|name| other.contains(name)).map(|name| (*name).to_owned()).collect()
        };
        let (of_truth, of_held) = (common(truth, held), common(held, truth));
        self.property(status, place, &format!("the order of the {what}"), &of_truth, &of_held, |names| {
            names.join(", ")
        });
    }
}
