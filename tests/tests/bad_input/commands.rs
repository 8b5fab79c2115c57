//! What the commands do and print, and what their options mean.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tablature_tests::{Engine, ScratchDatabase};
use url::Url;

use crate::support::{Place, Run, SECRET, SHELVES, texts};

/// A schema of which not everything can be expressed: there are warnings about it.
const DOUBTFUL: &str = "CREATE TABLE loose (id integer PRIMARY KEY, anything);
                        CREATE TABLE early (id integer PRIMARY KEY, late integer REFERENCES nowhere (id));";

/// Makes the crate stale: a column has another type, a table is new, another is gone.
fn make_stale(place: &Place) {
    let sql = SHELVES.replace("varchar(80)", "varchar(90)");
    place.sqlite("shelves.db", &format!("{sql} CREATE TABLE scroll (id integer PRIMARY KEY);"));
}

/// The command that a check tells to run: the only line that is indented.
#[track_caller]
fn mending(run: &Run) -> String {
    let told: Vec<&str> = run.out.lines().filter_map(|line| line.strip_prefix("    tablature ")).collect();
    assert_eq!(told.len(), 1, "{}", run.out);
    told[0].to_owned()
}

/// Runs a command line that was printed, by a shell.
fn shell(place: &Place, line: &str) -> Run {
    let script = format!("exec \"$0\" {line}");
    Run::of(place.command_of("sh", &["-c", &script, crate::support::PROGRAM]).output().unwrap())
}

