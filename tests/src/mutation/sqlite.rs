//! Kinds of changes of a SQLite schema.
//!
//! SQLite alters little, so that a table is dropped and made in another way. To be able to, all tables are first made anew as
//! the parser prints them.

use std::collections::BTreeMap;

use sqlparser::ast::Statement;
use sqlparser::dialect::SQLiteDialect;
use sqlparser::parser::Parser;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use tablature::catalog::{Column, Relation};
use tablature::findings::Status::{self, *};
use tablature::findings::{PartKind, Place};

use super::ground::{Ground, reflected};
use super::{Change, Kinds, column, constraint, index};
use crate::blocking::block_on;
use crate::error::HarnessError;
use crate::scratch::ScratchDatabase;

/// What a schema may lack.
pub(super) const CARRIERS: &str = "
CREATE TABLE tablature_parent (a INTEGER, n INTEGER);
CREATE TABLE tablature_bare (a INTEGER NOT NULL, b INTEGER, c VARCHAR(20), d TIMESTAMP, e NUMERIC(10,2), f TEXT, g DATE, h BOOLEAN,
    i REAL, j BIGINT, k TEXT NOT NULL DEFAULT 'k', l BLOB, m, n TEXT COLLATE NOCASE, o JSON, p INTEGER, q INTEGER AS (p * 2) STORED,
    r INTEGER);
CREATE INDEX tablature_bare_b ON tablature_bare (b);
CREATE TABLE tablature_keyed (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT UNIQUE, c INTEGER,
    d INTEGER REFERENCES tablature_keyed (id), e INTEGER, f INTEGER, CONSTRAINT tablature_keyed_a UNIQUE (a),
    CONSTRAINT tablature_keyed_c CHECK (c > 0), CONSTRAINT tablature_keyed_e FOREIGN KEY (e) REFERENCES tablature_keyed (id));
CREATE TABLE tablature_pair (a TEXT NOT NULL, b TEXT NOT NULL, c INTEGER, CONSTRAINT tablature_pair_pk PRIMARY KEY (a, b));
CREATE TABLE tablature_whole (a INTEGER, b TEXT);
CREATE TABLE tablature_row (id INTEGER PRIMARY KEY, a INTEGER);
CREATE VIRTUAL TABLE tablature_found USING fts5(body);
CREATE VIEW tablature_view AS SELECT a, n FROM tablature_parent;
";

/// A column as it is printed.
#[derive(Clone, PartialEq)]
struct Clause {
    name: String,
    ty: String,
    options: Vec<String>,
}

impl Clause {
    fn text(&self) -> String {
        let words = [&self.name, &self.ty].into_iter().chain(&self.options);
        words.filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|known| known.starts_with(option))
    }

    fn without(&self, option: &str) -> Self {
        let mut other = self.clone();
        other.options.retain(|known| !known.starts_with(option));
        other
    }

    fn with(&self, option: &str) -> Self {
        let mut other = self.clone();
        other.options.push(option.to_owned());
        other
    }

    fn of_type(&self, ty: &str) -> Self {
        Self { ty: ty.to_owned(), ..self.clone() }
    }
}

/// A table as it is printed, and its indexes and triggers, which go with it.
#[derive(Clone)]
struct Printed {
    name: String,
    columns: Vec<Clause>,
    constraints: Vec<String>,
    options: Vec<&'static str>,
    belongings: Vec<String>,
}

impl Printed {
    fn read(sql: &str, belongings: Vec<String>) -> Option<Self> {
        let statements = Parser::parse_sql(&SQLiteDialect {}, sql).ok()?;
        let [Statement::CreateTable(table)] = statements.as_slice() else { return None };
        let columns = table.columns.iter().map(|column| Clause {
            name: column.name.to_string(),
            ty: column.data_type.to_string(),
            options: column.options.iter().map(ToString::to_string).collect(),
        });
        let options = [(table.strict, "STRICT"), (table.without_rowid, "WITHOUT ROWID")];
        Some(Self {
            name: table.name.to_string(),
            columns: columns.collect(),
            constraints: table.constraints.iter().map(ToString::to_string).collect(),
            options: options.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word).collect(),
            belongings,
        })
    }

    fn make(&self) -> String {
        let columns = self.columns.iter().map(Clause::text);
        let parts: Vec<String> = columns.chain(self.constraints.iter().cloned()).collect();
        format!("CREATE TABLE {} ({}) {}", self.name, parts.join(", "), self.options.join(", "))
    }

    /// The statements that put another table in its place.
    fn replaced_by(&self, other: &Self) -> String {
        let belongings = other.belongings.iter().map(|sql| format!("; {sql}")).collect::<String>();
        format!("BEGIN; DROP TABLE {}; {}{belongings}; COMMIT", self.name, other.make())
    }

    fn edited(&self, edit: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        edit(&mut other);
        other
    }
}

