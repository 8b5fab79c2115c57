//! A database for one test.

mod load;
mod mysql;
mod name;
mod postgres;
mod sqlite;

pub(crate) use mysql::connect as connect_mysql;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tablature_runtime::migrate::Migrations;
use tempfile::TempDir;
use url::Url;

use crate::blocking::block_on;
use crate::engine::Engine;
use crate::error::HarnessError;
use crate::servers::server_url;

/// An empty database with a name of its own. It goes when this is dropped, also when the test panics, and so do the
/// roles made for it; connections that are still open are cut.
///
/// A run that was killed leaves its databases behind. They are dropped by a later run, an hour after they were made.
#[derive(Debug)]
pub struct ScratchDatabase {
    engine: Engine,
    name: String,
    url: String,
    home: Home,
}

/// What has to be cleared away.
#[derive(Debug)]
enum Home {
    Server { admin: Url, roles: Mutex<Vec<String>> },
    Folder { _folder: TempDir },
}

impl ScratchDatabase {
    /// Makes one on this run's server, or as a file.
    ///
    /// # Errors
    /// Where there is no server, or it refuses.
    pub fn create(engine: Engine) -> Result<Self, HarnessError> {
        match engine.service() {
            Some(service) => Self::create_on(engine, server_url(service)?),
            None => Self::create_file(),
        }
    }

    /// Makes one on a server of the test's own choice.
    ///
    /// # Errors
    /// Where the server is not reached or refuses.
    pub fn create_on(engine: Engine, server: &str) -> Result<Self, HarnessError> {
        // The parser's error has no part of the URL in it.
        let admin = Url::parse(server).map_err(HarnessError::doing("read a server's URL"))?;
        sweep_once(engine, &admin);
        let name = name::unique();
        block_on(async {
            match engine {
                Engine::Postgres => postgres::create(&admin, &name).await,
                Engine::Mysql => mysql::create(&admin, &name).await,
                Engine::Sqlite => Err(HarnessError::new("SQLite has no servers")),
            }
        })?;
        let mut url = admin.clone();
        url.set_path(&name);
        Ok(Self { engine, name, url: url.into(), home: Home::Server { admin, roles: Mutex::default() } })
    }

    fn create_file() -> Result<Self, HarnessError> {
        let name = name::unique();
        let folder = tempfile::Builder::new().prefix("tablature_test_").tempdir();
        let folder = folder.map_err(HarnessError::doing("make a temporary folder"))?;
        let path = folder.path().join("scratch.db");
        block_on(sqlite::create(&path))?;
        Ok(Self { engine: Engine::Sqlite, name, url: sqlite::url(&path), home: Home::Folder { _folder: folder } })
    }

    /// What it was made with.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Its name on the server. On MySQL this is also the name of its only schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where to connect, as the one who may do everything.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs SQL text, any number of statements.
    ///
    /// On PostgreSQL it goes through `psql` where that is installed, so that dumps with `COPY … FROM stdin` can be
    /// loaded, and on MySQL through the command line client where it has `DELIMITER` lines. SQLite's foreign keys are
    /// not enforced meanwhile, as in its own shell. Nothing is rolled back when a statement fails.
    ///
    /// # Errors
    /// What the server says to the first statement that fails.
    pub fn load(&self, sql: &str) -> Result<(), HarnessError> {
        match self.engine {
            Engine::Postgres => load::postgres(&self.url, sql),
            Engine::Mysql => load::mysql(&self.url, sql),
            Engine::Sqlite => block_on(sqlite::load(&self.url, sql)),
        }
    }

    /// Runs a file as [`ScratchDatabase::load`] does.
    ///
    /// # Errors
    /// Where the file is not read, or a statement fails; the message names the file.
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<(), HarnessError> {
        let path = path.as_ref();
        let sql = fs::read_to_string(path).map_err(HarnessError::doing(format!("read {}", path.display())))?;
        self.load(&sql).map_err(HarnessError::doing(format!("load {}", path.display())))
    }

    /// Runs every `.sql` file of a folder in the order of their names. A folder that has sub-folders for the engines,
    /// such as [`Engine::migrations`], is one of migrations: it is loaded as the engine is given it, without a history.
    ///
    /// # Errors
    /// Where there is no such file, where migrations are no good ones, or as [`ScratchDatabase::load_file`].
    pub fn load_folder(&self, folder: impl AsRef<Path>) -> Result<(), HarnessError> {
        let folder = folder.as_ref();
        if folder.join(self.engine.folder()).is_dir() {
            let migrations = Migrations::from_folder(folder).and_then(|all| all.for_dialect(self.engine.dialect()));
            let migrations = migrations.map_err(HarnessError::doing("read the migrations"))?;
            let statements = migrations.iter().flat_map(|migration| &migration.statements);
            let script: String =
                statements.map(|statement| format!("{};\n", statement.sql.trim_end_matches([';', '\n']))).collect();
            return self.load(&script).map_err(HarnessError::doing(format!("load {}", folder.display())));
        }
        let files = sql_files(folder)?;
        files.iter().try_for_each(|file| self.load_file(file))
    }

