//! Queries, and what is told of their columns.

use super::trace;
use crate::catalog::{Catalog, Column, Engine, EnumType, QName, Relation, RelationKind, SqlType};

/// A table with columns written `name type` or `name type?`, the latter for one that can be NULL.
fn table(schema: &str, name: &str, columns: &[&str]) -> Relation {
    let mut table = Relation::new(QName::new(schema, name), RelationKind::Table);
    table.columns = columns.iter().map(|column| self::column(column)).collect();
    table
}

fn column(written: &str) -> Column {
    let (name, ty) = written.rsplit_once(' ').expect("a name and a type");
    let (ty, nullable) = ty.strip_suffix('?').map_or((ty, false), |ty| (ty, true));
    let sql = match ty {
        "int" => SqlType::integer(32),
        "text" => SqlType::Text { max_bytes: None },
        "bool" => SqlType::Boolean,
        "jsonb" => SqlType::Json { binary: true },
        "state" => SqlType::Enum { name: QName::new("shop", "state") },
        other => SqlType::Other { raw: other.into() },
    };
    Column { nullable, ..Column::new(name, sql, ty) }
}

/// The schema of all tables. On MySQL queries call it `shop`.
fn schema(engine: Engine) -> &'static str {
    if engine == Engine::Postgres { "shop" } else { "" }
}

fn shop(engine: Engine) -> Catalog {
    let schema = schema(engine);
    let mut catalog = Catalog::empty(engine);
    catalog.enums.push(EnumType { name: QName::new("shop", "state"), labels: vec!["new".into()], comment: None });
    catalog.relations = vec![
        table(schema, "customer", &["id int", "name text", "email text?", "active bool", "extra jsonb"]),
        table(schema, "orders", &["id int", "customer_id int", "coupon_id int?", "state state", "total int"]),
        table(schema, "coupon", &["coupon_id int", "code text", "customer_id int?"]),
        table(schema, "Mixed Case", &["Id int", "the \"name\" text?"]),
        table(schema, "parent", &["id int"]),
    ];
    let mut heir = table(schema, "heir", &["id int?"]);
    heir.inherits.push(QName::new(schema, "parent"));
    catalog.relations.push(heir);
    catalog
}

/// What is told of a view's columns, one after the other: `!` for one that is never NULL, `?` for the others, and the
/// origin.
fn told(catalog: &mut Catalog, view: &str) -> String {
    let own = match catalog.engine {
        Engine::Postgres => None,
        Engine::Mysql | Engine::Mariadb => Some("shop"),
        Engine::Sqlite => Some("main"),
    };
    trace(catalog, own);
    let view = catalog.relations.iter().find(|relation| relation.name.name == view).expect("the view");
    let columns = view.columns.iter().map(|column| {
        let origin = column.origin.as_ref().map(|origin| format!("{}.{}", origin.relation.name, origin.column));
        format!("{}{}", if column.nullable { '?' } else { '!' }, origin.unwrap_or_default())
    });
    columns.collect::<Vec<_>>().join(" ")
}

/// Adds a view whose columns have those types, and can be NULL as far as the server tells, which on MySQL it does.
fn add(catalog: &mut Catalog, name: &str, types: &[&str], definition: &str) {
    let mut view = Relation::new(QName::new(schema(catalog.engine), name), RelationKind::View);
    let mark = if catalog.engine.is_mysql_family() { "" } else { "?" };
    view.columns = types.iter().enumerate().map(|(at, ty)| column(&format!("c{at} {ty}{mark}"))).collect();
    view.definition = Some(definition.to_owned());
    catalog.relations.push(view);
}