/// The relations of a schema, and how they are printed.
pub(super) struct Land {
    ground: Ground,
    tables: BTreeMap<String, Printed>,
}

pub(super) fn ground(database: &ScratchDatabase) -> Result<Land, HarnessError> {
    for table in printed(database)?.into_values() {
        // One that is not made again stays as it is, and is not changed.
        let _ = database.load(&table.replaced_by(&table));
    }
    let mut tables = printed(database)?;
    let (catalog, queries) = block_on(async {
        let catalog = reflected(database).await?;
        let views =
            statements(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'view' AND sql IS NOT NULL").await?;
        Ok::<_, HarnessError>((catalog, views.into_iter().map(|(_, sql)| sql).collect()))
    })?;
    tables.retain(|name, table| {
        let relation = catalog.relations.iter().find(|relation| relation.name.name == *name);
        relation.is_some_and(|relation| {
            let columns = relation.columns.iter().zip(&table.columns);
            relation.columns.len() == table.columns.len()
                && columns.clone().all(|(column, clause)| column.raw == clause.ty)
        })
    });
    Ok(Land { ground: Ground { catalog, printed: BTreeMap::new(), queries }, tables })
}

async fn statements(database: &ScratchDatabase, query: &str) -> Result<Vec<(String, String)>, HarnessError> {
    let mut connection =
        SqliteConnection::connect(database.url()).await.map_err(HarnessError::doing("open the file"))?;
    let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut connection).await;
    let rows = rows.map_err(HarnessError::doing("ask the database"))?;
    Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn printed(database: &ScratchDatabase) -> Result<BTreeMap<String, Printed>, HarnessError> {
    block_on(async {
        let of = |kind: &str, name: &str| {
            format!(
                "SELECT {name}, sql FROM sqlite_schema WHERE type {kind} AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            )
        };
        let mut belongings: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, sql) in statements(database, &of("IN ('index', 'trigger')", "tbl_name")).await? {
            belongings.entry(table).or_default().push(sql);
        }
        // What a virtual table keeps its content in is not to be touched.
        let tables = "= 'table' AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')";
        let tables = statements(database, &of(tables, "name")).await?;
        let read = |(name, sql): (String, String)| {
            let printed = Printed::read(&sql, belongings.get(&name).cloned().unwrap_or_default())?;
            Some((name, printed))
        };
        Ok(tables.into_iter().filter_map(read).collect())
    })
}

impl Land {
    fn tables(&self) -> impl Iterator<Item = (&Relation, &Printed)> {
        self.ground.tables().filter_map(|relation| Some((relation, self.tables.get(&relation.name.name)?)))
    }

    /// Columns that nothing else is about, at their positions in the printed table.
    fn columns(&self) -> impl Iterator<Item = (&Relation, &Printed, &Column, usize)> {
        self.ground.columns().filter_map(|(relation, found)| {
            let printed = self.tables.get(&relation.name.name)?;
            let at = relation.columns.iter().position(|column| column.name == found.name)?;
            let is_plain = !["CHECK", "PRIMARY", "UNIQUE", "REFERENCES", "AS ", "GENERATED"]
                .iter()
                .any(|o| printed.columns[at].has(o));
            is_plain.then_some((relation, printed, found, at))
        })
    }
}

fn replaced(before: &Printed, after: &Printed, places: &[(Status, &Place)]) -> Change {
    Change::new(before.replaced_by(after), after.replaced_by(before), places)
}

pub(super) fn kinds(land: &Land) -> Kinds {
    let mut kinds = Kinds::default();
    relations(land, &mut kinds);
    columns(land, &mut kinds);
    types(land, &mut kinds);
    keys(land, &mut kinds);
    foreign_keys(land, &mut kinds);
    checks(land, &mut kinds);
    indexes(land, &mut kinds);
    views(&mut kinds);
    nothing(land, &mut kinds);
    kinds
}

fn relations(land: &Land, kinds: &mut Kinds) {
    let new = Place::relation("", "tablature_new");
    let made = |what: &str| {
        let create = format!("CREATE {what}");
        [Change::new(create, "DROP TABLE tablature_new", &[(MissingInModel, &new)])]
    };
    kinds.add("table added", made("TABLE tablature_new (id INTEGER)"));
    kinds.add("virtual table added", made("VIRTUAL TABLE tablature_new USING fts5(body)"));
    let lonely: Vec<_> =
        land.ground.lonely().filter_map(|relation| Some((relation, land.tables.get(&relation.name.name)?))).collect();
    kinds.add(
        "table dropped",
        lonely.iter().map(|(relation, table)| {
            let back = table.belongings.iter().map(|sql| format!("; {sql}")).collect::<String>();
            let place = land.ground.place(relation);
            let places = [(MissingInDatabase, &place)];
            Change::new(format!("DROP TABLE {}", table.name), format!("{}{back}", table.make()), &places)
        }),
    );
    kinds.add(
        "table renamed",
        lonely.iter().filter(|(_, table)| table.belongings.is_empty()).map(|(relation, table)| {
            let after = table.edited(|other| other.name = "tablature_gone".to_owned());
            let gone = Place::relation("", "tablature_gone");
            replaced(table, &after, &[(MissingInDatabase, &land.ground.place(relation)), (MissingInModel, &gone)])
        }),
    );
    let with = |word: &'static str| {
        // A key that numbers its rows takes them in no other way, which would be told too.
        let tables =
            land.tables().filter(move |(relation, table)| !table.options.contains(&word) && !is_numbered(relation));
        tables.map(move |(relation, table)| {
            let place = land.ground.place(relation);
            replaced(table, &table.edited(|other| other.options.push(word)), &[(RelationMismatch, &place)])
        })
    };
    kinds.add("table made STRICT", with("STRICT"));
    kinds.add("table made WITHOUT ROWID", with("WITHOUT ROWID"));
    let found = Place::relation("", "tablature_found");
    let make = |of: &str| format!("DROP TABLE tablature_found; CREATE VIRTUAL TABLE tablature_found USING fts5({of})");
    let tail = column(&found, "tail");
    kinds.add(
        "virtual table: column added",
        [Change::new(make("body, tail"), make("body"), &[(MissingInModel, &tail)])],
    );
}

