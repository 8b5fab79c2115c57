//! Enumerations and the labels that the database has.

use super::{Held, Judge, Said};
use crate::catalog::{Column, Relation, SqlType};
use crate::config::nearest;
use crate::findings::{ObjectKind, PartKind, Place, Severity, Status};
use crate::models::Dialect;
use crate::models::claim::FieldClaim;
use crate::models::fit::base;
use crate::models::kind::Kind;
use crate::models::labels::{Labels, labels};
use crate::rust_source::declared::Enum;

impl<'a> Judge<'a> {
    /// The labels that a column's type or a CHECK allows, and the place of the list.
    pub(super) fn labels_of(&self, relation: &Relation, column: &Column) -> Option<(Vec<String>, Place)> {
        let of_column = || Place::object(ObjectKind::Relation, &relation.name).part(PartKind::Column, &column.name);
        let mut ty = &column.ty;
        while let SqlType::Array { element, .. } = ty {
            ty = element;
        }
        if let SqlType::Domain { name } = ty
            && let Some(labels) = self.checks.domain_labels(name)
        {
            return Some((labels.to_vec(), Place::object(ObjectKind::Type, name)));
        }
        match base(self.catalog, ty) {
            SqlType::Enum { name } => {
                let labels = self.catalog.enum_type(name)?.labels.clone();
                return Some((labels, Place::object(ObjectKind::Type, name)));
            }
            SqlType::InlineEnum { labels } => return Some((labels.clone(), of_column())),
            _ => {}
        }
        let origin = column.origin.as_ref();
        let of_origin = origin.and_then(|origin| self.checks.labels(&origin.relation, &origin.column));
        let labels = self.checks.labels(&relation.name, &column.name).or(of_origin)?;
        Some((labels.to_vec(), of_column()))
    }

    pub(super) fn enumeration(&mut self, held: &Held<'a>, field: &FieldClaim<'_>, column: &Column) {
        let mut kind = &field.kind;
        while let Kind::List(inner) = kind {
            kind = inner;
        }
        let Kind::Enum(item) = kind else { return };
        let Some((expected, place)) = self.labels_of(held.relation, column) else { return };
        let Some(file) = self.types.file_of(item) else { return };
        let number = self.files.iter().position(|other| std::ptr::eq(other, file)).unwrap_or(held.claim.file);
        // One enumeration of several columns is told once.
        if !self.seen.insert((number, item.head.name.clone(), place.to_string())) {
            return;
        }
        match labels(item, held.claim.dialect) {
            Labels::Texts(found) => self.label_lists(held, item, number, (&expected, &place), &found),
            Labels::Numbers => {
                let message = format!("{} has labels, and {} stands for numbers", column.name, item.head.name);
                let mut said = Said::new(Status::TypeMismatch, place, message);
                (said.expected, said.found) = (Some(expected.join(", ")), Some("numbers".to_owned()));
                said.field = Some(field);
                self.found(held, said);
            }
            Labels::Unknown => {
                let message = format!("it cannot be told what stands for the variants of {}", item.head.name);
                let mut said = Said::new(Status::Unverifiable, place, message);
                said.field = Some(field);
                self.found(held, said);
            }
        }
    }

    fn label_lists(
        &mut self,
        held: &Held<'_>,
        item: &Enum,
        file: usize,
        (expected, place): (&[String], &Place),
        found: &[(String, usize)],
    ) {
        let of_type = place.object.as_ref().is_some_and(|object| object.kind == ObjectKind::Type);
        let place_of = |label: &str| if of_type { place.part(PartKind::Label, label) } else { place.clone() };
        let at_most = if held.claim.dialect == Dialect::Serde { Severity::Warning } else { Severity::Error };
        let name = &item.head.name;
        let mut lacking: Vec<&String> =
            expected.iter().filter(|label| !found.iter().any(|(found, _)| found == *label)).collect();
        for (label, at) in found.iter().filter(|(label, _)| !expected.contains(label)) {
            // A label that is nearly one that is lacking is that one misspelt.
            let near = nearest(label, lacking.iter().map(|label| label.as_str())).map(str::to_owned);
            if let Some(near) = &near {
                lacking.retain(|label| *label != near);
            }
            let hint = near.as_ref().map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
            let message = format!("{name} has the label {label:?}, and the database does not{hint}");
            let mut said = Said::new(Status::EnumMismatch, place_of(label), message);
            said.found = Some(label.clone());
            // A list in a CHECK may be one of several that share an enumeration.
            let is_narrower = !of_type && near.is_none();
            said.at_most = if is_narrower { Severity::Warning } else { at_most };
            self.tell(file, *at, said);
        }
        for label in lacking {
            let message = format!("the database has the label {label:?}, and {name} does not");
            let mut said = Said::new(Status::EnumMismatch, place_of(label), message);
            (said.expected, said.at_most) = (Some(label.clone()), at_most);
            self.tell(file, item.head.at, said);
        }
    }
}
