//! The bulk statements, and the rows that they return.
//!
//! Each statement reads one table of `information_schema` for all databases that were asked for. A column that this server's
//! `information_schema` lacks is asked for as NULL, and a table that it lacks is not asked for at all, so that one
//! declaration serves every version of both engines. Columns are renamed by the statement, because MySQL 8 spells their
//! names in capitals, and read as bytes, because the servers disagree on which of them are text.

use std::collections::BTreeSet;

use sea_query::{Expr, ExprTrait, MysqlQueryBuilder, Query};
use sqlx::Row as _;
use sqlx::mysql::MySqlRow;

use crate::catalog::Engine;

/// Where rows come from.
pub(super) struct Source {
    /// What they are, for error messages.
    pub(super) what: &'static str,
    /// The table of `information_schema`.
    table: &'static str,
    /// Its column with the database's name, where rows belong to one.
    schema: Option<&'static str>,
    /// Its column that is NULL in rows of no interest.
    present: Option<&'static str>,
    /// The names of the struct's fields, and the table's columns that fill them.
    fields: &'static [(&'static str, &'static str)],
}

/// A row of a bulk statement.
pub(super) trait Bulk: Sized {
    /// Where it comes from.
    const SOURCE: Source;

    /// Reads it.
    fn decode(row: &MySqlRow) -> Result<Self, sqlx::Error>;
}

