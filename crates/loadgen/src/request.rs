//! What is sent: prepared requests, and which of them next.

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

use crate::{expectation::Expectation, seed};

/// A request, ready to be sent: every byte of it is decided.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// As on the request line.
    pub method: Method,
    /// Path and query as on the request line, percent-encoded.
    pub target: Uri,
    /// In the order sent. `Host` is added where it is missing, and `Content-Length` where a body
    /// needs one.
    pub headers: HeaderMap,
    /// Empty where there is none.
    pub body: Bytes,
}

impl Prepared {
    /// A GET without headers.
    pub fn get(target: Uri) -> Self {
        Self {
            method: Method::GET,
            target,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }
}

/// A request of a mix.
#[derive(Debug, Clone)]
pub struct Weighted {
    /// What it is called in the result.
    pub name: String,
    /// How often it is sent, beside the others' weights.
    pub weight: u32,
    /// What is sent.
    pub request: Prepared,
    /// What must come.
    pub expectation: Expectation,
}

/// A request as the engine holds it: bytes for HTTP/1, parts for HTTP/2.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// Head and body as HTTP/1.1 has them.
    pub(crate) bytes: Bytes,
    /// Without headers of the connection, which HTTP/2 forbids, and with an absolute address.
    pub(crate) parts: http::Request<Bytes>,
    pub(crate) expectation: Expectation,
    /// Whether the answer has no body whatever its headers say.
    pub(crate) head_only: bool,
    /// Whether a client may send it once more when a kept connection turns out to be closed
    /// (RFC 9110, 9.2.2).
    pub(crate) idempotent: bool,
}

impl Encoded {
    pub(crate) fn new(weighted: &Weighted, base: &Uri) -> Self {
        let request = &weighted.request;
        Self {
            bytes: http1_bytes(request, base),
            parts: http2_parts(request, base),
            expectation: weighted.expectation.clone(),
            head_only: request.method == Method::HEAD,
            idempotent: request.method.is_idempotent(),
        }
    }
}

fn path(request: &Prepared) -> &str {
    request
        .target
        .path_and_query()
        .map_or("/", |path| path.as_str())
}

fn needs_length(request: &Prepared) -> bool {
    let said = request.headers.contains_key(header::CONTENT_LENGTH)
        || request.headers.contains_key(header::TRANSFER_ENCODING);
    let usual = [Method::POST, Method::PUT, Method::PATCH].contains(&request.method);
    !said && (usual || !request.body.is_empty())
}

fn http1_bytes(request: &Prepared, base: &Uri) -> Bytes {
    let mut bytes = BytesMut::with_capacity(256 + request.body.len());
    bytes.put_slice(request.method.as_str().as_bytes());
    bytes.put_u8(b' ');
    bytes.put_slice(path(request).as_bytes());
    bytes.put_slice(b" HTTP/1.1\r\n");
    if !request.headers.contains_key(header::HOST) {
        let host = base.authority().map_or("", |authority| authority.as_str());
        line(&mut bytes, "Host", host.as_bytes());
    }
    for (name, value) in &request.headers {
        line(&mut bytes, &title_case(name), value.as_bytes());
    }
    if needs_length(request) {
        let length = request.body.len().to_string();
        line(&mut bytes, "Content-Length", length.as_bytes());
    }
    bytes.put_slice(b"\r\n");
    bytes.put_slice(&request.body);
    bytes.freeze()
}

fn line(bytes: &mut BytesMut, name: &str, value: &[u8]) {
    bytes.put_slice(name.as_bytes());
    bytes.put_slice(b": ");
    bytes.put_slice(value);
    bytes.put_slice(b"\r\n");
}

/// Each part of a name begins with a capital letter, as clients usually write it.
fn title_case(name: &HeaderName) -> String {
    let mut first = true;
    name.as_str()
        .chars()
        .map(|letter| {
            let sent = if first {
                letter.to_ascii_uppercase()
            } else {
                letter
            };
            first = letter == '-';
            sent
        })
        .collect()
}

