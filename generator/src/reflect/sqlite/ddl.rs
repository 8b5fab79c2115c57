//! Reads from the text of CREATE statements what no pragma tells: constraint names, checks, collations, generation
//! expressions, AUTOINCREMENT, deferrability, index expressions and predicates.
//!
//! SQLite keeps the text that a user wrote, so everything that its grammar lets in can stand here; the rules are those
//! of SQLite's `parse.y`. Names, types and keys do not come from here: the pragmas know them better. What is not
//! understood is absent, and never an error.

use crate::catalog::Deferrable;

use super::tokens::{Token, tokenize};

/// What the text of CREATE TABLE tells.
#[derive(Debug, Default, PartialEq)]
pub(super) struct TableText {
    pub(super) columns: Vec<ColumnText>,
    pub(super) primary_key: Option<String>,
    pub(super) autoincrement: bool,
    pub(super) unique_keys: Vec<UniqueText>,
    /// In the order in which they are declared.
    pub(super) foreign_keys: Vec<ForeignKeyText>,
    pub(super) checks: Vec<CheckText>,
}

/// A column's name, collation and generation expression.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ColumnText {
    pub(super) name: String,
    pub(super) collation: Option<String>,
    pub(super) generated: Option<String>,
}

/// A UNIQUE constraint of a column or of the table.
#[derive(Debug, PartialEq)]
pub(super) struct UniqueText {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
}

/// A REFERENCES clause of a column or of the table.
#[derive(Debug, PartialEq)]
pub(super) struct ForeignKeyText {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) references: String,
    pub(super) deferrable: Option<Deferrable>,
}

/// A CHECK of a column or of the table.
#[derive(Debug, PartialEq)]
pub(super) struct CheckText {
    pub(super) name: Option<String>,
    pub(super) expression: String,
}

/// What the text of CREATE INDEX tells.
#[derive(Debug, PartialEq)]
pub(super) struct IndexText {
    pub(super) parts: Vec<PartText>,
    pub(super) predicate: Option<String>,
}

/// A part of an index, without its direction and collation.
#[derive(Debug, PartialEq)]
pub(super) struct PartText {
    pub(super) expression: String,
    pub(super) collation: Option<String>,
}

/// Reads `CREATE TABLE name (…)`.
pub(super) fn table(sql: &str) -> Option<TableText> {
    let tokens = tokenize(sql)?;
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.statement("TABLE")?;
    let body = cursor.group()?;
    let mut text = TableText::default();
    let mut columns_are_over = false;
    for definition in split(body) {
        let mut cursor = Cursor::new(sql, definition);
        // These five are reserved: as a column's name they need quotes. No column can follow a constraint.
        columns_are_over |=
            ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| cursor.sees(word));
        if columns_are_over { table_constraints(&mut cursor, &mut text) } else { column(&mut cursor, &mut text)? }
    }
    Some(text)
}

/// The query of `CREATE VIEW name (…) AS query`.
pub(super) fn view(sql: &str) -> Option<String> {
    let tokens = tokenize(sql)?;
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.statement("VIEW")?;
    cursor.group();
    cursor.keyword("AS").then(|| cursor.rest()).flatten()
}

/// The module of `CREATE VIRTUAL TABLE name USING module(…)`.
pub(super) fn module(sql: &str) -> Option<String> {
    let tokens = tokenize(sql)?;
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.statement("TABLE")?;
    if cursor.keyword("USING") { cursor.name() } else { None }
}

/// Reads `CREATE INDEX name ON table (…) WHERE …`.
pub(super) fn index(sql: &str) -> Option<IndexText> {
    let tokens = tokenize(sql)?;
    let mut cursor = Cursor::new(sql, &tokens);
    cursor.statement("INDEX")?;
    if !cursor.keyword("ON") {
        return None;
    }
    cursor.name()?;
    let parts = split(cursor.group()?).map(|part| index_part(sql, part)).collect();
    let predicate = if cursor.keyword("WHERE") { cursor.rest() } else { None };
    Some(IndexText { parts, predicate })
}

