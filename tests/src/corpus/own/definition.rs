//! Reads definitions of keys as servers print them: names in quotes, lists of them, and words between.

use std::iter;

use tablature::catalog::{Action, QName};

use crate::corpus::facts::{ForeignFacts, Part, action_at};

/// The rest of a text that is being read. What is not as expected reads as `None`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a str,
    quote: char,
}

impl<'a> Reader<'a> {
    /// A reader of a text in which names stand between `quote`s, which are doubled within them, or bare.
    pub(super) fn new(text: &'a str, quote: char) -> Self {
        Self { rest: text.trim_start(), quote }
    }

    /// Whether everything was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Goes on behind words or marks, if these come next.
    pub(super) fn skip(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// A name.
    pub(super) fn name(&mut self) -> Option<String> {
        let Some(rest) = self.rest.strip_prefix(self.quote) else {
            let is_bare = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            let end = self.rest.find(|c: char| !is_bare(c)).unwrap_or(self.rest.len());
            let (name, rest) = self.rest.split_at(end);
            self.rest = rest.trim_start();
            return (!name.is_empty()).then(|| name.to_owned());
        };
        let mut name = String::new();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != self.quote || chars.next_if(|(_, next)| *next == self.quote).is_some() {
                name.push(c);
            } else {
                self.rest = rest[at + c.len_utf8()..].trim_start();
                return Some(name);
            }
        }
        None
    }

    /// `schema.name`, or a name without a schema.
    fn qualified(&mut self) -> Option<QName> {
        let first = self.name()?;
        Some(if self.skip(".") { QName::new(first, self.name()?) } else { QName::new("", first) })
    }

    /// The names between parentheses.
    fn names(&mut self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        if !self.skip("(") {
            return None;
        }
        loop {
            self.skip("PERIOD ");
            names.push(self.name()?);
            if self.skip(")") {
                return Some(names);
            }
            if !self.skip(",") {
                return None;
            }
        }
    }

    /// The parts of an index between parentheses.
    pub(super) fn parts(&mut self) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        if !self.skip("(") {
            return None;
        }
        loop {
            parts.push(self.part()?);
            if self.skip(")") {
                return Some(parts);
            }
            if !self.skip(",") {
                return None;
            }
        }
    }

    fn part(&mut self) -> Option<Part> {
        if self.rest.starts_with('(') {
            let length = balanced(self.rest)?;
            self.rest = self.rest[length..].trim_start();
            self.skip("DESC");
            return Some(Part::Expression);
        }
        let name = self.name()?;
        let part = if self.rest.starts_with('(') {
            let length = balanced(self.rest)?;
            self.rest = self.rest[length..].trim_start();
            Part::Partly(name)
        } else if self.skip("WITHOUT OVERLAPS") {
            Part::Partly(name)
        } else {
            Part::Column(name)
        };
        let _ = self.skip("DESC") || self.skip("ASC");
        Some(part)
    }

    /// `FOREIGN KEY (…) REFERENCES … (…) …`, with whatever stands between and behind.
    pub(super) fn foreign_key(&mut self, name: String) -> Option<ForeignFacts> {
        if !self.skip("FOREIGN KEY") {
            return None;
        }
        let columns = self.names()?;
        if !self.skip("REFERENCES") {
            return None;
        }
        let references = self.qualified()?;
        let referenced_columns = self.names()?;
        let action = |what: &str| match self.rest.split_once(what) {
            None => Some(Action::NoAction),
            Some((_, text)) => action_at(text).map(|(action, _)| action),
        };
        let (on_update, on_delete) = (action("ON UPDATE ")?, action("ON DELETE ")?);
        Some(ForeignFacts { name, columns, references, referenced_columns, on_update, on_delete })
    }
}

/// The length of what stands between the parenthesis at the beginning and the one that closes it, both included.
/// Parentheses in quotes do not count.
fn balanced(text: &str) -> Option<usize> {
    unquoted(text).find(|&(_, c, depth)| c == ')' && depth == 1).map(|(at, ..)| at + 1)
}

/// The characters that are not in quotes, each with its place and the number of parentheses that are open before it.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let mut chars = text.char_indices();
    let mut depth = 0usize;
    let mut quote = None;
    iter::from_fn(move || {
        loop {
            let (at, c) = chars.next()?;
            match (quote, c) {
                (Some('\''), '\\') => drop(chars.next()),
                (Some(open), _) if open == c => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"' | '`') => quote = Some(c),
                (None, _) => {
                    let before = depth;
                    match c {
                        '(' => depth += 1,
                        ')' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    return Some((at, c, before));
                }
            }
        }
    })
}

/// The items between the first parentheses of a statement, which commas part: the columns and keys of a table.
pub(super) fn items(statement: &str) -> Option<Vec<&str>> {
    let start = outside(statement, |c| c == '(')?;
    let body = &statement[start..];
    let body = &body[1..balanced(body)? - 1];
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        match outside(rest, |c| c == ',') {
            Some(at) => {
                out.push(rest[..at].trim());
                rest = &rest[at + 1..];
            }
            None => {
                out.push(rest.trim());
                return Some(out);
            }
        }
    }
}

/// Where the first such character stands that is neither in quotes nor in parentheses.
fn outside(text: &str, is_wanted: impl Fn(char) -> bool) -> Option<usize> {
    unquoted(text).find(|&(_, c, depth)| depth == 0 && is_wanted(c)).map(|(at, ..)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn foreign_keys_are_read_as_postgresql_prints_them() {
        let text = r#"FOREIGN KEY (a, "b ""(c)") REFERENCES "My Shop".book(x, PERIOD "y, z") MATCH FULL ON DELETE SET NULL (a) NOT VALID"#;
        let key = Reader::new(text, '"').foreign_key("k".into()).unwrap();
        assert_eq!(key.columns, names(&["a", "b \"(c)"]));
        assert_eq!(key.references, QName::new("My Shop", "book"));
        assert_eq!(key.referenced_columns, names(&["x", "y, z"]));
        assert_eq!((key.on_update, key.on_delete), (Action::NoAction, Action::SetNull));
    }

    #[test]
    fn items_of_a_table_are_read_as_mysql_prints_them() {
        let text = "CREATE TABLE `a(``b` (\n  `x,` int COMMENT 'it''s, (\\'',\n  UNIQUE KEY `u` (`x,`(3),((`y` + 1)) DESC)\n) ENGINE=InnoDB";
        let items = items(text).unwrap();
        assert_eq!(items.len(), 2, "{items:?}");
        let mut reader = Reader::new(items[1], '`');
        assert!(reader.skip("UNIQUE KEY"));
        assert_eq!(reader.name().unwrap(), "u");
        assert_eq!(reader.parts().unwrap(), [Part::Partly("x,".into()), Part::Expression]);
        assert!(reader.is_at_end());
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        assert!(Reader::new("FOREIGN KEY (a REFERENCES b (c)", '"').foreign_key(String::new()).is_none());
        assert!(Reader::new("\"open", '"').name().is_none());
        assert!(items("CREATE TABLE t (a int").is_none());
    }
}
