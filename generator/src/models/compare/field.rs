//! A field and the column that it is to be like.

use super::{Held, Judge, Said};
use crate::catalog::{Column, Engine, Identity, SqlType};
use crate::findings::{PartKind, Severity, Status};
use crate::models::claim::{FieldClaim, Role};
use crate::models::column_type::agrees;
use crate::models::fit::{Fit, base, fits};
use crate::models::kind::Kind;
use crate::models::mend::with_nullability;

impl<'a> Judge<'a> {
    pub(super) fn type_of(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let Held { claim, relation, .. } = held;
        let place = Self::place(held).part(PartKind::Column, &column.name);
        let (ty, raw) = (&column.ty, if column.raw.is_empty() { "without a type" } else { &column.raw });
        let labels = self.labels_of(relation, column).map(|(labels, _)| labels);
        let mut said = Said::new(Status::TypeMismatch, place, String::new());
        said.field = Some(field);
        said.expected = Some(raw.to_owned());
        match fits(self.catalog, claim.dialect, ty, &field.kind) {
            Fit::No => {
                said.message = format!("{} is {raw}, and {} has {}", column.name, claim.name, field.written.ty);
                said.found = Some(field.written.ty.clone());
                said.mend = Some(self.mender.with_type(field, column, claim.dialect, labels.as_deref()));
                return self.found(held, said);
            }
            Fit::Unknown => {
                said.message = format!("it cannot be told whether {} holds what {raw} is", field.written.ty);
                (said.status, said.found) = (Status::Unverifiable, Some(field.written.ty.clone()));
                return self.found(held, said);
            }
            Fit::Yes => {}
        }
        let sql = &field.sql;
        let name_of_enum = match base(self.catalog, ty) {
            SqlType::Enum { name } => Some(name.name.as_str()),
            _ => None,
        };
        let wrong = if let Some(wrong) = sql.column_type.as_ref().filter(|said| !agrees(self.catalog, ty, said)) {
            Some(format!("column_type = {wrong:?}"))
        } else if let (Some(said), Some(length)) = (sql.max_length, length_of(base(self.catalog, ty)))
            && said != length
        {
            Some(format!("max_length = {said}"))
        } else if let (Some(said), Some(name)) = (&sql.enum_name, name_of_enum)
            && !name.eq_ignore_ascii_case(said.rsplit('.').next().unwrap_or(said).trim_matches('"'))
        {
            Some(format!("the type {said}"))
        } else {
            None
        };
        if let Some(wrong) = wrong {
            said.message = format!("{} is {raw}, and {} says {wrong}", column.name, claim.name);
            said.found = Some(wrong);
            self.found(held, said);
        }
    }

    pub(super) fn nullability(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let Held { claim, relation, .. } = held;
        // What is converted by hand may make something of NULL.
        if matches!(field.kind, Kind::Unknown | Kind::Converted) && field.options == 0 {
            return;
        }
        let is_key = relation.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
        let has_default = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
        let (is_wrong, at_most, wants_null) = match (claim.role, column.nullable, field.options) {
            // What a view lets through is not always understood.
            (Role::Whole | Role::Row, true, 0) if relation.kind.is_view() => (true, Severity::Info, true),
            (Role::Whole | Role::Row, true, 0) => (true, Severity::Error, true),
            // SQLite prints such keys as if they took NULL.
            (Role::Whole, false, 1..) => {
                let is_usual = relation.kind.is_view() || is_key && self.catalog.engine == Engine::Sqlite;
                (!is_usual, Severity::Warning, false)
            }
            (Role::Row, false, 1..) => (!relation.kind.is_view(), Severity::Info, false),
            (Role::Insert, false, 1..) => (!has_default, Severity::Warning, false),
            (Role::Change, false, 2..) => (true, Severity::Warning, false),
            _ => return,
        };
        if !is_wrong {
            return;
        }
        let words = |nullable: bool| if nullable { "takes NULL" } else { "is NOT NULL" };
        let of_field = if field.options == 0 { "does not" } else { "does" };
        let message = format!("{} {}, and {} {of_field}", column.name, words(column.nullable), field.written.ty);
        let place = Self::place(held).part(PartKind::Column, &column.name);
        let mut said = Said::new(Status::NullabilityMismatch, place, message);
        (said.expected, said.found) = (Some(words(column.nullable).to_owned()), Some(field.written.ty.clone()));
        (said.at_most, said.field) = (at_most, Some(field));
        // A type that is wrong in another way too has a line of its own.
        if fits(self.catalog, claim.dialect, &column.ty, &field.kind) == Fit::Yes {
            said.mend = Some(with_nullability(field, wants_null));
        }
        self.found(held, said);
    }

    /// What a model says besides of a column: that it is unique, or that it may be written.
    pub(super) fn promises(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let Held { claim, relation, .. } = held;
        let place = Self::place(held).part(PartKind::Column, &column.name);
        let is_alone = |columns: &[String]| columns == [column.name.clone()];
        let is_unique = relation.primary_key.as_ref().is_some_and(|key| is_alone(&key.columns))
            || relation.unique_keys.iter().any(|key| is_alone(&key.columns))
            || relation.indexes.iter().any(|index| {
                index.unique && matches!(index.parts.as_slice(), [part] if part.column.as_ref() == Some(&column.name))
            });
        if field.is_unique && !is_unique {
            let message = format!("{} says that {} is unique, and it is not", claim.name, column.name);
            let mut said = Said::new(Status::KeyMismatch, place.clone(), message);
            (said.found, said.field, said.at_most) = (Some("unique".to_owned()), Some(field), Severity::Warning);
            self.found(held, said);
        }
        let (status, what) = match (claim.role, &column.generated, column.identity) {
            (Role::Insert | Role::Change, Some(_), _) => (Status::GeneratedMismatch, "is computed"),
            (Role::Insert, None, Some(Identity::Always)) => (Status::IdentityMismatch, "numbers rows by itself"),
            _ => return,
        };
        if field.options == 0 {
            let message = format!("{} {what}, and {} writes it", column.name, claim.name);
            let mut said = Said::new(status, place, message);
            (said.expected, said.found) = (Some(what.to_owned()), Some(field.written.ty.clone()));
            said.field = Some(field);
            self.found(held, said);
        }
    }
}

fn length_of(ty: &SqlType) -> Option<u32> {
    match ty {
        SqlType::Varchar { length }
        | SqlType::Char { length }
        | SqlType::Binary { length }
        | SqlType::Varbinary { length } => *length,
        _ => None,
    }
}
