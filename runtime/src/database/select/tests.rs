//! The text of statements, for each engine.

use super::*;
use crate::columns::Col;
use crate::database::select::Condition;
use crate::param::ToSql;
use crate::types::Array;

/// A type of rows in name only: conditions do not need more.
struct Book;

const ID: Col<Book, i64> = Col::new(0);
const TITLE: Col<Book, String> = Col::new(1);
const SUBTITLE: Col<Book, Option<String>> = Col::new(2);
const TAGS: Col<Book, Array<i32>> = Col::new(3);
const PLACE: Col<Book, String> = Col::new(4);
const ODD: Col<Book, Option<i64>> = Col::new(5);
const FORMAT: Col<Book, i64> = Col::new(6);

static RELATION: Relation = Relation {
    schema: "shop",
    name: "bo\"o`k",
    columns: &[
        Column::new("id", "bigint"),
        Column::new("title", "character(40)"),
        Column::new("subtitle", "text").nullable(),
        Column::new("tags", "integer[]"),
        Column::new("place", "point").cast("CAST({} AS text)", "CAST({} AS point)"),
        Column::new("od\"d`ü ?$1", "bigint").nullable(),
        Column::new("format", "enum('paper','e''book')"),
    ],
    primary_key: &["id"],
    ..Relation::EMPTY
};

fn built(dialect: Dialect, change: impl FnOnce(&mut Plan), wanted: Wanted) -> Result<Built, Error> {
    let mut plan = Plan::new(&RELATION, dialect);
    change(&mut plan);
    plan.build(wanted, &TemplateCache::new(dialect))
}

/// What stands behind `WHERE`, and the number of parameters.
fn condition(dialect: Dialect, condition: Condition<Book>) -> (String, usize) {
    let built = built(dialect, |plan| plan.filter = condition.node, Wanted::Count).unwrap();
    let (_, text) = built.sql.split_once(" WHERE ").unwrap();
    // A chain is in parentheses even when it is all there is.
    let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    (text.to_owned(), built.params.len())
}

#[track_caller]
fn check(made: impl Fn() -> Condition<Book>, postgres: &str, mysql: &str, sqlite: &str) {
    for (dialect, expected) in [(Dialect::Postgres, postgres), (Dialect::Mysql, mysql), (Dialect::Sqlite, sqlite)] {
        assert_eq!(condition(dialect, made()).0, expected, "{dialect:?}");
    }
}

#[test]
fn values_are_placeholders_with_casts() {
    check(
        || ID.eq(1) & ID.ne(2),
        r#""id" = $1 AND "id" <> $2"#,
        "`id` = ? AND `id` <> ?",
        r#""id" = ?1 AND "id" <> ?2"#,
    );
    check(
        || TITLE.eq("x") | SUBTITLE.ge("y"),
        r#""title" = CAST($1 AS bpchar) OR "subtitle" >= $2"#,
        "`title` = ? OR `subtitle` >= ?",
        r#""title" = ?1 OR "subtitle" >= ?2"#,
    );
    check(
        || TAGS.eq(Array::from_elements(vec![Some(1)])),
        r#""tags" = CAST($1 AS integer[])"#,
        "`tags` = ?",
        r#""tags" = ?1"#,
    );
    check(
        || PLACE.ne("(1,2)"),
        r#""place" <> CAST($1 AS point)"#,
        "`place` <> CAST(? AS point)",
        r#""place" <> CAST(?1 AS point)"#,
    );
    check(
        || ID.between(1, 5) & ODD.is_null() & SUBTITLE.is_not_null(),
        r#"("id" >= $1 AND "id" <= $2) AND "od""d`ü ?$1" IS NULL AND "subtitle" IS NOT NULL"#,
        "(`id` >= ? AND `id` <= ?) AND `od\"d``ü ?$1` IS NULL AND `subtitle` IS NOT NULL",
        r#"("id" >= ?1 AND "id" <= ?2) AND "od""d`ü ?$1" IS NULL AND "subtitle" IS NOT NULL"#,
    );
    check(
        || ODD.lt_col(ID) & !(ID.eq(1) | ODD.gt(2)),
        r#""od""d`ü ?$1" < "id" AND NOT ("id" = $1 OR "od""d`ü ?$1" > $2)"#,
        "`od\"d``ü ?$1` < `id` AND NOT (`id` = ? OR `od\"d``ü ?$1` > ?)",
        r#""od""d`ü ?$1" < "id" AND NOT ("id" = ?1 OR "od""d`ü ?$1" > ?2)"#,
    );
}

