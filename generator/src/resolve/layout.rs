//! Fingerprints of how a relation's rows are decoded.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::catalog::{Catalog, SqlType};
use crate::hex::hex;

/// What one column adds to the fingerprint.
pub(super) struct LayoutColumn<'a> {
    pub name: &'a str,
    pub ty: &'a SqlType,
    pub nullable: bool,
    pub generated: bool,
    /// The form of the value in Rust and in JSON; see [`super::types::Mapped::form`].
    pub form: String,
}

/// Eight hexadecimal digits that change with all that changes decoding: the columns' names in order, their types with
/// modifiers, nullability, labels and whether they are computed, through domains and composites; and the form
/// that values have in Rust. Comments, indexes and defaults change nothing.
pub(super) fn fingerprint(catalog: &Catalog, columns: &[LayoutColumn<'_>]) -> String {
    let canonical: Vec<Value> = columns
        .iter()
        .map(|column| {
            json!([column.name, canonical(catalog, column.ty), column.nullable, column.generated, column.form])
        })
        .collect();
    let digest = Sha256::digest(Value::Array(canonical).to_string().as_bytes());
    hex(&digest[..4])
}

/// A type with everything that its name stands for.
fn canonical(catalog: &Catalog, ty: &SqlType) -> Value {
    match ty {
        SqlType::Enum { name } => json!(["enum", catalog.enum_type(name).map(|item| &item.labels)]),
        SqlType::Domain { name } => match catalog.domain(name) {
            Some(domain) => json!(["domain", canonical(catalog, &domain.ty), domain.not_null]),
            None => json!(["domain", name.to_string()]),
        },
        SqlType::Composite { name } => match catalog.composite(name) {
            Some(composite) => {
                let fields: Vec<Value> =
                    composite.fields.iter().map(|f| json!([f.name, canonical(catalog, &f.ty)])).collect();
                json!(["composite", fields])
            }
            None => json!(["composite", name.to_string()]),
        },
        SqlType::Array { element, dimensions } => json!(["array", canonical(catalog, element), dimensions]),
        SqlType::Range { subtype, multi, .. } => json!(["range", canonical(catalog, subtype), multi]),
        other => serde_json::to_value(other).expect("plain data always serialises"),
    }
}