/// Declares row structs together with the statements that fill them.
macro_rules! bulk {
    (@option) => { None };
    (@option $value:literal) => { Some($value) };
    ($(
        $(#[$doc:meta])+
        $row:ident is $what:literal from $table:literal $(by $schema:literal)? $(where $present:literal)? {
            $($field:ident: $ty:ty = $column:literal,)+
        }
    )+) => {
        /// The tables of `information_schema` that are read.
        const TABLES: &[&str] = &[$($table),+];

        $(
            $(#[$doc])+
            #[derive(Clone, Debug, Default, PartialEq)]
            pub(super) struct $row { $(pub(super) $field: $ty,)+ }

            impl Bulk for $row {
                const SOURCE: Source = Source {
                    what: $what,
                    table: $table,
                    schema: bulk!(@option $($schema)?),
                    present: bulk!(@option $($present)?),
                    fields: &[$((stringify!($field), $column)),+],
                };

                fn decode(row: &MySqlRow) -> Result<Self, sqlx::Error> {
                    Ok(Self { $($field: Cell::read(text(row, stringify!($field))?),)+ })
                }
            }
        )+
    };
}

bulk! {
    /// A database.
    SchemaRow is "the databases" from "SCHEMATA" {
        name: String = "SCHEMA_NAME",
        comment: String = "SCHEMA_COMMENT",
    }

    /// A table, view or sequence. MariaDB opens it only if asked for its options, and only then has it comments that say why
    /// it could not be opened.
    TableRow is "the tables" from "TABLES" by "TABLE_SCHEMA" {
        schema: String = "TABLE_SCHEMA",
        name: String = "TABLE_NAME",
        kind: String = "TABLE_TYPE",
        engine: Option<String> = "ENGINE",
        collation: Option<String> = "TABLE_COLLATION",
        comment: String = "TABLE_COMMENT",
        options: String = "CREATE_OPTIONS",
    }

    /// A column that the role has some privilege on.
    ColumnRow is "the columns" from "COLUMNS" by "TABLE_SCHEMA" {
        schema: String = "TABLE_SCHEMA",
        table: String = "TABLE_NAME",
        name: String = "COLUMN_NAME",
        ordinal: u32 = "ORDINAL_POSITION",
        default: Option<String> = "COLUMN_DEFAULT",
        nullable: String = "IS_NULLABLE",
        collation: Option<String> = "COLLATION_NAME",
        raw: String = "COLUMN_TYPE",
        extra: String = "EXTRA",
        privileges: String = "PRIVILEGES",
        comment: String = "COLUMN_COMMENT",
        generation: Option<String> = "GENERATION_EXPRESSION",
        srid: Option<u32> = "SRS_ID",
    }

    /// A view. Its query is empty where the role may not see it.
    ViewRow is "the views" from "VIEWS" by "TABLE_SCHEMA" {
        schema: String = "TABLE_SCHEMA",
        name: String = "TABLE_NAME",
        query: String = "VIEW_DEFINITION",
    }

    /// A part of an index.
    IndexRow is "the indexes" from "STATISTICS" by "TABLE_SCHEMA" {
        schema: String = "TABLE_SCHEMA",
        table: String = "TABLE_NAME",
        name: String = "INDEX_NAME",
        ordinal: u32 = "SEQ_IN_INDEX",
        non_unique: String = "NON_UNIQUE",
        column: Option<String> = "COLUMN_NAME",
        expression: Option<String> = "EXPRESSION",
        direction: Option<String> = "COLLATION",
        prefix: Option<u32> = "SUB_PART",
        method: String = "INDEX_TYPE",
        comment: String = "INDEX_COMMENT",
        visible: Option<String> = "IS_VISIBLE",
        ignored: Option<String> = "IGNORED",
    }

    /// A column of a foreign key.
    ForeignKeyRow is "the foreign keys" from "KEY_COLUMN_USAGE" by "TABLE_SCHEMA" where "REFERENCED_TABLE_NAME" {
        schema: String = "TABLE_SCHEMA",
        table: String = "TABLE_NAME",
        name: String = "CONSTRAINT_NAME",
        ordinal: u32 = "ORDINAL_POSITION",
        column: String = "COLUMN_NAME",
        referenced_schema: String = "REFERENCED_TABLE_SCHEMA",
        referenced_table: String = "REFERENCED_TABLE_NAME",
        referenced_column: Option<String> = "REFERENCED_COLUMN_NAME",
    }

    /// What a foreign key does. MariaDB hides these rows from a role that may only read.
    RuleRow is "the foreign keys' actions" from "REFERENTIAL_CONSTRAINTS" by "CONSTRAINT_SCHEMA" {
        schema: String = "CONSTRAINT_SCHEMA",
        table: String = "TABLE_NAME",
        name: String = "CONSTRAINT_NAME",
        on_update: String = "UPDATE_RULE",
        on_delete: String = "DELETE_RULE",
    }

    /// A CHECK constraint. MySQL says in `TABLE_CONSTRAINTS` which table it belongs to.
    CheckRow is "the checks" from "CHECK_CONSTRAINTS" by "CONSTRAINT_SCHEMA" {
        schema: String = "CONSTRAINT_SCHEMA",
        table: Option<String> = "TABLE_NAME",
        name: String = "CONSTRAINT_NAME",
        level: Option<String> = "LEVEL",
        clause: String = "CHECK_CLAUSE",
    }

    /// A constraint of any kind.
    ConstraintRow is "the constraints" from "TABLE_CONSTRAINTS" by "CONSTRAINT_SCHEMA" {
        schema: String = "CONSTRAINT_SCHEMA",
        table: String = "TABLE_NAME",
        name: String = "CONSTRAINT_NAME",
        kind: String = "CONSTRAINT_TYPE",
        enforced: Option<String> = "ENFORCED",
    }

    /// A partition.
    PartitionRow is "the partitions" from "PARTITIONS" by "TABLE_SCHEMA" where "PARTITION_METHOD" {
        schema: String = "TABLE_SCHEMA",
        table: String = "TABLE_NAME",
        method: String = "PARTITION_METHOD",
        expression: Option<String> = "PARTITION_EXPRESSION",
        sub_method: Option<String> = "SUBPARTITION_METHOD",
        sub_expression: Option<String> = "SUBPARTITION_EXPRESSION",
    }
}

/// A row of [`PROBE`]: a column of `information_schema`, with what the server says of itself beside it.
pub(super) struct ProbeRow {
    table: String,
    column: String,
    pub(super) version: String,
    pub(super) selected: Option<String>,
}

impl ProbeRow {
    pub(super) fn decode(row: &MySqlRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            table: Cell::read(text(row, "table")?),
            column: Cell::read(text(row, "column")?),
            version: Cell::read(text(row, "version")?),
            selected: Cell::read(text(row, "selected")?),
        })
    }
}

/// The columns that the server's `information_schema` has, of the tables that are read.
#[derive(Debug, Default)]
pub(super) struct Features(BTreeSet<(String, String)>);

impl Features {
    pub(super) fn of(rows: &[ProbeRow]) -> Self {
        Self(rows.iter().map(|row| (row.table.to_ascii_uppercase(), row.column.to_ascii_uppercase())).collect())
    }

    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.0.contains(&(table.to_owned(), column.to_owned()))
    }

    fn has_table(&self, table: &str) -> bool {
        self.0.iter().any(|(found, _)| found == table)
    }
}

