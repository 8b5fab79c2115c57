//! The whole way from a source to a crate on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalog::{Catalog, Diagnostic, DiagnosticKind, Snapshot, SnapshotError};
use crate::config::{Origin, Severity, Source};
use crate::last_run::{LastRun, Memory};
use crate::output::{self, Mode, SyncError, SyncReport, sync};
use crate::parallel;
use crate::render::{CACHE_LAYOUT_FILE, Printed, RenderError, SNAPSHOT_FILE, previous_layouts, render_again};
use crate::resolve::{Model, Previous, PreviousLayouts, previous_names, resolve, select, unused_entries};

/// A step of [`codegen`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The database, or the snapshot, is read.
    Reflect,
    /// Names and types are decided.
    Resolve,
    /// Files are made in memory.
    Render,
    /// Files are compared and written.
    Sync,
}

impl Stage {
    /// All steps in order.
    pub const ALL: [Self; 4] = [Self::Reflect, Self::Resolve, Self::Render, Self::Sync];

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reflect => "reflect",
            Self::Resolve => "resolve",
            Self::Render => "render",
            Self::Sync => "sync",
        }
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What happened to the files.
    pub files: SyncReport,
    /// What was found, in figures.
    pub counts: Counts,
    /// What could not be expressed, each with its severity.
    pub diagnostics: Vec<(Severity, Diagnostic)>,
    /// How long each step took.
    pub times: Vec<(Stage, Duration)>,
    /// How many statements were sent to the database; zero for a snapshot.
    pub statements: u32,
    /// Whether it came to light before anything was decided that nothing had changed since the last run.
    pub was_known: bool,
}

/// What a crate holds, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Relations.
    pub relations: usize,
    /// Columns of relations.
    pub columns: usize,
    /// Primary, unique and foreign keys.
    pub keys: usize,
    /// Enumerations, composite types and domains.
    pub types: usize,
}

/// Why a crate was not made. Whatever stood in its folder is as it was.
#[derive(Debug, Error)]
pub enum CodegenError {
    /// The database could not be reflected.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Reflect(#[from] crate::reflect::ReflectError),
    /// The URL is of no known kind.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Url(#[from] crate::reflect::UrlError),
    /// A setting that was needed only now is no good.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The migrations could not be applied.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Migrations(#[from] crate::migrate::MigrationError),
    /// This build cannot open connections.
    #[cfg(not(feature = "live"))]
    #[error("this build of tablature has no database drivers; give --offline, or build it with the feature `live`")]
    NotLive,
    /// The snapshot is of no use.
    #[error("{}: {source}", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SnapshotError,
    },
    /// There is no snapshot.
    #[error("there is no snapshot at {}; run `tablature codegen` once without --offline to make it", .0.display())]
    NoSnapshot(PathBuf),
    /// The cache layout of the last run is of no use.
    #[error(
        "{}: the cache layout cannot be read ({reason}), and with it goes the knowledge of which keys to invalidate; restore it \
         from version control, or delete it to start anew",
        path.display()
    )]
    CacheLayout {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The configuration speaks of things that are not there.
    #[error("the configuration names what is not in the schema: {}; mend or remove it", .0.join(", "))]
    Unused(Vec<String>),
    /// There is nothing to generate.
    #[error(
        "{0} has no tables or views that can be read{1}; nothing was generated. Is it the right database, have its migrations \
         run, and may the role SELECT?"
    )]
    Empty(String, String),
    /// There is something, and none of it is wanted.
    #[error("the configuration leaves out every relation of {0}; nothing was generated. Mend `include` or `exclude`")]
    NothingLeft(String),
    /// Diagnostics that count as errors.
    #[error("{}", listed(.0))]
    Diagnostics(Vec<Diagnostic>),
    /// The model could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The files could not be written.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The user asked to stop.
    #[error("interrupted; nothing was changed")]
    Interrupted,
}

