//! Whether database, snapshot and crate agree.

use std::sync::atomic::AtomicBool;
use std::thread;

use crate::codegen::{CodegenError, Found, Known, codegen, find, find_whatever_is_configured, recall};
use crate::config::{Origin, Source};
use crate::findings::{Finding, Location, compare, ddl, rename, stale};
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
    Ok(look(source, reach, mend, interrupted)?.findings)
}

/// What was found, and the schema that it was found in.
#[derive(Debug)]
pub struct Looked {
    /// What does not agree.
    pub findings: Vec<Finding>,
    /// The schema, where it was read from somewhere else than the snapshot.
    schema: Option<Found>,
}

impl Looked {
    /// The schema as it is: the one that was compared with the snapshot, or the snapshot if there was no other.
    ///
    /// # Errors
    /// Where there is no snapshot that can be read.
    pub fn schema(self, source: &Source, interrupted: &AtomicBool) -> Result<Found, CodegenError> {
        match self.schema {
            Some(found) => Ok(found),
            None => find(&Source { origin: Origin::Snapshot, memory: None, ..source.clone() }, interrupted),
        }
    }
}

/// As [`check`], with the schema, so that more can be held to it.
///
/// # Errors
/// As [`check`].
pub fn look(source: &Source, reach: Reach, mend: &str, interrupted: &AtomicBool) -> Result<Looked, CodegenError> {
    let known = if reach == Reach::Origin { recall(source, interrupted)? } else { Known::Nothing };
    // A run that looks at the snapshot alone leaves the memory to those that look at the schema.
    let offline = Source { origin: Origin::Snapshot, memory: None, ..source.clone() };
    let (stale, drifted) = match known {
        Known::All => return Ok(Looked { findings: Vec::new(), schema: None }),
        Known::Crate(found) => (Ok(Vec::new()), drift(source, &offline, Some(*found), interrupted)),
        Known::Nothing => thread::scope(|scope| {
            // One waits for a server, and the other has work to do.
            let files = scope.spawn(|| codegen(&offline, Mode::Check, interrupted, |_| {}));
            let drifted = match reach {
                Reach::Snapshot => Ok((Vec::new(), None)),
                Reach::Origin => drift(source, &offline, None, interrupted),
            };
            let files = files.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (files.map(|outcome| stale::findings(&source.output, &outcome.files.changes)), drifted)
        }),
    };
    let mut findings = stale?;
    for finding in &mut findings {
        finding.severity = source.check.of(finding.status, &finding.place, "");
    }
    let (drifted, schema) = drifted?;
    findings.extend(drifted);
    for finding in &mut findings {
        finding.source.clone_from(&source.name);
        finding.mend = Some(mend.to_owned());
    }
    Ok(Looked { findings, schema })
}

/// What differs between the schema and the snapshot; and the schema, which is read unless it was already.
fn drift(
    source: &Source,
    offline: &Source,
    found: Option<Found>,
    interrupted: &AtomicBool,
) -> Result<(Vec<Finding>, Option<Found>), CodegenError> {
    // Without a snapshot there is no need to ask a database.
    let Found { catalog: snapshot, .. } = find(offline, interrupted)?;
    let found = found.map_or_else(|| find_whatever_is_configured(source, interrupted), Ok)?;
    let Found { catalog, diagnostics, .. } = &found;
    let sides = match source.origin {
        Origin::Migrations(_) => compare::MIGRATIONS_AND_SNAPSHOT,
        Origin::Url(_) | Origin::Snapshot => compare::DATABASE_AND_SNAPSHOT,
    };
    let mut findings = compare::compare(catalog, &snapshot, diagnostics, sides);
    rename::explain(&mut findings, catalog, &snapshot);
    // What migrations make is mended in their files.
    if matches!(source.origin, Origin::Url(_)) {
        ddl::propose(&mut findings, catalog, &snapshot);
    }
    let file = stale::shown(&source.output.join(SNAPSHOT_FILE));
    for finding in &mut findings {
        finding.severity = source.check.of(finding.status, &finding.place, &snapshot.default_schema);
        finding.location = Some(Location::of_file(&file));
    }
    Ok((findings, Some(found)))
}
