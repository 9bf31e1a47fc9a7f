//! Which operation a request is.

use http::Method;
use serde_json::Value;

use super::{
    document::Document,
    pointer::{Spot, decoded, resolved},
};

/// How many parameters one part of a path may have; trying them takes longer with each.
const MOST_IN_A_PART: usize = 3;

/// An operation of a document.
#[derive(Debug)]
pub(super) struct Operation<'a> {
    /// `POST /orders`.
    name: String,
    pub(super) spot: Spot<'a>,
}

impl Operation<'_> {
    /// A part of an exchange, for people.
    pub(super) fn at(&self, part: &str) -> String {
        format!("{}: {part}", self.name)
    }
}

/// The operation that a request is: paths without parameters go before those with some. What is not
/// described for HEAD is for GET.
pub(super) fn find<'a>(
    document: &'a Document,
    method: &Method,
    path: &str,
) -> Option<Operation<'a>> {
    let mut found: Vec<(usize, &str, Spot<'a>)> = paths(document)
        .filter(|(template, item)| {
            let mut bases = bases(document, item);
            bases.any(|base| {
                path.strip_prefix(&base)
                    .is_some_and(|rest| fits(template, rest))
            })
        })
        .map(|(template, item)| (template.matches('{').count(), template, item))
        .collect();
    found.sort_by_key(|(parameters, ..)| *parameters);
    let methods: &[&str] = match *method {
        Method::HEAD => &["head", "get"],
        _ => &[&method.as_str().to_ascii_lowercase()],
    };
    methods.iter().find_map(|name| {
        found.iter().find_map(|(_, template, item)| {
            Some(Operation {
                name: format!("{} {template}", name.to_ascii_uppercase()),
                spot: item.key(name)?,
            })
        })
    })
}

/// Whether an operation is described, whatever its parameters are called.
pub(super) fn describes(document: &Document, method: &str, path: &str) -> bool {
    let wanted = nameless(path);
    paths(document).any(|(template, item)| {
        let mut bases = bases(document, &item);
        item.key(&method.to_ascii_lowercase()).is_some()
            && bases.any(|base| nameless(&format!("{base}{template}")) == wanted)
    })
}

fn paths(document: &Document) -> impl Iterator<Item = (&str, Spot<'_>)> {
    let paths = Spot::root(&document.root).and_then(|root| root.key("paths"));
    let keys: Vec<_> = paths.iter().flat_map(Spot::keys).collect();
    keys.into_iter()
        .filter(|key| key.starts_with('/'))
        .filter_map(move |key| {
            let item = resolved(&document.root, paths.as_ref()?.key(key)?)?;
            Some((key, item))
        })
}

/// What may stand before a path: that of any server, and nothing, for a server's address is often
/// what a proxy makes of it.
fn bases<'a>(document: &'a Document, item: &Spot<'a>) -> impl Iterator<Item = String> {
    let operations = item
        .value
        .values()
        .filter_map(|operation| operation.get("servers"));
    let servers = document.root.get("servers").into_iter();
    let servers = servers.chain(item.value.get("servers")).chain(operations);
    let mut bases: Vec<String> = servers
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(base)
        .collect();
    bases.push(String::new());
    bases.into_iter()
}

/// The path of a server's URL, its variables filled in with their defaults.
fn base(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server
        .get("variables")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let default = variable.get("default").and_then(Value::as_str)?;
        url = url.replace(&format!("{{{name}}}"), default);
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url.as_str(),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/').trim_start_matches("./");
    Some(match path {
        "" | "." => String::new(),
        path if path.starts_with('/') => path.to_owned(),
        path => format!("/{path}"),
    })
}

/// Whether a path is one of a template. A parameter takes at least one character and no `/`.
fn fits(template: &str, path: &str) -> bool {
    let (templates, parts) = (template.split('/'), path.split('/'));
    template.matches('/').count() == path.matches('/').count()
        && templates
            .zip(parts)
            .all(|(template, part)| fits_part(template, &decoded(part)))
}

fn fits_part(template: &str, part: &str) -> bool {
    if template.matches('{').count() > MOST_IN_A_PART {
        return false;
    }
    let Some((before, rest)) = template.split_once('{') else {
        return decoded(template) == part;
    };
    let Some((_, after)) = rest.split_once('}') else {
        return template == part;
    };
    let Some(rest) = part.strip_prefix(before) else {
        return false;
    };
    // Several parameters in one part: the shortest text for the first that lets the others fit.
    match after.split('{').next().unwrap_or_default() {
        "" if after.is_empty() => !rest.is_empty(),
        "" => rest
            .char_indices()
            .skip(1)
            .any(|(end, _)| fits_part(after, &rest[end..])),
        literal => rest
            .match_indices(literal)
            .any(|(end, _)| end > 0 && fits_part(after, &rest[end..])),
    }
}

fn nameless(path: &str) -> String {
    let mut nameless = String::new();
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        nameless.push(character);
    }
    nameless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_whole_parts() {
        assert!(fits("/orders/{id}", "/orders/17"));
        assert!(fits("/orders/{id}", "/orders/a%2Fb"));
        assert!(fits("/files/{name}.{ending}", "/files/a.b.txt"));
        assert!(fits("/{a}{b}", "/xy"));
        assert!(fits("/a%20b", "/a b"));
        for other in ["/orders/", "/orders", "/orders/17/lines", "/order/17"] {
            assert!(!fits("/orders/{id}", other), "{other}");
        }
        assert!(!fits("/files/{name}.txt", "/files/.txt"));
        assert!(!fits("/{a}{b}", "/x"));
    }

    #[test]
    fn a_servers_path_is_its_base() {
        let of = |url: &str| {
            base(&serde_json::json!({ "url": url, "variables": { "v": { "default": "v2" } } }))
        };
        for (url, expected) in [
            ("https://example.com", ""),
            ("https://example.com/", ""),
            ("https://example.com/api/{v}/", "/api/v2"),
            ("/v1", "/v1"),
            ("/", ""),
            ("v1/", "/v1"),
            ("./v1", "/v1"),
        ] {
            assert_eq!(of(url).unwrap(), expected, "{url}");
        }
    }
}
