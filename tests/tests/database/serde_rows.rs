//! Rows as any type that serde deserializes.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use tablature_runtime::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tablature_runtime::{De, Decimal, Error, Json, Uuid};
use tablature_tests::Engine;

use super::open;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mood {
    Happy,
    Sad,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Weight(f64);

#[derive(Debug, Deserialize, PartialEq)]
struct Detail {
    pages: u32,
    tags: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Everything {
    id: i64,
    small: u8,
    name: String,
    nought: Option<String>,
    price: Decimal,
    weight: Weight,
    born: NaiveDate,
    at: NaiveDateTime,
    wake: NaiveTime,
    key: Uuid,
    raw: Vec<u8>,
    detail: Detail,
    mood: Mood,
    #[serde(default)]
    absent: i32,
}

fn sql(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => {
            "SELECT 7::bigint AS id, 200::smallint AS small, 'Ann \"A\"' AS name, NULL::text AS nought,
             12.50::numeric AS price, 1.5::float8 AS weight, date '2024-02-29' AS born,
             timestamp '2024-02-29 12:30:00.25' AS at, time '07:05:00' AS wake,
             '0191e4a3-7c1b-7000-8000-000000000001'::uuid AS key, '\\x0001ff'::bytea AS raw,
             '{\"pages\": 3, \"tags\": [\"a\", \"b\"]}'::jsonb AS detail, 'sad' AS mood, 1 AS further"
        }
        Engine::Mysql => {
            "SELECT CAST(7 AS signed) AS id, 200 AS small, 'Ann \"A\"' AS name, NULL AS nought,
             CAST(12.50 AS decimal(10, 2)) AS price, CAST(1.5 AS double) AS weight, date '2024-02-29' AS born,
             timestamp '2024-02-29 12:30:00.25' AS at, time '07:05:00' AS wake,
             '0191e4a3-7c1b-7000-8000-000000000001' AS `key`, x'0001ff' AS raw,
             '{\"pages\": 3, \"tags\": [\"a\", \"b\"]}' AS detail, 'sad' AS mood, 1 AS further"
        }
        Engine::Sqlite => {
            "SELECT 7 AS id, 200 AS small, 'Ann \"A\"' AS name, NULL AS nought, '12.50' AS price, 1.5 AS weight,
             '2024-02-29' AS born, '2024-02-29 12:30:00.25' AS at, '07:05:00' AS wake,
             '0191e4a3-7c1b-7000-8000-000000000001' AS key, x'0001ff' AS raw,
             '{\"pages\": 3, \"tags\": [\"a\", \"b\"]}' AS detail, 'sad' AS mood, 1 AS further"
        }
    }
}

#[tokio::test]
async fn structs_maps_tuples_and_scalars_are_deserialized() {
    for engine in Engine::ALL {
        let (_scratch, db) = open(engine).await;
        let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let row: Everything =
            db.query(sql(engine)).fetch_one_as().await.unwrap_or_else(|error| panic!("{engine}: {error}"));
        let expected = Everything {
            id: 7,
            small: 200,
            name: "Ann \"A\"".to_owned(),
            nought: None,
            price: "12.50".parse().unwrap(),
            weight: Weight(1.5),
            born: date,
            at: date.and_hms_milli_opt(12, 30, 0, 250).unwrap(),
            wake: NaiveTime::from_hms_opt(7, 5, 0).unwrap(),
            key: "0191e4a3-7c1b-7000-8000-000000000001".parse().unwrap(),
            raw: vec![0, 1, 255],
            detail: Detail { pages: 3, tags: vec!["a".to_owned(), "b".to_owned()] },
            mood: Mood::Sad,
            absent: 0,
        };
        assert_eq!(row, expected, "{engine}");
        let text = "2024-02-29 12:30:00";
        let same: String = db.query("SELECT :text AS a").bind("text", text).fetch_one_as().await.unwrap();
        assert_eq!(same, text, "{engine}");
        let two = "SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2 AS a, NULL AS b ORDER BY 1";
        let tuples: Vec<(i64, Option<String>)> = db.query(two).fetch_all_as().await.unwrap();
        assert_eq!(tuples, [(1, Some("x".to_owned())), (2, None)], "{engine}");
        let maps: Vec<BTreeMap<String, Json>> = db.query(two).fetch_all_as().await.unwrap();
        assert_eq!(maps[1]["b"], Json::Null, "{engine}");
        assert_eq!(maps[0]["a"], 1, "{engine}");
        let numbers: Vec<i32> = db.query(two).fetch_all_as().await.unwrap();
        assert_eq!(numbers, [1, 2], "{engine}");
        let wrapped = db.query(two).fetch_one::<De<Weight>>().await.unwrap();
        assert_eq!(wrapped, De(Weight(1.0)), "{engine}");
        let none: Option<Option<String>> = db.query("SELECT NULL AS a").fetch_optional_as().await.unwrap();
        assert_eq!(none, Some(None), "{engine}");
        assert_eq!(db.query("SELECT 'happy' AS a").fetch_one_as::<Mood>().await.unwrap(), Mood::Happy, "{engine}");
    }
}

#[tokio::test]
async fn postgres_has_arrays_labels_instants_and_composite_values() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Address {
        street: String,
        number: Option<i32>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Row {
        numbers: Vec<Option<i32>>,
        words: Vec<String>,
        empty: Vec<i64>,
        moods: Vec<Mood>,
        mood: Mood,
        at: DateTime<Utc>,
        home: Address,
        homes: Vec<Address>,
        pairs: HashMap<String, Option<String>>,
        dates: Vec<NaiveDate>,
    }
    let (scratch, db) = open(Engine::Postgres).await;
    scratch
        .load(
            "CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TYPE address AS (street text, number int);
             CREATE EXTENSION IF NOT EXISTS hstore;",
        )
        .unwrap();
    let row: Row = db
        .query(
            "SELECT ARRAY[1, NULL, 3] AS numbers, ARRAY['a', 'b,c'] AS words, ARRAY[]::bigint[] AS empty,
             ARRAY['sad', 'happy']::mood[] AS moods, 'sad'::mood AS mood, timestamptz '2024-01-01 00:00+02' AS at,
             ROW('Elm', 7)::address AS home, ARRAY[ROW('Elm', NULL)::address] AS homes,
             'a=>1, b=>NULL'::hstore AS pairs, ARRAY[date '2024-01-01'] AS dates",
        )
        .fetch_one_as()
        .await
        .unwrap();
    assert_eq!(row.numbers, [Some(1), None, Some(3)]);
    assert_eq!((row.words, row.empty), (vec!["a".to_owned(), "b,c".to_owned()], vec![]));
    assert_eq!((row.moods, row.mood), (vec![Mood::Sad, Mood::Happy], Mood::Sad));
    assert_eq!(row.at.to_rfc3339(), "2023-12-31T22:00:00+00:00");
    assert_eq!(row.home, Address { street: "Elm".to_owned(), number: Some(7) });
    assert_eq!(row.homes, [Address { street: "Elm".to_owned(), number: None }]);
    assert_eq!(row.pairs, HashMap::from([("a".to_owned(), Some("1".to_owned())), ("b".to_owned(), None)]));
    assert_eq!(row.dates, [NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()]);
}

#[tokio::test]
async fn errors_name_the_column_and_both_types_and_no_value() {
    #[derive(Debug, Deserialize)]
    struct Two {
        #[expect(dead_code, reason = "it is deserialized only")]
        a: i32,
        #[expect(dead_code, reason = "it is deserialized only")]
        b: i32,
    }
    for engine in Engine::ALL {
        let (_scratch, db) = open(engine).await;
        let failing = async |sql: &str| match db.query(sql).fetch_one_as::<Two>().await.unwrap_err() {
            Error::Row(error) => error,
            error => panic!("{engine}: {error}"),
        };
        let error = failing("SELECT 1 AS a, 's3cret' AS b").await;
        assert_eq!((error.column(), error.expected()), ("b", "i32"), "{engine}: {error}");
        assert!(error.found().is_some() && !error.to_string().contains("s3cret"), "{engine}: {error}");
        let error = failing("SELECT 1 AS a, NULL AS b").await;
        assert!(error.column() == "b" && error.to_string().contains("NULL"), "{engine}: {error}");
        let error = failing("SELECT 1 AS a, 2 AS c").await;
        assert!(error.is_missing_column() && error.column() == "b", "{engine}: {error}");
        let error = failing("SELECT 1 AS a, 5000000000 AS b").await;
        assert!(error.column() == "b" && error.to_string().contains("5000000000"), "{engine}: {error}");
        for sql in ["SELECT 's3cret' AS a", "SELECT '{\"pages\": \"s3cret\"}' AS a"] {
            let error = db.query(sql).fetch_one_as::<(Mood,)>().await.unwrap_err();
            assert!(!error.to_string().contains("s3cret") && error.to_string().contains("\"a\""), "{engine}: {error}");
            let error = db.query(sql).fetch_one_as::<(Detail,)>().await.unwrap_err();
            assert!(!error.to_string().contains("s3cret") && error.to_string().contains("\"a\""), "{engine}: {error}");
            let error = db.query(sql).fetch_one_as::<(Uuid,)>().await.unwrap_err();
            assert!(!error.to_string().contains("s3cret") && error.to_string().contains("\"a\""), "{engine}: {error}");
        }
    }
}
