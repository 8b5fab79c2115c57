//! Holds what the database has against what the code has.

use super::difference::{Difference, DifferenceKind, Filling, ForeignKeyShape};
use super::{Actions, Answer, Live, LiveColumn, LiveForeignKey, LiveKey};
use crate::table::{Column, Dialect, ForeignKey, Relation, RelationKind, Schema, UniqueKey};

/// Every difference, by relation and column; what is said of a relation as a whole comes first.
pub(super) fn compare(dialect: Dialect, schema: &Schema, answer: &Answer) -> Vec<Difference> {
    let names = Names { current: &answer.current, folds: answer.folds_names };
    let mut differences = Vec::new();
    for (place, relation) in schema.relations.iter().enumerate() {
        let live = answer.relations.get(place).and_then(Option::as_ref);
        let mut comparison = Comparison {
            dialect,
            is_same_engine: dialect == schema.dialect,
            names: &names,
            relation,
            differences: &mut differences,
        };
        comparison.relation(live);
    }
    if dialect == schema.dialect {
        for (expected, found) in schema.enums.iter().zip(&answer.enums) {
            let labels: Vec<String> = expected.labels().map(str::to_owned).collect();
            if found.as_ref() != Some(&labels) {
                let kind = DifferenceKind::EnumLabels { expected: labels, found: found.clone() };
                differences.push(Difference { relation: expected.name.to_owned(), column: None, kind });
            }
        }
    }
    differences.sort_by(|a, b| (&a.relation, &a.column).cmp(&(&b.relation, &b.column)));
    differences
}

/// When two names are one.
struct Names<'a> {
    current: &'a str,
    folds: bool,
}

impl Names<'_> {
    fn same(&self, a: &str, b: &str) -> bool {
        if self.folds { a.to_lowercase() == b.to_lowercase() } else { a == b }
    }

    fn is_relation(&self, (schema, name): (&str, &str), live: &(String, String)) -> bool {
        let schema = if schema.is_empty() { self.current } else { schema };
        self.same(schema, &live.0) && self.same(name, &live.1)
    }
}

struct Comparison<'a> {
    dialect: Dialect,
    /// Whether the code was generated from the same engine, so that types and defaults mean the same.
    is_same_engine: bool,
    names: &'a Names<'a>,
    relation: &'static Relation,
    differences: &'a mut Vec<Difference>,
}