fn is_numbered(relation: &Relation) -> bool {
    relation.columns.iter().any(|column| column.identity.is_some())
}

/// Changes of free columns, each to what `edit` makes of it.
fn edited<'l>(
    land: &'l Land,
    status: Status,
    edit: impl Fn(&Column, &Clause) -> Option<Clause> + 'l,
) -> impl Iterator<Item = Change> + 'l {
    land.columns().filter_map(move |(relation, table, found, at)| {
        let clause = edit(found, &table.columns[at])?;
        let after = table.edited(|other| other.columns[at] = clause);
        let place = column(&land.ground.place(relation), &found.name);
        Some(replaced(table, &after, &[(status, &place)]))
    })
}

fn columns(land: &Land, kinds: &mut Kinds) {
    let mut added = |name, at_end: bool, ty: &'static str, options: &'static [&'static str]| {
        let list = land.tables().map(|(relation, table)| {
            let options = options.iter().map(|option| (*option).to_owned()).collect();
            let clause = Clause { name: "tablature_new".to_owned(), ty: ty.to_owned(), options };
            let after = table.edited(|other| {
                let at = if at_end { other.columns.len() } else { 0 };
                other.columns.insert(at, clause);
            });
            let place = column(&land.ground.place(relation), "tablature_new");
            replaced(table, &after, &[(MissingInModel, &place)])
        });
        kinds.add(name, list.collect::<Vec<_>>());
    };
    added("column added", true, "INTEGER", &[]);
    added("column added in front", false, "INTEGER", &[]);
    added("column with NOT NULL and a default added", true, "TEXT", &["NOT NULL", "DEFAULT 'x'"]);
    added("generated column added", true, "INTEGER", &["AS (1 + 1) VIRTUAL"]);
    kinds.add(
        "column dropped",
        land.columns().map(|(relation, table, found, at)| {
            let after = table.edited(|other| drop(other.columns.remove(at)));
            let place = column(&land.ground.place(relation), &found.name);
            replaced(table, &after, &[(MissingInDatabase, &place)])
        }),
    );
    kinds.add(
        "column renamed",
        land.columns().map(|(relation, table, found, at)| {
            let after = table.edited(|other| other.columns[at].name = "tablature_gone".to_owned());
            let place = land.ground.place(relation);
            let places = [
                (MissingInDatabase, &column(&place, &found.name)),
                (MissingInModel, &column(&place, "tablature_gone")),
            ];
            replaced(table, &after, &places)
        }),
    );
    kinds.add(
        "column moved",
        land.columns().filter(|(.., at)| *at > 0).map(|(relation, table, _, at)| {
            let after = table.edited(|other| {
                let clause = other.columns.remove(at);
                other.columns.insert(0, clause);
            });
            replaced(table, &after, &[(OrderMismatch, &land.ground.place(relation))])
        }),
    );
    let mut change = |name, status, edit: fn(&Column, &Clause) -> Option<Clause>| {
        kinds.add(name, edited(land, status, edit).collect::<Vec<_>>());
    };
    change("column made NOT NULL", NullabilityMismatch, |_, clause| {
        (!clause.has("NOT NULL") && !clause.has("NULL")).then(|| clause.with("NOT NULL"))
    });
    change("column made NULL", NullabilityMismatch, |_, clause| {
        clause.has("NOT NULL").then(|| clause.without("NOT NULL"))
    });
    change("default added", DefaultMismatch, |_, clause| (!clause.has("DEFAULT")).then(|| clause.with("DEFAULT 7")));
    change("default of the present moment added", DefaultMismatch, |_, clause| {
        (!clause.has("DEFAULT")).then(|| clause.with("DEFAULT CURRENT_TIMESTAMP"))
    });
    change("default changed", DefaultMismatch, |_, clause| {
        clause.has("DEFAULT").then(|| clause.without("DEFAULT").with("DEFAULT 'other'"))
    });
    change("default dropped", DefaultMismatch, |_, clause| clause.has("DEFAULT").then(|| clause.without("DEFAULT")));
    change("collation added", CollationMismatch, |_, clause| {
        (clause.ty == "TEXT" && !clause.has("COLLATE")).then(|| clause.with("COLLATE NOCASE"))
    });
    change("collation changed", CollationMismatch, |_, clause| {
        clause.has("COLLATE").then(|| clause.without("COLLATE").with("COLLATE RTRIM"))
    });
    change("collation dropped", CollationMismatch, |_, clause| {
        clause.has("COLLATE").then(|| clause.without("COLLATE"))
    });
    let every = || {
        land.tables().flat_map(|(relation, table)| {
            let columns = relation.columns.iter().zip(&table.columns).enumerate();
            columns.map(move |(at, (found, clause))| (relation, table, found, clause, at))
        })
    };
    let numbered = |wants: bool| {
        every().filter_map(move |(relation, table, found, clause, at)| {
            let key = clause.options.iter().position(|option| option.starts_with("PRIMARY KEY"))?;
            let has = clause.has("AUTOINCREMENT");
            if has != wants || !clause.ty.eq_ignore_ascii_case("INTEGER") {
                return None;
            }
            let after = table.edited(|other| {
                if wants {
                    other.columns[at] = clause.without("AUTOINCREMENT");
                } else {
                    other.columns[at].options.insert(key + 1, "AUTOINCREMENT".to_owned());
                }
            });
            let place = column(&land.ground.place(relation), &found.name);
            Some(replaced(table, &after, &[(IdentityMismatch, &place)]))
        })
    };
    kinds.add("numbering dropped", numbered(true));
    kinds.add("numbering added", numbered(false));
    let computed = |after: &'static str| {
        every().filter(|(.., clause, _)| clause.name == "q" && clause.ty == "INTEGER").map(
            move |(relation, table, found, clause, at)| {
                let options = if after.is_empty() { Vec::new() } else { vec![after.to_owned()] };
                let after = table.edited(|other| other.columns[at] = Clause { options, ..clause.clone() });
                let place = column(&land.ground.place(relation), &found.name);
                replaced(table, &after, &[(GeneratedMismatch, &place)])
            },
        )
    };
    kinds.add("expression changed", computed("AS (p * 3) STORED"));
    kinds.add("generated column no longer stored", computed("AS (p * 2) VIRTUAL"));
    kinds.add("generated column made plain", computed(""));
}

