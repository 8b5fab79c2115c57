//! Holds the SQL in a project's source to a catalog: every table and column that a statement names must be there.
//!
//! `files` walks through the paths, [`extract`](mod@extract) finds texts for the database in source, `names` holds their names
//! to the catalog, and `prepare` lets a server judge them. One law stands over all rules here: a statement is wrong only where
//! no reading of it could be right. What is not seen or not understood is counted as unverifiable, and is no error.

mod extract;
pub(crate) mod files;
mod names;
mod placeholder;
#[cfg(feature = "live")]
mod prepare;
mod report;

use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Engine};
use crate::config::{Source, TargetKind, Validation};
use crate::findings::{Place, Statements};
use crate::parallel;
use extract::{Found, Grammar, extract};
pub(crate) use names::known::is_system_column;
use names::{Fault, Names, Read};
#[cfg(feature = "live")]
pub use prepare::prepare;

/// A text for the database in source: a statement, or the name of a table or column.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What it is handed to.
    pub call: String,
    /// What it is.
    pub kind: TargetKind,
    /// The engine whose SQL it is.
    pub dialect: Engine,
    /// The text; absent where it cannot be seen.
    pub text: Option<String>,
    /// What has come of it.
    pub outcome: Outcome,
    /// Why it is unverifiable.
    pub reason: Option<String>,
    /// What is wrong with it, in the order of the text.
    pub issues: Vec<Issue>,
    /// For each byte of the text, the line and the column that it comes from.
    places: Vec<(usize, usize)>,
    /// The text as a server takes it; absent where it is not one statement.
    #[cfg(feature = "live")]
    for_server: Option<String>,
    /// Whether it names something that the source makes itself.
    needs_what_source_makes: bool,
}

/// What has come of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All that it names is there.
    Verified,
    /// Some of it could not be seen or not be understood, and nothing is wrong with the rest.
    Unverifiable,
    /// It names something that is not there, or the server refuses it.
    Wrong,
}

/// What sort of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueKind {
    /// There is no such schema.
    UnknownSchema,
    /// There is no such table, view or the like.
    UnknownTable,
    /// There is no such column where the name stands.
    UnknownColumn,
    /// Nothing in the statement goes by the name before the dot.
    UnknownQualifier,
    /// The server does not prepare it.
    Refused,
}

/// Something wrong with a statement, and its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What sort of thing it is.
    pub kind: IssueKind,
    /// What of the database the name stands for, as far as that is known.
    pub place: Place,
    /// The name, as it is written; of a statement that is refused, its text.
    pub name: String,
    /// What may have been meant, as SQL takes it.
    pub suggestion: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// A file, or a part of it, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file or folder.
    pub file: PathBuf,
    /// Why.
    pub message: String,
}

/// What is said of the SQL in source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// All statements that were found, by file and place.
    pub statements: Vec<Statement>,
    /// What could not be read, by file.
    pub notes: Vec<Note>,
    /// How many files were read.
    pub files: usize,
}

impl Verdict {
    /// How many statements are how.
    pub fn counts(&self) -> Statements {
        let count = |outcome| self.statements.iter().filter(|statement| statement.outcome == outcome).count();
        Statements {
            files: self.files,
            verified: count(Outcome::Verified),
            unverifiable: count(Outcome::Unverifiable) + self.notes.len(),
            wrong: count(Outcome::Wrong),
        }
    }

    /// All that is wrong, by file and place.
    pub fn issues(&self) -> impl Iterator<Item = &Issue> {
        self.statements.iter().flat_map(|statement| &statement.issues)
    }
}

impl Statement {
    /// The line and column that a byte of the text comes from.
    fn place(&self, byte: usize) -> (usize, usize) {
        self.places.get(byte).or(self.places.last()).copied().unwrap_or((self.line, self.column))
    }

    /// Notes what is wrong at a byte of the text.
    fn add_issue(&mut self, fault: Fault) {
        let Fault { byte, kind, place, name, suggestion, message } = fault;
        let (line, column) = self.place(byte);
        self.issues.push(Issue { file: self.file.clone(), line, column, kind, place, name, suggestion, message });
        self.outcome = Outcome::Wrong;
        self.reason = None;
    }
}