fn check(engine: Engine, cases: &[(&str, &[&str], &str)]) {
    let mut wrong = Vec::new();
    for (definition, types, expected) in cases {
        let mut catalog = shop(engine);
        add(&mut catalog, "v", types, definition);
        let told = told(&mut catalog, "v");
        if told != *expected {
            wrong.push(format!("{definition}\n  told:     {told}\n  expected: {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const INT: &[&str] = &["int"];
const INT2: &[&str] = &["int", "int"];
const INT3: &[&str] = &["int", "int", "int"];
const TEXT: &[&str] = &["text"];
const BOOL: &[&str] = &["bool"];

#[test]
fn what_postgresql_prints_is_followed() {
    check(
        Engine::Postgres,
        &[
            // Plain columns, aliases, quotes.
            (" SELECT id FROM shop.customer", INT, "!customer.id"),
            (
                " SELECT customer.id, customer.email AS mail FROM shop.customer",
                &["int", "text"],
                "!customer.id ?customer.email",
            ),
            (" SELECT c.id AS a, c.id AS b FROM shop.customer c", INT2, "!customer.id !customer.id"),
            (
                " SELECT m.\"Id\", m.\"the \"\"name\"\"\" FROM shop.\"Mixed Case\" m",
                &["int", "text"],
                "!Mixed Case.Id ?Mixed Case.the \"name\"",
            ),
            (" SELECT c.x, c.y FROM shop.coupon c(x, y, z)", &["int", "text"], "!coupon.coupon_id !coupon.code"),
            (" SELECT orders.state FROM shop.orders", &["state"], "!orders.state"),
            // Where the types differ, it is not the same column.
            (" SELECT customer.id FROM shop.customer", TEXT, "!"),
            // Nobody else's tables: those of the system, those of schemas that were not asked for.
            (" SELECT c.oid FROM pg_class c", INT, "?"),
            (" SELECT customer.id FROM customer", INT, "?"),
            (" SELECT customer.id FROM elsewhere.customer", INT, "?"),
            // What inherits is seen through the parent.
            (" SELECT parent.id FROM shop.parent", INT, "?parent.id"),
            // Joins.
            (
                " SELECT c.id, o.id, o.customer_id FROM (shop.customer c JOIN shop.orders o ON ((o.customer_id = c.id)))",
                INT3,
                "!customer.id !orders.id !orders.customer_id",
            ),
            (" SELECT c.id, o.id FROM shop.customer c, shop.orders o", INT2, "!customer.id !orders.id"),
            (" SELECT c.id, o.id FROM (shop.customer c CROSS JOIN shop.orders o)", INT2, "!customer.id !orders.id"),
            (
                " SELECT c.id, o.id FROM (shop.customer c LEFT JOIN shop.orders o ON ((o.customer_id = c.id)))",
                INT2,
                "!customer.id ?orders.id",
            ),
            (
                " SELECT c.id, o.id FROM (shop.customer c RIGHT JOIN shop.orders o ON ((o.customer_id = c.id)))",
                INT2,
                "?customer.id !orders.id",
            ),
            (
                " SELECT c.id, o.id FROM (shop.customer c FULL JOIN shop.orders o ON ((o.customer_id = c.id)))",
                INT2,
                "?customer.id ?orders.id",
            ),
            (
                " SELECT c.id, o.id, p.coupon_id FROM ((shop.customer c LEFT JOIN shop.orders o ON ((o.customer_id = c.id))) \
                 LEFT JOIN shop.coupon p ON ((p.coupon_id = o.coupon_id)))",
                INT3,
                "!customer.id ?orders.id ?coupon.coupon_id",
            ),
            (
                " SELECT c.id, o.id, p.coupon_id FROM (shop.customer c LEFT JOIN (shop.orders o JOIN shop.coupon p \
                 ON ((p.coupon_id = o.coupon_id))) ON ((o.customer_id = c.id)))",
                INT3,
                "!customer.id ?orders.id ?coupon.coupon_id",
            ),
            (
                " SELECT c.id, o.id, p.coupon_id FROM ((shop.customer c LEFT JOIN shop.orders o ON ((o.customer_id = c.id))) \
                 RIGHT JOIN shop.coupon p ON ((p.coupon_id = o.coupon_id)))",
                INT3,
                "?customer.id ?orders.id !coupon.coupon_id",
            ),
            // A comma binds looser than a join.
            (
                " SELECT c.id, o.id, p.coupon_id FROM shop.customer c, (shop.orders o RIGHT JOIN shop.coupon p \
                 ON ((p.coupon_id = o.coupon_id)))",
                INT3,
                "!customer.id ?orders.id !coupon.coupon_id",
            ),
            // Conditions that no NULL satisfies; one that looks at one column of a side shows that the side is there.
            (
                " SELECT o.id, o.coupon_id FROM (shop.customer c LEFT JOIN shop.orders o ON ((o.customer_id = c.id))) \
                 WHERE (o.id IS NOT NULL)",
                INT2,
                "!orders.id ?orders.coupon_id",
            ),
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE ((o.total > 1) AND (o.coupon_id = 7))",
                INT,
                "!orders.coupon_id",
            ),
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE ((o.total > 1) OR (o.coupon_id = 7))",
                INT,
                "?orders.coupon_id",
            ),
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE ((o.coupon_id = 1) OR (o.coupon_id > 7))",
                INT,
                "!orders.coupon_id",
            ),
            (" SELECT o.coupon_id FROM shop.orders o WHERE (NOT (o.coupon_id IS NOT NULL))", INT, "?orders.coupon_id"),
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE (o.coupon_id <> ALL (ARRAY[]::integer[]))",
                INT,
                "?orders.coupon_id",
            ),
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE (o.coupon_id = ANY (ARRAY[1, 2]))",
                INT,
                "!orders.coupon_id",
            ),
            (" SELECT o.coupon_id FROM shop.orders o WHERE (o.coupon_id IS DISTINCT FROM 1)", INT, "?orders.coupon_id"),
            (
                " SELECT o.coupon_id, p.code FROM (shop.orders o JOIN shop.coupon p ON ((p.coupon_id = o.coupon_id)))",
                &["int", "text"],
                "!orders.coupon_id !coupon.code",
            ),
            (
                " SELECT o.id, p.customer_id FROM (shop.orders o LEFT JOIN shop.coupon p ON ((p.customer_id = o.customer_id)))",
                INT2,
                "!orders.id ?coupon.customer_id",
            ),
            (
                " SELECT o.id, p.customer_id FROM (shop.orders o FULL JOIN shop.coupon p ON ((p.customer_id = o.customer_id))) \
                 WHERE (p.coupon_id IS NOT NULL)",
                INT2,
                "?orders.id ?coupon.customer_id",
            ),
            // USING: the left column, the right one, or the one that is there.
            (
                " SELECT customer_id, orders.id FROM (shop.coupon JOIN shop.orders USING (customer_id))",
                INT2,
                "!coupon.customer_id !orders.id",
            ),
            (
                " SELECT customer_id, coupon.customer_id FROM (shop.orders LEFT JOIN shop.coupon USING (customer_id))",
                INT2,
                "!orders.customer_id ?coupon.customer_id",
            ),
            (
                " SELECT customer_id, orders.customer_id FROM (shop.orders RIGHT JOIN shop.coupon USING (customer_id))",
                INT2,
                "?coupon.customer_id ?orders.customer_id",
            ),
            (" SELECT id FROM (shop.orders FULL JOIN shop.customer USING (id))", INT, "!"),
            (
                " SELECT id, a.total FROM (shop.orders a FULL JOIN shop.orders b USING (id))",
                INT2,
                "!orders.id ?orders.total",
            ),
            (
                " SELECT j.a, j.b FROM (shop.coupon JOIN shop.orders USING (coupon_id)) j(a, b)",
                &["int", "text"],
                "!coupon.coupon_id !coupon.code",
            ),
            // Subqueries, LATERAL.
            (" SELECT s.x FROM ( SELECT c.id AS x FROM shop.customer c LIMIT 5) s", INT, "!customer.id"),
            (" SELECT s.x FROM ( SELECT c.id FROM shop.customer c) s(x)", INT, "!customer.id"),
            (
                " SELECT c.id, s.id FROM (shop.customer c LEFT JOIN LATERAL ( SELECT o.id FROM shop.orders o \
                 WHERE (o.customer_id = c.id) LIMIT 1) s ON (true))",
                INT2,
                "!customer.id ?orders.id",
            ),
            (" SELECT s.x FROM (shop.customer c CROSS JOIN LATERAL ( SELECT c.id AS x) s)", INT, "!customer.id"),
            (
                " SELECT s.x FROM ((shop.customer c LEFT JOIN shop.orders o ON ((o.customer_id = c.id))) \
                 CROSS JOIN LATERAL ( SELECT o.id AS x) s)",
                INT,
                "?orders.id",
            ),
            (" SELECT c.id, g.n FROM shop.customer c, LATERAL generate_series(1, 3) g(n)", INT2, "!customer.id ?"),
            // A scalar subquery may find no row, unless it counts.
            (
                " SELECT ( SELECT c.id FROM shop.customer c WHERE (c.id = o.customer_id)) AS id FROM shop.orders o",
                INT,
                "?customer.id",
            ),
            (" SELECT ( SELECT count(*) AS count FROM shop.customer c) AS n", INT, "!"),
            (" SELECT ( SELECT count(*) AS count FROM shop.customer c GROUP BY c.name) AS n", INT, "?"),
            (" SELECT ( SELECT count(*) AS count FROM shop.customer c OFFSET 1) AS n", INT, "?"),
            (" SELECT ( SELECT count(o.id) AS count FROM shop.customer c) AS n FROM shop.orders o", INT, "?"),
            // Common table expressions, and what they hide.
            (" WITH c AS ( SELECT customer.id FROM shop.customer) SELECT c.id FROM c", INT, "!customer.id"),
            (" WITH c(x) AS ( SELECT customer.id FROM shop.customer) SELECT c.x FROM c", INT, "!customer.id"),
            (
                " WITH a AS ( SELECT 1 AS id), b AS ( WITH a AS ( SELECT customer.id FROM shop.customer) SELECT a.id FROM a) \
                 SELECT a.id, b.id FROM a, b",
                INT2,
                "! !customer.id",
            ),
            (
                " WITH RECURSIVE t(id, parent) AS ( SELECT c.id, NULL::integer AS parent FROM shop.customer c UNION ALL \
                 SELECT c.id, t.id FROM (shop.customer c JOIN t ON ((c.id = t.parent)))) SELECT t.id, t.parent FROM t",
                INT2,
                "!customer.id ?customer.id",
            ),
            (" WITH RECURSIVE t(n) AS ( SELECT 1 UNION ALL SELECT (t.n + 1) FROM t) SELECT t.n FROM t", INT, "!"),
            (
                " WITH RECURSIVE t(n) AS ( SELECT o.id FROM shop.orders o UNION ALL SELECT o.coupon_id FROM t, shop.orders o) \
                 SELECT t.n FROM t",
                INT,
                "?",
            ),
            // UNION and its like.
            (" SELECT c.id FROM shop.customer c UNION ALL SELECT c.id FROM shop.customer c", INT, "!customer.id"),
            (" SELECT c.id FROM shop.customer c UNION SELECT o.id FROM shop.orders o", INT, "!"),
            (" SELECT c.id FROM shop.customer c UNION SELECT NULL::integer AS id", INT, "?customer.id"),
            (
                " SELECT o.coupon_id FROM shop.orders o UNION SELECT o.coupon_id FROM shop.orders o",
                INT,
                "?orders.coupon_id",
            ),
            (" SELECT o.coupon_id FROM shop.orders o INTERSECT SELECT p.coupon_id FROM shop.coupon p", INT, "!"),
            (" SELECT o.id FROM shop.orders o EXCEPT SELECT p.customer_id FROM shop.coupon p", INT, "!orders.id"),
            (" SELECT o.id FROM shop.orders o UNION SELECT x.id FROM elsewhere.x x", INT, "?"),
            (" VALUES (1,'a'::text), (2,NULL::text)", &["int", "text"], "! ?"),
            // DISTINCT, groups, windows.
            (" SELECT DISTINCT ON (o.customer_id) o.customer_id FROM shop.orders o", INT, "!orders.customer_id"),
            (
                " SELECT o.customer_id, count(*) AS n, max(o.id) AS last FROM shop.orders o GROUP BY o.customer_id",
                INT3,
                "!orders.customer_id ! !orders.id",
            ),
            (
                " SELECT count(o.coupon_id) AS n, sum(o.total) AS sum, max(o.id) AS last FROM shop.orders o",
                INT3,
                "! ? ?orders.id",
            ),
            (
                " SELECT sum(o.total) AS sum, sum(o.total) FILTER (WHERE (o.id > 1)) AS some, max(o.coupon_id) AS c \
                 FROM shop.orders o GROUP BY o.customer_id",
                INT3,
                "! ? ?orders.coupon_id",
            ),
            (
                " SELECT o.customer_id, count(*) AS n, COALESCE(sum(o.total), (0)::bigint) AS sum FROM shop.orders o \
                 GROUP BY ROLLUP(o.customer_id)",
                INT3,
                "?orders.customer_id ! ?",
            ),
            (
                " SELECT o.coupon_id, o.total FROM shop.orders o GROUP BY o.coupon_id, o.total HAVING (o.coupon_id IS NOT NULL)",
                INT2,
                "!orders.coupon_id !orders.total",
            ),
            (
                " SELECT max(o.coupon_id) AS c FROM shop.orders o GROUP BY o.id HAVING (max(o.coupon_id) IS NOT NULL)",
                INT,
                "?orders.coupon_id",
            ),
            (
                " SELECT o.coupon_id FROM shop.orders o GROUP BY ROLLUP(o.coupon_id) HAVING (o.coupon_id > 1)",
                INT,
                "?orders.coupon_id",
            ),
            (
                " SELECT o.customer_id FROM shop.orders o GROUP BY GROUPING SETS ((o.customer_id), ())",
                INT,
                "?orders.customer_id",
            ),
            (" SELECT o.customer_id FROM shop.orders o GROUP BY CUBE(o.customer_id, o.id)", INT, "?orders.customer_id"),
            (
                " SELECT row_number() OVER (ORDER BY o.id) AS n, lag(o.id) OVER (ORDER BY o.id) AS before, \
                 sum(o.total) OVER (PARTITION BY o.customer_id) AS sum FROM shop.orders o",
                INT3,
                "! ?orders.id ?",
            ),
            // Expressions.
            (" SELECT 1 AS a, 'x'::text AS b, NULL::integer AS c", &["int", "text", "int"], "! ! ?"),
            (
                " SELECT COALESCE(o.coupon_id, 0) AS a, COALESCE(o.coupon_id, p.coupon_id) AS b FROM shop.orders o, shop.coupon p",
                INT2,
                "! !",
            ),
            (
                " SELECT NULLIF(o.id, 0) AS a, GREATEST(o.coupon_id, o.coupon_id) AS b FROM shop.orders o",
                INT2,
                "? ?orders.coupon_id",
            ),
            (
                " SELECT CASE WHEN (o.total > 1) THEN o.id ELSE 0 END AS a, CASE WHEN (o.total > 1) THEN o.id END AS b, \
                 CASE WHEN (o.total > 1) THEN o.coupon_id ELSE 1 END AS c FROM shop.orders o",
                INT3,
                "! ?orders.id ?",
            ),
            (" SELECT (o.id)::bigint AS a, (o.coupon_id)::bigint AS b FROM shop.orders o", INT2, "! ?"),
            (" SELECT (c.extra)::integer AS a FROM shop.customer c", INT, "?"),
            (
                " SELECT (c.extra ->> 'a'::text) AS a, (c.name || 'x'::text) AS b FROM shop.customer c",
                &["text", "text"],
                "? !",
            ),
            (" SELECT (o.id + 1) AS a, (o.id / o.coupon_id) AS b FROM shop.orders o", INT2, "! ?"),
            (
                " SELECT (c.email IS NULL) AS a, (c.email = 'x'::text) AS b FROM shop.customer c",
                &["bool", "bool"],
                "! ?",
            ),
            (" SELECT ((c.id = 1) AND c.active) AS a FROM shop.customer c", BOOL, "!"),
            (
                " SELECT (EXISTS ( SELECT 1 FROM shop.orders o WHERE (o.customer_id = c.id))) AS a FROM shop.customer c",
                BOOL,
                "!",
            ),
            (" SELECT (c.id OPERATOR(shop.=) 1) AS a FROM shop.customer c", BOOL, "?"),
            (" SELECT lower(c.name) AS a, shop.lower(c.name) AS b FROM shop.customer c", &["text", "text"], "! ?"),
            (
                " SELECT substr(c.name, 1, 2) AS a, \"left\"(c.name, 1) AS b, substr(c.email, 1) AS c, \"substring\"(c.name, 'x'::text) AS d \
                 FROM shop.customer c",
                &["text", "text", "text", "text"],
                "! ! ? ?",
            ),
            (
                " SELECT SUBSTRING(c.name FROM 2 FOR 1) AS a, SUBSTRING(c.name FROM 'x'::text) AS b FROM shop.customer c",
                &["text", "text"],
                "! ?",
            ),
            // What somebody's own cast makes of NULL is not known.
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE ((o.coupon_id)::shop.colour IS NOT NULL)",
                INT,
                "?orders.coupon_id",
            ),
            (
                " SELECT o.coupon_id FROM shop.orders o WHERE ((o.coupon_id)::bigint IS NOT NULL)",
                INT,
                "!orders.coupon_id",
            ),
            (" SELECT now() AS a, CURRENT_DATE AS b, to_char(now(), ''::text) AS c", INT3, "! ! ?"),
            (" SELECT c.id, unnest(ARRAY[1, 2]) AS n FROM shop.customer c", INT2, "!customer.id ?"),
            // What is not understood.
            (" SELECT nothing.id FROM shop.customer", INT, "?"),
            (" SELECT c.id FROM shop.customer c, c", INT, "?"),
            ("SELECT FROM WHERE", INT, "?"),
            (" SELECT c.id, c.name FROM shop.customer c", INT, "?"),
            ("", INT, "?"),
        ],
    );
}

