//! The typed select and the following of foreign keys on real databases of all three engines.
//!
//! The model is the same on all of them, but for the types' names; so are the tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod statements;

macro_rules! engine {
    ($module:ident, $engine:ident, $schema:literal, $country:literal, $format:literal, $word:literal) => {
        mod $module {
            use tablature_tests::Engine;

            const ENGINE: Engine = Engine::$engine;
            const SCHEMA: &str = include_str!($schema);
            const COUNTRY_TYPE: &str = $country;
            const FORMAT_TYPE: &str = $format;
            const WORD_TYPE: &str = $word;

            include!("model.rs");
            include!("common.rs");
        }
    };
}

engine!(postgres, Postgres, "postgres.sql", "character(4)", "book_format", "character varying(20)");
engine!(mysql, Mysql, "mysql.sql", "char(4)", "enum('paper','e''book','audio')", "varchar(20)");
engine!(sqlite, Sqlite, "sqlite.sql", "CHAR(4)", "TEXT", "VARCHAR(20)");

mod postgres_only;
