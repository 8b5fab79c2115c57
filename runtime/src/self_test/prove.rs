//! The course of a self-test: rows are written, read back in every way, changed, and taken back.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::Value;

use super::facts::{Facts, name_of};
use super::order::{can_wait, parents_first};
use super::probe::literals;
use super::report::Report;
use super::rows::{JsonRow, Plan, Stock, Style, Unmade};
use super::same::{is_same, is_same_json, shown};
use super::shapes::{Shapes, flaws};
use super::subject::{Form, Reading, Subject};
use super::verdict::{blame_default, excuse};
use super::{Failed, OCCUPIED, Settings, URL};
use crate::database::{Database, Error, Session, Target, Values};
use crate::param::Param;
use crate::row::Row;
use crate::table::{Column, Dialect, Relation, RelationKind};

/// Proves the relations of a generated crate on a scratch database.
///
/// # Errors
/// Where anything is not as it should be, or the database is not one to be tested on.
pub async fn prove(subjects: &[Subject], settings: &Settings) -> Result<Report, Failed> {
    let Some(first) = subjects.first() else { return Ok(Report { seed: settings.seed, ..Report::default() }) };
    let cannot = |error: Error| Failed(format!("the self-test cannot run: {error}"));
    let database = Database::connect(&settings.url).await.map_err(cannot)?;
    if database.dialect() != first.schema.dialect {
        let (found, made) = (database.dialect(), first.schema.dialect);
        return Err(Failed(format!(
            "{URL} names a database of {found:?}, and the crate was made from one of {made:?}"
        )));
    }
    let differences = database.verify(first.schema).await.map_err(cannot)?;
    if !differences.is_empty() {
        let list: Vec<String> = differences.iter().map(|difference| format!("\n  {difference}")).collect();
        return Err(Failed(format!("{URL} names a database with another schema than the crate's:{}", list.concat())));
    }
    let mut outcome = None;
    let ended = database
        .transaction(async |tx| {
            outcome = Some(Course::start(&tx, subjects, settings).await);
            // Whatever came out of it, nothing of it stays.
            Err::<(), _>(Error::TransactionEnded)
        })
        .await;
    database.close().await;
    let report = match outcome {
        Some(outcome) => outcome?,
        None => return Err(ended.err().map_or_else(|| Failed("the self-test did not begin".to_owned()), cannot)),
    };
    if report.failures.is_empty() { Ok(report) } else { Err(Failed(report.to_string())) }
}

/// A self-test under way.
struct Course<'a> {
    tx: &'a Session,
    settings: &'a Settings,
    facts: Facts,
    rng: Rng,
    report: Report,
    stock: Stock,
    subjects: &'a [Subject],
    /// Keys of rows that others refer to already, and that are still to be made.
    promised: BTreeMap<(&'static str, &'static str), JsonRow>,
    /// The columns of relations to which foreign keys refer.
    referenced: BTreeMap<(&'static str, &'static str), BTreeSet<&'static str>>,
}

/// A row that is in the database, and what was read when it was written.
struct Kept {
    reading: Reading,
}

impl<'a> Course<'a> {
    async fn start(tx: &'a Session, subjects: &'a [Subject], settings: &'a Settings) -> Result<Report, Failed> {
        let cannot = |error: Error| Failed(format!("the self-test cannot run: {error}"));
        let facts = Facts::ask(tx).await.map_err(cannot)?;
        let mut course = Self {
            tx,
            settings,
            facts,
            rng: Rng::with_seed(settings.seed),
            report: Report { seed: settings.seed, relations: subjects.len(), ..Report::default() },
            stock: Stock::new(),
            subjects,
            promised: BTreeMap::new(),
            referenced: BTreeMap::new(),
        };
        for key in subjects.iter().flat_map(|subject| subject.relation.foreign_keys) {
            course.referenced.entry(key.references).or_default().extend(key.referenced_columns);
        }
        course.prepare().await?;
        let (tables, views): (Vec<&Subject>, Vec<&Subject>) = subjects.iter().partition(|s| !s.relation.kind.is_view());
        let relations: Vec<&'static Relation> = tables.iter().map(|subject| subject.relation).collect();
        for index in parents_first(&relations) {
            course.table(tables[index]).await;
        }
        course.keep_promises().await;
        for view in views {
            course.view(view).await;
        }
        Ok(course.report)
    }

