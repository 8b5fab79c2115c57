//! A tablature.toml, or options, that say what cannot be.

use crate::support::{Place, SECRET, SHELVES};

/// A configuration of one source that works, with more lines in it.
fn source(more: &str) -> String {
    format!("[[source]]\nname = \"shop\"\nurl = \"sqlite:shelves.db\"\noutput = \"generated\"\n{more}")
}

/// Each configuration must be refused with these words.
fn refused(cases: &[(String, &[&str])]) {
    let place = Place::with_crate();
    for (text, says) in cases {
        place.write("tablature.toml", text);
        place.refuses(&[], says);
        place.refuses(&["--check"], says);
    }
}

#[test]
fn keys_that_are_not_known() {
    refused(&[
        (source("outptu = \"x\""), &["tablature.toml: line 5, column 1: ", "outptu", "did you mean \"output\"?"]),
        ("[[sauce]]\nname = \"x\"".into(), &["line 1, column 3: ", "sauce", "did you mean \"source\"?"]),
        (source("[source.types]\nkey_type = false"), &["line 6, column 1: ", "did you mean \"key_types\"?"]),
        (source("[source.types]\ntime = \"chronos\""), &["line 6, column 8: ", "did you mean \"chrono\"?"]),
        (
            source("[source.overrides]\n\"shelf.name\" = { renam = \"x\" }"),
            &["line 6, column 18: ", "renam", "did you mean \"rename\"?"],
        ),
        (source("[source.overrides]\nbook.shelf_id = { rename = \"x\" }"), &["line 6, column 6: ", "\"book.price\""]),
        (
            source("[source.diagnostics]\nbroken-veiw = \"error\""),
            &["line 6, column 1: ", "broken-veiw", "did you mean \"broken-view\"?"],
        ),
        (source("[source.diagnostics]\nbroken-view = \"eror\""), &["line 6, column 15: ", "did you mean \"error\"?"]),
    ]);
}

#[test]
fn values_of_the_wrong_type() {
    refused(&[
        (source("strict = \"yes\""), &["tablature.toml: line 5, column 10: ", "expected a boolean"]),
        (source("include = \"book\""), &["line 5, column 11: ", "expected a sequence"]),
        (source("[source.types]\nkey_types = 1"), &["line 6, column 13: ", "expected a boolean"]),
        (source("[source.overrides]\nbook = { exclude = 3 }"), &["line 6, column 20: ", "expected a boolean"]),
        (source("[source.overrides]\nbook = 3"), &["line 6, column 8: "]),
        (source("strict = "), &["tablature.toml: line 5, column "]),
        (source("[source"), &["tablature.toml: line 5, column "]),
        (source("name = \"again\""), &["line 5, column 1: ", "duplicate key"]),
    ]);
}

#[test]
fn globs_that_are_none() {
    refused(&[
        (source("include = [\"book[\"]"), &["include: \"book[\" is not a path pattern"]),
        (source("exclude = [\"{a,b\"]"), &["exclude: \"{a,b\" is not a path pattern"]),
        (source("include = [\"a.b.c.d\"]"), &["include: \"a.b.c.d\" has more than three parts", "[.]"]),
        (source("[source.overrides]\n\"bo[ok.title\" = { rename = \"x\" }"), &["overrides.\"bo[ok.title\"", "pattern"]),
        (source("schemas = [\"[\"]"), &["schema", "\"[\" is not a path pattern"]),
    ]);
    let place = Place::with_crate();
    for option in ["--include", "--exclude", "--schema"] {
        place.refuses(&["--url", "sqlite:shelves.db", option, "a["], &["\"a[\" is not a path pattern"]);
    }
}

#[test]
fn entries_that_match_nothing() {
    refused(&[
        (source("include = [\"book\", \"scroll\"]"), &["names what is not in the schema", "include \"scroll\""]),
        (source("exclude = [\"scroll_*\"]"), &["names what is not in the schema", "exclude \"scroll_*\""]),
        (
            source("[source.overrides]\n\"book.prize\" = { rename = \"x\" }\nbook = { derive = [\"Eq\"] }"),
            &["names what is not in the schema: overrides.\"book.prize\";", "mend or remove it"],
        ),
    ]);
    let place = Place::with_crate();
    place.refuses(&["--url", "sqlite:shelves.db", "--include", "scroll"], &["include \"scroll\""]);
}

#[test]
fn nothing_left_to_generate() {
    refused(&[(source("exclude = [\"*\"]"), &["leaves out every", "include", "exclude"])]);
}

#[test]
fn rust_that_is_none() {
    let over = |text: &str| source(&format!("[source.overrides]\n{text}"));
    refused(&[
        (over("\"book.title\" = { type = \"Vec<\" }"), &["overrides.\"book.title\"", "type", "\"Vec<\"", "is not"]),
        (over("\"book.title\" = { type = \"\" }"), &["overrides.\"book.title\"", "type"]),
        (over("\"book.title\" = { type = \"String, pub x: u8\" }"), &["overrides.\"book.title\"", "type"]),
        (over("book = { derive = [\"Eq, \"] }"), &["overrides.\"book\"", "derive", "\"Eq, \""]),
        (over("book = { attributes = [\"#[x]\"] }"), &["overrides.\"book\"", "attributes", "without `#[` and `]`"]),
        (over("book = { attributes = [\"cfg(a)] struct X; #[b\"] }"), &["overrides.\"book\"", "attributes"]),
        (over("\"book.title\" = { serde_with = \"a b\" }"), &["overrides.\"book.title\"", "serde_with", "\"a b\""]),
        (over("book = { rename = \"\" }"), &["overrides.\"book\"", "rename"]),
        (over("\"book.title\" = { read = \"lower(title)\" }"), &["overrides.\"book.title\"", "read", "{}"]),
        (over("\"book.title\" = { write = \"upper(title)\" }"), &["overrides.\"book.title\"", "write", "{}"]),
        (over("\"book.title\" = { json_schema = 3 }"), &["overrides.\"book.title\"", "json_schema", "object"]),
    ]);
}

