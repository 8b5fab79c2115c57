//! Decides everything about one relation.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Resolver;
use super::cache::{FOLDED, Keys, UNPADDED};
use super::checks::{column_named, is_certain};
use super::expression::Rule;
use super::imports::Imports;
use super::json::{self, JsonColumn, Texts};
use super::keys::{ColumnId, text_equality};
use super::model::{Cast, Entity, EnumItem, Extra, Field, FormField, GROUP, JsonShapes, KeyType, UniqueItem, Variant};
use super::names::{self, Claim, Scope, Style};
use super::naming::{columns_form, inner_path, insert_form, label_path, patch_form};
use super::scalar::{KeyText, Scalar};
use super::types::{Mapped, TypeExpr, nullable};
use crate::catalog::{Check, Column, DiagnosticKind, Engine, Identity, QName, Relation, RelationKind, SqlType};
use crate::config::Override;

/// A column on its way to a field.
pub(super) struct Draft<'a> {
    pub column: &'a Column,
    settings: Override,
    pub mapped: Mapped,
    /// The type that is written: the mapped one, or a key's, or the configuration's.
    pub expr: TypeExpr,
    node: Value,
    insertable: bool,
    updatable: bool,
    has_default: bool,
    /// Whether a CHECK refuses NULL, which the column's type lets in.
    refuses_null: bool,
}

