//! What overrides and type options do to the crate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tablature_tests::{Engine, ScratchDatabase};

use crate::support::{Place, SHELVES, texts};

/// The root of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A crate of a database, made with these lines in the configuration.
fn made(url: &str, lines: &str) -> Place {
    let place = Place::new();
    let path = repository().join("runtime").display().to_string();
    let head = format!("[[source]]\nname = \"made\"\nurl = {url:?}\noutput = \"made\"\nruntime_path = {path:?}\n");
    place.write("tablature.toml", &format!("{head}{lines}"));
    place.codegen(&[]).succeeds();
    place.codegen(&["--check"]).succeeds();
    place.codegen(&["--check", "--offline"]).succeeds();
    place
}

/// Requires some parts in a file and others not.
#[track_caller]
fn holds(place: &Place, path: &str, parts: &[&str], others: &[&str]) {
    let text = place.read(path);
    for part in parts {
        assert!(text.contains(part), "{path} has no {part:?}:\n{text}");
    }
    for part in others {
        assert!(!text.contains(part), "{path} has {part:?}:\n{text}");
    }
}

/// Compiles the crate that was made. It stands in the same folder each time, beside the workspace's own artefacts, so that
/// little is compiled twice.
#[track_caller]
fn compile(place: &Place) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("made");
    drop(fs::remove_dir_all(&folder));
    for (path, text) in texts(&place.path("made")) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let manifest = format!("{}\n[workspace]\n", place.read("made/Cargo.toml"));
    let runtime = repository().join("runtime").display().to_string();
    let manifest: String = manifest
        .lines()
        .map(|line| match line.strip_prefix("tablature-runtime = { path = ") {
            // The way to it was relative to the other folder.
            Some(rest) => format!("tablature-runtime = {{ path = {runtime:?}{}\n", &rest[rest.find(',').unwrap()..]),
            None => format!("{line}\n"),
        })
        .collect();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--offline", "--quiet", "--features", "mysql,postgres,sqlite,json-schema"]);
    // What cargo tells these tests of their own package would have build scripts run again, here and in the workspace.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&variable);
        }
    }
    // The program stands in the folder of a profile, in that of all artefacts.
    let target = Path::new(crate::support::PROGRAM).parent().and_then(Path::parent).unwrap();
    let output = command.current_dir(folder).env("CARGO_TARGET_DIR", target).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn overrides_have_effect() {
    let place = Place::new();
    place.sqlite("x.db", &format!("{SHELVES} CREATE TABLE noise (id integer PRIMARY KEY);"));
    let url = format!("sqlite:{}", place.path("x.db").display());
    let made = made(
        &url,
        r#"
[source.types]
time = "time"
[source.overrides]
"shelf.name" = { type = "std::sync::Arc<str>", rename = "label", read = "lower({})", write = "trim({})" }
"shelf" = { rename = "bookcase", derive = ["Eq", "Hash"], attributes = ["non_exhaustive", 'doc = "Of oak."'] }
"book.title" = { json_schema = { type = "string", minLength = 3 }, attributes = ["serde(default)"] }
"book.*" = { attributes = ['doc = "Seen."'] }
"noise" = { exclude = true }
"book.price" = { exclude = true }
"#,
    );
    holds(
        &made,
        "made/src/bookcase.rs",
        &[
            "pub struct Bookcase {",
            "pub label: std::sync::Arc<str>,",
            "&[\"id\", \"name\"",
            ".cast(\"lower({})\", \"trim({})\")",
            "Eq, Hash",
            "#[non_exhaustive]",
            "Of oak.",
            "pub fn ",
        ],
        &["pub struct Shelf ", "pub name:"],
    );
    holds(
        &made,
        "made/src/book.rs",
        &["BookcaseId", "time::", "#[serde(default)]", r#"left_out: &["price"]"#],
        &["pub price", "PRICE", "chrono", "Decimal"],
    );
    holds(&made, "made/schema.json", &["\"shelf\"", "\"name\": \"name\""], &["noise"]);
    assert!(!made.path("made/src/noise.rs").exists());
    let schema: Value = serde_json::from_str(&made.read("made/schemas/book.json")).unwrap();
    assert_eq!(schema["$defs"]["row"]["properties"]["title"]["minLength"], 3, "{schema}");
    holds(&made, "made/Cargo.toml", &["features = [\"time\"]"], &[]);
}

#[test]
fn later_overrides_win_in_the_order_of_the_file() {
    let place = Place::new();
    place.sqlite("x.db", SHELVES);
    let url = format!("sqlite:{}", place.path("x.db").display());
    for (first, second, name) in [("\"book.*\"", "\"*.title\"", "last"), ("\"*.title\"", "\"book.tit*\"", "last")] {
        let lines = format!(
            "[source.overrides]\n{first} = {{ type = \"First\" }}\n{second} = {{ rename = \"{name}\", type = \"Last\" }}"
        );
        holds(&made(&url, &lines), "made/src/book.rs", &["pub last: Last,"], &["title: First"]);
    }
}

#[test]
fn the_time_library_and_decimals_compile() {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database
        .load(
            "CREATE TABLE moment (id bigint PRIMARY KEY, a date NOT NULL, b time NOT NULL, c timestamp NOT NULL,
                 d timestamptz NOT NULL, e date, f timestamptz[], g numeric(10, 2) NOT NULL, h numeric(40, 5), i numeric)",
        )
        .unwrap();
    let made_of = |lines: &str| made(database.url(), &format!("[source.types]\n{lines}\n"));
    let with_time = made_of("time = \"time\"\ndecimal = \"bigdecimal\"");
    holds(&with_time, "made/src/moment.rs", &["OffsetDateTime", "PrimitiveDateTime", "pub g: BigDecimal"], &["chrono"]);
    compile(&with_time);
    let with_chrono = made_of("decimal = \"decimal\"");
    let parts = ["DateTime<Utc>", "pub g: Decimal,", "pub h: Option<Decimal>", "pub i: Option<Decimal>"];
    holds(&with_chrono, "made/src/moment.rs", &parts, &["OffsetDateTime", "BigDecimal"]);
    let auto = made_of("");
    let parts = ["pub g: Decimal,", "pub h: Option<BigDecimal>", "pub i: Option<BigDecimal>"];
    holds(&auto, "made/src/moment.rs", &parts, &["OffsetDateTime"]);
}

