//! Follows the columns of views to the columns of tables that they come from, and tells which of them are never NULL.
//!
//! A server says of a view's column what type it has, and hardly more. The query says the rest: a column that is nothing
//! but a table's column is as good a key as that one, and is NULL only where that one is or where an outer join found no
//! row. [`trace`] reads the queries of a whole catalog, views over views included, and notes both in its columns.
//!
//! MySQL does say which columns of views are never NULL. There a query says where they come from, and what its own reading
//! of it may have missed: a column is never NULL if neither lets one through.
//!
//! One law stands over all rules here: where a NULL could appear, a column can be NULL. What is not understood, be it a
//! name, an expression or a whole query, can be NULL and comes from nowhere.
//!
//! `parse` makes syntax trees of texts, `query` reads SELECTs and what is made of them, `from` what they select from,
//! `scope` holds what names mean there, `expression` reads single values, `condition` what a condition says of the rows
//! that satisfy it, `aggregate` tells queries that make one row of many, and `function` knows the few functions of which
//! something is certain.

mod aggregate;
mod condition;
mod expression;
mod from;
mod function;
mod parse;
mod query;
mod scope;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::Ident;

use crate::catalog::{Catalog, Column, Diagnostic, DiagnosticKind, Engine, Origin, QName, Relation, SqlType};
use parse::parse;
use query::Ctes;
use scope::{Kind, Output, Value};

/// How deep queries and expressions may be nested. What lies deeper is not understood.
const DEPTH: usize = 200;

/// What was told of a view's column.
struct Fact {
    nullable: bool,
    origin: Option<Origin>,
    /// Its own type, or what more is known of that where it comes from.
    ty: SqlType,
}

/// Notes in every view's columns where they come from and which of them are never NULL. Gives the views whose queries are
/// not understood, or hidden: those are empty.
///
/// `own` is what queries call the schema that has no name in the catalog.
pub(super) fn trace(catalog: &mut Catalog, own: Option<&str>) -> Vec<Diagnostic> {
    if !catalog.relations.iter().any(|relation| relation.kind.is_view() && relation.definition.is_some()) {
        return Vec::new();
    }
    let seen = &*catalog;
    // Without a thread nothing is told.
    let (facts, unread) = crate::parallel::deep(|| Tracer::new(seen, own).told()).unwrap_or_default();
    for (place, facts) in facts {
        for (column, fact) in catalog.relations[place].columns.iter_mut().zip(facts) {
            column.nullable = fact.nullable;
            column.origin = fact.origin;
            column.ty = fact.ty;
        }
    }
    let views = unread.into_iter().map(|place| &catalog.relations[place]);
    views
        .map(|view| Diagnostic::new(DiagnosticKind::UntracedView, &view.name, untraced(catalog.engine, view)))
        .collect()
}

/// Why nothing is known of a view's columns, and what becomes of it.
fn untraced(engine: Engine, view: &Relation) -> &'static str {
    if view.definition.as_deref().is_some_and(str::is_empty) {
        "its query is hidden from the role, so that its columns have no types of keys: grant it SHOW VIEW"
    } else if engine.is_mysql_family() {
        "its query is not understood, so that its columns have no types of keys"
    } else {
        "its query is not understood, so that its columns can be NULL and have no types of keys"
    }
}

/// A catalog, and what is known of its views so far.
struct Tracer<'a> {
    engine: Engine,
    catalog: &'a Catalog,
    /// What queries call the schema that has no name in the catalog.
    own: Option<&'a str>,
    /// The relations by schema and name, as names compare.
    places: BTreeMap<(String, String), usize>,
    /// The relations whose rows are seen through another one too, by that one (PostgreSQL's inheritance).
    heirs: BTreeMap<usize, Vec<usize>>,
    /// The columns of the views that are done, by place.
    traced: RefCell<BTreeMap<usize, Vec<Output>>>,
    /// The views that were asked for and are not done yet.
    missing: RefCell<BTreeSet<usize>>,
    /// The views whose queries are not understood.
    unread: RefCell<BTreeSet<usize>>,
    /// How many levels are open.
    depth: Cell<usize>,
    /// How many outer joins were seen.
    joins: Cell<u32>,
}

