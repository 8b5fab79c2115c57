//! The queries that whole schemas hold themselves: whatever stands in a view or a function is right.

use std::fs;
use std::path::Path;

use tablature::config::{Origin, Source, Validation};
use tablature::reflect::Answer;
use tablature::validate::{Outcome, validate};
use tablature_runtime::Database;
use tablature_tests::{Engine, ScratchDatabase};
use tempfile::TempDir;

use super::{ENGINES, answers, reflected};

/// The queries of a database's views, as far as the catalog does not have them, and the bodies of functions that are SQL.
fn further_texts(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => {
            "SELECT p.prosrc AS text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
             WHERE l.lanname = 'sql' AND p.prosqlbody IS NULL
               AND p.pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
        }
        // What the database is called belongs to the deployment.
        Engine::Mysql => {
            "SELECT replace(view_definition, concat('`', database(), '`.'), '') AS text
             FROM information_schema.views WHERE table_schema = database()"
        }
        Engine::Sqlite => "SELECT '' AS text WHERE false",
    }
}

#[tokio::test]
async fn what_schemas_hold_themselves_is_never_wrong() {
    let mut verified = 0;
    for engine in ENGINES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(engine.folder());
        for entry in fs::read_dir(folder).unwrap() {
            let schema = entry.unwrap().path();
            let scratch = ScratchDatabase::create(engine).unwrap();
            scratch.load_file(&schema).unwrap();
            let catalog = reflected(&scratch).await;
            let database = Database::connect(scratch.url()).await.unwrap();
            let mut texts: Vec<String> = database.query(further_texts(engine)).fetch_all().await.unwrap();
            texts.extend(catalog.relations.iter().filter_map(|relation| relation.definition.clone()));
            let folder = TempDir::new().unwrap();
            let calls: String = texts.iter().map(|text| format!("    db.query(r###\"{text}\"###);\n")).collect();
            fs::write(folder.path().join("run.rs"), format!("fn run(db: &Session) {{\n{calls}}}\n")).unwrap();
            let source = Source::new("corpus", Origin::Snapshot, "");
            let verdict = validate(&[folder.path().to_owned()], &catalog, &source, &Validation::default()).unwrap();
            assert_eq!(verdict.statements.len(), texts.len(), "{}", schema.display());
            // What refers to a table that is gone, or to a parameter of its function, the server does not take either.
            let answers = answers(&scratch, &texts).await;
            let wrong = verdict.statements.iter().zip(answers);
            let alarms: Vec<_> = wrong
                .filter(|(found, answer)| *answer == Answer::Prepared && found.outcome == Outcome::Wrong)
                .map(|(found, _)| found)
                .collect();
            assert!(alarms.is_empty(), "{}: {alarms:#?}", schema.display());
            verified += verdict.counts().verified;
        }
    }
    assert!(verified >= 10, "only {verified} were understood");
}
