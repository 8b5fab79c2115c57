//! Kinds of changes of a schema of MySQL or MariaDB.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row as _};
use tablature::catalog::{Column, Identity, Relation, RelationKind};
use tablature::findings::Status::{self, *};
use tablature::findings::{PartKind, Place};

use super::ground::{Ground, reflected};
use super::{Change, Kinds, column, constraint, index};
use crate::blocking::block_on;
use crate::error::HarnessError;
use crate::scratch::{ScratchDatabase, connect_mysql};

/// What a schema may lack.
pub(super) const CARRIERS: &str = "
CREATE TABLE tablature_parent (a int, n int);
CREATE TABLE tablature_bare (a int NOT NULL, b int, c varchar(20), d datetime, e decimal(10,2), f text, g date, h time, i double,
    j bigint, k varchar(20) NOT NULL DEFAULT 'k' COMMENT 'printed', l tinyint, m char(3), n blob, o year, p bit(3), q smallint,
    r enum('red','green','blue'), s set('x','y','z'), t varchar(20) COLLATE utf8mb4_bin, u timestamp NULL DEFAULT NULL, v int,
    w int AS (v * 2) STORED, x int NOT NULL, y int, KEY tablature_bare_y (y)) COMMENT 'stands';
CREATE TABLE tablature_keyed (id int NOT NULL AUTO_INCREMENT, a varchar(20), b int, c int, d int, PRIMARY KEY (id),
    UNIQUE KEY tablature_keyed_a (a), KEY tablature_by_d (d), CONSTRAINT tablature_keyed_c CHECK (c > 0),
    CONSTRAINT tablature_keyed_d FOREIGN KEY (d) REFERENCES tablature_keyed (id));
CREATE TABLE tablature_pair (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a));
CREATE VIEW tablature_view AS SELECT a, n FROM tablature_parent;
";

/// How parts of a printed table are known.
fn of_column(name: &str) -> String {
    format!("column {name}")
}

fn of_key(name: &str) -> String {
    format!("key {name}")
}

fn of_constraint(name: &str) -> String {
    format!("constraint {name}")
}

pub(super) fn ground(database: &ScratchDatabase) -> Result<Ground, HarnessError> {
    block_on(async {
        let catalog = reflected(database).await?;
        let mut connection = connect_mysql(database.url()).await?;
        let (mut printed, mut queries) = (BTreeMap::new(), Vec::new());
        for relation in &catalog.relations {
            let what = if relation.kind == RelationKind::View { "VIEW" } else { "TABLE" };
            let statement = format!("SHOW CREATE {what} {}", catalog.engine.quoted(&relation.name.name));
            let row = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_one(&mut connection).await;
            let row = row.map_err(HarnessError::doing("print a table"))?;
            let bytes: Vec<u8> = row.try_get_unchecked(1).map_err(HarnessError::doing("print a table"))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if relation.kind == RelationKind::View {
                queries.push(text);
                continue;
            }
            for line in text.lines().skip(1) {
                let line = line.trim().trim_end_matches(',');
                let words = line.split('`').collect::<Vec<_>>();
                let [before, name, ..] = words.as_slice() else { continue };
                let part = match before.trim() {
                    "" => of_column(name),
                    "CONSTRAINT" => of_constraint(name),
                    "PRIMARY KEY (" => of_key("PRIMARY KEY"),
                    "KEY" | "UNIQUE KEY" => of_key(name),
                    _ => continue,
                };
                printed.insert((relation.name.clone(), part), line.to_owned());
            }
        }
        Ok(Ground { catalog, printed, queries })
    })
}

