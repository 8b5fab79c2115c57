//! The harness itself: what it says about servers, databases and networks must be true before a test can rely on it.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use tablature_tests::servers::PrivateServer;
use tablature_tests::{CountingProxy, Engine, ScratchDatabase, Service, server_url};
use url::Url;

const SHELF: &str = "
    CREATE TABLE shelf (id integer NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);
    INSERT INTO shelf VALUES (1, 'one'), (2, 'two');
    INSERT INTO shelf VALUES (3, 'th''ree');
";

/// Runs one statement and gives the first column of its first row as text; the server's refusal is the error.
async fn ask(url: &str, sql: &str) -> Result<Option<String>, sqlx::Error> {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await?;
        connection.fetch_optional(sqlx::query(sql)).await?.map(|row| row.try_get(0)).transpose()
    } else if url.starts_with("mysql") {
        let mut connection = MySqlConnection::connect(url).await?;
        connection.fetch_optional(sqlx::query(sql)).await?.map(|row| row.try_get(0)).transpose()
    } else {
        let mut connection = SqliteConnection::connect(url).await?;
        connection.fetch_optional(sqlx::query(sql)).await?.map(|row| row.try_get(0)).transpose()
    }
}

/// How many databases, and how many logins, of that name a server has.
async fn count_named(engine: Engine, name: &str) -> [String; 2] {
    let (server, statements) = match engine {
        Engine::Postgres => (
            server_url(Service::Postgres).unwrap(),
            [
                format!("SELECT count(*)::text FROM pg_database WHERE datname = '{name}'"),
                format!("SELECT count(*)::text FROM pg_roles WHERE rolname = '{name}'"),
            ],
        ),
        _ => (
            server_url(Service::Mysql).unwrap(),
            [
                format!("SELECT CAST(count(*) AS char) FROM information_schema.schemata WHERE schema_name = '{name}'"),
                format!("SELECT CAST(count(*) AS char) FROM mysql.user WHERE user = '{name}'"),
            ],
        ),
    };
    let mut counts = Vec::new();
    for statement in statements {
        counts.push(ask(server, &statement).await.unwrap().unwrap());
    }
    counts.try_into().unwrap()
}

fn one_zero() -> [String; 2] {
    ["1", "0"].map(str::to_owned)
}

fn zero_one() -> [String; 2] {
    ["0", "1"].map(str::to_owned)
}

fn zero_zero() -> [String; 2] {
    ["0", "0"].map(str::to_owned)
}

#[tokio::test]
async fn a_scratch_database_holds_what_is_loaded_and_goes() {
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        let name = database.name().to_owned();
        database.load(SHELF).unwrap();
        let found = ask(database.url(), "SELECT name FROM shelf WHERE id = 3").await.unwrap();
        assert_eq!(found.as_deref(), Some("th'ree"), "{engine}");
        match database.url().strip_prefix("sqlite:").map(str::to_owned) {
            Some(path) => {
                assert!(std::fs::exists(&path).unwrap(), "{path}");
                drop(database);
                assert!(!std::fs::exists(&path).unwrap(), "{path} stayed");
            }
            None => {
                assert_eq!(count_named(engine, &name).await, one_zero(), "{engine}");
                database.remove().unwrap();
                assert_eq!(count_named(engine, &name).await, zero_zero(), "{engine}");
            }
        }
    }
}

#[tokio::test]
async fn scratch_databases_do_not_see_each_other() {
    for engine in Engine::ALL {
        let (first, second) = (ScratchDatabase::create(engine).unwrap(), ScratchDatabase::create(engine).unwrap());
        assert_ne!(first.url(), second.url());
        first.load(SHELF).unwrap();
        let error = ask(second.url(), "SELECT name FROM shelf").await.unwrap_err();
        assert!(error.to_string().contains("shelf"), "{engine}: {error}");
    }
}