#[test]
fn a_check_shows_what_differs_and_what_mends_it() {
    let place = Place::with_crate();
    place.codegen(&["--url", "sqlite:shelves.db", "--check"]).succeeds();
    place.codegen(&["--url", "sqlite:shelves.db", "--check", "--quiet"]).succeeds().says_nothing();
    make_stale(&place);
    let before = place.tree();
    let run = place.codegen(&["--url", "sqlite:shelves.db", "--check"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    for part in [
        "--- a/src/book.rs\n+++ b/src/book.rs\n@@ ",
        "-            Column::new(\"title\", \"varchar(80)\"),\n",
        "+            Column::new(\"title\", \"varchar(90)\"),\n",
        "--- a/src/scroll.rs\n+++ b/src/scroll.rs\n",
        "generated is not what the schema says: ",
    ] {
        assert!(run.out.contains(part), "{part:?} is missing:\n{}", run.out);
    }
    place.is_as(&before);
    shell(&place, &mending(&run)).succeeds();
    place.codegen(&["--url", "sqlite:shelves.db", "--check"]).succeeds();

    // A quiet check still says what differs.
    place.sqlite("shelves.db", SHELVES);
    let run = place.codegen(&["--url", "sqlite:shelves.db", "--check", "--quiet"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert!(run.out.contains("--- a/src/scroll.rs\n+++ /dev/null\n"), "{}", run.out);
}

#[test]
fn the_command_that_mends_has_every_option_and_no_password() {
    let place = Place::with_crate();
    fs::rename(place.path("shelves.db"), place.path("my $HOME's shelves.db")).unwrap();
    let options = [
        "--url",
        "sqlite:my $HOME's shelves.db",
        "--output",
        "crates/my shelves",
        "--name",
        "shelves",
        "--include",
        "b*",
        "--exclude",
        "shel[f]",
        "--schema",
        "mai?",
        "--runtime-path",
        "run time",
    ];
    let run = place.codegen(&[&options[..], &["--check"]].concat());
    assert_eq!(run.code, Some(1));
    let _ = shell(&place, &mending(&run)).succeeds();
    place.codegen(&[&options[..], &["--check"]].concat()).succeeds();

    // By a configuration of another name, in another folder.
    place.write(
        "conf/my tables.toml",
        "[[source]]\nname = \"x\"\nurl = \"sqlite:my $HOME's shelves.db\"\noutput = \"x\"\n",
    );
    let options = ["--config", "conf/my tables.toml"];
    let run = place.codegen(&[&options[..], &["--check"]].concat());
    shell(&place, &mending(&run)).succeeds();
    assert!(place.path("conf/x/src/lib.rs").exists());
    place.codegen(&[&options[..], &["--check"]].concat()).succeeds();
    // Whatever path leads to the same configuration.
    let absolute = place.path("conf/my tables.toml").display().to_string();
    place.codegen(&["--config", &absolute, "--check"]).succeeds();

    let database = ScratchDatabase::create(Engine::Mysql).unwrap();
    database.load(SHELVES).unwrap();
    let reader = database.select_only_role().unwrap();
    let password = Url::parse(&reader).unwrap().password().unwrap().to_owned();
    let run = place.codegen(&["--url", &reader, "--output", "y", "--check"]);
    assert!(run.code == Some(1) && !run.out.contains(&password) && !run.err.contains(&password), "{run:?}");
    assert!(mending(&run).contains(":***@"), "{}", run.out);
    // A variable stays one, and the command works where it is set.
    let with_variable = reader.replace(&password, "${READER_PASSWORD}");
    for url in ["${READER_URL}", &with_variable] {
        let set = |run: &mut std::process::Command| {
            let run = run.env("READER_URL", &reader).env("READER_PASSWORD", &password);
            Run::of(run.output().unwrap())
        };
        let folder = format!("z{}", url.len());
        let run = set(&mut place.command(&["codegen", "--url", url, "--output", &folder, "--check"]));
        assert!(run.code == Some(1) && !run.out.contains(&password), "{run:?}");
        let line = format!("exec \"$0\" {}", mending(&run));
        set(&mut place.command_of("sh", &["-c", &line, crate::support::PROGRAM])).succeeds();
        set(&mut place.command(&["codegen", "--url", url, "--output", &folder, "--check"])).succeeds();
    }
}

#[test]
fn a_configured_command_is_what_is_told() {
    let place = Place::with_crate();
    let text = "[[source]]\nname = \"x\"\nurl = \"sqlite:shelves.db\"\noutput = \"x\"\ncommand = \"make models\"\n";
    place.write("tablature.toml", text);
    let run = place.codegen(&["--check"]);
    assert!(run.code == Some(1) && run.out.contains("run\n\n    make models\n"), "{}", run.out);
    place.codegen(&[]).succeeds();
    assert!(place.read("x/README.md").contains("    make models\n"));
}

#[test]
fn a_dry_run_lists_and_writes_nothing() {
    let place = Place::with_crate();
    make_stale(&place);
    let before = place.tree();
    let run = place.codegen(&["--url", "sqlite:shelves.db", "--dry-run"]).succeeds();
    for line in ["add    src/scroll.rs\n", "change src/book.rs\n", "change schema.json\n"] {
        assert!(run.out.contains(line), "{}", run.out);
    }
    assert!(!run.out.contains("shelf.rs"), "{}", run.out);
    run.says(&["to be written", "0 to be removed"]);
    place.codegen(&["--url", "sqlite:shelves.db", "--dry-run", "--output", "new"]).succeeds();
    place.is_as(&before);
}

#[test]
fn quiet_runs_say_nothing_unless_something_is_wrong() {
    let place = Place::new();
    place.sqlite("x.db", DOUBTFUL);
    place.codegen(&["--url", "sqlite:x.db", "--quiet"]).succeeds().says_nothing();
    place.codegen(&["--url", "sqlite:x.db", "-q"]).succeeds().says_nothing();
    place.codegen(&["--url", "sqlite:y.db", "-q"]).fails(&["sqlite:y.db"]);
}

#[test]
fn severities_are_what_the_configuration_says() {
    let place = Place::with_crate();
    let warned = place.codegen(&["--url", "sqlite:shelves.db", "--strict"]).succeeds();
    assert!(!warned.err.contains("warning"), "{}", warned.err);
    place.sqlite("shelves.db", DOUBTFUL);
    let both = ["warning: untyped-column: ", "loose.anything: ", "warning: dangling-foreign-key: ", "2 diagnostics"];
    place.codegen(&["--url", "sqlite:shelves.db", "--dry-run"]).succeeds().says(&both);

    let says = ["nothing was written", "untyped-column: loose.anything: ", "dangling-foreign-key: early"];
    place.refuses(&["--url", "sqlite:shelves.db", "--strict"], &says);
    let configure = |lines: &str| {
        let head = "[[source]]\nname = \"generated\"\nurl = \"sqlite:shelves.db\"\n";
        place.write("tablature.toml", &format!("{head}{lines}"));
    };
    configure("strict = true");
    place.refuses(&[], &says);
    configure("[source.diagnostics]\nuntyped-column = \"error\"");
    let run = place.refuses(&[], &["untyped-column: loose.anything: "]);
    assert!(!run.err.contains("dangling-foreign-key"), "{}", run.err);
    configure("[diagnostics]\nuntyped-column = \"silent\"\n[source.diagnostics]\ndangling-foreign-key = \"silent\"");
    let silent = place.codegen(&["--strict"]).succeeds();
    assert!(!silent.err.contains("warning"), "{}", silent.err);
    // What is silent is still on record.
    assert!(place.read("generated/schema.json").contains("untyped-column"));
}

#[test]
fn offline_is_as_live() {
    for engine in Engine::ALL {
        let place = Place::new();
        let database = ScratchDatabase::create(engine).unwrap();
        database.load_folder(engine.migrations()).unwrap();
        place.codegen(&["--url", database.url(), "--output", "shop"]).succeeds();
        let before = place.tree();
        let run = place.codegen(&["--offline", "--output", "shop", "--url", "x"]);
        assert_eq!(run.code, Some(2));
        let command = "tablature codegen --url URL --output DIR";
        assert!(place.read("shop/README.md").contains(command));
        let run = place.codegen(&["--offline", "--output", "shop", "--check"]);
        assert_eq!(run.code, Some(0), "{engine}: {}{}", run.out, run.err);
        run.says(&["(0 statements)"]);
        place.codegen(&["--offline", "--output", "shop"]).succeeds();
        place.is_as(&before);
        // All but the snapshot can be made from it.
        let snapshot = place.read("shop/schema.json");
        fs::remove_dir_all(place.path("shop")).unwrap();
        place.write("shop/schema.json", &snapshot);
        place.codegen(&["--offline", "--output", "shop"]).succeeds();
        let texts_now = texts(&place.path("shop"));
        let texts_before: std::collections::BTreeMap<_, _> = before
            .iter()
            .filter_map(|(path, entry)| Some((path.strip_prefix("shop/")?.to_owned(), entry.bytes.clone()?)))
            .collect();
        for (path, text) in &texts_now {
            assert!(texts_before.get(path).is_some_and(|old| old == text.as_bytes()), "{engine}: {path} differs");
        }
        assert_eq!(texts_now.len(), texts_before.len());
    }
}

#[test]
fn a_view_that_is_broken_is_named_and_left_out() {
    for engine in [Engine::Sqlite, Engine::Mysql] {
        let place = Place::new();
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELVES).unwrap();
        database.load("CREATE TABLE gone (id integer); CREATE VIEW broken AS SELECT id FROM gone;").unwrap();
        database.load("CREATE VIEW whole AS SELECT id, name FROM shelf; DROP TABLE gone;").unwrap();
        let run = place.codegen(&["--url", database.url()]).succeeds();
        run.says(&["warning: broken-view: ", "  broken: ", "3 relations"]);
        assert!(place.path("generated/src/whole.rs").exists() && !place.path("generated/src/broken.rs").exists());
        assert!(place.read("generated/README.md").contains("broken-view"));
        place.refuses(&["--url", database.url(), "--strict"], &["broken-view: broken: "]);
        place.codegen(&["--offline", "--output", "generated", "--check"]).succeeds().says(&["broken-view"]);
        // Who leaves it out need not hear of it.
        let run = place.codegen(&["--url", database.url(), "--exclude", "broken"]).succeeds();
        assert!(!run.err.contains("broken"), "{}", run.err);
        let run = place.codegen(&["--url", database.url(), "--include", "whole"]).succeeds();
        assert!(run.err.contains("1 relation,") && !run.err.contains("broken"), "{}", run.err);
    }
}

#[test]
fn a_view_that_fails_when_it_is_read_is_no_reason_to_stop() {
    let place = Place::new();
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    // This engine lets nobody drop what a view needs; what it shows may fail all the same.
    database
        .load("CREATE TABLE t (id integer PRIMARY KEY); CREATE VIEW v AS SELECT 1 / 0 AS never, id FROM t")
        .unwrap();
    place.codegen(&["--url", database.url()]).succeeds().says(&["2 relations"]);
}

#[test]
fn init_writes_what_codegen_takes() {
    for engine in Engine::ALL {
        let place = Place::new();
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELVES).unwrap();
        let url = database.select_only_role().unwrap();
        let password = Url::parse(&url).unwrap().password().map(str::to_owned);
        place.run(&["init", "--url", &url]).succeeds().says(&["wrote tablature.toml", "tablature codegen"]);
        let text = place.read("tablature.toml");
        let mut command = place.command(&["codegen"]);
        if let Some(password) = password {
            assert!(!text.contains(&password) && text.contains("url = \"${DATABASE_URL}\""), "{text}");
            place.codegen(&[]).fails(&["DATABASE_URL", "not set"]);
            command.env("DATABASE_URL", &url);
        }
        Run::of(command.output().unwrap()).succeeds();
        assert!(place.path("generated/src/shelf.rs").exists());
        // What is commented out is right too, as far as it speaks of what is there.
        let uncommented: Vec<String> = text
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") && !SET_BY_HAND.iter().any(|key| rest.starts_with(key)) => {
                    rest.to_owned()
                }
                Some(rest) if rest.starts_with("[source.") || rest.starts_with("[[validate.") => rest.to_owned(),
                _ => line.to_owned(),
            })
            .collect();
        place.write("all.toml", &uncommented.join("\n"));
        let mut command = place.command(&["codegen", "--config", "all.toml", "--dry-run"]);
        Run::of(command.env("DATABASE_URL", &url).output().unwrap()).succeeds();
        // An existing file is not written over.
        place.write("mine.toml", "# mine");
        let before = place.tree();
        for file in ["tablature.toml", "mine.toml"] {
            let run = place.run(&["init", "--url", &url, "--config", file]);
            run.fails(&[file, "exists already", "--config"]);
        }
        place.is_as(&before);
    }
}

