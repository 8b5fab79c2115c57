//! Decides everything: final Rust names, types, serde forms, JSON Schemas, cache keys.
//!
//! [`resolve`] is a pure function from a catalog, the settings and what an earlier run decided to a [`Model`]. After it
//! nothing is decided any more, and rendering only shapes.

mod cache;
mod checks;
mod constraints;
mod doc;
mod entity;
mod expression;
mod imports;
mod json;
mod keys;
mod layout;
pub mod model;
mod names;
mod naming;
mod reference;
mod scalar;
mod select;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

pub(crate) use cache::{FOLDED, UNPADDED};
pub use model::Model;
pub use names::Previous;
pub use reference::{TypeRow, type_rows};
#[cfg(feature = "validate")]
pub(crate) use select::is_wanted;
pub use select::{select, unused_entries};

use crate::catalog::Snapshot;
use crate::catalog::{
    Catalog, Check, CompositeType, Diagnostic, DiagnosticKind, Domain, Engine, EnumType, QName, SqlType,
};
use crate::config::{Override, Source};
use crate::parallel;
use checks::Checks;
use imports::Imports;
use keys::{Candidates, ColumnId, KeyTypes};
use model::{AliasItem, Entity, EnumItem, Extra, Module, StructItem, TypeItem};
use naming::Names;
use types::{Mapped, TypeContext, nullable};

/// The most fingerprints of earlier layouts that are remembered: as many deployments may overlap.
const MOST_PREVIOUS_LAYOUTS: usize = 4;

/// The layouts that earlier versions of the crate had, by the relation as it stands in keys: the last one first.
#[derive(Clone, Debug, Default)]
pub struct PreviousLayouts(pub BTreeMap<String, Vec<String>>);

impl PreviousLayouts {
    /// The fingerprints to go on invalidating: earlier ones that are not the present one.
    fn previous(&self, relation: &str, present: &str) -> Vec<String> {
        let mut out = self.0.get(relation).cloned().unwrap_or_default();
        out.retain(|layout| layout != present);
        out.truncate(MOST_PREVIOUS_LAYOUTS);
        out
    }
}

/// What an earlier run called things, from its snapshot.
pub fn previous_names(snapshot: Snapshot, source: &Source) -> Previous {
    let checks = Checks::translate(&snapshot.catalog, source);
    Previous { known: naming::known_paths(&snapshot.catalog, &checks), renamed: snapshot.renamed }
}

/// Decides everything about the crate that is generated from `catalog`, which [`select`] has gone over.
///
/// `found` is what reflection could not read. The answer depends on nothing else than the arguments.
pub fn resolve(
    catalog: &Catalog,
    found: &[Diagnostic],
    source: &Source,
    previous: &Previous,
    layouts: &PreviousLayouts,
) -> Model {
    let checks = Checks::translate(catalog, source);
    let mut resolver = Resolver {
        catalog,
        source,
        previous,
        layouts,
        names: Arc::default(),
        key_types: Arc::default(),
        checks: Arc::new(checks),
        renamed: BTreeMap::new(),
        diagnostics: found.to_vec(),
    };
    resolver.assign_names();
    let mut entities = resolver.entities();
    let modules = naming::schemas(catalog)
        .iter()
        .map(|schema| resolver.module(schema, entities.remove(schema).unwrap_or_default()))
        .collect();
    resolver.finish(modules)
}

