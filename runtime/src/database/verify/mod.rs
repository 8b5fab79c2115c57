//! Compares the live database with what the code was generated from.
//!
//! An engine's module asks its catalog and gives a [`Live`] for each relation of the schema, `compare` holds that against
//! the generated data, and `difference` says in words what it finds. The number of statements does not depend on how many
//! relations there are:
//!
//! | Engine         | Statements | Around them                            |
//! |----------------|------------|----------------------------------------|
//! | PostgreSQL     | 4          | a read-only transaction: one snapshot  |
//! | MySQL, MariaDB | 5          | nothing: its catalog has no snapshots  |
//! | SQLite         | 4          | a read-only transaction: one snapshot  |
//!
//! On SQLite, a view that cannot be queried makes the statement fail that asks for the columns of all; then there is one for
//! each view. MariaDB hides from a role that may only read what foreign keys do; there their actions are not compared.

mod compare;
mod difference;
mod mysql;
mod postgres;
mod sqlite;

pub(super) use difference::drift;
pub use difference::{Difference, DifferenceKind, Filling, ForeignKeyShape};

use super::error::Error;
use super::session::Session;
use crate::table::{Dialect, Identity, ReferentialAction, RelationKind, Schema};

/// What the database has.
#[derive(Debug, Default)]
struct Answer {
    /// The schema that relations without one are in; empty if there is none.
    current: String,
    /// Whether names of relations differ in more than upper and lower case.
    folds_names: bool,
    /// By the place in [`Schema::relations`]; absent where there is none of that name.
    relations: Vec<Option<Live>>,
    /// The labels of the enumerated types, by the place in [`Schema::enums`]; absent where there is none of that name.
    enums: Vec<Option<Vec<String>>>,
}

/// A relation, as far as generated code speaks of it.
#[derive(Debug)]
struct Live {
    kind: RelationKind,
    /// Why its columns cannot be told.
    broken: Option<String>,
    columns: Vec<LiveColumn>,
    primary_key: Option<LiveKey>,
    unique_keys: Vec<LiveKey>,
    foreign_keys: Vec<LiveForeignKey>,
}

impl Live {
    fn new(kind: RelationKind) -> Self {
        Self {
            kind,
            broken: None,
            columns: Vec::new(),
            primary_key: None,
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
        }
    }
}

#[derive(Debug)]
struct LiveColumn {
    name: String,
    sql_type: String,
    nullable: bool,
    /// Identity included.
    has_default: bool,
    identity: Option<Identity>,
    generated: bool,
    /// Whether the generator never takes it for a column: an argument of a virtual table.
    is_argument: bool,
}

#[derive(Debug, Default)]
struct LiveKey {
    columns: Vec<String>,
    /// Why it does not find at most one row for every value.
    flaw: Option<&'static str>,
}

#[derive(Debug)]
struct LiveForeignKey {
    name: String,
    columns: Vec<String>,
    /// The schema is never left out.
    references: (String, String),
    referenced_columns: Vec<String>,
    /// Absent where the role may not see them.
    actions: Option<Actions>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Actions {
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
}

/// The word for an action in catalogs.
fn action(word: &str) -> ReferentialAction {
    match word {
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" | "SET DEFAULT" => ReferentialAction::Reset,
        _ => ReferentialAction::Refuse,
    }
}

const PARTIAL: &str = "it is partial";
const EXPRESSION: &str = "a part of it is an expression";
const PREFIX: &str = "it looks at a prefix only";

impl Session {
    /// Compares the database with what the code was generated from, and lists every difference, by relation and column.
    ///
    /// It is meant for the start of a program, asks the catalog alone, and needs no privilege but to read. Relations that
    /// the code does not know are no differences, and neither are further keys, constraints and indexes. On another
    /// engine than the code was generated from, types and defaults are not compared.
    ///
    /// # Errors
    /// Where the database cannot be asked.
    pub async fn verify(&self, schema: &'static Schema) -> Result<Vec<Difference>, Error> {
        let dialect = self.dialect();
        let answer = match dialect {
            Dialect::Mysql => mysql::ask(self, schema).await?,
            Dialect::Postgres | Dialect::Sqlite => self.snapshot(schema).await?,
        };
        Ok(compare::compare(dialect, schema, &answer))
    }

    /// As [`verify`](Self::verify), with the differences as an error that lists all of them, except for
    /// [harmless](Difference::is_harmless) ones: a program can start while the database is ahead of it.
    ///
    /// # Errors
    /// [`Error::Drift`] where there is a difference, and where the database cannot be asked.
    pub async fn verified(&self, schema: &'static Schema) -> Result<(), Error> {
        let mut differences = self.verify(schema).await?;
        differences.retain(|difference| !difference.is_harmless());
        if differences.is_empty() { Ok(()) } else { Err(Error::Drift(differences)) }
    }

    /// Reads everything as of one moment.
    async fn snapshot(&self, schema: &'static Schema) -> Result<Answer, Error> {
        let reading = self.reading().await?;
        let answer = match self.dialect() {
            Dialect::Postgres => postgres::ask(&reading.session, schema).await,
            _ => sqlite::ask(&reading.session, schema).await,
        };
        let ended = reading.close().await;
        answer.and_then(|answer| ended.map(|()| answer))
    }
}

/// The lists of names that catalogs give as JSON; none for NULL.
fn names(json: Option<String>) -> Vec<String> {
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}