fn http2_parts(request: &Prepared, base: &Uri) -> http::Request<Bytes> {
    let mut headers = request.headers.clone();
    for name in [
        header::HOST,
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        HeaderName::from_static("keep-alive"),
    ] {
        headers.remove(name);
    }
    if needs_length(request) {
        headers.insert(
            header::CONTENT_LENGTH,
            HeaderValue::from(request.body.len()),
        );
    }
    let mut parts = base.clone().into_parts();
    parts.path_and_query = request.target.path_and_query().cloned();
    let mut sent = http::Request::new(request.body.clone());
    *sent.method_mut() = request.method.clone();
    // A base has scheme and authority, and with a path that is a whole address.
    *sent.uri_mut() = Uri::from_parts(parts).unwrap_or_else(|_| base.clone());
    *sent.headers_mut() = headers;
    sent
}

/// The golden ratio's fractional part, in parts of 2⁶⁴.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Which request of a mix is the next; the same for the same seed.
///
/// Any run of requests has each in proportion to its weight, as nearly as can be, so that two short runs of
/// the same mix ask for as much. That is so for the fractional parts of the multiples of the golden ratio
/// (Weyl, "Über die Gleichverteilung von Zahlen mod. Eins", 1916; Knuth, "The Art of Computer Programming",
/// volume 3, 6.4); the seed says where they begin.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// In parts of 2⁶⁴.
    begin: u64,
    /// Sums of weights, each with those before it.
    sums: Vec<u64>,
}

impl Choice {
    pub(crate) fn new(mix: &[Weighted], seed: u64) -> Self {
        let mut sum = 0;
        let sums = mix
            .iter()
            .map(|weighted| {
                sum += u64::from(weighted.weight);
                sum
            })
            .collect();
        Self {
            begin: seed::mixed(seed, 0),
            sums,
        }
    }

    /// The place in the mix of the `number`th request.
    pub(crate) fn at(&self, number: u64) -> usize {
        let Some(&total) = self.sums.last().filter(|_| self.sums.len() > 1) else {
            return 0;
        };
        let place = self.begin.wrapping_add(number.wrapping_mul(GOLDEN));
        let point = (u128::from(place) * u128::from(total)) >> 64;
        self.sums.partition_point(|sum| u128::from(*sum) <= point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(weight: u32) -> Weighted {
        Weighted {
            name: "a".to_owned(),
            weight,
            request: Prepared::get(Uri::from_static("/a?b=c")),
            expectation: Expectation::default(),
        }
    }

    #[test]
    fn the_bytes_are_those_of_a_usual_client() {
        let mut request = weighted(1).request;
        request.method = Method::POST;
        request
            .headers
            .insert("x-api-key", HeaderValue::from_static("k"));
        request.body = Bytes::from_static(b"{}");
        let base = Uri::from_static("http://127.0.0.1:8080");
        assert_eq!(
            http1_bytes(&request, &base),
            "POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-Api-Key: k\r\nContent-Length: 2\r\n\r\n{}"
        );
    }

    #[test]
    fn a_mix_keeps_its_weights_and_its_seed() {
        let mix = [weighted(3), weighted(0), weighted(1)];
        let choice = Choice::new(&mix, 7);
        let chosen: Vec<_> = (0..4000).map(|number| choice.at(number)).collect();
        for some in chosen.windows(20) {
            let third = some.iter().filter(|place| **place == 2).count();
            assert!((4..=6).contains(&third), "{some:?}");
        }
        assert!(!chosen.contains(&1));
        let again = Choice::new(&mix, 7);
        assert!(
            (0..4000).all(|number| again.at(number) == chosen[usize::try_from(number).unwrap()])
        );
        let other = Choice::new(&mix, 8);
        assert!(
            (0..4000).any(|number| other.at(number) != chosen[usize::try_from(number).unwrap()])
        );
    }
}
