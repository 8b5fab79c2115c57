//! A generated crate that proves itself on a scratch database.
//!
//! With `self_test = true` the generator writes `tests/self_test.rs`, which lists the relations of the crate as
//! [`Subject`]s and calls [`main`](fn@main). Rows are made from the JSON Schema of each insert form, the extreme values of every type
//! first, and written through the generated forms with all constraints on. What is read by key, by every unique key, by
//! SELECT and after a patch has to be what was written, and what serde writes of it has to be what the JSON Schema says. All
//! of that happens in one transaction, which is rolled back.
//!
//! What the schema lets in and the database refuses is a failure, unless it is for a cause that no JSON Schema says: those
//! are counted, and told by [`Report`].

mod facts;
mod order;
mod probe;
mod prove;
mod report;
mod rows;
mod same;
mod shapes;
mod subject;
mod values;
mod verdict;

use std::env::{self, VarError};
use std::fmt;
use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;
use std::str::FromStr;

pub use prove::prove;
pub use report::Report;
pub use subject::Subject;

/// The variable that names the scratch database.
pub const URL: &str = "TABLATURE_SELF_TEST_URL";
/// The variable for another seed of the random values.
pub const SEED: &str = "TABLATURE_SELF_TEST_SEED";
/// The variable for how many rows are written to each table at least.
pub const ROWS: &str = "TABLATURE_SELF_TEST_ROWS";
/// The variable that, set to 1, lets the test run on a database that has rows.
pub const OCCUPIED: &str = "TABLATURE_SELF_TEST_OCCUPIED";

/// How a self-test is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The scratch database.
    pub url: String,
    /// What the random values are made from: the same seed makes the same ones.
    pub seed: u64,
    /// How many rows are written to each table at least. More are where there are more extreme values.
    pub rows: usize,
    /// Whether tables may have rows already. They are left as they are.
    pub occupied: bool,
}

impl Settings {
    /// For that database, with what is usual.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), seed: 1, rows: 12, occupied: false }
    }

    /// As the environment says.
    ///
    /// # Errors
    /// Where it does not name a database, or a variable is not what it should be.
    pub fn from_environment() -> Result<Self, Failed> {
        let url = variable(URL)?.ok_or_else(|| {
            Failed(format!(
                "{URL} is not set: the self-test needs a scratch database that has this crate's schema and no rows, such as \
                 {URL}=postgres://postgres@127.0.0.1/scratch. Everything that it writes is rolled back"
            ))
        })?;
        let usual = Self::new(url);
        Ok(Self {
            seed: number(SEED)?.unwrap_or(usual.seed),
            rows: number(ROWS)?.unwrap_or(usual.rows),
            occupied: variable(OCCUPIED)?.is_some_and(|value| value == "1"),
            ..usual
        })
    }
}

fn variable(name: &str) -> Result<Option<String>, Failed> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failed(format!("{name} is not UTF-8"))),
    }
}

fn number<T: FromStr>(name: &str) -> Result<Option<T>, Failed> {
    let parse = |text: String| text.parse().map_err(|_| Failed(format!("{name} is {text:?}, and not a whole number")));
    variable(name)?.map(parse).transpose()
}

/// Why a self-test did not succeed: a text for people, with the report at its end if there is one.
pub struct Failed(pub(crate) String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text itself, since this is what is printed where somebody takes it apart no further.
impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failed {}

/// The name of the only test, as test runners are told.
const NAME: &str = "self_test";

/// The `main` of a generated `tests/self_test.rs`: runs as the environment says, and tells on standard error what it did,
/// which a test harness would hold back. Of a harness's options it knows `--list`, and names of tests.
pub fn main(subjects: &[Subject]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |option: &str| arguments.iter().any(|argument| argument == option);
    // Nobody is told anything where the stream is closed, and the outcome is the same.
    if has("--list") {
        if !has("--ignored") {
            drop(writeln!(stdout(), "{NAME}: test"));
        }
        return ExitCode::SUCCESS;
    }
    let mut named = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    if named.peek().is_some() && !named.any(|name| NAME.contains(name.as_str())) {
        return ExitCode::SUCCESS;
    }
    match run(subjects) {
        Ok(report) => {
            drop(writeln!(stderr(), "{report}"));
            ExitCode::SUCCESS
        }
        Err(failed) => {
            drop(writeln!(stderr(), "{failed}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs a self-test as the environment says.
///
/// # Errors
/// Where anything is not as it should be, or it cannot run.
pub fn run(subjects: &[Subject]) -> Result<Report, Failed> {
    let settings = Settings::from_environment()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failed(format!("no asynchronous runtime can be started: {error}")))?;
    runtime.block_on(prove(subjects, &settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_printed_as_it_is() {
        assert_eq!(format!("{:?}", Failed("a \"b\"".into())), "a \"b\"");
    }
}
