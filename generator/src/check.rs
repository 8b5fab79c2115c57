//! Whether database, snapshot and crate agree.

use std::sync::atomic::AtomicBool;
use std::thread;

use crate::codegen::{CodegenError, Found, codegen, find, find_whatever_is_configured, is_unchanged};
use crate::config::{Origin, Source};
use crate::findings::{Finding, Location, compare, rename, stale};
use crate::output::Mode;
use crate::render::SNAPSHOT_FILE;

/// How far to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The snapshot and what is made of it.
    Snapshot,
    /// The schema that the snapshot was taken of too: a live database, or what migrations make.
    Origin,
}

/// Holds a crate to its snapshot and, if the check reaches so far, the snapshot to the schema where the source says it comes
/// from. `mend` is the command that makes the crate again. Where the source has a memory of a run of `tablature codegen` since
/// which nothing has changed, that is found in a fraction of the time.
///
/// # Errors
/// Where either cannot be read, and where the schema or the snapshot has nothing in it: then nothing is known, and it is not as
/// if all were well.
pub fn check(
    source: &Source,
    reach: Reach,
    mend: &str,
    interrupted: &AtomicBool,
) -> Result<Vec<Finding>, CodegenError> {
    if reach == Reach::Origin && is_unchanged(source, interrupted)? {
        return Ok(Vec::new());
    }
    // A run that looks at the snapshot alone leaves the memory to those that look at the schema.
    let offline = Source { origin: Origin::Snapshot, memory: None, ..source.clone() };
    let (stale, drifted) = thread::scope(|scope| {
        // One waits for a server, and the other has work to do.
        let files = scope.spawn(|| codegen(&offline, Mode::Check, interrupted, |_| {}));
        let drifted = match reach {
            Reach::Snapshot => Ok(Vec::new()),
            Reach::Origin => drift(source, &offline, interrupted),
        };
        let files = files.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (files.map(|outcome| stale::findings(&source.output, &outcome.files.changes)), drifted)
    });
    let mut findings = stale?;
    for finding in &mut findings {
        finding.severity = source.check.of(finding.status, &finding.place, "");
    }
    findings.extend(drifted?);
    for finding in &mut findings {
        finding.source.clone_from(&source.name);
        finding.mend = Some(mend.to_owned());
    }
    Ok(findings)
}

/// What differs between the schema and the snapshot.
fn drift(source: &Source, offline: &Source, interrupted: &AtomicBool) -> Result<Vec<Finding>, CodegenError> {
    // Without a snapshot there is no need to ask a database.
    let Found { catalog: snapshot, .. } = find(offline, interrupted)?;
    let Found { catalog, diagnostics, .. } = find_whatever_is_configured(source, interrupted)?;
    let sides = match source.origin {
        Origin::Migrations(_) => compare::MIGRATIONS_AND_SNAPSHOT,
        Origin::Url(_) | Origin::Snapshot => compare::DATABASE_AND_SNAPSHOT,
    };
    let mut findings = compare::compare(&catalog, &snapshot, &diagnostics, sides);
    rename::explain(&mut findings, &catalog, &snapshot);
    let file = stale::shown(&source.output.join(SNAPSHOT_FILE));
    for finding in &mut findings {
        finding.severity = source.check.of(finding.status, &finding.place, &snapshot.default_schema);
        finding.location = Some(Location::of_file(&file));
    }
    Ok(findings)
}
