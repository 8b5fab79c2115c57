//! `cargo xtask bench runtime`: the measuring program, built for release, on databases that are made for the run.

use tablature_tests::servers::{Choice, Servers};
use tablature_tests::{Engine, ScratchDatabase};

use super::harness;
use crate::outcome::{COULD_NOT_RUN, FINE, Failure, cargo, succeeds};

pub(super) fn run() -> Result<u8, Failure> {
    let servers = Servers::resolve(Choice::Any).map_err(harness)?;
    let mut databases = vec![ScratchDatabase::create(Engine::Sqlite).map_err(harness)?];
    let mut urls = Vec::new();
    for server in servers.iter() {
        match Engine::ALL.into_iter().find(|engine| engine.service() == Some(server.service())) {
            Some(engine) => databases.push(ScratchDatabase::create_on(engine, server.url()).map_err(harness)?),
            None => urls.push(server.url().to_owned()),
        }
    }
    urls.extend(databases.iter().map(|database| database.url().to_owned()));
    let mut command = cargo();
    command.args(["run", "--release", "--locked", "--package", "tablature-benches", "--bin", "runtime"]);
    // Not as arguments, which everybody on the machine can read.
    command.env("TABLATURE_BENCH_URLS", urls.join("\n"));
    Ok(if succeeds(&mut command)? { FINE } else { COULD_NOT_RUN })
}
