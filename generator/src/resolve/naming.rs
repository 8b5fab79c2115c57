//! Gives every module, relation and type its Rust name.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::Checks;
use super::names::{self, Claim, Previous, Scope, Style};
use super::types::TypeNames;
use crate::catalog::{Catalog, QName, Relation, SqlType};
use crate::config::Source;

/// A relation's names.
#[derive(Clone, Debug)]
pub(super) struct EntityNames {
    pub module: String,
    pub ty: String,
}

/// All names of the crate, but for those within a relation.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Modules by schema; `None` is the root.
    pub modules: BTreeMap<String, Option<String>>,
    pub entities: BTreeMap<QName, EntityNames>,
    pub types: TypeNames,
    /// Enumerations and key types that belong to a column.
    pub of_columns: BTreeMap<(QName, String), String>,
    /// Names that are not the plain ones, by path.
    pub renamed: BTreeMap<String, String>,
}

/// What gets a name in the scope of a schema's types.
enum Item<'a> {
    Relation(&'a QName),
    Enum(&'a QName),
    Composite(&'a QName),
    Domain(&'a QName),
}

/// The forms of a relation, all of which need a free name.
pub(super) fn insert_form(name: &str) -> String {
    format!("New{name}")
}

pub(super) fn patch_form(name: &str) -> String {
    format!("{name}Patch")
}

pub(super) fn columns_form(name: &str) -> String {
    format!("{name}Column")
}

/// The path by which a relation or a type is remembered. Signs that separate the parts of paths are encoded within names,
/// so that no two things have one path.
pub(super) fn path(name: &QName) -> String {
    if name.schema.is_empty() {
        encoded(&name.name)
    } else {
        format!("{}.{}", encoded(&name.schema), encoded(&name.name))
    }
}

/// The path by which a column or a field is remembered.
pub(super) fn inner_path(outer: &QName, inner: &str) -> String {
    format!("{}.{}", path(outer), encoded(inner))
}

/// The path by which a label is remembered, within the type or column whose path is `outer`.
pub(super) fn label_path(outer: &str, label: &str) -> String {
    format!("{outer}={}", encoded(label))
}

/// The path by which a constraint's constant is remembered, or with `kind` of `reference` a foreign key's. What has no name
/// goes by what it says.
pub(super) fn constraint_path(relation: &QName, kind: &str, name: &str) -> String {
    format!("{}:{kind}:{}", path(relation), encoded(name))
}

fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '%' => out.push_str("%25"),
            '.' => out.push_str("%2E"),
            ':' => out.push_str("%3A"),
            '=' => out.push_str("%3D"),
            c => out.push(c),
        }
    }
    out
}

/// Names everything. `columns` are those that bring a type of their own, with what it is called behind the relation's name.
pub(super) fn assign(
    catalog: &Catalog,
    source: &Source,
    previous: &Previous,
    checks: &Checks,
    columns: &[(QName, String, String)],
) -> Names {
    let mut out = Names::default();
    let schemas = schemas(catalog);
    name_modules(catalog, source, previous, &schemas, &mut out);
    for schema in &schemas {
        name_types(catalog, source, previous, checks, columns, schema, &mut out);
    }
    out
}

/// The schemas that have something to generate, the default one first.
pub(super) fn schemas(catalog: &Catalog) -> Vec<String> {
    let names = catalog.relations.iter().map(|r| &r.name);
    let names = names.chain(catalog.enums.iter().map(|e| &e.name));
    let names = names.chain(catalog.domains.iter().map(|d| &d.name));
    let names = names.chain(catalog.composites.iter().map(|c| &c.name));
    let others: BTreeSet<&String> =
        names.map(|name| &name.schema).filter(|schema| **schema != catalog.default_schema).collect();
    std::iter::once(catalog.default_schema.clone()).chain(others.into_iter().cloned()).collect()
}

/// The name that the configuration gives a relation.
pub(super) fn renamed<'a>(source: &'a Source, catalog: &Catalog, relation: &QName) -> Option<&'a str> {
    source.overrides.iter().rev().find_map(|(pattern, set)| {
        set.rename.as_deref().filter(|_| pattern.matches_relation(relation, &catalog.default_schema))
    })
}

