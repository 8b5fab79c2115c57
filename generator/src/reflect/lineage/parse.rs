//! The text of a view's query to its syntax tree.

use sqlparser::ast::Query;
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::DEPTH;
use crate::catalog::Engine;

/// The longest query that is read, in bytes.
const LONGEST: usize = 1 << 18;

/// Parses a view's query; `None` where that fails.
pub(super) fn parse(engine: Engine, definition: &str) -> Option<Query> {
    if definition.len() > LONGEST {
        return None;
    }
    let dialect: &dyn Dialect = match engine {
        Engine::Postgres => &PostgreSqlDialect {},
        Engine::Sqlite => &SQLiteDialect {},
        Engine::Mysql | Engine::Mariadb => &MySqlDialect {},
    };
    let mut tokens = Tokenizer::new(dialect, definition).tokenize().ok()?;
    if engine.is_mysql_family() {
        tokens = in_plain_words(tokens);
    }
    let mut parser = Parser::new(dialect).with_recursion_limit(DEPTH).with_tokens(tokens);
    let query = parser.parse_query().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(*query)
}

/// Puts operators that MySQL prints, and the parser does not know, in other words: `!` for NOT, MOD for `%`. The character
/// set of a cast is left out, for it says nothing of columns.
fn in_plain_words(tokens: Vec<Token>) -> Vec<Token> {
    let mut tokens = tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_))).peekable();
    let mut plain = Vec::new();
    while let Some(token) = tokens.next() {
        // `mod` and `charset` are functions too.
        let is_call = tokens.peek() == Some(&Token::LParen);
        match &token {
            Token::ExclamationMark => plain.push(Token::make_keyword("NOT")),
            Token::Word(word) if word.keyword == Keyword::MOD && !is_call => plain.push(Token::Mod),
            Token::Word(word) if word.keyword == Keyword::CHARSET && !is_call => drop(tokens.next()),
            _ => plain.push(token),
        }
    }
    plain
}
