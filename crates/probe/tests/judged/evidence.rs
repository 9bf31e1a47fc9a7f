use std::process::Command;

use probe::{
    evidence::{self, MAX_BODY, Secrets},
    exchange::Exchanged,
    expectation::Judged,
};
use report::model::Exchange;
use serde_json::{Value, json};

use crate::{answered, judge};

fn kept(exchanged: &Exchanged) -> Exchange {
    evidence::exchange("3", exchanged, &Judged::default(), &Secrets::default())
}

/// The words that a shell hands to curl, and what curl would read.
fn run(command: &str) -> (Vec<String>, Vec<u8>) {
    let script = format!(
        "curl() {{ for word in \"$@\"; do printf '%s\\0' \"$word\"; done; \
         case \" $* \" in *' @- '*) cat;; esac; }}\n{}",
        // The last word, so that the pattern above finds it.
        command.replace("--data-binary @-", "--data-binary @- ")
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("BASE_URL", "http://base")
        .env("TOKEN", "the token")
        .env("PASSWORD", "it's")
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}");
    let marker = b"@-\0";
    let end = output
        .stdout
        .windows(marker.len())
        .position(|window| window == marker)
        .map_or(output.stdout.len(), |at| at + marker.len());
    let (words, read) = output.stdout.split_at(end);
    let words = String::from_utf8(words.to_vec()).unwrap();
    let words = words.strip_suffix('\0').unwrap().split('\0');
    (words.map(str::to_owned).collect(), read.to_vec())
}

fn curl(request: Value) -> Vec<String> {
    run(&kept(&answered(request, 200, &[], "")).curl).0
}

