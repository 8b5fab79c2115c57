//! The connection: made when it is needed, given up when it does not answer, and left alone while the server is away.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::time::timeout;

use super::scripts::Source;
use crate::cache::error::{CacheError, Unavailable};
use crate::cache::observe::{Event, Observer};
use crate::cache::options::CacheOptions;

/// Failures in a row after which the server is left alone.
const PATIENCE: u32 = 3;

/// Where the server is, as its URL says it, without what is secret in it.
pub(crate) struct Address {
    client: Target,
    shown: String,
    secure: bool,
}

enum Target {
    Single(Box<Client>),
    Cluster(Box<ClusterClient>),
}

/// A connection, and the mark of the server's run that it leads to: 0 where that is not known.
#[derive(Clone)]
enum Connection {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

#[derive(Clone)]
struct Link {
    connection: Connection,
    epoch: u64,
    /// Tells one connection from the next.
    number: u32,
}

pub(super) struct Line {
    address: Address,
    link: RwLock<Option<Link>>,
    /// One connects, the others wait for it.
    connecting: tokio::sync::Mutex<u32>,
    connect_timeout: Duration,
    response_timeout: Duration,
    failures: AtomicU32,
    open: AtomicBool,
    observer: Arc<Observer>,
}

impl Address {
    /// One server.
    pub(crate) fn single(url: &str) -> Result<Self, CacheError> {
        let (shown, secure) = describe(url)?;
        let client = Client::open(url).map_err(unusable)?;
        Ok(Self { client: Target::Single(Box::new(client)), shown, secure })
    }

