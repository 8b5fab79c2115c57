//! PostgreSQL, MySQL or MariaDB, and Redis: found, or started for one run.
//!
//! A server comes from one of three places, asked in this order: an environment variable, the usual port on loopback,
//! a private server that is started from installed binaries and removed at the end. A variable that names a server
//! which does not answer is an error: falling back would test something else than what was asked for.

mod binaries;
mod guard;
mod private;
mod probe;
mod redis_node;
mod service;

pub(crate) use binaries::find as find_program;
pub use private::{PrivateServer, is_root};
pub use redis_node::RedisNode;
pub use service::Service;

use std::sync::OnceLock;
use std::{fmt, thread};

use crate::error::{HarnessError, redact};

/// Where servers may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The environment, loopback, or private servers, in this order.
    Any,
    /// Private servers only.
    Private,
}

/// The three servers of a run. Private ones among them stop when this is dropped.
#[derive(Debug)]
pub struct Servers {
    servers: Vec<Server>,
}

/// One server and how it was come by. [`fmt::Display`] says both in a line, without the password.
#[derive(Debug)]
pub struct Server {
    service: Service,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    Environment(String),
    Loopback(String),
    Private(PrivateServer),
}

/// Why no server was found.
enum NotFound {
    /// The variable names one that cannot be used.
    Unusable(String),
    /// Nobody was named, and nobody was there.
    Nobody(String),
}

