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

/// The columns that a filled line takes at most, its indent included.
const WIDTH: usize = 96;

/// Puts the parts of lists that stand on lines of their own side by side: the lists are as long as tables are wide, and
/// nobody reads them one by one.
pub(super) fn filled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Where the line that is being filled ends, without its indent.
    let mut open: Option<(usize, usize)> = None;
    for line in text.lines() {
        let part = line.trim_start();
        let indent = line.len() - part.len();
        let length = part.chars().count();
        if !is_part(part) {
            open = None;
        } else if let Some((depth, width)) =
            open.filter(|(depth, width)| *depth == indent && width + 1 + length <= WIDTH)
        {
            out.truncate(out.trim_end().len());
            out.extend([" ", part, "\n"]);
            open = Some((depth, width + 1 + length));
            continue;
        } else {
            open = Some((indent, indent + length));
        }
        out.extend([line, "\n"]);
    }
    out
}

/// Whether a line is one part of a list: a field, whole, with the comma behind it.
fn is_part(line: &str) -> bool {
    line.strip_suffix(',').is_some_and(|part| {
        let count = |mark: char| part.matches(mark).count();
        count('(') == count(')') && part.chars().all(|c| c.is_alphanumeric() || "_:&.()#".contains(c))
    })
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
    fn parts_stand_side_by_side() {
        let part = "x".repeat(60);
        assert_eq!(
            filled(&format!("let (\n    a,\n    json::float::As(b),\n) = c(\n    {part},\n    {part},\n);\n")),
            format!("let (\n    a, json::float::As(b),\n) = c(\n    {part},\n    {part},\n);\n")
        );
    }

    #[test]
    fn forms_wrap_their_fields() {
        let serde = ["default".to_owned(), "with = \"json::decimal::nullable\"".to_owned()];
        assert_eq!(formed(&serde, "&self.price"), "json::decimal::nullable::As(&self.price)");
        assert_eq!(formed(&serde[..1], "price"), "price");
    }
}
