//! The command that makes a crate again.

use super::file::{COMMAND, WITHOUT_CONFIG, shell_word};
use super::{CommandLine, Source};

/// The command that mends what a check found: the one that the configuration names, told what the check was told, without a
/// password.
pub(crate) fn mending(source: &Source, args: &CommandLine) -> String {
    let is_own = source.command.starts_with(COMMAND) && args.config.is_some();
    let command = if is_own { COMMAND } else { source.command.trim_end_matches(WITHOUT_CONFIG) };
    let mut words = vec![command.to_owned()];
    let mut add = |flag: &str, value: String| words.push(format!("{flag} {}", shell_word(&value)));
    if let Some(url) = &args.url {
        add("--url", shown(url));
    }
    if let Some(url) = &args.scratch_url {
        add("--scratch-url", shown(url));
    }
    for (flag, path) in [
        ("--config", args.config.as_ref().filter(|_| is_own)),
        ("--migrations", args.migrations.as_ref()),
        ("--output", args.output.as_ref()),
        ("--runtime-path", args.runtime_path.as_ref()),
    ] {
        if let Some(path) = path {
            add(flag, path.display().to_string());
        }
    }
    if let Some(name) = &args.name {
        add("--name", name.clone());
    }
    for (flag, globs) in [("--schema", &args.schemas), ("--include", &args.include), ("--exclude", &args.exclude)] {
        for glob in globs {
            add(flag, glob.clone());
        }
    }
    if args.self_test {
        words.push("--self-test".to_owned());
    }
    if args.offline {
        words.push("--offline".to_owned());
    }
    words.join(" ")
}

/// A URL without its password.
#[cfg(feature = "live")]
pub(crate) fn shown(url: &str) -> String {
    crate::reflect::DatabaseUrl::shown(url)
}

/// A URL without its password: without drivers nobody reads one, so that there is nothing to be shown.
#[cfg(not(feature = "live"))]
pub(crate) fn shown(_: &str) -> String {
    String::new()
}
