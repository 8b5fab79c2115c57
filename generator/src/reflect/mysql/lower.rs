//! Rows to the [`Catalog`].

use std::collections::{BTreeMap, BTreeSet};

use super::queries::{
    CheckRow, ColumnRow, ConstraintRow, ForeignKeyRow, IndexRow, Labelled, PartitionRow, RuleRow, SchemaRow, TableRow,
    ViewRow,
};
use super::sql::{self, Actions};
use super::{Server, types};
use crate::catalog::{
    Action, Catalog, Check, Column, Diagnostic, DiagnosticKind, Engine, ForeignKey, Generated, Identity, Index,
    IndexPart, PrimaryKey, Relation, RelationKind, Schema, SqlType, UniqueKey,
};
use crate::reflect::lineage;

/// A database and a table in it.
pub(super) type Key = (String, String);

/// A database, a table in it, and a column of that.
pub(super) type ColumnKey = (String, String, String);

/// What the server answered.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The databases that were asked for.
    pub(super) schemas: Vec<SchemaRow>,
    pub(super) tables: Vec<TableRow>,
    pub(super) columns: Vec<ColumnRow>,
    pub(super) views: Vec<ViewRow>,
    pub(super) indexes: Vec<IndexRow>,
    pub(super) foreign_keys: Vec<ForeignKeyRow>,
    pub(super) rules: Vec<RuleRow>,
    pub(super) checks: Vec<CheckRow>,
    /// Only where the checks do not name their tables.
    pub(super) constraints: Vec<ConstraintRow>,
    pub(super) partitions: Vec<PartitionRow>,
    /// What `SHOW CREATE TABLE` printed, for the tables whose rules are hidden.
    pub(super) statements: BTreeMap<Key, String>,
    /// The tables that the role may read some columns of, as far as it is known that others may be hidden.
    pub(super) granted_by_column: BTreeSet<Key>,
    /// The labels that the columns' types do not print in full.
    pub(super) labels: BTreeMap<ColumnKey, Vec<String>>,
}

impl Answers {
    /// Whether there are views.
    pub(super) fn has_views(&self) -> bool {
        self.tables.iter().any(|table| kind(&table.kind).is_some_and(RelationKind::is_view))
    }

    /// Whether the role may have privileges on columns alone: whoever may also write to all that he may read has more.
    pub(super) fn may_hide_columns(&self) -> bool {
        self.columns.iter().any(|column| column.is_readable() && !column.may("insert"))
    }

