use challenge_spec::{
    matcher::Matcher,
    model::{Expect, StatusSet},
};
use report::model::{Mismatch, Trouble};
use serde_json::Value;

use super::{ExpectationError, ExpectationReason, Judged, body, diff::diff, matcher, pick::Pick};
use crate::{
    exchange::{Exchanged, Received},
    expression::Scope,
    matching::{MAX_MISMATCHES, evaluate},
};

/// What an answer must be, and what is kept of it; its templates are rendered.
#[derive(Debug, Clone)]
pub struct Expectation {
    status: Option<StatusSet>,
    headers: Vec<(String, Matcher)>,
    json: Option<Matcher>,
    text: Option<Matcher>,
    paths: Vec<(Pick, Matcher)>,
    captures: Vec<(String, Source)>,
}

/// Where a kept value comes from.
#[derive(Debug, Clone)]
enum Source {
    Path(Pick),
    Header(String),
    Status,
    Body,
}

impl Expectation {
    /// Renders an author's expectation. Done before the request is sent, so that a mistake in it
    /// costs nothing.
    pub fn new(expect: &Expect, scope: &Scope) -> Result<Self, ExpectationError> {
        Ok(Self {
            status: expect.status.clone(),
            headers: expect
                .headers
                .iter()
                .map(|(name, expected)| Ok((name.clone(), matcher(expected, scope)?)))
                .collect::<Result<_, _>>()?,
            json: expect
                .json
                .as_ref()
                .map(|expected| matcher(expected, scope))
                .transpose()?,
            text: expect
                .text
                .as_ref()
                .map(|expected| matcher(expected, scope))
                .transpose()?,
            paths: expect
                .paths
                .iter()
                .map(|(path, expected)| Ok((Pick::parse(path)?, matcher(expected, scope)?)))
                .collect::<Result<_, _>>()?,
            captures: expect
                .capture
                .iter()
                .map(|(name, source)| Ok((name.clone(), Source::parse(source)?)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Compares what came with what is expected. An answer that is not whole matches nothing, not
    /// even an expectation that asks for nothing.
    pub fn judge(&self, exchanged: &Exchanged) -> Judged {
        let Some(answer) = exchanged.whole() else {
            return Judged {
                mismatches: vec![not_whole(exchanged.trouble.as_ref())],
                ..Judged::default()
            };
        };
        self.judge_whole(answer)
    }

    /// Compares a whole answer with what is expected.
    pub fn judge_whole(&self, answer: &Received) -> Judged {
        let mut judged = Judged::default();
        let status = answer.status.as_u16();
        if let Some(wanted) = &self.status
            && !wanted.contains(status)
        {
            judged.mismatches.push(Mismatch {
                at: "status".to_owned(),
                expected: wanted.to_string(),
                actual: status.to_string(),
            });
        }
        for (name, matcher) in &self.headers {
            let value = answer.header(name).map(Value::String);
            let found = evaluate(matcher, value.as_ref(), &format!("header {name}"));
            judged.mismatches.extend(found);
        }
        if let Some(matcher) = &self.text {
            let found = evaluate(matcher, Some(&text(answer)), "body");
            judged.mismatches.extend(found);
        }
        let json = self.wants_json().then(|| body::json(answer));
        match &json {
            None => {}
            Some(Err(mismatch)) => judged.mismatches.push(mismatch.clone()),
            Some(Ok(json)) => self.judge_json(json, &mut judged),
        }
        self.capture(answer, json.and_then(Result::ok).as_ref(), &mut judged);
        judged.mismatches.truncate(MAX_MISMATCHES);
        judged
    }

    /// Which statuses are right; none where any is.
    pub fn statuses(&self) -> Option<&StatusSet> {
        self.status.as_ref()
    }

    fn wants_json(&self) -> bool {
        let captured = |(_, source): &(String, Source)| matches!(source, Source::Path(_));
        self.json.is_some() || !self.paths.is_empty() || self.captures.iter().any(captured)
    }

    fn judge_json(&self, json: &Value, judged: &mut Judged) {
        if let Some(matcher) = &self.json {
            let found = evaluate(matcher, Some(json), "json $");
            if !found.is_empty() {
                judged.diff = diff(matcher, json);
            }
            judged.mismatches.extend(found);
        }
        for (pick, matcher) in &self.paths {
            let at = format!("json {}", pick.written);
            let found = evaluate(matcher, pick.of(json).as_ref(), &at);
            judged.mismatches.extend(found);
        }
    }

    fn capture(&self, answer: &Received, json: Option<&Value>, judged: &mut Judged) {
        for (name, source) in &self.captures {
            let value = match source {
                Source::Status => Some(Value::from(answer.status.as_u16())),
                Source::Body => Some(text(answer)),
                Source::Header(header) => answer.header(header).map(Value::String),
                // That the body is no JSON has been said.
                Source::Path(_) if json.is_none() => continue,
                Source::Path(pick) => json.and_then(|json| pick.of(json)),
            };
            match value {
                Some(value) => judged.captures.push((name.clone(), value)),
                None => judged.mismatches.push(Mismatch {
                    at: source.place(),
                    expected: format!("a value, to be kept as `{name}`"),
                    actual: "nothing".to_owned(),
                }),
            }
        }
    }
}

impl Source {
    fn parse(written: &str) -> Result<Self, ExpectationError> {
        match written {
            "status" => Ok(Self::Status),
            "body" => Ok(Self::Body),
            path if path.starts_with('$') => Pick::parse(path).map(Self::Path),
            other => match other.strip_prefix("header:") {
                Some(name) => Ok(Self::Header(name.trim().to_owned())),
                None => Err(ExpectationError::by_author(ExpectationReason::Capture(
                    other.to_owned(),
                ))),
            },
        }
    }

    fn place(&self) -> String {
        match self {
            Self::Path(pick) => format!("json {}", pick.written),
            Self::Header(name) => format!("header {name}"),
            Self::Status => "status".to_owned(),
            Self::Body => "body".to_owned(),
        }
    }
}

fn text(answer: &Received) -> Value {
    Value::String(String::from_utf8_lossy(&answer.body).into_owned())
}

fn not_whole(trouble: Option<&Trouble>) -> Mismatch {
    let actual = match trouble {
        None => "none".to_owned(),
        Some(Trouble::Refused(why)) => format!("no connection: {why}"),
        Some(Trouble::Closed(why)) => format!("the connection ended before the answer did: {why}"),
        Some(Trouble::TimedOut(limit)) => format!("no whole answer within {limit} ms"),
        Some(Trouble::TooLarge(limit)) => format!("a body of more than {limit} bytes"),
        Some(Trouble::Invalid(why)) => format!("no valid HTTP: {why}"),
    };
    Mismatch {
        at: "answer".to_owned(),
        expected: "a whole answer".to_owned(),
        actual,
    }
}
