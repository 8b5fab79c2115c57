//! Keys: which keys of a relation find one row for every value, how they are written, and under which of them rows are
//! cached.

use super::Resolver;
use super::entity::{Draft, are_present, encoded_name, percent};
use super::keys::{INHERITED, TextEquality, primary_flaw, text_equality, total_keys};
use super::layout::{LayoutColumn, fingerprint};
use super::model::{CacheItem, CacheKey, Field, KeyItem, KeyPart, UniqueItem};
use super::names::{self, Claim, Previous, Scope, Style};
use super::scalar::{KeyText, Scalar};
use super::types::TypeExpr;
use crate::catalog::{DiagnosticKind, Relation};

/// The index of a primary key. A unique key over a column of that name is written otherwise.
const PRIMARY: &str = "pk";

/// The runtime's types of texts that do not stand in a cache key as they are.
pub(crate) const FOLDED: &str = "Fold";
pub(crate) const UNPADDED: &str = "Unpad";

/// The keys of a relation.
pub(super) struct Keys {
    /// The unique keys that hold for every row.
    pub unique: Vec<UniqueItem>,
    /// The keys that rows are looked up by: the primary key first.
    pub items: Vec<KeyItem>,
    /// How rows are kept in a cache.
    pub cache: CacheItem,
}