#[test]
fn what_people_write_for_sqlite_is_followed() {
    check(
        Engine::Sqlite,
        &[
            (
                "SELECT * FROM orders",
                &["int", "int", "int", "state", "int"],
                "!orders.id !orders.customer_id ?orders.coupon_id !orders.state !orders.total",
            ),
            ("select ID, [Customer].`NAME` from CUSTOMER", &["int", "text"], "!customer.id !customer.name"),
            ("SELECT main.coupon.code FROM main.coupon", TEXT, "!coupon.code"),
            (
                "SELECT c.*, o.id FROM coupon c LEFT JOIN orders o ON o.id = 1",
                &["int", "text", "int", "int"],
                "!coupon.coupon_id !coupon.code ?coupon.customer_id ?orders.id",
            ),
            // Shared columns stand where the left ones stood.
            (
                "SELECT * FROM coupon NATURAL JOIN (SELECT id, customer_id FROM orders)",
                &["int", "text", "int", "int"],
                "!coupon.coupon_id !coupon.code !coupon.customer_id !orders.id",
            ),
            (
                "SELECT * FROM (SELECT id, coupon_id FROM orders) LEFT JOIN coupon USING (coupon_id)",
                &["int", "int", "text", "int"],
                "!orders.id ?orders.coupon_id ?coupon.code ?coupon.customer_id",
            ),
            // A comma joins like a JOIN, so that what is before it may be missing too.
            (
                "SELECT c.id, o.id, p.coupon_id FROM customer c, orders o RIGHT JOIN coupon p ON p.coupon_id = o.coupon_id",
                INT3,
                "?customer.id ?orders.id !coupon.coupon_id",
            ),
            // Beside an aggregate a column is NULL where there is no row.
            ("SELECT id, count(*) FROM orders", INT2, "?orders.id !"),
            ("SELECT id, my_sum(total) FROM orders", INT2, "?orders.id ?"),
            ("SELECT id FROM orders ORDER BY count(*)", INT, "?orders.id"),
            ("SELECT id, (SELECT sum(orders.total)) FROM orders", INT2, "?orders.id ?"),
            ("SELECT id, count(*) FROM orders GROUP BY customer_id", INT2, "!orders.id !"),
            ("SELECT id, max(id, 1), length(total) FROM orders", INT3, "!orders.id ? !"),
            (
                "SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customer c",
                INT2,
                "!customer.id !",
            ),
            ("SELECT id, row_number() OVER (ORDER BY id) FROM orders", INT2, "!orders.id !"),
            // Arithmetic gives NULL for what is not a number.
            ("SELECT id / 0, id + 1, sum(total) FROM orders GROUP BY id", INT3, "? ? ?"),
            (
                "SELECT name || 'x', CAST(id AS TEXT), ifnull(email, '') FROM customer",
                &["text", "text", "text"],
                "! ! !",
            ),
            ("SELECT \"no such column\", 'text' FROM customer", &["text", "text"], "? !"),
            ("SELECT rowid, id FROM customer", INT2, "? !customer.id"),
            // A later name counts too.
            ("WITH a AS (SELECT id FROM customer), customer AS (SELECT NULL AS id) SELECT id FROM a", INT, "?"),
            ("WITH RECURSIVE t(n) AS (SELECT id FROM orders UNION SELECT n FROM t) SELECT n FROM t", INT, "!orders.id"),
            ("SELECT id FROM other.customer", INT, "?"),
            ("SELECT id FROM customer -- all\n /* of them */", INT, "!customer.id"),
            ("SELECT value FROM json_each('[1]')", INT, "?"),
            ("SELECT coupon_id FROM orders WHERE coupon_id", INT, "!orders.coupon_id"),
            ("SELECT coupon_id FROM orders WHERE coupon_id NOT IN (SELECT 1 WHERE 0)", INT, "?orders.coupon_id"),
        ],
    );
}

