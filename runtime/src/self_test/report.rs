//! What a self-test did, found, and left out.

use std::collections::BTreeMap;
use std::fmt;

/// What a self-test did. Its text is what people read.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What the random values were made from.
    pub seed: u64,
    /// The relations that were looked at, views included.
    pub relations: usize,
    /// The tables into which rows were written.
    pub written: usize,
    /// The rows that were written and read back.
    pub rows: usize,
    /// The rows that were changed by a patch and read back.
    pub patches: usize,
    /// The rows of views that were read.
    pub view_rows: usize,
    /// The extreme values that were put into a column by SQL and read as what they are.
    pub held: usize,
    /// Those whose reading was an error that names the column.
    pub refused: usize,
    /// Tables into which no row was written, by cause.
    pub skipped: BTreeMap<String, Vec<String>>,
    /// Rows that the database refused, or changed, for a cause that no JSON Schema says, by cause.
    pub exceptions: BTreeMap<String, usize>,
    /// What is not as it should be.
    pub failures: Vec<String>,
}

/// The most failures that are told.
const MOST: usize = 40;

impl Report {
    pub(super) fn skip(&mut self, cause: impl Into<String>, relation: impl Into<String>) {
        self.skipped.entry(cause.into()).or_default().push(relation.into());
    }

    pub(super) fn except(&mut self, cause: String) {
        *self.exceptions.entry(cause).or_default() += 1;
    }

    pub(super) fn fail(&mut self, failure: String) {
        // One column is wrong in every row.
        if !self.failures.contains(&failure) {
            self.failures.push(failure);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { relations, written, rows, patches, view_rows, held, refused, .. } = self;
        writeln!(
            f,
            "self-test: {relations} relations, {written} tables written: {rows} rows and {patches} patches read back, \
             {view_rows} rows of views read; of extreme values {held} were read as they are, {refused} refused by name"
        )?;
        for (cause, list) in &self.skipped {
            writeln!(f, "  not written ({cause}): {}", list.join(", "))?;
        }
        for (cause, count) in &self.exceptions {
            writeln!(f, "  {count} × {cause}")?;
        }
        for failure in self.failures.iter().take(MOST) {
            writeln!(f, "  FAILED {failure}")?;
        }
        if self.failures.len() > MOST {
            writeln!(f, "  … and {} more failures", self.failures.len() - MOST)?;
        }
        write!(f, "  the same values again: {}={}", super::SEED, self.seed)
    }
}
