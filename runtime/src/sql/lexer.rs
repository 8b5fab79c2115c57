//! Finds the parameters of a statement, and whatever may look like one and is none.
//!
//! Positions are bytes. Everything that ends a token is ASCII, so no position is within a character.

use super::error::{Place, SqlError};
use crate::table::Dialect;

/// What was found in a statement, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Lexed<'a> {
    pub(super) occurrences: Vec<Occurrence>,
    /// The names that follow a slice's colon without a blank, as a parameter's would.
    pub(super) sliced: Vec<&'a str>,
}

/// One parameter: the colon and the name.
#[derive(Debug)]
pub(super) struct Occurrence {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Absent where the parameter is not all of an `IN (…)`.
    pub(super) list: Option<InList>,
}

/// From the `NOT` or the `IN` to behind the closing parenthesis.
#[derive(Clone, Copy, Debug)]
pub(super) struct InList {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) negated: bool,
}

/// Reads a statement from its beginning to its end.
pub(super) fn lex(sql: &str, dialect: Dialect) -> Result<Lexed<'_>, SqlError> {
    if let Some(at) = sql.find('\0') {
        return Err(SqlError::Nul { place: Place::of(sql, at) });
    }
    let mut lexer = Lexer {
        sql,
        bytes: sql.as_bytes(),
        at: 0,
        dialect,
        previous: Previous::Other,
        brackets: Vec::new(),
        executable: None,
        lexed: Lexed::default(),
    };
    lexer.run()?;
    Ok(lexer.lexed)
}

struct Lexer<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    at: usize,
    dialect: Dialect,
    previous: Previous,
    /// What is open on PostgreSQL, from the outermost square bracket on. Parentheses outside of all are not noted.
    brackets: Vec<Bracket>,
    /// Where the executable comment begins that this is in (MySQL).
    executable: Option<usize>,
    lexed: Lexed<'a>,
}

/// What the last token was, as far as it matters. Blanks and comments are no tokens.
#[derive(Clone, Copy)]
enum Previous {
    Other,
    /// A `.` or an `@`: what follows is a name, whatever keyword it looks like.
    Qualifier,
    /// The keyword `ARRAY`.
    Array,
    /// The `[` or a `,` of an array constructor, where a `[` opens another one.
    Element,
    /// `NOT`, at its position.
    Not(usize),
    /// `IN` or `NOT IN`, from its position.
    In(InList),
    /// The same and `(`.
    InOpen(InList),
    /// The same, `(` and a parameter.
    InParameter(InList),
}

enum Bracket {
    Parenthesis,
    /// `ARRAY[`, or a `[` in one.
    Constructor,
    /// Of an element or a slice.
    Subscript {
        /// Whether the slice's colon was there.
        separated: bool,
    },
}

/// Which bytes are in words after their first one. The bytes of all characters beyond ASCII are, on every engine.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] =
            byte >= 0x80 || byte == b'_' as usize || byte == b'$' as usize || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

pub(super) fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

impl<'a> Lexer<'a> {
    fn run(&mut self) -> Result<(), SqlError> {
        use Dialect::{Mysql, Postgres, Sqlite};
        while let Some(&byte) = self.bytes.get(self.at) {
            match (byte, self.dialect) {
                (b' ' | b'\t'..=b'\r', _) => self.at += 1,
                (b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.., _) | (b'$', Mysql) => self.word()?,
                (b'\'', _) => self.quoted("string", self.dialect == Mysql)?,
                (b'"', Mysql) => self.quoted("string", true)?,
                (b'"', _) | (b'`', Mysql | Sqlite) => self.quoted("quoted name", false)?,
                (b'[', Sqlite) => self.until("]", 1, "quoted name")?,
                (b'[', Postgres) => self.bracket(),
                (b']' | b'(' | b')' | b',', _) => self.punctuation(byte),
                (b'.', _) | (b'@', Mysql) => self.token(1, Previous::Qualifier),
                (b'-', _) if self.is_line_comment() => self.line_comment(),
                (b'#', Mysql) => self.line_comment(),
                (b'/', _) if self.peek(1) == Some(b'*') => self.comment()?,
                (b'*', Mysql) if self.executable.is_some() && self.peek(1) == Some(b'/') => {
                    self.executable = None;
                    self.token(2, Previous::Other);
                }
                (b'$', Postgres) => self.dollar()?,
                (b'?', Mysql | Sqlite) => return Err(self.positional()),
                (b'@' | b'$' | b'#', Sqlite) if self.peek(1).is_some_and(is_word) => return Err(self.positional()),
                (b':', _) => self.colon()?,
                _ => self.token(1, Previous::Other),
            }
        }
        match self.executable {
            Some(start) => Err(self.unterminated("comment", start)),
            None => Ok(()),
        }
    }

