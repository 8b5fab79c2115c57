//! Operations on rows of generated models, on all three engines, with code that was generated from SQLite.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use bookshop::{
    AuditLog, AuditLogPatch, Author, Book, BookFormat, BookId, BookPatch, NewAuditLog, NewBook, NewPublisher,
    NewStockLevel, Publisher, PublisherId, StockLevel, StockLevelPatch, audit_log, book, order_summary, publisher,
    stock_level,
};
use serde_json::json;
use tablature_runtime::{Database, Decimal, Error, IntoKey, Json, ViolationKind};
use tablature_tests::{Engine, ScratchDatabase};

/// The bookshop on an engine, with a publisher and a category.
struct Shop {
    _scratch: ScratchDatabase,
    db: Database,
    publisher: PublisherId,
}

impl Shop {
    async fn open(engine: Engine) -> Self {
        let scratch = ScratchDatabase::create(engine).unwrap();
        scratch.load_folder(engine.migrations()).unwrap();
        let db = Database::connect(scratch.url()).await.unwrap();
        let publisher = db.insert(&from::<NewPublisher>(json!({ "name": "Aldus", "country": "IT" }))).await.unwrap();
        db.query("INSERT INTO category (slug, name, position) VALUES ('novels', 'Novels', 1)").execute().await.unwrap();
        Self { _scratch: scratch, db, publisher: publisher.id }
    }

    fn book(&self, isbn: &str) -> NewBook {
        from(json!({
            "isbn": isbn, "title": "A title", "format": "paperback", "publisher_id": self.publisher.0, "category_id": 1,
            "price": "9.95", "volume": null,
        }))
    }
}

fn from<T: serde::de::DeserializeOwned>(form: Json) -> T {
    // What is left out of a form is left to the database.
    let Json::Object(mut form) = form else { panic!("a form is an object") };
    form.retain(|_, value| !value.is_null());
    serde_json::from_value(Json::Object(form)).unwrap()
}

macro_rules! on_every_engine {
    ($($name:ident)+) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test]
                async fn postgres() {
                    super::$name(Shop::open(Engine::Postgres).await).await;
                }

                #[tokio::test]
                async fn mysql() {
                    super::$name(Shop::open(Engine::Mysql).await).await;
                }

                #[tokio::test]
                async fn sqlite() {
                    super::$name(Shop::open(Engine::Sqlite).await).await;
                }
            }
        )+
    };
}

on_every_engine! {
    rows_come_back_with_what_the_database_filled_in
    a_row_is_told_by_every_key
    patches_change_what_they_give
    upserts_keep_the_row_that_is_there
    violations_name_the_generated_constraint
    many_rows_are_all_or_none
    composite_keys_are_keys
    tables_without_a_key_are_written_by_condition
    views_are_read
    transactions_hold_for_operations
}

const ISBN: &str = "9780140449136";
const OTHER: &str = "9780140449143";

async fn rows_come_back_with_what_the_database_filled_in(shop: Shop) {
    let book = shop.db.insert(&shop.book(ISBN)).await.unwrap();
    assert_eq!((book.isbn.as_str(), book.language.as_str(), book.available), (ISBN, "en", true));
    assert_eq!((book.format, book.price, book.volume), (BookFormat::Paperback, Decimal::new(995, 2), None));
    assert_eq!((&book.tags, &book.attributes), (&json!([]), &json!({})));
    let age = tablature_runtime::chrono::Utc::now().naive_utc() - book.created_at;
    assert!(age.num_minutes().abs() < 5, "{age}: a default is a time in UTC");
    assert_eq!(shop.db.find::<Book>(book.id).await.unwrap(), Some(book));
    assert_eq!(shop.db.find::<Book>(BookId(-1)).await.unwrap(), None);
}

async fn a_row_is_told_by_every_key(shop: Shop) {
    let book = shop.db.insert(&shop.book(ISBN)).await.unwrap();
    assert_eq!(shop.db.find(book::keys::isbn(ISBN)).await.unwrap().as_ref(), Some(&book));
    assert_eq!(shop.db.find::<Book>(book::keys::pk(book.id)).await.unwrap().as_ref(), Some(&book));
    assert!(shop.db.delete::<Book>(book::keys::isbn(ISBN)).await.unwrap());
    assert!(!shop.db.delete::<Book>(book.id).await.unwrap());
}

async fn patches_change_what_they_give(shop: Shop) {
    let before = shop.db.insert(&NewBook { subtitle: Some("Or not".to_owned()), ..shop.book(ISBN) }).await.unwrap();
    let patch = BookPatch { subtitle: Some(None), price: Some(Decimal::new(1250, 2)), ..BookPatch::default() };
    let after = shop.db.patch(before.id, &patch).await.unwrap().unwrap();
    assert_eq!(after, Book { subtitle: None, price: Decimal::new(1250, 2), ..before.clone() });
    // A patch that changes nothing reads; one that changes the key by which the row was told finds it all the same.
    assert_eq!(shop.db.patch(before.id, &BookPatch::default()).await.unwrap().as_ref(), Some(&after));
    let moved = BookPatch { isbn: Some(OTHER.to_owned()), ..BookPatch::default() };
    assert_eq!(shop.db.patch(book::keys::isbn(ISBN), &moved).await.unwrap().unwrap().isbn, OTHER);
    assert_eq!(shop.db.patch(BookId(-1), &moved).await.unwrap(), None);
}

