//! What the example's crate says of its rows: values, changes, keys, columns, references and constraints agree with the
//! relations' data.

use std::collections::BTreeSet;

use bookshop::{
    Book, BookId, BookPatch, Category, CategoryId, CustomerOrderId, NewOrderLine, OrderLine, OrderLinePatch, SCHEMA,
    book, category, order_line,
};
use tablature_runtime::{
    ConstraintKind, Decimal, IntoKey, Keyed, NewRow, Param, Patch, ReferentialAction, SqliteData, Table, ToSql, Value,
    key,
};

fn line() -> OrderLine {
    OrderLine {
        order_id: CustomerOrderId(7),
        line_no: 2,
        book_id: BookId(42),
        quantity: 3,
        unit_price: Decimal::new(999, 2),
        line_total: Decimal::new(2997, 2),
        gift_wrap: true,
    }
}

#[test]
fn values_are_in_the_order_of_the_columns() {
    let values: Vec<Param> = line().values().iter().map(|value| value.to_sql()).collect();
    let expected = [
        Param::BigInt(7),
        Param::BigInt(2),
        Param::BigInt(42),
        Param::BigInt(3),
        Param::Decimal(Decimal::new(999, 2)),
        Param::Decimal(Decimal::new(2997, 2)),
        Param::Bool(true),
    ];
    assert_eq!(values, expected);
    assert_eq!(OrderLine::RELATION.columns.len(), expected.len());
}

#[test]
fn forms_have_the_columns_that_can_be_written() {
    let writable: Vec<&str> =
        OrderLine::RELATION.columns.iter().filter(|column| column.is_writable()).map(|column| column.name).collect();
    assert_eq!(writable, ["order_id", "line_no", "book_id", "quantity", "unit_price", "gift_wrap"]);
    let OrderLine { order_id, line_no, book_id, quantity, unit_price, .. } = line();
    let new = NewOrderLine { order_id, line_no, book_id, quantity: Some(quantity), unit_price, gift_wrap: None };
    let kinds: Vec<_> = new.values().iter().map(|value| value.to_sql()).collect();
    assert_eq!(kinds.len(), writable.len());
    assert_eq!(kinds[5], bool::null());

    let patch = OrderLinePatch { quantity: Some(4), ..OrderLinePatch::default() };
    let changes: Vec<Option<Param>> =
        patch.values().iter().map(|value| (!value.is_absent()).then(|| value.to_sql())).collect();
    assert_eq!(changes, [None, None, None, Some(Param::BigInt(4)), None, None]);
    let subtitle = Book::RELATION.columns.iter().position(|column| column.name == "subtitle").unwrap();
    let patch = BookPatch { subtitle: Some(None), ..BookPatch::default() };
    let value = patch.values()[subtitle];
    assert_eq!((value.is_absent(), value.to_sql()), (false, String::null()));
}

#[test]
fn a_row_has_one_key_however_it_is_told() {
    let key = line().key().cache_key();
    assert!(key.is_some());
    assert_eq!(key, order_line::keys::pk(CustomerOrderId(7), 2).cache_key());
    assert_eq!(key, IntoKey::<OrderLine>::into_key((CustomerOrderId(7), 2)).cache_key());
    assert_eq!(line().key().columns(), OrderLine::RELATION.primary_key);
    // What a row that was read tells is the same.
    let index = &OrderLine::RELATION.cache_keys[0];
    let values = [7, 2].map(|number| Some(Value::Sqlite(SqliteData::Integer(number))));
    let read = (index.text)(key::of::<OrderLine>(SCHEMA.cache_prefix, index.name), &values).unwrap();
    assert_eq!(key, Some(read.finish()));
}

#[test]
fn columns_and_references_are_those_of_the_relation() {
    assert_eq!(book::columns::PRICE.column().name, "price");
    assert_eq!(order_line::references::ORDER.foreign_key().references, ("", "customer_order"));
    assert_eq!(order_line::references::ORDER.foreign_key().on_delete, ReferentialAction::Cascade);
    assert_eq!(category::references::PARENT.foreign_key().references, ("", "category"));
    assert_eq!(order_line::constraints::BOOK_ID_FKEY.columns, ["book_id"]);
    assert_eq!(IntoKey::<Category>::into_key(CategoryId(1)).columns(), ["id"]);
}

#[test]
fn the_schema_has_every_relation_with_its_constraints() {
    let names: Vec<(&str, &str)> = SCHEMA.relations.iter().map(|relation| (relation.schema, relation.name)).collect();
    assert!(names.is_sorted() && names.len() == 18, "{names:?}");
    for relation in SCHEMA.relations {
        let name = (relation.schema, relation.name);
        assert!(relation.constraints.iter().all(|constraint| constraint.relation == name), "{name:?}");
        let kinds = |kind| relation.constraints.iter().filter(move |constraint| constraint.kind == kind);
        let foreign: BTreeSet<&str> = kinds(ConstraintKind::ForeignKey).map(|constraint| constraint.name).collect();
        assert_eq!(foreign, relation.foreign_keys.iter().map(|key| key.name).collect(), "{name:?}");
        assert_eq!(
            kinds(ConstraintKind::PrimaryKey).count(),
            usize::from(!relation.primary_key.is_empty()),
            "{name:?}"
        );
        if let Some(first) = relation.cache_keys.first() {
            assert_eq!((first.name, first.columns), ("pk", relation.primary_key), "{name:?}");
        }
    }
}