fn listed(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::from("nothing was written, for the configuration counts these as errors:");
    for diagnostic in diagnostics {
        text.push_str(&format!("\n  {}: {}: {}", diagnostic.kind, diagnostic.path, diagnostic.message));
    }
    text
}

/// A schema as it was found, before anything is decided.
#[derive(Clone, Debug)]
pub struct Found {
    /// The schema, without what the configuration leaves out.
    pub catalog: Catalog,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// How many statements were sent.
    pub statements: u32,
}

/// Makes, checks or tries a crate. `progress` is told of every step that begins.
///
/// # Errors
/// See [`CodegenError`]; whatever stood in the output folder is as it was.
pub fn codegen(
    source: &Source,
    mode: Mode,
    interrupted: &AtomicBool,
    mut progress: impl FnMut(Stage),
) -> Result<Outcome, CodegenError> {
    let mut clock = Clock::default();
    progress(Stage::Reflect);
    if interrupted.load(Ordering::Relaxed) {
        return Err(CodegenError::Interrupted);
    }
    let memory = Memory::of(source);
    let last = memory.as_ref().and_then(|memory| unedited(memory, source));
    let schema = last.as_ref().map(|last| last.schema.as_str());
    let found = clock.time(Stage::Reflect, || look(source, memory.is_some(), schema, interrupted))?;
    let (found, fingerprint) = match (found, last) {
        (Looked::Unchanged { statements }, Some(last)) => return Ok(known(source, last, clock.times, statements)),
        (Looked::Unchanged { .. }, None) => unreachable!("nothing was known that could be the same"),
        (Looked::Found(found, fingerprint), _) => (found, fingerprint),
    };
    make(source, *found, fingerprint, mode, interrupted, progress, Run { clock, printed: None })
}

/// Makes, checks or tries a crate of a schema that was read already. See [`codegen`].
///
/// # Errors
/// As [`codegen`].
pub(crate) fn make(
    source: &Source,
    found: Found,
    fingerprint: Option<String>,
    mode: Mode,
    interrupted: &AtomicBool,
    mut progress: impl FnMut(Stage),
    Run { mut clock, printed }: Run<'_>,
) -> Result<Outcome, CodegenError> {
    let mut begin = |stage| {
        progress(stage);
        if interrupted.load(Ordering::Relaxed) { Err(CodegenError::Interrupted) } else { Ok(()) }
    };
    begin(Stage::Resolve)?;
    let model = clock.time(Stage::Resolve, || decide(&found, source))?;
    let diagnostics = with_severities(source, &model.diagnostics);
    let errors: Vec<Diagnostic> =
        diagnostics.iter().filter(|(severity, _)| *severity == Severity::Error).map(|(_, d)| d.clone()).collect();
    if !errors.is_empty() {
        return Err(CodegenError::Diagnostics(errors));
    }
    begin(Stage::Render)?;
    let counts = count(&model);
    let statements = found.statements;
    let snapshot = Snapshot::new(found.catalog, model.renamed.clone(), model.diagnostics.clone());
    let rendered = clock.time(Stage::Render, || render_again(&model, &snapshot, source, printed))?;
    begin(Stage::Sync)?;
    let files = clock.time(Stage::Sync, || sync(&source.output, &rendered, mode, interrupted))?;
    // Only of a crate that is now as it should be is there anything to remember; its folder may not have been there before.
    if let (Some(memory), Some(fingerprint)) = (Memory::of(source), fingerprint)
        && (mode == Mode::Write || files.changes.is_empty())
    {
        let digest = output::of_files(&rendered, parallel::threads(source.threads));
        let times = verified_times(source, &digest);
        memory.keep(LastRun {
            tool: String::new(),
            schema: fingerprint,
            files: digest,
            times,
            count: rendered.len(),
            counts,
            diagnostics: model.diagnostics,
        });
    }
    Ok(Outcome { files, counts, diagnostics, times: clock.times, statements, was_known: false })
}

