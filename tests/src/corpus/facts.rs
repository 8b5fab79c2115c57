//! What a database promises, in a form that its own catalog, tablature's catalog and a generated model can all be put in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tablature::catalog::{Action, QName, RelationKind};

/// The promises of one schema, as one party tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Tables, views and the like.
    pub relations: BTreeMap<QName, RelationFacts>,
    /// Labels in order, by the enumerated type's name, or by that of the column that declares them for itself.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Relations that the database lists and cannot read, with what it says; nothing can be generated for them.
    pub unreadable: BTreeMap<QName, String>,
}

/// What is promised of a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationFacts {
    /// What sort of relation it is.
    pub kind: RelationKind,
    /// The columns in order.
    pub columns: Vec<ColumnFacts>,
    /// The primary key's columns in key order; empty where there is none.
    pub primary_key: Vec<String>,
    /// Unique constraints and unique indexes.
    pub unique_keys: Vec<UniqueFacts>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignFacts>,
    /// Whether the rows of other tables are seen through it, so that no key of it is unique (PostgreSQL's inheritance).
    pub has_heirs: bool,
}

/// What is promised of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnFacts {
    /// Its name.
    pub name: String,
    /// Whether it can hold NULL. `None` where the catalogs of databases promise nothing: for columns of views.
    pub nullable: Option<bool>,
    /// Whether it is an argument of a virtual table and not data, so that no row has it (SQLite).
    pub is_argument: bool,
}

/// What is promised by a unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueFacts {
    /// Its name; empty where it has none that every party knows.
    pub name: String,
    /// The parts in key order.
    pub parts: Vec<Part>,
    /// Whether it holds at once, for every row: it is valid, not partial, and not deferrable.
    pub is_whole: bool,
}

/// A part of a unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A whole column.
    Column(String),
    /// The beginning of a column, or a column that must not overlap.
    Partly(String),
    /// An expression. How it is written differs from party to party.
    Expression,
}

/// What is promised by a foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignFacts {
    /// Its name; empty where it has none that every party knows.
    pub name: String,
    /// The columns in key order.
    pub columns: Vec<String>,
    /// The relation that is referred to.
    pub references: QName,
    /// Its columns, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// `ON UPDATE`. On MySQL `RESTRICT` is told as `NO ACTION`, which is the same there.
    pub on_update: Action,
    /// `ON DELETE`, told likewise.
    pub on_delete: Action,
}

/// How much there is of everything that is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Relations.
    pub relations: usize,
    /// Columns.
    pub columns: usize,
    /// Primary keys.
    pub primary_keys: usize,
    /// Unique constraints and unique indexes.
    pub unique_keys: usize,
    /// Unique keys that find at most one row for every value.
    pub lookup_keys: usize,
    /// Foreign keys.
    pub foreign_keys: usize,
    /// Enumerations.
    pub enums: usize,
}

impl Part {
    /// The column, whole or not.
    pub(super) fn into_column(self) -> Option<String> {
        match self {
            Self::Column(name) | Self::Partly(name) => Some(name),
            Self::Expression => None,
        }
    }
}

impl RelationFacts {
    /// A relation of which nothing is known but its kind.
    pub fn new(kind: RelationKind) -> Self {
        Self {
            kind,
            columns: Vec::new(),
            primary_key: Vec::new(),
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            has_heirs: false,
        }
    }

    /// The columns of the unique keys that find at most one row for every value: whole columns, none of which can be NULL.
    pub fn lookup_keys(&self) -> BTreeSet<Vec<String>> {
        let keys = self.unique_keys.iter().filter(|key| key.is_whole && !self.has_heirs);
        let columns = keys.filter_map(|key| {
            let columns = key.parts.iter().map(|part| match part {
                Part::Column(name) => Some(name.clone()),
                Part::Partly(_) | Part::Expression => None,
            });
            columns.collect::<Option<Vec<String>>>()
        });
        let is_filled = |name: &String| self.columns.iter().any(|c| c.name == *name && c.nullable == Some(false));
        columns.filter(|columns| columns.iter().all(is_filled)).collect()
    }
}

impl Facts {
    /// How much there is.
    pub fn counts(&self) -> Counts {
        let all = || self.relations.values();
        Counts {
            relations: all().count(),
            columns: all().map(|relation| relation.columns.len()).sum(),
            primary_keys: all().filter(|relation| !relation.primary_key.is_empty()).count(),
            unique_keys: all().map(|relation| relation.unique_keys.len()).sum(),
            lookup_keys: all().map(|relation| relation.lookup_keys().len()).sum(),
            foreign_keys: all().map(|relation| relation.foreign_keys.len()).sum(),
            enums: self.enums.len(),
        }
    }

    /// What of this a generated crate is to have: no arguments of virtual tables, and unique keys by their columns, as far
    /// as they find one row.
    pub fn generated(&self) -> Self {
        let mut out = self.clone();
        for relation in out.relations.values_mut() {
            relation.unique_keys = relation
                .lookup_keys()
                .into_iter()
                .map(|columns| UniqueFacts {
                    name: String::new(),
                    parts: columns.into_iter().map(Part::Column).collect(),
                    is_whole: true,
                })
                .collect();
            relation.columns.retain(|column| !column.is_argument);
            relation.has_heirs = false;
        }
        // Nothing can be said with an enumeration that has no labels.
        out.enums.retain(|_, labels| !labels.is_empty());
        out
    }
}

/// The actions of foreign keys, as SQL has them.
const ACTIONS: [(Action, &str); 5] = [
    (Action::NoAction, "NO ACTION"),
    (Action::Restrict, "RESTRICT"),
    (Action::Cascade, "CASCADE"),
    (Action::SetNull, "SET NULL"),
    (Action::SetDefault, "SET DEFAULT"),
];

/// An action as SQL has it.
pub(super) fn action_sql(action: Action) -> &'static str {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or("", |(_, sql)| sql)
}

/// The action that a text begins with, and what follows.
pub(super) fn action_at(text: &str) -> Option<(Action, &str)> {
    ACTIONS.iter().find_map(|(action, sql)| Some((*action, text.strip_prefix(sql)?)))
}
