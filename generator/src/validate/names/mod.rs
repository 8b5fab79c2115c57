//! Whether what a statement names is in a catalog.
//!
//! `query` reads SELECTs, `from` what they select from, `write` statements that change rows, `expression` single values, and
//! `scope` holds what names mean. `known` has what the engines know without a catalog.

mod expression;
mod from;
pub(crate) mod known;
mod query;
mod scope;
#[cfg(test)]
mod tests;
mod write;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart, ObjectType, Statement};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::{IssueKind, placeholder};
use crate::catalog::{Catalog, Engine, QName, Relation, RelationKind};
use crate::config::{Source, TargetKind, nearest};
use crate::findings::{PartKind, Place};
use crate::resolve::is_wanted;
use scope::{Column, Columns, Ctes, Table};

/// How deep queries and expressions may be nested. What lies deeper is not understood.
const DEPTH: usize = 200;

/// The longest statement that is read, in bytes.
const LONGEST: usize = 1 << 18;

/// Something wrong with a text, and the byte where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) byte: usize,
    pub(super) kind: IssueKind,
    /// What of the database the name stands for, as far as that is known.
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) suggestion: Option<String>,
    pub(super) message: String,
}

/// What is said of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Judgement {
    pub(super) faults: Vec<Fault>,
    /// Why not all of it is known to be right.
    pub(super) doubt: Option<String>,
    /// Whether it names something that the source makes itself.
    pub(super) needs_what_source_makes: bool,
}

impl Judgement {
    fn doubt(why: impl Into<String>) -> Self {
        Self { doubt: Some(why.into()), ..Self::default() }
    }
}

/// SQL that was parsed, or the reason why it could not be.
pub(super) struct Read {
    /// The bytes at which its lines begin.
    lines: Vec<usize>,
    text: String,
    statements: Result<Vec<Statement>, String>,
}

#[cfg(feature = "live")]
impl Read {
    /// Whether a server can be asked about it: it is one statement, as far as that is seen.
    pub(super) fn may_be_prepared(&self) -> bool {
        self.statements.as_ref().map_or(true, |statements| statements.len() == 1)
    }
}

/// The names of a catalog, as the engine compares them.
pub(super) struct Names<'c> {
    engine: Engine,
    catalog: &'c Catalog,
    /// What the catalog was made by: it may leave relations out.
    source: &'c Source,
    /// The relations by schema and name.
    relations: BTreeMap<(String, String), &'c Relation>,
    /// The relations by name alone.
    by_name: BTreeMap<String, Vec<&'c Relation>>,
    schemas: BTreeSet<String>,
    /// The schemas in which a bare name is looked up.
    search_path: Vec<String>,
}

impl<'c> Names<'c> {
    /// The names of a catalog. Without a search path, bare names are looked up in the default schema.
    pub(super) fn new(catalog: &'c Catalog, source: &'c Source, search_path: &[String]) -> Self {
        let engine = catalog.engine;
        let key = |name: &str| table_key(engine, name);
        let mut by_name: BTreeMap<String, Vec<&Relation>> = BTreeMap::new();
        for relation in &catalog.relations {
            by_name.entry(key(&relation.name.name)).or_default().push(relation);
        }
        let relations = catalog.relations.iter();
        let relations = relations.map(|relation| ((key(&relation.name.schema), key(&relation.name.name)), relation));
        let mut schemas: BTreeSet<String> = catalog.schemas.iter().map(|schema| key(&schema.name)).collect();
        schemas.extend(catalog.relations.iter().map(|relation| key(&relation.name.schema)));
        schemas.insert(key(&catalog.default_schema));
        let mut path: Vec<String> = search_path.iter().map(|schema| key(schema)).collect();
        if path.is_empty() {
            path.push(key(&catalog.default_schema));
        }
        Self { engine, catalog, source, relations: relations.collect(), by_name, schemas, search_path: path }
    }

    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    /// Parses SQL. In Python, drivers have placeholders of their own, which stand outside of quotes.
    pub(super) fn parse(&self, text: &str, is_python: bool) -> Read {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let readable = if is_python { placeholder::in_place(text, self.engine) } else { text.to_owned() };
        let statements = if text.len() > LONGEST {
            Err(format!("it has more than {LONGEST} bytes"))
        } else {
            let dialect: &dyn Dialect = match self.engine {
                Engine::Postgres => &PostgreSqlDialect {},
                Engine::Mysql | Engine::Mariadb => &MySqlDialect {},
                Engine::Sqlite => &SQLiteDialect {},
            };
            let parser = Parser::new(dialect).with_recursion_limit(DEPTH).try_with_sql(&readable);
            let statements = parser.and_then(|mut parser| parser.parse_statements());
            statements.map_err(|error| format!("it is not understood: {error}"))
        };
        Read { lines, text: text.to_owned(), statements }
    }

