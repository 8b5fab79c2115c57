//! What CHECK constraints say about single columns.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Literal, Rule, Translation, translate};
use super::keys::{TextEquality, domain_equality, text_equality};
use crate::catalog::{Catalog, Check, Column, Engine, QName, Relation, SqlType};
use crate::config::Source;

/// All CHECKs of a catalog, translated.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// By relation, in the order of its checks.
    relations: BTreeMap<QName, Vec<Translation>>,
    /// By domain, in the order of its checks.
    domains: BTreeMap<QName, Vec<Translation>>,
    /// Columns that a CHECK makes an enumeration, with its labels.
    labels: BTreeMap<(QName, String), Vec<String>>,
    /// Domains that a CHECK makes an enumeration.
    domain_labels: BTreeMap<QName, Vec<String>>,
    /// Relations that others inherit from, whose rows are read with theirs.
    parents: BTreeSet<QName>,
}

impl Checks {
    pub(crate) fn translate(catalog: &Catalog, source: &Source) -> Self {
        let parents = catalog.relations.iter().flat_map(|relation| &relation.inherits).cloned().collect();
        let mut out = Self { parents, ..Self::default() };
        let engine = catalog.engine;
        let all = |checks: &[Check]| checks.iter().map(|c| translate(engine, &c.expression)).collect::<Vec<_>>();
        for relation in &catalog.relations {
            out.relations.insert(relation.name.clone(), all(&relation.checks));
            if source.types.check_enums {
                out.find_enumerations(catalog, relation);
            }
        }
        for domain in &catalog.domains {
            let translations = all(&domain.checks);
            if source.types.check_enums && domain_equality(catalog, domain) != TextEquality::Folding {
                let lists = domain.checks.iter().zip(&translations).filter(|(check, _)| is_certain(check, false));
                let lists =
                    lists.flat_map(|(_, t)| &t.rules).filter_map(|(_, rule)| labels_of(engine, rule, &domain.ty));
                let labels = lists.reduce(in_both).filter(|labels| !labels.is_empty());
                out.domain_labels.extend(labels.map(|labels| (domain.name.clone(), labels)));
            }
            out.domains.insert(domain.name.clone(), translations);
        }
        out
    }

    /// A list of texts makes an enumeration only where no other text compares equal to one of them, and only of a column
    /// that shares no key's type.
    fn find_enumerations(&mut self, catalog: &Catalog, relation: &Relation) {
        let is_inherited = self.is_inherited(&relation.name);
        let referring: BTreeSet<&String> = relation.foreign_keys.iter().flat_map(|key| &key.columns).collect();
        for (check, translation) in relation.checks.iter().zip(&self.relations[&relation.name]) {
            for (name, rule) in translation.rules.iter().filter(|_| is_certain(check, is_inherited)) {
                let Some(column) = column_named(catalog.engine, relation, name) else { continue };
                if referring.contains(&column.name) || text_equality(catalog, column) == TextEquality::Folding {
                    continue;
                }
                if let Some(labels) = labels_of(catalog.engine, rule, &column.ty) {
                    let id = (relation.name.clone(), column.name.clone());
                    let labels = match self.labels.remove(&id) {
                        Some(earlier) => in_both(earlier, labels),
                        None => labels,
                    };
                    self.labels.insert(id, labels);
                }
            }
        }
        // Lists that have nothing in common leave nothing to enumerate.
        self.labels.retain(|_, labels| !labels.is_empty());
    }

    /// Whether other relations inherit from this one.
    pub(super) fn is_inherited(&self, relation: &QName) -> bool {
        self.parents.contains(relation)
    }

    /// The labels that a CHECK lists for a column.
    pub(crate) fn labels(&self, relation: &QName, column: &str) -> Option<&[String]> {
        self.labels.get(&(relation.clone(), column.to_owned())).map(Vec::as_slice)
    }

    /// The labels that a CHECK lists for a domain.
    pub(crate) fn domain_labels(&self, domain: &QName) -> Option<&[String]> {
        self.domain_labels.get(domain).map(Vec::as_slice)
    }

    pub(super) fn of_relation(&self, relation: &QName) -> &[Translation] {
        self.relations.get(relation).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_domain(&self, domain: &QName) -> &[Translation] {
        self.domains.get(domain).map_or(&[], Vec::as_slice)
    }
}

/// Whether every row that is read satisfies it: it is enforced, rows from before it were looked at, and rows of inheriting
/// tables have it too.
pub(super) fn is_certain(check: &Check, is_inherited: bool) -> bool {
    !(check.not_valid || check.not_enforced || (check.no_inherit && is_inherited))
}

fn in_both(mut labels: Vec<String>, others: Vec<String>) -> Vec<String> {
    labels.retain(|label| others.contains(label));
    labels
}

/// The column that a CHECK's text means. PostgreSQL prints names as they are; the others compare them without regard to case.
pub(super) fn column_named<'a>(engine: Engine, relation: &'a Relation, name: &str) -> Option<&'a Column> {
    relation.column(name).or_else(|| {
        let found = || relation.columns.iter().filter(|column| column.name.eq_ignore_ascii_case(name));
        (engine != Engine::Postgres && found().count() == 1).then(|| found().next())?
    })
}

/// The labels of an enumeration, if a rule lists texts for a type that keeps them as they are.
fn labels_of(engine: Engine, rule: &Rule, ty: &SqlType) -> Option<Vec<String>> {
    let Rule::OneOf(values) = rule else { return None };
    let mut labels: Vec<String> = Vec::new();
    for value in values {
        let Literal::Text(label) = value else { return None };
        if !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    let fits = match ty {
        SqlType::Text { .. } | SqlType::Varchar { .. } => true,
        // PostgreSQL gives shorter labels back padded.
        SqlType::Char { .. } if engine != Engine::Postgres => true,
        SqlType::Char { length } => labels.iter().all(|label| label.chars().count() == length.unwrap_or(1) as usize),
        SqlType::Affinity { affinity } => *affinity == crate::catalog::Affinity::Text,
        _ => false,
    };
    fits.then_some(labels)
}
