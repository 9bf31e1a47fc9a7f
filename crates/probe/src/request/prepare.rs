use bytes::Bytes;
use challenge_spec::model::{Request, Template, TemplateJson};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use indexmap::IndexMap;
use serde_json::Value;

use super::{
    PrepareError, PrepareReason, Prepared, USER_AGENT,
    percent::{self, Style},
};
use crate::expression::{RenderError, Scope};

/// Renders a request's templates and decides every byte of it. `host` is what `Host` says.
///
/// Added where the author gives none: `Host`, `User-Agent`, `Accept: */*`, and where there is a body
/// its `Content-Type`; always `Content-Length` where there is a body or the method has one.
pub fn prepare(request: &Request, scope: &Scope, host: &str) -> Result<Prepared, PrepareError> {
    let failed = |captures, reason| PrepareError {
        send: request.send.0.clone(),
        captures,
        reason,
    };
    let line = scope
        .render_text(&request.send)
        .map_err(|error| failed(error.captures.clone(), error.into()))?;
    let query = rendered(scope, &request.query)
        .and_then(|query| percent::fields(query, Style::Query))
        .map_err(|reason| failed(captures(scope, request.query.values()), reason))?;
    let (method, target) = first_line(&line, &query)
        .map_err(|reason| failed(scope.captures_in_str(&request.send.0), reason))?;
    let body = body(request, scope)?;
    let mut headers = HeaderMap::new();
    let set = |headers: &mut HeaderMap, name: &str, value: &str| {
        header(name, value)
            .map(|(name, value)| headers.append(name, value))
            .map_err(|reason| failed(Vec::new(), reason))
    };
    let given = |name: HeaderName| request.headers.keys().any(|key| name == key.as_str());
    for (name, value) in [
        (header::HOST, host),
        (header::USER_AGENT, USER_AGENT),
        (header::ACCEPT, "*/*"),
    ] {
        if !given(name.clone()) {
            set(&mut headers, name.as_str(), value)?;
        }
    }
    for (name, template) in &request.headers {
        let value = scope
            .render_text(template)
            .map_err(|error| failed(error.captures.clone(), error.into()))?;
        let (name, value) = author_header(name, &value)
            .map_err(|reason| failed(scope.captures_in_str(&template.0), reason))?;
        headers.append(name, value);
    }
    if let Some(body) = &body
        && !given(header::CONTENT_TYPE)
    {
        set(&mut headers, "content-type", body.content_type)?;
    }
    let has_length = body.is_some() || matches!(method.as_str(), "POST" | "PUT" | "PATCH");
    let bytes = body.map(|body| body.bytes).unwrap_or_default();
    if has_length {
        headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    }
    Ok(Prepared {
        method,
        target,
        headers: host_first(headers),
        body: bytes,
    })
}

struct Body {
    bytes: Bytes,
    content_type: &'static str,
}

fn body(request: &Request, scope: &Scope) -> Result<Option<Body>, PrepareError> {
    let failed = |captures, reason| PrepareError {
        send: request.send.0.clone(),
        captures,
        reason,
    };
    let unrendered = |error: RenderError| failed(error.captures.clone(), error.into());
    let (bytes, content_type) = match (&request.json, &request.form, &request.body) {
        (None, None, None) => return Ok(None),
        (Some(TemplateJson(json)), None, None) => {
            let json = scope.render_json(json).map_err(unrendered)?;
            (json.to_string(), "application/json")
        }
        (None, Some(form), None) => {
            let text = rendered(scope, form)
                .and_then(|form| percent::fields(form, Style::Form))
                .map_err(|reason| failed(captures(scope, form.values()), reason))?;
            (text, "application/x-www-form-urlencoded")
        }
        (None, None, Some(body)) => (
            scope.render_text(body).map_err(unrendered)?,
            "text/plain; charset=utf-8",
        ),
        _ => return Err(failed(Vec::new(), PrepareReason::SeveralBodies)),
    };
    Ok(Some(Body {
        bytes: bytes.into(),
        content_type,
    }))
}

fn rendered<'a>(
    scope: &Scope,
    fields: &'a IndexMap<String, TemplateJson>,
) -> Result<Vec<(&'a str, Value)>, PrepareReason> {
    fields
        .iter()
        .map(|(key, TemplateJson(value))| Ok((key.as_str(), scope.render_json(value)?)))
        .collect()
}

fn captures<'a>(scope: &Scope, fields: impl Iterator<Item = &'a TemplateJson>) -> Vec<String> {
    fields
        .flat_map(|TemplateJson(value)| scope.captures_in_json(value))
        .collect()
}

fn first_line(line: &str, query: &str) -> Result<(Method, Uri), PrepareReason> {
    let wrong = || PrepareReason::Line(line.chars().take(200).collect());
    let (method, target) = line.split_once(' ').ok_or_else(wrong)?;
    let target = target.trim_start_matches(' ');
    if !target.starts_with('/') {
        return Err(wrong());
    }
    // The answer to CONNECT is no answer but a tunnel.
    let method = Method::from_bytes(method.as_bytes())
        .ok()
        .filter(|method| method != Method::CONNECT)
        .ok_or_else(|| PrepareReason::Method(method.to_owned()))?;
    let mut target = percent::target(target);
    if !query.is_empty() {
        target.push(match target.rfind('?') {
            None => '?',
            Some(_) => '&',
        });
        target.push_str(query);
    }
    let uri = Uri::try_from(target.as_str()).map_err(|source| PrepareReason::Target {
        target: target.chars().take(200).collect(),
        source,
    })?;
    Ok((method, uri))
}

fn author_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), PrepareReason> {
    let (name, value) = header(name, value)?;
    if name == header::CONTENT_LENGTH || name == header::TRANSFER_ENCODING {
        return Err(PrepareReason::Framing(name.as_str().to_owned()));
    }
    Ok((name, value))
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), PrepareReason> {
    let value =
        HeaderValue::from_bytes(value.as_bytes()).map_err(|source| PrepareReason::HeaderValue {
            name: name.to_owned(),
            source,
        })?;
    let name =
        HeaderName::from_bytes(name.as_bytes()).map_err(|source| PrepareReason::HeaderName {
            name: name.to_owned(),
            source,
        })?;
    Ok((name, value))
}

/// An author's own `Host` stands where a client's would.
fn host_first(mut headers: HeaderMap) -> HeaderMap {
    let Some(host) = headers.get(header::HOST).cloned() else {
        return headers;
    };
    let mut ordered = HeaderMap::with_capacity(headers.len());
    ordered.append(header::HOST, host);
    let mut last = None;
    for (name, value) in headers.drain() {
        // Only the first of several values of a name carries the name.
        last = name.or(last);
        if let Some(name) = last.clone()
            && name != header::HOST
        {
            ordered.append(name, value);
        }
    }
    ordered
}

/// A template for what has no place in a request but is sent: used by callers that make requests of
/// their own, such as the question whether the app has started.
impl Prepared {
    /// `GET path` with a client's usual headers.
    pub fn get(path: &str, host: &str) -> Result<Self, PrepareError> {
        let request = Request {
            send: Template(format!("GET {path}")),
            query: IndexMap::new(),
            headers: IndexMap::new(),
            json: None,
            form: None,
            body: None,
            timeout: None,
            expect: challenge_spec::model::Expect::default(),
        };
        let scope = Scope::for_run(crate::expression::Seeds::new(0));
        prepare(&request, &scope, host)
    }
}
