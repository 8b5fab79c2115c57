//! A Redis of a test's own, to be paused, killed, restarted, or made a cluster of.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::guard::{Guard, Program};
use super::private::free_port;
use super::{Service, binaries, probe};
use crate::error::HarnessError;

/// How long the server may take until it answers, or is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Redis that is there for one test. Its data outlive the process, and not this.
#[derive(Debug)]
pub struct RedisNode {
    port: u16,
    options: Vec<String>,
    data: tempfile::TempDir,
    guard: Option<Guard>,
}

impl RedisNode {
    /// Starts a Redis with these options on its command line, and waits until it answers.
    ///
    /// # Errors
    /// Where `redis-server` is not installed, or does not come up.
    pub fn start(options: &[&str]) -> Result<Self, HarnessError> {
        let folder = tempfile::Builder::new().prefix("tablature_test_redis_").tempdir();
        let mut node = Self {
            port: free_port()?,
            options: options.iter().map(|&option| option.to_owned()).collect(),
            data: folder.map_err(HarnessError::doing("make a temporary folder"))?,
            guard: None,
        };
        node.run()?;
        Ok(node)
    }

    /// Starts masters of a cluster, one for each of as many parts of the slots, and waits until they agree.
    ///
    /// # Errors
    /// As [`start`](Self::start); or where they do not become a cluster.
    pub fn start_cluster(count: u16) -> Result<Vec<Self>, HarnessError> {
        let mut nodes = Vec::new();
        for _ in 0..count {
            // The nodes' own port is 10 000 higher unless it is told, which may be no port at all.
            let bus = free_port()?.to_string();
            nodes.push(Self::start(&[
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                &bus,
                "--cluster-node-timeout",
                "2000",
            ])?);
        }
        let addresses = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port));
        let program = program("redis-cli")?;
        let made = Command::new(program)
            .args(["--cluster", "create"])
            .args(addresses)
            .args(["--cluster-yes"])
            .output()
            .map_err(HarnessError::doing("run redis-cli"))?;
        if !made.status.success() {
            let said = String::from_utf8_lossy(&made.stdout).into_owned();
            return Err(HarnessError::new(format!("the nodes do not become a cluster:\n{said}")));
        }
        let deadline = Instant::now() + PATIENCE;
        for node in &nodes {
            while !node.cli(&["cluster", "info"])?.contains("cluster_state:ok") {
                if Instant::now() > deadline {
                    return Err(HarnessError::new("the nodes of a cluster do not agree"));
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(nodes)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Stops it where it stands: connections stay, and nothing is answered.
    ///
    /// # Errors
    /// Where there is no such process.
    pub fn pause(&self) -> Result<(), HarnessError> {
        self.signal("STOP")
    }

    /// Lets it go on after [`pause`](Self::pause).
    ///
    /// # Errors
    /// Where there is no such process.
    pub fn resume(&self) -> Result<(), HarnessError> {
        self.signal("CONT")
    }

    /// Kills it without a warning.
    ///
    /// # Errors
    /// Where there is no such process, or it does not end.
    pub fn kill(&mut self) -> Result<(), HarnessError> {
        self.signal("KILL")?;
        let deadline = Instant::now() + PATIENCE;
        if let Some(guard) = &mut self.guard {
            while guard.ended().is_none() {
                if Instant::now() > deadline {
                    return Err(HarnessError::new("a killed Redis does not end"));
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        self.guard = None;
        Ok(())
    }

    /// Starts it again on the same port and with the same data folder, after [`kill`](Self::kill).
    ///
    /// # Errors
    /// Where it does not come up.
    pub fn restart(&mut self) -> Result<(), HarnessError> {
        self.run()
    }

    /// What `redis-cli` answers.
    ///
    /// # Errors
    /// Where it cannot be run or fails.
    pub fn cli(&self, arguments: &[&str]) -> Result<String, HarnessError> {
        let output = Command::new(program("redis-cli")?)
            .args(["-p", &self.port.to_string()])
            .args(arguments)
            .output()
            .map_err(HarnessError::doing("run redis-cli"))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn run(&mut self) -> Result<(), HarnessError> {
        let folder = tempfile::Builder::new()
            .prefix("tablature_test_redis_log_")
            .tempdir()
            .map_err(HarnessError::doing("make a temporary folder"))?
            .keep();
        let pid = self.pid_file().display().to_string();
        // The file of a killed process would name somebody else by and by.
        drop(fs::remove_file(&pid));
        let mut command = vec![program("redis-server")?.display().to_string()];
        let data = self.data.path().display().to_string();
        let own = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--pidfile", &pid];
        command.extend(own.map(str::to_owned));
        command.extend(["--dir".to_owned(), data, "--port".to_owned(), self.port.to_string()]);
        command.extend(self.options.iter().cloned());
        let program = Program { command: &command, signal: "TERM", folder: &folder, account: None };
        let mut guard = Guard::start(&program)?;
        let deadline = Instant::now() + PATIENCE;
        while let Err(reason) = probe::probe(Service::Redis, &self.url()) {
            if guard.ended().is_some() || Instant::now() > deadline {
                return Err(HarnessError::new(format!("a Redis did not come up: {reason}. Its log:\n{}", guard.log())));
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.guard = Some(guard);
        Ok(())
    }

    fn pid_file(&self) -> PathBuf {
        self.data.path().join("pid")
    }

    fn signal(&self, signal: &str) -> Result<(), HarnessError> {
        let pid = fs::read_to_string(self.pid_file()).map_err(HarnessError::doing("read the number of a process"))?;
        let status = Command::new("kill").args(["-s", signal, pid.trim()]).status();
        let status = status.map_err(HarnessError::doing("run kill"))?;
        if status.success() {
            Ok(())
        } else {
            Err(HarnessError::new(format!("cannot send {signal} to {}", pid.trim())))
        }
    }
}

impl Drop for RedisNode {
    fn drop(&mut self) {
        // A paused process would not hear that it should end.
        if self.guard.is_some() {
            drop(self.resume());
        }
    }
}

fn program(name: &str) -> Result<PathBuf, HarnessError> {
    binaries::find(name).ok_or_else(|| {
        HarnessError::new(format!("{name} is not installed. Install it (on Debian: apt-get install redis-server)"))
    })
}
