use regex::RegexBuilder;
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

use super::{
    super::{Format, JsonType, Length, Matcher, MatcherMistake, Order, Range},
    Reader,
};
use crate::path::{Part, Segment};

/// The most bytes that a compiled regular expression may take.
const MOST_REGEX: usize = 1 << 20;

/// What stands after a matcher's name.
impl Reader<'_> {
    pub(super) fn flag(
        &mut self,
        matcher: &'static str,
        argument: &Value,
        meaning: Matcher,
    ) -> Matcher {
        if let Some(argument) = self.data(argument)
            && argument != Value::Bool(true)
        {
            self.argument(matcher, "`true`", &argument);
        }
        meaning
    }

    pub(super) fn json_types(&mut self, argument: &Value) -> Matcher {
        const WANTED: &str = "the name of a type or a list of names";
        let names = match argument {
            Value::Array(names) if !names.is_empty() => names.as_slice(),
            one => std::slice::from_ref(one),
        };
        let is_list = argument.is_array() && !names.is_empty();
        let mut types = Vec::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            let mut read = |reader: &mut Self| {
                types.extend(reader.name("$type", WANTED, name, JsonType::named));
            };
            if is_list {
                self.within(Segment::Index(place), read);
            } else {
                read(self);
            }
        }
        Matcher::Type(types)
    }

    pub(super) fn range(&mut self, argument: &Value) -> Matcher {
        const KEYS: &[&str] = &["min", "max", "above", "below"];
        let mut range = Range::default();
        let wanted = "an object with some of `min`, `max`, `above` and `below`";
        self.keyed("$range", wanted, KEYS, argument, |reader, key, value| {
            let number = reader.number("$range", value);
            match key {
                "min" => range.min = number,
                "max" => range.max = number,
                "above" => range.above = number,
                _ => range.below = number,
            }
        });
        if range.is_empty() {
            self.mistake(Part::Value, MatcherMistake::EmptyBounds("$range"));
        }
        Matcher::Range(range)
    }

    pub(super) fn length(&mut self, argument: &Value) -> Matcher {
        let mut length = Length::default();
        if argument.is_object() {
            let wanted = "a whole number, or an object with `min`, `max` or both";
            self.keyed(
                "$length",
                wanted,
                &["min", "max"],
                argument,
                |reader, key, value| {
                    let count = reader.count("$length", "a whole number of at least 0", value);
                    match key {
                        "min" => length.min = count,
                        _ => length.max = count,
                    }
                },
            );
        } else {
            let wanted = "a whole number, or an object with `min`, `max` or both";
            length.min = self.count("$length", wanted, argument);
            length.max = length.min;
        }
        if let (Some(min), Some(max)) = (length.min, length.max)
            && min > max
        {
            self.mistake(Part::Value, MatcherMistake::EmptyBounds("$length"));
        }
        Matcher::Length(length)
    }

    pub(super) fn regex(&mut self, argument: &Value) -> Matcher {
        let Some(pattern) = self.string("$regex", "a regular expression", argument) else {
            return Matcher::Any;
        };
        match RegexBuilder::new(&pattern).size_limit(MOST_REGEX).build() {
            Ok(regex) => Matcher::Regex(regex),
            Err(error) => {
                self.mistake(Part::Value, MatcherMistake::Regex(last_line(&error)));
                Matcher::Any
            }
        }
    }

    pub(super) fn format(&mut self, argument: &Value) -> Matcher {
        match self.name("$format", "the name of a format", argument, Format::named) {
            Some(format) => Matcher::Format(format),
            None => Matcher::Any,
        }
    }

    pub(super) fn sorted(&mut self, argument: &Value) -> Matcher {
        let (mut by, mut order) = (None, Order::default());
        let wanted = "an object with `by`, `order` or both";
        let keyed = |reader: &mut Self, key: &str, value: &Value| {
            if key == "by" {
                by = reader.json_path("$sorted", "a JSONPath", value);
            } else if let Some(named) =
                reader.name("$sorted", "`asc` or `desc`", value, Order::named)
            {
                order = named;
            }
        };
        self.keyed("$sorted", wanted, &["by", "order"], argument, keyed);
        Matcher::Sorted { by, order }
    }

    pub(super) fn unique(&mut self, argument: &Value) -> Matcher {
        match argument {
            Value::Bool(true) => Matcher::Unique(None),
            path => Matcher::Unique(self.json_path("$unique", "`true` or a JSONPath", path)),
        }
    }

    fn keyed(
        &mut self,
        matcher: &'static str,
        wanted: &'static str,
        keys: &'static [&'static str],
        argument: &Value,
        mut read: impl FnMut(&mut Self, &str, &Value),
    ) {
        let Value::Object(fields) = argument else {
            return self.argument(matcher, wanted, argument);
        };
        if fields.is_empty() && matcher != "$sorted" {
            self.argument(matcher, wanted, argument);
        }
        for (key, value) in fields {
            self.within(Segment::Key(key.clone()), |reader| {
                if keys.contains(&key.as_str()) {
                    read(reader, key, value);
                } else {
                    let mistake = MatcherMistake::ArgumentKey {
                        matcher,
                        key: key.clone(),
                        known: keys,
                    };
                    reader.mistake(Part::Key, mistake);
                }
            });
        }
    }

    fn number(&mut self, matcher: &'static str, argument: &Value) -> Option<Number> {
        match self.data(argument)? {
            Value::Number(number) => Some(number),
            other => {
                self.argument(matcher, "numbers as bounds", &other);
                None
            }
        }
    }

    fn count(
        &mut self,
        matcher: &'static str,
        wanted: &'static str,
        argument: &Value,
    ) -> Option<u64> {
        let data = self.data(argument)?;
        let count = data.as_u64();
        if count.is_none() {
            self.argument(matcher, wanted, &data);
        }
        count
    }

    fn name<T>(
        &mut self,
        matcher: &'static str,
        wanted: &'static str,
        argument: &Value,
        named: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let name = self.string(matcher, wanted, argument)?;
        let known = named(&name);
        if known.is_none() {
            self.mistake(Part::Value, MatcherMistake::ArgumentName { matcher, name });
        }
        known
    }

    fn json_path(
        &mut self,
        matcher: &'static str,
        wanted: &'static str,
        argument: &Value,
    ) -> Option<JsonPath> {
        let path = self.string(matcher, wanted, argument)?;
        JsonPath::parse(&path)
            .map_err(|error| {
                self.mistake(Part::Value, MatcherMistake::JsonPath(error.to_string()));
            })
            .ok()
    }

    fn string(
        &mut self,
        matcher: &'static str,
        wanted: &'static str,
        argument: &Value,
    ) -> Option<String> {
        match self.data(argument)? {
            Value::String(text) => Some(text),
            other => {
                self.argument(matcher, wanted, &other);
                None
            }
        }
    }
}

impl Range {
    fn is_empty(&self) -> bool {
        let value = |bound: &Option<Number>| bound.as_ref().and_then(Number::as_f64);
        let (min, max) = (value(&self.min), value(&self.max));
        let (above, below) = (value(&self.above), value(&self.below));
        let crossed = |low: Option<f64>, high: Option<f64>| matches!((low, high), (Some(low), Some(high)) if low > high);
        let touching = |low: Option<f64>, high: Option<f64>| matches!((low, high), (Some(low), Some(high)) if low >= high);
        crossed(min, max) || touching(min, below) || touching(above, max) || touching(above, below)
    }
}

/// The `regex` crate draws its own picture of the place; the last line says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim().trim_start_matches("error: ").to_owned()
}
