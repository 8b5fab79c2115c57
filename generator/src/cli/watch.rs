//! `tablature watch`.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{Failure, print_document, say};
use crate::config::{self, CommandLine, Origin, Source};
use crate::reflect::watch::{install, triggers, uninstall};
use crate::reflect::{DatabaseUrl, Dialect};
use crate::watch::{Options, watch};

/// Watches the schema of every configured source, or of the one that the options name, and writes its crate again when it
/// changes. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    command: CommandLine,
    /// How many seconds to wait between two probes, where a server does not tell of changes by itself. Longer where a probe
    /// takes long.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    interval: Duration,
    /// End after the first change that was written.
    #[arg(long)]
    once: bool,
    /// A command for the shell, to be run after each change that was written.
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    /// Install event triggers in a PostgreSQL database, by which it tells of changes at once, and do nothing else.
    #[arg(long, conflicts_with = "uninstall")]
    install: bool,
    /// Remove them, and do nothing else.
    #[arg(long)]
    uninstall: bool,
    /// Print the SQL that --install or --uninstall would run, and run nothing.
    #[arg(long)]
    print_sql: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is not a number of seconds".to_owned())?;
    let seconds = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if seconds < Duration::from_millis(10) {
        Err("it is less than a hundredth of a second".to_owned())
    } else {
        Ok(seconds)
    }
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    if args.print_sql {
        let sql = if args.uninstall { triggers::uninstall() } else { triggers::install() };
        print_document(&format!("{sql};\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let sources = config::load(&args.command)?;
    if args.install || args.uninstall {
        return change_triggers(args, &sources);
    }
    let options = Options { interval: args.interval, once: args.once, exec: args.exec.clone() };
    // One that cannot begin ends the others, too; so does one that has done what was to be done once.
    let stop = AtomicBool::new(false);
    let results = thread::scope(|scope| {
        let watching: Vec<_> = sources
            .iter()
            .map(|source| {
                let (options, stop) = (&options, &stop);
                scope.spawn(move || watch(source, options, stop, &|text| said(source, text)))
            })
            .collect();
        while !watching.iter().all(thread::ScopedJoinHandle::is_finished) {
            if interrupted.load(Ordering::Relaxed) {
                stop.store(true, Ordering::Relaxed);
            }
            thread::sleep(Duration::from_millis(20));
        }
        let joined =
            watching.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect::<Vec<_>>()
    });
    for result in results {
        result?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says something about a source, each line with its name before it.
fn said(source: &Source, text: &str) {
    say(text.lines().map(|line| format!("{}: {line}\n", source.name)).collect());
}

fn change_triggers(args: &Args, sources: &[Source]) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut any = false;
    for source in sources {
        let Origin::Url(url) = &source.origin else { continue };
        let url = DatabaseUrl::parse(url)?;
        if url.dialect() != Dialect::Postgres {
            continue;
        }
        any = true;
        if args.install {
            runtime.block_on(install(&url))?;
            said(source, &format!("installed event triggers in {url}; `tablature watch --uninstall` removes them"));
        } else {
            runtime.block_on(uninstall(&url))?;
            said(source, &format!("there are no event triggers of `tablature watch` in {url} any more"));
        }
    }
    if !any {
        return Err(
            "no source is a PostgreSQL database: only those have event triggers, and others are watched without".into(),
        );
    }
    Ok(ExitCode::SUCCESS)
}
