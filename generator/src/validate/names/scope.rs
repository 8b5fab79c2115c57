//! What names mean within a statement.

use std::cell::RefCell;

use sqlparser::ast::Ident;

use crate::catalog::{Engine, QName};

/// The name of a column, as the engine compares it and as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) key: String,
    pub(super) shown: String,
}

impl Column {
    /// A column by its name in the catalog.
    pub(super) fn new(engine: Engine, name: &str) -> Self {
        let key = match engine {
            Engine::Postgres => name.to_owned(),
            Engine::Sqlite => name.to_ascii_lowercase(),
            Engine::Mysql | Engine::Mariadb => name.to_lowercase(),
        };
        Self { key, shown: name.to_owned() }
    }

    /// A column by the name that a statement gives it.
    pub(super) fn named(engine: Engine, ident: &Ident) -> Self {
        Self { key: Self::of_ident(engine, ident), shown: ident.value.clone() }
    }

    /// The key of the column that a statement means.
    pub(super) fn of_ident(engine: Engine, ident: &Ident) -> String {
        match (engine, ident.quote_style) {
            (Engine::Postgres, None) => ident.value.to_ascii_lowercase(),
            _ => Self::new(engine, &ident.value).key,
        }
    }
}

/// The columns of something that stands where a table does.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Columns {
    pub(super) known: Vec<Column>,
    /// Whether there may be others.
    pub(super) is_open: bool,
}

impl Columns {
    pub(super) fn open() -> Self {
        Self { known: Vec::new(), is_open: true }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.known.iter().any(|column| column.key == key)
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(|column| column.shown.as_str())
    }

    /// Gives the first columns other names.
    pub(super) fn renamed(mut self, names: Vec<Column>) -> Self {
        for (at, name) in names.into_iter().enumerate() {
            match self.known.get_mut(at) {
                // Where others may stand between those that are known, which one gets the name is not.
                Some(known) if !self.is_open => *known = name,
                _ => self.known.push(name),
            }
        }
        self
    }
}

/// Something that stands where a table does.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The schema that it can be called with; absent for an alias.
    pub(super) schema: Option<String>,
    /// What it is called; absent where that is not known.
    pub(super) name: Option<String>,
    /// The name that its alias hides.
    pub(super) own: Option<String>,
    pub(super) columns: Columns,
    /// The relation of the database that it is, with the columns that each has; absent for whatever else can stand there.
    pub(super) relation: Option<QName>,
    /// What messages call it.
    pub(super) shown: String,
}

impl Table {
    /// Something of whose columns nothing is known.
    pub(super) fn open(name: Option<String>) -> Self {
        let shown = name.clone().unwrap_or_else(|| "the subquery".to_owned());
        Self { schema: None, name, own: None, columns: Columns::open(), relation: None, shown }
    }
}

/// The common table expressions that can be named at a place, the nearest first.
#[derive(Clone, Copy, Default)]
pub(super) struct Ctes<'c> {
    pub(super) outer: Option<&'c Ctes<'c>>,
    pub(super) tables: Option<&'c RefCell<Vec<(String, Columns)>>>,
}

impl Ctes<'_> {
    pub(super) fn get(&self, key: &str) -> Option<Columns> {
        let own = self.tables.and_then(|tables| {
            tables.borrow().iter().rev().find(|(known, _)| known == key).map(|(_, columns)| columns.clone())
        });
        own.or_else(|| self.outer.and_then(|outer| outer.get(key)))
    }

    /// The names of all of them.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = self.outer.map_or_else(Vec::new, Ctes::names);
        if let Some(tables) = self.tables {
            names.extend(tables.borrow().iter().map(|(name, _)| name.clone()));
        }
        names
    }
}

/// What a FROM brings.
pub(super) type Frame = Vec<Table>;

/// What names mean at a place: in the FROM that is nearest, or else further out.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) frame: &'s [Table],
    /// The names of the SELECT's own columns, where they can be named.
    pub(super) aliases: &'s [Column],
    pub(super) ctes: &'s Ctes<'s>,
    pub(super) outer: Option<&'s Scope<'s>>,
}

impl<'s> Scope<'s> {
    /// The scopes from here outwards.
    pub(super) fn chain(&'s self) -> impl Iterator<Item = &'s Scope<'s>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// All tables from here outwards.
    pub(super) fn tables(&'s self) -> impl Iterator<Item = &'s Table> {
        self.chain().flat_map(|scope| scope.frame)
    }
}