    /// The tables with foreign keys whose actions the server did not show.
    pub(super) fn tables_without_rules(&self) -> Vec<Key> {
        let known: BTreeSet<_> = self.rules.iter().map(|rule| (&rule.schema, &rule.table, &rule.name)).collect();
        let hidden = self.foreign_keys.iter().filter(|key| !known.contains(&(&key.schema, &key.table, &key.name)));
        hidden.map(|key| (key.schema.clone(), key.table.clone())).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The columns whose types may print other labels than they have: `information_schema` knows no characters beyond the
    /// basic plane, and has question marks for them.
    pub(super) fn lossy_labels(&self, server: &Server) -> Vec<Labelled> {
        let suspects = self.columns.iter().filter(|column| column.raw.contains('?'));
        let labelled = suspects.filter_map(|column| {
            let (is_set, count) = match types::read(&column.raw, None, &server.system) {
                SqlType::InlineEnum { labels } => (false, labels.len()),
                SqlType::Set { labels } => (true, labels.len()),
                _ => return None,
            };
            let (schema, table) = (column.schema.clone(), column.table.clone());
            Some(Labelled { schema, table, column: column.name.clone(), is_set, count })
        });
        labelled.collect()
    }
}

/// The first table whose columns are not the same in both answers, whatever the order of the rows.
pub(super) fn altered_table(before: &[ColumnRow], after: &[ColumnRow]) -> Option<Key> {
    difference(before, after, |row| ((row.schema.clone(), row.table.clone()), row.ordinal)).map(|(table, _)| table)
}

/// The first view whose query is not the same in both answers.
pub(super) fn altered_view(before: &[ViewRow], after: &[ViewRow]) -> Option<Key> {
    difference(before, after, |row| (row.schema.clone(), row.name.clone()))
}

/// The first place whose row is not the same in both answers.
fn difference<T: PartialEq, P: Ord>(before: &[T], after: &[T], place: impl Fn(&T) -> P) -> Option<P> {
    let mut rows: BTreeMap<P, [Option<&T>; 2]> = BTreeMap::new();
    for (at, answer) in [before, after].into_iter().enumerate() {
        for row in answer {
            rows.entry(place(row)).or_default()[at] = Some(row);
        }
    }
    rows.into_iter().find(|(_, [before, after])| before != after).map(|(place, _)| place)
}

/// Makes the catalog, and a list of what could not be read.
pub(super) fn lower(server: &Server, answers: Answers) -> (Catalog, Vec<Diagnostic>) {
    let mut catalog = Catalog::empty(server.engine);
    let mut diagnostics = Vec::new();
    for schema in answers.schemas {
        // The comment on the selected database belongs to the deployment, as its name does.
        if !server.is_own(&schema.name) && !schema.comment.is_empty() {
            catalog.schemas.push(Schema { name: schema.name, comment: Some(schema.comment) });
        }
    }
    let mut actions = actions(answers.rules, &answers.statements);
    let mut columns = group(answers.columns, |row| (&row.schema, &row.table));
    let mut indexes = group(answers.indexes, |row| (&row.schema, &row.table));
    let mut foreign_keys = group(answers.foreign_keys, |row| (&row.schema, &row.table));
    let mut checks = checks_by_table(server, answers.checks, answers.constraints);
    let mut partitions = group(answers.partitions, |row| (&row.schema, &row.table));
    let mut labels = answers.labels;
    let mut queries: BTreeMap<Key, String> =
        answers.views.into_iter().map(|view| ((view.schema, view.name), view.query)).collect();

    for table in answers.tables {
        let key = (table.schema.clone(), table.name.clone());
        let Some(kind) = kind(&table.kind) else { continue };
        let name = server.qname(&table.schema, &table.name);
        let mut columns = columns.remove(&key).unwrap_or_default();
        columns.sort_by_key(|column| column.ordinal);
        let is_partial = answers.granted_by_column.contains(&key);
        if let Some((kind, message)) = obstacle(server, &table, &columns, is_partial) {
            diagnostics.push(Diagnostic::new(kind, name, message));
            continue;
        }
        let mut relation = Relation::new(name, kind);
        relation.system_versioned = table.kind.eq_ignore_ascii_case("SYSTEM VERSIONED");
        if !kind.is_view() {
            relation.comment = some(table.comment);
        }
        relation.definition = queries.remove(&key);
        let checks = checks.remove(&key).unwrap_or_default();
        let is_json = |column: &str| checks.iter().any(|check| check.json.as_deref() == Some(column));
        for row in columns {
            let is_json = is_json(&row.name);
            let labels = labels.remove(&(key.0.clone(), key.1.clone(), row.name.clone()));
            let mut column = column(server, row, table.collation.as_deref(), is_json);
            restore_labels(&mut column.ty, labels.unwrap_or_default());
            relation.columns.push(column);
        }
        // The check that makes a column JSON is said by its type.
        let is_json = |column: &str| relation.column(column).is_some_and(|c| matches!(c.ty, SqlType::Json { .. }));
        relation.checks = checks
            .iter()
            .filter(|check| !check.json.as_deref().is_some_and(is_json))
            .map(|check| check.check.clone())
            .collect();
        lower_indexes(server, &mut relation, indexes.remove(&key).unwrap_or_default());
        for rows in by_name(foreign_keys.remove(&key).unwrap_or_default(), |row| &row.name, |row| row.ordinal) {
            let Some(foreign_key) = foreign_key(server, &key, rows, &mut actions, &mut diagnostics) else { continue };
            relation.foreign_keys.push(foreign_key);
        }
        let partition = partitions.remove(&key).and_then(|rows| rows.into_iter().next());
        if partition.is_some() || table.options.split(' ').any(|option| option.eq_ignore_ascii_case("partitioned")) {
            relation.kind = RelationKind::PartitionedTable;
            relation.partition_key = partition.map(|row| partition_key(server, &row));
        }
        catalog.relations.push(relation);
    }
    diagnostics.extend(lineage::trace(&mut catalog, server.own.as_deref()));
    // The queries are full of the selected database's name, which belongs to the deployment.
    for relation in &mut catalog.relations {
        relation.definition = None;
    }
    (catalog, diagnostics)
}

/// Rows by the table that they belong to.
fn group<T>(rows: Vec<T>, key: impl Fn(&T) -> (&String, &String)) -> BTreeMap<Key, Vec<T>> {
    let mut groups: BTreeMap<Key, Vec<T>> = BTreeMap::new();
    for row in rows {
        let (schema, table) = key(&row);
        groups.entry((schema.clone(), table.clone())).or_default().push(row);
    }
    groups
}

/// Rows by the key or index that they belong to, in its order.
fn by_name<T>(rows: Vec<T>, name: impl Fn(&T) -> &String, ordinal: impl Fn(&T) -> u32) -> Vec<Vec<T>> {
    let mut groups: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for row in rows {
        groups.entry(name(&row).clone()).or_default().push(row);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for rows in &mut groups {
        rows.sort_by_key(&ordinal);
    }
    groups
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// What sort of relation it is; absent for sequences, which are no relations, and for temporary tables, which nobody else
/// sees.
fn kind(table_type: &str) -> Option<RelationKind> {
    let table_type = table_type.to_ascii_uppercase();
    if table_type.contains("SEQUENCE") || table_type.contains("TEMPORARY") {
        return None;
    }
    Some(if table_type.contains("VIEW") { RelationKind::View } else { RelationKind::Table })
}

/// Why a relation cannot be read, if it cannot.
fn obstacle(
    server: &Server,
    table: &TableRow,
    columns: &[ColumnRow],
    is_partial: bool,
) -> Option<(DiagnosticKind, String)> {
    let readable = columns.iter().filter(|column| column.is_readable()).count();
    // A view has no comment of its own: the server says VIEW, or what is the matter with it, in its own language.
    if table.kind.eq_ignore_ascii_case("VIEW") && !table.comment.eq_ignore_ascii_case("VIEW") {
        let message = "it refers to tables, columns or functions that are not there, or that its definer may not use";
        return Some((DiagnosticKind::BrokenView, message.into()));
    }
    if !table.kind.to_ascii_uppercase().contains("VIEW") && table.engine.is_none() {
        let message = match table.comment.as_str() {
            "" => "the server cannot open it".to_owned(),
            // The selected database's name belongs to the deployment.
            comment if server.own.as_ref().is_some_and(|own| comment.contains(own)) => {
                "the server cannot open it".into()
            }
            comment => format!("the server cannot open it: {comment}"),
        };
        return Some((DiagnosticKind::MissingProvider, message));
    }
    let unreadable = |message: &str| Some((DiagnosticKind::UnreadableRelation, message.to_owned()));
    if readable == 0 {
        return unreadable("the role has no SELECT privilege on it");
    }
    // Columns without any privilege are not shown at all. MySQL has gaps of its own, where it hides columns that it made.
    let has_gap =
        server.engine == Engine::Mariadb && columns.iter().zip(1..).any(|(column, ordinal)| column.ordinal != ordinal);
    if readable < columns.len() || has_gap || is_partial {
        return unreadable("the role has the SELECT privilege on some of its columns only");
    }
    None
}

impl ColumnRow {
    fn is_readable(&self) -> bool {
        self.may("select")
    }

    fn may(&self, privilege: &str) -> bool {
        self.privileges.split(',').any(|granted| granted.trim().eq_ignore_ascii_case(privilege))
    }
}

/// What the server says of a column in words.
struct Extra<'a>(&'a str);

impl<'a> Extra<'a> {
    fn words(&self) -> impl Iterator<Item = &'a str> {
        self.0.split([' ', ',']).filter(|word| !word.is_empty())
    }

    fn has(&self, word: &str) -> bool {
        self.words().any(|found| found.eq_ignore_ascii_case(word))
    }

    /// The expression behind `on update`.
    fn on_update(&self) -> Option<&'a str> {
        let mut words = self.words();
        while let Some(word) = words.next() {
            if word.eq_ignore_ascii_case("on") && words.next().is_some_and(|word| word.eq_ignore_ascii_case("update")) {
                return words.next();
            }
        }
        None
    }
}