#[test]
fn keys_and_checks_may_stay_plain() {
    let database = ScratchDatabase::create(Engine::Sqlite).unwrap();
    database.load(SHELVES).unwrap();
    let typed = made(database.url(), "");
    holds(&typed, "made/src/shelf.rs", &["pub id: ShelfId,", "pub state: ShelfState,", "pub enum ShelfState"], &[]);
    holds(&typed, "made/src/book.rs", &["pub shelf_id: ShelfId,"], &[]);
    let plain = made(database.url(), "[source.types]\nkey_types = false\ncheck_enums = false\n");
    holds(&plain, "made/src/shelf.rs", &["pub id: i64,", "pub state: String,"], &[": ShelfId", "pub enum ShelfState"]);
    holds(&plain, "made/src/book.rs", &["pub shelf_id: i64,"], &[": ShelfId", "BookId"]);
    // What the check promises stays promised.
    let schema: Value = serde_json::from_str(&plain.read("made/schemas/shelf.json")).unwrap();
    assert_eq!(schema["$defs"]["row"]["properties"]["state"]["enum"], serde_json::json!(["open", "full"]), "{schema}");
    // For all sources at once, and for one of them otherwise.
    let both =
        made(database.url(), "[source.types]\nkey_types = true\n[types]\nkey_types = false\ncheck_enums = false\n");
    holds(&both, "made/src/shelf.rs", &["pub id: ShelfId,", "pub state: String,"], &[]);
}

#[test]
fn what_mysql_calls_a_boolean_may_stay_a_number() {
    let database = ScratchDatabase::create(Engine::Mysql).unwrap();
    database
        .load(
            "CREATE TABLE flags (id integer PRIMARY KEY, a tinyint(1) NOT NULL, b bit(1) NOT NULL, c bit(9) NOT NULL,
                 d longtext NOT NULL CHECK (json_valid(d)))",
        )
        .unwrap();
    let usual = made(database.url(), "");
    holds(&usual, "made/src/flags.rs", &["pub a: bool,", "pub b: bool,"], &["pub d: String", "pub c: bool"]);
    let lines = "[source.types]\ntinyint1_is_bool = false\nbit1_is_bool = false\njson_checks = false\n";
    let plain = made(database.url(), lines);
    holds(&plain, "made/src/flags.rs", &["pub a: i8,", "pub d: String,"], &["pub b: bool", "bool,"]);
}

#[test]
fn serde_is_a_dependency_where_the_code_names_it() {
    const SERDE: &str = "\nserde = ";
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load("CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE day (id integer PRIMARY KEY, mood mood)").unwrap();
    let made_of = |overrides: &str| made(database.url(), &format!("[source.overrides]\n{overrides}\n"));
    for overrides in ["", "day = { derive = [\"Eq\"] }", "mood = { attributes = [\"non_exhaustive\"] }"] {
        holds(&made_of(overrides), "made/Cargo.toml", &["\ntablature-runtime = "], &[SERDE]);
    }
    for overrides in [
        "mood = { derive = [\"kind::Kind\"] }",
        "day = { derive = [\"kind::Kind\"] }",
        "\"day.mood\" = { attributes = [\"serde(alias = \\\"humour\\\")\"] }",
    ] {
        holds(&made_of(overrides), "made/Cargo.toml", &[SERDE], &[]);
    }
    database.load("CREATE TYPE span AS (first date, last date); ALTER TABLE day ADD span span").unwrap();
    holds(&made_of(""), "made/Cargo.toml", &[SERDE], &[]);
}
