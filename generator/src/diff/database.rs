//! What changed in the database: the same differences that a check finds, told as changes from one side to the other.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Side;
use crate::catalog::{Catalog, Diagnostic, DiagnosticKind, QName, Relation};
use crate::findings::compare::{Discrepancy, How, discrepancies};
use crate::findings::{ObjectKind, Place, Status};

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Dropped,
    /// It is there, and not as it was.
    Changed,
    /// One side does not show it.
    Unseen,
}

/// A change in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Where.
    pub place: Place,
    /// What became of it.
    pub kind: Kind,
    /// What sort of change it is: the status that the same difference has in a check.
    pub sort: &'static str,
    /// What the older side says, in short; absent where it has nothing there.
    pub from: Option<String>,
    /// What the newer side says, in short; absent where it has nothing there.
    pub to: Option<String>,
    /// The change in words, such as `type changed from integer to bigint`.
    pub message: String,
}

/// The changes from one side to the other, by place.
pub(super) fn changes(old: &Side, new: &Side) -> Vec<Change> {
    let unread = unread_relations(&old.unread);
    let mut changes: Vec<Change> = discrepancies(&new.catalog, &old.catalog, &new.unread)
        .into_iter()
        .map(|found| {
            let why = unread.get(found.place.to_string().as_str()).filter(|_| matches!(found.how, How::Truth { .. }));
            match why {
                Some(why) => unseen(found, why),
                None => change(found, old, new),
            }
        })
        .collect();
    changes.sort_by(|a, b| (a.place.whole(), &a.place).cmp(&(b.place.whole(), &b.place)));
    changes
}

/// What is said about relations that could not be read, by their paths.
fn unread_relations(unread: &[Diagnostic]) -> BTreeMap<&str, &str> {
    let kinds = [DiagnosticKind::UnreadableRelation, DiagnosticKind::BrokenView, DiagnosticKind::MissingProvider];
    unread.iter().filter(|d| kinds.contains(&d.kind)).map(|d| (d.path.as_str(), d.message.as_str())).collect()
}

/// Something of the newer side that the older one may have had and did not show.
fn unseen(found: Discrepancy, why: &str) -> Change {
    let what = match found.how {
        How::Truth { what, .. } => what,
        _ => String::new(),
    };
    Change {
        place: found.place,
        kind: Kind::Unseen,
        sort: Status::Unverifiable.name(),
        from: None,
        to: Some(what.clone()),
        message: format!("{what} cannot be compared, for the older side does not show it: {why}"),
    }
}

fn change(found: Discrepancy, old: &Side, new: &Side) -> Change {
    let Discrepancy { status, place, how } = found;
    let (kind, from, to, message) = match how {
        How::Property { what, truth, held } => {
            let message = format!("{} changed from {held} to {truth}", without_article(&what));
            (Kind::Changed, Some(held), Some(truth), message)
        }
        How::State { what, truth, held } => {
            let message = format!("{} {truth} now, and before {held}", without_article(&what));
            (Kind::Changed, Some(held), Some(truth), message)
        }
        How::Truth { what, definition } => {
            let message = format!("{what} added{}", saying(&what, &definition, &place, &new.catalog));
            (Kind::Added, None, Some(definition), message)
        }
        How::Held { what, definition } => {
            let message = format!("{what} dropped{}", saying(&what, &definition, &place, &old.catalog));
            (Kind::Dropped, Some(definition), None, message)
        }
        How::Unseen { what, why } => {
            let message = format!("{what} cannot be compared, for the newer side does not show it: {why}");
            (Kind::Unseen, Some(what), None, message)
        }
        How::Order { what } => {
            let message = format!("{} has the same entries in another order", without_article(&what));
            (Kind::Changed, None, None, message)
        }
    };
    Change { place, kind, sort: status.name(), from, to, message }
}

fn without_article(what: &str) -> &str {
    what.strip_prefix("the ").unwrap_or(what)
}

/// What is worth saying about a thing that came or went besides what it is.
fn saying(what: &str, definition: &str, place: &Place, catalog: &Catalog) -> String {
    match relation(place, catalog) {
        Some(relation) if place.part.is_none() => {
            let n = relation.columns.len();
            format!(" with {n} column{}", if n == 1 { "" } else { "s" })
        }
        // A label says nothing but its name.
        _ if definition == what || what.starts_with("label ") => String::new(),
        _ => format!(": {definition}"),
    }
}

fn relation<'a>(place: &Place, catalog: &'a Catalog) -> Option<&'a Relation> {
    let object = place.object.as_ref().filter(|object| object.kind == ObjectKind::Relation)?;
    catalog.relation(&QName::new(&place.schema, &object.name))
}
