//! What a condition says of the rows that satisfy it.

use std::collections::BTreeSet;

use sqlparser::ast::{BinaryOperator, Expr};

use super::Tracer;
use super::scope::{Find, Kind, Side};

impl Tracer<'_> {
    /// Notes which columns are not NULL in rows that satisfy a condition.
    pub(super) fn hold(&self, side: &mut Side, condition: &Expr) {
        for place in self.proven(side, condition) {
            side.is_not_null(place);
        }
    }

    /// The columns that are not NULL where a condition is true.
    fn proven(&self, side: &Side, condition: &Expr) -> BTreeSet<usize> {
        self.deeper(|| match condition {
            Expr::Nested(inner) | Expr::IsTrue(inner) => self.proven(side, inner),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                let mut both = self.proven(side, left);
                both.extend(self.proven(side, right));
                both
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                let left = self.proven(side, left);
                left.intersection(&self.proven(side, right)).copied().collect()
            }
            Expr::BinaryOp {
                left,
                op:
                    BinaryOperator::Eq
                    | BinaryOperator::NotEq
                    | BinaryOperator::Lt
                    | BinaryOperator::LtEq
                    | BinaryOperator::Gt
                    | BinaryOperator::GtEq,
                right,
            } => self.read(side, left).into_iter().chain(self.read(side, right)).collect(),
            Expr::IsNotNull(inner)
            | Expr::InList { expr: inner, negated: false, .. }
            | Expr::InSubquery { expr: inner, negated: false, .. }
            | Expr::Between { expr: inner, negated: false, .. }
            | Expr::AnyOp { left: inner, compare_op: BinaryOperator::Eq, .. } => {
                self.read(side, inner).into_iter().collect()
            }
            // A truth value is a condition itself.
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.read(side, condition).into_iter().collect(),
            _ => BTreeSet::new(),
        })
        .unwrap_or_default()
    }

    /// The column that an expression reads which is NULL wherever the column is.
    fn read(&self, side: &Side, expr: &Expr) -> Option<usize> {
        let path: Vec<String> = match expr {
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => return self.read(side, inner),
            Expr::Cast { expr, data_type, .. } => {
                // What a cast of somebody's own makes of NULL is not known.
                let place = self.read(side, expr)?;
                let kinds = [side.columns[place].value.kind, self.kind_of(data_type)];
                return (self.is_sqlite() || !kinds.contains(&Kind::Opaque)).then_some(place);
            }
            Expr::Identifier(name) => vec![self.name(name)],
            Expr::CompoundIdentifier(path) => path.iter().map(|name| self.name(name)).collect(),
            _ => return None,
        };
        match side.find(&path) {
            Find::One(place) => Some(place),
            Find::Doubtful | Find::None => None,
        }
    }
}
