use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

/// A server that gives these answers, one to each question or to several that come together, and then goes.
async fn told(answers: &'static [&'static str]) -> ServiceEndpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = [0; 4096];
        for answer in answers {
            if stream.read(&mut question).await.unwrap() == 0 {
                return;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    ServiceEndpoint::Redis {
        address,
        user: "someone".to_owned(),
        password: "secret".to_owned(),
    }
}

const INFO: &str = "$82\r\nused_memory:9\r\nused_memory_startup:4\r\nmem_clients_normal:3\r\n\
    db2:keys=4,expires=2\r\n\r\n";

#[tokio::test]
async fn keys_that_come_twice_count_once_and_those_that_go_meanwhile_do_not() {
    let endpoint = told(&[
        "+OK\r\n",
        INFO,
        "+OK\r\n",
        "*2\r\n$1\r\n7\r\n*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nd\r\n",
        ":-1\r\n:500\r\n:9\r\n",
        "*2\r\n$1\r\n8\r\n*0\r\n",
        "*2\r\n$1\r\n0\r\n*3\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\nd\r\n",
        ":400\r\n:-2\r\n:-2\r\n",
        AFTER,
    ])
    .await;
    let mut server = Server::open("cache", &endpoint).await.unwrap();
    let (stored, keys) = server.stored().await.unwrap();
    assert_eq!((stored.keys(), stored.memory), (2, 2));
    let found: Vec<_> = keys.ttls.into_iter().collect();
    let expected = [((2, b"a".to_vec()), None), ((2, b"b".to_vec()), Some(400))];
    assert_eq!(found, expected);
    assert_eq!(keys.unseen, None);
}

/// With fewer keys: two have gone since.
const AFTER: &str = "$82\r\nused_memory:9\r\nused_memory_startup:4\r\nmem_clients_normal:3\r\n\
    db2:keys=2,expires=1\r\n\r\n";

#[tokio::test]
async fn keys_that_are_moved_out_of_sight_are_counted_and_missed() {
    const ONE: &str = "*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n";
    let look = ["+OK\r\n", ONE, ":500\r\n", AFTER];
    let mut answers = vec!["+OK\r\n", INFO];
    for _ in 0..LOOKS {
        answers.extend(look);
    }
    let endpoint = told(answers.leak()).await;
    let mut server = Server::open("cache", &endpoint).await.unwrap();
    let (stored, keys) = server.stored().await.unwrap();
    assert_eq!((stored.keys(), stored.without_ttl()), (2, 1));
    assert_eq!((keys.ttls.len(), keys.unseen), (1, Some(Unseen::Moved)));

    // One that came meanwhile is there at the next look.
    let two = "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n";
    let mut answers = vec!["+OK\r\n", INFO];
    answers.extend(look);
    answers.extend(["+OK\r\n", two, ":500\r\n:-1\r\n", AFTER]);
    let endpoint = told(answers.leak()).await;
    let mut server = Server::open("cache", &endpoint).await.unwrap();
    let (_, keys) = server.stored().await.unwrap();
    assert_eq!((keys.ttls.len(), keys.unseen), (2, None));
}

#[tokio::test]
async fn a_server_that_goes_or_is_busy_was_made_so_and_one_that_does_not_tell_is_ours() {
    let busy = told(&["+OK\r\n", "-BUSY Redis is busy running a script\r\n"]).await;
    let gone = told(&["+OK\r\n"]).await;
    let closed = told(&["+OK\r\n", INFO]).await;
    let silent = told(&["+OK\r\n", "$2\r\nx:\r\n"]).await;
    let barred = told(&["+OK\r\n", "-NOPERM User has no permissions\r\n"]).await;
    let ours = [
        (busy, false),
        (gone, false),
        (closed, false),
        (silent, true),
        (barred, true),
    ];
    for (endpoint, is_ours) in ours {
        let mut server = Server::open("cache", &endpoint).await.unwrap();
        let error = server.stored().await.unwrap_err();
        assert_eq!(error.is_ours(), is_ours, "{error:?}");
    }
    let unknown = told(&["-WRONGPASS invalid username-password pair\r\n"]).await;
    let error = Server::open("cache", &unknown).await.map(|_| ());
    assert!(error.unwrap_err().is_ours());
    let full = told(&["-ERR max number of clients reached\r\n"]).await;
    let error = Server::open("cache", &full).await.map(|_| ());
    assert!(!error.unwrap_err().is_ours());
}

#[test]
fn the_longest_time_to_live_is_of_those_that_expire() {
    let ttls = [("a", Some(5)), ("b", None), ("c", Some(9))];
    let ttls = ttls.map(|(name, ttl)| ((0, name.as_bytes().to_vec()), ttl));
    let keys = Keys {
        ttls: ttls.into_iter().collect(),
        unseen: None,
    };
    assert_eq!(keys.longest_ttl(), Some(9));
}