/// What is known of a crate from the last run, as far as there is a memory of one.
pub(crate) enum Known {
    /// Nothing: there is no memory, or the crate or what it is made by is not what it was then.
    Nothing,
    /// Neither the schema, nor the crate, nor anything that it is made by has changed: all of them agree.
    All,
    /// The crate is as it was left, and so agrees with its snapshot; the schema is this one, and may differ from it.
    Crate(Box<Found>),
}

/// Looks at what the last run left, and at the schema.
///
/// # Errors
/// Where the schema cannot be read, or is empty.
pub(crate) fn recall(source: &Source, interrupted: &AtomicBool) -> Result<Known, CodegenError> {
    let last = Memory::of(source).and_then(|memory| unedited(&memory, source));
    let Some(last) = last else { return Ok(Known::Nothing) };
    match look(source, true, Some(&last.schema), interrupted) {
        Ok(Looked::Unchanged { .. }) => Ok(Known::All),
        Ok(Looked::Found(found, _)) => Ok(Known::Crate(found)),
        // What the configuration names has gone, which is a change.
        Err(CodegenError::Unused(_)) => Ok(Known::Nothing),
        Err(error) => Err(error),
    }
}

fn with_severities(source: &Source, diagnostics: &[Diagnostic]) -> Vec<(Severity, Diagnostic)> {
    diagnostics.iter().map(|diagnostic| (source.severity(diagnostic.kind), diagnostic.clone())).collect()
}

/// What the last run left, if the crate is still what it was then.
fn unedited(memory: &Memory, source: &Source) -> Option<LastRun> {
    let mut last = memory.recall()?;
    if source.by_times {
        if last.times.is_some() && last.times == output::times_of(&source.output) {
            return Some(last);
        }
        last.times = Some(verified_times(source, &last.files)?);
        memory.keep(last.clone());
        return Some(last);
    }
    let files = output::of_folder(&source.output, parallel::threads(source.threads))?;
    (files == last.files).then_some(last)
}

/// The times and lengths of the crate's files, if that is wanted and their content is as it should be: looked at in this order,
/// so that who edits a file meanwhile changes its time.
fn verified_times(source: &Source, files: &str) -> Option<String> {
    let times = if source.by_times { output::times_of(&source.output)? } else { return None };
    let found = output::of_folder(&source.output, parallel::threads(source.threads))?;
    (found == files).then_some(times)
}

/// What the last run came to, said again.
fn known(source: &Source, last: LastRun, times: Vec<(Stage, Duration)>, statements: u32) -> Outcome {
    Outcome {
        files: SyncReport { changes: Vec::new(), unchanged: last.count },
        counts: last.counts,
        diagnostics: with_severities(source, &last.diagnostics),
        times,
        statements,
        was_known: true,
    }
}

/// What became of looking at the schema.
pub(crate) enum Looked {
    /// It is the one that the last run saw.
    Unchanged {
        /// How many statements that took.
        statements: u32,
    },
    /// What it is, and its fingerprint if that is wanted.
    Found(Box<Found>, Option<String>),
}

