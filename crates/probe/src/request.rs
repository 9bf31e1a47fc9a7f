//! The one model of a request: what is sent alone, in a burst and under load looks alike.

mod error;
mod percent;
mod prepare;

pub use error::{PrepareError, PrepareReason};
pub use prepare::prepare;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Uri};

/// A request, ready to be sent: every byte of it is decided.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// As on the request line.
    pub method: Method,
    /// Path and query as on the request line, percent-encoded.
    pub target: Uri,
    /// In the order sent, `Host` first.
    pub headers: HeaderMap,
    /// Empty where there is none.
    pub body: Bytes,
}

/// The `User-Agent` of every request, unless an author gives another.
pub const USER_AGENT: &str = concat!("tryout/", env!("CARGO_PKG_VERSION"));

/// A header's name as it is sent: each part of it begins with a capital letter.
pub fn sent_name(name: &HeaderName) -> String {
    let mut sent = name.as_str().to_owned();
    let mut first = true;
    // Header names are ASCII.
    for place in 0..sent.len() {
        if first && let Some(letter) = sent.get_mut(place..=place) {
            letter.make_ascii_uppercase();
        }
        first = sent.as_bytes()[place] == b'-';
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sent_in_title_case() {
        let name = HeaderName::from_static("x-api-key2-");
        assert_eq!(sent_name(&name), "X-Api-Key2-");
    }
}
