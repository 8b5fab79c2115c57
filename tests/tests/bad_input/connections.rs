//! Databases that cannot be reached, refuse, or go away half way.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tablature_tests::servers::PrivateServer;
use tablature_tests::{CountingProxy, Engine, ScratchDatabase, Service, server_url};
use url::Url;

use crate::support::{Place, SECRET, SHELVES, mysql_with_one_readable_table};

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// The same URL with another user, password or database.
fn with(url: &str, change: impl FnOnce(&mut Url)) -> String {
    let mut url = Url::parse(url).unwrap();
    change(&mut url);
    url.into()
}

/// A server that says `greeting` to whom connects, `answer` to what it is told first, and then no more. Its address.
fn mute(greeting: &'static [u8], answer: &'static [u8]) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            thread::spawn(move || {
                drop(stream.write_all(greeting));
                let mut heard = [0; 512];
                if stream.read(&mut heard).is_ok_and(|length| length > 0) {
                    drop(stream.write_all(answer));
                }
                // Listens until the other one has enough.
                while stream.read(&mut heard).is_ok_and(|length| length > 0) {}
            });
        }
    });
    address.to_string()
}

#[test]
fn a_server_that_is_down() {
    let place = Place::with_crate();
    for (scheme, user) in [("postgres", "postgres"), ("postgresql", "ann"), ("mysql", "root"), ("mariadb", "ann")] {
        let port = free_port();
        let url = format!("{scheme}://{user}:{SECRET}@127.0.0.1:{port}/shop");
        let address = format!("{user}:***@127.0.0.1:{port}/shop");
        let run = place.refuses(&["--url", &url], &["cannot connect to ", &address, "is the server running"]);
        assert!(run.err.contains("refused"), "{}", run.err);
    }
}

#[test]
fn a_host_that_does_not_exist() {
    let place = Place::with_crate();
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://ann:{SECRET}@no-such-host.invalid/shop");
        place.refuses(&["--url", &url], &["cannot connect to ", "no-such-host.invalid", "are host and port right"]);
    }
}

#[test]
fn a_password_that_is_wrong() {
    let place = Place::with_crate();
    let database = ScratchDatabase::create(Engine::Mysql).unwrap();
    database.load(SHELVES).unwrap();
    let reader = database.select_only_role().unwrap();
    place.codegen(&["--url", &reader, "--dry-run"]).succeeds();
    let wrong = with(&reader, |url| url.set_password(Some(SECRET)).unwrap());
    place.refuses(&["--url", &wrong], &["cannot connect to ", database.name(), "user or password were refused"]);
    let nobody = with(&reader, |url| url.set_username("nobody_of_that_name").unwrap());
    place.refuses(&["--url", &nobody], &["user or password were refused", "nobody_of_that_name"]);
}

/// One private PostgreSQL that wants passwords and has no TLS.
#[tokio::test]
async fn a_postgres_that_wants_a_password_and_has_no_tls() {
    let place = Place::with_crate();
    let server = PrivateServer::start(Service::Postgres).unwrap();
    let mut admin = PgConnection::connect(server.url()).await.unwrap();
    let user = format!("CREATE ROLE ann LOGIN PASSWORD '{SECRET}'");
    admin.execute(AssertSqlSafe(user)).await.unwrap();
    admin.execute("CREATE TABLE shelf (id integer PRIMARY KEY)").await.unwrap();
    admin.execute("CREATE TABLE hidden (id integer PRIMARY KEY); GRANT SELECT ON shelf TO ann").await.unwrap();
    fs::write(server.folder().join("data/pg_hba.conf"), "host all all all scram-sha-256\n").unwrap();
    admin.execute("SELECT pg_reload_conf()").await.unwrap();
    drop(admin);

    let url = |password: Option<&str>| {
        with(server.url(), |url| {
            url.set_username("ann").unwrap();
            url.set_password(password).unwrap();
        })
    };
    // The server has read the file when it asks for a password.
    let started = Instant::now();
    while PgConnection::connect(&url(Some("wrong"))).await.is_ok() {
        assert!(started.elapsed() < Duration::from_secs(10), "the server still trusts everybody");
        thread::sleep(Duration::from_millis(20));
    }
    let refused = ["cannot connect to ", "user or password were refused", "ann"];
    place.refuses(&["--url", &url(Some(&format!("{SECRET}x")))], &refused);
    place.refuses(&["--url", &url(None)], &["cannot connect to ", "password"]);
    let database = with(&url(Some(SECRET)), |url| url.set_path("nowhere"));
    place.refuses(&["--url", &database], &["there is no such database", "nowhere", "create it, or mend the name"]);
    for mode in ["require", "verify-full"] {
        let url = format!("{}?sslmode={mode}", url(Some(SECRET)));
        place.refuses(&["--url", &url], &["TLS could not be agreed on", "sslmode"]);
    }
    let mistyped = format!("{}?sslmode=sometimes", url(Some(SECRET)));
    place.refuses(&["--url", &mistyped], &["the URL is not understood", "sslmode"]);

    // One table that the role may not read is named, and the rest is generated. The password may come by the
    // environment, as with every other client.
    let run = place.codegen(&["--url", &url(Some(SECRET)), "--output", "partly"]).succeeds();
    let run = run.says(&["unreadable-relation", "hidden"]);
    assert!(run.err.contains("1 relation,"), "{}", run.err);
    assert!(place.path("partly/src/shelf.rs").exists() && !place.path("partly/src/hidden.rs").exists());
    let mut command = place.command(&["codegen", "--url", &url(None), "--output", "partly", "--check", "--quiet"]);
    let run = crate::support::Run::of(command.env("PGPASSWORD", SECRET).output().unwrap());
    run.succeeds().says_nothing();
}