pub(super) fn kinds(ground: &Ground) -> Kinds {
    let mut kinds = Kinds::default();
    relations(ground, &mut kinds);
    columns(ground, &mut kinds);
    types(ground, &mut kinds);
    keys(ground, &mut kinds);
    foreign_keys(ground, &mut kinds);
    checks(ground, &mut kinds);
    indexes(ground, &mut kinds);
    views(&mut kinds);
    nothing(ground, &mut kinds);
    kinds
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// `ALTER TABLE`, there and back.
fn altered(ground: &Ground, relation: &Relation, after: &str, before: &str, places: &[(Status, &Place)]) -> Change {
    let alter = |to: &str| format!("ALTER TABLE {} {to}", ground.named(&relation.name));
    Change::new(alter(after), alter(before), places)
}

fn relations(ground: &Ground, kinds: &mut Kinds) {
    let new = Place::relation("", "tablature_new");
    let made = |definition: &str| {
        Change::new(
            format!("CREATE TABLE tablature_new {definition}"),
            "DROP TABLE tablature_new",
            &[(MissingInModel, &new)],
        )
    };
    kinds.add("table added", [made("(id int)")]);
    kinds.add("partitioned table added", [made("(id int) PARTITION BY HASH (id) PARTITIONS 2")]);
    kinds.add(
        "table renamed",
        ground.lonely().map(|relation| {
            let name = ground.named(&relation.name);
            let gone = Place::relation("", "tablature_gone");
            Change::new(
                format!("RENAME TABLE {name} TO tablature_gone"),
                format!("RENAME TABLE tablature_gone TO {name}"),
                &[(MissingInDatabase, &ground.place(relation)), (MissingInModel, &gone)],
            )
        }),
    );
    kinds.add(
        "system-versioned table added",
        [Change::new(
            "CREATE TABLE tablature_new (a int) WITH SYSTEM VERSIONING",
            "DROP TABLE tablature_new",
            &[(MissingInModel, &new)],
        )],
    );
    let mut commented = |name, filter: fn(&Relation) -> bool, after: &'static str| {
        let list = ground.tables().filter(|relation| filter(relation)).map(|relation| {
            let before = relation.comment.as_deref().unwrap_or_default();
            let comment = |text: &str| format!("COMMENT {}", literal(text));
            let place = ground.place(relation);
            altered(ground, relation, &comment(after), &comment(before), &[(CommentMismatch, &place)])
        });
        kinds.add(name, list.collect::<Vec<_>>());
    };
    commented("comment on a table added", |relation| relation.comment.is_none(), "new");
    commented("comment on a table changed", |relation| relation.comment.is_some(), "other");
    commented("comment on a table dropped", |relation| relation.comment.is_some(), "");
}

/// Free columns and their definitions, as they are printed behind the name. What is checked in the column itself is left out.
fn printed_columns(ground: &Ground) -> Vec<(&Relation, &Column, &str)> {
    let of = |(relation, column): (&'_ Relation, &'_ Column)| {
        let line = ground.print(relation, &of_column(&column.name))?;
        Some(line.strip_prefix(&ground.quoted(&column.name))?.trim_start())
    };
    ground
        .columns()
        .filter_map(|(relation, column)| {
            let definition = of((relation, column))?;
            (!definition.contains("CHECK (")).then_some((relation, column, definition))
        })
        .collect()
}

