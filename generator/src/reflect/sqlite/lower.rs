//! From SQLite's rows to the catalog.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    Action, Catalog, Check, Column, Diagnostic, DiagnosticKind, Engine, ForeignKey, Generated, Identity, Index,
    IndexPart, PrimaryKey, QName, Relation, RelationKind, UniqueKey,
};

use super::ddl::{self, TableText};
use super::queries::{ColumnRow, ForeignKeyRow, IndexRow, Object, RelationRow};
use super::types::sql_type;
use crate::reflect::lineage;

/// Everything that SQLite answered.
pub(super) struct Answers {
    pub(super) objects: Vec<Object>,
    pub(super) relations: Vec<RelationRow>,
    /// By relation, in the order of the table.
    pub(super) columns: Vec<ColumnRow>,
    /// By index, in key order.
    pub(super) index_parts: Vec<IndexRow>,
    /// By foreign key, in key order; the keys of a relation in the order in which they were declared.
    pub(super) foreign_keys: Vec<ForeignKeyRow>,
    /// The views and virtual tables whose columns could not be told, and why.
    pub(super) broken: BTreeMap<String, String>,
}

/// Lowers what SQLite answered.
pub(super) fn lower(answers: &Answers) -> (Catalog, Vec<Diagnostic>) {
    let mut catalog = Catalog::empty(Engine::Sqlite);
    let mut diagnostics = Vec::new();
    let texts = Texts::new(&answers.objects);
    let columns = by_relation(&answers.columns, |row| &row.relation);
    let index_parts = by_relation(&answers.index_parts, |row| &row.relation);
    let foreign_keys = by_relation(&answers.foreign_keys, |row| &row.relation);

    for row in &answers.relations {
        let sql = texts.relation(&row.name);
        let kind = match row.kind.as_str() {
            "table" => RelationKind::Table,
            "view" => RelationKind::View,
            "virtual" => RelationKind::VirtualTable,
            // Shadow tables belong to the module of a virtual one.
            _ => continue,
        };
        if let Some(reason) = answers.broken.get(&row.name) {
            diagnostics.push(broken(kind, row, reason));
            continue;
        }
        let mut relation = Relation::new(name(&row.name), kind);
        relation.without_rowid = row.without_rowid;
        relation.strict = row.strict;
        let columns = columns.get(row.name.as_str()).copied().unwrap_or_default();
        match kind {
            RelationKind::View => relation.definition = sql.and_then(ddl::view),
            RelationKind::VirtualTable => relation.provider = sql.and_then(ddl::module),
            _ => {}
        }
        let text = match kind {
            RelationKind::Table => sql.and_then(ddl::table).unwrap_or_default(),
            _ => TableText::default(),
        };
        let parts = index_parts.get(row.name.as_str()).copied().unwrap_or_default();
        relation.columns = columns.iter().map(|column| lower_column(column, &relation, &text)).collect();
        relation.primary_key = primary_key(columns, &text);
        mark_rowid(&mut relation, parts, &text);
        relation.checks = text.checks.iter().map(lower_check).collect();
        lower_indexes(&mut relation, parts, &text, &texts);
        catalog.relations.push(relation);
    }

    let targets = Targets::new(&catalog.relations, &answers.broken);
    let lowered: Vec<Vec<ForeignKey>> = catalog
        .relations
        .iter()
        .map(|relation| {
            let rows = foreign_keys.get(relation.name.name.as_str()).copied().unwrap_or_default();
            let sql = if rows.is_empty() { None } else { texts.relation(&relation.name.name) };
            let text = sql.and_then(ddl::table).unwrap_or_default();
            lower_foreign_keys(&relation.name, rows, &text, &targets, &mut diagnostics)
        })
        .collect();
    for (relation, foreign_keys) in catalog.relations.iter_mut().zip(lowered) {
        relation.foreign_keys = foreign_keys;
    }
    diagnostics.extend(lineage::trace(&mut catalog, Some(super::SCHEMA)));
    (catalog, diagnostics)
}

