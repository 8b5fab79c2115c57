//! SQL that brings a database back to what the snapshot says, for the differences of which that can be said without knowing
//! more than the two catalogs.
//!
//! Nothing here loses data: a column or table that the snapshot lacks is not dropped, and a type is only made wider. A statement
//! may be refused by the server, as where rows have NULL in a column that is to refuse it; then nothing has changed.

use super::{Finding, ObjectKind, PartKind, Place, Status, rename};
use crate::catalog::{Catalog, Column, Engine, ForeignKey, QName, Relation, RelationKind, SqlType};

/// Says beside findings which SQL mends them in the database. `truth` is the database, and `held` the snapshot.
pub fn propose(findings: &mut [Finding], truth: &Catalog, held: &Catalog) {
    if findings.is_empty() || truth.engine != held.engine {
        return;
    }
    // From what the database calls things to what the snapshot calls them.
    let renames = rename::suggestions(truth, held);
    for finding in findings {
        let renamed = renames.iter().find(|rename| {
            let is_column = rename.from.part.as_ref().is_none_or(|part| part.kind == PartKind::Column);
            is_column && finding.status == Status::MissingInDatabase && rename.to == finding.place
        });
        finding.sql = match renamed {
            Some(rename) => rename.sql.clone(),
            None => statement(finding, truth, held),
        };
    }
}

/// What a finding is about, in both catalogs.
struct About<'a> {
    engine: Engine,
    truth: &'a Catalog,
    /// The relation in the database.
    database: &'a Relation,
    /// The relation in the snapshot.
    snapshot: &'a Relation,
    /// Its name as SQL.
    table: String,
}

fn statement(finding: &Finding, truth: &Catalog, held: &Catalog) -> Option<String> {
    let object = finding.place.object.as_ref()?;
    let name = QName::new(&finding.place.schema, &object.name);
    match object.kind {
        ObjectKind::Relation => {
            let (database, snapshot) = (truth.relation(&name)?, held.relation(&name)?);
            let table = truth.engine.qualified(&name);
            let about = About { engine: truth.engine, truth, database, snapshot, table };
            if database.kind != snapshot.kind {
                return None;
            }
            about.statement(finding)
        }
        ObjectKind::Type => label(finding, truth, held, &name),
        ObjectKind::Routine => None,
    }
}

