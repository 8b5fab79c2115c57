//! What does not agree between models and a catalog: a model as a whole here, its fields in [`field`], and the labels of its
//! enumerations in [`enumeration`].

mod enumeration;
mod field;

use std::collections::BTreeSet;

use super::claim::{Claim, FieldClaim, Role};
use super::kind::Kind;
use super::mend::{Mender, line};
use super::read::Reader;
use super::target::{Found, Targets};
use super::types::Types;
use super::{Compared, Dialect};
use crate::catalog::{Catalog, Column, Diagnostic, Engine, QName, Relation};
use crate::config::{Source, nearest};
use crate::findings::stale::shown;
use crate::findings::{Finding, Location, ObjectKind, PartKind, Place, Severity, Status};
use crate::resolve::Checks;
use crate::rust_source::RustFile;
use crate::validate::is_system_column;

/// Holds all models of some files to a catalog.
pub(super) fn compare(files: &[RustFile], catalog: &Catalog, unread: &[Diagnostic], source: &Source) -> Compared {
    let types = Types::new(files);
    let claims = Reader { files, types: &types }.claims();
    let targets = Targets { catalog, unread, source };
    let mender = Mender { catalog, types: &types, time: source.types.time };
    let checks = Checks::translate(catalog, source);
    let mut judge = Judge {
        files,
        catalog,
        source,
        types: &types,
        mender,
        checks,
        seen: BTreeSet::new(),
        out: Compared::default(),
    };
    let mut relations: BTreeSet<&QName> = BTreeSet::new();
    let mut nothing = 0;
    for claim in &claims {
        match targets.find(claim) {
            Found::Named(relation) => {
                relations.insert(&relation.name);
                judge.hold(&Held { claim, relation, is_assumed: false });
            }
            Found::Assumed(relation) => {
                relations.insert(&relation.name);
                judge.hold(&Held { claim, relation, is_assumed: true });
            }
            Found::Missing(name, near) => judge.missing(claim, &name, near.as_deref()),
            Found::Unseen(name, why) => {
                let place = Place::object(ObjectKind::Relation, &name);
                judge.untold(claim, place, format!("{} cannot be held to {name}: {why}", claim.name));
            }
            Found::Untold(why) => {
                let message = format!("it cannot be told which relation {} is about: {why}", claim.name);
                judge.untold(claim, Place::default(), message);
            }
            Found::Nothing => nothing += 1,
        }
    }
    let mut out = judge.out;
    let structs: usize = files.iter().map(|file| file.declared.structs.len()).sum();
    let of_structs =
        claims.len() - files.iter().map(|file| file.declared.tables.len()).sum::<usize>().min(claims.len());
    out.counts.left_alone = structs.saturating_sub(of_structs) + nothing;
    out.counts.relations = relations.len();
    out
}

/// A model and the relation that it is about.
struct Held<'a> {
    claim: &'a Claim<'a>,
    relation: &'a Relation,
    /// Whether nothing but its name says so.
    is_assumed: bool,
}

/// What a finding says, besides where.
struct Said<'a> {
    status: Status,
    place: Place,
    field: Option<&'a FieldClaim<'a>>,
    message: String,
    expected: Option<String>,
    found: Option<String>,
    mend: Option<String>,
    /// The most that it matters.
    at_most: Severity,
}

impl Said<'_> {
    fn new(status: Status, place: Place, message: String) -> Self {
        Self { status, place, field: None, message, expected: None, found: None, mend: None, at_most: Severity::Error }
    }
}

struct Judge<'a> {
    files: &'a [RustFile],
    catalog: &'a Catalog,
    source: &'a Source,
    types: &'a Types<'a>,
    mender: Mender<'a>,
    checks: Checks,
    /// Enumerations and what they were held to, so that each is told once.
    seen: BTreeSet<(usize, String, String)>,
    out: Compared,
}