#[test]
fn no_such_database() {
    let place = Place::with_crate();
    for service in [Service::Postgres, Service::Mysql] {
        let url = with(server_url(service).unwrap(), |url| url.set_path("tablature_no_such_database"));
        let says =
            ["there is no such database", "tablature_no_such_database", "create it, or mend the name in the URL"];
        place.refuses(&["--url", &url], &says);
    }
    place.refuses(&["--url", "sqlite:nowhere.db"], &["sqlite:nowhere.db", "there is no such database"]);
    place.refuses(&["--url", "sqlite:no/where.db"], &["sqlite:no/where.db", "there is no such database"]);
    fs::create_dir(place.path("folder.db")).unwrap();
    place.refuses(&["--url", "sqlite:folder.db"], &["sqlite:folder.db", "is it a file"]);
    place.write("letter.db", &"Dear Ann, this is a letter and no database. ".repeat(50));
    place.refuses(&["--url", "sqlite:letter.db"], &["sqlite:letter.db", "not an SQLite database"]);
    place.refuses(&["--url", "sqlite:"], &["names no file"]);
}

#[test]
fn a_damaged_database_file() {
    let place = Place::with_crate();
    let whole = fs::read(place.path("shelves.db")).unwrap();
    // Cut within the schema's page, and with noise in place of its cells.
    fs::write(place.path("cut.db"), &whole[..whole.len().min(2000)]).unwrap();
    let mut noisy = whole;
    noisy[100..1500].fill(0xa5);
    fs::write(place.path("noisy.db"), noisy).unwrap();
    for name in ["cut.db", "noisy.db"] {
        place.refuses(&["--url", &format!("sqlite:{name}")], &[name]);
    }
}

#[test]
fn tls_that_a_mysql_does_not_have() {
    // Protocol 10, version 8.0.0, no capability but 4.1's protocol and secure passwords.
    const GREETING: &[u8] =
        b"\x49\0\0\0\x0a8.0.0\0\x01\0\0\0abcdefgh\0\x00\x82\x2d\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0\
                              abcdefghijkl\0mysql_native_password\0";
    let place = Place::with_crate();
    for mode in ["REQUIRED", "VERIFY_IDENTITY"] {
        let url = format!("mysql://ann:{SECRET}@{}/shop?ssl-mode={mode}", mute(GREETING, b""));
        place.refuses(&["--url", &url], &["TLS could not be agreed on", "ssl-mode"]);
    }
    let url = format!("postgres://ann:{SECRET}@{}/shop?sslmode=require", mute(b"", b"N"));
    place.refuses(&["--url", &url], &["TLS could not be agreed on", "sslmode"]);
}

#[test]
fn a_certificate_file_that_is_not_there() {
    let place = Place::with_crate();
    let url = format!("postgres://ann:{SECRET}@{}/shop?sslmode=verify-full&sslrootcert=no.pem", mute(b"", b"S"));
    place.refuses(&["--url", &url], &["TLS could not be agreed on", "sslrootcert"]);
}

#[tokio::test]
async fn no_rights() {
    let place = Place::with_crate();
    let mysql = ScratchDatabase::create(Engine::Mysql).unwrap();
    mysql.load(SHELVES).unwrap();
    let reader = mysql.select_only_role().unwrap();
    let other = ScratchDatabase::create(Engine::Mysql).unwrap();
    let forbidden = with(&reader, |url| url.set_path(other.name()));
    let says = ["no database of that name that the user may use", other.name(), "grant SELECT"];
    place.refuses(&["--url", &forbidden], &says);

    let postgres = ScratchDatabase::create(Engine::Postgres).unwrap();
    postgres.load("CREATE TABLE shelf (id integer PRIMARY KEY); CREATE TABLE hidden (id integer)").unwrap();
    let reader = postgres.select_only_role().unwrap();
    postgres.load("REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM PUBLIC").unwrap();
    let role = Url::parse(&reader).unwrap().username().to_owned();
    postgres.load(&format!("REVOKE SELECT ON hidden FROM {role}")).unwrap();
    let run = place.codegen(&["--url", &reader, "--output", "partly"]).succeeds();
    run.says(&["unreadable-relation", "hidden", "1 relation,"]);
    // Who leaves it out need not hear of it; a pattern that matches it matches something.
    for options in [["--exclude", "hidden"], ["--exclude", "public.hid*"], ["--include", "shelf"]] {
        let run = place.codegen(&[&["--url", &reader, "--output", "partly", "--strict"], &options[..]].concat());
        assert!(!run.succeeds().err.contains("hidden"));
    }
    place.refuses(&["--url", &reader, "--exclude", "hide"], &["exclude \"hide\""]);
    // Nothing that may be read is not an empty crate.
    postgres.load(&format!("REVOKE SELECT ON shelf FROM {role}")).unwrap();
    place.refuses(&["--url", &reader], &["no tables or views that can be read (2 cannot)", "may the role SELECT"]);
    // A login that may not come in.
    let name = postgres.name();
    postgres.load(&format!("REVOKE CONNECT ON DATABASE {name} FROM {role}, PUBLIC")).unwrap();
    place.refuses(&["--url", &reader], &["cannot connect to ", name, "permission denied", "CONNECT"]);
}

