//! Every kind of change is found by `tablature check`, where it is, and nothing else with it.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use tablature::catalog::{Catalog, Snapshot};
use tablature::check::{Reach, check};
use tablature::codegen::codegen;
use tablature::config::{Origin, Source};
use tablature::findings::Status::{self, *};
use tablature::findings::compare::{DATABASE_AND_SNAPSHOT, compare};
use tablature::output::Mode;
use tablature_tests::{Engine, ScratchDatabase};

/// The catalogs of all golden cases, as they are in their snapshots.
fn golden() -> Vec<(PathBuf, Value)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.ends_with("expected/schema.json") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let catalog = Snapshot::from_json(&fs::read_to_string(&path).unwrap()).unwrap().catalog;
        (path, serde_json::to_value(catalog).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// A place in a catalog, with `*` for every entry of a list.
type Shape = String;

/// What the objects of a shape have anywhere, with an example.
type Samples = BTreeMap<Shape, BTreeMap<String, Value>>;

fn collect(shape: &str, value: &Value, samples: &mut Samples) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let of_shape = samples.entry(shape.to_owned()).or_default();
                of_shape.entry(key.clone()).or_insert_with(|| inner.clone());
                collect(&format!("{shape}/{key}"), inner, samples);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| collect(&format!("{shape}/*"), inner, samples)),
        _ => {}
    }
}

/// Other values for what stands in one place.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(is_so) => vec![json!(!is_so)],
        Value::Number(n) => vec![json!(n.as_u64().map_or(1, |n| n + 1))],
        Value::String(text) => {
            // Values of enumerations are lower case; whatever is none of them is not read, and is no change.
            let words = [
                "table",
                "view",
                "materialized_view",
                "postgres",
                "mysql",
                "cascade",
                "restrict",
                "set_null",
                "full",
                "simple",
                "initially_deferred",
                "initially_immediate",
                "always",
                "by_default",
                "serial",
                "text",
                "date",
                "uuid",
            ];
            let words = words.into_iter().filter(|word| word != text).map(|word| json!(word));
            words.chain([json!(format!("{text}x")), json!("")]).collect()
        }
        Value::Array(list) => {
            let mut out = Vec::new();
            if let Some(first) = list.first() {
                out.push(json!(list[1..]));
                out.push(json!([list.as_slice(), std::slice::from_ref(first)].concat()));
            }
            out.push(list.iter().rev().cloned().collect());
            out
        }
        Value::Object(_) => Vec::new(),
    }
}

/// Calls `try_it` with the document for every single change of it, and with the place of the change. Of places of one shape,
/// the first two are changed.
fn mutate(document: &Value, samples: &Samples, try_it: &mut dyn FnMut(&str, &str, &Value)) {
    let mut seen: BTreeMap<Shape, usize> = BTreeMap::new();
    let mut queue = vec![(String::new(), String::new())];
    while let Some((pointer, shape)) = queue.pop() {
        let value = document.pointer(&pointer).unwrap();
        let often = seen.entry(shape.clone()).or_default();
        *often += 1;
        if *often > 2 {
            continue;
        }
        let mut change = |pointer: &str, shape: &str, to: Value| {
            let mut changed = document.clone();
            *changed.pointer_mut(pointer).unwrap() = to;
            try_it(pointer, shape, &changed);
        };
        for other in others(value) {
            change(&pointer, &shape, other);
        }
        match value {
            Value::Object(map) => {
                for (key, sample) in samples.get(&shape).into_iter().flatten() {
                    let mut other = map.clone();
                    if other.remove(key).is_none() {
                        other.insert(key.clone(), sample.clone());
                    }
                    change(&pointer, &format!("{shape}/{key}"), Value::Object(other));
                }
                let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
                queue.extend(map.keys().map(|key| (format!("{pointer}/{}", escaped(key)), format!("{shape}/{key}"))));
            }
            Value::Array(list) => {
                queue.extend((0..list.len()).map(|at| (format!("{pointer}/{at}"), format!("{shape}/*"))));
            }
            _ => {}
        }
    }
}

/// The names of the entry of a list at the top of a catalog that a place is in.
fn entry_name(catalog: &Value, pointer: &str) -> Option<(Value, Value)> {
    let mut parts = pointer.split('/').skip(1);
    let entry = &catalog[parts.next()?][parts.next()?.parse::<usize>().ok()?];
    Some((entry["schema"].clone(), entry["name"].clone()))
}

#[test]
fn every_difference_of_two_catalogs_is_told_where_it_is() {
    let golden = golden();
    assert!(golden.len() > 15, "{}", golden.len());
    let mut samples = Samples::new();
    for (_, document) in &golden {
        collect("", document, &mut samples);
    }
    let (mut shapes, mut statuses, mut tried) = (BTreeSet::new(), BTreeSet::new(), 0);
    for (path, document) in &golden {
        let before: Catalog = serde_json::from_value(document.clone()).unwrap();
        mutate(document, &samples, &mut |pointer, shape, changed| {
            let Ok(mut after) = serde_json::from_value::<Catalog>(changed.clone()) else { return };
            after.normalize();
            if after == before {
                return;
            }
            let told = || format!("{}: {shape} at {pointer}", path.display());
            let findings = compare(&after, &before, &[], DATABASE_AND_SNAPSHOT);
            assert!(!findings.is_empty(), "{} is not told", told());
            assert!(!compare(&before, &after, &[], DATABASE_AND_SNAPSHOT).is_empty(), "{} is not told back", told());
            for finding in &findings {
                assert!(finding.expected != finding.found, "{}: both sides are the same: {finding:#?}", told());
                let Some(object) = &finding.place.object else { continue };
                let in_entry = [entry_name(document, pointer), entry_name(changed, pointer)];
                if in_entry[0].is_none() {
                    continue;
                }
                let is_meant = in_entry.iter().flatten().any(|(schema, name)| {
                    let name = name.as_str().unwrap_or_default();
                    finding.place.schema == schema.as_str().unwrap_or_default()
                        && (object.name == name || object.name.starts_with(&format!("{name}(")))
                });
                assert!(is_meant, "{}: told at {}", told(), finding.place);
            }
            statuses.extend(findings.iter().map(|finding| finding.status));
            shapes.insert(shape.to_owned());
            tried += 1;
        });
    }
    // What is not tried is not proven.
    assert!(shapes.len() > 100 && tried > 5000, "{} places, {tried} changes", shapes.len());
    let told_elsewhere = [StaleOutput, UnknownNameInSource, RefusedInSource, Unverifiable];
    let missing: Vec<_> =
        Status::ALL.iter().filter(|status| !statuses.contains(status) && !told_elsewhere.contains(status)).collect();
    assert!(missing.is_empty(), "nothing came to {missing:?}");
}

/// A change of a database, how it is undone, and what is found meanwhile: statuses and places.
struct Change {
    change: String,
    undo: String,
    expected: Vec<(Status, String)>,
}

fn change(change: impl Into<String>, undo: impl Into<String>, expected: &[(Status, &str)]) -> Change {
    let expected = expected.iter().map(|(status, place)| (*status, (*place).to_owned())).collect();
    Change { change: change.into(), undo: undo.into(), expected }
}

impl Change {
    /// The same change, found in the same place as something else.
    fn told_as(mut self, status: Status) -> Self {
        self.expected.iter_mut().for_each(|expected| expected.0 = status);
        self
    }
}

