//! Which columns share the type of a primary key, and which keys find one row for every value.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    Catalog, Column, Diagnostic, DiagnosticKind, Domain, Engine, PrimaryKey, QName, Relation, SqlType,
};

/// A column, by relation and name.
pub(super) type ColumnId = (QName, String);

/// The types of keys: for every column that has one, the column that it is named after.
#[derive(Debug, Default)]
pub(super) struct KeyTypes {
    origins: BTreeMap<ColumnId, Option<ColumnId>>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The columns that could give their key a type, with a text that is the same for columns of the same Rust type.
pub(super) type Candidates = BTreeMap<ColumnId, String>;

impl KeyTypes {
    /// Follows foreign keys from every column to the primary key that it ends at, and views to the tables behind them.
    ///
    /// `candidates` are the single-column primary keys whose type can be wrapped; `forms` tells the Rust type of any column.
    pub(super) fn follow(
        catalog: &Catalog,
        candidates: &Candidates,
        forms: impl Fn(&ColumnId) -> Option<String>,
    ) -> Self {
        let mut walk = Walk { catalog, candidates, forms: &forms, out: Self::default() };
        for relation in &catalog.relations {
            for column in &relation.columns {
                walk.visit((relation.name.clone(), column.name.clone()));
            }
        }
        walk.out.diagnostics.sort();
        walk.out.diagnostics.dedup();
        walk.out
    }

    /// The primary key column whose type a column has; itself for a key that gives one.
    pub(super) fn origin(&self, relation: &QName, column: &str) -> Option<&ColumnId> {
        self.origins.get(&(relation.clone(), column.to_owned()))?.as_ref()
    }
}

struct Walk<'a> {
    catalog: &'a Catalog,
    candidates: &'a Candidates,
    forms: &'a dyn Fn(&ColumnId) -> Option<String>,
    out: KeyTypes,
}

impl Walk<'_> {
    /// Finds the origin of a column and of all that it leads to: targets first, with a stack of its own, for chains of
    /// foreign keys can be as long as there are tables. A cycle of keys that refer to each other ends where it was entered.
    fn visit(&mut self, start: ColumnId) {
        let mut entered: BTreeSet<ColumnId> = BTreeSet::new();
        let mut stack = vec![(start, false)];
        while let Some((id, has_targets)) = stack.pop() {
            if self.out.origins.contains_key(&id) {
                continue;
            }
            if has_targets {
                let origin = self.origin(&id);
                self.out.origins.insert(id, origin);
            } else if entered.insert(id.clone()) {
                let targets = self.catalog.relation(&id.0).map(|relation| all_targets(relation, &id.1));
                let targets = targets.into_iter().flatten().chain(self.behind(&id)).map(|target| (target, false));
                let targets: Vec<_> = targets.collect();
                stack.push((id, true));
                stack.extend(targets);
            }
        }
    }

    /// The table's column that a view's column is.
    fn behind(&self, id: &ColumnId) -> Option<ColumnId> {
        let origin = self.catalog.relation(&id.0)?.column(&id.1)?.origin.clone()?;
        Some((origin.relation, origin.column))
    }

    fn origin(&mut self, id: &ColumnId) -> Option<ColumnId> {
        if let Some(behind) = self.behind(id) {
            let origin = self.out.origins.get(&behind).cloned().flatten()?;
            return ((self.forms)(id) == (self.forms)(&origin)).then_some(origin);
        }
        self.through_foreign_keys(id).unwrap_or_else(|| self.candidates.contains_key(id).then(|| id.clone()))
    }

    /// What the column's foreign keys say; the outer `None` means that they say nothing.
    fn through_foreign_keys(&mut self, id: &ColumnId) -> Option<Option<ColumnId>> {
        let catalog = self.catalog;
        let relation = catalog.relation(&id.0)?;
        // A key of one column says more about it than one of several.
        for single in [true, false] {
            let mut found: Vec<ColumnId> = Vec::new();
            for target in targets(relation, &id.1, single) {
                if target == *id {
                    continue;
                }
                let Some(origin) = self.out.origins.get(&target).cloned().flatten() else { continue };
                let (mine, theirs) = ((self.forms)(id), (self.forms)(&origin));
                if mine != theirs {
                    self.out.diagnostics.push(Diagnostic::new(
                        DiagnosticKind::KeyTypeMismatch,
                        format!("{}.{}", id.0, id.1),
                        format!("it refers to {}.{}, which has another type", target.0, target.1),
                    ));
                } else if !found.contains(&origin) {
                    found.push(origin);
                }
            }
            match found.len() {
                0 => {}
                1 => return Some(found.pop()),
                _ => {
                    let names: Vec<String> = found.iter().map(|(r, c)| format!("{r}.{c}")).collect();
                    self.out.diagnostics.push(Diagnostic::new(
                        DiagnosticKind::AmbiguousKey,
                        format!("{}.{}", id.0, id.1),
                        format!("its foreign keys lead to {}", names.join(" and ")),
                    ));
                    return Some(None);
                }
            }
        }
        None
    }
}

