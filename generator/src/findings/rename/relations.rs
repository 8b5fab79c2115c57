//! Relations and columns that may have been renamed.

use std::collections::HashSet;

use super::{Likeness, Rename, SIMILAR, apart, matched, similarity, told};
use crate::catalog::{Catalog, Column, Engine, QName, Relation, RelationKind, SqlType};
use crate::findings::{ObjectKind, PartKind, Place};

pub(super) fn relations(old: &Catalog, new: &Catalog) -> Vec<Rename> {
    let dropped: Vec<&Relation> = old.relations.iter().filter(|item| new.relation(&item.name).is_none()).collect();
    let added: Vec<&Relation> = new.relations.iter().filter(|item| old.relation(&item.name).is_none()).collect();
    let found = matched(&dropped, &added, |before, after| {
        if before.kind != after.kind || before.columns.is_empty() {
            return None;
        }
        let had: HashSet<(&str, &SqlType)> = before.columns.iter().map(|c| (c.name.as_str(), &c.ty)).collect();
        let shared = after.columns.iter().filter(|c| had.contains(&(c.name.as_str(), &c.ty))).count();
        #[expect(clippy::cast_precision_loss, reason = "no relation has so many columns")]
        let share = shared as f64 / before.columns.len().max(after.columns.len()) as f64;
        let alike = similarity(&before.name.name, &after.name.name);
        let mut why = Vec::new();
        if share == 1.0 {
            why.push("the same columns");
        } else if share > 0.0 {
            why.push("many of the same columns");
        }
        if before.name.name == after.name.name {
            why.push("the same name in another schema");
        } else if alike >= SIMILAR {
            why.push("a similar name");
        }
        // Tables of one pattern, such as an id and a name, are no more than that.
        let is_like = if alike >= SIMILAR { share >= 0.5 } else { share >= 0.7 && shared >= 3 };
        is_like.then_some(Likeness { score: share * 2.0 + alike, why })
    });
    let engine = new.engine;
    let rename = |(before, after, likeness): (&Relation, &Relation, Likeness)| Rename {
        from: Place::object(ObjectKind::Relation, &before.name),
        to: Place::object(ObjectKind::Relation, &after.name),
        old_name: before.name.name.clone(),
        new_name: told(&before.name, &after.name),
        why: likeness.reasons(),
        sql: relation_sql(engine, before.kind, &before.name, &after.name),
        config: Some(config_line(&after.name, None, &before.name.name)),
    };
    found.into_iter().map(rename).collect()
}

fn relation_sql(engine: Engine, kind: RelationKind, from: &QName, to: &QName) -> Option<String> {
    let (old, new) = (engine.qualified(from), engine.qualified(to));
    match engine {
        Engine::Postgres => {
            let what = postgres_kind(kind)?;
            let moves = (from.schema != to.schema)
                .then(|| format!("ALTER {what} {old} SET SCHEMA {};", engine.quoted(&to.schema)));
            let between = engine.qualified(&QName::new(&to.schema, &from.name));
            let renames = (from.name != to.name)
                .then(|| format!("ALTER {what} {between} RENAME TO {};", engine.quoted(&to.name)));
            Some(moves.into_iter().chain(renames).collect::<Vec<_>>().join(" "))
        }
        // A view cannot be taken to another database.
        Engine::Mysql | Engine::Mariadb if kind.is_view() && from.schema != to.schema => None,
        Engine::Mysql | Engine::Mariadb => Some(format!("RENAME TABLE {old} TO {new};")),
        Engine::Sqlite if kind.is_view() => None,
        Engine::Sqlite => Some(format!("ALTER TABLE {old} RENAME TO {};", engine.quoted(&to.name))),
    }
}

/// What `ALTER` calls a relation.
fn postgres_kind(kind: RelationKind) -> Option<&'static str> {
    match kind {
        RelationKind::Table | RelationKind::PartitionedTable => Some("TABLE"),
        RelationKind::ForeignTable => Some("FOREIGN TABLE"),
        RelationKind::View => Some("VIEW"),
        RelationKind::MaterializedView => Some("MATERIALIZED VIEW"),
        RelationKind::VirtualTable => None,
    }
}

pub(super) fn columns(engine: Engine, before: &Relation, after: &Relation, out: &mut Vec<Rename>) {
    if before.columns == after.columns {
        return;
    }
    let (dropped, added) = apart(&before.columns, &after.columns, |a, b| a.name == b.name);
    if dropped.is_empty() || added.is_empty() {
        return;
    }
    // Where something stands among what both have.
    let rank = |of: &Relation, other: &Relation, name: &str| {
        of.columns.iter().take_while(|c| c.name != name).filter(|c| other.column(&c.name).is_some()).count()
    };
    let place = Place::object(ObjectKind::Relation, &after.name);
    let found = matched(&dropped, &added, |a, b| {
        let is_in_place = rank(before, after, &a.name) == rank(after, before, &b.name);
        column_likeness(a, b, is_in_place)
    });
    for (a, b, likeness) in found {
        let table = engine.qualified(&after.name);
        let what = match engine {
            Engine::Postgres => postgres_kind(after.kind),
            _ => (!after.kind.is_view()).then_some("TABLE"),
        };
        let names = (engine.quoted(&a.name), engine.quoted(&b.name));
        out.push(Rename {
            from: place.part(PartKind::Column, &a.name),
            to: place.part(PartKind::Column, &b.name),
            old_name: a.name.clone(),
            new_name: b.name.clone(),
            why: likeness.reasons(),
            sql: what.map(|what| format!("ALTER {what} {table} RENAME COLUMN {} TO {};", names.0, names.1)),
            config: Some(config_line(&after.name, Some(&b.name), &a.name)),
        });
    }
}

fn column_likeness(a: &Column, b: &Column, is_in_place: bool) -> Option<Likeness> {
    if a.ty != b.ty {
        return None;
    }
    let alike = similarity(&a.name, &b.name);
    let of = |c: &Column| (c.nullable, c.default.clone(), c.identity, c.generated.clone(), c.collation.clone());
    let says_the_same = of(a) == of(b);
    let has_comment = a.comment.is_some() && a.comment == b.comment;
    let is_like = if is_in_place { alike >= 0.3 || says_the_same } else { alike >= SIMILAR || has_comment };
    let mut why = vec!["the same type"];
    let mut score = alike * 2.0;
    for (is_so, weight, reason) in [
        (is_in_place, 1.0, "the same place"),
        (alike >= SIMILAR, 0.0, "a similar name"),
        (has_comment, 1.0, "the same comment"),
    ] {
        if is_so {
            score += weight;
            why.push(reason);
        }
    }
    score += if says_the_same { 0.5 } else { 0.0 };
    is_like.then_some(Likeness { score, why })
}

/// The line of the configuration that gives something the name that it had.
fn config_line(relation: &QName, column: Option<&str>, name: &str) -> String {
    let escaped = |part: &str| -> String {
        let mut out = String::new();
        for c in part.chars() {
            match c {
                '.' | '*' | '?' | '[' | ']' | '{' | '}' | '\\' => out.extend(['[', c, ']']),
                c => out.push(c),
            }
        }
        out
    };
    let schema = (!relation.schema.is_empty()).then_some(relation.schema.as_str());
    let parts: Vec<String> = schema.into_iter().chain([relation.name.as_str()]).chain(column).map(escaped).collect();
    let text = |text: String| toml::Value::String(text).to_string();
    format!("{} = {{ rename = {} }}", text(parts.join(".")), text(name.to_owned()))
}
