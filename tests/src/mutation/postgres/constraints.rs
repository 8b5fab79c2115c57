//! Keys, CHECKs, exclusion constraints and indexes.

use tablature::catalog::{Index, QName, Relation, UniqueKey};
use tablature::findings::Status::{self, *};

use super::{renamed, together};
use crate::mutation::ground::Ground;
use crate::mutation::{Change, Kinds, constraint, index};

/// A constraint that was dropped and made anew in another way.
fn anew(ground: &Ground, relation: &Relation, name: &str, after: &str, status: Status) -> Option<Change> {
    let before = ground.print(relation, name)?;
    let (table, quoted) = (ground.named(&relation.name), ground.quoted(name));
    let alter = |to: &str| format!("ALTER TABLE {table} DROP CONSTRAINT {quoted}, ADD CONSTRAINT {quoted} {to}");
    let place = constraint(&ground.place(relation), name);
    Some(Change::new(alter(&after.replace("{}", before)), alter(before), &[(status, &place)]))
}

/// A constraint that is added under a new name.
fn another(ground: &Ground, relation: &Relation, definition: &str, status: Status) -> Change {
    let table = ground.named(&relation.name);
    let place = constraint(&ground.place(relation), "tablature_new");
    Change::new(
        format!("ALTER TABLE {table} ADD CONSTRAINT tablature_new {definition}"),
        format!("ALTER TABLE {table} DROP CONSTRAINT tablature_new"),
        &[(status, &place)],
    )
}

fn dropped(ground: &Ground, relation: &Relation, name: &str, status: Status) -> Option<Change> {
    let (table, quoted) = (ground.named(&relation.name), ground.quoted(name));
    Some(Change::new(
        format!("ALTER TABLE {table} DROP CONSTRAINT {quoted}"),
        format!("ALTER TABLE {table} ADD CONSTRAINT {quoted} {}", ground.print(relation, name)?),
        &[(status, &constraint(&ground.place(relation), name))],
    ))
}

fn renamed_constraint(ground: &Ground, relation: &Relation, name: &str, status: Status) -> Change {
    let place = ground.place(relation);
    let places = [(status, &constraint(&place, name)), (status, &constraint(&place, "tablature_gone"))];
    renamed(ground, &format!("TABLE {}", ground.named(&relation.name)), "CONSTRAINT", name, places)
}

pub(super) fn keys(ground: &Ground, kinds: &mut Kinds) {
    let primary = || {
        let relations = ground.tables();
        relations.filter_map(|relation| Some((relation, relation.primary_key.as_ref()?.name.as_deref()?)))
    };
    kinds.add(
        "primary key dropped",
        primary().filter_map(|(relation, name)| dropped(ground, relation, name, KeyMismatch)),
    );
    kinds.add(
        "primary key renamed",
        primary().map(|(relation, name)| {
            let what = format!("TABLE {}", ground.named(&relation.name));
            let gone = constraint(&ground.place(relation), "tablature_gone");
            let places = [(KeyMismatch, &gone); 2];
            let mut change = renamed(ground, &what, "CONSTRAINT", name, places);
            // There is one primary key, whatever it is called.
            change.expected.pop();
            change
        }),
    );
    kinds.add(
        "primary key made deferrable",
        primary().filter_map(|(relation, name)| anew(ground, relation, name, "{} DEFERRABLE", KeyMismatch)),
    );
    let without_key = ground.tables().filter(|relation| relation.primary_key.is_none());
    kinds.add(
        "primary key added",
        without_key.flat_map(|relation| {
            let columns = relation.columns.iter().filter(|column| !column.nullable);
            columns.map(|column| {
                let definition = format!("PRIMARY KEY ({})", ground.quoted(&column.name));
                another(ground, relation, &definition, KeyMismatch)
            })
        }),
    );
    let with_more = primary().filter_map(|(relation, name)| {
        let key = relation.primary_key.as_ref()?;
        let free = relation.columns.iter().find(|column| !column.nullable && !key.columns.contains(&column.name))?;
        let columns: Vec<String> = key.columns.iter().chain([&free.name]).map(|name| ground.quoted(name)).collect();
        anew(ground, relation, name, &format!("PRIMARY KEY ({})", columns.join(", ")), KeyMismatch)
    });
    kinds.add("primary key with one more column", with_more);
    let unique = || {
        let relations = ground.tables();
        relations.flat_map(|relation| {
            relation.unique_keys.iter().filter_map(move |key| Some((relation, key.name.as_deref()?, key)))
        })
    };
    kinds.add(
        "unique key added",
        ground.columns().map(|(relation, column)| {
            another(ground, relation, &format!("UNIQUE ({})", ground.quoted(&column.name)), KeyMismatch)
        }),
    );
    kinds.add(
        "unique key dropped",
        unique().filter_map(|(relation, name, _)| dropped(ground, relation, name, KeyMismatch)),
    );
    kinds.add(
        "unique key renamed",
        unique().map(|(relation, name, _)| renamed_constraint(ground, relation, name, KeyMismatch)),
    );
    kinds.add(
        "unique key made deferrable",
        unique().filter_map(|(relation, name, _)| {
            anew(ground, relation, name, "{} DEFERRABLE INITIALLY DEFERRED", KeyMismatch)
        }),
    );
    let of_columns =
        |key: &UniqueKey| key.columns.iter().map(|name| ground.quoted(name)).collect::<Vec<_>>().join(", ");
    kinds.add(
        "unique key over NULLs",
        unique().filter_map(|(relation, name, key)| {
            let after = format!("UNIQUE NULLS NOT DISTINCT ({})", of_columns(key));
            anew(ground, relation, name, &after, KeyMismatch)
        }),
    );
    kinds.add(
        "unique key with another column",
        unique().filter_map(|(relation, name, key)| {
            let free = relation.columns.iter().find(|column| !key.columns.contains(&column.name))?;
            let after = format!("UNIQUE ({}, {})", of_columns(key), ground.quoted(&free.name));
            anew(ground, relation, name, &after, KeyMismatch)
        }),
    );
    let keyed = ground.tables().find(|relation| relation.name.name == "tablature_keyed");
    kinds.add(
        "exclusion constraint changed",
        keyed.and_then(|relation| {
            anew(ground, relation, "tablature_keyed_e", "EXCLUDE USING gist (e WITH -|-)", ConstraintMismatch)
        }),
    );
    kinds.add(
        "exclusion constraint dropped",
        keyed.and_then(|relation| dropped(ground, relation, "tablature_keyed_e", ConstraintMismatch)),
    );
}

