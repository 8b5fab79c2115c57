//! Statements: their parameters, their rows, and the many forms of both.

use futures_util::StreamExt;
use tablature_runtime::{Error, FromRow, Json, Param, Row, RowError, Table, ToSql, Uuid};
use tablature_tests::Engine;

use super::{count, items, open, put};

#[tokio::test]
async fn parameters_have_names() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 2).await;
        for id in 1..=5 {
            put(&db, id).await.unwrap();
        }
        let query = "SELECT id FROM item WHERE id > :least AND id < :most AND id <> :least + 1 ORDER BY id";
        let ids: Vec<i64> = db.query(query).bind("most", 5).bind(":least", 1).fetch_all().await.unwrap();
        assert_eq!(ids, [3, 4], "{engine}");
        let error = db.query(query).bind("most", 5).fetch_all::<i64>().await.unwrap_err();
        assert!(matches!(error, Error::Sql(_)) && error.to_string().contains("least"), "{engine}: {error}");
        let error = db.query(query).bind("most", 5).bind("leest", 1).fetch_all::<i64>().await.unwrap_err();
        assert!(error.to_string().contains("least"), "{engine}: {error}");
    }
}

#[tokio::test]
async fn lists_may_be_empty_and_negated() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 2).await;
        for id in 1..=4 {
            put(&db, id).await.unwrap();
        }
        for (list, within, without) in
            [(vec![], 0, 4), (vec![2_i64], 1, 3), (vec![1, 2, 9], 2, 2), ((1..=1500).collect(), 4, 0)]
        {
            let asked = |sql: &'static str| db.query(sql).bind("ids", &list[..]).fetch_one::<i64>();
            assert_eq!(
                asked("SELECT count(*) FROM item WHERE id IN (:ids)").await.unwrap(),
                within,
                "{engine} {list:?}"
            );
            let outside = asked("SELECT count(*) FROM item WHERE id NOT IN (:ids)").await.unwrap();
            assert_eq!(outside, without, "{engine} {list:?}");
        }
        let labels = ["1", "3"];
        let query = "SELECT id FROM item WHERE label IN (:labels) AND id NOT IN (:ids) ORDER BY id";
        let ids: Vec<i64> = db.query(query).bind("labels", labels).bind("ids", vec![3_i64]).fetch_all().await.unwrap();
        assert_eq!(ids, [1], "{engine}");
    }
}

#[tokio::test]
async fn one_text_takes_parameters_of_many_types_on_one_connection() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        put(&db, 7).await.unwrap();
        let ids = async |param: Param| {
            struct Given(Param);
            impl ToSql for Given {
                fn to_sql(&self) -> Param {
                    self.0.clone()
                }
                fn null() -> Param {
                    i32::null()
                }
            }
            db.query("SELECT id FROM item WHERE id = :id").bind("id", Given(param)).fetch_optional::<i64>().await
        };
        for round in 0..3 {
            for param in [7_i32.to_sql(), 7_i64.to_sql(), 7_i16.to_sql(), 7_u64.to_sql(), 7.0_f64.to_sql()] {
                let found = ids(param.clone()).await;
                assert_eq!(found.unwrap(), Some(7), "{engine}, round {round}: {param:?}");
            }
            for param in [None::<i32>.to_sql(), None::<i64>.to_sql(), None::<f64>.to_sql()] {
                assert_eq!(ids(param.clone()).await.unwrap(), None, "{engine}, round {round}: {param:?}");
            }
            // PostgreSQL compares no number with a text; the others do. Neither hurts what comes after.
            match (engine, ids("7".to_sql()).await) {
                (Engine::Postgres, outcome) => drop(outcome.unwrap_err()),
                (_, outcome) => assert_eq!(outcome.unwrap(), Some(7), "{engine}"),
            }
        }
    }
}

#[tokio::test]
async fn rows_are_fetched_as_scalars_tuples_and_optionals() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 2).await;
        let none = db.query("SELECT id FROM item").fetch_optional::<i64>().await.unwrap();
        assert_eq!(none, None, "{engine}");
        let error = db.query("SELECT id FROM item").fetch_one::<i64>().await.unwrap_err();
        assert!(matches!(error, Error::NoRow(_)), "{engine}: {error}");
        put(&db, 1).await.unwrap();
        put(&db, 2).await.unwrap();
        let rows: Vec<(i64, Option<String>)> =
            db.query("SELECT id, label FROM item ORDER BY id").fetch_all().await.unwrap();
        assert_eq!(rows, [(1, Some("1".to_owned())), (2, Some("2".to_owned()))], "{engine}");
        let first: i64 = db.query("SELECT id FROM item ORDER BY id").fetch_one().await.unwrap();
        assert_eq!(first, 1, "{engine}");
        let done = db.query("UPDATE item SET label = NULL WHERE id < 9").execute().await.unwrap();
        assert_eq!(done.rows_affected, 2, "{engine}");
        let null: Option<String> = db.query("SELECT label FROM item WHERE id = 1").fetch_one().await.unwrap();
        assert_eq!(null, None, "{engine}");
        let error = db.query("SELECT label FROM item WHERE id = 1").fetch_one::<String>().await.unwrap_err();
        assert!(matches!(&error, Error::Row(_)) && error.to_string().contains("NULL"), "{engine}: {error}");
        // The connection is fine after rows that were not read.
        assert_eq!(count(&db).await, 2, "{engine}");
    }
}

