//! The text of a SELECT, and what is bound to it.
//!
//! sea-query writes the statement: keywords, quotes, parentheses, what the engines call a lock. Its values cannot hold all
//! that a [`Param`] is, so the statement is built with the numbers of [`Piece`]s in their place, and [`Writer`] puts each
//! piece in when sea-query comes to it: placeholders with their casts, lists, fragments of SQL. So the parameters are in
//! the order of their placeholders by construction.
//!
//! The text depends on what is asked for and never on the values, the limits included, so that a prepared statement is used
//! again; lists are filled up to a power of two where every value has a placeholder.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use sea_query::{
    BinOper, Expr, ExprTrait, Func, LockBehavior, LockType, MysqlQueryBuilder, NullOrdering, Order,
    PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriter, SqliteQueryBuilder, Value,
};

use super::condition::{Node, Operator};
use super::order::Term;
use crate::database::error::Error;
use crate::database::expression::{element_type, literal_array, table, write_value};
use crate::database::query::slot;
use crate::param::Param;
use crate::sql::{Slot, TemplateCache};
use crate::table::{Column, Dialect, Relation};

/// What is selected from one relation.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) relation: &'static Relation,
    /// The engine that the relation's types are of.
    pub(crate) types: Dialect,
    pub(crate) filter: Node,
    pub(crate) order: Vec<Term>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) lock: Option<Lock>,
}

/// How the rows are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lock {
    pub(super) shared: bool,
    pub(super) behavior: Option<LockBehavior>,
}

/// What is asked of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The columns.
    Rows,
    /// Their number.
    Count,
    /// Whether there is one: a row, if so.
    One,
}

/// A statement before it is bound.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) sql: Arc<str>,
    pub(crate) params: Vec<Param>,
}

impl Plan {
    /// All rows.
    pub(crate) fn new(relation: &'static Relation, types: Dialect) -> Self {
        Self {
            relation,
            types,
            filter: Node::All(Vec::new()),
            order: Vec::new(),
            limit: None,
            offset: None,
            lock: None,
        }
    }

    /// The statement for an engine.
    pub(crate) fn build(&self, wanted: Wanted, templates: &TemplateCache) -> Result<Built, Error> {
        let dialect = templates.dialect();
        let mut builder = Builder { dialect, types: self.types, relation: self.relation, pieces: Vec::new() };
        let mut select = SelectStatement::new();
        let bounded = self.limit.is_some() || self.offset.is_some();
        match wanted {
            Wanted::Rows => {
                for column in self.relation.columns {
                    let mut read = String::new();
                    column.write_read(dialect, &mut read);
                    select.expr(Expr::cust(read));
                }
                if self.relation.columns.is_empty() && dialect != Dialect::Postgres {
                    select.expr(Expr::cust("NULL"));
                }
            }
            Wanted::Count if !bounded => {
                select.expr(Func::count(Expr::cust("*")));
            }
            Wanted::Count | Wanted::One => {
                select.expr(Expr::cust("1"));
            }
        }
        select.from(table(self.relation));
        if !matches!(&self.filter, Node::All(nodes) if nodes.is_empty()) {
            let filter = builder.condition(&self.filter)?;
            select.and_where(filter);
        }
        if wanted == Wanted::Rows {
            for term in &self.order {
                builder.order(*term, &mut select)?;
            }
        }
        self.bound(&mut select, dialect, wanted);
        if let Some(lock) = self.lock
            && wanted == Wanted::Rows
            && dialect != Dialect::Sqlite
        {
            let shared = if lock.shared { LockType::Share } else { LockType::Update };
            match lock.behavior {
                Some(behavior) => select.lock_with_behavior(shared, behavior),
                None => select.lock(shared),
            };
        }
        if wanted == Wanted::Count && bounded {
            let mut outer = SelectStatement::new();
            outer.expr(Func::count(Expr::cust("*"))).from_subquery(select, "found");
            select = outer;
        }
        builder.write(&select, templates)
    }

    fn bound(&self, select: &mut SelectStatement, dialect: Dialect, wanted: Wanted) {
        let limit = match wanted {
            Wanted::One => Some(self.limit.map_or(1, |limit| Ord::min(limit, 1))),
            _ => self.limit,
        };
        match (limit, self.offset) {
            (Some(limit), _) => select.limit(limit),
            // Only PostgreSQL has an offset without a limit.
            (None, Some(_)) if dialect != Dialect::Postgres => select.limit(u64::MAX),
            (None, _) => select,
        };
        if let Some(offset) = self.offset {
            select.offset(offset);
        }
    }
}

