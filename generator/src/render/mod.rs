//! Shapes a [`Model`] into files in memory. Pure: the same model gives the same bytes.
//!
//! Every room lists the files that it makes, and how; they are then made over several threads.

mod cache;
mod cache_notify;
mod columnar;
mod crate_files;
mod json_schema;
mod printed;
mod rust;
mod self_test;

use thiserror::Error;

pub use cache::{CACHE_LAYOUT_FILE, previous_layouts};
pub use crate_files::SNAPSHOT_FILE;
pub(crate) use printed::Printed;

use crate::catalog::Snapshot;
use crate::config::Source;
use crate::output::{FileSet, PathError};
use crate::parallel;
use crate::resolve::Model;

/// Why a model could not be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The Rust text does not parse. What the configuration writes into it is the likely cause.
    #[error(
        "{file} would not be Rust ({reason}); a type, attribute or derive that tablature.toml sets for it is not well-formed"
    )]
    NotRust {
        /// The file.
        file: String,
        /// What the parser says.
        reason: String,
    },
    /// A template failed.
    #[error("the template of {file} failed: {source}")]
    Template {
        /// The file.
        file: String,
        /// What it says.
        source: tablature_templates::Error,
    },
    /// Triggers are asked for that only PostgreSQL can have.
    #[error("cache_notify: only PostgreSQL can tell of writes; leave it out, and the time to live is the limit")]
    NoNotify,
    /// Two things want the same file, or a path leads out of the crate.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// A file that is to be made.
struct Job<'a> {
    /// Its path within the crate.
    path: String,
    make: Box<Make<'a>>,
}

/// Gives the text of a file, of which it is told the path.
type Make<'a> = dyn Fn(&str) -> Result<String, RenderError> + Sync + 'a;

impl<'a> Job<'a> {
    /// A file whose text `make` gives, which is told the path.
    fn new(path: impl Into<String>, make: impl Fn(&str) -> Result<String, RenderError> + Sync + 'a) -> Self {
        Self { path: path.into(), make: Box::new(make) }
    }
}

/// Renders the whole crate.
///
/// # Errors
/// Where the configuration brings in text that is not Rust.
pub fn render(model: &Model, snapshot: &Snapshot, source: &Source) -> Result<FileSet, RenderError> {
    render_again(model, snapshot, source, None)
}

/// [`render`], with what was printed before.
///
/// # Errors
/// As [`render`].
pub(crate) fn render_again(
    model: &Model,
    snapshot: &Snapshot,
    source: &Source,
    printed: Option<&Printed>,
) -> Result<FileSet, RenderError> {
    // The largest files come first, so that no thread is left with one of them at the end.
    let mut jobs = Vec::from(crate_files::jobs(model, snapshot, source));
    jobs.extend(json_schema::jobs(model, source));
    jobs.extend(cache::jobs(model));
    jobs.extend(cache_notify::jobs(model, source)?);
    jobs.extend(self_test::jobs(model, source));
    jobs.extend(rust::jobs(model, printed));
    let texts = parallel::map(&jobs, parallel::threads(source.threads), |job| (job.make)(&job.path));
    let mut files = FileSet::default();
    for (job, text) in jobs.iter().zip(texts) {
        files.add(&job.path, text?)?;
    }
    if let Some(printed) = printed {
        printed.keep(|path| files.get(path).is_some());
    }
    Ok(files)
}

/// Renders a template. The text ends with a newline, of which askama leaves out the template's last one.
fn fill(file: &str, template: &impl tablature_templates::Template) -> Result<String, RenderError> {
    let mut text = template.render().map_err(|source| RenderError::Template { file: file.to_owned(), source })?;
    text.truncate(text.trim_end().len());
    text.push('\n');
    Ok(text)
}
