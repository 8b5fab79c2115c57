//! Constraints that a write can violate, and foreign keys as ways to other models: their constants.

use super::Resolver;
use super::entity::are_present;
use super::imports::Imports;
use super::model::{ConstraintItem, ConstraintKind, Field, ForeignItem, ReferenceItem};
use super::names::{self, Claim, Style};
use super::naming::constraint_path;
use super::types::TypeExpr;
use crate::catalog::{Catalog, ForeignKey, Index, Relation};

impl Resolver<'_> {
    /// Every constraint of a relation that a write can violate, in the order of their names.
    pub(super) fn constraints(&mut self, relation: &Relation) -> Vec<ConstraintItem> {
        let mut items = constraints(self.catalog, relation);
        items.sort_by(|a, b| {
            (&a.sql, a.kind, &a.columns, &a.expression).cmp(&(&b.sql, b.kind, &b.columns, &b.expression))
        });
        // SQLite keeps what is said twice.
        items.dedup_by_key(|item| path(relation, item));
        let claims: Vec<Claim> = items
            .iter()
            .map(|item| {
                let is_named = !item.sql.is_empty() && item.sql != item.expression;
                let plain =
                    if is_named { without_table(&item.sql, &relation.name.name) } else { description(relation, item) };
                Claim::new(path(relation, item), identity(item), plain)
            })
            .collect();
        for (item, name) in items.iter_mut().zip(self.constants(&claims)) {
            item.name = name;
        }
        items
    }

    /// The foreign keys whose columns are all there, with constants for those that lead to a model.
    pub(super) fn foreign_keys(
        &mut self,
        relation: &Relation,
        fields: &[Field],
        imports: &mut Imports<'_>,
    ) -> Vec<ForeignItem> {
        let mut items = Vec::new();
        let mut claims = Vec::new();
        for key in relation.foreign_keys.iter().filter(|key| are_present(&key.columns, fields)) {
            let claim = reference_claim(relation, key);
            let leads = self.leads_to_a_model(key) && claims.iter().all(|known: &Claim| known.path != claim.path);
            if leads {
                claims.push(claim);
            }
            items.push((key, leads));
        }
        let mut given = self.constants(&claims).into_iter();
        let mut reference = |key: &ForeignKey| {
            let target = TypeExpr::local(&key.references.schema, &self.names.entities[&key.references].ty);
            Some(ReferenceItem { name: given.next()?, target: imports.text(&target) })
        };
        let items = items.into_iter().map(|(key, leads)| ForeignItem {
            name: key.name.clone().unwrap_or_default(),
            columns: key.columns.clone(),
            references: key.references.clone(),
            referenced_columns: key.referenced_columns.clone(),
            on_delete: key.on_delete,
            on_update: key.on_update,
            reference: if leads { reference(key) } else { None },
        });
        items.collect()
    }

    /// Whether the row that a foreign key refers to is one of a model, and is found by equal values.
    fn leads_to_a_model(&self, key: &ForeignKey) -> bool {
        let Some(target) = self.catalog.relation(&key.references) else { return false };
        let is_there = |name: &String| target.column(name).is_some_and(|column| !self.is_left_out(target, column));
        !key.period && !key.referenced_columns.is_empty() && key.referenced_columns.iter().all(is_there)
    }

    /// Names for constants.
    fn constants(&mut self, claims: &[Claim]) -> Vec<String> {
        self.assign(claims, Style::Snake).iter().map(|name| names::constant(name)).collect()
    }
}

/// What a constraint without a name is called: as PostgreSQL would name it, without the table.
fn description(relation: &Relation, item: &ConstraintItem) -> String {
    let suffix = match item.kind {
        ConstraintKind::PrimaryKey => return "primary_key".to_owned(),
        ConstraintKind::Unique => "key",
        ConstraintKind::ForeignKey => "fkey",
        ConstraintKind::Exclusion => "excl",
        ConstraintKind::Check => "check",
    };
    let columns = match item.kind {
        ConstraintKind::Check => named_column(relation, &item.expression),
        _ => item.columns.iter().collect(),
    };
    columns.into_iter().map(|column| field(column) + "_").collect::<String>() + suffix
}

/// The column that an expression names, if there is one alone.
fn named_column<'a>(relation: &'a Relation, expression: &str) -> Vec<&'a String> {
    let words: Vec<&str> = expression.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let columns = relation.columns.iter().map(|column| &column.name);
    let named: Vec<&String> = columns.filter(|name| words.iter().any(|word| word.eq_ignore_ascii_case(name))).collect();
    if named.len() == 1 { named } else { Vec::new() }
}