fn column(server: &Server, row: ColumnRow, table_collation: Option<&str>, is_json: bool) -> Column {
    let mut ty = types::read(&row.raw, row.srid, &server.system);
    if is_json && types::is_long_text(&ty) {
        ty = SqlType::Json { binary: false };
    }
    let extra = Extra(&row.extra);
    // MariaDB before 10.2 has the kind alone.
    let is_generated = ["GENERATED", "VIRTUAL", "PERSISTENT"].iter().any(|word| extra.has(word));
    let generated = is_generated.then(|| Generated {
        expression: row.generation.clone().and_then(some).map(|expression| server.expression(&expression)),
        stored: !extra.has("VIRTUAL"),
    });
    let default = if generated.is_some() { None } else { default(server, &row, &ty) };
    // A table's own collation may be the server's choice, and a view's columns have whatever their expressions had.
    let collation = match (table_collation, &ty) {
        (None, _) | (_, SqlType::Json { .. }) => None,
        (Some(table), _) => row.collation.filter(|own| own != table),
    };
    Column {
        nullable: row.nullable.eq_ignore_ascii_case("YES"),
        default,
        identity: extra.has("auto_increment").then_some(Identity::AutoIncrement),
        generated,
        on_update: extra.on_update().map(str::to_owned),
        collation,
        comment: some(row.comment),
        hidden: extra.has("INVISIBLE"),
        ..Column::new(row.name, ty, row.raw)
    }
}

