//! A statement that was read, and its text with the engine's placeholders.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::error::{Hint, Place, SqlError};
use super::lexer::{InList, is_word, lex};
use crate::table::Dialect;

/// A statement with named parameters, read once. See [the module](super) for what a parameter is.
///
/// ```
/// use tablature_runtime::Dialect;
/// use tablature_runtime::sql::{Slot, Template};
///
/// let template = Template::parse("SELECT ':a' WHERE x > :x OR id IN (:ids) OR y > :x", Dialect::Postgres)?;
/// assert_eq!(template.names().iter().map(|name| &**name).collect::<Vec<_>>(), ["x", "ids"]);
/// assert_eq!(&*template.plain().text, "SELECT ':a' WHERE x > $1 OR id IN ($2) OR y > $1");
/// let three = template.render(&[Slot::default(), Slot { count: 3, cast: None }])?;
/// assert_eq!(&*three.text, "SELECT ':a' WHERE x > $1 OR id IN ($2, $3, $4) OR y > $1");
/// # Ok::<(), tablature_runtime::sql::SqlError>(())
/// ```
#[derive(Debug)]
pub struct Template {
    sql: Arc<str>,
    dialect: Dialect,
    names: Box<[Box<str>]>,
    /// The positions of the names, by their hashes.
    positions: HashTable<usize>,
    hashing: RandomState,
    placeholders: Box<[Placeholder]>,
    /// Names that stand after a slice's colon.
    sliced: Box<[Box<str>]>,
    /// The rendered statement where every parameter is one value.
    text: Arc<str>,
    order: Box<[Bind]>,
}

/// Where a parameter is in the text.
#[derive(Debug)]
struct Placeholder {
    start: usize,
    end: usize,
    /// The position of its name.
    parameter: usize,
    list: Option<InList>,
}

/// How one parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'a> {
    /// The number of elements of a list, and 1 for what is no list.
    pub count: usize,
    /// The SQL type that each placeholder is cast to: `bigint[]` makes `CAST($1 AS bigint[])`. It becomes part of the
    /// statement as it is.
    pub cast: Option<&'a str>,
}

impl Default for Slot<'_> {
    /// One value without a cast.
    fn default() -> Self {
        Self { count: 1, cast: None }
    }
}

/// What is bound to a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bind {
    /// The position of the parameter in [`Template::names`].
    pub parameter: usize,
    /// The position in its list; 0 for what is no list.
    pub element: usize,
}

/// A statement as the engine takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered<'t> {
    /// The text.
    pub text: Arc<str>,
    /// What is to be bound, in this order.
    pub order: Cow<'t, [Bind]>,
}

impl Template {
    /// Reads a statement, or several.
    ///
    /// # Errors
    /// Where a string, a comment or a quoted name does not end; where a parameter is not of the form `:name`; where
    /// one is in an executable comment; and where there is a NUL.
    pub fn parse(sql: &str, dialect: Dialect) -> Result<Self, SqlError> {
        let lexed = lex(sql, dialect)?;
        let hashing = RandomState::default();
        let mut positions = HashTable::with_capacity(lexed.occurrences.len());
        let mut names: Vec<Box<str>> = Vec::with_capacity(lexed.occurrences.len());
        let mut placeholders = Vec::with_capacity(lexed.occurrences.len());
        for occurrence in lexed.occurrences {
            let name = &sql[occurrence.start + 1..occurrence.end];
            let hash = hashing.hash_one(name);
            let parameter = positions.find(hash, |&known: &usize| *names[known] == *name).copied();
            let parameter = parameter.unwrap_or_else(|| {
                positions.insert_unique(hash, names.len(), |&known| hashing.hash_one(&*names[known]));
                names.push(name.into());
                names.len() - 1
            });
            let (start, end, list) = (occurrence.start, occurrence.end, occurrence.list);
            placeholders.push(Placeholder { start, end, parameter, list });
        }
        let mut template = Self {
            sql: sql.into(),
            dialect,
            names: names.into(),
            hashing,
            positions,
            placeholders: placeholders.into(),
            sliced: lexed.sliced.into_iter().map(Box::from).collect(),
            text: Arc::default(),
            order: Box::default(),
        };
        template.text = Arc::clone(&template.sql);
        if !template.placeholders.is_empty() {
            let (text, order) = template.write(&[], 0)?;
            template.text = text.into();
            template.order = order.into();
        }
        Ok(template)
    }

