//! What the statements answered becomes a [`Catalog`].

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{
    Action, Catalog, Check, Column, CompositeType, Deferrable, Diagnostic, DiagnosticKind, Domain, Engine, EnumType,
    Exclusion, Field, ForeignKey, Generated, Identity, Index, IndexPart, MatchType, PrimaryKey, QName, RangeType,
    Relation, RelationKind, Routine, Schema, UniqueKey,
};

use super::printed::settled;
use super::queries::{
    ColumnRow, ConstraintRow, IndexRow, NamespaceRow, Oid, PartRow, RelationRow, RoutineRow, TypeRow,
};
use super::types::TypeTable;
use crate::reflect::lineage;

/// The comment that `initdb` gives the schema `public`. Nobody who uses the database wrote it.
const COMMENT_OF_PUBLIC: &str = "standard public schema";

/// Everything that the statements answered.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The schemas that were asked for.
    pub(super) namespaces: Vec<NamespaceRow>,
    pub(super) types: Vec<TypeRow>,
    pub(super) relations: Vec<RelationRow>,
    pub(super) columns: Vec<ColumnRow>,
    pub(super) constraints: Vec<ConstraintRow>,
    pub(super) indexes: Vec<IndexRow>,
    pub(super) routines: Vec<RoutineRow>,
}

/// Makes the catalog, and says which relations are missing from it.
pub(super) fn lower(answer: Answer) -> (Catalog, Vec<Diagnostic>) {
    let mut catalog = Catalog::empty(Engine::Postgres);
    let types = TypeTable::new(answer.types);
    let columns = group(answer.columns, |row| row.relation);
    let (of_domains, of_relations) = answer.constraints.into_iter().partition(|row: &ConstraintRow| row.domain != 0);
    let mut constraints = group(of_relations, |row| row.relation);
    let mut indexes = group(answer.indexes, |row| row.relation);
    let schemas: BTreeSet<_> = answer.namespaces.iter().map(|row| row.name.clone()).collect();

    let unreadable: Vec<Diagnostic> = answer.relations.iter().filter(|row| !row.readable).map(refused).collect();
    let readable: BTreeSet<QName> =
        answer.relations.iter().filter(|row| row.readable).map(|row| QName::new(&row.schema, &row.name)).collect();
    let listed = answer.relations.iter().filter(|row| row.readable).map(|row| row.oid);
    let mut reached = Reached::new(&types, &columns, listed.collect());
    for row in answer.relations {
        let oid = row.oid;
        if row.readable {
            reached.fields_of(oid);
        }
        catalog.relations.extend(relation(
            row,
            columns.get(&oid).map_or(&[][..], Vec::as_slice),
            constraints.remove(&oid).unwrap_or_default(),
            indexes.remove(&oid).unwrap_or_default(),
            &types,
        ));
    }
    reached.types_of(&schemas);
    let checks = group(of_domains, |row: &ConstraintRow| row.domain);
    for row in reached.done() {
        define(row, &types, &columns, &checks, &mut catalog);
    }

    catalog.schemas = answer.namespaces.into_iter().filter_map(schema).collect();
    catalog.routines = answer.routines.into_iter().filter_map(routine).collect();
    // A role may read a view and not what it reads; what is known of the view must not depend on that.
    let mut diagnostics = lineage::trace(&mut catalog, None);
    catalog.relations.retain(|relation| readable.contains(&relation.name));
    diagnostics.retain(|diagnostic| readable.iter().any(|name| name.to_string() == diagnostic.path));
    diagnostics.extend(unreadable);
    (catalog, diagnostics)
}

/// What is said of a relation that the role may not read.
fn refused(row: &RelationRow) -> Diagnostic {
    Diagnostic::new(
        DiagnosticKind::UnreadableRelation,
        QName::new(&row.schema, &row.name),
        "the role may not SELECT from it; grant it that, with USAGE of the schema, or leave the relation out",
    )
}

