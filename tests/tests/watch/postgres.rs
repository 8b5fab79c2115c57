//! PostgreSQL: event triggers, and the fingerprint where there are none.

use tablature_tests::{Engine, ScratchDatabase};

use crate::support::Place;

const BOOK: &str = "CREATE TABLE book (id integer PRIMARY KEY, title text NOT NULL)";
const TOLD: &str = "its event triggers tell of changes";
const WRITTEN: &str = "written";

fn database() -> ScratchDatabase {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load(BOOK).unwrap();
    database
}

#[test]
fn a_server_tells_of_every_change() {
    let (database, place) = (database(), Place::new());
    let said = place.done(&["watch", "--url", database.url(), "--install"]);
    assert!(said.contains("installed event triggers"), "{said}");
    // An interval at which nothing would be found by asking.
    let watcher = place.watch(database.url(), &["--interval", "600"]);
    watcher.until(TOLD);

    database.load("ALTER TABLE book ADD COLUMN price numeric(10,2)").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub price: Option<Decimal>");
    watcher.until("public.book.price: ");
    database.load("CREATE VIEW cheap AS SELECT id FROM book WHERE price < 10").unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod cheap;");
    database.load("COMMENT ON TABLE book IS 'What the shop sells.'").unwrap();
    place.until_generated(&watcher, "src/book.rs", "/// What the shop sells.");
    database.load("DROP VIEW cheap").unwrap();
    watcher.until_so("the view is gone", || !place.generated("src/lib.rs").contains("cheap"));
    database.load("ALTER TABLE book DROP COLUMN price").unwrap();
    watcher.until_so("the column is gone", || !place.generated("src/book.rs").contains("price"));

    // A transaction is one change, and says nothing before it ends.
    let before = watcher.count(WRITTEN);
    let tables: String = (0..200).map(|at| format!("CREATE TABLE t{at} (id integer PRIMARY KEY);")).collect();
    database.load(&format!("BEGIN; {tables} COMMIT")).unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod t199;");
    watcher.until_again(WRITTEN, before);
    assert_eq!(watcher.count(WRITTEN), before + 1, "{}", watcher.said());
    watcher.until("… and 192 more");

    // Statements in quick succession are few changes, each of which sees what is there by then.
    let before = watcher.count(WRITTEN);
    let columns: Vec<String> = (0..200).map(|at| format!("ALTER TABLE t{at} ADD COLUMN note text")).collect();
    database.load(&columns.join(";\n")).unwrap();
    place.until_generated(&watcher, "src/t199.rs", "pub note: Option<String>");
    assert!(watcher.count(WRITTEN) - before < 100, "{}", watcher.said());
    watcher.leave(&place);
}

#[test]
fn what_is_installed_is_in_no_crate_and_changes_none() {
    let (database, place) = (database(), Place::new());
    let codegen = ["codegen", "--url", database.url(), "--output", "crate", "--name", "shop"];
    place.done(&codegen);
    let before = place.generated("schema.json");
    // What a watcher of another version left when it crashed.
    database
        .load(
            "CREATE SCHEMA tablature_watch;
            CREATE FUNCTION tablature_watch.tell_0() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN NULL; END$$;
            CREATE EVENT TRIGGER tablature_watch_old ON ddl_command_end EXECUTE FUNCTION tablature_watch.tell_0()",
        )
        .unwrap();
    assert!(place.done(&codegen).contains("nothing changed since the last run"));
    for _ in 0..2 {
        place.done(&["watch", "--url", database.url(), "--install"]);
    }
    assert!(place.done(&codegen).contains("nothing changed since the last run"));
    // By all the work, and by a glob that matches everything.
    let mut all: Vec<&str> = codegen.to_vec();
    all.extend(["--no-probe", "--schema", "*"]);
    place.done(&all);
    assert_eq!(place.generated("schema.json"), before);
    place.done(&["check", "--url", database.url(), "--output", "crate", "--name", "shop", "--no-probe"]);

    let left = "SELECT 1 / (count(*) = 2)::int FROM pg_event_trigger WHERE evtname LIKE 'tablature%'";
    database.load(left).unwrap();
    for _ in 0..2 {
        place.done(&["watch", "--url", database.url(), "--uninstall"]);
    }
    let none = "SELECT 1 / (count(*) = 0)::int FROM pg_event_trigger WHERE evtname LIKE 'tablature%'";
    database.load(none).unwrap();
    database.load("CREATE SCHEMA tablature_watch CREATE TABLE mine (id integer)").unwrap();
    for what in ["--install", "--uninstall"] {
        let output = place.run(&["watch", "--url", database.url(), what]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains("holds what is not of `tablature watch` (mine)"), "{said}");
    }
}

#[test]
fn nobody_fails_for_those_who_watch() {
    let (database, place) = (database(), Place::new());
    place.done(&["watch", "--url", database.url(), "--install"]);
    let watcher = place.watch(database.url(), &["--interval", "600"]);
    // With an operator and functions of the same names in the way, and by a role that may do little.
    database
        .load(
            "CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$;
            CREATE FUNCTION public.no(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'no'; END$$;
            CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.no);
            SET search_path = public, pg_catalog;
            CREATE TABLE first (id integer PRIMARY KEY)",
        )
        .unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod first;");
    database
        .load(
            "GRANT CREATE ON SCHEMA public TO pg_monitor; SET ROLE pg_monitor;
            CREATE TABLE public.second (id integer PRIMARY KEY); CREATE TEMPORARY TABLE passing (id integer); DROP TABLE passing",
        )
        .unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod second;");
    assert!(!place.generated("src/lib.rs").contains("passing"));
    // Even what is broken does no harm.
    database
        .load("DROP FUNCTION public.pg_notify; ALTER EVENT TRIGGER tablature_watch_drop DISABLE; CREATE TABLE third (id integer)")
        .unwrap();
    place.until_generated(&watcher, "src/lib.rs", "pub mod third;");
    watcher.leave(&place);
}

#[test]
fn a_role_without_rights_is_told_what_to_do_and_watches_all_the_same() {
    let (database, place) = (database(), Place::new());
    let reader = database.select_only_role().unwrap();
    let printed = place.run(&["watch", "--print-sql"]);
    let sql = String::from_utf8(printed.stdout).unwrap();
    let output = place.run(&["watch", "--url", &reader, "--install"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("let a superuser run this") && said.contains(sql.trim()), "{said}");
    let password = reader.split_once(':').unwrap().1.split([':', '@']).nth(1).unwrap().to_owned();
    assert!(password.len() > 8 && !said.contains(&password), "{said}");

    let watcher = place.watch(&reader, &[]);
    watcher.until("asking for a fingerprint of its catalogs every 0.2 s");
    database.load("ALTER TABLE book ADD COLUMN pages integer").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub pages: Option<i32>");
    // What is printed is what a superuser runs, and the watcher that is there makes use of it.
    database.load(&sql).unwrap();
    watcher.until("from now on, its event triggers tell of changes");
    database.load("ALTER TABLE book ADD COLUMN weight integer").unwrap();
    place.until_generated(&watcher, "src/book.rs", "pub weight: Option<i32>");
    assert!(!watcher.said().contains(&password), "{}", watcher.said());
    watcher.leave(&place);
}