/// A database, a crate that was made from it, and what `tablature check` finds.
struct Watch {
    database: ScratchDatabase,
    folder: tempfile::TempDir,
}

impl Watch {
    fn new(engine: Engine, schema: &str) -> Self {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(schema).unwrap();
        let watch = Self { database, folder: tempfile::tempdir().unwrap() };
        codegen(&watch.source(), Mode::Write, &AtomicBool::new(false), |_| {}).unwrap();
        watch
    }

    fn source(&self) -> Source {
        Source::new("zoo", Origin::Url(self.database.url().to_owned()), self.folder.path().join("zoo"))
    }

    /// What is found, sorted, and in full for people.
    fn look(&self) -> (Vec<(Status, String)>, String) {
        let findings = check(&self.source(), Reach::Origin, "mend", &AtomicBool::new(false)).unwrap();
        let mut told: Vec<_> = findings.iter().map(|found| (found.status, found.place.to_string())).collect();
        told.sort();
        (told, format!("{findings:#?}"))
    }
}

/// Looks for what is wrong with all changes, so that a failure tells of each of them.
#[track_caller]
fn each_is_found(engine: Engine, count: usize, faults: &[String]) {
    assert!(faults.is_empty(), "{engine}: {} of {count}:\n{}", faults.len(), faults.join("\n"));
    assert!(count >= 60, "{engine}: {count} kinds of change");
}

/// Makes the changes on a server one after the other, and undoes each.
#[track_caller]
fn each_is_found_on_a_server(engine: Engine, schema: &str, changes: &[Change]) {
    let watch = Watch::new(engine, schema);
    assert_eq!(watch.look().0, [], "{engine}: a fresh crate");
    let mut faults = Vec::new();
    for Change { change, undo, expected } in changes {
        if let Err(error) = watch.database.load(change) {
            faults.push(format!("{change}: {error}"));
            continue;
        }
        let (told, all) = watch.look();
        let mut expected = expected.clone();
        expected.sort();
        if told != expected {
            faults.push(format!("{change}: found {told:?} and not {expected:?}:\n{all}"));
        }
        watch.database.load(undo).unwrap_or_else(|error| panic!("{undo}: {error}"));
        let (told, all) = watch.look();
        assert!(told.is_empty(), "{engine}: after {undo}: {all}\n{}", faults.join("\n"));
    }
    each_is_found(engine, changes.len(), &faults);
}

const POSTGRES: &str = "
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE DOMAIN short AS varchar(5) DEFAULT 'q' CONSTRAINT low CHECK (VALUE = lower(VALUE));
CREATE TYPE place AS (street text, number int);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE TABLE shelf (id int CONSTRAINT shelf_pk PRIMARY KEY, twin int NOT NULL UNIQUE);
CREATE TABLE book (
    id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, title varchar(40) NOT NULL DEFAULT 'untitled',
    cost numeric(10,2), amount int, price numeric, twice numeric GENERATED ALWAYS AS (price * 2) STORED,
    word text COLLATE \"C\", code char(3), tags text[], at timestamp, doc json, m mood, home place, bits bit(3),
    left_on date NOT NULL
);
COMMENT ON COLUMN book.title IS 'printed';
CREATE TABLE alone (id int NOT NULL, n int, s text, room int4range);
COMMENT ON TABLE alone IS 'stands by itself';
CREATE TABLE keyed (a int NOT NULL, b int NOT NULL, c text, d text,
    CONSTRAINT keyed_pk PRIMARY KEY (a), CONSTRAINT keyed_one UNIQUE (c), CONSTRAINT keyed_check CHECK (a > 0));
COMMENT ON CONSTRAINT keyed_one ON keyed IS 'only one';
CREATE TABLE linked (id int PRIMARY KEY, shelf_id int, b int, c int,
    CONSTRAINT linked_shelf FOREIGN KEY (shelf_id) REFERENCES shelf (id),
    CONSTRAINT linked_two FOREIGN KEY (b, c) REFERENCES other_two (a, b));
