//! Build scripts that make crates, as cargo runs them: copies of the example whose migrations are really changed.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use tablature_tests::{Service, server_url};

/// The dependencies are built as the project's own are, so that those which are there already are taken.
const PROFILE: &str = "\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n";

/// A program that prints the columns of a relation, with the models of the module or crate `library`.
const PROGRAM: &str = "fn main() {
    println!(\"{:?}\", <library::BookColumn as tablature_runtime::ColumnName>::NAMES);
}
";

const INCLUDE: &str = "include!(concat!(env!(\"OUT_DIR\"), \"/library.rs\"));\n";

const PAGES: &str = "ALTER TABLE book ADD COLUMN pages INTEGER;\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A copy of the example, in the same place every time, so that cargo keeps one of what it builds.
struct Package {
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Package {
    fn copy(name: &str) -> Self {
        let folder = root().join("target/build-script").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let package = Self { folder, environment: Vec::new() };
        let example = root().join("examples/build-script");
        for file in ["build.rs", "src/main.rs", "migrations/V001__books.sql", "migrations/V002__members.sql"] {
            package.write(file, &fs::read_to_string(example.join(file)).unwrap());
        }
        let manifest = fs::read_to_string(example.join("Cargo.toml")).unwrap();
        let manifest = manifest.replace("\"../../", &format!("\"{}/", root().display()));
        package.write("Cargo.toml", &manifest.replace("name = \"library\"", &format!("name = \"library-{name}\"")));
        package.append("Cargo.toml", PROFILE);
        fs::copy(root().join("Cargo.lock"), package.folder.join("Cargo.lock")).unwrap();
        package
    }

    /// A copy that depends on a crate that is checked in.
    fn with_checked_in_crate(name: &str, script: &str) -> Self {
        let package = Self::copy(name);
        package.write("build.rs", &format!("fn main() {{\n    {script}\n}}\n"));
        package.write("src/main.rs", PROGRAM);
        let runtime = root().join("runtime");
        package.write(
            "tablature.toml",
            &format!(
                "[[source]]\nname = \"{name}-models\"\nmigrations = \"migrations\"\noutput = \"generated\"\nruntime_path = {runtime:?}\n"
            ),
        );
        // Cargo tells packages of different workspaces apart by name and not by folder.
        let dependency = format!(
            "[dependencies]\nlibrary = {{ path = \"generated\", package = \"{name}-models\", default-features = false, features = [\"sqlite\"] }}"
        );
        let manifest = package.read("Cargo.toml").replace("[dependencies]", &dependency);
        package.write("Cargo.toml", &manifest);
        package.tablature(&["codegen"]);
        package
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn append(&self, file: &str, text: &str) {
        self.write(file, &(self.read(file) + text));
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--offline").current_dir(&self.folder);
        // What cargo says to these tests is none of its concern: some dependencies are built again where it changes.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|own| name.starts_with(own)) {
                command.env_remove(&*name);
            }
        }
        command.env("CARGO_TARGET_DIR", root().join("target")).env_remove("OUT_DIR").env_remove("RUSTFLAGS");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Builds, and gives what cargo says.
    fn build(&self) -> String {
        let output = self.cargo(&["build", "-v"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert!(!said.contains("warning: "), "{said}");
        said
    }

    /// Builds, which must fail, and gives what cargo says.
    fn fail(&self) -> String {
        let output = self.cargo(&["build"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{said}");
        said
    }

    fn run(&self) -> String {
        let output = self.cargo(&["run"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn tablature(&self, arguments: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
        let output = command.args(arguments).current_dir(&self.folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Whether cargo had nothing to do for the package.
    fn is_fresh(&self, said: &str) -> bool {
        said.contains("Fresh library-") && !said.contains("Compiling")
    }
}

/// Whether cargo ran the build script.
fn ran(said: &str) -> bool {
    said.contains("build-script-build`")
}

fn assert_fresh(package: &Package) {
    let said = package.build();
    assert!(package.is_fresh(&said), "{said}");
}

#[test]
fn the_example_runs() {
    let package = Package::copy("example");
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("library.db").display());
    let output = package.cargo(&["run"]).env("DATABASE_URL", url).output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("title: \"Harbours\""), "{said}\n{complained}");
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition", "2024", "build.rs", "src/main.rs", "--config-path"]).arg(root());
    let output = rustfmt.current_dir(root().join("examples/build-script")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_changed_migration_changes_the_code() {
    let package = Package::copy("out-dir");
    package.write("src/main.rs", &format!("{INCLUDE}\n{PROGRAM}"));
    assert!(ran(&package.build()));
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\"]\n");
    assert_fresh(&package);

    package.write("migrations/V003__pages.sql", PAGES);
    assert!(ran(&package.build()));
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"pages\"]\n");
    assert_fresh(&package);

    // Statements that cannot be run are told by file and line, as often as it is tried.
    package.append("migrations/V003__pages.sql", "\nCREATE TABLE book (id BIGINT PRIMARY KEY);\n");
    for _ in 0..2 {
        let said = package.fail();
        assert!(said.contains("library: migrations/V003__pages.sql:3: table \"book\" already exists"), "{said}");
    }
    fs::remove_file(package.path("migrations/V003__pages.sql")).unwrap();
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\"]\n");

    // A file whose time alone has changed has the script run, which finds nothing to do.
    package.append("migrations/V001__books.sql", "");
    let said = package.build();
    assert!(ran(&said), "{said}");
    assert_fresh(&package);
}

#[test]
fn a_stale_crate_fails_the_build() {
    let script = "tablature::build::from_config(\"tablature.toml\").check().run();";
    let package = Package::with_checked_in_crate("check", script);
    package.build();
    assert_fresh(&package);

    package.write("migrations/V003__pages.sql", PAGES);
    let before = package.read("generated/src/book.rs");
    let said = package.fail();
    for part in [
        "generated is not what the migrations of check-models make: ",
        "src/book.rs",
        "tablature codegen --config tablature.toml",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(package.read("generated/src/book.rs"), before);
    package.tablature(&["codegen", "--config", "tablature.toml"]);
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"pages\"]\n");
    assert_fresh(&package);

    // What somebody does to a generated file is found, too.
    package.append("generated/src/book.rs", "// mine\n");
    let said = package.fail();
    assert!(said.contains("1 file differs (src/book.rs)"), "{said}");
    // Where cargo unpacked the package to compile it, nobody is to mend it.
    package.write(".cargo-ok", "");
    package.append("build.rs", "");
    package.build();
    fs::remove_file(package.path(".cargo-ok")).unwrap();
    package.tablature(&["codegen"]);
    package.append("build.rs", "");
    package.build();
}

#[test]
fn a_crate_is_brought_up_to_date_in_place() {
    let script = "tablature::build::from_config(\"tablature.toml\").in_place().run();";
    let package = Package::with_checked_in_crate("in-place", script);
    let said = package.build();
    assert_fresh(&package);
    let line = said.lines().find(|line| line.contains("build-script-build`")).unwrap();
    let script = line.trim().trim_start_matches("Running `").trim_end_matches('`').to_owned();

    package.write("migrations/V003__pages.sql", PAGES);
    let said = package.fail();
    assert!(said.contains("generated was brought up to date") && said.contains("build again"), "{said}");
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"pages\"]\n");
    assert_fresh(&package);

    // Several at once, as when an editor builds beside its user.
    package.append("migrations/V003__pages.sql", "ALTER TABLE book ADD COLUMN weight INTEGER;\n");
    let outputs = thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|at| {
                let (script, folder) = (&script, &package.folder);
                scope.spawn(move || {
                    let out = tempfile::Builder::new().prefix(&format!("out-{at}-")).tempdir().unwrap();
                    let mut command = Command::new(script);
                    command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).env("OUT_DIR", out.path());
                    command.output().unwrap()
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect::<Vec<_>>()
    });
    for output in &outputs {
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}");
        assert!(!said.contains("cargo::error") || said.contains("was brought up to date"), "{said}");
    }
    package.tablature(&["codegen", "--check"]);
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"pages\", \"weight\"]\n");
}

#[test]
fn a_snapshot_wants_no_drivers() {
    let package = Package::with_checked_in_crate(
        "snapshot",
        "tablature::build::from_snapshot(\"generated\").name(\"library\").run();",
    );
    let manifest = package.read("Cargo.toml").replace(", features = [\"live\"] }", " }");
    let without = manifest.lines().filter(|line| !line.starts_with("library = ")).collect::<Vec<_>>().join("\n");
    package.write("Cargo.toml", &without);
    package.write("src/main.rs", &format!("{INCLUDE}\n{PROGRAM}"));
    let tree = package.cargo(&["tree", "-e", "build", "--prefix", "none"]).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("tablature v") && !tree.contains("sqlx") && !tree.contains("tokio"), "{tree}");
    package.build();
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\"]\n");
    assert_fresh(&package);

    package.write("migrations/V003__pages.sql", PAGES);
    assert_fresh(&package);
    package.tablature(&["codegen"]);
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"pages\"]\n");

    package.write("build.rs", "fn main() {\n    tablature::build::from_migrations(\"migrations\").run();\n}\n");
    let said = package.fail();
    assert!(said.contains("its feature `live`"), "{said}");
    package.write("build.rs", "fn main() {\n    tablature::build::from_config(\"nowhere.toml\").run();\n}\n");
    let said = package.fail();
    assert!(said.contains("cannot read nowhere.toml"), "{said}");
}

#[test]
fn migrations_for_a_server_are_applied_on_one_that_is_given() {
    let mut package = Package::copy("server");
    package.write(
        "build.rs",
        "fn main() {
    tablature::build::from_migrations(\"migrations\").name(\"library\").scratch_url(\"${LIBRARY_SCRATCH_URL}\").run();
}
",
    );
    package.write("src/main.rs", &format!("{INCLUDE}\n{PROGRAM}"));
    package.write("migrations/postgres/V003__shelf.sql", "ALTER TABLE book ADD COLUMN shelf int4range;\n");
    let said = package.fail();
    assert!(said.contains("wants the environment variable LIBRARY_SCRATCH_URL"), "{said}");
    package.environment = vec![("LIBRARY_SCRATCH_URL", server_url(Service::Postgres).unwrap().to_owned())];
    package.build();
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"shelf\"]\n");
    assert_fresh(&package);
    // Where nothing has changed nobody is asked.
    package.environment.clear();
    package.append("migrations/V001__books.sql", "");
    package.build();
    assert_eq!(package.run(), "[\"id\", \"isbn\", \"title\", \"shelf\"]\n");
}