    /// The byte `ahead` bytes after this one.
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Goes past a token.
    fn token(&mut self, length: usize, previous: Previous) {
        self.at += length;
        self.previous = previous;
    }

    /// The end of the word that `start` is in.
    fn word_end(&self, start: usize) -> usize {
        self.bytes[start..].iter().position(|&byte| !is_word(byte)).map_or(self.bytes.len(), |length| start + length)
    }

    fn word(&mut self) -> Result<(), SqlError> {
        let start = self.at;
        self.at = self.word_end(start);
        let word = &self.bytes[start..self.at];
        let postgres = self.dialect == Dialect::Postgres;
        if postgres && matches!(word, b"e" | b"E") && self.peek(0) == Some(b'\'') {
            return self.escape_string();
        }
        self.previous = match (word.len(), self.previous) {
            (_, Previous::Qualifier) => Previous::Other,
            (2, Previous::Not(start)) if word.eq_ignore_ascii_case(b"in") => {
                Previous::In(InList { start, end: start, negated: true })
            }
            (2, _) if word.eq_ignore_ascii_case(b"in") => Previous::In(InList { start, end: start, negated: false }),
            (3, _) if word.eq_ignore_ascii_case(b"not") => Previous::Not(start),
            (5, _) if postgres && word.eq_ignore_ascii_case(b"array") => Previous::Array,
            _ => Previous::Other,
        };
        Ok(())
    }

    /// A string or a quoted name. Its mark is doubled within it.
    fn quoted(&mut self, what: &'static str, escapes: bool) -> Result<(), SqlError> {
        let start = self.at;
        let mark = self.bytes[start];
        let mut at = start + 1;
        loop {
            match self.bytes.get(at) {
                None => return Err(self.unterminated(what, start)),
                Some(b'\\') if escapes => at += 2,
                Some(&byte) if byte != mark => at += 1,
                Some(_) if self.bytes.get(at + 1) == Some(&mark) => at += 2,
                Some(_) => break,
            }
        }
        self.at = at + 1;
        self.previous = Previous::Other;
        Ok(())
    }

    /// PostgreSQL's `E'…'`. Backslashes also escape in the strings that continue it on the next lines.
    fn escape_string(&mut self) -> Result<(), SqlError> {
        self.quoted("string", true)?;
        while let Some(next) = self.continuation() {
            self.at = next;
            self.quoted("string", true)?;
        }
        Ok(())
    }

    /// Where the string that ends here is continued: after blanks and line comments, at least one of which ends a line.
    fn continuation(&self) -> Option<usize> {
        let mut at = self.at;
        let mut lines = false;
        loop {
            match self.bytes.get(at)? {
                b'\n' | b'\r' => lines = true,
                b' ' | b'\t'..=b'\r' => {}
                b'-' if self.bytes.get(at + 1) == Some(&b'-') => {
                    at = self.line_end(at);
                    continue;
                }
                b'\'' if lines => return Some(at),
                _ => return None,
            }
            at += 1;
        }
    }

    /// Goes behind the next `end`, which is looked for `skip` bytes ahead.
    fn until(&mut self, end: &str, skip: usize, what: &'static str) -> Result<(), SqlError> {
        let start = self.at + skip;
        let length = self.sql[start..].find(end).ok_or_else(|| self.unterminated(what, self.at))?;
        self.at = start + length + end.len();
        self.previous = Previous::Other;
        Ok(())
    }

    /// MySQL wants a blank or a control character behind the hyphens, or the end of the text.
    fn is_line_comment(&self) -> bool {
        self.peek(1) == Some(b'-')
            && (self.dialect != Dialect::Mysql || self.peek(2).is_none_or(|byte| byte <= b' ' || byte == 0x7F))
    }

    /// The end of the line, where a line comment ends. A carriage return ends it on PostgreSQL only.
    fn line_end(&self, start: usize) -> usize {
        let postgres = self.dialect == Dialect::Postgres;
        let ends = |&byte: &u8| byte == b'\n' || (byte == b'\r' && postgres);
        self.bytes[start..].iter().position(ends).map_or(self.bytes.len(), |length| start + length)
    }

    fn line_comment(&mut self) {
        self.at = self.line_end(self.at);
    }