fn all_targets(relation: &Relation, column: &str) -> Vec<ColumnId> {
    let mut all = targets(relation, column, true);
    all.extend(targets(relation, column, false));
    all
}

/// The columns that foreign keys, of one column or of several, pair a column with.
fn targets(relation: &Relation, column: &str, single: bool) -> Vec<ColumnId> {
    relation
        .foreign_keys
        .iter()
        .filter(|key| (key.columns.len() == 1) == single)
        .flat_map(|key| key.columns.iter().zip(&key.referenced_columns).map(|pair| (&key.references, pair)))
        .filter(|(_, (from, _))| *from == column)
        .map(|(references, (_, to))| (references.clone(), to.clone()))
        .collect()
}

/// A unique key that holds for every row, from a constraint or from an index.
#[derive(Clone, Debug)]
pub(super) struct TotalKey {
    pub name: String,
    pub columns: Vec<String>,
}

/// What is wrong with every key of a relation that others inherit from.
pub(super) const INHERITED: &str = "other tables inherit from the relation, and their rows are seen through it";

const DEFERRABLE: &str = "it is deferrable, so that two rows may share a value for a while";
const OVERLAPS: &str = "it forbids overlaps, not equal values";
const PREFIX: &str = "it looks at a prefix only";
const NULLABLE: &str = "a column of it can be NULL";

/// Why a primary key does not find one row for every value of its columns, if it does not.
pub(super) fn primary_flaw(relation: &Relation, key: &PrimaryKey) -> Option<&'static str> {
    let flaws = [
        (key.deferrable.is_some(), DEFERRABLE),
        (key.without_overlaps, OVERLAPS),
        (key.prefixes.iter().any(Option::is_some), PREFIX),
        (has_nullable(relation, &key.columns), NULLABLE),
    ];
    flaws.into_iter().find(|(is, _)| *is).map(|(_, flaw)| flaw)
}

