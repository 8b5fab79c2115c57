//! Statements with named parameters, as the servers read them: what a template takes for a parameter is one for the
//! server, everything else is none, and each value arrives where its name stands.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::sync::Arc;

use sqlx::mysql::MySqlConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use tablature_runtime::Dialect;
use tablature_runtime::sql::{Bind, Slot, Template};
use tablature_tests::{Engine, ScratchDatabase};

/// What a parameter is bound to.
#[derive(Clone, Copy)]
enum Bound {
    Text(&'static str),
    Number(i64),
    Numbers(&'static [i64]),
}

use Bound::{Number, Numbers, Text};

/// A statement that gives one text, what is bound, and the text.
type Case = (&'static str, &'static [(&'static str, Bound)], &'static str);

/// Statements that every engine understands.
const EVERYWHERE: &[Case] = &[
    ("SELECT 'a:x''\"`:y'", &[], "a:x'\"`:y"),
    ("SELECT 'it''s' -- :x it's\n WHERE 'a' = :a /* :b ' */ AND 1 = 1", &[("a", Text("a"))], "it's"),
    ("SELECT 'x' /***/ /* -- */ WHERE 'a' = :a /*/ :b */", &[("a", Text("a"))], "x"),
    (
        "SELECT id FROM t WHERE n = :n AND n+:n = :twice AND id = :été",
        &[("twice", Number(6)), ("n", Number(3)), ("été", Text("c"))],
        "c",
    ),
    (
        "SELECT max(id) FROM t WHERE n IN (:ns) AND id <> :not AND n IN (:ns)",
        &[("ns", Numbers(&[1, 2, 3])), ("not", Text("c"))],
        "b",
    ),
    ("SELECT max(id) FROM t WHERE n NOT IN (:ns) OR id=:a", &[("ns", Numbers(&[2, 3])), ("a", Text("b"))], "b"),
    // NULL is in no empty list, and is not in it.
    ("SELECT max(id) FROM t WHERE n NOT IN (:none)", &[("none", Numbers(&[]))], "d"),
    (
        "SELECT max(id) FROM t WHERE n IN (:none) OR id NOT IN /* */ (:none) AND n=:n",
        &[("none", Numbers(&[])), ("n", Number(2))],
        "b",
    ),
    (
        "SELECT max(id) FROM t WHERE NOT n + 1 IN (:none) AND id IN(:none) = (n=:n) AND id < 'c'",
        &[("none", Numbers(&[])), ("n", Number(1))],
        "b",
    ),
    ("SELECT id FROM t WHERE n>1 ORDER BY n LIMIT:limit OFFSET 1", &[("limit", Number(1))], "c"),
];

const POSTGRES: &[Case] = &[
    (r"SELECT 'a\' || :a || E'\':x\\' || :b::text || e''''", &[("a", Text("A")), ("b", Text("B"))], r"a\A':x\B'"),
    ("SELECT E'a' -- it's\n '\\':x' || :a", &[("a", Text("A"))], "a':xA"),
    ("SELECT 'a'\n '\\' || :a || U&'\\0041' || N':x'", &[("a", Text("A"))], "a\\AA:x"),
    ("SELECT $$ :x ' $$||:a||$t$ $$ :y $T$ $t$", &[("a", Text("A"))], " :x ' A $$ :y $T$ "),
    ("SELECT a$t$||:a||a$t$ FROM (SELECT 'x' AS a$t$) s", &[("a", Text("A"))], "xAx"),
    ("SELECT 'x' /* /* :x */ ' :y */ || :a -- :z\r || 'y'", &[("a", Text("A"))], "xAy"),
    ("SELECT \":x\"\":y\" || :a FROM (SELECT 'x' AS \":x\"\":y\") s", &[("a", Text("A"))], "xA"),
    (
        "SELECT l[2:n]::text || l[:n]::text || l[lo:2]::text || l[:i::int] FROM (SELECT '{a,b,c}'::text[] AS l, 3 AS n, 1 AS lo) s",
        &[],
        "refused: column \"i\" does not exist",
    ),
    (
        "SELECT l[2:n]::text || l[:n]::text || l[lo:2]::text FROM (SELECT '{a,b,c}'::text[] AS l, 2 AS n, 1 AS lo) s",
        &[],
        "{b}{a,b}{a,b}",
    ),
    (
        "SELECT l[(:i)] || l[2 : :i]::text || l[(:lo):(:i)]::text FROM (SELECT '{a,b,c}'::text[] AS l) s",
        &[("i", Number(3)), ("lo", Number(1))],
        "c{b,c}{a,b,c}",
    ),
    (
        "SELECT ARRAY[[:a, :b], [(n[1:i])[1], :a]]::text FROM (SELECT '{x,y}'::text[] AS n, 1 AS i) s",
        &[("a", Text("A")), ("b", Text("B"))],
        "{{A,B},{x,A}}",
    ),
    (
        "SELECT concat(j ? 'a:x', j ?| ARRAY[:k], j ?&ARRAY['a',:k], j @> :doc::jsonb, j @? '$.a', j->>:k, j #>> '{a:x}') \
      FROM (SELECT '{\"a:x\": 1, \"k\": 2}'::jsonb AS j) s",
        &[("k", Text("k")), ("doc", Text("{\"k\":2}"))],
        "ttftf21",
    ),
    (
        "SELECT make_date(year := :y::int, month := 2, day=>:d::int)::text",
        &[("y", Number(2024)), ("d", Number(3))],
        "2024-02-03",
    ),
    ("SELECT (:n::bigint + :n)::text || '12:30'::time::text", &[("n", Number(4))], "812:30:00"),
    // The empty array takes the type of what is compared with it.
    (
        "SELECT concat(1 IN (:none), 'a' IN (:none), gen_random_uuid() NOT IN (:none), now() NOT IN (:none), 1.5 IN (:none), \
      '{}'::jsonb IN (:none), NULL::date NOT IN (:none), 'a' || 'b' NOT IN (:none), true = 1 IN (:none))",
        &[("none", Numbers(&[]))],
        "ffttffttf",
    ),
];

const MYSQL: &[Case] = &[
    (r#"SELECT CONCAT('a\':x\\', :a, "b\":y""'", :b)"#, &[("a", Text("A")), ("b", Text("B"))], r#"a':x\Ab":y"'B"#),
    ("SELECT CONCAT('x', :a) # :x ' \n -- :y '\n", &[("a", Text("A"))], "xA"),
    ("SELECT CONCAT(5--:n, '') -- :x", &[("n", Number(2))], "7"),
    ("SELECT CONCAT('x', :a) /* /* :x ' */", &[("a", Text("A"))], "xA"),
    ("SELECT /*! CONCAT( */ 'x' /*!50000 , '*/' /* :x */ ) */ WHERE 'a' = :a", &[("a", Text("a"))], "x*/"),
    ("SELECT CONCAT(`:x``:y`, :a) FROM (SELECT 'x' AS `:x``:y`) s", &[("a", Text("A"))], "xA"),
    ("SELECT CONCAT(@v:=:a, @v, @`:w` IS NULL)", &[("a", Text("A"))], "AA1"),
    (
        "SELECT CONCAT(JSON_VALUE(:doc, '$.a'), JSON_EXTRACT('{\"b:x\": 1}', '$.\"b:x\"'))",
        &[("doc", Text("{\"a\":2}"))],
        "21",
    ),
    (
        "SELECT CONCAT(1 IN (:none), 'a' IN (:none), now() NOT IN (:none), 1.5 IN (:none), NULL NOT IN (:none))",
        &[("none", Numbers(&[]))],
        "00101",
    ),
    ("SELECT CONCAT(a$, :a, $b) FROM (SELECT 'x' AS a$, 'y' AS $b) s", &[("a", Text("A"))], "xAy"),
];

const SQLITE: &[Case] = &[
    (r"SELECT 'a\' || :a || [:x] || `:x` || ':x' FROM (SELECT 'y' AS [:x])", &[("a", Text("A"))], r"a\Ayy:x"),
    ("SELECT '{\"a:x\":1}' ->> 'a:x' || :a -- :x\r || 'no'\n", &[("a", Text("A"))], "1A"),
    ("SELECT 'x' || :b || :a || :b /* /* :x */", &[("a", Text("A")), ("b", Text("B"))], "xBAB"),
    ("SELECT a$b || :a FROM (SELECT 'x' AS a$b)", &[("a", Text("A"))], "xA"),
    ("SELECT (1 IN (:none)) || (NULL NOT IN (:none)) || ('a' IN(:none))", &[("none", Numbers(&[]))], "010"),
];

/// The values in the order in which they are bound: the text, or the number.
fn values(order: &[Bind], bound: &[(&str, Bound)], positions: &[usize]) -> Vec<Result<&'static str, i64>> {
    let value = |bind: &Bind| match bound[positions[bind.parameter]].1 {
        Text(text) => Ok(text),
        Number(number) => Err(number),
        Numbers(numbers) => Err(numbers[bind.element]),
    };
    order.iter().map(value).collect()
}

/// Prepares a statement, binds the values, and gives the text of its only row and column, or the server's refusal.
macro_rules! fetch {
    ($connection:expr, $text:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe(Arc::clone(&$text)));
        for value in $values {
            query = match value {
                Ok(text) => query.bind(text),
                Err(number) => query.bind(number),
            };
        }
        match query.fetch_one($connection).await {
            Ok(row) => row.try_get::<String, _>(0).unwrap_or_else(|error| panic!("{}: {error}", $text)),
            Err(sqlx::Error::Database(error)) => format!("refused: {}", error.message()),
            Err(error) => panic!("{}: {error}", $text),
        }
    }};
}

/// The template's text and values for a case.
fn prepare(dialect: Dialect, &(sql, bound, _): &Case) -> (Arc<str>, Vec<Result<&'static str, i64>>) {
    let template = Template::parse(sql, dialect).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let names = bound.iter().map(|(name, _)| *name);
    let positions = template.check_bound(names).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let count = |position: &usize| match bound[*position].1 {
        Numbers(numbers) => numbers.len(),
        Text(_) | Number(_) => 1,
    };
    let slots: Vec<Slot<'_>> = positions.iter().map(|position| Slot { count: count(position), cast: None }).collect();
    let rendered = template.render(&slots).unwrap_or_else(|error| panic!("{sql}: {error}"));
    (rendered.text, values(&rendered.order, bound, &positions))
}

fn database(engine: Engine) -> ScratchDatabase {
    let database = ScratchDatabase::create(engine).unwrap();
    database.load("CREATE TABLE t (id varchar(9), n integer)").unwrap();
    database.load("INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3), ('d', NULL)").unwrap();
    database
}

#[tokio::test]
async fn postgres_reads_the_same() {
    let database = database(Engine::Postgres);
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    for case in EVERYWHERE.iter().chain(POSTGRES) {
        let (text, values) = prepare(Dialect::Postgres, case);
        assert_eq!(fetch!(&mut connection, text, values), case.2, "{text}");
    }
}

#[tokio::test]
async fn mysql_reads_the_same() {
    let database = database(Engine::Mysql);
    let mut connection = MySqlConnection::connect(database.url()).await.unwrap();
    for case in EVERYWHERE.iter().chain(MYSQL) {
        let (text, values) = prepare(Dialect::Mysql, case);
        assert_eq!(fetch!(&mut connection, text, values), case.2, "{text}");
    }
}

#[tokio::test]
async fn sqlite_reads_the_same() {
    let database = database(Engine::Sqlite);
    let mut connection = SqliteConnection::connect(database.url()).await.unwrap();
    for case in EVERYWHERE.iter().chain(SQLITE) {
        let (text, values) = prepare(Dialect::Sqlite, case);
        assert_eq!(fetch!(&mut connection, text, values), case.2, "{text}");
    }
}
