//! What is said of JSON documents, held to a validator: documents that are said to stay valid are tried.

use std::fs;

use serde_json::{Value, json};
use tablature_tests::Engine;

use super::{database, generate, tablature, text};

/// A change, documents of a shape that tell the two schemas apart if they can be told apart, and what is expected:
/// whether those of before stay valid, and whether those of now were valid before.
struct Case {
    old: &'static str,
    new: &'static str,
    shape: &'static str,
    documents: Vec<Value>,
    stay: bool,
    were: bool,
    says: &'static str,
}

fn cases() -> Vec<Case> {
    let text = |n: usize| "x".repeat(n);
    let case = |old, new, shape, documents, (stay, were), says| Case { old, new, shape, documents, stay, were, says };
    vec![
        case(
            "a varchar(3)",
            "a varchar(5)",
            "insert",
            vec![json!({ "a": text(3) }), json!({ "a": text(5) })],
            (true, false),
            "maxLength changed from 3 to 5",
        ),
        case(
            "a varchar(5)",
            "a varchar(3)",
            "patch",
            vec![json!({ "a": text(3) }), json!({ "a": text(5) })],
            (false, true),
            "maxLength changed from 5 to 3",
        ),
        case(
            "a text",
            "a text NOT NULL",
            "row",
            vec![json!({ "a": null }), json!({ "a": "" })],
            (false, true),
            "null is refused now",
        ),
        case(
            "a text",
            "a text NOT NULL",
            "insert",
            vec![json!({}), json!({ "a": "" })],
            (false, true),
            "the property is required now",
        ),
        case(
            "a text NOT NULL",
            "a text",
            "row",
            vec![json!({ "a": null }), json!({ "a": "" })],
            (true, false),
            "null is taken now",
        ),
        case(
            "a text",
            "a text, b text",
            "insert",
            vec![json!({ "a": "" }), json!({ "a": "", "b": "" })],
            (true, false),
            "an optional property is new",
        ),
        case(
            "a text",
            "a text, b text NOT NULL",
            "insert",
            vec![json!({ "a": "" }), json!({ "a": "", "b": "" })],
            (false, false),
            "a required property is new",
        ),
        case(
            "a text",
            "a text, b text",
            "row",
            vec![json!({ "a": "" }), json!({ "a": "", "b": "" })],
            (false, false),
            "a required property is new",
        ),
        case(
            "a text, b text",
            "a text",
            "insert",
            vec![json!({ "a": "" }), json!({ "a": "", "b": "" })],
            (false, true),
            "the property is gone",
        ),
        case(
            "a integer",
            "a text",
            "row",
            vec![json!({ "a": 1 }), json!({ "a": "1" })],
            (false, false),
            "the type changed from integer to string",
        ),
        case(
            "a integer",
            "a bigint",
            "row",
            vec![json!({ "a": 1 }), json!({ "a": 1_u64 << 40 })],
            (true, false),
            "the greatest value changed",
        ),
        case(
            "a integer",
            "a integer CHECK (a > 5)",
            "row",
            vec![json!({ "a": 1 }), json!({ "a": 9 })],
            (false, true),
            "the least value changed from ≥ -2147483648 to > 5",
        ),
        case(
            "a numeric(4,2)",
            "a numeric(6,2)",
            "row",
            vec![json!({ "a": "12.34" }), json!({ "a": "1234.56" })],
            (true, false),
            "pattern changed",
        ),
        case(
            "a mood",
            "a mood2",
            "row",
            vec![json!({ "a": "happy" }), json!({ "a": "calm" })],
            (true, false),
            "values added: \"calm\"",
        ),
        case(
            "a mood2",
            "a mood",
            "row",
            vec![json!({ "a": "happy" }), json!({ "a": "calm" }), json!({ "a": null })],
            (false, true),
            "values removed",
        ),
        case(
            "a mood",
            "a mood NOT NULL",
            "row",
            vec![json!({ "a": "happy" }), json!({ "a": null })],
            (false, true),
            "null is refused now",
        ),
        case(
            "a pair",
            "a pair2",
            "row",
            vec![json!({ "a": { "x": 1, "y": "b" } }), json!({ "a": { "x": 1, "y": 2 } })],
            (false, false),
            "the type changed from string to integer",
        ),
        case(
            "a mood[]",
            "a mood2[]",
            "row",
            vec![json!({ "a": ["happy", null] }), json!({ "a": ["calm"] })],
            (true, false),
            "values added",
        ),
    ]
}