#[test]
fn a_table_of_which_the_user_has_no_rights() {
    let place = Place::with_crate();
    let (mysql, reader, user) = mysql_with_one_readable_table();
    let name = mysql.name();
    // This server does not even tell that there are more tables.
    place.codegen(&["--url", &reader, "--output", "partly"]).succeeds().says(&["1 relation,"]);
    assert!(place.path("partly/src/shelf.rs").exists() && !place.path("partly/src/book.rs").exists());
    // Rights to write and none to read: the table is listed, and cannot be used.
    mysql.load(&format!("GRANT INSERT ON {name}.book TO '{user}'@'%'")).unwrap();
    place.codegen(&["--url", &reader, "--output", "partly"]).succeeds().says(&["unreadable-relation", "book"]);
}

#[test]
fn an_empty_database() {
    let place = Place::with_crate();
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        let says = ["has no tables or views", "Is it the right database", "nothing was generated"];
        place.refuses(&["--url", database.url()], &says);
    }
}

#[test]
fn a_schema_that_is_not_there() {
    let place = Place::with_crate();
    for engine in Engine::ALL {
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELVES).unwrap();
        place.refuses(&["--url", database.url(), "--schema", "nowhere_*"], &["no schema of ", "matches nowhere_*"]);
    }
}

#[test]
fn a_url_of_no_known_kind() {
    let place = Place::with_crate();
    let says = ["is not a database URL that tablature knows", "postgres://user:password@host:5432/database"];
    for url in [
        format!("oracle://ann:{SECRET}@db/shop"),
        format!("ann:{SECRET}@db/shop"),
        format!("jdbc:postgresql://ann:{SECRET}@db/shop"),
        "shelves.db".to_owned(),
        String::new(),
    ] {
        place.refuses(&["--url", &url], &says);
    }
    // Without the slashes the drivers would take the rest for a path, which they print.
    for url in [format!("postgres:ann:{SECRET}@db/shop"), format!("mysql:/ann:{SECRET}@db/shop")] {
        place.refuses(&["--url", &url], &says);
    }
    // URLs that are typed wrongly are not printed with what may be the password.
    for url in [
        format!("postgres://ann:?{SECRET}@db.invalid/shop"),
        format!("postgres://ann:{SECRET}@db.invalid:port/shop"),
        format!("postgres://db.invalid/shop?user=ann&PassWord={SECRET}"),
        format!("mysql://db.invalid/shop?pwd={SECRET}"),
    ] {
        place.refuses(&["--url", &url], &["cannot connect to "]);
    }
}

/// Cuts in the greeting, in the answers, and short of the end, wherever that is.
#[test]
fn a_connection_that_is_cut_half_way() {
    for engine in [Engine::Postgres, Engine::Mysql] {
        let place = Place::with_crate();
        let database = ScratchDatabase::create(engine).unwrap();
        database.load(SHELVES).unwrap();
        let proxy = CountingProxy::start(database.url()).unwrap();
        place.codegen(&["--url", proxy.url(), "--dry-run"]).succeeds();
        // Connections that share the work are cut alike, and at least one of them gets so far.
        let total = proxy.counts().received / proxy.counts().connections;
        for share in [0, 1, 5, 20, 40, 60, 80, 90, 97] {
            let bytes = (total * share / 100).max(1);
            proxy.cut_after_received(bytes);
            let started = Instant::now();
            let run = place.refuses(&["--url", proxy.url()], &["the connection was lost", database.name()]);
            assert!(started.elapsed() < Duration::from_secs(20), "{engine}: {bytes} of {total}: {}", run.err);
        }
        proxy.heal();
        let sent = 200;
        proxy.cut_after_sent(sent);
        place.refuses(&["--url", proxy.url()], &["the connection was lost", database.name()]);
        proxy.heal();
        place.codegen(&["--url", proxy.url(), "--dry-run"]).succeeds();
    }
}

#[test]
fn a_server_that_never_answers() {
    let place = Place::with_crate();
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://ann:{SECRET}@{}/shop?connect_timeout=1", mute(b"", b""));
        let started = Instant::now();
        place.refuses(&["--url", &url], &["cannot connect to ", "no answer for 1 second", "connect_timeout"]);
        assert!((1..10).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
        let url = url.replace("timeout=1", "timeout=soon");
        place.refuses(&["--url", &url], &["the URL is not understood", "connect_timeout", "seconds"]);
    }
}
