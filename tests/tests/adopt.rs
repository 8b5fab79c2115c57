//! `tablature adopt`: what is moved compiles, what is not is told with a reason, and every byte comes back.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tablature-under-test");

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A project of somebody's own on the bookshop's schema, on sqlx.
const PROJECT: &[(&str, &str)] = &[
    (
        "src/main.rs",
        "//! Prints what the shop has.\n\nmod models;\nmod store;\n\nuse std::process::ExitCode;\n\nuse models::{Review, ReviewStatus, Series, SeriesId, StockLevel};\n\n\
         fn main() -> ExitCode {\n    let series: Vec<Series> = Vec::new();\n    let first = series.first().map_or(SeriesId(1), |series| series.id);\n    \
         let status = ReviewStatus::Pending;\n    let is_open = |review: &Review| review.status == status;\n    let reviews: Vec<Review> = vec![];\n    \
         let stock: Vec<StockLevel> = vec![];\n    println!(\"{first:?} {} {}\", reviews.iter().filter(|review| is_open(review)).count(), stock.len());\n    \
         let _ = (store::series, store::reviews, store::all);\n    ExitCode::SUCCESS\n}\n",
    ),
    (
        "src/models/mod.rs",
        "//! Rows.\r\n\r\nmod review;\r\nmod series;\r\n\r\npub use review::{CustomerId, Review, ReviewStatus};\r\npub use series::{Series, SeriesId};\r\n\r\n\
         /// How many copies there are. ü\r\n#[derive(Clone, Debug, sqlx::FromRow)]\r\npub struct StockLevel {\r\n    pub book_id: i64,\r\n    pub warehouse: String,\r\n    \
         pub on_hand: i64,\r\n    pub reserved: i64,\r\n    pub shelf: Option<String>,\r\n    pub counted_at: chrono::NaiveDateTime,\r\n}\r\n",
    ),
    (
        "src/models/series.rs",
        "// This comment stays.\nuse sqlx::FromRow;\n\n/// Identifies a series.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]\n#[sqlx(transparent)]\npub struct SeriesId(pub i64);\n\n\
         /// Books that belong together.\n#[derive(Clone, Debug, FromRow)]\npub struct Series {\n    pub id: SeriesId, // The key.\n    pub title: String,\n    pub planned_volumes: Option<i64>,\n}\n// And so does this one.\n",
    ),
    (
        "src/models/review.rs",
        "use chrono::NaiveDateTime;\nuse sqlx::{FromRow, Type};\n\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Type)]\n#[sqlx(transparent)]\npub struct ReviewId(pub i64);\n\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Type)]\n#[sqlx(transparent)]\npub struct BookId(pub i64);\n\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Type)]\n#[sqlx(transparent)]\npub struct CustomerId(pub i64);\n\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Type)]\n#[sqlx(rename_all = \"lowercase\")]\npub enum ReviewStatus {\n    Pending,\n    Published,\n    Rejected,\n}\n\n\
         #[derive(Clone, Debug, FromRow)]\npub struct ReviewRow {\n    pub id: ReviewId,\n    pub book_id: BookId,\n    pub customer_id: CustomerId,\n    pub rating: i64,\n    pub headline: Option<String>,\n    \
         pub body: Option<String>,\n    pub status: ReviewStatus,\n    pub helpful_votes: i64,\n    pub created_at: NaiveDateTime,\n}\n\npub type Review = ReviewRow;\n",
    ),
    (
        "src/store.rs",
        "use sqlx::SqlitePool;\n\nuse crate::models::{self, CustomerId, Review};\nuse crate::models::series_of;\n\npub async fn series(pool: &SqlitePool, id: models::SeriesId) -> sqlx::Result<models::Series> {\n    \
         sqlx::query_as::<_, models::Series>(\"SELECT * FROM series WHERE id = ?\").bind(id.0).fetch_one(pool).await\n}\n\n\
         pub async fn reviews(pool: &SqlitePool, customer: CustomerId) -> sqlx::Result<Vec<Review>> {\n    sqlx::query_as(\"SELECT * FROM review WHERE customer_id = ?\").bind(customer.0).fetch_all(pool).await\n}\n\n\
         pub async fn all(pool: &SqlitePool) -> sqlx::Result<Vec<models::StockLevel>> {\n    series_of();\n    sqlx::query_as(\"SELECT * FROM stock_level\").fetch_all(pool).await\n}\n",
    ),
];

struct Project {
    folder: TempDir,
}

