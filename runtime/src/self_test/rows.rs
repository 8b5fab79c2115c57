//! Rows for a relation, as JSON of its insert form.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Map, Value};

use super::facts::Facts;
use super::order::can_wait;
use super::shapes::{Shapes, flaws};
use super::subject::Subject;
use super::values::{Kind, Setting};
use crate::table::{ConstraintKind, ForeignKey, Relation};

/// A row, as its JSON.
pub(super) type JsonRow = Map<String, Value>;

/// The rows that are there to be referred to, by schema and name.
pub(super) type Stock = BTreeMap<(&'static str, &'static str), Vec<JsonRow>>;

/// What values are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Extreme ones, of which every column takes the one of that number.
    Edges(usize),
    /// Ordinary ones.
    Plain,
    /// Ordinary ones, and no column that can be left out.
    Least,
}

/// Why no row can be made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unmade {
    /// There is no row that it could refer to.
    NoParent(String),
    /// Nothing is known of the values of a column, or none is found that its schema lets in.
    NoValue(String),
    /// All values of a key are taken, as far as was tried.
    Exhausted,
}

/// How the rows of one relation are made.
pub(super) struct Plan<'a> {
    pub(super) subject: &'a Subject,
    pub(super) shapes: Shapes,
    columns: Vec<Planned>,
    /// The keys that no two rows agree in, and the values that are taken.
    keys: Vec<(&'static [&'static str], BTreeSet<String>)>,
    /// The columns to which other rows refer.
    referenced: BTreeSet<&'static str>,
}

struct Planned {
    name: String,
    kind: Result<Kind, String>,
    edges: Vec<Value>,
    /// Values that stand in CHECKs which no schema says.
    hints: Vec<Value>,
    nullable: bool,
    required: bool,
    /// Whether the database numbers it, so that nobody should get in its way.
    numbered: bool,
}

/// A column, and the one of the same row whose value it takes over.
type TakenOver = (&'static str, &'static str);

/// How often a row is made anew where it does not do.
const TRIES: usize = 40;