pub(super) fn foreign_keys(ground: &Ground, kinds: &mut Kinds) {
    let all = || {
        ground.tables().flat_map(|relation| {
            relation.foreign_keys.iter().filter_map(move |key| Some((relation, key.name.as_deref()?, key)))
        })
    };
    let plain = |name: &str, relation: &Relation| {
        ground.print(relation, name).filter(|text| !text.contains(" ON ") && !text.contains("DEFERR")).is_some()
    };
    let mut altered = |kind, after: &'static str| {
        let list = all().filter(|(relation, name, _)| plain(name, relation));
        kinds.add(
            kind,
            list.filter_map(|(relation, name, _)| anew(ground, relation, name, after, KeyMismatch)).collect::<Vec<_>>(),
        );
    };
    altered("foreign key ON DELETE CASCADE", "{} ON DELETE CASCADE");
    altered("foreign key ON DELETE SET NULL", "{} ON DELETE SET NULL");
    altered("foreign key ON DELETE RESTRICT", "{} ON DELETE RESTRICT");
    altered("foreign key ON DELETE SET DEFAULT", "{} ON DELETE SET DEFAULT");
    altered("foreign key ON UPDATE CASCADE", "{} ON UPDATE CASCADE");
    altered("foreign key made deferrable", "{} DEFERRABLE");
    altered("foreign key made initially deferred", "{} DEFERRABLE INITIALLY DEFERRED");
    altered("foreign key NOT VALID", "{} NOT VALID");
    kinds.add(
        "foreign key dropped",
        all().filter_map(|(relation, name, _)| dropped(ground, relation, name, KeyMismatch)),
    );
    kinds.add(
        "foreign key added",
        all().filter_map(|(relation, name, _)| {
            Some(another(ground, relation, ground.print(relation, name)?, KeyMismatch))
        }),
    );
    kinds.add(
        "foreign key renamed",
        all().map(|(relation, name, _)| renamed_constraint(ground, relation, name, KeyMismatch)),
    );
    kinds.add(
        "foreign key to another table",
        all().filter_map(|(relation, name, key)| {
            let columns: Vec<String> = key.columns.iter().map(|name| ground.quoted(name)).collect();
            let after = format!("FOREIGN KEY ({}) REFERENCES tablature_keyed (id)", columns.join(", "));
            let is_other = key.references.name != "tablature_keyed";
            is_other.then(|| anew(ground, relation, name, &after, KeyMismatch))?
        }),
    );
}

