//! The engine-neutral schema of a database: plain, sorted, serialisable data without a Rust name in it.
//!
//! A [`Catalog`] says what the database says and decides nothing. Two reflections of the same schema give the
//! same catalog, whoever asks, in whatever order the server answers: every list is in a canonical order after
//! [`Catalog::normalize`], and nothing in it depends on a role, a server version, a time or a database's own name.
//!
//! The room holds data only. Reflection fills it, resolution reads it, a [`Snapshot`] keeps it on disk.

mod constraint;
mod diagnostic;
mod relation;
mod snapshot;
mod sql_type;

pub use constraint::{
    Action, Check, Deferrable, Exclusion, ForeignKey, Index, IndexPart, MatchType, PrimaryKey, UniqueKey,
};
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use relation::{Column, Generated, Identity, Origin, Relation, RelationKind};
pub use snapshot::{FORMAT_VERSION, Snapshot, SnapshotError};
pub use sql_type::{Affinity, CompositeType, Domain, EnumType, Field, RangeType, SqlType};

use std::fmt;

use serde::{Deserialize, Serialize};

/// A database engine, as far as its types and its SQL differ from the others'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// PostgreSQL 12 and later.
    Postgres,
    /// Oracle's MySQL 8 and later.
    Mysql,
    /// MariaDB 10.5 and later.
    Mariadb,
    /// SQLite 3.37 and later.
    Sqlite,
}

impl Engine {
    /// The name that is written in configuration, snapshots and generated code.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }

    /// The name that people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
            Self::Sqlite => "SQLite",
        }
    }

    /// Whether the engine speaks MySQL's protocol and dialect.
    pub fn is_mysql_family(self) -> bool {
        matches!(self, Self::Mysql | Self::Mariadb)
    }

    /// A name as an identifier of the engine's SQL, in quotes that hold whatever it is made of.
    pub fn quoted(self, name: &str) -> String {
        let quote = if self.is_mysql_family() { '`' } else { '"' };
        format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
    }

    /// A qualified name as identifiers of the engine's SQL; without the schema where that is empty.
    pub fn qualified(self, name: &QName) -> String {
        let schema = if name.schema.is_empty() { String::new() } else { format!("{}.", self.quoted(&name.schema)) };
        format!("{schema}{}", self.quoted(&name.name))
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name qualified by its schema, written `schema.name`.
///
/// The schema is empty for SQLite's `main` and for the database that a MySQL URL selects: what that one is called
/// belongs to the deployment, and two copies of a schema under different database names must be the same catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QName {
    /// The schema, or the empty string.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub schema: String,
    /// The name within the schema.
    pub name: String,
}

impl QName {
    /// A name in a schema; the schema may be empty.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }
}

impl fmt::Display for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.schema.is_empty() { f.write_str(&self.name) } else { write!(f, "{}.{}", self.schema, self.name) }
    }
}

/// Everything that a database promises about its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// The engine that was asked.
    pub engine: Engine,
    /// The schema whose relations are generated at the root of the crate: `public` on PostgreSQL, else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default_schema: String,
    /// Comments of schemas, by schema.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<Schema>,
    /// Tables, views and the like.
    pub relations: Vec<Relation>,
    /// Enumerated types that have a name of their own (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<EnumType>,
    /// Domains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Domain>,
    /// Composite types that were created as such, and the row types that something refers to of relations that are not
    /// listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub composites: Vec<CompositeType>,
    /// Range types that users created; the built-in ones are not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<RangeType>,
    /// Signatures of functions and procedures (PostgreSQL only: MySQL hides routines from a role without EXECUTE,
    /// so listing them would make the catalog depend on who asks).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routines: Vec<Routine>,
}

/// A schema that has something to say for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The schema's name.
    pub name: String,
    /// Its comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// The signature of a function or procedure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Routine {
    /// Its name; several routines may share one.
    #[serde(flatten)]
    pub name: QName,
    /// `function`, `procedure`, `aggregate` or `window`.
    pub kind: String,
    /// The arguments with modes, names, types and defaults, as the server prints them.
    pub arguments: String,
    /// The result type as the server prints it; absent for procedures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

impl Catalog {
    /// A catalog with nothing in it.
    pub fn empty(engine: Engine) -> Self {
        Self {
            engine,
            default_schema: if engine == Engine::Postgres { "public".into() } else { String::new() },
            schemas: Vec::new(),
            relations: Vec::new(),
            enums: Vec::new(),
            domains: Vec::new(),
            composites: Vec::new(),
            ranges: Vec::new(),
            routines: Vec::new(),
        }
    }

    /// Puts every list whose order means nothing in canonical order: by name, then by content. Columns, key
    /// columns, index parts, labels and fields keep the order that the database gives them.
    pub fn normalize(&mut self) {
        self.schemas.sort_by(|a, b| a.name.cmp(&b.name));
        self.relations.sort_by(|a, b| a.name.cmp(&b.name));
        for relation in &mut self.relations {
            relation.normalize();
        }
        self.enums.sort_by(|a, b| a.name.cmp(&b.name));
        self.domains.sort_by(|a, b| a.name.cmp(&b.name));
        for domain in &mut self.domains {
            domain.checks.sort_by(|a, b| (&a.name, &a.expression).cmp(&(&b.name, &b.expression)));
        }
        self.composites.sort_by(|a, b| a.name.cmp(&b.name));
        self.ranges.sort_by(|a, b| a.name.cmp(&b.name));
        self.routines.sort_by(|a, b| (&a.name, &a.kind, &a.arguments).cmp(&(&b.name, &b.kind, &b.arguments)));
    }

    /// The relation of that name.
    pub fn relation(&self, name: &QName) -> Option<&Relation> {
        find(&self.relations, name, |r| &r.name)
    }

    /// The enumerated type of that name.
    pub fn enum_type(&self, name: &QName) -> Option<&EnumType> {
        find(&self.enums, name, |e| &e.name)
    }

    /// The domain of that name.
    pub fn domain(&self, name: &QName) -> Option<&Domain> {
        find(&self.domains, name, |d| &d.name)
    }

    /// The composite type of that name.
    pub fn composite(&self, name: &QName) -> Option<&CompositeType> {
        find(&self.composites, name, |c| &c.name)
    }
}

/// Looks a name up in a list that [`Catalog::normalize`] has sorted by it.
fn find<'a, T>(sorted: &'a [T], name: &QName, key: impl Fn(&T) -> &QName) -> Option<&'a T> {
    sorted.binary_search_by(|item| key(item).cmp(name)).ok().map(|at| &sorted[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_each_engine_wants_it() {
        let name = "a`b \"c\" d'e\\";
        for engine in [Engine::Postgres, Engine::Sqlite] {
            assert_eq!(engine.quoted(name), "\"a`b \"\"c\"\" d'e\\\"", "{engine}");
        }
        for engine in [Engine::Mysql, Engine::Mariadb] {
            assert_eq!(engine.quoted(name), "`a``b \"c\" d'e\\`", "{engine}");
        }
    }
}