/// What makes the session's answers depend on nothing that an administrator may have configured: names in backticks,
/// backslashes in literals, UTF-8, no limit on rows.
pub(super) const SETTINGS: &str = "SET NAMES utf8mb4, SESSION sql_mode = '', SESSION sql_quote_show_create = 1, \
     SESSION sql_big_selects = 1, SESSION sql_select_limit = 18446744073709551615";

/// Begins the transaction, which can write nothing.
pub(super) const BEGIN: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

/// Ends the transaction.
pub(super) const END: &str = "ROLLBACK";

/// Asks the server what it is, which database is selected, and what its `information_schema` has.
pub(super) fn probe() -> String {
    Query::select()
        .expr_as(Expr::col("TABLE_NAME"), "table")
        .expr_as(Expr::col("COLUMN_NAME"), "column")
        .expr_as(Expr::cust("VERSION()"), "version")
        .expr_as(Expr::cust("DATABASE()"), "selected")
        .from(("information_schema", "COLUMNS"))
        .and_where(Expr::col("TABLE_SCHEMA").eq("information_schema"))
        .and_where(Expr::col("TABLE_NAME").is_in(TABLES.iter().copied()))
        .to_string(MysqlQueryBuilder)
}

/// The statement for all rows of one kind in those databases; absent where the server has no such table.
pub(super) fn select<T: Bulk>(features: &Features, schemas: &[String]) -> Option<String> {
    let Source { table, schema, present, fields, .. } = T::SOURCE;
    if !features.has_table(table) {
        return None;
    }
    let mut query = Query::select();
    for &(field, column) in fields {
        let value = if features.has(table, column) { Expr::col(column) } else { Expr::cust("NULL") };
        query.expr_as(value, field);
    }
    query.from(("information_schema", table));
    if let Some(schema) = schema {
        query.and_where(Expr::col(schema).is_in(schemas));
    }
    if let Some(present) = present {
        query.and_where(Expr::col(present).is_not_null());
    }
    Some(query.to_string(MysqlQueryBuilder))
}

/// The tables that the role may SELECT from by privileges on their columns alone. `COLUMNS` has no rows for columns that it
/// may not read then, wherever they stand.
pub(super) fn granted_by_column(schemas: &[String]) -> String {
    let wider = |view: &str, same: &str| {
        format!(
            " AND NOT EXISTS (SELECT 1 FROM information_schema.{view} AS w WHERE w.PRIVILEGE_TYPE = 'SELECT'{same})"
        )
    };
    let mut query = Query::select();
    query
        .distinct()
        .expr_as(Expr::col(("c", "TABLE_SCHEMA")), "schema")
        .expr_as(Expr::col(("c", "TABLE_NAME")), "name")
        .from_as(("information_schema", "COLUMN_PRIVILEGES"), "c")
        .and_where(Expr::col(("c", "PRIVILEGE_TYPE")).eq("SELECT"))
        .and_where(Expr::col(("c", "TABLE_SCHEMA")).is_in(schemas));
    query.to_string(MysqlQueryBuilder)
        + &wider("TABLE_PRIVILEGES", " AND w.TABLE_SCHEMA = c.TABLE_SCHEMA AND w.TABLE_NAME = c.TABLE_NAME")
        // Privileges on databases are granted on patterns.
        + &wider("SCHEMA_PRIVILEGES", " AND c.TABLE_SCHEMA LIKE w.TABLE_SCHEMA")
        + &wider("USER_PRIVILEGES", "")
}

/// A row of [`granted_by_column`]: a database and a table in it.
pub(super) fn decode_key(row: &MySqlRow) -> Result<(String, String), sqlx::Error> {
    Ok((Cell::read(text(row, "schema")?), Cell::read(text(row, "name")?)))
}

/// One statement that returns `SHOW CREATE TABLE` of each table, after a row that holds the table's place in the list. A
/// table that cannot be shown is passed over. Only MariaDB has statements like this one.
pub(super) fn show_create(tables: &[(String, String)]) -> String {
    let mut sql = String::from("BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ");
    for (at, (schema, table)) in tables.iter().enumerate() {
        sql += &format!(
            "SELECT {at}; SHOW CREATE TABLE {}.{}; ",
            Engine::Mariadb.quoted(schema),
            Engine::Mariadb.quoted(table)
        );
    }
    sql + "END"
}

/// A row of [`show_create`].
pub(super) enum Shown {
    /// What follows belongs to the table at this place.
    Place(usize),
    /// The statement that would create it.
    Statement(String),
}