fn name_modules(catalog: &Catalog, source: &Source, previous: &Previous, schemas: &[String], out: &mut Names) {
    for schema in schemas {
        let is_root = *schema == catalog.default_schema;
        let relations: Vec<&Relation> = catalog.relations.iter().filter(|r| r.name.schema == *schema).collect();
        let mut claims: Vec<Claim> = relations
            .iter()
            .map(|relation| {
                let sql = renamed(source, catalog, &relation.name).unwrap_or(&relation.name.name);
                Claim::new(path(&relation.name), sql, names::module(sql))
            })
            .collect();
        // The modules of the other schemas stand beside the relations of the default one.
        let beside: &[String] = if is_root { &schemas[1..] } else { &[] };
        claims.extend(beside.iter().map(|other| Claim::new(schema_path(other), other, names::module(other))));
        let mut given = Scope::new(Style::Snake).assign(&claims, previous, |name| vec![name.to_owned()]);
        for (other, module) in beside.iter().zip(given.split_off(relations.len())) {
            remember(out, &schema_path(other), &module, &names::module(other));
            out.modules.insert(other.clone(), Some(module));
        }
        if is_root {
            out.modules.insert(schema.clone(), None);
        }
        for (relation, (claim, module)) in relations.iter().zip(claims.iter().zip(given)) {
            remember(out, &claim.path, &module, &claim.plain);
            out.entities.insert(relation.name.clone(), EntityNames { module, ty: String::new() });
        }
    }
}

fn name_types(
    catalog: &Catalog,
    source: &Source,
    previous: &Previous,
    checks: &Checks,
    columns: &[(QName, String, String)],
    schema: &str,
    out: &mut Names,
) {
    let in_schema = |name: &&QName| name.schema == schema;
    let mut items: Vec<Item<'_>> = Vec::new();
    items.extend(catalog.relations.iter().map(|r| &r.name).filter(in_schema).map(Item::Relation));
    let usable = |e: &&crate::catalog::EnumType| !e.labels.is_empty();
    items.extend(catalog.enums.iter().filter(usable).map(|e| &e.name).filter(in_schema).map(Item::Enum));
    items.extend(catalog.composites.iter().map(|c| &c.name).filter(in_schema).map(Item::Composite));
    items.extend(catalog.domains.iter().map(|d| &d.name).filter(in_schema).map(Item::Domain));
    let mut scope = Scope::of_types();
    // What an earlier run named comes first, with the types of its columns; so that nobody new takes a name away.
    for known in [true, false] {
        let (now, later): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|item| previous.known.contains(&path_of(item)) == known || !known);
        items = later;
        let claims: Vec<Claim> = now
            .iter()
            .map(|item| {
                let name = name_of(item);
                let sql = match item {
                    Item::Relation(name) => renamed(source, catalog, name).unwrap_or(&name.name),
                    _ => &name.name,
                };
                Claim::new(path_of(item), sql, names::type_name(sql))
            })
            .collect();
        let are_relations: BTreeMap<&str, bool> = claims
            .iter()
            .zip(&now)
            .map(|(claim, item)| (claim.plain.as_str(), matches!(item, Item::Relation(_))))
            .fold(BTreeMap::new(), |mut map, (plain, is)| {
                *map.entry(plain).or_default() |= is;
                map
            });
        let given = scope.assign(&claims, previous, |name| {
            // A name that only types ask for has no forms.
            if are_relations.get(name) == Some(&false) {
                return vec![name.to_owned()];
            }
            vec![name.to_owned(), insert_form(name), patch_form(name), columns_form(name)]
        });
        for ((item, claim), given) in now.iter().zip(&claims).zip(given) {
            remember(out, &claim.path, &given, &claim.plain);
            match item {
                Item::Relation(name) => {
                    out.entities.get_mut(*name).expect("its module was named before").ty = given;
                }
                Item::Enum(name) => drop(out.types.enums.insert((*name).clone(), given)),
                Item::Composite(name) => drop(out.types.composites.insert((*name).clone(), given)),
                Item::Domain(name) if checks.domain_labels(name).is_some() => {
                    out.types.enums.insert((*name).clone(), given);
                }
                Item::Domain(name) => drop(out.types.domains.insert((*name).clone(), given)),
            }
        }
        let now: Vec<&(QName, String, String)> = columns
            .iter()
            .filter(|(relation, column, _)| {
                relation.schema == schema
                    && (previous.known.contains(&inner_path(relation, column)) == known || !known)
                    && !out.of_columns.contains_key(&(relation.clone(), column.clone()))
            })
            .collect();
        let claims: Vec<Claim> = now
            .iter()
            .map(|(relation, column, suffix)| {
                let path = format!("{}:type", inner_path(relation, column));
                let plain = format!("{}{suffix}", out.entities[relation].ty);
                Claim::new(path, format!("{}.{column}", relation.name), plain)
            })
            .collect();
        let given = scope.assign(&claims, previous, |name| vec![name.to_owned()]);
        for (((relation, column, _), claim), given) in now.iter().zip(&claims).zip(given) {
            remember(out, &claim.path, &given, &claim.plain);
            out.of_columns.insert((relation.clone(), column.clone()), given);
        }
    }
}

