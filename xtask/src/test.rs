//! `cargo xtask test`: all tests, on servers that are found or started once for the whole run.

use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tablature_tests::Service;
use tablature_tests::servers::{Choice, Servers, is_root};

use crate::outcome::{COULD_NOT_RUN, Failure, cargo, program, succeeds};

/// How a program ends that a signal interrupted, as shells tell it.
const INTERRUPTED: u8 = 130;

/// How long `cargo test` may take to end by itself after it was interrupted.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Start servers for this run even if there are some on the usual ports or in the environment.
    #[arg(long)]
    private_servers: bool,
    /// What `cargo test --locked` is given, such as a part of a test's name. All packages are tested unless it names some.
    #[arg(last = true, value_name = "CARGO TEST ARGUMENT")]
    rest: Vec<String>,
}

/// Ends as `cargo test` ends: with 101 where a test fails or something does not compile.
pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let interrupts = count_interrupts()?;
    let choice = if arguments.private_servers { Choice::Private } else { Choice::Any };
    install(&Servers::not_installed(choice))?;
    let servers = Servers::resolve(choice).map_err(|error| Failure(error.to_string()))?;
    for server in servers.iter() {
        println!("{server}");
    }
    if interrupts.load(Ordering::SeqCst) > 0 {
        return Ok(INTERRUPTED);
    }
    let mut command = cargo();
    // Cargo would test everything if it were given both.
    let is_narrowed = arguments.rest.iter().any(|word| word.starts_with("-p") || word.starts_with("--package"));
    command.args(["test", "--locked"]).args((!is_narrowed).then_some("--workspace")).args(&arguments.rest);
    command.envs(servers.iter().map(|server| (server.service().variable(), server.url())));
    let child = command.spawn().map_err(|error| Failure(format!("cannot run cargo: {error}")))?;
    let status = wait(child, &interrupts)?;
    // Dropped here and not before: the private ones among them stop now.
    drop(servers);
    Ok(match status.code() {
        _ if interrupts.load(Ordering::SeqCst) > 0 => INTERRUPTED,
        Some(code) => u8::try_from(code).unwrap_or(COULD_NOT_RUN),
        None => COULD_NOT_RUN,
    })
}

/// Counts Ctrl-C and the requests to end, which would otherwise end this program before its servers. The second one
/// ends it at once; the servers notice that and stop too.
fn count_interrupts() -> Result<Arc<AtomicU8>, Failure> {
    let count = Arc::new(AtomicU8::new(0));
    let counted = Arc::clone(&count);
    let handler = move || {
        if counted.fetch_add(1, Ordering::SeqCst) > 0 {
            std::process::exit(i32::from(INTERRUPTED));
        }
    };
    ctrlc::set_handler(handler).map_err(|error| Failure(format!("cannot listen for Ctrl-C: {error}")))?;
    Ok(count)
}

/// Waits for the tests. In a terminal Ctrl-C reaches them as well as us; where it was for us alone, they are ended.
fn wait(mut child: Child, interrupts: &AtomicU8) -> Result<ExitStatus, Failure> {
    let waiting = |error| Failure(format!("cannot wait for cargo: {error}"));
    let mut deadline = None;
    loop {
        if let Some(status) = child.try_wait().map_err(waiting)? {
            return Ok(status);
        }
        if interrupts.load(Ordering::SeqCst) > 0 && Instant::now() > *deadline.get_or_insert(Instant::now() + GRACE) {
            child.kill().map_err(|error| Failure(format!("cannot end cargo: {error}")))?;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Installs what is missing, where this is Debian and nobody has to be asked for a password. Elsewhere the error that
/// follows says what to install.
fn install(missing: &[Service]) -> Result<(), Failure> {
    let possible = is_root() && Path::new("/etc/debian_version").exists();
    if missing.is_empty() || !possible {
        return Ok(());
    }
    let packages = missing.iter().flat_map(|service| service.debian_packages()).copied();
    let install: Vec<&str> = ["install", "--yes", "--no-install-recommends"].into_iter().chain(packages).collect();
    for arguments in [vec!["update"], install] {
        println!("apt-get {}", arguments.join(" "));
        let mut command = program("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(&arguments);
        if !succeeds(&mut command)? {
            return Err(Failure(format!("apt-get {} failed", arguments.join(" "))));
        }
    }
    Ok(())
}