    /// The URL of a new login that may read every table and view there is now, and do nothing else. It is dropped
    /// together with the database. For SQLite, which has no logins, the file is opened read-only.
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn select_only_role(&self) -> Result<String, HarnessError> {
        let Home::Server { admin, roles } = &self.home else { return Ok(format!("{}?mode=ro", self.url)) };
        let role = name::unique();
        let password = name::secret();
        // Remembered first: a role that is half made must go too.
        roles.lock().unwrap_or_else(PoisonError::into_inner).push(role.clone());
        let database = Url::parse(&self.url).map_err(HarnessError::doing("read a database's URL"))?;
        block_on(async {
            match self.engine {
                Engine::Postgres => postgres::create_reader(&database, &role, &password).await,
                _ => mysql::create_reader(admin, &self.name, &role, &password).await,
            }
        })?;
        let mut url = database;
        let set = url.set_username(&role).and_then(|()| url.set_password(Some(&password)));
        set.map_err(|()| HarnessError::new("the server's URL has no host, so no user can be put into it"))?;
        Ok(url.into())
    }

    /// Drops the database now. Without a call it happens when the value is dropped, where a failure is printed only.
    ///
    /// # Errors
    /// Where the server is not reached or refuses.
    pub fn remove(mut self) -> Result<(), HarnessError> {
        self.clear_away()
    }

    fn clear_away(&mut self) -> Result<(), HarnessError> {
        let Home::Server { admin, roles } = &mut self.home else { return Ok(()) };
        // Taken, so that a second call has nothing to do.
        let name = std::mem::take(&mut self.name);
        if name.is_empty() {
            return Ok(());
        }
        let roles = std::mem::take(roles.get_mut().unwrap_or_else(PoisonError::into_inner));
        block_on(async {
            match self.engine {
                Engine::Postgres => postgres::remove(admin, &[name], &roles).await,
                _ => mysql::remove(admin, &[name], &roles).await,
            }
        })
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        if let Err(error) = self.clear_away() {
            // A panic here would abort a test that is already unwinding.
            drop(writeln!(std::io::stderr(), "a scratch database stays behind: {error}"));
        }
    }
}

/// The `.sql` files of a folder in the order of their names.
pub(crate) fn sql_files(folder: &Path) -> Result<Vec<PathBuf>, HarnessError> {
    let reading = || HarnessError::doing(format!("read the folder {}", folder.display()));
    let entries = fs::read_dir(folder).map_err(reading())?;
    let mut files =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(reading())?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    if files.is_empty() {
        return Err(HarnessError::new(format!("{} has no .sql file", folder.display())));
    }
    Ok(files)
}

/// Drops what killed runs left on a server, once in a process. That it fails is no reason to fail a test: another
/// process may be sweeping at the same time.
fn sweep_once(engine: Engine, admin: &Url) {
    static SWEPT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let first = SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(admin.to_string());
    if !first {
        return;
    }
    let result = block_on(async {
        match engine {
            Engine::Postgres => postgres::sweep(admin).await,
            Engine::Mysql => mysql::sweep(admin).await,
            Engine::Sqlite => Ok(()),
        }
    });
    if let Err(error) = result {
        drop(writeln!(std::io::stderr(), "what killed runs left behind stays: {error}"));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Makes a database and a login that a run left behind some time ago; their common name.
    async fn leave_behind(engine: Engine, admin: &Url, ago: u64) -> String {
        let name = name::made(Duration::from_secs(ago));
        let mut database = admin.clone();
        database.set_path(&name);
        let password = name::secret();
        if engine == Engine::Postgres {
            postgres::create(admin, &name).await.unwrap();
            postgres::create_reader(&database, &name, &password).await.unwrap();
        } else {
            mysql::create(admin, &name).await.unwrap();
            mysql::create_reader(admin, &name, &name, &password).await.unwrap();
        }
        name
    }

    #[tokio::test]
    async fn what_killed_runs_left_is_swept_and_nothing_else() {
        for engine in [Engine::Postgres, Engine::Mysql] {
            let admin = Url::parse(server_url(engine.service().unwrap()).unwrap()).unwrap();
            let old = leave_behind(engine, &admin, 4000).await;
            let new = leave_behind(engine, &admin, 2000).await;
            let remains = if engine == Engine::Postgres {
                postgres::sweep(&admin).await.unwrap();
                let remains =
                    [postgres::exists(&admin, &old).await.unwrap(), postgres::exists(&admin, &new).await.unwrap()];
                postgres::remove(&admin, std::slice::from_ref(&new), std::slice::from_ref(&new)).await.unwrap();
                remains
            } else {
                mysql::sweep(&admin).await.unwrap();
                let remains = [mysql::exists(&admin, &old).await.unwrap(), mysql::exists(&admin, &new).await.unwrap()];
                mysql::remove(&admin, std::slice::from_ref(&new), std::slice::from_ref(&new)).await.unwrap();
                remains
            };
            assert_eq!(remains, [[false, false], [true, true]], "{engine}");
        }
    }
}
