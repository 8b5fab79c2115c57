//! The live database against what the code was generated from: nothing is said of one that is unchanged, and each change
//! is told once.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::path::Path;
use std::sync::atomic::AtomicBool;

use tablature::catalog::{Action, Catalog, RelationKind as CatalogKind};
use tablature::codegen::{decide, find};
use tablature::config::{Origin, Source};
use tablature::resolve::model::{Entity, Field};
use tablature_runtime::{
    Column, Database, Dialect, Difference, DifferenceKind, Error, ForeignKey, ReferentialAction, Relation,
    RelationKind, Schema, UniqueKey,
};
use tablature_tests::{CountingProxy, Engine, ScratchDatabase};
use tokio::runtime::Runtime;

fn leak<T>(items: impl IntoIterator<Item = T>) -> &'static [T] {
    Vec::leak(items.into_iter().collect())
}

fn text(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn texts(names: &[String]) -> &'static [&'static str] {
    leak(names.iter().map(|name| text(name)))
}

fn column(field: &Field) -> Column {
    let mut column = Column::new(text(&field.sql), text(&field.sql_type));
    if field.nullable {
        column = column.nullable();
    }
    if field.has_default {
        column = column.default();
    }
    if field.identity {
        column = column.identity();
    }
    if field.identity_always {
        column = column.identity_always();
    }
    if field.generated {
        column = column.generated();
    }
    column
}

fn action(action: Action) -> ReferentialAction {
    match action {
        Action::NoAction | Action::Restrict => ReferentialAction::Refuse,
        Action::Cascade => ReferentialAction::Cascade,
        Action::SetNull | Action::SetDefault => ReferentialAction::Reset,
    }
}

fn actions(catalog: &Catalog, entity: &Entity, columns: &[String]) -> (ReferentialAction, ReferentialAction) {
    let keys = &catalog.relation(&entity.relation).unwrap().foreign_keys;
    let key = keys.iter().find(|key| key.columns == columns).unwrap();
    (action(key.on_delete), action(key.on_update))
}

fn relation(catalog: &Catalog, entity: &Entity) -> &'static Relation {
    let foreign_keys = entity.foreign_keys.iter().map(|key| ForeignKey {
        name: text(&key.name),
        columns: texts(&key.columns),
        references: (text(&key.references.schema), text(&key.references.name)),
        referenced_columns: texts(&key.referenced_columns),
        on_delete: actions(catalog, entity, &key.columns).0,
        on_update: actions(catalog, entity, &key.columns).1,
    });
    let unique_keys =
        entity.unique_keys.iter().map(|key| UniqueKey { name: text(&key.name), columns: texts(&key.columns) });
    Box::leak(Box::new(Relation {
        schema: text(&entity.relation.schema),
        name: text(&entity.relation.name),
        kind: match entity.kind {
            CatalogKind::Table => RelationKind::Table,
            CatalogKind::PartitionedTable => RelationKind::PartitionedTable,
            CatalogKind::ForeignTable => RelationKind::ForeignTable,
            CatalogKind::VirtualTable => RelationKind::VirtualTable,
            CatalogKind::View => RelationKind::View,
            CatalogKind::MaterializedView => RelationKind::MaterializedView,
        },
        columns: leak(entity.fields.iter().map(column)),
        primary_key: texts(&entity.primary_key),
        unique_keys: leak(unique_keys),
        foreign_keys: leak(foreign_keys),
        ..Relation::EMPTY
    }))
}

/// What the generator would write of a database.
fn generated(database: &ScratchDatabase) -> &'static Schema {
    let mut source = Source::new("verified", Origin::Url(database.url().to_owned()), "/nowhere/verified");
    source.schemas = if database.engine() == Engine::Postgres { vec!["*".to_owned()] } else { Vec::new() };
    let found = find(&source, &AtomicBool::new(false)).unwrap();
    let model = decide(&found, &source).unwrap();
    let relations = model.modules.iter().flat_map(|module| &module.entities);
    let relations = relations.map(|entity| relation(&found.catalog, entity));
    let dialect = dialect(database.engine());
    Box::leak(Box::new(Schema { cache_prefix: "verified", dialect, relations: leak(relations), enums: &[] }))
}

