//! A folder of schemas, each of them loaded, reflected, generated, compared with what the database says itself, and
//! compiled.
//!
//! The folder has `postgres/NAME.sql`, `mysql/NAME.sql` and `sqlite/NAME.sql`. [`run`] reports on each of them, and fails
//! where it cannot look at all. What the database says is read by statements of this room's own ([`own`]); what tablature
//! says is turned into the same [`facts`] ([`told`]), and [`compare`] tells the differences.

pub mod compare;
pub mod facts;
pub mod own;
mod report;
pub mod told;
mod workspace;

pub use report::{Figures, Report, SchemaReport};
pub use workspace::{Ran, Workspace};

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use globset::{Glob, GlobMatcher};
use tablature::catalog::{Catalog, Diagnostic};
use tablature::codegen::{Outcome, codegen, decide, find};
use tablature::config::{Origin, RuntimeDependency, Source};
use tablature::output::Mode;
use tablature::resolve::Model;

use crate::engine::{Engine, repository};
use crate::error::HarnessError;
use crate::proxy::CountingProxy;
use crate::scratch::ScratchDatabase;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// The folder with the schemas.
    pub folder: PathBuf,
    /// Globs over `engine/name`; none means all schemas.
    pub only: Vec<String>,
    /// Whether the crates are compiled.
    pub compile: bool,
    /// Where the crates are made.
    pub workspace: PathBuf,
    /// Where they are compiled to.
    pub target: PathBuf,
}

/// A schema in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The engine that it is for.
    pub engine: Engine,
    /// The file's name without `.sql`.
    pub name: String,
    /// The file.
    pub file: PathBuf,
}

impl Schema {
    /// The name in reports.
    pub fn title(&self) -> String {
        report::schema_name(self.engine, &self.name)
    }

    /// A name that cargo takes.
    fn crate_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        format!("corpus_{}_{}", self.engine.folder(), self.name.chars().map(plain).collect::<String>())
    }
}

/// The schemas of the folder that are asked for.
///
/// # Errors
/// Where there are none, or two of them would be the same crate.
pub fn schemas(folder: &Path, only: &[String]) -> Result<Vec<Schema>, HarnessError> {
    let globs = only.iter().map(|text| Glob::new(text).map(|glob| glob.compile_matcher()));
    let globs: Vec<GlobMatcher> = globs.collect::<Result<_, _>>().map_err(HarnessError::doing("read --only"))?;
    let mut out = Vec::new();
    for engine in Engine::ALL {
        let of_engine = folder.join(engine.folder());
        if of_engine.is_dir() {
            for file in crate::scratch::sql_files(&of_engine)? {
                let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                out.push(Schema { engine, name, file });
            }
        }
    }
    if out.is_empty() {
        let message = format!("{} has no mysql/*.sql, postgres/*.sql or sqlite/*.sql", folder.display());
        return Err(HarnessError::new(message));
    }
    if !globs.is_empty() {
        out.retain(|schema| globs.iter().any(|glob| glob.is_match(schema.title())));
        if out.is_empty() {
            return Err(HarnessError::new(format!("no schema in {} matches --only", folder.display())));
        }
    }
    let names: BTreeSet<String> = out.iter().map(Schema::crate_name).collect();
    if names.len() < out.len() {
        return Err(HarnessError::new("two schemas of one engine differ in punctuation or case alone; rename one"));
    }
    Ok(out)
}

/// Looks at every schema. `server` gives the URL of an engine's server; `progress` is told of every schema and stage.
///
/// # Errors
/// Where there is nothing to look at, or no workspace can be made. What is wrong with a schema is in the report.
pub fn run(
    options: &Options,
    mut server: impl FnMut(Engine) -> Result<String, HarnessError>,
    mut progress: impl FnMut(&str),
) -> Result<Report, HarnessError> {
    let schemas = schemas(&options.folder, &options.only)?;
    let workspace = Workspace::create(&options.workspace, &options.target)?;
    let mut report = Report::default();
    let mut is_warm = !options.compile;
    for schema in &schemas {
        progress(&format!("{}: generate", schema.title()));
        let looked = look(schema, &workspace, &mut server);
        let (mut of_schema, database) = match looked {
            Ok(looked) => looked,
            Err(error) => {
                report.schemas.push(SchemaReport {
                    name: schema.title(),
                    faults: Vec::new(),
                    could_not_run: Some(error.to_string()),
                    figures: None,
                });
                continue;
            }
        };
        if options.compile && of_schema.figures.is_some() {
            if !is_warm {
                progress("the runtime: compile");
                workspace.warm_up(&schema.crate_name())?;
                is_warm = true;
            }
            progress(&format!("{}: compile", schema.title()));
            compile(schema, &workspace, database.url(), &mut of_schema)?;
        }
        database.remove()?;
        report.schemas.push(of_schema);
    }
    Ok(report)
}