async fn upserts_keep_the_row_that_is_there(shop: Shop) {
    let first = shop.db.upsert(&NewBook { id: Some(BookId(70)), ..shop.book(ISBN) }).await.unwrap();
    let again = NewBook { id: Some(BookId(70)), title: "Another".to_owned(), ..shop.book(ISBN) };
    let second = shop.db.upsert(&again).await.unwrap();
    assert_eq!((second.id, second.title.as_str()), (first.id, "Another"));
    // Told by its ISBN, the row keeps its number, although another one is given.
    let by_isbn = NewBook { id: Some(BookId(71)), title: "A third".to_owned(), ..shop.book(ISBN) };
    let third = shop.db.upsert_on(book::constraints::ISBN_KEY, &by_isbn).await.unwrap();
    assert_eq!((third.id, third.title.as_str()), (first.id, "A third"));
    // A row that agrees with another one in a key that was not meant is not changed.
    shop.db.insert(&NewBook { id: Some(BookId(72)), ..shop.book(OTHER) }).await.unwrap();
    let clash = shop.db.upsert(&NewBook { id: Some(BookId(73)), ..shop.book(OTHER) }).await.unwrap_err();
    assert!(clash.violation().unwrap().is(&book::constraints::ISBN_KEY), "{clash}");
    let unsuitable = shop.db.upsert_on(book::constraints::PRICE_NOT_NEGATIVE, &shop.book(OTHER)).await.unwrap_err();
    assert!(matches!(unsuitable, Error::Unsuitable { .. }), "{unsuitable}");
    let keyless = shop.db.upsert(&shop.book("9780140449150")).await.unwrap_err();
    assert!(keyless.to_string().contains("\"id\" of the key is not given"), "{keyless}");
}

async fn violations_name_the_generated_constraint(shop: Shop) {
    let book = shop.db.insert(&shop.book(ISBN)).await.unwrap();
    let new = |change: &dyn Fn(&mut NewBook)| {
        let mut new = shop.book(OTHER);
        change(&mut new);
        new
    };
    let cases = [
        (new(&|new| new.isbn = ISBN.to_owned()), book::constraints::ISBN_KEY),
        (new(&|new| new.id = Some(book.id)), book::constraints::PRIMARY_KEY),
        (new(&|new| new.publisher_id = PublisherId(99)), book::constraints::PUBLISHER_ID_FKEY),
        (new(&|new| new.price = Decimal::new(-1, 2)), book::constraints::PRICE_NOT_NEGATIVE),
    ];
    for (bad, constraint) in &cases {
        let error = shop.db.insert(bad).await.unwrap_err();
        let violation = error.violation().unwrap_or_else(|| panic!("{error}"));
        assert!(violation.is(constraint), "{error} is not {constraint:?}");
        assert!(!cases.iter().any(|(_, other)| other != constraint && violation.is(other)), "{error} is one of them");
        let error = shop.db.append(bad).await.unwrap_err();
        assert!(error.violation().unwrap().is(constraint), "{error}");
        let error = shop.db.insert_many(&[shop.book("9780140449150"), bad.clone()]).await.unwrap_err();
        assert!(error.violation().unwrap().is(constraint), "{error}");
    }
    let patch = BookPatch { publisher_id: Some(PublisherId(99)), ..BookPatch::default() };
    let error = shop.db.patch(book.id, &patch).await.unwrap_err();
    assert!(error.violation().unwrap().is(&book::constraints::PUBLISHER_ID_FKEY), "{error}");
    let error = shop.db.delete::<Publisher>(shop.publisher).await.unwrap_err();
    assert!(error.violation().unwrap().is(&book::constraints::PUBLISHER_ID_FKEY), "{error}");
    let sql = "UPDATE book SET title = NULL WHERE id = :id";
    let error = shop.db.query(sql).bind("id", book.id).execute().await.unwrap_err();
    let violation = error.violation().unwrap();
    assert_eq!((violation.kind, &violation.columns[..]), (ViolationKind::NotNull, &["title".to_owned()][..]));
    assert_eq!(shop.db.select::<Book>().count().await.unwrap(), 1, "nothing of all that stayed");
}

