//! Finds texts for the database in source: SQL, and names of tables and columns, as arguments of calls.
//!
//! `rust`, `python` and `typescript` read one language each; `tree` is what the latter two share, `literal` reads texts as
//! they are written, and `numbered` finds them in Rust.

mod literal;
mod numbered;
mod python;
mod rust;
mod tree;
mod typescript;

use std::path::Path;

use crate::config::{Language, Target, TargetKind};

/// A text of which it is known where in the source each of its bytes stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// What the program hands to the database.
    pub(super) value: String,
    /// For each byte of it, the byte of the source that it comes from.
    pub(super) offsets: Vec<usize>,
}

impl Text {
    fn push(&mut self, c: char, offset: usize) {
        self.value.push(c);
        self.offsets.resize(self.value.len(), offset);
    }

    /// Adds a text that stands behind this one.
    fn append(&mut self, other: Self) {
        self.value.push_str(&other.value);
        self.offsets.extend(other.offsets);
    }
}

/// An argument that is a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The byte of the source where it begins.
    pub(super) offset: usize,
    /// What is called.
    pub(super) call: String,
    /// What the argument is.
    pub(super) kind: TargetKind,
    /// The text, or why it cannot be seen.
    pub(super) text: Result<Text, &'static str>,
}

/// What was found in a file.
#[derive(Debug, Default)]
pub(super) struct Extract {
    pub(super) found: Vec<Found>,
    /// Why some of the file, or all of it, could not be read.
    pub(super) unread: Option<String>,
}

/// Why an argument cannot be seen.
pub(super) const BUILT: &str = "it is built at run time";

/// What an argument is to the reader of a language.
enum Argument {
    Text(Text),
    /// A text that is put together, or comes from somewhere else.
    Built,
    /// Another call that is a target itself.
    Target,
}

/// A grammar that files are read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    Rust,
    Python,
    Typescript,
    /// TypeScript with elements in it, and JavaScript.
    Tsx,
}

impl Grammar {
    /// The grammar of a file, by the ending of its name.
    pub(super) fn of(path: &Path) -> Option<Self> {
        Some(match path.extension()?.to_str()? {
            "rs" => Self::Rust,
            "py" | "pyi" => Self::Python,
            "ts" | "mts" | "cts" => Self::Typescript,
            "tsx" | "js" | "jsx" | "mjs" | "cjs" => Self::Tsx,
            _ => return None,
        })
    }

    fn language(self) -> Language {
        match self {
            Self::Rust => Language::Rust,
            Self::Python => Language::Python,
            Self::Typescript | Self::Tsx => Language::Typescript,
        }
    }
}

/// Finds the targets in a file's text, in the order of the file.
pub(super) fn extract(source: &str, grammar: Grammar, targets: &[Target]) -> Extract {
    let targets: Vec<&Target> = targets.iter().filter(|target| target.language == grammar.language()).collect();
    let mut extract = match grammar {
        Grammar::Rust => rust::extract(source, &targets),
        Grammar::Python => python::extract(source, &targets),
        Grammar::Typescript | Grammar::Tsx => typescript::extract(source, grammar == Grammar::Tsx, &targets),
    };
    // A text that has a name may be used many times, and is one statement.
    extract.found.sort_by_key(|found| (found.offset, found.text.is_err()));
    extract.found.dedup_by(|a, b| a.offset == b.offset && a.kind == b.kind);
    extract
}

/// What is called: a path such as `sqlx::query`, whether it is a method, and whether it is a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Callee {
    path: Vec<String>,
    is_method: bool,
    is_macro: bool,
}

impl Callee {
    fn is_meant_by(&self, target: &Target) -> bool {
        let (call, is_macro) = match target.call.strip_suffix('!') {
            Some(call) => (call, true),
            None => (target.call.as_str(), false),
        };
        let (call, wants_method) = match call.strip_prefix('.') {
            Some(call) => (call, true),
            None => (call, false),
        };
        let wanted = call.replace("::", ".");
        let wanted: Vec<&str> = wanted.split('.').collect();
        is_macro == self.is_macro
            && (!wants_method || self.is_method)
            && self.path.len() >= wanted.len()
            && self.path[self.path.len() - wanted.len()..].iter().zip(wanted).all(|(part, wanted)| part == wanted)
    }

    /// The targets that the call is.
    fn targets<'t>(&self, targets: &[&'t Target]) -> Vec<&'t Target> {
        targets.iter().copied().filter(|target| self.is_meant_by(target)).collect()
    }

    fn shown(&self) -> String {
        format!("{}{}", self.path.last().map_or("", String::as_str), if self.is_macro { "!" } else { "" })
    }
}