fn columns(ground: &Ground, kinds: &mut Kinds) {
    let free = printed_columns(ground);
    let mut added = |name, definition: &'static str| {
        let list = ground.tables().map(|relation| {
            let place = column(&ground.place(relation), "tablature_new");
            let after = format!("ADD COLUMN tablature_new {definition}");
            altered(ground, relation, &after, "DROP COLUMN tablature_new", &[(MissingInModel, &place)])
        });
        kinds.add(name, list.collect::<Vec<_>>());
    };
    added("column added", "int");
    added("column added in front", "int FIRST");
    added("column with NOT NULL and a default added", "varchar(9) NOT NULL DEFAULT 'x'");
    added("generated column added", "int AS (1 + 1) VIRTUAL");
    let last =
        free.iter().filter(|(relation, found, _)| relation.columns.last().is_some_and(|last| last.name == found.name));
    kinds.add(
        "column dropped",
        last.map(|(relation, found, definition)| {
            let quoted = ground.quoted(&found.name);
            let place = column(&ground.place(relation), &found.name);
            let (after, before) = (format!("DROP COLUMN {quoted}"), format!("ADD COLUMN {quoted} {definition}"));
            altered(ground, relation, &after, &before, &[(MissingInDatabase, &place)])
        }),
    );
    kinds.add(
        "column renamed",
        free.iter().map(|(relation, found, _)| {
            let quoted = ground.quoted(&found.name);
            let place = ground.place(relation);
            let rename = |from: &str, to: &str| format!("RENAME COLUMN {from} TO {to}");
            let (after, before) = (rename(&quoted, "tablature_gone"), rename("tablature_gone", &quoted));
            let places = [
                (MissingInDatabase, &column(&place, &found.name)),
                (MissingInModel, &column(&place, "tablature_gone")),
            ];
            altered(ground, relation, &after, &before, &places)
        }),
    );
    kinds.add(
        "column moved",
        free.iter().filter_map(|(relation, found, definition)| {
            let at = relation.columns.iter().position(|column| column.name == found.name)?;
            let before = ground.quoted(&relation.columns.get(at.checked_sub(1)?)?.name);
            let modify = format!("MODIFY COLUMN {} {definition}", ground.quoted(&found.name));
            let (first, back) = (format!("{modify} FIRST"), format!("{modify} AFTER {before}"));
            Some(altered(ground, relation, &first, &back, &[(OrderMismatch, &ground.place(relation))]))
        }),
    );
    let mut edited = |name, status, edit: &dyn Fn(&Column, &str) -> Option<String>| {
        kinds.add(name, free.iter().filter_map(|found| modified(ground, *found, status, edit)).collect::<Vec<_>>());
    };
    let appended = |definition: &str, what: &str| match definition.split_once(" COMMENT ") {
        Some((before, comment)) => format!("{before} {what} COMMENT {comment}"),
        None => format!("{definition} {what}"),
    };
    edited("column made NOT NULL", NullabilityMismatch, &|_, definition| {
        let plain = definition.replacen(" NULL DEFAULT NULL", " DEFAULT NULL", 1);
        plain.contains(" DEFAULT NULL").then(|| plain.replacen(" DEFAULT NULL", " NOT NULL", 1))
    });
    edited("column made NULL", NullabilityMismatch, &|column, definition| {
        let is_plain = column.default.is_none() && !definition.starts_with("timestamp");
        (is_plain && definition.contains(" NOT NULL")).then(|| definition.replacen(" NOT NULL", " DEFAULT NULL", 1))
    });
    edited("default added", DefaultMismatch, &|column, definition| {
        let is_number = column.raw.starts_with("int");
        let plain = definition.contains(" DEFAULT NULL") && is_number;
        plain.then(|| definition.replacen(" DEFAULT NULL", " DEFAULT 7", 1))
    });
    edited("default of the present moment added", DefaultMismatch, &|_, definition| {
        let plain = definition.starts_with("datetime DEFAULT NULL");
        plain.then(|| definition.replacen(" DEFAULT NULL", " DEFAULT CURRENT_TIMESTAMP", 1))
    });
    edited("default changed", DefaultMismatch, &|_, definition| {
        let (before, rest) = definition.split_once(" DEFAULT '")?;
        let (_, after) = rest.split_once('\'')?;
        let is_text = before.starts_with("varchar") || before.starts_with("char");
        (is_text && !after.starts_with('\'')).then(|| format!("{before} DEFAULT '~'{after}"))
    });
    edited("default dropped", DefaultMismatch, &|column, definition| {
        let (before, rest) = definition.split_once(" DEFAULT '")?;
        let (_, after) = rest.split_once('\'')?;
        (!column.nullable && !after.starts_with('\'')).then(|| format!("{before}{after}"))
    });
    edited("set anew by updates", DefaultMismatch, &|_, definition| {
        let is_moment = definition.starts_with("datetime ") || definition.starts_with("timestamp ");
        let is_plain = !definition.contains("current_timestamp") && !definition.contains("CURRENT_TIMESTAMP");
        (is_moment && is_plain).then(|| appended(definition, "ON UPDATE CURRENT_TIMESTAMP"))
    });
    edited("column made invisible", VisibilityMismatch, &|column, definition| {
        column.nullable.then(|| appended(definition, "INVISIBLE"))
    });
    edited("comment on a column added", CommentMismatch, &|column, definition| {
        column.comment.is_none().then(|| format!("{definition} COMMENT 'new'"))
    });
    edited("comment on a column changed", CommentMismatch, &|_, definition| {
        definition.split_once(" COMMENT ").map(|(before, _)| format!("{before} COMMENT 'other'"))
    });
    edited("comment on a column dropped", CommentMismatch, &|_, definition| {
        definition.split_once(" COMMENT ").map(|(before, _)| before.to_owned())
    });
    edited("collation changed", CollationMismatch, &|_, definition| {
        let (before, rest) = definition.split_once(" COLLATE ")?;
        let (name, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let other = name.strip_suffix("_bin").map(|set| format!("{set}_unicode_ci"))?;
        Some(format!("{before} COLLATE {other} {after}"))
    });
    let numbered = |filter: fn(&Relation) -> bool| {
        let relations = ground.tables().filter(move |relation| filter(relation));
        relations.flat_map(|relation| relation.columns.iter().map(move |column| (relation, column)))
    };
    kinds.add(
        "numbering dropped",
        numbered(|_| true).filter(|(_, column)| column.identity == Some(Identity::AutoIncrement)).filter_map(
            |(relation, found)| {
                let line = ground.print(relation, &of_column(&found.name))?;
                let place = column(&ground.place(relation), &found.name);
                let after = format!("MODIFY COLUMN {}", line.replacen(" AUTO_INCREMENT", "", 1));
                Some(altered(ground, relation, &after, &format!("MODIFY COLUMN {line}"), &[(IdentityMismatch, &place)]))
            },
        ),
    );
    let bare = ground.tables().find(|relation| relation.name.name == "tablature_bare");
    let mut computed = |name, after: &str| {
        let change = bare.map(|relation| {
            let make = |to: &str| format!("DROP COLUMN w, ADD COLUMN w int {to} AFTER v");
            let place = column(&ground.place(relation), "w");
            altered(ground, relation, &make(after), &make("AS (v * 2) STORED"), &[(GeneratedMismatch, &place)])
        });
        kinds.add(name, change);
    };
    computed("expression changed", "AS (v * 3) STORED");
    computed("generated column no longer stored", "AS (v * 2) VIRTUAL");
    computed("generated column made plain", "");
}

