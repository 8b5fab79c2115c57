//! MySQL and MariaDB, from `information_schema`.
//!
//! What a role that may only read does not see there is either read elsewhere ([`queries::show_create`]) or left out for
//! everybody (routines), so that the catalog does not depend on who asks. The queries of views alone are used where they are
//! shown, for the columns of tables that views show stand nowhere else; a role without SHOW VIEW is told what it misses.

mod lower;
mod queries;
mod sql;
mod types;

use std::collections::BTreeMap;
use std::str::FromStr;

use sea_schema::mysql::def::SystemInfo;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, SqlSafeStr as _};

use self::lower::{Answers, ColumnKey, Key};
use self::queries::{Bulk, ColumnRow, Features, Labelled, ProbeRow, SchemaRow, Shown, ViewRow};
use super::prepare::{Answer, answer, number};
use super::{DatabaseUrl, Options, ReflectError, Reflection};
use crate::catalog::{Engine, QName};

pub(super) async fn reflect(url: &DatabaseUrl, options: &Options) -> Result<Reflection, ReflectError> {
    let mut session = Session::open(url).await?;
    let server = session.server().await?;
    let all = session.bulk(&server, &[]).await?;
    let schemas = wanted(url, options, &server, all)?;
    let names: Vec<String> = schemas.iter().map(|schema| schema.name.clone()).collect();
    let answers = session.settled(&server, schemas, &names).await?;
    let statements = session.close().await?;
    let (catalog, diagnostics) = lower::lower(&server, answers);
    Ok(Reflection { catalog, diagnostics, statements, fingerprint: None })
}

/// What the server is, and which database the URL selects.
#[derive(Debug)]
struct Server {
    engine: Engine,
    /// What sea-schema's parsers want to know.
    system: SystemInfo,
    /// The selected database, which has no name in the catalog.
    own: Option<String>,
    features: Features,
}

impl Server {
    fn new(version: &str, own: Option<String>, features: Features) -> Self {
        // MariaDB's name may stand anywhere: `10.6.16-11-MariaDB-enterprise-log`, `5.5.5-10.4.1-MariaDB`.
        let is_mariadb = version.to_ascii_lowercase().contains("mariadb");
        let [major, minor, patch] = numbers(version);
        let system = SystemInfo {
            version: major.min(999) * 10_000 + minor.min(99) * 100 + patch.min(99),
            system: if is_mariadb { "MariaDB".into() } else { String::new() },
            suffix: Vec::new(),
        };
        let engine = if is_mariadb { Engine::Mariadb } else { Engine::Mysql };
        Self { engine, system, own, features }
    }

    /// Whether it is the database that the URL selects.
    fn is_own(&self, schema: &str) -> bool {
        self.own.as_deref() == Some(schema)
    }

    fn qname(&self, schema: &str, name: &str) -> QName {
        QName::new(if self.is_own(schema) { "" } else { schema }, name)
    }

    /// Whether a default in `information_schema` is SQL as it is. MariaDB began with that in 10.2.7.
    fn prints_defaults_as_sql(&self) -> bool {
        self.engine == Engine::Mariadb && self.system.version >= 100_207
    }

    /// An expression that the server printed, in a form that does not depend on the database's name.
    fn expression(&self, printed: &str) -> String {
        let plain = if self.engine == Engine::Mysql { sql::unescape(printed) } else { printed.to_owned() };
        match &self.own {
            Some(own) => sql::without_schema(&plain, own),
            None => plain,
        }
    }
}

/// The first three numbers of a version; zero where there are none. MariaDB behind some proxies says that it is 5.5.5 before
/// it says what it is.
fn numbers(version: &str) -> [u32; 3] {
    let version =
        version.strip_prefix("5.5.5-").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(version);
    let mut numbers = [0; 3];
    for (number, part) in numbers.iter_mut().zip(version.split('.')) {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        *number = part[..end].parse().unwrap_or(0);
        if end < part.len() {
            break;
        }
    }
    numbers
}

/// The servers' own databases. A glob does not match them, except by their whole names.
const SYSTEM: &[&str] = &["information_schema", "mysql", "performance_schema", "sys"];