impl<'a> Tracer<'a> {
    fn new(catalog: &'a Catalog, own: Option<&'a str>) -> Self {
        let engine = catalog.engine;
        let key = |name: &QName| (fold(engine, &name.schema), fold(engine, &name.name));
        let places: BTreeMap<_, _> =
            catalog.relations.iter().enumerate().map(|(at, relation)| (key(&relation.name), at)).collect();
        let mut heirs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, relation) in catalog.relations.iter().enumerate() {
            for parent in relation.inherits.iter().filter_map(|parent| places.get(&key(parent))) {
                heirs.entry(*parent).or_default().push(at);
            }
        }
        Self {
            engine,
            catalog,
            own,
            places,
            heirs,
            traced: RefCell::default(),
            missing: RefCell::default(),
            unread: RefCell::default(),
            depth: Cell::new(0),
            joins: Cell::new(0),
        }
    }

    /// What is told of all views, and those whose queries are not understood, by place.
    fn told(self) -> (Vec<(usize, Vec<Fact>)>, BTreeSet<usize>) {
        self.trace_all();
        let told = self.traced.take().into_iter().map(|(place, outputs)| {
            let columns = self.catalog.relations[place].columns.iter().zip(outputs);
            let facts = columns.map(|(column, output)| {
                let Value { not_null, origin, .. } = output.value;
                let nullable = if self.engine.is_mysql_family() {
                    column.nullable || (origin.is_some() && !not_null)
                } else {
                    column.nullable && !not_null
                };
                // Where the types differ, something happened on the way that was not understood. MariaDB calls JSON by the
                // type that it is kept in: that it is JSON, a check of the table says.
                let is_same =
                    |from: &&Column| from.ty == column.ty || (self.engine.is_mysql_family() && from.raw == column.raw);
                let from = origin.as_ref().and_then(|origin| self.column(origin)).filter(is_same);
                let ty = from.map_or(&column.ty, |from| &from.ty).clone();
                Fact { nullable, ty, origin: origin.filter(|_| from.is_some()) }
            });
            (place, facts.collect())
        });
        (told.collect(), self.unread.take())
    }

    fn is_sqlite(&self) -> bool {
        self.engine == Engine::Sqlite
    }

    /// Goes over all views: those that a view reads come before it, with a stack of their own, for views can stand upon each
    /// other as high as there are views.
    fn trace_all(&self) {
        for (start, _) in self.catalog.relations.iter().enumerate().filter(|(_, relation)| relation.kind.is_view()) {
            let mut waiting = vec![start];
            let mut asked = BTreeSet::from([start]);
            while let Some(place) = waiting.pop() {
                if self.traced.borrow().contains_key(&place) {
                    continue;
                }
                self.missing.take();
                let outputs = self.view(place);
                // A view that reads itself on some way gets no second chance.
                let missing: Vec<usize> =
                    self.missing.take().into_iter().filter(|other| asked.insert(*other)).collect();
                if missing.is_empty() {
                    self.traced.borrow_mut().insert(place, outputs);
                } else {
                    waiting.push(place);
                    waiting.extend(missing);
                }
            }
        }
    }

    /// What a view's columns are, by its query as far as that is understood.
    fn view(&self, place: usize) -> Vec<Output> {
        let relation = &self.catalog.relations[place];
        let plain = relation.columns.iter().map(|column| Output {
            name: Some(fold(self.engine, &column.name)),
            value: Value::unknown().of_kind(self.kind(&column.ty)),
            hidden: false,
        });
        // Where the server says NOT NULL itself, it stays.
        let mut outputs: Vec<Output> = plain.collect();
        let Some(definition) = &relation.definition else { return outputs };
        let Some(query) = parse(self.engine, definition) else {
            // A view without columns has nothing to tell.
            if !outputs.is_empty() {
                self.unread.borrow_mut().insert(place);
            }
            return outputs;
        };
        if let Some(found) = self.query(&query, &Ctes::default(), None)
            && found.len() == outputs.len()
        {
            for (output, found) in outputs.iter_mut().zip(found) {
                // The kind is known better from the catalog.
                output.value = found.value.of_kind(output.value.kind);
            }
        }
        outputs
    }

    /// The columns of a relation of the catalog; nothing, if it is not there or its turn has not come.
    fn relation(&self, schema: &str, name: &str) -> Option<Vec<Output>> {
        let schema = if self.own == Some(schema) { "" } else { schema };
        let place = *self.places.get(&(schema.to_owned(), name.to_owned()))?;
        let relation = &self.catalog.relations[place];
        if relation.kind.is_view() {
            let traced = self.traced.borrow().get(&place).cloned();
            if traced.is_none() {
                self.missing.borrow_mut().insert(place);
            }
            return traced;
        }
        let outputs = relation.columns.iter().map(|column| Output {
            name: Some(fold(self.engine, &column.name)),
            value: Value {
                not_null: !column.nullable && !self.is_null_in_heirs(place, &column.name),
                is_null: false,
                origin: Some(Origin { relation: relation.name.clone(), column: column.name.clone() }),
                kind: self.kind(&column.ty),
            },
            hidden: column.hidden,
        });
        Some(outputs.collect())
    }

    /// Whether a relation that inherits a column lets NULL into it.
    fn is_null_in_heirs(&self, place: usize, column: &str) -> bool {
        let mut waiting = self.heirs.get(&place).cloned().unwrap_or_default();
        let mut seen = BTreeSet::new();
        while let Some(heir) = waiting.pop() {
            if seen.insert(heir) {
                if self.catalog.relations[heir].column(column).is_none_or(|column| column.nullable) {
                    return true;
                }
                waiting.extend(self.heirs.get(&heir).into_iter().flatten());
            }
        }
        false
    }

    fn column(&self, origin: &Origin) -> Option<&'a Column> {
        let relation = &origin.relation;
        let key = (fold(self.engine, &relation.schema), fold(self.engine, &relation.name));
        self.catalog.relations.get(*self.places.get(&key)?).and_then(|found: &Relation| found.column(&origin.column))
    }

    /// What may be done with values of a type, without a NULL coming of it.
    fn kind(&self, ty: &SqlType) -> Kind {
        match ty {
            SqlType::Integer { .. } | SqlType::Float { .. } | SqlType::Decimal { .. } => Kind::Number,
            SqlType::Char { .. } | SqlType::Varchar { .. } | SqlType::Text { .. } => Kind::Text,
            SqlType::Boolean => Kind::Boolean,
            SqlType::Money
            | SqlType::CiText
            | SqlType::Blob { .. }
            | SqlType::Bit { .. }
            | SqlType::Date
            | SqlType::Time { .. }
            | SqlType::Timestamp { .. }
            | SqlType::Interval { .. }
            | SqlType::Uuid
            | SqlType::Inet { .. }
            | SqlType::Cidr
            | SqlType::MacAddr { .. }
            | SqlType::Builtin { .. }
            | SqlType::Enum { .. } => Kind::Scalar,
            SqlType::Domain { name } => {
                // A chain of domains has an end: each was made after the one that it narrows.
                self.catalog
                    .domains
                    .iter()
                    .find(|domain| domain.name == *name)
                    .map_or(Kind::Opaque, |d| self.kind(&d.ty))
            }
            _ => Kind::Opaque,
        }
    }

    fn name(&self, ident: &Ident) -> String {
        match ident.quote_style {
            // PostgreSQL prints names without quotes only if they are in small letters, MySQL prints some as they are.
            None if !self.engine.is_mysql_family() => ident.value.to_ascii_lowercase(),
            _ => fold(self.engine, &ident.value),
        }
    }

    /// A number for an outer join, which no other has.
    fn next_join(&self) -> u32 {
        let join = self.joins.get();
        self.joins.set(join + 1);
        join
    }

    /// Opens a level, if there is one left.
    fn deeper<T>(&self, inner: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= DEPTH {
            return None;
        }
        self.depth.set(depth + 1);
        let out = inner();
        self.depth.set(depth);
        Some(out)
    }
}

/// A name as the engine compares it: SQLite disregards the case of ASCII letters. MySQL disregards that of columns, and has
/// put all of them as their tables have them where it prints queries.
fn fold(engine: Engine, name: &str) -> String {
    if engine == Engine::Sqlite { name.to_ascii_lowercase() } else { name.to_owned() }
}