    /// Makes sure that nobody's rows are in the way, and that constraints count at once.
    async fn prepare(&self) -> Result<(), Failed> {
        let cannot = |error: Error| Failed(format!("the self-test cannot run: {error}"));
        if self.tx.dialect() == Dialect::Postgres {
            self.tx.query("SET CONSTRAINTS ALL IMMEDIATE").execute().await.map_err(cannot)?;
        }
        if self.settings.occupied {
            return Ok(());
        }
        let mut occupied = Vec::new();
        for subject in self.subjects.iter().filter(|subject| is_tested(subject.relation)) {
            let mut sql = String::from("SELECT 1 FROM ");
            subject.relation.write_name(self.tx.dialect(), &mut sql);
            sql.push_str(" LIMIT 1");
            let found: Option<i32> = self.tx.query(&sql).fetch_optional().await.map_err(cannot)?;
            occupied.extend(found.map(|_| subject.relation.title()));
        }
        if occupied.is_empty() {
            return Ok(());
        }
        Err(Failed(format!(
            "{URL} names a database that has rows, in {}: give one that has none, or set {OCCUPIED}=1 to have all that is \
             written rolled back beside them",
            occupied.join(", ")
        )))
    }

    async fn table(&mut self, subject: &Subject) {
        let title = subject.relation.title();
        if !is_tested(subject.relation) {
            return self.report.skip("its rows are not the database's own", title);
        }
        if self.facts.lasting.contains(&name_of(subject.relation)) {
            return self.report.skip("its engine takes nothing back", title);
        }
        if subject.insert.is_none() {
            return self.report.skip("it has no insert form", title);
        }
        let name = (subject.relation.schema, subject.relation.name);
        let referenced = self.referenced.get(&name).cloned().unwrap_or_default();
        let mut plan = match Plan::new(subject, &self.facts, referenced, &mut self.rng) {
            Ok(plan) => plan,
            Err(why) => return self.report.fail(format!("{title}: {why}")),
        };
        self.promise(subject).await;
        let kept = self.fill(&mut plan).await;
        if let Some(broken) = self.promised.get(&name).filter(|_| kept.is_empty()) {
            // Nobody else should refer to a row that will not be.
            self.stock.entry(name).or_default().retain(|row| row != broken);
        }
        if kept.is_empty() {
            return;
        }
        self.report.written += 1;
        self.report.rows += kept.len();
        self.read_all(&plan, &kept).await;
        for row in &kept {
            self.find(&plan, &row.reading).await;
        }
        for row in &kept {
            self.patch(&plan, &row.reading).await;
        }
        if let Some(row) = kept.first() {
            self.probe(&plan, &row.reading).await;
        }
    }

    /// Makes up a key for each relation without rows, to which this one has to refer and may do so before they are there:
    /// relations that refer to each other in a circle have no order.
    async fn promise(&mut self, subject: &Subject) {
        let relation = subject.relation;
        for key in relation.foreign_keys {
            let is_there = self.stock.get(&key.references).is_some_and(|rows| !rows.is_empty());
            if is_there || can_wait(relation, key) || key.references == (relation.schema, relation.name) {
                continue;
            }
            let is_parent = |other: &&Subject| (other.relation.schema, other.relation.name) == key.references;
            let Some(parent) = self.subjects.iter().find(is_parent) else { continue };
            let Some(sql) = self.facts.deferring(relation, key) else { continue };
            let Ok(plan) = Plan::new(parent, &self.facts, BTreeSet::new(), &mut self.rng) else { continue };
            let Some(row) = plan.values(key.referenced_columns, &mut self.rng) else { continue };
            if run(self.tx, &sql).await.is_ok() {
                self.stock.entry(key.references).or_default().push(row.clone());
                self.promised.insert(key.references, row);
            }
        }
    }

    /// From here on all constraints count at once again. Rows that refer to what could not be made are counted.
    async fn keep_promises(&mut self) {
        if self.tx.dialect() != Dialect::Postgres {
            return;
        }
        if let Err(error) = run(self.tx, "SET CONSTRAINTS ALL IMMEDIATE").await {
            self.report.except(format!("a circle of foreign keys that stays open: {error}"));
        }
    }

