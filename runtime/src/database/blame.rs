//! Which constraint it is that a write violates, where the database alone does not tell.
//!
//! SQLite says of a foreign key only that there is one. Which it is, is then found out by looking for the rows that should
//! be there: on the path of failure alone, and as well as that can be done after the statement has been taken back.

use super::error::Error;
use super::operate::{Target, Values};
use super::session::Session;
use super::violation::ViolationKind;
use crate::param::Param;
use crate::table::{Constraint, ConstraintKind, Dialect, ForeignKey, Relation};

impl Session {
    /// The same outcome, where a violation names the generated constraint. `key` found the row, and `values` were to be
    /// written.
    pub(super) async fn explained<T>(
        &self,
        on: Target,
        outcome: Result<T, Error>,
        key: &[(&str, &Param)],
        values: &Values,
    ) -> Result<T, Error> {
        let Err(Error::Violation(mut violation)) = outcome else { return outcome };
        violation.recognise(on.schema, on.relation);
        let unknown = violation.known.is_none() && violation.kind == ViolationKind::ForeignKey;
        if unknown && self.dialect() == Dialect::Sqlite {
            // Whatever goes wrong here, the violation is what the caller has to know.
            let found = match self.missing_parent(on.relation, values).await {
                Ok(None) => self.present_child(on, key).await,
                outcome => outcome,
            };
            violation.settle(found.ok().flatten());
        }
        Err(Error::Violation(violation))
    }

    /// The foreign key whose parent is not there.
    async fn missing_parent(&self, relation: &Relation, values: &Values) -> Result<Option<Constraint>, Error> {
        for foreign_key in relation.foreign_keys {
            let mut params = Vec::with_capacity(foreign_key.columns.len());
            for column in foreign_key.columns {
                let given = values.iter().find(|(index, _)| relation.columns[*index].name == *column);
                params.extend(given.map(|(_, param)| param.clone()));
            }
            // What is not given is NULL, or stays as it was.
            if params.len() < foreign_key.columns.len() || params.iter().any(Param::is_null) {
                continue;
            }
            let mut sql = String::from("SELECT EXISTS (SELECT 1 FROM ");
            Dialect::Sqlite.quote(foreign_key.references.1, &mut sql);
            sql.push_str(" WHERE ");
            // The parent need not be one of the relations that were generated, so that only its names are known.
            for (index, column) in foreign_key.referenced_columns.iter().enumerate() {
                sql.push_str(if index > 0 { " AND " } else { "" });
                Dialect::Sqlite.quote(column, &mut sql);
                sql.push_str(" = ");
                Dialect::Sqlite.placeholder(index + 1, &mut sql);
            }
            sql.push(')');
            if !self.exists(sql, &params).await? {
                return Ok(constraint_of(relation, foreign_key));
            }
        }
        Ok(None)
    }

    /// The foreign key of a row that refers to the one which a key finds.
    async fn present_child(&self, on: Target, key: &[(&str, &Param)]) -> Result<Option<Constraint>, Error> {
        if key.is_empty() {
            return Ok(None);
        }
        let columns: Vec<&str> = key.iter().map(|(column, _)| *column).collect();
        let params: Vec<Param> = key.iter().map(|(_, param)| (*param).clone()).collect();
        let children =
            on.schema.relations.iter().flat_map(|child| child.foreign_keys.iter().map(move |key| (child, key)));
        for (child, foreign_key) in children {
            if foreign_key.references != (on.relation.schema, on.relation.name) {
                continue;
            }
            let quoted = |name: &str| {
                let mut out = String::new();
                Dialect::Sqlite.quote(name, &mut out);
                out
            };
            let pairs = foreign_key.columns.iter().zip(foreign_key.referenced_columns);
            let joined: Vec<String> =
                pairs.map(|(column, referenced)| format!("c.{} = p.{}", quoted(column), quoted(referenced))).collect();
            let mut sql = format!(
                "SELECT EXISTS (SELECT 1 FROM {} AS c JOIN (SELECT * FROM {} WHERE ",
                quoted(child.name),
                quoted(on.relation.name)
            );
            self.write_key(on, &columns, &params, 1, &mut sql)?;
            sql.push_str(&format!(") AS p ON {})", joined.join(" AND ")));
            if self.exists(sql, &params).await? {
                return Ok(constraint_of(child, foreign_key));
            }
        }
        Ok(None)
    }

    async fn exists(&self, sql: String, params: &[Param]) -> Result<bool, Error> {
        let statement = self.prepare(sql.into(), &params.iter().collect::<Vec<_>>())?;
        let mut exists = false;
        self.visit(statement, &mut |row| {
            exists = row.get_at(0)?;
            Ok(false)
        })
        .await?;
        Ok(exists)
    }
}

/// The constraint that a foreign key is.
fn constraint_of(relation: &Relation, foreign_key: &ForeignKey) -> Option<Constraint> {
    relation
        .constraints
        .iter()
        .find(|constraint| {
            constraint.kind == ConstraintKind::ForeignKey
                && constraint.name == foreign_key.name
                && constraint.columns == foreign_key.columns
        })
        .copied()
}
