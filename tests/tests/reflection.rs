//! Reflection as a whole: what it costs, and whether somebody else sees the same.

use std::collections::{BTreeMap, BTreeSet};

use sea_schema::{mysql, postgres, sqlite};
use sqlx::{MySqlPool, PgPool, SqlitePool};
use tablature::catalog::{Catalog, RelationKind};
use tablature::reflect::{DatabaseUrl, Options, Reflection, reflect};
use tablature_tests::{CountingProxy, Engine, ScratchDatabase};
use tokio::runtime::Runtime;

const ENGINES: [Engine; 3] = [Engine::Postgres, Engine::Mysql, Engine::Sqlite];

fn runtime() -> Runtime {
    Runtime::new().expect("the system gives a test what a runtime needs")
}

fn reflected(url: &str) -> Reflection {
    let url = DatabaseUrl::parse(url).expect("the harness makes URLs of known kinds");
    runtime().block_on(reflect(&url, &Options::default())).expect("the database can be reflected")
}

fn bookshop(engine: Engine) -> ScratchDatabase {
    let database = ScratchDatabase::create(engine).expect("a scratch database");
    database.load_folder(engine.migrations()).expect("the bookshop's migrations run");
    database
}

/// Many small tables with keys between them, and a view over each.
fn many_tables(count: usize) -> String {
    (0..count)
        .map(|n| {
            let parent = if n == 0 { String::new() } else { format!(" REFERENCES t{} (id)", n - 1) };
            format!("CREATE TABLE t{n} (id INTEGER PRIMARY KEY, parent INTEGER{parent}, name VARCHAR(40) NOT NULL UNIQUE);\n\
                 CREATE VIEW v{n} AS SELECT id, name FROM t{n};\n")
        })
        .collect()
}

#[test]
fn statements_and_round_trips_do_not_grow_with_the_tables() {
    for engine in ENGINES {
        let costs: Vec<(u32, u64)> = [3, 300]
            .into_iter()
            .map(|count| {
                let database = ScratchDatabase::create(engine).expect("a scratch database");
                database.load(&many_tables(count)).expect("the tables are made");
                // SQLite has no network to count on.
                let proxy = (engine != Engine::Sqlite)
                    .then(|| CountingProxy::start(database.url()).expect("a proxy before the server"));
                let url = proxy.as_ref().map_or(database.url(), |proxy| proxy.url());
                let reflection = reflected(url);
                assert_eq!(reflection.catalog.relations.len(), 2 * count, "{engine:?}");
                (reflection.statements, proxy.map_or(0, |proxy| proxy.counts().round_trips))
            })
            .collect();
        let (statements, round_trips) = costs[0];
        assert_eq!(statements, costs[1].0, "{engine:?}: statements for 3 and for 300 tables");
        // TLS may say something of its own before or after a question, by which there is a turn more or less.
        assert!(
            round_trips.abs_diff(costs[1].1) <= 2,
            "{engine:?}: {round_trips} round trips for 3 tables, and {} for 300",
            costs[1].1
        );
        assert!(
            statements <= 18 && round_trips <= 20,
            "{engine:?}: {statements} statements, {round_trips} round trips"
        );
    }
}

#[test]
fn a_second_run_and_a_role_that_may_only_select_see_the_same() {
    for engine in ENGINES {
        let database = bookshop(engine);
        let first = reflected(database.url());
        assert_eq!(first.catalog, reflected(database.url()).catalog, "{engine:?}");
        if engine != Engine::Sqlite {
            let role = database.select_only_role().expect("a role that may only select");
            let other = reflected(&role);
            assert_eq!(first.catalog, other.catalog, "{engine:?}");
            assert_eq!(first.diagnostics, other.diagnostics, "{engine:?}");
        }
    }
}

/// A second connection halves the time, and nobody has to grant it.
#[test]
fn a_role_with_one_connection_sees_the_same() {
    let database = bookshop(Engine::Postgres);
    let url = database.select_only_role().expect("a role that may only select");
    let both = reflected(&url);
    let role = url::Url::parse(&url).expect("the harness makes URLs").username().to_owned();
    database.load(&format!("ALTER ROLE \"{role}\" CONNECTION LIMIT 1")).expect("the role is limited");
    let alone = reflected(&url);
    assert_eq!((&both.catalog, &both.diagnostics), (&alone.catalog, &alone.diagnostics));
    assert!(alone.statements < both.statements, "{} and {} statements", alone.statements, both.statements);
}

