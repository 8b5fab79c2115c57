//! `cargo xtask bench codegen`: the program, built for release and run as its users run it, beside other tools.
//!
//! All take turns in one run, each with its own budget of time, and what is told is the median. Statements, round trips and
//! bytes are counted by a proxy between the program and the server, which also makes round trips longer.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tablature_tests::servers::{Choice, Servers};
use tablature_tests::{CountingProxy, Engine};
use url::Url;

use super::process::{Took, measured, median};
use super::subject::{Subject, engine_called};
use super::{contestants, harness, report};
use crate::outcome::{COULD_NOT_RUN, FINE, Failure, cargo, root, succeeds};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A schema to read into a scratch database; the engine is what its folder is called: postgres or mysql.
    #[arg(long = "schema", value_name = "FILE")]
    schemas: Vec<PathBuf>,
    /// A database that is there already. Nothing is written to it.
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<Url>,
    /// Make up databases with so many tables.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    tables: Vec<usize>,
    /// The engine of the databases that are made up.
    #[arg(long, default_value = "postgres", value_parser = engine_called)]
    engine: Engine,
    /// How often each is run, unless its budget is used up.
    #[arg(long, default_value_t = 5, value_name = "N")]
    runs: usize,
    /// Seconds after which a tool is not run again on a database.
    #[arg(long, default_value_t = 60.0, value_name = "SECONDS")]
    budget: f64,
    /// Leave the other tools out.
    #[arg(long)]
    alone: bool,
    /// Leave the counts out, and the runs over a slow network: they take a dozen runs more.
    #[arg(long)]
    no_network: bool,
    /// Measure this build of the program instead of making one.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Where to write the figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What was measured on one database.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) database: String,
    pub(super) engine: &'static str,
    pub(super) relations: String,
    /// The median of a run from nothing, and the medians of its stages in milliseconds.
    pub(super) full: Option<Took>,
    pub(super) stages: Vec<(String, f64)>,
    /// A second run, which can tell that nothing changed; and one that may not.
    pub(super) again: Option<Took>,
    pub(super) again_unaided: Option<Took>,
    pub(super) network: Option<Network>,
    /// Other tools; nothing for one that is not installed.
    pub(super) others: Vec<(&'static str, Option<Took>)>,
}

/// What went between the program and the server.
#[derive(Debug, Default, Serialize)]
pub(super) struct Network {
    pub(super) statements: u64,
    pub(super) round_trips: u64,
    pub(super) received: u64,
    pub(super) again_round_trips: u64,
    pub(super) again_received: u64,
    /// A run from nothing and one that changes nothing, by the milliseconds that were added to each round trip.
    pub(super) delayed: Vec<(u64, Took, Took)>,
}

/// Milliseconds that are added to each round trip.
const DELAYS: [u64; 2] = [2, 20];

pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.schemas.is_empty() && arguments.urls.is_empty() && arguments.tables.is_empty() {
        return Err(Failure("give --schema, --url or --tables to measure on".to_owned()));
    }
    let program = match &arguments.program {
        Some(program) => std::path::absolute(program).map_err(|error| Failure(format!("--program: {error}")))?,
        None if succeeds(cargo().args(["build", "--release", "--locked", "--package", "tablature"]))? => built(),
        None => return Ok(COULD_NOT_RUN),
    };
    let needs_servers = !arguments.schemas.is_empty() || !arguments.tables.is_empty();
    let servers = needs_servers.then(|| Servers::resolve(Choice::Any).map_err(harness)).transpose()?;
    let failed = |error: std::io::Error| Failure(format!("cannot make a folder: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let mut all = Vec::new();
    for make in subjects(arguments, servers.as_ref()) {
        let subject = make()?;
        eprintln!("measuring {}", subject.name);
        let place = folder.path().join(all.len().to_string());
        fs::create_dir(&place).map_err(failed)?;
        all.push(measure(&subject, &program, &place, arguments)?);
    }
    println!("{}", report::table(&all));
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&all).map_err(|error| Failure(error.to_string()))?;
        fs::write(path, text + "\n").map_err(|error| Failure(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(FINE)
}

/// Where cargo leaves what it builds.
fn built() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("release").join(format!("tablature{}", std::env::consts::EXE_SUFFIX))
}

type Make<'a> = Box<dyn FnOnce() -> Result<Subject, Failure> + 'a>;

/// The databases, each of which is made when its turn comes.
fn subjects<'a>(arguments: &'a Arguments, servers: Option<&'a Servers>) -> Vec<Make<'a>> {
    let mut all: Vec<Make<'a>> = Vec::new();
    all.extend(arguments.urls.iter().map(|url| Box::new(move || Subject::at(url.clone())) as Make<'a>));
    all.extend(arguments.schemas.iter().map(|path| Box::new(move || Subject::of_file(path, servers)) as Make<'a>));
    for count in &arguments.tables {
        let engine = arguments.engine;
        all.push(Box::new(move || {
            Subject::made(format!("{count} tables"), engine, servers, |database| {
                // A server sets a limit to the locks that one transaction holds.
                made_up(*count).chunks(500).try_for_each(|tables| database.load(&tables.concat()))
            })
        }));
    }
    all
}

/// Tables such as people make: a key, a dozen columns of several types, a foreign key, a check and two indexes.
fn made_up(count: usize) -> Vec<String> {
    let tables = (0..count).map(|n| {
        let parent = n.saturating_sub(1);
        format!(
            "CREATE TABLE table_{n} (id BIGINT PRIMARY KEY, parent_id BIGINT, name VARCHAR(40) NOT NULL, title VARCHAR(200),
                amount NUMERIC(10, 2) NOT NULL DEFAULT 0, rate DOUBLE PRECISION, is_open BOOLEAN NOT NULL DEFAULT true,
                state VARCHAR(10) NOT NULL, day DATE, made_at TIMESTAMP NULL, notes TEXT, place INTEGER NOT NULL,
                CONSTRAINT table_{n}_state CHECK (state IN ('new', 'open', 'done')),
                CONSTRAINT table_{n}_name UNIQUE (name),
                CONSTRAINT table_{n}_parent FOREIGN KEY (parent_id) REFERENCES table_{parent} (id));
            CREATE INDEX table_{n}_place ON table_{n} (place, state);\n"
        )
    });
    tables.collect()
}

/// The program, and where it works.
struct Bench<'a> {
    program: &'a Path,
    folder: &'a Path,
    /// How often it began from nothing.
    beginnings: usize,
    /// What the program said last.
    said: String,
}

impl Bench<'_> {
    /// Runs it. From nothing, there is no crate yet and no memory of one: each time in a folder of its own, since some file
    /// systems are slow to make files where as many have just been removed.
    fn run(&mut self, url: &str, from_nothing: bool, options: &[&str]) -> Result<Took, Failure> {
        self.beginnings += usize::from(from_nothing);
        let place = self.folder.join(self.beginnings.to_string());
        let (output, memory) = (place.join("crate"), place.join("memory"));
        let mut command = vec![self.program.as_os_str().to_owned()];
        command.extend(["codegen", "--name", "measured", "--url", url, "--output"].map(OsString::from));
        command.push(output.into_os_string());
        command.extend(options.iter().map(OsString::from));
        let (took, said) = measured(&command, &[("TABLATURE_CACHE_DIR", memory.into_os_string())], self.folder)?;
        if !took.well {
            return Err(Failure(format!("the program failed: {}", said.trim())));
        }
        self.said = said;
        Ok(took)
    }

    /// The figure before a word in the program's summary: `1070` before `relations`.
    fn before(&self, word: &str) -> Option<u64> {
        let words: Vec<&str> = self.said.split([' ', '(', ')', ',', ';', '\n']).filter(|w| !w.is_empty()).collect();
        let pair = words.windows(2).rev().find(|pair| pair[1].trim_end_matches('s') == word.trim_end_matches('s'))?;
        pair[0].parse().ok()
    }

    /// What the summary says that the stages took, in milliseconds.
    fn stages(&self) -> Vec<(String, f64)> {
        let words: Vec<&str> = self.said.split([' ', ',', ';', '\n']).filter(|word| !word.is_empty()).collect();
        let stage = |name: &str| {
            let after = words.windows(3).rev().find(|three| three[0] == name && three[2] == "ms")?;
            Some((name.to_owned(), after[1].parse().ok()?))
        };
        tablature::codegen::Stage::ALL.iter().filter_map(|known| stage(known.name())).collect()
    }
}

fn measure(subject: &Subject, program: &Path, folder: &Path, arguments: &Arguments) -> Result<Figures, Failure> {
    let failed = |error: std::io::Error| Failure(format!("cannot make a folder: {error}"));
    let url = subject.url.as_str();
    let mut bench = Bench { program, folder, beginnings: 0, said: String::new() };
    let (mut full, mut again, mut unaided, mut stages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let others: Vec<_> =
        contestants::ALL.iter().filter(|other| !arguments.alone && other.reads(subject.engine)).collect();
    let mut theirs: Vec<Vec<Took>> = vec![Vec::new(); others.len()];
    let mut relations = String::new();
    for _ in 0..arguments.runs.max(1) {
        if has_budget(&full, arguments) {
            full.push(bench.run(url, true, &[])?);
            stages.push(bench.stages());
            let count = |word: &str| bench.before(word).unwrap_or_default();
            relations = format!("{} relations, {} columns", count("relations"), count("columns"));
            again.push(bench.run(url, false, &[])?);
            unaided.push(bench.run(url, false, &["--no-probe"])?);
        }
        for (other, runs) in others.iter().zip(&mut theirs) {
            let place = tempfile::tempdir_in(folder).map_err(failed)?.keep();
            if let Some(command) = other.command(&subject.url, &place).filter(|_| has_budget(runs, arguments)) {
                let (took, said) = measured(&command, &[], &place)?;
                if !took.well && runs.is_empty() {
                    eprintln!("{} failed: {}", other.name, said.trim().lines().next_back().unwrap_or_default());
                }
                runs.push(took);
            }
        }
    }
    Ok(Figures {
        database: subject.name.clone(),
        engine: subject.engine.folder(),
        relations,
        network: (!arguments.no_network).then(|| network(subject, &mut bench)).transpose()?,
        full: median(&full),
        stages: medians(&stages),
        again: median(&again),
        again_unaided: median(&unaided),
        others: others.iter().zip(theirs).map(|(other, runs)| (other.name, median(&runs))).collect(),
    })
}

fn has_budget(runs: &[Took], arguments: &Arguments) -> bool {
    runs.iter().map(|took| took.wall).sum::<f64>() < arguments.budget
}

fn medians(runs: &[Vec<(String, f64)>]) -> Vec<(String, f64)> {
    let names = runs.first().into_iter().flatten().map(|(name, _)| name);
    let figure = |name: &String| {
        let mut figures: Vec<f64> =
            runs.iter().flatten().filter(|(other, _)| other == name).map(|(_, figure)| *figure).collect();
        figures.sort_by(f64::total_cmp);
        (name.clone(), figures[figures.len() / 2])
    };
    names.map(figure).collect()
}

/// Runs it through a proxy that counts, and then delays.
fn network(subject: &Subject, bench: &mut Bench<'_>) -> Result<Network, Failure> {
    let proxy = CountingProxy::start(subject.url.as_str()).map_err(harness)?;
    let mut found = Network::default();
    bench.run(proxy.url(), true, &[])?;
    found.statements = bench.before("statements").unwrap_or_default();
    (found.round_trips, found.received) = (proxy.counts().round_trips, proxy.counts().received);
    proxy.reset();
    bench.run(proxy.url(), false, &[])?;
    (found.again_round_trips, found.again_received) = (proxy.counts().round_trips, proxy.counts().received);
    for delay in DELAYS {
        proxy.delay(Duration::from_millis(delay));
        let (mut full, mut again) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            full.push(bench.run(proxy.url(), true, &[])?);
            again.push(bench.run(proxy.url(), false, &[])?);
        }
        found.delayed.extend(median(&full).zip(median(&again)).map(|(full, again)| (delay, full, again)));
    }
    Ok(found)
}