CREATE TABLE held (room int4range, CONSTRAINT held_room EXCLUDE USING gist (room WITH &&));
CREATE INDEX alone_n ON alone (n);
CREATE TABLE parted (day date, n int) PARTITION BY RANGE (day);
CREATE TABLE parent (a int);
CREATE TABLE child (b int) INHERITS (parent);
CREATE TABLE two (a int, b int);
CREATE TABLE calc (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
CREATE VIEW seen AS SELECT id, title FROM book;
CREATE MATERIALIZED VIEW kept AS SELECT count(*) AS n FROM book;
CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER near FOREIGN DATA WRAPPER nothing;
CREATE SERVER far FOREIGN DATA WRAPPER nothing;
";

#[test]
fn every_kind_of_change_of_postgres_is_found() {
    let schema = POSTGRES.replace(
        "CREATE TABLE linked",
        "CREATE TABLE other_two (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE linked",
    );
    let column = |name: &str, action: &str, undo: &str, status: Status| {
        let alter = |action: &str| format!("ALTER TABLE book ALTER COLUMN {name} {action}");
        change(alter(action), alter(undo), &[(status, &format!("public.book.{name}"))])
    };
    let constraint = |table: &str, name: &str, after: &str, before: &str, status: Status| {
        let alter = |to: &str| format!("ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {to}");
        let comment = if name == "keyed_one" { "; COMMENT ON CONSTRAINT keyed_one ON keyed IS 'only one'" } else { "" };
        let place = format!("public.{table}.{name}");
        change(alter(after) + comment, alter(before) + comment, &[(status, &place)])
    };
    let pk = |after: &str| constraint("keyed", "keyed_pk", after, "PRIMARY KEY (a)", KeyMismatch);
    let unique = |after: &str| constraint("keyed", "keyed_one", after, "UNIQUE (c)", KeyMismatch);
    let foreign = |after: &str| {
        constraint("linked", "linked_shelf", after, "FOREIGN KEY (shelf_id) REFERENCES shelf (id)", KeyMismatch)
    };
    let two = |after: &str| {
        constraint("linked", "linked_two", after, "FOREIGN KEY (b, c) REFERENCES other_two (a, b)", KeyMismatch)
    };
    let holds = |after: &str| constraint("keyed", "keyed_check", after, "CHECK (a > 0)", ConstraintMismatch);
    let excludes =
        |after: &str| constraint("held", "held_room", after, "EXCLUDE USING gist (room WITH &&)", ConstraintMismatch);
    let index = |after: &str| {
        let make = |what: &str| format!("DROP INDEX alone_n; CREATE {what}");
        change(make(after), make("INDEX alone_n ON alone (n)"), &[(IndexMismatch, "public.alone.alone_n")])
    };
    let made_anew = |what: &str, after: &str, before: &str, expected: &[(Status, &str)]| {
        let make = |definition: &str| format!("DROP {what}; CREATE {what} {definition}");
        change(make(after), make(before), expected)
    };
    let colour = |labels: &str, expected: &[(Status, &str)]| {
        made_anew("TYPE colour", &format!("AS ENUM ({labels})"), "AS ENUM ('red', 'green', 'blue')", expected)
    };
    let short = |after: &str, expected: &[(Status, &str)]| {
        let before = "AS varchar(5) DEFAULT 'q' CONSTRAINT low CHECK (VALUE = lower(VALUE))";
        made_anew("DOMAIN short", after, before, expected)
    };
    let renamed = |what: &str, clause: &str, from: &str, to: &str, expected: &[(Status, &str)]| {
        change(
            format!("ALTER {what} RENAME {clause} {from} TO {to}"),
            format!("ALTER {what} RENAME {clause} {to} TO {from}"),
            expected,
        )
    };
    let comment = |on: &str, after: &str, before: &str, place: &str| {
        change(
            format!("COMMENT ON {on} IS {after}"),
            format!("COMMENT ON {on} IS {before}"),
            &[(CommentMismatch, place)],
        )
    };
    each_is_found_on_a_server(
        Engine::Postgres,
        &schema,
        &[
            change("CREATE TABLE extra (id int)", "DROP TABLE extra", &[(MissingInModel, "public.extra")]),
            change("DROP TABLE two", "CREATE TABLE two (a int, b int)", &[(MissingInDatabase, "public.two")]),
            change(
                "ALTER TABLE two RENAME TO gone",
                "ALTER TABLE gone RENAME TO two",
                &[(MissingInDatabase, "public.two"), (MissingInModel, "public.gone")],
            ),
            change(
                "ALTER TABLE two SET SCHEMA other",
                "ALTER TABLE other.two SET SCHEMA public",
                &[(MissingInDatabase, "public.two"), (MissingInModel, "other.two")],
            ),
            change(
                "ALTER TABLE child NO INHERIT parent",
                "ALTER TABLE child INHERIT parent",
                &[(RelationMismatch, "public.child")],
            ),
            made_anew(
                "TABLE parted",
                "(day date, n int) PARTITION BY LIST (n)",
                "(day date, n int) PARTITION BY RANGE (day)",
                &[(RelationMismatch, "public.parted")],
            ),
            made_anew(
                "TABLE parted",
                "(day date, n int)",
                "(day date, n int) PARTITION BY RANGE (day)",
                &[(RelationMismatch, "public.parted"), (RelationMismatch, "public.parted")],
            ),
            made_anew("TABLE two", "(b int, a int)", "(a int, b int)", &[(OrderMismatch, "public.two")]),
            change(
                "ALTER TABLE book ADD COLUMN extra int",
                "ALTER TABLE book DROP COLUMN extra",
                &[(MissingInModel, "public.book.extra")],
            ),
            made_anew("TABLE two", "(a int)", "(a int, b int)", &[(MissingInDatabase, "public.two.b")]),
            renamed(
                "TABLE book",
                "COLUMN",
                "cost",
                "gone",
                &[(MissingInDatabase, "public.book.cost"), (MissingInModel, "public.book.gone")],
            ),
            column("cost", "TYPE numeric(12,2)", "TYPE numeric(10,2)", TypeMismatch),
            column("cost", "TYPE numeric(10,4)", "TYPE numeric(10,2)", TypeMismatch),
            column("cost", "TYPE numeric", "TYPE numeric(10,2)", TypeMismatch),
            column("amount", "TYPE bigint", "TYPE int", TypeMismatch),
            column("amount", "TYPE text", "TYPE int USING 1", TypeMismatch),
            column("code", "TYPE char(4)", "TYPE char(3)", TypeMismatch),
            column("code", "TYPE varchar(3)", "TYPE char(3)", TypeMismatch),
            column("tags", "TYPE int[] USING NULL", "TYPE text[] USING NULL", TypeMismatch),
            column("tags", "TYPE text[][]", "TYPE text[]", DimensionMismatch),
            column("at", "TYPE timestamptz", "TYPE timestamp", TypeMismatch),
            column("at", "TYPE timestamp(3)", "TYPE timestamp", TypeMismatch),
            column("doc", "TYPE jsonb", "TYPE json", TypeMismatch),
            column("m", "TYPE text", "TYPE mood USING NULL", TypeMismatch),
            column("home", "TYPE text", "TYPE place USING NULL", TypeMismatch),
            column("bits", "TYPE varbit(3)", "TYPE bit(3)", TypeMismatch),
            column("left_on", "DROP NOT NULL", "SET NOT NULL", NullabilityMismatch),
            column("amount", "SET NOT NULL", "DROP NOT NULL", NullabilityMismatch),
            column("amount", "SET DEFAULT 1", "DROP DEFAULT", DefaultMismatch),
            column("title", "SET DEFAULT 'x'", "SET DEFAULT 'untitled'", DefaultMismatch),
            column("title", "DROP DEFAULT", "SET DEFAULT 'untitled'", DefaultMismatch),
            column("id", "SET GENERATED ALWAYS", "SET GENERATED BY DEFAULT", IdentityMismatch),
            column("id", "DROP IDENTITY", "ADD GENERATED BY DEFAULT AS IDENTITY", IdentityMismatch),
            column("word", "TYPE text COLLATE \"POSIX\"", "TYPE text COLLATE \"C\"", CollationMismatch),
            column("word", "TYPE text", "TYPE text COLLATE \"C\"", CollationMismatch),
            made_anew(
                "TABLE calc",
                "(a int, b int GENERATED ALWAYS AS (a * 3) STORED)",
                "(a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
                &[(GeneratedMismatch, "public.calc.b")],
            ),
            made_anew(
                "TABLE calc",
                "(a int, b int)",
                "(a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
                &[(GeneratedMismatch, "public.calc.b")],
            ),
            pk("PRIMARY KEY (b)"),
            pk("PRIMARY KEY (a, b)"),
            pk("PRIMARY KEY (a) INCLUDE (b)"),
            pk("PRIMARY KEY (a) DEFERRABLE"),
            change(
                "ALTER TABLE keyed DROP CONSTRAINT keyed_pk",
                "ALTER TABLE keyed ADD CONSTRAINT keyed_pk PRIMARY KEY (a)",
                &[(KeyMismatch, "public.keyed.keyed_pk")],
            ),
            change(
                "ALTER TABLE alone ADD CONSTRAINT alone_pk PRIMARY KEY (id)",
                "ALTER TABLE alone DROP CONSTRAINT alone_pk",
                &[(KeyMismatch, "public.alone.alone_pk")],
            ),
            renamed("TABLE keyed", "CONSTRAINT", "keyed_pk", "gone", &[(KeyMismatch, "public.keyed.gone")]),
            unique("UNIQUE (d)"),
            unique("UNIQUE (c, d)"),
            unique("UNIQUE (c) INCLUDE (d)"),
            unique("UNIQUE NULLS NOT DISTINCT (c)"),
            unique("UNIQUE (c) DEFERRABLE INITIALLY DEFERRED"),
            change(
                "ALTER TABLE keyed ADD CONSTRAINT extra UNIQUE (d)",
                "ALTER TABLE keyed DROP CONSTRAINT extra",
                &[(KeyMismatch, "public.keyed.extra")],
            ),
            renamed(
                "TABLE keyed",
                "CONSTRAINT",
                "keyed_one",
                "gone",
                &[(KeyMismatch, "public.keyed.keyed_one"), (KeyMismatch, "public.keyed.gone")],
            ),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) ON DELETE CASCADE"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) ON DELETE RESTRICT"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) ON DELETE SET NULL"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) ON UPDATE CASCADE"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) DEFERRABLE"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) DEFERRABLE INITIALLY DEFERRED"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (id) NOT VALID"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES shelf (twin)"),
            foreign("FOREIGN KEY (shelf_id) REFERENCES keyed (a)"),
            foreign("FOREIGN KEY (c) REFERENCES shelf (id)"),
            two("FOREIGN KEY (b, c) REFERENCES other_two (a, b) MATCH FULL"),
            two("FOREIGN KEY (c, b) REFERENCES other_two (a, b)"),
            change(
                "ALTER TABLE linked ADD CONSTRAINT extra FOREIGN KEY (b) REFERENCES shelf (id)",
                "ALTER TABLE linked DROP CONSTRAINT extra",
                &[(KeyMismatch, "public.linked.extra")],
            ),
            holds("CHECK (a > 1)"),
            holds("CHECK (a > 0) NOT VALID"),
            holds("CHECK (a > 0) NO INHERIT"),
            change(
                "ALTER TABLE keyed ADD CONSTRAINT extra CHECK (b > 0)",
                "ALTER TABLE keyed DROP CONSTRAINT extra",
                &[(ConstraintMismatch, "public.keyed.extra")],
            ),
            renamed(
                "TABLE keyed",
                "CONSTRAINT",
                "keyed_check",
                "gone",
                &[(ConstraintMismatch, "public.keyed.keyed_check"), (ConstraintMismatch, "public.keyed.gone")],
            ),
            excludes("EXCLUDE USING gist (room WITH -|-)"),
            excludes("EXCLUDE USING gist (room WITH &&) WHERE (lower(room) > 3)"),
            excludes("EXCLUDE USING gist (room WITH &&) DEFERRABLE"),
            change(
                "DROP INDEX alone_n",
                "CREATE INDEX alone_n ON alone (n)",
                &[(IndexMismatch, "public.alone.alone_n")],
            ),
            index("UNIQUE INDEX alone_n ON alone (n)"),
            index("INDEX alone_n ON alone USING hash (n)"),
            index("INDEX alone_n ON alone (n DESC)"),
            index("INDEX alone_n ON alone (n NULLS FIRST)"),
            index("INDEX alone_n ON alone (n) INCLUDE (s)"),
            index("INDEX alone_n ON alone (n) WHERE n > 3"),
            index("INDEX alone_n ON alone ((n + 1))"),
            index("INDEX alone_n ON alone (s text_pattern_ops)"),
            index("INDEX alone_n ON alone (s COLLATE \"C\")"),
            index("INDEX alone_n ON alone (id, n)"),
            index("UNIQUE INDEX alone_n ON alone (n) NULLS NOT DISTINCT"),
            change(
                "ALTER INDEX alone_n RENAME TO gone",
                "ALTER INDEX gone RENAME TO alone_n",
                &[(IndexMismatch, "public.alone.alone_n"), (IndexMismatch, "public.alone.gone")],
            ),
            colour("'red', 'green', 'blue', 'grey'", &[(EnumMismatch, "public.colour.grey")]),
            colour("'red', 'blue'", &[(EnumMismatch, "public.colour.green")]),
            colour("'blue', 'green', 'red'", &[(EnumMismatch, "public.colour")]),
            change(
                "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
                "ALTER TYPE mood RENAME VALUE 'fine' TO 'ok'",
                &[(EnumMismatch, "public.mood.ok"), (EnumMismatch, "public.mood.fine")],
            ),
            change("CREATE TYPE extra AS ENUM ('a')", "DROP TYPE extra", &[(MissingInModel, "public.extra")]),
            short(
                "AS varchar(6) DEFAULT 'q' CONSTRAINT low CHECK (VALUE = lower(VALUE))",
                &[(TypeMismatch, "public.short")],
            ),
            short(
                "AS varchar(5) DEFAULT 'r' CONSTRAINT low CHECK (VALUE = lower(VALUE))",
                &[(DefaultMismatch, "public.short")],
            ),
            short(
                "AS varchar(5) DEFAULT 'q' CONSTRAINT low CHECK (VALUE = upper(VALUE))",
                &[(ConstraintMismatch, "public.short.low")],
            ),
            short("AS varchar(5) DEFAULT 'q'", &[(ConstraintMismatch, "public.short.low")]),
            short(
                "AS varchar(5) DEFAULT 'q' NOT NULL CONSTRAINT low CHECK (VALUE = lower(VALUE))",
                &[(NullabilityMismatch, "public.short")],
            ),
            short(
                "AS varchar(5) COLLATE \"C\" DEFAULT 'q' CONSTRAINT low CHECK (VALUE = lower(VALUE))",
                &[(CollationMismatch, "public.short")],
            ),
            change(
                "ALTER TYPE place ADD ATTRIBUTE town text",
                "ALTER TYPE place DROP ATTRIBUTE town",
                &[(MissingInModel, "public.place.town")],
            ),
            renamed(
                "TYPE place",
                "ATTRIBUTE",
                "street",
                "gone",
                &[(MissingInDatabase, "public.place.street"), (MissingInModel, "public.place.gone")],
            ),
            made_anew(
                "TYPE span",
                "AS RANGE (subtype = float4)",
                "AS RANGE (subtype = float8)",
                &[(TypeMismatch, "public.span")],
            ),
            change(
                "CREATE OR REPLACE VIEW seen AS SELECT id, title FROM book WHERE id > 3",
                "CREATE OR REPLACE VIEW seen AS SELECT id, title FROM book",
                &[(DefinitionMismatch, "public.seen")],
            ),
            made_anew(
                "MATERIALIZED VIEW kept",
                "AS SELECT count(m) AS n FROM book",
                "AS SELECT count(*) AS n FROM book",
                &[(DefinitionMismatch, "public.kept")],
            ),
            change("CREATE VIEW extra AS SELECT 1 AS one", "DROP VIEW extra", &[(MissingInModel, "public.extra")]),
            made_anew(
                "FUNCTION one",
                "(a int) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
                "(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                &[(TypeMismatch, "public.one(a integer)")],
            ),
            change(
                "CREATE PROCEDURE act() LANGUAGE sql AS 'SELECT 1'",
                "DROP PROCEDURE act",
                &[(MissingInModel, "public.act()")],
            ),
            change(
                "CREATE FOREIGN TABLE extra (n int) SERVER near",
                "DROP FOREIGN TABLE extra",
                &[(MissingInModel, "public.extra")],
            ),
            comment("TABLE alone", "'other'", "'stands by itself'", "public.alone"),
            comment("TABLE alone", "NULL", "'stands by itself'", "public.alone"),
            comment("TABLE book", "'new'", "NULL", "public.book"),
            comment("COLUMN book.title", "'other'", "'printed'", "public.book.title"),
            comment("COLUMN book.cost", "'new'", "NULL", "public.book.cost"),
            comment("CONSTRAINT keyed_one ON keyed", "'other'", "'only one'", "public.keyed.keyed_one"),
            comment("CONSTRAINT keyed_pk ON keyed", "'new'", "NULL", "public.keyed.keyed_pk"),
            comment("CONSTRAINT keyed_check ON keyed", "'new'", "NULL", "public.keyed.keyed_check"),
            comment("CONSTRAINT linked_shelf ON linked", "'new'", "NULL", "public.linked.linked_shelf"),
            comment("CONSTRAINT held_room ON held", "'new'", "NULL", "public.held.held_room"),
            comment("INDEX alone_n", "'new'", "NULL", "public.alone.alone_n"),
            comment("TYPE mood", "'new'", "NULL", "public.mood"),
            comment("DOMAIN short", "'new'", "NULL", "public.short"),
            comment("TYPE place", "'new'", "NULL", "public.place"),
            comment("TYPE span", "'new'", "NULL", "public.span"),
            comment("COLUMN place.street", "'new'", "NULL", "public.place.street"),
            comment("VIEW seen", "'new'", "NULL", "public.seen"),
            comment("SCHEMA other", "'new'", "NULL", "other"),
        ],
    );
}