/// The unique keys that find at most one row for every value of their columns, and why the others do not. `flaw` is what is
/// wrong with all of them.
pub(super) fn total_keys(
    relation: &Relation,
    flaw: Option<&'static str>,
) -> (Vec<TotalKey>, Vec<(String, &'static str)>) {
    let common = flaw;
    let mut total: Vec<TotalKey> = Vec::new();
    let mut partial = Vec::new();
    let mut add = |name: &str, columns: Vec<String>, flaw: Option<&'static str>| match flaw {
        Some(flaw) => partial.push((name.to_owned(), flaw)),
        // Two keys over the same columns find the same row.
        None if total.iter().any(|key| key.columns == columns) => {}
        None => total.push(TotalKey { name: name.to_owned(), columns }),
    };
    for key in &relation.unique_keys {
        let flaw = if common.is_some() {
            common
        } else if key.deferrable.is_some() {
            Some(DEFERRABLE)
        } else if key.without_overlaps {
            Some(OVERLAPS)
        } else if has_nullable(relation, &key.columns) {
            Some(NULLABLE)
        } else {
            None
        };
        let label = key.name.clone().unwrap_or_else(|| format!("UNIQUE ({})", key.columns.join(", ")));
        add(if flaw.is_some() { &label } else { key.name.as_deref().unwrap_or("") }, key.columns.clone(), flaw);
    }
    for index in relation.indexes.iter().filter(|index| index.unique) {
        let columns: Option<Vec<String>> = index.parts.iter().map(|part| part.column.clone()).collect();
        let flaw = if common.is_some() {
            common
        } else if index.predicate.is_some() {
            Some("it is partial")
        } else if columns.is_none() {
            Some("a part of it is an expression")
        } else if index.parts.iter().any(|part| part.prefix.is_some()) {
            Some(PREFIX)
        } else if index.invalid {
            Some("it is not valid")
        } else if has_nullable(relation, columns.as_deref().unwrap_or_default()) {
            Some(NULLABLE)
        } else {
            None
        };
        add(&index.name, columns.unwrap_or_default(), flaw);
    }
    (total, partial)
}

/// When the database takes two texts for equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextEquality {
    /// When they are the same.
    Exact,
    /// When they are the same but for blanks at their ends.
    Padded,
    /// In other cases too: a row is found by texts that are not its own, of which a writer to a cache knows one only.
    Folding,
}

/// When the database takes two values of a column for equal; [`TextEquality::Exact`] for all that is no text.
pub(super) fn text_equality(catalog: &Catalog, column: &Column) -> TextEquality {
    let (base, inherited) = base_type(catalog, &column.ty);
    let is_text = matches!(
        base,
        SqlType::Char { .. } | SqlType::Varchar { .. } | SqlType::Text { .. } | SqlType::Affinity { .. }
    );
    if !is_text {
        return TextEquality::Exact;
    }
    collation_equality(catalog.engine, column.collation.as_deref().or(inherited))
}

/// The same for values of a domain.
pub(super) fn domain_equality(catalog: &Catalog, domain: &Domain) -> TextEquality {
    let (_, collation) = base_type(catalog, &domain.ty);
    collation_equality(catalog.engine, domain.collation.as_deref().or(collation))
}

fn collation_equality(engine: Engine, collation: Option<&str>) -> TextEquality {
    let is_exact = match (engine, collation) {
        // MySQL's usual collations fold case and accents; only a binary one that the column names itself is known, and most of
        // these do not count blanks at the end.
        (Engine::Mysql | Engine::Mariadb, Some(name)) if name.ends_with("_bin") => {
            if !name.ends_with("_nopad_bin") && !name.ends_with("_0900_bin") {
                return TextEquality::Padded;
            }
            true
        }
        (Engine::Mysql | Engine::Mariadb, collation) => collation == Some("binary"),
        // SQLite's are NOCASE, RTRIM and what an application brings along.
        (Engine::Sqlite, collation) => collation.is_none(),
        // PostgreSQL's own are deterministic, one that a user created, printed with its schema, need not be.
        (Engine::Postgres, collation) => {
            collation.is_none_or(|name| !name.contains('.') || name.starts_with("pg_catalog."))
        }
    };
    if is_exact { TextEquality::Exact } else { TextEquality::Folding }
}

/// What a domain narrows in the end, and the collation that comes with it.
fn base_type<'a>(catalog: &'a Catalog, ty: &'a SqlType) -> (&'a SqlType, Option<&'a str>) {
    let (mut ty, mut collation) = (ty, None);
    while let SqlType::Domain { name } = ty
        && let Some(domain) = catalog.domain(name)
    {
        collation = collation.or(domain.collation.as_deref());
        ty = &domain.ty;
    }
    (ty, collation)
}

fn has_nullable(relation: &Relation, columns: &[String]) -> bool {
    columns.iter().any(|name| relation.column(name).is_none_or(|column| column.nullable))
}
