//! Enumerations, domains, composite types, ranges and routines.

use tablature::catalog::{Domain, QName};
use tablature::findings::Status::{self, *};
use tablature::findings::{ObjectKind, PartKind, Place};

use super::{literal, renamed};
use crate::mutation::ground::Ground;
use crate::mutation::{Change, Kinds};

/// What is found, the way back, and the place.
type Undo = (Status, String, Place);

pub(super) fn user_types(ground: &Ground, kinds: &mut Kinds) {
    let catalog = &ground.catalog;
    let of = |name: &QName| Place::object(ObjectKind::Type, name);
    let own = |name: &str| QName::new("public", name);
    let labelled = |at: &Place, label: &str| at.part(PartKind::Label, label);
    kinds.add(
        "enumeration: label renamed",
        catalog.enums.iter().filter_map(|found| {
            // A default would be printed with the new label.
            let defaults = catalog.relations.iter().flat_map(|relation| &relation.columns);
            let defaults: Vec<&String> = defaults.filter_map(|column| column.default.as_ref()).collect();
            let label = found.labels.iter().find(|label| !defaults.iter().any(|text| text.contains(label.as_str())))?;
            let place = of(&found.name);
            let rename = |from: &str, to: &str| {
                format!("ALTER TYPE {} RENAME VALUE {} TO {}", ground.named(&found.name), literal(from), literal(to))
            };
            let places =
                [(EnumMismatch, &labelled(&place, label)), (EnumMismatch, &labelled(&place, "tablature gone"))];
            Some(Change::new(rename(label, "tablature gone"), rename("tablature gone", label), &places))
        }),
    );
    let colour = of(&own("tablature_colour"));
    let coloured = |labels: &str, place: &Place| {
        let make =
            |labels: &str| format!("DROP TYPE tablature_colour; CREATE TYPE tablature_colour AS ENUM ({labels})");
        [Change::new(make(labels), make("'red', 'green', 'blue'"), &[(EnumMismatch, place)])]
    };
    kinds.add("enumeration: label added", coloured("'red', 'green', 'blue', 'grey'", &labelled(&colour, "grey")));
    kinds.add("enumeration: label dropped", coloured("'red', 'blue'", &labelled(&colour, "green")));
    kinds.add("enumeration: labels reordered", coloured("'blue', 'green', 'red'", &colour));
    let new = of(&own("tablature_new"));
    let made = |what: &str| {
        let (create, drop) =
            (format!("CREATE {what}"), format!("DROP {} tablature_new", what.split(' ').next().unwrap_or("")));
        [Change::new(create, drop, &[(MissingInModel, &new)])]
    };
    kinds.add("enumeration added", made("TYPE tablature_new AS ENUM ('a')"));
    kinds.add("domain added", made("DOMAIN tablature_new AS int"));
    kinds.add("composite type added", made("TYPE tablature_new AS (a int)"));
    kinds.add("range type added", made("TYPE tablature_new AS RANGE (subtype = int4)"));
    let mut altered = |kind, after: &'static str, edit: &dyn Fn(&Domain) -> Option<Undo>| {
        let change = |found: &Domain| {
            let (status, undo, place) = edit(found)?;
            let alter = |to: &str| format!("ALTER DOMAIN {} {to}", ground.named(&found.name));
            Some(Change::new(alter(after), alter(&undo), &[(status, &place)]))
        };
        kinds.add(kind, catalog.domains.iter().filter_map(change).collect::<Vec<_>>());
    };
    altered("domain: CHECK added", "ADD CONSTRAINT tablature_new CHECK (VALUE IS NOT NULL)", &|found| {
        let place = of(&found.name).part(PartKind::Constraint, "tablature_new");
        Some((ConstraintMismatch, "DROP CONSTRAINT tablature_new".to_owned(), place))
    });
    altered("domain: NOT NULL", "SET NOT NULL", &|found| {
        let is_own = found.name.name == "tablature_short";
        is_own.then(|| (NullabilityMismatch, "DROP NOT NULL".to_owned(), of(&found.name)))
    });
    altered("domain: default dropped", "DROP DEFAULT", &|found| {
        let default = found.default.as_ref()?;
        let is_own = found.name.name == "tablature_short";
        is_own.then(|| (DefaultMismatch, format!("SET DEFAULT {default}"), of(&found.name)))
    });
    kinds.add(
        "comment on a domain",
        catalog.domains.iter().filter(|found| found.comment.is_none()).map(|found| {
            let comment = |text: &str| format!("COMMENT ON DOMAIN {} IS {text}", ground.named(&found.name));
            Change::new(comment("'new'"), comment("NULL"), &[(CommentMismatch, &of(&found.name))])
        }),
    );
    let place = of(&own("tablature_place"));
    let field = |name: &str| place.part(PartKind::Field, name);
    let alter = |to: &str| format!("ALTER TYPE tablature_place {to}");
    kinds.add(
        "composite type: field added",
        [Change::new(
            alter("ADD ATTRIBUTE town text"),
            alter("DROP ATTRIBUTE town"),
            &[(MissingInModel, &field("town"))],
        )],
    );
    let fields = [(MissingInDatabase, &field("street")), (MissingInModel, &field("tablature_gone"))];
    kinds
        .add("composite type: field renamed", [renamed(ground, "TYPE tablature_place", "ATTRIBUTE", "street", fields)]);
    kinds.add(
        "composite type: field of another type",
        [Change::new(
            alter("ALTER ATTRIBUTE number TYPE bigint"),
            alter("ALTER ATTRIBUTE number TYPE int"),
            &[(TypeMismatch, &field("number"))],
        )],
    );
    let make = |of: &str| format!("DROP TYPE tablature_span; CREATE TYPE tablature_span AS RANGE (subtype = {of})");
    kinds.add(
        "range type: another subtype",
        [Change::new(make("float4"), make("float8"), &[(TypeMismatch, &of(&own("tablature_span")))])],
    );
    let routine = |name: &str| Place::object(ObjectKind::Routine, &own(name));
    let make = |to: &str| {
        format!(
            "DROP FUNCTION tablature_one; CREATE FUNCTION tablature_one(a int) RETURNS {to} LANGUAGE sql AS 'SELECT 1'"
        )
    };
    kinds.add(
        "function: another result",
        [Change::new(make("bigint"), make("int"), &[(TypeMismatch, &routine("tablature_one(a integer)"))])],
    );
    kinds.add(
        "procedure added",
        [Change::new(
            "CREATE PROCEDURE tablature_act() LANGUAGE sql AS 'SELECT 1'",
            "DROP PROCEDURE tablature_act",
            &[(MissingInModel, &routine("tablature_act()"))],
        )],
    );
}
