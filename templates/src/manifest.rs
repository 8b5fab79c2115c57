//! The view of the generated crate's manifest.

use askama::Template;

/// `Cargo.toml` of the generated crate.
#[derive(Clone, Debug, Template)]
#[template(path = "Cargo.toml.askama", escape = "none")]
pub struct Manifest {
    /// The name of the crate, as a TOML string.
    pub name: String,
    /// What it is, as a TOML string.
    pub description: String,
    /// The feature of the engine that was reflected.
    pub engine_feature: &'static str,
    /// `version = "…"` or `path = "…"` of the runtime.
    pub runtime: String,
    /// Features of the runtime that the generated code needs whatever is switched on.
    pub runtime_features: Vec<&'static str>,
    /// Whether there is a test that proves the crate on a scratch database.
    pub self_test: bool,
    /// Whether the code names serde's crate.
    pub names_serde: bool,
    /// Further dependencies, as lines.
    pub dependencies: Vec<String>,
}