/// A column with another definition.
fn modified(
    ground: &Ground,
    (relation, found, definition): (&Relation, &Column, &str),
    status: Status,
    edit: &dyn Fn(&Column, &str) -> Option<String>,
) -> Option<Change> {
    let after = edit(found, definition)?;
    let modify = |to: &str| format!("MODIFY COLUMN {} {to}", ground.quoted(&found.name));
    let place = column(&ground.place(relation), &found.name);
    Some(altered(ground, relation, &modify(&after), &modify(definition), &[(status, &place)]))
}

fn types(ground: &Ground, kinds: &mut Kinds) {
    let free = printed_columns(ground);
    let mut typed = |name, status, edit: &dyn Fn(&str) -> Option<String>| {
        let edit = |found: &Column, definition: &str| {
            let rest = definition.strip_prefix(&found.raw)?;
            // A default is printed as its type has it.
            let after = edit(&found.raw).filter(|after| *after != found.raw && found.default.is_none())?;
            Some(format!("{after}{rest}"))
        };
        kinds.add(name, free.iter().filter_map(|found| modified(ground, *found, status, &edit)).collect::<Vec<_>>());
    };
    // MariaDB prints a display width behind whole numbers, and MySQL none.
    let starts = |raw: &str, with: &str, after: &str| {
        let rest = raw.strip_prefix(with)?;
        let is_whole = rest.is_empty() || rest.starts_with('(') && rest.ends_with(')');
        is_whole.then(|| after.to_owned())
    };
    typed("int to bigint", TypeMismatch, &|raw| starts(raw, "int", "bigint"));
    typed("int to int unsigned", TypeMismatch, &|raw| starts(raw, "int", "int unsigned"));
    typed("int to smallint", TypeMismatch, &|raw| starts(raw, "int", "smallint"));
    typed("int to mediumint", TypeMismatch, &|raw| starts(raw, "int", "mediumint"));
    typed("bigint to int", TypeMismatch, &|raw| starts(raw, "bigint", "int"));
    typed("smallint to int", TypeMismatch, &|raw| starts(raw, "smallint", "int"));
    typed("tinyint to a boolean", TypeMismatch, &|raw| {
        (raw.starts_with("tinyint") && raw != "tinyint(1)").then(|| "tinyint(1)".to_owned())
    });
    let length = |raw: &str, of: &str| raw.strip_prefix(of)?.strip_prefix('(')?.strip_suffix(')')?.parse::<u32>().ok();
    typed("varchar made longer", TypeMismatch, &|raw| length(raw, "varchar").map(|n| format!("varchar({})", n + 1)));
    typed("varchar to char", TypeMismatch, &|raw| {
        length(raw, "varchar").filter(|n| *n < 256).map(|n| format!("char({n})"))
    });
    typed("char to varchar", TypeMismatch, &|raw| length(raw, "char").map(|n| format!("varchar({n})")));
    typed("char made longer", TypeMismatch, &|raw| length(raw, "char").map(|n| format!("char({})", n + 1)));
    typed("text to longtext", TypeMismatch, &|raw| starts(raw, "text", "longtext"));
    typed("blob to longblob", TypeMismatch, &|raw| starts(raw, "blob", "longblob"));
    typed("datetime to microseconds", TypeMismatch, &|raw| starts(raw, "datetime", "datetime(6)"));
    typed("date to datetime", TypeMismatch, &|raw| starts(raw, "date", "datetime"));
    typed("time to microseconds", TypeMismatch, &|raw| starts(raw, "time", "time(6)"));
    typed("double to float", TypeMismatch, &|raw| starts(raw, "double", "float"));
    typed("year to int", TypeMismatch, &|raw| starts(raw, "year", "int"));
    typed("bit made wider", TypeMismatch, &|raw| length(raw, "bit").map(|n| format!("bit({})", n + 1)));
    let decimal = |raw: &str| {
        let (precision, scale) = raw.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
        Some((precision.parse::<u32>().ok()?, scale.parse::<u32>().ok()?))
    };
    typed("decimal with more digits", TypeMismatch, &|raw| {
        decimal(raw).map(|(p, s)| format!("decimal({},{s})", p + 1))
    });
    typed("decimal with another scale", TypeMismatch, &|raw| {
        decimal(raw).map(|(p, s)| format!("decimal({},{})", p + 1, s + 1))
    });
    typed("decimal unsigned", TypeMismatch, &|raw| decimal(raw).map(|(p, s)| format!("decimal({p},{s}) unsigned")));
    typed("enum to varchar", TypeMismatch, &|raw| raw.starts_with("enum(").then(|| "varchar(99)".to_owned()));
    let labelled = |kind: &'static str, edit: &dyn Fn(&[&str]) -> Option<Vec<String>>| {
        let change = |(relation, found, definition): &(&Relation, &Column, &str)| {
            let list = found.raw.strip_prefix(kind)?.strip_prefix("('")?.strip_suffix("')")?;
            let labels: Vec<&str> = list.split("','").collect();
            let after = edit(&labels)?;
            let rest = definition.strip_prefix(&found.raw)?;
            let modify = |to: &str| format!("MODIFY COLUMN {} {to}{rest}", ground.quoted(&found.name));
            let after = modify(&format!("{kind}('{}')", after.join("','")));
            let place = column(&ground.place(relation), &found.name);
            Some(altered(ground, relation, &after, &modify(&found.raw), &[(EnumMismatch, &place)]))
        };
        free.iter().filter(|(_, found, _)| found.default.is_none()).filter_map(change).collect::<Vec<_>>()
    };
    let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
    let more = |labels: &[&str]| Some([owned(labels), vec!["tablature new".to_owned()]].concat());
    let fewer = |labels: &[&str]| (labels.len() > 1).then(|| owned(&labels[1..]));
    let turned = |labels: &[&str]| (labels.len() > 1).then(|| owned(labels).into_iter().rev().collect());
    kinds.add("enum: label added", labelled("enum", &more));
    kinds.add("enum: label dropped", labelled("enum", &fewer));
    kinds.add("enum: labels reordered", labelled("enum", &turned));
    kinds.add("set: label added", labelled("set", &more));
    kinds.add("set: labels reordered", labelled("set", &turned));
}

