//! What can be moved, and why the rest cannot.

use std::collections::{BTreeMap, BTreeSet};

use super::Left;
use super::cargo::Packages;
use super::generated::{Generated, Local, Sort};
use super::same::{Pair, Same};
use super::uses::{is_bound, is_made_by_macro, is_own_trait, is_read_alone};
use crate::catalog::{Catalog, Diagnostic};
use crate::config::Source;
use crate::findings::stale::shown;
use crate::models::Dialect;
use crate::models::claim::{Claim, Role};
use crate::models::labels::{Labels, labels};
use crate::models::read::Reader;
use crate::models::target::{Found, Targets};
use crate::models::types::Types;
use crate::resolve::model::{Entity, EnumItem};
use crate::rust_source::RustFile;
use crate::rust_source::attribute::Attributes;
use crate::rust_source::declared::{Enum, Head, Shape, Struct};

/// What is decided.
pub(super) struct Decision {
    pub moved: Vec<MovedItem>,
    pub left: Vec<Left>,
}

/// An item that becomes a name for one of the crate's.
#[derive(Clone, Debug)]
pub(super) struct MovedItem {
    pub file: usize,
    pub head: Head,
    /// The path in the crate.
    pub target: String,
}

/// An item, what it may become, and why it may not.
struct Candidate<'s> {
    file: usize,
    head: &'s Head,
    target: Option<String>,
    reasons: Vec<String>,
    /// The types that have to become the crate's with it.
    pairs: Vec<Pair>,
    /// The fields that hold them.
    fields: Vec<String>,
    /// Whether it is read from rows by a driver.
    is_read: bool,
    /// All names in the types of its fields.
    mentions: Vec<String>,
}

/// Derive macros that the crate's rows have something for.
const OF_ROWS: &[&str] = &["Clone", "Debug", "PartialEq", "Serialize", "Deserialize", "FromRow"];

/// Derive macros that the crate's keys and enumerations have something for.
const OF_VALUES: &[&str] =
    &["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize", "Deserialize", "Type"];

/// What all decisions are made by.
struct Decider<'a> {
    files: &'a [RustFile],
    packages: &'a Packages,
    types: &'a Types<'a>,
    generated: &'a Generated<'a>,
}

pub(super) fn decide(
    files: &[RustFile],
    packages: &Packages,
    catalog: &Catalog,
    unread: &[Diagnostic],
    generated: &Generated<'_>,
    source: &Source,
) -> Decision {
    let types = Types::new(files);
    let targets = Targets { catalog, unread, source };
    let decider = Decider { files, packages, types: &types, generated };
    let mut rows = Vec::new();
    for claim in (Reader { files, types: &types }).claims() {
        let Some(item) = files[claim.file].declared.structs.iter().find(|item| item.head.at == claim.at) else {
            continue;
        };
        let entity = match targets.find(&claim) {
            Found::Named(relation) | Found::Assumed(relation) => generated.entity(&relation.name),
            Found::Nothing => continue,
            Found::Missing(..) | Found::Unseen(..) | Found::Untold(_) => None,
        };
        rows.push(decider.row(&claim, item, entity));
    }
    let mut values = decider.values(&rows);
    settle(&mut rows, &mut values);
    let mut decision = Decision { moved: Vec::new(), left: Vec::new() };
    for candidate in rows.into_iter().chain(values) {
        match candidate.target {
            Some(target) if candidate.reasons.is_empty() => {
                decision.moved.push(MovedItem { file: candidate.file, head: candidate.head.clone(), target });
            }
            target => decision.left.push(Left {
                file: shown(&files[candidate.file].path),
                line: files[candidate.file].place(candidate.head.at).0,
                name: candidate.head.name.clone(),
                target,
                reasons: candidate.reasons,
            }),
        }
    }
    decision
}

