//! A document of an app, held against what it does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use probe::{
    exchange::{Exchanged, Received},
    openapi::Document,
    request::Prepared,
};
use report::model::Mismatch;
use serde_json::{Value, json};

const JSON: &str = "application/json; charset=utf-8";

/// A shop, as a framework describes it.
fn shop() -> Value {
    let id =
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
    let order = json!({ "$ref": "#/components/schemas/Order" });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Shop", "version": "1" },
        "servers": [{ "url": "https://shop.example.com/api/v1" }],
        "paths": {
            "/orders": {
                "get": { "responses": { "200": {
                    "description": "All", "content": { "application/json": { "schema": { "type": "array", "items": order } } }
                } } },
                "post": {
                    "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/New" } } } },
                    "responses": {
                        "201": { "description": "Made", "content": { "application/json": { "schema": order } } },
                        "4XX": { "description": "Refused", "content": { "application/problem+json": {} } },
                    },
                },
            },
            "/orders/mine": { "get": { "responses": { "200": { "description": "Text", "content": { "text/*": {} } } } } },
            "/orders/{id}": {
                "parameters": [id],
                "get": { "responses": {
                    "200": { "$ref": "#/components/responses/One" },
                    "default": { "description": "Anything else" },
                } },
                "delete": { "responses": { "204": { "description": "Gone" } } },
            },
        },
        "components": {
            "responses": { "One": { "description": "One", "content": { "application/json": { "schema": order } } } },
            "schemas": {
                "New": { "type": "object", "additionalProperties": false, "required": ["sku"], "properties": { "sku": { "type": "string" } } },
                "Order": { "type": "object", "required": ["id", "lines"], "properties": {
                    "id": { "type": "string", "format": "uuid" },
                    "note": { "type": ["string", "null"] },
                    "lines": { "type": "array", "items": { "$ref": "#/components/schemas/Line" } },
                } },
                "Line": { "type": "object", "properties": { "quantity": { "type": "integer", "minimum": 1 } } },
            },
        },
    })
}

fn read(document: &Value) -> Document {
    Document::read(document.to_string().as_bytes()).unwrap()
}

fn exchange(line: &str, sent: &str, status: u16, of_type: &str, body: &str) -> Exchanged {
    let (method, target) = line.split_once(' ').unwrap();
    let headers = |of_type: &'static str, body: &str| {
        let mut headers = HeaderMap::new();
        if !body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(of_type));
        }
        headers
    };
    let mut received = HeaderMap::new();
    if !of_type.is_empty() {
        received.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(of_type).unwrap(),
        );
    }
    Exchanged {
        request: Prepared {
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            target: target.parse::<Uri>().unwrap(),
            headers: headers("application/json", sent),
            body: Bytes::from(sent.to_owned()),
        },
        answer: Some(Received {
            status: StatusCode::from_u16(status).unwrap(),
            headers: received,
            body: Bytes::from(body.to_owned()),
        }),
        trouble: None,
        started_at: chrono::Utc::now(),
        duration: Duration::ZERO,
    }
}

fn judged(document: &Value, exchanged: Exchanged) -> Vec<Mismatch> {
    read(document)
        .judge(&[Arc::new(exchanged)])
        .unwrap()
        .remove(0)
}

fn differs(document: &Value, exchanged: Exchanged, at: &str) -> Mismatch {
    let mut found = judged(document, exchanged);
    assert_eq!(found.len(), 1, "{found:?}");
    let found = found.remove(0);
    assert_eq!(found.at, at, "{found:?}");
    found
}

const ORDER: &str = r#"{"lines": [{"quantity": 2, "sku": "a"}], "id": "17", "more": 1}"#;