fn keys(ground: &Ground, kinds: &mut Kinds) {
    let primary = |relation: &Relation| constraint(&ground.place(relation), "PRIMARY KEY");
    let printed = ground.tables().filter_map(|relation| {
        let key = relation.primary_key.as_ref()?;
        let numbered = relation.columns.iter().any(|column| column.identity.is_some());
        (!numbered).then(|| Some((relation, key, ground.print(relation, &of_key("PRIMARY KEY"))?)))?
    });
    let printed: Vec<_> = printed.collect();
    kinds.add(
        "primary key dropped",
        printed.iter().map(|(relation, _, line)| {
            let back = format!("ADD {line}");
            altered(ground, relation, "DROP PRIMARY KEY", &back, &[(KeyMismatch, &primary(relation))])
        }),
    );
    kinds.add(
        "primary key with one more column",
        printed.iter().filter_map(|(relation, key, line)| {
            let free =
                relation.columns.iter().find(|column| !column.nullable && !key.columns.contains(&column.name))?;
            let more = format!("{}, {})", line.strip_suffix(')')?, ground.quoted(&free.name));
            let make = |line: &str| format!("DROP PRIMARY KEY, ADD {line}");
            Some(altered(ground, relation, &make(&more), &make(line), &[(KeyMismatch, &primary(relation))]))
        }),
    );
    kinds.add(
        "primary key added",
        ground.tables().filter(|relation| relation.primary_key.is_none()).filter_map(|relation| {
            let free = relation.columns.iter().find(|column| !column.nullable && column.identity.is_none())?;
            let add = format!("ADD PRIMARY KEY ({})", ground.quoted(&free.name));
            Some(altered(ground, relation, &add, "DROP PRIMARY KEY", &[(KeyMismatch, &primary(relation))]))
        }),
    );
    kinds.add(
        "unique key added",
        ground.columns().map(|(relation, found)| {
            let add = format!("ADD UNIQUE KEY tablature_new ({})", ground.quoted(&found.name));
            let place = constraint(&ground.place(relation), "tablature_new");
            altered(ground, relation, &add, "DROP INDEX tablature_new", &[(KeyMismatch, &place)])
        }),
    );
    let unique = || {
        ground.tables().flat_map(|relation| {
            relation.unique_keys.iter().filter_map(move |key| {
                let name = key.name.as_deref()?;
                Some((relation, key, name, ground.print(relation, &of_key(name))?))
            })
        })
    };
    let mut anew =
        |kind, status: &[Status], edit: &dyn Fn(&Relation, &tablature::catalog::UniqueKey, &str) -> Option<String>| {
            let change = |(relation, key, name, line): (&Relation, &tablature::catalog::UniqueKey, &str, &str)| {
                let after = edit(relation, key, line)?;
                let quoted = ground.quoted(name);
                let make = |to: &str| format!("DROP INDEX {quoted}, ADD {to}");
                let place = ground.place(relation);
                let places: Vec<(Status, Place)> = status
                    .iter()
                    .map(|status| match status {
                        IndexMismatch => (*status, index(&place, name)),
                        _ => (*status, constraint(&place, name)),
                    })
                    .collect();
                let places: Vec<(Status, &Place)> = places.iter().map(|(status, place)| (*status, place)).collect();
                Some(altered(ground, relation, &make(&after), &make(line), &places))
            };
            kinds.add(kind, unique().filter_map(change).collect::<Vec<_>>());
        };
    anew("unique key made a plain one", &[KeyMismatch, IndexMismatch], &|_, _, line| {
        line.strip_prefix("UNIQUE ").map(str::to_owned)
    });
    anew("unique key with one more column", &[KeyMismatch], &|relation, key, line| {
        let short =
            |column: &&Column| !key.columns.contains(&column.name) && !matches!(column.raw.as_str(), "text" | "blob");
        let free = relation.columns.iter().find(short)?;
        line.strip_suffix(')').map(|open| format!("{open}, {})", ground.quoted(&free.name)))
    });
    kinds.add(
        "unique key dropped",
        unique().map(|(relation, _, name, line)| {
            let place = constraint(&ground.place(relation), name);
            let (after, before) = (format!("DROP INDEX {}", ground.quoted(name)), format!("ADD {line}"));
            altered(ground, relation, &after, &before, &[(KeyMismatch, &place)])
        }),
    );
    kinds.add(
        "unique key renamed",
        unique().map(|(relation, _, name, _)| {
            let place = ground.place(relation);
            let places =
                [(KeyMismatch, &constraint(&place, name)), (KeyMismatch, &constraint(&place, "tablature_gone"))];
            renamed_index(ground, relation, name, &places)
        }),
    );
}

