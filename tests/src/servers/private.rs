//! Starts servers of our own from installed binaries: on loopback, on a free port, with their data in a temporary
//! folder that goes when they go. Nothing is safe from a power cut there, which makes them fast.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::guard::{self, Guard, Program};
use super::{Service, binaries, probe};
use crate::error::HarnessError;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a start is tried. A port that was free a moment ago may be taken by somebody else.
const ATTEMPTS: u32 = 3;

/// A server that runs for as long as this lives.
#[derive(Debug)]
pub struct PrivateServer {
    url: String,
    folder: PathBuf,
    _guard: Guard,
}

/// A user of the operating system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

/// How a kind of server is made.
struct Recipe {
    /// Makes the data folder; none where the server does so itself. Argument: the folder.
    prepare: Option<fn(&Path) -> Vec<String>>,
    /// The server's command line. Arguments: the folder, the port.
    serve: fn(&Path, u16) -> Vec<String>,
    /// Programs that must be installed.
    programs: &'static [&'static str],
    /// The signal that ends the server without waiting for its clients.
    signal: &'static str,
    /// Who runs the server when we are root, whom PostgreSQL and MySQL refuse to serve; the first of these that
    /// exists.
    accounts: [&'static str; 2],
    /// What the URL has before and after `127.0.0.1:{port}`.
    url: (&'static str, &'static str),
}

const POSTGRES: Recipe = Recipe {
    prepare: Some(|folder| {
        words("initdb --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync --pgdata")
            .chain([data(folder)])
            .collect()
    }),
    serve: |folder, port| {
        // An empty socket folder turns Unix sockets off.
        let tail = ["-D".to_owned(), data(folder), "-p".to_owned(), port.to_string(), "-k".to_owned(), String::new()];
        words("postgres -F -h 127.0.0.1 -c synchronous_commit=off -c full_page_writes=off -c max_connections=300")
            .chain(tail)
            .collect()
    },
    programs: &["postgres", "initdb"],
    signal: "INT",
    accounts: ["postgres", "nobody"],
    url: ("postgres://postgres@", "/postgres"),
};

const MARIADB: Recipe = Recipe {
    prepare: Some(|folder| {
        words("mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db")
            .chain([format!("--datadir={}", data(folder)), format!("--tmpdir={}", folder.display())])
            .collect()
    }),
    serve: |folder, port| {
        // The server's own default is latin1; packages set this in their configuration, which is not read here.
        words("mariadbd --no-defaults --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci")
            .chain(mysql_options(folder, port))
            .collect()
    },
    programs: &["mariadbd", "mariadb-install-db"],
    signal: "TERM",
    accounts: ["mysql", "nobody"],
    url: ("mysql://root@", ""),
};

const MYSQL: Recipe = Recipe {
    prepare: Some(|folder| {
        words("mysqld --no-defaults --initialize-insecure").chain([format!("--datadir={}", data(folder))]).collect()
    }),
    serve: |folder, port| words("mysqld --no-defaults --mysqlx=OFF").chain(mysql_options(folder, port)).collect(),
    programs: &["mysqld"],
    ..MARIADB
};

const REDIS: Recipe = Recipe {
    prepare: None,
    serve: |folder, port| {
        let tail = [
            "--dir".to_owned(),
            data(folder),
            "--port".to_owned(),
            port.to_string(),
            "--save".to_owned(),
            String::new(),
        ];
        words("redis-server --bind 127.0.0.1 --appendonly no --daemonize no").chain(tail).collect()
    },
    programs: &["redis-server"],
    signal: "TERM",
    accounts: ["redis", "nobody"],
    url: ("redis://", ""),
};

/// The ways to make a kind of server, the preferred one first.
fn recipes(service: Service) -> &'static [Recipe] {
    match service {
        Service::Postgres => &[POSTGRES],
        Service::Mysql => &[MARIADB, MYSQL],
        Service::Redis => &[REDIS],
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(' ').map(str::to_owned)
}

fn data(folder: &Path) -> String {
    folder.join("data").display().to_string()
}

fn mysql_options(folder: &Path, port: u16) -> impl Iterator<Item = String> {
    let own = [
        format!("--datadir={}", data(folder)),
        format!("--tmpdir={}", folder.display()),
        format!("--socket={}", folder.join("socket").display()),
        format!("--pid-file={}", folder.join("pid").display()),
        format!("--port={port}"),
    ];
    let fast = "--bind-address=127.0.0.1 --skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M \
                --max-connections=300";
    own.into_iter().chain(words(fast))
}

/// The first recipe whose programs are all installed.
fn installed(service: Service) -> Option<&'static Recipe> {
    recipes(service).iter().find(|recipe| recipe.programs.iter().all(|program| binaries::find(program).is_some()))
}

/// Whether what a private server needs is there.
pub(super) fn is_installed(service: Service) -> bool {
    installed(service).is_some()
}

impl PrivateServer {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// Where its binaries are missing, or it does not come up in time; the message has the end of its log.
    pub fn start(service: Service) -> Result<Self, HarnessError> {
        let Some(recipe) = installed(service) else { return Err(missing(service)) };
        let mut attempt = 1;
        loop {
            match Self::attempt(service, recipe) {
                Err(Failure::Ended(_)) if attempt < ATTEMPTS => attempt += 1,
                Err(Failure::Ended(error) | Failure::Other(error)) => return Err(error),
                Ok(server) => return Ok(server),
            }
        }
    }