#[tokio::test]
async fn a_panicking_test_leaves_nothing_behind_though_it_is_still_connected() {
    // The connections are outside of what unwinds, and one of them is in the middle of a transaction.
    let mut postgres = None;
    let mut mysql = None;
    let mut names = Vec::new();
    for engine in [Engine::Postgres, Engine::Mysql] {
        let database = ScratchDatabase::create(engine).unwrap();
        let role = Url::parse(&database.select_only_role().unwrap()).unwrap().username().to_owned();
        database.load(SHELF).unwrap();
        if engine == Engine::Postgres {
            postgres = Some(PgConnection::connect(database.url()).await.unwrap());
            postgres.as_mut().unwrap().execute("BEGIN; DELETE FROM shelf").await.unwrap();
        } else {
            let connection = mysql.insert(MySqlConnection::connect(database.url()).await.unwrap());
            connection.execute(sqlx::raw_sql("START TRANSACTION; DELETE FROM shelf")).await.unwrap();
        }
        names.push((engine, database.name().to_owned(), role.clone()));
        assert_eq!(count_named(engine, &role).await, zero_one(), "{engine}");
        let result = panic::catch_unwind(AssertUnwindSafe(move || {
            let _database = database;
            panic!("on purpose");
        }));
        assert!(result.is_err());
    }
    for (engine, name, role) in names {
        assert_eq!(count_named(engine, &name).await, zero_zero(), "{engine}");
        assert_eq!(count_named(engine, &role).await, zero_zero(), "{engine}");
    }
    assert!(postgres.unwrap().ping().await.is_err(), "the connection outlived its database");
    drop(mysql);
}

#[tokio::test]
async fn a_reader_reads_and_does_nothing_else() {
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELF).unwrap();
        let reader = database.select_only_role().unwrap();
        let found = ask(&reader, "SELECT name FROM shelf WHERE id = 2").await.unwrap();
        assert_eq!(found.as_deref(), Some("two"), "{engine}");
        for forbidden in ["INSERT INTO shelf VALUES (4, 'four')", "DELETE FROM shelf", "DROP TABLE shelf"] {
            let error = ask(&reader, forbidden).await.expect_err(forbidden).to_string();
            let refusals = ["permission denied", "must be owner", "denied to user", "readonly"];
            assert!(refusals.iter().any(|refusal| error.contains(refusal)), "{engine}: {error}");
        }
        let count = "SELECT CAST(count(*) AS char(9)) FROM shelf";
        assert_eq!(ask(database.url(), count).await.unwrap().as_deref().map(str::trim), Some("3"), "{engine}");
    }
}

#[tokio::test]
async fn a_reader_of_every_schema_sees_quoted_ones_too() {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    database.load("CREATE SCHEMA \"Back room\"; CREATE TABLE \"Back room\".\"a'b\" AS SELECT 'seen' AS c").unwrap();
    let reader = database.select_only_role().unwrap();
    let found = ask(&reader, "SELECT c FROM \"Back room\".\"a'b\"").await.unwrap();
    assert_eq!(found.as_deref(), Some("seen"));
}

#[tokio::test]
async fn a_mysql_reader_has_no_rights_on_databases_with_similar_names() {
    let database = ScratchDatabase::create(Engine::Mysql).unwrap();
    let reader = database.select_only_role().unwrap();
    // An unescaped `_` in a grant would stand for this `x`.
    let similar = database.name().replacen("tablature_test_", "tablature_testx", 1);
    let mut other = Url::parse(&reader).unwrap();
    other.set_path(&similar);
    ask(database.url(), &format!("CREATE DATABASE {similar}")).await.unwrap();
    let outcome = ask(other.as_str(), "SELECT 1").await;
    ask(database.url(), &format!("DROP DATABASE {similar}")).await.unwrap();
    let error = outcome.expect_err("the grant reaches further than its database").to_string();
    assert!(error.contains("denied"), "{error}");
}

#[test]
fn a_failing_statement_is_told_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("V001__broken.sql");
    std::fs::write(&path, "CREATE TABLE a (id integer);\nCREATE TABEL b (id integer);\n").unwrap();
    for engine in Engine::ALL {
        let error = ScratchDatabase::create(engine).unwrap().load_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("V001__broken.sql") && error.contains("TABEL"), "{engine}: {error}");
    }
    let empty = tempfile::tempdir().unwrap();
    let error = ScratchDatabase::create(Engine::Sqlite).unwrap().load_folder(empty.path()).unwrap_err();
    assert!(error.to_string().contains("has no .sql file"), "{error}");
}