/// A default as an SQL expression that means the same everywhere. Nothing, if it is NULL.
///
/// SQLite takes a lone name for a text, with and without quotes: `DEFAULT new` and `DEFAULT "new"` are `'new'`.
pub(super) fn default_expression(text: &str) -> Option<String> {
    const KEYWORDS: &[&str] = &["TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"];
    let tokens = tokenize(text).unwrap_or_default();
    let mut tokens = tokens.as_slice();
    while let [first, inner @ .., last] = tokens
        && first.is_symbol("(")
        && closing(tokens) == Some(tokens.len() - 1)
        && last.is_symbol(")")
    {
        tokens = inner;
    }
    match tokens {
        [] => Some(text.trim().to_owned()),
        [token] if token.is("NULL") => None,
        [token] if !KEYWORDS.iter().any(|keyword| token.is(keyword)) => Some(match token.name() {
            Some(name) => format!("'{}'", name.replace('\'', "''")),
            None => token.text.to_owned(),
        }),
        _ => slice(text, tokens),
    }
}

/// A column's definition: its name, the words of its type, its constraints.
fn column(cursor: &mut Cursor<'_>, text: &mut TableText) -> Option<()> {
    let mut column = ColumnText { name: cursor.name()?, ..ColumnText::default() };
    let mut name = None;
    // The type's words need no care: none of the keywords below can be among them without quotes.
    while !cursor.is_at_end() {
        if cursor.keyword("CONSTRAINT") {
            name = cursor.name();
        } else if cursor.keyword("CHECK") {
            check(cursor, name.take(), text);
        } else if cursor.keyword("COLLATE") {
            column.collation = cursor.name();
        } else if cursor.keyword("PRIMARY") {
            text.primary_key = name.take();
        } else if cursor.keyword("AUTOINCREMENT") {
            text.autoincrement = true;
        } else if cursor.keyword("UNIQUE") {
            text.unique_keys.push(UniqueText { name: name.take(), columns: vec![column.name.clone()] });
        } else if cursor.keyword("REFERENCES") {
            references(cursor, name.take(), vec![column.name.clone()], text);
        } else if cursor.keyword("AS") {
            name = None;
            column.generated = cursor.group().and_then(|group| slice(cursor.sql, group));
        } else if cursor.keyword("DEFAULT") {
            name = None;
            while cursor.symbol("+") || cursor.symbol("-") {}
            cursor.skip();
        } else if !deferrable(cursor, text) {
            if cursor.keyword("NULL") {
                name = None;
            } else {
                cursor.skip();
            }
        }
    }
    text.columns.push(column);
    Some(())
}

/// One or more constraints of the table: SQLite does not insist on commas between them.
fn table_constraints(cursor: &mut Cursor<'_>, text: &mut TableText) {
    let mut name = None;
    while !cursor.is_at_end() {
        if cursor.keyword("CONSTRAINT") {
            name = cursor.name();
        } else if cursor.keyword("CHECK") {
            check(cursor, name.take(), text);
        } else if cursor.keyword("PRIMARY") {
            text.primary_key = name.take();
            cursor.keyword("KEY");
            let key = cursor.group().unwrap_or_default();
            text.autoincrement |= key.iter().any(|token| token.is("AUTOINCREMENT"));
        } else if cursor.keyword("UNIQUE") {
            let columns = columns(cursor);
            text.unique_keys.push(UniqueText { name: name.take(), columns });
        } else if cursor.keyword("FOREIGN") {
            cursor.keyword("KEY");
            let columns = columns(cursor);
            if cursor.keyword("REFERENCES") {
                references(cursor, name.take(), columns, text);
            }
        } else if !deferrable(cursor, text) {
            cursor.skip();
        }
    }
}

fn check(cursor: &mut Cursor<'_>, name: Option<String>, text: &mut TableText) {
    if let Some(expression) = cursor.group().and_then(|group| slice(cursor.sql, group)) {
        text.checks.push(CheckText { name, expression });
    }
}

/// What follows REFERENCES, up to and without DEFERRABLE. The actions are skipped with care, for `SET NULL` and
/// `SET DEFAULT` would pass for constraints.
fn references(cursor: &mut Cursor<'_>, name: Option<String>, columns: Vec<String>, text: &mut TableText) {
    let Some(references) = cursor.name() else { return };
    cursor.group();
    loop {
        if cursor.keyword("ON") {
            // The event, then an action of one word or two.
            cursor.skip();
            let _ = cursor.keyword("SET") || cursor.keyword("NO");
            cursor.skip();
        } else if cursor.keyword("MATCH") {
            cursor.skip();
        } else {
            break;
        }
    }
    text.foreign_keys.push(ForeignKeyText { name, columns, references, deferrable: None });
}

