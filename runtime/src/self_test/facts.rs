//! What a generated crate does not know of its database, and the self-test has to know.

use std::collections::{BTreeMap, BTreeSet};

use super::values::Alphabet;
use crate::database::{Error, Session};
use crate::table::{Dialect, ForeignKey, Relation};

type Name = (String, String);

/// Facts by relation.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) dialect: Dialect,
    /// Those that something else than the statement can change or refuse rows of: triggers and rules.
    pub(super) triggers: BTreeSet<Name>,
    /// Those with indexes over expressions, which may fail.
    pub(super) expressions: BTreeSet<Name>,
    /// Those whose rows stay whatever becomes of the transaction (MySQL).
    pub(super) lasting: BTreeSet<Name>,
    /// The foreign keys that can be kept for later, by schema and name (PostgreSQL).
    deferrable: BTreeSet<Name>,
    /// The characters of columns that do not hold all of them.
    alphabets: BTreeMap<(String, String), Alphabet>,
    alphabet: Alphabet,
}

const POSTGRES_TRIGGERS: &str = "\
SELECT CAST(n.nspname AS text), CAST(c.relname AS text)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}') AND (
    EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal)
    OR EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite r WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid))";

const POSTGRES_EXPRESSIONS: &str = "\
SELECT DISTINCT CAST(n.nspname AS text), CAST(c.relname AS text)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL";

const POSTGRES_DEFERRABLE: &str = "\
SELECT CAST(n.nspname AS text), CAST(k.conname AS text)
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) k.connamespace
WHERE k.contype OPERATOR(pg_catalog.=) 'f' AND k.condeferrable";

const MYSQL_TRIGGERS: &str = "\
SELECT DISTINCT '', CAST(event_object_table AS CHAR) FROM information_schema.triggers WHERE trigger_schema = DATABASE()";

const MYSQL_LASTING: &str = "\
SELECT '', CAST(t.table_name AS CHAR) FROM information_schema.tables t
WHERE t.table_schema = DATABASE() AND t.engine IS NOT NULL
    AND t.engine NOT IN (SELECT e.engine FROM information_schema.engines e WHERE e.transactions = 'YES')";

const MYSQL_CHARSETS: &str = "\
SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR), CAST(character_set_name AS CHAR)
FROM information_schema.columns
WHERE table_schema = DATABASE() AND character_set_name IS NOT NULL AND character_set_name <> 'utf8mb4'";

const SQLITE_TRIGGERS: &str = "SELECT '', tbl_name FROM sqlite_schema WHERE type = 'trigger'";

const SQLITE_EXPRESSIONS: &str = "\
SELECT DISTINCT '', s.tbl_name FROM sqlite_schema s WHERE s.type = 'index' AND s.sql LIKE '%(%(%'";

impl Facts {
    /// Asks the database.
    ///
    /// # Errors
    /// Where it does not answer.
    pub(super) async fn ask(session: &Session) -> Result<Self, Error> {
        let names = async |sql: &'static str| -> Result<BTreeSet<Name>, Error> {
            Ok(session.query(sql).fetch_all::<Name>().await?.into_iter().collect())
        };
        let mut facts = Self {
            dialect: session.dialect(),
            triggers: BTreeSet::new(),
            expressions: BTreeSet::new(),
            lasting: BTreeSet::new(),
            deferrable: BTreeSet::new(),
            alphabets: BTreeMap::new(),
            alphabet: Alphabet::default(),
        };
        match session.dialect() {
            Dialect::Postgres => {
                facts.triggers = names(POSTGRES_TRIGGERS).await?;
                facts.expressions = names(POSTGRES_EXPRESSIONS).await?;
                facts.deferrable = names(POSTGRES_DEFERRABLE).await?;
                let encoding: String = session.query("SHOW server_encoding").fetch_one().await?;
                facts.alphabet = if encoding == "UTF8" { Alphabet::Unicode } else { Alphabet::Ascii };
            }
            Dialect::Mysql => {
                facts.triggers = names(MYSQL_TRIGGERS).await?;
                facts.lasting = names(MYSQL_LASTING).await?;
                let narrow: Vec<(String, String, String)> = session.query(MYSQL_CHARSETS).fetch_all().await?;
                let alphabet = |charset: &str| match charset {
                    "utf8" | "utf8mb3" => Alphabet::Basic,
                    _ => Alphabet::Ascii,
                };
                facts.alphabets =
                    narrow.into_iter().map(|(table, column, set)| ((table, column), alphabet(&set))).collect();
            }
            Dialect::Sqlite => {
                facts.triggers = names(SQLITE_TRIGGERS).await?;
                facts.expressions = names(SQLITE_EXPRESSIONS).await?;
            }
        }
        Ok(facts)
    }

    /// The statement after which rows may come before those that they refer to by a key, if there is one.
    pub(super) fn deferring(&self, relation: &Relation, key: &ForeignKey) -> Option<String> {
        match self.dialect {
            Dialect::Postgres => {
                self.deferrable.contains(&(relation.schema.to_owned(), key.name.to_owned())).then(|| {
                    let mut sql = String::from("SET CONSTRAINTS ");
                    self.dialect.quote(relation.schema, &mut sql);
                    sql.push('.');
                    self.dialect.quote(key.name, &mut sql);
                    sql + " DEFERRED"
                })
            }
            Dialect::Mysql => None,
            Dialect::Sqlite => Some("PRAGMA defer_foreign_keys = ON".to_owned()),
        }
    }

    /// The characters that a column holds.
    pub(super) fn alphabet(&self, relation: &Relation, column: &str) -> Alphabet {
        self.alphabets.get(&(relation.name.to_owned(), column.to_owned())).copied().unwrap_or(self.alphabet)
    }
}

/// How [`Facts`] name a relation.
pub(super) fn name_of(relation: &Relation) -> Name {
    (relation.schema.to_owned(), relation.name.to_owned())
}
