//! What tablature tells of a schema: its catalog, and the model of the generated crate, as facts.

use tablature::catalog::{Action, Catalog, Engine, ForeignKey, Index, QName, Relation, SqlType, UniqueKey};
use tablature::resolve::Model;
use tablature::resolve::model::{Entity, EnumItem, ForeignItem, Module, TypeItem};

use super::facts::{ColumnFacts, Facts, ForeignFacts, Part, RelationFacts, UniqueFacts};

/// What a catalog tells.
pub fn by_catalog(catalog: &Catalog) -> Facts {
    let mut facts = Facts::default();
    for relation in &catalog.relations {
        facts.relations.insert(relation.name.clone(), relation_of(catalog.engine, relation, catalog));
        for column in &relation.columns {
            if let SqlType::InlineEnum { labels } | SqlType::Set { labels } = &column.ty {
                facts.enums.insert(format!("{}.{}", relation.name, column.name), labels.clone());
            }
        }
    }
    facts.enums.extend(catalog.enums.iter().map(|item| (item.name.to_string(), item.labels.clone())));
    facts
}

fn relation_of(engine: Engine, relation: &Relation, catalog: &Catalog) -> RelationFacts {
    let column = |column: &tablature::catalog::Column| ColumnFacts {
        name: column.name.clone(),
        nullable: (!relation.kind.is_view()).then_some(column.nullable),
        is_argument: column.hidden && engine == Engine::Sqlite,
    };
    let constraints = relation.unique_keys.iter().map(|key| constraint(engine, key));
    let indexes = relation.indexes.iter().filter(|index| index.unique).map(index);
    RelationFacts {
        kind: relation.kind,
        columns: relation.columns.iter().map(column).collect(),
        primary_key: relation.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default(),
        unique_keys: constraints.chain(indexes).collect(),
        foreign_keys: relation.foreign_keys.iter().map(|key| foreign_key(engine, key)).collect(),
        has_heirs: catalog.relations.iter().any(|other| other.inherits.contains(&relation.name)),
    }
}

/// SQLite's pragmas know no names of constraints.
fn constraint(engine: Engine, key: &UniqueKey) -> UniqueFacts {
    let name = key.name.clone().filter(|_| engine != Engine::Sqlite).unwrap_or_default();
    let mut parts: Vec<Part> = key.columns.iter().cloned().map(Part::Column).collect();
    if key.without_overlaps {
        parts.pop();
        parts.extend(key.columns.last().cloned().map(Part::Partly));
    }
    UniqueFacts { name, parts, is_whole: key.deferrable.is_none() }
}

fn index(index: &Index) -> UniqueFacts {
    let parts = index.parts.iter().map(|part| match &part.column {
        Some(column) if part.prefix.is_some() => Part::Partly(column.clone()),
        Some(column) => Part::Column(column.clone()),
        None => Part::Expression,
    });
    UniqueFacts {
        name: index.name.clone(),
        parts: parts.collect(),
        is_whole: index.predicate.is_none() && !index.invalid,
    }
}

fn foreign_key(engine: Engine, key: &ForeignKey) -> ForeignFacts {
    ForeignFacts {
        name: key.name.clone().filter(|_| engine != Engine::Sqlite).unwrap_or_default(),
        columns: key.columns.clone(),
        references: key.references.clone(),
        referenced_columns: key.referenced_columns.clone(),
        on_update: action(engine, key.on_update),
        on_delete: action(engine, key.on_delete),
    }
}

/// MySQL's two ways to refuse are one, and what is printed for neither differs between its servers.
fn action(engine: Engine, action: Action) -> Action {
    if engine.is_mysql_family() && action == Action::Restrict { Action::NoAction } else { action }
}

/// What the model of a generated crate tells.
pub fn by_model(model: &Model) -> Facts {
    let mut facts = Facts::default();
    for module in &model.modules {
        for entity in &module.entities {
            facts.relations.insert(entity.relation.clone(), entity_of(model.engine, entity));
            if model.engine.is_mysql_family() {
                facts.enums.extend(inline_enums(module, entity));
            }
        }
        for item in &module.types {
            if let TypeItem::Enum(item) = item
                && item.is_type
            {
                facts.enums.insert(item.sql.clone(), labels(&item.variants));
            }
        }
    }
    facts
}

/// The labels of the columns whose types list them. A view's column has the type of the table's column that it is.
fn inline_enums(module: &Module, entity: &Entity) -> Vec<(String, Vec<String>)> {
    let items: Vec<&EnumItem> = module.entities.iter().flat_map(|entity| &entity.enums).collect();
    let named = |ty: &str| {
        let mut words = ty.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.find_map(|word| items.iter().find(|item| item.name == word))
    };
    let columns = entity.fields.iter().filter_map(|field| Some((field, named(&field.value_type)?)));
    columns.map(|(field, item)| (format!("{}.{}", entity.relation, field.sql), labels(&item.variants))).collect()
}

fn labels(variants: &[tablature::resolve::model::Variant]) -> Vec<String> {
    variants.iter().map(|variant| variant.label.clone()).collect()
}

fn entity_of(engine: Engine, entity: &Entity) -> RelationFacts {
    let columns = entity.fields.iter().map(|field| ColumnFacts {
        name: field.sql.clone(),
        nullable: (!entity.kind.is_view()).then_some(field.nullable),
        is_argument: false,
    });
    let unique_keys = entity.unique_keys.iter().filter(|_| !entity.kind.is_view()).map(|key| UniqueFacts {
        name: String::new(),
        parts: key.columns.iter().cloned().map(Part::Column).collect(),
        is_whole: true,
    });
    let foreign_key = |key: &ForeignItem| ForeignFacts {
        name: if engine == Engine::Sqlite { String::new() } else { key.name.clone() },
        columns: key.columns.clone(),
        references: key.references.clone(),
        referenced_columns: key.referenced_columns.clone(),
        on_update: action(engine, key.on_update),
        on_delete: action(engine, key.on_delete),
    };
    RelationFacts {
        kind: entity.kind,
        columns: columns.collect(),
        primary_key: entity.primary_key.clone(),
        unique_keys: unique_keys.collect(),
        foreign_keys: entity.foreign_keys.iter().map(foreign_key).collect(),
        has_heirs: false,
    }
}

/// How the columns of a crate are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reading {
    /// As they are.
    pub plain: usize,
    /// Through a cast.
    pub cast: usize,
    /// Not at all: the database has them, and neither a field nor the configuration speaks of them.
    pub lost: usize,
}

/// How the columns that a database has are read by a crate. A relation that the database cannot read has none.
pub fn reading(database: &Facts, model: &Model) -> Reading {
    let mut out = Reading::default();
    for (name, relation) in &database.relations {
        let entity = entity_named(model, name);
        for column in &relation.columns {
            let field = entity.and_then(|entity| entity.fields.iter().find(|field| field.sql == column.name));
            let left_out = entity.is_some_and(|entity| entity.left_out.contains(&column.name));
            match field {
                Some(field) if field.cast.is_some() => out.cast += 1,
                Some(_) => out.plain += 1,
                None if left_out => {}
                None => out.lost += 1,
            }
        }
    }
    out
}

fn entity_named<'m>(model: &'m Model, name: &QName) -> Option<&'m Entity> {
    let module = model.modules.iter().find(|module| module.schema == name.schema)?;
    module.entities.iter().find(|entity| entity.relation == *name)
}
