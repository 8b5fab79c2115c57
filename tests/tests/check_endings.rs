//! `tablature check` where it is not let do its work: it is never said that all is well.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tablature_tests::servers::is_root;
use tablature_tests::{CountingProxy, Engine, ScratchDatabase};
use tempfile::TempDir;

/// Whom no file belongs to.
const NOBODY: u32 = 65534;

const SQL: &str = "fn f(db: &Session) { db.query(\"SELECT title FROM book\"); }\n";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
    command.env_remove("DATABASE_URL");
    command
}

/// A folder with a crate that was made from a database, and source with SQL in it.
fn project(database: &ScratchDatabase) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/run.rs"), SQL).unwrap();
    let config =
        format!("[[source]]\nname = \"shop\"\nurl = \"{}\"\noutput = \"shop\"\nsql = [\"src\"]\n", database.url());
    fs::write(folder.path().join("tablature.toml"), config).unwrap();
    let made = program().arg("codegen").arg("--no-probe").current_dir(folder.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_database_that_goes_away_at_any_moment_is_no_success() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load_folder(engine.migrations()).unwrap();
        let folder = project(&database);
        let proxy = CountingProxy::start(database.url()).unwrap();
        let check = || -> Output {
            let arguments = ["check", "--no-probe", "--write", "sarif=report.sarif", "--url", proxy.url()];
            program().args(arguments).current_dir(folder.path()).output().unwrap()
        };
        let report = folder.path().join("report.sarif");
        let whole = check();
        assert_eq!(whole.status.code(), Some(0), "{engine}: {}{}", text(&whole.stdout), text(&whole.stderr));
        assert!(report.exists());
        // A connection at a time is cut, and what comes of the longest one is not told for the shorter ones: some of the cuts come
        // too late, but most do not.
        let received = proxy.counts().received;
        let mut failed = 0;
        for part in 0..12 {
            proxy.cut_after_received(1 + received * part / 12);
            let cut = check();
            let (out, err) = (text(&cut.stdout), text(&cut.stderr));
            match cut.status.code() {
                Some(2) => {
                    assert!(out.is_empty() && !report.exists(), "{engine}: {out}");
                    assert!(err.contains("error: ") && !err.contains("panicked"), "{engine}: {err}");
                    failed += 1;
                }
                code => assert_eq!((code, report.exists()), (Some(0), true), "{engine}: {out}{err}"),
            }
        }
        assert!(failed >= 4, "{engine}: only {failed} of 12 cuts were noticed");
    }
}

/// A checkout that cannot be written to, as CI's containers and build systems have them, and a user without a home.
#[test]
fn a_read_only_checkout_is_checked() {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load_folder(Engine::Postgres.migrations()).unwrap();
    let folder = project(&database);
    // The program stands where it can be reached by anybody.
    let copy = folder.path().join("tablature");
    fs::copy(env!("CARGO_BIN_EXE_tablature-under-test"), &copy).unwrap();
    lock(folder.path());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&copy);
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.args(arguments).current_dir(folder.path()).env("HOME", "/nowhere").env_remove("XDG_CACHE_HOME");
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    for arguments in [&["check"][..], &["check", "--live"], &["validate"], &["codegen", "--check"]] {
        let (code, out, err) = run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {out}{err}");
    }
    database.load("ALTER TABLE book ADD COLUMN extra int").unwrap();
    let (code, out, err) = run(&["check", "--live"]);
    assert!(code == Some(1) && out.contains("missing_in_model"), "{out}{err}");
    let (code, out, err) = run(&["codegen"]);
    assert!(code == Some(2) && out.is_empty() && err.contains("shop"), "{out}{err}");
    let (code, out, err) = run(&["check", "--write", "sarif=report.sarif"]);
    assert!(code == Some(2) && err.contains("cannot write report.sarif"), "{out}{err}");
    unlock(folder.path());
}

/// Takes the right to write from a folder and all that is in it.
fn lock(path: &Path) {
    set(path, 0o555, 0o444);
}

fn unlock(path: &Path) {
    set(path, 0o755, 0o644);
}

fn set(path: &Path, folder: u32, file: u32) {
    if path.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        for entry in fs::read_dir(path).unwrap() {
            set(&entry.unwrap().path(), folder, file);
        }
        fs::set_permissions(path, fs::Permissions::from_mode(folder)).unwrap();
    } else {
        let is_program = path.file_name().is_some_and(|name| name == "tablature");
        let mode = if is_program { folder } else { file };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}