/// The texts of CREATE statements, by the object's name. Relations share one space of names, indexes have their own.
struct Texts<'a> {
    relations: BTreeMap<&'a str, &'a str>,
    indexes: BTreeMap<&'a str, &'a str>,
}

impl<'a> Texts<'a> {
    fn new(objects: &'a [Object]) -> Self {
        let of = |is_index: bool| {
            objects
                .iter()
                .filter(|object| (object.kind == "index") == is_index)
                .filter_map(|object| Some((object.name.as_str(), object.sql.as_deref()?)))
                .collect()
        };
        Self { relations: of(false), indexes: of(true) }
    }

    fn relation(&self, name: &str) -> Option<&'a str> {
        self.relations.get(name).copied()
    }
}

/// Cuts rows that are sorted by relation where the relation changes.
fn by_relation<T>(rows: &[T], relation: impl Fn(&T) -> &str) -> BTreeMap<&str, &[T]> {
    rows.chunk_by(|a, b| relation(a) == relation(b)).map(|chunk| (relation(&chunk[0]), chunk)).collect()
}

fn name(name: &str) -> QName {
    QName::new("", name)
}

fn broken(kind: RelationKind, row: &RelationRow, reason: &str) -> Diagnostic {
    if kind == RelationKind::View {
        return Diagnostic::new(DiagnosticKind::BrokenView, &row.name, format!("the view cannot be queried: {reason}"));
    }
    let message = format!(
        "the virtual table cannot be opened: {reason}; tables that its module keeps for itself, if there are any, pass for \
         ordinary ones"
    );
    Diagnostic::new(DiagnosticKind::MissingProvider, &row.name, message)
}

fn lower_column(row: &ColumnRow, relation: &Relation, text: &TableText) -> Column {
    let keeps_any = relation.strict || relation.kind.is_view();
    let mut column = Column::new(&row.name, sql_type(&row.ty, keeps_any), &row.ty);
    column.nullable = !row.not_null;
    column.default = row.default.as_deref().and_then(ddl::default_expression);
    column.hidden = row.hidden == 1;
    let text = text.columns.iter().find(|text| text.name.eq_ignore_ascii_case(&row.name));
    if let 2 | 3 = row.hidden {
        column.generated =
            Some(Generated { expression: text.and_then(|text| text.generated.clone()), stored: row.hidden == 3 });
    }
    column.collation =
        text.and_then(|text| text.collation.as_deref()).map(collation).filter(|collation| collation != BINARY);
    column
}

/// The collation that columns have of themselves.
const BINARY: &str = "BINARY";

/// A collation's name, which SQLite compares without regard to case; its own three are known by their usual spelling.
fn collation(name: &str) -> String {
    [BINARY, "NOCASE", "RTRIM"].into_iter().find(|own| own.eq_ignore_ascii_case(name)).unwrap_or(name).to_owned()
}

fn primary_key(columns: &[ColumnRow], text: &TableText) -> Option<PrimaryKey> {
    let mut key: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    (!key.is_empty()).then(|| PrimaryKey {
        name: text.primary_key.clone(),
        columns: key.into_iter().map(|column| column.name.clone()).collect(),
        include: Vec::new(),
        prefixes: Vec::new(),
        deferrable: None,
        without_overlaps: false,
        comment: None,
    })
}

/// Says of a primary key whether it is the rowid, and whether it refuses NULL.
///
/// A primary key that is the rowid is the only one without an index behind it. Any other one of a rowid table lets NULL
/// in unless NOT NULL is written, or the table is STRICT.
fn mark_rowid(relation: &mut Relation, parts: &[IndexRow], text: &TableText) {
    let Some(key) = &relation.primary_key else { return };
    let is_rowid = relation.kind == RelationKind::Table
        && !relation.without_rowid
        && key.columns.len() == 1
        && !parts.iter().any(|part| part.origin == "pk");
    for column in relation.columns.iter_mut().filter(|column| key.columns.contains(&column.name)) {
        if is_rowid {
            column.identity = Some(if text.autoincrement { Identity::AutoIncrement } else { Identity::RowId });
        }
        if is_rowid || relation.without_rowid || relation.strict {
            column.nullable = false;
        }
    }
}