/// Puts whole labels in the place of printed ones, if they are the same as far as those go.
fn restore_labels(ty: &mut SqlType, whole: Vec<String>) {
    let (SqlType::InlineEnum { labels } | SqlType::Set { labels }) = ty else { return };
    let print = |label: &String| label.chars().map(|c| if c > '\u{ffff}' { '?' } else { c }).collect::<String>();
    if whole.iter().map(print).eq(labels.iter().cloned()) {
        *labels = whole;
    }
}

/// The default as an SQL expression. MariaDB prints one; MySQL prints the bare value, and an expression only where EXTRA
/// says `DEFAULT_GENERATED`.
fn default(server: &Server, row: &ColumnRow, ty: &SqlType) -> Option<String> {
    let text = row.default.as_deref()?;
    if server.prints_defaults_as_sql() {
        return (text != "NULL").then(|| server.expression(text));
    }
    if Extra(&row.extra).has("DEFAULT_GENERATED") {
        return Some(server.expression(text));
    }
    let is_number = || {
        let digits = text.strip_prefix('-').unwrap_or(text);
        digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok()
    };
    let has_prefix = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let is_bare = match ty {
        SqlType::Integer { .. }
        | SqlType::Float { .. }
        | SqlType::Decimal { .. }
        | SqlType::Year
        | SqlType::TwoDigitYear => is_number(),
        SqlType::Bit { .. } => has_prefix("b'"),
        SqlType::Binary { .. } | SqlType::Varbinary { .. } => has_prefix("0x"),
        // MySQL 5.7 does not say that this one is an expression.
        SqlType::Timestamp { .. } => has_prefix("CURRENT_TIMESTAMP"),
        _ => false,
    };
    Some(if is_bare { text.to_owned() } else { sql::literal(text) })
}

/// A check on its way into a relation.
struct CheckOf {
    check: Check,
    /// The column that it makes JSON, if that is all that it does.
    json: Option<String>,
}

fn checks_by_table(
    server: &Server,
    rows: Vec<CheckRow>,
    constraints: Vec<ConstraintRow>,
) -> BTreeMap<Key, Vec<CheckOf>> {
    // MySQL's checks have names that are unique within a database.
    let mut owners: BTreeMap<Key, ConstraintRow> = constraints
        .into_iter()
        .filter(|row| row.kind.eq_ignore_ascii_case("CHECK"))
        .map(|row| ((row.schema.clone(), row.name.clone()), row))
        .collect();
    let mut checks: BTreeMap<Key, Vec<CheckOf>> = BTreeMap::new();
    for row in rows {
        let (table, enforced) = match row.table {
            Some(table) => (table, None),
            None => match owners.remove(&(row.schema.clone(), row.name.clone())) {
                Some(owner) => (owner.table, owner.enforced),
                None => continue,
            },
        };
        let expression = server.expression(&row.clause);
        let expression = sql::without_parentheses(&expression).to_owned();
        // MariaDB's JSON is a longtext with a check that belongs to the column and therefore has its name.
        let of_column = row.level.as_deref().is_none_or(|level| level.eq_ignore_ascii_case("Column"));
        let is_json = server.engine == Engine::Mariadb
            && of_column
            && expression == format!("json_valid({})", server.engine.quoted(&row.name));
        checks.entry((row.schema, table)).or_default().push(CheckOf {
            json: is_json.then(|| row.name.clone()),
            check: Check {
                name: some(row.name),
                expression,
                not_valid: false,
                not_enforced: enforced.is_some_and(|enforced| enforced.eq_ignore_ascii_case("NO")),
                no_inherit: false,
                comment: None,
            },
        });
    }
    checks
}

/// Sorts a table's indexes into the primary key, unique keys, and the rest.
fn lower_indexes(server: &Server, relation: &mut Relation, rows: Vec<IndexRow>) {
    for mut rows in by_name(rows, |row| &row.name, |row| row.ordinal) {
        // A spatial index has a length of its own making.
        for row in rows.iter_mut().filter(|row| row.method.eq_ignore_ascii_case("SPATIAL")) {
            row.prefix = None;
        }
        let Some(first) = rows.first() else { continue };
        let comment = some(first.comment.clone());
        let is_unique = first.non_unique == "0";
        let is_whole = rows.iter().all(|row| row.column.is_some() && row.prefix.is_none());
        let columns = || rows.iter().filter_map(|row| row.column.clone()).collect();
        if first.name == "PRIMARY" {
            let prefixes = if is_whole { Vec::new() } else { rows.iter().map(|row| row.prefix).collect() };
            relation.primary_key = Some(PrimaryKey {
                name: None,
                columns: columns(),
                include: Vec::new(),
                prefixes,
                deferrable: None,
                without_overlaps: false,
                comment,
            });
        } else if is_unique && is_whole {
            relation.unique_keys.push(UniqueKey {
                name: Some(first.name.clone()),
                columns: columns(),
                include: Vec::new(),
                nulls_not_distinct: false,
                deferrable: None,
                without_overlaps: false,
                comment,
            });
        } else {
            // A B-tree is what everybody means by an index.
            let method = Some(first.method.to_ascii_lowercase()).filter(|method| method != "btree");
            let is =
                |flag: &Option<String>, value: &str| flag.as_deref().is_some_and(|f| f.eq_ignore_ascii_case(value));
            relation.indexes.push(Index {
                name: first.name.clone(),
                unique: is_unique,
                method,
                invalid: is(&first.visible, "NO") || is(&first.ignored, "YES"),
                parts: rows.iter().map(|row| part(server, row)).collect(),
                include: Vec::new(),
                predicate: None,
                nulls_not_distinct: false,
                comment,
            });
        }
    }
}

