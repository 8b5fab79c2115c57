//! The functions of which something is certain. Every other may give NULL for anything.

use super::scope::Kind;
use crate::catalog::Engine;

/// When a function gives no NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Always.
    Always(Kind),
    /// Always, as a window function.
    OfWindow(Kind),
    /// If no argument is NULL, and all are of that kind; of any kind that is not opaque, if none is named.
    IfWhole(Option<Kind>, Kind),
    /// If one argument is not NULL. What it gives is one of them.
    IfAny,
    /// If no argument is NULL and the group has a row. What it gives was computed from those of the group; a number only from
    /// numbers.
    OfGroup(Kind),
    /// The same, and what it gives is one of those of the group.
    OutOfGroup,
    /// Never for certain, and what it gives is its first argument in another row.
    OfOtherRow,
}

use Kind::{Boolean, Number, Opaque, Scalar, Text};
use Rule::{Always, IfAny, IfWhole, OfGroup, OfOtherRow, OfWindow, OutOfGroup};

/// What all engines have.
const COMMON: &[(&str, Rule)] = &[
    ("count", Always(Number)),
    ("row_number", OfWindow(Number)),
    ("rank", OfWindow(Number)),
    ("dense_rank", OfWindow(Number)),
    ("percent_rank", OfWindow(Number)),
    ("cume_dist", OfWindow(Number)),
    ("first_value", OfOtherRow),
    ("last_value", OfOtherRow),
    ("nth_value", OfOtherRow),
    ("lag", OfOtherRow),
    ("lead", OfOtherRow),
    ("coalesce", IfAny),
    ("min", OutOfGroup),
    ("max", OutOfGroup),
    ("current_date", Always(Scalar)),
    ("current_time", Always(Scalar)),
    ("current_timestamp", Always(Scalar)),
    ("lower", IfWhole(Some(Text), Text)),
    ("upper", IfWhole(Some(Text), Text)),
    ("length", IfWhole(Some(Text), Number)),
];

/// PostgreSQL's. Those are missing that give NULL for some value: `to_char` of no format, `extract` from infinity, `lower` of
/// a range, `substring` by a pattern.
const POSTGRES: &[(&str, Rule)] = &[
    ("greatest", IfAny),
    ("least", IfAny),
    ("now", Always(Scalar)),
    ("transaction_timestamp", Always(Scalar)),
    ("statement_timestamp", Always(Scalar)),
    ("clock_timestamp", Always(Scalar)),
    ("localtime", Always(Scalar)),
    ("localtimestamp", Always(Scalar)),
    ("current_user", Always(Scalar)),
    ("session_user", Always(Scalar)),
    ("gen_random_uuid", Always(Scalar)),
    ("random", Always(Number)),
    ("btrim", IfWhole(Some(Text), Text)),
    ("ltrim", IfWhole(Some(Text), Text)),
    ("rtrim", IfWhole(Some(Text), Text)),
    ("initcap", IfWhole(Some(Text), Text)),
    ("replace", IfWhole(Some(Text), Text)),
    ("reverse", IfWhole(Some(Text), Text)),
    ("md5", IfWhole(Some(Text), Text)),
    ("left", IfWhole(None, Text)),
    ("right", IfWhole(None, Text)),
    ("split_part", IfWhole(None, Text)),
    ("strpos", IfWhole(Some(Text), Number)),
    ("char_length", IfWhole(Some(Text), Number)),
    ("character_length", IfWhole(Some(Text), Number)),
    ("octet_length", IfWhole(Some(Text), Number)),
    ("abs", IfWhole(Some(Number), Number)),
    ("ceil", IfWhole(Some(Number), Number)),
    ("ceiling", IfWhole(Some(Number), Number)),
    ("floor", IfWhole(Some(Number), Number)),
    ("round", IfWhole(Some(Number), Number)),
    ("trunc", IfWhole(Some(Number), Number)),
    ("date_trunc", IfWhole(None, Scalar)),
    ("sum", OfGroup(Number)),
    ("avg", OfGroup(Number)),
    ("bool_and", OfGroup(Boolean)),
    ("bool_or", OfGroup(Boolean)),
    ("every", OfGroup(Boolean)),
    ("string_agg", OfGroup(Text)),
    ("array_agg", OfGroup(Opaque)),
    ("json_agg", OfGroup(Opaque)),
    ("jsonb_agg", OfGroup(Opaque)),
];

/// SQLite's. It takes a sum that is not a number for NULL, so that no arithmetic is among them.
const SQLITE: &[(&str, Rule)] = &[
    ("ifnull", IfAny),
    ("typeof", Always(Text)),
    ("trim", IfWhole(None, Text)),
    ("ltrim", IfWhole(None, Text)),
    ("rtrim", IfWhole(None, Text)),
];

/// MySQL's. It says itself which values are never NULL, so that here stand only those that may be a column's.
const MYSQL: &[(&str, Rule)] = &[("ifnull", IfAny)];

/// What is certain of a function of the engine's own.
pub(super) fn rule(engine: Engine, name: &str) -> Option<Rule> {
    let own = match engine {
        Engine::Postgres => POSTGRES,
        Engine::Mysql | Engine::Mariadb => MYSQL,
        Engine::Sqlite => SQLITE,
    };
    COMMON.iter().chain(own).find(|(known, _)| *known == name).map(|(_, rule)| *rule)
}