    /// Writes rows, and keeps what was read of them.
    async fn fill(&mut self, plan: &mut Plan<'_>) -> Vec<Kept> {
        let relation = plan.subject.relation;
        let mut kept: Vec<Kept> = Vec::new();
        let mut unmade = None;
        let wanted = self.settings.rows.max(plan.edges().min(4 * self.settings.rows));
        let mut promised = self.promised.get(&(relation.schema, relation.name)).cloned();
        let mut barren = 0;
        for number in 0..wanted {
            // The last ones are ordinary.
            let first = if number + 2 < wanted { Style::Edges(number) } else { Style::Plain };
            let before = kept.len();
            // A CHECK that no schema says is met by luck.
            let tries = if plan.shapes.unsaid.is_empty() { 1 } else { 8 };
            let ordinary = std::iter::repeat_n(Style::Plain, 2 * tries).chain(std::iter::repeat_n(Style::Least, tries));
            for style in std::iter::once(first).chain(ordinary) {
                let row = match plan.row(style, &self.stock, &mut self.rng) {
                    Ok(mut row) => {
                        row.extend(promised.clone().unwrap_or_default());
                        row
                    }
                    Err(why) => {
                        unmade = Some(why);
                        continue;
                    }
                };
                let wrote = self.insert(plan, &row).await;
                if !matches!(wrote, Wrote::Row(_)) {
                    plan.release(&row);
                }
                match wrote {
                    Wrote::Row(reading) => {
                        if promised.take().is_some() {
                            self.promised.remove(&(relation.schema, relation.name));
                        }
                        self.keep(relation, &reading);
                        kept.push(Kept { reading: *reading });
                        break;
                    }
                    Wrote::Excused => {}
                    Wrote::Failed => break,
                }
            }
            // Of a table that takes nothing, it is known after some rows.
            barren = if kept.len() > before { 0 } else { barren + 1 };
            if barren >= 8 {
                break;
            }
        }
        if kept.is_empty() {
            let cause = match unmade {
                Some(Unmade::NoParent(parent)) => format!("there is no row of {parent} to refer to"),
                Some(Unmade::NoValue(why)) => why,
                Some(Unmade::Exhausted) => "all values of a key are taken".to_owned(),
                None => "the database refuses every row".to_owned(),
            };
            self.report.skip(cause, relation.title());
        }
        kept
    }

    /// Lets others refer to a row.
    fn keep(&mut self, relation: &'static Relation, reading: &Reading) {
        if let Ok(Value::Object(row)) = serde_json::from_str(&reading.json) {
            self.stock.entry((relation.schema, relation.name)).or_default().push(row);
        }
    }

    async fn insert(&mut self, plan: &Plan<'_>, row: &JsonRow) -> Wrote {
        let subject = plan.subject;
        let title = subject.relation.title();
        let Some(read_form) = subject.insert else { return Wrote::Failed };
        let json = Value::Object(row.clone()).to_string();
        let form = match read_form(&json) {
            Ok(form) => form,
            Err(why) => {
                self.report.fail(format!("{title}: what the schema lets in is no insert: {why}, in {json}"));
                return Wrote::Failed;
            }
        };
        self.check_form(&title, plan.shapes.insert.as_ref(), &form);
        match insert(self.tx, subject, &form.values).await {
            Ok(reading) => {
                self.compare(subject, &form.values, &form.json, &reading);
                self.check(plan, &reading);
                Wrote::Row(Box::new(reading))
            }
            Err(error) => match excuse(&error, subject.relation, &plan.shapes.unsaid, &self.facts)
                .or_else(|| blame_default(&error, subject.relation, |column| plan.omits(row, column.name)))
            {
                Some(cause) => {
                    self.report.except(format!("refused: {cause}"));
                    Wrote::Excused
                }
                None => {
                    let what =
                        if is_reading(&error) { "a row that was written is not read" } else { "an insert is refused" };
                    self.report.fail(format!("{title}: {what}: {error}; it was {}", form.json));
                    Wrote::Failed
                }
            },
        }
    }

    /// What was written of a form has to be what the schema says, and to be read as the same.
    fn check_form(&mut self, title: &str, validator: Option<&jsonschema::Validator>, form: &Form) {
        if !is_same_json(&form.json, &form.json_again) {
            self.report.fail(format!("{title}: a form is written as {} and read as {}", form.json, form.json_again));
        }
        if let (Some(validator), Ok(json)) = (validator, serde_json::from_str(&form.json)) {
            for (column, why) in flaws(validator, &json) {
                self.report.fail(format!("{title}{}: a form is not as its schema says: {why}", column_name(column)));
            }
        }
    }

