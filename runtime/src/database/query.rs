//! Statements in SQL with parameters by name.

use std::fmt;

use serde::de::DeserializeOwned;

use super::error::Error;
use super::pool::{Done, RowStream};
use super::session::Session;
use super::statement::Prepared;
use crate::de::De;
use crate::param::{Kind, Param, ToSql};
use crate::row::{FromRow, Row};
use crate::sql::Slot;
use crate::table::Dialect;

/// A statement with parameters by name, and what is bound to them. [`Session::query`] makes one.
#[must_use = "a query does nothing until it is fetched or executed"]
pub struct Query<'a> {
    session: &'a Session,
    sql: &'a str,
    bound: Vec<(&'a str, Param)>,
}

/// The text and the names, and not the values, which may be secret.
impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.bound.iter().map(|(name, _)| name).collect();
        f.debug_struct("Query").field("sql", &self.sql).field("bound", &names).finish_non_exhaustive()
    }
}

impl<'a> Query<'a> {
    pub(super) fn new(session: &'a Session, sql: &'a str) -> Self {
        Self { session, sql, bound: Vec::new() }
    }

    /// Binds a value to the parameter of that name, with or without its colon. What is wrong with a name is told when the
    /// statement is run.
    pub fn bind(mut self, name: &'a str, value: impl ToSql) -> Self {
        self.bound.push((name.strip_prefix(':').unwrap_or(name), value.to_sql()));
        self
    }

    /// All rows.
    ///
    /// # Errors
    /// Where a parameter is missing, unused or misspelt, the database refuses the statement, or a row cannot be read.
    pub async fn fetch_all<T: FromRow + Send>(self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.visit(&mut |row| {
            rows.push(T::from_row(&row)?);
            Ok(true)
        })
        .await?;
        Ok(rows)
    }

    /// The first row, or `None` if there is none. The others are read and dropped, for what fails last fails the whole
    /// statement: say `LIMIT 1` where there may be many.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub async fn fetch_optional<T: FromRow + Send>(self) -> Result<Option<T>, Error> {
        let mut found = None;
        self.visit(&mut |row| {
            found = Some(T::from_row(&row)?);
            Ok(false)
        })
        .await?;
        Ok(found)
    }

    /// The first row.
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all), and [`Error::NoRow`] if there is none.
    pub async fn fetch_one<T: FromRow + Send>(self) -> Result<T, Error> {
        let sql = self.sql;
        self.fetch_optional().await?.ok_or_else(|| Error::NoRow(sql.to_owned()))
    }

    /// The rows as they arrive, for results that do not fit into memory. The connection is kept until the stream is dropped:
    /// in a transaction, nothing else can be run on it meanwhile. The time that a statement may run includes the time that
    /// is spent between two rows.
    pub fn stream<T: FromRow + Send + 'a>(self) -> RowStream<'a, T> {
        self.session.stream_rows(self.prepare())
    }

    /// Runs it and counts the rows that it changes.
    ///
    /// # Errors
    /// Where a parameter is missing, unused or misspelt, or the database refuses the statement.
    pub async fn execute(self) -> Result<Done, Error> {
        self.session.run(self.prepare()?).await
    }

    /// All rows, as any type that serde deserializes; see [`De`].
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub async fn fetch_all_as<T: DeserializeOwned + Send>(self) -> Result<Vec<T>, Error> {
        Ok(self.fetch_all::<De<T>>().await?.into_iter().map(|De(row)| row).collect())
    }

    /// The first row, as any type that serde deserializes; see [`De`].
    ///
    /// # Errors
    /// As [`fetch_all`](Self::fetch_all).
    pub async fn fetch_optional_as<T: DeserializeOwned + Send>(self) -> Result<Option<T>, Error> {
        Ok(self.fetch_optional::<De<T>>().await?.map(|De(row)| row))
    }

    /// The first row, as any type that serde deserializes; see [`De`].
    ///
    /// # Errors
    /// As [`fetch_one`](Self::fetch_one).
    pub async fn fetch_one_as<T: DeserializeOwned + Send>(self) -> Result<T, Error> {
        Ok(self.fetch_one::<De<T>>().await?.0)
    }

    async fn visit(self, visit: &mut (dyn FnMut(Row<'_>) -> Result<bool, Error> + Send)) -> Result<(), Error> {
        self.session.visit(self.prepare()?, visit).await
    }
}

impl Query<'_> {
    /// The statement in the engine's own placeholders.
    fn prepare(&self) -> Result<Prepared, Error> {
        let template = self.session.shared().templates.get(self.sql)?;
        let positions = template.check_bound(self.bound.iter().map(|(name, _)| *name))?;
        let params: Vec<&Param> = positions.into_iter().map(|position| &self.bound[position].1).collect();
        let dialect = self.session.dialect();
        let slots: Vec<Slot<'_>> = params.iter().map(|param| slot(dialect, param)).collect();
        let rendered = template.render(&slots)?;
        let order: Vec<&Param> = rendered
            .order
            .iter()
            .map(|bind| match params[bind.parameter] {
                Param::List(items) => &items[bind.element],
                param => param,
            })
            .collect();
        self.session.prepare(rendered.text, &order)
    }
}

/// How a parameter is written: how many values there are, and the cast that PostgreSQL needs around those that are sent as
/// text.
pub(super) fn slot(dialect: Dialect, param: &Param) -> Slot<'_> {
    let (count, first) = match param {
        Param::List(items) => (items.len(), items.first()),
        param => (1, Some(param)),
    };
    let cast = match first {
        _ if dialect != Dialect::Postgres => None,
        Some(Param::Literal { sql_type, .. } | Param::Null(Kind::Literal(sql_type))) => {
            Some(&**sql_type).filter(|sql_type| !sql_type.is_empty())
        }
        Some(Param::Bits(_) | Param::Null(Kind::Bits)) => Some("varbit"),
        _ => None,
    };
    Slot { count, cast }
}
