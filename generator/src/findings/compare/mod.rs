//! The differences of two catalogs.
//!
//! Every list of the catalog is gone through by name, and every field of what both sides have: each struct is taken apart
//! without `..`, so that a new field does not compile until it is compared. Two catalogs that are not equal give at least one
//! finding.

mod constraint;
mod differences;
mod pairs;
mod relation;
mod text;
mod user_type;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Finding, ObjectKind, Place, Status};
use crate::catalog::{Catalog, Diagnostic, DiagnosticKind, Relation, Routine, Schema};
use differences::Differences;
pub use differences::{Discrepancy, How};
use pairs::{Pair, pairs};

/// What the two sides are called in messages, such as `the database` and `the snapshot`.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// The one that is the truth.
    pub truth: &'static str,
    /// The one that is held to it.
    pub held: &'static str,
}

/// A live database and what was written down of one.
pub const DATABASE_AND_SNAPSHOT: Sides = Sides { truth: "the database", held: "the snapshot" };

/// What migrations make and what was written down of it.
pub const MIGRATIONS_AND_SNAPSHOT: Sides = Sides { truth: "what the migrations make", held: "the snapshot" };

/// The differences of two catalogs, each normalised. `unread` is what could not be read of the truth: what is missing there
/// for that reason alone is unverifiable, and no difference.
pub fn compare(truth: &Catalog, held: &Catalog, unread: &[Diagnostic], sides: Sides) -> Vec<Finding> {
    discrepancies(truth, held, unread).into_iter().map(|found| found.finding(sides)).collect()
}

/// As [`compare`], before it is said what the sides are to each other.
pub fn discrepancies(truth: &Catalog, held: &Catalog, unread: &[Diagnostic]) -> Vec<Discrepancy> {
    let mut found = Differences::default();
    if truth == held {
        return Vec::new();
    }
    let Catalog { engine, default_schema, schemas, relations, enums, domains, composites, ranges, routines } = truth;
    let nowhere = Place::default();
    found.property(Status::EngineMismatch, &nowhere, "the engine", engine, &held.engine, |engine| {
        engine.title().to_owned()
    });
    found.property(
        Status::EngineMismatch,
        &nowhere,
        "the default schema",
        default_schema,
        &held.default_schema,
        Clone::clone,
    );
    schema_comments(&mut found, schemas, &held.schemas);
    let unread = Unread::new(unread);
    for pair in pairs(relations, &held.relations, |relation| &relation.name) {
        one_relation(&mut found, pair, &unread);
    }
    for pair in pairs(enums, &held.enums, |item| &item.name) {
        user_type::enumeration(&mut found, pair);
    }
    for pair in pairs(domains, &held.domains, |item| &item.name) {
        user_type::domain(&mut found, pair);
    }
    for pair in pairs(composites, &held.composites, |item| &item.name) {
        user_type::composite(&mut found, pair);
    }
    for pair in pairs(ranges, &held.ranges, |item| &item.name) {
        user_type::range(&mut found, pair);
    }
    for pair in pairs(routines, &held.routines, |item| (&item.name, &item.kind, &item.arguments)) {
        routine(&mut found, pair);
    }
    found.order(0, Status::OrderMismatch, &nowhere, "the schema");
    found.into_list()
}

/// What could not be read of a database, and is therefore not in its catalog.
struct Unread<'a> {
    /// What is said about relations that are left out, by their paths.
    relations: BTreeMap<&'a str, &'a Diagnostic>,
    /// The paths of relations whose foreign keys do not tell what they do on update and delete.
    actions: Vec<&'a str>,
}

impl<'a> Unread<'a> {
    fn new(diagnostics: &'a [Diagnostic]) -> Self {
        let left_out =
            [DiagnosticKind::UnreadableRelation, DiagnosticKind::BrokenView, DiagnosticKind::MissingProvider];
        let of = |kinds: &[DiagnosticKind]| diagnostics.iter().filter(|d| kinds.contains(&d.kind)).collect::<Vec<_>>();
        Self {
            relations: of(&left_out).into_iter().map(|diagnostic| (diagnostic.path.as_str(), diagnostic)).collect(),
            actions: of(&[DiagnosticKind::HiddenForeignKeyActions]).into_iter().map(|d| d.path.as_str()).collect(),
        }
    }
}

fn one_relation(found: &mut Differences, pair: Pair<'_, Relation>, unread: &Unread<'_>) {
    let either = pair.either();
    let (place, path) = (Place::object(ObjectKind::Relation, &either.name), either.name.to_string());
    match pair {
        Pair::Both(truth, held) => {
            let hides_actions = unread.actions.contains(&path.as_str());
            relation::compare(found, &place, truth, held, hides_actions);
        }
        Pair::Held(held) => match unread.relations.get(path.as_str()) {
            Some(diagnostic) => found.unverifiable(&place, held.kind.title(), &diagnostic.message),
            None => found.extra(Status::MissingInDatabase, &place, held.kind.title(), held.kind.title()),
        },
        Pair::Truth(truth) => found.missing(Status::MissingInModel, &place, truth.kind.title(), truth.kind.title()),
    }
}

