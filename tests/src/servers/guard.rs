//! A process that is stopped, and whose folder is removed, whatever happens to the one that started it.
//!
//! Between the two stands a small shell script that holds one end of a pipe. When the other end closes, because the
//! guard was dropped or because its process was killed, the script stops the server and removes its folder. The
//! script has a process group of its own, so that Ctrl-C in a terminal reaches the tests and not the servers under
//! them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::private::Account;
use crate::error::HarnessError;

/// How long a server may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Arguments: the signal that stops the server, its folder, its command line.
const SCRIPT: &str = r#"
signal=$1 folder=$2
shift 2
cd "$folder" || exit 1
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill -s "$signal" "$server"; } &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
cd / && rm -rf "$folder"
exit "$status"
"#;

/// A running server. Dropping it stops the server and waits for its end.
#[derive(Debug)]
pub(super) struct Guard {
    script: Child,
    log: File,
}

/// What to run, as whom, and how to end it.
pub(super) struct Program<'a> {
    /// The server's command line.
    pub(super) command: &'a [String],
    /// The signal that ends it.
    pub(super) signal: &'a str,
    /// Its working folder, which is removed when it ends.
    pub(super) folder: &'a Path,
    /// Another user to run as.
    pub(super) account: Option<Account>,
}

impl Guard {
    /// Starts a program. It may still end at once: see [`Guard::ended`].
    pub(super) fn start(program: &Program<'_>) -> Result<Self, HarnessError> {
        let path = program.folder.join("log");
        // The file outlives its name, so that the log can be read after the folder is gone.
        let log = File::options().read(true).append(true).create(true).open(&path);
        let log = log.map_err(HarnessError::doing(format!("write {}", path.display())))?;
        let copy = || log.try_clone().map_err(HarnessError::doing("share a log"));
        let mut command = command("sh", program.folder, program.account);
        command.args(["-c", SCRIPT, "tablature-server", program.signal]).arg(program.folder).args(program.command);
        command.stdin(Stdio::piped()).stdout(copy()?).stderr(copy()?).process_group(0);
        let script = command.spawn().map_err(HarnessError::doing("start a shell"))?;
        Ok(Self { script, log })
    }

    /// How the server ended, if it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.script.try_wait().ok().flatten()
    }

    /// The last lines that the server wrote.
    pub(super) fn log(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = self.log.seek(SeekFrom::Start(0)).and_then(|_| self.log.read_to_end(&mut bytes));
        match read {
            Ok(_) => tail(&String::from_utf8_lossy(&bytes)),
            Err(error) => format!("(its log cannot be read: {error})"),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        while self.ended().is_none() {
            if Instant::now() > deadline {
                // The group holds the script and the server.
                let group = format!("-{}", self.script.id());
                drop(Command::new("kill").args(["-s", "KILL", "--", &group]).status());
                drop(self.script.wait());
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A command with nothing of the caller's environment but `PATH`: a stray `PGDATA` or `MYSQL_HOME` must not lead a
/// private server to somebody's data.
pub(super) fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", folder).env("LC_ALL", "C").env("TMPDIR", folder).current_dir(folder);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
    command
}

/// The last lines of a log.
pub(super) fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(folder: &Path) -> Guard {
        let command = ["sh", "-c", "echo ready; echo $$ >pid; exec sleep 600"].map(str::to_owned);
        let program = Program { command: &command, signal: "TERM", folder, account: None };
        let mut guard = Guard::start(&program).expect("a shell");
        let deadline = Instant::now() + PATIENCE;
        while !guard.log().contains("ready") {
            assert!(Instant::now() < deadline, "the program never ran: {:?}", guard.ended());
            thread::sleep(Duration::from_millis(5));
        }
        guard
    }

    fn folder() -> std::path::PathBuf {
        tempfile::tempdir().expect("a folder").keep()
    }

    #[test]
    fn dropping_ends_the_program_and_removes_its_folder() {
        let folder = folder();
        let mut guard = sleeper(&folder);
        assert_eq!(guard.ended(), None);
        assert!(folder.is_dir());
        let started = Instant::now();
        drop(guard);
        assert!(!folder.exists(), "the folder stayed");
        assert!(started.elapsed() < PATIENCE, "it had to be killed");
    }

    #[test]
    fn the_death_of_the_starter_is_enough() {
        let folder = folder();
        let mut guard = sleeper(&folder);
        // The kernel closes the pipe of a process that dies; nothing else of the guard is used here.
        drop(guard.script.stdin.take());
        let status = guard.script.wait().expect("it ends");
        assert!(!status.success(), "the program was not ended by a signal: {status}");
        assert!(!folder.exists(), "the folder stayed");
    }

    #[test]
    fn a_program_that_ends_by_itself_is_seen_and_its_log_survives() {
        let folder = folder();
        let command = ["sh", "-c", "echo no such option >&2; exit 3"].map(str::to_owned);
        let program = Program { command: &command, signal: "TERM", folder: &folder, account: None };
        let mut guard = Guard::start(&program).expect("a shell");
        let deadline = Instant::now() + PATIENCE;
        // Polled, for waiting would close the pipe and thereby end the program.
        let status = loop {
            assert!(Instant::now() < deadline, "the end was not seen");
            match guard.ended() {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        assert_eq!(status.code(), Some(3));
        assert!(!folder.exists(), "the folder stayed");
        assert_eq!(guard.log(), "no such option");
    }
}
