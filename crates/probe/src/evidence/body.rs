//! Bodies as a report keeps them.

use http::header;

use super::{MAX_BODY, Secrets, fields, floor, redacted::Redacted};
use crate::request::Prepared;

/// A body's text, and how many of its bytes are left out.
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) omitted: u64,
}

/// How much of a body is looked at: more than is kept, so that a secret is seen whole.
const WINDOW: usize = 4 * MAX_BODY;

pub(super) fn sent(request: &Prepared, secrets: &Secrets) -> Kept {
    kept(&request.body, |text| redacted(request, text, secrets))
}

pub(super) fn received(body: &[u8], secrets: &Secrets) -> Kept {
    kept(body, |text| secrets.hide(fields::json(text)))
}

/// Redacted before it is cut: a secret must not survive by being cut in two.
fn kept(body: &[u8], redact: impl FnOnce(&str) -> Redacted) -> Kept {
    let window = &body[..body.len().min(WINDOW)];
    if is_binary(window) {
        return binary(body);
    }
    let redacted = redact(&String::from_utf8_lossy(window)).shown();
    let end = floor(&redacted, MAX_BODY);
    let omitted = redacted.len() - end + body.len() - window.len();
    Kept {
        text: redacted[..end].to_owned(),
        omitted: omitted as u64,
    }
}

/// The body of a request by what it says it is.
pub(super) fn redacted(request: &Prepared, text: &str, secrets: &Secrets) -> Redacted {
    let is_form = request
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| {
            kind.as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        });
    secrets.hide(if is_form {
        fields::form(text)
    } else {
        fields::json(text)
    })
}

/// Bytes that no text has, or more than a few that are no UTF-8.
pub(super) fn is_binary(body: &[u8]) -> bool {
    body.contains(&0)
        || body
            .utf8_chunks()
            .map(|chunk| chunk.invalid().len())
            .sum::<usize>()
            > body.len() / 10
}

fn binary(body: &[u8]) -> Kept {
    let first: Vec<_> = body
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Kept {
        text: format!(
            "<{} bytes that are no text, beginning with {}>",
            body.len(),
            first.join(" ")
        ),
        omitted: body.len() as u64,
    }
}