fn renamed_index(ground: &Ground, relation: &Relation, name: &str, places: &[(Status, &Place)]) -> Change {
    let rename = |from: &str, to: &str| format!("RENAME INDEX {from} TO {to}");
    let quoted = ground.quoted(name);
    altered(ground, relation, &rename(&quoted, "tablature_gone"), &rename("tablature_gone", &quoted), places)
}

fn foreign_keys(ground: &Ground, kinds: &mut Kinds) {
    let all = || {
        ground.tables().flat_map(|relation| {
            relation.foreign_keys.iter().filter_map(move |key| {
                let name = key.name.as_deref()?;
                Some((relation, key, name, ground.print(relation, &of_constraint(name))?))
            })
        })
    };
    // The name of a foreign key is not free before the statement that drops it has ended.
    let anew = |relation: &Relation, name: &str, after: &str, before: &str| {
        let (table, quoted) = (ground.named(&relation.name), ground.quoted(name));
        let make = |to: &str| format!("ALTER TABLE {table} DROP FOREIGN KEY {quoted}; ALTER TABLE {table} ADD {to}");
        let place = constraint(&ground.place(relation), name);
        Change::new(make(after), make(before), &[(KeyMismatch, &place)])
    };
    let mut acting = |kind, action: &'static str| {
        let list = all().filter(|(relation, key, _, line)| {
            let can_be_null =
                key.columns.iter().all(|name| relation.column(name).is_some_and(|column| column.nullable));
            !line.contains(" ON ") && (can_be_null || !action.contains("NULL"))
        });
        let changes = list.map(|(relation, _, name, line)| anew(relation, name, &format!("{line} {action}"), line));
        kinds.add(kind, changes.collect::<Vec<_>>());
    };
    acting("foreign key ON DELETE CASCADE", "ON DELETE CASCADE");
    acting("foreign key ON DELETE SET NULL", "ON DELETE SET NULL");
    acting("foreign key ON UPDATE CASCADE", "ON UPDATE CASCADE");
    acting("foreign key ON UPDATE SET NULL", "ON UPDATE SET NULL");
    kinds.add(
        "foreign key dropped",
        all().map(|(relation, _, name, line)| {
            let place = constraint(&ground.place(relation), name);
            let (after, before) = (format!("DROP FOREIGN KEY {}", ground.quoted(name)), format!("ADD {line}"));
            altered(ground, relation, &after, &before, &[(KeyMismatch, &place)])
        }),
    );
    kinds.add(
        "foreign key renamed",
        // An index that the server made for it goes by its name.
        all().filter(|(relation, ..)| relation.name.name == "tablature_keyed").map(|(relation, _, name, line)| {
            let (table, quoted) = (ground.named(&relation.name), ground.quoted(name));
            let make = |from: &str, line: &str| {
                format!("ALTER TABLE {table} DROP FOREIGN KEY {from}; ALTER TABLE {table} ADD {line}")
            };
            let renamed = line.replacen(&quoted, "`tablature_gone`", 1);
            let place = ground.place(relation);
            let places =
                [(KeyMismatch, &constraint(&place, name)), (KeyMismatch, &constraint(&place, "tablature_gone"))];
            Change::new(make(&quoted, &renamed), make("tablature_gone", line), &places)
        }),
    );
    kinds.add(
        "foreign key added",
        // An index that the server made for a foreign key is another one once a second key wants it too.
        all().filter(|(relation, ..)| relation.name.name == "tablature_keyed").map(|(relation, _, name, line)| {
            let after = format!("ADD {}", line.replacen(&ground.quoted(name), "`tablature_new`", 1));
            let place = constraint(&ground.place(relation), "tablature_new");
            altered(ground, relation, &after, "DROP FOREIGN KEY tablature_new", &[(KeyMismatch, &place)])
        }),
    );
}

