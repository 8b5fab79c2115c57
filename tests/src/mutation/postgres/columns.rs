//! Columns and their types.

use tablature::catalog::{Column, Identity, Relation};
use tablature::findings::Place;
use tablature::findings::Status::*;

use super::{literal, renamed};
use crate::mutation::ground::Ground;
use crate::mutation::{Change, Kinds, column};

pub(super) fn columns(ground: &Ground, kinds: &mut Kinds) {
    let free: Vec<(&Relation, &Column)> = ground.columns().collect();
    let added = |definition: &'static str| {
        ground.tables().map(move |relation| {
            let (place, name) = (ground.place(relation), ground.named(&relation.name));
            Change::new(
                format!("ALTER TABLE {name} ADD COLUMN tablature_new {definition}"),
                format!("ALTER TABLE {name} DROP COLUMN tablature_new"),
                &[(MissingInModel, &column(&place, "tablature_new"))],
            )
        })
    };
    kinds.add("column added", added("int"));
    kinds.add("column with NOT NULL and a default added", added("text NOT NULL DEFAULT ''"));
    kinds.add("generated column added", added("int GENERATED ALWAYS AS (1) STORED"));
    let is_plain = |column: &Column| column.default.is_none() && column.collation.is_none() && column.comment.is_none();
    let at_end =
        |relation: &Relation, column: &Column| relation.columns.last().is_some_and(|last| last.name == column.name);
    let last = free.iter().filter(|(relation, column)| is_plain(column) && at_end(relation, column));
    kinds.add(
        "column dropped",
        last.map(|(relation, found)| {
            let (name, quoted) = (ground.named(&relation.name), ground.quoted(&found.name));
            let not_null = if found.nullable { "" } else { " NOT NULL" };
            Change::new(
                format!("ALTER TABLE {name} DROP COLUMN {quoted}"),
                format!("ALTER TABLE {name} ADD COLUMN {quoted} {}{not_null}", found.raw),
                &[(MissingInDatabase, &column(&ground.place(relation), &found.name))],
            )
        }),
    );
    kinds.add(
        "column renamed",
        free.iter().map(|(relation, found)| {
            let place = ground.place(relation);
            renamed(
                ground,
                &format!("TABLE {}", ground.named(&relation.name)),
                "COLUMN",
                &found.name,
                [
                    (MissingInDatabase, &column(&place, &found.name)),
                    (MissingInModel, &column(&place, "tablature_gone")),
                ],
            )
        }),
    );
    let every: Vec<(&Relation, &Column)> =
        ground.tables().flat_map(|relation| relation.columns.iter().map(move |column| (relation, column))).collect();
    let mut altered =
        |name, list: &[(&Relation, &Column)], status, edit: &dyn Fn(&Column) -> Option<(String, String)>| {
            let change = |(relation, found): &(&Relation, &Column)| {
                let (after, before) = edit(found)?;
                let (table, quoted) = (ground.named(&relation.name), ground.quoted(&found.name));
                let alter = |to: &str| format!("ALTER TABLE {table} ALTER COLUMN {quoted} {to}");
                let place = column(&ground.place(relation), &found.name);
                Some(Change::new(alter(&after), alter(&before), &[(status, &place)]))
            };
            kinds.add(name, list.iter().filter_map(change).collect::<Vec<_>>());
        };
    let both = |after: &str, before: &str| Some((after.to_owned(), before.to_owned()));
    altered("column made NOT NULL", &free, NullabilityMismatch, &|column| {
        column.nullable.then(|| both("SET NOT NULL", "DROP NOT NULL"))?
    });
    altered("column made NULL", &free, NullabilityMismatch, &|column| {
        (!column.nullable).then(|| both("DROP NOT NULL", "SET NOT NULL"))?
    });
    altered("default added", &free, DefaultMismatch, &|column| {
        let value = match column.raw.as_str() {
            "text" => "'seven'",
            "integer" | "bigint" | "smallint" | "numeric" => "7",
            "boolean" => "true",
            _ => return None,
        };
        column.default.is_none().then(|| both(&format!("SET DEFAULT {value}"), "DROP DEFAULT"))?
    });
    altered("default changed", &free, DefaultMismatch, &|column| {
        let default = column.default.as_ref()?;
        let is_text = column.raw == "text" || column.raw.starts_with("character varying");
        is_text.then(|| both("SET DEFAULT 'other'", &format!("SET DEFAULT {default}")))?
    });
    altered("default dropped", &free, DefaultMismatch, &|column| {
        both("DROP DEFAULT", &format!("SET DEFAULT {}", column.default.as_ref()?))
    });
    altered("identity added", &free, IdentityMismatch, &|column| {
        let is_number = matches!(column.raw.as_str(), "integer" | "bigint" | "smallint");
        let can = is_number && !column.nullable && column.default.is_none();
        can.then(|| both("ADD GENERATED ALWAYS AS IDENTITY", "DROP IDENTITY"))?
    });
    altered("identity changed", &every, IdentityMismatch, &|column| match column.identity? {
        Identity::Always => both("SET GENERATED BY DEFAULT", "SET GENERATED ALWAYS"),
        Identity::ByDefault => both("SET GENERATED ALWAYS", "SET GENERATED BY DEFAULT"),
        _ => None,
    });
    altered("identity dropped", &every, IdentityMismatch, &|column| match column.identity? {
        Identity::Always => both("DROP IDENTITY", "ADD GENERATED ALWAYS AS IDENTITY"),
        Identity::ByDefault => both("DROP IDENTITY", "ADD GENERATED BY DEFAULT AS IDENTITY"),
        _ => None,
    });
    altered("collation added", &free, CollationMismatch, &|column| {
        let can = column.raw == "text" && column.collation.is_none();
        can.then(|| both("TYPE text COLLATE \"POSIX\"", "TYPE text"))?
    });
    altered("collation dropped", &free, CollationMismatch, &|column| {
        let collation = column.collation.as_ref()?;
        let plain = collation.strip_prefix("pg_catalog.").unwrap_or(collation);
        both(&format!("TYPE {}", column.raw), &format!("TYPE {} COLLATE \"{}\"", column.raw, plain.trim_matches('"')))
    });
    let commented = |column: &Column, after: &str| {
        let before = column.comment.as_deref().map_or_else(|| "NULL".to_owned(), literal);
        (after.to_owned(), before)
    };
    let mut remarked = |name, filter: fn(&Column) -> bool, after: &str| {
        let change = |(relation, found): &(&Relation, &Column)| {
            let at = format!("{}.{}", ground.named(&relation.name), ground.quoted(&found.name));
            let (after, before) = commented(found, after);
            let comment = |text: &str| format!("COMMENT ON COLUMN {at} IS {text}");
            let place = column(&ground.place(relation), &found.name);
            Change::new(comment(&after), comment(&before), &[(CommentMismatch, &place)])
        };
        kinds.add(name, every.iter().filter(|(_, found)| filter(found)).map(change).collect::<Vec<_>>());
    };
    remarked("comment on a column added", |column| column.comment.is_none(), "'new'");
    remarked("comment on a column changed", |column| column.comment.is_some(), "'other'");
    remarked("comment on a column dropped", |column| column.comment.is_some(), "NULL");
    let keyed = Place::relation("public", "tablature_keyed");
    let make = |to: &str| {
        format!("ALTER TABLE tablature_keyed DROP COLUMN g; ALTER TABLE tablature_keyed ADD COLUMN g int {to}")
    };
    let before = make("GENERATED ALWAYS AS (f * 2) STORED");
    let generated = [(GeneratedMismatch, &column(&keyed, "g"))];
    kinds.add("expression changed", [Change::new(make("GENERATED ALWAYS AS (f * 3) STORED"), &before, &generated)]);
    kinds.add("generated column made plain", [Change::new(make(""), &before, &generated)]);
}