impl About<'_> {
    fn statement(&self, finding: &Finding) -> Option<String> {
        let Some(part) = &finding.place.part else {
            return if finding.status == Status::CommentMismatch { self.comment() } else { None };
        };
        // What only the database has.
        let is_extra = finding.found.is_none() && finding.expected.is_some();
        match (part.kind, finding.status) {
            (PartKind::Index, Status::IndexMismatch) if is_extra => self.drop_index(&part.name),
            (PartKind::Constraint, _) if is_extra => self.drop_constraint(&part.name),
            (PartKind::Constraint, Status::ConstraintMismatch) if finding.expected.is_none() => {
                self.add_check(&part.name)
            }
            (PartKind::Column, status) => self.column(status, &part.name),
            _ => None,
        }
    }

    fn is_table(&self) -> bool {
        matches!(self.snapshot.kind, RelationKind::Table | RelationKind::PartitionedTable)
    }

    fn drop_index(&self, name: &str) -> Option<String> {
        if self.engine.is_mysql_family() {
            let index = self.database.indexes.iter().find(|index| index.name == name)?;
            let columns: Vec<&String> = index.parts.iter().filter_map(|part| part.column.as_ref()).collect();
            return self.drop_mysql_index(name, &columns);
        }
        Some(format!("DROP INDEX {};", self.engine.qualified(&QName::new(&self.snapshot.name.schema, name))))
    }

    /// An index that a foreign key may stand on is the foreign key's affair.
    fn drop_mysql_index(&self, name: &str, columns: &[&String]) -> Option<String> {
        let stands_on = |key: &ForeignKey| columns.starts_with(&key.columns.iter().collect::<Vec<_>>());
        let is_needed = self.database.foreign_keys.iter().any(stands_on);
        (!is_needed).then(|| format!("DROP INDEX {} ON {};", self.engine.quoted(name), self.table))
    }

    /// A foreign key of MySQL's would leave the index that came with it, and is left alone.
    fn drop_constraint(&self, name: &str) -> Option<String> {
        let has = |found: Option<&String>| found.is_some_and(|found| found == name);
        let constraint = self.engine.quoted(name);
        let is_check = self.database.checks.iter().any(|check| has(check.name.as_ref()));
        let unique = self.database.unique_keys.iter().find(|key| has(key.name.as_ref()));
        let is_foreign = self.database.foreign_keys.iter().any(|key| has(key.name.as_ref()));
        let is_exclusion = self.database.exclusions.iter().any(|exclusion| exclusion.name == name);
        match self.engine {
            Engine::Postgres if is_check || unique.is_some() || is_foreign || is_exclusion => {
                Some(format!("ALTER TABLE {} DROP CONSTRAINT {constraint};", self.table))
            }
            Engine::Mysql | Engine::Mariadb if is_check => {
                Some(format!("ALTER TABLE {} DROP CONSTRAINT {constraint};", self.table))
            }
            Engine::Mysql | Engine::Mariadb => self.drop_mysql_index(name, &unique?.columns.iter().collect::<Vec<_>>()),
            _ => None,
        }
    }

    fn add_check(&self, name: &str) -> Option<String> {
        let check = self.snapshot.checks.iter().find(|check| check.name.as_deref() == Some(name))?;
        let is_plain = !check.not_valid && !check.not_enforced && !check.no_inherit && check.comment.is_none();
        let constraint = self.engine.quoted(name);
        (self.engine != Engine::Sqlite && is_plain && self.is_table())
            .then(|| format!("ALTER TABLE {} ADD CONSTRAINT {constraint} CHECK ({});", self.table, check.expression))
    }

    fn comment(&self) -> Option<String> {
        let comment = self.snapshot.comment.as_deref();
        match self.engine {
            Engine::Postgres => {
                let what = match self.snapshot.kind {
                    RelationKind::Table | RelationKind::PartitionedTable => "TABLE",
                    RelationKind::View => "VIEW",
                    RelationKind::MaterializedView => "MATERIALIZED VIEW",
                    RelationKind::ForeignTable => "FOREIGN TABLE",
                    RelationKind::VirtualTable => return None,
                };
                Some(format!("COMMENT ON {what} {} IS {};", self.table, commented(comment)))
            }
            Engine::Mysql | Engine::Mariadb if self.is_table() => {
                Some(format!("ALTER TABLE {} COMMENT = {};", self.table, mysql_literal(comment.unwrap_or_default())))
            }
            _ => None,
        }
    }

    fn column(&self, status: Status, name: &str) -> Option<String> {
        let wanted = self.snapshot.column(name)?;
        let column = self.engine.quoted(name);
        if status == Status::CommentMismatch && self.engine == Engine::Postgres {
            return Some(format!(
                "COMMENT ON COLUMN {}.{column} IS {};",
                self.table,
                commented(wanted.comment.as_deref())
            ));
        }
        if !self.is_table() {
            return None;
        }
        let Some(found) = self.database.column(name) else {
            return if status == Status::MissingInDatabase { self.add_column(wanted) } else { None };
        };
        let alter = |change: String| Some(format!("ALTER TABLE {} ALTER COLUMN {column} {change};", self.table));
        let is_key = |relation: &Relation| {
            relation.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|c| c == name))
        };
        let is_plain = |column: &Column| column.identity.is_none() && column.generated.is_none();
        if !is_plain(wanted) || !is_plain(found) {
            return None;
        }
        match (self.engine, status) {
            (Engine::Postgres, Status::NullabilityMismatch) if !is_key(self.database) && !is_key(self.snapshot) => {
                // A domain may refuse NULL by itself.
                let is_domain =
                    matches!(wanted.ty, SqlType::Domain { .. }) || matches!(found.ty, SqlType::Domain { .. });
                let change = if wanted.nullable { "DROP NOT NULL" } else { "SET NOT NULL" };
                if is_domain { None } else { alter(change.to_owned()) }
            }
            (Engine::Postgres, Status::TypeMismatch)
                if is_wider(&found.ty, &wanted.ty) && found.collation == wanted.collation =>
            {
                alter(format!("TYPE {}", wanted.raw))
            }
            (Engine::Postgres | Engine::Mysql | Engine::Mariadb, Status::DefaultMismatch)
                if found.default != wanted.default && found.on_update == wanted.on_update =>
            {
                match &wanted.default {
                    Some(default) => alter(format!("SET DEFAULT {}", self.default_expression(default))),
                    // Where nothing is said, a column of MySQL's that takes NULL has NULL for its default.
                    None if self.engine.is_mysql_family() && wanted.nullable => alter("SET DEFAULT NULL".to_owned()),
                    None => alter("DROP DEFAULT".to_owned()),
                }
            }
            _ => None,
        }
    }

    /// MySQL takes expressions in parentheses alone.
    fn default_expression(&self, default: &str) -> String {
        if self.engine.is_mysql_family() && !is_literal(default) { format!("({default})") } else { default.to_owned() }
    }

    /// A column that can be added to rows which are there, and that gets the place that it has in the snapshot.
    fn add_column(&self, wanted: &Column) -> Option<String> {
        let Column {
            name,
            ty,
            raw,
            nullable,
            default,
            identity,
            generated,
            on_update,
            collation,
            comment,
            hidden,
            origin: _,
        } = wanted;
        let is_plain =
            identity.is_none() && generated.is_none() && on_update.is_none() && collation.is_none() && !hidden;
        let is_key = self.snapshot.primary_key.as_ref().is_some_and(|key| key.columns.contains(name));
        let is_fillable = *nullable || default.is_some();
        if !is_plain || is_key || !is_fillable || !self.has_type(ty) {
            return None;
        }
        let at = self.snapshot.columns.iter().position(|column| column.name == *name)?;
        let is_there = |column: &Column| self.database.column(&column.name).is_some();
        // Elsewhere than on MySQL a new column is the last one.
        let is_last = !self.snapshot.columns[at + 1..].iter().any(is_there);
        let is_alone = self.snapshot.columns.iter().filter(|column| !is_there(column)).count() == 1;
        let mut definition = format!("{} {raw}", self.engine.quoted(name)).trim_end().to_owned();
        if let Some(default) = default {
            if self.engine == Engine::Sqlite && !is_literal(default) {
                return None;
            }
            definition.push_str(&format!(" DEFAULT {}", self.default_expression(default)));
        }
        let null = match (nullable, self.engine.is_mysql_family()) {
            (false, _) => " NOT NULL",
            // A timestamp refuses it otherwise, where the server is set so.
            (true, true) => " NULL",
            (true, false) => "",
        };
        definition.push_str(null);
        let add = |definition: &str| format!("ALTER TABLE {} ADD COLUMN {definition};", self.table);
        match self.engine {
            Engine::Mysql | Engine::Mariadb => {
                let before = self.snapshot.columns[..at].iter().rev().find(|column| is_there(column));
                if let Some(comment) = comment {
                    definition.push_str(&format!(" COMMENT {}", mysql_literal(comment)));
                }
                let place =
                    before.map_or("FIRST".to_owned(), |column| format!("AFTER {}", self.engine.quoted(&column.name)));
                is_alone.then(|| add(&format!("{definition} {place}")))
            }
            _ if !is_last || !is_alone => None,
            Engine::Sqlite => Some(add(&definition)),
            Engine::Postgres => {
                let column = format!("{}.{}", self.table, self.engine.quoted(name));
                let comment =
                    comment.as_deref().map(|text| format!(" COMMENT ON COLUMN {column} IS {};", literal(text)));
                Some(format!("{}{}", add(&definition), comment.unwrap_or_default()))
            }
        }
    }

    /// Whether the database has what a type is made of.
    fn has_type(&self, ty: &SqlType) -> bool {
        match ty {
            SqlType::Enum { name } => self.truth.enum_type(name).is_some(),
            SqlType::Domain { name } => self.truth.domain(name).is_some(),
            SqlType::Composite { name } => self.truth.composite(name).is_some(),
            SqlType::Extension { .. } | SqlType::Other { .. } => false,
            ty => ty.inner().is_none_or(|inner| self.has_type(inner)),
        }
    }
}

