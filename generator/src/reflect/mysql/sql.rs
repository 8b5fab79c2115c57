//! A lexer for the SQL that a server prints of itself, and what is told from it.
//!
//! It knows the form that the session's settings prescribe: names in backticks, strings in single quotes with backslashes.

use std::ops::Range;

use crate::catalog::Action;

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name in backticks, without them.
    Name(String),
    /// A string, a comment or anything else whose inside is of no concern.
    Opaque,
    /// Letters, digits, `_`, `$` and `@` outside of quotes.
    Word(&'a str),
    /// Any other character.
    Sign(char),
}

impl Token<'_> {
    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }
}

/// Splits SQL into tokens and where they stand. What is not closed ends with the text.
pub(super) fn lex(sql: &str) -> Vec<(Token<'_>, Range<usize>)> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '`' => {
                let length = quoted(rest, '`');
                let inside = rest[1..length].strip_suffix('`').unwrap_or(&rest[1..length]);
                (Some(Token::Name(inside.replace("``", "`"))), length)
            }
            '\'' | '"' => (Some(Token::Opaque), quoted(rest, first)),
            '/' if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            c if c.is_whitespace() => (None, c.len_utf8()),
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (Some(Token::Word(&rest[..length])), length)
            }
            c => (Some(Token::Sign(c)), c.len_utf8()),
        };
        let start = sql.len() - rest.len();
        tokens.extend(token.map(|token| (token, start..start + length)));
        rest = &rest[length..];
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}

/// The length of the quoted text that begins `sql`, its quotes included. A doubled quote does not end it, and neither does
/// one behind a backslash, except in names.
fn quoted(sql: &str, quote: char) -> usize {
    let mut chars = sql.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != '`' {
            chars.next();
        } else if c == quote && chars.next_if(|&(_, next)| next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    sql.len()
}

/// Takes away the name of a database where it qualifies another name: `` `shop`.`next_id` `` becomes `` `next_id` ``.
pub(super) fn without_schema(sql: &str, schema: &str) -> String {
    let tokens = lex(sql);
    let mut kept = String::with_capacity(sql.len());
    let mut copied = 0;
    for (at, (token, range)) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(at + ahead).map(|(token, _)| token);
        let is_qualified = at > 0 && tokens[at - 1].0 == Token::Sign('.');
        if matches!(token, Token::Name(name) if name == schema)
            && !is_qualified
            && next(1) == Some(&Token::Sign('.'))
            && matches!(next(2), Some(Token::Name(_)))
        {
            kept.push_str(&sql[copied..range.start]);
            copied = tokens[at + 1].1.end;
        }
    }
    kept.push_str(&sql[copied..]);
    kept
}

/// Takes away one pair of parentheses if it stands around the whole.
pub(super) fn without_parentheses(sql: &str) -> &str {
    let sql = sql.trim();
    let tokens = lex(sql);
    let mut depth = 0_usize;
    for (at, (token, _)) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let is_whole = at > 0 && at + 1 == tokens.len() && sql.starts_with('(') && sql.ends_with(')');
            return if is_whole { sql[1..sql.len() - 1].trim() } else { sql };
        }
    }
    sql
}

/// Undoes the escaping that MySQL's `information_schema` does to expressions: `_utf8mb4\'x\'` becomes `_utf8mb4'x'`.
pub(super) fn unescape(sql: &str) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.next_if(|&next| c == '\\' && matches!(next, '\'' | '\\')) {
            Some(escaped) => plain.push(escaped),
            None => plain.push(c),
        }
    }
    plain
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        match c {
            '\'' => quoted.push_str("''"),
            '\\' => quoted.push_str("\\\\"),
            '\0' => quoted.push_str("\\0"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// What a foreign key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Actions {
    pub(super) on_update: Action,
    pub(super) on_delete: Action,
}

/// The foreign keys of a `CREATE TABLE` that MariaDB printed, by name, with what they do. It prints no action where it is
/// RESTRICT.
pub(super) fn foreign_key_actions(create_table: &str) -> Vec<(String, Actions)> {
    let tokens: Vec<Token<'_>> = lex(create_table).into_iter().map(|(token, _)| token).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let [constraint, Token::Name(name), foreign, key, ..] = &tokens[at..]
            && constraint.is_word("CONSTRAINT")
            && foreign.is_word("FOREIGN")
            && key.is_word("KEY")
        {
            at += 4;
            let mut actions = Actions { on_update: Action::Restrict, on_delete: Action::Restrict };
            // The clause ends with the comma or parenthesis that is not inside of its own lists.
            let mut depth = 0_usize;
            while let Some(token) = tokens.get(at) {
                match token {
                    Token::Sign('(') => depth += 1,
                    Token::Sign(')') if depth > 0 => depth -= 1,
                    Token::Sign(')' | ',') if depth == 0 => break,
                    token if token.is_word("ON") => {
                        let words = tokens[at + 1..].iter().map_while(|token| match token {
                            Token::Word(word) => Some(*word),
                            _ => None,
                        });
                        set_action(&mut actions, &words.take(3).collect::<Vec<_>>());
                    }
                    _ => {}
                }
                at += 1;
            }
            found.push((name.clone(), actions));
        } else {
            at += 1;
        }
    }
    found
}