/// How a run ended: its code, and what it printed and said.
type Ran = (i32, String, String);

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in PROJECT {
            // A module's function, so that not all that is brought is a model.
            let text = if *path == "src/models/mod.rs" {
                format!("{text}\r\npub fn series_of() {{}}\r\n")
            } else {
                (*text).to_owned()
            };
            project.write(path, &text);
        }
        let generated = repository().join("generated");
        project.write(
            "tablature.toml",
            &format!("[[source]]\nname = \"bookshop\"\nmigrations = \"m\"\noutput = {generated:?}\n"),
        );
        project.write(
            "Cargo.toml",
            "# A manifest with a comment.\n[package]\nname = \"shop-of-mine\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n# Exact values.\nchrono = { version = \"0.4\", default-features = false, features = [\"std\"] }\n\
             sqlx = { version = \"=0.9.0\", default-features = false, features = [\"chrono\", \"derive\", \"runtime-tokio\", \"sqlite\"] }\n\n[workspace]\n",
        );
        fs::copy(repository().join("Cargo.lock"), project.path("Cargo.lock")).unwrap();
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    #[track_caller]
    fn adopt(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(PROGRAM);
        command.arg("adopt").args(arguments).current_dir(self.folder.path()).env_remove("DATABASE_URL");
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        (output.status.code().unwrap(), out, err)
    }

    /// All files but what is backed up and compiled.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn collect(folder: &Path, out: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with(".tablature") || path.ends_with(".git") || path.ends_with("Cargo.lock") {
                    continue;
                }
                if path.is_dir() {
                    collect(&path, out);
                } else {
                    out.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        let mut out = BTreeMap::new();
        collect(self.folder.path(), &mut out);
        out
    }

    /// What the compiler says; nothing where it compiles without a warning.
    fn compiled(&self) -> String {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["check", "--quiet", "--offline"]).current_dir(self.folder.path());
        let target = repository().join("target/adopt");
        let output =
            command.env("CARGO_TARGET_DIR", target).env("RUSTFLAGS", "-D warnings -A dead_code").output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn backups(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.path(".tablature")) else { return Vec::new() };
        let mut out: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
        out.sort();
        out
    }
}

