//! Whether two apps answer alike: what each chooses for itself (ids, times, key order, how a number or
//! a header's name is written) left aside.

mod headers;
mod pairs;

use challenge_spec::model::Compare;
use chrono::{DateTime, NaiveDateTime};
use http::StatusCode;
use report::model::Mismatch;
use serde_json::{Map, Value};

use crate::{
    exchange::Received,
    matching::{MAX_MISMATCHES, shown},
};
use pairs::Pairs;

/// Of a problem (RFC 9457) these are texts for people, and a name for one occurrence.
const OF_PROBLEMS: [&str; 3] = ["title", "detail", "instance"];

/// Compares the answers of one series of requests; which id stands for which is kept from one to the
/// next.
#[derive(Debug)]
pub struct Alike<'a> {
    rules: &'a Compare,
    pairs: Pairs,
}

/// One answer against its counterpart.
struct Comparison<'a, 'b> {
    alike: &'b mut Alike<'a>,
    operation: &'b str,
    is_problem: bool,
    differences: Vec<Mismatch>,
}

impl<'a> Alike<'a> {
    /// For a new series.
    pub fn new(rules: &'a Compare) -> Self {
        Self {
            rules,
            pairs: Pairs::default(),
        }
    }

    /// Takes in a value that both sides were given: an id in it stands for itself.
    pub fn know(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.pairs.know(text),
            Value::Array(items) => items.iter().for_each(|item| self.know(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.know(field)),
            _ => {}
        }
    }

    /// Where an answer to an operation differs from the reference's; `expected` is the reference's. The
    /// operation is a name that the same requests of a series have in common.
    pub fn compare(
        &mut self,
        operation: &str,
        answer: &Received,
        reference: &Received,
    ) -> Vec<Mismatch> {
        let of_type = media(reference);
        let mut comparison = Comparison {
            operation,
            is_problem: of_type == "application/problem+json",
            differences: Vec::new(),
            alike: self,
        };
        comparison.status(answer.status, reference.status);
        if !(answer.body.is_empty() && reference.body.is_empty()) {
            comparison.plain("header Content-Type", &media(answer), &of_type);
            comparison.bodies(answer, reference);
        }
        for name in &comparison.alike.rules.headers {
            let (ours, theirs) = (answer.header(name), reference.header(name));
            comparison.header(name, ours.as_deref(), theirs.as_deref());
        }
        let mut differences = comparison.differences;
        differences.truncate(MAX_MISMATCHES);
        differences
    }
}

impl Comparison<'_, '_> {
    fn tell(&mut self, at: &str, expected: String, actual: String) {
        self.differences.push(Mismatch {
            at: at.to_owned(),
            expected,
            actual,
        });
    }

    fn status(&mut self, answer: StatusCode, reference: StatusCode) {
        self.plain("status", answer.as_str(), reference.as_str());
    }

    fn plain(&mut self, at: &str, answer: &str, reference: &str) {
        if answer != reference {
            self.tell(at, said(reference), said(answer));
        }
    }

    /// What is no JSON at the reference is not looked into.
    fn bodies(&mut self, answer: &Received, reference: &Received) {
        let Ok(theirs) = serde_json::from_slice::<Value>(&reference.body) else {
            return;
        };
        match serde_json::from_slice::<Value>(&answer.body) {
            Ok(ours) => self.values("json $", None, Some(&ours), &theirs),
            Err(error) => self.tell("body", "JSON".to_owned(), format!("no JSON ({error})")),
        }
    }

