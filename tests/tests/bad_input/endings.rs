//! Runs that end before their time, and runs side by side: the folder holds the old crate or the new one, whole.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use tablature_tests::{CountingProxy, Engine, ScratchDatabase};

use crate::support::{Place, Run, SHELVES, texts};

/// What the new crate is put together in.
const STAGING: &str = ".generated.tablature-new";

/// Sends a signal to a program that was started here.
fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(status.success(), "kill: {status}");
}

/// Waits until something is so, for as long as the program runs. Whether it came to be.
fn wait_until(child: &mut Child, is_so: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while !is_so() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the program hangs");
        thread::sleep(Duration::from_micros(200));
    }
    true
}

/// Numbers that look like chance and are the same in every run. Source: Knuth's MMIX generator.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Tables whose files all change with the type of one column.
fn tables(count: usize, ty: &str) -> String {
    // `common` is in both schemas, and each has tables of its own, so that files come, go, change and stay.
    let own = |n| format!("CREATE TABLE {ty}_{n:04} (id integer PRIMARY KEY);");
    let shared = |n| format!("CREATE TABLE common_{n:04} (id integer PRIMARY KEY, value {ty}, note text);");
    let same = |n| format!("CREATE TABLE same_{n:04} (id integer PRIMARY KEY, value text NOT NULL);");
    let parts = (0..count).map(|n| match n % 3 {
        0 => own(n),
        1 => shared(n),
        _ => same(n),
    });
    format!("BEGIN; {} COMMIT;", parts.collect::<String>())
}

/// Two databases, and the crates that are made of them; the old one is in place.
struct Two {
    place: Place,
    old: std::collections::BTreeMap<String, String>,
    new: std::collections::BTreeMap<String, String>,
    is_old: bool,
}

impl Two {
    fn with_tables(count: usize) -> Self {
        let place = Place::new();
        place.sqlite("old.db", &tables(count, "integer"));
        place.sqlite("new.db", &tables(count, "real"));
        place.codegen(&["--url", "sqlite:old.db"]).succeeds();
        let old = texts(&place.path("generated"));
        place.codegen(&["--url", "sqlite:new.db"]).succeeds();
        let new = texts(&place.path("generated"));
        // The layouts that the new crate remembers are those of the old one, and from here on both remember both.
        place.codegen(&["--url", "sqlite:old.db"]).succeeds();
        let old_again = texts(&place.path("generated"));
        place.codegen(&["--url", "sqlite:new.db"]).succeeds();
        let new_again = texts(&place.path("generated"));
        assert!(old != old_again && new.len() == new_again.len());
        place.codegen(&["--url", "sqlite:old.db"]).succeeds();
        assert_eq!(old_again, texts(&place.path("generated")));
        Self { place, old: old_again, new: new_again, is_old: true }
    }

    /// Begins to write the crate that is not there.
    fn begin(&self) -> Child {
        self.place.begin(&["--url", if self.is_old { "sqlite:new.db" } else { "sqlite:old.db" }])
    }

    /// Requires the one or the other, whole, and says whether it is the one that was begun.
    #[track_caller]
    fn settle(&mut self) -> bool {
        let found = texts(&self.place.path("generated"));
        let is_old = found == self.old;
        assert!(
            is_old || found == self.new,
            "the folder is neither crate: {:?}",
            differences(&found, &self.old, &self.new)
        );
        std::mem::replace(&mut self.is_old, is_old) != is_old
    }

    /// What stands beside the crate and the databases.
    fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.place.path("")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !["generated", "old.db", "new.db"].contains(&name.as_str())).collect()
    }
}

type Texts = std::collections::BTreeMap<String, String>;

/// How many files are as in the one, as in the other, and as in neither.
fn differences(found: &Texts, old: &Texts, new: &Texts) -> [usize; 3] {
    let mut counts = [0; 3];
    for (path, text) in found {
        let at = if old.get(path) == Some(text) { 0 } else { usize::from(new.get(path) != Some(text)) + 1 };
        counts[at] += 1;
    }
    counts
}

fn end(child: Child) -> (ExitStatus, Run) {
    let output = child.wait_with_output().unwrap();
    (output.status, Run::of(output))
}

#[test]
fn an_interrupt_while_the_database_answers() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let place = Place::with_crate();
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELVES).unwrap();
        let proxy = CountingProxy::start(database.url()).unwrap();
        let before = place.tree();
        // Before the login is over, and in the midst of the statements.
        for trips in [1, 5] {
            proxy.reset();
            proxy.delay(Duration::from_millis(300));
            let mut child = place.begin(&["--url", proxy.url()]);
            assert!(wait_until(&mut child, || proxy.counts().round_trips >= trips), "it ended too early");
            let started = Instant::now();
            signal(&child, "INT");
            let (_, run) = end(child);
            run.fails(&["interrupted", "nothing was changed"]);
            assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
            place.is_as(&before);
        }
    }
}

#[test]
fn an_interrupt_while_a_server_is_silent() {
    let place = Place::with_crate();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    for scheme in ["postgres", "mysql"] {
        let child = place.begin(&["--url", &format!("{scheme}://ann@127.0.0.1:{port}/shop")]);
        drop(listener.accept().unwrap().0.set_nodelay(true));
        let second = place.begin(&["--url", &format!("{scheme}://ann@127.0.0.1:{port}/shop")]);
        let (stream, _) = listener.accept().unwrap();
        signal(&second, "TERM");
        end(second).1.fails(&["interrupted"]);
        drop(stream);
        drop(child.wait_with_output().unwrap());
    }
}