    /// A cluster, by some of its nodes.
    pub(crate) fn cluster(urls: &[&str], options: &CacheOptions) -> Result<Self, CacheError> {
        let mut shown = Vec::new();
        let mut secure = false;
        for url in urls {
            let (text, with_tls) = describe(url)?;
            shown.push(text);
            secure |= with_tls;
        }
        let client = ClusterClientBuilder::new(urls.iter().copied())
            .connection_timeout(options.connect_timeout)
            .response_timeout(options.response_timeout)
            .retries(3)
            .min_retry_wait(5)
            .max_retry_wait(50)
            .build()
            .map_err(unusable)?;
        Ok(Self { client: Target::Cluster(Box::new(client)), shown: shown.join(", "), secure })
    }
}

/// What may be printed of a URL, and whether it asks for TLS.
fn describe(url: &str) -> Result<(String, bool), CacheError> {
    let parsed = url::Url::parse(url).map_err(|error| CacheError::Url(error.to_string()))?;
    let secure = match parsed.scheme() {
        "redis" | "valkey" | "redis+unix" | "valkey+unix" | "unix" => false,
        "rediss" | "valkeys" => true,
        other => return Err(CacheError::Url(format!("its scheme must be redis or rediss, and is {other}"))),
    };
    let place = match (parsed.host(), parsed.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => format!("{host}:6379"),
        (None, _) => parsed.path().to_owned(),
    };
    Ok((format!("{}://{place}", parsed.scheme()), secure))
}

fn unusable(error: RedisError) -> CacheError {
    // The description of the kind alone: a detail may quote the URL.
    CacheError::Url(format!("{:?}", error.kind()))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Line {
    pub(super) fn new(address: Address, options: &CacheOptions, observer: Arc<Observer>) -> Self {
        Self {
            address,
            link: RwLock::new(None),
            connecting: tokio::sync::Mutex::new(0),
            connect_timeout: options.connect_timeout,
            response_timeout: options.response_timeout,
            failures: AtomicU32::new(0),
            open: AtomicBool::new(false),
            observer,
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Whether the server is left alone.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Leaves the server alone from now on.
    pub(super) fn cut(&self) {
        if !self.open.swap(true, Ordering::AcqRel) {
            tracing::warn!(cache = ?self.address, "the cache is left alone until it answers again");
            self.observer.circuit(true);
        }
    }

    /// The server is back.
    pub(super) fn mend(&self) {
        self.failures.store(0, Ordering::Release);
        if self.open.swap(false, Ordering::AcqRel) {
            tracing::info!(cache = ?self.address, "the cache answers again");
            self.observer.circuit(false);
        }
    }

    /// The mark of the server's run. It changes with the connection, and never while there is one.
    pub(super) async fn epoch(&self) -> Result<u64, Unavailable> {
        Ok(self.connected().await?.epoch)
    }

    /// Sends a command, whatever the circuit says. The answer, and the epoch of the server that gave it.
    pub(super) async fn send(&self, command: &Cmd) -> Result<(Result<Value, RedisError>, u64), Unavailable> {
        let mut link = self.connected().await?;
        let epoch = link.epoch;
        let number = link.number;
        let sent = async {
            match &mut link.connection {
                Connection::Single(connection) => connection.req_packed_command(command).await,
                Connection::Cluster(connection) => connection.req_packed_command(command).await,
            }
        };
        let failure = match timeout(self.response_timeout, sent).await {
            Ok(Ok(value)) => {
                if self.failures.load(Ordering::Relaxed) > 0 {
                    self.failures.store(0, Ordering::Release);
                }
                return Ok((value.extract_error(), epoch));
            }
            Ok(Err(error)) if is_reply(&error) => return Ok((Err(error), epoch)),
            Ok(Err(error)) => self.unavailable(&error),
            Err(_) => self.silent(),
        };
        // A connection over which nothing came may be dead without a word. What was sent may still be carried out, and
        // every command is such that it does no harm then.
        let impatient = self.failures.fetch_add(1, Ordering::AcqRel) + 1 >= PATIENCE;
        // The client of a cluster mends the connections to its nodes by itself.
        if impatient || matches!(link.connection, Connection::Single(_)) {
            self.drop_link(number);
        }
        if impatient {
            self.cut();
        }
        Err(failure)
    }

    /// Runs a script on a key.
    pub(super) async fn run(
        &self,
        script: &Source,
        key: &str,
        arguments: &[&[u8]],
    ) -> Result<(Value, u64), Unavailable> {
        let (reply, epoch) = self.send(&call("EVALSHA", &script.hash, key, arguments)).await?;
        let (reply, epoch) = match reply {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                // It knows the script from then on.
                self.send(&call("EVAL", script.code, key, arguments)).await?
            }
            reply => (reply, epoch),
        };
        reply.map(|value| (value, epoch)).map_err(|error| self.refused(&error))
    }

    /// An answer that says no.
    pub(super) fn refused(&self, error: &RedisError) -> Unavailable {
        self.observer.count(Event::Error);
        // The code alone: the detail may quote keys.
        let code = error.code().map_or_else(|| error.category().to_owned(), str::to_owned);
        Unavailable(format!("{} answered {code}", self.address.shown))
    }

    /// An answer that makes no sense.
    pub(super) fn nonsense(&self) -> Unavailable {
        self.observer.count(Event::Error);
        Unavailable(format!("{} gave an answer of an unexpected type", self.address.shown))
    }

    fn unavailable(&self, error: &RedisError) -> Unavailable {
        self.observer.count(Event::Error);
        let what = if error.is_timeout() {
            "did not answer in time".to_owned()
        } else if error.is_connection_refusal() {
            "refused the connection".to_owned()
        } else {
            match error.kind() {
                ErrorKind::AuthenticationFailed => "refused the user name or the password".to_owned(),
                ErrorKind::Io => format!("could not be reached ({})", error.detail().unwrap_or("the line broke")),
                _ => format!("failed ({})", error.code().unwrap_or(error.category())),
            }
        };
        Unavailable(format!("{} {what}", self.address.shown))
    }

    fn silent(&self) -> Unavailable {
        self.observer.count(Event::Error);
        Unavailable(format!("{} did not answer in time", self.address.shown))
    }

    fn link(&self) -> Option<Link> {
        // Nothing panics under this lock, so that a poisoned one is as good as any.
        self.link.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn drop_link(&self, number: u32) {
        let mut link = self.link.write().unwrap_or_else(PoisonError::into_inner);
        if link.as_ref().is_some_and(|link| link.number == number) {
            *link = None;
        }
    }

    async fn connected(&self) -> Result<Link, Unavailable> {
        if let Some(link) = self.link() {
            return Ok(link);
        }
        let was_open = self.is_open();
        let wait = timeout(self.connect_timeout, self.connecting.lock()).await;
        let Ok(mut number) = wait else { return Err(self.silent()) };
        if let Some(link) = self.link() {
            return Ok(link);
        }
        if self.is_open() && !was_open {
            // Who had the lock before could not connect. One attempt is enough for all who waited.
            return Err(self.silent());
        }
        *number += 1;
        let connected = match timeout(self.connect_timeout, self.connect(*number)).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(error)) => Err(self.unavailable(&error)),
            Err(_) => Err(self.silent()),
        };
        match connected {
            Ok(link) => {
                *self.link.write().unwrap_or_else(PoisonError::into_inner) = Some(link.clone());
                Ok(link)
            }
            Err(error) => {
                self.cut();
                Err(error)
            }
        }
    }

    async fn connect(&self, number: u32) -> Result<Link, RedisError> {
        if self.address.secure && rustls::crypto::CryptoProvider::get_default().is_none() {
            // Somebody else may have chosen one in between, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        match &self.address.client {
            Target::Single(client) => {
                // The deadlines are set here, around the whole.
                let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
                let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
                let info = redis::cmd("INFO").arg("server").query_async::<String>(&mut connection).await;
                let epoch = match info {
                    Ok(info) => epoch_in(&info),
                    // A user may be forbidden to ask, and a proxy may not know the question.
                    Err(error) if is_reply(&error) && error.code() != Some("NOAUTH") => 0,
                    Err(error) => return Err(error),
                };
                Ok(Link { connection: Connection::Single(connection), epoch, number })
            }
            Target::Cluster(client) => {
                let connection = client.get_async_connection().await?;
                Ok(Link { connection: Connection::Cluster(connection), epoch: 0, number })
            }
        }
    }
}

/// The run of a server, as its `INFO` tells it: 40 hexadecimal digits, new with each start.
fn epoch_in(info: &str) -> u64 {
    let run = info.lines().find_map(|line| line.strip_prefix("run_id:")).unwrap_or("");
    run.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

/// Whether the server said no, which means that it is there. One that is loading, has lost its master or is no master
/// is not the one that was meant.
fn is_reply(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => !matches!(
            kind,
            ServerErrorKind::BusyLoading
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::TryAgain
        ),
        ErrorKind::Extension => true,
        _ => false,
    }
}

fn call(command: &'static str, script: &str, key: &str, arguments: &[&[u8]]) -> Cmd {
    let mut call = redis::cmd(command);
    call.arg(script).arg(1).arg(key);
    for argument in arguments {
        call.arg(*argument);
    }
    call
}
