//! The public items of a generated crate, by their Rust paths.

use std::collections::BTreeMap;

use crate::resolve::Model;
use crate::resolve::model::{Entity, EnumItem, Extra, Module, TypeItem};

/// Items by path, such as `Book`, `book::keys::pk`, `shop::Series` or `impl Keyed for Book`.
pub(super) type Surface = BTreeMap<String, Item>;

/// A public item.
pub(super) struct Item {
    /// The relation or type of the database that it is made of.
    pub about: String,
    /// The path of the module that it comes and goes with; absent for what stands by itself.
    pub module: Option<String>,
    pub shape: Shape,
}

/// What an item is.
pub(super) enum Shape {
    Module {
        names: Vec<String>,
    },
    Struct {
        role: Role,
        fields: Vec<Field>,
        open: bool,
    },
    Enum {
        variants: Vec<(String, String)>,
        open: bool,
    },
    Newtype {
        inner: String,
    },
    Alias {
        target: String,
    },
    Function {
        parameters: String,
    },
    Constant {
        ty: String,
        value: String,
    },
    /// A trait that a type has.
    Impl,
}

impl Shape {
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Module { .. } => "module",
            Self::Struct { .. } => "struct",
            Self::Enum { .. } => "enum",
            Self::Newtype { .. } => "key type",
            Self::Alias { .. } => "type",
            Self::Function { .. } => "function",
            Self::Constant { .. } => "constant",
            Self::Impl => "trait",
        }
    }
}

/// What a struct is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Row,
    Insert,
    Patch,
    Composite,
}

/// A field of a struct.
pub(super) struct Field {
    pub name: String,
    pub ty: String,
    /// The variant and the constant that stand for the column.
    pub also: Vec<String>,
}

impl Field {
    /// Whether a form must give it.
    pub(super) fn is_required(&self) -> bool {
        !self.ty.starts_with("Option<")
    }
}

/// All that code can name in the crate that is made of a model.
pub(super) fn surface(model: &Model) -> Surface {
    let mut out = Surface::new();
    for module in &model.modules {
        add_module(module, &mut out);
    }
    out
}

fn add_module(module: &Module, out: &mut Surface) {
    let outer = module.name.as_ref().map_or_else(String::new, |name| format!("{name}::"));
    if let Some(name) = &module.name {
        let entities = module.entities.iter().map(|entity| entity.name.clone());
        let names = entities.chain(module.types.iter().map(|item| item.name().to_owned())).collect();
        let shape = Shape::Module { names };
        out.insert(name.clone(), Item { about: module.schema.clone(), module: None, shape });
    }
    let short = full_names(&module.type_imports);
    for item in &module.types {
        add_type(item, &outer, module.name.as_ref(), &short, out);
    }
    for entity in &module.entities {
        add_entity(entity, &outer, module.name.as_ref(), out);
    }
}

fn add_type(item: &TypeItem, outer: &str, module: Option<&String>, short: &Short, out: &mut Surface) {
    let (name, about, shape) = match item {
        TypeItem::Enum(item) => (&item.name, &item.sql, enumeration(item)),
        TypeItem::Alias(item) => (&item.name, &item.sql, Shape::Alias { target: full(&item.target, short) }),
        TypeItem::Struct(item) => {
            let fields = item.fields.iter().map(|field| Field {
                name: field.name.clone(),
                ty: full(&field.row_type, short),
                also: Vec::new(),
            });
            let shape = Shape::Struct { role: Role::Composite, fields: fields.collect(), open: is_open(&item.extra) };
            (&item.name, &item.sql, shape)
        }
    };
    out.insert(format!("{outer}{name}"), Item { about: about.clone(), module: module.cloned(), shape });
}

fn enumeration(item: &EnumItem) -> Shape {
    let variants = item.variants.iter().map(|variant| (variant.name.clone(), variant.label.clone()));
    Shape::Enum { variants: variants.collect(), open: is_open(&item.extra) }
}

/// Whether code elsewhere may not list what an item is made of.
fn is_open(extra: &Extra) -> bool {
    extra.attributes.iter().any(|attribute| attribute.trim() == "non_exhaustive")
}