    /// What was read has to be what was given.
    fn compare(&mut self, subject: &Subject, given: &Values, json: &str, reading: &Reading) {
        let relation = subject.relation;
        let [before, after] = [json, &reading.json].map(|text| serde_json::from_str::<Value>(text).unwrap_or_default());
        for (index, written) in given {
            let (Some(column), Some(read)) = (relation.columns.get(*index), reading.params.get(*index)) else {
                continue;
            };
            // Within an array, a document that the server arranges otherwise is another text.
            let is_same_value = before.get(column.name).is_some_and(|value| after.get(column.name) == Some(value));
            if is_same_value || is_same(column, self.tx.dialect(), written, read) {
                continue;
            }
            if self.facts.triggers.contains(&name_of(relation)) {
                self.report.except(format!("a trigger of {} changes column {:?}", relation.title(), column.name));
                continue;
            }
            self.report.fail(format!(
                "{}.{} ({}): {} was written, and {} was read",
                relation.title(),
                column.name,
                column.sql_type,
                shown(written),
                shown(read)
            ));
        }
    }

    /// A row has to be as its JSON Schema says, and the same after a way through JSON.
    fn check(&mut self, plan: &Plan<'_>, reading: &Reading) {
        check_reading(plan.subject, &plan.shapes, self.tx.dialect(), reading, &mut self.report);
    }

    /// Every row that was written is found by SELECT, as it was read when it was written.
    async fn read_all(&mut self, plan: &Plan<'_>, kept: &[Kept]) {
        let relation = plan.subject.relation;
        let title = relation.title();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let sql = relation.select_sql(self.tx.dialect());
        let outcome = select(self.tx, plan.subject, sql, &mut |reading| {
            *counts.entry(reading.json).or_default() += 1;
        })
        .await;
        if let Err(error) = outcome {
            return self.report.fail(format!("{title}: its rows are not read: {error}"));
        }
        for row in kept {
            match counts.get_mut(&row.reading.json) {
                Some(count) if *count > 0 => *count -= 1,
                _ if self.facts.triggers.contains(&name_of(relation)) => {
                    self.report.except(format!("a trigger of {title} changes a row behind the statement"));
                }
                _ => self
                    .report
                    .fail(format!("{title}: a row that was written is not among all rows: {}", row.reading.json)),
            }
        }
    }

    /// A row is found by its primary key, as its model gives it, and by every other key.
    async fn find(&mut self, plan: &Plan<'_>, reading: &Reading) {
        let relation = plan.subject.relation;
        let mut keys: Vec<(&str, &[&str], Vec<Param>)> = Vec::new();
        // SQLite lets NULL into primary keys, and then they find nothing.
        if let Some(key) = reading.key.as_ref().filter(|key| !key.params.iter().any(Param::is_null)) {
            keys.push(("its primary key", key.columns, key.params.clone()));
            if let Some((by_key, by_row)) = &key.texts
                && by_key != by_row
            {
                let title = relation.title();
                self.report.fail(format!("{title}: a row is cached under {by_key:?} and taken back under {by_row:?}"));
            }
        }
        for key in relation.unique_keys {
            let param =
                |name: &&str| reading.params.get(relation.position(name)?).filter(|param| !param.is_null()).cloned();
            if let Some(params) = key.columns.iter().map(param).collect::<Option<Vec<_>>>() {
                keys.push((key.name, key.columns, params));
            }
        }
        for (name, columns, params) in keys {
            let found = find(self.tx, plan.subject, columns, &params).await;
            let title = relation.title();
            match found {
                Ok(Some(found)) if is_same_json(&found.json, &reading.json) => {}
                Ok(Some(_)) | Ok(None) if self.facts.triggers.contains(&name_of(relation)) => {}
                Ok(Some(found)) => {
                    self.report.fail(format!("{title}: by {name:?} {} was found for {}", found.json, reading.json));
                }
                Ok(None) => self.report.fail(format!("{title}: by {name:?} nothing was found for {}", reading.json)),
                Err(error) => self.report.fail(format!("{title}: by {name:?}: {error}")),
            }
        }
    }

