//! Findings as they are made.

use serde::Serialize;

use super::{Sides, text};
use crate::findings::{Finding, Place, Status};

/// The findings so far.
pub(super) struct Differences {
    sides: Sides,
    list: Vec<Finding>,
}

impl Differences {
    pub(super) fn new(sides: Sides) -> Self {
        Self { sides, list: Vec::new() }
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    fn push(&mut self, status: Status, place: &Place, message: String, truth: Option<String>, held: Option<String>) {
        self.list.push(Finding::new(status, place.clone(), message).with_sides(truth, held));
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
        let (of_truth, of_held) = text::excerpts(&of_truth, &of_held);
        let Sides { truth, held } = self.sides;
        let message = format!("{what} is {of_truth} in {truth}, and {of_held} in {held}");
        self.push(status, place, message, Some(of_truth), Some(of_held));
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
        let of = |is_so: bool| if is_so { say[0] } else { say[1] };
        let (of_truth, of_held) = (of(truth), of(held));
        let Sides { truth, held } = self.sides;
        let message = format!("{what} {of_truth} in {truth}, and {of_held} in {held}");
        self.push(status, place, message, Some(of_truth.to_owned()), Some(of_held.to_owned()));
    }

    /// Something that only the truth has. `what` is what it is, such as `column`, and `definition` what it says.
    pub(super) fn missing(&mut self, status: Status, place: &Place, what: &str, definition: &str) {
        let Sides { truth, held } = self.sides;
        let message = format!("the {what} is in {truth}, and not in {held}");
        self.push(status, place, message, Some(text::short(definition)), None);
    }

    /// Something that the truth does not have.
    pub(super) fn extra(&mut self, status: Status, place: &Place, what: &str, definition: &str) {
        let Sides { truth, held } = self.sides;
        let message = format!("the {what} is in {held}, and not in {truth}");
        self.push(status, place, message, None, Some(text::short(definition)));
    }

    /// Something that the truth does not show.
    pub(super) fn unverifiable(&mut self, place: &Place, what: &str, why: &str) {
        let Sides { truth, held } = self.sides;
        let message = format!("the {what} is in {held}, and cannot be compared with {truth}: {why}");
        self.push(Status::Unverifiable, place, message, None, Some(what.to_owned()));
    }

    /// What is left for two things that are not equal and of which nothing was found since there were `before` findings: the
    /// same entries stand in another order.
    pub(super) fn order(&mut self, before: usize, status: Status, place: &Place, what: &str) {
        if self.list.len() == before {
            let Sides { truth, held } = self.sides;
            let message = format!("{what} has the same entries in {truth} and in {held}, in another order");
            self.push(status, place, message, None, None);
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
