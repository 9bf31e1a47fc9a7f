//! Capacity, TLS and HTTP/2.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use loadgen::{
    capacity::{End, Objective, Search, capacity},
    load::Rate,
    stop::Stop,
    target::{Roots, Target, Version},
    trouble::Trouble,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::Mutex,
};

use crate::stub::{OK, Server, answering, closed, measured, open, request};

/// Answers one after the other, each in 10 ms: 100 a second, whatever the machine.
fn one_after_the_other() -> Server {
    let turn = Arc::new(Mutex::new(()));
    Server::start(move |mut stream| {
        let turn = turn.clone();
        async move {
            while request(&mut stream).await?.is_some() {
                let held = turn.lock().await;
                tokio::time::sleep(Duration::from_millis(10)).await;
                drop(held);
                stream.write_all(OK).await?;
            }
            Ok(())
        }
    })
}

#[tokio::test]
async fn capacity_is_found_where_it_is() {
    let server = one_after_the_other();
    let mut load = open(server.address, 1.0, 1000);
    load.timeout = Duration::from_secs(2);
    let objective = Objective::new(Some(95.0), Duration::from_millis(300), 0.01).unwrap();
    let rate = |rate| Rate::new(rate).unwrap();
    let search = Search {
        from: rate(20.0),
        to: rate(1000.0),
        lowest: None,
        tries: 3,
        precision: 0.5,
        budget: Duration::from_mins(1),
    };
    let began = Instant::now();
    let found = capacity(&load, &objective, &search, &Stop::new())
        .await
        .unwrap();
    assert!(began.elapsed() < Duration::from_mins(2));
    // A machine that is busy makes the server slower, never faster; within a second's try some more
    // than 100 a second stay within 300 ms.
    if let Some(loses) = found.loses {
        let most = found.keeps.map_or(0.0, |keeps| keeps.rate.per_second());
        assert!(most <= 170.0, "{found:?}");
        assert!(
            loses.lost == 2 && loses.rate.per_second() > most,
            "{found:?}"
        );
    } else {
        // The generator had no time to compute: no verdict.
        assert_eq!(found.end, End::Saturated, "{found:?}");
    }
    assert!(
        found
            .tries
            .iter()
            .all(|one| one.kept != Some(true) || one.latency <= Duration::from_millis(300))
    );
}

#[tokio::test]
async fn a_search_has_no_more_time_than_it_is_given() {
    let server = one_after_the_other();
    let load = open(server.address, 1.0, 300);
    let objective = Objective::new(Some(99.0), Duration::from_secs(1), 0.0).unwrap();
    let rate = Rate::new(10.0).unwrap();
    let search = Search {
        from: rate,
        to: rate,
        lowest: None,
        tries: 3,
        precision: 0.1,
        budget: Duration::from_secs(1),
    };
    // One try could take its timeout of 5 s.
    let found = capacity(&load, &objective, &search, &Stop::new())
        .await
        .unwrap();
    assert_eq!((found.end, found.tries.len()), (End::Budget, 0));
}

/// A certificate for 127.0.0.1 that nobody vouches for but itself, and its key.
fn certificate(dir: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey", "ec", "-days", "2"])
        .args([
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-subj",
            "/CN=stub",
        ])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl runs; see tools/set-up");
    assert!(made.status.success(), "{made:?}");
    (certificate, key)
}

fn acceptor(dir: &Path, protocol: &[u8]) -> (PathBuf, tokio_rustls::TlsAcceptor) {
    let (certificate, key) = certificate(dir);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(&certificate).unwrap()],
            PrivateKeyDer::from_pem_file(&key).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![protocol.to_vec()];
    (certificate, Arc::new(config).into())
}

/// Answers `ok` by HTTP/2 on any stream.
async fn http2(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(async |_| {
        Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from_static(b"ok"))))
    });
    // A client that goes ends it.
    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn over_tls(server: &Server, certificate: PathBuf) -> Target {
    let address = format!("https://{}/", server.address);
    Target::new(&address.parse().unwrap())
        .unwrap()
        .trusting(Roots::File(certificate))
}

#[tokio::test]
async fn tls_is_spoken_with_those_that_are_trusted() {
    let dir = tempfile::tempdir().unwrap();
    let (certificate, acceptor) = acceptor(dir.path(), b"http/1.1");
    let server = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await?;
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).await? > 0 {
                stream.write_all(OK).await?;
                stream.flush().await?;
            }
            Ok(())
        }
    });
    let mut load = closed(server.address, 3, 500);
    load.target = over_tls(&server, certificate);
    let trusted = measured(&load).await;
    assert!(trusted.right > 10 && trusted.failed() == 0, "{trusted:?}");
    assert_eq!(trusted.audit.connections, 3, "connections are kept");
    let stranger = tempfile::tempdir().unwrap();
    load.target = over_tls(&server, self::certificate(stranger.path()).0);
    let distrusted = measured(&load).await;
    assert!(
        distrusted.right == 0 && distrusted.errors[&Trouble::Tls] > 0,
        "{distrusted:?}"
    );
    // Nor with a server that does not speak it, or not the version asked for.
    load.target = over_tls(
        &answering(b"HTTP/1.1 200 OK\r\n\r\n"),
        dir.path().join("cert.pem"),
    );
    assert_eq!(measured(&load).await.right, 0);
    load.target = over_tls(&server, dir.path().join("cert.pem")).speaking(H2);
    let other = measured(&load).await;
    assert!(
        other.right == 0 && other.errors[&Trouble::Tls] > 0,
        "{other:?}"
    );
}

const H2: Version = Version::Http2 { streams: 4 };

#[tokio::test]
async fn http2_carries_several_requests_at_once() {
    let server = Server::start(async |stream| {
        http2(stream).await;
        Ok(())
    });
    let mut load = closed(server.address, 2, 500);
    load.target = load.target.speaking(H2);
    load.mix[0].expectation.length = Some(2);
    let closed = measured(&load).await;
    assert!(closed.right > 10 && closed.failed() == 0, "{closed:?}");
    assert!(closed.unfinished <= 8);
    assert_eq!(closed.audit.connections, 2);
    let mut load = open(server.address, 200.0, 1000);
    load.target = load.target.speaking(H2);
    let open = measured(&load).await;
    assert_eq!((open.due, open.right), (200, 200), "{open:?}");
}

#[tokio::test]
async fn http2_over_tls_and_with_servers_that_do_not_speak_it() {
    let dir = tempfile::tempdir().unwrap();
    let (certificate, acceptor) = acceptor(dir.path(), b"h2");
    let server = Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            http2(acceptor.accept(stream).await?).await;
            Ok(())
        }
    });
    let mut load = closed(server.address, 2, 500);
    load.target = over_tls(&server, certificate).speaking(H2);
    let tls = measured(&load).await;
    assert!(tls.right > 10 && tls.failed() == 0, "{tls:?}");

    for answer in [OK, b"garbage garbage garbage garbage"] {
        let old = answering(answer);
        let mut load = closed(old.address, 2, 300);
        load.timeout = Duration::from_secs(1);
        load.target = load.target.speaking(H2);
        let measured = measured(&load).await;
        assert!(measured.right == 0 && measured.due < 1000, "{measured:?}");
    }
}
