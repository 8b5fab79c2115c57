//! For programs.

use serde::Serialize;

use super::pretty;
use crate::findings::{Finding, Report, Statements, Summary};

/// The version of the form. It rises when a reader of the older one could misread it.
pub const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    /// Whether the check failed.
    failed: bool,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<Statements>,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    /// What it is known by from one run to the next.
    identity: String,
    /// The place in one text, for people and for patterns.
    path: String,
    #[serde(flatten)]
    finding: &'a Finding,
}

pub(super) fn text(report: &Report) -> String {
    let findings = report.findings.iter();
    pretty(&Document {
        format_version: FORMAT_VERSION,
        failed: report.fails(),
        summary: report.summary(),
        statements: report.statements,
        findings: findings
            .map(|finding| Entry { identity: finding.identity(), path: finding.place.to_string(), finding })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    #[test]
    fn every_field_is_there() {
        let document: Value = serde_json::from_str(&text(&usual())).unwrap();
        assert_eq!(document["summary"], json!({ "error": 2, "warning": 1, "info": 0, "baselined": 2 }));
        assert_eq!((&document["failed"], &document["format_version"]), (&json!(true), &json!(1)));
        let price = document["findings"].as_array().unwrap().iter().find(|f| f["status"] == "type_mismatch").unwrap();
        assert_eq!(
            *price,
            json!({
                "identity": price["identity"], "status": "type_mismatch", "severity": "error", "source": "shop",
                "path": "public.book.price",
                "place": { "schema": "public", "relation": "book", "column": "price" },
                "location": { "path": "generated/schema.json" },
                "expected": "numeric(12,2)", "found": "numeric(10,2)",
                "message": "the type is numeric(12,2) in the database, and numeric(10,2) in the snapshot",
                "mend": "tablature codegen",
            })
        );
        assert_eq!(price["identity"].as_str().unwrap().len(), 64);
    }

    #[test]
    fn hostile_names_come_back_as_they_were() {
        let document: Value = serde_json::from_str(&text(&hostile())).unwrap();
        let findings = document["findings"].as_array().unwrap();
        assert_eq!(findings.len(), HOSTILE.len());
        for name in HOSTILE {
            let finding = findings.iter().find(|finding| finding["expected"] == **name).unwrap();
            assert_eq!(finding["place"], json!({ "schema": name, "relation": name, "column": name }));
        }
    }
}