    /// The tables that a text makes.
    pub(super) fn made(&self, read: &Read) -> Vec<String> {
        let names = read.statements.iter().flatten().filter_map(|statement| match statement {
            Statement::CreateTable(create) => Some(&create.name),
            Statement::CreateView(create) => Some(&create.name),
            Statement::CreateVirtualTable { name, .. } => Some(name),
            _ => None,
        });
        let renamed = read.statements.iter().flatten().filter_map(|statement| match statement {
            Statement::AlterTable(alter) => Some(&alter.name),
            _ => None,
        });
        names.chain(renamed).filter_map(|name| Some(self.key(last(name)?))).collect()
    }

    /// Holds all names of a text to the catalog. The tables that are made in the same file count as there.
    pub(super) fn check(&self, read: &Read, made: &BTreeSet<String>) -> Judgement {
        let statements = match &read.statements {
            Ok(statements) if statements.is_empty() => return Judgement::doubt("there is no statement in it"),
            Ok(statements) => statements,
            Err(why) => return Judgement::doubt(why.clone()),
        };
        let checker = Checker::new(self, read, made);
        for statement in statements {
            checker.statement(statement);
        }
        checker.judgement()
    }

    /// Holds the name of a table or column to the catalog.
    pub(super) fn check_name(&self, text: &str, kind: TargetKind, made: &BTreeSet<String>) -> Judgement {
        let parts: Vec<&str> = text.split('.').collect();
        let is_name = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "_$".contains(c));
        if !parts.iter().all(is_name) {
            return Judgement::doubt("it is not a plain name");
        }
        let read = Read { lines: vec![0], text: text.to_owned(), statements: Ok(Vec::new()) };
        let checker = Checker::new(self, &read, made);
        let mut column = 1;
        // A name that is handed over is mostly put into quotes, and so is what is suggested.
        let part = |part: &&str| {
            let mut ident = Ident::with_quote('"', *part);
            ident.span.start = sqlparser::tokenizer::Location { line: 1, column };
            column += part.chars().count() as u64 + 1;
            ident
        };
        let path: Vec<Ident> = parts.iter().map(part).collect();
        match (kind, path.as_slice()) {
            (TargetKind::Column, [name]) => checker.any_column(name),
            (TargetKind::Column, [table @ .., name]) => {
                let table = checker.table(&ObjectName::from(table.to_vec()), &Ctes::default());
                checker.column_of(name, &table);
            }
            _ => {
                checker.table(&ObjectName::from(path), &Ctes::default());
            }
        }
        checker.judgement()
    }

    fn key(&self, ident: &Ident) -> String {
        match (self.engine, ident.quote_style) {
            (Engine::Postgres, None) => ident.value.to_ascii_lowercase(),
            _ => table_key(self.engine, &ident.value),
        }
    }

    /// A name as it is written where it would be read.
    fn shown(&self, name: &str) -> String {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_plain = match self.engine {
            Engine::Postgres => name.chars().all(is_plain),
            _ => name.chars().all(|c| c.is_alphanumeric() || c == '_'),
        };
        if is_plain && !name.starts_with(|c: char| c.is_ascii_digit()) {
            name.to_owned()
        } else {
            self.engine.quoted(name)
        }
    }

    fn table_of(&self, relation: &Relation) -> Table {
        let columns = relation.columns.iter().map(|column| Column::new(self.engine, &column.name)).collect();
        Table {
            schema: Some(table_key(self.engine, &relation.name.schema)),
            name: Some(table_key(self.engine, &relation.name.name)),
            own: None,
            // The modules of virtual tables have columns that are nowhere listed.
            columns: Columns { known: columns, is_open: relation.kind == RelationKind::VirtualTable },
            relation: Some(relation.name.clone()),
            shown: if relation.name.schema == self.catalog.default_schema {
                relation.name.name.clone()
            } else {
                relation.name.to_string()
            },
        }
    }
}