pub(super) fn types(ground: &Ground, kinds: &mut Kinds) {
    let free: Vec<(&Relation, &Column)> = ground.columns().collect();
    let mut typed = |name, edit: &dyn Fn(&str) -> Option<String>| {
        let change = |(relation, found): &(&Relation, &Column)| {
            if found.default.is_some() || found.collation.is_some() {
                return None;
            }
            let after = edit(&found.raw)?;
            let (table, quoted) = (ground.named(&relation.name), ground.quoted(&found.name));
            let alter = |to: &str, from: &str| {
                let using =
                    if from.contains("json") || to.ends_with("[]") { "NULL".to_owned() } else { quoted.clone() };
                format!("ALTER TABLE {table} ALTER COLUMN {quoted} TYPE {to} USING {using}::text::{to}")
            };
            let place = column(&ground.place(relation), &found.name);
            Some(Change::new(alter(&after, &found.raw), alter(&found.raw, &after), &[(TypeMismatch, &place)]))
        };
        kinds.add(name, free.iter().filter_map(change).collect::<Vec<_>>());
    };
    let from = |raw: &str, before: &str, after: &str| (raw == before).then(|| after.to_owned());
    typed("integer to bigint", &|raw| from(raw, "integer", "bigint"));
    typed("bigint to integer", &|raw| from(raw, "bigint", "integer"));
    typed("integer to text", &|raw| from(raw, "integer", "text"));
    typed("bigint to numeric", &|raw| from(raw, "bigint", "numeric"));
    typed("boolean to text", &|raw| from(raw, "boolean", "text"));
    typed("text to varchar", &|raw| from(raw, "text", "character varying(99)"));
    typed("text to an array", &|raw| from(raw, "text", "text[]"));
    typed("text to uuid", &|raw| from(raw, "text", "uuid"));
    typed("varchar to text", &|raw| raw.starts_with("character varying(").then(|| "text".to_owned()));
    typed("varchar made longer", &|raw| {
        let length: u32 = raw.strip_prefix("character varying(")?.strip_suffix(')')?.parse().ok()?;
        Some(format!("character varying({})", length + 1))
    });
    let numeric = |raw: &str| {
        let (precision, scale) = raw.strip_prefix("numeric(")?.strip_suffix(')')?.split_once(',')?;
        Some((precision.parse::<u32>().ok()?, scale.parse::<u32>().ok()?))
    };
    typed("numeric with more digits", &|raw| numeric(raw).map(|(p, s)| format!("numeric({},{s})", p + 1)));
    typed("numeric with another scale", &|raw| numeric(raw).map(|(p, s)| format!("numeric({p},{})", s + 1)));
    typed("numeric without bounds", &|raw| numeric(raw).map(|_| "numeric".to_owned()));
    typed("date to timestamp", &|raw| from(raw, "date", "timestamp without time zone"));
    typed("timestamp with a time zone", &|raw| from(raw, "timestamp without time zone", "timestamp with time zone"));
    typed("timestamp to milliseconds", &|raw| {
        from(raw, "timestamp without time zone", "timestamp(3) without time zone")
    });
    typed("json to jsonb", &|raw| from(raw, "json", "jsonb"));
}
