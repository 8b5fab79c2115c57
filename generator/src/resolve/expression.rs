//! Reads SQL expressions as far as generated code can use them: literals, and CHECK conditions on one column.
//!
//! Whatever is not understood for certain is left alone. A condition that was translated says no more and no less than
//! the database's, except that `NULL`, which satisfies every CHECK, is for the column's nullability to allow.

use sqlparser::ast::{
    Array, BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator,
    Value,
};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use crate::catalog::Engine;

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    /// A number as it was written, with its sign.
    Number(String),
    /// Text.
    Text(String),
    /// A truth value.
    Boolean(bool),
    /// `NULL`.
    Null,
}

/// What a CHECK demands of one column's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// At least the number, or more than it.
    Minimum { value: String, exclusive: bool },
    /// At most the number, or less than it.
    Maximum { value: String, exclusive: bool },
    /// One of these; a list of one is a constant.
    OneOf(Vec<Literal>),
    /// At least so many characters.
    MinLength(u64),
    /// At most so many characters.
    MaxLength(u64),
    /// At least so many elements.
    MinItems(u64),
    /// At most so many elements.
    MaxItems(u64),
    /// Well-formed JSON.
    IsJson,
    /// Something else than NULL.
    NotNull,
    /// A regular expression that means the same in ECMA-262 with the `u` flag.
    Pattern(String),
}

/// What became of a CHECK.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Translation {
    /// Rules by column; a domain's value is the column `VALUE`.
    pub rules: Vec<(String, Rule)>,
    /// Whether the rules say all that the CHECK says.
    pub complete: bool,
}

/// Parses an expression of an engine's dialect; `None` where that fails.
fn parse(engine: Engine, text: &str) -> Option<Expr> {
    let dialect: &dyn Dialect = match engine {
        Engine::Postgres => &PostgreSqlDialect {},
        Engine::Mysql | Engine::Mariadb => &MySqlDialect {},
        Engine::Sqlite => &SQLiteDialect {},
    };
    let mut parser = Parser::new(dialect).try_with_sql(text).ok()?;
    let expression = parser.parse_expr().ok()?;
    (parser.peek_token().token == sqlparser::tokenizer::Token::EOF).then_some(expression)
}

/// The constant that an expression is, if it is one.
pub(super) fn literal(engine: Engine, text: &str) -> Option<Literal> {
    constant(&parse(engine, text)?)
}

/// Translates the condition of a CHECK.
pub(super) fn translate(engine: Engine, condition: &str) -> Translation {
    let Some(expression) = parse(engine, condition) else { return Translation::default() };
    let mut conjuncts = Vec::new();
    flatten(&expression, &BinaryOperator::And, &mut conjuncts);
    let mut translation = Translation { rules: Vec::new(), complete: true };
    for conjunct in conjuncts {
        match rules_of(engine, conjunct) {
            Some(rules) => translation.rules.extend(rules),
            None => translation.complete = false,
        }
    }
    translation
}

/// Splits a chain of one operator into its operands.
fn flatten<'a>(expression: &'a Expr, operator: &BinaryOperator, out: &mut Vec<&'a Expr>) {
    match bare(expression) {
        Expr::BinaryOp { left, op, right } if op == operator => {
            flatten(left, operator, out);
            flatten(right, operator, out);
        }
        other => out.push(other),
    }
}

/// Takes parentheses off.
fn bare(mut expression: &Expr) -> &Expr {
    while let Expr::Nested(inner) = expression {
        expression = inner;
    }
    expression
}

