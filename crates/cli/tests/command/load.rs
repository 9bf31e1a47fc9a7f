//! `tryout load` against servers of this process. No engine needed.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    process::{Command as Process, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{said, tryout};

/// Answers 200 to `/right`, and whatever else is asked 500. What it is asked is checked by `check`.
fn server(check: fn(&str)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read) = stream.read(&mut buffer) {
                    if read == 0 {
                        break;
                    }
                    let request = std::str::from_utf8(&buffer[..read]).unwrap();
                    check(request);
                    let status = if request.contains(" /right") {
                        200
                    } else {
                        500
                    };
                    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok");
                    if stream.write_all(answer.as_bytes()).is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap()
}

#[test]
fn a_load_is_summed_up_for_people_and_programs() {
    let address = server(|_| {});
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("load.json");
    let url = format!("http://{address}/right");
    let args = ["load", &url, "-c", "2", "-d", "2500ms", "--json"];
    let output = tryout(&args)
        .arg(&file)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output).1);
    let text = String::from_utf8(output.stdout).unwrap();
    for word in [
        "requests/s",
        " right, 0 failed",
        "p99 ",
        "each second",
        "generator",
    ] {
        assert!(text.contains(word), "{text}");
    }
    assert!(text.contains('█'), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let result = json(&fs::read(&file).unwrap());
    let right = result["right"].as_f64().unwrap();
    let rate = result["requests_per_second"].as_f64().unwrap();
    assert!((rate - right / 2.5).abs() < 0.01 * rate, "{result:#}");
    assert_eq!(result["load"]["open_loop"], false);
}

#[test]
fn where_there_is_no_unicode_bars_are_ascii() {
    let url = format!("http://{}/right", server(|_| {}));
    let output = tryout(&["load", &url, "-c", "1", "-d", "2.2"])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.is_ascii() && text.contains('@'), "{text}");
}

#[test]
fn a_rate_a_method_headers_and_a_body_are_sent() {
    let address = server(|request| {
        assert!(
            request.starts_with("PATCH /right?x=1 HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(request.contains("\r\nX-Key: a: b\r\n"), "{request}");
        assert!(request.contains("\r\nUser-Agent: tryout/"), "{request}");
        assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
    });
    let url = format!("http://{address}/right?x=1#part");
    let mut command = tryout(&["load", &url, "--rate", "100", "-d", "1s", "--json", "-"]);
    let output = command
        .args(["--warm-up", "200ms", "-X", "PATCH", "-H", "X-Key: a: b"])
        .args(["--body", "{\"a\":1}", "--poisson", "--ramp-to", "150"])
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("sent late by"),
        "the summary makes room for JSON: {text}"
    );
    let result = json(&output.stdout);
    let due = result["due"].as_u64().unwrap();
    assert!((80..=180).contains(&due), "{result:#}");
    assert_eq!(result["load"]["rate_to"], 150.0);
}

#[test]
fn where_nothing_comes_right_the_exit_code_says_so() {
    let url = format!("http://{}/wrong", server(|_| {}));
    let args = ["load", &url, "-c", "1", "-d", "300ms"];
    let output = tryout(&args).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("wrong status") && text.contains("(100.00 %)"),
        "{text}"
    );
    // What is expected is right, also where it is an error elsewhere.
    let output = tryout(&args).args(["--status", "500"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_was_not_measured_is_no_figure() {
    let url = format!("http://{}/wrong", server(|_| {}));
    let args = ["load", &url, "-c", "1", "-d", "2.2", "--json", "-"];
    let output = tryout(&args).output().unwrap();
    let (_, text) = said(&output);
    assert!(
        text.contains("its errors") && !text.contains("p99"),
        "{text}"
    );
    let result = json(&output.stdout);
    assert!(result["failed"].as_u64() > Some(0), "{result:#}");
    // 0 would be the best latency of all.
    for none in ["/latency/p99_ms", "/series/0/p50_ms", "/audit/lag_p99_ms"] {
        assert_eq!(result.pointer(none), Some(&Value::Null), "{none}");
    }
}

#[test]
fn what_cannot_be_run_is_the_inputs_fault() {
    let right = "http://127.0.0.1:9/";
    for (args, told) in [
        (&["load", "127.0.0.1:9/x"][..], "http://HOST:PORT/PATH"),
        (&["load", "ftp://127.0.0.1/"], "http://HOST:PORT/PATH"),
        (&["load", right, "--rate", "0"], "above 0"),
        (&["load", right, "--rate", "-5"], "above 0"),
        (&["load", right, "-d", "-1s"], "negative"),
        (&["load", right, "-d", "0s"], "duration must be above 0"),
        (&["load", right, "-d", "48h"], "the limit is"),
        (&["load", right, "-c", "0"], "connections must be above 0"),
        (&["load", right, "-c", "4000000000"], "files open"),
        (&["load", right, "-H", "no colon"], "`Name: value`"),
        (&["load", right, "--ramp-to", "5"], "--rate"),
        (
            &["load", right, "--body-file", "no-such-file"],
            "no-such-file",
        ),
        (
            &["load", "https://127.0.0.1:9/", "--ca", "no-such-file"],
            "no-such-file",
        ),
    ] {
        let (code, text) = said(&tryout(args).output().unwrap());
        assert_eq!(code, 2, "{args:?}: {text}");
        assert!(text.contains(told), "{args:?}: {text}");
    }
}

#[test]
fn a_signal_ends_it_with_the_figures_so_far() {
    let url = format!("http://{}/right", server(|_| {}));
    let program = assert_cmd::cargo::cargo_bin("tryout");
    let mut child = Process::new(program)
        .args(["load", &url, "-c", "1", "-d", "10m", "--json", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It listens for signals before it sends anything; once it catches SIGINT it can be asked.
    let pid = child.id().to_string();
    let began = Instant::now();
    while !catches_interrupts(&pid) {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "it never listened"
        );
        thread::yield_now();
    }
    let killed = Process::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(killed.success());
    let mut text = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut text).unwrap();
    child.wait().unwrap();
    let result = json(&text);
    assert_eq!(result["stopped"], true, "{result:#}");
    assert!(result["elapsed_seconds"].as_f64().unwrap() < 590.0);
}

/// By the mask of signals that a process catches (proc(5)); SIGINT is the second.
fn catches_interrupts(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status
        .lines()
        .find_map(|line| line.strip_prefix("SigCgt:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & 0b10 != 0)
}
