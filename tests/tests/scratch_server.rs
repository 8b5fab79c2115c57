//! Migrations that are applied to a scratch database on a server.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tablature_tests::{Engine, ScratchDatabase, Service, server_url};

fn codegen(folder: &Path, server: &str, migrations: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
    let arguments = ["codegen", "--migrations", migrations, "--scratch-url", server, "--output", "shop", "--no-probe"];
    command.args(arguments).current_dir(folder).output().unwrap()
}

/// The catalog in a snapshot.
fn catalog(file: &Path) -> serde_json::Value {
    let snapshot: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    snapshot["catalog"].clone()
}

fn applied(engine: Engine, service: Service) {
    let folder = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("migrations");
    let server = server_url(service).unwrap();
    let output = codegen(folder.path(), server, migrations.to_str().unwrap());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    // The same as from a database to which they were applied by other means.
    let database = ScratchDatabase::create(engine).unwrap();
    database.load_folder(&migrations).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
    let arguments = ["codegen", "--url", database.url(), "--output", "live", "--name", "shop", "--no-probe"];
    let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(catalog(&folder.path().join("shop/schema.json")), catalog(&folder.path().join("live/schema.json")));

    // One that fails says where, and leaves neither a crate nor a database.
    let bad = folder.path().join("bad");
    fs::create_dir_all(bad.join(engine.folder())).unwrap();
    let file = format!("{}/V001__bad.sql", engine.folder());
    fs::write(bad.join(&file), "CREATE TABLE t (a int);\nCREATE TABL u (a int);\n").unwrap();
    let output = codegen(folder.path(), server, "bad");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&file), "{said}");
    let unreached = match service {
        Service::Postgres => "postgres://ann:s3cret@127.0.0.1:1/x",
        _ => "mysql://ann:s3cret@127.0.0.1:1/x",
    };
    let output = codegen(folder.path(), unreached, "bad");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot make a scratch database: on ") && !said.contains("s3cret"), "{said}");
}

#[test]
fn on_postgres() {
    applied(Engine::Postgres, Service::Postgres);
}

#[test]
fn on_mysql() {
    applied(Engine::Mysql, Service::Mysql);
}