fn types(land: &Land, kinds: &mut Kinds) {
    let mut typed = |name, before: &'static str, after: &'static str| {
        let edit = move |_: &Column, clause: &Clause| {
            // A strict table takes few types.
            clause.ty.eq_ignore_ascii_case(before).then(|| clause.of_type(after))
        };
        kinds.add(name, edited(land, TypeMismatch, edit).collect::<Vec<_>>());
    };
    typed("INTEGER to TEXT", "INTEGER", "TEXT");
    typed("INTEGER to REAL", "INTEGER", "REAL");
    typed("INTEGER to BIGINT", "INTEGER", "BIGINT");
    typed("INTEGER to BOOLEAN", "INTEGER", "BOOLEAN");
    typed("INTEGER to nothing", "INTEGER", "");
    typed("TEXT to INTEGER", "TEXT", "INTEGER");
    typed("TEXT to BLOB", "TEXT", "BLOB");
    typed("TEXT to VARCHAR", "TEXT", "VARCHAR(9)");
    typed("TEXT to CLOB", "TEXT", "CLOB");
    typed("TEXT to DATE", "TEXT", "DATE");
    typed("TEXT to JSON", "TEXT", "JSON");
    typed("DATE to TIMESTAMP", "DATE", "TIMESTAMP");
    typed("TIMESTAMP to TEXT", "TIMESTAMP", "TEXT");
    typed("BOOLEAN to INTEGER", "BOOLEAN", "INTEGER");
    typed("BIGINT to INTEGER", "BIGINT", "INTEGER");
    typed("BLOB to TEXT", "BLOB", "TEXT");
    typed("REAL to NUMERIC", "REAL", "NUMERIC(9,3)");
    typed("JSON to TEXT", "JSON", "TEXT");
    typed("nothing to TEXT", "", "TEXT");
    let bounds = |clause: &Clause, of: &str| {
        let inner = clause.ty.strip_prefix(of)?.strip_prefix('(')?.strip_suffix(')')?.to_owned();
        Some(inner)
    };
    kinds.add(
        "VARCHAR made longer",
        edited(land, TypeMismatch, move |_, clause| {
            let length: u32 = bounds(clause, "VARCHAR")?.parse().ok()?;
            Some(clause.of_type(&format!("VARCHAR({})", length + 1)))
        }),
    );
    kinds.add(
        "NUMERIC with another scale",
        edited(land, TypeMismatch, move |_, clause| {
            let (precision, scale) =
                bounds(clause, "NUMERIC")?.split_once(',').map(|(p, s)| (p.to_owned(), s.to_owned()))?;
            let scale: u32 = scale.trim().parse().ok()?;
            Some(clause.of_type(&format!("NUMERIC({precision},{})", scale + 1)))
        }),
    );
}

