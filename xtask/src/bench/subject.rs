//! Databases to measure on: those that are there already, and those that are made for a run.

use std::path::Path;

use tablature_tests::servers::Servers;
use tablature_tests::{Engine, HarnessError, ScratchDatabase};
use url::Url;

use super::harness;
use crate::outcome::Failure;

/// A database to measure on.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) engine: Engine,
    pub(super) url: Url,
    /// Dropped when it was measured.
    _scratch: Option<ScratchDatabase>,
}

impl Subject {
    /// A database that is there already. Nothing is written to it.
    pub(super) fn at(url: Url) -> Result<Self, Failure> {
        let engine = match url.scheme() {
            "postgres" | "postgresql" => Engine::Postgres,
            "mysql" | "mariadb" => Engine::Mysql,
            other => return Err(Failure(format!("a URL that begins with {other}: is neither postgres: nor mysql:"))),
        };
        let name = url.path().trim_start_matches('/').to_owned();
        Ok(Self { name, engine, url, _scratch: None })
    }

    /// A database that is made of a file of SQL; the engine is what the file's folder is called.
    pub(super) fn of_file(path: &Path, servers: Option<&Servers>) -> Result<Self, Failure> {
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        let engine = engine_called(folder)
            .map_err(|known| Failure(format!("{}: its folder should be called {known}", path.display())))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Self::made(name, engine, servers, |database| database.load_file(path))
    }

    /// A database that is made for the run.
    pub(super) fn made(
        name: String,
        engine: Engine,
        servers: Option<&Servers>,
        load: impl FnOnce(&ScratchDatabase) -> Result<(), HarnessError>,
    ) -> Result<Self, Failure> {
        let server = servers.and_then(|all| all.iter().find(|server| engine.service() == Some(server.service())));
        let server = server.ok_or_else(|| Failure(format!("there is no server for {engine}")))?;
        let database = ScratchDatabase::create_on(engine, server.url()).map_err(harness)?;
        load(&database).map_err(harness)?;
        let url = Url::parse(database.url()).map_err(|error| Failure(error.to_string()))?;
        Ok(Self { name, engine, url, _scratch: Some(database) })
    }
}

/// The engine of that name, if it has a server; else which ones have.
pub(super) fn engine_called(name: &str) -> Result<Engine, String> {
    let servers = [Engine::Postgres, Engine::Mysql];
    servers.into_iter().find(|engine| engine.folder() == name).ok_or_else(|| "postgres or mysql".to_owned())
}
