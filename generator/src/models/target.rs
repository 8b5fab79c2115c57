//! Which relation a model is about.

use super::Dialect;
use super::case::table_names;
use super::claim::{Claim, Target};
use crate::catalog::{Catalog, Diagnostic, DiagnosticKind, Engine, QName, Relation};
use crate::config::{Source, nearest};
use crate::resolve::is_wanted;

/// What a model is about.
pub(crate) enum Found<'c> {
    /// A relation that it names.
    Named(&'c Relation),
    /// A relation that is called as it is.
    Assumed(&'c Relation),
    /// Nothing: there is no relation of that name. What may have been meant stands beside it.
    Missing(QName, Option<String>),
    /// Something that the catalog does not show, and why.
    Unseen(QName, String),
    /// It cannot be told, and why.
    Untold(String),
    /// Nothing that anybody said is of the database.
    Nothing,
}

/// Looks for relations in a catalog.
pub(crate) struct Targets<'c> {
    pub catalog: &'c Catalog,
    pub unread: &'c [Diagnostic],
    pub source: &'c Source,
}

impl<'c> Targets<'c> {
    /// The relation of a model.
    pub(crate) fn find(&self, claim: &Claim<'_>) -> Found<'c> {
        match &claim.target {
            Target::Named { schema, name } => self.named(schema.as_deref(), name),
            Target::ByName => self.by_name(claim),
        }
    }

    fn default_schema(&self) -> &str {
        &self.catalog.default_schema
    }

    /// Whether two names of relations are the same to the engine, as a client quotes them.
    fn same(&self, a: &str, b: &str) -> bool {
        a == b || self.catalog.engine != Engine::Postgres && a.eq_ignore_ascii_case(b)
    }

    fn called(&self, name: &str) -> Vec<&'c Relation> {
        let of_that_name = |relation: &&Relation| self.same(&relation.name.name, name);
        let mut all: Vec<_> = self.catalog.relations.iter().filter(of_that_name).collect();
        // Those of the default schema are meant where there are others too.
        if let Some(own) = all.iter().position(|relation| relation.name.schema == self.default_schema()) {
            all = vec![all[own]];
        }
        all
    }

    fn named(&self, schema: Option<&str>, name: &str) -> Found<'c> {
        // The database that a URL selects has no name in a catalog.
        let has_schemas = self.catalog.engine == Engine::Postgres;
        let schema = schema.filter(|schema| has_schemas || self.has_schema(schema));
        let all = match schema {
            Some(schema) => {
                let wanted =
                    |relation: &&Relation| relation.name.schema == schema && self.same(&relation.name.name, name);
                self.catalog.relations.iter().filter(wanted).collect()
            }
            None => self.called(name),
        };
        let full = QName::new(schema.unwrap_or(self.default_schema()), name);
        match all.as_slice() {
            [relation] => Found::Named(relation),
            [_, _, ..] => Found::Untold(format!("several schemas have a relation {name}")),
            [] => self.missing(full),
        }
    }

    fn has_schema(&self, schema: &str) -> bool {
        self.catalog.relations.iter().any(|relation| relation.name.schema == schema)
    }

    fn missing(&self, name: QName) -> Found<'c> {
        let default = self.source.root_schema.as_deref().unwrap_or(self.default_schema());
        if !is_wanted(&name, self.source, default) {
            return Found::Unseen(name, "the configuration leaves it out".to_owned());
        }
        if !self.has_schema(&name.schema) {
            let why = format!("the snapshot has nothing of the schema {:?}", name.schema);
            return Found::Unseen(name, why);
        }
        let path = name.to_string();
        let unread = self
            .unread
            .iter()
            .find(|diagnostic| diagnostic.kind == DiagnosticKind::UnreadableRelation && diagnostic.path == path);
        if let Some(unread) = unread {
            return Found::Unseen(name, unread.message.clone());
        }
        let known = self.catalog.relations.iter().filter(|relation| relation.name.schema == name.schema);
        let near = nearest(&name.name, known.map(|relation| relation.name.name.as_str())).map(str::to_owned);
        Found::Missing(name, near)
    }

    fn by_name(&self, claim: &Claim<'_>) -> Found<'c> {
        let is_of_database = claim.dialect != Dialect::Serde;
        let found = table_names(&claim.name).into_iter().map(|name| self.called(&name)).find(|all| !all.is_empty());
        let relation = match found.as_deref() {
            Some([relation]) => *relation,
            Some(_) => {
                let several = format!("several schemas have a relation that {} may be of", claim.name);
                return if is_of_database { Found::Untold(several) } else { Found::Nothing };
            }
            None if is_of_database => {
                return Found::Untold(format!("no relation is called like {}", claim.name));
            }
            None => return Found::Nothing,
        };
        // What has little in common with a relation has but its name.
        let is_column = |name: &String| relation.columns.iter().any(|column| self.same(&column.name, name));
        let shared =
            claim.fields.iter().filter(|field| is_column(&field.column) || field.others.iter().any(is_column)).count();
        let is_alike = shared * 2 >= claim.fields.len() && shared > 0;
        match (is_alike, is_of_database) {
            (true, _) => Found::Assumed(relation),
            (false, true) => Found::Untold(format!(
                "{} is called like {}, and most of its fields are no columns of it",
                claim.name, relation.name
            )),
            (false, false) => Found::Nothing,
        }
    }
}