const TYPES: &str = "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TYPE mood2 AS ENUM ('happy', 'sad', 'calm');
    CREATE TYPE pair AS (x integer, y text); CREATE TYPE pair2 AS (x integer, y integer);";

#[test]
fn documents_are_as_valid_as_is_said() {
    let folder = tempfile::tempdir().unwrap();
    // All of them in one pair of databases, each in a table of its own.
    let all = |of: fn(&Case) -> &'static str| {
        let tables = cases().into_iter().enumerate().map(|(at, case)| format!("CREATE TABLE t{at} ({});\n", of(&case)));
        database(Engine::Postgres, &format!("{TYPES}{}", tables.collect::<String>()))
    };
    let (old, new) = (all(|case| case.old), all(|case| case.new));
    let run = tablature(folder.path(), &["diff", old.url(), new.url(), "--format", "json"]);
    let difference = run.json();
    generate(&old, "shop", &folder.path().join("old"), |_| {});
    generate(&new, "shop", &folder.path().join("new"), |_| {});
    for (at, case) in cases().iter().enumerate() {
        let what = format!("{} → {}, {}", case.old, case.new, case.shape);
        let name = format!("public.t{at}");
        let schema = difference["schemas"].as_array().unwrap().iter().find(|schema| schema["relation"] == *name);
        let schema = schema.unwrap_or_else(|| panic!("{what} is not told"));
        let changes: Vec<&Value> = schema["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change["shapes"].as_array().unwrap().contains(&json!(case.shape)))
            .collect();
        let says = |change: &&Value| text(&change["message"]).contains(case.says);
        assert!(changes.iter().any(says), "{what}: {changes:#?}");
        let all = |key: &str| changes.iter().all(|change| change[key] == true);
        assert_eq!(
            (all("old_documents_stay_valid"), all("new_documents_were_valid")),
            (case.stay, case.were),
            "{what}: {changes:#?}"
        );
        // And the validator agrees.
        let validator = |side: &str| {
            let path = folder.path().join(side).join(format!("schemas/t{at}.json"));
            let mut document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            document["$ref"] = json!(format!("#/$defs/{}", case.shape));
            jsonschema::validator_for(&document).unwrap()
        };
        let (before, after) = (validator("old"), validator("new"));
        let valid: Vec<(bool, bool)> =
            case.documents.iter().map(|document| (before.is_valid(document), after.is_valid(document))).collect();
        assert!(valid.iter().any(|valid| valid.0) && valid.iter().any(|valid| valid.1), "{what}: {valid:?}");
        assert_eq!(valid.contains(&(true, false)), !case.stay, "{what}: documents of before: {valid:?}");
        assert_eq!(valid.contains(&(false, true)), !case.were, "{what}: documents of now: {valid:?}");
    }
}

#[test]
fn what_only_describes_changes_no_schema() {
    let old = "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT DEFAULT 'x')";
    let new = "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT DEFAULT 'y')";
    let difference = super::between(Engine::Sqlite, old, new);
    assert_eq!(difference["schemas"], json!([]));
    let (old, new) =
        ("CREATE TABLE a (id int); CREATE TABLE b (id int)", "CREATE TABLE a (id int); CREATE TABLE c (id int)");
    let difference = super::between(Engine::Sqlite, old, new);
    let of = |schema: &Value| {
        format!("{} {} {}", text(&schema["relation"]), text(&schema["kind"]), schema["old_documents_stay_valid"])
    };
    assert_eq!(super::told(&difference, "schemas", of), ["b removed false", "c added true"]);
}
