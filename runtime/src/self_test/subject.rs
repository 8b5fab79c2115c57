//! A relation as the self-test sees it: what is generic over the model is a few functions, and everything else is data.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::database::{Error, Values, changed, given};
use crate::key::CacheKey;
use crate::param::Param;
use crate::row::Row;
use crate::table::{Keyed, NewRow, Patch, Relation, Schema, Table};

/// A relation of a generated crate, with its forms. The generated test lists all of them.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub(super) schema: &'static Schema,
    pub(super) relation: &'static Relation,
    /// The text of the JSON Schemas.
    pub(super) document: &'static str,
    pub(super) read: fn(&Row<'_>) -> Result<Reading, Error>,
    pub(super) insert: Option<ReadForm>,
    pub(super) patch: Option<ReadForm>,
}

/// Makes a form from its JSON.
type ReadForm = fn(&str) -> Result<Form, String>;

/// A row that was read, in every form that its model has.
#[derive(Clone)]
pub(super) struct Reading {
    /// Its JSON.
    pub(super) json: String,
    /// The JSON of what was read back from that.
    pub(super) json_again: String,
    /// The values of the columns, as they would be bound.
    pub(super) params: Vec<Param>,
    /// Those of what was read back from the JSON.
    pub(super) params_again: Vec<Param>,
    /// The primary key, where the model has one.
    pub(super) key: Option<KeyReading>,
}

/// The primary key of a row that was read.
#[derive(Clone)]
pub(super) struct KeyReading {
    pub(super) columns: &'static [&'static str],
    pub(super) params: Vec<Param>,
    /// The text of the cache key, as the key function and as the row itself give it; absent where rows are not cached.
    pub(super) texts: Option<(String, String)>,
}

/// An insert or a patch, made from JSON.
pub(super) struct Form {
    pub(super) values: Values,
    /// The JSON that it is written as.
    pub(super) json: String,
    /// The JSON of what was read back from that.
    pub(super) json_again: String,
}

impl Subject {
    /// The rows of a model, and the text of its JSON Schemas.
    pub fn of<T: Table + Serialize + DeserializeOwned>(document: &'static str) -> Self {
        Self { schema: T::schema(), relation: T::RELATION, document, read: read::<T>, insert: None, patch: None }
    }

    /// … whose rows are found by a primary key.
    #[must_use]
    pub fn keyed<T: Keyed + Serialize + DeserializeOwned>(mut self) -> Self {
        self.read = read_keyed::<T>;
        self
    }

    /// … into which this form is inserted.
    #[must_use]
    pub fn inserts<N: NewRow + Serialize + DeserializeOwned>(mut self) -> Self {
        self.insert = Some(|json| form::<N>(json, given));
        self
    }

    /// … which this form updates.
    #[must_use]
    pub fn patches<P: Patch + Serialize + DeserializeOwned>(mut self) -> Self {
        self.patch = Some(|json| form::<P>(json, changed));
        self
    }
}

fn read<T: Table + Serialize + DeserializeOwned>(row: &Row<'_>) -> Result<Reading, Error> {
    reading(&row.read::<T>()?)
}

fn read_keyed<T: Keyed + Serialize + DeserializeOwned>(row: &Row<'_>) -> Result<Reading, Error> {
    let model = row.read::<T>()?;
    let key = model.key();
    let texts = key.cache_key().map(|text| Ok::<_, Error>((text, text_of_row(T::schema(), T::RELATION, row)?)));
    let key = KeyReading { columns: key.columns, params: key.params, texts: texts.transpose()? };
    Ok(Reading { key: Some(key), ..reading(&model)? })
}

/// The text of the primary key's cache key, as writers who have nothing but the row make it.
fn text_of_row(schema: &Schema, relation: &'static Relation, row: &Row<'_>) -> Result<String, Error> {
    let Some(index) = relation.cache_keys.first() else { return Ok(String::new()) };
    let values = index.columns.iter().map(|column| row.value(column)).collect::<Result<Vec<_>, _>>()?;
    let key = CacheKey::of(schema.cache_prefix, relation, index.name);
    let key = (index.text)(key, &values).map_err(|cause| json_error(relation, &cause.to_string()))?;
    Ok(key.finish())
}

fn reading<T: Table + Serialize + DeserializeOwned>(model: &T) -> Result<Reading, Error> {
    let fail = |error: serde_json::Error| json_error(T::RELATION, &error.to_string());
    let json = serde_json::to_string(model).map_err(fail)?;
    let again: T = serde_json::from_str(&json).map_err(fail)?;
    Ok(Reading {
        json_again: serde_json::to_string(&again).map_err(fail)?,
        params: model.values().into_iter().map(crate::ToSql::to_sql).collect(),
        params_again: again.values().into_iter().map(crate::ToSql::to_sql).collect(),
        key: None,
        json,
    })
}

fn json_error(relation: &Relation, cause: &str) -> Error {
    Error::Json { relation: relation.title(), cause: cause.to_owned() }
}

fn form<F: Serialize + DeserializeOwned>(json: &str, values: fn(&F) -> Values) -> Result<Form, String> {
    let form: F = serde_json::from_str(json).map_err(|error| format!("it is not read: {error}"))?;
    let written = serde_json::to_string(&form).map_err(|error| format!("it is not written: {error}"))?;
    let again: F = serde_json::from_str(&written).map_err(|error| format!("it is not read again: {error}"))?;
    let json_again = serde_json::to_string(&again).map_err(|error| format!("it is not written again: {error}"))?;
    Ok(Form { values: values(&form), json: written, json_again })
}
