//! Placeholders: those of Python's drivers, which no engine knows, and those by name, which not every engine knows.

use std::ops::Range;

use crate::catalog::Engine;

/// Writes `%s` and `%(name)s` as a placeholder that is understood, with blanks behind it, so that nothing changes its place.
pub(super) fn in_place(text: &str, engine: Engine) -> String {
    let plain = if engine == Engine::Postgres { "$1" } else { "? " };
    replaced(text, |written| format!("{plain}{}", " ".repeat(written.len() - 2)))
}

/// Writes `%s` and `%(name)s` as the engine's own placeholders, numbered where it wants numbers.
#[cfg(feature = "live")]
pub(super) fn numbered(text: &str, engine: Engine) -> String {
    let mut numbers = std::collections::BTreeMap::new();
    let mut last = 0;
    let numbered = replaced(text, |written| {
        let mut next = || {
            last += 1;
            last
        };
        let number = if written == "%s" { next() } else { *numbers.entry(written.to_owned()).or_insert_with(next) };
        if engine == Engine::Postgres { format!("${number}") } else { "?".to_owned() }
    });
    numbered.replace("%%", "%")
}

/// Puts something else where placeholders of Python's drivers stand, outside of quotes.
fn replaced(text: &str, mut placeholder: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if quote.is_none()
            && let Some(range) = placeholder_at(&text[at..])
        {
            out.push_str(&placeholder(&text[at..][range.clone()]));
            at += range.end;
            continue;
        }
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            _ => {}
        }
        out.push(c);
        at += c.len_utf8();
    }
    out
}

fn placeholder_at(text: &str) -> Option<Range<usize>> {
    let rest = text.strip_prefix('%')?;
    if rest.starts_with('s') {
        return Some(0..2);
    }
    let name = rest.strip_prefix('(')?;
    let end = name.find(")s")?;
    let is_name = name[..end].chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(0..end + 4)
}

/// Writes parameters by name as the engine's own placeholders; the text as it is where there are none.
#[cfg(feature = "live")]
pub(super) fn by_number(text: &str, engine: Engine) -> String {
    use tablature_runtime::Dialect;
    use tablature_runtime::sql::Template;

    let dialect = match engine {
        Engine::Postgres => Dialect::Postgres,
        Engine::Mysql | Engine::Mariadb => Dialect::Mysql,
        // SQLite knows them all.
        Engine::Sqlite => return text.to_owned(),
    };
    match Template::parse(text, dialect) {
        Ok(template) if !template.names().is_empty() => template.plain().text.to_string(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_python_are_written_anew() {
        let text = "SELECT '%s', a FROM t WHERE a = %s AND b = %(b)s AND c > %(b)s AND d LIKE 'x%%' AND e = %s";
        let readable = in_place(text, Engine::Postgres);
        assert_eq!(readable.len(), text.len());
        assert_eq!(
            readable,
            "SELECT '%s', a FROM t WHERE a = $1 AND b = $1    AND c > $1    AND d LIKE 'x%%' AND e = $1"
        );
    }

    #[cfg(feature = "live")]
    #[test]
    fn placeholders_of_python_are_numbered_for_a_server() {
        let text = "SELECT '%s' WHERE a = %s AND b = %(b)s AND c > %(b)s AND d LIKE 'x%%' AND e = %s";
        assert_eq!(
            numbered(text, Engine::Postgres),
            "SELECT '%s' WHERE a = $1 AND b = $2 AND c > $2 AND d LIKE 'x%' AND e = $3"
        );
        assert!(numbered(text, Engine::Mysql).contains("a = ? AND b = ? AND c > ? "));
    }

    #[cfg(feature = "live")]
    #[test]
    fn parameters_by_name_are_numbered() {
        assert_eq!(by_number("SELECT :a, :b, :a, '12:30'", Engine::Postgres), "SELECT $1, $2, $1, '12:30'");
        assert_eq!(by_number("SELECT :a, :b, :a", Engine::Mysql), "SELECT ?, ?, ?");
        assert_eq!(by_number("SELECT $1", Engine::Postgres), "SELECT $1");
        assert_eq!(by_number("SELECT :a", Engine::Sqlite), "SELECT :a");
    }
}