    /// The statement, as it was given.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The engine that it is for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The names of the parameters, each once, in the order of their first use.
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The position of a parameter in [`names`](Self::names).
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.find(self.hashing.hash_one(name), |&known| *self.names[known] == *name).copied()
    }

    /// The text with a placeholder for each parameter: for statements without lists and casts.
    pub fn plain(&self) -> Rendered<'_> {
        Rendered { text: Arc::clone(&self.text), order: Cow::Borrowed(&self.order) }
    }

    /// The text where each parameter is written as its slot says. The slots are in the order of [`names`](Self::names);
    /// parameters beyond the last slot have the default.
    ///
    /// # Errors
    /// Where a list is empty and stands elsewhere than alone in an `IN (…)`.
    pub fn render(&self, slots: &[Slot<'_>]) -> Result<Rendered<'_>, SqlError> {
        if slots.iter().all(|slot| *slot == Slot::default()) {
            return Ok(self.plain());
        }
        let (text, order) = self.write(slots, 0)?;
        Ok(Rendered { text: text.into(), order: Cow::Owned(order) })
    }

    /// As [`render`](Self::render), as a part of a statement that has so many placeholders before it.
    #[cfg(feature = "database")]
    pub(crate) fn render_behind(&self, before: usize, slots: &[Slot<'_>]) -> Result<(String, Vec<Bind>), SqlError> {
        self.write(slots, before)
    }

    /// The text, with placeholders that are numbered behind those `before` it.
    fn write(&self, slots: &[Slot<'_>], before: usize) -> Result<(String, Vec<Bind>), SqlError> {
        let slot = |parameter: usize| slots.get(parameter).copied().unwrap_or_default();
        let binds = |parameter: usize| (0..slot(parameter).count).map(move |element| Bind { parameter, element });
        // PostgreSQL and SQLite count placeholders: a name that comes again has the numbers that it had.
        let numbered = self.dialect != Dialect::Mysql;
        let mut order: Vec<Bind> = Vec::with_capacity(self.placeholders.len());
        let mut first = Vec::with_capacity(self.names.len());
        if numbered {
            for parameter in 0..self.names.len() {
                first.push(before + order.len() + 1);
                order.extend(binds(parameter));
            }
        }
        let mut text = String::with_capacity(self.sql.len() + 4 * (order.len() + self.placeholders.len()));
        let mut written = 0;
        for placeholder in &self.placeholders {
            let &Placeholder { start, end, parameter, list } = placeholder;
            let Slot { count, cast } = slot(parameter);
            if count == 0 {
                let list = list.ok_or_else(|| self.empty_list(placeholder))?;
                let (start, end) =
                    if self.dialect == Dialect::Postgres { (list.start, list.end) } else { (start, end) };
                self.separate(&mut text, written, start);
                text.push_str(match (self.dialect, list.negated) {
                    (Dialect::Postgres, false) => "OPERATOR(=) ANY ('{}')",
                    (Dialect::Postgres, true) => "OPERATOR(<>) ALL ('{}')",
                    (Dialect::Mysql, _) => "SELECT NULL FROM DUAL WHERE FALSE",
                    (Dialect::Sqlite, _) => "",
                });
                written = end;
                continue;
            }
            self.separate(&mut text, written, start);
            for element in 0..count {
                text.push_str(if element > 0 { ", " } else { "" });
                text.push_str(if cast.is_some() { "CAST(" } else { "" });
                let number = if numbered { first[parameter] + element } else { 0 };
                self.dialect.placeholder(number, &mut text);
                if let Some(cast) = cast {
                    text.extend([" AS ", cast, ")"]);
                }
            }
            if !numbered {
                order.extend(binds(parameter));
            }
            written = end;
        }
        text.push_str(&self.sql[written..]);
        Ok((text, order))
    }

    /// Copies the statement's text, and a blank where the placeholder would become part of a word: PostgreSQL reads
    /// `limit$1` as a name.
    fn separate(&self, text: &mut String, from: usize, to: usize) {
        text.push_str(&self.sql[from..to]);
        if text.as_bytes().last().is_some_and(|&byte| is_word(byte)) {
            text.push(' ');
        }
    }

    /// Finds out which value is for which parameter: for each of [`names`](Self::names), the position among the names
    /// that were bound.
    ///
    /// # Errors
    /// Where a name was bound twice, belongs to no parameter, or is missing.
    pub fn check_bound<'n>(&self, bound: impl IntoIterator<Item = &'n str>) -> Result<Vec<usize>, SqlError> {
        self.check(&bound.into_iter().collect::<Vec<_>>())
    }

    fn check(&self, bound: &[&str]) -> Result<Vec<usize>, SqlError> {
        let mut found: Vec<Option<usize>> = vec![None; self.names.len()];
        for (index, &name) in bound.iter().enumerate() {
            let position = self.position(name).ok_or_else(|| self.unknown(name, bound))?;
            if found[position].replace(index).is_some() {
                return Err(SqlError::BoundTwice { name: name.to_owned() });
            }
        }
        let missing = |name: &str| SqlError::Missing { name: name.to_owned() };
        found.iter().zip(&self.names).map(|(index, name)| index.ok_or_else(|| missing(name))).collect()
    }

    #[cold]
    fn unknown(&self, name: &str, bound: &[&str]) -> SqlError {
        let unbound = self.names.iter().filter(|known| !bound.contains(&known.as_ref()));
        let similar = unbound
            .map(|known| (strsim::damerau_levenshtein(name, known), known))
            .filter(|(distance, known)| *distance <= 1 + known.len() / 3)
            .min();
        let hint = match similar {
            _ if self.sliced.iter().any(|sliced| **sliced == *name) => Hint::Slice(name.to_owned()),
            Some((_, known)) => Hint::Similar(known.to_string()),
            None => Hint::None,
        };
        SqlError::Unknown { name: name.to_owned(), hint }
    }

    #[cold]
    fn empty_list(&self, placeholder: &Placeholder) -> SqlError {
        let name = self.names[placeholder.parameter].to_string();
        SqlError::EmptyList { name, place: Place::of(&self.sql, placeholder.start) }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
