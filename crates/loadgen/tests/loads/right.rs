//! Servers that do as they should: what was sent is what was counted.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use loadgen::{
    expectation::{Expectation, Matcher, Statuses},
    load::{Arrival, LoadError, Pace, Ramp, Rate},
    run::run,
    stop::Stop,
    trouble::Trouble,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::stub::{Counter, OK, Server, answering, closed, get, measured, open, request};

fn counting() -> (Server, Counter) {
    let counter = Counter::default();
    let theirs = counter.clone();
    let server = Server::start(move |mut stream| {
        let counter = theirs.clone();
        async move {
            while request(&mut stream).await?.is_some() {
                counter.next();
                stream.write_all(OK).await?;
            }
            Ok(())
        }
    });
    (server, counter)
}

#[tokio::test]
async fn a_closed_loop_counts_what_the_server_counts() {
    let (server, counter) = counting();
    let measured = measured(&closed(server.address, 8, 500)).await;
    let seen = counter.next();
    assert!(
        measured.right > 100 && measured.failed() == 0,
        "{measured:?}"
    );
    assert!(measured.unfinished <= 8);
    // What was answered after the last moment is seen by the server alone.
    assert!(seen >= measured.right, "{seen} {measured:?}");
    assert_eq!(measured.audit.connections, 8);
    assert_eq!(measured.latency.count(), measured.right);
}

#[tokio::test]
async fn an_open_loop_sends_what_is_due_and_no_more() {
    let (server, counter) = counting();
    let mut load = open(server.address, 300.0, 1000);
    load.warm_up = Duration::from_millis(500);
    let measured = measured(&load).await;
    assert_eq!((counter.next(), measured.ended), (450, 450));
    assert_eq!(
        measured.elapsed, load.duration,
        "also when all is answered before its end"
    );
    // What is due at the very end is not: from 0 on, 300 in a second.
    assert_eq!((measured.due, measured.right), (300, 300), "{measured:?}");
}

#[tokio::test]
async fn a_rate_beyond_any_machine_ends_in_time_and_is_told() {
    let (server, _) = counting();
    let mut load = open(server.address, 10_000_000.0, 300);
    load.timeout = Duration::from_millis(200);
    let measured = measured(&load).await;
    assert_eq!(measured.due, 3_000_000, "nothing is left out: {measured:?}");
    assert!(measured.audit.saturated.is_some(), "{measured:?}");
}

#[tokio::test]
async fn two_threads_share_the_work() {
    let (server, counter) = counting();
    let mut load = open(server.address, 500.0, 600);
    load.threads = 2;
    let measured_open = measured(&load).await;
    assert_eq!((measured_open.right, counter.next()), (300, 300));
    assert_eq!(measured_open.audit.threads, 2);
    let mut load = closed(server.address, 3, 300);
    load.threads = 2;
    assert_eq!(measured(&load).await.audit.connections, 3);
}

#[tokio::test]
async fn ramps_and_poisson_arrivals_are_sent_too() {
    let (server, _) = counting();
    let rate = |rate| Rate::new(rate).unwrap();
    let mut load = open(server.address, 1.0, 1000);
    load.pace = Pace::Open {
        ramp: Ramp {
            from: rate(100.0),
            to: rate(500.0),
        },
        arrival: Arrival::Poisson,
        connections: 50,
    };
    let one = measured(&load).await;
    assert!((230..370).contains(&one.right), "{one:?}");
    let two = measured(&load).await;
    assert_eq!(one.right, two.right, "the same seed, the same arrivals");
}

#[tokio::test]
async fn a_mix_keeps_its_weights_and_its_figures_apart() {
    let server = Server::start(async |mut stream| {
        while let Some(path) = request(&mut stream).await? {
            let answer: &[u8] = if path == "/wrong" {
                b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
            } else {
                OK
            };
            stream.write_all(answer).await?;
        }
        Ok(())
    });
    let mut load = open(server.address, 500.0, 1000);
    load.mix = vec![get("/right"), get("/wrong")];
    load.mix[0].weight = 4;
    let measured = measured(&load).await;
    let [right, wrong] = &measured.requests[..] else {
        panic!("two requests");
    };
    assert_eq!(
        (right.name.as_str(), right.right),
        ("/right", measured.right)
    );
    assert_eq!(wrong.right, 0);
    assert!(
        (60..150).contains(&wrong.errors[&Trouble::WrongStatus]),
        "{measured:?}"
    );
    assert_eq!(wrong.latency.count(), 0, "a quick error is no latency");
}