impl<'a> Plan<'a> {
    /// Reads what the relation's schema says.
    ///
    /// # Errors
    /// Where it is no JSON Schema.
    pub(super) fn new(
        subject: &'a Subject,
        facts: &Facts,
        referenced: BTreeSet<&'static str>,
        rng: &mut Rng,
    ) -> Result<Self, String> {
        let shapes = Shapes::of(subject.document)?;
        let relation = subject.relation;
        let mut columns = Vec::new();
        for (name, node) in shapes.properties("insert") {
            let Some(column) = relation.column(name) else { continue };
            let alphabet = facts.alphabet(relation, name);
            let setting = Setting { shapes: &shapes, dialect: subject.schema.dialect, alphabet };
            let kind = Kind::of(node, column.sql_type, setting);
            let edges = kind.as_ref().map_or(Vec::new(), |kind| kind.edges(rng));
            let default =
                shapes.resolved(node).get("x-default-sql").and_then(Value::as_str).unwrap_or_default().to_owned();
            columns.push(Planned {
                name: name.clone(),
                hints: hints(name, kind.as_ref().ok(), &shapes.unsaid),
                kind,
                edges,
                nullable: column.nullable,
                required: shapes.requires(name),
                numbered: column.identity.is_some() || default.contains("nextval("),
            });
        }
        let is_key = |kind| matches!(kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
        let keys =
            relation.constraints.iter().filter(|constraint| is_key(constraint.kind) && !constraint.columns.is_empty());
        let keys = keys.map(|constraint| (constraint.columns, BTreeSet::new())).collect();
        Ok(Self { subject, columns, keys, referenced, shapes })
    }

    /// How many rows it takes for every extreme value of every column.
    pub(super) fn edges(&self) -> usize {
        self.columns.iter().map(|column| column.edges.len() + 2).max().unwrap_or(1)
    }

    /// Makes a row, and counts the values of its keys as taken.
    ///
    /// # Errors
    /// Why none can be made.
    pub(super) fn row(&mut self, style: Style, stock: &Stock, rng: &mut Rng) -> Result<JsonRow, Unmade> {
        let mut reason = Unmade::Exhausted;
        for attempt in 0..TRIES {
            let row = match self.draft(style, attempt > 0, stock, rng) {
                Ok(row) => row,
                Err(error @ Unmade::NoValue(_)) => return Err(error),
                Err(error) => {
                    reason = error;
                    continue;
                }
            };
            let texts: Vec<Option<String>> = self.keys.iter().map(|(columns, _)| key_text(columns, &row)).collect();
            let is_taken = |((_, taken), text): (&(_, BTreeSet<String>), &Option<String>)| {
                text.as_ref().is_some_and(|text| taken.contains(text))
            };
            if self.keys.iter().zip(&texts).any(is_taken) {
                reason = Unmade::Exhausted;
                continue;
            }
            for ((_, taken), text) in self.keys.iter_mut().zip(texts) {
                taken.extend(text);
            }
            return Ok(row);
        }
        Err(reason)
    }

    /// Values for columns, as an insert gives them; none where it cannot give one of them.
    pub(super) fn values(&self, columns: &[&str], rng: &mut Rng) -> Option<JsonRow> {
        let value = |name: &&str| {
            let column = self.columns.iter().find(|column| column.name == *name)?;
            Some(((*name).to_owned(), column.kind.as_ref().ok()?.any(rng)))
        };
        columns.iter().map(value).collect()
    }

    /// Lets other rows have the keys of a row that was not written.
    pub(super) fn release(&mut self, row: &JsonRow) {
        for (columns, taken) in &mut self.keys {
            if let Some(text) = key_text(columns, row) {
                taken.remove(&text);
            }
        }
    }

    /// Whether a row leaves a column to a default which is none that gives out numbers.
    pub(super) fn omits(&self, row: &JsonRow, name: &str) -> bool {
        let is_left = |column: &Planned| column.name == name && !column.numbered;
        !row.contains_key(name) && self.columns.iter().any(is_left)
    }

    /// New values for some of the columns that neither find the row, nor refer to another one, nor are referred to.
    pub(super) fn changes(&self, stock: &Stock, rng: &mut Rng) -> Option<JsonRow> {
        let relation = self.subject.relation;
        let is_bound = |name: &str| {
            self.keys.iter().any(|(columns, _)| columns.contains(&name))
                || self.referenced.contains(name)
                || relation.foreign_keys.iter().any(|key| key.columns.contains(&name))
        };
        let mut row = self.draft(Style::Edges(rng.usize(..64)), false, stock, rng).ok()?;
        row.retain(|name, _| !is_bound(name) && rng.bool());
        (!row.is_empty()).then_some(row)
    }

    fn draft(&self, style: Style, fresh_keys: bool, stock: &Stock, rng: &mut Rng) -> Result<JsonRow, Unmade> {
        let relation = self.subject.relation;
        let (given, own) = self.references(style, stock, rng)?;
        let mut row = JsonRow::new();
        for (position, column) in self.columns.iter().enumerate() {
            if own.iter().any(|(name, _)| *name == column.name) {
                continue;
            }
            if let Some(value) = given.get(&column.name) {
                // A key that is left out has its default, if it has one.
                row.insert(column.name.clone(), value.clone());
                continue;
            }
            let in_key = fresh_keys && self.keys.iter().any(|(columns, _)| columns.contains(&column.name.as_str()));
            let style = if in_key && style != Style::Least { Style::Plain } else { style };
            let value = column.value(style, position, rng).map_err(|why| unmade(relation, &column.name, &why))?;
            row.extend(value.map(|value| (column.name.clone(), value)));
        }
        for (name, of) in own {
            let value = row.get(of).cloned().ok_or_else(|| Unmade::NoParent(relation.title()))?;
            row.insert(name.to_owned(), value);
        }
        self.mend(row, &given, rng)
    }

    /// Replaces what the schema does not let in.
    fn mend(&self, row: JsonRow, given: &JsonRow, rng: &mut Rng) -> Result<JsonRow, Unmade> {
        let Some(validator) = &self.shapes.insert else { return Ok(row) };
        let relation = self.subject.relation;
        let mut row = Value::Object(row);
        let mut last = String::new();
        for attempt in 0..TRIES {
            if validator.is_valid(&row) {
                break;
            }
            for (name, why) in flaws(validator, &row) {
                let column = name.and_then(|name| self.columns.iter().find(|column| column.name == name));
                let Some(column) = column else { return Err(Unmade::NoValue(format!("{}: {why}", relation.title()))) };
                last = format!("column {:?} of {}: {why}", column.name, relation.title());
                if given.contains_key(&column.name) {
                    return Err(Unmade::NoParent(relation.title()));
                }
                let optional = !column.required && attempt > TRIES / 2;
                match &column.kind {
                    Ok(kind) if !optional => row[&column.name] = kind.any(rng),
                    _ => {
                        row.as_object_mut().and_then(|row| row.shift_remove(&column.name));
                    }
                }
            }
        }
        match row {
            Value::Object(row) if validator.is_valid(&Value::Object(row.clone())) => Ok(row),
            _ => Err(Unmade::NoValue(last)),
        }
    }

    /// Values for the columns of foreign keys, and the columns that take over another one of the same row.
    fn references(&self, style: Style, stock: &Stock, rng: &mut Rng) -> Result<(JsonRow, Vec<TakenOver>), Unmade> {
        let relation = self.subject.relation;
        let mut keys: Vec<&ForeignKey> = relation.foreign_keys.iter().collect();
        // Those with more columns leave less choice.
        keys.sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
        let mut given = JsonRow::new();
        let mut own = Vec::new();
        for key in keys {
            if key.columns.iter().any(|name| given.get(*name).is_some_and(Value::is_null)) {
                continue;
            }
            let waits = can_wait(relation, key);
            let wants_none = waits && (style == Style::Least || rng.u8(..5) == 0);
            let parent = if wants_none { None } else { choose(key, &given, stock, rng) };
            if let Some(parent) = parent {
                for (name, value) in key.columns.iter().zip(parent) {
                    given.insert((*name).to_owned(), value);
                }
                continue;
            }
            let nullable = |name: &&&'static str| relation.column(name).is_some_and(|column| column.nullable);
            // With MATCH FULL, all of them are NULL or none.
            let empty = key.columns.iter().filter(nullable).filter(|name| !given.contains_key(**name));
            let empty: Vec<String> = empty.map(|name| (*name).to_owned()).collect();
            if !empty.is_empty() {
                given.extend(empty.into_iter().map(|name| (name, Value::Null)));
            } else if key.references == (relation.schema, relation.name) {
                own.extend(key.columns.iter().copied().zip(key.referenced_columns.iter().copied()));
            } else {
                let (schema, name) = key.references;
                let title = Relation { schema, name, ..Relation::EMPTY }.title();
                return Err(Unmade::NoParent(title));
            }
        }
        Ok((given, own))
    }
}

fn unmade(relation: &Relation, column: &str, why: &str) -> Unmade {
    Unmade::NoValue(format!("column {column:?} of {}: {why}", relation.title()))
}

impl Planned {
    /// A value, or none where the column is left to the database.
    fn value(&self, style: Style, position: usize, rng: &mut Rng) -> Result<Option<Value>, String> {
        let kind = match &self.kind {
            Ok(kind) => kind,
            Err(_) if !self.required => return Ok(None),
            Err(why) => return Err(why.clone()),
        };
        if self.numbered {
            return Ok(None);
        }
        let null = self.nullable.then_some(Value::Null);
        match style {
            Style::Least if !self.required => Ok(None),
            Style::Least if rng.bool() && !self.hints.is_empty() => Ok(rng.choice(&self.hints).cloned()),
            Style::Least => Ok(Some(kind.any(rng))),
            Style::Plain => match rng.u8(..10) {
                0 if !self.required => Ok(None),
                1 if null.is_some() => Ok(null),
                2..=6 if !self.hints.is_empty() => Ok(rng.choice(&self.hints).cloned()),
                _ => Ok(Some(kind.any(rng))),
            },
            Style::Edges(number) => {
                // Every column begins elsewhere, so that the limits of one meet all of another's.
                let further = usize::from(self.nullable) + usize::from(!self.required);
                match (number + position) % (self.edges.len() + further).max(1) {
                    place if place < self.edges.len() => Ok(Some(self.edges[place].clone())),
                    place if place == self.edges.len() && self.nullable => Ok(null),
                    _ if !self.required => Ok(None),
                    _ => Ok(Some(kind.any(rng))),
                }
            }
        }
    }
}

/// The texts that stand in conditions which speak of a column of texts. Whatever of it the schema does not let in is replaced.
fn hints(column: &str, kind: Option<&Kind>, conditions: &BTreeSet<String>) -> Vec<Value> {
    if !kind.is_some_and(Kind::is_text) {
        return Vec::new();
    }
    let spoken = conditions.iter().filter(|condition| condition.contains(column));
    // Every other part between quotes is a literal; of one with a quote in it, parts are made, which are no worse than others.
    let literals = spoken.flat_map(|condition| condition.split('\'').skip(1).step_by(2));
    literals.collect::<BTreeSet<_>>().into_iter().map(Value::from).collect()
}

/// The values of a row that a key can refer to, given those of its columns that are settled already.
fn choose(key: &ForeignKey, given: &JsonRow, stock: &Stock, rng: &mut Rng) -> Option<Vec<Value>> {
    let rows = stock.get(&key.references)?;
    let values = |row: &JsonRow| -> Option<Vec<Value>> {
        let value = |(name, of): (&&str, &&str)| {
            let value = row.get(*of).filter(|value| !value.is_null())?;
            given.get(*name).is_none_or(|given| given == value).then(|| value.clone())
        };
        key.columns.iter().zip(key.referenced_columns).map(value).collect()
    };
    let suiting: Vec<Vec<Value>> = rows.iter().filter_map(values).collect();
    rng.choice(&suiting).cloned()
}

/// What two rows must not have in common; nothing where a part of it is NULL or left to the database. Collations that
/// take upper for lower case and blanks for nothing are common enough to be reckoned with.
fn key_text(columns: &[&str], row: &JsonRow) -> Option<String> {
    let part = |name: &&str| {
        let value = row.get(*name).filter(|value| !value.is_null())?;
        Some(match value {
            Value::String(text) => text.trim_end().to_lowercase(),
            other => other.to_string(),
        })
    };
    columns.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| format!("{parts:?}"))
}