    fn values(&mut self, at: &str, key: Option<&str>, ours: Option<&Value>, theirs: &Value) {
        if self.differences.len() > MAX_MISMATCHES {
            return;
        }
        match (ours.unwrap_or(&Value::Null), theirs) {
            (Value::Object(ours), Value::Object(theirs)) => self.objects(at, ours, theirs),
            (Value::Array(ours), Value::Array(theirs)) => {
                if ours.len() != theirs.len() {
                    let items = |list: &[Value]| format!("{} items", list.len());
                    self.tell(at, items(theirs), items(ours));
                }
                let unordered = &self.alike.rules.unordered;
                let ours = if key.is_some_and(|key| unordered.iter().any(|other| other == key)) {
                    self.in_order_of(at, key, ours, theirs)
                } else {
                    ours.iter().collect()
                };
                for (place, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
                    self.values(&format!("{at}[{place}]"), key, Some(ours), theirs);
                }
            }
            (ours, theirs) if self.are_ids(key, ours, theirs) => {
                let place = format!("{} {}", self.operation, without_places(at));
                if let Err((expected, actual)) = self.alike.pairs.pair(&place, ours, theirs) {
                    self.tell(at, expected, actual);
                }
            }
            (ours, theirs) => {
                if !scalars_alike(ours, theirs) {
                    let actual = if ours.is_null() {
                        "nothing".to_owned()
                    } else {
                        shown(ours)
                    };
                    self.tell(at, shown(theirs), actual);
                }
            }
        }
    }

    /// Each item where its counterpart is; those without one stay in their order.
    fn in_order_of<'v>(
        &mut self,
        at: &str,
        key: Option<&str>,
        ours: &'v [Value],
        theirs: &[Value],
    ) -> Vec<&'v Value> {
        let mut left: Vec<&Value> = ours.iter().collect();
        let at = &format!("{at}[0]");
        let places: Vec<Option<&Value>> = theirs
            .iter()
            .map(|their| {
                let place = left
                    .iter()
                    .position(|our| self.is_alike(at, key, our, their))?;
                Some(left.remove(place))
            })
            .collect();
        let mut left = left.into_iter();
        let mut ordered: Vec<&Value> = places
            .into_iter()
            .filter_map(|found| found.or_else(|| left.next()))
            .collect();
        ordered.extend(left);
        ordered
    }

    /// Takes no ids in.
    fn is_alike(&mut self, at: &str, key: Option<&str>, ours: &Value, theirs: &Value) -> bool {
        let pairs = self.alike.pairs.clone();
        let before = std::mem::take(&mut self.differences);
        self.values(at, key, Some(ours), theirs);
        let found = std::mem::replace(&mut self.differences, before);
        self.alike.pairs = pairs;
        found.is_empty()
    }

    /// By the reference's keys: what it does not have is not looked at.
    fn objects(&mut self, at: &str, ours: &Map<String, Value>, theirs: &Map<String, Value>) {
        for (key, their) in theirs {
            let ignored = self.alike.rules.ignore.contains(key)
                || self.is_problem && at == "json $" && OF_PROBLEMS.contains(&key.as_str());
            if !ignored {
                self.values(&format!("{at}.{key}"), Some(key), ours.get(key), their);
            }
        }
    }

    fn are_ids(&self, key: Option<&str>, ours: &Value, theirs: &Value) -> bool {
        let scalar = |value: &Value| value.is_string() || value.is_number();
        if !scalar(ours) || !scalar(theirs) {
            return false;
        }
        let named = key.is_some_and(|key| {
            let ids = &self.alike.rules.ids;
            let one = key.strip_suffix('s').unwrap_or(key);
            ids.iter().any(|id| id == key)
                || [key, one].iter().any(|key| {
                    *key == "id" || *key == "uuid" || key.ends_with("_id") || key.ends_with("Id")
                })
        });
        let is_uuid = |value: &Value| {
            let text = value.as_str().filter(|text| text.len() == 36);
            text.is_some_and(|text| uuid::Uuid::parse_str(text).is_ok())
        };
        named || is_uuid(ours) && is_uuid(theirs)
    }
}

/// `1` is `1.0`, and a time is a time, whatever its precision and zone.
fn scalars_alike(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            ours == theirs
                || ours.as_i64().is_none() | theirs.as_i64().is_none()
                    && ours.as_f64() == theirs.as_f64()
        }
        (Value::String(ours), Value::String(theirs)) => {
            ours == theirs || is_time(ours) && is_time(theirs)
        }
        _ => ours == theirs,
    }
}

fn is_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
}

/// `$.items[3].id` is of one kind with `$.items[4].id`.
fn without_places(at: &str) -> String {
    at.chars()
        .filter(|character| !character.is_ascii_digit())
        .collect()
}

fn media(answer: &Received) -> String {
    let of_type = answer.header("content-type").unwrap_or_default();
    let essence = of_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn said(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        text.to_owned()
    }
}
