//! Other tools that read a database's schema, as their users call them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tablature_tests::Engine;
use url::Url;

/// A tool that reads a schema.
pub(super) struct Contestant {
    /// What it is called, and what it makes.
    pub(super) name: &'static str,
    program: &'static str,
    engines: &'static [Engine],
    arguments: fn(&Url, &Path) -> Vec<OsString>,
}

/// All of them. Each writes into the folder that it is given.
pub(super) const ALL: &[Contestant] = &[
    Contestant {
        name: "`pg_dump -s` (SQL)",
        program: "pg_dump",
        engines: &[Engine::Postgres],
        arguments: |url, folder| {
            words(&[&"--schema-only", &"--dbname", &url.as_str(), &"--file"], folder.join("dump.sql"))
        },
    },
    Contestant {
        name: "`mariadb-dump --no-data` (SQL)",
        program: "mariadb-dump",
        engines: &[Engine::Mysql],
        arguments: |url, folder| {
            let mut all = vec!["--no-data".to_owned(), "--protocol=tcp".to_owned()];
            all.extend(url.host_str().map(|host| format!("--host={host}")));
            all.push(format!("--port={}", url.port().unwrap_or(3306)));
            all.push(format!("--user={}", url.username()));
            all.extend(url.password().map(|password| format!("--password={password}")));
            all.push(format!("--result-file={}", folder.join("dump.sql").display()));
            all.push(url.path().trim_start_matches('/').to_owned());
            all.into_iter().map(OsString::from).collect()
        },
    },
    Contestant {
        name: "kysely-codegen (TypeScript types)",
        program: "kysely-codegen",
        engines: &[Engine::Postgres, Engine::Mysql],
        arguments: |url, folder| words(&[&"--url", &url.as_str(), &"--out-file"], folder.join("database.ts")),
    },
    Contestant {
        name: "sqlacodegen (Python models)",
        program: "sqlacodegen",
        engines: &[Engine::Postgres, Engine::Mysql],
        arguments: |url, folder| {
            let rest = url.as_str().split_once("://").map_or("", |(_, rest)| rest);
            let scheme = if url.scheme().starts_with("postgres") { "postgresql+psycopg2" } else { "mysql+pymysql" };
            words(&[&format!("{scheme}://{rest}"), &"--outfile"], folder.join("models.py"))
        },
    },
    Contestant {
        name: "`diesel print-schema` (Rust table macros)",
        program: "diesel",
        engines: &[Engine::Postgres, Engine::Mysql],
        arguments: |url, _| ["print-schema", "--database-url", url.as_str()].into_iter().map(OsString::from).collect(),
    },
    Contestant {
        name: "`sea-orm-cli generate entity` (Rust entities)",
        program: "sea-orm-cli",
        engines: &[Engine::Postgres, Engine::Mysql],
        arguments: |url, folder| {
            words(&[&"generate", &"entity", &"--database-url", &url.as_str(), &"--output-dir"], folder.join("entities"))
        },
    },
];

fn words(words: &[&dyn AsRef<str>], path: PathBuf) -> Vec<OsString> {
    words.iter().map(|word| OsString::from(word.as_ref())).chain([path.into_os_string()]).collect()
}

impl Contestant {
    /// Whether it reads databases of that engine.
    pub(super) fn reads(&self, engine: Engine) -> bool {
        self.engines.contains(&engine)
    }

    /// The command that reads a database and writes into a folder. Absent where the tool is not installed.
    pub(super) fn command(&self, url: &Url, folder: &Path) -> Option<Vec<OsString>> {
        let path = std::env::var_os("PATH")?;
        let program =
            std::env::split_paths(&path).map(|folder| folder.join(self.program)).find(|path| path.is_file())?;
        Some([program.into_os_string()].into_iter().chain((self.arguments)(url, folder)).collect())
    }
}
