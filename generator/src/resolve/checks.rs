//! What CHECK constraints say about single columns.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Literal, Rule, Translation, translate};
use super::keys::{has_exact_domain, has_exact_text};
use crate::catalog::{Catalog, Check, Column, Engine, QName, Relation, SqlType};
use crate::config::Source;

/// All CHECKs of a catalog, translated.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// By relation, in the order of its checks.
    relations: BTreeMap<QName, Vec<Translation>>,
    /// By domain, in the order of its checks.
    domains: BTreeMap<QName, Vec<Translation>>,
    /// Columns that a CHECK makes an enumeration, with its labels.
    labels: BTreeMap<(QName, String), Vec<String>>,
    /// Domains that a CHECK makes an enumeration.
    domain_labels: BTreeMap<QName, Vec<String>>,
}

impl Checks {
    pub(super) fn translate(catalog: &Catalog, source: &Source) -> Self {
        let mut out = Self::default();
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
            if source.types.check_enums && has_exact_domain(catalog, domain) {
                let lists = domain.checks.iter().zip(&translations).filter(|(check, _)| is_certain(check));
                let labels = lists.flat_map(|(_, t)| &t.rules).find_map(|(_, rule)| labels_of(rule, &domain.ty));
                out.domain_labels.extend(labels.map(|labels| (domain.name.clone(), labels)));
            }
            out.domains.insert(domain.name.clone(), translations);
        }
        out
    }

    /// A list of texts makes an enumeration only where no other text compares equal to one of them, and only of a column
    /// that shares no key's type.
    fn find_enumerations(&mut self, catalog: &Catalog, relation: &Relation) {
        let referring: BTreeSet<&String> = relation.foreign_keys.iter().flat_map(|key| &key.columns).collect();
        for (check, translation) in relation.checks.iter().zip(&self.relations[&relation.name]) {
            for (name, rule) in translation.rules.iter().filter(|_| is_certain(check)) {
                let Some(column) = column_named(catalog.engine, relation, name) else { continue };
                if referring.contains(&column.name) || !has_exact_text(catalog, column) {
                    continue;
                }
                if let Some(labels) = labels_of(rule, &column.ty) {
                    self.labels.entry((relation.name.clone(), column.name.clone())).or_insert(labels);
                }
            }
        }
    }

    /// The labels that a CHECK lists for a column.
    pub(super) fn labels(&self, relation: &QName, column: &str) -> Option<&[String]> {
        self.labels.get(&(relation.clone(), column.to_owned())).map(Vec::as_slice)
    }

    /// The labels that a CHECK lists for a domain.
    pub(super) fn domain_labels(&self, domain: &QName) -> Option<&[String]> {
        self.domain_labels.get(domain).map(Vec::as_slice)
    }

    pub(super) fn of_relation(&self, relation: &QName) -> &[Translation] {
        self.relations.get(relation).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_domain(&self, domain: &QName) -> &[Translation] {
        self.domains.get(domain).map_or(&[], Vec::as_slice)
    }
}

/// Whether every row satisfies it: it is enforced, and rows from before it were looked at.
fn is_certain(check: &Check) -> bool {
    !check.not_valid && !check.not_enforced
}

/// The column that a CHECK's text means. PostgreSQL prints names as they are; the others compare them without regard to case.
pub(super) fn column_named<'a>(engine: Engine, relation: &'a Relation, name: &str) -> Option<&'a Column> {
    relation.column(name).or_else(|| {
        let found = || relation.columns.iter().filter(|column| column.name.eq_ignore_ascii_case(name));
        (engine != Engine::Postgres && found().count() == 1).then(|| found().next())?
    })
}

/// The labels of an enumeration, if a rule lists texts for a type that keeps them as they are.
fn labels_of(rule: &Rule, ty: &SqlType) -> Option<Vec<String>> {
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
        // Shorter labels would come back padded.
        SqlType::Char { length } => labels.iter().all(|label| label.chars().count() == length.unwrap_or(1) as usize),
        SqlType::Affinity { affinity } => *affinity == crate::catalog::Affinity::Text,
        _ => false,
    };
    fits.then_some(labels)
}