pub(super) fn checks(ground: &Ground, kinds: &mut Kinds) {
    let all = || {
        ground.tables().flat_map(|relation| {
            relation.checks.iter().filter_map(move |check| Some((relation, check.name.as_deref()?)))
        })
    };
    kinds.add(
        "CHECK added",
        ground.columns().map(|(relation, column)| {
            let definition = format!("CHECK ({} IS NOT NULL)", ground.quoted(&column.name));
            another(ground, relation, &definition, ConstraintMismatch)
        }),
    );
    kinds
        .add("CHECK dropped", all().filter_map(|(relation, name)| dropped(ground, relation, name, ConstraintMismatch)));
    kinds.add(
        "CHECK renamed",
        all().map(|(relation, name)| renamed_constraint(ground, relation, name, ConstraintMismatch)),
    );
    kinds.add(
        "CHECK changed",
        all().filter_map(|(relation, name)| {
            let before = ground.print(relation, name)?.strip_prefix("CHECK (")?.strip_suffix(')')?;
            anew(ground, relation, name, &format!("CHECK (({before}) OR 1 = 2)"), ConstraintMismatch)
        }),
    );
    let mut altered = |kind, after: &'static str| {
        let change = |(relation, name)| anew(ground, relation, name, after, ConstraintMismatch);
        kinds.add(kind, all().filter_map(change).collect::<Vec<_>>());
    };
    altered("CHECK NOT VALID", "{} NOT VALID");
    altered("CHECK NO INHERIT", "{} NO INHERIT");
}

pub(super) fn indexes(ground: &Ground, kinds: &mut Kinds) {
    let simple = || {
        ground.tables().flat_map(|relation| {
            relation.indexes.iter().filter_map(move |found| {
                let [part] = found.parts.as_slice() else { return None };
                let plain = !part.descending && !part.nulls_reversed && part.operator_class.is_none();
                let plain = plain && part.collation.is_none() && found.predicate.is_none() && found.include.is_empty();
                let is_simple = plain && !found.unique && matches!(found.method.as_deref(), None | Some("btree"));
                let definition = ground.print(relation, &found.name)?;
                is_simple.then(|| Some((relation, found, part.column.as_deref()?, definition)))?
            })
        })
    };
    kinds.add(
        "index added",
        ground.columns().map(|(relation, found)| {
            let QName { schema, .. } = &relation.name;
            Change::new(
                format!(
                    "CREATE INDEX tablature_new ON {} ({})",
                    ground.named(&relation.name),
                    ground.quoted(&found.name)
                ),
                format!("DROP INDEX {}.tablature_new", ground.quoted(schema)),
                &[(IndexMismatch, &index(&ground.place(relation), "tablature_new"))],
            )
        }),
    );
    let named = |relation: &Relation, name: &str| ground.named(&QName::new(&relation.name.schema, name));
    kinds.add(
        "index dropped",
        simple().map(|(relation, found, _, definition)| {
            let place = index(&ground.place(relation), &found.name);
            let name = named(relation, &found.name);
            Change::new(format!("DROP INDEX {name}"), definition, &[(IndexMismatch, &place)])
        }),
    );
    kinds.add(
        "index renamed",
        simple().map(|(relation, found, ..)| {
            let place = ground.place(relation);
            let places =
                [(IndexMismatch, &index(&place, &found.name)), (IndexMismatch, &index(&place, "tablature_gone"))];
            Change::new(
                format!("ALTER INDEX {} RENAME TO tablature_gone", named(relation, &found.name)),
                format!("ALTER INDEX {} RENAME TO {}", named(relation, "tablature_gone"), ground.quoted(&found.name)),
                &places,
            )
        }),
    );
    kinds.add(
        "comment on an index",
        simple().map(|(relation, found, ..)| {
            let comment = |text: &str| format!("COMMENT ON INDEX {} IS {text}", named(relation, &found.name));
            let place = index(&ground.place(relation), &found.name);
            Change::new(comment("'new'"), comment("NULL"), &[(CommentMismatch, &place)])
        }),
    );
    let mut altered = |kind, after: &'static str| {
        let change = |(relation, found, of, definition): (&Relation, &Index, &str, &str)| {
            let place = index(&ground.place(relation), &found.name);
            let make =
                |definition: &str| together(&format!("DROP INDEX {}; {definition}", named(relation, &found.name)));
            let after = after.replace("{name}", &ground.quoted(&found.name));
            let after = after.replace("{table}", &ground.named(&relation.name)).replace("{column}", &ground.quoted(of));
            Change::new(make(&format!("CREATE {after}")), make(definition), &[(IndexMismatch, &place)])
        };
        kinds.add(kind, simple().map(change).collect::<Vec<_>>());
    };
    altered("index made unique", "UNIQUE INDEX {name} ON {table} ({column})");
    altered("index by another method", "INDEX {name} ON {table} USING hash ({column})");
    altered("index descending", "INDEX {name} ON {table} ({column} DESC)");
    altered("index with NULLs first", "INDEX {name} ON {table} ({column} NULLS FIRST)");
    altered("index with a predicate", "INDEX {name} ON {table} ({column}) WHERE {column} IS NOT NULL");
    altered("index over an expression", "INDEX {name} ON {table} (({column} IS NULL))");
    altered("index with one more column", "INDEX {name} ON {table} ({column}, ({column} IS NULL))");
    altered("index that includes a column", "INDEX {name} ON {table} ({column}) INCLUDE ({column})");
}