/// Changes of constraints that have a name and begin with a word; nothing in their place where `edit` gives nothing.
fn constrained<'l>(
    land: &'l Land,
    word: &'static str,
    status: Status,
    edit: impl Fn(&Relation, &str, &str) -> Option<(Option<String>, Option<&'static str>)> + 'l,
) -> impl Iterator<Item = Change> + 'l {
    land.tables()
        .flat_map(|(relation, table)| (0..table.constraints.len()).map(move |at| (relation, table, at)))
        .filter_map(move |(relation, table, at)| {
            let text = &table.constraints[at];
            let rest = text.strip_prefix("CONSTRAINT ")?;
            let (quoted, rest) = rest.split_once(' ')?;
            let rest = rest.strip_prefix(word)?;
            let name = quoted.trim_matches(['"', '`', '[', ']']);
            let (after, renamed) = edit(relation, quoted, rest)?;
            let changed = table.edited(|other| match after {
                Some(after) => other.constraints[at] = after,
                None => drop(other.constraints.remove(at)),
            });
            let place = land.ground.place(relation);
            let mut places = vec![(status, constraint(&place, name))];
            places.extend(renamed.map(|name| (status, constraint(&place, name))));
            let places: Vec<(Status, &Place)> = places.iter().map(|(status, place)| (*status, place)).collect();
            Some(replaced(table, &changed, &places))
        })
}