impl Resolver<'_> {
    /// The keys that find at most one row, and how rows are kept in a cache.
    pub(super) fn keys(&mut self, relation: &Relation, drafts: &[Draft<'_>], fields: &[Field]) -> Keys {
        let flaw = self.checks.is_inherited(&relation.name).then_some(INHERITED);
        let (mut total, partial) = total_keys(relation, flaw);
        for (name, flaw) in partial {
            self.report_no_key(relation, &name, flaw);
        }
        total.retain(|key| are_present(&key.columns, fields));
        let (mut items, mut cached) = (Vec::new(), Vec::new());
        let mut add = |columns: &[String], is_primary: bool, texts: Result<Vec<KeyText>, String>| {
            let found: Vec<(&Draft<'_>, &Field)> =
                columns.iter().filter_map(|name| find(drafts, fields, name)).collect();
            let text = |at: usize| texts.as_ref().map_or(KeyText::Plain, |texts| texts[at]);
            let parts = found.iter().enumerate().map(|(at, (draft, field))| part(draft, field, text(at))).collect();
            let cached = texts.map(|texts| {
                let texts = found.iter().zip(texts).map(|((_, field), text)| text_type(field, text)).collect();
                let index = index_of(columns, is_primary);
                cached.push(CacheKey { is_primary, index, columns: columns.to_vec(), texts });
                cached.len() - 1
            });
            items.push(KeyItem { function: String::new(), is_primary, cached, parts });
        };
        let primary = relation.primary_key.as_ref();
        let mut why_none = Some("the table has no primary key".to_owned());
        if let Some(primary) = primary {
            let texts = match flaw.or_else(|| primary_flaw(relation, primary)) {
                Some(flaw) => {
                    self.report_no_key(relation, "the primary key", flaw);
                    Err(flaw.to_owned())
                }
                None => self.key_texts(relation, drafts, fields, &primary.columns, true),
            };
            // A unique key holds a pointer to the primary key; without one there is nothing to point to.
            why_none = texts.is_err().then(|| "the primary key is no cache key".to_owned());
            if flaw.is_none() && are_present(&primary.columns, fields) {
                add(&primary.columns, true, texts);
            }
        }
        for key in total.iter().filter(|key| primary.is_none_or(|primary| primary.columns != key.columns)) {
            let texts = match &why_none {
                Some(why) => Err(why.clone()),
                None => self.key_texts(relation, drafts, fields, &key.columns, false),
            };
            add(&key.columns, false, texts);
        }
        name_functions(&mut items);
        let layout = self.layout(drafts);
        let name = encoded_name(&relation.name);
        let previous = self.layouts.previous(&name, &layout);
        let unique = total.into_iter().map(|key| UniqueItem { name: key.name, columns: key.columns }).collect();
        Keys { unique, items, cache: CacheItem { layout, previous, relation: name, keys: cached } }
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

    /// How the columns of a key are written in a cache key, or why one of them has no canonical text.
    fn key_texts(
        &mut self,
        relation: &Relation,
        drafts: &[Draft<'_>],
        fields: &[Field],
        columns: &[String],
        is_primary: bool,
    ) -> Result<Vec<KeyText>, String> {
        let mut texts = Vec::new();
        for name in columns {
            let flaw = match find(drafts, fields, name) {
                None => "is left out",
                Some((draft, _)) => match (draft.mapped.key, text_equality(self.catalog, draft.column)) {
                    (KeyText::None, _) => "has no canonical text",
                    (KeyText::Plain | KeyText::Unpadded, TextEquality::Folding) => {
                        "compares texts by a collation for which different ones may be equal"
                    }
                    (KeyText::Plain, TextEquality::Padded) if draft.mapped.scalar == Some(Scalar::String) => {
                        texts.push(KeyText::Unpadded);
                        continue;
                    }
                    (text, _) => {
                        texts.push(text);
                        continue;
                    }
                },
            };
            let what = if is_primary { "the primary key".to_owned() } else { format!("({})", columns.join(", ")) };
            let flaw = format!("{name} {flaw}");
            self.report_no_key(relation, &what, &flaw);
            return Err(flaw);
        }
        Ok(texts)
    }
}

fn find<'b, 'c>(drafts: &'b [Draft<'c>], fields: &'b [Field], name: &str) -> Option<(&'b Draft<'c>, &'b Field)> {
    drafts.iter().zip(fields).find(|(draft, _)| draft.column.name == *name)
}

/// A key's name in cache keys.
fn index_of(columns: &[String], is_primary: bool) -> String {
    match columns {
        _ if is_primary => PRIMARY.to_owned(),
        [one] if one == PRIMARY => "%70k".to_owned(),
        _ => columns.iter().map(|name| percent(name)).collect::<Vec<_>>().join("+"),
    }
}

/// The Rust type that a column's text in a cache key is made with.
fn text_type(field: &Field, text: KeyText) -> String {
    match text {
        KeyText::Folded => FOLDED.to_owned(),
        KeyText::Unpadded => UNPADDED.to_owned(),
        KeyText::Plain | KeyText::None => field.value_type.clone(),
    }
}

/// The argument for a column, and how it becomes a part of the key.
fn part(draft: &Draft<'_>, field: &Field, text: KeyText) -> KeyPart {
    let name = field.name.clone();
    // A key type is a struct around the text; a domain is another name of it.
    let is_wrapped = draft.expr != draft.mapped.expr;
    let is_string = match &draft.expr {
        TypeExpr::Named { from: None, name } => *name == "String",
        TypeExpr::Raw(text) => text == "String",
        _ => draft.mapped.scalar == Some(Scalar::String) && !is_wrapped,
    };
    let inner = if is_wrapped { format!("&{name}.0") } else { name.clone() };
    let is_borrowed = !draft.mapped.copy;
    let expression = match text {
        KeyText::Folded => format!("&tablature_runtime::key::folded({inner})"),
        KeyText::Unpadded => format!("&tablature_runtime::key::unpadded({inner})"),
        KeyText::Plain | KeyText::None if is_borrowed && !is_string => name.clone(),
        KeyText::Plain | KeyText::None => format!("&{name}"),
    };
    let ty = match (is_borrowed, is_string) {
        (_, true) => "&str".to_owned(),
        (true, false) => format!("&{}", field.value_type),
        (false, false) => field.value_type.clone(),
    };
    KeyPart {
        column: field.sql.clone(),
        field: name,
        owned: field.value_type.clone(),
        ty,
        is_borrowed,
        nullable: field.nullable,
        expression,
    }
}

/// Gives every key a function of its own name.
fn name_functions(keys: &mut [KeyItem]) {
    let claims: Vec<Claim> = keys
        .iter()
        .map(|key| {
            let columns: Vec<String> = key.parts.iter().map(|part| part.column.clone()).collect();
            let plain = if key.is_primary { PRIMARY.to_owned() } else { names::function(&columns.join("_and_")) };
            let index = index_of(&columns, key.is_primary);
            Claim::new(index.clone(), index, plain)
        })
        .collect();
    let given = Scope::new(Style::Snake).assign(&claims, &Previous::default(), |name| vec![name.to_owned()]);
    for (key, function) in keys.iter_mut().zip(given) {
        key.function = function;
    }
}