fn rules_of(engine: Engine, conjunct: &Expr) -> Option<Vec<(String, Rule)>> {
    match conjunct {
        Expr::BinaryOp { op: BinaryOperator::Or, .. } => disjunction(engine, conjunct).map(|rule| vec![rule]),
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } if measured(engine, left).is_some() => {
            let least = comparison(engine, left, &BinaryOperator::GtEq, right)?;
            Some(vec![least, comparison(engine, left, &BinaryOperator::LtEq, right)?])
        }
        Expr::BinaryOp { left, op, right } => comparison(engine, left, op, right).map(|rule| vec![rule]),
        Expr::Between { expr, negated: false, low, high } => {
            let mut rules = vec![comparison(engine, expr, &BinaryOperator::GtEq, low)?];
            rules.push(comparison(engine, expr, &BinaryOperator::LtEq, high)?);
            Some(rules)
        }
        Expr::Function(call) if call.name.to_string().eq_ignore_ascii_case("json_valid") => {
            only_argument(call).and_then(column).map(|name| vec![(name, Rule::IsJson)])
        }
        Expr::InList { expr, list, negated: false } => one_of(expr, list.iter()).map(|rule| vec![rule]),
        Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
            let Expr::Array(Array { elem, .. }) = without_casts(right) else { return None };
            one_of(left, elem.iter()).map(|rule| vec![rule])
        }
        // A column of its own is a condition if it is a boolean.
        Expr::Identifier(name) => Some(vec![(name.value.clone(), Rule::OneOf(vec![Literal::Boolean(true)]))]),
        Expr::IsNotNull(tested) => Some(vec![(column(tested)?, Rule::NotNull)]),
        _ => None,
    }
}

/// `a = 1 OR a = 2`, and `a IS NULL OR …`, which says what a nullable column allows anyway.
fn disjunction(engine: Engine, expression: &Expr) -> Option<(String, Rule)> {
    let mut operands = Vec::new();
    flatten(expression, &BinaryOperator::Or, &mut operands);
    let mut found: Option<(String, Rule)> = None;
    let mut nulls = Vec::new();
    for operand in operands {
        if let Expr::IsNull(tested) = operand {
            nulls.push(column(tested)?);
            continue;
        }
        let mut rules = rules_of(engine, operand)?;
        let (name, rule) = (rules.len() == 1).then(|| rules.remove(0))?;
        found = Some(match (found, rule) {
            (None, rule) => (name, rule),
            (Some((earlier, Rule::OneOf(mut list))), Rule::OneOf(more)) if earlier == name => {
                list.extend(more);
                (name, Rule::OneOf(list))
            }
            _ => return None,
        });
    }
    found.filter(|(name, _)| nulls.iter().all(|null| null == name))
}