/// Why nothing is said of the SQL in source.
#[derive(Debug, thiserror::Error)]
pub enum ValidateError {
    /// A path that was given leads nowhere.
    #[error("cannot read {}: {source}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The system gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}

/// Finds the SQL in the files at or below some paths, and holds the names in it to a catalog. What the source of the catalog
/// leaves out is not missed.
///
/// # Errors
/// Where a path leads nowhere.
pub fn validate(
    paths: &[PathBuf],
    catalog: &Catalog,
    source: &Source,
    options: &Validation,
) -> Result<Verdict, ValidateError> {
    for path in paths {
        path.metadata().map_err(|source| ValidateError::Path { path: path.clone(), source })?;
    }
    parallel::deep(|| read(paths, catalog, source, options)).map_err(ValidateError::Thread)
}

fn read(paths: &[PathBuf], catalog: &Catalog, source: &Source, options: &Validation) -> Verdict {
    let names = Names::new(catalog, source, &options.search_path);
    let targets = options.all_targets();
    let mut verdict = Verdict::default();
    let is_known = |path: &Path| Grammar::of(path).is_some();
    for file in files::walk(paths, options.max_file_size, is_known, &mut verdict.notes) {
        let Some(grammar) = Grammar::of(&file) else { continue };
        let source = match files::read(&file) {
            Ok(source) => source,
            Err(message) => {
                verdict.notes.push(Note { file, message });
                continue;
            }
        };
        verdict.files += 1;
        let extract = extract(&source, grammar, &targets);
        verdict.notes.extend(extract.unread.map(|message| Note { file: file.clone(), message }));
        verdict.statements.extend(judged(&file, &source, grammar, extract.found, &names));
    }
    verdict.notes.sort();
    verdict
}

/// The statements of one file, held to the catalog.
fn judged(file: &Path, source: &str, grammar: Grammar, found: Vec<Found>, names: &Names<'_>) -> Vec<Statement> {
    let lines = Lines::new(source);
    let read: Vec<(Found, Option<Read>)> = found
        .into_iter()
        .map(|found| {
            let sql = found.text.as_ref().ok().filter(|_| found.kind == TargetKind::Sql);
            let read = sql.map(|text| names.parse(&text.value, grammar == Grammar::Python));
            (found, read)
        })
        .collect();
    // What the file makes itself is there, although the catalog does not know it.
    let made = read.iter().filter_map(|(_, read)| read.as_ref()).flat_map(|read| names.made(read)).collect();
    let judge = |(found, read): (Found, Option<Read>)| {
        let (line, column) = lines.place(found.offset);
        let mut statement = Statement {
            file: file.to_owned(),
            line,
            column,
            call: found.call,
            kind: found.kind,
            dialect: names.engine(),
            text: None,
            outcome: Outcome::Verified,
            reason: None,
            issues: Vec::new(),
            places: Vec::new(),
            #[cfg(feature = "live")]
            for_server: None,
            needs_what_source_makes: false,
        };
        match found.text {
            Err(reason) => {
                statement.outcome = Outcome::Unverifiable;
                statement.reason = Some(reason.to_owned());
            }
            Ok(text) => {
                statement.places = text.offsets.iter().map(|offset| lines.place(*offset)).collect();
                let judgement = match &read {
                    Some(read) => names.check(read, &made),
                    None => names.check_name(&text.value, found.kind, &made),
                };
                #[cfg(feature = "live")]
                if read.as_ref().is_some_and(Read::may_be_prepared) {
                    statement.for_server = Some(match grammar {
                        Grammar::Python => placeholder::numbered(&text.value, names.engine()),
                        _ => placeholder::by_number(&text.value, names.engine()),
                    });
                }
                statement.needs_what_source_makes = judgement.needs_what_source_makes;
                statement.text = Some(text.value);
                if let Some(doubt) = judgement.doubt {
                    statement.outcome = Outcome::Unverifiable;
                    statement.reason = Some(doubt);
                }
                for fault in judgement.faults {
                    statement.add_issue(fault);
                }
            }
        }
        statement
    };
    read.into_iter().map(judge).collect()
}

/// Where the lines of a text begin.
struct Lines<'s> {
    source: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn new(source: &'s str) -> Self {
        let starts = std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { source, starts }
    }

    /// The line and the column of a byte, both from 1.
    fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.source.get(start..offset).map_or(0, |before| before.chars().count());
        (line.max(1), column + 1)
    }
}
