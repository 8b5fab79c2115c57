// Included once for each engine: the tests.

use crate::statements::Statements;
use columns::*;

/// A database with the tables and a few rows. A plain text of SQL fills it, so that what is tested does not make its data.
async fn open() -> (ScratchDatabase, Database) {
    let scratch = ScratchDatabase::create(ENGINE).unwrap();
    scratch.load(SCHEMA).unwrap();
    let quote = if ENGINE == Engine::Mysql { "`pub\"lish``er ü`" } else { "\"pub\"\"lish`er ü\"" };
    scratch
        .load(
            &format!(
                "INSERT INTO {quote} VALUES ('de', 'a', 'Alpha'), ('de', 'b', 'Beta'), ('fr', 'a', 'Àlpha');
             INSERT INTO book VALUES
                 (1, 'Emma', NULL, 'de', 'a', NULL, 'paper', 9.50, 4.5),
                 (2, 'Persuasion', '50%_off', 'fr', 'a', 1, 'e''book', 12.00, NULL),
                 (3, 'Ulysses', 'a \\ b', 'de', NULL, NULL, 'audio', 20.00, 3.25),
                 (4, 'Dubliners', '50 off', NULL, NULL, 1, 'paper', 7.25, NULL),
                 (5, 'Émile', NULL, 'de', 'a', 2, 'audio', 9.50, 5);"
            )
            .replace('\\', if ENGINE == Engine::Mysql { "\\\\" } else { "\\" }),
        )
        .unwrap();
    let db = Database::connect(scratch.url()).await.unwrap();
    (scratch, db)
}