/// Reads the schema from where the source says, unless it is the one that is known by its fingerprint.
///
/// # Errors
/// Where it cannot be read, is empty, or lacks what the configuration names.
pub(crate) fn look(
    source: &Source,
    #[cfg_attr(
        not(feature = "live"),
        expect(
            unused_variables,
            reason = "a snapshot is known by its file alone, and there is nothing else to look at"
        )
    )]
    wants_fingerprint: bool,
    known: Option<&str>,
    interrupted: &AtomicBool,
) -> Result<Looked, CodegenError> {
    let unchanged = Ok(Looked::Unchanged { statements: 0 });
    match &source.origin {
        // The snapshot is one of the crate's own files.
        Origin::Snapshot if known == Some(FROM_SNAPSHOT) => unchanged,
        Origin::Snapshot => Ok(Looked::Found(Box::new(find(source, interrupted)?), Some(FROM_SNAPSHOT.to_owned()))),
        #[cfg(feature = "live")]
        Origin::Migrations(folder) => {
            // One that cannot be read will be an error in a moment.
            let digest = if wants_fingerprint { crate::last_run::of_folder(folder).ok() } else { None };
            if digest.is_some() && digest.as_deref() == known {
                return unchanged;
            }
            Ok(Looked::Found(Box::new(find(source, interrupted)?), digest))
        }
        #[cfg(feature = "live")]
        Origin::Url(url) if wants_fingerprint => match probe(url, source, known, interrupted)? {
            crate::reflect::Answered::Unchanged { statements } => Ok(Looked::Unchanged { statements }),
            crate::reflect::Answered::Changed(mut reflection) => {
                let fingerprint = reflection.fingerprint.take();
                Ok(Looked::Found(Box::new(chosen((*reflection).into(), source, true)?), fingerprint))
            }
        },
        _ => Ok(Looked::Found(Box::new(find(source, interrupted)?), None)),
    }
}

/// What stands for the schema's fingerprint where it is read from the crate itself.
const FROM_SNAPSHOT: &str = "snapshot";

/// What a run has besides what it is told.
#[derive(Default)]
pub(crate) struct Run<'a> {
    /// How long the steps before it took.
    pub(crate) clock: Clock,
    /// What earlier runs of this process printed.
    pub(crate) printed: Option<&'a Printed>,
}

/// How long each step took.
#[derive(Default)]
pub(crate) struct Clock {
    times: Vec<(Stage, Duration)>,
}

impl Clock {
    /// Does the work of a step.
    pub(crate) fn time<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.times.push((stage, start.elapsed()));
        result
    }
}

/// Reads the schema from where the source says, and keeps what is asked for.
///
/// # Errors
/// Where it cannot be read, is empty, or lacks what the configuration names.
pub fn find(source: &Source, interrupted: &AtomicBool) -> Result<Found, CodegenError> {
    chosen(everything(source, interrupted)?, source, source.origin != Origin::Snapshot)
}

/// As [`find`], of a schema that may have lost what the configuration names: that is for the one to tell who compares it with
/// what was there before.
///
/// # Errors
/// Where it cannot be read, or is empty.
pub(crate) fn find_whatever_is_configured(source: &Source, interrupted: &AtomicBool) -> Result<Found, CodegenError> {
    kept(not_empty(everything(source, interrupted)?, source)?, source)
}

/// What the configuration wants of a schema that was read already.
///
/// # Errors
/// Where it is empty, or nothing of it is wanted.
#[cfg(feature = "live")]
pub(crate) fn selected(catalog: Catalog, diagnostics: Vec<Diagnostic>, source: &Source) -> Result<Found, CodegenError> {
    kept(not_empty(Found { catalog, diagnostics, statements: 0 }, source)?, source)
}

fn everything(source: &Source, interrupted: &AtomicBool) -> Result<Found, CodegenError> {
    match &source.origin {
        Origin::Snapshot => from_snapshot(source.history()),
        Origin::Url(url) => from_url(url, source, interrupted),
        Origin::Migrations(folder) => from_migrations(folder, source, interrupted),
    }
}

/// Keeps what is asked for. `whole` is for a schema from which nothing has been left out yet.
fn chosen(found: Found, source: &Source, whole: bool) -> Result<Found, CodegenError> {
    let found = not_empty(found, source)?;
    let unused = unused_entries(&found.catalog, &found.diagnostics, source, whole);
    if !unused.is_empty() {
        return Err(CodegenError::Unused(unused));
    }
    kept(found, source)
}

fn not_empty(found: Found, source: &Source) -> Result<Found, CodegenError> {
    if found.catalog.relations.is_empty() {
        let unread = match found.diagnostics.len() {
            0 => String::new(),
            n => format!(" ({n} cannot)"),
        };
        return Err(CodegenError::Empty(named(&source.origin), unread));
    }
    Ok(found)
}