impl Servers {
    /// Finds or starts all three servers. Those that must be started are started side by side.
    ///
    /// # Errors
    /// Where one of them can neither be found nor started; the message says what was tried and what would help.
    pub fn resolve(choice: Choice) -> Result<Self, HarnessError> {
        let results = thread::scope(|scope| {
            let searches = Service::ALL.map(|service| scope.spawn(move || Server::resolve(service, choice)));
            searches.map(|search| search.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let mut servers = Vec::new();
        let mut errors = Vec::new();
        for result in results {
            match result {
                Ok(server) => servers.push(server),
                Err(error) => errors.push(error.to_string()),
            }
        }
        if errors.is_empty() { Ok(Self { servers }) } else { Err(HarnessError::new(errors.join("\n"))) }
    }

    /// The services that would have to be started, and whose binaries are not installed.
    pub fn not_installed(choice: Choice) -> Vec<Service> {
        let must_start =
            |service: Service| choice == Choice::Private || matches!(find(service), Err(NotFound::Nobody(_)));
        Service::ALL.into_iter().filter(|&service| must_start(service) && !private::is_installed(service)).collect()
    }

    /// Each server, in the order of [`Service::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter()
    }
}

impl Server {
    /// Finds or starts one server.
    ///
    /// # Errors
    /// As [`Servers::resolve`].
    pub fn resolve(service: Service, choice: Choice) -> Result<Self, HarnessError> {
        let tried = match choice {
            Choice::Private => String::new(),
            Choice::Any => match find(service) {
                Ok(origin) => return Ok(Self { service, origin }),
                Err(NotFound::Unusable(reason)) => return Err(HarnessError::new(reason)),
                Err(NotFound::Nobody(reason)) => format!("{reason}; "),
            },
        };
        match PrivateServer::start(service) {
            Ok(server) => Ok(Self { service, origin: Origin::Private(server) }),
            Err(error) => Err(HarnessError::new(format!("no {service}: {tried}{error}"))),
        }
    }

    /// What kind of server it is.
    pub fn service(&self) -> Service {
        self.service
    }

    /// Its URL, with the password and without a database.
    pub fn url(&self) -> &str {
        self.origin.url()
    }

    /// Whether it was started for this run.
    pub fn is_private(&self) -> bool {
        matches!(self.origin, Origin::Private(_))
    }
}

impl Origin {
    fn url(&self) -> &str {
        match self {
            Self::Environment(url) | Self::Loopback(url) => url,
            Self::Private(server) => server.url(),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = redact(self.url());
        match &self.origin {
            Origin::Environment(_) => write!(f, "{}: {url} (from {})", self.service, self.service.variable()),
            Origin::Loopback(_) => write!(f, "{}: {url} (it answered there)", self.service),
            Origin::Private(_) => write!(f, "{}: {url} (started for this run)", self.service),
        }
    }
}

/// The server that the environment names, or that answers on loopback.
fn find(service: Service) -> Result<Origin, NotFound> {
    find_among(service, service.url_from_environment(), &service.loopback_urls())
}

fn find_among(service: Service, named: Option<String>, usual: &[String]) -> Result<Origin, NotFound> {
    let variable = service.variable();
    if let Some(url) = named {
        return match probe::probe(service, &url) {
            Ok(()) => Ok(Origin::Environment(url)),
            Err(reason) => Err(NotFound::Unusable(format!("no {service}: {variable} is {}: {reason}", redact(&url)))),
        };
    }
    let mut reasons = vec![format!("{variable} is not set")];
    for url in usual {
        match probe::probe(service, url) {
            Ok(()) => return Ok(Origin::Loopback(url.clone())),
            Err(reason) => reasons.push(format!("{} cannot be used: {reason}", redact(url))),
        }
    }
    Err(NotFound::Nobody(reasons.join("; ")))
}

/// The URL of this run's server, with the password and without a database: from the environment, where
/// `cargo xtask test` puts it, or on loopback. No server is started here, for there would be one in every test
/// binary.
///
/// # Errors
/// Where there is none; the message says what was tried and what would help.
pub fn server_url(service: Service) -> Result<&'static str, HarnessError> {
    static FOUND: [OnceLock<Result<String, String>>; Service::ALL.len()] = [const { OnceLock::new() }; 3];
    let found = FOUND[service as usize].get_or_init(|| match find(service) {
        Ok(origin) => Ok(origin.url().to_owned()),
        Err(NotFound::Unusable(reason)) => Err(reason),
        Err(NotFound::Nobody(reason)) => Err(format!(
            "no {service}: {reason}. Run the tests with `cargo xtask test`, which starts servers of its own, or start one \
             on the usual port, or set {}",
            service.variable()
        )),
    });
    found.as_deref().map_err(HarnessError::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody listens on port 1.
    const DEAD: [(Service, &str); 3] = [
        (Service::Postgres, "postgres://ann:s3cret@127.0.0.1:1/postgres"),
        (Service::Mysql, "mysql://ann:s3cret@127.0.0.1:1"),
        (Service::Redis, "redis://ann:s3cret@127.0.0.1:1"),
    ];

    #[test]
    fn a_named_server_that_is_dead_is_not_replaced_by_another() {
        for (service, url) in DEAD {
            let usual = [server_url(service).unwrap().to_owned()];
            let Err(NotFound::Unusable(reason)) = find_among(service, Some(url.to_owned()), &usual) else {
                panic!("{service}: the dead server was passed over");
            };
            assert!(reason.contains(service.variable()) && reason.contains("refused"), "{reason}");
            assert!(reason.contains("127.0.0.1:1") && !reason.contains("s3cret"), "{reason}");
        }
    }

    #[test]
    fn the_usual_places_are_tried_in_turn() {
        for (service, dead) in DEAD {
            let living = server_url(service).unwrap();
            match find_among(service, None, &[dead.to_owned(), living.to_owned()]) {
                Ok(Origin::Loopback(url)) => assert_eq!(url, living),
                _ => panic!("{service}: the living server was not found"),
            }
            let Err(NotFound::Nobody(reason)) = find_among(service, None, &[dead.to_owned()]) else {
                panic!("{service}: somebody was found where nobody is");
            };
            assert!(reason.contains("is not set") && !reason.contains("s3cret"), "{reason}");
        }
    }

    #[test]
    fn a_server_of_another_kind_is_not_taken() {
        let mut mysql = url::Url::parse(server_url(Service::Mysql).unwrap()).unwrap();
        mysql.set_password(None).unwrap();
        assert!(find_among(Service::Redis, Some(mysql.into()), &[]).is_err());
    }
}