#[test]
fn what_the_standard_leaves_free_fits() {
    let shop = shop();
    for exchanged in [
        exchange("POST /orders", r#"{"sku": "a"}"#, 201, JSON, ORDER),
        exchange(
            "POST /orders",
            r#"{"sku": "a"}"#,
            201,
            "Application/JSON",
            ORDER,
        ),
        exchange("POST /api/v1/orders", r#"{"sku": "a"}"#, 201, JSON, ORDER),
        // A class; a description of content without a schema; a request that was refused.
        exchange(
            "POST /orders",
            r#"{"sku": 1}"#,
            422,
            "application/problem+json",
            "{}",
        ),
        // The default, which describes no content.
        exchange("GET /orders/17", "", 404, "text/html", "no"),
        exchange("GET /orders/17", "", 200, JSON, ORDER),
        exchange("GET /orders?limit=1", "", 200, JSON, "[]"),
        exchange("HEAD /orders/17", "", 200, "", ""),
        exchange("OPTIONS /orders", "", 204, "", ""),
        exchange("OPTIONS /elsewhere", "", 200, "text/plain", "GET"),
        exchange("DELETE /orders/17", "{}", 204, "", ""),
        exchange(
            "GET /orders/mine",
            "",
            200,
            "text/plain; charset=utf-8",
            "none",
        ),
        // What is not described is not there.
        exchange("PUT /orders", "{}", 405, "", ""),
        exchange("GET /nowhere", "", 404, "text/html", "no"),
    ] {
        let found = judged(&shop, exchanged.clone());
        assert_eq!(found, [], "{:?}", exchanged.request);
    }
}

#[test]
fn each_difference_is_told_with_operation_and_pointer() {
    let shop = shop();
    let sent = r#"{"sku": "a"}"#;
    let found = differs(
        &shop,
        exchange("POST /orders", sent, 202, JSON, ORDER),
        "POST /orders: status",
    );
    assert_eq!(found.actual, "202");
    assert!(
        found
            .expected
            .ends_with("/paths/~1orders/post/responses: 201, 4XX"),
        "{found:?}"
    );

    let problem = exchange("POST /orders", sent, 409, JSON, "{}");
    differs(&shop, problem, "POST /orders: header Content-Type");

    let wrong = r#"{"id": "17", "lines": [{"quantity": 1}, {"quantity": "2"}]}"#;
    let found = differs(
        &shop,
        exchange("GET /orders/17", "", 200, JSON, wrong),
        "GET /orders/{id}: response body /lines/1/quantity",
    );
    assert_eq!(found.actual, "\"2\"");
    assert!(
        found
            .expected
            .contains("/components/schemas/Line/properties/quantity/type"),
        "{found:?}"
    );

    let missing = exchange("GET /orders/17", "", 200, JSON, r#"{"id": "17"}"#);
    differs(&shop, missing, "GET /orders/{id}: response body ");
    let broken = exchange("GET /orders/17", "", 200, JSON, "{");
    differs(&shop, broken, "GET /orders/{id}: response body");
    let empty = exchange("GET /orders/17", "", 200, "", "");
    differs(&shop, empty, "GET /orders/{id}: header Content-Type");

    // Accepted, though the document says it is not.
    let more = exchange(
        "POST /orders",
        r#"{"sku": "a", "role": "admin"}"#,
        201,
        JSON,
        ORDER,
    );
    differs(&shop, more, "POST /orders: request body ");
    let none = exchange("POST /orders", "", 201, JSON, ORDER);
    differs(&shop, none, "POST /orders: request body");

    let undescribed = exchange("PUT /orders", "{}", 200, JSON, "{}");
    differs(&shop, undescribed, "PUT /orders");
    let body = exchange("DELETE /orders/17", "", 204, "", "");
    assert_eq!(judged(&shop, body), []);
}

#[test]
fn a_body_of_success_that_is_not_described_differs() {
    let mut shop = shop();
    shop["paths"]["/orders"]["get"]["responses"]["200"] = json!({ "description": "All" });
    let found = exchange("GET /orders", "", 200, JSON, "[]");
    differs(&shop, found, "GET /orders: response body");
}

#[test]
fn a_document_of_3_0_is_read_in_its_own_dialect() {
    let mut shop = shop();
    shop["openapi"] = json!("3.0.3");
    let order = &mut shop["components"]["schemas"]["Order"];
    order["properties"]["note"] = json!({ "type": "string", "nullable": true });
    order["properties"]["total"] =
        json!({ "type": "integer", "minimum": 0, "exclusiveMinimum": true });
    order["properties"]["secret"] = json!({ "type": "string", "writeOnly": true });
    order["required"] = json!(["id", "secret"]);
    let answered = |body: &str| exchange("GET /orders/17", "", 200, JSON, body);
    assert_eq!(
        judged(&shop, answered(r#"{"id": "a", "note": null, "total": 1}"#)),
        []
    );
    let at = "GET /orders/{id}: response body /total";
    differs(&shop, answered(r#"{"id": "a", "total": 0}"#), at);
}

#[test]
fn a_document_that_is_none_is_told_with_its_places() {
    let places = |change: &dyn Fn(&mut Value)| -> Vec<String> {
        let mut document = shop();
        change(&mut document);
        let mistakes = Document::read(document.to_string().as_bytes()).unwrap_err();
        mistakes.into_iter().map(|mistake| mistake.at).collect()
    };
    assert_eq!(
        places(&|d| d["openapi"] = json!("2.0")),
        ["document /openapi"]
    );
    assert_eq!(
        places(&|d| d["openapi"] = json!("3.2.0")),
        ["document /openapi"]
    );
    assert_eq!(
        places(&|d| d["info"]["title"] = json!(1)),
        ["document /info/title"]
    );
    assert_eq!(places(&|d| d["paths"] = json!([])), ["document /paths"]);
    let post = "/paths/~1orders/post/responses";
    let responses = |d: &mut Value, key: &str, value: Value| {
        d["paths"]["/orders"]["post"]["responses"][key] = value;
    };
    assert_eq!(
        places(&|d| responses(d, "created", json!({ "description": "" }))),
        [format!("document {post}/created")]
    );
    assert_eq!(
        places(&|d| responses(d, "201", json!({}))),
        [format!("document {post}/201/description")]
    );
    assert_eq!(
        places(&|d| responses(d, "201", json!({ "$ref": "#/components/responses/Nope" }))),
        [format!("document {post}/201/$ref")]
    );
    assert_eq!(
        places(&|d| d["paths"]["/orders/{id}"]["parameters"] = json!([])),
        ["get", "delete"]
            .map(|method| format!("document /paths/~1orders~1{{id}}/{method}/parameters"))
    );
    assert_eq!(
        places(&|d| d["paths"]["/orders/{other}"] = json!({})),
        ["document /paths/~1orders~1{other}"]
    );
    for bytes in [&b"{"[..], b"[]", b"openapi: 3.1.0"] {
        assert_eq!(Document::read(bytes).unwrap_err().len(), 1);
    }
}

#[test]
fn operations_are_known_by_whatever_name_their_parameters_have() {
    let shop = read(&shop());
    for known in [
        "GET /orders/{id}",
        "GET /orders/{order_id}",
        "POST /orders",
        "GET /api/v1/orders",
    ] {
        assert!(shop.describes(known), "{known}");
    }
    for unknown in ["PUT /orders", "GET /orders/{id}/lines", "GET"] {
        assert!(!shop.describes(unknown), "{unknown}");
    }
    assert_eq!((shop.version(), shop.operations()), ("3.1.0", 5));
}

fn of_schemas(schemas: &Value) -> Value {
    let mut shop = shop();
    shop["components"]["schemas"] = schemas.clone();
    let order = json!({ "$ref": "#/components/schemas/Order" });
    shop["paths"] = json!({ "/": { "get": { "responses": { "200": {
        "description": "", "content": { "application/json": { "schema": order } }
    } } } } });
    shop["components"]["responses"] = json!({});
    shop
}

/// None of these may take long, or end the process.
#[test]
fn hostile_documents_are_given_up_in_time() {
    let refer = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let deep = |levels: usize| "{\"a\":".repeat(levels) + "1" + &"}".repeat(levels);
    let mut doubling = serde_json::Map::new();
    doubling.insert("Order".to_owned(), refer("A0"));
    for level in 0..40 {
        let next = refer(&format!("A{}", level + 1));
        doubling.insert(format!("A{level}"), json!({ "allOf": [next, next] }));
    }
    doubling.insert("A40".to_owned(), json!(true));
    let own = json!({ "properties": { "a": refer("Order") } });
    for (schemas, body) in [
        (json!({ "Order": refer("Order") }), "1".to_owned()),
        (
            json!({ "Order": { "anyOf": [refer("B")] }, "B": { "not": refer("Order") } }),
            "1".to_owned(),
        ),
        (Value::Object(doubling), "1".to_owned()),
        (json!({ "Order": { "allOf": [own, own] } }), deep(100)),
        (
            json!({ "Order": { "unevaluatedProperties": refer("Order") } }),
            deep(100),
        ),
    ] {
        let answered = exchange("GET /", "", 200, JSON, &body);
        let found = differs(&of_schemas(&schemas), answered, "GET /: response body");
        assert_eq!(found.actual, "one that leads on and on");
    }
    let pattern = json!({ "Order": { "pattern": "^(a|a)*(?=b)c$" } });
    let body = format!("\"{}\"", "a".repeat(5_000));
    differs(
        &of_schemas(&pattern),
        exchange("GET /", "", 200, JSON, &body),
        "GET /: response body ",
    );
    // As deep as a value may be, in a schema of itself: no more work than the value is large.
    let answered = exchange("GET /", "", 200, JSON, &deep(120));
    assert_eq!(judged(&of_schemas(&json!({ "Order": own })), answered), []);
}

#[test]
fn a_document_is_bounded() {
    let nested = "[".repeat(100) + &"]".repeat(100);
    let many = Value::from(vec![0; 200_000]).to_string();
    for inner in [nested, many, format!("\"{}\"", "x".repeat(3 << 20))] {
        let text = format!(r#"{{"openapi": "3.1.0", "x-more": {inner}}}"#);
        let mistakes = Document::read(text.as_bytes()).unwrap_err();
        assert_eq!(mistakes[0].at, "document", "{mistakes:?}");
    }
}