#[test]
fn what_mysql_prints_is_followed() {
    check(
        Engine::Mariadb,
        &[
            (
                "select `shop`.`customer`.`id` AS `ID`,`shop`.`customer`.`name` AS `n` from `shop`.`customer`",
                &["int", "text"],
                "!customer.id !customer.name",
            ),
            (
                "select `c`.`id` AS `a`,`o`.`id` AS `b`,`o`.`coupon_id` AS `c` from (`shop`.`customer` `c` \
                 join `shop`.`orders` `o` on(`o`.`customer_id` = `c`.`id`))",
                &["int", "int", "int?"],
                "!customer.id !orders.id ?orders.coupon_id",
            ),
            // The server is believed where it says that a column can be NULL, and where nothing speaks against it.
            ("select `shop`.`customer`.`id` AS `a` from `shop`.`customer`", &["int?"], "?customer.id"),
            (
                "select concat(`shop`.`customer`.`name`,1) AS `a`,coalesce(1,2) AS `b` from `shop`.`customer`",
                &["text", "int?"],
                "! ?",
            ),
            (
                "select `o`.`id` AS `a`,`o`.`id` + 1 AS `b` from (`shop`.`customer` `c` left join `shop`.`orders` `o` on(`o`.`id` = 1))",
                INT2,
                "?orders.id !",
            ),
            // An alias may have the database's name.
            ("select `shop`.`id` AS `id` from `shop`.`coupon` `x` join `shop`.`orders` `shop`", INT, "!orders.id"),
            ("select `o`.`id` AS `id` from `elsewhere`.`orders` `o`", INT, "!"),
            // Names of tables are the same only letter by letter.
            ("select `shop`.`Customer`.`id` AS `id` from `shop`.`Customer`", INT, "!"),
            (
                "with Mine as (select `shop`.`orders`.`id` AS `id` from `shop`.`orders`)select `Mine`.`id` AS `id` from `Mine`",
                INT,
                "!orders.id",
            ),
            (
                "select `o`.`id` AS `id` from `shop`.`customer` `c` straight_join `shop`.`orders` `o` on(`o`.`id` = `c`.`id`)",
                INT,
                "!orders.id",
            ),
            (
                "select `o`.`customer_id` AS `a`,count(0) AS `n`,max(`o`.`id`) AS `m`,group_concat(distinct `o`.`id` order by \
                 `o`.`id` ASC separator ', ') AS `l` from `shop`.`orders` `o` group by `o`.`customer_id`",
                &["int", "int", "int?", "text?"],
                "!orders.customer_id ! ?orders.id ?",
            ),
            (
                "select `o`.`customer_id` AS `a` from `shop`.`orders` `o` group by `o`.`customer_id` with rollup",
                &["int?"],
                "?orders.customer_id",
            ),
            (
                "select ifnull(`a`.`id`,`b`.`id`) AS `id` from (`shop`.`orders` `a` left join `shop`.`orders` `b` on(`a`.`id` = `b`.`id`))",
                INT,
                "!orders.id",
            ),
            // What the parser has other words for.
            (
                "select `c`.`id` AS `id`,`c`.`id` MOD 2 AS `m`,mod(`c`.`id`,2) AS `n`,cast(`c`.`name` as char(3) charset latin1) AS `t` \
                 from `shop`.`customer` `c` where !exists(select 1 from `shop`.`orders` `o` where `o`.`id` = `c`.`id` limit 1) \
                 and !(`c`.`name` regexp '^it''s \\\\ \\' !')",
                &["int", "int", "int?", "text"],
                "!customer.id ! ? !",
            ),
            (
                "select `c`.`id` AS `id` from `shop`.`customer` `c` union select `o`.`id` AS `id` from `shop`.`orders` `o`",
                INT,
                "!",
            ),
            ("select `nothing`.`id` AS `id` from", INT, "!"),
            ("", INT, "!"),
        ],
    );
}