#[test]
fn an_adopted_project_compiles_and_comes_back_byte_for_byte() {
    let project = Project::new();
    assert_eq!(project.compiled(), "", "as it was written");
    let before = project.files();

    let (code, plan, err) = project.adopt(&["--dry-run"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(project.files(), before, "a dry run");
    assert!(project.backups().is_empty());
    for line in [
        "src/models/series.rs:11: Series becomes bookshop::Series (1 comment within it with it)\n",
        "src/models/series.rs:7: SeriesId becomes bookshop::SeriesId\n",
        "src/models/review.rs:25: ReviewRow becomes bookshop::Review\n",
        "src/models/review.rs:18: ReviewStatus becomes bookshop::ReviewStatus\n",
        "src/models/mod.rs:11: StockLevel stays, and does not become bookshop::StockLevel:\n    book_id is i64, and BookId in the crate; `key_types = false` in [types] makes no type of it\n",
        "7 types moved, 1 left\n",
        "+++ b/src/models/series.rs\n",
        "+bookshop = { path = ",
        "-pub struct Series {\n",
    ] {
        assert!(plan.contains(line), "{line}: {plan}");
    }

    let (code, _, err) = project.adopt(&[]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(project.compiled(), "", "after it was adopted");
    assert_eq!(project.read("src/models/series.rs"), "// This comment stays.\n\n// And so does this one.\n");
    assert!(
        project
            .read("src/models/review.rs")
            .ends_with("pub use bookshop::Review as ReviewRow;\n\npub type Review = ReviewRow;\n")
    );
    let models = project.read("src/models/mod.rs");
    assert!(
        models.starts_with("//! Rows.\r\n\r\nmod review;\r\nmod series;\r\n\r\npub use review::Review;\r\npub use bookshop::{Series, SeriesId};\r\n\r\n/// How"),
        "{models}"
    );
    assert!(models.contains("/// How many copies there are. ü\r\n#[derive"), "{models}");
    let manifest = project.read("Cargo.toml");
    assert!(
        manifest.starts_with("# A manifest with a comment.\n[package]") && manifest.contains("# Exact values.\nchrono"),
        "{manifest}"
    );
    // A second run finds nothing to do.
    let adopted = project.files();
    let (code, out, _) = project.adopt(&[]);
    assert!(code == 0 && out.contains("0 types moved"), "{out}");
    assert_eq!(project.files(), adopted);
    assert_eq!(project.backups().len(), 1);

    let (code, _, err) = project.adopt(&["--rollback"]);
    assert!(code == 0 && err.contains("6 files restored, 0 unchanged"), "{err}");
    assert_eq!(project.files(), before, "after it was put back");
    let (code, _, err) = project.adopt(&["--rollback"]);
    assert!(code == 2 && err.contains("there is no backup"), "{err}");
}

#[test]
fn a_library_hands_on_what_it_handed_on_before() {
    let project = Project::new();
    fs::remove_file(project.path("src/main.rs")).unwrap();
    project.write("src/lib.rs", "pub mod models;\npub mod store;\n\nuse models::SeriesId;\n\npub fn first() -> SeriesId {\n    SeriesId(1)\n}\n");
    project.write("src/bin/tool.rs", "use shop_of_mine::models::{Review, ReviewStatus};\n\nfn main() {\n    let _: Option<(Review, ReviewStatus)> = None;\n}\n");
    assert_eq!(project.compiled(), "", "as it was written");
    let before = project.files();
    assert_eq!(project.adopt(&[]).0, 0);
    assert_eq!(project.compiled(), "", "after it was adopted");
    let models = project.read("src/models/mod.rs");
    assert!(
        models.contains("pub use review::{CustomerId, Review, ReviewStatus};\r\npub use series::{Series, SeriesId};"),
        "{models}"
    );
    assert!(project.read("src/models/series.rs").contains("/// Identifies a series.\npub use bookshop::SeriesId;\n"));
    assert!(project.read("src/lib.rs").contains("use bookshop::SeriesId;"));
    assert_eq!(
        project.read("src/bin/tool.rs").lines().take(2).collect::<Vec<_>>(),
        ["use shop_of_mine::models::Review;", "use bookshop::ReviewStatus;"]
    );
    assert_eq!(project.adopt(&["--rollback"]).0, 0);
    assert_eq!(project.files(), before);
}

#[test]
fn what_cannot_be_moved_stays_with_a_reason() {
    let cases = [
        (
            "#[derive(Clone, Default, sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }",
            "it derives Default",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String }",
            "the crate's has planned_volumes besides",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i32> }",
            "planned_volumes is Option<i32>, and Option<i64> in the crate",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }\nimpl Series { fn n(&self) {} }",
            "it has functions of its own",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }\nimpl std::fmt::Display for Series { }",
            "Display is implemented for it",
        ),
        (
            "#[derive(sqlx::FromRow, serde::Serialize)]\n#[serde(rename_all = \"camelCase\")]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }",
            "another form in JSON",
        ),
        (
            "#[cfg(unix)]\n#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }",
            "under a condition",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }\nfn f(id: SeriesId) { q.bind(id); }",
            "bound to queries",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }\nfn f() { query_scalar::<_, SeriesId>(\"x\"); }",
            "read by itself",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }\n#[derive(sqlx::FromRow)]\nstruct Sum { id: SeriesId, n: i64 }",
            "Sum, which stays, is read with it",
        ),
        (
            "#[derive(sqlx::FromRow)]\npub struct Series { pub id: SeriesId, pub title: String, pub planned_volumes: Option<i64> }\nfn f() { sqlx::query_as!(Series, \"x\"); }",
            "a macro of sqlx's makes it",
        ),
        (
            "#[derive(DeriveEntityModel)]\n#[sea_orm(table_name = \"series\")]\npub struct Model { #[sea_orm(primary_key)] pub id: i64, pub title: String, pub planned_volumes: Option<i64> }",
            "SeaORM's entity is more than its row",
        ),
    ];
    for (text, why) in cases {
        let project = Project::new();
        for (path, _) in PROJECT {
            fs::remove_file(project.path(path)).unwrap();
        }
        project.write(
            "src/lib.rs",
            &format!("#[derive(Clone, Copy, sqlx::Type)]\npub struct SeriesId(pub i64);\n{text}\n"),
        );
        let before = project.files();
        let (code, out, err) = project.adopt(&[]);
        assert!(code == 0 && out.contains(why) && out.contains("0 types moved"), "{text}: {out}{err}");
        assert_eq!(project.files(), before, "{text}");
    }
}

#[test]
fn a_run_that_ended_halfway_is_put_back_too() {
    let project = Project::new();
    let before = project.files();
    assert_eq!(project.adopt(&[]).0, 0);
    let after = project.files();
    let changed: Vec<&PathBuf> = before.keys().filter(|path| before[*path] != after[*path]).collect();
    assert_eq!(changed.len(), 6);
    // However many files had been changed when it ended.
    for done in 0..=changed.len() {
        for (number, path) in changed.iter().enumerate() {
            fs::write(path, if number < done { &after[*path] } else { &before[*path] }).unwrap();
        }
        let _ = fs::remove_file(project.backups()[0].join("rolled-back"));
        let (code, _, err) = project.adopt(&["--rollback"]);
        assert_eq!(code, 0, "{done}: {err}");
        assert_eq!(project.files(), before, "{done}");
    }
    // A backup without a manifest was not finished, and nothing had been changed yet.
    fs::create_dir_all(project.path(".tablature/adopt-2999-01-01T00-00-00Z")).unwrap();
    let (code, _, err) = project.adopt(&["--rollback"]);
    assert!(code == 2 && err.contains("there is no backup"), "{err}");
}

