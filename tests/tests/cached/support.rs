//! Models by hand, the tables behind them, and readers and writers that share a cache.

use std::fmt::Debug;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tablature_runtime::cache::{Cache, CacheOptions};
use tablature_runtime::{
    CacheIndex, Cached, Column, Database, Decimal, Dialect, ForeignKey, FromRow, Key, Keyed, NewRow, Patch, Relation,
    Row, RowError, Schema, Table, ToSql, UniqueKey, Writable, chrono::NaiveDateTime, key_text,
};
use tablature_tests::servers::RedisNode;
use tablature_tests::{Engine, ScratchDatabase};

/// A model, its patch, and the relation that it is read from.
macro_rules! model {
    (
        $model:ident $patch:ident in $schema:ident: $table:literal {
            $($field:ident: $type:ty = $column:expr,)+
        }
        pk: [$($pk:ident),*],
        $($part:ident: $value:expr,)*
    ) => {
        #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
        pub(crate) struct $model {
            $(pub(crate) $field: $type,)+
        }

        #[derive(Clone, Debug, Default)]
        #[allow(dead_code, reason = "some tables are never patched")]
        pub(crate) struct $patch {
            $(pub(crate) $field: Option<$type>,)+
        }

        impl FromRow for $model {
            fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
                Ok(Self { $($field: row.get(stringify!($field))?,)+ })
            }
        }

        impl Table for $model {
            const RELATION: &'static Relation = &Relation {
                name: $table,
                columns: &[$($column,)+],
                primary_key: &[$(stringify!($pk)),*],
                $($part: $value,)*
                ..Relation::EMPTY
            };

            fn schema() -> &'static Schema {
                &$schema
            }

            fn values(&self) -> Vec<&dyn ToSql> {
                vec![$(&self.$field),+]
            }
        }

        impl Writable for $model {}

        impl Keyed for $model {
            fn key(&self) -> Key<Self> {
                Key::cached(0, &[$(&self.$pk),*])
            }
        }

        impl NewRow for $model {
            type Table = Self;

            fn values(&self) -> Vec<&dyn ToSql> {
                Table::values(self)
            }
        }

        impl Patch for $patch {
            type Table = $model;

            fn values(&self) -> Vec<&dyn ToSql> {
                vec![$(&self.$field),+]
            }
        }
    };
}

pub(crate) static SCHEMA: Schema = Schema {
    cache_prefix: "test",
    // Texts are keys on all engines then: those of the tables compare by their bytes.
    dialect: Dialect::Mysql,
    relations: &[
        Shelf::RELATION,
        Item::RELATION,
        Mark::RELATION,
        Deep::RELATION,
        Price::RELATION,
        Moment::RELATION,
        Real::RELATION,
        Log::RELATION,
        Odd::RELATION,
    ],
    enums: &[],
};