#[test]
fn a_hidden_query_is_told_of() {
    let mut catalog = shop(Engine::Mysql);
    add(&mut catalog, "hidden", INT, "");
    add(&mut catalog, "odd", INT, "select");
    let told: Vec<String> =
        trace(&mut catalog, Some("shop")).iter().map(|told| format!("{}: {}", told.path, told.message)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("hidden: its query is hidden") && told[0].ends_with("SHOW VIEW"), "{told:?}");
    assert!(told[1].starts_with("odd: its query is not understood"), "{told:?}");
}

#[test]
fn views_stand_upon_views_in_any_order() {
    let mut catalog = shop(Engine::Postgres);
    add(&mut catalog, "a_top", INT2, " SELECT b.c0, b.c1 FROM shop.b_middle b");
    add(&mut catalog, "b_middle", INT2, " SELECT z.c0, o.id FROM (shop.z_base z LEFT JOIN shop.orders o ON (true))");
    add(&mut catalog, "z_base", INT, " SELECT c.id FROM shop.customer c");
    assert_eq!(told(&mut catalog, "a_top"), "!customer.id ?orders.id");
    assert_eq!(told(&mut catalog, "z_base"), "!customer.id");
}

#[test]
fn views_that_read_each_other_and_very_high_towers_end() {
    let mut catalog = shop(Engine::Postgres);
    add(&mut catalog, "one", INT, " SELECT t.c0 FROM shop.two t");
    add(&mut catalog, "two", INT, " SELECT o.c0 FROM shop.one o");
    assert_eq!(told(&mut catalog, "one"), "?");

    let mut catalog = shop(Engine::Postgres);
    add(&mut catalog, "v1000", INT, " SELECT c.id FROM shop.customer c");
    for height in (1..1000).rev() {
        add(&mut catalog, &format!("v{height}"), INT, &format!(" SELECT v.c0 FROM shop.v{} v", height + 1));
    }
    assert_eq!(told(&mut catalog, "v1"), "!customer.id");
}

#[test]
fn what_is_nested_without_end_is_not_understood() {
    for (open, close, count) in
        [("(", ")", 5_000), ("(SELECT ", ")", 3_000), ("", " + 1", 50_000), ("NOT ", "", 20_000)]
    {
        let mut catalog = shop(Engine::Postgres);
        let definition = format!(" SELECT {}1{} AS x", open.repeat(count), close.repeat(count));
        add(&mut catalog, "v", INT, &definition);
        assert_eq!(told(&mut catalog, "v"), "?", "{open}1{close}");
    }
}

#[test]
fn a_query_that_cannot_be_parsed_is_told_of() {
    let mut catalog = shop(Engine::Postgres);
    add(&mut catalog, "v", INT, " SELECT 1 +");
    let diagnostics = trace(&mut catalog, None);
    assert_eq!(diagnostics.iter().map(|told| told.path.as_str()).collect::<Vec<_>>(), ["shop.v"]);
}