fn kept(mut found: Found, source: &Source) -> Result<Found, CodegenError> {
    select(&mut found.catalog, &mut found.diagnostics, source);
    if found.catalog.relations.is_empty() {
        return Err(CodegenError::NothingLeft(named(&source.origin)));
    }
    Ok(found)
}

/// Where a schema comes from, in words and without a password.
pub(crate) fn named(origin: &Origin) -> String {
    match origin {
        Origin::Snapshot => "the snapshot".to_owned(),
        Origin::Migrations(folder) => format!("the schema that {} makes", folder.display()),
        #[cfg(feature = "live")]
        Origin::Url(url) => {
            crate::reflect::DatabaseUrl::parse(url).map_or_else(|e| e.to_string(), |url| url.to_string())
        }
        #[cfg(not(feature = "live"))]
        Origin::Url(_) => "the database".to_owned(),
    }
}

/// Decides everything, with what the crate of the last run remembers.
///
/// # Errors
/// Where the cache layout or the snapshot of the last run cannot be read.
pub fn decide(found: &Found, source: &Source) -> Result<Model, CodegenError> {
    let layouts = read_layouts(source.history())?;
    let previous = match read_snapshot(source.history()) {
        Ok(Some(last)) => previous_names(last, source),
        // An older form is about to be replaced; names are decided as for the first time. A damaged one is an error, for
        // with it would go what things are called.
        Ok(None) | Err(CodegenError::Snapshot { source: SnapshotError::Older { .. }, .. }) => Previous::default(),
        Err(error) => return Err(error),
    };
    Ok(resolve(&found.catalog, &found.diagnostics, source, &previous, &layouts))
}

fn count(model: &Model) -> Counts {
    let entities = || model.modules.iter().flat_map(|module| &module.entities);
    Counts {
        relations: entities().count(),
        columns: entities().map(|entity| entity.fields.len()).sum(),
        keys: entities()
            .map(|e| usize::from(!e.primary_key.is_empty()) + e.unique_keys.len() + e.foreign_keys.len())
            .sum(),
        types: model.modules.iter().map(|module| module.types.len()).sum::<usize>()
            + entities().map(|entity| entity.enums.len()).sum::<usize>(),
    }
}

/// What reflection reports; the rest is found anew by resolution.
const FROM_REFLECTION: &[DiagnosticKind] = &[
    DiagnosticKind::UnreadableRelation,
    DiagnosticKind::BrokenView,
    DiagnosticKind::UntracedView,
    DiagnosticKind::MissingProvider,
    DiagnosticKind::DanglingForeignKey,
    DiagnosticKind::HiddenForeignKeyActions,
];

fn from_snapshot(output: &Path) -> Result<Found, CodegenError> {
    let snapshot = read_snapshot(output)?.ok_or_else(|| CodegenError::NoSnapshot(output.join(SNAPSHOT_FILE)))?;
    let mut diagnostics = snapshot.diagnostics;
    diagnostics.retain(|diagnostic| FROM_REFLECTION.contains(&diagnostic.kind));
    Ok(Found { catalog: snapshot.catalog, diagnostics, statements: 0 })
}

pub(crate) fn read_snapshot(output: &Path) -> Result<Option<Snapshot>, CodegenError> {
    let path = output.join(SNAPSHOT_FILE);
    let Some(text) = read(&path)? else { return Ok(None) };
    Snapshot::from_json(&text).map(Some).map_err(|source| CodegenError::Snapshot { path, source })
}

fn read_layouts(output: &Path) -> Result<PreviousLayouts, CodegenError> {
    let path = output.join(CACHE_LAYOUT_FILE);
    let Some(text) = read(&path)? else { return Ok(PreviousLayouts::default()) };
    // A file of somebody else's is not read; writing will find it in the way.
    if !crate::output::is_marked(&text) {
        return Ok(PreviousLayouts::default());
    }
    previous_layouts(&text).map_err(|error| CodegenError::CacheLayout { path, reason: error.to_string() })
}

