//! What is told of views, held against rows: of columns of three engines whose names say what they hold; and where their
//! columns come from.
//!
//! A column whose name ends in `_never` must be told as one that is never NULL, one that ends in `_null` does hold NULL, and
//! no column that is told as never NULL holds one.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::collections::BTreeSet;
use std::path::Path;

use globset::Glob;
use tablature::catalog::{Catalog, DiagnosticKind, Engine as Served, Relation};
use tablature::reflect::{DatabaseUrl, Options, Reflection, reflect, reflect_blocking};
use tablature_runtime::Database;
use tablature_tests::{Engine, ScratchDatabase};
use tokio::runtime::Runtime;
use url::Url;

fn quoted(engine: Served, name: &str) -> String {
    let mark = if engine.is_mysql_family() { '`' } else { '"' };
    format!("{mark}{name}{mark}")
}

/// Whether a column holds NULL in some row.
async fn holds_null(database: &Database, catalog: &Catalog, view: &str, column: &str) -> bool {
    let (view, column) = (quoted(catalog.engine, view), quoted(catalog.engine, column));
    let sql = format!("SELECT count(*) AS n FROM {view} WHERE {column} IS NULL");
    database.query(&sql).fetch_one::<i64>().await.unwrap() > 0
}

async fn check(engine: Engine, scratch: &ScratchDatabase) {
    let catalog = reflect(&DatabaseUrl::parse(scratch.url()).unwrap(), &Options::default()).await.unwrap().catalog;
    let database = Database::connect(scratch.url()).await.unwrap();
    let mut wrong = Vec::new();
    let mut views = 0;
    for relation in catalog.relations.iter().filter(|relation| relation.kind.is_view()) {
        views += 1;
        for column in &relation.columns {
            let place = format!("{engine:?}: {}.{}", relation.name, column.name);
            let holds_null = holds_null(&database, &catalog, &relation.name.name, &column.name).await;
            if holds_null && !column.nullable {
                wrong.push(format!("{place} holds NULL and is told as one that never does"));
            }
            if column.name.ends_with("_never") && column.nullable {
                wrong.push(format!("{place} is told as one that can be NULL"));
            }
            if column.name.ends_with("_null") && !holds_null {
                wrong.push(format!("{place} was to hold NULL"));
            }
        }
    }
    assert!(views > 20, "{engine:?}: {views} views");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_column_that_is_never_null_holds_null() {
    for engine in [Engine::Postgres, Engine::Mysql, Engine::Sqlite] {
        let scratch = loaded(engine);
        Runtime::new().unwrap().block_on(check(engine, &scratch));
    }
}

/// A table and a column of it.
type Place = (&'static str, &'static str);

/// Columns of the views, and the tables' columns that they are on every engine; nothing for those that are made.
const ORIGINS: &[(&str, &str, Option<Place>)] = &[
    ("plain", "email_null", Some(("customer", "email"))),
    ("left_join", "id_never", Some(("customer", "id"))),
    ("left_join", "code_null", Some(("coupon", "code"))),
    ("right_join", "id_null", Some(("customer", "id"))),
    ("nested_join", "coupon_null", Some(("coupon", "id"))),
    ("left_using", "customer_never", Some(("orders", "customer_id"))),
    ("left_using", "other_null", Some(("coupon", "customer_id"))),
    ("over_views", "id_never", Some(("customer", "id"))),
    ("over_views", "order_null", Some(("orders", "id"))),
    ("outside_views", "missing_null", Some(("customer", "id"))),
    ("grouped", "customer_never", Some(("orders", "customer_id"))),
    ("grouped", "count_never", None),
    ("scalar", "coupon_null", Some(("coupon", "id"))),
    ("expressions", "reached_never", None),
    ("arithmetic", "more", None),
    ("united", "id_never", None),
    ("recursive_numbers", "id_null", None),
    ("renamed", "mail_null", Some(("customer", "email"))),
];

fn loaded(engine: Engine) -> ScratchDatabase {
    let scratch = ScratchDatabase::create(engine).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/views");
    scratch.load_file(folder.join(format!("{}.sql", engine.folder()))).unwrap();
    scratch
}

fn reflected(url: &str, schemas: &[&str]) -> Reflection {
    let schemas = schemas.iter().map(|name| Glob::new(name).unwrap().compile_matcher()).collect();
    reflect_blocking(&DatabaseUrl::parse(url).unwrap(), &Options { schemas }).unwrap()
}

fn view<'c>(catalog: &'c Catalog, name: &str) -> &'c Relation {
    let mut views = catalog.relations.iter().filter(|relation| relation.kind.is_view());
    views.find(|relation| relation.name.name == name).unwrap_or_else(|| panic!("{name} is missing"))
}

fn origin(catalog: &Catalog, relation: &str, column: &str) -> Option<(String, String)> {
    let column = view(catalog, relation).column(column).unwrap_or_else(|| panic!("{relation}.{column} is missing"));
    column.origin.as_ref().map(|origin| (origin.relation.name.clone(), origin.column.clone()))
}