/// Constraints that are added to tables.
fn another<'l>(
    land: &'l Land,
    status: Status,
    definition: impl Fn(&Clause) -> String + 'l,
) -> impl Iterator<Item = Change> + 'l {
    land.columns().map(move |(relation, table, _, at)| {
        let text = format!("CONSTRAINT tablature_new {}", definition(&table.columns[at]));
        let after = table.edited(|other| other.constraints.push(text));
        replaced(table, &after, &[(status, &constraint(&land.ground.place(relation), "tablature_new"))])
    })
}

fn keys(land: &Land, kinds: &mut Kinds) {
    kinds.add("unique key added", another(land, KeyMismatch, |clause| format!("UNIQUE ({})", clause.name)));
    kinds.add(
        "unique key without a name added",
        land.columns().map(|(relation, table, found, at)| {
            let after = table.edited(|other| other.columns[at] = other.columns[at].with("UNIQUE"));
            let place = constraint(&land.ground.place(relation), &format!("UNIQUE ({})", found.name));
            replaced(table, &after, &[(KeyMismatch, &place)])
        }),
    );
    kinds.add("unique key dropped", constrained(land, "UNIQUE", KeyMismatch, |_, _, _| Some((None, None))));
    kinds.add(
        "unique key renamed",
        constrained(land, "UNIQUE", KeyMismatch, |_, _, rest| {
            Some((Some(format!("CONSTRAINT tablature_gone UNIQUE{rest}")), Some("tablature_gone")))
        }),
    );
    kinds.add(
        "unique key with one more column",
        constrained(land, "UNIQUE", KeyMismatch, |relation, quoted, rest| {
            let open = rest.strip_suffix(')')?;
            let free = relation.columns.iter().find(|column| !open.contains(&column.name))?;
            Some((Some(format!("CONSTRAINT {quoted} UNIQUE{open}, \"{}\")", free.name)), None))
        }),
    );
    kinds.add(
        "primary key renamed",
        constrained(land, "PRIMARY KEY", KeyMismatch, |_, _, rest| {
            Some((Some(format!("CONSTRAINT tablature_gone PRIMARY KEY{rest}")), Some("tablature_gone")))
        })
        // There is one primary key, whatever it is called.
        .map(|mut change| {
            change.expected.retain(|(_, place)| place.ends_with("tablature_gone"));
            change
        }),
    );
    kinds.add(
        "primary key in another order",
        constrained(land, "PRIMARY KEY", KeyMismatch, |_, quoted, rest| {
            let columns: Vec<&str> = rest.trim().strip_prefix('(')?.strip_suffix(')')?.rsplit(", ").collect();
            let after = format!("CONSTRAINT {quoted} PRIMARY KEY ({})", columns.join(", "));
            (columns.len() > 1).then_some((Some(after), None))
        }),
    );
    kinds.add(
        "primary key dropped",
        constrained(land, "PRIMARY KEY", KeyMismatch, |relation, _, _| {
            (!is_numbered(relation)).then_some((None, None))
        }),
    );
}

