//! MySQL's `set`.

use std::collections::BTreeSet;

use crate::enumeration::{SqlEnum, unknown_label};
use crate::error::ValueError;
use crate::value::{FromSql, Value};

/// Any number of labels, separated by commas.
impl<E: SqlEnum + Ord> FromSql for BTreeSet<E> {
    fn from_sql(value: Value<'_>) -> Result<Self, ValueError> {
        let text = value.text()?;
        let mut labels = BTreeSet::new();
        // A label has no comma in it: MySQL refuses to declare one.
        for label in text.split(',').filter(|_| !text.is_empty()) {
            labels.insert(E::from_label(label).ok_or_else(|| unknown_label(E::NAME))?);
        }
        Ok(labels)
    }
}
