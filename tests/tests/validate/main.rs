//! The SQL in source, held to real databases: nothing that a server takes is called wrong, and every slip is found where it
//! stands.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

mod commands;
mod corpus;
mod source;

use source::{Place, Sources};
use tablature::catalog::Catalog;
use tablature::config::{Origin, Source, Validation};
use tablature::reflect::{self, Answer, DatabaseUrl, Options};
use tablature::validate::{Outcome, Verdict, validate};
use tablature_runtime::sql::Template;
use tablature_tests::{Engine, ScratchDatabase};

const ENGINES: [Engine; 3] = [Engine::Postgres, Engine::Mysql, Engine::Sqlite];

/// A database with the bookshop in it.
fn bookshop(engine: Engine) -> ScratchDatabase {
    let scratch = ScratchDatabase::create(engine).unwrap();
    scratch.load_folder(engine.migrations()).unwrap();
    scratch
}

async fn reflected(scratch: &ScratchDatabase) -> Catalog {
    reflect::reflect(&DatabaseUrl::parse(scratch.url()).unwrap(), &Options::default()).await.unwrap().catalog
}

/// What the server says to statements, whose parameters by name become its own.
async fn answers(scratch: &ScratchDatabase, statements: &[String]) -> Vec<Answer> {
    let dialect = scratch.engine().dialect();
    let plain = |sql: &String| match Template::parse(sql, dialect) {
        Ok(template) if scratch.engine() != Engine::Sqlite => template.plain().text.to_string(),
        _ => sql.clone(),
    };
    let statements: Vec<String> = statements.iter().map(plain).collect();
    reflect::prepare(&DatabaseUrl::parse(scratch.url()).unwrap(), &statements).await.unwrap()
}

fn judged(sources: &Sources, catalog: &Catalog) -> Verdict {
    let source = Source::new("bookshop", Origin::Snapshot, "");
    validate(&[sources.folder().to_owned()], catalog, &source, &Validation::default()).unwrap()
}

/// The statements of a list: one on each line that is no comment.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--"))
}

/// Statements that the server takes, and whether they are understood here.
fn right(engine: Engine) -> Vec<(String, bool)> {
    let own = match engine {
        Engine::Postgres => include_str!("postgres.sql"),
        Engine::Mysql => include_str!("mysql.sql"),
        Engine::Sqlite => include_str!("sqlite.sql"),
    };
    let all = lines(include_str!("common.sql")).chain(lines(own));
    all.map(|line| (line.trim_start_matches("~ ").to_owned(), !line.starts_with('~'))).collect()
}

/// A statement with one slip in it.
struct Slip {
    meant: String,
    written: String,
    /// The name that is meant, and the one that is written.
    name: (String, String),
}

fn slips(engine: Engine) -> Vec<Slip> {
    let wanted = ["all", engine.folder()];
    let of_engine = |line: &'static str| {
        let (whom, statement) = line.split_once(": ").unwrap();
        wanted.contains(&whom).then_some(statement)
    };
    let slip = |statement: &str| {
        let (before, rest) = statement.split_once('«').unwrap();
        let (names, after) = rest.split_once('»').unwrap();
        let (meant, written) = names.split_once('|').unwrap();
        Slip {
            meant: format!("{before}{meant}{after}"),
            written: format!("{before}{written}{after}"),
            name: (meant.to_owned(), written.to_owned()),
        }
    };
    lines(include_str!("slips.txt")).filter_map(of_engine).map(slip).collect()
}

/// All that is right is verified, and the server takes it.
#[tokio::test]
async fn what_a_server_takes_is_verified() {
    let mut distinct = std::collections::BTreeSet::new();
    for engine in ENGINES {
        let scratch = bookshop(engine);
        let catalog = reflected(&scratch).await;
        let (statements, understood): (Vec<String>, Vec<bool>) = right(engine).into_iter().unzip();
        let answers = answers(&scratch, &statements).await;
        let refused: Vec<_> =
            statements.iter().zip(answers).filter(|(_, answer)| *answer != Answer::Prepared).collect();
        assert!(refused.is_empty(), "{engine}: {refused:#?}");
        let mut sources = Sources::new();
        for sql in &statements {
            sources.add(sql);
        }
        sources.write();
        let verdict = judged(&sources, &catalog);
        let alarms: Vec<_> = verdict.issues().collect();
        assert!(alarms.is_empty() && verdict.notes.is_empty(), "{engine}: {alarms:#?} {:?}", verdict.notes);
        let counts = verdict.counts();
        let known = understood.iter().filter(|understood| **understood).count();
        let unverifiable = verdict.statements.iter().filter(|found| found.outcome == Outcome::Unverifiable);
        let reasons: Vec<_> = unverifiable.map(|found| (&found.text, &found.reason)).collect();
        assert_eq!((counts.verified, reasons.len()), (known, statements.len() - known), "{engine}: {reasons:#?}");
        distinct.extend(statements);
    }
    assert!(distinct.len() >= 200, "there are only {} statements", distinct.len());
}

/// Every slip is found among right statements, at its place, with what was meant. The server refuses the same ones.
#[tokio::test]
async fn every_slip_is_found_at_its_place() {
    for engine in ENGINES {
        let scratch = bookshop(engine);
        let catalog = reflected(&scratch).await;
        let slips = slips(engine);
        assert!(slips.len() >= 40, "{engine}: there are only {} slips", slips.len());
        let meant: Vec<String> = slips.iter().map(|slip| slip.meant.clone()).collect();
        let said = answers(&scratch, &meant).await;
        let refused: Vec<_> = meant.iter().zip(said).filter(|(_, answer)| *answer != Answer::Prepared).collect();
        assert!(refused.is_empty(), "{engine}: {refused:#?}");
        let written: Vec<String> = slips.iter().map(|slip| slip.written.clone()).collect();
        let said = answers(&scratch, &written).await;
        let is_refused = |answer: &Answer| matches!(answer, Answer::Refused { .. });
        let taken: Vec<_> = written.iter().zip(said).filter(|(_, answer)| !is_refused(answer)).collect();
        assert!(taken.is_empty(), "{engine}: {taken:#?}");

        let mut sources = Sources::new();
        let mut right = right(engine).into_iter();
        let mut expected: Vec<(Place, &str, &str)> = Vec::new();
        for slip in &slips {
            for (sql, _) in right.by_ref().take(3) {
                sources.add(&sql);
            }
            let place = sources.add(&slip.written).of(&slip.name.1, &slip.written);
            expected.push((place, &slip.name.1, &slip.name.0));
        }
        sources.write();
        let verdict = judged(&sources, &catalog);
        let mut found: Vec<(Place, &str, &str)> = verdict
            .issues()
            .map(|issue| {
                let place = Place { file: issue.file.clone(), line: issue.line, column: issue.column };
                (place, issue.name.as_str(), issue.suggestion.as_deref().unwrap_or_default())
            })
            .collect();
        found.sort();
        expected.sort();
        similar(engine, &found, &expected);
        assert_eq!(verdict.counts().wrong, slips.len(), "{engine}");
    }
}

fn similar(engine: Engine, found: &[(Place, &str, &str)], expected: &[(Place, &str, &str)]) {
    let missed: Vec<_> = expected.iter().filter(|slip| !found.contains(slip)).collect();
    let alarms: Vec<_> = found.iter().filter(|issue| !expected.contains(issue)).collect();
    assert!(missed.is_empty() && alarms.is_empty(), "{engine}: missed {missed:#?}, found instead {alarms:#?}");
}