fn foreign_keys(land: &Land, kinds: &mut Kinds) {
    let mut acting = |name, action: &'static str| {
        let edit = move |_: &Relation, quoted: &str, rest: &str| {
            let plain = !rest.contains(" ON ") && !rest.contains("DEFERR");
            plain.then(|| (Some(format!("CONSTRAINT {quoted} FOREIGN KEY{rest} {action}")), None))
        };
        kinds.add(name, constrained(land, "FOREIGN KEY", KeyMismatch, edit).collect::<Vec<_>>());
    };
    acting("foreign key ON DELETE CASCADE", "ON DELETE CASCADE");
    acting("foreign key ON DELETE SET NULL", "ON DELETE SET NULL");
    acting("foreign key ON DELETE RESTRICT", "ON DELETE RESTRICT");
    acting("foreign key ON DELETE SET DEFAULT", "ON DELETE SET DEFAULT");
    acting("foreign key ON UPDATE CASCADE", "ON UPDATE CASCADE");
    acting("foreign key made deferrable", "DEFERRABLE INITIALLY DEFERRED");
    kinds.add("foreign key dropped", constrained(land, "FOREIGN KEY", KeyMismatch, |_, _, _| Some((None, None))));
    kinds.add(
        "foreign key renamed",
        constrained(land, "FOREIGN KEY", KeyMismatch, |_, _, rest| {
            Some((Some(format!("CONSTRAINT tablature_gone FOREIGN KEY{rest}")), Some("tablature_gone")))
        }),
    );
    kinds.add(
        "foreign key added",
        another(land, KeyMismatch, |clause| format!("FOREIGN KEY ({}) REFERENCES tablature_keyed (id)", clause.name)),
    );
    kinds.add(
        "foreign key without a name added",
        land.columns().map(|(relation, table, found, at)| {
            let after =
                table.edited(|other| other.columns[at] = other.columns[at].with("REFERENCES tablature_keyed (id)"));
            let place = constraint(&land.ground.place(relation), &format!("FOREIGN KEY ({})", found.name));
            replaced(table, &after, &[(KeyMismatch, &place)])
        }),
    );
}

fn checks(land: &Land, kinds: &mut Kinds) {
    kinds
        .add("CHECK added", another(land, ConstraintMismatch, |clause| format!("CHECK ({} IS NOT NULL)", clause.name)));
    kinds.add("CHECK dropped", constrained(land, "CHECK", ConstraintMismatch, |_, _, _| Some((None, None))));
    kinds.add(
        "CHECK changed",
        constrained(land, "CHECK", ConstraintMismatch, |_, quoted, rest| {
            let open = rest.strip_suffix(')')?;
            Some((Some(format!("CONSTRAINT {quoted} CHECK{open} OR 1 = 2)")), None))
        }),
    );
    kinds.add(
        "CHECK renamed",
        constrained(land, "CHECK", ConstraintMismatch, |_, _, rest| {
            Some((Some(format!("CONSTRAINT tablature_gone CHECK{rest}")), Some("tablature_gone")))
        }),
    );
}

