//! What a change of the schema does to the code that uses the generated crate.
//!
//! Both models are turned into their [surfaces](surface), which hold every public item by its Rust path, and those are compared:
//! names are Rust's, so that a column which was renamed in the database and kept its name in Rust by the configuration changes
//! nothing here.

mod rules;
mod surface;

use serde::Serialize;

use crate::resolve::Model;
pub use rules::{Breaks, Rule};
use surface::{Field, Item, Role, Shape, surface};

/// A change of the generated API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ApiChange {
    /// The relation or type of the database that the item is made of, as `schema.name`.
    pub about: String,
    /// The item: `Book.price`, `BookFormat::Ebook`, `book::keys::isbn`.
    pub path: String,
    /// The field of a struct, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The form that the struct is, `insert` or `patch`; absent for all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<&'static str>,
    /// What sort of change it is.
    pub rule: Rule,
    /// Which code it breaks.
    pub breaks: Breaks,
    /// What it was; absent for what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is; absent for what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The change in words.
    pub message: String,
    /// Why it breaks code, or why it does not.
    pub why: &'static str,
}

impl ApiChange {
    /// Whether code that compiled, or meant something, may no longer do so.
    pub fn is_breaking(&self) -> bool {
        self.breaks != Breaks::Nothing
    }
}

/// The changes so far.
struct Changes {
    list: Vec<ApiChange>,
}

