//! A watcher as a child process, and what it says.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long something may take on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder in which watchers run.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tablature-under-test"));
        command.args(arguments).current_dir(self.folder.path()).env("TABLATURE_CACHE_DIR", self.path("cache"));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and gives what it says to the person.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    /// Watches a database, and waits until the crate is there.
    pub(crate) fn watch(&self, url: &str, more: &[&str]) -> Watcher {
        let watcher = self.begin(url, more);
        watcher.until("files written");
        watcher
    }

    pub(crate) fn begin(&self, url: &str, more: &[&str]) -> Watcher {
        let mut arguments = vec!["watch", "--url", url, "--output", "crate", "--name", "shop"];
        if !more.contains(&"--interval") {
            arguments.extend(["--interval", "0.2"]);
        }
        arguments.extend(more);
        Watcher::start(self.command(&arguments))
    }

    /// A generated file's text; empty if there is no such file.
    pub(crate) fn generated(&self, file: &str) -> String {
        fs::read_to_string(self.path("crate").join(file)).unwrap_or_default()
    }

    /// Waits until a generated file has a text in it.
    pub(crate) fn until_generated(&self, watcher: &Watcher, file: &str, text: &str) {
        watcher.until_so(&format!("{file} has {text:?}"), || self.generated(file).contains(text));
    }

    /// Whether nothing is left of a crate that was being written.
    pub(crate) fn is_tidy(&self) -> bool {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.into_iter().all(|name| !name.to_string_lossy().starts_with('.'))
    }
}

/// A watcher at work. It is killed when this is dropped.
pub(crate) struct Watcher {
    child: Mutex<Child>,
    said: Arc<Mutex<String>>,
}

impl Watcher {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (lines, listening) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&said));
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                listening.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { child: Mutex::new(child), said }
    }

    /// What it has said so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// How often it has said that.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.said().matches(text).count()
    }

    /// Waits until it has said that.
    pub(crate) fn until(&self, text: &str) {
        self.until_so(&format!("it says {text:?}"), || self.said().contains(text));
    }

    /// Waits until it has said that once more than `before`.
    pub(crate) fn until_again(&self, text: &str, before: usize) {
        self.until_so(&format!("it says {text:?} again"), || self.count(text) > before);
    }

    pub(crate) fn until_so(&self, what: &str, is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            let has_ended = self.child.lock().unwrap().try_wait().unwrap().is_some();
            let is_late = has_ended || began.elapsed() > PATIENCE;
            assert!(!is_late || is_so(), "never came: {what}\n{}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// As Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let status =
            Command::new("kill").args(["-INT", &self.child.lock().unwrap().id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end.
    pub(crate) fn end(&self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end\n{}", self.said());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it as Ctrl-C does, which must leave nothing half done.
    pub(crate) fn leave(self, place: &Place) {
        self.interrupt();
        let status = self.end();
        assert!(status.success(), "{status}\n{}", self.said());
        assert!(place.is_tidy());
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Where a file is that is named by an SQLite URL.
pub(crate) fn file_of(url: &str) -> &Path {
    Path::new(url.trim_start_matches("sqlite:").trim_start_matches("//"))
}