fn dialect(engine: Engine) -> Dialect {
    match engine {
        Engine::Postgres => Dialect::Postgres,
        Engine::Mysql => Dialect::Mysql,
        Engine::Sqlite => Dialect::Sqlite,
    }
}

fn verify(url: &str, schema: &'static Schema) -> Vec<Difference> {
    Runtime::new().unwrap().block_on(async {
        let db = Database::connect(url).await.unwrap();
        let differences = db.verify(schema).await.unwrap();
        db.close().await;
        differences
    })
}

fn sentences(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(Difference::to_string).collect()
}

const NONE: [String; 0] = [];

#[test]
fn an_unchanged_database_has_no_difference_whoever_asks() {
    for engine in Engine::ALL {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        for case in ["types", "keys", "names", "checks", "bookshop"] {
            let database = ScratchDatabase::create(engine).unwrap();
            match case {
                "bookshop" => database.load_folder(engine.migrations()).unwrap(),
                case => database.load_file(cases.join(case).join(engine.folder()).join("schema.sql")).unwrap(),
            }
            let schema = generated(&database);
            assert!(schema.relations.iter().any(|relation| relation.columns.len() > 1), "{engine} {case}");
            for url in [database.url(), &database.select_only_role().unwrap()] {
                assert_eq!(sentences(&verify(url, schema)), NONE, "{engine} {case}");
            }
        }
    }
}

/// Two tables and a view that every engine makes.
const SHOP: &str = "
    CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL);
    CREATE TABLE book (
        id INTEGER NOT NULL PRIMARY KEY,
        title VARCHAR(40) NOT NULL,
        price INTEGER DEFAULT 5,
        author INTEGER NOT NULL,
        CONSTRAINT book_author FOREIGN KEY (author) REFERENCES author (id) ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX book_title ON book (title);
    CREATE TABLE loose (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b));
    CREATE VIEW cheap AS SELECT id, title FROM book WHERE price < 5;
";

