//! Asks whether a server is there and lets the tests do what they need.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use sqlx::{Connection, Executor, MySqlConnection, PgConnection, Row};
use url::Url;

use super::Service;
use crate::blocking::block_on;
use crate::error::decoded;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects and asks one question. The error is the reason, without the URL.
pub(super) fn probe(service: Service, url: &str) -> Result<(), String> {
    match service {
        Service::Redis => redis(url),
        Service::Postgres => within_patience(postgres(url)),
        Service::Mysql => within_patience(mysql(url)),
    }
}

fn within_patience(question: impl Future<Output = Result<(), String>> + Send) -> Result<(), String> {
    let silence = |_| Err(format!("no answer within {} s", PATIENCE.as_secs()));
    block_on(async { tokio::time::timeout(PATIENCE, question).await.unwrap_or_else(silence) })
}

/// Tests create databases and roles, so a login that may not do so is no use.
async fn postgres(url: &str) -> Result<(), String> {
    const RIGHTS: &str =
        "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_catalog.pg_roles WHERE rolname = current_user";
    let mut connection = PgConnection::connect(url).await.map_err(|error| error.to_string())?;
    let row = connection.fetch_one(RIGHTS).await.map_err(|error| error.to_string())?;
    let suffices: bool = row.try_get(0).map_err(|error| error.to_string())?;
    drop(connection.close().await);
    if suffices { Ok(()) } else { Err("the user may not create databases and roles".to_owned()) }
}

async fn mysql(url: &str) -> Result<(), String> {
    let mut connection = MySqlConnection::connect(url).await.map_err(|error| error.to_string())?;
    // Rights are granted by patterns, which only the server can read. No grant on everything means a user of one
    // database.
    let rows = connection.fetch_all("SHOW GRANTS").await.map_err(|error| error.to_string())?;
    let grants: Vec<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    drop(connection.close().await);
    let suffices = |grant: &String| grant.contains(" ON *.* ") && !grant.starts_with("GRANT USAGE ");
    if grants.iter().any(suffices) { Ok(()) } else { Err("the user may not create databases and users".to_owned()) }
}

/// Speaks just enough of the protocol to log in and hear `PONG`. A server behind TLS is only seen to listen.
fn redis(url: &str) -> Result<(), String> {
    let url = Url::parse(url).map_err(|error| error.to_string())?;
    let host = url.host_str().unwrap_or("127.0.0.1");
    let port = url.port().unwrap_or(Service::Redis.default_port());
    let address = (host.trim_matches(['[', ']']), port)
        .to_socket_addrs()
        .map_err(|error| error.to_string())?
        .next()
        .ok_or("the host has no address")?;
    let stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(|error| error.to_string())?;
    if url.scheme() == "rediss" {
        return Ok(());
    }
    let mut commands = Vec::new();
    if let Some(password) = url.password() {
        let user = Some(decoded(url.username())).filter(|user| !user.is_empty());
        commands.push(["AUTH".to_owned()].into_iter().chain(user).chain([decoded(password)]).collect());
    }
    commands.push(vec!["PING".to_owned()]);
    ask_redis(stream, &commands).map_err(|error| error.to_string())?.map_or(Ok(()), Err)
}

/// Sends each command and waits for its answer. What the server refused, if it did.
fn ask_redis(stream: TcpStream, commands: &[Vec<String>]) -> std::io::Result<Option<String>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    for words in commands {
        let mut request = format!("*{}\r\n", words.len());
        for word in words {
            request += &format!("${}\r\n{word}\r\n", word.len());
        }
        writer.write_all(request.as_bytes())?;
        let mut answer = String::new();
        reader.read_line(&mut answer)?;
        if !answer.starts_with('+') {
            return Ok(Some(format!("the server said {:?}", answer.trim_end())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A server for one client: gives each answer when something was asked, and says at the end what it was asked.
    fn scripted(answers: &'static [&'static str]) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            for answer in answers {
                let mut buffer = [0; 1024];
                let length = stream.read(&mut buffer).unwrap();
                heard.extend_from_slice(&buffer[..length]);
                stream.write_all(answer.as_bytes()).unwrap();
            }
            String::from_utf8(heard).unwrap()
        });
        (address.to_string(), server)
    }

    #[test]
    fn redis_is_logged_into() {
        for (login, said) in [
            ("", ""),
            (":pw@", "*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n"),
            ("ann:p%40w@", "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$3\r\np@w\r\n"),
        ] {
            let answers: &[&str] = if login.is_empty() { &["+PONG\r\n"] } else { &["+OK\r\n", "+PONG\r\n"] };
            let (address, server) = scripted(answers);
            assert_eq!(redis(&format!("redis://{login}{address}/0")), Ok(()));
            assert_eq!(server.join().unwrap(), format!("{said}*1\r\n$4\r\nPING\r\n"));
        }
    }

    #[test]
    fn what_redis_refuses_is_told() {
        let (address, server) = scripted(&["-NOAUTH Authentication required.\r\n"]);
        let reason = redis(&format!("redis://{address}")).unwrap_err();
        assert!(reason.contains("NOAUTH"), "{reason}");
        server.join().unwrap();
    }
}
