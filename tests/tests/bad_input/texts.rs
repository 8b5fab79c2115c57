//! Texts and names of a database that try to be code in the crate: what they say stays a text.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tablature_tests::corpus::{Options, run};
use tablature_tests::{Engine, HarnessError, server_url};

/// What would not compile if it got out of a comment, a documentation, a literal or a template, however that ends.
const HOSTILE: &str = "*/ compile_error!(\"block\"); /* \"# compile_error!(\"raw\"); \" compile_error!(\"plain\"); ` it's \\\" \\\n\
    compile_error!(\"line\");\r\ncompile_error!(\"crlf\");\rcompile_error!(\"cr\");\u{2028}compile_error!(\"ls\");\n\
    ```\ncompile_error!(\"fence\");\n```rust\n\"]\ncompile_error!(\"attribute\");\n#![nothing] {{ 1/0 }} {% raw %} {# ${x} {} %s </script> ";

/// The same in short, for what may not be long.
const LABELS: [&str; 6] = [
    "*/ compile_error!(\"block\"); /*",
    "\"# compile_error!(\"raw\");",
    "\ncompile_error!(\"line\");",
    "`it's \\",
    "__proto__",
    "constructor",
];

/// What PostgreSQL is given as the longest comment.
const LONG: usize = 1 << 20;

/// Names that mean something to programs that read JSON, and one that is code.
const NAMES: [&str; 6] =
    ["__proto__", "constructor", "prototype", "hasOwnProperty", "$ref", "*/ compile_error!(\"name\"); /*"];

/// A text as an engine's literal.
fn literal(engine: Engine, text: &str) -> String {
    let text = text.replace('\'', "''");
    format!("'{}'", if engine == Engine::Mysql { text.replace('\\', "\\\\") } else { text })
}

fn quoted(engine: Engine, name: &str) -> String {
    if engine == Engine::Mysql { format!("`{name}`") } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// The comments that an engine takes, the longest that there may be.
fn comments(engine: Engine) -> [String; 2] {
    let (of_table, of_column) = if engine == Engine::Postgres { (LONG, LONG) } else { (2048, 1024) };
    [of_table, of_column].map(|length| HOSTILE.chars().cycle().take(length).collect())
}

/// Two tables and a view, with hostile texts wherever the engine takes them.
fn schema(engine: Engine) -> String {
    let text = |text: &str| literal(engine, text);
    let name = |name: &str| quoted(engine, name);
    let [of_table, of_column] = comments(engine).map(|comment| text(&comment));
    let labels = LABELS.map(text).join(", ");
    let is_mysql = engine == Engine::Mysql;
    let comment = |comment: &str| if is_mysql { format!(" COMMENT {comment}") } else { String::new() };
    let mood = match engine {
        Engine::Postgres => "mood".to_owned(),
        Engine::Mysql => format!("ENUM ({labels})"),
        Engine::Sqlite => format!("TEXT CHECK (mood IN ({labels}))"),
    };
    let columns = NAMES.map(|column| format!("{} VARCHAR(900) DEFAULT {}", name(column), text(HOSTILE))).join(",\n");
    let mut sql = String::new();
    if engine == Engine::Postgres {
        sql += &format!("CREATE TYPE mood AS ENUM ({labels});\nCOMMENT ON TYPE mood IS {of_column};\n");
    }
    sql += &format!(
        "CREATE TABLE {things} (id INTEGER NOT NULL PRIMARY KEY{on_id}, mood {mood} NOT NULL DEFAULT {label},\n{columns},\n\
             kind VARCHAR(60) NOT NULL CHECK (kind IN ({labels})),\n\
             CONSTRAINT {check} CHECK ({proto} <> {hostile})){on_table};\n\
         CREATE TABLE {proto} (id INTEGER NOT NULL PRIMARY KEY, constructor INTEGER NOT NULL,\n\
             CONSTRAINT {key} FOREIGN KEY (constructor) REFERENCES {things} (id));\n\
         CREATE VIEW constructor AS SELECT id, mood, {proto}, {text} AS {named} FROM {things};\n",
        things = name(NAMES[5]),
        on_id = comment(&of_column),
        on_table = comment(&of_table),
        label = text(LABELS[0]),
        proto = name(NAMES[0]),
        check = name("ck */ compile_error!(\"check\"); /*"),
        key = name("fk */ compile_error!(\"key\"); /*"),
        hostile = text(HOSTILE),
        text = text(LABELS[1]),
        named = name(NAMES[3]),
    );
    if engine == Engine::Postgres {
        let things = name(NAMES[5]);
        for place in [
            format!("TABLE {things}"),
            "VIEW constructor".to_owned(),
            format!("COLUMN {things}.id"),
            "COLUMN constructor.id".to_owned(),
            format!("CONSTRAINT {} ON {things}", name("ck */ compile_error!(\"check\"); /*")),
            format!("CONSTRAINT {} ON {}", name("fk */ compile_error!(\"key\"); /*"), name(NAMES[0])),
        ] {
            sql += &format!("COMMENT ON {place} IS {of_table};\n");
        }
    }
    sql
}

/// All texts in a JSON document.
fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(members) => members.values().for_each(|member| strings(member, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn json(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(&path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn what_a_database_says_stays_a_text() {
    let folder = tempfile::tempdir().unwrap();
    for engine in Engine::ALL {
        let schemas = folder.path().join("schemas").join(engine.folder());
        fs::create_dir_all(&schemas).unwrap();
        fs::write(schemas.join("hostile.sql"), schema(engine)).unwrap();
    }
    let options = Options {
        folder: folder.path().join("schemas"),
        only: Vec::new(),
        compile: true,
        workspace: folder.path().join("made"),
        target: Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned(),
    };
    let server =
        |engine: Engine| -> Result<String, HarnessError> { server_url(engine.service().unwrap()).map(str::to_owned) };
    // It compiles without a warning, and has every column, key and label that the database has.
    let report = run(&options, server, |_| ()).unwrap();
    assert!(report.has_run() && report.is_fine(), "{}", report.to_text());
    assert_eq!(report.schemas.len(), 3);

    for engine in Engine::ALL {
        let made = folder.path().join("made/crates").join(format!("corpus_{}_hostile", engine.folder()));
        let documents: Vec<Value> =
            fs::read_dir(made.join("schemas")).unwrap().map(|entry| json(entry.unwrap().path())).collect();
        let mut texts = Vec::new();
        strings(&json(made.join("schema.json")), &mut texts);
        documents.iter().for_each(|document| strings(document, &mut texts));
        if engine != Engine::Sqlite {
            for comment in comments(engine) {
                assert!(texts.contains(&comment), "{engine}: a comment of {} is not whole", comment.len());
            }
        }
        for label in LABELS {
            assert!(texts.iter().any(|text| text == label), "{engine}: {label}");
        }
        let names = NAMES.map(|name| format!("{}:", Value::from(name)));
        let has_all = |document: &Value| names.iter().all(|name| document.to_string().contains(name));
        assert!(documents.iter().any(has_all), "{engine}: no JSON Schema has all columns");
    }
}