#[test]
fn a_run_that_was_killed_leaves_nothing_behind() {
    let project = Project::new();
    let before = project.files();
    for delay in 0..30 {
        let mut command = Command::new(PROGRAM);
        command.arg("adopt").current_dir(project.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay * 4));
        let _ = child.kill();
        child.wait().unwrap();
        let (code, _, err) = project.adopt(&["--rollback"]);
        // Before there is a backup, nothing has changed but for files that wait; the next run clears them up.
        assert!(code == 0 || err.contains("there is no backup"), "{err}");
        let mut now = project.files();
        if code == 2 {
            now.retain(|path, _| !path.to_string_lossy().ends_with(".part"));
        }
        assert_eq!(now, before, "after {delay} times four milliseconds");
    }
    assert_eq!((project.adopt(&[]).0, project.adopt(&["--rollback"]).0), (0, 0));
    assert_eq!(project.files(), before);
}

#[test]
fn two_runs_at_once_do_the_work_once() {
    let project = Project::new();
    let before = project.files();
    let spawn = || {
        let mut command = Command::new(PROGRAM);
        command.arg("adopt").current_dir(project.folder.path()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let runs = [spawn(), spawn()].map(|run| run.wait_with_output().unwrap());
    // One that waited finds other files than it has read, or nothing to do.
    let failed: Vec<_> = runs.iter().filter(|run| !run.status.success()).collect();
    assert!(failed.len() < 2, "{failed:?}");
    assert!(
        failed.iter().all(|run| String::from_utf8_lossy(&run.stderr).contains("nothing was changed")),
        "{failed:?}"
    );
    assert_eq!(project.backups().len(), 1);
    assert_eq!(project.adopt(&["--rollback"]).0, 0);
    assert_eq!(project.files(), before);
}

#[test]
fn what_was_changed_since_is_not_lost() {
    let project = Project::new();
    let before = project.files();
    assert_eq!(project.adopt(&[]).0, 0);
    let backup = project.backups().remove(0);
    project.write("src/models/series.rs", "pub struct Mine;\n");
    let now = project.files();
    let (code, _, err) = project.adopt(&["--rollback"]);
    assert!(code == 2 && err.contains("src/models/series.rs") && err.contains("--force"), "{err}");
    assert_eq!(project.files(), now);
    let (code, _, err) = project.adopt(&["--rollback", backup.to_str().unwrap(), "--force"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(project.files(), before);

    // A copy that is no longer what it was is not put anywhere.
    assert_eq!(project.adopt(&[]).0, 0);
    let now = project.files();
    let backup = project.backups().pop().unwrap();
    let copy = fs::read_dir(&backup)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("series.rs"));
    fs::write(copy.unwrap(), "damaged").unwrap();
    let (code, _, err) = project.adopt(&["--rollback"]);
    assert!(code == 2 && err.contains("it is not what was backed up"), "{err}");
    assert_eq!(project.files(), now);
}

#[test]
fn a_tree_that_git_calls_dirty_is_refused() {
    let project = Project::new();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=x", "-c", "user.email=x@example.org"]).args(arguments);
        assert!(command.current_dir(project.folder.path()).output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "all"]);
    project.write("notes.txt", "dirty");
    let before = project.files();
    let (code, _, err) = project.adopt(&[]);
    assert!(code == 2 && err.contains("notes.txt") && err.contains("--allow-dirty"), "{err}");
    assert_eq!((project.files(), project.backups().len()), (before, 0));
    fs::remove_file(project.path("notes.txt")).unwrap();
    assert_eq!(project.adopt(&[]).0, 0);
    // The backup is none of git's business.
    git(&["commit", "-qam", "adopted"]);
    assert_eq!(project.adopt(&[]).0, 0);
    assert_eq!(project.adopt(&["--rollback"]).0, 0);
}

#[test]
fn a_checkout_that_is_read_only_stays_as_it_is() {
    let project = Project::new();
    let path = project.path("src/models/series.rs");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let before = project.files();
    let (code, _, err) = project.adopt(&[]);
    assert!(code == 2 && err.contains("src/models/series.rs") && err.contains("nothing was changed"), "{err}");
    assert_eq!((project.files(), project.backups().len()), (before, 0));
}

#[test]
fn what_cannot_be_read_is_told() {
    let project = Project::new();
    let (code, _, err) = project.adopt(&["--models", "nowhere"]);
    assert!(code == 2 && err.contains("nowhere"), "{err}");
    project.write("src/broken.rs", "struct {");
    let (code, out, _) = project.adopt(&["--dry-run"]);
    assert!(code == 0 && out.contains("note: src/broken.rs: it is not Rust"), "{out}");
    project.write("Cargo.toml", "[package\n");
    let before = project.files();
    let (code, _, err) = project.adopt(&[]);
    assert!(code == 2 && err.contains("Cargo.toml"), "{err}");
    assert_eq!(project.files(), before);
}