/// The text of a file; `None` if there is none.
fn read(path: &Path) -> Result<Option<String>, CodegenError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(CodegenError::Read { path: path.to_owned(), source }),
    }
}

#[cfg(feature = "live")]
fn from_url(url: &str, source: &Source, interrupted: &AtomicBool) -> Result<Found, CodegenError> {
    use crate::reflect::{DatabaseUrl, reflect};
    let url = DatabaseUrl::parse(url)?;
    let options = options(source)?;
    Ok(block_on(interrupted, async { Ok(reflect(&url, &options).await?) })?.into())
}

/// Reflects the database, unless it has the fingerprint that is known.
#[cfg(feature = "live")]
fn probe(
    url: &str,
    source: &Source,
    known: Option<&str>,
    interrupted: &AtomicBool,
) -> Result<crate::reflect::Answered, CodegenError> {
    use crate::reflect::{DatabaseUrl, reflect_if_changed};
    let url = DatabaseUrl::parse(url)?;
    let options = options(source)?;
    block_on(interrupted, async { Ok(reflect_if_changed(&url, &options, known).await?) })
}

#[cfg(feature = "live")]
impl From<crate::reflect::Reflection> for Found {
    fn from(reflection: crate::reflect::Reflection) -> Self {
        Self { catalog: reflection.catalog, diagnostics: reflection.diagnostics, statements: reflection.statements }
    }
}

#[cfg(feature = "live")]
fn from_migrations(folder: &Path, source: &Source, interrupted: &AtomicBool) -> Result<Found, CodegenError> {
    let options = options(source)?;
    let Some(server) = &source.scratch_url else {
        let reflection = block_on(interrupted, async {
            let scratch = crate::migrate::scratch_sqlite(folder).await?;
            Ok(crate::reflect::reflect(scratch.url(), &options).await?)
        })?;
        return Ok(reflection.into());
    };
    let server = crate::config::expand("scratch_url", server)?;
    let scratch = block_on(interrupted, async { Ok(crate::migrate::ServerScratch::create(&server).await?) })?;
    let reflection = block_on(interrupted, async {
        scratch.apply(folder).await?;
        Ok(crate::reflect::reflect(scratch.url(), &options).await?)
    });
    // However it ends, the database is dropped.
    let dropped = block_on(&AtomicBool::new(false), async { Ok(scratch.drop_database().await?) });
    let reflection = reflection?;
    dropped?;
    Ok(reflection.into())
}

#[cfg(feature = "live")]
fn options(source: &Source) -> Result<crate::reflect::Options, CodegenError> {
    let schemas = source.schemas.iter().map(|text| crate::config::glob(text, text)).collect::<Result<Vec<_>, _>>();
    let schemas = schemas.map_err(|error| CodegenError::Unused(vec![format!("schema glob: {error}")]))?;
    Ok(crate::reflect::Options { schemas })
}

/// Runs work that waits for a database until it is done, or until the user asks to stop.
#[cfg(feature = "live")]
fn block_on<T>(
    interrupted: &AtomicBool,
    work: impl Future<Output = Result<T, CodegenError>>,
) -> Result<T, CodegenError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(crate::reflect::ReflectError::Runtime)?;
    runtime.block_on(async {
        let stop = async {
            while !interrupted.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            result = work => result,
            () = stop => Err(CodegenError::Interrupted),
        }
    })
}

#[cfg(not(feature = "live"))]
fn from_url(_: &str, _: &Source, _: &AtomicBool) -> Result<Found, CodegenError> {
    Err(CodegenError::NotLive)
}

#[cfg(not(feature = "live"))]
fn from_migrations(_: &Path, _: &Source, _: &AtomicBool) -> Result<Found, CodegenError> {
    Err(CodegenError::NotLive)
}
