//! Two relations of one name.

use super::differences::Differences;
use super::pairs::{Pair, pairs};
use super::{constraint, text, user_type};
use crate::catalog::{Column, Generated, Relation, RelationKind, SqlType};
use crate::findings::{PartKind, Place, Status};

/// Compares everything that two relations say. `hides_actions` is whether the truth does not tell what its foreign keys do
/// on update and delete.
pub(super) fn compare(found: &mut Differences, place: &Place, truth: &Relation, held: &Relation, hides_actions: bool) {
    let before = found.len();
    let Relation {
        name: _,
        kind,
        comment,
        columns,
        primary_key,
        unique_keys,
        foreign_keys,
        checks,
        exclusions,
        indexes,
        partition_key,
        inherits,
        definition,
        provider,
        without_rowid,
        strict,
        system_versioned,
    } = truth;
    let is = Status::RelationMismatch;
    let plain = |text: &Option<String>| text::option(text.as_ref(), Clone::clone);
    found.property(is, place, "the kind", kind, &held.kind, |kind: &RelationKind| kind.title().to_owned());
    found.property(is, place, "the partition key", partition_key, &held.partition_key, plain);
    found.property(is, place, "the list of tables that it inherits from", inherits, &held.inherits, |names| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        if names.is_empty() { "empty".to_owned() } else { names.join(", ") }
    });
    found.property(is, place, "the server or module behind it", provider, &held.provider, plain);
    for (word, truth, held) in [
        ("WITHOUT ROWID", *without_rowid, held.without_rowid),
        ("STRICT", *strict, held.strict),
        ("WITH SYSTEM VERSIONING", *system_versioned, held.system_versioned),
    ] {
        found.either(is, place, "the table", truth, held, [&format!("is {word}"), &format!("is not {word}")]);
    }
    found.property(Status::DefinitionMismatch, place, "the query", definition, &held.definition, plain);
    comments(found, place, comment.as_ref(), held.comment.as_ref());
    for pair in pairs(columns, &held.columns, |column| &column.name) {
        one_column(found, place, pair);
    }
    let names = |relation: &'_ Relation| relation.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    sequence(found, place, "columns", &names(truth), &names(held));
    constraint::primary_key(found, place, primary_key.as_ref(), held.primary_key.as_ref());
    constraint::unique_keys(found, place, unique_keys, &held.unique_keys);
    constraint::foreign_keys(found, place, foreign_keys, &held.foreign_keys, hides_actions);
    constraint::checks(found, place, checks, &held.checks);
    constraint::exclusions(found, place, exclusions, &held.exclusions);
    constraint::indexes(found, place, indexes, &held.indexes);
    found.order(before, Status::OrderMismatch, place, "the relation");
}

/// The comments on something.
pub(super) fn comments(found: &mut Differences, place: &Place, truth: Option<&String>, held: Option<&String>) {
    found.property(Status::CommentMismatch, place, "the comment", &truth, &held, |comment| {
        text::option(*comment, text::quoted)
    });
}

/// The order of what both sides have.
pub(super) fn sequence(found: &mut Differences, place: &Place, what: &str, truth: &[String], held: &[String]) {
    let (truth, held): (Vec<&str>, Vec<&str>) =
        (truth.iter().map(String::as_str).collect(), held.iter().map(String::as_str).collect());
    found.sequence(Status::OrderMismatch, place, what, &truth, &held);
}

fn one_column(found: &mut Differences, relation: &Place, pair: Pair<'_, Column>) {
    let either = pair.either();
    let place = &relation.part(PartKind::Column, &either.name);
    let definition = text::column_type(&either.ty, &either.raw);
    match pair {
        Pair::Both(truth, held) => column(found, place, truth, held),
        Pair::Truth(_) => found.missing(Status::MissingInModel, place, "column", &definition),
        Pair::Held(_) => found.extra(Status::MissingInDatabase, place, "column", &definition),
    }
}

fn column(found: &mut Differences, place: &Place, truth: &Column, held: &Column) {
    let Column {
        name: _,
        ty,
        raw,
        nullable,
        default,
        identity,
        generated,
        on_update,
        collation,
        comment,
        hidden,
        origin,
    } = truth;
    types(found, place, (ty, raw), (&held.ty, &held.raw));
    let words = ["takes NULL", "is NOT NULL"];
    found.either(Status::NullabilityMismatch, place, "the column", *nullable, held.nullable, words);
    let plain = |text: &Option<String>| text::option(text.as_ref(), Clone::clone);
    found.property(Status::DefaultMismatch, place, "the default", default, &held.default, plain);
    found.property(Status::DefaultMismatch, place, "what an update sets", on_update, &held.on_update, plain);
    found.property(Status::IdentityMismatch, place, "the numbering", identity, &held.identity, |identity| {
        text::option(identity.as_ref(), text::identity)
    });
    match (generated, &held.generated) {
        // What a generated column is made of is not shown to every role.
        (Some(Generated { expression: None, stored }), Some(of_held))
            if of_held.expression.is_some() && *stored == of_held.stored =>
        {
            found.unverifiable(place, "expression", "the role may not see what the column is computed from");
        }
        (of_truth, of_held) => {
            found.property(Status::GeneratedMismatch, place, "the generation", of_truth, of_held, |generated| {
                text::option(generated.as_ref(), text::generated)
            });
        }
    }
    found.property(Status::CollationMismatch, place, "the collation", collation, &held.collation, plain);
    found.either(Status::VisibilityMismatch, place, "the column", *hidden, held.hidden, ["is hidden", "is not hidden"]);
    found.property(Status::DefinitionMismatch, place, "the origin", origin, &held.origin, |origin| {
        text::option(origin.as_ref(), |origin| format!("{}.{}", origin.relation, origin.column))
    });
    comments(found, place, comment.as_ref(), held.comment.as_ref());
}

/// The types of something. Of enumerations that a column declares for itself, the labels are compared.
pub(super) fn types(found: &mut Differences, place: &Place, truth: (&SqlType, &String), held: (&SqlType, &String)) {
    match (truth.0, held.0) {
        (SqlType::InlineEnum { labels }, SqlType::InlineEnum { labels: of_held })
        | (SqlType::Set { labels }, SqlType::Set { labels: of_held })
            if labels != of_held =>
        {
            let before = found.len();
            user_type::labels(found, place, labels, of_held, |_| place.clone());
            found.order(before, Status::EnumMismatch, place, "the list of labels");
        }
        _ => {
            let of_one_dimension = |(ty, raw): (&SqlType, &String)| (with_one_dimension(ty), raw.clone());
            let only_dimensions = of_one_dimension(truth) == of_one_dimension(held);
            let (status, what) = if only_dimensions {
                (Status::DimensionMismatch, "the declared type")
            } else {
                (Status::TypeMismatch, "the type")
            };
            found.property(status, place, what, &truth, &held, |(ty, raw)| text::column_type(ty, raw));
        }
    }
}

/// A type in which no array says how many dimensions it was declared with.
fn with_one_dimension(ty: &SqlType) -> SqlType {
    match ty {
        SqlType::Array { element, dimensions: _ } => {
            SqlType::Array { element: Box::new(with_one_dimension(element)), dimensions: 1 }
        }
        other => other.clone(),
    }
}
