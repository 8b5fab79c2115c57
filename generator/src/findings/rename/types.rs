//! Types, fields and labels that may have been renamed.

use super::{Likeness, Rename, SIMILAR, apart, matched, similarity, told};
use crate::catalog::{Catalog, Domain, Field, QName, SqlType};
use crate::findings::{ObjectKind, PartKind, Place};

pub(super) fn types(old: &Catalog, new: &Catalog, out: &mut Vec<Rename>) {
    let engine = new.engine;
    let mut push = |from: &QName, to: &QName, likeness: &Likeness, what: &str| {
        let moves = from.schema != to.schema;
        let (alter, schema) = (format!("ALTER {what} "), engine.quoted(&to.schema));
        let between = engine.qualified(&QName::new(&to.schema, &from.name));
        let mut sql =
            if moves { format!("{alter}{} SET SCHEMA {schema};", engine.qualified(from)) } else { String::new() };
        if from.name != to.name {
            sql.push_str(if moves { " " } else { "" });
            sql.push_str(&format!("{alter}{between} RENAME TO {};", engine.quoted(&to.name)));
        }
        out.push(Rename {
            from: Place::object(ObjectKind::Type, from),
            to: Place::object(ObjectKind::Type, to),
            old_name: from.name.clone(),
            new_name: told(from, to),
            why: likeness.reasons(),
            sql: Some(sql),
            config: None,
        });
    };
    let (dropped, added) = apart(&old.enums, &new.enums, |a, b| a.name == b.name);
    for (a, b, likeness) in matched(&dropped, &added, |a, b| {
        let shared = b.labels.iter().filter(|label| a.labels.contains(label)).count();
        by_content(&a.name, &b.name, shared, a.labels.len().max(b.labels.len()), "the same labels")
    }) {
        push(&a.name, &b.name, &likeness, "TYPE");
    }
    let (dropped, added) = apart(&old.composites, &new.composites, |a, b| a.name == b.name);
    for (a, b, likeness) in matched(&dropped, &added, |a, b| {
        let is_in = |field: &&Field| a.fields.iter().any(|f| f.name == field.name && f.ty == field.ty);
        let shared = b.fields.iter().filter(is_in).count();
        by_content(&a.name, &b.name, shared, a.fields.len().max(b.fields.len()), "the same fields")
    }) {
        push(&a.name, &b.name, &likeness, "TYPE");
    }
    let (dropped, added) = apart(&old.domains, &new.domains, |a, b| a.name == b.name);
    for (a, b, likeness) in matched(&dropped, &added, |a: &Domain, b: &Domain| {
        let checks = |domain: &Domain| domain.checks.iter().map(|c| c.expression.clone()).collect::<Vec<_>>();
        let is_same = a.ty == b.ty && a.not_null == b.not_null && checks(a) == checks(b);
        by_content(&a.name, &b.name, usize::from(is_same), 1, "the same definition")
            .filter(|_| !a.checks.is_empty() || similarity(&a.name.name, &b.name.name) >= SIMILAR)
    }) {
        push(&a.name, &b.name, &likeness, "DOMAIN");
    }
    for after in &new.enums {
        let Some(before) = old.enum_type(&after.name) else { continue };
        let place = Place::object(ObjectKind::Type, &after.name);
        let at = |label: &str| place.part(PartKind::Label, label);
        let sql = |a: &str, b: &str| {
            let (a, b) = (literal(a), literal(b));
            Some(format!("ALTER TYPE {} RENAME VALUE {a} TO {b};", engine.qualified(&after.name)))
        };
        labels(&before.labels, &after.labels, at, sql, out);
    }
    for after in &new.relations {
        let Some(before) = old.relation(&after.name).filter(|before| before.columns != after.columns) else { continue };
        for column in &after.columns {
            let place = Place::object(ObjectKind::Relation, &after.name).part(PartKind::Column, &column.name);
            match (before.column(&column.name).map(|column| &column.ty), &column.ty) {
                (Some(SqlType::InlineEnum { labels: a }), SqlType::InlineEnum { labels: b })
                | (Some(SqlType::Set { labels: a }), SqlType::Set { labels: b }) => {
                    labels(a, b, |_| place.clone(), |_, _| None, out);
                }
                _ => {}
            }
        }
    }
    for after in &new.composites {
        let Some(before) = old.composite(&after.name) else { continue };
        let (dropped, added) = apart(&before.fields, &after.fields, |a, b| a.name == b.name);
        let at = |fields: &[Field], name: &str| fields.iter().position(|field| field.name == name);
        let place = Place::object(ObjectKind::Type, &after.name);
        for (a, b, likeness) in matched(&dropped, &added, |a, b| {
            let is_in_place = at(&before.fields, &a.name) == at(&after.fields, &b.name);
            (a.ty == b.ty).then(|| in_place(&a.name, &b.name, is_in_place)).flatten()
        }) {
            let (old_name, new_name) = (engine.quoted(&a.name), engine.quoted(&b.name));
            out.push(Rename {
                from: place.part(PartKind::Field, &a.name),
                to: place.part(PartKind::Field, &b.name),
                old_name: a.name.clone(),
                new_name: b.name.clone(),
                why: likeness.reasons(),
                sql: Some(format!(
                    "ALTER TYPE {} RENAME ATTRIBUTE {old_name} TO {new_name};",
                    engine.qualified(&after.name)
                )),
                config: None,
            });
        }
    }
}

/// Two things that are known by their content and their names.
fn by_content(a: &QName, b: &QName, shared: usize, all: usize, what: &'static str) -> Option<Likeness> {
    #[expect(clippy::cast_precision_loss, reason = "nothing has so many entries")]
    let share = if all == 0 { 0.0 } else { shared as f64 / all as f64 };
    let alike = similarity(&a.name, &b.name);
    let mut why = Vec::new();
    if share == 1.0 {
        why.push(what);
    }
    if alike >= SIMILAR {
        why.push("a similar name");
    }
    (share == 1.0 || (share >= 0.5 && alike >= SIMILAR)).then_some(Likeness { score: share * 2.0 + alike, why })
}

/// Two names in a list.
fn in_place(a: &str, b: &str, is_in_place: bool) -> Option<Likeness> {
    let alike = similarity(a, b);
    let mut why = Vec::new();
    if is_in_place {
        why.push("the same place");
    }
    if alike >= SIMILAR {
        why.push("a similar name");
    }
    (!why.is_empty()).then_some(Likeness { score: alike + if is_in_place { 0.5 } else { 0.0 }, why })
}

fn labels(
    before: &[String],
    after: &[String],
    place: impl Fn(&str) -> Place,
    sql: impl Fn(&str, &str) -> Option<String>,
    out: &mut Vec<Rename>,
) {
    let (dropped, added) = apart(before, after, |a, b| a == b);
    let at = |list: &[String], label: &String| list.iter().position(|other| other == label);
    // A label that stands elsewhere was not renamed: a rename leaves it where it is.
    let found = matched(&dropped, &added, |a, b| {
        let is_in_place = at(before, a) == at(after, b) && before.len() == after.len();
        in_place(a, b, is_in_place).filter(|_| is_in_place || similarity(a, b) >= SIMILAR)
    });
    for (a, b, likeness) in found {
        out.push(Rename {
            from: place(a),
            to: place(b),
            old_name: a.clone(),
            new_name: b.clone(),
            why: likeness.reasons(),
            sql: sql(a, b),
            config: None,
        });
    }
}

/// A text in SQL's quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
