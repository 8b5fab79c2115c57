//! Single values: where they come from, and whether they can be NULL.

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    ObjectName, UnaryOperator, Value as Constant,
};

use super::Tracer;
use super::aggregate::gives_one_row;
use super::function::{Rule, rule};
use super::query::{Ctes, Groups};
use super::scope::{Kind, Scope, Value};

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) scope: &'p Scope<'p>,
    pub(super) ctes: &'p Ctes<'p>,
    pub(super) groups: Groups,
}

impl Tracer<'_> {
    /// What is known of a value that a query gives.
    pub(super) fn value(&self, expr: &Expr, place: Place<'_>) -> Value {
        let value = self.deeper(|| self.inner_value(expr, place)).unwrap_or_else(Value::unknown);
        // Where rows are grouped in several ways, whatever groups them in one is NULL in another.
        if place.groups == Groups::Sets && !is_count(expr) { value.nullable() } else { value }
    }

    fn inner_value(&self, expr: &Expr, place: Place<'_>) -> Value {
        match expr {
            Expr::Identifier(name) => place.scope.look_up(&[self.name(name)]),
            Expr::CompoundIdentifier(path) => {
                place.scope.look_up(&path.iter().map(|name| self.name(name)).collect::<Vec<_>>())
            }
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => self.value(inner, place),
            Expr::Value(value) => self.constant(&value.value, place),
            Expr::TypedString(text) => Value::made(self.kind_of(&text.data_type), true),
            Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None } => {
                self.cast(expr, data_type, place)
            }
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::Exists { .. } => Value::made(Kind::Boolean, true),
            Expr::BinaryOp { left, op, right } => self.operation(left, op, right, place),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                Value::made(Kind::Boolean, self.value(expr, place).not_null)
            }
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } => {
                let value = self.value(expr, place);
                Value::made(value.kind, value.not_null && (value.kind == Kind::Number || self.is_sqlite()))
            }
            Expr::InList { expr, list, .. } => {
                let values = std::iter::once(&**expr).chain(list).map(|expr| self.value(expr, place));
                Value::made(Kind::Boolean, self.are_comparable(values))
            }
            Expr::Between { expr, low, high, .. } => {
                let values = [expr, low, high].into_iter().map(|expr| self.value(expr, place));
                Value::made(Kind::Boolean, self.are_comparable(values))
            }
            Expr::Case { conditions, else_result, .. } => {
                let otherwise = else_result.as_ref().map_or_else(Value::null, |expr| self.value(expr, place));
                let results = conditions.iter().map(|when| self.value(&when.result, place));
                results.fold(otherwise, |all, one| one.either(all))
            }
            Expr::Trim { expr, trim_what, trim_characters: None, .. } => {
                let whole = self.value(expr, place).not_null
                    && trim_what.as_ref().is_none_or(|what| self.value(what, place).not_null);
                Value::made(Kind::Text, whole)
            }
            // By a pattern it gives NULL where none is found, and SQLite's gives NULL for a blob of no bytes.
            Expr::Substring { expr, substring_from, substring_for, .. } if !self.is_sqlite() => {
                let mut places = [substring_from, substring_for].into_iter().flatten().map(|at| self.value(at, place));
                let whole = places.all(|at| at.not_null && at.kind == Kind::Number);
                let value = self.value(expr, place);
                Value::made(Kind::Text, whole && value.not_null && value.kind == Kind::Text)
            }
            Expr::Ceil { expr, .. } | Expr::Floor { expr, .. } => {
                let value = self.value(expr, place);
                Value::made(Kind::Number, value.not_null && value.kind == Kind::Number)
            }
            Expr::AtTimeZone { timestamp, time_zone } => {
                let whole = self.value(timestamp, place).not_null && self.value(time_zone, place).not_null;
                Value::made(Kind::Scalar, whole)
            }
            Expr::Array(_) => Value::made(Kind::Opaque, true),
            Expr::Subquery(query) => {
                let outputs = self.query(query, place.ctes, Some(place.scope)).unwrap_or_default();
                let [output] = <[_; 1]>::try_from(outputs).ok().unwrap_or_else(|| [unknown_output()]);
                if gives_one_row(query) { output.value } else { output.value.nullable() }
            }
            Expr::Function(call) => self.call(call, place),
            _ => Value::unknown(),
        }
    }

    fn constant(&self, constant: &Constant, place: Place<'_>) -> Value {
        match constant {
            Constant::Null => Value::null(),
            Constant::Number(..) => Value::made(Kind::Number, true),
            Constant::Boolean(truth) => {
                // SQLite looks for a column of that name first.
                let name = Ident::new(truth.to_string());
                let is_column = self.is_sqlite() && place.scope.has(&[self.name(&name)]);
                if is_column { Value::unknown() } else { Value::made(Kind::Boolean, true) }
            }
            Constant::SingleQuotedString(_) | Constant::EscapedStringLiteral(_) => Value::made(Kind::Text, true),
            _ => Value::unknown(),
        }
    }

    fn cast(&self, expr: &Expr, to: &DataType, place: Place<'_>) -> Value {
        let value = self.value(expr, place);
        let kind = self.kind_of(to);
        if value.is_null {
            return Value::null().of_kind(kind);
        }
        let is_constant = matches!(expr, Expr::Value(_));
        // Casts between types of the engine's own keep what is there. A type reads its own text.
        let keeps = self.is_sqlite() || is_constant || (value.kind != Kind::Opaque && kind != Kind::Opaque);
        Value::made(kind, value.not_null && keeps)
    }

    fn operation(&self, left: &Expr, operator: &BinaryOperator, right: &Expr, place: Place<'_>) -> Value {
        let (left, right) = (self.value(left, place), self.value(right, place));
        let whole = left.not_null && right.not_null;
        match operator {
            BinaryOperator::And | BinaryOperator::Or => Value::made(Kind::Boolean, whole),
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq => Value::made(Kind::Boolean, self.are_comparable([left, right].into_iter())),
            BinaryOperator::StringConcat => {
                let is_text = left.kind == Kind::Text || right.kind == Kind::Text;
                let is_known = left.kind != Kind::Opaque && right.kind != Kind::Opaque;
                Value::made(Kind::Text, whole && (self.is_sqlite() || (is_text && is_known)))
            }
            // SQLite divides by zero, and takes what is not a number for NULL.
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo
                if !self.is_sqlite() && left.kind == Kind::Number && right.kind == Kind::Number =>
            {
                Value::made(Kind::Number, whole)
            }
            _ => Value::unknown(),
        }
    }

    /// Whether comparing values never gives NULL.
    fn are_comparable(&self, mut values: impl Iterator<Item = Value>) -> bool {
        values.all(|value| value.not_null && (self.is_sqlite() || value.kind != Kind::Opaque))
    }

    fn call(&self, call: &Function, place: Place<'_>) -> Value {
        let Some(name) = self.function_name(&call.name) else { return Value::unknown() };
        if let (FunctionArguments::Subquery(_), "array") = (&call.args, name.to_ascii_lowercase().as_str()) {
            return Value::made(Kind::Opaque, true);
        }
        let has_more = !call.within_group.is_empty() || !matches!(call.parameters, FunctionArguments::None);
        let Some(rule) = rule(self.engine, &name).filter(|_| !has_more) else { return Value::unknown() };
        if let Rule::Always(kind) = rule {
            return Value::made(kind, true);
        }
        let Some(arguments) = self.arguments(&call.args, place) else { return Value::unknown() };
        let is_window = call.over.is_some();
        let is_whole = || !is_window && !arguments.is_empty() && arguments.iter().all(|value| value.not_null);
        let has_row = place.groups == Groups::Plain && call.filter.is_none();
        match rule {
            Rule::Always(kind) => Value::made(kind, true),
            Rule::OfWindow(kind) => Value::made(kind, is_window),
            Rule::IfWhole(of, kind) => {
                let fits = |value: &Value| match of {
                    _ if self.is_sqlite() => true,
                    Some(of) => value.kind == of,
                    None => value.kind != Kind::Opaque,
                };
                Value::made(kind, is_whole() && arguments.iter().all(fits))
            }
            Rule::IfAny => {
                let not_null = arguments.iter().any(|value| value.not_null);
                let one = arguments.into_iter().reduce(Value::either).unwrap_or_else(Value::unknown);
                Value { not_null, is_null: one.is_null && !not_null, ..one }
            }
            Rule::OfGroup(kind) => {
                let is_made = kind != Kind::Number || arguments.iter().all(|value| value.kind == kind);
                Value::made(if is_made { kind } else { Kind::Opaque }, has_row && is_whole())
            }
            // SQLite has functions of those names that take several arguments.
            Rule::OutOfGroup => match <[Value; 1]>::try_from(arguments) {
                Ok([value]) if has_row && !is_window => value,
                Ok([value]) => value.nullable(),
                Err(_) => Value::unknown(),
            },
            Rule::OfOtherRow if arguments.len() <= 2 => {
                arguments.into_iter().next().map_or_else(Value::unknown, Value::nullable)
            }
            Rule::OfOtherRow => Value::unknown(),
        }
    }

    /// The name of a function of the engine's own; PostgreSQL qualifies all others.
    fn function_name(&self, name: &ObjectName) -> Option<String> {
        match self.names(name)?.as_slice() {
            [name] => Some(name.clone()),
            [schema, name] if schema == "pg_catalog" && !self.is_sqlite() => Some(name.clone()),
            _ => None,
        }
    }

    /// The values of arguments that are nothing else; no values for none.
    fn arguments(&self, arguments: &FunctionArguments, place: Place<'_>) -> Option<Vec<Value>> {
        let list = match arguments {
            FunctionArguments::None => return Some(Vec::new()),
            FunctionArguments::List(list) => list,
            FunctionArguments::Subquery(_) => return None,
        };
        // Within an aggregate nothing is grouped yet.
        let values = list.args.iter().map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(self.value(expr, place)),
            _ => None,
        });
        values.collect()
    }

    /// What may be done with values of a type that a cast names.
    pub(super) fn kind_of(&self, ty: &DataType) -> Kind {
        match ty {
            DataType::Boolean | DataType::Bool => Kind::Boolean,
            DataType::SmallInt(_)
            | DataType::Int(_)
            | DataType::Integer(_)
            | DataType::BigInt(_)
            | DataType::Numeric(_)
            | DataType::Decimal(_)
            | DataType::Real
            | DataType::Float(_)
            | DataType::Double(_)
            | DataType::DoublePrecision => Kind::Number,
            DataType::Text
            | DataType::Varchar(_)
            | DataType::CharacterVarying(_)
            | DataType::CharVarying(_)
            | DataType::Char(_)
            | DataType::Character(_) => Kind::Text,
            DataType::Date
            | DataType::Time(..)
            | DataType::Timestamp(..)
            | DataType::Interval { .. }
            | DataType::Uuid
            | DataType::Bytea => Kind::Scalar,
            DataType::Custom(name, _) => self.kind_named(name),
            _ => Kind::Opaque,
        }
    }

    fn kind_named(&self, name: &ObjectName) -> Kind {
        const SCALARS: &[&str] =
            &["inet", "cidr", "macaddr", "money", "name", "oid", "regclass", "regtype", "timestamptz"];
        let Some(path) = self.names(name) else { return Kind::Opaque };
        match path.as_slice() {
            [name] if name == "bpchar" => Kind::Text,
            [name] if SCALARS.contains(&name.as_str()) => Kind::Scalar,
            [schema, name] => {
                let is_meant = |known: &crate::catalog::QName| known.schema == *schema && known.name == *name;
                if self.catalog.enums.iter().any(|known| is_meant(&known.name)) {
                    return Kind::Scalar;
                }
                let domain = self.catalog.domains.iter().find(|known| is_meant(&known.name));
                domain.map_or(Kind::Opaque, |domain| self.kind(&domain.ty))
            }
            _ => Kind::Opaque,
        }
    }
}

fn unknown_output() -> super::scope::Output {
    super::scope::Output { name: None, value: Value::unknown(), hidden: false }
}

/// Whether it is a number of rows, which is 0 where there are none.
fn is_count(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(call) if call.name.to_string().eq_ignore_ascii_case("count"))
}
