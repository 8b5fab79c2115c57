//! What changes can be made on.

use std::collections::BTreeMap;

use tablature::catalog::{Catalog, Column, Engine, ForeignKey, QName, Relation, RelationKind};
use tablature::findings::Place;
use tablature::reflect::{self, DatabaseUrl, Options};

use crate::error::HarnessError;
use crate::scratch::ScratchDatabase;

/// The catalog of a database.
pub(super) async fn reflected(database: &ScratchDatabase) -> Result<Catalog, HarnessError> {
    let url = DatabaseUrl::parse(database.url()).map_err(HarnessError::doing("read the URL"))?;
    let reflected = reflect::reflect(&url, &Options::default()).await;
    Ok(reflected.map_err(HarnessError::doing("reflect the database"))?.catalog)
}

/// The relations of a schema, and what the database prints of them.
pub(super) struct Ground {
    pub(super) catalog: Catalog,
    /// What the database prints: whole tables, or single constraints and indexes by their names.
    pub(super) printed: BTreeMap<(QName, String), String>,
    /// The queries of all views, as texts: a table that is named in one cannot be changed without it.
    pub(super) queries: Vec<String>,
}

impl Ground {
    pub(super) fn quoted(&self, name: &str) -> String {
        self.catalog.engine.quoted(name)
    }

    /// A name as statements take it.
    pub(super) fn named(&self, name: &QName) -> String {
        match (self.catalog.engine, name.schema.as_str()) {
            (Engine::Postgres, schema) => format!("{}.{}", self.quoted(schema), self.quoted(&name.name)),
            _ => self.quoted(&name.name),
        }
    }

    pub(super) fn place(&self, relation: &Relation) -> Place {
        Place::relation(&relation.name.schema, &relation.name.name)
    }

    /// What the database prints of a part of a relation; nothing is printed twice.
    pub(super) fn print(&self, relation: &Relation, part: &str) -> Option<&str> {
        self.printed.get(&(relation.name.clone(), part.to_owned())).map(String::as_str)
    }

    /// Tables that stand by themselves: no view, routine or child depends on how they look.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Relation> {
        let catalog = &self.catalog;
        catalog.relations.iter().filter(move |relation| {
            let name = &relation.name.name;
            let routines = catalog.routines.iter();
            let mut routines = routines.flat_map(|routine| [Some(&routine.arguments), routine.returns.as_ref()]);
            relation.kind == RelationKind::Table
                && !relation.columns.is_empty()
                && relation.inherits.is_empty()
                && !relation.system_versioned
                && !catalog.relations.iter().any(|other| other.inherits.contains(&relation.name))
                && !self.queries.iter().any(|query| query.contains(name.as_str()))
                && !routines.any(|text| text.is_some_and(|text| text.contains(name.as_str())))
        })
    }

    /// Foreign keys of other tables, and its own, that refer to a table.
    pub(super) fn referring<'g>(&'g self, name: &'g QName) -> impl Iterator<Item = &'g ForeignKey> {
        let keys = self.catalog.relations.iter().flat_map(|relation| &relation.foreign_keys);
        keys.filter(move |key| key.references == *name)
    }

    /// Tables that no foreign key refers to.
    pub(super) fn lonely(&self) -> impl Iterator<Item = &Relation> {
        self.tables().filter(|relation| self.referring(&relation.name).next().is_none())
    }

    /// Columns of tables that nothing else in the schema is about: they are in no key, index, CHECK or expression.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&Relation, &Column)> {
        self.tables().flat_map(move |relation| {
            relation
                .columns
                .iter()
                .filter(move |column| self.is_free(relation, column))
                .map(move |column| (relation, column))
        })
    }

    fn is_free(&self, relation: &Relation, column: &Column) -> bool {
        let name = &column.name;
        let in_key = relation.primary_key.iter().any(|key| key.columns.contains(name) || key.include.contains(name))
            || relation.unique_keys.iter().any(|key| key.columns.contains(name) || key.include.contains(name))
            || relation.foreign_keys.iter().any(|key| key.columns.contains(name))
            || self.referring(&relation.name).any(|key| key.referenced_columns.contains(name));
        let checks = relation.checks.iter().map(|check| &check.expression);
        let exclusions = relation.exclusions.iter().map(|exclusion| &exclusion.definition);
        let generated = relation.columns.iter().filter_map(|column| column.generated.as_ref()?.expression.as_ref());
        let predicates = relation.indexes.iter().filter_map(|index| index.predicate.as_ref());
        let parts = relation.indexes.iter().flat_map(|index| &index.parts);
        let expressions = parts.clone().filter_map(|part| part.expression.as_ref());
        let mut texts = checks
            .chain(exclusions)
            .chain(generated)
            .chain(predicates)
            .chain(expressions)
            .chain(&relation.partition_key);
        let in_index = parts.filter_map(|part| part.column.as_ref()).any(|column| column == name)
            || relation.indexes.iter().any(|index| index.include.contains(name));
        !in_key
            && !in_index
            && !texts.any(|text| text.to_lowercase().contains(&name.to_lowercase()))
            && column.identity.is_none()
            && column.generated.is_none()
            && !column.hidden
    }
}