/// `[NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]`, which speaks of the last foreign key. Says whether it was there.
fn deferrable(cursor: &mut Cursor<'_>, text: &mut TableText) -> bool {
    let not = cursor.keyword("NOT");
    if !cursor.keyword("DEFERRABLE") {
        // `NOT` alone is that of `NOT NULL`.
        return not;
    }
    let mut deferrable = Deferrable::InitiallyImmediate;
    if cursor.keyword("INITIALLY") {
        if cursor.keyword("DEFERRED") {
            deferrable = Deferrable::InitiallyDeferred;
        } else {
            cursor.keyword("IMMEDIATE");
        }
    }
    if let Some(foreign_key) = text.foreign_keys.last_mut() {
        foreign_key.deferrable = (!not).then_some(deferrable);
    }
    true
}

/// The names that lead the parts of a list in parentheses; collations and directions may follow them.
fn columns(cursor: &mut Cursor<'_>) -> Vec<String> {
    split(cursor.group().unwrap_or_default()).filter_map(|part| part.first()?.name()).collect()
}

fn index_part(sql: &str, mut part: &[Token<'_>]) -> PartText {
    if let [rest @ .., last] = part
        && (last.is("ASC") || last.is("DESC"))
    {
        part = rest;
    }
    let mut collation = None;
    if let [rest @ .., collate, name] = part
        && collate.is("COLLATE")
    {
        collation = name.name();
        part = rest;
    }
    PartText { expression: slice(sql, part).unwrap_or_default(), collation }
}

/// A place among the tokens of a statement or of a part of one.
struct Cursor<'a> {
    sql: &'a str,
    tokens: &'a [Token<'a>],
}

impl<'a> Cursor<'a> {
    fn new(sql: &'a str, tokens: &'a [Token<'a>]) -> Self {
        Self { sql, tokens }
    }

    /// Passes `CREATE … object [IF NOT EXISTS] [schema.]name`.
    fn statement(&mut self, object: &str) -> Option<()> {
        if !self.keyword("CREATE") {
            return None;
        }
        while !self.keyword(object) {
            if !["TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL"].iter().any(|word| self.keyword(word)) {
                return None;
            }
        }
        // `if` may also be the name of the object.
        if self.sees("IF") && self.tokens.get(1).is_some_and(|token| token.is("NOT")) {
            self.tokens = self.tokens.get(3..)?;
        }
        self.name()?;
        if self.symbol(".") {
            self.name()?;
        }
        Some(())
    }

    fn is_at_end(&self) -> bool {
        self.tokens.is_empty()
    }

    fn sees(&self, keyword: &str) -> bool {
        self.tokens.first().is_some_and(|token| token.is(keyword))
    }

    /// Passes that keyword, if it is next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let is_next = self.sees(keyword);
        if is_next {
            self.skip();
        }
        is_next
    }

    /// Passes that symbol, if it is next.
    fn symbol(&mut self, symbol: &str) -> bool {
        let is_next = self.tokens.first().is_some_and(|token| token.is_symbol(symbol));
        if is_next {
            self.skip();
        }
        is_next
    }

    /// Passes a name, if one is next.
    fn name(&mut self) -> Option<String> {
        let name = self.tokens.first()?.name()?;
        self.skip();
        Some(name)
    }

    /// Passes a pair of parentheses, if they are next, and gives what is between them.
    fn group(&mut self) -> Option<&'a [Token<'a>]> {
        let close = closing(self.tokens)?;
        let group = &self.tokens[1..close];
        self.tokens = &self.tokens[close + 1..];
        Some(group)
    }

    /// Passes one token, or a whole pair of parentheses.
    fn skip(&mut self) {
        if self.group().is_none() {
            self.tokens = self.tokens.get(1..).unwrap_or_default();
        }
    }

    /// The text of all that is left.
    fn rest(&self) -> Option<String> {
        slice(self.sql, self.tokens)
    }
}

/// Where the parenthesis closes that the first token opens.
fn closing(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.checked_sub(1)?;
        }
        if depth == 0 {
            return (at > 0).then_some(at);
        }
    }
    None
}