fn schema_comments(found: &mut Differences, truth: &[Schema], held: &[Schema]) {
    /// A schema's comment; one that is not listed at all is told apart from one that has none.
    #[derive(PartialEq, Serialize)]
    struct Said<'a>(Option<&'a Option<String>>);

    fn said(schema: Option<&Schema>) -> Said<'_> {
        Said(schema.map(|Schema { name: _, comment }| comment))
    }
    for pair in pairs(truth, held, |schema| &schema.name) {
        let place = Place::schema(&pair.either().name);
        let (truth, held) = pair.sides();
        found.property(Status::CommentMismatch, &place, "the comment", &said(truth), &said(held), |said| {
            text::option(said.0.and_then(Option::as_ref), text::quoted)
        });
    }
}

fn routine(found: &mut Differences, pair: Pair<'_, Routine>) {
    let Routine { name, kind, arguments, returns } = pair.either();
    let place = Place::object(
        ObjectKind::Routine,
        &crate::catalog::QName { schema: name.schema.clone(), name: format!("{}({arguments})", name.name) },
    );
    match pair {
        Pair::Both(truth, held) => {
            found.property(Status::TypeMismatch, &place, "the result", &truth.returns, &held.returns, |returns| {
                text::option(returns.as_ref(), Clone::clone)
            });
        }
        Pair::Truth(_) => found.missing(Status::MissingInModel, &place, kind, &result(kind, returns.as_deref())),
        Pair::Held(_) => found.extra(Status::MissingInDatabase, &place, kind, &result(kind, returns.as_deref())),
    }
}

fn result(kind: &str, returns: Option<&str>) -> String {
    returns.map_or_else(|| kind.to_owned(), |returns| format!("{kind} returning {returns}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, Engine, QName, RelationKind, SqlType};

    fn catalog() -> Catalog {
        let mut catalog = Catalog::empty(Engine::Postgres);
        let mut book = Relation::new(QName::new("public", "book"), RelationKind::Table);
        book.columns = vec![
            Column::new("id", SqlType::integer(64), "bigint"),
            Column::new("title", SqlType::Text { max_bytes: None }, "text"),
        ];
        catalog.relations.push(book);
        catalog
    }

    fn told(truth: &Catalog, held: &Catalog, unread: &[Diagnostic]) -> Vec<(Status, String, String)> {
        let findings = compare(truth, held, unread, DATABASE_AND_SNAPSHOT);
        findings.into_iter().map(|found| (found.status, found.place.to_string(), found.message)).collect()
    }

    #[test]
    fn a_catalog_agrees_with_itself() {
        assert_eq!(told(&catalog(), &catalog(), &[]), []);
    }

    #[test]
    fn a_difference_is_told_with_both_sides() {
        let mut truth = catalog();
        truth.relations[0].columns[0] = Column::new("id", SqlType::integer(32), "integer");
        truth.relations[0].columns[1].nullable = false;
        assert_eq!(
            told(&truth, &catalog(), &[]),
            [
                (
                    Status::TypeMismatch,
                    "public.book.id".into(),
                    "the type is integer in the database, and bigint in the snapshot".into()
                ),
                (
                    Status::NullabilityMismatch,
                    "public.book.title".into(),
                    "the column is NOT NULL in the database, and takes NULL in the snapshot".into()
                ),
            ]
        );
    }

    #[test]
    fn what_one_side_lacks_is_told_once() {
        let empty = Catalog::empty(Engine::Postgres);
        assert_eq!(
            told(&catalog(), &empty, &[]),
            [(
                Status::MissingInModel,
                "public.book".into(),
                "the table is in the database, and not in the snapshot".into()
            )]
        );
        assert_eq!(
            told(&empty, &catalog(), &[]),
            [(
                Status::MissingInDatabase,
                "public.book".into(),
                "the table is in the snapshot, and not in the database".into()
            )]
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_dropped() {
        let empty = Catalog::empty(Engine::Postgres);
        let unread =
            [Diagnostic::new(DiagnosticKind::UnreadableRelation, "public.book", "the role may not SELECT from it")];
        let told = told(&empty, &catalog(), &unread);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0, told[0].1.as_str()), (Status::Unverifiable, "public.book"));
        assert!(told[0].2.ends_with("the role may not SELECT from it"), "{}", told[0].2);
    }

    #[test]
    fn columns_in_another_order_are_told() {
        let mut truth = catalog();
        truth.relations[0].columns.reverse();
        let told = told(&truth, &catalog(), &[]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].0, told[0].1.as_str()), (Status::OrderMismatch, "public.book"));
    }
}
