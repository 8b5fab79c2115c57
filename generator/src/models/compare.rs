//! What does not agree between models and a catalog.

use std::collections::BTreeSet;

use super::claim::{Claim, FieldClaim, Role};
use super::column_type::agrees;
use super::fit::{Fit, base, fits};
use super::kind::Kind;
use super::labels::{Labels, labels};
use super::mend::{Mender, line, with_nullability};
use super::read::Reader;
use super::target::{Found, Targets};
use super::types::Types;
use super::{Compared, Dialect};
use crate::catalog::{Catalog, Column, Diagnostic, Engine, Identity, QName, Relation, SqlType};
use crate::config::{Source, nearest};
use crate::findings::stale::shown;
use crate::findings::{Finding, Location, ObjectKind, PartKind, Place, Severity, Status};
use crate::resolve::Checks;
use crate::rust_source::RustFile;
use crate::rust_source::declared::Enum;
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

    fn type_of(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let Held { claim, relation, .. } = held;
        let place = Self::place(held).part(PartKind::Column, &column.name);
        let (ty, raw) = (&column.ty, if column.raw.is_empty() { "without a type" } else { &column.raw });
        let labels = self.labels_of(relation, column).map(|(labels, _)| labels);
        let mut said = Said::new(Status::TypeMismatch, place, String::new());
        said.field = Some(field);
        said.expected = Some(raw.to_owned());
        match fits(self.catalog, claim.dialect, ty, &field.kind) {
            Fit::No => {
                said.message = format!("{} is {raw}, and {} has {}", column.name, claim.name, field.written.ty);
                said.found = Some(field.written.ty.clone());
                said.mend = Some(self.mender.with_type(field, column, claim.dialect, labels.as_deref()));
                return self.found(held, said);
            }
            Fit::Unknown => {
                said.message = format!("it cannot be told whether {} holds what {raw} is", field.written.ty);
                (said.status, said.found) = (Status::Unverifiable, Some(field.written.ty.clone()));
                return self.found(held, said);
            }
            Fit::Yes => {}
        }
        let sql = &field.sql;
        let name_of_enum = match base(self.catalog, ty) {
            SqlType::Enum { name } => Some(name.name.as_str()),
            _ => None,
        };
        let wrong = if let Some(wrong) = sql.column_type.as_ref().filter(|said| !agrees(self.catalog, ty, said)) {
            Some(format!("column_type = {wrong:?}"))
        } else if let (Some(said), Some(length)) = (sql.max_length, length_of(base(self.catalog, ty)))
            && said != length
        {
            Some(format!("max_length = {said}"))
        } else if let (Some(said), Some(name)) = (&sql.enum_name, name_of_enum)
            && !name.eq_ignore_ascii_case(said.rsplit('.').next().unwrap_or(said).trim_matches('"'))
        {
            Some(format!("the type {said}"))
        } else {
            None
        };
        if let Some(wrong) = wrong {
            said.message = format!("{} is {raw}, and {} says {wrong}", column.name, claim.name);
            said.found = Some(wrong);
            self.found(held, said);
        }
    }

    fn nullability(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let Held { claim, relation, .. } = held;
        // What is converted by hand may make something of NULL.
        if matches!(field.kind, Kind::Unknown | Kind::Converted) && field.options == 0 {
            return;
        }
        let is_key = relation.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
        let has_default = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
        let (is_wrong, at_most, wants_null) = match (claim.role, column.nullable, field.options) {
            // What a view lets through is not always understood.
            (Role::Whole | Role::Row, true, 0) if relation.kind.is_view() => (true, Severity::Info, true),
            (Role::Whole | Role::Row, true, 0) => (true, Severity::Error, true),
            // SQLite prints such keys as if they took NULL.
            (Role::Whole, false, 1..) => {
                let is_usual = relation.kind.is_view() || is_key && self.catalog.engine == Engine::Sqlite;
                (!is_usual, Severity::Warning, false)
            }
            (Role::Row, false, 1..) => (!relation.kind.is_view(), Severity::Info, false),
            (Role::Insert, false, 1..) => (!has_default, Severity::Warning, false),
            (Role::Change, false, 2..) => (true, Severity::Warning, false),
            _ => return,
        };
        if !is_wrong {
            return;
        }
        let words = |nullable: bool| if nullable { "takes NULL" } else { "is NOT NULL" };
        let of_field = if field.options == 0 { "does not" } else { "does" };
        let message = format!("{} {}, and {} {of_field}", column.name, words(column.nullable), field.written.ty);
        let place = Self::place(held).part(PartKind::Column, &column.name);
        let mut said = Said::new(Status::NullabilityMismatch, place, message);
        (said.expected, said.found) = (Some(words(column.nullable).to_owned()), Some(field.written.ty.clone()));
        (said.at_most, said.field) = (at_most, Some(field));
        // A type that is wrong in another way too has a line of its own.
        if fits(self.catalog, claim.dialect, &column.ty, &field.kind) == Fit::Yes {
            said.mend = Some(with_nullability(field, wants_null));
        }
        self.found(held, said);
    }

    /// The labels that a column's type or a CHECK allows, and the place of the list.
    fn labels_of(&self, relation: &Relation, column: &Column) -> Option<(Vec<String>, Place)> {
        let of_column = || Place::object(ObjectKind::Relation, &relation.name).part(PartKind::Column, &column.name);
        let mut ty = &column.ty;
        while let SqlType::Array { element, .. } = ty {
            ty = element;
        }
        if let SqlType::Domain { name } = ty
            && let Some(labels) = self.checks.domain_labels(name)
        {
            return Some((labels.to_vec(), Place::object(ObjectKind::Type, name)));
        }
        match base(self.catalog, ty) {
            SqlType::Enum { name } => {
                let labels = self.catalog.enum_type(name)?.labels.clone();
                return Some((labels, Place::object(ObjectKind::Type, name)));
            }
            SqlType::InlineEnum { labels } => return Some((labels.clone(), of_column())),
            _ => {}
        }
        let origin = column.origin.as_ref();
        let of_origin = origin.and_then(|origin| self.checks.labels(&origin.relation, &origin.column));
        let labels = self.checks.labels(&relation.name, &column.name).or(of_origin)?;
        Some((labels.to_vec(), of_column()))
    }

    fn enumeration(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let mut kind = &field.kind;
        while let Kind::List(inner) = kind {
            kind = inner;
        }
        let Kind::Enum(item) = kind else { return };
        let Some((expected, place)) = self.labels_of(held.relation, column) else { return };
        let Some(file) = self.types.file_of(item) else { return };
        let number = self.files.iter().position(|other| std::ptr::eq(other, file)).unwrap_or(held.claim.file);
        // One enumeration of several columns is told once.
        if !self.seen.insert((number, item.head.name.clone(), place.to_string())) {
            return;
        }
        match labels(item, held.claim.dialect) {
            Labels::Texts(found) => self.label_lists(held, item, number, (&expected, &place), &found),
            Labels::Numbers => {
                let message = format!("{} has labels, and {} stands for numbers", column.name, item.head.name);
                let mut said = Said::new(Status::TypeMismatch, place, message);
                (said.expected, said.found) = (Some(expected.join(", ")), Some("numbers".to_owned()));
                said.field = Some(field);
                self.found(held, said);
            }
            Labels::Unknown => {
                let message = format!("it cannot be told what stands for the variants of {}", item.head.name);
                let mut said = Said::new(Status::Unverifiable, place, message);
                said.field = Some(field);
                self.found(held, said);
            }
        }
    }

    fn label_lists(
        &mut self,
        held: &Held<'_>,
        item: &Enum,
        file: usize,
        (expected, place): (&[String], &Place),
        found: &[(String, usize)],
    ) {
        let of_type = place.object.as_ref().is_some_and(|object| object.kind == ObjectKind::Type);
        let place_of = |label: &str| if of_type { place.part(PartKind::Label, label) } else { place.clone() };
        let at_most = if held.claim.dialect == Dialect::Serde { Severity::Warning } else { Severity::Error };
        let name = &item.head.name;
        let mut lacking: Vec<&String> =
            expected.iter().filter(|label| !found.iter().any(|(found, _)| found == *label)).collect();
        for (label, at) in found.iter().filter(|(label, _)| !expected.contains(label)) {
            // A label that is nearly one that is lacking is that one misspelt.
            let near = nearest(label, lacking.iter().map(|label| label.as_str())).map(str::to_owned);
            if let Some(near) = &near {
                lacking.retain(|label| *label != near);
            }
            let hint = near.as_ref().map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
            let message = format!("{name} has the label {label:?}, and the database does not{hint}");
            let mut said = Said::new(Status::EnumMismatch, place_of(label), message);
            said.found = Some(label.clone());
            // A list in a CHECK may be one of several that share an enumeration.
            let is_narrower = !of_type && near.is_none();
            said.at_most = if is_narrower { Severity::Warning } else { at_most };
            self.tell(file, *at, said);
        }
        for label in lacking {
            let message = format!("the database has the label {label:?}, and {name} does not");
            let mut said = Said::new(Status::EnumMismatch, place_of(label), message);
            (said.expected, said.at_most) = (Some(label.clone()), at_most);
            self.tell(file, item.head.at, said);
        }
    }

    /// What a model says besides of a column: that it is unique, or that it may be written.
    fn promises(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let Held { claim, relation, .. } = held;
        let place = Self::place(held).part(PartKind::Column, &column.name);
        let is_alone = |columns: &[String]| columns == [column.name.clone()];
        let is_unique = relation.primary_key.as_ref().is_some_and(|key| is_alone(&key.columns))
            || relation.unique_keys.iter().any(|key| is_alone(&key.columns))
            || relation.indexes.iter().any(|index| {
                index.unique && matches!(index.parts.as_slice(), [part] if part.column.as_ref() == Some(&column.name))
            });
        if field.is_unique && !is_unique {
            let message = format!("{} says that {} is unique, and it is not", claim.name, column.name);
            let mut said = Said::new(Status::KeyMismatch, place.clone(), message);
            (said.found, said.field, said.at_most) = (Some("unique".to_owned()), Some(field), Severity::Warning);
            self.found(held, said);
        }
        let (status, what) = match (claim.role, &column.generated, column.identity) {
            (Role::Insert | Role::Change, Some(_), _) => (Status::GeneratedMismatch, "is computed"),
            (Role::Insert, None, Some(Identity::Always)) => (Status::IdentityMismatch, "numbers rows by itself"),
            _ => return,
        };
        if field.options == 0 {
            let message = format!("{} {what}, and {} writes it", column.name, claim.name);
            let mut said = Said::new(status, place, message);
            (said.expected, said.found) = (Some(what.to_owned()), Some(field.written.ty.clone()));
            said.field = Some(field);
            self.found(held, said);
        }
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

fn length_of(ty: &SqlType) -> Option<u32> {
    match ty {
        SqlType::Varchar { length }
        | SqlType::Char { length }
        | SqlType::Binary { length }
        | SqlType::Varbinary { length } => *length,
        _ => None,
    }
}
