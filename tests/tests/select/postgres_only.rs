//! What only PostgreSQL has: types that travel as text, in conditions, orders and pages.

use tablature_runtime::{
    Array, BitString, Col, Column, Database, Dialect, FromRow, IpNetwork, Json, Key, Keyed, Range, Relation, Row,
    RowError, Schema, Table, ToSql, Uuid, Writable,
};
use tablature_tests::{Engine, ScratchDatabase};

static MODEL: Schema =
    Schema { cache_prefix: "select", dialect: Dialect::Postgres, relations: &[Special::RELATION], enums: &[] };

#[derive(Clone, Debug, PartialEq)]
struct Special {
    id: i64,
    tags: Array<i32>,
    address: IpNetwork,
    span: Range<i32>,
    bits: BitString,
    place: String,
    mail: String,
    uuid: Uuid,
    json: Json,
    cost: tablature_runtime::Decimal,
}

impl FromRow for Special {
    fn from_row(row: &Row<'_>) -> Result<Self, RowError> {
        Ok(Self {
            id: row.get("id")?,
            tags: row.get("tags")?,
            address: row.get("address")?,
            span: row.get("span")?,
            bits: row.get("bits")?,
            place: row.get("place")?,
            mail: row.get("mail")?,
            uuid: row.get("uuid")?,
            json: row.get("json")?,
            cost: row.get("cost")?,
        })
    }
}

impl Table for Special {
    const RELATION: &'static Relation = &Relation {
        schema: "public",
        name: "special",
        columns: &[
            Column::new("id", "bigint"),
            Column::new("tags", "integer[]"),
            Column::new("address", "inet"),
            Column::new("span", "int4range"),
            Column::new("bits", "bit(3)"),
            Column::new("place", "point").cast("CAST({} AS text)", "CAST({} AS point)"),
            Column::new("mail", "public.citext"),
            Column::new("uuid", "uuid"),
            Column::new("json", "jsonb"),
            Column::new("cost", "money").cast("CAST({} AS numeric)", "CAST(CAST({} AS numeric) AS money)"),
        ],
        primary_key: &["id"],
        ..Relation::EMPTY
    };

    fn schema() -> &'static Schema {
        &MODEL
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        vec![
            &self.id,
            &self.tags,
            &self.address,
            &self.span,
            &self.bits,
            &self.place,
            &self.mail,
            &self.uuid,
            &self.json,
            &self.cost,
        ]
    }
}

impl Writable for Special {}

impl Keyed for Special {
    fn key(&self) -> Key<Self> {
        Key::uncached(&["id"], &[&self.id])
    }
}

const ID: Col<Special, i64> = Col::new(0);
const TAGS: Col<Special, Array<i32>> = Col::new(1);
const ADDRESS: Col<Special, IpNetwork> = Col::new(2);
const SPAN: Col<Special, Range<i32>> = Col::new(3);
const BITS: Col<Special, BitString> = Col::new(4);
const PLACE: Col<Special, String> = Col::new(5);
const MAIL: Col<Special, String> = Col::new(6);
const UUID: Col<Special, Uuid> = Col::new(7);
const JSON: Col<Special, Json> = Col::new(8);
const COST: Col<Special, tablature_runtime::Decimal> = Col::new(9);

async fn open() -> (ScratchDatabase, Database) {
    let scratch = ScratchDatabase::create(Engine::Postgres).unwrap();
    scratch
        .load(
            "CREATE EXTENSION citext;
             CREATE TABLE special (id bigint PRIMARY KEY, tags integer[] NOT NULL, address inet NOT NULL,
                 span int4range NOT NULL, bits bit(3) NOT NULL, place point NOT NULL, mail citext NOT NULL,
                 uuid uuid NOT NULL, json jsonb NOT NULL, cost money NOT NULL);
             INSERT INTO special
                 SELECT n, ARRAY[n, NULL], ('10.0.0.' || n)::inet, int4range(n, n + 2), (n % 8)::bit(3), point(n, 0),
                     'User' || n || '@Example.org', md5(n::text)::uuid, to_jsonb(n), (20 - n)::numeric::money
                 FROM generate_series(1, 9) AS n;",
        )
        .unwrap();
    let db = Database::connect(scratch.url()).await.unwrap();
    (scratch, db)
}

#[tokio::test]
async fn types_that_travel_as_text_are_compared_as_themselves() {
    let (_scratch, db) = open().await;
    let third = db.select::<Special>().filter(ID.eq(3)).fetch_one().await.unwrap();
    for condition in [
        TAGS.eq(&third.tags),
        TAGS.in_list([&third.tags]),
        ADDRESS.eq(third.address),
        ADDRESS.in_list([third.address]),
        SPAN.eq(third.span),
        BITS.eq(&third.bits),
        BITS.in_list([&third.bits]),
        MAIL.eq("uSER3@example.ORG"),
        MAIL.in_list(["user3@example.org", "nobody"]),
        MAIL.starts_with("USER3@"),
        UUID.in_list([third.uuid]),
        JSON.eq(&third.json),
        COST.eq(third.cost),
        COST.in_list([third.cost]),
    ] {
        let found = db.select::<Special>().filter(condition).fetch_all().await.unwrap();
        assert_eq!(found, std::slice::from_ref(&third));
    }
    // A point has no equality: the database says so.
    let error = db.select::<Special>().filter(PLACE.eq("(3,0)")).fetch_all().await.unwrap_err();
    assert!(error.to_string().contains("operator does not exist: point = point"), "{error}");
}

#[tokio::test]
async fn types_that_travel_as_text_are_orders_of_pages() {
    let (_scratch, db) = open().await;
    for order in [TAGS.asc(), ADDRESS.desc(), SPAN.asc(), BITS.desc(), MAIL.asc(), UUID.asc(), JSON.desc(), COST.asc()]
    {
        let select = || db.select::<Special>().order_by(order);
        let expected = select().fetch_all().await.unwrap();
        let mut walked = Vec::new();
        let mut cursor = None;
        loop {
            let page = select().page_size(2).after(cursor.as_ref()).fetch().await.unwrap();
            walked.extend(page.rows);
            match page.next {
                // Through its text, in which the types of literals are left out.
                Some(next) => cursor = Some(next.to_string().parse().unwrap()),
                None => break,
            }
            assert!(walked.len() < 20, "{order:?}");
        }
        assert_eq!(walked.len(), 9);

        if !format!("{order:?}").contains("column: 4,") {
            assert_eq!(walked, expected, "{order:?}");
        }
    }
}