fn checks(ground: &Ground, kinds: &mut Kinds) {
    let all = || {
        ground.tables().flat_map(|relation| {
            relation.checks.iter().filter_map(move |check| {
                let name = check.name.as_deref()?;
                Some((relation, name, ground.print(relation, &of_constraint(name))?))
            })
        })
    };
    kinds.add(
        "CHECK added",
        ground.columns().map(|(relation, found)| {
            let add = format!("ADD CONSTRAINT tablature_new CHECK ({} IS NOT NULL)", ground.quoted(&found.name));
            let place = constraint(&ground.place(relation), "tablature_new");
            altered(ground, relation, &add, "DROP CONSTRAINT tablature_new", &[(ConstraintMismatch, &place)])
        }),
    );
    kinds.add(
        "CHECK dropped",
        all().map(|(relation, name, line)| {
            let place = constraint(&ground.place(relation), name);
            let (after, before) = (format!("DROP CONSTRAINT {}", ground.quoted(name)), format!("ADD {line}"));
            altered(ground, relation, &after, &before, &[(ConstraintMismatch, &place)])
        }),
    );
    let again = |relation: &Relation, from: &str, line: &str| {
        let (table, quoted) = (ground.named(&relation.name), ground.quoted(from));
        format!("ALTER TABLE {table} DROP CONSTRAINT {quoted}; ALTER TABLE {table} ADD {line}")
    };
    kinds.add(
        "CHECK changed",
        all().filter_map(|(relation, name, line)| {
            let after = format!("{} or 1 = 2)", line.strip_suffix(')')?);
            let place = constraint(&ground.place(relation), name);
            let (change, undo) = (again(relation, name, &after), again(relation, name, line));
            Some(Change::new(change, undo, &[(ConstraintMismatch, &place)]))
        }),
    );
    kinds.add(
        "CHECK renamed",
        all().map(|(relation, name, line)| {
            let after = line.replacen(&ground.quoted(name), "`tablature_gone`", 1);
            let place = ground.place(relation);
            let places = [
                (ConstraintMismatch, &constraint(&place, name)),
                (ConstraintMismatch, &constraint(&place, "tablature_gone")),
            ];
            Change::new(again(relation, name, &after), again(relation, "tablature_gone", line), &places)
        }),
    );
}