    /// A patch changes what it gives, and leaves the rest alone.
    async fn patch(&mut self, plan: &Plan<'_>, reading: &Reading) {
        let subject = plan.subject;
        let title = subject.relation.title();
        let (Some(read_form), Some(key)) = (subject.patch, &reading.key) else { return };
        if key.params.iter().any(Param::is_null) {
            return;
        }
        let Some(changes) = plan.changes(&self.stock, &mut self.rng) else { return };
        let changes = Value::Object(changes);
        if plan.shapes.patch.as_ref().is_some_and(|validator| !validator.is_valid(&changes)) {
            return self
                .report
                .fail(format!("{title}: a column's values of an insert are not let in by a patch: {changes}"));
        }
        let form = match read_form(&changes.to_string()) {
            Ok(form) => form,
            Err(why) => {
                return self.report.fail(format!("{title}: what the schema lets in is no patch: {why}: {changes}"));
            }
        };
        self.check_form(&title, plan.shapes.patch.as_ref(), &form);
        match patch(self.tx, subject, key.columns, &key.params, &form.values).await {
            Ok(Some(after)) => {
                self.report.patches += 1;
                self.compare(subject, &form.values, &form.json, &after);
                self.check(plan, &after);
                let untouched: Values = untouched(subject.relation, &form.values, self.tx.dialect(), &reading.params);
                self.compare(subject, &untouched, &reading.json, &after);
            }
            Ok(None) => self.report.fail(format!("{title}: a patch found no row")),
            Err(error) => match excuse(&error, subject.relation, &plan.shapes.unsaid, &self.facts) {
                Some(cause) => self.report.except(format!("refused: {cause}")),
                None => self.report.fail(format!("{title}: a patch is refused: {error}; it was {}", form.json)),
            },
        }
    }

    /// Puts values into columns that no insert form brings.
    async fn probe(&mut self, plan: &Plan<'_>, reading: &Reading) {
        let relation = plan.subject.relation;
        let Some(key) = reading.key.as_ref().filter(|key| !key.params.iter().any(Param::is_null)) else { return };
        let mut probed: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, column) in relation.columns.iter().enumerate() {
            let in_key = key.columns.contains(&column.name)
                || relation.foreign_keys.iter().any(|k| k.columns.contains(&column.name));
            if in_key || !column.is_writable() {
                continue;
            }
            let alike = probed.entry(column.sql_type).or_default();
            *alike += 1;
            if *alike > MOST_ALIKE {
                continue;
            }
            for literal in literals(self.tx.dialect(), column) {
                let found = probe(self.tx, plan.subject, index, (key.columns, &key.params), literal).await;
                let place = format!("{}.{} ({})", relation.title(), column.name, column.sql_type);
                match found {
                    // A CHECK may want one form of a value and not the other.
                    Ok(Probed::NotTaken) | Err(Error::Violation(_)) => {}
                    Ok(Probed::Held) => self.report.held += 1,
                    Ok(Probed::Refused(why)) if names(&why, relation, column) => self.report.refused += 1,
                    Ok(Probed::Refused(why)) => {
                        self.report.fail(format!("{place}: {literal} is an error without a name: {why}"))
                    }
                    Ok(Probed::Changed { before, after }) => {
                        self.report
                            .fail(format!("{place}: {literal} is read as another value: {before} became {after}"));
                    }
                    Err(error) => self.report.fail(format!("{place}: {literal}: {error}")),
                }
            }
        }
    }

    async fn view(&mut self, subject: &Subject) {
        let title = subject.relation.title();
        let shapes = match Shapes::of(subject.document) {
            Ok(shapes) => shapes,
            Err(why) => return self.report.fail(format!("{title}: {why}")),
        };
        if subject.relation.kind == RelationKind::MaterializedView {
            let mut sql = String::from("REFRESH MATERIALIZED VIEW ");
            subject.relation.write_name(self.tx.dialect(), &mut sql);
            // One that cannot be made again is read as it is.
            drop(run(self.tx, &sql).await);
        }
        let sql = format!("{} LIMIT 100", subject.relation.select_sql(self.tx.dialect()));
        let mut readings = Vec::new();
        match select(self.tx, subject, sql, &mut |reading| readings.push(reading)).await {
            Ok(()) => {}
            Err(error) if is_reading(&error) => {
                self.report.fail(format!("{title}: a row of the view is not read: {error}"))
            }
            Err(error) => self.report.skip(format!("the view cannot be read: {error}"), title),
        }
        self.report.view_rows += readings.len();
        for reading in readings {
            check_reading(subject, &shapes, self.tx.dialect(), &reading, &mut self.report);
        }
    }
}