model! {
    Shelf ShelfPatch in SCHEMA: "shelf" {
        id: i64 = Column::new("id", "bigint"),
        code: String = Column::new("code", "varchar"),
        parent_id: Option<i64> = Column::new("parent_id", "bigint").nullable(),
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [id],
    unique_keys: &[UniqueKey::new("shelf_code_key", &["code"])],
    foreign_keys: &[ForeignKey::new("shelf_parent", &["parent_id"], ("", "shelf"), &["id"]).on_delete_cascade()],
    cache_keys: &[
        CacheIndex::new("pk", &["id"], key_text!(i64)),
        CacheIndex::new("code", &["code"], key_text!(String)),
    ],
    layout: "aaaa0001",
}

model! {
    Item ItemPatch in SCHEMA: "item" {
        shelf_id: i64 = Column::new("shelf_id", "bigint"),
        number: i64 = Column::new("number", "bigint"),
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [shelf_id, number],
    foreign_keys: &[
        ForeignKey::new("item_shelf", &["shelf_id"], ("", "shelf"), &["id"]).on_delete_cascade().on_update_cascade()
    ],
    cache_keys: &[CacheIndex::new("pk", &["shelf_id", "number"], key_text!(i64, i64))],
    layout: "aaaa0002",
}

model! {
    Mark MarkPatch in SCHEMA: "mark" {
        id: i64 = Column::new("id", "bigint"),
        shelf_id: Option<i64> = Column::new("shelf_id", "bigint").nullable(),
    }
    pk: [id],
    foreign_keys: &[
        ForeignKey::new("mark_shelf", &["shelf_id"], ("", "shelf"), &["id"]).on_delete_reset().on_update_cascade()
    ],
    cache_keys: &[CacheIndex::new("pk", &["id"], key_text!(i64))],
    layout: "aaaa0003",
}

model! {
    Deep DeepPatch in SCHEMA: "deep" {
        item_shelf: i64 = Column::new("item_shelf", "bigint"),
        item_number: i64 = Column::new("item_number", "bigint"),
        id: i64 = Column::new("id", "bigint"),
    }
    pk: [item_shelf, item_number, id],
    foreign_keys: &[
        ForeignKey::new("deep_item", &["item_shelf", "item_number"], ("", "item"), &["shelf_id", "number"])
            .on_delete_cascade()
            .on_update_cascade()
    ],
    cache_keys: &[CacheIndex::new("pk", &["item_shelf", "item_number", "id"], key_text!(i64, i64, i64))],
    layout: "aaaa0004",
}

model! {
    Price PricePatch in SCHEMA: "price" {
        amount: Decimal = Column::new("amount", "decimal(12,2)"),
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [amount],
    cache_keys: &[CacheIndex::new("pk", &["amount"], key_text!(Decimal))],
    layout: "aaaa0005",
}

model! {
    Moment MomentPatch in SCHEMA: "moment" {
        at: NaiveDateTime = Column::new("at", "timestamp"),
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [at],
    cache_keys: &[CacheIndex::new("pk", &["at"], key_text!(NaiveDateTime))],
    layout: "aaaa0006",
}

model! {
    Real RealPatch in SCHEMA: "real_key" {
        x: f64 = Column::new("x", "double precision"),
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [x],
    cache_keys: &[CacheIndex::new("pk", &["x"], key_text!(f64))],
    layout: "aaaa0007",
}

model! {
    Log LogPatch in SCHEMA: "log" {
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [],
    layout: "aaaa0008",
}

/// Text that some JSON cannot be read back from, and none made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OddText(pub(crate) String);

impl Serialize for OddText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str() {
            "no JSON" => Err(serde::ser::Error::custom("it has none")),
            text => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for OddText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "one way" => Err(serde::de::Error::custom("it is not read back")),
            text => Ok(Self(text.to_owned())),
        }
    }
}

impl tablature_runtime::FromSql for OddText {
    fn from_sql(value: tablature_runtime::Value<'_>) -> Result<Self, tablature_runtime::ValueError> {
        String::from_sql(value).map(Self)
    }
}

impl ToSql for OddText {
    fn to_sql(&self) -> tablature_runtime::Param {
        self.0.to_sql()
    }

    fn null() -> tablature_runtime::Param {
        String::null()
    }
}

model! {
    Odd OddPatch in SCHEMA: "odd" {
        id: i64 = Column::new("id", "bigint"),
        body: OddText = Column::new("body", "text"),
    }
    pk: [id],
    cache_keys: &[CacheIndex::new("pk", &["id"], key_text!(i64))],
    layout: "aaaa0009",
}

/// The same table as [`Shelf`] after a migration, in a program that is deployed beside one that does not know of it.
pub(crate) static NEW_SCHEMA: Schema = Schema {
    cache_prefix: "test",
    dialect: Dialect::Mysql,
    relations: &[NewShelf::RELATION, Item::RELATION],
    enums: &[],
};

model! {
    NewShelf NewShelfPatch in NEW_SCHEMA: "shelf" {
        id: i64 = Column::new("id", "bigint"),
        code: String = Column::new("code", "varchar"),
        note: Option<String> = Column::new("note", "text").nullable(),
    }
    pk: [id],
    unique_keys: &[UniqueKey::new("shelf_code_key", &["code"])],
    foreign_keys: &[ForeignKey::new("shelf_parent", &["parent_id"], ("", "shelf"), &["id"]).on_delete_cascade()],
    cache_keys: &[
        CacheIndex::new("pk", &["id"], key_text!(i64)),
        CacheIndex::new("code", &["code"], key_text!(String)),
    ],
    layout: "bbbb0001",
    previous_layouts: &["aaaa0001"],
}

pub(crate) fn shelf(id: i64) -> Key<Shelf> {
    Key::cached(0, &[&id])
}

pub(crate) fn coded(code: &str) -> Key<Shelf> {
    Key::cached(1, &[&code])
}

pub(crate) fn item(shelf: i64, number: i64) -> Key<Item> {
    Key::cached(0, &[&shelf, &number])
}

pub(crate) fn mark(id: i64) -> Key<Mark> {
    Key::cached(0, &[&id])
}

pub(crate) fn deep(shelf: i64, number: i64, id: i64) -> Key<Deep> {
    Key::cached(0, &[&shelf, &number, &id])
}

impl Shelf {
    pub(crate) fn new(id: i64, code: &str) -> Self {
        Self { id, code: code.to_owned(), parent_id: None, note: None }
    }
}

fn tables(engine: Engine) -> String {
    let (text, moment, real, options) = match engine {
        Engine::Mysql => {
            ("VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "DATETIME(6)", "DOUBLE", "ENGINE=InnoDB")
        }
        Engine::Postgres => ("TEXT", "TIMESTAMP", "DOUBLE PRECISION", ""),
        Engine::Sqlite => ("TEXT", "DATETIME", "DOUBLE", ""),
    };
    let deferred = if engine == Engine::Mysql { "" } else { "DEFERRABLE INITIALLY DEFERRED" };
    format!(
        "CREATE TABLE shelf (
           id BIGINT NOT NULL PRIMARY KEY, code {text} NOT NULL, parent_id BIGINT, note TEXT,
           CONSTRAINT shelf_code_key UNIQUE (code),
           CONSTRAINT shelf_parent FOREIGN KEY (parent_id) REFERENCES shelf (id) ON DELETE CASCADE {deferred}
         ) {options};
         CREATE TABLE item (
           shelf_id BIGINT NOT NULL, number BIGINT NOT NULL, note TEXT, PRIMARY KEY (shelf_id, number),
           CONSTRAINT item_shelf FOREIGN KEY (shelf_id) REFERENCES shelf (id) ON DELETE CASCADE ON UPDATE CASCADE
         ) {options};
         CREATE TABLE mark (
           id BIGINT NOT NULL PRIMARY KEY, shelf_id BIGINT,
           CONSTRAINT mark_shelf FOREIGN KEY (shelf_id) REFERENCES shelf (id) ON DELETE SET NULL ON UPDATE CASCADE
         ) {options};
         CREATE TABLE deep (
           item_shelf BIGINT NOT NULL, item_number BIGINT NOT NULL, id BIGINT NOT NULL,
           PRIMARY KEY (item_shelf, item_number, id),
           CONSTRAINT deep_item FOREIGN KEY (item_shelf, item_number) REFERENCES item (shelf_id, number)
             ON DELETE CASCADE ON UPDATE CASCADE
         ) {options};
         CREATE TABLE price (amount DECIMAL(12,2) NOT NULL PRIMARY KEY, note TEXT) {options};
         CREATE TABLE moment (at {moment} NOT NULL PRIMARY KEY, note TEXT) {options};
         CREATE TABLE real_key (x {real} NOT NULL PRIMARY KEY, note TEXT) {options};
         CREATE TABLE log (note TEXT) {options};
         CREATE TABLE odd (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL) {options};"
    )
}

/// Where the cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    InProcess,
    Redis,
}

/// A database, and two programs that use it: one writes and one reads. They are one with a cache in the process.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    /// Without a cache: the truth.
    pub(crate) db: Database,
    pub(crate) writer: Database,
    pub(crate) reader: Cache,
    pub(crate) node: Option<RedisNode>,
    _scratch: ScratchDatabase,
}

/// Times that suit a busy machine.
pub(crate) fn options() -> CacheOptions {
    let patient = Duration::from_secs(2);
    Cache::options().connect_timeout(patient).response_timeout(patient).grace(Duration::from_secs(20))
}

impl World {
    pub(crate) async fn new(engine: Engine, store: Store) -> Self {
        Self::with(engine, store, options()).await
    }

    pub(crate) async fn with(engine: Engine, store: Store, options: CacheOptions) -> Self {
        let scratch = ScratchDatabase::create(engine).unwrap();
        scratch.load(&tables(engine)).unwrap();
        let db = Database::options(scratch.url()).unwrap().max_connections(8).connect().await.unwrap();
        let (node, writer, reader) = match store {
            Store::InProcess => {
                let cache = options.in_process().unwrap();
                (None, cache.clone(), cache)
            }
            Store::Redis => {
                let node = RedisNode::start(&[]).unwrap();
                // Known for long, so that no test waits for the time in which nothing is stored.
                for relation in SCHEMA.relations.iter().chain(NEW_SCHEMA.relations) {
                    let registry = format!("test:{}:layouts", relation.name);
                    node.cli(&["HSET", &registry, relation.layout, "1:9999999999999"]).unwrap();
                }
                let writer = options.clone().redis(&node.url()).await.unwrap();
                let reader = options.redis(&node.url()).await.unwrap();
                (Some(node), writer, reader)
            }
        };
        Self { engine, store, writer: db.with_cache(&writer), db, reader, node, _scratch: scratch }
    }

    /// Every engine with every store.
    pub(crate) async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for engine in Engine::ALL {
            for store in [Store::InProcess, Store::Redis] {
                worlds.push(Self::new(engine, store).await);
            }
        }
        worlds
    }

    /// Reads a row through the reader's cache, twice, and holds it against the database. What was missing in the cache is
    /// in it then.
    pub(crate) async fn check<T: Cached + PartialEq + Debug>(&self, key: &Key<T>, what: &str) {
        let truth = self.db.find(key).await.unwrap();
        for time in 1..=2 {
            let cached = T::cached(&self.reader, &self.db, key).await.unwrap();
            assert!(
                cached == truth,
                "{} {:?}: after {what}, {} {:?} is stale (read {time}): {cached:?} is in the cache, {truth:?} is the truth",
                self.engine,
                self.store,
                T::RELATION.name,
                key.cache_key()
            );
        }
    }

    /// Holds all rows that tests write against the database, those that are not there among them.
    pub(crate) async fn check_all(&self, what: &str) {
        for id in (1..=8).chain([30, 60]) {
            self.check(&shelf(id), what).await;
            self.check(&mark(id), what).await;
            for number in 1..=2 {
                self.check(&item(id, number), what).await;
                self.check(&deep(id, number, 1), what).await;
            }
        }
        for code in ["a", "b", "c", "d", "e", "f", "g", "h", "x", "y", "A"] {
            self.check(&coded(code), what).await;
        }
    }

    pub(crate) async fn run(&self, sql: &str) {
        self.db.query(sql).execute().await.unwrap();
    }
}