/// Changes, and what is said of them; `{s}` stands for the schema in a name.
type Change = (&'static str, &'static [&'static str]);

const EVERYWHERE: &[Change] = &[
    ("CREATE TABLE unknown_to_the_code (id INTEGER PRIMARY KEY)", &[]),
    ("CREATE UNIQUE INDEX another ON author (name)", &[]),
    ("DROP VIEW cheap", &["{s}cheap is missing: the code has a view, and the database none that this role may see"]),
    (
        "DROP VIEW cheap; CREATE TABLE cheap (id INTEGER, title VARCHAR(40))",
        &["{s}cheap is a table in the database, and a view in the code"],
    ),
    (
        "ALTER TABLE loose RENAME COLUMN b TO c",
        &[
            "the primary key of {s}loose is (a, c) in the database, and (a, b) in the code",
            "column b of {s}loose is missing in the database, and has the type {int} in the code",
            "column c of {s}loose has the type {int} in the database, and is unknown to the code, \
             whose inserts fail since it is NOT NULL without a default",
        ],
    ),
    (
        "ALTER TABLE author ADD COLUMN born INTEGER",
        &["column born of {s}author has the type {int} in the database, and is unknown to the code"],
    ),
    (
        "ALTER TABLE author ADD COLUMN born INTEGER NOT NULL DEFAULT 0",
        &["column born of {s}author has the type {int} in the database, and is unknown to the code"],
    ),
    (
        "DROP TABLE loose; CREATE TABLE loose (b INTEGER NOT NULL, a INTEGER NOT NULL)",
        &["the primary key of {s}loose is absent in the database, and (a, b) in the code"],
    ),
    (
        "DROP TABLE loose; CREATE TABLE loose (b INTEGER, a VARCHAR(9) NOT NULL DEFAULT 'x', PRIMARY KEY (a))",
        &[
            "the primary key of {s}loose is (a) in the database, and (a, b) in the code",
            "column a of {s}loose has the type {varchar9} in the database, and the type {int} in the code",
            "column a of {s}loose has a default in the database, and has no default in the code",
            "column b of {s}loose can be NULL in the database, and is NOT NULL in the code",
        ],
    ),
];

const POSTGRES: &[Change] = &[
    ("ALTER TABLE author ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        &["column id of {s}author is always numbered by the database in the database, and has no default in the code"]),
    ("ALTER TABLE book ALTER price DROP DEFAULT",
        &["column price of {s}book has no default in the database, and has a default in the code"]),
    ("ALTER TABLE book ALTER price SET NOT NULL",
        &["column price of {s}book is NOT NULL in the database, and can be NULL in the code"]),
    ("DROP VIEW cheap; CREATE DOMAIN amount AS integer NOT NULL; ALTER TABLE book ALTER price TYPE amount; \
         CREATE VIEW cheap AS SELECT id, title FROM book",
        &["column price of {s}book has the type public.amount in the database, and the type integer in the code",
          "column price of {s}book is NOT NULL in the database, and can be NULL in the code"]),
    ("ALTER TABLE book ALTER price DROP DEFAULT; ALTER TABLE book DROP COLUMN price CASCADE; \
      ALTER TABLE book ADD price integer GENERATED ALWAYS AS (author * 2) STORED; \
      CREATE VIEW cheap AS SELECT id, title FROM book",
        &["column price of {s}book is computed from other columns in the database, and has a default in the code"]),
    ("DROP INDEX book_title",
        &["the unique key book_title (title) of {s}book is missing in the database, so that finding or caching one row by it is wrong"]),
    ("DROP INDEX book_title; CREATE UNIQUE INDEX book_title ON book (title) WHERE price > 3",
        &["the unique key book_title (title) of {s}book no longer holds for every row in the database, since it is partial, \
           so that finding or caching one row by it is wrong"]),
    ("DROP INDEX book_title; ALTER TABLE book ADD CONSTRAINT t UNIQUE (title) DEFERRABLE",
        &["the unique key book_title (title) of {s}book no longer holds for every row in the database, since it is deferrable, \
           so that two rows may share a value for a while, so that finding or caching one row by it is wrong"]),
    ("CREATE TABLE novel () INHERITS (book)",
        &["the unique key book_title (title) of {s}book no longer holds for every row in the database, since other tables \
           inherit from the relation, and their rows are seen through it, so that finding or caching one row by it is wrong"]),
    ("DROP INDEX book_title; ALTER TABLE book ADD CONSTRAINT other_name UNIQUE (title)", &[]),
    ("ALTER TABLE book DROP CONSTRAINT book_author",
        &["the foreign key book_author of {s}book is missing in the database, and is (author) to {s}author (id) ON DELETE CASCADE in the code"]),
    ("ALTER TABLE book DROP CONSTRAINT book_author, ADD CONSTRAINT new_name FOREIGN KEY (author) REFERENCES author",
        &["the foreign key book_author of {s}book is (author) to {s}author (id) in the database, and (author) to {s}author (id) ON DELETE CASCADE in the code"]),
    ("ALTER TABLE book RENAME CONSTRAINT book_author TO new_name", &[]),
    ("DROP VIEW cheap; CREATE MATERIALIZED VIEW cheap AS SELECT id, title FROM book",
        &["{s}cheap is a materialized view in the database, and a view in the code"]),
    ("CREATE SCHEMA \"Other %\"; ALTER TABLE book SET SCHEMA \"Other %\"",
        &["{s}book is missing: the code has a table, and the database none that this role may see"]),
    ("CREATE TYPE public.\"text\" AS (a int); CREATE FUNCTION public.\"current_schema\"() RETURNS name LANGUAGE sql AS $$ SELECT 'x'::name $$;
      CREATE FUNCTION public.never(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false';
      CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.never)", &[]),
];

const MYSQL: &[Change] = &[
    (
        "ALTER TABLE author ADD COLUMN n INT NOT NULL AUTO_INCREMENT UNIQUE",
        &["column n of author has the type int(11) in the database, and is unknown to the code"],
    ),
    (
        "ALTER TABLE loose MODIFY a INTEGER NOT NULL AUTO_INCREMENT",
        &["column a of loose is numbered where a row brings no value in the database, and has no default in the code"],
    ),
    (
        "ALTER TABLE book MODIFY price BIGINT UNSIGNED",
        &[
            "column price of book has the type bigint(20) unsigned in the database, and the type int(11) in the code",
            "column price of book has no default in the database, and has a default in the code",
        ],
    ),
    (
        "ALTER TABLE book DROP COLUMN price; ALTER TABLE book ADD price INTEGER AS (author * 2)",
        &["column price of book is computed from other columns in the database, and has a default in the code"],
    ),
    (
        "DROP INDEX book_title ON book",
        &[
            "the unique key book_title (title) of book is missing in the database, so that finding or caching one row by it is wrong",
        ],
    ),
    (
        "DROP INDEX book_title ON book; CREATE UNIQUE INDEX book_title ON book (title(10))",
        &[
            "the unique key book_title (title) of book no longer holds for every row in the database, since it looks at a prefix only, \
           so that finding or caching one row by it is wrong",
        ],
    ),
    (
        "ALTER TABLE book DROP CONSTRAINT book_author",
        &[
            "the foreign key book_author of book is missing in the database, and is (author) to author (id) ON DELETE CASCADE in the code",
        ],
    ),
    (
        "ALTER TABLE book DROP CONSTRAINT book_author; ALTER TABLE book ADD CONSTRAINT new_name FOREIGN KEY (author) REFERENCES author (id)",
        &[
            "the foreign key book_author of book is (author) to author (id) in the database, and (author) to author (id) ON DELETE CASCADE in the code",
        ],
    ),
    (
        "SET foreign_key_checks = 0; ALTER TABLE book RENAME COLUMN title TO name",
        &[
            "the unique key book_title (title) of book is missing in the database, so that finding or caching one row by it is wrong",
            "column name of book has the type varchar(40) in the database, and is unknown to the code, whose inserts fail since it is NOT NULL without a default",
            "column title of book is missing in the database, and has the type varchar(40) in the code",
            "cheap cannot be queried in the database: it refers to tables, columns or functions that are not there, or that its definer may not use",
        ],
    ),
];

const SQLITE: &[Change] = &[
    (
        "DROP INDEX book_title",
        &[
            "the unique key book_title (title) of book is missing in the database, so that finding or caching one row by it is wrong",
        ],
    ),
    (
        "DROP INDEX book_title; CREATE UNIQUE INDEX book_title ON book (title) WHERE price > 3",
        &[
            "the unique key book_title (title) of book no longer holds for every row in the database, since it is partial, \
           so that finding or caching one row by it is wrong",
        ],
    ),
    (
        "DROP INDEX book_title; CREATE UNIQUE INDEX book_title ON book (lower(title))",
        &[
            "the unique key book_title (title) of book is missing in the database, so that finding or caching one row by it is wrong",
        ],
    ),
    (
        "DROP TABLE author; CREATE TABLE author (id INTEGER NOT NULL, name varchar(40) NOT NULL)",
        &[
            "the primary key of author is absent in the database, and (id) in the code",
            "column id of author has no default in the database, and is numbered where a row brings no value in the code",
        ],
    ),
    (
        "DROP VIEW cheap; DROP TABLE book; CREATE TABLE book (id INTEGER PRIMARY KEY, title VARCHAR(40) NOT NULL UNIQUE, price INTEGER, \
      author INTEGER NOT NULL REFERENCES loose (a)); CREATE VIEW cheap AS SELECT id, title FROM book",
        &[
            "the foreign key book_author of book is (author) to loose (a) in the database, and (author) to author (id) ON DELETE CASCADE in the code",
            "column price of book has no default in the database, and has a default in the code",
        ],
    ),
    (
        "CREATE TABLE moved AS SELECT 1; DROP TABLE book",
        &[
            "book is missing: the code has a table, and the database none that this role may see",
            "cheap cannot be queried in the database: no such table: main.book",
        ],
    ),
];

#[test]
fn each_change_of_postgres_is_told_once() {
    each_change_is_told_once(Engine::Postgres, POSTGRES);
}

#[test]
fn each_change_of_mysql_is_told_once() {
    each_change_is_told_once(Engine::Mysql, MYSQL);
}

#[test]
fn each_change_of_sqlite_is_told_once() {
    each_change_is_told_once(Engine::Sqlite, SQLITE);
}

fn each_change_is_told_once(engine: Engine, own: &[Change]) {
    let (schema_name, int, varchar) = match engine {
        Engine::Postgres => ("public.", "integer", "character varying(9)"),
        Engine::Mysql => ("", "int(11)", "varchar(9)"),
        Engine::Sqlite => ("", "INTEGER", "VARCHAR(9)"),
    };
    let mut wrong = Vec::new();
    for (change, expected) in EVERYWHERE.iter().chain(own) {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHOP).unwrap();
        let schema = generated(&database);
        database.load(change).unwrap_or_else(|error| panic!("{engine}: {change}: {error}"));
        let expected: Vec<String> = expected
            .iter()
            .map(|text| text.replace("{s}", schema_name).replace("{int}", int).replace("{varchar9}", varchar))
            .collect();
        let found = sentences(&verify(database.url(), schema));
        if found != expected {
            wrong.push((change, found, expected));
        }
    }
    assert!(wrong.is_empty(), "{engine}: {wrong:#?}");
}

#[test]
fn a_role_that_may_only_read_is_told_the_same() {
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHOP).unwrap();
        let schema = generated(&database);
        database.load("ALTER TABLE author ADD COLUMN born INTEGER").unwrap();
        let differences = verify(&database.select_only_role().unwrap(), schema);
        assert_eq!(differences, verify(database.url(), schema));
        let [
            Difference {
                column: Some(column), kind: DifferenceKind::ColumnUnknown { refuses_inserts: false, .. }, ..
            },
        ] = &*differences
        else {
            panic!("{engine}: {differences:?}")
        };
        assert_eq!(column, "born");
    }
}

#[test]
fn code_from_sqlite_runs_on_the_servers() {
    let origin = ScratchDatabase::create(Engine::Sqlite).unwrap();
    origin.load(SHOP).unwrap();
    let schema = generated(&origin);
    for engine in [Engine::Postgres, Engine::Mysql] {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHOP).unwrap();
        assert_eq!(sentences(&verify(database.url(), schema)), NONE, "{engine}");
        database.load("DROP VIEW cheap; ALTER TABLE book DROP CONSTRAINT book_author, DROP COLUMN price").unwrap();
        assert_eq!(
            sentences(&verify(database.url(), schema)),
            [
                "the foreign key book_author of book is missing in the database, and is (author) to author (id) ON DELETE CASCADE in the code",
                "column price of book is missing in the database, and has the type INTEGER in the code",
                "cheap is missing: the code has a view, and the database none that this role may see",
            ]
        );
    }
}