struct Resolver<'a> {
    catalog: &'a Catalog,
    source: &'a Source,
    previous: &'a Previous,
    layouts: &'a PreviousLayouts,
    names: Arc<Names>,
    key_types: Arc<KeyTypes>,
    checks: Arc<Checks>,
    /// Names that are not the plain ones, by path.
    renamed: BTreeMap<String, String>,
    diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    /// Decides everything about the relations, by schema and in their order: over several threads, for once everything has
    /// its name no relation waits for another.
    fn entities(&mut self) -> BTreeMap<String, Vec<Entity>> {
        let threads = parallel::threads(self.source.threads);
        let decided = parallel::map(&self.catalog.relations, threads, |relation| {
            let mut own = self.fork();
            let entity = own.entity(relation);
            (entity, own.renamed, own.diagnostics)
        });
        let mut entities = BTreeMap::<String, Vec<Entity>>::new();
        for (entity, renamed, diagnostics) in decided {
            self.renamed.extend(renamed);
            self.diagnostics.extend(diagnostics);
            entities.entry(entity.relation.schema.clone()).or_default().push(entity);
        }
        entities
    }

    /// A resolver that knows what this one knows, and has found nothing yet.
    fn fork(&self) -> Self {
        Self {
            names: Arc::clone(&self.names),
            key_types: Arc::clone(&self.key_types),
            checks: Arc::clone(&self.checks),
            renamed: BTreeMap::new(),
            diagnostics: Vec::new(),
            ..*self
        }
    }

    fn types(&self) -> TypeContext<'_> {
        TypeContext {
            catalog: self.catalog,
            options: &self.source.types,
            names: &self.names.types,
            checks: &self.checks,
        }
    }

    fn report(&mut self, kind: DiagnosticKind, path: impl fmt::Display, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(kind, path, message));
    }

    /// Names everything but what is inside of relations.
    fn assign_names(&mut self) {
        // Whether a key can be wrapped depends on its type alone, and that on no name.
        let (catalog, source) = (self.catalog, self.source);
        let form = |id: &ColumnId| -> Option<String> {
            let column = catalog.relation(&id.0)?.column(&id.1)?;
            if self.settings_of(&id.0, &id.1).ty.is_some() || self.checks.labels(&id.0, &id.1).is_some() {
                return None;
            }
            let mapped = self.types().map(&column.ty, &column.raw);
            mapped.scalar.filter(|scalar| scalar.info(source.types.time).key).map(|scalar| scalar.form())
        };
        if source.types.key_types {
            let candidates: Candidates = catalog
                .relations
                .iter()
                .filter(|relation| !relation.kind.is_view())
                .filter_map(|relation| {
                    let key = relation.primary_key.as_ref()?;
                    let [column] = key.columns.as_slice() else { return None };
                    let id = (relation.name.clone(), column.clone());
                    // A boolean identifies little.
                    form(&id).filter(|form| form != "Bool").map(|form| (id, form))
                })
                .collect();
            let mut key_types = KeyTypes::follow(catalog, &candidates, form);
            self.diagnostics.append(&mut key_types.diagnostics);
            self.key_types = Arc::new(key_types);
        }
        let mut columns: Vec<(QName, String, String)> = Vec::new();
        for relation in &catalog.relations {
            for column in &relation.columns {
                let is_own_key = self
                    .key_types
                    .origin(&relation.name, &column.name)
                    .is_some_and(|(origin, of)| *origin == relation.name && *of == column.name);
                let labels = self.enumeration(relation, column);
                if labels.as_ref().is_some_and(|(_, labels)| labels.is_empty()) {
                    continue;
                }
                let is_own_enum = labels.is_some_and(|(owner, _)| owner.0 == relation.name);
                if is_own_key || is_own_enum {
                    let suffix = suffix(&relation.name.name, &column.name, is_own_key);
                    columns.push((relation.name.clone(), column.name.clone(), suffix));
                }
            }
        }
        let mut names = naming::assign(catalog, source, self.previous, &self.checks, &columns);
        self.renamed = std::mem::take(&mut names.renamed);
        self.names = Arc::new(names);
    }

    fn module(&mut self, schema: &str, entities: Vec<Entity>) -> Module {
        let catalog = self.catalog;
        let (types, type_imports) = self.type_items(schema);
        let comment = catalog.schemas.iter().find(|s| s.name == schema).and_then(|s| s.comment.as_deref());
        Module {
            schema: schema.to_owned(),
            name: self.names.modules.get(schema).cloned().flatten(),
            doc: doc::lines(comment),
            entities,
            types,
            type_imports,
        }
    }

    fn type_items(&mut self, schema: &str) -> (Vec<TypeItem>, Vec<String>) {
        let catalog = self.catalog;
        let own: Vec<String> = [&self.names.types.enums, &self.names.types.composites, &self.names.types.domains]
            .into_iter()
            .flatten()
            .filter(|(name, _)| name.schema == schema)
            .map(|(_, rust)| rust.clone())
            .collect();
        let names = Arc::clone(&self.names);
        let mut imports = Imports::new(schema, &names.modules, own);
        let mut items = Vec::new();
        for item in catalog.enums.iter().filter(|item| item.name.schema == schema) {
            items.extend(self.enum_item(item));
        }
        for domain in catalog.domains.iter().filter(|domain| domain.name.schema == schema) {
            items.extend(self.domain_item(domain, &mut imports));
        }
        for composite in catalog.composites.iter().filter(|composite| composite.name.schema == schema) {
            items.extend(self.composite_item(composite, &mut imports));
        }
        items.sort_by(|a, b| a.name().cmp(b.name()));
        if items.iter().any(|item| matches!(item, TypeItem::Enum(_))) {
            imports.add("tablature_runtime", "SqlEnum");
        }
        if items.iter().any(|item| matches!(item, TypeItem::Struct(_))) {
            let serde = items.iter().flat_map(|item| match item {
                TypeItem::Struct(item) => item.fields.as_slice(),
                TypeItem::Enum(_) | TypeItem::Alias(_) => &[],
            });
            if entity::uses_json_forms(serde.flat_map(|field| &field.row_serde)) {
                imports.add("tablature_runtime", "json");
            }
            for name in ["FromSql", "Value", "ValueError"] {
                imports.add("tablature_runtime", name);
            }
            imports.add("serde", "Deserialize");
            imports.add("serde", "Serialize");
        }
        (items, imports.lines())
    }

    fn enum_item(&mut self, item: &EnumType) -> Option<TypeItem> {
        let Some(name) = self.names.types.enums.get(&item.name).cloned() else {
            self.report(DiagnosticKind::UnusableEnum, &item.name, "it has no labels");
            return None;
        };
        let path = item.name.to_string();
        Some(TypeItem::Enum(EnumItem {
            name,
            variants: self.variants(&naming::path(&item.name), &item.labels),
            doc: documented(item.comment.as_deref(), || format!("The enumerated type `{path}`.")),
            extra: self.extra_of(&item.name),
            sql: path,
            is_type: true,
        }))
    }

    fn domain_item(&mut self, domain: &Domain, imports: &mut Imports<'_>) -> Option<TypeItem> {
        let path = domain.name.to_string();
        let mapped = self.types().map(&domain.ty, &domain.raw);
        for check in self.domain_node(domain, &mapped).1 {
            self.report(DiagnosticKind::UntranslatedCheck, &path, untranslated(check));
        }
        if let Some(labels) = self.checks.domain_labels(&domain.name).map(<[String]>::to_vec) {
            let name = self.names.types.enums[&domain.name].clone();
            return Some(TypeItem::Enum(EnumItem {
                name,
                variants: self.variants(&naming::path(&domain.name), &labels),
                doc: documented(domain.comment.as_deref(), || format!("The domain `{path}`.")),
                extra: self.extra_of(&domain.name),
                sql: path,
                is_type: false,
            }));
        }
        if mapped.is_text_cast {
            return None;
        }
        let target = imports.text(&mapped.expr);
        let mut doc = documented(domain.comment.as_deref(), || format!("The domain `{path}` over `{}`.", domain.raw));
        for check in &domain.checks {
            doc.push(String::new());
            doc.extend(doc::lines(Some(&format!("`CHECK ({})`", check.expression))));
        }
        let name = self.names.types.domains.get(&domain.name)?.clone();
        Some(TypeItem::Alias(AliasItem { name, sql: path, doc, target }))
    }

    /// A domain's schema, and the CHECKs that it does not wholly express.
    fn domain_node<'d>(&self, domain: &'d Domain, mapped: &Mapped) -> (Value, Vec<&'d Check>) {
        let mut node = mapped.json.clone();
        let texts = json::Texts::of(self.catalog.engine, &domain.ty, keys::domain_equality(self.catalog, domain));
        let mut kept = Vec::new();
        for (check, translation) in domain.checks.iter().zip(self.checks.of_domain(&domain.name)) {
            let applied = translation.rules.iter().fold(true, |all, (_, rule)| {
                !check.not_valid && json::apply_rule(&mut node, mapped, texts, rule) && all
            });
            if !(applied && translation.complete) {
                kept.push(check);
            }
        }
        (node, kept)
    }

    fn composite_item(&mut self, composite: &CompositeType, imports: &mut Imports<'_>) -> Option<TypeItem> {
        let name = self.names.types.composites.get(&composite.name)?.clone();
        if !self.types().is_plain(&SqlType::Composite { name: composite.name.clone() }) {
            return None;
        }
        let settings: Vec<Override> = composite.fields.iter().map(|_| Override::default()).collect();
        let named = composite.fields.iter().map(|field| &field.name).zip(&settings);
        let (idents, variants) = self.field_names(&composite.name, named);
        let rename_all = entity::rename_all(composite.fields.iter().map(|field| field.name.as_str()).zip(&idents));
        let fields = composite.fields.iter().zip(idents.into_iter().zip(variants));
        let fields = fields
            .map(|(field, (name, variant))| {
                let mapped = self.types().map(&field.ty, &field.raw);
                let value_type = imports.text(&mapped.expr);
                let with = mapped.serde_with.map(|with| format!("with = {:?}", format!("json::{with}")));
                let rename = entity::rename_attribute(&name, &field.name, rename_all);
                let row_serde = rename.into_iter().chain(with).collect();
                model::Field {
                    sql: field.name.clone(),
                    constant: names::constant(&name),
                    name,
                    variant,
                    doc: doc::lines(field.comment.as_deref()),
                    attributes: Vec::new(),
                    sql_type: field.raw.clone(),
                    // Any field of a composite may be NULL, whatever its type.
                    row_type: format!("Option<{value_type}>"),
                    value_type,
                    row_serde,
                    insert: None,
                    patch: None,
                    nullable: true,
                    has_default: false,
                    identity: false,
                    identity_always: false,
                    generated: false,
                    cast: None,
                }
            })
            .collect();
        let path = composite.name.to_string();
        Some(TypeItem::Struct(StructItem {
            name,
            doc: documented(composite.comment.as_deref(), || format!("The composite type `{path}`.")),
            extra: self.extra_of(&composite.name),
            rename_all: rename_all.map(|rule| rule.0),
            sql_type: in_a_cast(&composite.name),
            sql: path,
            fields,
        }))
    }

    /// JSON Schemas of the types that a relation uses, and of those that these use.
    fn definitions(&self, used: &BTreeSet<QName>) -> Vec<(String, Value)> {
        let context = self.types();
        let mut queue: Vec<QName> = used.iter().cloned().collect();
        let mut out: BTreeMap<String, Value> = BTreeMap::new();
        while let Some(name) = queue.pop() {
            if out.contains_key(&name.to_string()) {
                continue;
            }
            let mut node = if let Some(item) = self.catalog.enum_type(&name) {
                let mut node = json::labels(&item.labels);
                describe(&mut node, item.comment.as_deref());
                node
            } else if let Some(domain) = self.catalog.domain(&name) {
                let mapped = context.map(&domain.ty, &domain.raw);
                queue.extend(mapped.defs.iter().cloned());
                let (mut node, kept) = self.domain_node(domain, &mapped);
                let kept: Vec<Value> = kept.into_iter().map(json::described).collect();
                if let Some(default) = &domain.default {
                    json::add_default(self.catalog.engine, &mut node, &mapped, default);
                }
                describe(&mut node, domain.comment.as_deref());
                node["x-sql-type"] = json!(domain.raw);
                if !kept.is_empty() {
                    node["x-checks"] = Value::Array(kept);
                }
                node
            } else if let Some(composite) = self.catalog.composite(&name) {
                let mut properties = Map::new();
                for field in &composite.fields {
                    let mapped = context.map(&field.ty, &field.raw);
                    queue.extend(mapped.defs.iter().cloned());
                    let mut node = nullable(mapped.json);
                    describe(&mut node, field.comment.as_deref());
                    properties.insert(field.name.clone(), node);
                }
                let required: Vec<&str> = composite.fields.iter().map(|field| field.name.as_str()).collect();
                let mut node = json::object(properties, &required);
                describe(&mut node, composite.comment.as_deref());
                node
            } else {
                continue;
            };
            if let Value::Object(map) = &mut node {
                map.shift_insert(0, "title".into(), json!(name.to_string()));
            }
            out.insert(name.to_string(), node);
        }
        out.into_iter().collect()
    }

    /// All that the configuration sets for a column; later entries win.
    fn settings_of(&self, relation: &QName, column: &str) -> Override {
        let mut out = Override::default();
        for (pattern, set) in &self.source.overrides {
            if pattern.matches_column(relation, column, &self.catalog.default_schema) {
                let set = set.clone();
                out.rename = set.rename.or(out.rename);
                out.exclude = set.exclude.or(out.exclude);
                out.ty = set.ty.or(out.ty);
                out.serde_with = set.serde_with.or(out.serde_with);
                out.json_schema = set.json_schema.or(out.json_schema);
                out.read = set.read.or(out.read);
                out.write = set.write.or(out.write);
                out.attributes.extend(set.attributes);
            }
        }
        out
    }

    /// Derives and attributes that the configuration adds to a relation's row or to a type.
    fn extra_of(&self, name: &QName) -> Extra {
        let mut out = Extra::default();
        for (pattern, set) in &self.source.overrides {
            if pattern.matches_relation(name, &self.catalog.default_schema) {
                out.derives.extend(set.derive.iter().cloned());
                out.attributes.extend(set.attributes.iter().cloned());
            }
        }
        out
    }

    fn finish(mut self, modules: Vec<Module>) -> Model {
        for (path, name) in self.renamed.clone().iter().filter(|(path, _)| !naming::is_constant(path)) {
            let (about, what) = naming::described(path);
            self.report(DiagnosticKind::NameCollision, about, format!("{what} was taken, so that it is called {name}"));
        }
        self.diagnostics.sort();
        self.diagnostics.dedup();
        let unicode_names = modules.iter().any(has_unicode_names);
        let names_serde = modules.iter().any(names_serde);
        Model {
            crate_name: self.source.name.clone(),
            engine: self.catalog.engine,
            cache_prefix: self.source.cache_prefix.clone(),
            unicode_names,
            names_serde,
            renamed: self.renamed,
            diagnostics: self.diagnostics,
            modules,
        }
    }
}