fn group<T>(rows: Vec<T>, key: impl Fn(&T) -> Oid) -> BTreeMap<Oid, Vec<T>> {
    let mut groups = BTreeMap::<Oid, Vec<T>>::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

fn schema(row: NamespaceRow) -> Option<Schema> {
    let comment = row.comment.filter(|comment| row.name != "public" || comment != COMMENT_OF_PUBLIC)?;
    Some(Schema { name: row.name, comment: Some(comment) })
}

fn routine(row: RoutineRow) -> Option<Routine> {
    let kind = match row.kind.as_str() {
        "p" => "procedure",
        "a" => "aggregate",
        "w" => "window",
        _ => "function",
    };
    Some(Routine {
        name: QName::new(row.schema, row.name),
        kind: kind.to_owned(),
        // Absent for one that was dropped meanwhile.
        arguments: row.arguments?,
        returns: row.returns,
    })
}

/// The types that the catalog must define: what its columns refer to, in whatever schema, and what its schemas hold.
struct Reached<'a> {
    types: &'a TypeTable,
    columns: &'a BTreeMap<Oid, Vec<ColumnRow>>,
    /// The relations that are listed, whose row types need no definition.
    listed: BTreeSet<Oid>,
    found: BTreeSet<Oid>,
    waiting: Vec<Oid>,
}

impl<'a> Reached<'a> {
    fn new(types: &'a TypeTable, columns: &'a BTreeMap<Oid, Vec<ColumnRow>>, listed: BTreeSet<Oid>) -> Self {
        Self { types, columns, listed, found: BTreeSet::new(), waiting: Vec::new() }
    }

    /// Adds the types of a relation's columns.
    fn fields_of(&mut self, relation: Oid) {
        self.waiting.extend(self.columns.get(&relation).into_iter().flatten().map(|row| row.type_id));
    }

    /// Adds the types that were created in those schemas.
    fn types_of(&mut self, schemas: &BTreeSet<String>) {
        let created = self.types.rows().filter(|row| {
            schemas.contains(&row.schema)
                && match row.kind.as_str() {
                    "c" => row.relation_kind.as_deref() == Some("c"),
                    kind => matches!(kind, "e" | "d" | "r"),
                }
        });
        self.waiting.extend(created.map(|row| row.oid));
    }

    /// Follows every type to what it is made of, and gives those that need a definition.
    fn done(mut self) -> Vec<&'a TypeRow> {
        let mut defined = Vec::new();
        while let Some(oid) = self.waiting.pop() {
            let Some(row) = self.types.row(oid).filter(|row| row.extension.is_none()) else { continue };
            if !self.found.insert(oid) {
                continue;
            }
            self.waiting.extend([row.element, row.base, row.subtype, row.multirange_of].into_iter().flatten());
            let needs_definition = match row.kind.as_str() {
                "e" | "d" => true,
                "r" => row.schema != "pg_catalog",
                "c" => row.relation.is_some_and(|relation| !self.listed.contains(&relation)),
                _ => false,
            };
            if needs_definition {
                defined.push(row);
                if let Some(relation) = row.relation {
                    self.fields_of(relation);
                }
            }
        }
        defined
    }
}

