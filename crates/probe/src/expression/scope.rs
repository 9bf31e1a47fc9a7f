use std::sync::Arc;

use challenge_spec::model::Template;
use indexmap::IndexMap;
use minijinja::value::Value as Live;
use serde_json::{Map, Value};

use super::{
    RenderError, Seeds,
    engine::{Engine, Shared},
    json,
    seeds::Place,
};

/// What a template sees, and the functions that it may call.
///
/// A child (`clone`, [`with_index`](Self::with_index)) sees its parent's values; what is set in it
/// stays in it.
#[derive(Debug, Clone)]
pub struct Scope {
    engine: Shared,
    values: IndexMap<String, Bound>,
}

#[derive(Debug, Clone)]
struct Bound {
    json: Arc<Value>,
    live: Live,
    captured: bool,
}

impl Scope {
    /// The scope of one check; `env` is the app's environment, seen as `env.NAME`.
    pub fn for_check(seeds: Seeds, check: &str, env: Map<String, Value>) -> Self {
        let mut scope = Self::at(seeds, &Place::Check(check.to_owned()));
        scope.set("env", Value::Object(env));
        scope
    }

    /// The scope of what all checks share: the app's environment.
    pub fn for_run(seeds: Seeds) -> Self {
        Self::at(seeds, &Place::Run)
    }

    fn at(seeds: Seeds, place: &Place) -> Self {
        Self {
            engine: Arc::new(Engine::new(seeds, place)),
            values: IndexMap::new(),
        }
    }

    /// The same scope for one of several requests, which sees its `index`.
    #[must_use]
    pub fn with_index(&self, index: u32) -> Self {
        let mut child = self.clone();
        child.set("index", Value::from(index));
        child
    }

    /// Gives a name to a value of the author's.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.bind(name.into(), value, false);
    }

    /// Gives a name to a value that came from the submission. A template that fails names it, for it
    /// may be to blame.
    pub fn capture(&mut self, name: impl Into<String>, value: Value) {
        self.bind(name.into(), value, true);
    }

    fn bind(&mut self, name: String, value: Value, captured: bool) {
        let live = json::live(&value);
        let json = Arc::new(value);
        self.values.insert(
            name,
            Bound {
                json,
                live,
                captured,
            },
        );
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).map(|bound| bound.json.as_ref())
    }

    /// The tokens that templates of this scope have made, for a report not to show them.
    pub fn tokens(&self) -> Vec<String> {
        self.engine.tokens()
    }

    /// A template's value: with its type where the text is exactly one expression, else a text.
    pub fn render(&self, template: &Template) -> Result<Value, RenderError> {
        self.render_str(&template.0)
    }

    /// The same as [`render`](Self::render) for a template that is not wrapped.
    pub fn render_str(&self, template: &str) -> Result<Value, RenderError> {
        let context = Live::from_pairs(
            self.values
                .iter()
                .map(|(name, bound)| (name.as_str(), bound.live.clone())),
        );
        self.engine
            .evaluate(template, context)
            .map_err(|reason| RenderError::new(template, self.captures_in_str(template), reason))
    }

    /// A template's value as text: texts as they are, anything else as JSON.
    pub fn render_text(&self, template: &Template) -> Result<String, RenderError> {
        self.render(template).map(|value| json::text(&value))
    }

    /// Every string of a JSON value rendered; keys of objects are no templates.
    pub fn render_json(&self, template: &Value) -> Result<Value, RenderError> {
        Ok(match template {
            Value::String(text) => self.render_str(text)?,
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.render_json(item))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), self.render_json(value)?)))
                    .collect::<Result<_, _>>()?,
            ),
            scalar => scalar.clone(),
        })
    }

    /// The values from the submission that a template refers to, sorted.
    pub fn captures_in_str(&self, template: &str) -> Vec<String> {
        let mut names = self.engine.names(template);
        names.retain(|name| self.values.get(name).is_some_and(|bound| bound.captured));
        names.sort_unstable();
        names
    }

    /// The values from the submission that any string of a JSON value refers to, sorted.
    pub fn captures_in_json(&self, template: &Value) -> Vec<String> {
        let mut names = Vec::new();
        self.gather_captures(template, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Every name that any string of a JSON value refers to, sorted.
    pub fn names_in_json(&self, template: &Value) -> Vec<String> {
        let mut names = match template {
            Value::String(text) => self.engine.names(text),
            Value::Array(items) => items
                .iter()
                .flat_map(|item| self.names_in_json(item))
                .collect(),
            Value::Object(fields) => fields
                .values()
                .flat_map(|field| self.names_in_json(field))
                .collect(),
            _ => Vec::new(),
        };
        names.sort_unstable();
        names.dedup();
        names
    }

    fn gather_captures(&self, template: &Value, names: &mut Vec<String>) {
        match template {
            Value::String(text) => names.extend(self.captures_in_str(text)),
            Value::Array(items) => {
                for item in items {
                    self.gather_captures(item, names);
                }
            }
            Value::Object(fields) => {
                for value in fields.values() {
                    self.gather_captures(value, names);
                }
            }
            _ => {}
        }
    }
}
