//! A network between client and server that counts, delays and breaks.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use url::Url;

use crate::error::HarnessError;

/// A TCP proxy on loopback in front of one server. It ends when this is dropped, and cuts the connections through it.
///
/// A round trip is counted when the client speaks after the server did, or speaks first: what an application waits
/// for. A batch of statements sent at once is one round trip, however many packets it takes.
#[derive(Debug)]
pub struct CountingProxy {
    url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

/// What went through a proxy since it was started, or since [`CountingProxy::reset`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProxyCounts {
    /// Connections that clients opened.
    pub connections: u64,
    /// Times that a client spoke and had to wait.
    pub round_trips: u64,
    /// Bytes from clients to the server.
    pub sent: u64,
    /// Bytes from the server to clients.
    pub received: u64,
}

#[derive(Debug)]
struct Shared {
    server: Vec<SocketAddr>,
    counts: Mutex<ProxyCounts>,
    delay_micros: AtomicU64,
    /// After how many bytes a connection is cut, in each direction.
    limits: [AtomicU64; 2],
    stopping: AtomicBool,
    open: Mutex<BTreeMap<u64, [TcpStream; 2]>>,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    ToServer,
    ToClient,
}

const NEVER: u64 = u64::MAX;

impl CountingProxy {
    /// Starts a proxy in front of the server that a URL names.
    ///
    /// # Errors
    /// Where the URL has no host and port, or no port can be listened on.
    pub fn start(url: &str) -> Result<Self, HarnessError> {
        let mut url = Url::parse(url).map_err(HarnessError::doing("read a server's URL"))?;
        let default_port = || match url.scheme() {
            "postgres" | "postgresql" => Some(5432),
            "mysql" | "mariadb" => Some(3306),
            "redis" | "rediss" => Some(6379),
            _ => None,
        };
        let host = url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned());
        let (Some(host), Some(port)) = (host, url.port().or_else(default_port)) else {
            return Err(HarnessError::new("the URL names no host and port to stand in front of"));
        };
        let server = std::net::ToSocketAddrs::to_socket_addrs(&(host.as_str(), port));
        let server = server.map_err(HarnessError::doing(format!("find the address of {host}")))?.collect();
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(HarnessError::doing("listen on a free port"))?;
        let address = listener.local_addr().map_err(HarnessError::doing("listen on a free port"))?;
        let set = url.set_host(Some("127.0.0.1")).is_ok() && url.set_port(Some(address.port())).is_ok();
        if !set {
            return Err(HarnessError::new("the URL's host and port cannot be changed"));
        }
        let shared = Arc::new(Shared {
            server,
            counts: Mutex::default(),
            delay_micros: AtomicU64::new(0),
            limits: [AtomicU64::new(NEVER), AtomicU64::new(NEVER)],
            stopping: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        let listener = thread::spawn(move || accept(&listener, &accepting));
        Ok(Self { url: url.into(), address, shared, listener: Some(listener) })
    }

    /// The URL that was given, with the proxy's address in place of the server's.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What went through so far. Bytes count before they are passed on, so a client that has an answer is counted.
    pub fn counts(&self) -> ProxyCounts {
        *self.shared.counts()
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        *self.shared.counts() = ProxyCounts::default();
    }

    /// Makes every round trip from now on longer by `delay`.
    pub fn delay(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(NEVER);
        self.shared.delay_micros.store(micros, Ordering::SeqCst);
    }

    /// Cuts each connection, open ones included, when `bytes` bytes of its server's answers have come through in all.
    /// Exactly so many are passed on.
    pub fn cut_after_received(&self, bytes: u64) {
        self.shared.limits[Direction::ToClient as usize].store(bytes, Ordering::SeqCst);
    }

    /// Cuts each connection, open ones included, when its client has sent `bytes` bytes in all. Exactly so many are
    /// passed on.
    pub fn cut_after_sent(&self, bytes: u64) {
        self.shared.limits[Direction::ToServer as usize].store(bytes, Ordering::SeqCst);
    }

    /// Delays and cuts nothing any more. Connections that were cut stay so.
    pub fn heal(&self) {
        self.delay(Duration::ZERO);
        self.cut_after_received(NEVER);
        self.cut_after_sent(NEVER);
    }

    /// Cuts every open connection now. New ones are still accepted.
    pub fn cut_now(&self) {
        for pair in lock(&self.shared.open).values() {
            cut(pair);
        }
    }
}

impl Drop for CountingProxy {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over and waits for the connections' threads.
        drop(TcpStream::connect(self.address));
        self.cut_now();
        if let Some(listener) = self.listener.take() {
            drop(listener.join());
        }
    }
}

impl Shared {
    fn counts(&self) -> MutexGuard<'_, ProxyCounts> {
        lock(&self.counts)
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cut(pair: &[TcpStream; 2]) {
    for stream in pair {
        // A stream that is closed already cannot be shut down again, and need not be.
        drop(stream.shutdown(Shutdown::Both));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    thread::scope(|scope| {
        for (number, client) in (0..).zip(listener.incoming()) {
            if shared.is_stopping() {
                break;
            }
            // A client that went away before it was served, or a server that is down: the client sees a closed
            // connection.
            let Ok(client) = client else { continue };
            let Ok(server) = TcpStream::connect(&shared.server[..]) else { continue };
            scope.spawn(move || drop(serve(number, client, server, shared)));
        }
    });
}

/// Passes bytes both ways until one side closes or the connection is cut.
fn serve(number: u64, client: TcpStream, server: TcpStream, shared: &Shared) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let pair = [client.try_clone()?, server.try_clone()?];
    lock(&shared.open).insert(number, [client.try_clone()?, server.try_clone()?]);
    shared.counts().connections += 1;
    if shared.is_stopping() {
        cut(&pair);
    }
    // The server is the last who spoke, so that whatever the client says first begins a round trip.
    let last = Mutex::new(Direction::ToClient);
    thread::scope(|scope| {
        for (from, to, direction) in [(&client, &server, Direction::ToServer), (&server, &client, Direction::ToClient)]
        {
            let (last, pair) = (&last, &pair);
            scope.spawn(move || {
                let ended = pump(from, to, direction, last, shared);
                // A side that closes for writing may still want to read; everything else ends both ways.
                match ended {
                    Ok(true) => drop(to.shutdown(Shutdown::Write)),
                    Ok(false) | Err(_) => cut(pair),
                }
            });
        }
    });
    lock(&shared.open).remove(&number);
    Ok(())
}

/// Passes bytes one way. `true` where the sender closed, `false` where the limit was reached.
fn pump(
    mut from: &TcpStream,
    mut to: &TcpStream,
    direction: Direction,
    last: &Mutex<Direction>,
    shared: &Shared,
) -> std::io::Result<bool> {
    let mut buffer = vec![0; 64 * 1024];
    let mut passed = 0;
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let limit = shared.limits[direction as usize].load(Ordering::SeqCst);
        let allowed = usize::try_from(limit.saturating_sub(passed)).map_or(length, |rest| rest.min(length));
        passed += allowed as u64;
        let turned = std::mem::replace(&mut *lock(last), direction) != direction;
        let trip = direction == Direction::ToServer && turned;
        {
            let mut counts = shared.counts();
            counts.round_trips += u64::from(trip);
            match direction {
                Direction::ToServer => counts.sent += allowed as u64,
                Direction::ToClient => counts.received += allowed as u64,
            }
        }
        if trip {
            thread::sleep(Duration::from_micros(shared.delay_micros.load(Ordering::SeqCst)));
        }
        to.write_all(&buffer[..allowed])?;
        if passed >= limit {
            return Ok(false);
        }
    }
}
