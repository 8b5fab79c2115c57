//! The thread that learns of changes.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use tokio::time::{Instant as At, sleep, sleep_until};

use super::files::Files;
use super::pace::{Backoff, after};
use super::{Shared, Signal, Target, WatchError};
use crate::reflect::watch::{Means, Observer};
use crate::reflect::{DatabaseUrl, ReflectError};

/// How many times the interval a server is left alone that tells of changes by itself, and a file whose version tells of them.
/// Triggers may have been switched off, and a file may have been written over.
const SELDOM: u32 = 15;

/// How often to see whether the user wants to stop.
const GLANCE: Duration = Duration::from_millis(50);

/// Watches until it is to stop.
///
/// # Errors
/// Where the database cannot be reached at the beginning.
pub(super) fn run(shared: &Shared<'_>, target: &Target, signals: &Sender<Signal>) -> Result<(), WatchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(WatchError::Runtime)?;
    runtime.block_on(async {
        let stop = async {
            while !shared.stop.load(Ordering::Relaxed) {
                sleep(GLANCE).await;
            }
        };
        let watching = async {
            match target {
                Target::Database(url) => database(shared, url, signals).await,
                Target::Migrations(folder) => migrations(shared, folder, signals).await,
            }
        };
        tokio::select! {
            result = watching => result,
            () = stop => Ok(()),
        }
    })
}

/// Tells the worker that there may be something to look at.
fn tell(signals: &Sender<Signal>) {
    // One that has ended has no use for it.
    let _ = signals.send(Instant::now());
}

async fn migrations(shared: &Shared<'_>, folder: &Path, signals: &Sender<Signal>) -> Result<(), WatchError> {
    let mut files = Files::watch(folder);
    (shared.say)(&format!("watching {}", folder.display()));
    tell(signals);
    loop {
        let rest = after(shared.options.interval, shared.cost());
        tokio::select! {
            () = files.happened() => {}
            // Some file systems do not tell of what others do.
            () = sleep(rest) => {}
        }
        files.again();
        tell(signals);
        // One event seldom comes alone, and each would begin anew.
        sleep(GLANCE).await;
    }
}

async fn database(shared: &Shared<'_>, url: &DatabaseUrl, signals: &Sender<Signal>) -> Result<(), WatchError> {
    let mut observer = Observer::open(url).await.map_err(crate::codegen::CodegenError::from)?;
    let mut backoff = Backoff::default();
    let mut complaint = String::new();
    loop {
        (shared.say)(&format!("watching {url}: {}", said(observer.means(), shared.options.interval)));
        // Whatever happened before, or while nobody was there.
        tell(signals);
        let lost = attend(shared, &mut observer, signals, &mut backoff).await;
        drop(observer);
        let mut error = lost;
        observer = loop {
            let wait = backoff.next();
            let text = error.to_string();
            // The same words every few seconds help nobody.
            if text != complaint {
                (shared.say)(&format!("{text}; trying again until it answers"));
                complaint = text;
            }
            sleep(wait).await;
            match Observer::open(url).await {
                Ok(observer) => break observer,
                Err(failed) => error = failed,
            }
        };
        complaint.clear();
    }
}

fn said(means: Means, interval: Duration) -> String {
    let seconds = interval.as_secs_f64();
    match means {
        Means::Notifications => "its event triggers tell of changes".to_owned(),
        Means::Fingerprint => format!(
            "asking for a fingerprint of its catalogs every {seconds} s (`tablature watch --install` lets it tell of changes by itself)"
        ),
        Means::Tables => {
            format!("asking what tables it has every {seconds} s, and for all of the schema where that takes little")
        }
        Means::SchemaVersion => "its file tells of changes".to_owned(),
    }
}

/// Watches until the connection is lost.
async fn attend(
    shared: &Shared<'_>,
    observer: &mut Observer,
    signals: &Sender<Signal>,
    backoff: &mut Backoff,
) -> ReflectError {
    let interval = shared.options.interval;
    let mut files = observer.file().map(|file| Files::watch(&file));
    let mut means = observer.means();
    let mut cost = Duration::ZERO;
    let mut looked = At::now();
    loop {
        let rest = match means {
            Means::Notifications => after(interval * SELDOM, cost),
            Means::Fingerprint | Means::Tables | Means::SchemaVersion => after(interval, cost),
        };
        // What the probe does not see of a schema is found by a look at all of it.
        let look = match means {
            Means::Notifications | Means::Fingerprint => None,
            Means::Tables => Some(looked + after(interval, shared.cost())),
            Means::SchemaVersion => Some(looked + after(interval * SELDOM, shared.cost())),
        };
        let file_changed = async {
            match &files {
                Some(files) => files.happened().await,
                None => std::future::pending().await,
            }
        };
        let look_is_due = async {
            match look {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let happened = tokio::select! {
            told = observer.told() => match told {
                Ok(()) => true,
                Err(error) => return error,
            },
            () = look_is_due => true,
            () = file_changed => false,
            () = sleep(rest) => false,
        };
        // Whoever answers is back, and the next failure is a first one.
        *backoff = Backoff::default();
        if happened {
            looked = At::now();
            tell(signals);
            continue;
        }
        if let Some(files) = &mut files {
            // A database that is written to all the time is not to be probed all the time.
            sleep(GLANCE).await;
            files.again();
        }
        let began = Instant::now();
        match observer.probe().await {
            Ok(changed) => {
                cost = began.elapsed();
                if changed {
                    looked = At::now();
                    tell(signals);
                }
            }
            Err(error) => return error,
        }
        if means != observer.means() {
            means = observer.means();
            (shared.say)(&format!("from now on, {}", said(means, interval)));
        }
    }
}
