//! A document that a running submission hands out, and what it really does.

use report::model::Evidence;
use serde_json::{Value, json};

use crate::bench::{fails, graded, only, passes};

fn document(status: &str) -> Value {
    let object = json!({ "application/json": { "schema": { "type": "object" } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "App", "version": "1" },
        "paths": { "/": {
            "get": { "responses": { "200": { "description": "Nothing", "content": object } } },
            "post": { "responses": { status: { "description": "Rows", "content": object } } },
        } },
    })
}

fn steps(document: &Value, operations: &Value) -> Value {
    json!([
        { "request": { "send": "POST /document", "json": document } },
        { "request": { "send": "GET /" } },
        { "parallel": { "times": 2, "request": { "send": "POST /", "json": ["unknown", []] } } },
        { "openapi": { "operations": operations } },
    ])
}

#[tokio::test]
async fn exchanges_of_requests_and_bursts_are_held_against_the_document() {
    let mut described = document("5XX");
    let operation =
        json!({ "responses": { "default": { "description": "", "content": { "*/*": {} } } } });
    described["paths"]["/document"] = json!({ "post": operation });
    let report = graded(
        &json!({}),
        &json!([]),
        &steps(&described, &json!(["POST /"])),
    )
    .await;
    passes(&report);

    described["paths"]["/"]["post"] = document("200")["paths"]["/"]["post"].clone();
    let report = graded(&json!({}), &json!([]), &steps(&described, &json!([]))).await;
    let because = "step 3, request 1, held against the OpenAPI document: POST /: status should be \
                   one that is described at /paths/~1/post/responses: 200, was 500";
    fails(&report, because);
    let held = "OpenAPI 3.1.0 with 3 operations, held against 4 exchanges of this check: 2 differ";
    fails(&report, held);
    let differing = only(&report).evidence.iter().filter(
        |one| matches!(one, Evidence::Exchange(exchange) if !exchange.mismatches.is_empty()),
    );
    assert_eq!(differing.count(), 2);
}

#[tokio::test]
async fn a_document_that_is_none_or_lacks_an_operation_is_the_submissions() {
    let report = graded(&json!({}), &json!([]), &steps(&json!({}), &json!([]))).await;
    fails(
        &report,
        "the OpenAPI document: document /openapi should be 3.0.x or 3.1.x, was nothing",
    );
    let operations = json!(["GET /", "GET /orders/{id}"]);
    let report = graded(
        &json!({}),
        &json!([]),
        &steps(&document("200"), &operations),
    )
    .await;
    fails(
        &report,
        "document /paths should be GET /orders/{id}, was not described",
    );
}