#[test]
fn an_exchange_is_kept_as_it_was() {
    let asked = json!({ "send": "POST /a?b=c", "json": { "n": 1 } });
    let exchanged = answered(asked, 201, &[("x-a", "1"), ("x-a", "2")], r#"{"id": 1}"#);
    let judged = judge(&json!({ "status": 200, "json": { "id": 2 } }), &exchanged);
    let kept = evidence::exchange("3.1", &exchanged, &judged, &Secrets::default());
    assert_eq!(
        serde_json::to_value(&kept).unwrap(),
        json!({
            "step": "3.1",
            "request": {
                "method": "POST", "target": "/a?b=c",
                "headers": [
                    ["Host", "127.0.0.1:1"], ["User-Agent", format!("tryout/{}", env!("CARGO_PKG_VERSION"))], ["Accept", "*/*"],
                    ["Content-Type", "application/json"], ["Content-Length", "7"],
                ],
                "body": "{\"n\":1}", "body_omitted": 0,
            },
            "answer": { "status": 201, "headers": [["x-a", "1"], ["x-a", "2"]], "body": "{\"id\": 1}", "body_omitted": 0 },
            "trouble": null,
            "mismatches": [
                { "at": "status", "expected": "200", "actual": "201" },
                { "at": "json $.id", "expected": "2", "actual": "1" },
            ],
            "diff": "--- expected\n+++ actual\n@@ -1,3 +1,3 @@\n {\n-  \"id\": 2\n+  \"id\": 1\n }\n",
            "curl": "curl -isS -X POST \"$BASE_URL\"'/a?b=c' -H 'Content-Type: application/json' --data-raw '{\"n\":1}'",
            "started_at": "2023-11-14T22:13:20Z",
            "duration_ms": 1.5,
        })
    );
}

#[test]
fn curl_repeats_the_request() {
    assert_eq!(curl(json!({ "send": "GET /" })), ["-isS", "http://base/"]);
    assert_eq!(
        curl(json!({ "send": "HEAD /" })),
        ["-isS", "--head", "http://base/"]
    );
    assert_eq!(
        curl(
            json!({ "send": "PATCH /a/../b?x=[1]'$(id)", "headers": { "X-Quote": "it's `id` \"$HOME\" !", "X-Empty": "" }, "body": "@it's\n-\\" })
        ),
        [
            "-isS",
            "-X",
            "PATCH",
            "--path-as-is",
            "--globoff",
            "http://base/a/../b?x=[1]'$(id)",
            "-H",
            "X-Quote: it's `id` \"$HOME\" !",
            "-H",
            "X-Empty;",
            "-H",
            "Content-Type: text/plain; charset=utf-8",
            "--data-raw",
            "@it's\n-\\",
        ]
    );
    let control = answered(
        json!({ "send": "POST /", "body": "-\u{1b}[31m%s\\0\u{0}'ü" }),
        200,
        &[],
        "",
    );
    let command = kept(&control).curl;
    assert!(!command.contains(char::is_control));
    assert_eq!(run(&command).1, "-\u{1b}[31m%s\\0\u{0}'ü".as_bytes());
}

#[test]
fn a_body_too_long_for_a_command_is_said_to_be() {
    let asked = json!({ "send": "POST /", "body": "x".repeat(100_000) });
    let kept = kept(&answered(asked, 200, &[], ""));
    assert!(
        kept.curl
            .ends_with("# the body, 100000 bytes, is too long to be written here")
    );
    assert!(kept.curl.len() < 300);
    assert_eq!(kept.request.body_omitted, 100_000 - MAX_BODY as u64);
}

/// One secret in every place where one can stand; none may be found in anything that is kept.
#[test]
fn secrets_are_kept_nowhere() {
    let asked = json!({
        "send": "POST /login/known-secret?access_token=hidden-1&x=1",
        "headers": {
            "Authorization": "Bearer hidden-2", "Cookie": "sid=hidden-3; b=hidden-4", "X-Api-Key": "hidden-5",
            "Proxy-Authorization": "Basic hidden-6", "X-Other": "a known-secret b",
        },
        "json": { "password": "hidden-7", "user": "known-secret", "tokens": ["hidden-8", "hidden-9"] },
    });
    let answer =
        r#"{"token": "hidden-10", "me": "known-secret", "nested": {"client_secret": "hidden-11"}}"#;
    let headers = [
        ("set-cookie", "sid=hidden-12; Path=/"),
        ("authorization", "hidden-13"),
    ];
    let exchanged = answered(asked, 200, &headers, answer);
    let expect = json!({
        "headers": { "Set-Cookie": { "$absent": true }, "X-Known": "known-secret" },
        "json": { "token": "hidden-14", "me": 1, "nested": { "client_secret": 5 } },
    });
    let judged = judge(&expect, &exchanged);
    assert_eq!(judged.mismatches.len(), 5);
    let kept = evidence::exchange("1", &exchanged, &judged, &Secrets::new(["known-secret"]));
    let all = serde_json::to_string(&kept).unwrap();
    assert!(!all.contains("hidden-"), "{all}");
    assert!(!all.contains("known-secret"), "{all}");
    let header = |name: &str| {
        let found = kept.request.headers.iter().find(|(known, _)| known == name);
        found.unwrap().1.clone()
    };
    assert_eq!(header("Authorization"), "Bearer <redacted>");
    assert_eq!(header("Cookie"), "sid=<redacted>; b=<redacted>");
    assert_eq!(
        kept.request.target,
        "/login/<redacted>?access_token=<redacted>&x=1"
    );
    assert_eq!(kept.answer.unwrap().headers[0].1, "sid=<redacted>; Path=/");
    let (words, _) = run(&kept.curl);
    assert_eq!(words[3], "http://base/login/the token?access_token=&x=1");
    assert!(words.contains(&"Authorization: Bearer the token".to_owned()));
    let body = words.last().unwrap();
    assert_eq!(
        body,
        r#"{"password":"it's","user":"the token","tokens":["",""]}"#
    );
}

#[test]
fn forms_are_redacted_as_forms() {
    let asked = json!({ "send": "POST /", "form": { "user": "u", "password": "p&w" } });
    let kept = kept(&answered(asked, 200, &[], ""));
    assert_eq!(kept.request.body.unwrap(), "user=u&password=<redacted>");
    assert!(
        kept.curl
            .ends_with("--data-raw 'user=u&password='\"$PASSWORD\"")
    );
}

#[test]
fn bodies_are_bounded_and_safe() {
    let long = answered(json!({ "send": "GET /" }), 200, &[], "ü".repeat(1_000_000));
    let answer = kept(&long).answer.unwrap();
    assert_eq!(answer.body.len(), MAX_BODY);
    assert_eq!(answer.body_omitted, 2_000_000 - MAX_BODY as u64);
    let binary = answered(
        json!({ "send": "GET /" }),
        200,
        &[],
        b"\x89PNG\r\n\x1a\n\0\0".to_vec(),
    );
    let answer = kept(&binary).answer.unwrap();
    assert_eq!(
        answer.body,
        "<10 bytes that are no text, beginning with 89 50 4e 47 0d 0a 1a 0a 00 00>"
    );
    assert_eq!(answer.body_omitted, 10);
    let mut broken = b"a text with a byte that is none: ".to_vec();
    broken.push(0xff);
    let answer = kept(&answered(json!({ "send": "GET /" }), 200, &[], broken))
        .answer
        .unwrap();
    assert_eq!(answer.body, "a text with a byte that is none: \u{fffd}");
    let headers = [("x-long", &*"x".repeat(10_000))];
    let answer = kept(&answered(json!({ "send": "GET /" }), 200, &headers, ""))
        .answer
        .unwrap();
    assert!(answer.headers[0].1.len() < 2_200);
}

/// Many secrets in a body full of them: one pass.
#[test]
fn hiding_takes_no_age() {
    let secrets: Vec<_> = (0..500)
        .map(|number| format!("secret-number-{number}"))
        .collect();
    let body = secrets.join(" ").repeat(200);
    let exchanged = answered(json!({ "send": "GET /" }), 200, &[], body);
    let kept = evidence::exchange("1", &exchanged, &Judged::default(), &Secrets::new(secrets));
    assert!(!kept.answer.unwrap().body.contains("secret-number"));
}