/// A name of a relation or schema as the engine compares it. Whether MySQL disregards the case of tables depends on the
/// server's system, so it is disregarded here.
fn table_key(engine: Engine, name: &str) -> String {
    match engine {
        Engine::Postgres => name.to_owned(),
        Engine::Sqlite => name.to_ascii_lowercase(),
        Engine::Mysql | Engine::Mariadb => name.to_lowercase(),
    }
}

/// The name at the end of a path.
fn last(name: &ObjectName) -> Option<&Ident> {
    name.0.last().and_then(ObjectNamePart::as_ident)
}

/// The names of a path; nothing where there is something else in it.
fn idents(name: &ObjectName) -> Option<Vec<&Ident>> {
    name.0.iter().map(ObjectNamePart::as_ident).collect()
}

/// What of the database a column stands for that would be in one of these tables: nothing that is known, where there are several.
fn column_of(tables: &[Table], column: &str) -> Place {
    match tables {
        [Table { relation: Some(name), .. }] => {
            Place::relation(&name.schema, &name.name).part(PartKind::Column, column)
        }
        _ => Place::default(),
    }
}

/// A statement on its way through the rules.
struct Checker<'c> {
    names: &'c Names<'c>,
    read: &'c Read,
    made: &'c BTreeSet<String>,
    faults: RefCell<Vec<Fault>>,
    doubt: RefCell<Option<String>>,
    depth: Cell<usize>,
    needs_what_source_makes: Cell<bool>,
    /// Whether a table was named: without any, a text that parses may be none of SQL, such as "Select a book".
    has_table: Cell<bool>,
    /// Whether what is found is dropped, for it will be found once more.
    is_silent: Cell<bool>,
}

impl<'c> Checker<'c> {
    fn new(names: &'c Names<'c>, read: &'c Read, made: &'c BTreeSet<String>) -> Self {
        Self {
            names,
            read,
            made,
            faults: RefCell::default(),
            doubt: RefCell::default(),
            depth: Cell::new(0),
            needs_what_source_makes: Cell::new(false),
            has_table: Cell::new(false),
            is_silent: Cell::new(false),
        }
    }

    fn judgement(self) -> Judgement {
        let mut faults = self.faults.take();
        faults.sort_by_key(|fault| fault.byte);
        faults.dedup_by(|a, b| a.byte == b.byte && a.kind == b.kind);
        Judgement { faults, doubt: self.doubt.take(), needs_what_source_makes: self.needs_what_source_makes.get() }
    }

    fn engine(&self) -> Engine {
        self.names.engine
    }

    /// Notes that something is not understood; the first reason counts.
    fn doubt(&self, why: impl Into<String>) {
        if !self.is_silent.get() {
            self.doubt.borrow_mut().get_or_insert_with(|| why.into());
        }
    }

    /// Does something of which nothing is noted.
    fn silently<T>(&self, inner: impl FnOnce() -> T) -> T {
        let before = self.is_silent.replace(true);
        let out = inner();
        self.is_silent.set(before);
        out
    }

    /// Opens a level, if there is one left.
    fn deeper<T>(&self, inner: impl FnOnce() -> T) -> Option<T> {
        let depth = self.depth.get();
        if depth >= DEPTH {
            self.doubt("it is nested too deeply");
            return None;
        }
        self.depth.set(depth + 1);
        let out = inner();
        self.depth.set(depth);
        Some(out)
    }

