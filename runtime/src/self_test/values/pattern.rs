//! Texts that a regular expression of a JSON Schema matches.

use fastrand::Rng;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// How often more than its least number something is repeated.
const FURTHER: u32 = 6;

/// Reads an expression; `None` where it is not understood.
pub(super) fn parse(pattern: &str) -> Option<Hir> {
    regex_syntax::parse(pattern).ok()
}

/// Appends a text that matches, as a rule: what looks around matches anything here.
pub(super) fn write(hir: &Hir, rng: &mut Rng, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(character(class, rng)),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX).min(repetition.min.saturating_add(FURTHER));
            for _ in 0..rng.u32(repetition.min..=most.max(repetition.min)) {
                write(&repetition.sub, rng, out);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, rng, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, rng, out)),
        HirKind::Alternation(parts) => {
            if let Some(part) = rng.choice(parts) {
                write(part, rng, out);
            }
        }
    }
}

/// A character of a class; one that is seen on paper if there is one.
fn character(class: &Class, rng: &mut Rng) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => ranges(class),
        Class::Bytes(class) => class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect(),
    };
    let seen: Vec<(char, char)> =
        ranges.iter().map(|(first, last)| ((*first).max(' '), (*last).min('~'))).filter(|(a, b)| a <= b).collect();
    let (first, last) = *rng.choice(if seen.is_empty() { &ranges } else { &seen })?;
    Some(rng.char(first..=last))
}

fn ranges(class: &ClassUnicode) -> Vec<(char, char)> {
    class.iter().map(|range| (range.start(), range.end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_matches() {
        let mut rng = Rng::with_seed(1);
        for pattern in
            ["^97[89][0-9]{10}$", "^(a|b)+[^a-z]?$", "[a-z]", "^https:\\/\\/[\\s\\S]*$", "^[\u{e9}\u{e8}]{2}$"]
        {
            let hir = parse(pattern).unwrap_or_else(|| panic!("{pattern}"));
            let validator = jsonschema::validator_for(&serde_json::json!({ "pattern": pattern }));
            let validator = validator.unwrap_or_else(|error| panic!("{pattern}: {error}"));
            for _ in 0..50 {
                let mut text = String::new();
                write(&hir, &mut rng, &mut text);
                assert!(validator.is_valid(&serde_json::json!(text)), "{text:?} for {pattern}");
            }
        }
    }
}
