//! Conditions and values: expressions that mean the same on every engine.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments,
    Spanned, UnaryOperator, Value,
};

use super::{Place, Refused, literal, pattern};
use crate::table::Dialect;

/// How tightly an operator binds. What binds less tightly than its surroundings is put in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    /// Engines do not agree on where `||` stands.
    Concatenation,
    Sum,
    Product,
    Whole,
}

/// Renders expressions for one engine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expressions {
    pub(super) dialect: Dialect,
    /// Whether count, sum, min and max may stand here.
    pub(super) aggregates: bool,
    /// Where the statement begins, for expressions whose own place is not known.
    pub(super) place: Place,
}

impl Expressions {
    /// The expression as the engine is told it.
    pub(super) fn sql(self, expr: &Expr) -> Refused<String> {
        self.render(expr).map(|(sql, _)| sql)
    }

    fn at(self, expr: &Expr) -> Place {
        Place::of(expr.span()).unwrap_or(self.place)
    }

    fn refuse<T>(self, expr: &Expr, message: impl Into<String>) -> Refused<T> {
        Err(self.at(expr).says(message))
    }

    /// An operand of something that binds as tightly as `least`.
    fn operand(self, expr: &Expr, least: Binding) -> Refused<String> {
        let (sql, binding) = self.render(expr)?;
        Ok(if binding < least { format!("({sql})") } else { sql })
    }