fn lower_check(check: &ddl::CheckText) -> Check {
    Check {
        name: check.name.clone(),
        expression: check.expression.clone(),
        not_valid: false,
        not_enforced: false,
        no_inherit: false,
        comment: None,
    }
}

/// Lowers indexes and unique constraints; the index behind a primary key is that key.
fn lower_indexes(relation: &mut Relation, rows: &[IndexRow], text: &TableText, texts: &Texts<'_>) {
    for rows in rows.chunk_by(|a, b| a.index == b.index) {
        let [first, ..] = rows else { continue };
        if first.origin == "pk" {
            continue;
        }
        let index_text = texts.indexes.get(first.index.as_str()).copied().and_then(ddl::index);
        let parts: Vec<_> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let text = index_text.as_ref().and_then(|text| text.parts.get(at));
                lower_part(row, text, relation)
            })
            .collect();
        let constraint = (first.origin == "u").then(|| {
            let columns: Vec<_> = rows.iter().map(|row| row.column.clone()).collect();
            (unique_name(&columns, text), columns)
        });
        match constraint {
            // A constraint that compares otherwise than its columns do is not a key of them: `=` may find several rows.
            Some((name, columns)) if parts.iter().all(|part| part.collation.is_none()) => {
                relation.unique_keys.push(UniqueKey {
                    name,
                    columns,
                    include: Vec::new(),
                    nulls_not_distinct: false,
                    deferrable: None,
                    without_overlaps: false,
                    comment: None,
                });
            }
            constraint => relation.indexes.push(Index {
                name: constraint.and_then(|(name, _)| name).unwrap_or_else(|| first.index.clone()),
                unique: first.unique,
                method: None,
                parts,
                include: Vec::new(),
                // A partial index must never pass for a whole one, even where its condition is not understood.
                predicate: first
                    .partial
                    .then(|| index_text.as_ref().and_then(|text| text.predicate.clone()).unwrap_or_default()),
                nulls_not_distinct: false,
                invalid: false,
                comment: None,
            }),
        }
    }
}

fn lower_part(row: &IndexRow, text: Option<&ddl::PartText>, relation: &Relation) -> IndexPart {
    let mut part = IndexPart { descending: row.descending, ..IndexPart::default() };
    match row.column_id {
        0.. => {
            let own = relation.column(&row.column).and_then(|column| column.collation.as_deref()).unwrap_or(BINARY);
            part.column = Some(row.column.clone());
            part.collation = Some(collation(&row.collation)).filter(|collation| !collation.eq_ignore_ascii_case(own));
        }
        _ => {
            part.expression = Some(text.map(|text| text.expression.clone()).unwrap_or_default());
            part.collation = text.and_then(|text| text.collation.as_deref()).map(collation);
        }
    }
    part
}

/// The name that the text gives a unique constraint over exactly these columns.
fn unique_name(columns: &[String], text: &TableText) -> Option<String> {
    text.unique_keys.iter().filter(|key| same_names(&key.columns, columns)).find_map(|key| key.name.clone())
}

/// Whether two lists name the same things; SQLite disregards the case of ASCII letters in names.
fn same_names(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// What foreign keys can refer to, by name in lower case.
struct Targets<'a> {
    relations: BTreeMap<String, &'a Relation>,
    /// Relations that are there and whose columns nobody knows.
    broken: BTreeSet<String>,
}