impl Resolver<'_> {
    /// Decides everything about one relation.
    pub(super) fn entity(&mut self, relation: &Relation) -> Entity {
        let names = self.names.entities[&relation.name].clone();
        let drafts: Vec<Draft<'_>> =
            relation.columns.iter().filter_map(|column| self.draft(relation, column)).collect();
        let is_view = relation.kind.is_view();
        let left_out = |column: &Column| !drafts.iter().any(|draft| draft.column.name == column.name);
        // A column that is left out and has to be given leaves no way to insert.
        let insert = !is_view
            && !relation.columns.iter().any(|c| {
                left_out(c) && !c.nullable && c.default.is_none() && c.identity.is_none() && c.generated.is_none()
            });
        let patch = !is_view && drafts.iter().any(|draft| draft.updatable);
        let mut drafts = drafts;
        let kept_checks = self.apply_checks(relation, &mut drafts);

        let insert_name = insert.then(|| insert_form(&names.ty));
        let patch_name = patch.then(|| patch_form(&names.ty));
        let columns_name = columns_form(&names.ty);
        let key_type = self.key_type(relation, &drafts);
        let enums = self.column_enums(relation, &drafts);
        let own = [Some(names.ty.clone()), insert_name.clone(), patch_name.clone(), Some(columns_name.clone())]
            .into_iter()
            .flatten()
            .chain(key_type.iter().map(|key| key.0.clone()))
            .chain(enums.iter().map(|item| item.name.clone()))
            .collect::<Vec<_>>();
        let all_names = Arc::clone(&self.names);
        let mut imports = Imports::new(&relation.name.schema, &all_names.modules, own);

        let (idents, variants) = self.field_names(&relation.name, drafts.iter().map(|d| (&d.column.name, &d.settings)));
        let key_type = key_type.map(|(name, column, mapped)| KeyType {
            name,
            column,
            inner: imports.text(&mapped.expr),
            copy: mapped.copy,
            form: mapped.serde_with.map(|with| format!("tablature_runtime::json::{with}")),
        });
        let rename_all = rename_all(drafts.iter().map(|draft| draft.column.name.as_str()).zip(&idents));
        let fields: Vec<Field> = drafts
            .iter()
            .zip(idents.into_iter().zip(variants))
            .map(|(draft, (name, variant))| field(draft, name, variant, rename_all, (insert, patch), &mut imports))
            .collect();
        let Keys { unique: unique_keys, items: keys, cache } = self.keys(relation, &drafts, &fields);
        let foreign_keys = self.foreign_keys(relation, &fields, &mut imports);
        let constraints = self.constraints(relation);
        let document = self.schemas(relation, &drafts, &kept_checks, &unique_keys, (insert, patch));
        let extra = self.extra_of(&relation.name);
        let derives_serde = derives_serde(&extra, &fields);
        for name in ["ColumnName", "Columnar", "FieldList", "FieldSource", "Relation", "Schema", "Table", "ToSql"] {
            imports.add("tablature_runtime", name);
        }
        let is_text = |text: &str| cache.keys.iter().any(|key| key.texts.iter().any(|known| known == text));
        let needed = [
            (relation.kind != RelationKind::Table, "RelationKind"),
            (!is_view, "Writable"),
            (insert, "NewRow"),
            (patch, "Patch"),
            (keys.iter().any(|key| key.is_primary), "IntoKey"),
            (keys.iter().any(|key| key.is_primary), "Keyed"),
            (!keys.is_empty(), "Key"),
            (!cache.keys.is_empty(), "CacheIndex"),
            (!cache.keys.is_empty(), "key_text"),
            (is_text(FOLDED), FOLDED),
            (is_text(UNPADDED), UNPADDED),
            (fields.len() > GROUP, "FieldPair"),
            (!fields.is_empty(), "Col"),
            (!fields.is_empty(), "Column"),
            (foreign_keys.iter().any(|key| key.reference.is_some()), "Reference"),
            (!enums.is_empty(), "SqlEnum"),
            (!unique_keys.is_empty(), "UniqueKey"),
            (!foreign_keys.is_empty(), "ForeignKey"),
        ];
        for (_, name) in needed.into_iter().filter(|(is, _)| *is) {
            imports.add("tablature_runtime", name);
        }
        if uses_json_forms(fields.iter().flat_map(all_serde)) {
            imports.add("tablature_runtime", "json");
        }
        if derives_serde {
            imports.add("serde", "Deserialize");
            imports.add("serde", "Serialize");
        }
        Entity {
            relation: relation.name.clone(),
            kind: relation.kind,
            module: names.module,
            doc: super::doc::lines(relation.comment.as_deref()),
            extra,
            derives_serde,
            left_out: relation
                .columns
                .iter()
                .map(|column| &column.name)
                .filter(|name| !fields.iter().any(|field| field.sql == **name))
                .cloned()
                .collect(),
            imports: imports.lines(),
            key_type,
            enums,
            primary_key: relation
                .primary_key
                .as_ref()
                .map(|key| key.columns.clone())
                .filter(|columns| are_present(columns, &fields))
                .unwrap_or_default(),
            foreign_keys,
            unique_keys,
            constraints,
            keys,
            cache,
            json: JsonShapes { document },
            rename_all: rename_all.map(|rule| rule.0),
            fields,
            name: names.ty,
            insert: insert_name,
            patch: patch_name,
            columns_name,
        }
    }

    fn draft<'a>(&mut self, relation: &Relation, column: &'a Column) -> Option<Draft<'a>> {
        if self.is_left_out(relation, column) {
            return None;
        }
        let settings = self.settings_of(&relation.name, &column.name);
        let mut mapped = self.column_type(relation, column);
        if column.ty == SqlType::Untyped && settings.ty.is_none() {
            self.report(
                DiagnosticKind::UntypedColumn,
                format!("{}.{}", relation.name, column.name),
                if column.raw.is_empty() {
                    "it has no declared type, so that any value is expected in it"
                } else {
                    "it is declared to hold any value"
                },
            );
        }
        if mapped.is_text_cast && settings.ty.is_none() {
            self.report(
                DiagnosticKind::TextCast,
                format!("{}.{}", relation.name, column.name),
                format!("{} has no Rust type of its own, so that values travel as text", column.raw),
            );
        }
        let mut expr = mapped.expr.clone();
        if let Some(origin) = self.key_types.origin(&relation.name, &column.name)
            && let Some(key) = self.names.of_columns.get(origin)
        {
            expr = TypeExpr::local(&origin.0.schema, key);
            // The key type has the form itself.
            mapped.serde_with = None;
        }
        if let Some(ty) = &settings.ty {
            expr = TypeExpr::Raw(ty.clone());
            mapped.serde_with = None;
            mapped.copy = false;
            mapped.key = KeyText::None;
            mapped.form = ty.clone();
            if settings.json_schema.is_none() {
                // Nothing is known of how it is written.
                mapped.json = json!({});
                mapped.defs.clear();
                mapped.scalar = None;
            }
        }
        if let Some(node) = &settings.json_schema {
            mapped.json = node.clone();
            mapped.defs.clear();
        }
        if let Some(with) = &settings.serde_with {
            mapped.serde_with = Some(with.clone());
        }
        if settings.read.is_some() || settings.write.is_some() {
            let part = |set: &Option<String>| set.clone().unwrap_or_else(|| "{}".into());
            mapped.cast = Some(Cast { read: part(&settings.read), write: part(&settings.write) });
            mapped.is_text_cast = false;
        }
        let settable = column.generated.is_none() && column.identity != Some(Identity::Always);
        let is_view = relation.kind.is_view();
        Some(Draft {
            has_default: !is_view
                && (column.default.is_some() || column.identity.is_some() || self.domain_default(&column.ty).is_some()),
            refuses_null: false,
            insertable: settable && !is_view,
            updatable: settable && !is_view,
            node: mapped.json.clone(),
            column,
            settings,
            mapped,
            expr,
        })
    }

    /// Whether there is no field for a column.
    pub(super) fn is_left_out(&self, relation: &Relation, column: &Column) -> bool {
        // SQLite's hidden columns of virtual tables are arguments and commands rather than data.
        let is_argument = column.hidden && relation.kind == RelationKind::VirtualTable;
        is_argument || self.settings_of(&relation.name, &column.name).exclude == Some(true)
    }

    /// The default that a domain brings, its own or that of the domain that it narrows.
    fn domain_default(&self, ty: &SqlType) -> Option<&str> {
        let mut ty = ty;
        while let SqlType::Domain { name } = ty {
            let domain = self.catalog.domain(name)?;
            if let Some(default) = &domain.default {
                return Some(default);
            }
            ty = &domain.ty;
        }
        None
    }

    /// The type of a column: an enumeration of its own if it declares one, else what its SQL type says.
    pub(super) fn column_type(&self, relation: &Relation, column: &Column) -> Mapped {
        let context = self.types();
        let enumeration = self.enumeration(relation, column);
        let named = enumeration.and_then(|(owner, labels)| {
            let name = self.names.of_columns.get(&owner)?;
            Some((labels, TypeExpr::local(&owner.0.schema, name)))
        });
        let Some((labels, one)) = named else {
            let is_checked_text = self.catalog.engine == Engine::Mariadb && matches!(column.ty, SqlType::Json { .. });
            if is_checked_text && !self.source.types.json_checks {
                return context.map(&SqlType::Text { max_bytes: None }, &column.raw);
            }
            return context.map(&column.ty, &column.raw);
        };
        let node = json::labels(labels);
        let form = format!("enum{}", json!(labels));
        let is_set = json::is_set(&column.ty);
        let set = TypeExpr::Named { from: Some("std::collections"), name: "BTreeSet" };
        Mapped {
            expr: if is_set { set.apply(vec![one]) } else { one },
            copy: !is_set,
            key: if is_set { KeyText::None } else { KeyText::Plain },
            scalar: None,
            serde_with: None,
            cast: None,
            is_text_cast: false,
            json: if is_set { json!({"type": "array", "items": node, "uniqueItems": true}) } else { node },
            defs: BTreeSet::new(),
            form: if is_set { format!("set of {form}") } else { form },
        }
    }

    /// The labels of the enumeration that a column has without a type of that name, and the column that declares it: the
    /// table's, where a view's column is one.
    pub(super) fn enumeration<'b>(
        &'b self,
        relation: &Relation,
        column: &'b Column,
    ) -> Option<(ColumnId, &'b [String])> {
        if let Some(origin) = &column.origin
            && let Some(table) = self.catalog.relation(&origin.relation)
            && let Some(behind) = table.column(&origin.column)
            && behind.ty == column.ty
            && !self.is_left_out(table, behind)
            && self.settings_of(&table.name, &behind.name).ty.is_none()
            && let Some(labels) = self.own_labels(table, behind)
        {
            return Some(((table.name.clone(), behind.name.clone()), labels));
        }
        self.own_labels(relation, column).map(|labels| ((relation.name.clone(), column.name.clone()), labels))
    }

    fn own_labels<'b>(&'b self, relation: &Relation, column: &'b Column) -> Option<&'b [String]> {
        match &column.ty {
            SqlType::InlineEnum { labels } | SqlType::Set { labels } => Some(labels),
            _ => self.checks.labels(&relation.name, &column.name),
        }
    }

    /// Puts CHECKs into the columns' schemas. Returns those that were not wholly expressed.
    fn apply_checks<'b>(&mut self, relation: &'b Relation, drafts: &mut [Draft<'_>]) -> Vec<&'b Check> {
        let mut kept = Vec::new();
        let translations = self.checks.of_relation(&relation.name).to_vec();
        for (check, translation) in relation.checks.iter().zip(translations) {
            if check.not_enforced {
                kept.push(check);
                continue;
            }
            // Rows that may break it, from before a NOT VALID check or from an inheriting table, keep it from the row's schema.
            let is_certain = is_certain(check, self.checks.is_inherited(&relation.name));
            let mut complete = translation.complete && is_certain;
            for (name, rule) in translation.rules.iter().filter(|_| is_certain) {
                let column = column_named(self.catalog.engine, relation, name);
                let draft = drafts.iter_mut().find(|draft| Some(&draft.column.name) == column.map(|c| &c.name));
                complete &= draft.is_some_and(|draft| self.apply_rule(draft, rule));
            }
            if !complete {
                self.report(DiagnosticKind::UntranslatedCheck, &relation.name, super::untranslated(check));
                kept.push(check);
            }
        }
        kept
    }

    fn apply_rule(&self, draft: &mut Draft<'_>, rule: &Rule) -> bool {
        if *rule == Rule::NotNull {
            draft.refuses_null = true;
            return true;
        }
        let equality = text_equality(self.catalog, draft.column);
        let texts = Texts::of(self.catalog.engine, &draft.column.ty, equality);
        json::apply_rule(&mut draft.node, &draft.mapped, texts, rule)
    }

    fn key_type(&self, relation: &Relation, drafts: &[Draft<'_>]) -> Option<(String, String, Mapped)> {
        let [column] = relation.primary_key.as_ref()?.columns.as_slice() else { return None };
        let (origin, of) = self.key_types.origin(&relation.name, column)?;
        if *origin != relation.name || of != column {
            return None;
        }
        let name = self.names.of_columns.get(&(relation.name.clone(), column.clone()))?;
        let draft = drafts.iter().find(|draft| draft.column.name == *column && draft.settings.ty.is_none())?;
        let whole = self.types().map(&draft.column.ty, &draft.column.raw);
        Some((name.clone(), column.clone(), whole))
    }

    fn column_enums(&mut self, relation: &Relation, drafts: &[Draft<'_>]) -> Vec<EnumItem> {
        let mut out = Vec::new();
        for draft in drafts.iter().filter(|draft| draft.settings.ty.is_none()) {
            let column = draft.column;
            let own = self.names.of_columns.get(&(relation.name.clone(), column.name.clone())).cloned();
            let labels = self.enumeration(relation, column).filter(|(owner, _)| owner.0 == relation.name);
            let Some((labels, name)) = labels.map(|(_, labels)| labels.to_vec()).zip(own) else { continue };
            let shown = format!("{}.{}", relation.name, column.name);
            let what = if json::is_set(&column.ty) { "A member of" } else { "A value of" };
            out.push(EnumItem {
                name,
                variants: self.variants(&inner_path(&relation.name, &column.name), &labels),
                doc: super::doc::lines(Some(&format!("{what} `{shown}`."))),
                sql: shown,
                extra: Extra::default(),
                is_type: false,
            });
        }
        out
    }

    /// Names for the labels of an enumeration.
    pub(super) fn variants(&mut self, path: &str, labels: &[String]) -> Vec<Variant> {
        let claims: Vec<Claim> =
            labels.iter().map(|label| Claim::new(label_path(path, label), label, names::variant(label))).collect();
        let given = self.assign(&claims, Style::Camel);
        given.into_iter().zip(labels).map(|(name, label)| Variant { name, label: label.clone() }).collect()
    }

    /// Names for the columns of a relation, or the fields of a composite type: as fields and as variants.
    pub(super) fn field_names<'b>(
        &mut self,
        outer: &QName,
        columns: impl Iterator<Item = (&'b String, &'b Override)>,
    ) -> (Vec<String>, Vec<String>) {
        let (mut fields, mut variants) = (Vec::new(), Vec::new());
        for (sql, settings) in columns {
            let wanted = settings.rename.as_ref().unwrap_or(sql);
            let path = inner_path(outer, sql);
            variants.push(Claim::new(format!("{path}:column"), wanted, names::variant(wanted)));
            fields.push(Claim::new(path, wanted, names::field(wanted)));
        }
        (self.assign(&fields, Style::Snake), self.assign(&variants, Style::Camel))
    }

    pub(super) fn assign(&mut self, claims: &[Claim], style: Style) -> Vec<String> {
        let given = Scope::new(style).assign(claims, self.previous, |name| vec![name.to_owned()]);
        for (claim, name) in claims.iter().zip(&given) {
            if *name != claim.plain {
                self.renamed.insert(claim.path.clone(), name.clone());
            }
        }
        given
    }

    fn schemas(
        &self,
        relation: &Relation,
        drafts: &[Draft<'_>],
        kept_checks: &[&Check],
        unique: &[UniqueItem],
        forms: (bool, bool),
    ) -> Value {
        let engine = self.catalog.engine;
        let mut used = BTreeSet::new();
        let mut columns = Vec::new();
        for draft in drafts {
            used.extend(draft.mapped.defs.iter().cloned());
            let column = draft.column;
            let mut node = draft.node.clone();
            if column.nullable && !draft.refuses_null {
                node = nullable(node);
            }
            if let Some(comment) = &column.comment {
                node["description"] = json!(comment);
            }
            if !draft.insertable && !relation.kind.is_view() {
                node["readOnly"] = json!(true);
            }
            let default = column.default.as_deref().or_else(|| self.domain_default(&column.ty));
            if let Some(default) = default.filter(|_| !relation.kind.is_view()) {
                json::add_default(engine, &mut node, &draft.mapped, default);
            }
            node["x-sql-type"] = json!(column.raw);
            columns.push(JsonColumn {
                name: &column.name,
                node,
                in_insert: draft.insertable,
                insert_requires: draft.insertable && (!column.nullable || draft.refuses_null) && !draft.has_default,
                in_patch: draft.updatable,
            });
        }
        let id = format!("{}{}", self.source.schema_id, encoded_name(&relation.name));
        let unique: Vec<Vec<String>> = unique.iter().map(|key| key.columns.clone()).collect();
        json::document(&json::Shapes {
            relation,
            id: &id,
            columns: &columns,
            kept_checks,
            unique: &unique,
            types: self.definitions(&used),
            has_insert: forms.0,
            has_patch: forms.1,
        })
    }
}

/// A field, with its place in the insert and patch forms.
fn field(
    draft: &Draft<'_>,
    name: String,
    variant: String,
    rename_all: Option<RenameRule>,
    (insert, patch): (bool, bool),
    imports: &mut Imports<'_>,
) -> Field {
    let column = draft.column;
    let value_type = imports.text(&draft.expr);
    let optional = |ty: &str| format!("Option<{ty}>");
    let rename = rename_attribute(&name, &column.name, rename_all);
    let with = draft.mapped.serde_with.as_deref();
    // In a document null is a value, where serde would take it for nothing at all.
    let module = |nullable: bool, is_document: bool| {
        with.map(|with| match (with.contains("::"), nullable) {
            (true, _) => with.to_owned(),
            (false, false) => format!("json::{with}"),
            (false, true) => format!("json::{with}::nullable"),
        })
        .or_else(|| nullable.then(|| "json::nullable".to_owned()))
        .or_else(|| is_document.then(|| "json::present".to_owned()))
        .map(|path| format!("with = {path:?}"))
    };
    // An Option that may be missing; with `twice`, one whose inside may be null.
    let missing = |twice: bool| {
        rename
            .clone()
            .into_iter()
            .chain(["default".to_owned(), "skip_serializing_if = \"Option::is_none\"".to_owned()])
            .chain(module(twice, !column.nullable && draft.mapped.scalar == Some(Scalar::Json)))
            .collect::<Vec<_>>()
    };
    let present = || rename.clone().into_iter().chain(module(false, false)).collect::<Vec<_>>();
    let insert = (insert && draft.insertable).then(|| match (column.nullable, draft.has_default) {
        (false, false) => FormField { ty: value_type.clone(), serde: present() },
        (true, true) => FormField { ty: optional(&optional(&value_type)), serde: missing(true) },
        _ => FormField { ty: optional(&value_type), serde: missing(false) },
    });
    let patch = (patch && draft.updatable).then(|| {
        if column.nullable {
            FormField { ty: optional(&optional(&value_type)), serde: missing(true) }
        } else {
            FormField { ty: optional(&value_type), serde: missing(false) }
        }
    });
    Field {
        sql: column.name.clone(),
        constant: names::constant(&name),
        name,
        variant,
        doc: super::doc::lines(column.comment.as_deref()),
        attributes: draft.settings.attributes.clone(),
        sql_type: column.raw.clone(),
        row_type: if column.nullable { optional(&value_type) } else { value_type.clone() },
        value_type,
        row_serde: present(),
        insert,
        patch,
        nullable: column.nullable,
        has_default: draft.has_default && column.identity.is_none(),
        identity: matches!(column.identity, Some(id) if id != Identity::Always),
        identity_always: column.identity == Some(Identity::Always),
        generated: column.generated.is_some(),
        cast: draft.mapped.cast.clone(),
    }
}

/// A rule of serde's for all names of a struct: its name, and what it makes of a field's.
pub(super) type RenameRule = (&'static str, fn(&str) -> String);

/// The rules that databases follow. Source: serde's `rename_all`.
const RENAME_RULES: &[RenameRule] = &[
    ("PascalCase", pascal),
    ("camelCase", |field| {
        let name = pascal(field);
        name[..1].to_ascii_lowercase() + &name[1..]
    }),
    ("SCREAMING_SNAKE_CASE", str::to_ascii_uppercase),
];

fn pascal(field: &str) -> String {
    let mut out = String::new();
    let mut capital = true;
    for c in field.chars() {
        match c {
            '_' => capital = true,
            c if capital => {
                out.push(c.to_ascii_uppercase());
                capital = false;
            }
            c => out.push(c),
        }
    }
    out
}

/// The rule under which at least two fields fewer have to be renamed one by one, if there is one.
pub(super) fn rename_all<'b>(names: impl Iterator<Item = (&'b str, &'b String)>) -> Option<RenameRule> {
    let names: Vec<(&str, &str)> = names.map(|(sql, ident)| (sql, ident.trim_start_matches("r#"))).collect();
    // serde cuts the first byte off, which has to be a letter of ASCII's.
    if names.iter().any(|(_, ident)| !ident.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return None;
    }
    let misses = |rule: &dyn Fn(&str) -> String| names.iter().filter(|(sql, ident)| rule(ident) != *sql).count();
    let without = misses(&str::to_owned);
    RENAME_RULES
        .iter()
        .map(|rule| (misses(&rule.1), *rule))
        .min_by_key(|(misses, _)| *misses)
        .filter(|(misses, _)| misses + 2 <= without)
        .map(|(_, rule)| rule)
}

/// The attribute by which a field keeps its SQL name, if its own name does not tell it.
pub(super) fn rename_attribute(ident: &str, sql: &str, rename_all: Option<RenameRule>) -> Option<String> {
    let ident = ident.trim_start_matches("r#");
    let told = rename_all.map_or_else(|| ident.to_owned(), |rule| rule.1(ident));
    (told != sql).then(|| format!("rename = {sql:?}"))
}

/// Whether all columns of a key are there: one of which the configuration leaves a column out is none.
pub(super) fn are_present(columns: &[String], fields: &[Field]) -> bool {
    columns.iter().all(|name| fields.iter().any(|field| field.sql == *name))
}

/// serde's attributes of a field in all forms.
fn all_serde(field: &Field) -> impl Iterator<Item = &String> {
    let forms = field.insert.iter().chain(&field.patch).flat_map(|form| &form.serde);
    field.row_serde.iter().chain(forms)
}

/// Derives that read no attribute of serde's.
const OWN_DERIVES: &[&str] = &["Copy", "Default", "Eq", "Hash", "Ord", "PartialOrd"];

/// Whether serde's own derives are to make the serde forms of a relation: its attributes and modules say what the runtime
/// does not know, and derives of other crates may read them too.
fn derives_serde(extra: &Extra, fields: &[Field]) -> bool {
    may_name_serde(extra)
        || fields.iter().flat_map(|field| &field.attributes).any(|attribute| speaks_of_serde(attribute))
        || fields.iter().flat_map(all_serde).any(|part| part.starts_with("with = ") && !is_json_form(part))
}

/// Whether what the configuration adds to an item may name serde: an attribute does, or a derive of another crate can.
pub(super) fn may_name_serde(extra: &Extra) -> bool {
    extra.derives.iter().any(|derive| !OWN_DERIVES.contains(&derive.as_str()))
        || extra.attributes.iter().any(|attribute| speaks_of_serde(attribute))
}

fn speaks_of_serde(attribute: &str) -> bool {
    attribute.contains("serde")
}

/// Whether an attribute names a module of the runtime's `json`.
fn is_json_form(attribute: &str) -> bool {
    attribute.starts_with("with = \"json::")
}

/// Whether attributes name modules of the runtime's `json`.
pub(super) fn uses_json_forms<'b>(mut serde: impl Iterator<Item = &'b String>) -> bool {
    serde.any(|attribute| is_json_form(attribute))
}

/// A qualified name with all but what RFC 3986 calls unreserved percent-encoded. A point within a name is encoded too, one
/// between schema and name is not.
pub(super) fn encoded_name(name: &QName) -> String {
    let encoded = |text: &str| percent(text).replace('.', "%2E");
    if name.schema.is_empty() {
        encoded(&name.name)
    } else {
        format!("{}.{}", encoded(&name.schema), encoded(&name.name))
    }
}

/// Percent-encodes all but what RFC 3986 calls unreserved.
pub(super) fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