/// Reads `UPDATE` or `DELETE` and an action of one word or two, which others may follow.
fn set_action(actions: &mut Actions, words: &[&str]) {
    let Some((event, words)) = words.split_first() else { return };
    let one = words.first().and_then(|word| Action::from_sql(word));
    let Some(action) = one.or_else(|| Action::from_sql(&words.join(" "))) else { return };
    if event.eq_ignore_ascii_case("UPDATE") {
        actions.on_update = action;
    } else if event.eq_ignore_ascii_case("DELETE") {
        actions.on_delete = action;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_database_that_qualifies_is_taken_away() {
        for (sql, expected) in [
            ("nextval(`shop`.`ids`)", "nextval(`ids`)"),
            ("`shop` + '`shop`.`x`'", "`shop` + '`shop`.`x`'"),
            ("`other`.`shop`.`x`", "`other`.`shop`.`x`"),
            ("`shop`.`shop`", "`shop`"),
            ("f(`shop` . `x`, `shop`.5)", "f( `x`, `shop`.5)"),
            ("'it\\'s `shop`.`x`'", "'it\\'s `shop`.`x`'"),
            ("`shop", "`shop"),
        ] {
            assert_eq!(without_schema(sql, "shop"), expected, "{sql}");
        }
        assert_eq!(without_schema("`a``b`.`c`", "a`b"), "`c`");
    }

    #[test]
    fn only_one_pair_of_parentheses_around_the_whole_goes() {
        for (sql, expected) in [
            ("(`a` > 0)", "`a` > 0"),
            ("((`a` > 0))", "(`a` > 0)"),
            ("(`a` > 0) or (`b` > 0)", "(`a` > 0) or (`b` > 0)"),
            ("(`)` > ')')", "`)` > ')'"),
            ("`a` > 0", "`a` > 0"),
            ("()", ""),
            ("(", "("),
            (")", ")"),
            ("", ""),
        ] {
            assert_eq!(without_parentheses(sql), expected, "{sql}");
        }
    }

    #[test]
    fn mysqls_double_escaping_is_undone_once() {
        assert_eq!(
            unescape(r"(`a` in (_utf8mb4\'x\',_utf8mb4\'it\\\'s\'))"),
            r"(`a` in (_utf8mb4'x',_utf8mb4'it\'s'))"
        );
        assert_eq!(unescape(r"a\nb\"), r"a\nb\");
    }

    #[test]
    fn literals_are_quoted_as_the_server_does() {
        assert_eq!(literal("it's \"q\" \\ \0\n"), r#"'it''s "q" \\ \0\n'"#);
    }

    #[test]
    fn actions_are_read_from_a_create_table() {
        let sql = "CREATE TABLE `t` (\n  `a` int(11) DEFAULT 5 COMMENT 'CONSTRAINT `no` FOREIGN KEY (`a`) ON DELETE CASCADE',\n  \
             `on delete cascade\n` int(11) CHECK (`a` in ('x','it\\'s','(')),\n  \
             CONSTRAINT `plain` FOREIGN KEY (`a`) REFERENCES `p` (`id`),\n  \
             CONSTRAINT `b``'s\nkey` FOREIGN KEY (`a`, `on delete cascade\n`) REFERENCES `o`.`p ON UPDATE CASCADE` (`x`, `y`) \
             ON DELETE SET NULL ON UPDATE NO ACTION,\n  \
             CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `p` (`id`) ON UPDATE CASCADE\n) ENGINE=InnoDB COMMENT='CONSTRAINT'";
        let actions = |on_update, on_delete| Actions { on_update, on_delete };
        assert_eq!(
            foreign_key_actions(sql),
            [
                ("plain".to_owned(), actions(Action::Restrict, Action::Restrict)),
                ("b`'s\nkey".to_owned(), actions(Action::NoAction, Action::SetNull)),
                ("c".to_owned(), actions(Action::Cascade, Action::Restrict)),
            ]
        );
        assert_eq!(
            foreign_key_actions("CONSTRAINT `x` FOREIGN KEY ON"),
            [("x".to_owned(), actions(Action::Restrict, Action::Restrict))]
        );
    }
}
