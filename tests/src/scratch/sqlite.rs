//! Databases in files.

use std::path::Path;
use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::error::HarnessError;

/// The URL of a file that exists.
pub(super) fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Makes an empty database. A header is written, for SQLite leaves the file of an untouched database empty.
pub(super) async fn create(path: &Path) -> Result<(), HarnessError> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let creating = || HarnessError::doing(format!("create {}", path.display()));
    let mut connection = options.connect().await.map_err(creating())?;
    connection.execute("VACUUM").await.map_err(creating())?;
    connection.close().await.map_err(creating())
}

pub(super) async fn load(url: &str, sql: &str) -> Result<(), HarnessError> {
    let options = SqliteConnectOptions::from_str(url).map_err(HarnessError::doing("read a URL"))?;
    let mut connection = options.foreign_keys(false).connect().await.map_err(HarnessError::doing("open the file"))?;
    let result = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await;
    result.map_err(HarnessError::doing("run the SQL"))?;
    connection.close().await.map_err(HarnessError::doing("close the file"))
}