const MYSQL: &str = "
CREATE TABLE shelf (id int PRIMARY KEY, twin int NOT NULL UNIQUE) COMMENT 'stands';
CREATE TABLE book (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY, title varchar(40) NOT NULL DEFAULT 'untitled' COMMENT 'printed',
    cost decimal(10,2), amount int, tiny tinyint, code char(3), raw varbinary(8), body text, at datetime, day date,
    changed timestamp NULL DEFAULT NULL, kind enum('x','y','z'), marks set('a','b','c'), bits bit(3), ratio double,
    label varchar(20) COLLATE utf8mb4_bin, price int, twice int AS (price * 2) STORED, data blob, clock time, born year
);
CREATE TABLE alone (id int NOT NULL, n int, s varchar(20), t text, KEY alone_n (n));
CREATE TABLE keyed (a int NOT NULL, b int NOT NULL, c varchar(20), d varchar(20),
    PRIMARY KEY (a), UNIQUE KEY keyed_one (c), CONSTRAINT keyed_check CHECK (a > 0));
CREATE TABLE bare (a int NOT NULL, b varchar(20) NOT NULL, PRIMARY KEY (a));
CREATE TABLE other_two (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE linked (id int PRIMARY KEY, shelf_id int, b int, c int, KEY by_shelf (shelf_id), KEY by_two (b, c), KEY by_c (c),
    CONSTRAINT linked_shelf FOREIGN KEY (shelf_id) REFERENCES shelf (id),
    CONSTRAINT linked_two FOREIGN KEY (b, c) REFERENCES other_two (a, b));
CREATE TABLE two (a int, b int);
CREATE VIEW seen AS SELECT id, s FROM alone;
";

#[test]
fn every_kind_of_change_of_mysql_is_found() {
    let modified = |name: &str, after: &str, before: &str, status: Status| {
        let modify = |definition: &str| format!("ALTER TABLE book MODIFY {name} {definition}");
        change(modify(after), modify(before), &[(status, &format!("book.{name}"))])
    };
    let dropped_and_added = |table: &str, what: &str, after: &str, before: &str, expected: &[(Status, &str)]| {
        let alter = |to: &str| format!("ALTER TABLE {table} DROP {what}, ADD {to}");
        change(alter(after), alter(before), expected)
    };
    let pk = |after: &str| {
        dropped_and_added("bare", "PRIMARY KEY", after, "PRIMARY KEY (a)", &[(KeyMismatch, "bare.PRIMARY KEY")])
    };
    let unique = |after: &str| {
        let place = [(KeyMismatch, "keyed.keyed_one")];
        dropped_and_added("keyed", "INDEX keyed_one", after, "UNIQUE KEY keyed_one (c)", &place)
    };
    let foreign = |name: &str, after: &str, before: &str| {
        // The name of a foreign key is not free before the statement that drops it has ended.
        let make = |to: &str| {
            format!(
                "ALTER TABLE linked DROP FOREIGN KEY {name}; ALTER TABLE linked ADD CONSTRAINT {name} FOREIGN KEY {to}"
            )
        };
        change(make(after), make(before), &[(KeyMismatch, &format!("linked.{name}"))])
    };
    let one = |after: &str| foreign("linked_shelf", after, "(shelf_id) REFERENCES shelf (id)");
    let two = |after: &str| foreign("linked_two", after, "(b, c) REFERENCES other_two (a, b)");
    let holds = |after: &str| {
        let place = [(ConstraintMismatch, "keyed.keyed_check")];
        let before = "CONSTRAINT keyed_check CHECK (a > 0)";
        let make = |to: &str| format!("ALTER TABLE keyed DROP CONSTRAINT keyed_check; ALTER TABLE keyed ADD {to}");
        change(make(after), make(before), &place)
    };
    let index = |after: &str| {
        dropped_and_added("alone", "INDEX alone_n", after, "INDEX alone_n (n)", &[(IndexMismatch, "alone.alone_n")])
    };
    let altered = |table: &str, after: &str, undo: &str, expected: &[(Status, &str)]| {
        change(format!("ALTER TABLE {table} {after}"), format!("ALTER TABLE {table} {undo}"), expected)
    };
    each_is_found_on_a_server(
        Engine::Mysql,
        MYSQL,
        &[
            change("CREATE TABLE extra (id int)", "DROP TABLE extra", &[(MissingInModel, "extra")]),
            change("DROP TABLE two", "CREATE TABLE two (a int, b int)", &[(MissingInDatabase, "two")]),
            change(
                "RENAME TABLE two TO gone",
                "RENAME TABLE gone TO two",
                &[(MissingInDatabase, "two"), (MissingInModel, "gone")],
            ),
            change(
                "DROP TABLE two; CREATE VIEW two AS SELECT n AS a, n AS b FROM alone",
                "DROP VIEW two; CREATE TABLE two (a int, b int)",
                &[(RelationMismatch, "two"), (DefinitionMismatch, "two.a"), (DefinitionMismatch, "two.b")],
            ),
            altered("two", "MODIFY b int FIRST", "MODIFY b int AFTER a", &[(OrderMismatch, "two")]),
            altered("two", "ADD extra int", "DROP extra", &[(MissingInModel, "two.extra")]),
            altered("two", "ADD extra int FIRST", "DROP extra", &[(MissingInModel, "two.extra")]),
            altered("two", "DROP b", "ADD b int", &[(MissingInDatabase, "two.b")]),
            altered(
                "two",
                "RENAME COLUMN b TO gone",
                "RENAME COLUMN gone TO b",
                &[(MissingInDatabase, "two.b"), (MissingInModel, "two.gone")],
            ),
            modified("cost", "decimal(12,2)", "decimal(10,2)", TypeMismatch),
            modified("cost", "decimal(10,4)", "decimal(10,2)", TypeMismatch),
            modified("cost", "decimal(10,2) unsigned", "decimal(10,2)", TypeMismatch),
            modified("amount", "bigint", "int", TypeMismatch),
            modified("amount", "int unsigned", "int", TypeMismatch),
            modified("amount", "smallint", "int", TypeMismatch),
            modified("amount", "mediumint", "int", TypeMismatch),
            modified("tiny", "tinyint(1)", "tinyint", TypeMismatch),
            modified("code", "char(4)", "char(3)", TypeMismatch),
            modified("code", "varchar(3)", "char(3)", TypeMismatch),
            modified("raw", "varbinary(9)", "varbinary(8)", TypeMismatch),
            modified("raw", "binary(8)", "varbinary(8)", TypeMismatch),
            modified("body", "mediumtext", "text", TypeMismatch),
            modified("data", "longblob", "blob", TypeMismatch),
            modified("at", "datetime(3)", "datetime", TypeMismatch),
            modified("day", "datetime", "date", TypeMismatch),
            modified("clock", "time(6)", "time", TypeMismatch),
            modified("born", "int", "year", TypeMismatch),
            modified("bits", "bit(4)", "bit(3)", TypeMismatch),
            modified("ratio", "float", "double", TypeMismatch),
            modified("kind", "enum('x','y','z','w')", "enum('x','y','z')", EnumMismatch),
            modified("kind", "enum('x','z')", "enum('x','y','z')", EnumMismatch),
            modified("kind", "enum('z','y','x')", "enum('x','y','z')", EnumMismatch),
            modified("kind", "varchar(9)", "enum('x','y','z')", TypeMismatch),
            modified("kind", "set('x','y','z')", "enum('x','y','z')", TypeMismatch),
            modified("marks", "set('a','b','c','d')", "set('a','b','c')", EnumMismatch),
            modified("marks", "set('c','b','a')", "set('a','b','c')", EnumMismatch),
            modified("amount", "int NOT NULL", "int", NullabilityMismatch),
            modified(
                "title",
                "varchar(40) DEFAULT 'untitled' COMMENT 'printed'",
                "varchar(40) NOT NULL DEFAULT 'untitled' COMMENT 'printed'",
                NullabilityMismatch,
            ),
            modified(
                "title",
                "varchar(40) NOT NULL DEFAULT 'x' COMMENT 'printed'",
                "varchar(40) NOT NULL DEFAULT 'untitled' COMMENT 'printed'",
                DefaultMismatch,
            ),
            modified(
                "title",
                "varchar(40) NOT NULL COMMENT 'printed'",
                "varchar(40) NOT NULL DEFAULT 'untitled' COMMENT 'printed'",
                DefaultMismatch,
            ),
            modified("amount", "int DEFAULT 7", "int", DefaultMismatch),
            modified("at", "datetime DEFAULT CURRENT_TIMESTAMP", "datetime", DefaultMismatch),
            modified(
                "changed",
                "timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP",
                "timestamp NULL DEFAULT NULL",
                DefaultMismatch,
            ),
            modified("id", "int NOT NULL", "int NOT NULL AUTO_INCREMENT", IdentityMismatch),
            modified("twice", "int AS (price * 3) STORED", "int AS (price * 2) STORED", GeneratedMismatch),
            altered(
                "book",
                "DROP twice, ADD twice int AS (price * 2) VIRTUAL AFTER price",
                "DROP twice, ADD twice int AS (price * 2) STORED AFTER price",
                &[(GeneratedMismatch, "book.twice")],
            ),
            altered(
                "book",
                "DROP twice, ADD twice int AFTER price",
                "DROP twice, ADD twice int AS (price * 2) STORED AFTER price",
                &[(GeneratedMismatch, "book.twice")],
            ),
            modified(
                "label",
                "varchar(20) COLLATE utf8mb4_unicode_ci",
                "varchar(20) COLLATE utf8mb4_bin",
                CollationMismatch,
            ),
            modified("amount", "int INVISIBLE", "int", VisibilityMismatch),
            pk("PRIMARY KEY (b)"),
            pk("PRIMARY KEY (a, b)"),
            pk("PRIMARY KEY (a, b(4))"),
            altered("bare", "DROP PRIMARY KEY", "ADD PRIMARY KEY (a)", &[(KeyMismatch, "bare.PRIMARY KEY")]),
            altered("alone", "ADD PRIMARY KEY (id)", "DROP PRIMARY KEY", &[(KeyMismatch, "alone.PRIMARY KEY")]),
            unique("UNIQUE KEY keyed_one (d)"),
            unique("UNIQUE KEY keyed_one (c, d)"),
            altered("keyed", "ADD UNIQUE KEY extra (d)", "DROP INDEX extra", &[(KeyMismatch, "keyed.extra")]),
            altered(
                "keyed",
                "RENAME INDEX keyed_one TO gone",
                "RENAME INDEX gone TO keyed_one",
                &[(KeyMismatch, "keyed.keyed_one"), (KeyMismatch, "keyed.gone")],
            ),
            dropped_and_added(
                "keyed",
                "INDEX keyed_one",
                "INDEX keyed_one (c)",
                "UNIQUE KEY keyed_one (c)",
                &[(KeyMismatch, "keyed.keyed_one"), (IndexMismatch, "keyed.keyed_one")],
            ),
            one("(shelf_id) REFERENCES shelf (id) ON DELETE CASCADE"),
            one("(shelf_id) REFERENCES shelf (id) ON DELETE SET NULL"),
            one("(shelf_id) REFERENCES shelf (id) ON UPDATE CASCADE"),
            one("(shelf_id) REFERENCES shelf (twin)"),
            one("(shelf_id) REFERENCES keyed (a)"),
            one("(c) REFERENCES shelf (id)"),
            two("(b) REFERENCES shelf (id)"),
            altered(
                "linked",
                "DROP FOREIGN KEY linked_shelf",
                "ADD CONSTRAINT linked_shelf FOREIGN KEY (shelf_id) REFERENCES shelf (id)",
                &[(KeyMismatch, "linked.linked_shelf")],
            ),
            altered(
                "linked",
                "ADD CONSTRAINT extra FOREIGN KEY (b) REFERENCES shelf (id)",
                "DROP FOREIGN KEY extra",
                &[(KeyMismatch, "linked.extra")],
            ),
            holds("CONSTRAINT keyed_check CHECK (a > 1)"),
            altered(
                "keyed",
                "ADD CONSTRAINT extra CHECK (b > 0)",
                "DROP CONSTRAINT extra",
                &[(ConstraintMismatch, "keyed.extra")],
            ),
            altered(
                "keyed",
                "DROP CONSTRAINT keyed_check",
                "ADD CONSTRAINT keyed_check CHECK (a > 0)",
                &[(ConstraintMismatch, "keyed.keyed_check")],
            ),
            altered("alone", "DROP INDEX alone_n", "ADD INDEX alone_n (n)", &[(IndexMismatch, "alone.alone_n")]),
            altered("alone", "ADD INDEX extra (s)", "DROP INDEX extra", &[(IndexMismatch, "alone.extra")]),
            altered("alone", "ADD FULLTEXT INDEX extra (t)", "DROP INDEX extra", &[(IndexMismatch, "alone.extra")]),
            altered(
                "alone",
                "RENAME INDEX alone_n TO gone",
                "RENAME INDEX gone TO alone_n",
                &[(IndexMismatch, "alone.alone_n"), (IndexMismatch, "alone.gone")],
            ),
            index("INDEX alone_n (id)"),
            index("INDEX alone_n (n, id)"),
            index("INDEX alone_n (n DESC)"),
            index("INDEX alone_n (s(5))"),
            index("INDEX alone_n (n) COMMENT 'fast'").told_as(CommentMismatch),
            altered("shelf", "COMMENT 'other'", "COMMENT 'stands'", &[(CommentMismatch, "shelf")]),
            altered("shelf", "COMMENT ''", "COMMENT 'stands'", &[(CommentMismatch, "shelf")]),
            altered("two", "COMMENT 'new'", "COMMENT ''", &[(CommentMismatch, "two")]),
            modified(
                "title",
                "varchar(40) NOT NULL DEFAULT 'untitled' COMMENT 'other'",
                "varchar(40) NOT NULL DEFAULT 'untitled' COMMENT 'printed'",
                CommentMismatch,
            ),
            modified("amount", "int COMMENT 'new'", "int", CommentMismatch),
            change("CREATE VIEW extra AS SELECT 1 AS one", "DROP VIEW extra", &[(MissingInModel, "extra")]),
            change(
                "CREATE OR REPLACE VIEW seen AS SELECT id FROM alone",
                "CREATE OR REPLACE VIEW seen AS SELECT id, s FROM alone",
                &[(MissingInDatabase, "seen.s")],
            ),
            change("DROP VIEW seen", "CREATE VIEW seen AS SELECT id, s FROM alone", &[(MissingInDatabase, "seen")]),
        ],
    );
}

/// A part of the schema, what takes its place, and what is found then.
type Replacement = (&'static str, &'static str, &'static [(Status, &'static str)]);