#[test]
fn columns_come_from_the_same_columns_on_every_engine() {
    let mut wrong = Vec::new();
    for engine in [Engine::Postgres, Engine::Mysql, Engine::Sqlite] {
        let scratch = loaded(engine);
        let catalog = reflected(scratch.url(), &[]).catalog;
        for (relation, column, expected) in ORIGINS {
            let found = origin(&catalog, relation, column);
            let found = found.as_ref().map(|(table, column)| (table.as_str(), column.as_str()));
            if found != *expected {
                wrong.push(format!("{engine}: {relation}.{column} is {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_role_that_may_not_see_queries_is_told_so() {
    let mysql = loaded(Engine::Mysql);
    let reader = mysql.select_only_role().unwrap();
    let whole = reflected(mysql.url(), &[]);
    assert_eq!(reflected(&reader, &[]).catalog, whole.catalog);
    assert!(whole.diagnostics.is_empty(), "{:?}", whole.diagnostics);

    let user = Url::parse(&reader).unwrap().username().to_owned();
    let pattern = mysql.name().replace('_', "\\_");
    mysql.load(&format!("REVOKE SHOW VIEW ON `{pattern}`.* FROM '{user}'@'%'")).unwrap();
    let hidden = reflected(&reader, &[]);
    let mut views = BTreeSet::new();
    let mut expected = whole.catalog;
    for relation in expected.relations.iter_mut().filter(|relation| relation.kind.is_view()) {
        views.insert(relation.name.to_string());
        for column in &mut relation.columns {
            column.origin = None;
        }
    }
    assert_eq!(hidden.catalog, expected, "the role is told less than where columns come from");
    assert!(
        hidden.diagnostics.iter().all(|told| told.kind == DiagnosticKind::UntracedView),
        "{:?}",
        hidden.diagnostics
    );
    assert!(hidden.diagnostics.iter().all(|told| told.message.ends_with("SHOW VIEW")), "{:?}", hidden.diagnostics);
    assert_eq!(hidden.diagnostics.into_iter().map(|told| told.path).collect::<BTreeSet<_>>(), views);
}

#[test]
fn queries_name_databases_as_they_are() {
    let (mysql, other) =
        (ScratchDatabase::create(Engine::Mysql).unwrap(), ScratchDatabase::create(Engine::Mysql).unwrap());
    let (own, far) = (mysql.name(), other.name());
    other.load("CREATE TABLE part (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(9) NOT NULL)").unwrap();
    mysql
        .load(&format!(
            "CREATE TABLE part (id INTEGER NOT NULL PRIMARY KEY, number INTEGER NOT NULL, rest JSON,
                 colour ENUM ('red', 'green'), marks SET ('a', 'b') NOT NULL);
             CREATE TABLE Part_List (part_id INTEGER NOT NULL);
             CREATE VIEW near_and_far AS SELECT n.ID AS near, f.id AS away, f.name FROM part n JOIN {far}.part f ON f.id = n.id;
             CREATE VIEW confused AS SELECT {own}.number AS id FROM {far}.part part JOIN part {own} ON part.id = {own}.id;
             CREATE VIEW kinds AS SELECT rest, colour, marks, max(colour) OVER () AS most FROM part;
             CREATE VIEW `it's \"one\" ``` AS WITH `Lists` AS (SELECT part_id FROM Part_List) SELECT part_id AS `*/ 'it' ``s` FROM `Lists`;"
        ))
        .unwrap();
    let catalog = reflected(mysql.url(), &[]).catalog;
    let of = |relation: &str, column: &str| origin(&catalog, relation, column);
    let named = |table: &str, column: &str| Some((table.to_owned(), column.to_owned()));
    assert_eq!(of("near_and_far", "near"), named("part", "id"));
    // What was not asked for is not in the catalog, and a table of the same name is another one.
    assert_eq!((of("near_and_far", "away"), of("near_and_far", "name")), (None, None));
    assert_eq!(of("confused", "id"), named("part", "number"));
    assert_eq!(of("it's \"one\" `", "*/ 'it' `s"), named("Part_List", "part_id"));
    for column in ["rest", "colour", "marks"] {
        assert_eq!(of("kinds", column), named("part", column));
        let table = catalog.relations.iter().find(|relation| relation.name.name == "part").unwrap();
        assert_eq!(view(&catalog, "kinds").column(column).unwrap().ty, table.column(column).unwrap().ty, "{column}");
    }
    assert_eq!(of("kinds", "most"), None);

    let catalog = reflected(mysql.url(), &[own, far]).catalog;
    let away = view(&catalog, "near_and_far").column("away").unwrap().origin.clone().unwrap();
    assert_eq!((away.relation.schema.as_str(), away.relation.name.as_str(), away.column.as_str()), (far, "part", "id"));
    let near = view(&catalog, "near_and_far").column("near").unwrap().origin.clone().unwrap();
    assert_eq!((near.relation.schema.as_str(), near.relation.name.as_str(), near.column.as_str()), ("", "part", "id"));
}
