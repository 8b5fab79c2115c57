//! Cuts SQL into the tokens that SQLite's own tokenizer sees.
//!
//! Only what is needed to find one's way through a statement: names, literals, symbols, and nothing of expressions.
//! Comments and white space are dropped, but every token knows where it stands, so that text between two tokens can be
//! taken as it was written.

/// What sort of token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name or a text in any of SQLite's quotes: `'…'`, `"…"`, `` `…` `` or `[…]`. Where a name is wanted, SQLite
    /// takes all four of them.
    Quoted,
    /// A number, without a sign.
    Number,
    /// `x'…'`.
    Blob,
    /// Any other character.
    Symbol,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// The text with its quotes.
    pub(super) text: &'a str,
    /// The offset of the first byte.
    pub(super) start: usize,
}

impl Token<'_> {
    /// Whether it is that keyword; a name in quotes never is.
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it is that symbol.
    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }

    /// The name that it is, without quotes.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::Quoted => Some(self.unquoted()),
            Kind::Number | Kind::Blob | Kind::Symbol => None,
        }
    }

    /// The offset after the last byte.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn unquoted(&self) -> String {
        // The quotes are one byte each, and the tokenizer gives no token without its closing one.
        let inner = &self.text[1..self.text.len() - 1];
        match &self.text[..1] {
            "[" => inner.to_owned(),
            quote => inner.replace(&quote.repeat(2), quote),
        }
    }
}

/// All tokens of a text, or nothing if a quote in it is never closed.
pub(super) fn tokenize(sql: &str) -> Option<Vec<Token<'_>>> {
    let bytes = sql.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        // Every end is behind an ASCII byte or behind a whole run of others, and so on a character's edge.
        let (kind, end) = match byte {
            b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r' => {
                at += 1;
                continue;
            }
            b'-' if next == Some(b'-') => {
                at = run(bytes, at, |b| b != b'\n');
                continue;
            }
            b'/' if next == Some(b'*') => {
                // A comment that is never closed goes on to the end of the text.
                at = sql[at + 2..].find("*/").map_or(bytes.len(), |length| at + 2 + length + 2);
                continue;
            }
            b'\'' | b'"' | b'`' => (Kind::Quoted, after_quote(bytes, at, byte)?),
            b'[' => (Kind::Quoted, at + sql[at..].find(']')? + 1),
            b'x' | b'X' if next == Some(b'\'') => (Kind::Blob, after_quote(bytes, at + 1, b'\'')?),
            b'.' if next.is_some_and(|b| b.is_ascii_digit()) => (Kind::Number, after_number(bytes, at)),
            b'0'..=b'9' => (Kind::Number, after_number(bytes, at)),
            _ if is_word(byte) => (Kind::Word, run(bytes, at, is_word)),
            _ => (Kind::Symbol, at + 1),
        };
        tokens.push(Token { kind, text: &sql[at..end], start: at });
        at = end;
    }
    Some(tokens)
}

/// Where each statement of a script starts. Empty ones do not count; a trigger's body is part of the trigger. Where a quote
/// is never closed, nothing can be told.
pub(crate) fn statements(script: &str) -> Vec<usize> {
    let tokens = tokenize(script).unwrap_or_default();
    let mut starts = Vec::new();
    let mut rest = tokens.as_slice();
    while let [first, after @ ..] = rest {
        if first.is_symbol(";") {
            rest = after;
            continue;
        }
        starts.push(first.start);
        let mut head = rest
            .iter()
            .filter(|token| !["EXPLAIN", "QUERY", "PLAN", "TEMP", "TEMPORARY"].iter().any(|word| token.is(word)));
        let is_trigger =
            head.next().is_some_and(|token| token.is("CREATE")) && head.next().is_some_and(|token| token.is("TRIGGER"));
        let end = if is_trigger {
            rest.array_windows()
                .position(|[a, b, c]| a.is_symbol(";") && b.is("END") && c.is_symbol(";"))
                .map(|at| at + 2)
        } else {
            rest.iter().position(|token| token.is_symbol(";"))
        };
        rest = end.map_or(&[], |end| &rest[end + 1..]);
    }
    starts
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// Where the run of bytes ends that starts at `at`.
fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|&b| !belongs(b)).map_or(bytes.len(), |length| at + length)
}

/// Where the quoted text ends that opens at `at`; a doubled quote does not close it.
fn after_quote(bytes: &[u8], at: usize, quote: u8) -> Option<usize> {
    let mut end = at + 1;
    loop {
        end += bytes.get(end..)?.iter().position(|&b| b == quote)? + 1;
        if bytes.get(end) != Some(&quote) {
            return Some(end);
        }
        end += 1;
    }
}

/// Where the number ends that starts at `at`, with its fraction and exponent.
fn after_number(bytes: &[u8], at: usize) -> usize {
    let end = run(bytes, at, |b| is_word(b) || b == b'.');
    let is_decimal = !bytes[at..end].iter().any(|b| matches!(b, b'x' | b'X'));
    let has_open_exponent = is_decimal && matches!(bytes[end - 1], b'e' | b'E');
    match bytes.get(end) {
        Some(b'+' | b'-') if has_open_exponent => run(bytes, end + 1, |b| b.is_ascii_digit()),
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        tokenize(sql).expect("all quotes are closed").iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_are_no_tokens_and_quotes_hide_what_looks_like_them() {
        assert_eq!(texts("a -- b 'c\n/* d \" */ e '--' \"/*\" f /* open"), ["a", "e", "'--'", "\"/*\"", "f"]);
        assert_eq!(texts("a/**/b-c/d"), ["a", "b", "-", "c", "/", "d"]);
    }

    #[test]
    fn names_lose_their_quotes() {
        let tokens = tokenize(r#"'it''s' "a""b" `c``d` [e"f] "" 🎉 straße x'00' "#).expect("all quotes are closed");
        let names: Vec<_> = tokens.iter().map(Token::name).collect();
        let expected = ["it's", "a\"b", "c`d", "e\"f", "", "🎉", "straße"].map(|name| Some(name.to_owned()));
        assert_eq!(names[..7], expected);
        assert_eq!(names[7], None);
    }

    #[test]
    fn numbers_are_one_token() {
        assert_eq!(texts("-1.5e-3+.5 0x1F-2 1e+5"), ["-", "1.5e-3", "+", ".5", "0x1F", "-", "2", "1e+5"]);
    }

    #[test]
    fn scripts_are_cut_where_statements_end() {
        let script =
            "-- a;\n;CREATE TEMP TRIGGER t BEGIN SELECT 1; SELECT ';END;' END; SELECT 2; END; SELECT 3;; SELECT 4";
        let starts: Vec<_> = statements(script).into_iter().map(|at| &script[at..at + 8]).collect();
        assert_eq!(starts, ["CREATE T", "SELECT 3", "SELECT 4"]);
    }

    #[test]
    fn an_open_quote_is_no_panic() {
        for sql in ["'", "\"a", "[a", "`a``", "x'", "a '''"] {
            assert_eq!(tokenize(sql), None, "{sql}");
        }
    }
}
