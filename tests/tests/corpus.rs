//! The corpus command looks where it says it looks: it finds nothing wrong with what is right, and whatever is made wrong.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tablature::catalog::{Action, Catalog, QName};
use tablature::codegen::{decide, find};
use tablature::config::{Origin, Source};
use tablature::resolve::Model;
use tablature_tests::corpus::facts::Facts;
use tablature_tests::corpus::{Options, Workspace, judge, own, run, told};
use tablature_tests::{Engine, HarnessError, ScratchDatabase, server_url};

/// A schema that loads on every engine.
const SHOP: &str = "
    CREATE TABLE maker (country CHAR(2) NOT NULL, number INTEGER NOT NULL, name VARCHAR(40) NOT NULL, PRIMARY KEY (number, country));
    CREATE TABLE colour (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE);
    CREATE TABLE cup (
        id INTEGER NOT NULL PRIMARY KEY,
        maker_country CHAR(2),
        maker_number INTEGER,
        colour_id INTEGER NOT NULL,
        label VARCHAR(10) NOT NULL,
        UNIQUE (colour_id, label),
        FOREIGN KEY (maker_number, maker_country) REFERENCES maker (number, country) ON DELETE SET NULL,
        FOREIGN KEY (colour_id) REFERENCES colour (id) ON DELETE CASCADE
    );
    CREATE VIEW red AS SELECT cup.id, cup.label FROM cup JOIN colour ON colour.id = cup.colour_id WHERE colour.name = 'red';
";

/// The folder that tests are compiled to.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

fn server(engine: Engine) -> Result<String, HarnessError> {
    server_url(engine.service().unwrap()).map(str::to_owned)
}

/// A folder with the schema for each engine, and what to do with it.
fn corpus(folder: &Path, sql: &str) -> Options {
    for engine in Engine::ALL {
        fs::create_dir_all(folder.join("schemas").join(engine.folder())).unwrap();
        fs::write(folder.join("schemas").join(engine.folder()).join("shop.sql"), sql).unwrap();
    }
    Options {
        folder: folder.join("schemas"),
        only: Vec::new(),
        compile: false,
        workspace: folder.join("crates"),
        target: target(),
    }
}

#[test]
fn crates_are_what_their_databases_say() {
    let folder = tempfile::tempdir().unwrap();
    let report = run(&corpus(folder.path(), SHOP), server, |_| ()).unwrap();
    assert!(report.has_run() && report.is_fine(), "{}", report.to_text());
    assert_eq!(report.schemas.len(), 3);
    for schema in &report.schemas {
        let figures = schema.figures.as_ref().unwrap();
        let counts = figures.database;
        let found = (counts.relations, counts.columns, counts.primary_keys, counts.unique_keys, counts.foreign_keys);
        assert_eq!(found, (4, 12, 3, 2, 2), "{}", schema.name);
        assert_eq!((figures.generated.lookup_keys, figures.columns.lost), (2, 0), "{}", schema.name);
        assert!(figures.statements > 0 && figures.lines > 0 && figures.check_seconds.is_none());
        assert_eq!(figures.round_trips.is_none(), schema.name.starts_with("sqlite/"));
    }
    let json: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(json["schemas"][0]["figures"]["catalog"]["columns"], 12);
}

#[test]
fn crates_are_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let only = vec!["sqlite/*".to_owned()];
    let report = run(&Options { compile: true, only, ..corpus(folder.path(), SHOP) }, server, |_| ()).unwrap();
    assert!(report.has_run() && report.is_fine(), "{}", report.to_text());
    assert_eq!(report.schemas.len(), 1);
    let figures = report.schemas[0].figures.as_ref().unwrap();
    assert!(figures.check_seconds.is_some() && figures.self_test_seconds.is_some());
    assert!(figures.self_test.as_ref().unwrap().contains("3 tables written"), "{}", report.to_text());
}

#[test]
fn a_schema_that_does_not_load_is_told_and_the_others_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let options = corpus(folder.path(), SHOP);
    fs::write(options.folder.join("sqlite/broken.sql"), "CREATE TABLE (").unwrap();
    let report = run(&Options { only: vec!["sqlite/*".to_owned()], ..options }, server, |_| ()).unwrap();
    assert!(!report.has_run());
    let broken: Vec<bool> = report.schemas.iter().map(|schema| schema.could_not_run.is_some()).collect();
    assert_eq!(broken, [true, false]);
    assert!(report.to_text().contains("sqlite/broken could not be looked at: cannot load"), "{}", report.to_text());
}

