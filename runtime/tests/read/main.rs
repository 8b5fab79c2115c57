//! Reads values of every type from real servers, through prepared statements, as generated models do.
//!
//! The servers are those of `TABLATURE_TEST_POSTGRES_URL` and `TABLATURE_TEST_MYSQL_URL`, or the ones on this machine.
//! Nothing is left behind on them but an empty database on MySQL: types are made inside of a transaction that is rolled back,
//! and tables are temporary.

#![allow(clippy::unwrap_used, reason = "a test stops where it is not as it says, in its helpers too")]

mod mysql;
mod portable;
mod postgres;
mod sqlite;

use sqlx::{Connection, MySqlConnection, PgConnection, SqliteConnection};

async fn connect_postgres() -> PgConnection {
    let url = std::env::var("TABLATURE_TEST_POSTGRES_URL")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    PgConnection::connect(&url).await.unwrap()
}

async fn connect_mysql() -> MySqlConnection {
    let url = std::env::var("TABLATURE_TEST_MYSQL_URL").unwrap_or_else(|_| "mysql://root@127.0.0.1:3306".to_owned());
    let mut connection = MySqlConnection::connect(&url).await.unwrap();
    // Temporary tables want a database that is selected; this one stays empty.
    let select = "CREATE DATABASE IF NOT EXISTS tablature_test_read; USE tablature_test_read";
    sqlx::raw_sql(select).execute(&mut connection).await.unwrap();
    connection
}

async fn connect_sqlite() -> SqliteConnection {
    SqliteConnection::connect("sqlite::memory:").await.unwrap()
}

/// Defines `read::<T>(connection, expression)`, which selects one expression and reads it, and `Session`, which expects.
macro_rules! session {
    ($connection:ty) => {
        struct Session($connection);

        impl Session {
            async fn execute(&mut self, sql: &str) {
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut self.0).await.unwrap();
            }

            /// Reads the value of an expression.
            async fn read<T: tablature_runtime::FromSql>(
                &mut self,
                expression: &str,
            ) -> Result<T, tablature_runtime::RowError> {
                let sql = format!("SELECT {expression} AS value");
                let row = match sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut self.0).await {
                    Ok(row) => row,
                    Err(error) => panic!("{expression}: {error}"),
                };
                let row = tablature_runtime::Row::from(&row);
                let by_position = row.get_at::<T>(0);
                let by_name = row.get::<T>("value");
                assert_eq!(by_position.is_ok(), by_name.is_ok());
                by_name
            }

            /// The value of the expression is this one.
            async fn is<T>(&mut self, expression: &str, expected: T)
            where
                T: tablature_runtime::FromSql + PartialEq + std::fmt::Debug,
            {
                match self.read::<T>(expression).await {
                    Ok(value) => assert_eq!(value, expected, "{expression}"),
                    Err(error) => panic!("{expression}: {error}"),
                }
            }

            /// The type does not hold the value of the expression, and says so in these words.
            async fn refuses<T>(&mut self, expression: &str, words: &str)
            where
                T: tablature_runtime::FromSql + std::fmt::Debug,
            {
                match self.read::<T>(expression).await {
                    Ok(value) => panic!("{expression} was read as {value:?}"),
                    Err(error) => {
                        let message = error.to_string();
                        assert!(message.contains(words), "{expression}: {message}");
                        assert!(message.starts_with("column \"value\""), "{message}");
                    }
                }
            }
        }
    };
}

use session;
