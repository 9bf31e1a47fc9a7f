//! The committed schema: as the types are, and as real results are.

use std::path::PathBuf;

use loadgen::{load::Pace, measured::schema};

use crate::stub::{OK, answering, closed, measured, open};

#[test]
fn the_results_schema_is_committed() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../../docs/schema/load.schema.json");
    let mut current = serde_json::to_string_pretty(&schema()).unwrap();
    current.push('\n');
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == current,
        "docs/schema/load.schema.json is not what the types say: run the tests with UPDATE_SCHEMAS=1"
    );
}

#[tokio::test]
async fn real_results_fit_it() {
    let schema = serde_json::to_value(schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let server = answering(OK);
    let mut wrong = open(server.address, 100.0, 1200);
    wrong.mix[0].expectation.length = Some(7);
    if let Pace::Open { connections, .. } = &mut wrong.pace {
        *connections = 1;
    }
    for load in [closed(server.address, 2, 300), wrong] {
        let result = serde_json::to_value(measured(&load).await.summary()).unwrap();
        let mistakes: Vec<_> = validator
            .iter_errors(&result)
            .map(|e| e.to_string())
            .collect();
        assert!(mistakes.is_empty(), "{mistakes:?} in {result:#}");
        assert!(result["requests_per_second"].is_f64());
    }
}
