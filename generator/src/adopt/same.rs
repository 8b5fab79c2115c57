//! Whether a type that people have written is the one that the crate has.

use syn::Type;

use super::generated::Generated;
use crate::models::types::{Item, Types, arguments};

/// A type of the project that is to become one of the crate's: its name, its file, and the path in the crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub name: String,
    pub file: usize,
    /// The name of the crate's type.
    pub local: String,
}

/// How far other names are followed.
const DEPTH: usize = 16;

/// Compares types.
pub(super) struct Same<'s, 'm> {
    pub types: &'s Types<'s>,
    pub generated: &'s Generated<'m>,
}

impl Same<'_, '_> {
    /// Whether a type that is written in a file is the crate's, once the pairs are the same.
    pub(super) fn of(&self, file: usize, written: &str, generated: &str) -> Option<Vec<Pair>> {
        let written = syn::parse_str::<Type>(written).ok()?;
        let generated = syn::parse_str::<Type>(generated).ok()?;
        let mut pairs = Vec::new();
        self.types_are_same(file, &written, &generated, &mut pairs, DEPTH).then_some(pairs)
    }

    fn types_are_same(
        &self,
        file: usize,
        written: &Type,
        generated: &Type,
        pairs: &mut Vec<Pair>,
        depth: usize,
    ) -> bool {
        let (Some(depth), Type::Path(own), Type::Path(other)) = (depth.checked_sub(1), written, generated) else {
            return false;
        };
        let (Some(last), Some(other_last)) = (own.path.segments.last(), other.path.segments.last()) else {
            return false;
        };
        let name = other_last.ident.to_string();
        let item = self.types.item(file, &own.path);
        if let Some(Item::Alias(file, alias)) = item {
            let target = syn::parse_str::<Type>(&alias.ty).ok().filter(|_| !alias.is_generic);
            return target.is_some_and(|target| self.types_are_same(file, &target, generated, pairs, depth));
        }
        if let Some(local) = self.generated.local(&name) {
            let (file, head) = match item {
                Some(Item::Struct(file, item)) => (file, &item.head),
                Some(Item::Enum(file, item)) => (file, &item.head),
                _ => return false,
            };
            pairs.push(Pair { name: head.name.clone(), file, local: name });
            return local.is_some();
        }
        if item.is_some() {
            return false;
        }
        let path = self.types.full_path(file, &own.path);
        let is_same = canonical(&path).is_some_and(|path| known(&name).is_some_and(|known| known == path));
        let (own, other) = (arguments(&last.arguments), arguments(&other_last.arguments));
        is_same
            && own.len() == other.len()
            && own.iter().zip(&other).all(|(own, other)| self.types_are_same(file, own, other, pairs, depth))
    }
}

/// What the crate's files mean by a name that is none of the crate's own.
fn known(name: &str) -> Option<String> {
    let of_prelude = ["Option", "String", "Vec", "bool"].contains(&name)
        || name.strip_prefix(['i', 'u', 'f']).is_some_and(|bits| ["8", "16", "32", "64"].contains(&bits));
    if of_prelude {
        return Some(name.to_owned());
    }
    let (krate, name) = match name {
        "Json" => ("serde_json", "Value"),
        "Date" | "Time" | "PrimitiveDateTime" | "OffsetDateTime" => ("time", name),
        "NaiveDate" | "NaiveTime" | "NaiveDateTime" | "DateTime" | "Utc" => ("chrono", name),
        "Decimal" => ("rust_decimal", name),
        "BigDecimal" => ("bigdecimal", name),
        "Uuid" => ("uuid", name),
        "IpNetwork" => ("ipnetwork", name),
        "Ipv4Addr" | "Ipv6Addr" => ("std", name),
        _ => ("tablature_runtime", name),
    };
    Some(format!("{krate}::{name}"))
}

/// A path in one form, whichever crate hands the type on.
fn canonical(path: &[String]) -> Option<String> {
    let name = path.last()?.as_str();
    let Some(first) = path.first().filter(|_| path.len() > 1) else {
        // What nothing brings is the prelude's, or cannot be told.
        return known(name).filter(|known| !known.contains("::"));
    };
    let name = if name == "JsonValue" || name == "Value" && first == "serde_json" { "Json" } else { name };
    let known = known(name)?;
    let (krate, _) = known.split_once("::").unwrap_or(("std", ""));
    // `sqlx::types` and the runtime hand on what belongs to others.
    let hands_on = ["sqlx", "tablature_runtime"].contains(&first.as_str());
    let is_own_of_sqlx = first == "sqlx" && (krate == "tablature_runtime" || name == "Json" && path.last()? == "Json");
    let of_std = krate == "std" && ["alloc", "core", "std"].contains(&first.as_str());
    (first == krate || of_std || hands_on && !is_own_of_sqlx).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_the_same_whoever_hands_it_on() {
        let of = |path: &str| canonical(&path.split("::").map(str::to_owned).collect::<Vec<_>>());
        for path in ["rust_decimal::Decimal", "sqlx::types::Decimal", "tablature_runtime::Decimal"] {
            assert_eq!(of(path), known("Decimal"), "{path}");
        }
        for path in ["serde_json::Value", "sqlx::types::JsonValue"] {
            assert_eq!(of(path), known("Json"), "{path}");
        }
        assert_eq!(of("sqlx::types::chrono::NaiveDate"), known("NaiveDate"));
        assert_eq!((of("std::string::String"), of("String")), (known("String"), known("String")));
        for other in
            ["Decimal", "sqlx::types::Json", "time::NaiveDate", "elsewhere::Uuid", "Money", "sqlx::types::Bytes"]
        {
            assert!(of(other).is_none_or(|of| known(other.rsplit("::").next().unwrap()) != Some(of)), "{other}");
        }
    }
}