impl Changes {
    fn push(&mut self, item: &Item, path: String, rule: Rule, from: Option<&str>, to: Option<&str>, message: String) {
        let (form, is_struct) = match &item.shape {
            Shape::Struct { role: Role::Insert, .. } => (Some("insert"), true),
            Shape::Struct { role: Role::Patch, .. } => (Some("patch"), true),
            Shape::Struct { .. } => (None, true),
            _ => (None, false),
        };
        // Names of structs have no points in them.
        let field = path.rsplit_once('.').filter(|_| is_struct).map(|(_, field)| field.to_owned());
        self.list.push(ApiChange {
            about: item.about.clone(),
            path,
            field,
            form,
            rule,
            breaks: rule.breaks(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            message,
            why: rule.explanation(),
        });
    }

    fn retyped(&mut self, item: &Item, path: String, rule: Rule, what: &str, from: &str, to: &str) {
        if from != to {
            self.push(item, path, rule, Some(from), Some(to), format!("{what} changed from {from} to {to}"));
        }
    }
}

/// What changes in the API from one model to the other, by what it is made of.
pub(super) fn changes(old: &Model, new: &Model) -> Vec<ApiChange> {
    let (before, after) = (surface(old), surface(new));
    let mut changes = Changes { list: Vec::new() };
    for (path, item) in &before {
        match after.get(path) {
            None if !has_parent(&after, &before, item) => {
                changes.push(item, path.clone(), Rule::ItemRemoved, Some(item.shape.what()), None, removed(item));
            }
            None => {}
            Some(now) => compare(&mut changes, path, item, now),
        }
    }
    for (path, item) in &after {
        if !before.contains_key(path) && !has_parent(&before, &after, item) {
            let message = format!("{} added{}", item.shape.what(), listed(item));
            changes.push(item, path.clone(), Rule::ItemAdded, None, Some(item.shape.what()), message);
        }
    }
    let mut list = changes.list;
    list.sort();
    list
}

/// Whether an item stands in a module that one side has and the other has not: then the module is told, and not the item.
fn has_parent(other: &surface::Surface, own: &surface::Surface, item: &Item) -> bool {
    item.module.as_ref().is_some_and(|module| own.contains_key(module) && !other.contains_key(module))
}

fn removed(item: &Item) -> String {
    format!("{} removed{}", item.shape.what(), listed(item))
}

/// What came or went with a module.
fn listed(item: &Item) -> String {
    match &item.shape {
        Shape::Module { names } if !names.is_empty() => format!(", with {}", names.join(", ")),
        Shape::Constant { ty, .. } if !ty.is_empty() => format!(": {ty}"),
        Shape::Alias { target } => format!(": {target}"),
        _ => String::new(),
    }
}

fn compare(changes: &mut Changes, path: &str, old: &Item, new: &Item) {
    match (&old.shape, &new.shape) {
        (Shape::Struct { role, fields, open, .. }, Shape::Struct { fields: now, role: role_now, .. })
            if role == role_now =>
        {
            compare_fields(changes, path, new, (fields, now), *open);
        }
        (Shape::Enum { variants, open, .. }, Shape::Enum { variants: now, .. }) => {
            compare_variants(changes, path, new, (variants, now), *open);
        }
        (Shape::Alias { target }, Shape::Alias { target: now }) => {
            changes.retyped(new, path.to_owned(), Rule::TypeChanged, "the type that it stands for", target, now);
        }
        (Shape::Newtype { inner }, Shape::Newtype { inner: now }) => {
            changes.retyped(new, path.to_owned(), Rule::TypeChanged, "the type inside", inner, now);
        }
        (Shape::Function { parameters }, Shape::Function { parameters: now }) => {
            changes.retyped(new, path.to_owned(), Rule::ParametersChanged, "the parameters", parameters, now);
        }
        (Shape::Constant { ty, value }, Shape::Constant { ty: ty_now, value: value_now }) => {
            changes.retyped(new, path.to_owned(), Rule::TypeChanged, "the type", ty, ty_now);
            if ty == ty_now {
                changes.retyped(new, path.to_owned(), Rule::ValueChanged, "what it stands for", value, value_now);
            }
        }
        (Shape::Module { .. }, Shape::Module { .. }) | (Shape::Impl, Shape::Impl) => {}
        (was, is) => {
            let (was, is) = (was.what(), is.what());
            changes.retyped(new, path.to_owned(), Rule::KindChanged, "it", was, is);
        }
    }
}

fn compare_fields(changes: &mut Changes, path: &str, item: &Item, fields: (&[Field], &[Field]), open: bool) {
    let Shape::Struct { role, .. } = &item.shape else { return };
    let (old, new) = fields;
    let find = |list: &'_ [Field], name: &str| list.iter().position(|field| field.name == name);
    for field in old {
        let at = format!("{path}.{}", field.name);
        match find(new, &field.name).map(|at| &new[at]) {
            None => {
                let message = format!("field removed: {}", field.ty);
                changes.push(item, at, Rule::FieldRemoved, Some(&field.ty), None, message);
            }
            Some(now) => {
                changes.retyped(item, at.clone(), Rule::TypeChanged, "the type", &field.ty, &now.ty);
                if field.also != now.also {
                    let (was, is) = (field.also.join(" and "), now.also.join(" and "));
                    changes.retyped(item, at, Rule::ColumnNameChanged, "what stands for the column", &was, &is);
                }
            }
        }
    }
    for field in new.iter().filter(|field| find(old, &field.name).is_none()) {
        let (rule, message) = match role {
            _ if open => (Rule::FieldAddedToOpen, "field added"),
            Role::Insert if field.is_required() => (Rule::RequiredFieldAdded, "required field added"),
            Role::Insert => (Rule::OptionalFieldAdded, "optional field added"),
            Role::Patch => (Rule::PatchFieldAdded, "field added"),
            Role::Row | Role::Composite => (Rule::FieldAdded, "field added"),
        };
        let message = format!("{message}: {}", field.ty);
        changes.push(item, format!("{path}.{}", field.name), rule, None, Some(&field.ty), message);
    }
    let common = |one: &[Field], other: &[Field]| -> Vec<String> {
        one.iter().filter(|field| find(other, &field.name).is_some()).map(|field| field.name.clone()).collect()
    };
    // The forms have the order of the row.
    if matches!(role, Role::Row | Role::Composite) && common(old, new) != common(new, old) {
        let message = "the fields have another order".to_owned();
        changes.push(item, path.to_owned(), Rule::FieldsReordered, None, None, message);
    }
}

/// Variants and their labels.
type Variants = [(String, String)];

fn compare_variants(changes: &mut Changes, path: &str, item: &Item, variants: (&Variants, &Variants), open: bool) {
    let (old, new) = variants;
    let find = |list: &'_ Variants, name: &str| list.iter().position(|(known, _)| known == name);
    for (name, label) in old {
        let at = format!("{path}::{name}");
        match find(new, name).map(|at| &new[at].1) {
            None => {
                let message = format!("variant removed, of the label {label:?}");
                changes.push(item, at, Rule::VariantRemoved, Some(label), None, message);
            }
            Some(now) => changes.retyped(item, at, Rule::LabelChanged, "the label", label, now),
        }
    }
    for (name, label) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
        let rule = if open { Rule::VariantAddedToOpen } else { Rule::VariantAdded };
        let message = format!("variant added, of the label {label:?}");
        changes.push(item, format!("{path}::{name}"), rule, None, Some(label), message);
    }
    let common = |one: &Variants, other: &Variants| -> Vec<String> {
        one.iter().filter(|(name, _)| find(other, name).is_some()).map(|(name, _)| name.clone()).collect()
    };
    let (was, is) = (common(old, new), common(new, old));
    if was != is {
        let (was, is) = (was.join(", "), is.join(", "));
        changes.retyped(item, path.to_owned(), Rule::VariantsReordered, "the order of the variants", &was, &is);
    }
}
