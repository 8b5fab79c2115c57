//! What names mean within a query.

use std::collections::BTreeSet;

use crate::catalog::Origin;

/// What may be done with a value without a NULL coming of it, as far as that is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number of the engine's own.
    Number,
    /// Text of the engine's own.
    Text,
    /// A truth value.
    Boolean,
    /// Something else that compares with its like and is cast to text and the like.
    Scalar,
    /// Anything: a JSON null may be cast to NULL, and what an extension brings may do what it likes.
    Opaque,
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) not_null: bool,
    /// Whether it is NULL and nothing else, so that it says nothing against an origin.
    pub(super) is_null: bool,
    /// The column of a table that every value comes from that is not NULL.
    pub(super) origin: Option<Origin>,
    pub(super) kind: Kind,
}

impl Value {
    /// A value of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self { not_null: false, is_null: false, origin: None, kind: Kind::Opaque }
    }

    /// NULL.
    pub(super) fn null() -> Self {
        Self { is_null: true, ..Self::unknown() }
    }

    /// A value that was made and not read.
    pub(super) fn made(kind: Kind, not_null: bool) -> Self {
        Self { not_null, kind, ..Self::unknown() }
    }

    pub(super) fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub(super) fn nullable(self) -> Self {
        Self { not_null: false, ..self }
    }

    /// What is known of a value that is the one or the other.
    pub(super) fn either(self, other: Self) -> Self {
        if self.is_null {
            return other.nullable();
        }
        if other.is_null {
            return self.nullable();
        }
        Self {
            not_null: self.not_null && other.not_null,
            is_null: false,
            kind: if self.kind == other.kind { self.kind } else { Kind::Opaque },
            origin: self.origin.filter(|origin| other.origin.as_ref() == Some(origin)),
        }
    }
}

/// A column that a query gives.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Output {
    /// Absent where the engine thinks up a name.
    pub(super) name: Option<String>,
    pub(super) value: Value,
    /// Whether `*` leaves it out.
    pub(super) hidden: bool,
}

/// The name of a table within FROM: an alias, or its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableName {
    /// Absent for an alias.
    pub(super) schema: Option<String>,
    pub(super) name: String,
}

/// A table within FROM.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: Option<TableName>,
    /// Whether its columns are not known.
    pub(super) is_open: bool,
}

/// A column within FROM.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: Option<String>,
    /// The table that it is of; absent for one that USING made of two.
    pub(super) table: Option<TableName>,
    pub(super) value: Value,
    /// The outer joins that found no row for it, if they found none.
    pub(super) joins: BTreeSet<u32>,
    /// Whether its name alone finds it.
    pub(super) is_bare: bool,
    /// Whether `*` shows it.
    pub(super) in_star: bool,
}

impl Column {
    pub(super) fn known(&self) -> Value {
        let value = self.value.clone();
        if self.joins.is_empty() { value } else { value.nullable() }
    }
}

/// Tables that are joined, in the order in which they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    pub(super) tables: Vec<Table>,
    pub(super) columns: Vec<Column>,
}

/// What looking for a name came to.
pub(super) enum Find {
    /// The place of the column.
    One(usize),
    /// Whether it is here, and what it means, is not certain.
    Doubtful,
    /// It is not here.
    None,
}

impl Side {
    /// A table whose columns are not known.
    pub(super) fn open(name: Option<TableName>) -> Self {
        Self { tables: vec![Table { name, is_open: true }], columns: Vec::new() }
    }

    /// A table with those columns.
    pub(super) fn table(name: Option<TableName>, outputs: Vec<Output>) -> Self {
        let columns = outputs.into_iter().map(|output| Column {
            name: output.name,
            table: name.clone(),
            value: output.value,
            joins: BTreeSet::new(),
            is_bare: true,
            in_star: !output.hidden,
        });
        let columns = columns.collect();
        Self { tables: vec![Table { name, is_open: false }], columns }
    }

    pub(super) fn is_open(&self) -> bool {
        self.tables.iter().any(|table| table.is_open)
    }

