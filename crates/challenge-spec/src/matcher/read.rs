use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{MATCHERS, Matcher, MatcherError, MatcherMistake};
use crate::path::{Part, Path, Segment};

mod argument;

/// What a string of the expectation stands for.
pub(super) enum Text {
    /// Itself, as the author wrote it.
    Written(Value),
    /// Data that a template gave.
    Rendered(Value),
    /// A template that is not rendered now.
    Later,
    /// A template that could not be rendered.
    Failed,
}

/// Reads one expectation and gathers its mistakes.
pub(super) struct Reader<'a> {
    text: &'a mut dyn FnMut(&str) -> Text,
    mistakes: Vec<MatcherError>,
    failed_at: Option<Path>,
    path: Path,
    exact: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a mut dyn FnMut(&str) -> Text) -> Self {
        Self {
            text,
            mistakes: Vec::new(),
            failed_at: None,
            path: Path::root(),
            exact: false,
        }
    }

    pub(super) fn into_mistakes(self) -> Vec<MatcherError> {
        self.mistakes
    }

    pub(super) fn failed_at(&self) -> Option<Path> {
        self.failed_at.clone()
    }

    /// Gives a matcher in every case; it means nothing where a mistake was found.
    pub(super) fn matcher(&mut self, expected: &Value) -> Matcher {
        match expected {
            Value::Object(fields) => self.object(fields),
            Value::Array(items) => Matcher::Array(self.matchers(items)),
            Value::String(text) => match self.text(text) {
                Some(value) => Matcher::of_data(&value, self.exact),
                None => Matcher::Any,
            },
            scalar => Matcher::Literal(scalar.clone()),
        }
    }

    fn object(&mut self, fields: &Map<String, Value>) -> Matcher {
        let single = (fields.len() == 1).then(|| fields.iter().next()).flatten();
        if let Some((name, argument)) = single
            && name.starts_with('$')
        {
            return self.within(Segment::Key(name.clone()), |reader| {
                reader.named(name, argument)
            });
        }
        let misplaced = fields.keys().find(|key| MATCHERS.contains(&key.as_str()));
        let mut matchers = IndexMap::with_capacity(fields.len());
        for (key, value) in fields {
            let matcher = self.within(Segment::Key(key.clone()), |reader| {
                if misplaced == Some(key) {
                    reader.mistake(Part::Key, MatcherMistake::NotAlone(key.clone()));
                }
                reader.matcher(value)
            });
            matchers.insert(key.clone(), matcher);
        }
        Matcher::Object {
            fields: matchers,
            exact: self.exact,
        }
    }

    fn named(&mut self, name: &str, argument: &Value) -> Matcher {
        match name {
            "$any" => self.flag("$any", argument, Matcher::Any),
            "$absent" => self.flag("$absent", argument, Matcher::Absent),
            "$type" => self.json_types(argument),
            "$range" => self.range(argument),
            "$regex" => self.regex(argument),
            "$length" => self.length(argument),
            "$format" => self.format(argument),
            "$one_of" => Matcher::OneOf(self.several("$one_of", argument, 1)),
            "$all" => Matcher::All(self.several("$all", argument, 1)),
            "$unordered" => Matcher::Unordered(self.several("$unordered", argument, 0)),
            "$not" => Matcher::Not(Box::new(self.matcher(argument))),
            "$each" => Matcher::Each(Box::new(self.matcher(argument))),
            "$contains" => Matcher::Contains(Box::new(self.matcher(argument))),
            "$sorted" => self.sorted(argument),
            "$unique" => self.unique(argument),
            "$exact" => {
                let outer = std::mem::replace(&mut self.exact, true);
                let matcher = self.matcher(argument);
                self.exact = outer;
                matcher
            }
            unknown => {
                self.mistake(Part::Key, MatcherMistake::Unknown(unknown.to_owned()));
                Matcher::Any
            }
        }
    }

    fn several(&mut self, matcher: &'static str, argument: &Value, least: usize) -> Vec<Matcher> {
        let wanted = if least == 0 {
            "a list"
        } else {
            "a list with at least one item"
        };
        match argument {
            Value::Array(items) if items.len() >= least => self.matchers(items),
            // One template may give the whole list; its items are data then.
            Value::String(text) => match self.text(text) {
                Some(Value::Array(items)) if items.len() >= least => items
                    .iter()
                    .map(|item| Matcher::of_data(item, self.exact))
                    .collect(),
                Some(other) => {
                    self.argument(matcher, wanted, &other);
                    Vec::new()
                }
                None => Vec::new(),
            },
            other => {
                self.argument(matcher, wanted, other);
                Vec::new()
            }
        }
    }

    fn matchers(&mut self, items: &[Value]) -> Vec<Matcher> {
        items
            .iter()
            .enumerate()
            .map(|(place, item)| self.within(Segment::Index(place), |reader| reader.matcher(item)))
            .collect()
    }

    /// An argument as data, its template rendered; nothing where it is known only when run.
    fn data(&mut self, argument: &Value) -> Option<Value> {
        match argument {
            Value::String(text) => self.text(text),
            other => Some(other.clone()),
        }
    }

    fn text(&mut self, text: &str) -> Option<Value> {
        match (self.text)(text) {
            Text::Written(value) | Text::Rendered(value) => Some(value),
            Text::Later => None,
            Text::Failed => {
                let path = &self.path;
                self.failed_at.get_or_insert_with(|| path.clone());
                None
            }
        }
    }

    fn argument(&mut self, matcher: &'static str, wanted: &'static str, found: &Value) {
        let found = shown(found);
        self.mistake(
            Part::Value,
            MatcherMistake::Argument {
                matcher,
                wanted,
                found,
            },
        );
    }

    fn mistake(&mut self, part: Part, mistake: MatcherMistake) {
        self.mistakes.push(MatcherError {
            at: self.path.clone(),
            part,
            mistake,
        });
    }

    fn within<T>(&mut self, segment: Segment, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let value = read(self);
        self.path.pop();
        value
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => "an empty object".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(text) => format!("the string `{text}`"),
        scalar => format!("`{scalar}`"),
    }
}
