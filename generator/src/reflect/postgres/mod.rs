//! PostgreSQL: seven bulk statements over `pg_catalog` in one read-only snapshot, and at the end a message that makes sure
//! that nobody altered the schema meanwhile: what prints definitions looks at the present, not at the snapshot.
//!
//! The server works on each connection with one processor, so that two connections share the statements; where there is no
//! second one to be had, the first sends them all.
//!
//! `line` is a connection, and `wire` the way to the server; `queries` holds the statements, `types` tells types by oid and
//! modifier, `lower` makes the catalog, `fingerprint` tells whether any of it would be different from the last time.

mod fingerprint;
mod line;
mod lower;
mod printed;
mod queries;
mod types;
mod wire;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use sqlx::postgres::PgRow;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Answered, DatabaseUrl, Options, Probe, ReflectError, Reflection};
use line::Line;
#[cfg(feature = "cli")]
pub(super) use line::connect_options;
use lower::Answer;
use queries::{MomentRow, NamespaceRow, Oid, Row, ServerRow, SnapshotRow, Statement};

/// The first version whose catalog is read, as `server_version_num` has it.
const OLDEST: u32 = 120_000;

/// How often to begin anew if the schema changes under the snapshot.
const RETRIES: u32 = 3;

/// How long the first connection waits for the second one once it has done its own part. A pooler may let somebody in and
/// then have no connection to the server for them.
const GRACE: Duration = Duration::from_millis(500);

/// Reflects a PostgreSQL database, unless it is as the probe knows it.
pub(super) async fn reflect(url: &DatabaseUrl, options: &Options, probe: Probe<'_>) -> Result<Answered, ReflectError> {
    let mut session = Session::open(url, probe).await?;
    let mut found = session.attempt(options, probe).await;
    for _ in 0..RETRIES {
        if !found.as_ref().is_err_and(has_moved) || session.line.rollback().await.is_err() {
            break;
        }
        found = session.attempt(options, probe).await;
    }
    let statements = session.close().await;
    Ok(match found? {
        Some(reflection) => Answered::Changed(Box::new(Reflection { statements, ..reflection })),
        None => Answered::Unchanged { statements },
    })
}

/// Whether tables were altered meanwhile, or the server could not print an object of the snapshot because it has just been
/// dropped: what prints definitions looks at the present, and calls what it misses there an internal error.
fn has_moved(error: &ReflectError) -> bool {
    let source = match error {
        ReflectError::Changing { .. } => return true,
        ReflectError::Query { source, .. } => source,
        _ => return false,
    };
    source.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "XX000")
}

/// What the first connection reads, beside what tells whether the schema stands still and its fingerprint.
const HERE: [&Statement; 2] = [&queries::TYPES, &queries::COLUMNS];

/// What the second connection reads, which takes about as long.
const THERE: [&Statement; 4] = [&queries::RELATIONS, &queries::CONSTRAINTS, &queries::INDEXES, &queries::ROUTINES];

impl Answer {
    /// Takes a row of the statement at that place of [`HERE`].
    fn take_here(&mut self, at: usize, row: &PgRow) -> Result<(), sqlx::Error> {
        match at {
            0 => push(&mut self.types, row),
            _ => push(&mut self.columns, row),
        }
    }

    /// Takes a row of the statement at that place of [`THERE`].
    fn take_there(&mut self, at: usize, row: &PgRow) -> Result<(), sqlx::Error> {
        match at {
            0 => push(&mut self.relations, row),
            1 => push(&mut self.constraints, row),
            2 => push(&mut self.indexes, row),
            _ => push(&mut self.routines, row),
        }
    }
}

fn push<T: Row>(rows: &mut Vec<T>, row: &PgRow) -> Result<(), sqlx::Error> {
    rows.push(T::read(row)?);
    Ok(())
}

fn moment(rows: Vec<MomentRow>) -> String {
    rows.into_iter().map(|row| row.moment).collect()
}

fn fingerprint_text() -> (&'static str, String) {
    ("the fingerprint", fingerprint::statement())
}

