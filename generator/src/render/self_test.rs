//! The test that proves the crate on a scratch database.

use tablature_templates::{SelfTestFile, SubjectView};

use super::Job;
use super::rust::{from_root, print};
use crate::catalog::{Engine, QName};
use crate::config::Source;
use crate::resolve::Model;
use crate::resolve::model::{Entity, Module};

/// Where it is.
const FILE: &str = "tests/self_test.rs";

pub(super) fn jobs<'a>(model: &'a Model, source: &Source) -> Option<Job<'a>> {
    source.self_test.then(|| Job::new(FILE, |path| print(path, "from the whole schema", &view(model), None)))
}

fn view(model: &Model) -> SelfTestFile {
    let mut subjects: Vec<(&QName, SubjectView)> = model
        .modules
        .iter()
        .flat_map(|module| module.entities.iter().map(move |entity| (&entity.relation, subject(module, entity))))
        .collect();
    subjects.sort_by_key(|(relation, _)| *relation);
    SelfTestFile {
        package: model.crate_name.clone(),
        name: model.crate_name.replace('-', "_"),
        url: match model.engine {
            Engine::Postgres => "postgres://postgres@127.0.0.1/scratch",
            Engine::Mysql | Engine::Mariadb => "mysql://root@127.0.0.1/scratch",
            Engine::Sqlite => "sqlite:scratch.db",
        },
        unicode_names: model.unicode_names,
        subjects: subjects.into_iter().map(|(_, view)| view).collect(),
    }
}

fn subject(module: &Module, entity: &Entity) -> SubjectView {
    let named = |name: &String| from_root(module, name);
    SubjectView {
        row: named(&entity.name),
        module: named(&entity.module),
        keyed: entity.keys.iter().any(|key| key.is_primary),
        insert: entity.insert.as_ref().map(named),
        patch: entity.patch.as_ref().map(named),
    }
}