#[test]
fn nothing_to_look_at_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let options = corpus(folder.path(), SHOP);
    let error = run(&Options { only: vec!["postgres/none".to_owned()], ..options }, server, |_| ()).unwrap_err();
    assert!(error.to_string().contains("matches --only"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    let options = Options { folder: empty.path().to_owned(), ..corpus(folder.path(), SHOP) };
    assert!(run(&options, server, |_| ()).unwrap_err().to_string().contains("has no mysql/*.sql"));
}

/// What a database says, and what is made of it.
fn made(engine: Engine) -> (Facts, Catalog, Model) {
    let database = ScratchDatabase::create(engine).unwrap();
    database.load(SHOP).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let source = Source::new("shop", Origin::Url(database.url().to_owned()), folder.path().join("crate"));
    let found = find(&source, &AtomicBool::new(false)).unwrap();
    let model = decide(&found, &source).unwrap();
    (own::facts(&database).unwrap(), found.catalog, model)
}

/// A way to make a catalog wrong, and what has to be said of it.
type Flaw = (fn(&mut Catalog), &'static str);

const FLAWS: &[Flaw] = &[
    (|catalog| cup(catalog).foreign_keys[0].references = QName::new("", "nobody"), "REFERENCES nobody"),
    (|catalog| cup(catalog).foreign_keys.iter_mut().for_each(|key| key.columns.reverse()), "FOREIGN KEY"),
    (|catalog| cup(catalog).foreign_keys.iter_mut().for_each(|key| key.referenced_columns.reverse()), "REFERENCES"),
    (|catalog| cup(catalog).foreign_keys.iter_mut().for_each(|key| key.on_delete = Action::SetDefault), "ON DELETE"),
    (|catalog| cup(catalog).foreign_keys.iter_mut().for_each(|key| key.on_update = Action::Cascade), "ON UPDATE"),
    (|catalog| drop(cup(catalog).foreign_keys.pop()), "the catalog lacks: "),
    (|catalog| maker(catalog).primary_key.as_mut().unwrap().columns.reverse(), "PRIMARY KEY"),
    (|catalog| maker(catalog).primary_key = None, "PRIMARY KEY"),
    (|catalog| maker(catalog).columns[1].nullable = true, "\"number\" NULL"),
    (|catalog| cup(catalog).columns.swap(3, 4), "column 4"),
    (|catalog| drop(cup(catalog).columns.pop()), "\"label\""),
    (|catalog| cup(catalog).unique_keys.iter_mut().for_each(|key| drop(key.columns.pop())), "UNIQUE"),
    (|catalog| cup(catalog).unique_keys.clear(), "UNIQUE"),
    (|catalog| catalog.relations.retain(|relation| relation.name.name != "red"), "red: a view"),
];

fn relation<'c>(catalog: &'c mut Catalog, name: &str) -> &'c mut tablature::catalog::Relation {
    catalog.relations.iter_mut().find(|relation| relation.name.name == name).unwrap()
}

fn cup(catalog: &mut Catalog) -> &mut tablature::catalog::Relation {
    relation(catalog, "cup")
}

fn maker(catalog: &mut Catalog) -> &mut tablature::catalog::Relation {
    relation(catalog, "maker")
}

#[test]
fn a_catalog_that_is_wrong_is_found_out() {
    for engine in Engine::ALL {
        let (database, catalog, model) = made(engine);
        assert_eq!(judge(&database, &catalog, &model), [""; 0], "{engine}");
        for (number, (spoil, said)) in FLAWS.iter().enumerate() {
            let mut spoilt = catalog.clone();
            spoil(&mut spoilt);
            let faults = judge(&database, &spoilt, &model);
            assert!(faults.iter().any(|fault| fault.contains(said)), "{engine}, flaw {number}: {faults:?}");
        }
    }
}

#[test]
fn a_crate_that_is_wrong_is_found_out() {
    for engine in Engine::ALL {
        let (database, catalog, mut model) = made(engine);
        assert_eq!(told::reading(&database, &model).lost, 0, "{engine}");
        let cup = model.modules[0].entities.iter_mut().find(|entity| entity.relation.name == "cup").unwrap();
        cup.fields.pop();
        cup.foreign_keys.pop();
        assert_eq!(told::reading(&database, &model).lost, 1, "{engine}");
        let faults = judge(&database, &catalog, &model);
        assert!(
            faults.len() >= 2
                && faults.iter().all(|fault| fault.starts_with("the crate lacks: ") && fault.contains("cup: ")),
            "{faults:?}"
        );
    }
}

/// A crate of somebody's own, without dependencies.
fn write_crate(folder: &Path, name: &str, source: &str, test: &str) {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::create_dir_all(folder.join("tests")).unwrap();
    fs::write(folder.join("Cargo.toml"), format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n")).unwrap();
    fs::write(folder.join("src/lib.rs"), source).unwrap();
    if !test.is_empty() {
        fs::write(folder.join("tests/self_test.rs"), test).unwrap();
    }
}

#[test]
fn warnings_and_failing_self_tests_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::create(folder.path(), &folder.path().join("target")).unwrap();
    let write = |name: &str, source: &str, test: &str| write_crate(&workspace.crate_folder(name), name, source, test);
    write("warns", "fn nobody_calls_it() {}\n", "");
    let url =
        "#[test]\nfn url() { assert_eq!(std::env::var(\"TABLATURE_SELF_TEST_URL\").unwrap(), \"sqlite:a.db\"); }\n";
    write("tested", "//! Fine.\n", url);
    let complaint = workspace.compile("warns").unwrap().complaint.unwrap();
    assert!(complaint.contains("nobody_calls_it"), "{complaint}");
    assert!(workspace.compile("tested").unwrap().complaint.is_none());

    assert!(workspace.self_test(&workspace.crate_folder("warns"), "sqlite:a.db").unwrap().is_none());
    let tested = workspace.crate_folder("tested");
    assert!(workspace.self_test(&tested, "sqlite:a.db").unwrap().unwrap().complaint.is_none());
    let failed = workspace.self_test(&tested, "sqlite:b.db").unwrap().unwrap().complaint.unwrap();
    assert!(failed.contains("sqlite:b.db"), "{failed}");
}
