//! What PostgreSQL prints of expressions, in the form that they keep when they are read again.
//!
//! A server prints what it has stored. Of `x IN ('a', 'b')` over a `varchar` that is a cast of a whole array,
//! `(ARRAY['a'::character varying])::text[]`; what it stores when it reads that is a cast of each element,
//! `ARRAY[('a'::character varying)::text]`. A database that was restored from a dump would differ from the one that was dumped.

/// An expression or a query with casts of elements in place of casts of array constructors.
pub(super) fn settled(text: String) -> String {
    if !text.contains("(ARRAY[") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(next) = rest.chars().next() {
        if let Some((array, after)) = cast_array(rest) {
            out.push_str(&array);
            rest = after;
            continue;
        }
        let length = if matches!(next, '\'' | '"') { quoted(rest) } else { next.len_utf8() };
        let (before, after) = rest.split_at(length);
        out.push_str(before);
        rest = after;
    }
    out
}

/// The length of a text or name in quotes. A quote within is doubled, so that it looks like an end and a beginning.
fn quoted(text: &str) -> usize {
    let quote = text.chars().next().unwrap_or_default();
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

/// An array constructor under a cast, at the start of a text, with the cast in its elements; and what follows it.
fn cast_array(text: &str) -> Option<(String, &str)> {
    let (elements, after) = elements(text.strip_prefix("(ARRAY[")?)?;
    let (ty, after) = element_type(after.strip_prefix(")::")?)?;
    Some((distributed(&elements, ty), after))
}

fn distributed(list: &[&str], ty: &str) -> String {
    let cast = |element: &&str| match element.strip_prefix("ARRAY[").and_then(elements) {
        Some((inner, "")) => distributed(&inner, ty),
        _ => format!("({})::{ty}", settled((*element).to_owned())),
    };
    format!("ARRAY[{}]", list.iter().map(cast).collect::<Vec<_>>().join(", "))
}

/// The elements up to the bracket that closes them, and what follows it.
fn elements(text: &str) -> Option<(Vec<&str>, &str)> {
    let (mut depth, mut at, mut start) = (0_usize, 0, 0);
    let mut list = Vec::new();
    while let Some(next) = text[at..].chars().next() {
        match next {
            '\'' | '"' => {
                at += quoted(&text[at..]);
                continue;
            }
            '(' | '[' => depth += 1,
            ']' if depth == 0 => {
                list.push(text[start..at].trim());
                return (!list.contains(&"")).then_some((list, &text[at + 1..]));
            }
            ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                list.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        at += next.len_utf8();
    }
    None
}

/// The type before the brackets of an array, and what follows them. A type with a length is left alone: where the length is
/// that of a constant, the server prints no cast of it.
fn element_type(text: &str) -> Option<(&str, &str)> {
    let (mut at, is_word) = (0, |c: char| c.is_alphanumeric() || " _.$".contains(c));
    while let Some(next) = text[at..].chars().next() {
        at += match next {
            '"' => quoted(&text[at..]),
            _ if is_word(next) => next.len_utf8(),
            _ => break,
        };
    }
    let (ty, after) = text.split_at_checked(at)?;
    Some((ty, after.strip_prefix("[]")?)).filter(|(ty, _)| !ty.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server of version 15 printed of an expression, and what it printed of the same after a dump and a restore.
    #[test]
    fn casts_of_arrays_become_casts_of_elements() {
        for (before, after) in [
            (
                "(kind)::text = ANY ((ARRAY['a'::character varying, 'b, ]'::character varying])::text[])",
                "(kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b, ]'::character varying)::text])",
            ),
            (
                "((a)::text = ANY ((ARRAY['it''s'::character varying])::text[])) OR (b = ANY ((ARRAY[lower(c)])::\"odd ty\"[]))",
                "((a)::text = ANY (ARRAY[('it''s'::character varying)::text])) OR (b = ANY (ARRAY[(lower(c))::\"odd ty\"]))",
            ),
            (
                "(ARRAY[ARRAY['a'::character varying], ARRAY['b'::character varying]])::text[]",
                "ARRAY[ARRAY[('a'::character varying)::text], ARRAY[('b'::character varying)::text]]",
            ),
        ] {
            assert_eq!(settled(before.to_owned()), after);
            assert_eq!(settled(after.to_owned()), after);
        }
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for text in [
            "a = '(ARRAY[''x''])::text[]'::text",
            "\"(ARRAY[x])::text[]\" > 3",
            "(ARRAY[1, 2])[1] = 2",
            "(ARRAY['a'::bpchar])::character(3)[]",
            "(ARRAY[1])::my_array_domain = x",
            "(ARRAY[",
            "(ARRAY['",
            "(ARRAY[])::text[]",
        ] {
            assert_eq!(settled(text.to_owned()), text);
        }
    }
}