impl<'a> Judge<'a> {
    /// Adds a finding at a place in a file.
    fn tell(&mut self, file: usize, at: usize, said: Said<'_>) {
        let Said { status, place, field: _, message, expected, found, mend, at_most } = said;
        let set = self.source.check.set(status, &place, &self.catalog.default_schema);
        let (line, column) = self.files[file].place(at);
        let mut finding = Finding::new(status, place, message).with_sides(expected, found);
        finding.severity = set.unwrap_or(status.severity().max(at_most));
        finding.location =
            Some(Location { path: shown(&self.files[file].path), line: Some(line), column: Some(column) });
        finding.mends_source = mend.is_some();
        finding.mend = mend;
        if status == Status::Unverifiable {
            self.out.counts.unverifiable += 1;
        }
        self.out.findings.push(finding);
    }

    /// Adds a finding about a model that is held to a relation.
    fn found(&mut self, held: &Held<'_>, mut said: Said<'_>) {
        if held.is_assumed {
            let Held { claim, relation, .. } = held;
            said.message
                .push_str(&format!("; {} is taken for {}, for it is called like it", claim.name, relation.name));
        }
        // What serde alone reads may be something else than the row.
        if held.claim.dialect == Dialect::Serde {
            said.at_most = said.at_most.max(Severity::Warning);
        }
        let at = said.field.map_or(held.claim.at, |field| field.at);
        self.tell(held.claim.file, at, said);
    }

    fn untold(&mut self, claim: &Claim<'_>, place: Place, message: String) {
        self.tell(claim.file, claim.at, Said::new(Status::Unverifiable, place, message));
    }

    fn missing(&mut self, claim: &Claim<'_>, name: &QName, near: Option<&str>) {
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let message = format!("{} is about {name}, and there is no such relation{hint}", claim.name);
        let mut said = Said::new(Status::MissingInDatabase, Place::object(ObjectKind::Relation, name), message);
        said.found = Some(name.to_string());
        said.mend = near.and_then(|near| match claim.dialect {
            Dialect::SeaOrm => Some(format!("#[sea_orm(table_name = {near:?})]")),
            _ => None,
        });
        self.tell(claim.file, claim.at, said);
    }

    fn same(&self, a: &str, b: &str) -> bool {
        a == b || self.catalog.engine != Engine::Postgres && a.eq_ignore_ascii_case(b)
    }

