//! The thread that makes the crate.

use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::pace::Backoff;
use super::{Shared, Signal, WatchError};
use crate::codegen::{Clock, CodegenError, Looked, Outcome, Run, Stage, look, make, read_snapshot};
use crate::diff::{Side, diff};
use crate::output::{ChangeKind, Mode};
use crate::render::Printed;

/// How long it has to be quiet before a change is looked at: statements of one migration come closer to one another.
const QUIET: Duration = Duration::from_millis(100);

/// How long a change waits at the most, where it does not become quiet.
const LONGEST: Duration = Duration::from_secs(3);

/// How often to see whether the user wants to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// What is known of the schema that the crate was last made of.
struct Last {
    /// The schema, to tell what has changed since.
    side: Option<Side>,
    /// Its fingerprint.
    fingerprint: Option<String>,
    /// Its sources.
    printed: Printed,
}

/// Works until it is to stop, or until `is_over`.
///
/// # Errors
/// None at present; what fails is told, and tried again.
pub(super) fn run(
    shared: &Shared<'_>,
    signals: &Receiver<Signal>,
    is_over: impl Fn() -> bool,
) -> Result<(), WatchError> {
    // What an earlier run wrote is what a change is a change of.
    let snapshot = read_snapshot(&shared.source.output).ok().flatten();
    let mut last = Last { side: snapshot.map(Side::from), fingerprint: None, printed: Printed::default() };
    let mut backoff = Backoff::default();
    let mut complaint = String::new();
    let mut again: Option<Instant> = None;
    while !shared.stop.load(Ordering::Relaxed) {
        let Some(signal) = wait(signals, again) else {
            if is_over() {
                break;
            }
            continue;
        };
        match regenerate(shared, &mut last, signal) {
            Ok(written) => {
                (again, backoff) = (None, Backoff::default());
                complaint.clear();
                if written && shared.options.once {
                    break;
                }
            }
            Err(CodegenError::Interrupted) => break,
            Err(error) => {
                let text = error.to_string();
                // The same words again and again help nobody.
                if text != complaint {
                    (shared.say)(&format!("{text}\nthe crate stays as it is, and the next change is waited for"));
                    complaint = text;
                }
                // What failed for a reason of its own may go well the next time without any change.
                again = Some(Instant::now() + backoff.next());
            }
        }
    }
    Ok(())
}

/// Waits for a signal and then until it is quiet, or until it is time to try again. When that first came to light; nothing, where
/// nothing has happened for a moment.
fn wait(signals: &Receiver<Signal>, again: Option<Instant>) -> Option<Signal> {
    let first = match signals.recv_timeout(GLANCE) {
        Ok(signal) => signal,
        Err(_) => return again.filter(|at| *at <= Instant::now()),
    };
    let deadline = first + LONGEST;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match signals.recv_timeout(QUIET.min(left)) {
            Ok(_) if !left.is_zero() => {}
            Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Some(first),
        }
    }
}

/// Looks at the schema and, if it has changed, makes the crate. Whether anything was written.
fn regenerate(shared: &Shared<'_>, last: &mut Last, signal: Signal) -> Result<bool, CodegenError> {
    let source = shared.source;
    let mut clock = Clock::default();
    let began = Instant::now();
    let looked = clock.time(Stage::Reflect, || look(source, true, last.fingerprint.as_deref(), shared.stop));
    shared.took(began.elapsed());
    let (found, fingerprint) = match looked? {
        Looked::Unchanged { .. } => return Ok(false),
        Looked::Found(found, fingerprint) => (found, fingerprint),
    };
    let side = Side::from((*found).clone());
    let run = Run { clock, printed: Some(&last.printed) };
    let outcome = make(source, *found, fingerprint.clone(), Mode::Write, shared.stop, |_| {}, run);
    let since = signal.elapsed();
    // What changed is worked out when the crate is there already, and told whether it is or not.
    if let Some(before) = &last.side {
        (shared.say)(&diff(before, &side, source).brief());
    }
    let outcome = outcome?;
    (last.side, last.fingerprint) = (Some(side), fingerprint);
    let written = !outcome.files.changes.is_empty();
    if written {
        (shared.say)(&line(&outcome, since, began.saturating_duration_since(signal)));
        if let Some(command) = &shared.options.exec {
            execute(shared, command);
        }
    }
    Ok(written)
}

/// What was written, and how long it took since it came to light.
fn line(outcome: &Outcome, since: Duration, waited: Duration) -> String {
    let removed = outcome.files.count(ChangeKind::Removed);
    let written = outcome.files.changes.len() - removed;
    let removed = if removed == 0 { String::new() } else { format!(", {removed} removed") };
    let millis = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1000.0);
    let times = outcome.times.iter().map(|(stage, time)| format!("{} {}", stage.name(), millis(*time)));
    let parts: Vec<String> = std::iter::once(format!("quiet {}", millis(waited))).chain(times).collect();
    let files = if written == 1 { "file" } else { "files" };
    format!("{written} {files} written{removed}, {} after the change ({})", millis(since), parts.join(", "))
}

/// Runs the user's command to its end, or until the user wants to stop.
fn execute(shared: &Shared<'_>, command: &str) {
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command).env("TABLATURE_SOURCE", &shared.source.name);
    let ended = shell.spawn().and_then(|child| to_its_end(child, shared.stop));
    match ended {
        Ok(Some(status)) if status.success() => {}
        Ok(Some(status)) => (shared.say)(&format!("{command}: {status}")),
        Ok(None) => {}
        Err(error) => (shared.say)(&format!("cannot run {command}: {error}")),
    }
}

fn to_its_end(mut child: Child, stop: &AtomicBool) -> std::io::Result<Option<std::process::ExitStatus>> {
    while !stop.load(Ordering::Relaxed) {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(GLANCE);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

impl Shared<'_> {
    /// Remembers how long a look took.
    fn took(&self, time: Duration) {
        self.cost.store(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How long the last look took.
    pub(super) fn cost(&self) -> Duration {
        Duration::from_micros(self.cost.load(Ordering::Relaxed))
    }
}