/// What a column's own type is called behind the relation's name: `Id` of `book_id` in `book`.
fn suffix(relation: &str, column: &str, is_key: bool) -> String {
    let (relation, name) = (names::type_name(relation), names::variant(column));
    let name = name.trim_start_matches('_');
    match name.strip_prefix(relation.as_str()) {
        Some(rest) if is_key && rest.starts_with(|c: char| c.is_uppercase()) => rest.to_owned(),
        _ => name.to_owned(),
    }
}

/// A type's name as it stands in a cast. Behind the point a name that is written in small letters needs no quotes, even
/// if it is a keyword; before it, it might.
fn in_a_cast(name: &QName) -> String {
    let is_plain = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let part = |name: &str, is_plain: bool| {
        if is_plain { name.to_owned() } else { Engine::Postgres.quoted(name) }
    };
    format!("{}.{}", part(&name.schema, name.schema == "public"), part(&name.name, is_plain(&name.name)))
}

/// What is said of a CHECK that JSON Schema does not wholly express.
fn untranslated(check: &Check) -> String {
    let name = check.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
    let why = if check.not_valid { " NOT VALID: older rows may break it" } else { "" };
    format!("{name}CHECK ({}){why}", check.expression)
}

fn documented(comment: Option<&str>, otherwise: impl FnOnce() -> String) -> Vec<String> {
    let lines = doc::lines(comment);
    if lines.is_empty() { vec![otherwise()] } else { lines }
}