/// A row that was returned has been committed: whoever asks next sees it, on whichever connection.
#[tokio::test]
async fn what_returns_a_row_has_taken_effect() {
    for engine in Engine::ALL {
        let (scratch, db) = items(engine, 4).await;
        for id in 0..100_i64 {
            let query = "INSERT INTO item (id, label) VALUES (:id, NULL) RETURNING id";
            let returned: i64 = db.query(query).bind("id", id).fetch_one().await.unwrap();
            let (left, right) = tokio::join!(count(&db), count(&db));
            assert_eq!((returned, left, right), (id, id + 1, id + 1), "{engine}");
        }
        if engine == Engine::Postgres {
            // The refusal comes after the row.
            scratch
                .load("CREATE TABLE tale (id int, FOREIGN KEY (id) REFERENCES late DEFERRABLE INITIALLY DEFERRED)")
                .unwrap_err();
            scratch.load("CREATE TABLE tale (id bigint REFERENCES item DEFERRABLE INITIALLY DEFERRED)").unwrap();
            let query = "INSERT INTO tale VALUES (-1) RETURNING id";
            let error = db.query(query).fetch_one::<i64>().await.unwrap_err();
            assert!(error.violation().is_some(), "{error}");
        }
    }
}

#[tokio::test]
async fn streams_hold_one_row_at_a_time_and_may_be_dropped_midway() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 1).await;
        db.transaction(async |tx| {
            for id in 0..300 {
                put(&tx, id).await?;
            }
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        let all: Vec<i64> = db
            .query("SELECT id FROM item WHERE id >= :from ORDER BY id")
            .bind("from", 100)
            .stream::<i64>()
            .map(Result::unwrap)
            .collect()
            .await;
        assert_eq!(all, (100..300).collect::<Vec<_>>(), "{engine}");
        for taken in [0, 1, 2, 60, 299, 300] {
            let mut rows = db.query("SELECT id, label FROM item ORDER BY id").stream::<(i64, String)>();
            for expected in 0..taken {
                assert_eq!(rows.next().await.unwrap().unwrap().0, expected, "{engine}");
            }
            drop(rows);
            // There is one connection.
            assert_eq!(count(&db).await, 300, "{engine} after {taken}");
        }
        // The error of a row that cannot be read is an item, and the connection lives on.
        let rows: Vec<_> = db.query("SELECT label FROM item").stream::<Uuid>().collect().await;
        assert!(matches!(rows[0], Err(Error::Row(_))), "{engine}: {rows:?}");
        assert_eq!(count(&db).await, 300, "{engine}");
        db.transaction(async |tx| {
            let mut rows = tx.query("SELECT id FROM item ORDER BY id").stream::<i64>();
            assert_eq!(rows.next().await.unwrap()?, 0, "{engine}");
            drop(rows);
            put(&tx, 1000).await?;
            assert_eq!(count(&tx).await, 301, "{engine}");
            Err::<(), _>(Error::TransactionEnded)
        })
        .await
        .unwrap_err();
        assert_eq!(count(&db).await, 300, "{engine}");
    }
}