fn part(server: &Server, row: &IndexRow) -> IndexPart {
    // An expression that the server does not show is still one.
    let expression = match &row.column {
        Some(_) => None,
        None => Some(row.expression.as_deref().map(|text| server.expression(text)).unwrap_or_default()),
    };
    IndexPart {
        column: row.column.clone(),
        expression,
        prefix: row.prefix,
        descending: row.direction.as_deref() == Some("D"),
        ..IndexPart::default()
    }
}

/// A foreign key of a table.
type Name = (String, String, String);

/// What foreign keys do, from where the server says it and, where it does not, from the statement that would create the
/// table.
fn actions(rules: Vec<RuleRow>, statements: &BTreeMap<Key, String>) -> BTreeMap<Name, Actions> {
    let mut actions = BTreeMap::new();
    for ((schema, table), statement) in statements {
        for (name, found) in sql::foreign_key_actions(statement) {
            actions.insert((schema.clone(), table.clone(), name), found);
        }
    }
    for rule in rules {
        if let (Some(on_update), Some(on_delete)) =
            (Action::from_sql(&rule.on_update), Action::from_sql(&rule.on_delete))
        {
            actions.insert((rule.schema, rule.table, rule.name), Actions { on_update, on_delete });
        }
    }
    actions
}

fn foreign_key(
    server: &Server,
    (schema, table): &Key,
    rows: Vec<ForeignKeyRow>,
    actions: &mut BTreeMap<Name, Actions>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ForeignKey> {
    let first = rows.first()?;
    let name = first.name.clone();
    let actions = actions.remove(&(schema.clone(), table.clone(), name.clone())).unwrap_or_else(|| {
        let message = format!("what foreign key `{name}` does on update and delete is hidden from the role");
        let path = server.qname(schema, table);
        diagnostics.push(Diagnostic::new(DiagnosticKind::HiddenForeignKeyActions, path, message));
        Actions { on_update: Action::NoAction, on_delete: Action::NoAction }
    });
    Some(ForeignKey {
        columns: rows.iter().map(|row| row.column.clone()).collect(),
        references: server.qname(&first.referenced_schema, &first.referenced_table),
        referenced_columns: rows.iter().filter_map(|row| row.referenced_column.clone()).collect(),
        on_update: actions.on_update,
        on_delete: actions.on_delete,
        name: Some(name),
        set_columns: Vec::new(),
        match_type: Default::default(),
        deferrable: None,
        not_valid: false,
        not_enforced: false,
        period: false,
        comment: None,
    })
}

/// `RANGE (year(`d`)) SUBPARTITION BY HASH (to_days(`d`))`.
fn partition_key(server: &Server, row: &PartitionRow) -> String {
    let level = |method: &str, expression: &Option<String>| match expression {
        Some(expression) => format!("{method} ({})", server.expression(expression)),
        None => method.to_owned(),
    };
    let mut key = level(&row.method, &row.expression);
    if let Some(method) = &row.sub_method {
        key += " SUBPARTITION BY ";
        key += &level(method, &row.sub_expression);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::super::queries::Features;
    use super::*;

    const MYSQL: &str = "8.0.36";
    const MARIADB: &str = "10.11.19-MariaDB";

    fn server(version: &str) -> Server {
        Server::new(version, Some("shop".into()), Features::default())
    }

    fn table(name: &str) -> TableRow {
        TableRow {
            schema: "shop".into(),
            name: name.into(),
            kind: "BASE TABLE".into(),
            engine: Some("InnoDB".into()),
            collation: Some("utf8mb4_general_ci".into()),
            ..TableRow::default()
        }
    }

    fn column_row(table: &str, ordinal: u32, name: &str, raw: &str) -> ColumnRow {
        ColumnRow {
            schema: "shop".into(),
            table: table.into(),
            name: name.into(),
            ordinal,
            nullable: "YES".into(),
            raw: raw.into(),
            privileges: "select,insert".into(),
            ..ColumnRow::default()
        }
    }

    fn one_table(columns: Vec<ColumnRow>) -> Answers {
        Answers { tables: vec![table("t")], columns, ..Answers::default() }
    }

    fn lowered(version: &str, answers: Answers) -> (Vec<Relation>, Vec<Diagnostic>) {
        let (mut catalog, diagnostics) = lower(&server(version), answers);
        catalog.normalize();
        (catalog.relations, diagnostics)
    }

    #[test]
    fn defaults_are_sql_on_both_engines() {
        let default_of = |version: &str, raw: &str, extra: &str, text: &str| {
            let row = ColumnRow { default: Some(text.into()), extra: extra.into(), ..column_row("t", 1, "c", raw) };
            column(&server(version), row, None, false).default
        };
        for (raw, extra, text, expected) in [
            ("int", "", "42", "42"),
            ("int", "", "-1", "-1"),
            ("bigint unsigned", "", "18446744073709551615", "18446744073709551615"),
            ("decimal(65,30)", "", "0.100000000000000000000000000001", "0.100000000000000000000000000001"),
            ("double", "", "1e100", "1e100"),
            ("int", "", "nan", "'nan'"),
            ("varchar(9)", "", "", "''"),
            ("varchar(9)", "", "007", "'007'"),
            ("varchar(9)", "", "NULL", "'NULL'"),
            ("varchar(9)", "", "it's \\", "'it''s \\\\'"),
            ("varchar(19)", "", "CURRENT_TIMESTAMP", "'CURRENT_TIMESTAMP'"),
            ("timestamp", "", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
            (
                "datetime(6)",
                "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)",
                "CURRENT_TIMESTAMP(6)",
                "CURRENT_TIMESTAMP(6)",
            ),
            ("datetime", "", "2000-01-01 00:00:00", "'2000-01-01 00:00:00'"),
            ("bit(4)", "", "b'1010'", "b'1010'"),
            ("binary(4)", "", "0xDEADBEEF", "0xDEADBEEF"),
            ("year", "", "1999", "1999"),
            ("enum('a')", "", "a", "'a'"),
            ("json", "DEFAULT_GENERATED", r"json_object(_utf8mb4\'a\',1)", "json_object(_utf8mb4'a',1)"),
        ] {
            assert_eq!(default_of(MYSQL, raw, extra, text).as_deref(), Some(expected), "MySQL {raw} {text}");
        }
        for (raw, text, expected) in [
            ("int(11)", "NULL", None),
            ("varchar(9)", "'NULL'", Some("'NULL'")),
            ("varchar(9)", "'it''s'", Some("'it''s'")),
            ("bigint(20)", "nextval(`shop`.`ids`)", Some("nextval(`ids`)")),
            ("timestamp", "current_timestamp()", Some("current_timestamp()")),
        ] {
            assert_eq!(default_of(MARIADB, raw, "", text).as_deref(), expected, "MariaDB {raw} {text}");
        }
        assert_eq!(default_of("10.1.48-MariaDB", "varchar(9)", "", "x").as_deref(), Some("'x'"));
    }

    #[test]
    fn what_extra_says_is_told_apart() {
        let with = |version: &str, extra: &str| {
            let row = ColumnRow {
                extra: extra.into(),
                generation: Some(r"concat(`a`,_utf8mb4\'x\')".into()),
                ..column_row("t", 1, "c", "timestamp")
            };
            column(&server(version), row, None, false)
        };
        let expression = Some("concat(`a`,_utf8mb4'x')".to_owned());
        assert_eq!(
            with(MYSQL, "VIRTUAL GENERATED").generated,
            Some(Generated { expression: expression.clone(), stored: false })
        );
        let stored = with(MYSQL, "STORED GENERATED INVISIBLE");
        assert_eq!((stored.generated, stored.hidden), (Some(Generated { expression, stored: true }), true));
        let updated = with(MYSQL, "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)");
        assert_eq!((updated.generated, updated.on_update.as_deref()), (None, Some("CURRENT_TIMESTAMP(6)")));
        let updated = with(MARIADB, "on update current_timestamp(), INVISIBLE");
        assert_eq!((updated.on_update.as_deref(), updated.hidden), (Some("current_timestamp()"), true));
        let numbered = with(MARIADB, "auto_increment, INVISIBLE");
        assert_eq!((numbered.identity, numbered.hidden), (Some(Identity::AutoIncrement), true));
        assert_eq!(with(MARIADB, "WITHOUT SYSTEM VERSIONING").generated, None);
    }

    #[test]
    fn mysqls_checks_find_their_tables() {
        let check = |name: &str, clause: &str| CheckRow {
            schema: "shop".into(),
            name: name.into(),
            clause: clause.into(),
            ..CheckRow::default()
        };
        let constraint = |name: &str, kind: &str, enforced: &str| ConstraintRow {
            schema: "shop".into(),
            table: "t".into(),
            name: name.into(),
            kind: kind.into(),
            enforced: Some(enforced.into()),
        };
        let answers = Answers {
            checks: vec![
                check("t_chk_1", r"(`a` in (_utf8mb4\'x\',_utf8mb4\'y\'))"),
                check("off", "(`a` <> `b`)"),
                check("lost", "1"),
            ],
            constraints: vec![
                constraint("t_chk_1", "CHECK", "YES"),
                constraint("off", "CHECK", "NO"),
                constraint("lost", "UNIQUE", "YES"),
            ],
            ..one_table(vec![column_row("t", 1, "a", "int")])
        };
        let (relations, _) = lowered(MYSQL, answers);
        let checks: Vec<_> = relations[0].checks.iter().map(|c| (c.expression.as_str(), c.not_enforced)).collect();
        assert_eq!(checks, [("`a` <> `b`", true), ("`a` in (_utf8mb4'x',_utf8mb4'y')", false)]);
    }

    #[test]
    fn only_the_checks_of_columns_make_json() {
        let check = |name: &str, level: &str, clause: &str| CheckRow {
            schema: "shop".into(),
            table: Some("t".into()),
            name: name.into(),
            level: Some(level.into()),
            clause: clause.into(),
        };
        let answers = Answers {
            checks: vec![
                check("a`b", "Column", "json_valid(`a``b`)"),
                check("b", "Table", "json_valid(`b`)"),
                check("c", "Column", "json_valid(`c`) and `c` <> ''"),
                check("d", "Column", "json_valid(`d`)"),
            ],
            ..one_table(vec![
                column_row("t", 1, "a`b", "longtext"),
                column_row("t", 2, "b", "longtext"),
                column_row("t", 3, "c", "longtext"),
                column_row("t", 4, "d", "text"),
            ])
        };
        let (relations, _) = lowered(MARIADB, answers);
        let is_json: Vec<_> = relations[0].columns.iter().map(|c| matches!(c.ty, SqlType::Json { .. })).collect();
        assert_eq!(is_json, [true, false, false, false]);
        let checks: Vec<_> = relations[0].checks.iter().filter_map(|check| check.name.as_deref()).collect();
        assert_eq!(checks, ["b", "c", "d"]);
    }

    #[test]
    fn indexes_are_sorted_into_keys_and_the_rest() {
        let part = |name: &str, ordinal: u32, column: Option<&str>| IndexRow {
            schema: "shop".into(),
            table: "t".into(),
            name: name.into(),
            ordinal,
            non_unique: "0".into(),
            column: column.map(str::to_owned),
            direction: Some("A".into()),
            method: "BTREE".into(),
            ..IndexRow::default()
        };
        let indexes = vec![
            part("PRIMARY", 2, Some("a")),
            part("PRIMARY", 1, Some("b")),
            part("whole", 1, Some("a")),
            IndexRow { prefix: Some(10), ..part("prefix", 1, Some("a")) },
            IndexRow { expression: Some(r"concat(`a`,_utf8mb4\'x\')".into()), ..part("functional", 1, None) },
            part("unknown", 1, None),
            IndexRow {
                non_unique: "1".into(),
                direction: Some("D".into()),
                visible: Some("NO".into()),
                ..part("off", 1, Some("a"))
            },
            IndexRow {
                non_unique: "1".into(),
                method: "SPATIAL".into(),
                prefix: Some(32),
                ..part("space", 1, Some("a"))
            },
            IndexRow {
                non_unique: "1".into(),
                method: "VECTOR".into(),
                ignored: Some("NO".into()),
                ..part("vector", 1, Some("a"))
            },
        ];
        let answers =
            Answers { indexes, ..one_table(vec![column_row("t", 1, "a", "int"), column_row("t", 2, "b", "int")]) };
        let (relations, _) = lowered(MYSQL, answers);
        let relation = &relations[0];
        assert_eq!(relation.primary_key.as_ref().map(|key| key.columns.clone()), Some(vec!["b".into(), "a".into()]));
        assert_eq!(relation.unique_keys.len(), 1);
        let index = |name: &str| relation.indexes.iter().find(|index| index.name == name).expect("an index").clone();
        assert_eq!((index("prefix").unique, index("prefix").parts[0].prefix), (true, Some(10)));
        assert_eq!(index("functional").parts[0].expression.as_deref(), Some("concat(`a`,_utf8mb4'x')"));
        assert_eq!(index("unknown").parts[0].expression.as_deref(), Some(""));
        assert!(index("off").invalid && index("off").parts[0].descending && index("off").method.is_none());
        assert_eq!((index("space").method.as_deref(), index("space").parts[0].prefix), (Some("spatial"), None));
        assert_eq!((index("vector").method.as_deref(), index("vector").invalid), (Some("vector"), false));
    }

    #[test]
    fn hidden_actions_are_read_from_the_table_or_told() {
        let key = |name: &str, table: &str| ForeignKeyRow {
            schema: "shop".into(),
            table: "t".into(),
            name: name.into(),
            ordinal: 1,
            column: "a".into(),
            referenced_schema: if table == "far" { "other".into() } else { "shop".into() },
            referenced_table: table.into(),
            referenced_column: Some("id".into()),
        };
        let rule = RuleRow {
            schema: "shop".into(),
            table: "t".into(),
            name: "known".into(),
            on_update: "CASCADE".into(),
            on_delete: "SET NULL".into(),
        };
        let mut answers = Answers {
            foreign_keys: vec![key("known", "p"), key("shown", "far"), key("lost", "p")],
            rules: vec![rule],
            ..one_table(vec![column_row("t", 1, "a", "int")])
        };
        let table = ("shop".to_owned(), "t".to_owned());
        assert_eq!(answers.tables_without_rules(), std::slice::from_ref(&table));
        let shown =
            "CREATE TABLE `t` (CONSTRAINT `shown` FOREIGN KEY (`a`) REFERENCES `other`.`far` (`id`) ON DELETE CASCADE)";
        answers.statements.insert(table, shown.into());
        let (relations, diagnostics) = lowered(MARIADB, answers);
        let keys: Vec<_> = relations[0]
            .foreign_keys
            .iter()
            .map(|key| (key.references.to_string(), key.on_update, key.on_delete))
            .collect();
        assert_eq!(
            keys,
            [
                ("p".to_owned(), Action::Cascade, Action::SetNull),
                ("p".to_owned(), Action::NoAction, Action::NoAction),
                ("other.far".to_owned(), Action::Restrict, Action::Cascade),
            ]
        );
        assert_eq!(diagnostics.len(), 1);
        assert_eq!((diagnostics[0].kind, diagnostics[0].path.as_str()), (DiagnosticKind::HiddenForeignKeyActions, "t"));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_left_out() {
        let view = |name: &str, comment: &str| TableRow {
            kind: "VIEW".into(),
            engine: None,
            comment: comment.into(),
            ..table(name)
        };
        let answers = Answers {
            tables: vec![
                table("fine"),
                table("no_columns"),
                table("some_columns"),
                table("write_only"),
                TableRow { engine: None, comment: "Unknown storage engine".into(), ..table("no_engine") },
                TableRow { engine: None, comment: "Table 'shop.x' is gone".into(), ..table("no_engine_named") },
                TableRow { kind: "SEQUENCE".into(), ..table("ids") },
                view("view", "VIEW"),
                view("broken", "View 'shop.broken' references invalid table(s)"),
                view("unseen", "VIEW"),
            ],
            columns: vec![
                column_row("fine", 1, "a", "int"),
                column_row("some_columns", 2, "b", "int"),
                ColumnRow { privileges: "insert,references".into(), ..column_row("write_only", 1, "a", "int") },
                column_row("no_engine", 1, "a", "int"),
                column_row("ids", 1, "a", "int"),
                column_row("view", 1, "a", "int"),
            ],
            ..Answers::default()
        };
        let (relations, mut diagnostics) = lowered(MARIADB, answers);
        let names: Vec<_> = relations.iter().map(|relation| relation.name.name.as_str()).collect();
        assert_eq!(names, ["fine", "view"]);
        diagnostics.sort();
        let told: Vec<_> = diagnostics.iter().map(|told| (told.kind.name(), told.path.as_str())).collect();
        assert_eq!(
            told,
            [
                ("unreadable-relation", "no_columns"),
                ("unreadable-relation", "some_columns"),
                ("unreadable-relation", "unseen"),
                ("unreadable-relation", "write_only"),
                ("broken-view", "broken"),
                ("missing-provider", "no_engine"),
                ("missing-provider", "no_engine_named"),
            ]
        );
        assert!(diagnostics.iter().all(|told| !told.message.contains("shop")));
    }

    #[test]
    fn labels_are_restored_only_if_they_fit() {
        let mut ty = SqlType::InlineEnum { labels: vec!["?".into(), "a?".into()] };
        restore_labels(&mut ty, vec!["?".into()]);
        restore_labels(&mut ty, vec!["x".into(), "a?".into()]);
        assert_eq!(ty, SqlType::InlineEnum { labels: vec!["?".into(), "a?".into()] });
        restore_labels(&mut ty, vec!["\u{1f389}".into(), "a?".into()]);
        assert_eq!(ty, SqlType::InlineEnum { labels: vec!["\u{1f389}".into(), "a?".into()] });
    }
}