/// The databases that were asked for.
fn wanted(
    url: &DatabaseUrl,
    options: &Options,
    server: &Server,
    mut all: Vec<SchemaRow>,
) -> Result<Vec<SchemaRow>, ReflectError> {
    let is_system = |name: &str| SYSTEM.iter().any(|system| system.eq_ignore_ascii_case(name));
    let is_wanted = |name: &str| match (&server.own, options.schemas.as_slice()) {
        (Some(own), []) => own == name,
        (None, []) => !is_system(name),
        (_, globs) if is_system(name) => globs.iter().any(|glob| glob.glob().glob().eq_ignore_ascii_case(name)),
        _ => options.wants_schema(name),
    };
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let (wanted, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|schema| is_wanted(&schema.name));
    if !wanted.is_empty() {
        return Ok(wanted);
    }
    let globs: Vec<&str> = options.schemas.iter().map(|glob| glob.glob().glob()).collect();
    let found: Vec<&str> = others.iter().map(|schema| schema.name.as_str()).filter(|name| !is_system(name)).collect();
    let or = |names: Vec<&str>, none: &str| if names.is_empty() { none.to_owned() } else { names.join(", ") };
    Err(ReflectError::NoSchema {
        url: url.to_string(),
        asked: or(globs, server.own.as_deref().unwrap_or("*")),
        found: or(found, "none that the user may see"),
    })
}

/// Prepares statements and says what the server answers.
pub(super) async fn prepare(url: &DatabaseUrl, statements: &[String]) -> Result<Vec<Answer>, ReflectError> {
    // The server does not even prepare what writes while a read-only transaction is open.
    const READ_ONLY: u16 = 1792;
    let mut session = Session::open(url).await?;
    let mut answers = Vec::with_capacity(statements.len());
    let mut writing = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let prepared = session.prepare(statement).await;
        if matches!(&prepared, Err(sqlx::Error::Database(error)) if number(&**error) == Some(READ_ONLY)) {
            writing.push(at);
        }
        answers.push(answer(prepared).map_err(|error| ReflectError::query(url, JUDGING, error))?);
    }
    session.run("the end of the transaction", queries::END).await?;
    for at in writing {
        let prepared = session.prepare(&statements[at]).await;
        answers[at] = answer(prepared).map_err(|error| ReflectError::query(url, JUDGING, error))?;
    }
    drop(session.connection.close().await);
    Ok(answers)
}

/// What is being read when a server is asked about a statement.
const JUDGING: &str = "what it says to a statement";

/// One connection with a read-only transaction on it.
struct Session<'a> {
    url: &'a DatabaseUrl,
    connection: MySqlConnection,
    statements: u32,
}

impl<'a> Session<'a> {
    async fn open(url: &'a DatabaseUrl) -> Result<Self, ReflectError> {
        let failed = |error| ReflectError::connect(url, error);
        let patience = url.patience().map_err(|error| failed(sqlx::Error::Configuration(error.into())))?;
        // The driver would send settings of its own; they are sent together with ours instead.
        let options = MySqlConnectOptions::from_str(url.secret())
            .map_err(failed)?
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .set_names(false)
            .disable_statement_logging();
        // A server of another protocol waits for the client to begin, as this protocol's client waits for the server.
        let connection = match tokio::time::timeout(patience, options.connect()).await {
            Ok(connection) => connection.map_err(failed)?,
            Err(_) => return Err(ReflectError::silent(url, patience)),
        };
        let mut session = Self { url, connection, statements: 0 };
        session.run("the session's settings", queries::SETTINGS).await?;
        session.run("a snapshot", queries::BEGIN).await?;
        Ok(session)
    }

    async fn close(mut self) -> Result<u32, ReflectError> {
        self.run("the end of the transaction", queries::END).await?;
        // Everything was read; a server that is gone by now does no harm.
        drop(self.connection.close().await);
        Ok(self.statements)
    }

    async fn run(&mut self, what: &'static str, statement: &'static str) -> Result<(), ReflectError> {
        self.statements += 1;
        let done = self.connection.execute(sqlx::raw_sql(statement)).await;
        done.map(drop).map_err(|error| ReflectError::query(self.url, what, error))
    }

    /// Has the server prepare a statement, and executes nothing.
    async fn prepare(&mut self, statement: &str) -> Result<(), sqlx::Error> {
        self.statements += 1;
        let statement = AssertSqlSafe(statement).into_sql_str();
        Executor::prepare(&mut self.connection, statement).await.map(drop)
    }