    fn column(&self, relation: &'a Relation, field: &FieldClaim<'_>) -> Option<&'a Column> {
        let names = || std::iter::once(&field.column).chain(&field.others);
        let exactly = names().find_map(|name| relation.column(name));
        exactly
            .or_else(|| names().find_map(|name| relation.columns.iter().find(|column| self.same(&column.name, name))))
    }

    fn hold(&mut self, held: &Held<'a>) {
        let before = self.out.counts.unverifiable;
        let relation = held.relation;
        let mut present: BTreeSet<&str> = BTreeSet::new();
        let mut extra = Vec::new();
        for field in &held.claim.fields {
            match self.column(relation, field) {
                Some(column) => {
                    present.insert(&column.name);
                    self.field(held, field, column);
                }
                None => extra.push(field),
            }
        }
        let mut absent: Vec<&Column> =
            relation.columns.iter().filter(|column| !present.contains(column.name.as_str())).collect();
        for field in extra {
            self.extra(held, field, &mut absent);
        }
        self.absent(held, &absent);
        self.key(held);
        self.out.counts.models += usize::from(self.out.counts.unverifiable == before);
    }

    fn place(held: &Held<'_>) -> Place {
        Place::object(ObjectKind::Relation, &held.relation.name)
    }

    /// A field that is no column. One that is called nearly like an absent column is that column misspelt.
    fn extra(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, absent: &mut Vec<&Column>) {
        let Held { claim, relation, .. } = held;
        let nested = matches!(field.kind, Kind::Struct | Kind::List(_) | Kind::Map);
        let is_of_serde = claim.dialect == Dialect::Serde;
        if field.may_be_absent
            || is_of_serde && nested
            || is_system_column(self.catalog.engine, &field.column.to_lowercase())
        {
            return;
        }
        let near = nearest(&field.column, absent.iter().map(|column| column.name.as_str()));
        let near = near.and_then(|near| absent.iter().position(|column| column.name == near));
        let near = near.map(|at| absent.remove(at));
        let hint = near.map(|near| format!("; did you mean {}?", near.name)).unwrap_or_default();
        let message = format!("{} has {}, and {} has no such column{hint}", claim.name, field.column, relation.name);
        let place = Self::place(held).part(PartKind::Column, &field.column);
        let mut said = Said::new(Status::MissingInDatabase, place, message);
        said.found = Some(field.written.ty.clone());
        said.field = Some(field);
        said.mend = near.map(|near| {
            let labels = self.labels_of(relation, near).map(|(labels, _)| labels);
            self.mender.line(near, claim.dialect, field.written.is_table, labels.as_deref())
        });
        // Rows of a query have more than a relation's columns.
        if near.is_none() && held.is_assumed {
            said.at_most = if is_of_serde { Severity::Info } else { Severity::Warning };
        }
        self.found(held, said);
    }

    /// Columns that a model lacks.
    fn absent(&mut self, held: &Held<'_>, absent: &[&Column]) {
        let Held { claim, relation, .. } = held;
        if claim.is_open {
            return;
        }
        if claim.role == Role::Whole {
            for column in absent {
                let message = format!("{} is in {}, and not in {}", column.name, relation.name, claim.name);
                let place = Self::place(held).part(PartKind::Column, &column.name);
                let mut said = Said::new(Status::MissingInModel, place, message);
                said.expected = Some(column.raw.clone());
                let is_table = claim.fields.iter().any(|field| field.written.is_table);
                let labels = self.labels_of(relation, column).map(|(labels, _)| labels);
                said.mend = Some(self.mender.line(column, claim.dialect, is_table, labels.as_deref()));
                if column.hidden {
                    said.at_most = Severity::Info;
                }
                self.found(held, said);
            }
            return;
        }
        let is_required = |column: &&&Column| {
            !column.nullable && column.default.is_none() && column.identity.is_none() && column.generated.is_none()
        };
        let names: Vec<&str> = match claim.role {
            Role::Insert => absent.iter().filter(is_required).map(|column| column.name.as_str()).collect(),
            Role::Row => absent.iter().filter(|column| !column.hidden).map(|column| column.name.as_str()).collect(),
            Role::Whole | Role::Change => Vec::new(),
        };
        if !names.is_empty() {
            let names = names.join(", ");
            let message = format!("{} has no field for {names} of {}", claim.name, relation.name);
            let mut said = Said::new(Status::MissingInModel, Self::place(held), message);
            (said.expected, said.at_most) = (Some(names), Severity::Info);
            self.found(held, said);
        }
    }

    fn field(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        self.type_of(held, field, column);
        self.nullability(held, field, column);
        self.enumeration(held, field, column);
        self.promises(held, field, column);
    }

    fn key(&mut self, held: &Held<'_>) {
        let Held { claim, relation, .. } = held;
        let Some(said_key) = &claim.key else { return };
        let own = relation.primary_key.as_ref().map(|key| key.columns.clone());
        let listed = |columns: &[String]| format!("({})", columns.join(", "));
        let place = Self::place(held);
        let Some(own) = own else {
            // Both libraries want a key of every table, also of one that has none.
            return;
        };
        let same =
            own.len() == said_key.len() && own.iter().all(|column| said_key.iter().any(|said| self.same(said, column)));
        if same {
            return;
        }
        let message = format!("the primary key is {}, and {} has {}", listed(&own), claim.name, listed(said_key));
        let mut said = Said::new(Status::KeyMismatch, place, message);
        (said.expected, said.found) = (Some(listed(&own)), Some(listed(said_key)));
        said.mend = match claim.dialect {
            Dialect::Diesel if claim.role == Role::Whole => Some(format!("{} {} {{", claim.name, listed(&own))),
            Dialect::Diesel => Some(format!("#[diesel(primary_key{})]", listed(&own))),
            Dialect::SeaOrm => self.key_line(claim, &own),
            _ => None,
        };
        self.found(held, said);
    }

    /// The first field that is to be marked as a part of the key.
    fn key_line(&self, claim: &Claim<'_>, own: &[String]) -> Option<String> {
        let said = claim.key.as_deref().unwrap_or_default();
        let is_unmarked = |field: &&FieldClaim<'_>| {
            own.iter().any(|column| self.same(column, &field.column)) && !said.contains(&field.column)
        };
        let field = claim.fields.iter().find(is_unmarked)?;
        Some(format!("#[sea_orm(primary_key)] {}", line(field, &field.written.ty)))
    }
}