/// Notes what is known of a target's argument.
fn note(found: &mut Vec<Found>, target: &Target, callee: &Callee, offset: usize, argument: Argument) {
    let (offset, text) = match argument {
        Argument::Target => return,
        Argument::Built if target.only_literals => return,
        Argument::Built => (offset, Err(BUILT)),
        Argument::Text(text) => (text.offsets.first().copied().unwrap_or(offset), Ok(text)),
    };
    found.push(Found { offset, call: callee.shown(), kind: target.kind, text });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Validation;

    fn texts(source: &str, grammar: Grammar) -> Vec<Result<String, &'static str>> {
        let extract = extract(source, grammar, &Validation::default().all_targets());
        assert_eq!(extract.unread, None, "{source}");
        for found in &extract.found {
            if let Ok(text) = &found.text {
                assert_eq!(text.value.len(), text.offsets.len());
            }
        }
        extract.found.into_iter().map(|found| found.text.map(|text| text.value)).collect()
    }

    fn ok(text: &str) -> Result<String, &'static str> {
        Ok(text.to_owned())
    }

    #[test]
    fn rust_calls_are_found_wherever_they_stand() {
        let source = r##"#!/usr/bin/env run
            const NAMED: &str = concat!("SELECT ", "7", " AS n");
            async fn f(db: &Database, id: i64) -> Result<(), Error> {
                db.query("SELECT 1").fetch_all().await?;
                sqlx::query_as::<_, (i64, Vec<u8>)>(r#"SELECT "a" FROM t"#).fetch_one(db).await?;
                let row = sqlx::query!("SELECT 2 " + "AS two", id);
                sqlx::query_as!(Book, "SELECT 3", id);
                assert_eq!(vec![db.query("SELECT 4\n FROM\tt \
                    WHERE x").fetch_one().await?], []);
                let text = "SELECT 5".to_owned();
                query(&text).bind("x", "SELECT not").execute().await?;
                db.query(NAMED).stream();
                db.query(NAMED).stream();
                db.query(&format!("SELECT {id}")).execute().await?;
                db.query(&format!("SELECT 6")).execute().await?;
                client.execute(&pool).await?;
                client.execute("DELETE FROM t", &[]).await?;
                select.table("book").from("x");
                url.query_pairs("x");
                Ok(())
            }
            fn query(sql: &str) -> Query {}
        "##;
        let expected = [
            ok("SELECT 7 AS n"),
            ok("SELECT 1"),
            ok("SELECT \"a\" FROM t"),
            ok("SELECT 2 AS two"),
            ok("SELECT 3"),
            ok("SELECT 4\n FROM\tt WHERE x"),
            ok("SELECT 5"),
            Err(BUILT),
            ok("SELECT 6"),
            ok("DELETE FROM t"),
            ok("book"),
        ];
        assert_eq!(texts(source, Grammar::Rust), expected);
    }

    #[test]
    fn python_calls_are_found_wherever_they_stand() {
        let source = "
QUERY = 'SELECT 1'
def f(cursor, name):
    cursor.execute(QUERY)
    cursor.execute(\"\"\"SELECT 2
        FROM t\"\"\", (name,))
    cursor.execute('SELECT ' \"3\" r' \\d')
    cursor.execute(f'SELECT {name}')
    cursor.execute(f'SELECT 4 {{}}')
    session.execute(text('SELECT\\t5'))
    [cursor.execute('SELECT %s' % x) for x in cursor.execute('SELECT ' + '6')]
    cursor.execute(sql)
    db.table('book')
    axis.text('SELECT a book')
";
        let expected = [
            ok("SELECT 1"),
            ok("SELECT 2\n        FROM t"),
            ok("SELECT 3 \\d"),
            Err(BUILT),
            ok("SELECT 4 {}"),
            ok("SELECT\t5"),
            Err(BUILT),
            ok("SELECT 6"),
            Err(BUILT),
            ok("book"),
        ];
        assert_eq!(texts(source, Grammar::Python), expected);
    }

    #[test]
    fn typescript_calls_are_found_wherever_they_stand() {
        let source = "
const QUERY = 'SELECT 1' as const;
export async function f<T>(pool: Pool, id: number): Promise<T> {
    await pool.query(QUERY);
    await pool.query<Book>(`SELECT 2
        FROM t`, [id]);
    await pool.query(`SELECT ${id}`);
    await pool.query('SELECT ' + \"\\u0033\");
    const rows = await sql`SELECT 4`;
    items.map((x) => pool.query(build(x)));
    return knex.table('book');
}
";
        let expected = [
            ok("SELECT 1"),
            ok("SELECT 2\n        FROM t"),
            Err(BUILT),
            ok("SELECT 3"),
            ok("SELECT 4"),
            Err(BUILT),
            ok("book"),
        ];
        assert_eq!(texts(source, Grammar::Typescript), expected);
        assert_eq!(texts("const x = <a href={db.query('SELECT 1')}/>;", Grammar::Tsx), [ok("SELECT 1")]);
    }

    #[test]
    fn what_does_not_parse_is_told() {
        let targets = Validation::default().all_targets();
        assert!(extract("fn f( {", Grammar::Rust, &targets).unread.is_some());
        let broken = extract("def f(:\n    x.execute('SELECT 1')\n", Grammar::Python, &targets);
        assert!(broken.unread.is_some());
        assert!(extract("function f( {", Grammar::Typescript, &targets).unread.is_some());
    }

    #[test]
    fn targets_are_matched_by_path_method_and_macro() {
        let callee = |path: &str, is_method, is_macro| Callee {
            path: path.split('.').map(str::to_owned).collect(),
            is_method,
            is_macro,
        };
        let target = |call: &str| Target {
            language: Language::Rust,
            call: call.to_owned(),
            argument: 0,
            kind: TargetKind::Sql,
            only_literals: false,
        };
        assert!(callee("sqlx.query", false, false).is_meant_by(&target("query")));
        assert!(callee("sqlx.query", false, false).is_meant_by(&target("sqlx::query")));
        assert!(!callee("query", false, false).is_meant_by(&target("sqlx::query")));
        assert!(!callee("query", false, false).is_meant_by(&target(".query")));
        assert!(callee("query", true, false).is_meant_by(&target(".query")));
        assert!(!callee("query", false, false).is_meant_by(&target("query!")));
        assert!(callee("sqlx.query", false, true).is_meant_by(&target("sqlx::query!")));
    }
}
