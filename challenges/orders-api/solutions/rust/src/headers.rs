//! Tags, and what may stand in other headers.

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderName, StatusCode,
        header::{ETAG, IF_MATCH},
        request::Parts,
    },
};

use crate::error::Problem;

/// The header that shows a version.
pub fn etag(version: i64) -> [(HeaderName, String); 1] {
    [(ETAG, tag(version))]
}

fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// What the client believes to change: tags, or `*`.
pub struct IfMatch(Vec<String>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut tags = Vec::new();
        for line in parts.headers.get_all(IF_MATCH) {
            let line = String::from_utf8_lossy(line.as_bytes());
            let given = line.split(',').map(str::trim).filter(|tag| !tag.is_empty());
            tags.extend(given.map(str::to_owned));
        }
        if tags.is_empty() {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "Say in If-Match what you change: the ETag that you have seen, or *.",
            ));
        }
        Ok(Self(tags))
    }
}

impl IfMatch {
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        let present = tag(version);
        if self.0.iter().any(|tag| tag == "*" || *tag == present) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "It has been changed since. Read it again, then decide.",
        ))
    }
}

/// Whether it is 1 to so many visible ASCII characters.
pub fn is_visible(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn read(lines: &[&str]) -> Result<IfMatch, Problem> {
        let mut request = Request::builder();
        for line in lines {
            request = request.header(IF_MATCH, *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_tag_is_of_one_version() {
        for lines in [
            &["\"7\""][..],
            &["*"],
            &["\"3\", \"7\""],
            &["\"3\"", "\"7\""],
        ] {
            assert!(read(lines).await.unwrap().check(7).is_ok(), "{lines:?}");
        }
        for lines in [&["\"3\""][..], &["7"], &["W/\"7\""], &["\"77\""]] {
            let refused = read(lines).await.unwrap().check(7).unwrap_err();
            assert_eq!(refused.status(), 412, "{lines:?}");
        }
    }

    #[tokio::test]
    async fn there_has_to_be_one() {
        for lines in [&[][..], &[""], &[" , "]] {
            assert_eq!(read(lines).await.err().unwrap().status(), 428, "{lines:?}");
        }
    }
}