fn describe(node: &mut Value, comment: Option<&str>) {
    if let Some(comment) = comment {
        node["description"] = json!(comment);
    }
}

fn has_unicode_names(module: &Module) -> bool {
    let in_variants = |item: &EnumItem| item.variants.iter().any(|v| !v.name.is_ascii());
    module.name.as_ref().is_some_and(|name| !name.is_ascii())
        || module.entities.iter().any(|entity| {
            !entity.name.is_ascii()
                || !entity.module.is_ascii()
                || entity.constraints.iter().any(|constraint| !constraint.name.is_ascii())
                || entity.fields.iter().any(|field| !field.name.is_ascii() || !field.variant.is_ascii())
                || entity.enums.iter().any(in_variants)
        })
        || module.types.iter().any(|item| {
            !item.name().is_ascii()
                || match item {
                    TypeItem::Enum(item) => in_variants(item),
                    TypeItem::Struct(item) => item.fields.iter().any(|field| !field.name.is_ascii()),
                    TypeItem::Alias(_) => false,
                }
        })
}

/// Whether a module's code names serde's crate. The serde forms of rows are the runtime's, unless the configuration asks for
/// more; those of composite types are made by serde's derives.
fn names_serde(module: &Module) -> bool {
    module.entities.iter().any(|entity| entity.derives_serde)
        || module.types.iter().any(|item| match item {
            TypeItem::Struct(_) => true,
            TypeItem::Enum(item) => entity::may_name_serde(&item.extra),
            TypeItem::Alias(_) => false,
        })
}
