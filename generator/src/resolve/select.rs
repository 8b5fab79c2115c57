//! Keeps what the configuration asks for, and finds entries of it that match nothing.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Diagnostic, DiagnosticKind, QName, SqlType};
use crate::config::{PathPattern, Source};

/// Takes out of a catalog what is not to be generated. Types that only excluded relations used go with them.
pub fn select(catalog: &mut Catalog, diagnostics: &mut Vec<Diagnostic>, source: &Source) {
    if let Some(root) = &source.root_schema {
        catalog.default_schema.clone_from(root);
    }
    let default = catalog.default_schema.clone();
    let mut gone = BTreeSet::new();
    catalog.relations.retain(|relation| {
        let kept = is_wanted(&relation.name, source, &default);
        if !kept {
            gone.insert(relation.name.to_string());
        }
        kept
    });
    diagnostics.retain(|diagnostic| is_wanted_unread(diagnostic, source, &default));
    diagnostics.retain(|diagnostic| {
        !gone.iter().any(|path| {
            diagnostic.path.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    });
    if !gone.is_empty() {
        keep_used_types(catalog);
    }
    if !source.include.is_empty() {
        catalog.routines.clear();
    }
}

fn type_names(catalog: &Catalog) -> impl Iterator<Item = &QName> {
    let names = catalog.enums.iter().map(|item| &item.name);
    names.chain(catalog.domains.iter().map(|item| &item.name)).chain(catalog.composites.iter().map(|item| &item.name))
}

/// Whether the configuration lets a relation be seen.
pub(crate) fn is_wanted(name: &QName, source: &Source, default: &str) -> bool {
    is_included(name, source, default) && !is_excluded(name, source, default)
}

/// The table in which a database keeps which migrations were applied to it. No application has a model of it, unless it
/// asks for one by name.
const HISTORY: &str = "tablature_migrations";

fn is_included(name: &QName, source: &Source, default: &str) -> bool {
    (source.include.is_empty() && name.name != HISTORY)
        || source.include.iter().any(|pattern| pattern.matches_relation(name, default))
}

fn is_excluded(name: &QName, source: &Source, default: &str) -> bool {
    let overrides = source.overrides.iter().rev();
    let overridden =
        overrides.filter(|(pattern, _)| pattern.matches_relation(name, default)).find_map(|(_, set)| set.exclude);
    source.exclude.iter().any(|pattern| pattern.matches_relation(name, default)) || overridden == Some(true)
}

/// What relations that could not be read are reported as: they are missing from the catalog.
const UNREAD: &[DiagnosticKind] =
    &[DiagnosticKind::UnreadableRelation, DiagnosticKind::BrokenView, DiagnosticKind::MissingProvider];

/// The names that the path of a diagnostic may stand for, if it is about a relation that could not be read. Dots may be
/// part of a name.
fn unread(diagnostic: &Diagnostic) -> Vec<QName> {
    if !UNREAD.contains(&diagnostic.kind) {
        return Vec::new();
    }
    let path = &diagnostic.path;
    let split = path.match_indices('.').map(|(at, _)| QName::new(&path[..at], &path[at + 1..]));
    split.chain([QName::new("", path)]).collect()
}

/// Whether the configuration asks for a relation that could not be read, so that its absence is worth telling.
fn is_wanted_unread(diagnostic: &Diagnostic, source: &Source, default: &str) -> bool {
    let names = unread(diagnostic);
    names.is_empty()
        || names.iter().any(|name| is_included(name, source, default))
            && !names.iter().any(|name| is_excluded(name, source, default))
}

fn keep_used_types(catalog: &mut Catalog) {
    let mut used: BTreeSet<QName> = BTreeSet::new();
    let mut queue: Vec<&SqlType> =
        catalog.relations.iter().flat_map(|relation| relation.columns.iter().map(|column| &column.ty)).collect();
    while let Some(ty) = queue.pop() {
        queue.extend(ty.inner());
        let (SqlType::Enum { name }
        | SqlType::Domain { name }
        | SqlType::Composite { name }
        | SqlType::Range { name, .. }) = ty
        else {
            continue;
        };
        if used.insert(name.clone()) {
            if let Some(domain) = catalog.domain(name) {
                queue.push(&domain.ty);
            }
            if let Some(composite) = catalog.composite(name) {
                queue.extend(composite.fields.iter().map(|field| &field.ty));
            }
        }
    }
    catalog.enums.retain(|item| used.contains(&item.name));
    catalog.domains.retain(|item| used.contains(&item.name));
    catalog.composites.retain(|item| used.contains(&item.name));
    catalog.ranges.retain(|item| used.contains(&item.name));
}

/// Entries of the configuration that match nothing in the catalog as it was before [`select`].
///
/// `whole` is false for a snapshot, in which what was excluded is missing already. Relations that could not be read are
/// there as far as this is about them.
pub fn unused_entries(catalog: &Catalog, diagnostics: &[Diagnostic], source: &Source, whole: bool) -> Vec<String> {
    let default = source.root_schema.as_deref().unwrap_or(&catalog.default_schema);
    let relations = || catalog.relations.iter();
    let unread: Vec<QName> = diagnostics.iter().flat_map(unread).collect();
    let is_used = |pattern: &PathPattern| {
        let mut names = relations().map(|relation| &relation.name).chain(&unread);
        names.any(|name| pattern.matches_relation(name, default))
    };
    let mut unused = Vec::new();
    unused.extend(source.include.iter().filter(|p| !is_used(p)).map(|p| format!("include {:?}", p.to_string())));
    if whole {
        unused.extend(source.exclude.iter().filter(|p| !is_used(p)).map(|p| format!("exclude {:?}", p.to_string())));
    }
    for (pattern, set) in &source.overrides {
        let on_columns =
            relations().any(|r| r.columns.iter().any(|c| pattern.matches_column(&r.name, &c.name, default)));
        let on_types = type_names(catalog).any(|name| pattern.matches_relation(name, default));
        let on_relations = is_used(pattern) || on_types;
        let excludes = set.exclude == Some(true) && !whole;
        if !on_columns && !on_relations && !excludes {
            unused.push(format!("overrides.{:?}", pattern.to_string()));
            continue;
        }
        // A key that is for columns does nothing on a relation, and the other way round.
        let for_columns = [
            (set.ty.is_some(), "type"),
            (set.serde_with.is_some(), "serde_with"),
            (set.json_schema.is_some(), "json_schema"),
            (set.read.is_some(), "read"),
            (set.write.is_some(), "write"),
        ];
        let idle = for_columns
            .into_iter()
            .filter(|_| !on_columns)
            .chain([(!on_relations && !set.derive.is_empty(), "derive")]);
        unused.extend(
            idle.filter(|(is_set, _)| *is_set && !excludes)
                .map(|(_, key)| format!("overrides.{:?}.{key}", pattern.to_string())),
        );
    }
    if let Some(root) = &source.root_schema
        && !relations().any(|relation| relation.name.schema == *root)
    {
        unused.push(format!("root_schema {root:?}"));
    }
    unused
}

#[cfg(all(test, feature = "live"))]
mod tests {
    use super::*;

    #[test]
    fn the_history_is_called_as_the_runtime_calls_it() {
        assert_eq!(HISTORY, tablature_runtime::migrate::HISTORY);
    }
}
