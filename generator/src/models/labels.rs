//! The labels of enumerations that the sources declare, and what each library makes of them.

use super::Dialect;
use super::case::{renamed, renamed_by_serde};
use super::read::serde_value;
use crate::rust_source::attribute::Attributes;
use crate::rust_source::declared::Enum;

/// What stands for the variants of an enumeration in the database.
#[derive(Debug, PartialEq)]
pub(crate) enum Labels {
    /// These texts, each with its variant's place.
    Texts(Vec<(String, usize)>),
    /// Numbers.
    Numbers,
    /// It cannot be told.
    Unknown,
}

/// What stands for the variants in models of a library.
pub(crate) fn labels(item: &Enum, dialect: Dialect) -> Labels {
    let attributes = &item.head.attributes;
    if item.variants.is_empty() || item.variants.iter().any(|variant| variant.has_fields) {
        return Labels::Unknown;
    }
    let is_of_serde = attributes.derives_any(&["Serialize", "Deserialize"]);
    if dialect == Dialect::Serde && is_of_serde {
        return of_serde(item);
    }
    if attributes.derives_any(&["DeriveActiveEnum"]) {
        return of_sea_orm(item);
    }
    if attributes.derives_any(&["DbEnum"]) {
        return of_diesel(item);
    }
    // `Type` is a name that others may use too; with sqlx's models it is sqlx's.
    if attributes.derives().any(|meta| meta.path == "sqlx::Type" || meta.path == "Type") {
        return of_sqlx(item);
    }
    if attributes.derives_any(&["Serialize_repr", "Deserialize_repr"]) && dialect == Dialect::Serde {
        return Labels::Numbers;
    }
    Labels::Unknown
}

/// All variants, each with what it is called by its own attribute or by a rule.
fn texts(
    item: &Enum,
    rule: Option<&str>,
    case: impl Fn(&str, &str) -> Option<String>,
    own: impl Fn(&Attributes) -> Option<String>,
) -> Labels {
    let mut out = Vec::new();
    for variant in &item.variants {
        let by_rule = || match rule {
            Some(rule) => case(rule, &variant.name),
            None => Some(variant.name.clone()),
        };
        match own(&variant.attributes).or_else(by_rule) {
            Some(label) => out.push((label, variant.at)),
            None => return Labels::Unknown,
        }
    }
    Labels::Texts(out)
}

fn of_sqlx(item: &Enum) -> Labels {
    let attributes = &item.head.attributes;
    let has_numbers = attributes
        .of("repr")
        .flat_map(|meta| &meta.arguments)
        .any(|argument| matches!(argument.path.as_str(), "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64"));
    if has_numbers {
        return Labels::Numbers;
    }
    let rule = attributes.value("sqlx", "rename_all");
    texts(item, rule, renamed, |own| own.value("sqlx", "rename").map(str::to_owned))
}

fn of_sea_orm(item: &Enum) -> Labels {
    let attributes = &item.head.attributes;
    if attributes.value("sea_orm", "rs_type").is_some_and(|ty| ty != "String") {
        return Labels::Numbers;
    }
    let rule = attributes.value("sea_orm", "rename_all");
    texts(item, rule, renamed, |own| own.value("sea_orm", "string_value").map(str::to_owned))
}

/// What `diesel-derive-enum` makes: snake case, unless it is told otherwise.
fn of_diesel(item: &Enum) -> Labels {
    let old = |attributes: &Attributes, path: &str| attributes.of(path).next().and_then(|meta| meta.value.clone());
    let attributes = &item.head.attributes;
    let rule = old(attributes, "DbValueStyle");
    let rule = rule.or_else(|| attributes.value("db_enum", "value_style").map(str::to_owned));
    let own = |own: &Attributes| old(own, "db_rename").or_else(|| own.value("db_enum", "rename").map(str::to_owned));
    texts(item, Some(rule.as_deref().unwrap_or("snake_case")), renamed, own)
}

fn of_serde(item: &Enum) -> Labels {
    let attributes = &item.head.attributes;
    let is_other = |own: &Attributes| ["other", "untagged", "skip"].iter().any(|name| own.has("serde", name));
    let is_tagged = ["tag", "untagged", "content", "try_from", "from", "into", "remote"];
    if is_tagged.iter().any(|name| attributes.has("serde", name))
        || item.variants.iter().any(|variant| is_other(&variant.attributes))
    {
        return Labels::Unknown;
    }
    let rule = serde_value(attributes, "rename_all");
    texts(item, rule, renamed_by_serde, |own| serde_value(own, "rename").map(str::to_owned))
}