fn indexes(land: &Land, kinds: &mut Kinds) {
    let mut added = |name, create: &'static str| {
        let list = land.columns().map(|(relation, table, _, at)| {
            let create = create.replace("{table}", &table.name).replace("{column}", &table.columns[at].name);
            let place = index(&land.ground.place(relation), "tablature_new");
            Change::new(create, "DROP INDEX tablature_new", &[(IndexMismatch, &place)])
        });
        kinds.add(name, list.collect::<Vec<_>>());
    };
    added("index added", "CREATE INDEX tablature_new ON {table} ({column})");
    added("unique index added", "CREATE UNIQUE INDEX tablature_new ON {table} ({column})");
    let simple = || {
        land.tables().flat_map(|(relation, table)| {
            relation.indexes.iter().filter_map(move |found| {
                let [part] = found.parts.as_slice() else { return None };
                let plain = !found.unique && found.predicate.is_none() && !part.descending && part.collation.is_none();
                let create = table.belongings.iter().find(|sql| {
                    let words: Vec<&str> = sql.split_whitespace().collect();
                    words.get(2).is_some_and(|word| word.trim_matches(['"', '`', '[', ']']) == found.name)
                })?;
                plain.then(|| Some((relation, table, found, part.column.as_deref()?, create)))?
            })
        })
    };
    kinds.add(
        "index dropped",
        simple().map(|(relation, _, found, _, create)| {
            let drop = format!("DROP INDEX {}", land.ground.quoted(&found.name));
            Change::new(drop, create, &[(IndexMismatch, &index(&land.ground.place(relation), &found.name))])
        }),
    );
    let mut anew = |kind, after: &'static str, renamed: bool| {
        let change =
            |(relation, table, found, of, create): (&Relation, &Printed, &tablature::catalog::Index, &str, &String)| {
                let quoted = land.ground.quoted(&found.name);
                let after = after.replace("{name}", &quoted).replace("{table}", &table.name);
                let after = after.replace("{column}", &land.ground.quoted(of));
                let place = land.ground.place(relation);
                let gone = index(&place, "tablature_gone");
                let mut change = Change::new(
                    format!("BEGIN; DROP INDEX {quoted}; {after}; COMMIT"),
                    format!("BEGIN; DROP INDEX {}; {create}; COMMIT", if renamed { "tablature_gone" } else { &quoted }),
                    &[(IndexMismatch, &index(&place, &found.name))],
                );
                if renamed {
                    change.expected.push((IndexMismatch, gone.to_string()));
                }
                change
            };
        kinds.add(kind, simple().map(change).collect::<Vec<_>>());
    };
    anew("index renamed", "CREATE INDEX tablature_gone ON {table} ({column})", true);
    anew("index made unique", "CREATE UNIQUE INDEX {name} ON {table} ({column})", false);
    anew("index descending", "CREATE INDEX {name} ON {table} ({column} DESC)", false);
    anew("index with another collation", "CREATE INDEX {name} ON {table} ({column} COLLATE RTRIM)", false);
    anew("index with a predicate", "CREATE INDEX {name} ON {table} ({column}) WHERE {column} IS NOT NULL", false);
    anew("index over an expression", "CREATE INDEX {name} ON {table} (({column} IS NULL))", false);
    anew("index with one more part", "CREATE INDEX {name} ON {table} ({column}, ({column} IS NULL))", false);
}

fn views(kinds: &mut Kinds) {
    let new = Place::relation("", "tablature_new");
    let seen = Place::relation("", "tablature_view");
    let make = |query: &str| format!("BEGIN; DROP VIEW tablature_view; CREATE VIEW tablature_view AS {query}; COMMIT");
    let before = make("SELECT a, n FROM tablature_parent");
    kinds.add(
        "view added",
        [Change::new(
            "CREATE VIEW tablature_new AS SELECT 1 AS n",
            "DROP VIEW tablature_new",
            &[(MissingInModel, &new)],
        )],
    );
    let more = seen.part(PartKind::Column, "b");
    kinds.add(
        "view changed",
        [Change::new(make("SELECT a, n FROM tablature_parent LIMIT 7"), &before, &[(DefinitionMismatch, &seen)])],
    );
    kinds.add(
        "view: column added",
        [Change::new(
            make("SELECT a, n, a AS b FROM tablature_parent"),
            &before,
            &[(DefinitionMismatch, &seen), (MissingInModel, &more)],
        )],
    );
    kinds.add(
        "view dropped",
        [Change::new(
            "DROP VIEW tablature_view",
            "CREATE VIEW tablature_view AS SELECT a, n FROM tablature_parent",
            &[(MissingInDatabase, &seen)],
        )],
    );
}

/// What changes nothing that a crate is made of: nothing may be found.
fn nothing(land: &Land, kinds: &mut Kinds) {
    kinds.add("nothing: ANALYZE", [Change::new("ANALYZE", "ANALYZE", &[])]);
    kinds.add("nothing: VACUUM", [Change::new("VACUUM", "VACUUM", &[])]);
    kinds.add(
        "nothing: a number of one's own",
        [Change::new("PRAGMA user_version = 7", "PRAGMA user_version = 0", &[])],
    );
    kinds.add(
        "nothing: a trigger",
        land.tables().map(|(_, table)| {
            let create = format!("CREATE TRIGGER tablature_new AFTER INSERT ON {} BEGIN SELECT 1; END", table.name);
            Change::new(create, "DROP TRIGGER tablature_new", &[])
        }),
    );
}