/// A part of a statement that sea-query cannot hold.
enum Piece {
    /// One value, as its column takes it.
    Value(&'static Column, Param),
    /// A pattern behind LIKE.
    Pattern(&'static Column, String),
    /// The position of a label among those of an `enum` of MySQL.
    Position(&'static Column, Param),
    /// Values in parentheses.
    List(&'static Column, Vec<Param>),
    /// PostgreSQL's `ANY` or `ALL` of an array, whose elements are of that type.
    Array(&'static str, Cow<'static, str>, Param),
    /// Rows of values (SQLite).
    Values(Vec<&'static Column>, Vec<Vec<Param>>),
    /// Rows out of one array for each column (PostgreSQL).
    Unnest(Vec<(Cow<'static, str>, Param)>),
    /// Conditions with a word between them, in parentheses.
    Chain(Word, Vec<Expr>),
    /// SQL with parameters by name.
    Fragment(Cow<'static, str>, Vec<(Cow<'static, str>, Param)>),
}

/// What stands between conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    And,
    Or,
}

/// Builds sea-query's statement, and puts aside what it cannot hold.
struct Builder {
    dialect: Dialect,
    types: Dialect,
    relation: &'static Relation,
    pieces: Vec<Piece>,
}

impl Builder {
    fn column(&self, index: usize) -> Result<&'static Column, Error> {
        let missing = || Error::statement(self.relation, format!("it has no column {index}, counted from 0"));
        self.relation.columns.get(index).ok_or_else(missing)
    }

    fn piece(&mut self, piece: Piece) -> Expr {
        self.pieces.push(piece);
        // A statement has fewer pieces than that by far.
        Expr::Value(Value::Unsigned(Some(u32::try_from(self.pieces.len() - 1).unwrap_or(u32::MAX))))
    }

    fn value(&mut self, column: &'static Column, value: &Param) -> Result<Expr, Error> {
        if value.is_null() {
            let why = format!("column {:?} is compared with NULL, which nothing is equal to; use is_null", column.name);
            return Err(Error::statement(self.relation, why));
        }
        Ok(self.piece(Piece::Value(column, value.clone())))
    }

    /// A condition within others.
    fn condition(&mut self, node: &Node) -> Result<Expr, Error> {
        Ok(match node {
            Node::All(nodes) => self.conditions(Word::And, nodes)?,
            Node::Any(nodes) => self.conditions(Word::Or, nodes)?,
            Node::Not(node) => self.condition(node)?.not(),
            Node::Compare { column, operator, value } => self.compare(*column, *operator, value)?,
            Node::Columns { left, operator, right } => {
                let (left, right) = (self.column(*left)?, self.column(*right)?);
                Expr::col(left.name).binary(operator.of_sea_query(), Expr::col(right.name))
            }
            Node::Null { column, negated: false } => Expr::col(self.column(*column)?.name).is_null(),
            Node::Null { column, negated: true } => Expr::col(self.column(*column)?.name).is_not_null(),
            Node::In { column, values, negated } => {
                let column = self.column(*column)?;
                self.list(column, values, *negated)?
            }
            Node::Between { column, low, high } => {
                let low = self.compare(*column, Operator::Ge, low)?;
                let high = self.compare(*column, Operator::Le, high)?;
                self.chain(Word::And, vec![low, high])
            }
            Node::Like { column, pattern } => {
                let column = self.column(*column)?;
                let pattern = self.piece(Piece::Pattern(column, pattern.clone()));
                Expr::col(column.name).binary(BinOper::Like, pattern)
            }
            Node::Keys { columns, rows } => self.keys(columns, rows)?,
            Node::Row { columns, operator, values } => {
                let mut left = Vec::new();
                let mut right = Vec::new();
                for (column, value) in columns.iter().zip(values) {
                    let column = self.column(*column)?;
                    left.push(Expr::col(column.name));
                    right.push(self.value(column, value)?);
                }
                Expr::tuple(left).binary(operator.of_sea_query(), Expr::tuple(right))
            }
            Node::Sql { text, bound } => self.piece(Piece::Fragment(text.clone(), bound.clone())),
        })
    }

    fn conditions(&mut self, word: Word, nodes: &[Node]) -> Result<Expr, Error> {
        let conditions = nodes.iter().map(|node| self.condition(node)).collect::<Result<_, _>>()?;
        Ok(self.chain(word, conditions))
    }

    /// Conditions with the word between them. sea-query's own chains are as deep as they are long, and thousands of
    /// conditions would not fit on the stack.
    fn chain(&mut self, word: Word, mut conditions: Vec<Expr>) -> Expr {
        match (word, conditions.len()) {
            (Word::And, 0) => Expr::cust("1 = 1"),
            (Word::Or, 0) => Expr::cust("1 = 0"),
            (_, 1) => conditions.swap_remove(0),
            _ => self.piece(Piece::Chain(word, conditions)),
        }
    }

    fn compare(&mut self, column: usize, operator: Operator, value: &Param) -> Result<Expr, Error> {
        let column = self.column(column)?;
        let ordered = !matches!(operator, Operator::Eq | Operator::Ne);
        // MySQL orders an `enum` by the positions of its labels, and compares it as text.
        if ordered && self.is_enum(column)? {
            self.value(column, value)?;
            self.pieces.pop();
            let position = self.piece(Piece::Position(column, value.clone()));
            let mut number = String::new();
            self.dialect.quote(column.name, &mut number);
            number.push_str(" + 0");
            return Ok(Expr::cust(number).binary(operator.of_sea_query(), position));
        }
        let value = self.value(column, value)?;
        Ok(Expr::col(column.name).binary(operator.of_sea_query(), value))
    }

    /// Whether a column is an `enum` of MySQL.
    fn is_enum(&self, column: &Column) -> Result<bool, Error> {
        if self.dialect != Dialect::Mysql {
            return Ok(false);
        }
        let sql_type = column.sql_type.to_ascii_lowercase();
        if sql_type.starts_with("set(") || (sql_type.starts_with("enum(") && sql_type.contains('\\')) {
            let why = format!("the order of column {:?} cannot be compared on MySQL", column.name);
            return Err(Error::statement(self.relation, why));
        }
        Ok(sql_type.starts_with("enum("))
    }

    fn list(&mut self, column: &'static Column, values: &[Param], negated: bool) -> Result<Expr, Error> {
        let Some(first) = values.first() else {
            return Ok(Expr::cust(if negated { "1 = 1" } else { "1 = 0" }));
        };
        if values.iter().any(Param::is_null) {
            let why = format!("the list for column {:?} has NULL in it, which nothing is equal to", column.name);
            return Err(Error::statement(self.relation, why));
        }
        let named = Expr::col(column.name);
        if self.dialect == Dialect::Postgres
            && let Some(element) = element_type(column, self.types, &first.kind())
        {
            let array = literal_array(values.to_vec(), &first.kind());
            let (word, operator) = if negated { ("ALL", BinOper::NotEqual) } else { ("ANY", BinOper::Equal) };
            let array = self.piece(Piece::Array(word, element, array));
            return Ok(named.binary(operator, array));
        }
        let list = self.piece(Piece::List(column, padded(values)));
        Ok(named.binary(if negated { BinOper::NotIn } else { BinOper::In }, list))
    }

    /// The form in which each engine looks up many rows by an index over several columns.
    fn keys(&mut self, columns: &[usize], rows: &[Vec<Param>]) -> Result<Expr, Error> {
        let columns = columns.iter().map(|&column| self.column(column)).collect::<Result<Vec<_>, _>>()?;
        if let [column] = columns[..] {
            let values: Vec<Param> = rows.iter().filter_map(|row| row.first().cloned()).collect();
            return self.list(column, &values, false);
        }
        let Some(first) = rows.first() else { return Ok(Expr::cust("1 = 0")) };
        let named = || Expr::tuple(columns.iter().map(|column| Expr::col(column.name)).collect::<Vec<_>>());
        let elements: Option<Vec<_>> =
            columns.iter().zip(first).map(|(column, value)| element_type(column, self.types, &value.kind())).collect();
        match (self.dialect, elements) {
            (Dialect::Postgres, Some(elements)) => {
                let arrays = elements.into_iter().enumerate().map(|(position, element)| {
                    let values: Vec<Param> = rows.iter().filter_map(|row| row.get(position).cloned()).collect();
                    let kind = first[position].kind();
                    (element, literal_array(values, &kind))
                });
                let piece = Piece::Unnest(arrays.collect());
                let rows = self.piece(piece);
                Ok(named().binary(BinOper::In, rows))
            }
            (Dialect::Sqlite, _) => {
                let rows = self.piece(Piece::Values(columns.clone(), padded(rows)));
                Ok(named().binary(BinOper::In, rows))
            }
            _ => {
                let mut any = Vec::new();
                for row in padded(rows) {
                    let mut all = Vec::new();
                    for (&column, value) in columns.iter().zip(&row) {
                        let value = self.value(column, value)?;
                        all.push(Expr::col(column.name).eq(value));
                    }
                    any.push(self.chain(Word::And, all));
                }
                Ok(self.chain(Word::Or, any))
            }
        }
    }

    fn order(&self, term: Term, select: &mut SelectStatement) -> Result<(), Error> {
        let column = self.column(term.column)?;
        // By its name alone, the output's column would be meant, which a cast has made something else.
        let named = match column.read {
            "" => Expr::col(column.name),
            _ => Expr::col((self.relation.name, column.name)),
        };
        let order = if term.descending { Order::Desc } else { Order::Asc };
        let by_itself = (self.dialect == Dialect::Postgres) == term.descending;
        if !column.nullable || term.nulls_first == by_itself {
            select.order_by_expr(named, order);
        } else {
            let nulls = if term.nulls_first { NullOrdering::First } else { NullOrdering::Last };
            select.order_by_expr_with_nulls(named, order, nulls);
        }
        Ok(())
    }

    fn write(self, select: &SelectStatement, templates: &TemplateCache) -> Result<Built, Error> {
        let mut writer = Writer {
            dialect: self.dialect,
            types: self.types,
            pieces: self.pieces,
            templates,
            sql: String::with_capacity(256),
            params: Vec::new(),
            failed: None,
        };
        match self.dialect {
            Dialect::Postgres => select.build_collect_into(PostgresQueryBuilder, &mut writer),
            Dialect::Mysql => select.build_collect_into(MysqlQueryBuilder, &mut writer),
            Dialect::Sqlite => select.build_collect_into(SqliteQueryBuilder, &mut writer),
        }
        match writer.failed {
            Some(error) => Err(error),
            None => Ok(Built { sql: writer.sql.into(), params: writer.params }),
        }
    }
}

/// Fills a list up to a power of two, with its last value again: lists of all lengths share a few statements.
fn padded<T: Clone>(values: &[T]) -> Vec<T> {
    let mut padded = values.to_vec();
    if let Some(last) = values.last() {
        padded.resize(values.len().next_power_of_two(), last.clone());
    }
    padded
}

impl Operator {
    fn of_sea_query(self) -> BinOper {
        match self {
            Self::Eq => BinOper::Equal,
            Self::Ne => BinOper::NotEqual,
            Self::Lt => BinOper::SmallerThan,
            Self::Le => BinOper::SmallerThanOrEqual,
            Self::Gt => BinOper::GreaterThan,
            Self::Ge => BinOper::GreaterThanOrEqual,
        }
    }
}

/// What sea-query writes to.
struct Writer<'a> {
    dialect: Dialect,
    types: Dialect,
    pieces: Vec<Piece>,
    templates: &'a TemplateCache,
    sql: String,
    params: Vec<Param>,
    failed: Option<Error>,
}

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.sql.push_str(text);
        Ok(())
    }
}

/// The text so far.
impl std::fmt::Display for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sql)
    }
}