#[test]
fn several_sources_and_options_for_one() {
    let place = Place::with_crate();
    place.sqlite("other.db", SHELVES);
    let two = "[[source]]\nname = \"a\"\nurl = \"sqlite:shelves.db\"\noutput = \"a\"\n\
               [[source]]\nname = \"b\"\nurl = \"sqlite:other.db\"\noutput = \"b\"\n";
    place.write("tablature.toml", two);
    for options in [["--url", "sqlite:other.db"], ["--output", "c"], ["--include", "book"], ["--exclude", "book"]] {
        place.refuses(&options, &["names several sources", "--name"]);
    }
    place.refuses(&["--name", "c"], &["--name c is none of the configured sources: a, b"]);
    place.codegen(&["--name", "b"]).succeeds();
    assert!(!place.path("a").exists() && place.path("b").exists());
    place.codegen(&[]).succeeds();
    assert!(place.path("a").exists());
    // An error says which of them it is about.
    place.write("tablature.toml", &two.replace("other.db", "gone.db"));
    let run = place.codegen(&[]);
    assert_eq!(run.code, Some(2));
    run.says(&["error: b: ", "sqlite:gone.db"]);
    place.write("tablature.toml", &two.replace("\"b\"\n", "\"a\"\n"));
    place.refuses(&[], &["two sources", "a"]);
    place.write("tablature.toml", &two.replace("output = \"b\"", "output = \"x/../a\""));
    place.refuses(&[], &["a and b", "same folder"]);
}

#[test]
fn no_source_or_two_origins() {
    let place = Place::with_crate();
    place.refuses(&[], &["there is no tablature.toml here", "--url", "tablature init"]);
    place.refuses(&["--config", "nowhere.toml"], &["cannot read nowhere.toml"]);
    place.refuses(
        &["--url", "sqlite:shelves.db", "--migrations", "m"],
        &["--url", "cannot be used with", "--migrations"],
    );
    place.refuses(&["--url", "sqlite:shelves.db", "--offline"], &["cannot be used with"]);
    place.refuses(&["--check", "--dry-run"], &["cannot be used with"]);
    place.refuses(&["--chekc"], &["--chekc", "--check"]);
    place.write("tablature.toml", "");
    place.refuses(&[], &["tablature.toml names no [[source]]", "--url"]);
    place.write("tablature.toml", "[[source]]\nname = \"x\"\n");
    place.refuses(&[], &["nothing says where the schema comes from", "url"]);
    place.write("tablature.toml", &source("migrations = \"m\""));
    place.refuses(&[], &["`url` or `migrations`, not both"]);
    place.write("tablature.toml", &source("").replace("\"shop\"", "\"9 shops\""));
    place.refuses(&[], &["\"9 shops\" cannot be the name of a crate"]);
}

#[test]
fn variables_that_are_not_set() {
    let place = Place::with_crate();
    let url = |text: &str| source("").replace("sqlite:shelves.db", text);
    place.write("tablature.toml", &url("${NO_SUCH_URL}"));
    place.refuses(&[], &["url wants the environment variable NO_SUCH_URL, which is not set", "set it, or give --url"]);
    place.write("tablature.toml", &url(&format!("postgres://ann:{SECRET}@${{NO_SUCH_HOST}}/shop")));
    place.refuses(&[], &["NO_SUCH_HOST"]);
    place.write("tablature.toml", &url("sqlite:${SHELVES"));
    place.refuses(&[], &["has no closing brace"]);
    place.refuses(&["--url", "${NO_SUCH_URL}"], &["--url wants the environment variable NO_SUCH_URL", "set it"]);
    place.write("tablature.toml", &url("sqlite:${SHELVES}.db"));
    let run = crate::support::Run::of(place.command(&["codegen"]).env("SHELVES", "shelves").output().unwrap());
    run.succeeds();
}

#[test]
fn migrations_that_are_missing_or_broken() {
    let place = Place::with_crate();
    place.refuses(&["--migrations", "nowhere"], &["nowhere"]);
    std::fs::create_dir(place.path("empty")).unwrap();
    place.refuses(&["--migrations", "empty"], &["empty"]);
    place.write("broken/V001__shelf.sql", "CREATE TABLE shelf (id integer PRIMARY KEY);");
    place.write("broken/V002__book.sql", "CREATE TABLE book (id integer PRIMARY KEY);\nCREATE TABEL x (id integer);");
    place.refuses(&["--migrations", "broken"], &["V002__book.sql:2:8", "TABEL"]);
    place.write("broken/V002__book.sql", "CREATE TABLE book (id integer PRIMARY KEY);\nCREATE TABLE x (id money);");
    place.refuses(&["--migrations", "broken"], &["V002__book.sql:2:17", "docs/migrations.md"]);
    place.write("broken/V002__book.sql", "CREATE TABLE book (id integer PRIMARY KEY)");
    place.codegen(&["--migrations", "broken"]).succeeds();
}