impl<'a> Targets<'a> {
    fn new(relations: &'a [Relation], broken: &BTreeMap<String, String>) -> Self {
        Self {
            relations: relations.iter().map(|relation| (relation.name.name.to_ascii_lowercase(), relation)).collect(),
            broken: broken.keys().map(|name| name.to_ascii_lowercase()).collect(),
        }
    }
}

fn lower_foreign_keys(
    relation: &QName,
    rows: &[ForeignKeyRow],
    text: &TableText,
    targets: &Targets<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<ForeignKey> {
    let keys: Vec<_> = rows.chunk_by(|a, b| a.id == b.id).collect();
    // The text and the pragma must speak of the same keys in the same order; otherwise the text is not believed.
    let agrees = keys.len() == text.foreign_keys.len()
        && keys.iter().zip(&text.foreign_keys).all(|(rows, text)| {
            let columns: Vec<_> = rows.iter().map(|row| row.from.clone()).collect();
            same_names(&columns, &text.columns) && text.references.eq_ignore_ascii_case(&rows[0].references)
        });
    keys.into_iter()
        .enumerate()
        .map(|(at, rows)| {
            let text = text.foreign_keys.get(at).filter(|_| agrees);
            lower_foreign_key(relation, rows, text, targets, diagnostics)
        })
        .collect()
}

fn lower_foreign_key(
    relation: &QName,
    rows: &[ForeignKeyRow],
    text: Option<&ddl::ForeignKeyText>,
    targets: &Targets<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> ForeignKey {
    let first = &rows[0];
    let columns: Vec<_> = rows.iter().map(|row| row.from.clone()).collect();
    let named: Option<Vec<_>> = rows.iter().map(|row| row.to.clone()).collect();
    let mut dangling = |message: String| {
        let path = format!("{relation}.{}", columns.join(", "));
        diagnostics.push(Diagnostic::new(DiagnosticKind::DanglingForeignKey, path, message));
    };
    let lowercase = first.references.to_ascii_lowercase();
    let (references, referenced_columns) = match targets.relations.get(&lowercase) {
        None => {
            let what = if targets.broken.contains(&lowercase) { "cannot be read" } else { "does not exist" };
            dangling(format!("it refers to {}, which {what}", first.references));
            (name(&first.references), named.unwrap_or_default())
        }
        Some(target) => {
            let columns = match named {
                Some(named) => named.into_iter().map(|column| real_column(target, column, &mut dangling)).collect(),
                None => implied_columns(target, columns.len(), &mut dangling),
            };
            (target.name.clone(), columns)
        }
    };
    ForeignKey {
        name: text.and_then(|text| text.name.clone()),
        columns,
        references,
        referenced_columns,
        on_update: Action::from_sql(&first.on_update).unwrap_or_default(),
        on_delete: Action::from_sql(&first.on_delete).unwrap_or_default(),
        set_columns: Vec::new(),
        match_type: Default::default(),
        deferrable: text.and_then(|text| text.deferrable),
        not_valid: false,
        not_enforced: false,
        period: false,
        comment: None,
    }
}

/// A column that a foreign key names, as the target spells it.
fn real_column(target: &Relation, named: String, dangling: &mut impl FnMut(String)) -> String {
    match target.columns.iter().find(|column| column.name.eq_ignore_ascii_case(&named)) {
        Some(column) => column.name.clone(),
        None => {
            dangling(format!("it refers to the column {named} of {}, which does not exist", target.name));
            named
        }
    }
}

/// The columns that a foreign key means that names none.
fn implied_columns(target: &Relation, count: usize, dangling: &mut impl FnMut(String)) -> Vec<String> {
    match &target.primary_key {
        Some(key) if key.columns.len() == count => key.columns.clone(),
        Some(key) => {
            let found = key.columns.len();
            let target = &target.name;
            dangling(format!("it refers to the primary key of {target}, which has {found} columns and not {count}"));
            Vec::new()
        }
        None => {
            dangling(format!("it refers to the primary key of {}, which has none", target.name));
            Vec::new()
        }
    }
}