impl SqlWriter for Writer<'_> {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, builder: &T) {
        match value {
            Value::Unsigned(Some(index)) => {
                // Every piece is come to once; what is left in its place is never read.
                let taken = Piece::Fragment("".into(), Vec::new());
                if let Some(piece) = self.pieces.get_mut(index as usize) {
                    match std::mem::replace(piece, taken) {
                        Piece::Chain(word, conditions) => self.chain(word, &conditions, builder),
                        piece => {
                            if let Err(error) = self.piece(piece) {
                                self.failed.get_or_insert(error);
                            }
                        }
                    }
                }
            }
            // A limit or an offset. What exceeds the signed half is more than any relation has.
            Value::BigUnsigned(Some(number)) => {
                self.params.push(Param::BigInt(i64::try_from(number).unwrap_or(i64::MAX)));
                self.dialect.placeholder(self.params.len(), &mut self.sql);
            }
            _ => debug_assert!(false, "statements are built of pieces and limits"),
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

impl Writer<'_> {
    fn value(&mut self, column: &Column, param: Param) {
        self.params.push(param);
        let number = self.params.len();
        write_value(column, self.types, self.dialect, &self.params[number - 1], number, &mut self.sql);
    }

    /// A placeholder within a cast.
    fn cast(&mut self, param: Param, sql_type: &str) {
        self.params.push(param);
        self.sql.push_str("CAST(");
        self.dialect.placeholder(self.params.len(), &mut self.sql);
        self.sql.extend([" AS ", sql_type, "[])"]);
    }

    fn list(&mut self, columns: &[&'static Column], values: Vec<Param>) {
        self.sql.push('(');
        for (index, value) in values.into_iter().enumerate() {
            self.sql.push_str(if index > 0 { ", " } else { "" });
            self.value(columns[index % columns.len()], value);
        }
        self.sql.push(')');
    }

    fn piece(&mut self, piece: Piece) -> Result<(), Error> {
        match piece {
            Piece::Value(column, param) => self.value(column, param),
            Piece::Pattern(column, pattern) => {
                // Padding is of no account in a pattern.
                let plain =
                    Column::new(column.name, if column.sql_type.ends_with("citext") { column.sql_type } else { "" });
                self.value(&plain, Param::Text(pattern));
                self.sql.push_str(match self.dialect {
                    Dialect::Mysql => r" ESCAPE '\\'",
                    Dialect::Postgres | Dialect::Sqlite => r" ESCAPE '\'",
                });
            }
            Piece::Position(column, param) => {
                // `enum('a','b')` lists the labels as a function takes them.
                let labels = column.sql_type.get("enum(".len()..).unwrap_or(")");
                self.sql.push_str("FIELD(");
                self.value(column, param);
                self.sql.extend([", ", labels]);
            }
            Piece::List(column, values) => self.list(&[column], values),
            Piece::Array(word, element, array) => {
                self.sql.extend([word, "("]);
                self.cast(array, &element);
                self.sql.push(')');
            }
            Piece::Values(columns, rows) => {
                self.sql.push_str("(VALUES ");
                for (index, row) in rows.into_iter().enumerate() {
                    self.sql.push_str(if index > 0 { ", " } else { "" });
                    self.list(&columns, row);
                }
                self.sql.push(')');
            }
            Piece::Unnest(arrays) => {
                self.sql.push_str("(SELECT * FROM unnest(");
                for (index, (element, array)) in arrays.into_iter().enumerate() {
                    self.sql.push_str(if index > 0 { ", " } else { "" });
                    self.cast(array, &element);
                }
                self.sql.push_str("))");
            }
            Piece::Fragment(text, bound) => self.fragment(&text, bound)?,
            // It needs sea-query's builder, and is written by `push_param`.
            Piece::Chain(..) => {}
        }
        Ok(())
    }

    /// SQLite takes expressions of a depth up to 1000, and counts every word of a chain: long ones are made of parts.
    fn chain(&mut self, word: Word, conditions: &[Expr], builder: &impl QueryBuilder) {
        const LONGEST: usize = 100;
        self.sql.push('(');
        let part = if conditions.len() > LONGEST { conditions.len().div_ceil(LONGEST) } else { 1 };
        for (index, part) in conditions.chunks(part).enumerate() {
            self.sql.push_str(match word {
                _ if index == 0 => "",
                Word::And => " AND ",
                Word::Or => " OR ",
            });
            match part {
                [condition] => builder.prepare_expr(condition, self),
                part => self.chain(word, part, builder),
            }
        }
        self.sql.push(')');
    }

    fn fragment(&mut self, text: &str, bound: Vec<(Cow<'static, str>, Param)>) -> Result<(), Error> {
        let template = self.templates.get(text)?;
        let positions = template.check_bound(bound.iter().map(|(name, _)| &**name))?;
        let params: Vec<&Param> = positions.into_iter().map(|position| &bound[position].1).collect();
        let slots: Vec<Slot<'_>> = params.iter().map(|param| slot(self.dialect, param)).collect();
        let (rendered, order) = template.render_behind(self.params.len(), &slots)?;
        self.sql.extend(["(", &rendered]);
        // A comment at the end of a line would take in the parenthesis.
        self.sql.push_str(if rendered.contains("--") || rendered.contains('#') { "\n)" } else { ")" });
        self.params.extend(order.iter().map(|bind| match params[bind.parameter] {
            Param::List(items) => items[bind.element].clone(),
            param => param.clone(),
        }));
        Ok(())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
