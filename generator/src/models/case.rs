//! Names in other cases, as each library writes them, and names that say which table is meant.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// A name as `rename_all` of sqlx and SeaORM has it; nothing for a rule that is not known.
pub(super) fn renamed(rule: &str, name: &str) -> Option<String> {
    Some(match rule {
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "snake_case" => name.to_snake_case(),
        "SCREAMING_SNAKE_CASE" => name.to_shouty_snake_case(),
        "kebab-case" => name.to_kebab_case(),
        "SCREAMING-KEBAB-CASE" => name.to_shouty_kebab_case(),
        "camelCase" | "mixed_case" => name.to_lower_camel_case(),
        "PascalCase" | "CamelCase" => name.to_upper_camel_case(),
        "verbatim" => name.to_owned(),
        _ => return None,
    })
}

/// A variant's name as serde's `rename_all` has it. Other than heck, serde takes every capital for the start of a word.
pub(super) fn renamed_by_serde(rule: &str, variant: &str) -> Option<String> {
    let snake = || {
        let mut out = String::new();
        for (at, c) in variant.char_indices() {
            if at > 0 && c.is_uppercase() {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    };
    Some(match rule {
        "lowercase" => variant.to_ascii_lowercase(),
        "UPPERCASE" => variant.to_ascii_uppercase(),
        "PascalCase" => variant.to_owned(),
        "camelCase" => variant.chars().take(1).map(|c| c.to_ascii_lowercase()).chain(variant.chars().skip(1)).collect(),
        "snake_case" => snake(),
        "SCREAMING_SNAKE_CASE" => snake().to_ascii_uppercase(),
        "kebab-case" => snake().replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => snake().to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

/// A field's name as serde's `rename_all` has it.
pub(super) fn field_renamed_by_serde(rule: &str, field: &str) -> Option<String> {
    let pascal = || {
        let mut out = String::new();
        let mut is_start = true;
        for c in field.chars() {
            match c {
                '_' => is_start = true,
                c if is_start => {
                    out.push(c.to_ascii_uppercase());
                    is_start = false;
                }
                c => out.push(c),
            }
        }
        out
    };
    Some(match rule {
        "lowercase" | "snake_case" => field.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "PascalCase" => pascal(),
        "camelCase" => {
            let pascal = pascal();
            pascal.chars().take(1).map(|c| c.to_ascii_lowercase()).chain(pascal.chars().skip(1)).collect()
        }
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

/// Words that stand behind what a row is called, and say that it is one.
const SUFFIXES: &[&str] = &["_row", "_model", "_entity", "_record", "_db"];

/// What the table of a structure may be called: its name in snake case, as it is and in the plural, with and without a word
/// that says that it is a row.
pub(super) fn table_names(structure: &str) -> Vec<String> {
    let snake = structure.to_snake_case();
    let bare = SUFFIXES.iter().find_map(|suffix| snake.strip_suffix(suffix)).or_else(|| snake.strip_prefix("db_"));
    let mut out = Vec::new();
    for name in std::iter::once(snake.as_str()).chain(bare) {
        out.push(name.to_owned());
        out.extend(plurals(name));
        out.extend(singular(name));
    }
    out
}

fn plurals(name: &str) -> Vec<String> {
    let mut out = vec![format!("{name}s")];
    if let Some(stem) = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        out.push(format!("{stem}ies"));
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|end| name.ends_with(end)) {
        out.push(format!("{name}es"));
    }
    if let Some(stem) = name.strip_suffix("person") {
        out.push(format!("{stem}people"));
    }
    out
}

fn singular(name: &str) -> Option<String> {
    if let Some(stem) = name.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    name.strip_suffix('s').filter(|stem| !stem.is_empty() && !stem.ends_with('s')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_library_has_its_own_cases() {
        assert_eq!(renamed("snake_case", "HttpServer2").as_deref(), Some("http_server2"));
        assert_eq!(renamed("lowercase", "InTransit").as_deref(), Some("intransit"));
        assert_eq!(renamed("no_such", "A"), None);
        assert_eq!(renamed_by_serde("snake_case", "HTTPServer").as_deref(), Some("h_t_t_p_server"));
        assert_eq!(renamed_by_serde("camelCase", "InTransit").as_deref(), Some("inTransit"));
        assert_eq!(field_renamed_by_serde("camelCase", "page_count").as_deref(), Some("pageCount"));
        assert_eq!(field_renamed_by_serde("kebab-case", "page_count").as_deref(), Some("page-count"));
    }

    #[test]
    fn tables_are_called_as_one_or_as_many() {
        assert!(table_names("Category").contains(&"categories".to_owned()));
        assert!(table_names("BookRow").contains(&"books".to_owned()));
        assert!(table_names("Boxes").contains(&"boxe".to_owned()) && table_names("Box").contains(&"boxes".to_owned()));
        assert!(table_names("DbBook").contains(&"book".to_owned()));
        assert_eq!(table_names("Book")[0], "book");
    }
}