/// Adds the definition of a type.
fn define(
    row: &TypeRow,
    types: &TypeTable,
    columns: &BTreeMap<Oid, Vec<ColumnRow>>,
    checks: &BTreeMap<Oid, Vec<ConstraintRow>>,
    catalog: &mut Catalog,
) {
    let name = QName::new(&row.schema, &row.name);
    let comment = row.comment.clone();
    match row.kind.as_str() {
        "e" => catalog.enums.push(EnumType { name, labels: row.labels.clone(), comment }),
        "d" => {
            let raw = row.base_raw.clone().unwrap_or_default();
            catalog.domains.push(Domain {
                name,
                ty: types.resolve(row.base.unwrap_or_default(), row.base_modifier, row.base_dimensions, &raw),
                raw,
                not_null: row.not_null,
                default: row.default.clone().map(settled),
                checks: checks.get(&row.oid).into_iter().flatten().cloned().filter_map(check).collect(),
                collation: row.collation.clone(),
                comment,
            });
        }
        "c" => catalog.composites.push(CompositeType {
            name,
            fields: row.relation.and_then(|relation| columns.get(&relation)).map_or_else(Vec::new, |fields| {
                fields
                    .iter()
                    .map(|field| Field {
                        name: field.name.clone(),
                        ty: types.resolve(field.type_id, field.modifier, field.dimensions, &field.raw),
                        raw: field.raw.clone(),
                        comment: field.comment.clone(),
                    })
                    .collect()
            }),
            comment,
        }),
        "r" => {
            let Some(subtype) = row.subtype.and_then(|subtype| types.row(subtype)) else { return };
            catalog.ranges.push(RangeType {
                name,
                subtype: types.resolve(subtype.oid, -1, 0, &subtype.printed),
                multirange: row
                    .multirange
                    .and_then(|multirange| types.row(multirange))
                    .map(|multirange| QName::new(&multirange.schema, &multirange.name)),
                comment,
            });
        }
        _ => {}
    }
}

/// A relation with all that it has. Absent if it is of a kind that holds no rows.
fn relation(
    row: RelationRow,
    columns: &[ColumnRow],
    constraints: Vec<ConstraintRow>,
    indexes: Vec<IndexRow>,
    types: &TypeTable,
) -> Option<Relation> {
    let kind = match row.kind.as_str() {
        "r" => RelationKind::Table,
        "p" => RelationKind::PartitionedTable,
        "f" => RelationKind::ForeignTable,
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        _ => return None,
    };
    let mut relation = Relation::new(QName::new(row.schema, row.name), kind);
    relation.comment = row.comment;
    relation.columns = columns.iter().map(|row| column(row, kind, types)).collect();
    relation.partition_key = row.partition_key;
    relation.inherits = row.inherits;
    relation.definition = row.definition.map(|query| settled(query.trim().trim_end_matches(';').trim_end().to_owned()));
    relation.provider = row.provider;
    for row in constraints {
        constrain(&mut relation, row);
    }
    relation.indexes = indexes.into_iter().map(index).collect();
    Some(relation)
}

fn column(row: &ColumnRow, kind: RelationKind, types: &TypeTable) -> Column {
    let ty = types.resolve(row.type_id, row.modifier, row.dimensions, &row.raw);
    let mut column = Column::new(&row.name, ty, &row.raw);
    // An outer join gives NULL for a column of any type, so that a domain promises nothing in a view.
    column.nullable = !row.not_null && (kind.is_view() || !types.refuses_null(row.type_id));
    column.collation = row.collation.clone();
    column.comment = row.comment.clone();
    if row.generated.is_empty() {
        column.default = row.expression.clone().map(settled);
        column.identity = match row.identity.as_str() {
            "a" => Some(Identity::Always),
            "d" => Some(Identity::ByDefault),
            _ if row.owns_sequence && row.expression.as_deref().is_some_and(is_nextval) => Some(Identity::Serial),
            _ => None,
        };
    } else {
        column.generated =
            Some(Generated { expression: row.expression.clone().map(settled), stored: row.generated == "s" });
    }
    column
}

/// Whether a default is the next value of a sequence and nothing more.
/// Takes away one pair of parentheses if it stands around the whole: `(a > 0)`, but not `(a > 0) AND (b > 0)`.
fn without_parentheses(expression: &str) -> &str {
    let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return expression };
    let (mut depth, mut quote) = (0_u32, None);
    for c in inner.chars() {
        match (quote, c) {
            // A doubled quote closes and opens again, which comes to the same.
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return expression,
            },
            _ => {}
        }
    }
    inner
}

fn is_nextval(expression: &str) -> bool {
    expression.starts_with("nextval('") && expression.ends_with("'::regclass)")
}