/// A statement's text, and what it reads.
type Text = (&'static str, String);

/// The connection that has the snapshot, and what is known of the server.
struct Session<'a> {
    url: &'a DatabaseUrl,
    line: Line,
    /// The second connection, on its way.
    second: Option<JoinSet<Result<Line, ReflectError>>>,
    /// Whether there may be a second connection.
    has_second: bool,
    /// By what name another connection joins the snapshot.
    snapshot: Option<String>,
    version: u32,
    /// What the server calls itself.
    name: String,
    /// The fingerprint of the snapshot, once the server was asked for it.
    fingerprint: Option<String>,
    /// Statements that were sent on other connections.
    statements: u32,
}

impl<'a> Session<'a> {
    async fn open(url: &'a DatabaseUrl, probe: Probe<'_>) -> Result<Self, ReflectError> {
        // One that may be the only one comes first, and then, unless nothing may have changed, the other one sets out.
        let line = Line::open(url.clone()).await?;
        let second = (!matches!(probe, Probe::Known(_))).then(|| second(url));
        Ok(Self {
            url,
            line,
            second,
            has_second: true,
            snapshot: None,
            version: 0,
            name: String::new(),
            fingerprint: None,
            statements: 0,
        })
    }

    /// Reads everything once, and makes sure that nobody altered the schema meanwhile. Nothing, if the snapshot is the one
    /// that the probe knows.
    async fn attempt(&mut self, options: &Options, probe: Probe<'_>) -> Result<Option<Reflection>, ReflectError> {
        let Some((answer, moment)) = self.ask(options, probe).await? else { return Ok(None) };
        let schemas: Vec<Oid> = answer.namespaces.iter().map(|row| row.oid).collect();
        // The server looks once more while the answers are made into a catalog here.
        let lowered = tokio::task::spawn_blocking(move || lower::lower(answer));
        if self.moment_after(&schemas).await? != moment {
            return Err(ReflectError::Changing { url: self.url.to_string(), table: None });
        }
        let (catalog, diagnostics) = match lowered.await {
            Ok(lowered) => lowered,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        Ok(Some(Reflection { catalog, diagnostics, statements: 0, fingerprint: self.fingerprint.clone() }))
    }

    /// Sends all statements. Their number does not depend on what there is to be read. Nothing, if the snapshot is the one
    /// that the probe knows; else the answers, and what [`queries::MOMENT`] says in the snapshot.
    async fn ask(&mut self, options: &Options, probe: Probe<'_>) -> Result<Option<(Answer, String)>, ReflectError> {
        let all = self.begin(probe).await?;
        if let (Some(found), Probe::Known(known)) = (&self.fingerprint, probe)
            && found == known
        {
            return Ok(None);
        }
        let namespaces = self.choose(all, options)?;
        let schemas: Vec<Oid> = namespaces.iter().map(|row| row.oid).collect();
        let text = |one: &&'static Statement| (one.what, one.text(self.version, &schemas));
        let mut texts: Vec<Text> = HERE.iter().map(text).collect();
        texts.push(text(&&queries::MOMENT));
        let others: Vec<Text> = THERE.iter().map(text).collect();
        let wants_fingerprint = self.fingerprint.is_none() && !matches!(probe, Probe::Off);
        // Beginning anew is rare, and done alone.
        let joined = self.snapshot.take().filter(|_| std::mem::take(&mut self.has_second));
        let joined = joined.map(|snapshot| (snapshot, self.second.take().unwrap_or_else(|| second(self.url))));

        let (mut answer, mut moments, mut parts) = (Answer::default(), Vec::<MomentRow>::new(), Vec::new());
        let here = async {
            let taken = self.line.send(&texts, |at, row| match at < HERE.len() {
                true => answer.take_here(at, row),
                false => push(&mut moments, row),
            });
            taken.await?;
            if wants_fingerprint {
                self.line.send(&[fingerprint_text()], |_, row| push(&mut parts, row)).await?;
            }
            Ok(())
        };
        let there = match joined {
            Some((snapshot, second)) => share(here, second, &snapshot, &others).await?,
            None => here.await.map(|()| None)?,
        };
        let there = match there {
            Some((answer, statements)) => {
                self.statements += statements;
                answer
            }
            None => {
                let mut answer = Answer::default();
                self.line.send(&others, |at, row| answer.take_there(at, row)).await?;
                answer
            }
        };
        if wants_fingerprint {
            self.fingerprint = Some(fingerprint::of(&self.name, parts));
        }
        let answer = Answer { namespaces, types: answer.types, columns: answer.columns, ..there };
        Ok(Some((answer, moment(moments))))
    }

    /// Ends the snapshot, and says what [`queries::MOMENT`] says thereafter.
    async fn moment_after(&mut self, schemas: &[Oid]) -> Result<String, ReflectError> {
        let texts = [
            ("the end of the snapshot", queries::END.to_owned()),
            (queries::MOMENT.what, queries::MOMENT.text(self.version, schemas)),
        ];
        let mut moments: Vec<MomentRow> = Vec::new();
        self.line.end(&texts, |_, row| push(&mut moments, row)).await?;
        Ok(moment(moments))
    }

    /// Opens the snapshot, learns what server it is, and reads the schemas.
    async fn begin(&mut self, probe: Probe<'_>) -> Result<Vec<NamespaceRow>, ReflectError> {
        let begun = self.begin_once(probe).await;
        // Whoever may not hand the snapshot on reads all of it alone.
        let is_refused =
            matches!(&begun, Err(ReflectError::Query { what, .. }) if *what == queries::EXPORT.what) && self.has_second;
        if is_refused && self.line.rollback().await.is_ok() {
            self.has_second = false;
            return self.begin_once(probe).await;
        }
        begun
    }

    async fn begin_once(&mut self, probe: Probe<'_>) -> Result<Vec<NamespaceRow>, ReflectError> {
        let mut texts = vec![
            ("the snapshot", queries::BEGIN.to_owned()),
            ("the settings", queries::SETTINGS.to_owned()),
            (queries::NAMESPACES.what, queries::NAMESPACES.text(OLDEST, &[])),
        ];
        let known = matches!(probe, Probe::Known(_)).then(fingerprint_text);
        texts.extend(known);
        if self.has_second {
            texts.push((queries::EXPORT.what, queries::EXPORT.text(OLDEST, &[])));
        }
        let (mut servers, mut namespaces, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let mut snapshots: Vec<SnapshotRow> = Vec::new();
        let sent = self.line.begin(&texts, |at, row| match texts[at].0 {
            "the settings" => push(&mut servers, row),
            what if what == queries::NAMESPACES.what => push(&mut namespaces, row),
            what if what == queries::EXPORT.what => push(&mut snapshots, row),
            _ => push(&mut parts, row),
        });
        let sent = sent.await;
        // What only speaks PostgreSQL's protocol has another catalog, and may have stumbled over the next statement.
        let server: ServerRow = servers.into_iter().next().unwrap_or_default();
        self.version = server.number.parse().unwrap_or_default();
        let is_known = self.version >= OLDEST && server.version.starts_with("PostgreSQL");
        if !server.version.is_empty() && !is_known {
            return Err(ReflectError::Unsupported {
                url: self.url.to_string(),
                version: server.version,
                wanted: "PostgreSQL 12 or later",
            });
        }
        sent?;
        self.name = server.version;
        self.snapshot = snapshots.into_iter().next().map(|row| row.snapshot);
        self.fingerprint = (!parts.is_empty()).then(|| fingerprint::of(&self.name, parts));
        Ok(namespaces)
    }

    /// The schemas that were asked for. Without globs, those that extensions made for themselves are left out.
    fn choose(&self, all: Vec<NamespaceRow>, options: &Options) -> Result<Vec<NamespaceRow>, ReflectError> {
        let names = || all.iter().map(|row| row.name.as_str());
        if !options.schemas.is_empty() && !names().any(|name| options.wants_schema(name)) {
            let mut found: Vec<_> = names().collect();
            found.sort_unstable();
            return Err(ReflectError::NoSchema {
                url: self.url.to_string(),
                asked: options.schemas.iter().map(|glob| glob.glob().glob()).collect::<Vec<_>>().join(", "),
                found: if found.is_empty() { "none".to_owned() } else { found.join(", ") },
            });
        }
        let by_glob = !options.schemas.is_empty();
        Ok(all.into_iter().filter(|row| options.wants_schema(&row.name) && (by_glob || !row.of_extension)).collect())
    }

    /// Ends the snapshot and takes leave, and says how many statements were sent.
    async fn close(self) -> u32 {
        self.statements + self.line.close().await
    }
}

/// The fingerprint alone, in the settings of a connection.
#[cfg(feature = "cli")]
pub(super) async fn fingerprint(listener: &mut sqlx::postgres::PgListener) -> Result<String, sqlx::Error> {
    use sqlx::{AssertSqlSafe, Executor as _};
    let rows = listener.fetch_all(sqlx::raw_sql(AssertSqlSafe(fingerprint::statement()))).await?;
    let rows = rows.iter().map(Row::read).collect::<Result<Vec<_>, _>>()?;
    Ok(fingerprint::of("", rows))
}

/// Prepares statements and says what the server answers.
pub(super) async fn prepare(
    url: &DatabaseUrl,
    statements: &[String],
) -> Result<Vec<super::prepare::Answer>, ReflectError> {
    let mut line = Line::open(url.clone()).await?;
    let mut answers = Vec::with_capacity(statements.len());
    for statement in statements {
        answers.push(line.prepare(statement).await?);
    }
    line.close().await;
    Ok(answers)
}

/// A second connection to the database. Dropping it gives it up.
fn second(url: &DatabaseUrl) -> JoinSet<Result<Line, ReflectError>> {
    let mut opening = JoinSet::new();
    opening.spawn(Line::open(url.clone()));
    opening
}

/// Reads on two connections at once: what `here` does, and what the second connection answers in the same snapshot, with
/// the number of statements that it took. Nothing of the latter where there is no second connection to be had.
async fn share(
    here: impl Future<Output = Result<(), ReflectError>>,
    second: JoinSet<Result<Line, ReflectError>>,
    snapshot: &str,
    texts: &[Text],
) -> Result<Option<(Answer, u32)>, ReflectError> {
    let has_joined = AtomicBool::new(false);
    match select(pin!(here), pin!(join(second, snapshot, texts, &has_joined))).await {
        Either::Left((here, mut there)) => {
            here?;
            match timeout(GRACE, &mut there).await {
                Ok(there) => there,
                Err(_) if has_joined.load(Ordering::Relaxed) => there.await,
                Err(_) => Ok(None),
            }
        }
        Either::Right((there, here)) => {
            // A connection is fit for more only when it has been heard out.
            here.await?;
            there
        }
    }
}

/// Joins the snapshot, says so, and reads what the statements answer.
async fn join(
    mut second: JoinSet<Result<Line, ReflectError>>,
    snapshot: &str,
    texts: &[Text],
    has_joined: &AtomicBool,
) -> Result<Option<(Answer, u32)>, ReflectError> {
    let Some(Ok(Ok(mut line))) = second.join_next().await else { return Ok(None) };
    let mut all = vec![
        ("the second snapshot", queries::BEGIN.to_owned()),
        ("the first snapshot again", queries::join(snapshot)),
        ("the settings", queries::SETTINGS.to_owned()),
    ];
    let before = all.len();
    all.extend(texts.iter().cloned());
    let mut answer = Answer::default();
    let sent = line.begin(&all, |at, row| {
        has_joined.store(true, Ordering::Relaxed);
        if at < before { Ok(()) } else { answer.take_there(at - before, row) }
    });
    match sent.await {
        Ok(()) => Ok(Some((answer, line.close().await))),
        Err(error) if has_joined.load(Ordering::Relaxed) => Err(error),
        // A pooler may have led it to another server, which knows nothing of that snapshot.
        Err(_) => Ok(None),
    }
}
