//! `tablature adopt`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::AtomicBool;

use super::codegen::plural;
use super::{Failure, print_document, say};
use crate::adopt::{Plan, apply, newest, plan, rollback};
use crate::codegen::{decide, find};
use crate::config::{self, CommandLine};

/// Moves a project with models of its own onto the generated crate: structures become names for the crate's types, and imports
/// follow. What would not compile afterwards stays, with a reason. Old files are kept, and --rollback puts them back.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders with the models, and with what uses them; those of the configuration, or src, unless given. May be
    /// repeated.
    #[arg(long, value_name = "PATH")]
    models: Vec<PathBuf>,
    /// The configuration; tablature.toml in the working directory unless given.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the crate.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The configured source to use, where there are several.
    #[arg(long, value_name = "CRATE")]
    name: Option<String>,
    /// Print the plan and what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Put the old files back: those of this backup, or of the last one.
    #[arg(long, value_name = "DIR", num_args = 0..=1, conflicts_with_all = ["models", "dry_run"])]
    rollback: Option<Option<PathBuf>>,
    /// With --rollback, put files back that were changed since, too.
    #[arg(long, requires = "rollback")]
    force: bool,
    /// Change files though git knows of changes that are not committed.
    #[arg(long)]
    allow_dirty: bool,
}

pub(super) fn run(args: &Args, interrupted: &AtomicBool) -> Result<ExitCode, Failure> {
    let root = Path::new(".");
    if let Some(backup) = &args.rollback {
        let backup = backup.clone().map_or_else(|| newest(root), Ok)?;
        let restored = rollback(&backup, root, args.force, interrupted)?;
        for path in &restored.restored {
            say(format!("restored {path}\n"));
        }
        say(format!("{} restored, {} unchanged\n", plural(restored.restored.len(), "file"), restored.unchanged));
        return Ok(ExitCode::SUCCESS);
    }
    let command = CommandLine {
        config: args.config.clone(),
        output: args.output.clone(),
        name: args.name.clone(),
        offline: true,
        ..CommandLine::default()
    };
    let sources = config::load(&command)?;
    let [source] = sources.as_slice() else {
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        return Err(format!(
            "the configuration names several sources; say with --name which one is adopted: {}",
            names.join(", ")
        )
        .into());
    };
    let paths = match (args.models.as_slice(), source.models.as_slice()) {
        ([], []) => vec![PathBuf::from("src")],
        ([], configured) => configured.to_vec(),
        (given, _) => given.to_vec(),
    };
    let found = find(source, interrupted)?;
    let model = decide(&found, source)?;
    let max_file_size = config::load_validation(args.config.as_deref())?.max_file_size;
    let plan = plan(&paths, &found.catalog, &found.diagnostics, &model, source, max_file_size)?;
    print_document(&told(&plan, args.dry_run))?;
    if args.dry_run || plan.changes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if !args.allow_dirty {
        refuse_dirty(root)?;
    }
    let backup = apply(&plan.changes, root, interrupted)?;
    let backup = crate::findings::stale::shown(&backup);
    say(format!(
        "{} changed; the old ones are in {backup}. Next: cargo check; and to undo it: tablature adopt --rollback\n",
        plural(plan.changes.len(), "file")
    ));
    Ok(ExitCode::SUCCESS)
}

/// The plan for people.
fn told(plan: &Plan, with_diffs: bool) -> String {
    let mut text = String::new();
    for moved in &plan.moved {
        let comments = match moved.comments {
            0 => String::new(),
            n => format!(" ({} within it with it)", plural(n, "comment")),
        };
        text.push_str(&format!("{}:{}: {} becomes {}{comments}\n", moved.file, moved.line, moved.name, moved.target));
    }
    for left in &plan.left {
        let target = left.target.as_ref().map(|target| format!(", and does not become {target}")).unwrap_or_default();
        text.push_str(&format!("{}:{}: {} stays{target}:\n", left.file, left.line, left.name));
        for reason in &left.reasons {
            text.push_str(&format!("    {reason}\n"));
        }
    }
    for note in &plan.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    for change in &plan.changes {
        text.push_str(&format!("{} changes\n", change.shown()));
    }
    if with_diffs {
        for change in &plan.changes {
            text.push('\n');
            text.push_str(&change.diff());
        }
    }
    text.push_str(&format!("{} moved, {} left\n", plural(plan.moved.len(), "type"), plan.left.len()));
    text
}

/// Where git keeps a project, changes that are not committed would be mixed with these. Without git, the backup has to do.
fn refuse_dirty(root: &Path) -> Result<(), Failure> {
    let status = Command::new("git").args(["status", "--porcelain"]).current_dir(root).output();
    let Some(output) = status.ok().filter(|output| output.status.success()) else { return Ok(()) };
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let dirty: Vec<&str> = lines.lines().filter_map(|line| line.get(3..)).collect();
    if dirty.is_empty() {
        return Ok(());
    }
    let more = if dirty.len() > 5 { ", …" } else { "" };
    let named = dirty.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    Err(format!(
        "git knows of changes that are not committed ({named}{more}); nothing was changed. Commit them, or give --allow-dirty"
    )
    .into())
}