fn compile(schema: &Schema, workspace: &Workspace, url: &str, report: &mut SchemaReport) -> Result<(), HarnessError> {
    let Some(figures) = &mut report.figures else { return Ok(()) };
    let compiled = workspace.compile(&schema.crate_name())?;
    figures.check_seconds = Some(compiled.time.as_secs_f64());
    if let Some(complaint) = compiled.complaint {
        report.faults.push(format!("it does not compile without complaint:\n{complaint}"));
        return Ok(());
    }
    if let Some(tested) = workspace.self_test(&workspace.crate_folder(&schema.crate_name()), url)? {
        figures.self_test_seconds = Some(tested.time.as_secs_f64());
        match tested.complaint {
            Some(said) => report.faults.push(format!("its self-test fails:\n{said}")),
            None => figures.self_test = Some(tested.said),
        }
    }
    Ok(())
}

/// Loads a schema, generates its crate and compares; the database is still there afterwards.
fn look(
    schema: &Schema,
    workspace: &Workspace,
    mut server: impl FnMut(Engine) -> Result<String, HarnessError>,
) -> Result<(SchemaReport, ScratchDatabase), HarnessError> {
    let database = match schema.engine {
        Engine::Sqlite => ScratchDatabase::create(schema.engine)?,
        engine => ScratchDatabase::create_on(engine, &server(engine)?)?,
    };
    database.load_file(&schema.file)?;
    // SQLite has no network to count on.
    let proxy = match schema.engine {
        Engine::Sqlite => None,
        _ => Some(CountingProxy::start(database.url())?),
    };
    let folder = workspace.crate_folder(&schema.crate_name());
    let mut source = Source::new(schema.crate_name(), Origin::Snapshot, &folder);
    source.origin = Origin::Url(proxy.as_ref().map_or(database.url(), CountingProxy::url).to_owned());
    source.runtime = RuntimeDependency::Path(repository().join("runtime").display().to_string());
    source.self_test = true;
    let mut report = SchemaReport { name: schema.title(), faults: Vec::new(), could_not_run: None, figures: None };
    let outcome = match codegen(&source, Mode::Write, &AtomicBool::new(false), |_| ()) {
        Ok(outcome) => outcome,
        Err(error) => {
            report.faults.push(format!("nothing is generated: {error}"));
            return Ok((report, database));
        }
    };
    let round_trips = proxy.map(|proxy| proxy.counts().round_trips);
    // The catalog and the model are had again from the snapshot that was written, as whoever works offline has them.
    source.origin = Origin::Snapshot;
    let found = find(&source, &AtomicBool::new(false));
    let again = found.and_then(|found| decide(&found, &source).map(|model| (found, model)));
    let (found, model) = match again {
        Ok(again) => again,
        Err(error) => {
            report.faults.push(format!("the snapshot cannot be generated from: {error}"));
            return Ok((report, database));
        }
    };
    let own = own::facts(&database)?;
    report.faults = judge(&own, &found.catalog, &model);
    let reading = told::reading(&own, &model);
    if reading.lost > 0 {
        report.faults.push(format!("{} columns are lost", reading.lost));
    }
    report.figures = Some(figures(
        &outcome,
        round_trips,
        &folder,
        [
            own.counts(),
            told::by_catalog(&found.catalog).counts(),
            own.generated().counts(),
            told::by_model(&model).counts(),
        ],
        reading,
    )?);
    Ok((report, database))
}

/// Everything in which the catalog, or the model, is not what the database says.
pub fn judge(own: &facts::Facts, catalog: &Catalog, model: &Model) -> Vec<String> {
    let mut faults = compare::differences(own, &told::by_catalog(catalog), "the catalog");
    faults.extend(compare::differences(&own.generated(), &told::by_model(model), "the crate"));
    faults.extend(compare::unreported(own, &model.diagnostics));
    faults
}

fn figures(
    outcome: &Outcome,
    round_trips: Option<u64>,
    folder: &Path,
    [database, catalog, wanted, generated]: [facts::Counts; 4],
    columns: told::Reading,
) -> Result<Figures, HarnessError> {
    let mut diagnostics: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (_, Diagnostic { kind, .. }) in &outcome.diagnostics {
        *diagnostics.entry(kind.name()).or_default() += 1;
    }
    let milliseconds = outcome.times.iter().map(|(stage, time)| (stage.name(), time.as_secs_f64() * 1000.0)).collect();
    let size = size(folder)?;
    Ok(Figures {
        database,
        catalog,
        wanted,
        generated,
        columns,
        diagnostics,
        statements: outcome.statements,
        round_trips,
        milliseconds,
        files: size.files,
        lines: size.lines,
        bytes: size.bytes,
        check_seconds: None,
        self_test_seconds: None,
        self_test: None,
    })
}

/// How large a crate is.
#[derive(Debug, Default)]
struct Size {
    files: usize,
    /// Of Rust.
    lines: usize,
    bytes: u64,
}

fn size(folder: &Path) -> Result<Size, HarnessError> {
    let reading = |path: &Path| HarnessError::doing(format!("read {}", path.display()));
    let mut size = Size::default();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(reading(&next))? {
            let path = entry.map_err(reading(&next))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).map_err(reading(&path))?;
            size.files += 1;
            size.bytes += bytes.len() as u64;
            if path.extension().is_some_and(|extension| extension == "rs") {
                size.lines += bytes.iter().filter(|byte| **byte == b'\n').count();
            }
        }
    }
    Ok(size)
}
