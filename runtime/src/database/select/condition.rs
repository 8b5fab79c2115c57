//! Conditions on the rows of one relation.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::operand::{Operand, TextValue};
use crate::columns::Col;
use crate::database::expression::column_param;
use crate::param::{Param, ToSql};

/// A condition on the rows of `T`, made of its columns: `columns::PRICE.lt(price) & columns::TITLE.contains("sea")`.
///
/// As in SQL, a comparison with a column that is NULL is neither true nor false, so that neither it nor its negation finds
/// the row.
#[must_use]
pub struct Condition<T> {
    pub(super) node: Node,
    of: PhantomData<fn() -> T>,
}

/// A condition, whichever relation it is for. Columns are positions among the relation's.
#[derive(Clone)]
pub(crate) enum Node {
    Compare {
        column: usize,
        operator: Operator,
        value: Param,
    },
    Columns {
        left: usize,
        operator: Operator,
        right: usize,
    },
    Null {
        column: usize,
        negated: bool,
    },
    In {
        column: usize,
        values: Vec<Param>,
        negated: bool,
    },
    Between {
        column: usize,
        low: Param,
        high: Param,
    },
    Like {
        column: usize,
        pattern: String,
    },
    /// The columns have the values of one of the rows, of which none is NULL.
    Keys {
        columns: Vec<usize>,
        rows: Vec<Vec<Param>>,
    },
    /// The columns, as a row, compare with the values, of which none is NULL.
    Row {
        columns: Vec<usize>,
        operator: Operator,
        values: Vec<Param>,
    },
    Sql {
        text: Cow<'static, str>,
        bound: Vec<(Cow<'static, str>, Param)>,
    },
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl<T> Condition<T> {
    fn new(node: Node) -> Self {
        Self { node, of: PhantomData }
    }

    /// What it is, whichever relation it is for.
    pub(crate) fn into_node(self) -> Node {
        self.node
    }

    /// A condition in SQL, with parameters by name as in [`Session::query`](crate::Session::query):
    ///
    /// ```text
    /// Condition::sql("lower(title) = :title").bind("title", "emma")
    /// ```
    pub fn sql(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Node::Sql { text: text.into(), bound: Vec::new() })
    }

    /// Binds a value to a parameter of [`sql`](Self::sql), with or without its colon. On a condition that is made of
    /// columns, there is none of that name, which the statement then fails for.
    pub fn bind(mut self, name: impl Into<Cow<'static, str>>, value: impl ToSql) -> Self {
        let name = match name.into() {
            Cow::Borrowed(name) => name.strip_prefix(':').unwrap_or(name).into(),
            Cow::Owned(name) => name.strip_prefix(':').map(str::to_owned).unwrap_or(name).into(),
        };
        let value = (name, value.to_sql());
        match &mut self.node {
            Node::Sql { bound, .. } => bound.push(value),
            // An empty text has no parameter.
            other => {
                let taken = std::mem::replace(other, Node::All(Vec::new()));
                *other = both(taken, Node::Sql { text: "".into(), bound: vec![value] });
            }
        }
        self
    }

    /// That both hold.
    pub fn and(self, other: Self) -> Self {
        Self::new(both(self.node, other.node))
    }

    /// That one of them holds, or both.
    pub fn or(self, other: Self) -> Self {
        Self::all_of(Node::Any, self.node, other.node)
    }

    /// That all of them hold; true if there are none.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Node::All(conditions.into_iter().map(|condition| condition.node).collect()))
    }

    /// That one of them holds; false if there are none.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Node::Any(conditions.into_iter().map(|condition| condition.node).collect()))
    }

    fn all_of(make: fn(Vec<Node>) -> Node, left: Node, right: Node) -> Self {
        // Chains stay flat, so that a long one is not as deep as it is long.
        let mut nodes = match left {
            Node::Any(nodes) if !nodes.is_empty() => nodes,
            left => vec![left],
        };
        nodes.push(right);
        Self::new(make(nodes))
    }
}

/// That both hold.
pub(crate) fn both(left: Node, right: Node) -> Node {
    let mut nodes = match left {
        Node::All(nodes) => nodes,
        left => vec![left],
    };
    match right {
        Node::All(more) => nodes.extend(more),
        right => nodes.push(right),
    }
    Node::All(nodes)
}

impl<T> BitAnd for Condition<T> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<T> BitOr for Condition<T> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

/// That it does not hold. Where a column in it is NULL, that is as unknown as the condition is.
impl<T> Not for Condition<T> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(Node::Not(Box::new(self.node)))
    }
}

impl<T> Clone for Condition<T> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

/// Without values, which may be secret.
impl<T> fmt::Debug for Condition<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").finish_non_exhaustive()
    }
}