#[test]
fn what_the_code_leaves_out_is_no_difference() {
    let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
    database.load(SHOP).unwrap();
    static LOOSE: Relation =
        Relation { name: "loose", columns: &[Column::new("b", "integer")], left_out: &["a"], ..Relation::EMPTY };
    static SCHEMA: Schema = Schema { cache_prefix: "x", dialect: Dialect::Sqlite, relations: &[&LOOSE], enums: &[] };
    assert_eq!(sentences(&verify(database.url(), &SCHEMA)), NONE);
}

#[test]
fn the_error_lists_everything_and_the_way_out() {
    let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
    database.load(SHOP).unwrap();
    let schema = generated(&database);
    database.load("DROP TABLE loose; DROP VIEW cheap").unwrap();
    let error = Runtime::new().unwrap().block_on(async {
        let db = Database::connect(database.url()).await.unwrap();
        // What starts a service is spawned.
        tokio::spawn(async move { db.verified(schema).await }).await.unwrap()
    });
    let Err(error @ Error::Drift(_)) = error else { panic!("{error:?}") };
    assert_eq!(
        error.to_string(),
        "the database is not as the code was generated:\n\
         - cheap is missing: the code has a view, and the database none that this role may see\n\
         - loose is missing: the code has a table, and the database none that this role may see\n\
         Generate the code from this database anew, or migrate the database to what the code was generated from."
    );
}

