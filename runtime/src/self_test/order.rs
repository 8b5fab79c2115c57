//! In which order rows are made, so that those that are referred to are there first.

use crate::table::{ForeignKey, Relation};

/// The positions of relations, parents before children. Where they refer to each other in a circle, a key that can be NULL
/// waits; a relation that is part of a circle of keys that cannot is put where it comes by its name.
pub(super) fn parents_first(relations: &[&'static Relation]) -> Vec<usize> {
    let position = |key: &ForeignKey| relations.iter().position(|other| (other.schema, other.name) == key.references);
    let parents = |required_only: bool| -> Vec<Vec<usize>> {
        let wanted = |relation: &Relation, key: &&ForeignKey| !required_only || !can_wait(relation, key);
        let of = |(index, relation): (usize, &&'static Relation)| {
            let keys = relation.foreign_keys.iter().filter(|key| wanted(relation, key));
            keys.filter_map(position).filter(|parent| *parent != index).collect()
        };
        relations.iter().enumerate().map(of).collect()
    };
    let (all, required) = (parents(false), parents(true));
    let mut order: Vec<usize> = Vec::new();
    let mut rest: Vec<usize> = (0..relations.len()).collect();
    while !rest.is_empty() {
        let is_free = |of: &[Vec<usize>], index: usize| of[index].iter().all(|parent| !rest.contains(parent));
        let next = (rest.iter().position(|index| is_free(&all, *index)))
            .or_else(|| rest.iter().position(|index| is_free(&required, *index)))
            .unwrap_or(0);
        order.push(rest.remove(next));
    }
    order
}

/// Whether a row can be there before the one that it refers to.
pub(super) fn can_wait(relation: &Relation, key: &ForeignKey) -> bool {
    key.columns.iter().any(|name| relation.column(name).is_some_and(|column| column.nullable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    const fn relation(name: &'static str, columns: &'static [Column], foreign_keys: &'static [ForeignKey]) -> Relation {
        Relation { name, columns, foreign_keys, ..Relation::EMPTY }
    }

    const fn to(columns: &'static [&'static str], table: &'static str) -> ForeignKey {
        ForeignKey::new("", columns, ("", table), &["id"])
    }

    static CHILD: Relation = relation(
        "a_child",
        &[Column::new("p", "int"), Column::new("own", "int")],
        &[to(&["p"], "m_parent"), to(&["own"], "a_child")],
    );
    static PARENT: Relation = relation("m_parent", &[Column::new("c", "int").nullable()], &[to(&["c"], "a_child")]);
    static OTHER: Relation = relation("z_other", &[], &[]);

    #[test]
    fn what_can_be_null_waits() {
        assert_eq!(parents_first(&[&CHILD, &PARENT, &OTHER]), [2, 1, 0]);
    }
}
