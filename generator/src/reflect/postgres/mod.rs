//! PostgreSQL: seven bulk statements over `pg_catalog` in one read-only snapshot, in two round trips, and a third that makes
//! sure that nobody altered the schema meanwhile: what prints definitions looks at the present, not at the snapshot.
//!
//! `queries` holds the statements, `types` tells types by oid and modifier, `lower` makes the catalog, `fingerprint` tells
//! whether any of it would be different from the last time.

mod fingerprint;
mod lower;
mod queries;
mod types;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, PgConnection};

use super::{Answered, DatabaseUrl, Options, Probe, ReflectError, Reflection};
use lower::Answer;
use queries::{FingerprintRow, MomentRow, NamespaceRow, Oid, Row, ServerRow, Statement};

/// The first version whose catalog is read, as `server_version_num` has it.
const OLDEST: u32 = 120_000;

/// How often to begin anew if the schema changes under the snapshot.
const RETRIES: u32 = 3;

/// Reflects a PostgreSQL database, unless it is as the probe knows it.
pub(super) async fn reflect(url: &DatabaseUrl, options: &Options, probe: Probe<'_>) -> Result<Answered, ReflectError> {
    let mut session = Session::open(url).await?;
    let mut found = session.attempt(options, probe).await;
    for _ in 0..RETRIES {
        if !found.as_ref().is_err_and(has_moved) || session.rollback().await.is_err() {
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

/// The statements that read everything but the schemas, in the order in which [`Answer::take`] expects their rows.
const BULK: [&Statement; 6] = [
    &queries::TYPES,
    &queries::RELATIONS,
    &queries::COLUMNS,
    &queries::CONSTRAINTS,
    &queries::INDEXES,
    &queries::ROUTINES,
];

impl Answer {
    /// Takes a row of the statement at that place of [`BULK`].
    fn take(&mut self, at: usize, row: &PgRow) -> Result<(), sqlx::Error> {
        match at {
            0 => push(&mut self.types, row),
            1 => push(&mut self.relations, row),
            2 => push(&mut self.columns, row),
            3 => push(&mut self.constraints, row),
            4 => push(&mut self.indexes, row),
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

/// A connection, and what is known of it.
struct Session<'a> {
    url: &'a DatabaseUrl,
    connection: PgConnection,
    version: u32,
    /// What the server calls itself.
    name: String,
    /// The fingerprint of the snapshot, once the server was asked for it.
    fingerprint: Option<String>,
    /// Whether a snapshot is open.
    is_open: bool,
    statements: u32,
}

impl<'a> Session<'a> {
    async fn open(url: &'a DatabaseUrl) -> Result<Self, ReflectError> {
        let failed = |error| ReflectError::connect(url, error);
        let patience = url.patience().map_err(|error| failed(sqlx::Error::Configuration(error.into())))?;
        let mut options: PgConnectOptions = url.secret().parse().map_err(failed)?;
        if options.get_application_name().is_none() {
            options = options.application_name("tablature");
        }
        // Poolers refuse settings that they do not know; the snapshot makes its own.
        options = options.extra_float_digits(None).disable_statement_logging();
        let connection = match tokio::time::timeout(patience, PgConnection::connect_with(&options)).await {
            Ok(connection) => connection.map_err(failed)?,
            Err(_) => return Err(ReflectError::silent(url, patience)),
        };
        Ok(Self { url, connection, version: 0, name: String::new(), fingerprint: None, is_open: false, statements: 0 })
    }

    /// Reads everything once, and makes sure that nobody altered the schema meanwhile. Nothing, if the snapshot is the one
    /// that the probe knows.
    async fn attempt(&mut self, options: &Options, probe: Probe<'_>) -> Result<Option<Reflection>, ReflectError> {
        let Some((answer, moment)) = self.ask(options, probe).await? else { return Ok(None) };
        let schemas: Vec<Oid> = answer.namespaces.iter().map(|row| row.oid).collect();
        // The server works out the fingerprint of the snapshot while the answers are made into a catalog here.
        let lowered = tokio::task::spawn_blocking(move || lower::lower(answer));
        let fingerprint = match (&self.fingerprint, probe) {
            (Some(known), _) => Some(known.clone()),
            (None, Probe::Off) => None,
            (None, _) => Some(self.fingerprint().await?),
        };
        if self.moment_after(&schemas).await? != moment {
            return Err(ReflectError::Changing { url: self.url.to_string(), table: None });
        }
        let (catalog, diagnostics) = match lowered.await {
            Ok(lowered) => lowered,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        Ok(Some(Reflection { catalog, diagnostics, statements: self.statements, fingerprint }))
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
        let mut answer = Answer { namespaces, ..Answer::default() };
        let mut moments: Vec<MomentRow> = Vec::new();
        let statements = BULK.into_iter().chain([&queries::MOMENT]);
        let texts: Vec<_> = statements.map(|one| (one.what, one.text(self.version, &schemas))).collect();
        let taken = self.send(&texts, |at, row| match at < BULK.len() {
            true => answer.take(at, row),
            false => push(&mut moments, row),
        });
        taken.await?;
        Ok(Some((answer, moment(moments))))
    }

    /// Ends the snapshot, and says what [`queries::MOMENT`] says thereafter.
    async fn moment_after(&mut self, schemas: &[Oid]) -> Result<String, ReflectError> {
        let texts = [
            ("the end of the snapshot", queries::END.to_owned()),
            (queries::MOMENT.what, queries::MOMENT.text(self.version, schemas)),
        ];
        let mut moments: Vec<MomentRow> = Vec::new();
        self.send(&texts, |_, row| push(&mut moments, row)).await?;
        self.is_open = false;
        Ok(moment(moments))
    }

    /// Opens the snapshot, learns what server it is, and reads the schemas.
    async fn begin(&mut self, probe: Probe<'_>) -> Result<Vec<NamespaceRow>, ReflectError> {
        let mut texts = vec![
            ("the snapshot", queries::BEGIN.to_owned()),
            ("the settings", queries::SETTINGS.to_owned()),
            (queries::NAMESPACES.what, queries::NAMESPACES.text(OLDEST, &[])),
        ];
        if matches!(probe, Probe::Known(_)) {
            texts.push(fingerprint_text());
        }
        self.is_open = true;
        let (mut servers, mut namespaces, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let sent = self.send(&texts, |at, row| match at {
            1 => push(&mut servers, row),
            2 => push(&mut namespaces, row),
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
        self.fingerprint = (!parts.is_empty()).then(|| fingerprint::of(&self.name, parts));
        Ok(namespaces)
    }

    /// The fingerprint of the snapshot.
    async fn fingerprint(&mut self) -> Result<String, ReflectError> {
        let mut parts: Vec<FingerprintRow> = Vec::new();
        self.send(&[fingerprint_text()], |_, row| push(&mut parts, row)).await?;
        Ok(fingerprint::of(&self.name, parts))
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

    /// Sends statements in one message by the simple protocol, where preparing each would take two round trips, and hands
    /// their rows on as they come, with the place of their statement. The server works on while rows are read here.
    async fn send(
        &mut self,
        statements: &[(&'static str, String)],
        mut take: impl FnMut(usize, &PgRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), ReflectError> {
        self.statements += u32::try_from(statements.len()).unwrap_or(u32::MAX);
        let text = statements.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(";\n");
        let mut at = 0;
        let mut results = sqlx::raw_sql(AssertSqlSafe(text)).fetch_many(&mut self.connection);
        loop {
            let step = match results.try_next().await {
                Ok(Some(Either::Left(_))) => {
                    at += 1;
                    Ok(())
                }
                Ok(Some(Either::Right(row))) => take(at, &row),
                Ok(None) => return Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = step {
                let what = statements.get(at).map_or("the answers", |(what, _)| *what);
                return Err(ReflectError::query(self.url, what, error));
            }
        }
    }

    /// Ends the snapshot, if one is open.
    async fn rollback(&mut self) -> Result<(), sqlx::Error> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        self.statements += 1;
        sqlx::raw_sql(queries::END).execute(&mut self.connection).await.map(drop)
    }

    /// Ends the snapshot and takes leave. Everything has been read by then, so that a failure means nothing any more.
    async fn close(mut self) -> u32 {
        if self.rollback().await.is_ok() {
            let _ = self.connection.close().await;
        }
        self.statements
    }
}