impl Comparison<'_> {
    fn add(&mut self, column: Option<&str>, kind: DifferenceKind) {
        let (relation, column) = (self.relation.title(), column.map(str::to_owned));
        self.differences.push(Difference { relation, column, kind });
    }

    fn relation(&mut self, live: Option<&Live>) {
        let expected = self.relation.kind;
        let Some(live) = live else {
            return self.add(None, DifferenceKind::RelationMissing { expected });
        };
        if !self.is_same_kind(expected, live.kind) {
            self.add(None, DifferenceKind::RelationKind { expected, found: live.kind });
        }
        if let Some(why) = &live.broken {
            return self.add(None, DifferenceKind::RelationBroken { why: why.clone() });
        }
        self.columns(live);
        // What a view promises of its rows, it takes from elsewhere.
        if expected.is_view() || live.kind.is_view() {
            return;
        }
        self.primary_key(live);
        for key in self.relation.unique_keys {
            self.unique_key(key, live);
        }
        self.foreign_keys(live);
    }

    fn is_same_kind(&self, expected: RelationKind, found: RelationKind) -> bool {
        // Partitions change nothing for those who use the table.
        let whole = |kind| if kind == RelationKind::PartitionedTable { RelationKind::Table } else { kind };
        if self.is_same_engine { whole(expected) == whole(found) } else { expected.is_view() == found.is_view() }
    }

    fn columns(&mut self, live: &Live) {
        for column in self.relation.columns {
            match live.columns.iter().find(|found| found.name == column.name) {
                Some(found) => self.column(column, found, live),
                None => {
                    self.add(Some(column.name), DifferenceKind::ColumnMissing { expected: column.sql_type.to_owned() });
                }
            }
        }
        for found in &live.columns {
            let is_known = self.relation.column(&found.name).is_some()
                || self.relation.left_out.contains(&&*found.name)
                || found.is_argument;
            if is_known {
                continue;
            }
            let refuses_inserts = !live.kind.is_view() && !found.nullable && !found.has_default && !found.generated;
            let kind = DifferenceKind::ColumnUnknown { found: found.sql_type.clone(), refuses_inserts };
            self.add(Some(&found.name), kind);
        }
    }

    fn column(&mut self, column: &Column, found: &LiveColumn, live: &Live) {
        let is_view = self.relation.kind.is_view() || live.kind.is_view();
        if self.is_same_engine && !self.is_same_type(column.sql_type, &found.sql_type, is_view) {
            let (expected, found) = (column.sql_type.to_owned(), found.sql_type.clone());
            self.add(Some(column.name), DifferenceKind::ColumnType { expected, found });
        }
        if is_view {
            return;
        }
        // Elsewhere, a primary key that lets NULL in may refuse it, and MariaDB has no generated columns that are NOT NULL.
        let is_key = self.relation.primary_key.contains(&column.name);
        let is_unsaid = is_key || (self.dialect == Dialect::Mysql && found.generated && found.nullable);
        if column.nullable != found.nullable && (self.is_same_engine || !is_unsaid) {
            let found_nullable = found.nullable;
            self.add(Some(column.name), DifferenceKind::ColumnNullability { found_nullable });
        }
        let expected = Filling::expected(column);
        let found = Filling::of(found.generated, found.identity, found.has_default);
        if self.is_same_engine && !self.is_same_filling(expected, found) {
            self.add(Some(column.name), DifferenceKind::ColumnFilling { expected, found });
        }
    }

    fn is_same_type(&self, expected: &str, found: &str, is_view: bool) -> bool {
        match self.dialect {
            Dialect::Postgres => expected == found,
            Dialect::Mysql => super::mysql::plain_type(expected) == super::mysql::plain_type(found),
            Dialect::Sqlite => super::sqlite::is_same_type(expected, found, is_view),
        }
    }

    fn is_same_filling(&self, expected: Filling, found: Filling) -> bool {
        // A `serial` is numbered by what is an ordinary default.
        let is_plain = |filling| matches!(filling, Filling::Default | Filling::Number);
        expected == found || (self.dialect == Dialect::Postgres && is_plain(expected) && is_plain(found))
    }

    fn primary_key(&mut self, live: &Live) {
        let expected = self.relation.primary_key;
        let none = LiveKey::default();
        let found = live.primary_key.as_ref().unwrap_or(&none);
        let is_left_out = |column: &String| self.relation.left_out.contains(&&**column);
        if expected.is_empty() && found.columns.iter().any(is_left_out) {
            return;
        }
        let is_same = expected == found.columns;
        // Rows are cached by the keys alone that found at most one.
        let found_one = self.relation.cache_keys.iter().any(|key| key.columns == expected);
        let flaw = found.flaw.filter(|_| is_same && found_one);
        if !is_same || flaw.is_some() {
            let expected = expected.iter().map(|column| (*column).to_owned()).collect();
            self.add(None, DifferenceKind::PrimaryKey { expected, found: found.columns.clone(), flaw });
        }
    }

    /// A key holds as long as there is one over the same columns, whatever its name and their order.
    fn unique_key(&mut self, key: &UniqueKey, live: &Live) {
        let same = |found: &&LiveKey| {
            found.columns.len() == key.columns.len() && found.columns.iter().all(|name| key.columns.contains(&&**name))
        };
        let found: Vec<&LiveKey> = live.unique_keys.iter().chain(&live.primary_key).filter(same).collect();
        if found.iter().any(|key| key.flaw.is_none()) {
            return;
        }
        let flaw = found.iter().find_map(|key| key.flaw);
        let columns = key.columns.iter().map(|column| (*column).to_owned()).collect();
        self.add(None, DifferenceKind::UniqueKey { name: key.name.to_owned(), columns, flaw });
    }

    /// Foreign keys are the same by what they say, and not by their names; a name tells only what became of one.
    fn foreign_keys(&mut self, live: &Live) {
        let mut left: Vec<&LiveForeignKey> = live.foreign_keys.iter().collect();
        let mut changed = Vec::new();
        for key in self.relation.foreign_keys {
            match left.iter().position(|found| self.is_same_foreign_key(key, found)) {
                Some(at) => drop(left.swap_remove(at)),
                None => changed.push(key),
            }
        }
        for key in changed {
            let at = left
                .iter()
                .position(|found| !key.name.is_empty() && found.name == key.name)
                .or_else(|| left.iter().position(|found| found.columns == key.columns));
            let found = at.map(|at| self.found_shape(key, left.swap_remove(at)));
            let kind = DifferenceKind::ForeignKey { name: key.name.to_owned(), expected: expected_shape(key), found };
            self.add(None, kind);
        }
    }

    fn is_same_foreign_key(&self, key: &ForeignKey, found: &LiveForeignKey) -> bool {
        let actions = Actions { on_delete: key.on_delete, on_update: key.on_update };
        self.names.is_relation(key.references, &found.references)
            && found.actions.is_none_or(|found| found == actions)
            && self.is_same_pairs(key, found)
    }

    /// Whether each column refers to the same column, in whatever order they are listed. Columns that the target lacked
    /// at generation are not known.
    fn is_same_pairs(&self, key: &ForeignKey, found: &LiveForeignKey) -> bool {
        let targets_known = !key.referenced_columns.is_empty();
        key.columns.len() == found.columns.len()
            && found.columns.iter().enumerate().all(|(at, column)| {
                key.columns.iter().enumerate().any(|(other, expected)| {
                    let target = found.referenced_columns.get(at).map_or("", String::as_str);
                    let is_target = |expected: &&str| self.names.same(expected, target);
                    expected == column && (!targets_known || key.referenced_columns.get(other).is_some_and(is_target))
                })
            })
    }

    fn found_shape(&self, key: &ForeignKey, found: &LiveForeignKey) -> ForeignKeyShape {
        let (schema, name) = &found.references;
        let is_own = key.references.0.is_empty() && self.names.same(self.names.current, schema);
        ForeignKeyShape {
            columns: found.columns.clone(),
            references: if is_own { name.clone() } else { format!("{schema}.{name}") },
            referenced_columns: found.referenced_columns.clone(),
            on_delete: found.actions.map_or(key.on_delete, |actions| actions.on_delete),
            on_update: found.actions.map_or(key.on_update, |actions| actions.on_update),
        }
    }
}

fn expected_shape(key: &ForeignKey) -> ForeignKeyShape {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (schema, name) = key.references;
    ForeignKeyShape {
        columns: owned(key.columns),
        references: if schema.is_empty() { name.to_owned() } else { format!("{schema}.{name}") },
        referenced_columns: owned(key.referenced_columns),
        on_delete: key.on_delete,
        on_update: key.on_update,
    }
}
