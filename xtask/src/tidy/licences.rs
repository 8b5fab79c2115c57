//! Every package says under which terms it may be used, and the terms are there to be read.

use std::fs;

use serde_json::Value;

use crate::outcome::{Failure, cargo, output, root};

const EXPRESSION: &str = "MIT OR Apache-2.0";

/// The texts, and a line that each must have.
const TEXTS: &[(&str, &str)] =
    &[("LICENSE-MIT", "The Tablature contributors"), ("LICENSE-APACHE", "Version 2.0, January 2004")];

pub(super) fn check() -> Result<Vec<String>, Failure> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version", "1", "--locked"]))?;
    if !metadata.status.success() {
        return Err(Failure(format!("cargo metadata failed: {}", String::from_utf8_lossy(&metadata.stderr).trim())));
    }
    let metadata: Value = serde_json::from_slice(&metadata.stdout)
        .map_err(|error| Failure(format!("cargo metadata is not understood: {error}")))?;
    let mut found = packages(&metadata);
    for (name, line) in TEXTS {
        match fs::read_to_string(root().join(name)) {
            Ok(text) if text.contains(line) => {}
            Ok(_) => found.push(format!("{name} does not say {line:?}")),
            Err(error) => found.push(format!("{name}: {error}")),
        }
    }
    Ok(found)
}

/// What is wrong with the packages. Those that are never published, such as generated code, which is its owner's, may
/// say nothing.
fn packages(metadata: &Value) -> Vec<String> {
    let Some(packages) = metadata["packages"].as_array().filter(|packages| !packages.is_empty()) else {
        return vec!["cargo metadata lists no packages".to_owned()];
    };
    let wrong = packages.iter().filter_map(|package| {
        let name = package["name"].as_str().unwrap_or("?");
        let is_published = package["publish"].as_array().is_none_or(|registries| !registries.is_empty());
        match package["license"].as_str() {
            Some(EXPRESSION) => None,
            None if !is_published => None,
            Some(other) => Some(format!("{name}: `license` is {other:?} and not {EXPRESSION:?}")),
            None => Some(format!("{name}: `license` is missing; write `license.workspace = true`")),
        }
    });
    wrong.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn published_packages_state_the_licence() {
        let metadata = json!({ "packages": [
            { "name": "right", "license": EXPRESSION, "publish": null },
            { "name": "silent", "license": null, "publish": null },
            { "name": "other", "license": "MIT", "publish": [] },
            { "name": "private", "license": null, "publish": [] },
        ]});
        let found = packages(&metadata);
        assert!(found.len() == 2 && found[0].starts_with("silent:") && found[1].starts_with("other:"), "{found:?}");
        assert_eq!(packages(&json!({ "packages": [] })).len(), 1);
    }
}