fn add_entity(entity: &Entity, outer: &str, schema: Option<&String>, out: &mut Surface) {
    let about = entity.relation.to_string();
    let own = format!("{outer}{}", entity.module);
    let short = full_names(&entity.imports);
    let mut names = vec![entity.name.clone()];
    let forms = entity.insert.iter().chain(&entity.patch);
    names.extend(forms.chain(entity.key_type.iter().map(|key| &key.name)).cloned());
    names.extend(entity.enums.iter().map(|item| item.name.clone()));
    let shape = Shape::Module { names };
    out.insert(own.clone(), Item { about: about.clone(), module: schema.cloned(), shape });
    let mut add = |path: String, shape: Shape| {
        out.insert(path, Item { about: about.clone(), module: Some(own.clone()), shape });
    };
    let row = entity.fields.iter().map(|field| Field {
        name: field.name.clone(),
        ty: full(&field.row_type, &short),
        also: vec![format!("{}::{}", entity.columns_name, field.variant), format!("columns::{}", field.constant)],
    });
    let open = is_open(&entity.extra);
    add(format!("{outer}{}", entity.name), Shape::Struct { role: Role::Row, fields: row.collect(), open });
    for (name, role) in [(&entity.insert, Role::Insert), (&entity.patch, Role::Patch)] {
        let Some(name) = name else { continue };
        let fields: Vec<Field> = entity
            .fields
            .iter()
            .filter_map(|field| {
                let form = if role == Role::Insert { &field.insert } else { &field.patch };
                let ty = full(&form.as_ref()?.ty, &short);
                Some(Field { name: field.name.clone(), ty, also: Vec::new() })
            })
            .collect();
        // A form of which nothing is required can be made of nothing.
        if role == Role::Insert && !fields.iter().any(Field::is_required) {
            add(format!("impl Default for {outer}{name}"), Shape::Impl);
        }
        add(format!("{outer}{name}"), Shape::Struct { role, fields, open: false });
    }
    if !entity.kind.is_view() {
        add(format!("impl Writable for {outer}{}", entity.name), Shape::Impl);
    }
    if let Some(key) = &entity.key_type {
        add(format!("{outer}{}", key.name), Shape::Newtype { inner: full(&key.inner, &short) });
    }
    for item in &entity.enums {
        add(format!("{outer}{}", item.name), enumeration(item));
    }
    for key in &entity.keys {
        let parts: Vec<String> = key.parts.iter().map(|part| full(&part.ty, &short)).collect();
        let parameters = format!("({})", parts.join(", "));
        if key.is_primary {
            add(format!("impl Keyed for {outer}{}", entity.name), Shape::Impl);
            let owned: Vec<String> = key.parts.iter().map(|part| full(&part.owned, &short)).collect();
            let owned = if let [one] = owned.as_slice() { one.clone() } else { format!("({})", owned.join(", ")) };
            add(format!("impl IntoKey<{outer}{}> for {owned}", entity.name), Shape::Impl);
        }
        add(format!("{own}::keys::{}", key.function), Shape::Function { parameters });
    }
    for reference in entity.foreign_keys.iter().filter_map(|key| key.reference.as_ref().map(|item| (key, item))) {
        let (key, item) = reference;
        let ty = format!("to {}", full(&item.target, &short));
        let value = format!("({}) to ({})", key.columns.join(", "), key.referenced_columns.join(", "));
        add(format!("{own}::references::{}", item.name), Shape::Constant { ty, value });
    }
    for item in &entity.constraints {
        let value = [&item.sql, &item.columns.join(", "), &item.expression, &item.condition]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(": ");
        add(format!("{own}::constraints::{}", item.name), Shape::Constant { ty: String::new(), value });
    }
}

/// What the short names of a file stand for, where they stand for another name.
type Short = BTreeMap<String, String>;

/// The names that `use` lines give what would be mistaken for something else.
fn full_names(imports: &[String]) -> Short {
    let mut out = Short::new();
    for line in imports {
        let Some((path, names)) = line.trim_start_matches("use ").trim_end_matches(';').rsplit_once("::") else {
            continue;
        };
        // A line with several names ends with a group.
        let (path, names) = match line.split_once("::{") {
            Some((path, names)) => (path.trim_start_matches("use "), names.trim_end_matches("};")),
            None => (path, names),
        };
        if !path.starts_with("crate") {
            continue;
        }
        for name in names.split(',').map(str::trim) {
            let (name, short) = name.split_once(" as ").unwrap_or((name, name));
            let path = path.trim_start_matches("crate").trim_start_matches("::");
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
            out.insert(short.to_owned(), path);
        }
    }
    out
}

/// A type with what its short names stand for.
fn full(ty: &str, short: &Short) -> String {
    let mut out = String::with_capacity(ty.len());
    let mut rest = ty;
    while !rest.is_empty() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(if end == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { end });
        let is_first = !out.ends_with("::");
        out.push_str(short.get(word).filter(|_| is_first).map_or(word, String::as_str));
        rest = after;
    }
    out
}
