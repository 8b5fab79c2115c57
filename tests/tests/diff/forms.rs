//! The forms of a difference.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::Value;
use tablature::codegen::find;
use tablature::config::{Origin, Source};
use tablature::diff::api::Rule;
use tablature::diff::{Side, diff};
use tablature_tests::Engine;

use super::{database, tablature};

const OLD: &str = "CREATE TABLE book (id INTEGER PRIMARY KEY, titel TEXT, price INT)";
const NEW: &str = "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, price INT NOT NULL, note TEXT)";

fn run(format: &str, old: &str, new: &str) -> String {
    let (old, new) = (database(Engine::Sqlite, old), database(Engine::Sqlite, new));
    let folder = tempfile::tempdir().unwrap();
    let run = tablature(folder.path(), &["diff", old.url(), new.url(), "--format", format]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    run.out.replace(old.url(), "OLD").replace(new.url(), "NEW")
}

#[test]
fn people_see_sections() {
    let out = run("human", OLD, NEW);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(&lines[..2], ["from OLD", "  to NEW"]);
    for line in [
        "Database",
        "    ~  column price  column is NOT NULL now, and before takes NULL",
        "    +  column note   column added: TEXT",
        "Perhaps renamed, which nothing here assumes",
        "  book.titel → title  (the same type, the same place, a similar name)",
        "    as SQL: ALTER TABLE \"book\" RENAME COLUMN \"titel\" TO \"title\";",
        "    to keep the name in Rust, below [overrides]: \"book.title\" = { rename = \"titel\" }",
        "Generated API",
        "    breaking    Book.titel                field removed: Option<String>, and likewise in BookPatch, NewBook — code \
         that names the field does not compile",
        "    exhaustive  Book.title                field added: Option<String>, and likewise in BookPatch, NewBook",
        "Cache",
        "JSON Schemas",
        "  book may refuse documents of before, and takes others",
        "    refuses  price  null is refused now (row, insert, patch)",
    ] {
        assert!(lines.contains(&line), "{line:?} is not in\n{out}");
    }
    assert!(lines.last().unwrap().starts_with("major: 4 changes in the database; "), "{out}");
}

#[test]
fn a_watcher_is_told_in_a_few_lines() {
    let side = |sql: &str| {
        let database = database(Engine::Sqlite, sql);
        let source = Source::new("shop", Origin::Url(database.url().to_owned()), "nowhere");
        (Side::from(find(&source, &AtomicBool::new(false)).unwrap()), source)
    };
    let ((old, source), (new, _)) = (side(OLD), side(NEW));
    let brief = diff(&old, &new, &source).brief();
    let lines: Vec<&str> = brief.lines().collect();
    assert_eq!(
        lines[..2],
        ["book.note: column added: TEXT", "book.price: column is NOT NULL now, and before takes NULL"]
    );
    assert!(lines[4].starts_with("major: 4 changes in the database; ") && lines.len() == 5, "{brief}");
    let many: String = (0..100).map(|at| format!("CREATE TABLE t{at} (id INTEGER);\n")).collect();
    let brief = diff(&old, &side(&many).0, &source).brief();
    assert_eq!(brief.lines().count(), 10, "{brief}");
    assert!(brief.contains("… and 93 more\n"), "{brief}");
}

#[test]
fn programs_see_what_is_documented() {
    let document: Value = serde_json::from_str(&run("json", OLD, NEW)).unwrap();
    assert_eq!((&document["format_version"], &document["breaking"]), (&1.into(), &true.into()));
    assert_eq!(
        (&document["from"], &document["to"], &document["verdict"]),
        (&"OLD".into(), &"NEW".into(), &"major".into())
    );
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diff.md")).unwrap();
    // Every key that can be there is told.
    let mut keys = std::collections::BTreeSet::new();
    let mut queue = vec![&document];
    while let Some(value) = queue.pop() {
        match value {
            Value::Object(map) => {
                keys.extend(map.keys());
                queue.extend(map.values());
            }
            Value::Array(list) => queue.extend(list),
            _ => {}
        }
    }
    for key in keys {
        assert!(page.contains(&format!("`{key}`")), "docs/diff.md lacks `{key}`");
    }
    for rule in Rule::ALL {
        let line = format!("| `{}` | {} | {} |", rule.name(), rule.breaks().name(), rule.explanation());
        assert!(page.lines().any(|found| found == line), "docs/diff.md lacks\n{line}");
    }
}

#[test]
fn a_pull_request_sees_tables() {
    let out = run("markdown", OLD, NEW);
    assert!(out.starts_with("<!-- tablature diff -->\n### tablature diff: major: 4 changes"), "{out}");
    for part in ["#### Database", "#### Perhaps renamed", "#### Generated API", "#### Cache", "#### JSON Schemas"] {
        assert!(out.contains(part), "{out}");
    }
}

#[test]
fn names_are_text_in_every_form() {
    let hostile = "CREATE TABLE \"]]>|`::%\n\u{1b}[31m<b>\" (id INTEGER PRIMARY KEY, \"a|b\nc\" TEXT)";
    let old = "CREATE TABLE t (id INTEGER PRIMARY KEY)";
    let new = format!("{old}; {hostile}");
    let human = run("human", old, &new);
    assert!(!human.contains('\u{1b}') && human.contains("]]>|`::%\\n\\u{1b}[31m<b>"), "{human}");
    let markdown = run("markdown", old, &new);
    assert!(!markdown.contains("<b>") && !markdown.contains('\u{1b}'), "{markdown}");
    for row in markdown.lines().filter(|line| line.starts_with("| ➕")) {
        assert_eq!(row.matches('|').count(), 4, "{row}");
    }
    let json: Value = serde_json::from_str(&run("json", old, &new)).unwrap();
    assert_eq!(json["database"][0]["place"]["relation"], "]]>|`::%\n\u{1b}[31m<b>");
}

#[test]
fn a_comment_on_a_pull_request_has_room_for_what_is_listed() {
    let tables = |n: usize| {
        (0..n).map(|at| format!("CREATE TABLE t{at} (id INTEGER PRIMARY KEY, a TEXT);\n")).collect::<String>()
    };
    let out = run("markdown", &tables(1), &tables(900));
    assert!(out.len() < 65_536, "{}", out.len());
    assert!(out.contains("… and ") && out.contains(" more."), "{out}");
}