fn comparison(engine: Engine, left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<(String, Rule)> {
    // The constant may stand on either side.
    let (tested, op, value) = match constant(right) {
        Some(value) => (left, op.clone(), value),
        None => (right, mirrored(op)?, constant(left)?),
    };
    match &op {
        BinaryOperator::Eq => (value != Literal::Null).then_some((column(tested)?, Rule::OneOf(vec![value]))),
        BinaryOperator::PGRegexMatch if engine == Engine::Postgres => {
            let Literal::Text(pattern) = value else { return None };
            Some((column(tested)?, Rule::Pattern(portable_regex(&pattern)?)))
        }
        // `~~` is how PostgreSQL prints LIKE. That of the others does not tell capital letters from small ones.
        BinaryOperator::PGLikeMatch if engine == Engine::Postgres => {
            let Literal::Text(pattern) = value else { return None };
            Some((column(tested)?, Rule::Pattern(like_pattern(&pattern)?)))
        }
        BinaryOperator::NotEq => {
            if let Some((measure, name)) = measured(engine, tested) {
                return (value == Literal::Number("0".into())).then(|| (name, measure.at_least(1)));
            }
            not_empty(engine, tested, &value)
        }
        BinaryOperator::Gt | BinaryOperator::GtEq | BinaryOperator::Lt | BinaryOperator::LtEq => {
            let Literal::Number(number) = value else {
                return (op == BinaryOperator::Gt).then(|| not_empty(engine, tested, &value)).flatten();
            };
            let exclusive = matches!(op, BinaryOperator::Gt | BinaryOperator::Lt);
            let upward = matches!(op, BinaryOperator::Gt | BinaryOperator::GtEq);
            if let Some((measure, name)) = measured(engine, tested) {
                let n: u64 = number.parse().ok()?;
                let rule = match (upward, exclusive) {
                    (true, true) => measure.at_least(n.checked_add(1)?),
                    (true, false) => measure.at_least(n),
                    (false, true) => measure.at_most(n.checked_sub(1)?),
                    (false, false) => measure.at_most(n),
                };
                return Some((name, rule));
            }
            let name = column(tested)?;
            Some((
                name,
                if upward {
                    Rule::Minimum { value: number, exclusive }
                } else {
                    Rule::Maximum { value: number, exclusive }
                },
            ))
        }
        _ => None,
    }
}

/// `name <> ''` says that there is a character; on MySQL, that one of them is no blank.
fn not_empty(engine: Engine, tested: &Expr, value: &Literal) -> Option<(String, Rule)> {
    let is_exact = !engine.is_mysql_family() && *value == Literal::Text(String::new());
    is_exact.then(|| column(tested)).flatten().map(|name| (name, Rule::MinLength(1)))
}

fn mirrored(op: &BinaryOperator) -> Option<BinaryOperator> {
    Some(match op {
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::GtEq => BinaryOperator::LtEq,
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::LtEq => BinaryOperator::GtEq,
        BinaryOperator::Eq => BinaryOperator::Eq,
        BinaryOperator::NotEq => BinaryOperator::NotEq,
        _ => return None,
    })
}

/// What a function counts.
#[derive(Clone, Copy)]
enum Measure {
    Characters,
    Elements,
}

impl Measure {
    fn at_least(self, n: u64) -> Rule {
        match self {
            Self::Characters => Rule::MinLength(n),
            Self::Elements => Rule::MinItems(n),
        }
    }

    fn at_most(self, n: u64) -> Rule {
        match self {
            Self::Characters => Rule::MaxLength(n),
            Self::Elements => Rule::MaxItems(n),
        }
    }
}

/// The column whose characters or elements a call counts. MySQL's `length` counts bytes and is not one of them.
fn measured(engine: Engine, expression: &Expr) -> Option<(Measure, String)> {
    let Expr::Function(call) = bare(expression) else { return None };
    let name = call.name.to_string().to_ascii_lowercase();
    let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
    let measure = match name {
        "char_length" | "character_length" => Measure::Characters,
        "length" if !engine.is_mysql_family() => Measure::Characters,
        "cardinality" if engine == Engine::Postgres => Measure::Elements,
        _ => return None,
    };
    Some((measure, column(only_argument(call)?)?))
}

/// The argument of a call that has one.
fn only_argument(call: &Function) -> Option<&Expr> {
    let FunctionArguments::List(list) = &call.args else { return None };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] => Some(argument),
        _ => None,
    }
}

fn one_of<'a>(tested: &Expr, list: impl Iterator<Item = &'a Expr>) -> Option<(String, Rule)> {
    let values = list.map(constant).collect::<Option<Vec<_>>>()?;
    // `x IN (1, NULL)` is never false, so that it forbids nothing.
    (!values.is_empty() && !values.contains(&Literal::Null)).then_some((column(tested)?, Rule::OneOf(values)))
}

/// The column that an expression reads, through casts that change nothing: text to text without a length, a number to an
/// unbounded one.
fn column(expression: &Expr) -> Option<String> {
    match bare(expression) {
        Expr::Identifier(name) => Some(name.value.clone()),
        // `table.column`: a CHECK speaks of its own table only.
        Expr::CompoundIdentifier(path) => path.last().map(|name| name.value.clone()),
        Expr::Cast { expr, data_type, .. } if is_text(data_type) || is_wide_number(data_type) => column(expr),
        _ => None,
    }
}

