//! What is kept of an exchange for a report: bounded, redacted, and a command that repeats it.

mod body;
mod curl;
mod fields;
mod redacted;
mod secrets;
mod shell;

pub use secrets::Secrets;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use report::model::{Answer, Exchange, Mismatch, SentRequest};

use crate::{
    exchange::{Exchanged, Received},
    expectation::Judged,
    request::{Prepared, sent_name},
};
use redacted::Redacted;

/// How much of a body is kept, in bytes.
pub const MAX_BODY: usize = 8 * 1024;

/// How much of a header's value is kept, in bytes.
const MAX_HEADER: usize = 2 * 1024;

/// How much of a target is kept, in bytes.
const MAX_TARGET: usize = 4 * 1024;

/// The evidence of one exchange. `step` is where it stands in its check, `3` or `3.1`.
pub fn exchange(step: &str, exchanged: &Exchanged, judged: &Judged, secrets: &Secrets) -> Exchange {
    Exchange {
        step: step.to_owned(),
        request: sent(&exchanged.request, secrets),
        answer: exchanged
            .answer
            .as_ref()
            .map(|answer| received(answer, secrets)),
        trouble: exchanged.trouble.clone(),
        mismatches: judged
            .mismatches
            .iter()
            .map(|mismatch| shown_mismatch(mismatch, secrets))
            .collect(),
        diff: judged.diff.as_deref().map(|diff| text(diff, secrets)),
        curl: curl::command(&exchanged.request, secrets),
        started_at: exchanged.started_at,
        duration_ms: exchanged.duration.as_secs_f64() * 1000.0,
    }
}

/// A text for a report, such as a diff: secrets, and the values of JSON keys that sound secret, are
/// replaced.
pub fn text(text: &str, secrets: &Secrets) -> String {
    secrets.hide(fields::json(text)).shown()
}

/// A mismatch for a report; where its place sounds secret, its values are replaced.
pub fn shown_mismatch(mismatch: &Mismatch, secrets: &Secrets) -> Mismatch {
    let name = last_name(&mismatch.at);
    let of_cookies = ["header cookie", "header set-cookie"];
    let secret = redacted::sounds_secret(name)
        || of_cookies.contains(&mismatch.at.to_ascii_lowercase().as_str());
    let value = |value: &str| {
        // Words are no secret, only what stands in quotation marks is.
        if secret && value.contains('"') {
            redacted::REDACTED.to_owned()
        } else {
            text(value, secrets)
        }
    };
    Mismatch {
        at: text(&mismatch.at, secrets),
        expected: value(&mismatch.expected),
        actual: value(&mismatch.actual),
    }
}

/// `password` of `json $.user.password`, `Location` of `header Location`.
fn last_name(at: &str) -> &str {
    at.trim_end_matches(|last: char| last.is_ascii_digit() || "[]'".contains(last))
        .rsplit(['.', ' ', '\''])
        .next()
        .unwrap_or_default()
}

fn sent(request: &Prepared, secrets: &Secrets) -> SentRequest {
    let body = body::sent(request, secrets);
    SentRequest {
        method: request.method.to_string(),
        target: cut(&target(request, secrets).shown(), MAX_TARGET),
        headers: headers(&request.headers, secrets, sent_name),
        body_omitted: body.omitted,
        body: (!request.body.is_empty()).then_some(body.text),
    }
}

fn received(answer: &Received, secrets: &Secrets) -> Answer {
    let body = body::received(&answer.body, secrets);
    Answer {
        status: answer.status.as_u16(),
        headers: headers(&answer.headers, secrets, |name| name.as_str().to_owned()),
        body: body.text,
        body_omitted: body.omitted,
    }
}

fn headers(
    headers: &HeaderMap,
    secrets: &Secrets,
    name_of: impl Fn(&HeaderName) -> String,
) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = header_value(name, value, secrets).shown();
            (name_of(name), cut(&value, MAX_HEADER))
        })
        .collect()
}

fn target(request: &Prepared, secrets: &Secrets) -> Redacted {
    secrets.hide(fields::query(&request.target.to_string()))
}

/// Keeps the scheme of credentials, the names of cookies, and what a cookie is set with.
fn header_value(name: &HeaderName, value: &HeaderValue, secrets: &Secrets) -> Redacted {
    let text = String::from_utf8_lossy(value.as_bytes());
    let hidden = if name == header::AUTHORIZATION || name == header::PROXY_AUTHORIZATION {
        fields::credentials(&text)
    } else if name == header::COOKIE {
        fields::cookies(&text)
    } else if name == header::SET_COOKIE {
        fields::set_cookie(&text)
    } else if redacted::sounds_secret(name.as_str()) {
        Redacted::secret(name.as_str(), &text)
    } else {
        Redacted::plain(&text)
    };
    secrets.hide(hidden)
}

fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = floor(text, limit);
    format!("{}… ({} bytes more)", &text[..end], text.len() - end)
}

/// The last place at or before `limit` where a text can be cut.
fn floor(text: &str, limit: usize) -> usize {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}
