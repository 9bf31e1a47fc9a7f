use proptest::prelude::*;

use super::*;

const DONE: Progress = Progress::Done { reusable: true };

fn read(parts: &[&[u8]], head_only: bool) -> Result<(Whole, Progress), Trouble> {
    let mut incoming = Incoming::default();
    incoming.begin(head_only, Some(Kept::new(100)));
    let mut progress = Progress::More;
    for part in parts {
        assert_eq!(progress, Progress::More, "more was read than asked for");
        progress = incoming.feed(part)?;
    }
    if progress == Progress::More {
        progress = incoming.ended()?;
    }
    Ok((incoming.take(), progress))
}

fn body(answer: &[u8]) -> (Vec<u8>, Progress) {
    let (whole, progress) = read(&[answer], false).unwrap();
    (whole.kept.unwrap().body, progress)
}

const LENGTH: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";
const CHUNKED: &[u8] =
    b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

#[test]
fn a_body_ends_by_length_by_chunks_or_with_the_connection() {
    assert_eq!(body(LENGTH), (b"hello".to_vec(), DONE));
    assert_eq!(body(CHUNKED), (b"hello".to_vec(), DONE));
    let until_closed = b"HTTP/1.1 200 OK\r\n\r\nhello";
    let closed = Progress::Done { reusable: false };
    assert_eq!(body(until_closed), (b"hello".to_vec(), closed));
}

#[test]
fn headers_and_status_are_kept_for_a_matcher() {
    let (whole, _) = read(&[LENGTH], false).unwrap();
    assert_eq!((whole.status, whole.length), (200, 5));
    assert_eq!(whole.kept.unwrap().headers["x-a"], "b");
}

#[test]
fn some_answers_have_no_body_whatever_they_say() {
    let (whole, progress) = read(&[b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"], true).unwrap();
    assert_eq!((whole.length, progress), (0, DONE));
    let (whole, progress) = read(&[b"HTTP/1.1 204 No Content\r\n\r\n"], false).unwrap();
    assert_eq!((whole.length, progress), (0, DONE));
}

#[test]
fn interim_answers_are_passed_over() {
    let both = [b"HTTP/1.1 100 Continue\r\n\r\n", LENGTH].concat();
    assert_eq!(read(&[&both], false).unwrap().0.status, 200);
    let apart: [&[u8]; 2] = [b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", LENGTH];
    assert_eq!(read(&apart, false).unwrap().0.status, 200);
}

#[test]
fn a_connection_is_used_again_unless_somebody_said_otherwise() {
    let reusable = |head: &str| {
        let answer = format!("{head}\r\nContent-Length: 0\r\n\r\n");
        body(answer.as_bytes()).1 == DONE
    };
    assert!(reusable("HTTP/1.1 200 OK"));
    assert!(!reusable("HTTP/1.1 200 OK\r\nConnection: Close"));
    assert!(!reusable("HTTP/1.0 200 OK"));
    assert!(reusable("HTTP/1.0 200 OK\r\nConnection: keep-alive"));
}

#[test]
fn what_is_not_whole_or_no_http_is_told_apart() {
    let told = |answer: &[u8]| read(&[answer], false).unwrap_err();
    assert_eq!(told(b""), Trouble::ClosedEarly);
    assert_eq!(told(&LENGTH[..20]), Trouble::ClosedEarly);
    assert_eq!(told(&LENGTH[..LENGTH.len() - 1]), Trouble::ClosedEarly);
    assert_eq!(told(&CHUNKED[..CHUNKED.len() - 1]), Trouble::ClosedEarly);
    assert_eq!(told(b"SSH-2.0-OpenSSH_9.2\r\n"), Trouble::BadAnswer);
    assert_eq!(told(&[LENGTH, b"more"].concat()), Trouble::BadAnswer);
    let two_lengths = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello";
    assert_eq!(told(two_lengths), Trouble::BadAnswer);
    assert_eq!(
        told(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        Trouble::BadAnswer
    );
    assert_eq!(
        told(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        Trouble::BadAnswer
    );
}

#[test]
fn heads_without_end_are_not_read_without_end() {
    let mut incoming = Incoming::default();
    incoming.begin(false, None);
    let mut fed = incoming.feed(b"HTTP/1.1 200 OK\r\n");
    let mut lines = 0;
    while fed == Ok(Progress::More) && lines < 100_000 {
        fed = incoming.feed(b"X-Endless: and on and on and on\r\n");
        lines += 1;
    }
    assert_eq!(fed, Err(Trouble::TooLarge));
    assert!(incoming.head.len() < LONGEST_HEAD + 100);
}

#[test]
fn more_headers_than_usual_are_read_and_too_many_are_not() {
    let answer = |count: usize| {
        let headers = "X-A: b\r\n".repeat(count);
        format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n")
    };
    assert_eq!(body(answer(100).as_bytes()).1, DONE);
    assert_eq!(
        read(&[answer(300).as_bytes()], false).unwrap_err(),
        Trouble::TooLarge
    );
}

proptest! {
    #[test]
    fn it_does_not_matter_where_reads_end(chunked: bool, cut in 1usize..50, second in 1usize..50) {
        let answer = if chunked { CHUNKED } else { LENGTH };
        let first = cut.min(answer.len() - 2);
        let second = (first + second).min(answer.len() - 1);
        let parts = [&answer[..first], &answer[first..second], &answer[second..]];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let (whole, progress) = read(&parts, false).unwrap();
        prop_assert_eq!(whole.kept.unwrap().body, b"hello");
        prop_assert_eq!(progress, DONE);
    }

    #[test]
    fn anything_ends(parts: Vec<Vec<u8>>) {
        let mut incoming = Incoming::default();
        incoming.begin(false, Some(Kept::new(10)));
        for part in parts {
            if incoming.feed(&part).is_err() {
                break;
            }
        }
    }
}
