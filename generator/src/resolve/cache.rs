//! Cache keys: which keys of a relation find one row for every value, and how they are written.

use super::Resolver;
use super::entity::{Draft, are_present, encoded_name, percent};
use super::keys::{INHERITED, TextEquality, primary_flaw, text_equality, total_keys};
use super::layout::{LayoutColumn, fingerprint};
use super::model::{CacheItem, CacheKey, CachePart, Field, UniqueItem};
use super::names::{self, Claim, Previous, Scope, Style};
use super::scalar::{KeyText, Scalar};
use crate::catalog::{DiagnosticKind, Relation};

/// The index of a primary key. A unique key over a column of that name is written otherwise.
const PRIMARY: &str = "pk";

impl Resolver<'_> {
    /// The unique keys that hold for every row, and how rows are kept in a cache.
    pub(super) fn cache(
        &mut self,
        relation: &Relation,
        drafts: &[Draft<'_>],
        fields: &[Field],
    ) -> (Vec<UniqueItem>, CacheItem) {
        let flaw = self.checks.is_inherited(&relation.name).then_some(INHERITED);
        let (mut total, partial) = total_keys(relation, flaw);
        for (name, flaw) in partial {
            self.report_no_key(relation, &name, flaw);
        }
        total.retain(|key| are_present(&key.columns, fields));
        let mut keys = Vec::new();
        let primary = relation.primary_key.as_ref();
        if let Some(primary) = primary {
            match flaw.or_else(|| primary_flaw(relation, primary)) {
                Some(flaw) => self.report_no_key(relation, "the primary key", flaw),
                None => keys.extend(self.cache_key(relation, drafts, fields, &primary.columns, true)),
            }
        }
        // A unique key holds a pointer to the primary key; without one there is nothing to point to.
        if !keys.is_empty() {
            for key in total.iter().filter(|key| primary.is_none_or(|primary| primary.columns != key.columns)) {
                keys.extend(self.cache_key(relation, drafts, fields, &key.columns, false));
            }
        }
        name_functions(&mut keys);
        let layout = self.layout(drafts);
        let name = encoded_name(&relation.name);
        let previous = self.layouts.previous(&name, &layout);
        let unique = total.into_iter().map(|key| UniqueItem { name: key.name, columns: key.columns }).collect();
        (unique, CacheItem { layout, previous, relation: name, keys })
    }

    fn report_no_key(&mut self, relation: &Relation, what: &str, flaw: &str) {
        self.report(DiagnosticKind::PartialKey, &relation.name, format!("{what}: {flaw}"));
    }

    fn layout(&self, drafts: &[Draft<'_>]) -> String {
        let columns: Vec<LayoutColumn<'_>> = drafts
            .iter()
            .map(|draft| LayoutColumn {
                name: &draft.column.name,
                ty: &draft.column.ty,
                nullable: draft.column.nullable,
                generated: draft.column.generated.is_some(),
                form: format!("{} {}", draft.mapped.form, draft.mapped.serde_with.as_deref().unwrap_or("")),
            })
            .collect();
        fingerprint(self.catalog, &columns)
    }

    /// A cache key, if all of its columns have one canonical text.
    fn cache_key(
        &mut self,
        relation: &Relation,
        drafts: &[Draft<'_>],
        fields: &[Field],
        columns: &[String],
        is_primary: bool,
    ) -> Option<CacheKey> {
        let mut parts = Vec::new();
        for name in columns {
            let found = drafts.iter().zip(fields).find(|(draft, _)| draft.column.name == *name);
            let flaw = match found {
                None => "is left out",
                Some((draft, field)) => match (draft.mapped.key, text_equality(self.catalog, draft.column)) {
                    (KeyText::None, _) => "has no canonical text",
                    (KeyText::Plain | KeyText::Unpadded, TextEquality::Folding) => {
                        "compares texts by a collation for which different ones may be equal"
                    }
                    (KeyText::Plain, TextEquality::Padded) if draft.mapped.scalar == Some(Scalar::String) => {
                        parts.push(part(draft, field, KeyText::Unpadded));
                        continue;
                    }
                    (key, _) => {
                        parts.push(part(draft, field, key));
                        continue;
                    }
                },
            };
            let what = if is_primary { "the primary key".to_owned() } else { format!("({})", columns.join(", ")) };
            self.report_no_key(relation, &what, &format!("{name} {flaw}"));
            return None;
        }
        let (function, index) = match columns {
            _ if is_primary => (PRIMARY.to_owned(), PRIMARY.to_owned()),
            [one] if one == PRIMARY => (names::function(one), "%70k".to_owned()),
            _ => {
                let encoded: Vec<String> = columns.iter().map(|name| percent(name)).collect();
                (names::function(&columns.join("_and_")), encoded.join("+"))
            }
        };
        Some(CacheKey { function, is_primary, index, parts })
    }
}

/// The argument for a column, and how it becomes a part of the key.
fn part(draft: &Draft<'_>, field: &Field, key: KeyText) -> CachePart {
    let argument = field.name.clone();
    // A key type is a struct around the text; a domain is another name of it.
    let is_wrapped = draft.expr != draft.mapped.expr;
    let is_string = draft.mapped.scalar == Some(Scalar::String) && !is_wrapped;
    let text = if is_wrapped { format!("&{argument}.0") } else { argument.clone() };
    let expression = match key {
        KeyText::Folded => format!("&tablature_runtime::key::folded({text})"),
        KeyText::Unpadded => format!("&tablature_runtime::key::unpadded({text})"),
        _ if draft.mapped.copy || is_string => format!("&{argument}"),
        _ => argument.clone(),
    };
    let ty = if draft.mapped.copy {
        field.value_type.clone()
    } else if is_string {
        "&str".to_owned()
    } else {
        format!("&{}", field.value_type)
    };
    CachePart { column: draft.column.name.clone(), argument, ty, expression }
}

/// Gives every key a function of its own name.
fn name_functions(keys: &mut [CacheKey]) {
    let claims: Vec<Claim> = keys
        .iter()
        .map(|key| Claim { path: key.index.clone(), sql: key.index.clone(), plain: key.function.clone() })
        .collect();
    let given = Scope::new(Style::Snake).assign(&claims, &Previous::default(), |name| vec![name.to_owned()]);
    for (key, function) in keys.iter_mut().zip(given) {
        key.function = function;
    }
}