const SQLITE: &str = "
CREATE TABLE shelf (id INTEGER PRIMARY KEY, twin INTEGER NOT NULL UNIQUE);
CREATE TABLE book (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(40) NOT NULL DEFAULT 'untitled', cost NUMERIC(10,2),
    amount INTEGER, day DATE, at TIMESTAMP, flag BOOLEAN, body TEXT, data BLOB, ratio REAL, anything, code TEXT COLLATE NOCASE,
    price INTEGER, twice INTEGER AS (price * 2) STORED, doc JSON);
CREATE TABLE keyed (a INTEGER NOT NULL, b INTEGER NOT NULL, c TEXT, d TEXT, e TEXT UNIQUE, CONSTRAINT keyed_pk PRIMARY KEY (a, b),
    CONSTRAINT keyed_one UNIQUE (c), CONSTRAINT keyed_check CHECK (a > 0), CHECK (b > 0));
CREATE TABLE bare (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a));
CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
CREATE TABLE linked (id INTEGER PRIMARY KEY, shelf INTEGER REFERENCES shelf (id), b INTEGER, c INTEGER,
    CONSTRAINT linked_pairs FOREIGN KEY (b, c) REFERENCES pairs (a, b));
CREATE TABLE strict (a INTEGER) STRICT;
CREATE TABLE two (a INTEGER, b INTEGER);
CREATE TABLE gone (a INTEGER);
CREATE VIRTUAL TABLE found USING fts5(body);
CREATE INDEX book_amount ON book (amount);
CREATE INDEX book_part ON book (day) WHERE amount > 3;
CREATE VIEW seen AS SELECT id, title FROM book;
";