/// The most columns of one type that are probed in a table: a value comes to each of them by the same way, and a table may
/// have thousands.
const MOST_ALIKE: usize = 3;

/// What became of an insert.
enum Wrote {
    Row(Box<Reading>),
    /// It was refused for a cause that no schema says.
    Excused,
    Failed,
}

/// What became of a value that SQL put into a column.
enum Probed {
    /// The database does not take it.
    NotTaken,
    /// It was read, and written back as the same.
    Held,
    /// Reading it is an error.
    Refused(Error),
    /// It was read, and written back as something else.
    Changed { before: String, after: String },
}

/// Whether rows of it are the database's own, so that they are taken back with the transaction.
fn is_tested(relation: &Relation) -> bool {
    matches!(relation.kind, RelationKind::Table | RelationKind::PartitionedTable)
}

/// Whether an error is about a row that was read, or its JSON.
fn is_reading(error: &Error) -> bool {
    matches!(error, Error::Row(_) | Error::Json { .. })
}

/// Whether an error says which column of which relation it is about. What JSON does not hold is told by relation.
fn names(error: &Error, relation: &Relation, column: &Column) -> bool {
    match error {
        Error::Row(error) => {
            error.column() == column.name && error.relation() == Some((relation.schema, relation.name))
        }
        Error::Json { relation: named, .. } => *named == relation.title(),
        _ => false,
    }
}

fn column_name(column: Option<String>) -> String {
    column.map_or_else(String::new, |column| format!(".{column}"))
}

fn check_reading(subject: &Subject, shapes: &Shapes, dialect: Dialect, reading: &Reading, report: &mut Report) {
    let title = subject.relation.title();
    match serde_json::from_str::<Value>(&reading.json) {
        Ok(json) => {
            for (column, why) in flaws(&shapes.row, &json) {
                report.fail(format!("{title}{}: a row is not as its schema says: {why}", column_name(column)));
            }
        }
        Err(error) => report.fail(format!("{title}: what serde writes is no JSON: {error}: {}", reading.json)),
    }
    if !is_same_json(&reading.json, &reading.json_again) {
        report.fail(format!("{title}: {} is read from JSON as {}", reading.json, reading.json_again));
    }
    let pairs = subject.relation.columns.iter().zip(&reading.params).zip(&reading.params_again);
    for ((column, before), after) in pairs.filter(|((column, a), b)| !is_same(column, dialect, a, b)) {
        report.fail(format!("{title}.{}: {} is read from JSON as {}", column.name, shown(before), shown(after)));
    }
}

/// The values that a patch has to leave as they are.
fn untouched(relation: &Relation, changes: &Values, dialect: Dialect, before: &[Param]) -> Values {
    let follows = |column: &Column| {
        // MySQL sets some times by itself whenever a row changes.
        column.generated || (dialect == Dialect::Mysql && column.has_default && column.sql_type.contains("time"))
    };
    let of = |(index, param): (usize, &Param)| {
        let is_left = !changes.iter().any(|(changed, _)| *changed == index) && !follows(&relation.columns[index]);
        is_left.then(|| (index, param.clone()))
    };
    before.iter().enumerate().filter_map(of).collect()
}

fn target(subject: &Subject) -> Target {
    Target { schema: subject.schema, relation: subject.relation }
}

async fn run(session: &Session, sql: &str) -> Result<(), Error> {
    session.transaction(async |tx| tx.query(sql).execute().await.map(|_| ())).await
}

/// Keeps the first row that comes.
fn first(subject: &Subject, found: &mut Option<Reading>) -> impl FnMut(Row<'_>) -> Result<bool, Error> {
    |row| {
        *found = Some((subject.read)(&row)?);
        Ok(false)
    }
}

async fn insert(session: &Session, subject: &Subject, values: &Values) -> Result<Reading, Error> {
    let mut found = None;
    session
        .transaction(async |tx| tx.insert_row(target(subject), values.clone(), &mut first(subject, &mut found)).await)
        .await?;
    found.ok_or_else(|| Error::NoRow(format!("reading the row of {} that was written", subject.relation.title())))
}

