//! PostgreSQL: seven bulk statements over `pg_catalog` in one read-only snapshot.
//!
//! `queries` holds the statements, `types` tells types by oid and modifier, `lower` makes the catalog.

mod lower;
mod queries;
mod types;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::{DatabaseUrl, Options, ReflectError, Reflection};
use lower::Answer;
use queries::{ColumnRow, NamespaceRow, Oid, Row, ServerRow, Statement};

/// The first version whose catalog is read, as `server_version_num` has it.
const OLDEST: u32 = 120_000;

/// How often to begin anew if the schema changes under the snapshot.
const RETRIES: u32 = 3;

/// Reflects a PostgreSQL database.
pub(super) async fn reflect(url: &DatabaseUrl, options: &Options) -> Result<Reflection, ReflectError> {
    let mut session = Session::open(url).await?;
    let mut answer = session.settled(options).await;
    for _ in 0..RETRIES {
        if !answer.as_ref().is_err_and(has_moved) || session.rollback().await.is_err() {
            break;
        }
        answer = session.settled(options).await;
    }
    let statements = session.close().await;
    let (catalog, diagnostics) = lower::lower(answer?);
    Ok(Reflection { catalog, diagnostics, statements })
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

/// A connection, and what is known of it.
struct Session<'a> {
    url: &'a DatabaseUrl,
    connection: PgConnection,
    version: u32,
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
        Ok(Self { url, connection, version: 0, statements: 0 })
    }

    /// Sends all statements. Their number does not depend on what there is to be read.
    async fn ask(&mut self, options: &Options) -> Result<Answer, ReflectError> {
        self.begin().await?;
        let all: Vec<NamespaceRow> = self.fetch(&queries::NAMESPACES, &[]).await?;
        let namespaces = self.choose(all, options)?;
        let schemas: Vec<Oid> = namespaces.iter().map(|row| row.oid).collect();
        Ok(Answer {
            namespaces,
            types: self.fetch(&queries::TYPES, &schemas).await?,
            relations: self.fetch(&queries::RELATIONS, &schemas).await?,
            columns: self.fetch(&queries::COLUMNS, &schemas).await?,
            constraints: self.fetch(&queries::CONSTRAINTS, &schemas).await?,
            indexes: self.fetch(&queries::INDEXES, &schemas).await?,
            routines: self.fetch(&queries::ROUTINES, &schemas).await?,
        })
    }

    /// Asks, and makes sure that nobody has altered a table meanwhile: what prints definitions looks at the present, and
    /// would name columns otherwise than the snapshot does. So the columns are read once more, in a later snapshot.
    async fn settled(&mut self, options: &Options) -> Result<Answer, ReflectError> {
        let answer = self.ask(options).await?;
        let schemas: Vec<Oid> = answer.namespaces.iter().map(|row| row.oid).collect();
        let end = self.rollback().await;
        end.map_err(|error| ReflectError::query(self.url, "the end of the transaction", error))?;
        self.begin().await?;
        let again: Vec<ColumnRow> = self.fetch(&queries::COLUMNS, &schemas).await?;
        let mut pairs = answer.columns.iter().zip(&again);
        let other = pairs.find(|(before, after)| before != after).map(|(before, _)| before);
        let longer = || if answer.columns.len() > again.len() { answer.columns.last() } else { again.last() };
        let Some(column) = other.or_else(|| longer().filter(|_| answer.columns.len() != again.len())) else {
            return Ok(answer);
        };
        let relation = answer.relations.iter().find(|row| row.oid == column.relation);
        let table = relation.map_or("a new table".to_owned(), |row| format!("{}.{}", row.schema, row.name));
        Err(ReflectError::Changing { url: self.url.to_string(), table })
    }

    /// Opens the snapshot, and learns what server it is.
    async fn begin(&mut self) -> Result<(), ReflectError> {
        self.statements += 1;
        let opening = format!("{}; {}", queries::BEGIN, queries::SETTINGS);
        let rows: Vec<ServerRow> = self.send(opening, "the settings").await?;
        let server = rows.into_iter().next().unwrap_or_default();
        self.version = server.number.parse().unwrap_or_default();
        // What only speaks PostgreSQL's protocol has another catalog.
        if self.version < OLDEST || !server.version.starts_with("PostgreSQL") {
            return Err(ReflectError::Unsupported {
                url: self.url.to_string(),
                version: server.version,
                wanted: "PostgreSQL 12 or later",
            });
        }
        Ok(())
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

    async fn fetch<T: Row>(&mut self, statement: &Statement, schemas: &[Oid]) -> Result<Vec<T>, ReflectError> {
        self.send(statement.text(self.version, schemas), statement.what).await
    }

    /// Sends a statement by the simple protocol: one round trip, where preparing it would take two.
    async fn send<T: Row>(&mut self, text: String, what: &'static str) -> Result<Vec<T>, ReflectError> {
        self.statements += 1;
        let failed = |error| ReflectError::query(self.url, what, error);
        let rows = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(&mut self.connection).await.map_err(failed)?;
        rows.iter().map(T::read).collect::<Result<_, _>>().map_err(failed)
    }

    /// Ends the snapshot.
    async fn rollback(&mut self) -> Result<(), sqlx::Error> {
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
