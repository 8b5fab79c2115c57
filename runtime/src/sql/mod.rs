//! Statements with named parameters: `SELECT … WHERE age > :min_age AND id IN (:ids)`.
//!
//! A [`Template`] is a statement that was read once. It knows where the parameters are, and is rendered with the
//! placeholders of its engine: `$1` on PostgreSQL, `?` on MySQL and MariaDB, `?1` on SQLite. Statements are text that
//! the engine reads again, so both must see the same strings and comments in it: the lexer follows the engine that
//! the statement is for, and nothing but the parameters is changed.
//!
//! # What is a parameter
//!
//! A colon and a name: a letter of any script or an underscore, then letters, digits and underscores. These are none:
//!
//! | text                                         | why                                                          |
//! |----------------------------------------------|--------------------------------------------------------------|
//! | `'12:30'`, `"a:b"`, `$$:x$$`, `-- :x`, …      | It is within a string, a quoted name or a comment.           |
//! | `price::text`, `@a := 1`, `f(a := 1)`        | `::` and `:=` are operators.                                 |
//! | `{"a": 1}`, `'a' : b`                        | A colon before anything else than a name or a digit.         |
//! | `list[1:n]`, `list[:n]` on PostgreSQL        | The first colon of a subscript separates a slice's bounds.   |
//! | `payload ? 'a'`, `a ?\| b` on PostgreSQL     | A question mark is an operator there.                        |
//! | `@total` on MySQL                            | It is a variable.                                            |
//!
//! To have a parameter in a subscript, put it into parentheses or behind the separator: `list[(:n)]`, `list[1 : :n]`,
//! `list[(:low) : (:high)]`. In an array constructor there are no slices: `ARRAY[:a, :b]` has two parameters.
//!
//! Positional parameters are errors, for their numbers would be mixed up with those that are written for the names: `?`
//! and `?1` on MySQL and SQLite, `$1` on PostgreSQL, `@name`, `$name` and `#name` on SQLite. A colon before a digit is an
//! error too.
//!
//! # What is assumed of the engine
//!
//! The defaults: `standard_conforming_strings` is on (PostgreSQL), and `sql_mode` has neither `NO_BACKSLASH_ESCAPES` nor
//! `ANSI_QUOTES` (MySQL; with the latter, only a quoted name that has a backslash in it is read differently).
//!
//! The executable comments of MySQL and MariaDB (`/*! … */`, `/*!80000 … */`, `/*M! … */`) are read as the code that
//! they are for some servers. A parameter within one is an error: one server would count it, and the next would not.
//!
//! # Lists
//!
//! A parameter that is bound to a list is written as one placeholder for each element: `IN (:ids)` becomes
//! `IN ($1, $2, $3)`. An empty list may stand where it is all of an `IN (…)` or a `NOT IN (…)`, and there is nothing
//! in it, so that the former is false and the latter true, for NULL as well. No engine has the same form for that:
//!
//! | engine         | `x IN (:ids)`                                | `x NOT IN (:ids)`                                |
//! |----------------|----------------------------------------------|--------------------------------------------------|
//! | PostgreSQL     | `x OPERATOR(=) ANY ('{}')`                   | `x OPERATOR(<>) ALL ('{}')`                      |
//! | MySQL, MariaDB | `x IN (SELECT NULL FROM DUAL WHERE FALSE)`   | `x NOT IN (SELECT NULL FROM DUAL WHERE FALSE)`   |
//! | SQLite         | `x IN ()`                                    | `x NOT IN ()`                                    |
//!
//! PostgreSQL would take the column of such a subquery for text and compare it with nothing else; an empty array takes
//! its type from `x`. `OPERATOR(=)` binds as tightly as `IN` does, which `=` alone would not. Anywhere else an empty
//! list is an error.

mod cache;
mod error;
mod lexer;
mod template;

pub use cache::TemplateCache;
pub use error::{Hint, Place, SqlError};
pub use template::{Bind, Rendered, Slot, Template};