#[test]
fn negations_are_kept_apart() {
    let text = |made: Condition<Book>| condition(Dialect::Postgres, made).0;
    assert_eq!(text(!!ID.eq(1)), r#"NOT (NOT "id" = $1)"#);
    assert_eq!(text(!(ID.eq(1) & ID.eq(2)) | !ID.eq(3)), r#"NOT ("id" = $1 AND "id" = $2) OR NOT "id" = $3"#);
    assert_eq!(text((ID.eq(1) | ID.eq(2)) & ID.eq(3)), r#"("id" = $1 OR "id" = $2) AND "id" = $3"#);
    assert_eq!(text(Condition::any([])), "1 = 0");
    assert_eq!(text(!Condition::all([])), "NOT (1 = 1)");
}

#[test]
fn lists_have_one_text_for_many_lengths() {
    check(
        || ID.in_list([1, 2, 3]),
        r#""id" = ANY(CAST($1 AS bigint[]))"#,
        "`id` IN (?, ?, ?, ?)",
        r#""id" IN (?1, ?2, ?3, ?4)"#,
    );
    check(
        || TITLE.not_in_list(["a"]),
        r#""title" <> ALL(CAST($1 AS bpchar[]))"#,
        "`title` NOT IN (?)",
        r#""title" NOT IN (?1)"#,
    );
    check(
        || PLACE.in_list(["(1,2)", "(3,4)"]),
        r#""place" IN (CAST($1 AS point), CAST($2 AS point))"#,
        "`place` IN (CAST(? AS point), CAST(? AS point))",
        r#""place" IN (CAST(?1 AS point), CAST(?2 AS point))"#,
    );
    let none: [i64; 0] = [];
    check(|| ID.in_list(none), "1 = 0", "1 = 0", "1 = 0");
    check(|| ODD.not_in_list(none), "1 = 1", "1 = 1", "1 = 1");
    assert_eq!(condition(Dialect::Postgres, ID.in_list(0..100_000)).1, 1);
}

#[test]
fn keys_of_several_columns_have_each_engines_form() {
    let plan = |dialect| {
        let rows = vec![vec![1_i64.to_sql(), "a".to_sql()], vec![2_i64.to_sql(), "b".to_sql()]];
        let node = Node::Keys { columns: vec![0, 1], rows };
        built(dialect, |plan| plan.filter = node, Wanted::Count)
            .unwrap()
            .sql
            .split_once(" WHERE ")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(
        plan(Dialect::Postgres),
        r#"("id", "title") IN (SELECT * FROM unnest(CAST($1 AS bigint[]), CAST($2 AS bpchar[])))"#
    );
    assert_eq!(plan(Dialect::Mysql), "((`id` = ? AND `title` = ?) OR (`id` = ? AND `title` = ?))");
    assert_eq!(plan(Dialect::Sqlite), r#"("id", "title") IN (VALUES (?1, ?2), (?3, ?4))"#);
}

#[test]
fn patterns_are_escaped() {
    check(
        || SUBTITLE.contains(r"50%_\"),
        r#""subtitle" LIKE $1 ESCAPE '\'"#,
        r"`subtitle` LIKE ? ESCAPE '\\'",
        r#""subtitle" LIKE ?1 ESCAPE '\'"#,
    );
    let params =
        built(Dialect::Mysql, |plan| plan.filter = TITLE.starts_with(r"5%_\").node, Wanted::Rows).unwrap().params;
    assert_eq!(params, [Param::Text(r"5\%\_\\%".to_owned())]);
}

#[test]
fn fragments_have_parameters_by_name() {
    let made = || {
        ID.eq(1)
            & Condition::sql("lower(title) = :t OR ':t' = :t OR id IN (:ids) -- so").bind("t", "x").bind(":ids", [7, 8])
            & ID.eq(2)
    };
    check(
        made,
        "\"id\" = $1 AND (lower(title) = $2 OR ':t' = $2 OR id IN ($3, $4) -- so\n) AND \"id\" = $5",
        "`id` = ? AND (lower(title) = ? OR ':t' = ? OR id IN (?, ?) -- so\n) AND `id` = ?",
        "\"id\" = ?1 AND (lower(title) = ?2 OR ':t' = ?2 OR id IN (?3, ?4) -- so\n) AND \"id\" = ?5",
    );
    assert_eq!(condition(Dialect::Mysql, made()).1, 6);
    for wrong in [Condition::sql("a = :b"), Condition::sql("a = :b").bind("b", 1).bind("c", 2), ID.eq(1).bind("c", 2)] {
        assert!(matches!(built(Dialect::Sqlite, |plan| plan.filter = wrong.node, Wanted::Rows), Err(Error::Sql(_))));
    }
}

#[test]
fn labels_of_mysql_are_in_their_order() {
    let made = || FORMAT.gt(1) & FORMAT.eq(2);
    assert_eq!(condition(Dialect::Mysql, made()).0, "(`format` + 0) > FIELD(?, 'paper','e''book') AND `format` = ?");
    assert_eq!(condition(Dialect::Sqlite, made()).0, r#""format" > ?1 AND "format" = ?2"#);
}

#[test]
fn null_is_no_operand() {
    let value: Col<Book, crate::SqliteValue> = Col::new(0);
    for made in [value.eq(crate::SqliteValue::Null), value.in_list([crate::SqliteValue::Null])] {
        let error = built(Dialect::Sqlite, |plan| plan.filter = made.node, Wanted::Rows).unwrap_err();
        assert!(error.to_string().contains("NULL"), "{error}");
    }
}

#[test]
fn whole_statements() {
    let rows = |dialect| {
        let change = |plan: &mut Plan| {
            plan.filter = ID.gt(1).node;
            plan.order = [PLACE.asc().term, ODD.desc().term, SUBTITLE.asc().nulls_first().term, ID.asc().term].into();
            plan.limit = Some(20);
            plan.offset = Some(40);
            plan.lock = Some(Lock { shared: false, behavior: Some(LockBehavior::SkipLocked) });
        };
        built(dialect, change, Wanted::Rows).unwrap().sql.to_string()
    };
    assert_eq!(
        rows(Dialect::Postgres),
        "SELECT \"id\", \"title\", \"subtitle\", \"tags\", CAST(\"place\" AS text) AS \"place\", \"od\"\"d`ü ?$1\", \"format\" \
         FROM \"shop\".\"bo\"\"o`k\" WHERE \"id\" > $1 ORDER BY \"bo\"\"o`k\".\"place\" ASC, \"od\"\"d`ü ?$1\" DESC, \
         \"subtitle\" ASC NULLS FIRST, \"id\" ASC LIMIT $2 OFFSET $3 FOR UPDATE SKIP LOCKED"
    );
    assert_eq!(
        rows(Dialect::Mysql),
        "SELECT `id`, `title`, `subtitle`, `tags`, CAST(`place` AS text) AS `place`, `od\"d``ü ?$1`, `format` \
         FROM `shop`.`bo\"o``k` WHERE `id` > ? ORDER BY `bo\"o``k`.`place` ASC, `od\"d``ü ?$1` IS NULL DESC, \
         `od\"d``ü ?$1` DESC, `subtitle` ASC, `id` ASC LIMIT ? OFFSET ? FOR UPDATE SKIP LOCKED"
    );
    assert_eq!(
        rows(Dialect::Sqlite),
        "SELECT \"id\", \"title\", \"subtitle\", \"tags\", CAST(\"place\" AS text) AS \"place\", \"od\"\"d`ü ?$1\", \"format\" \
         FROM \"shop\".\"bo\"\"o`k\" WHERE \"id\" > ?1 ORDER BY \"bo\"\"o`k\".\"place\" ASC, \"od\"\"d`ü ?$1\" DESC NULLS FIRST, \
         \"subtitle\" ASC, \"id\" ASC LIMIT ?2 OFFSET ?3"
    );
    let text = |change: fn(&mut Plan), wanted| built(Dialect::Mysql, change, wanted).unwrap().sql.to_string();
    assert_eq!(text(|plan| plan.order.push(ID.asc().term), Wanted::Count), "SELECT COUNT(*) FROM `shop`.`bo\"o``k`");
    assert_eq!(text(|_| {}, Wanted::One), "SELECT 1 FROM `shop`.`bo\"o``k` LIMIT ?");
    assert_eq!(
        text(|plan| plan.offset = Some(3), Wanted::Count),
        "SELECT COUNT(*) FROM (SELECT 1 FROM `shop`.`bo\"o``k` LIMIT ? OFFSET ?) AS `found`"
    );
}