#[tokio::test]
async fn dumps_for_the_shells_are_loaded() {
    let postgres = ScratchDatabase::create(Engine::Postgres).unwrap();
    let copied = "CREATE TABLE shelf (id integer, name text);\nCOPY shelf (id, name) FROM stdin;\n1\tx;y\n\\.\n";
    let mysql = ScratchDatabase::create(Engine::Mysql).unwrap();
    let delimited = "DELIMITER //\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 'a';\n  SELECT 'b';\nEND//\nDELIMITER ;\n";
    // Without the shells an error says what to install; a database that is quietly empty would be worse.
    match postgres.load(copied) {
        Ok(()) => assert_eq!(ask(postgres.url(), "SELECT name FROM shelf").await.unwrap().as_deref(), Some("x;y")),
        Err(error) => assert!(error.to_string().contains("only psql can load"), "{error}"),
    }
    let count = "SELECT CAST(count(*) AS char) FROM information_schema.routines WHERE routine_schema = database()";
    match mysql.load(delimited) {
        Ok(()) => assert_eq!(ask(mysql.url(), count).await.unwrap().as_deref(), Some("1")),
        Err(error) => assert!(error.to_string().contains("only the mysql client knows"), "{error}"),
    }
}

#[test]
fn mysql_is_loaded_under_the_servers_own_mode() {
    let database = ScratchDatabase::create(Engine::Mysql).unwrap();
    // Under PIPES_AS_CONCAT, which the driver sets, `||` joins texts; by default it means OR.
    database.load("CREATE TABLE t (a integer, CHECK (a = 1 || a = 2)); INSERT INTO t VALUES (2)").unwrap();
}

/// A machine's address that is not loopback, if it has one. Nothing is sent.
fn outer_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_loopback())
}

/// Starts a private server, uses it, and looks for what it leaves behind. Where it is not installed, the error must
/// say so.
fn live_and_die(service: Service, programs: &[&str]) {
    let server = match PrivateServer::start(service) {
        Ok(server) => server,
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains("is not installed. Install it"), "{error}");
            assert!(programs.iter().any(|program| error.contains(program)), "{error}");
            return;
        }
    };
    let url = Url::parse(server.url()).unwrap();
    let port = url.port().unwrap();
    let folder = server.folder().to_owned();
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    assert!(folder.join("data").is_dir());
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    if let Some(address) = outer_address() {
        TcpStream::connect((address, port)).expect_err("the server listens beyond loopback");
    }
    let engine = Engine::ALL.into_iter().find(|engine| engine.service() == Some(service));
    if let Some(engine) = engine {
        let database = ScratchDatabase::create_on(engine, server.url()).unwrap();
        database.load_folder(engine.migrations()).unwrap();
        database.select_only_role().unwrap();
        database.remove().unwrap();
    }
    drop(server);
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect_err("the server still runs");
    assert!(!folder.exists(), "{} stayed", folder.display());
}

#[test]
fn a_private_postgresql_lives_and_dies() {
    live_and_die(Service::Postgres, &["postgres", "initdb"]);
}

#[test]
fn a_private_mysql_or_mariadb_lives_and_dies() {
    live_and_die(Service::Mysql, &["mariadbd", "mariadb-install-db"]);
}

#[test]
fn a_private_redis_lives_and_dies() {
    live_and_die(Service::Redis, &["redis-server"]);
}

/// A server that answers every byte with three.
fn echo() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let accepting = listener.try_clone().unwrap();
    thread::spawn(move || {
        for stream in accepting.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut byte = [0];
                while stream.read_exact(&mut byte).is_ok() && stream.write_all(&[byte[0]; 3]).is_ok() {}
            });
        }
    });
    (listener, url)
}