/// A label that the database's enumeration lacks, in the place that it has in the snapshot.
fn label(finding: &Finding, truth: &Catalog, held: &Catalog, name: &QName) -> Option<String> {
    let (database, snapshot) = (truth.enum_type(name)?, held.enum_type(name)?);
    let Place { part: Some(part), .. } = &finding.place else { return None };
    if part.kind != PartKind::Label || finding.status != Status::EnumMismatch || finding.expected.is_some() {
        return None;
    }
    let at = snapshot.labels.iter().position(|label| *label == part.name)?;
    let is_there = |label: &&String| database.labels.contains(label);
    let before = snapshot.labels[..at].iter().rev().find(is_there);
    let after = snapshot.labels[at + 1..].iter().find(is_there);
    let place = match (before, after) {
        (Some(label), _) => format!("AFTER {}", literal(label)),
        (None, Some(label)) => format!("BEFORE {}", literal(label)),
        (None, None) => return None,
    };
    // Two that are to stand side by side would each be put behind the same one.
    let is_alone = snapshot.labels.iter().filter(|label| !is_there(label)).count() == 1;
    is_alone.then(|| format!("ALTER TYPE {} ADD VALUE {} {place};", truth.engine.qualified(name), literal(&part.name)))
}

/// Whether every value of one type is one of another, the same and not rounded (PostgreSQL).
fn is_wider(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        (SqlType::Integer { bits: from, .. }, SqlType::Integer { bits: to, .. }) => from <= to,
        (SqlType::Varchar { length: from }, SqlType::Varchar { length: to }) => match (from, to) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(from), Some(to)) => from <= to,
        },
        (SqlType::Varchar { .. }, SqlType::Text { .. }) => true,
        (
            SqlType::Decimal { precision: Some(from), scale: Some(from_scale), .. },
            SqlType::Decimal { precision: Some(to), scale: Some(to_scale), .. },
        ) => {
            let whole = |precision: u32, scale: i32| i64::from(precision) - i64::from(scale);
            from_scale <= to_scale && whole(*from, *from_scale) <= whole(*to, *to_scale)
        }
        (SqlType::Decimal { .. }, SqlType::Decimal { precision: None, scale: None, .. }) => true,
        _ => false,
    }
}

/// Whether a default is a number, a text in quotes, or a word that stands for itself.
fn is_literal(default: &str) -> bool {
    let words = ["null", "true", "false"];
    let text = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let is_text = text.is_some_and(|text| !text.replace("''", "").contains('\''));
    is_text
        || default.parse::<f64>().is_ok_and(f64::is_finite)
        || words.iter().any(|word| default.eq_ignore_ascii_case(word))
}

/// A text in SQL's quotes.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text in the quotes of MySQL, where a backslash escapes.
fn mysql_literal(text: &str) -> String {
    literal(&text.replace('\\', "\\\\"))
}

fn commented(comment: Option<&str>) -> String {
    comment.map_or_else(|| "NULL".to_owned(), literal)
}
