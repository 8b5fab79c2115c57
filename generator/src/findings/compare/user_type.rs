//! Types that users of a database define.

use super::differences::Differences;
use super::pairs::{Pair, pairs};
use super::relation::{comments, sequence, types};
use super::{constraint, text};
use crate::catalog::{CompositeType, Domain, EnumType, Field, QName, RangeType};
use crate::findings::{ObjectKind, PartKind, Place, Status};

/// A type that only one side has is told; of one that both have, the place and both of them are given back.
fn both<'a, T>(
    found: &mut Differences,
    pair: Pair<'a, T>,
    name: fn(&T) -> &QName,
    what: &str,
    definition: impl Fn(&T) -> String,
) -> Option<(Place, &'a T, &'a T)> {
    let place = Place::object(ObjectKind::Type, name(pair.either()));
    match pair {
        Pair::Both(truth, held) => return Some((place, truth, held)),
        Pair::Truth(truth) => found.missing(Status::MissingInModel, &place, what, &definition(truth)),
        Pair::Held(held) => found.extra(Status::MissingInDatabase, &place, what, &definition(held)),
    }
    None
}

pub(super) fn enumeration(found: &mut Differences, pair: Pair<'_, EnumType>) {
    let definition = |item: &EnumType| format!("enum ({})", item.labels.join(", "));
    let Some((place, truth, held)) = both(found, pair, |item| &item.name, "enumeration", definition) else { return };
    let before = found.len();
    let EnumType { name: _, labels: of_truth, comment } = truth;
    labels(found, &place, of_truth, &held.labels, |label| place.part(PartKind::Label, label));
    comments(found, &place, comment.as_ref(), held.comment.as_ref());
    found.order(before, Status::EnumMismatch, &place, "the list of labels");
}

/// The labels of an enumeration, which stands at `whole`; `place` says where one of them stands.
pub(super) fn labels(
    found: &mut Differences,
    whole: &Place,
    truth: &[String],
    held: &[String],
    place: impl Fn(&str) -> Place,
) {
    let status = Status::EnumMismatch;
    for label in truth.iter().filter(|label| !held.contains(label)) {
        found.missing(status, &place(label), &format!("label {label:?}"), label);
    }
    for label in held.iter().filter(|label| !truth.contains(label)) {
        found.extra(status, &place(label), &format!("label {label:?}"), label);
    }
    let names = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|label| other.contains(label)).cloned().collect()
    };
    let (of_truth, of_held) = (names(truth, held), names(held, truth));
    found.property(status, whole, "the order of the labels", &of_truth, &of_held, |names| names.join(", "));
}

pub(super) fn domain(found: &mut Differences, pair: Pair<'_, Domain>) {
    let definition = |item: &Domain| text::column_type(&item.ty, &item.raw);
    let Some((place, truth, held)) = both(found, pair, |item| &item.name, "domain", definition) else { return };
    let before = found.len();
    let Domain { name: _, ty, raw, not_null, default, checks, collation, comment } = truth;
    types(found, &place, (ty, raw), (&held.ty, &held.raw));
    let words = ["is NOT NULL", "takes NULL"];
    found.either(Status::NullabilityMismatch, &place, "the domain", *not_null, held.not_null, words);
    let plain = |text: &Option<String>| text::option(text.as_ref(), Clone::clone);
    found.property(Status::DefaultMismatch, &place, "the default", default, &held.default, plain);
    constraint::checks(found, &place, checks, &held.checks);
    found.property(Status::CollationMismatch, &place, "the collation", collation, &held.collation, plain);
    comments(found, &place, comment.as_ref(), held.comment.as_ref());
    found.order(before, Status::OrderMismatch, &place, "the domain");
}

pub(super) fn composite(found: &mut Differences, pair: Pair<'_, CompositeType>) {
    let names = |item: &CompositeType| item.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let definition = |item: &CompositeType| format!("({})", names(item).join(", "));
    let Some((place, truth, held)) = both(found, pair, |item| &item.name, "composite type", definition) else { return };
    let before = found.len();
    let CompositeType { name: _, fields, comment } = truth;
    for pair in pairs(fields, &held.fields, |field| &field.name) {
        field(found, &place, pair);
    }
    sequence(found, &place, "fields", &names(truth), &names(held));
    comments(found, &place, comment.as_ref(), held.comment.as_ref());
    found.order(before, Status::OrderMismatch, &place, "the composite type");
}

fn field(found: &mut Differences, composite: &Place, pair: Pair<'_, Field>) {
    let Field { name, ty, raw, comment } = pair.either();
    let place = &composite.part(PartKind::Field, name);
    match pair {
        Pair::Both(_, held) => {
            types(found, place, (ty, raw), (&held.ty, &held.raw));
            comments(found, place, comment.as_ref(), held.comment.as_ref());
        }
        Pair::Truth(_) => found.missing(Status::MissingInModel, place, "field", &text::column_type(ty, raw)),
        Pair::Held(_) => found.extra(Status::MissingInDatabase, place, "field", &text::column_type(ty, raw)),
    }
}

pub(super) fn range(found: &mut Differences, pair: Pair<'_, RangeType>) {
    let definition = |item: &RangeType| format!("range of {}", text::exactly(&item.subtype));
    let Some((place, truth, held)) = both(found, pair, |item| &item.name, "range type", definition) else { return };
    let RangeType { name: _, subtype, multirange, comment } = truth;
    let status = Status::TypeMismatch;
    found.property(status, &place, "the type of the bounds", subtype, &held.subtype, text::exactly);
    found.property(status, &place, "the multirange type", multirange, &held.multirange, |name| {
        text::option(name.as_ref(), ToString::to_string)
    });
    comments(found, &place, comment.as_ref(), held.comment.as_ref());
}