    /// Its URL. There is no password, and anybody on this machine may use it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its data are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn attempt(service: Service, recipe: &Recipe) -> Result<Self, Failure> {
        let account = account(recipe)?;
        let folder = tempfile::Builder::new()
            .prefix("tablature_test_server_")
            .tempdir()
            .map_err(HarnessError::doing("make a temporary folder"))?;
        fs::create_dir(folder.path().join("data")).map_err(HarnessError::doing("make a data folder"))?;
        if let Some(account) = account {
            for path in [folder.path().join("data"), folder.path().to_owned()] {
                std::os::unix::fs::chown(&path, Some(account.user), Some(account.group))
                    .map_err(HarnessError::doing(format!("give {} away", path.display())))?;
            }
        }
        if let Some(prepare) = recipe.prepare {
            run(service, &located(prepare(folder.path()))?, folder.path(), account)?;
        }
        let port = free_port()?;
        let command = located((recipe.serve)(folder.path(), port))?;
        let program = Program { command: &command, signal: recipe.signal, folder: folder.path(), account };
        let mut guard = Guard::start(&program)?;
        // From here on the guard removes the folder.
        let folder = folder.keep();
        let url = format!("{}127.0.0.1:{port}{}", recipe.url.0, recipe.url.1);
        await_answer(service, &url, &mut guard)?;
        Ok(Self { url, folder, _guard: guard })
    }
}

/// Why a start failed.
enum Failure {
    /// The server gave up by itself, perhaps because its port was taken.
    Ended(HarnessError),
    /// Trying again would not help.
    Other(HarnessError),
}

impl From<HarnessError> for Failure {
    fn from(error: HarnessError) -> Self {
        Self::Other(error)
    }
}

fn await_answer(service: Service, url: &str, guard: &mut Guard) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let reason = match probe::probe(service, url) {
            Ok(()) => return Ok(()),
            Err(reason) => reason,
        };
        if let Some(status) = guard.ended() {
            let message =
                format!("the private {service} ended ({status}) before it answered. Its log:\n{}", guard.log());
            return Err(Failure::Ended(HarnessError::new(message)));
        }
        if Instant::now() > deadline {
            let seconds = PATIENCE.as_secs();
            let message =
                format!("the private {service} did not come up in {seconds} s: {reason}. Its log:\n{}", guard.log());
            return Err(Failure::Other(HarnessError::new(message)));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Runs a program to its end.
fn run(service: Service, words: &[String], folder: &Path, account: Option<Account>) -> Result<(), HarnessError> {
    let [program, arguments @ ..] = words else { return Ok(()) };
    let output = guard::command(program, folder, account)
        .args(arguments)
        .output()
        .map_err(HarnessError::doing(format!("run {program}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = guard::tail(&String::from_utf8_lossy(&said));
    Err(HarnessError::new(format!("{program} could not prepare the private {service} ({}):\n{said}", output.status)))
}

/// The command line with the program's path in place of its name.
fn located(mut words: Vec<String>) -> Result<Vec<String>, HarnessError> {
    if let Some(program) = words.first_mut() {
        let path = binaries::find(program).ok_or_else(|| HarnessError::new(format!("{program} is not installed")))?;
        *program = path.display().to_string();
    }
    Ok(words)
}

/// A port that nobody listens on at this moment.
pub(super) fn free_port() -> Result<u16, HarnessError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(HarnessError::doing("find a free port"))?;
    listener.local_addr().map(|address| address.port()).map_err(HarnessError::doing("find a free port"))
}

/// Whom to run a server as: nobody else, unless we are root.
fn account(recipe: &Recipe) -> Result<Option<Account>, HarnessError> {
    if !is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(HarnessError::doing("read /etc/passwd"))?;
    let found = recipe.accounts.iter().find_map(|name| find_account(&users, name));
    match found {
        Some(account) => Ok(Some(account)),
        None => Err(HarnessError::new(format!(
            "{} does not run as root, and there is no user {} to run it as",
            recipe.programs[0],
            recipe.accounts.join(" or ")
        ))),
    }
}

fn find_account(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        Some(Account { user, group })
    })
}

/// Whether this process may become anybody.
pub fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn missing(service: Service) -> HarnessError {
    let recipe = &recipes(service)[0];
    let absent: Vec<&str> =
        recipe.programs.iter().copied().filter(|program| binaries::find(program).is_none()).collect();
    HarnessError::new(format!(
        "no private one can be started, because {} is not installed. Install it (on Debian: apt-get install {}), start a \
         server on port {}, or set {}",
        absent.join(" and "),
        service.debian_packages().join(" "),
        service.default_port(),
        service.variable()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_their_whole_name() {
        let users = "root:x:0:0::/:/bin/sh\npostgres2:x:7:8::/:/bin/sh\npostgres:x:101:104:PostgreSQL:/:/bin/bash\n";
        let account = find_account(users, "postgres").expect("it is in the list");
        assert_eq!((account.user, account.group), (101, 104));
        assert!(find_account(users, "redis").is_none());
    }

    #[test]
    fn what_is_missing_is_named_with_the_ways_out() {
        let message = missing(Service::Redis).to_string();
        for part in ["apt-get install redis-server", "port 6379", "TABLATURE_TEST_REDIS_URL"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
