//! The types of the generated crate, as the project would name them.

use std::collections::BTreeMap;

use crate::catalog::QName;
use crate::resolve::Model;
use crate::resolve::model::{Entity, EnumItem, TypeItem};

/// The types of a crate.
pub(super) struct Generated<'m> {
    entities: BTreeMap<&'m QName, (&'m Entity, String)>,
    /// Types that stand for themselves, by their names; nothing for a name that several modules have.
    locals: BTreeMap<&'m str, Option<Local<'m>>>,
}

/// A type of the crate that is no row.
#[derive(Clone, Debug)]
pub(super) struct Local<'m> {
    /// Its path, with the crate's name.
    pub path: String,
    pub sort: Sort<'m>,
}

/// What sort of type it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sort<'m> {
    /// A key, and the type inside.
    Key(&'m str),
    Enum(&'m EnumItem),
    /// Composite types and other names of types.
    Other,
}

impl<'m> Generated<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let krate = model.crate_name.replace('-', "_");
        let mut entities = BTreeMap::new();
        let mut locals: BTreeMap<&str, Option<Local<'_>>> = BTreeMap::new();
        let mut add = |name: &'m str, local| {
            locals.entry(name).and_modify(|known| *known = None).or_insert(Some(local));
        };
        for module in &model.modules {
            let path = |name: &str| match &module.name {
                Some(module) => format!("{krate}::{module}::{name}"),
                None => format!("{krate}::{name}"),
            };
            for entity in &module.entities {
                entities.insert(&entity.relation, (entity, path(&entity.name)));
                if let Some(key) = &entity.key_type {
                    add(&key.name, Local { path: path(&key.name), sort: Sort::Key(&key.inner) });
                }
                for item in &entity.enums {
                    add(&item.name, Local { path: path(&item.name), sort: Sort::Enum(item) });
                }
            }
            for item in &module.types {
                let sort = match item {
                    TypeItem::Enum(item) => Sort::Enum(item),
                    TypeItem::Struct(_) | TypeItem::Alias(_) => Sort::Other,
                };
                add(item.name(), Local { path: path(item.name()), sort });
            }
        }
        Self { entities, locals }
    }

    /// The row of a relation, and its path.
    pub(super) fn entity(&self, relation: &QName) -> Option<(&'m Entity, &str)> {
        self.entities.get(relation).map(|(entity, path)| (*entity, path.as_str()))
    }

    /// A type of that name: nothing where there is none, and a nothing within where there are several.
    pub(super) fn local(&self, name: &str) -> Option<Option<&Local<'m>>> {
        self.locals.get(name).map(Option::as_ref)
    }
}
