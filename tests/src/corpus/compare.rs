//! Where two tellings of one schema differ: facts as sorted sentences, of which each must be told by both.

use std::collections::{BTreeMap, BTreeSet};

use tablature::catalog::Diagnostic;

use super::facts::{Facts, ForeignFacts, Part, RelationFacts, UniqueFacts, action_sql};

/// What one telling has and the other has not, a sentence each: first what the database says and `who` does not.
pub fn differences(database: &Facts, told: &Facts, who: &str) -> Vec<String> {
    let mut count: BTreeMap<String, i64> = BTreeMap::new();
    for sentence in sentences(database) {
        *count.entry(sentence).or_default() += 1;
    }
    for sentence in sentences(told) {
        *count.entry(sentence).or_default() -= 1;
    }
    let missing = count.iter().filter(|(_, count)| **count > 0).map(|(it, _)| format!("{who} lacks: {it}"));
    let invented = count.iter().filter(|(_, count)| **count < 0).map(|(it, _)| format!("{who} has made up: {it}"));
    missing.chain(invented).collect()
}

/// Relations that the database itself cannot read have to be reported. A sentence for each that is not.
pub fn unreported(database: &Facts, diagnostics: &[Diagnostic]) -> Vec<String> {
    let reported: BTreeSet<&str> = diagnostics.iter().map(|diagnostic| diagnostic.path.as_str()).collect();
    let silent = database.unreadable.iter().filter(|(name, _)| !reported.contains(name.to_string().as_str()));
    silent.map(|(name, why)| format!("nothing is said of {name}, which the database cannot read: {why}")).collect()
}

fn sentences(facts: &Facts) -> Vec<String> {
    let mut out = Vec::new();
    for (name, relation) in &facts.relations {
        about_relation(&name.to_string(), relation, &mut out);
    }
    out.extend(facts.enums.iter().map(|(name, labels)| format!("{name}: the labels {labels:?}")));
    out
}

fn about_relation(name: &str, relation: &RelationFacts, out: &mut Vec<String>) {
    out.push(format!("{name}: a {}", relation.kind.title()));
    for (place, column) in relation.columns.iter().enumerate() {
        let null = match column.nullable {
            Some(true) => " NULL",
            Some(false) => " NOT NULL",
            None => "",
        };
        let argument = if column.is_argument { ", an argument" } else { "" };
        out.push(format!("{name}: column {} is {:?}{null}{argument}", place + 1, column.name));
    }
    if !relation.primary_key.is_empty() {
        out.push(format!("{name}: PRIMARY KEY {}", list(&relation.primary_key)));
    }
    out.extend(relation.unique_keys.iter().map(|key| format!("{name}: {}", unique(key))));
    out.extend(relation.foreign_keys.iter().map(|key| format!("{name}: {}", foreign(key))));
    if relation.has_heirs {
        out.push(format!("{name}: other tables inherit from it"));
    }
}

fn unique(key: &UniqueFacts) -> String {
    let parts = key.parts.iter().map(|part| match part {
        Part::Column(name) => format!("{name:?}"),
        Part::Partly(name) => format!("{name:?} in part"),
        Part::Expression => "an expression".to_owned(),
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    format!("UNIQUE{} ({parts}){}", named(&key.name), if key.is_whole { "" } else { ", not always" })
}

fn foreign(key: &ForeignFacts) -> String {
    format!(
        "FOREIGN KEY{} {} REFERENCES {} {} ON UPDATE {} ON DELETE {}",
        named(&key.name),
        list(&key.columns),
        key.references,
        list(&key.referenced_columns),
        action_sql(key.on_update),
        action_sql(key.on_delete)
    )
}

fn named(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" {name:?}") }
}

fn list(names: &[String]) -> String {
    format!("({})", names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use tablature::catalog::{Action, DiagnosticKind, QName, RelationKind};

    use super::super::facts::ColumnFacts;
    use super::*;

    fn facts() -> Facts {
        let mut relation = RelationFacts::new(RelationKind::Table);
        relation.columns.push(ColumnFacts { name: "id".into(), nullable: Some(false), is_argument: false });
        relation.foreign_keys.push(ForeignFacts {
            name: "owner".into(),
            columns: vec!["id".into()],
            references: QName::new("", "person"),
            referenced_columns: vec!["id".into()],
            on_update: Action::NoAction,
            on_delete: Action::Cascade,
        });
        let mut facts = Facts::default();
        facts.relations.insert(QName::new("", "pet"), relation);
        facts
    }

    #[test]
    fn a_difference_is_told_from_both_sides() {
        let mut other = facts();
        let relation = other.relations.values_mut().next().unwrap();
        relation.foreign_keys[0].references.name = "house".into();
        let key = |target: &str| {
            format!(
                "pet: FOREIGN KEY \"owner\" (\"id\") REFERENCES {target} (\"id\") ON UPDATE NO ACTION ON DELETE CASCADE"
            )
        };
        let expected = [format!("it lacks: {}", key("person")), format!("it has made up: {}", key("house"))];
        assert_eq!(differences(&facts(), &other, "it"), expected);
        assert!(differences(&facts(), &facts(), "it").is_empty());
    }

    #[test]
    fn what_is_there_twice_must_be_told_twice() {
        let mut twice = facts();
        let relation = twice.relations.values_mut().next().unwrap();
        relation.foreign_keys.push(relation.foreign_keys[0].clone());
        assert_eq!(differences(&twice, &facts(), "it").len(), 1);
    }

    #[test]
    fn relations_that_cannot_be_read_have_to_be_reported() {
        let mut facts = facts();
        facts.unreadable.insert(QName::new("", "ruin"), "no such table".into());
        assert_eq!(unreported(&facts, &[]).len(), 1);
        assert!(unreported(&facts, &[Diagnostic::new(DiagnosticKind::BrokenView, "ruin", "broken")]).is_empty());
    }
}
