//! MySQL and MariaDB: what tables and views there are, and when they were made.
//!
//! That is another after most changes, and not after all of them: how a view or a routine is defined is not in it. So this brings
//! forward what a reflection at a longer interval finds.

use std::str::FromStr as _;

use sha2::{Digest as _, Sha256};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{ConnectOptions as _, Executor as _, Row as _};
use tokio::time::timeout;

use super::ANSWER;
use crate::hex::hex;
use crate::reflect::{DatabaseUrl, ReflectError};

/// Of every database that the role may see, for the URL may name none. What counts rows is left out.
const TABLES: &str = "SELECT CONCAT_WS('\\n', CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR), CAST(TABLE_TYPE AS CHAR), \
    CAST(COALESCE(CREATE_TIME, '') AS CHAR), CAST(TABLE_COMMENT AS CHAR), CAST(COALESCE(TABLE_COLLATION, '') AS CHAR)) \
    FROM information_schema.TABLES \
    WHERE TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') \
    AND (DATABASE() IS NULL OR TABLE_SCHEMA = DATABASE()) ORDER BY TABLE_SCHEMA, TABLE_NAME";

/// A connection.
pub(crate) struct Observer {
    url: DatabaseUrl,
    connection: MySqlConnection,
    /// The digest of what there was.
    known: String,
}

impl Observer {
    pub(super) async fn open(url: &DatabaseUrl) -> Result<Self, ReflectError> {
        let failed = |error| ReflectError::connect(url, error);
        let patience = url.patience().map_err(|error| failed(sqlx::Error::Configuration(error.into())))?;
        let options = MySqlConnectOptions::from_str(url.secret()).map_err(failed)?.disable_statement_logging();
        let connection = match timeout(patience, options.connect()).await {
            Ok(connection) => connection.map_err(failed)?,
            Err(_) => return Err(ReflectError::silent(url, patience)),
        };
        let mut observer = Self { url: url.clone(), connection, known: String::new() };
        observer.probe().await?;
        Ok(observer)
    }

    pub(super) async fn probe(&mut self) -> Result<bool, ReflectError> {
        let failed = |error| ReflectError::query(&self.url, "the tables", error);
        let rows = match timeout(ANSWER, self.connection.fetch_all(sqlx::raw_sql(TABLES))).await {
            Ok(rows) => rows.map_err(failed)?,
            Err(_) => return Err(ReflectError::silent(&self.url, ANSWER)),
        };
        let mut hash = Sha256::new();
        for row in rows {
            let text: Option<Vec<u8>> = row.try_get_unchecked(0).map_err(failed)?;
            hash.update(text.unwrap_or_default());
            hash.update([0]);
        }
        let found = hex(hash.finalize());
        Ok(std::mem::replace(&mut self.known, found.clone()) != found)
    }
}
