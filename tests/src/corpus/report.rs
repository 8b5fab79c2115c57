//! What a run found: for machines as JSON, for people as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::facts::Counts;
use super::told::Reading;
use crate::engine::Engine;

/// What a run found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Each schema, by engine and name.
    pub schemas: Vec<SchemaReport>,
}

/// What was found about one schema.
#[derive(Debug, Serialize)]
pub struct SchemaReport {
    /// The engine's folder and the schema's name, such as `postgres/shop`.
    pub name: String,
    /// What is wrong, a sentence or a compiler's message each.
    pub faults: Vec<String>,
    /// Why nothing could be found out, where that is so.
    pub could_not_run: Option<String>,
    /// The figures; absent where nothing was generated.
    pub figures: Option<Figures>,
}

/// A schema and its crate in figures.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// What the database counts.
    pub database: Counts,
    /// What the catalog counts.
    pub catalog: Counts,
    /// What the generated crate is to have.
    pub wanted: Counts,
    /// What the generated crate has.
    pub generated: Counts,
    /// How the columns are read.
    pub columns: Reading,
    /// Diagnostics by class.
    pub diagnostics: BTreeMap<&'static str, usize>,
    /// Statements that were sent to reflect it.
    pub statements: u32,
    /// How often the reflection waited for the server; absent where there is no server.
    pub round_trips: Option<u64>,
    /// Milliseconds of each stage.
    pub milliseconds: BTreeMap<&'static str, f64>,
    /// Files of the crate.
    pub files: usize,
    /// Lines of its Rust.
    pub lines: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Seconds of `cargo check`; absent where it was not compiled.
    pub check_seconds: Option<f64>,
    /// Seconds of the self-test, its build included; absent where the crate has none.
    pub self_test_seconds: Option<f64>,
    /// What a self-test that succeeded did, and which rows it left out or saw refused for which cause.
    pub self_test: Option<String>,
}

impl Report {
    /// Whether every schema was looked at, whatever was found.
    pub fn has_run(&self) -> bool {
        !self.schemas.is_empty() && self.schemas.iter().all(|schema| schema.could_not_run.is_none())
    }

    /// Whether nothing is wrong with what was looked at.
    pub fn is_fine(&self) -> bool {
        self.schemas.iter().all(|schema| schema.faults.is_empty())
    }

    /// The report as JSON, with a newline at the end.
    ///
    /// # Errors
    /// Where a figure is not a number.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// The report as a table, with diagnostics and faults below.
    pub fn to_text(&self) -> String {
        let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
        rows.extend(self.schemas.iter().map(row));
        let mut out = table(&rows);
        let diagnosed = self.schemas.iter().filter_map(|schema| Some((schema, schema.figures.as_ref()?)));
        let mut diagnosed = diagnosed.filter(|(_, figures)| !figures.diagnostics.is_empty()).peekable();
        if diagnosed.peek().is_some() {
            out.push_str("\nDiagnostics\n");
        }
        for (schema, figures) in diagnosed {
            let kinds = figures.diagnostics.iter().map(|(kind, count)| format!("{count} {kind}"));
            let _ = writeln!(out, "  {}: {}", schema.name, kinds.collect::<Vec<_>>().join(", "));
        }
        let tested =
            self.schemas.iter().filter_map(|schema| Some((schema, schema.figures.as_ref()?.self_test.as_ref()?)));
        let mut tested = tested.peekable();
        if tested.peek().is_some() {
            out.push_str("\nSelf-tests\n");
        }
        for (schema, said) in tested {
            let _ = writeln!(out, "  {}: {}", schema.name, said.replace('\n', "\n  "));
        }
        for schema in &self.schemas {
            if let Some(reason) = &schema.could_not_run {
                let _ = writeln!(out, "\n{} could not be looked at: {reason}", schema.name);
            }
            if !schema.faults.is_empty() {
                let _ = writeln!(out, "\n{}: what is wrong", schema.name);
            }
            for fault in &schema.faults {
                let _ = writeln!(out, "  {}", fault.replace('\n', "\n    "));
            }
        }
        let bad = self.schemas.iter().filter(|schema| !schema.faults.is_empty()).count();
        let _ = writeln!(out, "\n{} schemas, {bad} of them with faults", self.schemas.len());
        out
    }
}

/// A count with slashes is what the database, the catalog and the crate say where they do not agree.
const HEADINGS: [&str; 20] = [
    "schema",
    "relations",
    "columns",
    "pk",
    "unique",
    "lookup",
    "fk",
    "enums",
    "plain",
    "cast",
    "lost",
    "diagnostics",
    "statements/trips",
    "reflect ms",
    "resolve",
    "render",
    "sync",
    "files/lines/kB",
    "check s",
    "self-test s",
];

fn row(schema: &SchemaReport) -> Vec<String> {
    let mut cells = vec![schema.name.clone()];
    let Some(figures) = &schema.figures else {
        cells.push("-".to_owned());
        return cells;
    };
    let three = |of: fn(&Counts) -> usize| {
        agreed(&[of(&figures.database), of(&figures.catalog)], &[of(&figures.wanted), of(&figures.generated)])
    };
    let trips = figures.round_trips.map_or_else(|| "-".to_owned(), |trips| trips.to_string());
    let stage = |name: &str| figures.milliseconds.get(name).map_or_else(String::new, |ms| format!("{ms:.0}"));
    let seconds = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1}"));
    cells.extend([
        three(|counts| counts.relations),
        three(|counts| counts.columns),
        three(|counts| counts.primary_keys),
        agreed(&[figures.database.unique_keys, figures.catalog.unique_keys], &[]),
        three(|counts| counts.lookup_keys),
        three(|counts| counts.foreign_keys),
        three(|counts| counts.enums),
        figures.columns.plain.to_string(),
        figures.columns.cast.to_string(),
        figures.columns.lost.to_string(),
        figures.diagnostics.values().sum::<usize>().to_string(),
        format!("{}/{trips}", figures.statements),
        stage("reflect"),
        stage("resolve"),
        stage("render"),
        stage("sync"),
        format!("{}/{}/{}", figures.files, figures.lines, figures.bytes / 1024),
        seconds(figures.check_seconds),
        seconds(figures.self_test_seconds),
    ]);
    cells
}

/// One number where the pairs agree within themselves, else all of them.
fn agreed(found: &[usize], generated: &[usize]) -> String {
    let agrees = |pair: &[usize]| pair.windows(2).all(|two| two[0] == two[1]);
    if agrees(found) && agrees(generated) {
        return found[0].to_string();
    }
    found.iter().chain(generated).map(usize::to_string).collect::<Vec<_>>().join("/")
}

/// Columns as wide as their widest cells; all but the first are to the right.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or_default()).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| match at {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// The name of a schema in reports.
pub(super) fn schema_name(engine: Engine, name: &str) -> String {
    format!("{}/{name}", engine.folder())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_one_number_where_all_agree() {
        assert_eq!(agreed(&[3, 3], &[2, 2]), "3");
        assert_eq!(agreed(&[3, 3], &[3, 2]), "3/3/3/2");
        assert_eq!(agreed(&[3, 4], &[]), "3/4");
    }

    #[test]
    fn a_table_is_aligned() {
        let rows = [vec!["a".to_owned(), "10".to_owned()], vec!["long".to_owned(), "2".to_owned()]];
        assert_eq!(table(&rows), "a     10\nlong   2\n");
    }
}
