//! The serde forms beside those that serde's own derives make of twins.

use std::fmt::Debug;

use ::serde::de::DeserializeOwned;
use ::serde::ser::Serialize;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Columnar, FieldList, FieldPair, FieldSource};
use crate::json as form;

#[derive(Clone)]
struct Row {
    id: i64,
    kind: String,
    price: Decimal,
    rate: Option<f64>,
    note: Option<String>,
}

impl Columnar for Row {
    const NAMES: &'static [&'static str] = &["id", "kind", "price", "rate", "note"];

    fn read<S: FieldSource>(source: S) -> Result<Self, S::Error> {
        let FieldPair((id, kind), (form::decimal::As(price), form::float::As(rate), note)) = source.read()?;
        Ok(Self { id, kind, price, rate, note })
    }

    fn fields(&self) -> impl FieldList<'_> {
        FieldPair((&self.id, &self.kind), (form::decimal::As(&self.price), form::float::As(&self.rate), &self.note))
    }
}

#[derive(Clone, Default)]
struct Patch {
    id: Option<i64>,
    price: Option<Option<Decimal>>,
    note: Option<Option<String>>,
    document: Option<Value>,
}

impl Columnar for Patch {
    const NAMES: &'static [&'static str] = &["id", "price", "note", "document"];
    const IS_FORM: bool = true;

    fn read<S: FieldSource>(source: S) -> Result<Self, S::Error> {
        let (id, form::decimal::nullable::As(price), form::nullable::As(note), form::present::As(document)) =
            source.read()?;
        Ok(Self { id, price, note, document })
    }

    fn fields(&self) -> impl FieldList<'_> {
        (
            &self.id,
            form::decimal::nullable::As(&self.price),
            form::nullable::As(&self.note),
            form::present::As(&self.document),
        )
    }
}

crate::impl_record!(Row, serde);
crate::impl_record!(Patch, serde);

/// The same structs, by serde's derives.
mod derived {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, Deserialize, Serialize)]
    pub(super) struct Row {
        id: i64,
        kind: String,
        #[serde(with = "crate::json::decimal")]
        price: Decimal,
        #[serde(with = "crate::json::float")]
        rate: Option<f64>,
        note: Option<String>,
    }

    #[derive(Debug, Default, Deserialize, Serialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Patch {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::json::decimal::nullable")]
        price: Option<Option<Decimal>>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::json::nullable")]
        note: Option<Option<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::json::present")]
        document: Option<serde_json::Value>,
    }
}

/// Reads a text as both, and holds what they print, what they write, and what they complain of to be the same.
fn same<T, D>(text: &str) -> bool
where
    T: Debug + DeserializeOwned + Serialize,
    D: Debug + DeserializeOwned + Serialize,
{
    match (serde_json::from_str::<T>(text), serde_json::from_str::<D>(text)) {
        (Ok(own), Ok(derived)) => {
            assert_eq!(format!("{own:?}"), format!("{derived:?}"), "{text}");
            assert_eq!(serde_json::to_string(&own).unwrap(), serde_json::to_string(&derived).unwrap(), "{text}");
            true
        }
        (Err(own), Err(derived)) => {
            assert_eq!(own.to_string(), derived.to_string(), "{text}");
            false
        }
        (own, derived) => panic!("{text}: {own:?}, but {derived:?}"),
    }
}

#[test]
fn rows_are_as_derived() {
    for (text, is_read) in [
        (r#"{"id":1,"kind":"a","price":"1.50","rate":0.5,"note":"n"}"#, true),
        (r#"{"note":null,"rate":"NaN","price":"2","kind":"","id":-1}"#, true),
        (r#"{"id":1,"kind":"a","price":"1","rate":null}"#, true),
        (r#"{"id":1,"other":{"a":[1]},"kind":"a","price":"1","rate":1,"id2":2}"#, true),
        (r#"[1,"a","1.0",null,"n"]"#, true),
        // An optional field in a form of its own has to be there.
        (r#"{"id":1,"kind":"a","price":"1"}"#, false),
        (r#"{"kind":"a","price":"1","rate":1}"#, false),
        (r#"{"id":1,"kind":null,"price":"1","rate":1}"#, false),
        (r#"{"id":1,"kind":"a","price":1.5,"rate":1}"#, false),
        (r#"{"id":1,"kind":"a","id":2,"price":"1","rate":1}"#, false),
        (r#"[1,"a"]"#, false),
        (r#"[1,"a","1",null,"n",7]"#, false),
        ("7", false),
        (r#"{"id":1"#, false),
    ] {
        assert_eq!(same::<Row, derived::Row>(text), is_read, "{text}");
    }
}

#[test]
fn forms_are_as_derived() {
    for (text, is_read) in [
        ("{}", true),
        (r#"{"id":1}"#, true),
        (r#"{"id":null}"#, true),
        (r#"{"price":null,"note":null,"document":null}"#, true),
        (r#"{"document":{"a":[null]},"note":"n","price":"1.10","id":7}"#, true),
        (r#"{"id":1,"other":2}"#, false),
        (r#"{"id":1,"id":2}"#, false),
        (r#"{"price":0.1}"#, false),
        (r#"[1]"#, true),
        (r#"[1,"1.5",null,null]"#, true),
        (r#""a""#, false),
    ] {
        assert_eq!(same::<Patch, derived::Patch>(text), is_read, "{text}");
    }
}

#[test]
fn documents_in_memory_are_read_too() {
    let row: Row = serde_json::from_value(json!({"rate": 1.5, "id": 1, "kind": "k", "price": "2.50"})).unwrap();
    assert_eq!(row, Row { id: 1, kind: "k".into(), price: Decimal::new(250, 2), rate: Some(1.5), note: None });
}

#[test]
fn lists_are_in_order() {
    let row = Row { id: 1, kind: "k".into(), price: Decimal::ONE, rate: None, note: None };
    let absent: Vec<bool> = row.fields().list().iter().map(|value| value.is_absent()).collect();
    assert_eq!(absent, [false, false, false, true, true]);
}