async fn ids(db: &Database, condition: Condition<Book>) -> Vec<i64> {
    let rows = db.select::<Book>().filter(condition).order_by(ID.asc()).fetch_all().await.unwrap();
    rows.iter().map(|book| book.id.0).collect()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[tokio::test]
async fn conditions_find_what_they_say() {
    let (_scratch, db) = open().await;
    let none: [BookId; 0] = [];
    for (condition, expected) in [
        (ID.eq(BookId(2)), vec![2]),
        (TITLE.eq("Emma") | TITLE.eq(String::from("Ulysses")), vec![1, 3]),
        (TITLE.ne("Emma"), vec![2, 3, 4, 5]),
        (SUBTITLE.ne("x"), vec![2, 3, 4]),
        (!SUBTITLE.eq("x"), vec![2, 3, 4]),
        (SUBTITLE.is_null(), vec![1, 5]),
        (SUBTITLE.is_not_null() & !ID.eq(BookId(2)), vec![3, 4]),
        (PRICE.eq(decimal("9.5")), vec![1, 5]),
        (PRICE.gt(decimal("9.50")) & PRICE.le(decimal("12")), vec![2]),
        (PRICE.between(decimal("7.25"), decimal("9.5")), vec![1, 4, 5]),
        (RATING.ge(4.5), vec![1, 5]),
        (ID.in_list([BookId(1), BookId(3), BookId(99)]), vec![1, 3]),
        (ID.not_in_list([BookId(1), BookId(3), BookId(99)]), vec![2, 4, 5]),
        (ID.in_list(none), vec![]),
        (ID.not_in_list(none), vec![1, 2, 3, 4, 5]),
        (SUBTITLE.not_in_list::<&str>([]), vec![1, 2, 3, 4, 5]),
        (PRICE.in_list([decimal("20"), decimal("7.250")]), vec![3, 4]),
        (TITLE.in_list(["Émile", "x\"y\\z,{}"]), vec![5]),
        (FORMAT.eq(Format::Ebook), vec![2]),
        (FORMAT.in_list([Format::Ebook, Format::Audio]), vec![2, 3, 5]),
        (SUBTITLE.contains("%_"), vec![2]),
        (SUBTITLE.contains("\\"), vec![3]),
        (SUBTITLE.starts_with("50"), vec![2, 4]),
        (SUBTITLE.ends_with("_off"), vec![2]),
        (SUBTITLE.like("50_%off"), vec![2, 4]),
        (SUBTITLE.like(r"50\%%"), vec![2]),
        (TITLE.eq_col(TITLE) & SUBTITLE.lt_col(TITLE), vec![2, 4]),
        // Padded with blanks on PostgreSQL, and as it was written.
        (COUNTRY.eq("fr"), vec![2]),
        (COUNTRY.in_list(["fr", "xx"]), vec![2]),
        (Condition::sql("price > :low AND id IN (:ids)").bind("low", 8).bind("ids", [1, 2, 4]), vec![1, 2]),
        (ID.eq(BookId(4)) | Condition::sql("title = :t").bind("t", "Emma") & PRICE.lt(decimal("10")), vec![1, 4]),
    ] {
        assert_eq!(ids(&db, condition).await, expected, "{expected:?}");
    }
    if ENGINE != Engine::Sqlite {
        // In the order of the labels, which is that of the variants as well.
        assert_eq!(ids(&db, FORMAT.ge(Format::Ebook)).await, [2, 3, 5]);
        assert_eq!(ids(&db, FORMAT.between(Format::Paper, Format::Ebook)).await, [1, 2, 4]);
    }
    assert_eq!(ids(&db, Condition::any((0..3000).map(|id| ID.eq(BookId(id))))).await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_long_list_is_one_statement() {
    let (_scratch, db) = open().await;
    // A power of two, to which lists are filled up, that all engines have room for.
    assert_eq!(ids(&db, ID.in_list((-16_381..3).map(BookId))).await, [1, 2]);
}

#[tokio::test]
async fn hostile_names_are_quoted() {
    let (_scratch, db) = open().await;
    let found = db
        .select::<Publisher>()
        .filter(PUBLISHER_COUNTRY.eq("de") & PUBLISHER_NAME.contains("eta"))
        .order_by(PUBLISHER_COUNTRY.desc())
        .fetch_one()
        .await
        .unwrap();
    assert_eq!((found.country.trim_end(), &*found.code), ("de", "b"));
    let page = db.select::<Publisher>().page_size(2).fetch().await.unwrap();
    let page = db.select::<Publisher>().page_size(2).after(page.next.as_ref()).fetch().await.unwrap();
    assert_eq!(page.rows.iter().map(|row| &*row.name).collect::<Vec<_>>(), ["Àlpha"]);
}

#[tokio::test]
async fn rows_are_fetched_counted_and_streamed() {
    use std::pin::pin;

    use futures_util::Stream;

    let (_scratch, db) = open().await;
    let books = || db.select::<Book>().order_by(PRICE.asc()).then_by(ID.desc());
    let all: Vec<i64> = books().fetch_all().await.unwrap().iter().map(|book| book.id.0).collect();
    assert_eq!(all, [4, 5, 1, 2, 3]);
    let two: Vec<_> = books().limit(2).offset(1).fetch_all().await.unwrap();
    assert_eq!(two.iter().map(|book| book.id.0).collect::<Vec<_>>(), [5, 1]);
    assert_eq!(books().offset(3).fetch_all().await.unwrap().len(), 2);
    assert_eq!(books().fetch_one().await.unwrap().id, BookId(4));
    assert_eq!(books().limit(0).fetch_optional().await.unwrap(), None);
    let error = books().filter(ID.eq(BookId(9))).fetch_one().await.unwrap_err();
    assert!(matches!(error, Error::NoRow(_)), "{error}");
    assert_eq!(books().count().await.unwrap(), 5);
    assert_eq!(books().filter(RATING.is_null()).count().await.unwrap(), 2);
    assert_eq!(books().offset(1).limit(3).count().await.unwrap(), 3);
    assert!(books().filter(TITLE.eq("Emma")).exists().await.unwrap());
    assert!(!books().filter(TITLE.eq("Emma")).offset(1).exists().await.unwrap());
    let mut stream = pin!(books().stream());
    let mut streamed = Vec::new();
    while let Some(book) = std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await {
        streamed.push(book.unwrap().id.0);
    }
    assert_eq!(streamed, all);
    let cheap = db.select::<Cheap>().fetch_all().await.unwrap();
    assert_eq!(cheap.len(), 3);
    assert!(cheap.contains(&Cheap { id: Some(4), title: Some("Dubliners".into()) }));
}

#[tokio::test]
async fn nulls_are_at_the_same_end_everywhere() {
    let (_scratch, db) = open().await;
    for (order, expected) in [
        (RATING.asc(), [3, 1, 5, 2, 4]),
        (RATING.desc(), [2, 4, 5, 1, 3]),
        (RATING.asc().nulls_first(), [2, 4, 3, 1, 5]),
        (RATING.desc().nulls_last(), [5, 1, 3, 2, 4]),
    ] {
        let rows = db.select::<Book>().order_by(order).then_by(ID.asc()).fetch_all().await.unwrap();
        assert_eq!(rows.iter().map(|book| book.id.0).collect::<Vec<_>>(), expected, "{order:?}");
    }
}

#[tokio::test]
async fn a_stream_that_fails_is_known_to_its_transaction() {
    use futures_util::StreamExt;
    if ENGINE == Engine::Sqlite {
        // It has no locks of rows.
        return;
    }
    let (_scratch, db) = open().await;
    db.transaction(async |tx| {
        tx.select::<Book>().filter(ID.eq(BookId(1))).for_update().fetch_all().await?;
        let other: Result<(), Error> = db
            .transaction(async |other| {
                let mut rows = other.select::<Book>().for_update().no_wait().stream();
                while let Some(row) = rows.next().await {
                    if row.is_err() {
                        break;
                    }
                }
                drop(rows);
                // What follows would be run outside of any transaction where the engine has ended it.
                assert!(other.select::<Book>().count().await.is_err());
                Ok(())
            })
            .await;
        other.unwrap_err();
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn locks_are_for_transactions() {
    let (_scratch, db) = open().await;
    let outside = db.select::<Book>().for_update().fetch_all().await;
    assert_eq!(outside.is_ok(), ENGINE == Engine::Sqlite);
    let beside = db.clone();
    db.transaction(async |tx| {
        let held = tx.select::<Book>().filter(ID.eq(BookId(1))).for_update().fetch_all().await?;
        assert_eq!(held.len(), 1);
        if ENGINE != Engine::Sqlite {
            let free = beside
                .transaction(async |other| other.select::<Book>().order_by(ID.asc()).skip_locked().fetch_all().await)
                .await?;
            assert_eq!(free.iter().map(|book| book.id.0).collect::<Vec<_>>(), [2, 3, 4, 5]);
            beside
                .transaction(async |other| other.select::<Book>().for_share().no_wait().fetch_all().await)
                .await
                .expect_err("the row is held");
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn pages_walk_through_every_order_in_both_directions() {
    let (_scratch, db) = open().await;
    let orders = [
        vec![],
        vec![ID.desc()],
        vec![PRICE.asc()],
        vec![PRICE.desc(), TITLE.asc()],
        vec![RATING.asc()],
        vec![RATING.desc()],
        vec![RATING.asc().nulls_first(), PRICE.desc()],
        vec![RATING.desc().nulls_last()],
        vec![SUBTITLE.asc(), RATING.desc()],
        vec![FORMAT.asc(), TITLE.desc()],
        vec![COUNTRY.asc(), PUBLISHER.desc()],
    ];
    for order in orders {
        for size in 1..=6 {
            let select = || order.iter().fold(db.select::<Book>(), |select, order| select.order_by(*order));
            let descending = order.last().is_some_and(|order| format!("{order:?}").contains("descending: true"));
            let tie = if descending { ID.desc() } else { ID.asc() };
            let expected: Vec<_> = select().order_by(tie).fetch_all().await.unwrap();
            let mut pages = vec![select().page_size(size).fetch().await.unwrap()];
            assert_eq!(pages[0].previous, None);
            while let Some(next) = pages.last().unwrap().next.clone() {
                // Through its text, as a client sends it back.
                let next: Cursor = next.to_string().parse().unwrap();
                pages.push(select().page_size(size).after(&next).fetch().await.unwrap());
                assert!(pages.len() <= 5, "{order:?} {size}");
            }
            let walked: Vec<_> = pages.iter().flat_map(|page| page.rows.clone()).collect();
            assert_eq!(walked, expected, "{order:?} {size}");
            for pair in pages.windows(2) {
                let back = select().page_size(size).before(pair[1].previous.as_ref()).fetch().await.unwrap();
                assert_eq!(back.rows, pair[0].rows, "{order:?} {size}");
                let forth = select().page_size(size).after(&back.next.unwrap()).fetch().await.unwrap();
                assert_eq!(forth.rows, pair[1].rows, "{order:?} {size}");
            }
        }
    }
}

#[tokio::test]
async fn cursors_are_for_their_order() {
    let (_scratch, db) = open().await;
    let cursor = db.select::<Book>().order_by(TITLE.asc()).page_size(1).fetch().await.unwrap().next.unwrap();
    let wrong = db.select::<Book>().order_by(TITLE.desc()).page_size(1).after(&cursor).fetch().await;
    assert!(matches!(wrong, Err(Error::Cursor(_))));
    let wrong = db.select::<Publisher>().page_size(1).after(&cursor).fetch().await;
    assert!(matches!(wrong, Err(Error::Cursor(_))));
    let wrong = db.select::<Book>().offset(1).page_size(1).fetch().await;
    assert!(matches!(wrong, Err(Error::Statement { .. })));
}

/// Every row that is there from the beginning to the end is visited once, whatever is inserted and deleted behind.
#[tokio::test]
async fn a_walk_visits_a_hundred_thousand_rows_once() {
    const ROWS: i64 = 100_000;
    let (_scratch, db) = open().await;
    db.query("DELETE FROM book WHERE id = 5").execute().await.unwrap();
    db.query("DELETE FROM book WHERE id IN (2, 4)").execute().await.unwrap();
    db.query("DELETE FROM book").execute().await.unwrap();
    let numbers = match ENGINE {
        Engine::Postgres => "generate_series(1, 100000) AS n(n)",
        Engine::Mysql => "(SELECT seq AS n FROM seq_1_to_100000) AS n",
        Engine::Sqlite => "n",
    };
    let with = match ENGINE {
        Engine::Sqlite => "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)",
        _ => "",
    };
    // A thousand titles, so that ties of a hundred rows are broken, and a null here and there.
    let word = if ENGINE == Engine::Mysql { "CHAR" } else { "text" };
    // Even numbers only, so that there is room in between.
    let sql = format!(
        "INSERT INTO book {with} SELECT n * 2, CAST(n % 1000 AS {word}), NULL, NULL, NULL, NULL, 'paper', 1, \
         CASE WHEN n % 7 = 0 THEN NULL ELSE n % 100 END FROM {numbers}"
    );
    assert_eq!(db.query(&sql).execute().await.unwrap().rows_affected, ROWS as u64);
    for order in [TITLE.asc(), RATING.desc()] {
        let mut seen = std::collections::BTreeSet::new();
        let mut cursor: Option<Cursor> = None;
        let mut round = 0;
        loop {
            let page =
                db.select::<Book>().order_by(order).page_size(2000).after(cursor.as_ref()).fetch().await.unwrap();
            for book in &page.rows {
                if book.id.0 % 2 == 0 {
                    assert!(seen.insert(book.id), "{book:?} comes twice");
                }
            }
            // Rows come and go; those with odd numbers are not counted.
            round += 1;
            let insert = "INSERT INTO book (id, title, format, price, rating) VALUES (:id, :title, 'paper', 1, 50)";
            let title = format!("{}", (round * 37) % 1000);
            db.query(insert).bind("id", round * 2 + 1).bind("title", &*title).execute().await.unwrap();
            if round % 2 == 0 {
                db.query("DELETE FROM book WHERE id = :id").bind("id", round + 1).execute().await.unwrap();
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.len() as i64, ROWS, "{order:?}");
        db.query("DELETE FROM book WHERE id % 2 = 1").execute().await.unwrap();
    }
}

#[tokio::test]
async fn parents_are_read_by_one_statement() {
    let (_scratch, db) = open().await;
    let books = db.select::<Book>().order_by(ID.asc()).fetch_all().await.unwrap();
    let statements = Statements::watch();
    let names: Vec<Option<String>> = db
        .parents(&books, references::PUBLISHER)
        .await
        .unwrap()
        .into_iter()
        .map(|publisher| publisher.map(|publisher| publisher.name))
        .collect();
    assert_eq!(statements.take(), 1);
    // A null in one of the columns refers to nothing.
    let expected = [Some("Alpha"), Some("Àlpha"), None, None, Some("Alpha")];
    assert_eq!(names.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    let firsts = db.parents(&books, references::SEQUEL).await.unwrap();
    assert_eq!(statements.take(), 1);
    let firsts: Vec<Option<i64>> = firsts.into_iter().map(|book| book.map(|book| book.id.0)).collect();
    assert_eq!(firsts, [None, Some(1), None, Some(1), Some(2)]);
    assert_eq!(db.parent(&books[4], references::SEQUEL).await.unwrap(), Some(books[1].clone()));
    statements.take();
    assert_eq!(db.parent(&books[0], references::SEQUEL).await.unwrap(), None);
    assert_eq!(db.parents(&[], references::SEQUEL).await.unwrap(), []);
    assert_eq!(statements.take(), 0, "what refers to nothing needs no statement");
}

#[tokio::test]
async fn children_are_read_by_one_statement() {
    let (_scratch, db) = open().await;
    let books = db.select::<Book>().order_by(ID.asc()).fetch_all().await.unwrap();
    let publishers = db.select::<Publisher>().order_by(PUBLISHER_NAME.asc()).fetch_all().await.unwrap();
    let numbers = |lists: Vec<Vec<Book>>| -> Vec<Vec<i64>> {
        lists.into_iter().map(|list| list.into_iter().map(|book| book.id.0).collect()).collect()
    };
    let statements = Statements::watch();
    let select = || db.select::<Book>().order_by(ID.desc());
    let sequels = select().fetch_children_of(&books, references::SEQUEL).await.unwrap();
    assert_eq!(statements.take(), 1);
    assert_eq!(numbers(sequels), [vec![4, 2], vec![5], vec![], vec![], vec![]]);
    // A row that is given twice gets its children twice.
    let twice = [books[1].clone(), books[0].clone(), books[1].clone()];
    let cheap = select().filter(PRICE.lt(decimal("10"))).fetch_children_of(&twice, references::SEQUEL).await.unwrap();
    assert_eq!(statements.take(), 1);
    assert_eq!(numbers(cheap), [vec![5], vec![4], vec![5]]);
    let of_publishers = db.children_of(&publishers, references::PUBLISHER).await.unwrap();
    assert_eq!(statements.take(), 1);
    for (publisher, list) in publishers.iter().zip(numbers(of_publishers)) {
        let mut list = list;
        list.sort_unstable();
        let expected: &[i64] = match &*publisher.name {
            "Alpha" => &[1, 5],
            "Àlpha" => &[2],
            _ => &[],
        };
        assert_eq!(list, expected, "{}", publisher.name);
    }
    assert_eq!(db.children(&books[1], references::SEQUEL).await.unwrap(), [books[4].clone()]);
    statements.take();
    assert_eq!(db.children_of(&[], references::SEQUEL).await.unwrap(), [] as [Vec<Book>; 0]);
    assert_eq!(statements.take(), 0);
    let limited = select().limit(1).fetch_children_of(&books, references::SEQUEL).await;
    assert!(matches!(limited, Err(Error::Statement { .. })));
}

#[tokio::test]
async fn many_keys_are_read_in_chunks() {
    let (_scratch, db) = open().await;
    let template = db.select::<Book>().filter(ID.eq(BookId(5))).fetch_one().await.unwrap();
    let books: Vec<Book> = (0..40_000)
        .map(|number| Book { id: BookId(number), sequel_of: Some(BookId(number % 20_000)), ..template.clone() })
        .collect();
    let statements = Statements::watch();
    let parents = db.parents(&books, references::SEQUEL).await.unwrap();
    // Twenty thousand different keys, at most 16384 of them at a time.
    assert_eq!(statements.take(), 2);
    assert_eq!(parents.len(), books.len());
    for (position, parent) in parents.iter().enumerate() {
        let expected = Some(position as i64 % 20_000).filter(|number| (1..=5).contains(number));
        assert_eq!(parent.as_ref().map(|parent| parent.id.0), expected);
    }
    let pairs = [Book { publisher: Some("nobody".into()), ..template.clone() }, template];
    statements.take();
    let parents = db.parents(&pairs, references::PUBLISHER).await.unwrap();
    // The key of text that found nothing is asked for alone, for a collation may take anything for equal to it.
    assert_eq!(statements.take(), 2);
    assert_eq!(
        parents.iter().map(|parent| parent.as_ref().map(|parent| &*parent.name)).collect::<Vec<_>>(),
        [None, Some("Alpha")]
    );
}

/// The keys' texts differ, and the database takes them for equal.
#[tokio::test]
async fn keys_that_are_equal_to_the_database_find_each_other() {
    let (scratch, db) = open().await;
    let accents = ENGINE == Engine::Mysql;
    scratch
        .load(
            "INSERT INTO shelf VALUES ('abc'), ('XYZ'), ('only');
             INSERT INTO copy VALUES (1, 'abc'), (2, 'ABC'), (3, 'Abc'), (4, 'xyz');",
        )
        .unwrap();
    if accents {
        scratch.load("INSERT INTO copy VALUES (5, 'äbc'), (6, 'xYz  ');").unwrap();
    }
    let copies = db.query("SELECT * FROM copy ORDER BY id").fetch_all::<Copy>().await.unwrap();
    let shelves = db.parents(&copies, references::SHELF).await.unwrap();
    let codes: Vec<Option<&str>> = shelves.iter().map(|shelf| shelf.as_ref().map(|shelf| &*shelf.code)).collect();
    let mut expected = vec![Some("abc"), Some("abc"), Some("abc"), Some("XYZ")];
    if accents {
        expected.extend([Some("abc"), Some("XYZ")]);
    }
    assert_eq!(codes, expected);
    let shelves = ["abc", "XYZ", "only"].map(|code| Shelf { code: code.to_owned() });
    let mut lists = db.children_of(&shelves, references::SHELF).await.unwrap();
    lists.iter_mut().for_each(|list| list.sort_by_key(|copy| copy.id));
    let numbers: Vec<Vec<i64>> = lists.iter().map(|list| list.iter().map(|copy| copy.id).collect()).collect();
    if accents {
        assert_eq!(numbers, [vec![1, 2, 3, 5], vec![4, 6], vec![]]);
    } else {
        assert_eq!(numbers, [vec![1, 2, 3], vec![4], vec![]]);
    }
}