fn indexes(ground: &Ground, kinds: &mut Kinds) {
    let simple = || {
        ground.tables().flat_map(|relation| {
            relation.indexes.iter().filter_map(move |found| {
                let [part] = found.parts.as_slice() else { return None };
                let line = ground.print(relation, &of_key(&found.name))?;
                let plain = line.starts_with("KEY ") && !part.descending && part.prefix.is_none();
                (plain && found.comment.is_none()).then(|| Some((relation, found, part.column.as_deref()?, line)))?
            })
        })
    };
    let mut added = |kind, what: &'static str, wants: fn(&str) -> bool| {
        let list = ground.columns().filter(|(_, found)| wants(&found.raw)).map(|(relation, found)| {
            let add = format!("ADD {}", what.replace("{}", &ground.quoted(&found.name)));
            let place = index(&ground.place(relation), "tablature_new");
            altered(ground, relation, &add, "DROP INDEX tablature_new", &[(IndexMismatch, &place)])
        });
        kinds.add(kind, list.collect::<Vec<_>>());
    };
    added("index added", "INDEX tablature_new ({})", |raw| !raw.contains("text") && !raw.contains("blob"));
    added("index over a prefix added", "INDEX tablature_new ({}(5))", |raw| raw.contains("text"));
    added("full text index added", "FULLTEXT INDEX tablature_new ({})", |raw| raw.contains("text"));
    kinds.add(
        "index dropped",
        simple().map(|(relation, found, _, line)| {
            let place = index(&ground.place(relation), &found.name);
            let (after, before) = (format!("DROP INDEX {}", ground.quoted(&found.name)), format!("ADD {line}"));
            altered(ground, relation, &after, &before, &[(IndexMismatch, &place)])
        }),
    );
    kinds.add(
        "index renamed",
        simple().map(|(relation, found, ..)| {
            let place = ground.place(relation);
            let places =
                [(IndexMismatch, &index(&place, &found.name)), (IndexMismatch, &index(&place, "tablature_gone"))];
            renamed_index(ground, relation, &found.name, &places)
        }),
    );
    let mut anew = |kind, after: &'static str, status| {
        let change = |(relation, found, of, line): (&Relation, &tablature::catalog::Index, &str, &str)| {
            let quoted = ground.quoted(&found.name);
            let make = |to: &str| format!("DROP INDEX {quoted}, ADD {to}");
            let after = after.replace("{name}", &quoted).replace("{column}", &ground.quoted(of)).replace("{}", line);
            let place = index(&ground.place(relation), &found.name);
            altered(ground, relation, &make(&after), &make(line), &[(status, &place)])
        };
        kinds.add(kind, simple().map(change).collect::<Vec<_>>());
    };
    anew("index descending", "INDEX {name} ({column} DESC)", IndexMismatch);
    anew("comment on an index", "{} COMMENT 'new'", CommentMismatch);
    let more = simple().filter_map(|(relation, found, of, line)| {
        let other = relation.columns.iter().find(|column| column.name != of && !column.raw.contains("text"))?;
        let quoted = ground.quoted(&found.name);
        let make = |to: &str| format!("DROP INDEX {quoted}, ADD {to}");
        let after = format!("INDEX {quoted} ({}, {})", ground.quoted(of), ground.quoted(&other.name));
        let place = index(&ground.place(relation), &found.name);
        Some(altered(ground, relation, &make(&after), &make(line), &[(IndexMismatch, &place)]))
    });
    kinds.add("index with one more column", more);
}

fn views(kinds: &mut Kinds) {
    let new = Place::relation("", "tablature_new");
    let seen = Place::relation("", "tablature_view");
    let make = |query: &str| format!("CREATE OR REPLACE VIEW tablature_view AS {query}");
    let before = make("SELECT a, n FROM tablature_parent");
    kinds.add(
        "view added",
        [Change::new(
            "CREATE VIEW tablature_new AS SELECT 1 AS n",
            "DROP VIEW tablature_new",
            &[(MissingInModel, &new)],
        )],
    );
    let of = |name: &str| seen.part(PartKind::Column, name);
    let mut changed = |kind, query: &str, places: &[(Status, &Place)]| {
        kinds.add(kind, [Change::new(make(query), &before, places)]);
    };
    changed("view: column dropped", "SELECT a FROM tablature_parent", &[(MissingInDatabase, &of("n"))]);
    changed("view: column added", "SELECT a, n, a AS b FROM tablature_parent", &[(MissingInModel, &of("b"))]);
    changed(
        "view: column of another origin",
        "SELECT a, a AS n FROM tablature_parent",
        &[(DefinitionMismatch, &of("n"))],
    );
    kinds.add("view dropped", [Change::new("DROP VIEW tablature_view", &before, &[(MissingInDatabase, &seen)])]);
}

/// What changes nothing that a crate is made of: nothing may be found.
fn nothing(ground: &Ground, kinds: &mut Kinds) {
    let mut silent = |name, change: &'static str, undo: &'static str| {
        let make = |relation: &Relation| {
            let name = ground.named(&relation.name);
            Change::new(change.replace("{}", &name), undo.replace("{}", &name), &[])
        };
        kinds.add(name, ground.tables().map(make).collect::<Vec<_>>());
    };
    silent("nothing: ANALYZE TABLE", "ANALYZE TABLE {}", "ANALYZE TABLE {}");
    silent("nothing: the next number", "ALTER TABLE {} AUTO_INCREMENT = 77", "ALTER TABLE {} AUTO_INCREMENT = 1");
    silent("nothing: another row format", "ALTER TABLE {} ROW_FORMAT = COMPACT", "ALTER TABLE {} ROW_FORMAT = DEFAULT");
}
