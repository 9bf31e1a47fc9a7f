//! What a route answers to: a method, and a path some of whose segments are free.

use std::borrow::Cow;

/// `GET /prices/{sku}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    method: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Free(String),
}

/// What stands in a call's path for the names of its pattern.
pub(super) type Found<'a> = Vec<(&'a str, Cow<'a, str>)>;

impl Pattern {
    /// Reads one.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (method, path) = text.split_once(' ').ok_or_else(|| {
            "a method and a path are needed, such as `GET /prices/{sku}`".to_owned()
        })?;
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("`{method}` is no method"));
        }
        let path = path
            .strip_prefix('/')
            .ok_or_else(|| format!("the path `{path}` does not begin with `/`"))?;
        if let Some(odd) = path.chars().find(|c| " ?#".contains(*c) || c.is_control()) {
            return Err(format!("a path has no {odd:?}; a query is not looked at"));
        }
        let mut segments: Vec<Segment> = Vec::new();
        for text in path.split('/') {
            let segment = Segment::parse(text)?;
            match &segment {
                Segment::Free(name) if segments.contains(&segment) => {
                    return Err(format!("`{{{name}}}` is there twice"));
                }
                Segment::Fixed(_) | Segment::Free(_) => segments.push(segment),
            }
        }
        Ok(Self {
            method: method.to_owned(),
            segments,
        })
    }

    /// The names of its free segments.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Free(name) => Some(name.as_str()),
            Segment::Fixed(_) => None,
        })
    }

    /// What stands for its names, where it fits a call.
    pub(super) fn fits<'a>(&'a self, method: &str, path: &'a str) -> Option<Found<'a>> {
        if self.method != method {
            return None;
        }
        let mut given = path.strip_prefix('/')?.split('/');
        let mut found = Vec::new();
        for segment in &self.segments {
            let given = decoded(given.next()?);
            match segment {
                Segment::Fixed(text) if *text == given => {}
                Segment::Free(name) if !given.is_empty() => found.push((name.as_str(), given)),
                Segment::Fixed(_) | Segment::Free(_) => return None,
            }
        }
        given.next().is_none().then_some(found)
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, String> {
        let Some(name) = text.strip_prefix('{') else {
            if text.contains(['{', '}']) {
                return Err(format!(
                    "`{text}` is free in a part only; `{{name}}` stands for a whole segment"
                ));
            }
            return Ok(Self::Fixed(text.to_owned()));
        };
        let name = name.strip_suffix('}').unwrap_or_default();
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if name.is_empty() || !is_name {
            return Err(format!(
                "`{text}` is no `{{name}}` of letters, digits and underscores"
            ));
        }
        Ok(Self::Free(name.to_owned()))
    }
}

/// Without `%41`; as it stands where that would be no text.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let coded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        plain.push(coded.unwrap_or(*byte));
        at += if coded.is_some() { 3 } else { 1 };
    }
    String::from_utf8(plain).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, method: &str, path: &str) -> Option<Vec<(String, String)>> {
        let pattern = Pattern::parse(pattern).unwrap();
        let found = pattern.fits(method, path)?;
        let owned = found.into_iter();
        Some(
            owned
                .map(|(name, text)| (name.to_owned(), text.into_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_call_fits_segment_by_segment() {
        let sku = |text: &str| Some(vec![("sku".to_owned(), text.to_owned())]);
        let on = "GET /prices/{sku}";
        assert_eq!(found(on, "GET", "/prices/a"), sku("a"));
        assert_eq!(found(on, "GET", "/prices/a%20%c3%a9"), sku("a é"));
        assert_eq!(found(on, "GET", "/prices/%ff%"), sku("%ff%"));
        for (method, path) in [
            ("POST", "/prices/a"),
            ("GET", "/prices/"),
            ("GET", "/prices"),
            ("GET", "/prices/a/"),
            ("GET", "/prices/a/b"),
            ("GET", "/price/a"),
            ("GET", "*"),
        ] {
            assert_eq!(found(on, method, path), None, "{method} {path}");
        }
        assert_eq!(found("GET /", "GET", "/"), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for (text, told) in [
            ("/prices", "a method and a path"),
            ("get /prices", "`get` is no method"),
            ("GET prices", "does not begin with `/`"),
            ("GET /prices?sku=1", "has no '?'"),
            ("GET /a b", "has no ' '"),
            ("GET /{a}/{a}", "`{a}` is there twice"),
            ("GET /{a b}", "has no ' '"),
            ("GET /{}", "`{}` is no"),
            ("GET /{a", "`{a` is no"),
            ("GET /p-{a}", "free in a part only"),
        ] {
            let why = Pattern::parse(text).unwrap_err();
            assert!(why.contains(told), "{text}: {why}");
        }
    }
}