impl Shown {
    pub(super) fn decode(row: &MySqlRow) -> Result<Self, sqlx::Error> {
        if row.columns().len() == 1 {
            return Ok(Self::Place(u32::read(cell(row, 0)?) as usize));
        }
        Ok(Self::Statement(Cell::read(cell(row, 1)?)))
    }
}

/// A column whose type lists labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) column: String,
    /// Whether it is a `set`, whose labels are bits, not an `enum`, whose labels are numbers.
    pub(super) is_set: bool,
    /// How many labels there are.
    pub(super) count: usize,
}

/// One statement that returns every label of each column: variables of the columns' types are given the labels' numbers. Only
/// MariaDB has statements like this one.
pub(super) fn labels(columns: &[Labelled]) -> String {
    let mut sql = String::from("BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ");
    for (at, Labelled { schema, table, column, is_set, count }) in columns.iter().enumerate() {
        let [schema, table, column] = [schema, table, column].map(|name| Engine::Mariadb.quoted(name));
        sql += &format!("BEGIN DECLARE label TYPE OF {schema}.{table}.{column}; ");
        for number in 0..*count {
            let value = if *is_set { 1_u64.checked_shl(number as u32).unwrap_or(0) } else { number as u64 + 1 };
            sql += &format!("SET label = {value}; SELECT {at}, label; ");
        }
        sql += "END; ";
    }
    sql + "END"
}

/// A row of [`labels`]: the column's place in the list, and a label.
pub(super) fn decode_label(row: &MySqlRow) -> Result<(usize, Option<String>), sqlx::Error> {
    Ok((u32::read(cell(row, 0)?) as usize, cell(row, 1)?))
}

/// A value that a cell's text is read into.
trait Cell {
    fn read(text: Option<String>) -> Self;
}

impl Cell for String {
    /// NULL is the empty text: none of the columns read like this tells the two apart.
    fn read(text: Option<String>) -> Self {
        text.unwrap_or_default()
    }
}

impl Cell for Option<String> {
    fn read(text: Option<String>) -> Self {
        text
    }
}

impl Cell for Option<u32> {
    fn read(text: Option<String>) -> Self {
        text?.parse().ok()
    }
}

impl Cell for u32 {
    fn read(text: Option<String>) -> Self {
        Option::<u32>::read(text).unwrap_or_default()
    }
}

fn text(row: &MySqlRow, field: &str) -> Result<Option<String>, sqlx::Error> {
    cell(row, field)
}

/// A cell's text. In answers to plain statements every value travels as text.
fn cell(row: &MySqlRow, at: impl sqlx::ColumnIndex<MySqlRow>) -> Result<Option<String>, sqlx::Error> {
    let bytes: Option<&[u8]> = row.try_get_unchecked(at)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(columns: &[(&str, &str)]) -> Features {
        Features(columns.iter().map(|&(table, column)| (table.to_owned(), column.to_owned())).collect())
    }

    #[test]
    fn what_the_server_lacks_is_asked_for_as_null() {
        let features = features(&[("SCHEMATA", "SCHEMA_NAME")]);
        assert_eq!(
            select::<SchemaRow>(&features, &[]).as_deref(),
            Some("SELECT `SCHEMA_NAME` AS `name`, NULL AS `comment` FROM `information_schema`.`SCHEMATA`")
        );
        assert_eq!(select::<CheckRow>(&features, &[]), None);
    }

    #[test]
    fn names_of_databases_are_quoted() {
        let features = features(&[("PARTITIONS", "TABLE_SCHEMA")]);
        let sql = select::<PartitionRow>(&features, &["it's \\ `x`".into(), "二".into()]).expect("a statement");
        assert!(
            sql.ends_with(r"WHERE `TABLE_SCHEMA` IN ('it\'s \\ `x`', '二') AND `PARTITION_METHOD` IS NOT NULL"),
            "{sql}"
        );
        let column = Labelled { schema: "s".into(), table: "t".into(), column: "`".into(), is_set: true, count: 2 };
        let sql = labels(&[column]);
        assert!(sql.contains("label TYPE OF `s`.`t`.````; SET label = 1; SELECT 0, label; SET label = 2; "), "{sql}");
        let sql = show_create(&[("a`b".into(), "c".into())]);
        assert!(sql.ends_with("SELECT 0; SHOW CREATE TABLE `a``b`.`c`; END"), "{sql}");
    }
}
