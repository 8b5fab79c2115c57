//! What the engines know without a catalog.

use crate::catalog::Engine;

/// Whether a schema, by its key, is the engine's own.
pub(super) fn is_system_schema(engine: Engine, key: &str) -> bool {
    let own: &[&str] = match engine {
        Engine::Postgres => &["information_schema"],
        Engine::Mysql | Engine::Mariadb => &["information_schema", "mysql", "performance_schema", "sys"],
        Engine::Sqlite => &["temp"],
    };
    own.contains(&key) || engine == Engine::Postgres && key.starts_with("pg_")
}

/// Whether a relation without a schema, by its key, is the engine's own, or an extension's.
pub(super) fn is_system_relation(engine: Engine, key: &str) -> bool {
    match engine {
        Engine::Postgres => {
            key.starts_with("pg_") || ["geography_columns", "geometry_columns", "spatial_ref_sys"].contains(&key)
        }
        Engine::Mysql | Engine::Mariadb => key == "dual",
        Engine::Sqlite => key.starts_with("sqlite_") || key.starts_with("pragma_") || key == "dbstat",
    }
}

/// Whether every table has a column, by its key, that it does not list.
pub(crate) fn is_system_column(engine: Engine, key: &str) -> bool {
    let own: &[&str] = match engine {
        Engine::Postgres => &["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"],
        Engine::Mysql => &["_rowid"],
        Engine::Mariadb => &["_rowid", "row_end", "row_start"],
        Engine::Sqlite => &["_rowid_", "oid", "rowid"],
    };
    own.contains(&key)
}

/// Whether a word without parentheses, by its key, is a value of the engine's own.
pub(super) fn is_bare_value(engine: Engine, key: &str) -> bool {
    const ALL: &[&str] = &["current_date", "current_time", "current_timestamp", "default"];
    let own: &[&str] = match engine {
        Engine::Postgres => &[
            "current_catalog",
            "current_role",
            "current_schema",
            "current_user",
            "localtime",
            "localtimestamp",
            "session_user",
            "system_user",
            "user",
        ],
        Engine::Mysql | Engine::Mariadb => {
            &["current_role", "current_user", "localtime", "localtimestamp", "utc_date", "utc_time", "utc_timestamp"]
        }
        Engine::Sqlite => &["false", "true"],
    };
    ALL.contains(&key) || own.contains(&key)
}

/// How many of a function's first arguments are words and not columns.
pub(super) fn words_of_function(engine: Engine, name: &str) -> usize {
    const UNITS: &[&str] = &["get_format", "timestampadd", "timestampdiff"];
    const SEQUENCES: &[&str] = &["lastval", "nextval", "setval"];
    usize::from(engine.is_mysql_family() && (UNITS.contains(&name) || SEQUENCES.contains(&name)))
}

/// The columns of a function that stands where a table does, as far as they do not depend on its arguments.
pub(super) fn columns_of_function(engine: Engine, name: &str) -> Option<&'static [&'static str]> {
    Some(match (engine, name) {
        (Engine::Postgres, "json_each" | "json_each_text" | "jsonb_each" | "jsonb_each_text") => &["key", "value"],
        (
            Engine::Postgres,
            "json_array_elements" | "json_array_elements_text" | "jsonb_array_elements" | "jsonb_array_elements_text",
        ) => &["value"],
        (
            Engine::Postgres,
            "generate_series" | "json_object_keys" | "jsonb_object_keys" | "regexp_split_to_table" | "string_to_table",
        ) => &[],
        (Engine::Sqlite, "json_each" | "json_tree") => {
            &["key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"]
        }
        (Engine::Sqlite, "generate_series") => &["value", "start", "stop", "step"],
        _ => return None,
    })
}
