//! What may have been renamed: of what one side dropped and the other added, what is alike.
//!
//! Nothing tells a rename from a drop and an addition but the wish of whoever made it. So these are suggestions with their
//! reasons, and with the SQL that would have been a rename; nothing else depends on them.

use std::collections::HashSet;

use serde::Serialize;

use super::{ObjectKind, PartKind, Place};
use crate::catalog::{Catalog, Column, Domain, Engine, QName, Relation, RelationKind, SqlType};

/// Something that may have been renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rename {
    /// What stood in the older schema, and does not in the newer.
    pub from: Place,
    /// What stands in the newer schema, and did not in the older.
    pub to: Place,
    /// The older name.
    pub old_name: String,
    /// The newer name.
    pub new_name: String,
    /// Why it looks like it, in words.
    pub why: String,
    /// The SQL that renames it, where the engine has some that loses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// The line below `[overrides]` in `tablature.toml` that keeps the name in Rust, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
}

impl Rename {
    /// The suggestion in a clause.
    pub fn message(&self) -> String {
        format!("perhaps {} was renamed {} ({})", self.from, self.new_name, self.why)
    }
}

/// How alike two things are, and why.
struct Likeness {
    score: f64,
    why: Vec<&'static str>,
}

impl Likeness {
    fn reasons(&self) -> String {
        self.why.join(", ")
    }
}

/// From where on two names are similar.
const SIMILAR: f64 = 0.6;

/// What may have been renamed between two schemas: relations, columns, types, fields and labels, in this order and by name.
pub fn suggestions(old: &Catalog, new: &Catalog) -> Vec<Rename> {
    // What another engine has is not what this one had under another name.
    if old.engine != new.engine {
        return Vec::new();
    }
    let mut out = relations(old, new);
    for after in &new.relations {
        if let Some(before) = old.relation(&after.name) {
            columns(new.engine, before, after, &mut out);
        }
    }
    types(old, new, &mut out);
    out
}

/// Pairs of the most alike, each thing in one of them at most.
fn matched<'a, T>(
    old: &[&'a T],
    new: &[&'a T],
    like: impl Fn(&T, &T) -> Option<Likeness>,
) -> Vec<(&'a T, &'a T, Likeness)> {
    let mut all: Vec<(usize, usize, Likeness)> = Vec::new();
    for (at, before) in old.iter().enumerate() {
        for (to, after) in new.iter().enumerate() {
            all.extend(like(before, after).map(|likeness| (at, to, likeness)));
        }
    }
    all.sort_by(|a, b| b.2.score.total_cmp(&a.2.score).then((a.0, a.1).cmp(&(b.0, b.1))));
    let (mut of_old, mut of_new) = (HashSet::new(), HashSet::new());
    all.retain(|(at, to, _)| {
        let is_free = !of_old.contains(at) && !of_new.contains(to);
        if is_free {
            of_old.insert(*at);
            of_new.insert(*to);
        }
        is_free
    });
    all.sort_by_key(|(at, ..)| *at);
    all.into_iter().map(|(at, to, likeness)| (old[at], new[to], likeness)).collect()
}

/// What only the first list has, and what only the second has.
fn apart<'a, T>(old: &'a [T], new: &'a [T], is_same: impl Fn(&T, &T) -> bool) -> (Vec<&'a T>, Vec<&'a T>) {
    let only = |one: &'a [T], other: &[T]| one.iter().filter(|a| !other.iter().any(|b| is_same(a, b))).collect();
    (only(old, new), only(new, old))
}

/// How similar two names are, from 0 to 1. A name that is a word of the other counts as similar.
fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let has_word = |long: &str, short: &str| short.len() > 2 && long.split(['_', '-', ' ']).any(|word| word == short);
    let words = if has_word(&a, &b) || has_word(&b, &a) { 0.7 } else { 0.0 };
    strsim::normalized_damerau_levenshtein(&a, &b).max(words)
}

fn relations(old: &Catalog, new: &Catalog) -> Vec<Rename> {
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

fn columns(engine: Engine, before: &Relation, after: &Relation, out: &mut Vec<Rename>) {
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

fn types(old: &Catalog, new: &Catalog, out: &mut Vec<Rename>) {
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
        let is_in = |field: &&crate::catalog::Field| a.fields.iter().any(|f| f.name == field.name && f.ty == field.ty);
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
        for column in &after.columns {
            let before = old.relation(&after.name).and_then(|relation| relation.column(&column.name));
            let place = Place::object(ObjectKind::Relation, &after.name).part(PartKind::Column, &column.name);
            match (before.map(|column| &column.ty), &column.ty) {
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
        let at = |fields: &[crate::catalog::Field], name: &str| fields.iter().position(|field| field.name == name);
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

/// A newer name, with its schema if that is another one.
fn told(from: &QName, to: &QName) -> String {
    if from.schema == to.schema { to.name.clone() } else { to.to_string() }
}

/// A text in SQL's quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
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
    let schema = (!relation.schema.is_empty()).then(|| relation.schema.as_str());
    let parts: Vec<String> = schema.into_iter().chain([relation.name.as_str()]).chain(column).map(escaped).collect();
    let text = |text: String| toml::Value::String(text).to_string();
    format!("{} = {{ rename = {} }}", text(parts.join(".")), text(name.to_owned()))
}