/// Settings of a configuration that go against each other, or against what the examples' schema has.
const SET_BY_HAND: &[&str] =
    &["scratch_url", "migrations", "exclude", "include", "schemas", "root_schema", "runtime_path", "\"*.*.*_json\""];

#[test]
fn init_that_cannot() {
    let place = Place::new();
    place.sqlite("empty.db", "");
    let before = place.tree();
    place.run(&["init", "--url", "sqlite:empty.db"]).fails(&["has no tables or views"]);
    place.run(&["init", "--url", "sqlite:nowhere.db"]).fails(&["there is no such database"]);
    place.run(&["init", "--url", &format!("oracle://ann:{SECRET}@db/x")]).fails(&["is not a database URL"]);
    place.run(&["init"]).fails(&["--url"]);
    place.is_as(&before);
    place.sqlite("x.db", SHELVES);
    place.run(&["init", "--url", "sqlite:x.db", "--config", "no/such/folder.toml"]).fails(&["cannot write no/such"]);
    // A variable is looked up, and stays one in what is written.
    let mut command = place.command(&["init", "--url", "${SHELVES_URL}"]);
    Run::of(command.env("SHELVES_URL", "sqlite:x.db").output().unwrap()).succeeds();
    assert!(place.read("tablature.toml").contains("url = \"${SHELVES_URL}\""), "{}", place.read("tablature.toml"));
}