#[test]
fn a_transaction_around_it_goes_on_as_before() {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load(SHOP).unwrap();
    let schema = generated(&database);
    Runtime::new().unwrap().block_on(async {
        let db = Database::connect(database.url()).await.unwrap();
        db.transaction::<_, Error, _>(async |tx| {
            tx.query("INSERT INTO author VALUES (1, 'Ann')").execute().await?;
            tx.verified(schema).await?;
            tx.query("INSERT INTO author VALUES (2, 'Bob')").execute().await
        })
        .await
        .unwrap();
        assert_eq!(db.query("SELECT count(*) FROM author").fetch_one::<i64>().await.unwrap(), 2);
    });
}

#[test]
fn round_trips_do_not_grow_with_the_tables() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let trips: Vec<u64> = [3, 300]
            .into_iter()
            .map(|count| {
                let tables = (0..count).map(|n| {
                    format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE);\n")
                });
                let database = ScratchDatabase::create(engine).unwrap();
                database.load(&tables.collect::<String>()).unwrap();
                let schema = generated(&database);
                assert_eq!(schema.relations.len(), count);
                let proxy = CountingProxy::start(database.url()).unwrap();
                assert_eq!(sentences(&verify(proxy.url(), schema)), NONE);
                proxy.counts().round_trips
            })
            .collect();
        // The proxy takes a message that goes out in parts for several turns if the server speaks in between: how many there
        // are depends on how busy the machine is. One for each table, or for every third, would be more than these.
        assert!(trips.iter().all(|&trips| trips < 100), "{engine}: {trips:?} for 3 and for 300 tables");
    }
}