    fn render(self, expr: &Expr) -> Refused<(String, Binding)> {
        let comparison = |sql: String| Ok((sql, Binding::Comparison));
        match expr {
            Expr::Nested(inner) => self.render(inner),
            Expr::Identifier(name) => Ok((literal::name(self.dialect, &super::name_of(name)?), Binding::Whole)),
            Expr::CompoundIdentifier(names) if names.len() == 2 => {
                let names = names.iter().map(super::name_of).collect::<Refused<Vec<_>>>()?;
                let names: Vec<String> = names.iter().map(|name| literal::name(self.dialect, name)).collect();
                Ok((names.join("."), Binding::Whole))
            }
            Expr::Value(value) => self.value(&value.value, expr),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                Ok((format!("NOT {}", self.operand(expr, Binding::Whole)?), Binding::Not))
            }
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                Ok((format!("-{}", self.operand(expr, Binding::Whole)?), Binding::Product))
            }
            Expr::IsNull(tested) => comparison(format!("{} IS NULL", self.operand(tested, Binding::Sum)?)),
            Expr::IsNotNull(tested) => comparison(format!("{} IS NOT NULL", self.operand(tested, Binding::Sum)?)),
            Expr::IsTrue(tested) => comparison(format!("{} IS TRUE", self.operand(tested, Binding::Sum)?)),
            Expr::IsFalse(tested) => comparison(format!("{} IS FALSE", self.operand(tested, Binding::Sum)?)),
            Expr::Between { expr, negated, low, high } => comparison(format!(
                "{} {}BETWEEN {} AND {}",
                self.operand(expr, Binding::Sum)?,
                not(*negated),
                self.operand(low, Binding::Sum)?,
                self.operand(high, Binding::Sum)?
            )),
            Expr::InList { expr: tested, list, negated } if !list.is_empty() => {
                let list = list.iter().map(|item| self.sql(item)).collect::<Refused<Vec<_>>>()?;
                comparison(format!("{} {}IN ({})", self.operand(tested, Binding::Sum)?, not(*negated), list.join(", ")))
            }
            Expr::Like { negated, any: false, expr: tested, pattern, escape_char: None } => {
                let Some(text) = text_of(pattern) else {
                    return self.refuse(expr, "the pattern of a portable LIKE is a text, and not an expression");
                };
                let subject = self.operand(tested, Binding::Whole)?;
                match pattern::like(self.dialect, &subject, text, *negated) {
                    Ok(sql) => comparison(sql),
                    Err(message) => self.refuse(pattern, format!("{message}: put this into the engines' folders")),
                }
            }
            Expr::SimilarTo { negated, expr: tested, pattern, escape_char: None } => {
                let Some(text) = text_of(pattern) else {
                    return self.refuse(expr, "the pattern of a portable SIMILAR TO is a text, and not an expression");
                };
                let subject = self.operand(tested, Binding::Whole)?;
                match pattern::similar(self.dialect, &subject, text, *negated) {
                    Ok(sql) => Ok((sql, if *negated { Binding::Not } else { Binding::And })),
                    Err(message) => self.refuse(pattern, format!("{message}: put this into the engines' folders")),
                }
            }
            Expr::BinaryOp { left, op, right } => self.binary(expr, left, op, right),
            Expr::Function(call) => self.call(expr, call),
            Expr::Case { operand: None, conditions, else_result, .. } => {
                let mut sql = "CASE".to_owned();
                for CaseWhen { condition, result } in conditions {
                    sql.push_str(&format!(" WHEN {} THEN {}", self.sql(condition)?, self.sql(result)?));
                }
                if let Some(result) = else_result {
                    sql.push_str(&format!(" ELSE {}", self.sql(result)?));
                }
                Ok((sql + " END", Binding::Whole))
            }
            Expr::Case { .. } => self.refuse(expr, "write CASE WHEN x = 1 THEN … instead of CASE x WHEN 1 THEN …"),
            Expr::InSubquery { .. } | Expr::Exists { .. } | Expr::Subquery(_) => {
                self.refuse(expr, "queries inside of expressions are not portable: put this into the engines' folders")
            }
            Expr::ILike { .. } => {
                self.refuse(expr, "only PostgreSQL has ILIKE: compare lower(…), or use engine folders")
            }
            Expr::Cast { .. } => self.refuse(expr, "the engines do not cast alike: put this into the engines' folders"),
            Expr::TypedString(_) => self.refuse(expr, "write the text alone, without its type: '2026-01-31'"),
            other => self.refuse(
                expr,
                format!("`{other}` does not mean the same on every engine: put this into the engines' folders"),
            ),
        }
    }

    fn value(self, value: &Value, expr: &Expr) -> Refused<(String, Binding)> {
        let sql = match value {
            Value::Number(digits, false) if digits.chars().all(|c| c.is_ascii_digit() || c == '.') => digits.clone(),
            Value::SingleQuotedString(text) => literal::text(self.dialect, text),
            Value::HexStringLiteral(digits) if digits.len().is_multiple_of(2) => literal::bytes(self.dialect, digits),
            Value::Boolean(true) => "TRUE".to_owned(),
            Value::Boolean(false) => "FALSE".to_owned(),
            Value::Null => "NULL".to_owned(),
            Value::DoubleQuotedString(_) => return self.refuse(expr, "a text stands between single quotes"),
            other => {
                return self.refuse(
                    expr,
                    format!("`{other}` is no portable constant: write a number, a text in single quotes, X'…', TRUE, FALSE or NULL"),
                );
            }
        };
        Ok((sql, Binding::Whole))
    }

    fn binary(self, expr: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr) -> Refused<(String, Binding)> {
        use Binding::{And, Comparison, Concatenation, Or, Product, Sum, Whole};
        let (sign, binding, least_left, least_right) = match op {
            BinaryOperator::And => ("AND", And, And, And),
            BinaryOperator::Or => ("OR", Or, Or, Or),
            BinaryOperator::Eq => ("=", Comparison, Sum, Sum),
            BinaryOperator::NotEq => ("<>", Comparison, Sum, Sum),
            BinaryOperator::Lt => ("<", Comparison, Sum, Sum),
            BinaryOperator::LtEq => ("<=", Comparison, Sum, Sum),
            BinaryOperator::Gt => (">", Comparison, Sum, Sum),
            BinaryOperator::GtEq => (">=", Comparison, Sum, Sum),
            BinaryOperator::Plus => ("+", Sum, Sum, Product),
            BinaryOperator::Minus => ("-", Sum, Sum, Product),
            BinaryOperator::Multiply => ("*", Product, Product, Whole),
            BinaryOperator::StringConcat if self.dialect == Dialect::Mysql => {
                // There `||` may mean OR.
                let mut parts = Vec::new();
                concatenated(expr, &mut parts);
                let parts = parts.into_iter().map(|part| self.sql(part)).collect::<Refused<Vec<_>>>()?;
                return Ok((format!("concat({})", parts.join(", ")), Whole));
            }
            BinaryOperator::StringConcat => ("||", Concatenation, Whole, Whole),
            BinaryOperator::Divide | BinaryOperator::Modulo => {
                return self.refuse(
                    expr,
                    "the engines do not divide alike, whole numbers least of all: put this into the engines' folders",
                );
            }
            other => {
                return self.refuse(
                    expr,
                    format!("the operator {other} is not on every engine: put this into the engines' folders"),
                );
            }
        };
        let left = match (op, bare(left)) {
            // A chain needs no parentheses.
            (BinaryOperator::StringConcat, Expr::BinaryOp { op: BinaryOperator::StringConcat, .. }) => {
                self.sql(left)?
            }
            _ => self.operand(left, least_left)?,
        };
        Ok((format!("{left} {sign} {}", self.operand(right, least_right)?), binding))
    }

    fn call(self, expr: &Expr, call: &Function) -> Refused<(String, Binding)> {
        let name = call.name.to_string().to_ascii_lowercase();
        let FunctionArguments::List(FunctionArgumentList { duplicate_treatment, args, clauses }) = &call.args else {
            return self.refuse(expr, format!("{name} is not among the portable functions"));
        };
        let distinct = match duplicate_treatment {
            Some(sqlparser::ast::DuplicateTreatment::Distinct) => "DISTINCT ",
            _ => "",
        };
        // Whatever else a call can have, such as FILTER and OVER, shows in its text.
        let texts: Vec<String> = args.iter().map(ToString::to_string).collect();
        let plain = format!("{}({distinct}{})", call.name, texts.join(", "));
        if !clauses.is_empty() || plain != call.to_string() {
            return self.refuse(expr, format!("`{call}` is not on every engine: put this into the engines' folders"));
        }
        let is_aggregate = matches!(name.as_str(), "count" | "sum" | "min" | "max");
        let inner = Self { aggregates: self.aggregates && !is_aggregate, ..self };
        let mut arguments = Vec::new();
        let mut is_star = false;
        for argument in args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => arguments.push(inner.sql(argument)?),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => is_star = true,
                _ => return self.refuse(expr, format!("`{call}` is not on every engine")),
            }
        }
        let (engine_name, counts): (&str, std::ops::RangeInclusive<usize>) = match name.as_str() {
            // MySQL's length counts bytes.
            "length" | "char_length" | "character_length" => {
                (if self.dialect == Dialect::Sqlite { "length" } else { "char_length" }, 1..=1)
            }
            "lower" | "upper" | "abs" => (name.as_str(), 1..=1),
            "coalesce" => ("coalesce", 2..=usize::MAX),
            "nullif" => ("nullif", 2..=2),
            "count" | "sum" | "min" | "max" => {
                if !self.aggregates {
                    return self.refuse(expr, format!("{name} stands in a view's SELECT and HAVING only"));
                }
                if is_star && name == "count" && distinct.is_empty() {
                    return Ok(("count(*)".to_owned(), Binding::Whole));
                }
                (name.as_str(), 1..=1)
            }
            "avg" => return self.refuse(expr, "each engine has averages of its own precision: use sum and count"),
            "now" => return self.refuse(expr, "write CURRENT_TIMESTAMP"),
            _ => {
                return self.refuse(
                    expr,
                    format!(
                        "{name} is not among the portable functions: char_length, lower, upper, abs, coalesce, nullif, \
                         and in views count, sum, min and max; put this into the engines' folders"
                    ),
                );
            }
        };
        if is_star || !counts.contains(&arguments.len()) || (!distinct.is_empty() && !is_aggregate) {
            return self.refuse(expr, format!("{name} is called with other arguments than it has"));
        }
        Ok((format!("{engine_name}({distinct}{})", arguments.join(", ")), Binding::Whole))
    }
}