/// A foreign key of one column is called after it, without the `_id` at its end; one of several after all of them.
fn reference_claim(relation: &Relation, key: &ForeignKey) -> Claim {
    let columns: Vec<String> = key.columns.iter().map(|column| field(column)).collect();
    let whole = columns.join("_");
    let short = whole.strip_suffix("_id").filter(|rest| columns.len() == 1 && !rest.is_empty());
    let plain = short.unwrap_or(&whole).to_owned();
    let sql = key.name.clone().unwrap_or_else(|| format!("{} {}", key.columns.join(" "), key.references));
    let otherwise = match (&key.name, short) {
        (Some(name), _) => field(name),
        (None, Some(_)) => whole,
        (None, None) => format!("{whole}_{}", field(&key.references.name)),
    };
    Claim { otherwise: Some(otherwise), ..Claim::new(constraint_path(&relation.name, "reference", &sql), sql, plain) }
}

/// A name as a field has it, before it is written in capitals, which no keyword is.
fn field(sql: &str) -> String {
    names::field(sql).trim_start_matches("r#").to_owned()
}

/// A constraint's name without that of the table, which engines and people put in front.
fn without_table(name: &str, table: &str) -> String {
    let name = field(name);
    let rest = name.strip_prefix(&field(table)).and_then(|rest| rest.strip_prefix('_')).filter(|rest| !rest.is_empty());
    rest.map_or_else(|| name.clone(), field)
}

/// What a constraint goes by: its name, or what it says.
fn identity(item: &ConstraintItem) -> String {
    if item.sql.is_empty() { format!("{} {}", item.columns.join(" "), item.expression) } else { item.sql.clone() }
}

fn path(relation: &Relation, item: &ConstraintItem) -> String {
    let kind = match item.kind {
        ConstraintKind::PrimaryKey => "primary_key",
        ConstraintKind::Unique => "unique_key",
        ConstraintKind::ForeignKey => "foreign_key",
        ConstraintKind::Check => "check",
        ConstraintKind::Exclusion => "exclusion",
    };
    constraint_path(&relation.name, kind, &identity(item))
}

/// The paths of everything in a relation that has a constant.
pub(super) fn paths(catalog: &Catalog, relation: &Relation) -> impl Iterator<Item = String> {
    let constraints = constraints(catalog, relation).into_iter().map(|item| path(relation, &item));
    constraints.chain(relation.foreign_keys.iter().map(|key| reference_claim(relation, key).path))
}

/// The constraints of a relation, still without the names of their constants.
fn constraints(catalog: &Catalog, relation: &Relation) -> Vec<ConstraintItem> {
    let item = |sql: Option<&str>, kind: ConstraintKind, columns: &[String], expression: &str| ConstraintItem {
        name: String::new(),
        sql: sql.unwrap_or_default().to_owned(),
        kind,
        columns: columns.to_vec(),
        expression: expression.to_owned(),
        condition: String::new(),
    };
    let mut items = Vec::new();
    // A stored view can have unique indexes, and nobody writes to it.
    if relation.kind.is_view() {
        return items;
    }
    if let Some(key) = &relation.primary_key {
        let name = if catalog.engine.is_mysql_family() { Some("PRIMARY") } else { key.name.as_deref() };
        items.push(item(name, ConstraintKind::PrimaryKey, &key.columns, ""));
    }
    for key in &relation.unique_keys {
        items.push(item(key.name.as_deref(), ConstraintKind::Unique, &key.columns, ""));
    }
    for index in relation.indexes.iter().filter(|index| index.unique) {
        let columns: Option<Vec<String>> = index.parts.iter().map(|part| part.column.clone()).collect();
        let expression = if columns.is_some() { String::new() } else { indexed(index) };
        items.push(ConstraintItem {
            condition: index.predicate.clone().unwrap_or_default(),
            ..item(Some(&index.name), ConstraintKind::Unique, &columns.unwrap_or_default(), &expression)
        });
    }
    for key in relation.foreign_keys.iter().filter(|key| !key.not_enforced) {
        let target = key.references.to_string();
        items.push(item(key.name.as_deref(), ConstraintKind::ForeignKey, &key.columns, &target));
    }
    for check in relation.checks.iter().filter(|check| !check.not_enforced) {
        // SQLite reports the condition where there is no name.
        let name = check.name.as_ref().unwrap_or(&check.expression);
        items.push(item(Some(name), ConstraintKind::Check, &[], &check.expression));
    }
    for exclusion in &relation.exclusions {
        items.push(item(Some(&exclusion.name), ConstraintKind::Exclusion, &[], &exclusion.definition));
    }
    items
}

/// The parts of an index, of which one at least is an expression.
fn indexed(index: &Index) -> String {
    let parts = index.parts.iter().filter_map(|part| part.column.as_deref().or(part.expression.as_deref()));
    parts.collect::<Vec<_>>().join(", ")
}