#[tokio::test]
async fn a_table_may_change_under_a_statement_that_was_prepared() {
    for engine in Engine::ALL {
        let (scratch, db) = items(engine, 1).await;
        put(&db, 1).await.unwrap();
        let all = "SELECT * FROM item WHERE id > :id";
        let before: Json = db.query(all).bind("id", 0).fetch_one_as().await.unwrap();
        assert_eq!(before, serde_json::json!({"id": 1, "label": "1"}), "{engine}");
        scratch.load("ALTER TABLE item ADD COLUMN size bigint").unwrap();
        let after: Json = db.query(all).bind("id", 0).fetch_one_as().await.unwrap();
        assert_eq!(after, serde_json::json!({"id": 1, "label": "1", "size": null}), "{engine}");
        // In a transaction the server refuses all that follows; another try finds the statement forgotten.
        scratch.load("ALTER TABLE item ADD COLUMN weight bigint").unwrap();
        let mut tries = 0;
        let outcome = db
            .transaction(async |tx| {
                tries += 1;
                tx.query(all).bind("id", 0).fetch_one_as::<Json>().await
            })
            .await;
        let expected = serde_json::json!({"id": 1, "label": "1", "size": null, "weight": null});
        match outcome {
            Err(error) if engine == Engine::Postgres => {
                assert!(matches!(error, Error::Outdated(_)) && error.is_transient(), "{error}");
            }
            outcome => assert_eq!(outcome.unwrap(), expected, "{engine}"),
        }
        let again = db.transaction(async |tx| tx.query(all).bind("id", 0).fetch_one_as::<Json>().await).await;
        assert_eq!(again.unwrap(), expected, "{engine}");
        scratch.load("ALTER TABLE item DROP COLUMN size").unwrap();
        type Outcome = Result<(i64, Option<String>, Option<i64>), Error>;
        let rows: Vec<Outcome> = db.query(all).bind("id", 0).stream().collect().await;
        if engine == Engine::Postgres {
            assert!(matches!(rows[..], [Err(Error::Outdated(_))]), "{rows:?}");
        } else {
            assert!(matches!(rows[..], [Ok((1, Some(_), None))]), "{engine}: {rows:?}");
        }
        let rows: Vec<(i64, Option<String>, Option<i64>)> = db.query(all).bind("id", 0).fetch_all().await.unwrap();
        assert_eq!(rows.len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn errors_of_rows_name_the_relation() {
    #[derive(Debug)]
    struct Title;

    impl FromRow for Title {
        fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
            let row = row.of(bookshop::Book::RELATION);
            row.get::<String>("title").map(|_| Self)
        }
    }

    for engine in Engine::ALL {
        let (_scratch, db) = open(engine).await;
        for sql in ["SELECT NULL AS title", "SELECT 1 AS other"] {
            let Error::Row(error) = db.query(sql).fetch_one::<Title>().await.unwrap_err() else { panic!("{engine}") };
            assert_eq!(error.relation().unwrap().1, "book", "{engine}: {error}");
        }
    }
}

#[tokio::test]
async fn refusals_say_what_is_wrong_and_quote_no_value() {
    for engine in Engine::ALL {
        let (_scratch, db) = items(engine, 2).await;
        put(&db, 1).await.unwrap();
        let error = put(&db, 1).await.unwrap_err();
        assert!(error.violation().is_some(), "{engine}: {error}");
        let query = "INSERT INTO item (id, label) VALUES (2, :label)";
        let error = db.query(query).bind("label", "1").execute().await.unwrap_err();
        assert!(error.violation().is_some(), "{engine}: {error}");
        let long = "s3cret".repeat(100);
        match (engine, db.query(query).bind("label", &*long).execute().await) {
            // SQLite has no lengths; the other two refuse what they would have to cut.
            (Engine::Sqlite, outcome) => drop(outcome.unwrap()),
            (_, outcome) => {
                let error = outcome.unwrap_err().to_string();
                assert!(!error.contains("s3cret"), "{error}");
            }
        }
        if engine != Engine::Sqlite {
            let query = match engine {
                Engine::Postgres => "SELECT CAST(:text AS integer)",
                _ => "INSERT INTO item (id) VALUES (:text)",
            };
            let error = db.query(query).bind("text", "s3cret").execute().await.unwrap_err();
            assert!(matches!(error, Error::Database { .. }) && !error.to_string().contains("s3cret"), "{error}");
        }
        let error = db.query("SELECT id FROM nowhere").fetch_all::<i64>().await.unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{engine}: {error}");
    }
}

#[tokio::test]
async fn times_on_mysql_are_in_utc_and_numbers_of_rows_are_known() {
    let (scratch, db) = open(Engine::Mysql).await;
    scratch.load("CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, at timestamp(6) NULL)").unwrap();
    let zone: String = db.query("SELECT @@session.time_zone").fetch_one().await.unwrap();
    assert_eq!(zone, "+00:00");
    let mode: String = db.query("SELECT @@session.sql_mode").fetch_one().await.unwrap();
    assert!(mode.contains("STRICT_ALL_TABLES") && mode.contains("PIPES_AS_CONCAT"), "{mode}");
    let at = chrono(1_750_000_000);
    let id = async {
        db.query("INSERT INTO t (at) VALUES (:at)").bind("at", at).execute().await?;
        db.query("SELECT CAST(unix_timestamp(at) AS signed) FROM t").fetch_one::<i64>().await
    };
    assert_eq!(id.await.unwrap(), 1_750_000_000);
}

fn chrono(seconds: i64) -> tablature_runtime::chrono::DateTime<tablature_runtime::chrono::Utc> {
    tablature_runtime::chrono::DateTime::from_timestamp(seconds, 0).unwrap()
}