/// Adds a constraint to its relation.
fn constrain(relation: &mut Relation, row: ConstraintRow) {
    let deferrable = match (row.is_deferrable, row.deferred) {
        (false, _) => None,
        (true, false) => Some(Deferrable::InitiallyImmediate),
        (true, true) => Some(Deferrable::InitiallyDeferred),
    };
    match row.kind.as_str() {
        "p" => {
            relation.primary_key = Some(PrimaryKey {
                name: Some(row.name),
                columns: row.columns,
                include: row.include,
                prefixes: Vec::new(),
                deferrable,
                without_overlaps: row.period,
                comment: row.comment,
            });
        }
        "u" => relation.unique_keys.push(UniqueKey {
            name: Some(row.name),
            columns: row.columns,
            include: row.include,
            nulls_not_distinct: row.nulls_not_distinct,
            deferrable,
            without_overlaps: row.period,
            comment: row.comment,
        }),
        "f" => relation.foreign_keys.push(ForeignKey {
            name: Some(row.name),
            columns: row.columns,
            references: QName::new(row.referenced_schema.unwrap_or_default(), row.referenced_name.unwrap_or_default()),
            referenced_columns: row.referenced_columns,
            on_update: action(&row.on_update),
            on_delete: action(&row.on_delete),
            set_columns: row.set_columns,
            match_type: if row.match_type == "f" { MatchType::Full } else { MatchType::Simple },
            deferrable,
            not_valid: row.enforced && !row.validated,
            not_enforced: !row.enforced,
            period: row.period,
            comment: row.comment,
        }),
        "c" => relation.checks.extend(check(row)),
        "x" => {
            // Absent for one that was dropped meanwhile.
            if let Some(definition) = row.definition {
                let definition = settled(definition);
                relation.exclusions.push(Exclusion { name: row.name, definition, deferrable, comment: row.comment });
            }
        }
        _ => {}
    }
}

/// A check of a relation or a domain. One that is not enforced is never called not valid too, though the server has it
/// so. Absent for one that was dropped meanwhile.
fn check(row: ConstraintRow) -> Option<Check> {
    Some(Check {
        name: Some(row.name),
        expression: settled(without_parentheses(&row.expression?).to_owned()),
        not_valid: row.enforced && !row.validated,
        not_enforced: !row.enforced,
        no_inherit: row.no_inherit,
        comment: row.comment,
    })
}

