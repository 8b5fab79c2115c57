//! The fields of a struct as the groups in which the runtime reads and shows them.

use crate::resolve::model::GROUP;

/// A tuple of the parts, or nested pairs of tuples.
pub(super) fn grouped(parts: &[String]) -> String {
    if parts.len() <= GROUP {
        return match parts {
            [one] => format!("({one},)"),
            _ => format!("({})", parts.join(", ")),
        };
    }
    // Full tuples first, so that a column at the end moves no others.
    let groups = parts.len().div_ceil(GROUP);
    let (first, second) = parts.split_at(groups.next_power_of_two() / 2 * GROUP);
    format!("FieldPair({}, {})", grouped(first), grouped(second))
}

/// What stands for a field: itself, or the runtime's form that its serde attributes name around it.
pub(super) fn formed(serde: &[String], field: &str) -> String {
    let form = serde.iter().find_map(|attribute| attribute.strip_prefix("with = \"")?.strip_suffix('"'));
    form.map_or_else(|| field.to_owned(), |path| format!("{path}::As({field})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("f{at}")).collect()
    }

    #[test]
    fn few_fields_are_a_tuple() {
        assert_eq!(grouped(&[]), "()");
        assert_eq!(grouped(&names(1)), "(f0,)");
        assert_eq!(grouped(&names(3)), "(f0, f1, f2)");
        assert!(!grouped(&names(24)).contains("FieldPair"));
    }

    #[test]
    fn many_fields_are_full_tuples_and_a_rest() {
        let tuple = |range: std::ops::Range<usize>| grouped(&names(200)[range]);
        assert_eq!(grouped(&names(30)), format!("FieldPair({}, {})", tuple(0..24), tuple(24..30)));
        assert_eq!(
            grouped(&names(73)),
            format!("FieldPair(FieldPair({}, {}), FieldPair({}, (f72,)))", tuple(0..24), tuple(24..48), tuple(48..72))
        );
        let order: Vec<String> = grouped(&names(2000))
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.starts_with('f'))
            .map(str::to_owned)
            .collect();
        assert_eq!(order, names(2000));
    }

    #[test]
    fn forms_wrap_their_fields() {
        let serde = ["default".to_owned(), "with = \"json::decimal::nullable\"".to_owned()];
        assert_eq!(formed(&serde, "&self.price"), "json::decimal::nullable::As(&self.price)");
        assert_eq!(formed(&serde[..1], "price"), "price");
    }
}
