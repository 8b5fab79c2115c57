//! What is told of views, held against rows: of columns of three engines whose names say what they hold.
//!
//! A column whose name ends in `_never` must be told as one that is never NULL, one that ends in `_null` does hold NULL, and
//! no column that is told as never NULL holds one.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::path::Path;

use tablature::catalog::{Catalog, Engine as Served};
use tablature::reflect::{DatabaseUrl, Options, reflect};
use tablature_runtime::Database;
use tablature_tests::{Engine, ScratchDatabase};
use tokio::runtime::Runtime;

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
        let scratch = ScratchDatabase::create(engine).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/views");
        scratch.load_file(folder.join(format!("{}.sql", engine.folder()))).unwrap();
        Runtime::new().unwrap().block_on(check(engine, &scratch));
    }
}