async fn many_rows_are_all_or_none(shop: Shop) {
    let names = |range: std::ops::Range<u32>| -> Vec<NewPublisher> {
        // Every third one leaves out what the others give.
        let name = |n: u32| json!({ "name": format!("P{n}"), "country": "AT", "website": (!n.is_multiple_of(3)).then_some("https://example.org") });
        range.map(|n| from(name(n))).collect()
    };
    assert_eq!(shop.db.insert_many(&names(0..5_000)).await.unwrap(), 5_000);
    assert_eq!(shop.db.select::<Publisher>().count().await.unwrap(), 5_001);
    let websites = shop.db.select::<Publisher>().filter(publisher::columns::WEBSITE.is_null()).count().await.unwrap();
    assert_eq!(websites, 1_667 + 1);
    let mut bad = names(5_000..8_000);
    bad.push(names(0..1).remove(0));
    let error = shop.db.insert_many(&bad).await.unwrap_err();
    assert!(error.violation().unwrap().is(&publisher::constraints::NAME_KEY), "{error}");
    assert_eq!(shop.db.select::<Publisher>().count().await.unwrap(), 5_001);
    assert_eq!(shop.db.insert_many::<NewPublisher>(&[]).await.unwrap(), 0);
    // Inside of a transaction too, which goes on.
    let counted = shop.db.transaction(async |tx| {
        assert!(tx.insert_many(&bad).await.is_err());
        tx.select::<Publisher>().count().await
    });
    assert_eq!(counted.await.unwrap(), 5_001);
}

async fn composite_keys_are_keys(shop: Shop) {
    let book = shop.db.insert(&shop.book(ISBN)).await.unwrap();
    let new: NewStockLevel = from(json!({ "book_id": book.id.0, "warehouse": "Wien: \"10\"", "on_hand": 5 }));
    let level = shop.db.insert(&new).await.unwrap();
    let key = (book.id, "Wien: \"10\"".to_owned());
    assert_eq!(shop.db.find::<StockLevel>(key.clone()).await.unwrap(), Some(level.clone()));
    assert_eq!(shop.db.find::<StockLevel>(stock_level::keys::pk(book.id, "Graz")).await.unwrap(), None);
    let patch = StockLevelPatch { reserved: Some(2), warehouse: Some("Graz".to_owned()), ..StockLevelPatch::default() };
    let moved = shop.db.patch(IntoKey::<StockLevel>::into_key(key), &patch).await.unwrap().unwrap();
    assert_eq!((moved.warehouse.as_str(), moved.reserved), ("Graz", 2));
    // It goes with its book.
    assert!(shop.db.delete::<Book>(book.id).await.unwrap());
    assert_eq!(shop.db.select::<StockLevel>().count().await.unwrap(), 0);
}

async fn tables_without_a_key_are_written_by_condition(shop: Shop) {
    let entry = |actor: &str| -> NewAuditLog {
        from(
            json!({ "actor": actor, "action": "insert", "entity": "book", "entity_key": "1", "details": { "a": [1, "x"] } }),
        )
    };
    shop.db.append(&entry("ann")).await.unwrap();
    assert_eq!(shop.db.insert_many(&[entry("bob"), entry("ann")]).await.unwrap(), 2);
    let by_ann = || audit_log::columns::ACTOR.eq("ann");
    let patch = AuditLogPatch { details: Some(None), entity_key: Some("2".to_owned()), ..AuditLogPatch::default() };
    assert_eq!(shop.db.update_where(by_ann() & audit_log::columns::ENTITY_KEY.eq("1"), &patch).await.unwrap(), 2);
    let rows: Vec<AuditLog> = shop.db.select().order_by(audit_log::columns::ACTOR.asc()).fetch_all().await.unwrap();
    let told: Vec<(&str, &str, bool)> =
        rows.iter().map(|row| (&*row.actor, &*row.entity_key, row.details.is_some())).collect();
    assert_eq!(told, [("ann", "2", false), ("ann", "2", false), ("bob", "1", true)]);
    assert_eq!(shop.db.delete_where(by_ann()).await.unwrap(), 2);
    assert_eq!(shop.db.select::<AuditLog>().count().await.unwrap(), 1);
}

async fn views_are_read(shop: Shop) {
    shop.db.insert(&shop.book(ISBN)).await.unwrap();
    let rows =
        shop.db.select::<bookshop::OrderSummary>().order_by(order_summary::columns::ORDER_ID.asc()).fetch_all().await;
    assert_eq!(rows.unwrap(), []);
}

async fn transactions_hold_for_operations(shop: Shop) {
    let failed: Result<(), Error> = shop
        .db
        .transaction(async |tx| {
            let author: Author = tx.insert(&from::<bookshop::NewAuthor>(json!({ "family_name": "Homer" }))).await?;
            assert_eq!(tx.find::<Author>(author.id).await?.as_ref(), Some(&author));
            let clash: Result<(), Error> = tx
                .transaction(async |inner| {
                    inner.insert(&shop.book(ISBN)).await?;
                    inner.insert(&shop.book(ISBN)).await.map(|_| ())
                })
                .await;
            assert!(clash.unwrap_err().violation().unwrap().is(&book::constraints::ISBN_KEY));
            assert_eq!(tx.select::<Book>().count().await?, 0, "the inner one is undone as a whole");
            tx.insert(&shop.book(OTHER)).await?;
            Err(Error::Closed)
        })
        .await;
    assert!(matches!(failed, Err(Error::Closed)));
    assert_eq!(shop.db.select::<Author>().count().await.unwrap() + shop.db.select::<Book>().count().await.unwrap(), 0);
}