/// A type as it is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Mood {
    Sad,
    VeryHappy,
}

impl tablature_runtime::SqlEnum for Mood {
    const NAME: &'static str = "public.mo'od.\"s\"";
    const LABELS: &'static [(Self, &'static str)] = &[(Self::Sad, "sad"), (Self::VeryHappy, "Very \"Happy\"!")];
}

tablature_runtime::impl_enum!(Mood);

#[test]
fn labels_of_enumerated_types_are_compared_in_their_order() {
    static SCHEMA: Schema = Schema {
        cache_prefix: "x",
        dialect: Dialect::Postgres,
        relations: &[],
        enums: &[tablature_runtime::EnumType::of::<Mood>()],
    };
    let scratch = ScratchDatabase::create(Engine::Postgres).unwrap();
    let found = || {
        let differences = tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(async { Database::connect(scratch.url()).await.unwrap().verify(&SCHEMA).await.unwrap() });
        differences.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let missing = "the enumerated type public.mo'od.\"s\" is missing in the database";
    assert_eq!(found(), [missing]);
    scratch.load(r#"CREATE TYPE public."mo'od.""s""" AS ENUM ('sad', 'Very "Happy"!')"#).unwrap();
    assert_eq!(found(), Vec::<String>::new());
    scratch.load(r#"ALTER TYPE public."mo'od.""s""" ADD VALUE 'glad' BEFORE 'sad'"#).unwrap();
    let [difference] = &found()[..] else { panic!("there is one difference") };
    assert!(difference.contains(r#"["glad", "sad", "Very \"Happy\"!"] in the database, and ["sad","#), "{difference}");
}
