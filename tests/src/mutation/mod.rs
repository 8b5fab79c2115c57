//! Changes of a live schema, each of which `tablature check` must find alone and in its place.
//!
//! A *kind* of change is made on whatever a schema has: on the first of its tables, columns or keys that the database lets it
//! be made on. What a schema lacks of an engine's possibilities is put beside it first (`carriers`), so that every schema sees every
//! kind. [`run`] makes the changes one after the other, holds what is found to what is expected, undoes each and demands silence.

mod ground;
mod mysql;
mod postgres;
mod run;
mod sqlite;

pub use run::{Course, run};

use tablature::findings::{PartKind, Place, Status};

/// A change of one kind, on one object.
#[derive(Clone, Debug)]
struct Change {
    change: String,
    undo: String,
    expected: Vec<(Status, String)>,
}

impl Change {
    fn new(change: impl Into<String>, undo: impl Into<String>, expected: &[(Status, &Place)]) -> Self {
        let expected = expected.iter().map(|(status, place)| (*status, place.to_string())).collect();
        Self { change: change.into(), undo: undo.into(), expected }
    }
}

/// A kind of change, and the objects of a schema that it could be made on.
struct Kind {
    name: &'static str,
    candidates: Vec<Change>,
}

/// The kinds of changes of a schema.
#[derive(Default)]
struct Kinds {
    all: Vec<Kind>,
}

impl Kinds {
    fn add(&mut self, name: &'static str, candidates: impl IntoIterator<Item = Change>) {
        assert!(self.all.iter().all(|kind| kind.name != name), "there are two kinds called {name}");
        self.all.push(Kind { name, candidates: candidates.into_iter().collect() });
    }
}

/// The places under a relation's.
fn column(of: &Place, name: &str) -> Place {
    of.part(PartKind::Column, name)
}

fn constraint(of: &Place, name: &str) -> Place {
    of.part(PartKind::Constraint, name)
}

fn index(of: &Place, name: &str) -> Place {
    of.part(PartKind::Index, name)
}
