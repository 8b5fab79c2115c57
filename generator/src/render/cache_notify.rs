//! Triggers that tell of every write of a cached row: for programs that write past the runtime (PostgreSQL).

use sha2::{Digest, Sha256};
use tablature_templates::{CacheNotify, NotifiedTable};

use super::{Job, RenderError, fill};
use crate::catalog::Engine;
use crate::config::Source;
use crate::hex::hex;
use crate::resolve::Model;
use crate::resolve::model::Entity;

/// The channel that the runtime listens to. Without the feature `live` the runtime is not there to be asked.
const CHANNEL: &str = "tablature_cache";

pub(super) fn jobs<'a>(model: &'a Model, source: &Source) -> Result<Option<Job<'a>>, RenderError> {
    if !source.cache_notify {
        return Ok(None);
    }
    if model.engine != Engine::Postgres {
        return Err(RenderError::NoNotify);
    }
    Ok(Some(Job::new("cache-notify.sql", |path| {
        let entities = model.modules.iter().flat_map(|module| &module.entities);
        let tables = entities.filter(|entity| !entity.cache.keys.is_empty()).map(table).collect();
        fill(path, &CacheNotify { channel: CHANNEL, tables })
    })))
}

fn table(entity: &Entity) -> NotifiedTable {
    let (schema, name) = (&entity.relation.schema, &entity.relation.name);
    let quoted = |name: &str| Engine::Postgres.quoted(name);
    // Names have an end after 63 bytes; the digest tells tables apart whose names are longer.
    let digest = hex(&Sha256::digest(format!("{schema}.{name}").as_bytes())[..4]);
    let is_key = |column: &str| entity.cache.keys.iter().any(|key| key.columns.iter().any(|name| name == column));
    let columns = |row: &str| {
        let keys = entity.fields.iter().filter(|field| is_key(&field.sql));
        keys.map(|field| {
            let column = format!("{row}.{}", quoted(&field.sql));
            let read = field.cast.as_ref().map_or_else(|| column.clone(), |cast| cast.read.replace("{}", &column));
            format!("CAST({read} AS text)")
        })
        .collect()
    };
    NotifiedTable {
        function: format!("{}.tablature_cache_notify_{digest}", quoted(schema)),
        tag: format!("$tablature_{digest}$"),
        relation: format!("{}.{}", quoted(schema), quoted(name)),
        schema_literal: string(schema),
        name_literal: string(name),
        old: columns("OLD"),
        new: columns("NEW"),
    }
}

/// A string of characters, whatever `standard_conforming_strings` says.
fn string(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "''");
    if escaped.contains('\\') { format!("E'{escaped}'") } else { format!("'{escaped}'") }
}

#[cfg(all(test, feature = "live"))]
mod tests {
    use super::*;

    #[test]
    fn the_triggers_tell_where_the_runtime_listens() {
        assert_eq!(CHANNEL, tablature_runtime::CACHE_CHANNEL);
    }
}
