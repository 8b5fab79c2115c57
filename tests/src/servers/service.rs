//! The kinds of servers that tests need.

use std::process::Command;
use std::{env, fmt};

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
    /// Redis.
    Redis,
}

impl Service {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Redis];

    /// The environment variable that names such a server.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "TABLATURE_TEST_POSTGRES_URL",
            Self::Mysql => "TABLATURE_TEST_MYSQL_URL",
            Self::Redis => "TABLATURE_TEST_REDIS_URL",
        }
    }

    /// What the variable says, if it says anything.
    pub fn url_from_environment(self) -> Option<String> {
        env::var(self.variable()).ok().filter(|url| !url.is_empty())
    }

    /// The port that such a server listens on unless told otherwise.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Mysql => 3306,
            Self::Redis => 6379,
        }
    }

    /// The Debian packages that such a server comes with.
    pub fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql", "postgresql-contrib"],
            Self::Mysql => &["mariadb-server"],
            Self::Redis => &["redis-server"],
        }
    }

    /// The logins without a password that developers' own machines often have, likeliest first.
    pub(super) fn loopback_urls(self) -> Vec<String> {
        match self {
            Self::Postgres => {
                let mut users = vec!["postgres".to_owned()];
                users.extend(current_user().filter(|user| user != "postgres"));
                users.iter().map(|user| format!("postgres://{user}@127.0.0.1:5432/postgres")).collect()
            }
            Self::Mysql => vec!["mysql://root@127.0.0.1:3306".to_owned()],
            Self::Redis => vec!["redis://127.0.0.1:6379".to_owned()],
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL or MariaDB",
            Self::Redis => "Redis",
        })
    }
}

/// The name that the operating system knows the user by. The environment need not have it: containers leave it out.
fn current_user() -> Option<String> {
    let output = Command::new("id").arg("-un").output().ok().filter(|output| output.status.success())?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}
