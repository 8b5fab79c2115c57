//! Values that make trouble in the text of a key, and compare otherwise than they look.

use tablature_runtime::chrono::{NaiveDate, NaiveDateTime};
use tablature_runtime::{Decimal, Key};
use tablature_tests::Engine;

use crate::support::{Moment, Price, Real, Shelf, Store, World, coded, shelf};

#[tokio::test]
async fn nasty_texts_and_numbers_are_one_key_to_readers_and_writers() {
    for world in World::each().await {
        let mut texts: Vec<String> = [
            "",
            ":",
            "%",
            "%3A",
            "a:b",
            "\n",
            "\r\n\t",
            "é",
            "e\u{301}",
            "日本語",
            "🦀",
            "'\"\\`",
            "NULL",
            "a%00b",
            "*",
            "{x}",
        ]
        .map(str::to_owned)
        .to_vec();
        texts.push("\u{7f}\u{80}\u{feff}".to_owned());
        texts.push("x".repeat(200));
        if world.engine != Engine::Mysql {
            texts.push(" padded ".to_owned());
            texts.push("x".repeat(10_000));
        }
        if world.engine != Engine::Postgres {
            texts.push("a\0b".to_owned());
        }
        let ids = [i64::MIN, i64::MAX, 0, -1].into_iter().chain(1..);
        for (id, text) in ids.zip(&texts) {
            world.check(&shelf(id), "nothing").await;
            world.check(&coded(text), "nothing").await;
            world.writer.insert(&Shelf::new(id, text)).await.unwrap();
            world.check(&shelf(id), "insert").await;
            world.check(&coded(text), "insert").await;
        }
        for text in &texts {
            assert!(world.writer.delete(coded(text)).await.unwrap(), "{}: {text:?}", world.engine);
            world.check(&coded(text), "delete").await;
        }
        // What no column holds is not there, and is asked for all the same.
        world.check(&coded(&"y".repeat(10_000)), "nothing").await;
    }
}

/// Blanks at the end count for nothing in MySQL: a reader who asks with them finds the row, and a writer who writes without
/// them does not know of their key.
#[tokio::test]
async fn blanks_at_the_end_are_no_way_past_a_writer() {
    for world in World::each().await {
        let check = async |what: &str| {
            for text in ["a", "a ", "a  "] {
                world.check(&coded(text), what).await;
            }
        };
        check("nothing").await;
        for text in ["a", "a ", "a  "] {
            world.writer.insert(&Shelf::new(1, text)).await.unwrap();
            check("insert").await;
            world.writer.delete(shelf(1)).await.unwrap();
            check("delete").await;
        }
    }
}

#[tokio::test]
async fn a_text_that_the_database_refuses_is_its_error_and_no_other() {
    let world = World::new(Engine::Postgres, Store::InProcess).await;
    let refused = world.writer.cached(coded("a\0b")).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn equal_numbers_are_one_key() {
    for world in World::each().await {
        // SQLite keeps no decimal numbers, so that they are no keys there.
        if world.engine != Engine::Sqlite {
            let price = |text: &str| Key::<Price>::cached(0, &[&text.parse::<Decimal>().unwrap()]);
            let texts = ["1", "1.0", "1.00", "1.000", "1.005", "-0.00", "0", "9999999999.99"];
            let check = async |what: &str| {
                for text in texts {
                    world.check(&price(text), what).await;
                }
            };
            check("nothing").await;
            for text in ["1.0", "0.00", "9999999999.99"] {
                world.writer.insert(&Price { amount: text.parse().unwrap(), note: None }).await.unwrap();
                check("insert").await;
            }
            for text in ["1.00", "-0.0", "9999999999.990"] {
                assert!(world.writer.delete(price(text)).await.unwrap(), "{} {text}", world.engine);
                check("delete").await;
            }
        }
        let real = |x: f64| Key::<Real>::cached(0, &[&x]);
        let values = [0.0, -0.0, 0.1, 1e300, -1e-300, 1.0, 9_007_199_254_740_993.0, f64::MIN_POSITIVE];
        for x in values {
            world.check(&real(x), "nothing").await;
        }
        for x in [-0.0, 0.1, 1e300, -1e-300, 1.0, 9_007_199_254_740_993.0, f64::MIN_POSITIVE] {
            world.writer.insert(&Real { x, note: None }).await.unwrap();
            for x in values {
                world.check(&real(x), "insert").await;
            }
        }
        assert!(world.writer.delete(real(0.0)).await.unwrap());
        for x in values {
            world.check(&real(x), "delete").await;
        }
    }
}

#[tokio::test]
async fn moments_are_one_key_however_fine_they_are() {
    for world in World::each().await {
        // SQLite keeps the text that came.
        if world.engine == Engine::Sqlite {
            continue;
        }
        let at = |nanoseconds: u32| -> NaiveDateTime {
            NaiveDate::from_ymd_opt(2026, 1, 2).unwrap().and_hms_nano_opt(3, 4, 5, nanoseconds).unwrap()
        };
        let moments = [0, 500_000_000, 123_456_000, 123_456_789, 123_457_000, 999_999_999];
        let check = async |what: &str| {
            for nanoseconds in moments {
                world.check(&Key::<Moment>::cached(0, &[&at(nanoseconds)]), what).await;
            }
        };
        check("nothing").await;
        for nanoseconds in [0, 500_000_000, 123_456_789, 999_999_000] {
            world.writer.insert(&Moment { at: at(nanoseconds), note: None }).await.unwrap();
            check("insert").await;
        }
        assert!(world.writer.delete(Key::<Moment>::cached(0, &[&at(123_456_000)])).await.unwrap());
        check("delete").await;
    }
}