fn client(proxy: &CountingProxy) -> TcpStream {
    let url = Url::parse(proxy.url()).unwrap();
    let stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Sends bytes and waits for three times as many.
fn talk(stream: &mut TcpStream, bytes: usize) {
    stream.write_all(&vec![7; bytes]).unwrap();
    stream.read_exact(&mut vec![0; bytes * 3]).unwrap();
}

#[test]
fn the_proxy_counts_bytes_connections_and_round_trips() {
    let (_listener, url) = echo();
    let proxy = CountingProxy::start(&url).unwrap();
    let (mut first, mut second) = (client(&proxy), client(&proxy));
    for _ in 0..4 {
        talk(&mut first, 2);
    }
    talk(&mut second, 5);
    let counts = proxy.counts();
    assert_eq!((counts.connections, counts.round_trips, counts.sent, counts.received), (2, 5, 13, 39));
    proxy.reset();
    talk(&mut second, 1);
    let counts = proxy.counts();
    assert_eq!((counts.connections, counts.round_trips, counts.sent, counts.received), (0, 1, 1, 3));
}

#[test]
fn the_proxy_delays_each_round_trip() {
    let (_listener, url) = echo();
    let proxy = CountingProxy::start(&url).unwrap();
    let mut stream = client(&proxy);
    proxy.delay(Duration::from_millis(40));
    let started = Instant::now();
    for _ in 0..5 {
        talk(&mut stream, 1);
    }
    assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
    // Much more than one delay's worth of talk, which would take eight seconds if it were still delayed.
    proxy.heal();
    let started = Instant::now();
    for _ in 0..200 {
        talk(&mut stream, 1);
    }
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[test]
fn the_proxy_cuts_to_the_byte_either_way() {
    let (_listener, url) = echo();
    let proxy = CountingProxy::start(&url).unwrap();
    proxy.cut_after_received(7);
    let mut stream = client(&proxy);
    talk(&mut stream, 2);
    stream.write_all(&[7; 2]).unwrap();
    let mut rest = Vec::new();
    // How a cut looks, as an end or as a reset, is the system's affair; how many bytes came before it is not.
    drop(stream.read_to_end(&mut rest));
    assert_eq!(rest.len(), 1);
    assert_eq!(proxy.counts().received, 7);

    proxy.heal();
    proxy.reset();
    proxy.cut_after_sent(3);
    let mut stream = client(&proxy);
    talk(&mut stream, 2);
    drop(stream.write_all(&[7; 2]));
    drop(stream.read_to_end(&mut Vec::new()));
    assert_eq!(proxy.counts().sent, 3);

    proxy.heal();
    talk(&mut client(&proxy), 9);
}

#[test]
fn the_proxy_cuts_all_when_it_ends() {
    let (_listener, url) = echo();
    let proxy = CountingProxy::start(&url).unwrap();
    let mut stream = client(&proxy);
    talk(&mut stream, 1);
    let address = stream.peer_addr().unwrap();
    drop(proxy);
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)), "the connection still lives");
    TcpStream::connect(address).expect_err("the proxy still listens");
}

#[tokio::test]
async fn statements_through_the_proxy_are_a_round_trip_each() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let database = ScratchDatabase::create(engine).unwrap();
        let proxy = CountingProxy::start(database.url()).unwrap();
        // Each statement twice: the driver prepares it the first time.
        let trips = if engine == Engine::Postgres {
            let mut connection = PgConnection::connect(proxy.url()).await.unwrap();
            proxy.reset();
            for _ in 0..10 {
                connection.execute(sqlx::raw_sql("SELECT 1")).await.unwrap();
            }
            proxy.counts().round_trips
        } else {
            let mut connection = MySqlConnection::connect(proxy.url()).await.unwrap();
            proxy.reset();
            for _ in 0..10 {
                connection.execute(sqlx::raw_sql("SELECT 1")).await.unwrap();
            }
            proxy.counts().round_trips
        };
        assert_eq!(trips, 10, "{engine}");
    }
}

#[tokio::test]
async fn a_cut_connection_is_an_error_for_the_driver_and_a_new_one_works() {
    let database = ScratchDatabase::create(Engine::Postgres).unwrap();
    let proxy = CountingProxy::start(database.url()).unwrap();
    let mut connection = PgConnection::connect(proxy.url()).await.unwrap();
    proxy.cut_now();
    connection.execute("SELECT 1").await.expect_err("the connection was cut");
    PgConnection::connect(proxy.url()).await.unwrap().ping().await.unwrap();
}