fn action(code: &str) -> Action {
    match code {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

fn index(row: IndexRow) -> Index {
    let (key, carried): (Vec<_>, Vec<_>) = row.parts.into_iter().partition(|part| part.key);
    Index {
        name: row.name,
        unique: row.is_unique,
        method: Some(row.method),
        parts: key.into_iter().map(part).collect(),
        include: carried.into_iter().filter_map(|part| part.column).collect(),
        predicate: row.predicate.map(settled),
        nulls_not_distinct: row.nulls_not_distinct,
        invalid: !row.valid,
        comment: row.comment,
    }
}

fn part(row: PartRow) -> IndexPart {
    let options = row.options.unwrap_or_default();
    let (descending, nulls_first) = (options & 1 != 0, options & 2 != 0);
    IndexPart {
        column: row.column,
        expression: row.expression.map(settled),
        prefix: None,
        descending,
        // NULLs are greater than all else: they come last upwards and first downwards.
        nulls_reversed: descending != nulls_first,
        operator_class: row.operator_class,
        collation: row.collation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parentheses_around_the_whole_go() {
        for (printed, kept) in [
            ("(a > 0)", "a > 0"),
            ("((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"),
            ("(a > 0) AND (b > 0)", "(a > 0) AND (b > 0)"),
            ("(a <> ')('::text)", "a <> ')('::text"),
            ("(\"a)(b\" > 0)", "\"a)(b\" > 0"),
            ("true", "true"),
        ] {
            assert_eq!(without_parentheses(printed), kept);
        }
    }
    use crate::catalog::SqlType;

    const TABLE: Oid = 100;
    const VIEW: Oid = 101;

    fn base_type(oid: Oid, name: &str, printed: &str) -> TypeRow {
        let (name, printed) = (name.to_owned(), printed.to_owned());
        TypeRow { oid, schema: "pg_catalog".into(), name, kind: "b".into(), printed, ..TypeRow::default() }
    }

    fn user_type(oid: Oid, schema: &str, kind: &str, name: &str) -> TypeRow {
        let (schema, name, kind) = (schema.to_owned(), name.to_owned(), kind.to_owned());
        TypeRow { oid, schema, name, kind, ..TypeRow::default() }
    }

    fn column_row(relation: Oid, name: &str, type_id: Oid) -> ColumnRow {
        ColumnRow { relation, name: name.into(), type_id, modifier: -1, raw: "raw".into(), ..ColumnRow::default() }
    }

    fn relation_row(oid: Oid, kind: &str, name: &str) -> RelationRow {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        RelationRow { oid, schema: "shop".into(), name, kind, readable: true, ..RelationRow::default() }
    }

    fn constraint_row(kind: &str, name: &str) -> ConstraintRow {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        ConstraintRow { relation: TABLE, name, kind, validated: true, enforced: true, ..ConstraintRow::default() }
    }

    /// A table and a view of the schema `shop`, which is the one that was asked for.
    fn answer() -> Answer {
        Answer {
            namespaces: vec![NamespaceRow { oid: 1, name: "shop".into(), ..NamespaceRow::default() }],
            types: vec![base_type(23, "int4", "integer"), base_type(25, "text", "text")],
            relations: vec![relation_row(TABLE, "r", "book"), relation_row(VIEW, "v", "shelf")],
            ..Answer::default()
        }
    }

    fn lowered(answer: Answer) -> Catalog {
        let (mut catalog, _) = lower(answer);
        catalog.normalize();
        catalog
    }

    fn book(answer: Answer) -> Relation {
        lowered(answer).relation(&QName::new("shop", "book")).cloned().expect("it is listed")
    }

    fn names<'a>(names: impl IntoIterator<Item = &'a QName>) -> Vec<String> {
        names.into_iter().map(QName::to_string).collect()
    }

    #[test]
    fn types_of_other_schemas_are_defined_as_far_as_columns_lead_to_them() {
        let mut answer = answer();
        answer.types.extend([
            user_type(500, "lib", "e", "genre"),
            TypeRow { element: Some(500), ..user_type(501, "lib", "b", "_genre") },
            TypeRow { base: Some(501), base_modifier: -1, ..user_type(502, "lib", "d", "genres") },
            TypeRow { relation: Some(200), relation_kind: Some("c".into()), ..user_type(503, "lib", "c", "entry") },
            TypeRow { element: Some(503), ..user_type(504, "lib", "b", "_entry") },
            user_type(505, "lib", "e", "nobody_uses_it"),
            user_type(506, "shop", "e", "unused_here"),
            TypeRow { extension: Some("isn".into()), ..user_type(507, "shop", "d", "isbn") },
        ]);
        answer.columns.extend([column_row(TABLE, "entries", 504), column_row(200, "genres", 502)]);
        let catalog = lowered(answer);
        assert_eq!(names(catalog.enums.iter().map(|e| &e.name)), ["lib.genre", "shop.unused_here"]);
        assert_eq!(names(catalog.domains.iter().map(|d| &d.name)), ["lib.genres"]);
        assert_eq!(names(catalog.composites.iter().map(|c| &c.name)), ["lib.entry"]);
        assert_eq!(catalog.composites[0].fields[0].ty, SqlType::Domain { name: QName::new("lib", "genres") });
    }

    #[test]
    fn the_row_type_of_a_relation_is_defined_only_if_the_relation_is_not_listed() {
        let mut answer = answer();
        let row = |oid, name, relation| TypeRow {
            relation: Some(relation),
            relation_kind: Some("r".into()),
            ..user_type(oid, "shop", "c", name)
        };
        answer.types.extend([row(500, "book", TABLE), row(501, "secret", 102), row(502, "unused", 103)]);
        answer.relations.push(RelationRow { readable: false, ..relation_row(102, "r", "secret") });
        answer.columns.extend([column_row(TABLE, "next", 500), column_row(TABLE, "s", 501), column_row(102, "id", 23)]);
        let (catalog, diagnostics) = lower(answer);
        assert_eq!(names(catalog.composites.iter().map(|c| &c.name)), ["shop.secret"]);
        assert_eq!(catalog.composites[0].fields.len(), 1);
        assert!(catalog.relations.iter().all(|relation| relation.name.name != "secret"));
        assert_eq!(diagnostics.len(), 1);
        assert_eq!((diagnostics[0].kind, &*diagnostics[0].path), (DiagnosticKind::UnreadableRelation, "shop.secret"));
    }

    #[test]
    fn a_domain_that_refuses_null_does_so_in_tables_alone() {
        let mut answer = answer();
        answer.types.push(TypeRow { base: Some(25), not_null: true, ..user_type(500, "shop", "d", "title") });
        answer.columns.extend([column_row(TABLE, "title", 500), column_row(VIEW, "title", 500)]);
        let nullable: Vec<_> = lowered(answer).relations.iter().map(|r| r.columns[0].nullable).collect();
        assert_eq!(nullable, [false, true]);
    }

    #[test]
    fn a_serial_is_the_next_value_of_a_sequence_of_its_own() {
        let next = "nextval('shop.book_id_seq'::regclass)";
        for (expression, owns_sequence, expected) in [
            (Some(next), true, Some(Identity::Serial)),
            (Some(next), false, None),
            (Some("(nextval('shop.book_id_seq'::regclass) + 1)"), true, None),
            (None, false, None),
        ] {
            let mut answer = answer();
            let expression = expression.map(str::to_owned);
            answer.columns.push(ColumnRow {
                expression: expression.clone(),
                owns_sequence,
                ..column_row(TABLE, "id", 23)
            });
            let column = book(answer).columns.remove(0);
            assert_eq!((column.identity, column.default), (expected, expression));
        }
    }

    #[test]
    fn what_a_column_is_computed_from_is_no_default() {
        let mut answer = answer();
        let computed = |name, generated: &str| ColumnRow {
            expression: Some("(id * 2)".into()),
            generated: generated.into(),
            ..column_row(TABLE, name, 23)
        };
        answer.columns.extend([computed("stored", "s"), computed("virtual", "v")]);
        for (column, stored) in book(answer).columns.iter().zip([true, false]) {
            assert_eq!(column.default, None);
            assert_eq!(column.generated, Some(Generated { expression: Some("(id * 2)".into()), stored }));
        }
    }

    #[test]
    fn a_constraint_that_is_not_enforced_is_not_called_not_valid_too() {
        let mut answer = answer();
        let check = |name, validated, enforced| ConstraintRow {
            expression: Some("(id > 0)".into()),
            validated,
            enforced,
            ..constraint_row("c", name)
        };
        answer.constraints.extend([check("a", true, true), check("b", false, true), check("c", false, false)]);
        let flags: Vec<_> = book(answer).checks.iter().map(|check| (check.not_valid, check.not_enforced)).collect();
        assert_eq!(flags, [(false, false), (true, false), (false, true)]);
    }

    #[test]
    fn foreign_keys_keep_every_clause() {
        let mut answer = answer();
        answer.constraints.push(ConstraintRow {
            columns: vec!["b".into(), "a".into()],
            referenced_schema: Some("lib".into()),
            referenced_name: Some("shelf".into()),
            referenced_columns: vec!["y".into(), "x".into()],
            set_columns: vec!["a".into()],
            on_update: "r".into(),
            on_delete: "n".into(),
            match_type: "f".into(),
            is_deferrable: true,
            deferred: true,
            ..constraint_row("f", "book_fk")
        });
        let expected = ForeignKey {
            name: Some("book_fk".into()),
            columns: vec!["b".into(), "a".into()],
            references: QName::new("lib", "shelf"),
            referenced_columns: vec!["y".into(), "x".into()],
            on_update: Action::Restrict,
            on_delete: Action::SetNull,
            set_columns: vec!["a".into()],
            match_type: MatchType::Full,
            deferrable: Some(Deferrable::InitiallyDeferred),
            not_valid: false,
            not_enforced: false,
            period: false,
            comment: None,
        };
        assert_eq!(book(answer).foreign_keys, [expected]);
    }

    #[test]
    fn nulls_are_reversed_where_they_are_not_at_the_end_that_the_direction_gives_them() {
        for (options, expected) in [(0, (false, false)), (1, (true, true)), (2, (false, true)), (3, (true, false))] {
            let part = part(PartRow { options: Some(options), ..PartRow::default() });
            assert_eq!((part.descending, part.nulls_reversed), expected, "options {options}");
        }
    }

    #[test]
    fn carried_columns_are_no_parts_of_an_index() {
        let mut answer = answer();
        let part = |name: &str, key| PartRow { column: Some(name.into()), key, ..PartRow::default() };
        answer.indexes.push(IndexRow {
            relation: TABLE,
            name: "book_ix".into(),
            method: "btree".into(),
            valid: true,
            parts: vec![part("b", true), part("a", true), part("c", false)],
            ..IndexRow::default()
        });
        let index = book(answer).indexes.remove(0);
        assert_eq!(index.parts.iter().filter_map(|part| part.column.as_deref()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(index.include, ["c"]);
    }

    #[test]
    fn what_was_dropped_meanwhile_is_left_out() {
        let mut answer = answer();
        answer.constraints.extend([constraint_row("c", "check"), constraint_row("x", "exclusion")]);
        answer.routines.push(RoutineRow { schema: "shop".into(), name: "f".into(), ..RoutineRow::default() });
        answer.relations[1].definition = None;
        answer.columns.push(column_row(VIEW, "gone", 99_999));
        let catalog = lowered(answer);
        assert_eq!(catalog.routines, []);
        let [book, shelf] = &catalog.relations[..] else { panic!("two relations") };
        assert!(book.checks.is_empty() && book.exclusions.is_empty());
        assert_eq!(shelf.columns[0].ty, SqlType::Other { raw: "raw".into() });
    }

    #[test]
    fn the_comment_of_public_is_the_servers_own() {
        let comment = |name: &str, comment: &str| {
            let (name, comment) = (name.to_owned(), Some(comment.to_owned()));
            schema(NamespaceRow { name, comment, ..NamespaceRow::default() })
        };
        assert_eq!(comment("public", COMMENT_OF_PUBLIC), None);
        assert!(comment("public", "the shop").is_some());
        assert!(comment("shop", COMMENT_OF_PUBLIC).is_some());
    }

    #[test]
    fn the_order_of_the_answer_means_nothing() {
        let mut answer = answer();
        answer.types.extend([user_type(500, "shop", "e", "b"), user_type(501, "shop", "e", "a")]);
        answer.columns.extend([column_row(TABLE, "x", 23), column_row(VIEW, "y", 500), column_row(VIEW, "z", 501)]);
        let check = |name| ConstraintRow { expression: Some("true".into()), ..constraint_row("c", name) };
        answer.constraints.extend([check("b"), check("a")]);
        let mut reversed = Answer {
            types: answer.types.clone(),
            relations: answer.relations.clone(),
            columns: answer.columns.clone(),
            constraints: answer.constraints.clone(),
            namespaces: answer.namespaces.clone(),
            ..Answer::default()
        };
        reversed.types.reverse();
        reversed.relations.reverse();
        reversed.constraints.reverse();
        assert_eq!(lowered(answer), lowered(reversed));
    }

    #[test]
    fn a_view_is_given_without_the_end_of_its_statement() {
        let mut answer = answer();
        answer.relations[1].definition = Some(" SELECT 1 AS one;".into());
        assert_eq!(lowered(answer).relations[1].definition.as_deref(), Some("SELECT 1 AS one"));
    }
}
