//! Keys, constraints and indexes of a relation.

use serde::Serialize;

use super::differences::Differences;
use super::pairs::{Pair, pairs};
use super::relation::comments;
use super::text;
use crate::catalog::{Action, Check, Exclusion, ForeignKey, Index, PrimaryKey, UniqueKey};
use crate::findings::{PartKind, Place, Status};

/// A sort of constraint: how it is called, told and found again.
struct Sort<T> {
    status: Status,
    part: PartKind,
    /// What it is in words.
    what: &'static str,
    /// Its name.
    name: fn(&T) -> Option<&String>,
    /// What it goes by where it has none.
    unnamed: fn(&T) -> String,
    /// Its comment.
    comment: fn(&T) -> Option<&String>,
    /// All that it says, without name and comment.
    definition: fn(&T) -> String,
    /// The same constraint without name and comment.
    bare: fn(&T) -> T,
}

impl<T: Clone + PartialEq + Serialize> Sort<T> {
    /// Where it stands.
    fn place(&self, relation: &Place, item: &T) -> Place {
        relation.part(self.part, (self.name)(item).cloned().unwrap_or_else(|| text::short(&(self.unnamed)(item))))
    }

    fn compare(&self, found: &mut Differences, relation: &Place, pair: Pair<'_, T>) {
        let place = &self.place(relation, pair.either());
        match pair {
            Pair::Both(truth, held) => {
                let what = format!("the {}", self.what);
                let (of_truth, of_held) = ((self.bare)(truth), (self.bare)(held));
                found.property(self.status, place, &what, &of_truth, &of_held, self.definition);
                comments(found, place, (self.comment)(truth), (self.comment)(held));
                // Two without names meet by what they are about, and one of them may have got a name.
                let names = ((self.name)(truth), (self.name)(held));
                found.property(self.status, place, &format!("the {}'s name", self.what), &names.0, &names.1, |name| {
                    text::option(*name, Clone::clone)
                });
            }
            Pair::Truth(truth) => found.missing(self.status, place, self.what, &(self.definition)(truth)),
            Pair::Held(held) => found.extra(self.status, place, self.what, &(self.definition)(held)),
        }
    }
}

const PRIMARY: Sort<PrimaryKey> = Sort {
    status: Status::KeyMismatch,
    part: PartKind::Constraint,
    what: "primary key",
    name: |key| key.name.as_ref(),
    unnamed: |_| "PRIMARY KEY".to_owned(),
    comment: |key| key.comment.as_ref(),
    definition: text::primary_key,
    bare: |key| PrimaryKey { name: None, comment: None, ..key.clone() },
};

const UNIQUE: Sort<UniqueKey> = Sort {
    status: Status::KeyMismatch,
    part: PartKind::Constraint,
    what: "unique key",
    name: |key| key.name.as_ref(),
    unnamed: |key| format!("UNIQUE {}", text::columns(&key.columns)),
    comment: |key| key.comment.as_ref(),
    definition: text::unique_key,
    bare: |key| UniqueKey { name: None, comment: None, ..key.clone() },
};

const FOREIGN: Sort<ForeignKey> = Sort {
    status: Status::KeyMismatch,
    part: PartKind::Constraint,
    what: "foreign key",
    name: |key| key.name.as_ref(),
    unnamed: |key| format!("FOREIGN KEY {}", text::columns(&key.columns)),
    comment: |key| key.comment.as_ref(),
    definition: text::foreign_key,
    bare: |key| ForeignKey { name: None, comment: None, ..key.clone() },
};

const CHECK: Sort<Check> = Sort {
    status: Status::ConstraintMismatch,
    part: PartKind::Constraint,
    what: "check",
    name: |check| check.name.as_ref(),
    unnamed: |check| format!("CHECK ({})", check.expression),
    comment: |check| check.comment.as_ref(),
    definition: text::check,
    bare: |check| Check { name: None, comment: None, ..check.clone() },
};

const EXCLUSION: Sort<Exclusion> = Sort {
    status: Status::ConstraintMismatch,
    part: PartKind::Constraint,
    what: "exclusion constraint",
    name: |exclusion| Some(&exclusion.name),
    unnamed: text::exclusion,
    comment: |exclusion| exclusion.comment.as_ref(),
    definition: text::exclusion,
    bare: |exclusion| Exclusion { name: String::new(), comment: None, ..exclusion.clone() },
};

const INDEX: Sort<Index> = Sort {
    status: Status::IndexMismatch,
    part: PartKind::Index,
    what: "index",
    name: |index| Some(&index.name),
    unnamed: text::index,
    comment: |index| index.comment.as_ref(),
    definition: text::index,
    bare: |index| Index { name: String::new(), comment: None, ..index.clone() },
};

/// What constraints without names go by, besides their lack of one.
fn columns_if_unnamed<'a>(name: Option<&String>, columns: &'a [String]) -> &'a [String] {
    if name.is_some() { &[] } else { columns }
}

pub(super) fn primary_key(
    found: &mut Differences,
    relation: &Place,
    truth: Option<&PrimaryKey>,
    held: Option<&PrimaryKey>,
) {
    let pair = match (truth, held) {
        (Some(truth), Some(held)) => Pair::Both(truth, held),
        (Some(truth), None) => Pair::Truth(truth),
        (None, Some(held)) => Pair::Held(held),
        (None, None) => return,
    };
    PRIMARY.compare(found, relation, pair);
}

pub(super) fn unique_keys(found: &mut Differences, relation: &Place, truth: &[UniqueKey], held: &[UniqueKey]) {
    let key = |key: &'_ UniqueKey| (key.name.clone(), columns_if_unnamed(key.name.as_ref(), &key.columns).to_vec());
    for pair in pairs(truth, held, key) {
        UNIQUE.compare(found, relation, pair);
    }
}

pub(super) fn foreign_keys(
    found: &mut Differences,
    relation: &Place,
    truth: &[ForeignKey],
    held: &[ForeignKey],
    hides_actions: bool,
) {
    let key = |key: &'_ ForeignKey| (key.name.clone(), columns_if_unnamed(key.name.as_ref(), &key.columns).to_vec());
    let without_actions =
        |key: &ForeignKey| ForeignKey { on_update: Action::NoAction, on_delete: Action::NoAction, ..key.clone() };
    for pair in pairs(truth, held, key) {
        match pair {
            Pair::Both(truth, held) if hides_actions && *truth == without_actions(held) => {
                let place = FOREIGN.place(relation, held);
                found.unverifiable(&place, "foreign key", "the role may not see what it does on update and delete");
            }
            pair => FOREIGN.compare(found, relation, pair),
        }
    }
}

pub(super) fn checks(found: &mut Differences, owner: &Place, truth: &[Check], held: &[Check]) {
    let key = |check: &'_ Check| match &check.name {
        Some(name) => (true, name.clone()),
        None => (false, check.expression.clone()),
    };
    for pair in pairs(truth, held, key) {
        CHECK.compare(found, owner, pair);
    }
}

pub(super) fn exclusions(found: &mut Differences, relation: &Place, truth: &[Exclusion], held: &[Exclusion]) {
    for pair in pairs(truth, held, |exclusion| &exclusion.name) {
        EXCLUSION.compare(found, relation, pair);
    }
}

pub(super) fn indexes(found: &mut Differences, relation: &Place, truth: &[Index], held: &[Index]) {
    for pair in pairs(truth, held, |index| &index.name) {
        INDEX.compare(found, relation, pair);
    }
}
