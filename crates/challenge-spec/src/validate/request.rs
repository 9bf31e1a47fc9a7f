use serde_json_path::JsonPath;

use super::{quantities, scope::Origin, steps::Walk};
use crate::{
    finding::Finding,
    model::{Request, StatusClass},
    path::{Part, Path},
    suggestion,
};

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// One request, and what is expected of its answer.
pub(super) fn look(walk: &mut Walk<'_>, request: &Request, path: &Path) {
    walk.findings
        .extend(line(&request.send.0, &path.key("send")));
    walk.template(&request.send, &path.key("send"));
    for (name, value) in &request.query {
        walk.json(&value.0, &path.key("query").key(name));
    }
    for (name, template) in &request.headers {
        let path = path.key("headers").key(name);
        walk.findings.extend(header_name(path.clone(), name));
        walk.template(template, &path);
    }
    bodies(walk, request, path);
    if let Some(timeout) = request.timeout {
        walk.findings
            .extend(quantities::no_time(path.key("timeout"), timeout));
    }
    expectation(walk, request, &path.key("expect"));
}

fn bodies(walk: &mut Walk<'_>, request: &Request, path: &Path) {
    if let Some(json) = &request.json {
        walk.json(&json.0, &path.key("json"));
    }
    for (name, value) in request.form.iter().flatten() {
        walk.json(&value.0, &path.key("form").key(name));
    }
    if let Some(body) = &request.body {
        walk.template(body, &path.key("body"));
    }
    let given = [
        ("json", request.json.is_some()),
        ("form", request.form.is_some()),
        ("body", request.body.is_some()),
    ];
    let mut given = given
        .iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| *key);
    if let Some(first) = given.next() {
        for other in given {
            walk.findings.push(
                Finding::key(
                    path.key(other),
                    format!("a request has one body: `{first}` or `{other}`, not both"),
                )
                .label("one body too many")
                .also(path.key(first), Part::Key, "the other one"),
            );
        }
    }
}

fn expectation(walk: &mut Walk<'_>, request: &Request, path: &Path) {
    let expect = &request.expect;
    for (name, expected) in &expect.headers {
        let path = path.key("headers").key(name);
        walk.findings.extend(header_name(path.clone(), name));
        walk.expected(expected, &path);
    }
    if let Some(json) = &expect.json {
        walk.expected(json, &path.key("json"));
    }
    if let Some(text) = &expect.text {
        walk.expected(text, &path.key("text"));
    }
    for (json_path, expected) in &expect.paths {
        let path = path.key("paths").key(json_path);
        walk.findings
            .extend(json_path_mistake(&path, Part::Key, json_path));
        walk.expected(expected, &path);
    }
    for (name, source) in &expect.capture {
        let path = path.key("capture").key(name);
        walk.findings.extend(capture_source(&path, source));
        walk.make(name, Origin::Capture, path);
    }
}

/// `POST /orders`, with templates after the method.
pub(super) fn line(send: &str, path: &Path) -> Option<Finding> {
    let finding = |message: String| Finding::value(path.clone(), message);
    let expected = "write a method and a path, such as `POST /orders`".to_owned();
    let (method, target) = match send.split_once(' ') {
        Some((method, target)) => (method, target.trim_start()),
        None if send.starts_with('/') || send.starts_with("http") => {
            return Some(
                finding("the method is missing".to_owned())
                    .help(format!("did you mean `GET {send}`?")),
            );
        }
        None => {
            return Some(finding("the path is missing".to_owned()).help(expected));
        }
    };
    if method.starts_with("{{") {
        return None;
    }
    if !METHODS.contains(&method) {
        if method.starts_with('/') {
            return Some(finding("the method is missing".to_owned()).help(expected));
        }
        return Some(
            finding(format!("`{method}` is no HTTP method"))
                .help(suggestion::help(method, METHODS.iter().copied()))
                .inside(Some(0..method.len())),
        );
    }
    if !target.starts_with('/') && !target.starts_with("{{") {
        let help = match target.split_once("://") {
            Some((_, rest)) => {
                let path = rest.find('/').map_or("/", |slash| &rest[slash..]);
                format!("the host is the submission; write the path alone: `{method} {path}`")
            }
            None => format!("did you mean `{method} /{target}`?"),
        };
        return Some(finding(format!("`{target}` is no path")).help(help));
    }
    let outside: String = outside_templates(target);
    outside.contains(char::is_whitespace).then(|| {
        finding("the path has a space in it".to_owned())
            .help("write %20, or give it under `query`".to_owned())
    })
}

/// The text with each `{{ ... }}` and `{% ... %}` replaced by `x`.
pub(super) fn outside_templates(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some(open) = [rest.find("{{"), rest.find("{%")]
        .into_iter()
        .flatten()
        .min()
    {
        let close = if rest[open..].starts_with("{{") {
            "}}"
        } else {
            "%}"
        };
        outside.push_str(&rest[..open]);
        outside.push('x');
        rest = match rest[open..].find(close) {
            Some(end) => &rest[open + end + 2..],
            None => "",
        };
    }
    outside + rest
}

pub(super) fn header_name(path: Path, name: &str) -> Option<Finding> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_name = !name.is_empty() && name.bytes().all(is_token);
    (!is_name).then(|| Finding::key(path, format!("`{name}` is no name of a header")))
}

/// A JSONPath that does not parse.
pub(super) fn json_path_mistake(path: &Path, part: Part, json_path: &str) -> Option<Finding> {
    let error = JsonPath::parse(json_path).err()?;
    let help = if json_path.starts_with('$') {
        "paths look like `$.items[0].id` or `$.items[*].id`".to_owned()
    } else if JsonPath::parse(&format!("$.{json_path}")).is_ok() {
        format!("did you mean `$.{json_path}`?")
    } else {
        "paths begin with `$`, as in `$.items[0].id`".to_owned()
    };
    Some(
        Finding {
            part,
            ..Finding::value(
                path.clone(),
                format!("this JSONPath does not parse: {error}"),
            )
        }
        .help(help),
    )
}

fn capture_source(path: &Path, source: &str) -> Option<Finding> {
    if source == "status" || source == "body" {
        return None;
    }
    if let Some(name) = source.strip_prefix("header:") {
        return header_name(path.clone(), name.trim()).map(|finding| Finding {
            part: Part::Value,
            ..finding
        });
    }
    if source.starts_with('$') {
        return json_path_mistake(path, Part::Value, source);
    }
    let words = ["status", "body", "header:NAME"];
    let help = match suggestion::nearest(source, words) {
        Some(near) => format!("did you mean `{near}`?"),
        None if JsonPath::parse(&format!("$.{source}")).is_ok() => {
            format!("did you mean `$.{source}`?")
        }
        None => "write a JSONPath (`$.id`), `header:NAME`, `status` or `body`".to_owned(),
    };
    Some(
        Finding::value(path.clone(), format!("`{source}` is nothing to capture"))
            .label("expected `$...`, `header:NAME`, `status` or `body`")
            .help(help),
    )
}

/// `201`, `4xx` or `trouble`.
pub(super) fn is_tally_key(key: &str) -> bool {
    key == "trouble" || StatusClass::parse(key).is_some()
}

pub(super) fn unknown_tally_key(path: Path, key: &str) -> Finding {
    let help = match suggestion::nearest(key, ["trouble"]) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "write a status (`201`), a class (`4xx`), or `trouble` for no whole answer".to_owned()
        }
    };
    Finding::key(path, format!("`{key}` is nothing to count answers by"))
        .label("expected a status")
        .help(help)
}
