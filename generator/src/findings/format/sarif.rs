//! SARIF 2.1.0, the Static Analysis Results Interchange Format.

use serde_json::{Map, Value, json};

use super::escape::uri;
use super::pretty;
use crate::findings::{Finding, Report, Severity, Status};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(status: Status) -> Value {
    json!({
        "id": status.name(),
        "shortDescription": { "text": status.explanation() },
        "defaultConfiguration": { "level": level(status.severity()) },
    })
}

/// Where a finding is: in a file, if it has one, and in the database. A viewer that wants a file is given the snapshot's.
fn location(finding: &Finding) -> Option<Value> {
    let mut all = Map::new();
    if let Some(location) = &finding.location {
        let mut physical = json!({ "artifactLocation": { "uri": uri(&location.path) } });
        // A region begins with a line.
        if let Some(line) = location.line {
            let mut region = json!({ "startLine": line });
            if let Some(column) = location.column {
                region["startColumn"] = json!(column);
            }
            physical["region"] = region;
        }
        all.insert("physicalLocation".to_owned(), physical);
    }
    if !finding.place.is_empty() {
        let part = finding.place.part.as_ref().map(|part| part.kind.name());
        let object = finding.place.object.as_ref().map(|object| object.kind.name());
        let kind = part.or(object).unwrap_or("schema");
        let logical = json!({ "fullyQualifiedName": finding.place.to_string(), "kind": kind });
        all.insert("logicalLocations".to_owned(), json!([logical]));
    }
    (!all.is_empty()).then(|| Value::Object(all))
}

fn result(finding: &Finding) -> Value {
    let place = if finding.place.is_empty() { String::new() } else { format!("{}: ", finding.place) };
    let mend = finding.mend.as_ref().map(|mend| format!("; to mend it: {mend}")).unwrap_or_default();
    json!({
        "ruleId": finding.status.name(),
        "ruleIndex": Status::ALL.iter().position(|status| *status == finding.status),
        "level": level(finding.severity),
        "message": { "text": format!("{place}{}{mend}", finding.told()) },
        "locations": location(finding).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": { "tablatureIdentity/v1": finding.identity() },
        "properties": { "source": finding.source, "expected": finding.expected, "found": finding.found },
    })
}

pub(super) fn text(report: &Report) -> String {
    pretty(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tablature",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Status::ALL.iter().map(|status| rule(*status)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": report.findings.iter().map(result).collect::<Vec<_>>(),
        }],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::format::testing::{HOSTILE, hostile, usual};

    /// Reads a log, and requires what the standard requires and code scanning asks for besides.
    fn results(report: &Report) -> Vec<Value> {
        let log: Value = serde_json::from_str(&text(report)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert!(run["tool"]["driver"]["name"].is_string());
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{result}");
            assert!(result["message"]["text"].is_string() && result["partialFingerprints"].is_object(), "{result}");
            for location in result["locations"].as_array().unwrap() {
                if let Some(uri) = location["physicalLocation"]["artifactLocation"]["uri"].as_str() {
                    assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)), "{uri}");
                }
            }
        }
        run["results"].as_array().unwrap().clone()
    }

    #[test]
    fn a_result_has_its_rule_and_its_place() {
        let results = results(&usual());
        let price = results.iter().find(|result| result["ruleId"] == "type_mismatch").unwrap();
        assert_eq!(
            price["locations"],
            json!([{
                "physicalLocation": { "artifactLocation": { "uri": "generated/schema.json" } },
                "logicalLocations": [{ "fullyQualifiedName": "public.book.price", "kind": "column" }],
            }])
        );
        let stale = results.iter().find(|result| result["ruleId"] == "stale_output").unwrap();
        assert_eq!(stale["locations"][0]["physicalLocation"]["region"], json!({ "startLine": 12 }));
    }

    #[test]
    fn hostile_names_come_back_as_they_were() {
        let results = results(&hostile());
        assert_eq!(results.len(), HOSTILE.len());
        for name in HOSTILE {
            assert!(results.iter().any(|result| result["properties"]["expected"] == **name), "{name:?}");
        }
    }
}