/// The parts between the commas that are in no parentheses.
fn split<'a>(tokens: &'a [Token<'a>]) -> impl Iterator<Item = &'a [Token<'a>]> {
    let mut depth = 0_usize;
    tokens.split(move |token| {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_symbol(",")
    })
}

/// The text from the first of some tokens to the last, as it was written.
fn slice(sql: &str, tokens: &[Token<'_>]) -> Option<String> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    sql.get(first.start..last.end()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> TableText {
        table(&format!("CREATE TABLE t ({body})")).expect("a statement that is understood")
    }

    fn checks(text: &TableText) -> Vec<(Option<&str>, &str)> {
        text.checks.iter().map(|check| (check.name.as_deref(), check.expression.as_str())).collect()
    }

    #[test]
    fn checks_are_taken_as_they_were_written() {
        let text = read(
            "a INT CONSTRAINT positive CHECK (a > 0) CHECK(a<10), -- CHECK (no)
             kind TEXT CHECK ( kind IN ('a)', 'it''s', \"(\") /* ) */ ) NOT NULL DEFAULT ('x' || (1)),
             [check] INT,
             CONSTRAINT \"the */ row\" CHECK (a IS NOT NULL OR (kind = 'a, b')) CHECK (1)",
        );
        assert_eq!(
            checks(&text),
            [
                (Some("positive"), "a > 0"),
                (None, "a<10"),
                (None, "kind IN ('a)', 'it''s', \"(\")"),
                (Some("the */ row"), "a IS NOT NULL OR (kind = 'a, b')"),
                (None, "1"),
            ]
        );
        assert_eq!(text.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["a", "kind", "check"]);
    }

    #[test]
    fn a_name_belongs_to_the_constraint_that_follows_it() {
        let text =
            read("a INT CONSTRAINT there NOT NULL CHECK (a) CONSTRAINT one UNIQUE CONSTRAINT d DEFAULT 1 CHECK (b)");
        assert_eq!(checks(&text), [(None, "a"), (None, "b")]);
        assert_eq!(text.unique_keys, [UniqueText { name: Some("one".into()), columns: vec!["a".into()] }]);
    }

    #[test]
    fn autoincrement_is_a_keyword_and_not_a_name() {
        assert!(read("id INTEGER PRIMARY KEY AUTOINCREMENT").autoincrement);
        assert!(read("id INTEGER, v, CONSTRAINT pk PRIMARY KEY (id AUTOINCREMENT)").autoincrement);
        assert!(
            !read("id INTEGER PRIMARY KEY, \"AUTOINCREMENT\" INT, is_autoincrement INT DEFAULT 'AUTOINCREMENT'")
                .autoincrement
        );
        assert_eq!(read("id INTEGER, CONSTRAINT pk PRIMARY KEY (id)").primary_key.as_deref(), Some("pk"));
    }

    #[test]
    fn foreign_keys_keep_their_order_and_their_names() {
        let text = read(
            "a INT CONSTRAINT first REFERENCES p ON DELETE SET DEFAULT ON UPDATE SET NULL DEFERRABLE COLLATE nocase,
             b INT REFERENCES \"q r\" (x) MATCH FULL ON DELETE NO ACTION NOT DEFERRABLE INITIALLY DEFERRED NOT NULL,
             c INT REFERENCES p REFERENCES s INITIALLY DEFERRED DEFERRABLE INITIALLY DEFERRED,
             CONSTRAINT last FOREIGN KEY (a, 'b') REFERENCES p (x, y) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
        );
        let keys: Vec<_> = text
            .foreign_keys
            .iter()
            .map(|key| (key.name.as_deref(), key.columns.join(","), key.references.as_str(), key.deferrable))
            .collect();
        assert_eq!(
            keys,
            [
                (Some("first"), "a".into(), "p", Some(Deferrable::InitiallyImmediate)),
                (None, "b".into(), "q r", None),
                (None, "c".into(), "p", None),
                (None, "c".into(), "s", Some(Deferrable::InitiallyDeferred)),
                (Some("last"), "a,b".into(), "p", Some(Deferrable::InitiallyImmediate)),
            ]
        );
        assert_eq!(text.columns[0].collation.as_deref(), Some("nocase"));
    }

    #[test]
    fn generation_expressions_and_collations_are_those_of_their_column() {
        let text = read(
            "a INT, v INT AS (a + b), s TEXT COLLATE NOCASE GENERATED ALWAYS AS ((a) || ',') STORED,
             d TEXT DEFAULT (x COLLATE RTRIM), e TEXT CHECK (e COLLATE RTRIM = 1)",
        );
        let columns: Vec<_> =
            text.columns.iter().map(|c| (c.name.as_str(), c.generated.as_deref(), c.collation.as_deref())).collect();
        assert_eq!(
            columns,
            [
                ("a", None, None),
                ("v", Some("a + b"), None),
                ("s", Some("(a) || ','"), Some("NOCASE")),
                ("d", None, None),
                ("e", None, None),
            ]
        );
    }

    #[test]
    fn constraints_need_no_commas_between_them() {
        let text = read(
            "a, b, CONSTRAINT one UNIQUE (a COLLATE NOCASE DESC, 'b') ON CONFLICT IGNORE UNIQUE (b) PRIMARY KEY (a)",
        );
        assert_eq!(
            text.unique_keys,
            [
                UniqueText { name: Some("one".into()), columns: vec!["a".into(), "b".into()] },
                UniqueText { name: None, columns: vec!["b".into()] },
            ]
        );
    }

    #[test]
    fn indexes_are_split_at_their_own_commas() {
        let text = index(
            "CREATE UNIQUE INDEX \"i\" ON t (lower(b, ','), a COLLATE NOCASE DESC, json_extract(j, '$.x') ASC) \
             WHERE c = 'WHERE' -- and no more",
        )
        .expect("a statement that is understood");
        let parts: Vec<_> = text.parts.iter().map(|p| (p.expression.as_str(), p.collation.as_deref())).collect();
        assert_eq!(parts, [("lower(b, ',')", None), ("a", Some("NOCASE")), ("json_extract(j, '$.x')", None)]);
        assert_eq!(text.predicate.as_deref(), Some("c = 'WHERE'"));
    }

    #[test]
    fn views_and_modules_are_found_behind_any_name() {
        assert_eq!(view("CREATE VIEW v AS SELECT 1 ").as_deref(), Some("SELECT 1"));
        assert_eq!(
            view("CREATE TEMP VIEW IF NOT EXISTS main.\"as\" (x, \"AS\") AS /* a */ VALUES (1) -- b").as_deref(),
            Some("VALUES (1)")
        );
        assert_eq!(module("CREATE VIRTUAL TABLE if USING \"fts5\"(a)").as_deref(), Some("fts5"));
    }

    #[test]
    fn defaults_are_expressions() {
        for (text, expected) in [
            ("42", Some("42")),
            ("-1.5", Some("-1.5")),
            ("'it''s'", Some("'it''s'")),
            ("bare", Some("'bare'")),
            ("\"dou\"\"ble'\"", Some("'dou\"ble'''")),
            ("NULL", None),
            ("((null))", None),
            ("true", Some("true")),
            ("current_timestamp", Some("current_timestamp")),
            ("x'00'", Some("x'00'")),
            ("(1 + 2)", Some("1 + 2")),
            ("(1) + (2)", Some("(1) + (2)")),
            ("datetime('now')", Some("datetime('now')")),
            ("'", Some("'")),
        ] {
            assert_eq!(default_expression(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn odd_statements_are_not_understood_and_nothing_worse() {
        for sql in [
            "",
            "CREATE",
            "CREATE TABLE",
            "CREATE TABLE t",
            "CREATE TABLE t (",
            "CREATE TABLE t (a))",
            "CREATE TABLE t ('a",
            ")",
        ] {
            let _ = (table(sql), view(sql), index(sql), module(sql));
        }
        assert_eq!(table("CREATE TABLE t (1)"), None);
        assert_eq!(table("INSERT INTO t (a)"), None);
        // Every beginning of a statement that is understood must do no harm either.
        let sql = "CREATE TABLE \"t\" (a INT CHECK (a > 'x') REFERENCES b (c) ON DELETE SET NULL DEFAULT +1, PRIMARY KEY (a))";
        for end in 0..sql.len() {
            let _ = table(&sql[..end]);
        }
    }
}