impl<T, V> Col<T, V> {
    fn compare(self, operator: Operator, value: Param) -> Condition<T> {
        Condition::new(Node::Compare { column: self.index(), operator, value: column_param(value) })
    }

    fn compare_columns<W>(self, operator: Operator, other: Col<T, W>) -> Condition<T> {
        Condition::new(Node::Columns { left: self.index(), operator, right: other.index() })
    }

    /// `=`. Text is compared as the column's collation does it: with upper and lower case on PostgreSQL and SQLite, and
    /// mostly without on MySQL.
    pub fn eq(self, value: impl Operand<V>) -> Condition<T> {
        self.compare(Operator::Eq, value.into_param())
    }

    /// `<>`. Rows where the column is NULL are not among them.
    pub fn ne(self, value: impl Operand<V>) -> Condition<T> {
        self.compare(Operator::Ne, value.into_param())
    }

    /// `<`. Enumerated types of PostgreSQL and MySQL are in the order of their labels.
    pub fn lt(self, value: impl Operand<V>) -> Condition<T> {
        self.compare(Operator::Lt, value.into_param())
    }

    /// `<=`.
    pub fn le(self, value: impl Operand<V>) -> Condition<T> {
        self.compare(Operator::Le, value.into_param())
    }

    /// `>`.
    pub fn gt(self, value: impl Operand<V>) -> Condition<T> {
        self.compare(Operator::Gt, value.into_param())
    }

    /// `>=`.
    pub fn ge(self, value: impl Operand<V>) -> Condition<T> {
        self.compare(Operator::Ge, value.into_param())
    }

    /// `BETWEEN`, with both ends.
    pub fn between(self, low: impl Operand<V>, high: impl Operand<V>) -> Condition<T> {
        let (low, high) = (column_param(low.into_param()), column_param(high.into_param()));
        Condition::new(Node::Between { column: self.index(), low, high })
    }

    /// `IN`; false for every row where the list is empty.
    pub fn in_list<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Condition<T> {
        self.list(values.into_iter().map(O::into_param).collect(), false)
    }

    /// `NOT IN`; true for every row where the list is empty, NULL included.
    pub fn not_in_list<O: Operand<V>>(self, values: impl IntoIterator<Item = O>) -> Condition<T> {
        self.list(values.into_iter().map(O::into_param).collect(), true)
    }

    fn list(self, values: Vec<Param>, negated: bool) -> Condition<T> {
        let values = values.into_iter().map(column_param).collect();
        Condition::new(Node::In { column: self.index(), values, negated })
    }

    /// `=` between two columns.
    pub fn eq_col<W>(self, other: Col<T, W>) -> Condition<T> {
        self.compare_columns(Operator::Eq, other)
    }

    /// `<>` between two columns.
    pub fn ne_col<W>(self, other: Col<T, W>) -> Condition<T> {
        self.compare_columns(Operator::Ne, other)
    }

    /// `<` between two columns.
    pub fn lt_col<W>(self, other: Col<T, W>) -> Condition<T> {
        self.compare_columns(Operator::Lt, other)
    }

    /// `<=` between two columns.
    pub fn le_col<W>(self, other: Col<T, W>) -> Condition<T> {
        self.compare_columns(Operator::Le, other)
    }
}

impl<T, V> Col<T, Option<V>> {
    /// `IS NULL`.
    pub fn is_null(self) -> Condition<T> {
        Condition::new(Node::Null { column: self.index(), negated: false })
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Condition<T> {
        Condition::new(Node::Null { column: self.index(), negated: true })
    }
}

/// Searches in text. Whether upper and lower case count is up to the engine: they do on PostgreSQL, except for `citext`;
/// on MySQL the collation decides, and most let them pass for equal; on SQLite they do not for the letters of ASCII, and
/// do for all others.
impl<T, V: TextValue> Col<T, V> {
    /// `LIKE`: `%` stands for any characters, `_` for one, and a backslash makes the next character an ordinary one.
    pub fn like(self, pattern: impl Into<String>) -> Condition<T> {
        Condition::new(Node::Like { column: self.index(), pattern: pattern.into() })
    }

    /// That the text starts so, in which `%` and `_` are ordinary characters.
    pub fn starts_with(self, text: &str) -> Condition<T> {
        self.like(format!("{}%", escaped(text)))
    }

    /// That the text ends so, in which `%` and `_` are ordinary characters.
    pub fn ends_with(self, text: &str) -> Condition<T> {
        self.like(format!("%{}", escaped(text)))
    }

    /// That this is somewhere in the text, in which `%` and `_` are ordinary characters.
    pub fn contains(self, text: &str) -> Condition<T> {
        self.like(format!("%{}%", escaped(text)))
    }
}

/// A text as part of a pattern.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