fn name_of<'a>(item: &Item<'a>) -> &'a QName {
    match item {
        Item::Relation(name) | Item::Enum(name) | Item::Composite(name) | Item::Domain(name) => name,
    }
}

/// Types and relations share their names in SQL, but for the row type of a relation; the path of a type says so.
fn path_of(item: &Item<'_>) -> String {
    match item {
        Item::Relation(name) => format!("{}:type", path(name)),
        _ => path(name_of(item)),
    }
}

/// Whether a path is that of a constraint or of a reference. That one of these is called otherwise than its own name tells
/// is no news: what stands above the constant says what it is.
pub(super) fn is_constant(path: &str) -> bool {
    path.split(':').nth(2).is_some()
}

/// What a remembered path is about, and which of its names, for people.
pub(super) fn described(path: &str) -> (&str, String) {
    if let Some(about) = path.strip_suffix(":type") {
        (about, "the name of its type".into())
    } else if let Some(about) = path.strip_suffix(":column") {
        (about, "its name among the columns".into())
    } else if let Some(about) = path.strip_suffix('.') {
        (about, "the name of its module".into())
    } else if let Some((about, label)) = path.split_once('=') {
        (about, format!("the name of its label {label:?}"))
    } else {
        (path, "its name".into())
    }
}

fn remember(out: &mut Names, path: &str, given: &str, plain: &str) {
    if given != plain {
        out.renamed.insert(path.to_owned(), given.to_owned());
    }
}

/// The path by which a schema's module is remembered.
fn schema_path(schema: &str) -> String {
    format!("{}.", encoded(schema))
}

/// Everything in a catalog that has a name, by path: what [`Previous`] knows.
pub(super) fn known_paths(catalog: &Catalog, checks: &Checks) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let mut add_inner = |outer: &QName, inner: &str, labels: Option<&[String]>| {
        let path = inner_path(outer, inner);
        known.extend(labels.unwrap_or_default().iter().map(|label| label_path(&path, label)));
        known.insert(format!("{path}:column"));
        known.insert(format!("{path}:type"));
        known.insert(path);
    };
    for relation in &catalog.relations {
        for column in &relation.columns {
            let labels = match &column.ty {
                SqlType::InlineEnum { labels } | SqlType::Set { labels } => Some(labels.as_slice()),
                _ => checks.labels(&relation.name, &column.name),
            };
            add_inner(&relation.name, &column.name, labels);
        }
    }
    for item in &catalog.composites {
        for field in &item.fields {
            add_inner(&item.name, &field.name, None);
        }
    }
    for relation in &catalog.relations {
        known.extend(super::constraints::paths(catalog, relation));
        known.insert(path(&relation.name));
        known.insert(format!("{}:type", path(&relation.name)));
        known.insert(schema_path(&relation.name.schema));
    }
    for item in &catalog.enums {
        known.extend(item.labels.iter().map(|label| label_path(&path(&item.name), label)));
        known.insert(path(&item.name));
    }
    for domain in &catalog.domains {
        let labels = checks.domain_labels(&domain.name).unwrap_or_default();
        known.extend(labels.iter().map(|label| label_path(&path(&domain.name), label)));
        known.insert(path(&domain.name));
    }
    known.extend(catalog.composites.iter().map(|item| path(&item.name)));
    known
}
