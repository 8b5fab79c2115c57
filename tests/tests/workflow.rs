//! The workflow that people copy: what its check does, run as a runner runs it.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tablature_tests::{Engine, ScratchDatabase};
use tempfile::TempDir;

/// The script of a step: the block behind its `run: |`, without the indentation.
fn script(step: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/workflows/tablature-check.yml");
    let text = fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once(&format!("- name: {step}\n")).unwrap();
    let (_, block) = rest.split_once("run: |\n").unwrap();
    let indentation = block.len() - block.trim_start().len();
    let lines =
        block.lines().take_while(|line| line.trim().is_empty() || line.len() - line.trim_start().len() >= indentation);
    lines.map(|line| line.get(indentation..).unwrap_or_default().to_owned() + "\n").collect()
}

/// A project on a runner: a folder with a crate, and a `tablature` that is found.
struct Runner {
    folder: TempDir,
    bin: PathBuf,
}

impl Runner {
    fn new(database: &ScratchDatabase) -> Self {
        let folder = TempDir::new().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tablature-under-test"), bin.join("tablature")).unwrap();
        let config = "[[source]]\nname = \"shop\"\nurl = \"${SHOP_URL}\"\noutput = \"shop\"\n";
        fs::write(folder.path().join("tablature.toml"), config).unwrap();
        let runner = Self { folder, bin };
        let made = runner.command("tablature codegen", database.url()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        runner
    }

    fn command(&self, script: &str, url: &str) -> Command {
        let path = format!("{}:{}", self.bin.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        // As the runner does it.
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
        command.current_dir(self.folder.path()).env("PATH", path).env("SHOP_URL", url);
        command.env("TABLATURE_CACHE_DIR", self.folder.path().join("memory"));
        command
    }

    /// How the step ended and what it printed, and the two reports.
    fn check(&self, url: &str) -> (Option<i32>, String, Option<Value>, Option<String>) {
        let output = self.command(&script("Check"), url).output().unwrap();
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).ok();
        let said = [output.stdout, output.stderr].concat();
        let sarif = read("tablature.sarif").map(|text| serde_json::from_str(&text).unwrap());
        (output.status.code(), String::from_utf8(said).unwrap(), sarif, read("tablature.md"))
    }
}

#[test]
fn the_check_leaves_a_report_in_each_form() {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load("CREATE TABLE book (id int PRIMARY KEY, title text NOT NULL)").unwrap();
    let runner = Runner::new(&database);
    let results = |sarif: &Value| sarif["runs"][0]["results"].as_array().unwrap().len();

    let (code, said, sarif, markdown) = runner.check("");
    assert_eq!((code, sarif.as_ref().map(results)), (Some(0), Some(0)), "{said}");
    assert!(markdown.unwrap().starts_with("<!-- tablature check -->\n"));

    // Without a database nobody knows of a change, and with one everybody does.
    database.load("ALTER TABLE book ADD COLUMN price numeric(10,2)").unwrap();
    assert_eq!(runner.check("").0, Some(0));
    let (code, said, sarif, markdown) = runner.check(database.url());
    assert_eq!((code, sarif.as_ref().map(results)), (Some(1), Some(1)), "{said}");
    assert!(said.contains("::error file=shop/schema.json,title=missing_in_model::public.book.price"), "{said}");
    assert!(markdown.unwrap().contains("public.book.price"));

    // A check that could not be made leaves no report of an earlier one.
    let (code, said, sarif, markdown) = runner.check("postgres://ann:tr0ub4dor@127.0.0.1:1/none");
    assert_eq!((code, sarif.is_some(), markdown.is_some()), (Some(2), false, false), "{said}");
    assert!(said.contains("cannot connect") && !said.contains("tr0ub4dor"), "{said}");
}