    /// Notes that a name means nothing, and which one may have been meant.
    fn fault<'n>(
        &self,
        ident: &Ident,
        kind: IssueKind,
        place: Place,
        message: impl Into<String>,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let suggestion = self.nearest(&ident.value, known);
        self.fault_with(ident, kind, place, message.into(), suggestion);
    }

    fn fault_with(&self, ident: &Ident, kind: IssueKind, place: Place, message: String, suggestion: Option<String>) {
        if !self.is_silent.get() {
            let (name, byte) = (ident.value.clone(), self.byte(ident));
            self.faults.borrow_mut().push(Fault { byte, kind, place, name, suggestion, message });
        }
    }

    /// What comes closest to a name: but for its case, or else by its letters.
    fn nearest<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
        let known: Vec<&str> = known.into_iter().collect();
        let same = known.iter().copied().find(|known| known.eq_ignore_ascii_case(name));
        same.or_else(|| nearest(name, known)).map(|name| self.names.shown(name))
    }

    /// The byte of the text at which a name stands.
    fn byte(&self, ident: &Ident) -> usize {
        let start = ident.span.start;
        let line = usize::try_from(start.line).unwrap_or(0).checked_sub(1);
        let Some(start_of_line) = line.and_then(|line| self.read.lines.get(line)) else { return 0 };
        let rest = self.read.text.get(*start_of_line..).unwrap_or_default();
        let column = usize::try_from(start.column).unwrap_or(0).saturating_sub(1);
        start_of_line + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
    }

    fn key(&self, ident: &Ident) -> String {
        self.names.key(ident)
    }

    /// Any statement.
    fn statement(&self, statement: &Statement) {
        self.deeper(|| match statement {
            Statement::Query(query) => {
                self.query(query, &Ctes::default(), None);
            }
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) | Statement::Merge(_) => {
                self.write(statement, &Ctes::default());
            }
            Statement::Explain { statement, .. } => self.statement(statement),
            Statement::CreateView(create) => {
                self.query(&create.query, &Ctes::default(), None);
            }
            Statement::CreateTable(create) => {
                if let Some(query) = &create.query {
                    self.query(query, &Ctes::default(), None);
                }
                self.doubt("it makes a table");
            }
            Statement::Truncate(truncate) => {
                for target in &truncate.table_names {
                    self.table(&target.name, &Ctes::default());
                }
            }
            Statement::Drop { object_type: ObjectType::Table | ObjectType::View, if_exists: false, names, .. } => {
                for name in names {
                    self.table(name, &Ctes::default());
                }
            }
            Statement::StartTransaction { .. } | Statement::Commit { .. } | Statement::Rollback { .. } => {}
            _ => self.doubt("it is a statement of a kind that is not looked into"),
        });
    }

    /// The table that a name means.
    fn table(&self, name: &ObjectName, ctes: &Ctes<'_>) -> Table {
        self.has_table.set(true);
        let Some(path) = idents(name) else {
            self.doubt(format!("{name} is computed"));
            return Table::open(None);
        };
        let (table, schema) = match path.as_slice() {
            [table] => (*table, None),
            [.., schema, table] => (*table, Some(*schema)),
            [] => return Table::open(None),
        };
        let key = self.key(table);
        let found = match schema {
            None => match ctes.get(&key) {
                Some(columns) => {
                    return Table { columns, shown: table.value.clone(), ..Table::open(Some(key)) };
                }
                None => self.bare_table(table, &key, ctes),
            },
            Some(schema) => self.qualified_table(schema, table, &key),
        };
        let mut found = found.unwrap_or_else(|| Table::open(Some(key)));
        if found.schema.is_none() {
            found.schema = schema.map(|schema| self.key(schema));
        }
        found
    }

    /// A relation that is named without a schema; nothing, if its columns are not known.
    fn bare_table(&self, ident: &Ident, key: &str, ctes: &Ctes<'_>) -> Option<Table> {
        let names = self.names;
        let relation = |schema: &String| names.relations.get(&(schema.clone(), key.to_owned()));
        if let Some(relation) = names.search_path.iter().find_map(relation) {
            if self.engine().is_mysql_family() && relation.name.name != ident.value {
                self.doubt(format!("it depends on the server's system whether {} is {}", ident.value, relation.name));
            }
            return Some(names.table_of(relation));
        }
        if self.made.contains(key) {
            self.needs_what_source_makes.set(true);
            self.doubt(format!("{} is made by the source itself", ident.value));
            return None;
        }
        if known::is_system_relation(self.engine(), key) {
            return None;
        }
        match names.by_name.get(key).map(Vec::as_slice) {
            Some([relation]) => {
                self.doubt(format!("{} is {} only where its schema is in the search path", ident.value, relation.name));
                return Some(names.table_of(relation));
            }
            Some(_) => {
                self.doubt(format!("{} is in several schemas, and none of them is in the search path", ident.value));
                return None;
            }
            None => {}
        }
        let relations = names.by_name.values().flatten().map(|relation| relation.name.name.as_str());
        let named = ctes.names();
        let known = relations.chain(named.iter().map(String::as_str));
        self.unknown_table(&names.catalog.default_schema, ident, key, known);
        None
    }

    fn qualified_table(&self, schema: &Ident, ident: &Ident, key: &str) -> Option<Table> {
        let names = self.names;
        let schema_key = self.key(schema);
        let looked_up = match self.engine() {
            Engine::Sqlite if schema_key == "main" => String::new(),
            _ => schema_key.clone(),
        };
        if let Some(relation) = names.relations.get(&(looked_up.clone(), key.to_owned())) {
            return Some(names.table_of(relation));
        }
        if self.made.contains(key) {
            self.needs_what_source_makes.set(true);
            self.doubt(format!("{} is made by the source itself", ident.value));
            return None;
        }
        if known::is_system_schema(self.engine(), &schema_key) {
            return None;
        }
        if self.engine() == Engine::Sqlite && looked_up.is_empty() && known::is_system_relation(Engine::Sqlite, key) {
            return None;
        }
        if names.schemas.contains(&looked_up) {
            let known = names.catalog.relations.iter();
            let known = known.filter(|relation| table_key(self.engine(), &relation.name.schema) == looked_up);
            self.unknown_table(&looked_up, ident, key, known.map(|relation| relation.name.name.as_str()));
            return None;
        }
        if self.engine() != Engine::Postgres {
            // What a database is called belongs to the deployment, so that this may be the reflected one, or another.
            self.doubt(format!("the database {} is not in the snapshot", schema.value));
            return None;
        }
        let known: Vec<&str> = names.schemas.iter().map(String::as_str).collect();
        if nearest(&schema.value, known.iter().copied()).is_some() {
            let message = format!("there is no schema {}", schema.value);
            self.fault(schema, IssueKind::UnknownSchema, Place::schema(&schema.value), message, known);
        } else {
            self.doubt(format!("the schema {} is not in the snapshot", schema.value));
        }
        None
    }

    fn unknown_table<'n>(&self, schema: &str, ident: &Ident, key: &str, known: impl IntoIterator<Item = &'n str>) {
        let default = &self.names.catalog.default_schema;
        if !is_wanted(&QName::new(schema, key), self.names.source, default) {
            self.doubt(format!("the configuration leaves {} out", ident.value));
            return;
        }
        let relations = &self.names.catalog.relations;
        // Partitions and the tables behind a virtual one are not listed, and are named after what they belong to.
        let is_part = relations.iter().any(|relation| {
            matches!(relation.kind, RelationKind::PartitionedTable | RelationKind::VirtualTable)
                && key.len() > relation.name.name.len() + 1
                && key.starts_with(&table_key(self.engine(), &relation.name.name))
        });
        let is_sequence = self.engine() == Engine::Postgres && key.ends_with("_seq");
        if is_part || is_sequence {
            self.doubt(format!("a snapshot does not list what {} may be", ident.value));
            return;
        }
        let message = format!("there is no table or view {}", ident.value);
        self.fault(ident, IssueKind::UnknownTable, Place::relation(schema, &ident.value), message, known);
    }

    /// A column that some table must have.
    fn any_column(&self, ident: &Ident) {
        let wanted = Column::new(self.engine(), &ident.value).key;
        let all = self.names.catalog.relations.iter().flat_map(|relation| &relation.columns);
        let known: BTreeSet<&str> = all.map(|column| column.name.as_str()).collect();
        if !known.iter().any(|known| Column::new(self.engine(), known).key == wanted) {
            let message = format!("no table has a column {}", ident.value);
            self.fault(ident, IssueKind::UnknownColumn, Place::default(), message, known);
        }
    }

    /// A column that a table must have.
    fn column_of(&self, ident: &Ident, table: &Table) {
        let key = Column::of_ident(self.engine(), ident);
        if table.columns.has(&key) || table.relation.is_some() && known::is_system_column(self.engine(), &key) {
            return;
        }
        if table.columns.is_open {
            self.doubt(format!("the columns of {} are not known", table.shown));
            return;
        }
        let message = format!("{} has no column {}", table.shown, ident.value);
        let place = column_of(std::slice::from_ref(table), &ident.value);
        self.fault(ident, IssueKind::UnknownColumn, place, message, table.columns.shown());
    }
}