fn without_casts(expression: &Expr) -> &Expr {
    match bare(expression) {
        Expr::Cast { expr, .. } => without_casts(expr),
        other => other,
    }
}

fn constant(expression: &Expr) -> Option<Literal> {
    match bare(expression) {
        Expr::Value(value) => Some(match &value.value {
            Value::Number(digits, _) => Literal::Number(plain_number(digits)?),
            Value::SingleQuotedString(text)
            | Value::EscapedStringLiteral(text)
            | Value::NationalStringLiteral(text)
            | Value::UnicodeStringLiteral(text) => Literal::Text(text.clone()),
            Value::Boolean(truth) => Literal::Boolean(*truth),
            Value::Null => Literal::Null,
            _ => return None,
        }),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match constant(expr)? {
            Literal::Number(digits) if !digits.starts_with('-') => Some(Literal::Number(format!("-{digits}"))),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => match constant(expr)? {
            number @ Literal::Number(_) => Some(number),
            _ => None,
        },
        // MySQL writes `_utf8mb4'new'`.
        Expr::Prefixed { prefix, value } if prefix.value.starts_with('_') => constant(value),
        Expr::Cast { expr, data_type, .. } => match constant(expr)? {
            Literal::Null => Some(Literal::Null),
            text @ Literal::Text(_) if is_text(data_type) => Some(text),
            // PostgreSQL prints negative numbers as `'-1'::integer`.
            Literal::Text(digits) if is_number(data_type) => Some(Literal::Number(plain_number(&digits)?)),
            number @ Literal::Number(_) if is_number(data_type) => Some(number),
            truth @ Literal::Boolean(_) if matches!(data_type, DataType::Boolean | DataType::Bool) => Some(truth),
            // A label of an enumerated type: `'new'::shop.state`.
            text @ Literal::Text(_) if matches!(data_type, DataType::Custom(..)) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// A number without exponent, leading `+` or superfluous zeros in front; `None` for anything else.
fn plain_number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// A type that holds any text as it is: a length would cut it.
fn is_text(ty: &DataType) -> bool {
    matches!(
        ty,
        DataType::Text | DataType::Varchar(None) | DataType::CharacterVarying(None) | DataType::CharVarying(None)
    ) || matches!(ty, DataType::Custom(name, _) if name.to_string().eq_ignore_ascii_case("bpchar"))
}

/// A type that holds a number of any other as it is, or as near as a comparison needs.
fn is_wide_number(ty: &DataType) -> bool {
    matches!(
        ty,
        DataType::Numeric(sqlparser::ast::ExactNumberInfo::None)
            | DataType::Decimal(sqlparser::ast::ExactNumberInfo::None)
            | DataType::DoublePrecision
            | DataType::Double(_)
    )
}

fn is_number(ty: &DataType) -> bool {
    is_wide_number(ty)
        || matches!(
            ty,
            DataType::Int(_)
                | DataType::Integer(_)
                | DataType::SmallInt(_)
                | DataType::BigInt(_)
                | DataType::Real
                | DataType::Float(_)
                | DataType::Numeric(_)
                | DataType::Decimal(_)
        )
}

/// A pattern of LIKE as a regular expression.
fn like_pattern(pattern: &str) -> Option<String> {
    let mut out = String::from("^");
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => out.push_str("[\\s\\S]*"),
            '_' => out.push_str("[\\s\\S]"),
            '\\' => escape_into(&mut out, chars.next()?),
            c => escape_into(&mut out, c),
        }
    }
    out.push('$');
    Some(out)
}

fn escape_into(out: &mut String, c: char) {
    if "^$\\.*+?()[]{}|/".contains(c) {
        out.push('\\');
    }
    out.push(c);
}

/// Lets through regular expressions that mean the same to PostgreSQL and to ECMA-262 with the `u` flag: letters, digits
/// and plain signs, anchors, bracket expressions without classes, groups, alternatives and counted repetition.
/// `.` is not among them, for it matches a newline in one and not in the other, nor are letter escapes.
fn portable_regex(pattern: &str) -> Option<String> {
    let mut chars = pattern.chars().peekable();
    let mut depth = 0_u32;
    let mut repeatable = false;
    while let Some(c) = chars.next() {
        let was_repeatable = std::mem::replace(&mut repeatable, true);
        match c {
            '^' | '$' => repeatable = false,
            '(' => {
                if chars.peek() == Some(&'?') {
                    chars.next();
                    if chars.next() != Some(':') {
                        return None;
                    }
                }
                depth += 1;
                repeatable = false;
            }
            ')' => depth = depth.checked_sub(1)?,
            '|' => repeatable = false,
            '*' | '+' | '?' => {
                if !was_repeatable {
                    return None;
                }
                repeatable = false;
            }
            '{' => {
                if !was_repeatable {
                    return None;
                }
                let mut bounds = String::new();
                loop {
                    match chars.next()? {
                        '}' => break,
                        digit @ ('0'..='9' | ',') => bounds.push(digit),
                        _ => return None,
                    }
                }
                let (low, high) = bounds.split_once(',').unwrap_or((&bounds, ""));
                // PostgreSQL counts up to 255.
                let in_range = |n: &str| n.is_empty() || n.parse::<u16>().is_ok_and(|n| n <= 255);
                if low.is_empty() || !in_range(low) || !in_range(high) {
                    return None;
                }
                repeatable = false;
            }
            '[' => bracket(&mut chars)?,
            '\\' if "^$\\.*+?()[]{}|/".contains(chars.next()?) => {}
            '\\' | '.' | ']' | '}' => return None,
            c if c.is_control() => return None,
            _ => {}
        }
    }
    // `***` and `(?i)` at the start are directives of PostgreSQL's; both were refused above.
    (depth == 0).then(|| pattern.to_owned())
}

fn bracket(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<()> {
    if chars.peek() == Some(&'^') {
        chars.next();
    }
    let mut any = false;
    loop {
        match chars.next()? {
            ']' => return any.then_some(()),
            // `[:alpha:]`, `[.x.]` and `[=x=]` are PostgreSQL's alone, and a backslash differs.
            '[' | '\\' | '&' | '~' => return None,
            c if c.is_control() => return None,
            _ => any = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(engine: Engine, condition: &str) -> Vec<(String, Rule)> {
        let translation = translate(engine, condition);
        assert!(translation.complete, "{condition} was not translated whole: {translation:?}");
        translation.rules
    }

    fn text(values: &[&str]) -> Rule {
        Rule::OneOf(values.iter().map(|v| Literal::Text((*v).into())).collect())
    }

    #[test]
    fn what_the_engines_print_is_understood() {
        use Engine::{Mariadb, Mysql, Postgres, Sqlite};
        for (engine, condition, column, rule) in [
            (Postgres, "(price >= (0)::numeric)", "price", Rule::Minimum { value: "0".into(), exclusive: false }),
            (Postgres, "(n > '-1'::integer)", "n", Rule::Minimum { value: "-1".into(), exclusive: true }),
            (
                Postgres,
                "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                "state",
                text(&["a", "b"]),
            ),
            (Postgres, "(VALUE = ANY (ARRAY['a'::text, 'b'::text]))", "VALUE", text(&["a", "b"])),
            (Postgres, "(code ~ '^[A-Z]{2}$'::text)", "code", Rule::Pattern("^[A-Z]{2}$".into())),
            (Postgres, "(char_length((name)::text) > 0)", "name", Rule::MinLength(1)),
            (Postgres, "(cardinality(tags) <= 10)", "tags", Rule::MaxItems(10)),
            (Postgres, "(0 < n)", "n", Rule::Minimum { value: "0".into(), exclusive: true }),
            (Postgres, "((n IS NULL) OR (n < 5))", "n", Rule::Maximum { value: "5".into(), exclusive: true }),
            (Postgres, "((a = 'x'::text) OR (a = 'y'::text))", "a", text(&["x", "y"])),
            (Mariadb, "`state` in ('a','b')", "state", text(&["a", "b"])),
            (Mysql, "(`state` in (_utf8mb4'a',_utf8mb4'b'))", "state", text(&["a", "b"])),
            (Sqlite, "\"state\" IN ('a', 'b')", "state", text(&["a", "b"])),
            (Postgres, "(code ~~ 'ab_%'::text)", "code", Rule::Pattern("^ab[\\s\\S][\\s\\S]*$".into())),
            (Postgres, "(n IS NOT NULL)", "n", Rule::NotNull),
            (Postgres, "flag", "flag", Rule::OneOf(vec![Literal::Boolean(true)])),
            (Postgres, "(name <> ''::text)", "name", Rule::MinLength(1)),
            (Sqlite, "length(name) <= 40", "name", Rule::MaxLength(40)),
        ] {
            assert_eq!(rules(engine, condition), [(column.to_owned(), rule)], "{condition}");
        }
        assert_eq!(rules(Sqlite, "rating BETWEEN 1 AND 5").len(), 2);
        let exact = [("isbn".to_owned(), Rule::MinLength(13)), ("isbn".to_owned(), Rule::MaxLength(13))];
        assert_eq!(rules(Postgres, "(length(isbn) = 13)"), exact);
    }

    #[test]
    fn what_is_not_certain_is_left_alone() {
        for (engine, condition) in [
            (Engine::Mysql, "length(`name`) < 5"),
            (Engine::Postgres, "(name ~ '^.+$'::text)"),
            (Engine::Postgres, "(name ~ '\\mword'::text)"),
            (Engine::Postgres, "(name ~ '[[:alpha:]]'::text)"),
            (Engine::Postgres, "(name ~* '^a$'::text)"),
            (Engine::Postgres, "((price)::integer > 3)"),
            (Engine::Postgres, "((name)::character varying(3) = 'abc'::text)"),
            (Engine::Postgres, "((x)::bigint > 3)"),
            (Engine::Mysql, "`name` <> ''"),
            (Engine::Postgres, "(a > b)"),
            (Engine::Postgres, "((a > 1) OR (b > 1))"),
            (Engine::Postgres, "(day > '2020-01-01'::date)"),
            (Engine::Postgres, "(x = ANY (ARRAY['a'::text, NULL::text]))"),
            (Engine::Postgres, "not an expression ("),
            (Engine::Sqlite, "name LIKE 'a%'"),
        ] {
            let translation = translate(engine, condition);
            assert!(!translation.complete && translation.rules.is_empty(), "{condition}: {translation:?}");
        }
    }

    #[test]
    fn a_part_that_is_understood_is_used() {
        let translation = translate(Engine::Postgres, "((n > 0) AND (f(n) = 3))");
        assert!(!translation.complete);
        assert_eq!(translation.rules.len(), 1);
    }

    #[test]
    fn literals_are_told_from_expressions() {
        for (engine, expression, expected) in [
            (Engine::Postgres, "'new'::text", Some(Literal::Text("new".into()))),
            (Engine::Postgres, "'-7'::integer", Some(Literal::Number("-7".into()))),
            (Engine::Postgres, "0.00", Some(Literal::Number("0.00".into()))),
            (Engine::Postgres, "true", Some(Literal::Boolean(true))),
            (Engine::Postgres, "now()", None),
            (Engine::Postgres, "nextval('a_seq'::regclass)", None),
            (Engine::Mariadb, "current_timestamp()", None),
            (Engine::Mariadb, "'it''s'", Some(Literal::Text("it's".into()))),
            (Engine::Sqlite, "-1", Some(Literal::Number("-1".into()))),
            (Engine::Sqlite, "1e5", None),
        ] {
            assert_eq!(literal(engine, expression), expected, "{expression}");
        }
    }
}