    /// Looks for a column by a path of one, two or three names.
    pub(super) fn find(&self, path: &[String]) -> Find {
        let (table, name) = match path {
            [name] => return self.find_bare(name),
            [table, name] => ((None, table), name),
            [schema, table, name] => ((Some(schema), table), name),
            _ => return Find::Doubtful,
        };
        let is_meant = |known: &Option<TableName>| {
            known.as_ref().is_some_and(|known| {
                known.name == *table.1 && table.0.is_none_or(|schema| known.schema.as_ref() == Some(schema))
            })
        };
        let mut tables = self.tables.iter().filter(|table| is_meant(&table.name));
        match (tables.next(), tables.next()) {
            (None, _) => Find::None,
            (Some(table), None) if !table.is_open => self
                .only(|column| is_meant(&column.table) && column.name.as_ref() == Some(name))
                .unwrap_or(Find::Doubtful),
            _ => Find::Doubtful,
        }
    }

    fn find_bare(&self, name: &String) -> Find {
        match self.only(|column| column.is_bare && column.name.as_ref() == Some(name)) {
            Some(Find::One(_)) if self.is_open() => Find::Doubtful,
            Some(found) => found,
            None if self.is_open() || self.columns.iter().any(|column| column.name.is_none()) => Find::Doubtful,
            None => Find::None,
        }
    }

    /// The only column of that sort; nothing if there is none.
    fn only(&self, is_meant: impl Fn(&Column) -> bool) -> Option<Find> {
        let mut found = self.columns.iter().enumerate().filter(|(_, column)| is_meant(column));
        let (place, _) = found.next()?;
        Some(if found.next().is_some() { Find::Doubtful } else { Find::One(place) })
    }

    /// Notes that a column is not NULL in any row. A row in which it is not was found by all joins that could have found
    /// none for it, and so were the other columns that depend on them.
    pub(super) fn is_not_null(&mut self, place: usize) {
        let found = std::mem::take(&mut self.columns[place].joins);
        self.columns[place].value.not_null = true;
        for column in &mut self.columns {
            column.joins.retain(|join| !found.contains(join));
        }
    }

    /// Notes that an outer join need not find a row of it.
    pub(super) fn may_be_missing(&mut self, join: u32) {
        for column in &mut self.columns {
            column.joins.insert(join);
        }
    }

    pub(super) fn join(mut self, other: Self) -> Self {
        self.tables.extend(other.tables);
        self.columns.extend(other.columns);
        self
    }

    /// What `*` shows. Nothing where a table's columns are not known.
    pub(super) fn star(&self) -> Option<Vec<Output>> {
        (!self.is_open()).then(|| self.shown(|column| column.in_star))
    }

    /// What `table.*` shows.
    pub(super) fn star_of(&self, name: &str) -> Option<Vec<Output>> {
        let is_meant = |known: &Option<TableName>| known.as_ref().is_some_and(|known| known.name == name);
        let mut tables = self.tables.iter().filter(|table| is_meant(&table.name));
        match (tables.next(), tables.next()) {
            (Some(table), None) if !table.is_open => Some(self.shown(|column| is_meant(&column.table))),
            _ => None,
        }
    }

    fn shown(&self, is_shown: impl Fn(&Column) -> bool) -> Vec<Output> {
        let columns = self.columns.iter().filter(|column| is_shown(column));
        columns.map(|column| Output { name: column.name.clone(), value: column.known(), hidden: false }).collect()
    }
}

/// What names mean at a place within a query: in the FROM that is nearest, or else further out.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) side: &'s Side,
    pub(super) outer: Option<&'s Scope<'s>>,
}

impl Scope<'_> {
    /// What is known of the column that a path of names means.
    pub(super) fn look_up(&self, path: &[String]) -> Value {
        let mut scope = Some(self);
        while let Some(at) = scope {
            match at.side.find(path) {
                Find::One(place) => return at.side.columns[place].known(),
                Find::Doubtful => return Value::unknown(),
                Find::None => scope = at.outer,
            }
        }
        Value::unknown()
    }

    /// Whether a path of names may mean a column.
    pub(super) fn has(&self, path: &[String]) -> bool {
        let mut scope = Some(self);
        while let Some(at) = scope {
            match at.side.find(path) {
                Find::One(_) | Find::Doubtful => return true,
                Find::None => scope = at.outer,
            }
        }
        false
    }
}
