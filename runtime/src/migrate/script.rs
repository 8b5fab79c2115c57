//! Scripts of one engine: how they are sent.
//!
//! Servers take a whole script and take it apart themselves, so that the bodies of functions and triggers need no care
//! here. There are two exceptions: PostgreSQL puts a script of several statements into a transaction, which some statements
//! do not stand; and MySQL takes a comment behind the last statement for an empty one.

use sqlparser::dialect::{Dialect as Grammar, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use super::files::Statement;
use crate::table::Dialect;

/// The parts in which a script is sent, none where there is nothing in it.
pub(super) fn parts(text: &str, dialect: Dialect, transaction: bool) -> Vec<Statement> {
    let whole = |end: usize| vec![Statement { line: 1, sql: text[..end].to_owned() }];
    let Some(tokens) = tokens(text, dialect) else {
        // What is no SQL to the tokenizer may be SQL to the server, which will say so if it is not.
        return if text.trim().is_empty() { Vec::new() } else { whole(text.len()) };
    };
    let is_code = |token: &TokenWithSpan| match &token.token {
        // MySQL runs what stands in such a comment.
        Token::Whitespace(Whitespace::MultiLineComment(comment)) => {
            dialect == Dialect::Mysql && (comment.starts_with('!') || comment.starts_with("M!"))
        }
        Token::Whitespace(_) | Token::SemiColon => false,
        _ => true,
    };
    let offsets = Offsets::of(text);
    if dialect == Dialect::Postgres && !transaction {
        let statements = tokens.split(|token| token.token == Token::SemiColon).filter_map(|statement| {
            let first = statement.iter().find(|token| is_code(token))?;
            let last = statement.iter().rfind(|token| is_code(token))?;
            let (start, end) = (offsets.at(first.span.start)?, offsets.at(last.span.end)?);
            Some(Statement { line: first.span.start.line, sql: text.get(start..end)?.to_owned() })
        });
        return statements.collect();
    }
    match tokens.iter().rfind(|token| is_code(token)) {
        None => Vec::new(),
        Some(last) if dialect == Dialect::Mysql => {
            let end = offsets.at(last.span.end).filter(|&end| text.is_char_boundary(end));
            whole(end.unwrap_or(text.len()))
        }
        Some(_) => whole(text.len()),
    }
}

fn tokens(text: &str, dialect: Dialect) -> Option<Vec<TokenWithSpan>> {
    let grammar: &dyn Grammar = match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Mysql => &Mysql(MySqlDialect {}),
        Dialect::Sqlite => &SQLiteDialect {},
    };
    // Unescaped, a text would no longer be as long as it was written.
    Tokenizer::new(grammar, text).with_unescape(false).tokenize_with_location().ok()
}

/// MySQL's grammar, with `/*! … */` as a comment: the tokenizer would give its inside at places where it does not stand.
#[derive(Debug)]
struct Mysql(MySqlDialect);

impl Grammar for Mysql {
    fn dialect(&self) -> std::any::TypeId {
        std::any::TypeId::of::<MySqlDialect>()
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        self.0.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        self.0.is_identifier_part(ch)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        self.0.is_delimited_identifier_start(ch)
    }

    fn supports_string_literal_backslash_escape(&self) -> bool {
        self.0.supports_string_literal_backslash_escape()
    }

    fn supports_numeric_prefix(&self) -> bool {
        self.0.supports_numeric_prefix()
    }

    fn requires_single_line_comment_whitespace(&self) -> bool {
        self.0.requires_single_line_comment_whitespace()
    }

    fn supports_multiline_comment_hints(&self) -> bool {
        false
    }
}

/// From lines and characters to bytes.
struct Offsets<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Offsets<'a> {
    fn of(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, lines }
    }

    fn at(&self, location: sqlparser::tokenizer::Location) -> Option<usize> {
        let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
        let start = *self.lines.get(line)?;
        let rest = self.text.get(start..)?;
        Some(start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str, dialect: Dialect, transaction: bool) -> Vec<String> {
        parts(text, dialect, transaction).into_iter().map(|part| part.sql).collect()
    }

    #[test]
    fn scripts_stay_whole() {
        let trigger = "CREATE TRIGGER g AFTER INSERT ON t BEGIN\n  SELECT 1; SELECT ';';\nEND;\n-- end\n";
        assert_eq!(sql(trigger, Dialect::Sqlite, true), [trigger]);
        let function = "CREATE FUNCTION f() RETURNS int AS $x$ SELECT 1; $x$ LANGUAGE sql;\nSELECT 'é;'; -- end";
        assert_eq!(sql(function, Dialect::Postgres, true), [function]);
        for dialect in [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite] {
            for empty in ["", " \n", "-- nothing", "/* ; */ ; ;\n-- nothing\n"] {
                assert_eq!(sql(empty, dialect, true), Vec::<String>::new(), "{empty:?}");
            }
        }
    }

    #[test]
    fn what_stands_behind_the_last_statement_is_not_sent_to_mysql() {
        assert_eq!(sql("SELECT 'é';\n# end\n-- end", Dialect::Mysql, true), ["SELECT 'é'"]);
        assert_eq!(
            sql("SELECT 1; /*!40101 SET a = 1 */; -- x", Dialect::Mysql, true),
            ["SELECT 1; /*!40101 SET a = 1 */"]
        );
    }

    #[test]
    fn statements_without_a_transaction_go_one_by_one_to_postgres() {
        let text = "-- tablature: no transaction\nCREATE INDEX CONCURRENTLY i ON t (a); -- x;\n\
                    SELECT $a$;$a$, E'\\';', ';' /* ; */;\n  VACUUM t";
        assert_eq!(
            sql(text, Dialect::Postgres, false),
            ["CREATE INDEX CONCURRENTLY i ON t (a)", "SELECT $a$;$a$, E'\\';', ';'", "VACUUM t"]
        );
        assert_eq!(parts(text, Dialect::Postgres, false)[2].line, 4);
    }
}