impl<'a> Decider<'a> {
    fn row(&self, claim: &Claim<'_>, item: &'a Struct, entity: Option<(&Entity, &str)>) -> Candidate<'a> {
        let mut candidate = Candidate {
            file: claim.file,
            head: &item.head,
            target: entity.map(|(_, path)| path.to_owned()),
            reasons: Vec::new(),
            pairs: Vec::new(),
            fields: Vec::new(),
            is_read: claim.dialect != Dialect::Serde,
            mentions: item.fields.iter().flat_map(|field| names_in(&field.ty)).collect(),
        };
        let reasons = &mut candidate.reasons;
        match claim.dialect {
            Dialect::SeaOrm => {
                reasons.push("SeaORM's entity is more than its row, and none of it would be left".into())
            }
            Dialect::Diesel => reasons.push("diesel reads and writes what derives its own traits alone".into()),
            Dialect::Sqlx | Dialect::Serde => {}
        }
        let Some((entity, _)) = entity else {
            reasons.push("it cannot be told which relation it is of".into());
            return candidate;
        };
        if claim.role != Role::Row {
            return candidate;
        }
        self.obstacles(claim.file, &item.head, OF_ROWS, &entity.extra.derives, reasons);
        if item.is_generic {
            reasons.push("it has parameters, and the crate's has none".into());
        }
        let has_serde = |attributes: &Attributes| attributes.of("serde").next().is_some();
        if has_serde(&item.head.attributes) || item.fields.iter().any(|field| has_serde(&field.attributes)) {
            reasons.push("serde's attributes give it another form in JSON than the crate's has".into());
        }
        if claim.dialect == Dialect::Sqlx
            && let Some(version) = self.packages.of(claim.file).and_then(|package| package.version("sqlx"))
            && !version.trim_start_matches(['=', '^', '~', ' ']).starts_with("0.9")
        {
            reasons.push(format!("Cargo.toml asks for sqlx {version}, and the crate's rows are read by sqlx 0.9"));
        }
        self.fields(claim, item, entity, &mut candidate);
        if !candidate.pairs.is_empty() && is_made_by_macro(self.files, &item.head.name) {
            candidate.reasons.push("a macro of sqlx's makes it, and does not know the crate's types".into());
        }
        candidate
    }

    fn fields(&self, claim: &Claim<'_>, item: &Struct, entity: &Entity, candidate: &mut Candidate<'_>) {
        let same = Same { types: self.types, generated: self.generated };
        let absent: Vec<&str> = entity
            .fields
            .iter()
            .filter(|field| !item.fields.iter().any(|own| own.name == field.name.trim_start_matches("r#")))
            .map(|field| field.name.as_str())
            .collect();
        if !absent.is_empty() {
            candidate.reasons.push(format!("the crate's has {} besides", absent.join(", ")));
        }
        for own in &item.fields {
            let Some(field) = entity.fields.iter().find(|field| field.name.trim_start_matches("r#") == own.name) else {
                candidate.reasons.push(format!("the crate's has no field {}", own.name));
                continue;
            };
            match same.of(claim.file, &own.ty, &field.row_type) {
                Some(pairs) => {
                    if !pairs.is_empty() {
                        candidate.fields.push(own.name.clone());
                    }
                    candidate.pairs.extend(pairs);
                }
                None => {
                    let hint = self.hint(&field.value_type);
                    let reason = format!("{} is {}, and {} in the crate{hint}", own.name, own.ty, field.row_type);
                    candidate.reasons.push(reason);
                }
            }
        }
    }

    /// What in the configuration would make another type of it.
    fn hint(&self, ty: &str) -> &'static str {
        let Some(Some(local)) = self.generated.local(ty) else { return "" };
        match local.sort {
            Sort::Key(_) => "; `key_types = false` in [types] makes no type of it",
            Sort::Enum(item) if !item.is_type => "; `check_enums = false` in [types] leaves it a String",
            Sort::Enum(_) | Sort::Other => "",
        }
    }

    /// What stands against an item being but a name for one of another crate.
    fn obstacles(&self, file: usize, head: &Head, known: &[&str], more: &[String], reasons: &mut Vec<String>) {
        let has_it = |name: &str| known.contains(&name) || more.iter().any(|own| own.rsplit("::").next() == Some(name));
        let lacking: Vec<&str> =
            head.attributes.derives().map(|meta| meta.name()).filter(|name| !has_it(name)).collect();
        if !lacking.is_empty() {
            let lacking = lacking.join(", ");
            reasons.push(format!(
                "it derives {lacking}, which the crate's does not; `derive` in [overrides] adds to that"
            ));
        }
        if head.attributes.0.iter().any(|meta| meta.path == "cfg") {
            reasons.push("it is compiled under a condition".into());
        }
        let text = &self.files[file].text;
        if text[head.range.clone()].contains("cfg_attr") {
            reasons.push("some of its attributes stand under a condition".into());
        }
        let impls = self.files.iter().flat_map(|file| &file.declared.impls).filter(|item| item.ty == head.name);
        for item in impls {
            match &item.of {
                None => reasons.push("it has functions of its own, which another crate's type cannot be given".into()),
                Some(of) if is_own_trait(self.files, of) => {}
                Some(of) => {
                    reasons.push(format!("{of} is implemented for it, which another crate's type cannot be given"))
                }
            }
        }
        reasons.dedup();
        if self.packages.module(file).is_none() && self.packages.of(file).is_none() {
            reasons.push("it is in no package".into());
        }
    }

    /// The keys and enumerations that rows hold, each once.
    fn values(&self, rows: &[Candidate<'a>]) -> Vec<Candidate<'a>> {
        let mut by_item: BTreeMap<(usize, &str), BTreeSet<&str>> = BTreeMap::new();
        for pair in rows.iter().flat_map(|row| &row.pairs) {
            by_item.entry((pair.file, &pair.name)).or_default().insert(&pair.local);
        }
        let mut out = Vec::new();
        for ((file, name), locals) in by_item {
            let declared = &self.files[file].declared;
            let item = declared.structs.iter().find(|item| item.head.name == name);
            let enumeration = declared.enums.iter().find(|item| item.head.name == name);
            let Some(head) = item.map(|item| &item.head).or(enumeration.map(|item| &item.head)) else { continue };
            let mut reasons = Vec::new();
            self.obstacles(file, head, OF_VALUES, &[], &mut reasons);
            let locals: Vec<&str> = locals.into_iter().collect();
            let local = match locals.as_slice() {
                [one] => self.generated.local(one).flatten(),
                _ => None,
            };
            match local {
                Some(local) => self.value(file, item, enumeration, local, &mut reasons),
                None => reasons.push(format!("it stands for several types of the crate: {}", locals.join(", "))),
            }
            let fields: Vec<String> = rows
                .iter()
                .filter(|row| row.pairs.iter().any(|pair| pair.name == name && pair.file == file))
                .flat_map(|row| row.fields.iter().cloned())
                .collect();
            if is_bound(self.files, name, &fields) {
                reasons.push("values of it are bound to queries of sqlx, which the crate's cannot be".into());
            }
            if is_read_alone(self.files, name) {
                reasons.push("it is read by itself, which sqlx cannot do with the crate's".into());
            }
            let target = local.map(|local| local.path.clone());
            let (pairs, fields, mentions) = (Vec::new(), Vec::new(), Vec::new());
            out.push(Candidate { file, head, target, reasons, pairs, fields, is_read: false, mentions });
        }
        out
    }

    fn value(
        &self,
        file: usize,
        item: Option<&Struct>,
        enumeration: Option<&Enum>,
        local: &Local<'_>,
        reasons: &mut Vec<String>,
    ) {
        match (local.sort, item, enumeration) {
            (Sort::Key(inner), Some(item), _) => {
                let same = Same { types: self.types, generated: self.generated };
                let is_same = match item.fields.as_slice() {
                    [own] if item.shape == Shape::Tuple => {
                        same.of(file, &own.ty, inner).is_some_and(|pairs| pairs.is_empty())
                    }
                    _ => false,
                };
                if !is_same {
                    reasons.push(format!("it does not hold one {inner}, as the crate's key does"));
                }
            }
            (Sort::Enum(wanted), _, Some(item)) => Self::variants(item, wanted, reasons),
            _ => reasons.push(format!("it is another sort of type than {}", local.path)),
        }
    }

    fn variants(item: &Enum, wanted: &EnumItem, reasons: &mut Vec<String>) {
        let lists = [Dialect::Sqlx, Dialect::Serde].map(|dialect| labels(item, dialect));
        let is_same = |found: &Labels| match found {
            Labels::Texts(found) => {
                let named = item.variants.iter().map(|variant| variant.name.as_str());
                let found = named.zip(found.iter().map(|(label, _)| label.as_str())).collect::<BTreeSet<_>>();
                let wanted = wanted.variants.iter().map(|variant| (variant.name.as_str(), variant.label.as_str()));
                found == wanted.collect()
            }
            // What derives nothing of a library's has no labels there.
            Labels::Unknown => true,
            Labels::Numbers => false,
        };
        if !lists.iter().all(is_same) {
            let wanted: Vec<String> =
                wanted.variants.iter().map(|variant| format!("{} = {:?}", variant.name, variant.label)).collect();
            reasons.push(format!("the crate's has other variants or labels: {}", wanted.join(", ")));
        }
    }
}

/// The names in a type.
fn names_in(ty: &str) -> Vec<String> {
    let words = ty.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// A row goes only with all that it holds, and what it holds only with all rows that hold it.
fn settle(rows: &mut [Candidate<'_>], values: &mut [Candidate<'_>]) {
    loop {
        let mut has_changed = false;
        let is_of = |value: &Candidate<'_>, pair: &Pair| value.file == pair.file && value.head.name == pair.name;
        for value in values.iter_mut().filter(|value| value.reasons.is_empty()) {
            // One that is of no relation holds it too, if it names it.
            let holds = |row: &&Candidate<'_>| row.is_read && row.mentions.contains(&value.head.name);
            if let Some(row) = rows.iter().find(|row| !row.reasons.is_empty() && holds(row)) {
                value.reasons.push(format!("{}, which stays, is read with it", row.head.name));
                has_changed = true;
            }
        }
        for row in rows.iter_mut().filter(|row| row.reasons.is_empty()) {
            let stays =
                |value: &&Candidate<'_>| !value.reasons.is_empty() && row.pairs.iter().any(|pair| is_of(value, pair));
            let staying: Vec<&str> = values.iter().filter(stays).map(|value| value.head.name.as_str()).collect();
            if !staying.is_empty() {
                row.reasons.push(format!("it holds what stays: {}", staying.join(", ")));
                has_changed = true;
            }
        }
        if !has_changed {
            return;
        }
    }
}
