//! The command line that repeats a request.

use http::{Method, header};

use super::{Secrets, body, header_value, redacted::Redacted, shell, target};
use crate::request::{Prepared, USER_AGENT, sent_name};

/// A body of more bytes is not written into a command line.
const MAX_BODY: usize = 64 * 1024;

/// `curl` for a request to `$BASE_URL`; secrets are shell variables. What curl adds by itself is
/// left out: `Host`, `Accept: */*`, the length.
pub(super) fn command(request: &Prepared, secrets: &Secrets) -> String {
    let mut words = vec!["curl -isS".to_owned()];
    match request.method {
        Method::GET if request.body.is_empty() => {}
        Method::HEAD if request.body.is_empty() => words.push("--head".to_owned()),
        _ => {
            let method = Redacted::plain(request.method.as_str());
            words.push(format!("-X {}", bare_or_quoted(&method)));
        }
    }
    let written = request.target.to_string();
    if written.contains("/.") {
        words.push("--path-as-is".to_owned());
    }
    if written.contains(['[', ']']) {
        words.push("--globoff".to_owned());
    }
    words.push(format!(
        "\"$BASE_URL\"{}",
        shell::word(&target(request, secrets))
    ));
    for (name, value) in &request.headers {
        let own = name == header::HOST
            || name == header::CONTENT_LENGTH
            || (name == header::ACCEPT && value == "*/*")
            || (name == header::USER_AGENT && value == USER_AGENT);
        if own {
            continue;
        }
        let mut line = Redacted::plain(&sent_name(name));
        if value.is_empty() {
            // With a colon curl would leave the header out.
            line.push(";");
        } else {
            line.push(": ");
            line.append(header_value(name, value, secrets));
        }
        words.push(format!("-H {}", shell::word(&line)));
    }
    with_body(words, request, secrets)
}

fn with_body(mut words: Vec<String>, request: &Prepared, secrets: &Secrets) -> String {
    let bytes = &request.body;
    if bytes.is_empty() {
        return words.join(" ");
    }
    if bytes.len() > MAX_BODY {
        words.push("--data-binary @body".to_owned());
        return format!(
            "{} # the body, {} bytes, is too long to be written here",
            words.join(" "),
            bytes.len()
        );
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        words.push("--data-binary @body".to_owned());
        return format!("{} # the body is no text", words.join(" "));
    };
    let text = body::redacted(request, text, secrets);
    if shell::is_wordable(&text) {
        words.push(format!("--data-raw {}", shell::word(&text)));
        return words.join(" ");
    }
    words.push("--data-binary @-".to_owned());
    format!("{} | {}", shell::print(&text), words.join(" "))
}

fn bare_or_quoted(method: &Redacted) -> String {
    let shown = method.shown();
    if shown.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        shown
    } else {
        shell::word(method)
    }
}