    fn comment(&mut self) -> Result<(), SqlError> {
        let previous = self.previous;
        match self.dialect {
            Dialect::Postgres => self.nested_comment()?,
            Dialect::Mysql if self.peek(2) == Some(b'!') => {
                self.executable.get_or_insert(self.at);
                self.at += 3;
            }
            Dialect::Mysql if self.bytes[self.at..].starts_with(b"/*M!") => {
                self.executable.get_or_insert(self.at);
                self.at += 4;
            }
            Dialect::Mysql | Dialect::Sqlite => self.until("*/", 2, "comment")?,
        }
        self.previous = previous;
        Ok(())
    }

    fn nested_comment(&mut self) -> Result<(), SqlError> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at..self.at + 2) {
                None => return Err(self.unterminated("comment", start)),
                Some(b"/*") => {
                    depth += 1;
                    self.at += 2;
                }
                Some(b"*/") => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// A dollar sign outside of a word on PostgreSQL: a positional parameter, a string, or nothing.
    fn dollar(&mut self) -> Result<(), SqlError> {
        let tag = self.at + 1;
        if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.positional());
        }
        let is_tag = |&byte: &u8| byte != b'$' && is_word(byte);
        let end =
            self.bytes[tag..].iter().position(|byte| !is_tag(byte)).map_or(self.bytes.len(), |length| tag + length);
        if self.bytes.get(end) != Some(&b'$') {
            self.token(1, Previous::Other);
            return Ok(());
        }
        let delimiter = &self.sql[self.at..=end];
        self.until(delimiter, delimiter.len(), "dollar-quoted string")
    }

    fn bracket(&mut self) {
        if let Previous::Array | Previous::Element = self.previous {
            self.brackets.push(Bracket::Constructor);
            self.token(1, Previous::Element);
        } else {
            self.brackets.push(Bracket::Subscript { separated: false });
            self.token(1, Previous::Other);
        }
    }

    fn punctuation(&mut self, byte: u8) {
        let innermost = self.brackets.last();
        let mut previous = Previous::Other;
        match (byte, self.previous, innermost) {
            (b'(', before, _) => {
                if innermost.is_some() {
                    self.brackets.push(Bracket::Parenthesis);
                }
                if let Previous::In(list) = before {
                    previous = Previous::InOpen(list);
                }
            }
            (b')', before, _) => {
                if let Some(Bracket::Parenthesis) = innermost {
                    self.brackets.pop();
                }
                if let (Previous::InParameter(list), Some(last)) = (before, self.lexed.occurrences.last_mut()) {
                    last.list = Some(InList { end: self.at + 1, ..list });
                }
            }
            (b']', _, Some(Bracket::Constructor | Bracket::Subscript { .. })) => drop(self.brackets.pop()),
            (b',', _, Some(Bracket::Constructor)) => previous = Previous::Element,
            _ => {}
        }
        self.token(1, previous);
    }

    fn colon(&mut self) -> Result<(), SqlError> {
        if let Some(b':' | b'=') = self.peek(1) {
            self.token(2, Previous::Other);
            return Ok(());
        }
        let (start, end) = (self.at, self.name_end(self.at + 1));
        let name = &self.sql[start + 1..end];
        if let Some(Bracket::Subscript { separated: separated @ false }) = self.brackets.last_mut() {
            *separated = true;
            if !name.is_empty() {
                self.lexed.sliced.push(name);
            }
            self.token(1, Previous::Other);
            return Ok(());
        }
        if name.is_empty() {
            if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
                let text = self.sql[start..self.word_end(start + 1)].to_owned();
                return Err(SqlError::NotAName { text, place: Place::of(self.sql, start) });
            }
            self.token(1, Previous::Other);
            return Ok(());
        }
        if self.executable.is_some() {
            return Err(SqlError::InExecutableComment { name: name.to_owned(), place: Place::of(self.sql, start) });
        }
        self.lexed.occurrences.push(Occurrence { start, end, list: None });
        self.at = end;
        self.previous = match self.previous {
            Previous::InOpen(list) => Previous::InParameter(list),
            _ => Previous::Other,
        };
        Ok(())
    }

    /// The end of the parameter's name that begins at `start`; `start` itself where none does.
    fn name_end(&self, start: usize) -> usize {
        let rest = &self.sql[start..];
        if !rest.starts_with(|first| first == '_' || unicode_ident::is_xid_start(first)) {
            return start;
        }
        rest.find(|next| !unicode_ident::is_xid_continue(next)).map_or(self.sql.len(), |length| start + length)
    }

    #[cold]
    fn positional(&self) -> SqlError {
        let text = self.sql[self.at..self.word_end(self.at + 1)].to_owned();
        SqlError::Positional { text, place: Place::of(self.sql, self.at) }
    }

    #[cold]
    fn unterminated(&self, what: &'static str, start: usize) -> SqlError {
        SqlError::Unterminated { what, place: Place::of(self.sql, start) }
    }
}