#[test]
fn reflect_and_dump_print_documents() {
    for engine in Engine::ALL {
        let place = Place::new();
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELVES).unwrap();
        place.codegen(&["--url", database.url(), "--output", "shop"]).succeeds();
        let run = place.run(&["reflect", "--url", database.url()]).succeeds();
        assert_eq!(run.err, "");
        let [printed, kept]: [Value; 2] =
            [run.out, place.read("shop/schema.json")].map(|text| serde_json::from_str(&text).unwrap());
        assert_eq!(printed["catalog"], kept["catalog"], "{engine}");
        for (stage, key) in [("catalog", "relations"), ("model", "modules")] {
            let run = place.run(&["dump", "--stage", stage, "--url", database.url()]).succeeds();
            let document: Value = serde_json::from_str(&run.out).unwrap();
            assert!(document[key].as_array().is_some_and(|list| !list.is_empty()), "{engine}: {stage}");
            let offline = place.run(&["dump", "--stage", stage, "--offline", "--output", "shop"]).succeeds();
            if stage == "catalog" {
                assert_eq!(offline.out, run.out);
            }
        }
        let before = place.tree();
        place.run(&["reflect", "--url", database.url(), "--schema", "nowhere"]).fails(&["no schema of"]);
        place.run(&["dump", "--stage", "nothing"]).fails(&["catalog", "model"]);
        place.is_as(&before);
    }
    let place = Place::new();
    place.sqlite("x.db", DOUBTFUL);
    let run = place.run(&["reflect", "--url", "sqlite:x.db"]).succeeds();
    let run = run.says(&["warning: dangling-foreign-key: early"]);
    serde_json::from_str::<Value>(&run.out).unwrap();
}

