//! A connection, on which several statements travel in one message.

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, Executor as _, PgConnection, SqlSafeStr as _};

use super::queries::{BEGIN, END};
use super::wire;
use crate::reflect::prepare::{Answer, answer};
use crate::reflect::{DatabaseUrl, ReflectError};

/// How the driver is to come to the server.
pub(in crate::reflect) fn connect_options(url: &DatabaseUrl) -> Result<PgConnectOptions, ReflectError> {
    let mut options: PgConnectOptions = url.secret().parse().map_err(|error| ReflectError::connect(url, error))?;
    if options.get_application_name().is_none() {
        options = options.application_name("tablature");
    }
    // Poolers refuse settings that they do not know; the snapshot makes its own.
    Ok(options.extra_float_digits(None).disable_statement_logging())
}

/// A connection.
pub(super) struct Line {
    url: DatabaseUrl,
    connection: PgConnection,
    /// Whether a snapshot is open.
    is_open: bool,
    /// How many statements were sent.
    pub(super) statements: u32,
}

impl Line {
    pub(super) async fn open(url: DatabaseUrl) -> Result<Self, ReflectError> {
        let failed = |error| ReflectError::connect(&url, error);
        let patience = url.patience().map_err(|error| failed(sqlx::Error::Configuration(error.into())))?;
        let options = connect_options(&url)?;
        let connected =
            tokio::time::timeout(patience, async { PgConnection::connect_with(&wire::at_once(options).await?).await });
        let connection = match connected.await {
            Ok(connection) => connection.map_err(failed)?,
            Err(_) => return Err(ReflectError::silent(&url, patience)),
        };
        Ok(Self { url, connection, is_open: false, statements: 0 })
    }

    /// Sends statements that open a snapshot, and others after them. See [`Line::send`].
    pub(super) async fn begin(
        &mut self,
        statements: &[(&'static str, String)],
        take: impl FnMut(usize, &PgRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), ReflectError> {
        self.is_open = true;
        self.send(statements, take).await
    }

    /// Sends statements in one message by the simple protocol, where preparing each would take two round trips, and hands
    /// their rows on as they come, with the place of their statement. The server works on while rows are read here.
    pub(super) async fn send(
        &mut self,
        statements: &[(&'static str, String)],
        mut take: impl FnMut(usize, &PgRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), ReflectError> {
        self.statements += u32::try_from(statements.len()).unwrap_or(u32::MAX);
        let text = statements.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(";\n");
        let mut at = 0;
        let mut results = sqlx::raw_sql(AssertSqlSafe(text)).fetch_many(&mut self.connection);
        loop {
            let step = match results.try_next().await {
                Ok(Some(Either::Left(_))) => {
                    at += 1;
                    Ok(())
                }
                Ok(Some(Either::Right(row))) => take(at, &row),
                Ok(None) => return Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = step {
                let what = statements.get(at).map_or("the answers", |(what, _)| *what);
                return Err(ReflectError::query(&self.url, what, error));
            }
        }
    }

    /// Sends statements of which the first one ends the snapshot. See [`Line::send`].
    pub(super) async fn end(
        &mut self,
        statements: &[(&'static str, String)],
        take: impl FnMut(usize, &PgRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), ReflectError> {
        self.send(statements, take).await?;
        self.is_open = false;
        Ok(())
    }

    /// Prepares a statement by itself, in a read-only transaction, and executes nothing of it.
    pub(super) async fn prepare(&mut self, statement: &str) -> Result<Answer, ReflectError> {
        if !self.is_open {
            self.begin(&[("a read-only transaction", BEGIN.to_owned())], |_, _| Ok(())).await?;
        }
        self.statements += 1;
        let prepared = (&mut self.connection).prepare(AssertSqlSafe(statement).into_sql_str()).await;
        let lost = |error| ReflectError::query(&self.url, "what it says to a statement", error);
        let answer = answer(prepared).map_err(lost)?;
        if answer != Answer::Prepared {
            // Nothing more can be done in a transaction in which something failed.
            let ended = self.rollback().await;
            ended.map_err(|error| ReflectError::query(&self.url, "the end of the transaction", error))?;
        }
        Ok(answer)
    }

    /// Ends the snapshot, if one is open.
    pub(super) async fn rollback(&mut self) -> Result<(), sqlx::Error> {
        if !std::mem::take(&mut self.is_open) {
            return Ok(());
        }
        self.statements += 1;
        sqlx::raw_sql(END).execute(&mut self.connection).await.map(drop)
    }

    /// Ends the snapshot and takes leave. Everything has been read by then, so that a failure means nothing any more.
    pub(super) async fn close(mut self) -> u32 {
        if self.rollback().await.is_ok() {
            let _ = self.connection.close().await;
        }
        self.statements
    }
}