async fn find(session: &Session, subject: &Subject, columns: &[&str], key: &[Param]) -> Result<Option<Reading>, Error> {
    let mut found = None;
    session
        .transaction(async |tx| tx.read_by_key(target(subject), columns, key, &mut first(subject, &mut found)).await)
        .await?;
    Ok(found)
}

async fn patch(
    session: &Session,
    subject: &Subject,
    columns: &[&str],
    key: &[Param],
    changes: &Values,
) -> Result<Option<Reading>, Error> {
    let mut found = None;
    session
        .transaction(async |tx| {
            tx.patch_row(target(subject), columns, key, changes.clone(), &mut first(subject, &mut found)).await
        })
        .await?;
    Ok(found)
}

async fn select(
    session: &Session,
    subject: &Subject,
    sql: String,
    take: &mut (dyn FnMut(Reading) + Send),
) -> Result<(), Error> {
    session
        .transaction(async |tx| {
            let mut visit = |row: Row<'_>| {
                take((subject.read)(&row)?);
                Ok(true)
            };
            tx.visit(tx.prepare(sql.into(), &[])?, &mut visit).await
        })
        .await
}

/// Puts a value into a column by SQL, reads the row, and writes back what was read. Nothing of it stays.
async fn probe(
    session: &Session,
    subject: &Subject,
    index: usize,
    key: (&[&str], &[Param]),
    literal: &str,
) -> Result<Probed, Error> {
    let mut outcome = Ok(Probed::NotTaken);
    let undone: Result<(), Error> = session
        .transaction(async |tx| {
            outcome = probe_here(&tx, subject, index, key, literal).await;
            Err(Error::TransactionEnded)
        })
        .await;
    drop(undone);
    outcome
}

async fn probe_here(
    tx: &Session,
    subject: &Subject,
    index: usize,
    (columns, params): (&[&str], &[Param]),
    literal: &str,
) -> Result<Probed, Error> {
    let on = target(subject);
    let dialect = tx.dialect();
    let mut name = String::new();
    dialect.quote(subject.relation.columns[index].name, &mut name);
    let mut table = String::new();
    subject.relation.write_name(dialect, &mut table);
    let mut update = format!("UPDATE {table} SET {name} = {literal} WHERE ");
    tx.write_key(on, columns, params, 1, &mut update)?;
    let prepared = tx.prepare(update.into(), &params.iter().collect::<Vec<_>>())?;
    if let Err(error) = tx.transaction(async |sp| sp.run(prepared).await.map(|_| ())).await {
        let refused = matches!(error, Error::Database { .. } | Error::Violation(_));
        return if refused { Ok(Probed::NotTaken) } else { Err(error) };
    }
    let text = async || -> Result<String, Error> {
        let cast = match dialect {
            Dialect::Postgres => format!("CAST({name} AS text)"),
            Dialect::Mysql => format!("CAST({name} AS CHAR)"),
            Dialect::Sqlite => format!("typeof({name}) || ':' || quote({name})"),
        };
        let mut sql = format!("SELECT {cast} FROM {table} WHERE ");
        tx.write_key(on, columns, params, 1, &mut sql)?;
        let mut text = None;
        let mut visit = |row: Row<'_>| {
            text = row.get_at::<Option<String>>(0)?;
            Ok(false)
        };
        tx.visit(tx.prepare(sql.into(), &params.iter().collect::<Vec<_>>())?, &mut visit).await?;
        Ok(text.unwrap_or_default())
    };
    let before = text().await?;
    let reading = match find(tx, subject, columns, params).await {
        Ok(Some(reading)) => reading,
        Ok(None) => return Err(Error::NoRow("the key of a row that was changed".to_owned())),
        Err(error) if is_reading(&error) => return Ok(Probed::Refused(error)),
        Err(error) => return Err(error),
    };
    // SQLite keeps a value as it came, and several forms are read as one: its value counts, and not its form.
    if dialect == Dialect::Sqlite {
        let value = (index, crate::database::column_param(reading.params[index].clone()));
        let again = patch(tx, subject, columns, params, &vec![value]).await?;
        let (before, after) = (reading.json, again.map_or_else(String::new, |again| again.json));
        return Ok(if before == after { Probed::Held } else { Probed::Changed { before, after } });
    }
    let value = (index, crate::database::column_param(reading.params[index].clone()));
    patch(tx, subject, columns, params, &vec![value]).await?;
    let after = text().await?;
    Ok(if before == after { Probed::Held } else { Probed::Changed { before, after } })
}
