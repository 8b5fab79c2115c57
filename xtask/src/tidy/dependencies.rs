//! Codegen from a snapshot has to build quickly and anywhere: no driver, no runtime in its tree.

use crate::outcome::{Failure, cargo, output};

/// Crates that may not be there without the `live` feature, with all whose names begin so.
const BANNED: &[&str] = &["sqlx", "sea-schema", "tokio"];

pub(super) fn check() -> Result<Vec<String>, Failure> {
    let tree = ["tree", "--package", "tablature", "--no-default-features", "--edges", "normal"];
    let tree = output(cargo().args(tree).args(["--prefix", "none", "--format", "{p}", "--locked"]))?;
    if !tree.status.success() {
        return Err(Failure(format!("cargo tree failed: {}", String::from_utf8_lossy(&tree.stderr).trim())));
    }
    Ok(banned(&String::from_utf8_lossy(&tree.stdout)))
}

fn banned(tree: &str) -> Vec<String> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| BANNED.iter().any(|banned| is_of_family(name, banned)))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.iter().map(|name| format!("`tablature` without features depends on {name}")).collect()
}

/// Whether a crate is `family`, or a part of it such as `sqlx-core` of `sqlx`.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_banned_whole_and_nobody_else() {
        let tree = "tablature v0.1.0 (/x)\nsqlparser v1\nsqlx-core v1\nsqlx v1\nsqlx v1 (*)\ntokio-util v1\nserde v1\n";
        let names = ["sqlx", "sqlx-core", "tokio-util"];
        assert_eq!(banned(tree), names.map(|name| format!("`tablature` without features depends on {name}")));
        assert!(banned("tablature v0.1.0\nserde v1\n").is_empty());
    }
}