#[test]
fn every_kind_of_change_of_sqlite_is_found() {
    // SQLite alters little: another database takes the place of the one that the crate was made from.
    let told: &[Replacement] = &[
        ("CREATE TABLE two", "CREATE TABLE extra (id INTEGER); CREATE TABLE two", &[(MissingInModel, "extra")]),
        ("CREATE TABLE gone (a INTEGER);", "", &[(MissingInDatabase, "gone")]),
        ("CREATE TABLE gone (", "CREATE TABLE come (", &[(MissingInDatabase, "gone"), (MissingInModel, "come")]),
        (
            "CREATE TABLE gone (a INTEGER);",
            "CREATE VIEW gone AS SELECT amount AS a FROM book;",
            &[(RelationMismatch, "gone"), (DefinitionMismatch, "gone"), (DefinitionMismatch, "gone.a")],
        ),
        ("strict (a INTEGER) STRICT", "strict (a INTEGER)", &[(RelationMismatch, "strict")]),
        ("two (a INTEGER, b INTEGER)", "two (a INTEGER, b INTEGER) STRICT", &[(RelationMismatch, "two")]),
        ("PRIMARY KEY (a));", "PRIMARY KEY (a)) WITHOUT ROWID;", &[(RelationMismatch, "bare")]),
        ("USING fts5(body)", "USING fts5(body, tail)", &[(MissingInModel, "found.tail")]),
        ("two (a INTEGER, b INTEGER)", "two (b INTEGER, a INTEGER)", &[(OrderMismatch, "two")]),
        ("two (a INTEGER, b INTEGER)", "two (a INTEGER, b INTEGER, c INTEGER)", &[(MissingInModel, "two.c")]),
        ("two (a INTEGER, b INTEGER)", "two (c INTEGER, a INTEGER, b INTEGER)", &[(MissingInModel, "two.c")]),
        ("two (a INTEGER, b INTEGER)", "two (a INTEGER)", &[(MissingInDatabase, "two.b")]),
        (
            "two (a INTEGER, b INTEGER)",
            "two (a INTEGER, c INTEGER)",
            &[(MissingInDatabase, "two.b"), (MissingInModel, "two.c")],
        ),
        ("cost NUMERIC(10,2)", "cost NUMERIC(12,2)", &[(TypeMismatch, "book.cost")]),
        ("cost NUMERIC(10,2)", "cost NUMERIC(10,4)", &[(TypeMismatch, "book.cost")]),
        ("cost NUMERIC(10,2)", "cost REAL", &[(TypeMismatch, "book.cost")]),
        ("amount INTEGER", "amount TEXT", &[(TypeMismatch, "book.amount")]),
        ("amount INTEGER", "amount BIGINT", &[(TypeMismatch, "book.amount")]),
        ("amount INTEGER", "amount", &[(TypeMismatch, "book.amount")]),
        ("day DATE", "day TIMESTAMP", &[(TypeMismatch, "book.day")]),
        ("at TIMESTAMP", "at TEXT", &[(TypeMismatch, "book.at")]),
        ("flag BOOLEAN", "flag INTEGER", &[(TypeMismatch, "book.flag")]),
        ("body TEXT,", "body CLOB,", &[(TypeMismatch, "book.body")]),
        ("data BLOB", "data TEXT", &[(TypeMismatch, "book.data")]),
        ("ratio REAL", "ratio DOUBLE", &[(TypeMismatch, "book.ratio")]),
        ("anything,", "anything TEXT,", &[(TypeMismatch, "book.anything")]),
        ("doc JSON", "doc TEXT", &[(TypeMismatch, "book.doc")]),
        ("strict (a INTEGER)", "strict (a ANY)", &[(TypeMismatch, "strict.a")]),
        ("amount INTEGER", "amount INTEGER NOT NULL", &[(NullabilityMismatch, "book.amount")]),
        ("c TEXT, d", "c TEXT NOT NULL, d", &[(NullabilityMismatch, "keyed.c")]),
        ("twin INTEGER NOT NULL", "twin INTEGER", &[(NullabilityMismatch, "shelf.twin")]),
        ("amount INTEGER", "amount INTEGER DEFAULT 1", &[(DefaultMismatch, "book.amount")]),
        ("at TIMESTAMP", "at TIMESTAMP DEFAULT CURRENT_TIMESTAMP", &[(DefaultMismatch, "book.at")]),
        ("DEFAULT 'untitled'", "DEFAULT 'x'", &[(DefaultMismatch, "book.title")]),
        ("DEFAULT 'untitled'", "", &[(DefaultMismatch, "book.title")]),
        ("PRIMARY KEY AUTOINCREMENT", "PRIMARY KEY", &[(IdentityMismatch, "book.id")]),
        ("(price * 2) STORED", "(price * 3) STORED", &[(GeneratedMismatch, "book.twice")]),
        ("(price * 2) STORED", "(price * 2) VIRTUAL", &[(GeneratedMismatch, "book.twice")]),
        ("twice INTEGER AS (price * 2) STORED", "twice INTEGER", &[(GeneratedMismatch, "book.twice")]),
        ("COLLATE NOCASE", "COLLATE RTRIM", &[(CollationMismatch, "book.code")]),
        ("COLLATE NOCASE", "", &[(CollationMismatch, "book.code")]),
        ("body TEXT,", "body TEXT COLLATE NOCASE,", &[(CollationMismatch, "book.body")]),
        ("keyed_pk PRIMARY KEY (a, b)", "keyed_pk PRIMARY KEY (b, a)", &[(KeyMismatch, "keyed.keyed_pk")]),
        ("keyed_pk PRIMARY KEY (a, b)", "keyed_pk PRIMARY KEY (a, b, d)", &[(KeyMismatch, "keyed.keyed_pk")]),
        ("CONSTRAINT keyed_pk PRIMARY KEY", "CONSTRAINT other PRIMARY KEY", &[(KeyMismatch, "keyed.other")]),
        ("CONSTRAINT keyed_pk PRIMARY KEY", "PRIMARY KEY", &[(KeyMismatch, "keyed.PRIMARY KEY")]),
        ("PRIMARY KEY (a));", "PRIMARY KEY (b));", &[(KeyMismatch, "bare.PRIMARY KEY")]),
        (", PRIMARY KEY (a));", ");", &[(KeyMismatch, "bare.PRIMARY KEY")]),
        ("keyed_one UNIQUE (c)", "keyed_one UNIQUE (d)", &[(KeyMismatch, "keyed.keyed_one")]),
        ("keyed_one UNIQUE (c)", "keyed_one UNIQUE (c, d)", &[(KeyMismatch, "keyed.keyed_one")]),
        ("CONSTRAINT keyed_one UNIQUE (c),", "", &[(KeyMismatch, "keyed.keyed_one")]),
        ("CONSTRAINT keyed_one", "CONSTRAINT other", &[(KeyMismatch, "keyed.keyed_one"), (KeyMismatch, "keyed.other")]),
        ("e TEXT UNIQUE", "e TEXT", &[(KeyMismatch, "keyed.UNIQUE (e)")]),
        ("d TEXT, e", "d TEXT UNIQUE, e", &[(KeyMismatch, "keyed.UNIQUE (d)")]),
        (
            "REFERENCES shelf (id)",
            "REFERENCES shelf (id) ON DELETE CASCADE",
            &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")],
        ),
        (
            "REFERENCES shelf (id)",
            "REFERENCES shelf (id) ON DELETE SET NULL",
            &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")],
        ),
        (
            "REFERENCES shelf (id)",
            "REFERENCES shelf (id) ON DELETE RESTRICT",
            &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")],
        ),
        (
            "REFERENCES shelf (id)",
            "REFERENCES shelf (id) ON UPDATE CASCADE",
            &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")],
        ),
        (
            "REFERENCES shelf (id)",
            "REFERENCES shelf (id) DEFERRABLE INITIALLY DEFERRED",
            &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")],
        ),
        ("REFERENCES shelf (id)", "REFERENCES shelf (twin)", &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")]),
        ("REFERENCES shelf (id)", "REFERENCES book (id)", &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")]),
        ("REFERENCES shelf (id)", "", &[(KeyMismatch, "linked.FOREIGN KEY (shelf)")]),
        ("(b, c) REFERENCES pairs (a, b)", "(b, c) REFERENCES pairs (b, a)", &[(KeyMismatch, "linked.linked_pairs")]),
        ("(b, c) REFERENCES pairs (a, b)", "(c, b) REFERENCES pairs (a, b)", &[(KeyMismatch, "linked.linked_pairs")]),
        ("CHECK (a > 0)", "CHECK (a > 1)", &[(ConstraintMismatch, "keyed.keyed_check")]),
        ("CONSTRAINT keyed_check CHECK (a > 0),", "", &[(ConstraintMismatch, "keyed.keyed_check")]),
        (
            "CONSTRAINT keyed_check",
            "CONSTRAINT other",
            &[(ConstraintMismatch, "keyed.keyed_check"), (ConstraintMismatch, "keyed.other")],
        ),
        (", CHECK (b > 0)", "", &[(ConstraintMismatch, "keyed.CHECK (b > 0)")]),
        ("amount INTEGER", "amount INTEGER CHECK (amount < 9)", &[(ConstraintMismatch, "book.CHECK (amount < 9)")]),
        ("CREATE INDEX book_amount ON book (amount);", "", &[(IndexMismatch, "book.book_amount")]),
        ("INDEX book_amount", "INDEX other", &[(IndexMismatch, "book.book_amount"), (IndexMismatch, "book.other")]),
        ("CREATE INDEX book_amount", "CREATE UNIQUE INDEX book_amount", &[(IndexMismatch, "book.book_amount")]),
        ("book (amount)", "book (amount DESC)", &[(IndexMismatch, "book.book_amount")]),
        ("book (amount)", "book (amount, day)", &[(IndexMismatch, "book.book_amount")]),
        ("book (amount)", "book (amount + 1)", &[(IndexMismatch, "book.book_amount")]),
        ("book (amount)", "book (body COLLATE NOCASE)", &[(IndexMismatch, "book.book_amount")]),
        ("WHERE amount > 3", "WHERE amount > 4", &[(IndexMismatch, "book.book_part")]),
        ("WHERE amount > 3", "", &[(IndexMismatch, "book.book_part")]),
        ("CREATE VIEW seen AS SELECT id, title FROM book;", "", &[(MissingInDatabase, "seen")]),
        ("SELECT id, title FROM book", "SELECT id, title FROM book WHERE id > 3", &[(DefinitionMismatch, "seen")]),
        (
            "SELECT id, title FROM book",
            "SELECT id, code AS title FROM book",
            &[
                (DefinitionMismatch, "seen"),
                (DefinitionMismatch, "seen.title"),
                (TypeMismatch, "seen.title"),
                (NullabilityMismatch, "seen.title"),
            ],
        ),
        (
            "SELECT id, title FROM book",
            "SELECT id, title, day FROM book",
            &[(DefinitionMismatch, "seen"), (MissingInModel, "seen.day")],
        ),
    ];
    let mut watch = Watch::new(Engine::Sqlite, SQLITE);
    assert_eq!(watch.look().0, [], "a fresh crate");
    let database = |schema: &str| {
        let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
        database.load(schema).map(|()| database).map_err(|error| error.to_string())
    };
    let mut faults = Vec::new();
    for (before, after, expected) in told {
        assert!(SQLITE.contains(before), "{before}");
        watch.database = match database(&SQLITE.replacen(before, after, 1)) {
            Ok(database) => database,
            Err(error) => {
                faults.push(format!("{after}: {error}"));
                continue;
            }
        };
        let (told, all) = watch.look();
        let mut expected: Vec<_> = expected.iter().map(|(status, place)| (*status, (*place).to_owned())).collect();
        expected.sort();
        if told != expected {
            faults.push(format!("{before} → {after}: found {told:?} and not {expected:?}:\n{all}"));
        }
    }
    watch.database = database(SQLITE).unwrap();
    assert_eq!(watch.look().0, [], "the same schema in another file");
    each_is_found(Engine::Sqlite, told.len(), &faults);
}