#[test]
fn a_role_that_may_not_share_its_snapshot_sees_the_same() {
    let database = bookshop(Engine::Postgres);
    let url = database.select_only_role().expect("a role that may only select");
    let both = reflected(&url);
    let revoked = "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_export_snapshot() FROM PUBLIC";
    database.load(revoked).expect("the function is the database's own");
    let refused = runtime().block_on(async {
        let pool = PgPool::connect(&url).await.expect("the role may connect");
        sqlx::query("SELECT pg_catalog.pg_export_snapshot()").execute(&pool).await
    });
    assert!(refused.is_err(), "the role may share its snapshot after all");
    let alone = reflected(&url);
    assert_eq!((&both.catalog, &both.diagnostics), (&alone.catalog, &alone.diagnostics));
}

/// A table as sea-schema and tablature can both tell it: columns with whether they can be NULL, the primary key, and
/// foreign keys as columns, table and columns.
#[derive(Debug, Default, PartialEq)]
struct Facts {
    columns: Vec<(String, bool)>,
    primary_key: Vec<String>,
    foreign_keys: BTreeSet<(Vec<String>, String, Vec<String>)>,
}

fn ours(catalog: &Catalog) -> BTreeMap<String, Facts> {
    let tables = catalog.relations.iter().filter(|relation| relation.kind == RelationKind::Table);
    tables
        .map(|relation| {
            let facts = Facts {
                columns: relation.columns.iter().map(|c| (c.name.clone(), c.nullable)).collect(),
                primary_key: relation.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default(),
                foreign_keys: relation
                    .foreign_keys
                    .iter()
                    .map(|k| (k.columns.clone(), k.references.name.clone(), k.referenced_columns.clone()))
                    .collect(),
            };
            (relation.name.name.clone(), facts)
        })
        .collect()
}

#[test]
fn sea_schema_sees_the_same_bookshop_on_postgresql() {
    let database = bookshop(Engine::Postgres);
    let theirs = runtime().block_on(async {
        let pool = PgPool::connect(database.url()).await.expect("a connection");
        let schema = postgres::discovery::SchemaDiscovery::new(pool, "public").discover().await.expect("discovery");
        let tables = schema.tables.into_iter().map(|table| {
            let facts = Facts {
                columns: table.columns.into_iter().map(|c| (c.name, c.not_null.is_none())).collect(),
                primary_key: table.primary_key_constraints.into_iter().flat_map(|key| key.columns).collect(),
                foreign_keys: table
                    .reference_constraints
                    .into_iter()
                    .map(|key| (key.columns, key.table, key.foreign_columns))
                    .collect(),
            };
            (table.info.name, facts)
        });
        tables.collect::<BTreeMap<_, _>>()
    });
    assert_eq!(ours(&reflected(database.url()).catalog), theirs);
}

#[test]
fn sea_schema_sees_the_same_bookshop_on_mysql() {
    let database = bookshop(Engine::Mysql);
    let theirs = runtime().block_on(async {
        let pool = MySqlPool::connect(database.url()).await.expect("a connection");
        let schema = mysql::discovery::SchemaDiscovery::new(pool, database.name()).discover().await.expect("discovery");
        let tables = schema.tables.into_iter().map(|table| {
            let primary = table.indexes.into_iter().filter(|index| index.name == "PRIMARY");
            let facts = Facts {
                columns: table.columns.into_iter().map(|c| (c.name, c.null)).collect(),
                primary_key: primary.flat_map(|index| index.parts).map(|part| part.column).collect(),
                foreign_keys: table
                    .foreign_keys
                    .into_iter()
                    .map(|key| (key.columns, key.referenced_table, key.referenced_columns))
                    .collect(),
            };
            (table.info.name, facts)
        });
        tables.collect::<BTreeMap<_, _>>()
    });
    assert_eq!(ours(&reflected(database.url()).catalog), theirs);
}

#[test]
fn sea_schema_sees_the_same_bookshop_on_sqlite() {
    let database = bookshop(Engine::Sqlite);
    let theirs = runtime().block_on(async {
        let pool = SqlitePool::connect(database.url()).await.expect("a connection");
        let schema = sqlite::discovery::SchemaDiscovery::new(pool).discover().await.expect("discovery");
        let tables = schema.tables.into_iter().map(|table| {
            // It loses the order of a composite primary key, and says NOT NULL of its first column only.
            let facts = Facts {
                columns: table.columns.iter().map(|c| (c.name.clone(), false)).collect(),
                primary_key: Vec::new(),
                foreign_keys: table.foreign_keys.into_iter().map(|key| (key.from, key.table, key.to)).collect(),
            };
            (table.name, facts)
        });
        tables.collect::<BTreeMap<_, _>>()
    });
    let ours: BTreeMap<String, Facts> = ours(&reflected(database.url()).catalog)
        .into_iter()
        .map(|(name, facts)| {
            let columns = facts.columns.into_iter().map(|(column, _)| (column, false)).collect();
            (name, Facts { columns, primary_key: Vec::new(), ..facts })
        })
        .collect();
    assert_eq!(ours, theirs);
}