#[tokio::test]
async fn a_fast_wrong_answer_is_an_error() {
    let server = answering(OK);
    let mut load = closed(server.address, 2, 200);
    let expect =
        |load: &mut loadgen::load::Load, expectation| load.mix[0].expectation = expectation;
    expect(
        &mut load,
        Expectation {
            length: Some(3),
            ..Expectation::default()
        },
    );
    let short = measured(&load).await;
    assert!(
        short.right == 0 && short.errors[&Trouble::WrongLength] > 0,
        "{short:?}"
    );
    expect(
        &mut load,
        Expectation {
            status: Statuses::OneOf(vec![201]),
            ..Expectation::default()
        },
    );
    assert!(measured(&load).await.errors[&Trouble::WrongStatus] > 0);
    let matcher =
        Matcher::new(|answer| answer.headers["content-length"] != "2" || answer.body != b"ok");
    let wrong = Expectation {
        matcher: Some(matcher.clone()),
        ..Expectation::default()
    };
    expect(&mut load, wrong);
    let all = measured(&load).await;
    assert!(
        all.right == 0 && all.errors[&Trouble::WrongAnswer] > 0,
        "{all:?}"
    );
    let sampled = Expectation {
        matcher: Some(matcher.of_a_sample(0.25)),
        ..Expectation::default()
    };
    expect(&mut load, sampled);
    let some = measured(&load).await;
    let rate = some.error_rate();
    assert!((0.15..0.35).contains(&rate), "{rate}");
}

#[tokio::test]
async fn bodies_are_sent_whole_also_large_ones() {
    let server = Server::start(async |mut stream| {
        loop {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            let head = String::from_utf8(head).unwrap();
            assert!(
                head.starts_with("PUT /thing HTTP/1.1\r\nHost: 127.0.0.1:"),
                "{head}"
            );
            assert!(head.contains("\r\nX-Trace-Id: 7\r\n"), "{head}");
            assert!(head.contains("\r\nContent-Length: 3000000\r\n"), "{head}");
            let mut body = vec![0; 3_000_000];
            stream.read_exact(&mut body).await?;
            assert!(body.iter().all(|byte| *byte == b'y'));
            stream.write_all(OK).await?;
        }
    });
    let mut load = closed(server.address, 2, 500);
    let request = &mut load.mix[0].request;
    request.method = Method::PUT;
    request.target = "/thing".parse().unwrap();
    request.headers.insert("x-trace-id", "7".parse().unwrap());
    request.body = Bytes::from(vec![b'y'; 3_000_000]);
    let measured = measured(&load).await;
    assert!(measured.right > 0 && measured.failed() == 0, "{measured:?}");
}

#[tokio::test]
async fn an_answer_before_the_request_was_read_counts() {
    let server = Server::start(async |mut stream| {
        let mut some = [0; 100];
        stream.read_exact(&mut some).await?;
        stream
            .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            .await?;
        // The rest is not read, nor is the connection closed before the client does so.
        let mut rest = [0; 1];
        while stream.peek(&mut rest).await? > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    });
    let mut load = closed(server.address, 1, 300);
    load.mix[0].request.method = Method::POST;
    load.mix[0].request.body = Bytes::from(vec![b'y'; 20_000_000]);
    load.mix[0].expectation.status = Statuses::OneOf(vec![413]);
    let measured = measured(&load).await;
    assert!(measured.right > 0, "{measured:?}");
}

#[tokio::test]
async fn stopping_brings_the_figures_so_far() {
    let (server, counter) = counting();
    let mut load = open(server.address, 200.0, 30_000);
    load.limit = Duration::from_mins(2);
    let stop = Stop::new();
    let began = Instant::now();
    let watch = async {
        while counter.clone().next() < 400 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.stop();
    };
    let (measured, ()) = tokio::join!(run(&load, &stop), watch);
    let measured = measured.unwrap();
    assert!(began.elapsed() < Duration::from_secs(25));
    assert!(measured.stopped && measured.right > 10, "{measured:?}");
    let rate = measured.requests_per_second();
    assert!((100.0..250.0).contains(&rate), "{rate}");
}

#[tokio::test]
async fn a_name_that_is_not_known_is_told() {
    let (server, _) = counting();
    let mut load = closed(server.address, 1, 100);
    let address = "http://no-such-host.invalid/".parse().unwrap();
    load.target = loadgen::target::Target::new(&address).unwrap();
    let error = run(&load, &Stop::new()).await.unwrap_err();
    assert!(matches!(error, LoadError::Resolve { .. }), "{error:?}");
    assert!(error.to_string().contains("no-such-host.invalid"));
}
