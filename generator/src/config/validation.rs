//! What is looked for in source: the calls that SQL, or the name of a table or column, is handed to.

use serde::{Deserialize, Serialize};

/// A language that source is read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// TypeScript, and JavaScript, which is read as it.
    Typescript,
}

/// What a text in source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// One SQL statement, or several.
    #[default]
    Sql,
    /// The name of a table, with or without its schema.
    Table,
    /// The name of a column, with or without its table.
    Column,
}

/// A call, and the argument of it that is a text for the database.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The language.
    pub language: Language,
    /// What is called: `name`, a function or a method; `.name`, a method; `path::name` or `path.name`, whatever ends in that
    /// path; and with a `!` behind it, a macro of Rust.
    pub call: String,
    /// The position of the argument, from 0.
    #[serde(default)]
    pub argument: usize,
    /// What the argument is.
    #[serde(default)]
    pub kind: TargetKind,
    /// Whether arguments that are no text as they stand are passed over, for calls whose name has other meanings too.
    #[serde(default)]
    pub only_literals: bool,
}

impl Target {
    /// Whether what is called is written so that something can match it.
    pub(super) fn check(&self) -> Result<(), String> {
        let call = self.call.strip_suffix('!').unwrap_or(&self.call);
        let call = call.strip_prefix('.').unwrap_or(call);
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
        if call.replace("::", ".").split('.').all(is_word) {
            Ok(())
        } else {
            Err(format!("call = {:?} is none of `name`, `.name`, `path::name`, `path.name` and `name!`", self.call))
        }
    }
}

/// How SQL in source is looked for and looked at: the table `[validate]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Validation {
    /// Calls beside the usual ones.
    pub targets: Vec<Target>,
    /// Whether the usual calls are looked for.
    pub default_targets: bool,
    /// The schemas in which names without a schema are looked up, in their order; none means the engine's default.
    pub search_path: Vec<String>,
    /// The size of the largest file that is read, in bytes.
    pub max_file_size: u64,
}

impl Default for Validation {
    fn default() -> Self {
        Self { targets: Vec::new(), default_targets: true, search_path: Vec::new(), max_file_size: 4 << 20 }
    }
}

/// The usual calls that take SQL as an argument: language, call, and the argument's position.
const USUAL: &[(Language, &str, usize)] = &[
    (Language::Rust, "query", 0),
    (Language::Rust, "query_as", 0),
    (Language::Rust, "query_as_with", 0),
    (Language::Rust, "query_scalar", 0),
    (Language::Rust, "query_scalar_with", 0),
    (Language::Rust, "query_with", 0),
    (Language::Rust, "raw_sql", 0),
    (Language::Rust, "sql_query", 0),
    (Language::Rust, "query!", 0),
    (Language::Rust, "query_unchecked!", 0),
    (Language::Rust, "query_as!", 1),
    (Language::Rust, "query_as_unchecked!", 1),
    (Language::Rust, "query_scalar!", 0),
    (Language::Rust, "query_scalar_unchecked!", 0),
    (Language::Python, ".execute", 0),
    (Language::Python, ".executemany", 0),
    (Language::Python, ".fetchrow", 0),
    (Language::Python, ".fetchval", 0),
    (Language::Python, "read_sql", 0),
    (Language::Python, "read_sql_query", 0),
    (Language::Typescript, ".query", 0),
    (Language::Typescript, "sql", 0),
    (Language::Typescript, "$queryRawUnsafe", 0),
    (Language::Typescript, "$executeRawUnsafe", 0),
];

/// The usual calls whose names have other meanings too: only a text as it stands counts.
const AMBIGUOUS: &[(Language, &str, usize)] = &[
    (Language::Rust, ".execute", 0),
    (Language::Rust, ".prepare", 0),
    (Language::Rust, ".prepare_cached", 0),
    (Language::Rust, ".query_one", 0),
    (Language::Rust, ".query_opt", 0),
    (Language::Rust, ".query_row", 0),
    (Language::Python, ".fetch", 0),
    (Language::Typescript, ".execute", 0),
    (Language::Typescript, ".prepare", 0),
];

impl Validation {
    /// All targets: those of the configuration, then the usual ones.
    pub fn all_targets(&self) -> Vec<Target> {
        let usual = |list: &'static [(Language, &str, usize)], only_literals| {
            list.iter().map(move |&(language, call, argument)| Target {
                language,
                call: call.to_owned(),
                argument,
                kind: TargetKind::Sql,
                only_literals,
            })
        };
        let tables = [Language::Rust, Language::Python, Language::Typescript].map(|language| Target {
            language,
            call: ".table".to_owned(),
            argument: 0,
            kind: TargetKind::Table,
            only_literals: true,
        });
        let mut all = self.targets.clone();
        if self.default_targets {
            all.extend(usual(USUAL, false));
            all.extend(usual(AMBIGUOUS, true));
            all.extend(tables);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_calls_are_written_as_one_may_write_them() {
        for target in Validation::default().all_targets() {
            assert_eq!(target.check(), Ok(()), "{target:?}");
        }
        let mut target = Validation::default().all_targets().remove(0);
        for wrong in ["", ".", "a b", "a::", "!", "a..b"] {
            target.call = wrong.to_owned();
            assert!(target.check().is_err(), "{wrong:?}");
        }
    }
}