/// Interrupts at moments spread over a whole run of a large schema.
#[test]
fn an_interrupt_at_any_moment() {
    let mut two = Two::with_tables(240);
    let started = Instant::now();
    end(two.begin()).1.succeeds();
    let whole = started.elapsed();
    two.settle();
    let mut stopped = 0;
    for share in [5, 20, 40, 60, 75, 85, 92, 96, 99] {
        let child = two.begin();
        thread::sleep(whole * share / 100);
        signal(&child, "INT");
        let (status, run) = end(child);
        let is_new = two.settle();
        match status.code() {
            Some(0) => assert!(is_new),
            // As the system ends it, before the program listens.
            None => assert!(!is_new),
            _ => {
                assert!(!is_new, "it says that nothing was changed");
                run.fails(&["interrupted; nothing was changed"]);
                stopped += 1;
            }
        }
        assert_eq!(two.beside(), Vec::<String>::new());
    }
    assert!(stopped > 0, "no run was stopped");
    // While files are written.
    for wait in [0, 2, 5, 10, 20, 40] {
        let mut child = two.begin();
        let staging = two.place.path(STAGING);
        if wait_until(&mut child, || staging.exists()) {
            thread::sleep(Duration::from_millis(wait));
            signal(&child, "INT");
        }
        let (status, run) = end(child);
        let is_new = two.settle();
        assert_eq!(status.code(), Some(if is_new { 0 } else { 2 }), "{run:?}");
        assert_eq!(two.beside(), Vec::<String>::new());
    }
}

#[test]
fn a_kill_at_any_moment() {
    const ROUNDS: u32 = 36;
    let mut two = Two::with_tables(100);
    // How long writing takes, from the first sign of it to its end.
    let mut child = two.begin();
    let staging = two.place.path(STAGING);
    assert!(wait_until(&mut child, || staging.exists()), "it was not seen to write");
    let started = Instant::now();
    end(child).1.succeeds();
    let writing = u64::try_from(started.elapsed().as_micros()).unwrap().max(1000);
    two.settle();

    let mut chance = Chance(42);
    let (mut old, mut new, mut left) = (0, 0, 0);
    for round in 0..ROUNDS {
        let mut child = two.begin();
        wait_until(&mut child, || staging.exists());
        thread::sleep(Duration::from_micros(chance.below(writing)));
        child.kill().unwrap();
        child.wait_with_output().unwrap();
        if two.settle() {
            new += 1
        } else {
            old += 1
        }
        left += usize::from(!two.beside().is_empty());
        // What a kill leaves behind does not hinder the next run, which clears it up.
        if round % 4 == 3 {
            end(two.begin()).1.succeeds();
            assert!(two.settle());
            assert_eq!(two.beside(), Vec::<String>::new());
        }
    }
    assert!(old > 0 && left > 0, "no run was killed while it wrote: {old} old, {new} new, {left} left something");
    end(two.begin()).1.succeeds();
    two.settle();
    assert_eq!(two.beside(), Vec::<String>::new());
}

#[test]
fn a_kill_loses_nothing_of_the_users_own() {
    let place = Place::with_crate();
    place.sqlite("shelves.db", &format!("{SHELVES} CREATE TABLE scroll (id integer PRIMARY KEY);"));
    place.write("generated/target/debug/big", "big");
    // As a kill leaves it between the change of places and its end.
    let mut run = place.begin(&["--url", "sqlite:shelves.db"]);
    run.wait().unwrap();
    fs::create_dir(place.path(STAGING)).unwrap();
    fs::rename(place.path("generated/target"), place.path(STAGING).join("target")).unwrap();
    place.codegen(&["--url", "sqlite:shelves.db"]).succeeds();
    assert_eq!(place.read("generated/target/debug/big"), "big");
    assert!(!place.path(STAGING).exists());
}

#[test]
fn two_runs_at_once() {
    let mut two = Two::with_tables(90);
    for _ in 0..4 {
        let runs = [two.begin(), two.begin(), two.begin()];
        for run in runs {
            end(run).1.succeeds();
        }
        assert!(two.settle());
        assert_eq!(two.beside(), Vec::<String>::new());
    }
    // One that has to wait can be interrupted.
    let lock = fs::File::open(two.place.path("")).unwrap();
    lock.lock().unwrap();
    let child = two.begin();
    thread::sleep(Duration::from_millis(700));
    signal(&child, "INT");
    let started = Instant::now();
    let (_, run) = end(child);
    run.fails(&["interrupted; nothing was changed"]);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(!two.settle());
    drop(lock);
}

#[test]
fn a_second_run_touches_nothing() {
    let place = Place::with_crate();
    let before = place.tree();
    let times = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let folders = ["", "generated", "generated/src", "generated/schemas"].map(|path| times(&place.path(path)));
    thread::sleep(Duration::from_millis(20));
    let run = place.codegen(&["--url", "sqlite:shelves.db"]).succeeds();
    run.says(&[": 0 written, 12 unchanged, 0 removed"]);
    place.is_as(&before);
    assert_eq!(folders, ["", "generated", "generated/src", "generated/schemas"].map(|path| times(&place.path(path))));
    // A run that changes one table leaves the other files alone, times included.
    place.sqlite("shelves.db", &SHELVES.replace("title varchar(80)", "title varchar(90)"));
    let before = place.tree();
    place.codegen(&["--url", "sqlite:shelves.db"]).succeeds();
    let after = place.tree();
    let changed: Vec<&String> = before.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(changed.contains(&&"generated/src/book.rs".to_owned()), "{changed:?}");
    assert!(!changed.contains(&&"generated/src/shelf.rs".to_owned()), "{changed:?}");
}