    async fn fetch(&mut self, statement: String) -> Result<Vec<MySqlRow>, sqlx::Error> {
        self.statements += 1;
        self.connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(statement))).await
    }

    async fn server(&mut self) -> Result<Server, ReflectError> {
        let failed = |error| ReflectError::query(self.url, "the server's version", error);
        let rows = self.fetch(queries::probe()).await;
        let rows: Result<Vec<ProbeRow>, _> = rows.and_then(|rows| rows.iter().map(ProbeRow::decode).collect());
        let rows = rows.map_err(failed)?;
        let Some(first) = rows.first() else {
            return Err(ReflectError::Unsupported {
                url: self.url.to_string(),
                version: "a server without an information_schema".into(),
                wanted: "MySQL 8 or MariaDB 10.5 and later",
            });
        };
        Ok(Server::new(&first.version, first.selected.clone(), Features::of(&rows)))
    }

    /// All rows of one kind.
    async fn bulk<T: Bulk>(&mut self, server: &Server, schemas: &[String]) -> Result<Vec<T>, ReflectError> {
        let Some(statement) = queries::select::<T>(&server.features, schemas) else { return Ok(Vec::new()) };
        let rows = self.fetch(statement).await;
        rows.and_then(|rows| rows.iter().map(T::decode).collect())
            .map_err(|error| ReflectError::query(self.url, T::SOURCE.what, error))
    }

    /// What the server answers, if nobody changes a table meanwhile. `information_schema` is no part of the snapshot: each
    /// statement shows the tables as they are by then. So the columns and the queries of views are read once more at the end,
    /// and all of it where they are not as they were.
    async fn settled(
        &mut self,
        server: &Server,
        schemas: Vec<SchemaRow>,
        names: &[String],
    ) -> Result<Answers, ReflectError> {
        /// Who migrates is done by then, or at it for longer than anybody would wait.
        const ATTEMPTS: usize = 3;
        let mut changed = None;
        for _ in 0..ATTEMPTS {
            let answers = self.answers(server, names).await?;
            let columns: Vec<ColumnRow> = self.bulk(server, names).await?;
            let views = self.views(server, names, &answers).await?;
            changed = lower::altered_table(&answers.columns, &columns)
                .or_else(|| lower::altered_view(&answers.views, &views));
            if changed.is_none() {
                return Ok(Answers { schemas, ..answers });
            }
        }
        let (schema, table) = changed.unwrap_or_default();
        let table = server.qname(&schema, &table).to_string();
        Err(ReflectError::Changing { url: self.url.to_string(), table: Some(table) })
    }

    /// What the server answers.
    async fn answers(&mut self, server: &Server, names: &[String]) -> Result<Answers, ReflectError> {
        let mut answers = Answers {
            tables: self.bulk(server, names).await?,
            columns: self.bulk(server, names).await?,
            indexes: self.bulk(server, names).await?,
            foreign_keys: self.bulk(server, names).await?,
            rules: self.bulk(server, names).await?,
            checks: self.bulk(server, names).await?,
            partitions: self.bulk(server, names).await?,
            ..Answers::default()
        };
        answers.views = self.views(server, names, &answers).await?;
        if !server.features.has("CHECK_CONSTRAINTS", "TABLE_NAME") {
            answers.constraints = self.bulk(server, names).await?;
        }
        if answers.may_hide_columns() {
            let what = "the privileges on columns";
            let rows = self.fetch_if_taken(what, queries::granted_by_column(names), queries::decode_key);
            answers.granted_by_column = rows.await?.into_iter().collect();
        }
        let hidden = answers.tables_without_rules();
        if server.engine == Engine::Mariadb && !hidden.is_empty() {
            answers.statements = self.show_create(&hidden).await?;
        }
        let lossy = answers.lossy_labels(server);
        if server.engine == Engine::Mariadb && !lossy.is_empty() {
            answers.labels = self.labels(&lossy).await?;
        }
        Ok(answers)
    }

    /// The queries of views, if there are views.
    async fn views(
        &mut self,
        server: &Server,
        names: &[String],
        answers: &Answers,
    ) -> Result<Vec<ViewRow>, ReflectError> {
        if answers.has_views() { self.bulk(server, names).await } else { Ok(Vec::new()) }
    }

    /// The rows of a statement that only some servers take; none where this one does not.
    async fn fetch_if_taken<T>(
        &mut self,
        what: &'static str,
        statement: String,
        decode: impl Fn(&MySqlRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, ReflectError> {
        let rows = match self.fetch(statement).await {
            Err(sqlx::Error::Database(_)) => return Ok(Vec::new()),
            rows => rows.and_then(|rows| rows.iter().map(decode).collect()),
        };
        rows.map_err(|error| ReflectError::query(self.url, what, error))
    }

    /// `SHOW CREATE TABLE` of those tables, as far as the server shows it.
    async fn show_create(&mut self, tables: &[Key]) -> Result<BTreeMap<Key, String>, ReflectError> {
        let rows = self.fetch_if_taken("hidden foreign keys", queries::show_create(tables), Shown::decode).await?;
        let mut shown = BTreeMap::new();
        let mut place = None;
        for row in rows {
            match row {
                Shown::Place(at) => place = tables.get(at),
                Shown::Statement(statement) => shown.extend(place.take().map(|table| (table.clone(), statement))),
            }
        }
        Ok(shown)
    }

    /// The labels of those columns, as far as the server gives them.
    async fn labels(&mut self, columns: &[Labelled]) -> Result<BTreeMap<ColumnKey, Vec<String>>, ReflectError> {
        let rows = self.fetch_if_taken("the labels of enumerations", queries::labels(columns), queries::decode_label);
        let mut labels: BTreeMap<ColumnKey, Vec<String>> = BTreeMap::new();
        for (at, label) in rows.await? {
            if let (Some(column), Some(label)) = (columns.get(at), label) {
                let key = (column.schema.clone(), column.table.clone(), column.column.clone());
                labels.entry(key).or_default().push(label);
            }
        }
        Ok(labels)
    }
}

#[cfg(test)]
mod tests {
    use globset::Glob;

    use super::*;

    #[test]
    fn any_version_is_read_without_a_panic() {
        for (version, engine, number) in [
            ("8.0.36", Engine::Mysql, 80_036),
            ("9.7.0-commercial", Engine::Mysql, 90_700),
            ("8.0.33+dolt", Engine::Mysql, 80_033),
            ("5.7.44_1", Engine::Mysql, 50_744),
            ("8.0.11-TiDB-v7.5.0", Engine::Mysql, 80_011),
            ("8.4", Engine::Mysql, 80_400),
            ("10.11.19-MariaDB-0+deb12u1", Engine::Mariadb, 101_119),
            ("10.6.16-11-MariaDB-enterprise-log", Engine::Mariadb, 100_616),
            ("5.5.5-10.4.1-MariaDB", Engine::Mariadb, 100_401),
            ("11.4.2-mariadb", Engine::Mariadb, 110_402),
            ("5.5.5-", Engine::Mysql, 50_505),
            ("99999999999.1.2", Engine::Mysql, 102),
            ("4294967295.200.300", Engine::Mysql, 9_999_999),
            ("", Engine::Mysql, 0),
            ("日本.5", Engine::Mysql, 0),
        ] {
            let server = Server::new(version, None, Features::default());
            assert_eq!((server.engine, server.system.version), (engine, number), "{version}");
        }
    }

    fn choose(own: Option<&str>, globs: &[&str]) -> Result<Vec<String>, String> {
        let url = DatabaseUrl::parse("mysql://ann:s3cret@db/shop").expect("a URL");
        let globs = globs.iter().map(|glob| Glob::new(glob).expect("a glob").compile_matcher()).collect();
        let server = Server::new("8.0.36", own.map(str::to_owned), Features::default());
        let all = ["sys", "shop", "mysql", "shop_test", "Shop", "information_schema"];
        let all = all.iter().map(|name| SchemaRow { name: (*name).into(), comment: String::new() }).collect();
        wanted(&url, &Options { schemas: globs }, &server, all)
            .map(|found| found.into_iter().map(|schema| schema.name).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn databases_are_chosen() {
        let ok = |names: &[&str]| Ok(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(choose(Some("shop"), &[]), ok(&["shop"]));
        assert_eq!(choose(None, &[]), ok(&["Shop", "shop", "shop_test"]));
        assert_eq!(choose(Some("shop"), &["shop*"]), ok(&["shop", "shop_test"]));
        assert_eq!(choose(Some("shop"), &["*_test"]), ok(&["shop_test"]));
        assert_eq!(choose(None, &["*s*", "mysql"]), ok(&["mysql", "shop", "shop_test"]));
        let error = choose(Some("shop"), &["nope", "n*"]).expect_err("no database");
        assert_eq!(error, "no schema of mysql://ann:***@db/shop matches nope, n*; it has Shop, shop, shop_test");
    }
}