/// Reads a little of a stream and goes away, as `head` does.
fn reader_goes_away(place: &Place, arguments: &[&str], stream: &str) {
    let mut command = place.command(arguments);
    match stream {
        "out" => command.stdout(Stdio::piped()).stderr(Stdio::piped()),
        _ => command.stdout(Stdio::null()).stderr(Stdio::piped()),
    };
    let mut child = command.spawn().unwrap();
    let mut some = [0; 16];
    if stream == "out" {
        let mut out = child.stdout.take().unwrap();
        assert!(out.read(&mut some).unwrap() > 0);
        drop(out);
        let run = Run::of(child.wait_with_output().unwrap());
        assert!(matches!(run.code, Some(0 | 1)) && !run.err.contains("error"), "{arguments:?}: {run:?}");
    } else {
        drop(child.stderr.take());
        let status = child.wait().unwrap();
        assert!(matches!(status.code(), Some(0..=2)), "{arguments:?}: {status}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let place = Place::new();
    let tables: String =
        (0..120).map(|n| format!("CREATE TABLE table_{n} (id integer PRIMARY KEY, anything, more text);")).collect();
    place.sqlite("x.db", &tables);
    let url = ["--url", "sqlite:x.db"];
    for command in [&["reflect"][..], &["dump", "--stage", "model"], &["codegen", "--check"], &["codegen", "--dry-run"]]
    {
        reader_goes_away(&place, &[command, &url].concat(), "out");
    }
    for command in [&["codegen", "--dry-run"][..], &["codegen"], &["codegen", "--check"], &["codegen", "--strict"]] {
        reader_goes_away(&place, &[command, &url].concat(), "err");
    }
    // A disk that is full is another matter.
    if Path::new("/dev/full").exists() {
        for command in [&["reflect"][..], &["codegen", "--dry-run", "--output", "new"]] {
            let mut command = place.command(&[command, &url].concat());
            let full = fs::File::options().write(true).open("/dev/full").unwrap();
            Run::of(command.stdout(full).output().unwrap()).fails(&["No space left"]);
        }
    }
}

#[test]
fn help_mentions_every_option() {
    let place = Place::new();
    let top = place.run(&["--help"]).succeeds();
    const SOURCE: [&str; 13] = [
        "--config",
        "--url",
        "--migrations",
        "--scratch-url",
        "--output",
        "--name",
        "--schema",
        "--include",
        "--exclude",
        "--runtime-path",
        "--offline",
        "--self-test",
        "--strict",
    ];
    let watch = ["--interval", "--once", "--exec", "--install", "--uninstall", "--print-sql"];
    let expected: [(&str, &[&str]); 5] = [
        ("codegen", &[&SOURCE[..], &["--check", "--dry-run", "--quiet", "--no-probe", "--threads"]].concat()),
        ("reflect", &["--url", "--schema"]),
        ("dump", &[&["--stage"], &SOURCE[..]].concat()),
        ("init", &["--url", "--config"]),
        ("watch", &[&SOURCE[..], &watch].concat()),
    ];
    for (command, options) in expected {
        assert!(top.out.lines().any(|line| line.trim_start().starts_with(command)), "{}", top.out);
        let help = place.run(&[command, "--help"]).succeeds();
        let mentioned: Vec<&str> = help
            .out
            .lines()
            .filter_map(|line| {
                line.trim_start().trim_start_matches("-q, ").trim_start_matches("-h, ").strip_prefix("--")
            })
            .map(|rest| rest.split([' ', '\n']).next().unwrap_or_default())
            .collect();
        let wanted: Vec<&str> = options.iter().map(|option| option.trim_start_matches("--")).chain(["help"]).collect();
        assert_eq!(mentioned, wanted, "{}", help.out);
    }
    place.run(&["--version"]).succeeds();
    place.run(&["codgen"]).fails(&["codgen", "codegen"]);
    assert_eq!(place.run::<&str>(&[]).code, Some(2));
}