/// Whether an aggregate is called anywhere in an expression that was rendered without an error.
pub(super) fn has_aggregate(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) | Expr::IsNull(inner) | Expr::IsNotNull(inner) | Expr::UnaryOp { expr: inner, .. } => {
            has_aggregate(inner)
        }
        Expr::BinaryOp { left, right, .. } => has_aggregate(left) || has_aggregate(right),
        Expr::Case { conditions, else_result, .. } => {
            conditions.iter().any(|when| has_aggregate(&when.condition) || has_aggregate(&when.result))
                || else_result.as_deref().is_some_and(has_aggregate)
        }
        Expr::Function(call) => {
            let is_aggregate =
                ["count", "sum", "min", "max"].iter().any(|name| call.name.to_string().eq_ignore_ascii_case(name));
            let FunctionArguments::List(list) = &call.args else { return is_aggregate };
            is_aggregate
                || list.args.iter().any(|argument| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => has_aggregate(argument),
                    _ => false,
                })
        }
        _ => false,
    }
}

/// The columns that an expression names, in lower case, without their tables. For the kinds that [`Expressions`] renders.
pub(super) fn columns(expr: &Expr, out: &mut Vec<String>) {
    match expr {
        Expr::Identifier(name) => out.push(name.value.to_lowercase()),
        Expr::CompoundIdentifier(names) => out.extend(names.last().map(|name| name.value.to_lowercase())),
        Expr::Nested(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Like { expr: inner, .. }
        | Expr::SimilarTo { expr: inner, .. } => columns(inner, out),
        Expr::BinaryOp { left, right, .. } => {
            columns(left, out);
            columns(right, out);
        }
        Expr::Between { expr, low, high, .. } => [expr, low, high].into_iter().for_each(|part| columns(part, out)),
        Expr::InList { expr, list, .. } => {
            columns(expr, out);
            list.iter().for_each(|item| columns(item, out));
        }
        Expr::Case { conditions, else_result, .. } => {
            for when in conditions {
                columns(&when.condition, out);
                columns(&when.result, out);
            }
            else_result.iter().for_each(|result| columns(result, out));
        }
        Expr::Function(call) => {
            if let FunctionArguments::List(list) = &call.args {
                for argument in &list.args {
                    if let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument {
                        columns(argument, out);
                    }
                }
            }
        }
        _ => {}
    }
}

/// The text that an expression is, if it is one.
pub(super) fn text_of(expr: &Expr) -> Option<&str> {
    match bare(expr) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Takes parentheses off.
fn bare(mut expr: &Expr) -> &Expr {
    while let Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

fn concatenated<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match bare(expr) {
        Expr::BinaryOp { left, op: BinaryOperator::StringConcat, right } => {
            concatenated(left, out);
            concatenated(right, out);
        }
        other => out.push(other),
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}
