//! Evidence of every kind.

use report::model::{
    Answer, Burst, CommandCount, Comparison, Evidence, Exchange, Fault, FaultKind, Keyspace,
    KeyspaceCounts, LockWait, Log, Migration, MigrationRun, Mismatch, PairedExchange, Plan,
    Printed, PrintedLine, Query, SentRequest, Statement, Statements, StoredKey, TallyLine, Trouble,
    Upstream, UpstreamForm, WriteFailure,
};
use serde_json::json;

use super::{lines, moment};

/// An answered request that held.
pub(super) fn held(step: &str) -> Exchange {
    Exchange {
        step: step.to_owned(),
        request: SentRequest {
            method: "POST".to_owned(),
            target: "/orders".to_owned(),
            headers: headers(&[
                ("authorization", "Bearer $TOKEN"),
                ("content-type", "application/json"),
                ("idempotency-key", "5b1f0c1e-2c55-4a9b-9a53-5d6a7c1f8e20"),
            ]),
            body: Some(r#"{"sku":"SKU-4410","quantity":2}"#.to_owned()),
            body_omitted: 0,
        },
        answer: Some(Answer {
            status: 201,
            headers: headers(&[
                ("content-type", "application/json"),
                ("location", "/orders/1042"),
            ]),
            body: r#"{"id":1042,"sku":"SKU-4410","quantity":2,"status":"placed"}"#.to_owned(),
            body_omitted: 0,
        }),
        trouble: None,
        mismatches: Vec::new(),
        diff: None,
        curl: "curl -i -X POST \"$BASE/orders\" \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  \
               -H 'Content-Type: application/json' \\\n  --data '{\"sku\":\"SKU-4410\",\"quantity\":2}'"
            .to_owned(),
        started_at: moment(),
        duration_ms: 12.438,
    }
}

/// An answer that shows another customer's order.
pub(super) fn shown_to_a_stranger() -> Exchange {
    Exchange {
        request: SentRequest {
            method: "GET".to_owned(),
            target: "/orders/1042".to_owned(),
            headers: headers(&[("authorization", "Bearer $TOKEN_OF_STRANGER")]),
            body: None,
            body_omitted: 0,
        },
        answer: Some(Answer {
            status: 200,
            headers: headers(&[("content-type", "application/json")]),
            body:
                r#"{"id":1042,"customer":"c-17","sku":"SKU-4410","quantity":2,"status":"placed"}"#
                    .to_owned(),
            body_omitted: 0,
        }),
        mismatches: vec![
            mismatch("status", "404", "200"),
            mismatch("json $.error", "a string", "nothing there"),
        ],
        diff: Some(
            "--- expected\n+++ received\n@@ -1,3 +1,7 @@\n {\n-  \"error\": \"not found\"\n+  \
             \"id\": 1042,\n+  \"customer\": \"c-17\",\n+  \"sku\": \"SKU-4410\",\n+  \
             \"quantity\": 2,\n+  \"status\": \"placed\"\n }\n"
                .to_owned(),
        ),
        curl: "curl -i \"$BASE/orders/1042\" \\\n  -H \"Authorization: Bearer $TOKEN_OF_STRANGER\""
            .to_owned(),
        duration_ms: 4.207,
        ..held("2")
    }
}

/// A request whose answer never came whole.
pub(super) fn unanswered(step: &str, trouble: Trouble) -> Exchange {
    Exchange {
        answer: None,
        trouble: Some(trouble),
        duration_ms: 5_000.912,
        ..held(step)
    }
}

/// A race that was lost.
pub(super) fn burst() -> Evidence {
    Evidence::Burst(Box::new(Burst {
        step: "2".to_owned(),
        times: 50,
        tally: [
            ("201", 17),
            ("409", 31),
            ("500", 1),
            ("connection closed", 1),
        ]
        .into_iter()
        .map(|(what, count)| TallyLine {
            what: what.to_owned(),
            count,
        })
        .collect(),
        mismatches: vec![
            mismatch("tally 201", "exactly 10", "17"),
            mismatch("tally 500", "0", "1"),
        ],
        samples: vec![
            Exchange {
                mismatches: vec![mismatch("status", "201 or 409", "500")],
                answer: Some(Answer {
                    status: 500,
                    headers: headers(&[("content-type", "text/plain")]),
                    body: "Internal Server Error".to_owned(),
                    body_omitted: 0,
                }),
                ..held("2")
            },
            unanswered(
                "2",
                Trouble::Closed("end of stream before the status line".to_owned()),
            ),
        ],
    }))
}

/// Rows that are not as they should be.
pub(super) fn query() -> Evidence {
    Evidence::Query(Box::new(Query {
        step: "3".to_owned(),
        service: "db".to_owned(),
        query: "select sku, stock\nfrom products\nwhere sku = $1".to_owned(),
        args: vec![json!("SKU-4410")],
        rows: vec![json!({ "sku": "SKU-4410", "stock": -7 })],
        rows_omitted: 0,
        mismatches: vec![mismatch("rows $[0].stock", "0", "-7")],
        diff: Some(
            "--- expected\n+++ received\n@@ -1,4 +1,4 @@\n {\n   \"sku\": \"SKU-4410\",\n-  \
             \"stock\": 0\n+  \"stock\": -7\n }\n"
                .to_owned(),
        ),
    }))
}

/// A list that asks once for each of its rows.
pub(super) fn statements() -> Evidence {
    let statement = |text: &str, calls, rows, blocks| Statement {
        text: text.to_owned(),
        calls,
        rows,
        blocks,
    };
    Evidence::Statements(Box::new(Statements {
        step: "2".to_owned(),
        service: "db".to_owned(),
        calls: 51,
        repeats: 50,
        rows: 173,
        blocks: 14_318,
        statements: vec![
            statement(
                "select sku, quantity from order_items where order_id = $1",
                50,
                123,
                14_150,
            ),
            statement(
                "select id, customer_id, created_at from orders\norder by created_at desc limit $1",
                1,
                50,
                168,
            ),
        ],
        statements_omitted: 0,
        mismatches: vec![mismatch("repeats", "at most 2", "50")],
    }))
}

/// A query that goes through the whole table.
pub(super) fn plan() -> Evidence {
    Evidence::Plan(Box::new(Plan {
        step: "3".to_owned(),
        service: "db".to_owned(),
        query: "select id from orders where customer_id = $1 order by created_at desc limit 20"
            .to_owned(),
        args: vec![json!(4410)],
        nodes: lines(&[
            "Limit (20 rows)",
            "  Sort (20 rows)",
            "    Seq Scan on orders, filter (customer_id = 4410) (212 rows, 999788 more read in vain)",
        ]),
        mismatches: vec![mismatch("rows_scanned", "0", "1000000")],
    }))
}

/// A cache that is asked once for each product, and keeps some for ever.
pub(super) fn keyspace() -> Evidence {
    let command = |name: &str, calls| CommandCount {
        name: name.to_owned(),
        calls,
    };
    let key = |name: &str, ttl_ms| StoredKey {
        database: 0,
        name: name.to_owned(),
        ttl_ms,
    };
    Evidence::Keyspace(Box::new(Keyspace {
        step: "4".to_owned(),
        service: "cache".to_owned(),
        counts: Some(KeyspaceCounts {
            hits: 48,
            misses: 2,
            commands: 52,
            by_name: vec![command("get", 50), command("set", 2)],
            names_omitted: 0,
        }),
        keys: 214,
        without_ttl: 1,
        longest_ttl_ms: Some(59_820),
        cut: false,
        memory_bytes: 61_300,
        shown: vec![
            key("product:SKU-4410", None),
            key("product:SKU-4411", Some(59_820)),
        ],
        keys_omitted: 212,
        mismatches: vec![mismatch("without_ttl", "0", "1")],
    }))
}

/// A cache that was away for a second.
pub(super) fn fault() -> Evidence {
    Evidence::Fault(Box::new(Fault {
        step: "5".to_owned(),
        service: "cache".to_owned(),
        is: FaultKind::Slow,
        by_ms: Some(300),
        lasted_ms: 1_240,
        back_after_ms: Some(31),
    }))
}

/// Prices asked for one by one, twice each where the first answer was an error.
pub(super) fn upstream() -> Evidence {
    let form = |call: &str, calls, answers: &[(u16, u64)], first_ms, last_ms| UpstreamForm {
        call: call.to_owned(),
        calls,
        at_once: 1,
        answers: answers.iter().copied().collect(),
        first_ms,
        last_ms,
    };
    Evidence::Upstream(Box::new(Upstream {
        step: "4".to_owned(),
        service: "pricing".to_owned(),
        calls: 5,
        at_once: 1,
        connections_refused: 0,
        forms: vec![
            form("GET /prices/SKU-4410", 3, &[(200, 1), (503, 2)], 12, 431),
            form("GET /prices/SKU-4411", 2, &[(200, 1)], 440, 1_443),
        ],
        calls_omitted: 0,
        mismatches: vec![mismatch("calls", "at most 2", "5")],
    }))
}

/// A migration that builds an index while nobody can write, and one that meets a writer in a circle.
pub(super) fn migration() -> Evidence {
    let wait = |writer, waited_ms| LockWait {
        writer,
        waited_ms,
        lock: "RowExclusiveLock".to_owned(),
        behind: vec!["create index orders_of_customer on orders (customer_id)".to_owned()],
    };
    let run = |took_ms, longest_wait_ms, failures| MigrationRun {
        took_ms,
        transactions: 214,
        longest_wait_ms,
        waits: vec![wait(2, longest_wait_ms), wait(1, longest_wait_ms - 17)],
        failures,
    };
    let failure = WriteFailure {
        what: "deadlock detected".to_owned(),
        count: 1,
    };
    Evidence::Migration(Box::new(Migration {
        step: "1".to_owned(),
        service: "db".to_owned(),
        writers: 4,
        runs: vec![
            run(5_320, 4_120, Vec::new()),
            run(5_011, 4_007, vec![failure]),
        ],
        mismatches: vec![mismatch("longest wait", "at most 2000 ms", "4007 ms")],
    }))
}

/// What the submission printed while it answered 500.
pub(super) fn log() -> Evidence {
    Evidence::Log(Log {
        source: "app".to_owned(),
        lines: lines(&[
            "INFO:     172.18.0.4:50312 - \"POST /orders HTTP/1.1\" 201 Created",
            "\u{1b}[31mERROR\u{1b}[0m:    Exception in ASGI application",
            "Traceback (most recent call last):",
            "  File \"/app/orders.py\", line 61, in place_order",
            "\tstock = row[\"stock\"] - quantity",
            "TypeError: 'NoneType' object is not subscriptable",
        ]),
        lines_omitted: 212,
    })
}

/// A line of the log that is not there.
pub(super) fn printed() -> Evidence {
    Evidence::Printed(Box::new(Printed {
        step: "4".to_owned(),
        seen: 31,
        objects: 12,
        matching: 0,
        cut: false,
        mismatches: vec![mismatch("lines that match", "at least 1", "0")],
        lines: vec![PrintedLine {
            text: r#"{"request_id":"7d1f","method":"POST","status":201}"#.to_owned(),
            mismatches: vec![mismatch("line $.request_id", "\"9c40\"", "\"7d1f\"")],
        }],
    }))
}

/// An order that the reference refuses.
pub(super) fn comparison() -> Evidence {
    let refused = Exchange {
        answer: Some(Answer {
            status: 409,
            headers: headers(&[("content-type", "application/problem+json")]),
            body: r#"{"status":409}"#.to_owned(),
            body_omitted: 0,
        }),
        ..held("5, request 17")
    };
    Evidence::Comparison(Box::new(Comparison {
        step: "5".to_owned(),
        against: "reference:python".to_owned(),
        trials: 14,
        requests_before: 17,
        requests: 2,
        mismatches: vec![mismatch("status", "409", "201")],
        exchanges_omitted: 0,
        exchanges: vec![
            PairedExchange {
                subject: held("5, request 3"),
                reference: held("5, request 3"),
            },
            PairedExchange {
                subject: held("5, request 17"),
                reference: refused,
            },
        ],
    }))
}

fn mismatch(at: &str, expected: &str, actual: &str) -> Mismatch {
    Mismatch {
        at: at.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    }
}

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
